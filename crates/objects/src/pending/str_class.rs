//! `str`.
use crate::str::Str;
#[crate::native::class(name = "str")]
impl Str {}
