//! What the methods of `bytes` and `bytearray` do, on plain slices.

use crate::thread::ThreadState;
use crate::value::{Raised, Result};

/// The literal `b'…'`. A `bytearray` escapes each apostrophe, whatever the quotes are.
pub fn repr(b: &[u8], escape_apostrophes: bool) -> Vec<u8> {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let quote = crate::str::repr::quote_for(b);
    let mut out = Vec::with_capacity(b.len() + 3);
    out.push(b'b');
    out.push(quote);
    for &c in b {
        match c {
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\'' if escape_apostrophes => out.extend_from_slice(b"\\'"),
            _ if c == quote => out.extend_from_slice(&[b'\\', c]),
            32..127 => out.push(c),
            _ => out.extend_from_slice(&[b'\\', b'x', HEX[(c >> 4) as usize], HEX[(c & 15) as usize]]),
        }
    }
    out.push(quote);
    out
}

/// Hexadecimal digits, with a separator after every `group` bytes: counted from the end when positive, from
/// the beginning when negative.
pub fn hex(b: &[u8], separator: Option<u8>, group: isize) -> Vec<u8> {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    if separator.is_none() || group == 0 {
        return b.iter().flat_map(|&c| [HEX[(c >> 4) as usize], HEX[(c & 15) as usize]]).collect();
    }
    let mut out = Vec::with_capacity(b.len() * 2 + b.len() / 2);
    let size = group.unsigned_abs();
    for (i, &c) in b.iter().enumerate() {
        if let Some(s) = separator.filter(|_| i > 0 && size > 0) {
            let position = if group > 0 { b.len() - i } else { i };
            if position % size == 0 {
                out.push(s);
            }
        }
        out.push(HEX[(c >> 4) as usize]);
        out.push(HEX[(c & 15) as usize]);
    }
    out
}

/// The opposite of [`hex`]: spaces between the pairs are skipped. The error is the place of what is wrong,
/// or `None` when a digit is missing at the end.
pub fn from_hex(text: &[u8]) -> std::result::Result<Vec<u8>, Option<usize>> {
    let digit = |c: u8| (c as char).to_digit(16).map(|d| d as u8);
    if text.len() % 2 == 0 {
        let pairs: Option<Vec<u8>> = text.chunks_exact(2).map(|p| Some(digit(p[0])? << 4 | digit(p[1])?)).collect();
        if let Some(bytes) = pairs {
            return Ok(bytes);
        }
    }
    let mut out = Vec::with_capacity(text.len() / 2);
    let mut at = 0;
    while at < text.len() {
        if super::case::is_space(text[at]) {
            at += 1;
            continue;
        }
        let high = digit(text[at]).ok_or(Some(at))?;
        let Some(&c) = text.get(at + 1) else { return Err(None) };
        let low = digit(c).ok_or(Some(at + 1))?;
        out.push(high << 4 | low);
        at += 2;
    }
    Ok(out)
}

pub fn too_big(ts: &ThreadState) -> Raised {
    ts.overflow_error("replace bytes is too long")
}

/// `b.replace(old, new, count)`; `None` when nothing changes.
pub fn replace(ts: &ThreadState, b: &[u8], old: &[u8], new: &[u8], count: isize) -> Result<Option<Vec<u8>>> {
    let max = if count < 0 { usize::MAX } else { count as usize };
    if max == 0 || old == new {
        return Ok(None);
    }
    if !old.is_empty() {
        return crate::search::replace(b, old, new, max).map_err(|()| too_big(ts));
    }
    let times = max.min(b.len() + 1);
    let size = new.len().checked_mul(times).and_then(|n| n.checked_add(b.len()));
    let mut out = Vec::new();
    if size.is_none_or(|n| n > isize::MAX as usize || out.try_reserve_exact(n).is_err()) {
        return Err(too_big(ts));
    }
    for i in 0..times {
        if i > 0 {
            out.push(b[i - 1]);
        }
        out.extend_from_slice(new);
    }
    out.extend_from_slice(&b[times - 1..]);
    Ok(Some(out))
}

/// `b` padded to a width with a byte.
pub fn padded(ts: &ThreadState, b: &[u8], before: usize, behind: usize, fill: u8) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let size = b.len().saturating_add(before).saturating_add(behind);
    out.try_reserve_exact(size).map_err(|_| ts.memory_error())?;
    out.resize(before, fill);
    out.extend_from_slice(b);
    out.resize(size, fill);
    Ok(out)
}

/// Zeros between the sign and what follows.
pub fn zfill(ts: &ThreadState, b: &[u8], width: isize) -> Result<Vec<u8>> {
    let zeros = width.saturating_sub(b.len() as isize).max(0) as usize;
    let mut out = padded(ts, b, zeros, 0, b'0')?;
    if zeros > 0 && matches!(b.first(), Some(b'+' | b'-')) {
        out.swap(0, zeros);
    }
    Ok(out)
}

pub fn expand_tabs(ts: &ThreadState, b: &[u8], size: i32) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let mut column = 0usize;
    for &c in b {
        if c == b'\t' {
            if size > 0 {
                let n = size as usize - column % size as usize;
                out.try_reserve(n).map_err(|_| ts.overflow_error("result too long"))?;
                out.resize(out.len() + n, b' ');
                column += n;
            }
        } else {
            column = if c == b'\n' || c == b'\r' { 0 } else { column + 1 };
            out.push(c);
        }
    }
    Ok(out)
}

/// `b * count`
pub fn repeated(ts: &ThreadState, b: &[u8], count: isize) -> Result<Vec<u8>> {
    let count = count.max(0) as usize;
    let mut out: Vec<u8> = Vec::new();
    let size = b.len().checked_mul(count).filter(|&n| n <= isize::MAX as usize);
    match size {
        Some(n) => out.try_reserve_exact(n).map_err(|_| ts.memory_error())?,
        None => return Err(ts.memory_error()),
    }
    if let [one] = *b {
        out.resize(count, one);
    } else {
        for _ in 0..count {
            out.extend_from_slice(b);
        }
    }
    Ok(out)
}

/// `b.translate(table, delete)`
pub fn translate(b: &[u8], table: Option<&[u8]>, delete: &[u8]) -> Vec<u8> {
    let mut drop = [false; 256];
    delete.iter().for_each(|&d| drop[d as usize] = true);
    b.iter().filter(|&&c| !drop[c as usize]).map(|&c| table.map_or(c, |t| t[c as usize])).collect()
}
