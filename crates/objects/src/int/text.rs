//! Integers as text: parsing in any base, decimal output, and the limit on their length.

use super::IntView::{self, Big, Small};
use super::digits;
use crate::thread::ThreadState;
use crate::unicode::{self, wtf8::CodePoints};
use crate::value::{Result, Value};
use dashu_base::Sign;
use dashu_int::{IBig, UBig};
use std::borrow::Cow;

/// Texts of up to so many digits are never refused.
pub const STR_DIGITS_CHECK_THRESHOLD: usize = 640;
/// The limit that an interpreter begins with (`sys.get_int_max_str_digits`).
pub const DEFAULT_MAX_STR_DIGITS: usize = 4300;

fn max_str_digits(ts: &ThreadState) -> usize {
    let n = ts.interp().config.read(|c| c.int_max_str_digits);
    usize::try_from(n).unwrap_or(DEFAULT_MAX_STR_DIGITS)
}

/// Why a text is no integer.
pub enum ParseError {
    Invalid,
    /// It has so many digits, and the limit is lower.
    TooLong(usize),
}

/// What [`parse`] found.
#[derive(Debug, PartialEq)]
pub enum Parsed {
    Small(i64),
    Big(IBig),
}

impl Parsed {
    pub fn into_value(self, ts: &ThreadState) -> Value {
        match self {
            Parsed::Small(i) => super::from_i64(ts, i),
            Parsed::Big(b) => super::from_big(ts, b),
        }
    }
}

/// The number, if the text is a sign perhaps and so few digits that nothing can be wrong with them.
pub fn plain_decimal(text: &[u8]) -> Option<i64> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    let mut n = 0;
    for d in digits {
        let d = d.wrapping_sub(b'0');
        if d > 9 {
            return None;
        }
        n = n * 10 + d as i64;
    }
    Some(if digits.len() < text.len() { -n } else { n })
}

/// The text with decimal digits of every script as ASCII digits and spaces as `' '`; `None` when it holds
/// anything else that is not ASCII.
pub fn to_ascii_number(text: &[u8]) -> Option<Cow<'_, [u8]>> {
    if text.is_ascii() {
        return Some(Cow::Borrowed(text));
    }
    let mut out = Vec::with_capacity(text.len());
    for cp in CodePoints::new(text) {
        out.push(if cp < 128 {
            cp as u8
        } else if unicode::is_space(cp) {
            b' '
        } else {
            b'0' + unicode::decimal(cp)?
        });
    }
    Some(Cow::Owned(out))
}

/// The white space that numbers may be surrounded by, in ASCII.
pub fn is_ascii_space(c: u8) -> bool {
    matches!(c, b' ' | 0x09..=0x0d | 0x1c..=0x1f)
}

pub fn trim_ascii(mut text: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = text
        && is_ascii_space(*first)
    {
        text = rest;
    }
    while let [rest @ .., last] = text
        && is_ascii_space(*last)
    {
        text = rest;
    }
    text
}

fn digit_value(c: u8) -> u32 {
    match c {
        b'0'..=b'9' => (c - b'0') as u32,
        b'a'..=b'z' => (c - b'a') as u32 + 10,
        b'A'..=b'Z' => (c - b'A') as u32 + 10,
        _ => 99,
    }
}

/// Reads an ASCII text (spaces around, sign, prefix, digits with single underscores between them) in a
/// base from 2 to 36, or in the base that its prefix says when `base` is 0. `limit` 0 is no limit.
pub fn parse(text: &[u8], base: u32, limit: usize) -> std::result::Result<Parsed, ParseError> {
    let mut text = trim_ascii(text);
    let negative = match text.first() {
        Some(b'-') => {
            text = &text[1..];
            true
        }
        Some(b'+') => {
            text = &text[1..];
            false
        }
        _ => false,
    };
    let mut radix = base;
    let mut zero_only = false;
    let prefixed = match text {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 0,
    };
    if base == 0 {
        if prefixed != 0 {
            radix = prefixed;
        } else {
            radix = 10;
            // "00" is zero, "010" an old octal and an error.
            zero_only = text.first() == Some(&b'0');
        }
    }
    if prefixed == radix {
        text = &text[2..];
        if text.first() == Some(&b'_') {
            text = &text[1..];
        }
    }
    let (digits, has_underscores) = check_digits(text, radix).ok_or(ParseError::Invalid)?;
    // 18 decimal digits always fit into 64 bits.
    if digits <= 18 && radix <= 10 || digits <= 12 {
        let mut n: i64 = 0;
        for &c in text {
            if c != b'_' {
                n = n * radix as i64 + digit_value(c) as i64;
            }
        }
        if zero_only && n != 0 {
            return Err(ParseError::Invalid);
        }
        return Ok(Parsed::Small(if negative { -n } else { n }));
    }
    if limit > 0 && digits > limit && digits > STR_DIGITS_CHECK_THRESHOLD && !radix.is_power_of_two() {
        return Err(ParseError::TooLong(digits));
    }
    let plain: Cow<'_, [u8]> =
        if has_underscores { Cow::Owned(text.iter().copied().filter(|&c| c != b'_').collect()) } else { Cow::Borrowed(text) };
    // Only ASCII digits are left.
    let plain = std::str::from_utf8(&plain).map_err(|_| ParseError::Invalid)?;
    let magnitude = UBig::from_str_radix(plain, radix).map_err(|_| ParseError::Invalid)?;
    if zero_only && !magnitude.is_zero() {
        return Err(ParseError::Invalid);
    }
    Ok(Parsed::Big(IBig::from_parts(if negative { Sign::Negative } else { Sign::Positive }, magnitude)))
}

/// Counts the digits; `None` when the text is no row of them.
fn check_digits(text: &[u8], radix: u32) -> Option<(usize, bool)> {
    let mut digits = 0;
    let mut underscores = 0;
    let mut after_digit = false;
    for &c in text {
        if c == b'_' {
            if !after_digit {
                return None;
            }
            after_digit = false;
            underscores += 1;
        } else {
            if digit_value(c) >= radix {
                return None;
            }
            after_digit = true;
            digits += 1;
        }
    }
    after_digit.then_some((digits, underscores > 0))
}

/// `int(text, base)` for text in generalised UTF-8. `shown` is the argument as the error shows it.
pub fn parse_value(ts: &ThreadState, text: &[u8], base: u32, shown: impl FnOnce() -> Result<String>) -> Result {
    let found = match to_ascii_number(text) {
        Some(ascii) => parse(&ascii, base, max_str_digits(ts)),
        None => Err(ParseError::Invalid),
    };
    match found {
        Ok(n) => Ok(n.into_value(ts)),
        Err(ParseError::TooLong(digits)) => Err(too_long(ts, Some(digits))),
        Err(ParseError::Invalid) => {
            let shown: String = shown()?.chars().take(200).collect();
            Err(ts.value_error(format!("invalid literal for int() with base {base}: {shown}")))
        }
    }
}

/// The error for a conversion over the limit.
pub fn too_long(ts: &ThreadState, digits: Option<usize>) -> crate::value::Raised {
    let limit = max_str_digits(ts);
    ts.value_error(match digits {
        Some(n) => format!(
            "Exceeds the limit ({limit} digits) for integer string conversion: value has {n} digits; use sys.set_int_max_str_digits() to increase the limit"
        ),
        None => format!(
            "Exceeds the limit ({limit} digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit"
        ),
    })
}

/// A small buffer that decimal digits of a machine integer are written into.
pub struct Decimal {
    buffer: [u8; 20],
    start: usize,
}

impl Decimal {
    #[inline]
    pub fn new(i: i64) -> Decimal {
        let mut d = Decimal { buffer: [0; 20], start: 20 - digits::text_len(i) };
        digits::write_signed(&mut d.buffer[d.start..], i);
        d
    }
    #[inline]
    pub fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..]
    }
}

/// The decimal text, if the limit allows it.
pub fn to_decimal(ts: &ThreadState, a: IntView<'_>) -> Result<String> {
    match a {
        Small(i) => Ok(String::from_utf8_lossy(Decimal::new(i).bytes()).into_owned()),
        Big(b) => {
            let limit = max_str_digits(ts);
            // log10(2) from below: refuse early, before the conversion has been paid for.
            let at_least = a.bit_length() as u128 * 30102 / 100000;
            if limit > 0 && at_least > limit.max(STR_DIGITS_CHECK_THRESHOLD) as u128 {
                return Err(too_long(ts, None));
            }
            let text = b.to_string();
            let digits = text.len() - a.is_negative() as usize;
            if limit > 0 && digits > limit && digits > STR_DIGITS_CHECK_THRESHOLD {
                return Err(too_long(ts, None));
            }
            Ok(text)
        }
    }
}

/// The `str` of an int.
#[inline]
pub fn to_str_value(ts: &ThreadState, a: IntView<'_>) -> Result {
    use crate::str::Str;
    match a {
        Small(i) => Ok(Str::from_i64(ts, i).into_value()),
        Big(_) => Ok(Str::from_ascii(ts, to_decimal(ts, a)?.as_bytes()).into_value()),
    }
}

/// A number in base 2, 8 or 16 behind a sign and a prefix.
pub fn in_power_of_two(sign: &str, prefix: &str, n: u64, base: u32) -> String {
    let shift = base.trailing_zeros();
    let digits = (64 - n.leading_zeros()).div_ceil(shift).max(1);
    let mut out = String::with_capacity(sign.len() + prefix.len() + digits as usize);
    out.push_str(sign);
    out.push_str(prefix);
    for i in (0..digits).rev() {
        out.push(b"0123456789abcdef"[(n >> (i * shift)) as usize & (base as usize - 1)] as char);
    }
    out
}

/// The magnitude in base 2, 8, 10 or 16, in lower case, without prefix and sign.
pub fn magnitude_in_base(ts: &ThreadState, a: IntView<'_>, base: u32) -> Result<String> {
    if base == 10 {
        let mut text = to_decimal(ts, a)?;
        if let Small(0..) = a {
            return Ok(text);
        }
        if a.is_negative() {
            text.remove(0);
        }
        return Ok(text);
    }
    Ok(match a {
        Small(i) => in_power_of_two("", "", i.unsigned_abs(), base),
        Big(_) => a.to_abs().in_radix(base).to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(s: &str, base: u32) -> Option<String> {
        match parse(s.as_bytes(), base, 4300) {
            Ok(Parsed::Small(i)) => Some(i.to_string()),
            Ok(Parsed::Big(b)) => Some(b.to_string()),
            Err(_) => None,
        }
    }

    #[test]
    fn reads() {
        let good = [
            (" 12 ", 10, "12"), ("-0", 10, "0"), ("1_000", 10, "1000"), ("0x_1f", 0, "31"), ("0x1F", 16, "31"), ("0b1", 16, "177"),
            ("00", 0, "0"), ("0_0", 0, "0"), ("\x1c7\n", 10, "7"), ("zz", 36, "1295"), ("0o17", 0, "15"), ("0b11", 2, "3"),
            ("-9223372036854775808", 10, "-9223372036854775808"), ("123456789012345678901234567890", 10, "123456789012345678901234567890"),
        ];
        for (s, base, want) in good {
            assert_eq!(read(s, base).as_deref(), Some(want), "{s}");
        }
        for (s, base) in [("", 10), ("_1", 10), ("1_", 10), ("1__0", 10), ("0x", 0), ("010", 0), ("- 1", 10), ("+-1", 10), ("9", 8), ("0x1", 10), ("0_x1", 0), ("0x__1", 0)] {
            assert_eq!(read(s, base), None, "{s}");
        }
    }

    #[test]
    fn writes() {
        for i in [0, 7, 10, 99, 100, 101, -1, -10, 12345, i64::MAX, i64::MIN] {
            assert_eq!(Decimal::new(i).bytes(), i.to_string().as_bytes());
        }
    }
}
