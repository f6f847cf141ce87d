//! Streams of zlib, wrapped: a stream owns its state and ends it when dropped.

use libz_rs_sys as z;
use std::ffi::CStr;

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

/// A stream in one direction. It stays where it is: its state points back to it.
pub struct Stream {
    raw: Box<z::z_stream>,
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

fn version() -> *const std::ffi::c_char {
    z::zlibVersion()
}

const SIZE: i32 = size_of::<z::z_stream>() as i32;

impl Stream {
    pub fn deflate(level: i32, method: i32, wbits: i32, mem_level: i32, strategy: i32) -> Result<Stream, i32> {
        let mut raw: Box<z::z_stream> = Box::default();
        // SAFETY: a default stream, boxed for good.
        let r = unsafe { z::deflateInit2_(&mut *raw, level, method, wbits, mem_level, strategy, version(), SIZE) };
        if r == OK { Ok(Stream { raw, direction: Direction::Deflate }) } else { Err(r) }
    }
    pub fn inflate(wbits: i32) -> Result<Stream, i32> {
        let mut raw: Box<z::z_stream> = Box::default();
        // SAFETY: as above.
        let r = unsafe { z::inflateInit2_(&mut *raw, wbits, version(), SIZE) };
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
                Direction::Deflate => z::deflateSetDictionary(&mut *self.raw, d.as_ptr(), n),
                Direction::Inflate => z::inflateSetDictionary(&mut *self.raw, d.as_ptr(), n),
            }
        }
    }
    /// One call: as much as input and output allow.
    pub fn run(&mut self, input: &[u8], output: &mut [u8], flush: i32) -> Step {
        let (most_in, most_out) = (input.len().min(u32::MAX as usize), output.len().min(u32::MAX as usize));
        self.raw.next_in = input.as_ptr();
        self.raw.avail_in = most_in as u32;
        self.raw.next_out = output.as_mut_ptr();
        self.raw.avail_out = most_out as u32;
        // SAFETY: an initialised stream; both buffers are as long as they say and outlive the call.
        let code = unsafe {
            match self.direction {
                Direction::Deflate => z::deflate(&mut *self.raw, flush),
                Direction::Inflate => z::inflate(&mut *self.raw, flush),
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
        let mut raw: Box<z::z_stream> = Box::default();
        // SAFETY: the source is initialised; the target is boxed for good and filled by the call.
        let r = unsafe {
            match self.direction {
                Direction::Deflate => z::deflateCopy(&mut *raw, &mut *self.raw),
                Direction::Inflate => z::inflateCopy(&mut *raw, &*self.raw),
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
                Direction::Deflate => z::deflateEnd(&mut *self.raw),
                Direction::Inflate => z::inflateEnd(&mut *self.raw),
            };
        }
    }
}

/// Runs a stream over all of `input`, until it stops asking for room or `limit` bytes were made.
/// Gives the code of the last call and how much was taken.
pub fn drive(s: &mut Stream, input: &[u8], out: &mut Vec<u8>, flush: i32, limit: usize, first: usize) -> (i32, usize) {
    let (mut at, mut room) = (0, first.clamp(1, 1 << 26));
    loop {
        let most = limit - out.len();
        if most == 0 {
            return (OK, at);
        }
        let start = out.len();
        let n = room.min(most);
        if out.try_reserve(n).is_err() {
            return (MEM_ERROR, at);
        }
        out.resize(start + n, 0);
        // All but the last piece of a very long input are not its end.
        let flush_now = if input.len() - at > u32::MAX as usize { 0 } else { flush };
        let step = s.run(&input[at..], &mut out[start..], flush_now);
        out.truncate(start + step.made);
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
        room = (room * 2).min(1 << 26);
    }
}
