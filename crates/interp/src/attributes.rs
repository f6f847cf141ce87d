//! Attribute lookups as instructions need them.

use crate::ops::prelude::*;

/// An attribute that is about to be called. True: it is a plain function found on the type, to be called
/// with the owner as its first argument.
pub fn load_method(ts: &ThreadState, owner: &Value, name: &Ref<Str>) -> Result<(Value, bool)> {
    protocol::get_method(ts, owner, name)
}

/// `super().name`, or `super(class, receiver).name` if `explicit`. True: an unbound function.
pub fn load_super(
    ts: &ThreadState,
    global_super: &Value,
    class: &Value,
    receiver: &Value,
    name: &Ref<Str>,
    explicit: bool,
    method: bool,
) -> Result<(Value, bool)> {
    let is_super = global_super.as_type().is_some_and(|t| t.is(taipan_objects::typeobject::builtin(ts, ids::SUPER)));
    if is_super
        && let Some(ty) = class.as_type()
        && let Some(found) = protocol::super_lookup(ts, ty, receiver, name, method)?
    {
        return Ok(found);
    }
    let sup = if explicit {
        protocol::call(ts, global_super, &[class.clone(), receiver.clone()])?
    } else {
        protocol::call(ts, global_super, &[])?
    };
    Ok((protocol::getattr(ts, &sup, name)?, false))
}
