//! Names of hosts, services, protocols and interfaces; numbers in the order of the network.

use super::address::{Address, Hints, host_name, lookup, resolve};
use super::{State, gai_error, h_error, timeout_of, timeout_value};
use crate::host::{Errno, c, sys, unlocked};
use crate::posix::path::{encode_fs, fs_str};
use crate::prelude::*;
use std::ffi::{CStr, CString};
use std::net::{Ipv4Addr, Ipv6Addr};

fn c_text(ts: &ThreadState, s: &str) -> Result<CString> {
    CString::new(s).map_err(|_| ts.value_error("embedded null character"))
}

/// The text at the start of a buffer.
fn text_of(buf: &[u8]) -> String {
    CStr::from_bytes_until_nul(buf).map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The host's name, its other names, its addresses: through the look-ups that threads may use.
fn host_entry(ts: &ThreadState, name: Vec<u8>, family: i32) -> Result {
    let host = CString::new(name.clone()).map_err(|_| ts.value_error("embedded null character"))?;
    let hints = Hints { family, socktype: libc::SOCK_STREAM, protocol: 0, flags: libc::AI_CANONNAME };
    let found = unlocked(ts, || lookup(Some(host), None, hints)).map_err(|e| gai_error(ts, e))?;
    let canonical = found.first().map(|f| f.canonical.clone()).filter(|c| !c.is_empty()).unwrap_or(name);
    let mut addresses = vec![];
    for f in &found {
        let a = f.address.to_value(ts)?;
        if let Some(t) = a.downcast::<Tuple>() {
            addresses.push(t.items()[0].clone());
        }
    }
    Ok(tuple(ts, vec![fs_str(ts, &canonical), list(ts, vec![]), list(ts, addresses)]))
}

/// A name for an address; `None` when there is none.
fn reverse(ts: &ThreadState, a: Address, flags: i32) -> std::result::Result<(String, String), i32> {
    unlocked(ts, move || {
        let (mut host, mut service) = ([0u8; 1025], [0u8; 32]);
        let r = c!(getnameinfo(a.as_ptr(), a.len, host.as_mut_ptr().cast(), 1025, service.as_mut_ptr().cast(), 32, flags));
        if r != 0 { Err(r) } else { Ok((text_of(&host), text_of(&service))) }
    })
}

fn service_name(ts: &ThreadState, proto: Option<&str>) -> Result<Option<CString>> {
    proto.map(|p| c_text(ts, p)).transpose()
}

#[functions(module = "_socket")]
pub mod functions {
    use super::*;

    /// gethostname() -> string
    ///
    /// Return the current host name.
    #[function("gethostname()")]
    fn gethostname(ts: &ThreadState) -> Result {
        audit(ts, "socket.gethostname", &[])?;
        let mut buf = [0u8; 1024];
        sys!(gethostname(buf.as_mut_ptr().cast(), 1023)).or_raise(ts)?;
        let end = buf.iter().position(|b| *b == 0).unwrap_or(0);
        Ok(fs_str(ts, &buf[..end]))
    }
    /// sethostname(name)
    ///
    /// Sets the hostname to name.
    #[function("sethostname(name, /)", no_signature)]
    fn sethostname(ts: &ThreadState, name: &Value) -> Result<()> {
        let raw = match name.downcast::<Str>() {
            Some(s) => encode_fs(ts, s)?,
            None => readable(ts, name)?.as_bytes().to_vec(),
        };
        sys!(sethostname(raw.as_ptr().cast(), raw.len())).or_raise(ts)?;
        Ok(())
    }
    /// gethostbyname(host) -> address
    ///
    /// Return the IP address (a string of the form '255.255.255.255') for a host.
    #[function("gethostbyname(host, /)", no_signature)]
    fn gethostbyname(ts: &ThreadState, host: &Value) -> Result {
        let name = host_name(ts, host)?;
        audit(ts, "socket.gethostbyname", std::slice::from_ref(host))?;
        let a = resolve(ts, &name, libc::AF_INET)?.to_value(ts)?;
        Ok(a.downcast::<Tuple>().map_or_else(Value::none, |t| t.items()[0].clone()))
    }
    /// gethostbyname_ex(host) -> (name, aliaslist, addresslist)
    ///
    /// Return the true host name, a list of aliases, and a list of IP addresses,
    /// for a host.  The host argument is a string giving a host name or IP number.
    #[function("gethostbyname_ex(host, /)", no_signature)]
    fn gethostbyname_ex(ts: &ThreadState, host: &Value) -> Result {
        let name = host_name(ts, host)?;
        audit(ts, "socket.gethostbyname", std::slice::from_ref(host))?;
        resolve(ts, &name, libc::AF_INET)?;
        host_entry(ts, name, libc::AF_INET)
    }
    /// gethostbyaddr(host) -> (name, aliaslist, addresslist)
    ///
    /// Return the true host name, a list of aliases, and a list of IP addresses,
    /// for a host.  The host argument is a string giving a host name or IP number.
    #[function("gethostbyaddr(host, /)", no_signature)]
    fn gethostbyaddr(ts: &ThreadState, host: &Value) -> Result {
        let name = host_name(ts, host)?;
        audit(ts, "socket.gethostbyaddr", std::slice::from_ref(host))?;
        let a = resolve(ts, &name, libc::AF_UNSPEC)?;
        let own = a.to_value(ts)?;
        let own = own.downcast::<Tuple>().map_or_else(Value::none, |t| t.items()[0].clone());
        match reverse(ts, a, libc::NI_NAMEREQD) {
            Ok((name, _)) => Ok(tuple(ts, vec![str_value(ts, &name), list(ts, vec![]), list(ts, vec![own])])),
            Err(_) => Err(h_error(ts, 1, "Unknown host")),
        }
    }
    /// getaddrinfo(host, port [, family, type, proto, flags])
    ///     -> list of (family, type, proto, canonname, sockaddr)
    ///
    /// Resolve host and port into addrinfo struct.
    #[function("getaddrinfo(host, port, family=0, type=0, proto=0, flags=0)", no_signature)]
    #[allow(clippy::too_many_arguments)]
    fn getaddrinfo(ts: &ThreadState, host: &Value, port: &Value, family: i32, socktype: i32, proto: i32, flags: i32) -> Result {
        let name = if host.is_none() {
            None
        } else if host.downcast::<Str>().is_some() || host.downcast::<Bytes>().is_some() {
            Some(CString::new(host_name(ts, host)?).map_err(|_| ts.value_error("embedded null character"))?)
        } else {
            return Err(ts.type_error("getaddrinfo() argument 1 must be string or None"));
        };
        let service = if port.is_none() {
            None
        } else if is_int(port) {
            let n = index_i64(ts, port).inspect_err(|_| {
                ts.clear_exception();
            });
            let n = n.map_err(|_| ts.overflow_error("Python int too large to convert to C long"))?;
            Some(CString::new(n.to_string()).unwrap_or_default())
        } else if let Some(s) = port.downcast::<Str>() {
            Some(c_text(ts, &s.to_string_lossy())?)
        } else if let Some(b) = port.downcast::<Bytes>() {
            Some(CString::new(b.as_slice()).map_err(|_| ts.value_error("embedded null byte"))?)
        } else {
            return Err(ts.type_error("Int or String expected"));
        };
        let n = |i: i32| int_value(ts, i as i64);
        audit(ts, "socket.getaddrinfo", &[host.clone(), port.clone(), n(family), n(socktype), n(proto)])?;
        let hints = Hints { family, socktype, protocol: proto, flags };
        let found = unlocked(ts, || lookup(name, service, hints)).map_err(|e| gai_error(ts, e))?;
        let mut out = vec![];
        for f in found {
            let address = f.address.to_value(ts)?;
            let name = fs_str(ts, &f.canonical);
            out.push(tuple(ts, vec![n(f.family), n(f.socktype), n(f.protocol), name, address]));
        }
        Ok(list(ts, out))
    }
    /// getnameinfo(sockaddr, flags) --> (host, port)
    ///
    /// Get host and port for a sockaddr.
    #[function("getnameinfo(sockaddr, flags, /)", no_signature)]
    fn getnameinfo(ts: &ThreadState, sockaddr: &Value, flags: i32) -> Result {
        let Some(t) = sockaddr.downcast::<Tuple>() else {
            return Err(ts.type_error("getnameinfo() argument 1 must be a tuple"));
        };
        let items = t.items();
        if !(2..=4).contains(&items.len()) {
            return Err(ts.type_error("getnameinfo(): illegal sockaddr argument"));
        }
        let Some(host) = items[0].downcast::<Str>() else {
            return Err(ts.type_error(format!("getnameinfo() argument 1 must be str, not {}", items[0].type_name(ts))));
        };
        let port = index_i32(ts, &items[1])?;
        let flow = items.get(2).map_or(Ok(0), |v| index_i64(ts, v))?;
        let scope = items.get(3).map_or(Ok(0), |v| index_i64(ts, v))?;
        if flow > 0xf_ffff {
            return Err(ts.overflow_error("getnameinfo(): flowinfo must be 0-1048575."));
        }
        audit(ts, "socket.getnameinfo", std::slice::from_ref(sockaddr))?;
        let hints = Hints { family: 0, socktype: libc::SOCK_DGRAM, protocol: 0, flags: libc::AI_NUMERICHOST };
        let name = c_text(ts, &host.to_string_lossy())?;
        let service = CString::new(port.to_string()).unwrap_or_default();
        let found = unlocked(ts, || lookup(Some(name), Some(service), hints)).map_err(|e| gai_error(ts, e))?;
        let mut found = found.into_iter();
        let (Some(first), None) = (found.next(), found.next()) else {
            return Err(raise_os_error_text(ts, "sockaddr resolved to multiple addresses"));
        };
        let mut a = first.address;
        match first.family {
            libc::AF_INET if items.len() != 2 => return Err(raise_os_error_text(ts, "IPv4 sockaddr must be 2 tuple")),
            libc::AF_INET6 => {
                if let Ok(ip) = host.to_string_lossy().split('%').next().unwrap_or("").parse::<Ipv6Addr>() {
                    a = Address::v6(ip, port as u16, flow as u32, scope as u32);
                }
            }
            _ => {}
        }
        let (host, service) = reverse(ts, a, flags).map_err(|e| gai_error(ts, e))?;
        Ok(tuple(ts, vec![str_value(ts, &host), str_value(ts, &service)]))
    }
    /// getservbyname(servicename[, protocolname]) -> integer
    ///
    /// Return a port number from a service name and protocol name.
    /// The optional protocol name, if given, should be 'tcp' or 'udp',
    /// otherwise any protocol will match.
    #[function("getservbyname(servicename, protocolname=None, /)", no_signature)]
    fn getservbyname(ts: &ThreadState, name: &str, proto: Option<&str>) -> Result<i64> {
        let (name, proto) = (c_text(ts, name)?, service_name(ts, proto)?);
        let e = c!(getservbyname(name.as_ptr(), proto.as_ref().map_or(std::ptr::null(), |p| p.as_ptr())));
        if e.is_null() {
            return Err(raise_os_error_text(ts, "service/proto not found"));
        }
        // SAFETY: the entry lives until the next look-up, and the lock is held.
        Ok(u16::from_be(unsafe { (*e).s_port } as u16) as i64)
    }
    /// getservbyport(port[, protocolname]) -> string
    ///
    /// Return the service name from a port number and protocol name.
    /// The optional protocol name, if given, should be 'tcp' or 'udp',
    /// otherwise any protocol will match.
    #[function("getservbyport(port, protocolname=None, /)", no_signature)]
    fn getservbyport(ts: &ThreadState, port: i32, proto: Option<&str>) -> Result {
        let Ok(port) = u16::try_from(port) else {
            return Err(ts.overflow_error("getservbyport: port must be 0-65535."));
        };
        let proto = service_name(ts, proto)?;
        let e = c!(getservbyport(port.to_be() as i32, proto.as_ref().map_or(std::ptr::null(), |p| p.as_ptr())));
        if e.is_null() {
            return Err(raise_os_error_text(ts, "port/proto not found"));
        }
        // SAFETY: as above.
        Ok(fs_str(ts, unsafe { CStr::from_ptr((*e).s_name) }.to_bytes()))
    }
    /// getprotobyname(name) -> integer
    ///
    /// Return the protocol number for the named protocol.  (Rarely used.)
    #[function("getprotobyname(name, /)", no_signature)]
    fn getprotobyname(ts: &ThreadState, name: &str) -> Result<i32> {
        let name = c_text(ts, name)?;
        let e = c!(getprotobyname(name.as_ptr()));
        if e.is_null() {
            return Err(raise_os_error_text(ts, "protocol not found"));
        }
        // SAFETY: as above.
        Ok(unsafe { (*e).p_proto })
    }
    /// Convert a 16-bit unsigned integer from network to host byte order.
    #[function("ntohs(x, /)")]
    fn ntohs(x: u16) -> u16 {
        x.to_be()
    }
    /// Convert a 16-bit unsigned integer from host to network byte order.
    #[function("htons(x, /)")]
    fn htons(x: u16) -> u16 {
        x.to_be()
    }
    /// Convert a 32-bit unsigned integer from network to host byte order.
    #[function("ntohl(x, /)")]
    fn ntohl(x: u32) -> u32 {
        x.to_be()
    }
    /// Convert a 32-bit unsigned integer from host to network byte order.
    #[function("htonl(x, /)")]
    fn htonl(x: u32) -> u32 {
        x.to_be()
    }
    /// Convert an IP address in string format (123.45.67.89) to the 32-bit packed binary format used in low-level network functions.
    #[function("inet_aton(ip_addr, /)")]
    fn inet_aton(ts: &ThreadState, ip_addr: &str) -> Result {
        let text = c_text(ts, ip_addr)?;
        let mut a = libc::in_addr { s_addr: 0 };
        if c_inet_aton(&text, &mut a) {
            return Ok(bytes_value(ts, &a.s_addr.to_ne_bytes()));
        }
        Err(raise_os_error_text(ts, "illegal IP address string passed to inet_aton"))
    }
    /// Convert an IP address from 32-bit packed binary format to string format.
    #[function("inet_ntoa(packed_ip, /)")]
    fn inet_ntoa(ts: &ThreadState, packed_ip: &Value) -> Result<String> {
        let b = readable(ts, packed_ip)?;
        match <[u8; 4]>::try_from(b.as_bytes()) {
            Ok(b) => Ok(Ipv4Addr::from(b).to_string()),
            Err(_) => Err(raise_os_error_text(ts, "packed IP wrong length for inet_ntoa")),
        }
    }
    /// inet_pton(af, ip) -> packed IP address string
    ///
    /// Convert an IP address from string format to a packed string suitable
    /// for use with low-level network functions.
    #[function("inet_pton(af, ip, /)", no_signature)]
    fn inet_pton(ts: &ThreadState, af: i32, ip: &str) -> Result {
        let bad = || raise_os_error_text(ts, "illegal IP address string passed to inet_pton");
        match af {
            libc::AF_INET => ip.parse::<Ipv4Addr>().map(|a| bytes_value(ts, &a.octets())).map_err(|_| bad()),
            libc::AF_INET6 => ip.parse::<Ipv6Addr>().map(|a| bytes_value(ts, &a.octets())).map_err(|_| bad()),
            _ => Err(Errno(libc::EAFNOSUPPORT).raise(ts)),
        }
    }
    /// inet_ntop(af, packed_ip) -> string formatted IP address
    ///
    /// Convert a packed IP address of the given family to string format.
    #[function("inet_ntop(af, packed_ip, /)", no_signature)]
    fn inet_ntop(ts: &ThreadState, af: i32, packed_ip: &Value) -> Result<String> {
        let b = readable(ts, packed_ip)?;
        let bad = || ts.value_error("invalid length of packed IP address string");
        match af {
            libc::AF_INET => <[u8; 4]>::try_from(b.as_bytes()).map(|b| Ipv4Addr::from(b).to_string()).map_err(|_| bad()),
            libc::AF_INET6 => <[u8; 16]>::try_from(b.as_bytes()).map(|b| Ipv6Addr::from(b).to_string()).map_err(|_| bad()),
            _ => Err(ts.value_error(format!("unknown address family {af}"))),
        }
    }
    /// getdefaulttimeout() -> timeout
    ///
    /// Returns the default timeout in seconds (float) for new socket objects.
    /// A value of None indicates that new socket objects have no timeout.
    /// When the socket module is first imported, the default is None.
    #[function("getdefaulttimeout()")]
    fn getdefaulttimeout(ts: &ThreadState) -> Value {
        timeout_value(ts, ts.interp().extension::<State>().timeout.get())
    }
    /// setdefaulttimeout(timeout)
    ///
    /// Set the default timeout in seconds (float) for new socket objects.
    /// A value of None indicates that new socket objects have no timeout.
    /// When the socket module is first imported, the default is None.
    #[function("setdefaulttimeout(timeout, /)", no_signature)]
    fn setdefaulttimeout(ts: &ThreadState, timeout: &Value) -> Result<()> {
        let t = timeout_of(ts, timeout)?;
        ts.interp().extension::<State>().timeout.set(t);
        Ok(())
    }
    /// if_nameindex()
    ///
    /// Returns a list of network interface information (index, name) tuples.
    #[function("if_nameindex()")]
    fn if_nameindex(ts: &ThreadState) -> Result {
        let all = c!(if_nameindex());
        if all.is_null() {
            return Err(Errno::last().raise(ts));
        }
        let mut out = vec![];
        let mut at = all;
        loop {
            // SAFETY: an array that ends with an entry of zeros.
            let (index, name) = unsafe { ((*at).if_index, (*at).if_name) };
            if index == 0 || name.is_null() {
                break;
            }
            // SAFETY: the name of an entry is terminated.
            let name = unsafe { CStr::from_ptr(name) };
            out.push(tuple(ts, vec![int_value(ts, index as i64), fs_str(ts, name.to_bytes())]));
            // SAFETY: the end was not reached.
            at = unsafe { at.add(1) };
        }
        c!(if_freenameindex(all));
        Ok(list(ts, out))
    }
    /// Returns the interface index corresponding to the interface name if_name.
    #[function("if_nametoindex(oname, /)")]
    fn if_nametoindex(ts: &ThreadState, oname: &Value) -> Result<u32> {
        let name = crate::posix::path::fs_bytes(ts, oname)?;
        match c!(if_nametoindex(name.as_ptr())) {
            0 => Err(raise_os_error_text(ts, "no interface with this name")),
            n => Ok(n),
        }
    }
    /// Returns the interface name corresponding to the interface index if_index.
    #[function("if_indextoname(index, /)")]
    fn if_indextoname(ts: &ThreadState, index: u32) -> Result {
        let mut buf = [0u8; 64];
        let r = c!(if_indextoname(index, buf.as_mut_ptr().cast()));
        if r.is_null() {
            return Err(Errno::last().raise(ts));
        }
        Ok(str_value(ts, &text_of(&buf)))
    }
}

unsafe extern "C" {
    #[link_name = "inet_aton"]
    fn libc_inet_aton(text: *const libc::c_char, out: *mut libc::in_addr) -> libc::c_int;
}

fn c_inet_aton(text: &CStr, out: &mut libc::in_addr) -> bool {
    // SAFETY: a terminated text and room for the address.
    unsafe { libc_inet_aton(text.as_ptr(), out) != 0 }
}
