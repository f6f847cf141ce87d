//! The natively implemented part of `typing`: type parameters, type aliases, `Generic`, `NoDefault`.
//!
//! Much of the behaviour is written in Python, in the module `typing`, and called from here.

mod alias;
mod generic;
pub mod module;
mod paramspec;
mod typevar;
mod typevartuple;

pub use alias::TypeAliasType;
pub use generic::{ConstEvaluator, Generic, NoDefaultType, no_default};
pub use paramspec::{ParamSpec, ParamSpecArgs, ParamSpecKwargs};
pub use typevar::TypeVar;
pub use typevartuple::TypeVarTuple;

use crate::frame;
use crate::generic_alias::params;
use crate::heap::{GilCell, Ref};
use crate::native::Kwargs;
use crate::protocol;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::{Raised, Result, Value};

/// Calls a function of the module `typing`.
pub fn call_typing(ts: &ThreadState, name: &str, args: &[Value]) -> Result<Value> {
    let f = typing_attribute(ts, name)?;
    protocol::call(ts, &f, args)
}

pub fn typing_attribute(ts: &ThreadState, name: &str) -> Result<Value> {
    let module = crate::module::import(ts, "typing")?;
    protocol::getattr_name(ts, &module, name)
}

/// `__name__` of the module whose code is running.
fn caller_module(ts: &ThreadState) -> Option<Value> {
    let globals = frame::current_globals(ts)?;
    globals.get_str(&ts.names().__name__)
}

/// Notes the module in which a type parameter was made.
fn set_module(ts: &ThreadState, v: &Value) -> Result<()> {
    match caller_module(ts) {
        Some(m) => protocol::setattr(ts, v, &ts.names().__module__, &m),
        None => Ok(()),
    }
}

/// An attribute that may have to be computed by a function when first asked for.
#[derive(Default)]
struct Lazy {
    value: GilCell<Option<Value>>,
    evaluate: GilCell<Option<Value>>,
}

impl Lazy {
    fn of(value: Option<Value>) -> Lazy {
        Lazy { value: GilCell::new(value), evaluate: GilCell::default() }
    }
    fn evaluated_by(f: Value) -> Lazy {
        Lazy { value: GilCell::default(), evaluate: GilCell::new(Some(f)) }
    }
    fn visit(&self, visit: crate::heap::Visit<'_>) {
        self.value.read(|p| p.iter().for_each(&mut *visit));
        self.evaluate.read(|p| p.iter().for_each(&mut *visit));
    }
    fn clear(&self) {
        drop(self.value.take());
        drop(self.evaluate.take());
    }
    /// The value, computed if need be; `None` when there is neither value nor function.
    fn get(&self, ts: &ThreadState) -> Result<Option<Value>> {
        if let Some(v) = self.value.get() {
            return Ok(Some(v));
        }
        let Some(f) = self.evaluate.get() else { return Ok(None) };
        let v = protocol::call(ts, &f, &[])?;
        self.value.set(Some(v.clone()));
        Ok(Some(v))
    }
    fn is_set(&self) -> bool {
        self.value.read(Option::is_some) || self.evaluate.read(Option::is_some)
    }
    /// The function, or one that returns the value.
    fn evaluator(&self, ts: &ThreadState) -> Value {
        if let Some(f) = self.evaluate.get() {
            return f;
        }
        match self.value.get() {
            Some(v) => ConstEvaluator::new(ts, v).into_value(),
            None => Value::none(),
        }
    }
    fn set_evaluator(&self, f: Value) {
        self.evaluate.set(Some(f));
    }
}

/// A default: `NoDefault` is an absent value.
fn default_of(ts: &ThreadState, default: Option<&Value>) -> Lazy {
    Lazy::of(default.filter(|d| !d.is(&no_default(ts))).cloned())
}

fn default_value(ts: &ThreadState, default: &Lazy) -> Result<Value> {
    Ok(default.get(ts)?.unwrap_or_else(|| no_default(ts)))
}

/// `None` stands for its type; anything that is no type is left to `typing._type_check`.
fn type_check(ts: &ThreadState, v: &Value, message: &str) -> Result<Value> {
    let message = Str::new(ts, message).into_value();
    call_typing(ts, "_type_check", &[v.clone(), message])
}

fn cannot_subclass(ts: &ThreadState, name: &str) -> Raised {
    ts.type_error(format!("Cannot subclass an instance of {name}"))
}

/// `typing.Unpack[v]`.
fn unpack(ts: &ThreadState, v: &Value) -> Result<Value> {
    let f = typing_attribute(ts, "Unpack")?;
    protocol::getitem(ts, &f, v)
}

/// An iterator that yields `typing.Unpack[v]`.
fn unpack_iter(ts: &ThreadState, v: &Value) -> Result<Value> {
    let t = Tuple::from_array(ts, [unpack(ts, v)?]);
    protocol::get_iter(ts, t.as_value())
}

/// Type parameters with each type variable tuple starred.
fn unpack_typevartuples(ts: &ThreadState, parameters: &Value) -> Result<Value> {
    let Some(t) = parameters.downcast::<Tuple>() else { return Ok(parameters.clone()) };
    let is_tuple = |v: &Value| v.downcast::<TypeVarTuple>().is_some();
    if !t.items().iter().any(is_tuple) {
        return Ok(parameters.clone());
    }
    let mut all = Vec::with_capacity(t.len());
    for v in t.items() {
        all.push(if is_tuple(v) { unpack(ts, v)? } else { v.clone() });
    }
    Ok(Tuple::new(ts, all).into_value())
}

/// `a | b` with a type parameter on one side.
fn make_union(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> {
    crate::union::from_arguments(ts, Tuple::from_array(ts, [a.clone(), b.clone()]).as_value())
}

/// How type variables print: with their variance.
fn repr_variance(ts: &ThreadState, name: &Ref<Str>, covariant: bool, contravariant: bool, infer: bool) -> Value {
    let sign: &[u8] = match (infer, covariant, contravariant) {
        (true, ..) => return name.as_value().clone(),
        (_, true, _) => b"+",
        (_, _, true) => b"-",
        _ => b"~",
    };
    Str::from_pieces(ts, &[sign, name.bytes()]).into_value()
}

fn check_variance(ts: &ThreadState, covariant: bool, contravariant: bool, infer: bool) -> Result<()> {
    if covariant && contravariant {
        return Err(ts.value_error("Bivariant types are not supported."));
    }
    if infer && (covariant || contravariant) {
        return Err(ts.value_error("Variance cannot be specified with infer_variance."));
    }
    Ok(())
}

/// Passes a call on to `typing`, with the receiver in front.
fn forward(ts: &ThreadState, name: &str, first: &Value, args: &[Value], kwargs: Kwargs<'_>) -> Result<Value> {
    let f = typing_attribute(ts, name)?;
    let mut all = vec![first.clone()];
    all.extend_from_slice(args);
    let (names, values): (Vec<Value>, Vec<Value>) = kwargs.into_iter().map(|(k, v)| (k.clone(), v.clone())).unzip();
    protocol::call_args(ts, &f, crate::native::Args { positional: &all, kw_names: &names, kw_values: &values })
}

/// What the compiler's `def f[T]()`, `class C[T]` and `type X = …` call.
pub mod intrinsics {
    use super::*;

    pub fn typevar(ts: &ThreadState, name: &Value) -> Result<Value> {
        typevar::make(ts, name, Lazy::default(), Lazy::default())
    }
    pub fn typevar_with_bound(ts: &ThreadState, name: &Value, evaluate_bound: &Value) -> Result<Value> {
        typevar::make(ts, name, Lazy::evaluated_by(evaluate_bound.clone()), Lazy::default())
    }
    pub fn typevar_with_constraints(ts: &ThreadState, name: &Value, evaluate_constraints: &Value) -> Result<Value> {
        typevar::make(ts, name, Lazy::default(), Lazy::evaluated_by(evaluate_constraints.clone()))
    }
    pub fn paramspec(ts: &ThreadState, name: &Value) -> Result<Value> {
        paramspec::make(ts, name)
    }
    pub fn typevartuple(ts: &ThreadState, name: &Value) -> Result<Value> {
        typevartuple::make(ts, name)
    }
    /// `args`: (name, type parameters or None, function that computes the value).
    pub fn typealias(ts: &ThreadState, args: &Value) -> Result<Value> {
        match args.downcast::<Tuple>().map(Tuple::items) {
            Some([name, params, compute]) => alias::make(ts, name, params, compute),
            _ => Err(ts.system_error("bad argument for a type alias")),
        }
    }
    /// `Generic[params]` for `class C[params]`.
    pub fn subscript_generic(ts: &ThreadState, parameters: &Value) -> Result<Value> {
        let parameters = unpack_typevartuples(ts, parameters)?;
        let generic = <Generic as crate::heap::Payload>::class(ts).into_value();
        call_typing(ts, "_GenericAlias", &[generic, parameters])
    }
    pub fn set_typeparam_default(ts: &ThreadState, parameter: &Value, evaluate_default: &Value) -> Result<Value> {
        let f = evaluate_default.clone();
        if let Some(p) = parameter.downcast::<TypeVar>() {
            p.default.set_evaluator(f);
        } else if let Some(p) = parameter.downcast::<ParamSpec>() {
            p.default.set_evaluator(f);
        } else if let Some(p) = parameter.downcast::<TypeVarTuple>() {
            p.default.set_evaluator(f);
        } else {
            return Err(ts.type_error(format!("Expected a type param, got {}", protocol::repr_lossy(ts, parameter)?)));
        }
        Ok(parameter.clone())
    }
}

/// Writes a value as annotations show it, for `Format.STRING`.
fn annotation_text(ts: &ThreadState, v: &Value) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    if let Some(t) = v.downcast::<Tuple>() {
        out.push(b'(');
        for (i, x) in t.items().iter().enumerate() {
            if i > 0 {
                out.extend_from_slice(b", ");
            }
            params::write_type(ts, &mut out, x)?;
        }
        out.push(b')');
    } else {
        params::write_type(ts, &mut out, v)?;
    }
    Ok(out)
}
