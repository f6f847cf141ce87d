//! Reading directories: listdir, scandir and DirEntry.

use super::path::{Allow, Path};
use super::stat::{self, stat_result};
use crate::host::{Errno, Sys, c, sys, unlocked};
use crate::prelude::*;
use std::cell::Cell;
use std::ffi::CString;

/// An open directory.
enum Dir {
    /// A `DIR*`.
    System(usize),
    /// What is left to tell of a directory of the embedded library.
    Embedded(std::sync::Mutex<Vec<Entry>>),
}

struct Entry {
    name: Vec<u8>,
    ino: u64,
    kind: u8,
}

impl Dir {
    fn open(path: &Path) -> Sys<Dir> {
        let p = match path.fd {
            Some(fd) => {
                // Its own descriptor, because closing the directory closes that too.
                let copy = sys!(fcntl(fd, libc::F_DUPFD_CLOEXEC, 0))?;
                let p = c!(fdopendir(copy));
                if p.is_null() {
                    let e = Errno::last();
                    let _ = sys!(close(copy));
                    return Err(e);
                }
                c!(rewinddir(p));
                p
            }
            None => c!(opendir(path.as_ptr())),
        };
        if !p.is_null() {
            return Ok(Dir::System(p as usize));
        }
        let e = Errno::last();
        let names = if path.fd.is_none() && e.0 == libc::ENOENT { crate::import::embedded::names(path.c_str().to_bytes()) } else { None };
        let Some(names) = names else { return Err(e) };
        let entry = |(name, is_dir): (String, bool)| Entry { name: name.into_bytes(), ino: 0, kind: if is_dir { libc::DT_DIR } else { libc::DT_REG } };
        Ok(Dir::Embedded(names.into_iter().rev().map(entry).collect::<Vec<_>>().into()))
    }
    fn next(&self) -> Sys<Option<Entry>> {
        let at = match self {
            Dir::System(at) => *at,
            Dir::Embedded(rest) => return Ok(rest.lock().map_or(None, |mut r| r.pop())),
        };
        loop {
            Errno::clear();
            let e = c!(readdir(at as *mut libc::DIR));
            if e.is_null() {
                let errno = Errno::last();
                return if errno.0 == 0 { Ok(None) } else { Err(errno) };
            }
            // SAFETY: readdir gave an entry, valid until the next call; its name is terminated.
            let (name, ino, kind) = unsafe {
                let name = std::ffi::CStr::from_ptr((&raw const (*e).d_name).cast());
                (name.to_bytes().to_vec(), (*e).d_ino, (*e).d_type)
            };
            if name != b"." && name != b".." {
                return Ok(Some(Entry { name, ino, kind }));
            }
        }
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        if let Dir::System(at) = *self {
            c!(closedir(at as *mut libc::DIR));
        }
    }
}

/// What `os.scandir` gives.
pub struct DirEntry {
    name: Value,
    path: Value,
    /// The name as the system knows it: relative to `dir_fd`, or with the directory in front.
    raw: CString,
    dir_fd: i32,
    ino: u64,
    kind: u8,
    stat: GilCell<Option<Value>>,
    lstat: GilCell<Option<Value>>,
}
payload!(DirEntry);

impl DirEntry {
    fn fetch(&self, ts: &ThreadState, follow: bool) -> Result {
        let (raw, dir) = (&self.raw, self.dir_fd);
        let st = unlocked(ts, || stat::statat(dir, raw, follow)).map_err(|e| e.raise_with(ts, &self.path))?;
        stat_result(ts, &st)
    }
    fn stat_of(&self, ts: &ThreadState, follow: bool) -> Result {
        if follow && self.is_link(ts)? {
            if let Some(st) = self.stat.get() {
                return Ok(st);
            }
            let st = self.fetch(ts, true)?;
            self.stat.set(Some(st.clone()));
            return Ok(st);
        }
        if let Some(st) = self.lstat.get() {
            return Ok(st);
        }
        let st = self.fetch(ts, false)?;
        self.lstat.set(Some(st.clone()));
        Ok(st)
    }
    fn is_link(&self, ts: &ThreadState) -> Result<bool> {
        match self.kind {
            libc::DT_UNKNOWN => self.mode_is(ts, false, libc::S_IFLNK),
            kind => Ok(kind == libc::DT_LNK),
        }
    }
    fn mode_is(&self, ts: &ThreadState, follow: bool, kind: u32) -> Result<bool> {
        match self.stat_of(ts, follow) {
            Ok(st) => {
                let mode = st.downcast::<Tuple>().and_then(|t| to_i64(&t.items()[0])).unwrap_or(0);
                Ok(mode as u32 & libc::S_IFMT == kind)
            }
            Err(raised) => {
                if ts.exception_matches(&exceptions(ts).file_not_found_error) {
                    ts.take_exception();
                    return Ok(false);
                }
                Err(raised)
            }
        }
    }
    fn test(&self, ts: &ThreadState, follow: bool, kind: u32, d_type: u8) -> Result<bool> {
        match self.kind {
            libc::DT_UNKNOWN => self.mode_is(ts, follow, kind),
            libc::DT_LNK if follow => self.mode_is(ts, true, kind),
            own => Ok(own == d_type),
        }
    }
}

#[class(name = "DirEntry", module = "posix", final, no_new)]
impl DirEntry {
    /// the entry's base filename, relative to scandir() "path" argument
    #[getter("name", member)]
    fn get_name(&self) -> Value {
        self.name.clone()
    }
    /// the entry's full path name; equivalent to os.path.join(scandir_path, entry.name)
    #[getter("path", member)]
    fn get_path(&self) -> Value {
        self.path.clone()
    }
    #[slot(repr)]
    fn repr(&self, ts: &ThreadState) -> Result<String> {
        Ok(format!("<DirEntry {}>", protocol::repr(ts, &self.name)?.to_string_lossy()))
    }
    /// Return True if the entry is a directory; cached per entry.
    #[method("is_dir($self, /, *, follow_symlinks=True)")]
    fn is_dir(&self, ts: &ThreadState, follow_symlinks: bool) -> Result<bool> {
        self.test(ts, follow_symlinks, libc::S_IFDIR, libc::DT_DIR)
    }
    /// Return True if the entry is a file; cached per entry.
    #[method("is_file($self, /, *, follow_symlinks=True)")]
    fn is_file(&self, ts: &ThreadState, follow_symlinks: bool) -> Result<bool> {
        self.test(ts, follow_symlinks, libc::S_IFREG, libc::DT_REG)
    }
    /// Return True if the entry is a symbolic link; cached per entry.
    #[method("is_symlink($self, /)")]
    fn is_symlink(&self, ts: &ThreadState) -> Result<bool> {
        self.is_link(ts)
    }
    /// Return True if the entry is a junction; cached per entry.
    #[method("is_junction($self, /)")]
    fn is_junction(&self) -> bool {
        false
    }
    /// Return stat_result object for the entry; cached per entry.
    #[method("stat($self, /, *, follow_symlinks=True)")]
    fn stat(&self, ts: &ThreadState, follow_symlinks: bool) -> Result {
        self.stat_of(ts, follow_symlinks)
    }
    /// Return inode of the entry; cached per entry.
    #[method("inode($self, /)")]
    fn inode(&self) -> u64 {
        self.ino
    }
    /// Returns the path for the entry.
    #[method("__fspath__($self, /)")]
    fn fspath(&self) -> Value {
        self.path.clone()
    }
    /// See PEP 585
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(cls: &Value, ts: &ThreadState, object: &Value) -> Result {
        generic_alias(ts, cls, object)
    }
}

/// The iterator of `os.scandir`.
pub struct ScandirIterator {
    dir: GilCell<Option<Dir>>,
    /// Only one thread may read on at a time.
    busy: Cell<bool>,
    path: Path,
}
// Only containers are finalized.
payload!(ScandirIterator, container, traverse = |_s, _visit| {});

impl ScandirIterator {
    fn step(&self, ts: &ThreadState) -> Result<Option<Value>> {
        if self.busy.get() {
            return Err(ts.runtime_error("scandir() iterator is in use by another thread"));
        }
        let Some(dir) = self.dir.take() else { return Ok(None) };
        self.busy.set(true);
        let entry = unlocked(ts, || dir.next());
        self.busy.set(false);
        match entry {
            Ok(Some(e)) => {
                self.dir.set(Some(dir));
                Ok(Some(self.entry(ts, e)))
            }
            Ok(None) => Ok(None),
            Err(e) => Err(self.path.raise(ts, e)),
        }
    }
    fn entry(&self, ts: &ThreadState, e: Entry) -> Value {
        let name = self.path.text(ts, &e.name);
        let (path, raw, dir_fd) = match self.path.fd {
            Some(fd) => (name.clone(), e.name, fd),
            None => {
                let mut full = self.path.raw.as_bytes().to_vec();
                if self.path.is_none {
                    full = b".".to_vec();
                }
                if full.last().is_some_and(|&b| b != b'/') {
                    full.push(b'/');
                }
                full.extend_from_slice(&e.name);
                (self.path.text(ts, &full), full, libc::AT_FDCWD)
            }
        };
        let raw = CString::new(raw).unwrap_or_default();
        let entry = DirEntry { name, path, raw, dir_fd, ino: e.ino, kind: e.kind, stat: GilCell::new(None), lstat: GilCell::new(None) };
        heap::new(ts, entry).into_value()
    }
}

#[class(name = "ScandirIterator", module = "posix", final, no_new)]
impl ScandirIterator {
    #[slot(iter)]
    fn iter(_ts: &ThreadState, slf: &Value) -> Result {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
        self.step(ts)
    }
    #[method("close($self, /)", no_signature)]
    fn close(&self) {
        drop(self.dir.take());
    }
    #[method("__enter__($self, /)", no_signature)]
    fn enter(slf: &Value) -> Value {
        slf.clone()
    }
    #[method("__exit__($self, /, *args)", no_signature)]
    fn exit(&self, args: &[Value]) {
        let _ = args;
        drop(self.dir.take());
    }
    #[slot(finalize)]
    fn finalize(ts: &ThreadState, slf: &Value) {
        let Some(it) = slf.downcast::<ScandirIterator>() else { return };
        if it.dir.take().is_some() {
            let text = match protocol::repr(ts, slf) {
                Ok(r) => format!("unclosed scandir iterator {}", r.to_string_lossy()),
                Err(_) => return unraisable(ts, "while finalizing scandir iterator", slf),
            };
            if warn_source(ts, Warning::Resource, &text, slf).is_err() {
                unraisable(ts, "while finalizing scandir iterator", slf);
            }
        }
    }
}

#[functions(module = "posix")]
pub mod functions {
    use super::*;

    /// Return a list containing the names of the files in the directory.
    #[function("listdir(path=None)")]
    fn listdir(ts: &ThreadState, path: Option<&Value>) -> Result {
        let none = Value::none();
        let path = Path::new(ts, "listdir", "path", path.unwrap_or(&none), Allow::FdOrNone)?;
        audit(ts, "os.listdir", &[path.object.clone()])?;
        let held = &path;
        let p = PathRef(held);
        let names = unlocked(ts, move || -> Sys<Vec<Vec<u8>>> {
            let dir = p.open()?;
            let mut names = vec![];
            while let Some(e) = dir.next()? {
                names.push(e.name);
            }
            Ok(names)
        });
        let names = names.map_err(|e| path.raise(ts, e))?;
        Ok(list(ts, names.iter().map(|n| path.text(ts, n)).collect()))
    }
    /// Return an iterator of DirEntry objects for given path.
    #[function("scandir(path=None)")]
    fn scandir(ts: &ThreadState, path: Option<&Value>) -> Result {
        let none = Value::none();
        let path = Path::new(ts, "scandir", "path", path.unwrap_or(&none), Allow::FdOrNone)?;
        audit(ts, "os.scandir", &[path.object.clone()])?;
        let p = PathRef(&path);
        let dir = unlocked(ts, move || p.open()).map_err(|e| path.raise(ts, e))?;
        let it = ScandirIterator { dir: GilCell::new(Some(dir)), busy: Cell::new(false), path };
        Ok(heap::new(ts, it).into_value())
    }
}

/// A path whose name (not its object) is looked at while the lock is released.
struct PathRef<'a>(&'a Path);
// SAFETY: only the name and the descriptor are used, which are plain data.
unsafe impl Send for PathRef<'_> {}

impl PathRef<'_> {
    fn open(&self) -> Sys<Dir> {
        Dir::open(self.0)
    }
}
