//! `defaultdict`: a dict that makes the values of missing keys.

use taipan_macros::class;
use taipan_objects::dict::{Dict, table::Table};
use taipan_objects::heap::{self, GilCell, Ref};
use taipan_objects::ids;
use taipan_objects::native::*;
use taipan_objects::str::Str;
use taipan_objects::tuple::Tuple;
use taipan_objects::typeobject::{self, Type};
use taipan_objects::{Result, ThreadState, Value, generic_alias, payload, protocol};

#[repr(C)]
pub struct DefaultDict {
    dict: Dict,
    factory: GilCell<Option<Value>>,
}
payload!(DefaultDict, parent = Dict, container, traverse = |s, visit| {
    s.dict.each(|k, v| {
        visit(k);
        visit(v)
    });
    s.factory.read(|f| f.iter().for_each(&mut *visit))
}, clear = |s| {
    s.factory.set(None);
    s.dict.clear_all()
});

fn factory_of(v: &Value) -> Option<Value> {
    v.downcast::<DefaultDict>().and_then(|d| d.factory.get())
}

/// A copy of the same class, with the same factory.
fn copy_of(ts: &ThreadState, slf: &Value) -> Result {
    let factory = factory_of(slf).unwrap_or_else(Value::none);
    protocol::call(ts, slf.class_ref(ts).as_value(), &[factory, slf.clone()])
}

/// defaultdict(default_factory=None, /, [...]) --> dict with default factory
///
/// The factory is called without arguments for the value of a key that is looked up and not there. The
/// other arguments are those of dict.
#[class(name = "defaultdict", module = "collections", base = Dict)]
impl DefaultDict {
    #[slot(new)]
    fn new(ts: &ThreadState, cls: &Value, _args: Args<'_>) -> Result {
        let Some(ty) = cls.downcast::<Type>() else {
            return Err(ts.type_error("defaultdict.__new__(X): X is not a type object"));
        };
        let payload = DefaultDict { dict: Dict::payload(Table::default()), factory: GilCell::default() };
        Ok(heap::new_with_type(ts, ty, payload).into_value())
    }
    #[slot(init)]
    fn init(ts: &ThreadState, slf: &Value, args: Args<'_>) -> Result<()> {
        let mut rest = args;
        if let [first, others @ ..] = args.positional {
            if !first.is_none() && !protocol::is_callable(ts, first) {
                return Err(ts.type_error("first argument must be callable or None"));
            }
            if let Some(d) = slf.downcast::<DefaultDict>() {
                d.factory.set(if first.is_none() { None } else { Some(first.clone()) });
            }
            rest.positional = others;
        } else if let Some(d) = slf.downcast::<DefaultDict>() {
            d.factory.set(None);
        }
        match typeobject::builtin(ts, ids::DICT).slots().init {
            Some(init) => init(ts, slf, rest),
            None => Ok(()),
        }
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result<Value> {
        let Some(base) = typeobject::builtin(ts, ids::DICT).slots().repr else { return Ok(Value::not_implemented()) };
        let dict = base(ts, slf)?;
        let dict = protocol::str_(ts, &dict)?;
        let factory = match factory_of(slf) {
            None => "None".to_string(),
            Some(f) => match protocol::repr_enter(ts, &f)? {
                None => "...".to_string(),
                Some(_guard) => protocol::repr(ts, &f)?.to_string_lossy().into_owned(),
            },
        };
        let name = slf.class(ts).short_name();
        Ok(Str::from_pieces(ts, &[name.as_bytes(), b"(", factory.as_bytes(), b", ", dict.bytes(), b")"]).into_value())
    }
    #[slot(or_)]
    fn or(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        let new = if a.is_instance_of::<DefaultDict>() {
            if !b.is_instance_of::<Dict>() {
                return Ok(Value::not_implemented());
            }
            copy_of(ts, a)?
        } else {
            if !a.is_instance_of::<Dict>() {
                return Ok(Value::not_implemented());
            }
            let factory = factory_of(b).unwrap_or_else(Value::none);
            protocol::call(ts, b.class_ref(ts).as_value(), &[factory, a.clone()])?
        };
        match new.downcast::<Dict>() {
            Some(d) => d.update_from(ts, b)?,
            None => return Ok(Value::not_implemented()),
        }
        Ok(new)
    }
    /// Called by the look-up of a key that is not there.
    #[method("__missing__($self, key, /)")]
    fn missing(slf: &Value, ts: &ThreadState, key: &Value) -> Result {
        let Some(factory) = factory_of(slf) else { return Err(ts.key_error(key)) };
        let v = protocol::call0(ts, &factory)?;
        match slf.downcast::<Dict>() {
            Some(d) => d.set_default(ts, key, v),
            None => Ok(v),
        }
    }
    /// A shallow copy.
    #[method("copy($self, /)")]
    #[method("__copy__($self, /)")]
    fn copy(slf: &Value, ts: &ThreadState) -> Result {
        copy_of(ts, slf)
    }
    /// For annotations.
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(cls: &Value, ts: &ThreadState, object: &Value) -> Result {
        generic_alias::new(ts, cls, object)
    }
    /// What pickles this object.
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Result<Ref<Tuple>> {
        let args = factory_of(slf).map_or_else(|| Tuple::empty(ts), |f| Tuple::new(ts, vec![f]));
        let items = protocol::call_method(ts, slf, "items", &[])?;
        let it = protocol::get_iter(ts, &items)?;
        Ok(Tuple::new(ts, vec![slf.class_ref(ts).into_value(), args.into_value(), Value::none(), Value::none(), it]))
    }
    /// What makes the values of missing keys.
    #[getter(member)]
    fn default_factory(slf: &Value) -> Option<Value> {
        factory_of(slf)
    }
    #[setter]
    fn set_default_factory(&self, value: Option<&Value>) -> Result<()> {
        self.factory.set(value.filter(|v| !v.is_none()).cloned());
        Ok(())
    }
}
