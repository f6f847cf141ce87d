//! `type(name, bases, namespace)`: how classes are made.

use super::{flags, mro, slotdefs, Type};
use crate::descr::{getset, ClassMethod, StaticMethod};
use crate::dict::Dict;
use crate::function::Function;
use crate::heap::{GilCell, Payload, Ref};
use crate::ids;
use crate::native::Args;
use crate::protocol;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::{Result, Value};
use std::cell::Cell;

/// The most derived metaclass of `metatype` and those of the bases.
pub fn calculate_metaclass(ts: &ThreadState, metatype: &Ref<Type>, bases: &[Value]) -> Result<Ref<Type>> {
    let mut winner = metatype.clone();
    for b in bases {
        let t = b.class_ref(ts);
        if winner.is_subtype(&t) {
            continue;
        }
        if t.is_subtype(&winner) {
            winner = t;
            continue;
        }
        return Err(ts.type_error(
            "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases",
        ));
    }
    Ok(winner)
}

/// The native type that decides an instance's payload.
pub(super) fn solid_base(t: &Ref<Type>) -> Ref<Type> {
    let mut t = t.clone();
    loop {
        let Some(b) = t.base.get() else { return t };
        let adds = !std::ptr::eq(t.layout(), b.layout()) && t.layout().size != b.layout().size
            || t.layout().variable != b.layout().variable
            || t.members != b.members;
        if adds {
            return t;
        }
        t = b;
    }
}

/// Whether `b`'s payload, though no bigger, is a special case of `w`'s: what checks for it must find it.
fn refines(b: &Ref<Type>, w: &Ref<Type>, ts: &ThreadState) -> bool {
    if std::ptr::eq(b.layout(), w.layout()) || b.layout().size != w.layout().size || b.members < w.members {
        return false;
    }
    if std::ptr::eq(w.layout(), super::builtin(ts, ids::OBJECT).layout()) {
        return true;
    }
    let mut l = b.layout().parent;
    while let Some(p) = l {
        if std::ptr::eq(p, w.layout()) {
            return true;
        }
        l = p.parent;
    }
    false
}

pub(super) fn best_base(ts: &ThreadState, bases: &[Ref<Type>]) -> Result<Ref<Type>> {
    let mut best: Option<(Ref<Type>, Ref<Type>)> = None;
    for b in bases {
        if !b.has_flag(flags::BASETYPE) {
            return Err(ts.type_error(format!("type '{}' is not an acceptable base type", b.name())));
        }
        if b.mro.read(|m| m.is_empty()) {
            return Err(ts.type_error(format!("Cannot extend an incomplete type '{}'", b.name())));
        }
        let solid = solid_base(b);
        best = match best {
            None => Some((b.clone(), solid)),
            Some((w, s)) if refines(b, &w, ts) => Some((b.clone(), if solid.is_subtype(&s) { solid } else { s })),
            Some((w, s)) if s.is_subtype(&solid) => Some((w, s)),
            Some((_, s)) if solid.is_subtype(&s) => Some((b.clone(), solid)),
            Some(_) => return Err(ts.type_error("multiple bases have instance lay-out conflict")),
        };
    }
    Ok(best.map_or_else(|| super::builtin(ts, ids::OBJECT).to_ref(), |b| b.0))
}

/// `type.__new__(metatype, name, bases, namespace, **kwargs)`.
pub fn type_new(ts: &ThreadState, metatype: &Ref<Type>, name: &Ref<Str>, bases: &Value, namespace: &Dict, kwargs: Args<'_>) -> Result<Ref<Type>> {
    let n = ts.names();
    let Some(base_tuple) = bases.downcast::<Tuple>() else {
        return Err(ts.type_error("bases must be a tuple"));
    };
    let mut base_values = base_tuple.items().to_vec();
    if base_values.is_empty() {
        base_values.push(super::builtin(ts, ids::OBJECT).to_value());
    }
    for b in &base_values {
        if b.as_type().is_none() {
            if protocol::hasattr(ts, b, &n.__mro_entries__)? {
                return Err(ts.type_error("type() doesn't support MRO entry resolution; use types.new_class()"));
            }
        }
    }
    let winner = calculate_metaclass(ts, metatype, &base_values)?;
    if base_values.iter().any(|b| b.as_type().is_none()) {
        return Err(ts.type_error("bases must be types"));
    }
    if !winner.is(metatype) {
        let same_new = match (winner.slots().new, metatype.slots().new) {
            (Some(a), Some(b)) => std::ptr::fn_addr_eq(a, b),
            _ => false,
        };
        if !same_new && let Some(f) = winner.slots().new {
            let args = [name.as_value().clone(), bases.clone(), namespace.copy(ts).into_value()];
            let made = f(ts, winner.as_value(), Args { positional: &args, ..kwargs })?;
            return super::type_check(ts, &made, "metaclass returned a non-type");
        }
    }
    let bases: Vec<Ref<Type>> = base_values.iter().filter_map(|b| b.downcast_ref::<Type>().cloned()).collect();
    for (i, b) in bases.iter().enumerate() {
        if bases[..i].iter().any(|a| a.is(b)) {
            return Err(ts.type_error(format!("duplicate base class {}", b.short_name())));
        }
    }
    let base = best_base(ts, &bases)?;
    if name.bytes().contains(&0) {
        return Err(ts.value_error("type name must not contain null characters"));
    }
    if name.has_surrogates() {
        return Err(crate::exceptions::unicode_encode_error(ts, "utf-8", name, 0, 1, "surrogates not allowed"));
    }
    let dict = namespace.copy(ts);
    let layout = instance_layout(ts, name, &bases, &base, &dict)?;
    let ty = allocate(ts, &winner, name, bases, &base, &dict, &layout)?;
    if ty.dict.get_str(&n.__qualname__).is_some() || ty.dict.get_str(&n.__module__).is_none() {
        set_names(ts, &ty)?;
    }
    set_doc_and_special_methods(ts, &ty, namespace);
    // `mro()` may ask for the class already.
    set_class_cells(ts, &ty, namespace)?;
    mro::compute(ts, &ty)?;
    for b in ty.bases.get() {
        b.subclasses.write(|s| s.push(&*ty));
    }
    // A base's layout decides the payload: its shape is this class's own.
    let capacity = if layout.has_dict { layout.capacity } else { 0 };
    let shape = ts.interp().shapes.add_root(0, &*ty, ty.layout().size as u32, layout.members, layout.has_dict, capacity);
    ty.set_instance_shape(shape);
    for (i, slot) in layout.slots.iter().enumerate() {
        let d = getset::new_slot_member(ts, slot, &ty, layout.first_member + i as u32);
        if !ty.dict.contains_str(slot) {
            ty.dict.set_str(ts, slot, d);
        }
    }
    if !ty.dict.contains_str(&n.__doc__) {
        ty.dict.set_str(ts, &n.__doc__, Value::none());
    }
    // Before anything is looked up, and so cached.
    if ty.dict.contains_str(&n.__eq__) && !ty.dict.contains_str(&n.__hash__) {
        ty.dict.set_str(ts, &n.__hash__, Value::none());
    }
    ty.modified(ts);
    inherit_slots(ts, &ty, &base);
    slotdefs::fixup_all(ts, &ty);
    set_dict_and_weakref_descriptors(ts, &ty, &base);
    set_names_of_attributes(ts, &ty)?;
    call_init_subclass(ts, &ty, kwargs)?;
    Ok(ty)
}

struct InstanceLayout {
    slots: Vec<Ref<Str>>,
    first_member: u32,
    members: u32,
    has_dict: bool,
    has_weakref: bool,
    capacity: u32,
    adds_dict: bool,
    adds_weakref: bool,
}

/// What `__slots__` says.
fn instance_layout(ts: &ThreadState, name: &Ref<Str>, bases: &[Ref<Type>], base: &Ref<Type>, dict: &Ref<Dict>) -> Result<InstanceLayout> {
    let n = ts.names();
    let is_int = base.layout().type_id == std::any::TypeId::of::<crate::int::Int>();
    // A text's characters may lie behind its payload, too, but that is nobody's business.
    let is_str = base.layout().type_id == std::any::TypeId::of::<Str>();
    let variable = is_int || base.layout().variable && !is_str;
    let may_add_dict = !base.has_dict && !is_own_dict(base);
    let may_add_weak = !base.has_weakref && !variable;
    let statics = match dict.get_str(&n.__static_attributes__) {
        Some(t) => t.downcast::<Tuple>().map_or(0, |t| t.len()),
        None => 0,
    };
    let inherited = ts.interp().shapes.get(base.instance_shape()).capacity;
    let capacity = super::inline_capacity(statics).max(inherited).max((inherited + statics as u32).min(crate::shape::MAX_INLINE));
    let mut out = InstanceLayout {
        slots: vec![],
        first_member: base.members,
        members: base.members,
        has_dict: base.has_dict,
        has_weakref: base.has_weakref,
        capacity,
        adds_dict: false,
        adds_weakref: false,
    };
    let Some(slots) = dict.get_str(&n.__slots__) else {
        out.adds_dict = may_add_dict;
        out.adds_weakref = !base.has_weakref;
        out.has_dict |= may_add_dict;
        out.has_weakref = true;
        return Ok(out);
    };
    let list = if slots.downcast::<Str>().is_some() { vec![slots.clone()] } else { protocol::collect(ts, &slots)? };
    let named = list.iter().any(|s| s.downcast::<Str>().is_none_or(|s| !matches!(s.bytes(), b"__dict__" | b"__weakref__")));
    if named && variable {
        return Err(ts.type_error(format!("nonempty __slots__ not supported for subtype of '{}'", base.name())));
    }
    for s in list {
        let Some(slot) = s.downcast::<Str>() else {
            return Err(ts.type_error(format!("__slots__ items must be strings, not '{}'", s.type_name(ts))));
        };
        if !slot.as_str().is_some_and(|s| crate::unicode::is_identifier(s.as_bytes())) {
            return Err(ts.type_error("__slots__ must be identifiers"));
        }
        if slot.bytes() == b"__dict__" {
            if !may_add_dict || out.adds_dict {
                return Err(ts.type_error("__dict__ slot disallowed: we already got one"));
            }
            out.adds_dict = true;
            out.has_dict = true;
            continue;
        }
        if slot.bytes() == b"__weakref__" {
            if !may_add_weak || out.adds_weakref {
                return Err(ts.type_error("__weakref__ slot disallowed: we already got one"));
            }
            out.adds_weakref = true;
            out.has_weakref = true;
            continue;
        }
        let mangled = mangle(&name.to_string_lossy(), &slot.to_string_lossy());
        let slot = Str::intern(ts, &mangled);
        if dict.contains_str(&slot) && slot.bytes() != b"__qualname__" && slot.bytes() != b"__classcell__" && slot.bytes() != b"__classdictcell__" {
            return Err(ts.value_error(format!("'{}' in __slots__ conflicts with class variable", slot.to_string_lossy())));
        }
        out.slots.push(slot);
    }
    out.slots.sort_by(|a, b| a.bytes().cmp(b.bytes()));
    out.members += out.slots.len() as u32;
    // A second base may bring what this one lacks.
    for b in bases {
        if b.has_dict && may_add_dict {
            out.has_dict = true;
        }
        out.has_weakref |= b.has_weakref;
    }
    Ok(out)
}

/// Types whose instances keep their attributes in the payload.
fn is_own_dict(t: &Type) -> bool {
    let l = t.layout();
    l.type_id == std::any::TypeId::of::<Type>() || l.type_id == std::any::TypeId::of::<crate::module::Module>()
}

/// `_Class__name` for private names.
pub fn mangle(class: &str, name: &str) -> String {
    let c = class.trim_start_matches('_');
    if !name.starts_with("__") || name.ends_with("__") || name.contains('.') || c.is_empty() {
        return name.to_string();
    }
    format!("_{c}{name}")
}

fn allocate(ts: &ThreadState, metatype: &Ref<Type>, name: &Ref<Str>, bases: Vec<Ref<Type>>, base: &Ref<Type>, dict: &Ref<Dict>, layout: &InstanceLayout) -> Result<Ref<Type>> {
    let mut fl = flags::READY | flags::HEAPTYPE | flags::BASETYPE | flags::HAVE_GC;
    let collection = flags::SEQUENCE | flags::MAPPING;
    fl |= base.flags.get() & flags::INHERITED & !collection;
    // For pattern matching a class is what its first base is that is either.
    fl |= bases.iter().map(|b| b.flags.get() & collection).find(|f| *f != 0).unwrap_or(0);
    if layout.has_dict {
        fl |= flags::MANAGED_DICT | flags::INLINE_VALUES;
    }
    if layout.has_weakref {
        fl |= flags::MANAGED_WEAKREF;
    }
    let payload = Type {
        name: GilCell::new(name.clone()),
        qualname: GilCell::new(name.clone()),
        native_name: Cell::new(""),
        doc: "",
        base: GilCell::new(Some(base.clone())),
        bases: GilCell::new(bases),
        mro: GilCell::default(),
        mro_serial: Cell::new(0),
        bases_serial: Cell::new(0),
        dict: dict.clone(),
        slots: GilCell::default(),
        flags: Cell::new(fl),
        version: Cell::new(0),
        layout: base.layout(),
        instance_shape: Cell::new(0),
        members: layout.members,
        has_dict: layout.has_dict,
        has_weakref: layout.has_weakref,
        subclasses: GilCell::default(),
        slot_names: GilCell::new(layout.slots.clone()),
        mro_tuple: GilCell::default(),
        init_cache: GilCell::default(),
        text_signature: Cell::new(""),
    };
    Ok(super::allocate_type(ts, Some(metatype), payload))
}

/// `__module__` and `__qualname__`.
fn set_names(ts: &ThreadState, ty: &Ref<Type>) -> Result<()> {
    let n = ts.names();
    if ty.dict.get_str(&n.__module__).is_none()
        && let Some(g) = crate::frame::current_globals(ts)
        && let Some(m) = g.get_str(&n.__name__)
    {
        ty.dict.set_str(ts, &n.__module__, m);
    }
    if let Some(q) = ty.dict.get_str(&n.__qualname__) {
        match q.downcast_ref::<Str>() {
            Some(s) => ty.qualname.set(s.clone()),
            None => return Err(ts.type_error(format!("type __qualname__ must be a str, not {}", q.type_name(ts)))),
        }
        ty.dict.remove_str(&n.__qualname__);
    }
    Ok(())
}

fn set_doc_and_special_methods(ts: &ThreadState, ty: &Ref<Type>, _namespace: &Dict) {
    let n = ts.names();
    // __new__ is a static method, the two hooks are class methods, without being told.
    if let Some(f) = ty.dict.get_str(&n.__new__)
        && f.is_exact::<Function>()
    {
        ty.dict.set_str(ts, &n.__new__, StaticMethod::wrap(ts, f));
    }
    for name in [&n.__init_subclass__, &n.__class_getitem__] {
        if let Some(f) = ty.dict.get_str(name)
            && f.is_exact::<Function>()
        {
            ty.dict.set_str(ts, name, ClassMethod::wrap(ts, f));
        }
    }
    for name in [&n.__classcell__, &n.__classdictcell__] {
        ty.dict.remove_str(name);
    }
}

fn set_class_cells(_ts: &ThreadState, ty: &Ref<Type>, namespace: &Dict) -> Result<()> {
    let ts = _ts;
    let n = ts.names();
    if let Some(c) = namespace.get_str(&n.__classcell__) {
        match c.downcast::<crate::cell::CellObject>() {
            Some(cell) => cell.contents.set(Some(ty.as_value().clone())),
            None => {
                return Err(ts.type_error(format!("__classcell__ must be a nonlocal cell, not <class '{}'>", c.type_name(ts))));
            }
        }
    }
    if let Some(c) = namespace.get_str(&n.__classdictcell__)
        && let Some(cell) = c.downcast::<crate::cell::CellObject>()
    {
        cell.contents.set(Some(ty.dict.as_value().clone()));
    }
    Ok(())
}

/// Slots that no special method stands for come from the base.
fn inherit_slots(_ts: &ThreadState, ty: &Ref<Type>, base: &Ref<Type>) {
    ty.slots.write(|s| {
        let b = base.slots();
        s.concat = b.concat;
        s.repeat = b.repeat;
        s.inplace_concat = b.inplace_concat;
        s.inplace_repeat = b.inplace_repeat;
        s.getbuffer = b.getbuffer;
    });
}

fn set_dict_and_weakref_descriptors(ts: &ThreadState, ty: &Ref<Type>, base: &Ref<Type>) {
    let n = ts.names();
    if ty.has_dict && !base.has_dict && !ty.dict.contains_str(&n.__dict__) {
        ty.dict.set_str(ts, &n.__dict__, getset::new_getset(ts, &super::methods::DICT_GETSET, ty));
    }
    if ty.has_weakref && !base.has_weakref && !ty.dict.contains_str(&n.__weakref__) {
        ty.dict.set_str(ts, &n.__weakref__, getset::new_getset(ts, &super::methods::WEAKREF_GETSET, ty));
    }
}

/// Calls `__set_name__` of the attributes that have it.
fn set_names_of_attributes(ts: &ThreadState, ty: &Ref<Type>) -> Result<()> {
    let n = ts.names();
    for (name, v) in ty.dict.items(ts) {
        if v.is_exact::<Function>() {
            continue;
        }
        let Some(f) = protocol::lookup_special(ts, &v, &n.__set_name__)? else { continue };
        if let Err(e) = protocol::call(ts, &f, &[ty.as_value().clone(), name.clone()]) {
            let text = format!(
                "Error calling __set_name__ on '{}' instance {} in '{}'",
                v.type_name(ts),
                protocol::repr_lossy(ts, &name)?,
                ty.short_name()
            );
            ts.add_note(&text);
            return Err(e);
        }
    }
    Ok(())
}

fn call_init_subclass(ts: &ThreadState, ty: &Ref<Type>, kwargs: Args<'_>) -> Result<()> {
    if !ty.mro.read(|m| m.iter().any(|t| t.is(ty.as_value()))) {
        let name = ty.short_name();
        return Err(ts.type_error(format!("super(type, obj): obj (type {name}) is not an instance or subtype of type ({name}).")));
    }
    let f = crate::descr::super_::getattr(ts, ty, ty.as_value(), &ts.names().__init_subclass__)?;
    let Some(f) = f else { return Ok(()) };
    protocol::call_args(ts, &f, Args { positional: &[], ..kwargs })?;
    Ok(())
}

/// `type.__call__`: make and initialise.
pub fn type_call(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result {
    let Some(ty) = cls.as_type() else { return Err(ts.type_error("descriptor '__call__' requires a 'type' object")) };
    if std::ptr::eq(ty, super::builtin(ts, ids::TYPE)) && args.kw_names.is_empty() {
        match args.positional.len() {
            1 => return Ok(args.positional[0].class(ts).to_value()),
            3 => {}
            _ => return Err(ts.type_error("type() takes 1 or 3 arguments")),
        }
    }
    let Some(new) = ty.slots().new else {
        return Err(ts.type_error(format!("cannot create '{}' instances", ty.name())));
    };
    let obj = new(ts, cls, args)?;
    if std::ptr::eq(obj.class(ts), ty) {
        let Some(init) = ty.slots().init else { return Ok(obj) };
        let object = super::builtin(ts, ids::OBJECT);
        // `object.__init__` has nothing to do where `__new__` is another.
        let nothing = !ty.is_heap_type()
            && object.slots().init.map(|f| f as usize) == Some(init as usize)
            && object.slots().new.map(|f| f as usize) != Some(new as usize);
        if !nothing {
            init(ts, &obj, args)?;
        }
        return Ok(obj);
    }
    if !obj.class(ts).is_subtype(ty) {
        return Ok(obj);
    }
    if let Some(init) = obj.class(ts).slots().init {
        init(ts, &obj, args)?;
    }
    Ok(obj)
}

const _: fn() = || {
    let _ = Type::LAYOUT;
};
