//! Decoding with error handlers: what all decoders do about bytes that they have no text for.

use super::encode::{Policy, position_of};
use super::registry;
use crate::bytes::Bytes;
use crate::heap::Ref;
use crate::protocol;
use crate::str::{Str, StrBuilder, repr::push_escape};
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::{Raised, Result, Value};
use std::borrow::Cow;

/// A decoder at work.
pub struct Decoder<'a> {
    pub ts: &'a ThreadState,
    /// As the exception names it.
    pub encoding: &'a str,
    /// A handler may exchange it.
    pub input: Cow<'a, [u8]>,
    pub errors: &'a str,
    pub policy: Policy,
    pub out: StrBuilder,
    handler: Option<Value>,
    /// Reads a surrogate at the beginning of the bytes, for encodings that know "surrogatepass": the code
    /// point and the number of bytes.
    pub surrogate: Option<fn(&[u8]) -> Option<(u32, usize)>>,
}

impl<'a> Decoder<'a> {
    pub fn new(ts: &'a ThreadState, encoding: &'a str, input: &'a [u8], errors: &'a str) -> Decoder<'a> {
        Decoder {
            ts,
            encoding,
            input: Cow::Borrowed(input),
            errors,
            policy: Policy::named(errors),
            out: StrBuilder::with_capacity(input.len()),
            handler: None,
            surrogate: None,
        }
    }
    pub fn finish(self) -> Ref<Str> {
        self.out.finish(self.ts)
    }
    /// The error for a range of the input.
    pub fn fail(&self, start: usize, end: usize, reason: &str) -> Raised {
        let object = Bytes::new(self.ts, &self.input).into_value();
        self.ts.unicode_decode_error(self.encoding, &object, start, end, reason)
    }
    /// Deals with a range of the input that cannot be decoded; gives the offset at which to go on.
    pub fn replace(&mut self, start: usize, end: usize, reason: &str) -> Result<usize> {
        match self.policy {
            Policy::Ignore => {}
            Policy::Replace => self.out.push(0xfffd),
            Policy::BackslashReplace => self.input[start..end].iter().for_each(|&b| push_escape(&mut self.out, b as u32)),
            Policy::SurrogateEscape => {
                let high = self.input[start..end].iter().take(4).take_while(|b| **b >= 0x80).count();
                if high == 0 {
                    return Err(self.fail(start, end, reason));
                }
                for i in start..start + high {
                    self.out.push(0xdc00 + self.input[i] as u32);
                }
                return Ok(start + high);
            }
            Policy::SurrogatePass => match self.surrogate.and_then(|f| f(&self.input[start..])) {
                Some((c, n)) => {
                    self.out.push(c);
                    return Ok(start + n);
                }
                None => return Err(self.fail(start, end, reason)),
            },
            Policy::Other => return self.ask(start, end, reason),
            Policy::Strict => return Err(self.fail(start, end, reason)),
            Policy::NameReplace | Policy::XmlCharRefReplace => return self.ask(start, end, reason),
        }
        Ok(end)
    }
    /// Calls a registered handler.
    fn ask(&mut self, start: usize, end: usize, reason: &str) -> Result<usize> {
        let ts = self.ts;
        if self.handler.is_none() {
            self.handler = Some(registry::lookup_error(ts, self.errors)?);
        }
        let _ = self.fail(start, end, reason);
        let Some(exc) = ts.take_exception() else { return Err(ts.system_error("no exception was made")) };
        let Some(handler) = &self.handler else { return Err(ts.system_error("no error handler")) };
        let result = protocol::call(ts, handler, std::slice::from_ref(&exc))?;
        let wrong = || ts.type_error("decoding error handler must return (str, int) tuple");
        let Some(pair) = result.downcast::<Tuple>() else { return Err(wrong()) };
        let [replacement, position] = pair.items() else { return Err(wrong()) };
        let Some(text) = replacement.as_str() else { return Err(wrong()) };
        let object = protocol::getattr_name(ts, &exc, "object")?;
        let Some(bytes) = object.downcast::<Bytes>() else {
            return Err(ts.type_error("UnicodeError 'object' attribute must be a bytes"));
        };
        if bytes.as_slice() != &*self.input {
            self.input = Cow::Owned(bytes.to_vec());
        }
        let position = position_of(ts, position, self.input.len(), wrong)?;
        self.out.push_text(text);
        Ok(position)
    }
}
