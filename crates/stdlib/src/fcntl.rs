//! The module `fcntl`: control of open files.

use crate::host::{Sys, blocking, sys, zeroed};
use crate::posix::path::fileno;
use crate::prelude::*;

pub static MODULE: ModuleDef = ModuleDef {
    name: "fcntl",
    doc: "This module performs file control and I/O control on file\ndescriptors.  It is an interface to the fcntl() and ioctl() Unix\nroutines.  File descriptors can be obtained with the fileno() method of\na file or socket object.",
    functions: &[functions::FUNCTIONS],
    init: Some(init),
};

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    for (name, n) in CONSTANTS {
        dict.set_name(ts, name, int_value(ts, *n));
    }
    Ok(())
}

/// The most bytes that the system may write into.
const BUFFER: usize = 1024;

/// A number for the system: of either sign, 32 bits or more.
fn number(ts: &ThreadState, v: &Value) -> Result<i64> {
    let n = to_i128(ts, v)?;
    if let Ok(n) = i64::try_from(n) {
        return Ok(n);
    }
    u64::try_from(n).map(|n| n as i64).map_err(|_| ts.overflow_error("Python int too large to convert to C long"))
}

/// The bytes of an argument that is a structure: text counts as its UTF-8.
fn structure(ts: &ThreadState, function: &str, v: &Value) -> Result<Option<Vec<u8>>> {
    let data = match v.downcast::<Str>() {
        Some(s) => s.bytes().to_vec(),
        None => match maybe_readable(ts, v)? {
            Some(b) => b.as_bytes().to_vec(),
            None => return Ok(None),
        },
    };
    if data.len() > BUFFER {
        return Err(ts.value_error(format!("{function} argument 3 is too long")));
    }
    Ok(Some(data))
}

fn with_structure(ts: &ThreadState, data: Vec<u8>, call: impl Fn(usize) -> Sys<i32> + Send + Sync) -> Result {
    let n = data.len();
    // Room behind, for a structure that is larger than the program thinks.
    let mut buf = [0u64; (BUFFER + 64) / 8];
    let p = buf.as_mut_ptr() as usize;
    for (i, b) in data.iter().enumerate() {
        buf[i / 8] |= (*b as u64) << (8 * (i % 8));
    }
    blocking(ts, || call(p))?.or_raise(ts)?;
    let bytes: Vec<u8> = buf.iter().flat_map(|w| w.to_le_bytes()).take(n).collect();
    Ok(bytes_from_vec(ts, bytes))
}

#[functions(module = "fcntl")]
pub mod functions {
    use super::*;

    /// Perform the operation `cmd` on file descriptor fd.
    ///
    /// The values used for `cmd` are operating system dependent, and are
    /// available as constants in the fcntl module, using the same names as used
    /// in the relevant C header files.  The argument arg is optional, and
    /// defaults to 0; it may be an integer, a bytes-like object or a string.
    /// If arg is given as a string, it will be encoded to binary using the
    /// UTF-8 encoding.
    ///
    /// If the arg given is an integer or if none is specified, the result value
    /// is an integer corresponding to the return value of the fcntl() call in
    /// the C code.
    ///
    /// If arg is given as a bytes-like object or a string, the return value of
    /// fcntl() is a bytes object of that length, containing the resulting value
    /// put in the arg buffer by the operating system.
    #[function("fcntl(fd, cmd, arg=0, /)")]
    fn fcntl(ts: &ThreadState, fd: &Value, cmd: i32, arg: &Value) -> Result {
        let fd = fileno(ts, fd)?;
        if has_int_form(ts, arg)? {
            let n = number(ts, arg)?;
            let r = blocking(ts, || sys!(fcntl(fd, cmd, n as libc::c_long)))?.or_raise(ts)?;
            return Ok(int_value(ts, r as i64));
        }
        match structure(ts, "fcntl", arg)? {
            Some(data) => with_structure(ts, data, move |p| sys!(fcntl(fd, cmd, p as *mut libc::c_void))),
            None => Err(ts.type_error("fcntl() argument 3 must be an integer, a bytes-like object, or a string")),
        }
    }
    /// Perform the operation request on file descriptor fd.
    #[function("ioctl(fd, request, arg=0, mutate_flag=True, /)")]
    fn ioctl(ts: &ThreadState, fd: &Value, request: &Value, arg: &Value, mutate_flag: bool) -> Result {
        let fd = fileno(ts, fd)?;
        let request = number(ts, request)? as libc::c_ulong;
        if has_int_form(ts, arg)? {
            let n = number(ts, arg)?;
            let r = blocking(ts, || sys!(ioctl(fd, request as _, n as libc::c_long)))?.or_raise(ts)?;
            return Ok(int_value(ts, r as i64));
        }
        if mutate_flag && arg.downcast::<Str>().is_none() && buffer::supports(ts, arg) {
            match writable(ts, arg) {
                Ok(mut b) => {
                    let p = b.as_bytes_mut().as_mut_ptr() as usize;
                    let r = blocking(ts, || sys!(ioctl(fd, request as _, p as *mut libc::c_void)))?.or_raise(ts)?;
                    return Ok(int_value(ts, r as i64));
                }
                Err(_) => ts.clear_exception(),
            }
        }
        match structure(ts, "ioctl", arg)? {
            Some(data) => with_structure(ts, data, move |p| sys!(ioctl(fd, request as _, p as *mut libc::c_void))),
            None => Err(ts.type_error("ioctl() argument 3 must be an integer, a bytes-like object, or a string")),
        }
    }
    /// Perform the lock operation `operation` on file descriptor `fd`.
    #[function("flock(fd, operation, /)")]
    fn flock(ts: &ThreadState, fd: &Value, operation: i32) -> Result<()> {
        let fd = fileno(ts, fd)?;
        blocking(ts, || sys!(flock(fd, operation)))?.or_raise(ts)?;
        Ok(())
    }
    /// A wrapper around the fcntl() locking calls.
    #[function("lockf(fd, cmd, len=0, start=0, whence=0, /)")]
    fn lockf(ts: &ThreadState, fd: &Value, cmd: i32, len: i64, start: i64, whence: i32) -> Result<()> {
        let fd = fileno(ts, fd)?;
        let mut l: libc::flock = zeroed();
        l.l_type = match cmd {
            libc::LOCK_UN => libc::F_UNLCK as i16,
            c if c & libc::LOCK_SH != 0 => libc::F_RDLCK as i16,
            c if c & libc::LOCK_EX != 0 => libc::F_WRLCK as i16,
            _ => return Err(ts.value_error("unrecognized lockf argument")),
        };
        l.l_start = start;
        l.l_len = len;
        l.l_whence = whence as i16;
        let op = if cmd & libc::LOCK_NB != 0 { libc::F_SETLK } else { libc::F_SETLKW };
        blocking(ts, || sys!(fcntl(fd, op, &l)))?.or_raise(ts)?;
        Ok(())
    }
}

static CONSTANTS: &[(&str, i64)] = &[
    ("DN_ACCESS", 1),
    ("DN_ATTRIB", 32),
    ("DN_CREATE", 4),
    ("DN_DELETE", 8),
    ("DN_MODIFY", 2),
    ("DN_MULTISHOT", 0x80000000),
    ("DN_RENAME", 16),
    ("FASYNC", 0x2000),
    ("FD_CLOEXEC", 1),
    ("FICLONE", 0x40049409),
    ("FICLONERANGE", 0x4020940d),
    ("F_ADD_SEALS", 0x409),
    ("F_DUPFD", 0),
    ("F_DUPFD_CLOEXEC", 0x406),
    ("F_DUPFD_QUERY", 0x403),
    ("F_EXLCK", 4),
    ("F_GETFD", 1),
    ("F_GETFL", 3),
    ("F_GETLEASE", 0x401),
    ("F_GETLK", 5),
    ("F_GETLK64", 5),
    ("F_GETOWN", 9),
    ("F_GETOWN_EX", 16),
    ("F_GETPIPE_SZ", 0x408),
    ("F_GETSIG", 11),
    ("F_GET_FILE_RW_HINT", 0x40d),
    ("F_GET_RW_HINT", 0x40b),
    ("F_GET_SEALS", 0x40a),
    ("F_NOTIFY", 0x402),
    ("F_OFD_GETLK", 36),
    ("F_OFD_SETLK", 37),
    ("F_OFD_SETLKW", 38),
    ("F_OWNER_PGRP", 2),
    ("F_OWNER_PID", 1),
    ("F_OWNER_TID", 0),
    ("F_RDLCK", 0),
    ("F_SEAL_FUTURE_WRITE", 16),
    ("F_SEAL_GROW", 4),
    ("F_SEAL_SEAL", 1),
    ("F_SEAL_SHRINK", 2),
    ("F_SEAL_WRITE", 8),
    ("F_SETFD", 2),
    ("F_SETFL", 4),
    ("F_SETLEASE", 0x400),
    ("F_SETLK", 6),
    ("F_SETLK64", 6),
    ("F_SETLKW", 7),
    ("F_SETLKW64", 7),
    ("F_SETOWN", 8),
    ("F_SETOWN_EX", 15),
    ("F_SETPIPE_SZ", 0x407),
    ("F_SETSIG", 10),
    ("F_SET_FILE_RW_HINT", 0x40e),
    ("F_SET_RW_HINT", 0x40c),
    ("F_SHLCK", 8),
    ("F_UNLCK", 2),
    ("F_WRLCK", 1),
    ("LOCK_EX", 2),
    ("LOCK_MAND", 32),
    ("LOCK_NB", 4),
    ("LOCK_READ", 64),
    ("LOCK_RW", 192),
    ("LOCK_SH", 1),
    ("LOCK_UN", 8),
    ("LOCK_WRITE", 128),
    ("RWH_WRITE_LIFE_EXTREME", 5),
    ("RWH_WRITE_LIFE_LONG", 4),
    ("RWH_WRITE_LIFE_MEDIUM", 3),
    ("RWH_WRITE_LIFE_NONE", 1),
    ("RWH_WRITE_LIFE_NOT_SET", 0),
    ("RWH_WRITE_LIFE_SHORT", 2),
];
