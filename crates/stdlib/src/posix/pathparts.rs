//! Paths as text: fspath, normpath, splitroot.

use super::path;
use crate::prelude::*;

/// `a//b/./c/..` made plain; the number of leading slashes (1 or 2) stays.
pub fn normpath(path: &[u8]) -> Vec<u8> {
    let root = path.iter().take_while(|&&b| b == b'/').count();
    let slashes = match root {
        0 => 0,
        2 => 2,
        _ => 1,
    };
    let mut parts: Vec<&[u8]> = vec![];
    for part in path.split(|&b| b == b'/') {
        match part {
            b"" | b"." => {}
            b".." if !(slashes == 0 && parts.last().is_none_or(|&p| p == b"..")) => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    let mut out = vec![b'/'; slashes];
    out.extend_from_slice(&parts.join(&b'/'));
    if out.is_empty() { b".".to_vec() } else { out }
}

/// The slashes that make the root, and the rest.
fn splitroot(path: &[u8]) -> (usize, usize) {
    match path {
        [b'/', b'/', b'/', ..] => (1, 1),
        [b'/', b'/', ..] => (2, 2),
        [b'/', ..] => (1, 1),
        _ => (0, 0),
    }
}

fn text(ts: &ThreadState, function: &str, v: &Value) -> Result<(Value, bool)> {
    let _ = function;
    let v = path::fspath(ts, v)?;
    let is_bytes = v.downcast::<Str>().is_none();
    Ok((v, is_bytes))
}

fn raw(v: &Value) -> &[u8] {
    match v.downcast::<Str>() {
        Some(s) => s.bytes(),
        None => v.downcast::<Bytes>().map_or(&[], |b| b.bytes()),
    }
}

fn make(ts: &ThreadState, part: &[u8], is_bytes: bool) -> Value {
    if is_bytes { bytes_value(ts, part) } else { Str::from_wtf8(ts, part).into_value() }
}

#[functions(module = "posix")]
pub mod functions {
    use super::*;

    /// Return the file system path representation of the object.
    #[function("fspath(path)")]
    fn fspath(ts: &ThreadState, path: &Value) -> Result {
        super::path::fspath(ts, path)
    }
    /// Normalize path, eliminating double slashes, etc.
    #[function("_path_normpath(path)")]
    fn path_normpath(ts: &ThreadState, path: &Value) -> Result {
        let (v, is_bytes) = text(ts, "_path_normpath", path)?;
        Ok(make(ts, &normpath(raw(&v)), is_bytes))
    }
    /// Split a pathname into drive, root and tail.
    #[function("_path_splitroot_ex(p)")]
    fn path_splitroot_ex(ts: &ThreadState, p: &Value) -> Result {
        let (v, is_bytes) = text(ts, "_path_splitroot_ex", p)?;
        let s = raw(&v);
        let (root, rest) = splitroot(s);
        Ok(tuple(ts, vec![make(ts, b"", is_bytes), make(ts, &s[..root], is_bytes), make(ts, &s[rest..], is_bytes)]))
    }
}

#[cfg(test)]
mod tests {
    use super::normpath;

    #[test]
    fn normal_paths() {
        for (from, to) in [
            ("", "."),
            ("/", "/"),
            ("//", "//"),
            ("///", "/"),
            ("a/../..", ".."),
            ("/..", "/"),
            ("a//b/./c/../d/", "a/b/d"),
            ("../a/..", ".."),
            ("./", "."),
        ] {
            assert_eq!(normpath(from.as_bytes()), to.as_bytes(), "{from}");
        }
    }
}
