//! What `raise`, `except` and `with` do to exceptions.

use crate::ops::prelude::*;
use taipan_isa::oparg::special;
use taipan_objects::exceptions::BaseException;

fn is_exception_class(v: &Value, ts: &ThreadState) -> bool {
    v.as_type().is_some_and(|t| t.is_subtype(&ts.exceptions().base_exception))
}

/// `raise` alone. True: the handled exception is set again.
pub fn raise_handled(ts: &ThreadState) -> bool {
    match ts.handled_exception() {
        Some(exc) => {
            ts.raise_again(exc);
            true
        }
        None => {
            ts.runtime_error("No active exception to reraise");
            false
        }
    }
}

/// An instance for what stands behind `raise` or `from`.
fn instance(ts: &ThreadState, v: &Value) -> Result<Option<Value>> {
    if is_exception_class(v, ts) {
        let made = protocol::call(ts, v, &[])?;
        if made.downcast::<BaseException>().is_none() {
            return Err(ts.type_error(format!(
                "calling {} should have returned an instance of BaseException, not {}",
                protocol::repr(ts, v)?.to_string_lossy(),
                protocol::repr(ts, &made.class(ts).to_value())?.to_string_lossy(),
            )));
        }
        return Ok(Some(made));
    }
    Ok(v.downcast::<BaseException>().map(|_| v.clone()))
}



/// `raise exc from cause`.
pub fn raise(ts: &ThreadState, exc: &Value, cause: Option<&Value>) -> Raised {
    let made = match instance(ts, exc) {
        Ok(Some(e)) => e,
        Ok(None) => return ts.type_error("exceptions must derive from BaseException"),
        Err(Raised) => return Raised,
    };
    if let Some(cause) = cause {
        let cause = if cause.is_none() {
            None
        } else {
            match instance(ts, cause) {
                Ok(Some(c)) => Some(c),
                Ok(None) => return ts.type_error("exception causes must derive from BaseException"),
                Err(Raised) => return Raised,
            }
        };
        if let Some(b) = made.downcast::<BaseException>() {
            b.cause.set(cause);
            b.suppress_context.set(true);
        }
    }
    ts.raise(&made)
}

const CANNOT_CATCH: &str = "catching classes that do not inherit from BaseException is not allowed";

/// `except class`.
pub fn matches(ts: &ThreadState, exc: &Value, class: &Value) -> Result<bool> {
    if let Some(t) = class.as_type() {
        let given = exc.class(ts);
        if std::ptr::eq(t, given) {
            return Ok(true);
        }
        return match t.is_subtype(&ts.exceptions().base_exception) {
            true => Ok(given.is_subtype(t)),
            false => Err(ts.type_error(CANNOT_CATCH)),
        };
    }
    if let Some(t) = class.downcast::<Tuple>() {
        if !t.items().iter().all(|c| is_exception_class(c, ts)) {
            return Err(ts.type_error(CANNOT_CATCH));
        }
    } else if !is_exception_class(class, ts) {
        return Err(ts.type_error(CANNOT_CATCH));
    }
    Ok(given_matches(ts, exc, class))
}

/// Is `exc` an instance of a class, or of one in a tuple? By inheritance only.
fn given_matches(ts: &ThreadState, exc: &Value, class: &Value) -> bool {
    if let Some(t) = class.downcast::<Tuple>() {
        return t.items().iter().any(|c| given_matches(ts, exc, c));
    }
    class.as_type().is_some_and(|t| exc.class(ts).is_subtype(t))
}

/// `except* class`: what is left over, what matches (None each if nothing).
pub fn split_group(ts: &ThreadState, exc: &Value, class: &Value) -> Result<(Value, Value)> {
    let classes: Vec<Value> = match class.downcast::<Tuple>() {
        Some(t) => t.items().to_vec(),
        None => vec![class.clone()],
    };
    let group = &ts.exceptions().base_exception_group;
    for c in &classes {
        if !is_exception_class(c, ts) {
            return Err(ts.type_error(CANNOT_CATCH));
        }
        if c.as_type().is_some_and(|t| t.is_subtype(group)) {
            return Err(ts.type_error(
                "catching ExceptionGroup with except* is not allowed. Use except instead.",
            ));
        }
    }
    if exc.is_none() {
        return Ok((Value::none(), Value::none()));
    }
    if given_matches(ts, exc, class) {
        if exc.class(ts).is_subtype(group) {
            return Ok((Value::none(), exc.clone()));
        }
        // A naked exception is wrapped.
        let members = Tuple::new(ts, vec![exc.clone()]).into_value();
        let wrapped = crate::intrinsics::new_group(ts, members)?;
        if let (Some(w), Some(e)) = (wrapped.downcast::<BaseException>(), exc.downcast::<BaseException>()) {
            w.traceback.set(e.traceback.get());
        }
        return Ok((Value::none(), wrapped));
    }
    if exc.class(ts).is_subtype(group) {
        let pair = protocol::call_method(ts, exc, "split", std::slice::from_ref(class))?;
        let Some(t) = pair.downcast::<Tuple>() else {
            return Err(ts.type_error(format!(
                "{}.split must return a tuple, not {}",
                exc.type_name(ts),
                pair.type_name(ts)
            )));
        };
        return match t.items() {
            [matched, rest, ..] => Ok((rest.clone(), matched.clone())),
            items => Err(ts.type_error(format!(
                "{}.split must return a 2-tuple, got tuple of size {}",
                exc.type_name(ts),
                items.len()
            ))),
        };
    }
    Ok((exc.clone(), Value::none()))
}

/// The traceback of an exception, or None.
pub fn traceback(exc: &Value) -> Value {
    exc.downcast::<BaseException>().and_then(|b| b.traceback.get()).unwrap_or_else(Value::none)
}

/// `StopIteration.value`.
pub fn stop_value(exc: &Value) -> Value {
    taipan_objects::generator::object::stop_value(exc)
}

/// The special methods of `with`. True: a function that wants the owner as its first argument.
pub fn load_special(ts: &ThreadState, owner: &Value, which: u32) -> Result<(Value, bool)> {
    let names = ts.names();
    let name = match which {
        special::ENTER => &names.__enter__,
        special::EXIT => &names.__exit__,
        special::AENTER => &names.__aenter__,
        _ => &names.__aexit__,
    };
    let ty = owner.class(ts);
    let Some(f) = ty.lookup(ts, name) else { return Err(special_missing(ts, owner, which)) };
    if protocol::is_method_descriptor(&f) {
        return Ok((f, true));
    }
    match f.class(ts).slots().descr_get {
        Some(get) => Ok((get(ts, &f, Some(owner), Some(&ty.to_value()))?, false)),
        None => Ok((f, false)),
    }
}

#[cold]
fn special_missing(ts: &ThreadState, owner: &Value, which: u32) -> Raised {
    let has = |name: &Ref<Str>| owner.class(ts).lookup(ts, name).is_some();
    let names = ts.names();
    let t = owner.type_name(ts);
    let (protocol, missing, suggestion) = match which {
        special::ENTER if has(&names.__aenter__) && has(&names.__aexit__) => {
            ("the context manager", "__enter__", " but it supports the asynchronous context manager protocol. Did you mean to use 'async with'?")
        }
        special::ENTER => ("the context manager", "__enter__", ""),
        special::EXIT if has(&names.__aenter__) && has(&names.__aexit__) => {
            ("the context manager", "__exit__", " but it supports the asynchronous context manager protocol. Did you mean to use 'async with'?")
        }
        special::EXIT => ("the context manager", "__exit__", ""),
        special::AENTER if has(&names.__enter__) && has(&names.__exit__) => {
            ("the asynchronous context manager", "__aenter__", " but it supports the context manager protocol. Did you mean to use 'with'?")
        }
        special::AENTER => ("the asynchronous context manager", "__aenter__", ""),
        _ if has(&names.__enter__) && has(&names.__exit__) => {
            ("the asynchronous context manager", "__aexit__", " but it supports the context manager protocol. Did you mean to use 'with'?")
        }
        _ => ("the asynchronous context manager", "__aexit__", ""),
    };
    ts.type_error(format!("'{t}' object does not support {protocol} protocol (missed {missing} method){suggestion}"))
}
