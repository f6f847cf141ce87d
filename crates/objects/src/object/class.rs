//! What Python sees of `object`.

use super::{generic_getattr, generic_setattr, object_init, object_new, Object};
use crate::dict::Dict;
use crate::heap::Ref;
use crate::native::{class, Args};
use crate::protocol;
use crate::slots::CmpOp;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::typeobject::{flags, Type};
use crate::value::{Result, Value};

/// The base class of the class hierarchy.
///
/// When called, it accepts no arguments and returns a new featureless
/// instance that has no instance attributes and cannot be given any.
#[class(name = "object", check = is_object)]
impl Object {
    #[slot(new)]
    #[inline(never)]
    pub(crate) fn new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result {
        object_new(ts, cls, args)
    }
    #[slot(init)]
    #[inline(never)]
    pub(crate) fn init(ts: &ThreadState, slf: &Value, args: Args<'_>) -> Result<()> {
        object_init(ts, slf, args)
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result {
        let name = slf.class(ts).qualified_name(ts);
        Ok(Str::new(ts, &format!("<{name} object at {:#x}>", slf.id())).into_value())
    }
    #[slot(str)]
    fn str_(ts: &ThreadState, slf: &Value) -> Result {
        Ok(protocol::repr(ts, slf)?.into_value())
    }
    #[slot(hash)]
    fn hash(_ts: &ThreadState, slf: &Value) -> Result<i64> {
        Ok(protocol::hash_pointer(slf.id()))
    }
    #[slot(getattro)]
    #[inline(never)]
    pub(crate) fn getattro(ts: &ThreadState, slf: &Value, name: &Value) -> Result {
        generic_getattr(ts, slf, name)
    }
    #[slot(setattro)]
    fn setattro(ts: &ThreadState, slf: &Value, name: &Value, value: Option<&Value>) -> Result<()> {
        generic_setattr(ts, slf, name, value)
    }
    #[slot(richcompare)]
    fn richcompare(ts: &ThreadState, a: &Value, b: &Value, op: CmpOp) -> Result {
        match op {
            CmpOp::Eq => Ok(if a.is(b) { Value::true_() } else { Value::not_implemented() }),
            CmpOp::Ne => {
                let Some(f) = a.class(ts).slots().richcompare else { return Ok(Value::not_implemented()) };
                let r = f(ts, a, b, CmpOp::Eq)?;
                if r.is_not_implemented() {
                    return Ok(r);
                }
                Ok(Value::bool(!protocol::is_true(ts, &r)?))
            }
            _ => Ok(Value::not_implemented()),
        }
    }
    /// Default object formatter.
    ///
    /// Return str(self) if format_spec is empty. Raise TypeError otherwise.
    #[method("__format__($self, format_spec, /)")]
    fn format(slf: &Value, ts: &ThreadState, format_spec: &Str) -> Result {
        if !format_spec.is_empty() {
            return Err(ts.type_error(format!("unsupported format string passed to {}.__format__", slf.type_name(ts))));
        }
        Ok(protocol::str_(ts, slf)?.into_value())
    }
    /// Size of object in memory, in bytes.
    #[method("__sizeof__($self, /)")]
    fn sizeof(slf: &Value, ts: &ThreadState) -> Result<usize> {
        if !slf.is_pointer() {
            return Ok(8);
        }
        let ty = slf.class(ts);
        let h = slf.header_ptr();
        // SAFETY: a live object.
        let extra = unsafe { (ty.layout().extra)(h) };
        Ok(8 + ty.layout().size + extra + 8 * crate::thread::shape(slf.shape_id()).tail_words as usize)
    }
    /// Default dir() implementation.
    #[method("__dir__($self, /)")]
    fn dir(slf: &Value, ts: &ThreadState) -> Result {
        let n = ts.names();
        let names = Dict::new(ts);
        if let Some(d) = protocol::getattr_opt(ts, slf, &n.__dict__)?
            && let Some(d) = d.downcast::<Dict>()
        {
            names.merge(ts, d, true)?;
        }
        if let Some(c) = protocol::getattr_opt(ts, slf, &n.__class__)? {
            merge_class_dict(ts, &names, &c)?;
        }
        Ok(crate::list::List::new(ts, names.keys()).into_value())
    }
    /// Default implementation of pickling.
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Result {
        super::reduce::reduce_ex(ts, slf, 0)
    }
    /// Default implementation of pickling for a given protocol.
    #[method("__reduce_ex__($self, protocol, /)")]
    fn reduce_ex(slf: &Value, ts: &ThreadState, protocol: i64) -> Result {
        // An overridden __reduce__ wins.
        let n = ts.names();
        let own = slf.class(ts).lookup(ts, &n.__reduce__);
        let base = crate::typeobject::builtin(ts, crate::ids::OBJECT).lookup(ts, &n.__reduce__);
        if let (Some(f), Some(g)) = (own, base)
            && !f.is(&g)
        {
            if let Some(f) = super::reduce::own_method(ts, slf, &n.__reduce__) {
                return protocol::call1(ts, &f, slf);
            }
            let f = protocol::getattr(ts, slf, &n.__reduce__)?;
            return protocol::call(ts, &f, &[]);
        }
        super::reduce::reduce_ex(ts, slf, protocol)
    }
    /// Default implementation of state for pickling.
    #[method("__getstate__($self, /)")]
    fn getstate(slf: &Value, ts: &ThreadState) -> Result {
        super::reduce::default_getstate(ts, slf, false)
    }
    /// This method is called when a class is subclassed.
    ///
    /// The default implementation does nothing. It may be
    /// overridden to extend subclasses.
    #[classmethod("__init_subclass__($type, /, *args, **kwargs)", no_signature)]
    fn init_subclass(cls: &Value, ts: &ThreadState, args: &[Value], kwargs: crate::native::Kwargs<'_>) -> Result<()> {
        let name = cls.as_type().map_or_else(String::new, |t| t.short_name());
        if !kwargs.is_empty() {
            return Err(ts.type_error(format!("{name}.__init_subclass__() takes no keyword arguments")));
        }
        if !args.is_empty() {
            return Err(ts.type_error(format!("{name}.__init_subclass__() takes no arguments ({} given)", args.len())));
        }
        Ok(())
    }
    /// Abstract classes can override this to customize issubclass().
    ///
    /// This is invoked early on by abc.ABCMeta.__subclasscheck__().
    /// It should return True, False or NotImplemented.  If it returns
    /// NotImplemented, the normal algorithm is used.  Otherwise, it
    /// overrides the normal algorithm (and the outcome is cached).
    #[classmethod("__subclasshook__($type, object, /)")]
    fn subclasshook(_cls: &Value, _object: &Value) -> Value {
        Value::not_implemented()
    }
    /// the object's class
    #[getter("__class__")]
    fn get_class(slf: &Value, ts: &ThreadState) -> Value {
        slf.class(ts).to_value()
    }
    #[setter("__class__")]
    fn set_class(slf: &Value, ts: &ThreadState, value: Option<&Value>) -> Result<()> {
        let Some(value) = value else { return Err(ts.type_error("can't delete __class__ attribute")) };
        let Some(new) = value.downcast_ref::<Type>() else {
            return Err(ts.type_error(format!("__class__ must be set to a class, not '{}' object", value.type_name(ts))));
        };
        assign_class(ts, slf, new)
    }
}

fn is_object(_v: &Value) -> bool {
    true
}

fn merge_class_dict(ts: &ThreadState, into: &Dict, cls: &Value) -> Result<()> {
    let n = ts.names();
    if let Some(d) = protocol::getattr_opt(ts, cls, &n.__dict__)? {
        protocol::for_each(ts, &d, |k| {
            into.set(ts, &k, Value::none())
        })?;
    }
    if let Some(bases) = protocol::getattr_opt(ts, cls, &n.__bases__)? {
        protocol::for_each(ts, &bases, |b| merge_class_dict(ts, into, &b))?;
    }
    Ok(())
}

/// The sorted names that `dir` of a class lists.
pub fn class_dir(ts: &ThreadState, cls: &Value) -> Result {
    let names = Dict::new(ts);
    merge_class_dict(ts, &names, cls)?;
    Ok(crate::list::List::new(ts, names.keys()).into_value())
}

/// `o.__class__ = new`: both classes must lay their instances out alike.
fn assign_class(ts: &ThreadState, o: &Value, new: &Ref<Type>) -> Result<()> {
    let old = o.class_ref(ts);
    let modules = o.downcast::<crate::module::Module>().is_some() && new.layout().name == old.layout().name;
    if !(modules || (new.is_heap_type() && old.is_heap_type())) || new.has_flag(flags::IMMUTABLETYPE) && !modules {
        return Err(ts.type_error("__class__ assignment only supported for mutable types or ModuleType subclasses"));
    }
    if old.is(new) {
        return Ok(());
    }
    let same_slots = old.members == new.members
        && old.slot_names.read(|a| new.slot_names.read(|b| a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.eq(y))));
    if !std::ptr::eq(old.layout(), new.layout()) || old.has_dict != new.has_dict || !same_slots {
        return Err(ts.type_error(format!("__class__ assignment: '{}' object layout differs from '{}'", new.name(), old.name())));
    }
    let h = o.header_ptr();
    let s = crate::thread::shape(o.shape_id());
    let shapes = &ts.interp().shapes;
    // A shape of the new class with the old object's capacity.
    let mut root = shapes.get(new.instance_shape());
    if root.capacity != s.capacity || root.tail_words != s.tail_words {
        root = shapes.get(shapes.add_root(0, &**new, new.layout().size as u32, new.members, new.has_dict, s.capacity));
    }
    let mut id = root.id;
    if s.dict_mode {
        id = shapes.dict_mode(id);
    } else {
        for name in &s.names {
            match shapes.transition(id, name) {
                Some(next) => id = next,
                None => {
                    super::instance_dict_opt(ts, o);
                    id = shapes.dict_mode(root.id);
                    break;
                }
            }
        }
    }
    // SAFETY: the instance's reference to its class changes with its shape.
    unsafe { (*h).set_shape(id) };
    if new.is_heap_type() {
        std::mem::forget(new.clone());
    }
    if old.is_heap_type() {
        drop(Value::from_word(old.as_header() as u64));
    }
    Ok(())
}
