//! Reading: a record is a line or several, taken apart by a state machine.

use super::dialect::{Dialect, Quoting};
use crate::prelude::*;
use std::cell::Cell;
use taipan_objects::unicode::wtf8;

pub struct Reader {
    lines: Value,
    dialect: Value,
    line_num: Cell<u64>,
    /// How many fields the last record had.
    width: Cell<usize>,
}
payload!(Reader, container, traverse = |s, visit| {
    visit(&s.lines);
    visit(&s.dialect);
});

pub fn new(ts: &ThreadState, lines: Value, dialect: Value) -> Value {
    heap::new(ts, Reader { lines, dialect, line_num: Cell::new(0), width: Cell::new(0) }).into_value()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    StartRecord,
    StartField,
    EscapedChar,
    InField,
    InQuoted,
    EscapeInQuoted,
    QuoteInQuoted,
    EatNewline,
    AfterEscapedNewline,
}

/// The end of a line, as a character of its own.
const EOL: u32 = u32::MAX;

struct Record<'a> {
    ts: &'a ThreadState,
    d: &'a Dialect,
    state: State,
    field: Vec<u8>,
    chars: i64,
    limit: i64,
    /// The field did not begin with a quote.
    unquoted: bool,
    fields: Vec<Value>,
}

fn is_newline(c: u32) -> bool {
    c == b'\n' as u32 || c == b'\r' as u32
}

impl Record<'_> {
    fn save(&mut self) -> Result<()> {
        self.chars = 0;
        let q = self.d.quoting;
        let empty = self.field.is_empty();
        if self.unquoted && empty && matches!(q, Quoting::NotNull | Quoting::Strings) {
            self.fields.push(Value::none());
            return Ok(());
        }
        let text = Str::from_wtf8(self.ts, &self.field).into_value();
        self.field.clear();
        if self.unquoted && !empty && matches!(q, Quoting::NonNumeric | Quoting::Strings) {
            let float = taipan_objects::float::Float::class(self.ts);
            self.fields.push(protocol::call(self.ts, float.as_value(), &[text])?);
        } else {
            self.fields.push(text);
        }
        Ok(())
    }
    fn add(&mut self, c: u32) -> Result<()> {
        if self.chars >= self.limit {
            return Err(super::error(self.ts, &format!("field larger than field limit ({})", self.limit)));
        }
        wtf8::push(&mut self.field, c);
        self.chars += 1;
        Ok(())
    }
    fn end_line(&mut self, c: u32) -> Result<()> {
        self.save()?;
        self.state = if c == EOL { State::StartRecord } else { State::EatNewline };
        Ok(())
    }
    fn is_quote(&self, c: u32) -> bool {
        self.d.quotechar == Some(c) && self.d.quoting != Quoting::None
    }
    fn step(&mut self, c: u32) -> Result<()> {
        let d = self.d;
        match self.state {
            State::StartRecord => {
                if c == EOL {
                    return Ok(());
                }
                if is_newline(c) {
                    self.state = State::EatNewline;
                    return Ok(());
                }
                self.state = State::StartField;
                self.step(c)
            }
            State::StartField => {
                self.unquoted = true;
                if is_newline(c) || c == EOL {
                    self.end_line(c)
                } else if self.is_quote(c) {
                    self.unquoted = false;
                    self.state = State::InQuoted;
                    Ok(())
                } else if d.escapechar == Some(c) {
                    self.state = State::EscapedChar;
                    Ok(())
                } else if c == b' ' as u32 && d.skipinitialspace {
                    Ok(())
                } else if c == d.delimiter {
                    self.save()
                } else {
                    self.state = State::InField;
                    self.add(c)
                }
            }
            State::EscapedChar => {
                if is_newline(c) {
                    self.state = State::AfterEscapedNewline;
                    return self.add(c);
                }
                self.state = State::InField;
                self.add(if c == EOL { b'\n' as u32 } else { c })
            }
            State::AfterEscapedNewline if c == EOL => Ok(()),
            State::InField | State::AfterEscapedNewline => {
                self.state = State::InField;
                if is_newline(c) || c == EOL {
                    self.end_line(c)
                } else if d.escapechar == Some(c) {
                    self.state = State::EscapedChar;
                    Ok(())
                } else if c == d.delimiter {
                    self.state = State::StartField;
                    self.save()
                } else {
                    self.add(c)
                }
            }
            State::InQuoted => {
                if c == EOL {
                    Ok(())
                } else if d.escapechar == Some(c) {
                    self.state = State::EscapeInQuoted;
                    Ok(())
                } else if self.is_quote(c) {
                    self.state = if d.doublequote { State::QuoteInQuoted } else { State::InField };
                    Ok(())
                } else {
                    self.add(c)
                }
            }
            State::EscapeInQuoted => {
                self.state = State::InQuoted;
                self.add(if c == EOL { b'\n' as u32 } else { c })
            }
            State::QuoteInQuoted => {
                if self.is_quote(c) {
                    self.state = State::InQuoted;
                    self.add(c)
                } else if c == d.delimiter {
                    self.state = State::StartField;
                    self.save()
                } else if is_newline(c) || c == EOL {
                    self.end_line(c)
                } else if !d.strict {
                    self.state = State::InField;
                    self.add(c)
                } else {
                    let ch = |c: u32| char::from_u32(c).unwrap_or('\u{fffd}');
                    let text = format!("'{}' expected after '{}'", ch(d.delimiter), ch(d.quotechar.unwrap_or(b'"' as u32)));
                    Err(super::error(self.ts, &text))
                }
            }
            State::EatNewline => {
                if is_newline(c) {
                    Ok(())
                } else if c == EOL {
                    self.state = State::StartRecord;
                    Ok(())
                } else {
                    let text = "new-line character seen in unquoted field - do you need to open the file with newline=''?";
                    Err(super::error(self.ts, text))
                }
            }
        }
    }
    /// Takes the plain characters at the start of `rest` at once; tells how many bytes they were.
    fn run(&mut self, rest: &[u8], special: &[bool; 128]) -> usize {
        let in_quotes = match self.state {
            State::InField => false,
            State::InQuoted => true,
            _ => return 0,
        };
        let stop = |b: u8| b >= 128 || special[b as usize] || (!in_quotes && (b == b'\n' || b == b'\r'));
        let n = rest.iter().position(|&b| stop(b)).unwrap_or(rest.len());
        if self.chars + n as i64 > self.limit {
            return 0;
        }
        self.field.extend_from_slice(&rest[..n]);
        self.chars += n as i64;
        n
    }
    /// Takes a whole record apart that is one line without escapes; false: it is not so simple, and nothing has
    /// changed.
    fn plain_line(&mut self, text: &[u8]) -> bool {
        let d = self.d;
        let simple = self.state == State::StartRecord
            && matches!(d.quoting, Quoting::Minimal | Quoting::All)
            && !d.skipinitialspace
            && d.escapechar.is_none();
        let body = text.strip_suffix(b"\n").unwrap_or(text);
        let body = body.strip_suffix(b"\r").unwrap_or(body);
        let ascii = |c: u32| u8::try_from(c).ok().filter(u8::is_ascii);
        let (Some(delimiter), Some(quote)) = (ascii(d.delimiter), d.quotechar.map_or(Some(0xff), ascii)) else { return false };
        if !simple || body.is_empty() || body.len() as i64 > self.limit || memchr::memchr2(b'\n', b'\r', body).is_some() {
            return false;
        }
        let mut at = 0;
        loop {
            let text = if body.get(at) == Some(&quote) {
                at += 1;
                let Some(n) = memchr::memchr(quote, &body[at..]) else { return self.give_up() };
                let start = at;
                at += n + 1;
                if body.get(at) == Some(&quote) {
                    if !d.doublequote {
                        return self.give_up();
                    }
                    // Quotes within: the text is put together.
                    self.field.clear();
                    self.field.extend_from_slice(&body[start..at]);
                    loop {
                        at += 1;
                        let Some(n) = memchr::memchr(quote, &body[at..]) else { return self.give_up() };
                        self.field.extend_from_slice(&body[at..at + n]);
                        at += n + 1;
                        if body.get(at) != Some(&quote) {
                            break;
                        }
                        self.field.push(quote);
                    }
                    &self.field[..]
                } else {
                    &body[start..at - 1]
                }
            } else {
                let rest = &body[at..];
                // Fields are short: a plain loop is faster than a call.
                let n = rest.iter().position(|b| *b == delimiter).unwrap_or(rest.len());
                at += n;
                &rest[..n]
            };
            self.fields.push(Str::from_wtf8(self.ts, text).into_value());
            match body.get(at) {
                None => break,
                Some(b) if *b == delimiter => at += 1,
                Some(_) => return self.give_up(),
            }
        }
        self.field.clear();
        self.unquoted = true;
        true
    }
    fn give_up(&mut self) -> bool {
        self.field.clear();
        self.fields.clear();
        false
    }
    fn line(&mut self, text: &[u8], special: &[bool; 128]) -> Result<()> {
        if self.plain_line(text) {
            return Ok(());
        }
        let mut at = 0;
        while at < text.len() {
            at += self.run(&text[at..], special);
            if at < text.len() {
                let (c, n) = wtf8::decode_at(text, at);
                self.step(c)?;
                at += n;
            }
        }
        self.step(EOL)
    }
}

impl Reader {
    fn record(&self, ts: &ThreadState) -> Result<Option<Value>> {
        let Some(d) = self.dialect.downcast::<Dialect>() else { return Ok(None) };
        let mut special = [false; 128];
        for c in [Some(d.delimiter), d.quotechar, d.escapechar].into_iter().flatten() {
            if let Some(s) = special.get_mut(c as usize) {
                *s = true;
            }
        }
        let limit = super::state(ts).field_limit.get();
        let mut r =
            Record { ts, d, state: State::StartRecord, field: vec![], chars: 0, limit, unquoted: false, fields: Vec::with_capacity(self.width.get()) };
        loop {
            let Some(line) = protocol::iter_next(ts, &self.lines)? else {
                if r.chars == 0 && r.state != State::InQuoted {
                    return Ok(None);
                }
                if d.strict {
                    return Err(super::error(ts, "unexpected end of data"));
                }
                r.save()?;
                break;
            };
            let Some(s) = line.downcast::<Str>() else {
                let text = format!(
                    "iterator should return strings, not {} (the file should be opened in text mode)",
                    line.type_name(ts)
                );
                return Err(super::error(ts, &text));
            };
            self.line_num.set(self.line_num.get() + 1);
            r.line(s.bytes(), &special)?;
            if r.state == State::StartRecord {
                break;
            }
        }
        self.width.set(r.fields.len());
        Ok(Some(list(ts, r.fields)))
    }
}

/// CSV reader
///
/// Reader objects are responsible for reading and parsing tabular data
/// in CSV format.
#[class(name = "reader", module = "_csv", no_new)]
impl Reader {
    #[slot(iter)]
    fn iter(_ts: &ThreadState, slf: &Value) -> Result {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
        self.record(ts)
    }
    #[getter("dialect", member)]
    fn get_dialect(&self) -> Value {
        self.dialect.clone()
    }
    #[getter("line_num", member)]
    fn get_line_num(&self) -> u64 {
        self.line_num.get()
    }
}
