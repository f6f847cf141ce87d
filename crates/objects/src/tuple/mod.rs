//! `tuple`: a fixed row of values, stored inline behind the payload.
//!
//! [`Tuple`] is what Rust code uses; [`methods`] is what Python sees.

pub mod iter;
mod methods;
pub use methods::{compare_rows, repeated};

use crate::heap::{self, GilCell, Header, Payload, Ref};
use crate::ids;
use crate::payload;
use crate::thread::ThreadState;
use crate::typeobject::Type;
use crate::value::{Result, TAG_BORROWED, Value};
use std::cell::Cell;
use std::ptr::NonNull;

/// The number of items; the items themselves follow in memory. Never built on the Rust stack.
#[repr(C)]
pub struct Tuple {
    len: usize,
}

payload!(Tuple, id = ids::TUPLE, extra = extra_bytes, container, traverse = |s, visit| s.items().iter().for_each(&mut *visit));

unsafe fn extra_bytes(h: *mut Header) -> usize {
    // SAFETY: called for tuples only.
    unsafe { (*(h.add(1) as *const Tuple)).len * size_of::<Value>() }
}

impl Drop for Tuple {
    fn drop(&mut self) {
        // SAFETY: the items are initialised and nobody refers to the tuple any more.
        unsafe { std::ptr::drop_in_place(std::ptr::slice_from_raw_parts_mut(self.items_ptr(), self.len)) }
    }
}

/// The one empty tuple: a whole object in static memory, with the gc word that containers have.
#[repr(C, align(8))]
struct EmptyTuple {
    gc: Cell<u64>,
    header: Header,
    len: usize,
}
// SAFETY: immortal and empty: nothing in it is ever written.
unsafe impl Sync for EmptyTuple {}
static EMPTY: EmptyTuple = EmptyTuple { gc: Cell::new(0), header: Header::immortal(ids::TUPLE), len: 0 };

impl Tuple {
    #[inline]
    pub fn new(ts: &ThreadState, mut items: Vec<Value>) -> Ref<Tuple> {
        // SAFETY: the vector gives its items up, they are moved bit by bit.
        unsafe {
            let n = items.len();
            items.set_len(0);
            Tuple::take(ts, items.as_ptr(), n)
        }
    }
    /// A tuple of what was gathered on the stack.
    #[inline]
    pub fn from_row<A: smallvec::Array<Item = Value>>(ts: &ThreadState, mut items: smallvec::SmallVec<A>) -> Ref<Tuple> {
        // SAFETY: as above.
        unsafe {
            let n = items.len();
            items.set_len(0);
            Tuple::take(ts, items.as_ptr(), n)
        }
    }
    /// A tuple of `ty`, which is `tuple` or a subclass.
    pub fn new_with_type(ts: &ThreadState, ty: &Type, mut items: Vec<Value>) -> Ref<Tuple> {
        // SAFETY: as above.
        unsafe {
            let n = items.len();
            items.set_len(0);
            let h = heap::allocate(ts, ty, n * size_of::<Value>());
            Tuple::write(h, items.as_ptr(), n)
        }
    }
    #[inline]
    pub fn from_slice(ts: &ThreadState, items: &[Value]) -> Ref<Tuple> {
        for v in items {
            std::mem::forget(v.clone());
        }
        // SAFETY: the counts just taken belong to the copies.
        unsafe { Tuple::take(ts, items.as_ptr(), items.len()) }
    }
    #[inline]
    pub fn from_array<const N: usize>(ts: &ThreadState, items: [Value; N]) -> Ref<Tuple> {
        let items = std::mem::ManuallyDrop::new(items);
        // SAFETY: the array is not dropped; its items move.
        unsafe { Tuple::take(ts, items.as_ptr(), N) }
    }
    /// Moves `n` values from `items` into a new tuple.
    ///
    /// # Safety
    /// The caller gives up the `n` values at `items`.
    #[inline]
    pub unsafe fn take(ts: &ThreadState, items: *const Value, n: usize) -> Ref<Tuple> {
        if n == 0 {
            return Tuple::empty(ts);
        }
        // SAFETY: the payload is complete before anybody sees the object.
        unsafe {
            let h = heap::allocate_container::<Tuple>(ts, n * size_of::<Value>());
            Tuple::write(h, items, n)
        }
    }
    /// A tuple whose `n` items are still to be written, and where.
    ///
    /// # Safety
    /// They are written before anybody sees the object or another one is made.
    #[inline(always)]
    unsafe fn blank(ts: &ThreadState, n: usize) -> (NonNull<Header>, *mut Value) {
        // SAFETY: the object has room for `n` items.
        unsafe {
            let h = heap::allocate_container::<Tuple>(ts, n * size_of::<Value>());
            let t = h.as_ptr().add(1) as *mut Tuple;
            (&raw mut (*t).len).write(n);
            (h, t.add(1) as *mut Value)
        }
    }
    /// A tuple of `n` items, made one by one. `item` must not run Python code.
    #[inline]
    pub fn build(ts: &ThreadState, n: usize, item: impl Fn(usize) -> Value) -> Ref<Tuple> {
        if n == 0 {
            return Tuple::empty(ts);
        }
        // SAFETY: all items are written before anybody sees the object.
        unsafe {
            let (h, items) = Tuple::blank(ts, n);
            for i in 0..n {
                items.add(i).write(item(i));
            }
            Ref::from_value_unchecked(Value::from_header(h))
        }
    }
    /// A tuple of `n` items: first these, then those that come one by one, of which there are enough. Making them must
    /// not run Python code.
    #[inline]
    fn build_from(ts: &ThreadState, n: usize, first: &[Value], mut rest: impl Iterator<Item = Value>) -> Ref<Tuple> {
        if n == 0 {
            return Tuple::empty(ts);
        }
        // SAFETY: as in `build`.
        unsafe {
            let (h, items) = Tuple::blank(ts, n);
            let begun = first.len().min(n);
            for (i, v) in first[..begun].iter().enumerate() {
                items.add(i).write(v.clone());
            }
            for i in begun..n {
                items.add(i).write(rest.next().unwrap_or_else(Value::none));
            }
            Ref::from_value_unchecked(Value::from_header(h))
        }
    }
    #[inline(always)]
    unsafe fn write(h: NonNull<Header>, items: *const Value, n: usize) -> Ref<Tuple> {
        // SAFETY: the object has room for `n` items.
        unsafe {
            let t = h.as_ptr().add(1) as *mut Tuple;
            (&raw mut (*t).len).write(n);
            let to = t.add(1) as *mut u64;
            if n <= 4 {
                // Word by word: items are often written just before, and reading two words at once what was
                // written as single ones makes the processor wait.
                for i in 0..n {
                    to.add(i).write((items as *const u64).add(i).read_volatile());
                }
            } else {
                std::ptr::copy_nonoverlapping(items as *const u64, to, n);
            }
            Ref::from_value_unchecked(Value::from_header(h))
        }
    }
    /// The class `tuple`.
    pub fn class_value(ts: &ThreadState) -> Ref<Type> {
        <Tuple as Payload>::class(ts)
    }
    #[inline]
    pub fn empty(_ts: &ThreadState) -> Ref<Tuple> {
        // SAFETY: the static is a tuple; immortal objects are tagged as borrowed.
        unsafe { Ref::from_value_unchecked(Value::from_word(&EMPTY.header as *const Header as u64 | TAG_BORROWED)) }
    }
    #[inline(always)]
    fn items_ptr(&self) -> *mut Value {
        // SAFETY: the items lie directly behind the payload, inside the same allocation.
        unsafe { (self as *const Tuple).add(1) as *mut Value }
    }
    #[inline(always)]
    pub fn items(&self) -> &[Value] {
        // SAFETY: `len` initialised values follow.
        unsafe { std::slice::from_raw_parts(self.items_ptr(), self.len) }
    }
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len
    }
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
    #[inline(always)]
    pub fn get(&self, i: usize) -> Option<&Value> {
        self.items().get(i)
    }
}

/// The tuple that an iterator gave out last: when nobody kept it, it is filled anew and given out again,
/// as CPython does for `zip`, `enumerate` and `dict.items()`.
#[derive(Default)]
pub struct Reusable(GilCell<Option<Ref<Tuple>>>);

impl Reusable {
    pub fn visit(&self, visit: heap::Visit<'_>) {
        self.0.read(|t| t.iter().for_each(|t| visit(t.as_value())))
    }
    /// In line, so that the items stay in registers: an array just written is slow to read as a whole.
    #[inline(always)]
    pub fn fill<const N: usize>(&self, ts: &ThreadState, items: [Value; N]) -> Value {
        // SAFETY: a live object; with a count of one nobody else sees the items, of which there are N. Nothing
        // that happens here gets at the cell again.
        unsafe {
            let last = &mut *self.0.as_ptr();
            if let Some(t) = last
                && (*t.as_value().header_ptr()).count() == 1
                && t.len == N
            {
                let old = t.items_ptr();
                let items = std::mem::ManuallyDrop::new(items);
                for i in 0..N {
                    drop(old.add(i).replace(std::ptr::read(&items[i])));
                }
                return t.as_value().clone();
            }
            let t = Tuple::from_array(ts, items);
            *last = Some(t.clone());
            t.into_value()
        }
    }
    /// The row given out last with another last item; absent if there is none.
    #[inline(always)]
    pub fn with_last(&self, ts: &ThreadState, item: &Value) -> Option<Value> {
        // SAFETY: as above.
        unsafe {
            let last = &mut *self.0.as_ptr();
            let t = last.as_ref()?;
            let n = t.len.checked_sub(1)?;
            if (*t.as_value().header_ptr()).count() == 1 {
                *t.items_ptr().add(n) = item.clone();
                return Some(t.as_value().clone());
            }
            let (h, items) = Tuple::blank(ts, n + 1);
            for i in 0..n {
                items.add(i).write((*t.items_ptr().add(i)).clone());
            }
            items.add(n).write(item.clone());
            let new: Ref<Tuple> = Ref::from_value_unchecked(Value::from_header(h));
            *last = Some(new.clone());
            Some(new.into_value())
        }
    }
    /// The row of `n` given out last, with other items from `from` on, of which there are enough; the first time
    /// `from` is 0. Making the items must not run Python code.
    #[inline(always)]
    pub fn refill(&self, ts: &ThreadState, n: usize, from: usize, items: impl Iterator<Item = Value>) -> Value {
        // SAFETY: as above.
        unsafe {
            let last = &mut *self.0.as_ptr();
            if let Some(t) = last
                && (*t.as_value().header_ptr()).count() == 1
            {
                let rest = std::slice::from_raw_parts_mut(t.items_ptr().add(from), n - from);
                for (old, new) in rest.iter_mut().zip(items) {
                    *old = new;
                }
                return t.as_value().clone();
            }
            let t = Tuple::build_from(ts, n, last.as_ref().map_or(&[][..], |t| &t.items()[..from]), items);
            *last = Some(t.clone());
            t.into_value()
        }
    }
}

/// CPython's hash of a row of hashes (a simplified xxHash): set order shows it.
pub struct RowHash {
    acc: u64,
    len: u64,
}

const PRIME_1: u64 = 11400714785074694791;
const PRIME_2: u64 = 14029467366897019727;
const PRIME_5: u64 = 2870177450012600261;

impl RowHash {
    pub const fn new() -> RowHash {
        RowHash { acc: PRIME_5, len: 0 }
    }
    #[inline(always)]
    pub fn add(&mut self, lane: i64) {
        self.acc = self.acc.wrapping_add((lane as u64).wrapping_mul(PRIME_2)).rotate_left(31).wrapping_mul(PRIME_1);
        self.len += 1;
    }
    /// As a slice is hashed.
    pub fn finish_without_length(&self) -> i64 {
        if self.acc == u64::MAX { 1546275796 } else { self.acc as i64 }
    }
    pub fn finish(&self) -> i64 {
        let acc = self.acc.wrapping_add(self.len ^ (PRIME_5 ^ 3527539));
        if acc == u64::MAX { 1546275796 } else { acc as i64 }
    }
}

/// The hash of a tuple of these items.
pub fn hash_items(ts: &ThreadState, items: &[Value]) -> Result<i64> {
    let mut h = RowHash::new();
    for v in items {
        h.add(crate::dict::hash_key(ts, v)?);
    }
    Ok(h.finish())
}
