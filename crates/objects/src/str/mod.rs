//! `str`: immutable text. The object holds its text inline as generalised UTF-8 ([`wtf8`]), with an ASCII
//! flag, a cached hash and, for other text, the number of code points or the marks of [`index`] that make
//! indexing O(1). Everybody else sees text through the methods of [`Str`]; only this file knows where it lies.

pub mod builder;
pub mod case;
pub mod class;
pub mod index;
pub mod intern;
pub mod iter;
pub mod predicates;
pub mod repr;
pub mod search;
pub mod split;
pub mod translate;

use crate::heap::{Header, Ref};
use crate::thread::{self, ThreadState};
use crate::typeobject::Type;
use crate::unicode::wtf8::{self, CodePoints};
use crate::value::Value;
pub use builder::StrBuilder;
use index::Index;
pub use intern::{Interned, hash_bytes, hash_key};
use std::borrow::Cow;
use std::cell::Cell;
use std::ptr::NonNull;

pub const FLAG_ASCII: usize = 1;
pub const FLAG_INTERNED: usize = 2;
/// Known to hold no surrogates.
const FLAG_UTF8: usize = 4;
/// Known to hold surrogates.
const FLAG_SURROGATES: usize = 8;
const FLAG_BITS: u32 = 8;

const NO_HASH: i64 = -1;

/// The payload of a `str`; its text follows in the object.
#[repr(C)]
pub struct Str {
    hash: Cell<i64>,
    /// Number of bytes, shifted over the flags.
    meta: Cell<usize>,
    /// 0: not known; odd: twice the number of code points plus one; else a `Box<Index>`.
    aux: Cell<usize>,
}

crate::payload!(Str, id = crate::ids::STR, extra = inline_bytes);

/// # Safety
/// `h` is a `str`.
unsafe fn inline_bytes(h: *mut Header) -> usize {
    // SAFETY: by the contract.
    round_up(unsafe { &*(h.add(1) as *const Str) }.byte_len())
}

#[inline(always)]
fn round_up(n: usize) -> usize {
    (n + 7) & !7
}

/// Takes a dead object of exactly `str` apart.
///
/// # Safety
/// No references are left.
#[inline]
pub(crate) unsafe fn release(h: *mut Header) {
    // SAFETY: by the contract; the size is read before the payload goes.
    unsafe {
        let s = h.add(1) as *mut Str;
        let extra = round_up((*s).byte_len());
        std::ptr::drop_in_place(s);
        crate::heap::free_leaf::<Str>(h, extra);
    }
}

impl Drop for Str {
    #[inline]
    fn drop(&mut self) {
        if self.is_interned() {
            self.leave(thread::current());
        }
        let aux = self.aux.get();
        if aux & 1 == 0 && aux != 0 {
            // SAFETY: an even word is a box that `set_index` leaked.
            drop(unsafe { Box::from_raw(aux as *mut Index) });
        }
    }
}

impl Str {
    /// An object of exactly `str` with the text written by `fill`, which must fill all bytes.
    ///
    /// # Safety
    /// `fill` writes `len` bytes of generalised UTF-8, and `flags` tell the truth.
    #[inline]
    pub(crate) unsafe fn allocate(len: usize, flags: usize, fill: impl FnOnce(*mut u8)) -> Ref<Str> {
        // SAFETY: the payload is written before anybody sees the object.
        unsafe {
            let h = crate::heap::allocate_leaf::<Str>(round_up(len));
            Str::write(h, len, flags, fill)
        }
    }
    /// As [`Str::allocate`], for an object of a subclass.
    ///
    /// # Safety
    /// As [`Str::allocate`]; `ty` is `str` or a subclass.
    pub(crate) unsafe fn allocate_typed(ts: &ThreadState, ty: &Type, len: usize, flags: usize, fill: impl FnOnce(*mut u8)) -> Ref<Str> {
        // SAFETY: the payload is written before anybody sees the object.
        unsafe {
            let h = crate::heap::allocate(ts, ty, round_up(len));
            let s = Str::write(h, len, flags, fill);
            s
        }
    }
    #[inline(always)]
    unsafe fn write(h: NonNull<Header>, len: usize, flags: usize, fill: impl FnOnce(*mut u8)) -> Ref<Str> {
        // SAFETY: the object has room for the payload and `len` bytes.
        unsafe {
            let payload = h.as_ptr().add(1) as *mut Str;
            payload.write(Str { hash: Cell::new(NO_HASH), meta: Cell::new(len << FLAG_BITS | flags), aux: Cell::new(0) });
            fill(payload.add(1) as *mut u8);
            Ref::from_value_unchecked(Value::from_header(h))
        }
    }
    pub(crate) fn allocate_wtf8(bytes: &[u8]) -> Ref<Str> {
        debug_assert!(wtf8::is_valid(bytes));
        let flags = if bytes.is_ascii() { FLAG_ASCII | FLAG_UTF8 } else { 0 };
        // SAFETY: all bytes are copied; callers pass valid text.
        unsafe { Str::allocate(bytes.len(), flags, |p| p.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len())) }
    }
    pub fn new(ts: &ThreadState, s: &str) -> Ref<Str> {
        let bytes = s.as_bytes();
        if bytes.len() <= 2 {
            if let Some(one) = Str::cached(ts, bytes) {
                return one;
            }
        }
        let flags = if bytes.is_ascii() { FLAG_ASCII | FLAG_UTF8 } else { FLAG_UTF8 };
        // SAFETY: all bytes are copied.
        unsafe { Str::allocate(bytes.len(), flags, |p| p.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len())) }
    }
    /// From generalised UTF-8, which the caller guarantees it to be (checked in debug builds).
    pub fn from_wtf8(ts: &ThreadState, bytes: impl AsRef<[u8]>) -> Ref<Str> {
        let bytes = bytes.as_ref();
        match Str::cached(ts, bytes) {
            Some(one) => one,
            None => Str::allocate_wtf8(bytes),
        }
    }
    /// From bytes that the caller knows to be ASCII.
    #[inline]
    pub fn from_ascii(ts: &ThreadState, bytes: &[u8]) -> Ref<Str> {
        debug_assert!(bytes.is_ascii());
        match *bytes {
            [] => Str::empty(ts),
            [c] => Str::latin1(ts, c),
            // SAFETY: all bytes are copied.
            _ => unsafe { Str::allocate(bytes.len(), FLAG_ASCII | FLAG_UTF8, |p| p.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len())) },
        }
    }
    /// A number in decimal digits.
    #[inline]
    pub fn from_i64(ts: &ThreadState, i: i64) -> Ref<Str> {
        use crate::int::digits;
        if (0..10).contains(&i) {
            return Str::latin1(ts, b'0' + i as u8);
        }
        let n = digits::text_len(i);
        // SAFETY: all bytes are written.
        unsafe { Str::allocate(n, FLAG_ASCII | FLAG_UTF8, |p| digits::write_signed(std::slice::from_raw_parts_mut(p, n), i)) }
    }
    /// As [`Str::from_ascii_with`], when `fill` writes all bytes.
    #[inline]
    pub(crate) fn from_ascii_filled(ts: &ThreadState, len: usize, fill: impl FnOnce(&mut [u8])) -> Ref<Str> {
        if len <= 64 {
            let mut small = [0; 64];
            fill(&mut small[..len]);
            return Str::from_ascii(ts, &small[..len]);
        }
        Str::from_ascii_with(ts, len, fill)
    }
    /// ASCII text of a known size, written by `fill` over zeros.
    pub(crate) fn from_ascii_with(ts: &ThreadState, len: usize, fill: impl FnOnce(&mut [u8])) -> Ref<Str> {
        if len <= 1 {
            let mut one = [0];
            fill(&mut one[..len]);
            return Str::from_ascii(ts, &one[..len]);
        }
        // SAFETY: zeroed before it is seen as a slice; callers write ASCII.
        unsafe {
            Str::allocate(len, FLAG_ASCII | FLAG_UTF8, |p| {
                p.write_bytes(0, len);
                let out = std::slice::from_raw_parts_mut(p, len);
                fill(out);
                debug_assert!(out.is_ascii());
            })
        }
    }
    /// Text of a known size and known flags, put together from pieces of other strings.
    pub(crate) fn build(ts: &ThreadState, len: usize, flags: usize, fill: impl FnOnce(&mut Filler)) -> Ref<Str> {
        if len <= 2 {
            let mut small = [0; 2];
            let mut f = Filler { at: small.as_mut_ptr(), left: len };
            fill(&mut f);
            assert_eq!(f.left, 0);
            return Str::from_wtf8(ts, &small[..len]);
        }
        // SAFETY: the filler writes within `len` bytes, and all of them.
        unsafe {
            Str::allocate(len, flags, |p| {
                let mut f = Filler { at: p, left: len };
                fill(&mut f);
                assert_eq!(f.left, 0);
            })
        }
    }
    /// As [`Str::build`], when only the finished text tells whether it is ASCII.
    pub(crate) fn build_any(ts: &ThreadState, len: usize, fill: impl FnOnce(&mut Filler)) -> Ref<Str> {
        let s = Str::build(ts, len, 0, fill);
        if s.bytes().is_ascii() {
            s.set_flag(FLAG_ASCII | FLAG_UTF8);
        }
        s
    }
    /// The text of several strings in a row, which all of `items` must be.
    pub fn join_values(ts: &ThreadState, items: &[Value]) -> Ref<Str> {
        let (mut len, mut flags) = (0, FLAG_ASCII | FLAG_UTF8);
        for s in items.iter().filter_map(Value::as_str) {
            len += s.byte_len();
            flags &= s.flags();
        }
        Str::build(ts, len, flags, |out| items.iter().filter_map(Value::as_str).for_each(|s| out.push(s.bytes())))
    }
    /// What is known of the text, for [`Str::build`].
    #[inline(always)]
    pub(crate) fn flags(&self) -> usize {
        self.meta.get() & (FLAG_ASCII | FLAG_UTF8)
    }
    /// The string of one code point, surrogates included.
    #[inline]
    pub fn from_code_point(ts: &ThreadState, cp: u32) -> Ref<Str> {
        if cp < 0x100 { Str::latin1(ts, cp as u8) } else { Str::allocate_wtf8(wtf8::encode(cp, &mut [0; 4])) }
    }
    /// The text of several pieces in a row.
    pub fn from_pieces(ts: &ThreadState, pieces: &[&[u8]]) -> Ref<Str> {
        let ascii = pieces.iter().all(|p| p.is_ascii());
        // SAFETY: just looked.
        unsafe { Str::join_pieces(ts, pieces, ascii) }
    }
    /// As [`Str::from_pieces`], of ASCII.
    #[inline]
    pub(crate) fn from_ascii_pieces(ts: &ThreadState, pieces: &[&[u8]]) -> Ref<Str> {
        debug_assert!(pieces.iter().all(|p| p.is_ascii()));
        // SAFETY: the caller says so.
        unsafe { Str::join_pieces(ts, pieces, true) }
    }
    #[inline]
    unsafe fn join_pieces(ts: &ThreadState, pieces: &[&[u8]], ascii: bool) -> Ref<Str> {
        let len = pieces.iter().map(|p| p.len()).sum();
        if len <= 2 {
            return Str::from_wtf8(ts, pieces.concat());
        }
        let flags = if ascii { FLAG_ASCII | FLAG_UTF8 } else { 0 };
        // SAFETY: the pieces have `len` bytes together.
        unsafe {
            Str::allocate(len, flags, |mut out| {
                for p in pieces {
                    out.copy_from_nonoverlapping(p.as_ptr(), p.len());
                    out = out.add(p.len());
                }
            })
        }
    }
    /// Two texts in a row. (Flags are known: no byte is looked at.)
    #[inline]
    pub fn concat(ts: &ThreadState, a: &Str, b: &Str) -> Ref<Str> {
        let (x, y) = (a.bytes(), b.bytes());
        let len = x.len() + y.len();
        if len <= 2 {
            return Str::from_wtf8(ts, [x, y].concat());
        }
        // SAFETY: both are copied; the flags hold for the whole when they hold for both.
        unsafe {
            Str::allocate(len, a.shared_flags(b), |out| {
                out.copy_from_nonoverlapping(x.as_ptr(), x.len());
                out.add(x.len()).copy_from_nonoverlapping(y.as_ptr(), y.len());
            })
        }
    }
    fn shared_flags(&self, other: &Str) -> usize {
        self.meta.get() & other.meta.get() & (FLAG_ASCII | FLAG_UTF8)
    }
    /// `left + right`, reusing `left`'s memory when nobody else holds it.
    pub fn concat_owned(ts: &ThreadState, left: Ref<Str>, right: &Str) -> Ref<Str> {
        let header = left.as_value().header_ptr();
        // SAFETY: a live object.
        let alone = left.as_value().is_counted() && left.as_value().is_exact::<Str>() && unsafe { (*header).count() } == 1;
        let (n, m) = (left.byte_len(), right.byte_len());
        if !alone || left.is_interned() || n < 8 || std::ptr::eq(&*left, right) {
            return Str::concat(ts, &left, right);
        }
        let flags = left.shared_flags(right);
        let aux = left.aux.replace(0);
        if aux & 1 == 0 && aux != 0 {
            // SAFETY: as in `drop`.
            drop(unsafe { Box::from_raw(aux as *mut Index) });
        }
        let word = left.into_value().into_word();
        debug_assert_eq!(word, header as u64);
        // SAFETY: the only reference is ours; the payload is rewritten for the new size at once.
        unsafe {
            let h = crate::heap::reallocate_leaf::<Str>(header, round_up(n), round_up(n + m));
            Str::write(h, n + m, flags, |out| out.add(n).copy_from_nonoverlapping(right.bytes().as_ptr(), m))
        }
    }
    /// The bytes of a range of `source` that lies on boundaries.
    #[inline]
    pub fn subslice(ts: &ThreadState, source: &Str, start: usize, end: usize) -> Ref<Str> {
        let bytes = &source.bytes()[start..end];
        if source.is_ascii() { Str::from_ascii(ts, bytes) } else { Str::from_wtf8(ts, bytes) }
    }

    #[inline(always)]
    pub fn byte_len(&self) -> usize {
        self.meta.get() >> FLAG_BITS
    }
    /// The text as generalised UTF-8.
    #[inline(always)]
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: the text lies behind the payload.
        unsafe { std::slice::from_raw_parts((self as *const Str).add(1) as *const u8, self.byte_len()) }
    }
    #[inline(always)]
    pub fn is_ascii(&self) -> bool {
        self.meta.get() & FLAG_ASCII != 0
    }
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.byte_len() == 0
    }
    #[inline(always)]
    pub fn is_interned(&self) -> bool {
        self.meta.get() & FLAG_INTERNED != 0
    }
    pub(super) fn set_flag(&self, flag: usize) {
        self.meta.set(self.meta.get() | flag)
    }
    /// The text, unless it holds surrogates.
    pub fn as_str(&self) -> Option<&str> {
        if self.has_surrogates() {
            return None;
        }
        // SAFETY: generalised UTF-8 without surrogates is UTF-8.
        Some(unsafe { std::str::from_utf8_unchecked(self.bytes()) })
    }
    pub fn has_surrogates(&self) -> bool {
        let meta = self.meta.get();
        if meta & (FLAG_UTF8 | FLAG_SURROGATES) == 0 {
            let found = wtf8::has_surrogates(self.bytes());
            self.set_flag(if found { FLAG_SURROGATES } else { FLAG_UTF8 });
            return found;
        }
        meta & FLAG_SURROGATES != 0
    }
    /// The text with surrogates replaced by U+FFFD.
    pub fn to_string_lossy(&self) -> Cow<'_, str> {
        match self.as_str() {
            Some(s) => Cow::Borrowed(s),
            None => Cow::Owned(self.code_points().map(|c| char::from_u32(c).unwrap_or('\u{fffd}')).collect()),
        }
    }
    /// Number of code points.
    #[inline]
    pub fn len(&self) -> usize {
        if self.is_ascii() { self.byte_len() } else { self.len_slow() }
    }
    fn len_slow(&self) -> usize {
        match self.aux.get() {
            0 => {
                let n = wtf8::count(self.bytes());
                self.aux.set(n << 1 | 1);
                n
            }
            n if n & 1 == 1 => n >> 1,
            _ => self.index_if_made().map_or(0, |i| i.chars),
        }
    }
    #[inline]
    pub(super) fn index_if_made(&self) -> Option<&Index> {
        let aux = self.aux.get();
        if aux & 1 == 0 && aux != 0 {
            // SAFETY: an even word is a box; it lives as long as the string.
            Some(unsafe { &*(aux as *const Index) })
        } else {
            None
        }
    }
    pub(super) fn set_index(&self, index: Box<Index>) -> &Index {
        debug_assert!(self.index_if_made().is_none());
        let p = Box::into_raw(index);
        self.aux.set(p as usize);
        // SAFETY: as above.
        unsafe { &*p }
    }
    #[inline(always)]
    pub fn code_points(&self) -> CodePoints<'_> {
        CodePoints::new(self.bytes())
    }
    /// The code point at an index below the length.
    #[inline]
    pub fn code_point(&self, index: usize) -> u32 {
        if self.is_ascii() { self.bytes()[index] as u32 } else { wtf8::decode_at(self.bytes(), self.offset_of(index)).0 }
    }
    /// The only code point of a string of length 1.
    pub fn single(&self) -> Option<u32> {
        let b = self.bytes();
        if b.is_empty() || wtf8::width(b[0]) != b.len() { None } else { Some(wtf8::decode_at(b, 0).0) }
    }
    #[inline(always)]
    pub fn hash(&self, ts: &ThreadState) -> i64 {
        match self.hash.get() {
            NO_HASH => {
                let h = hash_bytes(ts, self.bytes());
                self.hash.set(h);
                h
            }
            h => h,
        }
    }
    #[inline(always)]
    pub fn hash_if_known(&self) -> Option<i64> {
        match self.hash.get() {
            NO_HASH => None,
            h => Some(h),
        }
    }
    pub(super) fn set_hash(&self, hash: i64) {
        self.hash.set(hash)
    }
    /// Equal text. Two different interned strings are told apart by their addresses.
    #[inline(always)]
    pub fn eq(&self, other: &Str) -> bool {
        if std::ptr::eq(self, other) {
            return true;
        }
        if self.meta.get() & other.meta.get() & FLAG_INTERNED != 0 {
            return false;
        }
        self.bytes() == other.bytes()
    }
    /// A new reference to the object.
    pub fn to_ref(&self) -> Ref<Str> {
        // SAFETY: a `Str` exists only inside its object.
        unsafe { Ref::from_payload(self) }
    }
}

/// Fills the memory of a new string from left to right.
pub(crate) struct Filler {
    at: *mut u8,
    left: usize,
}

impl Filler {
    #[inline]
    pub fn push(&mut self, bytes: &[u8]) {
        let n = bytes.len();
        assert!(n <= self.left);
        // SAFETY: there is room for the bytes; the two halves of a short piece overlap instead of looping.
        unsafe {
            let from = bytes.as_ptr();
            if (4..=16).contains(&n) {
                if n >= 8 {
                    let (a, b) = ((from as *const u64).read_unaligned(), (from.add(n - 8) as *const u64).read_unaligned());
                    (self.at as *mut u64).write_unaligned(a);
                    (self.at.add(n - 8) as *mut u64).write_unaligned(b);
                } else {
                    let (a, b) = ((from as *const u32).read_unaligned(), (from.add(n - 4) as *const u32).read_unaligned());
                    (self.at as *mut u32).write_unaligned(a);
                    (self.at.add(n - 4) as *mut u32).write_unaligned(b);
                }
            } else if n < 4 {
                for i in 0..n {
                    self.at.add(i).write(*from.add(i));
                }
            } else {
                self.at.copy_from_nonoverlapping(from, n);
            }
            self.at = self.at.add(n);
        }
        self.left -= n;
    }
    pub fn fill(&mut self, byte: u8, count: usize) {
        assert!(count <= self.left);
        // SAFETY: there is room for the bytes.
        unsafe {
            self.at.write_bytes(byte, count);
            self.at = self.at.add(count);
        }
        self.left -= count;
    }
}

impl Value {
    /// The text of an object of exactly `str`.
    #[inline(always)]
    pub fn as_str_exact(&self) -> Option<&Str> {
        self.exact::<Str>()
    }
    /// The text of a `str` or of an instance of a subclass.
    #[inline(always)]
    pub fn as_str(&self) -> Option<&Str> {
        self.downcast::<Str>()
    }
}

impl std::fmt::Debug for Str {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.to_string_lossy())
    }
}
impl std::fmt::Display for Str {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.to_string_lossy())
    }
}

const _: () = assert!(size_of::<Str>() == 24);
