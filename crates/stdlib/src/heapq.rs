//! The module `_heapq`: priority queues in lists.
//!
//! A heap is a list in which no item is less than the one at half its place; with the functions whose name ends
//! in `_max` none is greater. Comparisons run Python code, which may change the list: its length is watched.

use crate::prelude::*;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_heapq",
    doc: "Priority queues in lists: heap[k] <= heap[2*k+1] and heap[k] <= heap[2*k+2] for all k.",
    functions: &[functions::FUNCTIONS],
    init: None,
};

/// Does `a` come before `b`?
#[inline]
fn before(ts: &ThreadState, a: &Value, b: &Value, max: bool) -> Result<bool> {
    if let Some(order) = protocol::quick_order(a, b) {
        return Ok(if max { order.is_gt() } else { order.is_lt() });
    }
    if max { protocol::lt(ts, b, a) } else { protocol::lt(ts, a, b) }
}

fn changed(ts: &ThreadState) -> Raised {
    ts.runtime_error("list changed size during iteration")
}

fn out_of_range(ts: &ThreadState) -> Raised {
    ts.index_error("index out of range")
}

fn at(ts: &ThreadState, heap: &List, i: usize) -> Result {
    heap.get(i).ok_or_else(|| changed(ts))
}

/// Moves the item at `pos` towards the root as far as it belongs.
fn sift_down(ts: &ThreadState, heap: &List, start: usize, mut pos: usize, max: bool) -> Result<()> {
    let size = heap.len();
    if pos >= size {
        return Err(out_of_range(ts));
    }
    let new = at(ts, heap, pos)?;
    while pos > start {
        let parent = (pos - 1) >> 1;
        let v = at(ts, heap, parent)?;
        let first = before(ts, &new, &v, max)?;
        if heap.len() != size {
            return Err(changed(ts));
        }
        if !first {
            break;
        }
        heap.items.write(|items| items.swap(parent, pos));
        pos = parent;
    }
    Ok(())
}

/// Moves the item at `pos` down to a leaf, then up to where it belongs: that takes fewer comparisons.
fn sift_up(ts: &ThreadState, heap: &List, mut pos: usize, max: bool) -> Result<()> {
    let size = heap.len();
    let start = pos;
    if pos >= size {
        return Err(out_of_range(ts));
    }
    while pos < size >> 1 {
        let mut child = 2 * pos + 1;
        if child + 1 < size {
            let (a, b) = (at(ts, heap, child)?, at(ts, heap, child + 1)?);
            let first = before(ts, &a, &b, max)?;
            if heap.len() != size {
                return Err(changed(ts));
            }
            child += !first as usize;
        }
        heap.items.write(|items| items.swap(child, pos));
        pos = child;
    }
    sift_down(ts, heap, start, pos, max)
}

fn push(ts: &ThreadState, heap: &List, item: Value, max: bool) -> Result<()> {
    heap.push(item);
    sift_down(ts, heap, 0, heap.len() - 1, max)
}

fn pop(ts: &ThreadState, heap: &List, max: bool) -> Result {
    let Some(last) = heap.pop() else { return Err(out_of_range(ts)) };
    if heap.is_empty() {
        return Ok(last);
    }
    replace(ts, heap, last, max)
}

fn replace(ts: &ThreadState, heap: &List, item: Value, max: bool) -> Result {
    let Some(top) = heap.get(0) else { return Err(out_of_range(ts)) };
    let _ = heap.set(0, item);
    sift_up(ts, heap, 0, max)?;
    Ok(top)
}

fn push_pop(ts: &ThreadState, heap: &List, item: Value, max: bool) -> Result {
    let Some(top) = heap.get(0) else { return Ok(item) };
    if !before(ts, &top, &item, max)? {
        return Ok(item);
    }
    replace(ts, heap, item, max)
}

fn heapify(ts: &ThreadState, heap: &List, max: bool) -> Result<()> {
    for i in (0..heap.len() / 2).rev() {
        sift_up(ts, heap, i, max)?;
    }
    Ok(())
}

#[taipan_macros::functions(module = "_heapq")]
pub mod functions {
    use super::*;

    /// Makes a heap of a list, in linear time.
    #[function("heapify(heap, /)")]
    fn heapify(ts: &ThreadState, heap: &List) -> Result<()> {
        super::heapify(ts, heap, false)
    }
    /// Makes a max-heap of a list, in linear time.
    #[function("heapify_max(heap, /)")]
    fn heapify_max(ts: &ThreadState, heap: &List) -> Result<()> {
        super::heapify(ts, heap, true)
    }
    /// Takes the smallest item off the heap.
    #[function("heappop(heap, /)")]
    fn heappop(ts: &ThreadState, heap: &List) -> Result {
        pop(ts, heap, false)
    }
    /// Takes the largest item off the max-heap.
    #[function("heappop_max(heap, /)")]
    fn heappop_max(ts: &ThreadState, heap: &List) -> Result {
        pop(ts, heap, true)
    }
    /// Puts an item onto the heap.
    #[function("heappush(heap, item, /)")]
    fn heappush(ts: &ThreadState, heap: &List, item: Value) -> Result<()> {
        push(ts, heap, item, false)
    }
    /// Puts an item onto the max-heap.
    #[function("heappush_max(heap, item, /)")]
    fn heappush_max(ts: &ThreadState, heap: &List, item: Value) -> Result<()> {
        push(ts, heap, item, true)
    }
    /// Puts an item onto the heap, then takes the smallest one off.
    #[function("heappushpop(heap, item, /)")]
    fn heappushpop(ts: &ThreadState, heap: &List, item: Value) -> Result {
        push_pop(ts, heap, item, false)
    }
    /// Puts an item onto the max-heap, then takes the largest one off.
    #[function("heappushpop_max(heap, item, /)")]
    fn heappushpop_max(ts: &ThreadState, heap: &List, item: Value) -> Result {
        push_pop(ts, heap, item, true)
    }
    /// Takes the smallest item off the heap, then puts the new one onto it.
    #[function("heapreplace(heap, item, /)")]
    fn heapreplace(ts: &ThreadState, heap: &List, item: Value) -> Result {
        replace(ts, heap, item, false)
    }
    /// Takes the largest item off the max-heap, then puts the new one onto it.
    #[function("heapreplace_max(heap, item, /)")]
    fn heapreplace_max(ts: &ThreadState, heap: &List, item: Value) -> Result {
        replace(ts, heap, item, true)
    }
}
