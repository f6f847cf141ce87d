//! Sums of large integers, made in buffers of our own: the library's addition takes a number apart and puts it
//! together again, which costs more than to add a few digits. A sum's [`IBig`] looks at its buffer, and
//! everything else sees an ordinary number. Buffers of dead sums serve for new ones.

use super::{Int, from_big};
use crate::heap::{self, Header};
use crate::thread::ThreadState;
use crate::value::Value;
use dashu_int::{IBig, Word};
use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::ptr::{NonNull, null_mut};

/// Words that numbers need to have digits outside the `IBig`.
const LEAST: usize = 3;
/// Sums with more words are left to the library, and not kept.
const MOST: usize = 1 << 10;

/// Dead sums that new ones are made of.
pub struct Spares {
    objects: [Cell<*mut Header>; Spares::MOST],
    count: Cell<usize>,
}

impl Default for Spares {
    fn default() -> Spares {
        Spares { objects: [const { Cell::new(null_mut()) }; Spares::MOST], count: Cell::new(0) }
    }
}

impl Spares {
    const MOST: usize = 16;
}

/// Where a sum's digits lie: behind a word that tells how many there is room for. Null for other integers.
pub struct Buffer(*mut Word);

impl Buffer {
    pub const NONE: Buffer = Buffer(null_mut());

    fn layout(room: usize) -> Layout {
        // At most MOST words and a little.
        Layout::array::<Word>(room + 1).unwrap_or(Layout::new::<Word>())
    }

    #[cold]
    #[inline(never)]
    fn new(words: usize) -> Buffer {
        let room = words + words / 4 + 2;
        let layout = Self::layout(room);
        // SAFETY: the layout is not empty; the first word says how large it is.
        unsafe {
            let p = alloc(layout) as *mut Word;
            if p.is_null() {
                handle_alloc_error(layout);
            }
            p.write(room as Word);
            Buffer(p)
        }
    }

    #[inline(always)]
    pub fn is_some(&self) -> bool {
        !self.0.is_null()
    }

    /// # Safety
    /// There is a buffer.
    #[inline(always)]
    unsafe fn room(&self) -> usize {
        // SAFETY: by the contract.
        unsafe { *self.0 as usize }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if self.is_some() {
            // SAFETY: as it was allocated.
            unsafe { dealloc(self.0 as *mut u8, Self::layout(self.room())) }
        }
    }
}

/// Keeps a dead sum for later, if there is room.
///
/// # Safety
/// `h` is an exact int without references.
#[inline]
pub(crate) unsafe fn keep_spare(h: *mut Header) -> bool {
    // SAFETY: by the contract.
    if unsafe { !(*(h.add(1) as *const Int)).buffer.is_some() } {
        return false;
    }
    let spares = &crate::thread::current().spare_ints;
    let n = spares.count.get();
    if n == Spares::MOST {
        return false;
    }
    spares.objects[n].set(h);
    spares.count.set(n + 1);
    true
}

#[cold]
#[inline(never)]
fn elsewise(ts: &ThreadState, a: &Int, b: &Int) -> Value {
    from_big(ts, a.value() + b.value())
}

/// An object whose buffer holds that many words.
#[cold]
#[inline(never)]
fn fresh(ts: &ThreadState, words: usize) -> *mut Header {
    let int = Int { value: ManuallyDrop::new(IBig::ZERO), buffer: Buffer::new(words) };
    heap::new(ts, int).into_value().into_word() as *mut Header
}

/// The sum of two integers that are objects.
#[inline]
pub fn add_objects(ts: &ThreadState, a: &Int, b: &Int) -> Value {
    let ((sign, x), (other, y)) = (a.value.as_sign_words(), b.value.as_sign_words());
    let (long, short) = if x.len() >= y.len() { (x, y) } else { (y, x) };
    if sign != other || long.len() < LEAST || long.len() > MOST {
        return elsewise(ts, a, b);
    }
    let most = long.len() + 1;
    let n = ts.spare_ints.count.get();
    let mut h = null_mut();
    if n > 0 {
        h = ts.spare_ints.objects[(n - 1) % Spares::MOST].get();
        // SAFETY: a spare is whole, and has a buffer.
        if unsafe { (*(h.add(1) as *const Int)).buffer.room() } < most {
            h = null_mut();
        } else {
            ts.spare_ints.count.set(n - 1);
        }
    }
    if h.is_null() {
        h = fresh(ts, most);
    }
    // SAFETY: nobody else refers to the object, so that its digits are nobody's operands; there is room for all
    // of them, and the last is not 0, since that of `long` is not. What the number looks at lives as long as it.
    unsafe {
        let sum = &mut *(h.add(1) as *mut Int);
        let words = sum.buffer.0.add(1);
        let mut len = long.len();
        if add_words(words, long, short) {
            *words.add(len) = 1;
            len += 1;
        }
        let digits = std::slice::from_raw_parts(words, len);
        std::ptr::write(&mut sum.value, ManuallyDrop::new(IBig::from_static_words(sign, digits)));
        (*h).set_count(1);
        Value::from_header(NonNull::new_unchecked(h))
    }
}

/// Adds `short` to `long`; is there a carry?
///
/// # Safety
/// There is room for as many words as `long` has; it has as many as `short` at least.
#[inline(always)]
unsafe fn add_words(to: *mut Word, long: &[Word], short: &[Word]) -> bool {
    let (both, rest) = long.split_at(short.len());
    let mut carry = false;
    let mut i = 0;
    for (a, b) in both.iter().zip(short) {
        let s;
        (s, carry) = a.carrying_add(*b, carry);
        // SAFETY: by the contract.
        unsafe { *to.add(i) = s };
        i += 1;
    }
    for a in rest {
        let s;
        (s, carry) = a.overflowing_add(carry as Word);
        // SAFETY: by the contract.
        unsafe { *to.add(i) = s };
        i += 1;
    }
    carry
}

#[cfg(test)]
mod tests {
    use super::*;
    use dashu_base::Sign;

    #[test]
    fn carries_go_all_the_way() {
        let (a, b) = ([Word::MAX, Word::MAX, 7, Word::MAX], [1, 0, Word::MAX]);
        let mut out = [0; 4];
        // SAFETY: there are four words.
        let carry = unsafe { add_words(out.as_mut_ptr(), &a, &b) };
        assert_eq!((out, carry), ([0, 0, 7, 0], true));
        // SAFETY: as above.
        assert!(!unsafe { add_words(out.as_mut_ptr(), &[5, Word::MAX, 1], &[4]) });
        assert_eq!(out[..3], [9, Word::MAX, 1]);
    }

    #[test]
    fn signs_pass_through() {
        // SAFETY: the digits outlive the number, which is not dropped.
        let n = ManuallyDrop::new(unsafe { IBig::from_static_words(Sign::Negative, &[1, 2, 3]) });
        let absolute: IBig = (IBig::from(3) << 128) + (IBig::from(2) << 64) + IBig::ONE;
        assert_eq!(*n, -absolute);
    }
}
