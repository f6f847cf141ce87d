//! The abstract operations on any object: calls and attributes here, the rest by topic.

pub mod callee;
pub mod compare;
pub mod iter;
pub mod number;
pub mod text;

pub use callee::Callee;
pub use compare::*;
pub use iter::*;
pub use number::*;
pub use text::*;

use crate::descr::{BuiltinFunction, MethodDescriptor, WrapperDescriptor};
use crate::function::Function;
use crate::heap::Ref;
use crate::ids;
use crate::method::Method;
use crate::native::Args;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::typeobject::{flags, Type};
use crate::value::{Result, Value};

/// Calls `f(*args)`.
pub fn call(ts: &ThreadState, f: &Value, args: &[Value]) -> Result {
    call_args(ts, f, Args { positional: args, kw_names: &[], kw_values: &[] })
}

pub fn call0(ts: &ThreadState, f: &Value) -> Result {
    call(ts, f, &[])
}

pub fn call1(ts: &ThreadState, f: &Value, a: &Value) -> Result {
    call(ts, f, std::slice::from_ref(a))
}

/// Calls with keywords, too.
pub fn call_args(ts: &ThreadState, f: &Value, args: Args<'_>) -> Result {
    match f.shape_id() {
        ids::FUNCTION => {
            let Some(hook) = ts.interp().hooks.read(|h| h.call_function) else {
                return Err(ts.system_error("no interpreter is installed"));
            };
            ts.recursion_guard("")?;
            hook(ts, f, args)
        }
        ids::BUILTIN_FUNCTION => crate::descr::call_builtin(ts, f, args),
        ids::METHOD => {
            // SAFETY: the shape id says so.
            let m: &Method = unsafe { f.payload_unchecked() };
            call_prepended(ts, &m.func, &m.receiver, args)
        }
        ids::METHOD_DESCRIPTOR => {
            // SAFETY: as above.
            let d: &MethodDescriptor = unsafe { f.payload_unchecked() };
            crate::descr::call_def(ts, d.def, args)
        }
        _ => match f.class(ts).slots().call {
            Some(slot) => slot(ts, f, args),
            None => Err(ts.type_error(format!("'{}' object is not callable", f.type_name(ts)))),
        },
    }
}

/// Calls `f(first, *args, **kwargs)`.
pub fn call_prepended(ts: &ThreadState, f: &Value, first: &Value, args: Args<'_>) -> Result {
    with_prepended(first, args.positional.iter(), |all| call_args(ts, f, Args { positional: all, ..args }))
}

/// A row made of a value and others, lent to `f`. Nothing is counted: the lenders hold the values meanwhile.
#[inline(always)]
pub fn with_prepended<'a, R>(first: &Value, rest: impl ExactSizeIterator<Item = &'a Value>, f: impl FnOnce(&[Value]) -> R) -> R {
    const ROOM: usize = 8;
    let n = rest.len() + 1;
    if n <= ROOM {
        let mut row = [const { std::mem::MaybeUninit::<Value>::uninit() }; ROOM];
        // SAFETY: copies of words that their owners keep while `f` runs; they are never dropped.
        unsafe {
            row[0].as_mut_ptr().copy_from_nonoverlapping(first, 1);
            for (i, v) in rest.enumerate().take(ROOM - 1) {
                row[i + 1].as_mut_ptr().copy_from_nonoverlapping(v, 1);
            }
            return f(std::slice::from_raw_parts(row.as_ptr() as *const Value, n));
        }
    }
    let mut all = Vec::with_capacity(n);
    all.push(first.clone());
    all.extend(rest.cloned());
    f(&all)
}

/// Calls what a lookup on the type gave, with `slf` bound to it.
#[inline]
pub fn call_unbound(ts: &ThreadState, f: &Value, slf: &Value, args: &[&Value]) -> Result {
    with_prepended(slf, args.iter().copied(), |all| {
        if f.shape_id() == ids::FUNCTION {
            return call(ts, f, all);
        }
        call_unbound_args(ts, f, slf, Args { positional: &all[1..], kw_names: &[], kw_values: &[] })
    })
}

pub fn call_unbound_args(ts: &ThreadState, f: &Value, slf: &Value, args: Args<'_>) -> Result {
    if f.class(ts).has_flag(flags::METHOD_DESCRIPTOR) {
        return call_prepended(ts, f, slf, args);
    }
    let bound = match f.class(ts).slots().descr_get {
        Some(get) => get(ts, f, Some(slf), Some(&slf.class(ts).to_value()))?,
        None => f.clone(),
    };
    call_args(ts, &bound, args)
}

/// `o.name(*args)`.
pub fn call_method(ts: &ThreadState, o: &Value, name: &str, args: &[Value]) -> Result {
    call_method_ref(ts, o, &Str::intern(ts, name), args)
}

pub fn call_method_ref(ts: &ThreadState, o: &Value, name: &Ref<Str>, args: &[Value]) -> Result {
    let f = getattr(ts, o, name)?;
    call(ts, &f, args)
}

/// The special method `name` of `o`'s type, bound; `None` when there is none.
pub fn lookup_special(ts: &ThreadState, o: &Value, name: &Ref<Str>) -> Result<Option<Value>> {
    let ty = o.class(ts);
    let Some(f) = ty.lookup(ts, name) else { return Ok(None) };
    match f.class(ts).slots().descr_get {
        Some(get) => get(ts, &f, Some(o), Some(&ty.to_value())).map(Some),
        None => Ok(Some(f)),
    }
}

/// `o.name`.
#[inline]
pub fn getattr(ts: &ThreadState, o: &Value, name: &Ref<Str>) -> Result {
    match o.class(ts).slots().getattro {
        Some(get) => get(ts, o, name.as_value()),
        None => Err(ts.attribute_error_for(o, name)),
    }
}

/// `getattr(o, name)` for a name of any type; TypeError unless it is a str.
pub fn getattr_value(ts: &ThreadState, o: &Value, name: &Value) -> Result {
    getattr(ts, o, &check_attr_name(ts, name)?)
}

pub fn getattr_name(ts: &ThreadState, o: &Value, name: &str) -> Result {
    getattr(ts, o, &Str::intern(ts, name))
}

/// `o.name`, or `None` where that raises AttributeError.
pub fn getattr_opt(ts: &ThreadState, o: &Value, name: &Ref<Str>) -> Result<Option<Value>> {
    // The common kinds answer without making an exception.
    if let Some(get) = o.class(ts).slots().getattro
        && std::ptr::fn_addr_eq(get, crate::object::Object::getattro as crate::slots::Binary)
    {
        return crate::object::generic_lookup(ts, o, name);
    }
    match getattr(ts, o, name) {
        Ok(v) => Ok(Some(v)),
        Err(e) => {
            if ts.exception_is(|x| &x.attribute_error) {
                ts.clear_exception();
                Ok(None)
            } else {
                Err(e)
            }
        }
    }
}

pub fn getattr_opt_name(ts: &ThreadState, o: &Value, name: &str) -> Result<Option<Value>> {
    getattr_opt(ts, o, &Str::intern(ts, name))
}

pub fn hasattr(ts: &ThreadState, o: &Value, name: &Ref<Str>) -> Result<bool> {
    Ok(getattr_opt(ts, o, name)?.is_some())
}

pub fn setattr(ts: &ThreadState, o: &Value, name: &Ref<Str>, value: &Value) -> Result<()> {
    set_or_delete(ts, o, name, Some(value))
}

pub fn setattr_name(ts: &ThreadState, o: &Value, name: &str, value: &Value) -> Result<()> {
    set_or_delete(ts, o, &Str::intern(ts, name), Some(value))
}

pub fn delattr(ts: &ThreadState, o: &Value, name: &Ref<Str>) -> Result<()> {
    set_or_delete(ts, o, name, None)
}

fn set_or_delete(ts: &ThreadState, o: &Value, name: &Ref<Str>, value: Option<&Value>) -> Result<()> {
    match o.class(ts).slots().setattro {
        Some(set) => set(ts, o, name.as_value(), value),
        None => Err(ts.type_error(format!("'{}' object has only read-only attributes", o.type_name(ts)))),
    }
}

/// An attribute name: a str, interned for the lookup.
pub fn check_attr_name(ts: &ThreadState, name: &Value) -> Result<Ref<Str>> {
    match name.downcast_ref::<Str>() {
        Some(s) if s.is_interned() => Ok(s.clone()),
        Some(s) => Ok(Str::intern_ref(ts, s)),
        None => Err(ts.type_error(format!("attribute name must be string, not '{}'", name.type_name(ts)))),
    }
}

pub fn is_callable(ts: &ThreadState, o: &Value) -> bool {
    o.class(ts).slots().call.is_some()
        || matches!(o.shape_id(), ids::FUNCTION | ids::BUILTIN_FUNCTION | ids::METHOD)
}

/// `isinstance(o, cls)`.
pub fn is_instance(ts: &ThreadState, o: &Value, cls: &Value) -> Result<bool> {
    if let Some(t) = cls.exact::<Type>() {
        // Types whose metaclass is `type` itself.
        if o.class(ts).is(t) {
            return Ok(true);
        }
        return real_is_instance(ts, o, cls);
    }
    if let Some(u) = cls.exact::<crate::union::Union>() {
        for t in u.args.items() {
            if is_instance(ts, o, t)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if let Some(t) = cls.downcast::<crate::tuple::Tuple>() {
        ts.recursion_guard(" in __instancecheck__")?;
        for c in t.items() {
            if is_instance(ts, o, c)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if cls.as_type().is_some_and(|t| o.class(ts).is(t)) {
        return Ok(true);
    }
    let n = ts.names();
    if let (Some(own), Some(usual)) =
        (cls.class(ts).lookup(ts, &n.__instancecheck__), crate::typeobject::builtin(ts, ids::TYPE).lookup(ts, &n.__instancecheck__))
        && own.is(&usual)
    {
        return real_is_instance(ts, o, cls);
    }
    if let Some(check) = lookup_special(ts, cls, &n.__instancecheck__)? {
        ts.recursion_guard(" in __instancecheck__")?;
        let r = call1(ts, &check, o)?;
        return is_true(ts, &r);
    }
    real_is_instance(ts, o, cls)
}

/// Is the object's `__class__` its type for certain?
fn has_usual_class(ts: &ThreadState, o: &Value) -> bool {
    let ty = o.class(ts);
    let object = crate::typeobject::builtin(ts, ids::OBJECT);
    if ty.slots().getattro.map(|f| f as usize) != object.slots().getattro.map(|f| f as usize) {
        return false;
    }
    let name = &ts.names().__class__;
    !ty.is_heap_type() || matches!((ty.lookup(ts, name), object.lookup(ts, name)), (Some(a), Some(b)) if a.is(&b))
}

/// What `type.__instancecheck__` does.
pub fn real_is_instance(ts: &ThreadState, o: &Value, cls: &Value) -> Result<bool> {
    if let Some(t) = cls.as_type() {
        if o.class(ts).is_subtype(t) {
            return Ok(true);
        }
        if has_usual_class(ts, o) {
            return Ok(false);
        }
        if let Some(c) = getattr_opt(ts, o, &ts.names().__class__)?
            && let Some(c) = c.as_type()
            && !c.is(o.class(ts))
        {
            return Ok(c.is_subtype(t));
        }
        return Ok(false);
    }
    if abstract_bases(ts, cls)?.is_none() {
        return Err(ts.type_error("isinstance() arg 2 must be a type, a tuple of types, or a union"));
    }
    match getattr_opt(ts, o, &ts.names().__class__)? {
        Some(c) => abstract_is_subclass(ts, &c, cls),
        None => Ok(false),
    }
}

/// `issubclass(c, cls)`.
pub fn is_subclass(ts: &ThreadState, c: &Value, cls: &Value) -> Result<bool> {
    if cls.exact::<Type>().is_some() {
        if c.is(cls) {
            return Ok(true);
        }
        return real_is_subclass(ts, c, cls);
    }
    if let Some(u) = cls.exact::<crate::union::Union>() {
        for t in u.args.items() {
            if is_subclass(ts, c, t)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if let Some(t) = cls.downcast::<crate::tuple::Tuple>() {
        ts.recursion_guard(" in __subclasscheck__")?;
        for k in t.items() {
            if is_subclass(ts, c, k)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if let Some(check) = lookup_special(ts, cls, &ts.names().__subclasscheck__)? {
        ts.recursion_guard(" in __subclasscheck__")?;
        let r = call1(ts, &check, c)?;
        return is_true(ts, &r);
    }
    real_is_subclass(ts, c, cls)
}

/// What `type.__subclasscheck__` does.
pub fn real_is_subclass(ts: &ThreadState, c: &Value, cls: &Value) -> Result<bool> {
    if let (Some(a), Some(b)) = (c.as_type(), cls.as_type()) {
        return Ok(a.is_subtype(b));
    }
    if abstract_bases(ts, c)?.is_none() {
        return Err(ts.type_error("issubclass() arg 1 must be a class"));
    }
    if cls.exact::<crate::union::Union>().is_none() && abstract_bases(ts, cls)?.is_none() {
        return Err(ts.type_error("issubclass() arg 2 must be a class, a tuple of classes, or a union"));
    }
    abstract_is_subclass(ts, c, cls)
}

/// `__bases__` of something that acts as a class.
fn abstract_bases(ts: &ThreadState, c: &Value) -> Result<Option<Vec<Value>>> {
    let b = getattr_opt(ts, c, &ts.names().__bases__)?;
    Ok(b.and_then(|b| b.downcast::<crate::tuple::Tuple>().map(|t| t.items().to_vec())))
}

fn abstract_is_subclass(ts: &ThreadState, c: &Value, cls: &Value) -> Result<bool> {
    if c.is(cls) {
        return Ok(true);
    }
    ts.recursion_guard(" in __issubclass__")?;
    for b in abstract_bases(ts, c)?.unwrap_or_default() {
        if abstract_is_subclass(ts, &b, cls)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Does a lookup on the type give something that binds as a method and can be called unbound?
pub fn is_method_descriptor(v: &Value) -> bool {
    matches!(v.shape_id(), ids::FUNCTION | ids::METHOD_DESCRIPTOR | ids::WRAPPER_DESCRIPTOR)
}

#[allow(unused)]
fn _kinds(_: (&Function, &BuiltinFunction, &MethodDescriptor, &WrapperDescriptor)) {}
