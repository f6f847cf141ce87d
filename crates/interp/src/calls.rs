//! The general way of calls: whatever the callable is.

use crate::frames;
use crate::ops::prelude::*;
use smallvec::SmallVec;
use taipan_objects::method::Method;
use taipan_objects::native::Args;
use taipan_objects::typeobject::{Type, builtin, flags};

/// Calls what lies under `n` operands, of which the last have the names `names`.
///
/// # Safety
/// On the stack: the callable, the receiver or null, `n` operands.
pub unsafe fn call(r: &mut Regs, ts: &ThreadState, n: usize, names: Option<Value>) -> Flow {
    // SAFETY: by the contract.
    unsafe {
        let base = r.sp.sub(n + 2);
        // What stands for nothing else.
        let itself = match (*base).shape() {
            ids::FUNCTION | ids::BUILTIN_FUNCTION | ids::METHOD_DESCRIPTOR => true,
            ids::TYPE => !(*(*base).payload::<Type>()).is_heap_type(),
            _ => false,
        };
        if !itself {
            see_through(ts, base);
        }
        if !itself
            && (*base.add(1)).is_null()
            && (*base).shape() == ids::TYPE
            && let Some(init) = plain_init(ts, *base)
        {
            let names_tuple = names.as_ref().and_then(|t| t.exact::<Tuple>());
            return instantiate(r, ts, base, n, init, names_tuple.map_or(&[][..], |t| t.items()));
        }
        if !itself && expands(ts, *base) {
            let names_tuple = names.as_ref().and_then(|t| t.exact::<Tuple>());
            return call_spread_operands(r, ts, base, n, names_tuple.map_or(&[][..], |t| t.items()), false);
        }
        let (args, n) = if (*base.add(1)).is_null() { (base.add(2), n) } else { (base.add(1), n + 1) };
        let names_tuple = names.as_ref().and_then(|t| t.exact::<Tuple>());
        let names = names_tuple.map_or(&[][..], |t| t.items());
        if (*base).shape() == ids::FUNCTION {
            let func = (*base).own();
            return flow(frames::enter_general(r, ts, base, func, args, n, names, 0));
        }
        for i in 0..n {
            let p = args.add(i);
            *p = (*p).own();
        }
        let callable = (*base).lend();
        let values = std::slice::from_raw_parts(args as *const Value, n);
        let (positional, kw_values) = values.split_at(n - names.len());
        let result = protocol::call_args(ts, &callable, Args { positional, kw_names: names, kw_values });
        for i in 0..n {
            (*args.add(i)).release();
        }
        (*base).release();
        r.sp = base;
        match result {
            Ok(v) => {
                push(r, v);
                Flow::Next
            }
            Err(Raised) => Flow::Raise,
        }
    }
}

/// The `__init__` of a class whose instances `object.__new__` makes, if it is a Python function.
unsafe fn plain_init(ts: &ThreadState, class: StackRef) -> Option<Value> {
    // SAFETY: the shape said that it is a type.
    let ty = unsafe { &*class.payload::<Type>() };
    let object = builtin(ts, ids::OBJECT);
    let address = |f: Option<taipan_objects::slots::Call>| f.map(|f| f as usize);
    if !ty.is_heap_type()
        || ty.has_flag(flags::IS_ABSTRACT)
        || address(ty.slots().new) != address(object.slots().new)
        || !std::ptr::eq(ty.layout(), object.layout())
    {
        return None;
    }
    ty.lookup(ts, &ts.names().__init__).filter(|f| f.is_exact::<Function>())
}

/// `__call__` of an object's class, if it is a Python function.
unsafe fn python_call(ts: &ThreadState, callable: StackRef) -> Option<Value> {
    // SAFETY: the callable is alive.
    unsafe {
        if callable.shape() < ids::FIRST_FREE {
            return None;
        }
        let v = callable.lend();
        let ty = v.class(ts);
        if !ty.is_heap_type() {
            return None;
        }
        ty.lookup(ts, &ts.names().__call__).filter(|f| f.is_exact::<Function>())
    }
}

/// Makes an instance, which waits in the callable's place, and enters `__init__` above it.
unsafe fn instantiate(r: &mut Regs, ts: &ThreadState, base: *mut StackRef, n: usize, init: Value, names: &[Value]) -> Flow {
    // SAFETY: the operands are there; the receiver's place is free.
    unsafe {
        let class = *base;
        let ty = &*class.payload::<Type>();
        let instance = StackRef(taipan_objects::heap::allocate(ts, ty, 0).as_ptr() as u64);
        *base.add(1) = instance.duplicate();
        *base = instance;
        class.release();
        let args = base.add(1);
        flow(frames::enter_general(r, ts, base.add(1), StackRef::owned(init), args, n + 1, names, flag::INIT))
    }
}

/// `f(*args, **kwargs)`.
///
/// # Safety
/// On the stack: callable, null, arguments, keywords or null.
pub unsafe fn call_ex(r: &mut Regs, ts: &ThreadState, tail: bool) -> Flow {
    // SAFETY: by the contract.
    unsafe {
        let keywords = (*r.sp.sub(1)).into_owned_option();
        let given = (*r.sp.sub(2)).into_owned();
        let callable = (*r.sp.sub(4)).into_owned();
        r.sp = r.sp.sub(4);
        let given = match as_tuple(ts, &callable, given) {
            Ok(t) => t,
            Err(Raised) => return Flow::Raise,
        };
        let keywords = match keywords {
            Some(k) if k.exact::<Dict>().is_none() => {
                let d = Dict::new(ts);
                if crate::unpack::merge_keywords(ts, &d, &k, &callable).is_err() {
                    return Flow::Raise;
                }
                Some(d.into_value())
            }
            other => other,
        };
        call_tuple(r, ts, callable, given, keywords, tail)
    }
}

/// Calls with an exact tuple and an exact dict, if any: as [`call_spread`], with less copying.
///
/// # Safety
/// The callable and its operands are off the stack.
unsafe fn call_tuple(r: &mut Regs, ts: &ThreadState, callable: Value, given: Value, keywords: Option<Value>, tail: bool) -> Flow {
    if keywords.as_ref().and_then(|k| k.exact::<Dict>()).is_none_or(Dict::is_empty) && callable.shape_id() == ids::FUNCTION {
        drop(keywords);
        // SAFETY: by the contract.
        return unsafe { call_plain_tuple(r, ts, callable, given, tail) };
    }
    let items = given.exact::<Tuple>().map_or(&[][..], |t| t.items());
    let mut names = SmallVec::<[Value; 8]>::new();
    let mut values = SmallVec::<[Value; 8]>::new();
    if let Some(d) = keywords.as_ref().and_then(|k| k.exact::<Dict>()).filter(|d| d.len() > 0) {
        d.each(|k, v| {
            names.push(k.clone());
            values.push(v.clone());
        });
        if names.iter().any(|k| k.downcast::<Str>().is_none()) {
            return flow(Err(ts.type_error("keywords must be strings")));
        }
    }
    let method = callable.exact::<Method>().filter(|m| m.func.shape_id() == ids::FUNCTION);
    if method.is_some() || callable.shape_id() == ids::FUNCTION {
        let mut words = SmallVec::<[StackRef; 12]>::with_capacity(1 + items.len() + values.len());
        if let Some(m) = method {
            words.push(StackRef::owned(m.receiver.clone()));
        }
        for v in items {
            words.push(StackRef::owned(v.clone()));
        }
        for v in values {
            words.push(StackRef::owned(v));
        }
        let func = StackRef::owned(method.map_or_else(|| callable.clone(), |m| m.func.clone()));
        drop((callable, given, keywords));
        // SAFETY: the words are owned.
        return unsafe { enter_words(r, ts, func, &mut words, &names, tail) };
    }
    // SAFETY: the callable is alive.
    if unsafe { may_expand(StackRef::borrow(&callable)) } {
        let positional = items.to_vec();
        // SAFETY: by the contract.
        return unsafe { call_spread(r, ts, callable, Spread { positional, names: names.to_vec(), values: values.to_vec() }, tail) };
    }
    match protocol::call_args(ts, &callable, Args { positional: items, kw_names: &names, kw_values: &values }) {
        Ok(v) => {
            // SAFETY: room was counted.
            unsafe { push(r, v) };
            Flow::Next
        }
        Err(Raised) => Flow::Raise,
    }
}

/// Calls a Python function with the items of an exact tuple.
///
/// # Safety
/// As there.
unsafe fn call_plain_tuple(r: &mut Regs, ts: &ThreadState, function: Value, given: Value, tail: bool) -> Flow {
    let items = given.exact::<Tuple>().map_or(&[][..], |t| t.items());
    let mut words = SmallVec::<[StackRef; 12]>::with_capacity(items.len());
    for v in items {
        words.push(StackRef::owned(v.clone()));
    }
    drop(given);
    // SAFETY: the words are owned.
    unsafe { enter_words(r, ts, StackRef::owned(function), &mut words, &[], tail) }
}

/// Enters a Python function with arguments that lie outside the stack, in tail position or not.
///
/// # Safety
/// `func` and the words are owned; the stack ends at `r.sp`.
unsafe fn enter_words(r: &mut Regs, ts: &ThreadState, func: StackRef, words: &mut [StackRef], names: &[Value], tail: bool) -> Flow {
    let n = words.len();
    // SAFETY: by the contract.
    unsafe {
        if tail && crate::tailcalls::allowed(ts, r.fp) {
            crate::tailcalls::clear_stack(r);
            return crate::tailcalls::enter(r, ts, func, words.as_mut_ptr(), n, names, true);
        }
        let base = r.sp;
        flow(frames::enter_outside(r, ts, base, func, words.as_mut_ptr(), n, names))
    }
}

/// Arguments that lie outside the operand stack.
#[derive(Default)]
pub struct Spread {
    pub positional: Vec<Value>,
    pub names: Vec<Value>,
    pub values: Vec<Value>,
}

/// What stands after `*`, as an exact tuple.
fn as_tuple(ts: &ThreadState, callable: &Value, given: Value) -> Result<Value> {
    if given.exact::<Tuple>().is_some() {
        return Ok(given);
    }
    let ok = given.class(ts).slots().iter.is_some() || protocol::is_sequence(ts, &given);
    if !ok {
        let name = crate::unpack::callable_name(ts, callable);
        return Err(ts.type_error(format!("{name} argument after * must be an iterable, not {}", given.type_name(ts))));
    }
    Ok(protocol::to_tuple(ts, &given)?.into_value())
}

/// How many callables may stand for others before native code finds out that it is endless.
const MOST_EXPANSIONS: usize = 500;

/// Calls with arguments that lie outside the stack, in tail position or not. What only passes a call on (bound
/// methods, objects with a `__call__` in Python, partials) is seen through, so that nothing nests.
///
/// # Safety
/// The callable and its operands are off the stack.
pub unsafe fn call_spread(r: &mut Regs, ts: &ThreadState, mut callable: Value, mut s: Spread, tail: bool) -> Flow {
    let expand = ts.interp().hooks.read(|h| h.expand_call);
    for _ in 0..MOST_EXPANSIONS {
        if callable.shape_id() == ids::FUNCTION {
            break;
        }
        if let Some(m) = callable.exact::<Method>() {
            s.positional.insert(0, m.receiver.clone());
            let func = m.func.clone();
            callable = func;
            continue;
        }
        // SAFETY: the callable is alive.
        if let Some(f) = unsafe { python_call(ts, StackRef::borrow(&callable)) } {
            s.positional.insert(0, std::mem::replace(&mut callable, f));
            continue;
        }
        match expand.and_then(|e| e(ts, &callable, &mut s.positional, &mut s.names, &mut s.values)) {
            Some(f) => callable = f,
            None => break,
        }
    }
    if callable.shape_id() != ids::FUNCTION {
        let args = Args { positional: &s.positional, kw_names: &s.names, kw_values: &s.values };
        return match protocol::call_args(ts, &callable, args) {
            Ok(v) => {
                // SAFETY: room was counted.
                unsafe { push(r, v) };
                Flow::Next
            }
            Err(Raised) => Flow::Raise,
        };
    }
    let mut words: Vec<StackRef> = s.positional.into_iter().chain(s.values).map(StackRef::owned).collect();
    // SAFETY: the words are owned.
    unsafe { enter_words(r, ts, StackRef::owned(callable), &mut words, &s.names, tail) }
}

/// As [`call_spread`] for operands on the stack, which are taken off.
///
/// # Safety
/// At `base` lie the callable, the receiver or null, `n` operands; the stack ends behind them.
pub unsafe fn call_spread_operands(r: &mut Regs, ts: &ThreadState, base: *mut StackRef, n: usize, names: &[Value], tail: bool) -> Flow {
    // SAFETY: by the contract.
    unsafe {
        let mut all: Vec<Value> = (0..n).map(|i| (*base.add(2 + i)).into_owned()).collect();
        let values = all.split_off(n - names.len());
        if let Some(receiver) = (*base.add(1)).into_owned_option() {
            all.insert(0, receiver);
        }
        let callable = (*base).into_owned();
        r.sp = base;
        call_spread(r, ts, callable, Spread { positional: all, names: names.to_vec(), values }, tail)
    }
}

/// Is the callable of a kind that may stand for another one?
unsafe fn may_expand(callable: StackRef) -> bool {
    // SAFETY: the callable is alive.
    let shape = unsafe { callable.shape() };
    !matches!(shape, 0 | ids::FUNCTION | ids::TYPE | ids::BUILTIN_FUNCTION | ids::METHOD_DESCRIPTOR | ids::METHOD)
}

/// Does the callable stand for another one, with arguments of its own?
pub unsafe fn expands(ts: &ThreadState, callable: StackRef) -> bool {
    // SAFETY: the callable is alive.
    unsafe {
        if !may_expand(callable) {
            return false;
        }
        let v = callable.lend();
        ts.interp().hooks.read(|h| h.expands).is_some_and(|f| f(ts, &v))
    }
}

/// Sees through a bound method or an object with a `__call__` in Python, in place.
///
/// # Safety
/// At `base` lie the callable and the receiver or null.
pub unsafe fn see_through(ts: &ThreadState, base: *mut StackRef) {
    // SAFETY: by the contract.
    unsafe {
        if (*base).shape() == ids::METHOD && (*base.add(1)).is_null() {
            let bound = *base;
            let m = &*bound.payload::<Method>();
            *base.add(1) = StackRef::owned(m.receiver.clone());
            *base = StackRef::owned(m.func.clone());
            bound.release();
        } else if (*base.add(1)).is_null()
            && (*base).shape() != ids::FUNCTION
            && (*base).shape() != ids::TYPE
            && let Some(f) = python_call(ts, *base)
        {
            *base.add(1) = *base;
            *base = StackRef::owned(f);
        }
    }
}
