//! Addresses: between Python's tuples and the system's structures.

use super::gai_error;
use crate::host::{c, unlocked, zeroed};
use crate::posix::path::{encode_fs, fs_str};
use crate::prelude::*;
use std::ffi::CString;
use std::net::{Ipv4Addr, Ipv6Addr};
use taipan_objects::bytearray::Bytearray;

/// An address in the system's form.
pub struct Address {
    pub storage: libc::sockaddr_storage,
    pub len: libc::socklen_t,
}

impl Address {
    pub fn empty() -> Address {
        Address { storage: zeroed(), len: size_of::<libc::sockaddr_storage>() as libc::socklen_t }
    }
    /// Of a structure that begins with its family.
    fn from<T: Copy>(s: T, len: usize) -> Address {
        let mut a = Address::empty();
        // SAFETY: every address structure of the system fits into sockaddr_storage.
        unsafe { std::ptr::write_unaligned((&raw mut a.storage).cast::<T>(), s) };
        a.len = len as libc::socklen_t;
        a
    }
    fn view<T: Copy>(&self) -> T {
        // SAFETY: as above, and callers ask for the structure of the family only.
        unsafe { std::ptr::read_unaligned((&raw const self.storage).cast::<T>()) }
    }
    pub fn as_ptr(&self) -> *const libc::sockaddr {
        (&raw const self.storage).cast()
    }
    pub fn as_mut_ptr(&mut self) -> *mut libc::sockaddr {
        (&raw mut self.storage).cast()
    }
    pub fn v4(ip: Ipv4Addr, port: u16) -> Address {
        let s = libc::sockaddr_in {
            sin_family: libc::AF_INET as libc::sa_family_t,
            sin_port: port.to_be(),
            sin_addr: libc::in_addr { s_addr: u32::from_ne_bytes(ip.octets()) },
            sin_zero: [0; 8],
        };
        Address::from(s, size_of_val(&s))
    }
    pub fn v6(ip: Ipv6Addr, port: u16, flow: u32, scope: u32) -> Address {
        let s = libc::sockaddr_in6 {
            sin6_family: libc::AF_INET6 as libc::sa_family_t,
            sin6_port: port.to_be(),
            sin6_flowinfo: flow.to_be(),
            sin6_addr: libc::in6_addr { s6_addr: ip.octets() },
            sin6_scope_id: scope,
        };
        Address::from(s, size_of_val(&s))
    }
    /// Copies what the system lent, `len` bytes at `p`.
    ///
    /// # Safety
    /// `p` must point to that many readable bytes.
    pub unsafe fn copied(p: *const libc::sockaddr, len: libc::socklen_t) -> Address {
        let mut a = Address::empty();
        a.len = len.min(a.len);
        // SAFETY: the caller's contract, and the length was cut to the room.
        unsafe { std::ptr::copy_nonoverlapping(p.cast::<u8>(), (&raw mut a.storage).cast::<u8>(), a.len as usize) };
        a
    }

    /// The Python form.
    pub fn to_value(&self, ts: &ThreadState) -> Result {
        if self.len == 0 {
            return Ok(Value::none());
        }
        match self.storage.ss_family as i32 {
            libc::AF_INET => {
                let s: libc::sockaddr_in = self.view();
                let ip = Ipv4Addr::from(s.sin_addr.s_addr.to_ne_bytes());
                Ok(tuple(ts, vec![str_value(ts, &ip.to_string()), int_value(ts, u16::from_be(s.sin_port) as i64)]))
            }
            libc::AF_INET6 => {
                let s: libc::sockaddr_in6 = self.view();
                let mut host = Ipv6Addr::from(s.sin6_addr.s6_addr).to_string();
                if s.sin6_scope_id != 0
                    && let Some(name) = numeric_host(self)
                {
                    host = name;
                }
                let rest = [u16::from_be(s.sin6_port) as i64, u32::from_be(s.sin6_flowinfo) as i64, s.sin6_scope_id as i64];
                let mut items = vec![str_value(ts, &host)];
                items.extend(rest.map(|n| int_value(ts, n)));
                Ok(tuple(ts, items))
            }
            libc::AF_UNIX => {
                let s: libc::sockaddr_un = self.view();
                let n = (self.len as usize).saturating_sub(2).min(s.sun_path.len());
                let path: Vec<u8> = s.sun_path[..n].iter().map(|b| *b as u8).collect();
                if path.first() == Some(&0) {
                    return Ok(bytes_value(ts, &path));
                }
                let end = path.iter().position(|b| *b == 0).unwrap_or(path.len());
                Ok(fs_str(ts, &path[..end]))
            }
            libc::AF_NETLINK => {
                let s: libc::sockaddr_nl = self.view();
                Ok(tuple(ts, vec![int_value(ts, s.nl_pid as i64), int_value(ts, s.nl_groups as i64)]))
            }
            family => {
                let n = (self.len as usize).saturating_sub(2).min(126);
                // SAFETY: within the storage.
                let raw = unsafe { std::slice::from_raw_parts((&raw const self.storage).cast::<u8>().add(2), n) };
                Ok(tuple(ts, vec![int_value(ts, family as i64), bytes_value(ts, raw)]))
            }
        }
    }
}

/// The host in numbers, with the scope.
fn numeric_host(a: &Address) -> Option<String> {
    let mut buf = [0u8; 1025];
    let host = buf.as_mut_ptr().cast();
    let r = c!(getnameinfo(a.as_ptr(), a.len, host, 1025, std::ptr::null_mut(), 0, libc::NI_NUMERICHOST));
    if r != 0 {
        return None;
    }
    std::ffi::CStr::from_bytes_until_nul(&buf).ok().map(|s| s.to_string_lossy().into_owned())
}

/// A host's name as the resolver wants it: str (encoded with idna), bytes or bytearray.
pub fn host_name(ts: &ThreadState, v: &Value) -> Result<Vec<u8>> {
    let bytes = if let Some(s) = v.downcast::<Str>() {
        if s.is_ascii() {
            s.bytes().to_vec()
        } else {
            let e = protocol::call_method(ts, v, "encode", &[str_value(ts, "idna")])?;
            e.downcast::<Bytes>().map(|b| b.as_slice().to_vec()).unwrap_or_default()
        }
    } else if v.downcast::<Bytes>().is_some() || v.downcast::<Bytearray>().is_some() {
        readable(ts, v)?.as_bytes().to_vec()
    } else {
        return Err(ts.type_error(format!("str, bytes or bytearray expected, not {}", v.type_name(ts))));
    };
    if bytes.contains(&0) {
        return Err(ts.value_error("host name must not contain null character"));
    }
    Ok(bytes)
}

/// The first address of a name, without a port.
pub fn resolve(ts: &ThreadState, name: &[u8], family: i32) -> Result<Address> {
    if name.is_empty() {
        match family {
            libc::AF_INET => return Ok(Address::v4(Ipv4Addr::UNSPECIFIED, 0)),
            libc::AF_INET6 => return Ok(Address::v6(Ipv6Addr::UNSPECIFIED, 0, 0, 0)),
            _ => {}
        }
    }
    let text = std::str::from_utf8(name).unwrap_or("");
    if text == "<broadcast>" || text == "255.255.255.255" {
        if family != libc::AF_INET && family != libc::AF_UNSPEC {
            return Err(raise_os_error_text(ts, "address family mismatched"));
        }
        return Ok(Address::v4(Ipv4Addr::BROADCAST, 0));
    }
    if matches!(family, libc::AF_INET | libc::AF_UNSPEC)
        && let Ok(ip) = text.parse::<Ipv4Addr>()
    {
        return Ok(Address::v4(ip, 0));
    }
    if matches!(family, libc::AF_INET6 | libc::AF_UNSPEC)
        && let Ok(ip) = text.parse::<Ipv6Addr>()
    {
        return Ok(Address::v6(ip, 0, 0, 0));
    }
    let host = CString::new(name).map_err(|_| ts.value_error("embedded null character"))?;
    let hints = Hints { family, socktype: 0, protocol: 0, flags: if name.is_empty() { libc::AI_PASSIVE } else { 0 } };
    let service = name.is_empty().then(|| CString::from(c"0"));
    let host = (!name.is_empty()).then_some(host);
    let list = unlocked(ts, || lookup(host, service, hints)).map_err(|e| gai_error(ts, e))?;
    match list.into_iter().next() {
        Some(found) => Ok(found.address),
        None => Err(gai_error(ts, libc::EAI_NONAME)),
    }
}

#[derive(Clone, Copy)]
pub struct Hints {
    pub family: i32,
    pub socktype: i32,
    pub protocol: i32,
    pub flags: i32,
}

pub struct Found {
    pub family: i32,
    pub socktype: i32,
    pub protocol: i32,
    pub canonical: Vec<u8>,
    pub address: Address,
}

/// `getaddrinfo`. The error is its number.
pub fn lookup(host: Option<CString>, service: Option<CString>, hints: Hints) -> std::result::Result<Vec<Found>, i32> {
    // SAFETY: a structure of numbers and nullable pointers.
    let mut h: libc::addrinfo = unsafe { std::mem::zeroed() };
    (h.ai_family, h.ai_socktype, h.ai_protocol, h.ai_flags) = (hints.family, hints.socktype, hints.protocol, hints.flags);
    let mut list: *mut libc::addrinfo = std::ptr::null_mut();
    let p = |s: &Option<CString>| s.as_ref().map_or(std::ptr::null(), |s| s.as_ptr());
    let r = c!(getaddrinfo(p(&host), p(&service), &h, &mut list));
    if r != 0 {
        return Err(r);
    }
    let mut out = vec![];
    let mut at = list;
    while !at.is_null() {
        // SAFETY: the list that getaddrinfo made, freed below only.
        unsafe {
            let e = &*at;
            let canonical = if e.ai_canonname.is_null() { vec![] } else { std::ffi::CStr::from_ptr(e.ai_canonname).to_bytes().to_vec() };
            out.push(Found {
                family: e.ai_family,
                socktype: e.ai_socktype,
                protocol: e.ai_protocol,
                canonical,
                address: Address::copied(e.ai_addr, e.ai_addrlen),
            });
            at = e.ai_next;
        }
    }
    c!(freeaddrinfo(list));
    Ok(out)
}

/// The address that an argument means for a socket of `family`.
pub fn from_value(ts: &ThreadState, family: i32, v: &Value, caller: &str) -> Result<Address> {
    match family {
        libc::AF_UNIX => unix(ts, v),
        libc::AF_INET => {
            let Some(t) = v.downcast::<Tuple>() else {
                return Err(ts.type_error(format!("{caller}(): AF_INET address must be tuple, not {}", v.type_name(ts))));
            };
            let [host, port] = t.items() else {
                return Err(ts.type_error("AF_INET address must be a pair (host, port)"));
            };
            let host = host_name(ts, host)?;
            let port = port_number(ts, port, caller)?;
            let mut a = resolve(ts, &host, libc::AF_INET)?;
            if a.storage.ss_family as i32 == libc::AF_INET {
                let s: libc::sockaddr_in = a.view();
                a = Address::v4(Ipv4Addr::from(s.sin_addr.s_addr.to_ne_bytes()), port);
            }
            Ok(a)
        }
        libc::AF_INET6 => {
            let Some(t) = v.downcast::<Tuple>() else {
                return Err(ts.type_error(format!("{caller}(): AF_INET6 address must be tuple, not {}", v.type_name(ts))));
            };
            let items = t.items();
            if !(2..=4).contains(&items.len()) {
                return Err(ts.type_error("AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])"));
            }
            let host = host_name(ts, &items[0])?;
            let port = port_number(ts, &items[1], caller)?;
            let number = |i: usize| items.get(i).map_or(Ok(0), |v| index_i64(ts, v));
            let (flow, scope) = (number(2)?, number(3)?);
            if !(0..=0xf_ffff).contains(&flow) {
                return Err(ts.overflow_error(format!("{caller}(): flowinfo must be 0-1048575.")));
            }
            let a = resolve(ts, &host, libc::AF_INET6)?;
            let s: libc::sockaddr_in6 = a.view();
            let scope = if items.len() > 3 { scope as u32 } else { s.sin6_scope_id };
            Ok(Address::v6(Ipv6Addr::from(s.sin6_addr.s6_addr), port, flow as u32, scope))
        }
        libc::AF_NETLINK => {
            let Some(t) = v.downcast::<Tuple>() else {
                return Err(ts.type_error(format!("{caller}(): AF_NETLINK address must be tuple, not {}", v.type_name(ts))));
            };
            let [pid, groups] = t.items() else { return Err(ts.type_error("AF_NETLINK address must be a pair (pid, groups)")) };
            // SAFETY: a structure of numbers.
            let mut s: libc::sockaddr_nl = unsafe { std::mem::zeroed() };
            s.nl_family = libc::AF_NETLINK as libc::sa_family_t;
            s.nl_pid = index_i64(ts, pid)? as u32;
            s.nl_groups = index_i64(ts, groups)? as u32;
            Ok(Address::from(s, size_of_val(&s)))
        }
        _ => Err(raise_os_error_text(ts, &format!("{caller}(): bad family"))),
    }
}

fn port_number(ts: &ThreadState, v: &Value, caller: &str) -> Result<u16> {
    let n = protocol::index(ts, v)?;
    match to_i64(&n).and_then(|n| u16::try_from(n).ok()) {
        Some(p) => Ok(p),
        None => Err(ts.overflow_error(format!("{caller}(): port must be 0-65535."))),
    }
}

fn unix(ts: &ThreadState, v: &Value) -> Result<Address> {
    let path = match v.downcast::<Str>() {
        Some(s) => encode_fs(ts, s)?,
        None => readable(ts, v)?.as_bytes().to_vec(),
    };
    // SAFETY: a structure of numbers.
    let mut s: libc::sockaddr_un = unsafe { std::mem::zeroed() };
    s.sun_family = libc::AF_UNIX as libc::sa_family_t;
    let is_abstract = path.first() == Some(&0);
    // A path in the file system is terminated, an abstract name is as long as told.
    let room = if is_abstract { s.sun_path.len() } else { s.sun_path.len() - 1 };
    if path.len() > room {
        return Err(raise_os_error_text(ts, "AF_UNIX path too long"));
    }
    for (to, from) in s.sun_path.iter_mut().zip(&path) {
        *to = *from as libc::c_char;
    }
    let len = 2 + path.len() + usize::from(!is_abstract && !path.is_empty());
    Ok(Address::from(s, len))
}
