//! A tokenizer that works as CPython's does, errors included.
//!
//! Programs without errors never meet it: it finds out what to say about the others, and serves
//! the `_tokenize` module.

mod fstring;
mod indent;
mod number;
mod string;

use taipan_isa::locations::Location;

use crate::error::{Error, ErrorKind, Warning};

/// Most brackets open at once.
const MAX_LEVEL: usize = 200;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    EndMarker,
    Name,
    Number,
    String,
    Newline,
    Indent,
    Dedent,
    Op,
    FStringStart,
    FStringMiddle,
    FStringEnd,
    TStringStart,
    TStringMiddle,
    TStringEnd,
    Comment,
    Nl,
}

/// A token. Columns are -1 where the token has no text.
#[derive(Clone, Debug)]
pub struct Token {
    pub kind: Kind,
    /// Where its text is in the source.
    pub start: usize,
    pub end: usize,
    pub loc: Location,
    /// Open brackets.
    pub level: usize,
}

/// Why no token could be made.
#[derive(Clone, Debug)]
pub enum Failure {
    /// The tokenizer's own error.
    Error(Box<Error>),
    /// An error of the whole line, at a column from 0.
    Line(ErrorKind, &'static str, i32),
    /// The source ended inside brackets or after a backslash.
    EndOfFile,
}

struct Bracket {
    c: u8,
    line: i32,
    col: i32,
}

/// A string with replacement fields that is open.
struct Mode {
    template: bool,
    quote: u8,
    quote_size: usize,
    raw: bool,
    /// Brackets open inside.
    depth: i32,
    /// How many of them were open where the innermost field began; -1 outside of fields.
    field_depth: i32,
    /// Where the string began, for the message about its missing end.
    first_line: i32,
    start: usize,
    line_start: usize,
    in_format_spec: bool,
    /// The text between fields is read.
    in_middle: bool,
}

impl Mode {
    fn in_field(&self) -> bool {
        self.field_depth >= 0
    }
    fn letter(&self) -> char {
        if self.template { 't' } else { 'f' }
    }
}

pub struct Tokenizer {
    src: Box<[u8]>,
    cur: usize,
    line_start: usize,
    pub lineno: i32,
    /// First line of a token that spans lines.
    first_lineno: i32,
    multi_line_start: usize,
    /// A token is being read: lines belong together.
    in_token: bool,
    /// Where the lines begin that belong together.
    text_start: usize,
    at_line_start: bool,
    /// The end of the source was read.
    hit_end: bool,
    pending: i32,
    indents: Vec<(i32, i32)>,
    brackets: Vec<Bracket>,
    modes: Vec<Mode>,
    /// The line has nothing but a comment.
    comment_newline: bool,
    /// COMMENT and NL tokens too, and no refusal of unmatched brackets.
    extra_tokens: bool,
    pub warnings: Vec<Warning>,
}

type Result<T> = std::result::Result<T, Failure>;

fn is_identifier_start(c: u8) -> bool {
    c.is_ascii_alphabetic() || c == b'_' || c >= 128
}

fn is_identifier_char(c: u8) -> bool {
    is_identifier_start(c) || c.is_ascii_digit()
}

fn char_len(s: &[u8]) -> i32 {
    s.iter().filter(|b| **b & 0xc0 != 0x80).count() as i32
}

impl Tokenizer {
    /// `source` has line feeds as line ends, the last line too.
    pub fn new(source: &str, extra_tokens: bool) -> Tokenizer {
        Tokenizer {
            src: source.as_bytes().into(),
            cur: 0,
            line_start: 0,
            lineno: !source.is_empty() as i32,
            first_lineno: 1,
            multi_line_start: 0,
            in_token: false,
            text_start: 0,
            at_line_start: true,
            hit_end: false,
            pending: 0,
            indents: vec![(0, 0)],
            brackets: Vec::new(),
            modes: Vec::new(),
            comment_newline: false,
            extra_tokens,
            warnings: Vec::new(),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.src.get(self.cur).copied()
    }
    fn at(&self, i: usize) -> Option<u8> {
        self.src.get(i).copied()
    }
    /// The next byte; a line feed ends the line only when something follows it.
    fn next(&mut self) -> Option<u8> {
        if self.cur > self.line_start && self.src[self.cur - 1] == b'\n' && self.cur < self.src.len() {
            self.lineno += 1;
            self.line_start = self.cur;
            if !self.in_token {
                self.text_start = self.cur;
            }
        }
        let c = self.peek();
        self.hit_end |= c.is_none();
        self.cur += c.is_some() as usize;
        c
    }
    /// Takes back the last byte.
    fn back(&mut self, c: Option<u8>) {
        if c.is_some() {
            self.cur -= 1;
            if self.cur < self.line_start {
                self.lineno -= 1;
                self.line_start = self.src[..self.cur].iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
            }
        }
    }

    /// Open brackets.
    pub fn level(&self) -> usize {
        self.brackets.len()
    }
    /// The innermost open bracket: its character, line and column.
    pub fn open_bracket(&self) -> Option<(char, i32, i32)> {
        self.brackets.last().map(|b| (b.c as char, b.line, b.col))
    }
    /// Bytes of the current line that were read.
    pub fn column(&self) -> i32 {
        (self.cur - self.line_start) as i32
    }
    /// The lines being read, with their line feeds: one, unless a token goes on over several.
    pub fn pending_text(&self) -> std::borrow::Cow<'_, str> {
        let end = self.src[self.line_start..].iter().position(|b| *b == b'\n');
        let end = end.map_or(self.src.len(), |i| self.line_start + i + 1);
        String::from_utf8_lossy(&self.src[self.text_start.min(end)..end])
    }
    /// Goes to the end of the current line.
    fn skip_line(&mut self) {
        let end = self.src[self.line_start..].iter().position(|b| *b == b'\n');
        self.cur = end.map_or(self.src.len(), |i| self.line_start + i + 1);
    }
    /// Where the current line begins in the source.
    pub fn line_start(&self) -> usize {
        self.line_start
    }
    /// Where the line begins on which the last string began.
    pub fn first_line_start(&self) -> usize {
        self.multi_line_start
    }
    /// The end of the source has been seen.
    pub fn reached_end(&self) -> bool {
        self.hit_end || self.at_end() && self.src.last() != Some(&b'\n')
    }
    /// Ends all blocks.
    pub fn imply_dedents(&mut self) {
        self.pending = 1 - self.indents.len() as i32;
        self.indents.truncate(1);
    }
    /// Is there more than blanks and comments?
    pub fn has_more(&self) -> bool {
        let rest = String::from_utf8_lossy(&self.src[self.cur.min(self.src.len())..]);
        rest.split('\n').any(|l| {
            let l = l.trim_start_matches([' ', '\t', '\x0c']);
            !l.is_empty() && !l.starts_with('#')
        })
    }
    pub fn at_end(&self) -> bool {
        self.cur >= self.src.len()
    }

    fn error_line(&self, start: usize) -> String {
        let end = self.src[start..].iter().position(|b| *b == b'\n').map_or(self.src.len(), |i| start + i);
        String::from_utf8_lossy(&self.src[start..end]).into_owned()
    }

    /// A SyntaxError at the current place.
    fn error<T>(&self, msg: impl Into<String>) -> Result<T> {
        self.error_at(msg, self.lineno, self.line_start, None, None)
    }

    /// A SyntaxError in the line that begins at `line_start`, in characters from 1.
    fn error_at<T>(
        &self,
        msg: impl Into<String>,
        lineno: i32,
        line_start: usize,
        col: Option<i32>,
        end_col: Option<i32>,
    ) -> Result<T> {
        let mut e = Error::new(ErrorKind::SyntaxError, msg);
        let col = col.unwrap_or_else(|| char_len(&self.src[line_start..self.cur.max(line_start)]));
        e.lineno = Some(lineno);
        e.offset = Some(col);
        e.end_lineno = Some(lineno);
        e.end_offset = Some(end_col.unwrap_or(col));
        e.text = Some(self.error_line(line_start));
        Err(Failure::Error(e))
    }

    fn token(&self, kind: Kind, start: Option<usize>, end: usize) -> Token {
        let multi = matches!(
            kind,
            Kind::String | Kind::FStringMiddle | Kind::TStringMiddle
        );
        let (line, line_start) =
            if multi { (self.first_lineno, self.multi_line_start) } else { (self.lineno, self.line_start) };
        let col = |at: usize, from: usize| if at >= from { (at - from) as i32 } else { -1 };
        let loc = match start {
            Some(s) => {
                // The end may lie on an earlier line than the one being read.
                let (end_line, end_start) = if end < self.line_start {
                    let ls = self.src[..end].iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
                    let lines = self.src[ls..self.line_start].iter().filter(|b| **b == b'\n').count();
                    (self.lineno - lines as i32, ls)
                } else {
                    (self.lineno, self.line_start)
                };
                Location::new(line, end_line, col(s, line_start), col(end, end_start))
            }
            None => Location::new(line, line, -1, -1),
        };
        Token { kind, start: start.unwrap_or(end), end, loc, level: self.brackets.len() }
    }

    /// The next token.
    pub fn get(&mut self) -> Result<Token> {
        match self.modes.last() {
            Some(m) if m.in_middle => self.middle(),
            _ => self.normal(),
        }
    }

    fn normal(&mut self) -> Result<Token> {
        'next_line: loop {
            self.in_token = false;
            let mut blank_line = false;
            if self.at_line_start {
                self.at_line_start = false;
                blank_line = self.indentation()?;
            }
            if self.pending != 0 {
                if self.pending < 0 {
                    self.pending += 1;
                    return Ok(self.marker(Kind::Dedent));
                }
                self.pending -= 1;
                return Ok(self.marker(Kind::Indent));
            }
            loop {
                self.in_token = false;
                let mut c = self.next();
                while matches!(c, Some(b' ' | b'\t' | b'\x0c')) {
                    c = self.next();
                }
                self.in_token = true;
                let start = self.cur - c.is_some() as usize;
                if c == Some(b'#') {
                    while !matches!(c, None | Some(b'\n' | b'\r')) {
                        c = self.next();
                    }
                    if self.extra_tokens {
                        self.back(c);
                        self.comment_newline = blank_line;
                        return Ok(self.token(Kind::Comment, Some(start), self.cur));
                    }
                }
                let Some(c) = c else {
                    if !self.brackets.is_empty() {
                        return Err(Failure::EndOfFile);
                    }
                    return self.end_marker();
                };
                if is_identifier_start(c) {
                    return self.identifier(c, start);
                }
                if c == b'\n' || c == b'\r' && self.peek() == Some(b'\n') {
                    let end = self.cur - 1;
                    if c == b'\r' {
                        self.next();
                    }
                    self.at_line_start = true;
                    if blank_line || !self.brackets.is_empty() {
                        if self.extra_tokens {
                            self.comment_newline = false;
                            return Ok(self.token(Kind::Nl, Some(start), self.cur));
                        }
                        continue 'next_line;
                    }
                    if std::mem::take(&mut self.comment_newline) && self.extra_tokens {
                        return Ok(self.token(Kind::Nl, Some(start), self.cur));
                    }
                    return Ok(self.token(Kind::Newline, Some(start), end));
                }
                match c {
                    b'.' => {
                        let n = self.peek();
                        if n.is_some_and(|n| n.is_ascii_digit()) {
                            return self.fraction(start);
                        }
                        if n == Some(b'.') && self.at(self.cur + 1) == Some(b'.') {
                            self.cur += 2;
                        }
                        return Ok(self.token(Kind::Op, Some(start), self.cur));
                    }
                    b'0'..=b'9' => return self.number(c, start),
                    b'\'' | b'"' => return self.string(c, start),
                    b'\\' => {
                        self.continuation_line()?;
                        continue;
                    }
                    _ => return self.operator(c, start),
                }
            }
        }
    }

    /// A token without text.
    fn marker(&self, kind: Kind) -> Token {
        self.token(kind, None, self.cur)
    }

    fn end_marker(&mut self) -> Result<Token> {
        Ok(self.marker(Kind::EndMarker))
    }

    /// Behind a backslash: on to the next line.
    fn continuation_line(&mut self) -> Result<()> {
        let mut c = self.next();
        if c == Some(b'\r') {
            c = self.next();
        }
        if c != Some(b'\n') {
            let col = (self.cur - self.text_start) as i32 - 1;
            let msg = "unexpected character after line continuation character";
            return Err(Failure::Line(ErrorKind::SyntaxError, msg, col));
        }
        if self.at_end() {
            self.hit_end = true;
            return Err(Failure::EndOfFile);
        }
        let c = self.next();
        self.back(c);
        Ok(())
    }

    fn identifier(&mut self, first: u8, start: usize) -> Result<Token> {
        let mut c = Some(first);
        let mut seen = string::Prefix::default();
        let mut nonascii = false;
        while let Some(x) = c {
            if !seen.add(x) {
                break;
            }
            c = self.next();
            if matches!(c, Some(b'"' | b'\'')) {
                seen.check(self, start)?;
                let quote = c.unwrap_or_default();
                if seen.f || seen.t {
                    return self.fstring_start(&seen, quote, start);
                }
                return self.string(quote, start);
            }
        }
        while let Some(x) = c {
            if !is_identifier_char(x) {
                break;
            }
            nonascii |= x >= 128;
            c = self.next();
        }
        self.back(c);
        if nonascii && !self.extra_tokens {
            self.verify_identifier(start)?;
        }
        Ok(self.token(Kind::Name, Some(start), self.cur))
    }

    /// Refuses characters that no name may hold.
    fn verify_identifier(&mut self, start: usize) -> Result<()> {
        let text = String::from_utf8_lossy(&self.src[start..self.cur]).into_owned();
        for (i, ch) in text.char_indices() {
            let ok = if i == 0 {
                ch == '_' || unicode_ident::is_xid_start(ch)
            } else {
                unicode_ident::is_xid_continue(ch)
            };
            if !ok {
                self.cur = start + i + ch.len_utf8();
                return self.invalid_character(ch);
            }
        }
        Ok(())
    }

    fn invalid_character<T>(&self, ch: char) -> Result<T> {
        let cp = ch as u32;
        if ch.is_control() || ch.is_whitespace() && ch != ' ' || is_format(ch) {
            return self.error(format!("invalid non-printable character U+{cp:04X}"));
        }
        self.error(format!("invalid character '{ch}' (U+{cp:04X})"))
    }

    fn operator(&mut self, c: u8, start: usize) -> Result<Token> {
        if let Some(m) = self.modes.last_mut()
            && c == b':'
            && m.in_field()
            && m.depth - 1 == m.field_depth
        {
            m.in_format_spec = true;
            m.in_middle = true;
            return Ok(self.token(Kind::Op, Some(start), self.cur));
        }
        let (n, nn) = (self.peek(), self.at(self.cur + 1));
        let two = matches!(
            (c, n),
            (b'!' | b'%' | b'&' | b'*' | b'+' | b'-' | b'/' | b':' | b'<' | b'=' | b'>' | b'@' | b'^' | b'|', Some(b'='))
                | (b'*', Some(b'*'))
                | (b'-', Some(b'>'))
                | (b'/', Some(b'/'))
                | (b'<', Some(b'<' | b'>'))
                | (b'>', Some(b'>'))
        );
        if two {
            let three = nn == Some(b'=')
                && matches!((c, n), (b'*', Some(b'*')) | (b'/', Some(b'/')) | (b'<', Some(b'<')) | (b'>', Some(b'>')));
            self.cur += if three { 2 } else { 1 };
            return Ok(self.token(Kind::Op, Some(start), self.cur));
        }
        match c {
            b'(' | b'[' | b'{' => {
                if self.brackets.len() >= MAX_LEVEL {
                    return self.error("too many nested parentheses");
                }
                let col = (start - self.line_start) as i32;
                self.brackets.push(Bracket { c, line: self.lineno, col });
                if let Some(m) = self.modes.last_mut() {
                    m.depth += 1;
                }
            }
            b')' | b']' | b'}' => self.close(c)?,
            b'$' | b'?' | b'`' | b'!' | b'%' | b'&' | b'*' | b'+' | b',' | b'-' | b'/' | b':' | b';' | b'<' | b'='
            | b'>' | b'@' | b'^' | b'|' | b'~' => {}
            _ => {
                // A control character.
                return self.error(format!("invalid non-printable character U+{:04X}", c as u32));
            }
        }
        Ok(self.token(Kind::Op, Some(start), self.cur))
    }

    fn close(&mut self, c: u8) -> Result<()> {
        if let Some(m) = self.modes.last()
            && m.depth == 0
            && c == b'}'
        {
            return self.error(format!("{}-string: single '}}' is not allowed", m.letter()));
        }
        if self.brackets.is_empty() && !self.extra_tokens {
            return self.error(format!("unmatched '{}'", c as char));
        }
        if let Some(open) = self.brackets.pop() {
            let matches = matches!((open.c, c), (b'(', b')') | (b'[', b']') | (b'{', b'}'));
            if !matches && !self.extra_tokens {
                return self.mismatch(&open, c);
            }
        }
        let Some(m) = self.modes.last_mut() else { return Ok(()) };
        m.depth -= 1;
        if m.depth < 0 {
            let letter = m.letter();
            return self.error(format!("{letter}-string: unmatched '{}'", c as char));
        }
        if c == b'}' && m.depth == m.field_depth {
            m.field_depth -= 1;
            m.in_middle = true;
            m.in_format_spec = false;
        }
        Ok(())
    }

    fn mismatch<T>(&self, open: &Bracket, c: u8) -> Result<T> {
        let (open_c, close_c) = (open.c as char, c as char);
        if let Some(m) = self.modes.last()
            && open.c == b'{'
            && m.depth - 1 == m.field_depth
        {
            return self.error(format!("{}-string: unmatched '{close_c}'", m.letter()));
        }
        let text = format!("closing parenthesis '{close_c}' does not match opening parenthesis '{open_c}'");
        if open.line != self.lineno { self.error(format!("{text} on line {}", open.line)) } else { self.error(text) }
    }
}

/// Characters of category Cf and the like, which print as nothing.
fn is_format(ch: char) -> bool {
    matches!(ch as u32,
        0xad | 0x600..=0x605 | 0x61c | 0x6dd | 0x70f | 0x180e | 0x200b..=0x200f | 0x202a..=0x202e
        | 0x2060..=0x206f | 0xfeff | 0xfff9..=0xfffb | 0xe000..=0xf8ff | 0xe0001 | 0xe0020..=0xe007f)
}
