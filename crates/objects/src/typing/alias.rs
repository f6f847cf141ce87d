//! `typing.TypeAliasType`: what `type X = …` makes.

use super::{Lazy, ParamSpec, TypeVar, TypeVarTuple, caller_module, make_union, unpack_iter, unpack_typevartuples};
use crate::generic_alias::GenericAlias;
use crate::heap::{self, Ref};
use crate::ids;
use crate::native::class;
use crate::payload;
use crate::protocol;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::{Result, Value};

pub struct TypeAliasType {
    name: Ref<Str>,
    /// Absent when the alias is not generic.
    type_params: Option<Value>,
    value: Lazy,
    module: Option<Value>,
}

payload!(TypeAliasType, id = ids::TYPEALIAS, container,
    traverse = |s, visit| {
        s.type_params.iter().for_each(&mut *visit);
        s.value.visit(visit);
        s.module.iter().for_each(&mut *visit);
    },
    clear = |s| s.value.clear());

fn build(ts: &ThreadState, name: &Value, type_params: Option<Value>, value: Lazy, module: Option<Value>) -> Result<Value> {
    let Some(name) = name.downcast_ref::<Str>() else {
        return Err(ts.type_error(format!("typealias() argument 'name' must be str, not {}", name.type_name(ts))));
    };
    let type_params = type_params.filter(|t| t.downcast::<Tuple>().is_some_and(|t| !t.is_empty()));
    Ok(heap::new(ts, TypeAliasType { name: name.clone(), type_params, value, module }).into_value())
}

/// For `type X = …`: `compute` is called when the value is asked for.
pub(super) fn make(ts: &ThreadState, name: &Value, type_params: &Value, compute: &Value) -> Result<Value> {
    let module = protocol::getattr_opt(ts, compute, &ts.names().__module__)?;
    let type_params = (!type_params.is_none()).then(|| type_params.clone());
    build(ts, name, type_params, Lazy::evaluated_by(compute.clone()), module)
}

fn check_type_params(ts: &ThreadState, v: &Value) -> Result<()> {
    let Some(t) = v.downcast::<Tuple>() else { return Err(ts.type_error("type_params must be a tuple")) };
    let mut seen_default = false;
    for p in t.items() {
        let has_default = if let Some(v) = p.downcast::<TypeVar>() {
            v.default.is_set()
        } else if let Some(v) = p.downcast::<ParamSpec>() {
            v.default.is_set()
        } else if let Some(v) = p.downcast::<TypeVarTuple>() {
            v.default.is_set()
        } else {
            return Err(ts.type_error(format!("Expected a type param, got {}", protocol::repr_lossy(ts, p)?)));
        };
        if seen_default && !has_default {
            return Err(ts.type_error(format!(
                "non-default type parameter '{}' follows default type parameter",
                protocol::repr_lossy(ts, p)?
            )));
        }
        seen_default |= has_default;
    }
    Ok(())
}

#[class(name = "TypeAliasType", module = "typing", final, weakref)]
/// Type alias.
///
/// Type aliases are created through the type statement::
///
///     type Alias = int
///
/// In this example, Alias and int will be treated equivalently by static
/// type checkers.
impl TypeAliasType {
    #[new("(name, value, *, type_params=())")]
    fn tp_new(_cls: &Value, ts: &ThreadState, name: &Value, value: &Value, type_params: Option<&Value>) -> Result<Value> {
        if let Some(t) = type_params {
            check_type_params(ts, t)?;
        }
        build(ts, name, type_params.cloned(), Lazy::of(Some(value.clone())), caller_module(ts))
    }
    #[slot(repr)]
    fn tp_repr(&self) -> Value {
        self.name.as_value().clone()
    }
    #[slot(iter)]
    fn tp_iter(ts: &ThreadState, slf: &Value) -> Result<Value> {
        unpack_iter(ts, slf)
    }
    #[slot(or_)]
    fn nb_or(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> {
        make_union(ts, a, b)
    }
    #[slot(getitem)]
    fn mp_subscript(ts: &ThreadState, slf: &Value, item: &Value) -> Result<Value> {
        if slf.downcast::<TypeAliasType>().is_some_and(|a| a.type_params.is_none()) {
            return Err(ts.type_error("Only generic type aliases are subscriptable"));
        }
        GenericAlias::of(ts, slf, item)
    }
    #[method("__reduce__($self, /)")]
    fn reduce(&self) -> Value {
        self.name.as_value().clone()
    }
    #[getter("__name__", member)]
    fn name(&self) -> Value {
        self.name.as_value().clone()
    }
    #[getter("__parameters__")]
    fn parameters(&self, ts: &ThreadState) -> Result<Value> {
        match &self.type_params {
            Some(t) => unpack_typevartuples(ts, t),
            None => Ok(Tuple::empty(ts).into_value()),
        }
    }
    #[getter("__type_params__")]
    fn type_params(&self, ts: &ThreadState) -> Value {
        self.type_params.clone().unwrap_or_else(|| Tuple::empty(ts).into_value())
    }
    #[getter("__value__")]
    fn value(&self, ts: &ThreadState) -> Result<Option<Value>> {
        self.value.get(ts)
    }
    #[getter]
    fn evaluate_value(&self, ts: &ThreadState) -> Value {
        self.value.evaluator(ts)
    }
    #[getter("__module__")]
    fn module(&self) -> Option<Value> {
        self.module.clone()
    }
}
