//! `Struct`: a compiled format, and what is done with one.

use super::layout::Layout;
use super::{codec, compile, error, format_bytes};
use std::cell::Cell;
use std::rc::Rc;
use taipan_macros::class;
use taipan_objects::buffer::{self, Buffer, flags};
use taipan_objects::bytes::Bytes;
use taipan_objects::heap::{self, GilCell, Ref};
use taipan_objects::native::{ArgCx, Args, FromArg};
use smallvec::SmallVec;
use taipan_objects::payload;
use taipan_objects::str::Str;
use taipan_objects::tuple::Tuple;
use taipan_objects::typeobject::Type;
use taipan_objects::{Result, ThreadState, Value, protocol};

fn check_count(ts: &ThreadState, l: &Layout, function: &str, given: usize) -> Result<()> {
    if given != l.values {
        return Err(error(ts, &format!("{function} expected {} items for packing (got {given})", l.values)));
    }
    Ok(())
}

pub(super) fn pack(ts: &ThreadState, l: &Layout, values: &[Value]) -> Result<Value> {
    check_count(ts, l, "pack", values.len())?;
    let mut small = [0; 64];
    if let Some(out) = small.get_mut(..l.size) {
        codec::pack(ts, l, values, out)?;
        return Ok(Bytes::new(ts, out).into_value());
    }
    let mut out = Vec::new();
    out.try_reserve_exact(l.size).map_err(|_| ts.memory_error())?;
    out.resize(l.size, 0);
    codec::pack(ts, l, values, &mut out)?;
    Ok(Bytes::new(ts, &out).into_value())
}

/// The place for `size` bytes at an offset that may count from the end.
fn place(ts: &ThreadState, len: usize, offset: isize, size: usize, packing: bool) -> Result<usize> {
    let (function, doing) = if packing { ("pack_into", "packing") } else { ("unpack_from", "unpacking") };
    let at = if offset < 0 {
        if offset + size as isize > 0 {
            let what = if packing { "no space to pack" } else { "not enough data to unpack" };
            return Err(error(ts, &format!("{what} {size} bytes at offset {offset}")));
        }
        let at = offset + len as isize;
        if at < 0 {
            return Err(error(ts, &format!("offset {offset} out of range for {len}-byte buffer")));
        }
        at as usize
    } else {
        offset as usize
    };
    if at > len || len - at < size {
        let needed = size.saturating_add(at);
        return Err(error(
            ts,
            &format!("{function} requires a buffer of at least {needed} bytes for {doing} {size} bytes at offset {at} (actual buffer size is {len})"),
        ));
    }
    Ok(at)
}

/// `pack_into(buffer, offset, *values)`
pub(super) fn pack_into(ts: &ThreadState, l: &Layout, args: &[Value]) -> Result<()> {
    let [target, offset, values @ ..] = args else {
        let missing = if args.is_empty() { "buffer" } else { "offset" };
        return Err(error(ts, &format!("pack_into expected {missing} argument")));
    };
    check_count(ts, l, "pack_into", values.len())?;
    let wrong = || ts.type_error(format!("argument must be read-write bytes-like object, not {}", target.type_name(ts)));
    let target = match buffer::get(ts, target, flags::WRITABLE) {
        Ok(b) if !b.readonly => b,
        Ok(_) => return Err(wrong()),
        Err(_) => {
            ts.take_exception();
            return Err(wrong());
        }
    };
    let offset = protocol::as_isize(ts, offset)?;
    let at = place(ts, target.len(), offset, l.size, true)?;
    // Values become bytes first: that may run Python code.
    let mut out: SmallVec<[u8; 64]> = smallvec::smallvec![0; l.size];
    codec::pack(ts, l, values, &mut out)?;
    target.write(|b| b[at..at + out.len()].copy_from_slice(&out));
    Ok(())
}

/// What is read from: most often `bytes`, which need no buffer.
pub enum Source<'a> {
    Bytes(&'a [u8]),
    Buffer(Buffer),
}

impl<'a> FromArg<'a> for Source<'a> {
    const EXPECTED: &'static str = <Buffer as FromArg>::EXPECTED;
    #[inline]
    fn from_arg(ts: &ThreadState, v: &'a Value, cx: &ArgCx) -> Result<Source<'a>> {
        match v.exact::<Bytes>() {
            Some(b) => Ok(Source::Bytes(b.as_slice())),
            None => Buffer::from_arg(ts, v, cx).map(Source::Buffer),
        }
    }
    fn accepts(v: &Value) -> bool {
        <Buffer as FromArg>::accepts(v)
    }
}

impl Source<'_> {
    fn as_slice(&self) -> &[u8] {
        match self {
            Source::Bytes(b) => b,
            Source::Buffer(b) => b.as_slice(),
        }
    }
    fn len(&self) -> usize {
        self.as_slice().len()
    }
}

pub(super) fn unpack(ts: &ThreadState, l: &Layout, b: &Source<'_>) -> Result<Ref<Tuple>> {
    if b.len() != l.size {
        return Err(error(ts, &format!("unpack requires a buffer of {} bytes", l.size)));
    }
    Ok(codec::unpack(ts, l, b.as_slice()))
}

pub(super) fn unpack_from(ts: &ThreadState, l: &Layout, b: &Source<'_>, offset: isize) -> Result<Ref<Tuple>> {
    let at = place(ts, b.len(), offset, l.size, false)?;
    Ok(codec::unpack(ts, l, &b.as_slice()[at..at + l.size]))
}

pub struct Struct {
    format: GilCell<Vec<u8>>,
    /// Absent until `__init__` has run.
    layout: GilCell<Option<Rc<Layout>>>,
}
payload!(Struct);

impl Struct {
    fn layout(&self, ts: &ThreadState) -> Result<Rc<Layout>> {
        self.layout.get().ok_or_else(|| ts.runtime_error("Struct object is not initialized"))
    }
}

#[class(name = "Struct", module = "_struct", weakref)]
/// Create a compiled struct object: its methods pack and unpack according to the format string.
impl Struct {
    #[slot(new)]
    fn tp_new(ts: &ThreadState, cls: &Value, _args: Args<'_>) -> Result<Value> {
        let Some(ty) = cls.downcast::<Type>() else {
            return Err(ts.type_error("Struct.__new__(X): X is not a type object"));
        };
        let s = Struct { format: GilCell::default(), layout: GilCell::default() };
        Ok(heap::new_with_type(ts, ty, s).into_value())
    }
    #[init("(format)")]
    fn tp_init(&self, ts: &ThreadState, format: &Value) -> Result<()> {
        let format = format_bytes(ts, format)?;
        let layout = compile(ts, &format)?;
        self.format.set(format);
        self.layout.set(Some(layout));
        Ok(())
    }
    #[slot(repr)]
    fn tp_repr(ts: &ThreadState, slf: &Value) -> Result<Value> {
        let Some(s) = slf.downcast::<Struct>() else { return Ok(Value::none()) };
        s.layout(ts)?;
        let format = s.format.read(|f| Str::from_ascii(ts, f)).repr(ts);
        let name = slf.class(ts).short_name();
        Ok(Str::from_pieces(ts, &[name.as_bytes(), b"(", format.bytes(), b")"]).into_value())
    }
    /// Return bytes containing values packed according to the format.
    #[method("pack($self, /, *values)", no_signature)]
    fn pack(&self, ts: &ThreadState, values: &[Value]) -> Result<Value> {
        pack(ts, &*self.layout(ts)?, values)
    }
    /// Pack values into a writable buffer, beginning at an offset.
    #[method("pack_into($self, /, *args)", no_signature)]
    fn pack_into(&self, ts: &ThreadState, args: &[Value]) -> Result<()> {
        pack_into(ts, &*self.layout(ts)?, args)
    }
    /// Return a tuple of the values in the buffer.
    #[method("unpack($self, buffer, /)")]
    fn unpack(&self, ts: &ThreadState, buffer: Source<'_>) -> Result<Ref<Tuple>> {
        unpack(ts, &*self.layout(ts)?, &buffer)
    }
    /// Return a tuple of the values in the buffer, beginning at an offset.
    #[method("unpack_from($self, /, buffer, offset=0)")]
    fn unpack_from(&self, ts: &ThreadState, buffer: Source<'_>, offset: isize) -> Result<Ref<Tuple>> {
        unpack_from(ts, &*self.layout(ts)?, &buffer, offset)
    }
    /// Return an iterator that yields a tuple for each piece of the buffer.
    #[method("iter_unpack($self, buffer, /)")]
    fn iter_unpack(&self, ts: &ThreadState, buffer: Buffer) -> Result<Ref<UnpackIterator>> {
        UnpackIterator::make(ts, self.layout(ts)?, buffer)
    }
    /// Return the size of the object in memory, in bytes.
    #[method("__sizeof__($self, /)")]
    fn sizeof(&self, ts: &ThreadState) -> Result<usize> {
        self.layout(ts)?;
        let items = self.layout.read(|l| l.as_ref().map_or(0, |l| l.items.len()));
        Ok(8 + size_of::<Struct>() + items * size_of::<super::layout::Item>())
    }
    /// struct format string
    #[getter]
    fn format(&self, ts: &ThreadState) -> Result<Ref<Str>> {
        self.layout(ts)?;
        Ok(self.format.read(|f| Str::from_ascii(ts, f)))
    }
    /// struct size in bytes
    #[getter]
    fn size(&self) -> isize {
        self.layout.read(|l| l.as_ref().map_or(-1, |l| l.size as isize))
    }
}

/// Yields tuples from one piece of a buffer after the other.
pub struct UnpackIterator {
    layout: Rc<Layout>,
    /// Absent once exhausted.
    source: GilCell<Option<Buffer>>,
    at: Cell<usize>,
}
payload!(UnpackIterator);

impl UnpackIterator {
    pub(super) fn make(ts: &ThreadState, layout: Rc<Layout>, source: Buffer) -> Result<Ref<UnpackIterator>> {
        if layout.size == 0 {
            return Err(error(ts, "cannot iteratively unpack with a struct of length 0"));
        }
        if source.len() % layout.size != 0 {
            let size = layout.size;
            return Err(error(ts, &format!("iterative unpacking requires a buffer of a multiple of {size} bytes")));
        }
        Ok(heap::new(ts, UnpackIterator { layout, source: GilCell::new(Some(source)), at: Cell::new(0) }))
    }
}

#[class(name = "unpack_iterator", module = "_struct", no_new, final)]
impl UnpackIterator {
    #[slot(iter)]
    fn tp_iter(_ts: &ThreadState, slf: &Value) -> Result<Value> {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn tp_next(&self, ts: &ThreadState) -> Result<Option<Value>> {
        let at = self.at.get();
        let values = self.source.read(|b| {
            let b = b.as_ref()?.as_slice();
            b.get(at..at + self.layout.size).map(|b| codec::unpack(ts, &self.layout, b))
        });
        match values {
            Some(v) => {
                self.at.set(at + self.layout.size);
                Ok(Some(v.into_value()))
            }
            None => {
                drop(self.source.take());
                Ok(None)
            }
        }
    }
    #[method("__length_hint__($self, /)")]
    fn length_hint(&self) -> usize {
        self.source.read(|b| b.as_ref().map_or(0, |b| (b.len() - self.at.get()) / self.layout.size))
    }
}
