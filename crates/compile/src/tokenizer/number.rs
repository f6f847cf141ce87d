//! Numbers, and what is wrong with them.

use taipan_isa::locations::Location;

use super::{Kind, Result, Token, Tokenizer, char_len, is_identifier_char};
use crate::error::Warning;

impl Tokenizer {
    /// What may not follow a number. Keywords may, with a warning.
    fn verify_end(&mut self, c: Option<u8>, kind: &str) -> Result<()> {
        let Some(x) = c else { return Ok(()) };
        let rest = &self.src[self.cur..];
        let keyword = match x {
            b'a' => rest.starts_with(b"nd"),
            b'e' => rest.starts_with(b"lse"),
            b'f' => rest.starts_with(b"or"),
            b'i' => matches!(rest.first(), Some(b'f' | b'n' | b's')),
            b'n' => rest.starts_with(b"ot"),
            b'o' => rest.starts_with(b"r"),
            _ => false,
        };
        if keyword {
            let col = (self.cur - 1 - self.line_start) as i32;
            let loc = Location::new(self.lineno, self.lineno, col - 1, col - 1);
            self.warnings.push(Warning::syntax(format!("invalid {kind} literal"), loc));
            return Ok(());
        }
        if x < 128 && is_identifier_char(x) {
            self.back(c);
            return self.error(format!("invalid {kind} literal"));
        }
        Ok(())
    }

    fn finish(&mut self, c: Option<u8>, kind: &str, start: usize) -> Result<Token> {
        self.verify_end(c, kind)?;
        self.back(c);
        Ok(self.token(Kind::Number, Some(start), self.cur))
    }

    /// Digits with single underscores between; the byte behind them.
    fn decimal_tail(&mut self) -> Result<Option<u8>> {
        loop {
            let mut c = self.next();
            while c.is_some_and(|c| c.is_ascii_digit()) {
                c = self.next();
            }
            if c != Some(b'_') {
                return Ok(c);
            }
            let c = self.next();
            if !c.is_some_and(|c| c.is_ascii_digit()) {
                self.back(c);
                return self.error("invalid decimal literal");
            }
        }
    }

    fn radix(&mut self, start: usize, radix: u32, kind: &str) -> Result<Token> {
        let is_digit = |c: Option<u8>| c.is_some_and(|c| (c as char).is_digit(radix));
        let mut c = self.next();
        loop {
            if c == Some(b'_') {
                c = self.next();
            }
            if !is_digit(c) {
                if radix < 10
                    && let Some(d) = c.filter(u8::is_ascii_digit)
                {
                    return self.error(format!("invalid digit '{}' in {kind} literal", d as char));
                }
                self.back(c);
                return self.error(format!("invalid {kind} literal"));
            }
            while is_digit(c) {
                c = self.next();
            }
            if c != Some(b'_') {
                break;
            }
        }
        if radix < 10
            && let Some(d) = c.filter(u8::is_ascii_digit)
        {
            return self.error(format!("invalid digit '{}' in {kind} literal", d as char));
        }
        self.finish(c, kind, start)
    }

    pub(super) fn number(&mut self, first: u8, start: usize) -> Result<Token> {
        if first != b'0' {
            let c = self.decimal_tail()?;
            return self.after_integer(c, start);
        }
        let mut c = self.next();
        match c {
            Some(b'x' | b'X') => return self.radix(start, 16, "hexadecimal"),
            Some(b'o' | b'O') => return self.radix(start, 8, "octal"),
            Some(b'b' | b'B') => return self.radix(start, 2, "binary"),
            _ => {}
        }
        loop {
            if c == Some(b'_') {
                c = self.next();
                if !c.is_some_and(|c| c.is_ascii_digit()) {
                    self.back(c);
                    return self.error("invalid decimal literal");
                }
            }
            if c != Some(b'0') {
                break;
            }
            c = self.next();
        }
        let zeros_end = self.cur;
        let mut nonzero = false;
        if c.is_some_and(|c| c.is_ascii_digit()) {
            nonzero = true;
            c = self.decimal_tail()?;
        }
        match c {
            Some(b'.' | b'e' | b'E' | b'j' | b'J') => self.after_integer(c, start),
            _ if nonzero => {
                self.back(c);
                let msg = "leading zeros in decimal integer literals are not permitted; \
                           use an 0o prefix for octal integers";
                let col = char_len(&self.src[self.line_start..start]) + 1;
                let end = char_len(&self.src[self.line_start..zeros_end]);
                self.error_at(msg, self.lineno, self.line_start, Some(col), Some(end))
            }
            _ => self.finish(c, "decimal", start),
        }
    }

    fn after_integer(&mut self, c: Option<u8>, start: usize) -> Result<Token> {
        match c {
            Some(b'.') => {
                let c = self.next();
                self.fraction_from(c, start)
            }
            Some(b'e' | b'E') => self.exponent(c, start, "decimal"),
            Some(b'j' | b'J') => self.imaginary(start),
            _ => self.finish(c, "decimal", start),
        }
    }

    fn imaginary(&mut self, start: usize) -> Result<Token> {
        let c = self.next();
        self.finish(c, "imaginary", start)
    }

    /// After a point that began the number.
    pub(super) fn fraction(&mut self, start: usize) -> Result<Token> {
        let c = self.next();
        self.fraction_from(c, start)
    }

    fn fraction_from(&mut self, mut c: Option<u8>, start: usize) -> Result<Token> {
        if c.is_some_and(|c| c.is_ascii_digit()) {
            c = self.decimal_tail()?;
        }
        match c {
            Some(b'e' | b'E') => self.exponent(c, start, "decimal"),
            Some(b'j' | b'J') => self.imaginary(start),
            _ => self.finish(c, "decimal", start),
        }
    }

    fn exponent(&mut self, e: Option<u8>, start: usize, kind: &str) -> Result<Token> {
        let mut c = self.next();
        if matches!(c, Some(b'+' | b'-')) {
            c = self.next();
            if !c.is_some_and(|c| c.is_ascii_digit()) {
                self.back(c);
                return self.error("invalid decimal literal");
            }
        } else if !c.is_some_and(|c| c.is_ascii_digit()) {
            // Not an exponent: perhaps a keyword.
            self.back(c);
            self.verify_end(e, kind)?;
            self.back(e);
            return Ok(self.token(Kind::Number, Some(start), self.cur));
        }
        let c = self.decimal_tail()?;
        if matches!(c, Some(b'j' | b'J')) {
            return self.imaginary(start);
        }
        self.finish(c, kind, start)
    }
}
