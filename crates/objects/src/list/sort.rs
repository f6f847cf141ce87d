//! Sorting: `list.sort` and `sorted`.
//!
//! Keys that are all integers, all floats (no NaN) or all exact strings, or tuples with columns of such, have a total
//! order that cannot fail, so Rust's own stable sort does them on extracted keys. Everything else goes through
//! [`merge_sort`], which sorts positions with a comparison that may raise or lie: it never loses an item.

use super::List;
use crate::bytes::Bytes;
use crate::float;
use crate::ids;
use crate::int::{self, IntView};
use crate::protocol;
use crate::slots::{CmpOp, RichCompare};
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::typeobject;
use crate::value::{Result, Value};
use dashu_base::Sign;
use smallvec::SmallVec;
use std::cmp::Ordering;

/// `list.sort`: the list is empty while keys are computed and compared, and any change made to it
/// meanwhile is an error.
pub fn sort_list(ts: &ThreadState, list: &List, key: Option<&Value>, reverse: bool) -> Result<()> {
    let mut items = list.items.take();
    let result = sort_values(ts, &mut items, key, reverse);
    if key.is_some() && result.is_ok() {
        // Dying keys may change the list, too.
        crate::heap::run_finalizers(ts);
    }
    let meanwhile = list.items.replace(items);
    if meanwhile.capacity() > 0 && result.is_ok() {
        return Err(ts.value_error("list modified during sort"));
    }
    result
}

/// Sorts values; after an error they are in some order, complete.
pub fn sort_values(ts: &ThreadState, items: &mut Vec<Value>, key: Option<&Value>, reverse: bool) -> Result<()> {
    let mut keys = match key {
        Some(f) => {
            let f = protocol::Callee::new(ts, f.clone());
            let mut keys = Vec::with_capacity(items.len());
            for v in items.iter() {
                keys.push(f.call1(ts, v)?);
            }
            Some(keys)
        }
        None => None,
    };
    if items.len() < 2 {
        return Ok(());
    }
    if items.len() > u32::MAX as usize {
        return Err(ts.memory_error());
    }
    if items.len() <= FEW && sort_few(items, keys.as_deref_mut(), reverse) {
        return Ok(());
    }
    if keys.is_none() && sort_small_ints(items, reverse) {
        return Ok(());
    }
    let (order, result) = {
        let keys = keys.as_deref().unwrap_or(items);
        match quick_order(keys, reverse) {
            Some(order) => (order, Ok(())),
            None => slow_order(ts, keys, reverse),
        }
    };
    let mut old: Vec<Option<Value>> = std::mem::take(items).into_iter().map(Some).collect();
    items.extend(order.iter().filter_map(|&i| old[i as usize].take()));
    result
}

/// So few items are sorted where they lie.
const FEW: usize = 8;

/// Insertion, as long as the items (or their keys) are such as compare without Python code. Otherwise false: what
/// was moved until then went in front of greater ones only, so that a stable sort may go on from there.
fn sort_few(items: &mut [Value], mut keys: Option<&mut [Value]>, reverse: bool) -> bool {
    for i in 1..items.len() {
        for j in (1..=i).rev() {
            let (a, b) = match &keys {
                Some(keys) => (&keys[j], &keys[j - 1]),
                None => (&items[j], &items[j - 1]),
            };
            let Some(order) = protocol::quick_order(a, b) else { return false };
            if order != if reverse { Ordering::Greater } else { Ordering::Less } {
                break;
            }
            items.swap(j, j - 1);
            if let Some(keys) = &mut keys {
                keys.swap(j, j - 1);
            }
        }
    }
    true
}

/// Equal small integers are the same word, so they can be sorted without regard to stability.
fn sort_small_ints(items: &mut [Value], reverse: bool) -> bool {
    let mut numbers = Vec::with_capacity(items.len());
    for v in items.iter() {
        match v.as_small_int() {
            Some(i) => numbers.push(i),
            None => return false,
        }
    }
    // Runs are found by the stable sort only.
    numbers.sort();
    if reverse {
        numbers.reverse();
    }
    for (slot, i) in items.iter_mut().zip(numbers) {
        if let Some(v) = Value::small_int(i) {
            *slot = v;
        }
    }
    true
}

fn arrange<K>(keys: Vec<K>, reverse: bool, compare: impl Fn(&K, &K) -> Ordering) -> Vec<u32> {
    let mut pairs: Vec<(K, u32)> = keys.into_iter().zip(0..).collect();
    if reverse {
        pairs.sort_by(|a, b| compare(&b.0, &a.0));
    } else {
        pairs.sort_by(|a, b| compare(&a.0, &b.0));
    }
    pairs.into_iter().map(|p| p.1).collect()
}

/// The order of homogeneous keys.
fn quick_order(keys: &[Value], reverse: bool) -> Option<Vec<u32>> {
    let first = &keys[0];
    if first.as_small_int().is_some() {
        let numbers: Option<Vec<i64>> = keys.iter().map(Value::as_small_int).collect();
        if let Some(numbers) = numbers {
            return Some(arrange(numbers, reverse, i64::cmp));
        }
    }
    if int::is_exact(first) {
        let numbers: Option<Vec<IntView>> = keys.iter().map(|k| if int::is_exact(k) { int::view(k) } else { None }).collect();
        return Some(arrange(numbers?, reverse, |a, b| match (a, b) {
            (IntView::Small(a), IntView::Small(b)) => a.cmp(b),
            (IntView::Big(a), IntView::Big(b)) => a.cmp(b),
            // A big one is beyond all that are small.
            (IntView::Small(_), IntView::Big(b)) => if b.sign() == Sign::Negative { Ordering::Greater } else { Ordering::Less },
            (IntView::Big(a), IntView::Small(_)) => if a.sign() == Sign::Negative { Ordering::Less } else { Ordering::Greater },
        }));
    }
    if first.exact::<Str>().is_some() {
        return order_of_bytes(keys.iter().map(|k| Some(k.exact::<Str>()?.bytes())), reverse);
    }
    if first.exact::<Bytes>().is_some() {
        return order_of_bytes(keys.iter().map(|k| Some(k.exact::<Bytes>()?.as_slice())), reverse);
    }
    if float::exact(first).is_some() {
        let numbers: Option<Vec<f64>> = keys.iter().map(|k| float::exact(k).filter(|f| !f.is_nan())).collect();
        return Some(arrange(numbers?, reverse, |a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal)));
    }
    if first.exact::<Tuple>().is_some() {
        return order_of_tuples(keys, reverse);
    }
    None
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Int,
    Float,
    Str,
}

fn kind(v: &Value) -> Option<Kind> {
    if v.as_small_int().is_some() {
        return Some(Kind::Int);
    }
    match v.as_inline_float() {
        Some(f) => (!f.is_nan()).then_some(Kind::Float),
        None => v.exact::<Str>().map(|_| Kind::Str),
    }
}

/// The order of equally long tuples of which each column holds small integers, floats or texts only: their
/// first items are laid out side by side, and the tuples themselves are asked where these are equal.
fn order_of_tuples(keys: &[Value], reverse: bool) -> Option<Vec<u32>> {
    let kinds: SmallVec<[Kind; 8]> = keys[0].exact::<Tuple>()?.items().iter().map(kind).collect::<Option<_>>()?;
    let mut rows = Vec::with_capacity(keys.len());
    for k in keys {
        let row = k.exact::<Tuple>()?.items();
        if row.len() != kinds.len() || !row.iter().zip(&kinds).all(|(v, k)| kind(v) == Some(*k)) {
            return None;
        }
        rows.push(row);
    }
    let rest = |a: &[Value], b: &[Value]| protocol::order_of_rows(&a[1..], &b[1..]).unwrap_or(Ordering::Equal);
    match kinds.first()? {
        Kind::Int => {
            let rows: Option<Vec<(i64, &[Value])>> = rows.into_iter().map(|r| Some((r[0].as_small_int()?, r))).collect();
            Some(arrange(rows?, reverse, |a, b| a.0.cmp(&b.0).then_with(|| rest(a.1, b.1))))
        }
        Kind::Float => {
            let rows: Option<Vec<(f64, &[Value])>> = rows.into_iter().map(|r| Some((r[0].as_inline_float()?, r))).collect();
            Some(arrange(rows?, reverse, |a, b| a.0.partial_cmp(&b.0).unwrap_or(Ordering::Equal).then_with(|| rest(a.1, b.1))))
        }
        Kind::Str => {
            let rows: Option<Vec<(u64, &[u8], &[Value])>> = rows
                .into_iter()
                .map(|r| {
                    let text = r[0].exact::<Str>()?.bytes();
                    Some((head(text), text, r))
                })
                .collect();
            Some(arrange(rows?, reverse, |a, b| a.0.cmp(&b.0).then_with(|| a.1.cmp(b.1)).then_with(|| rest(a.2, b.2))))
        }
    }
}

/// The first eight bytes, as a number of the same order.
fn head(text: &[u8]) -> u64 {
    let mut head = [0; 8];
    let n = text.len().min(8);
    head[..n].copy_from_slice(&text[..n]);
    u64::from_be_bytes(head)
}

/// The order of texts. The first eight bytes decide most comparisons without touching the rest.
fn order_of_bytes<'a>(texts: impl Iterator<Item = Option<&'a [u8]>>, reverse: bool) -> Option<Vec<u32>> {
    let texts: Option<Vec<(u64, &[u8])>> = texts
        .map(|b| {
            let b = b?;
            Some((head(b), b))
        })
        .collect();
    Some(arrange(texts?, reverse, |a, b| a.0.cmp(&b.0).then_with(|| a.1.cmp(b.1))))
}

/// The comparison of the class that all keys are of, when `quick_order` has nothing to say about it.
fn common_comparison(ts: &ThreadState, keys: &[Value]) -> Option<RichCompare> {
    let class = keys[0].class(ts);
    if class.is(typeobject::builtin(ts, ids::TUPLE)) || class.is(typeobject::builtin(ts, ids::LIST)) {
        return None;
    }
    keys.iter().all(|k| k.class(ts).is(class)).then(|| class.slots().richcompare)?
}

/// The order of any keys, by their own `<`.
fn slow_order(ts: &ThreadState, keys: &[Value], reverse: bool) -> (Vec<u32>, Result<()>) {
    let mut order: Vec<u32> = (0..keys.len() as u32).collect();
    // Reversed twice, so that equal items keep their order.
    if reverse {
        order.reverse();
    }
    let made_by_python = keys[0].class(ts).is_heap_type();
    let result = match common_comparison(ts, keys) {
        Some(f) => merge_sort(&mut order, &mut |a, b| {
            let (a, b) = (&keys[a as usize], &keys[b as usize]);
            // A comparison may give a class made by Python another one, or an object another class.
            if made_by_python && a.class(ts).slots().richcompare.is_none_or(|g| !std::ptr::fn_addr_eq(f, g)) || made_by_python && !a.class(ts).is(b.class(ts)) {
                return protocol::lt(ts, a, b);
            }
            ts.recursion_guard(" in comparison")?;
            let r = f(ts, a, b, CmpOp::Lt)?;
            if r.is_not_implemented() { protocol::lt(ts, a, b) } else { protocol::is_true(ts, &r) }
        }),
        None => merge_sort(&mut order, &mut |a, b| protocol::lt(ts, &keys[a as usize], &keys[b as usize])),
    };
    if reverse {
        order.reverse();
    }
    (order, result)
}

type Less<'a> = &'a mut dyn FnMut(u32, u32) -> Result<bool>;

/// A stable, adaptive merge sort (natural runs, powersort's merge order, galloping).
pub fn merge_sort(order: &mut [u32], less: Less<'_>) -> Result<()> {
    let n = order.len();
    let min_run = min_run(n);
    let mut pending: Vec<Run> = Vec::new();
    let mut min_gallop = MIN_GALLOP;
    let mut start = 0;
    while start < n {
        let mut len = natural_run(&mut order[start..], less)?;
        if len < min_run {
            let forced = min_run.min(n - start);
            insertion(&mut order[start..start + forced], len, less)?;
            len = forced;
        }
        if let Some(last) = pending.last() {
            let power = power(last.start, last.len, len, n);
            while pending.len() > 1 && pending[pending.len() - 2].power > power {
                merge_last(order, &mut pending, &mut min_gallop, less)?;
            }
            if let Some(last) = pending.last_mut() {
                last.power = power;
            }
        }
        pending.push(Run { start, len, power: 0 });
        start += len;
    }
    while pending.len() > 1 {
        merge_last(order, &mut pending, &mut min_gallop, less)?;
    }
    Ok(())
}

struct Run {
    start: usize,
    len: usize,
    /// Depth in the merge tree of the boundary to the next run.
    power: u32,
}

const MIN_GALLOP: usize = 7;

fn min_run(mut n: usize) -> usize {
    let mut rest = 0;
    while n >= 64 {
        rest |= n & 1;
        n >>= 1;
    }
    n + rest
}

/// Powersort: where the boundary between two runs lies in a perfectly balanced tree.
fn power(start: usize, len1: usize, len2: usize, n: usize) -> u32 {
    let (mut a, mut b) = (2 * start + len1, 2 * start + 2 * len1 + len2);
    let mut result = 0;
    loop {
        result += 1;
        if a >= n {
            a -= n;
            b -= n;
        } else if b >= n {
            return result;
        }
        a <<= 1;
        b <<= 1;
    }
}

/// The length of the run at the beginning, made ascending.
fn natural_run(order: &mut [u32], less: Less<'_>) -> Result<usize> {
    if order.len() < 2 {
        return Ok(order.len());
    }
    let mut n = 2;
    if less(order[1], order[0])? {
        while n < order.len() && less(order[n], order[n - 1])? {
            n += 1;
        }
        order[..n].reverse();
    } else {
        while n < order.len() && !less(order[n], order[n - 1])? {
            n += 1;
        }
    }
    Ok(n)
}

/// Binary insertion of the items behind the first `sorted` ones.
fn insertion(order: &mut [u32], sorted: usize, less: Less<'_>) -> Result<()> {
    for i in sorted.max(1)..order.len() {
        let pivot = order[i];
        let (mut low, mut high) = (0, i);
        while low < high {
            let middle = low + (high - low) / 2;
            if less(pivot, order[middle])? {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        order.copy_within(low..i, low + 1);
        order[low] = pivot;
    }
    Ok(())
}

/// How many items of `run` come before `key`; equal ones count if `after_equals`. The search gallops away
/// from `hint`.
fn gallop(key: u32, run: &[u32], hint: usize, after_equals: bool, less: Less<'_>) -> Result<usize> {
    // precedes(i): does run[i] come before the place searched for?
    let mut precedes = |i: usize| if after_equals { less(key, run[i]).map(|b| !b) } else { less(run[i], key) };
    let (mut low, mut high);
    if precedes(hint)? {
        low = hint + 1;
        let mut step = 1;
        loop {
            let i = hint + step;
            if i >= run.len() {
                high = run.len();
                break;
            }
            if !precedes(i)? {
                high = i;
                break;
            }
            low = i + 1;
            step = step * 2 + 1;
        }
    } else {
        high = hint;
        let mut step = 1;
        loop {
            if step > hint {
                low = 0;
                break;
            }
            let i = hint - step;
            if precedes(i)? {
                low = i + 1;
                break;
            }
            high = i;
            step = step * 2 + 1;
        }
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if precedes(middle)? {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

fn merge_last(order: &mut [u32], pending: &mut Vec<Run>, min_gallop: &mut usize, less: Less<'_>) -> Result<()> {
    let Some(right) = pending.pop() else { return Ok(()) };
    let Some(left) = pending.last_mut() else { return Ok(()) };
    let whole = left.start..right.start + right.len;
    let middle = left.len;
    left.len += right.len;
    left.power = right.power;
    merge(&mut order[whole], middle, min_gallop, less)
}

/// Merges the sorted parts before and after `middle`.
fn merge(order: &mut [u32], middle: usize, min_gallop: &mut usize, less: Less<'_>) -> Result<()> {
    let (left, right) = order.split_at(middle);
    // Items already in place at both ends stay there.
    let skip = gallop(right[0], left, 0, true, less)?;
    if skip == left.len() {
        return Ok(());
    }
    let keep = gallop(left[left.len() - 1], right, right.len() - 1, false, less)?;
    if keep == 0 {
        return Ok(());
    }
    let order = &mut order[skip..middle + keep];
    let middle = middle - skip;
    if middle <= order.len() - middle {
        let left = order[..middle].to_vec();
        merge_forward(order, left, min_gallop, less)
    } else {
        let right = order[middle..].to_vec();
        merge_backward(order, right, min_gallop, less)
    }
}

/// `left` was copied out of the beginning; the right part lies behind it in `order`.
fn merge_forward(order: &mut [u32], left: Vec<u32>, min_gallop: &mut usize, less: Less<'_>) -> Result<()> {
    let (mut l, mut r, mut out) = (0, left.len(), 0);
    let result = (|| -> Result<()> {
        while l < left.len() && r < order.len() {
            let (mut left_wins, mut right_wins) = (0, 0);
            while l < left.len() && r < order.len() {
                if less(order[r], left[l])? {
                    order[out] = order[r];
                    r += 1;
                    right_wins += 1;
                    left_wins = 0;
                } else {
                    order[out] = left[l];
                    l += 1;
                    left_wins += 1;
                    right_wins = 0;
                }
                out += 1;
                if left_wins >= *min_gallop || right_wins >= *min_gallop {
                    break;
                }
            }
            *min_gallop += 1;
            while l < left.len() && r < order.len() {
                *min_gallop = (*min_gallop).saturating_sub(1).max(1);
                let n = gallop(order[r], &left[l..], 0, true, less)?;
                order[out..out + n].copy_from_slice(&left[l..l + n]);
                (l, out) = (l + n, out + n);
                if l == left.len() {
                    break;
                }
                order[out] = order[r];
                (r, out) = (r + 1, out + 1);
                if r == order.len() {
                    break;
                }
                let m = gallop(left[l], &order[r..], 0, false, less)?;
                order.copy_within(r..r + m, out);
                (r, out) = (r + m, out + m);
                if r == order.len() {
                    break;
                }
                order[out] = left[l];
                (l, out) = (l + 1, out + 1);
                if n < MIN_GALLOP && m < MIN_GALLOP {
                    *min_gallop += 2;
                    break;
                }
            }
        }
        Ok(())
    })();
    // What is left of the copy fits exactly into the gap.
    let rest = &left[l..];
    order[out..out + rest.len()].copy_from_slice(rest);
    result
}

/// `right` was copied out of the end; the left part lies before it in `order`.
fn merge_backward(order: &mut [u32], right: Vec<u32>, min_gallop: &mut usize, less: Less<'_>) -> Result<()> {
    // `l` items of the left part and `r` of the right are still to be placed, before `out`.
    let (mut l, mut r) = (order.len() - right.len(), right.len());
    let result = (|| -> Result<()> {
        while l > 0 && r > 0 {
            let (mut left_wins, mut right_wins) = (0, 0);
            while l > 0 && r > 0 {
                if less(right[r - 1], order[l - 1])? {
                    order[l + r - 1] = order[l - 1];
                    l -= 1;
                    left_wins += 1;
                    right_wins = 0;
                } else {
                    order[l + r - 1] = right[r - 1];
                    r -= 1;
                    right_wins += 1;
                    left_wins = 0;
                }
                if left_wins >= *min_gallop || right_wins >= *min_gallop {
                    break;
                }
            }
            *min_gallop += 1;
            while l > 0 && r > 0 {
                *min_gallop = (*min_gallop).saturating_sub(1).max(1);
                let stay = gallop(right[r - 1], &order[..l], l - 1, true, less)?;
                let n = l - stay;
                order.copy_within(stay..l, stay + r);
                l = stay;
                if l == 0 {
                    break;
                }
                order[l + r - 1] = right[r - 1];
                r -= 1;
                if r == 0 {
                    break;
                }
                let stay = gallop(order[l - 1], &right[..r], r - 1, false, less)?;
                let m = r - stay;
                order[l + stay..l + r].copy_from_slice(&right[stay..r]);
                r = stay;
                if r == 0 {
                    break;
                }
                order[l + r - 1] = order[l - 1];
                l -= 1;
                if n < MIN_GALLOP && m < MIN_GALLOP {
                    *min_gallop += 2;
                    break;
                }
            }
        }
        Ok(())
    })();
    order[l..l + r].copy_from_slice(&right[..r]);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(keys: &[u32]) {
        let mut order: Vec<u32> = (0..keys.len() as u32).collect();
        merge_sort(&mut order, &mut |a, b| Ok(keys[a as usize] < keys[b as usize])).unwrap();
        let mut expected: Vec<u32> = (0..keys.len() as u32).collect();
        expected.sort_by_key(|&i| keys[i as usize]);
        assert_eq!(order, expected);
    }

    #[test]
    fn sorts_stably() {
        let mut seed = 12345u64;
        let mut random = || {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (seed >> 33) as u32
        };
        for n in [0, 1, 2, 3, 10, 63, 64, 65, 100, 1000, 5000] {
            for kinds in [1, 2, 10, 1000, u32::MAX] {
                let v: Vec<u32> = (0..n).map(|_| random() % kinds).collect();
                check(&v);
                let mut w = v.clone();
                w.sort();
                check(&w);
                w.reverse();
                check(&w);
                let half = w.len() / 2;
                w[..half].sort();
                check(&w);
            }
        }
    }

    #[test]
    fn keeps_all_items_when_a_comparison_fails_or_lies() {
        for stop in 0..2000 {
            let mut order: Vec<u32> = (0..300).collect();
            let (mut count, mut seed) = (0, stop as u64);
            let _ = merge_sort(&mut order, &mut |_, _| {
                count += 1;
                seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1);
                if count > stop { Err(crate::value::Raised) } else { Ok(seed >> 63 == 1) }
            });
            order.sort();
            assert!(order.iter().copied().eq(0..300));
        }
    }
}
