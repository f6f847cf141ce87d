//! The class `socket`: its life, its names, its options. What moves data is in `transfer`.

use super::address::{Address, from_value};
use super::{State, timeout_of, timeout_value};
use crate::host::{Errno, Sys, sys, unlocked};
use crate::prelude::*;
use std::cell::Cell;
use std::time::{Duration, Instant};

pub struct Socket {
    pub fd: Cell<i32>,
    pub family: Cell<i32>,
    kind: Cell<i32>,
    proto: Cell<i32>,
    /// `None` waits for ever, zero does not wait.
    timeout: Cell<Option<Duration>>,
}
payload!(Socket);

impl Drop for Socket {
    fn drop(&mut self) {
        let fd = self.fd.replace(-1);
        if fd >= 0 {
            let _ = sys!(close(fd));
        }
    }
}

pub fn time_out(ts: &ThreadState) -> Raised {
    ts.raise_message(&exceptions(ts).timeout_error, "timed out")
}

/// Waits until the descriptor may be used; false when the time is over.
fn ready(ts: &ThreadState, fd: i32, events: i16, end: Option<Instant>) -> Result<bool> {
    loop {
        let ms = match end {
            None => -1,
            Some(e) => e.saturating_duration_since(Instant::now()).as_micros().div_ceil(1000).min(i32::MAX as u128) as i32,
        };
        let mut p = libc::pollfd { fd, events, revents: 0 };
        let at = &raw mut p as usize;
        match unlocked(ts, || sys!(poll(at as *mut libc::pollfd, 1, ms))) {
            Ok(n) => return Ok(n > 0),
            Err(Errno(libc::EINTR)) => ts.check_signals()?,
            Err(e) => return Err(e.raise(ts)),
        }
    }
}

impl Socket {
    /// Runs a call that may wait, for as long as the timeout allows; after interruptions again.
    pub fn run<T: Send>(&self, ts: &ThreadState, writing: bool, call: impl FnMut() -> Sys<T> + Send) -> Result<T> {
        let end = self.deadline();
        self.run_until(ts, writing, end, call)
    }
    pub fn deadline(&self) -> Option<Instant> {
        self.timeout.get().filter(|t| !t.is_zero()).and_then(|t| Instant::now().checked_add(t))
    }
    pub fn run_until<T: Send>(&self, ts: &ThreadState, writing: bool, end: Option<Instant>, mut call: impl FnMut() -> Sys<T> + Send) -> Result<T> {
        let events = if writing { libc::POLLOUT } else { libc::POLLIN };
        let limited = self.timeout.get().is_some_and(|t| !t.is_zero());
        let mut first = true;
        loop {
            // The first attempt is made at once: most calls need not wait.
            if limited && !first && !ready(ts, self.fd.get(), events, end)? {
                return Err(time_out(ts));
            }
            first = false;
            match unlocked(ts, &mut call) {
                Ok(v) => return Ok(v),
                Err(Errno(libc::EINTR)) => ts.check_signals()?,
                Err(Errno(libc::EAGAIN)) if limited => {
                    if end.is_some_and(|e| Instant::now() >= e) {
                        return Err(time_out(ts));
                    }
                }
                Err(e) => return Err(e.raise(ts)),
            }
        }
    }
    fn set_timeout(&self, ts: &ThreadState, t: Option<Duration>) -> Result<()> {
        let fd = self.fd.get();
        let mut on: libc::c_int = t.is_some().into();
        self.timeout.set(t);
        let at = &raw mut on as usize;
        unlocked(ts, || sys!(ioctl(fd, libc::FIONBIO, at as *mut libc::c_int))).or_raise(ts)?;
        Ok(())
    }
    fn adopt(&self, ts: &ThreadState, fd: i32, family: i32, kind: i32, proto: i32) -> Result<()> {
        self.fd.set(fd);
        self.family.set(family);
        self.kind.set(kind & !(libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC));
        self.proto.set(proto);
        if kind & libc::SOCK_NONBLOCK != 0 {
            self.timeout.set(Some(Duration::ZERO));
            return Ok(());
        }
        match ts.interp().extension::<State>().timeout.get() {
            Some(t) => self.set_timeout(ts, Some(t)),
            None => Ok(()),
        }
    }
    fn name(&self, ts: &ThreadState, peer: bool) -> Result {
        let fd = self.fd.get();
        let mut a = Address::empty();
        let at = a.as_mut_ptr();
        let r = if peer { sys!(getpeername(fd, at, &mut a.len)) } else { sys!(getsockname(fd, at, &mut a.len)) };
        r.or_raise(ts)?;
        a.to_value(ts)
    }
    /// Connects; the number of the error comes back, or an exception when the time is over.
    fn connect_to(&self, ts: &ThreadState, a: Address, tell: bool) -> Result<i32> {
        let fd = self.fd.get();
        let at = a.as_ptr() as usize;
        let len = a.len;
        let error = match unlocked(ts, || sys!(connect(fd, at as *const libc::sockaddr, len))) {
            Ok(_) => return Ok(0),
            Err(Errno(e)) => e,
        };
        let timed = self.timeout.get().is_some_and(|t| !t.is_zero());
        let wait = match error {
            libc::EINTR => {
                ts.check_signals()?;
                self.timeout.get() != Some(Duration::ZERO)
            }
            libc::EINPROGRESS => timed,
            _ => false,
        };
        if !wait {
            return if tell { Err(Errno(error).raise(ts)) } else { Ok(error) };
        }
        if !ready(ts, fd, libc::POLLOUT, self.deadline())? {
            return if tell { Err(time_out(ts)) } else { Ok(libc::EWOULDBLOCK) };
        }
        let mut e: libc::c_int = 0;
        let mut n = size_of::<libc::c_int>() as libc::socklen_t;
        sys!(getsockopt(fd, libc::SOL_SOCKET, libc::SO_ERROR, (&raw mut e).cast(), &mut n)).or_raise(ts)?;
        match e {
            0 | libc::EISCONN => Ok(0),
            e if tell => Err(Errno(e).raise(ts)),
            e => Ok(e),
        }
    }
}

/// An option of a socket as the system knows it.
fn socket_option(ts: &ThreadState, fd: i32, option: i32) -> Result<i32> {
    let mut v: libc::c_int = 0;
    let mut n = size_of::<libc::c_int>() as libc::socklen_t;
    sys!(getsockopt(fd, libc::SOL_SOCKET, option, (&raw mut v).cast(), &mut n)).or_raise(ts)?;
    Ok(v)
}

/// socket(family=AF_INET, type=SOCK_STREAM, proto=0) -> socket object
/// socket(family=-1, type=-1, proto=-1, fileno=None) -> socket object
///
/// Open a socket of the given type.  The family argument specifies the
/// address family; it defaults to AF_INET.  The type argument specifies
/// whether this is a stream (SOCK_STREAM, this is the default)
/// or datagram (SOCK_DGRAM) socket.  The protocol argument defaults to 0,
/// specifying the default protocol.  Keyword arguments are accepted.
/// The socket is created as non-inheritable.
#[class(name = "socket", module = "_socket", parts(Self::TRANSFER))]
impl Socket {
    #[slot(new)]
    fn new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result {
        let _ = args;
        let s = Socket {
            fd: Cell::new(-1),
            family: Cell::new(0),
            kind: Cell::new(0),
            proto: Cell::new(0),
            timeout: Cell::new(None),
        };
        new_of(ts, cls, s)
    }
    #[init("(family=-1, type=-1, proto=-1, fileno=None)")]
    fn init(slf: &Value, ts: &ThreadState, family: i32, kind: i32, proto: i32, fileno: Option<&Value>) -> Result<()> {
        let Some(s) = slf.downcast::<Socket>() else { return Err(ts.type_error("a socket is required")) };
        let n = |i: i32| int_value(ts, i as i64);
        audit(ts, "socket.__new__", &[slf.clone(), n(family), n(kind), n(proto)])?;
        if let Some(v) = fileno {
            if taipan_objects::float::view(v).is_some() {
                return Err(ts.type_error("integer argument expected, got float"));
            }
            let fd = index_i64(ts, v)?;
            let fd = i32::try_from(fd).map_err(|_| ts.overflow_error("Python int too large to convert to C int"))?;
            if fd < 0 {
                return Err(ts.value_error("negative file descriptor"));
            }
            let mut a = Address::empty();
            let at = a.as_mut_ptr();
            let known = sys!(getsockname(fd, at, &mut a.len));
            let family = match (known, family) {
                (Ok(_), -1) => a.storage.ss_family as i32,
                (Err(e @ Errno(libc::EBADF | libc::ENOTSOCK)), _) => return Err(e.raise(ts)),
                (Err(e), -1) => return Err(e.raise(ts)),
                (_, f) => f,
            };
            let kind = if kind == -1 { socket_option(ts, fd, libc::SO_TYPE)? } else { kind };
            let proto = if proto == -1 { socket_option(ts, fd, libc::SO_PROTOCOL)? } else { proto };
            return s.adopt(ts, fd, family, kind, proto);
        }
        let family = if family == -1 { libc::AF_INET } else { family };
        let kind = if kind == -1 { libc::SOCK_STREAM } else { kind };
        let proto = if proto == -1 { 0 } else { proto };
        let fd = unlocked(ts, || sys!(socket(family, kind | libc::SOCK_CLOEXEC, proto))).or_raise(ts)?;
        if s.fd.get() >= 0 {
            let _ = sys!(close(s.fd.get()));
        }
        s.adopt(ts, fd, family, kind, proto)
    }
    #[slot(repr)]
    fn repr(&self, ts: &ThreadState) -> Result {
        let text = format!(
            "<socket object, fd={}, family={}, type={}, proto={}>",
            self.fd.get(),
            self.family.get(),
            self.kind.get(),
            self.proto.get()
        );
        Ok(str_value(ts, &text))
    }
    #[slot(finalize)]
    fn finalize(ts: &ThreadState, slf: &Value) {
        let Some(s) = slf.downcast::<Socket>() else { return };
        if s.fd.get() < 0 {
            return;
        }
        let text = match protocol::repr(ts, slf) {
            Ok(r) => format!("unclosed {}", r.to_string_lossy()),
            Err(_) => return unraisable(ts, "while finalizing socket", slf),
        };
        if warn_source(ts, Warning::Resource, &text, slf).is_err() {
            unraisable(ts, "while finalizing socket", slf);
        }
        let fd = s.fd.replace(-1);
        if fd >= 0 {
            let _ = unlocked(ts, || sys!(close(fd)));
        }
    }
    /// the socket family
    #[getter("family", member)]
    fn get_family(&self) -> i32 {
        self.family.get()
    }
    /// the socket type
    #[getter("type", member)]
    fn get_kind(&self) -> i32 {
        self.kind.get()
    }
    /// the socket protocol
    #[getter("proto", member)]
    fn get_proto(&self) -> i32 {
        self.proto.get()
    }
    /// the socket timeout
    #[getter("timeout")]
    fn get_timeout(&self, ts: &ThreadState) -> Value {
        timeout_value(ts, self.timeout.get())
    }
    /// _accept() -> (integer, address info)
    ///
    /// Wait for an incoming connection.  Return a new socket file descriptor
    /// representing the connection, and the address of the client.
    /// For IP sockets, the address info is a pair (hostaddr, port).
    #[method("_accept($self, /)")]
    fn accept(&self, ts: &ThreadState) -> Result {
        let own = self.fd.get();
        let (fd, a) = self.run(ts, false, move || {
            let mut a = Address::empty();
            let at = a.as_mut_ptr();
            let fd = sys!(accept4(own, at, &mut a.len, libc::SOCK_CLOEXEC))?;
            Ok((fd, a))
        })?;
        match a.to_value(ts) {
            Ok(address) => Ok(tuple(ts, vec![int_value(ts, fd as i64), address])),
            Err(e) => {
                let _ = sys!(close(fd));
                Err(e)
            }
        }
    }
    /// bind(address)
    ///
    /// Bind the socket to a local address.  For IP sockets, the address is a
    /// pair (host, port); the host must refer to the local host. For raw packet
    /// sockets the address is a tuple (ifname, proto [,pkttype [,hatype [,addr]]])
    #[method("bind($self, address, /)", no_signature)]
    fn bind(slf: &Value, ts: &ThreadState, address: &Value) -> Result<()> {
        let Some(s) = slf.downcast::<Socket>() else { return Ok(()) };
        let a = from_value(ts, s.family.get(), address, "bind")?;
        audit(ts, "socket.bind", &[slf.clone(), address.clone()])?;
        let fd = s.fd.get();
        sys!(bind(fd, a.as_ptr(), a.len)).or_raise(ts)?;
        Ok(())
    }
    /// close()
    ///
    /// Close the socket.  It cannot be used after this call.
    #[method("close($self, /)")]
    fn close(&self, ts: &ThreadState) -> Result<()> {
        let fd = self.fd.replace(-1);
        if fd >= 0 {
            match unlocked(ts, || sys!(close(fd))) {
                Ok(_) | Err(Errno(libc::ECONNRESET)) => {}
                Err(e) => return Err(e.raise(ts)),
            }
        }
        Ok(())
    }
    /// detach()
    ///
    /// Close the socket object without closing the underlying file descriptor.
    /// The object cannot be used after this call, but the file descriptor
    /// can be reused for other purposes.  The file descriptor is returned.
    #[method("detach($self, /)")]
    fn detach(&self) -> i32 {
        self.fd.replace(-1)
    }
    /// fileno() -> integer
    ///
    /// Return the integer file descriptor of the socket.
    #[method("fileno($self, /)")]
    fn fileno(&self) -> i32 {
        self.fd.get()
    }
    /// connect(address)
    ///
    /// Connect the socket to a remote address.  For IP sockets, the address
    /// is a pair (host, port).
    #[method("connect($self, address, /)", no_signature)]
    fn connect(slf: &Value, ts: &ThreadState, address: &Value) -> Result<()> {
        let Some(s) = slf.downcast::<Socket>() else { return Ok(()) };
        let a = from_value(ts, s.family.get(), address, "connect")?;
        audit(ts, "socket.connect", &[slf.clone(), address.clone()])?;
        s.connect_to(ts, a, true).map(drop)
    }
    /// connect_ex(address) -> errno
    ///
    /// This is like connect(address), but returns an error code (the errno value)
    /// instead of raising an exception when an error occurs.
    #[method("connect_ex($self, address, /)", no_signature)]
    fn connect_ex(slf: &Value, ts: &ThreadState, address: &Value) -> Result<i32> {
        let Some(s) = slf.downcast::<Socket>() else { return Ok(0) };
        let a = from_value(ts, s.family.get(), address, "connect_ex")?;
        audit(ts, "socket.connect", &[slf.clone(), address.clone()])?;
        s.connect_to(ts, a, false)
    }
    /// getpeername() -> address info
    ///
    /// Return the address of the remote endpoint.  For IP sockets, the address
    /// info is a pair (hostaddr, port).
    #[method("getpeername($self, /)")]
    fn getpeername(&self, ts: &ThreadState) -> Result {
        self.name(ts, true)
    }
    /// getsockname() -> address info
    ///
    /// Return the address of the local endpoint. The format depends on the
    /// address family. For IPv4 sockets, the address info is a pair
    /// (hostaddr, port). For IPv6 sockets, the address info is a 4-tuple
    /// (hostaddr, port, flowinfo, scope_id).
    #[method("getsockname($self, /)")]
    fn getsockname(&self, ts: &ThreadState) -> Result {
        self.name(ts, false)
    }
    /// getsockopt(level, option[, buffersize]) -> value
    ///
    /// Get a socket option.  See the Unix manual for level and option.
    /// If a nonzero buffersize argument is given, the return value is a
    /// string of that length; otherwise it is an integer.
    #[method("getsockopt($self, level, option, buffersize=0, /)", no_signature)]
    fn getsockopt(&self, ts: &ThreadState, level: i32, option: i32, buffersize: i32) -> Result {
        let fd = self.fd.get();
        if buffersize == 0 {
            let mut v: libc::c_int = 0;
            let mut n = size_of::<libc::c_int>() as libc::socklen_t;
            sys!(getsockopt(fd, level, option, (&raw mut v).cast(), &mut n)).or_raise(ts)?;
            return Ok(int_value(ts, v as i64));
        }
        if !(0..=1024).contains(&buffersize) {
            return Err(raise_os_error_text(ts, "getsockopt buflen out of range"));
        }
        let mut buf = vec![0u8; buffersize as usize];
        let mut n = buffersize as libc::socklen_t;
        sys!(getsockopt(fd, level, option, buf.as_mut_ptr().cast(), &mut n)).or_raise(ts)?;
        buf.truncate(n as usize);
        Ok(bytes_from_vec(ts, buf))
    }
    /// setsockopt(level, option, value: int)
    /// setsockopt(level, option, value: buffer)
    /// setsockopt(level, option, None, optlen: int)
    ///
    /// Set a socket option.  See the Unix manual for level and option.
    /// The value argument can either be an integer, a string buffer, or
    /// None, optlen.
    #[method("setsockopt($self, level, option, value, optlen=None, /)", no_signature)]
    fn setsockopt(&self, ts: &ThreadState, level: i32, option: i32, value: &Value, optlen: Option<u32>) -> Result<()> {
        let fd = self.fd.get();
        if value.is_none() {
            let Some(n) = optlen else {
                return Err(ts.type_error("socket.setsockopt() requires 4 arguments when the third argument is None"));
            };
            sys!(setsockopt(fd, level, option, std::ptr::null(), n)).or_raise(ts)?;
        } else if optlen.is_some() {
            return Err(ts.type_error("socket.setsockopt() only takes 4 arguments when the third argument is None"));
        } else if is_int(value) {
            let n = match to_i64(value) {
                Some(n) if i32::try_from(n).is_ok() => n as i32,
                Some(n) if u32::try_from(n).is_ok() => n as u32 as i32,
                _ => return Err(ts.overflow_error("Python int too large to convert to C int")),
            };
            sys!(setsockopt(fd, level, option, (&raw const n).cast(), size_of::<i32>() as u32)).or_raise(ts)?;
        } else {
            let Some(b) = maybe_readable(ts, value)? else {
                return Err(ts.type_error(format!("a bytes-like object is required, not '{}'", value.type_name(ts))));
            };
            let b = b.as_bytes();
            sys!(setsockopt(fd, level, option, b.as_ptr().cast(), b.len() as u32)).or_raise(ts)?;
        }
        Ok(())
    }
    /// gettimeout() -> timeout
    ///
    /// Returns the timeout in seconds (float) associated with socket
    /// operations. A timeout of None indicates that timeouts on socket
    /// operations are disabled.
    #[method("gettimeout($self, /)")]
    fn gettimeout(&self, ts: &ThreadState) -> Value {
        timeout_value(ts, self.timeout.get())
    }
    /// settimeout(timeout)
    ///
    /// Set a timeout on socket operations.  'timeout' can be a float,
    /// giving in seconds, or None.  Setting a timeout of None disables
    /// the timeout feature and is equivalent to setblocking(1).
    /// Setting a timeout of zero is the same as setblocking(0).
    #[method("settimeout($self, timeout, /)", no_signature)]
    fn settimeout(&self, ts: &ThreadState, timeout: &Value) -> Result<()> {
        let t = timeout_of(ts, timeout)?;
        self.set_timeout(ts, t)
    }
    /// setblocking(flag)
    ///
    /// Set the socket to blocking (flag is true) or non-blocking (false).
    /// setblocking(True) is equivalent to settimeout(None);
    /// setblocking(False) is equivalent to settimeout(0.0).
    #[method("setblocking($self, flag, /)", no_signature)]
    fn setblocking(&self, ts: &ThreadState, flag: bool) -> Result<()> {
        self.set_timeout(ts, if flag { None } else { Some(Duration::ZERO) })
    }
    /// getblocking()
    ///
    /// Returns True if socket is in blocking mode, or False if it
    /// is in non-blocking mode.
    #[method("getblocking($self, /)")]
    fn getblocking(&self) -> bool {
        self.timeout.get() != Some(Duration::ZERO)
    }
    /// listen([backlog])
    ///
    /// Enable a server to accept connections.  If backlog is specified, it must be
    /// at least 0 (if it is lower, it is set to 0); it specifies the number of
    /// unaccepted connections that the system will allow before refusing new
    /// connections. If not specified, a default reasonable value is chosen.
    #[method("listen($self, backlog=128, /)", no_signature)]
    fn listen(&self, ts: &ThreadState, backlog: i32) -> Result<()> {
        sys!(listen(self.fd.get(), backlog.max(0))).or_raise(ts)?;
        Ok(())
    }
    /// shutdown(flag)
    ///
    /// Shut down the reading side of the socket (flag == SHUT_RD), the writing side
    /// of the socket (flag == SHUT_WR), or both ends (flag == SHUT_RDWR).
    #[method("shutdown($self, flag, /)", no_signature)]
    fn shutdown(&self, ts: &ThreadState, flag: i32) -> Result<()> {
        let fd = self.fd.get();
        unlocked(ts, || sys!(shutdown(fd, flag))).or_raise(ts)?;
        Ok(())
    }
}

#[functions(module = "_socket")]
pub mod functions {
    use super::*;

    fn wrap(ts: &ThreadState, fd: i32, family: i32, kind: i32, proto: i32) -> Result {
        let class = Socket::class(ts).into_value();
        let n = |i: i32| int_value(ts, i as i64);
        protocol::call(ts, &class, &[n(family), n(kind), n(proto), n(fd)])
    }

    /// socketpair([family[, type [, proto]]]) -> (socket object, socket object)
    ///
    /// Create a pair of socket objects from the sockets returned by the platform
    /// socketpair() function.
    /// The arguments are the same as for socket() except the default family is
    /// AF_UNIX if defined on the platform; otherwise, the default is AF_INET.
    #[function("socketpair(family=1, type=1, proto=0, /)", no_signature)]
    fn socketpair(ts: &ThreadState, family: i32, kind: i32, proto: i32) -> Result {
        let mut fds = [0i32; 2];
        sys!(socketpair(family, kind | libc::SOCK_CLOEXEC, proto, fds.as_mut_ptr())).or_raise(ts)?;
        let a = wrap(ts, fds[0], family, kind, proto);
        let b = wrap(ts, fds[1], family, kind, proto);
        if a.is_err() || b.is_err() {
            for fd in fds {
                let _ = sys!(close(fd));
            }
        }
        Ok(tuple(ts, vec![a?, b?]))
    }
    /// close(integer) -> None
    ///
    /// Close an integer socket file descriptor.  This is like os.close(), but for
    /// sockets; on some platforms os.close() won't work for socket file descriptors.
    #[function("close(fd, /)", no_signature)]
    fn close(ts: &ThreadState, fd: i32) -> Result<()> {
        match unlocked(ts, || sys!(close(fd))) {
            Ok(_) | Err(Errno(libc::ECONNRESET)) => Ok(()),
            Err(e) => Err(e.raise(ts)),
        }
    }
    /// dup(integer) -> integer
    ///
    /// Duplicate an integer socket file descriptor.  This is like os.dup(), but for
    /// sockets; on some platforms os.dup() won't work for socket file descriptors.
    #[function("dup(fd, /)", no_signature)]
    fn dup(ts: &ThreadState, fd: i32) -> Result<i32> {
        sys!(fcntl(fd, libc::F_DUPFD_CLOEXEC, 0)).or_raise(ts)
    }
    /// CMSG_LEN(length) -> control message length
    ///
    /// Return the total length, without trailing padding, of an ancillary
    /// data item with associated data of the given length.
    #[function("CMSG_LEN(length, /)", no_signature)]
    fn cmsg_len(ts: &ThreadState, length: isize) -> Result<usize> {
        match u32::try_from(length) {
            Ok(n) if n < i32::MAX as u32 - 64 => Ok(crate::host::c!(CMSG_LEN(n)) as usize),
            _ => Err(ts.overflow_error("CMSG_LEN() argument out of range")),
        }
    }
    /// CMSG_SPACE(length) -> buffer size
    ///
    /// Return the buffer size needed for recvmsg() to receive an ancillary
    /// data item with associated data of the given length, along with any
    /// trailing padding.
    #[function("CMSG_SPACE(length, /)", no_signature)]
    fn cmsg_space(ts: &ThreadState, length: isize) -> Result<usize> {
        match u32::try_from(length) {
            Ok(n) if n < i32::MAX as u32 - 64 => Ok(crate::host::c!(CMSG_SPACE(n)) as usize),
            _ => Err(ts.overflow_error("CMSG_SPACE() argument out of range")),
        }
    }
}
