//! Warnings from native code: handed to the module `_warnings`, which filters, prints or raises them.

use crate::exceptions::ExceptionTypes;
use crate::heap::Ref;
use crate::int;
use crate::protocol;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::typeobject::Type;
use crate::value::Result;

impl ThreadState {
    /// Issues a warning for the caller `level` frames up (1: the running Python code). Before the module
    /// `_warnings` is there nothing is said.
    pub fn warn(&self, pick: fn(&ExceptionTypes) -> &Ref<Type>, message: &str, level: i64) -> Result<()> {
        let Some(modules) = self.interp().modules.get() else { return Ok(()) };
        let Some(dict) = modules.downcast::<crate::dict::Dict>() else { return Ok(()) };
        let Some(module) = dict.get_str(&Str::intern(self, "_warnings")) else { return Ok(()) };
        let category = pick(self.exceptions()).as_value().clone();
        let text = Str::new(self, message).into_value();
        protocol::call_method(self, &module, "warn", &[text, category, int::from_i64(self, level)])?;
        Ok(())
    }
    pub fn warn_deprecated(&self, message: &str) -> Result<()> {
        self.warn(|x| &x.deprecation_warning, message, 1)
    }
    pub fn warn_runtime(&self, message: &str) -> Result<()> {
        self.warn(|x| &x.runtime_warning, message, 1)
    }
}
