//! `ZstdCompressor`.

use super::dictionary::{self, Form};
use super::{LEVEL, error, failed, ffi, options, wrong_parameter};
use crate::prelude::*;
use std::cell::Cell;
use std::ffi::c_void;
use std::sync::Arc;

const CONTINUE: i32 = 0;
const FLUSH_BLOCK: i32 = 1;
const FLUSH_FRAME: i32 = 2;

/// A context of the library, with the dictionary that it refers to.
struct Context {
    raw: *mut c_void,
    digested: *mut c_void,
    _dict: Option<Arc<[u8]>>,
}

// SAFETY: a context is memory of its own; whoever has it works on it alone.
unsafe impl Send for Context {}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: both were made by the library or are null, and are not used again.
        unsafe {
            ffi::ZSTD_freeCCtx(self.raw);
            ffi::ZSTD_freeCDict(self.digested);
        }
    }
}

impl Context {
    fn set(&self, key: i32, value: i32) -> bool {
        // SAFETY: a live context.
        !failed(unsafe { ffi::ZSTD_CCtx_setParameter(self.raw, key, value) })
    }
    /// Works on all of the input; true: the frame's rest was written, or as much as the mode asks for.
    fn run(&mut self, input: &[u8], mode: i32) -> std::result::Result<Vec<u8>, usize> {
        let mut out: Vec<u8> = vec![];
        // With room for everything a frame is made in one go, and its header tells its length.
        let mut room = if mode == FLUSH_FRAME { ffi::ZSTD_compressBound(input.len()).min(isize::MAX as usize) } else { 32 << 10 };
        let mut i = ffi::InBuffer { src: input.as_ptr().cast(), size: input.len(), pos: 0 };
        loop {
            out.reserve(room.max(1 << 10));
            let spare = out.spare_capacity_mut();
            let mut o = ffi::OutBuffer { dst: spare.as_mut_ptr().cast(), size: spare.len(), pos: 0 };
            // SAFETY: a live context; buffers of the lengths told.
            let left = unsafe { ffi::ZSTD_compressStream2(self.raw, &mut o, &mut i, mode) };
            // SAFETY: this much was written.
            unsafe { out.set_len(out.len() + o.pos) };
            if failed(left) {
                return Err(left);
            }
            let done = if mode == CONTINUE { i.pos == i.size } else { left == 0 };
            if done {
                return Ok(out);
            }
            room = out.len().clamp(32 << 10, 64 << 20);
        }
    }
    fn reset(&self) {
        // SAFETY: a live context.
        unsafe { ffi::ZSTD_CCtx_reset(self.raw, ffi::RESET_SESSION) };
    }
}

pub struct Compressor {
    context: GilCell<Option<Context>>,
    busy: Cell<bool>,
    last_mode: Cell<i32>,
}
payload!(Compressor);

fn set_level(ts: &ThreadState, c: &Context, level: Option<i32>) -> Result<()> {
    let b = ffi::ZSTD_cParam_getBounds(LEVEL);
    let range = format!("; the valid range is [{}, {}]", b.lower, b.upper);
    match level {
        None => Err(ts.value_error(format!("illegal compression level{range}"))),
        Some(n) if n < b.lower || n > b.upper => Err(ts.value_error(format!("illegal compression level {n}{range}"))),
        Some(n) if c.set(LEVEL, n) => Ok(()),
        Some(n) => Err(wrong_parameter(ts, LEVEL, n, true)),
    }
}

impl Compressor {
    fn work(&self, ts: &ThreadState, input: &[u8], mode: i32) -> Result {
        while self.busy.get() {
            ts.allow_threads(|| std::thread::sleep(std::time::Duration::from_micros(50)));
        }
        let Some(mut c) = self.context.take() else { return Err(ts.memory_error()) };
        self.busy.set(true);
        let r = ts.allow_threads(|| c.run(input, mode));
        if r.is_err() {
            c.reset();
        }
        self.last_mode.set(if r.is_ok() { mode } else { FLUSH_FRAME });
        self.context.set(Some(c));
        self.busy.set(false);
        match r {
            Ok(out) => Ok(bytes_from_vec(ts, out)),
            Err(code) => Err(error(ts, "Unable to compress Zstandard data", code)),
        }
    }
}

/// Compresses data piece by piece.
///
///   level
///     The level of compression, COMPRESSION_LEVEL_DEFAULT by default.
///   options
///     A dict of parameters.
///   zstd_dict
///     A ZstdDict.
///
/// compress() does it at once.
#[class(name = "ZstdCompressor", module = "compression.zstd", final)]
impl Compressor {
    #[new("(level=None, options=None, zstd_dict=None)")]
    fn new(cls: &Type, ts: &ThreadState, level: Option<&Value>, options: Option<&Value>, zstd_dict: Option<&Value>) -> Result<Ref<Compressor>> {
        let mut c = Context { raw: ffi::ZSTD_createCCtx(), digested: std::ptr::null_mut(), _dict: None };
        if c.raw.is_null() {
            return Err(ts.memory_error());
        }
        if level.is_some() && options.is_some() {
            return Err(ts.type_error("Only one of level or options should be used."));
        }
        let mut used = 3;
        if let Some(v) = level {
            if !is_int(v) {
                return Err(ts.type_error("invalid type for level, expected int"));
            }
            let n = to_i64(v).and_then(|n| i32::try_from(n).ok());
            set_level(ts, &c, n)?;
            used = n.unwrap_or(used);
        }
        if let Some(given) = options {
            for (key, value) in self::options(ts, given, true)? {
                if key == LEVEL {
                    set_level(ts, &c, Some(value))?;
                    used = value;
                } else if !c.set(key, value) {
                    return Err(wrong_parameter(ts, key, value, true));
                }
            }
        }
        if let Some(v) = zstd_dict {
            let (dict, form) = dictionary::argument(ts, v)?;
            let (p, n) = (dict.as_ptr().cast::<c_void>(), dict.len());
            // SAFETY: a live context; the dictionary's memory is kept beside it.
            let code = unsafe {
                match form {
                    Form::Digested => {
                        c.digested = ffi::ZSTD_createCDict(p, n, used);
                        if c.digested.is_null() {
                            return Err(super::error_text(ts, "Failed to create a ZSTD_CDict instance from Zstandard dictionary content."));
                        }
                        ffi::ZSTD_CCtx_refCDict(c.raw, c.digested)
                    }
                    Form::Undigested => ffi::ZSTD_CCtx_loadDictionary(c.raw, p, n),
                    Form::Prefix => ffi::ZSTD_CCtx_refPrefix(c.raw, p, n),
                }
            };
            if failed(code) {
                return Err(error(ts, "Unable to load Zstandard dictionary or prefix for compression", code));
            }
            c._dict = Some(dict);
        }
        let own = Compressor { context: GilCell::new(Some(c)), busy: Cell::new(false), last_mode: Cell::new(FLUSH_FRAME) };
        Ok(heap::new_with_type(ts, cls, own))
    }
    /// Compresses data; what comes of it so far is the result.
    ///
    ///   mode
    ///     ZstdCompressor.CONTINUE, ZstdCompressor.FLUSH_BLOCK or ZstdCompressor.FLUSH_FRAME.
    #[method("compress($self, /, data, mode=0)")]
    fn compress(&self, ts: &ThreadState, data: &Value, mode: i32) -> Result {
        let loan = readable(ts, data)?;
        if !matches!(mode, CONTINUE | FLUSH_BLOCK | FLUSH_FRAME) {
            return Err(ts.value_error(
                "mode argument wrong value, it should be one of ZstdCompressor.CONTINUE, ZstdCompressor.FLUSH_BLOCK, ZstdCompressor.FLUSH_FRAME.",
            ));
        }
        self.work(ts, loan.as_bytes(), mode)
    }
    /// Writes what is left, up to the end of the block or of the frame.
    #[method("flush($self, /, mode=2)")]
    fn flush(&self, ts: &ThreadState, mode: i32) -> Result {
        if !matches!(mode, FLUSH_BLOCK | FLUSH_FRAME) {
            return Err(ts.value_error("mode argument wrong value, it should be ZstdCompressor.FLUSH_FRAME or ZstdCompressor.FLUSH_BLOCK."));
        }
        self.work(ts, b"", mode)
    }
    /// Tells how long the contents of the next frame will be, for its header.
    #[method("set_pledged_input_size($self, size, /)")]
    fn set_pledged_input_size(&self, ts: &ThreadState, size: &Value) -> Result<()> {
        let n = if size.is_none() {
            ffi::CONTENT_SIZE_UNKNOWN
        } else if !is_int(size) {
            return Err(ts.type_error("an integer is required"));
        } else {
            match to_i128(ts, size).ok().and_then(|n| u64::try_from(n).ok()).filter(|n| *n < ffi::CONTENT_SIZE_ERROR) {
                Some(n) => n,
                None => {
                    ts.clear_exception();
                    return Err(ts.value_error(format!("size argument should be a positive int less than {}", ffi::CONTENT_SIZE_ERROR)));
                }
            }
        };
        if self.last_mode.get() != FLUSH_FRAME {
            return Err(ts.value_error("set_pledged_input_size() method must be called when last_mode == FLUSH_FRAME"));
        }
        // SAFETY: a live context.
        let code = self.context.read(|c| c.as_ref().map_or(0, |c| unsafe { ffi::ZSTD_CCtx_setPledgedSrcSize(c.raw, n) }));
        if failed(code) { Err(error(ts, "Unable to set pledged uncompressed content size", code)) } else { Ok(()) }
    }
    /// The mode of the last call.
    #[getter("last_mode", member)]
    fn get_last_mode(&self) -> i32 {
        self.last_mode.get()
    }
    #[method("__getstate__($self, /)")]
    fn getstate(slf: &Value, ts: &ThreadState) -> Result {
        Err(ts.type_error(format!("cannot pickle '{}' object", slf.type_name(ts))))
    }
}
