//! UTF-8.

use super::{Decoder, Encoder, Replacement};
use crate::heap::Ref;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::unicode::wtf8;
use crate::value::Result;

const REASON: &str = "surrogates not allowed";

pub fn encode(ts: &ThreadState, s: &Str, errors: &str) -> Result<Vec<u8>> {
    if !s.has_surrogates() {
        return Ok(s.bytes().to_vec());
    }
    let mut e = Encoder::new(ts, "utf-8", s, errors);
    e.surrogate = Some(|c, out| wtf8::push(out, c));
    let text = s.bytes();
    let mut at = 0;
    while at < text.len() {
        let next = memchr::memchr_iter(0xed, &text[at..]).map(|i| at + i).find(|&i| text[i + 1] >= 0xa0);
        let Some(start) = next else {
            e.out.extend_from_slice(&text[at..]);
            break;
        };
        e.out.extend_from_slice(&text[at..start]);
        let mut end = start;
        while end < text.len() && text[end] == 0xed && text[end + 1] >= 0xa0 {
            end += 3;
        }
        let (replacement, resume) = e.replace(start, end, REASON)?;
        match replacement {
            Replacement::Bytes(b) => e.out.extend_from_slice(&b),
            Replacement::Text(t) if t.is_ascii() => e.out.extend_from_slice(t.bytes()),
            Replacement::Text(_) => return Err(e.fail(start, end, REASON)),
        }
        at = resume;
    }
    Ok(e.out)
}

/// The surrogate at the beginning of the bytes.
pub fn surrogate(b: &[u8]) -> Option<(u32, usize)> {
    match *b {
        [0xed, x @ 0xa0..=0xbf, y @ 0x80..=0xbf, ..] => Some((0xd000 | (x as u32 & 0x3f) << 6 | y as u32 & 0x3f, 3)),
        _ => None,
    }
}

/// Decodes; without `last`, an unfinished sequence at the end is left. Also tells how many bytes were used.
pub fn decode(ts: &ThreadState, bytes: &[u8], errors: &str, last: bool) -> Result<(Ref<Str>, usize)> {
    if bytes.is_ascii() {
        return Ok((Str::from_ascii(ts, bytes), bytes.len()));
    }
    if let Ok(s) = std::str::from_utf8(bytes) {
        return Ok((Str::new(ts, s), bytes.len()));
    }
    let mut d = Decoder::new(ts, "utf-8", bytes, errors);
    d.surrogate = Some(surrogate);
    let mut at = 0;
    while at < d.input.len() {
        let error = match std::str::from_utf8(&d.input[at..]) {
            Ok(s) => {
                d.out.push_str(s);
                at = d.input.len();
                break;
            }
            Err(e) => e,
        };
        let start = at + error.valid_up_to();
        d.out.push_bytes(&d.input[at..start]);
        // The beginning of a surrogate may become a whole one.
        if !last && matches!(d.input[start..], [0xed, 0xa0..=0xbf]) {
            at = start;
            break;
        }
        let (end, reason) = match error.error_len() {
            None if !last => {
                at = start;
                break;
            }
            None => (d.input.len(), "unexpected end of data"),
            Some(n) if matches!(d.input[start], 0xc2..=0xf4) => (start + n, "invalid continuation byte"),
            Some(n) => (start + n, "invalid start byte"),
        };
        at = d.replace(start, end, reason)?;
    }
    Ok((d.finish(), at))
}
