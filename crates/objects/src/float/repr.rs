//! Doubles as text: shortest digits and the presentation types e, f, g and r.

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

/// `count` significant digits (at least one), rounded correctly, zeros at the end kept.
pub fn significant(f: f64, count: usize) -> Digits {
    let exact = count.min(MAX_EXACT);
    let text = format!("{:.*e}", exact - 1, f);
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let mut digits: Vec<u8> = mantissa.bytes().filter(|&c| c != b'.').collect();
    digits.resize(count, b'0');
    Digits { digits, point: exponent.parse::<i32>().unwrap_or(0) + 1 }
}

/// `places` digits behind the point, rounded correctly, in positional notation.
pub fn fixed(f: f64, places: usize) -> String {
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
    let _ = write!(text, "e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs());
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
        fixed(f, places as usize).parse().ok()?
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
