//! The module `faulthandler`: tracebacks on request. Handlers of fatal signals are not installed: a crash of
//! the process prints what the system prints (see LIMITATIONS.md).

use crate::posix::path::fileno;
use crate::prelude::*;
use std::cell::Cell;
use taipan_objects::module;

pub static MODULE: ModuleDef = ModuleDef {
    name: "faulthandler",
    doc: "faulthandler module.",
    functions: &[functions::FUNCTIONS],
    init: None,
};

#[derive(Default)]
struct State {
    enabled: Cell<bool>,
}

/// The lines of the current stack, as `traceback` has them, innermost first.
fn dump(ts: &ThreadState, fd: i32) -> Result<()> {
    let mut text = String::from("Current thread's stack (most recent call first):\n");
    let mut frame = taipan_objects::frame::object::current(ts);
    let mut n = 0;
    while let Some(f) = frame.filter(|f| !f.is_none()) {
        let code = protocol::getattr_name(ts, &f, "f_code")?;
        let part = |o: &Value, name: &str| -> Result<String> {
            let v = protocol::getattr_name(ts, o, name)?;
            Ok(protocol::str_(ts, &v)?.to_string_lossy().into_owned())
        };
        let (file, line, name) = (part(&code, "co_filename")?, part(&f, "f_lineno")?, part(&code, "co_name")?);
        text += &format!("  File \"{file}\", line {line} in {name}\n");
        n += 1;
        if n == 100 {
            text += "  ...\n";
            break;
        }
        frame = Some(protocol::getattr_name(ts, &f, "f_back")?);
    }
    let _ = crate::posix::files::write_from(ts, fd, text.as_bytes())?;
    Ok(())
}

fn file_fd(ts: &ThreadState, file: Option<&Value>) -> Result<i32> {
    match file.filter(|f| !f.is_none()) {
        Some(f) => fileno(ts, f),
        None => match module::sys_get(ts, "stderr").filter(|f| !f.is_none()) {
            Some(f) => fileno(ts, &f),
            None => Err(ts.runtime_error("unable to get sys.stderr")),
        },
    }
}

fn missing(ts: &ThreadState, what: &str) -> Raised {
    ts.not_implemented_error(format!("faulthandler.{what} is not supported"))
}

#[functions(module = "faulthandler")]
pub mod functions {
    use super::*;

    /// Enable the fault handler.
    #[function("enable(file=<unrepresentable>, all_threads=True, c_stack=True)")]
    fn enable(ts: &ThreadState, file: Option<&Value>, all_threads: bool, c_stack: bool) -> Result<()> {
        let _ = (all_threads, c_stack);
        file_fd(ts, file)?;
        ts.interp().extension::<State>().enabled.set(true);
        Ok(())
    }
    /// Disable the fault handler.
    #[function("disable()")]
    fn disable(ts: &ThreadState) -> bool {
        ts.interp().extension::<State>().enabled.replace(false)
    }
    /// Check if the handler is enabled.
    #[function("is_enabled()")]
    fn is_enabled(ts: &ThreadState) -> bool {
        ts.interp().extension::<State>().enabled.get()
    }
    /// Dump the traceback of the current thread, or of all threads if all_threads is True, into file.
    #[function("dump_traceback(file=<unrepresentable>, all_threads=True)")]
    fn dump_traceback(ts: &ThreadState, file: Option<&Value>, all_threads: bool) -> Result<()> {
        let _ = all_threads;
        let fd = file_fd(ts, file)?;
        dump(ts, fd)
    }
    /// Dump the traceback of all threads in timeout seconds.
    #[function("dump_traceback_later(timeout, repeat=False, file=<unrepresentable>, exit=False)")]
    fn dump_traceback_later(ts: &ThreadState, timeout: &Value, repeat: bool, file: Option<&Value>, exit: bool) -> Result<()> {
        let _ = (timeout, repeat, file, exit);
        Err(missing(ts, "dump_traceback_later"))
    }
    /// Cancel the previous call to dump_traceback_later().
    #[function("cancel_dump_traceback_later()")]
    fn cancel_dump_traceback_later() {}
    /// Register a handler for the signal 'signum'.
    #[function("register(signum, file=<unrepresentable>, all_threads=True, chain=False)")]
    fn register(ts: &ThreadState, signum: i32, file: Option<&Value>, all_threads: bool, chain: bool) -> Result<()> {
        let _ = (signum, file, all_threads, chain);
        Err(missing(ts, "register"))
    }
    /// Unregister the handler of the signal 'signum' registered by register().
    #[function("unregister(signum, /)")]
    fn unregister(signum: i32) -> bool {
        let _ = signum;
        false
    }
}
