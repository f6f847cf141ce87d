//! `GilCell`: the contents of an object that may be changed through a shared reference.
//!
//! The interpreter's lock makes the running thread the only one that touches objects, and dropping a
//! value runs no Python code (see [`super`]). So a change is sound as long as nothing that is called while
//! `read` or `write` is under way gets at the same cell. Closures handed to them must not call into Python,
//! the allocator of containers excepted.

use std::cell::UnsafeCell;

pub struct GilCell<T>(UnsafeCell<T>);

impl<T> GilCell<T> {
    pub const fn new(value: T) -> GilCell<T> {
        GilCell(UnsafeCell::new(value))
    }
    /// Looks at the contents. `f` must not run Python code that could change them.
    #[inline(always)]
    pub fn read<R>(&self, f: impl FnOnce(&T) -> R) -> R {
        // SAFETY: see the module's contract.
        f(unsafe { &*self.0.get() })
    }
    /// Changes the contents. `f` must not run Python code.
    #[inline(always)]
    pub fn write<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        // SAFETY: see the module's contract.
        f(unsafe { &mut *self.0.get() })
    }
    #[inline(always)]
    pub fn replace(&self, value: T) -> T {
        self.write(|slot| std::mem::replace(slot, value))
    }
    /// Puts a value in and drops the old one afterwards.
    #[inline(always)]
    pub fn set(&self, value: T) {
        drop(self.replace(value))
    }
    #[inline(always)]
    pub fn take(&self) -> T
    where
        T: Default,
    {
        self.replace(T::default())
    }
    #[inline(always)]
    pub fn get(&self) -> T
    where
        T: Clone,
    {
        self.read(T::clone)
    }
    #[inline(always)]
    pub fn as_ptr(&self) -> *mut T {
        self.0.get()
    }
}

impl<T: Default> Default for GilCell<T> {
    fn default() -> Self {
        GilCell::new(T::default())
    }
}
