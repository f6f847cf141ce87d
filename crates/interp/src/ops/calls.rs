//! Calls and returns.

use super::prelude::*;
use crate::calls;
use crate::tailcalls;
use crate::frames;
use taipan_objects::native::Args;

/// Under the operands: the callable and, above it, the receiver or null.
#[inst(cache(counter, func_version: 2), adaptive)]
pub fn call(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    // SAFETY: the operands are there.
    unsafe { calls::call(r, ts, oparg as usize, None) }
}

#[inst(cache(counter, func_version: 2), adaptive)]
pub fn call_kw(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    // SAFETY: as above; the names are on top.
    unsafe {
        let names = pop(r);
        calls::call(r, ts, oparg as usize, Some(names))
    }
}

/// `f(*args, **kwargs)`: callable, null, a tuple of arguments (or any iterable), a dict or null.
#[inst]
pub fn call_function_ex(r: &mut Regs, ts: &ThreadState) -> Flow {
    // SAFETY: the operands are there.
    unsafe { calls::call_ex(r, ts, false) }
}

/// The call in tail position: the frame's only remaining work is to hand the result on. If a Python function
/// is entered, the RETURN_VALUE in the last cache entry but one does that; behind the caches is what would
/// stand there after a plain CALL.
#[inst(flags(ends), cache(counter, func_version: 2, return_value, unused), adaptive)]
pub fn tail_call(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    // SAFETY: as for CALL; the cache holds an instruction.
    unsafe { tailcalls::tail_call(r, ts, oparg as usize, None) }
}

/// A function of plain positional parameters, with exactly as many arguments; the caller's frame stays.
#[inst(family = TAIL_CALL)]
pub fn tail_call_py_exact_args(r: &mut Regs, heap: Heap, oparg: u32, func_version: u32) -> Flow {
    // SAFETY: as for CALL_PY_EXACT_ARGS.
    unsafe {
        let f = r.fp;
        let n = oparg as usize;
        let base = r.sp.sub(n + 2);
        let func = *base;
        let barred = flag::TAIL | flag::OWNED_BY_OBJECT;
        let marked = heap.frames.marked.get();
        if func.shape() != ids::FUNCTION
            || (*f).flags & barred != 0
            || marked & tailcalls::MARKED_STEP == tailcalls::MARKED_STEP
            || base != Frame::stack_base(f)
            || func.is_same((*f).func)
            || Frame::function(f).no_tail_calls.get()
            || !heap.frames.tail_calls.get()
        {
            return Flow::Miss;
        }
        let callee = &*func.payload::<Function>();
        let code = callee.code_ptr.get();
        let (args, n) = arguments(base, n);
        if callee.version.get() != func_version || (*code).argcount as usize != n {
            return Flow::Miss;
        }
        let owned = func.own();
        let (flags, depth, ip) = ((*f).flags, (*f).depth, r.ip);
        // The marked frame does not count as recursion.
        (*f).flags = flags | flag::TAIL;
        (*f).depth = depth - 1;
        r.ip = ip.sub(tailcalls::RETURN_BEFORE_END);
        if crate::frames::enter_exact(r, heap.0, base, owned, code, args, n, 0) {
            heap.frames.marked.set(marked + 1);
            return Flow::Next;
        }
        r.ip = ip;
        (*f).flags = flags;
        (*f).depth = depth;
        if owned.0 != func.0 && owned.count_down() {
            crate::machine::impossible();
        }
        Flow::Miss
    }
}

/// A native function in tail position: called as elsewhere; RETURN_VALUE follows.
#[inst(family = TAIL_CALL)]
pub fn tail_call_builtin_fast(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    call_builtin_fast(r, ts, oparg)
}

#[inst(family = TAIL_CALL)]
pub fn tail_call_builtin_bound(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    call_builtin_bound(r, ts, oparg)
}

#[inst(family = TAIL_CALL)]
pub fn tail_call_builtin_class(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    call_builtin_class(r, ts, oparg)
}

#[inst(family = TAIL_CALL)]
pub fn tail_call_method_descriptor_fast(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    call_method_descriptor_fast(r, ts, oparg)
}

/// A function that calls itself with as many arguments as it has parameters, once its frame is used again.
#[inst(family = TAIL_CALL, other = TAIL_CALL_SELF_GENERAL)]
pub fn tail_call_self(r: &mut Regs, heap: Heap, oparg: u32) -> Flow {
    let _ = heap;
    // SAFETY: the operands are there; the arguments are owned before the locals go.
    unsafe {
        let f = r.fp;
        let base = r.sp.sub(oparg as usize + 2);
        let func = *base;
        let (args, n) = arguments(base, oparg as usize);
        let code = &*(*f).code;
        let usual = flag::NEW_CHUNK | flag::ELIDED;
        let flags = (*f).flags;
        if !func.is_same((*f).func)
            || code.argcount as usize != n
            || flags & 0xffff & !usual != 0
            || base != Frame::stack_base(f)
        {
            return Flow::Miss;
        }
        if flags >> tailcalls::COUNT_SHIFT < tailcalls::SELF_ACTIVATIONS {
            return Flow::Other;
        }
        let locals = Frame::locals(f);
        let nlocals = code.nlocalsplus as usize;
        let mut i = n;
        while i < nlocals {
            if (*locals.add(i)).is_counted() {
                return Flow::Other;
            }
            *locals.add(i) = StackRef::NULL;
            i += 1;
        }
        // The loops in it unroll.
        let dead = match n {
            1 => replace_locals(locals, args, 1, base),
            2 => replace_locals(locals, args, 2, base),
            3 => replace_locals(locals, args, 3, base),
            n => replace_locals(locals, args, n, base),
        };
        tailcalls::count_elided(f, 1);
        r.sp = base;
        r.ip = code.entry.get();
        if func.count_down_present() {
            crate::machine::impossible();
        }
        match dead {
            0 => Flow::Next,
            1 => Flow::Release(*base),
            _ => {
                r.word = (dead as u32) << 8;
                Flow::Other
            }
        }
    }
}

/// Puts the arguments in the place of the first locals. What dies is gathered at the bottom of the stack, never
/// above the argument that was taken last; answers how many.
#[inline(always)]
unsafe fn replace_locals(locals: *mut StackRef, args: *mut StackRef, n: usize, bottom: *mut StackRef) -> usize {
    // SAFETY: there are so many of each; arguments may be borrowed from the locals until all are owned.
    unsafe {
        own_all(args, n);
        let mut dead = 0;
        let mut i = 0;
        while i < n {
            let old = std::mem::replace(&mut *locals.add(i), *args.add(i));
            if old.count_down() {
                *bottom.add(dead) = old;
                dead += 1;
            }
            i += 1;
        }
        dead
    }
}

/// As TAIL_CALL_SELF where it is not that simple: the first activations, whose frames stay; locals beyond the
/// parameters that must be counted down; or, with a word that is no instruction's, objects that have died,
/// which lie on the free part of the stack.
#[inst(internal)]
pub fn tail_call_self_general(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    // SAFETY: TAIL_CALL_SELF has checked.
    unsafe {
        if r.word & 255 == op::CACHE as u32 {
            for i in 0..oparg as usize {
                release(*r.sp.add(i));
            }
            return Flow::Next;
        }
        let f = r.fp;
        let base = r.sp.sub(oparg as usize + 2);
        let func = *base;
        let (args, n) = arguments(base, oparg as usize);
        let code = &*(*f).code;
        let flags = (*f).flags;
        let count = flags >> tailcalls::COUNT_SHIFT;
        if count < tailcalls::SELF_ACTIVATIONS {
            let marked = ts.frames.marked.get();
            let ip = r.ip;
            if marked & tailcalls::MARKED_STEP != tailcalls::MARKED_STEP
                && !Frame::function(f).no_tail_calls.get()
                && ts.frames.tail_calls.get()
            {
                // As TAIL_CALL_PY_EXACT_ARGS.
                let owned = func.own();
                let depth = (*f).depth;
                (*f).flags = flags | flag::TAIL;
                (*f).depth = depth - 1;
                r.ip = ip.sub(tailcalls::RETURN_BEFORE_END);
                let counted = (count + 1) << tailcalls::COUNT_SHIFT;
                if frames::enter_exact(r, ts, base, owned, code, args, n, counted) {
                    ts.frames.marked.set(marked + 1);
                    return Flow::Next;
                }
                (*f).flags = flags;
                (*f).depth = depth;
                if owned.0 != func.0 && owned.count_down() {
                    crate::machine::impossible();
                }
            }
            r.ip = ip.sub(op::INFO[op::TAIL_CALL as usize].caches as usize);
            r.word = (r.word & !255) | op::TAIL_CALL as u32;
            return Flow::Dispatch;
        }
        own_all(args, n);
        let locals = Frame::locals(f);
        let nlocals = code.nlocalsplus as usize;
        for i in (0..nlocals).rev() {
            let new = if i < n { *args.add(i) } else { StackRef::NULL };
            std::mem::replace(&mut *locals.add(i), new).release();
        }
        tailcalls::count_elided(f, 1);
        r.sp = locals.add(nlocals);
        r.ip = code.entry.get();
        func.release();
    }
    Flow::Next
}

#[inst(flags(ends), cache(counter, func_version: 2, return_value, unused))]
pub fn tail_call_kw(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    // SAFETY: as above.
    unsafe {
        let names = pop(r);
        tailcalls::tail_call(r, ts, oparg as usize, Some(names))
    }
}

#[inst(flags(ends), cache(return_value, unused))]
pub fn tail_call_function_ex(r: &mut Regs, ts: &ThreadState) -> Flow {
    // SAFETY: as above.
    unsafe { calls::call_ex(r, ts, true) }
}

/// An ordinary frame whose locals need no dropping leaves at once.
#[inst(flags(ends), miss = RETURN_DROPPING)]
pub fn return_value(r: &mut Regs, heap: Heap, value: Bits) -> Flow {
    // SAFETY: the value is the only operand; the frame below waits for its callee.
    unsafe {
        let f = r.fp;
        if (*f).flags != 0 {
            return Flow::Miss;
        }
        let locals = Frame::locals(f);
        let n = (*(*f).code).nlocalsplus as usize;
        let mut i = 0;
        while i < n {
            if (*locals.add(i)).is_counted() {
                return Flow::Miss;
            }
            i += 1;
        }
        let value = StackRef(value.0).own();
        let (func, prev) = ((*f).func, (*f).prev);
        heap.frame.set(prev);
        r.fp = prev;
        r.ip = (*prev).ip;
        r.sp = (*prev).sp;
        r.consts = (*prev).consts;
        *r.sp = value;
        r.sp = r.sp.add(1);
        if func.count_down_present() { Flow::Release(func) } else { Flow::Next }
    }
}

#[inst(internal, miss = RETURN_SLOW)]
pub fn return_dropping(r: &mut Regs, ts: &ThreadState) -> Flow {
    // SAFETY: as above.
    unsafe {
        let f = r.fp;
        // A frame that a tail call left standing has nothing else to do either.
        if (*f).flags & 0xffff & !flag::TAIL != 0 || r.sp.sub(1) != Frame::stack_base(f) {
            return Flow::Miss;
        }
        if (*f).flags & flag::TAIL != 0 {
            ts.frames.marked.set(ts.frames.marked.get().saturating_sub(1));
        }
        let value = (*r.sp.sub(1)).own();
        let locals = Frame::locals(f);
        let n = (*(*f).code).nlocalsplus as usize;
        let mut i = n;
        while i > 0 {
            i -= 1;
            let v = *locals.add(i);
            if v.count_down() {
                release(v);
            }
        }
        let (func, mut prev) = ((*f).func, (*f).prev);
        if func.count_down_present() {
            release(func);
        }
        // Frames that tail calls left standing hand the value on and end as well.
        while (*prev).flags & 0xffff == flag::TAIL && !ts.tracing.active.get() {
            ts.frames.marked.set(ts.frames.marked.get().saturating_sub(1));
            ts.frame.set(prev);
            let f = prev;
            prev = (*f).prev;
            frames::clear_locals(f);
            (*f).func.release();
        }
        ts.frame.set(prev);
        r.fp = prev;
        r.ip = (*prev).ip;
        r.sp = (*prev).sp;
        r.consts = (*prev).consts;
        *r.sp = value;
        r.sp = r.sp.add(1);
        Flow::Next
    }
}

#[inst(internal, cold)]
pub fn return_slow(r: &mut Regs, ts: &ThreadState) -> Flow {
    // SAFETY: as above.
    unsafe {
        r.sp = r.sp.sub(1);
        let value = (*r.sp).own();
        frames::return_from(r, ts, value)
    }
}

/// Leaves the engine: only entry frames contain it.
#[inst(flags(ends))]
pub fn interpreter_exit(r: &mut Regs) -> Flow {
    // SAFETY: the value is on top, owned.
    unsafe {
        r.sp = r.sp.sub(1);
        Flow::Exit((*r.sp).own().0)
    }
}

/// Where a function begins or goes on: a poll.
#[inst(miss = RESUME_POLL)]
pub fn resume(heap: Heap, _oparg: u32) -> Guarded<()> {
    if heap.breaker.load(std::sync::atomic::Ordering::Relaxed) != 0 { Guarded::Miss } else { Guarded::Ok(()) }
}

#[inst(internal, cold)]
pub fn resume_poll(ts: &ThreadState) -> Result<()> {
    crate::poll::poll(ts)
}

/// The code runs for the first time: its constants, names and executable units are made.
#[inst(private)]
pub fn prepare(r: &mut Regs, ts: &ThreadState) -> Flow {
    // SAFETY: a frame of the code was just entered.
    unsafe {
        let code = &*(*r.fp).code;
        code.prepared(ts);
        (*r.fp).consts = code.consts.get();
        r.consts = code.consts.get();
        r.ip = code.entry.get();
        (*r.fp).ip = r.ip;
    }
    Flow::Next
}

/// Kept for CPython's numbering: `__init__` frames are marked by a flag here.
#[inst]
pub fn exit_init_check(_value: &StackRef) {}

/// Where the arguments of a call with `n` operands lie, and how many there are: the receiver, if it is not
/// null, comes first.
#[inline(always)]
unsafe fn arguments(base: *mut StackRef, n: usize) -> (*mut StackRef, usize) {
    // SAFETY: callable and receiver lie below the operands.
    unsafe { if (*base.add(1)).is_null() { (base.add(2), n) } else { (base.add(1), n + 1) } }
}

/// A Python function of plain positional parameters, with exactly as many arguments.
#[inst(family = CALL)]
pub fn call_py_exact_args(r: &mut Regs, heap: Heap, oparg: u32, func_version: u32) -> Flow {
    // SAFETY: the operands are there; with the version the code is the one seen when specialising.
    unsafe {
        let n = oparg as usize;
        let base = r.sp.sub(n + 2);
        let func = *base;
        if func.shape() != ids::FUNCTION {
            return Flow::Miss;
        }
        let f = &*func.payload::<Function>();
        let code = f.code_ptr.get();
        let (args, n) = arguments(base, n);
        if f.version.get() != func_version || (*code).argcount as usize != n {
            return Flow::Miss;
        }
        if crate::frames::enter_exact(r, heap.0, base, func, code, args, n, 0) { Flow::Next } else { Flow::Miss }
    }
}

/// A method object over such a function.
#[inst(family = CALL)]
pub fn call_bound_method_exact_args(r: &mut Regs, heap: Heap, oparg: u32, func_version: u32) -> Flow {
    // SAFETY: as above.
    unsafe {
        let n = oparg as usize;
        let base = r.sp.sub(n + 2);
        let bound = *base;
        if bound.shape() != ids::METHOD || !(*base.add(1)).is_null() {
            return Flow::Miss;
        }
        let m = &*bound.payload::<taipan_objects::method::Method>();
        let func = StackRef::borrow(&m.func);
        if func.shape() != ids::FUNCTION {
            return Flow::Miss;
        }
        let f = &*func.payload::<Function>();
        let code = f.code_ptr.get();
        if f.version.get() != func_version || (*code).argcount as usize != n + 1 {
            return Flow::Miss;
        }
        *base.add(1) = StackRef::owned(m.receiver.clone());
        if !crate::frames::enter_exact(r, heap.0, base, func, code, base.add(1), n + 1, 0) {
            (*base.add(1)).release();
            *base.add(1) = StackRef::NULL;
            return Flow::Miss;
        }
        if bound.count_down_present() { Flow::Release(bound) } else { Flow::Next }
    }
}

/// `type(x)`.
#[inst(family = CALL)]
pub fn call_type_1(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    // SAFETY: the operands are there.
    unsafe {
        let base = r.sp.sub(3);
        let ty = taipan_objects::typeobject::builtin(ts, ids::TYPE);
        if oparg != 1 || !(*base.add(1)).is_null() || (*base).header() != ty.as_header() {
            return Flow::Miss;
        }
        let v = pop(r);
        let class = v.class(ts).to_value();
        (*base).release();
        r.sp = base;
        push(r, class);
    }
    Flow::Next
}

/// Finishes a native call: the operands are dropped, the result takes the callable's place.
#[inline(always)]
unsafe fn finish(r: &mut Regs, base: *mut StackRef, args: *mut StackRef, n: usize, result: Result<Value>) -> Flow {
    // SAFETY: the operands are owned.
    unsafe {
        let mut i = 0;
        while i < n {
            (*args.add(i)).release();
            i += 1;
        }
        (*base).release();
        r.sp = base;
        match result {
            Ok(v) => {
                push(r, v);
                Flow::Next
            }
            Err(Raised) => Flow::Raise,
        }
    }
}

/// Makes the operands owned, so that native code may clone them.
#[inline(always)]
unsafe fn own_all<'a>(args: *mut StackRef, n: usize) -> &'a [Value] {
    // SAFETY: the operands are there and not null.
    unsafe {
        let mut i = 0;
        while i < n {
            *args.add(i) = (*args.add(i)).own();
            i += 1;
        }
        std::slice::from_raw_parts(args as *const Value, n)
    }
}

/// Runs a native definition in its best form for positional arguments.
#[inline(always)]
fn run_native(ts: &ThreadState, def: &taipan_objects::native::NativeDef, a: &[Value]) -> Result<Value> {
    match (a, def.fast0, def.fast1, def.fast2, def.fast3) {
        ([x], _, Some(f), ..) => f(ts, x),
        ([x, y], _, _, Some(f), _) => f(ts, x, y),
        ([], Some(f), ..) => f(ts),
        ([x, y, z], .., Some(f)) => f(ts, x, y, z),
        _ => (def.func)(ts, taipan_objects::native::Args { positional: a, kw_names: &[], kw_values: &[] }),
    }
}

/// A native function.
#[inst(family = CALL)]
pub fn call_builtin_fast(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    use taipan_objects::descr::builtin::{BuiltinFunction, Target};
    use taipan_objects::native::DefKind;
    // SAFETY: the operands are there; the shape says what the callable is.
    unsafe {
        let base = r.sp.sub(oparg as usize + 2);
        if (*base).shape() != ids::BUILTIN_FUNCTION {
            return Flow::Miss;
        }
        let Target::Def(def) = (*(*base).payload::<BuiltinFunction>()).target else { return Flow::Miss };
        if !matches!(def.kind, DefKind::Function | DefKind::StaticMethod) {
            return Flow::Miss;
        }
        let (args, n) = arguments(base, oparg as usize);
        let values = own_all(args, n);
        let result = run_native(ts, def, values);
        finish(r, base, args, n, result)
    }
}

/// A native method bound to its receiver: `append = l.append`.
#[inst(family = CALL)]
pub fn call_builtin_bound(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    // SAFETY: the operands are there; the shape says what the callable is.
    unsafe {
        let base = r.sp.sub(oparg as usize + 2);
        if (*base).shape() != ids::BUILTIN_FUNCTION || !(*base.add(1)).is_null() {
            return Flow::Miss;
        }
        let (args, n) = (base.add(2), oparg as usize);
        let values = own_all(args, n);
        let callable = (*base).lend();
        let result = taipan_objects::descr::call_builtin(ts, &callable, Args { positional: values, kw_names: &[], kw_values: &[] });
        finish(r, base, args, n, result)
    }
}

/// A native class.
#[inst(family = CALL)]
pub fn call_builtin_class(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    use taipan_objects::typeobject::{Type, create::type_call};
    // SAFETY: as above.
    unsafe {
        let base = r.sp.sub(oparg as usize + 2);
        if (*base).shape() != ids::TYPE || !(*base.add(1)).is_null() || (*(*base).payload::<Type>()).is_heap_type() {
            return Flow::Miss;
        }
        let (args, n) = (base.add(2), oparg as usize);
        let values = own_all(args, n);
        let callable = (*base).lend();
        let result = type_call(ts, &callable, Args { positional: values, kw_names: &[], kw_values: &[] });
        finish(r, base, args, n, result)
    }
}

/// A native method found on a type, with its receiver.
#[inst(family = CALL)]
pub fn call_method_descriptor_fast(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    use taipan_objects::descr::builtin::MethodDescriptor;
    // SAFETY: as above.
    unsafe {
        let base = r.sp.sub(oparg as usize + 2);
        if (*base).shape() != ids::METHOD_DESCRIPTOR {
            return Flow::Miss;
        }
        let def = (*(*base).payload::<MethodDescriptor>()).def;
        let (args, n) = arguments(base, oparg as usize);
        if n == 0 {
            return Flow::Miss;
        }
        let values = own_all(args, n);
        let result = run_native(ts, def, values);
        finish(r, base, args, n, result)
    }
}

/// `list.append` of an exact list.
#[inst(family = CALL)]
pub fn call_list_append(r: &mut Regs, heap: Heap, oparg: u32) -> Flow {
    // SAFETY: as above.
    unsafe {
        let (callable, list, item) = (*r.sp.sub(3), *r.sp.sub(2), *r.sp.sub(1));
        if oparg != 1
            || callable.0 & !7 != heap.frames.list_append.get() & !7
            || list.is_null()
            || list.shape() != ids::LIST
        {
            return Flow::Miss;
        }
        (*list.payload::<List>()).items.write(|v| v.push(item.into_owned()));
        r.sp = r.sp.sub(2);
        *r.sp.sub(1) = StackRef(none_word());
        if callable.count_down_present() {
            crate::machine::impossible();
        }
        if list.count_down_present() { Flow::Release(list) } else { Flow::Next }
    }
}

/// A class with a plain Python `__init__` and `object`'s `__new__`: the instance is made and the frame of
/// `__init__` entered.
#[inst(family = CALL)]
pub fn call_alloc_and_enter_init(r: &mut Regs, heap: Heap, oparg: u32, func_version: u32) -> Flow {
    use taipan_objects::typeobject::Type;
    // SAFETY: as above.
    unsafe {
        let n = oparg as usize;
        let base = r.sp.sub(n + 2);
        let class = *base;
        if class.shape() != ids::TYPE || !(*base.add(1)).is_null() {
            return Flow::Miss;
        }
        let ty = &*class.payload::<Type>();
        if ty.current_version() != func_version {
            return Flow::Miss;
        }
        let Some(func) = ty.init_cache.read(|c| c.as_ref().map(|c| StackRef::borrow(&c.1))) else {
            return Flow::Miss;
        };
        let f = &*func.payload::<Function>();
        let code = f.code_ptr.get();
        if (*code).argcount as usize != n + 1 || !(*code).simple {
            return Flow::Miss;
        }
        let instance = StackRef(taipan_objects::heap::allocate(heap.0, ty, 0).as_ptr() as u64);
        // The instance waits in the callable's place; a second reference is `self`.
        *base.add(1) = instance.duplicate();
        if !crate::frames::enter_exact(r, heap.0, base.add(1), func, code, base.add(1), n + 1, flag::INIT) {
            (*base.add(1)).release();
            *base.add(1) = StackRef::NULL;
            instance.release();
            return Flow::Miss;
        }
        *base = instance;
        if class.count_down_present() { Flow::Release(class) } else { Flow::Next }
    }
}
