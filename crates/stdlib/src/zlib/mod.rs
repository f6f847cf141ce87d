//! The module `zlib`.

mod objects;
mod stream;

use crate::prelude::*;
use std::cell::OnceCell;
use stream::{FINISH, Stream, drive};

pub static MODULE: ModuleDef = ModuleDef {
    name: "zlib",
    doc: "The functions in this module allow compression and decompression using the\nzlib library, which is based on GNU zip.\n\nadler32(string[, start]) -- Compute an Adler-32 checksum.\ncompress(data[, level]) -- Compress data, with compression level 0-9 or -1.\ncompressobj([level[, ...]]) -- Return a compressor object.\ncrc32(string[, start]) -- Compute a CRC-32 checksum.\ndecompress(string,[wbits],[bufsize]) -- Decompresses a compressed string.\ndecompressobj([wbits[, zdict]]) -- Return a decompressor object.\n\n'wbits' is window buffer size and container format.\nCompressor objects support compress() and flush() methods; decompressor\nobjects support decompress() and flush().",
    functions: &[functions::FUNCTIONS],
    init: Some(init),
};

#[derive(Default)]
struct State {
    error: OnceCell<Value>,
}

const DEF_BUF_SIZE: usize = 16 * 1024;
/// Data longer than this is worked on without the interpreter's lock.
const GIL_MINSIZE: usize = 16 * 1024;

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    let own = Dict::new(ts);
    own.set_name(ts, "__module__", str_value(ts, "zlib"));
    let bases = tuple(ts, vec![exceptions(ts).exception.as_value().clone()]);
    let class = new_class(ts, "error", bases, own.into_value())?;
    dict.set_name(ts, "error", ts.interp().extension::<State>().error.get_or_init(|| class).clone());
    dict.set_name(ts, "_ZlibDecompressor", objects::Decompressor::class(ts).into_value());
    for (name, n) in CONSTANTS {
        dict.set_name(ts, name, int_value(ts, *n));
    }
    dict.set_name(ts, "ZLIB_VERSION", str_value(ts, stream::version_text()));
    dict.set_name(ts, "ZLIB_RUNTIME_VERSION", str_value(ts, stream::version_text()));
    dict.set_name(ts, "__version__", str_value(ts, "1.0"));
    Ok(())
}

/// Raises `zlib.error` with a text.
fn error_text(ts: &ThreadState, text: &str) -> Raised {
    match ts.interp().extension::<State>().error.get() {
        Some(class) => raise_with_args(ts, class, &[str_value(ts, text)]),
        None => ts.value_error(text),
    }
}

/// "Error -3 while …: incorrect header check"
fn error(ts: &ThreadState, code: i32, message: Option<String>, what: &str) -> Raised {
    if code == stream::MEM_ERROR {
        return ts.memory_error();
    }
    let message = match code {
        stream::VERSION_ERROR => Some("library version mismatch".to_string()),
        stream::NEED_DICT => None,
        _ => message,
    };
    let message = message.or_else(|| {
        let text = match code {
            stream::BUF_ERROR => "incomplete or truncated stream",
            stream::STREAM_ERROR => "inconsistent stream state",
            stream::DATA_ERROR => "invalid input data",
            _ => return None,
        };
        Some(text.to_string())
    });
    error_text(ts, &match message {
        Some(m) => format!("Error {code} {what}: {m}"),
        None => format!("Error {code} {what}"),
    })
}

/// The bytes of a zlib stream that is known to hold `size` of them.
pub fn unpacked(packed: &[u8], size: usize) -> Option<Vec<u8>> {
    let mut s = Stream::inflate(15).ok()?;
    let mut out = vec![];
    let (code, _) = drive(&mut s, packed, &mut out, FINISH, usize::MAX, size + 1);
    (code == stream::STREAM_END).then_some(out)
}

/// Runs `f`, without the interpreter's lock when there is much to do.
fn work<R: Send>(ts: &ThreadState, size: usize, f: impl FnOnce() -> R + Send) -> R {
    if size < GIL_MINSIZE { f() } else { ts.allow_threads(f) }
}

/// A number of which the low 32 bits count.
fn checksum_start(ts: &ThreadState, v: Option<&Value>, default: u32) -> Result<u32> {
    let Some(v) = v else { return Ok(default) };
    let n = protocol::index(ts, v)?;
    Ok(taipan_objects::int::view(&n).map_or(default, |n| n.low_u64() as u32))
}

#[functions(module = "zlib")]
pub mod functions {
    use super::*;

    /// Returns a bytes object containing compressed data.
    ///
    ///   data
    ///     Binary data to be compressed.
    ///   level
    ///     Compression level, in 0-9 or -1.
    ///   wbits
    ///     The window buffer size and container format.
    #[function("compress(data, /, level=-1, wbits=15)")]
    fn compress(ts: &ThreadState, data: &Value, level: i32, wbits: i32) -> Result {
        let loan = readable(ts, data)?;
        let bytes = loan.as_bytes();
        let mut s = match Stream::deflate(level, 8, wbits, 8, 0) {
            Ok(s) => s,
            Err(stream::MEM_ERROR) => return Err(ts.memory_error()),
            Err(stream::STREAM_ERROR) => return Err(error_text(ts, "Bad compression level")),
            Err(code) => return Err(error(ts, code, None, "while compressing data")),
        };
        let ((code, _), out) = work(ts, bytes.len(), || {
            let mut out = vec![];
            (drive(&mut s, bytes, &mut out, FINISH, usize::MAX, 0), out)
        });
        if code != stream::STREAM_END {
            return Err(error(ts, code, s.message(), "while compressing data"));
        }
        Ok(bytes_from_vec(ts, out))
    }
    /// Returns a bytes object containing the uncompressed data.
    ///
    ///   data
    ///     Compressed data.
    ///   wbits
    ///     The window buffer size and container format.
    ///   bufsize
    ///     The initial output buffer size.
    #[function("decompress(data, /, wbits=15, bufsize=16384)")]
    fn decompress(ts: &ThreadState, data: &Value, wbits: i32, bufsize: isize) -> Result {
        let loan = readable(ts, data)?;
        let bytes = loan.as_bytes();
        if bufsize < 0 {
            return Err(ts.value_error("bufsize must be non-negative"));
        }
        let first = (bufsize as usize).clamp(1, 1 << 30);
        if let Some(out) = work(ts, bytes.len(), || stream::unpack_whole(bytes, wbits, first)) {
            return Ok(bytes_from_vec(ts, out));
        }
        let mut s = Stream::inflate(wbits).map_err(|code| error(ts, code, None, "while preparing to decompress data"))?;
        let ((code, _), out) = work(ts, bytes.len(), || {
            let mut out = vec![];
            (drive(&mut s, bytes, &mut out, stream::SYNC_FLUSH, usize::MAX, first), out)
        });
        match code {
            stream::STREAM_END => Ok(bytes_from_vec(ts, out)),
            // More was expected.
            stream::OK => Err(error(ts, stream::BUF_ERROR, None, "while decompressing data")),
            code => Err(error(ts, code, s.message(), "while decompressing data")),
        }
    }
    /// Return a compressor object.
    #[function("compressobj(level=-1, method=8, wbits=15, memLevel=8, strategy=0, zdict=<unrepresentable>)")]
    #[allow(non_snake_case)]
    fn compressobj(ts: &ThreadState, level: i32, method: i32, wbits: i32, memLevel: i32, strategy: i32, zdict: Option<&Value>) -> Result {
        objects::new_compress(ts, level, method, wbits, memLevel, strategy, zdict)
    }
    /// Return a decompressor object.
    ///
    ///   wbits
    ///     The window buffer size and container format.
    ///   zdict
    ///     The predefined compression dictionary.  This must be the same
    ///     dictionary as used by the compressor that produced the input data.
    #[function("decompressobj(wbits=15, zdict=<unrepresentable>)")]
    fn decompressobj(ts: &ThreadState, wbits: i32, zdict: Option<&Value>) -> Result {
        objects::new_decompress(ts, wbits, zdict)
    }
    /// Compute an Adler-32 checksum of data.
    ///
    ///   value
    ///     Starting value of the checksum.
    ///
    /// The returned checksum is an integer.
    #[function("adler32(data, value=1, /)")]
    fn adler32(ts: &ThreadState, data: &Value, value: Option<&Value>) -> Result<u32> {
        let loan = readable(ts, data)?;
        let start = checksum_start(ts, value, 1)?;
        let bytes = loan.as_bytes();
        Ok(work(ts, bytes.len(), || {
            // SAFETY: memory of the length told.
            unsafe { libz_rs_sys::adler32_z(start as _, bytes.as_ptr(), bytes.len() as _) as u32 }
        }))
    }
    /// Compute a CRC-32 checksum of data.
    ///
    ///   value
    ///     Starting value of the checksum.
    ///
    /// The returned checksum is an integer.
    #[function("crc32(data, value=0, /)")]
    fn crc32(ts: &ThreadState, data: &Value, value: Option<&Value>) -> Result<u32> {
        let loan = readable(ts, data)?;
        let start = checksum_start(ts, value, 0)?;
        let bytes = loan.as_bytes();
        Ok(work(ts, bytes.len(), || {
            let mut sum = crc32fast::Hasher::new_with_initial(start);
            sum.update(bytes);
            sum.finalize()
        }))
    }
}

static CONSTANTS: &[(&str, i64)] = &[
    ("MAX_WBITS", 15),
    ("DEFLATED", 8),
    ("DEF_MEM_LEVEL", 8),
    ("DEF_BUF_SIZE", DEF_BUF_SIZE as i64),
    ("Z_NO_COMPRESSION", 0),
    ("Z_BEST_SPEED", 1),
    ("Z_BEST_COMPRESSION", 9),
    ("Z_DEFAULT_COMPRESSION", -1),
    ("Z_FILTERED", 1),
    ("Z_HUFFMAN_ONLY", 2),
    ("Z_RLE", 3),
    ("Z_FIXED", 4),
    ("Z_DEFAULT_STRATEGY", 0),
    ("Z_NO_FLUSH", 0),
    ("Z_PARTIAL_FLUSH", 1),
    ("Z_SYNC_FLUSH", 2),
    ("Z_FULL_FLUSH", 3),
    ("Z_FINISH", 4),
    ("Z_BLOCK", 5),
    ("Z_TREES", 6),
];
