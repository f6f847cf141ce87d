//! `str` methods that change case.

use super::Str;
use crate::heap::Ref;
use crate::thread::ThreadState;
use crate::unicode::{self, Mapped, wtf8};
use taipan_macros::methods;

/// The lower case of the capital sigma at `at`: the final form behind something cased when nothing cased
/// follows, ignorable marks left out.
fn sigma(text: &[u8], at: usize) -> u32 {
    let cased = |mut all: Box<dyn Iterator<Item = u32> + '_>| {
        all.find(|&c| !unicode::is(c, unicode::CASE_IGNORABLE)).is_some_and(|c| unicode::is(c, unicode::CASED))
    };
    let before = cased(Box::new(wtf8::CodePoints::new(&text[..at]).rev()));
    let after = cased(Box::new(wtf8::CodePoints::new(&text[at + 2..])));
    if before && !after { 0x3c2 } else { 0x3c3 }
}

#[inline]
fn lower_at(text: &[u8], at: usize, c: u32) -> Mapped {
    if c == 0x3a3 { Mapped::One(sigma(text, at)) } else { unicode::to_lower(c) }
}

/// Maps code points one for one where that is all there is to do: `ascii` for whole runs of ASCII, `other`
/// with the offset for what is between.
#[inline(always)]
fn map_runs(text: &[u8], ascii: fn(&mut [u8]), mut other: impl FnMut(usize, u32) -> Mapped) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + text.len() / 8 + 8);
    let mut at = 0;
    while at < text.len() {
        if text[at] < 0x80 {
            let from = out.len();
            // Between words in another script there is but a space.
            if text.get(at + 1).is_some_and(|b| *b >= 0x80) {
                out.push(text[at]);
                ascii(&mut out[from..]);
                at += 1;
                continue;
            }
            let run = text[at..].iter().position(|b| *b >= 0x80).unwrap_or(text.len() - at);
            out.extend_from_slice(&text[at..at + run]);
            ascii(&mut out[from..]);
            at += run;
            continue;
        }
        let (c, w) = wtf8::decode_at(text, at);
        match other(at, c) {
            // Two bytes, the common case.
            Mapped::One(m @ 0x80..0x800) => out.extend_from_slice(&[(m >> 6) as u8 | 0xc0, (m & 0x3f) as u8 | 0x80]),
            m => m.push(&mut out),
        }
        at += w;
    }
    out
}

/// Maps each code point; `f` gets its offset too.
fn map(text: &[u8], mut f: impl FnMut(usize, u32) -> Mapped) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 8);
    let mut at = 0;
    while at < text.len() {
        let (c, w) = wtf8::decode_at(text, at);
        match f(at, c) {
            Mapped::One(m @ 0..0x80) => out.push(m as u8),
            Mapped::One(m @ 0x80..0x800) => out.extend_from_slice(&[(m >> 6) as u8 | 0xc0, (m & 0x3f) as u8 | 0x80]),
            m => m.push(&mut out),
        }
        at += w;
    }
    out
}

/// `text` in lower case.
pub fn lower(text: &[u8]) -> Vec<u8> {
    map_runs(text, <[u8]>::make_ascii_lowercase, |at, c| lower_at(text, at, c))
}
pub fn upper(text: &[u8]) -> Vec<u8> {
    map_runs(text, <[u8]>::make_ascii_uppercase, |_, c| unicode::to_upper(c))
}
pub fn casefold(text: &[u8]) -> Vec<u8> {
    map_runs(text, <[u8]>::make_ascii_lowercase, |_, c| unicode::to_fold(c))
}
pub fn swapcase(text: &[u8]) -> Vec<u8> {
    map(text, |at, c| {
        let flags = unicode::flags(c);
        if flags & unicode::UPPER != 0 {
            lower_at(text, at, c)
        } else if flags & unicode::LOWER != 0 {
            unicode::to_upper(c)
        } else {
            Mapped::One(c)
        }
    })
}
pub fn capitalize(text: &[u8]) -> Vec<u8> {
    map(text, |at, c| if at == 0 { unicode::to_title(c) } else { lower_at(text, at, c) })
}
pub fn title(text: &[u8]) -> Vec<u8> {
    let mut inside = false;
    map(text, |at, c| {
        let m = if inside { lower_at(text, at, c) } else { unicode::to_title(c) };
        inside = unicode::is(c, unicode::CASED);
        m
    })
}

impl Str {
    fn mapped(&self, ts: &ThreadState, ascii: impl FnOnce(&mut [u8]), other: fn(&[u8]) -> Vec<u8>) -> Ref<Str> {
        if self.is_ascii() {
            Str::from_ascii_with(ts, self.byte_len(), |out| {
                out.copy_from_slice(self.bytes());
                ascii(out);
            })
        } else {
            Str::from_wtf8(ts, other(self.bytes()))
        }
    }
}

#[methods(part = CASE)]
impl Str {
    /// Return a copy in lower case.
    #[method("lower($self, /)")]
    pub fn lower(&self, ts: &ThreadState) -> Ref<Str> {
        self.mapped(ts, |b| b.make_ascii_lowercase(), lower)
    }
    /// Return a copy in upper case.
    #[method("upper($self, /)")]
    pub fn upper(&self, ts: &ThreadState) -> Ref<Str> {
        self.mapped(ts, |b| b.make_ascii_uppercase(), upper)
    }
    /// Return a copy that is fit for comparisons without regard to case.
    #[method("casefold($self, /)")]
    pub fn casefold(&self, ts: &ThreadState) -> Ref<Str> {
        self.mapped(ts, |b| b.make_ascii_lowercase(), casefold)
    }
    /// Return a copy in which upper case has become lower case and the other way round.
    #[method("swapcase($self, /)")]
    fn swapcase(&self, ts: &ThreadState) -> Ref<Str> {
        self.mapped(ts, |b| crate::bytes::case::swapcase(b), swapcase)
    }
    /// Return a copy with the first character in title case and the others in lower case.
    #[method("capitalize($self, /)")]
    fn capitalize(&self, ts: &ThreadState) -> Ref<Str> {
        self.mapped(ts, |b| crate::bytes::case::capitalize(b), capitalize)
    }
    /// Return a copy in which each word begins in title case and goes on in lower case.
    #[method("title($self, /)")]
    fn title(&self, ts: &ThreadState) -> Ref<Str> {
        self.mapped(ts, |b| crate::bytes::case::title(b), title)
    }
}
