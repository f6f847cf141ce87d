//! Reading JSON.

use crate::prelude::*;
use taipan_objects::float::Float;
use taipan_objects::int::Int;
use taipan_objects::module;
use taipan_objects::unicode::wtf8;

fn decode_error(ts: &ThreadState, message: &str, doc: &Value, pos: usize) -> Raised {
    let make = || {
        let m = module::import(ts, "json.decoder")?;
        let class = protocol::getattr_name(ts, &m, "JSONDecodeError")?;
        let index = doc.downcast::<Str>().map_or(pos, |s| s.index_of(pos));
        protocol::call(ts, &class, &[str_value(ts, message), doc.clone(), int_value(ts, index as i64)])
    };
    match make() {
        Ok(e) => ts.raise(&e),
        Err(raised) => raised,
    }
}

fn hex4(b: &[u8]) -> Option<u32> {
    let mut n = 0;
    for &d in b.get(..4)? {
        n = n << 4 | (d as char).to_digit(16)?;
    }
    Some(n)
}

/// The string that begins behind a quote at `start`, and the place behind its end.
pub fn scan_string(ts: &ThreadState, doc: &Value, s: &Str, start: usize, strict: bool) -> Result<(Value, usize)> {
    let (b, begin) = (s.bytes(), start - usize::from(start > 0));
    let mut out: Vec<u8> = vec![];
    let (mut at, mut done) = (start, start);
    loop {
        let stop = b[at..].iter().position(|&c| c == b'"' || c == b'\\' || (strict && c < 32)).map(|i| at + i);
        let Some(i) = stop else { return Err(decode_error(ts, "Unterminated string starting at", doc, begin)) };
        match b[i] {
            b'"' => {
                if out.is_empty() {
                    return Ok((Str::subslice(ts, s, done, i).into_value(), i + 1));
                }
                out.extend_from_slice(&b[done..i]);
                return Ok((Str::from_wtf8(ts, &out).into_value(), i + 1));
            }
            b'\\' => {
                out.extend_from_slice(&b[done..i]);
                let Some(&c) = b.get(i + 1) else {
                    return Err(decode_error(ts, "Unterminated string starting at", doc, begin));
                };
                at = i + 2;
                match c {
                    b'"' | b'\\' | b'/' => out.push(c),
                    b'b' => out.push(8),
                    b'f' => out.push(12),
                    b'n' => out.push(b'\n'),
                    b'r' => out.push(b'\r'),
                    b't' => out.push(b'\t'),
                    b'u' => {
                        let invalid = |at: usize| decode_error(ts, "Invalid \\uXXXX escape", doc, at);
                        let mut cp = hex4(&b[at..]).ok_or_else(|| invalid(i + 1))?;
                        at += 4;
                        if cp & 0xfc00 == 0xd800
                            && b[at..].starts_with(b"\\u")
                            && let Some(low) = hex4(&b[at + 2..])
                            && low & 0xfc00 == 0xdc00
                        {
                            cp = 0x10000 + ((cp & 0x3ff) << 10 | low & 0x3ff);
                            at += 6;
                        }
                        wtf8::push(&mut out, cp);
                    }
                    _ => return Err(decode_error(ts, "Invalid \\escape", doc, i)),
                }
                done = at;
            }
            _ => return Err(decode_error(ts, "Invalid control character at", doc, i)),
        }
    }
}

pub struct Scanner {
    strict: bool,
    object_hook: Option<Value>,
    object_pairs_hook: Option<Value>,
    parse_float: Value,
    parse_int: Value,
    parse_constant: Value,
}
payload!(Scanner, container, traverse = |s, visit| {
    for v in [&s.object_hook, &s.object_pairs_hook].into_iter().flatten() {
        visit(v);
    }
    for v in [&s.parse_float, &s.parse_int, &s.parse_constant] {
        visit(v);
    }
});

/// One document under way.
struct Parser<'a> {
    ts: &'a ThreadState,
    doc: &'a Value,
    s: &'a Str,
    b: &'a [u8],
    scanner: &'a Scanner,
    plain_int: bool,
    plain_float: bool,
    /// Keys seen lately, so that equal ones are one object.
    keys: Vec<Option<Value>>,
}

const KEYS: usize = 64;

impl Parser<'_> {
    fn error(&self, message: &str, at: usize) -> Raised {
        decode_error(self.ts, message, self.doc, at)
    }
    fn stop(&self, at: usize) -> Raised {
        self.ts.stop_iteration(Some(int_value(self.ts, self.s.index_of(at) as i64)))
    }
    fn blank(&self, mut at: usize) -> usize {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.b.get(at) {
            at += 1;
        }
        at
    }
    fn peek(&self, at: usize) -> u8 {
        self.b.get(at).copied().unwrap_or(0)
    }
    fn key(&mut self, start: usize) -> Result<(Value, usize)> {
        // A key without escapes is looked up before it is made.
        let end = self.b[start..].iter().position(|&c| c == b'"' || c == b'\\' || c < 32).map(|i| start + i);
        if let Some(end) = end
            && self.b[end] == b'"'
        {
            let text = &self.b[start..end];
            let h = text.iter().fold(text.len() as u32, |h, &c| h.wrapping_mul(31) ^ c as u32) as usize % KEYS;
            if let Some(v) = &self.keys[h]
                && v.as_str().is_some_and(|s| s.bytes() == text)
            {
                return Ok((v.clone(), end + 1));
            }
            let v = Str::subslice(self.ts, self.s, start, end).into_value();
            self.keys[h] = Some(v.clone());
            return Ok((v, end + 1));
        }
        scan_string(self.ts, self.doc, self.s, start, self.scanner.strict)
    }
    fn value(&mut self, at: usize) -> Result<(Value, usize)> {
        let rest = &self.b[at.min(self.b.len())..];
        match rest.first() {
            None => Err(self.stop(at)),
            Some(b'"') => scan_string(self.ts, self.doc, self.s, at + 1, self.scanner.strict),
            Some(b'{') => {
                self.ts.recursion_guard(" while decoding a JSON object from a unicode string")?;
                self.object(at + 1)
            }
            Some(b'[') => {
                self.ts.recursion_guard(" while decoding a JSON array from a unicode string")?;
                self.array(at + 1)
            }
            Some(b'n') if rest.starts_with(b"null") => Ok((Value::none(), at + 4)),
            Some(b't') if rest.starts_with(b"true") => Ok((Value::true_(), at + 4)),
            Some(b'f') if rest.starts_with(b"false") => Ok((Value::false_(), at + 5)),
            Some(b'N') if rest.starts_with(b"NaN") => self.constant("NaN", at),
            Some(b'I') if rest.starts_with(b"Infinity") => self.constant("Infinity", at),
            Some(b'-') if rest.starts_with(b"-Infinity") => self.constant("-Infinity", at),
            _ => self.number(at),
        }
    }
    fn constant(&self, name: &str, at: usize) -> Result<(Value, usize)> {
        let text = Str::intern(self.ts, name).into_value();
        let v = protocol::call(self.ts, &self.scanner.parse_constant, &[text])?;
        Ok((v, at + name.len()))
    }
    fn number(&self, start: usize) -> Result<(Value, usize)> {
        let digit = |i: usize| self.peek(i).is_ascii_digit();
        let mut at = start;
        if self.peek(at) == b'-' {
            at += 1;
        }
        match self.peek(at) {
            b'1'..=b'9' => {
                while digit(at) {
                    at += 1;
                }
            }
            b'0' => at += 1,
            _ => return Err(self.stop(start)),
        }
        let mut is_float = false;
        if self.peek(at) == b'.' && digit(at + 1) {
            is_float = true;
            at += 1;
            while digit(at) {
                at += 1;
            }
        }
        if matches!(self.peek(at), b'e' | b'E') {
            let mut i = at + 1;
            if matches!(self.peek(i), b'+' | b'-') {
                i += 1;
            }
            if digit(i) {
                is_float = true;
                at = i;
                while digit(at) {
                    at += 1;
                }
            }
        }
        let text = &self.b[start..at];
        let ascii = || std::str::from_utf8(text).unwrap_or("");
        if is_float {
            if self.plain_float
                && let Ok(f) = ascii().parse::<f64>()
            {
                return Ok((float_value(self.ts, f), at));
            }
            let v = protocol::call(self.ts, &self.scanner.parse_float, &[str_value(self.ts, ascii())])?;
            return Ok((v, at));
        }
        if self.plain_int
            && text.len() < 19
            && let Ok(n) = ascii().parse::<i64>()
        {
            return Ok((int_value(self.ts, n), at));
        }
        let v = protocol::call(self.ts, &self.scanner.parse_int, &[str_value(self.ts, ascii())])?;
        Ok((v, at))
    }
    fn array(&mut self, at: usize) -> Result<(Value, usize)> {
        let mut at = self.blank(at);
        let mut items = vec![];
        if self.peek(at) != b']' {
            loop {
                let (v, next) = self.value(at)?;
                items.push(v);
                at = self.blank(next);
                match self.peek(at) {
                    b']' => break,
                    b',' => {}
                    _ => return Err(self.error("Expecting ',' delimiter", at)),
                }
                let comma = at;
                at = self.blank(at + 1);
                if self.peek(at) == b']' {
                    return Err(self.error("Illegal trailing comma before end of array", comma));
                }
            }
        }
        Ok((list(self.ts, items), at + 1))
    }
    fn object(&mut self, at: usize) -> Result<(Value, usize)> {
        let ts = self.ts;
        let mut at = self.blank(at);
        let pairs_wanted = self.scanner.object_pairs_hook.is_some();
        let dict = Dict::new(ts);
        let mut pairs = vec![];
        if self.peek(at) != b'}' {
            loop {
                if self.peek(at) != b'"' {
                    return Err(self.error("Expecting property name enclosed in double quotes", at));
                }
                let (key, next) = self.key(at + 1)?;
                at = self.blank(next);
                if self.peek(at) != b':' {
                    return Err(self.error("Expecting ':' delimiter", at));
                }
                at = self.blank(at + 1);
                let (v, next) = self.value(at)?;
                if pairs_wanted {
                    pairs.push(tuple(ts, vec![key, v]));
                } else {
                    dict.set(ts, &key, v)?;
                }
                at = self.blank(next);
                match self.peek(at) {
                    b'}' => break,
                    b',' => {}
                    _ => return Err(self.error("Expecting ',' delimiter", at)),
                }
                let comma = at;
                at = self.blank(at + 1);
                if self.peek(at) == b'}' {
                    return Err(self.error("Illegal trailing comma before end of object", comma));
                }
            }
        }
        let v = if let Some(hook) = &self.scanner.object_pairs_hook {
            protocol::call(ts, hook, &[list(ts, pairs)])?
        } else if let Some(hook) = &self.scanner.object_hook {
            protocol::call(ts, hook, &[dict.into_value()])?
        } else {
            dict.into_value()
        };
        Ok((v, at + 1))
    }
}

impl Scanner {
    fn scan(&self, ts: &ThreadState, doc: &Value, idx: isize) -> Result<(Value, usize)> {
        let s = super::string(ts, doc)?;
        let Ok(idx) = usize::try_from(idx) else { return Err(ts.value_error("idx cannot be negative")) };
        if idx >= s.len() {
            return Err(ts.stop_iteration(Some(int_value(ts, idx as i64))));
        }
        let mut p = Parser {
            ts,
            doc,
            s,
            b: s.bytes(),
            scanner: self,
            plain_int: self.parse_int.is(Int::class(ts).as_value()),
            plain_float: self.parse_float.is(Float::class(ts).as_value()),
            keys: vec![None; KEYS],
        };
        let (v, end) = p.value(s.offset_of(idx))?;
        Ok((v, s.index_of(end)))
    }
}

fn some(v: Value) -> Option<Value> {
    if v.is_none() { None } else { Some(v) }
}

/// JSON scanner object
#[class(name = "Scanner", module = "_json")]
impl Scanner {
    #[new("(context)")]
    fn new(cls: &Type, ts: &ThreadState, context: &Value) -> Result<Ref<Scanner>> {
        let get = |name: &str| protocol::getattr_name(ts, context, name);
        let s = Scanner {
            strict: protocol::is_true(ts, &get("strict")?)?,
            object_hook: some(get("object_hook")?),
            object_pairs_hook: some(get("object_pairs_hook")?),
            parse_float: get("parse_float")?,
            parse_int: get("parse_int")?,
            parse_constant: get("parse_constant")?,
        };
        Ok(heap::new_with_type(ts, cls, s))
    }
    #[slot(call)]
    fn call(&self, ts: &ThreadState, args: Args<'_>) -> Result {
        let arg = |i: usize, name: &str| {
            let v = args.get(i).or_else(|| args.keyword(name));
            v.ok_or_else(|| ts.type_error(format!("scan_once() missing required argument '{name}' (pos {})", i + 1)))
        };
        let (doc, idx) = (arg(0, "string")?, arg(1, "idx")?);
        let idx = protocol::as_isize(ts, idx)?;
        let (v, end) = self.scan(ts, doc, idx)?;
        Ok(tuple(ts, vec![v, int_value(ts, end as i64)]))
    }
    /// strict
    #[getter("strict", member)]
    fn get_strict(&self) -> bool {
        self.strict
    }
    /// object_hook
    #[getter("object_hook", member)]
    fn get_object_hook(&self) -> Option<Value> {
        self.object_hook.clone()
    }
    #[getter("object_pairs_hook", member)]
    fn get_object_pairs_hook(&self) -> Option<Value> {
        self.object_pairs_hook.clone()
    }
    /// parse_float
    #[getter("parse_float", member)]
    fn get_parse_float(&self) -> Value {
        self.parse_float.clone()
    }
    /// parse_int
    #[getter("parse_int", member)]
    fn get_parse_int(&self) -> Value {
        self.parse_int.clone()
    }
    /// parse_constant
    #[getter("parse_constant", member)]
    fn get_parse_constant(&self) -> Value {
        self.parse_constant.clone()
    }
}

