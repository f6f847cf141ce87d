//! Formatting: the format-spec mini-language ([`spec`]), `str.format` ([`template`]), `%` ([`percent`]), and
//! what a string does with a spec ([`text`]). Numbers do theirs in `number`.

pub mod number;
pub mod spec;
