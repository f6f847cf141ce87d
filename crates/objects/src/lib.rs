//! The object model: the value word, the heap with its counts and cycle collector, shapes, types and
//! their instances, the layout of frames and of the thread state.
//!
//! Nothing in here knows how bytecode is run: natives reach Python code through [`invoke`], and the
//! compiler through the hooks of [`thread::Hooks`].
#![allow(clippy::new_without_default, clippy::len_without_is_empty, clippy::too_many_arguments)]
extern crate self as taipan_objects;

pub mod heap;
pub mod ids;
pub mod slots;
pub mod thread;
pub mod value;

pub use heap::{GilCell, Header, Layout, Payload, Ref};
pub use slots::{CmpOp, Slots};
pub use thread::ThreadState;
pub use value::{Raised, Result, StackRef, Value};
