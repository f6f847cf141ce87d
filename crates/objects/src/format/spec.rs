//! The format-spec mini-language: `[[fill]align][sign][z][#][0][width][grouping][.precision[grouping]][type]`.

use crate::str::StrBuilder;
use crate::thread::ThreadState;
use crate::unicode::{self, wtf8::CodePoints};
use crate::value::{Raised, Result, Value};
use smallvec::SmallVec;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Align {
    Left,
    Right,
    Center,
    /// Padding goes between the sign and the digits (`=`).
    AfterSign,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Grouping {
    None,
    Comma,
    Underscore,
    /// Underscores every four digits: `_` with b, o, x, X.
    UnderscoreFour,
}

impl Grouping {
    pub fn separator(self) -> Option<u8> {
        match self {
            Grouping::None => None,
            Grouping::Comma => Some(b','),
            _ => Some(b'_'),
        }
    }
    /// Digits between separators.
    pub fn size(self) -> usize {
        if self == Grouping::UnderscoreFour { 4 } else { 3 }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sign {
    /// Nothing was said.
    Default,
    Plus,
    Minus,
    Space,
}

/// A parsed format spec.
#[derive(Clone, Debug)]
pub struct FormatSpec {
    /// Code point to pad with.
    pub fill: u32,
    pub align: Align,
    pub align_given: bool,
    pub fill_given: bool,
    pub sign: Sign,
    /// `z`: negative zero becomes positive.
    pub no_neg_0: bool,
    /// `#`
    pub alternate: bool,
    pub width: Option<usize>,
    pub grouping: Grouping,
    /// Grouping of the digits behind the point.
    pub frac_grouping: Grouping,
    pub precision: Option<usize>,
    /// The presentation type, a code point; the default type when none was given; 0 for none at all.
    pub kind: u32,
}

fn align_of(c: Option<u32>) -> Option<Align> {
    Some(match char::from_u32(c?)? {
        '<' => Align::Left,
        '>' => Align::Right,
        '^' => Align::Center,
        '=' => Align::AfterSign,
        _ => return None,
    })
}

struct Cursor {
    chars: SmallVec<[u32; 16]>,
    at: usize,
}

impl Cursor {
    fn peek(&self, ahead: usize) -> Option<u32> {
        self.chars.get(self.at + ahead).copied()
    }
    fn eat(&mut self, c: char) -> bool {
        let hit = self.peek(0) == Some(c as u32);
        self.at += hit as usize;
        hit
    }
    /// Decimal digits of any script; `None` when there are none.
    fn number(&mut self, ts: &ThreadState) -> Result<Option<usize>> {
        let mut n: Option<usize> = None;
        while let Some(d) = self.peek(0).and_then(|c| if c < 128 { (c as u8).is_ascii_digit().then(|| c as u8 - b'0') } else { unicode::decimal(c) }) {
            let d = d as usize;
            let before = n.unwrap_or(0);
            if before > (isize::MAX as usize - d) / 10 {
                return Err(ts.value_error("Too many decimal digits in format string"));
            }
            n = Some(before * 10 + d);
            self.at += 1;
        }
        Ok(n)
    }
    /// `,` or `_`, not both.
    fn grouping(&mut self, ts: &ThreadState) -> Result<Grouping> {
        let both = || Err(ts.value_error("Cannot specify both ',' and '_'."));
        let mut grouping = Grouping::None;
        if self.eat(',') {
            grouping = Grouping::Comma;
        }
        if self.eat('_') {
            if grouping != Grouping::None {
                return both();
            }
            grouping = Grouping::Underscore;
        }
        if self.peek(0) == Some(',' as u32) && grouping == Grouping::Underscore {
            return both();
        }
        Ok(grouping)
    }
}

/// A code point as the error messages show it.
fn shown(c: u32) -> String {
    if c > 32 && c < 128 { (c as u8 as char).to_string() } else { format!("\\x{c:x}") }
}

impl FormatSpec {
    /// Parses `spec` (generalised UTF-8) for formatting `object`; `default_kind` and `default_align` are its
    /// type's: `'s'` and left for str, `'d'` and right for int, 0 and right for float.
    pub fn parse(ts: &ThreadState, spec: &[u8], object: &Value, default_kind: u8, default_align: Align) -> Result<FormatSpec> {
        let chars = if spec.is_ascii() { spec.iter().map(|&b| b as u32).collect() } else { CodePoints::new(spec).collect() };
        let mut c = Cursor { chars, at: 0 };
        let mut f = FormatSpec {
            fill: ' ' as u32,
            align: default_align,
            align_given: false,
            fill_given: false,
            sign: Sign::Default,
            no_neg_0: false,
            alternate: false,
            width: None,
            grouping: Grouping::None,
            frac_grouping: Grouping::None,
            precision: None,
            kind: default_kind as u32,
        };
        if let Some(align) = align_of(c.peek(1)) {
            (f.fill, f.align) = (c.chars[c.at], align);
            (f.fill_given, f.align_given) = (true, true);
            c.at += 2;
        } else if let Some(align) = align_of(c.peek(0)) {
            f.align = align;
            f.align_given = true;
            c.at += 1;
        }
        if c.eat('+') {
            f.sign = Sign::Plus;
        } else if c.eat('-') {
            f.sign = Sign::Minus;
        } else if c.eat(' ') {
            f.sign = Sign::Space;
        }
        f.no_neg_0 = c.eat('z');
        f.alternate = c.eat('#');
        if !f.fill_given && c.eat('0') {
            f.fill = '0' as u32;
            if !f.align_given && default_align == Align::Right {
                f.align = Align::AfterSign;
            }
        }
        f.width = c.number(ts)?;
        f.grouping = c.grouping(ts)?;
        if c.eat('.') {
            f.precision = c.number(ts)?;
            f.frac_grouping = c.grouping(ts)?;
            if f.precision.is_none() && f.frac_grouping == Grouping::None {
                return Err(ts.value_error("Format specifier missing precision"));
            }
        }
        if c.chars.len() - c.at > 1 {
            let spec = String::from_utf8_lossy(spec);
            return Err(ts.value_error(format!("Invalid format specifier '{spec}' for object of type '{}'", object.type_name(ts))));
        }
        if let Some(kind) = c.peek(0) {
            f.kind = kind;
        }
        let refused = |separator: u8, kind| ts.value_error(format!("Cannot specify '{}' with '{}'.", separator as char, shown(kind)));
        if f.kind == 'n' as u32
            && let Some(separator) = f.grouping.separator().or(f.frac_grouping.separator())
            && f.frac_grouping != Grouping::None
        {
            return Err(refused(separator, f.kind));
        }
        if let Some(separator) = f.grouping.separator() {
            match u8::try_from(f.kind).unwrap_or(255) {
                b'd' | b'e' | b'f' | b'g' | b'E' | b'G' | b'%' | b'F' | 0 => {}
                b'b' | b'o' | b'x' | b'X' if f.grouping == Grouping::Underscore => f.grouping = Grouping::UnderscoreFour,
                _ => return Err(refused(separator, f.kind)),
            }
        }
        if let Some(separator) = f.frac_grouping.separator()
            && f.kind == 'n' as u32
        {
            return Err(ts.value_error(format!("Cannot specify '{}' with 'n'.", separator as char)));
        }
        Ok(f)
    }
    /// The error for a presentation type that the object does not know.
    pub fn unknown_kind(&self, ts: &ThreadState, object: &Value) -> Raised {
        ts.value_error(format!("Unknown format code '{}' for object of type '{}'", shown(self.kind), object.type_name(ts)))
    }
    /// Padding before and behind something that is `len` code points wide.
    pub fn padding(&self, len: usize) -> (usize, usize) {
        let total = self.width.unwrap_or(0).saturating_sub(len);
        match self.align {
            Align::Left => (0, total),
            Align::Right | Align::AfterSign => (total, 0),
            Align::Center => (total / 2, total - total / 2),
        }
    }
    /// Appends `text`, of `len` code points, padded to the width. Errors when the width asks for more
    /// memory than there is.
    pub fn pad(&self, ts: &ThreadState, out: &mut StrBuilder, text: &[u8], len: usize) -> Result<()> {
        let (before, behind) = self.padding(len);
        out.reserve(ts, text.len() + (before + behind).saturating_mul(4))?;
        out.push_repeated(self.fill, before);
        out.push_bytes(text);
        out.push_repeated(self.fill, behind);
        Ok(())
    }
}
