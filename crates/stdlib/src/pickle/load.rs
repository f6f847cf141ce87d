//! Reading pickles.

mod memo;
mod objects;

pub use memo::Memo;

use super::{known, ops::*, state, unpickling_error};
use crate::prelude::*;
use std::cell::Cell;
use smallvec::SmallVec;
use std::ops::Range;
use taipan_objects::bytearray::Bytearray;
use taipan_objects::codecs::decode_bytes;
use taipan_objects::set::{FrozenSet, Set, SetData};
use taipan_objects::{int, object};

#[derive(Default)]
pub struct Overrides<'a> {
    pub find_class: Option<Value>,
    pub persistent_load: Option<Value>,
    /// Where the protocol is noted for the method `find_class`.
    pub proto: Option<&'a Cell<i32>>,
}

enum Source<'a> {
    Bytes(&'a [u8]),
    File { read: Value, readline: Value, readinto: Option<Value>, buffer: Vec<u8>, in_frame: bool },
}

pub struct Reader<'a> {
    ts: &'a ThreadState,
    source: Source<'a>,
    at: usize,
    stack: Vec<Value>,
    marks: Vec<usize>,
    pub memo: Memo,
    proto: i32,
    fix_imports: bool,
    encoding: &'a str,
    errors: &'a str,
    pub buffers: Option<Value>,
    pub overrides: Overrides<'a>,
}

/// The object under a name in a module, which is imported.
pub fn find_class(ts: &ThreadState, module: &Value, name: &Value, proto: i32, fix_imports: bool) -> Result {
    audit(ts, "pickle.find_class", &[module.clone(), name.clone()])?;
    let (mut module, mut name) = (module.clone(), name.clone());
    if proto < 3 && fix_imports {
        let names = known(ts, &state(ts).name_to_3)?;
        let imports = known(ts, &state(ts).import_to_3)?;
        if let Some(pair) = protocol::getitem_opt(ts, &names, &tuple(ts, vec![module.clone(), name.clone()]))? {
            if let Some([m, n]) = pair.downcast::<Tuple>().map(|t| t.items()) {
                (module, name) = (m.clone(), n.clone());
            }
        } else if let Some(m) = protocol::getitem_opt(ts, &imports, &module)? {
            module = m;
        }
    }
    let found = ts.interp().modules.get();
    let found = match found.as_ref().and_then(|m| m.downcast::<Dict>()) {
        Some(d) => d.get(ts, &module)?,
        None => None,
    };
    let m = match found {
        Some(m) if !m.is_none() => m,
        _ => {
            let import = taipan_objects::module::builtin_get(ts, "__import__")?;
            protocol::call1(ts, &import, &module)?;
            let modules = ts.interp().modules.get().unwrap_or_else(Value::none);
            protocol::getitem(ts, &modules, &module)?
        }
    };
    let Some(text) = name.downcast::<Str>() else { return Err(ts.type_error("attribute name must be string")) };
    if proto < 4 || !text.bytes().contains(&b'.') {
        return protocol::getattr_value(ts, &m, &name);
    }
    let path = text.to_string_lossy().into_owned();
    let mut o = m;
    for part in path.split('.') {
        o = match protocol::getattr_opt(ts, &o, &Str::intern(ts, part))? {
            Some(v) if part != "<locals>" => v,
            _ => {
                let (name, module) = (protocol::repr_lossy(ts, &name)?, protocol::repr_lossy(ts, &module)?);
                return Err(ts.attribute_error(format!("Can't resolve path {name} on module {module}")));
            }
        };
    }
    Ok(o)
}

impl<'a> Reader<'a> {
    pub fn new(ts: &'a ThreadState, fix_imports: bool, encoding: &'a str, errors: &'a str, buffers: &Value) -> Result<Reader<'a>> {
        let buffers = if buffers.is_none() { None } else { Some(protocol::get_iter(ts, buffers)?) };
        Ok(Reader {
            ts,
            source: Source::Bytes(&[]),
            at: 0,
            stack: vec![],
            marks: vec![],
            memo: Memo::default(),
            proto: 0,
            fix_imports,
            encoding,
            errors,
            buffers,
            overrides: Overrides::default(),
        })
    }
    pub fn from_bytes(&mut self, data: &'a [u8]) {
        self.source = Source::Bytes(data);
        self.at = 0;
        self.memo.expect(data.len() / 16);
        self.stack.reserve(32);
    }
    pub fn from_file(&mut self, file: &Value) -> Result<()> {
        let get = |name: &str| protocol::getattr_opt(self.ts, file, &Str::intern(self.ts, name));
        let (Some(read), Some(readline)) = (get("read")?, get("readline")?) else {
            return Err(self.ts.type_error("file must have 'read' and 'readline' attributes"));
        };
        let readinto = get("readinto")?;
        self.source = Source::File { read, readline, readinto, buffer: vec![], in_frame: false };
        self.at = 0;
        Ok(())
    }
    fn truncated(&self) -> Raised {
        unpickling_error(self.ts, "pickle data was truncated")
    }
    fn held(&self) -> &[u8] {
        match &self.source {
            Source::Bytes(b) => b,
            Source::File { buffer, .. } => buffer,
        }
    }
    /// The next `n` bytes, as a range of what is held.
    #[inline]
    fn take(&mut self, n: usize) -> Result<Range<usize>> {
        let start = self.at;
        if n <= self.held().len() - start {
            self.at = start + n;
            return Ok(start..start + n);
        }
        self.take_more(n)
    }
    #[cold]
    fn take_more(&mut self, n: usize) -> Result<Range<usize>> {
        let ts = self.ts;
        let rest = self.held().len() - self.at;
        match &mut self.source {
            Source::Bytes(_) => Err(self.truncated()),
            Source::File { read, buffer, in_frame, .. } => {
                if *in_frame && rest > 0 {
                    return Err(unpickling_error(ts, "pickle exhausted before end of frame"));
                }
                *in_frame = false;
                let read = read.clone();
                let Ok(wanted) = i64::try_from(n) else { return Err(ts.overflow_error("read would overflow (invalid bytecode)")) };
                buffer.clear();
                self.at = 0;
                let data = protocol::call1(ts, &read, &int_value(ts, wanted))?;
                let Some(b) = data.downcast::<Bytes>() else {
                    return Err(ts.value_error("read() returned non-bytes object"));
                };
                let Source::File { buffer, .. } = &mut self.source else { return Err(self.truncated()) };
                buffer.extend_from_slice(b.as_slice());
                if buffer.len() < n {
                    return Err(self.truncated());
                }
                self.at = n;
                Ok(0..n)
            }
        }
    }
    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let r = self.take(N)?;
        let mut out = [0; N];
        out.copy_from_slice(&self.held()[r]);
        Ok(out)
    }
    fn byte(&mut self) -> Result<u8> {
        let r = self.take(1)?;
        Ok(self.held()[r.start])
    }
    /// A line, without its end.
    fn line(&mut self) -> Result<Vec<u8>> {
        let ts = self.ts;
        let rest = &self.held()[self.at..];
        if let Some(i) = memchr::memchr(b'\n', rest) {
            let line = rest[..i].to_vec();
            self.at += i + 1;
            return Ok(line);
        }
        let empty = rest.is_empty();
        match &mut self.source {
            Source::Bytes(_) => Err(self.truncated()),
            Source::File { in_frame: true, .. } if !empty => Err(unpickling_error(ts, "pickle exhausted before end of frame")),
            Source::File { readline, in_frame, .. } => {
                *in_frame = false;
                let readline = readline.clone();
                let data = protocol::call0(ts, &readline)?;
                let Some(b) = data.downcast::<Bytes>() else {
                    return Err(ts.value_error("readline() returned non-bytes object"));
                };
                match b.as_slice() {
                    [line @ .., b'\n'] => Ok(line.to_vec()),
                    _ => Err(self.truncated()),
                }
            }
        }
    }
    /// A line that is nothing but a small number, which most of protocol 0 is; other lines stay.
    fn small_number(&mut self) -> Option<i64> {
        let rest = &self.held()[self.at..];
        let end = rest.iter().take(20).position(|b| *b == b'\n')?;
        let line = rest[..end].strip_suffix(b"L").unwrap_or(&rest[..end]);
        let digits = line.strip_prefix(b"-").unwrap_or(line);
        if digits.is_empty() || digits.len() > 17 || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let n = digits.iter().fold(0, |n, d| n * 10 + (d - b'0') as i64);
        let n = if digits.len() < line.len() { -n } else { n };
        self.at += end + 1;
        Some(n)
    }
    /// As [`Reader::small_number`], for a number in the memo.
    fn place(&mut self) -> Option<usize> {
        if self.held().get(self.at) == Some(&b'-') {
            return None;
        }
        self.small_number().map(|n| n as usize)
    }
    fn length<const N: usize>(&mut self, what: &str) -> Result<usize> {
        let b: [u8; N] = self.array()?;
        let mut n = [0u8; 8];
        n[..N].copy_from_slice(&b);
        let n = u64::from_le_bytes(n);
        if n > isize::MAX as u64 {
            return Err(self.ts.overflow_error(format!("{what} exceeds system's maximum size of {} bytes", isize::MAX)));
        }
        Ok(n as usize)
    }
    fn signed_length(&mut self, what: &str) -> Result<usize> {
        let n = i32::from_le_bytes(self.array()?);
        usize::try_from(n).map_err(|_| unpickling_error(self.ts, &format!("{what} pickle has negative byte count")))
    }

    #[inline]
    fn push(&mut self, v: Value) {
        self.stack.push(v);
    }
    /// Where the stack begins that operations may reach: the last mark.
    fn floor(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }
    fn underflow(&self) -> Raised {
        let text = if self.marks.is_empty() { "unpickling stack underflow" } else { "unexpected MARK found" };
        unpickling_error(self.ts, text)
    }
    #[inline]
    fn pop(&mut self) -> Result {
        if self.stack.len() <= self.floor() {
            return Err(self.underflow());
        }
        self.stack.pop().ok_or_else(|| self.underflow())
    }
    #[inline]
    fn top(&self) -> Result<&Value> {
        if self.stack.len() <= self.floor() {
            return Err(self.underflow());
        }
        self.stack.last().ok_or_else(|| self.underflow())
    }
    /// The object below the last mark, when it is exactly a `T`: its place.
    fn marked<T: Payload>(&self) -> Option<usize> {
        let [.., mark] = self.marks[..] else { return None };
        let floor = self.marks.len().checked_sub(2).map_or(0, |i| self.marks[i]);
        let place = mark.checked_sub(1).filter(|p| *p >= floor)?;
        self.stack.get(place)?.exact::<T>().is_some().then_some(place)
    }
    fn drain_mark(&mut self) -> Result<std::vec::Drain<'_, Value>> {
        match self.marks.pop() {
            Some(i) => {
                let i = i.min(self.stack.len());
                Ok(self.stack.drain(i..))
            }
            None => Err(unpickling_error(self.ts, "could not find MARK")),
        }
    }
    fn pop_mark(&mut self) -> Result<Vec<Value>> {
        match self.marks.pop() {
            Some(i) => Ok(self.stack.split_off(i.min(self.stack.len()))),
            None => Err(unpickling_error(self.ts, "could not find MARK")),
        }
    }

    fn text(&self, r: Range<usize>) -> Result {
        let b = &self.held()[r];
        if b.is_ascii() {
            return Ok(Str::from_ascii(self.ts, b).into_value());
        }
        match std::str::from_utf8(b) {
            Ok(s) => Ok(str_value(self.ts, s)),
            Err(_) => Ok(decode_bytes(self.ts, &b.to_vec(), None, "utf-8", "surrogatepass")?.into_value()),
        }
    }
    /// A str of Python 2.
    fn old_text(&self, b: &[u8]) -> Result {
        if self.encoding == "bytes" {
            return Ok(bytes_value(self.ts, b));
        }
        Ok(decode_bytes(self.ts, b, None, self.encoding, self.errors)?.into_value())
    }
    fn name(&self, line: Vec<u8>) -> Result {
        match std::str::from_utf8(&line) {
            Ok(s) => Ok(Str::intern(self.ts, s).into_value()),
            Err(_) => Ok(decode_bytes(self.ts, &line, None, "utf-8", "strict")?.into_value()),
        }
    }
    fn decimal(&self, line: &[u8]) -> Result {
        let text = String::from_utf8_lossy(line).into_owned();
        let class = int::Int::class(self.ts).into_value();
        protocol::call(self.ts, &class, &[str_value(self.ts, &text), int_value(self.ts, 10)])
    }
    fn memo_get(&mut self, i: usize) -> Result<()> {
        match self.memo.get(i) {
            Some(v) => {
                let v = v.clone();
                self.push(v);
                Ok(())
            }
            None => Err(unpickling_error(self.ts, &format!("Memo value not found at index {i}"))),
        }
    }
    fn memo_put(&mut self, i: usize) -> Result<()> {
        let v = self.top()?.clone();
        self.memo.put(i, v);
        Ok(())
    }
    fn find(&self, module: &Value, name: &Value) -> Result {
        if let Some(f) = &self.overrides.find_class {
            return protocol::call(self.ts, f, &[module.clone(), name.clone()]);
        }
        find_class(self.ts, module, name, self.proto, self.fix_imports)
    }
    fn persistent(&mut self, pid: Value) -> Result<()> {
        let Some(f) = &self.overrides.persistent_load else {
            let text = "A load persistent id instruction was encountered, but no persistent_load function was specified.";
            return Err(unpickling_error(self.ts, text));
        };
        let v = protocol::call1(self.ts, f, &pid)?;
        self.push(v);
        Ok(())
    }

    pub fn load(&mut self) -> Result {
        loop {
            // Nothing more where an operation should be: the end of the file.
            let op = self.byte().map_err(|raised| match state(self.ts).unpickling_error.get().and_then(|c| c.as_type()) {
                Some(class) if self.ts.exception_matches(class) => {
                    self.ts.clear_exception();
                    self.ts.eof_error("Ran out of input")
                }
                _ => raised,
            })?;
            if op == STOP {
                return self.pop();
            }
            self.step(op)?;
        }
    }
    fn step(&mut self, op: u8) -> Result<()> {
        let ts = self.ts;
        match op {
            NONE => self.push(Value::none()),
            NEWTRUE => self.push(Value::bool(true)),
            NEWFALSE => self.push(Value::bool(false)),
            BININT => {
                let n = i32::from_le_bytes(self.array()?);
                self.push(int_value(ts, n as i64));
            }
            BININT1 => {
                let n = self.byte()?;
                self.push(int_value(ts, n as i64));
            }
            BININT2 => {
                let n = u16::from_le_bytes(self.array()?);
                self.push(int_value(ts, n as i64));
            }
            LONG1 => {
                let n = self.byte()? as usize;
                self.long(n)?;
            }
            LONG4 => {
                let n = self.signed_length("LONG")?;
                self.long(n)?;
            }
            INT if self.held().get(self.at) != Some(&b'0')
                && let Some(n) = self.small_number() => self.push(int_value(ts, n)),
            INT => {
                let line = self.line()?;
                let v = match &line[..] {
                    b"00" => Value::bool(false),
                    b"01" => Value::bool(true),
                    _ => self.decimal(&line).map_err(|_| {
                        ts.clear_exception();
                        ts.value_error("could not convert string to int")
                    })?,
                };
                self.push(v);
            }
            LONG if let Some(n) = self.small_number() => self.push(int_value(ts, n)),
            LONG => {
                let line = self.line()?;
                let v = self.decimal(line.strip_suffix(b"L").unwrap_or(&line))?;
                self.push(v);
            }
            FLOAT => {
                let line = self.line()?;
                let text = String::from_utf8_lossy(&line).into_owned();
                if text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'e' | b'-' | b'+'))
                    && let Ok(f) = text.parse::<f64>()
                {
                    self.push(float_value(ts, f));
                    return Ok(());
                }
                let class = taipan_objects::float::Float::class(ts).into_value();
                let v = protocol::call1(ts, &class, &str_value(ts, &text)).map_err(|_| {
                    ts.clear_exception();
                    ts.value_error("could not convert string to float")
                })?;
                self.push(v);
            }
            BINFLOAT => {
                let f = f64::from_be_bytes(self.array()?);
                self.push(float_value(ts, f));
            }
            STRING => self.quoted()?,
            BINSTRING => {
                let n = self.signed_length("BINSTRING")?;
                let r = self.take(n)?;
                let v = self.old_text(&self.held()[r])?;
                self.push(v);
            }
            SHORT_BINSTRING => {
                let n = self.byte()? as usize;
                let r = self.take(n)?;
                let v = self.old_text(&self.held()[r])?;
                self.push(v);
            }
            UNICODE => {
                let line = self.line()?;
                let v = if line.is_ascii() && !line.contains(&b'\\') {
                    Str::from_ascii(ts, &line).into_value()
                } else {
                    decode_bytes(ts, &line, None, "raw-unicode-escape", "strict")?.into_value()
                };
                self.push(v);
            }
            SHORT_BINUNICODE | BINUNICODE | BINUNICODE8 => {
                let n = match op {
                    SHORT_BINUNICODE => self.byte()? as usize,
                    BINUNICODE => self.length::<4>("BINUNICODE")?,
                    _ => self.length::<8>("BINUNICODE8")?,
                };
                let r = self.take(n)?;
                let v = self.text(r)?;
                self.push(v);
            }
            SHORT_BINBYTES | BINBYTES | BINBYTES8 => {
                let n = match op {
                    SHORT_BINBYTES => self.byte()? as usize,
                    BINBYTES => self.length::<4>("BINBYTES")?,
                    _ => self.length::<8>("BINBYTES8")?,
                };
                let r = self.take(n)?;
                let v = bytes_value(ts, &self.held()[r]);
                self.push(v);
            }
            BYTEARRAY8 => self.bytearray()?,
            NEXT_BUFFER => {
                let Some(it) = &self.buffers else {
                    return Err(unpickling_error(ts, "pickle stream refers to out-of-band data but no *buffers* argument was given"));
                };
                match protocol::iter_next(ts, it)? {
                    Some(v) => self.push(v),
                    None => return Err(unpickling_error(ts, "not enough out-of-band buffers")),
                }
            }
            READONLY_BUFFER => {
                let v = self.top()?.clone();
                let view = memoryview_of(ts, &v)?;
                if !buffer::get(ts, &v, buffer::flags::FULL_RO)?.readonly {
                    let view = protocol::call_method(ts, &view, "toreadonly", &[])?;
                    self.pop()?;
                    self.push(view);
                }
            }
            EMPTY_TUPLE => self.push(Tuple::empty(ts).into_value()),
            TUPLE1 | TUPLE2 | TUPLE3 => {
                let n = (op - TUPLE1 + 1) as usize;
                if self.stack.len() < self.floor() + n {
                    return Err(self.underflow());
                }
                let row: SmallVec<[Value; 3]> = self.stack.drain(self.stack.len() - n..).collect();
                self.push(Tuple::from_row(ts, row).into_value());
            }
            TUPLE => {
                let row: SmallVec<[Value; 8]> = self.drain_mark()?.collect();
                self.push(Tuple::from_row(ts, row).into_value());
            }
            EMPTY_LIST => self.push(list(ts, vec![])),
            LIST => {
                let items = self.pop_mark()?;
                self.push(list(ts, items));
            }
            EMPTY_DICT => self.push(Dict::new(ts).into_value()),
            DICT => {
                let items = self.pop_mark()?;
                if items.len() % 2 != 0 {
                    return Err(unpickling_error(ts, "odd number of items for DICT"));
                }
                let d = Dict::new(ts);
                for kv in items.chunks_exact(2) {
                    d.set(ts, &kv[0], kv[1].clone())?;
                }
                self.push(d.into_value());
            }
            EMPTY_SET => self.push(Set::new(ts).into_value()),
            FROZENSET => {
                let data = SetData::default();
                for v in self.drain_mark()? {
                    data.add(ts, &v)?;
                }
                self.push(FrozenSet::new(ts, data).into_value());
            }
            MARK => self.marks.push(self.stack.len()),
            POP => {
                // A mark on top is what is popped.
                if self.marks.last() == Some(&self.stack.len()) {
                    self.marks.pop();
                } else {
                    self.pop()?;
                }
            }
            POP_MARK => drop(self.pop_mark()?),
            DUP => {
                let v = self.top()?.clone();
                self.push(v);
            }
            GET if let Some(n) = self.place() => self.memo_get(n)?,
            GET => {
                let line = self.line()?;
                let n = self.decimal(&line)?;
                match to_i64(&n).and_then(|n| usize::try_from(n).ok()) {
                    Some(i) => self.memo_get(i)?,
                    None => return Err(unpickling_error(ts, &format!("Memo value not found at index {}", String::from_utf8_lossy(&line)))),
                }
            }
            BINGET => {
                let i = self.byte()? as usize;
                self.memo_get(i)?;
            }
            LONG_BINGET => {
                let i = u32::from_le_bytes(self.array()?) as usize;
                self.memo_get(i)?;
            }
            PUT if let Some(n) = self.place() => self.memo_put(n)?,
            PUT => {
                let line = self.line()?;
                let n = self.decimal(&line)?;
                match to_i64(&n).and_then(|n| usize::try_from(n).ok()) {
                    Some(i) => self.memo_put(i)?,
                    None => return Err(ts.value_error("negative PUT argument")),
                }
            }
            BINPUT => {
                let i = self.byte()? as usize;
                self.memo_put(i)?;
            }
            LONG_BINPUT => {
                let i = u32::from_le_bytes(self.array()?) as usize;
                self.memo_put(i)?;
            }
            MEMOIZE => self.memo_put(self.memo.count)?,
            APPEND => {
                let v = self.pop()?;
                let l = self.top()?;
                match l.exact::<List>() {
                    Some(l) => l.items.write(|items| items.push(v)),
                    None => {
                        let l = l.clone();
                        self.append_all(&l, vec![v], true)?;
                    }
                }
            }
            APPENDS if let Some(place) = self.marked::<List>() => {
                let list = self.stack[place].clone();
                self.marks.pop();
                if let Some(l) = list.exact::<List>() {
                    l.items.write(|items| items.extend(self.stack.drain(place + 1..)));
                }
            }
            APPENDS => {
                let items = self.pop_mark()?;
                let l = self.top()?.clone();
                self.append_all(&l, items, false)?;
            }
            SETITEM => {
                let v = self.pop()?;
                let k = self.pop()?;
                let d = self.top()?.clone();
                self.set_all(&d, &[k, v])?;
            }
            SETITEMS if let Some(place) = self.marked::<Dict>() => {
                let dict = self.stack[place].clone();
                if (self.stack.len() - place) % 2 != 1 {
                    return Err(unpickling_error(ts, "odd number of items for SETITEMS"));
                }
                self.marks.pop();
                if let Some(d) = dict.exact::<Dict>() {
                    let mut items = self.stack.drain(place + 1..);
                    while let (Some(k), Some(v)) = (items.next(), items.next()) {
                        d.set(ts, &k, v)?;
                    }
                }
            }
            SETITEMS => {
                let items = self.pop_mark()?;
                let d = self.top()?.clone();
                if items.len() % 2 != 0 {
                    return Err(unpickling_error(ts, "odd number of items for SETITEMS"));
                }
                self.set_all(&d, &items)?;
            }
            ADDITEMS => {
                let items = self.pop_mark()?;
                let s = self.top()?.clone();
                match s.exact::<Set>() {
                    Some(set) => {
                        for v in &items {
                            set.data.add(ts, v)?;
                        }
                    }
                    None => {
                        let add = protocol::getattr_name(ts, &s, "add")?;
                        for v in &items {
                            protocol::call1(ts, &add, v)?;
                        }
                    }
                }
            }
            GLOBAL => {
                let (module, name) = (self.line()?, self.line()?);
                let (module, name) = (self.name(module)?, self.name(name)?);
                let v = self.find(&module, &name)?;
                self.push(v);
            }
            STACK_GLOBAL => {
                let name = self.pop()?;
                let module = self.pop()?;
                if name.exact::<Str>().is_none() || module.exact::<Str>().is_none() {
                    return Err(unpickling_error(ts, "STACK_GLOBAL requires str"));
                }
                let v = self.find(&module, &name)?;
                self.push(v);
            }
            EXT1 => {
                let code = self.byte()? as i64;
                self.extension(code)?;
            }
            EXT2 => {
                let code = u16::from_le_bytes(self.array()?) as i64;
                self.extension(code)?;
            }
            EXT4 => {
                let code = i32::from_le_bytes(self.array()?) as i64;
                self.extension(code)?;
            }
            INST => {
                let (module, name) = (self.line()?, self.line()?);
                let (module, name) = (self.name(module)?, self.name(name)?);
                let class = self.find(&module, &name)?;
                let args = self.pop_mark()?;
                let v = self.instantiate(&class, args)?;
                self.push(v);
            }
            OBJ => {
                let mut args = self.pop_mark()?;
                if args.is_empty() {
                    return Err(unpickling_error(ts, "unpickling stack underflow"));
                }
                let class = args.remove(0);
                let v = self.instantiate(&class, args)?;
                self.push(v);
            }
            REDUCE => {
                let args = self.pop()?;
                let f = self.pop()?;
                let Some(t) = args.downcast::<Tuple>() else {
                    let f = f.type_name(ts);
                    let _ = f;
                    return Err(ts.type_error(format!("argument list must be a tuple, not {}", args.type_name(ts))));
                };
                let v = protocol::call(ts, &f, t.items())?;
                self.push(v);
            }
            NEWOBJ => self.new_object(false)?,
            NEWOBJ_EX => self.new_object(true)?,
            BUILD => self.build()?,
            PERSID => {
                let line = self.line()?;
                if !line.is_ascii() {
                    return Err(unpickling_error(ts, "persistent IDs in protocol 0 must be ASCII strings"));
                }
                let pid = str_value(ts, &String::from_utf8_lossy(&line));
                self.persistent(pid)?;
            }
            BINPERSID => {
                let pid = self.pop()?;
                self.persistent(pid)?;
            }
            PROTO => {
                let n = self.byte()? as i32;
                if n > HIGHEST {
                    return Err(ts.value_error(format!("unsupported pickle protocol: {n}")));
                }
                self.proto = n;
                if let Some(p) = self.overrides.proto {
                    p.set(n);
                }
            }
            FRAME => self.frame()?,
            op => {
                let text = match op {
                    b'\'' => "\"'\"".to_string(),
                    b'\\' => "'\\\\'".to_string(),
                    0x20..=0x7e => format!("'{}'", op as char),
                    _ => format!("'\\x{op:02x}'"),
                };
                return Err(unpickling_error(ts, &format!("invalid load key, {text}.")));
            }
        }
        Ok(())
    }

    fn frame(&mut self) -> Result<()> {
        let n = self.length::<8>("FRAME")?;
        let ts = self.ts;
        let rest = self.held().len() - self.at;
        match &mut self.source {
            Source::Bytes(_) if n > rest => Err(self.truncated()),
            Source::Bytes(_) => Ok(()),
            Source::File { in_frame: true, .. } if rest > 0 => Err(unpickling_error(ts, "beginning of a new frame before end of current frame")),
            Source::File { .. } => {
                if n == 0 {
                    return Ok(());
                }
                self.take(n)?;
                self.at = 0;
                if let Source::File { in_frame, .. } = &mut self.source {
                    *in_frame = true;
                }
                Ok(())
            }
        }
    }
    fn long(&mut self, n: usize) -> Result<()> {
        let r = self.take(n)?;
        let v = int::from_big(self.ts, int::bytes::from_bytes(&self.held()[r], true, true));
        self.push(v);
        Ok(())
    }
    fn quoted(&mut self) -> Result<()> {
        let line = self.line()?;
        let line = line.trim_ascii_end();
        let inner = match line {
            [b'"', inner @ .., b'"'] | [b'\'', inner @ .., b'\''] => inner,
            _ => return Err(unpickling_error(self.ts, "the STRING opcode argument must be quoted")),
        };
        let codecs = taipan_objects::module::import(self.ts, "_codecs")?;
        let pair = protocol::call_method(self.ts, &codecs, "escape_decode", &[bytes_value(self.ts, inner)])?;
        let raw = pair.downcast::<Tuple>().and_then(|t| t.get(0).cloned()).unwrap_or_else(Value::none);
        let raw = raw.downcast::<Bytes>().map(|b| b.as_slice().to_vec()).unwrap_or_default();
        let v = self.old_text(&raw)?;
        self.push(v);
        Ok(())
    }
    fn bytearray(&mut self) -> Result<()> {
        let ts = self.ts;
        let n = self.length::<8>("BYTEARRAY8")?;
        let rest = self.held().len() - self.at;
        if let Source::File { readinto: Some(readinto), in_frame, .. } = &self.source
            && !(*in_frame && rest > 0)
            && rest == 0
        {
            let readinto = readinto.clone();
            let room = crate::posix::files::buffer(ts, n)?;
            let v = bytearray_from_vec(ts, room);
            let got = protocol::call1(ts, &readinto, &v)?;
            let got = index_i64(ts, &got)?;
            if got < 0 || (got as usize) < n {
                return Err(self.truncated());
            }
            self.push(v);
            return Ok(());
        }
        let r = self.take(n)?;
        let v = Bytearray::new(ts, self.held()[r].to_vec()).into_value();
        self.push(v);
        Ok(())
    }
}
