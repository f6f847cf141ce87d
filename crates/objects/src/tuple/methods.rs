//! What Python sees of `tuple`.

use super::iter::TupleIterator;
use super::{Tuple, hash_items};
use crate::generic_alias::GenericAlias;
use crate::iterators::repr_row;
use crate::protocol;
use crate::slice::{self, Subscript};
use crate::slots::CmpOp;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::typeobject::Type;
use crate::value::{Result, Value};
use crate::native::class;

/// The items of `v`, which is a tuple.
#[inline(always)]
fn items(v: &Value) -> &[Value] {
    v.downcast::<Tuple>().map_or(&[], |t| t.items())
}

/// How two rows compare: where they differ first decides.
pub fn compare_rows(ts: &ThreadState, a: &[Value], b: &[Value], op: CmpOp) -> Result<Value> {
    if a.len() != b.len() && matches!(op, CmpOp::Eq | CmpOp::Ne) {
        // Still asks the items, as CPython does for tuples: only lists answer by length alone.
        for (x, y) in a.iter().zip(b) {
            if !protocol::eq(ts, x, y)? {
                break;
            }
        }
        return Ok(Value::bool(op == CmpOp::Ne));
    }
    for (x, y) in a.iter().zip(b) {
        if !protocol::eq(ts, x, y)? {
            return match op {
                CmpOp::Eq => Ok(Value::false_()),
                CmpOp::Ne => Ok(Value::true_()),
                _ => protocol::compare(ts, x, y, op),
            };
        }
    }
    Ok(Value::bool(op.holds(a.len().cmp(&b.len()))))
}

#[class(name = "tuple", sequence, match_self)]
/// Built-in immutable sequence.
///
/// If no argument is given, the constructor returns an empty tuple.
/// If iterable is specified the tuple is initialized from iterable's items.
///
/// If the argument is a tuple, the return value is the same object.
impl Tuple {
    #[new("(iterable=(), /)")]
    fn tp_new(cls: &Value, ts: &ThreadState, iterable: Option<&Value>) -> Result<Value> {
        let Some(ty) = cls.downcast::<Type>() else { return Err(ts.type_error("tuple.__new__(X): X is not a type object")) };
        if !ty.is_heap_type() {
            return match iterable {
                None => Ok(Tuple::empty(ts).into_value()),
                Some(v) => protocol::to_tuple(ts, v).map(|t| t.into_value()),
            };
        }
        let items = match iterable {
            None => Vec::new(),
            Some(v) => protocol::collect(ts, v)?,
        };
        Ok(Tuple::new_with_type(ts, ty, items).into_value())
    }
    #[slot(repr)]
    fn tp_repr(ts: &ThreadState, slf: &Value) -> Result<Value> {
        let row = items(slf);
        if row.is_empty() {
            return Ok(Str::intern(ts, "()").into_value());
        }
        let Some(_guard) = protocol::repr_enter(ts, slf)? else { return Ok(Str::intern(ts, "(...)").into_value()) };
        let mut out = b"(".to_vec();
        repr_row(ts, &mut out, row)?;
        out.extend_from_slice(if row.len() == 1 { b",)" } else { b")" });
        Ok(Str::from_wtf8(ts, out).into_value())
    }
    #[slot(hash)]
    fn tp_hash(&self, ts: &ThreadState) -> Result<i64> {
        hash_items(ts, self.items())
    }
    #[slot(richcompare)]
    fn tp_richcompare(&self, ts: &ThreadState, other: &Value, op: CmpOp) -> Result<Value> {
        let Some(o) = other.downcast::<Tuple>() else { return Ok(Value::not_implemented()) };
        let _guard = ts.recursion_guard(" in comparison")?;
        compare_rows(ts, self.items(), o.items(), op)
    }
    #[slot(iter)]
    fn tp_iter(ts: &ThreadState, slf: &Value) -> Result<Value> {
        Ok(TupleIterator::new(ts, slf.clone()).into_value())
    }
    #[slot(len)]
    fn sq_length(&self) -> usize {
        self.items().len()
    }
    #[slot(getitem)]
    fn mp_subscript(ts: &ThreadState, slf: &Value, key: &Value) -> Result<Value> {
        let row = items(slf);
        match slice::subscript(ts, key, "tuple")? {
            Subscript::Index(i) => match slice::position(i, row.len()) {
                Some(i) => Ok(row[i].clone()),
                None => Err(ts.index_error("tuple index out of range")),
            },
            Subscript::Slice(s) => {
                let s = s.adjust(ts, row.len())?;
                if s.step == 1 {
                    if s.len == row.len() && slf.is_exact::<Tuple>() {
                        return Ok(slf.clone());
                    }
                    return Ok(Tuple::from_slice(ts, if s.len == 0 { &[] } else { &row[s.span()] }).into_value());
                }
                Ok(Tuple::new(ts, s.positions().map(|i| row[i].clone()).collect()).into_value())
            }
        }
    }
    #[slot(contains)]
    fn sq_contains(&self, ts: &ThreadState, v: &Value) -> Result<bool> {
        for x in self.items() {
            if protocol::eq(ts, x, v)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
    #[slot(concat)]
    fn sq_concat(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> {
        let Some(y) = b.downcast::<Tuple>() else {
            return Err(ts.type_error(format!("can only concatenate tuple (not \"{}\") to tuple", b.type_name(ts))));
        };
        let x = items(a);
        if x.is_empty() && b.is_exact::<Tuple>() {
            return Ok(b.clone());
        }
        if y.is_empty() && a.is_exact::<Tuple>() {
            return Ok(a.clone());
        }
        let mut all = Vec::with_capacity(x.len() + y.len());
        all.extend_from_slice(x);
        all.extend_from_slice(y.items());
        Ok(Tuple::new(ts, all).into_value())
    }
    #[slot(repeat)]
    fn sq_repeat(ts: &ThreadState, slf: &Value, n: isize) -> Result<Value> {
        let row = items(slf);
        if (row.is_empty() || n == 1) && slf.is_exact::<Tuple>() {
            return Ok(slf.clone());
        }
        Ok(Tuple::new(ts, repeated(ts, row, n)?).into_value())
    }
    /// Return the arguments that make an equal tuple, for pickling and copying.
    #[method("__getnewargs__($self, /)")]
    fn getnewargs(&self, ts: &ThreadState) -> Result<Value> {
        let plain = Tuple::from_slice(ts, self.items());
        Ok(Tuple::from_array(ts, [plain.into_value()]).into_value())
    }
    /// Return first index of value.
    ///
    /// Raises ValueError if the value is not present.
    #[method("index($self, value, start=0, stop=sys.maxsize, /)")]
    fn index(&self, ts: &ThreadState, value: &Value, start: Option<&Value>, stop: Option<&Value>) -> Result<Value> {
        let row = self.items();
        let start = slice::wrap_bound(slice::bound(ts, start, 0)?, row.len());
        let stop = slice::wrap_bound(slice::bound(ts, stop, isize::MAX)?, row.len());
        for (i, x) in row.iter().enumerate().take(stop).skip(start) {
            if protocol::eq(ts, x, value)? {
                return Ok(crate::int::from_i64(ts, i as i64));
            }
        }
        Err(ts.value_error("tuple.index(x): x not in tuple"))
    }
    /// Return number of occurrences of value.
    #[method("count($self, value, /)")]
    fn count(&self, ts: &ThreadState, value: &Value) -> Result<usize> {
        let mut n = 0;
        for x in self.items() {
            n += usize::from(protocol::eq(ts, x, value)?);
        }
        Ok(n)
    }
    /// See PEP 585
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(cls: &Value, ts: &ThreadState, object: &Value) -> Result<Value> {
        GenericAlias::of(ts, cls, object)
    }
}

/// `n` copies of a row, with the room asked for first.
pub fn repeated(ts: &ThreadState, row: &[Value], n: isize) -> Result<Vec<Value>> {
    if n <= 0 || row.is_empty() {
        return Ok(Vec::new());
    }
    let Some(total) = row.len().checked_mul(n as usize).filter(|t| *t <= isize::MAX as usize / 8) else {
        return Err(ts.memory_error());
    };
    let mut out: Vec<Value> = Vec::new();
    if out.try_reserve_exact(total).is_err() {
        return Err(ts.memory_error());
    }
    if let [one] = row {
        out.resize(total, one.clone());
    } else {
        for _ in 0..n {
            out.extend_from_slice(row);
        }
    }
    Ok(out)
}
