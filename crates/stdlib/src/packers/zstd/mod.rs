//! The module `_zstd`.

mod compressor;
mod decompressor;
mod dictionary;
mod ffi;

use crate::prelude::*;
use std::cell::OnceCell;
use std::ffi::{CStr, c_char};

pub static MODULE: ModuleDef =
    ModuleDef { name: "_zstd", doc: "Implementation module for Zstandard compression.", functions: &[functions::FUNCTIONS], init: Some(init) };

#[derive(Default)]
struct State {
    error: OnceCell<Value>,
    /// The enumerations of the parameters of compressors and decompressors.
    kinds: GilCell<Option<(Value, Value)>>,
}

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    let own = Dict::new(ts);
    own.set_name(ts, "__module__", str_value(ts, "compression.zstd"));
    own.set_name(ts, "__doc__", str_value(ts, "An error occurred in the zstd library."));
    let bases = tuple(ts, vec![exceptions(ts).exception.as_value().clone()]);
    let class = new_class(ts, "ZstdError", bases, own.into_value())?;
    dict.set_name(ts, "ZstdError", ts.interp().extension::<State>().error.get_or_init(|| class).clone());
    let compressor = compressor::Compressor::class(ts);
    for (i, name) in ["CONTINUE", "FLUSH_BLOCK", "FLUSH_FRAME"].into_iter().enumerate() {
        compressor.dict.set_str(ts, &taipan_objects::str::Str::intern(ts, name), int_value(ts, i as i64));
    }
    dict.set_name(ts, "ZstdCompressor", compressor.into_value());
    dict.set_name(ts, "ZstdDecompressor", decompressor::Decompressor::class(ts).into_value());
    dict.set_name(ts, "ZstdDict", dictionary::Dictionary::class(ts).into_value());
    for (name, _, n) in COMPRESSION {
        dict.set_name(ts, name, int_value(ts, *n as i64));
    }
    for (name, n) in CONSTANTS {
        dict.set_name(ts, name, int_value(ts, *n));
    }
    let n = ffi::ZSTD_versionNumber();
    dict.set_name(ts, "zstd_version_number", int_value(ts, n as i64));
    dict.set_name(ts, "zstd_version", str_value(ts, &format!("{}.{}.{}", n / 10_000, n / 100 % 100, n % 100)));
    Ok(())
}

/// Parameters of compressors: the module's name for them, Python's, their number.
static COMPRESSION: &[(&str, &str, i32)] = &[
    ("ZSTD_c_compressionLevel", "compression_level", 100),
    ("ZSTD_c_windowLog", "window_log", 101),
    ("ZSTD_c_hashLog", "hash_log", 102),
    ("ZSTD_c_chainLog", "chain_log", 103),
    ("ZSTD_c_searchLog", "search_log", 104),
    ("ZSTD_c_minMatch", "min_match", 105),
    ("ZSTD_c_targetLength", "target_length", 106),
    ("ZSTD_c_strategy", "strategy", 107),
    ("ZSTD_c_enableLongDistanceMatching", "enable_long_distance_matching", 160),
    ("ZSTD_c_ldmHashLog", "ldm_hash_log", 161),
    ("ZSTD_c_ldmMinMatch", "ldm_min_match", 162),
    ("ZSTD_c_ldmBucketSizeLog", "ldm_bucket_size_log", 163),
    ("ZSTD_c_ldmHashRateLog", "ldm_hash_rate_log", 164),
    ("ZSTD_c_contentSizeFlag", "content_size_flag", 200),
    ("ZSTD_c_checksumFlag", "checksum_flag", 201),
    ("ZSTD_c_dictIDFlag", "dict_id_flag", 202),
    ("ZSTD_c_nbWorkers", "nb_workers", 400),
    ("ZSTD_c_jobSize", "job_size", 401),
    ("ZSTD_c_overlapLog", "overlap_log", 402),
];
const LEVEL: i32 = 100;
const WINDOW_LOG_MAX: i32 = 100;

static CONSTANTS: &[(&str, i64)] = &[
    ("ZSTD_d_windowLogMax", WINDOW_LOG_MAX as i64),
    ("ZSTD_CLEVEL_DEFAULT", 3),
    ("ZSTD_DStreamOutSize", 131_072),
    ("ZSTD_fast", 1),
    ("ZSTD_dfast", 2),
    ("ZSTD_greedy", 3),
    ("ZSTD_lazy", 4),
    ("ZSTD_lazy2", 5),
    ("ZSTD_btlazy2", 6),
    ("ZSTD_btopt", 7),
    ("ZSTD_btultra", 8),
    ("ZSTD_btultra2", 9),
];

/// A static text of the library.
fn text(p: *const c_char) -> String {
    // SAFETY: the library gives texts that stay.
    unsafe { CStr::from_ptr(p) }.to_string_lossy().into_owned()
}

fn failed(code: usize) -> bool {
    ffi::ZSTD_isError(code) != 0
}

fn error_text(ts: &ThreadState, text: &str) -> Raised {
    match ts.interp().extension::<State>().error.get() {
        Some(class) => raise_with_args(ts, class, &[str_value(ts, text)]),
        None => ts.value_error(text),
    }
}

/// "what: the library's reason"
fn error(ts: &ThreadState, what: &str, code: usize) -> Raised {
    error_text(ts, &format!("{what}: {}", text(ffi::ZSTD_getErrorName(code))))
}

/// The options of a compressor or a decompressor, in the order of the dictionary.
fn options(ts: &ThreadState, given: &Value, compression: bool) -> Result<Vec<(i32, i32)>> {
    let class = if compression { "ZstdCompressor" } else { "ZstdDecompressor" };
    let Some(dict) = given.downcast::<Dict>() else {
        return Err(ts.type_error(format!("{class}() argument 'options' must be dict, not {}", given.type_name(ts))));
    };
    let kinds = ts.interp().extension::<State>().kinds.get();
    let mut all = vec![];
    for (key, value) in dict.items(ts) {
        if let Some((c, d)) = &kinds
            && key.class(ts).to_value().is(if compression { d } else { c })
        {
            let (own, other) = if compression { ("compression", "Decompression") } else { ("decompression", "Compression") };
            return Err(ts.type_error(format!("{own} options dictionary key must not be a {other}Parameter attribute")));
        }
        all.push((index_i32(ts, &key)?, index_i32(ts, &value)?));
    }
    Ok(all)
}

/// A parameter was refused: it is unknown or its value out of range.
fn wrong_parameter(ts: &ThreadState, key: i32, value: i32, compression: bool) -> Raised {
    let kind = if compression { "compression" } else { "decompression" };
    let name = match compression {
        true => COMPRESSION.iter().find(|c| c.2 == key).map(|c| c.1),
        false => (key == WINDOW_LOG_MAX).then_some("window_log_max"),
    };
    let Some(name) = name else {
        return ts.value_error(format!("invalid {kind} parameter 'unknown parameter (key {key})'"));
    };
    let b = if compression { ffi::ZSTD_cParam_getBounds(key) } else { ffi::ZSTD_dParam_getBounds(key) };
    ts.value_error(format!("{kind} parameter '{name}' received an illegal value {value}; the valid range is [{}, {}]", b.lower, b.upper))
}

/// The lengths of samples that lie one behind the other.
fn sample_sizes(ts: &ThreadState, samples: &[u8], sizes: &Value) -> Result<Vec<usize>> {
    let mut all = vec![];
    for v in protocol::collect(ts, sizes)? {
        match to_i64(&v).and_then(|n| usize::try_from(n).ok()) {
            Some(n) => all.push(n),
            None => return Err(ts.value_error(format!("Items in samples_sizes should be an int object, with a value between 0 and {}.", usize::MAX))),
        }
    }
    if all.iter().try_fold(0usize, |sum, n| sum.checked_add(*n)) != Some(samples.len()) {
        return Err(ts.value_error("The samples size tuple doesn't match the concatenation's size."));
    }
    Ok(all)
}

/// The dictionary that came out, or the library's error.
fn made_dict(ts: &ThreadState, mut out: Vec<u8>, code: usize, what: &str) -> Result {
    if ffi::ZDICT_isError(code) != 0 {
        return Err(error_text(ts, &format!("Unable to {what} the Zstandard dictionary: {}", text(ffi::ZDICT_getErrorName(code)))));
    }
    out.truncate(code);
    Ok(bytes_from_vec(ts, out))
}

fn dict_room(ts: &ThreadState, size: isize) -> Result<Vec<u8>> {
    if size <= 0 {
        return Err(ts.value_error("dict_size argument should be positive number."));
    }
    let mut out = vec![];
    out.try_reserve_exact(size as usize).map_err(|_| ts.memory_error())?;
    out.resize(size as usize, 0);
    Ok(out)
}

#[functions(module = "_zstd")]
pub mod functions {
    use super::*;

    /// Make a dictionary that suits samples.
    #[function("train_dict(samples_bytes, samples_sizes, dict_size, /)")]
    fn train_dict(ts: &ThreadState, samples_bytes: &Value, samples_sizes: &Value, dict_size: isize) -> Result {
        let mut out = dict_room(ts, dict_size)?;
        let loan = readable(ts, samples_bytes)?;
        let samples = loan.as_bytes();
        let sizes = sample_sizes(ts, samples, samples_sizes)?;
        let code = ts.allow_threads(|| {
            // SAFETY: memory of the lengths told.
            unsafe { ffi::ZDICT_trainFromBuffer(out.as_mut_ptr().cast(), out.len(), samples.as_ptr().cast(), sizes.as_ptr(), sizes.len() as u32) }
        });
        made_dict(ts, out, code, "train")
    }
    /// Put the header of a dictionary in front of its contents.
    #[function("finalize_dict(custom_dict_bytes, samples_bytes, samples_sizes, dict_size, compression_level, /)")]
    fn finalize_dict(
        ts: &ThreadState,
        custom_dict_bytes: &Value,
        samples_bytes: &Value,
        samples_sizes: &Value,
        dict_size: isize,
        compression_level: i32,
    ) -> Result {
        let mut out = dict_room(ts, dict_size)?;
        let (content, loan) = (readable(ts, custom_dict_bytes)?, readable(ts, samples_bytes)?);
        let (content, samples) = (content.as_bytes(), loan.as_bytes());
        let sizes = sample_sizes(ts, samples, samples_sizes)?;
        let code = ts.allow_threads(|| {
            let params = ffi::DictParams { level: compression_level, notification: 0, dict_id: 0 };
            // SAFETY: memory of the lengths told.
            unsafe {
                ffi::ZDICT_finalizeDictionary(
                    out.as_mut_ptr().cast(),
                    out.len(),
                    content.as_ptr().cast(),
                    content.len(),
                    samples.as_ptr().cast(),
                    sizes.as_ptr(),
                    sizes.len() as u32,
                    params,
                )
            }
        });
        made_dict(ts, out, code, "finalize")
    }
    /// The lowest and the highest value of a parameter.
    #[function("get_param_bounds(parameter, is_compress)")]
    fn get_param_bounds(ts: &ThreadState, parameter: i32, is_compress: bool) -> Result {
        let b = if is_compress { ffi::ZSTD_cParam_getBounds(parameter) } else { ffi::ZSTD_dParam_getBounds(parameter) };
        if failed(b.error) {
            let kind = if is_compress { "compression" } else { "decompression" };
            return Err(error(ts, &format!("Unable to get zstd {kind} parameter bounds"), b.error));
        }
        Ok(tuple(ts, vec![int_value(ts, b.lower as i64), int_value(ts, b.upper as i64)]))
    }
    /// How long the frame is that a buffer begins with.
    #[function("get_frame_size(frame_buffer)")]
    fn get_frame_size(ts: &ThreadState, frame_buffer: &Value) -> Result<usize> {
        let loan = readable(ts, frame_buffer)?;
        let b = loan.as_bytes();
        // SAFETY: memory of the length told.
        let n = unsafe { ffi::ZSTD_findFrameCompressedSize(b.as_ptr().cast(), b.len()) };
        if failed(n) {
            return Err(error_text(
                ts,
                &format!(
                    "Error when finding the compressed size of a Zstandard frame. Ensure the frame_buffer argument starts from the \
                     beginning of a frame, and its length is not less than this complete frame. Zstd error message: {}.",
                    text(ffi::ZSTD_getErrorName(n))
                ),
            ));
        }
        Ok(n)
    }
    /// What the header of a frame tells: the length of the contents, or None, and the dictionary's number.
    #[function("get_frame_info(frame_buffer)")]
    fn get_frame_info(ts: &ThreadState, frame_buffer: &Value) -> Result {
        let loan = readable(ts, frame_buffer)?;
        let b = loan.as_bytes();
        // SAFETY: memory of the length told.
        let (size, id) = unsafe { (ffi::ZSTD_getFrameContentSize(b.as_ptr().cast(), b.len()), ffi::ZSTD_getDictID_fromFrame(b.as_ptr().cast(), b.len())) };
        let size = match size {
            ffi::CONTENT_SIZE_ERROR => {
                return Err(error_text(
                    ts,
                    "Error when getting information from the header of a Zstandard frame. Ensure the frame_buffer argument starts \
                     from the beginning of a frame, and its length is not less than the frame header (6~18 bytes).",
                ));
            }
            ffi::CONTENT_SIZE_UNKNOWN => Value::none(),
            n => int_from_u64(ts, n),
        };
        Ok(tuple(ts, vec![size, int_value(ts, id as i64)]))
    }
    /// Tells the enumerations of the parameters, for checks.
    #[function("set_parameter_types(c_parameter_type, d_parameter_type)")]
    fn set_parameter_types(ts: &ThreadState, c_parameter_type: &Value, d_parameter_type: &Value) -> Result<()> {
        if c_parameter_type.as_type().is_none() || d_parameter_type.as_type().is_none() {
            return Err(ts.type_error("The two arguments should be CompressionParameter and DecompressionParameter types."));
        }
        ts.interp().extension::<State>().kinds.set(Some((c_parameter_type.clone(), d_parameter_type.clone())));
        Ok(())
    }
}
