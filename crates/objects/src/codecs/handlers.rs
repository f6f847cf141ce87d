//! The standard error handlers as Python sees them: `codecs.lookup_error("replace")`. Encoders and decoders
//! do the same by themselves and do not call these.

use super::normalize;
use crate::bytes::Bytes;
use crate::int;
use crate::protocol;
use crate::str::{StrBuilder, repr::push_escape};
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::unicode::{names, wtf8};
use crate::value::{Raised, Result, Value};
use taipan_macros::functions;

/// What kind of exception came in.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Encode,
    Decode,
    Translate,
}

struct Error {
    kind: Kind,
    encoding: String,
    object: Value,
    start: usize,
    end: usize,
}

fn unknown(ts: &ThreadState, exc: &Value) -> Raised {
    ts.type_error(format!("don't know how to handle {} in error callback", exc.type_name(ts)))
}

impl Error {
    fn read(ts: &ThreadState, exc: &Value) -> Result<Error> {
        let class = exc.class(ts);
        let types = ts.exceptions();
        let kind = if class.is_subtype(&types.unicode_encode_error) {
            Kind::Encode
        } else if class.is_subtype(&types.unicode_decode_error) {
            Kind::Decode
        } else if class.is_subtype(&types.unicode_translate_error) {
            Kind::Translate
        } else {
            return Err(unknown(ts, exc));
        };
        let get = |name: &str| protocol::getattr_name(ts, exc, name);
        let object = get("object")?;
        let encoding = match kind {
            Kind::Translate => String::new(),
            _ => get("encoding")?.as_str().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default(),
        };
        let len = match (kind, object.as_str(), object.downcast::<Bytes>()) {
            (Kind::Decode, _, Some(b)) => b.len(),
            (Kind::Encode | Kind::Translate, Some(s), _) => s.len(),
            _ => return Err(ts.type_error("UnicodeError 'object' attribute has the wrong type")),
        } as isize;
        let start = protocol::as_isize(ts, &get("start")?)?.clamp(0, (len - 1).max(0));
        let end = protocol::as_isize(ts, &get("end")?)?.max(1).min(len).max(start);
        Ok(Error { kind, encoding, object, start: start as usize, end: end as usize })
    }
    fn code_points(&self) -> Vec<u32> {
        let all = self.object.as_str().map(|s| s.code_points().skip(self.start).take(self.end - self.start).collect());
        all.unwrap_or_default()
    }
    fn bytes(&self) -> &[u8] {
        self.object.downcast::<Bytes>().map_or(&[], |b| b.as_slice())
    }
}

fn answer(ts: &ThreadState, replacement: Value, position: usize) -> Value {
    Tuple::from_array(ts, [replacement, int::from_usize(ts, position)]).into_value()
}

fn text_answer(ts: &ThreadState, position: usize, f: impl FnOnce(&mut StrBuilder)) -> Value {
    let mut out = StrBuilder::new();
    f(&mut out);
    answer(ts, out.finish(ts).into_value(), position)
}

/// How an encoding writes surrogates, for "surrogatepass": bytes of a unit, big-endian.
fn unit_of(encoding: &str) -> Option<(usize, bool)> {
    let name: String = normalize(encoding).chars().filter(|c| *c != '_').collect();
    let big = cfg!(target_endian = "big");
    Some(match name.as_str() {
        "utf8" | "cputf8" => (1, false),
        "utf16le" => (2, false),
        "utf16be" => (2, true),
        "utf16" => (2, big),
        "utf32le" => (4, false),
        "utf32be" => (4, true),
        "utf32" => (4, big),
        _ => return None,
    })
}

#[functions(module = "builtins")]
pub mod functions {
    use super::*;

    /// Implements the 'strict' error handling, which raises a UnicodeError on coding errors.
    #[function("strict_errors(exception, /)", no_signature)]
    fn strict_errors(ts: &ThreadState, exception: &Value) -> Result<Value> {
        if exception.class(ts).is_subtype(&ts.exceptions().base_exception) {
            return Err(ts.raise(exception));
        }
        Err(ts.type_error("codec must pass exception instance"))
    }
    /// Implements the 'ignore' error handling, which ignores malformed data and continues.
    #[function("ignore_errors(exception, /)", no_signature)]
    fn ignore_errors(ts: &ThreadState, exception: &Value) -> Result<Value> {
        let e = Error::read(ts, exception)?;
        Ok(text_answer(ts, e.end, |_| {}))
    }
    /// Implements the 'replace' error handling, which replaces malformed data with a replacement marker.
    #[function("replace_errors(exception, /)", no_signature)]
    fn replace_errors(ts: &ThreadState, exception: &Value) -> Result<Value> {
        let e = Error::read(ts, exception)?;
        Ok(text_answer(ts, e.end, |out| match e.kind {
            Kind::Encode => out.push_repeated('?' as u32, e.end - e.start),
            Kind::Decode => out.push(0xfffd),
            Kind::Translate => out.push_repeated(0xfffd, e.end - e.start),
        }))
    }
    /// Implements the 'xmlcharrefreplace' error handling, which replaces an unencodable character with the
    /// appropriate XML character reference.
    #[function("xmlcharrefreplace_errors(exception, /)", no_signature)]
    fn xmlcharrefreplace_errors(ts: &ThreadState, exception: &Value) -> Result<Value> {
        let e = Error::read(ts, exception)?;
        if e.kind != Kind::Encode {
            return Err(unknown(ts, exception));
        }
        Ok(text_answer(ts, e.end, |out| e.code_points().iter().for_each(|c| out.push_str(&format!("&#{c};")))))
    }
    /// Implements the 'backslashreplace' error handling, which replaces malformed data with a backslashed
    /// escape sequence.
    #[function("backslashreplace_errors(exception, /)", no_signature)]
    fn backslashreplace_errors(ts: &ThreadState, exception: &Value) -> Result<Value> {
        let e = Error::read(ts, exception)?;
        Ok(text_answer(ts, e.end, |out| match e.kind {
            Kind::Decode => e.bytes()[e.start..e.end].iter().for_each(|&b| push_escape(out, b as u32)),
            _ => e.code_points().iter().for_each(|&c| push_escape(out, c)),
        }))
    }
    /// Implements the 'namereplace' error handling, which replaces an unencodable character with a \N{...}
    /// escape sequence.
    #[function("namereplace_errors(exception, /)", no_signature)]
    fn namereplace_errors(ts: &ThreadState, exception: &Value) -> Result<Value> {
        let e = Error::read(ts, exception)?;
        if e.kind != Kind::Encode {
            return Err(unknown(ts, exception));
        }
        Ok(text_answer(ts, e.end, |out| {
            for c in e.code_points() {
                match names::name(c) {
                    Some(name) => out.push_str(&format!("\\N{{{name}}}")),
                    None => push_escape(out, c),
                }
            }
        }))
    }
    #[function("surrogateescape(exception, /)", no_signature)]
    fn surrogateescape(ts: &ThreadState, exception: &Value) -> Result<Value> {
        let e = Error::read(ts, exception)?;
        match e.kind {
            Kind::Encode => {
                let all = e.code_points();
                if all.iter().any(|c| !(0xdc80..=0xdcff).contains(c)) {
                    return Err(ts.raise(exception));
                }
                let bytes: Vec<u8> = all.iter().map(|c| (c - 0xdc00) as u8).collect();
                Ok(answer(ts, Bytes::new(ts, &bytes).into_value(), e.end))
            }
            Kind::Decode => {
                let high: Vec<u8> = e.bytes()[e.start..e.end].iter().copied().take(4).take_while(|b| *b >= 0x80).collect();
                if high.is_empty() {
                    return Err(ts.raise(exception));
                }
                let position = e.start + high.len();
                Ok(text_answer(ts, position, |out| high.iter().for_each(|&b| out.push(0xdc00 + b as u32))))
            }
            Kind::Translate => Err(unknown(ts, exception)),
        }
    }
    #[function("surrogatepass(exception, /)", no_signature)]
    fn surrogatepass(ts: &ThreadState, exception: &Value) -> Result<Value> {
        let e = Error::read(ts, exception)?;
        if e.kind == Kind::Translate {
            return Err(unknown(ts, exception));
        }
        let Some((unit, big)) = unit_of(&e.encoding) else { return Err(ts.raise(exception)) };
        if e.kind == Kind::Encode {
            let mut out = Vec::new();
            for c in e.code_points() {
                if !wtf8::is_surrogate(c) {
                    return Err(ts.raise(exception));
                }
                match (unit, big) {
                    (2, true) => out.extend_from_slice(&(c as u16).to_be_bytes()),
                    (2, false) => out.extend_from_slice(&(c as u16).to_le_bytes()),
                    (4, true) => out.extend_from_slice(&c.to_be_bytes()),
                    (4, false) => out.extend_from_slice(&c.to_le_bytes()),
                    _ => wtf8::push(&mut out, c),
                }
            }
            return Ok(answer(ts, Bytes::new(ts, &out).into_value(), e.end));
        }
        let b = &e.bytes()[e.start..];
        let read = match (unit, big, b) {
            (1, _, b) => super::super::utf8::surrogate(b),
            (2, true, [x, y, ..]) => Some((u16::from_be_bytes([*x, *y]) as u32, 2)),
            (2, false, [x, y, ..]) => Some((u16::from_le_bytes([*x, *y]) as u32, 2)),
            (4, true, [x, y, z, w, ..]) => Some((u32::from_be_bytes([*x, *y, *z, *w]), 4)),
            (4, false, [x, y, z, w, ..]) => Some((u32::from_le_bytes([*x, *y, *z, *w]), 4)),
            _ => None,
        };
        match read.filter(|(c, _)| wtf8::is_surrogate(*c)) {
            Some((c, n)) => Ok(text_answer(ts, e.start + n, |out| out.push(c))),
            None => Err(ts.raise(exception)),
        }
    }
}
