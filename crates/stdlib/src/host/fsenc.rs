//! Names of files as text: UTF-8, with bytes that are none kept as lone surrogates (`surrogateescape`).

use std::borrow::Cow;

/// Decodes bytes from the operating system; the result is generalised UTF-8.
pub fn decode(raw: &[u8]) -> Cow<'_, [u8]> {
    if std::str::from_utf8(raw).is_ok() {
        return Cow::Borrowed(raw);
    }
    let mut out = Vec::with_capacity(raw.len() + 16);
    for chunk in raw.utf8_chunks() {
        out.extend_from_slice(chunk.valid().as_bytes());
        for &b in chunk.invalid() {
            // U+DC00 + b
            out.extend_from_slice(&[0xed, 0xb0 | b >> 6, 0x80 | b & 0x3f]);
        }
    }
    Cow::Owned(out)
}

/// Encodes generalised UTF-8 for the operating system. An error tells the byte offset of a surrogate that
/// stands for no byte.
pub fn encode(text: &[u8]) -> Result<Cow<'_, [u8]>, usize> {
    if memchr::memchr(0xed, text).is_none() {
        return Ok(Cow::Borrowed(text));
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(i) = memchr::memchr(0xed, rest) {
        out.extend_from_slice(&rest[..i]);
        match rest[i..] {
            [_, b @ 0xb2..=0xb3, c, ..] => out.push((b & 3) << 6 | c & 0x3f),
            [_, 0xa0..=0xff, ..] => return Err(text.len() - rest.len() + i),
            _ => out.extend_from_slice(&rest[i..(i + 3).min(rest.len())]),
        }
        rest = &rest[(i + 3).min(rest.len())..];
    }
    out.extend_from_slice(rest);
    Ok(Cow::Owned(out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip() {
        for raw in [&b"plain"[..], "grün".as_bytes(), b"a\xffb\x80", b"\xed\xa0\x80", b"\xed\x9f\xbf", b"\xc3"] {
            let text = decode(raw).into_owned();
            assert_eq!(encode(&text).unwrap().as_ref(), raw);
        }
        assert_eq!(decode(b"a\xff").as_ref(), b"a\xed\xb3\xbf");
        assert_eq!(encode(b"ab\xed\xa0\x80"), Err(2));
    }
}
