//! BytesIO: a stream over bytes in memory.

use super::base::BufferedIOBase;
use super::optional_size;
use crate::prelude::*;
use std::cell::Cell;

/// The contents: shared with a bytes object until the first change.
enum Data {
    Shared(Value),
    Own(Vec<u8>),
}

impl Data {
    fn bytes(&self) -> &[u8] {
        match self {
            Data::Shared(v) => v.downcast::<Bytes>().map_or(&[], |b| b.bytes()),
            Data::Own(v) => v,
        }
    }
    fn own(&mut self) -> &mut Vec<u8> {
        if let Data::Shared(_) = self {
            *self = Data::Own(self.bytes().to_vec());
        }
        match self {
            Data::Own(v) => v,
            Data::Shared(_) => unreachable!("just made our own"),
        }
    }
}

#[repr(C)]
pub struct BytesIO {
    base: BufferedIOBase,
    /// `None` once closed.
    data: GilCell<Option<Data>>,
    pos: Cell<usize>,
    exports: Cell<usize>,
}
payload!(BytesIO, parent = BufferedIOBase);

impl BytesIO {
    fn read_data<R>(&self, ts: &ThreadState, f: impl FnOnce(&[u8]) -> R) -> Result<R> {
        self.data
            .read(|d| d.as_ref().map(|d| f(d.bytes())))
            .ok_or_else(|| ts.value_error("I/O operation on closed file."))
    }
    fn check(&self, ts: &ThreadState) -> Result<()> {
        self.read_data(ts, |_| ())
    }
    fn check_exports(&self, ts: &ThreadState) -> Result<()> {
        if self.exports.get() > 0 {
            return Err(buffer_error(ts, "Existing exports of data: object cannot be re-sized"));
        }
        Ok(())
    }
    /// The next `n` bytes at most, as an object.
    pub fn take_bytes(&self, ts: &ThreadState, n: isize) -> Result {
        self.check(ts)?;
        let pos = self.pos.get();
        let (whole, part) = self.data.read(|d| {
            let d = d.as_ref().expect("checked");
            let b = d.bytes();
            let start = pos.min(b.len());
            let end = if n < 0 { b.len() } else { start.saturating_add(n as usize).min(b.len()) };
            let whole = match d {
                Data::Shared(v) if start == 0 && end == b.len() && end > 1 && v.exact::<Bytes>().is_some() => Some(v.clone()),
                _ => None,
            };
            (whole, start..end)
        });
        let len = part.len();
        self.pos.set(pos + len);
        match whole {
            Some(v) => Ok(v),
            None => self.read_data(ts, |b| bytes_value(ts, &b[part])),
        }
    }
    fn line_end(&self, ts: &ThreadState, limit: isize) -> Result<usize> {
        let pos = self.pos.get();
        self.read_data(ts, |b| {
            let rest = &b[pos.min(b.len())..];
            let rest = if limit < 0 { rest } else { &rest[..rest.len().min(limit as usize)] };
            memchr::memchr(b'\n', rest).map_or(rest.len(), |i| i + 1)
        })
    }
    fn put(&self, ts: &ThreadState, data: &[u8]) -> Result<usize> {
        self.check(ts)?;
        self.check_exports(ts)?;
        if data.is_empty() {
            return Ok(0);
        }
        let pos = self.pos.get();
        let end = pos.checked_add(data.len()).ok_or_else(|| ts.overflow_error("new position too large"))?;
        self.data.write(|d| {
            let v = d.as_mut().expect("checked").own();
            if end > v.len() {
                // Room ahead, so that many small writes cost little.
                let room = if end > v.capacity() { end.max(v.capacity() + v.capacity() / 2) - v.len() } else { end - v.len() };
                v.try_reserve(room).map_err(|_| ts.memory_error())?;
            }
            if pos > v.len() {
                v.resize(pos, 0);
            }
            let over = data.len().min(v.len() - pos);
            v[pos..pos + over].copy_from_slice(&data[..over]);
            v.extend_from_slice(&data[over..]);
            Ok(())
        })?;
        self.pos.set(end);
        Ok(data.len())
    }
    /// The contents as an object, shared with it from now on.
    fn value(&self, ts: &ThreadState) -> Result {
        self.check(ts)?;
        let shared = self.data.read(|d| match d {
            Some(Data::Shared(v)) if v.exact::<Bytes>().is_some() => Some(v.clone()),
            _ => None,
        });
        if let Some(v) = shared {
            return Ok(v);
        }
        let v = self.read_data(ts, |b| bytes_value(ts, b))?;
        if self.exports.get() == 0 {
            self.data.set(Some(Data::Shared(v.clone())));
        }
        Ok(v)
    }
    fn load(&self, ts: &ThreadState, initial: &Value) -> Result<()> {
        self.check_exports(ts)?;
        if initial.exact::<Bytes>().is_some() {
            self.data.set(Some(Data::Shared(initial.clone())));
        } else if initial.is_none() {
            self.data.set(Some(Data::Own(vec![])));
        } else {
            let b = readable(ts, initial)?;
            let own = b.as_bytes().to_vec();
            self.data.set(Some(Data::Own(own)));
        }
        self.pos.set(0);
        Ok(())
    }
}

/// Buffered I/O implementation using an in-memory bytes buffer.
#[class(name = "BytesIO", module = "_io", base = BufferedIOBase)]
impl BytesIO {
    #[slot(new)]
    fn new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result {
        let _ = args;
        let b = BytesIO {
            base: BufferedIOBase::NEW,
            data: GilCell::new(Some(Data::Own(vec![]))),
            pos: Cell::new(0),
            exports: Cell::new(0),
        };
        new_of(ts, cls, b)
    }
    #[init("(initial_bytes=b'')")]
    fn init(&self, ts: &ThreadState, #[default(Value::none())] initial_bytes: Value) -> Result<()> {
        self.load(ts, &initial_bytes)
    }
    #[slot(iter)]
    fn iter(ts: &ThreadState, slf: &Value) -> Result {
        if let Some(b) = slf.downcast::<BytesIO>() {
            b.check(ts)?;
        }
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
        let n = self.line_end(ts, -1)?;
        if n == 0 { Ok(None) } else { self.take_bytes(ts, n as isize).map(Some) }
    }
    /// Returns True if the IO object can be read.
    ///
    /// Raises ValueError if the file is closed.
    #[method("readable($self, /)")]
    fn readable(&self, ts: &ThreadState) -> Result<bool> {
        self.check(ts).map(|_| true)
    }
    /// Returns True if the IO object can be seeked.
    ///
    /// Raises ValueError if the file is closed.
    #[method("seekable($self, /)")]
    fn seekable(&self, ts: &ThreadState) -> Result<bool> {
        self.check(ts).map(|_| true)
    }
    /// Returns True if the IO object can be written.
    ///
    /// Raises ValueError if the file is closed.
    #[method("writable($self, /)")]
    fn writable(&self, ts: &ThreadState) -> Result<bool> {
        self.check(ts).map(|_| true)
    }
    /// Disable all I/O operations.
    #[method("close($self, /)")]
    fn close(&self, ts: &ThreadState) -> Result<()> {
        self.check_exports(ts)?;
        self.data.set(None);
        Ok(())
    }
    /// Does nothing.
    #[method("flush($self, /)")]
    fn flush(&self, ts: &ThreadState) -> Result<()> {
        self.check(ts)
    }
    /// Always returns False.
    ///
    /// BytesIO objects are not connected to a TTY-like device.
    #[method("isatty($self, /)")]
    fn isatty(&self, ts: &ThreadState) -> Result<bool> {
        self.check(ts).map(|_| false)
    }
    /// Current file position, an integer.
    #[method("tell($self, /)")]
    fn tell(&self, ts: &ThreadState) -> Result<usize> {
        self.check(ts).map(|_| self.pos.get())
    }
    /// Write bytes to file.
    ///
    /// Return the number of bytes written.
    #[method("write($self, b, /)")]
    fn write(&self, ts: &ThreadState, b: &Value) -> Result<usize> {
        self.check(ts)?;
        if let Some(b) = b.exact::<Bytes>() {
            return self.put(ts, b.bytes());
        }
        self.check_exports(ts)?;
        let data = readable(ts, b)?;
        let r = self.put(ts, data.as_bytes());
        drop(data);
        r
    }
    /// Write lines to the file.
    ///
    /// Note that newlines are not added.  lines can be any iterable object
    /// producing bytes-like objects. This is equivalent to calling write() for
    /// each element.
    #[method("writelines($self, lines, /)")]
    fn writelines(&self, ts: &ThreadState, lines: &Value) -> Result<()> {
        self.check(ts)?;
        let it = protocol::get_iter(ts, lines)?;
        while let Some(line) = protocol::iter_next(ts, &it)? {
            let data = readable(ts, &line)?;
            self.put(ts, data.as_bytes())?;
        }
        Ok(())
    }
    /// Read at most size bytes, returned as a bytes object.
    ///
    /// If the size argument is negative, read until EOF is reached.
    /// Return an empty bytes object at EOF.
    #[method("read($self, size=-1, /)")]
    fn read(&self, ts: &ThreadState, #[default(Value::none())] size: Value) -> Result {
        let n = optional_size(ts, &size)?;
        self.take_bytes(ts, n)
    }
    /// Read at most size bytes, returned as a bytes object.
    ///
    /// If the size argument is negative or omitted, read until EOF is reached.
    /// Return an empty bytes object at EOF.
    #[method("read1($self, size=-1, /)")]
    fn read1(&self, ts: &ThreadState, #[default(Value::none())] size: Value) -> Result {
        let n = optional_size(ts, &size)?;
        self.take_bytes(ts, n)
    }
    /// Read bytes into buffer.
    ///
    /// Returns number of bytes read (0 for EOF), or None if the object
    /// is set not to block and has no data to read.
    #[method("readinto($self, buffer, /)")]
    fn readinto(&self, ts: &ThreadState, buffer: &Value) -> Result<usize> {
        let mut target = writable_arg(ts, "readinto", buffer)?;
        let pos = self.pos.get();
        let n = self.read_data(ts, |b| {
            let rest = &b[pos.min(b.len())..];
            let out = target.as_bytes_mut();
            let n = rest.len().min(out.len());
            out[..n].copy_from_slice(&rest[..n]);
            n
        })?;
        self.pos.set(pos + n);
        Ok(n)
    }
    /// Next line from the file, as a bytes object.
    ///
    /// Retain newline.  A non-negative size argument limits the maximum
    /// number of bytes to return (an incomplete line may be returned then).
    /// Return an empty bytes object at EOF.
    #[method("readline($self, size=-1, /)")]
    fn readline(&self, ts: &ThreadState, #[default(Value::none())] size: Value) -> Result {
        let limit = optional_size(ts, &size)?;
        let n = self.line_end(ts, limit)?;
        self.take_bytes(ts, n as isize)
    }
    /// List of bytes objects, each a line from the file.
    ///
    /// Call readline() repeatedly and return a list of the lines so read.
    /// The optional size argument, if given, is an approximate bound on the
    /// total number of bytes in the lines returned.
    #[method("readlines($self, size=None, /)")]
    fn readlines(&self, ts: &ThreadState, size: Option<&Value>) -> Result {
        self.check(ts)?;
        let most = match size {
            Some(v) if !v.is_none() => {
                if !is_int(v) {
                    return Err(ts.type_error(format!("integer argument expected, got '{}'", v.type_name(ts))));
                }
                index_i64(ts, v)?
            }
            _ => 0,
        };
        let (mut lines, mut total) = (vec![], 0);
        loop {
            let n = self.line_end(ts, -1)?;
            if n == 0 {
                break;
            }
            lines.push(self.take_bytes(ts, n as isize)?);
            total += n as i64;
            if most > 0 && total >= most {
                break;
            }
        }
        Ok(list(ts, lines))
    }
    /// Retrieve the entire contents of the BytesIO object.
    #[method("getvalue($self, /)")]
    fn getvalue(&self, ts: &ThreadState) -> Result {
        self.value(ts)
    }
    /// Get a read-write view over the contents of the BytesIO object.
    #[method("getbuffer($self, /)")]
    fn getbuffer(slf: &Value, ts: &ThreadState) -> Result {
        let b = slf.downcast::<BytesIO>().ok_or_else(|| ts.type_error("not a BytesIO"))?;
        b.check(ts)?;
        let buffer = heap::new(ts, BytesIOBuffer { source: slf.clone() }).into_value();
        memoryview_of(ts, &buffer)
    }
    /// Change stream position.
    ///
    /// Seek to byte offset pos relative to position indicated by whence:
    ///      0  Start of stream (the default).  pos should be >= 0;
    ///      1  Current position - pos may be negative;
    ///      2  End of stream - pos usually negative.
    /// Returns the new absolute position.
    #[method("seek($self, pos, whence=0, /)")]
    fn seek(&self, ts: &ThreadState, pos: isize, whence: i32) -> Result<usize> {
        self.check(ts)?;
        let base = match whence {
            0 if pos < 0 => return Err(ts.value_error(format!("negative seek value {pos}"))),
            0 => 0,
            1 => self.pos.get(),
            2 => self.read_data(ts, |b| b.len())?,
            _ => return Err(ts.value_error(format!("invalid whence ({whence}, should be 0, 1 or 2)"))),
        };
        let to = (base as isize).checked_add(pos).ok_or_else(|| ts.overflow_error("new position too large"))?.max(0);
        self.pos.set(to as usize);
        Ok(to as usize)
    }
    /// Truncate the file to at most size bytes.
    ///
    /// Size defaults to the current file position, as returned by tell().
    /// The current file position is unchanged.  Returns the new size.
    #[method("truncate($self, size=None, /)")]
    fn truncate(&self, ts: &ThreadState, #[default(Value::none())] size: Value) -> Result<isize> {
        self.check(ts)?;
        self.check_exports(ts)?;
        let n = if size.is_none() { self.pos.get() as isize } else { optional_size(ts, &size)? };
        if n < 0 {
            return Err(ts.value_error(format!("negative size value {n}")));
        }
        if self.read_data(ts, |b| (n as usize) < b.len())? {
            self.data.write(|d| d.as_mut().expect("checked").own().truncate(n as usize));
        }
        Ok(n)
    }
    #[method("__getstate__($self, /)")]
    fn getstate(slf: &Value, ts: &ThreadState) -> Result {
        let b = slf.downcast::<BytesIO>().ok_or_else(|| ts.type_error("not a BytesIO"))?;
        let value = b.value(ts)?;
        Ok(tuple(ts, vec![value, int_value(ts, b.pos.get() as i64), instance_dict_copy(ts, slf)?]))
    }
    #[method("__setstate__($self, object, /)", no_signature)]
    fn setstate(slf: &Value, ts: &ThreadState, object: &Value) -> Result<()> {
        let b = slf.downcast::<BytesIO>().ok_or_else(|| ts.type_error("not a BytesIO"))?;
        let [initial, pos, attributes] = object.downcast::<Tuple>().map(|t| t.items()).unwrap_or(&[]) else {
            let name = slf.type_name(ts);
            return Err(ts.type_error(format!("{name}.__setstate__ argument should be 3-tuple, got {}", object.type_name(ts))));
        };
        b.load(ts, initial)?;
        if !is_int(pos) {
            return Err(ts.type_error(format!("second item of state must be an integer, not {}", pos.type_name(ts))));
        }
        let pos = index_i64(ts, pos)?;
        if pos < 0 {
            return Err(ts.value_error("position value cannot be negative"));
        }
        b.pos.set(pos as usize);
        update_instance_dict(ts, slf, attributes, "third item of state should be a dict, got a ")
    }
    #[method("__sizeof__($self, /)")]
    fn sizeof(&self) -> usize {
        size_of::<BytesIO>() + 16 + self.data.read(|d| d.as_ref().map_or(0, |d| d.bytes().len()))
    }
    /// True if the file is closed.
    #[getter]
    fn closed(&self) -> bool {
        self.data.read(|d| d.is_none())
    }
}

/// What a view from `getbuffer` looks at: keeps its BytesIO from changing size.
pub struct BytesIOBuffer {
    source: Value,
}
payload!(BytesIOBuffer, container, traverse = |s, visit| visit(&s.source));

#[class(name = "_BytesIOBuffer", module = "_io", no_new)]
impl BytesIOBuffer {
    #[slot(getbuffer)]
    fn getbuffer(ts: &ThreadState, slf: &Value, _flags: u32) -> Result<buffer::Buffer> {
        let held = slf.downcast::<BytesIOBuffer>().ok_or_else(|| ts.type_error("not a buffer"))?;
        let b = held.source.downcast::<BytesIO>().ok_or_else(|| ts.type_error("not a BytesIO"))?;
        b.check(ts)?;
        let (p, len) = b.data.write(|d| {
            let v = d.as_mut().expect("checked").own();
            (v.as_mut_ptr(), v.len())
        });
        b.exports.set(b.exports.get() + 1);
        // SAFETY: while there are exports the contents neither move nor change their size.
        Ok(unsafe { buffer::Buffer::new(slf.clone(), p, len, false, Some(end_export)) })
    }
}

fn end_export(owner: &Value) {
    if let Some(b) = owner.downcast::<BytesIOBuffer>().and_then(|o| o.source.downcast::<BytesIO>()) {
        b.exports.set(b.exports.get() - 1);
    }
}
