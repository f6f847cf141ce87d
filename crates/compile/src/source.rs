//! Source text before parsing: encoding (PEP 263), line ends, characters that may not occur.

use std::borrow::Cow;

use crate::Options;
use crate::error::{Error, ErrorKind, Result};
use crate::flags::{PYCF_IGNORE_COOKIE, PYCF_SOURCE_IS_UTF8};

const BOM: &[u8] = b"\xef\xbb\xbf";

fn syntax(msg: String) -> Box<Error> {
    let mut e = Error::new(ErrorKind::SyntaxError, msg);
    e.lineno = Some(0);
    e.offset = Some(-1);
    e
}

/// The encoding that a comment in the first two lines declares.
pub fn declared_encoding(source: &[u8]) -> Option<String> {
    let mut lines = source.split(|b| *b == b'\n' || *b == b'\r');
    for _ in 0..2 {
        let line = lines.next()?;
        let text = line.iter().position(|b| !matches!(b, b' ' | b'\t' | b'\x0c'));
        match text.map(|i| &line[i..]) {
            None => continue,
            Some(comment) if comment[0] == b'#' => {
                if let Some(found) = cookie(comment) {
                    return Some(found);
                }
            }
            Some(_) => return None,
        }
    }
    None
}

fn cookie(comment: &[u8]) -> Option<String> {
    let at = comment.windows(6).position(|w| w == b"coding")?;
    let mut rest = &comment[at + 6..];
    if !matches!(rest.first(), Some(b':' | b'=')) {
        return None;
    }
    rest = &rest[1..];
    while let [b' ' | b'\t', tail @ ..] = rest {
        rest = tail;
    }
    let len = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')).count();
    (len > 0).then(|| String::from_utf8_lossy(&rest[..len]).into_owned())
}

fn normal_name(name: &str) -> String {
    let lower = name.to_ascii_lowercase().replace('_', "-");
    if lower == "utf-8" || lower.starts_with("utf-8-") {
        "utf-8".into()
    } else if ["latin-1", "iso-8859-1", "iso-latin-1"].iter().any(|p| lower == *p || lower.starts_with(&format!("{p}-"))) {
        "iso-8859-1".into()
    } else {
        lower
    }
}

/// Code points of 0x80 and up in windows-1252; zero where undefined.
const CP1252: [u16; 32] = [
    0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0, 0,
    0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
];

fn decode_single_byte(source: &[u8], map: impl Fn(u8) -> Option<char>, name: &str) -> Result<String> {
    source
        .iter()
        .map(|b| {
            if *b < 0x80 {
                Ok(*b as char)
            } else {
                map(*b).ok_or_else(|| {
                    let msg = format!("(unicode error) '{name}' codec can't decode byte 0x{b:02x}");
                    syntax(msg)
                })
            }
        })
        .collect()
}

/// Decodes source text as its byte order mark or declaration says.
pub fn decode<'a>(source: &'a [u8], options: &Options) -> Result<Cow<'a, str>> {
    let (body, bom) = match source.strip_prefix(BOM) {
        Some(rest) => (rest, true),
        None => (source, false),
    };
    let ignore = options.flags & (PYCF_IGNORE_COOKIE | PYCF_SOURCE_IS_UTF8) != 0;
    let declared = if ignore { None } else { declared_encoding(body) };
    let name = declared.as_deref().map_or("utf-8".into(), normal_name);
    if bom && name != "utf-8" {
        let mut lines = body.split(|b| *b == b'\n').take(2).enumerate();
        let (at, line) = lines.find(|l| cookie(l.1).is_some()).unwrap_or((0, body));
        let line = String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned();
        let mut e = Error::new(ErrorKind::SyntaxError, format!("encoding problem: {name} with BOM"));
        (e.lineno, e.end_lineno) = (Some(at as i32 + 1), Some(at as i32 + 1));
        (e.offset, e.end_offset) = (Some(0), Some(line.chars().count() as i32));
        e.text = Some(line);
        return Err(e);
    }
    match &*name {
        "utf-8" | "utf8" => match std::str::from_utf8(body) {
            Ok(s) => Ok(Cow::Borrowed(s)),
            Err(e) => Err(bad_utf8(body, e.valid_up_to())),
        },
        "ascii" | "us-ascii" => decode_single_byte(body, |_| None, "ascii").map(Cow::Owned),
        "iso-8859-1" | "latin1" | "l1" | "iso8859-1" | "8859" | "cp819" => {
            decode_single_byte(body, |b| Some(b as char), "latin-1").map(Cow::Owned)
        }
        "iso-8859-15" | "iso8859-15" | "latin-9" | "latin9" | "l9" => decode_single_byte(
            body,
            |b| {
                Some(match b {
                    0xa4 => '€',
                    0xa6 => 'Š',
                    0xa8 => 'š',
                    0xb4 => 'Ž',
                    0xb8 => 'ž',
                    0xbc => 'Œ',
                    0xbd => 'œ',
                    0xbe => 'Ÿ',
                    _ => b as char,
                })
            },
            "iso8859-15",
        )
        .map(Cow::Owned),
        "cp1252" | "windows-1252" | "1252" => decode_single_byte(
            body,
            |b| match b {
                0x80..0xa0 => match CP1252[b as usize - 0x80] {
                    0 => None,
                    c => char::from_u32(c as u32),
                },
                _ => Some(b as char),
            },
            "cp1252",
        )
        .map(Cow::Owned),
        _ => Err(syntax(format!("unknown encoding: {}", declared.unwrap_or_default()))),
    }
}

fn bad_utf8(source: &[u8], at: usize) -> Box<Error> {
    let before = &source[..at];
    let line = before.iter().filter(|b| **b == b'\n').count() as i32 + 1;
    let start = before.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
    let end = source[at..].iter().position(|b| matches!(b, b'\n' | b'\r')).map_or(source.len(), |i| at + i);
    let byte = source.get(at).copied().unwrap_or(0);
    let msg = format!(
        "Non-UTF-8 code starting with '\\x{byte:02x}' on line {line}, but no encoding declared; \
         see https://peps.python.org/pep-0263/ for details"
    );
    let column = String::from_utf8_lossy(&source[start..at]).chars().count() as i32 + 1;
    let mut e = Error::new(ErrorKind::SyntaxError, msg);
    (e.lineno, e.end_lineno) = (Some(line), Some(line));
    (e.offset, e.end_offset) = (Some(column), Some(column));
    e.text = Some(String::from_utf8_lossy(&source[start..end]).into_owned());
    e
}

/// The declared encoding, if it is one for which a codec is needed.
pub fn foreign_encoding(source: &[u8], options: &Options) -> Option<String> {
    if source.starts_with(BOM) || options.flags & (PYCF_IGNORE_COOKIE | PYCF_SOURCE_IS_UTF8) != 0 {
        return None;
    }
    let declared = declared_encoding(source)?;
    (!matches!(&*normal_name(&declared), "utf-8" | "utf8" | "iso-8859-1")).then_some(declared)
}

/// Refuses what may stand nowhere in source text.
pub fn check(source: &str) -> Result<()> {
    if memchr::memchr(0, source.as_bytes()).is_some() {
        return Err(Error::new(ErrorKind::SyntaxError, "source code string cannot contain null bytes"));
    }
    Ok(())
}

/// All line ends as line feeds, without byte order mark.
pub fn normalize(source: &str) -> Cow<'_, str> {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    if memchr::memchr(b'\r', source.as_bytes()).is_none() {
        return Cow::Borrowed(source);
    }
    Cow::Owned(source.replace("\r\n", "\n").replace('\r', "\n"))
}
