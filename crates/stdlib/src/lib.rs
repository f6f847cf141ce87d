//! Native modules of the standard library.

pub mod abc;
pub mod array;
pub mod atexit;
pub mod binascii;
pub mod bisect;
pub mod builtins;
pub mod cmath;
pub mod codecs;
pub mod collections;
pub mod contextvars;
pub mod csv;
pub mod datetime;
pub mod errno;
pub mod faulthandler;
pub mod fcntl;
pub mod functools;
pub mod gc;
pub mod hashes;
pub mod heapq;
pub mod host;
pub mod import;
pub mod io;
pub mod itertools;
pub mod json;
pub mod locale;
pub mod marshal;
pub mod math;
pub mod mmap;
pub mod multiprocessing;
pub mod opcode;
pub mod operator;
pub mod packers;
pub mod pickle;
pub mod posix;
pub mod posixsubprocess;
pub mod prelude;
pub mod pwd;
pub mod queue;
pub mod random;
pub mod resource;
pub mod select;
pub mod signal;
pub mod socket;
pub mod sre;
pub mod stat;
pub mod statistics;
pub mod string;
pub mod structs;
pub mod suggestions;
pub mod sys;
pub mod termios;
pub mod thread;
pub mod time;
pub mod tracemalloc;
pub mod types;
pub mod unicodedata;
pub mod uuid;
pub mod warnings;
pub mod weakref;
pub mod zlib;

use taipan_objects::native::ModuleDef;

/// All native modules, by the names they are imported under.
pub static MODULES: &[&ModuleDef] = &[
    &abc::MODULE,
    &array::MODULE,
    &atexit::MODULE,
    &binascii::MODULE,
    &bisect::MODULE,
    &builtins::MODULE,
    &cmath::MODULE,
    &codecs::MODULE,
    &collections::MODULE,
    &contextvars::MODULE,
    &csv::MODULE,
    &datetime::MODULE,
    &datetime::zoneinfo::MODULE,
    &errno::MODULE,
    &faulthandler::MODULE,
    &fcntl::MODULE,
    &functools::MODULE,
    &gc::MODULE,
    &heapq::MODULE,
    &import::imp::MODULE,
    &io::MODULE,
    &itertools::MODULE,
    &json::MODULE,
    &locale::MODULE,
    &marshal::MODULE,
    &math::MODULE,
    &mmap::MODULE,
    &multiprocessing::MODULE,
    &multiprocessing::SHARED_MEMORY,
    &opcode::MODULE,
    &operator::MODULE,
    &packers::bz2::MODULE,
    &packers::lzma::MODULE,
    &packers::zstd::MODULE,
    &pickle::MODULE,
    &posix::MODULE,
    &posixsubprocess::MODULE,
    &pwd::MODULE,
    &queue::MODULE,
    &random::MODULE,
    &resource::MODULE,
    &select::MODULE,
    &signal::MODULE,
    &socket::MODULE,
    &sre::MODULE,
    &stat::MODULE,
    &statistics::MODULE,
    &string::MODULE,
    &structs::MODULE,
    &suggestions::MODULE,
    &sys::MODULE,
    &taipan_objects::typing::module::MODULE,
    &termios::MODULE,
    &thread::MODULE,
    &time::MODULE,
    &tracemalloc::MODULE,
    &types::MODULE,
    &unicodedata::MODULE,
    &uuid::MODULE,
    &warnings::MODULE,
    &weakref::MODULE,
    &zlib::MODULE,
    &hashes::BLAKE2,
    &hashes::KDF,
    &hashes::HMAC,
    &hashes::MD5,
    &hashes::SHA1,
    &hashes::SHA2,
    &hashes::SHA3,
    &opcode::METADATA,
    &pwd::GROUPS,
];

type Modules = &'static [&'static ModuleDef];
static MORE: std::sync::OnceLock<[Modules; 2]> = std::sync::OnceLock::new();

/// Adds the native modules that live in other crates.
pub fn register(frontend: Modules, own: Modules) {
    let _ = MORE.set([frontend, own]);
}

/// Every native module.
pub fn builtin_modules() -> impl Iterator<Item = &'static ModuleDef> {
    MODULES.iter().copied().chain(MORE.get().copied().unwrap_or_default().into_iter().flatten().copied())
}
