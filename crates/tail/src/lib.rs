//! What a tail position is, what bars it and why; the rewriting of a call and return into its tail form.
//!
//! [`policy`] decides, on an abstract view of a function that every bytecode can be brought into.
//! [`taipan`] brings Taipan's instructions into that view and marks their tail calls; [`cpython`]
//! does the same for the bytecode of stock CPython 3.11 to 3.15, where self calls become loops. [`callees`] tells
//! what each call of a function calls.

pub mod callees;
pub mod cpython;
pub mod policy;
pub mod taipan;
