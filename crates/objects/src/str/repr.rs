//! The text that `repr` and `ascii` make of a string.

use super::{Str, StrBuilder};
use crate::heap::Ref;
use crate::thread::ThreadState;
use crate::unicode::{self, wtf8::CodePoints};

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Appends `\x`, `\u` or `\U` and the digits, whichever is the shortest that will do.
pub fn push_escape(out: &mut StrBuilder, c: u32) {
    let (letter, digits) = match c {
        0..0x100 => (b'x', 2),
        0x100..0x10000 => (b'u', 4),
        _ => (b'U', 8),
    };
    out.push_ascii(b'\\');
    out.push_ascii(letter);
    for i in (0..digits).rev() {
        out.push_ascii(HEX[(c >> (4 * i) & 15) as usize]);
    }
}

/// Apostrophes, unless they are in the text and quotation marks are not.
pub fn quote_for(text: &[u8]) -> u8 {
    if memchr::memchr(b'\'', text).is_some() && memchr::memchr(b'"', text).is_none() { b'"' } else { b'\'' }
}

/// Appends the literal for `text`; with `ascii_only`, whatever is not ASCII is escaped.
pub fn push_repr(out: &mut StrBuilder, text: &[u8], ascii_only: bool) {
    let quote = quote_for(text);
    out.push_ascii(quote);
    // Runs that need no escapes are copied whole.
    let mut at = 0;
    while at < text.len() {
        let plain = text[at..].iter().position(|&b| !(32..127).contains(&b) || b == b'\\' || b == quote).unwrap_or(text.len() - at);
        out.push_bytes(&text[at..at + plain]);
        at += plain;
        if at == text.len() {
            break;
        }
        let mut rest = CodePoints::new(&text[at..]);
        let Some(c) = rest.next() else { break };
        match u8::try_from(c).unwrap_or(0x80) {
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b if b == quote || b == b'\\' => {
                out.push_ascii(b'\\');
                out.push_ascii(b);
            }
            _ if c < 128 || ascii_only || !unicode::is_printable(c) => push_escape(out, c),
            _ => out.push(c),
        }
        at = text.len() - rest.rest().len();
    }
    out.push_ascii(quote);
}

impl Str {
    pub fn repr(&self, ts: &ThreadState) -> Ref<Str> {
        let mut out = StrBuilder::with_capacity(self.byte_len() + 2);
        push_repr(&mut out, self.bytes(), false);
        out.finish(ts)
    }
    /// `ascii(self)`
    pub fn ascii_repr(&self, ts: &ThreadState) -> Ref<Str> {
        let mut out = StrBuilder::with_capacity(self.byte_len() + 2);
        push_repr(&mut out, self.bytes(), true);
        out.finish(ts)
    }
}

/// `ascii()` of any text that a `repr` gave: what is not ASCII is escaped.
pub fn escape_non_ascii(ts: &ThreadState, text: Ref<Str>) -> Ref<Str> {
    if text.is_ascii() {
        return text;
    }
    let mut out = StrBuilder::with_capacity(text.byte_len() * 2);
    for c in text.code_points() {
        if c < 128 { out.push_ascii(c as u8) } else { push_escape(&mut out, c) }
    }
    out.finish(ts)
}
