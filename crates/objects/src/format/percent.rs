//! `%` formatting of `str` and `bytes`: one machine, told by `BYTES` which of them it works for.

use crate::buffer;
use crate::bytearray::Bytearray;
use crate::bytes::Bytes;
use crate::float::repr::{Style, write_abs};
use crate::heap::Ref;
use crate::int::{self, IntView};
use crate::protocol;
use crate::str::{Str, StrBuilder};
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::unicode::wtf8;
use crate::value::{Raised, Result, Value};

#[derive(Default)]
struct Spec {
    left: bool,
    plus: bool,
    blank: bool,
    alternate: bool,
    zero: bool,
    width: usize,
    precision: Option<usize>,
}

/// The argument that comes next.
enum Next<'a> {
    Row(&'a [Value]),
    /// The only one, until it is used.
    Single(Option<Value>),
}

struct Formatter<'a, const BYTES: bool> {
    ts: &'a ThreadState,
    format: &'a [u8],
    at: usize,
    next: Next<'a>,
    mapping: Option<&'a Value>,
    /// A key was used: left-over arguments do not matter.
    keyed: bool,
    out: StrBuilder,
}

/// `format % args` for text.
pub fn format_str(ts: &ThreadState, format: &Str, args: &Value) -> Result<Ref<Str>> {
    if format.bytes() == b"%s" {
        // What is only handed on stays the object that it is.
        let row = args.exact::<Tuple>().map(Tuple::items);
        let only = match row {
            Some([one]) => Some(one),
            Some(_) => None,
            None => Some(args),
        };
        if let Some(only) = only {
            if let Some(s) = only.downcast_ref::<Str>().filter(|_| only.exact::<Str>().is_some()) {
                return Ok(s.clone());
            }
            if let Some(i) = only.as_small_int() {
                return Ok(Str::from_i64(ts, i));
            }
        }
    }
    let mut f = Formatter::<false>::new(ts, format.bytes(), args);
    f.run()?;
    Ok(f.out.finish(ts))
}

/// `format % args` for bytes.
pub fn format_bytes(ts: &ThreadState, format: &[u8], args: &Value) -> Result<Vec<u8>> {
    let mut f = Formatter::<true>::new(ts, format, args);
    f.run()?;
    Ok(f.out.into_bytes())
}

impl<'a, const BYTES: bool> Formatter<'a, BYTES> {
    #[inline(always)]
    fn new(ts: &'a ThreadState, format: &'a [u8], args: &'a Value) -> Self {
        if args.as_small_int().is_some() || !BYTES && args.exact::<Str>().is_some() {
            return Formatter { ts, format, at: 0, next: Next::Single(Some(args.clone())), mapping: None, keyed: false, out: StrBuilder::new() };
        }
        let row = args.downcast::<Tuple>().map(Tuple::items);
        let text = args.as_str().is_some() || BYTES && (args.is_instance_of::<Bytes>() || args.is_instance_of::<Bytearray>());
        let mapping = row.is_none() && !text && args.class(ts).slots().getitem.is_some();
        Formatter {
            ts,
            format,
            at: 0,
            next: row.map_or_else(|| Next::Single(Some(args.clone())), Next::Row),
            mapping: mapping.then_some(args),
            keyed: false,
            out: StrBuilder::new(),
        }
    }
    fn argument(&mut self) -> Result<Value> {
        let found = match &mut self.next {
            Next::Row(row) => row.split_first().map(|(v, rest)| {
                *row = rest;
                v.clone()
            }),
            Next::Single(v) => v.take(),
        };
        found.ok_or_else(|| self.ts.type_error("not enough arguments for format string"))
    }
    fn peek(&self) -> Result<u8> {
        self.format.get(self.at).copied().ok_or_else(|| self.ts.value_error("incomplete format"))
    }
    fn number(&mut self, limit: usize, message: &str) -> Result<usize> {
        let mut n: usize = 0;
        while let Some(d) = self.format.get(self.at).filter(|b| b.is_ascii_digit()) {
            let d = (d - b'0') as usize;
            if n > (limit - d) / 10 {
                return Err(self.ts.value_error(message));
            }
            n = n * 10 + d;
            self.at += 1;
        }
        Ok(n)
    }
    /// The argument of a `*`.
    fn star(&mut self) -> Result<Value> {
        self.at += 1;
        let v = self.argument()?;
        if int::view(&v).is_none() {
            return Err(self.ts.type_error("* wants int"));
        }
        Ok(v)
    }
    fn run(&mut self) -> Result<()> {
        let ts = self.ts;
        while self.at < self.format.len() {
            let rest = &self.format[self.at..];
            let n = if rest.len() < 24 { rest.iter().position(|b| *b == b'%') } else { memchr::memchr(b'%', rest) };
            let Some(n) = n else {
                self.out.push_bytes(&self.format[self.at..]);
                break;
            };
            self.out.push_bytes(&self.format[self.at..self.at + n]);
            self.at += n + 1;
            match self.format.get(self.at) {
                Some(b'%') => {
                    self.at += 1;
                    self.out.push_ascii(b'%');
                }
                // The common case, without parsing.
                Some(b's') if !BYTES => {
                    self.at += 1;
                    let v = self.argument()?;
                    match (v.as_str_exact(), v.as_small_int()) {
                        (Some(s), _) => self.out.push_text(s),
                        (_, Some(i)) => self.out.push_i64(i),
                        _ => self.out.push_text(&*protocol::str_(ts, &v)?),
                    }
                }
                Some(b'd') => {
                    self.at += 1;
                    let v = self.argument()?;
                    match v.as_small_int() {
                        Some(i) => self.out.push_i64(i),
                        None => self.integer(&Spec::default(), b'd', &v)?,
                    }
                }
                Some(b'x') => {
                    self.at += 1;
                    let v = self.argument()?;
                    match v.as_small_int().and_then(|i| u64::try_from(i).ok()) {
                        Some(n) => {
                            let digits = (64 - n.leading_zeros()).div_ceil(4).max(1);
                            for i in (0..digits).rev() {
                                self.out.push_ascii(b"0123456789abcdef"[(n >> (4 * i)) as usize & 15]);
                            }
                        }
                        None => self.integer(&Spec::default(), b'x', &v)?,
                    }
                }
                _ => self.conversion()?,
            }
        }
        let left_over = match &self.next {
            Next::Row(row) => !row.is_empty(),
            Next::Single(v) => v.is_some() && self.mapping.is_none(),
        };
        if left_over && !self.keyed {
            let what = if BYTES { "bytes" } else { "string" };
            return Err(ts.type_error(format!("not all arguments converted during {what} formatting")));
        }
        Ok(())
    }
    fn key(&mut self) -> Result<()> {
        let ts = self.ts;
        let Some(mapping) = self.mapping else { return Err(ts.type_error("format requires a mapping")) };
        let start = self.at + 1;
        let mut depth = 1;
        while depth > 0 {
            self.at += 1;
            match self.format.get(self.at) {
                None => return Err(ts.value_error("incomplete format key")),
                Some(b'(') => depth += 1,
                Some(b')') => depth -= 1,
                Some(_) => {}
            }
        }
        let key = &self.format[start..self.at];
        self.at += 1;
        let key = if BYTES { Bytes::new(ts, key).into_value() } else { Str::from_wtf8(ts, key).into_value() };
        self.next = Next::Single(Some(protocol::getitem(ts, mapping, &key)?));
        self.keyed = true;
        Ok(())
    }
    fn conversion(&mut self) -> Result<()> {
        let ts = self.ts;
        let mut s = Spec::default();
        if self.peek()? == b'(' {
            self.key()?;
        }
        loop {
            match self.peek()? {
                b'-' => s.left = true,
                b'+' => s.plus = true,
                b' ' => s.blank = true,
                b'#' => s.alternate = true,
                b'0' => s.zero = true,
                _ => break,
            }
            self.at += 1;
        }
        if self.peek()? == b'*' {
            let v = self.star()?;
            let width = protocol::as_isize(ts, &v)?;
            s.left |= width < 0;
            s.width = width.unsigned_abs();
        } else {
            s.width = self.number(isize::MAX as usize, "width too big")?;
        }
        if self.peek()? == b'.' {
            self.at += 1;
            s.precision = Some(if self.peek()? == b'*' {
                let v = self.star()?;
                let Some(p) = int::to_i64(&v).and_then(|p| i32::try_from(p).ok()) else {
                    return Err(ts.overflow_error("Python int too large to convert to C int"));
                };
                p.max(0) as usize
            } else {
                self.number(i32::MAX as usize, if BYTES { "prec too big" } else { "precision too big" })?
            });
        }
        if matches!(self.peek()?, b'h' | b'l' | b'L') {
            self.at += 1;
        }
        self.peek()?;
        let place = self.at;
        let kind = if BYTES {
            self.at += 1;
            self.format[place] as u32
        } else {
            let (c, w) = wtf8::decode_at(self.format, place);
            self.at += w;
            c
        };
        let v = self.argument()?;
        match u8::try_from(kind).unwrap_or(0) {
            b's' | b'b' if BYTES => {
                let b = bytes_of(ts, &v)?;
                self.put_text(&s, &b)
            }
            b's' => {
                let text = protocol::str_(ts, &v)?;
                self.put_text(&s, text.bytes())
            }
            b'r' if !BYTES => {
                let text = protocol::repr(ts, &v)?;
                self.put_text(&s, text.bytes())
            }
            b'a' | b'r' => {
                let text = protocol::ascii(ts, &v)?;
                self.put_text(&s, text.bytes())
            }
            c @ (b'd' | b'i' | b'u' | b'o' | b'x' | b'X') => self.integer(&s, c, &v),
            c @ (b'e' | b'E' | b'f' | b'F' | b'g' | b'G') => self.float(&s, c, &v),
            b'c' => {
                let mut buffer = [0; 4];
                let one = if BYTES { std::slice::from_ref(&*byte_of(ts, &v, &mut buffer)?) } else { wtf8::encode(char_of(ts, &v)?, &mut buffer) };
                self.put_text(&Spec { precision: None, ..s }, one)
            }
            _ => Err(self.unsupported(kind, place)),
        }
    }
    fn unsupported(&self, kind: u32, place: usize) -> Raised {
        let shown = if (32..127).contains(&kind) { kind as u8 as char } else { '?' };
        let index = if BYTES { place } else { wtf8::count(&self.format[..place]) };
        self.ts.value_error(format!("unsupported format character '{shown}' (0x{kind:x}) at index {index}"))
    }
    /// Text cut to the precision and padded with spaces.
    fn put_text(&mut self, s: &Spec, mut text: &[u8]) -> Result<()> {
        if let Some(p) = s.precision {
            text = &text[..if BYTES { p.min(text.len()) } else { wtf8::advance(text, 0, p) }];
        }
        if s.width == 0 {
            self.out.push_bytes(text);
            return Ok(());
        }
        let len = if BYTES { text.len() } else { wtf8::count(text) };
        let padding = s.width.saturating_sub(len);
        self.out.reserve(self.ts, text.len().saturating_add(padding))?;
        if !s.left {
            self.out.push_repeated(' ' as u32, padding);
        }
        self.out.push_bytes(text);
        if s.left {
            self.out.push_repeated(' ' as u32, padding);
        }
        Ok(())
    }
    /// A number: sign, prefix and digits, padded with spaces or, behind the prefix, with zeros.
    fn put_number(&mut self, s: &Spec, negative: bool, prefix: &str, digits: &str) -> Result<()> {
        let sign = if negative {
            "-"
        } else if s.plus {
            "+"
        } else if s.blank {
            " "
        } else {
            ""
        };
        let zeros = s.precision.unwrap_or(0).saturating_sub(digits.len());
        let len = sign.len() + prefix.len() + zeros + digits.len();
        let padding = s.width.saturating_sub(len);
        self.out.reserve(self.ts, len.saturating_add(padding))?;
        if padding == 0 && zeros == 0 {
            self.out.push_str(sign);
            self.out.push_str(prefix);
            self.out.push_str(digits);
            return Ok(());
        }
        let zero_fill = s.zero && !s.left;
        if !s.left && !zero_fill {
            self.out.push_repeated(' ' as u32, padding);
        }
        self.out.push_str(sign);
        self.out.push_str(prefix);
        self.out.push_repeated('0' as u32, zeros + if zero_fill { padding } else { 0 });
        self.out.push_str(digits);
        if s.left {
            self.out.push_repeated(' ' as u32, padding);
        }
        Ok(())
    }
    fn integer(&mut self, s: &Spec, kind: u8, v: &Value) -> Result<()> {
        let ts = self.ts;
        let exact;
        let view = match int::view(v) {
            Some(view) => view,
            None => {
                exact = to_integer(ts, kind, v)?;
                match int::view(&exact) {
                    Some(view) => view,
                    None => return Err(wrong_number(ts, kind, v)),
                }
            }
        };
        let negative = view.is_negative();
        let (prefix, digits) = match kind {
            b'o' => ("0o", int::text::magnitude_in_base(ts, view, 8)?),
            b'x' => ("0x", int::text::magnitude_in_base(ts, view, 16)?),
            b'X' => ("0X", int::text::magnitude_in_base(ts, view, 16)?.to_ascii_uppercase()),
            _ => {
                if let (IntView::Small(i), 0, None, false, false) = (view, s.width, s.precision, s.plus, s.blank) {
                    self.out.push_i64(i);
                    return Ok(());
                }
                ("", int::text::to_decimal(ts, view)?)
            }
        };
        let prefix = if s.alternate { prefix } else { "" };
        self.put_number(s, negative, prefix, digits.strip_prefix('-').unwrap_or(&digits))
    }
    fn float(&mut self, s: &Spec, kind: u8, v: &Value) -> Result<()> {
        let ts = self.ts;
        let f = match protocol::as_f64(ts, v) {
            Ok(f) => f,
            Err(e) => {
                if BYTES && ts.exception_is(|x| &x.type_error) {
                    ts.take_exception();
                    return Err(ts.type_error(format!("float argument required, not {}", v.type_name(ts))));
                }
                return Err(e);
            }
        };
        let style = Style {
            kind: kind.to_ascii_lowercase(),
            precision: s.precision.unwrap_or(6),
            alternate: s.alternate,
            add_dot_0: false,
            upper: kind.is_ascii_uppercase(),
        };
        let negative = f.is_sign_negative() && !f.is_nan();
        self.put_number(&Spec { precision: None, ..*s }, negative, "", &write_abs(f, style))
    }
}

fn wrong_number(ts: &ThreadState, kind: u8, v: &Value) -> Raised {
    let needed = if matches!(kind, b'o' | b'x' | b'X') { "an integer" } else { "a real number" };
    ts.type_error(format!("%{} format: {needed} is required, not {}", kind as char, v.type_name(ts)))
}

/// `int` of what is not one: by `__index__` for o and x, by `__int__` too for d.
fn to_integer(ts: &ThreadState, kind: u8, v: &Value) -> Result<Value> {
    let slots = v.class(ts).slots();
    let exact = if matches!(kind, b'o' | b'x' | b'X') {
        if slots.index.is_none() {
            return Err(wrong_number(ts, kind, v));
        }
        protocol::index(ts, v)
    } else {
        if slots.index.is_none() && slots.int.is_none() {
            return Err(wrong_number(ts, kind, v));
        }
        protocol::to_int(ts, v)
    };
    exact.map_err(|e| {
        if ts.exception_is(|x| &x.type_error) {
            ts.take_exception();
            return wrong_number(ts, kind, v);
        }
        e
    })
}

/// The name of a value's class with its module, unless that is the main one.
fn full_name(ts: &ThreadState, v: &Value) -> String {
    let name = v.class(ts).qualified_name(ts);
    name.strip_prefix("__main__.").map(str::to_string).unwrap_or(name)
}

/// The code point for `%c`.
fn char_of(ts: &ThreadState, v: &Value) -> Result<u32> {
    if let Some(s) = v.as_str() {
        return s.single().ok_or_else(|| {
            ts.type_error(format!("%c requires an int or a unicode character, not a string of length {}", s.len()))
        });
    }
    if int::view(v).is_none() && v.class(ts).slots().index.is_none() {
        return Err(ts.type_error(format!("%c requires an int or a unicode character, not {}", full_name(ts, v))));
    }
    let i = protocol::index(ts, v)?;
    match int::to_i64(&i) {
        Some(i @ 0..=0x10ffff) => Ok(i as u32),
        _ => Err(ts.overflow_error("%c arg not in range(0x110000)")),
    }
}

/// The byte for `%c`.
fn byte_of<'a>(ts: &ThreadState, v: &Value, out: &'a mut [u8; 4]) -> Result<&'a u8> {
    let wrong = |what: String| ts.type_error(format!("%c requires an integer in range(256) or a single byte, not {what}"));
    let single = |b: &[u8], kind: &str| match *b {
        [b] => Ok(b),
        _ => Err(wrong(format!("a {kind} object of length {}", b.len()))),
    };
    out[0] = if let Some(b) = v.downcast::<Bytes>() {
        single(b.as_slice(), "bytes")?
    } else if let Some(b) = v.downcast::<Bytearray>() {
        b.read(|b| single(b, "bytearray"))?
    } else {
        if int::view(v).is_none() && v.class(ts).slots().index.is_none() {
            return Err(wrong(full_name(ts, v)));
        }
        let i = protocol::index(ts, v)?;
        match int::to_i64(&i).and_then(|i| u8::try_from(i).ok()) {
            Some(b) => b,
            None => return Err(ts.overflow_error("%c arg not in range(256)")),
        }
    };
    Ok(&out[0])
}

/// The bytes for `%s` and `%b`.
fn bytes_of(ts: &ThreadState, v: &Value) -> Result<Vec<u8>> {
    if let Some(b) = v.exact::<Bytes>() {
        return Ok(b.as_slice().to_vec());
    }
    if let Some(f) = protocol::lookup_special(ts, v, &ts.names().__bytes__)? {
        let r = protocol::call(ts, &f, &[])?;
        return match r.downcast::<Bytes>() {
            Some(b) => Ok(b.as_slice().to_vec()),
            None => Err(ts.type_error(format!("__bytes__ returned non-bytes (type {})", r.type_name(ts)))),
        };
    }
    if buffer::supports(ts, v) {
        return buffer::to_vec(ts, v);
    }
    Err(ts.type_error(format!(
        "%b requires a bytes-like object, or an object that implements __bytes__, not '{}'",
        v.type_name(ts)
    )))
}
