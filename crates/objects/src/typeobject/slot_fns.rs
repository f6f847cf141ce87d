//! The trampolines: slot functions of classes whose special methods are written in Python.
//!
//! Slots are told apart by address, so each function must exist once: `#[inline(never)]`.

use super::Type;
use crate::heap::Ref;
use crate::native::Args;
use crate::protocol;
use crate::slots::{Binary, CmpOp};
use crate::str::Str;
use crate::thread::ThreadState;
use crate::value::{Raised, Result, Value};

#[inline(never)]
pub fn hash_not_implemented(ts: &ThreadState, v: &Value) -> Result<i64> {
    Err(ts.type_error(format!("unhashable type: '{}'", v.type_name(ts))))
}

/// Calls the special method `name` of `v`'s type with `args`; `None` when there is no such method.
#[inline(never)]
pub fn call_special(ts: &ThreadState, v: &Value, name: &Ref<Str>, args: &[&Value]) -> Result<Option<Value>> {
    let Some(f) = v.class(ts).lookup(ts, name) else { return Ok(None) };
    protocol::call_unbound(ts, &f, v, args).map(Some)
}

fn call_required(ts: &ThreadState, v: &Value, name: &Ref<Str>, args: &[&Value]) -> Result<Value> {
    match call_special(ts, v, name, args)? {
        Some(r) => Ok(r),
        None => Err(ts.attribute_error_for(v, name)),
    }
}

macro_rules! unary {
    ($($f:ident $name:ident;)*) => { $(#[inline(never)]
    pub fn $f(ts: &ThreadState, v: &Value) -> Result<Value> {
        call_required(ts, v, &ts.names().$name, &[])
    })* };
}
unary! { neg __neg__; pos __pos__; abs __abs__; invert __invert__; int __int__; float __float__; index __index__;
    iter_plain __iter__; await_ __await__; aiter __aiter__; anext __anext__; }

#[inline(never)]
pub fn repr(ts: &ThreadState, v: &Value) -> Result<Value> {
    match call_special(ts, v, &ts.names().__repr__, &[])? {
        Some(r) => Ok(r),
        None => Ok(Str::new(ts, &format!("<{} object at {:#x}>", v.type_name(ts), v.id())).into_value()),
    }
}
#[inline(never)]
pub fn str_(ts: &ThreadState, v: &Value) -> Result<Value> {
    call_required(ts, v, &ts.names().__str__, &[])
}

#[inline(never)]
pub fn iter(ts: &ThreadState, v: &Value) -> Result<Value> {
    let n = ts.names();
    match v.class(ts).lookup(ts, &n.__iter__) {
        Some(f) if f.is_none() => Err(ts.type_error(format!("'{}' object is not iterable", v.type_name(ts)))),
        Some(f) => protocol::call_unbound(ts, &f, v, &[]),
        None if v.class(ts).lookup(ts, &n.__getitem__).is_some() => crate::iterators::sequence_iterator(ts, v),
        None => Err(ts.type_error(format!("'{}' object is not iterable", v.type_name(ts)))),
    }
}

#[inline(never)]
pub fn iternext(ts: &ThreadState, v: &Value) -> Result<Option<Value>> {
    call_required(ts, v, &ts.names().__next__, &[]).map(Some)
}

#[inline(never)]
pub fn hash(ts: &ThreadState, v: &Value) -> Result<i64> {
    let Some(f) = v.class(ts).lookup(ts, &ts.names().__hash__) else { return hash_not_implemented(ts, v) };
    if f.is_none() {
        return hash_not_implemented(ts, v);
    }
    let r = protocol::call_unbound(ts, &f, v, &[])?;
    match crate::int::view(&r) {
        Some(crate::int::IntView::Small(i)) => Ok(if i == -1 { -2 } else { i }),
        Some(_) => protocol::hash(ts, &crate::int::plain(ts, &r)),
        None => Err(ts.type_error("__hash__ method should return an integer")),
    }
}

#[inline(never)]
pub fn call(ts: &ThreadState, v: &Value, args: Args<'_>) -> Result<Value> {
    let Some(f) = v.class(ts).lookup(ts, &ts.names().__call__) else {
        return Err(ts.type_error(format!("'{}' object is not callable", v.type_name(ts))));
    };
    ts.recursion_guard("")?;
    protocol::call_unbound_args(ts, &f, v, args)
}

#[inline(never)]
pub fn init(ts: &ThreadState, v: &Value, args: Args<'_>) -> Result<()> {
    let Some(f) = v.class(ts).lookup(ts, &ts.names().__init__) else { return Ok(()) };
    let r = protocol::call_unbound_args(ts, &f, v, args)?;
    if !r.is_none() {
        return Err(ts.type_error(format!("__init__() should return None, not '{}'", r.type_name(ts))));
    }
    Ok(())
}

#[inline(never)]
pub fn new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result<Value> {
    let name = &ts.names().__new__;
    // With `type` itself as the class of classes nothing else has a say.
    let own = match cls.as_type() {
        Some(t) if cls.class(ts).is(super::builtin(ts, crate::ids::TYPE)) => t.lookup(ts, name),
        _ => None,
    };
    let f = match own.as_ref().and_then(|d| d.exact::<crate::descr::StaticMethod>()).map(|m| m.function()) {
        Some(f) => f,
        None => protocol::getattr(ts, cls, name)?,
    };
    protocol::call_prepended(ts, &f, cls, args)
}

#[inline(never)]
pub fn finalize(ts: &ThreadState, v: &Value) {
    let Some(f) = v.class(ts).lookup(ts, &ts.names().__del__) else { return };
    if protocol::call_unbound(ts, &f, v, &[]).is_err() {
        ts.write_unraisable("Exception ignored while calling deallocator", Some(&f));
    }
}

#[inline(never)]
pub fn len(ts: &ThreadState, v: &Value) -> Result<usize> {
    let r = call_required(ts, v, &ts.names().__len__, &[])?;
    let n = protocol::index(ts, &r)?;
    if crate::int::is_negative(&n) {
        return Err(ts.value_error("__len__() should return >= 0"));
    }
    Ok(protocol::as_isize(ts, &n)? as usize)
}

#[inline(never)]
pub fn bool_(ts: &ThreadState, v: &Value) -> Result<bool> {
    let n = ts.names();
    if let Some(f) = v.class(ts).lookup(ts, &n.__bool__) {
        if f.is_none() {
            return Err(ts.type_error(format!("'{}' object is not callable", f.type_name(ts))));
        }
        let r = protocol::call_unbound(ts, &f, v, &[])?;
        return match r.as_bool_object() {
            Some(b) => Ok(b),
            None => Err(ts.type_error(format!("__bool__ should return bool, returned {}", r.type_name(ts)))),
        };
    }
    if v.class(ts).lookup(ts, &n.__len__).is_some() {
        return Ok(len(ts, v)? != 0);
    }
    Ok(true)
}

#[inline(never)]
pub fn getitem(ts: &ThreadState, v: &Value, k: &Value) -> Result<Value> {
    call_required(ts, v, &ts.names().__getitem__, &[k])
}

#[inline(never)]
pub fn setitem(ts: &ThreadState, v: &Value, k: &Value, value: Option<&Value>) -> Result<()> {
    match value {
        Some(x) => call_required(ts, v, &ts.names().__setitem__, &[k, x])?,
        None => call_required(ts, v, &ts.names().__delitem__, &[k])?,
    };
    Ok(())
}

#[inline(never)]
pub fn contains(ts: &ThreadState, v: &Value, x: &Value) -> Result<bool> {
    match v.class(ts).lookup(ts, &ts.names().__contains__) {
        Some(f) if f.is_none() => Err(ts.type_error(format!("'{}' object is not a container", v.type_name(ts)))),
        Some(f) => {
            let r = protocol::call_unbound(ts, &f, v, &[x])?;
            protocol::is_true(ts, &r)
        }
        None => protocol::contains_by_iteration(ts, v, x),
    }
}

#[inline(never)]
pub fn richcompare(ts: &ThreadState, a: &Value, b: &Value, op: CmpOp) -> Result<Value> {
    let n = ts.names();
    let name = match op {
        CmpOp::Lt => &n.__lt__,
        CmpOp::Le => &n.__le__,
        CmpOp::Eq => &n.__eq__,
        CmpOp::Ne => &n.__ne__,
        CmpOp::Gt => &n.__gt__,
        CmpOp::Ge => &n.__ge__,
    };
    match a.class(ts).lookup(ts, name) {
        Some(f) if f.class(ts).has_flag(super::flags::METHOD_DESCRIPTOR) => protocol::call_unbound(ts, &f, a, &[b]),
        Some(f) => {
            let bound = match f.class(ts).slots().descr_get {
                Some(get) => get(ts, &f, Some(a), Some(&a.class(ts).to_value())),
                None => Ok(f),
            };
            match bound {
                Ok(f) => protocol::call1(ts, &f, b),
                // As in CPython, an operator that cannot be got is none.
                Err(Raised) => {
                    ts.clear_exception();
                    Ok(Value::not_implemented())
                }
            }
        }
        None => Ok(Value::not_implemented()),
    }
}

#[inline(never)]
pub fn getattro(ts: &ThreadState, v: &Value, name: &Value) -> Result<Value> {
    let n = ts.names();
    let ty = v.class(ts);
    let plain = match ty.lookup(ts, &n.__getattribute__) {
        Some(f) if !crate::descr::is_object_getattribute(ts, &f) => protocol::call_unbound(ts, &f, v, &[name]),
        _ => crate::object::generic_getattr(ts, v, name),
    };
    if plain.is_ok() || !ts.exception_is(|x| &x.attribute_error) {
        return plain;
    }
    match v.class(ts).lookup(ts, &n.__getattr__) {
        Some(f) => {
            ts.clear_exception();
            protocol::call_unbound(ts, &f, v, &[name])
        }
        None => plain,
    }
}

#[inline(never)]
pub fn setattro(ts: &ThreadState, v: &Value, name: &Value, value: Option<&Value>) -> Result<()> {
    match value {
        Some(x) => call_required(ts, v, &ts.names().__setattr__, &[name, x])?,
        None => call_required(ts, v, &ts.names().__delattr__, &[name])?,
    };
    Ok(())
}

#[inline(never)]
pub fn descr_get(ts: &ThreadState, d: &Value, obj: Option<&Value>, ty: Option<&Value>) -> Result<Value> {
    let Some(f) = d.class(ts).lookup(ts, &ts.names().__get__) else { return Ok(d.clone()) };
    let none = Value::none();
    protocol::call_unbound(ts, &f, d, &[obj.unwrap_or(&none), ty.unwrap_or(&none)])
}

#[inline(never)]
pub fn descr_set(ts: &ThreadState, d: &Value, obj: &Value, value: Option<&Value>) -> Result<()> {
    match value {
        Some(x) => call_required(ts, d, &ts.names().__set__, &[obj, x])?,
        None => call_required(ts, d, &ts.names().__delete__, &[obj])?,
    };
    Ok(())
}

/// `a op b` where a class in Python defines `__op__` or `__rop__`: the rules of which side is asked first.
fn binary(ts: &ThreadState, a: &Value, b: &Value, this: Binary, slot: fn(&crate::Slots) -> Option<Binary>, name: &Ref<Str>, rname: &Ref<Str>) -> Result<Value> {
    let is_this = |t: &Type| slot(t.slots()).is_some_and(|f| std::ptr::fn_addr_eq(f, this));
    let (ta, tb) = (a.class_ref(ts), b.class_ref(ts));
    let mut other = !ta.is(&tb) && is_this(&tb);
    if is_this(&ta) {
        if other && tb.is_subtype(&ta) {
            // The subclass's reflected method goes first, if it overrides the base's.
            let overrides = match (ta.lookup(ts, rname), tb.lookup(ts, rname)) {
                (Some(x), Some(y)) => !x.is(&y),
                (None, Some(_)) => true,
                _ => false,
            };
            if overrides {
                if let Some(r) = call_special(ts, b, rname, &[a])?
                    && !r.is_not_implemented()
                {
                    return Ok(r);
                }
                other = false;
            }
        }
        if let Some(r) = call_special(ts, a, name, &[b])?
            && (!r.is_not_implemented() || ta.is(&tb))
        {
            return Ok(r);
        }
    }
    if other && let Some(r) = call_special(ts, b, rname, &[a])? {
        return Ok(r);
    }
    Ok(Value::not_implemented())
}

macro_rules! binaries {
    ($($f:ident $name:ident $rname:ident;)*) => { $(#[inline(never)]
    pub fn $f(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> {
        binary(ts, a, b, $f, |s| s.$f, &ts.names().$name, &ts.names().$rname)
    })* };
}
binaries! {
    add __add__ __radd__; sub __sub__ __rsub__; mul __mul__ __rmul__; matmul __matmul__ __rmatmul__;
    truediv __truediv__ __rtruediv__; floordiv __floordiv__ __rfloordiv__; mod_ __mod__ __rmod__;
    divmod __divmod__ __rdivmod__; lshift __lshift__ __rlshift__; rshift __rshift__ __rrshift__;
    and_ __and__ __rand__; xor __xor__ __rxor__; or_ __or__ __ror__;
}

macro_rules! inplaces {
    ($($f:ident $name:ident;)*) => { $(#[inline(never)]
    pub fn $f(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> {
        Ok(call_special(ts, a, &ts.names().$name, &[b])?.unwrap_or_else(Value::not_implemented))
    })* };
}
inplaces! { iadd __iadd__; isub __isub__; imul __imul__; imatmul __imatmul__; itruediv __itruediv__; ifloordiv __ifloordiv__;
    imod __imod__; ilshift __ilshift__; irshift __irshift__; iand __iand__; ixor __ixor__; ior __ior__; }

fn pow2(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> {
    let (name, rname) = (&ts.names().__pow__, &ts.names().__rpow__);
    let is_this = |t: &Type| t.slots().pow.is_some_and(|f| std::ptr::fn_addr_eq(f, pow as crate::slots::Ternary));
    let (ta, tb) = (a.class_ref(ts), b.class_ref(ts));
    let mut other = !ta.is(&tb) && is_this(&tb);
    if is_this(&ta) {
        if other && tb.is_subtype(&ta) {
            if let Some(r) = call_special(ts, b, rname, &[a])?
                && !r.is_not_implemented()
            {
                return Ok(r);
            }
            other = false;
        }
        if let Some(r) = call_special(ts, a, name, &[b])?
            && (!r.is_not_implemented() || ta.is(&tb))
        {
            return Ok(r);
        }
    }
    if other && let Some(r) = call_special(ts, b, rname, &[a])? {
        return Ok(r);
    }
    Ok(Value::not_implemented())
}

#[inline(never)]
pub fn pow(ts: &ThreadState, a: &Value, b: &Value, m: &Value) -> Result<Value> {
    if m.is_none() {
        return pow2(ts, a, b);
    }
    let is_this = a.class(ts).slots().pow.is_some_and(|f| std::ptr::fn_addr_eq(f, pow as crate::slots::Ternary));
    if is_this && let Some(r) = call_special(ts, a, &ts.names().__pow__, &[b, m])? {
        return Ok(r);
    }
    if let Some(r) = call_special(ts, b, &ts.names().__rpow__, &[a, m])? {
        return Ok(r);
    }
    Ok(Value::not_implemented())
}

#[inline(never)]
pub fn ipow(ts: &ThreadState, a: &Value, b: &Value, _m: &Value) -> Result<Value> {
    Ok(call_special(ts, a, &ts.names().__ipow__, &[b])?.unwrap_or_else(Value::not_implemented))
}

/// `__buffer__` of a class in Python.
#[inline(never)]
pub fn getbuffer(ts: &ThreadState, v: &Value, flags: u32) -> Result<crate::buffer::Buffer> {
    let f = crate::int::from_i64(ts, flags as i64);
    let r = call_required(ts, v, &ts.names().__buffer__, &[&f])?;
    if r.downcast::<crate::memoryview::MemoryView>().is_none() {
        return Err(ts.type_error("__buffer__ returned non-memoryview object"));
    }
    crate::buffer::get(ts, &r, flags)
}
