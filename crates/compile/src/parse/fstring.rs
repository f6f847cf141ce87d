//! String literals, f-strings and t-strings, decoded from the source.

use std::borrow::Cow;

use ruff_python_ast as ruff;
use ruff_text_size::{Ranged, TextRange, TextSize};
use taipan_isa::Wtf8;
use taipan_isa::locations::Location;

use super::{Lower, literal};
use crate::ast::*;
use crate::error::{Error, Result};

/// So deep may fields stand in the format specifications of fields.
const MAX_NESTING: u32 = 3;
/// So deep may f-strings and t-strings stand in one another.
const MAX_STRINGS: u32 = 149;

/// What stands before and after the text of a literal.
struct Quotes {
    raw: bool,
    /// Length of prefix and opening quotes, and of closing quotes.
    open: u32,
    close: u32,
}

fn quotes(text: &str) -> Quotes {
    let prefix = text.bytes().take_while(|b| b.is_ascii_alphabetic()).count();
    let raw = text[..prefix].bytes().any(|b| matches!(b, b'r' | b'R'));
    let rest = &text.as_bytes()[prefix..];
    let triple = rest.len() >= 6 && rest[0] == rest[1] && rest[1] == rest[2];
    let close = if triple { 3 } else { 1 };
    Quotes { raw, open: prefix as u32 + close, close }
}

/// Values of a string being joined: neighbouring constants become one.
#[derive(Default)]
struct Values {
    done: Vec<Expr>,
    text: Vec<u8>,
    text_loc: Option<Location>,
    unicode: bool,
}

impl Values {
    fn literal(&mut self, text: &[u8], loc: Location, unicode: bool) {
        match &mut self.text_loc {
            None => {
                self.text_loc = Some(loc);
                self.unicode = unicode;
            }
            Some(l) => {
                l.end_line = loc.end_line;
                l.end_col = loc.end_col;
            }
        }
        self.text.extend_from_slice(text);
    }
    fn flush(&mut self) {
        if let Some(loc) = self.text_loc.take()
            && !self.text.is_empty()
        {
            let value = Const::Str(Wtf8(std::mem::take(&mut self.text).into()));
            self.done.push(Expr::new(ExprKind::Constant { value, unicode: self.unicode }, loc));
        }
        self.text.clear();
    }
    fn finish(mut self) -> Vec<Expr> {
        self.flush();
        self.done
    }
}

/// The source of an expression without its comments.
fn without_comments(text: &str) -> Cow<'_, str> {
    if !text.contains('#') {
        return Cow::Borrowed(text);
    }
    let b = text.as_bytes();
    let mut out = Vec::with_capacity(b.len());
    let mut at = 0;
    while at < b.len() {
        match b[at] {
            b'#' => {
                while at < b.len() && b[at] != b'\n' {
                    at += 1;
                }
            }
            q @ (b'\'' | b'"') => {
                let triple = b[at..].starts_with(&[q; 3]);
                let close: &[u8] = if triple { &[q; 3] } else { &[q] };
                let start = at;
                at += close.len();
                while at < b.len() && !b[at..].starts_with(close) {
                    at += if b[at] == b'\\' { 2 } else { 1 };
                }
                at = (at + close.len()).min(b.len());
                out.extend_from_slice(&b[start..at]);
            }
            c => {
                out.push(c);
                at += 1;
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&out).into_owned())
}

impl Lower<'_> {
    fn inner(&self, r: TextRange) -> (TextRange, bool) {
        let q = quotes(self.text(r));
        (TextRange::new(r.start() + TextSize::new(q.open), r.end() - TextSize::new(q.close)), q.raw)
    }

    /// The text of a string literal.
    pub fn string(&mut self, r: TextRange) -> Result<Vec<u8>> {
        let (inner, raw) = self.inner(r);
        self.decode(inner, raw, r, false)
    }

    pub fn bytes(&mut self, r: TextRange) -> Result<Vec<u8>> {
        let (inner, raw) = self.inner(r);
        let text = self.text(inner);
        if raw {
            return Ok(text.as_bytes().into());
        }
        let decoded = literal::decode_bytes(text).map_err(|msg| Error::syntax(msg, self.loc(r)))?;
        self.warn_escape(inner, decoded.invalid_escape, text);
        Ok(decoded.value)
    }

    fn decode(&mut self, inner: TextRange, raw: bool, whole: TextRange, braces: bool) -> Result<Vec<u8>> {
        let text = self.text(inner);
        if raw {
            if braces && text.contains(['{', '}']) {
                return Ok(text.replace("{{", "{").replace("}}", "}").into_bytes());
            }
            return Ok(text.as_bytes().into());
        }
        if !text.contains(['\\', '{', '}']) {
            return Ok(text.as_bytes().into());
        }
        let decoded = literal::decode_str(text, braces).map_err(|msg| Error::syntax(msg, self.loc(whole)))?;
        self.warn_escape(inner, decoded.invalid_escape, text);
        Ok(decoded.value)
    }

    fn warn_escape(&mut self, inner: TextRange, at: Option<literal::BadEscape>, text: &str) {
        let Some(bad) = at else { return };
        let start = inner.start() + TextSize::new(bad.at as u32);
        let range = TextRange::new(start, start + TextSize::new(2));
        let loc = self.loc(range);
        self.warnings.push(literal::escape_warning(&bad, text, loc));
    }

    fn elements(
        &mut self,
        values: &mut Values,
        elements: &ruff::InterpolatedStringElements,
        raw: bool,
        whole: TextRange,
        template: bool,
    ) -> Result<()> {
        for e in elements {
            match e {
                ruff::InterpolatedStringElement::Literal(l) => {
                    let text = self.decode(l.range, raw, whole, true)?;
                    values.literal(&text, self.loc(l.range), false);
                }
                ruff::InterpolatedStringElement::Interpolation(i) => {
                    self.interpolation(values, i, raw, whole, template)?
                }
            }
        }
        Ok(())
    }

    fn interpolation(
        &mut self,
        values: &mut Values,
        i: &ruff::InterpolatedElement,
        raw: bool,
        whole: TextRange,
        template: bool,
    ) -> Result<()> {
        let loc = self.loc(i.range);
        let mut conversion = match i.conversion {
            ruff::ConversionFlag::None => -1,
            c => c.to_byte().map_or(-1, i32::from),
        };
        if let Some(d) = &i.debug_text {
            // From the brace to the equals sign and the blanks behind it.
            let start = i.range.start() + TextSize::new(1);
            let text = d.as_str();
            let range = TextRange::at(start, TextSize::of(text));
            values.literal(without_comments(text).as_bytes(), self.loc(range), false);
            if conversion < 0 && i.format_spec.is_none() {
                conversion = b'r' as i32;
            }
        }
        let value = self.boxed(&i.expression)?;
        let format_spec = match &i.format_spec {
            None => None,
            Some(f) => {
                let mut inner = Values::default();
                self.spec_depth += 1;
                if self.spec_depth >= MAX_NESTING && f.elements.iter().any(|e| e.is_interpolation()) {
                    let letter = if template { 't' } else { 'f' };
                    let start = f.range.start() - TextSize::new(1);
                    let place = self.loc(TextRange::empty(start));
                    self.spec_depth = 0;
                    return Err(Error::syntax(format!("{letter}-string: expressions nested too deeply"), place));
                }
                self.elements(&mut inner, &f.elements, raw, whole, false)?;
                self.spec_depth -= 1;
                // With its colon.
                let range = TextRange::new(f.range.start() - TextSize::new(1), f.range.end());
                Some(Box::new(Expr::new(ExprKind::JoinedStr(inner.finish()), self.loc(range))))
            }
        };
        values.flush();
        let kind = if template {
            let text = without_comments(self.interpolation_text(i));
            ExprKind::Interpolation { value, str: Const::Str((&*text).into()), conversion, format_spec }
        } else {
            ExprKind::FormattedValue { value, conversion, format_spec }
        };
        values.done.push(Expr::new(kind, loc));
        Ok(())
    }

    /// The source of a template's expression, blanks included.
    fn interpolation_text(&self, i: &ruff::InterpolatedElement) -> &str {
        let start = i.range.start() + TextSize::new(1);
        if let Some(d) = &i.debug_text {
            let text = d.as_str();
            let cut = text.rfind('=').unwrap_or(text.len());
            return self.text(TextRange::at(start, TextSize::of(&text[..cut])));
        }
        let end = match &i.format_spec {
            Some(f) => f.range.start() - TextSize::new(1),
            None => i.range.end() - TextSize::new(1),
        };
        let text = self.text(TextRange::new(start, end));
        if i.conversion == ruff::ConversionFlag::None {
            text
        } else {
            &text[..text.rfind('!').unwrap_or(text.len())]
        }
    }

    /// Counts strings in the fields of strings.
    fn enter_string(&mut self, r: TextRange) -> Result<()> {
        if self.string_depth >= MAX_STRINGS {
            return Err(Error::syntax("too many nested f-strings or t-strings", self.loc(r)));
        }
        self.string_depth += 1;
        Ok(())
    }

    pub fn fstring(&mut self, f: &ruff::ExprFString) -> Result<Expr> {
        self.enter_string(f.range)?;
        let mut values = Values::default();
        for part in f.value.iter() {
            match part {
                ruff::FStringPart::Literal(s) => {
                    let r = s.range();
                    let text = self.string(r)?;
                    let unicode = self.text(r).starts_with(['u', 'U']);
                    values.literal(&text, self.loc(r), unicode);
                }
                ruff::FStringPart::FString(s) => {
                    let raw = quotes(self.text(s.range)).raw;
                    self.elements(&mut values, &s.elements, raw, s.range, false)?;
                }
            }
        }
        self.string_depth -= 1;
        Ok(Expr::new(ExprKind::JoinedStr(values.finish()), self.loc(f.range)))
    }

    pub fn tstring(&mut self, t: &ruff::ExprTString) -> Result<Expr> {
        self.enter_string(t.range)?;
        let mut values = Values::default();
        for s in t.value.iter() {
            let raw = quotes(self.text(s.range)).raw;
            self.elements(&mut values, &s.elements, raw, s.range, true)?;
        }
        self.string_depth -= 1;
        Ok(Expr::new(ExprKind::TemplateStr(values.finish()), self.loc(t.range)))
    }
}
