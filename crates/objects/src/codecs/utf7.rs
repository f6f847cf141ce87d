//! UTF-7.

use super::Decoder;
use crate::heap::Ref;
use crate::str::{Str, StrBuilder};
use crate::thread::ThreadState;
use crate::value::Result;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64(c: u32) -> Option<u32> {
    ALPHABET.iter().position(|&a| a as u32 == c).map(|i| i as u32)
}

/// ASCII that is written as it is.
fn is_direct(c: u32) -> bool {
    matches!(c, 9 | 10 | 13 | 32..=126) && !matches!(c as u8, b'+' | b'\\' | b'~')
}

pub fn encode(s: &Str) -> Vec<u8> {
    let mut out = Vec::with_capacity(s.byte_len() + 8);
    let (mut shifted, mut buffer, mut bits) = (false, 0u64, 0u32);
    let put = |out: &mut Vec<u8>, buffer: &mut u64, bits: &mut u32, unit: u32| {
        *buffer = *buffer << 16 | unit as u64;
        *bits += 16;
        while *bits >= 6 {
            *bits -= 6;
            out.push(ALPHABET[(*buffer >> *bits & 63) as usize]);
        }
        *buffer &= (1 << *bits) - 1;
    };
    for c in s.code_points() {
        if is_direct(c) {
            if shifted {
                if bits > 0 {
                    out.push(ALPHABET[(buffer << (6 - bits) & 63) as usize]);
                }
                (shifted, buffer, bits) = (false, 0, 0);
                if base64(c).is_some() || c == '-' as u32 {
                    out.push(b'-');
                }
            }
            out.push(c as u8);
            continue;
        }
        if !shifted {
            if c == '+' as u32 {
                out.extend_from_slice(b"+-");
                continue;
            }
            out.push(b'+');
            shifted = true;
        }
        if c >= 0x10000 {
            put(&mut out, &mut buffer, &mut bits, 0xd7c0 + (c >> 10));
            put(&mut out, &mut buffer, &mut bits, 0xdc00 + (c & 0x3ff));
        } else {
            put(&mut out, &mut buffer, &mut bits, c);
        }
    }
    if bits > 0 {
        out.push(ALPHABET[(buffer << (6 - bits) & 63) as usize]);
    }
    if shifted {
        out.push(b'-');
    }
    out
}

/// Decodes; without `last`, a shift sequence that is not closed is left. Also tells how many bytes were used.
pub fn decode(ts: &ThreadState, bytes: &[u8], errors: &str, last: bool) -> Result<(Ref<Str>, usize)> {
    let mut d = Decoder::new(ts, "utf7", bytes, errors);
    let (mut at, mut start, mut shifted) = (0, 0, false);
    let (mut buffer, mut bits, mut surrogate) = (0u64, 0u32, 0u32);
    let mut before_shift = StrBuilder::new();
    loop {
        while at < d.input.len() {
            let c = d.input[at] as u32;
            let mut error = None;
            if shifted {
                if let Some(v) = base64(c) {
                    buffer = buffer << 6 | v as u64;
                    bits += 6;
                    at += 1;
                    if bits < 16 {
                        continue;
                    }
                    bits -= 16;
                    let unit = (buffer >> bits) as u32;
                    buffer &= (1 << bits) - 1;
                    if surrogate != 0 {
                        let high = std::mem::take(&mut surrogate);
                        if (0xdc00..0xe000).contains(&unit) {
                            d.out.push(0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00));
                            continue;
                        }
                        d.out.push(high);
                    }
                    if (0xd800..0xdc00).contains(&unit) { surrogate = unit } else { d.out.push(unit) }
                    continue;
                }
                shifted = false;
                if bits >= 6 {
                    at += 1;
                    error = Some("partial character in shift sequence");
                } else if bits > 0 && buffer != 0 {
                    at += 1;
                    error = Some("non-zero padding bits in shift sequence");
                } else {
                    if surrogate != 0 && c <= 127 && c != '+' as u32 {
                        d.out.push(surrogate);
                    }
                    surrogate = 0;
                    if c == '-' as u32 {
                        at += 1;
                    }
                }
            } else if c == '+' as u32 {
                start = at;
                at += 1;
                match d.input.get(at) {
                    Some(b'-') => {
                        at += 1;
                        d.out.push_ascii(b'+');
                    }
                    Some(&b) if base64(b as u32).is_none() => {
                        at += 1;
                        error = Some("ill-formed sequence");
                    }
                    _ => {
                        (shifted, surrogate, bits, buffer) = (true, 0, 0, 0);
                        before_shift = d.out.clone();
                    }
                }
            } else if c < 128 {
                at += 1;
                d.out.push(c);
            } else {
                start = at;
                at += 1;
                error = Some("unexpected special character");
            }
            if let Some(reason) = error {
                at = d.replace(start, at, reason)?;
            }
        }
        if shifted && last {
            shifted = false;
            if surrogate != 0 || bits >= 6 || bits > 0 && buffer != 0 {
                let end = d.input.len();
                at = d.replace(start, end, "unterminated shift sequence")?;
                if at < d.input.len() {
                    continue;
                }
            }
        }
        break;
    }
    if shifted {
        d.out = before_shift;
        at = start;
    }
    Ok((d.finish(), at))
}
