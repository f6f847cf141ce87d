//! `str` methods that take text apart and put it together: split, strip, join, padding.

use super::{Str, StrBuilder};
use crate::heap::Ref;
use crate::list::List;
use crate::protocol;
use crate::search;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::unicode::{self, wtf8};
use crate::value::{Result, Value};
use taipan_macros::methods;

impl Str {
    fn piece(&self, ts: &ThreadState, start: usize, end: usize) -> Value {
        Str::subslice(ts, self, start, end).into_value()
    }
    /// Splits at runs of whitespace, from the left.
    fn split_whitespace(&self, ts: &ThreadState, max: usize) -> Vec<Value> {
        let text = self.bytes();
        let mut out = Vec::with_capacity(8);
        let mut at = 0;
        if self.is_ascii() {
            let is_space = |b: &u8| ASCII_SPACE[(b & 127) as usize];
            while out.len() < max {
                let Some(start) = text[at..].iter().position(|b| !is_space(b)).map(|i| at + i) else { return out };
                at = text[start..].iter().position(is_space).map_or(text.len(), |i| start + i);
                out.push(Str::from_ascii(ts, &text[start..at]).into_value());
            }
        }
        loop {
            at = skip(text, at, true);
            if at == text.len() {
                return out;
            }
            if out.len() == max {
                out.push(self.piece(ts, at, text.len()));
                return out;
            }
            let start = at;
            at = skip(text, at, false);
            out.push(self.piece(ts, start, at));
        }
    }
    fn rsplit_whitespace(&self, ts: &ThreadState, max: usize) -> Vec<Value> {
        let text = self.bytes();
        let mut out = Vec::new();
        let mut at = text.len();
        loop {
            at = skip_back(text, at, true);
            if at == 0 {
                break;
            }
            if out.len() == max {
                out.push(self.piece(ts, 0, at));
                break;
            }
            let end = at;
            at = skip_back(text, at, false);
            out.push(self.piece(ts, at, end));
        }
        out.reverse();
        out
    }
    fn split_at(&self, ts: &ThreadState, sep: &Str, max: usize) -> Vec<Value> {
        let (mut out, mut done) = (Vec::with_capacity(8), 0);
        if max > 0 {
            search::each(self.bytes(), sep.bytes(), |at| {
                out.push(self.piece(ts, done, at));
                done = at + sep.byte_len();
                out.len() < max
            });
        }
        out.push(if done == 0 { self.plain(ts).into_value() } else { self.piece(ts, done, self.byte_len()) });
        out
    }
    fn rsplit_at(&self, ts: &ThreadState, sep: &Str, max: usize) -> Vec<Value> {
        let (mut out, mut end) = (Vec::new(), self.byte_len());
        if max > 0 {
            search::each_back(self.bytes(), sep.bytes(), |at| {
                out.push(self.piece(ts, at + sep.byte_len(), end));
                end = at;
                out.len() < max
            });
        }
        out.push(if end == self.byte_len() { self.plain(ts).into_value() } else { self.piece(ts, 0, end) });
        out.reverse();
        out
    }
    /// The text between its first and last code point that are not to be stripped.
    fn stripped(&self, ts: &ThreadState, chars: Option<&Value>, name: &str, left: bool, right: bool) -> Result<Ref<Str>> {
        let text = self.bytes();
        let (start, end) = match chars.filter(|v| !v.is_none()) {
            None => {
                let start = if left { skip(text, 0, true) } else { 0 };
                (start, if right { skip_back(text, text.len(), true).max(start) } else { text.len() })
            }
            Some(v) => {
                let Some(set) = v.as_str() else {
                    return Err(ts.type_error(format!("{name} arg must be None or str")));
                };
                let inside = |c: u32| set.code_points().any(|s| s == c);
                let (mut start, mut end) = (0, text.len());
                while left && start < end {
                    let (c, w) = wtf8::decode_at(text, start);
                    if !inside(c) {
                        break;
                    }
                    start += w;
                }
                while right && start < end {
                    let (c, w) = wtf8::decode_before(text, end);
                    if !inside(c) {
                        break;
                    }
                    end -= w;
                }
                (start, end)
            }
        };
        Ok(if (start, end) == (0, text.len()) { self.plain(ts) } else { Str::subslice(ts, self, start, end) })
    }
    /// The lines, as byte ranges: start, end without the line break, end with it.
    pub fn lines(&self, mut f: impl FnMut(usize, usize, usize)) {
        let text = self.bytes();
        let mut start = 0;
        while start < text.len() {
            let mut at = start;
            let (end, next) = loop {
                if at == text.len() {
                    break (at, at);
                }
                let b = text[at];
                if (0x20..0x80).contains(&b) {
                    at += 1;
                    continue;
                }
                let (c, w) = wtf8::decode_at(text, at);
                if unicode::is_line_break(c) {
                    let crlf = b == b'\r' && text.get(at + 1) == Some(&b'\n');
                    break (at, at + w + crlf as usize);
                }
                at += w;
            };
            f(start, end, next);
            start = next;
        }
    }
    fn padded(&self, ts: &ThreadState, before: usize, behind: usize, fill: u32) -> Result<Ref<Str>> {
        if before == 0 && behind == 0 {
            return Ok(self.plain(ts));
        }
        if self.is_ascii() && fill < 128 && before + behind < 1 << 20 {
            let n = self.byte_len();
            return Ok(Str::from_ascii_filled(ts, before + n + behind, |out| {
                out[..before].fill(fill as u8);
                out[before..before + n].copy_from_slice(self.bytes());
                out[before + n..].fill(fill as u8);
            }));
        }
        let mut out = StrBuilder::new();
        let width = wtf8::encoded_width(fill);
        out.reserve(ts, (before + behind).saturating_mul(width).saturating_add(self.byte_len()))?;
        out.push_repeated(fill, before);
        out.push_text(self);
        out.push_repeated(fill, behind);
        Ok(out.finish(ts))
    }
    /// `self.join(items)`
    pub fn join_items(&self, ts: &ThreadState, items: &[Value]) -> Result<Ref<Str>> {
        match items {
            [] => return Ok(Str::empty(ts)),
            [one] if one.is_exact::<Str>() => {
                if let Some(s) = one.as_str_exact() {
                    return Ok(s.to_ref());
                }
            }
            _ => {}
        }
        let mut size = self.byte_len().checked_mul(items.len() - 1);
        let mut flags = self.flags();
        for (i, v) in items.iter().enumerate() {
            let Some(s) = v.as_str() else {
                return Err(ts.type_error(format!("sequence item {i}: expected str instance, {} found", v.type_name(ts))));
            };
            size = size.and_then(|n| n.checked_add(s.byte_len()));
            flags &= s.flags();
        }
        let Some(size) = size.filter(|&n| n <= isize::MAX as usize / 2) else {
            return Err(ts.overflow_error("join() result is too long for a Python string"));
        };
        if items.len() == 1 {
            flags = items[0].as_str().map_or(0, Str::flags);
        }
        crate::heap::check_size(ts, size)?;
        let sep = self.bytes();
        Ok(Str::build(ts, size, flags, |out| {
            for (i, v) in items.iter().enumerate() {
                if i > 0 {
                    out.push(sep);
                }
                if let Some(s) = v.as_str() {
                    out.push(s.bytes());
                }
            }
        }))
    }
}

static ASCII_SPACE: [bool; 128] = {
    let mut table = [false; 128];
    let mut i = 0;
    while i < 128 {
        table[i] = matches!(i, 9..=13 | 28..=32);
        i += 1;
    }
    table
};

/// The first offset from `at` on that does not hold whitespace (or, with `space` false, that does).
#[inline]
fn skip(text: &[u8], mut at: usize, space: bool) -> usize {
    while at < text.len() {
        let b = text[at];
        if b < 0x80 {
            if unicode::is_space(b as u32) != space {
                break;
            }
            at += 1;
        } else {
            let (c, w) = wtf8::decode_at(text, at);
            if unicode::is_space(c) != space {
                break;
            }
            at += w;
        }
    }
    at
}

#[inline]
fn skip_back(text: &[u8], mut end: usize, space: bool) -> usize {
    while end > 0 {
        let (c, w) = wtf8::decode_before(text, end);
        if unicode::is_space(c) != space {
            break;
        }
        end -= w;
    }
    end
}

fn limit(max: isize) -> usize {
    if max < 0 { usize::MAX } else { max as usize }
}

/// The separator of `split`; `None` for whitespace.
fn separator<'a>(ts: &ThreadState, sep: &'a Value) -> Result<Option<&'a Str>> {
    if sep.is_none() {
        return Ok(None);
    }
    match sep.as_str() {
        Some(s) if s.is_empty() => Err(ts.value_error("empty separator")),
        Some(s) => Ok(Some(s)),
        None => Err(ts.type_error(format!("must be str or None, not {}", sep.type_name(ts)))),
    }
}

/// The character to pad with.
fn fill_char(ts: &ThreadState, v: &Value) -> Result<u32> {
    let Some(s) = v.as_str() else {
        return Err(ts.type_error(format!("The fill character must be a unicode character, not {}", v.type_name(ts))));
    };
    s.single().ok_or_else(|| ts.type_error("The fill character must be exactly one character long"))
}

#[methods(part = SPLIT)]
impl Str {
    /// Return the pieces between separators, or between runs of whitespace when sep is None.
    #[method("split($self, /, sep=None, maxsplit=-1)")]
    fn split(&self, ts: &ThreadState, sep: Value, maxsplit: isize) -> Result<Ref<List>> {
        let pieces = match separator(ts, &sep)? {
            None => self.split_whitespace(ts, limit(maxsplit)),
            Some(sep) => self.split_at(ts, sep, limit(maxsplit)),
        };
        Ok(List::new(ts, pieces))
    }
    /// As split, but count the splits of maxsplit from the end.
    #[method("rsplit($self, /, sep=None, maxsplit=-1)")]
    fn rsplit(&self, ts: &ThreadState, sep: Value, maxsplit: isize) -> Result<Ref<List>> {
        let pieces = match separator(ts, &sep)? {
            None => self.rsplit_whitespace(ts, limit(maxsplit)),
            Some(sep) => self.rsplit_at(ts, sep, limit(maxsplit)),
        };
        Ok(List::new(ts, pieces))
    }
    /// Return the lines, without their line breaks unless keepends is true.
    #[method("splitlines($self, /, keepends=False)")]
    fn splitlines(&self, ts: &ThreadState, keepends: bool) -> Ref<List> {
        let mut out = Vec::new();
        self.lines(|start, end, next| {
            let end = if keepends { next } else { end };
            out.push(if (start, end) == (0, self.byte_len()) { self.plain(ts).into_value() } else { self.piece(ts, start, end) });
        });
        List::new(ts, out)
    }
    /// Return a copy without leading and trailing whitespace, or without the given characters there.
    #[method("strip($self, chars=None, /)")]
    fn strip(&self, ts: &ThreadState, chars: Option<&Value>) -> Result<Ref<Str>> {
        self.stripped(ts, chars, "strip", true, true)
    }
    /// Return a copy without leading whitespace, or without the given characters there.
    #[method("lstrip($self, chars=None, /)")]
    fn lstrip(&self, ts: &ThreadState, chars: Option<&Value>) -> Result<Ref<Str>> {
        self.stripped(ts, chars, "lstrip", true, false)
    }
    /// Return a copy without trailing whitespace, or without the given characters there.
    #[method("rstrip($self, chars=None, /)")]
    fn rstrip(&self, ts: &ThreadState, chars: Option<&Value>) -> Result<Ref<Str>> {
        self.stripped(ts, chars, "rstrip", false, true)
    }
    /// Put the strings of an iterable together, with this one in between.
    #[method("join($self, iterable, /)")]
    fn join(&self, ts: &ThreadState, iterable: &Value) -> Result<Ref<Str>> {
        if let Some(l) = iterable.exact::<List>() {
            return l.items.read(|items| self.join_items(ts, items));
        }
        if let Some(t) = iterable.exact::<Tuple>() {
            return self.join_items(ts, t.items());
        }
        if !protocol::is_iterable(ts, iterable) {
            return Err(ts.type_error("can only join an iterable"));
        }
        self.join_items(ts, &protocol::collect(ts, iterable)?)
    }
    /// Return the string centred in a field of the given width.
    #[method("center($self, width, fillchar=' ', /)")]
    fn center(&self, ts: &ThreadState, width: isize, fillchar: &Value) -> Result<Ref<Str>> {
        let fill = fill_char(ts, fillchar)?;
        let margin = width.saturating_sub(self.len() as isize).max(0) as usize;
        let before = margin / 2 + (margin & width as usize & 1);
        self.padded(ts, before, margin - before, fill)
    }
    /// Return the string at the left of a field of the given width.
    #[method("ljust($self, width, fillchar=' ', /)")]
    fn ljust(&self, ts: &ThreadState, width: isize, fillchar: &Value) -> Result<Ref<Str>> {
        let fill = fill_char(ts, fillchar)?;
        self.padded(ts, 0, width.saturating_sub(self.len() as isize).max(0) as usize, fill)
    }
    /// Return the string at the right of a field of the given width.
    #[method("rjust($self, width, fillchar=' ', /)")]
    fn rjust(&self, ts: &ThreadState, width: isize, fillchar: &Value) -> Result<Ref<Str>> {
        let fill = fill_char(ts, fillchar)?;
        self.padded(ts, width.saturating_sub(self.len() as isize).max(0) as usize, 0, fill)
    }
    /// Fill with zeros on the left, behind a sign if there is one.
    #[method("zfill($self, width, /)")]
    fn zfill(&self, ts: &ThreadState, width: isize) -> Result<Ref<Str>> {
        let zeros = width.saturating_sub(self.len() as isize).max(0) as usize;
        let text = self.bytes();
        if zeros == 0 || !matches!(text.first(), Some(b'+' | b'-')) {
            return self.padded(ts, zeros, 0, '0' as u32);
        }
        let mut out = StrBuilder::new();
        out.reserve(ts, text.len() + zeros)?;
        out.push_ascii(text[0]);
        out.push_repeated('0' as u32, zeros);
        out.push_bytes(&text[1..]);
        Ok(out.finish(ts))
    }
    /// Return a copy in which tabs are spaces up to the next column that is a multiple of tabsize.
    #[method("expandtabs($self, /, tabsize=8)")]
    fn expandtabs(&self, ts: &ThreadState, tabsize: i32) -> Result<Ref<Str>> {
        let text = self.bytes();
        if memchr::memchr(b'\t', text).is_none() {
            return Ok(self.plain(ts));
        }
        let mut out = StrBuilder::new();
        let mut column = 0usize;
        for &b in text {
            match b {
                b'\t' if tabsize > 0 => {
                    let n = tabsize as usize - column % tabsize as usize;
                    out.reserve(ts, n).map_err(|_| ts.overflow_error("new string is too long"))?;
                    out.push_repeated(' ' as u32, n);
                    column += n;
                }
                b'\t' => {}
                _ => {
                    column = if b == b'\n' || b == b'\r' { 0 } else { column + !wtf8::is_continuation(b) as usize };
                    out.push_bytes(&[b]);
                }
            }
        }
        Ok(out.finish(ts))
    }
}
