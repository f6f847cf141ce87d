//! The module `_lzma`.

use super::{Coder, Shared, Step};
use crate::prelude::*;
use liblzma::stream::{Action, Check, Error, Filters, LzmaOptions, MatchFinder, Mode, Status, Stream};
use std::cell::{Cell, OnceCell};

pub static MODULE: ModuleDef =
    ModuleDef { name: "_lzma", doc: "", functions: &[functions::FUNCTIONS], init: Some(init) };

#[derive(Default)]
struct State {
    error: OnceCell<Value>,
}

const FORMAT_AUTO: i32 = 0;
const FORMAT_XZ: i32 = 1;
const FORMAT_ALONE: i32 = 2;
const FORMAT_RAW: i32 = 3;
const CHECK_UNKNOWN: i32 = 16;

const FILTER_LZMA1: u64 = 0x4000_0000_0000_0001;
const FILTER_LZMA2: u64 = 0x21;
const FILTER_DELTA: u64 = 3;

const CONSTANTS: &[(&str, i64)] = &[
    ("FORMAT_AUTO", 0), ("FORMAT_XZ", 1), ("FORMAT_ALONE", 2), ("FORMAT_RAW", 3),
    ("CHECK_NONE", 0), ("CHECK_CRC32", 1), ("CHECK_CRC64", 4), ("CHECK_SHA256", 10), ("CHECK_ID_MAX", 15), ("CHECK_UNKNOWN", 16),
    ("FILTER_LZMA1", FILTER_LZMA1 as i64), ("FILTER_LZMA2", 0x21), ("FILTER_DELTA", 3), ("FILTER_X86", 4), ("FILTER_IA64", 6),
    ("FILTER_ARM", 7), ("FILTER_ARMTHUMB", 8), ("FILTER_SPARC", 9), ("FILTER_POWERPC", 5),
    ("MF_HC3", 3), ("MF_HC4", 4), ("MF_BT2", 0x12), ("MF_BT3", 0x13), ("MF_BT4", 0x14), ("MODE_FAST", 1), ("MODE_NORMAL", 2),
    ("PRESET_DEFAULT", 6), ("PRESET_EXTREME", 0x8000_0000),
];

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    let state = ts.interp().extension::<State>();
    if state.error.get().is_none() {
        let own = Dict::new(ts);
        own.set_name(ts, "__module__", str_value(ts, "_lzma"));
        own.set_name(ts, "__doc__", str_value(ts, "Call to liblzma failed."));
        let _ = state.error.set(new_class(ts, "LZMAError", tuple(ts, vec![exceptions(ts).exception.as_value().clone()]), own.into_value())?);
    }
    if let Some(e) = state.error.get() {
        dict.set_name(ts, "LZMAError", e.clone());
    }
    for (name, n) in CONSTANTS {
        dict.set_name(ts, name, int_value(ts, *n));
    }
    dict.set_name(ts, "LZMACompressor", Compressor::class(ts).into_value());
    dict.set_name(ts, "LZMADecompressor", Decompressor::class(ts).into_value());
    Ok(())
}

fn error(ts: &ThreadState, text: &str) -> Raised {
    match ts.interp().extension::<State>().error.get() {
        Some(class) => raise_with_args(ts, class, &[str_value(ts, text)]),
        None => ts.value_error(text),
    }
}

fn raise(ts: &ThreadState, e: Error) -> Raised {
    let text = match e {
        Error::Mem => return ts.memory_error(),
        Error::MemLimit => "Memory usage limit exceeded",
        Error::Format => "Input format not supported by decoder",
        Error::Options => "Invalid or unsupported options",
        Error::Data => "Corrupt input data",
        Error::UnsupportedCheck => "Unsupported integrity check",
        _ => "Internal error",
    };
    error(ts, text)
}

pub struct Xz(Stream);

impl Coder for Xz {
    type Error = Error;
    fn step(&mut self, input: &[u8], output: &mut [u8], finish: bool) -> std::result::Result<Step, Error> {
        let before = (self.0.total_in(), self.0.total_out());
        let status = match self.0.process(input, output, if finish { Action::Finish } else { Action::Run }) {
            Ok(s) => s,
            // Nothing to work on: not an error, the caller brings more.
            Err(Error::MemLimit) => return Err(Error::MemLimit),
            Err(e) => return Err(e),
        };
        Ok(Step {
            taken: (self.0.total_in() - before.0) as usize,
            made: (self.0.total_out() - before.1) as usize,
            ended: matches!(status, Status::StreamEnd),
        })
    }
}

fn check_of(ts: &ThreadState, n: i32) -> Result<Check> {
    match n {
        0 => Ok(Check::None),
        1 => Ok(Check::Crc32),
        4 => Ok(Check::Crc64),
        10 => Ok(Check::Sha256),
        0..16 => Err(error(ts, "Unsupported integrity check")),
        _ => Err(error(ts, "Internal error")),
    }
}

fn preset_of(ts: &ThreadState, v: &Value) -> Result<u32> {
    let n = protocol::index(ts, v)?;
    if taipan_objects::int::is_negative(&n) {
        return Err(ts.value_error("Cannot convert negative int"));
    }
    match to_i64(&n).and_then(|n| u32::try_from(n).ok()) {
        Some(n) => Ok(n),
        None => Err(ts.overflow_error("int too large to convert to C uint32_t")),
    }
}

fn options(ts: &ThreadState, spec: &Value) -> Result<LzmaOptions> {
    let get = |name: &str| protocol::getitem_opt(ts, spec, &str_value(ts, name));
    let preset = match get("preset")? {
        Some(v) => preset_of(ts, &v)?,
        None => 6,
    };
    let mut o = LzmaOptions::new_preset(preset).map_err(|_| error(ts, &format!("Invalid compression preset: {preset}")))?;
    known_keys(ts, spec, &["preset", "dict_size", "lc", "lp", "pb", "mode", "nice_len", "mf", "depth"], "LZMA")?;
    for name in ["dict_size", "lc", "lp", "pb", "mode", "nice_len", "mf", "depth"] {
        let Some(v) = get(name)? else { continue };
        let n = preset_of(ts, &v)?;
        match name {
            "dict_size" => o.dict_size(n),
            "lc" => o.literal_context_bits(n),
            "lp" => o.literal_position_bits(n),
            "pb" => o.position_bits(n),
            "nice_len" => o.nice_len(n),
            "depth" => o.depth(n),
            "mode" => o.mode(if n == 1 { Mode::Fast } else { Mode::Normal }),
            _ => o.match_finder(match n {
                3 => MatchFinder::HashChain3,
                4 => MatchFinder::HashChain4,
                0x12 => MatchFinder::BinaryTree2,
                0x13 => MatchFinder::BinaryTree3,
                _ => MatchFinder::BinaryTree4,
            }),
        };
    }
    Ok(o)
}

/// A filter's description has no other keys than these and its number.
fn known_keys(ts: &ThreadState, spec: &Value, names: &[&str], filter: &str) -> Result<()> {
    for key in protocol::collect(ts, spec)? {
        if !key.as_str().is_some_and(|k| k.bytes() == b"id" || names.iter().any(|n| k.bytes() == n.as_bytes())) {
            return Err(ts.value_error(format!("Invalid filter specifier for {filter} filter")));
        }
    }
    Ok(())
}

/// The chain that a list of dictionaries describes.
fn chain(ts: &ThreadState, specs: &Value) -> Result<Filters> {
    let mut f = Filters::new();
    let specs = protocol::collect(ts, specs)?;
    if specs.len() > 4 {
        return Err(ts.value_error("Too many filters - liblzma supports a maximum of 4"));
    }
    for spec in &specs {
        if !is_mapping(ts, spec) {
            return Err(ts.type_error("Filter specifier must be a dict or dict-like object"));
        }
        let Some(id) = protocol::getitem_opt(ts, spec, &str_value(ts, "id"))? else {
            return Err(ts.value_error("Filter specifier must have an \"id\" entry"));
        };
        let id = index_i64(ts, &id)? as u64;
        if (4..10).contains(&id) {
            known_keys(ts, spec, &["start_offset"], "BCJ")?;
        }
        match id {
            FILTER_LZMA1 => {
                f.lzma1(&options(ts, spec)?);
            }
            FILTER_LZMA2 => {
                f.lzma2(&options(ts, spec)?);
            }
            FILTER_DELTA => {
                known_keys(ts, spec, &["dist"], "delta")?;
                let n = match protocol::getitem_opt(ts, spec, &str_value(ts, "dist"))? {
                    Some(v) => preset_of(ts, &v)?,
                    None => 1,
                };
                if !(1..=256).contains(&n) {
                    return Err(error(ts, "Invalid or unsupported options"));
                }
                f.delta_properties(&[n as u8 - 1]).map_err(|e| raise(ts, e))?;
            }
            4 => drop(f.x86()),
            5 => drop(f.powerpc()),
            6 => drop(f.ia64()),
            7 => drop(f.arm()),
            8 => drop(f.arm_thumb()),
            9 => drop(f.sparc()),
            _ => return Err(ts.value_error(format!("Invalid filter ID: {id}"))),
        }
    }
    Ok(f)
}

pub struct Compressor {
    shared: Shared<Xz>,
}
payload!(Compressor);

/// LZMACompressor(format=FORMAT_XZ, check=-1, preset=None, filters=None)
///
/// Create a compressor object for compressing data incrementally.
///
/// format specifies the container format to use for the output. This can
/// be FORMAT_XZ (default), FORMAT_ALONE, or FORMAT_RAW.
#[class(name = "LZMACompressor", module = "_lzma")]
impl Compressor {
    #[new("(format=1, check=-1, preset=None, filters=None)", no_signature)]
    fn new(cls: &Type, ts: &ThreadState, format: i32, check: i32, preset: Option<&Value>, filters: Option<&Value>) -> Result<Ref<Compressor>> {
        if preset.is_some() && filters.is_some() {
            return Err(ts.value_error("Cannot specify both preset and filter chain"));
        }
        let level = preset.map_or(Ok(6), |v| preset_of(ts, v))?;
        if format != FORMAT_XZ && check != -1 && check != 0 {
            return Err(ts.value_error("Integrity checks are only supported by FORMAT_XZ"));
        }
        let made = match format {
            FORMAT_XZ => {
                let check = if check == -1 { Check::Crc64 } else { check_of(ts, check)? };
                match filters {
                    None => Stream::new_easy_encoder(level, check),
                    Some(f) => Stream::new_stream_encoder(&chain(ts, f)?, check),
                }
            }
            FORMAT_ALONE => match filters {
                None => LzmaOptions::new_preset(level).and_then(|o| Stream::new_lzma_encoder(&o)),
                Some(f) => {
                    let specs = protocol::collect(ts, f)?;
                    let [spec] = &specs[..] else { return Err(ts.value_error("Invalid filter chain for FORMAT_ALONE - must be a single LZMA1 filter")) };
                    Stream::new_lzma_encoder(&options(ts, spec)?)
                }
            },
            FORMAT_RAW => match filters {
                None => return Err(ts.value_error("Must specify filters for FORMAT_RAW")),
                Some(f) => Stream::new_raw_encoder(&chain(ts, f)?),
            },
            _ => return Err(ts.value_error(format!("Invalid container format: {format}"))),
        };
        let s = made.map_err(|e| raise(ts, e))?;
        Ok(heap::new_with_type(ts, cls, Compressor { shared: Shared::new(Xz(s)) }))
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
    shared: Shared<Xz>,
    check: Cell<i32>,
    format: i32,
    head: GilCell<Vec<u8>>,
}
payload!(Decompressor);

/// Create a decompressor object for decompressing data incrementally.
///
///   format
///     Specifies the container format of the input stream.  If this is
///     FORMAT_AUTO (the default), the decompressor will automatically detect
///     whether the input is FORMAT_XZ or FORMAT_ALONE.  Streams created with
///     FORMAT_RAW cannot be autodetected.
#[class(name = "LZMADecompressor", module = "_lzma")]
impl Decompressor {
    #[new("(format=0, memlimit=None, filters=None)", no_signature)]
    fn new(cls: &Type, ts: &ThreadState, format: i32, memlimit: Option<&Value>, filters: Option<&Value>) -> Result<Ref<Decompressor>> {
        let limit = match memlimit {
            None => u64::MAX,
            Some(_) if format == FORMAT_RAW => return Err(ts.value_error("Cannot specify memory limit with FORMAT_RAW")),
            Some(v) => index_i64(ts, v)? as u64,
        };
        if format == FORMAT_RAW && filters.is_none() {
            return Err(ts.value_error("Must specify filters for FORMAT_RAW"));
        }
        if format != FORMAT_RAW && filters.is_some() {
            return Err(ts.value_error("Cannot specify filters except with FORMAT_RAW"));
        }
        let made = match (format, filters) {
            (FORMAT_AUTO, _) => Stream::new_auto_decoder(limit, 0),
            (FORMAT_XZ, _) => Stream::new_stream_decoder(limit, 0),
            (FORMAT_ALONE, _) => Stream::new_lzma_decoder(limit),
            (FORMAT_RAW, Some(f)) => Stream::new_raw_decoder(&chain(ts, f)?),
            _ => return Err(ts.value_error(format!("Invalid container format: {format}"))),
        };
        let s = made.map_err(|e| raise(ts, e))?;
        let check = if matches!(format, FORMAT_RAW | FORMAT_ALONE) { 0 } else { CHECK_UNKNOWN };
        let d = Decompressor { shared: Shared::new(Xz(s)), check: Cell::new(check), format, head: GilCell::default() };
        Ok(heap::new_with_type(ts, cls, d))
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
        if self.check.get() == CHECK_UNKNOWN && !self.shared.eof.get() {
            // The eighth byte of an xz stream tells the check.
            self.head.write(|h| {
                h.extend(b.as_bytes().iter().take(8 - h.len().min(8)));
                if h.len() >= 8 {
                    let is_xz = self.format == FORMAT_XZ || h.starts_with(b"\xfd7zXZ");
                    self.check.set(if is_xz { (h[7] & 15) as i32 } else { 0 });
                }
            });
        }
        self.shared.decompress(ts, b.as_bytes(), max_length, raise)
    }
    #[method("__getstate__($self, /)")]
    fn getstate(slf: &Value, ts: &ThreadState) -> Result {
        Err(ts.type_error(format!("cannot pickle '{}' object", slf.type_name(ts))))
    }
    /// ID of the integrity check used by the input stream.
    #[getter("check", member)]
    fn get_check(&self) -> i32 {
        self.check.get()
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

#[functions(module = "_lzma")]
pub mod functions {
    use super::*;

    /// Test whether the given integrity check is supported.
    ///
    /// Always returns True for CHECK_NONE and CHECK_CRC32.
    #[function("is_check_supported(check_id, /)")]
    fn is_check_supported(check_id: i32) -> bool {
        matches!(check_id, 0 | 1 | 4 | 10)
    }
    /// Return a bytes object encoding the options (properties) of the filter specified by *filter* (a dict).
    ///
    /// The result does not include the filter ID itself, only the options.
    #[function("_encode_filter_properties(filter, /)")]
    fn encode_filter_properties(ts: &ThreadState, filter: &Value) -> Result {
        let get = |name: &str, default: i64| -> Result<i64> {
            match protocol::getitem_opt(ts, filter, &str_value(ts, name))? {
                Some(v) => index_i64(ts, &v),
                None => Ok(default),
            }
        };
        chain(ts, &list(ts, vec![filter.clone()]))?;
        match get("id", 0)? as u64 {
            FILTER_LZMA1 => {
                let (lc, lp, pb, size) = (get("lc", 3)?, get("lp", 0)?, get("pb", 2)?, get("dict_size", 8 << 20)?);
                let mut out = vec![((pb * 5 + lp) * 9 + lc) as u8];
                out.extend_from_slice(&(size as u32).to_le_bytes());
                Ok(bytes_from_vec(ts, out))
            }
            FILTER_LZMA2 => {
                let size = get("dict_size", 8 << 20)?.max(4096) as u64;
                let fits = |b: u8| size <= (2 | (b as u64 & 1)) << (b / 2 + 11);
                Ok(bytes_value(ts, &[(0..40).find(|b| fits(*b)).unwrap_or(40)]))
            }
            FILTER_DELTA => Ok(bytes_value(ts, &[(get("dist", 1)? - 1) as u8])),
            _ => Ok(bytes_value(ts, b"")),
        }
    }
    /// Return a bytes object encoding the options (properties) of the filter specified by *filter* (a dict).
    ///
    /// The result does not include the filter ID itself, only the options.
    #[function("_decode_filter_properties(filter_id, encoded_props, /)")]
    fn decode_filter_properties(ts: &ThreadState, filter_id: u64, encoded_props: &Value) -> Result {
        let b = readable(ts, encoded_props)?;
        let d = Dict::new(ts);
        d.set_name(ts, "id", int_from_u64(ts, filter_id));
        match (filter_id, b.as_bytes()) {
            (FILTER_LZMA1, &[p, a, b, c, e]) => {
                d.set_name(ts, "dict_size", int_value(ts, u32::from_le_bytes([a, b, c, e]) as i64));
                for (name, n) in [("lc", p % 9), ("lp", p / 9 % 5), ("pb", p / 45)] {
                    d.set_name(ts, name, int_value(ts, n as i64));
                }
            }
            (FILTER_LZMA2, &[b]) if b <= 40 => {
                let size = if b == 40 { u32::MAX as i64 } else { (2 | (b as i64 & 1)) << (b / 2 + 11) };
                d.set_name(ts, "dict_size", int_value(ts, size));
            }
            (FILTER_DELTA, &[n]) => d.set_name(ts, "dist", int_value(ts, n as i64 + 1)),
            (4..=9, &[]) => {}
            _ => return Err(error(ts, "Invalid or unsupported options")),
        }
        Ok(d.into_value())
    }
}
