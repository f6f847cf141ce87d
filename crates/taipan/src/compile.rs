//! The hook through which `compile`, `exec` and `eval` reach the compiler.

use std::sync::Arc;
use taipan_compile::{self as compiler, Error, ErrorKind, Mode, Options, flags};
use taipan_objects::code::Code;
use taipan_objects::str::Str;
use taipan_objects::thread::CompileRequest;
use taipan_objects::tuple::Tuple;
use taipan_objects::value::{Raised, Result, Value};
use taipan_objects::{ThreadState, buffer, frame, int, protocol};

/// Compiles source text or an AST to a code object, or parses it to an AST.
pub fn compile(ts: &ThreadState, request: CompileRequest<'_>) -> Result {
    let mode = match request.mode {
        "exec" => Mode::Exec,
        "eval" => Mode::Eval,
        "single" => Mode::Single,
        "func_type" if request.flags & flags::PYCF_ONLY_AST != 0 => Mode::FuncType,
        "func_type" => return Err(ts.value_error("compile() mode 'func_type' requires flag PyCF_ONLY_AST")),
        _ if request.flags & flags::PYCF_ONLY_AST != 0 => {
            return Err(ts.value_error("compile() mode must be 'exec', 'eval', 'single' or 'func_type'"));
        }
        _ => return Err(ts.value_error("compile() mode must be 'exec', 'eval' or 'single'")),
    };
    let mut all = request.flags;
    if all & !(flags::PYCF_MASK | flags::PYCF_MASK_OBSOLETE | flags::PYCF_COMPILE_MASK | flags::PYCF_SOURCE_IS_UTF8 | flags::PYCF_IGNORE_COOKIE) != 0 {
        return Err(ts.value_error("compile(): unrecognised flags"));
    }
    if !request.dont_inherit {
        all |= inherited(ts);
    }
    let optimize = if request.optimize < 0 { ts.interp().config.read(|c| c.optimize) } else { request.optimize };
    let filename = request.filename.downcast::<Str>().map_or_else(Default::default, |s| Arc::new(taipan_isa::Wtf8(s.bytes().into())));
    let options = Options { filename, mode, optimize: optimize as u8, flags: all };
    let source = source_bytes(ts, &request)?;
    let Some(source) = source else {
        return Err(ts.type_error("compile() arg 1 must be a string, bytes or AST object"));
    };
    let made = match &source {
        Text::Str(s) => compiler::compile_str(s, &options),
        Text::Bytes(b) => compiler::compile(b, &options),
    };
    match made {
        Ok(c) => {
            warn(ts, &c.warnings, request.filename)?;
            Ok(Code::new(ts, c.code).into_value())
        }
        Err(e) => Err(raise(ts, &e)),
    }
}

enum Text {
    Str(String),
    Bytes(Vec<u8>),
}

fn source_bytes(ts: &ThreadState, request: &CompileRequest<'_>) -> Result<Option<Text>> {
    if let Some(s) = request.source.downcast::<Str>() {
        if s.bytes().contains(&0) {
            return Err(ts.raise_message(&ts.exceptions().syntax_error, "source code string cannot contain null bytes"));
        }
        let Some(text) = s.as_str() else {
            let at = s.code_points().position(|c| (0xd800..0xe000).contains(&c)).unwrap_or(0);
            return Err(ts.unicode_encode_error("utf-8", s, at, at + 1, "surrogates not allowed"));
        };
        return Ok(Some(Text::Str(text.to_string())));
    }
    if request.source.class(ts).slots().getbuffer.is_some() {
        let bytes = buffer::to_vec(ts, request.source)?;
        if bytes.contains(&0) {
            return Err(ts.raise_message(&ts.exceptions().syntax_error, "source code string cannot contain null bytes"));
        }
        return Ok(Some(Text::Bytes(bytes)));
    }
    Ok(None)
}

/// The `__future__` features of the code that calls.
fn inherited(ts: &ThreadState) -> u32 {
    match frame::current(ts) {
        // SAFETY: a running frame has code.
        Some(f) => unsafe { frame::Frame::code_ref(f) }.flags & flags::PYCF_MASK,
        None => 0,
    }
}

fn warn(ts: &ThreadState, warnings: &[compiler::Warning], filename: &Value) -> Result<()> {
    for w in warnings {
        let Ok(module) = taipan_objects::module::import(ts, "_warnings") else {
            ts.clear_exception();
            return Ok(());
        };
        let category = match w.kind {
            compiler::WarningKind::SyntaxWarning => &ts.exceptions().syntax_warning,
            compiler::WarningKind::DeprecationWarning => &ts.exceptions().deprecation_warning,
        };
        let args = [Str::new(ts, &w.msg).into_value(), category.as_value().clone(), filename.clone(), int::from_i64(ts, w.lineno as i64)];
        protocol::call_method(ts, &module, "warn_explicit", &args)?;
    }
    Ok(())
}

/// Raises what the compiler found as the Python exception it is.
pub fn raise(ts: &ThreadState, e: &Error) -> Raised {
    let x = ts.exceptions();
    let ty = match e.kind {
        ErrorKind::SyntaxError => &x.syntax_error,
        ErrorKind::IndentationError => &x.indentation_error,
        ErrorKind::TabError => &x.tab_error,
        ErrorKind::IncompleteInputError => &x.incomplete_input_error,
        ErrorKind::ValueError => &x.value_error,
        ErrorKind::TypeError => &x.type_error,
        ErrorKind::OverflowError => &x.overflow_error,
        ErrorKind::MemoryError => &x.memory_error,
        ErrorKind::RecursionError => &x.recursion_error,
        ErrorKind::SystemError => &x.system_error,
    };
    if !e.kind.is_syntax() {
        return ts.raise_message(ty, &e.msg);
    }
    let number = |n: Option<i32>| n.map_or_else(Value::none, |n| int::from_i64(ts, n as i64));
    let text = e.text.as_ref().map_or_else(Value::none, |t| Str::new(ts, t).into_value());
    let filename = Str::from_wtf8(ts, e.filename.as_bytes()).into_value();
    let details = vec![filename, number(e.lineno), number(e.offset), text, number(e.end_lineno), number(e.end_offset)];
    ts.raise_args(ty, vec![Str::new(ts, &e.msg).into_value(), Tuple::new(ts, details).into_value()])
}
