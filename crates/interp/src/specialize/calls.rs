//! Calls: which form the callable asks for.

use super::Site;
use crate::machine::*;
use taipan_isa::op::specialized::*;
use taipan_objects::descr::builtin::{BuiltinFunction, Target};
use taipan_objects::ids;
use taipan_objects::method::Method;
use taipan_objects::native::DefKind;
use taipan_objects::slots::Call;
use taipan_objects::typeobject::{Type, builtin, flags};

fn exact_function(s: &Site, f: &Function, n: usize, form: u8) -> Option<u8> {
    let code = f.code_ref();
    if !code.simple || code.argcount as usize != n {
        return None;
    }
    match f.version_for_cache() {
        0 => None,
        v => {
            s.write32(1, v);
            Some(form)
        }
    }
}

fn same_new(a: Option<Call>, b: Option<Call>) -> bool {
    a.map(|f| f as usize) == b.map(|f| f as usize)
}

fn class(ts: &ThreadState, s: &Site, ty: &Type, n: usize) -> Option<u8> {
    if ty.is(builtin(ts, ids::TYPE)) {
        return (n == 1).then_some(CALL_TYPE_1);
    }
    if !ty.is_heap_type() {
        return Some(CALL_BUILTIN_CLASS);
    }
    if ty.has_flag(flags::IS_ABSTRACT)
        || !same_new(ty.slots().new, builtin(ts, ids::OBJECT).slots().new)
        || !std::ptr::eq(ty.layout(), builtin(ts, ids::OBJECT).layout())
    {
        return None;
    }
    let init = ty.lookup(ts, &ts.names().__init__)?;
    let f = init.exact::<Function>()?;
    if !f.code_ref().simple || f.code_ref().argcount as usize != n + 1 || f.code_ref().is_generator_like() {
        return None;
    }
    match ty.version(ts) {
        0 => None,
        v => {
            ty.init_cache.set(Some((v, init.clone())));
            s.write32(1, v);
            Some(CALL_ALLOC_AND_ENTER_INIT)
        }
    }
}

pub fn call(ts: &ThreadState, s: &Site) -> Option<u8> {
    let n = s.oparg as usize;
    let callable = s.value(n + 2);
    let receiver = s.operand(n + 1);
    let given = n + !receiver.is_null() as usize;
    match callable.shape_id() {
        ids::FUNCTION => exact_function(s, callable.exact::<Function>()?, given, CALL_PY_EXACT_ARGS),
        ids::METHOD if receiver.is_null() => {
            let m = callable.exact::<Method>()?;
            exact_function(s, m.func.exact::<Function>()?, n + 1, CALL_BOUND_METHOD_EXACT_ARGS)
        }
        ids::BUILTIN_FUNCTION => match callable.exact::<BuiltinFunction>()?.target {
            Target::Def(d) if matches!(d.kind, DefKind::Function | DefKind::StaticMethod) => Some(CALL_BUILTIN_FAST),
            Target::Def(_) if receiver.is_null() => Some(CALL_BUILTIN_BOUND),
            _ => None,
        },
        ids::METHOD_DESCRIPTOR if given > 0 => {
            let list = !receiver.is_null() && s.shape(n + 1) == ids::LIST;
            if n == 1 && list && callable.word() & !7 == ts.frames.list_append.get() & !7 {
                return Some(CALL_LIST_APPEND);
            }
            Some(CALL_METHOD_DESCRIPTOR_FAST)
        }
        ids::TYPE if receiver.is_null() => class(ts, s, callable.as_type()?, n),
        _ => None,
    }
}

/// A function that calls itself, or another Python function.
pub fn tail_call(ts: &ThreadState, s: &Site) -> Option<u8> {
    match call(ts, s) {
        Some(CALL_BUILTIN_FAST) => return Some(TAIL_CALL_BUILTIN_FAST),
        Some(CALL_BUILTIN_BOUND) => return Some(TAIL_CALL_BUILTIN_BOUND),
        Some(CALL_BUILTIN_CLASS | CALL_TYPE_1) => return Some(TAIL_CALL_BUILTIN_CLASS),
        Some(CALL_METHOD_DESCRIPTOR_FAST | CALL_LIST_APPEND) => return Some(TAIL_CALL_METHOD_DESCRIPTOR_FAST),
        _ => {}
    }
    if !ts.frames.tail_calls.get() || ts.frames.tail_trace.get() > 0 {
        return None;
    }
    let n = s.oparg as usize;
    let callable = s.operand(n + 2);
    // SAFETY: the frame runs.
    let (own, code) = unsafe { ((*s.fp).func, Frame::code_ref(s.fp)) };
    // SAFETY: as above.
    if unsafe { Frame::function(s.fp) }.no_tail_calls.get() {
        return None;
    }
    if callable.is_same(own) {
        return code.simple.then_some(TAIL_CALL_SELF);
    }
    let callable = s.value(n + 2);
    let given = n + !s.operand(n + 1).is_null() as usize;
    match callable.exact::<Function>() {
        Some(f) if !f.code_ref().is_generator_like() => exact_function(s, f, given, TAIL_CALL_PY_EXACT_ARGS),
        _ => None,
    }
}
