//! Text to double.

use crate::int::text::{to_ascii_number, trim_ascii};

/// Reads the text of a float as Python's `float()` does: spaces around it, underscores between digits,
/// digits of every script. `None` when it is none. `text` is generalised UTF-8.
pub fn parse(text: &[u8]) -> Option<f64> {
    let ascii = to_ascii_number(text)?;
    parse_ascii(trim_ascii(&ascii))
}

/// As [`parse`], without spaces around.
pub fn parse_ascii(text: &[u8]) -> Option<f64> {
    if text.contains(&b'_') {
        return parse_plain(&without_underscores(text)?);
    }
    parse_plain(text)
}

/// Drops underscores that stand between two digits; `None` when one stands elsewhere.
pub fn without_underscores(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    for (i, &c) in text.iter().enumerate() {
        if c != b'_' {
            out.push(c);
            continue;
        }
        let digit = |j: Option<usize>| j.and_then(|j| text.get(j)).is_some_and(u8::is_ascii_digit);
        if !digit(i.checked_sub(1)) || !digit(Some(i + 1)) {
            return None;
        }
    }
    Some(out)
}

fn parse_plain(text: &[u8]) -> Option<f64> {
    let used = prefix_len(text);
    if used == 0 || used != text.len() {
        return None;
    }
    let (negative, rest) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let f: f64 = match rest[0] {
        b'i' | b'I' => f64::INFINITY,
        b'n' | b'N' => f64::NAN,
        _ => std::str::from_utf8(rest).ok()?.parse().ok()?,
    };
    Some(if negative { -f } else { f })
}

/// How many bytes at the beginning of `text` are the text of a double (without spaces and underscores).
pub fn prefix_len(text: &[u8]) -> usize {
    let mut at = matches!(text.first(), Some(b'+' | b'-')) as usize;
    let rest = &text[at..];
    for word in [&b"infinity"[..], b"inf", b"nan"] {
        if rest.len() >= word.len() && rest[..word.len()].eq_ignore_ascii_case(word) {
            return at + word.len();
        }
    }
    let digits = |from: usize| text[from..].iter().take_while(|c| c.is_ascii_digit()).count();
    let whole = digits(at);
    at += whole;
    let mut fraction = 0;
    if text.get(at) == Some(&b'.') {
        fraction = digits(at + 1);
        at += 1 + fraction;
    }
    if whole + fraction == 0 {
        return 0;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        let sign = matches!(text.get(at + 1), Some(b'+' | b'-')) as usize;
        let exponent = digits(at + 1 + sign);
        if exponent > 0 {
            at += 1 + sign + exponent;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads() {
        for (s, want) in [("1", 1.0), (" 1.5\n", 1.5), ("1_0.5_0e1_0", 10.5e10), (".5", 0.5), ("5.", 5.0), ("-inf", f64::NEG_INFINITY), ("+Infinity", f64::INFINITY), ("1e400", f64::INFINITY), ("1e-400", 0.0), ("٣.5", 3.5), ("1e5", 1e5)] {
            assert_eq!(parse(s.as_bytes()), Some(want), "{s}");
        }
        for s in ["", ".", "e5", "1e", "1__0", "_1", "1_", "1_.5", "1e_5", "0x1", "infi", "1 2", "+-1", "nan(1)", "1\0"] {
            assert_eq!(parse(s.as_bytes()), None, "{s}");
        }
        assert!(parse(b"-nan").unwrap().is_sign_negative());
        assert!(parse(b"-0").unwrap().is_sign_negative());
    }
}
