//! Writing pickles.

mod globals;
mod memo;

pub use memo::Memo;

use super::buffer::PickleBuffer;
use super::ops::*;
use super::{known, pickling_error, state};
use crate::prelude::*;
use taipan_objects::bytearray::Bytearray;
use taipan_objects::function::Function;
use taipan_objects::set::{FrozenSet, Set};
use taipan_objects::{float, int};

/// Frames are closed when they are this long; longer data stands outside of them.
const FRAME_TARGET: usize = 64 * 1024;
const FRAME_MIN: usize = 4;
const FRAME_HEAD: usize = 9;
const BATCH: usize = 1000;

/// What the methods of a subclass take part in.
#[derive(Default)]
pub struct Overrides {
    pub persistent_id: Option<Value>,
    pub reducer_override: Option<Value>,
    pub dispatch_table: Option<Value>,
}

pub struct Writer<'a> {
    ts: &'a ThreadState,
    out: Vec<u8>,
    frame: Option<usize>,
    framing: bool,
    write: Option<Value>,
    pub memo: Memo,
    pub proto: i32,
    pub bin: bool,
    pub fast: bool,
    pub fix_imports: bool,
    pub buffer_callback: Option<Value>,
    pub overrides: Overrides,
    /// The version of the class whose instances were last found to be plain.
    plain: u32,
    /// The version of the class whose instances were last found to be others.
    reduced: u32,
}

pub fn protocol_number(ts: &ThreadState, v: Option<&Value>) -> Result<i32> {
    let n = match v.filter(|v| !v.is_none()) {
        None => DEFAULT,
        Some(v) => index_i32(ts, v)?,
    };
    match n {
        n if n < 0 => Ok(HIGHEST),
        n if n > HIGHEST => Err(ts.value_error(format!("pickle protocol must be <= {HIGHEST}"))),
        n => Ok(n),
    }
}

pub fn check_callback(ts: &ThreadState, proto: i32, callback: Option<&Value>) -> Result<Option<Value>> {
    match callback.filter(|c| !c.is_none()) {
        Some(_) if proto < 5 => Err(ts.value_error("buffer_callback needs protocol >= 5")),
        c => Ok(c.cloned()),
    }
}

/// The class's name for notes, with its module where that tells something.
fn name_of(ts: &ThreadState, v: &Value) -> String {
    v.class(ts).qualified_name(ts)
}

impl<'a> Writer<'a> {
    pub fn new(ts: &'a ThreadState, protocol: Option<&Value>, fix_imports: bool, callback: Option<&Value>) -> Result<Writer<'a>> {
        let proto = protocol_number(ts, protocol)?;
        let callback = check_callback(ts, proto, callback)?;
        Ok(Writer::with(ts, proto, fix_imports, callback, Memo::with_capacity(100)))
    }
    pub fn with(ts: &'a ThreadState, proto: i32, fix_imports: bool, callback: Option<Value>, memo: Memo) -> Writer<'a> {
        Writer {
            ts,
            out: Vec::with_capacity(400),
            frame: None,
            framing: false,
            write: None,
            memo,
            proto,
            bin: proto > 0,
            fast: false,
            fix_imports: fix_imports && proto < 3,
            buffer_callback: callback,
            overrides: Overrides::default(),
            plain: 0,
            reduced: 0,
        }
    }
    pub fn to_file(&mut self, file: &Value) -> Result<()> {
        match protocol::getattr_opt(self.ts, file, &Str::intern(self.ts, "write"))? {
            Some(w) => {
                self.write = Some(w);
                Ok(())
            }
            None => Err(self.ts.type_error("file must have a 'write' attribute")),
        }
    }
    pub fn to_write(&mut self, write: Value) {
        self.write = Some(write);
    }
    pub fn bytes(&self) -> &[u8] {
        &self.out
    }
    /// Hands what was written to the file.
    pub fn flush(&mut self) -> Result<()> {
        if let Some(w) = &self.write
            && !self.out.is_empty()
        {
            let data = bytes_value(self.ts, &self.out);
            self.out.clear();
            protocol::call1(self.ts, w, &data)?;
        }
        Ok(())
    }
    fn op(&mut self, op: u8) {
        self.open_frame();
        self.out.push(op);
    }
    fn put(&mut self, bytes: &[u8]) {
        self.open_frame();
        self.out.extend_from_slice(bytes);
    }
    #[inline]
    fn open_frame(&mut self) {
        if self.framing && self.frame.is_none() {
            self.frame = Some(self.out.len());
            self.out.extend_from_slice(&[0; FRAME_HEAD]);
        }
    }
    fn close_frame(&mut self) {
        let Some(start) = self.frame.take() else { return };
        let n = self.out.len() - start - FRAME_HEAD;
        if n >= FRAME_MIN {
            self.out[start] = FRAME;
            self.out[start + 1..start + FRAME_HEAD].copy_from_slice(&(n as u64).to_le_bytes());
        } else {
            self.out.drain(start..start + FRAME_HEAD);
        }
    }
    /// Between two objects a long frame may end.
    fn boundary(&mut self) -> Result<()> {
        if let Some(start) = self.frame
            && self.out.len() - start - FRAME_HEAD >= FRAME_TARGET
        {
            self.close_frame();
            self.flush()?;
        }
        Ok(())
    }
    /// A head and its data; long data goes to the file as it is, outside of frames.
    fn data(&mut self, head: &[u8], data: &[u8], object: Option<&Value>) -> Result<()> {
        if data.len() < FRAME_TARGET || !self.framing {
            self.put(head);
            self.out.extend_from_slice(data);
            return Ok(());
        }
        self.close_frame();
        self.out.extend_from_slice(head);
        match (self.write.clone(), object) {
            (Some(w), object) => {
                self.flush()?;
                let v = match object {
                    Some(o) => o.clone(),
                    None => bytes_value(self.ts, data),
                };
                protocol::call1(self.ts, &w, &v)?;
            }
            (None, _) => self.out.extend_from_slice(data),
        }
        Ok(())
    }

    pub fn dump(&mut self, o: &Value) -> Result<()> {
        if self.proto >= 2 {
            self.out.extend_from_slice(&[PROTO, self.proto as u8]);
            self.framing = self.proto >= 4;
        }
        self.save(o, false)?;
        self.op(STOP);
        self.close_frame();
        self.framing = false;
        Ok(())
    }

    fn get(&mut self, i: usize) {
        if !self.bin {
            self.put(format!("g{i}\n").as_bytes());
        } else if i < 256 {
            self.put(&[BINGET, i as u8]);
        } else {
            self.put(&[LONG_BINGET]);
            self.out.extend_from_slice(&(i as u32).to_le_bytes());
        }
    }
    fn number(&self, o: &Value) -> Option<usize> {
        self.memo.number(o)
    }
    fn memoize(&mut self, o: &Value) {
        if self.fast {
            return;
        }
        let i = self.memo.len();
        self.memo.insert(o, i);
        if self.proto >= 4 {
            self.op(MEMOIZE);
        } else if !self.bin {
            self.put(format!("p{i}\n").as_bytes());
        } else if i < 256 {
            self.put(&[BINPUT, i as u8]);
        } else {
            self.put(&[LONG_BINPUT]);
            self.out.extend_from_slice(&(i as u32).to_le_bytes());
        }
    }

    /// Saves a part of an object; an error is told where it happened.
    fn part(&mut self, v: &Value, note: impl FnOnce(&ThreadState) -> String) -> Result<()> {
        let r = self.save(v, false);
        if r.is_err() {
            self.ts.add_note(&note(self.ts));
        }
        r
    }

    pub fn save(&mut self, o: &Value, is_pid: bool) -> Result<()> {
        self.boundary()?;
        let ts = self.ts;
        if !is_pid && let Some(f) = self.overrides.persistent_id.clone() {
            let pid = protocol::call1(ts, &f, o)?;
            if !pid.is_none() {
                return self.persistent(&pid);
            }
        }
        // What is small is not worth a number.
        if o.is_none() {
            self.op(NONE);
            return Ok(());
        }
        if let Some(b) = o.as_bool_object() {
            match (self.proto >= 2, b) {
                (true, true) => self.op(NEWTRUE),
                (true, false) => self.op(NEWFALSE),
                (false, true) => self.put(b"I01\n"),
                (false, false) => self.put(b"I00\n"),
            }
            return Ok(());
        }
        if int::is_exact(o) {
            return self.int(o);
        }
        if let Some(f) = float::exact(o) {
            if self.bin {
                self.put(&[BINFLOAT]);
                self.out.extend_from_slice(&f.to_be_bytes());
            } else {
                self.put(&[FLOAT]);
                self.out.extend_from_slice(float::repr::repr(f).as_bytes());
                self.out.push(b'\n');
            }
            return Ok(());
        }
        if let Some(i) = self.number(o) {
            self.get(i);
            return Ok(());
        }
        if let Some(s) = o.exact::<Str>() {
            return self.text(o, s);
        }
        if let Some(b) = o.exact::<Bytes>() {
            return self.bytes_object(o, b.as_slice());
        }
        ts.recursion_guard(" while pickling an object")?;
        if let Some(d) = o.exact::<Dict>() {
            return self.dict(o, d);
        }
        if let Some(l) = o.exact::<List>() {
            return self.list(o, l);
        }
        if let Some(t) = o.exact::<Tuple>() {
            return self.tuple(o, t);
        }
        if let Some(s) = o.exact::<Set>() {
            return self.set(o, s);
        }
        if let Some(s) = o.exact::<FrozenSet>() {
            return self.frozenset(o, s);
        }
        if let Some(b) = o.exact::<Bytearray>() {
            return self.bytearray(o, b);
        }
        if let Some(b) = o.downcast::<PickleBuffer>() {
            return self.picklebuffer(o, b);
        }
        let mut reduced = None;
        if let Some(f) = self.overrides.reducer_override.clone() {
            let r = protocol::call1(ts, &f, o)?;
            if !r.is(&Value::not_implemented()) {
                reduced = Some(r);
            }
        }
        if reduced.is_none() {
            let class = o.class_ref(ts);
            if std::ptr::eq(&*class, &*Type::class(ts)) {
                return self.type_object(o);
            }
            if o.exact::<Function>().is_some() {
                return self.global(o, None);
            }
            let reducer = match &self.overrides.dispatch_table {
                None => match known(ts, &state(ts).dispatch_table)?.downcast::<Dict>() {
                    Some(d) => d.get(ts, class.as_value())?,
                    None => None,
                },
                Some(t) => protocol::getitem_opt(ts, t, class.as_value())?,
            };
            reduced = Some(match reducer {
                Some(f) => protocol::call1(ts, &f, o)?,
                None if o.as_type().is_some() => return self.global(o, None),
                None if self.is_plain(&class, o) => {
                let result = self.plain_object(o, &class);
                if result.is_err() {
                    ts.add_note(&format!("when serializing {} object", name_of(ts, o)));
                }
                return result;
            }
                None => self.reduce_of(o)?,
            });
        }
        let Some(r) = reduced else { return Ok(()) };
        if r.downcast::<Str>().is_some() {
            return self.global(o, Some(&r));
        }
        let result = match r.downcast::<Tuple>() {
            None => Err(pickling_error(ts, &format!("__reduce__ must return a string or tuple, not {}", name_of(ts, &r)))),
            Some(t) if !(2..=6).contains(&t.len()) => {
                Err(pickling_error(ts, "tuple returned by __reduce__ must contain 2 through 6 elements"))
            }
            Some(t) => self.reduced(t.items(), Some(o)),
        };
        if result.is_err() {
            ts.add_note(&format!("when serializing {} object", name_of(ts, o)));
        }
        result
    }

    fn reduce_of(&self, o: &Value) -> Result {
        let ts = self.ts;
        let n = ts.names();
        let class = o.class(ts);
        let object = taipan_objects::typeobject::builtin(ts, taipan_objects::ids::OBJECT);
        if class.is_heap_type()
            && let (Some(own), Some(base)) = (class.lookup(ts, &n.__reduce_ex__), object.lookup(ts, &n.__reduce_ex__))
            && own.is(&base)
            && taipan_objects::object::own_attribute(o, &n.__reduce_ex__).is_none()
            && class.slots().getattro.map(|f| f as usize) == object.slots().getattro.map(|f| f as usize)
        {
            return protocol::call(ts, &own, &[o.clone(), int_value(ts, self.proto as i64)]);
        }
        if let Some(f) = protocol::getattr_opt(ts, o, &ts.names().__reduce_ex__)? {
            return protocol::call1(ts, &f, &int_value(ts, self.proto as i64));
        }
        if let Some(f) = protocol::getattr_opt(ts, o, &ts.names().__reduce__)? {
            return protocol::call0(ts, &f);
        }
        Err(pickling_error(ts, &format!("Can't pickle {} object", name_of(ts, o))))
    }

    fn persistent(&mut self, pid: &Value) -> Result<()> {
        if self.bin {
            self.save(pid, true)?;
            self.op(BINPERSID);
            return Ok(());
        }
        let s = protocol::str_(self.ts, pid)?;
        if !s.is_ascii() {
            return Err(pickling_error(self.ts, "persistent IDs in protocol 0 must be ASCII strings"));
        }
        self.put(&[PERSID]);
        self.out.extend_from_slice(s.bytes());
        self.out.push(b'\n');
        Ok(())
    }

    fn int(&mut self, o: &Value) -> Result<()> {
        let small = to_i64(o).filter(|n| i32::try_from(*n).is_ok());
        if self.bin
            && let Some(n) = small
        {
            match n {
                0..=0xff => self.put(&[BININT1, n as u8]),
                0..=0xffff => self.put(&[BININT2, n as u8, (n >> 8) as u8]),
                _ => {
                    self.put(&[BININT]);
                    self.out.extend_from_slice(&(n as i32).to_le_bytes());
                }
            }
            return Ok(());
        }
        let Some(view) = int::view(o) else { return Ok(()) };
        if self.proto >= 2 {
            let n = if view.is_zero() { 0 } else { view.bit_length() / 8 + 1 };
            let Ok(mut b) = int::bytes::to_bytes(view, n, true, true) else {
                return Err(self.ts.overflow_error("int too large to pickle"));
            };
            // A negative number may need one byte less.
            if let [.., a, 0xff] = b[..]
                && a & 0x80 != 0
            {
                b.pop();
            }
            if b.len() < 256 {
                self.put(&[LONG1, b.len() as u8]);
            } else {
                let Ok(n) = i32::try_from(b.len()) else {
                    return Err(self.ts.overflow_error("int too large to pickle"));
                };
                self.put(&[LONG4]);
                self.out.extend_from_slice(&n.to_le_bytes());
            }
            self.out.extend_from_slice(&b);
            return Ok(());
        }
        let text = protocol::repr(self.ts, o)?;
        self.put(if small.is_some() { b"I" } else { b"L" });
        self.out.extend_from_slice(text.bytes());
        self.out.extend_from_slice(if small.is_some() { b"\n" } else { b"L\n" });
        Ok(())
    }

    fn text(&mut self, o: &Value, s: &Str) -> Result<()> {
        let b = s.bytes();
        if self.bin {
            self.counted(SHORT_BINUNICODE, BINUNICODE, BINUNICODE8, self.proto >= 4, b, None)?;
        } else {
            self.put(&[UNICODE]);
            for cp in s.code_points() {
                match cp {
                    0 | 0x0a | 0x0d | 0x1a | 0x5c | 0x100..=0xffff => self.out.extend_from_slice(format!("\\u{cp:04x}").as_bytes()),
                    0x10000.. => self.out.extend_from_slice(format!("\\U{cp:08x}").as_bytes()),
                    _ => self.out.push(cp as u8),
                }
            }
            self.out.push(b'\n');
        }
        self.memoize(o);
        Ok(())
    }
    /// Data with its length, in the shortest of three forms.
    fn counted(&mut self, short: u8, middle: u8, long: u8, may_be_short: bool, b: &[u8], object: Option<&Value>) -> Result<()> {
        let n = b.len();
        let mut head = [0u8; 9];
        if n < 256 && may_be_short {
            self.put(&[short, n as u8]);
            self.out.extend_from_slice(b);
            return Ok(());
        }
        let size = if let Ok(n) = u32::try_from(n) {
            head[0] = middle;
            head[1..5].copy_from_slice(&n.to_le_bytes());
            5
        } else if self.proto >= 4 {
            head[0] = long;
            head[1..9].copy_from_slice(&(n as u64).to_le_bytes());
            9
        } else {
            return Err(self.ts.overflow_error("serializing a bytes object larger than 4 GiB requires pickle protocol 4 or higher"));
        };
        self.data(&head[..size], b, object)
    }
    fn bytes_object(&mut self, o: &Value, b: &[u8]) -> Result<()> {
        let ts = self.ts;
        if self.proto >= 3 {
            self.counted(SHORT_BINBYTES, BINBYTES, BINBYTES8, true, b, Some(o))?;
            self.memoize(o);
            return Ok(());
        }
        if b.is_empty() {
            let class = Bytes::class(ts).into_value();
            return self.reduced(&[class, Tuple::empty(ts).into_value()], Some(o));
        }
        let mut text = String::with_capacity(b.len());
        text.extend(b.iter().map(|b| *b as char));
        let args = tuple(ts, vec![str_value(ts, &text), str_value(ts, "latin1")]);
        self.reduced(&[known(ts, &state(ts).encode)?, args], Some(o))
    }
    fn bytearray(&mut self, o: &Value, b: &Bytearray) -> Result<()> {
        let ts = self.ts;
        let data = b.to_vec();
        if self.proto >= 5 {
            self.long_bytes(&data)?;
            self.memoize(o);
            return Ok(());
        }
        let args = if data.is_empty() { vec![] } else { vec![bytes_value(ts, &data)] };
        self.reduced(&[Bytearray::class(ts).into_value(), tuple(ts, args)], Some(o))
    }
    fn long_bytes(&mut self, data: &[u8]) -> Result<()> {
        let mut head = [BYTEARRAY8; 9];
        head[1..].copy_from_slice(&(data.len() as u64).to_le_bytes());
        self.data(&head, data, None)
    }
    fn picklebuffer(&mut self, o: &Value, b: &PickleBuffer) -> Result<()> {
        let ts = self.ts;
        if self.proto < 5 {
            return Err(pickling_error(ts, "PickleBuffer can only be pickled with protocol >= 5"));
        }
        let object = b.object(ts)?;
        let lent = buffer::get(ts, &object, buffer::flags::FULL_RO)?;
        let fortran = lent.shape.as_ref().is_some_and(|s| buffer::is_f_contiguous(&s.shape, &s.strides, lent.itemsize));
        if !lent.is_contiguous() && !fortran {
            return Err(pickling_error(ts, "PickleBuffer can not be pickled when pointing to a non-contiguous buffer"));
        }
        let inside = match &self.buffer_callback {
            Some(f) => protocol::is_true(ts, &protocol::call1(ts, f, o)?)?,
            None => true,
        };
        if !inside {
            self.op(NEXT_BUFFER);
            if lent.readonly {
                self.op(READONLY_BUFFER);
            }
            return Ok(());
        }
        let data = lent.as_slice().to_vec();
        if lent.readonly {
            self.counted(SHORT_BINBYTES, BINBYTES, BINBYTES8, true, &data, None)?;
        } else {
            self.long_bytes(&data)?;
        }
        self.memoize(o);
        Ok(())
    }

    fn tuple(&mut self, o: &Value, t: &Tuple) -> Result<()> {
        let items = t.items();
        if items.is_empty() {
            if self.bin {
                self.op(EMPTY_TUPLE);
            } else {
                self.put(&[MARK, TUPLE]);
            }
            return Ok(());
        }
        let short = items.len() <= 3 && self.proto >= 2;
        if !short {
            self.op(MARK);
        }
        for (i, v) in items.iter().enumerate() {
            self.part(v, |ts| format!("when serializing {} item {i}", name_of(ts, o)))?;
        }
        // It may have been met again inside itself.
        if let Some(n) = self.number(o) {
            if short {
                (0..items.len()).for_each(|_| self.op(POP));
            } else if self.bin {
                self.op(POP_MARK);
            } else {
                (0..=items.len()).for_each(|_| self.op(POP));
            }
            self.get(n);
            return Ok(());
        }
        self.op(if short { TUPLE1 + items.len() as u8 - 1 } else { TUPLE });
        self.memoize(o);
        Ok(())
    }
    fn list(&mut self, o: &Value, l: &List) -> Result<()> {
        if self.bin {
            self.op(EMPTY_LIST);
        } else {
            self.put(&[MARK, LIST]);
        }
        self.memoize(o);
        let mut at = 0;
        loop {
            let n = l.len().saturating_sub(at).min(BATCH);
            if n == 0 {
                return Ok(());
            }
            let marked = self.bin && n > 1;
            if marked {
                self.op(MARK);
            }
            for _ in 0..n {
                let Some(v) = l.get(at) else { break };
                self.part(&v, |ts| format!("when serializing {} item {at}", name_of(ts, o)))?;
                if !self.bin || n == 1 {
                    self.op(APPEND);
                }
                at += 1;
            }
            if marked {
                self.op(APPENDS);
            }
        }
    }
    /// Items of an iterator, for what `__reduce__` gave.
    fn appends(&mut self, items: &Value, o: Option<&Value>) -> Result<()> {
        let ts = self.ts;
        let it = protocol::get_iter(ts, items)?;
        let mut at = 0;
        self.batches(&it, APPEND, APPENDS, |w, v| {
            w.part(v, |ts| format!("when serializing {} item {at}", o.map_or(String::new(), |o| name_of(ts, o))))?;
            at += 1;
            Ok(())
        })
    }
    /// What an iterator gives, in batches: a single one with an operation of its own.
    fn batches(&mut self, it: &Value, one: u8, several: u8, mut save: impl FnMut(&mut Self, &Value) -> Result<()>) -> Result<()> {
        let ts = self.ts;
        let mut next = protocol::iter_next(ts, it)?;
        while let Some(first) = next {
            if !self.bin {
                save(self, &first)?;
                self.op(one);
                next = protocol::iter_next(ts, it)?;
                continue;
            }
            next = protocol::iter_next(ts, it)?;
            if next.is_none() {
                save(self, &first)?;
                self.op(one);
                return Ok(());
            }
            self.op(MARK);
            save(self, &first)?;
            let mut n = 1;
            while n < BATCH
                && let Some(v) = next.take()
            {
                save(self, &v)?;
                n += 1;
                next = protocol::iter_next(ts, it)?;
            }
            self.op(several);
        }
        Ok(())
    }
    fn pair(&mut self, k: &Value, v: &Value, o: Option<&Value>) -> Result<()> {
        self.save(k, false)?;
        self.part(v, |ts| {
            let shown = protocol::repr_lossy(ts, k).unwrap_or_default();
            format!("when serializing {} item {shown}", o.map_or(String::new(), |o| name_of(ts, o)))
        })
    }
    fn dict(&mut self, o: &Value, d: &Dict) -> Result<()> {
        if self.bin {
            self.op(EMPTY_DICT);
        } else {
            self.put(&[MARK, DICT]);
        }
        self.memoize(o);
        let size = d.len();
        let (mut at, mut done) = (0, 0);
        while done < size {
            let n = (size - done).min(BATCH);
            let marked = self.bin && n > 1;
            if marked {
                self.op(MARK);
            }
            for _ in 0..n {
                let Some((next, k, v)) = d.next_entry(at) else { break };
                at = next;
                self.pair(&k, &v, Some(o))?;
                if d.len() != size {
                    return Err(self.ts.runtime_error("dictionary changed size during iteration"));
                }
                if !marked {
                    self.op(SETITEM);
                }
            }
            if marked {
                self.op(SETITEMS);
            }
            done += n;
        }
        Ok(())
    }
    fn setitems(&mut self, items: &Value, o: Option<&Value>) -> Result<()> {
        let ts = self.ts;
        let it = protocol::get_iter(ts, items)?;
        self.batches(&it, SETITEM, SETITEMS, |w, v| match v.downcast::<Tuple>().map(|t| t.items()) {
            Some([k, v]) => w.pair(k, v, o),
            _ => Err(ts.type_error("dict items iterator must return 2-tuples")),
        })
    }
    fn set(&mut self, o: &Value, s: &Set) -> Result<()> {
        let ts = self.ts;
        if self.proto < 4 {
            let items = list(ts, s.data.items());
            return self.reduced(&[Set::class(ts).into_value(), tuple(ts, vec![items])], Some(o));
        }
        self.op(EMPTY_SET);
        self.memoize(o);
        let size = s.data.len();
        let items = s.data.items();
        for batch in items.chunks(BATCH) {
            self.op(MARK);
            for v in batch {
                self.part(v, |ts| format!("when serializing {} element", name_of(ts, o)))?;
            }
            self.op(ADDITEMS);
            if s.data.len() != size {
                return Err(ts.runtime_error("set changed size during iteration"));
            }
        }
        Ok(())
    }
    fn frozenset(&mut self, o: &Value, s: &FrozenSet) -> Result<()> {
        let ts = self.ts;
        if self.proto < 4 {
            let items = list(ts, s.data.items());
            return self.reduced(&[FrozenSet::class(ts).into_value(), tuple(ts, vec![items])], Some(o));
        }
        self.op(MARK);
        for v in s.data.items() {
            self.part(&v, |ts| format!("when serializing {} element", name_of(ts, o)))?;
        }
        if let Some(n) = self.number(o) {
            self.op(POP_MARK);
            self.get(n);
            return Ok(());
        }
        self.op(FROZENSET);
        self.memoize(o);
        Ok(())
    }

}
