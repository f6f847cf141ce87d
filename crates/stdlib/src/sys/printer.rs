//! `stderrprinter`: what `sys.stderr` is until the module `io` can be imported.

use crate::prelude::*;

pub struct StderrPrinter;
payload!(StderrPrinter);

#[class(name = "stderrprinter", no_new, final)]
impl StderrPrinter {
    #[method("write($self, text, /)", no_signature)]
    fn write(&self, text: &Str) -> usize {
        crate::builtins::output::raw_stderr(&text.to_string_lossy());
        text.len()
    }
    #[method("flush($self, /)", no_signature)]
    fn flush(&self) {}
    #[method("fileno($self, /)", no_signature)]
    fn fileno(&self) -> i64 {
        2
    }
    #[getter("encoding")]
    fn encoding(&self) -> Value {
        Value::none()
    }
}

impl StderrPrinter {
    pub fn make(ts: &ThreadState) -> Value {
        heap::new(ts, StderrPrinter).into_value()
    }
}
