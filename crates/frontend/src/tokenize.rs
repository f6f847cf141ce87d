//! `_tokenize`: tokens as the module `tokenize` wants them.

use std::cell::RefCell;

use taipan_compile::tokenizer::{Failure, Kind, Token, Tokenizer};
use taipan_compile::{Error, ErrorKind};
use taipan_objects::buffer;
use taipan_objects::heap;
use taipan_objects::native::{ModuleDef, class};
use taipan_objects::str::Str;
use taipan_objects::tuple::Tuple;
use taipan_objects::typeobject::Type;
use taipan_objects::{Payload, Raised, Result, ThreadState, Value, int, payload, protocol};

pub struct TokenizerIter {
    readline: Value,
    encoding: Option<String>,
    extra_tokens: bool,
    state: RefCell<State>,
}

enum State {
    New,
    Running(Box<Running>),
    Done,
}

struct Running {
    text: String,
    /// A line feed was added to the last line.
    implicit_newline: bool,
    tokenizer: Tokenizer,
}

payload!(TokenizerIter, container, traverse = |s, visit| visit(&s.readline));

#[class(name = "TokenizerIter", module = "_tokenize")]
impl TokenizerIter {
    #[new("(readline, /, *, encoding=None, extra_tokens)")]
    fn tp_new(cls: &Type, ts: &ThreadState, readline: &Value, encoding: Option<String>, extra_tokens: bool) -> Value {
        let state = RefCell::new(State::New);
        let it = TokenizerIter { readline: readline.clone(), encoding, extra_tokens, state };
        heap::new_with_type(ts, cls, it).into_value()
    }

    #[slot(iter)]
    fn iter(_ts: &ThreadState, slf: &Value) -> Result<Value> {
        Ok(slf.clone())
    }

    #[slot(iternext)]
    fn next(&self, ts: &ThreadState) -> Result<Option<Value>> {
        let is_new = matches!(*self.state.borrow(), State::New);
        if is_new {
            // While it is read, Python code runs, which may ask for tokens, too.
            let running = self.read(ts)?;
            *self.state.borrow_mut() = State::Running(Box::new(running));
        }
        let mut state = self.state.borrow_mut();
        let State::Running(running) = &mut *state else { return Ok(None) };
        match running.tokenizer.get() {
            Ok(token) => {
                let tuple = running.tuple(ts, &token, self.extra_tokens);
                if token.kind == Kind::EndMarker {
                    *state = State::Done;
                }
                Ok(Some(tuple))
            }
            Err(failure) => {
                let error = running.error(failure);
                *state = State::Done;
                drop(state);
                Err(raise(ts, &error))
            }
        }
    }
}

impl TokenizerIter {
    /// Reads all lines.
    fn read(&self, ts: &ThreadState) -> Result<Running> {
        let mut text = String::new();
        loop {
            let line = match protocol::call0(ts, &self.readline) {
                Ok(l) => l,
                Err(_) if ts.exception_is(|x| &x.stop_iteration) => {
                    ts.clear_exception();
                    break;
                }
                Err(e) => return Err(e),
            };
            let before = text.len();
            if let Some(encoding) = &self.encoding {
                if !buffer::supports(ts, &line) {
                    return Err(ts.type_error("readline() returned a non-bytes object"));
                }
                let bytes = buffer::to_vec(ts, &line)?;
                let utf8 = matches!(encoding.to_ascii_lowercase().as_str(), "utf-8" | "utf8" | "utf-8-sig");
                match std::str::from_utf8(&bytes) {
                    Ok(t) if utf8 => text.push_str(t),
                    _ => {
                        let args = [Str::new(ts, encoding).into_value()];
                        let decoded = protocol::call_method(ts, &line, "decode", &args)?;
                        text.push_str(&decoded.downcast::<Str>().map(Str::to_string_lossy).unwrap_or_default());
                    }
                }
            } else {
                match line.downcast::<Str>() {
                    Some(s) => text.push_str(&s.to_string_lossy()),
                    None => return Err(ts.type_error("readline() returned a non-string object")),
                }
            }
            if text.len() == before {
                break;
            }
        }
        let implicit_newline = !text.is_empty() && !text.ends_with('\n');
        if implicit_newline {
            text.push('\n');
        }
        let tokenizer = Tokenizer::new(&text, self.extra_tokens);
        Ok(Running { text, implicit_newline, tokenizer })
    }
}

fn chars(s: &str) -> i64 {
    s.chars().count() as i64
}

impl Running {
    /// The source line that begins at `start`, or the lines down to the one being read.
    fn line(&self, start: usize) -> &str {
        let current = self.tokenizer.line_start();
        let end = self.text[current..].find('\n').map_or(self.text.len(), |i| current + i + 1);
        let end = if self.implicit_newline && end == self.text.len() { end - 1 } else { end };
        self.text.get(start..end.max(start)).unwrap_or("")
    }

    /// (type, string, start, end, line)
    fn tuple(&self, ts: &ThreadState, t: &Token, extra_tokens: bool) -> Value {
        let trailing = t.kind == Kind::EndMarker || t.kind == Kind::Dedent && self.tokenizer.at_end();
        let multi = matches!(t.kind, Kind::String | Kind::FStringMiddle | Kind::TStringMiddle);
        let line_start = if multi { self.tokenizer.first_line_start() } else { self.tokenizer.line_start() };
        let at_last_line_end = self.implicit_newline && t.end + 1 >= self.text.len();
        let text = if t.loc.col < 0 { "" } else { &self.text[t.start..t.end] };
        let mut string = text;
        let mut kind = number(t.kind, text);
        let mut position = [t.loc.line as i64, -1, t.loc.end_line as i64, -1];
        if t.loc.col >= 0 {
            position[1] = chars(&self.text[t.start - t.loc.col as usize..t.start]);
        }
        if t.loc.end_col >= 0 {
            position[3] = chars(&self.text[t.end - t.loc.end_col as usize..t.end]);
        }
        let mut line = self.line(line_start);
        if trailing {
            line = "";
        }
        if extra_tokens {
            if trailing {
                position = [position[0] + 1, 0, position[0] + 1, 0];
            }
            match t.kind {
                Kind::Op => kind = OP,
                Kind::Newline if at_last_line_end => string = "",
                Kind::Newline if self.text[t.end..].starts_with('\r') => string = "\r\n",
                Kind::Newline => string = "\n",
                Kind::Nl if at_last_line_end => string = "",
                _ => {}
            }
            if t.kind == Kind::Newline {
                position[3] += 1;
            }
            if matches!(t.kind, Kind::Indent | Kind::Dedent) && !trailing {
                let column = self.tokenizer.column();
                let indent = &self.text[line_start..line_start + column as usize];
                position[1] = if t.kind == Kind::Indent { 0 } else { chars(indent) };
                position[3] = chars(indent);
                if t.kind == Kind::Indent {
                    string = indent;
                }
            }
        }
        let pair = |a, b| {
            Tuple::new(ts, vec![int::from_i64(ts, a), int::from_i64(ts, b)]).into_value()
        };
        let items = vec![
            int::from_i64(ts, kind),
            Str::new(ts, string).into_value(),
            pair(position[0], position[1]),
            pair(position[2], position[3]),
            Str::new(ts, line).into_value(),
        ];
        Tuple::new(ts, items).into_value()
    }

    fn error(&self, failure: Failure) -> Error {
        let lineno = self.tokenizer.lineno;
        match failure {
            Failure::Error(e) => *e,
            Failure::Line(kind, message, _) => {
                let line = self.tokenizer.pending_text();
                let line = line.trim_end_matches('\n');
                let mut e = *Error::new(kind, message);
                (e.lineno, e.offset) = (Some(lineno), Some(line.chars().count() as i32 + 1));
                e.text = Some(line.into());
                e
            }
            Failure::EndOfFile => {
                let mut e = *Error::new(ErrorKind::SyntaxError, "unexpected EOF in multi-line statement");
                e.lineno = Some(lineno);
                e.offset = Some(0);
                e
            }
        }
    }
}

fn raise(ts: &ThreadState, e: &Error) -> Raised {
    let mut e = e.clone();
    e.filename = std::sync::Arc::new("<string>".into());
    crate::compile::raise(ts, &e)
}

const OP: i64 = 55;

/// The number of an exact token type, as in the module `token`.
fn number(kind: Kind, text: &str) -> i64 {
    match kind {
        Kind::EndMarker => 0,
        Kind::Name => 1,
        Kind::Number => 2,
        Kind::String => 3,
        Kind::Newline => 4,
        Kind::Indent => 5,
        Kind::Dedent => 6,
        Kind::FStringStart => 59,
        Kind::FStringMiddle => 60,
        Kind::FStringEnd => 61,
        Kind::TStringStart => 62,
        Kind::TStringMiddle => 63,
        Kind::TStringEnd => 64,
        Kind::Comment => 65,
        Kind::Nl => 66,
        Kind::Op => OPERATORS.iter().position(|o| *o == text).map_or(OP, |i| 7 + i as i64),
    }
}

/// In the order of their numbers, from 7.
const OPERATORS: [&str; 48] = [
    "(", ")", "[", "]", ":", ",", ";", "+", "-", "*", "/", "|", "&", "<", ">", "=", ".", "%", "{", "}", "==", "!=",
    "<=", ">=", "~", "^", "<<", ">>", "**", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", "**=",
    "//", "//=", "@", "@=", "->", "...", ":=", "!",
];

pub static MODULE: ModuleDef = ModuleDef {
    name: "_tokenize",
    doc: "",
    functions: &[],
    init: Some(|ts, dict| {
        dict.set_name(ts, "TokenizerIter", TokenizerIter::class(ts).into_value());
        Ok(())
    }),
};
