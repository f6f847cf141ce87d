//! `typing.TypeVar`.

use super::{
    Lazy, call_typing, cannot_subclass, check_variance, default_of, default_value, make_union, no_default, repr_variance,
    set_module, type_check,
};
use crate::heap::{self, Ref};
use crate::ids;
use crate::native::class;
use crate::payload;
use crate::protocol::{self, BinaryOp};
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::{Result, Value};

pub struct TypeVar {
    name: Ref<Str>,
    bound: Lazy,
    constraints: Lazy,
    pub(super) default: Lazy,
    covariant: bool,
    contravariant: bool,
    infer_variance: bool,
}

payload!(TypeVar, id = ids::TYPEVAR, container,
    traverse = |s, visit| {
        s.bound.visit(visit);
        s.constraints.visit(visit);
        s.default.visit(visit);
    },
    clear = |s| {
        s.bound.clear();
        s.constraints.clear();
        s.default.clear();
    });

fn name_of(ts: &ThreadState, name: &Value) -> Result<Ref<Str>> {
    match name.downcast_ref::<Str>() {
        Some(s) => Ok(s.clone()),
        None => Err(ts.type_error(format!("typevar() argument 'name' must be str, not {}", name.type_name(ts)))),
    }
}

/// For `def f[T]()`: variance is inferred.
pub(super) fn make(ts: &ThreadState, name: &Value, bound: Lazy, constraints: Lazy) -> Result<Value> {
    let v = TypeVar {
        name: name_of(ts, name)?,
        bound,
        constraints,
        default: Lazy::default(),
        covariant: false,
        contravariant: false,
        infer_variance: true,
    };
    let v = heap::new(ts, v).into_value();
    set_module(ts, &v)?;
    Ok(v)
}

#[class(name = "TypeVar", module = "typing", final, dict, weakref)]
/// Type variable.
///
/// The preferred way to construct a type variable is via the dedicated
/// syntax for generic functions, classes, and type aliases::
///
///     class Sequence[T]:  # T is a TypeVar
///         ...
///
/// Type variables exist primarily for the benefit of static type checkers.
/// They serve as the parameters for generic types as well as for generic
/// function and type alias definitions.
impl TypeVar {
    #[new("(name, *constraints, bound=None, default=typing.NoDefault, covariant=False, contravariant=False, infer_variance=False)")]
    fn tp_new(
        _cls: &Value,
        ts: &ThreadState,
        name: &Value,
        constraints: &[Value],
        bound: Option<&Value>,
        default: Option<&Value>,
        covariant: bool,
        contravariant: bool,
        infer_variance: bool,
    ) -> Result<Value> {
        let name = name_of(ts, name)?;
        check_variance(ts, covariant, contravariant, infer_variance)?;
        let bound = match bound {
            Some(b) if !b.is_none() => Some(type_check(ts, b, "Bound must be a type.")?),
            _ => None,
        };
        if constraints.len() == 1 {
            return Err(ts.type_error("A single constraint is not allowed"));
        }
        if !constraints.is_empty() && bound.is_some() {
            return Err(ts.type_error("Constraints cannot be combined with bound=..."));
        }
        let constraints = (!constraints.is_empty()).then(|| Tuple::from_slice(ts, constraints).into_value());
        let v = TypeVar {
            name,
            bound: Lazy::of(bound),
            constraints: Lazy::of(constraints),
            default: default_of(ts, default),
            covariant,
            contravariant,
            infer_variance,
        };
        let v = heap::new(ts, v).into_value();
        set_module(ts, &v)?;
        Ok(v)
    }
    #[slot(repr)]
    fn tp_repr(&self, ts: &ThreadState) -> Value {
        repr_variance(ts, &self.name, self.covariant, self.contravariant, self.infer_variance)
    }
    #[slot(or_)]
    fn nb_or(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> {
        make_union(ts, a, b)
    }
    #[method("__typing_subst__($self, arg, /)")]
    fn typing_subst(slf: &Value, ts: &ThreadState, arg: &Value) -> Result<Value> {
        call_typing(ts, "_typevar_subst", &[slf.clone(), arg.clone()])
    }
    #[method("__typing_prepare_subst__($self, alias, args, /)")]
    fn typing_prepare_subst(slf: &Value, ts: &ThreadState, alias: &Value, args: &Value) -> Result<Value> {
        let parameters = protocol::getattr(ts, alias, &ts.names().__parameters__)?;
        let n = protocol::len(ts, args)?;
        let mut index = None;
        let mut i = 0;
        protocol::for_each(ts, &parameters, |p| {
            if index.is_none() && protocol::eq(ts, &p, slf)? {
                index = Some(i);
            }
            i += 1;
            Ok(())
        })?;
        let Some(index) = index else { return Err(ts.value_error("sequence.index(x): x not in sequence")) };
        if index < n {
            return Ok(args.clone());
        }
        if index == n
            && let Some(v) = slf.downcast::<TypeVar>()
        {
            let default = default_value(ts, &v.default)?;
            if !default.is(&no_default(ts)) {
                let more = Tuple::from_array(ts, [default]).into_value();
                return protocol::binary_op(ts, BinaryOp::Add, args, &more);
            }
        }
        // Counts the parameters that have no default.
        let mut needed = 0;
        protocol::for_each(ts, &parameters, |p| {
            let has_default = p.downcast::<TypeVar>().is_some_and(|v| v.default.is_set());
            needed += usize::from(!has_default);
            Ok(())
        })?;
        Err(ts.type_error(format!(
            "Too few arguments for {}; actual {n}, expected at least {needed}",
            protocol::str_(ts, alias)?.to_string_lossy()
        )))
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
        Err(cannot_subclass(ts, "TypeVar"))
    }
    #[getter("__name__", member)]
    fn name(&self) -> Value {
        self.name.as_value().clone()
    }
    #[getter("__covariant__", member)]
    fn covariant(&self) -> bool {
        self.covariant
    }
    #[getter("__contravariant__", member)]
    fn contravariant(&self) -> bool {
        self.contravariant
    }
    #[getter("__infer_variance__", member)]
    fn infer_variance(&self) -> bool {
        self.infer_variance
    }
    #[getter("__bound__")]
    fn bound(&self, ts: &ThreadState) -> Result<Option<Value>> {
        self.bound.get(ts)
    }
    #[getter("__constraints__")]
    fn constraints(&self, ts: &ThreadState) -> Result<Value> {
        Ok(self.constraints.get(ts)?.unwrap_or_else(|| Tuple::empty(ts).into_value()))
    }
    #[getter("__default__")]
    fn default(&self, ts: &ThreadState) -> Result<Value> {
        default_value(ts, &self.default)
    }
    #[getter]
    fn evaluate_bound(&self, ts: &ThreadState) -> Value {
        self.bound.evaluator(ts)
    }
    #[getter]
    fn evaluate_constraints(&self, ts: &ThreadState) -> Value {
        self.constraints.evaluator(ts)
    }
    #[getter]
    fn evaluate_default(&self, ts: &ThreadState) -> Value {
        self.default.evaluator(ts)
    }
}
