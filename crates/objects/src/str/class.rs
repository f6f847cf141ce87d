//! `str` as a class: construction, operators, and the methods that belong to no topic of their own.

use super::Str;
use crate::codecs;
use crate::format;
use crate::heap::Ref;
use crate::native::{self, Args, Param, ParamDefault, ParamKind, Signature};
use crate::protocol;
use crate::slice::{self, Slice};
use crate::slots::CmpOp;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::typeobject::Type;
use crate::unicode::wtf8;
use crate::value::{Result, Value};
use taipan_macros::class;

const fn parameter(name: &'static str) -> Param {
    Param { name, kind: ParamKind::PositionalOrKeyword, default: ParamDefault::Optional }
}

/// The parameters of `str()`.
static SIGNATURE: Signature = Signature {
    name: "str",
    owner: None,
    params: &[parameter("object"), parameter("encoding"), parameter("errors")],
    places: 3,
    positional_only: 0,
    min_positional: 0,
    max_positional: 3,
    min_keyword_only: 0,
    var_positional: false,
    var_keyword: false,
    constructor: true,
};

impl Str {
    /// What `str()` makes of its arguments.
    fn from_arguments(ts: &ThreadState, args: Args<'_>) -> Result<Ref<Str>> {
        if !args.has_keywords() {
            args.check_positional(ts, "str", 0, 3)?;
        }
        let mut places = [None; 3];
        native::bind(ts, &SIGNATURE, args, &mut places)?;
        let text = |i: usize| match places[i] {
            None => Ok(None),
            Some(v) => v.as_str().map(Some).ok_or_else(|| {
                let name = SIGNATURE.params[i].name;
                ts.type_error(format!("str() argument '{name}' must be str, not {}", v.type_name(ts)))
            }),
        };
        let (encoding, errors) = (text(1)?, text(2)?);
        match places[0] {
            None => Ok(Str::empty(ts)),
            Some(o) if encoding.is_none() && errors.is_none() => protocol::str_(ts, o),
            Some(o) => codecs::decode_object(ts, o, encoding, errors),
        }
    }
    /// `s * count`
    pub fn repeated(&self, ts: &ThreadState, count: isize) -> Result<Ref<Str>> {
        let n = self.byte_len();
        if count <= 0 || n == 0 {
            return Ok(Str::empty(ts));
        }
        let count = count as usize;
        if count == 1 {
            return Ok(self.plain(ts));
        }
        let Some(size) = n.checked_mul(count).filter(|&n| n <= isize::MAX as usize) else {
            return Err(ts.overflow_error("repeated string is too long"));
        };
        crate::heap::check_size(ts, size)?;
        let text = self.bytes();
        Ok(Str::build(ts, size, self.flags(), |out| {
            if let [b] = *text {
                out.fill(b, count);
            } else {
                for _ in 0..count {
                    out.push(text);
                }
            }
        }))
    }
    fn sliced(&self, ts: &ThreadState, s: &Slice) -> Result<Ref<Str>> {
        let x = s.adjust(ts, self.len())?;
        if x.len == 0 {
            return Ok(Str::empty(ts));
        }
        if x.step == 1 {
            if x.len == self.len() {
                return Ok(self.plain(ts));
            }
            return Ok(self.span(ts, x.start as usize, x.len));
        }
        let text = self.bytes();
        if self.is_ascii() {
            return Ok(Str::from_ascii_with(ts, x.len, |out| {
                for (o, i) in out.iter_mut().zip(x.positions()) {
                    *o = text[i];
                }
            }));
        }
        let mut out = Vec::with_capacity(x.len * 2);
        if x.step == -1 {
            let end = self.offset_of(x.start as usize + 1);
            wtf8::CodePoints::new(&text[..end]).rev().take(x.len).for_each(|c| wtf8::push(&mut out, c));
        } else {
            x.positions().for_each(|i| wtf8::push(&mut out, self.code_point(i)));
        }
        Ok(Str::from_wtf8(ts, out))
    }
    /// `s[start:stop]`
    pub fn range(&self, ts: &ThreadState, start: isize, stop: isize) -> Ref<Str> {
        let x = slice::Unpacked { start, stop, step: 1 }.adjust(self.len());
        if x.len == self.len() { self.plain(ts) } else { self.span(ts, x.start as usize, x.len) }
    }
    /// `len` code points from one index on.
    fn span(&self, ts: &ThreadState, start: usize, len: usize) -> Ref<Str> {
        if self.is_ascii() {
            return Str::subslice(ts, self, start, start + len);
        }
        let from = self.offset_of(start);
        let end = if len < 64 { wtf8::advance(self.bytes(), from, len) } else { self.offset_of(start + len) };
        Str::subslice(ts, self, from, end)
    }
    /// `s[i]`
    #[inline]
    pub fn item(&self, ts: &ThreadState, i: isize) -> Result<Ref<Str>> {
        if self.is_ascii() {
            if let Some(&b) = slice::position(i, self.byte_len()).and_then(|i| self.bytes().get(i)) {
                return Ok(Str::latin1(ts, b));
            }
        } else if let Some(i) = slice::position(i, self.len()) {
            return Ok(Str::from_code_point(ts, self.code_point(i)));
        }
        Err(ts.index_error("string index out of range"))
    }
    /// A copy as an instance of `ty`, a subclass of `str`.
    pub fn with_type(&self, ts: &ThreadState, ty: &Type) -> Ref<Str> {
        // SAFETY: all bytes are copied, and with them go the flags that describe them.
        unsafe {
            Str::allocate_typed(ts, ty, self.byte_len(), self.flags(), |p| {
                p.copy_from_nonoverlapping(self.bytes().as_ptr(), self.byte_len())
            })
        }
    }
}

#[class(name = "str", match_self,
    parts(Self::CASE, Self::PREDICATES, Self::SEARCH, Self::SPLIT, Self::TRANSLATE))]
/// str(object='') -> str
/// str(bytes_or_buffer[, encoding[, errors]]) -> str
///
/// Make a string of an object. With encoding or errors, decode the bytes of the object; else the result is
/// what object.__str__() gives, or repr(object). The encoding is 'utf-8' and errors is 'strict' by default.
impl Str {
    #[slot(new)]
    fn tp_new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result<Value> {
        let text = match args.positional {
            [o] if !args.has_keywords() => protocol::str_(ts, o)?,
            _ => Str::from_arguments(ts, args)?,
        };
        match cls.downcast::<Type>() {
            Some(ty) if ty.is_heap_type() => Ok(text.with_type(ts, ty).into_value()),
            _ => Ok(text.into_value()),
        }
    }
    #[slot(repr)]
    fn tp_repr(&self, ts: &ThreadState) -> Result<Value> {
        Ok(self.repr(ts).into_value())
    }
    #[slot(str)]
    fn tp_str(&self, ts: &ThreadState) -> Result<Value> {
        Ok(self.plain(ts).into_value())
    }
    #[slot(hash)]
    fn tp_hash(&self, ts: &ThreadState) -> Result<i64> {
        Ok(self.hash(ts))
    }
    #[slot(richcompare)]
    fn tp_richcompare(&self, _ts: &ThreadState, other: &Value, op: CmpOp) -> Result<Value> {
        let Some(o) = other.as_str() else { return Ok(Value::not_implemented()) };
        Ok(Value::bool(match op {
            CmpOp::Eq => self.eq(o),
            CmpOp::Ne => !self.eq(o),
            _ => op.holds(self.bytes().cmp(o.bytes())),
        }))
    }
    #[slot(iter)]
    fn tp_iter(&self, ts: &ThreadState) -> Result<Value> {
        Ok(Str::iterate(ts, self.to_ref()))
    }
    #[slot(len)]
    fn sq_length(&self, _ts: &ThreadState) -> Result<usize> {
        Ok(self.len())
    }
    #[slot(getitem)]
    fn mp_subscript(&self, ts: &ThreadState, key: &Value) -> Result<Value> {
        if let Some(i) = key.as_small_int() {
            return Ok(self.item(ts, i as isize)?.into_value());
        }
        if let Some(s) = key.exact::<Slice>() {
            return Ok(self.sliced(ts, s)?.into_value());
        }
        if !protocol::has_index(ts, key) {
            return Err(ts.type_error(format!("string indices must be integers, not '{}'", key.type_name(ts))));
        }
        let i = protocol::as_isize(ts, key)?;
        Ok(self.item(ts, i)?.into_value())
    }
    #[slot(contains)]
    fn sq_contains(&self, ts: &ThreadState, key: &Value) -> Result<bool> {
        match key.as_str() {
            Some(s) => Ok(crate::search::find(self.bytes(), s.bytes()).is_some()),
            None => Err(ts.type_error(format!("'in <string>' requires string as left operand, not {}", key.type_name(ts)))),
        }
    }
    #[slot(concat)]
    fn sq_concat(&self, ts: &ThreadState, other: &Value) -> Result<Value> {
        let Some(o) = other.as_str() else {
            return Err(ts.type_error(format!("can only concatenate str (not \"{}\") to str", other.type_name(ts))));
        };
        if o.is_empty() {
            return Ok(self.plain(ts).into_value());
        }
        if self.is_empty() {
            return Ok(o.plain(ts).into_value());
        }
        if self.byte_len() + o.byte_len() > isize::MAX as usize {
            return Err(ts.overflow_error("strings are too large to concat"));
        }
        Ok(Str::concat(ts, self, o).into_value())
    }
    #[slot(repeat)]
    fn sq_repeat(&self, ts: &ThreadState, count: isize) -> Result<Value> {
        Ok(self.repeated(ts, count)?.into_value())
    }
    #[slot(mod_)]
    fn nb_remainder(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> {
        match a.as_str() {
            Some(s) => Ok(format::percent::format_str(ts, s, b)?.into_value()),
            None => Ok(Value::not_implemented()),
        }
    }
    /// Encode the string with a codec. The encoding is 'utf-8' by default; errors tells what to do about
    /// characters that cannot be encoded: 'strict', 'ignore', 'replace', 'xmlcharrefreplace', or the name
    /// of any other registered handler.
    #[method("encode($self, /, encoding='utf-8', errors='strict')")]
    fn encode(&self, ts: &ThreadState, encoding: Option<&Str>, errors: Option<&Str>) -> Result<Value> {
        codecs::encode_str(ts, self, encoding, errors)
    }
    /// Return the string with its replacement fields, in braces, filled in from the arguments.
    #[method("format($self, /, *args, **kwargs)")]
    fn format(&self, ts: &ThreadState, args: &[Value], kwargs: crate::native::Kwargs<'_>) -> Result<Ref<Str>> {
        format::template::format(ts, self, args, format::template::Keywords::Given(kwargs))
    }
    /// Return the string with its replacement fields filled in from a mapping.
    #[method("format_map($self, mapping, /)")]
    fn format_map(&self, ts: &ThreadState, mapping: &Value) -> Result<Ref<Str>> {
        format::template::format(ts, self, &[], format::template::Keywords::Mapping(mapping))
    }
    /// Return the string as a format spec wants it.
    #[method("__format__($self, format_spec, /)")]
    fn dunder_format(&self, ts: &ThreadState, format_spec: &Str) -> Result<Ref<Str>> {
        if format_spec.is_empty() {
            return protocol::str_(ts, self.to_ref().as_value());
        }
        format::text::format_text(ts, self, format_spec)
    }
    #[method("__getnewargs__($self, /)")]
    fn getnewargs(&self, ts: &ThreadState) -> Ref<Tuple> {
        Tuple::from_array(ts, [Str::allocate_wtf8(self.bytes()).into_value()])
    }
    /// Return the size of the string in memory, in bytes.
    #[method("__sizeof__($self, /)")]
    fn sizeof(&self) -> usize {
        8 + size_of::<Str>() + super::round_up(self.byte_len())
    }
}
