//! What Python sees of `code`.
use super::Code;
#[crate::native::class(name = "code", final)]
impl Code {}
