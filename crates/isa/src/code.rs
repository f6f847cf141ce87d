//! Code objects as plain data: no Python objects, shared between threads and interpreters.

use std::fmt;
use std::sync::Arc;

/// A name: shared, because the same one stands in many code objects.
pub type Name = Arc<str>;

/// Bits of [`Code::flags`].
pub mod co {
    pub const OPTIMIZED: u32 = 0x1;
    pub const NEWLOCALS: u32 = 0x2;
    pub const VARARGS: u32 = 0x4;
    pub const VARKEYWORDS: u32 = 0x8;
    pub const NESTED: u32 = 0x10;
    pub const GENERATOR: u32 = 0x20;
    pub const COROUTINE: u32 = 0x80;
    pub const ITERABLE_COROUTINE: u32 = 0x100;
    pub const ASYNC_GENERATOR: u32 = 0x200;
    pub const FUTURE_DIVISION: u32 = 0x20000;
    pub const FUTURE_ABSOLUTE_IMPORT: u32 = 0x40000;
    pub const FUTURE_WITH_STATEMENT: u32 = 0x80000;
    pub const FUTURE_PRINT_FUNCTION: u32 = 0x100000;
    pub const FUTURE_UNICODE_LITERALS: u32 = 0x200000;
    pub const FUTURE_BARRY_AS_BDFL: u32 = 0x400000;
    pub const FUTURE_GENERATOR_STOP: u32 = 0x800000;
    pub const FUTURE_ANNOTATIONS: u32 = 0x1000000;
    pub const HAS_DOCSTRING: u32 = 0x4000000;
    pub const METHOD: u32 = 0x8000000;
    /// The code takes the place of native code: its frames are shown to nobody. (`co_flags` does not tell.)
    pub const STANDS_IN: u32 = 0x8000_0000;
}

/// Bits of [`Code::local_kinds`].
pub mod local_kind {
    /// A positional-only or positional argument (both bits: by position or keyword).
    pub const ARG_POS: u8 = 0x02;
    pub const ARG_KW: u8 = 0x04;
    /// `*args` or `**kwargs`, together with `ARG_POS` or `ARG_KW`.
    pub const ARG_VAR: u8 = 0x08;
    /// Hidden from `locals()`: a variable of an inlined comprehension.
    pub const HIDDEN: u8 = 0x10;
    pub const LOCAL: u8 = 0x20;
    pub const CELL: u8 = 0x40;
    pub const FREE: u8 = 0x80;
}

/// Text that may hold surrogates: generalised UTF-8, each surrogate as three bytes, never joined
/// into one character.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Wtf8(pub Box<[u8]>);

impl Wtf8 {
    /// The text, if it holds no surrogates.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
    pub fn to_string_lossy(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }
    /// Its code points, surrogates included.
    pub fn code_points(&self) -> CodePoints<'_> {
        CodePoints(&self.0)
    }
    /// Appends `cp`, which may be a surrogate, to `out`.
    pub fn push_code_point(out: &mut Vec<u8>, cp: u32) {
        match char::from_u32(cp) {
            Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            None => out.extend_from_slice(&[
                0xe0 | (cp >> 12 & 0xf) as u8,
                0x80 | (cp >> 6 & 0x3f) as u8,
                0x80 | (cp & 0x3f) as u8,
            ]),
        }
    }
}

/// Iterator of [`Wtf8::code_points`].
pub struct CodePoints<'a>(&'a [u8]);

impl Iterator for CodePoints<'_> {
    type Item = u32;
    fn next(&mut self) -> Option<u32> {
        let &first = self.0.first()?;
        let (len, mut cp) = match first {
            0..0x80 => (1, first as u32),
            0x80..0xe0 => (2, (first & 0x1f) as u32),
            0xe0..0xf0 => (3, (first & 0xf) as u32),
            _ => (4, (first & 7) as u32),
        };
        for &b in self.0.get(1..len).unwrap_or(&[]) {
            cp = cp << 6 | (b & 0x3f) as u32;
        }
        self.0 = self.0.get(len..).unwrap_or(&[]);
        Some(cp)
    }
}

impl From<&str> for Wtf8 {
    fn from(s: &str) -> Wtf8 {
        Wtf8(s.as_bytes().into())
    }
}

impl From<String> for Wtf8 {
    fn from(s: String) -> Wtf8 {
        Wtf8(s.into_bytes().into())
    }
}

impl fmt::Debug for Wtf8 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_str() {
            Some(s) => write!(f, "{s:?}"),
            None => {
                f.write_str("\"")?;
                for cp in self.code_points() {
                    match char::from_u32(cp) {
                        Some(c) => write!(f, "{}", c.escape_debug())?,
                        None => write!(f, "\\u{cp:04x}")?,
                    }
                }
                f.write_str("\"")
            }
        }
    }
}

/// A constant of a code object.
#[derive(Clone, Debug)]
pub enum Const {
    None,
    Ellipsis,
    Bool(bool),
    Int(i64),
    /// Beyond 64 bits: sign and magnitude, little-endian digits in base 2³².
    BigInt { negative: bool, digits: Box<[u32]> },
    Float(f64),
    Complex { re: f64, im: f64 },
    Str(Wtf8),
    Bytes(Box<[u8]>),
    Tuple(Box<[Const]>),
    FrozenSet(Box<[Const]>),
    Slice(Box<[Const; 3]>),
    Code(Arc<Code>),
}

/// A compiled block of Python.
#[derive(Clone, Debug, Default)]
pub struct Code {
    pub name: Name,
    pub qualname: Name,
    pub filename: Arc<Wtf8>,
    pub firstlineno: u32,
    /// Positional arguments, positional-only ones included.
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    pub stacksize: u32,
    /// See [`co`].
    pub flags: u32,
    /// Names of the fast locals: arguments, locals, cells, free variables.
    pub local_names: Box<[Name]>,
    /// For each fast local, see [`local_kind`].
    pub local_kinds: Box<[u8]>,
    /// Instructions: opcode in the low byte, oparg in the high byte; caches are zero.
    pub units: Box<[u16]>,
    pub consts: Box<[Const]>,
    pub names: Box<[Name]>,
    /// Source positions: see [`crate::locations`].
    pub linetable: Box<[u8]>,
    /// Exception handlers: see [`crate::exceptions`].
    pub exceptiontable: Box<[u8]>,
}

impl Default for Const {
    fn default() -> Const {
        Const::None
    }
}

impl Code {
    fn count_kind(&self, kind: u8) -> usize {
        self.local_kinds.iter().filter(|k| **k & kind != 0).count()
    }
    pub fn nlocals(&self) -> usize {
        self.count_kind(local_kind::LOCAL)
    }
    pub fn ncells(&self) -> usize {
        self.count_kind(local_kind::CELL)
    }
    pub fn nfrees(&self) -> usize {
        self.count_kind(local_kind::FREE)
    }
    /// Number of fast locals.
    pub fn nlocalsplus(&self) -> usize {
        self.local_names.len()
    }
    /// All arguments, `*args` and `**kwargs` included: the first fast locals.
    pub fn total_args(&self) -> usize {
        self.argcount as usize
            + self.kwonlyargcount as usize
            + (self.flags & co::VARARGS != 0) as usize
            + (self.flags & co::VARKEYWORDS != 0) as usize
    }
    fn names_of_kind(&self, kind: u8) -> impl Iterator<Item = &Name> {
        self.local_names.iter().zip(&self.local_kinds).filter(move |(_, k)| **k & kind != 0).map(|(n, _)| n)
    }
    /// `co_varnames`.
    pub fn varnames(&self) -> impl Iterator<Item = &Name> {
        self.names_of_kind(local_kind::LOCAL)
    }
    /// `co_cellvars`.
    pub fn cellvars(&self) -> impl Iterator<Item = &Name> {
        self.names_of_kind(local_kind::CELL)
    }
    /// `co_freevars`.
    pub fn freevars(&self) -> impl Iterator<Item = &Name> {
        self.names_of_kind(local_kind::FREE)
    }
    /// Every code object among the constants.
    pub fn children(&self) -> impl Iterator<Item = &Arc<Code>> {
        self.consts.iter().filter_map(|c| match c {
            Const::Code(c) => Some(c),
            _ => None,
        })
    }
    /// The opcode at `unit` (a cache reads as `CACHE`).
    pub fn op(&self, unit: usize) -> u8 {
        self.units[unit] as u8
    }
    /// The docstring, if the code has one.
    pub fn docstring(&self) -> Option<&Const> {
        (self.flags & co::HAS_DOCSTRING != 0).then(|| self.consts.first()).flatten()
    }
}
