//! `sys._jit`: what tells of a compiler to machine code. There is none yet.

use taipan_objects::native::ModuleDef;

pub static MODULE: ModuleDef =
    ModuleDef { name: "sys._jit", doc: "Utilities for observing just-in-time compilation.", functions: &[functions::FUNCTIONS], init: None };

#[taipan_macros::functions]
mod functions {
    /// Return True if the current Python executable supports JIT compilation, and False otherwise.
    #[function("is_available()")]
    fn is_available() -> bool {
        false
    }
    /// Return True if JIT compilation is enabled for the current Python process, and False otherwise.
    #[function("is_enabled()")]
    fn is_enabled() -> bool {
        false
    }
    /// Return True if the topmost Python frame is currently executing JIT code, and False otherwise.
    #[function("is_active()")]
    fn is_active() -> bool {
        false
    }
}
