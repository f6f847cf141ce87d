//! Writing.

use super::dialect::{Dialect, Quoting};
use crate::prelude::*;
use taipan_objects::int::digits;
use taipan_objects::unicode::wtf8;

pub struct Writer {
    write: Value,
    dialect: Value,
}
payload!(Writer, container, traverse = |s, visit| {
    visit(&s.write);
    visit(&s.dialect);
});

pub fn new(ts: &ThreadState, write: Value, dialect: Value) -> Value {
    heap::new(ts, Writer { write, dialect }).into_value()
}

/// The characters of a dialect that is all ASCII.
struct Special {
    delimiter: u8,
    quote: Option<u8>,
    escape: Option<u8>,
    /// Of the line's end, when it is not one of the usual ones.
    end: Option<Vec<u8>>,
}

impl Special {
    fn of(d: &Dialect) -> Option<Special> {
        let ascii = |c: u32| u8::try_from(c).ok().filter(u8::is_ascii);
        let optional = |c: Option<u32>| match c {
            None => Some(None),
            Some(c) => ascii(c).map(Some),
        };
        let end = d.lineterminator.bytes();
        if !end.is_ascii() {
            return None;
        }
        let end = end.iter().any(|b| !matches!(b, b'\r' | b'\n')).then(|| end.to_vec());
        Some(Special { delimiter: ascii(d.delimiter)?, quote: optional(d.quotechar)?, escape: optional(d.escapechar)?, end })
    }
    #[inline]
    fn has(&self, b: u8) -> bool {
        let is = |c: Option<u8>| c.is_some_and(|c| c == b);
        b == self.delimiter || b == b'\n' || b == b'\r' || is(self.quote) || is(self.escape) || self.end.as_ref().is_some_and(|e| e.contains(&b))
    }
}

struct Row<'a> {
    ts: &'a ThreadState,
    d: &'a Dialect,
    special: Option<Special>,
    out: Vec<u8>,
    fields: usize,
}

impl Row<'_> {
    /// Adds a field; `None` is one without a text.
    fn field(&mut self, text: Option<&[u8]>, quoted: bool) -> Result<()> {
        let d = self.d;
        let mut quoted = quoted;
        if self.fields > 0 {
            wtf8::push(&mut self.out, d.delimiter);
        }
        if let (Some(t), Some(special)) = (text.filter(|t| !t.is_empty()), &self.special) {
            // Most texts hold nothing special: they are taken as they are. Others most often only want quotes.
            let found = t.iter().fold(false, |found, b| found | special.has(*b));
            let plain = !found || d.quoting != Quoting::None && d.quotechar.is_some() && special.escape.is_none_or(|e| memchr::memchr(e, t).is_none());
            let inner = if found { special.quote.and_then(|q| memchr::memchr(q, t)) } else { None };
            if plain && (inner.is_none() || d.doublequote) {
                let quote = special.quote.filter(|_| quoted || found);
                self.out.extend(quote);
                match (inner, special.quote) {
                    (Some(_), Some(q)) => {
                        for &b in t {
                            if b == q {
                                self.out.push(q);
                            }
                            self.out.push(b);
                        }
                    }
                    _ => self.out.extend_from_slice(t),
                }
                self.out.extend(quote);
                self.fields += 1;
                return Ok(());
            }
        }
        let mut copy: Vec<u8> = vec![];
        for c in text.iter().flat_map(|t| wtf8::CodePoints::new(t)) {
            let special = c == d.delimiter
                || d.escapechar == Some(c)
                || d.quotechar == Some(c)
                || c == b'\n' as u32
                || c == b'\r' as u32
                || d.lineterminator.code_points().any(|x| x == c);
            if special {
                let mut escape = false;
                if d.quoting == Quoting::None {
                    escape = true;
                } else if d.quotechar == Some(c) {
                    if d.doublequote {
                        wtf8::push(&mut copy, c);
                    } else {
                        escape = true;
                    }
                } else if d.escapechar == Some(c) {
                    escape = true;
                }
                if !escape {
                    quoted = true;
                } else if let Some(e) = d.escapechar {
                    wtf8::push(&mut copy, e);
                } else {
                    return Err(super::error(self.ts, "need to escape, but no escapechar set"));
                }
            }
            wtf8::push(&mut copy, c);
        }
        let empty = text.is_none_or(|t| t.is_empty());
        if empty && d.delimiter == b' ' as u32 && d.skipinitialspace {
            if d.quoting == Quoting::None || (text.is_none() && matches!(d.quoting, Quoting::Strings | Quoting::NotNull)) {
                let m = "empty field must be quoted if delimiter is a space and skipinitialspace is true";
                return Err(super::error(self.ts, m));
            }
            quoted = true;
        }
        let quote = d.quotechar.filter(|_| quoted);
        quote.into_iter().for_each(|q| wtf8::push(&mut self.out, q));
        self.out.extend_from_slice(&copy);
        quote.into_iter().for_each(|q| wtf8::push(&mut self.out, q));
        self.fields += 1;
        Ok(())
    }
}

impl Writer {
    fn row(&self, ts: &ThreadState, row: &Value) -> Result {
        let Some(d) = self.dialect.downcast::<Dialect>() else { return Err(ts.type_error("no dialect")) };
        let it = match protocol::get_iter(ts, row) {
            Ok(it) => it,
            Err(raised) => {
                if !ts.exception_matches(&exceptions(ts).type_error) {
                    return Err(raised);
                }
                ts.clear_exception();
                return Err(super::error(ts, &format!("iterable expected, not {}", row.type_name(ts))));
            }
        };
        let mut r = Row { ts, d, special: Special::of(d), out: Vec::with_capacity(128), fields: 0 };
        let mut last_null = false;
        while let Some(v) = protocol::iter_next(ts, &it)? {
            let quoted = match d.quoting {
                Quoting::NonNumeric => !is_number(ts, &v),
                Quoting::All => true,
                Quoting::Strings => v.downcast::<Str>().is_some(),
                Quoting::NotNull => !v.is_none(),
                Quoting::Minimal | Quoting::None => false,
            };
            last_null = v.is_none();
            if last_null {
                r.field(None, quoted)?;
            } else if let Some(s) = v.downcast::<Str>() {
                r.field(Some(s.bytes()), quoted)?;
            } else if let Some(i) = v.as_small_int() {
                let (mut digits, n) = ([0; 24], digits::text_len(i));
                digits::write_signed(&mut digits[..n], i);
                r.field(Some(&digits[..n]), quoted)?;
            } else {
                let s = protocol::str_(ts, &v)?;
                r.field(Some(s.bytes()), quoted)?;
            }
        }
        if r.fields > 0 && r.out.is_empty() {
            if d.quoting == Quoting::None || (last_null && matches!(d.quoting, Quoting::Strings | Quoting::NotNull)) {
                return Err(super::error(ts, "single empty field record must be quoted"));
            }
            r.fields -= 1;
            r.field(None, true)?;
        }
        r.out.extend_from_slice(d.lineterminator.bytes());
        let text = Str::from_wtf8(ts, &r.out).into_value();
        protocol::call(ts, &self.write, &[text])
    }
}

fn is_number(ts: &ThreadState, v: &Value) -> bool {
    let s = v.class(ts).slots();
    s.index.is_some() || s.int.is_some() || s.float.is_some() || v.downcast::<taipan_objects::complex::Complex>().is_some()
}

/// CSV writer
///
/// Writer objects are responsible for generating tabular data
/// in CSV format from sequence input.
#[class(name = "writer", module = "_csv", no_new)]
impl Writer {
    /// writerow(iterable)
    ///
    /// Construct and write a CSV record from an iterable of fields.  Non-string
    /// elements will be converted to string.
    #[method("writerow($self, row, /)")]
    fn writerow(&self, ts: &ThreadState, row: &Value) -> Result {
        self.row(ts, row)
    }
    /// writerows(iterable of iterables)
    ///
    /// Construct and write a series of iterables to a csv file.  Non-string
    /// elements will be converted to string.
    #[method("writerows($self, rows, /)")]
    fn writerows(&self, ts: &ThreadState, rows: &Value) -> Result<()> {
        let it = protocol::get_iter(ts, rows)?;
        while let Some(row) = protocol::iter_next(ts, &it)? {
            self.row(ts, &row)?;
        }
        Ok(())
    }
    #[getter("dialect", member)]
    fn get_dialect(&self) -> Value {
        self.dialect.clone()
    }
}
