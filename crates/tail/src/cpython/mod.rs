//! The bytecode of stock CPython 3.11 to 3.15: self tail calls become loops.
//!
//! Plain data in, plain data out: no Python types. The opcode numbers come from the running
//! interpreter ([`Tables`]), a code object's parts come in as a [`CodeObject`], and [`rewrite`] gives
//! the parts of a new one, with a report of every call, or a [`Refusal`].

mod bind;
mod code;
mod early;
mod emit;
mod layout;
mod ops;
mod patch;
mod rewrite;
mod sites;
mod stack;
mod writer;

pub use code::{CodeObject, Constant, Inst, Listing, Refusal};
pub use ops::{Effect, Op, Tables, VERSIONS};
pub use rewrite::{Guard, Mode, NewConst, Outcome, Report, Request, Rewritten, Target, Why, rewrite};
pub use sites::{Arguments, Call, Callee};
pub use stack::{Slot, Stacks};
