//! Building text piece by piece.

use super::Str;
use crate::heap::Ref;
use crate::thread::ThreadState;
use crate::unicode::wtf8;
use crate::value::Result;
use smallvec::SmallVec;

/// Text under construction: generalised UTF-8 that becomes a `str` at the end.
#[derive(Default, Clone)]
pub struct StrBuilder {
    /// Short texts never see the allocator.
    bytes: SmallVec<[u8; 128]>,
}

impl StrBuilder {
    pub fn new() -> StrBuilder {
        StrBuilder::default()
    }
    pub fn with_capacity(n: usize) -> StrBuilder {
        StrBuilder { bytes: SmallVec::with_capacity(n) }
    }
    /// Makes room, or raises MemoryError.
    pub fn reserve(&mut self, ts: &ThreadState, n: usize) -> Result<()> {
        self.bytes.try_reserve(n).map_err(|_| ts.memory_error())
    }
    #[inline]
    pub fn push(&mut self, cp: u32) {
        if cp < 0x80 {
            self.bytes.push(cp as u8);
        } else {
            self.push_wide(cp)
        }
    }
    #[inline]
    fn push_wide(&mut self, cp: u32) {
        let mut four = [0; 4];
        let n = wtf8::encode(cp, &mut four).len();
        let at = self.bytes.len();
        if self.bytes.capacity() - at < 4 {
            self.bytes.reserve(4);
        }
        // SAFETY: there is room for four bytes, which are written whether or not they count.
        unsafe {
            (self.bytes.as_mut_ptr().add(at) as *mut [u8; 4]).write_unaligned(four);
            self.bytes.set_len(at + n);
        }
    }
    #[inline]
    pub fn push_ascii(&mut self, b: u8) {
        debug_assert!(b < 0x80);
        self.bytes.push(b)
    }
    #[inline]
    pub fn push_str(&mut self, s: &str) {
        self.push_bytes(s.as_bytes())
    }
    /// Appends generalised UTF-8.
    #[inline]
    pub fn push_bytes(&mut self, b: &[u8]) {
        let at = self.bytes.len();
        if self.bytes.capacity() - at < b.len() {
            self.bytes.reserve(b.len());
        }
        // SAFETY: there is room.
        unsafe {
            self.bytes.as_mut_ptr().add(at).copy_from_nonoverlapping(b.as_ptr(), b.len());
            self.bytes.set_len(at + b.len());
        }
    }
    #[inline]
    pub fn push_text(&mut self, s: &Str) {
        self.push_bytes(s.bytes())
    }
    /// Appends a number in decimal digits.
    #[inline]
    pub fn push_i64(&mut self, i: i64) {
        use crate::int::digits;
        let (at, n) = (self.bytes.len(), digits::text_len(i));
        self.bytes.reserve(n);
        // SAFETY: there is room, and all bytes are written.
        unsafe {
            digits::write_signed(std::slice::from_raw_parts_mut(self.bytes.as_mut_ptr().add(at), n), i);
            self.bytes.set_len(at + n);
        }
    }
    #[inline]
    pub fn push_repeated(&mut self, cp: u32, n: usize) {
        if n == 0 {
            return;
        }
        self.push_many(cp, n)
    }
    fn push_many(&mut self, cp: u32, n: usize) {
        if cp < 0x80 && self.bytes.capacity() - self.bytes.len() >= n {
            let at = self.bytes.len();
            // SAFETY: there is room.
            unsafe {
                self.bytes.as_mut_ptr().add(at).write_bytes(cp as u8, n);
                self.bytes.set_len(at + n);
            }
            return;
        }
        if cp < 0x80 {
            self.bytes.resize(self.bytes.len() + n, cp as u8);
            return;
        }
        let mut buffer = [0; 4];
        let one = wtf8::encode(cp, &mut buffer);
        self.bytes.reserve(one.len() * n);
        for _ in 0..n {
            self.bytes.extend_from_slice(one);
        }
    }
    pub fn byte_len(&self) -> usize {
        self.bytes.len()
    }
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes.into_vec()
    }
    #[inline]
    pub fn finish(self, ts: &ThreadState) -> Ref<Str> {
        Str::from_wtf8(ts, &self.bytes)
    }
}

impl std::fmt::Write for StrBuilder {
    fn write_str(&mut self, s: &str) -> std::fmt::Result {
        self.push_str(s);
        Ok(())
    }
}
