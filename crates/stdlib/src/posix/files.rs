//! Open files: open, read, write and what else is done with descriptors.

use super::path::{Path, at, dir_fd as convert_dir_fd, fileno};
use crate::host::{Errno, Sys, blocking, blocking_quietly, sys, unlocked};
use crate::prelude::*;

/// The most that one call of read or write moves.
const MAX_IO: usize = 0x7fff_f000;

pub fn set_cloexec(fd: i32, on: bool) -> Sys<()> {
    let flags = sys!(fcntl(fd, libc::F_GETFD))?;
    let wanted = if on { flags | libc::FD_CLOEXEC } else { flags & !libc::FD_CLOEXEC };
    if wanted != flags {
        sys!(fcntl(fd, libc::F_SETFD, wanted))?;
    }
    Ok(())
}

pub fn read_into(ts: &ThreadState, fd: i32, buf: &mut [u8]) -> Result<Sys<usize>> {
    let (p, n) = (buf.as_mut_ptr() as usize, buf.len().min(MAX_IO));
    blocking_quietly(ts, || Ok(sys!(read(fd, p as *mut libc::c_void, n))? as usize))
}

pub fn write_from(ts: &ThreadState, fd: i32, buf: &[u8]) -> Result<Sys<usize>> {
    let part = &buf[..buf.len().min(MAX_IO)];
    blocking_quietly(ts, || Ok(sys!(write(fd, part.as_ptr().cast(), part.len()))? as usize))
}

/// A buffer of `n` bytes, or MemoryError.
pub fn buffer(ts: &ThreadState, n: usize) -> Result<Vec<u8>> {
    let mut v = Vec::new();
    v.try_reserve_exact(n).map_err(|_| ts.memory_error())?;
    v.resize(n, 0);
    Ok(v)
}

fn length(ts: &ThreadState, n: isize) -> Result<usize> {
    usize::try_from(n).map_err(|_| Errno(libc::EINVAL).raise(ts))
}

/// The buffers of a sequence, kept while the system works on them.
struct Buffers {
    held: Vec<Loan>,
    writable: bool,
}

impl Buffers {
    fn new(ts: &ThreadState, function: &str, seq: &Value, writable_: bool) -> Result<Buffers> {
        if !is_sequence(ts, seq) {
            let n = if function.starts_with('p') { "2" } else { "2" };
            return Err(ts.type_error(format!("{function}() arg {n} must be a sequence")));
        }
        let mut held = vec![];
        for v in protocol::collect(ts, seq)? {
            held.push(if writable_ { writable(ts, &v)? } else { readable(ts, &v)? });
        }
        Ok(Buffers { held, writable: writable_ })
    }
    fn vectors(&self) -> Vec<IoVec> {
        let _ = self.writable;
        self.held
            .iter()
            .map(|b| IoVec(libc::iovec { iov_base: b.as_bytes().as_ptr() as *mut libc::c_void, iov_len: b.as_bytes().len() }))
            .collect()
    }
}

#[repr(transparent)]
struct IoVec(libc::iovec);
// SAFETY: the pointers are to buffers that are exported, hence neither moved nor freed, during the call.
unsafe impl Send for IoVec {}
// SAFETY: as above.
unsafe impl Sync for IoVec {}

fn offset_ptr(v: &mut Option<i64>) -> usize {
    v.as_mut().map_or(0, |o| o as *mut i64 as usize)
}

#[functions(module = "posix")]
pub mod functions {
    use super::*;

    /// Open a file for low level IO.  Returns a file descriptor (integer).
    #[function("open(path, flags, mode=511, *, dir_fd=None)")]
    fn open(ts: &ThreadState, path: &Value, flags: i32, mode: i32, dir_fd: Option<&Value>) -> Result<i32> {
        let path = Path::name(ts, "open", "path", path)?;
        let dir = at(convert_dir_fd(ts, dir_fd)?);
        audit(ts, "open", &[path.object.clone(), Value::none(), int_value(ts, flags as i64)])?;
        let raw = path.c_str();
        let r = blocking(ts, || sys!(openat(dir, raw.as_ptr(), flags | libc::O_CLOEXEC, mode as libc::c_uint)))?;
        let r = match r {
            Err(e @ Errno(libc::ENOENT)) => crate::import::embedded::open(raw.to_bytes(), flags).unwrap_or(Err(e)),
            r => r,
        };
        r.map_err(|e| path.raise(ts, e))
    }
    /// Close a file descriptor.
    #[function("close(fd)")]
    fn close(ts: &ThreadState, fd: i32) -> Result<()> {
        match unlocked(ts, || sys!(close(fd))) {
            Err(Errno(libc::EINTR)) | Ok(_) => Ok(()),
            Err(e) => Err(e.raise(ts)),
        }
    }
    /// Closes all file descriptors in [fd_low, fd_high), ignoring errors.
    #[function("closerange(fd_low, fd_high, /)")]
    fn closerange(ts: &ThreadState, fd_low: i32, fd_high: i32) {
        unlocked(ts, || close_range(fd_low, fd_high - 1));
    }
    /// Return a duplicate of a file descriptor.
    #[function("dup(fd, /)")]
    fn dup(ts: &ThreadState, fd: i32) -> Result<i32> {
        sys!(fcntl(fd, libc::F_DUPFD_CLOEXEC, 0)).or_raise(ts)
    }
    /// Duplicate file descriptor.
    #[function("dup2(fd, fd2, inheritable=True)")]
    fn dup2(ts: &ThreadState, fd: i32, fd2: i32, inheritable: bool) -> Result<i32> {
        if fd < 0 || fd2 < 0 {
            return Err(Errno(libc::EBADF).raise(ts));
        }
        unlocked(ts, || {
            if inheritable || fd == fd2 {
                let r = sys!(dup2(fd, fd2))?;
                if !inheritable {
                    set_cloexec(fd2, true)?;
                }
                Ok(r)
            } else {
                sys!(dup3(fd, fd2, libc::O_CLOEXEC))
            }
        })
        .or_raise(ts)
    }
    /// Apply, test or remove a POSIX lock on an open file descriptor.
    #[function("lockf(fd, command, length, /)")]
    fn lockf(ts: &ThreadState, fd: i32, command: i32, length: i64) -> Result<()> {
        blocking(ts, || sys!(lockf(fd, command, length)))?.or_raise(ts)?;
        Ok(())
    }
    /// Set the position of a file descriptor.  Return the new position.
    #[function("lseek(fd, position, whence, /)")]
    fn lseek(ts: &ThreadState, fd: i32, position: i64, whence: i32) -> Result<i64> {
        unlocked(ts, || sys!(lseek(fd, position, whence))).or_raise(ts)
    }
    /// Read from a file descriptor.  Returns a bytes object.
    #[function("read(fd, length, /)")]
    fn read(ts: &ThreadState, fd: i32, length: isize) -> Result {
        let mut buf = buffer(ts, super::length(ts, length)?.min(MAX_IO))?;
        let n = read_into(ts, fd, &mut buf)?.or_raise(ts)?;
        ts.check_signals()?;
        buf.truncate(n);
        Ok(bytes_from_vec(ts, buf))
    }
    /// Read into a buffer object from a file descriptor.
    #[function("readinto(fd, buffer, /)")]
    fn readinto(ts: &ThreadState, fd: i32, buffer: &Value) -> Result<usize> {
        let mut b = writable(ts, buffer)?;
        read_into(ts, fd, b.as_bytes_mut())?.or_raise(ts)
    }
    /// Read from a file descriptor fd into an iterable of buffers.
    #[function("readv(fd, buffers, /)")]
    fn readv(ts: &ThreadState, fd: i32, buffers: &Value) -> Result<i64> {
        let b = Buffers::new(ts, "readv", buffers, true)?;
        let v = b.vectors();
        let v = &v[..];
        Ok(blocking(ts, || sys!(readv(fd, v.as_ptr().cast(), v.len() as i32)))?.or_raise(ts)? as i64)
    }
    /// Read a number of bytes from a file descriptor starting at a particular offset.
    #[function("pread(fd, length, offset, /)")]
    fn pread(ts: &ThreadState, fd: i32, length: isize, offset: i64) -> Result {
        let mut buf = buffer(ts, super::length(ts, length)?.min(MAX_IO))?;
        let (p, n) = (buf.as_mut_ptr() as usize, buf.len());
        let n = blocking(ts, || sys!(pread(fd, p as *mut libc::c_void, n, offset)))?.or_raise(ts)?;
        buf.truncate(n as usize);
        Ok(bytes_from_vec(ts, buf))
    }
    /// Reads from a file descriptor into a number of mutable bytes-like objects.
    #[function("preadv(fd, buffers, offset, flags=0, /)")]
    fn preadv(ts: &ThreadState, fd: i32, buffers: &Value, offset: i64, flags: i32) -> Result<i64> {
        let b = Buffers::new(ts, "preadv", buffers, true)?;
        let v = b.vectors();
        let v = &v[..];
        let n = blocking(ts, || sys!(preadv2(fd, v.as_ptr().cast(), v.len() as i32, offset, flags)))?;
        Ok(n.or_raise(ts)? as i64)
    }
    /// Write a bytes object to a file descriptor.
    #[function("write(fd, data, /)")]
    fn write(ts: &ThreadState, fd: i32, data: &Value) -> Result<usize> {
        let b = readable(ts, data)?;
        let n = write_from(ts, fd, b.as_bytes())?.or_raise(ts)?;
        // A signal that cut it short is answered here, not somewhere later.
        ts.check_signals()?;
        Ok(n)
    }
    /// Iterate over buffers, and write the contents of each to a file descriptor.
    #[function("writev(fd, buffers, /)")]
    fn writev(ts: &ThreadState, fd: i32, buffers: &Value) -> Result<i64> {
        let b = Buffers::new(ts, "writev", buffers, false)?;
        let v = b.vectors();
        let v = &v[..];
        Ok(blocking(ts, || sys!(writev(fd, v.as_ptr().cast(), v.len() as i32)))?.or_raise(ts)? as i64)
    }
    /// Write bytes to a file descriptor starting at a particular offset.
    #[function("pwrite(fd, buffer, offset, /)")]
    fn pwrite(ts: &ThreadState, fd: i32, buffer: &Value, offset: i64) -> Result<i64> {
        let b = readable(ts, buffer)?;
        let bytes = b.as_bytes();
        let n = blocking(ts, || sys!(pwrite(fd, bytes.as_ptr().cast(), bytes.len(), offset)))?;
        Ok(n.or_raise(ts)? as i64)
    }
    /// Writes the contents of bytes-like objects to a file descriptor at a given offset.
    #[function("pwritev(fd, buffers, offset, flags=0, /)")]
    fn pwritev(ts: &ThreadState, fd: i32, buffers: &Value, offset: i64, flags: i32) -> Result<i64> {
        let b = Buffers::new(ts, "pwritev", buffers, false)?;
        let v = b.vectors();
        let v = &v[..];
        let n = blocking(ts, || sys!(pwritev2(fd, v.as_ptr().cast(), v.len() as i32, offset, flags)))?;
        Ok(n.or_raise(ts)? as i64)
    }
    /// Copy count bytes from file descriptor in_fd to file descriptor out_fd.
    #[function("sendfile(out_fd, in_fd, offset, count)")]
    fn sendfile(ts: &ThreadState, out_fd: i32, in_fd: i32, offset: &Value, count: isize) -> Result<i64> {
        let mut offset = if offset.is_none() { None } else { Some(index_i64(ts, offset)?) };
        let p = offset_ptr(&mut offset);
        let n = blocking(ts, || sys!(sendfile(out_fd, in_fd, p as *mut i64, count as usize)))?;
        Ok(n.or_raise(ts)? as i64)
    }
    /// Copy count bytes from one file descriptor to another.
    #[function("copy_file_range(src, dst, count, offset_src=None, offset_dst=None)")]
    fn copy_file_range(ts: &ThreadState, src: i32, dst: i32, count: isize, offset_src: Option<i64>, offset_dst: Option<i64>) -> Result<i64> {
        if count < 0 {
            return Err(ts.value_error("negative value for 'count' not allowed"));
        }
        let (mut a, mut b) = (offset_src, offset_dst);
        let (p, q) = (offset_ptr(&mut a), offset_ptr(&mut b));
        let n = blocking(ts, || sys!(copy_file_range(src, p as *mut i64, dst, q as *mut i64, count as usize, 0)))?;
        Ok(n.or_raise(ts)? as i64)
    }
    /// Transfer count bytes from one pipe to a descriptor or vice versa.
    #[function("splice(src, dst, count, offset_src=None, offset_dst=None, flags=0)")]
    fn splice(ts: &ThreadState, src: i32, dst: i32, count: isize, offset_src: Option<i64>, offset_dst: Option<i64>, flags: u32) -> Result<i64> {
        if count < 0 {
            return Err(ts.value_error("negative value for 'count' not allowed"));
        }
        let (mut a, mut b) = (offset_src, offset_dst);
        let (p, q) = (offset_ptr(&mut a), offset_ptr(&mut b));
        let n = blocking(ts, || sys!(splice(src, p as *mut i64, dst, q as *mut i64, count as usize, flags)))?;
        Ok(n.or_raise(ts)? as i64)
    }
    /// Create a pipe.
    #[function("pipe()")]
    fn pipe(ts: &ThreadState) -> Result {
        pipe2(ts, libc::O_CLOEXEC)
    }
    /// Create a pipe with flags set atomically.
    #[function("pipe2(flags, /)")]
    fn pipe2(ts: &ThreadState, flags: i32) -> Result {
        let mut fds = [0i32; 2];
        sys!(pipe2(fds.as_mut_ptr(), flags)).or_raise(ts)?;
        Ok(tuple(ts, vec![int_value(ts, fds[0] as i64), int_value(ts, fds[1] as i64)]))
    }
    /// Force write of fd to disk.
    #[function("fsync(fd)")]
    fn fsync(ts: &ThreadState, fd: &Value) -> Result<()> {
        let fd = fileno(ts, fd)?;
        blocking(ts, || sys!(fsync(fd)))?.or_raise(ts)?;
        Ok(())
    }
    /// Force write of fd to disk without forcing update of metadata.
    #[function("fdatasync(fd)")]
    fn fdatasync(ts: &ThreadState, fd: &Value) -> Result<()> {
        let fd = fileno(ts, fd)?;
        blocking(ts, || sys!(fdatasync(fd)))?.or_raise(ts)?;
        Ok(())
    }
    /// Force write of everything to disk.
    #[function("sync()")]
    fn sync(ts: &ThreadState) {
        unlocked(ts, || crate::host::c!(sync()));
    }
    /// Truncate a file, specified by file descriptor, to a specific length.
    #[function("ftruncate(fd, length, /)")]
    fn ftruncate(ts: &ThreadState, fd: i32, length: i64) -> Result<()> {
        blocking(ts, || sys!(ftruncate(fd, length)))?.or_raise(ts)?;
        Ok(())
    }
    /// Truncate a file, specified by path, to a specific length.
    #[function("truncate(path, length)")]
    fn truncate(ts: &ThreadState, path: &Value, length: i64) -> Result<()> {
        let path = Path::or_fd(ts, "truncate", path)?;
        if let Some(fd) = path.fd {
            return ftruncate(ts, fd, length);
        }
        let raw = path.c_str();
        unlocked(ts, || sys!(truncate(raw.as_ptr(), length))).map_err(|e| path.raise(ts, e))?;
        Ok(())
    }
    /// Ensure a file has allocated at least a particular number of bytes on disk.
    #[function("posix_fallocate(fd, offset, length, /)")]
    fn posix_fallocate(ts: &ThreadState, fd: i32, offset: i64, length: i64) -> Result<()> {
        blocking(ts, || told(crate::host::c!(posix_fallocate(fd, offset, length))))?.or_raise(ts)
    }
    /// Announce an intention to access data in a specific pattern.
    #[function("posix_fadvise(fd, offset, length, advice, /)")]
    fn posix_fadvise(ts: &ThreadState, fd: i32, offset: i64, length: i64, advice: i32) -> Result<()> {
        blocking(ts, || told(crate::host::c!(posix_fadvise(fd, offset, length, advice))))?.or_raise(ts)
    }
    /// Return True if the fd is connected to a terminal.
    #[function("isatty(fd, /)")]
    fn isatty(fd: i32) -> bool {
        crate::host::c!(isatty(fd)) == 1
    }
    /// Get the blocking mode of the file descriptor.
    #[function("get_blocking(fd, /)")]
    fn get_blocking(ts: &ThreadState, fd: i32) -> Result<bool> {
        Ok(sys!(fcntl(fd, libc::F_GETFL)).or_raise(ts)? & libc::O_NONBLOCK == 0)
    }
    /// Set the blocking mode of the specified file descriptor.
    #[function("set_blocking(fd, blocking, /)")]
    fn set_blocking(ts: &ThreadState, fd: i32, blocking: bool) -> Result<()> {
        let flags = sys!(fcntl(fd, libc::F_GETFL)).or_raise(ts)?;
        let wanted = if blocking { flags & !libc::O_NONBLOCK } else { flags | libc::O_NONBLOCK };
        if wanted != flags {
            sys!(fcntl(fd, libc::F_SETFL, wanted)).or_raise(ts)?;
        }
        Ok(())
    }
    /// Get the close-on-exe flag of the specified file descriptor.
    #[function("get_inheritable(fd, /)")]
    fn get_inheritable(ts: &ThreadState, fd: i32) -> Result<bool> {
        Ok(sys!(fcntl(fd, libc::F_GETFD)).or_raise(ts)? & libc::FD_CLOEXEC == 0)
    }
    /// Set the inheritable flag of the specified file descriptor.
    #[function("set_inheritable(fd, inheritable, /)")]
    fn set_inheritable(ts: &ThreadState, fd: i32, inheritable: i32) -> Result<()> {
        set_cloexec(fd, inheritable == 0).or_raise(ts)
    }
    /// Return a string describing the encoding of a terminal's file descriptor.
    #[function("device_encoding(fd)")]
    fn device_encoding(ts: &ThreadState, fd: i32) -> Result {
        if crate::host::c!(isatty(fd)) != 1 {
            return Ok(Value::none());
        }
        Ok(str_value(ts, "UTF-8"))
    }
    /// Creates and returns an event notification file descriptor.
    #[function("eventfd(initval, flags=524288)")]
    fn eventfd(ts: &ThreadState, initval: u32, flags: i32) -> Result<i32> {
        sys!(eventfd(initval, flags)).or_raise(ts)
    }
    /// Read eventfd value
    #[function("eventfd_read(fd)")]
    fn eventfd_read(ts: &ThreadState, fd: i32) -> Result {
        let mut n = [0u8; 8];
        let p = n.as_mut_ptr() as usize;
        unlocked(ts, || sys!(read(fd, p as *mut libc::c_void, 8))).or_raise(ts)?;
        Ok(int_from_u64(ts, u64::from_ne_bytes(n)))
    }
    /// Write eventfd value.
    #[function("eventfd_write(fd, value)")]
    fn eventfd_write(ts: &ThreadState, fd: i32, value: u64) -> Result<()> {
        let n = value.to_ne_bytes();
        unlocked(ts, || sys!(write(fd, n.as_ptr().cast(), 8))).or_raise(ts)?;
        Ok(())
    }
    /// Create an anonymous file.
    #[function("memfd_create(name, flags=1)")]
    fn memfd_create(ts: &ThreadState, name: &Value, flags: u32) -> Result<i32> {
        let name = super::super::path::fs_bytes(ts, name)?;
        sys!(memfd_create(name.as_ptr(), flags)).or_raise(ts)
    }
}

/// The result of a call that returns the error's number.
pub fn told(r: i32) -> Sys<()> {
    if r == 0 { Ok(()) } else { Err(Errno(r)) }
}

/// Closes the descriptors from `low` to `high`, inclusive.
pub fn close_range(low: i32, high: i32) {
    let low = low.max(0);
    if high < low {
        return;
    }
    let r = sys!(syscall(libc::SYS_close_range, low as libc::c_uint as libc::c_long, high as libc::c_uint as libc::c_long, 0i64));
    if r.is_err() {
        for fd in low..=high {
            let _ = sys!(close(fd));
        }
    }
}
