//! The hook behind `compile()`: source text or trees to code objects or trees.

use std::sync::Arc;

use taipan_compile::ast::Mod;
use taipan_compile::{self as compiler, Error, ErrorKind, Mode, Options, Warning, WarningKind, flags};
use taipan_isa::Wtf8;
use taipan_objects::code::Code;
use taipan_objects::str::Str;
use taipan_objects::thread::CompileRequest;
use taipan_objects::tuple::Tuple;
use taipan_objects::value::{Raised, Result, Value};
use taipan_objects::bytes::Bytes;
use taipan_objects::{ThreadState, buffer, frame, int, protocol};

use crate::ast::{self, schema::Kind};

/// Does what `compile()` was asked for.
pub fn compile(ts: &ThreadState, request: CompileRequest<'_>) -> Result {
    let known =
        flags::PYCF_MASK | flags::PYCF_MASK_OBSOLETE | flags::PYCF_COMPILE_MASK | flags::PYCF_SOURCE_IS_UTF8;
    let mut flags = request.flags;
    if flags & !(known | flags::PYCF_IGNORE_COOKIE) != 0 {
        return Err(ts.value_error("compile(): unrecognised flags"));
    }
    if !(-1..=2).contains(&request.optimize) {
        return Err(ts.value_error("compile(): invalid optimize value"));
    }
    if !request.dont_inherit {
        flags |= inherited(ts);
    }
    let only_ast = flags & flags::PYCF_ONLY_AST != 0;
    let (mode, kind) = match request.mode {
        "exec" => (Mode::Exec, Kind::Module),
        "eval" => (Mode::Eval, Kind::Expression),
        "single" => (Mode::Single, Kind::Interactive),
        "func_type" if only_ast => (Mode::FuncType, Kind::FunctionType),
        "func_type" => return Err(ts.value_error("compile() mode 'func_type' requires flag PyCF_ONLY_AST")),
        _ if only_ast => {
            return Err(ts.value_error("compile() mode must be 'exec', 'eval', 'single' or 'func_type'"));
        }
        _ => return Err(ts.value_error("compile() mode must be 'exec', 'eval' or 'single'")),
    };
    let optimize = match request.optimize {
        -1 => ts.interp().config.read(|c| c.optimize),
        given => given,
    };
    let (max_int_digits, lines_only) =
        ts.interp().config.read(|c| (c.int_max_str_digits.max(0) as usize, c.no_debug_ranges));
    let optimize = optimize.clamp(0, 2) as u8;
    let options = Options { filename: filename(request.filename), mode, optimize, flags, max_int_digits, lines_only };
    let optimized_ast = flags & flags::PYCF_OPTIMIZED_AST == flags::PYCF_OPTIMIZED_AST;
    if ast::is_node(ts, request.source) {
        if only_ast && !optimized_ast {
            return Ok(request.source.clone());
        }
        let module = ast::from_object(ts, request.source, kind)?;
        return finish(ts, &request, module, &options, Vec::new());
    }

    let source = match Source::of(ts, request.source)? {
        Some(s) => s,
        None => return Err(ts.type_error("compile() arg 1 must be a string, bytes or AST object")),
    };
    let source = match source {
        Source::Bytes(b) => match compiler::source::foreign_encoding(&b, &options) {
            Some(encoding) => Source::Text(decode(ts, &b, &encoding, &options)?),
            None => Source::Bytes(b),
        },
        text => text,
    };
    if !only_ast {
        let made = match &source {
            Source::Text(s) => compiler::compile_str(s, &options),
            Source::Bytes(b) => compiler::compile(b, &options),
        };
        let made = made.map_err(|e| raise(ts, &e))?;
        issue(ts, &made.warnings, &options, request.filename)?;
        return Ok(Code::new(ts, made.code).into_value());
    }
    let text = match source {
        Source::Text(s) => s,
        Source::Bytes(b) => compiler::source::decode(&b, &options).map_err(|e| raise(ts, &e))?.to_string(),
    };
    let (module, warnings) = compiler::parse(&text, &options).map_err(|e| raise(ts, &e))?;
    finish(ts, &request, module, &options, warnings)
}

/// Decodes source text with a codec.
fn decode(ts: &ThreadState, source: &[u8], encoding: &str, options: &Options) -> Result<String> {
    let name = Str::new(ts, encoding).into_value();
    let bytes = Bytes::new(ts, source).into_value();
    match protocol::call_method(ts, &bytes, "decode", &[name]) {
        Ok(text) => match text.downcast::<Str>().and_then(|s| s.as_str()) {
            Some(s) => Ok(s.to_string()),
            None => Err(ts.type_error("a codec for source text must give text")),
        },
        Err(Raised) => {
            let codec = ts.exception_is(|x| &x.lookup_error) || ts.exception_is(|x| &x.unicode_error);
            if !codec {
                return Err(Raised);
            }
            let exc = ts.take_exception().unwrap_or_else(Value::none);
            let mut e = Error::new(ErrorKind::SyntaxError, protocol::str_(ts, &exc)?.to_string_lossy());
            (e.lineno, e.offset) = (Some(0), Some(-1));
            e.filename = options.filename.clone();
            Err(raise(ts, &e))
        }
    }
}

/// What is to be done with a tree: give it out, or compile it.
fn finish(
    ts: &ThreadState,
    request: &CompileRequest<'_>,
    mut module: Mod,
    options: &Options,
    warnings: Vec<Warning>,
) -> Result {
    issue(ts, &warnings, options, request.filename)?;
    if options.flags & flags::PYCF_ONLY_AST == 0 {
        let made = compiler::compile_module(module, options).map_err(|e| raise(ts, &e))?;
        issue(ts, &made.warnings, options, request.filename)?;
        return Ok(Code::new(ts, made.code).into_value());
    }
    let optimized = options.flags & flags::PYCF_OPTIMIZED_AST == flags::PYCF_OPTIMIZED_AST;
    let preprocessed = if optimized { compiler::preprocess(&mut module, options) } else { Ok(Vec::new()) };
    let made = match preprocessed {
        Ok(warnings) => issue(ts, &warnings, options, request.filename).and_then(|()| ast::to_object(ts, &module)),
        Err(e) => Err(raise(ts, &e)),
    };
    compiler::discard(module);
    made
}

pub(crate) enum Source {
    Text(String),
    Bytes(Vec<u8>),
}

impl Source {
    pub(crate) fn of(ts: &ThreadState, v: &Value) -> Result<Option<Source>> {
        let without_nul = |bytes: &[u8]| match memchr::memchr(0, bytes) {
            None => Ok(()),
            Some(_) => {
                let class = &ts.exceptions().syntax_error;
                Err(ts.raise_message(class, "source code string cannot contain null bytes"))
            }
        };
        if let Some(s) = v.downcast::<Str>() {
            without_nul(s.bytes())?;
            let Some(text) = s.as_str() else {
                let at = s.code_points().position(|c| (0xd800..0xe000).contains(&c)).unwrap_or(0);
                return Err(ts.unicode_encode_error("utf-8", s, at, at + 1, "surrogates not allowed"));
            };
            return Ok(Some(Source::Text(text.to_string())));
        }
        if v.class(ts).slots().getbuffer.is_some() {
            let bytes = buffer::to_vec(ts, v)?;
            without_nul(&bytes)?;
            return Ok(Some(Source::Bytes(bytes)));
        }
        Ok(None)
    }
}

pub(crate) fn filename(v: &Value) -> Arc<Wtf8> {
    v.downcast::<Str>().map_or_else(Arc::default, |s| Arc::new(Wtf8(s.bytes().into())))
}

/// The `__future__` features of the code that calls.
fn inherited(ts: &ThreadState) -> u32 {
    match frame::current(ts) {
        // SAFETY: a running frame has code.
        Some(f) => unsafe { frame::Frame::code_ref(f) }.flags & flags::PYCF_MASK,
        None => 0,
    }
}

/// Issues warnings; one that the filters make an exception becomes a SyntaxError with its position.
pub fn issue(ts: &ThreadState, warnings: &[Warning], options: &Options, filename: &Value) -> Result<()> {
    for w in warnings {
        let issued = match w.kind {
            WarningKind::SyntaxWarning => ts.warn_at(|x| &x.syntax_warning, &w.msg, filename, w.lineno as i64),
            WarningKind::DeprecationWarning => {
                ts.warn_at(|x| &x.deprecation_warning, &w.msg, filename, w.lineno as i64)
            }
        };
        if issued.is_err() {
            let is_category = match w.kind {
                WarningKind::SyntaxWarning => ts.exception_is(|x| &x.syntax_warning),
                WarningKind::DeprecationWarning => ts.exception_is(|x| &x.deprecation_warning),
            };
            if !is_category {
                return issued;
            }
            ts.clear_exception();
            let error = Error {
                kind: ErrorKind::SyntaxError,
                // As an error it is shorter: the future is now.
                msg: w.msg.replacen(" Such sequences will not work in the future.", "", 1),
                filename: options.filename.clone(),
                lineno: Some(w.lineno),
                offset: Some(w.offset),
                end_lineno: Some(w.end_lineno),
                end_offset: Some(w.end_offset),
                text: None,
                context: None,
            };
            return Err(raise(ts, &error));
        }
    }
    Ok(())
}

/// Raises what the compiler found as the Python exception it is.
pub fn raise(ts: &ThreadState, e: &Error) -> Raised {
    let x = ts.exceptions();
    let class = match e.kind {
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
        return ts.raise_message(class, &e.msg);
    }
    if e.lineno.is_none() {
        return ts.raise_message(class, &e.msg);
    }
    let number = |n: Option<i32>| n.map_or_else(Value::none, |n| int::from_i64(ts, n as i64));
    let text = e.text.clone().or_else(|| line_of_file(&e.filename, e.lineno?));
    let text = text.map_or_else(Value::none, |t| Str::new(ts, &t).into_value());
    let filename = Str::from_wtf8(ts, e.filename.as_bytes()).into_value();
    let details =
        vec![filename, number(e.lineno), number(e.offset), text, number(e.end_lineno), number(e.end_offset)];
    let raised = ts.raise_args(class, vec![Str::new(ts, &e.msg).into_value(), Tuple::new(ts, details).into_value()]);
    if let Some(c) = &e.context {
        let (line, column) = (int::from_i64(ts, c.0 as i64), int::from_i64(ts, c.1 as i64));
        let metadata = Tuple::new(ts, vec![line, column, Str::new(ts, &c.2).into_value()]).into_value();
        ts.exception.read(|x| {
            if let Some(x) = x.as_ref().and_then(|x| x.downcast::<taipan_objects::exceptions::SyntaxError>()) {
                x._metadata.set(Some(metadata));
            }
        });
    }
    raised
}

/// The line that the compiler, which no longer has the source text, found fault with.
fn line_of_file(filename: &Wtf8, line: i32) -> Option<String> {
    let path = filename.as_str().filter(|f| !f.starts_with('<'))?;
    let bytes = std::fs::read(path).ok()?;
    let text = compiler::source::decode(&bytes, &Options::default()).ok()?;
    let line = text.split_inclusive('\n').nth(usize::try_from(line).ok()?.checked_sub(1)?)?;
    Some(line.to_string())
}
