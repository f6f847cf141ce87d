//! `unicodedata`: the Unicode character database, version 16 and, as `ucd_3_2_0`, version 3.2.

mod normalize;
#[rustfmt::skip]
mod tables;

use normalize::Form;
use tables::*;
use taipan_macros::class;
use taipan_objects::heap::{self, Ref};
use taipan_objects::native::{ArgCx, FromArg, ModuleDef, bad_argument};
use taipan_objects::payload;
use taipan_objects::str::{Str, StrBuilder};
use taipan_objects::unicode::{self, CATEGORIES, names};
use taipan_objects::{Result, ThreadState, Value, float, int};

/// What code points of one kind have in common.
pub struct Record {
    bidirectional: u8,
    width: u8,
    mirrored: bool,
    combining: u8,
}

/// What Unicode 3.2 said of a code point.
pub struct Old {
    category: u8,
    bidirectional: u8,
    width: u8,
    mirrored: bool,
    decimal: u8,
    numeric: f64,
}

fn record(c: u32) -> &'static Record {
    let block = FIRST[(c >> 7) as usize] as usize;
    &RECORDS[SECOND[block << 7 | (c & 127) as usize] as usize]
}

/// What was different then.
fn old_of(c: u32) -> Option<&'static Old> {
    let i = OLD.partition_point(|r| r.1 < c);
    OLD.get(i).filter(|r| r.0 <= c).map(|r| &r.2)
}

/// The tag's number and the parts.
fn decomposition_of(c: u32) -> Option<(u8, &'static [u32])> {
    let i = DECOMPOSITIONS.binary_search_by_key(&c, |d| d.0).ok()?;
    let (_, tag, start, len) = DECOMPOSITIONS[i];
    Some((tag, &DECOMPOSED[start as usize..start as usize + len as usize]))
}

/// A parameter that is one character.
pub struct Chr(u32);

impl<'a> FromArg<'a> for Chr {
    fn from_arg(ts: &ThreadState, v: &'a Value, cx: &ArgCx) -> Result<Chr> {
        let Some(s) = v.as_str() else { return Err(bad_argument(ts, cx, "a unicode character", v)) };
        s.single().map(Chr).ok_or_else(|| {
            let message = format!("{}(): argument must be a unicode character, not a string of length {}", cx.function, s.len());
            ts.type_error(message)
        })
    }
}

/// A version of the database: its methods are the module's functions.
pub struct Ucd {
    old: bool,
}
payload!(Ucd);

impl Ucd {
    fn old(&self, c: u32) -> Option<&'static Old> {
        if self.old { old_of(c) } else { None }
    }
    fn is_unassigned_then(&self, c: u32) -> bool {
        self.old(c).is_some_and(|o| o.category == 0)
    }
    fn form(ts: &ThreadState, form: &Str) -> Result<Form> {
        Form::named(form.bytes()).ok_or_else(|| ts.value_error("invalid normalization form"))
    }
}

fn or_default(ts: &ThreadState, found: Option<Value>, default: Option<&Value>, message: &str) -> Result<Value> {
    match (found, default) {
        (Some(v), _) => Ok(v),
        (None, Some(d)) => Ok(d.clone()),
        (None, None) => Err(ts.value_error(message)),
    }
}

#[class(name = "UCD", module = "unicodedata", no_new, final)]
impl Ucd {
    /// Converts a Unicode character into its equivalent decimal value.
    #[method("decimal($self, chr, default=<unrepresentable>, /)")]
    fn decimal(&self, ts: &ThreadState, chr: Chr, default: Option<&Value>) -> Result<Value> {
        let found = match self.old(chr.0) {
            Some(o) => Some(o.decimal).filter(|d| *d != 255),
            None => unicode::decimal(chr.0),
        };
        or_default(ts, found.map(|d| int::from_i64(ts, d as i64)), default, "not a decimal")
    }
    /// Converts a Unicode character into its equivalent digit value.
    #[method("digit($self, chr, default=<unrepresentable>, /)")]
    fn digit(&self, ts: &ThreadState, chr: Chr, default: Option<&Value>) -> Result<Value> {
        let found = unicode::digit(chr.0).map(|d| int::from_i64(ts, d as i64));
        or_default(ts, found, default, "not a digit")
    }
    /// Converts a Unicode character into its equivalent numeric value.
    #[method("numeric($self, chr, default=<unrepresentable>, /)")]
    fn numeric(&self, ts: &ThreadState, chr: Chr, default: Option<&Value>) -> Result<Value> {
        let found = match self.old(chr.0) {
            Some(o) => Some(o.numeric).filter(|n| !n.is_nan()),
            None => NUMERIC.binary_search_by_key(&chr.0, |n| n.0).ok().map(|i| NUMERIC[i].1),
        };
        or_default(ts, found.map(|n| float::new(ts, n)), default, "not a numeric character")
    }
    /// Returns the general category assigned to the character chr as string.
    #[method("category($self, chr, /)")]
    fn category(&self, chr: Chr) -> &'static str {
        match self.old(chr.0) {
            Some(o) => CATEGORIES[o.category as usize],
            None => unicode::category(chr.0),
        }
    }
    /// Returns the bidirectional class assigned to the character chr as string.
    #[method("bidirectional($self, chr, /)")]
    fn bidirectional(&self, chr: Chr) -> &'static str {
        BIDIRECTIONAL[self.old(chr.0).map_or_else(|| record(chr.0).bidirectional, |o| o.bidirectional) as usize]
    }
    /// Returns the canonical combining class assigned to the character chr as integer.
    #[method("combining($self, chr, /)")]
    fn combining(&self, chr: Chr) -> i32 {
        if self.is_unassigned_then(chr.0) { 0 } else { record(chr.0).combining as i32 }
    }
    /// Returns the mirrored property assigned to the character chr as integer.
    #[method("mirrored($self, chr, /)")]
    fn mirrored(&self, chr: Chr) -> i32 {
        self.old(chr.0).map_or_else(|| record(chr.0).mirrored, |o| o.mirrored) as i32
    }
    /// Returns the east asian width assigned to the character chr as string.
    #[method("east_asian_width($self, chr, /)")]
    fn east_asian_width(&self, chr: Chr) -> &'static str {
        WIDTHS[self.old(chr.0).map_or_else(|| record(chr.0).width, |o| o.width) as usize]
    }
    /// Returns the character decomposition mapping assigned to the character chr as string.
    #[method("decomposition($self, chr, /)")]
    fn decomposition(&self, chr: Chr) -> String {
        let codes = |parts: &[u32]| parts.iter().map(|p| format!("{p:04X}")).collect::<Vec<_>>().join(" ");
        if self.is_unassigned_then(chr.0) {
            return String::new();
        }
        if let Some((parts, n)) = normalize::hangul(chr.0) {
            return codes(&parts[..n]);
        }
        match decomposition_of(chr.0) {
            None => String::new(),
            Some((0, parts)) => codes(parts),
            Some((tag, parts)) => format!("{} {}", TAGS[tag as usize], codes(parts)),
        }
    }
    /// Return the normal form 'form' for the Unicode string unistr.
    #[method("normalize($self, form, unistr, /)")]
    fn normalize(&self, ts: &ThreadState, form: &Str, unistr: &Ref<Str>) -> Result<Ref<Str>> {
        let f = Ucd::form(ts, form)?;
        if unistr.is_ascii() {
            return Ok(unistr.plain(ts));
        }
        Ok(Str::from_wtf8(ts, normalize::normalize(unistr.bytes(), f, self.old)))
    }
    /// Return whether the Unicode string unistr is in the normal form 'form'.
    #[method("is_normalized($self, form, unistr, /)")]
    fn is_normalized(&self, ts: &ThreadState, form: &Str, unistr: &Str) -> Result<bool> {
        let f = Ucd::form(ts, form)?;
        Ok(unistr.is_ascii() || normalize::normalize(unistr.bytes(), f, self.old) == unistr.bytes())
    }
    /// Returns the name assigned to the character chr as a string.
    #[method("name($self, chr, default=<unrepresentable>, /)")]
    fn name(&self, ts: &ThreadState, chr: Chr, default: Option<&Value>) -> Result<Value> {
        let found = if self.is_unassigned_then(chr.0) { None } else { names::name(chr.0) };
        or_default(ts, found.map(|n| Str::new(ts, &n).into_value()), default, "no such name")
    }
    /// Look up character by name.
    #[method("lookup($self, name, /)")]
    fn lookup(&self, ts: &ThreadState, name: taipan_objects::buffer::TextOrBuffer<'_>) -> Result<Ref<Str>> {
        let bytes = name.bytes();
        if bytes.len() > 256 {
            return Err(ts.key_error(Str::new(ts, "name too long").as_value()));
        }
        let text = String::from_utf8_lossy(bytes);
        let found = if self.old { names::lookup_name(&text) } else { names::lookup(&text) };
        if let Some(c) = found.filter(|c| !self.is_unassigned_then(*c)) {
            return Ok(Str::from_code_point(ts, c));
        }
        let upper = text.to_ascii_uppercase();
        match SEQUENCES.binary_search_by_key(&upper.as_str(), |s| s.0) {
            Ok(i) if !self.old => {
                let mut out = StrBuilder::new();
                SEQUENCES[i].1.iter().for_each(|&c| out.push(c));
                Ok(out.finish(ts))
            }
            _ => Err(ts.key_error(Str::new(ts, &format!("undefined character name '{text}'")).as_value())),
        }
    }
    #[getter(member)]
    fn unidata_version(&self) -> &'static str {
        if self.old { "3.2.0" } else { "16.0.0" }
    }
}

pub static MODULE: ModuleDef = ModuleDef {
    name: "unicodedata",
    doc: "The Unicode Character Database, version 16.0.0: properties of all Unicode characters.",
    functions: &[],
    init: Some(|ts, dict| {
        let now = heap::new(ts, Ucd { old: false }).into_value();
        for f in <Ucd as taipan_objects::native::ClassDef>::all_methods() {
            dict.set_name(ts, f.name, taipan_objects::descr::builtin::bind(ts, f, &now));
        }
        dict.set_name(ts, "unidata_version", Str::new(ts, "16.0.0").into_value());
        dict.set_name(ts, "ucd_3_2_0", heap::new(ts, Ucd { old: true }).into_value());
        dict.set_name(ts, "UCD", <Ucd as taipan_objects::Payload>::class(ts).into_value());
        Ok(())
    }),
};
