//! The module `_operator`.

mod digest;
mod functions;
mod getters;

use taipan_objects::native::*;
use taipan_objects::Value;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_operator",
    doc: "The operators of Python as functions.",
    functions: &[functions::functions::FUNCTIONS],
    init: Some(|ts, dict| {
        getters::add_classes(ts, dict);
        Ok(())
    }),
};

/// Names and values of `**kwargs`, to be passed on.
pub fn keyword_parts(kwargs: Kwargs<'_>) -> (Vec<Value>, Vec<Value>) {
    kwargs.iter().map(|(k, v)| (k.clone(), v.clone())).unzip()
}
