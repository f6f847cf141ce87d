//! What moves data through a socket: send, receive, and messages with ancillary data.

use super::address::{Address, from_value};
use super::object::{Socket, time_out};
use crate::host::{Sys, sys};
use crate::prelude::*;
use std::time::Instant;

/// Room for `n` bytes, or MemoryError.
fn room(ts: &ThreadState, n: isize, what: &str) -> Result<Vec<u8>> {
    if n < 0 {
        return Err(ts.value_error(format!("negative buffersize in {what}")));
    }
    crate::posix::files::buffer(ts, n as usize)
}

impl Socket {
    fn receive(&self, ts: &ThreadState, at: *mut u8, n: usize, flags: i32) -> Result<usize> {
        if n == 0 {
            return Ok(0);
        }
        let (fd, at) = (self.fd.get(), at as usize);
        let got = self.run(ts, false, move || sys!(recv(fd, at as *mut libc::c_void, n, flags)))?;
        Ok(got as usize)
    }
    fn receive_from(&self, ts: &ThreadState, at: *mut u8, n: usize, flags: i32) -> Result<(usize, Value)> {
        let (fd, at) = (self.fd.get(), at as usize);
        let (got, a) = self.run(ts, false, move || {
            let mut a = Address::empty();
            let from = a.as_mut_ptr();
            let got = sys!(recvfrom(fd, at as *mut libc::c_void, n, flags, from, &mut a.len))?;
            Ok((got as usize, a))
        })?;
        Ok((got, a.to_value(ts)?))
    }
}

/// How much of a buffer an argument asks for.
fn wanted(ts: &ThreadState, have: usize, nbytes: isize, what: &str) -> Result<usize> {
    if nbytes < 0 {
        return Err(ts.value_error(format!("negative buffersize in {what}")));
    }
    if nbytes as usize > have {
        return Err(ts.value_error("buffer too small for requested bytes"));
    }
    Ok(if nbytes == 0 { have } else { nbytes as usize })
}

/// One message of `sendmsg` and `recvmsg`; what it points to is held by the caller.
struct Message {
    header: libc::msghdr,
}

// SAFETY: the pointers lead to memory that the caller keeps until the call is over.
unsafe impl Send for Message {}

impl Message {
    fn new(parts: &mut [libc::iovec], control: &mut [u8], name: Option<&mut Address>) -> Message {
        // SAFETY: a structure of numbers and nullable pointers.
        let mut header: libc::msghdr = unsafe { std::mem::zeroed() };
        header.msg_iov = parts.as_mut_ptr();
        header.msg_iovlen = parts.len() as _;
        if !control.is_empty() {
            header.msg_control = control.as_mut_ptr().cast();
            header.msg_controllen = control.len() as _;
        }
        if let Some(a) = name {
            header.msg_namelen = a.len;
            header.msg_name = a.as_mut_ptr().cast();
        }
        Message { header }
    }
    fn receive(&mut self, fd: i32, flags: i32) -> Sys<usize> {
        sys!(recvmsg(fd, &mut self.header, flags)).map(|n| n as usize)
    }
    fn send(&mut self, fd: i32, flags: i32) -> Sys<usize> {
        sys!(sendmsg(fd, &self.header, flags)).map(|n| n as usize)
    }
    /// The ancillary items: level, type, data.
    fn items(&self, ts: &ThreadState) -> Vec<Value> {
        let mut out = vec![];
        let end = self.header.msg_control as usize + self.header.msg_controllen as usize;
        // SAFETY: the macros walk the control buffer that the system filled; data is cut to the buffer's end.
        unsafe {
            let mut c = libc::CMSG_FIRSTHDR(&self.header);
            while !c.is_null() {
                let data = libc::CMSG_DATA(c);
                let head = data as usize - c as usize;
                let n = ((*c).cmsg_len as usize).saturating_sub(head).min(end.saturating_sub(data as usize));
                let raw = std::slice::from_raw_parts(data, n);
                out.push(tuple(
                    ts,
                    vec![int_value(ts, (*c).cmsg_level as i64), int_value(ts, (*c).cmsg_type as i64), bytes_value(ts, raw)],
                ));
                c = libc::CMSG_NXTHDR(&self.header, c);
            }
        }
        out
    }
}

impl Socket {
    /// The common part of recvmsg and recvmsg_into: bytes received, ancillary data, flags, address.
    fn receive_message(&self, ts: &ThreadState, parts: &mut [libc::iovec], ancbufsize: isize, flags: i32) -> Result<(usize, Value, i32, Value)> {
        if !(0..=i32::MAX as isize).contains(&ancbufsize) {
            return Err(ts.value_error("invalid ancillary data buffer length"));
        }
        let mut control = crate::posix::files::buffer(ts, ancbufsize as usize)?;
        let mut name = Address::empty();
        let (parts_at, parts_len) = (parts.as_mut_ptr() as usize, parts.len());
        let (control_at, control_len) = (control.as_mut_ptr() as usize, control.len());
        let name_at = &raw mut name as usize;
        let fd = self.fd.get();
        let (n, m) = self.run(ts, false, move || {
            // SAFETY: `parts`, `control` and `name` outlive the call, and nothing else looks at them meanwhile.
            let mut m = unsafe {
                let name = &mut *(name_at as *mut Address);
                name.len = size_of::<libc::sockaddr_storage>() as libc::socklen_t;
                Message::new(
                    std::slice::from_raw_parts_mut(parts_at as *mut libc::iovec, parts_len),
                    std::slice::from_raw_parts_mut(control_at as *mut u8, control_len),
                    Some(name),
                )
            };
            let n = m.receive(fd, flags | libc::MSG_CMSG_CLOEXEC)?;
            Ok((n, m))
        })?;
        name.len = m.header.msg_namelen;
        let items = list(ts, m.items(ts));
        Ok((n, items, m.header.msg_flags & !libc::MSG_CMSG_CLOEXEC, name.to_value(ts)?))
    }
}

#[methods(part = TRANSFER)]
impl Socket {
    /// recv(buffersize[, flags]) -> data
    ///
    /// Receive up to buffersize bytes from the socket.  For the optional flags
    /// argument, see the Unix manual.  When no data is available, block until
    /// at least one byte is available or until the remote end is closed.  When
    /// the remote end is closed and all data is read, return the empty string.
    #[method("recv($self, buffersize, flags=0, /)", no_signature)]
    fn recv(&self, ts: &ThreadState, buffersize: isize, flags: i32) -> Result {
        let mut buf = room(ts, buffersize, "recv")?;
        let n = self.receive(ts, buf.as_mut_ptr(), buf.len(), flags)?;
        buf.truncate(n);
        Ok(bytes_from_vec(ts, buf))
    }
    /// recv_into(buffer, [nbytes[, flags]]) -> nbytes_read
    ///
    /// A version of recv() that stores its data into a buffer rather than creating
    /// a new string.  Receive up to buffersize bytes from the socket.  If buffersize
    /// is not specified (or 0), receive up to the size available in the given buffer.
    ///
    /// See recv() for documentation about the flags.
    #[method("recv_into($self, buffer, nbytes=0, flags=0)", no_signature)]
    fn recv_into(&self, ts: &ThreadState, buffer: &Value, nbytes: isize, flags: i32) -> Result<usize> {
        let mut b = writable_arg(ts, "recv_into", buffer)?;
        let b = b.as_bytes_mut();
        let n = wanted(ts, b.len(), nbytes, "recv_into")?;
        self.receive(ts, b.as_mut_ptr(), n, flags)
    }
    /// recvfrom(buffersize[, flags]) -> (data, address info)
    ///
    /// Like recv(buffersize, flags) but also return the sender's address info.
    #[method("recvfrom($self, buffersize, flags=0, /)", no_signature)]
    fn recvfrom(&self, ts: &ThreadState, buffersize: isize, flags: i32) -> Result {
        let mut buf = room(ts, buffersize, "recvfrom")?;
        let (n, a) = self.receive_from(ts, buf.as_mut_ptr(), buf.len(), flags)?;
        buf.truncate(n);
        Ok(tuple(ts, vec![bytes_from_vec(ts, buf), a]))
    }
    /// recvfrom_into(buffer[, nbytes[, flags]]) -> (nbytes, address info)
    ///
    /// Like recv_into(buffer[, nbytes[, flags]]) but also return the sender's address info.
    #[method("recvfrom_into($self, buffer, nbytes=0, flags=0)", no_signature)]
    fn recvfrom_into(&self, ts: &ThreadState, buffer: &Value, nbytes: isize, flags: i32) -> Result {
        let mut b = writable_arg(ts, "recvfrom_into", buffer)?;
        let b = b.as_bytes_mut();
        let n = wanted(ts, b.len(), nbytes, "recvfrom_into")?;
        let (n, a) = self.receive_from(ts, b.as_mut_ptr(), n, flags)?;
        Ok(tuple(ts, vec![int_value(ts, n as i64), a]))
    }
    /// recvmsg(bufsize[, ancbufsize[, flags]]) -> (data, ancdata, msg_flags, address)
    ///
    /// Receive normal data (up to bufsize bytes) and ancillary data from the
    /// socket.  The ancbufsize argument sets the size in bytes of the
    /// internal buffer used to receive the ancillary data; it defaults to 0,
    /// meaning that no ancillary data will be received.
    #[method("recvmsg($self, bufsize, ancbufsize=0, flags=0, /)", no_signature)]
    fn recvmsg(&self, ts: &ThreadState, bufsize: isize, ancbufsize: isize, flags: i32) -> Result {
        if bufsize < 0 {
            return Err(ts.value_error("negative buffer size in recvmsg()"));
        }
        let mut buf = room(ts, bufsize, "recvmsg()")?;
        let mut parts = [libc::iovec { iov_base: buf.as_mut_ptr().cast(), iov_len: buf.len() }];
        let (n, items, flags, name) = self.receive_message(ts, &mut parts, ancbufsize, flags)?;
        buf.truncate(n);
        Ok(tuple(ts, vec![bytes_from_vec(ts, buf), items, int_value(ts, flags as i64), name]))
    }
    /// recvmsg_into(buffers[, ancbufsize[, flags]]) -> (nbytes, ancdata, msg_flags, address)
    ///
    /// Receive normal data and ancillary data from the socket, scattering the
    /// non-ancillary data into a series of buffers.
    #[method("recvmsg_into($self, buffers, ancbufsize=0, flags=0, /)", no_signature)]
    fn recvmsg_into(&self, ts: &ThreadState, buffers: &Value, ancbufsize: isize, flags: i32) -> Result {
        if !protocol::is_iterable(ts, buffers) {
            return Err(ts.type_error("recvmsg_into() argument 1 must be an iterable"));
        }
        let mut loans = vec![];
        for b in protocol::collect(ts, buffers)? {
            if !buffer::supports(ts, &b) {
                return Err(ts.type_error(format!(
                    "recvmsg_into() argument 1 must be an iterable of single-segment read-write buffers, not {}",
                    b.type_name(ts)
                )));
            }
            loans.push(writable_arg(ts, "recvmsg_into", &b)?);
        }
        let mut parts: Vec<libc::iovec> = loans
            .iter_mut()
            .map(|l| {
                let b = l.as_bytes_mut();
                libc::iovec { iov_base: b.as_mut_ptr().cast(), iov_len: b.len() }
            })
            .collect();
        let (n, items, flags, name) = self.receive_message(ts, &mut parts, ancbufsize, flags)?;
        Ok(tuple(ts, vec![int_value(ts, n as i64), items, int_value(ts, flags as i64), name]))
    }
    /// send(data[, flags]) -> count
    ///
    /// Send a data string to the socket.  For the optional flags
    /// argument, see the Unix manual.  Return the number of bytes
    /// sent; this may be less than len(data) if the network is busy.
    #[method("send($self, data, flags=0, /)", no_signature)]
    fn send(&self, ts: &ThreadState, data: &Value, flags: i32) -> Result<usize> {
        let b = readable(ts, data)?;
        let (fd, at, n) = (self.fd.get(), b.as_bytes().as_ptr() as usize, b.as_bytes().len());
        let sent = self.run(ts, true, move || sys!(send(fd, at as *const libc::c_void, n, flags)))?;
        Ok(sent as usize)
    }
    /// sendall(data[, flags])
    ///
    /// Send a data string to the socket.  For the optional flags
    /// argument, see the Unix manual.  This calls send() repeatedly
    /// until all data is sent.  If an error occurs, it's impossible
    /// to tell how much data has been sent.
    #[method("sendall($self, data, flags=0, /)", no_signature)]
    fn sendall(&self, ts: &ThreadState, data: &Value, flags: i32) -> Result<()> {
        let b = readable(ts, data)?;
        let end = self.deadline();
        let mut rest = b.as_bytes();
        loop {
            let (fd, at, n) = (self.fd.get(), rest.as_ptr() as usize, rest.len());
            let sent = self.run_until(ts, true, end, move || sys!(send(fd, at as *const libc::c_void, n, flags)))?;
            rest = &rest[sent as usize..];
            if rest.is_empty() {
                return Ok(());
            }
            ts.check_signals()?;
            if end.is_some_and(|e| Instant::now() >= e) {
                return Err(time_out(ts));
            }
        }
    }
    /// sendto(data[, flags], address) -> count
    ///
    /// Like send(data, flags) but allows specifying the destination address.
    /// For IP sockets, the address is a pair (hostaddr, port).
    #[method("sendto($self, data, /, *args)", no_signature)]
    fn sendto(slf: &Value, ts: &ThreadState, data: &Value, args: &[Value]) -> Result<usize> {
        let Some(s) = slf.downcast::<Socket>() else { return Ok(0) };
        let (flags, address) = match args {
            [a] => (0, a),
            [f, a] => (index_i32(ts, f)?, a),
            _ => return Err(ts.type_error(format!("sendto() takes 2 or 3 arguments ({} given)", args.len() + 1))),
        };
        let b = readable(ts, data)?;
        let a = from_value(ts, s.family.get(), address, "sendto")?;
        audit(ts, "socket.sendto", &[slf.clone(), address.clone()])?;
        let (fd, at, n) = (s.fd.get(), b.as_bytes().as_ptr() as usize, b.as_bytes().len());
        let (to, len) = (a.as_ptr() as usize, a.len);
        let sent = s.run(ts, true, move || sys!(sendto(fd, at as *const libc::c_void, n, flags, to as *const libc::sockaddr, len)))?;
        Ok(sent as usize)
    }
    /// sendmsg(buffers[, ancdata[, flags[, address]]]) -> count
    ///
    /// Send normal and ancillary data to the socket, gathering the
    /// non-ancillary data from a series of buffers and concatenating it into
    /// a single message.
    #[method("sendmsg($self, buffers, ancdata=None, flags=0, address=None, /)", no_signature)]
    fn sendmsg(slf: &Value, ts: &ThreadState, buffers: &Value, ancdata: Option<&Value>, flags: i32, address: Option<&Value>) -> Result<usize> {
        let Some(s) = slf.downcast::<Socket>() else { return Ok(0) };
        if !protocol::is_iterable(ts, buffers) {
            return Err(ts.type_error("sendmsg() argument 1 must be an iterable"));
        }
        let mut loans = vec![];
        for b in protocol::collect(ts, buffers)? {
            loans.push(readable(ts, &b)?);
        }
        let mut parts: Vec<libc::iovec> = loans
            .iter()
            .map(|l| libc::iovec { iov_base: l.as_bytes().as_ptr() as *mut libc::c_void, iov_len: l.as_bytes().len() })
            .collect();
        let mut control = vec![];
        if let Some(items) = ancdata {
            if !protocol::is_iterable(ts, items) {
                return Err(ts.type_error("sendmsg() argument 2 must be an iterable"));
            }
            for item in protocol::collect(ts, items)? {
                let item = protocol::collect(ts, &item)?;
                let [level, kind, data] = &item[..] else {
                    return Err(ts.type_error("[sendmsg() ancillary data items] must be a sequence of 3 items"));
                };
                let (level, kind) = (index_i32(ts, level)?, index_i32(ts, kind)?);
                let data = readable(ts, data)?;
                append_item(&mut control, level, kind, data.as_bytes());
            }
        }
        let mut to = address.map(|v| from_value(ts, s.family.get(), v, "sendmsg")).transpose()?;
        audit(ts, "socket.sendmsg", &[slf.clone(), address.cloned().unwrap_or_else(Value::none)])?;
        let mut m = Message::new(&mut parts, &mut control, to.as_mut());
        let fd = s.fd.get();
        s.run(ts, true, move || {
            let m = &mut m;
            m.send(fd, flags)
        })
    }
}

/// Appends an ancillary item in the system's layout.
fn append_item(control: &mut Vec<u8>, level: i32, kind: i32, data: &[u8]) {
    // SAFETY: arithmetic only.
    let (len, space) = unsafe { (libc::CMSG_LEN(data.len() as u32) as usize, libc::CMSG_SPACE(data.len() as u32) as usize) };
    let start = control.len();
    control.resize(start + space, 0);
    let head = len - data.len();
    let mut put = |at: usize, b: &[u8]| control[start + at..start + at + b.len()].copy_from_slice(b);
    put(std::mem::offset_of!(libc::cmsghdr, cmsg_len), &len.to_ne_bytes());
    put(std::mem::offset_of!(libc::cmsghdr, cmsg_level), &level.to_ne_bytes());
    put(std::mem::offset_of!(libc::cmsghdr, cmsg_type), &kind.to_ne_bytes());
    put(head, data);
}
