//! UTF-16 and UTF-32 in both byte orders.

use super::{Decoder, Encoder, Replacement};
use crate::heap::Ref;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::unicode::wtf8::{self, is_surrogate};
use crate::value::Result;

/// The order of the bytes; `Native` writes a byte order mark and obeys one.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Order {
    Native,
    Little,
    Big,
}

impl Order {
    /// From the number that `_codecs` uses: below zero is little.
    pub fn from_number(n: i64) -> Order {
        match n {
            0 => Order::Native,
            n if n < 0 => Order::Little,
            _ => Order::Big,
        }
    }
    pub fn number(self) -> i64 {
        match self {
            Order::Native => 0,
            Order::Little => -1,
            Order::Big => 1,
        }
    }
    fn is_big(self) -> bool {
        self == Order::Big || self == Order::Native && cfg!(target_endian = "big")
    }
    fn resolved(self) -> Order {
        if self.is_big() { Order::Big } else { Order::Little }
    }
    fn name(self, bits: u32) -> &'static str {
        match (bits, self) {
            (16, Order::Native) => "utf-16",
            (16, Order::Little) => "utf-16-le",
            (16, Order::Big) => "utf-16-be",
            (_, Order::Native) => "utf-32",
            (_, Order::Little) => "utf-32-le",
            (_, Order::Big) => "utf-32-be",
        }
    }
}

/// What a stateful decoder did.
pub struct Decoded {
    pub text: Ref<Str>,
    pub consumed: usize,
    /// As found out from a byte order mark.
    pub order: Order,
}

fn put16(big: bool, unit: u16, out: &mut Vec<u8>) {
    out.extend_from_slice(&if big { unit.to_be_bytes() } else { unit.to_le_bytes() });
}
fn put32(big: bool, unit: u32, out: &mut Vec<u8>) {
    out.extend_from_slice(&if big { unit.to_be_bytes() } else { unit.to_le_bytes() });
}
fn get16(big: bool, b: &[u8]) -> u32 {
    let b = [b[0], b[1]];
    (if big { u16::from_be_bytes(b) } else { u16::from_le_bytes(b) }) as u32
}
fn get32(big: bool, b: &[u8]) -> u32 {
    let b = [b[0], b[1], b[2], b[3]];
    if big { u32::from_be_bytes(b) } else { u32::from_le_bytes(b) }
}

/// Encodes with `put` for each code point; surrogates go to the error handler.
#[inline(always)]
fn encode(ts: &ThreadState, s: &Str, errors: &str, order: Order, bits: u32, put: impl Fn(bool, u32, &mut Vec<u8>)) -> Result<Vec<u8>> {
    const REASON: &str = "surrogates not allowed";
    let big = order.is_big();
    let mut e = Encoder::new(ts, order.name(bits), s, errors);
    e.surrogate = Some(match (bits, big) {
        (16, false) => |c, out| put16(false, c as u16, out),
        (16, true) => |c, out| put16(true, c as u16, out),
        (_, false) => |c, out| put32(false, c, out),
        (_, true) => |c, out| put32(true, c, out),
    });
    let unit = bits as usize / 8;
    e.out.reserve(s.len() * unit + unit);
    if order == Order::Native {
        put(big, 0xfeff, &mut e.out);
    }
    let text = s.bytes();
    let mut at = 0;
    while at < text.len() {
        let ascii = text[at..].iter().position(|b| *b >= 0x80).unwrap_or(text.len() - at);
        if ascii > 8 {
            let run = text[at..at + ascii].iter();
            match (bits, big) {
                (16, false) => e.out.extend(run.flat_map(|b| [*b, 0])),
                (16, true) => e.out.extend(run.flat_map(|b| [0, *b])),
                (_, false) => e.out.extend(run.flat_map(|b| [*b, 0, 0, 0])),
                (_, true) => e.out.extend(run.flat_map(|b| [0, 0, 0, *b])),
            }
            at += ascii;
            continue;
        }
        let (c, w) = wtf8::decode_at(text, at);
        if !is_surrogate(c) {
            put(big, c, &mut e.out);
            at += w;
            continue;
        }
        let start = at;
        while at < text.len() && is_surrogate(wtf8::decode_at(text, at).0) {
            at += 3;
        }
        let (replacement, resume) = e.replace(start, at, REASON)?;
        match replacement {
            Replacement::Bytes(b) if b.len() % unit == 0 => e.out.extend_from_slice(&b),
            Replacement::Text(t) if t.is_ascii() => t.bytes().iter().for_each(|&c| put(big, c as u32, &mut e.out)),
            _ => return Err(e.fail(start, at, REASON)),
        }
        at = resume;
    }
    Ok(e.out)
}

pub fn encode16(ts: &ThreadState, s: &Str, errors: &str, order: Order) -> Result<Vec<u8>> {
    encode(ts, s, errors, order, 16, |big, c, out| {
        if c < 0x10000 {
            put16(big, c as u16, out);
        } else {
            put16(big, (0xd7c0 + (c >> 10)) as u16, out);
            put16(big, (0xdc00 + (c & 0x3ff)) as u16, out);
        }
    })
}

pub fn encode32(ts: &ThreadState, s: &Str, errors: &str, order: Order) -> Result<Vec<u8>> {
    encode(ts, s, errors, order, 32, put32)
}

pub fn decode16(ts: &ThreadState, bytes: &[u8], errors: &str, order: Order, last: bool) -> Result<Decoded> {
    let (mut at, mut found) = (0, order);
    if order == Order::Native {
        match bytes {
            [0xff, 0xfe, ..] => (at, found) = (2, Order::Little),
            [0xfe, 0xff, ..] => (at, found) = (2, Order::Big),
            _ => {}
        }
    }
    let big = found.is_big();
    let mut d = Decoder::new(ts, found.resolved().name(16), bytes, errors);
    d.surrogate = Some(if big {
        |b| (b.len() >= 2 && is_surrogate(get16(true, b))).then(|| (get16(true, b), 2))
    } else {
        |b| (b.len() >= 2 && is_surrogate(get16(false, b))).then(|| (get16(false, b), 2))
    });
    d.out.reserve(ts, bytes.len())?;
    while at < d.input.len() {
        // Most text has no surrogates.
        let plain = d.input[at..].chunks_exact(2).map(|b| get16(big, b)).take_while(|c| !is_surrogate(*c));
        let mut n = 0;
        for c in plain {
            d.out.push(c);
            n += 2;
        }
        at += n;
        let left = d.input.len() - at;
        if left == 0 {
            break;
        }
        let (end, reason) = if left == 1 {
            if !last {
                break;
            }
            (at + 1, "truncated data")
        } else {
            let c = get16(big, &d.input[at..]);
            if !is_surrogate(c) {
                d.out.push(c);
                at += 2;
                continue;
            }
            if c >= 0xdc00 {
                (at + 2, "illegal encoding")
            } else if left < 4 {
                if !last {
                    break;
                }
                (d.input.len(), "unexpected end of data")
            } else {
                let second = get16(big, &d.input[at + 2..]);
                if (0xdc00..0xe000).contains(&second) {
                    d.out.push(0x10000 + ((c - 0xd800) << 10) + (second - 0xdc00));
                    at += 4;
                    continue;
                }
                (at + 2, "illegal UTF-16 surrogate")
            }
        };
        at = d.replace(at, end, reason)?;
    }
    Ok(Decoded { text: d.finish(), consumed: at, order: found })
}

pub fn decode32(ts: &ThreadState, bytes: &[u8], errors: &str, order: Order, last: bool) -> Result<Decoded> {
    let (mut at, mut found) = (0, order);
    if order == Order::Native {
        match bytes {
            [0xff, 0xfe, 0, 0, ..] => (at, found) = (4, Order::Little),
            [0, 0, 0xfe, 0xff, ..] => (at, found) = (4, Order::Big),
            _ => {}
        }
    }
    let big = found.is_big();
    let mut d = Decoder::new(ts, found.resolved().name(32), bytes, errors);
    d.surrogate = Some(if big {
        |b| (b.len() >= 4 && is_surrogate(get32(true, b))).then(|| (get32(true, b), 4))
    } else {
        |b| (b.len() >= 4 && is_surrogate(get32(false, b))).then(|| (get32(false, b), 4))
    });
    while at < d.input.len() {
        let left = d.input.len() - at;
        let (end, reason) = if left < 4 {
            if !last {
                break;
            }
            (d.input.len(), "truncated data")
        } else {
            match get32(big, &d.input[at..]) {
                c if is_surrogate(c) => (at + 4, "code point in surrogate code point range(0xd800, 0xe000)"),
                c if c > 0x10ffff => (at + 4, "code point not in range(0x110000)"),
                c => {
                    d.out.push(c);
                    at += 4;
                    continue;
                }
            }
        };
        at = d.replace(at, end, reason)?;
    }
    Ok(Decoded { text: d.finish(), consumed: at, order: found })
}
