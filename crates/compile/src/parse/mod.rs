//! From source text to the tree: the parser's own tree is turned into [`crate::ast`].

mod expr;
mod fstring;
mod limits;
pub mod literal;
mod pattern;
mod stmt;

use ruff_python_ast as ruff;
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustc_hash::FxHashSet;
use taipan_isa::Name;
use taipan_isa::locations::Location;

use crate::ast::{Expr, Mod, Stmt, StmtKind};
use crate::depth::Depth;
use crate::error::{Error, Result, Warning};
use crate::{Mode, Options};

/// Turns the parser's nodes into ours.
pub(crate) struct Lower<'s> {
    pub source: &'s str,
    /// Where each line begins.
    lines: Vec<u32>,
    names: FxHashSet<Name>,
    pub warnings: Vec<Warning>,
    pub depth: Depth,
    max_int_digits: usize,
    /// Format specifications around the field at hand.
    spec_depth: u32,
    /// f-strings and t-strings around it.
    string_depth: u32,
}

impl<'s> Lower<'s> {
    pub fn new(source: &'s str) -> Lower<'s> {
        let mut lines = vec![0];
        lines.extend(memchr::memchr_iter(b'\n', source.as_bytes()).map(|i| i as u32 + 1));
        Lower { source, lines, names: FxHashSet::default(), warnings: Vec::new(), depth: Depth::default(), max_int_digits: 4300, spec_depth: 0, string_depth: 0 }
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
    /// Warns of a keyword that follows a number without a blank.
    pub fn check_end_of_number(&mut self, r: TextRange) {
        let end = usize::from(r.end());
        if !self.source.as_bytes().get(end).is_some_and(u8::is_ascii_alphabetic) {
            return;
        }
        let text = self.text(r).as_bytes();
        let kind = match text {
            [b'0', b'x' | b'X', ..] => "hexadecimal",
            [b'0', b'o' | b'O', ..] => "octal",
            [b'0', b'b' | b'B', ..] => "binary",
            [.., b'j' | b'J'] => "imaginary",
            _ => "decimal",
        };
        let line = self.loc(r).end_line;
        let start = self.lines[line as usize - 1] as usize;
        let column = self.source[start..end].chars().count() as i32 - 1;
        let place = Location { line, end_line: line, col: column, end_col: column };
        self.warnings.push(Warning::syntax(format!("invalid {kind} literal"), place));
    }
    pub fn range_of(&self, r: &impl Ranged) -> Location {
        self.loc(r.range())
    }
}

/// What is wrong with source text, if anything.
fn explain(text: &str, options: &Options) -> Option<Box<Error>> {
    // A last line feed that is missing in a file is CPython's to add.
    if options.mode == Mode::Exec && !text.is_empty() && !text.ends_with('\n') {
        return crate::errors::explain(&format!("{text}\n"), options.mode, options.flags);
    }
    crate::errors::explain(text, options.mode, options.flags)
}

/// Is there something in the text that the parser may take for right though it is wrong: tabs and blanks in the
/// indentation of lines, or an operator behind `yield`?
fn doubtful(text: &str) -> bool {
    let (mut tabs, mut blanks) = (false, false);
    for line in text.split('\n') {
        let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
        tabs |= indent.contains('\t');
        blanks |= indent.contains(' ');
        if tabs && blanks {
            return true;
        }
    }
    memchr::memmem::find_iter(text.as_bytes(), b"yield ").any(|i| {
        let rest = text[i + 6..].trim_start_matches(' ');
        rest.starts_with(['@', '/', '%', '<', '>', '|', '&', '^'])
            || ["in ", "is ", "and ", "or ", "if ", "else "].iter().any(|w| rest.starts_with(w))
    })
}

/// Parses source text whose lines end in line feeds.
pub(crate) fn parse(source: &str, options: &Options) -> Result<(Mod, Vec<Warning>)> {
    use ruff_python_parser::{Mode as RuffMode, ParseOptions};

    let text = if options.mode == Mode::Eval { source.trim_start_matches([' ', '\t']) } else { source };
    if options.mode == Mode::FuncType {
        return function_type(text, options);
    }
    limits::check(text, options.mode)?;
    let ruff_mode = match options.mode {
        Mode::Eval => RuffMode::Expression,
        _ => RuffMode::Module,
    };
    let ruff_options = ParseOptions::from(ruff_mode).with_target_version(ruff::PythonVersion::PY314);
    let parsed = ruff_python_parser::parse_unchecked(text, ruff_options);
    let mut lower = Lower::new(text);
    lower.max_int_digits = options.max_int_digits;
    let wrong = parsed.errors().first().map(|e| (e.location, e.error.to_string()));
    let wrong = wrong.or_else(|| parsed.unsupported_syntax_errors().first().map(|e| (e.range, e.to_string())));
    if let Some((range, message)) = wrong {
        let unknown = || Error::syntax(format!("invalid syntax ({message})"), lower.loc(range));
        return Err(explain(text, options).unwrap_or_else(unknown));
    }
    if (options.mode == Mode::Single || doubtful(text))
        && let Some(e) = explain(text, options)
    {
        return Err(e);
    }
    let module = match parsed.syntax() {
        ruff::Mod::Module(m) => {
            let mut body = lower.stmts(&m.body)?;
            match options.mode {
                Mode::Single => {
                    if body.is_empty() {
                        body.push(Stmt::new(StmtKind::Pass, Location::new(1, 1, 0, 0)));
                    }
                    Mod::Interactive { body }
                }
                _ => Mod::Module { body },
            }
        }
        ruff::Mod::Expression(e) => Mod::Expression { body: lower.boxed(&e.body)? },
    };
    lower.warnings.sort_by_key(|w| (w.lineno, w.offset));
    Ok((module, lower.warnings))
}

/// `(int, *str, **float) -> None`: the types of the arguments, without their stars, and of the result.
fn function_type(text: &str, options: &Options) -> Result<(Mod, Vec<Warning>)> {
    if let Some(e) = explain(text, options) {
        return Err(e);
    }
    let mut lower = Lower::new(text);
    let mut parts: Vec<(usize, usize)> = Vec::new();
    let mut tokenizer = crate::tokenizer::Tokenizer::new(text, false);
    let mut start = None;
    let mut arrow = None;
    while let Ok(t) = tokenizer.get() {
        use crate::tokenizer::Kind;
        let piece = text.get(t.start..t.end).unwrap_or("");
        match t.kind {
            Kind::EndMarker => break,
            Kind::Op if arrow.is_none() && t.level <= 1 && matches!(piece, "(" | ")" | "," | "*" | "**" | "->") => {
                // A star that is no operator, and what ends an argument.
                if matches!(piece, "*" | "**") && start.is_some() || piece == "(" && start.is_some() {
                    continue;
                }
                if piece == "->" && t.level == 0 {
                    arrow = Some(t.end);
                } else if let (Some(s), "," | ")") = (start.take(), piece) {
                    parts.push((s, t.start));
                }
            }
            Kind::Newline | Kind::Indent | Kind::Dedent => {}
            _ => {
                start.get_or_insert(t.start);
            }
        }
    }
    let eval = Options { mode: Mode::Eval, ..options.clone() };
    let expr = |from: usize, to: usize| -> Result<Expr> {
        // Spaces keep the columns; lines above are few.
        let padded: String = text[..from].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        let source = format!("({padded}{})", &text[from..to]);
        match parse(&source, &eval)?.0 {
            Mod::Expression { mut body } => {
                body.loc.col -= 1;
                Ok(*body)
            }
            _ => Err(Error::syntax("invalid syntax", Location::NONE)),
        }
    };
    let argtypes = parts.iter().map(|(a, b)| expr(*a, *b)).collect::<Result<Vec<Expr>>>()?;
    let returns = Box::new(expr(arrow.unwrap_or(0), text.len())?);
    Ok((Mod::FunctionType { argtypes, returns }, std::mem::take(&mut lower.warnings)))
}
