//! Attribute lookups as instructions need them.

use crate::ops::prelude::*;

/// An attribute that is about to be called. True: it is a plain function found on the type, to be called
/// with the owner as its first argument.
pub fn load_method(ts: &ThreadState, owner: &Value, name: &Ref<Str>) -> Result<(Value, bool)> {
    let ty = owner.class(ts);
    let generic = taipan_objects::typeobject::builtin(ts, ids::OBJECT).slots().getattro;
    let same = |a: Option<taipan_objects::slots::Binary>| a.map(|f| f as usize) == generic.map(|f| f as usize);
    if same(ty.slots().getattro)
        && let Some(f) = ty.lookup(ts, name)
        && protocol::is_method_descriptor(&f)
        && taipan_objects::object::own_attribute(owner, name).is_none()
    {
        return Ok((f, true));
    }
    Ok((protocol::getattr(ts, owner, name)?, false))
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
        && let Some(ty) = class.downcast_ref::<taipan_objects::typeobject::Type>()
        && name.bytes() != b"__class__"
    {
        use taipan_objects::descr::super_;
        let start = super_::check(ts, ty, receiver)?;
        if method
            && let Some(f) = super_::lookup_after(ty, &start, name)
            && protocol::is_method_descriptor(&f)
            && !receiver.is(start.as_value())
        {
            return Ok((f, true));
        }
        if let Some(v) = super_::getattr(ts, ty, receiver, name)? {
            return Ok((v, false));
        }
    }
    let sup = if explicit {
        protocol::call(ts, global_super, &[class.clone(), receiver.clone()])?
    } else {
        protocol::call(ts, global_super, &[])?
    };
    Ok((protocol::getattr(ts, &sup, name)?, false))
}
