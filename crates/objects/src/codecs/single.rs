//! Latin-1 and ASCII.

use super::{Decoder, Encoder, Replacement};
use crate::heap::Ref;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::unicode::wtf8;
use crate::value::Result;

pub fn decode_latin1(ts: &ThreadState, bytes: &[u8]) -> Ref<Str> {
    if bytes.is_ascii() {
        return Str::from_ascii(ts, bytes);
    }
    let mut out = Vec::with_capacity(bytes.len() + bytes.iter().filter(|b| **b >= 0x80).count());
    for &b in bytes {
        if b < 0x80 {
            out.push(b);
        } else {
            out.extend_from_slice(&[0xc0 | b >> 6, b & 0x3f | 0x80]);
        }
    }
    Str::from_wtf8(ts, out)
}

pub fn decode_ascii(ts: &ThreadState, bytes: &[u8], errors: &str) -> Result<Ref<Str>> {
    if bytes.is_ascii() {
        return Ok(Str::from_ascii(ts, bytes));
    }
    let mut d = Decoder::new(ts, "ascii", bytes, errors);
    let mut at = 0;
    while at < d.input.len() {
        let n = d.input[at..].iter().position(|b| *b >= 0x80).unwrap_or(d.input.len() - at);
        d.out.push_bytes(&d.input[at..at + n]);
        at += n;
        if at < d.input.len() {
            at = d.replace(at, at + 1, "ordinal not in range(128)")?;
        }
    }
    Ok(d.finish())
}

/// Encodes code points below `limit` (128 or 256) as bytes.
pub fn encode(ts: &ThreadState, s: &Str, errors: &str, limit: u32) -> Result<Vec<u8>> {
    if s.is_ascii() {
        return Ok(s.bytes().to_vec());
    }
    let (name, reason) =
        if limit == 128 { ("ascii", "ordinal not in range(128)") } else { ("latin-1", "ordinal not in range(256)") };
    let mut e = Encoder::new(ts, name, s, errors);
    let text = s.bytes();
    let mut at = 0;
    while at < text.len() {
        let (c, w) = wtf8::decode_at(text, at);
        if c < limit {
            e.out.push(c as u8);
            at += w;
            continue;
        }
        let start = at;
        while at < text.len() {
            let (c, w) = wtf8::decode_at(text, at);
            if c < limit {
                break;
            }
            at += w;
        }
        let (replacement, resume) = e.replace(start, at, reason)?;
        match replacement {
            Replacement::Bytes(b) => e.out.extend_from_slice(&b),
            Replacement::Text(t) => {
                for c in t.code_points() {
                    if c >= limit {
                        return Err(e.fail(start, at, reason));
                    }
                    e.out.push(c as u8);
                }
            }
        }
        at = resume;
    }
    Ok(e.out)
}

