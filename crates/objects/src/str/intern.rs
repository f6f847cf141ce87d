//! One object per text: the table of interned strings, the one-character strings, and the key with which
//! text is hashed. All of it belongs to an interpreter ([`ThreadState::interp`]).

use super::{FLAG_INTERNED, Str};
use crate::heap::{GilCell, Header, IMMORTAL, Ref};
use crate::thread::ThreadState;
use crate::value::{TAG_BORROWED, Value};
use hashbrown::HashTable;
use siphasher::sip::SipHasher13;
use std::cell::Cell;
use std::ptr::NonNull;

/// The interned strings of an interpreter. The table does not keep them alive: a string that dies takes
/// itself out.
pub struct Interned {
    table: GilCell<HashTable<NonNull<Header>>>,
    /// Words of the one-character strings, which are immortal; 0 until asked for.
    chars: Box<[Cell<u64>; 256]>,
    empty: Cell<u64>,
}

impl Interned {
    pub fn new() -> Interned {
        Interned {
            table: GilCell::new(HashTable::with_capacity(4096)),
            chars: Box::new([const { Cell::new(0) }; 256]),
            empty: Cell::new(0),
        }
    }
}

impl Drop for Interned {
    fn drop(&mut self) {
        for word in self.chars.iter().chain([&self.empty]).map(Cell::get).filter(|w| *w != 0) {
            let h = (word & !TAG_BORROWED) as *mut Header;
            // SAFETY: made by `shared`; with its interpreter gone nobody looks at it any more.
            unsafe { crate::heap::discard_leaf::<Str>(h, super::round_up((*(h.add(1) as *const Str)).byte_len())) }
        }
    }
}

/// The text of an object in the table.
///
/// # Safety
/// `h` is a `str` whose memory has not been freed.
unsafe fn text<'a>(h: NonNull<Header>) -> &'a Str {
    // SAFETY: by the contract a `Str` follows the header.
    unsafe { &*(h.as_ptr().add(1) as *const Str) }
}

impl Str {
    /// The interned `str` with this text.
    pub fn intern(ts: &ThreadState, s: &str) -> Ref<Str> {
        Str::intern_wtf8(ts, s.as_bytes())
    }
    pub fn intern_wtf8(ts: &ThreadState, bytes: &[u8]) -> Ref<Str> {
        if let Some(one) = Str::cached(ts, bytes) {
            return one;
        }
        let hash = hash_bytes(ts, bytes);
        if let Some(found) = Str::find_interned(ts, hash, bytes) {
            return found;
        }
        let new = Str::allocate_wtf8(bytes);
        new.set_hash(hash);
        Str::enter(&new, ts, hash);
        new
    }
    /// The interned `str` equal to this one, which becomes it when there was none. An instance of a
    /// subclass is never interned: its text is.
    pub fn intern_ref(ts: &ThreadState, s: &Ref<Str>) -> Ref<Str> {
        if s.is_interned() {
            return s.clone();
        }
        if !s.as_value().is_exact::<Str>() {
            return Str::intern_wtf8(ts, s.bytes());
        }
        if let Some(one) = Str::cached(ts, s.bytes()) {
            return one;
        }
        let hash = s.hash(ts);
        if let Some(found) = Str::find_interned(ts, hash, s.bytes()) {
            return found;
        }
        Str::enter(&s, ts, hash);
        s.clone()
    }
    fn find_interned(ts: &ThreadState, hash: i64, bytes: &[u8]) -> Option<Ref<Str>> {
        let table = &ts.interp().interned.table;
        // SAFETY: what is in the table has not been freed.
        let found = table.read(|t| t.find(hash as u64, |&h| unsafe { text(h) }.bytes() == bytes).copied())?;
        // SAFETY: as above.
        let header = unsafe { found.as_ref() };
        if header.count() == 0 {
            // On its way out: it must not come back.
            table.write(|t| {
                if let Ok(e) = t.find_entry(hash as u64, |&h| h == found) {
                    e.remove();
                }
            });
            return None;
        }
        header.increment();
        // SAFETY: a live `str` that has just been counted.
        Some(unsafe { Ref::from_value_unchecked(Value::from_header(found)) })
    }
    fn enter(this: &Ref<Str>, ts: &ThreadState, hash: i64) {
        this.set_flag(FLAG_INTERNED);
        // SAFETY: an object's header is never null.
        let h = unsafe { NonNull::new_unchecked(this.as_value().header_ptr()) };
        ts.interp().interned.table.write(|t| {
            // SAFETY: what is in the table has not been freed.
            t.insert_unique(hash as u64, h, |&h| unsafe { text(h) }.hash_if_known().unwrap_or(0) as u64);
        });
    }
    /// A dying interned string leaves the table.
    pub(super) fn leave(&self, ts: &ThreadState) {
        let hash = self.hash_if_known().unwrap_or(0);
        let me = self.bytes().as_ptr();
        ts.interp().interned.table.write(|t| {
            // SAFETY: what is in the table has not been freed.
            if let Ok(e) = t.find_entry(hash as u64, |&h| std::ptr::eq(unsafe { text(h) }.bytes().as_ptr(), me)) {
                e.remove();
            }
        });
    }
    /// The shared object for the empty text and for single characters below U+0100.
    #[inline]
    pub(super) fn cached(ts: &ThreadState, bytes: &[u8]) -> Option<Ref<Str>> {
        match *bytes {
            [] => Some(Str::empty(ts)),
            [b] => Some(Str::latin1(ts, b)),
            [a, b] if (0xc2..0xc4).contains(&a) => Some(Str::latin1(ts, (a & 3) << 6 | (b & 0x3f))),
            _ => None,
        }
    }
    #[inline]
    pub fn empty(ts: &ThreadState) -> Ref<Str> {
        Str::shared(ts, &ts.interp().interned.empty, &[])
    }
    /// The one-character string of a code point below U+0100.
    #[inline(always)]
    pub fn latin1(ts: &ThreadState, c: u8) -> Ref<Str> {
        let cell = &ts.interp().interned.chars[c as usize];
        match cell.get() {
            0 => Str::shared(ts, cell, char::from(c).encode_utf8(&mut [0; 4]).as_bytes()),
            // SAFETY: the word of an immortal `str`.
            word => unsafe { Ref::from_value_unchecked(Value::from_word(word)) },
        }
    }
    /// The immortal string of a cell, made now if there is none.
    fn shared(ts: &ThreadState, cell: &Cell<u64>, bytes: &[u8]) -> Ref<Str> {
        if cell.get() == 0 {
            let s = Str::allocate_wtf8(bytes);
            let hash = hash_bytes(ts, bytes);
            s.set_hash(hash);
            Str::enter(&s, ts, hash);
            // SAFETY: a live object, which now lives as long as the interpreter.
            unsafe { (*s.as_value().header_ptr()).set_count(IMMORTAL) };
            cell.set(s.into_value().into_word() | TAG_BORROWED);
        }
        // SAFETY: the word of an immortal `str`.
        unsafe { Ref::from_value_unchecked(Value::from_word(cell.get())) }
    }
}

/// The hash of `str` and `bytes` contents: SipHash-1-3 under the interpreter's key, 0 for nothing.
#[inline]
pub fn hash_bytes(ts: &ThreadState, bytes: &[u8]) -> i64 {
    if bytes.is_empty() {
        return 0;
    }
    let (k0, k1) = ts.interp().hash_key;
    match SipHasher13::new_with_keys(k0, k1).hash(bytes) as i64 {
        -1 => -2,
        h => h,
    }
}

/// The key for a value of `PYTHONHASHSEED`: a random one when absent, none at all for 0. Equal to
/// CPython's for equal seeds, so that ASCII text hashes alike.
pub fn hash_key(seed: Option<u32>) -> (u64, u64) {
    use std::hash::{BuildHasher, Hasher, RandomState};
    match seed {
        None => (RandomState::new().build_hasher().finish(), RandomState::new().build_hasher().finish()),
        Some(0) => (0, 0),
        Some(seed) => {
            let mut x = seed;
            let mut next = || {
                let mut key = [0; 8];
                for b in &mut key {
                    x = x.wrapping_mul(214013).wrapping_add(2531011);
                    *b = (x >> 16) as u8;
                }
                u64::from_le_bytes(key)
            };
            let k0 = next();
            (k0, next())
        }
    }
}
