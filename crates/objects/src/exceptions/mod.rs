//! Exceptions: the payloads, the hierarchy, and how native code raises.

pub mod base;
mod create;
pub mod group;
pub mod hierarchy;
pub mod lookup;
pub mod members;
pub mod os;
pub mod raise;
pub mod stop;
pub mod syntax;
pub mod unicode;

pub use base::BaseException;
pub use create::create;
pub use group::BaseExceptionGroup;
pub use hierarchy::ExceptionTypes;
pub use lookup::{AttributeError, ImportError, NameError};
pub use os::OSError;
pub use raise::unicode_encode_error;
pub use stop::{stop_value, StopIteration, SystemExit};
pub use syntax::SyntaxError;
pub use unicode::{UnicodeDecodeError, UnicodeEncodeError, UnicodeTranslateError};

/// The class TypeError.
pub fn type_error(ts: &crate::ThreadState) -> &'static crate::typeobject::Type {
    &ts.exceptions().type_error
}
