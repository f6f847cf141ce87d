//! `typing.ParamSpec`, and its `args` and `kwargs`.

use super::{
    Lazy, call_typing, cannot_subclass, check_variance, default_of, default_value, make_union, repr_variance, set_module,
    type_check,
};
use crate::heap::{self, Ref};
use crate::ids;
use crate::native::class;
use crate::payload;
use crate::protocol;
use crate::slots::CmpOp;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::value::{Result, Value};

pub struct ParamSpec {
    name: Ref<Str>,
    bound: Option<Value>,
    pub(super) default: Lazy,
    covariant: bool,
    contravariant: bool,
    infer_variance: bool,
}

payload!(ParamSpec, id = ids::PARAMSPEC, container,
    traverse = |s, visit| {
        s.bound.iter().for_each(&mut *visit);
        s.default.visit(visit);
    },
    clear = |s| s.default.clear());

fn name_of(ts: &ThreadState, name: &Value) -> Result<Ref<Str>> {
    match name.downcast_ref::<Str>() {
        Some(s) => Ok(s.clone()),
        None => Err(ts.type_error(format!("paramspec() argument 'name' must be str, not {}", name.type_name(ts)))),
    }
}

/// For `def f[**P]()`: variance is inferred.
pub(super) fn make(ts: &ThreadState, name: &Value) -> Result<Value> {
    let p = ParamSpec {
        name: name_of(ts, name)?,
        bound: None,
        default: Lazy::default(),
        covariant: false,
        contravariant: false,
        infer_variance: true,
    };
    let p = heap::new(ts, p).into_value();
    set_module(ts, &p)?;
    Ok(p)
}

#[class(name = "ParamSpec", module = "typing", final, dict, weakref)]
/// Parameter specification variable.
///
/// The preferred way to construct a parameter specification is via the
/// dedicated syntax for generic functions, classes, and type aliases,
/// where the use of '**' creates a parameter specification::
///
///     type IntFunc[**P] = Callable[P, int]
///
/// Parameter specification variables exist primarily for the benefit of
/// static type checkers. They are used to forward the parameter types of one
/// callable to another callable.
impl ParamSpec {
    #[new("(name, *, bound=None, default=typing.NoDefault, covariant=False, contravariant=False, infer_variance=False)")]
    fn tp_new(
        _cls: &Value,
        ts: &ThreadState,
        name: &Value,
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
        let p = ParamSpec { name, bound, default: default_of(ts, default), covariant, contravariant, infer_variance };
        let p = heap::new(ts, p).into_value();
        set_module(ts, &p)?;
        Ok(p)
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
        call_typing(ts, "_paramspec_subst", &[slf.clone(), arg.clone()])
    }
    #[method("__typing_prepare_subst__($self, alias, args, /)")]
    fn typing_prepare_subst(slf: &Value, ts: &ThreadState, alias: &Value, args: &Value) -> Result<Value> {
        call_typing(ts, "_paramspec_prepare_subst", &[slf.clone(), alias.clone(), args.clone()])
    }
    #[method("has_default($self, /)")]
    fn has_default(&self) -> bool {
        self.default.is_set()
    }
    #[method("__reduce__($self, /)")]
    fn reduce(&self) -> Value {
        self.name.as_value().clone()
    }
    #[method("__mro_entries__($self, object, /)")]
    fn mro_entries(&self, ts: &ThreadState, _object: &Value) -> Result<Value> {
        Err(cannot_subclass(ts, "ParamSpec"))
    }
    #[getter("__name__", member)]
    fn name(&self) -> Value {
        self.name.as_value().clone()
    }
    #[getter("__bound__", member)]
    fn bound(&self) -> Option<Value> {
        self.bound.clone()
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
    /// Represents positional arguments.
    #[getter]
    fn args(slf: &Value, ts: &ThreadState) -> Value {
        heap::new(ts, ParamSpecArgs { origin: slf.clone() }).into_value()
    }
    /// Represents keyword arguments.
    #[getter]
    fn kwargs(slf: &Value, ts: &ThreadState) -> Value {
        heap::new(ts, ParamSpecKwargs { origin: slf.clone() }).into_value()
    }
    /// The default value for this ParamSpec.
    #[getter("__default__")]
    fn default(&self, ts: &ThreadState) -> Result<Value> {
        default_value(ts, &self.default)
    }
    #[getter]
    fn evaluate_default(&self, ts: &ThreadState) -> Value {
        self.default.evaluator(ts)
    }
}

macro_rules! part {
    ($(#[$doc:meta])* $name:ident, $python:literal, $id:ident, $suffix:literal) => {
        pub struct $name {
            origin: Value,
        }
        payload!($name, id = ids::$id, container, traverse = |s, visit| visit(&s.origin));
        #[class(name = $python, module = "typing", final, weakref)]
        $(#[$doc])*
        impl $name {
            #[new("(origin)")]
            fn tp_new(_cls: &Value, ts: &ThreadState, origin: &Value) -> Value {
                heap::new(ts, $name { origin: origin.clone() }).into_value()
            }
            #[slot(repr)]
            fn tp_repr(&self, ts: &ThreadState) -> Result<Value> {
                let name = match self.origin.downcast::<ParamSpec>() {
                    Some(p) => p.name.clone(),
                    None => protocol::repr(ts, &self.origin)?,
                };
                Ok(Str::from_pieces(ts, &[name.bytes(), $suffix]).into_value())
            }
            #[slot(richcompare)]
            fn tp_richcompare(&self, ts: &ThreadState, other: &Value, op: CmpOp) -> Result<Value> {
                let (Some(o), CmpOp::Eq | CmpOp::Ne) = (other.downcast::<$name>(), op) else { return Ok(Value::not_implemented()) };
                protocol::compare(ts, &self.origin, &o.origin, op)
            }
            #[method("__mro_entries__($self, object, /)")]
            fn mro_entries(&self, ts: &ThreadState, _object: &Value) -> Result<Value> {
                Err(cannot_subclass(ts, $python))
            }
            #[getter("__origin__", member)]
            fn origin(&self) -> Value {
                self.origin.clone()
            }
        }
    };
}

part!(
    /// The args for a ParamSpec object.
    ///
    /// Given a ParamSpec object P, P.args returns an instance of ParamSpecArgs.
    ParamSpecArgs,
    "ParamSpecArgs",
    PARAMSPEC_ARGS,
    b".args"
);
part!(
    /// The kwargs for a ParamSpec object.
    ///
    /// Given a ParamSpec object P, P.kwargs returns an instance of ParamSpecKwargs.
    ParamSpecKwargs,
    "ParamSpecKwargs",
    PARAMSPEC_KWARGS,
    b".kwargs"
);
