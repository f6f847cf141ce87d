//! Operators: arithmetic, comparison, identity, membership, truth.

use super::prelude::*;
use taipan_objects::CmpOp;
use taipan_objects::value::{int_word, word_float, word_is_float};

#[inst(cache(counter, descr: 4), adaptive)]
pub fn binary_op(ts: &ThreadState, left: &Value, right: &Value, oparg: u32) -> Result<Value> {
    crate::operators::binary(ts, oparg, left, right)
}

/// Two inline ints.
#[uop]
pub fn guard_both_int(left: Bits, right: Bits) -> bool {
    (left.int_bits() | right.int_bits()) & 7 == 0
}

/// Their words without the tags.
#[inline(always)]
fn both_ints(left: Bits, right: Bits) -> (i64, i64) {
    (left.int_bits() as i64, right.int_bits() as i64)
}

#[inst(family = BINARY_OP, guards(guard_both_int))]
pub fn binary_op_add_int(left: Bits, right: Bits) -> Guarded<StackRef> {
    let (a, b) = both_ints(left, right);
    match a.checked_add(b) {
        Some(r) => Guarded::Ok(StackRef(r as u64 + 3)),
        None => Guarded::Miss,
    }
}

#[inst(family = BINARY_OP, guards(guard_both_int))]
pub fn binary_op_subtract_int(left: Bits, right: Bits) -> Guarded<StackRef> {
    let (a, b) = both_ints(left, right);
    match a.checked_sub(b) {
        Some(r) => Guarded::Ok(StackRef(r as u64 + 3)),
        None => Guarded::Miss,
    }
}

#[inst(family = BINARY_OP, guards(guard_both_int))]
pub fn binary_op_multiply_int(left: Bits, right: Bits) -> Guarded<StackRef> {
    let (a, b) = both_ints(left, right);
    match a.checked_mul(b >> 3) {
        Some(r) => Guarded::Ok(StackRef(r as u64 + 3)),
        None => Guarded::Miss,
    }
}

#[inst(family = BINARY_OP, guards(guard_both_int))]
pub fn binary_op_and_int(left: Bits, right: Bits) -> StackRef {
    let (a, b) = both_ints(left, right);
    StackRef((a & b) as u64 + 3)
}

#[inst(family = BINARY_OP, guards(guard_both_int))]
pub fn binary_op_or_int(left: Bits, right: Bits) -> StackRef {
    let (a, b) = both_ints(left, right);
    StackRef((a | b) as u64 + 3)
}

#[inst(family = BINARY_OP, guards(guard_both_int))]
pub fn binary_op_xor_int(left: Bits, right: Bits) -> StackRef {
    let (a, b) = both_ints(left, right);
    StackRef((a ^ b) as u64 + 3)
}

/// Floor division by a positive number.
#[inst(family = BINARY_OP, guards(guard_both_int))]
pub fn binary_op_floor_divide_int(left: Bits, right: Bits) -> Guarded<StackRef> {
    let (a, b) = both_ints(left, right);
    if b <= 0 {
        return Guarded::Miss;
    }
    Guarded::Ok(StackRef(int_word((a >> 3).div_euclid(b >> 3))))
}

/// Remainder of a division by a positive number.
#[inst(family = BINARY_OP, guards(guard_both_int))]
pub fn binary_op_remainder_int(left: Bits, right: Bits) -> Guarded<StackRef> {
    let (a, b) = both_ints(left, right);
    if b <= 0 {
        return Guarded::Miss;
    }
    Guarded::Ok(StackRef(int_word((a >> 3).rem_euclid(b >> 3))))
}

#[inst(family = BINARY_OP, guards(guard_both_int))]
pub fn binary_op_lshift_int(left: Bits, right: Bits) -> Guarded<StackRef> {
    let (a, b) = both_ints(left, right);
    let n = (b >> 3) as u64;
    if n >= 60 || (a << n) >> n != a {
        return Guarded::Miss;
    }
    Guarded::Ok(StackRef((a << n) as u64 + 3))
}

#[inst(family = BINARY_OP, guards(guard_both_int))]
pub fn binary_op_rshift_int(left: Bits, right: Bits) -> Guarded<StackRef> {
    let (a, b) = both_ints(left, right);
    let n = (b >> 3) as u64;
    if n >= 64 {
        return Guarded::Miss;
    }
    Guarded::Ok(StackRef(int_word((a >> 3) >> n)))
}

/// Two inline floats.
#[uop]
pub fn guard_both_float(left: Bits, right: Bits) -> bool {
    left.0 & right.0 & 6 == 6
}

#[inline(always)]
fn both_floats(left: Bits, right: Bits) -> (f64, f64) {
    (word_float(left.0), word_float(right.0))
}

#[inline(always)]
fn float_result(f: f64) -> Guarded<StackRef> {
    let w = f.to_bits().rotate_left(4).wrapping_add(3);
    if word_is_float(w) { Guarded::Ok(StackRef(w)) } else { Guarded::Miss }
}

#[inst(family = BINARY_OP, guards(guard_both_float))]
pub fn binary_op_add_float(left: Bits, right: Bits) -> Guarded<StackRef> {
    let (a, b) = both_floats(left, right);
    float_result(a + b)
}

#[inst(family = BINARY_OP, guards(guard_both_float))]
pub fn binary_op_subtract_float(left: Bits, right: Bits) -> Guarded<StackRef> {
    let (a, b) = both_floats(left, right);
    float_result(a - b)
}

#[inst(family = BINARY_OP, guards(guard_both_float))]
pub fn binary_op_multiply_float(left: Bits, right: Bits) -> Guarded<StackRef> {
    let (a, b) = both_floats(left, right);
    float_result(a * b)
}

/// Both inline floats and the divisor not zero (zero has its own representation).
#[inst(family = BINARY_OP, guards(guard_both_float))]
pub fn binary_op_true_divide_float(left: Bits, right: Bits) -> Guarded<StackRef> {
    let (a, b) = both_floats(left, right);
    if b == 0.0 {
        return Guarded::Miss;
    }
    float_result(a / b)
}

/// The number of an inline int or float, when it converts without loss.
#[inline(always)]
fn number(v: Bits) -> Option<f64> {
    if word_is_float(v.0) {
        return Some(word_float(v.0));
    }
    if v.0 & 7 == 3 {
        let i = v.0 as i64 >> 3;
        if (-(1 << 53)..=1 << 53).contains(&i) {
            return Some(i as f64);
        }
    }
    None
}

/// An inline int and an inline float, or two ints that are divided.
#[inst(family = BINARY_OP)]
pub fn binary_op_mixed_number(left: Bits, right: Bits, oparg: u32) -> Guarded<StackRef> {
    let (Some(a), Some(b)) = (number(left), number(right)) else { return Guarded::Miss };
    match oparg {
        oparg::binary::ADD | 13 if left.0 & right.0 & 7 != 3 => float_result(a + b),
        oparg::binary::SUBTRACT | 23 if left.0 & right.0 & 7 != 3 => float_result(a - b),
        oparg::binary::MULTIPLY | 18 if left.0 & right.0 & 7 != 3 => float_result(a * b),
        oparg::binary::TRUE_DIVIDE | 24 if b != 0.0 => float_result(a / b),
        _ => Guarded::Miss,
    }
}

#[inst]
pub fn unary_negative(ts: &ThreadState, value: &Value) -> Result<Value> {
    if let Some(i) = value.as_small_int()
        && let Some(v) = Value::small_int(-i)
    {
        return Ok(v);
    }
    protocol::negative(ts, value)
}

#[inst]
pub fn unary_invert(ts: &ThreadState, value: &Value) -> Result<Value> {
    if let Some(i) = value.as_small_int() {
        return Ok(Value::from_word(int_word(!i)));
    }
    protocol::invert(ts, value)
}

/// The operand is a bool: the compiler puts TO_BOOL before.
#[inst(miss = UNARY_NOT_SLOW)]
pub fn unary_not(value: Bits) -> Guarded<StackRef> {
    if value.0 == true_word() {
        Guarded::Ok(bool_ref(false))
    } else if value.0 == false_word() {
        Guarded::Ok(bool_ref(true))
    } else {
        Guarded::Miss
    }
}

#[inst(internal, cold)]
pub fn unary_not_slow(ts: &ThreadState, value: &Value) -> Result<StackRef> {
    Ok(bool_ref(!protocol::is_true(ts, value)?))
}

/// The top of the stack is a list.
#[uop]
pub fn guard_tos_list(value: &StackRef) -> bool {
    // SAFETY: the operands are alive.
    unsafe { value.shape() == ids::LIST }
}

/// The top of the stack is an exact string.
#[uop]
pub fn guard_tos_str(value: &StackRef) -> bool {
    // SAFETY: the operands are alive.
    unsafe { value.shape() == ids::STR }
}

/// Two exact strings.
#[uop]
pub fn guard_both_str(left: &StackRef, right: &StackRef) -> bool {
    // SAFETY: the operands are alive.
    unsafe { left.shape() == ids::STR && right.shape() == ids::STR }
}

/// The second entry is a list.
#[uop]
pub fn guard_nos_list(list: &StackRef, _index: Bits) -> bool {
    // SAFETY: the operands are alive.
    unsafe { list.shape() == ids::LIST }
}

/// The second entry is a tuple.
#[uop]
pub fn guard_nos_tuple(tuple: &StackRef, _index: Bits) -> bool {
    // SAFETY: the operands are alive.
    unsafe { tuple.shape() == ids::TUPLE }
}

/// The second entry is an exact string.
#[uop]
pub fn guard_nos_str(text: &StackRef, _index: Bits) -> bool {
    // SAFETY: the operands are alive.
    unsafe { text.shape() == ids::STR }
}

/// The second entry is a dict.
#[uop]
pub fn guard_nos_dict(dict: &StackRef, _key: &StackRef) -> bool {
    // SAFETY: the operands are alive.
    unsafe { dict.shape() == ids::DICT }
}

/// The top of the stack is a set.
#[uop]
pub fn guard_tos_set(value: &StackRef) -> bool {
    // SAFETY: the operands are alive.
    unsafe { value.shape() == ids::SET }
}

/// The top of the stack is a dict.
#[uop]
pub fn guard_tos_dict(value: &StackRef) -> bool {
    // SAFETY: the operands are alive.
    unsafe { value.shape() == ids::DICT }
}

#[inst(cache(counter, version: 2), adaptive)]
pub fn to_bool(ts: &ThreadState, value: &Value) -> Result<StackRef> {
    Ok(bool_ref(protocol::is_true(ts, value)?))
}

#[uop]
pub fn guard_tos_bool(value: Bits) -> bool {
    value.0 == true_word() || value.0 == false_word()
}

#[inst(family = TO_BOOL, guards(guard_tos_bool))]
pub fn to_bool_bool(value: Bits) -> StackRef {
    StackRef(value.0)
}

#[uop]
pub fn guard_tos_int(value: Bits) -> bool {
    value.0 & 7 == 3
}

#[inst(family = TO_BOOL, guards(guard_tos_int))]
pub fn to_bool_int(value: Bits) -> StackRef {
    bool_ref(value.0 != 3)
}

#[uop]
pub fn guard_tos_none(value: Bits) -> bool {
    value.0 == none_word()
}

#[inst(family = TO_BOOL, guards(guard_tos_none))]
pub fn to_bool_none(_value: Bits) -> StackRef {
    bool_ref(false)
}

#[inst(family = TO_BOOL, guards(guard_tos_list))]
pub fn to_bool_list(value: &StackRef) -> StackRef {
    // SAFETY: the operand is alive; the shape says that it is a list.
    unsafe {
        bool_ref((*value.payload::<List>()).items.read(|v| !v.is_empty()))
    }
}

#[inst(family = TO_BOOL, guards(guard_tos_str))]
pub fn to_bool_str(value: &StackRef) -> StackRef {
    // SAFETY: as above.
    unsafe {
        bool_ref(!(*value.payload::<Str>()).bytes().is_empty())
    }
}

/// Instances of a class that defines neither `__bool__` nor `__len__`: the shape tells.
#[inst(family = TO_BOOL)]
pub fn to_bool_always_true(value: &StackRef, version: u32) -> Guarded<StackRef> {
    // SAFETY: the operand is alive.
    if unsafe { value.shape() } != version { Guarded::Miss } else { Guarded::Ok(bool_ref(true)) }
}

#[inst(cache(counter), adaptive)]
pub fn compare_op(ts: &ThreadState, left: &Value, right: &Value, oparg: u32) -> Result<Value> {
    let v = protocol::compare(ts, left, right, comparison(oparg >> 5))?;
    if oparg & oparg::compare::TO_BOOL == 0 || v.as_bool_object().is_some() {
        return Ok(v);
    }
    Ok(Value::bool(protocol::is_true(ts, &v)?))
}

pub fn comparison(n: u32) -> CmpOp {
    match n {
        oparg::compare::LT => CmpOp::Lt,
        oparg::compare::LE => CmpOp::Le,
        oparg::compare::EQ => CmpOp::Eq,
        oparg::compare::NE => CmpOp::Ne,
        oparg::compare::GT => CmpOp::Gt,
        _ => CmpOp::Ge,
    }
}

#[inst(family = COMPARE_OP, guards(guard_both_int))]
pub fn compare_op_int(left: Bits, right: Bits, oparg: u32) -> StackRef {
    let (a, b) = both_ints(left, right);
    let outcome = if a < b {
        oparg::compare::LESS
    } else if a == b {
        oparg::compare::EQUAL
    } else {
        oparg::compare::GREATER
    };
    bool_ref(oparg & outcome != 0)
}

#[inst(family = COMPARE_OP, guards(guard_both_float))]
pub fn compare_op_float(left: Bits, right: Bits, oparg: u32) -> StackRef {
    let (a, b) = both_floats(left, right);
    let outcome = if a < b {
        oparg::compare::LESS
    } else if a == b {
        oparg::compare::EQUAL
    } else if a > b {
        oparg::compare::GREATER
    } else {
        oparg::compare::UNORDERED
    };
    bool_ref(oparg & outcome != 0)
}

/// Equality of exact strings.
#[inst(family = COMPARE_OP, guards(guard_both_str))]
pub fn compare_op_str(left: &StackRef, right: &StackRef, oparg: u32) -> StackRef {
    // SAFETY: the operands are alive; their shapes say that they are strings.
    unsafe {
        let same = left.is_same(*right) || (*left.payload::<Str>()).bytes() == (*right.payload::<Str>()).bytes();
        let outcome = if same { oparg::compare::EQUAL } else { oparg::compare::LESS };
        bool_ref(oparg & outcome != 0)
    }
}

#[inst]
pub fn is_op(left: &StackRef, right: &StackRef, oparg: u32) -> StackRef {
    bool_ref(left.is_same(*right) != (oparg == 1))
}

#[inst(cache(counter), adaptive)]
pub fn contains_op(ts: &ThreadState, left: &Value, right: &Value, oparg: u32) -> Result<StackRef> {
    Ok(bool_ref(protocol::contains(ts, right, left)? != (oparg == 1)))
}

#[inst]
pub fn binary_slice(ts: &ThreadState, container: &Value, start: &Value, stop: &Value) -> Result<Value> {
    crate::operators::get_slice(ts, container, start, stop)
}

#[inst]
pub fn store_slice(ts: &ThreadState, value: &Value, container: &Value, start: &Value, stop: &Value) -> Result<()> {
    crate::operators::set_slice(ts, container, start, stop, value)
}

#[inst(cache(counter), adaptive)]
pub fn store_subscr(ts: &ThreadState, value: &Value, container: &Value, sub: &Value) -> Result<()> {
    protocol::setitem(ts, container, sub, value)
}

#[inst]
pub fn delete_subscr(ts: &ThreadState, container: &Value, sub: &Value) -> Result<()> {
    protocol::delitem(ts, container, sub)
}

/// The place of an inline int in `len` items.
#[inline(always)]
fn place(index: StackRef, len: usize) -> Option<usize> {
    if index.0 & 7 != 3 {
        return None;
    }
    let mut i = index.0 as i64 >> 3;
    if i < 0 {
        i += len as i64;
    }
    if (i as u64) < len as u64 { Some(i as usize) } else { None }
}

#[inst(family = BINARY_OP, guards(guard_nos_list))]
pub fn binary_op_subscr_list_int(list: &StackRef, index: Bits) -> Guarded<Value> {
    // SAFETY: the operand is alive; the shape says that it is a list.
    unsafe {
        (*list.payload::<List>()).items.read(|v| match place(StackRef(index.0), v.len()) {
            Some(i) => Guarded::Ok(v.get_unchecked(i).clone()),
            None => Guarded::Miss,
        })
    }
}

#[inst(family = BINARY_OP, guards(guard_nos_tuple))]
pub fn binary_op_subscr_tuple_int(tuple: &StackRef, index: Bits) -> Guarded<Value> {
    // SAFETY: as above.
    unsafe {
        let items = (*tuple.payload::<Tuple>()).items();
        match place(StackRef(index.0), items.len()) {
            Some(i) => Guarded::Ok(items.get_unchecked(i).clone()),
            None => Guarded::Miss,
        }
    }
}

#[inst(family = BINARY_OP, guards(guard_nos_str))]
pub fn binary_op_subscr_str_int(ts: &ThreadState, text: &StackRef, index: Bits) -> Outcome<Value> {
    // SAFETY: as above.
    unsafe {
        let s = &*text.payload::<Str>();
        if !s.is_ascii() {
            return Outcome::Miss;
        }
        match place(StackRef(index.0), s.bytes().len()) {
            Some(i) => Outcome::Ok(Str::from_ascii(ts, &s.bytes()[i..i + 1]).into_value()),
            None => Outcome::Miss,
        }
    }
}

#[inst(family = BINARY_OP, guards(guard_nos_dict))]
pub fn binary_op_subscr_dict(ts: &ThreadState, dict: &StackRef, key: &Value) -> Result<Value> {
    // SAFETY: as above.
    unsafe {
        match (*dict.payload::<Dict>()).get(ts, key) {
            Ok(Some(v)) => Ok(v),
            Ok(None) => Err(ts.key_error(key)),
            Err(Raised) => Err(Raised),
        }
    }
}

/// Integers that are objects; sums that are still small are made as well, so that the form stays.
#[inst(family = BINARY_OP)]
pub fn binary_op_add_long(heap: Heap, left: &StackRef, right: &StackRef) -> Guarded<Value> {
    use taipan_objects::int::Int;
    // SAFETY: the operands are alive; the shapes say what they are.
    unsafe {
        if left.shape() == ids::INT && right.shape() == ids::INT {
            let (a, b) = (&*left.payload::<Int>(), &*right.payload::<Int>());
            return Guarded::Ok(taipan_objects::int::sum::add_objects(heap.0, a, b));
        }
        let small = |v: &StackRef| v.lend().as_small_int();
        match (small(left), small(right)) {
            (Some(a), Some(b)) => Guarded::Ok(taipan_objects::int::from_i64(heap.0, a + b)),
            _ => Guarded::Miss,
        }
    }
}

#[inst(family = BINARY_OP, guards(guard_both_str))]
pub fn binary_op_add_unicode(ts: &ThreadState, left: &StackRef, right: &StackRef) -> Result<Value> {
    // SAFETY: as above.
    unsafe {
        let (a, b) = (left.lend(), right.lend());
        crate::operators::concat_str(ts, &a, &b)
    }
}

/// `s = s + t` for a local `s` that nobody else refers to: its text grows in place, and the STORE_FAST that
/// follows is done.
#[inst(family = BINARY_OP)]
pub fn binary_op_inplace_add_unicode(r: &mut Regs, ts: &ThreadState, locals: Locals) -> Flow {
    // SAFETY: the operands are there; specialised only where STORE_FAST follows. The local is taken out for
    // good: it gets the result.
    unsafe {
        let (left, right) = (*r.sp.sub(2), *r.sp.sub(1));
        let i = (*r.ip >> 8) as u32;
        if *r.ip as u8 != op::STORE_FAST
            || left.shape() != ids::STR
            || right.shape() != ids::STR
            || !locals.get(i).is_same(left)
            || right.is_same(left)
        {
            return Flow::Miss;
        }
        let local = locals.replace(i, StackRef::NULL).into_owned();
        left.release();
        let text = right.lend();
        let Some(tail) = text.exact::<Str>() else { impossible() };
        let result = Str::concat_owned(ts, Ref::from_value_unchecked(local), tail);
        right.release();
        locals.replace(i, StackRef::owned(result.into_value()));
        r.sp = r.sp.sub(2);
        r.ip = r.ip.add(1);
    }
    Flow::Next
}

#[inst(family = CONTAINS_OP, guards(guard_tos_set))]
pub fn contains_op_set(ts: &ThreadState, key: &Value, set: &StackRef, oparg: u32) -> Result<StackRef> {
    // SAFETY: the operand is alive; the shape says that it is a set.
    unsafe {
        let found = (*set.payload::<taipan_objects::set::Set>()).data.contains(ts, key)?;
        Ok(bool_ref(found != (oparg == 1)))
    }
}

#[inst(family = STORE_SUBSCR, guards(guard_nos_list))]
pub fn store_subscr_list_int(r: &mut Regs) -> Flow {
    // SAFETY: three operands are there; the shape says that the container is a list.
    unsafe {
        let (value, list, index) = (*r.sp.sub(3), *r.sp.sub(2), *r.sp.sub(1));
        let old = (*list.payload::<List>()).items.write(|v| match place(index, v.len()) {
            Some(i) => Some(StackRef(std::mem::replace(v.get_unchecked_mut(i), value.into_owned()).into_word())),
            None => None,
        });
        let Some(old) = old else { return Flow::Miss };
        r.sp = r.sp.sub(3);
        if list.count_down() {
            release(list);
        }
        if old.count_down() { Flow::Release(old) } else { Flow::Next }
    }
}

#[inst(family = STORE_SUBSCR, guards(guard_nos_dict))]
pub fn store_subscr_dict(ts: &ThreadState, value: &Value, dict: &StackRef, key: &Value) -> Result<()> {
    // SAFETY: the operand is alive; the shape says that it is a dict.
    unsafe {
        (*dict.payload::<Dict>()).set(ts, key, value.clone())
    }
}

#[inst(family = CONTAINS_OP, guards(guard_tos_dict))]
pub fn contains_op_dict(ts: &ThreadState, key: &Value, dict: &StackRef, oparg: u32) -> Result<StackRef> {
    // SAFETY: as above.
    unsafe {
        let found = (*dict.payload::<Dict>()).get(ts, key)?;
        Ok(bool_ref(found.is_some() != (oparg == 1)))
    }
}
