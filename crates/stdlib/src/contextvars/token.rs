//! `Token`: undoes one `ContextVar.set`.

use super::{Context, current};
use std::cell::{Cell, OnceCell};
use taipan_objects::dict::Dict;
use taipan_objects::generic_alias::GenericAlias;
use taipan_objects::heap;
use taipan_objects::native::class;
use taipan_objects::str::Str;
use taipan_objects::{Ref, Result, ThreadState, Value, payload, protocol};

pub struct Token {
    context: Value,
    var: Value,
    old: Option<Value>,
    used: Cell<bool>,
}

payload!(Token, container, traverse = |s, visit| {
    visit(&s.context);
    visit(&s.var);
    s.old.iter().for_each(visit)
});

/// `Token.MISSING`.
pub struct Missing {
    _nothing: (),
}

payload!(Missing);

#[class(name = "MISSING", module = "Token", no_new, final)]
impl Missing {
    #[slot(repr)]
    fn tp_repr(&self, ts: &ThreadState) -> Value {
        Str::intern(ts, "<Token.MISSING>").into_value()
    }
}

#[derive(Default)]
struct Singleton(OnceCell<Value>);

fn missing(ts: &ThreadState) -> Value {
    ts.interp().extension::<Singleton>().0.get_or_init(|| heap::new(ts, Missing { _nothing: () }).into_value()).clone()
}

impl Token {
    pub fn new(ts: &ThreadState, context: &Ref<Context>, var: &Value, old: Option<Value>) -> Ref<Token> {
        heap::new(ts, Token { context: context.as_value().clone(), var: var.clone(), old, used: Cell::new(false) })
    }
}

/// Puts `var` back to what it was when `token` was made.
pub fn reset(ts: &ThreadState, var: &Value, token: &Value) -> Result<()> {
    let Some(t) = token.downcast::<Token>() else {
        return Err(ts.type_error(format!("expected an instance of Token, got {}", protocol::repr_lossy(ts, token)?)));
    };
    let problem = |what: &str| Ok::<_, taipan_objects::Raised>(format!("{} {what}", protocol::repr_lossy(ts, token)?));
    if t.used.get() {
        return Err(ts.runtime_error(problem("has already been used once")?));
    }
    if !t.var.is(var) {
        return Err(ts.value_error(problem("was created by a different ContextVar")?));
    }
    let context = current(ts);
    if !t.context.is(context.as_value()) {
        return Err(ts.value_error(problem("was created in a different Context")?));
    }
    t.used.set(true);
    match &t.old {
        Some(v) => drop(context.assign(ts, var, v.clone())),
        None => context.unset(ts, var),
    }
    Ok(())
}

fn fill(ts: &ThreadState, dict: &Dict) -> Result<()> {
    dict.set_name(ts, "MISSING", missing(ts));
    Ok(())
}

#[class(name = "Token", module = "_contextvars", final, no_new, fill = fill)]
impl Token {
    #[slot(repr)]
    fn tp_repr(ts: &ThreadState, slf: &Value) -> Result<Value> {
        let Some(t) = slf.downcast::<Token>() else { return Ok(Value::none()) };
        let var = protocol::repr_lossy(ts, &t.var)?;
        let used = if t.used.get() { " used" } else { "" };
        Ok(Str::new(ts, &format!("<Token{used} var={var} at {:#x}>", slf.id())).into_value())
    }
    /// See PEP 585
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(cls: &Value, ts: &ThreadState, object: &Value) -> Result<Value> {
        GenericAlias::of(ts, cls, object)
    }
    /// Enter into Token context manager.
    #[method("__enter__($self, /)")]
    fn enter(slf: &Value) -> Value {
        slf.clone()
    }
    /// Exit from Token context manager, restore the linked ContextVar.
    #[method("__exit__($self, type, val, tb, /)")]
    fn exit(slf: &Value, ts: &ThreadState, _type: &Value, _val: &Value, _tb: &Value) -> Result<()> {
        match slf.downcast::<Token>() {
            Some(t) => reset(ts, &t.var.clone(), slf),
            None => Ok(()),
        }
    }
    #[getter]
    fn var(&self) -> Value {
        self.var.clone()
    }
    #[getter]
    fn old_value(&self, ts: &ThreadState) -> Value {
        self.old.clone().unwrap_or_else(|| missing(ts))
    }
}
