//! BufferedReader, BufferedWriter and BufferedRandom.

use super::base::{BufferedIOBase, chain, check_readable, check_seekable, check_writable};
use super::buffered::{Buffered, State};
use super::optional_size;
use crate::prelude::*;

#[repr(C)]
pub struct BufferedReader {
    base: BufferedIOBase,
    pub b: Buffered,
}
payload!(BufferedReader, parent = BufferedIOBase, container, traverse = |s, visit| s.b.traverse(visit));
#[repr(C)]
pub struct BufferedWriter {
    base: BufferedIOBase,
    pub b: Buffered,
}
payload!(BufferedWriter, parent = BufferedIOBase, container, traverse = |s, visit| s.b.traverse(visit));
#[repr(C)]
pub struct BufferedRandom {
    base: BufferedIOBase,
    pub b: Buffered,
}
payload!(BufferedRandom, parent = BufferedIOBase, container, traverse = |s, visit| s.b.traverse(visit));

/// The shared part of any of the three.
pub fn buffered(v: &Value) -> Option<&Buffered> {
    if let Some(x) = v.downcast::<BufferedReader>() {
        return Some(&x.b);
    }
    if let Some(x) = v.downcast::<BufferedWriter>() {
        return Some(&x.b);
    }
    v.downcast::<BufferedRandom>().map(|x| &x.b)
}

fn of<'a>(ts: &ThreadState, v: &'a Value) -> Result<&'a Buffered> {
    buffered(v).ok_or_else(|| ts.type_error("not a buffered stream"))
}

// --- what the classes' methods do ---

fn forward(ts: &ThreadState, slf: &Value, name: &str) -> Result {
    let raw = of(ts, slf)?.raw(ts)?;
    protocol::call_method(ts, &raw, name, &[])
}

fn text(ts: &ThreadState, slf: &Value) -> Result<String> {
    let class = slf.type_name(ts);
    let name = match protocol::getattr_opt(ts, slf, &Str::intern(ts, "name")) {
        Ok(name) => name,
        Err(raised) => {
            if !ts.exception_matches(&exceptions(ts).value_error) {
                return Err(raised);
            }
            ts.take_exception();
            None
        }
    };
    let Some(name) = name else { return Ok(format!("<{class}>")) };
    let Some(_guard) = protocol::repr_enter(ts, slf)? else {
        return Err(ts.runtime_error(format!("reentrant call inside {class}.__repr__")));
    };
    Ok(format!("<{class} name={}>", protocol::repr(ts, &name)?.to_string_lossy()))
}

fn detach(ts: &ThreadState, slf: &Value) -> Result {
    let b = of(ts, slf)?;
    b.raw(ts)?;
    protocol::call_method(ts, slf, "flush", &[])?;
    let raw = b.raw.take();
    b.state.set(State::Detached);
    b.forget_buffers();
    raw.ok_or_else(|| ts.value_error("raw stream has been detached"))
}

fn close(ts: &ThreadState, slf: &Value) -> Result {
    let b = of(ts, slf)?;
    let raw = b.raw(ts)?;
    if b.is_closed(ts)? {
        return Ok(Value::none());
    }
    if b.finalizing.get() && protocol::call_method(ts, &raw, "_dealloc_warn", std::slice::from_ref(slf)).is_err() {
        ts.take_exception();
    }
    let flushed = protocol::call_method(ts, slf, "flush", &[]);
    let pending = if flushed.is_err() { ts.take_exception() } else { None };
    // Others who write meanwhile find it closed when they get the lock.
    let held = b.lock(slf, ts)?;
    let closed = protocol::call_method(ts, &raw, "close", &[]);
    b.forget_buffers();
    drop(held);
    chain(ts, pending, closed)
}

fn dealloc_warn(ts: &ThreadState, slf: &Value, source: &Value) -> Result<()> {
    let b = of(ts, slf)?;
    if let (State::Ready, Some(raw)) = (b.state.get(), b.raw.get())
        && protocol::call_method(ts, &raw, "_dealloc_warn", std::slice::from_ref(source)).is_err()
    {
        ts.take_exception();
    }
    Ok(())
}

fn flush(ts: &ThreadState, slf: &Value) -> Result<()> {
    let b = of(ts, slf)?;
    b.raw(ts)?;
    if b.is_closed(ts)? {
        return Err(ts.value_error("flush of closed file"));
    }
    let _held = b.lock(slf, ts)?;
    b.flush(ts)
}

fn tell(ts: &ThreadState, slf: &Value) -> Result<i64> {
    let b = of(ts, slf)?;
    b.raw(ts)?;
    let _held = b.lock(slf, ts)?;
    b.tell(ts)
}

fn seek(ts: &ThreadState, slf: &Value, target: &Value, whence: i32) -> Result<i64> {
    let b = of(ts, slf)?;
    let raw = b.raw(ts)?;
    b.check_whence(ts, whence)?;
    if b.is_closed(ts)? {
        return Err(ts.value_error("seek of closed file"));
    }
    check_seekable(ts, &raw)?;
    let n = protocol::index(ts, target)?;
    let target = to_i64(&n)
        .ok_or_else(|| ts.value_error("cannot fit 'int' into an offset-sized integer"))?;
    let _held = b.lock(slf, ts)?;
    b.seek(ts, target, whence)
}

fn truncate(ts: &ThreadState, slf: &Value, pos: Option<&Value>) -> Result {
    let b = of(ts, slf)?;
    let raw = b.raw(ts)?;
    if b.is_closed(ts)? {
        return Err(ts.value_error("truncate of closed file"));
    }
    b.require_write(ts, "truncate")?;
    let _held = b.lock(slf, ts)?;
    b.flush(ts)?;
    let pos = match pos {
        Some(p) if !p.is_none() => p.clone(),
        _ => int_value(ts, b.raw_tell(ts)?),
    };
    protocol::call_method(ts, &raw, "truncate", &[pos])
}

fn read(ts: &ThreadState, slf: &Value, size: &Value) -> Result {
    let b = of(ts, slf)?;
    let n = optional_size(ts, size)?;
    b.raw(ts)?;
    if n < -1 {
        return Err(ts.value_error("read length must be non-negative or -1"));
    }
    b.check_closed(ts, "read of closed file")?;
    let _held = b.lock(slf, ts)?;
    let data = if n == -1 {
        b.read_all(ts)?
    } else if n as usize <= b.ahead_len() {
        let mut out = vec![0; n as usize];
        b.read_to(ts, &mut out, true)?;
        Some(out)
    } else {
        b.read_exactly(ts, n as usize)?
    };
    Ok(data.map_or(Value::none(), |d| bytes_from_vec(ts, d)))
}

fn peek(ts: &ThreadState, slf: &Value) -> Result {
    let b = of(ts, slf)?;
    b.raw(ts)?;
    b.check_closed(ts, "peek of closed file")?;
    let _held = b.lock(slf, ts)?;
    Ok(bytes_from_vec(ts, b.peek(ts)?))
}

fn read1(ts: &ThreadState, slf: &Value, n: isize) -> Result {
    let b = of(ts, slf)?;
    b.raw(ts)?;
    b.check_closed(ts, "read of closed file")?;
    let _held = b.lock(slf, ts)?;
    Ok(bytes_from_vec(ts, b.read1(ts, n)?))
}

fn readinto(ts: &ThreadState, slf: &Value, target: &Value, name: &str, fully: bool) -> Result<Option<usize>> {
    let b = of(ts, slf)?;
    b.raw(ts)?;
    let mut out = writable_arg(ts, name, target)?;
    b.check_closed(ts, "readinto of closed file")?;
    let _held = b.lock(slf, ts)?;
    b.read_to(ts, out.as_bytes_mut(), fully)
}

pub fn readline(ts: &ThreadState, slf: &Value, limit: isize) -> Result {
    let b = of(ts, slf)?;
    b.raw(ts)?;
    b.check_closed(ts, "readline of closed file")?;
    let _held = b.lock(slf, ts)?;
    b.read_line(ts, limit)
}

fn next<T: ClassDef + Payload>(ts: &ThreadState, slf: &Value) -> Result<Option<Value>> {
    of(ts, slf)?.raw(ts)?;
    let line = if exact_class::<T>(slf).is_some() {
        readline(ts, slf, -1)?
    } else {
        let line = protocol::call_method(ts, slf, "readline", &[])?;
        if line.downcast::<Bytes>().is_none() {
            let text = format!("readline() should have returned a bytes object, not '{}'", line.type_name(ts));
            return Err(raise_os_error_text(ts, &text));
        }
        line
    };
    Ok(match line.downcast::<Bytes>() {
        Some(b) if b.bytes().is_empty() => None,
        _ => Some(line),
    })
}

fn write(ts: &ThreadState, slf: &Value, data: &Value) -> Result<usize> {
    let b = of(ts, slf)?;
    b.raw(ts)?;
    let data = readable(ts, data)?;
    write_bytes(ts, slf, data.as_bytes())
}

/// Writes bytes that are no object.
pub fn write_bytes(ts: &ThreadState, slf: &Value, data: &[u8]) -> Result<usize> {
    let b = of(ts, slf)?;
    let _held = b.lock(slf, ts)?;
    if b.is_closed(ts)? {
        return Err(ts.value_error("write to closed file"));
    }
    b.write(ts, data)
}

macro_rules! common {
    ($class:ty, $part:ident) => {
        #[methods(part = $part)]
        impl $class {
            #[slot(repr)]
            fn repr(ts: &ThreadState, slf: &Value) -> Result {
                Ok(str_value(ts, &text(ts, slf)?))
            }
            #[slot(finalize)]
            fn finalize(ts: &ThreadState, slf: &Value) {
                super::base::finalize(ts, slf)
            }
            #[method("detach($self, /)")]
            fn detach(slf: &Value, ts: &ThreadState) -> Result {
                detach(ts, slf)
            }
            #[method("close($self, /)")]
            fn close(slf: &Value, ts: &ThreadState) -> Result {
                close(ts, slf)
            }
            #[method("seekable($self, /)")]
            fn seekable(slf: &Value, ts: &ThreadState) -> Result {
                forward(ts, slf, "seekable")
            }
            #[method("fileno($self, /)")]
            fn fileno(slf: &Value, ts: &ThreadState) -> Result {
                forward(ts, slf, "fileno")
            }
            #[method("isatty($self, /)")]
            fn isatty(slf: &Value, ts: &ThreadState) -> Result {
                forward(ts, slf, "isatty")
            }
            #[method("_dealloc_warn($self, source, /)")]
            fn dealloc_warn(slf: &Value, ts: &ThreadState, source: &Value) -> Result<()> {
                dealloc_warn(ts, slf, source)
            }
            #[method("seek($self, target, whence=0, /)")]
            fn seek(slf: &Value, ts: &ThreadState, target: &Value, whence: i32) -> Result<i64> {
                seek(ts, slf, target, whence)
            }
            #[method("tell($self, /)")]
            fn tell(slf: &Value, ts: &ThreadState) -> Result<i64> {
                tell(ts, slf)
            }
            #[method("truncate($self, pos=None, /)")]
            fn truncate(slf: &Value, ts: &ThreadState, pos: Option<&Value>) -> Result {
                truncate(ts, slf, pos)
            }
            #[method("__sizeof__($self, /)")]
            fn sizeof(&self) -> usize {
                size_of::<Buffered>() + 16 + self.b.size.get()
            }
            #[method("__getstate__($self, /)")]
            fn getstate(slf: &Value, ts: &ThreadState) -> Result<()> {
                Err(cannot_pickle(ts, slf))
            }
            #[getter("raw", member)]
            fn get_raw(&self) -> Option<Value> {
                self.b.raw.get()
            }
            #[getter("_finalizing", member)]
            fn finalizing(&self) -> bool {
                self.b.finalizing.get()
            }
            #[setter("_finalizing")]
            fn set_finalizing(&self, ts: &ThreadState, value: Option<&Value>) -> Result<()> {
                let Some(v) = value else { return Err(ts.type_error("can't delete numeric/char attribute")) };
                self.b.finalizing.set(protocol::is_true(ts, v)?);
                Ok(())
            }
            #[getter]
            fn closed(&self, ts: &ThreadState) -> Result {
                protocol::getattr_name(ts, &self.b.raw(ts)?, "closed")
            }
            #[getter]
            fn name(&self, ts: &ThreadState) -> Result {
                protocol::getattr_name(ts, &self.b.raw(ts)?, "name")
            }
            #[getter]
            fn mode(&self, ts: &ThreadState) -> Result {
                protocol::getattr_name(ts, &self.b.raw(ts)?, "mode")
            }
        }
    };
}

macro_rules! reading {
    ($class:ty, $part:ident) => {
        #[methods(part = $part)]
        impl $class {
            #[slot(iternext)]
            fn iternext(ts: &ThreadState, slf: &Value) -> Result<Option<Value>> {
                next::<$class>(ts, slf)
            }
            #[method("readable($self, /)")]
            fn readable(slf: &Value, ts: &ThreadState) -> Result {
                forward(ts, slf, "readable")
            }
            #[method("read($self, size=-1, /)")]
            fn read(slf: &Value, ts: &ThreadState, #[default(Value::none())] size: Value) -> Result {
                read(ts, slf, &size)
            }
            #[method("peek($self, size=0, /)")]
            fn peek(slf: &Value, ts: &ThreadState, size: isize) -> Result {
                let _ = size;
                peek(ts, slf)
            }
            #[method("read1($self, size=-1, /)")]
            fn read1(slf: &Value, ts: &ThreadState, size: isize) -> Result {
                read1(ts, slf, size)
            }
            #[method("readinto($self, buffer, /)")]
            fn readinto(slf: &Value, ts: &ThreadState, buffer: &Value) -> Result<Option<usize>> {
                readinto(ts, slf, buffer, "readinto", true)
            }
            #[method("readinto1($self, buffer, /)")]
            fn readinto1(slf: &Value, ts: &ThreadState, buffer: &Value) -> Result<Option<usize>> {
                readinto(ts, slf, buffer, "readinto1", false)
            }
            #[method("readline($self, size=-1, /)")]
            fn readline(slf: &Value, ts: &ThreadState, #[default(Value::none())] size: Value) -> Result {
                let limit = optional_size(ts, &size)?;
                readline(ts, slf, limit)
            }
        }
    };
}

macro_rules! writing {
    ($class:ty, $part:ident) => {
        #[methods(part = $part)]
        impl $class {
            #[method("writable($self, /)")]
            fn writable(slf: &Value, ts: &ThreadState) -> Result {
                forward(ts, slf, "writable")
            }
            /// Write the given buffer to the IO stream.
            ///
            /// Return the number of bytes written, which is always
            /// the length of b in bytes.
            ///
            /// Raise BlockingIOError if the buffer is full and the
            /// underlying raw stream cannot accept more data at the moment.
            #[method("write($self, buffer, /)")]
            fn write(slf: &Value, ts: &ThreadState, buffer: &Value) -> Result<usize> {
                write(ts, slf, buffer)
            }
            #[method("flush($self, /)")]
            fn flush(slf: &Value, ts: &ThreadState) -> Result<()> {
                flush(ts, slf)
            }
        }
    };
}

common!(BufferedReader, COMMON);
reading!(BufferedReader, READING);
common!(BufferedWriter, COMMON);
writing!(BufferedWriter, WRITING);
common!(BufferedRandom, COMMON);
reading!(BufferedRandom, READING);
writing!(BufferedRandom, WRITING);

impl BufferedReader {
    pub fn fresh() -> BufferedReader {
        BufferedReader { base: BufferedIOBase::NEW, b: Buffered::default() }
    }
    pub fn setup(ts: &ThreadState, slf: &Value, raw: &Value, size: isize) -> Result<()> {
        let b = of(ts, slf)?;
        b.state.set(State::Uninitialized);
        check_readable(ts, raw)?;
        b.setup(ts, raw, size, true, false)
    }
}

impl BufferedWriter {
    pub fn fresh() -> BufferedWriter {
        BufferedWriter { base: BufferedIOBase::NEW, b: Buffered::default() }
    }
    pub fn setup(ts: &ThreadState, slf: &Value, raw: &Value, size: isize) -> Result<()> {
        let b = of(ts, slf)?;
        b.state.set(State::Uninitialized);
        check_writable(ts, raw)?;
        b.setup(ts, raw, size, false, true)
    }
}

impl BufferedRandom {
    pub fn fresh() -> BufferedRandom {
        BufferedRandom { base: BufferedIOBase::NEW, b: Buffered::default() }
    }
    pub fn setup(ts: &ThreadState, slf: &Value, raw: &Value, size: isize) -> Result<()> {
        let b = of(ts, slf)?;
        b.state.set(State::Uninitialized);
        check_seekable(ts, raw)?;
        check_readable(ts, raw)?;
        check_writable(ts, raw)?;
        b.setup(ts, raw, size, true, true)
    }
}

/// Create a new buffered reader using the given readable raw IO object.
#[class(name = "BufferedReader", module = "_io", base = BufferedIOBase, parts(Self::COMMON, Self::READING))]
impl BufferedReader {
    #[slot(new)]
    fn new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result {
        let _ = args;
        new_of(ts, cls, BufferedReader::fresh())
    }
    #[init("(raw, buffer_size=131072)")]
    fn init(slf: &Value, ts: &ThreadState, raw: &Value, buffer_size: isize) -> Result<()> {
        Self::setup(ts, slf, raw, buffer_size)
    }
    #[method("flush($self, /)")]
    fn flush(slf: &Value, ts: &ThreadState) -> Result {
        let b = of(ts, slf)?;
        let raw = b.raw(ts)?;
        protocol::call_method(ts, &raw, "flush", &[])
    }
}

/// A buffer for a writeable sequential RawIO object.
///
/// The constructor creates a BufferedWriter for the given writeable raw
/// stream. If the buffer_size is not given, it defaults to
/// DEFAULT_BUFFER_SIZE.
#[class(name = "BufferedWriter", module = "_io", base = BufferedIOBase, parts(Self::COMMON, Self::WRITING))]
impl BufferedWriter {
    #[slot(new)]
    fn new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result {
        let _ = args;
        new_of(ts, cls, BufferedWriter::fresh())
    }
    #[init("(raw, buffer_size=131072)")]
    fn init(slf: &Value, ts: &ThreadState, raw: &Value, buffer_size: isize) -> Result<()> {
        Self::setup(ts, slf, raw, buffer_size)
    }
}

/// A buffered interface to random access streams.
///
/// The constructor creates a reader and writer for a seekable stream,
/// raw, given in the first argument. If the buffer_size is omitted it
/// defaults to DEFAULT_BUFFER_SIZE.
#[class(name = "BufferedRandom", module = "_io", base = BufferedIOBase, parts(Self::COMMON, Self::READING, Self::WRITING))]
impl BufferedRandom {
    #[slot(new)]
    fn new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result {
        let _ = args;
        new_of(ts, cls, BufferedRandom::fresh())
    }
    #[init("(raw, buffer_size=131072)")]
    fn init(slf: &Value, ts: &ThreadState, raw: &Value, buffer_size: isize) -> Result<()> {
        Self::setup(ts, slf, raw, buffer_size)
    }
}
