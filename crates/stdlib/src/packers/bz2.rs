//! The module `_bz2`.

use super::{Coder, Shared, Step};
use crate::prelude::*;
use bzip2::{Action, Compress, Compression, Decompress, Error, Status};

pub static MODULE: ModuleDef = ModuleDef { name: "_bz2", doc: "", functions: &[], init: Some(init) };

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    dict.set_name(ts, "BZ2Compressor", Compressor::class(ts).into_value());
    dict.set_name(ts, "BZ2Decompressor", Decompressor::class(ts).into_value());
    Ok(())
}

pub struct Packing(Compress);

impl Coder for Packing {
    type Error = Error;
    fn step(&mut self, input: &[u8], output: &mut [u8], finish: bool) -> std::result::Result<Step, Error> {
        let before = (self.0.total_in(), self.0.total_out());
        if input.is_empty() && !finish {
            return Ok(Step { taken: 0, made: 0, ended: false });
        }
        let status = self.0.compress(input, output, if finish { Action::Finish } else { Action::Run })?;
        Ok(Step {
            taken: (self.0.total_in() - before.0) as usize,
            made: (self.0.total_out() - before.1) as usize,
            ended: matches!(status, Status::StreamEnd),
        })
    }
}

pub struct Unpacking(Decompress);

impl Coder for Unpacking {
    type Error = Error;
    fn step(&mut self, input: &[u8], output: &mut [u8], _: bool) -> std::result::Result<Step, Error> {
        let before = (self.0.total_in(), self.0.total_out());
        let status = self.0.decompress(input, output)?;
        Ok(Step {
            taken: (self.0.total_in() - before.0) as usize,
            made: (self.0.total_out() - before.1) as usize,
            ended: matches!(status, Status::StreamEnd),
        })
    }
}

fn raise(ts: &ThreadState, e: Error) -> Raised {
    match e {
        Error::Data | Error::DataMagic => raise_os_error_text(ts, "Invalid data stream"),
        Error::Param => ts.value_error("Internal error - invalid parameters passed to libbzip2"),
        Error::Sequence => ts.runtime_error("Internal error - Invalid sequence of commands sent to libbzip2"),
    }
}

pub struct Compressor {
    shared: Shared<Packing>,
}
payload!(Compressor);

/// Create a compressor object for compressing data incrementally.
///
///   compresslevel
///     Compression level, as a number between 1 and 9.
///
/// For one-shot compression, use the compress() function instead.
#[class(name = "BZ2Compressor", module = "_bz2")]
impl Compressor {
    #[new("(compresslevel=9, /)")]
    fn new(cls: &Type, ts: &ThreadState, compresslevel: i32) -> Result<Ref<Compressor>> {
        if !(1..=9).contains(&compresslevel) {
            return Err(ts.value_error("compresslevel must be between 1 and 9"));
        }
        let c = Compress::new(Compression::new(compresslevel as u32), 0);
        Ok(heap::new_with_type(ts, cls, Compressor { shared: Shared::new(Packing(c)) }))
    }
    /// Provide data to the compressor object.
    ///
    /// Returns a chunk of compressed data if possible, or b'' otherwise.
    ///
    /// When you have finished providing data to the compressor, call the
    /// flush() method to finish the compression process.
    #[method("compress($self, data, /)")]
    fn compress(&self, ts: &ThreadState, data: &Value) -> Result {
        let b = readable(ts, data)?;
        self.shared.compress(ts, b.as_bytes(), false, raise)
    }
    /// Finish the compression process.
    ///
    /// Returns the compressed data left in internal buffers.
    ///
    /// The compressor object may not be used after this method is called.
    #[method("flush($self, /)")]
    fn flush(&self, ts: &ThreadState) -> Result {
        self.shared.compress(ts, b"", true, raise)
    }
    #[method("__getstate__($self, /)")]
    fn getstate(slf: &Value, ts: &ThreadState) -> Result {
        Err(ts.type_error(format!("cannot pickle '{}' object", slf.type_name(ts))))
    }
}

pub struct Decompressor {
    shared: Shared<Unpacking>,
}
payload!(Decompressor);

/// Create a decompressor object for decompressing data incrementally.
///
/// For one-shot decompression, use the decompress() function instead.
#[class(name = "BZ2Decompressor", module = "_bz2")]
impl Decompressor {
    #[new("()")]
    fn new(cls: &Type, ts: &ThreadState) -> Result<Ref<Decompressor>> {
        Ok(heap::new_with_type(ts, cls, Decompressor { shared: Shared::new(Unpacking(Decompress::new(false))) }))
    }
    /// Decompress *data*, returning uncompressed data as bytes.
    ///
    /// If *max_length* is nonnegative, returns at most *max_length* bytes of
    /// decompressed data. If this limit is reached and further output can be
    /// produced, *self.needs_input* will be set to ``False``. In this case, the next
    /// call to *decompress()* may provide *data* as b'' to obtain more of the output.
    #[method("decompress($self, /, data, max_length=-1)")]
    fn decompress(&self, ts: &ThreadState, data: &Value, max_length: isize) -> Result {
        let b = readable(ts, data)?;
        self.shared.decompress(ts, b.as_bytes(), max_length, raise)
    }
    #[method("__getstate__($self, /)")]
    fn getstate(slf: &Value, ts: &ThreadState) -> Result {
        Err(ts.type_error(format!("cannot pickle '{}' object", slf.type_name(ts))))
    }
    /// True if the end-of-stream marker has been reached.
    #[getter("eof", member)]
    fn get_eof(&self) -> bool {
        self.shared.eof.get()
    }
    /// Data found after the end of the compressed stream.
    #[getter("unused_data", member)]
    fn get_unused(&self, ts: &ThreadState) -> Value {
        self.shared.unused.read(|d| bytes_value(ts, d))
    }
    /// True if more input is needed before more decompressed data can be produced.
    #[getter("needs_input", member)]
    fn get_needs_input(&self) -> bool {
        self.shared.needs_input.get()
    }
}
