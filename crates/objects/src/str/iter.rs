//! The iterators over the characters of a string.

use super::Str;
use crate::heap::{self, GilCell, Ref};
use crate::ids;
use crate::iterators;
use crate::protocol;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::unicode::wtf8;
use crate::value::{Result, Value};
use std::cell::Cell;
use taipan_macros::class;

/// Walks over text that is not ASCII.
pub struct StrIterator {
    /// Absent once exhausted.
    text: GilCell<Option<Ref<Str>>>,
    /// Byte offset of the next code point.
    offset: Cell<usize>,
}

/// Walks over ASCII text.
pub struct StrAsciiIterator {
    text: GilCell<Option<Ref<Str>>>,
    index: Cell<usize>,
}

crate::payload!(StrIterator, id = ids::STR_ITERATOR);
crate::payload!(StrAsciiIterator, id = ids::STR_ASCII_ITERATOR);

impl Str {
    pub fn iterate(ts: &ThreadState, text: Ref<Str>) -> Value {
        if text.is_ascii() {
            heap::new(ts, StrAsciiIterator { text: GilCell::new(Some(text)), index: Cell::new(0) }).into_value()
        } else {
            heap::new(ts, StrIterator { text: GilCell::new(Some(text)), offset: Cell::new(0) }).into_value()
        }
    }
}

/// What `__reduce__` gives: `(iter, (text,), index)`, or an iterator over nothing.
fn reduced(ts: &ThreadState, text: Option<Ref<Str>>, index: usize) -> Result<Value> {
    let iter = iterators::builtin(ts, "iter")?;
    Ok(match text {
        Some(s) => {
            let args = Tuple::from_array(ts, [s.into_value()]).into_value();
            Tuple::from_array(ts, [iter, args, crate::int::from_i64(ts, index as i64)]).into_value()
        }
        None => {
            let args = Tuple::from_array(ts, [Str::empty(ts).into_value()]).into_value();
            Tuple::from_array(ts, [iter, args]).into_value()
        }
    })
}

#[class(name = "str_iterator", no_new, final)]
impl StrIterator {
    #[slot(iter)]
    fn tp_iter(_ts: &ThreadState, slf: &Value) -> Result<Value> {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn tp_next(&self, ts: &ThreadState) -> Result<Option<Value>> {
        let at = self.offset.get();
        let next = self.text.read(|t| {
            let bytes = t.as_ref()?.bytes();
            if at < bytes.len() { Some(wtf8::decode_at(bytes, at)) } else { None }
        });
        match next {
            Some((c, w)) => {
                self.offset.set(at + w);
                Ok(Some(Str::from_code_point(ts, c).into_value()))
            }
            None => {
                self.text.set(None);
                Ok(None)
            }
        }
    }
    #[method("__length_hint__($self, /)")]
    fn length_hint(&self) -> usize {
        self.text.read(|t| t.as_ref().map_or(0, |s| wtf8::count(&s.bytes()[self.offset.get()..])))
    }
    #[method("__reduce__($self, /)")]
    fn reduce(&self, ts: &ThreadState) -> Result<Value> {
        let text = self.text.get();
        let index = text.as_ref().map_or(0, |s| s.index_of(self.offset.get()));
        reduced(ts, text, index)
    }
    #[method("__setstate__($self, object, /)")]
    fn setstate(&self, ts: &ThreadState, object: &Value) -> Result<()> {
        let i = protocol::as_isize(ts, object)?.max(0) as usize;
        self.text.read(|t| {
            if let Some(s) = t {
                self.offset.set(s.offset_of(i.min(s.len())));
            }
        });
        Ok(())
    }
}

#[class(name = "str_ascii_iterator", no_new, final)]
impl StrAsciiIterator {
    #[slot(iter)]
    fn tp_iter(_ts: &ThreadState, slf: &Value) -> Result<Value> {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn tp_next(&self, ts: &ThreadState) -> Result<Option<Value>> {
        let i = self.index.get();
        let next = self.text.read(|t| t.as_ref().and_then(|s| s.bytes().get(i).copied()));
        match next {
            Some(c) => {
                self.index.set(i + 1);
                Ok(Some(Str::latin1(ts, c).into_value()))
            }
            None => {
                self.text.set(None);
                Ok(None)
            }
        }
    }
    #[method("__length_hint__($self, /)")]
    fn length_hint(&self) -> usize {
        self.text.read(|t| t.as_ref().map_or(0, |s| s.byte_len() - self.index.get().min(s.byte_len())))
    }
    #[method("__reduce__($self, /)")]
    fn reduce(&self, ts: &ThreadState) -> Result<Value> {
        reduced(ts, self.text.get(), self.index.get())
    }
    #[method("__setstate__($self, object, /)")]
    fn setstate(&self, ts: &ThreadState, object: &Value) -> Result<()> {
        let i = protocol::as_isize(ts, object)?.max(0) as usize;
        self.text.read(|t| {
            if let Some(s) = t {
                self.index.set(i.min(s.byte_len()));
            }
        });
        Ok(())
    }
}
