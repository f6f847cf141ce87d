//! How a text stream decodes and encodes: UTF-8, ASCII and Latin-1 here, everything else through the
//! registry of codecs.

use super::newlines::Newlines;
use crate::host::fsenc;
use crate::prelude::*;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Codec {
    Utf8,
    Ascii,
    Latin1,
    Other,
}

pub fn codec_of(encoding: &str) -> Codec {
    let name: String = encoding.chars().map(|c| if c == '-' || c == ' ' { '_' } else { c.to_ascii_lowercase() }).collect();
    match name.as_str() {
        "utf8" | "utf_8" | "u8" | "cp65001" => Codec::Utf8,
        "ascii" | "us_ascii" | "646" => Codec::Ascii,
        "latin1" | "latin_1" | "iso8859_1" | "iso_8859_1" | "l1" => Codec::Latin1,
        _ => Codec::Other,
    }
}

/// What to do about bytes that are no text. Other error handlers are the registry's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Errors {
    Strict,
    Ignore,
    Replace,
    Surrogateescape,
    Backslashreplace,
    Other,
}

pub fn errors_of(errors: &str) -> Errors {
    match errors {
        "strict" => Errors::Strict,
        "ignore" => Errors::Ignore,
        "replace" => Errors::Replace,
        "surrogateescape" => Errors::Surrogateescape,
        "backslashreplace" => Errors::Backslashreplace,
        _ => Errors::Other,
    }
}

/// A decoder of our own: what is left of an incomplete character is kept for the next piece.
pub struct Native {
    codec: Codec,
    errors: Errors,
    pub rest: Vec<u8>,
}

/// Why bytes are no text: where, and CPython's words for it.
#[derive(Debug, PartialEq)]
pub struct Malformed {
    pub start: usize,
    pub end: usize,
    pub reason: &'static str,
}

impl Native {
    pub fn new(codec: Codec, errors: Errors) -> Option<Native> {
        if codec == Codec::Other || (errors == Errors::Other && codec != Codec::Latin1) {
            return None;
        }
        Some(Native { codec, errors, rest: vec![] })
    }
    /// Appends the text of `input` to `out`.
    pub fn decode(&mut self, input: &[u8], last: bool, out: &mut Vec<u8>) -> std::result::Result<(), (Vec<u8>, Malformed)> {
        match self.codec {
            Codec::Latin1 => {
                latin1(input, out);
                Ok(())
            }
            Codec::Ascii => {
                if input.is_ascii() {
                    out.extend_from_slice(input);
                    return Ok(());
                }
                self.ascii(input, out).map_err(|m| (input.to_vec(), m))
            }
            _ => {
                if self.rest.is_empty() {
                    return self.utf8(input, last, out).map_err(|m| (input.to_vec(), m));
                }
                let mut joined = std::mem::take(&mut self.rest);
                joined.extend_from_slice(input);
                self.utf8(&joined, last, out).map_err(|m| (joined.clone(), m))
            }
        }
    }
    fn ascii(&self, input: &[u8], out: &mut Vec<u8>) -> std::result::Result<(), Malformed> {
        for (i, &b) in input.iter().enumerate() {
            if b < 0x80 {
                out.push(b);
            } else {
                self.handle(&input[i..i + 1], i, "ordinal not in range(128)", out)?;
            }
        }
        Ok(())
    }
    fn utf8(&mut self, input: &[u8], last: bool, out: &mut Vec<u8>) -> std::result::Result<(), Malformed> {
        let mut at = 0;
        loop {
            match std::str::from_utf8(&input[at..]) {
                Ok(text) => {
                    out.extend_from_slice(text.as_bytes());
                    return Ok(());
                }
                Err(e) => {
                    let good = e.valid_up_to();
                    out.extend_from_slice(&input[at..at + good]);
                    at += good;
                    let n = match e.error_len() {
                        Some(n) => n,
                        None if !last => {
                            self.rest = input[at..].to_vec();
                            return Ok(());
                        }
                        None => input.len() - at,
                    };
                    let reason = if e.error_len().is_none() {
                        "unexpected end of data"
                    } else if matches!(input[at], 0xc2..=0xf4) {
                        "invalid continuation byte"
                    } else {
                        "invalid start byte"
                    };
                    self.handle(&input[at..at + n], at, reason, out)?;
                    at += n;
                }
            }
        }
    }
    fn handle(&self, bad: &[u8], at: usize, reason: &'static str, out: &mut Vec<u8>) -> std::result::Result<(), Malformed> {
        match self.errors {
            Errors::Ignore => {}
            Errors::Replace => out.extend_from_slice("\u{fffd}".as_bytes()),
            Errors::Surrogateescape => bad.iter().for_each(|&b| out.extend_from_slice(&[0xed, 0xb0 | b >> 6, 0x80 | b & 0x3f])),
            Errors::Backslashreplace => bad.iter().for_each(|b| out.extend_from_slice(format!("\\x{b:02x}").as_bytes())),
            Errors::Strict | Errors::Other => return Err(Malformed { start: at, end: at + bad.len(), reason }),
        }
        Ok(())
    }
    fn name(&self) -> &'static str {
        match self.codec {
            Codec::Utf8 => "utf-8",
            Codec::Ascii => "ascii",
            _ => "latin-1",
        }
    }
}

fn latin1(input: &[u8], out: &mut Vec<u8>) {
    if input.is_ascii() {
        return out.extend_from_slice(input);
    }
    for &b in input {
        if b < 0x80 {
            out.push(b);
        } else {
            out.extend_from_slice(&[0xc0 | b >> 6, 0x80 | b & 0x3f]);
        }
    }
}

/// A stream's decoder, with the newline decoder on top where there is one.
pub struct Decoder {
    inner: Inner,
    pub newlines: Option<Newlines>,
}

enum Inner {
    Native(Native),
    Python(Value),
}

/// The state of a decoder: bytes taken in but not given out, and a number.
pub type DecoderState = (Vec<u8>, i64);

impl Decoder {
    pub fn native(n: Native, newlines: Option<Newlines>) -> Decoder {
        Decoder { inner: Inner::Native(n), newlines }
    }
    pub fn python(d: Value, newlines: Option<Newlines>) -> Decoder {
        Decoder { inner: Inner::Python(d), newlines }
    }
    pub fn python_object(&self) -> Option<&Value> {
        match &self.inner {
            Inner::Python(v) => Some(v),
            Inner::Native(_) => None,
        }
    }
    /// Decodes with our own decoder alone; `None` when that takes Python code.
    fn native_decode(&mut self, ts: &ThreadState, input: &[u8], last: bool, out: &mut Vec<u8>) -> Option<Result<()>> {
        let Inner::Native(n) = &mut self.inner else { return None };
        let start = out.len();
        let r = match &mut self.newlines {
            None => n.decode(input, last, out),
            Some(nl) => {
                // Most text has no `\r`, and then there is nothing to be done about newlines.
                let r = n.decode(input, last, out);
                if nl.pending_cr || memchr::memchr(b'\r', &out[start..]).is_some() || nl.seen & super::newlines::SEEN_LF == 0 {
                    let text = out.split_off(start);
                    nl.feed(&text, last, out);
                }
                r
            }
        };
        Some(r.map_err(|(object, m)| {
            let object = bytes_from_vec(ts, object);
            unicode_decode_error(ts, n.name(), &object, m.start, m.end, m.reason)
        }))
    }
}

/// Decodes a piece. The decoder is taken out of its stream for the time, since Python code may run.
pub fn decode(ts: &ThreadState, cell: &GilCell<Option<Decoder>>, input: &Value, bytes: &[u8], last: bool, out: &mut Vec<u8>) -> Result<()> {
    let native = cell.write(|d| d.as_mut().and_then(|d| d.native_decode(ts, bytes, last, out)));
    if let Some(r) = native {
        return r;
    }
    let Some(object) = cell.read(|d| d.as_ref().and_then(|d| d.python_object().cloned())) else {
        return Err(super::unsupported(ts, "not readable"));
    };
    let input = if input.is_none() { bytes_value(ts, bytes) } else { input.clone() };
    let text = protocol::call_method(ts, &object, "decode", &[input, Value::bool(last)])?;
    let Some(s) = text.downcast::<Str>() else {
        return Err(ts.type_error(format!("decoder should return a string result, not '{}'", text.type_name(ts))));
    };
    cell.write(|d| match d.as_mut().and_then(|d| d.newlines.as_mut()) {
        Some(nl) => nl.feed(s.bytes(), last, out),
        None => out.extend_from_slice(s.bytes()),
    });
    Ok(())
}

pub fn get_state(ts: &ThreadState, cell: &GilCell<Option<Decoder>>) -> Result<DecoderState> {
    let (native, newline) = cell.read(|d| match d {
        Some(Decoder { inner: Inner::Native(n), newlines }) => (Some((n.rest.clone(), 0)), newlines.as_ref().map(|n| n.pending_cr)),
        Some(d) => (None, d.newlines.as_ref().map(|n| n.pending_cr)),
        None => (Some((vec![], 0)), None),
    });
    let (rest, flags) = match native {
        Some(state) => state,
        None => {
            let object = cell.read(|d| d.as_ref().and_then(|d| d.python_object().cloned())).unwrap_or(Value::none());
            let state = protocol::call_method(ts, &object, "getstate", &[])?;
            let Some([b, f]) = state.downcast::<Tuple>().map(|t| t.items()) else {
                return Err(ts.type_error("illegal decoder state"));
            };
            let Some(bytes) = b.downcast::<Bytes>() else {
                let name = b.type_name(ts);
                return Err(ts.type_error(format!("illegal decoder state: the first item should be a bytes object, not '{name}'")));
            };
            (bytes.bytes().to_vec(), index_i64(ts, f)?)
        }
    };
    Ok(match newline {
        Some(cr) => (rest, flags << 1 | cr as i64),
        None => (rest, flags),
    })
}

pub fn set_state(ts: &ThreadState, cell: &GilCell<Option<Decoder>>, rest: &[u8], flags: i64) -> Result<()> {
    let object = cell.write(|d| {
        let d = d.as_mut()?;
        let mut flags = flags;
        if let Some(nl) = &mut d.newlines {
            nl.pending_cr = flags & 1 == 1;
            flags >>= 1;
        }
        match &mut d.inner {
            Inner::Native(n) => {
                n.rest = rest.to_vec();
                None
            }
            Inner::Python(v) => Some((v.clone(), flags)),
        }
    });
    if let Some((d, flags)) = object {
        let state = tuple(ts, vec![bytes_value(ts, rest), int_value(ts, flags)]);
        protocol::call_method(ts, &d, "setstate", &[state])?;
    }
    Ok(())
}

pub fn reset(ts: &ThreadState, cell: &GilCell<Option<Decoder>>) -> Result<()> {
    let object = cell.write(|d| {
        let d = d.as_mut()?;
        if let Some(nl) = &mut d.newlines {
            (nl.pending_cr, nl.seen) = (false, 0);
        }
        match &mut d.inner {
            Inner::Native(n) => {
                n.rest.clear();
                None
            }
            Inner::Python(v) => Some(v.clone()),
        }
    });
    match object {
        Some(d) => protocol::call_method(ts, &d, "reset", &[]).map(drop),
        None => Ok(()),
    }
}

/// The bytes of a text, when that takes no error handler.
pub fn encode_native(codec: Codec, errors: Errors, text: &[u8], is_ascii: bool, out: &mut Vec<u8>) -> bool {
    match codec {
        Codec::Utf8 => {
            let plain = is_ascii || std::str::from_utf8(text).is_ok();
            if plain {
                out.extend_from_slice(text);
            } else if errors == Errors::Surrogateescape
                && let Ok(raw) = fsenc::encode(text)
            {
                out.extend_from_slice(&raw);
            } else {
                return false;
            }
            true
        }
        Codec::Ascii | Codec::Latin1 if is_ascii => {
            out.extend_from_slice(text);
            true
        }
        Codec::Latin1 => {
            let start = out.len();
            let mut i = 0;
            while i < text.len() {
                match text[i] {
                    b @ 0..0x80 => out.push(b),
                    b @ (0xc2 | 0xc3) => {
                        i += 1;
                        out.push(b << 6 | text[i] & 0x3f);
                    }
                    _ => {
                        out.truncate(start);
                        return false;
                    }
                }
                i += 1;
            }
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(codec: Codec, errors: Errors, parts: &[&[u8]]) -> std::result::Result<Vec<u8>, Malformed> {
        let mut n = Native::new(codec, errors).unwrap();
        let mut out = vec![];
        for (i, p) in parts.iter().enumerate() {
            n.decode(p, i + 1 == parts.len(), &mut out).map_err(|e| e.1)?;
        }
        Ok(out)
    }

    #[test]
    fn utf8_in_pieces() {
        let s = "aé€😀z".as_bytes();
        for cut in 0..s.len() {
            assert_eq!(all(Codec::Utf8, Errors::Strict, &[&s[..cut], &s[cut..]]).unwrap(), s);
        }
        assert_eq!(all(Codec::Utf8, Errors::Strict, &[b"a\xff"]), Err(Malformed { start: 1, end: 2, reason: "invalid start byte" }));
        assert_eq!(all(Codec::Utf8, Errors::Strict, &[b"a\xe2\x82"]).unwrap_err().reason, "unexpected end of data");
        assert_eq!(all(Codec::Utf8, Errors::Replace, &[b"\xe2\x82a"]).unwrap(), "\u{fffd}a".as_bytes());
        assert_eq!(all(Codec::Latin1, Errors::Strict, &[b"\xe9"]).unwrap(), "é".as_bytes());
    }

    #[test]
    fn latin1_back() {
        let mut out = vec![];
        assert!(encode_native(Codec::Latin1, Errors::Strict, "aé".as_bytes(), false, &mut out));
        assert_eq!(out, b"a\xe9");
        assert!(!encode_native(Codec::Latin1, Errors::Strict, "€".as_bytes(), false, &mut out));
    }
}
