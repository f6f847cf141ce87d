//! Writing.

use super::dialect::{Dialect, Quoting};
use crate::prelude::*;
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

struct Row<'a> {
    ts: &'a ThreadState,
    d: &'a Dialect,
    out: Vec<u8>,
    fields: usize,
}

impl Row<'_> {
    /// Adds a field; `None` is one without a text.
    fn field(&mut self, text: Option<&Str>, quoted: bool) -> Result<()> {
        let d = self.d;
        let mut quoted = quoted;
        if self.fields > 0 {
            wtf8::push(&mut self.out, d.delimiter);
        }
        // Most texts hold nothing special: they are taken as they are.
        let byte = |c: Option<u32>| c.map_or(Some(0xff), |c| u8::try_from(c).ok().filter(u8::is_ascii));
        if let (Some(t), Some(delimiter), Some(escape), Some(quote)) = (text, byte(Some(d.delimiter)), byte(d.escapechar), byte(d.quotechar))
            && !t.is_empty()
            && d.lineterminator.is_ascii()
        {
            let ends = d.lineterminator.bytes();
            let special = |b: u8| b == delimiter || b == escape || b == quote || b == b'\n' || b == b'\r' || ends.contains(&b);
            if !t.bytes().iter().any(|b| special(*b)) {
                let quote = d.quotechar.filter(|_| quoted);
                quote.into_iter().for_each(|q| wtf8::push(&mut self.out, q));
                self.out.extend_from_slice(t.bytes());
                quote.into_iter().for_each(|q| wtf8::push(&mut self.out, q));
                self.fields += 1;
                return Ok(());
            }
        }
        let mut copy: Vec<u8> = vec![];
        for c in text.iter().flat_map(|t| t.code_points()) {
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
        let mut r = Row { ts, d, out: vec![], fields: 0 };
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
                r.field(Some(s), quoted)?;
            } else {
                let s = protocol::str_(ts, &v)?;
                r.field(Some(&s), quoted)?;
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
