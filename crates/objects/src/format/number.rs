//! `__format__` of int, float and complex.

use super::spec::{Align, FormatSpec, Grouping, Sign};
use crate::float::repr::{Style, write_abs};
use crate::int::{self, IntView};
use crate::str::{Str, StrBuilder};
use crate::thread::ThreadState;
use crate::value::{Result, Value};
use std::borrow::Cow;
use std::cell::RefCell;

/// What `locale.setlocale(LC_NUMERIC, …)` has chosen, for the presentation type `n`.
#[derive(Clone, Debug)]
pub struct NumericLocale {
    pub decimal_point: Cow<'static, str>,
    pub thousands_sep: Cow<'static, str>,
    /// Sizes of groups from the right, as in C's `lconv`: 0 repeats the one before, 127 ends grouping.
    pub grouping: Vec<u8>,
}

impl Default for NumericLocale {
    fn default() -> Self {
        NumericLocale { decimal_point: ".".into(), thousands_sep: "".into(), grouping: vec![] }
    }
}

/// Where the interpreter keeps its numeric locale.
#[derive(Default)]
pub struct LocaleState(pub RefCell<NumericLocale>);

fn locale_of(spec: &FormatSpec, ts: &ThreadState) -> NumericLocale {
    if spec.kind == 'n' as u32 {
        return ts.interp().extension::<LocaleState>().0.borrow().clone();
    }
    match spec.grouping.separator() {
        Some(c) => NumericLocale {
            decimal_point: ".".into(),
            thousands_sep: if c == b',' { "," } else { "_" }.into(),
            grouping: vec![spec.grouping.size() as u8, 0],
        },
        None => NumericLocale::default(),
    }
}

/// A number taken apart for layout.
struct Parts<'a> {
    negative: bool,
    prefix: &'a str,
    /// Digits in front of the point.
    whole: &'a str,
    has_point: bool,
    fraction: String,
    /// What follows: an exponent, `%`, or a text that is no digits at all.
    rest: &'a str,
}

/// Splits `123.45e+10` into its parts.
fn split<'a>(text: &'a str, negative: bool, spec: &FormatSpec) -> Parts<'a> {
    let digits = |s: &str| s.bytes().take_while(u8::is_ascii_digit).count();
    let (whole, mut rest) = text.split_at(digits(text));
    let has_point = rest.starts_with('.');
    let mut fraction = String::new();
    if has_point {
        let f;
        (f, rest) = rest[1..].split_at(digits(&rest[1..]));
        fraction = match spec.frac_grouping.separator() {
            Some(c) if spec.frac_grouping != Grouping::None => {
                let mut out = String::with_capacity(f.len() * 4 / 3);
                for (i, d) in f.chars().enumerate() {
                    if i > 0 && i % 3 == 0 {
                        out.push(c as char);
                    }
                    out.push(d);
                }
                out
            }
            _ => f.to_string(),
        };
    }
    Parts { negative, prefix: "", whole, has_point, fraction, rest }
}

fn sign_of(sign: Sign, negative: bool) -> &'static str {
    match (sign, negative) {
        (_, true) => "-",
        (Sign::Plus, false) => "+",
        (Sign::Space, false) => " ",
        _ => "",
    }
}

/// Inserts separators from the right, and zeros in front until there are `min_width` characters.
fn group_digits(digits: &str, min_width: usize, locale: &NumericLocale) -> String {
    if locale.grouping.is_empty() || locale.thousands_sep.is_empty() {
        let mut out = "0".repeat(min_width.saturating_sub(digits.len()));
        out.push_str(digits);
        return out;
    }
    let separator_len = locale.thousands_sep.chars().count() as i64;
    let mut remaining = digits.len() as i64;
    let mut min_width = min_width as i64;
    let mut pieces: Vec<String> = Vec::new();
    let mut group = 0;
    let mut size = 0i64;
    loop {
        match locale.grouping.get(group) {
            Some(0) | None => {}
            Some(&n) => {
                size = if n >= 127 { i64::MAX } else { n as i64 };
                group += 1;
            }
        }
        let len = size.min(remaining.max(min_width).max(1));
        let zeros = (len - remaining).max(0);
        let chars = remaining.min(len).max(0);
        let end = remaining.max(0) as usize;
        pieces.push("0".repeat(zeros as usize) + &digits[end - chars as usize..end]);
        remaining -= chars;
        min_width -= len;
        if remaining <= 0 && min_width <= 0 {
            break;
        }
        min_width -= separator_len;
    }
    pieces.reverse();
    pieces.join(&locale.thousands_sep)
}

/// Appends the number, padded to the width of `spec`.
fn lay_out(ts: &ThreadState, out: &mut StrBuilder, spec: &FormatSpec, locale: &NumericLocale, p: &Parts<'_>) -> Result<()> {
    let sign = sign_of(spec.sign, p.negative);
    let point = if p.has_point { &*locale.decimal_point } else { "" };
    let fixed = sign.len() + p.prefix.len() + point.chars().count() + p.fraction.len() + p.rest.chars().count();
    let width = spec.width.unwrap_or(0);
    let min_width = if spec.fill == '0' as u32 && spec.align == Align::AfterSign { width.saturating_sub(fixed) } else { 0 };
    out.reserve(ts, width.saturating_mul(if spec.fill < 128 { 1 } else { 4 }).saturating_add(fixed + p.whole.len() * 2))?;
    let whole = if p.whole.is_empty() { String::new() } else { group_digits(p.whole, min_width, locale) };
    let (before, behind) = spec.padding(fixed + whole.chars().count());
    if spec.align != Align::AfterSign {
        out.push_repeated(spec.fill, before);
    }
    out.push_str(sign);
    out.push_str(p.prefix);
    if spec.align == Align::AfterSign {
        out.push_repeated(spec.fill, before);
    }
    out.push_str(&whole);
    out.push_str(point);
    out.push_str(&p.fraction);
    out.push_str(p.rest);
    out.push_repeated(spec.fill, behind);
    Ok(())
}

/// The number as text, when its layout is simple: only ASCII, and no groups but those of three digits that need
/// no zeros in front. `body`: digits, perhaps a fraction and more behind.
fn simple(ts: &ThreadState, spec: &FormatSpec, sign: &str, prefix: &str, body: &[u8]) -> Option<Value> {
    const MOST: usize = 160;
    let width = spec.width.unwrap_or(0);
    if spec.kind == 'n' as u32 || spec.fill >= 128 || spec.frac_grouping != Grouping::None || width > MOST || body.len() > MOST {
        return None;
    }
    let mut grouped = [0u8; MOST * 4 / 3 + 2];
    let mut body = body;
    if let Some(separator) = spec.grouping.separator() {
        if spec.grouping == Grouping::UnderscoreFour || spec.fill == '0' as u32 && spec.align == Align::AfterSign {
            return None;
        }
        let whole = body.iter().take_while(|b| b.is_ascii_digit()).count();
        let mut n = 0;
        for (i, &b) in body.iter().enumerate() {
            if i > 0 && i < whole && (whole - i) % 3 == 0 {
                grouped[n] = separator;
                n += 1;
            }
            grouped[n] = b;
            n += 1;
        }
        body = &grouped[..n];
    }
    let len = sign.len() + prefix.len() + body.len();
    if width <= len {
        return Some(if len == body.len() {
            Str::from_ascii(ts, body).into_value()
        } else {
            Str::from_ascii_pieces(ts, &[sign.as_bytes(), prefix.as_bytes(), body]).into_value()
        });
    }
    let padding = [spec.fill as u8; MOST];
    let (before, behind) = spec.padding(len);
    let (before, behind) = (&padding[..before], &padding[..behind]);
    let (sign, prefix) = (sign.as_bytes(), prefix.as_bytes());
    Some(match spec.align {
        Align::AfterSign => Str::from_ascii_pieces(ts, &[sign, prefix, before, body]),
        _ => Str::from_ascii_pieces(ts, &[before, sign, prefix, body, behind]),
    }
    .into_value())
}

/// `format(i, spec)`; `object` is named in errors. The empty spec is the caller's (`str(i)`).
pub fn format_int(ts: &ThreadState, object: &Value, i: IntView<'_>, spec: &[u8]) -> Result {
    let spec = FormatSpec::parse(ts, spec, object, b'd', Align::Right)?;
    let kind = u8::try_from(spec.kind).unwrap_or(0xff);
    match kind {
        b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'%' => {
            let f = int::arith::to_f64(ts, i)?;
            return float_with(ts, object, f, spec);
        }
        b'b' | b'c' | b'd' | b'o' | b'x' | b'X' | b'n' => {}
        _ => return Err(spec.unknown_kind(ts, object)),
    }
    if spec.precision.is_some() {
        return Err(ts.value_error("Precision not allowed in integer format specifier"));
    }
    if spec.no_neg_0 {
        return Err(ts.value_error("Negative zero coercion (z) not allowed in integer format specifier"));
    }
    let mut out = StrBuilder::new();
    if kind == b'c' {
        if spec.sign != Sign::Default {
            return Err(ts.value_error("Sign not allowed with integer format specifier 'c'"));
        }
        if spec.alternate {
            return Err(ts.value_error("Alternate form (#) not allowed with integer format specifier 'c'"));
        }
        let Some(n) = i.to_i64() else {
            return Err(ts.overflow_error("Python int too large to convert to C long"));
        };
        if !(0..0x110000).contains(&n) {
            return Err(ts.overflow_error("%c arg not in range(0x110000)"));
        }
        let mut one = StrBuilder::new();
        one.push(n as u32);
        spec.pad(ts, &mut out, one.as_bytes(), 1)?;
        return Ok(out.finish(ts).into_value());
    }
    let (base, prefix) = match kind {
        b'b' => (2, "0b"),
        b'o' => (8, "0o"),
        b'x' => (16, "0x"),
        b'X' => (16, "0X"),
        _ => (10, ""),
    };
    let prefix = if spec.alternate { prefix } else { "" };
    if let IntView::Small(n) = i {
        let mut buffer = [0; 64];
        let body = small_digits(&mut buffer, n.unsigned_abs(), base, kind == b'X');
        if let Some(made) = simple(ts, &spec, sign_of(spec.sign, n < 0), prefix, body) {
            return Ok(made);
        }
    }
    let mut digits = int::text::magnitude_in_base(ts, i, base)?;
    if kind == b'X' {
        digits.make_ascii_uppercase();
    }
    let parts = Parts {
        negative: i.is_negative(),
        prefix,
        whole: &digits,
        has_point: false,
        fraction: String::new(),
        rest: "",
    };
    let locale = locale_of(&spec, ts);
    lay_out(ts, &mut out, &spec, &locale, &parts)?;
    Ok(out.finish(ts).into_value())
}

/// The digits of a machine integer, at the end of the buffer.
fn small_digits(buffer: &mut [u8; 64], mut n: u64, base: u32, upper: bool) -> &[u8] {
    if base == 10 {
        let start = 64 - int::digits::count(n);
        int::digits::write(&mut buffer[start..], n);
        return &buffer[start..];
    }
    let table: &[u8; 16] = if upper { b"0123456789ABCDEF" } else { b"0123456789abcdef" };
    let bits = base.trailing_zeros();
    let mut at = 64;
    loop {
        at -= 1;
        buffer[at] = table[(n & (base as u64 - 1)) as usize];
        n >>= bits;
        if n == 0 {
            return &buffer[at..];
        }
    }
}

/// The presentation of a double that a spec asks for, and whether a percent sign follows.
fn float_style(ts: &ThreadState, spec: &FormatSpec) -> Result<(Style, bool)> {
    let kind = spec.kind as u8;
    if spec.precision.is_some_and(|p| p > i32::MAX as usize) {
        return Err(ts.value_error("precision too big"));
    }
    if let Some(p) = spec.precision {
        // As much memory as the digits will take must be there.
        int::reserve_bits(ts, p as u128 * 8)?;
    }
    let style = |kind, precision| Style { kind, precision, alternate: spec.alternate, add_dot_0: false, upper: spec.kind < 128 && (spec.kind as u8).is_ascii_uppercase() };
    Ok(match kind {
        0 => {
            let s = match spec.precision {
                None => style(b'r', 0),
                Some(p) => style(b'g', p),
            };
            (Style { add_dot_0: true, ..s }, false)
        }
        b'%' => (style(b'f', spec.precision.unwrap_or(6)), true),
        b'n' => (style(b'g', spec.precision.unwrap_or(6)), false),
        _ => (style(kind.to_ascii_lowercase(), spec.precision.unwrap_or(6)), false),
    })
}

/// Is it zero as written?
fn only_zeros(text: &str) -> bool {
    text.bytes().take_while(|c| !matches!(c, b'e' | b'E')).all(|c| matches!(c, b'0' | b'.'))
}

/// `format(f, spec)`; the empty spec is the caller's.
pub fn format_float(ts: &ThreadState, object: &Value, f: f64, spec: &[u8]) -> Result {
    let spec = FormatSpec::parse(ts, spec, object, 0, Align::Right)?;
    match u8::try_from(spec.kind).unwrap_or(0xff) {
        0 | b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'n' | b'%' => float_with(ts, object, f, spec),
        _ => Err(spec.unknown_kind(ts, object)),
    }
}

fn float_with(ts: &ThreadState, _object: &Value, f: f64, spec: FormatSpec) -> Result {
    let (style, percent) = float_style(ts, &spec)?;
    let f = if percent { f * 100.0 } else { f };
    let mut text = write_abs(f, style);
    let negative = f.is_sign_negative() && !f.is_nan() && !(spec.no_neg_0 && only_zeros(&text));
    if percent {
        text.push('%');
    }
    if let Some(made) = simple(ts, &spec, sign_of(spec.sign, negative), "", text.as_bytes()) {
        return Ok(made);
    }
    let mut out = StrBuilder::new();
    let locale = locale_of(&spec, ts);
    lay_out(ts, &mut out, &spec, &locale, &split(&text, negative, &spec))?;
    Ok(out.finish(ts).into_value())
}

/// `format(complex(re, im), spec)`; the empty spec is the caller's.
pub fn format_complex(ts: &ThreadState, object: &Value, re: f64, im: f64, spec: &[u8]) -> Result {
    let spec = FormatSpec::parse(ts, spec, object, 0, Align::Right)?;
    match u8::try_from(spec.kind).unwrap_or(0xff) {
        0 | b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'n' => {}
        _ => return Err(spec.unknown_kind(ts, object)),
    }
    if spec.fill == '0' as u32 {
        return Err(ts.value_error("Zero padding is not allowed in complex format specifier"));
    }
    if spec.align == Align::AfterSign {
        return Err(ts.value_error("'=' alignment flag is not allowed in complex format specifier"));
    }
    let (mut style, _) = float_style(ts, &spec)?;
    style.add_dot_0 = false;
    let default = spec.kind == 0;
    let skip_real = default && re == 0.0 && !re.is_sign_negative();
    let locale = locale_of(&spec, ts);
    let part_spec = FormatSpec { width: None, align: Align::Left, ..spec.clone() };
    let mut inner = StrBuilder::new();
    let write = |inner: &mut StrBuilder, f: f64, sign: Sign| {
        let text = write_abs(f, style);
        let negative = f.is_sign_negative() && !f.is_nan() && !(spec.no_neg_0 && only_zeros(&text));
        let spec = FormatSpec { sign, ..part_spec.clone() };
        lay_out(ts, inner, &spec, &locale, &split(&text, negative, &spec))
    };
    if default && !skip_real {
        inner.push_ascii(b'(');
    }
    if !skip_real {
        write(&mut inner, re, spec.sign)?;
    }
    write(&mut inner, im, if skip_real { spec.sign } else { Sign::Plus })?;
    inner.push_ascii(b'j');
    if default && !skip_real {
        inner.push_ascii(b')');
    }
    let len = String::from_utf8_lossy(inner.as_bytes()).chars().count();
    let mut out = StrBuilder::new();
    spec.pad(ts, &mut out, inner.as_bytes(), len)?;
    Ok(out.finish(ts).into_value())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups() {
        let commas = NumericLocale { decimal_point: ".".into(), thousands_sep: ",".into(), grouping: vec![3, 0] };
        assert_eq!(group_digits("1234567", 0, &commas), "1,234,567");
        assert_eq!(group_digits("123", 0, &commas), "123");
        assert_eq!(group_digits("1234", 10, &commas), "00,001,234");
        assert_eq!(group_digits("1234", 8, &commas), "0,001,234");
        assert_eq!(group_digits("0", 0, &commas), "0");
        let once = NumericLocale { grouping: vec![3, 2, 127], ..commas };
        assert_eq!(group_digits("123456789", 0, &once), "1234,56,789");
        assert_eq!(group_digits("7", 3, &NumericLocale::default()), "007");
    }
}
