//! `print` and `input`.

use std::io::Write;
use taipan_objects::module;
use taipan_objects::native::functions;
use taipan_objects::str::Str;
use taipan_objects::value::{Result, Value};
use taipan_objects::{protocol, ThreadState};

fn stream(ts: &ThreadState, name: &str) -> Result {
    match module::sys_get(ts, name) {
        Some(f) => Ok(f),
        None => Err(ts.runtime_error(format!("lost sys.{name}"))),
    }
}

fn separator(ts: &ThreadState, v: &Value, name: &str, default: &str) -> Result {
    if v.is_none() {
        return Ok(Str::intern(ts, default).into_value());
    }
    if v.downcast::<Str>().is_none() {
        return Err(ts.type_error(format!("{name} must be None or a string, not {}", v.type_name(ts))));
    }
    Ok(v.clone())
}

#[functions(module = "builtins")]
pub mod functions {
    use super::*;
    /// Prints the values to a stream, or to sys.stdout by default.
    ///
    /// sep
    ///   string inserted between values, default a space.
    /// end
    ///   string appended after the last value, default a newline.
    /// file
    ///   a file-like object (stream); defaults to the current sys.stdout.
    /// flush
    ///   whether to forcibly flush the stream.
    #[function("print(*args, sep=' ', end='\\n', file=None, flush=False)")]
    fn print(ts: &ThreadState, args: &[Value], sep: &Value, end: &Value, file: &Value, flush: bool) -> Result<()> {
        let file = if file.is_none() {
            let f = stream(ts, "stdout")?;
            if f.is_none() {
                return Ok(());
            }
            f
        } else {
            file.clone()
        };
        let sep = separator(ts, sep, "sep", " ")?;
        let end = separator(ts, end, "end", "\n")?;
        let write = protocol::getattr(ts, &file, &ts.names().write)?;
        for (i, v) in args.iter().enumerate() {
            if i > 0 {
                protocol::call1(ts, &write, &sep)?;
            }
            let text = protocol::str_(ts, v)?.into_value();
            protocol::call1(ts, &write, &text)?;
        }
        protocol::call1(ts, &write, &end)?;
        if flush {
            protocol::call_method_ref(ts, &file, &ts.names().flush, &[])?;
        }
        Ok(())
    }
    /// Read a string from standard input.  The trailing newline is stripped.
    ///
    /// The prompt string, if given, is printed to standard output without a
    /// trailing newline before reading input.
    ///
    /// If the user hits EOF (*nix: Ctrl-D, Windows: Ctrl-Z+Return), raise EOFError.
    /// On *nix systems, readline is used if available.
    #[function("input(prompt='', /)")]
    fn input(ts: &ThreadState, prompt: Option<&Value>) -> Result {
        let stdin = stream(ts, "stdin")?;
        let stdout = stream(ts, "stdout")?;
        for (f, name) in [(&stdin, "stdin"), (&stdout, "stdout")] {
            if f.is_none() {
                return Err(ts.runtime_error(format!("lost sys.{name}")));
            }
        }
        if let Some(err) = module::sys_get(ts, "stderr").filter(|e| !e.is_none()) {
            if protocol::call_method_ref(ts, &err, &ts.names().flush, &[]).is_err() {
                ts.clear_exception();
            }
        }
        if let Some(p) = prompt {
            let text = protocol::str_(ts, p)?.into_value();
            protocol::call_method_ref(ts, &stdout, &ts.names().write, &[text])?;
        }
        if protocol::call_method_ref(ts, &stdout, &ts.names().flush, &[]).is_err() {
            ts.clear_exception();
        }
        let line = protocol::call_method_ref(ts, &stdin, &ts.names().readline, &[])?;
        let Some(s) = line.downcast::<Str>() else {
            return Err(ts.type_error(format!("object.readline() returned non-string (type {})", line.type_name(ts))));
        };
        match s.bytes() {
            [] => Err(ts.raise_message(&ts.exceptions().eof_error, "EOF when reading a line")),
            [text @ .., b'\n'] => Ok(Str::from_wtf8(ts, text).into_value()),
            _ => Ok(line.clone()),
        }
    }
}

/// Writes text to the process's standard error when there is no Python stream to use.
pub fn raw_stderr(text: &str) {
    // Nowhere is left to report a failure to.
    let _ = std::io::stderr().write_all(text.as_bytes());
}
