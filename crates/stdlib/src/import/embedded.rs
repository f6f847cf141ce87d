//! The embedded library as files: what lies below its directory can be opened, listed and asked for like files on
//! disk, so that what reads sources (tokenize, inspect, pydoc, the tests of others) finds them.
//!
//! Asked only after the system said that there is no such file.

use super::library::{STDLIB_DIR, library};
use crate::host::{Errno, Sys, sys};

/// The path within the library, without slashes at its ends.
fn within(path: &[u8]) -> Option<&str> {
    let rest = std::str::from_utf8(path.strip_prefix(STDLIB_DIR.as_bytes())?).ok()?;
    if rest.is_empty() || rest.starts_with('/') { Some(rest.trim_matches('/')) } else { None }
}

/// The text of a module's file.
fn text(path: &[u8]) -> Option<Vec<u8>> {
    let stem = within(path)?.strip_suffix(".py")?;
    let (stem, package) = match stem.strip_suffix("/__init__") {
        Some(s) => (s, true),
        None => (stem, false),
    };
    let l = library()?;
    let e = l.find(&stem.replace('/', "."))?;
    if e.is_package == package { l.source(e) } else { None }
}

/// The names in a directory, and whether they are directories; `None` if it is none.
pub fn names(path: &[u8]) -> Option<Vec<(String, bool)>> {
    let dir = within(path)?;
    let prefix = if dir.is_empty() { String::new() } else { dir.replace('/', ".") + "." };
    let l = library()?;
    let mut out = vec![];
    if !prefix.is_empty() {
        if !l.find(&prefix[..prefix.len() - 1])?.is_package {
            return None;
        }
        out.push(("__init__.py".to_string(), false));
    }
    for e in &l.entries {
        match e.name.strip_prefix(prefix.as_str()) {
            Some(name) if !name.is_empty() && !name.contains('.') => {
                out.push(if e.is_package { (name.to_string(), true) } else { (format!("{name}.py"), false) });
            }
            _ => {}
        }
    }
    Some(out)
}

/// A descriptor to read a module's file from.
pub fn open(path: &[u8], flags: i32) -> Option<Sys<i32>> {
    let text = text(path)?;
    if flags & (libc::O_WRONLY | libc::O_RDWR | libc::O_CREAT) != 0 {
        return Some(Err(Errno(libc::EROFS)));
    }
    Some(in_memory(&text))
}

fn in_memory(text: &[u8]) -> Sys<i32> {
    let fd = sys!(memfd_create(c"library".as_ptr(), libc::MFD_CLOEXEC))?;
    let fill = || -> Sys<()> {
        let mut rest = text;
        while !rest.is_empty() {
            let n = sys!(write(fd, rest.as_ptr().cast(), rest.len()))?;
            rest = &rest[n as usize..];
        }
        sys!(lseek(fd, 0, libc::SEEK_SET))?;
        Ok(())
    };
    fill().inspect_err(|_| {
        // The file was never anybody's: nothing is left to tell.
        let _ = sys!(close(fd));
    }).map(|()| fd)
}

/// What `stat` tells of a file or a directory of the library.
pub fn stat(path: &[u8]) -> Option<libc::stat> {
    let mut st: libc::stat = crate::host::zeroed();
    (st.st_nlink, st.st_blksize) = (1, 4096);
    if let Some(text) = text(path) {
        st.st_mode = libc::S_IFREG | 0o444;
        st.st_size = text.len() as i64;
    } else {
        names(path)?;
        st.st_mode = libc::S_IFDIR | 0o555;
    }
    // Each its own number, so that none is taken for another.
    st.st_ino = path.iter().fold(0xcbf2_9ce4_8422_2325u64, |h, b| (h ^ *b as u64).wrapping_mul(0x100_0000_01b3));
    Some(st)
}
