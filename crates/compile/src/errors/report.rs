//! Making errors, with CPython's idea of their place and of the line to show.

use super::node::{N, Targets, invalid_target};
use super::parser::{Parser, Sym};
use crate::error::{Error, ErrorKind};
use crate::tokenizer::Failure;

/// Characters of the first `bytes` bytes of `line`, which counts one byte more at most.
fn characters(line: &str, bytes: i32) -> i32 {
    let bytes = (bytes.max(0) as usize).min(line.len() + 1);
    let whole = line.len().min(bytes);
    let mut end = whole;
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    let count = line[..end].chars().count() as i32;
    count + (bytes > line.len() || end < whole) as i32
}

impl Parser {
    /// An error from column `col` (in bytes, from 1) of `line` to `end`.
    fn error_at(&self, kind: ErrorKind, msg: String, line: i32, col: i32, end: (i32, i32)) -> Box<Error> {
        let text = if self.tokenizer.lineno <= line && !self.source.is_empty() {
            // A string of several lines is shown by its last one.
            let all = self.tokenizer.pending_text();
            match all.trim_end_matches('\n').rfind('\n') {
                Some(i) if self.tokenizer.lineno == line => all[i + 1..].to_string().into(),
                _ => all,
            }
        } else {
            let mut lines = self.source.split('\n');
            lines.nth(line.max(1) as usize - 1).unwrap_or("").into()
        };
        let mut e = Error::new(kind, msg);
        e.lineno = Some(line);
        e.offset = Some(characters(&text, col));
        e.end_lineno = Some(end.0);
        e.end_offset = Some(if end.1 > 0 { characters(&text, end.1) } else { end.1 });
        e.text = Some(text.into_owned());
        e
    }

    pub fn set_error(&mut self, kind: ErrorKind, msg: String, line: i32, col: i32, end: (i32, i32)) {
        if self.error.is_none() {
            self.error = Some(self.error_at(kind, msg, line, col, end));
        }
    }

    /// From one place to another; columns in bytes from 0.
    pub fn raise_between(&mut self, start: (i32, i32), end: (i32, i32), msg: impl Into<String>) {
        self.set_error(ErrorKind::SyntaxError, msg.into(), start.0, start.1 + 1, (end.0, end.1 + 1));
    }
    pub fn raise_at<T>(&mut self, n: &N, msg: impl Into<String>) -> Option<T> {
        self.raise_between(n.start, n.end, msg);
        None
    }
    pub fn raise_range<T>(&mut self, a: &N, b: &N, msg: impl Into<String>) -> Option<T> {
        self.raise_between(a.start, b.end, msg);
        None
    }
    /// From `a` to where the tokenizer is.
    pub fn raise_from<T>(&mut self, a: &N, msg: impl Into<String>) -> Option<T> {
        let end = (self.tokenizer.lineno, self.tokenizer.column());
        self.set_error(ErrorKind::SyntaxError, msg.into(), a.start.0, a.start.1 + 1, end);
        None
    }
    /// At token number `index`.
    fn raise_token(&mut self, kind: ErrorKind, index: usize, msg: String) {
        let Some(t) = self.tokens.get(index) else {
            return self.set_error(kind, msg, 0, 0, (0, -1));
        };
        let (start, end) = (t.start, t.end);
        let col = if start.1 < 0 { self.tokenizer.column() } else { start.1 + 1 };
        let end_col = if end.1 < 0 { -1 } else { end.1 + 1 };
        self.set_error(kind, msg, start.0, col, (end.0, end_col));
    }
    /// At the last token that was looked at.
    pub fn raise<T>(&mut self, msg: impl Into<String>) -> Option<T> {
        let last = self.tokens.len().wrapping_sub(1);
        self.raise_token(ErrorKind::SyntaxError, last, msg.into());
        None
    }
    pub fn raise_indentation<T>(&mut self, msg: impl Into<String>) -> Option<T> {
        let last = self.tokens.len().wrapping_sub(1);
        self.raise_token(ErrorKind::IndentationError, last, msg.into());
        None
    }
    /// At the next token.
    pub fn raise_next<T>(&mut self, msg: impl Into<String>) -> Option<T> {
        self.peek()?;
        self.raise_token(ErrorKind::SyntaxError, self.pos, msg.into());
        None
    }
    pub fn raise_invalid_target<T>(&mut self, targets: Targets, e: &N) -> Option<T> {
        if let Some(bad) = invalid_target(e, targets) {
            let verb = if targets == Targets::Delete { "delete" } else { "assign to" };
            self.raise_at::<()>(&bad, format!("cannot {verb} {}", bad.describe()));
        }
        None
    }

    fn unclosed(&self) -> Option<Box<Error>> {
        let (c, line, col) = self.tokenizer.open_bracket()?;
        Some(self.error_at(ErrorKind::SyntaxError, format!("'{c}' was never closed"), line, col + 1, (line, 0)))
    }

    /// What the tokenizer's failure amounts to.
    pub fn tokenizer_error(&mut self, failure: Failure) -> Box<Error> {
        match failure {
            Failure::Error(e) => e,
            Failure::Line(kind, msg, col) => {
                let line = self.tokenizer.lineno;
                if kind == ErrorKind::IndentationError && msg.starts_with("unindent") {
                    let line = self.tokenizer.lineno;
                    let column = self.tokenizer.column();
                    return self.error_at(kind, msg.into(), line, column, (line, -1));
                }
                self.error_at(kind, msg.into(), line, col + 1, (line, 0))
            }
            Failure::EndOfFile => match self.unclosed() {
                Some(e) => e,
                None => {
                    let (line, col) = (self.tokenizer.lineno, self.tokenizer.column());
                    let msg = "unexpected EOF while parsing".to_string();
                    self.error_at(ErrorKind::SyntaxError, msg, line, col, (line, -1))
                }
            },
        }
    }

    /// After a syntax error: is there something worse in the rest of the source?
    pub fn check_rest(&mut self) {
        let line = self.tokens.last().map_or(0, |t| t.start.0);
        loop {
            match self.tokenizer.get() {
                Ok(t) if t.kind == crate::tokenizer::Kind::EndMarker => return,
                Ok(_) => {}
                Err(Failure::Error(e)) => {
                    // What is wrong inside an f-string is not worse.
                    if !e.msg.contains("f-string") && !e.msg.contains("t-string") {
                        self.error = Some(e);
                    }
                    return;
                }
                Err(_) => {
                    if self.tokenizer.open_bracket().is_some_and(|b| line > b.1) {
                        self.error = self.unclosed();
                    }
                    return;
                }
            }
        }
    }

    /// The error for what no rule explains: `last` is the number of tokens after the first pass.
    pub fn generic(&mut self, last: usize) {
        let Some(t) = self.tokens.get(last.wrapping_sub(1)) else {
            return self.set_error(ErrorKind::SyntaxError, "invalid syntax".into(), 0, 0, (0, 0));
        };
        let (sym, start, end) = (t.sym, t.start, t.end);
        match sym {
            Sym::Indent => self.raise_indentation("unexpected indent").unwrap_or(()),
            Sym::Dedent => self.raise_indentation("unexpected unindent").unwrap_or(()),
            _ => {
                self.raise_between(start, end, "invalid syntax");
                self.check_rest();
            }
        }
    }
}
