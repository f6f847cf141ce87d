//! Native modules of the standard library.

pub mod abc;
pub mod array;
pub mod binascii;
pub mod cmath;
pub mod codecs;
pub mod collections;
pub mod contextvars;
pub mod errno;
pub mod functools;
pub mod gc;
pub mod host;
pub mod io;
pub mod itertools;
pub mod locale;
pub mod math;
pub mod operator;
pub mod posix;
pub mod prelude;
pub mod random;
pub mod resource;
pub mod signal;
pub mod stat;
pub mod string;
pub mod structs;
pub mod thread;
pub mod types;
pub mod unicodedata;
pub mod weakref;

use taipan_objects::native::ModuleDef;

/// All native modules, by the names they are imported under.
pub static MODULES: &[&ModuleDef] = &[
    &abc::MODULE,
    &array::MODULE,
    &binascii::MODULE,
    &cmath::MODULE,
    &codecs::MODULE,
    &collections::MODULE,
    &contextvars::MODULE,
    &errno::MODULE,
    &functools::MODULE,
    &gc::MODULE,
    &io::MODULE,
    &itertools::MODULE,
    &locale::MODULE,
    &math::MODULE,
    &operator::MODULE,
    &posix::MODULE,
    &random::MODULE,
    &resource::MODULE,
    &signal::MODULE,
    &stat::MODULE,
    &string::MODULE,
    &structs::MODULE,
    &taipan_objects::typing::module::MODULE,
    &thread::MODULE,
    &types::MODULE,
    &unicodedata::MODULE,
    &weakref::MODULE,
];
