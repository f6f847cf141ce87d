//! From source text to the tree: the parser's own tree is turned into [`crate::ast`].

mod expr;
mod fstring;
pub mod literal;
mod pattern;
mod stmt;

use ruff_python_ast as ruff;
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustc_hash::FxHashSet;
use taipan_isa::Name;
use taipan_isa::locations::Location;

use crate::ast::Expr;
use crate::depth::Depth;
use crate::error::{Result, Warning};

/// Turns the parser's nodes into ours.
pub(crate) struct Lower<'s> {
    pub source: &'s str,
    /// Where each line begins.
    lines: Vec<u32>,
    names: FxHashSet<Name>,
    pub warnings: Vec<Warning>,
    pub depth: Depth,
}

impl<'s> Lower<'s> {
    pub fn new(source: &'s str) -> Lower<'s> {
        let mut lines = vec![0];
        lines.extend(memchr::memchr_iter(b'\n', source.as_bytes()).map(|i| i as u32 + 1));
        Lower { source, lines, names: FxHashSet::default(), warnings: Vec::new(), depth: Depth::default() }
    }

    fn position(&self, at: TextSize) -> (i32, i32) {
        let at = u32::from(at);
        let line = self.lines.partition_point(|l| *l <= at);
        (line as i32, (at - self.lines[line - 1]) as i32)
    }

    pub fn loc(&self, r: TextRange) -> Location {
        let (line, col) = self.position(r.start());
        let (end_line, end_col) = self.position(r.end());
        Location { line, end_line, col, end_col }
    }

    pub fn text(&self, r: TextRange) -> &'s str {
        self.source.get(usize::from(r.start())..usize::from(r.end())).unwrap_or("")
    }

    /// An identifier, in the normal form of PEP 3131.
    pub fn name(&mut self, s: &str) -> Name {
        if let Some(n) = self.names.get(s) {
            return n.clone();
        }
        let n: Name = s.into();
        self.names.insert(n.clone());
        n
    }
    pub fn ident(&mut self, i: &ruff::Identifier) -> Name {
        self.name(i.as_str())
    }
    pub fn opt_ident(&mut self, i: Option<&ruff::Identifier>) -> Option<Name> {
        i.map(|i| self.ident(i))
    }

    pub fn boxed(&mut self, e: &ruff::Expr) -> Result<Box<Expr>> {
        self.expr(e).map(Box::new)
    }
    pub fn opt(&mut self, e: Option<&ruff::Expr>) -> Result<Option<Expr>> {
        e.map(|e| self.expr(e)).transpose()
    }
    pub fn opt_boxed(&mut self, e: Option<&ruff::Expr>) -> Result<Option<Box<Expr>>> {
        e.map(|e| self.boxed(e)).transpose()
    }
    pub fn exprs<'e>(&mut self, es: impl IntoIterator<Item = &'e ruff::Expr>) -> Result<Vec<Expr>> {
        es.into_iter().map(|e| self.expr(e)).collect()
    }
    pub fn range_of(&self, r: &impl Ranged) -> Location {
        self.loc(r.range())
    }
}

/// Parses source text whose lines end in line feeds.
pub(crate) fn parse(source: &str, mode: crate::Mode) -> Result<(crate::ast::Mod, Vec<Warning>)> {
    use crate::ast::Mod;
    use crate::{ErrorKind, Mode};
    use ruff_python_parser::{Mode as RuffMode, ParseOptions};

    let ruff_mode = match mode {
        Mode::Eval => RuffMode::Expression,
        _ => RuffMode::Module,
    };
    let options = ParseOptions::from(ruff_mode).with_target_version(ruff::PythonVersion::PY314);
    let text = if mode == Mode::Eval { source.trim_start_matches([' ', '\t']) } else { source };
    let parsed = ruff_python_parser::parse_unchecked(text, options);
    let mut lower = Lower::new(text);
    if let Some(e) = parsed.errors().first() {
        let loc = lower.loc(e.location);
        return Err(crate::Error::syntax(format!("invalid syntax ({})", e.error), loc));
    }
    let module = match parsed.syntax() {
        ruff::Mod::Module(m) => {
            let body = lower.stmts(&m.body)?;
            match mode {
                Mode::Single => Mod::Interactive { body },
                _ => Mod::Module { body },
            }
        }
        ruff::Mod::Expression(e) => Mod::Expression { body: lower.boxed(&e.body)? },
    };
    if mode == Mode::FuncType {
        return Err(crate::Error::new(ErrorKind::ValueError, "func_type mode is not supported yet"));
    }
    Ok((module, lower.warnings))
}
