//! The polling object.

use crate::host::Errno;
use crate::posix::path::fileno;
use crate::prelude::*;
use std::cell::Cell;
use std::time::Duration;

pub struct Poll {
    /// Descriptors with what is waited for, in order of registration.
    files: GilCell<Vec<(i32, u16)>>,
    busy: Cell<bool>,
}
payload!(Poll);

pub fn new(ts: &ThreadState) -> Value {
    heap::new(ts, Poll { files: GilCell::default(), busy: Cell::new(false) }).into_value()
}

fn events(ts: &ThreadState, v: &Value) -> Result<u16> {
    let n = protocol::index(ts, v)?;
    match to_i64(&n) {
        Some(n) if n < 0 => Err(ts.value_error("Cannot convert negative int")),
        Some(n) if n <= u16::MAX as i64 => Ok(n as u16),
        None if is_negative(&n) => Err(ts.value_error("Cannot convert negative int")),
        _ => Err(ts.overflow_error("Python int too large for C unsigned short")),
    }
}

/// Milliseconds to wait, rounded up; -1 for ever.
fn milliseconds(ts: &ThreadState, v: Option<&Value>) -> Result<Option<Duration>> {
    let Some(v) = v.filter(|v| !v.is_none()) else { return Ok(None) };
    let ms = if let Some(f) = taipan_objects::float::view(v) {
        if f.is_nan() {
            return Err(ts.value_error("Invalid value NaN (not a number)"));
        }
        f.ceil()
    } else if has_int_form(ts, v)? {
        protocol::as_f64(ts, &protocol::index(ts, v)?)?
    } else {
        return Err(ts.type_error("timeout must be an integer or None"));
    };
    if ms < 0.0 {
        return Ok(None);
    }
    if ms > i32::MAX as f64 {
        return Err(ts.overflow_error("timeout is too large"));
    }
    Ok(Some(Duration::from_millis(ms as u64)))
}

#[class(name = "poll", module = "select", final, no_new)]
impl Poll {
    /// Register a file descriptor with the polling object.
    #[method("register($self, fd, eventmask=select.POLLIN | select.POLLPRI | select.POLLOUT, /)")]
    fn register(&self, ts: &ThreadState, fd: &Value, #[default(Value::none())] eventmask: Value) -> Result<()> {
        let fd = fileno(ts, fd)?;
        let all = (libc::POLLIN | libc::POLLPRI | libc::POLLOUT) as u16;
        let mask = if eventmask.is_none() { all } else { events(ts, &eventmask)? };
        self.files.write(|f| match f.iter_mut().find(|e| e.0 == fd) {
            Some(e) => e.1 = mask,
            None => f.push((fd, mask)),
        });
        Ok(())
    }
    /// Modify an already registered file descriptor.
    #[method("modify($self, fd, eventmask, /)")]
    fn modify(&self, ts: &ThreadState, fd: &Value, eventmask: &Value) -> Result<()> {
        let fd = fileno(ts, fd)?;
        let mask = events(ts, eventmask)?;
        let found = self.files.write(|f| f.iter_mut().find(|e| e.0 == fd).map(|e| e.1 = mask));
        found.ok_or_else(|| Errno(libc::ENOENT).raise(ts))
    }
    /// Remove a file descriptor being tracked by the polling object.
    #[method("unregister($self, fd, /)")]
    fn unregister(&self, ts: &ThreadState, fd: &Value) -> Result<()> {
        let fd = fileno(ts, fd)?;
        let found = self.files.write(|f| f.iter().position(|e| e.0 == fd).map(|i| f.remove(i)));
        found.map(drop).ok_or_else(|| ts.key_error(&int_value(ts, fd as i64)))
    }
    /// Polls the set of registered file descriptors.
    ///
    /// Returns a list containing any descriptors that have events or errors to
    /// report, as a list of (fd, event) 2-tuples.
    #[method("poll($self, timeout=None, /)")]
    fn poll(&self, ts: &ThreadState, timeout: Option<&Value>) -> Result {
        let time = milliseconds(ts, timeout)?;
        if self.busy.replace(true) {
            return Err(ts.runtime_error("concurrent poll() invocation"));
        }
        let mut fds: Vec<libc::pollfd> =
            self.files.read(|f| f.iter().map(|&(fd, e)| libc::pollfd { fd, events: e as i16, revents: 0 }).collect());
        let (p, n) = (fds.as_mut_ptr() as usize, fds.len());
        let r = super::wait(ts, time, |ms| crate::host::sys!(poll(p as *mut libc::pollfd, n as libc::nfds_t, ms)));
        self.busy.set(false);
        r?;
        let ready = fds.iter().filter(|f| f.revents != 0);
        let pairs = ready.map(|f| tuple(ts, vec![int_value(ts, f.fd as i64), int_value(ts, f.revents as u16 as i64)]));
        Ok(list(ts, pairs.collect()))
    }
}
