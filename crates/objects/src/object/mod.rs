//! `object`: the base of all types, and how attributes of instances are found, set and deleted.

pub mod class;
pub mod reduce;

use crate::dict::Dict;
use crate::heap::Ref;
use crate::native::Args;
use crate::protocol;
use crate::shape;
use crate::str::Str;
use crate::thread::{self, ThreadState};
use crate::typeobject::{flags, Type};
use crate::value::{Result, Value};

/// Instances of `object` itself and of classes without a native base have no payload.
pub struct Object;
crate::payload!(Object, id = crate::ids::OBJECT);

/// The attribute's value in the instance itself.
#[inline]
pub fn own_attribute(o: &Value, name: &Ref<Str>) -> Option<Value> {
    if !o.is_pointer() {
        return None;
    }
    let h = o.header_ptr();
    // SAFETY: a live object; the words of its tail are values or 0.
    unsafe {
        let s = thread::shape((*h).shape());
        if !s.has_dict {
            return None;
        }
        let words = shape::tail(h, s).add(s.members as usize);
        if s.dict_mode || *words != 0 {
            let w = *words;
            if w == 0 {
                return None;
            }
            let d: &Dict = (*(words as *const Value)).payload_unchecked();
            return d.get_str(name);
        }
        let i = s.slot_of(name)?;
        let w = words.add(1 + i as usize);
        if *w == 0 { None } else { Some((*(w as *const Value)).clone()) }
    }
}

/// Does the object have attributes of its own?
pub fn has_instance_dict(o: &Value) -> bool {
    o.is_pointer() && thread::shape(o.shape_id()).has_dict
}

/// Sets or deletes an attribute of the instance itself; false: there was none to delete.
pub fn set_own_attribute(ts: &ThreadState, o: &Value, name: &Ref<Str>, value: Option<&Value>) -> bool {
    let h = o.header_ptr();
    // SAFETY: callers checked that the object has a tail with an attribute word.
    unsafe {
        let s = thread::shape((*h).shape());
        let words = shape::tail(h, s).add(s.members as usize);
        if s.dict_mode || *words != 0 {
            if *words == 0 {
                if value.is_none() {
                    return false;
                }
                *words = Dict::new(ts).into_value().into_word();
            }
            let d: Value = (*(words as *const Value)).clone();
            let d: &Dict = d.payload_unchecked();
            return match value {
                Some(v) => {
                    d.set_str(ts, name, v.clone());
                    true
                }
                None => d.remove_str(name).is_some(),
            };
        }
        match (s.slot_of(name), value) {
            (Some(i), Some(v)) => {
                let old = words.add(1 + i as usize).replace(v.clone().into_word());
                if old != 0 {
                    drop(Value::from_word(old));
                }
                true
            }
            (Some(i), None) if i as usize + 1 == s.names.len() && s.parent != 0 => {
                (*h).set_shape(s.parent);
                let old = words.add(1 + i as usize).replace(0);
                drop(Value::from_word(old));
                true
            }
            (None, None) => false,
            (None, Some(v)) => {
                if let Some(next) = ts.interp().shapes.transition(s.id, name) {
                    words.add(1 + s.names.len()).write(v.clone().into_word());
                    (*h).set_shape(next);
                    return true;
                }
                s.ty().outgrown(ts, s);
                to_dict_mode(ts, o);
                set_own_attribute(ts, o, name, value)
            }
            (Some(_), None) => {
                to_dict_mode(ts, o);
                set_own_attribute(ts, o, name, value)
            }
        }
    }
}

/// Moves the attributes into a dictionary of the object's own.
fn to_dict_mode(ts: &ThreadState, o: &Value) {
    let h = o.header_ptr();
    // SAFETY: as in `set_own_attribute`.
    unsafe {
        let s = thread::shape((*h).shape());
        let words = shape::tail(h, s).add(s.members as usize);
        if *words != 0 {
            return;
        }
        let d = Dict::new(ts);
        for (i, name) in s.names.iter().enumerate() {
            let w = words.add(1 + i).replace(0);
            if w != 0 {
                d.set_str(ts, name, Value::from_word(w));
            }
        }
        *words = d.into_value().into_word();
        // Built-in types keep their fixed id: the attribute word alone tells.
        if s.id >= crate::ids::FIRST_FREE {
            (*h).set_shape(ts.interp().shapes.dict_mode(s.id));
        }
    }
}

/// The dictionary that stands for an object's attributes, if one was made.
pub fn made_dict(o: &Value) -> Option<Value> {
    let h = o.header_ptr();
    // SAFETY: callers checked that the object has an attribute word, which holds a dictionary or 0.
    unsafe {
        let s = thread::shape((*h).shape());
        let words = shape::tail(h, s).add(s.members as usize);
        if *words == 0 { None } else { Some((*(words as *const Value)).clone()) }
    }
}

/// Has the object no attributes of its own, although it may have some?
pub fn has_no_attributes(o: &Value) -> bool {
    if !has_instance_dict(o) {
        return false;
    }
    match made_dict(o) {
        Some(d) => d.exact::<Dict>().is_some_and(Dict::is_empty),
        None => thread::shape(o.shape_id()).names.is_empty(),
    }
}

/// The live `__dict__` of an object; AttributeError where it has none.
pub fn instance_dict(ts: &ThreadState, o: &Value) -> Result<Ref<Dict>> {
    match instance_dict_opt(ts, o) {
        Some(d) => Ok(d),
        None => Err(ts.attribute_error(format!("'{}' object has no attribute '__dict__'", o.type_name(ts)))),
    }
}

pub fn instance_dict_opt(ts: &ThreadState, o: &Value) -> Option<Ref<Dict>> {
    if let Some(m) = o.downcast::<crate::module::Module>() {
        return Some(m.dict.clone());
    }
    if !has_instance_dict(o) {
        return None;
    }
    to_dict_mode(ts, o);
    let h = o.header_ptr();
    // SAFETY: now in dictionary mode.
    unsafe {
        let s = thread::shape((*h).shape());
        let words = shape::tail(h, s).add(s.members as usize);
        if *words == 0 {
            *words = Dict::new(ts).into_value().into_word();
        }
        Some(Ref::from_value_unchecked((*(words as *const Value)).clone()))
    }
}

/// The attributes of an object as a new dictionary, without changing its representation.
pub fn instance_dict_copy(ts: &ThreadState, o: &Value) -> Option<Ref<Dict>> {
    if let Some(m) = o.downcast::<crate::module::Module>() {
        return Some(m.dict.copy(ts));
    }
    if !has_instance_dict(o) {
        return None;
    }
    let h = o.header_ptr();
    // SAFETY: a live object with an attribute word.
    unsafe {
        let s = thread::shape((*h).shape());
        let words = shape::tail(h, s).add(s.members as usize);
        if *words != 0 {
            let d: &Dict = (*(words as *const Value)).payload_unchecked();
            return Some(d.copy(ts));
        }
        let d = Dict::new(ts);
        for (i, name) in s.names.iter().enumerate() {
            let w = words.add(1 + i);
            if *w != 0 {
                d.set_str(ts, name, (*(w as *const Value)).clone());
            }
        }
        Some(d)
    }
}

/// `o.__dict__ = d`.
pub fn set_instance_dict(ts: &ThreadState, o: &Value, d: Ref<Dict>) {
    instance_dict_opt(ts, o);
    let h = o.header_ptr();
    // SAFETY: in dictionary mode after the call above.
    let old = unsafe {
        let s = thread::shape((*h).shape());
        shape::tail(h, s).add(s.members as usize).replace(d.into_value().into_word())
    };
    if old != 0 {
        drop(Value::from_word(old));
    }
}

/// `object.__getattribute__`, but absence is no error.
pub fn generic_lookup(ts: &ThreadState, o: &Value, name: &Ref<Str>) -> Result<Option<Value>> {
    let ty = o.class(ts);
    let found = ty.lookup(ts, name);
    if let Some(d) = &found {
        let s = d.class(ts).slots();
        if let (Some(get), true) = (s.descr_get, s.descr_set.is_some()) {
            let owner = ty.to_value();
            return match get(ts, d, Some(o), Some(&owner)) {
                Ok(v) => Ok(Some(v)),
                Err(e) => {
                    if ts.exception_is(|x| &x.attribute_error) {
                        ts.clear_exception();
                        return Ok(None);
                    }
                    Err(e)
                }
            };
        }
    }
    if let Some(v) = own_attribute(o, name) {
        return Ok(Some(v));
    }
    match found {
        Some(d) => match d.class(ts).slots().descr_get {
            Some(get) => {
                let owner = ty.to_value();
                match get(ts, &d, Some(o), Some(&owner)) {
                    Ok(v) => Ok(Some(v)),
                    Err(e) => {
                        if ts.exception_is(|x| &x.attribute_error) {
                            ts.clear_exception();
                            return Ok(None);
                        }
                        Err(e)
                    }
                }
            }
            None => Ok(Some(d)),
        },
        None => Ok(None),
    }
}

/// `object.__getattribute__`.
pub fn generic_getattr(ts: &ThreadState, o: &Value, name: &Value) -> Result {
    match name.downcast_ref::<Str>() {
        Some(s) if s.is_interned() => interned_getattr(ts, o, s),
        _ => interned_getattr(ts, o, &protocol::check_attr_name(ts, name)?),
    }
}

fn interned_getattr(ts: &ThreadState, o: &Value, name: &Ref<Str>) -> Result {
    let ty = o.class(ts);
    let found = ty.lookup(ts, name);
    if let Some(d) = &found {
        // Most of these are members and properties of built-in classes.
        if d.shape_id() == crate::ids::GETSET_DESCRIPTOR
            && let Some(g) = d.exact::<crate::descr::GetSetDescriptor>()
        {
            return g.found_on(ts, o);
        }
        let s = d.class(ts).slots();
        if let (Some(get), true) = (s.descr_get, s.descr_set.is_some()) {
            return get(ts, d, Some(o), Some(&ty.to_value()));
        }
    }
    if let Some(v) = own_attribute(o, name) {
        return Ok(v);
    }
    // A module's attributes lie in a dictionary of its own.
    if ty.layout().type_id == std::any::TypeId::of::<crate::module::Module>()
        && let Some(v) = o.downcast::<crate::module::Module>().and_then(|m| m.dict.get_str(name))
    {
        return Ok(v);
    }
    match found {
        Some(d) => match d.class(ts).slots().descr_get {
            Some(get) => get(ts, &d, Some(o), Some(&ty.to_value())),
            None => Ok(d),
        },
        None => Err(ts.attribute_error_for(o, name)),
    }
}

/// `object.__setattr__` and `object.__delattr__`.
pub fn generic_setattr(ts: &ThreadState, o: &Value, name: &Value, value: Option<&Value>) -> Result<()> {
    let name = protocol::check_attr_name(ts, name)?;
    let ty = o.class(ts);
    let found = ty.lookup(ts, &name);
    if let Some(d) = &found
        && let Some(set) = d.class(ts).slots().descr_set
    {
        return set(ts, d, o, value);
    }
    if has_instance_dict(o) {
        if set_own_attribute(ts, o, &name, value) {
            return Ok(());
        }
        return Err(ts.attribute_error_for(o, &name));
    }
    let n = name.to_string_lossy().into_owned();
    Err(match (found, value) {
        (Some(_), _) => ts.attribute_error_with(format!("'{}' object attribute '{n}' is read-only", ty.name()), o, &name),
        (None, _) => ts.attribute_error_with(
            format!("'{}' object has no attribute '{n}' and no __dict__ for setting new attributes", ty.name()),
            o,
            &name,
        ),
    })
}

impl Type {
    /// An instance had no inline slot left: later ones get more.
    fn outgrown(&self, ts: &ThreadState, s: &shape::Shape) {
        if !self.is_heap_type() || s.capacity >= shape::MAX_INLINE || self.layout().size as u32 + 8 != s.tail_offset {
            return;
        }
        let current = ts.interp().shapes.get(self.instance_shape());
        if current.capacity > s.capacity {
            return;
        }
        let capacity = (s.capacity * 2).min(shape::MAX_INLINE);
        let root = ts.interp().shapes.add_root(0, self, self.layout().size as u32, self.members, true, capacity);
        self.set_instance_shape(root);
        self.modified(ts);
    }
}

/// Arguments that neither `__new__` nor `__init__` of a class takes are an error.
fn excess(args: &Args<'_>) -> bool {
    !args.positional.is_empty() || !args.kw_names.is_empty()
}

/// `object.__new__`.
pub fn object_new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result {
    let Some(ty) = cls.as_type() else {
        return Err(ts.type_error("object.__new__(X): X is not a type object"));
    };
    if excess(&args) {
        let s = ty.slots();
        if !s.new.is_some_and(|f| std::ptr::fn_addr_eq(f, Object::new as crate::slots::Call)) {
            return Err(ts.type_error("object.__new__() takes exactly one argument (the type to instantiate)"));
        }
        if s.init.is_some_and(|f| std::ptr::fn_addr_eq(f, Object::init as crate::slots::Init)) {
            return Err(ts.type_error(format!("{}() takes no arguments", ty.short_name())));
        }
    }
    if ty.has_flag(flags::IS_ABSTRACT) {
        return Err(abstract_error(ts, ty)?);
    }
    // SAFETY: `Object` is a payload of size 0.
    unsafe {
        let h = crate::heap::allocate(ts, ty, 0);
        Ok(Value::from_header(h))
    }
}

fn abstract_error(ts: &ThreadState, ty: &Type) -> Result<crate::value::Raised> {
    let names = protocol::getattr(ts, &ty.to_value(), &ts.names().__abstractmethods__)?;
    let mut sorted: Vec<String> = vec![];
    protocol::for_each(ts, &names, |n| {
        sorted.push(protocol::str_(ts, &n)?.to_string_lossy().into_owned());
        Ok(())
    })?;
    sorted.sort();
    let s = if sorted.len() > 1 { "s" } else { "" };
    let list = sorted.iter().map(|n| format!("'{n}'")).collect::<Vec<_>>().join(", ");
    Ok(ts.type_error(format!(
        "Can't instantiate abstract class {} without an implementation for abstract method{s} {list}",
        ty.short_name()
    )))
}

/// `object.__init__`.
pub fn object_init(ts: &ThreadState, slf: &Value, args: Args<'_>) -> Result<()> {
    if excess(&args) {
        let ty = slf.class(ts);
        let s = ty.slots();
        if !s.init.is_some_and(|f| std::ptr::fn_addr_eq(f, Object::init as crate::slots::Init)) {
            return Err(ts.type_error("object.__init__() takes exactly one argument (the instance to initialize)"));
        }
        if s.new.is_some_and(|f| std::ptr::fn_addr_eq(f, Object::new as crate::slots::Call)) {
            return Err(ts.type_error(format!("{}.__init__() takes exactly one argument (the instance to initialize)", ty.short_name())));
        }
    }
    Ok(())
}

/// `object.__getstate__(o)`, as `__reduce__` methods use it.
pub fn get_state(ts: &ThreadState, o: &Value) -> Result {
    protocol::call_method_ref(ts, o, &ts.names().__getstate__, &[])
}

/// Is this `object.__init__`?
pub fn is_default_init(f: crate::slots::Init) -> bool {
    std::ptr::fn_addr_eq(f, Object::init as crate::slots::Init)
}
