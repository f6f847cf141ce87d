//! Encoding with error handlers: what all encoders do about text that they have no bytes for.

use super::registry;
use crate::bytes::Bytes;
use crate::heap::Ref;
use crate::int;
use crate::protocol;
use crate::str::{Str, StrBuilder, repr::push_escape};
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::unicode::{names, wtf8};
use crate::value::{Raised, Result, Value};

/// What to do about an error, the standard ways told apart.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Policy {
    Strict,
    Ignore,
    Replace,
    BackslashReplace,
    NameReplace,
    XmlCharRefReplace,
    SurrogateEscape,
    SurrogatePass,
    /// A registered handler.
    Other,
}

impl Policy {
    pub fn named(errors: &str) -> Policy {
        match errors {
            "strict" | "" => Policy::Strict,
            "ignore" => Policy::Ignore,
            "replace" => Policy::Replace,
            "backslashreplace" => Policy::BackslashReplace,
            "namereplace" => Policy::NameReplace,
            "xmlcharrefreplace" => Policy::XmlCharRefReplace,
            "surrogateescape" => Policy::SurrogateEscape,
            "surrogatepass" => Policy::SurrogatePass,
            _ => Policy::Other,
        }
    }
}

/// What a handler puts in place of characters.
pub enum Replacement {
    Text(Ref<Str>),
    Bytes(Vec<u8>),
}

/// An encoder at work.
pub struct Encoder<'a> {
    pub ts: &'a ThreadState,
    /// As the exception names it.
    pub encoding: &'a str,
    pub text: &'a Str,
    pub errors: &'a str,
    pub policy: Policy,
    pub out: Vec<u8>,
    handler: Option<Value>,
    /// Writes a surrogate, for encodings that know "surrogatepass".
    pub surrogate: Option<fn(u32, &mut Vec<u8>)>,
}

pub fn surrogates_not_allowed(ts: &ThreadState, s: &Str) -> Raised {
    let at = s.code_points().position(wtf8::is_surrogate).unwrap_or(0);
    ts.unicode_encode_error("utf-8", s, at, at + 1, "surrogates not allowed")
}

impl<'a> Encoder<'a> {
    pub fn new(ts: &'a ThreadState, encoding: &'a str, text: &'a Str, errors: &'a str) -> Encoder<'a> {
        let out = Vec::with_capacity(text.byte_len());
        Encoder { ts, encoding, text, errors, policy: Policy::named(errors), out, handler: None, surrogate: None }
    }
    /// The error for a range of bytes of the text.
    pub fn fail(&self, start: usize, end: usize, reason: &str) -> Raised {
        let (start, end) = (self.text.index_of(start), self.text.index_of(end));
        self.ts.unicode_encode_error(self.encoding, self.text, start, end, reason)
    }
    /// Deals with a range of bytes of the text that cannot be encoded: gives what to put in its place and
    /// the offset at which to go on.
    pub fn replace(&mut self, start: usize, end: usize, reason: &str) -> Result<(Replacement, usize)> {
        let ts = self.ts;
        let range = wtf8::CodePoints::new(&self.text.bytes()[start..end]);
        let text = |f: &dyn Fn(&mut StrBuilder, u32)| {
            let mut out = StrBuilder::new();
            range.clone().for_each(|c| f(&mut out, c));
            Replacement::Text(out.finish(ts))
        };
        let done = match self.policy {
            Policy::Strict => return Err(self.fail(start, end, reason)),
            Policy::Ignore => Replacement::Bytes(Vec::new()),
            Policy::Replace => text(&|out, _| out.push_ascii(b'?')),
            Policy::BackslashReplace => text(&push_escape),
            Policy::XmlCharRefReplace => text(&|out, c| out.push_str(&format!("&#{c};"))),
            Policy::NameReplace => text(&|out, c| match names::name(c) {
                Some(name) => out.push_str(&format!("\\N{{{name}}}")),
                None => push_escape(out, c),
            }),
            Policy::SurrogateEscape => {
                let mut bytes = Vec::new();
                let mut at = start;
                for c in range {
                    if !(0xdc80..=0xdcff).contains(&c) {
                        return Err(self.fail(at, end, reason));
                    }
                    bytes.push((c - 0xdc00) as u8);
                    at += 3;
                }
                Replacement::Bytes(bytes)
            }
            Policy::SurrogatePass => {
                let Some(write) = self.surrogate else { return Err(self.fail(start, end, reason)) };
                let mut bytes = Vec::new();
                for c in range {
                    if !wtf8::is_surrogate(c) {
                        return Err(self.fail(start, end, reason));
                    }
                    write(c, &mut bytes);
                }
                Replacement::Bytes(bytes)
            }
            Policy::Other => return self.ask(start, end, reason),
        };
        Ok((done, end))
    }
    /// Calls a registered handler.
    fn ask(&mut self, start: usize, end: usize, reason: &str) -> Result<(Replacement, usize)> {
        let ts = self.ts;
        if self.handler.is_none() {
            self.handler = Some(registry::lookup_error(ts, self.errors)?);
        }
        let _ = self.fail(start, end, reason);
        let Some(exc) = ts.take_exception() else { return Err(ts.system_error("no exception was made")) };
        let Some(handler) = &self.handler else { return Err(ts.system_error("no error handler")) };
        let result = protocol::call(ts, handler, &[exc])?;
        let wrong = || ts.type_error("encoding error handler must return (str/bytes, int) tuple");
        let Some(pair) = result.downcast::<Tuple>() else { return Err(wrong()) };
        let [replacement, position] = pair.items() else { return Err(wrong()) };
        let done = if let Some(s) = replacement.as_str() {
            Replacement::Text(s.to_ref())
        } else if let Some(b) = replacement.downcast::<Bytes>() {
            Replacement::Bytes(b.to_vec())
        } else {
            return Err(wrong());
        };
        let position = position_of(ts, position, self.text.len(), wrong)?;
        Ok((done, self.text.offset_of(position)))
    }
}

/// The place at which a handler wants to go on: an index, from the end if negative.
pub fn position_of(ts: &ThreadState, v: &Value, len: usize, wrong: impl Fn() -> Raised) -> Result<usize> {
    if int::view(v).is_none() {
        return Err(wrong());
    }
    let given = protocol::as_isize(ts, v)?;
    let position = if given < 0 { given + len as isize } else { given };
    if position < 0 || position as usize > len {
        return Err(ts.index_error(format!("position {given} from error handler out of bounds")));
    }
    Ok(position as usize)
}
