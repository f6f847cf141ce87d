//! Pickling of plain objects: `__reduce_ex__` and `__getstate__`.

use crate::dict::Dict;
use crate::protocol;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::{Result, Value};

fn copyreg(ts: &ThreadState, name: &str) -> Result {
    let m = crate::module::import(ts, "copyreg")?;
    protocol::getattr_name(ts, &m, name)
}

/// `copyreg._slotnames(cls)`.
fn slot_names(ts: &ThreadState, cls: &Value) -> Result<Vec<Value>> {
    let own = cls.as_type().and_then(|t| t.dict.get_str(&ts.names().__slotnames__));
    let r = match own {
        Some(n) => n,
        None => protocol::call1(ts, &copyreg(ts, "_slotnames")?, cls)?,
    };
    if r.is_none() { Ok(vec![]) } else { protocol::collect(ts, &r) }
}

/// The attributes of an instance whose `__dict__` is the ordinary one. As long as no dictionary object stands for
/// them, a copy does as well, and the instance keeps its shape.
fn plain_dict(ts: &ThreadState, o: &Value) -> Option<Value> {
    let ty = o.class(ts);
    if !ty.is_heap_type() || !crate::object::has_instance_dict(o) || o.downcast::<crate::module::Module>().is_some() {
        return None;
    }
    ty.lookup(ts, &ts.names().__dict__)?.exact::<crate::descr::GetSetDescriptor>()?;
    match crate::object::made_dict(o) {
        Some(d) => Some(d),
        None => crate::object::instance_dict_copy(ts, o).map(|d| d.into_value()),
    }
}

/// `object.__getstate__()`. With `required`, objects whose state cannot be copied are refused.
pub fn default_getstate(ts: &ThreadState, o: &Value, required: bool) -> Result {
    let ty = o.class_ref(ts);
    if required && (ty.layout().size > 0 || ty.layout().variable) {
        return Err(ts.type_error(if matches!(ty.name().as_str(), "memoryview" | "code") {
            format!("cannot pickle {} objects", ty.name())
        } else {
            format!("cannot pickle '{}' object", ty.name())
        }));
    }
    let state = match plain_dict(ts, o) {
        Some(d) => d,
        None => protocol::getattr_opt(ts, o, &ts.names().__dict__)?.unwrap_or_else(Value::none),
    };
    let names = slot_names(ts, ty.as_value())?;
    if names.is_empty() {
        // An empty dictionary counts as no state only for objects without attributes.
        if !state.is_none() && crate::object::has_no_attributes(o) {
            return Ok(Value::none());
        }
        return Ok(state);
    }
    let slots = Dict::new(ts);
    for n in names {
        let name = protocol::check_attr_name(ts, &n)?;
        if let Some(v) = protocol::getattr_opt(ts, o, &name)? {
            slots.set(ts, &n, v)?;
        }
    }
    if slots.len() == 0 {
        return Ok(state);
    }
    Ok(Tuple::new(ts, vec![state, slots.into_value()]).into_value())
}

/// `copyreg.__newobj__`
fn newobj(ts: &ThreadState) -> Result {
    let n = ts.names();
    let modules = ts.interp().modules.get();
    let module = modules.as_ref().and_then(|m| m.exact::<Dict>()).and_then(|d| d.get_str(&n.copyreg));
    match module.as_ref().and_then(|m| m.downcast::<crate::module::Module>()).and_then(|m| m.dict.get_str(&n.__newobj__)) {
        Some(f) => Ok(f),
        None => copyreg(ts, "__newobj__"),
    }
}

/// A method of the class, if it is a Python function that nothing in the instance hides.
pub(super) fn own_method(ts: &ThreadState, o: &Value, name: &crate::Ref<Str>) -> Option<Value> {
    let f = o.class(ts).lookup(ts, name).filter(|f| f.is_exact::<crate::function::Function>())?;
    let plain = o.class(ts).slots().getattro.is_some_and(|g| std::ptr::fn_addr_eq(g, crate::object::Object::getattro as crate::slots::Binary));
    (plain && crate::object::own_attribute(o, name).is_none()).then_some(f)
}

fn getstate(ts: &ThreadState, o: &Value, required: bool) -> Result {
    let n = ts.names();
    if let Some(f) = own_method(ts, o, &n.__getstate__) {
        return protocol::call1(ts, &f, o);
    }
    let plain = o.class(ts).slots().getattro.is_some_and(|g| std::ptr::fn_addr_eq(g, crate::object::Object::getattro as crate::slots::Binary));
    let shown = if plain && crate::object::own_attribute(o, &n.__getstate__).is_none() {
        None
    } else {
        Some(protocol::getattr(ts, o, &n.__getstate__)?)
    };
    let base = crate::typeobject::builtin(ts, crate::ids::OBJECT).lookup(ts, &n.__getstate__);
    if let (Some(own), Some(base)) = (o.class(ts).lookup(ts, &n.__getstate__), base)
        && own.is(&base)
    {
        return default_getstate(ts, o, required);
    }
    let f = match shown {
        Some(f) => f,
        None => protocol::getattr(ts, o, &n.__getstate__)?,
    };
    protocol::call(ts, &f, &[])
}

pub fn reduce_ex(ts: &ThreadState, o: &Value, protocol: i64) -> Result {
    if protocol < 2 {
        let f = copyreg(ts, "_reduce_ex")?;
        return protocol::call(ts, &f, &[o.clone(), crate::int::from_i64(ts, protocol)]);
    }
    let n = ts.names();
    let cls = o.class(ts).to_value();
    if o.class(ts).slots().new.is_none() {
        return Err(ts.type_error(format!("cannot pickle '{}' object", o.type_name(ts))));
    }
    let mut args: Option<Vec<Value>> = None;
    let mut kwargs: Option<Value> = None;
    if let Some(f) = protocol::getattr_opt(ts, o, &n.__getnewargs_ex__)? {
        let r = protocol::call(ts, &f, &[])?;
        let Some(t) = r.downcast::<Tuple>().filter(|t| t.len() == 2) else {
            return Err(ts.type_error(format!("__getnewargs_ex__ should return a tuple, not '{}'", r.type_name(ts))));
        };
        let (Some(a), true) = (t.items()[0].downcast::<Tuple>(), t.items()[1].downcast::<Dict>().is_some()) else {
            return Err(ts.type_error("first item of the tuple returned by __getnewargs_ex__ must be a tuple, second a dict"));
        };
        args = Some(a.items().to_vec());
        kwargs = Some(t.items()[1].clone()).filter(|k| k.downcast::<Dict>().is_some_and(|d| d.len() > 0));
    } else if let Some(r) = match own_method(ts, o, &n.__getnewargs__) {
        Some(f) => Some(protocol::call1(ts, &f, o)?),
        None => match protocol::getattr_opt(ts, o, &n.__getnewargs__)? {
            Some(f) => Some(protocol::call0(ts, &f)?),
            None => None,
        },
    } {
        let Some(t) = r.downcast::<Tuple>() else {
            return Err(ts.type_error(format!("__getnewargs__ should return a tuple, not '{}'", r.type_name(ts))));
        };
        args = Some(t.items().to_vec());
    }
    let (is_list, is_dict) = (o.downcast::<crate::list::List>().is_some(), o.downcast::<Dict>().is_some());
    let required = args.is_none() && !is_list && !is_dict;
    let (maker, maker_args) = match kwargs {
        Some(kw) => {
            let a = Tuple::new(ts, args.unwrap_or_default()).into_value();
            (copyreg(ts, "__newobj_ex__")?, vec![cls, a, kw])
        }
        None => {
            let mut all = vec![cls];
            all.extend(args.unwrap_or_default());
            (newobj(ts)?, all)
        }
    };
    let state = getstate(ts, o, required)?;
    let items = if is_list { protocol::get_iter(ts, o)? } else { Value::none() };
    let pairs = if is_dict {
        let items = protocol::call_method(ts, o, "items", &[])?;
        protocol::get_iter(ts, &items)?
    } else {
        Value::none()
    };
    Ok(Tuple::new(ts, vec![maker, Tuple::new(ts, maker_args).into_value(), state, items, pairs]).into_value())
}

#[allow(unused)]
fn _uses(_: &Str) {}
