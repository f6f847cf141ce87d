//! `str.format`: literal text with replacement fields `{name.attribute[item]!conversion:spec}`. The module
//! `_string` shows the same parts to Python.

use crate::heap::Ref;
use crate::int;
use crate::native::Kwargs;
use crate::protocol;
use crate::str::{Str, StrBuilder};
use crate::thread::ThreadState;
use crate::unicode::{self, wtf8};
use crate::value::{Result, Value};

/// Where named fields come from.
#[derive(Clone, Copy)]
pub enum Keywords<'a> {
    Given(Kwargs<'a>),
    Mapping(&'a Value),
}

/// A replacement field as it stands between the braces.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Field<'a> {
    pub name: &'a [u8],
    pub conversion: Option<u32>,
    pub spec: &'a [u8],
    /// The spec holds fields itself.
    pub nested: bool,
}

/// Literal text, and the field that follows it.
pub type Piece<'a> = (&'a [u8], Option<Field<'a>>);

/// Takes a template apart, piece after piece.
pub struct Pieces<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Pieces<'a> {
    pub fn new(text: &'a [u8]) -> Pieces<'a> {
        Pieces { text, at: 0 }
    }
    /// Goes on where another one stopped.
    pub fn new_at(text: &'a [u8], at: usize) -> Pieces<'a> {
        Pieces { text, at }
    }
    pub fn position(&self) -> usize {
        self.at
    }
    pub fn next(&mut self, ts: &ThreadState) -> Result<Option<Piece<'a>>> {
        let text = self.text;
        let start = self.at;
        if start == text.len() {
            return Ok(None);
        }
        let Some(brace) = memchr::memchr2(b'{', b'}', &text[start..]).map(|i| start + i) else {
            self.at = text.len();
            return Ok(Some((&text[start..], None)));
        };
        let next = text.get(brace + 1).copied();
        if next == Some(text[brace]) {
            // Doubled: one brace as literal text.
            self.at = brace + 2;
            return Ok(Some((&text[start..=brace], None)));
        }
        if text[brace] == b'}' {
            return Err(ts.value_error("Single '}' encountered in format string"));
        }
        if next.is_none() {
            return Err(ts.value_error("Single '{' encountered in format string"));
        }
        self.at = brace + 1;
        let field = self.field(ts)?;
        Ok(Some((&text[start..brace], Some(field))))
    }
    fn bump(&mut self) -> Option<u8> {
        let b = self.text.get(self.at).copied();
        self.at += b.is_some() as usize;
        b
    }
    fn field(&mut self, ts: &ThreadState) -> Result<Field<'a>> {
        let text = self.text;
        let start = self.at;
        let end_of_name = loop {
            match self.bump() {
                None => return Err(ts.value_error("expected '}' before end of string")),
                Some(b'{') => return Err(ts.value_error("unexpected '{' in field name")),
                Some(b'[') => {
                    self.at += text[self.at..].iter().position(|&b| b == b']').unwrap_or(text.len() - self.at);
                }
                Some(c @ (b'}' | b':' | b'!')) => break c,
                Some(_) => {}
            }
        };
        let mut field = Field { name: &text[start..self.at - 1], conversion: None, spec: &[], nested: false };
        if end_of_name == b'}' {
            return Ok(field);
        }
        if end_of_name == b'!' {
            if self.at == text.len() {
                return Err(ts.value_error("end of string while looking for conversion specifier"));
            }
            let (c, w) = wtf8::decode_at(text, self.at);
            self.at += w;
            field.conversion = Some(c);
            match self.bump() {
                Some(b'}') => return Ok(field),
                Some(b':') | None => {}
                Some(_) => return Err(ts.value_error("expected ':' after conversion specifier")),
            }
        }
        let start = self.at;
        let mut depth = 1;
        loop {
            match self.bump() {
                None => return Err(ts.value_error("unmatched '{' in format spec")),
                Some(b'{') => {
                    field.nested = true;
                    depth += 1;
                }
                Some(b'}') => {
                    depth -= 1;
                    if depth == 0 {
                        field.spec = &text[start..self.at - 1];
                        return Ok(field);
                    }
                }
                Some(_) => {}
            }
        }
    }
}

/// What a field's name begins with.
#[derive(Clone, Copy, Debug)]
pub enum First<'a> {
    /// Nothing: the next positional argument.
    Next,
    Index(usize),
    Name(&'a [u8]),
}

/// `.name` or `[name]` behind the beginning of a field's name.
#[derive(Clone, Copy, Debug)]
pub enum Accessor<'a> {
    Attribute(&'a [u8]),
    Item(&'a [u8]),
    Index(usize),
}

/// Decimal digits of any script as a number; `None` if `text` is anything else or empty.
fn number(ts: &ThreadState, text: &[u8]) -> Result<Option<usize>> {
    if text.is_empty() {
        return Ok(None);
    }
    let mut n: usize = 0;
    for c in wtf8::CodePoints::new(text) {
        let Some(d) = unicode::decimal(c) else { return Ok(None) };
        if n > (isize::MAX as usize - d as usize) / 10 {
            return Err(ts.value_error("Too many decimal digits in format string"));
        }
        n = n * 10 + d as usize;
    }
    Ok(Some(n))
}

/// The beginning of a field's name, and the accessors that follow.
pub fn split_name<'a>(ts: &ThreadState, name: &'a [u8]) -> Result<(First<'a>, &'a [u8])> {
    let end = memchr::memchr2(b'.', b'[', name).unwrap_or(name.len());
    let (first, rest) = name.split_at(end);
    Ok((
        match number(ts, first)? {
            Some(i) => First::Index(i),
            None if first.is_empty() => First::Next,
            None => First::Name(first),
        },
        rest,
    ))
}

/// The first accessor of `rest`, and what follows it.
pub fn next_accessor<'a>(ts: &ThreadState, rest: &'a [u8]) -> Result<Option<(Accessor<'a>, &'a [u8])>> {
    let (found, name, rest) = match rest.split_first() {
        None => return Ok(None),
        Some((b'.', tail)) => {
            let (name, rest) = tail.split_at(memchr::memchr2(b'.', b'[', tail).unwrap_or(tail.len()));
            (Accessor::Attribute(name), name, rest)
        }
        Some((b'[', tail)) => {
            let Some(end) = memchr::memchr(b']', tail) else {
                return Err(ts.value_error("Missing ']' in format string"));
            };
            let name = &tail[..end];
            let item = match number(ts, name)? {
                Some(i) => Accessor::Index(i),
                None => Accessor::Item(name),
            };
            (item, name, &tail[end + 1..])
        }
        Some(_) => return Err(ts.value_error("Only '.' or '[' may follow ']' in format field specifier")),
    };
    if name.is_empty() {
        return Err(ts.value_error("Empty attribute in format string"));
    }
    Ok(Some((found, rest)))
}

/// How unnamed fields are numbered: one way per template.
#[derive(Clone, Copy, PartialEq)]
enum Numbering {
    Unknown,
    Automatic(usize),
    Manual,
}

struct Formatter<'a> {
    ts: &'a ThreadState,
    args: &'a [Value],
    keywords: Keywords<'a>,
    numbering: Numbering,
}

impl Formatter<'_> {
    fn run(&mut self, out: &mut StrBuilder, text: &[u8], depth: u32) -> Result<()> {
        let ts = self.ts;
        if depth == 0 {
            return Err(ts.value_error("Max string recursion exceeded"));
        }
        let mut pieces = Pieces::new(text);
        while let Some((literal, field)) = pieces.next(ts)? {
            out.push_bytes(literal);
            let Some(field) = field else { continue };
            let mut value = self.value(field.name)?;
            if let Some(c) = field.conversion {
                value = match u8::try_from(c).unwrap_or(0) {
                    b'r' => protocol::repr(ts, &value)?,
                    b's' => protocol::str_(ts, &value)?,
                    b'a' => protocol::ascii(ts, &value)?,
                    b if (33..127).contains(&b) => {
                        return Err(ts.value_error(format!("Unknown conversion specifier {}", b as char)));
                    }
                    _ => return Err(ts.value_error(format!("Unknown conversion specifier \\x{c:x}"))),
                }
                .into_value();
            }
            let spec = if field.nested {
                let mut spec = StrBuilder::new();
                self.run(&mut spec, field.spec, depth - 1)?;
                spec.finish(ts)
            } else {
                if field.spec.is_empty() {
                    if let Some(s) = value.as_str_exact() {
                        out.push_text(s);
                        continue;
                    }
                    if let Some(i) = value.as_small_int() {
                        out.push_i64(i);
                        continue;
                    }
                }
                Str::from_wtf8(ts, field.spec)
            };
            out.push_text(&*protocol::format(ts, &value, spec.as_value())?);
        }
        Ok(())
    }
    fn index(&mut self, first: First<'_>) -> Result<usize> {
        let given = match first {
            First::Index(i) => Some(i),
            _ => None,
        };
        if self.numbering == Numbering::Unknown {
            self.numbering = if given.is_some() { Numbering::Manual } else { Numbering::Automatic(0) };
        }
        match (self.numbering, given) {
            (Numbering::Manual, Some(i)) => Ok(i),
            (Numbering::Automatic(n), None) => {
                self.numbering = Numbering::Automatic(n + 1);
                Ok(n)
            }
            (Numbering::Manual, None) => {
                Err(self.ts.value_error("cannot switch from manual field specification to automatic field numbering"))
            }
            _ => Err(self.ts.value_error("cannot switch from automatic field numbering to manual field specification")),
        }
    }
    fn value(&mut self, name: &[u8]) -> Result<Value> {
        let ts = self.ts;
        let (first, mut rest) = split_name(ts, name)?;
        let mut value = match first {
            First::Name(name) => match self.keywords {
                Keywords::Given(kwargs) => {
                    match kwargs.iter().find(|(k, _)| k.as_str().is_some_and(|k| k.bytes() == name)) {
                        Some((_, v)) => v.clone(),
                        None => return Err(ts.key_error(Str::from_wtf8(ts, name).as_value())),
                    }
                }
                Keywords::Mapping(m) => protocol::getitem(ts, m, Str::from_wtf8(ts, name).as_value())?,
            },
            _ => {
                let i = self.index(first)?;
                if let Keywords::Mapping(_) = self.keywords {
                    return Err(ts.value_error("Format string contains positional fields"));
                }
                match self.args.get(i) {
                    Some(v) => v.clone(),
                    None => {
                        return Err(ts.index_error(format!("Replacement index {i} out of range for positional args tuple")));
                    }
                }
            }
        };
        while let Some((accessor, behind)) = next_accessor(ts, rest)? {
            value = match accessor {
                Accessor::Attribute(name) => protocol::getattr(ts, &value, &Str::intern_wtf8(ts, name))?,
                Accessor::Item(name) => protocol::getitem(ts, &value, Str::from_wtf8(ts, name).as_value())?,
                Accessor::Index(i) => protocol::getitem(ts, &value, &int::from_i64(ts, i as i64))?,
            };
            rest = behind;
        }
        Ok(value)
    }
}

/// `template.format(*args, **keywords)`
pub fn format(ts: &ThreadState, template: &Str, args: &[Value], keywords: Keywords<'_>) -> Result<Ref<Str>> {
    // What is only handed on stays the object that it is.
    if matches!(template.bytes(), b"{}" | b"{0}" | b"{!s}" | b"{:s}")
        && let Some(s) = args.first().filter(|v| v.exact::<Str>().is_some()).and_then(Value::downcast_ref::<Str>)
    {
        return Ok(s.clone());
    }
    let mut f = Formatter { ts, args, keywords, numbering: Numbering::Unknown };
    let mut out = StrBuilder::new();
    f.run(&mut out, template.bytes(), 2)?;
    Ok(out.finish(ts))
}
