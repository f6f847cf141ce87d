//! String and bytes literals.

use super::{Kind, Result, Token, Tokenizer, char_len};

/// The letters before a quote.
#[derive(Default)]
pub(super) struct Prefix {
    pub b: bool,
    pub r: bool,
    pub u: bool,
    pub f: bool,
    pub t: bool,
}

impl Prefix {
    /// Takes a letter, unless it is no prefix or was seen.
    pub fn add(&mut self, c: u8) -> bool {
        let seen = match c {
            b'b' | b'B' => &mut self.b,
            b'r' | b'R' => &mut self.r,
            b'u' | b'U' => &mut self.u,
            b'f' | b'F' => &mut self.f,
            b't' | b'T' => &mut self.t,
            _ => return false,
        };
        !std::mem::replace(seen, true)
    }

    pub fn check(&self, t: &Tokenizer, start: usize) -> Result<()> {
        let pairs = [
            (self.u && self.b, 'u', 'b'),
            (self.u && self.r, 'u', 'r'),
            (self.u && self.f, 'u', 'f'),
            (self.u && self.t, 'u', 't'),
            (self.b && self.f, 'b', 'f'),
            (self.b && self.t, 'b', 't'),
            (self.f && self.t, 'f', 't'),
        ];
        for (both, x, y) in pairs {
            if both {
                let msg = format!("'{x}' and '{y}' prefixes are incompatible");
                let col = char_len(&t.src[t.line_start..start]) + 1;
                let end = char_len(&t.src[t.line_start..t.cur]);
                return t.error_at(msg, t.lineno, t.line_start, Some(col), Some(end));
            }
        }
        Ok(())
    }
}

impl Tokenizer {
    /// A literal whose opening quote was read.
    pub(super) fn string(&mut self, quote: u8, start: usize) -> Result<Token> {
        let mut size = 1;
        let mut end_size = 0;
        let mut escaped_quote = false;
        self.first_lineno = self.lineno;
        self.multi_line_start = self.line_start;
        let c = self.next();
        if c == Some(quote) {
            let c = self.next();
            if c == Some(quote) {
                size = 3;
            } else {
                // Empty.
                self.back(c);
                return Ok(self.token(Kind::String, Some(start), self.cur));
            }
        } else {
            self.back(c);
        }
        while end_size != size {
            let c = self.next();
            if c.is_none() || size == 1 && c == Some(b'\n') {
                return self.unterminated(quote, size, escaped_quote, start);
            }
            if c == Some(quote) {
                end_size += 1;
            } else {
                end_size = 0;
                if c == Some(b'\\') {
                    let n = self.next();
                    if n == Some(quote) {
                        escaped_quote = true;
                    }
                }
            }
        }
        Ok(self.token(Kind::String, Some(start), self.cur))
    }

    fn unterminated(&mut self, quote: u8, size: usize, escaped_quote: bool, start: usize) -> Result<Token> {
        let detected = self.lineno;
        (self.cur, self.lineno, self.line_start) = (start + 1, self.first_lineno, self.multi_line_start);
        if let Some(m) = self.modes.last()
            && m.quote == quote
            && m.quote_size == size
        {
            return self.error(format!("{}-string: expecting '}}'", m.letter()));
        }
        if size == 3 {
            return self.error(format!("unterminated triple-quoted string literal (detected at line {detected})"));
        }
        let hint = if escaped_quote { "; perhaps you escaped the end quote" } else { "" };
        self.error(format!("unterminated string literal (detected at line {detected}){hint}"))
    }
}
