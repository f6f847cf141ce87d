//! The way to the operating system: every system call that a native module makes goes through here.
//!
//! [`sys!`] calls a libc function and turns its `-1` into an [`Errno`]; [`blocking`] runs a call that may
//! wait with the interpreter's lock released, and goes on after an interruption as PEP 475 asks.

pub mod fsenc;

use std::ffi::CStr;
use taipan_objects::{Raised, Result, ThreadState, Value};

/// The number of an error of the operating system.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Errno(pub i32);

pub type Sys<T> = std::result::Result<T, Errno>;

impl Errno {
    /// The error of the calling thread's last failed system call.
    pub fn last() -> Errno {
        Errno(std::io::Error::last_os_error().raw_os_error().unwrap_or(0))
    }
    pub fn clear() {
        // SAFETY: the location is the calling thread's own.
        unsafe { *libc::__errno_location() = 0 }
    }
    /// What the C library says about the error.
    pub fn text(self) -> String {
        let mut buf = [0u8; 256];
        // SAFETY: the buffer has the length that is told, and the result is checked to be terminated.
        let r = unsafe { libc::strerror_r(self.0, buf.as_mut_ptr().cast(), buf.len()) };
        match CStr::from_bytes_until_nul(&buf) {
            Ok(text) if r == 0 || !text.is_empty() => text.to_string_lossy().into_owned(),
            _ => format!("Unknown error {}", self.0),
        }
    }
    /// Sets OSError(errno, text), of the subclass that belongs to the number.
    pub fn raise(self, ts: &ThreadState) -> Raised {
        ts.os_error_code(self.0, None, None)
    }
    /// As [`Errno::raise`], telling the file.
    pub fn raise_with(self, ts: &ThreadState, filename: &Value) -> Raised {
        ts.os_error_code(self.0, Some(filename), None)
    }
    pub fn raise_with2(self, ts: &ThreadState, filename: &Value, filename2: &Value) -> Raised {
        ts.os_error_code(self.0, Some(filename), Some(filename2))
    }
}

/// What the results of system calls have in common: -1 tells of an error.
pub trait Failable: Copy {
    fn failed(self) -> bool;
}

macro_rules! failable {
    ($($t:ty)*) => { $(impl Failable for $t { #[inline(always)] fn failed(self) -> bool { self == (-1i64) as $t } })* };
}
failable!(i32 i64 isize u32);

impl<T> Failable for *mut T {
    fn failed(self) -> bool {
        self as isize == -1
    }
}

#[inline(always)]
pub fn checked<T: Failable>(r: T) -> Sys<T> {
    if r.failed() { Err(Errno::last()) } else { Ok(r) }
}

/// Calls a function of the C library: `sys!(close(fd))`. Arguments are numbers, or pointers to
/// memory that the caller holds for the time of the call and that is as large as the function expects.
macro_rules! sys {
    ($f:ident($($a:expr),* $(,)?)) => {
        // SAFETY: see the macro's contract.
        $crate::host::checked(unsafe { libc::$f($($a),*) })
    };
}
pub(crate) use sys;

/// As [`sys!`] for functions that cannot fail, or that tell it in another way.
macro_rules! c {
    ($f:ident($($a:expr),* $(,)?)) => {
        // SAFETY: see `sys!`.
        unsafe { libc::$f($($a),*) }
    };
}
pub(crate) use c;

/// A C structure with all bits zero.
pub fn zeroed<T: Plain>() -> T {
    // SAFETY: `Plain` says that zero bits are a valid value.
    unsafe { std::mem::zeroed() }
}

/// C structures of numbers and pointers.
///
/// # Safety
/// All bits zero must be a valid value of the type.
pub unsafe trait Plain {}

macro_rules! plain {
    ($($t:ident)*) => { $(
        // SAFETY: a C structure of numbers, arrays and nullable pointers.
        unsafe impl Plain for libc::$t {}
    )* };
}
plain!(stat statvfs tms utsname timespec timeval termios winsize rusage rlimit siginfo_t sigset_t sigaction
    itimerval itimerspec pollfd epoll_event flock passwd group spwd sched_param cpu_set_t fd_set sockaddr_storage tm statx);

pub trait OrRaise<T> {
    /// Turns the error into a Python OSError.
    fn or_raise(self, ts: &ThreadState) -> Result<T>;
    fn or_raise_with(self, ts: &ThreadState, filename: &Value) -> Result<T>;
}

impl<T> OrRaise<T> for Sys<T> {
    #[inline]
    fn or_raise(self, ts: &ThreadState) -> Result<T> {
        self.map_err(|e| e.raise(ts))
    }
    #[inline]
    fn or_raise_with(self, ts: &ThreadState, filename: &Value) -> Result<T> {
        self.map_err(|e| e.raise_with(ts, filename))
    }
}

/// Runs `call`, which may wait, without the interpreter's lock. After an interruption the handlers of
/// the signals run and the call is repeated, unless a handler raised.
pub fn blocking<T: Send>(ts: &ThreadState, call: impl FnMut() -> Sys<T> + Send) -> Result<Sys<T>> {
    let r = blocking_quietly(ts, call)?;
    if r.is_ok() {
        // A handler that raises does so in this call, not within whatever comes next.
        ts.check_signals()?;
    }
    Ok(r)
}

/// As [`blocking`], for what must not be lost once it is done: handlers run later.
pub fn blocking_quietly<T: Send>(ts: &ThreadState, mut call: impl FnMut() -> Sys<T> + Send) -> Result<Sys<T>> {
    loop {
        match ts.allow_threads(&mut call) {
            Err(Errno(libc::EINTR)) => ts.check_signals()?,
            other => return Ok(other),
        }
    }
}

/// As [`blocking`], once only: for calls that tell their caller of an interruption or cannot be interrupted.
pub fn unlocked<T: Send>(ts: &ThreadState, call: impl FnOnce() -> T + Send) -> T {
    ts.allow_threads(call)
}
