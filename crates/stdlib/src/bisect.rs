//! The module `_bisect`: search and insertion in sorted sequences.

use crate::prelude::*;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_bisect",
    doc: "Search in sorted sequences, and insertion that keeps them sorted.",
    functions: &[functions::FUNCTIONS],
    init: None,
};

/// Item `i` of a sequence.
#[inline]
fn item(ts: &ThreadState, a: &Value, i: usize) -> Result {
    if let Some(v) = a.exact::<List>().and_then(|l| l.get(i)) {
        return Ok(v);
    }
    protocol::getitem(ts, a, &int_value(ts, i as i64))
}

/// The place where `x` belongs, behind its equals (`right`) or in front of them.
fn search(ts: &ThreadState, a: &Value, x: &Value, lo: isize, hi: Option<isize>, key: Option<&Value>, right: bool) -> Result<usize> {
    let Ok(mut lo) = usize::try_from(lo) else {
        return Err(ts.value_error("lo must be non-negative"));
    };
    let mut hi = match hi {
        Some(hi) => hi.max(0) as usize,
        None => protocol::len(ts, a)?,
    };
    while lo < hi {
        let mid = lo + (hi - lo) / 2;
        let mut v = item(ts, a, mid)?;
        if let Some(key) = key {
            v = protocol::call1(ts, key, &v)?;
        }
        let below = if right { protocol::lt(ts, x, &v)? } else { protocol::lt(ts, &v, x)? };
        if below == right {
            hi = mid;
        } else {
            lo = mid + 1;
        }
    }
    Ok(lo)
}

fn insert(ts: &ThreadState, a: &Value, x: Value, lo: isize, hi: Option<isize>, key: Option<&Value>, right: bool) -> Result<()> {
    let at = match key {
        None => search(ts, a, &x, lo, hi, None, right)?,
        Some(key) => {
            let x_key = protocol::call1(ts, key, &x)?;
            search(ts, a, &x_key, lo, hi, Some(key), right)?
        }
    };
    if let Some(l) = a.exact::<List>() {
        l.items.write(|items| items.insert(at.min(items.len()), x));
        return Ok(());
    }
    protocol::call_method(ts, a, "insert", &[int_value(ts, at as i64), x]).map(drop)
}

#[taipan_macros::functions(module = "_bisect")]
pub mod functions {
    use super::*;

    /// The place in the sorted sequence a where x belongs, behind items equal to it. Only the part from lo
    /// to hi is looked at; a key function is applied to its items, not to x.
    #[function("bisect_right(a, x, lo=0, hi=None, *, key=None)")]
    fn bisect_right(ts: &ThreadState, a: &Value, x: &Value, lo: isize, hi: Option<isize>, key: Option<&Value>) -> Result<usize> {
        search(ts, a, x, lo, hi, key, true)
    }
    /// The place in the sorted sequence a where x belongs, in front of items equal to it. Only the part from
    /// lo to hi is looked at; a key function is applied to its items, not to x.
    #[function("bisect_left(a, x, lo=0, hi=None, *, key=None)")]
    fn bisect_left(ts: &ThreadState, a: &Value, x: &Value, lo: isize, hi: Option<isize>, key: Option<&Value>) -> Result<usize> {
        search(ts, a, x, lo, hi, key, false)
    }
    /// Puts x into the sorted list a, behind items equal to it.
    #[function("insort_right(a, x, lo=0, hi=None, *, key=None)")]
    fn insort_right(ts: &ThreadState, a: &Value, x: Value, lo: isize, hi: Option<isize>, key: Option<&Value>) -> Result<()> {
        insert(ts, a, x, lo, hi, key, true)
    }
    /// Puts x into the sorted list a, in front of items equal to it.
    #[function("insort_left(a, x, lo=0, hi=None, *, key=None)")]
    fn insort_left(ts: &ThreadState, a: &Value, x: Value, lo: isize, hi: Option<isize>, key: Option<&Value>) -> Result<()> {
        insert(ts, a, x, lo, hi, key, false)
    }
}
