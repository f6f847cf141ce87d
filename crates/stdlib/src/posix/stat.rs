//! What is known of a file: stat and its kin, and the types of their results.

use super::path::{Path, at, dir_fd, no_dir_fd_with_fd};
use crate::host::{Sys, sys, unlocked, zeroed};
use crate::prelude::*;
use taipan_objects::structseq::{Field, StructSeq};

const NS: i64 = 1_000_000_000;

pub static STAT_RESULT: StructSeq = StructSeq {
    name: "os.stat_result",
    doc: "stat_result: Result from stat, fstat, or lstat.\n\nThis object may be accessed either as a tuple of\n  (mode, ino, dev, nlink, uid, gid, size, atime, mtime, ctime)\nor via the attributes st_mode, st_ino, st_dev, st_nlink, st_uid, and so on.\n\nPosix/windows: If your platform supports st_blksize, st_blocks, st_rdev,\nor st_flags, they are available as attributes only.\n\nSee os.stat for more information.",
    fields: &[
        Field::new("st_mode", "protection bits"),
        Field::new("st_ino", "inode"),
        Field::new("st_dev", "device"),
        Field::new("st_nlink", "number of hard links"),
        Field::new("st_uid", "user ID of owner"),
        Field::new("st_gid", "group ID of owner"),
        Field::new("st_size", "total size, in bytes"),
        Field::unnamed("integer time of last access"),
        Field::unnamed("integer time of last modification"),
        Field::unnamed("integer time of last change"),
        Field::new("st_atime", "time of last access"),
        Field::new("st_mtime", "time of last modification"),
        Field::new("st_ctime", "time of last change"),
        Field::new("st_atime_ns", "time of last access in nanoseconds"),
        Field::new("st_mtime_ns", "time of last modification in nanoseconds"),
        Field::new("st_ctime_ns", "time of last change in nanoseconds"),
        Field::new("st_blksize", "blocksize for filesystem I/O"),
        Field::new("st_blocks", "number of blocks allocated"),
        Field::new("st_rdev", "device type (if inode device)"),
    ],
    sequence: 10,
    no_new: false,
    // The times as floats stand in for the integer ones where the caller gave only the sequence.
    fill: Some(|items| {
        for i in 0..3 {
            if items[10 + i].is_none() {
                items[10 + i] = items[7 + i].clone();
            }
        }
    }),
};

pub static STATVFS_RESULT: StructSeq = StructSeq {
    name: "os.statvfs_result",
    doc: "statvfs_result: Result from statvfs or fstatvfs.\n\nThis object may be accessed either as a tuple of\n  (bsize, frsize, blocks, bfree, bavail, files, ffree, favail, flag, namemax),\nor via the attributes f_bsize, f_frsize, f_blocks, f_bfree, and so on.\n\nSee os.statvfs for more information.",
    fields: &[
        Field::new("f_bsize", ""),
        Field::new("f_frsize", ""),
        Field::new("f_blocks", ""),
        Field::new("f_bfree", ""),
        Field::new("f_bavail", ""),
        Field::new("f_files", ""),
        Field::new("f_ffree", ""),
        Field::new("f_favail", ""),
        Field::new("f_flag", ""),
        Field::new("f_namemax", ""),
        Field::new("f_fsid", ""),
    ],
    sequence: 10,
    no_new: false,
    fill: None,
};

pub fn stat_result(ts: &ThreadState, st: &libc::stat) -> Result<Value> {
    let uid = |id: u32| if id == u32::MAX { int_value(ts, -1) } else { int_value(ts, id as i64) };
    let mut items = vec![
        int_value(ts, st.st_mode as i64),
        int_from_u64(ts, st.st_ino),
        int_from_u64(ts, st.st_dev),
        int_from_u64(ts, st.st_nlink as u64),
        uid(st.st_uid),
        uid(st.st_gid),
        int_value(ts, st.st_size),
    ];
    let times = [(st.st_atime, st.st_atime_nsec), (st.st_mtime, st.st_mtime_nsec), (st.st_ctime, st.st_ctime_nsec)];
    items.extend(times.iter().map(|t| int_value(ts, t.0)));
    items.extend(times.iter().map(|t| float_value(ts, t.0 as f64 + 1e-9 * t.1 as f64)));
    items.extend(times.iter().map(|t| int_from_i128(ts, t.0 as i128 * NS as i128 + t.1 as i128)));
    items.push(int_value(ts, st.st_blksize as i64));
    items.push(int_value(ts, st.st_blocks));
    items.push(int_from_u64(ts, st.st_rdev));
    STAT_RESULT.make(ts, items)
}

pub fn fstat(fd: i32) -> Sys<libc::stat> {
    let mut st = zeroed();
    sys!(fstat(fd, &mut st))?;
    Ok(st)
}

pub fn statat(dir: i32, path: &std::ffi::CStr, follow: bool) -> Sys<libc::stat> {
    let mut st = zeroed();
    let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    match sys!(fstatat(dir, path.as_ptr(), &mut st, flags)) {
        Ok(_) => Ok(st),
        Err(e) if e.0 == libc::ENOENT => crate::import::embedded::stat(path.to_bytes()).ok_or(e),
        Err(e) => Err(e),
    }
}

fn do_stat(ts: &ThreadState, function: &str, path: &Path, dir_fd: Option<i32>, follow: bool) -> Result<Value> {
    if path.fd.is_some() && dir_fd.is_some() {
        return Err(ts.value_error(format!("{function}: can't specify dir_fd without matching path")));
    }
    no_dir_fd_with_fd(ts, function, path, dir_fd, follow)?;
    let raw = path.c_str();
    let fd = path.fd;
    let st = unlocked(ts, || match fd {
        Some(fd) => fstat(fd),
        None => statat(at(dir_fd), raw, follow),
    });
    stat_result(ts, &st.map_err(|e| path.raise(ts, e))?)
}

fn statvfs_result(ts: &ThreadState, st: &libc::statvfs) -> Result<Value> {
    let items = [
        st.f_bsize, st.f_frsize, st.f_blocks, st.f_bfree, st.f_bavail, st.f_files, st.f_ffree, st.f_favail, st.f_flag,
        st.f_namemax, st.f_fsid,
    ];
    STATVFS_RESULT.make(ts, items.iter().map(|&n| int_from_u64(ts, n as u64)).collect())
}

#[functions(module = "posix")]
pub mod functions {
    use super::*;

    /// Perform a stat system call on the given path.
    #[function("stat(path, *, dir_fd=None, follow_symlinks=True)")]
    fn stat(ts: &ThreadState, path: &Value, dir_fd: Option<&Value>, follow_symlinks: bool) -> Result {
        let path = Path::or_fd(ts, "stat", path)?;
        let dir_fd = super::dir_fd(ts, dir_fd)?;
        do_stat(ts, "stat", &path, dir_fd, follow_symlinks)
    }
    /// Perform a stat system call on the given path, without following symbolic links.
    #[function("lstat(path, *, dir_fd=None)")]
    fn lstat(ts: &ThreadState, path: &Value, dir_fd: Option<&Value>) -> Result {
        let path = Path::name(ts, "lstat", "path", path)?;
        let dir_fd = super::dir_fd(ts, dir_fd)?;
        do_stat(ts, "lstat", &path, dir_fd, false)
    }
    /// Perform a stat system call on the given file descriptor.
    #[function("fstat(fd)")]
    fn fstat(ts: &ThreadState, fd: i32) -> Result {
        let st = unlocked(ts, || super::fstat(fd)).or_raise(ts)?;
        stat_result(ts, &st)
    }
    /// Perform a statvfs system call on the given path.
    #[function("statvfs(path)")]
    fn statvfs(ts: &ThreadState, path: &Value) -> Result {
        let path = Path::or_fd(ts, "statvfs", path)?;
        let mut st = zeroed();
        let r = match path.fd {
            Some(fd) => sys!(fstatvfs(fd, &mut st)),
            None => sys!(statvfs(path.as_ptr(), &mut st)),
        };
        r.map_err(|e| path.raise(ts, e))?;
        statvfs_result(ts, &st)
    }
    /// Perform an fstatvfs system call on the given fd.
    #[function("fstatvfs(fd, /)")]
    fn fstatvfs(ts: &ThreadState, fd: i32) -> Result {
        let mut st = zeroed();
        sys!(fstatvfs(fd, &mut st)).or_raise(ts)?;
        statvfs_result(ts, &st)
    }
}
