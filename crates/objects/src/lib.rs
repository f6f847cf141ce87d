//! The object model: the value word, the heap with its counts and cycle collector, shapes, types and
//! their instances, the layout of frames and of the thread state.
//!
//! Nothing in here knows how bytecode is run: natives reach Python code through [`protocol::call`], and the
//! compiler through the hooks of [`thread::Hooks`].
#![allow(clippy::new_without_default, clippy::len_without_is_empty, clippy::too_many_arguments)]
extern crate self as taipan_objects;

pub mod heap;
pub mod ids;
pub mod names;
pub mod native;
pub mod protocol;
pub mod shape;
pub mod slots;
pub mod thread;
pub mod typeobject;
pub mod value;

pub mod attribute_cache;
pub mod bool_;
pub mod buffer;
pub mod bytearray;
pub mod bytes;
pub mod cell;
pub mod code;
pub mod codecs;
pub mod complex;
pub mod descr;
pub mod dict;
pub mod enumerate;
pub mod exceptions;
pub mod float;
pub mod format;
pub mod frame;
pub mod function;
pub mod generator;
pub mod gil;
pub mod int;
pub mod iterators;
pub mod list;
pub mod mappingproxy;
pub mod memoryview;
pub mod method;
pub mod module;
pub mod monitoring;
pub mod namespace;
pub mod object;
pub mod range;
pub mod search;
pub mod set;
pub mod singletons;
pub mod slice;
pub mod start;
pub mod str;
pub mod structseq;
pub mod template;
pub mod traceback;
pub mod tuple;
pub mod unicode;
pub mod warn;
pub mod weakref;
pub mod zip_map_filter;

// Owners replace these by folders of their own.
pub mod generic_alias;
pub mod typing;
pub mod union;

pub use heap::{GilCell, Header, Layout, Payload, Ref};
pub use slots::{CmpOp, Slots};
pub use thread::ThreadState;
pub use value::{Raised, Result, StackRef, Value};

/// `builtins.name`, for pickles of native methods.
pub(crate) fn thread_builtins(ts: &ThreadState, name: &str) -> Result {
    module::builtin_get(ts, name)
}
