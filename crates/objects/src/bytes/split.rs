//! Taking bytes apart: pieces are reported as ranges, in the order in which they are found.

use super::case::is_space;
use crate::search;
use std::ops::Range;

type Pieces = Vec<Range<usize>>;

pub fn split_whitespace(b: &[u8], max: usize) -> Pieces {
    let mut out = Vec::new();
    let mut at = 0;
    loop {
        while at < b.len() && is_space(b[at]) {
            at += 1;
        }
        if at == b.len() {
            return out;
        }
        if out.len() == max {
            out.push(at..b.len());
            return out;
        }
        let start = at;
        while at < b.len() && !is_space(b[at]) {
            at += 1;
        }
        out.push(start..at);
    }
}

pub fn rsplit_whitespace(b: &[u8], max: usize) -> Pieces {
    let mut out = Vec::new();
    let mut at = b.len();
    loop {
        while at > 0 && is_space(b[at - 1]) {
            at -= 1;
        }
        if at == 0 {
            break;
        }
        if out.len() == max {
            out.push(0..at);
            break;
        }
        let end = at;
        while at > 0 && !is_space(b[at - 1]) {
            at -= 1;
        }
        out.push(at..end);
    }
    out.reverse();
    out
}

pub fn split(b: &[u8], sep: &[u8], max: usize) -> Pieces {
    let (mut out, mut done) = (Vec::new(), 0);
    if max > 0 {
        search::each(b, sep, |at| {
            out.push(done..at);
            done = at + sep.len();
            out.len() < max
        });
    }
    out.push(done..b.len());
    out
}

pub fn rsplit(b: &[u8], sep: &[u8], max: usize) -> Pieces {
    let (mut out, mut end) = (Vec::new(), b.len());
    if max > 0 {
        search::each_back(b, sep, |at| {
            out.push(at + sep.len()..end);
            end = at;
            out.len() < max
        });
    }
    out.push(0..end);
    out.reverse();
    out
}

pub fn lines(b: &[u8], keep_ends: bool) -> Pieces {
    let (mut out, mut start) = (Vec::new(), 0);
    while start < b.len() {
        let end = memchr::memchr2(b'\n', b'\r', &b[start..]).map_or(b.len(), |i| start + i);
        let next = if b[end..].starts_with(b"\r\n") { end + 2 } else { (end + 1).min(b.len()) };
        out.push(start..if keep_ends { next } else { end });
        start = next;
    }
    out
}

/// The range left when bytes of `set` (whitespace if absent) are taken off the ends.
pub fn stripped(b: &[u8], set: Option<&[u8]>, left: bool, right: bool) -> Range<usize> {
    let inside = |c: u8| match set {
        None => is_space(c),
        Some(set) => memchr::memchr(c, set).is_some(),
    };
    let (mut start, mut end) = (0, b.len());
    while left && start < end && inside(b[start]) {
        start += 1;
    }
    while right && start < end && inside(b[end - 1]) {
        end -= 1;
    }
    start..end
}
