//! Reading values. Bad data is an error, never a panic, and takes no more memory than it has bytes.

use super::{FLAG_REF, MAX_DEPTH};
use crate::prelude::*;
use dashu_int::{IBig, UBig};
use taipan_objects::code::Code;
use taipan_objects::set::{FrozenSet, Set, SetData};
use taipan_objects::{complex, float, int, slice};

enum Source<'a> {
    Bytes(&'a [u8]),
    File(&'a Value),
}

struct Reader<'a> {
    ts: &'a ThreadState,
    source: Source<'a>,
    allow_code: bool,
    depth: usize,
    refs: Vec<Option<Value>>,
}

pub fn from_bytes(ts: &ThreadState, data: &[u8], allow_code: bool) -> Result {
    Reader { ts, source: Source::Bytes(data), allow_code, depth: 0, refs: vec![] }.top()
}

pub fn from_file(ts: &ThreadState, file: &Value, allow_code: bool) -> Result {
    Reader { ts, source: Source::File(file), allow_code, depth: 0, refs: vec![] }.top()
}

impl Reader<'_> {
    fn top(&mut self) -> Result {
        match self.value()? {
            Some(v) => Ok(v),
            None => Err(self.ts.type_error("NULL object in marshal data for object")),
        }
    }
    fn bad(&self, what: &str) -> Raised {
        self.ts.value_error(format!("bad marshal data ({what})"))
    }
    fn short(&self) -> Raised {
        self.ts.eof_error("marshal data too short")
    }
    fn take(&mut self, n: usize) -> Result<Vec<u8>> {
        match &mut self.source {
            Source::Bytes(data) => match data.split_at_checked(n) {
                Some((head, rest)) => {
                    *data = rest;
                    Ok(head.to_vec())
                }
                None => Err(self.short()),
            },
            Source::File(file) => {
                let mut out = vec![];
                while out.len() < n {
                    let part = protocol::call_method(self.ts, file, "read", &[int_value(self.ts, (n - out.len()) as i64)])?;
                    let Some(b) = part.downcast::<Bytes>() else {
                        return Err(self.ts.type_error("file.read() returned no bytes"));
                    };
                    if b.is_empty() {
                        return Err(self.short());
                    }
                    if b.len() > n - out.len() {
                        let text = format!("read() returned too much data: {n} bytes requested, {} returned", b.len());
                        return Err(self.ts.value_error(text));
                    }
                    out.extend_from_slice(b.as_slice());
                }
                Ok(out)
            }
        }
    }
    fn byte(&mut self) -> Result<u8> {
        if let Source::Bytes(data) = &mut self.source {
            let Some((&b, rest)) = data.split_first() else { return Err(self.ts.eof_error("EOF read where not expected")) };
            *data = rest;
            return Ok(b);
        }
        Ok(self.take(1)?[0])
    }
    fn i32(&mut self) -> Result<i32> {
        let b = self.take(4)?;
        Ok(i32::from_le_bytes([b[0], b[1], b[2], b[3]]))
    }
    fn f64(&mut self) -> Result<f64> {
        let b = self.take(8)?;
        let mut raw = [0; 8];
        raw.copy_from_slice(&b);
        Ok(f64::from_le_bytes(raw))
    }
    fn size(&mut self, what: &str) -> Result<usize> {
        let n = self.i32()?;
        usize::try_from(n).map_err(|_| self.bad(&format!("{what} size out of range")))
    }
    fn text_float(&mut self) -> Result<f64> {
        let n = self.byte()? as usize;
        let text = self.take(n)?;
        let text = String::from_utf8(text).map_err(|_| self.bad("float"))?;
        let text = str_value(self.ts, &text);
        protocol::as_f64(self.ts, &protocol::call(self.ts, float::Float::class(self.ts).as_value(), &[text])?)
    }
    /// Room in the list of references for an object that is not complete yet.
    fn reserve(&mut self, flag: bool) -> Option<usize> {
        flag.then(|| {
            self.refs.push(None);
            self.refs.len() - 1
        })
    }
    fn done(&mut self, place: Option<usize>, v: Value) -> Result<Option<Value>> {
        if let Some(i) = place {
            self.refs[i] = Some(v.clone());
        }
        Ok(Some(v))
    }
    fn required(&mut self, what: &str) -> Result {
        match self.value()? {
            Some(v) => Ok(v),
            None => Err(self.ts.type_error(format!("NULL object in marshal data for {what}"))),
        }
    }
    fn items(&mut self, n: usize, what: &str) -> Result<Vec<Value>> {
        let mut items = vec![];
        for _ in 0..n {
            items.push(self.required(what)?);
        }
        Ok(items)
    }
    fn value(&mut self) -> Result<Option<Value>> {
        let code = match self.byte() {
            Ok(c) => c,
            Err(raised) => {
                if self.ts.exception_matches(&self.ts.exceptions().eof_error) {
                    self.ts.clear_exception();
                    return Err(self.ts.eof_error("EOF read where object expected"));
                }
                return Err(raised);
            }
        };
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.ts.value_error("recursion limit exceeded"));
        }
        self.ts.recursion_guard(" while unmarshalling")?;
        let r = self.of_type(code & !FLAG_REF, code & FLAG_REF != 0);
        self.depth -= 1;
        r
    }
    fn of_type(&mut self, code: u8, flag: bool) -> Result<Option<Value>> {
        let ts = self.ts;
        let v = match code {
            b'0' => return Ok(None),
            b'N' => return Ok(Some(Value::none())),
            b'S' => return Ok(Some(ts.exceptions().stop_iteration.as_value().clone())),
            b'.' => return Ok(Some(Value::ellipsis())),
            b'F' => return Ok(Some(Value::false_())),
            b'T' => return Ok(Some(Value::true_())),
            b'i' => int_value(ts, self.i32()? as i64),
            b'I' => {
                let b = self.take(8)?;
                let mut raw = [0; 8];
                raw.copy_from_slice(&b);
                int_value(ts, i64::from_le_bytes(raw))
            }
            b'l' => self.long()?,
            b'f' => float_value(ts, self.text_float()?),
            b'g' => float_value(ts, self.f64()?),
            b'x' => {
                let (re, im) = (self.text_float()?, self.text_float()?);
                complex::new(ts, complex::Complex::from_parts(re, im).parts())
            }
            b'y' => {
                let (re, im) = (self.f64()?, self.f64()?);
                complex::new(ts, complex::Complex::from_parts(re, im).parts())
            }
            b's' => {
                let n = self.size("bytes object")?;
                bytes_from_vec(ts, self.take(n)?)
            }
            b'a' | b'A' => {
                let n = self.size("string")?;
                self.ascii(n, code == b'A')?
            }
            b'z' | b'Z' => {
                let n = self.byte()? as usize;
                self.ascii(n, code == b'Z')?
            }
            b'u' | b't' => {
                let n = self.size("string")?;
                let raw = self.take(n)?;
                let s = taipan_objects::codecs::decode_bytes(ts, &raw, None, "utf-8", "surrogatepass")?;
                if code == b't' { intern(ts, s) } else { s.into_value() }
            }
            b'(' | b')' => {
                let place = self.reserve(flag);
                let n = if code == b'(' { self.size("tuple")? } else { self.byte()? as usize };
                let items = self.items(n, "tuple")?;
                return self.done(place, tuple(ts, items));
            }
            b'[' => {
                let n = self.size("list")?;
                let l = List::new(ts, vec![]);
                if flag {
                    self.refs.push(Some(l.as_value().clone()));
                }
                for _ in 0..n {
                    let v = self.required("list")?;
                    l.push(v);
                }
                return Ok(Some(l.into_value()));
            }
            b'{' => {
                let d = Dict::new(ts);
                if flag {
                    self.refs.push(Some(d.as_value().clone()));
                }
                while let Some(k) = self.value()? {
                    let Some(v) = self.value()? else { break };
                    d.set(ts, &k, v)?;
                }
                return Ok(Some(d.into_value()));
            }
            b'<' => {
                let n = self.size("set")?;
                let s = Set::new(ts);
                if flag {
                    self.refs.push(Some(s.as_value().clone()));
                }
                for _ in 0..n {
                    let v = self.required("set")?;
                    s.data.add(ts, &v)?;
                }
                return Ok(Some(s.into_value()));
            }
            b'>' => {
                let place = self.reserve(flag);
                let n = self.size("set")?;
                let data = SetData::default();
                for _ in 0..n {
                    let v = self.required("set")?;
                    data.add(ts, &v)?;
                }
                return self.done(place, FrozenSet::new(ts, data).into_value());
            }
            b'c' => {
                if !self.allow_code {
                    return Err(ts.value_error("unmarshalling code objects is disallowed"));
                }
                let place = self.reserve(flag);
                let n = self.size("code object")?;
                let raw = self.take(n)?;
                let code = taipan_isa::image::read(&raw).map_err(|e| self.bad(&e.to_string()))?;
                return self.done(place, Code::new(ts, code).into_value());
            }
            b':' => {
                let place = self.reserve(flag);
                let mut items = self.items(3, "slice")?.into_iter();
                let mut next = || items.next().unwrap_or(Value::none());
                let s = slice::Slice { start: next(), stop: next(), step: next() };
                return self.done(place, heap::new(ts, s).into_value());
            }
            b'r' => {
                let n = self.i32()?;
                let found = usize::try_from(n).ok().and_then(|i| self.refs.get(i).cloned().flatten());
                return match found {
                    Some(v) => Ok(Some(v)),
                    None => Err(self.bad("invalid reference")),
                };
            }
            _ => return Err(self.bad("unknown type code")),
        };
        if flag {
            self.refs.push(Some(v.clone()));
        }
        Ok(Some(v))
    }
    fn ascii(&mut self, n: usize, interned: bool) -> Result {
        let raw = self.take(n)?;
        let s = if raw.is_ascii() {
            Str::from_wtf8(self.ts, &raw)
        } else {
            taipan_objects::codecs::decode_bytes(self.ts, &raw, None, "latin-1", "strict")?
        };
        Ok(if interned { intern(self.ts, s) } else { s.into_value() })
    }
    fn long(&mut self) -> Result {
        let n = self.i32()?;
        if n == i32::MIN {
            return Err(self.bad("long size out of range"));
        }
        let count = n.unsigned_abs() as usize;
        let raw = self.take(count.checked_mul(2).ok_or_else(|| self.bad("long size out of range"))?)?;
        let (mut bytes, mut acc, mut bits) = (vec![], 0u32, 0);
        let mut last = 1;
        for d in raw.chunks_exact(2) {
            let d = u16::from_le_bytes([d[0], d[1]]);
            if d > 0x7fff {
                return Err(self.bad("digit out of range in long"));
            }
            last = d;
            acc |= (d as u32) << bits;
            bits += 15;
            while bits >= 8 {
                bytes.push(acc as u8);
                acc >>= 8;
                bits -= 8;
            }
        }
        if last == 0 {
            return Err(self.bad("unnormalized long data"));
        }
        bytes.extend_from_slice(&acc.to_le_bytes());
        let magnitude = IBig::from(UBig::from_le_bytes(&bytes));
        Ok(int::from_big(self.ts, if n < 0 { -magnitude } else { magnitude }))
    }
}

fn intern(ts: &ThreadState, s: Ref<Str>) -> Value {
    match Str::as_str(&s) {
        Some(text) => Str::intern(ts, text).into_value(),
        None => s.into_value(),
    }
}
