//! The module `mmap`: files as memory.

use crate::host::{c, sys};
use crate::posix::stat::fstat;
use crate::prelude::*;
use std::cell::Cell;
use taipan_objects::slice::Slice;

pub static MODULE: ModuleDef = ModuleDef { name: "mmap", doc: "", functions: &[], init: Some(init) };

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    dict.set_name(ts, "mmap", Mmap::class(ts).into_value());
    dict.set_name(ts, "error", exceptions(ts).os_error.as_value().clone());
    for (name, n) in CONSTANTS {
        dict.set_name(ts, name, int_value(ts, *n));
    }
    let page = c!(sysconf(libc::_SC_PAGESIZE));
    dict.set_name(ts, "PAGESIZE", int_value(ts, page));
    dict.set_name(ts, "ALLOCATIONGRANULARITY", int_value(ts, page));
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Default,
    Read,
    Write,
    Copy,
}

pub struct Mmap {
    /// 0 once closed.
    at: Cell<usize>,
    size: Cell<usize>,
    pos: Cell<usize>,
    offset: i64,
    fd: Cell<i32>,
    exports: Cell<usize>,
    access: Access,
    flags: i32,
}
payload!(Mmap);

impl Drop for Mmap {
    fn drop(&mut self) {
        self.unmap();
    }
}

impl Mmap {
    fn unmap(&self) {
        let at = self.at.replace(0);
        if at != 0 {
            let _ = sys!(munmap(at as *mut libc::c_void, self.size.get()));
        }
        let fd = self.fd.replace(-1);
        if fd >= 0 {
            let _ = sys!(close(fd));
        }
    }
    fn check(&self, ts: &ThreadState) -> Result<()> {
        if self.at.get() == 0 { Err(ts.value_error("mmap closed or invalid")) } else { Ok(()) }
    }
    fn writable(&self, ts: &ThreadState) -> Result<()> {
        self.check(ts)?;
        if self.access == Access::Read {
            return Err(ts.type_error("mmap can't modify a readonly memory map."));
        }
        Ok(())
    }
    fn bytes(&self) -> &[u8] {
        if self.at.get() == 0 {
            return &[];
        }
        // SAFETY: mapped as long as the object is open; others may change the bytes, as with any shared memory.
        unsafe { std::slice::from_raw_parts(self.at.get() as *const u8, self.size.get()) }
    }
    #[allow(clippy::mut_from_ref)]
    fn bytes_mut(&self) -> &mut [u8] {
        if self.at.get() == 0 {
            return &mut [];
        }
        // SAFETY: as above; callers checked that the mapping may be written, and keep no other view of it.
        unsafe { std::slice::from_raw_parts_mut(self.at.get() as *mut u8, self.size.get()) }
    }
    fn rest(&self) -> &[u8] {
        let b = self.bytes();
        &b[self.pos.get().min(b.len())..]
    }
    fn index(&self, ts: &ThreadState, key: &Value) -> Result<usize> {
        let i = protocol::as_subscript(ts, key)?;
        let n = self.size.get() as isize;
        let i = if i < 0 { i + n } else { i };
        if i < 0 || i >= n { Err(ts.index_error("mmap index out of range")) } else { Ok(i as usize) }
    }
    fn locate(&self, ts: &ThreadState, view: &Value, start: Option<&Value>, end: Option<&Value>, last: bool) -> Result<i64> {
        self.check(ts)?;
        let needle = readable(ts, view)?;
        let n = self.size.get() as isize;
        let bound = |v: Option<&Value>, default: isize| -> Result<usize> {
            let i = match v.filter(|v| !v.is_none()) {
                Some(v) => protocol::as_isize_clamped(ts, v)?,
                None => default,
            };
            Ok((if i < 0 { i + n } else { i }).clamp(0, n) as usize)
        };
        let start = bound(start, self.pos.get() as isize)?;
        let end = bound(end, n)?;
        self.check(ts)?;
        if start > end {
            return Ok(-1);
        }
        let hay = &self.bytes()[start..end];
        let found = if last {
            memchr::memmem::rfind(hay, needle.as_bytes())
        } else {
            memchr::memmem::find(hay, needle.as_bytes())
        };
        Ok(found.map_or(-1, |i| (start + i) as i64))
    }
    fn take(&self, ts: &ThreadState, n: usize) -> Value {
        let part = bytes_value(ts, &self.rest()[..n]);
        self.pos.set(self.pos.get() + n);
        part
    }
}

/// Memory-map a file.
#[class(name = "mmap", module = "mmap", weakref)]
impl Mmap {
    #[new("(fileno, length, flags=1, prot=3, access=0, offset=0, *, trackfd=True)", no_signature)]
    #[allow(clippy::too_many_arguments)]
    fn new(cls: &Type, ts: &ThreadState, fileno: i32, length: isize, flags: i32, prot: i32, access: i32, offset: i64, trackfd: bool) -> Result<Ref<Mmap>> {
        if length < 0 {
            return Err(ts.overflow_error("memory mapped length must be positive"));
        }
        if offset < 0 {
            return Err(ts.overflow_error("memory mapped offset must be positive"));
        }
        if access != 0 && (flags != libc::MAP_SHARED || prot != libc::PROT_READ | libc::PROT_WRITE) {
            return Err(ts.value_error("mmap can't specify both access and flags, prot."));
        }
        let (mut flags, mut prot) = (flags, prot);
        let access = match access {
            1 => {
                (flags, prot) = (libc::MAP_SHARED, libc::PROT_READ);
                Access::Read
            }
            2 => {
                (flags, prot) = (libc::MAP_SHARED, libc::PROT_READ | libc::PROT_WRITE);
                Access::Write
            }
            3 => {
                (flags, prot) = (libc::MAP_PRIVATE, libc::PROT_READ | libc::PROT_WRITE);
                Access::Copy
            }
            0 if prot & libc::PROT_WRITE != 0 => Access::Default,
            0 => Access::Read,
            _ => return Err(ts.value_error("mmap invalid access parameter.")),
        };
        audit(ts, "mmap.__new__", &[int_value(ts, fileno as i64), int_value(ts, length as i64)])?;
        let mut size = length as usize;
        if fileno != -1 {
            let st = fstat(fileno).or_raise(ts)?;
            if st.st_mode & libc::S_IFMT == libc::S_IFREG {
                if size == 0 {
                    if st.st_size == 0 {
                        return Err(ts.value_error("cannot mmap an empty file"));
                    }
                    if offset >= st.st_size {
                        return Err(ts.value_error("mmap offset is greater than file size"));
                    }
                    size = (st.st_size - offset) as usize;
                } else if offset > st.st_size || (st.st_size - offset) < size as i64 {
                    return Err(ts.value_error("mmap length is greater than file size"));
                }
            }
        }
        let mut fd = -1;
        if fileno == -1 {
            flags |= libc::MAP_ANONYMOUS;
        } else if trackfd {
            fd = sys!(fcntl(fileno, libc::F_DUPFD_CLOEXEC, 0)).or_raise(ts)?;
        }
        let at = sys!(mmap(std::ptr::null_mut(), size, prot, flags, fileno, offset));
        let at = match at {
            Ok(at) => at as usize,
            Err(e) => {
                if fd >= 0 {
                    let _ = sys!(close(fd));
                }
                return Err(e.raise(ts));
            }
        };
        let m = Mmap {
            at: Cell::new(at),
            size: Cell::new(size),
            pos: Cell::new(0),
            offset,
            fd: Cell::new(fd),
            exports: Cell::new(0),
            access,
            flags,
        };
        Ok(heap::new_with_type(ts, cls, m))
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result {
        let name = slf.type_name(ts);
        let Some(m) = slf.downcast::<Mmap>().filter(|m| m.at.get() != 0) else {
            return Ok(str_value(ts, &format!("<{name} closed=True>")));
        };
        let access = match m.access {
            Access::Default => "ACCESS_DEFAULT",
            Access::Read => "ACCESS_READ",
            Access::Write => "ACCESS_WRITE",
            Access::Copy => "ACCESS_COPY",
        };
        let (size, pos, offset) = (m.size.get(), m.pos.get(), m.offset);
        Ok(str_value(ts, &format!("<{name} closed=False, access={access}, length={size}, pos={pos}, offset={offset}>")))
    }
    #[slot(len)]
    fn len(&self, ts: &ThreadState) -> Result<usize> {
        self.check(ts)?;
        Ok(self.size.get())
    }
    #[slot(getitem)]
    fn getitem(&self, ts: &ThreadState, key: &Value) -> Result {
        self.check(ts)?;
        if let Some(s) = key.downcast::<Slice>() {
            let at = s.adjust(ts, self.size.get())?;
            self.check(ts)?;
            let b = self.bytes();
            return Ok(bytes_from_vec(ts, at.positions().filter_map(|i| b.get(i).copied()).collect()));
        }
        if !has_int_form(ts, key)? {
            return Err(ts.type_error("mmap indices must be integers"));
        }
        let i = self.index(ts, key)?;
        // The key's conversion may have closed the map or made it smaller.
        self.check(ts)?;
        let Some(b) = self.bytes().get(i) else { return Err(ts.index_error("mmap index out of range")) };
        Ok(int_value(ts, *b as i64))
    }
    #[slot(setitem)]
    fn setitem(&self, ts: &ThreadState, key: &Value, value: Option<&Value>) -> Result<()> {
        self.writable(ts)?;
        if let Some(s) = key.downcast::<Slice>() {
            let Some(v) = value else { return Err(ts.type_error("mmap object doesn't support slice deletion")) };
            let at = s.adjust(ts, self.size.get())?;
            let data = readable(ts, v)?;
            self.check(ts)?;
            if data.as_bytes().len() != at.positions().len() {
                return Err(ts.index_error("mmap slice assignment is wrong size"));
            }
            let b = self.bytes_mut();
            for (i, x) in at.positions().zip(data.as_bytes()) {
                if let Some(place) = b.get_mut(i) {
                    *place = *x;
                }
            }
            return Ok(());
        }
        if !has_int_form(ts, key)? {
            return Err(ts.type_error("mmap indices must be integers"));
        }
        let i = self.index(ts, key)?;
        let Some(v) = value else { return Err(ts.type_error("mmap doesn't support item deletion")) };
        if !has_int_form(ts, v)? {
            return Err(ts.type_error("mmap item value must be an int"));
        }
        let n = protocol::as_isize_clamped(ts, v)?;
        let Ok(n) = u8::try_from(n) else { return Err(ts.value_error("mmap item value must be in range(0, 256)")) };
        self.check(ts)?;
        if let Some(place) = self.bytes_mut().get_mut(i) {
            *place = n;
        }
        Ok(())
    }
    #[slot(getbuffer)]
    fn getbuffer(ts: &ThreadState, slf: &Value, flags: u32) -> Result<buffer::Buffer> {
        let m = slf.downcast::<Mmap>().ok_or_else(|| ts.type_error("not a mmap"))?;
        m.check(ts)?;
        let readonly = m.access == Access::Read;
        if readonly && flags & buffer::flags::WRITABLE != 0 {
            return Err(ts.buffer_error("Object is not writable."));
        }
        m.exports.set(m.exports.get() + 1);
        let release: fn(&Value) = |owner| {
            if let Some(m) = owner.downcast::<Mmap>() {
                m.exports.set(m.exports.get() - 1);
            }
        };
        // SAFETY: with exports the mapping is neither closed nor resized.
        Ok(unsafe { buffer::Buffer::new(slf.clone(), m.at.get() as *mut u8, m.size.get(), readonly, Some(release)) })
    }
    #[method("close($self, /)")]
    fn close(&self, ts: &ThreadState) -> Result<()> {
        if self.exports.get() > 0 {
            return Err(ts.buffer_error("cannot close exported pointers exist"));
        }
        self.unmap();
        Ok(())
    }
    #[getter]
    fn closed(&self) -> bool {
        self.at.get() == 0
    }
    #[method("find($self, view, start=None, end=None, /)")]
    fn find(&self, ts: &ThreadState, view: &Value, start: Option<&Value>, end: Option<&Value>) -> Result<i64> {
        self.locate(ts, view, start, end, false)
    }
    #[method("rfind($self, view, start=None, end=None, /)")]
    fn rfind(&self, ts: &ThreadState, view: &Value, start: Option<&Value>, end: Option<&Value>) -> Result<i64> {
        self.locate(ts, view, start, end, true)
    }
    #[method("flush($self, offset=0, size=None, /)")]
    fn flush(&self, ts: &ThreadState, offset: isize, size: Option<&Value>) -> Result<()> {
        self.check(ts)?;
        let n = self.size.get() as isize;
        let size = match size.filter(|s| !s.is_none()) {
            Some(s) => protocol::as_isize(ts, s)?,
            None => n - offset,
        };
        let page = c!(sysconf(libc::_SC_PAGESIZE)) as isize;
        if offset < 0 || size < 0 || n - offset < size || offset % page != 0 {
            return Err(ts.value_error("flush values out of range"));
        }
        if matches!(self.access, Access::Read | Access::Copy) {
            return Ok(());
        }
        let at = self.at.get() + offset as usize;
        ts.allow_threads(|| sys!(msync(at as *mut libc::c_void, size as usize, libc::MS_SYNC))).or_raise(ts)?;
        Ok(())
    }
    #[method("madvise($self, option, start=0, length=None, /)")]
    fn madvise(&self, ts: &ThreadState, option: i32, start: isize, length: Option<&Value>) -> Result<()> {
        self.check(ts)?;
        let n = self.size.get() as isize;
        let length = match length.filter(|s| !s.is_none()) {
            Some(s) => protocol::as_isize(ts, s)?,
            None => n,
        };
        if start < 0 || start >= n {
            return Err(ts.value_error("madvise start out of bounds"));
        }
        if length < 0 {
            return Err(ts.value_error("madvise length invalid"));
        }
        if isize::MAX - start < length {
            return Err(ts.overflow_error("madvise length too large"));
        }
        let length = length.min(n - start);
        sys!(madvise((self.at.get() + start as usize) as *mut libc::c_void, length as usize, option)).or_raise(ts)?;
        Ok(())
    }
    #[method("move($self, dest, src, count, /)")]
    fn move_(&self, ts: &ThreadState, dest: isize, src: isize, count: isize) -> Result<()> {
        self.writable(ts)?;
        let n = self.size.get() as isize;
        if dest < 0 || src < 0 || count < 0 || n - dest < count || n - src < count {
            return Err(ts.value_error("source, destination, or count out of range"));
        }
        self.bytes_mut().copy_within(src as usize..(src + count) as usize, dest as usize);
        Ok(())
    }
    #[method("read($self, n=None, /)")]
    fn read(&self, ts: &ThreadState, n: Option<&Value>) -> Result {
        self.check(ts)?;
        let n = match n {
            Some(v) => crate::io::optional_size(ts, v)?,
            None => -1,
        };
        self.check(ts)?;
        let left = self.rest().len();
        Ok(self.take(ts, if n < 0 { left } else { left.min(n as usize) }))
    }
    #[method("read_byte($self, /)")]
    fn read_byte(&self, ts: &ThreadState) -> Result<u8> {
        self.check(ts)?;
        let Some(&b) = self.rest().first() else { return Err(ts.value_error("read byte out of range")) };
        self.pos.set(self.pos.get() + 1);
        Ok(b)
    }
    #[method("readline($self, /)")]
    fn readline(&self, ts: &ThreadState) -> Result {
        self.check(ts)?;
        let rest = self.rest();
        let n = memchr::memchr(b'\n', rest).map_or(rest.len(), |i| i + 1);
        Ok(self.take(ts, n))
    }
    #[method("resize($self, newsize, /)")]
    fn resize(&self, ts: &ThreadState, newsize: isize) -> Result<()> {
        self.check(ts)?;
        if self.exports.get() > 0 {
            return Err(ts.buffer_error("mmap can't resize with extant buffers exported."));
        }
        if matches!(self.access, Access::Read | Access::Copy) {
            return Err(ts.type_error("mmap can't resize a readonly or copy-on-write memory map."));
        }
        if newsize < 0 || i64::MAX - (newsize as i64) < self.offset {
            return Err(ts.value_error("new size out of range"));
        }
        if self.fd.get() == -1 && self.flags & libc::MAP_PRIVATE != 0 {
            return Err(ts.value_error("mmap: can't resize a private anonymous memory map."));
        }
        if self.fd.get() != -1 {
            sys!(ftruncate(self.fd.get(), self.offset + newsize as i64)).or_raise(ts)?;
        }
        let old = self.at.get() as *mut libc::c_void;
        let at = sys!(mremap(old, self.size.get(), newsize as usize, libc::MREMAP_MAYMOVE)).or_raise(ts)?;
        self.at.set(at as usize);
        self.size.set(newsize as usize);
        Ok(())
    }
    #[method("seek($self, pos, whence=0, /)")]
    fn seek(&self, ts: &ThreadState, pos: isize, whence: i32) -> Result<usize> {
        self.check(ts)?;
        let base = match whence {
            0 => 0,
            1 => self.pos.get() as isize,
            2 => self.size.get() as isize,
            _ => return Err(ts.value_error("unknown seek type")),
        };
        match base.checked_add(pos) {
            Some(to) if to >= 0 && to as usize <= self.size.get() => {
                self.pos.set(to as usize);
                Ok(to as usize)
            }
            _ => Err(ts.value_error("seek out of range")),
        }
    }
    #[method("seekable($self, /)")]
    fn seekable(&self) -> bool {
        true
    }
    #[method("size($self, /)")]
    fn size(&self, ts: &ThreadState) -> Result<i64> {
        self.check(ts)?;
        if self.fd.get() != -1 || self.flags & libc::MAP_ANONYMOUS != 0 {
            return Ok(fstat(self.fd.get()).or_raise(ts)?.st_size);
        }
        Err(ts.value_error("can't get size with trackfd=False"))
    }
    #[method("tell($self, /)")]
    fn tell(&self, ts: &ThreadState) -> Result<usize> {
        self.check(ts)?;
        Ok(self.pos.get())
    }
    #[method("write($self, bytes, /)")]
    fn write(&self, ts: &ThreadState, bytes: &Value) -> Result<usize> {
        self.check(ts)?;
        let data = readable(ts, bytes)?;
        self.writable(ts)?;
        let (pos, n) = (self.pos.get(), data.as_bytes().len());
        if pos > self.size.get() || self.size.get() - pos < n {
            return Err(ts.value_error("data out of range"));
        }
        self.bytes_mut()[pos..pos + n].copy_from_slice(data.as_bytes());
        self.pos.set(pos + n);
        Ok(n)
    }
    #[method("write_byte($self, byte, /)")]
    fn write_byte(&self, ts: &ThreadState, byte: u8) -> Result<()> {
        self.writable(ts)?;
        let pos = self.pos.get();
        if pos >= self.size.get() {
            return Err(ts.value_error("write byte out of range"));
        }
        self.bytes_mut()[pos] = byte;
        self.pos.set(pos + 1);
        Ok(())
    }
    #[method("__enter__($self, /)")]
    fn enter(slf: &Value, ts: &ThreadState) -> Result {
        if let Some(m) = slf.downcast::<Mmap>() {
            m.check(ts)?;
        }
        Ok(slf.clone())
    }
    #[method("__exit__($self, exc_type, exc_value, traceback, /)")]
    fn exit(slf: &Value, ts: &ThreadState, exc_type: &Value, exc_value: &Value, traceback: &Value) -> Result {
        let _ = (exc_type, exc_value, traceback);
        protocol::call_method(ts, slf, "close", &[])
    }
}

static CONSTANTS: &[(&str, i64)] = &[
    ("ACCESS_COPY", 3),
    ("ACCESS_DEFAULT", 0),
    ("ACCESS_READ", 1),
    ("ACCESS_WRITE", 2),
    ("MADV_DODUMP", 17),
    ("MADV_DOFORK", 11),
    ("MADV_DONTDUMP", 16),
    ("MADV_DONTFORK", 10),
    ("MADV_DONTNEED", 4),
    ("MADV_FREE", 8),
    ("MADV_HUGEPAGE", 14),
    ("MADV_HWPOISON", 100),
    ("MADV_MERGEABLE", 12),
    ("MADV_NOHUGEPAGE", 15),
    ("MADV_NORMAL", 0),
    ("MADV_RANDOM", 1),
    ("MADV_REMOVE", 9),
    ("MADV_SEQUENTIAL", 2),
    ("MADV_UNMERGEABLE", 13),
    ("MADV_WILLNEED", 3),
    ("MAP_32BIT", 64),
    ("MAP_ANON", 32),
    ("MAP_ANONYMOUS", 32),
    ("MAP_DENYWRITE", 0x800),
    ("MAP_EXECUTABLE", 0x1000),
    ("MAP_NORESERVE", 0x4000),
    ("MAP_POPULATE", 0x8000),
    ("MAP_PRIVATE", 2),
    ("MAP_SHARED", 1),
    ("MAP_STACK", 0x20000),
    ("PROT_EXEC", 4),
    ("PROT_READ", 1),
    ("PROT_WRITE", 2),
];
