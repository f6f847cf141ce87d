//! What the user sees of an exception that nobody caught: `sys.excepthook`, the display through the module
//! `traceback`, and a plain native one for when that cannot be had. Exit codes of SystemExit and
//! KeyboardInterrupt.

use super::Traceback;
use crate::exceptions::{BaseException, BaseExceptionGroup, SyntaxError, SystemExit};
use crate::heap::GilCell;
use crate::int;
use crate::module;
use crate::protocol;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::value::{Result, Value};
use std::collections::HashSet;

const CAUSE: &str = "\nThe above exception was the direct cause of the following exception:\n\n";
const CONTEXT: &str = "\nDuring handling of the above exception, another exception occurred:\n\n";
/// Groups are shown so deep and so wide, as the module `traceback` does.
const MAX_GROUP_DEPTH: usize = 10;
const MAX_GROUP_WIDTH: usize = 15;
/// A line of a recursion is shown so often before "[Previous line repeated …]".
const REPEATS: usize = 3;
const DEFAULT_LIMIT: i64 = 1000;

/// Exit code after an uncaught KeyboardInterrupt: what a shell makes of SIGINT.
pub const INTERRUPTED: i32 = 130;

/// Shows the exception being raised, as at the end of a program, and tells the process's exit code.
pub fn handle_uncaught(ts: &ThreadState) -> i32 {
    let Some(exc) = ts.take_exception() else { return 0 };
    let inspect = ts.interp().config.read(|c| c.inspect);
    if !inspect && let Some(code) = exit_code(ts, &exc) {
        return code;
    }
    let interrupted = exc.class(ts).is_subtype(&ts.exceptions().keyboard_interrupt);
    match call_excepthook(ts, &exc) {
        Some(code) => code,
        None if interrupted => INTERRUPTED,
        None => 1,
    }
}

/// The exit code that a SystemExit asks for; a code that is no number is printed.
pub fn exit_code(ts: &ThreadState, exc: &Value) -> Option<i32> {
    let code = exc.downcast::<SystemExit>()?.code.get();
    let Some(code) = code.filter(|c| !c.is_none()) else { return Some(0) };
    if let Some(view) = int::view(&code) {
        return Some(view.to_i64().map_or(-1, |i| i as i32));
    }
    flush(ts, "stdout");
    match standard_error(ts) {
        Some(file) => {
            let text = protocol::str_(ts, &code).map(|s| s.into_value());
            let r = text.and_then(|t| protocol::call_method(ts, &file, "write", &[t]));
            if r.is_err() {
                ts.clear_exception();
            }
            write(ts, Some(&file), "\n");
        }
        None => {
            let text = protocol::str_(ts, &code).map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
            ts.clear_exception();
            write(ts, None, &format!("{text}\n"));
        }
    }
    flush(ts, "stderr");
    Some(1)
}

/// Shows the exception being raised through `sys.excepthook`.
pub fn print_uncaught(ts: &ThreadState) {
    if let Some(exc) = ts.take_exception() {
        call_excepthook(ts, &exc);
    }
}

/// Calls `sys.excepthook`; an exit code when the hook wants to end the program.
pub fn call_excepthook(ts: &ThreadState, exc: &Value) -> Option<i32> {
    let class = exc.class(ts).to_value();
    let tb = exc.downcast::<BaseException>().and_then(|e| e.traceback.get()).unwrap_or_else(Value::none);
    module::sys_set(ts, "last_exc", exc.clone());
    module::sys_set(ts, "last_type", class.clone());
    module::sys_set(ts, "last_value", exc.clone());
    module::sys_set(ts, "last_traceback", tb.clone());
    let Some(hook) = module::sys_get(ts, "excepthook") else {
        if module::sys_get(ts, "__excepthook__").is_some() {
            write(ts, standard_error(ts).as_ref(), "sys.excepthook is missing\n");
        }
        display(ts, exc, None);
        return None;
    };
    let r = protocol::call(ts, &hook, &[class, exc.clone(), tb]);
    if r.is_err() {
        let second = ts.take_exception()?;
        if let Some(code) = exit_code(ts, &second) {
            return Some(code);
        }
        flush(ts, "stdout");
        write(ts, standard_error(ts).as_ref(), "Error in sys.excepthook:\n");
        display(ts, &second, None);
        write(ts, standard_error(ts).as_ref(), "\nOriginal exception was:\n");
        display(ts, exc, None);
    }
    flush(ts, "stderr");
    None
}

/// `sys.__excepthook__`.
pub fn print_exception(ts: &ThreadState, exc: &Value, tb: Option<&Value>) {
    if let Some(e) = exc.downcast::<BaseException>()
        && let Some(tb) = tb.filter(|t| t.downcast::<Traceback>().is_some())
        && e.traceback.read(|t| t.is_none())
    {
        e.traceback.set(Some(tb.clone()));
    }
    display(ts, exc, None);
}

/// `sys.__unraisablehook__`.
pub use super::unraisable::unraisablehook as print_unraisable;

/// Program texts that are in no file, with their code, for `linecache`.
#[derive(Default)]
struct Sources {
    all: GilCell<Vec<(Value, Value)>>,
}

/// Lets tracebacks show lines of a program that came as text.
pub fn remember_source(ts: &ThreadState, code: &Value, text: &Value) {
    ts.interp().extension::<Sources>().all.write(|s| s.push((code.clone(), text.clone())));
}

/// The programs that came as text: code and text.
pub fn program_sources(ts: &ThreadState) -> Vec<(Value, Value)> {
    ts.interp().extension::<Sources>().all.get()
}

/// Writes an exception with its traceback and chain to `file`, or to `sys.stderr`. Never raises.
pub fn display(ts: &ThreadState, exc: &Value, file: Option<&Value>) {
    let saved = ts.take_exception();
    flush(ts, "stdout");
    if exc.downcast::<BaseException>().is_none() {
        let target = file.cloned().or_else(|| standard_error(ts));
        let text = format!("TypeError: print_exception(): Exception expected for value, {} found\n", exc.type_name(ts));
        write(ts, target.as_ref(), &text);
    } else if python_display(ts, exc, file).is_err() {
        ts.clear_exception();
        let target = file.cloned().or_else(|| standard_error(ts));
        let text = format_exception(ts, exc);
        write(ts, target.as_ref(), &text);
    }
    ts.exception.set(saved);
}

fn python_display(ts: &ThreadState, exc: &Value, file: Option<&Value>) -> Result<()> {
    if ts.interp().modules.read(|m| m.is_none()) || standard_error(ts).is_none() && file.is_none() {
        return Err(ts.runtime_error("no sys.stderr"));
    }
    let traceback = module::import(ts, "traceback")?;
    let f = protocol::getattr_name(ts, &traceback, "_print_exception_bltin")?;
    match file {
        Some(file) => protocol::call(ts, &f, &[exc.clone(), file.clone()])?,
        None => protocol::call(ts, &f, &[exc.clone()])?,
    };
    Ok(())
}

/// `sys.stderr`, unless it is missing or None.
pub fn standard_error(ts: &ThreadState) -> Option<Value> {
    module::sys_get(ts, "stderr").filter(|f| !f.is_none())
}

fn flush(ts: &ThreadState, name: &str) {
    if let Some(f) = module::sys_get(ts, name).filter(|f| !f.is_none()) {
        let saved = ts.take_exception();
        if protocol::call_method(ts, &f, "flush", &[]).is_err() {
            ts.clear_exception();
        }
        ts.exception.set(saved);
    }
}

/// Writes to a file object; without one to the process's own standard error, unless the program has set
/// `sys.stderr` to None. Errors are passed over.
pub fn write(ts: &ThreadState, file: Option<&Value>, text: &str) {
    match file {
        Some(file) => {
            if protocol::call_method(ts, file, "write", &[Str::new(ts, text).into_value()]).is_err() {
                ts.clear_exception();
            }
        }
        None if module::sys_get(ts, "stderr").is_some_and(|f| f.is_none()) => {}
        None => {
            use std::io::Write;
            let _ = std::io::stderr().write_all(text.as_bytes());
        }
    }
}

/// The native display: traceback, chain, notes, groups.
pub fn format_exception(ts: &ThreadState, exc: &Value) -> String {
    let mut p = Printer { ts, out: String::new(), depth: 0, need_close: false, seen: HashSet::new() };
    p.chain(exc);
    p.out
}

struct Printer<'a> {
    ts: &'a ThreadState,
    out: String,
    /// Nesting of groups.
    depth: usize,
    need_close: bool,
    seen: HashSet<u64>,
}

impl Printer<'_> {
    fn indent(&mut self) {
        self.out.extend(std::iter::repeat_n(' ', 2 * self.depth));
    }
    fn emit(&mut self, text: &str, margin: char) {
        if self.depth == 0 {
            self.out.push_str(text);
            return;
        }
        for line in text.split_inclusive('\n') {
            self.indent();
            self.out.push(margin);
            self.out.push(' ');
            self.out.push_str(line);
        }
    }
    /// The exception and those that led to it, oldest first.
    fn chain(&mut self, exc: &Value) {
        let mut list = vec![];
        let mut at = Some(exc.clone());
        while let Some(v) = at {
            self.seen.insert(v.id());
            let mut next = (None, None);
            if let Some(e) = v.downcast::<BaseException>() {
                let unseen = |v: &Value| !self.seen.contains(&v.id());
                if let Some(cause) = e.cause.get() {
                    next = (Some(CAUSE), Some(cause).filter(unseen));
                } else if !e.suppress_context.get()
                    && let Some(context) = e.context.get()
                {
                    next = (Some(CONTEXT), Some(context).filter(unseen));
                }
            }
            at = next.1;
            list.push((v, next.0.filter(|_| at.is_some())));
        }
        for (v, message) in list.iter().rev() {
            if let Some(m) = message {
                self.emit(m, '|');
            }
            match v.downcast::<BaseExceptionGroup>() {
                Some(g) => self.group(v, &g.members()),
                None => self.single(v, "Traceback (most recent call last):\n", '|'),
            }
        }
    }
    fn single(&mut self, v: &Value, title: &str, margin: char) {
        if let Some(tb) = v.downcast::<BaseException>().and_then(|e| e.traceback.get()) {
            self.emit(title, margin);
            self.emit(&format_frames(self.ts, &tb), '|');
        }
        self.emit(&format_only(self.ts, v), '|');
    }
    fn group(&mut self, v: &Value, members: &[Value]) {
        if self.depth > MAX_GROUP_DEPTH {
            self.emit(&format!("... (max_group_depth is {MAX_GROUP_DEPTH})\n"), '|');
            return;
        }
        let top = self.depth == 0;
        if top {
            self.depth = 1;
        }
        self.single(v, "Exception Group Traceback (most recent call last):\n", if top { '+' } else { '|' });
        let shown = members.len().min(MAX_GROUP_WIDTH + 1);
        self.need_close = false;
        for (i, e) in members.iter().enumerate().take(shown) {
            let last = i + 1 == shown;
            self.need_close |= last;
            let cut = i >= MAX_GROUP_WIDTH;
            self.indent();
            let title = if cut { "...".to_string() } else { (i + 1).to_string() };
            let start = if i == 0 { "+-" } else { "  " };
            self.out.push_str(&format!("{start}+---------------- {title} ----------------\n"));
            self.depth += 1;
            if cut {
                let n = members.len() - MAX_GROUP_WIDTH;
                self.emit(&format!("and {n} more exception{}\n", if n > 1 { "s" } else { "" }), '|');
            } else {
                self.chain(e);
            }
            if last && self.need_close {
                self.indent();
                self.out.push_str("+------------------------------------\n");
                self.need_close = false;
            }
            self.depth -= 1;
        }
        if top {
            self.depth = 0;
        }
    }
}

fn text_of(ts: &ThreadState, v: &Value) -> Option<String> {
    match protocol::str_(ts, v) {
        Ok(s) => Some(s.to_string_lossy().into_owned()),
        Err(_) => {
            ts.clear_exception();
            None
        }
    }
}

/// "module.Class: message" with what a SyntaxError points at before and the notes behind.
pub fn format_only(ts: &ThreadState, exc: &Value) -> String {
    let class = exc.class(ts);
    let name = match class.qualified_name(ts) {
        n if n.starts_with("__main__.") => n["__main__.".len()..].to_string(),
        n => n,
    };
    let mut out = String::new();
    let mut message = None;
    if let Some(e) = exc.downcast::<SyntaxError>() {
        syntax_place(ts, e, &mut out);
        message = Some(e.msg.get().and_then(|m| text_of(ts, &m)).unwrap_or_else(|| "<no detail available>".into()));
        if e.lineno.get().is_none_or(|l| l.is_none()) {
            message = None;
        }
    }
    let message = message.or_else(|| text_of(ts, exc)).unwrap_or_else(|| "<exception str() failed>".into());
    out.push_str(&name);
    if !message.is_empty() {
        out.push_str(": ");
        out.push_str(&message);
    }
    out.push('\n');
    let notes = protocol::getattr_opt(ts, exc, &ts.names().__notes__).unwrap_or_else(|_| {
        ts.clear_exception();
        None
    });
    if let Some(notes) = notes
        && let Ok(notes) = protocol::collect(ts, &notes)
    {
        for n in notes {
            out.push_str(&text_of(ts, &n).unwrap_or_else(|| "<note str() failed>".into()));
            out.push('\n');
        }
    }
    ts.clear_exception();
    out
}

/// File, line and caret of a SyntaxError.
fn syntax_place(ts: &ThreadState, e: &SyntaxError, out: &mut String) {
    let number = |v: Option<Value>| v.as_ref().and_then(int::to_i64);
    let Some(line) = number(e.lineno.get()) else { return };
    let file = e.filename.get().filter(|f| !f.is_none()).and_then(|f| text_of(ts, &f)).unwrap_or_else(|| "<string>".into());
    out.push_str(&format!("  File \"{file}\", line {line}\n"));
    let Some(text) = e.text.get().filter(|t| !t.is_none()).and_then(|t| text_of(ts, &t)) else { return };
    let text = text.trim_end_matches('\n');
    let stripped = text.trim_start_matches([' ', '\n', '\x0c', '\t']);
    out.push_str(&format!("    {stripped}\n"));
    let Some(offset) = number(e.offset.get()).filter(|o| *o >= 1) else { return };
    let skipped = (text.chars().count() - stripped.chars().count()) as i64;
    let end = match number(e.end_offset.get()) {
        Some(end) if end > 0 && number(e.end_lineno.get()) == Some(line) => end,
        Some(end) if end > 0 => text.chars().count() as i64 + 1,
        _ => offset,
    };
    let end = if end == offset || end == -1 { offset + 1 } else { end };
    let (from, to) = (offset - 1 - skipped, end - 1 - skipped);
    if from >= 0 {
        out.push_str("    ");
        let white = stripped.chars().take(from as usize).map(|c| if c.is_whitespace() { c } else { ' ' });
        out.extend(white);
        out.extend(std::iter::repeat_n('^', (to - from).clamp(1, 500) as usize));
        out.push('\n');
    }
}

/// "  File …, line …, in …" for each frame, the oldest first.
pub fn format_frames(ts: &ThreadState, tb: &Value) -> String {
    let limit = match module::sys_get(ts, "tracebacklimit") {
        Some(v) => int::to_i64(&v).unwrap_or(DEFAULT_LIMIT),
        None => DEFAULT_LIMIT,
    };
    let mut all = vec![];
    let mut at = Some(tb.clone());
    while let Some(v) = at {
        let Some(t) = v.downcast::<Traceback>() else { break };
        let (file, name) = place(&t.frame);
        let elided = t.elided.get();
        all.push((file, t.line(), name, if elided > 0 { elided_line(ts, &t.frame, elided) } else { String::new() }));
        at = t.next.get();
    }
    let skip = all.len().saturating_sub(limit.max(0) as usize);
    let mut out = String::new();
    let mut repeated = 0usize;
    let mut last: Option<(String, i32, String)> = None;
    let repeats = |out: &mut String, n: usize| {
        if n > REPEATS {
            let more = n - REPEATS;
            out.push_str(&format!("  [Previous line repeated {more} more time{}]\n", if more > 1 { "s" } else { "" }));
        }
    };
    for (file, line, name, elided) in all.into_iter().skip(skip) {
        let this = (file, line, name);
        if !elided.is_empty() {
            repeats(&mut out, std::mem::take(&mut repeated));
            last = None;
            out.push_str(&elided);
        }
        if last.as_ref() == Some(&this) {
            repeated += 1;
        } else {
            repeats(&mut out, repeated);
            repeated = 1;
        }
        if repeated <= REPEATS {
            out.push_str(&format!("  File \"{}\", line {}, in {}\n", this.0, this.1, this.2));
            if let Some(text) = source_line(&this.0, this.1) {
                out.push_str(&format!("    {text}\n"));
            }
        }
        last = Some(this);
    }
    repeats(&mut out, repeated);
    out
}

/// What stands for the frames that tail calls elided.
fn elided_line(ts: &ThreadState, frame: &Value, n: u64) -> String {
    let sites = frame.exact::<crate::frame::object::FrameObject>().map_or(vec![], |f| f.tail_sites(ts));
    let mut names: Vec<String> = vec![];
    for s in sites {
        let Some(code) = s.code.exact::<crate::code::Code>() else { continue };
        let name = code.name.to_string_lossy().into_owned();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.sort();
    let s = if n > 1 { "s" } else { "" };
    format!("  [... {} frame{s} elided by tail calls: {} ...]\n", grouped(n), names.join(", "))
}

/// 19998 as "19,998".
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, d) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(d);
    }
    out
}

/// File and function of a frame object.
fn place(frame: &Value) -> (String, String) {
    match frame.downcast::<crate::frame::object::FrameObject>() {
        Some(f) => {
            let code = f.code();
            (code.filename.to_string_lossy().into_owned(), code.name.to_string_lossy().into_owned())
        }
        None => ("<unknown>".into(), "<unknown>".into()),
    }
}

pub fn source_line(file: &str, line: i32) -> Option<String> {
    if file.starts_with('<') || line < 1 {
        return None;
    }
    let bytes = std::fs::read(file).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let line = text.lines().nth(line as usize - 1)?.trim();
    (!line.is_empty()).then(|| line.to_string())
}
