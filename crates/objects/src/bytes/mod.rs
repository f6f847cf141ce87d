//! `bytes`: immutable bytes, inline in the object, with a cached hash. What `bytes` and `bytearray` have in
//! common is in [`shared`] (methods) and [`ops`] (what the methods do).

pub mod case;
pub mod class;
pub mod convert;
pub mod iter;
pub mod ops;
pub mod shared;
pub mod split;

use crate::heap::{Header, Ref};
use crate::str::hash_bytes;
use crate::thread::ThreadState;
use crate::typeobject::Type;
use crate::value::Value;
use std::cell::{Cell, OnceCell};
use std::ptr::NonNull;

/// The payload of `bytes`; its contents follow in the object.
#[repr(C)]
pub struct Bytes {
    hash: Cell<i64>,
    len: usize,
}

crate::payload!(Bytes, id = crate::ids::BYTES, extra = inline_bytes);

/// # Safety
/// `h` is a `bytes`.
unsafe fn inline_bytes(h: *mut Header) -> usize {
    // SAFETY: by the contract.
    round_up(unsafe { &*(h.add(1) as *const Bytes) }.len)
}

#[inline(always)]
fn round_up(n: usize) -> usize {
    (n + 7) & !7
}

/// Takes a dead object of exactly `bytes` apart.
///
/// # Safety
/// No references are left.
#[inline]
pub(crate) unsafe fn release(h: *mut Header) {
    // SAFETY: by the contract.
    unsafe {
        let extra = round_up((*(h.add(1) as *const Bytes)).len);
        crate::heap::free_leaf::<Bytes>(h, extra);
    }
}

/// The shared objects of an interpreter: nothing, and single bytes.
pub struct Cache {
    empty: OnceCell<Ref<Bytes>>,
    single: Box<[OnceCell<Ref<Bytes>>; 256]>,
}

impl Default for Cache {
    fn default() -> Cache {
        Cache { empty: OnceCell::new(), single: Box::new([const { OnceCell::new() }; 256]) }
    }
}

impl Drop for Cache {
    fn drop(&mut self) {
        // As with the interned strings: too late to release anything.
        if crate::thread::try_current().is_none() {
            std::mem::forget(std::mem::replace(&mut self.single, Box::new([const { OnceCell::new() }; 256])));
            std::mem::forget(self.empty.take());
        }
    }
}

impl Bytes {
    /// # Safety
    /// `h` has room for the payload and `len` bytes; `fill` writes them all.
    unsafe fn write(h: NonNull<Header>, len: usize, fill: impl FnOnce(*mut u8)) -> Ref<Bytes> {
        // SAFETY: by the contract.
        unsafe {
            let payload = h.as_ptr().add(1) as *mut Bytes;
            payload.write(Bytes { hash: Cell::new(-1), len });
            fill(payload.add(1) as *mut u8);
            Ref::from_value_unchecked(Value::from_header(h))
        }
    }
    fn allocate(bytes: &[u8]) -> Ref<Bytes> {
        // SAFETY: all bytes are copied.
        unsafe {
            let h = crate::heap::allocate_leaf::<Bytes>(round_up(bytes.len()));
            Bytes::write(h, bytes.len(), |p| p.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()))
        }
    }
    pub fn new(ts: &ThreadState, bytes: &[u8]) -> Ref<Bytes> {
        match *bytes {
            [] => ts.interp().bytes_cache.empty.get_or_init(|| Bytes::allocate(&[])).clone(),
            [b] => ts.interp().bytes_cache.single[b as usize].get_or_init(|| Bytes::allocate(&[b])).clone(),
            _ => Bytes::allocate(bytes),
        }
    }
    pub fn empty(ts: &ThreadState) -> Ref<Bytes> {
        Bytes::new(ts, &[])
    }
    /// Contents of a known size, written by `fill` over zeros.
    pub fn with(ts: &ThreadState, len: usize, fill: impl FnOnce(&mut [u8])) -> Ref<Bytes> {
        if len <= 1 {
            let mut one = [0];
            fill(&mut one[..len]);
            return Bytes::new(ts, &one[..len]);
        }
        // SAFETY: zeroed before it is seen as a slice.
        unsafe {
            let h = crate::heap::allocate_leaf::<Bytes>(round_up(len));
            Bytes::write(h, len, |p| {
                p.write_bytes(0, len);
                fill(std::slice::from_raw_parts_mut(p, len));
            })
        }
    }
    /// The contents of several pieces in a row.
    pub fn from_pieces(ts: &ThreadState, pieces: &[&[u8]]) -> Ref<Bytes> {
        let len = pieces.iter().map(|p| p.len()).sum();
        Bytes::with(ts, len, |out| {
            let mut at = 0;
            for p in pieces {
                out[at..at + p.len()].copy_from_slice(p);
                at += p.len();
            }
        })
    }
    /// An instance of `ty`: `bytes` or a subclass.
    pub fn with_type(ts: &ThreadState, ty: &Type, bytes: &[u8]) -> Ref<Bytes> {
        if !ty.is_heap_type() {
            return Bytes::new(ts, bytes);
        }
        // SAFETY: all bytes are copied; the payload is written before anybody sees the object.
        unsafe {
            let h = crate::heap::allocate(ts, ty, round_up(bytes.len()));
            let b = Bytes::write(h, bytes.len(), |p| p.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()));
            b
        }
    }
    #[inline(always)]
    pub fn as_slice(&self) -> &[u8] {
        // SAFETY: the contents lie behind the payload.
        unsafe { std::slice::from_raw_parts((self as *const Bytes).add(1) as *const u8, self.len) }
    }
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len
    }
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
    #[inline]
    pub fn hash(&self, ts: &ThreadState) -> i64 {
        if self.hash.get() == -1 {
            self.hash.set(hash_bytes(ts, self.as_slice()));
        }
        self.hash.get()
    }
    pub fn to_ref(&self) -> Ref<Bytes> {
        // SAFETY: a `Bytes` exists only inside its object.
        unsafe { Ref::from_payload(self) }
    }
    /// The contents as an object of exactly `bytes`.
    pub fn plain(&self, ts: &ThreadState) -> Ref<Bytes> {
        let me = self.to_ref();
        if me.as_value().is_exact::<Bytes>() { me } else { Bytes::new(ts, self.as_slice()) }
    }
}

impl std::ops::Deref for Bytes {
    type Target = [u8];
    #[inline(always)]
    fn deref(&self) -> &[u8] {
        self.as_slice()
    }
}

const _: () = assert!(size_of::<Bytes>() == 16);
