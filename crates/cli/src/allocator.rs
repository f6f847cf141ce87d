//! The process's allocator: mimalloc, on its short way for ordinary alignments, counting what is large.

use std::alloc::{GlobalAlloc, Layout};
use std::ffi::c_void;
use std::sync::atomic::Ordering;

pub struct Allocator;

/// Up to this alignment every block of mimalloc is aligned.
const ALIGNED: usize = 8;

#[inline(always)]
fn count(size: usize) {
    if size >= taipan::LARGE {
        taipan::LARGE_ALLOCATED.fetch_add(size, Ordering::Relaxed);
    }
}

/// Is it more than the machine has? The system might promise it all the same, and end the process once it is used.
#[inline(always)]
fn refused(size: usize) -> bool {
    size >= 1 << 32 && more_than_there_is(size)
}

#[cold]
fn more_than_there_is(size: usize) -> bool {
    // SAFETY: asks the system for two numbers.
    let (pages, page) = unsafe { (libc::sysconf(libc::_SC_PHYS_PAGES), libc::sysconf(libc::_SC_PAGESIZE)) };
    pages > 0 && page > 0 && size as u64 > (pages as u64).saturating_mul(page as u64).saturating_mul(2)
}

// SAFETY: mimalloc's blocks are as large as asked for and, by the function called, as aligned.
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        if refused(layout.size()) {
            return std::ptr::null_mut();
        }
        // SAFETY: any size and any power of two as alignment are allowed.
        unsafe {
            if layout.align() <= ALIGNED {
                libmimalloc_sys::mi_malloc(layout.size()) as *mut u8
            } else {
                libmimalloc_sys::mi_malloc_aligned(layout.size(), layout.align()) as *mut u8
            }
        }
    }
    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        if refused(layout.size()) {
            return std::ptr::null_mut();
        }
        // SAFETY: as above.
        unsafe {
            if layout.align() <= ALIGNED {
                libmimalloc_sys::mi_zalloc(layout.size()) as *mut u8
            } else {
                libmimalloc_sys::mi_zalloc_aligned(layout.size(), layout.align()) as *mut u8
            }
        }
    }
    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, _layout: Layout) {
        // SAFETY: the block came from here.
        unsafe { libmimalloc_sys::mi_free(block as *mut c_void) }
    }
    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size.saturating_sub(layout.size()));
        if refused(size) {
            return std::ptr::null_mut();
        }
        // SAFETY: the block came from here.
        unsafe {
            if layout.align() <= ALIGNED {
                libmimalloc_sys::mi_realloc(block as *mut c_void, size) as *mut u8
            } else {
                libmimalloc_sys::mi_realloc_aligned(block as *mut c_void, size, layout.align()) as *mut u8
            }
        }
    }
}
