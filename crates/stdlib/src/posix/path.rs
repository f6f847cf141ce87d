//! Arguments that name a file: str, bytes, an object with `__fspath__`, or (where allowed) an open
//! descriptor or None.

use crate::host::{Errno, fsenc};
use crate::prelude::*;
use std::ffi::{CStr, CString};

/// A file named by an argument.
pub struct Path {
    /// What errors show.
    pub object: Value,
    pub raw: CString,
    pub fd: Option<i32>,
    /// Results are bytes when the argument was.
    pub is_bytes: bool,
    pub is_none: bool,
}

/// What an argument may be besides text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Allow {
    Names,
    /// An open descriptor too.
    Fd,
    /// A descriptor, or None for the working directory.
    FdOrNone,
}

impl Path {
    pub fn new(ts: &ThreadState, function: &str, argument: &str, v: &Value, allow: Allow) -> Result<Path> {
        if v.is_none() && allow == Allow::FdOrNone {
            return Ok(Path { object: v.clone(), raw: c".".into(), fd: None, is_bytes: false, is_none: true });
        }
        let plain = |object: Value, raw: Vec<u8>, is_bytes| {
            let raw = CString::new(raw)
                .map_err(|_| ts.value_error(format!("{function}: embedded null character in {argument}")))?;
            Ok(Path { object, raw, fd: None, is_bytes, is_none: false })
        };
        if let Some(s) = v.downcast::<Str>() {
            return plain(v.clone(), encode_fs(ts, s)?, false);
        }
        if let Some(b) = v.downcast::<Bytes>() {
            return plain(v.clone(), b.bytes().to_vec(), true);
        }
        let wanted = match allow {
            Allow::Names => "string, bytes or os.PathLike",
            Allow::Fd => "string, bytes, os.PathLike or integer",
            Allow::FdOrNone => "string, bytes, os.PathLike, integer or None",
        };
        if allow != Allow::Names && has_index(ts, v)? {
            let fd = fd_from_int(ts, v)?;
            return Ok(Path { object: v.clone(), raw: CString::default(), fd: Some(fd), is_bytes: false, is_none: false });
        }
        let Some(method) = protocol::lookup_special(ts, v, &Str::intern(ts, "__fspath__"))? else {
            return Err(ts.type_error(format!("{function}: {argument} should be {wanted}, not {}", v.type_name(ts))));
        };
        let text = protocol::call(ts, &method, &[])?;
        if let Some(s) = text.downcast::<Str>() {
            let raw = encode_fs(ts, s)?;
            return plain(text.clone(), raw, false);
        }
        if let Some(b) = text.downcast::<Bytes>() {
            let raw = b.bytes().to_vec();
            return plain(text.clone(), raw, true);
        }
        Err(ts.type_error(format!(
            "expected {}.__fspath__() to return str or bytes, not {}",
            v.type_name(ts),
            text.type_name(ts)
        )))
    }
    pub fn name(ts: &ThreadState, function: &str, argument: &str, v: &Value) -> Result<Path> {
        Path::new(ts, function, argument, v, Allow::Names)
    }
    /// The argument "path", which may be a descriptor.
    pub fn or_fd(ts: &ThreadState, function: &str, v: &Value) -> Result<Path> {
        Path::new(ts, function, "path", v, Allow::Fd)
    }
    pub fn c_str(&self) -> &CStr {
        &self.raw
    }
    pub fn as_ptr(&self) -> *const libc::c_char {
        self.raw.as_ptr()
    }
    /// OSError that tells the file.
    pub fn raise(&self, ts: &ThreadState, e: Errno) -> Raised {
        if self.is_none { e.raise(ts) } else { e.raise_with(ts, &self.object) }
    }
    pub fn raise2(&self, ts: &ThreadState, e: Errno, other: &Path) -> Raised {
        e.raise_with2(ts, &self.object, &other.object)
    }
    /// A result in the argument's kind of text.
    pub fn text(&self, ts: &ThreadState, raw: &[u8]) -> Value {
        if self.is_bytes { bytes_value(ts, raw) } else { fs_str(ts, raw) }
    }
}

/// str from bytes of the operating system.
pub fn fs_str(ts: &ThreadState, raw: &[u8]) -> Value {
    Str::from_wtf8(ts, &fsenc::decode(raw)).into_value()
}

/// The bytes that the operating system gets for a str.
pub fn encode_fs(ts: &ThreadState, s: &Str) -> Result<Vec<u8>> {
    match fsenc::encode(s.bytes()) {
        Ok(raw) => Ok(raw.into_owned()),
        Err(at) => {
            let pos = s.bytes()[..at].iter().filter(|&&b| b & 0xc0 != 0x80).count();
            let text = Str::from_wtf8(ts, s.bytes()).into_value();
            Err(unicode_encode_error(ts, "utf-8", &text, pos, pos + 1, "surrogates not allowed"))
        }
    }
}

/// As `os.fsencode` followed by a check for null characters.
pub fn fs_bytes(ts: &ThreadState, v: &Value) -> Result<CString> {
    let text = fspath(ts, v)?;
    let raw = if let Some(s) = text.downcast::<Str>() {
        encode_fs(ts, s)?
    } else if let Some(b) = text.downcast::<Bytes>() {
        b.bytes().to_vec()
    } else {
        return Err(ts.type_error(format!("path should be string, bytes, or os.PathLike, not {}", v.type_name(ts))));
    };
    CString::new(raw).map_err(|_| ts.value_error("embedded null byte"))
}

/// `os.fspath`.
pub fn fspath(ts: &ThreadState, v: &Value) -> Result<Value> {
    if v.downcast::<Str>().is_some() || v.downcast::<Bytes>().is_some() {
        return Ok(v.clone());
    }
    let Some(method) = protocol::lookup_special(ts, v, &Str::intern(ts, "__fspath__"))? else {
        return Err(ts.type_error(format!("expected str, bytes or os.PathLike object, not {}", v.type_name(ts))));
    };
    let text = protocol::call(ts, &method, &[])?;
    if text.downcast::<Str>().is_some() || text.downcast::<Bytes>().is_some() {
        return Ok(text);
    }
    Err(ts.type_error(format!(
        "expected {}.__fspath__() to return str or bytes, not {}",
        v.type_name(ts),
        text.type_name(ts)
    )))
}

fn has_index(ts: &ThreadState, v: &Value) -> Result<bool> {
    Ok(v.as_small_int().is_some() || is_int(v) || protocol::lookup_special(ts, v, &ts.names().__index__)?.is_some())
}

/// A descriptor given as an integer.
pub fn fd_from_int(ts: &ThreadState, v: &Value) -> Result<i32> {
    if v.as_bool_object().is_some() {
        warn(ts, Warning::Runtime, "bool is used as a file descriptor", 1)?;
    }
    let n = protocol::index(ts, v)?;
    match to_i64(&n) {
        Some(n) if n > i32::MAX as i64 => Err(ts.overflow_error("fd is greater than maximum")),
        Some(n) if n < i32::MIN as i64 => Err(ts.overflow_error("fd is less than minimum")),
        Some(n) => Ok(n as i32),
        None if is_negative(&n) => Err(ts.overflow_error("fd is less than minimum")),
        None => Err(ts.overflow_error("fd is greater than maximum")),
    }
}

/// The optional argument `dir_fd`.
pub fn dir_fd(ts: &ThreadState, v: Option<&Value>) -> Result<Option<i32>> {
    match v {
        None => Ok(None),
        Some(v) if v.is_none() => Ok(None),
        Some(v) if has_index(ts, v)? => fd_from_int(ts, v).map(Some),
        Some(v) => Err(ts.type_error(format!("argument should be integer or None, not {}", v.type_name(ts)))),
    }
}

pub fn at(fd: Option<i32>) -> i32 {
    fd.unwrap_or(libc::AT_FDCWD)
}

/// A descriptor given as an integer or as an object with `fileno()`.
pub fn fileno(ts: &ThreadState, v: &Value) -> Result<i32> {
    let fd = if is_int(v) {
        if v.as_bool_object().is_some() {
            warn(ts, Warning::Runtime, "bool is used as a file descriptor", 1)?;
        }
        to_i64(v)
    } else if let Some(method) = protocol::getattr_opt(ts, v, &Str::intern(ts, "fileno"))? {
        let n = protocol::call(ts, &method, &[])?;
        if !is_int(&n) {
            return Err(ts.type_error("fileno() returned a non-integer"));
        }
        to_i64(&n)
    } else {
        return Err(ts.type_error("argument must be an int, or have a fileno() method."));
    };
    match fd.and_then(|n| i32::try_from(n).ok()) {
        Some(fd) if fd >= 0 => Ok(fd),
        Some(fd) => Err(ts.value_error(format!("file descriptor cannot be a negative integer ({fd})"))),
        None => Err(ts.overflow_error("Python int too large to convert to C int")),
    }
}

pub fn no_dir_fd_with_fd(ts: &ThreadState, function: &str, path: &Path, dir_fd: Option<i32>, follow: bool) -> Result<()> {
    if path.fd.is_some() && dir_fd.is_some() {
        return Err(ts.value_error(format!("{function}: can't specify both dir_fd and fd")));
    }
    if path.fd.is_some() && !follow {
        return Err(ts.value_error(format!("{function}: cannot use fd and follow_symlinks together")));
    }
    Ok(())
}
