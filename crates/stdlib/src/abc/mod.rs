//! `_abc`: what `abc.ABCMeta` is made of.

mod data;

use data::{AbcData, Counter};
use taipan_objects::dict::Dict;
use taipan_objects::native::{ModuleDef, functions};
use taipan_objects::set::{FrozenSet, Set, SetData};
use taipan_objects::str::Str;
use taipan_objects::tuple::Tuple;
use taipan_objects::typeobject::{Type, flags};
use taipan_objects::{Ref, Result, ThreadState, Value, int, protocol};

/// Is `v` marked as abstract?
fn is_abstract(ts: &ThreadState, v: &Value) -> Result<bool> {
    match protocol::getattr_opt(ts, v, &ts.names().__isabstractmethod__)? {
        Some(b) => protocol::is_true(ts, &b),
        None => Ok(false),
    }
}

/// Sets `__abstractmethods__`: what the class itself and its bases leave open.
fn compute_abstract_methods(ts: &ThreadState, cls: &Value) -> Result<()> {
    let n = ts.names();
    let abstracts = SetData::default();
    let namespace = protocol::getattr(ts, cls, &n.__dict__)?;
    let items = protocol::call_method_ref(ts, &namespace, &n.items, &[])?;
    for pair in protocol::collect(ts, &items)? {
        if let Some([key, value]) = pair.downcast::<Tuple>().map(Tuple::items)
            && is_abstract(ts, value)?
        {
            abstracts.add(ts, key)?;
        }
    }
    let bases = protocol::getattr(ts, cls, &n.__bases__)?;
    let Some(bases) = bases.downcast::<Tuple>() else { return Err(ts.type_error("__bases__ is not tuple")) };
    for base in bases.items() {
        let Some(open) = protocol::getattr_opt(ts, base, &n.__abstractmethods__)? else { continue };
        for key in protocol::collect(ts, &open)? {
            let Some(name) = key.downcast_ref::<Str>() else { return Err(ts.type_error("attribute name must be string")) };
            if let Some(value) = protocol::getattr_opt(ts, cls, name)?
                && is_abstract(ts, &value)?
            {
                abstracts.add(ts, &key)?;
            }
        }
    }
    let frozen = FrozenSet::new(ts, abstracts).into_value();
    protocol::setattr(ts, cls, &n.__abstractmethods__, &frozen)
}

const COLLECTION: u64 = flags::SEQUENCE | flags::MAPPING;

/// A class in Python that is registered with a sequence is one for pattern matching, and so are its
/// subclasses.
fn set_collection_flag(cls: &Type, flag: u64) {
    if cls.has_flag(flags::IMMUTABLETYPE) || cls.flags.get() & COLLECTION == flag {
        return;
    }
    cls.set_flag(COLLECTION, false);
    cls.set_flag(flag, true);
    for sub in cls.subclass_list() {
        set_collection_flag(&sub, flag);
    }
}

fn require_type(ts: &ThreadState, v: &Value, message: &str) -> Result<Ref<Type>> {
    match v.downcast_ref::<Type>() {
        Some(t) => Ok(t.clone()),
        None => Err(ts.type_error(message)),
    }
}

/// The steps of `__subclasscheck__` behind the caches.
fn subclass_check(ts: &ThreadState, slf: &Value, data: &AbcData, subclass: &Ref<Type>) -> Result<bool> {
    let sub = subclass.as_value();
    if data.cache.contains(sub) {
        return Ok(true);
    }
    let counter = ts.interp().extension::<Counter>().get();
    if data.negative_version.get() < counter {
        data.negative.clear();
        data.negative_version.set(counter);
    } else if data.negative.contains(sub) {
        return Ok(false);
    }
    let answer = protocol::call_method_ref(ts, slf, &ts.names().__subclasshook__, std::slice::from_ref(sub))?;
    if answer.is_true_object() {
        data.cache.add(ts, sub)?;
        return Ok(true);
    }
    if answer.is_false_object() {
        data.negative.add(ts, sub)?;
        return Ok(false);
    }
    if !answer.is_not_implemented() {
        return Err(ts.assertion_error("__subclasshook__ must return either False, True, or NotImplemented"));
    }
    if subclass.mro.read(|m| m.iter().any(|t| t.is(slf))) {
        data.cache.add(ts, sub)?;
        return Ok(true);
    }
    for registered in data.registry.alive() {
        if protocol::is_subclass(ts, sub, &registered)? {
            data.cache.add(ts, sub)?;
            return Ok(true);
        }
    }
    let subclasses = protocol::call_method(ts, slf, "__subclasses__", &[])?;
    for s in protocol::collect(ts, &subclasses)? {
        if protocol::is_subclass(ts, sub, &s)? {
            data.cache.add(ts, sub)?;
            return Ok(true);
        }
    }
    data.negative.add(ts, sub)?;
    Ok(false)
}

#[functions(module = "_abc")]
mod functions {
    use super::*;

    /// Returns the current ABC cache token.
    ///
    /// The token is an opaque object (supporting equality testing) identifying the
    /// current version of the ABC cache for virtual subclasses. The token changes
    /// with every call to register() on any ABC.
    #[function("get_cache_token($module, /)")]
    fn get_cache_token(ts: &ThreadState) -> u64 {
        ts.interp().extension::<Counter>().get()
    }

    /// Internal ABC helper for class set-up. Should be never used outside abc module.
    #[function("_abc_init($module, self, /)")]
    fn abc_init(ts: &ThreadState, slf: &Value) -> Result<()> {
        compute_abstract_methods(ts, slf)?;
        let data = AbcData::new(ts).into_value();
        protocol::setattr_name(ts, slf, "_abc_impl", &data)?;
        // A class may say that it is a sequence or a mapping.
        if let Some(ty) = slf.downcast::<Type>()
            && let Some(wanted) = ty.dict.remove_str(&ts.names().__abc_tpflags__)
        {
            ty.modified(ts);
            if let Some(i) = int::to_i64(&wanted) {
                let both = i as u64 & COLLECTION;
                if both == COLLECTION {
                    return Err(ts.type_error(
                        "__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING",
                    ));
                }
                ty.set_flag(both, true);
            }
        }
        Ok(())
    }

    /// Internal ABC helper to reset registry of a given class.
    ///
    /// Should be only used by refleak.py
    #[function("_reset_registry($module, self, /)")]
    fn reset_registry(ts: &ThreadState, slf: &Value) -> Result<()> {
        data::of(ts, slf)?.registry.clear();
        Ok(())
    }

    /// Internal ABC helper to reset both caches of a given class.
    ///
    /// Should be only used by refleak.py
    #[function("_reset_caches($module, self, /)")]
    fn reset_caches(ts: &ThreadState, slf: &Value) -> Result<()> {
        let data = data::of(ts, slf)?;
        data.cache.clear();
        data.negative.clear();
        Ok(())
    }

    /// Internal ABC helper for cache and registry debugging.
    ///
    /// Return shallow copies of registry, of both caches, and
    /// negative cache version. Don't call this function directly,
    /// instead use ABC._dump_registry() for a nice repr.
    #[function("_get_dump($module, self, /)")]
    fn get_dump(ts: &ThreadState, slf: &Value) -> Result<Value> {
        let data = data::of(ts, slf)?;
        let set = |refs: Vec<Value>| -> Result<Value> {
            let s = Set::new(ts);
            for r in refs {
                s.data.add(ts, &r)?;
            }
            Ok(s.into_value())
        };
        let all = [
            set(data.registry.references())?,
            set(data.cache.references())?,
            set(data.negative.references())?,
            int::from_u64(ts, data.negative_version.get()),
        ];
        Ok(Tuple::from_array(ts, all).into_value())
    }

    /// Internal ABC helper for subclasss registration. Should be never used outside abc module.
    #[function("_abc_register($module, self, subclass, /)")]
    fn abc_register(ts: &ThreadState, slf: &Value, subclass: &Value) -> Result<Value> {
        let sub = require_type(ts, subclass, "Can only register classes")?;
        if protocol::is_subclass(ts, subclass, slf)? {
            return Ok(subclass.clone());
        }
        if protocol::is_subclass(ts, slf, subclass)? {
            return Err(ts.runtime_error("Refusing to create an inheritance cycle"));
        }
        data::of(ts, slf)?.registry.add(ts, subclass)?;
        let counter = ts.interp().extension::<Counter>();
        counter.advance();
        if let Some(ty) = slf.downcast::<Type>() {
            let flag = ty.flags.get() & COLLECTION;
            if flag != 0 {
                set_collection_flag(&sub, flag);
            }
        }
        Ok(subclass.clone())
    }

    /// Internal ABC helper for instance checks. Should be never used outside abc module.
    #[function("_abc_instancecheck($module, self, instance, /)")]
    fn abc_instancecheck(ts: &ThreadState, slf: &Value, instance: &Value) -> Result<Value> {
        let n = ts.names();
        let data = data::of(ts, slf)?;
        let subclass = match protocol::getattr_opt(ts, instance, &n.__class__)? {
            Some(c) => c,
            None => instance.class_ref(ts).into_value(),
        };
        if data.cache.contains(&subclass) {
            return Ok(Value::true_());
        }
        let own = instance.class_ref(ts).into_value();
        if own.is(&subclass) {
            if data.negative_version.get() == ts.interp().extension::<Counter>().get() && data.negative.contains(&subclass) {
                return Ok(Value::false_());
            }
            return protocol::call_method_ref(ts, slf, &n.__subclasscheck__, &[subclass]);
        }
        let answer = protocol::call_method_ref(ts, slf, &n.__subclasscheck__, &[subclass])?;
        if protocol::is_true(ts, &answer)? {
            return Ok(answer);
        }
        protocol::call_method_ref(ts, slf, &n.__subclasscheck__, &[own])
    }

    /// Internal ABC helper for subclasss checks. Should be never used outside abc module.
    #[function("_abc_subclasscheck($module, self, subclass, /)")]
    fn abc_subclasscheck(ts: &ThreadState, slf: &Value, subclass: &Value) -> Result<bool> {
        let sub = require_type(ts, subclass, "issubclass() arg 1 must be a class")?;
        let data = data::of(ts, slf)?;
        subclass_check(ts, slf, &data, &sub)
    }
}

fn init(_ts: &ThreadState, _dict: &Dict) -> Result<()> {
    Ok(())
}

pub static MODULE: ModuleDef = ModuleDef {
    name: "_abc",
    doc: "Module contains faster C implementation of abc.ABCMeta",
    functions: &[functions::FUNCTIONS],
    init: Some(init),
};
