//! `Context`: a mapping from variables to values that code can run in.

use super::ContextVar;
use std::cell::Cell;
use taipan_objects::heap;
use taipan_objects::native::{Args, class};
use taipan_objects::tuple::Tuple;
use taipan_objects::{CmpOp, GilCell, Ref, Result, ThreadState, Value, payload, protocol};

pub struct Context {
    /// Variable, value, variable, value …
    vars: GilCell<Ref<Tuple>>,
    entered: Cell<bool>,
}

payload!(Context, container, traverse = |s, visit| s.vars.read(|v| visit(v.as_value())));

/// The thread's current context, made when first asked for.
pub fn current(ts: &ThreadState) -> Ref<Context> {
    let found = ts.context.get().and_then(|v| Ref::<Context>::from_value(v).ok());
    found.unwrap_or_else(|| {
        let c = Context::empty(ts);
        c.entered.set(true);
        ts.context.set(Some(c.as_value().clone()));
        c
    })
}

fn pairs(t: &Tuple) -> &[[Value; 2]] {
    t.items().as_chunks::<2>().0
}

/// Where a variable's pair is, or belongs.
fn search(t: &Tuple, var: &Value) -> std::result::Result<usize, usize> {
    pairs(t).binary_search_by_key(&var.id(), |p| p[0].id())
}

impl Context {
    pub fn empty(ts: &ThreadState) -> Ref<Context> {
        heap::new(ts, Context { vars: GilCell::new(Tuple::empty(ts)), entered: Cell::new(false) })
    }
    pub fn copy_of(&self, ts: &ThreadState) -> Ref<Context> {
        heap::new(ts, Context { vars: GilCell::new(self.vars.get()), entered: Cell::new(false) })
    }
    pub fn lookup(&self, var: &Value) -> Option<Value> {
        self.vars.read(|t| search(t, var).ok().map(|i| pairs(t)[i][1].clone()))
    }
    /// Sets a variable; returns its value before.
    pub fn assign(&self, ts: &ThreadState, var: &Value, value: Value) -> Option<Value> {
        let old = self.vars.get();
        let mut all = old.items().to_vec();
        let before = match search(&old, var) {
            Ok(i) => Some(std::mem::replace(&mut all[2 * i + 1], value)),
            Err(i) => {
                all.splice(2 * i..2 * i, [var.clone(), value]);
                None
            }
        };
        self.vars.set(Tuple::new(ts, all));
        before
    }
    pub fn unset(&self, ts: &ThreadState, var: &Value) {
        let old = self.vars.get();
        if let Ok(i) = search(&old, var) {
            let mut all = old.items().to_vec();
            all.drain(2 * i..2 * i + 2);
            self.vars.set(Tuple::new(ts, all));
        }
    }
    fn row(&self, ts: &ThreadState, f: impl Fn(&[Value; 2]) -> Value) -> Result<Value> {
        let vars = self.vars.get();
        let row = Tuple::new(ts, pairs(&vars).iter().map(f).collect());
        protocol::get_iter(ts, row.as_value())
    }
}

/// Keys must be variables.
fn check_key(ts: &ThreadState, key: &Value) -> Result<()> {
    if key.downcast::<ContextVar>().is_some() {
        return Ok(());
    }
    Err(ts.type_error(format!("a ContextVar key was expected, got {}", protocol::repr_lossy(ts, key)?)))
}

#[class(name = "Context", module = "_contextvars", final, weakref, mapping)]
impl Context {
    #[slot(new)]
    fn tp_new(ts: &ThreadState, _cls: &Value, args: Args<'_>) -> Result<Value> {
        if !args.positional.is_empty() || !args.kw_names.is_empty() {
            return Err(ts.type_error("Context() does not accept any arguments"));
        }
        Ok(Context::empty(ts).into_value())
    }
    #[slot(richcompare)]
    fn tp_richcompare(&self, ts: &ThreadState, other: &Value, op: CmpOp) -> Result<Value> {
        let (Some(o), CmpOp::Eq | CmpOp::Ne) = (other.downcast::<Context>(), op) else { return Ok(Value::not_implemented()) };
        let (a, b) = (self.vars.get(), o.vars.get());
        let mut equal = a.len() == b.len();
        for (x, y) in pairs(&a).iter().zip(pairs(&b)) {
            equal = equal && x[0].is(&y[0]) && protocol::eq(ts, &x[1], &y[1])?;
        }
        Ok(Value::bool(equal == (op == CmpOp::Eq)))
    }
    #[slot(iter)]
    fn tp_iter(&self, ts: &ThreadState) -> Result<Value> {
        self.row(ts, |p| p[0].clone())
    }
    #[slot(len)]
    fn mp_length(&self) -> usize {
        self.vars.read(|t| pairs(t).len())
    }
    #[slot(getitem)]
    fn mp_subscript(&self, ts: &ThreadState, key: &Value) -> Result<Value> {
        check_key(ts, key)?;
        self.lookup(key).ok_or_else(|| ts.key_error(key))
    }
    #[slot(contains)]
    fn sq_contains(&self, ts: &ThreadState, key: &Value) -> Result<bool> {
        check_key(ts, key)?;
        Ok(self.lookup(key).is_some())
    }
    /// Return the value for `key` if `key` has the value in the context object.
    ///
    /// If `key` does not exist, return `default`. If `default` is not given,
    /// return None.
    #[method("get($self, key, default=None, /)")]
    fn get(&self, ts: &ThreadState, key: &Value, default: Option<&Value>) -> Result<Value> {
        check_key(ts, key)?;
        Ok(self.lookup(key).or_else(|| default.cloned()).unwrap_or_else(Value::none))
    }
    /// Return all variables and their values in the context object.
    ///
    /// The result is returned as a list of 2-tuples (variable, value).
    #[method("items($self, /)")]
    fn items(&self, ts: &ThreadState) -> Result<Value> {
        self.row(ts, |p| Tuple::from_slice(ts, p).into_value())
    }
    /// Return a list of all variables in the context object.
    #[method("keys($self, /)")]
    fn keys(&self, ts: &ThreadState) -> Result<Value> {
        self.row(ts, |p| p[0].clone())
    }
    /// Return a list of all variables' values in the context object.
    #[method("values($self, /)")]
    fn values(&self, ts: &ThreadState) -> Result<Value> {
        self.row(ts, |p| p[1].clone())
    }
    /// Return a shallow copy of the context object.
    #[method("copy($self, /)")]
    fn copy(&self, ts: &ThreadState) -> Value {
        self.copy_of(ts).into_value()
    }
    #[method("run($self, /, *args, **kwargs)", no_signature)]
    fn run(slf: &Value, ts: &ThreadState, args: &[Value], kwargs: taipan_objects::native::Kwargs<'_>) -> Result<Value> {
        let Some((f, positional)) = args.split_first() else { return Err(ts.type_error("run() missing 1 required positional argument")) };
        let Some(c) = slf.downcast::<Context>() else { return Ok(Value::none()) };
        if c.entered.replace(true) {
            return Err(ts.runtime_error(format!("cannot enter context: {} is already entered", protocol::repr_lossy(ts, slf)?)));
        }
        let previous = ts.context.replace(Some(slf.clone()));
        let (names, values): (Vec<Value>, Vec<Value>) = kwargs.into_iter().map(|(k, v)| (k.clone(), v.clone())).unzip();
        let result = protocol::call_args(ts, f, Args { positional, kw_names: &names, kw_values: &values });
        c.entered.set(false);
        ts.context.set(previous);
        result
    }
}
