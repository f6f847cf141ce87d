//! Strings, bytes and tuples: joining, repeating, indexing; frozensets.

use taipan_isa::{Const, Wtf8};

use super::int::to_ibig;

/// Longest tuple and longest text that repetition makes ahead, and all items of nested tuples.
const MAX_COLLECTION: usize = 256;
const MAX_TEXT: usize = 4096;
const MAX_TOTAL: isize = 1024;

pub fn concat(l: &Const, r: &Const) -> Option<Const> {
    match (l, r) {
        (Const::Str(a), Const::Str(b)) => Some(Const::Str(Wtf8([&a.0[..], &b.0[..]].concat().into()))),
        (Const::Bytes(a), Const::Bytes(b)) => Some(Const::Bytes([&a[..], &b[..]].concat().into())),
        (Const::Tuple(a), Const::Tuple(b)) => Some(Const::Tuple(a.iter().chain(b).cloned().collect())),
        _ => None,
    }
}

fn check_complexity(c: &Const, limit: isize) -> isize {
    match c {
        Const::Tuple(t) => {
            let mut limit = limit - t.len() as isize;
            for i in t {
                if limit < 0 {
                    break;
                }
                limit = check_complexity(i, limit);
            }
            limit
        }
        _ => limit,
    }
}

/// `n * seq`, if the result is small.
pub fn repeat(seq: &Const, n: i64) -> Option<Const> {
    let times = usize::try_from(n).ok()?;
    match seq {
        Const::Str(s) => {
            let len = s.code_points().count();
            if len > 0 && times > MAX_TEXT / len {
                return None;
            }
            Some(Const::Str(Wtf8(s.0.repeat(if len == 0 { 0 } else { times }).into())))
        }
        Const::Bytes(b) => {
            if !b.is_empty() && times > MAX_TEXT / b.len() {
                return None;
            }
            Some(Const::Bytes(b.repeat(if b.is_empty() { 0 } else { times }).into()))
        }
        Const::Tuple(t) => {
            if !t.is_empty() {
                if times > MAX_COLLECTION / t.len() {
                    return None;
                }
                if times > 0 && check_complexity(seq, MAX_TOTAL / times as isize) < 0 {
                    return None;
                }
            }
            let times = if t.is_empty() { 0 } else { times };
            Some(Const::Tuple(std::iter::repeat_n(&t[..], times).flatten().cloned().collect()))
        }
        _ => None,
    }
}

fn index_value(c: &Const) -> Option<i64> {
    match c {
        Const::Int(i) => Some(*i),
        Const::Bool(b) => Some(*b as i64),
        // Beyond every length: as far as possible in its direction.
        Const::BigInt { negative, .. } => Some(if *negative { i64::MIN } else { i64::MAX }),
        _ => None,
    }
}

fn slice_indices(s: &[Const; 3], len: usize) -> Option<Vec<usize>> {
    let len = len as i64;
    let part = |c: &Const| if matches!(c, Const::None) { Some(None) } else { index_value(c).map(Some) };
    let (start, stop, step) = (part(&s[0])?, part(&s[1])?, part(&s[2])?.unwrap_or(1));
    if step == 0 {
        return None;
    }
    let (low, high) = if step < 0 { (-1, len - 1) } else { (0, len) };
    let clamp = |v: Option<i64>, default: i64| match v {
        None => default,
        Some(i) if i < 0 => i.saturating_add(len).max(low),
        Some(i) => i.min(high),
    };
    let (from, to) = if step < 0 { (high, low) } else { (low, high) };
    let (mut i, stop) = (clamp(start, from), clamp(stop, to));
    let mut out = Vec::new();
    while if step > 0 { i < stop } else { i > stop } {
        out.push(i as usize);
        i = match i.checked_add(step) {
            Some(n) => n,
            None => break,
        };
    }
    Some(out)
}

/// `seq[index]`.
pub fn subscript(seq: &Const, index: &Const) -> Option<Const> {
    fn pick<T: Clone>(items: &[T], index: &Const) -> Option<Result<T, Vec<T>>> {
        if let Const::Slice(s) = index {
            return Some(Err(slice_indices(s, items.len())?.into_iter().map(|i| items[i].clone()).collect()));
        }
        let i = index_value(index)?;
        let i = if i < 0 { i.checked_add(items.len() as i64)? } else { i };
        items.get(usize::try_from(i).ok()?).cloned().map(Ok)
    }
    match seq {
        Const::Str(s) => {
            let points: Vec<u32> = s.code_points().collect();
            let mut out = Vec::new();
            match pick(&points, index)? {
                Ok(p) => Wtf8::push_code_point(&mut out, p),
                Err(ps) => ps.into_iter().for_each(|p| Wtf8::push_code_point(&mut out, p)),
            }
            Some(Const::Str(Wtf8(out.into())))
        }
        Const::Bytes(b) => Some(match pick(b, index)? {
            Ok(b) => Const::Int(b as i64),
            Err(bs) => Const::Bytes(bs.into()),
        }),
        Const::Tuple(t) => Some(match pick(t, index)? {
            Ok(c) => c,
            Err(cs) => Const::Tuple(cs.into()),
        }),
        _ => None,
    }
}

/// Python's `==` between constants that may stand in a set.
pub fn equal(a: &Const, b: &Const) -> bool {
    match (a, b) {
        (Const::None, Const::None) | (Const::Ellipsis, Const::Ellipsis) => true,
        (Const::Str(x), Const::Str(y)) => x == y,
        (Const::Bytes(x), Const::Bytes(y)) => x == y,
        (Const::Tuple(x), Const::Tuple(y)) => x.len() == y.len() && x.iter().zip(y).all(|(a, b)| equal(a, b)),
        (Const::FrozenSet(x), Const::FrozenSet(y)) => {
            x.len() == y.len() && x.iter().all(|a| y.iter().any(|b| equal(a, b)))
        }
        (Const::Slice(x), Const::Slice(y)) => x.iter().zip(&**y).all(|(a, b)| equal(a, b)),
        _ => match (to_ibig(a), to_ibig(b)) {
            (Some(x), Some(y)) => x == y,
            (x, y) => match (real(a, x), real(b, y)) {
                (Some(x), Some(y)) => x == y,
                _ => false,
            },
        },
    }
}

/// A number as real and imaginary part, if that is exact.
fn real(c: &Const, int: Option<dashu_int::IBig>) -> Option<(f64, f64)> {
    match (c, int) {
        (Const::Float(f), _) => Some((*f, 0.0)),
        (Const::Complex { re, im }, _) => Some((*re, *im)),
        (_, Some(i)) => {
            let f = i.to_f64().value();
            (dashu_int::IBig::try_from(f).ok()? == i).then_some((f, 0.0))
        }
        _ => None,
    }
}

/// The frozenset of `items`: equal ones once.
pub fn frozenset(items: impl IntoIterator<Item = Const>) -> Const {
    let mut out: Vec<Const> = Vec::new();
    for item in items {
        if !out.iter().any(|o| equal(o, &item)) {
            out.push(item);
        }
    }
    Const::FrozenSet(out.into())
}
