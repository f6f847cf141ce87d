//! JSON's quoted strings.

use taipan_objects::unicode::wtf8;

fn escape(b: u8) -> Option<&'static str> {
    Some(match b {
        b'"' => "\\\"",
        b'\\' => "\\\\",
        b'\n' => "\\n",
        b'\r' => "\\r",
        b'\t' => "\\t",
        8 => "\\b",
        12 => "\\f",
        _ => return None,
    })
}

/// What must be escaped: 1 in any case, 2 in ASCII only.
static CLASS: [u8; 256] = {
    let mut t = [0; 256];
    let mut i = 0;
    while i < 256 {
        t[i] = if i < 32 || i == b'"' as usize || i == b'\\' as usize {
            1
        } else if i >= 127 {
            2
        } else {
            0
        };
        i += 1;
    }
    t
};

const HEX: &[u8; 16] = b"0123456789abcdef";

fn hex(unit: u32, out: &mut Vec<u8>) {
    let d = |s: u32| HEX[(unit >> s & 15) as usize];
    out.extend_from_slice(&[b'\\', b'u', d(12), d(8), d(4), d(0)]);
}

fn short(b: u8, out: &mut Vec<u8>) {
    match escape(b) {
        Some(e) => out.extend_from_slice(e.as_bytes()),
        None => hex(b as u32, out),
    }
}

/// Quotes generalised UTF-8, escaping only what must be.
pub fn quote(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    let mut done = 0;
    for (i, &b) in text.iter().enumerate() {
        if CLASS[b as usize] == 1 {
            out.extend_from_slice(&text[done..i]);
            short(b, out);
            done = i + 1;
        }
    }
    out.extend_from_slice(&text[done..]);
    out.push(b'"');
}

/// Quotes with ASCII only.
pub fn quote_ascii(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    let (mut done, mut i) = (0, 0);
    while i < text.len() {
        let b = text[i];
        if CLASS[b as usize] == 0 {
            i += 1;
            continue;
        }
        out.extend_from_slice(&text[done..i]);
        if b < 128 {
            short(b, out);
            i += 1;
        } else {
            let (cp, n) = wtf8::decode_at(text, i);
            if cp >= 0x10000 {
                let c = cp - 0x10000;
                hex(0xd800 + (c >> 10), out);
                hex(0xdc00 + (c & 0x3ff), out);
            } else {
                hex(cp, out);
            }
            i += n;
        }
        done = i;
    }
    out.extend_from_slice(&text[done..]);
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes() {
        let s = "a\"\\\n\u{0}é😀\u{7f}";
        let (mut a, mut b) = (vec![], vec![]);
        quote(s.as_bytes(), &mut a);
        quote_ascii(s.as_bytes(), &mut b);
        assert_eq!(String::from_utf8(a).unwrap(), "\"a\\\"\\\\\\n\\u0000é😀\u{7f}\"");
        assert_eq!(String::from_utf8(b).unwrap(), "\"a\\\"\\\\\\n\\u0000\\u00e9\\ud83d\\ude00\\u007f\"");
    }
}
