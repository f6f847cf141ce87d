//! The methods that `bytes` and `bytearray` have in common, declared once for both.

use super::{case, convert, ops, split};
use crate::buffer::{self, Buffer};
use crate::bytearray::Bytearray;
use crate::bytes::Bytes;
use crate::heap::Ref;
use crate::int;
use crate::list::List;
use crate::native::{ArgCx, FromArg};
use crate::protocol;
use crate::search;
use crate::str::{Str, search::bounds};
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::{Result, Value};
use taipan_macros::methods;

/// A native class that holds bytes.
pub trait BytesLike {
    const NAME: &'static str;
    /// Looks at the contents. `f` must not run Python code.
    fn read<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R;
    /// A new object of exactly this class.
    fn make(ts: &ThreadState, bytes: Vec<u8>) -> Value;
    /// A new object of exactly this class, with contents of the old one.
    fn slice(ts: &ThreadState, bytes: &[u8]) -> Value;
    /// What a method gives that changes nothing.
    fn same(&self, ts: &ThreadState) -> Value;
}

impl BytesLike for Bytes {
    const NAME: &'static str = "bytes";
    #[inline(always)]
    fn read<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R {
        f(self.as_slice())
    }
    fn make(ts: &ThreadState, bytes: Vec<u8>) -> Value {
        Bytes::new(ts, &bytes).into_value()
    }
    fn slice(ts: &ThreadState, bytes: &[u8]) -> Value {
        Bytes::new(ts, bytes).into_value()
    }
    fn same(&self, ts: &ThreadState) -> Value {
        self.plain(ts).into_value()
    }
}

impl BytesLike for Bytearray {
    const NAME: &'static str = "bytearray";
    #[inline(always)]
    fn read<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R {
        Bytearray::read(self, f)
    }
    fn make(ts: &ThreadState, bytes: Vec<u8>) -> Value {
        Bytearray::new(ts, bytes).into_value()
    }
    fn slice(ts: &ThreadState, bytes: &[u8]) -> Value {
        Bytearray::new(ts, bytes.to_vec()).into_value()
    }
    fn same(&self, ts: &ThreadState) -> Value {
        let copy = Bytearray::read(self, |b| b.to_vec());
        Bytearray::new(ts, copy).into_value()
    }
}

/// What is looked for: a byte or several.
pub enum Needle {
    Byte([u8; 1]),
    Bytes(Buffer),
}

impl Needle {
    pub fn get(ts: &ThreadState, v: &Value) -> Result<Needle> {
        if buffer::supports(ts, v) {
            return Ok(Needle::Bytes(buffer::simple(ts, v)?));
        }
        if !protocol::has_index(ts, v) {
            return Err(ts.type_error(format!("argument should be integer or bytes-like object, not '{}'", v.type_name(ts))));
        }
        Ok(Needle::Byte([convert::byte(ts, v, "byte must be in range(0, 256)")?]))
    }
    pub fn as_slice(&self) -> &[u8] {
        match self {
            Needle::Byte(b) => b,
            Needle::Bytes(b) => b.as_slice(),
        }
    }
}

impl<'a> FromArg<'a> for Needle {
    fn from_arg(ts: &ThreadState, v: &'a Value, _: &ArgCx) -> Result<Needle> {
        Needle::get(ts, v)
    }
}

/// The byte to pad with.
pub struct Fill(u8);

impl<'a> FromArg<'a> for Fill {
    fn from_arg(ts: &ThreadState, v: &'a Value, cx: &ArgCx) -> Result<Fill> {
        let b = if let Some(b) = v.downcast::<Bytes>() {
            b.as_slice().to_vec()
        } else if let Some(b) = v.downcast::<Bytearray>() {
            b.read(|b| b.to_vec())
        } else {
            return Err(crate::native::bad_argument(ts, cx, "a byte string of length 1", v));
        };
        match *b {
            [c] => Ok(Fill(c)),
            _ => Err(ts.type_error(format!(
                "{}: argument 2 must be a byte string of length 1, not a {} object of length {}",
                cx.describe(),
                v.type_name(ts),
                b.len()
            ))),
        }
    }
}

fn found<T: BytesLike>(
    ts: &ThreadState,
    me: &T,
    sub: &Value,
    start: Option<&Value>,
    end: Option<&Value>,
    f: fn(&[u8], &[u8]) -> Option<usize>,
) -> Result<Option<usize>> {
    let sub = Needle::get(ts, sub)?;
    let Some((a, b)) = bounds(ts, start, end, || me.read(|b| b.len()))? else { return Ok(None) };
    Ok(me.read(|all| f(&all[a..b.min(all.len())], sub.as_slice()).map(|i| a + i)))
}

fn has_affix<T: BytesLike>(
    ts: &ThreadState,
    me: &T,
    affix: &Value,
    start: Option<&Value>,
    end: Option<&Value>,
    front: bool,
) -> Result<bool> {
    let window = bounds(ts, start, end, || me.read(|b| b.len()))?;
    let test = |v: &Value| -> Result<bool> {
        let affix = buffer::simple(ts, v)?;
        let Some((a, b)) = window else { return Ok(false) };
        Ok(me.read(|all| {
            let text = &all[a.min(all.len())..b.min(all.len())];
            if front { text.starts_with(affix.as_slice()) } else { text.ends_with(affix.as_slice()) }
        }))
    };
    if let Some(t) = affix.downcast::<Tuple>() {
        for v in t.items() {
            if test(v)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if !buffer::supports(ts, affix) {
        let name = if front { "startswith" } else { "endswith" };
        return Err(ts.type_error(format!("{name} first arg must be bytes or a tuple of bytes, not {}", affix.type_name(ts))));
    }
    test(affix)
}

fn separator(ts: &ThreadState, sep: &Value) -> Result<Option<Buffer>> {
    if sep.is_none() {
        return Ok(None);
    }
    let b = buffer::simple(ts, sep)?;
    if b.is_empty() { Err(ts.value_error("empty separator")) } else { Ok(Some(b)) }
}

fn limit(max: isize) -> usize {
    if max < 0 { usize::MAX } else { max as usize }
}

fn pieces<T: BytesLike>(ts: &ThreadState, me: &T, f: impl FnOnce(&[u8]) -> Vec<std::ops::Range<usize>>) -> Ref<List> {
    let items = me.read(|b| {
        let ranges = f(b);
        if ranges.len() == 1 && ranges[0] == (0..b.len()) {
            return Err(());
        }
        Ok(ranges.into_iter().map(|r| T::slice(ts, &b[r])).collect())
    });
    List::new(ts, items.unwrap_or_else(|()| vec![me.same(ts)]))
}

fn partitioned<T: BytesLike>(ts: &ThreadState, me: &T, sep: &Value, right: bool) -> Result<Ref<Tuple>> {
    let buffer = buffer::simple(ts, sep)?;
    if buffer.is_empty() {
        return Err(ts.value_error("empty separator"));
    }
    let s = buffer.as_slice();
    let hit = me.read(|b| if right { search::rfind(b, s) } else { search::find(b, s) });
    let row = match hit {
        Some(at) => me.read(|b| {
            let middle = if sep.is_exact::<Bytes>() && T::NAME == "bytes" { sep.clone() } else { T::slice(ts, s) };
            [T::slice(ts, &b[..at]), middle, T::slice(ts, &b[at + s.len()..])]
        }),
        None if right => [T::slice(ts, &[]), T::slice(ts, &[]), me.same(ts)],
        None => [me.same(ts), T::slice(ts, &[]), T::slice(ts, &[])],
    };
    Ok(Tuple::from_array(ts, row))
}

fn stripped<T: BytesLike>(ts: &ThreadState, me: &T, set: Option<&Value>, left: bool, right: bool) -> Result<Value> {
    let set = match set.filter(|v| !v.is_none()) {
        None => None,
        Some(v) => Some(buffer::simple(ts, v)?),
    };
    let sliced = me.read(|b| {
        let r = split::stripped(b, set.as_ref().map(|s| s.as_slice()), left, right);
        if r == (0..b.len()) { None } else { Some(T::slice(ts, &b[r])) }
    });
    Ok(sliced.unwrap_or_else(|| me.same(ts)))
}

fn joined<T: BytesLike>(ts: &ThreadState, me: &T, iterable: &Value) -> Result<Value> {
    if !protocol::is_iterable(ts, iterable) {
        return Err(ts.type_error("can only join an iterable"));
    }
    let items = protocol::collect(ts, iterable)?;
    if let [one] = &items[..]
        && one.is_exact::<Bytes>()
        && T::NAME == "bytes"
    {
        return Ok(one.clone());
    }
    let mut parts = Vec::with_capacity(items.len());
    for (i, v) in items.iter().enumerate() {
        if !buffer::supports(ts, v) {
            let message = format!("sequence item {i}: expected a bytes-like object, {} found", v.type_name(ts));
            return Err(ts.type_error(message));
        }
        parts.push(buffer::simple(ts, v)?);
    }
    let sep = me.read(|b| b.to_vec());
    let size = parts.iter().try_fold(sep.len().saturating_mul(parts.len().saturating_sub(1)), |n, p| n.checked_add(p.len()));
    let mut out = Vec::new();
    if size.is_none_or(|n| n > isize::MAX as usize) {
        return Err(ts.overflow_error("join() result is too long"));
    }
    out.try_reserve_exact(size.unwrap_or(0)).map_err(|_| ts.memory_error())?;
    for (i, p) in parts.iter().enumerate() {
        if i > 0 {
            out.extend_from_slice(&sep);
        }
        out.extend_from_slice(p.as_slice());
    }
    Ok(T::make(ts, out))
}

fn mapped<T: BytesLike>(ts: &ThreadState, me: &T, f: fn(&mut [u8])) -> Value {
    let mut copy = me.read(|b| b.to_vec());
    f(&mut copy);
    T::make(ts, copy)
}

fn aligned<T: BytesLike>(ts: &ThreadState, me: &T, width: isize, fill: Option<Fill>, split: fn(usize, usize) -> usize) -> Result<Value> {
    let n = me.read(|b| b.len());
    let margin = width.saturating_sub(n as isize).max(0) as usize;
    if margin == 0 {
        return Ok(me.same(ts));
    }
    let before = split(margin, width as usize);
    let out = me.read(|b| ops::padded(ts, b, before, margin - before, fill.map_or(b' ', |f| f.0)))?;
    Ok(T::make(ts, out))
}

/// The separator of `hex`: one ASCII character.
pub fn hex_separator(ts: &ThreadState, sep: Option<&Value>) -> Result<Option<u8>> {
    let Some(v) = sep else { return Ok(None) };
    if protocol::len(ts, v)? != 1 {
        return Err(ts.value_error("sep must be length 1."));
    }
    let first = if let Some(s) = v.as_str() {
        s.bytes().first().copied()
    } else if let Some(b) = v.downcast::<Bytes>() {
        b.first().copied()
    } else {
        return Err(ts.type_error("sep must be str or bytes."));
    };
    match first {
        Some(c) if c.is_ascii() => Ok(Some(c)),
        _ => Err(ts.value_error("sep must be ASCII.")),
    }
}

/// The argument of `fromhex`: text, or bytes that hold text.
pub fn hex_argument(ts: &ThreadState, v: &Value) -> Result<Vec<u8>> {
    let text = if let Some(s) = v.as_str() {
        s.bytes().to_vec()
    } else if buffer::supports(ts, v) {
        buffer::to_vec(ts, v)?
    } else {
        return Err(ts.type_error(format!("fromhex() argument must be str or bytes-like, not {}", v.type_name(ts))));
    };
    ops::from_hex(&text).map_err(|place| match place {
        Some(at) => {
            let at = if v.as_str().is_some() { crate::unicode::wtf8::count(&text[..at]) } else { at };
            ts.value_error(format!("non-hexadecimal number found in fromhex() arg at position {at}"))
        }
        None => ts.value_error("fromhex() arg must contain an even number of hexadecimal digits"),
    })
}

macro_rules! shared {
    ($class:ident) => {
        #[methods(part = SHARED)]
        impl $class {
            /// Return the lowest index at which sub lies within self[start:end], or -1.
            #[method("find($self, sub, start=None, end=None, /)", no_signature)]
            fn find(&self, ts: &ThreadState, sub: &Value, start: Option<&Value>, end: Option<&Value>) -> Result<isize> {
                Ok(found(ts, self, sub, start, end, search::find)?.map_or(-1, |i| i as isize))
            }
            /// Return the highest index at which sub lies within self[start:end], or -1.
            #[method("rfind($self, sub, start=None, end=None, /)", no_signature)]
            fn rfind(&self, ts: &ThreadState, sub: &Value, start: Option<&Value>, end: Option<&Value>) -> Result<isize> {
                Ok(found(ts, self, sub, start, end, search::rfind)?.map_or(-1, |i| i as isize))
            }
            /// As find, but raise ValueError when sub is not there.
            #[method("index($self, sub, start=None, end=None, /)", no_signature)]
            fn index_(&self, ts: &ThreadState, sub: &Value, start: Option<&Value>, end: Option<&Value>) -> Result<usize> {
                found(ts, self, sub, start, end, search::find)?.ok_or_else(|| ts.value_error("subsection not found"))
            }
            /// As rfind, but raise ValueError when sub is not there.
            #[method("rindex($self, sub, start=None, end=None, /)", no_signature)]
            fn rindex(&self, ts: &ThreadState, sub: &Value, start: Option<&Value>, end: Option<&Value>) -> Result<usize> {
                found(ts, self, sub, start, end, search::rfind)?.ok_or_else(|| ts.value_error("subsection not found"))
            }
            /// Return the number of occurrences of sub in self[start:end] that do not overlap.
            #[method("count($self, sub, start=None, end=None, /)", no_signature)]
            fn count(&self, ts: &ThreadState, sub: &Value, start: Option<&Value>, end: Option<&Value>) -> Result<usize> {
                let sub = Needle::get(ts, sub)?;
                let Some((a, b)) = bounds(ts, start, end, || BytesLike::read(self, |b| b.len()))? else { return Ok(0) };
                Ok(BytesLike::read(self, |all| {
                    let text = &all[a.min(all.len())..b.min(all.len())];
                    if sub.as_slice().is_empty() { text.len() + 1 } else { search::count(text, sub.as_slice()) }
                }))
            }
            /// Does self[start:end] begin with the prefix, or with one of a tuple of prefixes?
            #[method("startswith($self, prefix, start=None, end=None, /)", no_signature)]
            fn startswith(&self, ts: &ThreadState, prefix: &Value, start: Option<&Value>, end: Option<&Value>) -> Result<bool> {
                has_affix(ts, self, prefix, start, end, true)
            }
            /// Does self[start:end] end with the suffix, or with one of a tuple of suffixes?
            #[method("endswith($self, suffix, start=None, end=None, /)", no_signature)]
            fn endswith(&self, ts: &ThreadState, suffix: &Value, start: Option<&Value>, end: Option<&Value>) -> Result<bool> {
                has_affix(ts, self, suffix, start, end, false)
            }
            /// Return the contents without the prefix, if they begin with it.
            #[method("removeprefix($self, prefix, /)")]
            fn removeprefix(&self, ts: &ThreadState, prefix: Buffer) -> Value {
                let cut = BytesLike::read(self, |b| b.strip_prefix(prefix.as_slice()).map(|r| Self::slice(ts, r)));
                cut.filter(|_| !prefix.is_empty()).unwrap_or_else(|| self.same(ts))
            }
            /// Return the contents without the suffix, if they end with it.
            #[method("removesuffix($self, suffix, /)")]
            fn removesuffix(&self, ts: &ThreadState, suffix: Buffer) -> Value {
                let cut = BytesLike::read(self, |b| b.strip_suffix(suffix.as_slice()).map(|r| Self::slice(ts, r)));
                cut.filter(|_| !suffix.is_empty()).unwrap_or_else(|| self.same(ts))
            }
            /// Return a copy with occurrences of old replaced by new: all of them, or the first count.
            #[method("replace($self, old, new, count=-1, /)")]
            fn replace(&self, ts: &ThreadState, old: Buffer, new: Buffer, count: isize) -> Result<Value> {
                let out = BytesLike::read(self, |b| ops::replace(ts, b, old.as_slice(), new.as_slice(), count))?;
                Ok(out.map_or_else(|| self.same(ts), |v| Self::make(ts, v)))
            }
            /// Split at the first sep: what is before it, sep itself, what is behind it.
            #[method("partition($self, sep, /)")]
            fn partition(&self, ts: &ThreadState, sep: &Value) -> Result<Ref<Tuple>> {
                partitioned(ts, self, sep, false)
            }
            /// Split at the last sep: what is before it, sep itself, what is behind it.
            #[method("rpartition($self, sep, /)")]
            fn rpartition(&self, ts: &ThreadState, sep: &Value) -> Result<Ref<Tuple>> {
                partitioned(ts, self, sep, true)
            }
            /// Return the pieces between separators, or between runs of whitespace when sep is None.
            #[method("split($self, /, sep=None, maxsplit=-1)")]
            fn split(&self, ts: &ThreadState, sep: Value, maxsplit: isize) -> Result<Ref<List>> {
                let sep = separator(ts, &sep)?;
                Ok(pieces(ts, self, |b| match &sep {
                    None => split::split_whitespace(b, limit(maxsplit)),
                    Some(s) => split::split(b, s.as_slice(), limit(maxsplit)),
                }))
            }
            /// As split, but count the splits of maxsplit from the end.
            #[method("rsplit($self, /, sep=None, maxsplit=-1)")]
            fn rsplit(&self, ts: &ThreadState, sep: Value, maxsplit: isize) -> Result<Ref<List>> {
                let sep = separator(ts, &sep)?;
                Ok(pieces(ts, self, |b| match &sep {
                    None => split::rsplit_whitespace(b, limit(maxsplit)),
                    Some(s) => split::rsplit(b, s.as_slice(), limit(maxsplit)),
                }))
            }
            /// Return the lines, without their line breaks unless keepends is true.
            #[method("splitlines($self, /, keepends=False)")]
            fn splitlines(&self, ts: &ThreadState, keepends: bool) -> Ref<List> {
                pieces(ts, self, |b| split::lines(b, keepends))
            }
            /// Return a copy without leading and trailing whitespace, or without the given bytes there.
            #[method("strip($self, bytes=None, /)")]
            fn strip(&self, ts: &ThreadState, bytes: Option<&Value>) -> Result<Value> {
                stripped(ts, self, bytes, true, true)
            }
            /// Return a copy without leading whitespace, or without the given bytes there.
            #[method("lstrip($self, bytes=None, /)")]
            fn lstrip(&self, ts: &ThreadState, bytes: Option<&Value>) -> Result<Value> {
                stripped(ts, self, bytes, true, false)
            }
            /// Return a copy without trailing whitespace, or without the given bytes there.
            #[method("rstrip($self, bytes=None, /)")]
            fn rstrip(&self, ts: &ThreadState, bytes: Option<&Value>) -> Result<Value> {
                stripped(ts, self, bytes, false, true)
            }
            /// Put bytes-like objects together, with this one in between.
            #[method("join($self, iterable_of_bytes, /)")]
            fn join(&self, ts: &ThreadState, iterable_of_bytes: &Value) -> Result<Value> {
                joined(ts, self, iterable_of_bytes)
            }
            /// Return the contents centred in a field of the given width.
            #[method("center($self, width, fillchar=b' ', /)")]
            fn center(&self, ts: &ThreadState, width: isize, #[default(None)] fillchar: Option<Fill>) -> Result<Value> {
                aligned(ts, self, width, fillchar, |margin, width| margin / 2 + (margin & width & 1))
            }
            /// Return the contents at the left of a field of the given width.
            #[method("ljust($self, width, fillchar=b' ', /)")]
            fn ljust(&self, ts: &ThreadState, width: isize, #[default(None)] fillchar: Option<Fill>) -> Result<Value> {
                aligned(ts, self, width, fillchar, |_, _| 0)
            }
            /// Return the contents at the right of a field of the given width.
            #[method("rjust($self, width, fillchar=b' ', /)")]
            fn rjust(&self, ts: &ThreadState, width: isize, #[default(None)] fillchar: Option<Fill>) -> Result<Value> {
                aligned(ts, self, width, fillchar, |margin, _| margin)
            }
            /// Fill with zeros on the left, behind a sign if there is one.
            #[method("zfill($self, width, /)")]
            fn zfill(&self, ts: &ThreadState, width: isize) -> Result<Value> {
                if width <= BytesLike::read(self, |b| b.len()) as isize {
                    return Ok(self.same(ts));
                }
                let out = BytesLike::read(self, |b| ops::zfill(ts, b, width))?;
                Ok(Self::make(ts, out))
            }
            /// Return a copy in which tabs are spaces up to the next column that is a multiple of tabsize.
            #[method("expandtabs($self, /, tabsize=8)")]
            fn expandtabs(&self, ts: &ThreadState, tabsize: i32) -> Result<Value> {
                let out = BytesLike::read(self, |b| ops::expand_tabs(ts, b, tabsize))?;
                Ok(Self::make(ts, out))
            }
            /// Return a copy with each byte replaced by the one in the table, except those to delete.
            #[method("translate($self, table, /, delete=b'')")]
            fn translate(&self, ts: &ThreadState, table: &Value, #[default(None)] delete: Option<&Value>) -> Result<Value> {
                let table = if table.is_none() { None } else { Some(buffer::simple(ts, table)?) };
                if table.as_ref().is_some_and(|t| t.len() != 256) {
                    return Err(ts.value_error("translation table must be 256 characters long"));
                }
                let delete = match delete {
                    None => None,
                    Some(d) => Some(buffer::simple(ts, d)?),
                };
                let out = BytesLike::read(self, |b| {
                    ops::translate(b, table.as_ref().map(|t| t.as_slice()), delete.as_ref().map_or(&[], |d| d.as_slice()))
                });
                if BytesLike::read(self, |b| b == out) {
                    return Ok(self.same(ts));
                }
                Ok(Self::make(ts, out))
            }
            /// Return a table for translate, which maps each byte of frm to the byte of to at its place.
            #[staticmethod("maketrans(frm, to, /)", no_signature)]
            fn maketrans(ts: &ThreadState, frm: Buffer, to: Buffer) -> Result<Value> {
                if frm.len() != to.len() {
                    return Err(ts.value_error("maketrans arguments must have same length"));
                }
                let mut table: Vec<u8> = (0..=255).collect();
                for (a, b) in frm.as_slice().iter().zip(to.as_slice()) {
                    table[*a as usize] = *b;
                }
                Ok(Bytes::new(ts, &table).into_value())
            }
            /// Return a copy with ASCII letters in lower case.
            #[method("lower($self, /)")]
            fn lower(&self, ts: &ThreadState) -> Value {
                mapped(ts, self, <[u8]>::make_ascii_lowercase)
            }
            /// Return a copy with ASCII letters in upper case.
            #[method("upper($self, /)")]
            fn upper(&self, ts: &ThreadState) -> Value {
                mapped(ts, self, <[u8]>::make_ascii_uppercase)
            }
            /// Return a copy in which upper case has become lower case and the other way round.
            #[method("swapcase($self, /)")]
            fn swapcase(&self, ts: &ThreadState) -> Value {
                mapped(ts, self, case::swapcase)
            }
            /// Return a copy with the first letter in upper case and the others in lower case.
            #[method("capitalize($self, /)")]
            fn capitalize(&self, ts: &ThreadState) -> Value {
                mapped(ts, self, case::capitalize)
            }
            /// Return a copy in which each word begins in upper case and goes on in lower case.
            #[method("title($self, /)")]
            fn title(&self, ts: &ThreadState) -> Value {
                mapped(ts, self, case::title)
            }
            /// Are all bytes ASCII?
            #[method("isascii($self, /)")]
            fn isascii(&self) -> bool {
                BytesLike::read(self, |b| b.is_ascii())
            }
            /// Are all bytes ASCII letters or digits, and is there one?
            #[method("isalnum($self, /)")]
            fn isalnum(&self) -> bool {
                BytesLike::read(self, |b| !b.is_empty() && b.iter().all(u8::is_ascii_alphanumeric))
            }
            /// Are all bytes ASCII letters, and is there one?
            #[method("isalpha($self, /)")]
            fn isalpha(&self) -> bool {
                BytesLike::read(self, |b| !b.is_empty() && b.iter().all(u8::is_ascii_alphabetic))
            }
            /// Are all bytes ASCII digits, and is there one?
            #[method("isdigit($self, /)")]
            fn isdigit(&self) -> bool {
                BytesLike::read(self, |b| !b.is_empty() && b.iter().all(u8::is_ascii_digit))
            }
            /// Are all bytes ASCII whitespace, and is there one?
            #[method("isspace($self, /)")]
            fn isspace(&self) -> bool {
                BytesLike::read(self, |b| !b.is_empty() && b.iter().all(|&c| case::is_space(c)))
            }
            /// Are all ASCII letters in lower case, and is there one?
            #[method("islower($self, /)")]
            fn islower(&self) -> bool {
                BytesLike::read(self, |b| case::all_cased(b, false))
            }
            /// Are all ASCII letters in upper case, and is there one?
            #[method("isupper($self, /)")]
            fn isupper(&self) -> bool {
                BytesLike::read(self, |b| case::all_cased(b, true))
            }
            /// Does upper case stand only at the beginning of words and lower case only inside?
            #[method("istitle($self, /)")]
            fn istitle(&self) -> bool {
                BytesLike::read(self, case::is_title)
            }
            /// Return the contents as hexadecimal digits, with a separator after every bytes_per_sep bytes:
            /// counted from the right when that is positive, from the left when negative.
            #[method("hex($self, /, sep=<unrepresentable>, bytes_per_sep=1)")]
            fn hex(&self, ts: &ThreadState, sep: Option<&Value>, bytes_per_sep: i32) -> Result<Ref<Str>> {
                let sep = hex_separator(ts, sep)?;
                let text = BytesLike::read(self, |b| ops::hex(b, sep, bytes_per_sep as isize));
                Ok(Str::from_ascii(ts, &text))
            }
            /// Decode the bytes with a codec. The encoding is 'utf-8' by default; errors tells what to do about
            /// bytes that cannot be decoded: 'strict', 'ignore', 'replace', or the name of any other registered
            /// handler.
            #[method("decode($self, /, encoding='utf-8', errors='strict')")]
            fn decode(slf: &Value, ts: &ThreadState, encoding: Option<&Str>, errors: Option<&Str>) -> Result<Value> {
                crate::codecs::decode_value(ts, slf, encoding, errors)
            }
        }
    };
}

mod of_bytes {
    use super::*;
    shared!(Bytes);
}
mod of_bytearray {
    use super::*;
    shared!(Bytearray);
}

/// For the classes: what stands between the brackets, when it is no index or slice.
pub fn index_error(ts: &ThreadState, v: &Value, class: &str) -> crate::value::Raised {
    ts.type_error(format!("{class} indices must be integers or slices, not {}", v.type_name(ts)))
}

/// `x in b`
pub fn contains<T: BytesLike>(ts: &ThreadState, me: &T, x: &Value) -> Result<bool> {
    if protocol::has_index(ts, x) && !buffer::supports(ts, x) {
        let i = protocol::index(ts, x)?;
        let Some(b) = int::to_i64(&i).and_then(|i| u8::try_from(i).ok()) else {
            return Err(ts.value_error("byte must be in range(0, 256)"));
        };
        return Ok(me.read(|all| memchr::memchr(b, all).is_some()));
    }
    let sub = buffer::simple(ts, x)?;
    Ok(me.read(|all| search::find(all, sub.as_slice()).is_some()))
}

