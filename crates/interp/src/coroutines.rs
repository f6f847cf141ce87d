//! Delegation and awaiting.

use crate::ops::prelude::*;
use taipan_objects::generator::{Generator, object};

/// Sends `value` to any iterator. True: it is done, and this is its result.
pub fn send(ts: &ThreadState, receiver: &Value, value: &Value) -> Result<(Value, bool)> {
    let got = if value.is_none() && receiver.class(ts).slots().iternext.is_some() {
        object::next_keeping_value(ts, receiver)
    } else {
        protocol::call_method(ts, receiver, "send", std::slice::from_ref(value))
    };
    match got {
        Ok(v) => Ok((v, false)),
        Err(Raised) if ts.exception_matches(&ts.exceptions().stop_iteration) => {
            if ts.tracing.active.get() {
                crate::tracing::on_raise(ts, ts.frame.get(), false);
            }
            if !ts.exception_matches(&ts.exceptions().stop_iteration) {
                return Err(Raised);
            }
            let exc = ts.take_exception().unwrap_or_else(Value::none);
            Ok((object::stop_value(&exc), true))
        }
        Err(Raised) => Err(Raised),
    }
}

/// The iterator of something awaited. `context`: 1 in `async with`'s enter, 2 in its exit.
pub fn get_awaitable(ts: &ThreadState, v: &Value, context: u32) -> Result<Value> {
    match object::awaitable_iterator(ts, v) {
        Ok(it) => {
            if let Some(g) = Generator::of(&it)
                && it.shape_id() == ids::COROUTINE
                && g.delegate().is_some()
            {
                return Err(ts.runtime_error("coroutine is being awaited already"));
            }
            Ok(it)
        }
        Err(Raised) => {
            let missing = v.class(ts).slots().await_.is_none();
            if context != 0 && missing && ts.exception_is(|e| &e.type_error) {
                let name = if context == 1 { "__aenter__" } else { "__aexit__" };
                ts.take_exception();
                return Err(ts.type_error(format!(
                    "'async with' received an object from {name} that does not implement __await__: {}",
                    v.type_name(ts)
                )));
            }
            Err(Raised)
        }
    }
}

pub fn get_aiter(ts: &ThreadState, v: &Value) -> Result<Value> {
    let Some(f) = v.class(ts).slots().aiter else {
        return Err(ts.type_error(format!(
            "'async for' requires an object with __aiter__ method, got {}",
            v.type_name(ts)
        )));
    };
    let it = f(ts, v)?;
    if it.class(ts).slots().anext.is_none() {
        return Err(ts.type_error(format!(
            "'async for' received an object from __aiter__ that does not implement __anext__: {}",
            it.type_name(ts)
        )));
    }
    Ok(it)
}

pub fn get_anext(ts: &ThreadState, it: &Value) -> Result<Value> {
    let Some(f) = it.class(ts).slots().anext else {
        return Err(ts.type_error(format!(
            "'async for' requires an iterator with __anext__ method, got {}",
            it.type_name(ts)
        )));
    };
    let next = f(ts, it)?;
    if it.shape_id() == ids::ASYNC_GENERATOR {
        return Ok(next);
    }
    match object::awaitable_iterator(ts, &next) {
        Ok(v) => Ok(v),
        Err(Raised) => {
            let cause = ts.take_exception();
            let r = ts.type_error(format!("'async for' received an invalid object from __anext__: {}", next.type_name(ts)));
            ts.exception.read(|e| {
                if let Some(b) = e.as_ref().and_then(|e| e.downcast::<taipan_objects::exceptions::BaseException>()) {
                    b.context.set(cause.clone());
                    b.cause.set(cause);
                    b.suppress_context.set(true);
                }
            });
            Err(r)
        }
    }
}
