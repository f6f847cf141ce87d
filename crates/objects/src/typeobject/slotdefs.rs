//! Which special method belongs to which slot: how a slot is seen from Python (wrappers) and how a
//! special method written in Python fills a slot (trampolines).

use super::{slot_fns as f, Type};
use crate::descr::{SlotWrapper, WrapperDescriptor};
use crate::heap::Ref;
use crate::native::Args;
use crate::protocol;
use crate::slots::{CmpOp, Slots};
use crate::str::Str;
use crate::thread::ThreadState;
use crate::value::{Result, Value};
use std::cell::OnceCell;
use std::sync::LazyLock;

/// The link between one special method and one slot.
pub struct SlotDef {
    pub name: &'static str,
    pub doc: &'static str,
    /// Parameters of the wrapper after self: for `__text_signature__`.
    pub signature: &'static str,
    /// Special methods with the same group fill the same slot.
    pub group: &'static str,
    pub is_set: fn(&Slots) -> bool,
    pub wrap: SlotWrapper,
    pub set_trampoline: fn(&mut Slots),
    pub copy: fn(&mut Slots, &Slots),
    pub clear: fn(&mut Slots),
    pub same: fn(&Slots, &Slots) -> bool,
}

impl SlotDef {
    /// Calls what is in the slot of `slots` as the special method.
    pub fn run(&self, ts: &ThreadState, slots: &Slots, slf: &Value, args: Args<'_>) -> Result<Value> {
        if args.has_keywords() && !matches!(self.name, "__call__" | "__init__" | "__new__") {
            return Err(ts.type_error(format!("wrapper {}() takes no keyword arguments", self.name)));
        }
        (self.wrap)(ts, slots, slf, args)
    }
}

fn exactly<'a>(ts: &ThreadState, args: &Args<'a>, n: usize) -> Result<&'a [Value]> {
    if args.positional.len() != n {
        return Err(ts.type_error(format!("expected {n} argument{}, got {}", if n == 1 { "" } else { "s" }, args.positional.len())));
    }
    Ok(args.positional)
}

/// As [`exactly`], for two arguments; the message begins with the name.
fn two_named<'a>(ts: &ThreadState, name: &str, args: &Args<'a>) -> Result<&'a [Value]> {
    match args.positional.len() {
        2 => Ok(args.positional),
        n => Err(ts.type_error(format!("{name} expected 2 arguments, got {n}"))),
    }
}

fn one_or_two(ts: &ThreadState, args: &Args<'_>) -> Result<()> {
    match args.positional.len() {
        1 | 2 => Ok(()),
        n => Err(ts.type_error(format!("expected 1 or 2 arguments, got {n}"))),
    }
}

fn missing(ts: &ThreadState) -> crate::value::Raised {
    ts.system_error("slot wrapper of an empty slot")
}

macro_rules! def {
    ($name:literal, $slot:ident, $tramp:expr, $sig:literal, $doc:literal, |$ts:ident, $fun:ident, $slf:ident, $args:ident| $body:expr) => {
        SlotDef {
            name: $name, doc: $doc, signature: $sig, group: stringify!($slot),
            is_set: |s| s.$slot.is_some(),
            wrap: |$ts, slots, $slf, $args| { let Some($fun) = slots.$slot else { return Err(missing($ts)) }; $body },
            set_trampoline: |s| s.$slot = Some($tramp),
            copy: |to, from| to.$slot = from.$slot,
            clear: |s| s.$slot = None,
            same: |a, b| match (a.$slot, b.$slot) { (Some(x), Some(y)) => std::ptr::fn_addr_eq(x, y), (None, None) => true, _ => false },
        }
    };
}
macro_rules! un { ($name:literal, $slot:ident, $doc:literal) => {
    def!($name, $slot, f::$slot, "($self, /)", $doc, |ts, fun, slf, args| { exactly(ts, &args, 0)?; fun(ts, slf) })
}; }
macro_rules! bin { ($name:literal, $slot:ident, $doc:literal) => {
    def!($name, $slot, f::$slot, "($self, value, /)", $doc, |ts, fun, slf, args| { let a = exactly(ts, &args, 1)?; fun(ts, slf, &a[0]) })
}; }
macro_rules! rbin { ($name:literal, $slot:ident, $doc:literal) => {
    def!($name, $slot, f::$slot, "($self, value, /)", $doc, |ts, fun, slf, args| { let a = exactly(ts, &args, 1)?; fun(ts, &a[0], slf) })
}; }
macro_rules! cmp { ($name:literal, $op:ident, $sym:literal) => {
    def!($name, richcompare, f::richcompare, "($self, value, /)", $sym, |ts, fun, slf, args| { let a = exactly(ts, &args, 1)?; fun(ts, slf, &a[0], CmpOp::$op) })
}; }

fn none(r: Result<()>) -> Result<Value> {
    r.map(|()| Value::none())
}

/// `type.__call__`-like restrictions on `object.__setattr__(T, …)`: a base's slot may not be used to get
/// around a more derived native one.
fn hackcheck(ts: &ThreadState, slf: &Value, fun: crate::slots::SetItem, what: &str) -> Result<()> {
    let Some(_) = slf.as_type() else { return Ok(()) };
    let ty = slf.class(ts);
    for t in ty.mro_types() {
        if t.is_heap_type() {
            continue;
        }
        if t.slots().setattro.is_some_and(|s| std::ptr::fn_addr_eq(s, fun)) {
            return Ok(());
        }
        return Err(ts.type_error(format!("can't apply this {what} to {} object", ty.name())));
    }
    Ok(())
}

/// In the order in which CPython lists them.
pub static SLOTDEFS: &[SlotDef] = &[
    def!("__getattribute__", getattro, f::getattro, "($self, name, /)", "Return getattr(self, name).", |ts, fun, slf, args| { let a = exactly(ts, &args, 1)?; protocol::check_attr_name(ts, &a[0])?; fun(ts, slf, &a[0]) }),
    def!("__getattr__", getattro, f::getattro, "", "Implement getattr(self, name).", |ts, fun, slf, args| { let a = exactly(ts, &args, 1)?; fun(ts, slf, &a[0]) }),
    def!("__setattr__", setattro, f::setattro, "($self, name, value, /)", "Implement setattr(self, name, value).", |ts, fun, slf, args| { let a = exactly(ts, &args, 2)?; hackcheck(ts, slf, fun, "__setattr__")?; protocol::check_attr_name(ts, &a[0])?; none(fun(ts, slf, &a[0], Some(&a[1]))) }),
    def!("__delattr__", setattro, f::setattro, "($self, name, /)", "Implement delattr(self, name).", |ts, fun, slf, args| { let a = exactly(ts, &args, 1)?; hackcheck(ts, slf, fun, "__delattr__")?; protocol::check_attr_name(ts, &a[0])?; none(fun(ts, slf, &a[0], None)) }),
    un!("__repr__", repr, "Return repr(self)."),
    def!("__hash__", hash, f::hash, "($self, /)", "Return hash(self).", |ts, fun, slf, args| { exactly(ts, &args, 0)?; Ok(crate::int::from_i64(ts, fun(ts, slf)?)) }),
    def!("__call__", call, f::call, "($self, /, *args, **kwargs)", "Call self as a function.", |ts, fun, slf, args| fun(ts, slf, args)),
    def!("__str__", str, f::str_, "($self, /)", "Return str(self).", |ts, fun, slf, args| { exactly(ts, &args, 0)?; fun(ts, slf) }),
    cmp!("__lt__", Lt, "Return self<value."), cmp!("__le__", Le, "Return self<=value."), cmp!("__eq__", Eq, "Return self==value."),
    cmp!("__ne__", Ne, "Return self!=value."), cmp!("__gt__", Gt, "Return self>value."), cmp!("__ge__", Ge, "Return self>=value."),
    un!("__iter__", iter, "Implement iter(self)."),
    def!("__next__", iternext, f::iternext, "($self, /)", "Implement next(self).", |ts, fun, slf, args| { exactly(ts, &args, 0)?; match fun(ts, slf)? { Some(v) => Ok(v), None => Err(ts.stop_iteration(None)) } }),
    def!("__get__", descr_get, f::descr_get, "($self, instance, owner=None, /)", "Return an attribute of instance, which is of type owner.", |ts, fun, slf, args| {
        let n = args.positional.len();
        if n == 0 { return Err(ts.type_error("__get__ expected at least 1 argument, got 0")); }
        if n > 2 { return Err(ts.type_error(format!("__get__ expected at most 2 arguments, got {n}"))); }
        let obj = Some(&args.positional[0]).filter(|v| !v.is_none());
        let ty = args.positional.get(1).filter(|v| !v.is_none());
        if obj.is_none() && ty.is_none() { return Err(ts.type_error("__get__(None, None) is invalid")); }
        fun(ts, slf, obj, ty) }),
    def!("__set__", descr_set, f::descr_set, "($self, instance, value, /)", "Set an attribute of instance to value.", |ts, fun, slf, args| { let a = exactly(ts, &args, 2)?; none(fun(ts, slf, &a[0], Some(&a[1]))) }),
    def!("__delete__", descr_set, f::descr_set, "($self, instance, /)", "Delete an attribute of instance.", |ts, fun, slf, args| { let a = exactly(ts, &args, 1)?; none(fun(ts, slf, &a[0], None)) }),
    def!("__init__", init, f::init, "($self, /, *args, **kwargs)", "Initialize self.  See help(type(self)) for accurate signature.", |ts, fun, slf, args| none(fun(ts, slf, args))),
    // `__new__` is a plain static builtin, see `methods`; this entry only fills the slot.
    def!("__new__", new, f::new, "", "Create and return new object.", |ts, fun, slf, args| fun(ts, slf, args)),
    def!("__del__", finalize, f::finalize, "($self, /)", "Called when the instance is about to be destroyed.", |ts, fun, slf, args| { exactly(ts, &args, 0)?; fun(ts, slf); Ok(Value::none()) }),
    def!("__buffer__", getbuffer, f::getbuffer, "($self, flags, /)", "Return a buffer object that exposes the underlying memory of the object.", |ts, fun, slf, args| { let a = exactly(ts, &args, 1)?; crate::memoryview::from_slot(ts, slf, fun, &a[0]) }),
    un!("__await__", await_, "Return an iterator to be used in await expression."),
    un!("__aiter__", aiter, "Return an awaitable, that resolves in asynchronous iterator."),
    un!("__anext__", anext, "Return a value or raise StopAsyncIteration."),
    bin!("__add__", add, "Return self+value."), rbin!("__radd__", add, "Return value+self."),
    bin!("__sub__", sub, "Return self-value."), rbin!("__rsub__", sub, "Return value-self."),
    bin!("__mul__", mul, "Return self*value."), rbin!("__rmul__", mul, "Return value*self."),
    bin!("__mod__", mod_, "Return self%value."), rbin!("__rmod__", mod_, "Return value%self."),
    bin!("__divmod__", divmod, "Return divmod(self, value)."), rbin!("__rdivmod__", divmod, "Return divmod(value, self)."),
    def!("__pow__", pow, f::pow, "($self, value, mod=None, /)", "Return pow(self, value, mod).", |ts, fun, slf, args| { let a = args.positional; one_or_two(ts, &args)?; fun(ts, slf, &a[0], a.get(1).unwrap_or(&Value::none())) }),
    def!("__rpow__", pow, f::pow, "($self, value, mod=None, /)", "Return pow(value, self, mod).", |ts, fun, slf, args| { let a = args.positional; one_or_two(ts, &args)?; fun(ts, &a[0], slf, a.get(1).unwrap_or(&Value::none())) }),
    un!("__neg__", neg, "-self"), un!("__pos__", pos, "+self"), un!("__abs__", abs, "abs(self)"),
    def!("__bool__", bool_, f::bool_, "($self, /)", "True if self else False", |ts, fun, slf, args| { exactly(ts, &args, 0)?; Ok(Value::bool(fun(ts, slf)?)) }),
    un!("__invert__", invert, "~self"),
    bin!("__lshift__", lshift, "Return self<<value."), rbin!("__rlshift__", lshift, "Return value<<self."),
    bin!("__rshift__", rshift, "Return self>>value."), rbin!("__rrshift__", rshift, "Return value>>self."),
    bin!("__and__", and_, "Return self&value."), rbin!("__rand__", and_, "Return value&self."),
    bin!("__xor__", xor, "Return self^value."), rbin!("__rxor__", xor, "Return value^self."),
    bin!("__or__", or_, "Return self|value."), rbin!("__ror__", or_, "Return value|self."),
    un!("__int__", int, "int(self)"), un!("__float__", float, "float(self)"),
    bin!("__iadd__", iadd, "Return self+=value."), bin!("__isub__", isub, "Return self-=value."), bin!("__imul__", imul, "Return self*=value."),
    bin!("__imod__", imod, "Return self%=value."),
    def!("__ipow__", ipow, f::ipow, "($self, value, /)", "Return self**=value.", |ts, fun, slf, args| { let a = exactly(ts, &args, 1)?; fun(ts, slf, &a[0], &Value::none()) }),
    bin!("__ilshift__", ilshift, "Return self<<=value."), bin!("__irshift__", irshift, "Return self>>=value."),
    bin!("__iand__", iand, "Return self&=value."), bin!("__ixor__", ixor, "Return self^=value."), bin!("__ior__", ior, "Return self|=value."),
    bin!("__floordiv__", floordiv, "Return self//value."), rbin!("__rfloordiv__", floordiv, "Return value//self."),
    bin!("__truediv__", truediv, "Return self/value."), rbin!("__rtruediv__", truediv, "Return value/self."),
    bin!("__ifloordiv__", ifloordiv, "Return self//=value."), bin!("__itruediv__", itruediv, "Return self/=value."),
    un!("__index__", index, "Return self converted to an integer, if self is suitable for use as an index into a list."),
    bin!("__matmul__", matmul, "Return self@value."), rbin!("__rmatmul__", matmul, "Return value@self."), bin!("__imatmul__", imatmul, "Return self@=value."),
    def!("__len__", len, f::len, "($self, /)", "Return len(self).", |ts, fun, slf, args| { exactly(ts, &args, 0)?; Ok(crate::int::from_i64(ts, fun(ts, slf)? as i64)) }),
    def!("__getitem__", getitem, f::getitem, "($self, key, /)", "Return self[key].", |ts, fun, slf, args| { let a = exactly(ts, &args, 1)?; fun(ts, slf, &a[0]) }),
    def!("__setitem__", setitem, f::setitem, "($self, key, value, /)", "Set self[key] to value.", |ts, fun, slf, args| { let a = two_named(ts, "__setitem__", &args)?; none(fun(ts, slf, &a[0], Some(&a[1]))) }),
    def!("__delitem__", setitem, f::setitem, "($self, key, /)", "Delete self[key].", |ts, fun, slf, args| { let a = exactly(ts, &args, 1)?; none(fun(ts, slf, &a[0], None)) }),
    def!("__contains__", contains, f::contains, "($self, key, /)", "Return bool(key in self).", |ts, fun, slf, args| { let a = exactly(ts, &args, 1)?; Ok(Value::bool(fun(ts, slf, &a[0])?)) }),
    // Sequences: `+` and `*` with sequence rules; shown under the numeric names when those are not set.
    def!("__add__", concat, f::add, "($self, value, /)", "Return self+value.", |ts, fun, slf, args| { let a = exactly(ts, &args, 1)?; fun(ts, slf, &a[0]) }),
    def!("__mul__", repeat, repeat_unused, "($self, value, /)", "Return self*value.", |ts, fun, slf, args| { let a = exactly(ts, &args, 1)?; fun(ts, slf, protocol::repeat_count(ts, &a[0])?) }),
    def!("__rmul__", repeat, repeat_unused, "($self, value, /)", "Return value*self.", |ts, fun, slf, args| { let a = exactly(ts, &args, 1)?; fun(ts, slf, protocol::repeat_count(ts, &a[0])?) }),
    def!("__iadd__", inplace_concat, f::iadd, "($self, value, /)", "Implement self+=value.", |ts, fun, slf, args| { let a = exactly(ts, &args, 1)?; fun(ts, slf, &a[0]) }),
    def!("__imul__", inplace_repeat, repeat_unused, "($self, value, /)", "Implement self*=value.", |ts, fun, slf, args| { let a = exactly(ts, &args, 1)?; fun(ts, slf, protocol::repeat_count(ts, &a[0])?) }),
];

fn repeat_unused(ts: &ThreadState, _: &Value, _: isize) -> Result<Value> {
    Err(missing(ts))
}

/// Slots that only native types fill: classes in Python answer through the numeric ones.
fn native_only(group: &str) -> bool {
    matches!(group, "concat" | "repeat" | "inplace_concat" | "inplace_repeat")
}

/// For each group the places of its entries in [`SLOTDEFS`].
static GROUPS: LazyLock<Vec<Vec<usize>>> = LazyLock::new(|| {
    let mut groups: Vec<Vec<usize>> = vec![];
    for (i, d) in SLOTDEFS.iter().enumerate() {
        match groups.iter_mut().find(|g| SLOTDEFS[g[0]].group == d.group) {
            Some(g) => g.push(i),
            None => groups.push(vec![i]),
        }
    }
    groups
});

/// The names of [`SLOTDEFS`], interned.
#[derive(Default)]
struct SlotNames(OnceCell<Vec<Ref<Str>>>);

fn slot_names(ts: &ThreadState) -> &[Ref<Str>] {
    ts.interp().extension::<SlotNames>().0.get_or_init(|| SLOTDEFS.iter().map(|d| Str::intern(ts, d.name)).collect())
}

/// Recomputes the slot that `name` belongs to, in `ty` and its subclasses, after the class changed.
pub fn update_slot(ts: &ThreadState, ty: &Type, name: &str) {
    for g in GROUPS.iter().filter(|g| g.iter().any(|&i| SLOTDEFS[i].name == name)) {
        recompute(ts, ty, g, slot_names(ts));
    }
    for s in ty.subclasses.get() {
        // SAFETY: subclasses take themselves off the list when they die.
        let s: &Type = unsafe { &*s };
        if s.dict.get_name(ts, name).is_none() {
            update_slot(ts, s, name);
        }
    }
}

/// Fills all slots of a new class.
pub fn fixup_all(ts: &ThreadState, ty: &Type) {
    let names = slot_names(ts);
    for g in GROUPS.iter() {
        recompute(ts, ty, g, names);
    }
}

/// Sets one slot of a class from what its MRO defines: a base's native function where all the special
/// methods are that base's own wrappers, else the trampoline.
fn recompute(ts: &ThreadState, ty: &Type, entries: &[usize], names: &[Ref<Str>]) {
    let first = &SLOTDEFS[entries[0]];
    let group = first.group;
    let mut native: Option<(Ref<Type>, &SlotDef)> = None;
    let mut trampoline: Option<&SlotDef> = None;
    for &i in entries {
        let d = &SLOTDEFS[i];
        if let Some(v) = ty.lookup(ts, &names[i]) {
            if d.name == "__hash__" && v.is_none() {
                ty.slots.write(|s| s.hash = Some(f::hash_not_implemented));
                return;
            }
            if d.name == "__next__" && v.is_none() {
                trampoline = Some(d);
                continue;
            }
            if d.name == "__new__" {
                match crate::descr::native_new_owner(&v) {
                    // As in CPython, whose native constructor it is does not count: the base's makes the payload.
                    Some(_) => native = ty.base.get().map(|base| (base, d)),
                    None => trampoline = Some(d),
                }
                continue;
            }
            match v.downcast::<WrapperDescriptor>() {
                Some(w) if w.def.name == d.name && ty.is_subtype(&w.owner) => {
                    // `__getattribute__` of object beside a `__getattr__` still needs the trampoline.
                    if w.def.group != group {
                        continue;
                    }
                    match &native {
                        Some((o, n)) if !(n.same)(o.slots(), w.owner.slots()) => trampoline = Some(d),
                        _ => native = Some((w.owner.clone(), d)),
                    }
                }
                _ => {
                    // A special method defined natively as a method (not through the slot) on a native base.
                    trampoline = Some(d);
                }
            }
        }
    }
    ty.slots.write(|s| match (trampoline, &native) {
        (Some(d), _) if native_only(group) => (d.clear)(s),
        (Some(d), _) => (d.set_trampoline)(s),
        (None, Some((owner, d))) => (d.copy)(s, owner.slots()),
        (None, None) => (first.clear)(s),
    });
}
