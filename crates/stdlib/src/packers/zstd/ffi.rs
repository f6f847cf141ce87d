//! The functions of the zstd library that are used, with plain numbers for its enumerations.

use std::ffi::{c_char, c_int, c_uint, c_void};
// Brings the library itself.
use zstd_sys as _;

#[repr(C)]
pub struct InBuffer {
    pub src: *const c_void,
    pub size: usize,
    pub pos: usize,
}

#[repr(C)]
pub struct OutBuffer {
    pub dst: *mut c_void,
    pub size: usize,
    pub pos: usize,
}

#[repr(C)]
pub struct Bounds {
    pub error: usize,
    pub lower: c_int,
    pub upper: c_int,
}

#[repr(C)]
pub struct DictParams {
    pub level: c_int,
    pub notification: c_uint,
    pub dict_id: c_uint,
}

pub const RESET_SESSION: c_int = 1;
pub const CONTENT_SIZE_UNKNOWN: u64 = u64::MAX;
pub const CONTENT_SIZE_ERROR: u64 = u64::MAX - 1;

unsafe extern "C" {
    pub safe fn ZSTD_isError(code: usize) -> c_uint;
    pub safe fn ZSTD_getErrorName(code: usize) -> *const c_char;
    pub safe fn ZSTD_versionNumber() -> c_uint;
    pub safe fn ZSTD_compressBound(size: usize) -> usize;
    pub safe fn ZSTD_cParam_getBounds(param: c_int) -> Bounds;
    pub safe fn ZSTD_dParam_getBounds(param: c_int) -> Bounds;
    pub safe fn ZSTD_createCCtx() -> *mut c_void;
    pub safe fn ZSTD_createDCtx() -> *mut c_void;
    pub fn ZSTD_freeCCtx(ctx: *mut c_void) -> usize;
    pub fn ZSTD_freeDCtx(ctx: *mut c_void) -> usize;
    pub fn ZSTD_CCtx_setParameter(ctx: *mut c_void, param: c_int, value: c_int) -> usize;
    pub fn ZSTD_DCtx_setParameter(ctx: *mut c_void, param: c_int, value: c_int) -> usize;
    pub fn ZSTD_CCtx_reset(ctx: *mut c_void, what: c_int) -> usize;
    pub fn ZSTD_DCtx_reset(ctx: *mut c_void, what: c_int) -> usize;
    pub fn ZSTD_CCtx_setPledgedSrcSize(ctx: *mut c_void, size: u64) -> usize;
    pub fn ZSTD_compressStream2(ctx: *mut c_void, out: *mut OutBuffer, input: *mut InBuffer, mode: c_int) -> usize;
    pub fn ZSTD_decompressStream(ctx: *mut c_void, out: *mut OutBuffer, input: *mut InBuffer) -> usize;
    pub fn ZSTD_createCDict(dict: *const c_void, size: usize, level: c_int) -> *mut c_void;
    pub fn ZSTD_freeCDict(dict: *mut c_void) -> usize;
    pub fn ZSTD_createDDict(dict: *const c_void, size: usize) -> *mut c_void;
    pub fn ZSTD_freeDDict(dict: *mut c_void) -> usize;
    pub fn ZSTD_CCtx_refCDict(ctx: *mut c_void, dict: *const c_void) -> usize;
    pub fn ZSTD_CCtx_loadDictionary(ctx: *mut c_void, dict: *const c_void, size: usize) -> usize;
    pub fn ZSTD_CCtx_refPrefix(ctx: *mut c_void, dict: *const c_void, size: usize) -> usize;
    pub fn ZSTD_DCtx_refDDict(ctx: *mut c_void, dict: *const c_void) -> usize;
    pub fn ZSTD_DCtx_loadDictionary(ctx: *mut c_void, dict: *const c_void, size: usize) -> usize;
    pub fn ZSTD_DCtx_refPrefix(ctx: *mut c_void, dict: *const c_void, size: usize) -> usize;
    pub fn ZSTD_getDictID_fromDict(dict: *const c_void, size: usize) -> c_uint;
    pub fn ZSTD_getDictID_fromFrame(frame: *const c_void, size: usize) -> c_uint;
    pub fn ZSTD_getFrameContentSize(frame: *const c_void, size: usize) -> u64;
    pub fn ZSTD_findFrameCompressedSize(frame: *const c_void, size: usize) -> usize;
    pub safe fn ZDICT_isError(code: usize) -> c_uint;
    pub safe fn ZDICT_getErrorName(code: usize) -> *const c_char;
    pub fn ZDICT_trainFromBuffer(dict: *mut c_void, capacity: usize, samples: *const c_void, sizes: *const usize, n: c_uint) -> usize;
    pub fn ZDICT_finalizeDictionary(
        out: *mut c_void,
        capacity: usize,
        content: *const c_void,
        size: usize,
        samples: *const c_void,
        sizes: *const usize,
        n: c_uint,
        params: DictParams,
    ) -> usize;
}
