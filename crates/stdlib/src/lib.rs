//! Native modules of the standard library.

pub mod abc;
pub mod cmath;
pub mod array;
pub mod binascii;
pub mod codecs;
pub mod contextvars;
pub mod errno;
pub mod gc;
pub mod itertools;
pub mod math;
pub mod operator;
pub mod host;
pub mod io;
pub mod math;
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
pub mod weakref;

use taipan_objects::native::ModuleDef;

/// All native modules, by the names they are imported under.
pub static MODULES: &[&ModuleDef] = &[
    &abc::MODULE,
    &cmath::MODULE,
    &array::MODULE,
    &binascii::MODULE,
    &codecs::MODULE,
    &contextvars::MODULE,
    &errno::MODULE,
    &gc::MODULE,
    &itertools::MODULE,
    &math::MODULE,
    &operator::MODULE,
    &io::MODULE,
    &math::MODULE,
    &posix::MODULE,
    &random::MODULE,
    &resource::MODULE,
    &signal::MODULE,
    &stat::MODULE,
    &thread::MODULE,
    &taipan_objects::typing::module::MODULE,
    &string::MODULE,
    &structs::MODULE,
    &types::MODULE,
    &weakref::MODULE,
];
