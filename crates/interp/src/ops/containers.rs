//! Building and taking apart lists, tuples, sets, dictionaries.

use super::prelude::*;
use crate::unpack;
use taipan_objects::set::Set;

#[inst]
pub fn build_tuple(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    // SAFETY: `oparg` operands are there.
    unsafe {
        let n = oparg as usize;
        r.sp = r.sp.sub(n);
        for i in 0..n {
            let p = r.sp.add(i);
            *p = (*p).own();
        }
        // The words are given up where they lie.
        let tuple = Tuple::take(ts, r.sp as *const Value, n);
        push(r, tuple.into_value());
    }
    Flow::Next
}

#[inst]
pub fn build_list(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    // SAFETY: as above.
    unsafe {
        let items = take(r, oparg as usize);
        push(r, List::new(ts, items).into_value());
    }
    Flow::Next
}

#[inst]
pub fn build_set(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    // SAFETY: as above.
    let items = unsafe { take(r, oparg as usize) };
    let set = Set::new(ts);
    for v in items {
        if set.data.add(ts, &v).is_err() {
            return Flow::Raise;
        }
    }
    // SAFETY: room was counted.
    unsafe { push(r, set.into_value()) };
    Flow::Next
}

#[inst]
pub fn build_map(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    let n = oparg as usize;
    let dict = if n == 0 { Dict::new(ts) } else { Dict::with_capacity(ts, n) };
    // SAFETY: as above; the operands stay where they lie until they are taken.
    unsafe {
        let base = r.sp.sub(2 * n);
        for i in 0..n {
            let (k, v) = ((*base.add(2 * i)).into_owned(), (*base.add(2 * i + 1)).into_owned());
            if dict.set(ts, &k, v).is_err() {
                (2 * i + 2..2 * n).for_each(|i| (*base.add(i)).release());
                r.sp = base;
                return Flow::Raise;
            }
        }
        r.sp = base;
        push(r, dict.into_value());
    }
    Flow::Next
}

#[inst]
pub fn build_slice(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    // SAFETY: two or three operands are there.
    unsafe {
        let step = if oparg == 3 { pop(r) } else { Value::none() };
        let stop = pop(r);
        let start = pop(r);
        push(r, taipan_objects::slice::Slice::new(ts, start, stop, step).into_value());
    }
    Flow::Next
}

/// The container `oparg` below the top once the operands of this instruction are gone.
unsafe fn below<'a, T: taipan_objects::Payload>(r: &Regs, oparg: u32) -> &'a T {
    // SAFETY: the compiler has put a container of this type there, which stays while the instruction runs.
    unsafe { &*(*r.sp.sub(oparg as usize)).payload::<T>() }
}

#[inst]
pub fn list_append(r: &mut Regs, oparg: u32) -> Flow {
    // SAFETY: the operand and, below, a list.
    unsafe {
        let v = pop(r);
        below::<List>(r, oparg).items.write(|l| l.push(v));
    }
    Flow::Next
}

#[inst]
pub fn set_add(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    // SAFETY: the operand and, below, a set.
    unsafe {
        let v = pop(r);
        // `__conditional_annotations__` may be anything.
        let target = (*r.sp.sub(oparg as usize)).lend();
        match target.downcast::<Set>() {
            Some(set) => flow(set.data.add(ts, &v).map(|_| ())),
            None => {
                ts.type_error(format!("expected a set, got '{}'", target.type_name(ts)));
                Flow::Raise
            }
        }
    }
}

#[inst]
pub fn map_add(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    // SAFETY: key, value and, below, a dict.
    unsafe {
        let v = pop(r);
        let k = pop(r);
        flow(below::<Dict>(r, oparg).set(ts, &k, v))
    }
}

#[inst]
pub fn list_extend(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    // SAFETY: the operand and, below, a list.
    unsafe {
        let v = pop(r);
        flow(unpack::extend_list(ts, below::<List>(r, oparg), &v))
    }
}

#[inst]
pub fn set_update(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    // SAFETY: the operand and, below, a set.
    unsafe {
        let v = pop(r);
        let set = below::<Set>(r, oparg);
        flow(set.data.update_from(ts, &v))
    }
}

#[inst]
pub fn dict_update(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    // SAFETY: the operand and, below, a dict.
    unsafe {
        let v = pop(r);
        flow(unpack::update_dict(ts, below::<Dict>(r, oparg), &v))
    }
}

/// `f(**mapping)`: keywords are checked for being given twice.
#[inst]
pub fn dict_merge(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    // SAFETY: the operand; below a dict, and further below the callable.
    unsafe {
        let v = pop(r);
        let slot = r.sp.sub(oparg as usize);
        let called_next = matches!(*r.ip as u8, op::CALL_FUNCTION_EX | op::TAIL_CALL_FUNCTION_EX);
        if called_next && below::<Dict>(r, oparg).is_empty() && v.exact::<Dict>().is_some() {
            // The call only reads the dict: the one given will do.
            release(std::mem::replace(&mut *slot, StackRef::owned(v)));
            return Flow::Next;
        }
        let callable = peek(r, oparg as usize + 3);
        flow(unpack::merge_keywords(ts, below::<Dict>(r, oparg), &v, &callable))
    }
}

#[inst(cache(counter), adaptive)]
pub fn unpack_sequence(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    // SAFETY: one operand is there; room for `oparg` was counted.
    unsafe {
        let v = pop(r);
        let items = match unpack::exactly(ts, &v, oparg as usize) {
            Ok(items) => items,
            Err(Raised) => return Flow::Raise,
        };
        for x in items.into_iter().rev() {
            push(r, x);
        }
    }
    Flow::Next
}

#[inst(family = UNPACK_SEQUENCE)]
pub fn unpack_sequence_two_tuple(tuple: &StackRef) -> Guarded<(Value, Value)> {
    // SAFETY: the operand is alive; the shape says that it is a tuple.
    unsafe {
        if tuple.shape() != ids::TUPLE {
            return Guarded::Miss;
        }
        match (*tuple.payload::<Tuple>()).items() {
            [a, b] => Guarded::Ok((b.clone(), a.clone())),
            _ => Guarded::Miss,
        }
    }
}

/// Pushes items in reverse.
#[inline(always)]
unsafe fn push_reversed(r: &mut Regs, items: &[Value]) {
    // SAFETY: room was counted.
    unsafe {
        for v in items.iter().rev() {
            push(r, v.clone());
        }
    }
}

#[inst(family = UNPACK_SEQUENCE)]
pub fn unpack_sequence_tuple(r: &mut Regs, oparg: u32) -> Flow {
    // SAFETY: as above.
    unsafe {
        let v = *r.sp.sub(1);
        if v.shape() != ids::TUPLE {
            return Flow::Miss;
        }
        let items = (*v.payload::<Tuple>()).items();
        if items.len() != oparg as usize {
            return Flow::Miss;
        }
        r.sp = r.sp.sub(1);
        push_reversed(r, items);
        if v.count_down_present() { Flow::Release(v) } else { Flow::Next }
    }
}

#[inst(family = UNPACK_SEQUENCE)]
pub fn unpack_sequence_list(r: &mut Regs, oparg: u32) -> Flow {
    // SAFETY: as above.
    unsafe {
        let v = *r.sp.sub(1);
        if v.shape() != ids::LIST {
            return Flow::Miss;
        }
        let list = &*v.payload::<List>();
        if list.items.read(|l| l.len()) != oparg as usize {
            return Flow::Miss;
        }
        r.sp = r.sp.sub(1);
        list.items.read(|l| push_reversed(r, l));
        if v.count_down_present() { Flow::Release(v) } else { Flow::Next }
    }
}

#[inst]
pub fn unpack_ex(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    let (before, after) = ((oparg & 0xff) as usize, (oparg >> 8) as usize);
    // SAFETY: one operand is there; room was counted.
    unsafe {
        let v = pop(r);
        let items = match unpack::with_rest(ts, &v, before, after) {
            Ok(items) => items,
            Err(Raised) => return Flow::Raise,
        };
        for x in items.into_iter().rev() {
            push(r, x);
        }
    }
    Flow::Next
}
