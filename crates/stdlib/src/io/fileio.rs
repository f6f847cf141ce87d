//! FileIO: a file of the operating system, unbuffered.

use super::base::RawIOBase;
use super::{optional_size, unsupported};
use crate::host::{Errno, c, sys, unlocked};
use crate::posix::files::{read_into, write_from};
use crate::posix::path::{encode_fs, fspath};
use crate::posix::stat::fstat;
use crate::prelude::*;
use std::cell::Cell;
use std::ffi::CString;

/// How much is read at once when the size of the file is not known.
const SMALL_CHUNK: usize = 8 * 1024;

#[repr(C)]
pub struct FileIO {
    base: RawIOBase,
    fd: Cell<i32>,
    created: Cell<bool>,
    readable: Cell<bool>,
    writable: Cell<bool>,
    appending: Cell<bool>,
    seekable: Cell<Option<bool>>,
    closefd: Cell<bool>,
    finalizing: Cell<bool>,
    blksize: Cell<u32>,
    /// Size and kind when opened; forgotten with the first change.
    size: Cell<Option<i64>>,
    regular_or_unknown: Cell<bool>,
}
payload!(FileIO, parent = RawIOBase);

struct Mode {
    flags: i32,
    created: bool,
    readable: bool,
    writable: bool,
    appending: bool,
}

fn parse_mode(ts: &ThreadState, mode: &str) -> Result<Mode> {
    let mut m = Mode { flags: 0, created: false, readable: false, writable: false, appending: false };
    let bad = || ts.value_error("Must have exactly one of create/read/write/append mode and at most one plus");
    let (mut rwa, mut plus) = (false, false);
    for ch in mode.chars() {
        if "xrwa".contains(ch) {
            if rwa {
                return Err(bad());
            }
            rwa = true;
        }
        match ch {
            'x' => {
                (m.created, m.writable) = (true, true);
                m.flags |= libc::O_EXCL | libc::O_CREAT;
            }
            'r' => m.readable = true,
            'w' => {
                m.writable = true;
                m.flags |= libc::O_CREAT | libc::O_TRUNC;
            }
            'a' => {
                (m.writable, m.appending) = (true, true);
                m.flags |= libc::O_APPEND | libc::O_CREAT;
            }
            'b' => {}
            '+' => {
                if plus {
                    return Err(bad());
                }
                (m.readable, m.writable, plus) = (true, true, true);
            }
            _ => return Err(ts.value_error(format!("invalid mode: {mode}"))),
        }
    }
    if !rwa {
        return Err(bad());
    }
    m.flags |= match (m.readable, m.writable) {
        (true, true) => libc::O_RDWR,
        (true, false) => libc::O_RDONLY,
        _ => libc::O_WRONLY,
    };
    m.flags |= libc::O_CLOEXEC;
    Ok(m)
}

impl FileIO {
    fn fresh() -> FileIO {
        FileIO {
            base: RawIOBase::NEW,
            fd: Cell::new(-1),
            created: Cell::new(false),
            readable: Cell::new(false),
            writable: Cell::new(false),
            appending: Cell::new(false),
            seekable: Cell::new(None),
            closefd: Cell::new(true),
            finalizing: Cell::new(false),
            blksize: Cell::new(0),
            size: Cell::new(None),
            regular_or_unknown: Cell::new(true),
        }
    }
    pub fn is_closed(&self) -> bool {
        self.fd.get() < 0
    }
    fn open_fd(&self, ts: &ThreadState) -> Result<i32> {
        let fd = self.fd.get();
        if fd < 0 { Err(ts.value_error("I/O operation on closed file")) } else { Ok(fd) }
    }
    fn reading_fd(&self, ts: &ThreadState) -> Result<i32> {
        let fd = self.open_fd(ts)?;
        if self.readable.get() { Ok(fd) } else { Err(unsupported(ts, "File not open for reading")) }
    }
    fn writing_fd(&self, ts: &ThreadState) -> Result<i32> {
        let fd = self.open_fd(ts)?;
        if self.writable.get() { Ok(fd) } else { Err(unsupported(ts, "File not open for writing")) }
    }
    /// Closes the descriptor. It counts as closed even when that fails.
    fn close_fd(&self, ts: &ThreadState) -> Result<()> {
        let fd = self.fd.replace(-1);
        if fd >= 0 {
            match unlocked(ts, || sys!(close(fd))) {
                Ok(_) | Err(Errno(libc::EINTR)) => {}
                Err(e) => return Err(e.raise(ts)),
            }
        }
        Ok(())
    }
    /// Reads into the buffer; `None` when nothing is there and the file does not wait.
    pub fn read_raw(&self, ts: &ThreadState, buf: &mut [u8]) -> Result<Option<usize>> {
        let fd = self.reading_fd(ts)?;
        match read_into(ts, fd, buf)? {
            Ok(n) => Ok(Some(n)),
            Err(Errno(libc::EAGAIN)) => Ok(None),
            Err(e) => Err(e.raise(ts)),
        }
    }
    /// Writes what the system takes; `None` when it takes nothing now.
    pub fn write_raw(&self, ts: &ThreadState, data: &[u8]) -> Result<Option<usize>> {
        let fd = self.writing_fd(ts)?;
        self.size.set(None);
        match write_from(ts, fd, data)? {
            Ok(n) => Ok(Some(n)),
            Err(Errno(libc::EAGAIN)) => Ok(None),
            Err(e) => Err(e.raise(ts)),
        }
    }
    pub fn seek_raw(&self, ts: &ThreadState, pos: i64, whence: i32) -> Result<i64> {
        let fd = self.open_fd(ts)?;
        let r = unlocked(ts, || sys!(lseek(fd, pos, whence)));
        if self.seekable.get().is_none() {
            self.seekable.set(Some(r.is_ok()));
        }
        r.or_raise(ts)
    }
    fn test_seekable(&self, ts: &ThreadState) -> Result<bool> {
        let fd = self.open_fd(ts)?;
        if let Some(known) = self.seekable.get() {
            return Ok(known);
        }
        let r = unlocked(ts, || sys!(lseek(fd, 0, libc::SEEK_CUR))).is_ok();
        self.seekable.set(Some(r));
        Ok(r)
    }
    pub fn read_all(&self, ts: &ThreadState) -> Result<Option<Vec<u8>>> {
        self.reading_fd(ts)?;
        let mut room = SMALL_CHUNK;
        if let Some(end) = self.size.get().filter(|&n| n > 0) {
            room = end as usize + 1;
            if end > 65536
                && let Ok(pos) = sys!(lseek(self.fd.get(), 0, libc::SEEK_CUR))
                && pos <= end
            {
                room = (end - pos) as usize + 1;
            }
        }
        let mut data: Vec<u8> = vec![];
        data.try_reserve_exact(room).map_err(|_| ts.memory_error())?;
        data.resize(room, 0);
        let mut n = 0;
        loop {
            if n >= data.len() {
                let more = if data.len() > 65536 { data.len() / 8 } else { data.len().max(256) };
                let more = more.max(SMALL_CHUNK);
                data.try_reserve_exact(more).map_err(|_| ts.overflow_error("unbounded read returned more bytes than a Python bytes object can hold"))?;
                data.resize(data.len() + more, 0);
            }
            match self.read_raw(ts, &mut data[n..])? {
                Some(0) => break,
                Some(k) => n += k,
                None if n == 0 => return Ok(None),
                None => break,
            }
        }
        data.truncate(n);
        Ok(Some(data))
    }
    pub fn block_size(&self) -> u32 {
        self.blksize.get()
    }
    pub fn mode_text(&self) -> &'static str {
        match (self.created.get(), self.appending.get(), self.readable.get(), self.writable.get()) {
            (true, _, true, _) => "xb+",
            (true, ..) => "xb",
            (_, true, true, _) => "ab+",
            (_, true, ..) => "ab",
            (_, _, true, true) => "rb+",
            (_, _, true, _) => "rb",
            _ => "wb",
        }
    }
    fn open(&self, slf: &Value, ts: &ThreadState, file: &Value, mode: &str, closefd: bool, opener: &Value) -> Result<()> {
        if self.fd.get() >= 0 {
            if self.closefd.get() {
                self.close_fd(ts)?;
            } else {
                self.fd.set(-1);
            }
        }
        if file.as_bool_object().is_some() {
            warn(ts, Warning::Runtime, "bool is used as a file descriptor", 1)?;
        }
        let mut given = None;
        if is_int(file) {
            let n = index_i32(ts, file)?;
            if n < 0 {
                return Err(ts.value_error("negative file descriptor"));
            }
            given = Some(n);
        }
        let name = if given.is_none() { fspath_name(ts, file)? } else { CString::default() };
        let m = parse_mode(ts, mode)?;
        self.created.set(m.created);
        self.readable.set(m.readable);
        self.writable.set(m.writable);
        self.appending.set(m.appending);
        self.seekable.set(None);
        self.size.set(None);
        audit(ts, "open", &[file.clone(), str_value(ts, mode), int_value(ts, m.flags as i64)])?;
        self.closefd.set(true);
        let mut own = true;
        if let Some(fd) = given {
            self.closefd.set(closefd);
            self.fd.set(fd);
            own = false;
        } else {
            if !closefd {
                return Err(ts.value_error("Cannot use closefd=False with file name"));
            }
            if opener.is_none() {
                let flags = m.flags;
                let r = crate::host::blocking(ts, || sys!(open(name.as_ptr(), flags, 0o666 as libc::c_uint)))?;
                let r = match r {
                    Err(e @ Errno(libc::ENOENT)) => crate::import::embedded::open(name.as_bytes(), flags).unwrap_or(Err(e)),
                    r => r,
                };
                self.fd.set(r.or_raise_with(ts, file)?);
            } else {
                let r = protocol::call(ts, opener, &[file.clone(), int_value(ts, m.flags as i64)])?;
                if !is_int(&r) {
                    return Err(ts.type_error("expected integer from opener"));
                }
                let fd = index_i32(ts, &r)?;
                if fd < 0 {
                    return Err(ts.value_error(format!("opener returned {fd}")));
                }
                self.fd.set(fd);
                crate::posix::files::set_cloexec(fd, true).or_raise(ts)?;
            }
        }
        let r = self.finish_open(slf, ts, file, own);
        if r.is_err() {
            // The caller's descriptor stays open; ours is closed.
            if own {
                let pending = ts.take_exception();
                if self.close_fd(ts).is_err() {
                    ts.take_exception();
                }
                if let Some(e) = pending {
                    return Err(ts.raise(&e));
                }
            } else {
                self.fd.set(-1);
            }
        }
        r
    }
    fn finish_open(&self, slf: &Value, ts: &ThreadState, file: &Value, own: bool) -> Result<()> {
        let fd = self.fd.get();
        self.blksize.set(super::DEFAULT_BUFFER_SIZE as u32);
        match fstat(fd) {
            Ok(st) => {
                if st.st_mode & libc::S_IFMT == libc::S_IFDIR {
                    return Err(Errno(libc::EISDIR).raise_with(ts, file));
                }
                if st.st_blksize > 1 {
                    self.blksize.set(st.st_blksize as u32);
                }
                self.size.set(Some(st.st_size));
                self.regular_or_unknown.set(st.st_mode & libc::S_IFMT != libc::S_IFCHR);
            }
            // Only a bad descriptor is an error: some systems cannot tell about every file.
            Err(Errno(libc::EBADF)) => {
                return Err(if own { Errno(libc::EBADF).raise_with(ts, file) } else { Errno(libc::EBADF).raise(ts) });
            }
            Err(_) => {}
        }
        protocol::setattr(ts, slf, &Str::intern(ts, "name"), file)?;
        if self.appending.get() {
            // A pipe has no end to go to.
            if let Err(e @ Errno(_)) = unlocked(ts, || sys!(lseek(fd, 0, libc::SEEK_END)))
                && e != Errno(libc::ESPIPE)
            {
                return Err(e.raise(ts));
            }
        }
        Ok(())
    }
}

fn fspath_name(ts: &ThreadState, file: &Value) -> Result<CString> {
    let text = fspath(ts, file)?;
    let raw = match text.downcast::<Str>() {
        Some(s) => encode_fs(ts, s)?,
        None => text.downcast::<Bytes>().map(|b| b.bytes().to_vec()).unwrap_or_default(),
    };
    CString::new(raw).map_err(|_| ts.value_error("embedded null byte"))
}

/// Open a file.
///
/// The mode can be 'r' (default), 'w', 'x' or 'a' for reading,
/// writing, exclusive creation or appending.  The file will be created if it
/// doesn't exist when opened for writing or appending; it will be truncated
/// when opened for writing.  A FileExistsError will be raised if it already
/// exists when opened for creating. Opening a file for creating implies
/// writing so this mode behaves in a similar way to 'w'.Add a '+' to the mode
/// to allow simultaneous reading and writing. A custom opener can be used by
/// passing a callable as *opener*. The underlying file descriptor for the file
/// object is then obtained by calling opener with (*name*, *flags*).
/// *opener* must return an open file descriptor (passing os.open as *opener*
/// results in functionality similar to passing None).
#[class(name = "FileIO", module = "_io", base = RawIOBase)]
impl FileIO {
    #[slot(new)]
    fn new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result {
        let _ = args;
        new_of(ts, cls, FileIO::fresh())
    }
    #[init("(file, mode='r', closefd=True, opener=None)")]
    fn init(slf: &Value, ts: &ThreadState, file: &Value, mode: &str, closefd: bool, opener: Option<&Value>) -> Result<()> {
        let f = slf.downcast::<FileIO>().ok_or_else(|| ts.type_error("not a FileIO"))?;
        let none = Value::none();
        f.open(slf, ts, file, mode, closefd, opener.unwrap_or(&none))
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result {
        Ok(str_value(ts, &Self::text(ts, slf)?))
    }
    /// Read at most size bytes, returned as bytes.
    ///
    /// If size is less than 0, read all bytes in the file making
    /// multiple read calls. See ``FileIO.readall``.
    ///
    /// Attempts to make only one system call, retrying only per
    /// PEP 475 (EINTR). This means less data may be returned than
    /// requested.
    ///
    /// In non-blocking mode, returns None if no data is available.
    /// Return an empty bytes object at EOF.
    #[method("read($self, size=-1, /)")]
    fn read(slf: &Value, ts: &ThreadState, #[default(Value::none())] size: Value) -> Result {
        let f = slf.downcast::<FileIO>().ok_or_else(|| ts.type_error("not a FileIO"))?;
        f.reading_fd(ts)?;
        let size = optional_size(ts, &size)?;
        if size < 0 {
            return protocol::call_method(ts, slf, "readall", &[]);
        }
        let mut buf = crate::posix::files::buffer(ts, (size as usize).min(0x7fff_f000))?;
        let got = f.read_raw(ts, &mut buf)?;
        ts.check_signals()?;
        Ok(match got {
            None => Value::none(),
            Some(n) => {
                buf.truncate(n);
                bytes_from_vec(ts, buf)
            }
        })
    }
    /// Read all data from the file, returned as bytes.
    ///
    /// Reads until either there is an error or read returns
    /// size 0, whichever happens first.
    ///
    /// In non-blocking mode, returns as much data as was read before
    /// an error occurred, or None if an error occurred immediately.
    /// Return an empty bytes object at EOF.
    #[method("readall($self, /)")]
    fn readall(&self, ts: &ThreadState) -> Result {
        Ok(match self.read_all(ts)? {
            Some(data) => bytes_from_vec(ts, data),
            None => Value::none(),
        })
    }
    /// Same as RawIOBase.readinto().
    #[method("readinto($self, buffer, /)")]
    fn readinto(&self, ts: &ThreadState, buffer: &Value) -> Result<Option<usize>> {
        self.reading_fd(ts)?;
        let mut b = writable_arg(ts, "readinto", buffer)?;
        let n = self.read_raw(ts, b.as_bytes_mut())?;
        ts.check_signals()?;
        Ok(n)
    }
    /// Write buffer b to file, return number of bytes written.
    ///
    /// Only makes one system call, so not all of the data may be written.
    /// The number of bytes actually written is returned.  In non-blocking mode,
    /// returns None if the write would block.
    #[method("write($self, b, /)")]
    fn write(&self, ts: &ThreadState, b: &Value) -> Result<Option<usize>> {
        self.writing_fd(ts)?;
        let data = readable(ts, b)?;
        let n = self.write_raw(ts, data.as_bytes())?;
        // A signal that cut it short is answered here, not somewhere later.
        ts.check_signals()?;
        Ok(n)
    }
    /// Move to new file position and return the file position.
    ///
    /// Argument offset is a byte count.  Optional argument whence defaults to
    /// SEEK_SET or 0 (offset from start of file, offset should be >= 0); other values
    /// are SEEK_CUR or 1 (move relative to current position, positive or negative),
    /// and SEEK_END or 2 (move relative to end of file, usually negative, although
    /// many platforms allow seeking beyond the end of a file).
    ///
    /// Note that not all file objects are seekable.
    #[method("seek($self, pos, whence=0, /)")]
    fn seek(&self, ts: &ThreadState, pos: &Value, whence: i32) -> Result<i64> {
        self.open_fd(ts)?;
        let pos = super::offset(ts, pos)?;
        self.seek_raw(ts, pos, whence)
    }
    /// Current file position.
    ///
    /// Can raise OSError for non seekable files.
    #[method("tell($self, /)")]
    fn tell(&self, ts: &ThreadState) -> Result<i64> {
        self.seek_raw(ts, 0, libc::SEEK_CUR)
    }
    /// Truncate the file to at most size bytes and return the truncated size.
    ///
    /// Size defaults to the current file position, as returned by tell().
    /// The current file position is changed to the value of size.
    #[method("truncate($self, size=None, /)")]
    fn truncate(&self, ts: &ThreadState, size: Option<&Value>) -> Result<i64> {
        let fd = self.writing_fd(ts)?;
        let size = match size {
            Some(v) if !v.is_none() => super::offset(ts, v)?,
            _ => self.seek_raw(ts, 0, libc::SEEK_CUR)?,
        };
        self.size.set(None);
        crate::host::blocking(ts, || sys!(ftruncate(fd, size)))?.or_raise(ts)?;
        Ok(size)
    }
    /// Close the file.
    ///
    /// A closed file cannot be used for further I/O operations.  close() may be
    /// called more than once without error.
    #[method("close($self, /)")]
    fn close(slf: &Value, ts: &ThreadState) -> Result<()> {
        let f = slf.downcast::<FileIO>().ok_or_else(|| ts.type_error("not a FileIO"))?;
        let base = protocol::getattr(ts, RawIOBase::class(ts).as_value(), &Str::intern(ts, "close"))?;
        let closed = protocol::call(ts, &base, std::slice::from_ref(slf));
        if !f.closefd.get() {
            f.fd.set(-1);
            return closed.map(drop);
        }
        let pending = if closed.is_err() { ts.take_exception() } else { None };
        if f.finalizing.get() {
            f.warn_unclosed(ts, slf, slf);
        }
        let r = f.close_fd(ts);
        super::base::chain(ts, pending, r)
    }
    /// True if file supports random-access.
    #[method("seekable($self, /)")]
    fn seekable(&self, ts: &ThreadState) -> Result<bool> {
        self.test_seekable(ts)
    }
    /// True if file was opened in a read mode.
    #[method("readable($self, /)")]
    fn readable(&self, ts: &ThreadState) -> Result<bool> {
        self.open_fd(ts)?;
        Ok(self.readable.get())
    }
    /// True if file was opened in a write mode.
    #[method("writable($self, /)")]
    fn writable(&self, ts: &ThreadState) -> Result<bool> {
        self.open_fd(ts)?;
        Ok(self.writable.get())
    }
    /// Return the underlying file descriptor (an integer).
    #[method("fileno($self, /)")]
    fn fileno(&self, ts: &ThreadState) -> Result<i32> {
        self.open_fd(ts)
    }
    /// True if the file is connected to a TTY device.
    #[method("isatty($self, /)")]
    fn isatty(&self, ts: &ThreadState) -> Result<bool> {
        let fd = self.open_fd(ts)?;
        Ok(unlocked(ts, || c!(isatty(fd))) == 1)
    }
    #[method("_isatty_open_only($self, /)")]
    fn isatty_open_only(slf: &Value, ts: &ThreadState) -> Result {
        let f = slf.downcast::<FileIO>().ok_or_else(|| ts.type_error("not a FileIO"))?;
        // What is no character device is no terminal: one system call less.
        if f.size.get().is_some() && f.regular_or_unknown.get() {
            return Ok(Value::false_());
        }
        protocol::call_method(ts, slf, "isatty", &[])
    }
    #[method("_dealloc_warn($self, object, /)", no_signature)]
    fn dealloc_warn(slf: &Value, ts: &ThreadState, object: &Value) {
        if let Some(f) = slf.downcast::<FileIO>() {
            f.warn_unclosed(ts, slf, object);
        }
    }
    #[method("__getstate__($self, /)")]
    fn getstate(slf: &Value, ts: &ThreadState) -> Result<()> {
        Err(cannot_pickle(ts, slf))
    }
    /// True if the file is closed
    #[getter]
    fn closed(&self) -> bool {
        self.is_closed()
    }
    /// True if the file descriptor will be closed by close().
    #[getter]
    fn closefd(&self) -> bool {
        self.closefd.get()
    }
    /// String giving the file mode
    #[getter]
    fn mode(&self) -> &'static str {
        self.mode_text()
    }
    #[getter("_blksize")]
    fn blksize(&self) -> u32 {
        self.blksize.get()
    }
    #[setter("_blksize")]
    fn set_blksize(&self, ts: &ThreadState, value: Option<&Value>) -> Result<()> {
        let n = value.map_or(Ok(0), |v| index_i64(ts, v))?;
        self.blksize.set(n.clamp(0, u32::MAX as i64) as u32);
        Ok(())
    }
    #[getter("_finalizing", member)]
    fn finalizing(&self) -> bool {
        self.finalizing.get()
    }
    #[setter("_finalizing")]
    fn set_finalizing(&self, ts: &ThreadState, value: Option<&Value>) -> Result<()> {
        let Some(v) = value else { return Err(ts.type_error("can't delete numeric/char attribute")) };
        self.finalizing.set(protocol::is_true(ts, v)?);
        Ok(())
    }
}

impl FileIO {
    /// `slf`: the same file; `source`: the object that is dropped, perhaps one around it.
    fn warn_unclosed(&self, ts: &ThreadState, slf: &Value, source: &Value) {
        if self.fd.get() < 0 || !self.closefd.get() {
            return;
        }
        let pending = ts.take_exception();
        let done = protocol::repr(ts, source)
            .and_then(|r| warn_source(ts, Warning::Resource, &format!("unclosed file {}", r.to_string_lossy()), source));
        if done.is_err() {
            unraisable(ts, "while finalizing file", slf);
        }
        if let Some(e) = pending {
            let _ = ts.raise(&e);
        }
    }
    fn text(ts: &ThreadState, slf: &Value) -> Result<String> {
        let f = slf.downcast::<FileIO>().ok_or_else(|| ts.type_error("not a FileIO"))?;
        let name = slf.type_name(ts);
        let fd = f.fd.get();
        if fd < 0 {
            return Ok(format!("<{name} [closed]>"));
        }
        let tail = format!("mode='{}' closefd={}>", f.mode_text(), if f.closefd.get() { "True" } else { "False" });
        let Some(file) = protocol::getattr_opt(ts, slf, &Str::intern(ts, "name"))? else {
            return Ok(format!("<{name} fd={fd} {tail}"));
        };
        let Some(_guard) = protocol::repr_enter(ts, slf)? else {
            return Err(ts.runtime_error(format!("reentrant call inside {name}.__repr__")));
        };
        Ok(format!("<{name} name={} {tail}", protocol::repr(ts, &file)?.to_string_lossy()))
    }
}
