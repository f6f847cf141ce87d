//! Doubles as text: shortest digits and the presentation types e, f, g and r.

use crate::int::digits;
use std::fmt::Write;

/// More digits than any double has behind its point; what is asked for beyond is zeros.
const MAX_EXACT: usize = 1100;

/// The decimal digits of a number (without sign) and the place of the point: `0.DIGITS * 10**point`.
pub struct Digits {
    pub digits: Vec<u8>,
    pub point: i32,
}

/// The shortest digits that read back as `f` (finite, not negative).
pub fn shortest(f: f64) -> Digits {
    if f == 0.0 {
        return Digits { digits: vec![b'0'], point: 1 };
    }
    let mut buffer = zmij::Buffer::new();
    from_text(buffer.format_finite(f))
}

/// Takes decimal or scientific notation apart, dropping zeros on both sides.
fn from_text(text: &str) -> Digits {
    let (mantissa, exponent) = match text.split_once('e') {
        Some((m, e)) => (m, e.parse::<i32>().unwrap_or(0)),
        None => (text, 0),
    };
    let mut digits = Vec::with_capacity(mantissa.len());
    let mut point = None;
    for c in mantissa.bytes() {
        if c == b'.' {
            point = Some(digits.len() as i32);
        } else {
            digits.push(c);
        }
    }
    let mut point = point.unwrap_or(digits.len() as i32) + exponent;
    let leading = digits.iter().take_while(|&&c| c == b'0').count();
    digits.drain(..leading);
    point -= leading as i32;
    while digits.last() == Some(&b'0') {
        digits.pop();
    }
    if digits.is_empty() {
        return Digits { digits: vec![b'0'], point: 1 };
    }
    Digits { digits, point }
}

const POWERS: [u128; 23] = {
    let mut all = [1; 23];
    let mut i = 1;
    while i < 23 {
        all[i] = all[i - 1] * 10;
        i += 1;
    }
    all
};

/// `f * 10**places` (finite, not negative) as a whole number, ties to even; `None` where 128 bits do not hold
/// what that takes.
fn scaled(f: f64, places: i32) -> Option<u128> {
    let bits = f.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i32;
    let mantissa = bits & ((1 << 52) - 1) | if exponent == 0 { 0 } else { 1 << 52 };
    let exponent = exponent.max(1) - 1075;
    let nearest = |quotient: u128, left: u128, half: u128| quotient + u128::from(left > half || left == half && quotient & 1 == 1);
    if places >= 0 {
        // At most 53 and 74 bits.
        let n = mantissa as u128 * POWERS.get(places as usize)?;
        if exponent >= 0 {
            return ((exponent as u32) < n.leading_zeros()).then(|| n << exponent);
        }
        let shift = -exponent as u32;
        if shift >= 128 {
            return Some(0);
        }
        return Some(nearest(n >> shift, n & ((1 << shift) - 1), 1 << (shift - 1)));
    }
    let divisor = *POWERS.get(-places as usize)?;
    let (n, d) = if exponent >= 0 {
        if exponent > 73 {
            return None;
        }
        ((mantissa as u128) << exponent, divisor)
    } else {
        // A divisor that leaves room for its double.
        if -exponent as u32 + 1 >= divisor.leading_zeros() {
            return None;
        }
        (mantissa as u128, divisor << -exponent)
    };
    let (quotient, left) = (n / d, n % d);
    Some(quotient + u128::from(left * 2 > d || left * 2 == d && quotient & 1 == 1))
}

/// The digits of a whole number, at the end of the buffer.
fn whole_digits(buffer: &mut [u8; 40], n: u128) -> &[u8] {
    const HALF: u128 = 10_000_000_000_000_000_000;
    let start;
    if n < HALF {
        start = 40 - digits::count(n as u64);
        digits::write(&mut buffer[start..], n as u64);
    } else {
        let high = (n / HALF) as u64;
        buffer[21..].fill(b'0');
        digits::write(&mut buffer[21..], (n % HALF) as u64);
        // Less than 2**127: the upper part is less than 2**64.
        start = 21 - digits::count(high);
        digits::write(&mut buffer[start..21], high);
    }
    &buffer[start..]
}

/// [`significant`] by arithmetic in 128 bits.
fn significant_quick(f: f64, count: usize) -> Option<Digits> {
    if f == 0.0 || count > 18 {
        return None;
    }
    let mut point = f.log10().floor() as i32 + 1;
    // The estimate may be off by one, and rounding may add a digit.
    for _ in 0..3 {
        let n = scaled(f, count as i32 - point)?;
        if n >= POWERS[count] {
            point += 1;
        } else if n < POWERS[count - 1] {
            point -= 1;
        } else if n == POWERS[count - 1] && scaled(f, count as i32 - point + 1)? < POWERS[count] {
            // Rounded up to the power of ten, while one more digit fits.
            point -= 1;
        } else {
            return Some(Digits { digits: whole_digits(&mut [0; 40], n).to_vec(), point });
        }
    }
    None
}

/// `count` significant digits (at least one), rounded correctly, zeros at the end kept.
pub fn significant(f: f64, count: usize) -> Digits {
    if let Some(d) = significant_quick(f, count) {
        return d;
    }
    let exact = count.min(MAX_EXACT);
    let text = format!("{:.*e}", exact - 1, f);
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let mut digits: Vec<u8> = mantissa.bytes().filter(|&c| c != b'.').collect();
    digits.resize(count, b'0');
    Digits { digits, point: exponent.parse::<i32>().unwrap_or(0) + 1 }
}

/// `places` digits behind the point, rounded correctly, in positional notation.
pub fn fixed(f: f64, places: usize) -> String {
    if places <= 22
        && !f.is_sign_negative()
        && let Some(n) = scaled(f, places as i32)
    {
        let mut buffer = [0; 40];
        let digits = whole_digits(&mut buffer, n);
        let mut text = String::with_capacity(digits.len().max(places) + 4);
        let whole = digits.len().saturating_sub(places);
        // SAFETY: decimal digits are text.
        let digits = unsafe { std::str::from_utf8_unchecked(digits) };
        text.push_str(if whole == 0 { "0" } else { &digits[..whole] });
        if places > 0 {
            text.push('.');
            (digits.len()..places).for_each(|_| text.push('0'));
            text.push_str(&digits[whole..]);
        }
        return text;
    }
    let exact = places.min(MAX_EXACT);
    let mut text = String::new();
    let _ = write!(text, "{f:.exact$}");
    text.extend(std::iter::repeat_n('0', places - exact));
    text
}

/// How a double is to be written.
#[derive(Clone, Copy)]
pub struct Style {
    /// `e`, `f`, `g`, or `r` for the shortest digits.
    pub kind: u8,
    pub precision: usize,
    /// Keep the point and the zeros at the end (`#`).
    pub alternate: bool,
    /// Write `1.0`, not `1`.
    pub add_dot_0: bool,
    pub upper: bool,
}

impl Style {
    pub const REPR: Style = Style { kind: b'r', precision: 0, alternate: false, add_dot_0: true, upper: false };
}

/// Writes the magnitude of any double.
pub fn write_abs(f: f64, style: Style) -> String {
    let f = f.abs();
    let mut text = if f.is_nan() {
        "nan".to_string()
    } else if f.is_infinite() {
        "inf".to_string()
    } else {
        write_finite(f, style)
    };
    if style.upper {
        text.make_ascii_uppercase();
    }
    text
}

fn write_finite(f: f64, style: Style) -> String {
    match style.kind {
        b'f' => {
            let mut text = fixed(f, style.precision);
            if style.precision == 0 && style.alternate {
                text.push('.');
            }
            text
        }
        b'e' => scientific(&significant(f, style.precision + 1), style),
        b'g' => {
            let precision = style.precision.max(1);
            let mut d = significant(f, precision);
            if f == 0.0 {
                d.point = 1;
            }
            if !style.alternate {
                while d.digits.len() > 1 && d.digits.last() == Some(&b'0') {
                    d.digits.pop();
                }
            }
            // With `add_dot_0` a number that would end at its last digit turns to an exponent one earlier.
            let limit = if style.add_dot_0 { precision as i64 - 1 } else { precision as i64 };
            if d.point as i64 <= -4 || d.point as i64 > limit { scientific(&d, style) } else { positional(&d, style) }
        }
        _ => {
            let d = shortest(f);
            if d.point <= -4 || d.point > 16 { scientific(&d, style) } else { positional(&d, style) }
        }
    }
}

fn scientific(d: &Digits, style: Style) -> String {
    let mut text = String::with_capacity(d.digits.len() + 8);
    text.push(d.digits[0] as char);
    if d.digits.len() > 1 || style.alternate {
        text.push('.');
    }
    text.extend(d.digits[1..].iter().map(|&c| c as char));
    let exponent = d.point - 1;
    text.push_str(if exponent < 0 { "e-" } else { "e+" });
    let exponent = exponent.unsigned_abs();
    if exponent < 100 {
        text.push((b'0' + (exponent / 10) as u8) as char);
        text.push((b'0' + (exponent % 10) as u8) as char);
    } else {
        let _ = write!(text, "{exponent}");
    }
    text
}

fn positional(d: &Digits, style: Style) -> String {
    let mut text = String::with_capacity(d.digits.len() + 8);
    let digits = d.digits.iter().map(|&c| c as char);
    if d.point <= 0 {
        text.push_str("0.");
        text.extend(std::iter::repeat_n('0', -d.point as usize));
        text.extend(digits);
        return text;
    }
    let point = d.point as usize;
    if d.digits.len() > point {
        text.extend(digits.clone().take(point));
        text.push('.');
        text.extend(digits.skip(point));
        return text;
    }
    text.extend(digits);
    text.extend(std::iter::repeat_n('0', point - d.digits.len()));
    if style.add_dot_0 {
        text.push_str(".0");
    } else if style.alternate {
        text.push('.');
    }
    text
}

/// `repr(f)`.
pub fn repr(f: f64) -> String {
    if f.is_nan() {
        return "nan".into();
    }
    let a = f.abs();
    if a == 0.0 || (1e-4..1e16).contains(&a) {
        // Here the library's notation is Python's.
        let mut buffer = zmij::Buffer::new();
        let text = buffer.format_finite(f);
        if !text.contains('e') {
            return text.to_string();
        }
    }
    let text = write_abs(f, Style::REPR);
    if f.is_sign_negative() { format!("-{text}") } else { text }
}

/// `round(f, places)` for finite `f`; `None` when the result is too large.
pub fn round(f: f64, places: i64) -> Option<f64> {
    // Beyond these bounds nothing is left to round, or nothing remains.
    if places > 323 || f == 0.0 {
        return Some(f);
    }
    if places < -308 {
        return Some(0.0f64.copysign(f));
    }
    let rounded: f64 = if places >= 0 {
        fixed(f.abs(), places as usize).parse().ok()?
    } else {
        let (_, exponent) = {
            let d = shortest(f.abs());
            (0, d.point - 1)
        };
        // Digits that stay in front of the rounding place.
        let kept = exponent as i64 + 1 + places;
        if kept > 0 {
            format!("{:.*e}", kept as usize - 1, f).parse().ok()?
        } else if kept < 0 {
            0.0
        } else {
            // Between zero and one unit of the place: more than half of it rounds up, a tie to zero.
            let unit = dashu_int::IBig::from(10u8).pow(-places as usize);
            let whole = crate::int::big_from_f64(f.abs().trunc());
            let twice: dashu_int::IBig = &whole << 1usize;
            let above = match twice.cmp(&unit) {
                std::cmp::Ordering::Greater => true,
                std::cmp::Ordering::Equal => f.abs() > f.abs().trunc(),
                std::cmp::Ordering::Less => false,
            };
            if above { format!("1e{}", -places).parse().ok()? } else { 0.0 }
        }
    };
    if rounded.is_infinite() { None } else { Some(rounded.copysign(f)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reprs() {
        let cases = [
            (0.0, "0.0"), (-0.0, "-0.0"), (1.0, "1.0"), (0.1, "0.1"), (1e16, "1e+16"), (1e15, "1000000000000000.0"),
            (123456789012345680.0, "1.2345678901234568e+17"), (0.0001, "0.0001"), (0.00001, "1e-05"), (1.5e-7, "1.5e-07"), (1e22, "1e+22"),
            (5e-324, "5e-324"), (f64::MAX, "1.7976931348623157e+308"), (9999999999999998.0, "9999999999999998.0"), (-1.5, "-1.5"), (1e100, "1e+100"),
        ];
        for (f, want) in cases {
            assert_eq!(repr(f), want);
        }
    }

    #[test]
    fn half_goes_to_even() {
        assert_eq!(fixed(0.5, 0), "0");
        assert_eq!(fixed(1.5, 0), "2");
        assert_eq!(fixed(2.5, 0), "2");
        assert_eq!(fixed(0.25, 1), "0.2");
        assert_eq!(fixed(0.125, 2), "0.12");
        assert_eq!(significant(2.5, 1).digits, b"2");
        assert_eq!(significant(1.25, 2).digits, b"12");
        assert_eq!(round(2.675, 2), Some(2.67));
        assert_eq!(round(25.0, -1), Some(20.0));
        assert_eq!(round(35.0, -1), Some(40.0));
        assert_eq!(round(5.0, -1), Some(0.0));
        assert_eq!(round(5.000000001, -1), Some(10.0));
        assert_eq!(round(15.0, -2), Some(0.0));
        assert_eq!(round(9.5, -1), Some(10.0));
        assert_eq!(round(1.7976931348623157e308, -308), None);
        assert_eq!(round(-7.5, -1), Some(-10.0));
    }

    #[test]
    fn quick_ways_agree_with_the_library() {
        let mut seed = 12345u64;
        let mut next = || {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            seed >> 11
        };
        for i in 0..200_000u64 {
            let f = match i % 5 {
                0 => next() as f64 / 1000.0,
                1 => (next() % 1_000_000) as f64 / 64.0,
                2 => f64::from_bits(next() << 10 & !(1 << 63)),
                3 => (next() % 100_000) as f64 / 1e8,
                _ => next() as f64 * 1e10,
            };
            if !f.is_finite() {
                continue;
            }
            for places in [0, 1, 2, 3, 6, 17, 22] {
                assert_eq!(fixed(f, places), format!("{f:.places$}"), "{f:?} {places}");
            }
            for count in [1, 2, 6, 12, 17] {
                let text = format!("{:.*e}", count - 1, f);
                let (m, e) = text.split_once('e').unwrap();
                let d = significant(f, count);
                assert_eq!((d.digits, d.point), (m.bytes().filter(|&c| c != b'.').collect::<Vec<u8>>(), e.parse::<i32>().unwrap() + 1), "{f:?} {count}");
            }
        }
    }

    #[test]
    fn general() {
        let g = |f, precision, alternate| write_abs(f, Style { kind: b'g', precision, alternate, add_dot_0: false, upper: false });
        assert_eq!(g(100000.0, 6, false), "100000");
        assert_eq!(g(1000000.0, 6, false), "1e+06");
        assert_eq!(g(0.0001, 6, false), "0.0001");
        assert_eq!(g(0.00001, 6, false), "1e-05");
        assert_eq!(g(0.0, 6, true), "0.00000");
        assert_eq!(g(0.0, 6, false), "0");
        assert_eq!(g(123.456, 2, false), "1.2e+02");
        assert_eq!(g(1.0, 1, true), "1.");
    }
}
