//! What Python sees of `function`.
use super::Function;
#[crate::native::class(name = "function", final)]
impl Function {}
