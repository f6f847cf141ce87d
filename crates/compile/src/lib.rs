//! From source text to code object.
//!
//! [`compile`] takes source text; [`compile_module`] a tree, which may come from `ast` objects.

pub mod ast;
mod codegen;
mod constant;
mod depth;
mod error;
mod errors;
pub mod flags;
mod flowgraph;
pub mod future;
mod parse;
mod passes;
mod preprocess;
pub mod source;
pub mod symtable;
pub mod tokenizer;
pub mod unparse;

use std::sync::Arc;

use taipan_isa::{Code, Wtf8};

pub use error::{Error, ErrorKind, Result, Warning, WarningKind};

use ast::Mod;
use future::Future;

/// What the source text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// A file: statements.
    #[default]
    Exec,
    /// An expression.
    Eval,
    /// One interactive statement, whose value is printed.
    Single,
    /// A function's signature in a comment: `(int, str) -> None`.
    FuncType,
}

/// How to compile.
#[derive(Clone, Debug)]
pub struct Options {
    pub filename: Arc<Wtf8>,
    pub mode: Mode,
    /// 0; 1 without assertions; 2 without docstrings too.
    pub optimize: u8,
    /// `PyCF_*` and `__future__` features: see [`flags`].
    pub flags: u32,
    /// Most digits of a decimal int literal; 0: any number.
    pub max_int_digits: usize,
    /// Code knows its lines only (`-X no_debug_ranges`).
    pub lines_only: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            filename: Arc::new("<string>".into()),
            mode: Mode::Exec,
            optimize: 0,
            flags: 0,
            max_int_digits: 4300,
            lines_only: false,
        }
    }
}

/// What came of source text.
#[derive(Clone, Debug)]
pub struct Compiled {
    pub code: Arc<Code>,
    pub warnings: Vec<Warning>,
}

/// Compiles source text, which may declare its encoding.
pub fn compile(source: &[u8], options: &Options) -> Result<Compiled> {
    let text = with_filename(options, || source::decode(source, options))?;
    compile_str(&text, options)
}

/// Compiles source text that is decoded already.
pub fn compile_str(source: &str, options: &Options) -> Result<Compiled> {
    with_filename(options, || {
        depth::with_room(source.len(), || {
            let (module, mut warnings) = parse_inner(source, options)?;
            let code = module_inner(module, options, &mut warnings)?;
            Ok(Compiled { code, warnings })
        })
    })
}

/// Parses source text to a tree.
pub fn parse(source: &str, options: &Options) -> Result<(Mod, Vec<Warning>)> {
    with_filename(options, || depth::with_room(source.len(), || parse_inner(source, options)))
}

/// Compiles a tree.
pub fn compile_module(module: Mod, options: &Options) -> Result<Compiled> {
    with_filename(options, || {
        depth::with_room(usize::MAX, || {
            let mut warnings = Vec::new();
            let code = module_inner(module, options, &mut warnings)?;
            Ok(Compiled { code, warnings })
        })
    })
}

/// The changes that compilation makes to a tree first: for `ast.parse(…, optimize=…)`.
pub fn preprocess(module: &mut Mod, options: &Options) -> Result<Vec<Warning>> {
    with_filename(options, || {
        let mut warnings = Vec::new();
        let future = Future::read(module, options.flags)?;
        preprocess::Preprocessor::new(options.optimize, &future, false, &mut warnings).module(module)?;
        Ok(warnings)
    })
}

/// Drops a tree, which may be too deep for the stack as it is.
pub fn discard(module: Mod) {
    depth::with_room(usize::MAX, || drop(module));
}

/// The symbol table of a tree.
pub fn symbol_table(module: &Mod, options: &Options) -> Result<symtable::SymbolTable> {
    with_filename(options, || {
        let future = Future::read(module, options.flags)?;
        symtable::SymbolTable::build(module, &future)
    })
}

fn with_filename<T>(options: &Options, f: impl FnOnce() -> Result<T>) -> Result<T> {
    f().map_err(|mut e| {
        e.filename = options.filename.clone();
        e
    })
}

fn parse_inner(source: &str, options: &Options) -> Result<(Mod, Vec<Warning>)> {
    source::check(source)?;
    let normal = source::normalize(source);
    parse::parse(&normal, options)
}

fn module_inner(mut module: Mod, options: &Options, warnings: &mut Vec<Warning>) -> Result<Arc<Code>> {
    let future = Future::read(&module, options.flags)?;
    preprocess::Preprocessor::new(options.optimize, &future, false, warnings).module(&mut module)?;
    let table = symtable::SymbolTable::build(&module, &future)?;
    codegen::compile(&module, table, future, options, warnings)
}
