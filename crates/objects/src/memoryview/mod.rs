//! `memoryview`: an object's memory, lent out to Python. Views of views share one loan ([`ManagedBuffer`]).

pub mod cast;
pub mod class;
pub mod items;
pub mod iter;

use crate::buffer::{self, Buffer, Shape, flags};
use crate::heap::{self, GilCell, Ref};
use crate::ids;
use crate::thread::ThreadState;
use crate::value::{Raised, Result, Value};
use smallvec::{SmallVec, smallvec};
use std::borrow::Cow;
use std::cell::Cell;
use taipan_macros::class;

/// A loan that several views share; it ends with the last of them.
pub struct ManagedBuffer {
    buffer: Buffer,
    /// What was asked for its memory, when that is not who lends it.
    exporter: Option<Value>,
}
crate::payload!(ManagedBuffer, container, traverse = |s, visit| {
    visit(s.buffer.owner());
    if let Some(v) = &s.exporter {
        visit(v)
    }
});

#[class(name = "_managedbuffer", no_new, final)]
impl ManagedBuffer {}

/// A number for each dimension, of which there is mostly one.
pub type Dims = SmallVec<[isize; 2]>;

/// Where the items lie, and how they are to be read.
#[derive(Clone)]
pub struct View {
    pub(super) ptr: *mut u8,
    pub itemsize: usize,
    pub format: Cow<'static, str>,
    pub shape: Dims,
    pub strides: Dims,
    pub readonly: bool,
}

impl View {
    /// Number of bytes of all items.
    pub fn nbytes(&self) -> usize {
        self.shape.iter().product::<isize>() as usize * self.itemsize
    }
    pub fn is_c_contiguous(&self) -> bool {
        buffer::is_c_contiguous(&self.shape, &self.strides, self.itemsize)
    }
    pub fn is_f_contiguous(&self) -> bool {
        buffer::is_f_contiguous(&self.shape, &self.strides, self.itemsize)
    }
    pub(super) fn of(b: &Buffer) -> View {
        let (shape, strides) = match &b.shape {
            Some(s) => (Dims::from_slice(&s.shape), Dims::from_slice(&s.strides)),
            None => (smallvec![(b.len() / b.itemsize.max(1)) as isize], smallvec![b.itemsize as isize]),
        };
        View { ptr: b.ptr(), itemsize: b.itemsize, format: b.format.clone(), shape, strides, readonly: b.readonly }
    }
}

pub struct MemoryView {
    /// Absent once released.
    base: GilCell<Option<Ref<ManagedBuffer>>>,
    view: View,
    /// Loans of this view.
    exports: Cell<usize>,
    hash: Cell<Option<i64>>,
    /// Handed to `__release_buffer__`: no further views may be made of it.
    restricted: Cell<bool>,
}

crate::payload!(MemoryView, id = ids::MEMORYVIEW, container,
    traverse = |s, visit| s.base.read(|b| if let Some(b) = b { visit(b.as_value()) }));

impl MemoryView {
    pub(super) fn make(ts: &ThreadState, base: Ref<ManagedBuffer>, view: View) -> Ref<MemoryView> {
        heap::new(
            ts,
            MemoryView {
                base: GilCell::new(Some(base)),
                view,
                exports: Cell::new(0),
                hash: Cell::new(None),
                restricted: Cell::new(false),
            },
        )
    }
    /// A view of a loan.
    pub fn of_buffer(ts: &ThreadState, b: Buffer) -> Ref<MemoryView> {
        MemoryView::of_exporter(ts, b, None)
    }
    fn of_exporter(ts: &ThreadState, b: Buffer, exporter: Option<Value>) -> Ref<MemoryView> {
        let view = View::of(&b);
        MemoryView::make(ts, heap::new(ts, ManagedBuffer { buffer: b, exporter }), view)
    }
    /// `memoryview(object)`
    pub fn of(ts: &ThreadState, v: &Value) -> Result<Ref<MemoryView>> {
        if let Some(m) = v.downcast::<MemoryView>() {
            let (base, view) = m.open(ts)?;
            return Ok(MemoryView::make(ts, base, view.clone()));
        }
        if !buffer::supports(ts, v) {
            return Err(ts.type_error(format!("memoryview: a bytes-like object is required, not '{}'", v.type_name(ts))));
        }
        from_object_with_flags_ref(ts, v, flags::FULL_RO)
    }
    fn released(ts: &ThreadState) -> Raised {
        ts.value_error("operation forbidden on released memoryview object")
    }
    /// The loan and the view, unless released.
    pub(super) fn parts(&self, ts: &ThreadState) -> Result<(Ref<ManagedBuffer>, &View)> {
        match self.base.get() {
            Some(b) => Ok((b, &self.view)),
            None => Err(MemoryView::released(ts)),
        }
    }
    /// As [`MemoryView::parts`], for making another view.
    pub(super) fn open(&self, ts: &ThreadState) -> Result<(Ref<ManagedBuffer>, &View)> {
        if self.restricted.get() {
            return Err(ts.value_error("cannot create new view on restricted memoryview"));
        }
        self.parts(ts)
    }
    pub(super) fn view(&self, ts: &ThreadState) -> Result<&View> {
        if self.base.read(|b| b.is_none()) { Err(MemoryView::released(ts)) } else { Ok(&self.view) }
    }
    /// The object whose memory this is.
    pub fn object(&self, ts: &ThreadState) -> Result<Value> {
        let (base, _) = self.parts(ts)?;
        Ok(base.exporter.clone().unwrap_or_else(|| base.buffer.owner().clone()))
    }
    /// Ends the loan, as far as this view is concerned.
    pub fn release(&self, ts: &ThreadState) -> Result<()> {
        let n = self.exports.get();
        if n > 0 {
            let s = if n == 1 { "" } else { "s" };
            return Err(ts.buffer_error(format!("memoryview has {n} exported buffer{s}")));
        }
        let Some(base) = self.base.take() else { return Ok(()) };
        if base.exporter.is_none() && !self.restricted.get() {
            return MemoryView::tell_owner(ts, base, &self.view);
        }
        // The last view tells an exporter that is written in Python.
        // SAFETY: a live object.
        let last = unsafe { (*base.as_value().header_ptr()).count() } == 1;
        if let Some(exporter) = base.exporter.clone().filter(|_| last)
            && let Some(f) = crate::protocol::lookup_special(ts, &exporter, &ts.names().__release_buffer__)?
        {
            let inner = base.buffer.owner().clone();
            drop(base);
            if crate::protocol::call(ts, &f, std::slice::from_ref(&inner)).is_err() {
                ts.write_unraisable("Exception ignored in __release_buffer__ of", Some(&exporter));
            }
            // A class that has its memory from a native one may have kept the view; the memory is let go.
            if let Some(m) = inner.downcast::<MemoryView>()
                && m.object(ts).is_ok_and(|o| o.is(&exporter))
                && m.release(ts).is_err()
            {
                ts.clear_exception();
            }
            ts.clear_exception();
        }
        Ok(())
    }
    /// The last view of a native object is released: a subclass may have a `__release_buffer__` in Python.
    fn tell_owner(ts: &ThreadState, base: Ref<ManagedBuffer>, view: &View) -> Result<()> {
        let owner = base.buffer.owner().clone();
        // SAFETY: a live object.
        let last = unsafe { (*base.as_value().header_ptr()).count() } == 1;
        let class = owner.class(ts);
        if !last || !class.is_heap_type() {
            return Ok(());
        }
        let written = class.lookup(ts, &ts.names().__release_buffer__).is_some_and(|f| f.shape_id() == ids::FUNCTION);
        if !written {
            return Ok(());
        }
        let m = MemoryView::make(ts, base, view.clone());
        m.restricted.set(true);
        if crate::protocol::call_method(ts, &owner, "__release_buffer__", &[m.as_value().clone()]).is_err() {
            ts.write_unraisable("Exception ignored in __release_buffer__ of", Some(&owner));
        }
        m.release(ts)
    }
    /// The bytes of all items in C order.
    pub fn to_vec(&self, ts: &ThreadState) -> Result<Vec<u8>> {
        let view = self.view(ts)?;
        let mut out = Vec::new();
        if view.nbytes() == 0 {
            return Ok(out);
        }
        out.try_reserve_exact(view.nbytes()).map_err(|_| ts.memory_error())?;
        // SAFETY: the loan keeps the memory that the view describes.
        unsafe {
            if view.is_c_contiguous() {
                out.extend_from_slice(std::slice::from_raw_parts(view.ptr, view.nbytes()));
            } else {
                buffer::gather(view.ptr, &view.shape, &view.strides, view.itemsize, &mut out);
            }
        }
        Ok(out)
    }
    /// Lends the memory on.
    pub(super) fn lend(me: &Ref<MemoryView>, ts: &ThreadState, wanted: u32) -> Result<Buffer> {
        let (_base, view) = me.open(ts)?;
        let c = view.is_c_contiguous();
        let asks = |f: u32| wanted & f == f;
        let refusal = if asks(flags::WRITABLE) && view.readonly {
            "memoryview: underlying buffer is not writable"
        } else if asks(flags::C_CONTIGUOUS) && !c {
            "memoryview: underlying buffer is not C-contiguous"
        } else if asks(flags::F_CONTIGUOUS) && !view.is_f_contiguous() {
            "memoryview: underlying buffer is not Fortran contiguous"
        } else if asks(flags::ANY_CONTIGUOUS) && !c && !view.is_f_contiguous() {
            "memoryview: underlying buffer is not contiguous"
        } else if !asks(flags::STRIDES) && !c {
            "memoryview: underlying buffer is not C-contiguous"
        } else if !asks(flags::ND) && asks(flags::FORMAT) {
            "memoryview: cannot cast to unsigned bytes if the format flag is present"
        } else {
            ""
        };
        if !refusal.is_empty() {
            return Err(ts.buffer_error(refusal));
        }
        me.exports.set(me.exports.get() + 1);
        let release = |owner: &Value| {
            if let Some(m) = owner.downcast::<MemoryView>() {
                m.exports.set(m.exports.get() - 1);
            }
        };
        // SAFETY: the view cannot be released while `exports` counts the loan.
        let b = unsafe { Buffer::new(me.as_value().clone(), view.ptr, view.nbytes(), view.readonly, Some(release)) };
        if !asks(flags::ND) {
            return Ok(b);
        }
        if c && view.shape.len() == 1 {
            return Ok(b.with_format(view.format.clone(), view.itemsize));
        }
        let shape = Shape { shape: view.shape.to_vec(), strides: view.strides.to_vec() };
        Ok(b.with_format(view.format.clone(), view.itemsize).with_shape(shape))
    }
}

fn from_object_with_flags_ref(ts: &ThreadState, v: &Value, flags: u32) -> Result<Ref<MemoryView>> {
    let b = buffer::get(ts, v, flags)?;
    // A class in Python gives a view of something else.
    let exporter = if b.owner().is(v) { None } else { Some(v.clone()) };
    Ok(MemoryView::of_exporter(ts, b, exporter))
}

/// `v.__buffer__(flags)` of a native class, whose slot is given: `v` may be of a subclass with another one.
pub fn from_slot(ts: &ThreadState, v: &Value, slot: crate::slots::GetBuffer, wanted: &Value) -> Result<Value> {
    let wanted = crate::protocol::as_isize(ts, wanted)?;
    let Ok(wanted) = i32::try_from(wanted) else {
        return Err(ts.overflow_error("buffer flags out of range"));
    };
    Ok(MemoryView::of_buffer(ts, slot(ts, v, wanted as u32)?).into_value())
}

/// `v.__release_buffer__(view)` of a native class.
pub fn release_of(ts: &ThreadState, v: &Value, view: &MemoryView) -> Result<()> {
    match view.base.get() {
        None => Err(ts.value_error("memoryview's buffer has already been released")),
        Some(b) if !b.buffer.owner().is(v) => Err(ts.value_error("memoryview's buffer is not this object")),
        Some(b) => {
            drop(b);
            view.release(ts)
        }
    }
}
