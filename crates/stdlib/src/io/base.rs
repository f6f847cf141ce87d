//! The abstract classes: what every stream can do, written in terms of what its class supplies.

use super::{check_closed, is_closed, optional_size, unsupported};
use crate::prelude::*;

pub struct IOBase;
payload!(IOBase);
#[repr(C)]
pub struct RawIOBase(IOBase);
payload!(RawIOBase, parent = IOBase);
#[repr(C)]
pub struct BufferedIOBase(IOBase);
payload!(BufferedIOBase, parent = IOBase);
#[repr(C)]
pub struct TextIOBase(IOBase);
payload!(TextIOBase, parent = IOBase);

impl RawIOBase {
    pub const NEW: RawIOBase = RawIOBase(IOBase);
}
impl BufferedIOBase {
    pub const NEW: BufferedIOBase = BufferedIOBase(IOBase);
}
impl TextIOBase {
    pub const NEW: TextIOBase = TextIOBase(IOBase);
}

const CLOSED: &str = "__IOBase_closed";

fn base_closed(ts: &ThreadState, slf: &Value) -> Result<bool> {
    Ok(protocol::getattr_opt(ts, slf, &Str::intern(ts, CLOSED))?.is_some())
}

fn check_able(ts: &ThreadState, slf: &Value, method: &str, what: &str) -> Result {
    let r = protocol::call_method(ts, slf, method, &[])?;
    if r.is_true_object() { Ok(r) } else { Err(unsupported(ts, &format!("File or stream is not {what}."))) }
}

pub fn check_readable(ts: &ThreadState, slf: &Value) -> Result {
    check_able(ts, slf, "readable", "readable")
}
pub fn check_writable(ts: &ThreadState, slf: &Value) -> Result {
    check_able(ts, slf, "writable", "writable")
}
pub fn check_seekable(ts: &ThreadState, slf: &Value) -> Result {
    check_able(ts, slf, "seekable", "seekable")
}

/// Closes a stream that is about to go. What goes wrong then is nobody's to handle.
pub fn finalize(ts: &ThreadState, slf: &Value) {
    let closed = match protocol::getattr_opt(ts, slf, &Str::intern(ts, "closed")) {
        Ok(Some(v)) => protocol::is_true(ts, &v).unwrap_or_else(|_| {
            ts.take_exception();
            false
        }),
        Ok(None) => true,
        // Not even that much of the object works.
        Err(_) => {
            ts.take_exception();
            return;
        }
    };
    if closed {
        return;
    }
    if protocol::setattr(ts, slf, &Str::intern(ts, "_finalizing"), &Value::true_()).is_err() {
        ts.take_exception();
    }
    if protocol::call_method(ts, slf, "close", &[]).is_err() {
        unraisable(ts, "while finalizing file", slf);
    }
}

fn read_line(ts: &ThreadState, slf: &Value, limit: isize) -> Result {
    let peek = protocol::getattr_opt(ts, slf, &Str::intern(ts, "peek"))?;
    let mut line: Vec<u8> = vec![];
    while limit < 0 || (line.len() as isize) < limit {
        let mut want = 1;
        if let Some(peek) = &peek {
            let ahead = protocol::call(ts, peek, &[int_value(ts, 1)])?;
            let Some(b) = ahead.downcast::<Bytes>() else {
                return Err(raise_os_error_text(ts, &format!("peek() should have returned a bytes object, not '{}'", ahead.type_name(ts))));
            };
            let b = b.bytes();
            if !b.is_empty() {
                let most = if limit < 0 { b.len() } else { b.len().min(limit as usize - line.len()) };
                want = memchr::memchr(b'\n', &b[..most]).map_or(most, |i| i + 1);
            }
        }
        let part = protocol::call_method(ts, slf, "read", &[int_value(ts, want as i64)])?;
        let Some(b) = part.downcast::<Bytes>() else {
            return Err(raise_os_error_text(ts, &format!("read() should have returned a bytes object, not '{}'", part.type_name(ts))));
        };
        if b.bytes().is_empty() {
            break;
        }
        line.extend_from_slice(b.bytes());
        if line.last() == Some(&b'\n') {
            break;
        }
    }
    Ok(bytes_from_vec(ts, line))
}

/// The abstract base class for all I/O classes.
///
/// This class provides dummy implementations for many methods that
/// derived classes can override selectively; the default implementations
/// represent a file that cannot be read, written or seeked.
///
/// Even though IOBase does not declare read, readinto, or write because
/// their signatures will vary, implementations and clients should
/// consider those methods part of the interface. Also, implementations
/// may raise UnsupportedOperation when operations they do not support are
/// called.
///
/// The basic type used for binary data read from or written to a file is
/// bytes. Other bytes-like objects are accepted as method arguments too.
/// In some cases (such as readinto), a writable object is required. Text
/// I/O classes work with str data.
///
/// Note that calling any method (except additional calls to close(),
/// which are ignored) on a closed stream should raise a ValueError.
///
/// IOBase (and its subclasses) support the iterator protocol, meaning
/// that an IOBase object can be iterated over yielding the lines in a
/// stream.
///
/// IOBase also supports the :keyword:`with` statement. In this example,
/// fp is closed after the suite of the with statement is complete:
///
/// with open('spam.txt', 'r') as fp:
///     fp.write('Spam and eggs!')
#[class(name = "_IOBase", module = "_io", dict, weakref)]
impl IOBase {
    #[slot(new)]
    fn new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result {
        new_instance(ts, cls, args, IOBase)
    }
    #[slot(iter)]
    fn iter(ts: &ThreadState, slf: &Value) -> Result {
        check_closed(ts, slf)?;
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn iternext(ts: &ThreadState, slf: &Value) -> Result<Option<Value>> {
        let line = protocol::call_method(ts, slf, "readline", &[])?;
        Ok(if protocol::len(ts, &line)? == 0 { None } else { Some(line) })
    }
    #[slot(finalize)]
    fn finalize(ts: &ThreadState, slf: &Value) {
        finalize(ts, slf)
    }
    /// Change the stream position to the given byte offset.
    #[method("seek($self, offset, whence=0, /)")]
    fn seek(slf: &Value, ts: &ThreadState, offset: &Value, whence: i32) -> Result<()> {
        let _ = (slf, offset, whence);
        Err(unsupported(ts, "seek"))
    }
    /// Return current stream position.
    #[method("tell($self, /)")]
    fn tell(slf: &Value, ts: &ThreadState) -> Result {
        protocol::call_method(ts, slf, "seek", &[int_value(ts, 0), int_value(ts, 1)])
    }
    /// Truncate file to size bytes.
    #[method("truncate($self, size=None, /)")]
    fn truncate(slf: &Value, ts: &ThreadState, size: Option<&Value>) -> Result<()> {
        let _ = (slf, size);
        Err(unsupported(ts, "truncate"))
    }
    /// Flush write buffers, if applicable.
    ///
    /// This is not implemented for read-only and non-blocking streams.
    #[method("flush($self, /)")]
    fn flush(slf: &Value, ts: &ThreadState) -> Result<()> {
        if base_closed(ts, slf)? {
            return Err(ts.value_error("I/O operation on closed file."));
        }
        Ok(())
    }
    /// Flush and close the IO object.
    ///
    /// This method has no effect if the file is already closed.
    #[method("close($self, /)")]
    fn close(slf: &Value, ts: &ThreadState) -> Result<()> {
        if is_closed(ts, slf)? {
            return Ok(());
        }
        let flushed = protocol::call_method(ts, slf, "flush", &[]);
        let pending = if flushed.is_err() { ts.take_exception() } else { None };
        let marked = protocol::setattr(ts, slf, &Str::intern(ts, CLOSED), &Value::true_());
        chain(ts, pending, marked)
    }
    /// Return whether object supports random access.
    ///
    /// If False, seek(), tell() and truncate() will raise OSError.
    /// This method may need to do a test seek().
    #[method("seekable($self, /)")]
    fn seekable(slf: &Value) -> bool {
        let _ = slf;
        false
    }
    /// Return whether object was opened for reading.
    ///
    /// If False, read() will raise OSError.
    #[method("readable($self, /)")]
    fn readable(slf: &Value) -> bool {
        let _ = slf;
        false
    }
    /// Return whether object was opened for writing.
    ///
    /// If False, write() will raise OSError.
    #[method("writable($self, /)")]
    fn writable(slf: &Value) -> bool {
        let _ = slf;
        false
    }
    #[method("_checkClosed($self, /)")]
    fn check_closed(slf: &Value, ts: &ThreadState) -> Result<()> {
        check_closed(ts, slf)
    }
    #[method("_checkSeekable($self, /)")]
    fn check_seekable(slf: &Value, ts: &ThreadState) -> Result {
        check_seekable(ts, slf)
    }
    #[method("_checkReadable($self, /)")]
    fn check_readable(slf: &Value, ts: &ThreadState) -> Result {
        check_readable(ts, slf)
    }
    #[method("_checkWritable($self, /)")]
    fn check_writable(slf: &Value, ts: &ThreadState) -> Result {
        check_writable(ts, slf)
    }
    /// Return underlying file descriptor if one exists.
    ///
    /// Raise OSError if the IO object does not use a file descriptor.
    #[method("fileno($self, /)")]
    fn fileno(slf: &Value, ts: &ThreadState) -> Result<()> {
        let _ = slf;
        Err(unsupported(ts, "fileno"))
    }
    /// Return whether this is an 'interactive' stream.
    ///
    /// Return False if it can't be determined.
    #[method("isatty($self, /)")]
    fn isatty(slf: &Value, ts: &ThreadState) -> Result<bool> {
        check_closed(ts, slf)?;
        Ok(false)
    }
    #[method("__enter__($self, /)")]
    fn enter(slf: &Value, ts: &ThreadState) -> Result {
        check_closed(ts, slf)?;
        Ok(slf.clone())
    }
    #[method("__exit__($self, /, *args)", no_signature)]
    fn exit(slf: &Value, ts: &ThreadState, args: &[Value]) -> Result {
        let _ = args;
        protocol::call_method(ts, slf, "close", &[])
    }
    /// Read and return a line from the stream.
    ///
    /// If size is specified, at most size bytes will be read.
    ///
    /// The line terminator is always b'\n' for binary files; for text
    /// files, the newlines argument to open can be used to select the line
    /// terminator(s) recognized.
    #[method("readline($self, size=-1, /)")]
    fn readline(slf: &Value, ts: &ThreadState, #[default(Value::none())] size: Value) -> Result {
        let limit = optional_size(ts, &size)?;
        read_line(ts, slf, limit)
    }
    /// Return a list of lines from the stream.
    ///
    /// hint can be specified to control the number of lines read: no more
    /// lines will be read if the total size (in bytes/characters) of all
    /// lines so far exceeds hint.
    #[method("readlines($self, hint=-1, /)")]
    fn readlines(slf: &Value, ts: &ThreadState, #[default(Value::none())] hint: Value) -> Result {
        let hint = optional_size(ts, &hint)?;
        let mut lines = vec![];
        let mut length = 0;
        let it = protocol::get_iter(ts, slf)?;
        while let Some(line) = protocol::iter_next(ts, &it)? {
            let n = protocol::len(ts, &line)?;
            lines.push(line);
            length += n as isize;
            if hint > 0 && length >= hint {
                break;
            }
        }
        Ok(list(ts, lines))
    }
    /// Write a list of lines to stream.
    ///
    /// Line separators are not added, so it is usual for each of the
    /// lines provided to have a line separator at the end.
    #[method("writelines($self, lines, /)")]
    fn writelines(slf: &Value, ts: &ThreadState, lines: &Value) -> Result<()> {
        check_closed(ts, slf)?;
        let it = protocol::get_iter(ts, lines)?;
        while let Some(line) = protocol::iter_next(ts, &it)? {
            protocol::call_method(ts, slf, "write", &[line])?;
        }
        Ok(())
    }
    #[getter]
    fn closed(slf: &Value, ts: &ThreadState) -> Result<bool> {
        base_closed(ts, slf)
    }
}

/// Base class for raw binary I/O.
#[class(name = "_RawIOBase", module = "_io", base = IOBase)]
impl RawIOBase {
    #[slot(new)]
    fn new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result {
        new_instance(ts, cls, args, RawIOBase::NEW)
    }
    #[method("read($self, size=-1, /)")]
    fn read(slf: &Value, ts: &ThreadState, size: isize) -> Result {
        if size < 0 {
            return protocol::call_method(ts, slf, "readall", &[]);
        }
        let mut raw = vec![];
        raw.try_reserve_exact(size as usize).map_err(|_| ts.memory_error())?;
        raw.resize(size as usize, 0);
        let buf = bytearray_from_vec(ts, raw);
        let n = protocol::call_method(ts, slf, "readinto", std::slice::from_ref(&buf))?;
        if n.is_none() {
            return Ok(n);
        }
        let n = index_i64(ts, &n)?;
        let mut data = readable(ts, &buf)?.as_bytes().to_vec();
        if n < 0 || n as usize > data.len() {
            return Err(ts.value_error(format!("readinto returned {n} outside buffer size {}", data.len())));
        }
        data.truncate(n as usize);
        Ok(bytes_from_vec(ts, data))
    }
    /// Read until EOF, using multiple read() call.
    #[method("readall($self, /)")]
    fn readall(slf: &Value, ts: &ThreadState) -> Result {
        let mut all = vec![];
        let mut any = false;
        loop {
            let part = protocol::call_method(ts, slf, "read", &[int_value(ts, super::DEFAULT_BUFFER_SIZE as i64)])?;
            if part.is_none() {
                if !any {
                    return Ok(part);
                }
                break;
            }
            let Some(b) = part.downcast::<Bytes>() else {
                return Err(ts.type_error("read() should return bytes"));
            };
            if b.bytes().is_empty() {
                break;
            }
            any = true;
            all.extend_from_slice(b.bytes());
        }
        Ok(bytes_from_vec(ts, all))
    }
    #[method("readinto($self, *args)", no_signature)]
    fn readinto(slf: &Value, ts: &ThreadState, args: &[Value]) -> Result<()> {
        let _ = (slf, args);
        Err(ts.not_implemented_error(""))
    }
    #[method("write($self, *args)", no_signature)]
    fn write(slf: &Value, ts: &ThreadState, args: &[Value]) -> Result<()> {
        let _ = (slf, args);
        Err(ts.not_implemented_error(""))
    }
}

fn read_into(ts: &ThreadState, slf: &Value, target: &Value, method: &str) -> Result<usize> {
    let mut b = writable(ts, target)?;
    let len = b.as_bytes().len();
    let data = protocol::call_method(ts, slf, method, &[int_value(ts, len as i64)])?;
    let Some(d) = data.downcast::<Bytes>() else {
        return Err(ts.type_error(format!("{method}() should return bytes")));
    };
    let d = d.bytes();
    if d.len() > len {
        return Err(ts.value_error(format!("{method}() returned too much data: {len} bytes requested, {} returned", d.len())));
    }
    b.as_bytes_mut()[..d.len()].copy_from_slice(d);
    Ok(d.len())
}

/// Base class for buffered IO objects.
///
/// The main difference with RawIOBase is that the read() method
/// supports omitting the size argument, and does not have a default
/// implementation that defers to readinto().
///
/// In addition, read(), readinto() and write() may raise
/// BlockingIOError if the underlying raw stream is in non-blocking
/// mode and not ready; unlike their raw counterparts, they will never
/// return None.
///
/// A typical implementation should not inherit from a RawIOBase
/// implementation, but wrap one.
#[class(name = "_BufferedIOBase", module = "_io", base = IOBase)]
impl BufferedIOBase {
    #[slot(new)]
    fn new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result {
        new_instance(ts, cls, args, BufferedIOBase::NEW)
    }
    /// Disconnect this buffer from its underlying raw stream and return it.
    ///
    /// After the raw stream has been detached, the buffer is in an unusable
    /// state.
    #[method("detach($self, /)")]
    fn detach(slf: &Value, ts: &ThreadState) -> Result<()> {
        let _ = slf;
        Err(unsupported(ts, "detach"))
    }
    /// Read and return up to n bytes.
    ///
    /// If the size argument is omitted, None, or negative, read and
    /// return all data until EOF.
    ///
    /// If the size argument is positive, and the underlying raw stream is
    /// not 'interactive', multiple raw reads may be issued to satisfy
    /// the byte count (unless EOF is reached first).
    /// However, for interactive raw streams (as well as sockets and pipes),
    /// at most one raw read will be issued, and a short result does not
    /// imply that EOF is imminent.
    ///
    /// Return an empty bytes object on EOF.
    ///
    /// Return None if the underlying raw stream was open in non-blocking
    /// mode and no data is available at the moment.
    #[method("read($self, size=-1, /)")]
    fn read(slf: &Value, ts: &ThreadState, #[default(Value::none())] size: Value) -> Result<()> {
        let _ = (slf, size);
        Err(unsupported(ts, "read"))
    }
    /// Read and return up to size bytes, with at most one read() call to the underlying raw stream.
    ///
    /// Return an empty bytes object on EOF.
    /// A short result does not imply that EOF is imminent.
    #[method("read1($self, size=-1, /)")]
    fn read1(slf: &Value, ts: &ThreadState, size: i32) -> Result<()> {
        let _ = (slf, size);
        Err(unsupported(ts, "read1"))
    }
    #[method("readinto($self, buffer, /)")]
    fn readinto(slf: &Value, ts: &ThreadState, buffer: &Value) -> Result<usize> {
        read_into(ts, slf, buffer, "read")
    }
    #[method("readinto1($self, buffer, /)")]
    fn readinto1(slf: &Value, ts: &ThreadState, buffer: &Value) -> Result<usize> {
        read_into(ts, slf, buffer, "read1")
    }
    /// Write buffer b to the IO stream.
    ///
    /// Return the number of bytes written, which is always
    /// the length of b in bytes.
    ///
    /// Raise BlockingIOError if the buffer is full and the
    /// underlying raw stream cannot accept more data at the moment.
    #[method("write($self, b, /)")]
    fn write(slf: &Value, ts: &ThreadState, b: &Value) -> Result<()> {
        let _ = (slf, b);
        Err(unsupported(ts, "write"))
    }
}

/// Base class for text I/O.
///
/// This class provides a character and line based interface to stream
/// I/O. There is no readinto method because Python's character strings
/// are immutable.
#[class(name = "_TextIOBase", module = "_io", base = IOBase)]
impl TextIOBase {
    #[slot(new)]
    fn new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result {
        new_instance(ts, cls, args, TextIOBase::NEW)
    }
    /// Separate the underlying buffer from the TextIOBase and return it.
    ///
    /// After the underlying buffer has been detached, the TextIO is in an unusable state.
    #[method("detach($self, /)")]
    fn detach(slf: &Value, ts: &ThreadState) -> Result<()> {
        let _ = slf;
        Err(unsupported(ts, "detach"))
    }
    /// Read at most size characters from stream.
    ///
    /// Read from underlying buffer until we have size characters or we hit EOF.
    /// If size is negative or omitted, read until EOF.
    #[method("read($self, size=-1, /)")]
    fn read(slf: &Value, ts: &ThreadState, #[default(Value::none())] size: Value) -> Result<()> {
        let _ = (slf, size);
        Err(unsupported(ts, "read"))
    }
    /// Read until newline or EOF.
    ///
    /// Return an empty string if EOF is hit immediately.
    /// If size is specified, at most size characters will be read.
    #[method("readline($self, size=-1, /)")]
    fn readline(slf: &Value, ts: &ThreadState, #[default(Value::none())] size: Value) -> Result<()> {
        let _ = (slf, size);
        Err(unsupported(ts, "readline"))
    }
    /// Write string s to stream.
    ///
    /// Return the number of characters written
    /// (which is always equal to the length of the string).
    #[method("write($self, s, /)")]
    fn write(slf: &Value, ts: &ThreadState, s: &Value) -> Result<()> {
        let _ = (slf, s);
        Err(unsupported(ts, "write"))
    }
    /// Encoding of the text stream.
    ///
    /// Subclasses should override.
    #[getter]
    fn encoding(slf: &Value) {
        let _ = slf;
    }
    /// Line endings translated so far.
    ///
    /// Only line endings translated during reading are considered.
    ///
    /// Subclasses should override.
    #[getter]
    fn newlines(slf: &Value) {
        let _ = slf;
    }
    /// The error setting of the decoder or encoder.
    ///
    /// Subclasses should override.
    #[getter]
    fn errors(slf: &Value) {
        let _ = slf;
    }
}

/// The error of a second step raised with the first one's as its context; else the first one's.
pub fn chain<T>(ts: &ThreadState, pending: Option<Value>, second: Result<T>) -> Result<T> {
    match (pending, second) {
        (None, second) => second,
        (Some(first), Ok(_)) => Err(ts.raise(&first)),
        (Some(first), Err(_)) => {
            if let Some(second) = ts.take_exception() {
                set_context(ts, &second, &first);
                return Err(ts.raise(&second));
            }
            Err(ts.raise(&first))
        }
    }
}

