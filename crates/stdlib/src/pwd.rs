//! The modules `pwd` and `grp`: the databases of users and groups.

use crate::host::{Errno, c, zeroed};
use crate::posix::names::id_argument;
use crate::posix::path::{encode_fs, fs_str};
use crate::prelude::*;
use std::ffi::{CStr, CString};
use taipan_objects::structseq::{Field, StructSeq};

pub static MODULE: ModuleDef = ModuleDef {
    name: "pwd",
    doc: "This module provides access to the Unix password database.\nIt is available on all Unix versions.\n\nPassword database entries are reported as 7-tuples containing the following\nitems from the password database (see `<pwd.h>'), in order:\npw_name, pw_passwd, pw_uid, pw_gid, pw_gecos, pw_dir, pw_shell.\nThe uid and gid items are integers, all others are strings. An\nexception is raised if the entry asked for cannot be found.",
    functions: &[users::FUNCTIONS],
    init: Some(|ts, dict| {
        dict.set_name(ts, "struct_passwd", STRUCT_PASSWD.class(ts).into_value());
        Ok(())
    }),
};

pub static GROUPS: ModuleDef = ModuleDef {
    name: "grp",
    doc: "Access to the Unix group database.\n\nGroup entries are reported as 4-tuples containing the following fields\nfrom the group database, in order:\n\n  name   - name of the group\n  passwd - group password (encrypted); often empty\n  gid    - numeric ID of the group\n  mem    - list of members\n\nThe gid is an integer, name and password are strings.  (Note that most\nusers are not explicitly listed as members of the groups they are in\naccording to the password database.  Check both databases to get\ncomplete membership information.)",
    functions: &[groups::FUNCTIONS],
    init: Some(|ts, dict| {
        dict.set_name(ts, "struct_group", STRUCT_GROUP.class(ts).into_value());
        Ok(())
    }),
};

pub static STRUCT_PASSWD: StructSeq = StructSeq {
    name: "pwd.struct_passwd",
    doc: "pwd.struct_passwd: Results from getpw*() routines.\n\nThis object may be accessed either as a tuple of\n  (pw_name,pw_passwd,pw_uid,pw_gid,pw_gecos,pw_dir,pw_shell)\nor via the object attributes as named in the above tuple.",
    fields: &[
        Field::new("pw_name", "user name"),
        Field::new("pw_passwd", "password"),
        Field::new("pw_uid", "user id"),
        Field::new("pw_gid", "group id"),
        Field::new("pw_gecos", "real name"),
        Field::new("pw_dir", "home directory"),
        Field::new("pw_shell", "shell program"),
    ],
    sequence: 7,
    no_new: false,
    fill: None,
};

pub static STRUCT_GROUP: StructSeq = StructSeq {
    name: "grp.struct_group",
    doc: "grp.struct_group: Results from getgr*() routines.\n\nThis object may be accessed either as a tuple of\n  (gr_name,gr_passwd,gr_gid,gr_mem)\nor via the object attributes as named in the above tuple.\n",
    fields: &[
        Field::new("gr_name", "group name"),
        Field::new("gr_passwd", "password"),
        Field::new("gr_gid", "group id"),
        Field::new("gr_mem", "group members"),
    ],
    sequence: 4,
    no_new: false,
    fill: None,
};

/// The text at a pointer of the C library, None for null.
fn text(ts: &ThreadState, p: *const libc::c_char) -> Value {
    if p.is_null() {
        return Value::none();
    }
    // SAFETY: the C library's entries hold terminated texts, valid until the buffer goes.
    fs_str(ts, unsafe { CStr::from_ptr(p) }.to_bytes())
}

fn id(ts: &ThreadState, n: u32) -> Value {
    if n == u32::MAX { int_value(ts, -1) } else { int_value(ts, n as i64) }
}

fn user_value(ts: &ThreadState, p: &libc::passwd) -> Result {
    let items = vec![
        text(ts, p.pw_name),
        text(ts, p.pw_passwd),
        id(ts, p.pw_uid),
        id(ts, p.pw_gid),
        text(ts, p.pw_gecos),
        text(ts, p.pw_dir),
        text(ts, p.pw_shell),
    ];
    STRUCT_PASSWD.make(ts, items)
}

fn group_value(ts: &ThreadState, g: &libc::group) -> Result {
    let mut members = vec![];
    let mut p = g.gr_mem;
    // SAFETY: a null-terminated array of texts.
    while !p.is_null() && unsafe { !(*p).is_null() } {
        // SAFETY: as above.
        unsafe {
            members.push(text(ts, *p));
            p = p.add(1);
        }
    }
    STRUCT_GROUP.make(ts, vec![text(ts, g.gr_name), text(ts, g.gr_passwd), id(ts, g.gr_gid), list(ts, members)])
}

/// Calls a `get…_r` function with buffers that grow until the entry fits; `Some(true)`: found.
fn lookup(ts: &ThreadState, mut call: impl FnMut(&mut Vec<u8>) -> (i32, bool)) -> Result<bool> {
    let mut buf = vec![0u8; 1024];
    loop {
        match call(&mut buf) {
            (libc::ERANGE, _) if buf.len() < 1 << 24 => buf = vec![0; buf.len() * 2],
            (0, found) => return Ok(found),
            (libc::ENOENT | libc::ESRCH | libc::EBADF | libc::EPERM, _) => return Ok(false),
            (libc::ENOMEM, _) => return Err(ts.memory_error()),
            (e, _) => return Err(Errno(e).raise(ts)),
        }
    }
}

fn key_error(ts: &ThreadState, text: String) -> Raised {
    ts.key_error(&str_value(ts, &text))
}

fn name_argument(ts: &ThreadState, name: &Str) -> Result<CString> {
    CString::new(encode_fs(ts, name)?).map_err(|_| ts.value_error("embedded null byte"))
}

/// An id, or `None` for a number that no id can be.
fn id_or_none(ts: &ThreadState, v: &Value, what: &str) -> Result<Option<u32>> {
    match id_argument(ts, v, what) {
        Ok(n) => Ok(Some(n)),
        Err(raised) => {
            if ts.exception_matches(&exceptions(ts).overflow_error) {
                ts.clear_exception();
                return Ok(None);
            }
            Err(raised)
        }
    }
}

#[functions(module = "pwd")]
pub mod users {
    use super::*;

    /// Return the password database entry for the given numeric user ID.
    ///
    /// See `help(pwd)` for more on password database entries.
    #[function("getpwuid(uidobj, /)")]
    fn getpwuid(ts: &ThreadState, uidobj: &Value) -> Result {
        let missing = || {
            let n = protocol::repr(ts, uidobj)?;
            Err(key_error(ts, format!("getpwuid(): uid not found: {}", n.to_string_lossy())))
        };
        let Some(uid) = id_or_none(ts, uidobj, "uid")? else { return Err(key_error(ts, "getpwuid(): uid not found".into())) };
        let mut p: libc::passwd = zeroed();
        let mut result = None;
        let found = lookup(ts, |buf| {
            let mut found = std::ptr::null_mut();
            let r = c!(getpwuid_r(uid, &mut p, buf.as_mut_ptr().cast(), buf.len(), &mut found));
            if r == 0 && !found.is_null() {
                result = Some(user_value(ts, &p));
            }
            (r, !found.is_null())
        })?;
        if found { result.unwrap_or(Ok(Value::none())) } else { missing() }
    }
    /// Return the password database entry for the given user name.
    ///
    /// See `help(pwd)` for more on password database entries.
    #[function("getpwnam(name, /)")]
    fn getpwnam(ts: &ThreadState, name: &Str) -> Result {
        let raw = name_argument(ts, name)?;
        let mut p: libc::passwd = zeroed();
        let mut result = None;
        let found = lookup(ts, |buf| {
            let mut found = std::ptr::null_mut();
            let r = c!(getpwnam_r(raw.as_ptr(), &mut p, buf.as_mut_ptr().cast(), buf.len(), &mut found));
            if r == 0 && !found.is_null() {
                result = Some(user_value(ts, &p));
            }
            (r, !found.is_null())
        })?;
        if found {
            return result.unwrap_or(Ok(Value::none()));
        }
        let shown = protocol::repr(ts, name.to_ref().as_value())?;
        Err(key_error(ts, format!("getpwnam(): name not found: {}", shown.to_string_lossy())))
    }
    /// Return a list of all available password database entries, in arbitrary order.
    ///
    /// See help(pwd) for more on password database entries.
    #[function("getpwall()")]
    fn getpwall(ts: &ThreadState) -> Result {
        let mut all = vec![];
        c!(setpwent());
        loop {
            let p = c!(getpwent());
            if p.is_null() {
                break;
            }
            // SAFETY: an entry, valid until the next call.
            all.push(user_value(ts, unsafe { &*p })?);
        }
        c!(endpwent());
        Ok(list(ts, all))
    }
}

#[functions(module = "grp")]
pub mod groups {
    use super::*;

    /// Return the group database entry for the given numeric group ID.
    ///
    /// If id is not valid, raise KeyError.
    #[function("getgrgid(id)")]
    fn getgrgid(ts: &ThreadState, id: &Value) -> Result {
        let missing = || {
            let n = protocol::repr(ts, id)?;
            Err(key_error(ts, format!("getgrgid(): gid not found: {}", n.to_string_lossy())))
        };
        let Some(gid) = id_or_none(ts, id, "gid")? else { return missing() };
        let mut g: libc::group = zeroed();
        let mut result = None;
        let found = lookup(ts, |buf| {
            let mut found = std::ptr::null_mut();
            let r = c!(getgrgid_r(gid, &mut g, buf.as_mut_ptr().cast(), buf.len(), &mut found));
            if r == 0 && !found.is_null() {
                result = Some(group_value(ts, &g));
            }
            (r, !found.is_null())
        })?;
        if found { result.unwrap_or(Ok(Value::none())) } else { missing() }
    }
    /// Return the group database entry for the given group name.
    ///
    /// If name is not valid, raise KeyError.
    #[function("getgrnam(name)")]
    fn getgrnam(ts: &ThreadState, name: &Str) -> Result {
        let raw = name_argument(ts, name)?;
        let mut g: libc::group = zeroed();
        let mut result = None;
        let found = lookup(ts, |buf| {
            let mut found = std::ptr::null_mut();
            let r = c!(getgrnam_r(raw.as_ptr(), &mut g, buf.as_mut_ptr().cast(), buf.len(), &mut found));
            if r == 0 && !found.is_null() {
                result = Some(group_value(ts, &g));
            }
            (r, !found.is_null())
        })?;
        if found {
            return result.unwrap_or(Ok(Value::none()));
        }
        let shown = protocol::repr(ts, name.to_ref().as_value())?;
        Err(key_error(ts, format!("getgrnam(): name not found: {}", shown.to_string_lossy())))
    }
    /// Return a list of all available group entries, in arbitrary order.
    ///
    /// An entry whose name starts with '+' or '-' represents an instruction
    /// to use YP/NIS and may not be accessible via getgrnam or getgrgid.
    #[function("getgrall()")]
    fn getgrall(ts: &ThreadState) -> Result {
        let mut all = vec![];
        c!(setgrent());
        loop {
            let g = c!(getgrent());
            if g.is_null() {
                break;
            }
            // SAFETY: an entry, valid until the next call.
            all.push(group_value(ts, unsafe { &*g })?);
        }
        c!(endgrent());
        Ok(list(ts, all))
    }
}
