//! PickleBuffer: memory that may travel beside a pickle.

use crate::prelude::*;

pub struct PickleBuffer {
    /// Absent once released.
    view: GilCell<Option<Value>>,
    object: GilCell<Option<Value>>,
}
payload!(PickleBuffer, container, traverse = |s, visit| {
    s.view.read(|v| v.iter().for_each(&mut *visit));
    s.object.read(|v| v.iter().for_each(visit));
}, clear = |s| {
    s.view.take();
    s.object.take();
});

impl PickleBuffer {
    pub fn object(&self, ts: &ThreadState) -> Result {
        self.object.get().ok_or_else(|| ts.value_error("operation forbidden on released PickleBuffer object"))
    }
}

/// Wrapper for potentially out-of-band buffers
#[class(name = "PickleBuffer", module = "pickle", weakref)]
impl PickleBuffer {
    #[new("(object, /)")]
    fn new(cls: &Type, ts: &ThreadState, object: &Value) -> Result<Ref<PickleBuffer>> {
        // The view keeps the exporter from changing its size.
        let view = memoryview_of(ts, object)?;
        let b = PickleBuffer { view: GilCell::new(Some(view)), object: GilCell::new(Some(object.clone())) };
        Ok(heap::new_with_type(ts, cls, b))
    }
    #[slot(getbuffer)]
    fn getbuffer(ts: &ThreadState, slf: &Value, flags: u32) -> Result<buffer::Buffer> {
        let Some(b) = slf.downcast::<PickleBuffer>() else { return Err(ts.type_error("a PickleBuffer is required")) };
        buffer::get(ts, &b.object(ts)?, flags)
    }
    /// Return a memoryview of the raw memory underlying this buffer.
    ///
    /// Will raise BufferError is the buffer isn't contiguous.
    #[method("raw($self, /)")]
    fn raw(&self, ts: &ThreadState) -> Result {
        let object = self.object(ts)?;
        let lent = buffer::get(ts, &object, buffer::flags::FULL_RO)?;
        let fortran = lent.shape.as_ref().is_some_and(|s| buffer::is_f_contiguous(&s.shape, &s.strides, lent.itemsize));
        if !lent.is_contiguous() && !fortran {
            return Err(ts.buffer_error("cannot extract raw buffer from non-contiguous buffer"));
        }
        let view = memoryview_of(ts, &object)?;
        if fortran && !lent.is_contiguous() {
            let bytes = protocol::call_method(ts, &view, "tobytes", &[str_value(ts, "A")])?;
            return memoryview_of(ts, &bytes);
        }
        protocol::call_method(ts, &view, "cast", &[str_value(ts, "B")])
    }
    /// Release the underlying buffer controlled by the PickleBuffer object.
    #[method("release($self, /)")]
    fn release(&self) {
        self.view.take();
        self.object.take();
    }
}
