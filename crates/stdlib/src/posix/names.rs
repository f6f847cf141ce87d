//! The tree of files: making, moving, linking and removing names; permissions, owners and times;
//! the working directory.

use super::path::{Allow, Path, at, dir_fd as convert_dir_fd, fileno, fs_str};
use crate::host::{Errno, Sys, c, sys, unlocked};
use crate::prelude::*;

fn one(ts: &ThreadState, path: &Path, call: impl FnOnce() -> Sys<i32> + Send) -> Result<()> {
    unlocked(ts, call).map_err(|e| path.raise(ts, e))?;
    Ok(())
}

fn two(ts: &ThreadState, src: &Path, dst: &Path, call: impl FnOnce() -> Sys<i32> + Send) -> Result<()> {
    unlocked(ts, call).map_err(|e| src.raise2(ts, e, dst))?;
    Ok(())
}

/// The path as a `Send` pointer's stand-in; the path outlives the call that gets it.
fn p(path: &Path) -> &std::ffi::CStr {
    path.c_str()
}

pub fn id_argument(ts: &ThreadState, v: &Value, what: &str) -> Result<u32> {
    if !has_int_form(ts, v)? {
        return Err(ts.type_error(format!("{what} should be integer, not {}", v.type_name(ts))));
    }
    let n = protocol::index(ts, v)?;
    match to_i64(&n) {
        Some(-1) => Ok(u32::MAX),
        Some(n) if n < 0 => Err(ts.overflow_error(format!("{what} is less than minimum"))),
        Some(n) if n < u32::MAX as i64 => Ok(n as u32),
        None if is_negative(&n) => Err(ts.overflow_error(format!("{what} is less than minimum"))),
        _ => Err(ts.overflow_error(format!("{what} is greater than maximum"))),
    }
}

fn rename_to(ts: &ThreadState, name: &str, src: &Value, dst: &Value, a: Option<&Value>, b: Option<&Value>) -> Result<()> {
    let src = Path::name(ts, name, "src", src)?;
    let dst = Path::name(ts, name, "dst", dst)?;
    let (a, b) = (at(convert_dir_fd(ts, a)?), at(convert_dir_fd(ts, b)?));
    audit(ts, "os.rename", &[src.object.clone(), dst.object.clone(), int_value(ts, a as i64), int_value(ts, b as i64)])?;
    let (x, y) = (p(&src), p(&dst));
    two(ts, &src, &dst, || sys!(renameat(a, x.as_ptr(), b, y.as_ptr())))
}

fn remove_name(ts: &ThreadState, name: &str, path: &Value, dir: Option<&Value>, flags: i32) -> Result<()> {
    let path = Path::name(ts, name, "path", path)?;
    let dir = at(convert_dir_fd(ts, dir)?);
    audit(ts, if flags == 0 { "os.remove" } else { "os.rmdir" }, &[path.object.clone(), int_value(ts, -1)])?;
    let x = p(&path);
    one(ts, &path, || sys!(unlinkat(dir, x.as_ptr(), flags)))
}

pub fn current_dir(ts: &ThreadState) -> Result<Vec<u8>> {
    let mut buf = vec![0u8; 1024];
    loop {
        // getcwd answers null on failure.
        let r = c!(getcwd(buf.as_mut_ptr().cast(), buf.len()));
        if !r.is_null() {
            let n = buf.iter().position(|&b| b == 0).unwrap_or(buf.len());
            buf.truncate(n);
            return Ok(buf);
        }
        match Errno::last() {
            Errno(libc::ERANGE) => buf = vec![0; buf.len() * 2],
            e => return Err(e.raise(ts)),
        }
    }
}

/// Seconds and nanoseconds from a number of seconds.
fn time_spec(ts: &ThreadState, v: &Value) -> Result<libc::timespec> {
    let (sec, nsec) = seconds_to_timespec(ts, v)?;
    Ok(libc::timespec { tv_sec: sec, tv_nsec: nsec })
}

fn pair<'a>(v: &'a Value) -> Option<(&'a Value, &'a Value)> {
    match v.downcast::<Tuple>()?.items() {
        [a, b] => Some((a, b)),
        _ => None,
    }
}

fn split_ns(ts: &ThreadState, v: &Value) -> Result<libc::timespec> {
    let n = to_i128(ts, v)?;
    let sec = n.div_euclid(1_000_000_000);
    let sec = i64::try_from(sec).map_err(|_| ts.overflow_error("timestamp out of range for platform time_t"))?;
    Ok(libc::timespec { tv_sec: sec, tv_nsec: n.rem_euclid(1_000_000_000) as i64 })
}

#[functions(module = "posix")]
pub mod functions {
    use super::*;

    /// Create a directory.
    #[function("mkdir(path, mode=511, *, dir_fd=None)")]
    fn mkdir(ts: &ThreadState, path: &Value, mode: i32, dir_fd: Option<&Value>) -> Result<()> {
        let path = Path::name(ts, "mkdir", "path", path)?;
        let dir = at(convert_dir_fd(ts, dir_fd)?);
        audit(ts, "os.mkdir", &[path.object.clone(), int_value(ts, mode as i64), int_value(ts, -1)])?;
        let x = p(&path);
        one(ts, &path, || sys!(mkdirat(dir, x.as_ptr(), mode as u32)))
    }
    /// Remove a directory.
    #[function("rmdir(path, *, dir_fd=None)")]
    fn rmdir(ts: &ThreadState, path: &Value, dir_fd: Option<&Value>) -> Result<()> {
        remove_name(ts, "rmdir", path, dir_fd, libc::AT_REMOVEDIR)
    }
    /// Remove a file (same as remove()).
    #[function("unlink(path, *, dir_fd=None)")]
    fn unlink(ts: &ThreadState, path: &Value, dir_fd: Option<&Value>) -> Result<()> {
        remove_name(ts, "unlink", path, dir_fd, 0)
    }
    /// Remove a file (same as unlink()).
    #[function("remove(path, *, dir_fd=None)")]
    fn remove(ts: &ThreadState, path: &Value, dir_fd: Option<&Value>) -> Result<()> {
        remove_name(ts, "remove", path, dir_fd, 0)
    }
    /// Rename a file or directory.
    #[function("rename(src, dst, *, src_dir_fd=None, dst_dir_fd=None)")]
    fn rename(ts: &ThreadState, src: &Value, dst: &Value, src_dir_fd: Option<&Value>, dst_dir_fd: Option<&Value>) -> Result<()> {
        rename_to(ts, "rename", src, dst, src_dir_fd, dst_dir_fd)
    }
    /// Rename a file or directory, overwriting the destination.
    #[function("replace(src, dst, *, src_dir_fd=None, dst_dir_fd=None)")]
    fn replace(ts: &ThreadState, src: &Value, dst: &Value, src_dir_fd: Option<&Value>, dst_dir_fd: Option<&Value>) -> Result<()> {
        rename_to(ts, "replace", src, dst, src_dir_fd, dst_dir_fd)
    }
    /// Create a hard link to a file.
    #[function("link(src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=<unrepresentable>)")]
    fn link(ts: &ThreadState, src: &Value, dst: &Value, src_dir_fd: Option<&Value>, dst_dir_fd: Option<&Value>, follow_symlinks: Option<bool>) -> Result<()> {
        let src = Path::name(ts, "link", "src", src)?;
        let dst = Path::name(ts, "link", "dst", dst)?;
        let (a, b) = (at(convert_dir_fd(ts, src_dir_fd)?), at(convert_dir_fd(ts, dst_dir_fd)?));
        // link() itself decides about symbolic links where the caller does not.
        let flags = if follow_symlinks == Some(true) { libc::AT_SYMLINK_FOLLOW } else { 0 };
        audit(ts, "os.link", &[src.object.clone(), dst.object.clone(), int_value(ts, -1), int_value(ts, -1)])?;
        let (x, y) = (p(&src), p(&dst));
        two(ts, &src, &dst, || sys!(linkat(a, x.as_ptr(), b, y.as_ptr(), flags)))
    }
    /// Create a symbolic link pointing to src named dst.
    #[function("symlink(src, dst, target_is_directory=False, *, dir_fd=None)")]
    fn symlink(ts: &ThreadState, src: &Value, dst: &Value, target_is_directory: bool, dir_fd: Option<&Value>) -> Result<()> {
        let _ = target_is_directory;
        let src = Path::name(ts, "symlink", "src", src)?;
        let dst = Path::name(ts, "symlink", "dst", dst)?;
        let dir = at(convert_dir_fd(ts, dir_fd)?);
        audit(ts, "os.symlink", &[src.object.clone(), dst.object.clone(), int_value(ts, -1)])?;
        let (x, y) = (p(&src), p(&dst));
        two(ts, &src, &dst, || sys!(symlinkat(x.as_ptr(), dir, y.as_ptr())))
    }
    /// Return a string representing the path to which the symbolic link points.
    #[function("readlink(path, *, dir_fd=None)")]
    fn readlink(ts: &ThreadState, path: &Value, dir_fd: Option<&Value>) -> Result {
        let path = Path::name(ts, "readlink", "path", path)?;
        let dir = at(convert_dir_fd(ts, dir_fd)?);
        let mut buf = vec![0u8; libc::PATH_MAX as usize + 1];
        let (x, out, n) = (p(&path), buf.as_mut_ptr() as usize, buf.len());
        let n = unlocked(ts, || sys!(readlinkat(dir, x.as_ptr(), out as *mut libc::c_char, n)));
        let n = n.map_err(|e| path.raise(ts, e))? as usize;
        Ok(path.text(ts, &buf[..n]))
    }
    /// Create a "fifo" (a POSIX named pipe).
    #[function("mkfifo(path, mode=438, *, dir_fd=None)")]
    fn mkfifo(ts: &ThreadState, path: &Value, mode: i32, dir_fd: Option<&Value>) -> Result<()> {
        let path = Path::name(ts, "mkfifo", "path", path)?;
        let dir = at(convert_dir_fd(ts, dir_fd)?);
        let x = p(&path);
        one(ts, &path, || sys!(mkfifoat(dir, x.as_ptr(), mode as u32)))
    }
    /// Create a node in the file system.
    #[function("mknod(path, mode=384, device=0, *, dir_fd=None)")]
    fn mknod(ts: &ThreadState, path: &Value, mode: i32, device: u64, dir_fd: Option<&Value>) -> Result<()> {
        let path = Path::name(ts, "mknod", "path", path)?;
        let dir = at(convert_dir_fd(ts, dir_fd)?);
        let x = p(&path);
        one(ts, &path, || sys!(mknodat(dir, x.as_ptr(), mode as u32, device)))
    }
    /// Extracts a device major number from a raw device number.
    #[function("major(device, /)")]
    fn major(device: u64) -> u32 {
        libc::major(device)
    }
    /// Extracts a device minor number from a raw device number.
    #[function("minor(device, /)")]
    fn minor(device: u64) -> u32 {
        libc::minor(device)
    }
    /// Composes a raw device number from the major and minor device numbers.
    #[function("makedev(major, minor, /)")]
    fn makedev(major: u32, minor: u32) -> u64 {
        libc::makedev(major, minor)
    }
    /// Use the real uid/gid to test for access to a path.
    #[function("access(path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)")]
    fn access(ts: &ThreadState, path: &Value, mode: i32, dir_fd: Option<&Value>, effective_ids: bool, follow_symlinks: bool) -> Result<bool> {
        let path = Path::name(ts, "access", "path", path)?;
        let dir = at(convert_dir_fd(ts, dir_fd)?);
        let mut flags = 0;
        if effective_ids {
            flags |= libc::AT_EACCESS;
        }
        if !follow_symlinks {
            flags |= libc::AT_SYMLINK_NOFOLLOW;
        }
        let x = p(&path);
        Ok(unlocked(ts, || sys!(faccessat(dir, x.as_ptr(), mode, flags))).is_ok())
    }
    /// Change the access permissions of a file.
    #[function("chmod(path, mode, *, dir_fd=None, follow_symlinks=True)")]
    fn chmod(ts: &ThreadState, path: &Value, mode: i32, dir_fd: Option<&Value>, follow_symlinks: bool) -> Result<()> {
        let path = Path::or_fd(ts, "chmod", path)?;
        let dir = convert_dir_fd(ts, dir_fd)?;
        audit(ts, "os.chmod", &[path.object.clone(), int_value(ts, mode as i64), int_value(ts, -1)])?;
        let (x, fd) = (p(&path), path.fd);
        let r = unlocked(ts, || match fd {
            Some(fd) => sys!(fchmod(fd, mode as u32)),
            None => {
                let flags = if follow_symlinks { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
                sys!(fchmodat(at(dir), x.as_ptr(), mode as u32, flags))
            }
        });
        match r {
            Ok(_) => Ok(()),
            Err(Errno(libc::EOPNOTSUPP)) if !follow_symlinks => {
                if dir.is_some() {
                    return Err(ts.value_error("chmod: cannot use dir_fd and follow_symlinks together"));
                }
                Err(ts.not_implemented_error("chmod: follow_symlinks unavailable on this platform"))
            }
            Err(e) => Err(path.raise(ts, e)),
        }
    }
    /// Change the access permissions of the file given by file descriptor fd.
    #[function("fchmod(fd, mode)")]
    fn fchmod(ts: &ThreadState, fd: i32, mode: i32) -> Result<()> {
        unlocked(ts, || sys!(fchmod(fd, mode as u32))).or_raise(ts)?;
        Ok(())
    }
    /// Change the owner and group id of path to the numeric uid and gid.
    #[function("chown(path, uid, gid, *, dir_fd=None, follow_symlinks=True)")]
    fn chown(ts: &ThreadState, path: &Value, uid: &Value, gid: &Value, dir_fd: Option<&Value>, follow_symlinks: bool) -> Result<()> {
        let path = Path::or_fd(ts, "chown", path)?;
        let (uid, gid) = (id_argument(ts, uid, "uid")?, id_argument(ts, gid, "gid")?);
        let dir = convert_dir_fd(ts, dir_fd)?;
        super::super::path::no_dir_fd_with_fd(ts, "chown", &path, dir, follow_symlinks)?;
        let flags = if follow_symlinks { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
        let (x, fd) = (p(&path), path.fd);
        one(ts, &path, || match fd {
            Some(fd) => sys!(fchown(fd, uid, gid)),
            None => sys!(fchownat(at(dir), x.as_ptr(), uid, gid, flags)),
        })
    }
    /// Change the owner and group id of the file specified by file descriptor.
    #[function("fchown(fd, uid, gid)")]
    fn fchown(ts: &ThreadState, fd: i32, uid: &Value, gid: &Value) -> Result<()> {
        let (uid, gid) = (id_argument(ts, uid, "uid")?, id_argument(ts, gid, "gid")?);
        unlocked(ts, || sys!(fchown(fd, uid, gid))).or_raise(ts)?;
        Ok(())
    }
    /// Change the owner and group id of path, not following symbolic links.
    #[function("lchown(path, uid, gid)")]
    fn lchown(ts: &ThreadState, path: &Value, uid: &Value, gid: &Value) -> Result<()> {
        let path = Path::name(ts, "lchown", "path", path)?;
        let (uid, gid) = (id_argument(ts, uid, "uid")?, id_argument(ts, gid, "gid")?);
        let x = p(&path);
        one(ts, &path, || sys!(lchown(x.as_ptr(), uid, gid)))
    }
    /// Set the access and modified time of path.
    #[function("utime(path, times=None, *, ns=<unrepresentable>, dir_fd=None, follow_symlinks=True)")]
    fn utime(ts: &ThreadState, path: &Value, times: Option<&Value>, ns: Option<&Value>, dir_fd: Option<&Value>, follow_symlinks: bool) -> Result<()> {
        let path = Path::or_fd(ts, "utime", path)?;
        let dir = convert_dir_fd(ts, dir_fd)?;
        let stamps = match (times, ns) {
            (Some(t), Some(_)) if !t.is_none() => {
                return Err(ts.value_error("utime: you may specify either 'times' or 'ns' but not both"));
            }
            (Some(t), _) if !t.is_none() => {
                let (a, m) = pair(t)
                    .ok_or_else(|| ts.type_error("utime: 'times' must be either a tuple of two ints or None"))?;
                Some([time_spec(ts, a)?, time_spec(ts, m)?])
            }
            (_, Some(t)) => {
                let (a, m) = pair(t).ok_or_else(|| ts.type_error("utime: 'ns' must be a tuple of two ints"))?;
                Some([split_ns(ts, a)?, split_ns(ts, m)?])
            }
            _ => None,
        };
        super::super::path::no_dir_fd_with_fd(ts, "utime", &path, dir, follow_symlinks)?;
        audit(ts, "os.utime", &[path.object.clone(), Value::none(), Value::none(), int_value(ts, -1)])?;
        let flags = if follow_symlinks { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
        let (x, fd) = (p(&path), path.fd);
        one(ts, &path, || {
            let t = stamps.as_ref().map_or(std::ptr::null(), |s| s.as_ptr());
            match fd {
                Some(fd) => sys!(futimens(fd, t)),
                None => sys!(utimensat(at(dir), x.as_ptr(), t, flags)),
            }
        })
    }
    /// Change the current working directory to the specified path.
    #[function("chdir(path)")]
    fn chdir(ts: &ThreadState, path: &Value) -> Result<()> {
        let path = Path::or_fd(ts, "chdir", path)?;
        audit(ts, "os.chdir", &[path.object.clone()])?;
        let (x, fd) = (p(&path), path.fd);
        one(ts, &path, || match fd {
            Some(fd) => sys!(fchdir(fd)),
            None => sys!(chdir(x.as_ptr())),
        })
    }
    /// Change to the directory of the given file descriptor.
    #[function("fchdir(fd)")]
    fn fchdir(ts: &ThreadState, fd: &Value) -> Result<()> {
        let fd = fileno(ts, fd)?;
        unlocked(ts, || sys!(fchdir(fd))).or_raise(ts)?;
        Ok(())
    }
    /// Change root directory to path.
    #[function("chroot(path)")]
    fn chroot(ts: &ThreadState, path: &Value) -> Result<()> {
        let path = Path::name(ts, "chroot", "path", path)?;
        let x = p(&path);
        one(ts, &path, || sys!(chroot(x.as_ptr())))
    }
    /// Return a unicode string representing the current working directory.
    #[function("getcwd()")]
    fn getcwd(ts: &ThreadState) -> Result {
        Ok(fs_str(ts, &current_dir(ts)?))
    }
    /// Return a bytes string representing the current working directory.
    #[function("getcwdb()")]
    fn getcwdb(ts: &ThreadState) -> Result {
        Ok(bytes_value(ts, &current_dir(ts)?))
    }
    /// Set the current numeric umask and return the previous umask.
    #[function("umask(mask, /)")]
    fn umask(mask: i32) -> u32 {
        c!(umask(mask as u32))
    }
    /// Return the value of extended attribute attribute on path.
    #[function("getxattr(path, attribute, *, follow_symlinks=True)")]
    fn getxattr(ts: &ThreadState, path: &Value, attribute: &Value, follow_symlinks: bool) -> Result {
        let path = Path::or_fd(ts, "getxattr", path)?;
        let attribute = Path::name(ts, "getxattr", "attribute", attribute)?;
        super::super::path::no_dir_fd_with_fd(ts, "getxattr", &path, None, follow_symlinks)?;
        let a = attribute.as_ptr();
        let data = sized(ts, &path, |buf, n| match path.fd {
            Some(fd) => sys!(fgetxattr(fd, a, buf, n)),
            None if follow_symlinks => sys!(getxattr(path.as_ptr(), a, buf, n)),
            None => sys!(lgetxattr(path.as_ptr(), a, buf, n)),
        })?;
        Ok(bytes_from_vec(ts, data))
    }
    /// Set extended attribute attribute on path to value.
    #[function("setxattr(path, attribute, value, flags=0, *, follow_symlinks=True)")]
    fn setxattr(ts: &ThreadState, path: &Value, attribute: &Value, value: &Value, flags: i32, follow_symlinks: bool) -> Result<()> {
        let path = Path::or_fd(ts, "setxattr", path)?;
        let attribute = Path::name(ts, "setxattr", "attribute", attribute)?;
        super::super::path::no_dir_fd_with_fd(ts, "setxattr", &path, None, follow_symlinks)?;
        let value = readable(ts, value)?;
        let (v, n) = (value.as_bytes().as_ptr().cast(), value.as_bytes().len());
        let r = match path.fd {
            Some(fd) => sys!(fsetxattr(fd, attribute.as_ptr(), v, n, flags)),
            None if follow_symlinks => sys!(setxattr(path.as_ptr(), attribute.as_ptr(), v, n, flags)),
            None => sys!(lsetxattr(path.as_ptr(), attribute.as_ptr(), v, n, flags)),
        };
        r.map_err(|e| path.raise(ts, e))?;
        Ok(())
    }
    /// Remove extended attribute attribute on path.
    #[function("removexattr(path, attribute, *, follow_symlinks=True)")]
    fn removexattr(ts: &ThreadState, path: &Value, attribute: &Value, follow_symlinks: bool) -> Result<()> {
        let path = Path::or_fd(ts, "removexattr", path)?;
        let attribute = Path::name(ts, "removexattr", "attribute", attribute)?;
        super::super::path::no_dir_fd_with_fd(ts, "removexattr", &path, None, follow_symlinks)?;
        let r = match path.fd {
            Some(fd) => sys!(fremovexattr(fd, attribute.as_ptr())),
            None if follow_symlinks => sys!(removexattr(path.as_ptr(), attribute.as_ptr())),
            None => sys!(lremovexattr(path.as_ptr(), attribute.as_ptr())),
        };
        r.map_err(|e| path.raise(ts, e))?;
        Ok(())
    }
    /// Return a list of extended attributes on path.
    #[function("listxattr(path=None, *, follow_symlinks=True)")]
    fn listxattr(ts: &ThreadState, path: Option<&Value>, follow_symlinks: bool) -> Result {
        let none = Value::none();
        let path = Path::new(ts, "listxattr", "path", path.unwrap_or(&none), Allow::FdOrNone)?;
        super::super::path::no_dir_fd_with_fd(ts, "listxattr", &path, None, follow_symlinks)?;
        let data = sized(ts, &path, |buf, n| match path.fd {
            Some(fd) => sys!(flistxattr(fd, buf.cast(), n)),
            None if follow_symlinks => sys!(listxattr(path.as_ptr(), buf.cast(), n)),
            None => sys!(llistxattr(path.as_ptr(), buf.cast(), n)),
        })?;
        let names = data.split(|&b| b == 0).filter(|n| !n.is_empty()).map(|n| fs_str(ts, n)).collect();
        Ok(list(ts, names))
    }
}

/// Asks for data with a small buffer first, then with the largest.
fn sized(ts: &ThreadState, path: &Path, call: impl Fn(*mut libc::c_void, usize) -> Sys<isize>) -> Result<Vec<u8>> {
    for n in [256usize, 65536] {
        let mut buf = vec![0u8; n];
        match call(buf.as_mut_ptr().cast(), n) {
            Ok(len) => {
                buf.truncate(len as usize);
                return Ok(buf);
            }
            Err(Errno(libc::ERANGE)) => {}
            Err(e) => return Err(path.raise(ts, e)),
        }
    }
    Err(path.raise(ts, Errno(libc::ERANGE)))
}
