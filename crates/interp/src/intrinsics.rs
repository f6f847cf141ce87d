//! `CALL_INTRINSIC_1` and `CALL_INTRINSIC_2`: rare operations that need no opcode of their own.

use crate::imports;
use crate::ops::prelude::*;
use taipan_isa::oparg::{intrinsic1, intrinsic2};
use taipan_objects::exceptions::BaseException;
use taipan_objects::typing::intrinsics as typing;

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
        intrinsic1::TYPEVAR => typing::typevar(ts, v),
        intrinsic1::PARAMSPEC => typing::paramspec(ts, v),
        intrinsic1::TYPEVARTUPLE => typing::typevartuple(ts, v),
        intrinsic1::SUBSCRIPT_GENERIC => typing::subscript_generic(ts, v),
        intrinsic1::TYPEALIAS => typing::typealias(ts, v),
        _ => Err(ts.system_error(format!("unknown intrinsic {n}"))),
    }
}

pub fn binary(ts: &ThreadState, n: u32, a: &Value, b: &Value) -> Result<Value> {
    match n {
        intrinsic2::PREP_RERAISE_STAR => prep_reraise_star(ts, a, b),
        intrinsic2::TYPEVAR_WITH_BOUND => typing::typevar_with_bound(ts, a, b),
        intrinsic2::TYPEVAR_WITH_CONSTRAINTS => typing::typevar_with_constraints(ts, a, b),
        intrinsic2::SET_FUNCTION_TYPE_PARAMS => {
            if let Some(f) = a.exact::<Function>() {
                f.type_params.set(Some(b.clone()));
            }
            Ok(a.clone())
        }
        intrinsic2::SET_TYPEPARAM_DEFAULT => typing::set_typeparam_default(ts, a, b),
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
    let rest = projection(ts, original, &leaves_of(ts, &again)?)?;
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
    new_group(ts, members)
}

/// `ExceptionGroup("", members)`.
pub fn new_group(ts: &ThreadState, members: Value) -> Result<Value> {
    let class = taipan_objects::module::builtin_get(ts, "ExceptionGroup")?;
    protocol::call(ts, &class, &[Str::new(ts, "").into_value(), members])
}

fn members(ts: &ThreadState, group: &Value) -> Result<Vec<Value>> {
    let v = protocol::getattr_name(ts, group, "exceptions")?;
    Ok(v.downcast::<Tuple>().map_or_else(Vec::new, |t| t.items().to_vec()))
}

fn is_group(ts: &ThreadState, e: &Value) -> bool {
    e.class(ts).is_subtype(&ts.exceptions().base_exception_group)
}

/// The exceptions in groups that are no groups themselves.
fn leaves_of(ts: &ThreadState, groups: &[Value]) -> Result<Vec<Value>> {
    let mut out = vec![];
    let mut todo = groups.to_vec();
    while let Some(e) = todo.pop() {
        if is_group(ts, &e) { todo.extend(members(ts, &e)?) } else { out.push(e) }
    }
    Ok(out)
}

/// The part of a group that holds the given leaves, with its structure; None if it is empty.
fn projection(ts: &ThreadState, group: &Value, leaves: &[Value]) -> Result<Value> {
    ts.recursion_guard(" in exception group")?;
    if !is_group(ts, group) {
        return Ok(if leaves.iter().any(|l| l.is(group)) { group.clone() } else { Value::none() });
    }
    let mut kept = vec![];
    for e in members(ts, group)? {
        let part = projection(ts, &e, leaves)?;
        if !part.is_none() {
            kept.push(part);
        }
    }
    if kept.is_empty() {
        return Ok(Value::none());
    }
    let part = protocol::call_method(ts, group, "derive", &[List::new(ts, kept).into_value()])?;
    if let (Some(p), Some(g)) = (part.downcast::<BaseException>(), group.downcast::<BaseException>()) {
        p.traceback.set(g.traceback.get());
        p.context.set(g.context.get());
        p.cause.set(g.cause.get());
        p.suppress_context.set(true);
    }
    if let Some(notes) = protocol::getattr_opt_name(ts, group, "__notes__")? {
        let notes = protocol::to_list(ts, &notes)?;
        protocol::setattr_name(ts, &part, "__notes__", notes.as_value())?;
    }
    Ok(part)
}
