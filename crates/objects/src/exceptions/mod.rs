//! Exceptions: the payloads, the hierarchy, and how native code raises.

pub mod base;
pub mod hierarchy;
pub mod raise;

pub use base::BaseException;
pub use hierarchy::ExceptionTypes;
pub use raise::unicode_encode_error;

/// The class TypeError.
pub fn type_error(ts: &crate::ThreadState) -> &'static crate::typeobject::Type {
    &ts.exceptions().type_error
}
