//! Positions in text that is not ASCII: code point index to byte offset and back, in constant time by
//! way of marks made on first use. Short text is walked instead.

use super::Str;
use crate::unicode::wtf8;

/// Code points between two marks.
const STEP: usize = 32;
/// Bytes in a block.
const BLOCK: usize = 64;
/// Text up to this many bytes gets no marks.
const SHORT: usize = 96;

/// The byte offset of each `STEP`th code point.
pub struct Index {
    pub(super) chars: usize,
    marks: Box<[usize]>,
    /// How many code points begin before each block of `BLOCK` bytes.
    before: Box<[usize]>,
}

impl Index {
    fn new(bytes: &[u8]) -> Index {
        let mut marks = Vec::with_capacity(bytes.len() / STEP / 2 + 1);
        let mut at = 0;
        while at < bytes.len() {
            marks.push(at);
            at = wtf8::advance(bytes, at, STEP);
        }
        let last = marks.last().copied().unwrap_or(0);
        let chars = marks.len().saturating_sub(1) * STEP + wtf8::count(&bytes[last..]);
        let mut begun = 0;
        let before = bytes
            .chunks(BLOCK)
            .map(|block| {
                let here = begun;
                begun += wtf8::count(block);
                here
            })
            .collect();
        Index { chars, marks: marks.into(), before }
    }
}

impl Str {
    /// The marks, made now when the text is long enough to deserve them.
    fn index(&self) -> Option<&Index> {
        if let Some(i) = self.index_if_made() {
            return Some(i);
        }
        if self.bytes().len() <= SHORT {
            return None;
        }
        Some(self.set_index(Box::new(Index::new(self.bytes()))))
    }
    /// Byte offset of the code point with this index (which may be the length).
    #[inline]
    pub fn offset_of(&self, index: usize) -> usize {
        if self.is_ascii() { index } else { self.offset_of_slow(index) }
    }
    fn offset_of_slow(&self, index: usize) -> usize {
        let bytes = self.bytes();
        match self.index() {
            None => wtf8::advance(bytes, 0, index),
            Some(i) if index >= i.chars => bytes.len(),
            Some(i) => wtf8::advance(bytes, i.marks[index / STEP], index % STEP),
        }
    }
    /// Index of the code point that begins at this byte offset.
    #[inline]
    pub fn index_of(&self, offset: usize) -> usize {
        if self.is_ascii() { offset } else { self.index_of_slow(offset) }
    }
    fn index_of_slow(&self, offset: usize) -> usize {
        let bytes = self.bytes();
        if offset == bytes.len() {
            return self.len();
        }
        match self.index() {
            None => wtf8::count(&bytes[..offset]),
            Some(i) => i.before[offset / BLOCK] + wtf8::count(&bytes[offset / BLOCK * BLOCK..offset]),
        }
    }
}
