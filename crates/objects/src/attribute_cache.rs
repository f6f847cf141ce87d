//! Where attributes were found the last time, by shape and name: for instructions that meet objects of several
//! shapes, so that one place in their inline cache does not do.

use crate::str::Str;
use crate::Ref;
use std::cell::{Cell, OnceCell};

/// What an entry says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// An inline slot at this offset from the object's header.
    Slot(u32),
    /// A function of the class, which becomes a method when it is called at once.
    Method(u64),
    /// Any other attribute of the class that is no descriptor.
    Class(u64),
}

/// Valid as long as the shape has that version. It keeps its name, and the class, unchanged since, keeps the value.
pub struct Entry {
    version: Cell<u32>,
    name: Cell<Option<Ref<Str>>>,
    /// The name's address, to compare with.
    key: Cell<*const Str>,
    found: Cell<Found>,
}

const SIZE: usize = 1024;

/// The table of a thread, made when first needed.
#[derive(Default)]
pub struct AttributeCache {
    entries: OnceCell<Box<[Entry]>>,
}

impl AttributeCache {
    #[inline(always)]
    fn place(version: u32, name: *const Str) -> usize {
        ((name as usize >> 4) ^ version as usize).wrapping_mul(0x9e37_79b9) >> 7 & (SIZE - 1)
    }

    #[inline(always)]
    pub fn get(&self, version: u32, name: &Ref<Str>) -> Option<Found> {
        let name: *const Str = &**name;
        let e = &self.entries.get()?[Self::place(version, name)];
        if e.version.get() == version && std::ptr::eq(e.key.get(), name) { Some(e.found.get()) } else { None }
    }

    /// Remembers what was found. `version` is not 0; versions are never given twice.
    pub fn put(&self, version: u32, name: &Ref<Str>, found: Found) {
        let empty = || Entry { version: Cell::new(0), name: Cell::new(None), key: Cell::new(std::ptr::null()), found: Cell::new(Found::Slot(0)) };
        let entries = self.entries.get_or_init(|| (0..SIZE).map(|_| empty()).collect());
        let key: *const Str = &**name;
        let e = &entries[Self::place(version, key)];
        e.version.set(version);
        e.key.set(key);
        e.found.set(found);
        drop(e.name.replace(Some(name.clone())));
    }
}
