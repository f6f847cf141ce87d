//! `sys.stdin`, `sys.stdout` and `sys.stderr`.

use taipan_objects::module;
use taipan_objects::native::Args;
use taipan_objects::str::Str;
use taipan_objects::value::{Result, Value};
use taipan_objects::{ThreadState, int, protocol};

/// Is the file descriptor open?
fn is_open(fd: i32) -> bool {
    // SAFETY: asks the kernel about a number.
    unsafe { libc::fcntl(fd, libc::F_GETFD) != -1 }
}

fn call_keywords(ts: &ThreadState, f: &Value, args: &[Value], keywords: &[(&str, Value)]) -> Result {
    let names: Vec<Value> = keywords.iter().map(|k| Str::intern(ts, k.0).into_value()).collect();
    let values: Vec<Value> = keywords.iter().map(|k| k.1.clone()).collect();
    protocol::call_args(ts, f, Args::with_keywords(args, &names, &values))
}

/// One standard stream, as CPython's `create_stdio` makes it.
fn create(ts: &ThreadState, io: &Value, fd: i32, name: &str, encoding: &str, errors: &str) -> Result {
    if !is_open(fd) {
        return Ok(Value::none());
    }
    let t = |s: &str| Str::new(ts, s).into_value();
    let write = fd != 0;
    let unbuffered = write && ts.interp().config.read(|c| c.unbuffered);
    let open = protocol::getattr_name(ts, io, "open")?;
    let mode = if write { "wb" } else { "rb" };
    let buffering = int::from_i64(ts, if unbuffered { 0 } else { -1 });
    let buffer = call_keywords(ts, &open, &[int::from_i64(ts, fd as i64), t(mode)], &[("buffering", buffering), ("closefd", Value::false_())])?;
    let raw = if unbuffered { buffer.clone() } else { protocol::getattr_name(ts, &buffer, "raw")? };
    protocol::setattr_name(ts, &raw, "name", &t(name))?;
    let terminal = protocol::call_method(ts, &raw, "isatty", &[])?;
    let terminal = protocol::is_true(ts, &terminal)?;
    let line_buffering = write && (terminal || fd == 2) && !unbuffered;
    let wrapper = protocol::getattr_name(ts, io, "TextIOWrapper")?;
    let newline = if write { t("\n") } else { Value::none() };
    let stream = call_keywords(
        ts,
        &wrapper,
        &[buffer],
        &[
            ("encoding", t(encoding)),
            ("errors", t(errors)),
            ("newline", newline),
            ("line_buffering", Value::bool(line_buffering)),
            ("write_through", Value::bool(unbuffered)),
        ],
    )?;
    protocol::setattr_name(ts, &stream, "mode", &t(if write { "w" } else { "r" }))?;
    Ok(stream)
}

/// Makes the streams; a closed descriptor gives None.
pub fn set_up(ts: &ThreadState) -> Result<()> {
    let io = module::import(ts, "_io")?;
    let (mut encoding, mut errors) = ("utf-8".to_string(), None);
    if !ts.interp().config.read(|c| c.ignore_environment || c.isolated)
        && let Ok(v) = std::env::var("PYTHONIOENCODING")
    {
        let (e, h) = v.split_once(':').unwrap_or((&v, ""));
        if !e.is_empty() {
            encoding = e.to_string();
        }
        if !h.is_empty() {
            errors = Some(h.to_string());
        }
    }
    // A locale that says nothing about the encoding, or that stands in for such a one.
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|n| std::env::var(n).ok().filter(|v| !v.is_empty())).unwrap_or_default();
    let c_locale = matches!(locale.as_str(), "" | "C" | "POSIX" | "C.UTF-8" | "C.utf8" | "UTF-8");
    let default = if c_locale || ts.interp().config.read(|c| c.utf8_mode) { "surrogateescape" } else { "strict" };
    let handler = errors.as_deref().unwrap_or(default);
    let stdin = create(ts, &io, 0, "<stdin>", &encoding, handler)?;
    let stdout = create(ts, &io, 1, "<stdout>", &encoding, handler)?;
    let stderr = create(ts, &io, 2, "<stderr>", &encoding, "backslashreplace")?;
    for (name, original, v) in [("stdin", "__stdin__", stdin), ("stdout", "__stdout__", stdout), ("stderr", "__stderr__", stderr)] {
        module::sys_set(ts, name, v.clone());
        module::sys_set(ts, original, v);
    }
    let opener = protocol::getattr_name(ts, &io, "open")?;
    if let Some(b) = ts.interp().builtins.get() {
        protocol::setattr_name(ts, b, "open", &opener)?;
    }
    Ok(())
}
