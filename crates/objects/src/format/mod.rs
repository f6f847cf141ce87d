//! Formatting: the format-spec mini-language ([`spec`]), `str.format` ([`template`]), `%` ([`percent`]), and
//! what a string ([`text`]) and a number ([`number`]) do with a spec.

pub mod number;
pub mod percent;
pub mod spec;
pub mod template;
pub mod text;
