//! Searching in bytes: what `str` (as generalised UTF-8, where a match of bytes is a match of text), `bytes`
//! and `bytearray` share.

use memchr::memmem;

#[inline]
pub fn find(h: &[u8], n: &[u8]) -> Option<usize> {
    match *n {
        [] => Some(0),
        [b] => memchr::memchr(b, h),
        _ => find_long(h, n),
    }
}

/// Looks at the places of the first byte; when too many of them disappoint, a searcher is made.
fn find_long(h: &[u8], n: &[u8]) -> Option<usize> {
    let last = h.len().checked_sub(n.len())?;
    let mut from = 0;
    for _ in 0..6 {
        let at = from + memchr::memchr(n[0], &h[from..=last])?;
        if &h[at + 1..at + n.len()] == &n[1..] {
            return Some(at);
        }
        from = at + 1;
        if from > last {
            return None;
        }
    }
    memmem::find(&h[from..], n).map(|i| from + i)
}

#[inline]
pub fn rfind(h: &[u8], n: &[u8]) -> Option<usize> {
    match *n {
        [] => Some(h.len()),
        [b] => memchr::memrchr(b, h),
        _ if h.len() < 128 => h.windows(n.len()).rposition(|w| w == n),
        _ => memmem::rfind(h, n),
    }
}

/// The places of `n` (not empty) in `h` that do not overlap, from the left.
pub fn each(h: &[u8], n: &[u8], mut f: impl FnMut(usize) -> bool) {
    if let [b] = *n {
        for at in memchr::memchr_iter(b, h) {
            if !f(at) {
                return;
            }
        }
        return;
    }
    let mut from = 0;
    // A searcher pays only when there is much to search.
    while h.len() - from < 256 {
        let Some(at) = find(&h[from..], n) else { return };
        if !f(from + at) {
            return;
        }
        from += at + n.len();
    }
    let finder = memmem::Finder::new(n);
    while let Some(at) = finder.find(&h[from..]) {
        if !f(from + at) {
            return;
        }
        from += at + n.len();
    }
}

/// The places of `n` (not empty) in `h` that do not overlap, from the right.
pub fn each_back(h: &[u8], n: &[u8], mut f: impl FnMut(usize) -> bool) {
    if h.len() < n.len() {
        return;
    }
    let finder = memmem::FinderRev::new(n);
    let mut end = h.len();
    while let Some(at) = finder.rfind(&h[..end]) {
        if !f(at) {
            return;
        }
        end = at;
    }
}

/// How often `n` (not empty) occurs in `h`.
pub fn count(h: &[u8], n: &[u8]) -> usize {
    if let [b] = *n {
        return memchr::memchr_iter(b, h).count();
    }
    let mut found = 0;
    each(h, n, |_| {
        found += 1;
        true
    });
    found
}

/// The size of `h` with `places` occurrences of `old` bytes replaced by `new` bytes.
pub fn replaced_len(len: usize, places: usize, old: usize, new: usize) -> Option<usize> {
    (len - places * old).checked_add(places.checked_mul(new)?)
}

/// `h` with the first `max` occurrences of `old` (not empty) replaced; `None` when there are none. The outer
/// error: the result is too big.
pub fn replace(h: &[u8], old: &[u8], new: &[u8], max: usize) -> Result<Option<Vec<u8>>, ()> {
    if max == 0 || h.len() < old.len() {
        return Ok(None);
    }
    if let ([a], [b]) = (old, new) {
        let Some(first) = memchr::memchr(*a, h) else { return Ok(None) };
        let mut out = h.to_vec();
        if max == usize::MAX {
            for c in &mut out[first..] {
                *c = if *c == *a { *b } else { *c };
            }
        } else {
            for at in memchr::memchr_iter(*a, h).take(max) {
                out[at] = *b;
            }
        }
        return Ok(Some(out));
    }
    if find(h, old).is_none() {
        return Ok(None);
    }
    // Counted first when the result can be much bigger, so that memory is asked for once.
    let places = if new.len() > old.len() { count(h, old).min(max) } else { 0 };
    let size = replaced_len(h.len(), places, old.len(), new.len()).ok_or(())?;
    let mut out = Vec::new();
    out.try_reserve_exact(size).map_err(|_| ())?;
    let (mut done, mut left) = (0, max);
    each(h, old, |at| {
        out.extend_from_slice(&h[done..at]);
        out.extend_from_slice(new);
        done = at + old.len();
        left -= 1;
        left > 0
    });
    out.extend_from_slice(&h[done..]);
    Ok(Some(out))
}
