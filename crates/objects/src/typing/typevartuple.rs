//! `typing.TypeVarTuple`.

use super::{Lazy, call_typing, cannot_subclass, default_of, default_value, set_module, unpack_iter};
use crate::heap::{self, Ref};
use crate::ids;
use crate::native::class;
use crate::payload;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::value::{Result, Value};

pub struct TypeVarTuple {
    name: Ref<Str>,
    pub(super) default: Lazy,
}

payload!(TypeVarTuple, id = ids::TYPEVARTUPLE, container,
    traverse = |s, visit| s.default.visit(visit),
    clear = |s| s.default.clear());

fn build(ts: &ThreadState, name: &Value, default: Lazy) -> Result<Value> {
    let Some(name) = name.downcast_ref::<Str>() else {
        return Err(ts.type_error(format!("typevartuple() argument 'name' must be str, not {}", name.type_name(ts))));
    };
    let v = heap::new(ts, TypeVarTuple { name: name.clone(), default }).into_value();
    set_module(ts, &v)?;
    Ok(v)
}

/// For `def f[*Ts]()`.
pub(super) fn make(ts: &ThreadState, name: &Value) -> Result<Value> {
    build(ts, name, Lazy::default())
}

#[class(name = "TypeVarTuple", module = "typing", final, dict, weakref)]
/// Type variable tuple. A specialized form of type variable that enables
/// variadic generics.
///
/// The preferred way to construct a type variable tuple is via the
/// dedicated syntax for generic functions, classes, and type aliases,
/// where a single '*' indicates a type variable tuple::
///
///     def move_first_element_to_last[T, *Ts](tup: tuple[T, *Ts]) -> tuple[*Ts, T]:
///         return (*tup[1:], tup[0])
impl TypeVarTuple {
    #[new("(name, *, default=typing.NoDefault)")]
    fn tp_new(_cls: &Value, ts: &ThreadState, name: &Value, default: Option<&Value>) -> Result<Value> {
        build(ts, name, default_of(ts, default))
    }
    #[slot(repr)]
    fn tp_repr(&self) -> Value {
        self.name.as_value().clone()
    }
    #[slot(iter)]
    fn tp_iter(ts: &ThreadState, slf: &Value) -> Result<Value> {
        unpack_iter(ts, slf)
    }
    #[method("__typing_subst__($self, arg, /)")]
    fn typing_subst(&self, ts: &ThreadState, _arg: &Value) -> Result<Value> {
        Err(ts.type_error("Substitution of bare TypeVarTuple is not supported"))
    }
    #[method("__typing_prepare_subst__($self, alias, args, /)")]
    fn typing_prepare_subst(slf: &Value, ts: &ThreadState, alias: &Value, args: &Value) -> Result<Value> {
        call_typing(ts, "_typevartuple_prepare_subst", &[slf.clone(), alias.clone(), args.clone()])
    }
    #[method("__reduce__($self, /)")]
    fn reduce(&self) -> Value {
        self.name.as_value().clone()
    }
    #[method("has_default($self, /)")]
    fn has_default(&self) -> bool {
        self.default.is_set()
    }
    #[method("__mro_entries__($self, object, /)")]
    fn mro_entries(&self, ts: &ThreadState, _object: &Value) -> Result<Value> {
        Err(cannot_subclass(ts, "TypeVarTuple"))
    }
    #[getter("__name__", member)]
    fn name(&self) -> Value {
        self.name.as_value().clone()
    }
    /// The default value for this TypeVarTuple.
    #[getter("__default__")]
    fn default(&self, ts: &ThreadState) -> Result<Value> {
        default_value(ts, &self.default)
    }
    #[getter]
    fn evaluate_default(&self, ts: &ThreadState) -> Value {
        self.default.evaluator(ts)
    }
}
