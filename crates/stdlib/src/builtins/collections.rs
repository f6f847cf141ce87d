//! Iteration and folding.

use taipan_objects::iterators;
use taipan_objects::list::List;
use taipan_objects::native::{functions, Kwargs};
use taipan_objects::protocol::{Callee, Source};
use taipan_objects::str::Str;
use taipan_objects::value::{Result, Value};
use taipan_objects::{int, protocol, CmpOp, ThreadState};

/// `min` and `max`.
fn extreme(ts: &ThreadState, name: &str, op: CmpOp, args: &[Value], kwds: Kwargs<'_>) -> Result {
    let mut key: Option<Value> = None;
    let mut default: Option<Value> = None;
    for (k, v) in kwds.iter() {
        match k.downcast::<Str>().map(|s| s.bytes()) {
            Some(b"key") => key = Some(v.clone()).filter(|k| !k.is_none()),
            Some(b"default") => default = Some(v.clone()),
            _ => {
                let text = format!("{name}() got an unexpected keyword argument {}", protocol::repr_lossy(ts, k)?);
                return Err(ts.type_error(text));
            }
        }
    }
    if args.is_empty() {
        return Err(ts.type_error(format!("{name} expected at least 1 argument, got 0")));
    }
    if args.len() > 1 && default.is_some() {
        return Err(ts.type_error(format!("Cannot specify a default for {name}() with multiple positional arguments")));
    }
    if key.is_none() {
        let mut best: Option<Value> = None;
        let mut see = |v: &Value| -> Result<()> {
            if match &best {
                None => true,
                Some(b) => protocol::compare_bool(ts, v, b, op)?,
            } {
                best = Some(v.clone());
            }
            Ok(())
        };
        if args.len() > 1 {
            args.iter().try_for_each(see)?;
        } else {
            protocol::for_each(ts, &args[0], |v| see(&v))?;
        }
        return best.or(default).ok_or_else(|| ts.value_error(format!("{name}() iterable argument is empty")));
    }
    let key = key.map(|f| Callee::new(ts, f));
    let mut best: Option<(Value, Value)> = None;
    let mut see = |v: Value| -> Result<()> {
        let k = match &key {
            Some(f) => f.call1(ts, &v)?,
            None => v.clone(),
        };
        let better = match &best {
            None => true,
            Some((_, b)) => protocol::compare_bool(ts, &k, b, op)?,
        };
        if better {
            best = Some((v, k));
        }
        Ok(())
    };
    if args.len() > 1 {
        args.iter().try_for_each(|v| see(v.clone()))?;
    } else {
        protocol::for_each(ts, &args[0], &mut see)?;
    }
    match (best, default) {
        (Some((v, _)), _) => Ok(v),
        (None, Some(d)) => Ok(d),
        (None, None) => Err(ts.value_error(format!("{name}() iterable argument is empty"))),
    }
}

#[functions(module = "builtins")]
pub mod functions {
    use super::*;
    /// Return the number of items in a container.
    #[function("len(obj, /)")]
    fn len(ts: &ThreadState, obj: &Value) -> Result<usize> {
        protocol::len(ts, obj)
    }
    /// iter(iterable) -> iterator
    /// iter(callable, sentinel) -> iterator
    ///
    /// Get an iterator from an object.
    /// In the first form, the argument must supply its own iterator, or be a sequence.
    /// In the second form, the callable is called until it returns the sentinel.
    #[function("iter(object, sentinel=<unrepresentable>, /)", no_signature)]
    fn iter(ts: &ThreadState, object: &Value, sentinel: Option<&Value>) -> Result {
        match sentinel {
            None => protocol::get_iter(ts, object),
            Some(s) => {
                if !protocol::is_callable(ts, object) {
                    return Err(ts.type_error("iter(v, w): v must be callable"));
                }
                Ok(iterators::callable::CallableIterator::new(ts, object.clone(), s.clone()).into_value())
            }
        }
    }
    /// next(iterator[, default])
    ///
    /// Return the next item from the iterator.
    ///
    /// If default is given and the iterator is exhausted,
    /// it is returned instead of raising StopIteration.
    #[function("next(iterator, default=<unrepresentable>, /)", no_signature)]
    fn next(ts: &ThreadState, iterator: &Value, default: Option<&Value>) -> Result {
        match iterator.class(ts).slots().iternext {
            None => Err(ts.type_error(format!("'{}' object is not an iterator", iterator.type_name(ts)))),
            Some(_) => match default {
                Some(d) => Ok(protocol::iter_next(ts, iterator)?.unwrap_or_else(|| d.clone())),
                // A generator's return value goes along.
                None => taipan_objects::generator::object::next_keeping_value(ts, iterator),
            },
        }
    }
    /// Return an AsyncIterator for an AsyncIterable object.
    #[function("aiter(async_iterable, /)")]
    fn aiter(ts: &ThreadState, async_iterable: &Value) -> Result {
        let Some(f) = async_iterable.class(ts).slots().aiter else {
            return Err(ts.type_error(format!("'{}' object is not an async iterable", async_iterable.type_name(ts))));
        };
        let it = f(ts, async_iterable)?;
        if it.class(ts).slots().anext.is_none() {
            return Err(ts.type_error(format!("aiter() returned not an async iterator of type '{}'", it.type_name(ts))));
        }
        Ok(it)
    }
    /// Return the next item from the async iterator.
    ///
    /// If default is given and the async iterator is exhausted,
    /// it is returned instead of raising StopAsyncIteration.
    #[function("anext(async_iterator, default=<unrepresentable>, /)", no_signature)]
    fn anext(ts: &ThreadState, async_iterator: &Value, default: Option<&Value>) -> Result {
        let Some(f) = async_iterator.class(ts).slots().anext else {
            return Err(ts.type_error(format!("'{}' object is not an async iterator", async_iterator.type_name(ts))));
        };
        let awaitable = f(ts, async_iterator)?;
        match default {
            None => Ok(awaitable),
            Some(d) => taipan_objects::generator::anext::AnextAwaitable::make(ts, awaitable, d.clone()),
        }
    }
    /// Return True if bool(x) is True for all values x in the iterable.
    ///
    /// If the iterable is empty, return True.
    #[function("all(iterable, /)")]
    fn all(ts: &ThreadState, iterable: &Value) -> Result<bool> {
        let it = Source::of(ts, iterable)?;
        while let Some(v) = it.next(ts)? {
            if !protocol::is_true(ts, &v)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
    /// Return True if bool(x) is True for any x in the iterable.
    ///
    /// If the iterable is empty, return False.
    #[function("any(iterable, /)")]
    fn any(ts: &ThreadState, iterable: &Value) -> Result<bool> {
        let it = Source::of(ts, iterable)?;
        while let Some(v) = it.next(ts)? {
            if protocol::is_true(ts, &v)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
    /// Return a new list containing all items from the iterable in ascending order.
    ///
    /// A custom key function can be supplied to customize the sort order, and the
    /// reverse flag can be set to request the result in descending order.
    #[function("sorted(iterable, /, *, key=None, reverse=False)")]
    fn sorted(ts: &ThreadState, iterable: &Value, key: Option<&Value>, reverse: bool) -> Result {
        let l = List::new(ts, protocol::collect(ts, iterable)?);
        taipan_objects::list::sort::sort_list(ts, &l, key, reverse)?;
        Ok(l.into_value())
    }
    /// Return the sum of a 'start' value (default: 0) plus an iterable of numbers
    ///
    /// When the iterable is empty, return the start value.
    /// This function is intended specifically for use with numeric values and may
    /// reject non-numeric types.
    #[function("sum(iterable, /, start=0)")]
    fn sum(ts: &ThreadState, iterable: &Value, start: &Value) -> Result {
        super::sum(ts, iterable, start)
    }
    /// max(iterable, *[, default=obj, key=func]) -> value
    /// max(arg1, arg2, *args, *[, key=func]) -> value
    ///
    /// With a single iterable argument, return its biggest item. The
    /// default keyword-only argument specifies an object to return if
    /// the provided iterable is empty.
    /// With two or more positional arguments, return the largest argument.
    #[function("max(*args, **kwds)", no_signature)]
    fn max(ts: &ThreadState, args: &[Value], kwds: Kwargs<'_>) -> Result {
        extreme(ts, "max", CmpOp::Gt, args, kwds)
    }
    /// min(iterable, *[, default=obj, key=func]) -> value
    /// min(arg1, arg2, *args, *[, key=func]) -> value
    ///
    /// With a single iterable argument, return its smallest item. The
    /// default keyword-only argument specifies an object to return if
    /// the provided iterable is empty.
    /// With two or more positional arguments, return the smallest argument.
    #[function("min(*args, **kwds)", no_signature)]
    fn min(ts: &ThreadState, args: &[Value], kwds: Kwargs<'_>) -> Result {
        extreme(ts, "min", CmpOp::Lt, args, kwds)
    }
}

/// Integers exactly, floats with compensated summation, everything else by `+`.
fn sum(ts: &ThreadState, iterable: &Value, start: &Value) -> Result {
    use taipan_objects::float;
    if start.downcast::<Str>().is_some() {
        return Err(ts.type_error("sum() can't sum strings [use ''.join(seq) instead]"));
    }
    if start.downcast::<taipan_objects::bytes::Bytes>().is_some() {
        return Err(ts.type_error("sum() can't sum bytes [use b''.join(seq) instead]"));
    }
    if start.downcast::<taipan_objects::bytearray::Bytearray>().is_some() {
        return Err(ts.type_error("sum() can't sum bytearray [use b''.join(seq) instead]"));
    }
    let it = Source::of(ts, iterable)?;
    let mut total = start.clone();
    let mut pending = None;
    if let Some(mut acc) = total.as_small_int() {
        loop {
            let Some(v) = it.next(ts)? else { return Ok(int::from_i64(ts, acc)) };
            match v.as_small_int().or_else(|| v.as_bool_object().map(i64::from)).and_then(|i| acc.checked_add(i)) {
                Some(s) => acc = s,
                None => {
                    total = protocol::binary_op(ts, protocol::BinaryOp::Add, &int::from_i64(ts, acc), &v)?;
                    break;
                }
            }
        }
    }
    if let Some(f) = float::exact(&total) {
        // Neumaier's compensated sum.
        let (mut hi, mut lo) = (f, 0.0f64);
        let done = |hi: f64, lo: f64| if lo != 0.0 && lo.is_finite() { hi + lo } else { hi };
        loop {
            let Some(v) = it.next(ts)? else { return Ok(float::new(ts, done(hi, lo))) };
            if let Some(x) = float::exact(&v) {
                let t = hi + x;
                lo += if hi.abs() >= x.abs() { (hi - t) + x } else { (x - t) + hi };
                hi = t;
            } else if let Some(i) = v.as_small_int() {
                // Exact up to 2**53; beyond that as good as the conversion.
                let x = i as f64;
                let t = hi + x;
                lo += if hi.abs() >= x.abs() { (hi - t) + x } else { (x - t) + hi };
                hi = t;
            } else {
                total = float::new(ts, done(hi, lo));
                pending = Some(v);
                break;
            }
        }
    }
    if let Some(v) = pending {
        total = protocol::binary_op(ts, protocol::BinaryOp::Add, &total, &v)?;
    }
    while let Some(v) = it.next(ts)? {
        total = protocol::binary_op(ts, protocol::BinaryOp::Add, &total, &v)?;
    }
    Ok(total)
}
