//! The machinery of the error parser: tokens on demand, alternatives, memory of what was tried.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::node::{N, Node, Sort};
use crate::error::{Error, ErrorKind};
use crate::tokenizer::{Kind, Tokenizer};

/// A token as the grammar sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sym {
    Name,
    Keyword,
    Op,
    Number,
    String,
    Newline,
    Indent,
    Dedent,
    End,
    FStringStart,
    FStringMiddle,
    FStringEnd,
    TStringStart,
    TStringMiddle,
    TStringEnd,
}

pub struct Tok {
    pub sym: Sym,
    pub text: Box<str>,
    pub start: (i32, i32),
    pub end: (i32, i32),
    /// Brackets open behind it.
    pub level: usize,
}

const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// Nesting of rules beyond which the source is called too complex.
const MAX_DEPTH: u32 = 40_000;

/// The rules whose outcome at a place is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    Arguments,
    Args,
    Atom,
    AwaitPrimary,
    Binary(u8),
    Block,
    ClosedPattern,
    Comparison,
    Conjunction,
    DelTarget,
    Disjunction,
    Expression,
    Factor,
    ForIfClauses,
    InvalidNamed,
    Inversion,
    NamedExpression,
    OrPattern,
    Primary,
    SimpleStmt,
    Slices,
    StarExpression,
    StarExpressions,
    StarTarget,
    Strings,
    TargetStarAtom,
    TPrimary,
    TypeParam,
    Starred,
    Pattern,
    KvPairs,
}

pub struct Parser {
    pub tokenizer: Tokenizer,
    pub tokens: Vec<Tok>,
    pub pos: usize,
    /// The second pass: the rules for what is invalid are tried, too.
    pub invalid: bool,
    pub error: Option<Box<Error>>,
    /// The tokenizer failed for good.
    pub tokenizer_failed: bool,
    memo: FxHashMap<(usize, Rule), (Option<N>, usize)>,
    depth: u32,
    /// A single interactive statement, whose end stands for a line feed.
    interactive: bool,
    started: bool,
    /// The end of interactive input ends all blocks.
    pub imply_dedents: bool,
    pub source: Rc<str>,
    /// Where the last compound statement begins that was understood.
    pub last_statement: (i32, i32),
}

impl Parser {
    pub fn new(source: &str, interactive: bool) -> Parser {
        Parser {
            tokenizer: Tokenizer::new(source, false),
            tokens: Vec::new(),
            pos: 0,
            invalid: false,
            error: None,
            tokenizer_failed: false,
            memo: FxHashMap::default(),
            depth: 0,
            interactive,
            started: false,
            imply_dedents: true,
            source: source.into(),
            last_statement: (0, 0),
        }
    }

    /// Begins again, with the rules for what is invalid.
    pub fn second_pass(&mut self) {
        self.pos = 0;
        self.invalid = true;
        self.memo.clear();
    }

    /// Takes one more token from the tokenizer; false if there is none.
    fn fill(&mut self) -> bool {
        if self.error.is_some() {
            return false;
        }
        let token = match self.tokenizer.get() {
            Ok(t) => t,
            Err(failure) => {
                self.tokenizer_failed = true;
                let error = self.tokenizer_error(failure);
                self.error.get_or_insert(error);
                return false;
            }
        };
        let text = if token.loc.col < 0 { "" } else { &self.source[token.start..token.end] };
        let sym = match token.kind {
            Kind::EndMarker => Sym::End,
            Kind::Name if KEYWORDS.contains(&text) => Sym::Keyword,
            Kind::Name => Sym::Name,
            Kind::Number => Sym::Number,
            Kind::String => Sym::String,
            Kind::Newline => Sym::Newline,
            Kind::Indent => Sym::Indent,
            Kind::Dedent => Sym::Dedent,
            Kind::Op | Kind::Comment | Kind::Nl => Sym::Op,
            Kind::FStringStart => Sym::FStringStart,
            Kind::FStringMiddle => Sym::FStringMiddle,
            Kind::FStringEnd => Sym::FStringEnd,
            Kind::TStringStart => Sym::TStringStart,
            Kind::TStringMiddle => Sym::TStringMiddle,
            Kind::TStringEnd => Sym::TStringEnd,
        };
        let sym = if self.interactive && self.started && sym == Sym::End {
            self.started = false;
            if self.imply_dedents {
                self.tokenizer.imply_dedents();
            }
            Sym::Newline
        } else {
            self.started = true;
            sym
        };
        let loc = token.loc;
        let (start, mut end) = ((loc.line, loc.col), (loc.end_line, loc.end_col));
        if token.kind == Kind::Newline && end.1 >= 0 {
            // The line feed is part of it.
            end.1 += 1;
        }
        self.tokens.push(Tok { sym, text: text.into(), start, end, level: token.level });
        true
    }

    pub fn stopped(&self) -> bool {
        self.error.is_some()
    }

    /// The token at the current place.
    pub fn peek(&mut self) -> Option<&Tok> {
        if self.stopped() || self.pos == self.tokens.len() && !self.fill() {
            return None;
        }
        self.tokens.get(self.pos)
    }

    fn take(&mut self, wanted: impl FnOnce(&Tok) -> bool) -> Option<N> {
        let t = self.peek()?;
        if !wanted(t) {
            return None;
        }
        let sort = if t.sym == Sym::Name { Sort::Name } else { Sort::Token };
        let text = if t.sym == Sym::Name { t.text.clone() } else { Box::default() };
        let node = Node { sort, start: t.start, end: t.end, kids: Vec::new(), text };
        self.pos += 1;
        Some(Rc::new(node))
    }
    /// An operator or a keyword.
    pub fn op(&mut self, text: &str) -> Option<N> {
        self.take(|t| matches!(t.sym, Sym::Op | Sym::Keyword) && &*t.text == text)
    }
    /// One of several.
    pub fn ops(&mut self, texts: &[&str]) -> Option<N> {
        self.take(|t| matches!(t.sym, Sym::Op | Sym::Keyword) && texts.contains(&&*t.text))
    }
    pub fn name(&mut self) -> Option<N> {
        self.take(|t| t.sym == Sym::Name)
    }
    pub fn soft(&mut self, text: &str) -> Option<N> {
        self.take(|t| t.sym == Sym::Name && &*t.text == text)
    }
    pub fn sym(&mut self, sym: Sym) -> Option<N> {
        self.take(|t| t.sym == sym)
    }
    pub fn at_op(&mut self, text: &str) -> bool {
        self.at_ops(&[text])
    }
    pub fn at_ops(&mut self, texts: &[&str]) -> bool {
        self.peek().is_some_and(|t| matches!(t.sym, Sym::Op | Sym::Keyword) && texts.contains(&&*t.text))
    }
    pub fn at_sym(&mut self, sym: Sym) -> bool {
        self.peek().is_some_and(|t| t.sym == sym)
    }
    /// What must be here, or the program is wrong.
    pub fn force(&mut self, text: &str) -> Option<N> {
        if let Some(n) = self.op(text) {
            return Some(n);
        }
        let (start, end) = self.peek().map(|t| (t.start, t.end))?;
        self.raise_between(start, end, format!("expected '{text}'"));
        None
    }

    /// Tries `f`; where it fails, the place is as before.
    pub fn alt<T>(&mut self, f: impl FnOnce(&mut Parser) -> Option<T>) -> Option<T> {
        if self.stopped() {
            return None;
        }
        let mark = self.pos;
        let out = f(self).filter(|_| !self.stopped());
        if out.is_none() {
            self.pos = mark;
        }
        out
    }
    /// Tries `f` without going on.
    pub fn ahead<T>(&mut self, f: impl FnOnce(&mut Parser) -> Option<T>) -> bool {
        let mark = self.pos;
        let found = self.alt(f).is_some();
        self.pos = mark;
        found
    }
    /// Succeeds where `f` does not.
    pub fn unless<T>(&mut self, f: impl FnOnce(&mut Parser) -> Option<T>) -> Option<()> {
        let found = self.ahead(f);
        (!found && !self.stopped()).then_some(())
    }
    /// Any number of `f`.
    pub fn many(&mut self, mut f: impl FnMut(&mut Parser) -> Option<N>) -> Vec<N> {
        let mut out = Vec::new();
        while let Some(n) = self.alt(&mut f) {
            out.push(n);
        }
        out
    }
    pub fn some(&mut self, f: impl FnMut(&mut Parser) -> Option<N>) -> Option<Vec<N>> {
        Some(self.many(f)).filter(|v| !v.is_empty())
    }
    /// `f` once or more with `sep` between.
    pub fn separated(&mut self, sep: &str, mut f: impl FnMut(&mut Parser) -> Option<N>) -> Option<Vec<N>> {
        let first = self.alt(&mut f)?;
        let mut out = vec![first];
        while let Some(n) = self.alt(|p| {
            p.op(sep)?;
            f(p)
        }) {
            out.push(n);
        }
        Some(out)
    }

    /// Remembers what `rule` gives here.
    pub fn memo(&mut self, rule: Rule, f: impl FnOnce(&mut Parser) -> Option<N>) -> Option<N> {
        if self.stopped() {
            return None;
        }
        let start = self.pos;
        if let Some((node, end)) = self.memo.get(&(start, rule)) {
            let node = node.clone();
            if node.is_some() {
                self.pos = *end;
            }
            return node;
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let text = "Parser stack overflowed - Python source too complex to parse";
            self.error = Some(Error::new(ErrorKind::MemoryError, text));
        }
        let out = crate::depth::deeper(|| self.alt(f));
        self.depth -= 1;
        if !self.stopped() {
            self.memo.insert((start, rule), (out.clone(), self.pos));
        }
        out
    }

    /// A node from token number `start` to the last one taken.
    pub fn node(&self, start: usize, sort: Sort, kids: Vec<N>) -> N {
        let from = self.tokens.get(start).map_or((1, 0), |t| t.start);
        let layout = |t: &&Tok| !matches!(t.sym, Sym::Newline | Sym::Indent | Sym::Dedent | Sym::End);
        let to = self.tokens[start..self.pos.max(start)].iter().rev().find(layout).map_or(from, |t| t.end);
        Rc::new(Node { sort, start: from, end: to, kids, text: Box::default() })
    }
}
