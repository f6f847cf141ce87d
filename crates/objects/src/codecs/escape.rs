//! The encodings in which Python's own escapes stand for characters: unicode-escape, raw-unicode-escape, and
//! the one of bytes literals.

use super::Decoder;
use crate::heap::Ref;
use crate::str::{Str, StrBuilder, repr::push_escape};
use crate::thread::ThreadState;
use crate::unicode::names;
use crate::value::Result;

pub fn unicode_escape_encode(s: &Str) -> Vec<u8> {
    let mut out = StrBuilder::with_capacity(s.byte_len());
    for c in s.code_points() {
        match c {
            9 => out.push_str("\\t"),
            10 => out.push_str("\\n"),
            13 => out.push_str("\\r"),
            92 => out.push_str("\\\\"),
            32..127 => out.push_ascii(c as u8),
            _ => push_escape(&mut out, c),
        }
    }
    out.into_bytes()
}

pub fn raw_unicode_escape_encode(s: &Str) -> Vec<u8> {
    let mut out = Vec::with_capacity(s.byte_len());
    for c in s.code_points() {
        if c < 256 {
            out.push(c as u8);
        } else {
            let mut escape = StrBuilder::new();
            push_escape(&mut escape, c);
            out.extend_from_slice(escape.as_bytes());
        }
    }
    out
}

/// Up to `digits` hexadecimal digits: their value and number.
fn hex(b: &[u8], digits: usize) -> (u32, usize) {
    let mut value = 0u64;
    let mut n = 0;
    while let Some(d) = b.get(n).filter(|_| n < digits).and_then(|&c| (c as char).to_digit(16)) {
        value = value << 4 | d as u64;
        n += 1;
    }
    (value as u32, n)
}

/// Reports an escape that means nothing; `literal` is what stands before the quotation mark.
fn invalid_escape(ts: &ThreadState, literal: &str, escape: &str, octal: bool) -> Result<()> {
    let kind = if octal { "octal escape" } else { "escape" };
    let message = format!("{literal}\"\\{escape}\" is an invalid {kind} sequence. Such sequences will not work in the future. ");
    ts.warn_deprecated(&message)
}

/// Up to three octal digits.
fn octal(b: &[u8]) -> (u32, usize) {
    let n = b.iter().take(3).take_while(|c| (b'0'..b'8').contains(c)).count();
    (b[..n].iter().fold(0, |v, c| v << 3 | (c - b'0') as u32), n)
}

fn simple(c: u8) -> Option<u8> {
    Some(match c {
        b'\\' | b'\'' | b'"' => c,
        b'b' => 8,
        b'f' => 12,
        b't' => b'\t',
        b'n' => b'\n',
        b'r' => b'\r',
        b'v' => 11,
        b'a' => 7,
        _ => return None,
    })
}

/// Decodes; without `last`, an unfinished escape at the end is left. Also tells how many bytes were used.
pub fn unicode_escape_decode(ts: &ThreadState, bytes: &[u8], errors: &str, last: bool) -> Result<(Ref<Str>, usize)> {
    let mut d = Decoder::new(ts, "unicodeescape", bytes, errors);
    let mut at = 0;
    let mut warned = false;
    while at < d.input.len() {
        let c = d.input[at];
        if c != b'\\' {
            d.out.push(c as u32);
            at += 1;
            continue;
        }
        let start = at;
        let Some(&c) = d.input.get(at + 1) else {
            if !last {
                break;
            }
            at = d.replace(start, d.input.len(), "\\ at end of string")?;
            continue;
        };
        at += 2;
        let (digits, reason) = match c {
            b'\n' => continue,
            b'0'..=b'7' => {
                let (value, n) = octal(&d.input[at - 1..]);
                if value > 0o377 && !std::mem::replace(&mut warned, true) {
                    invalid_escape(ts, "", &format!("{value:o}"), true)?;
                }
                d.out.push(value);
                at += n - 1;
                continue;
            }
            b'x' => (2, "truncated \\xXX escape"),
            b'u' => (4, "truncated \\uXXXX escape"),
            b'U' => (8, "truncated \\UXXXXXXXX escape"),
            b'N' => {
                let malformed = "malformed \\N character escape";
                let (end, reason) = match d.input.get(at) {
                    Some(b'{') => match memchr::memchr(b'}', &d.input[at..]).map(|i| at + i) {
                        Some(close) if close > at + 1 => {
                            let name = std::str::from_utf8(&d.input[at + 1..close]).ok();
                            match name.and_then(names::lookup) {
                                Some(c) => {
                                    d.out.push(c);
                                    at = close + 1;
                                    continue;
                                }
                                None => (close + 1, "unknown Unicode character name"),
                            }
                        }
                        Some(close) => (close, malformed),
                        None if !last => {
                            at = start;
                            break;
                        }
                        None => (d.input.len(), malformed),
                    },
                    None if !last => {
                        at = start;
                        break;
                    }
                    _ => (at, malformed),
                };
                at = d.replace(start, end, reason)?;
                continue;
            }
            c => {
                match simple(c) {
                    Some(b) => d.out.push(b as u32),
                    None => {
                        if !std::mem::replace(&mut warned, true) {
                            invalid_escape(ts, "", &char::from(c).to_string(), false)?;
                        }
                        d.out.push_ascii(b'\\');
                        d.out.push(c as u32);
                    }
                }
                continue;
            }
        };
        let (value, n) = hex(&d.input[at..], digits);
        at += n;
        if n == digits && value <= 0x10ffff {
            d.out.push(value);
        } else if n < digits && at == d.input.len() && !last {
            at = start;
            break;
        } else {
            at = d.replace(start, at, if n == digits { "illegal Unicode character" } else { reason })?;
        }
    }
    Ok((d.finish(), at))
}

/// Decodes `\u` and `\U` only. See [`unicode_escape_decode`].
pub fn raw_unicode_escape_decode(ts: &ThreadState, bytes: &[u8], errors: &str, last: bool) -> Result<(Ref<Str>, usize)> {
    let mut d = Decoder::new(ts, "rawunicodeescape", bytes, errors);
    let mut at = 0;
    while at < d.input.len() {
        let c = d.input[at];
        let next = d.input.get(at + 1).copied();
        if c != b'\\' || next.is_none() && last {
            d.out.push(c as u32);
            at += 1;
            continue;
        }
        let start = at;
        let (digits, reason) = match next {
            None => break,
            Some(b'u') => (4, "truncated \\uXXXX escape"),
            Some(b'U') => (8, "truncated \\UXXXXXXXX escape"),
            Some(c) => {
                d.out.push_ascii(b'\\');
                d.out.push(c as u32);
                at += 2;
                continue;
            }
        };
        let (value, n) = hex(&d.input[at + 2..], digits);
        at += 2 + n;
        if n == digits && value <= 0x10ffff {
            d.out.push(value);
        } else if n < digits && at == d.input.len() && !last {
            at = start;
            break;
        } else {
            at = d.replace(start, at, if n == digits { "\\Uxxxxxxxx out of range" } else { reason })?;
        }
    }
    Ok((d.finish(), at))
}

/// The bytes that a bytes literal means.
pub fn escape_decode(ts: &ThreadState, b: &[u8], errors: &str) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(b.len());
    let mut at = 0;
    let mut warned = false;
    while at < b.len() {
        if b[at] != b'\\' {
            out.push(b[at]);
            at += 1;
            continue;
        }
        let Some(&c) = b.get(at + 1) else { return Err(ts.value_error("Trailing \\ in string")) };
        match c {
            b'\n' => at += 2,
            b'0'..=b'7' => {
                let (value, n) = octal(&b[at + 1..]);
                if value > 0o377 && !std::mem::replace(&mut warned, true) {
                    invalid_escape(ts, "b", &format!("{value:o}"), true)?;
                }
                out.push(value as u8);
                at += 1 + n;
            }
            b'x' => {
                let (value, n) = hex(&b[at + 2..], 2);
                if n == 2 {
                    out.push(value as u8);
                    at += 4;
                    continue;
                }
                match errors {
                    "strict" => return Err(ts.value_error(format!("invalid \\x escape at position {at}"))),
                    "replace" => out.push(b'?'),
                    "ignore" => {}
                    _ => {
                        let message = format!("decoding error; unknown error handling code: {errors}");
                        return Err(ts.value_error(message));
                    }
                }
                at += 2 + n;
            }
            c => {
                at += 2;
                match simple(c) {
                    Some(b) => out.push(b),
                    None => {
                        if !std::mem::replace(&mut warned, true) {
                            invalid_escape(ts, "b", &char::from(c).to_string(), false)?;
                        }
                        out.extend_from_slice(&[b'\\', c]);
                    }
                }
            }
        }
    }
    Ok(out)
}

/// The inside of a bytes literal.
pub fn escape_encode(b: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(b.len());
    for &c in b {
        match c {
            b'\'' | b'\\' => out.extend_from_slice(&[b'\\', c]),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            32..127 => out.push(c),
            _ => out.extend_from_slice(format!("\\x{c:02x}").as_bytes()),
        }
    }
    out
}
