//! `binascii`: binary data as text: base64, hexadecimal, uuencode, quoted-printable, and checksums.

use std::borrow::Cow;
use std::cell::OnceCell;
use taipan_macros::functions;
use taipan_objects::buffer::{self, Buffer};
use taipan_objects::bytes::{Bytes, ops, shared::hex_separator};
use taipan_objects::exceptions;
use taipan_objects::heap::Ref;
use taipan_objects::native::{ArgCx, FromArg, ModuleDef};
use taipan_objects::typeobject::Type;
use taipan_objects::{Raised, Result, ThreadState, Value, int, protocol};

#[derive(Default)]
struct State {
    error: OnceCell<Ref<Type>>,
}

fn error_type(ts: &ThreadState) -> Result<Ref<Type>> {
    let cell = &ts.interp().extension::<State>().error;
    if let Some(t) = cell.get() {
        return Ok(t.clone());
    }
    let t = exceptions::create(ts, "binascii.Error", &ts.exceptions().value_error, "")?;
    Ok(cell.get_or_init(|| t).clone())
}

fn error(ts: &ThreadState, message: &str) -> Raised {
    match error_type(ts) {
        Ok(t) => ts.raise_message(&t, message),
        Err(e) => e,
    }
}

/// A parameter that is bytes or ASCII text.
pub struct Ascii<'a>(Cow<'a, [u8]>);

impl<'a> FromArg<'a> for Ascii<'a> {
    fn from_arg(ts: &ThreadState, v: &'a Value, _cx: &ArgCx) -> Result<Ascii<'a>> {
        if let Some(s) = v.as_str() {
            if !s.is_ascii() {
                return Err(ts.value_error("string argument should contain only ASCII characters"));
            }
            return Ok(Ascii(s.bytes().into()));
        }
        if !buffer::supports(ts, v) {
            let name = v.type_name(ts);
            return Err(ts.type_error(format!("argument should be bytes, buffer or ASCII string, not '{name}'")));
        }
        match v.exact::<Bytes>() {
            Some(b) => Ok(Ascii(b.as_slice().into())),
            None => Ok(Ascii(buffer::to_vec(ts, v)?.into())),
        }
    }
}

/// An integer of which the low 32 bits count.
pub struct Low32(u32);

impl<'a> FromArg<'a> for Low32 {
    fn from_arg(ts: &ThreadState, v: &'a Value, _cx: &ArgCx) -> Result<Low32> {
        let i = protocol::index(ts, v)?;
        Ok(Low32(int::view(&i).map_or(0, |i| i.low_u64()) as u32))
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Values of the base64 digits, 64 for other bytes.
static DIGITS: [u8; 256] = {
    let mut table = [64; 256];
    let mut i = 0;
    while i < 64 {
        table[ALPHABET[i] as usize] = i as u8;
        i += 1;
    }
    table
};

fn decode_base64(text: &[u8], strict: bool) -> std::result::Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut quad, mut left, mut pads) = (0, 0u32, 0);
    let mut at = 0;
    // Whole groups of four digits.
    while let Some(&[a, b, c, d]) = text.get(at..at + 4) {
        let [a, b, c, d] = [a, b, c, d].map(|x| DIGITS[x as usize] as u32);
        if (a | b | c | d) & 64 != 0 {
            break;
        }
        let v = a << 18 | b << 12 | c << 6 | d;
        out.extend_from_slice(&[(v >> 16) as u8, (v >> 8) as u8, v as u8]);
        at += 4;
    }
    for (i, &c) in text.iter().enumerate().skip(at) {
        if c == b'=' {
            if strict && quad == 0 {
                return Err(if i == 0 { "Leading padding not allowed" } else { "Excess padding not allowed" }.into());
            }
            pads += 1;
            if strict && quad >= 2 && quad + pads > 4 {
                return Err("Excess padding not allowed".into());
            }
            continue;
        }
        let v = DIGITS[c as usize] as u32;
        if v == 64 {
            if strict {
                return Err("Only base64 data is allowed".into());
            }
            continue;
        }
        if strict && pads > 0 {
            let complete = quad + pads == 4;
            return Err(if complete { "Excess data after padding" } else { "Discontinuous padding not allowed" }.into());
        }
        pads = 0;
        left = left << 6 | v;
        match quad {
            0 => {}
            1 => out.push((left >> 4) as u8),
            2 => out.push((left >> 2) as u8),
            _ => out.push(left as u8),
        }
        quad = (quad + 1) % 4;
    }
    match quad {
        0 => Ok(out),
        1 => Err(format!(
            "Invalid base64-encoded string: number of data characters ({}) cannot be 1 more than a multiple of 4",
            out.len() / 3 * 4 + 1
        )),
        _ if quad + pads < 4 => Err("Incorrect padding".into()),
        _ => Ok(out),
    }
}

fn encode_base64(b: &[u8], newline: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(b.len().div_ceil(3) * 4 + 1);
    let digit = |v: u32| ALPHABET[(v & 63) as usize];
    let mut chunks = b.chunks_exact(3);
    for c in &mut chunks {
        let v = (c[0] as u32) << 16 | (c[1] as u32) << 8 | c[2] as u32;
        out.extend_from_slice(&[digit(v >> 18), digit(v >> 12), digit(v >> 6), digit(v)]);
    }
    match *chunks.remainder() {
        [a] => out.extend_from_slice(&[digit(a as u32 >> 2), digit((a as u32) << 4), b'=', b'=']),
        [a, b] => {
            let v = (a as u32) << 8 | b as u32;
            out.extend_from_slice(&[digit(v >> 10), digit(v >> 4), digit(v << 2), b'=']);
        }
        _ => {}
    }
    if newline {
        out.push(b'\n');
    }
    out
}

fn decode_uu(text: &[u8]) -> std::result::Result<Vec<u8>, &'static str> {
    let Some((&first, rest)) = text.split_first() else { return Err("Missing length byte") };
    let len = (first.wrapping_sub(b' ') & 63) as usize;
    let mut out = Vec::with_capacity(len);
    let (mut left, mut bits, mut at) = (0u32, 0, 0);
    while out.len() < len {
        let v = match rest.get(at) {
            None | Some(b'\n' | b'\r') => 0,
            Some(c @ b' '..=b'`') => (c - b' ') & 63,
            Some(_) => return Err("Illegal char"),
        };
        at += 1;
        left = left << 6 | v as u32;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((left >> bits) as u8);
            left &= (1 << bits) - 1;
        }
    }
    if rest.iter().skip(at).any(|c| !matches!(c, b' ' | b'`' | b'\n' | b'\r')) {
        return Err("Trailing garbage");
    }
    Ok(out)
}

fn encode_uu(b: &[u8], backtick: bool) -> Vec<u8> {
    let digit = |v: u32| if backtick && v & 63 == 0 { b'`' } else { (v & 63) as u8 + b' ' };
    let mut out = vec![digit(b.len() as u32)];
    for c in b.chunks(3) {
        let get = |i: usize| c.get(i).copied().unwrap_or(0) as u32;
        let v = get(0) << 16 | get(1) << 8 | get(2);
        out.extend_from_slice(&[digit(v >> 18), digit(v >> 12), digit(v >> 6), digit(v)]);
    }
    out.push(b'\n');
    out
}

fn hex_digit(c: u8) -> Option<u8> {
    (c as char).to_digit(16).map(|d| d as u8)
}

fn decode_qp(b: &[u8], header: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(b.len());
    let mut at = 0;
    while at < b.len() {
        let c = b[at];
        at += 1;
        if header && c == b'_' {
            out.push(b' ');
        } else if c != b'=' {
            out.push(c);
        } else if let Some(&next) = b.get(at) {
            match (next, b.get(at + 1)) {
                // A soft line break.
                (b'\n' | b'\r', _) => {
                    at += b[at..].iter().position(|&c| c == b'\n').map_or(b.len() - at, |i| i + 1);
                }
                (b'=', _) => {
                    out.push(b'=');
                    at += 1;
                }
                (x, Some(&y)) => match (hex_digit(x), hex_digit(y)) {
                    (Some(x), Some(y)) => {
                        out.push(x << 4 | y);
                        at += 2;
                    }
                    _ => out.push(b'='),
                },
                _ => out.push(b'='),
            }
        }
    }
    out
}

/// Lines of quoted-printable text are at most this long, the newline not counted.
const MAX_LINE: usize = 76;

fn push_quoted(out: &mut Vec<u8>, c: u8) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    out.extend_from_slice(&[b'=', HEX[(c >> 4) as usize], HEX[(c & 15) as usize]]);
}

fn encode_qp(b: &[u8], quote_tabs: bool, text: bool, header: bool) -> Vec<u8> {
    let crlf = memchr::memchr(b'\n', b).is_some_and(|i| i > 0 && b[i - 1] == b'\r');
    let newline: &[u8] = if crlf { b"\r\n" } else { b"\n" };
    let mut out = Vec::with_capacity(b.len() + b.len() / 8);
    let (mut at, mut line) = (0, 0);
    let soft = |out: &mut Vec<u8>, line: &mut usize| {
        out.push(b'=');
        out.extend_from_slice(newline);
        *line = 0;
    };
    while at < b.len() {
        let c = b[at];
        let next = b.get(at + 1).copied();
        let blank = c == b'\t' || c == b' ';
        let break_ = c == b'\r' || c == b'\n';
        let quoted = c > 126
            || c == b'='
            || header && c == b'_'
            || c == b'.' && line == 0 && matches!(next, None | Some(b'\n' | b'\r' | 0))
            || !text && break_
            || blank && next.is_none()
            || c < 33 && !break_ && (quote_tabs || !blank);
        if quoted {
            if line + 3 >= MAX_LINE {
                soft(&mut out, &mut line);
            }
            push_quoted(&mut out, c);
            line += 3;
            at += 1;
        } else if text && (c == b'\n' || c == b'\r' && next == Some(b'\n')) {
            line = 0;
            // Blanks at the end of a line would be lost.
            if let Some(&last @ (b' ' | b'\t')) = out.last() {
                out.pop();
                push_quoted(&mut out, last);
            }
            out.extend_from_slice(newline);
            at += if c == b'\r' { 2 } else { 1 };
        } else {
            if next.is_some_and(|n| n != b'\n') && line + 1 >= MAX_LINE {
                soft(&mut out, &mut line);
            }
            line += 1;
            out.push(if header && c == b' ' { b'_' } else { c });
            at += 1;
        }
    }
    out
}

/// CRC-CCITT of each byte.
const HQX: [u16; 256] = {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let (mut crc, mut bit) = ((i as u16) << 8, 0);
        while bit < 8 {
            crc = if crc & 0x8000 != 0 { crc << 1 ^ 0x1021 } else { crc << 1 };
            bit += 1;
        }
        table[i] = crc;
        i += 1;
    }
    table
};

fn unhexlify(ts: &ThreadState, text: &[u8]) -> Result<Ref<Bytes>> {
    if text.len() % 2 != 0 {
        return Err(error(ts, "Odd-length string"));
    }
    let mut out = Vec::with_capacity(text.len() / 2);
    for pair in text.chunks_exact(2) {
        match (hex_digit(pair[0]), hex_digit(pair[1])) {
            (Some(x), Some(y)) => out.push(x << 4 | y),
            _ => return Err(error(ts, "Non-hexadecimal digit found")),
        }
    }
    Ok(Bytes::new(ts, &out))
}

fn hexlify(ts: &ThreadState, data: &Buffer, sep: Option<&Value>, group: i32) -> Result<Ref<Bytes>> {
    let sep = hex_separator(ts, sep)?;
    Ok(Bytes::new(ts, &ops::hex(data.as_slice(), sep, group as isize)))
}

#[functions(module = "binascii")]
pub mod functions {
    use super::*;

    /// Decode a line of base64 data.
    #[function("a2b_base64(data, /, *, strict_mode=False)")]
    fn a2b_base64(ts: &ThreadState, data: Ascii<'_>, strict_mode: bool) -> Result<Ref<Bytes>> {
        let out = decode_base64(&data.0, strict_mode).map_err(|m| error(ts, &m))?;
        Ok(Bytes::new(ts, &out))
    }
    /// Base64-code line of data.
    #[function("b2a_base64(data, /, *, newline=True)")]
    fn b2a_base64(ts: &ThreadState, data: Buffer, newline: bool) -> Ref<Bytes> {
        Bytes::new(ts, &encode_base64(data.as_slice(), newline))
    }
    /// Decode a line of uuencoded data.
    #[function("a2b_uu(data, /)")]
    fn a2b_uu(ts: &ThreadState, data: Ascii<'_>) -> Result<Ref<Bytes>> {
        let out = decode_uu(&data.0).map_err(|m| error(ts, m))?;
        Ok(Bytes::new(ts, &out))
    }
    /// Uuencode line of data.
    #[function("b2a_uu(data, /, *, backtick=False)")]
    fn b2a_uu(ts: &ThreadState, data: Buffer, backtick: bool) -> Result<Ref<Bytes>> {
        if data.len() > 45 {
            return Err(error(ts, "At most 45 bytes at once"));
        }
        Ok(Bytes::new(ts, &encode_uu(data.as_slice(), backtick)))
    }
    /// Decode a string of qp-encoded data.
    #[function("a2b_qp(data, header=False)")]
    fn a2b_qp(ts: &ThreadState, data: Ascii<'_>, header: bool) -> Ref<Bytes> {
        Bytes::new(ts, &decode_qp(&data.0, header))
    }
    /// Encode a string using quoted-printable encoding. With istext, newlines are not encoded; with header,
    /// spaces become underscores.
    #[function("b2a_qp(data, quotetabs=False, istext=True, header=False)")]
    fn b2a_qp(ts: &ThreadState, data: Buffer, quotetabs: bool, istext: bool, header: bool) -> Ref<Bytes> {
        Bytes::new(ts, &encode_qp(data.as_slice(), quotetabs, istext, header))
    }
    /// Hexadecimal representation of binary data.
    #[function("b2a_hex(data, sep=<unrepresentable>, bytes_per_sep=1)")]
    fn b2a_hex(ts: &ThreadState, data: Buffer, sep: Option<&Value>, bytes_per_sep: i32) -> Result<Ref<Bytes>> {
        hexlify(ts, &data, sep, bytes_per_sep)
    }
    /// Hexadecimal representation of binary data.
    #[function("hexlify(data, sep=<unrepresentable>, bytes_per_sep=1)")]
    fn py_hexlify(ts: &ThreadState, data: Buffer, sep: Option<&Value>, bytes_per_sep: i32) -> Result<Ref<Bytes>> {
        hexlify(ts, &data, sep, bytes_per_sep)
    }
    /// Binary data of hexadecimal representation.
    #[function("a2b_hex(hexstr, /)")]
    fn a2b_hex(ts: &ThreadState, hexstr: Ascii<'_>) -> Result<Ref<Bytes>> {
        unhexlify(ts, &hexstr.0)
    }
    /// Binary data of hexadecimal representation.
    #[function("unhexlify(hexstr, /)")]
    fn py_unhexlify(ts: &ThreadState, hexstr: Ascii<'_>) -> Result<Ref<Bytes>> {
        unhexlify(ts, &hexstr.0)
    }
    /// Compute CRC-32 incrementally.
    #[function("crc32(data, crc=0, /)")]
    fn crc32(data: Buffer, #[default(Low32(0))] crc: Low32) -> u32 {
        let mut h = crc32fast::Hasher::new_with_initial(crc.0);
        h.update(data.as_slice());
        h.finalize()
    }
    /// Compute CRC-CCITT incrementally.
    #[function("crc_hqx(data, crc, /)")]
    fn crc_hqx(data: Buffer, crc: Low32) -> u32 {
        let mut crc = crc.0 & 0xffff;
        for &b in data.as_slice() {
            crc = (crc << 8 & 0xff00) ^ HQX[(crc >> 8) as usize ^ b as usize] as u32;
        }
        crc
    }
}

pub static MODULE: ModuleDef = ModuleDef {
    name: "binascii",
    doc: "Conversion between binary data and ASCII",
    functions: &[functions::FUNCTIONS],
    init: Some(|ts, dict| {
        dict.set_name(ts, "Error", error_type(ts)?.into_value());
        let incomplete = exceptions::create(ts, "binascii.Incomplete", &ts.exceptions().exception, "")?;
        dict.set_name(ts, "Incomplete", incomplete.into_value());
        Ok(())
    }),
};
