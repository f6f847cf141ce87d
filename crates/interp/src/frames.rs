//! Entering and leaving frames: calls of Python functions, generators, unwinding. A call from Python to
//! Python only moves the registers; a call from native code runs a nested engine ([`call_function`],
//! [`resume`]) above an entry frame.

use crate::binding::{self, Actuals};
use crate::machine::*;
use std::ptr::null;
use taipan_isa as isa;
use taipan_objects::code::Code;
use taipan_objects::frame::{self, HEAD, object, traceback};
use taipan_objects::generator::object::stop_with;
use taipan_objects::generator::{Generator, State};
use taipan_objects::native::Args;

/// Words of an entry frame: its head and room for the result.
const ENTRY_WORDS: usize = HEAD + 2;

/// What an entry frame goes on with.
static EXIT: [u16; 2] = [isa::op::INTERPRETER_EXIT as u16, 0];

/// The head of a new frame of `func`, which is owned; the locals are not touched.
#[inline(always)]
pub unsafe fn write_head(f: *mut Frame, prev: *mut Frame, func: StackRef, code: *const Code, depth: u32, flags: u32) {
    // SAFETY: the caller has reserved the memory.
    unsafe {
        (*f).prev = prev;
        (*f).code = code;
        (*f).consts = (*code).consts.get();
        (*f).func = func;
        (*f).ip = (*code).entry.get();
        (*f).depth = depth;
        (*f).flags = flags;
    }
}

/// Where a callee's frame goes when the caller's operand stack ends at `sp`.
#[inline(always)]
pub unsafe fn callee_place(caller: *mut Frame, sp: *mut StackRef) -> *mut u64 {
    // SAFETY: the caller's frame runs.
    unsafe {
        if (*caller).flags & flag::GENERATOR != 0 {
            (*Generator::of_frame(caller)).top.get()
        } else {
            sp as *mut u64
        }
    }
}

/// Enters a function of plain positional parameters with exactly as many arguments. `base` is where the
/// caller's stack ends once the call's operands are gone; `args` lie above it. `None`: nothing has changed,
/// take the general way.
///
/// # Safety
/// `func` is a function with code `code`, owned or borrowed; the code is no generator's.
#[inline(always)]
pub unsafe fn enter_exact(
    r: &mut Regs,
    ts: &ThreadState,
    base: *mut StackRef,
    func: StackRef,
    code: *const Code,
    args: *mut StackRef,
    n: usize,
    flags: u32,
) -> bool {
    // SAFETY: by the contract; `at` is checked against the chunk's end.
    unsafe {
        let caller = r.fp;
        let at = callee_place(caller, base);
        let depth = (*caller).depth + 1;
        if at.wrapping_add((*code).frame_words as usize) > ts.frames.limit.get() || depth > ts.frames.max_depth.get() {
            return false;
        }
        (*caller).ip = r.ip;
        (*caller).sp = base;
        let f = at as *mut Frame;
        let locals = Frame::locals(f);
        // The new locals may overlap the operands, which lie below: so the last goes first.
        let mut i = n;
        while i > 0 {
            i -= 1;
            *locals.add(i) = (*args.add(i)).own();
        }
        let nlocals = (*code).nlocalsplus as usize;
        i = n;
        while i < nlocals {
            // Few: volatile, or the compiler makes a call of this, for which registers must be saved.
            locals.add(i).write_volatile(StackRef::NULL);
            i += 1;
        }
        write_head(f, caller, func.own(), code, depth, flags);
        // Not from the frame: what was just stored takes long to come back.
        (r.ip, r.consts) = ((*code).entry.get(), (*code).consts.get());
        ts.frame.set(f);
        r.fp = f;
        r.sp = locals.add(nlocals);
        true
    }
}

/// Enters any Python function. The operands above `base` are used up, whatever comes of it. `keywords`:
/// the last of the arguments are given by these names.
///
/// # Safety
/// `func` is a function, owned; `n` operands lie at `args`, the stack ends behind them.
pub unsafe fn enter_general(
    r: &mut Regs,
    ts: &ThreadState,
    base: *mut StackRef,
    func: StackRef,
    args: *mut StackRef,
    n: usize,
    keywords: &[Value],
    flags: u32,
) -> Result<()> {
    // SAFETY: by the contract; the frame is made above the arguments.
    unsafe {
        let place = match callee_place(r.fp, base) {
            at if at == base as *mut u64 => args.add(n) as *mut u64,
            at => at,
        };
        enter_at(r, ts, base, place, func, args, n, keywords, flags)
    }
}

/// As [`enter_general`], for arguments that lie elsewhere than on the stack.
///
/// # Safety
/// As there.
pub unsafe fn enter_outside(
    r: &mut Regs,
    ts: &ThreadState,
    base: *mut StackRef,
    func: StackRef,
    args: *mut StackRef,
    n: usize,
    keywords: &[Value],
) -> Result<()> {
    // SAFETY: by the contract.
    unsafe {
        let place = callee_place(r.fp, base);
        enter_at(r, ts, base, place, func, args, n, keywords, 0)
    }
}

unsafe fn enter_at(
    r: &mut Regs,
    ts: &ThreadState,
    base: *mut StackRef,
    place: *mut u64,
    func: StackRef,
    args: *mut StackRef,
    n: usize,
    keywords: &[Value],
    extra_flags: u32,
) -> Result<()> {
    // SAFETY: by the contract.
    unsafe {
        let f = &*func.payload::<Function>();
        let code = f.code_ptr.get();
        let caller = r.fp;
        (*caller).ip = r.ip;
        (*caller).sp = base;
        let release_args = || (0..n).for_each(|i| (*args.add(i)).release());
        r.sp = base;
        let depth = (*caller).depth + 1;
        if frame::check_depth(ts, depth).is_err() {
            release_args();
            func.release();
            return Err(Raised);
        }
        let (new, flags) = frame::reserve(ts, place, (*code).frame_words as usize);
        let locals = Frame::locals(new);
        let nlocals = (*code).nlocalsplus as usize;
        (0..nlocals).for_each(|i| *locals.add(i) = StackRef::NULL);
        let positional = n - keywords.len();
        let actuals = Actuals {
            positional: std::slice::from_raw_parts_mut(args, positional),
            names: keywords,
            values: std::slice::from_raw_parts_mut(args.add(positional), keywords.len()),
        };
        if let Err(Raised) = binding::bind(ts, f, &*code, locals, actuals) {
            release_args();
            (0..nlocals).for_each(|i| (*locals.add(i)).release());
            func.release();
            if flags & flag::NEW_CHUNK != 0 {
                ts.frames.pop_chunk();
            }
            return Err(Raised);
        }
        write_head(new, caller, func, code, depth, flags | extra_flags);
        ts.frame.set(new);
        r.fp = new;
        r.ip = (*new).ip;
        r.sp = locals.add(nlocals);
        r.consts = (*new).consts;
        Ok(())
    }
}

/// May a generator be entered from an instruction?
#[inline(always)]
pub fn can_enter(g: &Generator) -> bool {
    g.state.get() < State::Running
}

/// Where a suspended generator goes on, and with which stack. Behind a `yield` whose value is not used that is the
/// instruction after RESUME and POP_TOP, if neither the poll nor anybody who watches has to see these.
///
/// # Safety
/// The generator is suspended or new; `value` is owned.
#[inline(always)]
unsafe fn resume_point(ts: &ThreadState, f: *mut Frame, value: StackRef) -> (*const u16, *mut StackRef) {
    // SAFETY: `ip` lies in the frame's code, where a unit follows each instruction; there is room for the value.
    unsafe {
        let (ip, sp) = ((*f).ip, (*f).sp);
        let discarded = *ip as u8 == isa::op::RESUME && *ip.add(1) as u8 == isa::op::POP_TOP;
        if discarded && ts.breaker.load(std::sync::atomic::Ordering::Relaxed) == 0 && !ts.tracing.active.get() {
            value.release();
            return (ip.add(2), sp);
        }
        *sp = value;
        (ip, sp.add(1))
    }
}

/// Enters a generator's frame with `value` sent. When it returns, the caller goes on `jump` units further
/// than when it yields.
///
/// # Safety
/// [`can_enter`]; `value` is owned; the caller's stack ends at `r.sp`.
#[inline(always)]
pub unsafe fn enter_generator(r: &mut Regs, ts: &ThreadState, g: &Generator, value: StackRef, jump: u32) -> Flow {
    // SAFETY: a suspended frame is valid.
    unsafe {
        let (caller, f) = (r.fp, g.frame());
        let depth = (*caller).depth + 1;
        if depth > ts.frames.max_depth.get() {
            frame::too_deep(ts);
            value.release();
            return Flow::Raise;
        }
        (*caller).ip = r.ip;
        (*caller).sp = r.sp;
        let top = callee_place(caller, r.sp);
        g.top.set(top);
        g.return_jump.set(jump);
        if g.state.get() == State::Created {
            g.set_finalized(false);
        }
        g.state.set(State::Running);
        let handled = g.handled.take();
        ts.handled.write(|h| h.push(handled));
        (*f).prev = caller;
        (*f).depth = depth;
        ts.frame.set(f);
        (r.ip, r.sp) = resume_point(ts, f, value);
        r.fp = f;
        r.consts = (*f).consts;
        Flow::Next
    }
}

/// Suspends the running generator and hands `value` to whoever resumed it.
///
/// # Safety
/// The frame is a generator's; `value` is owned and off the stack.
#[inline(always)]
pub unsafe fn suspend(r: &mut Regs, ts: &ThreadState, value: StackRef, state: State) {
    // SAFETY: by the contract.
    unsafe {
        let f = r.fp;
        let g = Generator::of_frame(f);
        let mut p = Frame::stack_base(f);
        while p < r.sp {
            *p = (*p).own();
            p = p.add(1);
        }
        (*f).ip = r.ip;
        (*f).sp = r.sp;
        g.state.set(state);
        let handled = ts.handled.write(|h| h.pop()).flatten();
        // While it ran the generator held none.
        std::mem::forget(g.handled.replace(handled));
        let prev = (*f).prev;
        (*f).prev = std::ptr::null_mut();
        give(r, ts, prev, value);
    }
}

/// Goes on in frame `to` with `value` on its stack.
#[inline(always)]
unsafe fn give(r: &mut Regs, ts: &ThreadState, to: *mut Frame, value: StackRef) {
    // SAFETY: `to` waits for its callee.
    unsafe {
        ts.frame.set(to);
        r.fp = to;
        r.ip = (*to).ip;
        r.sp = (*to).sp;
        r.consts = (*to).consts;
        *r.sp = value;
        r.sp = r.sp.add(1);
    }
}

/// Ends a frame whose operand stack is cleared; returns the frame below.
///
/// # Safety
/// `f` is the running frame.
pub unsafe fn end_frame(ts: &ThreadState, f: *mut Frame) -> *mut Frame {
    // SAFETY: by the contract.
    unsafe {
        let prev = (*f).prev;
        let flags = (*f).flags;
        ts.frame.set(prev);
        let generator = (flags & flag::GENERATOR != 0).then(|| Generator::of_frame(f));
        if let Some(g) = generator {
            g.state.set(State::Cleared);
            g.set_finalized(true);
            drop(ts.handled.write(|h| h.pop()));
        }
        if flags & flag::TAIL != 0 {
            crate::tailcalls::unmark(ts, f);
        }
        if flags & flag::OBJECT == 0 || !object::take_over(ts, f) {
            clear_locals(f);
            (*f).func.release();
        }
        if flags & flag::ELIDED != 0 {
            drop(ts.frames.forget_elided(f));
        }
        if flags & flag::NEW_CHUNK != 0 {
            ts.frames.pop_chunk();
        }
        prev
    }
}

/// Drops the locals of a frame.
///
/// # Safety
/// The frame's locals are owned or null.
pub unsafe fn clear_locals(f: *mut Frame) {
    // SAFETY: by the contract.
    unsafe {
        let locals = Frame::locals(f);
        // The last one first, as in CPython: finalizers show it.
        for i in (0..(*(*f).code).nlocalsplus as usize).rev() {
            let v = std::mem::replace(&mut *locals.add(i), StackRef::NULL);
            v.release();
        }
    }
}

/// `RETURN_VALUE` when the frame is no ordinary one.
///
/// # Safety
/// The frame runs; `value` is owned and was the only operand left.
pub unsafe fn return_from(r: &mut Regs, ts: &ThreadState, value: StackRef) -> Flow {
    // SAFETY: by the contract.
    unsafe {
        let f = r.fp;
        let flags = (*f).flags;
        let jump = if flags & flag::GENERATOR != 0 { (*Generator::of_frame(f)).return_jump.get() } else { 0 };
        let prev = end_frame(ts, f);
        if flags & flag::INIT != 0 {
            let v = value.into_owned();
            r.fp = prev;
            r.ip = (*prev).ip;
            r.sp = (*prev).sp;
            r.consts = (*prev).consts;
            if !v.is_none() {
                ts.type_error(format!("__init__() should return None, not '{}'", v.type_name(ts)));
                return Flow::Raise;
            }
            return Flow::Next;
        }
        give(r, ts, prev, value);
        if (*prev).flags & flag::ENTRY == 0 {
            r.ip = r.ip.add(jump as usize);
        }
        Flow::Next
    }
}

/// `RETURN_GENERATOR`: moves the frame into a new generator object and gives that to the caller.
///
/// # Safety
/// The frame runs and has an empty operand stack.
pub unsafe fn return_generator(r: &mut Regs, ts: &ThreadState) -> Flow {
    // SAFETY: by the contract.
    unsafe {
        let f = r.fp;
        (*f).ip = r.ip;
        (*f).sp = r.sp;
        let made = taipan_objects::generator::object::from_frame(ts, f);
        let prev = (*f).prev;
        if (*f).flags & flag::NEW_CHUNK != 0 {
            ts.frames.pop_chunk();
        }
        give(r, ts, prev, StackRef::owned(made));
        Flow::Next
    }
}

/// Finds the handler of the exception that is set, leaving frames on the way. Without `add_traceback` the
/// first frame's recorded position and the traceback stay as they are.
///
/// # Safety
/// `r` describes the running frame; the exception was raised at `r.ip`.
pub unsafe fn unwind(r: &mut Regs, ts: &ThreadState, mut add_traceback: bool) -> Flow {
    // SAFETY: by the contract; frames below wait for their callees.
    unsafe {
        loop {
            let f = r.fp;
            if (*f).flags & flag::ENTRY != 0 {
                return Flow::Exit(0);
            }
            let code = Frame::code_ref(f);
            if add_traceback {
                (*f).ip = r.ip;
                if !Frame::incomplete(f) && !Frame::stands_in(f) {
                    traceback::add(ts, f);
                }
            }
            crate::tracing::on_raise(ts, f, !add_traceback);
            add_traceback = true;
            let unit = if code.contains(r.ip) { r.ip.offset_from(code.entry.get()) - 1 } else { -1 };
            let handler = if unit >= 0 { code.handler(unit as u32) } else { None };
            let base = Frame::stack_base(f);
            let keep = handler.map_or(0, |h| h.depth as usize);
            while r.sp > base.add(keep) {
                r.sp = r.sp.sub(1);
                (*r.sp).release();
            }
            if let Some(h) = handler {
                if h.lasti {
                    *r.sp = StackRef(taipan_objects::value::int_word(Frame::unit(f).max(0) as i64));
                    r.sp = r.sp.add(1);
                }
                let Some(exc) = ts.take_exception() else {
                    ts.system_error("unwinding without an exception");
                    continue;
                };
                *r.sp = StackRef::owned(exc);
                r.sp = r.sp.add(1);
                r.ip = code.entry.get().add(h.target as usize);
                r.consts = (*f).consts;
                if ts.tracing.active.get() {
                    let exc = (*(*r.sp.sub(1)).lend()).clone();
                    if crate::tracing::on_handled(ts, f, r.ip, &exc).is_err() {
                        r.ip = r.ip.add(1);
                        add_traceback = false;
                        continue;
                    }
                }
                return Flow::Next;
            }
            crate::tracing::on_unwind(ts, f);
            let prev = end_frame(ts, f);
            r.fp = prev;
            r.ip = (*prev).ip;
            r.sp = (*prev).sp;
            r.consts = (*prev).consts;
        }
    }
}

/// Runs from the given frame until it hands a value to `entry`, and takes `entry` away.
unsafe fn run_above(ts: &ThreadState, entry: *mut Frame, ip: *const u16, sp: *mut StackRef, f: *mut Frame) -> Result<Value> {
    // SAFETY: the frames were just made.
    unsafe {
        ts.frame.set(f);
        let w = crate::engine::run(ts, ip, sp, f);
        ts.frame.set((*entry).prev);
        if (*entry).flags & flag::NEW_CHUNK != 0 {
            ts.frames.pop_chunk();
        }
        if w == 0 { Err(Raised) } else { Ok(Value::from_word(w)) }
    }
}

unsafe fn make_entry(ts: &ThreadState, words: usize) -> Result<*mut Frame> {
    // SAFETY: as the callee.
    unsafe { make_entry_inline(ts, words) }
}

#[inline(always)]
unsafe fn make_entry_inline(ts: &ThreadState, words: usize) -> Result<*mut Frame> {
    // SAFETY: the memory is reserved first.
    unsafe {
        ts.recursion_guard("")?;
        let prev = ts.frame.get();
        let depth = if prev.is_null() { 0 } else { (*prev).depth };
        frame::check_depth(ts, depth + 1)?;
        let (entry, chunk) = frame::reserve(ts, frame::stack_top(prev), ENTRY_WORDS + words);
        entry.write(Frame {
            prev,
            code: null(),
            consts: null(),
            func: StackRef::NULL,
            ip: EXIT.as_ptr(),
            sp: Frame::locals(entry),
            object: null(),
            depth,
            flags: flag::ENTRY | chunk,
            tail: 0,
        });
        Ok(entry)
    }
}

/// Calls a Python function from native code.
pub fn call_function(ts: &ThreadState, func: &Value, args: Args<'_>) -> Result<Value> {
    let Some(function) = func.exact::<Function>() else {
        return Err(ts.system_error("not a function"));
    };
    // SAFETY: the frame lies behind the entry frame, for which memory was reserved together.
    unsafe {
        let code = function.code_ptr.get();
        let entry = make_entry(ts, (*code).frame_words as usize)?;
        let f = (entry as *mut u64).add(ENTRY_WORDS) as *mut Frame;
        let locals = Frame::locals(f);
        let nlocals = (*code).nlocalsplus as usize;
        let n = args.positional.len();
        if (*code).simple && n == (*code).argcount as usize && args.kw_names.is_empty() {
            for (i, v) in args.positional.iter().enumerate() {
                *locals.add(i) = StackRef::owned(v.clone());
            }
            (n..nlocals).for_each(|i| *locals.add(i) = StackRef::NULL);
        } else {
            (0..nlocals).for_each(|i| *locals.add(i) = StackRef::NULL);
            let mut positional: Vec<StackRef> = args.positional.iter().map(|v| StackRef::owned(v.clone())).collect();
            let mut values: Vec<StackRef> = args.kw_values.iter().map(|v| StackRef::owned(v.clone())).collect();
            let actuals = Actuals { positional: &mut positional, names: args.kw_names, values: &mut values };
            let bound = binding::bind(ts, function, &*code, locals, actuals);
            if bound.is_err() {
                positional.iter().chain(&values).for_each(|v| v.release());
                (0..nlocals).for_each(|i| (*locals.add(i)).release());
                if (*entry).flags & flag::NEW_CHUNK != 0 {
                    ts.frames.pop_chunk();
                }
                return Err(Raised);
            }
        }
        write_head(f, entry, StackRef::owned(func.clone()), code, (*entry).depth + 1, 0);
        run_above(ts, entry, (*f).ip, locals.add(nlocals), f)
    }
}

/// Runs a module's or class's body: a function without parameters whose names live in `namespace`.
pub fn run_body(ts: &ThreadState, func: &Value, namespace: &Value) -> Result<Value> {
    let Some(function) = func.exact::<Function>() else {
        return Err(ts.system_error("not a function"));
    };
    // SAFETY: as above.
    unsafe {
        let code = function.code_ptr.get();
        let entry = make_entry(ts, (*code).frame_words as usize)?;
        let f = (entry as *mut u64).add(ENTRY_WORDS) as *mut Frame;
        let locals = Frame::locals(f);
        let nlocals = (*code).nlocalsplus as usize;
        (0..nlocals).for_each(|i| *locals.add(i) = StackRef::NULL);
        write_head(f, entry, StackRef::owned(func.clone()), code, (*entry).depth + 1, 0);
        if (*code).flags & isa::co::NEWLOCALS == 0 || (*code).flags & isa::co::OPTIMIZED == 0 {
            object::set_namespace(ts, f, namespace.clone());
        }
        run_above(ts, entry, (*f).ip, locals.add(nlocals), f)
    }
}

/// The next value of a generator that is not running, `None` at its end; what it returns goes with StopIteration.
/// As [`resume`] with None, written out: most generators are consumed here.
pub fn next(ts: &ThreadState, g: &Generator) -> Result<Option<Value>> {
    // SAFETY: the generator is suspended, so its frame is valid; the entry frame's memory is reserved.
    unsafe {
        let entry = make_entry_inline(ts, 0)?;
        let f = g.frame();
        let depth = (*entry).depth + 1;
        // Whoever asks may lose the last reference while the generator runs.
        let keep = g.to_value();
        if g.state.get() == State::Created {
            g.set_finalized(false);
        }
        g.top.set((entry as *mut u64).add(ENTRY_WORDS));
        g.return_jump.set(0);
        g.state.set(State::Running);
        ts.handled.write(|h| h.push(g.handled.take()));
        (*f).prev = entry;
        (*f).depth = depth;
        ts.frame.set(f);
        let (ip, sp) = resume_point(ts, f, StackRef::owned(Value::none()));
        let w = crate::engine::run(ts, ip, sp, f);
        ts.frame.set((*entry).prev);
        if (*entry).flags & flag::NEW_CHUNK != 0 {
            ts.frames.pop_chunk();
        }
        let ended = g.state.get() == State::Cleared;
        drop(keep);
        if w == 0 {
            return Err(Raised);
        }
        let v = Value::from_word(w);
        if ended {
            return if v.is_none() { Ok(None) } else { Err(stop_with(ts, v)) };
        }
        Ok(Some(v))
    }
}

/// Resumes a generator from native code: with a value, or raising the exception that is set (`None`).
/// The result is what it yields or returns: its state tells which.
pub fn resume(ts: &ThreadState, g: &Generator, value: Option<Value>) -> Result<Value> {
    // SAFETY: the caller has checked that the generator is suspended; its frame is valid then.
    unsafe {
        let entry = match make_entry(ts, 0) {
            Ok(e) => e,
            Err(Raised) => return Err(Raised),
        };
        let mut r = Regs { ip: EXIT.as_ptr(), sp: Frame::locals(entry), fp: entry, consts: null(), word: 0, table: null() };
        ts.frame.set(entry);
        let throwing = value.is_none();
        let sent = StackRef::owned(value.unwrap_or_else(Value::none));
        let top = (entry as *mut StackRef).add(ENTRY_WORDS);
        r.sp = top;
        let Flow::Next = enter_generator(&mut r, ts, g, sent, 0) else {
            ts.frame.set((*entry).prev);
            if (*entry).flags & flag::NEW_CHUNK != 0 {
                ts.frames.pop_chunk();
            }
            return Err(Raised);
        };
        (*entry).sp = Frame::locals(entry);
        if throwing {
            // The exception is raised where the generator stands, above the value sent: handlers count on that. It
            // may be handling one.
            let handles = ts.handled.read(|h| h.last().is_some_and(Option::is_some));
            if handles && let Some(exc) = ts.take_exception() {
                ts.raise(&exc);
            }
            crate::tracing::on_throw(ts, r.fp);
            return match unwind(&mut r, ts, true) {
                Flow::Next => run_above(ts, entry, r.ip, r.sp, r.fp),
                _ => {
                    ts.frame.set((*entry).prev);
                    if (*entry).flags & flag::NEW_CHUNK != 0 {
                        ts.frames.pop_chunk();
                    }
                    Err(Raised)
                }
            };
        }
        run_above(ts, entry, r.ip, r.sp, r.fp)
    }
}
