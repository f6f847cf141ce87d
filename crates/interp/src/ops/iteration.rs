//! `for`: iterators and their fast forms.

use super::prelude::*;
use crate::frames;
use taipan_objects::generator::Generator;

#[inst]
pub fn get_iter(ts: &ThreadState, iterable: &Value) -> Result<Value> {
    protocol::get_iter(ts, iterable)
}

/// For `yield from`: coroutines are let through only in generator-based coroutines.
#[inst]
pub fn get_yield_from_iter(ts: &ThreadState, iterable: &Value, frame: Fp) -> Result<Value> {
    if iterable.shape_id() == ids::COROUTINE {
        if frame.code().flags & (taipan_isa::co::COROUTINE | taipan_isa::co::ITERABLE_COROUTINE) == 0 {
            return Err(ts.type_error("cannot 'yield from' a coroutine object in a non-coroutine generator"));
        }
        return Ok(iterable.clone());
    }
    if iterable.shape_id() == ids::GENERATOR && iterable.is_pointer() {
        return Ok(iterable.clone());
    }
    protocol::get_iter(ts, iterable)
}

#[inst(flags(jump), cache(counter), adaptive)]
pub fn for_iter(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    // SAFETY: the iterator is on top.
    unsafe {
        // Iterators are owned already, but for what GET_ITER was not needed for.
        let it = r.sp.sub(1);
        *it = (*it).own();
        match protocol::slot_next(ts, &*(it as *const Value)) {
            Ok(Some(v)) => push(r, v),
            // Over END_FOR; POP_ITER takes the iterator off.
            Ok(None) => r.ip = r.ip.add(oparg as usize + 1),
            Err(Raised) => return Flow::Raise,
        }
    }
    Flow::Next
}

/// The top of the stack is the iterator of a list.
#[uop]
pub fn guard_list_iterator(it: &StackRef) -> bool {
    // SAFETY: the operand is alive.
    unsafe { it.shape() == ids::LIST_ITERATOR }
}

/// The top of the stack is the iterator of a tuple.
#[uop]
pub fn guard_tuple_iterator(it: &StackRef) -> bool {
    // SAFETY: the operand is alive.
    unsafe { it.shape() == ids::TUPLE_ITERATOR }
}

/// The top of the stack is the iterator of a range.
#[uop]
pub fn guard_range_iterator(it: &StackRef) -> bool {
    // SAFETY: the operand is alive.
    unsafe { it.shape() == ids::RANGE_ITERATOR }
}

#[inst(family = FOR_ITER, guards(guard_list_iterator), other = FOR_ITER_LIST_END)]
pub fn for_iter_list(r: &mut Regs) -> Flow {
    use taipan_objects::list::iter::ListIterator;
    // SAFETY: the iterator is on top; the shape says what it is.
    unsafe {
        let it = *r.sp.sub(1);
        let Some(v) = (*it.payload::<ListIterator>()).next_if_exact() else { return Flow::Other };
        push(r, v);
    }
    Flow::Next
}

/// The list is exhausted, or of a subclass.
#[inst(internal, cold)]
pub fn for_iter_list_end(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    use taipan_objects::list::iter::ListIterator;
    let _ = ts;
    // SAFETY: as above; `r.ip` is behind FOR_ITER.
    unsafe {
        let it = *r.sp.sub(1);
        match (*it.payload::<ListIterator>()).next() {
            Some(v) => push(r, v),
            None => r.ip = r.ip.add(oparg as usize + 1),
        }
    }
    Flow::Next
}

#[inst(family = FOR_ITER, guards(guard_tuple_iterator))]
pub fn for_iter_tuple(r: &mut Regs, oparg: u32) -> Flow {
    use taipan_objects::tuple::iter::TupleIterator;
    // SAFETY: as above.
    unsafe {
        let it = *r.sp.sub(1);
        match (*it.payload::<TupleIterator>()).next() {
            Some(v) => push(r, v),
            None => {
                r.ip = r.ip.add(oparg as usize + 1);
                return Flow::Jump;
            }
        }
    }
    Flow::Next
}

#[inst(family = FOR_ITER, guards(guard_range_iterator))]
pub fn for_iter_range(r: &mut Regs, oparg: u32) -> Flow {
    use taipan_objects::range::iter::RangeIterator;
    // SAFETY: as above.
    unsafe {
        let it = *r.sp.sub(1);
        match (*it.payload::<RangeIterator>()).next_number() {
            Some(i) => {
                *r.sp = StackRef(taipan_objects::value::int_word(i));
                r.sp = r.sp.add(1);
            }
            None => {
                r.ip = r.ip.add(oparg as usize + 1);
                return Flow::Jump;
            }
        }
    }
    Flow::Next
}

/// A generator that is not running: its frame is entered.
#[inst(family = FOR_ITER)]
pub fn for_iter_gen(r: &mut Regs, heap: Heap, oparg: u32) -> Flow {
    // SAFETY: the iterator is on top; the shape says what it is.
    unsafe {
        let it = *r.sp.sub(1);
        if it.shape() != ids::GENERATOR || !frames::can_enter(&*it.payload::<Generator>()) {
            return Flow::Miss;
        }
        let none = StackRef(none_word());
        frames::enter_generator(r, heap.0, &*it.payload::<Generator>(), none, oparg)
    }
}
