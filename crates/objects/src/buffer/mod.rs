//! The buffer protocol: how an object lends its memory. A [`Buffer`] is a loan: while it lives, the exporter
//! neither frees nor moves the memory (a `bytearray` refuses to change its size). Natives take one as a
//! parameter (`data: Buffer`, `out: WritableBuffer`), or ask with [`get`].

pub mod format;

use crate::bytes::Bytes;
use crate::native::{ArgCx, FromArg};
use crate::thread::ThreadState;
use crate::value::{Result, Value};
use std::borrow::Cow;

/// What is asked of an exporter: CPython's `inspect.BufferFlags`.
pub mod flags {
    pub const SIMPLE: u32 = 0;
    pub const WRITABLE: u32 = 1;
    pub const FORMAT: u32 = 4;
    pub const ND: u32 = 8;
    pub const STRIDES: u32 = 0x10 | ND;
    pub const C_CONTIGUOUS: u32 = 0x20 | STRIDES;
    pub const F_CONTIGUOUS: u32 = 0x40 | STRIDES;
    pub const ANY_CONTIGUOUS: u32 = 0x80 | STRIDES;
    pub const INDIRECT: u32 = 0x100 | STRIDES;
    pub const CONTIG: u32 = ND | WRITABLE;
    pub const FULL: u32 = INDIRECT | WRITABLE | FORMAT;
    pub const FULL_RO: u32 = INDIRECT | FORMAT;
    pub const READ: u32 = 0x100;
    pub const WRITE: u32 = 0x200;
}

/// The shape of memory with other than one dimension of adjacent items.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    pub shape: Vec<isize>,
    pub strides: Vec<isize>,
}

/// Borrowed memory of an object.
pub struct Buffer {
    owner: Value,
    /// The exporter, where it is not the owner of the memory.
    exporter: Option<Value>,
    ptr: *mut u8,
    /// Bytes of all items.
    len: usize,
    pub readonly: bool,
    pub itemsize: usize,
    pub format: Cow<'static, str>,
    /// Absent for one dimension of adjacent items.
    pub shape: Option<Box<Shape>>,
    release: Option<fn(&Value)>,
}

impl Buffer {
    /// Lends `len` bytes at `ptr`. `release` is called with the owner when the loan ends.
    ///
    /// # Safety
    /// The memory stays where it is until then, as long as the owner lives; it is writable unless `readonly`.
    pub unsafe fn new(owner: Value, ptr: *mut u8, len: usize, readonly: bool, release: Option<fn(&Value)>) -> Buffer {
        Buffer { owner, exporter: None, ptr, len, readonly, itemsize: 1, format: Cow::Borrowed("B"), shape: None, release }
    }
    /// Items of another kind than single bytes.
    pub fn with_format(mut self, format: impl Into<Cow<'static, str>>, itemsize: usize) -> Buffer {
        self.format = format.into();
        self.itemsize = itemsize;
        self
    }
    pub fn with_shape(mut self, shape: Shape) -> Buffer {
        self.shape = Some(Box::new(shape));
        self
    }
    /// The exporter.
    pub fn owner(&self) -> &Value {
        self.exporter.as_ref().unwrap_or(&self.owner)
    }
    /// A loan that an object makes of memory which belongs to another one.
    pub fn with_exporter(mut self, exporter: Value) -> Buffer {
        self.exporter = Some(exporter);
        self
    }
    pub fn len(&self) -> usize {
        self.len
    }
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
    pub fn ndim(&self) -> usize {
        self.shape.as_ref().map_or(1, |s| s.shape.len())
    }
    pub(crate) fn ptr(&self) -> *mut u8 {
        self.ptr
    }
    /// Do the items follow each other without gaps, the last index running fastest?
    pub fn is_contiguous(&self) -> bool {
        let Some(s) = &self.shape else { return true };
        is_c_contiguous(&s.shape, &s.strides, self.itemsize)
    }
    /// The bytes of contiguous memory. While the slice is in use, nothing may write to the exporter: in
    /// particular, no Python code may run.
    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        if self.len == 0 {
            return &[];
        }
        // SAFETY: the exporter keeps the memory; the contract keeps writers away.
        unsafe { std::slice::from_raw_parts(self.ptr, self.len) }
    }
    /// Changes the bytes of contiguous memory, if they may be changed. `f` must not run Python code.
    #[inline]
    pub fn write<R>(&self, f: impl FnOnce(&mut [u8]) -> R) -> Option<R> {
        if self.readonly {
            return None;
        }
        if self.len == 0 {
            return Some(f(&mut []));
        }
        // SAFETY: as in `as_slice`, and the exporter said that the memory is writable.
        Some(f(unsafe { std::slice::from_raw_parts_mut(self.ptr, self.len) }))
    }
    /// The bytes in C order, gathered if need be.
    pub fn to_vec(&self) -> Vec<u8> {
        if self.is_contiguous() {
            return self.as_slice().to_vec();
        }
        let mut out = Vec::with_capacity(self.len);
        if let Some(s) = &self.shape {
            // SAFETY: shape and strides describe the exporter's memory.
            unsafe { gather(self.ptr, &s.shape, &s.strides, self.itemsize, &mut out) }
        }
        out
    }
    /// Ends the loan now.
    pub fn release(self) {}
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if let Some(f) = self.release {
            f(&self.owner);
        }
    }
}

pub fn is_c_contiguous(shape: &[isize], strides: &[isize], itemsize: usize) -> bool {
    let mut step = itemsize as isize;
    if shape.contains(&0) {
        return true;
    }
    for (n, s) in shape.iter().zip(strides).rev() {
        if *n > 1 && *s != step {
            return false;
        }
        step *= n;
    }
    true
}

pub fn is_f_contiguous(shape: &[isize], strides: &[isize], itemsize: usize) -> bool {
    let mut step = itemsize as isize;
    if shape.contains(&0) {
        return true;
    }
    for (n, s) in shape.iter().zip(strides) {
        if *n > 1 && *s != step {
            return false;
        }
        step *= n;
    }
    true
}

/// Copies items in C order.
///
/// # Safety
/// Shape and strides describe readable memory around `ptr`.
pub(crate) unsafe fn gather(ptr: *const u8, shape: &[isize], strides: &[isize], itemsize: usize, out: &mut Vec<u8>) {
    // SAFETY: by the contract each item is readable.
    unsafe {
        match shape.split_first() {
            None => out.extend_from_slice(std::slice::from_raw_parts(ptr, itemsize)),
            Some((&n, rest)) => {
                for i in 0..n {
                    gather(ptr.offset(i * strides[0]), rest, &strides[1..], itemsize, out);
                }
            }
        }
    }
}

/// Does the object lend memory?
pub fn supports(ts: &ThreadState, v: &Value) -> bool {
    v.class(ts).slots().getbuffer.is_some()
}

/// Borrows an object's memory as `flags` ask for it.
pub fn get(ts: &ThreadState, v: &Value, flags: u32) -> Result<Buffer> {
    match v.class(ts).slots().getbuffer {
        Some(f) => f(ts, v, flags),
        None => Err(ts.type_error(format!("a bytes-like object is required, not '{}'", v.type_name(ts)))),
    }
}

/// Borrows contiguous bytes to read.
pub fn simple(ts: &ThreadState, v: &Value) -> Result<Buffer> {
    let b = get(ts, v, flags::SIMPLE)?;
    if !b.is_contiguous() {
        return Err(ts.buffer_error("memoryview: underlying buffer is not C-contiguous"));
    }
    Ok(b)
}

/// A copy of an object's bytes in C order.
pub fn to_vec(ts: &ThreadState, v: &Value) -> Result<Vec<u8>> {
    if let Some(b) = v.exact::<Bytes>() {
        return Ok(b.as_slice().to_vec());
    }
    Ok(get(ts, v, flags::FULL_RO)?.to_vec())
}

impl<'a> FromArg<'a> for Buffer {
    const EXPECTED: &'static str = "bytes-like object";
    fn from_arg(ts: &ThreadState, v: &'a Value, _cx: &ArgCx) -> Result<Buffer> {
        simple(ts, v)
    }
    fn accepts(v: &Value) -> bool {
        v.class(crate::thread::current()).slots().getbuffer.is_some()
    }
}

/// A parameter that is written to.
pub struct WritableBuffer(pub Buffer);

impl std::ops::Deref for WritableBuffer {
    type Target = Buffer;
    fn deref(&self) -> &Buffer {
        &self.0
    }
}

impl<'a> FromArg<'a> for WritableBuffer {
    const EXPECTED: &'static str = "read-write bytes-like object";
    fn from_arg(ts: &ThreadState, v: &'a Value, cx: &ArgCx) -> Result<WritableBuffer> {
        let wrong = || crate::native::bad_argument(ts, cx, "read-write bytes-like object", v);
        if !supports(ts, v) {
            return Err(wrong());
        }
        match get(ts, v, flags::WRITABLE) {
            Ok(b) if !b.readonly && b.is_contiguous() => Ok(WritableBuffer(b)),
            Ok(_) => Err(wrong()),
            Err(_) => {
                ts.take_exception();
                Err(wrong())
            }
        }
    }
}

/// Contents of `bytes` or `str`: a parameter that takes both (text as UTF-8).
pub enum TextOrBuffer<'a> {
    Text(&'a crate::str::Str),
    Buffer(Buffer),
}

impl<'a> FromArg<'a> for TextOrBuffer<'a> {
    fn from_arg(ts: &ThreadState, v: &'a Value, _cx: &ArgCx) -> Result<TextOrBuffer<'a>> {
        match v.as_str() {
            Some(s) => Ok(TextOrBuffer::Text(s)),
            None => Ok(TextOrBuffer::Buffer(simple(ts, v)?)),
        }
    }
}

impl TextOrBuffer<'_> {
    pub fn bytes(&self) -> &[u8] {
        match self {
            TextOrBuffer::Text(s) => s.bytes(),
            TextOrBuffer::Buffer(b) => b.as_slice(),
        }
    }
}
