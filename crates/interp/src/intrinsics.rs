//! `CALL_INTRINSIC_1` and `CALL_INTRINSIC_2`: rare operations that need no opcode of their own.

use crate::imports;
use crate::ops::prelude::*;
use taipan_isa::oparg::{intrinsic1, intrinsic2};
use taipan_objects::exceptions::BaseException;
use taipan_objects::typing;

pub fn unary(ts: &ThreadState, frame: Fp, n: u32, v: &Value) -> Result<Value> {
    match n {
        intrinsic1::PRINT => {
            let Some(sys) = ts.interp().sys_dict.get() else { return Err(ts.runtime_error("lost sys")) };
            let hook = sys.downcast::<Dict>().and_then(|d| d.get_str(&ts.names().displayhook));
            match hook {
                Some(h) => protocol::call(ts, &h, std::slice::from_ref(v)),
                None => Err(ts.runtime_error("lost sys.displayhook")),
            }
        }
        intrinsic1::IMPORT_STAR => {
            imports::import_star(ts, frame, v)?;
            Ok(Value::none())
        }
        intrinsic1::STOPITERATION_ERROR => Ok(stop_iteration_error(ts, frame, v)),
        intrinsic1::ASYNC_GEN_WRAP => Ok(taipan_objects::generator::async_generator::wrap(ts, v.clone())),
        intrinsic1::UNARY_POSITIVE => protocol::positive(ts, v),
        intrinsic1::LIST_TO_TUPLE => match v.downcast::<List>() {
            Some(l) => Ok(Tuple::new(ts, l.items.get()).into_value()),
            None => Err(ts.system_error("expected a list")),
        },
        intrinsic1::TYPEVAR => typing::type_var(ts, v, None, None),
        intrinsic1::PARAMSPEC => typing::param_spec(ts, v),
        intrinsic1::TYPEVARTUPLE => typing::type_var_tuple(ts, v),
        intrinsic1::SUBSCRIPT_GENERIC => typing::subscript_generic(ts, v),
        intrinsic1::TYPEALIAS => typing::type_alias(ts, v),
        _ => Err(ts.system_error(format!("unknown intrinsic {n}"))),
    }
}

pub fn binary(ts: &ThreadState, n: u32, a: &Value, b: &Value) -> Result<Value> {
    match n {
        intrinsic2::PREP_RERAISE_STAR => prep_reraise_star(ts, a, b),
        intrinsic2::TYPEVAR_WITH_BOUND => typing::type_var(ts, a, Some(b), None),
        intrinsic2::TYPEVAR_WITH_CONSTRAINTS => typing::type_var(ts, a, None, Some(b)),
        intrinsic2::SET_FUNCTION_TYPE_PARAMS => {
            if let Some(f) = a.exact::<Function>() {
                f.type_params.set(Some(b.clone()));
            }
            Ok(a.clone())
        }
        intrinsic2::SET_TYPEPARAM_DEFAULT => typing::set_default(ts, a, b),
        _ => Err(ts.system_error(format!("unknown intrinsic {n}"))),
    }
}

/// What leaves a generator: StopIteration becomes RuntimeError, as does StopAsyncIteration in an
/// asynchronous one; everything else stays.
fn stop_iteration_error(ts: &ThreadState, frame: Fp, exc: &Value) -> Value {
    use taipan_isa::co;
    let flags = frame.code().flags;
    let types = ts.exceptions();
    let class = exc.class(ts);
    let message = if class.is_subtype(&types.stop_iteration) {
        if flags & co::ASYNC_GENERATOR != 0 {
            "async generator raised StopIteration"
        } else if flags & co::COROUTINE != 0 {
            "coroutine raised StopIteration"
        } else {
            "generator raised StopIteration"
        }
    } else if flags & co::ASYNC_GENERATOR != 0 && class.is_subtype(&types.stop_async_iteration) {
        "async generator raised StopAsyncIteration"
    } else {
        return exc.clone();
    };
    ts.runtime_error(message);
    let Some(made) = ts.take_exception() else { return exc.clone() };
    if let Some(b) = made.downcast::<BaseException>() {
        b.cause.set(Some(exc.clone()));
        b.context.set(Some(exc.clone()));
        b.suppress_context.set(true);
    }
    made
}

fn metadata_same(a: &BaseException, b: &BaseException) -> bool {
    let same = |x: Option<Value>, y: Option<Value>| match (x, y) {
        (None, None) => true,
        (Some(x), Some(y)) => x.is(&y),
        _ => false,
    };
    same(a.traceback.get(), b.traceback.get()) && same(a.cause.get(), b.cause.get()) && same(a.context.get(), b.context.get())
}

/// The end of `except*`: what its clauses raised and what they left, in one.
fn prep_reraise_star(ts: &ThreadState, original: &Value, raised: &Value) -> Result<Value> {
    let Some(list) = raised.downcast::<List>() else { return Err(ts.system_error("expected a list")) };
    let items: Vec<Value> = list.items.get().into_iter().filter(|v| !v.is_none()).collect();
    if items.is_empty() {
        return Ok(Value::none());
    }
    let group = &ts.exceptions().base_exception_group;
    if !original.class(ts).is_subtype(group) {
        // A naked exception: at most one clause ran.
        return Ok(items[0].clone());
    }
    let Some(o) = original.downcast::<BaseException>() else { return Err(ts.system_error("expected an exception")) };
    let (mut new, mut again) = (vec![], vec![]);
    for e in items {
        match e.downcast::<BaseException>() {
            Some(b) if metadata_same(b, o) => again.push(e.clone()),
            _ => new.push(e.clone()),
        }
    }
    let rest = taipan_objects::exceptions::group::projection(ts, original, &again)?;
    if new.is_empty() {
        return Ok(rest);
    }
    if !rest.is_none() {
        new.push(rest);
    }
    if new.len() == 1 {
        return Ok(new.remove(0));
    }
    let members = List::new(ts, new).into_value();
    protocol::call(ts, ts.exceptions().exception_group.as_value(), &[Str::new(ts, "").into_value(), members])
}
