//! `epoll`.

use crate::host::{sys, unlocked};
use crate::posix::path::fileno;
use crate::prelude::*;
use std::cell::Cell;
use std::time::Duration;

pub struct Epoll {
    fd: Cell<i32>,
}
payload!(Epoll);

const ALL: u32 = (libc::EPOLLIN | libc::EPOLLOUT | libc::EPOLLPRI) as u32;
/// Events of one call where the program does not say.
const MAX_EVENTS: i32 = libc::FD_SETSIZE as i32 - 1;

impl Drop for Epoll {
    fn drop(&mut self) {
        if self.fd.get() >= 0 {
            let _ = sys!(close(self.fd.get()));
        }
    }
}

impl Epoll {
    fn open_fd(&self, ts: &ThreadState) -> Result<i32> {
        let fd = self.fd.get();
        if fd < 0 { Err(ts.value_error("I/O operation on closed epoll object")) } else { Ok(fd) }
    }
    fn control(&self, ts: &ThreadState, op: i32, fd: &Value, events: u32) -> Result<()> {
        let own = self.open_fd(ts)?;
        let fd = fileno(ts, fd)?;
        let mut e = libc::epoll_event { events, u64: fd as u64 };
        let p = &raw mut e as usize;
        unlocked(ts, || sys!(epoll_ctl(own, op, fd, p as *mut libc::epoll_event))).or_raise(ts)?;
        Ok(())
    }
    fn shut(&self, ts: &ThreadState) -> Result<()> {
        let fd = self.fd.replace(-1);
        if fd >= 0 {
            unlocked(ts, || sys!(close(fd))).or_raise(ts)?;
        }
        Ok(())
    }
}

/// select.epoll(sizehint=-1, flags=0)
///
/// Returns an epolling object.
#[class(name = "epoll", module = "select")]
impl Epoll {
    #[new("(sizehint=-1, flags=0)", no_signature)]
    fn new(cls: &Type, ts: &ThreadState, sizehint: i32, flags: i32) -> Result<Ref<Epoll>> {
        if sizehint != -1 && sizehint <= 0 {
            return Err(ts.value_error("negative sizehint"));
        }
        if flags & !libc::EPOLL_CLOEXEC != 0 {
            return Err(raise_os_error_text(ts, "invalid flags"));
        }
        let fd = sys!(epoll_create1(libc::EPOLL_CLOEXEC)).or_raise(ts)?;
        Ok(heap::new_with_type(ts, cls, Epoll { fd: Cell::new(fd) }))
    }
    /// Create an epoll object from a given control fd.
    #[classmethod("fromfd($type, fd, /)")]
    fn fromfd(cls: &Value, ts: &ThreadState, fd: i32) -> Result {
        new_of(ts, cls, Epoll { fd: Cell::new(fd) })
    }
    /// Close the epoll control file descriptor.
    ///
    /// Further operations on the epoll object will raise an exception.
    #[method("close($self, /)")]
    fn close(&self, ts: &ThreadState) -> Result<()> {
        self.shut(ts)
    }
    /// Return the epoll control file descriptor.
    #[method("fileno($self, /)")]
    fn fileno(&self, ts: &ThreadState) -> Result<i32> {
        self.open_fd(ts)
    }
    /// True if the epoll handler is closed
    #[getter]
    fn closed(&self) -> bool {
        self.fd.get() < 0
    }
    /// Registers a new fd or raises an OSError if the fd is already registered.
    ///
    ///   fd
    ///     the target file descriptor of the operation
    ///   eventmask
    ///     a bit set composed of the various EPOLL constants
    ///
    /// The epoll interface supports all file descriptors that support poll.
    #[method("register($self, /, fd, eventmask=select.EPOLLIN | select.EPOLLPRI | select.EPOLLOUT)")]
    fn register(&self, ts: &ThreadState, fd: &Value, #[default(ALL)] eventmask: u32) -> Result<()> {
        self.control(ts, libc::EPOLL_CTL_ADD, fd, eventmask)
    }
    /// Modify event mask for a registered file descriptor.
    #[method("modify($self, /, fd, eventmask)")]
    fn modify(&self, ts: &ThreadState, fd: &Value, eventmask: u32) -> Result<()> {
        self.control(ts, libc::EPOLL_CTL_MOD, fd, eventmask)
    }
    /// Remove a registered file descriptor from the epoll object.
    #[method("unregister($self, /, fd)")]
    fn unregister(&self, ts: &ThreadState, fd: &Value) -> Result<()> {
        self.control(ts, libc::EPOLL_CTL_DEL, fd, 0)
    }
    /// Wait for events on the epoll file descriptor.
    ///
    ///   timeout
    ///     the maximum time to wait in seconds (with fractions);
    ///     a timeout of None or -1 makes poll wait indefinitely
    ///   maxevents
    ///     the maximum number of events returned; -1 means no limit
    ///
    /// Returns a list containing any descriptors that have events to report,
    /// as a list of (fd, events) 2-tuples.
    #[method("poll($self, /, timeout=None, maxevents=-1)")]
    fn poll(&self, ts: &ThreadState, timeout: Option<&Value>, maxevents: i32) -> Result {
        let fd = self.open_fd(ts)?;
        let time = match timeout.filter(|v| !v.is_none()) {
            None => None,
            Some(v) => {
                let f = if let Some(f) = taipan_objects::float::view(v) {
                    f
                } else if has_int_form(ts, v)? {
                    protocol::as_f64(ts, &protocol::index(ts, v)?)?
                } else {
                    return Err(ts.type_error("timeout must be an integer or None"));
                };
                if f > 2147483.0 {
                    return Err(ts.overflow_error("timeout is too large"));
                }
                if f < 0.0 { None } else { Some(Duration::from_secs_f64(f)) }
            }
        };
        let most = match maxevents {
            -1 => MAX_EVENTS,
            n if n < 1 => return Err(ts.value_error(format!("maxevents must be greater than 0, got {n}"))),
            n => n,
        };
        let mut events = vec![libc::epoll_event { events: 0, u64: 0 }; most as usize];
        let p = events.as_mut_ptr() as usize;
        let n = super::wait(ts, time, |ms| sys!(epoll_wait(fd, p as *mut libc::epoll_event, most, ms)))?;
        let pairs = events[..n as usize].iter().map(|e| {
            let (fd, events) = (e.u64, e.events);
            tuple(ts, vec![int_value(ts, fd as i32 as i64), int_value(ts, events as i64)])
        });
        Ok(list(ts, pairs.collect()))
    }
    #[method("__enter__($self, /)")]
    fn enter(slf: &Value, ts: &ThreadState) -> Result {
        if let Some(e) = slf.downcast::<Epoll>() {
            e.open_fd(ts)?;
        }
        Ok(slf.clone())
    }
    #[method("__exit__($self, exc_type=None, exc_value=None, exc_tb=None, /)")]
    fn exit(&self, ts: &ThreadState, exc_type: Option<&Value>, exc_value: Option<&Value>, exc_tb: Option<&Value>) -> Result<()> {
        let _ = (exc_type, exc_value, exc_tb);
        self.shut(ts)
    }
}
