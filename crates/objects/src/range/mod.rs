//! `range`: an arithmetic progression of integers of any size.

pub mod iter;

use crate::dict::hash_key;
use crate::heap::{self, Ref};
use crate::ids;
use crate::int;
use crate::native::{Args, class};
use crate::payload;
use crate::protocol::{self, BinaryOp};
use crate::slice::{self, Slice};
use crate::slots::CmpOp;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::{Result, Value};
use iter::{LongRangeIterator, RangeIterator};

/// Start, stop and step are integers, exactly; `length` is how many there are.
pub struct Range {
    pub start: Value,
    pub stop: Value,
    pub step: Value,
    pub length: Value,
}

payload!(Range, id = ids::RANGE);

fn number(ts: &ThreadState, i: i64) -> Value {
    int::from_i64(ts, i)
}
fn add(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> {
    protocol::binary_op(ts, BinaryOp::Add, a, b)
}
fn sub(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> {
    protocol::binary_op(ts, BinaryOp::Subtract, a, b)
}
fn mul(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> {
    protocol::binary_op(ts, BinaryOp::Multiply, a, b)
}
fn floordiv(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> {
    protocol::binary_op(ts, BinaryOp::FloorDivide, a, b)
}
fn modulo(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> {
    protocol::binary_op(ts, BinaryOp::Remainder, a, b)
}

/// How many numbers a progression has, when all fits into machine words.
#[inline]
pub fn small_length(start: i64, stop: i64, step: i64) -> u64 {
    if step > 0 && start < stop {
        (stop.wrapping_sub(start) as u64 - 1) / step as u64 + 1
    } else if step < 0 && start > stop {
        (start.wrapping_sub(stop) as u64 - 1) / step.unsigned_abs() + 1
    } else {
        0
    }
}

fn length(ts: &ThreadState, start: &Value, stop: &Value, step: &Value) -> Result<Value> {
    if let (Some(a), Some(b), Some(s)) = (start.as_small_int(), stop.as_small_int(), step.as_small_int()) {
        // Small integers have 61 bits, so their distances fit.
        return Ok(number(ts, small_length(a, b, s) as i64));
    }
    let (low, high, step) = if int::is_negative(step) {
        (stop, start, protocol::negative(ts, step)?)
    } else {
        (start, stop, step.clone())
    };
    if !protocol::lt(ts, low, high)? {
        return Ok(number(ts, 0));
    }
    let one = number(ts, 1);
    let span = sub(ts, &sub(ts, high, low)?, &one)?;
    add(ts, &floordiv(ts, &span, &step)?, &one)
}

impl Range {
    /// From exact integers; the step is not zero.
    pub fn new(ts: &ThreadState, start: Value, stop: Value, step: Value) -> Result<Ref<Range>> {
        let length = length(ts, &start, &stop, &step)?;
        Ok(heap::new(ts, Range { start, stop, step, length }))
    }
    /// From what Python code passes to `range()`.
    pub fn from_arguments(ts: &ThreadState, args: &[Value]) -> Result<Ref<Range>> {
        let int = |v: &Value| protocol::index(ts, v).map(|i| int::plain(ts, &i));
        match args {
            [stop] => Range::new(ts, number(ts, 0), int(stop)?, number(ts, 1)),
            [start, stop] => Range::new(ts, int(start)?, int(stop)?, number(ts, 1)),
            [start, stop, step] => {
                let (start, stop, step) = (int(start)?, int(stop)?, int(step)?);
                if step.as_small_int() == Some(0) {
                    return Err(ts.value_error("range() arg 3 must not be zero"));
                }
                Range::new(ts, start, stop, step)
            }
            [] => Err(ts.type_error("range expected at least 1 argument, got 0")),
            more => Err(ts.type_error(format!("range expected at most 3 arguments, got {}", more.len()))),
        }
    }
    /// Start, step and length, if they and all numbers in between are machine words.
    #[inline]
    pub fn small(&self) -> Option<(i64, i64, u64)> {
        let (start, step, _) = (self.start.as_small_int()?, self.step.as_small_int()?, self.stop.as_small_int()?);
        Some((start, step, self.length.as_small_int()? as u64))
    }
    /// The number at a position that is an integer, counted from the end if negative.
    fn item(&self, ts: &ThreadState, i: &Value) -> Result<Value> {
        let i = if int::is_negative(i) { add(ts, i, &self.length)? } else { i.clone() };
        if int::is_negative(&i) || !protocol::lt(ts, &i, &self.length)? {
            return Err(ts.index_error("range object index out of range"));
        }
        self.at(ts, &i)
    }
    fn at(&self, ts: &ThreadState, i: &Value) -> Result<Value> {
        add(ts, &self.start, &mul(ts, i, &self.step)?)
    }
    fn slice(&self, ts: &ThreadState, s: &Slice) -> Result<Value> {
        let (start, stop, step) = s.long_indices(ts, &self.length)?;
        let step = mul(ts, &self.step, &step)?;
        let (start, stop) = (self.at(ts, &start)?, self.at(ts, &stop)?);
        Ok(Range::new(ts, start, stop, step)?.into_value())
    }
    /// The position of an integer.
    fn position(&self, ts: &ThreadState, v: &Value) -> Result<Option<Value>> {
        if let (Some((start, step, n)), Some(i)) = (self.small(), v.as_small_int()) {
            let distance = i - start;
            let at = distance.div_euclid(step);
            return Ok((distance % step == 0 && at >= 0 && (at as u64) < n).then(|| number(ts, at)));
        }
        let inside = if int::is_negative(&self.step) {
            !protocol::lt(ts, &self.start, v)? && protocol::lt(ts, &self.stop, v)?
        } else {
            !protocol::lt(ts, v, &self.start)? && protocol::lt(ts, v, &self.stop)?
        };
        if !inside {
            return Ok(None);
        }
        let distance = sub(ts, v, &self.start)?;
        if modulo(ts, &distance, &self.step)?.as_small_int() != Some(0) {
            return Ok(None);
        }
        floordiv(ts, &distance, &self.step).map(Some)
    }
    fn equals(&self, ts: &ThreadState, o: &Range) -> Result<bool> {
        if !protocol::eq(ts, &self.length, &o.length)? {
            return Ok(false);
        }
        if self.length.as_small_int() == Some(0) {
            return Ok(true);
        }
        if !protocol::eq(ts, &self.start, &o.start)? {
            return Ok(false);
        }
        Ok(self.length.as_small_int() == Some(1) || protocol::eq(ts, &self.step, &o.step)?)
    }
    fn iterator(&self, ts: &ThreadState) -> Value {
        match self.small() {
            Some((start, step, n)) => RangeIterator::new(ts, start, step, n).into_value(),
            None => LongRangeIterator::new(ts, self.start.clone(), self.step.clone(), self.length.clone()).into_value(),
        }
    }
}

/// Integers that are searched by arithmetic; anything else is compared with each number.
fn is_searchable(v: &Value) -> bool {
    int::is_exact(v) || v.as_bool_object().is_some()
}

#[class(name = "range", final, sequence)]
/// range(stop) -> range object
/// range(start, stop[, step]) -> range object
///
/// Return an object that produces a sequence of integers from start (inclusive)
/// to stop (exclusive) by step.  range(i, j) produces i, i+1, i+2, ..., j-1.
/// start defaults to 0, and stop is omitted!  range(4) produces 0, 1, 2, 3.
/// These are exactly the valid indices for a list of 4 elements.
/// When step is given, it specifies the increment (or decrement).
impl Range {
    #[slot(new)]
    fn tp_new(ts: &ThreadState, _cls: &Value, args: Args<'_>) -> Result<Value> {
        args.no_keywords(ts, "range")?;
        Ok(Range::from_arguments(ts, args.positional)?.into_value())
    }
    #[slot(repr)]
    fn tp_repr(&self, ts: &ThreadState) -> Result<Value> {
        let mut out = b"range(".to_vec();
        out.extend_from_slice(protocol::repr(ts, &self.start)?.bytes());
        out.extend_from_slice(b", ");
        out.extend_from_slice(protocol::repr(ts, &self.stop)?.bytes());
        if self.step.as_small_int() != Some(1) {
            out.extend_from_slice(b", ");
            out.extend_from_slice(protocol::repr(ts, &self.step)?.bytes());
        }
        out.push(b')');
        Ok(Str::from_wtf8(ts, out).into_value())
    }
    #[slot(hash)]
    fn tp_hash(&self, ts: &ThreadState) -> Result<i64> {
        let none = Value::none;
        let (start, step) = match self.length.as_small_int() {
            Some(0) => (none(), none()),
            Some(1) => (self.start.clone(), none()),
            _ => (self.start.clone(), self.step.clone()),
        };
        let t = Tuple::from_array(ts, [self.length.clone(), start, step]);
        hash_key(ts, t.as_value())
    }
    #[slot(richcompare)]
    fn tp_richcompare(&self, ts: &ThreadState, other: &Value, op: CmpOp) -> Result<Value> {
        let (Some(o), CmpOp::Eq | CmpOp::Ne) = (other.exact::<Range>(), op) else { return Ok(Value::not_implemented()) };
        Ok(Value::bool(self.equals(ts, o)? == (op == CmpOp::Eq)))
    }
    #[slot(iter)]
    fn tp_iter(&self, ts: &ThreadState) -> Value {
        self.iterator(ts)
    }
    #[slot(len)]
    fn sq_length(&self, ts: &ThreadState) -> Result<usize> {
        match int::to_i64(&self.length) {
            Some(n) => Ok(n as usize),
            None => Err(ts.overflow_error("Python int too large to convert to C ssize_t")),
        }
    }
    #[slot(bool_)]
    fn nb_bool(&self) -> bool {
        self.length.as_small_int() != Some(0)
    }
    #[slot(getitem)]
    fn mp_subscript(&self, ts: &ThreadState, key: &Value) -> Result<Value> {
        if let (Some(i), Some((start, step, n))) = (key.as_small_int(), self.small()) {
            return match slice::position(i as isize, n as usize) {
                Some(i) => Ok(number(ts, start + i as i64 * step)),
                None => Err(ts.index_error("range object index out of range")),
            };
        }
        if let Some(s) = key.exact::<Slice>() {
            return self.slice(ts, s);
        }
        if !protocol::has_index(ts, key) {
            return Err(ts.type_error(format!("range indices must be integers or slices, not {}", key.type_name(ts))));
        }
        self.item(ts, &protocol::index(ts, key)?)
    }
    #[slot(contains)]
    fn sq_contains(ts: &ThreadState, slf: &Value, v: &Value) -> Result<bool> {
        match slf.exact::<Range>() {
            Some(r) if is_searchable(v) => Ok(r.position(ts, &int::plain(ts, v))?.is_some()),
            _ => protocol::contains_by_iteration(ts, slf, v),
        }
    }
    /// Return a reverse iterator.
    #[method("__reversed__($self, /)")]
    fn reversed(&self, ts: &ThreadState) -> Result<Value> {
        if let Some((start, step, n)) = self.small()
            && step != i64::MIN
        {
            let last = if n == 0 { start } else { start + (n as i64 - 1) * step };
            return Ok(RangeIterator::new(ts, last, -step, n).into_value());
        }
        let last = sub(ts, &self.length, &number(ts, 1))?;
        let start = self.at(ts, &last)?;
        let step = protocol::negative(ts, &self.step)?;
        Ok(LongRangeIterator::new(ts, start, step, self.length.clone()).into_value())
    }
    /// Return state information for pickling.
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Result<Value> {
        let Some(r) = slf.exact::<Range>() else { return Ok(Value::none()) };
        let args = Tuple::from_array(ts, [r.start.clone(), r.stop.clone(), r.step.clone()]).into_value();
        Ok(Tuple::from_array(ts, [slf.class_ref(ts).into_value(), args]).into_value())
    }
    /// rangeobject.count(value) -> integer -- return number of occurrences of value
    #[method("count($self, object, /)")]
    fn count(slf: &Value, ts: &ThreadState, object: &Value) -> Result<i64> {
        if is_searchable(object)
            && let Some(r) = slf.exact::<Range>()
        {
            return Ok(i64::from(r.position(ts, &int::plain(ts, object))?.is_some()));
        }
        let mut n = 0;
        protocol::for_each(ts, slf, |v| {
            n += i64::from(protocol::eq(ts, &v, object)?);
            Ok(())
        })?;
        Ok(n)
    }
    /// rangeobject.index(value) -> integer -- return index of value.
    /// Raise ValueError if the value is not present.
    #[method("index($self, object, /)")]
    fn index(slf: &Value, ts: &ThreadState, object: &Value) -> Result<Value> {
        if is_searchable(object)
            && let Some(r) = slf.exact::<Range>()
        {
            return match r.position(ts, &int::plain(ts, object))? {
                Some(i) => Ok(i),
                None => Err(ts.value_error("range.index(x): x not in range")),
            };
        }
        let it = protocol::get_iter(ts, slf)?;
        let mut i = 0;
        while let Some(v) = protocol::iter_next(ts, &it)? {
            if protocol::eq(ts, &v, object)? {
                return Ok(number(ts, i));
            }
            i += 1;
        }
        Err(ts.value_error("sequence.index(x): x not in sequence"))
    }
    #[getter(member)]
    fn start(&self) -> Value {
        self.start.clone()
    }
    #[getter(member)]
    fn stop(&self) -> Value {
        self.stop.clone()
    }
    #[getter(member)]
    fn step(&self) -> Value {
        self.step.clone()
    }
}
