//! f-strings and t-strings: their beginning, the text between fields, their end.

use super::string::Prefix;
use super::{Kind, Mode, Result, Token, Tokenizer};

/// Strings inside each other.
const MAX_NESTING: usize = 150;
/// Replacement fields of one string inside each other.
const MAX_FIELD_NESTING: i32 = 3;

impl Tokenizer {
    pub(super) fn fstring_start(&mut self, prefix: &Prefix, quote: u8, start: usize) -> Result<Token> {
        let mut quote_size = 1;
        if self.peek() == Some(quote) && self.at(self.cur + 1) == Some(quote) {
            self.cur += 2;
            quote_size = 3;
        }
        if self.modes.len() + 2 >= MAX_NESTING {
            return self.error("too many nested f-strings or t-strings");
        }
        self.modes.push(Mode {
            template: prefix.t,
            quote,
            quote_size,
            raw: prefix.r,
            depth: 0,
            field_depth: -1,
            first_line: self.lineno,
            start,
            line_start: self.line_start,
            in_format_spec: false,
            in_middle: true,
        });
        let kind = if prefix.t { Kind::TStringStart } else { Kind::FStringStart };
        Ok(self.token(kind, Some(start), self.cur))
    }

    /// A field begins: its brace is the next thing to be read.
    fn enter_field(&mut self) -> Result<()> {
        let Some(m) = self.modes.last_mut() else { return Ok(()) };
        m.field_depth += 1;
        if m.field_depth >= MAX_FIELD_NESTING {
            let letter = m.letter();
            return self.error(format!("{letter}-string: expressions nested too deeply"));
        }
        m.in_middle = false;
        Ok(())
    }

    /// In the text of the innermost string.
    pub(super) fn middle(&mut self) -> Result<Token> {
        let Some(m) = self.modes.last() else { return self.normal() };
        let (template, quote, size, raw, depth) = (m.template, m.quote, m.quote_size, m.raw, m.depth);
        let in_spec = m.in_format_spec && m.in_field();
        let letter = m.letter();
        let (end_kind, middle_kind) = if template {
            (Kind::TStringEnd, Kind::TStringMiddle)
        } else {
            (Kind::FStringEnd, Kind::FStringMiddle)
        };
        let start = self.cur;
        self.in_token = true;
        // The line on which the token begins is the one of its first byte.
        let first = self.next();
        self.first_lineno = self.lineno;
        self.multi_line_start = self.line_start;
        if first == Some(b'{') && self.peek() != Some(b'{') {
            self.back(first);
            self.enter_field()?;
            return self.normal();
        }
        self.back(first);
        if (0..size).all(|i| self.at(start + i) == Some(quote)) {
            self.cur += size;
            let token = self.token(end_kind, Some(start), self.cur);
            self.modes.pop();
            return Ok(token);
        }
        let mut unicode_escape = false;
        let mut quotes = 0;
        while quotes != size {
            let c = self.next();
            let Some(x) = c.filter(|x| *x != b'\n' || size == 3) else {
                if in_spec && c.is_some() {
                    return self.error(format!(
                        "{letter}-string: newlines are not allowed in format specifiers for single quoted {letter}-strings"
                    ));
                }
                return self.unterminated_fstring(size);
            };
            if x == quote {
                quotes += 1;
                continue;
            }
            quotes = 0;
            match x {
                b'{' => {
                    if self.peek() != Some(b'{') || in_spec {
                        self.back(c);
                        self.enter_field()?;
                        return Ok(self.token(middle_kind, Some(start), self.cur));
                    }
                    self.next();
                    // A doubled brace ends this piece behind its first.
                    return Ok(self.token(middle_kind, Some(start), self.cur - 1));
                }
                b'}' => {
                    if unicode_escape {
                        return Ok(self.token(middle_kind, Some(start), self.cur));
                    }
                    if self.peek() == Some(b'}') && !in_spec && depth == 0 {
                        self.next();
                        return Ok(self.token(middle_kind, Some(start), self.cur - 1));
                    }
                    self.back(c);
                    if let Some(m) = self.modes.last_mut() {
                        m.in_middle = false;
                    }
                    return Ok(self.token(middle_kind, Some(start), self.cur));
                }
                b'\\' => {
                    let n = self.next();
                    if matches!(n, Some(b'{' | b'}')) {
                        self.back(n);
                    } else if n == Some(b'N') && !raw && self.peek() == Some(b'{') {
                        self.next();
                        unicode_escape = true;
                    }
                }
                _ => {}
            }
        }
        self.cur -= size;
        Ok(self.token(middle_kind, Some(start), self.cur))
    }

    fn unterminated_fstring(&mut self, size: usize) -> Result<Token> {
        let detected = self.lineno;
        let Some(m) = self.modes.last() else { return self.normal() };
        let letter = m.letter();
        (self.cur, self.lineno, self.line_start) = (m.start + 1, m.first_line, m.line_start);
        let triple = if size == 3 { "triple-quoted " } else { "" };
        self.error(format!("unterminated {triple}{letter}-string literal (detected at line {detected})"))
    }
}
