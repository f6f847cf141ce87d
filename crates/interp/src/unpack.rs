//! Unpacking: `a, b = …`, `*rest`, `*args` and `**kwargs` at calls.

use crate::ops::prelude::*;

fn count_error(ts: &ThreadState, expected: usize, got: Option<usize>) -> Raised {
    match got {
        Some(n) => ts.value_error(format!("too many values to unpack (expected {expected}, got {n})")),
        None => ts.value_error(format!("too many values to unpack (expected {expected})")),
    }
}

fn not_iterable(ts: &ThreadState, v: &Value) -> Result<Value> {
    match protocol::get_iter(ts, v) {
        Ok(it) => Ok(it),
        Err(Raised) => {
            let has_iter = v.class(ts).slots().iter.is_some();
            if ts.exception_is(|x| &x.type_error) && !has_iter && !protocol::is_sequence(ts, v) {
                ts.take_exception();
                return Err(ts.type_error(format!("cannot unpack non-iterable {} object", v.type_name(ts))));
            }
            Err(Raised)
        }
    }
}

/// Exactly `n` items.
pub fn exactly(ts: &ThreadState, v: &Value, n: usize) -> Result<Vec<Value>> {
    let known = if let Some(t) = v.exact::<Tuple>() {
        Some(t.items().to_vec())
    } else {
        v.exact::<List>().map(|l| l.items.get())
    };
    if let Some(items) = known {
        return match items.len() {
            len if len == n => Ok(items),
            len if len < n => {
                Err(ts.value_error(format!("not enough values to unpack (expected {n}, got {len})")))
            }
            len => Err(count_error(ts, n, Some(len))),
        };
    }
    // Named tuples and their kind, as long as they are walked as tuples are.
    if let Some(t) = v.downcast::<Tuple>()
        && t.len() == n
        && v.class(ts).slots().iter.map(|f| f as usize) == taipan_objects::typeobject::builtin(ts, ids::TUPLE).slots().iter.map(|f| f as usize)
    {
        return Ok(t.items().to_vec());
    }
    let it = not_iterable(ts, v)?;
    let mut items = Vec::with_capacity(n.min(64));
    for i in 0..n {
        match protocol::iter_next(ts, &it)? {
            Some(x) => items.push(x),
            None => return Err(ts.value_error(format!("not enough values to unpack (expected {n}, got {i})"))),
        }
    }
    if protocol::iter_next(ts, &it)?.is_some() {
        let got = if v.exact::<Dict>().is_some() { protocol::len(ts, v).ok() } else { None };
        return Err(count_error(ts, n, got));
    }
    Ok(items)
}

/// `before` items, a list of the rest, `after` items.
pub fn with_rest(ts: &ThreadState, v: &Value, before: usize, after: usize) -> Result<Vec<Value>> {
    let it = not_iterable(ts, v)?;
    let mut items = Vec::with_capacity((before + after + 1).min(1024));
    for i in 0..before {
        match protocol::iter_next(ts, &it)? {
            Some(x) => items.push(x),
            None => {
                let least = if after == 0 && before == usize::MAX { "" } else { "at least " };
                return Err(ts.value_error(format!(
                    "not enough values to unpack (expected {least}{}, got {i})",
                    before + after
                )));
            }
        }
    }
    let mut rest = vec![];
    while let Some(x) = protocol::iter_next(ts, &it)? {
        rest.push(x);
    }
    if rest.len() < after {
        return Err(ts.value_error(format!(
            "not enough values to unpack (expected at least {}, got {})",
            before + after,
            before + rest.len()
        )));
    }
    let tail = rest.split_off(rest.len() - after);
    items.push(List::new(ts, rest).into_value());
    items.extend(tail);
    Ok(items)
}

/// `[*iterable]`.
pub fn extend_list(ts: &ThreadState, list: &List, v: &Value) -> Result<()> {
    if let Some(t) = v.exact::<Tuple>() {
        list.items.write(|l| l.extend_from_slice(t.items()));
        return Ok(());
    }
    if let Some(other) = v.exact::<List>() {
        let items = other.items.get();
        list.items.write(|l| l.extend(items));
        return Ok(());
    }
    let it = match protocol::get_iter(ts, v) {
        Ok(it) => it,
        Err(Raised) => {
            let has_iter = v.class(ts).slots().iter.is_some();
            if ts.exception_is(|x| &x.type_error) && !has_iter && !protocol::is_sequence(ts, v) {
                ts.take_exception();
                return Err(ts.type_error(format!("Value after * must be an iterable, not {}", v.type_name(ts))));
            }
            return Err(Raised);
        }
    };
    while let Some(x) = protocol::iter_next(ts, &it)? {
        list.items.write(|l| l.push(x));
    }
    Ok(())
}

/// `{**mapping}`.
pub fn update_dict(ts: &ThreadState, dict: &Dict, v: &Value) -> Result<()> {
    if let Some(other) = plain_dict(ts, v) {
        return dict.merge(ts, other, true);
    }
    match merge_mapping(ts, dict, v, |_| Ok(())) {
        Err(Raised) if ts.exception_is(|x| &x.attribute_error) => {
            ts.take_exception();
            Err(ts.type_error(format!("'{}' object is not a mapping", v.type_name(ts))))
        }
        other => other,
    }
}

/// A dict that is iterated over as one: then what it holds counts, whatever its `keys()` says.
fn plain_dict<'a>(ts: &ThreadState, v: &'a Value) -> Option<&'a Dict> {
    let d = v.downcast::<Dict>()?;
    let own = v.class(ts).slots().iter?;
    let base = taipan_objects::typeobject::builtin(ts, ids::DICT).slots().iter?;
    std::ptr::fn_addr_eq(own, base).then_some(d)
}

fn merge_mapping(ts: &ThreadState, dict: &Dict, v: &Value, check: impl Fn(&Value) -> Result<()>) -> Result<()> {
    if let Some(other) = plain_dict(ts, v) {
        for (k, x) in other.items(ts) {
            check(&k)?;
            dict.set(ts, &k, x)?;
        }
        return Ok(());
    }
    let keys = protocol::call_method(ts, v, "keys", &[])?;
    protocol::for_each(ts, &keys, |k| {
        check(&k)?;
        let x = protocol::getitem(ts, v, &k)?;
        dict.set(ts, &k, x)
    })
}

/// How CPython names a callable in messages: `module.qualname()`.
pub fn callable_name(ts: &ThreadState, f: &Value) -> String {
    let text = |name: &str| match protocol::getattr_name(ts, f, name) {
        Ok(v) => v.exact::<Str>().map(|s| s.to_string_lossy().into_owned()),
        Err(Raised) => {
            ts.take_exception();
            None
        }
    };
    match (text("__qualname__"), text("__module__")) {
        (Some(q), Some(m)) if m != "builtins" => format!("{m}.{q}()"),
        (Some(q), _) => format!("{q}()"),
        _ => match protocol::str_(ts, f) {
            Ok(s) => s.to_string_lossy().into_owned(),
            Err(Raised) => {
                ts.take_exception();
                format!("{} object", f.type_name(ts))
            }
        },
    }
}

/// Adds the keywords of `**v` to those of a call of `callable`.
pub fn merge_keywords(ts: &ThreadState, dict: &Dict, v: &Value, callable: &Value) -> Result<()> {
    let doubled = |k: &Value| -> Result<()> {
        if dict.get(ts, k)?.is_some() {
            let name = callable_name(ts, callable);
            return Err(match k.exact::<Str>() {
                Some(s) => ts.type_error(format!("{name} got multiple values for keyword argument '{}'", s.to_string_lossy())),
                None => {
                    let shown = protocol::str_(ts, k)?.to_string_lossy().into_owned();
                    ts.type_error(format!("{name} got multiple values for keyword argument '{shown}'"))
                }
            });
        }
        Ok(())
    };
    match merge_mapping(ts, dict, v, doubled) {
        Err(Raised) if ts.exception_is(|x| &x.attribute_error) => {
            ts.take_exception();
            let name = callable_name(ts, callable);
            Err(ts.type_error(format!("{name} argument after ** must be a mapping, not {}", v.type_name(ts))))
        }
        other => other,
    }
}
