//! `str` methods that look for text in text.

use super::Str;
use crate::heap::Ref;
use crate::search;
use crate::slice;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::{Raised, Result, Value};
use taipan_macros::methods;

/// A bound as `find` and its kind take it: absent or `None` means the default.
#[inline]
pub fn bound(ts: &ThreadState, v: Option<&Value>, default: isize) -> Result<isize> {
    match v {
        None => Ok(default),
        Some(v) if v.is_none() => Ok(default),
        Some(v) => slice::slice_index(ts, v),
    }
}

/// Bounds within something `len` long; `None` when the start lies behind the end.
#[inline]
pub fn bounds(ts: &ThreadState, start: Option<&Value>, end: Option<&Value>, len: impl FnOnce() -> usize) -> Result<Option<(usize, usize)>> {
    let (start, end) = (bound(ts, start, 0)?, bound(ts, end, isize::MAX)?);
    let n = len() as isize;
    let wrap = |i: isize| if i < 0 { i.saturating_add(n).max(0) } else { i };
    let (start, end) = (wrap(start), wrap(end.min(n)));
    Ok(if start > end { None } else { Some((start as usize, end as usize)) })
}

impl Str {
    /// The byte range between two bounds that Python gave.
    #[inline]
    fn window(&self, ts: &ThreadState, start: Option<&Value>, end: Option<&Value>) -> Result<Option<(usize, usize)>> {
        if start.is_none() && end.is_none() {
            return Ok(Some((0, self.byte_len())));
        }
        let Some((a, b)) = bounds(ts, start, end, || self.len())? else { return Ok(None) };
        Ok(Some((self.offset_of(a), self.offset_of(b))))
    }
    fn found(&self, ts: &ThreadState, sub: &Str, start: Option<&Value>, end: Option<&Value>, f: fn(&[u8], &[u8]) -> Option<usize>) -> Result<Option<usize>> {
        let Some((a, b)) = self.window(ts, start, end)? else { return Ok(None) };
        Ok(f(&self.bytes()[a..b], sub.bytes()).map(|at| self.index_of(a + at)))
    }
    /// Does `affix` stand at the beginning (or end) of the window?
    fn tail_match(&self, window: Option<(usize, usize)>, affix: &Str, front: bool) -> bool {
        let Some((a, b)) = window else { return false };
        let text = &self.bytes()[a..b];
        if front { text.starts_with(affix.bytes()) } else { text.ends_with(affix.bytes()) }
    }
    fn has_affix(&self, ts: &ThreadState, affix: &Value, start: Option<&Value>, end: Option<&Value>, front: bool) -> Result<bool> {
        let window = self.window(ts, start, end)?;
        let name = if front { "startswith" } else { "endswith" };
        if let Some(t) = affix.downcast::<Tuple>() {
            for item in t.items() {
                let Some(s) = item.as_str() else {
                    return Err(ts.type_error(format!("tuple for {name} must only contain str, not {}", item.type_name(ts))));
                };
                if self.tail_match(window, s, front) {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        match affix.as_str() {
            Some(s) => Ok(self.tail_match(window, s, front)),
            None => Err(ts.type_error(format!("{name} first arg must be str or a tuple of str, not {}", affix.type_name(ts)))),
        }
    }
    /// The string itself, as an object of exactly `str`.
    #[inline]
    pub fn plain(&self, ts: &ThreadState) -> Ref<Str> {
        let me = self.to_ref();
        if me.as_value().is_exact::<Str>() { me } else { Str::from_wtf8(ts, self.bytes()) }
    }
    pub(super) fn too_big(ts: &ThreadState) -> Raised {
        ts.overflow_error("replace string is too long")
    }
    /// `self.replace(old, new, count)`; all when `count` is negative.
    pub fn replaced(&self, ts: &ThreadState, old: &Str, new: &Str, count: isize) -> Result<Ref<Str>> {
        let max = if count < 0 { usize::MAX } else { count as usize };
        if max == 0 || old.eq(new) {
            return Ok(self.plain(ts));
        }
        if old.is_empty() {
            if new.is_empty() {
                return Ok(self.plain(ts));
            }
            let times = max.min(self.len() + 1);
            let size = new.byte_len().checked_mul(times).and_then(|n| n.checked_add(self.byte_len()));
            let mut out = Vec::new();
            if size.is_none_or(|n| n > isize::MAX as usize || out.try_reserve_exact(n).is_err()) {
                return Err(Str::too_big(ts));
            }
            let bytes = self.bytes();
            let mut at = 0;
            for i in 0..times {
                if i > 0 {
                    let w = crate::unicode::wtf8::width(bytes[at]);
                    out.extend_from_slice(&bytes[at..at + w]);
                    at += w;
                }
                out.extend_from_slice(new.bytes());
            }
            out.extend_from_slice(&bytes[at..]);
            return Ok(Str::from_wtf8(ts, out));
        }
        let (text, o, n) = (self.bytes(), old.bytes(), new.bytes());
        let ascii = self.is_ascii() && new.is_ascii();
        if let ([a], [b]) = (o, n)
            && self.is_ascii()
        {
            // Bytes for bytes.
            let Some(first) = memchr::memchr(*a, text) else { return Ok(self.plain(ts)) };
            let mut left = max;
            return Ok(Str::from_ascii_with(ts, text.len(), |out| {
                out.copy_from_slice(text);
                for c in &mut out[first..] {
                    if *c == *a && left > 0 {
                        *c = *b;
                        left -= 1;
                    }
                }
            }));
        }
        let places = search::count(text, o).min(max);
        if places == 0 {
            return Ok(self.plain(ts));
        }
        let size = search::replaced_len(text.len(), places, o.len(), n.len());
        let Some(size) = size.filter(|&n| n <= isize::MAX as usize / 2) else { return Err(Str::too_big(ts)) };
        crate::heap::check_size(ts, size)?;
        let fill = |out: &mut super::Filler| {
            let (mut done, mut left) = (0, places);
            search::each(text, o, |at| {
                out.push(&text[done..at]);
                out.push(n);
                done = at + o.len();
                left -= 1;
                left > 0
            });
            out.push(&text[done..]);
        };
        Ok(if ascii { Str::build(ts, size, self.flags() & new.flags(), fill) } else { Str::build_any(ts, size, fill) })
    }
    fn parts(&self, ts: &ThreadState, at: Option<usize>, sep: &Str, from_right: bool) -> Value {
        let items = match at {
            Some(at) => [
                Str::subslice(ts, self, 0, at).into_value(),
                sep.to_ref().into_value(),
                Str::subslice(ts, self, at + sep.byte_len(), self.byte_len()).into_value(),
            ],
            None if from_right => [Str::empty(ts).into_value(), Str::empty(ts).into_value(), self.plain(ts).into_value()],
            None => [self.plain(ts).into_value(), Str::empty(ts).into_value(), Str::empty(ts).into_value()],
        };
        Tuple::from_array(ts, items).into_value()
    }
}

/// The separator of `partition`.
fn separator<'a>(ts: &ThreadState, v: &'a Value) -> Result<&'a Str> {
    v.downcast::<Str>().ok_or_else(|| ts.type_error(format!("must be str, not {}", v.type_name(ts))))
}

#[methods(part = SEARCH)]
impl Str {
    /// Return the lowest index at which sub lies within self[start:end], or -1.
    #[method("find($self, sub, start=None, end=None, /)", no_signature)]
    fn find(&self, ts: &ThreadState, sub: &Str, start: Option<&Value>, end: Option<&Value>) -> Result<isize> {
        Ok(self.found(ts, sub, start, end, search::find)?.map_or(-1, |i| i as isize))
    }
    /// Return the highest index at which sub lies within self[start:end], or -1.
    #[method("rfind($self, sub, start=None, end=None, /)", no_signature)]
    fn rfind(&self, ts: &ThreadState, sub: &Str, start: Option<&Value>, end: Option<&Value>) -> Result<isize> {
        Ok(self.found(ts, sub, start, end, search::rfind)?.map_or(-1, |i| i as isize))
    }
    /// As find, but raise ValueError when sub is not there.
    #[method("index($self, sub, start=None, end=None, /)", no_signature)]
    fn index_(&self, ts: &ThreadState, sub: &Str, start: Option<&Value>, end: Option<&Value>) -> Result<usize> {
        self.found(ts, sub, start, end, search::find)?.ok_or_else(|| ts.value_error("substring not found"))
    }
    /// As rfind, but raise ValueError when sub is not there.
    #[method("rindex($self, sub, start=None, end=None, /)", no_signature)]
    fn rindex(&self, ts: &ThreadState, sub: &Str, start: Option<&Value>, end: Option<&Value>) -> Result<usize> {
        self.found(ts, sub, start, end, search::rfind)?.ok_or_else(|| ts.value_error("substring not found"))
    }
    /// Return the number of occurrences of sub in self[start:end] that do not overlap.
    #[method("count($self, sub, start=None, end=None, /)", no_signature)]
    fn count(&self, ts: &ThreadState, sub: &Str, start: Option<&Value>, end: Option<&Value>) -> Result<usize> {
        let Some((a, b)) = self.window(ts, start, end)? else { return Ok(0) };
        let text = &self.bytes()[a..b];
        Ok(if sub.is_empty() { crate::unicode::wtf8::count(text) + 1 } else { search::count(text, sub.bytes()) })
    }
    /// Does self[start:end] begin with the prefix, or with one of a tuple of prefixes?
    #[method("startswith($self, prefix, start=None, end=None, /)", no_signature)]
    fn startswith(&self, ts: &ThreadState, prefix: &Value, start: Option<&Value>, end: Option<&Value>) -> Result<bool> {
        self.has_affix(ts, prefix, start, end, true)
    }
    /// Does self[start:end] end with the suffix, or with one of a tuple of suffixes?
    #[method("endswith($self, suffix, start=None, end=None, /)", no_signature)]
    fn endswith(&self, ts: &ThreadState, suffix: &Value, start: Option<&Value>, end: Option<&Value>) -> Result<bool> {
        self.has_affix(ts, suffix, start, end, false)
    }
    /// Return the string without the prefix, if it begins with it.
    #[method("removeprefix($self, prefix, /)")]
    fn removeprefix(&self, ts: &ThreadState, prefix: &Str) -> Ref<Str> {
        match self.bytes().strip_prefix(prefix.bytes()) {
            Some(_) if !prefix.is_empty() => Str::subslice(ts, self, prefix.byte_len(), self.byte_len()),
            _ => self.plain(ts),
        }
    }
    /// Return the string without the suffix, if it ends with it.
    #[method("removesuffix($self, suffix, /)")]
    fn removesuffix(&self, ts: &ThreadState, suffix: &Str) -> Ref<Str> {
        match self.bytes().strip_suffix(suffix.bytes()) {
            Some(rest) if !suffix.is_empty() => Str::subslice(ts, self, 0, rest.len()),
            _ => self.plain(ts),
        }
    }
    /// Return a copy with occurrences of old replaced by new: all of them, or the first count.
    #[method("replace($self, old, new, /, count=-1)")]
    fn replace(&self, ts: &ThreadState, old: &Str, new: &Str, count: isize) -> Result<Ref<Str>> {
        self.replaced(ts, old, new, count)
    }
    /// Split at the first sep: what is before it, sep itself, what is behind it.
    #[method("partition($self, sep, /)")]
    fn partition(&self, ts: &ThreadState, sep: &Value) -> Result<Value> {
        let sep = separator(ts, sep)?;
        if sep.is_empty() {
            return Err(ts.value_error("empty separator"));
        }
        Ok(self.parts(ts, search::find(self.bytes(), sep.bytes()), sep, false))
    }
    /// Split at the last sep: what is before it, sep itself, what is behind it.
    #[method("rpartition($self, sep, /)")]
    fn rpartition(&self, ts: &ThreadState, sep: &Value) -> Result<Value> {
        let sep = separator(ts, sep)?;
        if sep.is_empty() {
            return Err(ts.value_error("empty separator"));
        }
        Ok(self.parts(ts, search::rfind(self.bytes(), sep.bytes()), sep, true))
    }
}
