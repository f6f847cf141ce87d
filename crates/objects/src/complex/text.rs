//! Complex numbers as text.

use super::Pair;
use crate::float::parse::{parse_ascii, prefix_len, without_underscores};
use crate::float::repr;
use crate::int::text::{is_ascii_space, to_ascii_number, trim_ascii};

/// `repr(z)`.
pub fn to_repr(z: Pair) -> String {
    // Parts have no ".0", and an imaginary part behind a real one always has a sign.
    let part = |f: f64| {
        let text = repr::repr(f);
        match text.strip_suffix(".0") {
            Some(whole) => whole.to_string(),
            None => text,
        }
    };
    let im = part(z.1);
    if z.0 == 0.0 && !z.0.is_sign_negative() {
        return format!("{im}j");
    }
    let sign = if im.starts_with('-') { "" } else { "+" };
    format!("({}{sign}{im}j)", part(z.0))
}

/// Reads the text of a complex number; `None` when it is none.
pub fn parse(text: &[u8]) -> Option<Pair> {
    let ascii = to_ascii_number(text)?;
    let plain = if ascii.contains(&b'_') { without_underscores(&ascii)? } else { ascii.into_owned() };
    let mut s = trim_ascii(&plain);
    if let [b'(', rest @ ..] = s {
        let rest = &rest[rest.iter().take_while(|&&c| is_ascii_space(c)).count()..];
        let Some((b')', inner)) = rest.split_last() else { return None };
        s = trim_ascii(inner);
    }
    let is_j = |c: Option<&u8>| matches!(c, Some(b'j' | b'J'));
    // Forms: <float>, <float>j, <float><signed float>j, with the float before j possibly just a sign.
    let n = prefix_len(s);
    if n > 0 {
        let first = parse_ascii(&s[..n])?;
        let rest = &s[n..];
        return match rest {
            [] => Some((first, 0.0)),
            [b'j' | b'J'] => Some((0.0, first)),
            [b'+' | b'-', ..] => {
                let m = prefix_len(rest);
                let (im, used) = if m > 0 {
                    (parse_ascii(&rest[..m])?, m)
                } else {
                    (if rest[0] == b'-' { -1.0 } else { 1.0 }, 1)
                };
                (is_j(rest.get(used)) && rest.len() == used + 1).then_some((first, im))
            }
            _ => None,
        };
    }
    match s {
        [b'j' | b'J'] => Some((0.0, 1.0)),
        [b'+', b'j' | b'J'] => Some((0.0, 1.0)),
        [b'-', b'j' | b'J'] => Some((0.0, -1.0)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads() {
        for (s, want) in [("1", (1.0, 0.0)), (" ( 1e5-infj ) ", (1e5, f64::NEG_INFINITY)), ("j", (0.0, 1.0)), ("-j", (0.0, -1.0)), ("1+j", (1.0, 1.0)), ("1-2.5e3J", (1.0, -2500.0)), ("1_0+2_0j", (10.0, 20.0)), ("3j", (0.0, 3.0))] {
            assert_eq!(parse(s.as_bytes()), Some(want), "{s}");
        }
        for s in ["", "1+", "1+2", "1 + 2j", "(1", "1)", "1j+2", "()", "jj", "1+2jj", "+", "1e", "--j"] {
            assert_eq!(parse(s.as_bytes()), None, "{s}");
        }
    }

    #[test]
    fn writes() {
        for (z, want) in [((0.0, 1.0), "1j"), ((-0.0, -0.0), "(-0-0j)"), ((1.5, -2.0), "(1.5-2j)"), ((0.0, f64::NAN), "nanj"), ((f64::NAN, 1.0), "(nan+1j)"), ((0.0, 1e16), "1e+16j")] {
            assert_eq!(to_repr(z), want);
        }
    }
}
