//! What a pattern is applied to: a str, or the bytes of an object that lends them.

use super::machine::{Machine, Narrow, Wanted, Wide};
use super::program::Program;
use crate::prelude::*;

pub struct Subject {
    pub object: Value,
    /// Absent for a str.
    loan: Option<Loan>,
}

impl Subject {
    /// `is_bytes`: what the pattern is for, where that is known.
    pub fn new(ts: &ThreadState, object: &Value, is_bytes: Option<bool>) -> Result<Subject> {
        let loan = if object.downcast::<Str>().is_some() {
            None
        } else {
            match maybe_readable(ts, object)? {
                Some(b) => Some(b),
                None => {
                    let name = object.type_name(ts);
                    return Err(ts.type_error(format!("expected string or bytes-like object, got '{name}'")));
                }
            }
        };
        match (is_bytes, loan.is_some()) {
            (Some(true), false) => Err(ts.type_error("cannot use a bytes pattern on a string-like object")),
            (Some(false), true) => Err(ts.type_error("cannot use a string pattern on a bytes-like object")),
            _ => Ok(Subject { object: object.clone(), loan }),
        }
    }
    pub fn bytes(&self) -> &[u8] {
        match &self.loan {
            Some(b) => b.as_bytes(),
            None => self.object.downcast::<Str>().map_or(&[], |s| s.bytes()),
        }
    }
    pub fn is_bytes(&self) -> bool {
        self.loan.is_some()
    }
    fn text(&self) -> Option<&Str> {
        if self.loan.is_some() { None } else { self.object.downcast::<Str>() }
    }
    /// The byte range of the arguments `pos` and `endpos`, and the characters that they are then.
    pub fn range(&self, pos: isize, endpos: isize) -> (usize, usize, usize, usize) {
        let len = match self.text() {
            Some(s) => s.len(),
            None => self.bytes().len(),
        };
        let clamp = |i: isize| (i.max(0) as usize).min(len);
        let (pos, end) = (clamp(pos), clamp(endpos));
        match self.text() {
            Some(s) => (s.offset_of(pos), s.offset_of(end), pos, end),
            None => (pos, end, pos, end),
        }
    }
    pub fn slice(&self, ts: &ThreadState, a: usize, b: usize) -> Value {
        slice(ts, &self.object, self.bytes(), a, b)
    }
    /// An empty text of the kind.
    pub fn empty(&self, ts: &ThreadState) -> Value {
        if self.is_bytes() { bytes_value(ts, b"") } else { Str::from_wtf8(ts, b"").into_value() }
    }
    /// A text of the kind.
    pub fn make(&self, ts: &ThreadState, bytes: Vec<u8>) -> Value {
        if self.is_bytes() { bytes_from_vec(ts, bytes) } else { Str::from_wtf8(ts, &bytes).into_value() }
    }
    /// The bytes of `v` if it is a text of the kind.
    pub fn same_kind<'a>(&self, v: &'a Value) -> Option<&'a [u8]> {
        if self.is_bytes() { v.downcast::<Bytes>().map(|b| b.as_slice()) } else { v.downcast::<Str>().map(|s| s.bytes()) }
    }
    pub fn matcher<'a>(&'a self, ts: &'a ThreadState, prog: &'a Program) -> Matcher<'a> {
        match self.text() {
            Some(s) if !s.is_ascii() => Matcher::Wide(Machine::new(ts, prog, Wide(s.bytes()))),
            _ => Matcher::Narrow(Machine::new(ts, prog, Narrow(self.bytes()))),
        }
    }
}

/// The part of a text between two places. The whole of an exact str or bytes is the object itself.
pub fn slice(ts: &ThreadState, object: &Value, bytes: &[u8], a: usize, b: usize) -> Value {
    if let Some(s) = object.downcast::<Str>() {
        if a == 0 && b == bytes.len() && object.exact::<Str>().is_some() {
            return object.clone();
        }
        return Str::subslice(ts, s, a, b).into_value();
    }
    if a == 0 && b == bytes.len() && object.exact::<Bytes>().is_some() {
        return object.clone();
    }
    bytes_value(ts, &bytes[a.min(bytes.len())..b.min(bytes.len())])
}

/// The machine for either kind of text.
pub enum Matcher<'a> {
    Narrow(Machine<'a, Narrow<'a>>),
    Wide(Machine<'a, Wide<'a>>),
}

impl Matcher<'_> {
    pub fn match_at(&mut self, w: Wanted) -> Result<Option<usize>> {
        match self {
            Matcher::Narrow(m) => m.match_at(w),
            Matcher::Wide(m) => m.match_at(w),
        }
    }
    pub fn search(&mut self, w: Wanted) -> Result<Option<(usize, usize)>> {
        match self {
            Matcher::Narrow(m) => m.search(w),
            Matcher::Wide(m) => m.search(w),
        }
    }
    /// The marks after a match.
    pub fn regs(&self) -> &[usize] {
        match self {
            Matcher::Narrow(m) => &m.regs,
            Matcher::Wide(m) => &m.regs,
        }
    }
    pub fn lastindex(&self) -> usize {
        match self {
            Matcher::Narrow(m) => m.lastindex(),
            Matcher::Wide(m) => m.lastindex(),
        }
    }
    /// The byte range of a group after a match.
    pub fn group(&self, g: usize) -> Option<(usize, usize)> {
        let (a, b) = (self.regs()[2 * g - 2], self.regs()[2 * g - 1]);
        (a != super::machine::UNSET && b != super::machine::UNSET && a <= b).then_some((a, b))
    }
}

