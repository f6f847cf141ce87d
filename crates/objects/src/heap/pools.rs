//! Blocks of dead objects, kept by size to make new ones of: most objects live shortly, and most are small.

use std::alloc::Layout;
use std::cell::Cell;

/// Blocks of up to so many bytes are kept.
const LARGEST: usize = 256;
/// So many bytes of each size.
const MOST: usize = 128 << 10;

/// An interpreter's spare blocks: a linked list for each size in words.
pub struct Pools {
    bins: [Bin; LARGEST / 8 + 1],
}

struct Bin {
    /// The first spare; its first word holds the next.
    first: Cell<*mut u8>,
    /// How many more may be kept.
    room: Cell<u32>,
}

#[inline(always)]
fn layout(words: usize) -> Layout {
    // SAFETY: sizes of objects are bounded; eight is a power of two.
    unsafe { Layout::from_size_align_unchecked(words * 8, 8) }
}

impl Pools {
    pub fn new() -> Pools {
        let bin = |words: usize| Bin { first: Cell::new(std::ptr::null_mut()), room: Cell::new((MOST / 8 / words.max(1)) as u32) };
        Pools { bins: std::array::from_fn(bin) }
    }
    /// Memory for `bytes`, more than none, aligned to eight.
    #[inline(always)]
    pub fn allocate(&self, bytes: usize) -> *mut u8 {
        let words = bytes.div_ceil(8);
        if let Some(bin) = self.bins.get(words) {
            let block = bin.first.get();
            if !block.is_null() {
                // SAFETY: spares hold the next one in their first word.
                bin.first.set(unsafe { *(block as *const *mut u8) });
                bin.room.set(bin.room.get() + 1);
                return block;
            }
        }
        Pools::fresh(words)
    }
    #[inline(never)]
    fn fresh(words: usize) -> *mut u8 {
        // SAFETY: no object is without a header: the size is not zero.
        let block = unsafe { std::alloc::alloc(layout(words)) };
        if block.is_null() {
            std::alloc::handle_alloc_error(layout(words));
        }
        block
    }
    /// Takes memory back.
    ///
    /// # Safety
    /// The block came from `allocate` of some interpreter's pools, or from `reallocate`, with this size, and nobody uses it.
    #[inline(always)]
    pub unsafe fn free(&self, block: *mut u8, bytes: usize) {
        let words = bytes.div_ceil(8);
        if let Some(bin) = self.bins.get(words)
            && bin.room.get() > 0
        {
            // SAFETY: the block has at least a word, and it is ours.
            unsafe { *(block as *mut *mut u8) = bin.first.get() };
            bin.first.set(block);
            bin.room.set(bin.room.get() - 1);
            return;
        }
        // SAFETY: allocated with this layout.
        unsafe { Pools::give_back(block, words) }
    }
    /// # Safety
    /// As for `free`; the size is in words.
    #[inline(never)]
    pub unsafe fn give_back(block: *mut u8, words: usize) {
        // SAFETY: by the caller's contract.
        unsafe { std::alloc::dealloc(block, layout(words)) }
    }
    /// Changes the size of a block.
    ///
    /// # Safety
    /// As for `free`, and the old block is given up.
    pub unsafe fn reallocate(block: *mut u8, old: usize, new: usize) -> *mut u8 {
        let (old, new) = (old.div_ceil(8), new.div_ceil(8));
        // SAFETY: allocated with this layout.
        let block = unsafe { std::alloc::realloc(block, layout(old), new * 8) };
        if block.is_null() {
            std::alloc::handle_alloc_error(layout(new));
        }
        block
    }
}

impl Drop for Pools {
    fn drop(&mut self) {
        for (words, bin) in self.bins.iter().enumerate() {
            let mut block = bin.first.get();
            while !block.is_null() {
                // SAFETY: as in `allocate`; each spare was allocated with its bin's size.
                unsafe {
                    let next = *(block as *const *mut u8);
                    Pools::give_back(block, words);
                    block = next;
                }
            }
        }
    }
}
