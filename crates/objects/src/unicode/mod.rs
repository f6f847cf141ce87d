//! What Unicode 16 says about code points, and how text is encoded inside `str`. The tables are written by
//! `tools/unicode_tables.py`; names and normal forms are with the module `unicodedata`.

#[rustfmt::skip]
#[path = "generated/tables.rs"]
pub mod tables;
pub mod names;
pub mod wtf8;

pub use tables::*;

/// What code points of one kind have in common.
pub struct Record {
    pub flags: u32,
    /// Index into [`CATEGORIES`].
    pub category: u8,
    /// Decimal digit value, 255 when there is none.
    pub decimal: u8,
    /// Digit value, 255 when there is none.
    pub digit: u8,
    /// Differences to the mapped code point, or places in [`EXTRA`].
    lower: i32,
    upper: i32,
    title: i32,
    fold: i32,
}

#[inline]
pub fn record(cp: u32) -> &'static Record {
    let cp = cp as usize;
    let block = FIRST.get(cp >> 7).copied().unwrap_or(0) as usize;
    &RECORDS[SECOND[block << 7 | cp & 127] as usize]
}

/// Flags of ASCII, for the common case.
static ASCII: [u32; 128] = {
    let mut flags = [0; 128];
    let mut i = 0;
    while i < 128 {
        flags[i] = RECORDS[SECOND[(FIRST[0] as usize) << 7 | i] as usize].flags;
        i += 1;
    }
    flags
};

#[inline]
pub fn flags(cp: u32) -> u32 {
    if cp < 128 { ASCII[cp as usize] } else { record(cp).flags }
}
#[inline]
pub fn is(cp: u32, flag: u32) -> bool {
    flags(cp) & flag != 0
}
#[inline]
pub fn is_space(cp: u32) -> bool {
    is(cp, SPACE)
}
#[inline]
pub fn is_line_break(cp: u32) -> bool {
    is(cp, LINE_BREAK)
}
#[inline]
pub fn is_printable(cp: u32) -> bool {
    is(cp, PRINTABLE)
}
#[inline]
pub fn is_alnum(cp: u32) -> bool {
    is(cp, ALPHA | DECIMAL | DIGIT | NUMERIC)
}
/// The value of a decimal digit of any script.
#[inline]
pub fn decimal(cp: u32) -> Option<u8> {
    if cp < 128 {
        return (cp as u8).is_ascii_digit().then(|| cp as u8 - b'0');
    }
    match record(cp).decimal {
        255 => None,
        d => Some(d),
    }
}
pub fn digit(cp: u32) -> Option<u8> {
    match record(cp).digit {
        255 => None,
        d => Some(d),
    }
}
pub fn category(cp: u32) -> &'static str {
    CATEGORIES[record(cp).category as usize]
}

/// What a case mapping gives for one code point: up to three.
pub enum Mapped {
    One(u32),
    Several(&'static [u32]),
}

impl Mapped {
    #[inline]
    pub fn push(self, out: &mut Vec<u8>) {
        match self {
            Mapped::One(c) => wtf8::push(out, c),
            Mapped::Several(all) => all.iter().for_each(|&c| wtf8::push(out, c)),
        }
    }
}

#[inline]
fn mapped(cp: u32, difference: i32, extra: bool) -> Mapped {
    if extra {
        let at = difference as usize;
        Mapped::Several(&EXTRA[at + 2..at + 2 + EXTRA[at + 1] as usize])
    } else {
        Mapped::One(cp.wrapping_add_signed(difference))
    }
}

pub fn to_lower(cp: u32) -> Mapped {
    let r = record(cp);
    mapped(cp, r.lower, r.flags & EXTRA_LOWER != 0)
}
pub fn to_upper(cp: u32) -> Mapped {
    let r = record(cp);
    mapped(cp, r.upper, r.flags & EXTRA_UPPER != 0)
}
pub fn to_title(cp: u32) -> Mapped {
    let r = record(cp);
    mapped(cp, r.title, r.flags & EXTRA_TITLE != 0)
}
pub fn to_fold(cp: u32) -> Mapped {
    let r = record(cp);
    mapped(cp, r.fold, r.flags & EXTRA_FOLD != 0)
}
/// The simple lower-case mapping: always one code point (what `_sre` compares).
pub fn simple_lower(cp: u32) -> u32 {
    let r = record(cp);
    if r.flags & EXTRA_LOWER != 0 { EXTRA[r.lower as usize] } else { cp.wrapping_add_signed(r.lower) }
}
/// The simple upper-case mapping; code points whose upper case is longer stay.
pub fn simple_upper(cp: u32) -> u32 {
    let r = record(cp);
    if r.flags & EXTRA_UPPER != 0 { EXTRA[r.upper as usize] } else { cp.wrapping_add_signed(r.upper) }
}

/// May `text` (code points of a `str`) be a Python identifier? Keywords are.
pub fn is_identifier(text: &[u8]) -> bool {
    let mut all = wtf8::CodePoints::new(text);
    all.next().is_some_and(|c| is(c, XID_START)) && all.all(|c| is(c, XID_CONTINUE))
}
