//! The shim between the rewriter and CPython's stable ABI: code objects in, parts of code objects out.

mod binder;
mod rewrite;

use pyo3::prelude::*;

#[pymodule]
mod _native {
    #[pymodule_export]
    use super::binder::{Binder, Maker, Parameters, TailCall, install, maker};
    #[pymodule_export]
    use super::rewrite::{Tables, rewrite};
}
