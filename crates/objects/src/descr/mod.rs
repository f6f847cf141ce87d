//! Descriptors and the callables that native code makes: what a lookup on a type finds and binds.

pub mod builtin;
pub mod classmethod;
pub mod getset;
pub mod property;
pub mod super_;
pub mod wrapper;

pub use builtin::{Target, call_builtin, call_def, is_print, native_new_owner, BuiltinFunction, ClassMethodDescriptor, MethodDescriptor};
pub use classmethod::{ClassMethod, StaticMethod};
pub use getset::{GetSetDescriptor, MemberDescriptor};
pub use property::Property;
pub use super_::Super;
pub use wrapper::{MethodWrapper, SlotWrapper, WrapperDescriptor};

use crate::thread::ThreadState;
use crate::typeobject::Type;
use crate::value::{Raised, Value};

/// Is this `object.__getattribute__`?
pub fn is_object_getattribute(_ts: &ThreadState, f: &Value) -> bool {
    f.exact::<WrapperDescriptor>().is_some_and(|w| {
        w.def.name == "__getattribute__"
            && w.owner.slots().getattro.is_some_and(|g| std::ptr::fn_addr_eq(g, crate::object::Object::getattro as crate::slots::Binary))
    })
}

/// "descriptor 'x' for 'A' objects doesn't apply to a 'B' object".
pub(crate) fn wrong_object(ts: &ThreadState, name: &str, owner: &Type, v: &Value) -> Raised {
    ts.type_error(format!("descriptor '{name}' for '{}' objects doesn't apply to a '{}' object", owner.name(), v.type_name(ts)))
}
