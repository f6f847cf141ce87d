//! The module `select`: waiting for files.

mod epoll;
mod poll;

use crate::host::{Errno, unlocked};
use crate::posix::path::fileno;
use crate::prelude::*;
use std::time::{Duration, Instant};

pub static MODULE: ModuleDef = ModuleDef {
    name: "select",
    doc: "This module supports asynchronous I/O on multiple file descriptors.\n\n*** IMPORTANT NOTICE ***\nOn Windows, only sockets are supported; on Unix, all file descriptors.",
    functions: &[functions::FUNCTIONS],
    init: Some(init),
};

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    dict.set_name(ts, "error", exceptions(ts).os_error.as_value().clone());
    dict.set_name(ts, "epoll", epoll::Epoll::class(ts).into_value());
    for (name, n) in CONSTANTS {
        dict.set_name(ts, name, int_value(ts, *n));
    }
    Ok(())
}

/// Seconds to wait, rounded up to what the system counts in; `None`: for ever.
fn timeout(ts: &ThreadState, v: Option<&Value>, kind: &str) -> Result<Option<Duration>> {
    let Some(v) = v.filter(|v| !v.is_none()) else { return Ok(None) };
    let seconds = if let Some(f) = taipan_objects::float::view(v) {
        f
    } else if has_int_form(ts, v)? {
        protocol::as_f64(ts, &protocol::index(ts, v)?)?
    } else {
        return Err(ts.type_error(format!("timeout must be {kind} or None")));
    };
    if seconds.is_nan() {
        return Err(ts.value_error("Invalid value NaN (not a number)"));
    }
    if seconds < 0.0 {
        return Err(ts.value_error("timeout must be non-negative"));
    }
    if seconds > 1e9 {
        return Err(ts.overflow_error("timeout is too large"));
    }
    Ok(Some(Duration::from_secs_f64(seconds)))
}

/// Waits with `call`, which gets the time left in milliseconds (-1: for ever), as PEP 475 asks.
fn wait<T: Send>(ts: &ThreadState, time: Option<Duration>, call: impl Fn(i32) -> crate::host::Sys<T> + Send + Sync) -> Result<T> {
    let end = time.and_then(|t| Instant::now().checked_add(t));
    loop {
        let left = end.map(|e| e.saturating_duration_since(Instant::now()));
        let ms = match left {
            None => -1,
            // Up, so that nobody spins through the last fraction.
            Some(l) => (l.as_micros().div_ceil(1000)).min(i32::MAX as u128) as i32,
        };
        match unlocked(ts, || call(ms)) {
            Ok(v) => return Ok(v),
            Err(Errno(libc::EINTR)) => {
                ts.check_signals()?;
                if left.is_some_and(|l| l.is_zero()) {
                    return call(0).or_raise(ts);
                }
            }
            Err(e) => return Err(e.raise(ts)),
        }
    }
}

/// The objects of a list, with their descriptors.
fn files(ts: &ThreadState, v: &Value) -> Result<Vec<(i32, Value)>> {
    if !protocol::is_iterable(ts, v) || !is_sequence(ts, v) && protocol::get_iter(ts, v).is_err() {
        ts.clear_exception();
        return Err(ts.type_error("arguments 1-3 must be sequences"));
    }
    let mut out = vec![];
    for o in protocol::collect(ts, v)? {
        let fd = fileno(ts, &o)?;
        if fd as usize >= libc::FD_SETSIZE {
            return Err(ts.value_error("filedescriptor out of range in select()"));
        }
        out.push((fd, o));
    }
    Ok(out)
}

const READ: i16 = libc::POLLIN | libc::POLLRDNORM | libc::POLLRDBAND | libc::POLLHUP | libc::POLLERR;
const WRITE: i16 = libc::POLLOUT | libc::POLLWRNORM | libc::POLLWRBAND | libc::POLLERR;

#[functions(module = "select")]
pub mod functions {
    use super::*;

    /// Wait until one or more file descriptors are ready for some kind of I/O.
    ///
    /// The first three arguments are iterables of file descriptors to be waited for:
    /// rlist -- wait until ready for reading
    /// wlist -- wait until ready for writing
    /// xlist -- wait for an "exceptional condition"
    /// If only one kind of condition is required, pass [] for the other lists.
    ///
    /// A file descriptor is either a socket or file object, or a small integer
    /// gotten from a fileno() method call on one of those.
    ///
    /// The optional 4th argument specifies a timeout in seconds; it may be
    /// a floating-point number to specify fractions of seconds.  If it is absent
    /// or None, the call will never time out.
    ///
    /// The return value is a tuple of three lists corresponding to the first three
    /// arguments; each contains the subset of the corresponding file descriptors
    /// that are ready.
    ///
    /// *** IMPORTANT NOTICE ***
    /// On Windows, only sockets are supported; on Unix, all file
    /// descriptors can be used.
    #[function("select(rlist, wlist, xlist, timeout=None, /)")]
    fn select(ts: &ThreadState, rlist: &Value, wlist: &Value, xlist: &Value, timeout: Option<&Value>) -> Result {
        let time = super::timeout(ts, timeout, "a float")?;
        let sets = [files(ts, rlist)?, files(ts, wlist)?, files(ts, xlist)?];
        let asked = [libc::POLLIN | libc::POLLRDNORM | libc::POLLRDBAND, libc::POLLOUT | libc::POLLWRNORM | libc::POLLWRBAND, libc::POLLPRI];
        let answers = [READ, WRITE, libc::POLLPRI];
        let mut fds: Vec<libc::pollfd> = vec![];
        for (set, events) in sets.iter().zip(asked) {
            fds.extend(set.iter().map(|&(fd, _)| libc::pollfd { fd, events, revents: 0 }));
        }
        let (p, n) = (fds.as_mut_ptr() as usize, fds.len());
        super::wait(ts, time, |ms| crate::host::sys!(poll(p as *mut libc::pollfd, n as libc::nfds_t, ms)))?;
        if fds.iter().any(|f| f.revents & libc::POLLNVAL != 0) {
            return Err(Errno(libc::EBADF).raise(ts));
        }
        let mut at = fds.iter();
        let mut out = vec![];
        for (set, answer) in sets.iter().zip(answers) {
            let ready = set.iter().zip(at.by_ref()).filter(|(_, f)| f.revents & answer != 0).map(|((_, o), _)| o.clone());
            out.push(list(ts, ready.collect()));
        }
        Ok(tuple(ts, out))
    }
    /// Returns a polling object.
    ///
    /// This object supports registering and unregistering file descriptors, and then
    /// polling them for I/O events.
    #[function("poll()")]
    fn poll(ts: &ThreadState) -> Value {
        super::poll::new(ts)
    }
}

static CONSTANTS: &[(&str, i64)] = &[
    ("PIPE_BUF", 4096),
    ("POLLIN", libc::POLLIN as i64),
    ("POLLPRI", libc::POLLPRI as i64),
    ("POLLOUT", libc::POLLOUT as i64),
    ("POLLERR", libc::POLLERR as i64),
    ("POLLHUP", libc::POLLHUP as i64),
    ("POLLNVAL", libc::POLLNVAL as i64),
    ("POLLRDNORM", libc::POLLRDNORM as i64),
    ("POLLRDBAND", libc::POLLRDBAND as i64),
    ("POLLWRNORM", libc::POLLWRNORM as i64),
    ("POLLWRBAND", libc::POLLWRBAND as i64),
    ("POLLMSG", 0x400),
    ("POLLRDHUP", libc::POLLRDHUP as i64),
    ("EPOLLIN", libc::EPOLLIN as i64),
    ("EPOLLOUT", libc::EPOLLOUT as i64),
    ("EPOLLPRI", libc::EPOLLPRI as i64),
    ("EPOLLERR", libc::EPOLLERR as i64),
    ("EPOLLHUP", libc::EPOLLHUP as i64),
    ("EPOLLRDHUP", libc::EPOLLRDHUP as i64),
    ("EPOLLET", libc::EPOLLET as u32 as i64),
    ("EPOLLONESHOT", libc::EPOLLONESHOT as u32 as i64),
    ("EPOLLEXCLUSIVE", libc::EPOLLEXCLUSIVE as u32 as i64),
    ("EPOLLWAKEUP", libc::EPOLLWAKEUP as u32 as i64),
    ("EPOLLRDNORM", libc::EPOLLRDNORM as i64),
    ("EPOLLRDBAND", libc::EPOLLRDBAND as i64),
    ("EPOLLWRNORM", libc::EPOLLWRNORM as i64),
    ("EPOLLWRBAND", libc::EPOLLWRBAND as i64),
    ("EPOLLMSG", libc::EPOLLMSG as i64),
    ("EPOLL_CLOEXEC", libc::EPOLL_CLOEXEC as i64),
];
