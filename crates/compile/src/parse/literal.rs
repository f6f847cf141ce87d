//! The values of literals: numbers, and strings with their escapes.

use taipan_isa::locations::Location;
use taipan_isa::{Const, Wtf8};

use crate::constant::parse_int;
use crate::error::{Error, Result, Warning};

/// The value of a number as written; a decimal int may have `limit` digits, if that is not 0.
pub fn number(text: &str, loc: Location, limit: usize) -> Result<Const> {
    let bytes = text.as_bytes();
    let wrong = || Error::syntax("invalid syntax", loc);
    if bytes.first() == Some(&b'0') && bytes.len() > 1 {
        let radix = match bytes[1] {
            b'x' | b'X' => 16,
            b'o' | b'O' => 8,
            b'b' | b'B' => 2,
            _ => 0,
        };
        if radix != 0 {
            return parse_int(&text[2..], radix).ok_or_else(wrong);
        }
    }
    let clean: String = text.chars().filter(|c| *c != '_').collect();
    let float = |s: &str| s.parse::<f64>().map_err(|_| wrong());
    if let Some(imag) = clean.strip_suffix(['j', 'J']) {
        return Ok(Const::Complex { re: 0.0, im: float(imag)? });
    }
    if clean.contains(['.', 'e', 'E']) {
        return Ok(Const::Float(float(&clean)?));
    }
    let digits = clean.trim_start_matches('0').len();
    if digits > limit && limit > 0 {
        let msg = format!(
            "Exceeds the limit ({limit} digits) for integer string conversion: value has {} digits; \
             use sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge integer \
             literals to avoid decimal conversion limits.",
            clean.len()
        );
        return Err(Error::syntax(msg, loc));
    }
    parse_int(&clean, 10).ok_or_else(wrong)
}

/// An escape that means nothing, and how it is to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadEscape {
    /// Offset of its backslash.
    pub at: usize,
    /// An octal escape beyond 0o377.
    pub octal: bool,
}

/// A decoded literal.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Decoded {
    pub value: Vec<u8>,
    pub invalid_escape: Option<BadEscape>,
}

/// The warning for an invalid escape in `text`.
pub fn escape_warning(bad: &BadEscape, text: &str, loc: Location) -> Warning {
    let shown: String =
        if bad.octal { text[bad.at + 1..].chars().take(3).collect() } else { text[bad.at + 1..].chars().chain(['{']).take(1).collect() };
    let kind = if bad.octal { "octal escape" } else { "escape" };
    Warning::syntax(
        format!(
            "\"\\{shown}\" is an invalid {kind} sequence. Such sequences will not work in the future. \
             Did you mean \"\\\\{shown}\"? A raw string is also an option."
        ),
        loc,
    )
}

fn octal(bytes: &[u8], at: &mut usize) -> u32 {
    let mut v = 0;
    for _ in 0..3 {
        match bytes.get(*at) {
            Some(b @ b'0'..=b'7') => v = v * 8 + (b - b'0') as u32,
            _ => break,
        }
        *at += 1;
    }
    v
}

fn hex(bytes: &[u8], at: &mut usize, digits: usize) -> Option<u32> {
    let mut v = 0u32;
    for i in 0..digits {
        let d = bytes.get(*at + i).and_then(|b| (*b as char).to_digit(16))?;
        v = v << 4 | d;
    }
    *at += digits;
    Some(v)
}

/// How the unicodeescape codec reports a piece of `text`.
fn unicode_error(start: usize, end: usize, what: &str) -> String {
    let last = end.saturating_sub(1);
    if last <= start {
        format!("(unicode error) 'unicodeescape' codec can't decode byte 0x5c in position {start}: {what}")
    } else {
        format!("(unicode error) 'unicodeescape' codec can't decode bytes in position {start}-{last}: {what}")
    }
}

/// Decodes a string literal's text. With `braces` doubled braces count once, as in f-strings.
pub fn decode_str(text: &str, braces: bool) -> std::result::Result<Decoded, String> {
    let b = text.as_bytes();
    let mut out = Vec::with_capacity(b.len());
    let mut invalid_escape = None;
    let mut at = 0;
    // What CPython's codec sees: beyond ASCII it is handed ten-character escapes.
    let mut widened = 0usize;
    while at < b.len() {
        if b[at] != b'\\' {
            if braces && matches!(b[at], b'{' | b'}') && b.get(at + 1) == Some(&b[at]) {
                at += 1;
            }
            if b[at] >= 0x80 {
                let len = match b[at] {
                    0xf0.. => 4,
                    0xe0.. => 3,
                    _ => 2,
                };
                widened += 10 - len;
                out.extend_from_slice(&b[at..at + len]);
                at += len;
            } else {
                out.push(b[at]);
                at += 1;
            }
            continue;
        }
        let start = at;
        let shown = |p: usize| p + widened;
        at += 1;
        let Some(&c) = b.get(at) else {
            if braces {
                // Before a field of an f-string: a brace cannot be escaped.
                invalid_escape.get_or_insert(BadEscape { at: start, octal: false });
                out.push(b'\\');
                break;
            }
            return Err(unicode_error(shown(start), shown(b.len()), "\\ at end of string"));
        };
        at += 1;
        match c {
            b'\n' => {}
            b'\\' | b'\'' | b'"' => out.push(c),
            b'a' => out.push(7),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'v' => out.push(11),
            b'0'..=b'7' => {
                at -= 1;
                let v = octal(b, &mut at);
                if v > 0o377 && invalid_escape.is_none() {
                    invalid_escape = Some(BadEscape { at: start, octal: true });
                }
                Wtf8::push_code_point(&mut out, v);
            }
            b'x' | b'u' | b'U' => {
                let (digits, name) = match c {
                    b'x' => (2, "\\xXX"),
                    b'u' => (4, "\\uXXXX"),
                    _ => (8, "\\UXXXXXXXX"),
                };
                let seen = b[at..].iter().take(digits).take_while(|b| b.is_ascii_hexdigit()).count();
                match hex(b, &mut at, digits) {
                    Some(v) if v <= 0x10ffff => Wtf8::push_code_point(&mut out, v),
                    Some(_) => {
                        return Err(unicode_error(shown(start), shown(at), "illegal Unicode character"));
                    }
                    None => {
                        let end = shown(at + seen);
                        return Err(unicode_error(shown(start), end, &format!("truncated {name} escape")));
                    }
                }
            }
            b'N' => {
                if b.get(at) != Some(&b'{') {
                    return Err(unicode_error(shown(start), shown(at), "malformed \\N character escape"));
                }
                let name_at = at + 1;
                match b[name_at..].iter().position(|b| *b == b'}') {
                    Some(0) | None => {
                        let end = b[name_at..].iter().position(|b| *b == b'}').map_or(b.len(), |p| name_at + p);
                        return Err(unicode_error(shown(start), shown(end), "malformed \\N character escape"));
                    }
                    Some(len) => {
                        let name = &text[name_at..name_at + len];
                        at = name_at + len + 1;
                        match unicode_names2::character(name) {
                            Some(ch) => out.extend_from_slice(ch.encode_utf8(&mut [0; 4]).as_bytes()),
                            None => {
                                return Err(unicode_error(shown(start), shown(at), "unknown Unicode character name"));
                            }
                        }
                    }
                }
            }
            _ => {
                if invalid_escape.is_none() {
                    invalid_escape = Some(BadEscape { at: start, octal: false });
                }
                out.push(b'\\');
                at -= 1;
            }
        }
    }
    Ok(Decoded { value: out, invalid_escape })
}

/// Decodes a bytes literal's text, which is ASCII.
pub fn decode_bytes(text: &str) -> std::result::Result<Decoded, String> {
    let b = text.as_bytes();
    let mut out = Vec::with_capacity(b.len());
    let mut invalid_escape = None;
    let mut at = 0;
    while at < b.len() {
        if b[at] != b'\\' {
            out.push(b[at]);
            at += 1;
            continue;
        }
        let start = at;
        at += 1;
        let Some(&c) = b.get(at) else { return Err("(value error) Trailing \\ in string".into()) };
        at += 1;
        match c {
            b'\n' => {}
            b'\\' | b'\'' | b'"' => out.push(c),
            b'a' => out.push(7),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'v' => out.push(11),
            b'0'..=b'7' => {
                at -= 1;
                let v = octal(b, &mut at);
                if v > 0o377 && invalid_escape.is_none() {
                    invalid_escape = Some(BadEscape { at: start, octal: true });
                }
                out.push(v as u8);
            }
            b'x' => match hex(b, &mut at, 2) {
                Some(v) => out.push(v as u8),
                None => return Err(format!("(value error) invalid \\x escape at position {start}")),
            },
            _ => {
                if invalid_escape.is_none() {
                    invalid_escape = Some(BadEscape { at: start, octal: false });
                }
                out.push(b'\\');
                at -= 1;
            }
        }
    }
    Ok(Decoded { value: out, invalid_escape })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes() {
        let s = |t: &str| decode_str(t, false).unwrap().value;
        assert_eq!(s(r"a\n\x41\101\u00e9\N{BULLET}\
z"), "a\nAAé•z".as_bytes());
        assert_eq!(s(r"\ud800"), [0xed, 0xa0, 0x80]);
        assert_eq!(s(r"\q"), b"\\q");
        assert_eq!(decode_str("a{{b}}", true).unwrap().value, b"a{b}");
        assert!(decode_str(r"\x4", false).is_err());
        assert_eq!(decode_bytes(r"\xff\0").unwrap().value, [255, 0]);
        assert_eq!(decode_bytes(r"a\d").unwrap().invalid_escape, Some(BadEscape { at: 1, octal: false }));
    }

    #[test]
    fn numbers() {
        let n = |t: &str| number(t, Location::NONE, 4300).unwrap();
        assert!(matches!(n("0xff"), Const::Int(255)));
        assert!(matches!(n("1_000"), Const::Int(1000)));
        assert!(matches!(n("1_0.5e1"), Const::Float(f) if f == 105.0));
        assert!(matches!(n("2j"), Const::Complex { im, .. } if im == 2.0));
        assert!(matches!(n("18446744073709551616"), Const::BigInt { .. }));
        assert!(number(&"9".repeat(4301), Location::NONE, 4300).is_err());
    }
}
