//! Compressor and decompressor objects.

use super::stream::{self, FINISH, STREAM_END, SYNC_FLUSH, Stream, drive};
use super::{error, work};
use crate::prelude::*;
use std::cell::Cell;

/// A stream that one thread at a time works on.
#[derive(Default)]
struct Shared {
    stream: GilCell<Option<Stream>>,
    busy: Cell<bool>,
}

impl Shared {
    fn new(s: Stream) -> Shared {
        Shared { stream: GilCell::new(Some(s)), busy: Cell::new(false) }
    }
    /// Takes the stream for a while; absent once it has ended.
    fn take(&self, ts: &ThreadState) -> Option<Stream> {
        while self.busy.get() {
            ts.allow_threads(|| std::thread::sleep(std::time::Duration::from_micros(50)));
        }
        let s = self.stream.take();
        self.busy.set(s.is_some());
        s
    }
    fn give(&self, s: Option<Stream>) {
        self.stream.set(s);
        self.busy.set(false);
    }
}

pub struct Compress {
    s: Shared,
}
payload!(Compress);

pub fn new_compress(ts: &ThreadState, level: i32, method: i32, wbits: i32, mem_level: i32, strategy: i32, zdict: Option<&Value>) -> Result {
    let dict = zdict.map(|d| readable(ts, d)).transpose()?;
    let mut s = match Stream::deflate(level, method, wbits, mem_level, strategy) {
        Ok(s) => s,
        Err(stream::MEM_ERROR) => return Err(ts.memory_error()),
        Err(stream::STREAM_ERROR) => return Err(ts.value_error("Invalid initialization option")),
        Err(code) => return Err(error(ts, code, None, "while creating compression object")),
    };
    if let Some(d) = dict {
        match s.set_dictionary(d.as_bytes()) {
            stream::OK => {}
            stream::STREAM_ERROR => return Err(ts.value_error("Invalid dictionary")),
            _ => return Err(ts.value_error("deflateSetDictionary()")),
        }
    }
    Ok(heap::new(ts, Compress { s: Shared::new(s) }).into_value())
}

#[class(name = "Compress", module = "zlib", final, no_new)]
impl Compress {
    /// Returns a bytes object containing compressed data.
    ///
    ///   data
    ///     Binary data to be compressed.
    ///
    /// After calling this function, some of the input data may still
    /// be stored in internal buffers for later processing.
    /// Call the flush() method to clear these buffers.
    #[method("compress($self, data, /)")]
    fn compress(&self, ts: &ThreadState, data: &Value) -> Result {
        let loan = readable(ts, data)?;
        let bytes = loan.as_bytes();
        let Some(mut s) = self.s.take(ts) else {
            return Err(error(ts, stream::STREAM_ERROR, None, "while compressing data"));
        };
        let (code, out) = work(ts, bytes.len(), || {
            let mut out = vec![];
            (drive(&mut s, bytes, &mut out, 0, usize::MAX, 0).0, out)
        });
        let message = s.message();
        self.s.give(Some(s));
        match code {
            stream::OK | stream::BUF_ERROR => Ok(bytes_from_vec(ts, out)),
            code => Err(error(ts, code, message, "while compressing data")),
        }
    }
    /// Return a bytes object containing any remaining compressed data.
    ///
    ///   mode
    ///     One of the constants Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH.
    ///     If mode == Z_FINISH, the compressor object can no longer be
    ///     used after calling the flush() method.  Otherwise, more data
    ///     can still be compressed.
    #[method("flush($self, mode=4, /)")]
    fn flush(&self, ts: &ThreadState, mode: i32) -> Result {
        if mode == 0 {
            return Ok(bytes_value(ts, b""));
        }
        let Some(mut s) = self.s.take(ts) else {
            return Err(error(ts, stream::STREAM_ERROR, None, "while flushing"));
        };
        let (code, out) = work(ts, usize::MAX, || {
            let mut out = vec![];
            (drive(&mut s, b"", &mut out, mode, usize::MAX, 0).0, out)
        });
        let message = s.message();
        // The end of the data is the end of the stream.
        self.s.give(if code == STREAM_END && mode == FINISH { None } else { Some(s) });
        match code {
            stream::OK | stream::BUF_ERROR | STREAM_END => Ok(bytes_from_vec(ts, out)),
            code => Err(error(ts, code, message, "while flushing")),
        }
    }
    /// Return a copy of the compression object.
    #[method("copy($self, /)", alias = "__copy__")]
    fn copy(&self, ts: &ThreadState) -> Result {
        let copy = copy_stream(ts, &self.s, "compression")?;
        Ok(heap::new(ts, Compress { s: Shared::new(copy) }).into_value())
    }
    #[method("__deepcopy__($self, memo, /)")]
    fn deepcopy(&self, ts: &ThreadState, memo: &Value) -> Result {
        let _ = memo;
        let copy = copy_stream(ts, &self.s, "compression")?;
        Ok(heap::new(ts, Compress { s: Shared::new(copy) }).into_value())
    }
}

fn copy_stream(ts: &ThreadState, shared: &Shared, what: &str) -> Result<Stream> {
    let Some(mut s) = shared.take(ts) else { return Err(ts.value_error("Inconsistent stream state")) };
    let copy = s.copy();
    shared.give(Some(s));
    copy.map_err(|code| match code {
        stream::STREAM_ERROR => ts.value_error("Inconsistent stream state"),
        stream::MEM_ERROR => ts.memory_error(),
        code => error(ts, code, None, &format!("while copying {what} object")),
    })
}

/// Runs an inflating stream over input, giving it the dictionary when it asks.
/// Gives the code, how much was taken, and whether the dictionary was refused.
fn inflate(s: &mut Stream, input: &[u8], out: &mut Vec<u8>, flush: i32, limit: usize, dict: Option<&[u8]>) -> (i32, usize, bool) {
    let mut at = 0;
    loop {
        let (code, taken) = drive(s, &input[at..], out, flush, limit, 0);
        at += taken;
        match (code, dict) {
            (stream::NEED_DICT, Some(d)) => {
                let r = s.set_dictionary(d);
                if r != stream::OK {
                    return (r, at, true);
                }
            }
            _ => return (code, at, false),
        }
    }
}

pub struct Decompress {
    s: Shared,
    unused_data: GilCell<Vec<u8>>,
    unconsumed_tail: GilCell<Vec<u8>>,
    eof: Cell<bool>,
    zdict: Option<Vec<u8>>,
}
payload!(Decompress);

fn inflating(ts: &ThreadState, wbits: i32, zdict: Option<&[u8]>) -> Result<Stream> {
    let mut s = match Stream::inflate(wbits) {
        Ok(s) => s,
        Err(stream::MEM_ERROR) => return Err(ts.memory_error()),
        Err(stream::STREAM_ERROR) => return Err(ts.value_error("Invalid initialization option")),
        Err(code) => return Err(error(ts, code, None, "while creating decompression object")),
    };
    // Without a header nobody will ask for the dictionary.
    if wbits < 0
        && let Some(d) = zdict
    {
        let r = s.set_dictionary(d);
        if r != stream::OK {
            return Err(error(ts, r, s.message(), "while setting zdict"));
        }
    }
    Ok(s)
}

fn dictionary(ts: &ThreadState, zdict: Option<&Value>) -> Result<Option<Vec<u8>>> {
    let Some(v) = zdict else { return Ok(None) };
    match maybe_readable(ts, v)? {
        Some(b) => Ok(Some(b.as_bytes().to_vec())),
        None => Err(ts.type_error("zdict argument must support the buffer protocol")),
    }
}

pub fn new_decompress(ts: &ThreadState, wbits: i32, zdict: Option<&Value>) -> Result {
    let zdict = dictionary(ts, zdict)?;
    let s = inflating(ts, wbits, zdict.as_deref())?;
    let d = Decompress {
        s: Shared::new(s),
        unused_data: GilCell::default(),
        unconsumed_tail: GilCell::default(),
        eof: Cell::new(false),
        zdict,
    };
    Ok(heap::new(ts, d).into_value())
}

impl Decompress {
    fn step(&self, ts: &ThreadState, bytes: &[u8], flush: i32, limit: usize) -> Result {
        let Some(mut s) = self.s.take(ts) else {
            return Err(error(ts, stream::STREAM_ERROR, None, "while decompressing data"));
        };
        let dict = self.zdict.as_deref();
        let (result, out) = work(ts, bytes.len(), || {
            let mut out = vec![];
            (inflate(&mut s, bytes, &mut out, flush, limit, dict), out)
        });
        let message = s.message();
        self.s.give(Some(s));
        let (code, taken, refused) = result;
        let rest = &bytes[taken..];
        if code == STREAM_END {
            self.eof.set(true);
            self.unused_data.write(|u| u.extend_from_slice(rest));
            self.unconsumed_tail.set(vec![]);
        } else {
            self.unconsumed_tail.set(rest.to_vec());
        }
        match code {
            stream::OK | stream::BUF_ERROR | STREAM_END => Ok(bytes_from_vec(ts, out)),
            code if refused => Err(error(ts, code, message, "while setting zdict")),
            code => Err(error(ts, code, message, "while decompressing data")),
        }
    }
    fn duplicate(&self, ts: &ThreadState) -> Result {
        let d = Decompress {
            s: Shared::new(copy_stream(ts, &self.s, "decompression")?),
            unused_data: GilCell::new(self.unused_data.get()),
            unconsumed_tail: GilCell::new(self.unconsumed_tail.get()),
            eof: Cell::new(self.eof.get()),
            zdict: self.zdict.clone(),
        };
        Ok(heap::new(ts, d).into_value())
    }
}

#[class(name = "Decompress", module = "zlib", final, no_new)]
impl Decompress {
    /// Return a bytes object containing the decompressed version of the data.
    ///
    ///   data
    ///     The binary data to decompress.
    ///   max_length
    ///     The maximum allowable length of the decompressed data.
    ///     Unconsumed input data will be stored in
    ///     the unconsumed_tail attribute.
    ///
    /// After calling this function, some of the input data may still be stored in
    /// internal buffers for later processing.
    /// Call the flush() method to clear these buffers.
    #[method("decompress($self, data, /, max_length=0)")]
    fn decompress(&self, ts: &ThreadState, data: &Value, max_length: isize) -> Result {
        if max_length < 0 {
            return Err(ts.value_error("max_length must be non-negative"));
        }
        let loan = readable(ts, data)?;
        let limit = if max_length == 0 { usize::MAX } else { max_length as usize };
        self.step(ts, loan.as_bytes(), SYNC_FLUSH, limit)
    }
    /// Return a bytes object containing any remaining decompressed data.
    ///
    ///   length
    ///     the initial size of the output buffer.
    #[method("flush($self, length=16384, /)")]
    fn flush(&self, ts: &ThreadState, length: isize) -> Result {
        if length <= 0 {
            return Err(ts.value_error("length must be greater than zero"));
        }
        if self.eof.get() {
            drop(self.s.take(ts));
            self.s.give(None);
            return Ok(bytes_value(ts, b""));
        }
        let rest = self.unconsumed_tail.get();
        let r = self.step(ts, &rest, FINISH, usize::MAX)?;
        if self.eof.get() {
            drop(self.s.take(ts));
            self.s.give(None);
        }
        Ok(r)
    }
    /// Return a copy of the decompression object.
    #[method("copy($self, /)", alias = "__copy__")]
    fn copy(&self, ts: &ThreadState) -> Result {
        self.duplicate(ts)
    }
    #[method("__deepcopy__($self, memo, /)")]
    fn deepcopy(&self, ts: &ThreadState, memo: &Value) -> Result {
        let _ = memo;
        self.duplicate(ts)
    }
    #[getter("unused_data", member)]
    fn get_unused_data(&self, ts: &ThreadState) -> Value {
        self.unused_data.read(|d| bytes_value(ts, d))
    }
    #[getter("unconsumed_tail", member)]
    fn get_unconsumed_tail(&self, ts: &ThreadState) -> Value {
        self.unconsumed_tail.read(|d| bytes_value(ts, d))
    }
    #[getter("eof", member)]
    fn get_eof(&self) -> bool {
        self.eof.get()
    }
}

pub struct Decompressor {
    s: Shared,
    input: GilCell<Vec<u8>>,
    unused_data: GilCell<Vec<u8>>,
    eof: Cell<bool>,
    needs_input: Cell<bool>,
    zdict: Option<Vec<u8>>,
}
payload!(Decompressor);

/// Create a decompressor object for decompressing data incrementally.
#[class(name = "_ZlibDecompressor", module = "zlib", final)]
impl Decompressor {
    #[new("(wbits=15, zdict=<unrepresentable>)")]
    fn new(cls: &Type, ts: &ThreadState, wbits: i32, zdict: Option<&Value>) -> Result<Ref<Decompressor>> {
        let zdict = dictionary(ts, zdict)?;
        let s = inflating(ts, wbits, zdict.as_deref())?;
        let d = Decompressor {
            s: Shared::new(s),
            input: GilCell::default(),
            unused_data: GilCell::default(),
            eof: Cell::new(false),
            needs_input: Cell::new(true),
            zdict,
        };
        Ok(heap::new_with_type(ts, cls, d))
    }
    /// Decompress *data*, returning uncompressed data as bytes.
    ///
    /// If *max_length* is nonnegative, returns at most *max_length* bytes of
    /// decompressed data. If this limit is reached and further output can be
    /// produced, *self.needs_input* will be set to ``False``. In this case, the next
    /// call to *decompress()* may provide *data* as b'' to obtain more of the output.
    ///
    /// If all of the input data was decompressed and returned (either because this
    /// was less than *max_length* bytes, or because *max_length* was negative),
    /// *self.needs_input* will be set to True.
    ///
    /// Attempting to decompress data after the end of stream is reached raises an
    /// EOFError.  Any data found after the end of the stream is ignored and saved in
    /// the unused_data attribute.
    #[method("decompress($self, /, data, max_length=-1)")]
    fn decompress(&self, ts: &ThreadState, data: &Value, max_length: isize) -> Result {
        let loan = readable(ts, data)?;
        if self.eof.get() {
            return Err(ts.eof_error("End of stream already reached"));
        }
        let mut input = self.input.take();
        input.extend_from_slice(loan.as_bytes());
        let Some(mut s) = self.s.take(ts) else {
            return Err(error(ts, stream::STREAM_ERROR, None, "while decompressing data"));
        };
        let limit = if max_length < 0 { usize::MAX } else { max_length as usize };
        let dict = self.zdict.as_deref();
        let bytes = &input[..];
        let (result, out) = work(ts, bytes.len(), || {
            let mut out = vec![];
            (inflate(&mut s, bytes, &mut out, SYNC_FLUSH, limit, dict), out)
        });
        let message = s.message();
        self.s.give(Some(s));
        let (code, taken, refused) = result;
        if code == STREAM_END {
            self.eof.set(true);
            self.needs_input.set(false);
            self.unused_data.set(input.split_off(taken));
        } else {
            let full = max_length >= 0 && out.len() == limit;
            input.drain(..taken);
            // With the room used up there may be more to come from inside.
            self.needs_input.set(input.is_empty() && !full);
            self.input.set(input);
        }
        match code {
            stream::OK | stream::BUF_ERROR | STREAM_END => Ok(bytes_from_vec(ts, out)),
            code if refused => Err(error(ts, code, message, "while setting zdict")),
            code => Err(error(ts, code, message, "while decompressing data")),
        }
    }
    /// True if the end-of-stream marker has been reached.
    #[getter("eof", member)]
    fn get_eof(&self) -> bool {
        self.eof.get()
    }
    /// Data found after the end of the compressed stream.
    #[getter("unused_data", member)]
    fn get_unused_data(&self, ts: &ThreadState) -> Value {
        self.unused_data.read(|d| bytes_value(ts, d))
    }
    /// True if more input is needed before more decompressed data can be produced.
    #[getter("needs_input", member)]
    fn get_needs_input(&self) -> bool {
        self.needs_input.get()
    }
}
