//! `bytearray`: bytes that change. While its memory is lent out, its size stays.

pub mod class;
pub mod methods;

use crate::buffer::Buffer;
use crate::heap::{self, GilCell, Ref};
use crate::thread::ThreadState;
use crate::typeobject::Type;
use crate::value::{Result, Value};
use std::cell::Cell;

/// Bytes of which the first are taken away cheaply: they lie behind `start`.
#[derive(Default)]
pub struct Contents {
    bytes: Vec<u8>,
    start: usize,
}

impl Contents {
    pub fn new(bytes: Vec<u8>) -> Contents {
        Contents { bytes, start: 0 }
    }
    #[inline(always)]
    pub fn as_slice(&self) -> &[u8] {
        &self.bytes[self.start..]
    }
    #[inline(always)]
    pub fn as_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[self.start..]
    }
    /// The vector, with nothing in front.
    pub fn vec(&mut self) -> &mut Vec<u8> {
        if self.start > 0 {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
        &mut self.bytes
    }
    /// As [`Contents::vec`], for changes at the end only: what is in front may stay.
    pub fn tail(&mut self) -> &mut Vec<u8> {
        if self.start > self.bytes.len() / 2 { self.vec() } else { &mut self.bytes }
    }
    /// Takes the first `n` bytes away.
    pub fn drop_front(&mut self, n: usize) {
        self.start += n;
        if self.start == self.bytes.len() {
            self.bytes.clear();
            self.start = 0;
        }
    }
    pub fn capacity(&self) -> usize {
        self.bytes.capacity()
    }
}

pub struct Bytearray {
    contents: GilCell<Contents>,
    /// Loans of the memory.
    exports: Cell<usize>,
}

crate::payload!(Bytearray, id = crate::ids::BYTEARRAY);

impl Bytearray {
    pub fn new(ts: &ThreadState, bytes: Vec<u8>) -> Ref<Bytearray> {
        heap::new(ts, Bytearray::payload(bytes))
    }
    pub fn payload(bytes: Vec<u8>) -> Bytearray {
        Bytearray { contents: GilCell::new(Contents::new(bytes)), exports: Cell::new(0) }
    }
    pub fn new_with_type(ts: &ThreadState, ty: &Type, bytes: Vec<u8>) -> Ref<Bytearray> {
        heap::new_with_type(ts, ty, Bytearray::payload(bytes))
    }
    /// Looks at the contents. `f` must not run Python code.
    #[inline(always)]
    pub fn read<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R {
        self.contents.read(|c| f(c.as_slice()))
    }
    /// Changes bytes, but not their number. `f` must not run Python code.
    #[inline(always)]
    pub fn write<R>(&self, f: impl FnOnce(&mut [u8]) -> R) -> R {
        self.contents.write(|c| f(c.as_mut()))
    }
    pub fn len(&self) -> usize {
        self.read(|b| b.len())
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    pub fn to_vec(&self) -> Vec<u8> {
        self.read(|b| b.to_vec())
    }
    /// May the size change?
    pub fn check_resizable(&self, ts: &ThreadState) -> Result<()> {
        if self.exports.get() > 0 {
            return Err(ts.buffer_error("Existing exports of data: object cannot be re-sized"));
        }
        Ok(())
    }
    /// Changes contents and size. `f` must not run Python code.
    pub fn resize<R>(&self, ts: &ThreadState, f: impl FnOnce(&mut Contents) -> R) -> Result<R> {
        self.check_resizable(ts)?;
        Ok(self.contents.write(f))
    }
    pub fn extend(&self, ts: &ThreadState, bytes: &[u8]) -> Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        let room = self.resize(ts, |c| c.tail().try_reserve(bytes.len()).map(|()| c.tail().extend_from_slice(bytes)))?;
        room.map_err(|_| ts.memory_error())
    }
    /// Replaces the bytes of a range.
    pub fn splice(&self, ts: &ThreadState, start: usize, end: usize, new: &[u8]) -> Result<()> {
        if end - start == new.len() {
            self.write(|b| b[start..end].copy_from_slice(new));
            return Ok(());
        }
        self.resize(ts, |c| {
            if start == 0 && new.len() < end {
                c.drop_front(end - new.len());
                c.as_mut()[..new.len()].copy_from_slice(new);
            } else {
                c.vec().splice(start..end, new.iter().copied());
            }
        })
    }
    /// Lends the memory.
    pub fn lend(me: &Ref<Bytearray>) -> Buffer {
        me.exports.set(me.exports.get() + 1);
        let (ptr, len) = me.write(|b| (b.as_mut_ptr(), b.len()));
        let release = |owner: &Value| {
            if let Some(b) = owner.downcast::<Bytearray>() {
                b.exports.set(b.exports.get() - 1);
            }
        };
        // SAFETY: the vector is not resized while `exports` counts the loan.
        unsafe { Buffer::new(me.as_value().clone(), ptr, len, false, Some(release)) }
    }
}
