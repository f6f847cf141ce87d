//! Codecs: text to bytes and back. The encodings that are native have a file each; the others come from
//! the registry ([`registry`]), to which Python's `encodings` package adds itself.

pub mod charmap;
pub mod decode;
pub mod encode;
pub mod escape;
pub mod handlers;
pub mod registry;
pub mod single;
pub mod utf16;
pub mod utf7;
pub mod utf8;

use crate::buffer;
use crate::bytearray::Bytearray;
use crate::bytes::Bytes;
use crate::heap::Ref;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::value::{Result, Value};
pub use decode::Decoder;
pub use encode::{Encoder, Replacement};

/// The encodings that need no look-up.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Known {
    Utf8,
    Latin1,
    Ascii,
    Utf16,
    Utf16Le,
    Utf16Be,
    Utf32,
    Utf32Le,
    Utf32Be,
}

/// Lower case, with each run of other characters than letters, digits and dots as one underscore.
pub fn normalize(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut gap = false;
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || c == '.' {
            if gap && !out.is_empty() {
                out.push('_');
            }
            gap = false;
            out.push(c.to_ascii_lowercase());
        } else {
            gap = true;
        }
    }
    out
}

fn known(name: &str) -> Option<Known> {
    // The usual spellings, without making a string.
    match name {
        "utf-8" | "utf8" | "UTF-8" | "utf_8" | "UTF8" => return Some(Known::Utf8),
        "ascii" => return Some(Known::Ascii),
        "latin-1" | "latin1" => return Some(Known::Latin1),
        _ => {}
    }
    if name.len() > 16 {
        return None;
    }
    Some(match normalize(name).as_str() {
        "utf_8" | "utf8" => Known::Utf8,
        "latin_1" | "latin1" | "iso_8859_1" | "iso8859_1" => Known::Latin1,
        "ascii" | "us_ascii" => Known::Ascii,
        "utf_16" | "utf16" => Known::Utf16,
        "utf_16_le" | "utf16_le" => Known::Utf16Le,
        "utf_16_be" | "utf16_be" => Known::Utf16Be,
        "utf_32" | "utf32" => Known::Utf32,
        "utf_32_le" | "utf32_le" => Known::Utf32Le,
        "utf_32_be" | "utf32_be" => Known::Utf32Be,
        _ => return None,
    })
}

/// The text of an argument that names an encoding or error handler.
fn name_of<'a>(ts: &ThreadState, s: Option<&'a Str>, default: &'static str) -> Result<std::borrow::Cow<'a, str>> {
    let Some(s) = s else { return Ok(default.into()) };
    if memchr::memchr(0, s.bytes()).is_some() {
        return Err(ts.value_error("embedded null character"));
    }
    match s.as_str() {
        Some(text) => Ok(text.into()),
        None => Err(encode::surrogates_not_allowed(ts, s)),
    }
}

/// In development mode the names are looked up even when nothing asks for them.
fn check_names(ts: &ThreadState, encoding: &str, errors: &str) -> Result<()> {
    if ts.interp().config.read(|c| c.dev_mode) && !ts.interp().finalizing.get() {
        if known(encoding).is_none() {
            registry::lookup(ts, encoding)?;
        }
        registry::lookup_error(ts, errors)?;
    }
    Ok(())
}

/// `s.encode(encoding, errors)`
pub fn encode_str(ts: &ThreadState, s: &Str, encoding: Option<&Str>, errors: Option<&Str>) -> Result<Value> {
    if encoding.is_none() && errors.is_none() && !s.has_surrogates() {
        return Ok(Bytes::new(ts, s.bytes()).into_value());
    }
    let encoding = name_of(ts, encoding, "utf-8")?;
    let errors = name_of(ts, errors, "strict")?;
    check_names(ts, &encoding, &errors)?;
    encode_text(ts, s, &encoding, &errors)
}

/// Encodes text with a named codec, which must give `bytes`.
pub fn encode_text(ts: &ThreadState, s: &Str, encoding: &str, errors: &str) -> Result<Value> {
    let out = match known(encoding) {
        Some(Known::Utf8) => utf8::encode(ts, s, errors)?,
        Some(Known::Latin1) => single::encode(ts, s, errors, 256)?,
        Some(Known::Ascii) => single::encode(ts, s, errors, 128)?,
        Some(Known::Utf16) => utf16::encode16(ts, s, errors, utf16::Order::Native)?,
        Some(Known::Utf16Le) => utf16::encode16(ts, s, errors, utf16::Order::Little)?,
        Some(Known::Utf16Be) => utf16::encode16(ts, s, errors, utf16::Order::Big)?,
        Some(Known::Utf32) => utf16::encode32(ts, s, errors, utf16::Order::Native)?,
        Some(Known::Utf32Le) => utf16::encode32(ts, s, errors, utf16::Order::Little)?,
        Some(Known::Utf32Be) => utf16::encode32(ts, s, errors, utf16::Order::Big)?,
        None => {
            let v = registry::run_text(ts, s.to_ref().as_value(), encoding, errors, true)?;
            if v.is_instance_of::<Bytes>() {
                return Ok(v);
            }
            if let Some(b) = v.downcast::<Bytearray>() {
                let message = format!("encoder {encoding} returned bytearray instead of bytes; use codecs.encode() to encode to arbitrary types");
                ts.warn_runtime(&message)?;
                return Ok(Bytes::new(ts, &b.to_vec()).into_value());
            }
            return Err(ts.type_error(format!(
                "'{encoding}' encoder returned '{}' instead of 'bytes'; use codecs.encode() to encode to arbitrary types",
                v.type_name(ts)
            )));
        }
    };
    Ok(Bytes::new(ts, &out).into_value())
}

/// Decodes bytes with a named codec, which must give `str`. `object` is the object that they are of.
pub fn decode_bytes(ts: &ThreadState, bytes: &[u8], object: Option<&Value>, encoding: &str, errors: &str) -> Result<Ref<Str>> {
    let done = match known(encoding) {
        Some(Known::Utf8) => utf8::decode(ts, bytes, errors, true)?.0,
        Some(Known::Latin1) => single::decode_latin1(ts, bytes),
        Some(Known::Ascii) => single::decode_ascii(ts, bytes, errors)?,
        Some(Known::Utf16) => utf16::decode16(ts, bytes, errors, utf16::Order::Native, true)?.text,
        Some(Known::Utf16Le) => utf16::decode16(ts, bytes, errors, utf16::Order::Little, true)?.text,
        Some(Known::Utf16Be) => utf16::decode16(ts, bytes, errors, utf16::Order::Big, true)?.text,
        Some(Known::Utf32) => utf16::decode32(ts, bytes, errors, utf16::Order::Native, true)?.text,
        Some(Known::Utf32Le) => utf16::decode32(ts, bytes, errors, utf16::Order::Little, true)?.text,
        Some(Known::Utf32Be) => utf16::decode32(ts, bytes, errors, utf16::Order::Big, true)?.text,
        None => {
            let source = match object {
                Some(o) => o.clone(),
                None => Bytes::new(ts, bytes).into_value(),
            };
            let v = registry::run_text(ts, &source, encoding, errors, false)?;
            return Ref::<Str>::from_value(v).map_err(|v| {
                ts.type_error(format!(
                    "'{encoding}' decoder returned '{}' instead of 'str'; use codecs.decode() to decode to arbitrary types",
                    v.type_name(ts)
                ))
            });
        }
    };
    Ok(done)
}

/// `b.decode(encoding, errors)` of a `bytes` or `bytearray`.
pub fn decode_value(ts: &ThreadState, b: &Value, encoding: Option<&Str>, errors: Option<&Str>) -> Result<Value> {
    if encoding.is_none()
        && errors.is_none()
        && let Some(b) = b.exact::<Bytes>()
    {
        return Ok(utf8::decode(ts, b, "strict", true)?.0.into_value());
    }
    let encoding = name_of(ts, encoding, "utf-8")?;
    let errors = name_of(ts, errors, "strict")?;
    check_names(ts, &encoding, &errors)?;
    let lent = buffer::simple(ts, b)?;
    let handed = if b.is_instance_of::<Bytes>() { Some(b) } else { None };
    Ok(decode_bytes(ts, lent.as_slice(), handed, &encoding, &errors)?.into_value())
}

/// `str(object, encoding, errors)`
pub fn decode_object(ts: &ThreadState, o: &Value, encoding: Option<&Str>, errors: Option<&Str>) -> Result<Ref<Str>> {
    if o.as_str().is_some() {
        return Err(ts.type_error("decoding str is not supported"));
    }
    if !buffer::supports(ts, o) {
        return Err(ts.type_error(format!("decoding to str: need a bytes-like object, {} found", o.type_name(ts))));
    }
    let encoding = name_of(ts, encoding, "utf-8")?;
    let errors = name_of(ts, errors, "strict")?;
    check_names(ts, &encoding, &errors)?;
    let lent = buffer::simple(ts, o)?;
    let handed = if o.is_instance_of::<Bytes>() { Some(o) } else { None };
    decode_bytes(ts, lent.as_slice(), handed, &encoding, &errors)
}

/// What `-b` reports.
#[inline]
pub fn bytes_warning(ts: &ThreadState, message: &str) -> Result<()> {
    if ts.interp().config.read(|c| c.bytes_warning) == 0 { Ok(()) } else { ts.warn(|x| &x.bytes_warning, message, 1) }
}
