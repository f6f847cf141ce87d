//! Users and groups of the process.

use super::names::id_argument;
use super::path::fs_bytes;
use super::path::fs_str;
use crate::host::{Errno, c, sys};
use crate::prelude::*;

fn id_value(ts: &ThreadState, id: u32) -> Value {
    if id == u32::MAX { int_value(ts, -1) } else { int_value(ts, id as i64) }
}

fn uid(ts: &ThreadState, v: &Value) -> Result<u32> {
    id_argument(ts, v, "uid")
}

fn gid(ts: &ThreadState, v: &Value) -> Result<u32> {
    id_argument(ts, v, "gid")
}

fn done(ts: &ThreadState, r: crate::host::Sys<i32>) -> Result<()> {
    r.or_raise(ts).map(drop)
}

unsafe extern "C" {
    fn getlogin_r(buf: *mut libc::c_char, len: usize) -> i32;
}

#[functions(module = "posix")]
pub mod functions {
    use super::*;

    /// Return the current process's user id.
    #[function("getuid()")]
    fn getuid(ts: &ThreadState) -> Value {
        id_value(ts, c!(getuid()))
    }
    /// Return the current process's effective user id.
    #[function("geteuid()")]
    fn geteuid(ts: &ThreadState) -> Value {
        id_value(ts, c!(geteuid()))
    }
    /// Return the current process's group id.
    #[function("getgid()")]
    fn getgid(ts: &ThreadState) -> Value {
        id_value(ts, c!(getgid()))
    }
    /// Return the current process's effective group id.
    #[function("getegid()")]
    fn getegid(ts: &ThreadState) -> Value {
        id_value(ts, c!(getegid()))
    }
    /// Set the current process's user id.
    #[function("setuid(uid, /)")]
    fn setuid(ts: &ThreadState, uid: &Value) -> Result<()> {
        let uid = super::uid(ts, uid)?;
        done(ts, sys!(setuid(uid)))
    }
    /// Set the current process's effective user id.
    #[function("seteuid(euid, /)")]
    fn seteuid(ts: &ThreadState, euid: &Value) -> Result<()> {
        let uid = super::uid(ts, euid)?;
        done(ts, sys!(seteuid(uid)))
    }
    /// Set the current process's group id.
    #[function("setgid(gid, /)")]
    fn setgid(ts: &ThreadState, gid: &Value) -> Result<()> {
        let gid = super::gid(ts, gid)?;
        done(ts, sys!(setgid(gid)))
    }
    /// Set the current process's effective group id.
    #[function("setegid(egid, /)")]
    fn setegid(ts: &ThreadState, egid: &Value) -> Result<()> {
        let gid = super::gid(ts, egid)?;
        done(ts, sys!(setegid(gid)))
    }
    /// Set the current process's real and effective user ids.
    #[function("setreuid(ruid, euid, /)")]
    fn setreuid(ts: &ThreadState, ruid: &Value, euid: &Value) -> Result<()> {
        let (a, b) = (uid(ts, ruid)?, uid(ts, euid)?);
        done(ts, sys!(setreuid(a, b)))
    }
    /// Set the current process's real and effective group ids.
    #[function("setregid(rgid, egid, /)")]
    fn setregid(ts: &ThreadState, rgid: &Value, egid: &Value) -> Result<()> {
        let (a, b) = (gid(ts, rgid)?, gid(ts, egid)?);
        done(ts, sys!(setregid(a, b)))
    }
    /// Set the current process's real, effective, and saved user ids.
    #[function("setresuid(ruid, euid, suid, /)")]
    fn setresuid(ts: &ThreadState, ruid: &Value, euid: &Value, suid: &Value) -> Result<()> {
        let (a, b, c) = (uid(ts, ruid)?, uid(ts, euid)?, uid(ts, suid)?);
        done(ts, sys!(setresuid(a, b, c)))
    }
    /// Set the current process's real, effective, and saved group ids.
    #[function("setresgid(rgid, egid, sgid, /)")]
    fn setresgid(ts: &ThreadState, rgid: &Value, egid: &Value, sgid: &Value) -> Result<()> {
        let (a, b, c) = (gid(ts, rgid)?, gid(ts, egid)?, gid(ts, sgid)?);
        done(ts, sys!(setresgid(a, b, c)))
    }
    /// Return a tuple of the current process's real, effective, and saved user ids.
    #[function("getresuid()")]
    fn getresuid(ts: &ThreadState) -> Result {
        let (mut a, mut b, mut c) = (0, 0, 0);
        sys!(getresuid(&mut a, &mut b, &mut c)).or_raise(ts)?;
        Ok(tuple(ts, [a, b, c].iter().map(|&i| id_value(ts, i)).collect()))
    }
    /// Return a tuple of the current process's real, effective, and saved group ids.
    #[function("getresgid()")]
    fn getresgid(ts: &ThreadState) -> Result {
        let (mut a, mut b, mut c) = (0, 0, 0);
        sys!(getresgid(&mut a, &mut b, &mut c)).or_raise(ts)?;
        Ok(tuple(ts, [a, b, c].iter().map(|&i| id_value(ts, i)).collect()))
    }
    /// Return list of supplemental group IDs for the process.
    #[function("getgroups()")]
    fn getgroups(ts: &ThreadState) -> Result {
        let n = sys!(getgroups(0, std::ptr::null_mut())).or_raise(ts)?;
        let mut groups = vec![0u32; n as usize + 16];
        let n = sys!(getgroups(groups.len() as i32, groups.as_mut_ptr())).or_raise(ts)?;
        groups.truncate(n as usize);
        Ok(list(ts, groups.iter().map(|&g| id_value(ts, g)).collect()))
    }
    /// Set the groups of the current process to list.
    #[function("setgroups(groups, /)")]
    fn setgroups(ts: &ThreadState, groups: &Value) -> Result<()> {
        if !is_sequence(ts, groups) {
            return Err(ts.type_error("setgroups argument must be a sequence"));
        }
        let ids = protocol::collect(ts, groups)?;
        let ids = ids.iter().map(|v| gid(ts, v)).collect::<Result<Vec<u32>>>()?;
        if ids.len() > 65536 {
            return Err(ts.value_error("too many groups"));
        }
        done(ts, sys!(setgroups(ids.len(), ids.as_ptr())))
    }
    /// Returns a list of groups to which a user belongs.
    #[function("getgrouplist(user, group, /)")]
    fn getgrouplist(ts: &ThreadState, user: &Value, group: &Value) -> Result {
        let user = fs_bytes(ts, user)?;
        let group = gid(ts, group)?;
        let mut n = 64i32;
        loop {
            let mut groups = vec![0u32; n as usize];
            let before = n;
            let r = c!(getgrouplist(user.as_ptr(), group, groups.as_mut_ptr(), &mut n));
            if r >= 0 {
                groups.truncate(n as usize);
                return Ok(list(ts, groups.iter().map(|&g| id_value(ts, g)).collect()));
            }
            if n <= before {
                n = before * 2;
            }
            if n > 1 << 20 {
                return Err(Errno(libc::ENOMEM).raise(ts));
            }
        }
    }
    /// Initialize the group access list.
    #[function("initgroups(username, gid, /)")]
    fn initgroups(ts: &ThreadState, username: &Value, gid: &Value) -> Result<()> {
        let user = fs_bytes(ts, username)?;
        let gid = super::gid(ts, gid)?;
        done(ts, sys!(initgroups(user.as_ptr(), gid)))
    }
    /// Return the actual login name.
    #[function("getlogin()")]
    fn getlogin(ts: &ThreadState) -> Result {
        let mut buf = [0u8; 256];
        // SAFETY: the buffer has the length that is told.
        let r = unsafe { getlogin_r(buf.as_mut_ptr().cast(), buf.len()) };
        if r != 0 {
            return Err(Errno(r).raise(ts));
        }
        let n = buf.iter().position(|&b| b == 0).unwrap_or(buf.len());
        Ok(fs_str(ts, &buf[..n]))
    }
}
