//! What can go wrong while compiling, and warnings.

use std::fmt;
use std::sync::Arc;

use taipan_isa::Wtf8;
use taipan_isa::locations::Location;

/// The Python exception to raise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    SyntaxError,
    IndentationError,
    TabError,
    /// Raised only if [`crate::Options::incomplete`] asks for it: more input may make it valid.
    IncompleteInputError,
    ValueError,
    TypeError,
    OverflowError,
    MemoryError,
    RecursionError,
    SystemError,
}

impl ErrorKind {
    /// The exception's name.
    pub fn name(self) -> &'static str {
        match self {
            ErrorKind::SyntaxError => "SyntaxError",
            ErrorKind::IndentationError => "IndentationError",
            ErrorKind::TabError => "TabError",
            ErrorKind::IncompleteInputError => "_IncompleteInputError",
            ErrorKind::ValueError => "ValueError",
            ErrorKind::TypeError => "TypeError",
            ErrorKind::OverflowError => "OverflowError",
            ErrorKind::MemoryError => "MemoryError",
            ErrorKind::RecursionError => "RecursionError",
            ErrorKind::SystemError => "SystemError",
        }
    }
    /// Whether it is SyntaxError or a subclass: then the position matters.
    pub fn is_syntax(self) -> bool {
        use ErrorKind::*;
        matches!(self, SyntaxError | IndentationError | TabError | IncompleteInputError)
    }
}

/// A failed compilation, with what the exception's attributes shall be.
#[derive(Clone, Debug)]
pub struct Error {
    pub kind: ErrorKind,
    pub msg: String,
    pub filename: Arc<Wtf8>,
    pub lineno: Option<i32>,
    /// From 1, in characters.
    pub offset: Option<i32>,
    pub end_lineno: Option<i32>,
    pub end_offset: Option<i32>,
    /// The source line, where known.
    pub text: Option<String>,
    /// For whoever looks for misspelt keywords: where the last compound statement before the mistake begins,
    /// and the whole source.
    pub context: Option<Box<(i32, i32, String)>>,
}

pub type Result<T> = std::result::Result<T, Box<Error>>;

impl Error {
    pub fn new(kind: ErrorKind, msg: impl Into<String>) -> Box<Error> {
        Box::new(Error {
            kind,
            msg: msg.into(),
            filename: Arc::default(),
            lineno: None,
            offset: None,
            end_lineno: None,
            end_offset: None,
            text: None,
            context: None,
        })
    }
    /// A SyntaxError found by the compiler, at `loc`.
    pub fn syntax(msg: impl Into<String>, loc: Location) -> Box<Error> {
        let mut e = Error::new(ErrorKind::SyntaxError, msg);
        e.lineno = Some(loc.line);
        e.offset = Some(loc.col + 1);
        e.end_lineno = Some(loc.end_line);
        e.end_offset = Some(loc.end_col + 1);
        e
    }
    /// Too deeply nested for the compiler.
    pub fn recursion() -> Box<Error> {
        Error::new(ErrorKind::RecursionError, "maximum recursion depth exceeded during compilation")
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.name(), self.msg)?;
        if let Some(l) = self.lineno {
            write!(f, " ({}, line {l})", self.filename.to_string_lossy())?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WarningKind {
    SyntaxWarning,
    DeprecationWarning,
}

/// A warning to issue once compilation has succeeded; if the filters make it an error, a
/// SyntaxError with its message and position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    pub kind: WarningKind,
    pub msg: String,
    pub lineno: i32,
    pub offset: i32,
    pub end_lineno: i32,
    pub end_offset: i32,
}

impl Warning {
    pub fn syntax(msg: impl Into<String>, loc: Location) -> Warning {
        Warning {
            kind: WarningKind::SyntaxWarning,
            msg: msg.into(),
            lineno: loc.line,
            offset: loc.col + 1,
            end_lineno: loc.end_line,
            end_offset: loc.end_col + 1,
        }
    }
}
