//! Streams of zlib, wrapped: a stream owns its state and ends it when dropped.
//!
//! The library is the one of CPython, so that what is made has the same bytes and errors have the same texts. Whole
//! streams are tried with a faster one first.

use libz_rs_sys as fast;
use libz_sys as z;
use std::alloc::Layout;
use std::mem::MaybeUninit;
use std::ffi::{CStr, c_char, c_int, c_uint, c_ulong, c_void};

pub const OK: i32 = 0;
pub const STREAM_END: i32 = 1;
pub const NEED_DICT: i32 = 2;
pub const STREAM_ERROR: i32 = -2;
pub const DATA_ERROR: i32 = -3;
pub const MEM_ERROR: i32 = -4;
pub const BUF_ERROR: i32 = -5;
pub const VERSION_ERROR: i32 = -6;

pub const SYNC_FLUSH: i32 = 2;
pub const FINISH: i32 = 4;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Deflate,
    Inflate,
}

/// `z_stream` as C has it: the functions may be absent.
#[repr(C)]
struct Raw {
    next_in: *const u8,
    avail_in: c_uint,
    total_in: c_ulong,
    next_out: *mut u8,
    avail_out: c_uint,
    total_out: c_ulong,
    msg: *const c_char,
    state: *mut c_void,
    zalloc: Option<z::alloc_func>,
    zfree: Option<z::free_func>,
    opaque: *mut c_void,
    data_type: c_int,
    adler: c_ulong,
    reserved: c_ulong,
}

const _: () = assert!(size_of::<Raw>() == size_of::<z::z_stream>());

/// What goes before memory given to the library: its size. (The system's allocator maps blocks of this size anew each time.)
const HEAD: usize = 16;

unsafe extern "C" fn allocate(_: *mut c_void, items: c_uint, size: c_uint) -> *mut c_void {
    let Some(n) = (items as usize).checked_mul(size as usize).and_then(|n| n.checked_add(HEAD)) else { return std::ptr::null_mut() };
    let Ok(layout) = Layout::from_size_align(n, HEAD) else { return std::ptr::null_mut() };
    // SAFETY: the size is not 0; the head has room for one number.
    unsafe {
        let block = std::alloc::alloc(layout);
        if block.is_null() {
            return std::ptr::null_mut();
        }
        block.cast::<usize>().write(n);
        block.add(HEAD).cast()
    }
}

unsafe extern "C" fn free(_: *mut c_void, memory: *mut c_void) {
    // SAFETY: the library frees only what `allocate` gave, which begins with its size.
    unsafe {
        let block = memory.cast::<u8>().sub(HEAD);
        let n = block.cast::<usize>().read();
        std::alloc::dealloc(block, Layout::from_size_align_unchecked(n, HEAD));
    }
}

impl Raw {
    fn new() -> Box<Raw> {
        Box::new(Raw {
            next_in: std::ptr::null(),
            avail_in: 0,
            total_in: 0,
            next_out: std::ptr::null_mut(),
            avail_out: 0,
            total_out: 0,
            msg: std::ptr::null(),
            state: std::ptr::null_mut(),
            zalloc: Some(allocate),
            zfree: Some(free),
            opaque: std::ptr::null_mut(),
            data_type: 0,
            adler: 0,
            reserved: 0,
        })
    }
    fn ptr(&mut self) -> z::z_streamp {
        std::ptr::from_mut(self).cast()
    }
}

/// A stream in one direction. It stays where it is: its state points back to it.
pub struct Stream {
    raw: Box<Raw>,
    direction: Direction,
}

// SAFETY: a stream is plain memory of its own; whoever has it works on it alone.
unsafe impl Send for Stream {}

/// How much of the input was taken and of the output was filled.
pub struct Step {
    pub code: i32,
    pub taken: usize,
    pub made: usize,
}

fn version() -> *const c_char {
    // SAFETY: gives a static text.
    unsafe { z::zlibVersion() }
}

/// The library's version as a text.
pub fn version_text() -> &'static str {
    // SAFETY: a static text of the library, which is ASCII.
    unsafe { CStr::from_ptr(version()) }.to_str().unwrap_or("1")
}

const SIZE: i32 = size_of::<Raw>() as i32;

impl Stream {
    pub fn deflate(level: i32, method: i32, wbits: i32, mem_level: i32, strategy: i32) -> Result<Stream, i32> {
        let mut raw = Raw::new();
        // SAFETY: an empty stream, boxed for good.
        let r = unsafe { z::deflateInit2_(raw.ptr(), level, method, wbits, mem_level, strategy, version(), SIZE) };
        if r == OK { Ok(Stream { raw, direction: Direction::Deflate }) } else { Err(r) }
    }
    pub fn inflate(wbits: i32) -> Result<Stream, i32> {
        let mut raw = Raw::new();
        // SAFETY: as above.
        let r = unsafe { z::inflateInit2_(raw.ptr(), wbits, version(), SIZE) };
        if r == OK { Ok(Stream { raw, direction: Direction::Inflate }) } else { Err(r) }
    }
    /// What the last error was about.
    pub fn message(&self) -> Option<String> {
        if self.raw.msg.is_null() {
            return None;
        }
        // SAFETY: a static text of the library.
        Some(unsafe { CStr::from_ptr(self.raw.msg) }.to_string_lossy().into_owned())
    }
    pub fn set_dictionary(&mut self, d: &[u8]) -> i32 {
        let n = d.len().min(u32::MAX as usize) as u32;
        // SAFETY: an initialised stream, and memory of the length told.
        unsafe {
            match self.direction {
                Direction::Deflate => z::deflateSetDictionary(self.raw.ptr(), d.as_ptr(), n),
                Direction::Inflate => z::inflateSetDictionary(self.raw.ptr(), d.as_ptr(), n),
            }
        }
    }
    /// One call: as much as input and output allow.
    pub fn run(&mut self, input: &[u8], output: &mut [MaybeUninit<u8>], flush: i32) -> Step {
        let (most_in, most_out) = (input.len().min(u32::MAX as usize), output.len().min(u32::MAX as usize));
        self.raw.next_in = input.as_ptr();
        self.raw.avail_in = most_in as u32;
        self.raw.next_out = output.as_mut_ptr().cast();
        self.raw.avail_out = most_out as u32;
        // SAFETY: an initialised stream; both buffers are as long as they say and outlive the call.
        let code = unsafe {
            match self.direction {
                Direction::Deflate => z::deflate(self.raw.ptr(), flush),
                Direction::Inflate => z::inflate(self.raw.ptr(), flush),
            }
        };
        let step = Step { code, taken: most_in - self.raw.avail_in as usize, made: most_out - self.raw.avail_out as usize };
        self.raw.next_in = std::ptr::null();
        self.raw.avail_in = 0;
        self.raw.next_out = std::ptr::null_mut();
        self.raw.avail_out = 0;
        step
    }
    /// A stream in the same state.
    pub fn copy(&mut self) -> Result<Stream, i32> {
        let mut raw = Raw::new();
        // SAFETY: the source is initialised; the target is boxed for good and filled by the call.
        let r = unsafe {
            match self.direction {
                Direction::Deflate => z::deflateCopy(raw.ptr(), self.raw.ptr()),
                Direction::Inflate => z::inflateCopy(raw.ptr(), self.raw.ptr()),
            }
        };
        if r == OK { Ok(Stream { raw, direction: self.direction }) } else { Err(r) }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // SAFETY: initialised, and not used again.
        unsafe {
            match self.direction {
                Direction::Deflate => z::deflateEnd(self.raw.ptr()),
                Direction::Inflate => z::inflateEnd(self.raw.ptr()),
            };
        }
    }
}

/// The sizes of the pieces in which output is made: stored data is cut where they end.
const PIECES: [usize; 17] = {
    const K: usize = 1 << 10;
    const M: usize = 1 << 20;
    [32 * K, 64 * K, 256 * K, M, 4 * M, 8 * M, 16 * M, 16 * M, 32 * M, 32 * M, 32 * M, 32 * M, 64 * M, 64 * M, 128 * M, 128 * M, 256 * M]
};

/// Runs a stream over all of `input`, until it stops asking for room or `limit` bytes were made.
/// Gives the code of the last call and how much was taken. The first piece of output has the length `first`, if that is not 0.
pub fn drive(s: &mut Stream, input: &[u8], out: &mut Vec<u8>, flush: i32, limit: usize, first: usize) -> (i32, usize) {
    let (mut at, mut piece) = (0, 0);
    loop {
        let most = limit - out.len();
        if most == 0 {
            return (OK, at);
        }
        let start = out.len();
        let room = if piece == 0 && first != 0 { first } else { PIECES[piece.min(PIECES.len() - 1)] };
        piece += 1;
        let n = room.min(most);
        if out.try_reserve(n).is_err() {
            return (MEM_ERROR, at);
        }
        // All but the last piece of a very long input are not its end.
        let flush_now = if input.len() - at > u32::MAX as usize { 0 } else { flush };
        let step = s.run(&input[at..], &mut out.spare_capacity_mut()[..n], flush_now);
        // SAFETY: this much has just been written.
        unsafe { out.set_len(start + step.made) };
        at += step.taken;
        match step.code {
            OK | BUF_ERROR => {}
            code => return (code, at),
        }
        if step.made < n && at == input.len() {
            return (step.code, at);
        }
        if step.code == BUF_ERROR && step.made == 0 && step.taken == 0 {
            return (BUF_ERROR, at);
        }
    }
}

/// The contents of a whole stream, by the faster library; absent when anything is wrong with it, which [`drive`] finds out again.
pub fn unpack_whole(input: &[u8], wbits: i32, first: usize) -> Option<Vec<u8>> {
    let mut raw: Box<fast::z_stream> = Box::default();
    let size = u32::try_from(input.len()).ok()?;
    // SAFETY: an empty stream, boxed for good.
    if unsafe { fast::inflateInit2_(&mut *raw, wbits, fast::zlibVersion(), size_of::<fast::z_stream>() as i32) } != OK {
        return None;
    }
    raw.next_in = input.as_ptr();
    raw.avail_in = size;
    let (mut out, mut room) = (Vec::new(), first);
    let code = loop {
        if out.try_reserve(room).is_err() {
            break MEM_ERROR;
        }
        let n = out.spare_capacity_mut().len().min(u32::MAX as usize);
        raw.next_out = out.spare_capacity_mut().as_mut_ptr().cast();
        raw.avail_out = n as u32;
        // SAFETY: an initialised stream; both buffers are as long as they say and outlive the call.
        let code = unsafe { fast::inflate(&mut *raw, SYNC_FLUSH) };
        // SAFETY: this much has just been written.
        unsafe { out.set_len(out.len() + n - raw.avail_out as usize) };
        if code != OK || raw.avail_out != 0 {
            break code;
        }
        room = out.len().clamp(64 << 10, 64 << 20);
    };
    // SAFETY: initialised, and not used again.
    unsafe { fast::inflateEnd(&mut *raw) };
    (code == STREAM_END).then_some(out)
}
