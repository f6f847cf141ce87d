//! `ZstdDecompressor`.

use super::dictionary::{self, Form};
use super::{error, failed, ffi, options, wrong_parameter};
use crate::prelude::*;
use std::cell::Cell;
use std::ffi::c_void;
use std::sync::Arc;

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
            ffi::ZSTD_freeDCtx(self.raw);
            ffi::ZSTD_freeDDict(self.digested);
        }
    }
}

/// What one call came to.
struct Run {
    out: Vec<u8>,
    taken: usize,
    ended: bool,
    /// Everything that was asked for was made: there may be more.
    full: bool,
}

impl Context {
    fn run(&mut self, input: &[u8], limit: usize) -> std::result::Result<Run, usize> {
        let mut r = Run { out: vec![], taken: 0, ended: false, full: false };
        let mut i = ffi::InBuffer { src: input.as_ptr().cast(), size: input.len(), pos: 0 };
        let mut room = 32 << 10;
        loop {
            let n = room.min(limit - r.out.len());
            r.out.reserve(n);
            let spare = &mut r.out.spare_capacity_mut()[..n];
            let mut o = ffi::OutBuffer { dst: spare.as_mut_ptr().cast(), size: n, pos: 0 };
            // SAFETY: a live context; buffers of the lengths told.
            let left = unsafe { ffi::ZSTD_decompressStream(self.raw, &mut o, &mut i) };
            if failed(left) {
                return Err(left);
            }
            // SAFETY: this much was written.
            unsafe { r.out.set_len(r.out.len() + o.pos) };
            r.taken = i.pos;
            if left == 0 {
                r.ended = true;
                return Ok(r);
            }
            if o.pos == o.size {
                if r.out.len() == limit {
                    r.full = true;
                    return Ok(r);
                }
                room = (room * 2).min(64 << 20);
            } else if i.pos == i.size {
                return Ok(r);
            }
        }
    }
}

pub struct Decompressor {
    context: GilCell<Option<Context>>,
    busy: Cell<bool>,
    input: GilCell<Vec<u8>>,
    unused: GilCell<Vec<u8>>,
    eof: Cell<bool>,
    needs_input: Cell<bool>,
}
payload!(Decompressor);

/// Decompresses data piece by piece.
///
///   zstd_dict
///     A ZstdDict.
///   options
///     A dict of parameters.
///
/// decompress() does it at once.
#[class(name = "ZstdDecompressor", module = "compression.zstd", final)]
impl Decompressor {
    #[new("(zstd_dict=None, options=None)")]
    fn new(cls: &Type, ts: &ThreadState, zstd_dict: Option<&Value>, options: Option<&Value>) -> Result<Ref<Decompressor>> {
        let mut c = Context { raw: ffi::ZSTD_createDCtx(), digested: std::ptr::null_mut(), _dict: None };
        if c.raw.is_null() {
            return Err(ts.memory_error());
        }
        if let Some(v) = zstd_dict {
            let (dict, form) = dictionary::argument(ts, v)?;
            let (p, n) = (dict.as_ptr().cast::<c_void>(), dict.len());
            // SAFETY: a live context; the dictionary's memory is kept beside it.
            let code = unsafe {
                match form {
                    Form::Digested => {
                        c.digested = ffi::ZSTD_createDDict(p, n);
                        if c.digested.is_null() {
                            return Err(super::error_text(ts, "Failed to create a ZSTD_DDict instance from Zstandard dictionary content."));
                        }
                        ffi::ZSTD_DCtx_refDDict(c.raw, c.digested)
                    }
                    Form::Undigested => ffi::ZSTD_DCtx_loadDictionary(c.raw, p, n),
                    Form::Prefix => ffi::ZSTD_DCtx_refPrefix(c.raw, p, n),
                }
            };
            if failed(code) {
                return Err(error(ts, "Unable to load Zstandard dictionary or prefix for decompression", code));
            }
            c._dict = Some(dict);
        }
        if let Some(given) = options {
            for (key, value) in self::options(ts, given, false)? {
                // SAFETY: a live context.
                if failed(unsafe { ffi::ZSTD_DCtx_setParameter(c.raw, key, value) }) {
                    return Err(wrong_parameter(ts, key, value, false));
                }
            }
        }
        let d = Decompressor {
            context: GilCell::new(Some(c)),
            busy: Cell::new(false),
            input: GilCell::default(),
            unused: GilCell::default(),
            eof: Cell::new(false),
            needs_input: Cell::new(true),
        };
        Ok(heap::new_with_type(ts, cls, d))
    }
    /// Decompresses data: at most max_length bytes, if that is not negative. What was not looked at yet is kept; while
    /// needs_input is False, calls with b'' give more. Behind the end of the frame there is EOFError, and what came
    /// behind it is in unused_data.
    #[method("decompress($self, /, data, max_length=-1)")]
    fn decompress(&self, ts: &ThreadState, data: &Value, max_length: isize) -> Result {
        let loan = readable(ts, data)?;
        while self.busy.get() {
            ts.allow_threads(|| std::thread::sleep(std::time::Duration::from_micros(50)));
        }
        if self.eof.get() {
            return Err(ts.eof_error("Already at the end of a Zstandard frame."));
        }
        let mut kept = self.input.take();
        let whole = if kept.is_empty() {
            loan.as_bytes()
        } else {
            kept.extend_from_slice(loan.as_bytes());
            &kept[..]
        };
        let Some(mut c) = self.context.take() else { return Err(ts.memory_error()) };
        self.busy.set(true);
        let limit = usize::try_from(max_length).unwrap_or(usize::MAX);
        let r = ts.allow_threads(|| c.run(whole, limit));
        if r.is_err() {
            // SAFETY: a live context.
            unsafe { ffi::ZSTD_DCtx_reset(c.raw, ffi::RESET_SESSION) };
        }
        self.context.set(Some(c));
        self.busy.set(false);
        let r = match r {
            Ok(r) => r,
            Err(code) => {
                self.needs_input.set(true);
                return Err(error(ts, "Unable to decompress Zstandard data", code));
            }
        };
        let rest = &whole[r.taken..];
        if r.ended {
            self.eof.set(true);
            self.needs_input.set(false);
            self.unused.set(rest.to_vec());
        } else {
            self.needs_input.set(rest.is_empty() && !r.full);
            let rest = rest.to_vec();
            self.input.set(rest);
        }
        Ok(bytes_from_vec(ts, r.out))
    }
    /// The end of the frame has been reached.
    #[getter("eof", member)]
    fn get_eof(&self) -> bool {
        self.eof.get()
    }
    /// False while there may be more output without more input.
    #[getter("needs_input", member)]
    fn get_needs_input(&self) -> bool {
        self.needs_input.get()
    }
    /// What came behind the frame.
    #[getter("unused_data")]
    fn get_unused_data(&self, ts: &ThreadState) -> Value {
        self.unused.read(|d| bytes_value(ts, d))
    }
    #[method("__getstate__($self, /)")]
    fn getstate(slf: &Value, ts: &ThreadState) -> Result {
        Err(ts.type_error(format!("cannot pickle '{}' object", slf.type_name(ts))))
    }
}
