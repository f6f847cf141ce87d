//! `slice`, and what sequences need to understand indices: clamping, wrapping, walking.

use crate::dict::hash_key;
use crate::heap::{self, Ref};
use crate::ids;
use crate::int;
use crate::protocol::BinaryOp;
use crate::native::Args;
use crate::payload;
use crate::protocol;
use crate::slots::CmpOp;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::{RowHash, Tuple};
use crate::value::{Raised, Result, Value};
use crate::native::class;

pub struct Slice {
    pub start: Value,
    pub stop: Value,
    pub step: Value,
}

payload!(Slice, id = ids::SLICE, container, traverse = |s, visit| {
    visit(&s.start);
    visit(&s.stop);
    visit(&s.step)
});

/// Start, stop and step of a slice, still relative to a sequence of unknown length.
#[derive(Clone, Copy, Debug)]
pub struct Unpacked {
    pub start: isize,
    pub stop: isize,
    pub step: isize,
}

/// The items of a sequence that a slice names: `len` of them from `start` on, `step` apart.
#[derive(Clone, Copy, Debug)]
pub struct Indices {
    pub start: isize,
    pub stop: isize,
    pub step: isize,
    pub len: usize,
}

impl Indices {
    /// The positions in the order of the slice.
    pub fn positions(self) -> impl ExactSizeIterator<Item = usize> {
        (0..self.len).map(move |i| (self.start + i as isize * self.step) as usize)
    }
    /// The half-open span, for a step of one.
    pub fn span(&self) -> std::ops::Range<usize> {
        self.start as usize..self.start as usize + self.len
    }
}

impl Unpacked {
    pub fn adjust(self, len: usize) -> Indices {
        let n = len as isize;
        let clamp = |i: isize| {
            if i < 0 {
                let i = i.saturating_add(n);
                if i < 0 { if self.step < 0 { -1 } else { 0 } } else { i }
            } else if i >= n {
                if self.step < 0 { n - 1 } else { n }
            } else {
                i
            }
        };
        let (start, stop) = (clamp(self.start), clamp(self.stop));
        let len = if self.step < 0 {
            if stop < start { ((start - stop - 1) / -self.step + 1) as usize } else { 0 }
        } else if start < stop {
            ((stop - start - 1) / self.step + 1) as usize
        } else {
            0
        };
        Indices { start, stop, step: self.step, len }
    }
}

/// An index of any size, squeezed into the machine's range.
pub fn clamped(ts: &ThreadState, v: &Value, message: &str) -> Result<isize> {
    if let Some(i) = v.as_small_int() {
        return Ok(i as isize);
    }
    if !protocol::has_index(ts, v) {
        return Err(ts.type_error(message));
    }
    let i = protocol::index(ts, v)?;
    Ok(match int::to_i64(&i) {
        Some(i) => i as isize,
        None if int::is_negative(&i) => isize::MIN,
        None => isize::MAX,
    })
}

/// A bound of a slice that is not `None`.
pub fn slice_index(ts: &ThreadState, v: &Value) -> Result<isize> {
    clamped(ts, v, "slice indices must be integers or None or have an __index__ method")
}

/// A bound given to `index()`, `find()` and their kind: absent means `default`, `None` is refused.
pub fn bound(ts: &ThreadState, v: Option<&Value>, default: isize) -> Result<isize> {
    match v {
        None => Ok(default),
        Some(v) => clamped(ts, v, "slice indices must be integers or have an __index__ method"),
    }
}

/// Makes a bound relative to the end absolute.
pub fn wrap_bound(i: isize, len: usize) -> usize {
    if i < 0 { i.saturating_add(len as isize).max(0) as usize } else { i as usize }
}

/// The position that an index names in a sequence of `len` items.
#[inline(always)]
pub fn position(i: isize, len: usize) -> Option<usize> {
    let i = if i < 0 { i.wrapping_add(len as isize) } else { i };
    if (i as usize) < len { Some(i as usize) } else { None }
}

/// What stands between the brackets of `sequence[…]`.
pub enum Subscript<'a> {
    Index(isize),
    Slice(&'a Slice),
}

/// Understands a subscript; `kind` names the sequence in the message ("list").
#[inline(always)]
pub fn subscript<'a>(ts: &ThreadState, key: &'a Value, kind: &str) -> Result<Subscript<'a>> {
    if let Some(i) = key.as_small_int() {
        return Ok(Subscript::Index(i as isize));
    }
    subscript_slow(ts, key, kind)
}

fn subscript_slow<'a>(ts: &ThreadState, key: &'a Value, kind: &str) -> Result<Subscript<'a>> {
    if let Some(s) = key.exact::<Slice>() {
        return Ok(Subscript::Slice(s));
    }
    if !protocol::has_index(ts, key) {
        return Err(wrong_subscript(ts, key, kind));
    }
    Ok(Subscript::Index(protocol::as_subscript(ts, key)?))
}

#[cold]
fn wrong_subscript(ts: &ThreadState, key: &Value, kind: &str) -> Raised {
    ts.type_error(format!("{kind} indices must be integers or slices, not {}", key.type_name(ts)))
}

impl Slice {
    pub fn new(ts: &ThreadState, start: Value, stop: Value, step: Value) -> Ref<Slice> {
        heap::new(ts, Slice { start, stop, step })
    }
    /// The three numbers; may run `__index__`, after which a sequence's length is to be asked anew.
    pub fn unpack(&self, ts: &ThreadState) -> Result<Unpacked> {
        let step = if self.step.is_none() {
            1
        } else {
            let step = slice_index(ts, &self.step)?;
            if step == 0 {
                return Err(ts.value_error("slice step cannot be zero"));
            }
            // So that -step can be taken.
            step.max(-isize::MAX)
        };
        let start = if self.start.is_none() { if step < 0 { isize::MAX } else { 0 } } else { slice_index(ts, &self.start)? };
        let stop = if self.stop.is_none() { if step < 0 { isize::MIN } else { isize::MAX } } else { slice_index(ts, &self.stop)? };
        Ok(Unpacked { start, stop, step })
    }
    pub fn adjust(&self, ts: &ThreadState, len: usize) -> Result<Indices> {
        Ok(self.unpack(ts)?.adjust(len))
    }
    /// Start, stop and step for a length, all three as integers of any size.
    pub fn long_indices(&self, ts: &ThreadState, len: &Value) -> Result<(Value, Value, Value)> {
        let zero = int::from_i64(ts, 0);
        let add = |a: &Value, b: &Value| protocol::binary_op(ts, BinaryOp::Add, a, b);
        let number = |v: &Value| {
            if !protocol::has_index(ts, v) {
                return Err(ts.type_error("slice indices must be integers or None or have an __index__ method"));
            }
            protocol::index(ts, v)
        };
        let step = if self.step.is_none() { int::from_i64(ts, 1) } else { number(&self.step)? };
        if !protocol::is_true(ts, &step)? {
            return Err(ts.value_error("slice step cannot be zero"));
        }
        let backward = int::is_negative(&step);
        let (lower, upper) = if backward {
            let minus_one = int::from_i64(ts, -1);
            let upper = add(len, &minus_one)?;
            (minus_one, upper)
        } else {
            (zero.clone(), len.clone())
        };
        let bound = |v: &Value, absent: &Value| -> Result<Value> {
            if v.is_none() {
                return Ok(absent.clone());
            }
            let v = number(v)?;
            if int::is_negative(&v) {
                let v = add(&v, len)?;
                Ok(if protocol::lt(ts, &v, &lower)? { lower.clone() } else { v })
            } else {
                Ok(if protocol::lt(ts, &upper, &v)? { upper.clone() } else { v })
            }
        };
        let start = bound(&self.start, if backward { &upper } else { &lower })?;
        let stop = bound(&self.stop, if backward { &lower } else { &upper })?;
        Ok((start, stop, step))
    }
}

#[class(name = "slice", final)]
/// slice(stop)
/// slice(start, stop[, step])
///
/// The object behind extended slices such as a[0:10:2].
impl Slice {
    #[slot(new)]
    fn tp_new(ts: &ThreadState, _cls: &Value, args: Args<'_>) -> Result<Value> {
        args.no_keywords(ts, "slice")?;
        let n = Value::none;
        let s = match args.positional {
            [stop] => Slice::new(ts, n(), stop.clone(), n()),
            [start, stop] => Slice::new(ts, start.clone(), stop.clone(), n()),
            [start, stop, step] => Slice::new(ts, start.clone(), stop.clone(), step.clone()),
            [] => return Err(ts.type_error("slice expected at least 1 argument, got 0")),
            more => return Err(ts.type_error(format!("slice expected at most 3 arguments, got {}", more.len()))),
        };
        Ok(s.into_value())
    }
    #[slot(repr)]
    fn tp_repr(&self, ts: &ThreadState) -> Result<Value> {
        let mut out = b"slice(".to_vec();
        for (i, v) in [&self.start, &self.stop, &self.step].into_iter().enumerate() {
            if i > 0 {
                out.extend_from_slice(b", ");
            }
            out.extend_from_slice(protocol::repr(ts, v)?.bytes());
        }
        out.push(b')');
        Ok(Str::from_wtf8(ts, out).into_value())
    }
    #[slot(hash)]
    fn tp_hash(&self, ts: &ThreadState) -> Result<i64> {
        let mut h = RowHash::new();
        for v in [&self.start, &self.stop, &self.step] {
            h.add(hash_key(ts, v)?);
        }
        Ok(h.finish_without_length())
    }
    #[slot(richcompare)]
    fn tp_richcompare(&self, ts: &ThreadState, other: &Value, op: CmpOp) -> Result<Value> {
        let Some(o) = other.exact::<Slice>() else { return Ok(Value::not_implemented()) };
        if std::ptr::eq(self, o) {
            return Ok(Value::bool(matches!(op, CmpOp::Eq | CmpOp::Le | CmpOp::Ge)));
        }
        for (a, b) in [(&self.start, &o.start), (&self.stop, &o.stop), (&self.step, &o.step)] {
            if !protocol::eq(ts, a, b)? {
                return match op {
                    CmpOp::Eq => Ok(Value::false_()),
                    CmpOp::Ne => Ok(Value::true_()),
                    _ => protocol::compare(ts, a, b, op),
                };
            }
        }
        Ok(Value::bool(matches!(op, CmpOp::Eq | CmpOp::Le | CmpOp::Ge)))
    }
    /// Assuming a sequence of the given length, calculate the start and stop indices, and the stride of
    /// the slice, as a tuple.
    #[method("indices($self, object, /)")]
    fn indices(&self, ts: &ThreadState, object: &Value) -> Result<Value> {
        let len = protocol::index(ts, object)?;
        if int::is_negative(&len) {
            return Err(ts.value_error("length should not be negative"));
        }
        let (start, stop, step) = self.long_indices(ts, &len)?;
        Ok(Tuple::from_array(ts, [start, stop, step]).into_value())
    }
    /// Return state information for pickling.
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Result<Value> {
        let Some(s) = slf.exact::<Slice>() else { return Err(ts.type_error("not a slice")) };
        let state = Tuple::from_array(ts, [s.start.clone(), s.stop.clone(), s.step.clone()]);
        Ok(Tuple::from_array(ts, [slf.class(ts).to_value(), state.into_value()]).into_value())
    }
    #[getter]
    fn start(&self) -> Value {
        self.start.clone()
    }
    #[getter]
    fn stop(&self) -> Value {
        self.stop.clone()
    }
    #[getter]
    fn step(&self) -> Value {
        self.step.clone()
    }
}
