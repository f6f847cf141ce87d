//! The ways to run a program: file, text, module, interactive. Each gives the process's exit code.

use crate::Interpreter;
use std::io::{BufRead, IsTerminal, Read, Write};
use taipan_objects::code::Code;
use taipan_objects::dict::Dict;
use taipan_objects::exceptions::BaseException;
use taipan_objects::list::List;
use taipan_objects::module::Module;
use taipan_objects::str::Str;
use taipan_objects::thread::CompileRequest;
use taipan_objects::traceback::display;
use taipan_objects::value::{Raised, Result, Value};
use taipan_objects::tuple::Tuple;
use taipan_objects::{Ref, ThreadState, bytes::Bytes, int, module, protocol};

fn main_dict(python: &Interpreter) -> Result<Ref<Dict>> {
    let m = python.main_module()?;
    match m.downcast::<Module>() {
        Some(m) => Ok(m.dict.clone()),
        None => Err(python.thread().runtime_error("__main__ is no module")),
    }
}

/// Compiles and runs text in a namespace.
fn execute(ts: &ThreadState, source: &Value, filename: &str, mode: &str, dict: &Ref<Dict>, remember: bool) -> Result {
    let filename = Str::new(ts, filename).into_value();
    let request = CompileRequest { source, filename: &filename, mode, flags: 0, dont_inherit: true, optimize: -1, feature_version: -1 };
    let Some(compile) = ts.interp().hooks.read(|h| h.compile) else { return Err(ts.runtime_error("no compiler")) };
    let code = compile(ts, request)?;
    if remember {
        display::remember_source(ts, &code, source);
    }
    let Some(code) = code.downcast_ref::<Code>() else { return Err(ts.type_error("no code object")) };
    taipan_stdlib::builtins::run_code(ts, code, dict, dict.as_value(), None)
}

/// The status of a program that Ctrl-C ended: no number that a program can exit with.
const INTERRUPTED: i32 = i32::MIN;

/// Ends the process with the status; one that Ctrl-C ended dies of that signal, for its shell to see.
pub fn exit(status: i32) -> ! {
    if status == INTERRUPTED {
        // SAFETY: sets the default action and sends a signal to the own process.
        unsafe {
            libc::signal(libc::SIGINT, libc::SIG_DFL);
            let mut none: libc::sigset_t = std::mem::zeroed();
            libc::sigemptyset(&mut none);
            libc::pthread_sigmask(libc::SIG_SETMASK, &none, std::ptr::null_mut());
            libc::kill(libc::getpid(), libc::SIGINT);
        }
        std::process::exit(130);
    }
    std::process::exit(status)
}

/// Takes back Rust's own handlers, which would swallow signals that somebody sends.
pub fn reset_signals() {
    // SAFETY: sets the default actions.
    unsafe {
        libc::signal(libc::SIGSEGV, libc::SIG_DFL);
        libc::signal(libc::SIGBUS, libc::SIG_DFL);
    }
}

/// Blocks all signals in the calling thread.
pub fn leave_signals_to_others() {
    // SAFETY: a set of signals is plain data that `sigfillset` fills.
    unsafe {
        let mut all: libc::sigset_t = std::mem::zeroed();
        libc::sigfillset(&mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &all, std::ptr::null_mut());
    }
}

/// The exit code for how a program ended; prints what it raised.
fn finish(python: &Interpreter, result: Result<()>) -> i32 {
    let ts = python.thread();
    taipan_objects::heap::run_finalizers(ts);
    let status = match result {
        Ok(()) => 0,
        Err(Raised) => {
            let interrupted = ts.exception_is(|x| &x.keyboard_interrupt);
            match display::handle_uncaught(ts) {
                display::INTERRUPTED if interrupted => INTERRUPTED,
                status => status,
            }
        }
    };
    status
}

/// Puts the directory or "" in front of `sys.path`.
fn prepend_path(ts: &ThreadState, entry: &str) {
    if ts.interp().config.read(|c| c.safe_path || c.isolated) {
        return;
    }
    if let Some(l) = module::sys_get(ts, "path")
        && let Some(l) = l.downcast::<List>()
    {
        l.items.write(|v| v.insert(0, Str::new(ts, entry).into_value()));
    }
}

/// Runs program text (`-c`).
pub fn source(python: &Interpreter, text: &str, filename: &str) -> i32 {
    let ts = python.thread();
    prepend_path(ts, "");
    let run = || -> Result<()> {
        let dict = main_dict(python)?;
        let source = Str::new(ts, text).into_value();
        execute(ts, &source, filename, "exec", &dict, true).map(drop)
    };
    let r = run();
    finish(python, r)
}

/// Runs a file, or a directory or archive with a `__main__`.
pub fn file(python: &Interpreter, path: &str, skip_first_line: bool) -> i32 {
    let ts = python.thread();
    if std::fs::metadata(path).is_ok_and(|m| m.is_dir()) {
        return importable(python, path);
    }
    let text = match std::fs::read(path) {
        Ok(t) => t,
        Err(e) => {
            let shown = taipan_objects::exceptions::raise::errno_text(e.raw_os_error().unwrap_or(0));
            let full = std::path::absolute(path).map_or(path.to_string(), |p| p.to_string_lossy().into_owned());
            let executable = ts.interp().config.read(|c| c.executable.clone());
            eprintln!("{executable}: can't open file '{full}': [Errno {}] {shown}", e.raw_os_error().unwrap_or(0));
            return 2;
        }
    };
    if is_archive(&text) {
        return importable(python, path);
    }
    // Names of program files are absolute, but else as they were given.
    let full = match std::env::current_dir() {
        Ok(here) if !path.starts_with('/') => format!("{}/{path}", here.display().to_string().trim_end_matches('/')),
        _ => path.to_string(),
    };
    let directory = std::fs::canonicalize(path).ok().and_then(|p| p.parent().map(|p| p.to_string_lossy().into_owned()));
    prepend_path(ts, directory.as_deref().unwrap_or(""));
    let run = || -> Result<()> {
        let dict = main_dict(python)?;
        let n = ts.names();
        let name = Str::new(ts, &full).into_value();
        dict.set_str(ts, &n.__file__, name);
        dict.set_str(ts, &n.__cached__, Value::none());
        if is_compiled(&full, &text) {
            let loader = set_loader(ts, &dict, &full, "SourcelessFileLoader")?;
            let code = protocol::call_method(ts, &loader, "get_code", &[Str::new(ts, "__main__").into_value()])?;
            let Some(code) = code.downcast_ref::<Code>() else { return Err(ts.runtime_error("Bad code object in .pyc file")) };
            return taipan_stdlib::builtins::run_code(ts, code, &dict, dict.as_value(), None).map(drop);
        }
        set_loader(ts, &dict, &full, "SourceFileLoader")?;
        let mut text = text.as_slice();
        if skip_first_line {
            text = text.iter().position(|&b| b == b'\n').map_or(&[], |i| &text[i..]);
        }
        if text.contains(&0) {
            return Err(ts.raise_message(&ts.exceptions().syntax_error, "source code cannot contain null bytes"));
        }
        let source = Bytes::new(ts, text).into_value();
        execute(ts, &source, &full, "exec", &dict, false).map(drop)
    };
    let r = run();
    finish(python, r)
}

/// Does a zip archive end here?
fn is_archive(data: &[u8]) -> bool {
    let tail = &data[data.len().saturating_sub(22 + 0xffff)..];
    tail.len() >= 22 && tail.windows(4).any(|w| w == b"PK\x05\x06") && !tail.starts_with(b"#!PK")
}

/// Is it a module that was compiled before?
fn is_compiled(path: &str, data: &[u8]) -> bool {
    path.ends_with(".pyc") || data.len() >= 16 && data[2..4] == *b"\r\n" && data.contains(&0)
}

fn set_loader(ts: &ThreadState, dict: &Ref<Dict>, path: &str, class: &str) -> Result {
    let external = module::import(ts, "_frozen_importlib_external")?;
    let class = protocol::getattr_name(ts, &external, class)?;
    let loader = protocol::call(ts, &class, &[Str::new(ts, "__main__").into_value(), Str::new(ts, path).into_value()])?;
    dict.set_str(ts, &ts.names().__loader__, loader.clone());
    Ok(loader)
}

fn importable(python: &Interpreter, path: &str) -> i32 {
    let ts = python.thread();
    let full = std::path::absolute(path).map_or(path.to_string(), |p| p.to_string_lossy().into_owned());
    let full = if path.ends_with('/') && !full.ends_with('/') { full + "/" } else { full };
    // It is what is run: no switch keeps it out.
    if let Some(l) = module::sys_get(ts, "path")
        && let Some(l) = l.downcast::<List>()
    {
        l.items.write(|v| v.insert(0, Str::new(ts, &full).into_value()));
    }
    run_module_as_main(python, "__main__", false)
}

/// `-m name`.
pub fn module_named(python: &Interpreter, name: &str) -> i32 {
    let ts = python.thread();
    let directory = std::env::current_dir().map_or(String::new(), |d| d.to_string_lossy().into_owned());
    prepend_path(ts, &directory);
    run_module_as_main(python, name, true)
}

fn run_module_as_main(python: &Interpreter, name: &str, set_argv0: bool) -> i32 {
    let ts = python.thread();
    let run = || -> Result<()> {
        let runpy = module::import(ts, "runpy")?;
        let args = [Str::new(ts, name).into_value(), Value::bool(set_argv0)];
        protocol::call_method(ts, &runpy, "_run_module_as_main", &args).map(drop)
    };
    let r = run();
    finish(python, r)
}

/// The program is on the standard input.
pub fn stdin(python: &Interpreter) -> i32 {
    if std::io::stdin().is_terminal() || python.interp().config.read(|c| c.interactive) {
        return interactive(python, false);
    }
    let ts = python.thread();
    prepend_path(ts, "");
    let mut text = vec![];
    if let Err(e) = std::io::stdin().lock().read_to_end(&mut text) {
        eprintln!("cannot read the program from the standard input: {e}");
        return 1;
    }
    let run = || -> Result<()> {
        let dict = main_dict(python)?;
        if text.contains(&0) {
            return Err(ts.raise_message(&ts.exceptions().syntax_error, "source code cannot contain null bytes"));
        }
        let source = Bytes::new(ts, &text).into_value();
        execute(ts, &source, "<stdin>", "exec", &dict, false).map(drop)
    };
    let r = run();
    finish(python, r)
}

/// A prompt that runs one statement after the other. After a program it comes without a banner.
pub fn interactive(python: &Interpreter, after_program: bool) -> i32 {
    let ts = python.thread();
    // From here on programs may end the process.
    ts.interp().config.write(|c| c.inspect = false);
    if !after_program && !python.interp().config.read(|c| c.quiet) {
        let version = module::sys_get(ts, "version").and_then(|v| v.downcast::<Str>().map(|s| s.to_string_lossy().into_owned()));
        eprintln!("Python {}", version.unwrap_or_default());
        eprintln!("Type \"help\", \"copyright\", \"credits\" or \"license\" for more information.");
    }
    prepend_path(ts, "");
    for (name, text) in [("ps1", ">>> "), ("ps2", "... ")] {
        if module::sys_get(ts, name).is_none() {
            module::sys_set(ts, name, Str::new(ts, text).into_value());
        }
    }
    // Where the lines do not come from somebody at a terminal, prompts go with the errors.
    let at_terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    let mut pending = String::new();
    loop {
        let prompt = module::sys_get(ts, if pending.is_empty() { "ps1" } else { "ps2" });
        let prompt = prompt.and_then(|p| protocol::str_(ts, &p).ok()).map_or(String::new(), |p| p.to_string_lossy().into_owned());
        if at_terminal {
            print!("{prompt}");
            if std::io::stdout().flush().is_err() {
                return 120;
            }
        } else {
            eprint!("{prompt}");
        }
        let mut line = String::new();
        match std::io::stdin().lock().read_line(&mut line) {
            Ok(0) => {
                if at_terminal {
                    println!();
                } else {
                    eprintln!();
                }
                return 0;
            }
            Ok(_) => {}
            Err(e) => {
                eprintln!("cannot read: {e}");
                return 1;
            }
        }
        pending.push_str(&line);
        if let Some(status) = try_statement(python, &mut pending) {
            return status;
        }
    }
}

/// Runs what was typed once it is complete; a status when the program asked to exit.
fn try_statement(python: &Interpreter, pending: &mut String) -> Option<i32> {
    let ts = python.thread();
    let complete = || -> Result<bool> {
        let codeop = module::import(ts, "codeop")?;
        // Blocks end with an empty line: the last line's end does not count.
        let text = pending.strip_suffix('\n').unwrap_or(pending);
        let args = [Str::new(ts, text).into_value(), Str::new(ts, "<stdin>").into_value(), Str::new(ts, "single").into_value()];
        Ok(!protocol::call_method(ts, &codeop, "compile_command", &args)?.is_none())
    };
    let run = |text: &str| -> Result<()> {
        let dict = main_dict(python)?;
        remember_source(ts, text)?;
        let source = Str::new(ts, text).into_value();
        execute(ts, &source, "<stdin>", "single", &dict, false).map(drop)
    };
    let result = match complete() {
        Ok(false) => return None,
        Ok(true) => run(pending),
        Err(e) => {
            // Of a SyntaxError only the place in the text is of interest.
            if let Some(e) = ts.exception.get()
                && let Some(e) = e.downcast::<BaseException>()
            {
                e.traceback.set(None);
            }
            Err(e)
        }
    };
    pending.clear();
    if result.is_err() {
        if ts.exception_is(|x| &x.system_exit) {
            return Some(display::handle_uncaught(ts));
        }
        display::print_uncaught(ts);
    }
    taipan_objects::heap::run_finalizers(ts);
    if let Some(out) = module::sys_get(ts, "stdout")
        && protocol::call_method(ts, &out, "flush", &[]).is_err()
    {
        ts.clear_exception();
    }
    None
}

/// Where tracebacks find the lines of what was typed.
fn remember_source(ts: &ThreadState, text: &str) -> Result<()> {
    let cache = protocol::getattr_name(ts, &module::import(ts, "linecache")?, "cache")?;
    let lines = text.split_inclusive('\n').map(|l| Str::new(ts, l).into_value()).collect();
    let name = Str::new(ts, "<stdin>").into_value();
    let entry = vec![int::from_i64(ts, text.len() as i64), Value::none(), List::new(ts, lines).into_value(), name.clone()];
    protocol::setitem(ts, &cache, &name, Tuple::new(ts, entry).as_value())
}

/// Prints the exception that is being raised.
pub fn report(python: &Interpreter) {
    display::print_uncaught(python.thread());
}
