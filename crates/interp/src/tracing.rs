//! `sys.settrace`, `sys.setprofile`, `sys.monitoring`. While something is to be reported, the dispatch table
//! leads every instruction through [`before`]; otherwise nothing here is ever reached.

use crate::generated::metadata::{BASE, CACHES, FIRST};
use crate::machine::*;
use crate::ops::prelude::{ids, op, peek, pop, protocol, push};
use taipan_isa::co;
use taipan_objects::code::Code;
use taipan_objects::descr::builtin::{BuiltinFunction, MethodDescriptor};
use taipan_objects::exceptions::BaseException;
use taipan_objects::frame::object::{self, FrameObject};
use taipan_objects::generator::Generator;
use taipan_objects::int;
use taipan_objects::method::Method;
use taipan_objects::monitoring::{CodeEvents, PROFILE_EVENTS, TOOLS, TRACE_EVENTS, bit, event, lines::Lines};
use taipan_objects::native::Args;
use taipan_objects::str::Str;
use taipan_objects::tuple::Tuple;

/// Puts the right table into every thread of the interpreter.
pub fn refresh_all(ts: &ThreadState) {
    for t in ts.interp().threads.borrow().iter() {
        // SAFETY: threads take themselves off the list before they end; this one holds the lock.
        refresh(unsafe { &**t });
    }
}

fn wanted(ts: &ThreadState) -> bool {
    let m = &ts.interp().monitoring;
    let t = &ts.tracing;
    m.global_events() != 0 || m.local.get() || t.trace.read(|t| t.is_some()) || t.profile.read(|p| p.is_some())
}

/// Puts the right table into a thread.
pub fn refresh(ts: &ThreadState) {
    let on = wanted(ts);
    ts.tracing.active.set(on);
    crate::engine::set_tracing(ts, on && ts.tracing.busy.get() == 0);
}

/// Events wanted of a code object in this thread.
fn events(ts: &ThreadState, code: &Code) -> u32 {
    if code.isa.flags & co::STANDS_IN != 0 {
        return 0;
    }
    let m = &ts.interp().monitoring;
    let mut e = m.global_events();
    if m.local.get()
        && let Some(c) = code.monitoring.get()
    {
        e |= c.events(m);
    }
    if ts.tracing.trace.read(|t| t.is_some()) {
        e |= TRACE_EVENTS;
    }
    if ts.tracing.profile.read(|p| p.is_some()) {
        e |= PROFILE_EVENTS;
    }
    e
}

/// Runs a callback, with nothing reported meanwhile.
fn quietly(ts: &ThreadState, f: *mut Frame, what: usize, call: impl FnOnce() -> Result<Value>) -> Result<Value> {
    let t = &ts.tracing;
    let saved = (t.what.replace(what as i32), t.frame.replace(f));
    t.busy.set(t.busy.get() + 1);
    crate::engine::set_tracing(ts, false);
    let r = call();
    t.busy.set(t.busy.get() - 1);
    t.what.set(saved.0);
    t.frame.set(saved.1);
    refresh(ts);
    r
}

fn text(ts: &ThreadState, s: &str) -> Value {
    Str::intern(ts, s).into_value()
}

/// Calls the thread's trace function, or the frame's own.
fn call_trace(ts: &ThreadState, f: *mut Frame, what: usize, name: &str, arg: &Value) -> Result<()> {
    let Some(global) = ts.tracing.trace.get() else { return Ok(()) };
    // SAFETY: the frame runs.
    let frame = unsafe { object::of(ts, f) };
    let Some(o) = frame.exact::<FrameObject>() else { return Ok(()) };
    let callback = if name == "call" { Some(global) } else { o.trace.get() };
    let Some(callback) = callback else { return Ok(()) };
    if name == "line" && !o.trace_lines.get() || name == "opcode" && !o.trace_opcodes.get() {
        return Ok(());
    }
    let args = [frame.clone(), text(ts, name), arg.clone()];
    match quietly(ts, f, what, || protocol::call(ts, &callback, &args)) {
        Ok(v) => {
            if !v.is_none() {
                o.trace.set(Some(v));
            }
            Ok(())
        }
        Err(Raised) => {
            ts.tracing.trace.set(None);
            refresh(ts);
            // The frame may have ended if the callback did odd things; its object has not.
            o.trace.set(None);
            Err(Raised)
        }
    }
}

fn call_profile(ts: &ThreadState, f: *mut Frame, what: usize, name: &str, arg: &Value) -> Result<()> {
    let Some(callback) = ts.tracing.profile.get() else { return Ok(()) };
    // SAFETY: the frame runs.
    let frame = unsafe { object::of(ts, f) };
    let args = [frame, text(ts, name), arg.clone()];
    match quietly(ts, f, what, || protocol::call(ts, &callback, &args)) {
        Ok(_) => Ok(()),
        Err(Raised) => {
            ts.tracing.profile.set(None);
            refresh(ts);
            Err(Raised)
        }
    }
}

/// What the profile function is told of a native callable.
fn native_callable(ts: &ThreadState, callable: &Value, first: Option<&Value>) -> Option<Value> {
    if callable.is_exact::<BuiltinFunction>() {
        return Some(callable.clone());
    }
    if callable.is_exact::<MethodDescriptor>() {
        let slf = first?;
        let get = callable.class(ts).slots().descr_get?;
        return match get(ts, callable, Some(slf), Some(&slf.class(ts).to_value())) {
            Ok(v) => Some(v),
            Err(Raised) => {
                ts.clear_exception();
                None
            }
        };
    }
    None
}

/// Calls the tools' callbacks. `args` are those behind code and offset.
fn call_tools(ts: &ThreadState, f: *mut Frame, unit: u32, what: usize, args: &[Value]) -> Result<()> {
    let m = &ts.interp().monitoring;
    // SAFETY: the frame runs.
    let code = unsafe { Frame::code_ref(f) };
    let own = code.monitoring.get();
    let set = if matches!(what, event::C_RETURN | event::C_RAISE) { event::CALL } else { what };
    for i in (0..TOOLS).rev() {
        let tool = &m.tools[i];
        let wanted = tool.events.get() | own.map_or(0, |o| o.local(m, i));
        if wanted & bit(set) == 0 {
            continue;
        }
        let branch = matches!(what, event::BRANCH_LEFT | event::BRANCH_RIGHT);
        let mut at = what;
        let mut callback = tool.callbacks[what].get();
        if callback.is_none() && branch {
            at = event::BRANCH;
            callback = tool.callbacks[at].get();
        }
        let Some(callback) = callback else { continue };
        if own.is_some_and(|o| o.is_disabled(m, unit, at, i)) {
            continue;
        }
        // SAFETY: a code object's payload lies behind its header.
        let code_value = unsafe { Ref::from_payload(code).into_value() };
        let mut all = vec![code_value];
        if what != event::LINE {
            all.push(int::from_i64(ts, unit as i64 * 2));
        }
        all.extend_from_slice(args);
        let r = quietly(ts, f, what, || protocol::call(ts, &callback, &all))?;
        if r.is(m.disable(ts)) {
            if what < event::LOCAL {
                CodeEvents::of(code).disable(m, unit, at, i);
            } else {
                tool.callbacks[what].set(None);
                return Err(ts.value_error(format!("Cannot disable {} events. Callback removed.", event::NAMES[what])));
            }
        }
    }
    Ok(())
}

/// Reports an event to all who want it. `arg` is what the trace function is told.
fn fire(ts: &ThreadState, f: *mut Frame, unit: u32, what: usize, args: &[Value]) -> Result<()> {
    if ts.tracing.busy.get() > 0 {
        return Ok(());
    }
    let none = Value::none();
    let name = match what {
        event::PY_START | event::PY_RESUME | event::PY_THROW => "call",
        event::PY_RETURN | event::PY_YIELD | event::PY_UNWIND => "return",
        event::RAISE | event::STOP_ITERATION => "exception",
        _ => "",
    };
    let value = if matches!(what, event::PY_RETURN | event::PY_YIELD) { args.first() } else { None };
    if !name.is_empty() && ts.tracing.trace.read(|t| t.is_some()) {
        let arg = match (name, args.first()) {
            ("exception", Some(e)) => {
                let tb = e.downcast::<BaseException>().and_then(|e| e.traceback.get());
                let tb = tb.unwrap_or_else(Value::none);
                Tuple::new(ts, vec![e.class(ts).to_value(), e.clone(), tb]).into_value()
            }
            _ => value.unwrap_or(&none).clone(),
        };
        call_trace(ts, f, what, name, &arg)?;
    }
    if matches!(name, "call" | "return") {
        call_profile(ts, f, what, name, value.unwrap_or(&none))?;
    }
    call_tools(ts, f, unit, what, args)
}

/// CALL, C_RETURN, C_RAISE.
fn fire_call(ts: &ThreadState, f: *mut Frame, unit: u32, what: usize, callable: &Value, first: Option<&Value>) -> Result<()> {
    if ts.tracing.busy.get() > 0 {
        return Ok(());
    }
    if ts.tracing.profile.read(|p| p.is_some())
        && let Some(c) = native_callable(ts, callable, first)
    {
        let name = match what {
            event::CALL => "c_call",
            event::C_RETURN => "c_return",
            _ => "c_exception",
        };
        call_profile(ts, f, what, name, &c)?;
    }
    let missing = ts.interp().monitoring.missing(ts);
    call_tools(ts, f, unit, what, &[callable.clone(), first.unwrap_or(missing).clone()])
}

/// An event that goes with an exception that is set.
fn fire_exception(ts: &ThreadState, f: *mut Frame, what: usize) {
    // SAFETY: the frame runs.
    unsafe {
        if !ts.tracing.active.get() || ts.tracing.busy.get() > 0 || (*f).flags & flag::ENTRY != 0 {
            return;
        }
        let code = Frame::code_ref(f);
        if events(ts, code) & bit(what) == 0 || Frame::unit(f) < 0 {
            return;
        }
        let unit = code.instruction_start(Frame::unit(f) as usize) as u32;
        let Some(exc) = ts.take_exception() else { return };
        if fire(ts, f, unit, what, std::slice::from_ref(&exc)).is_ok() {
            ts.exception.set(Some(exc));
        }
    }
}

/// The exception that is set is looked at in a frame, for the first time or again.
pub fn on_raise(ts: &ThreadState, f: *mut Frame, again: bool) {
    fire_exception(ts, f, if again { event::RERAISE } else { event::RAISE });
}

/// The exception that is set ends a frame.
pub fn on_unwind(ts: &ThreadState, f: *mut Frame) {
    fire_exception(ts, f, event::PY_UNWIND);
}

/// The exception that is set is thrown into a generator.
pub fn on_throw(ts: &ThreadState, f: *mut Frame) {
    fire_exception(ts, f, event::PY_THROW);
}

/// The handler of `exc`, which is on the stack, begins at `at`.
pub fn on_handled(ts: &ThreadState, f: *mut Frame, at: *const u16, exc: &Value) -> Result<()> {
    // SAFETY: the frame runs.
    unsafe {
        if !ts.tracing.active.get() || ts.tracing.busy.get() > 0 {
            return Ok(());
        }
        let code = Frame::code_ref(f);
        if events(ts, code) & bit(event::EXCEPTION_HANDLED) == 0 {
            return Ok(());
        }
        // For a moment the frame stands at its handler.
        let raised_at = std::mem::replace(&mut (*f).ip, at.add(1));
        let unit = Frame::unit(f).max(0) as u32;
        let r = fire(ts, f, unit, event::EXCEPTION_HANDLED, std::slice::from_ref(exc));
        (*f).ip = raised_at;
        r
    }
}

/// A frame that tail calls have left standing is dropped: its call returns, as far as anybody can see.
pub fn on_drop(ts: &ThreadState, f: *mut Frame) -> Result<()> {
    // SAFETY: the frame is the innermost one.
    unsafe {
        if !ts.tracing.active.get() || ts.tracing.busy.get() > 0 {
            return Ok(());
        }
        let code = Frame::code_ref(f);
        if events(ts, code) & bit(event::PY_RETURN) == 0 {
            return Ok(());
        }
        let unit = code.instruction_start(Frame::unit(f).max(0) as usize) as u32;
        fire(ts, f, unit, event::PY_RETURN, &[Value::none()])
    }
}

fn lines(code: &Code) -> &Lines {
    CodeEvents::of(code).lines.get_or_init(|| Lines::new(&code.isa, code.first_traceable.get()))
}

/// A line begins, unless the instruction before belonged to it.
fn line_event(ts: &ThreadState, f: *mut Frame, code: &Code, unit: usize, prev: isize) -> Result<()> {
    let l = lines(code);
    if !l.starts(unit) {
        return Ok(());
    }
    let line = l.line(unit);
    if prev >= 0 && l.line(prev as usize) == line {
        let start = code.instruction_start(prev as usize);
        if code.isa.units[start] as u8 != op::RESUME {
            return Ok(());
        }
    }
    trace_line(ts, f, line)?;
    call_tools(ts, f, unit as u32, event::LINE, &[int::from_i64(ts, line as i64)])
}

fn trace_line(ts: &ThreadState, f: *mut Frame, line: u32) -> Result<()> {
    let _ = line;
    call_trace(ts, f, event::LINE, "line", &Value::none())
}

/// Before an instruction, while something is traced.
///
/// # Safety
/// `r.ip` is behind the instruction's unit, `r.word` is the instruction.
pub unsafe fn before(ts: &ThreadState, r: &mut Regs) -> Flow {
    // SAFETY: by the contract.
    unsafe {
        let f = r.fp;
        if (*f).flags & flag::ENTRY != 0 {
            return Flow::Dispatch;
        }
        let code = Frame::code_ref(f);
        if !code.contains(r.ip) {
            return Flow::Dispatch;
        }
        // Superinstructions and prefixes are taken apart.
        let unit = r.ip.offset_from(code.entry.get()) as usize - 1;
        let mut arg = r.word >> 8;
        let mut opcode = FIRST[(r.word & 255) as usize];
        while opcode == op::EXTENDED_ARG {
            let next = *r.ip as u32;
            r.ip = r.ip.add(1);
            arg = arg << 8 | next >> 8;
            opcode = FIRST[(next & 255) as usize];
        }
        r.word = arg << 8 | opcode as u32;
        if ts.tracing.busy.get() > 0 || !ts.tracing.active.get() {
            return Flow::Dispatch;
        }
        let prev = Frame::unit(f);
        let started = prev >= code.first_traceable.get() as isize;
        (*f).ip = r.ip;
        (*f).sp = r.sp;
        let base = BASE[opcode as usize];
        if !started && base != op::RESUME {
            return Flow::Dispatch;
        }
        let wanted = events(ts, code);
        if wanted & bit(event::BRANCH_LEFT) != 0 && prev >= 0 && entered_loop(ts, f, code, prev as usize, unit).is_err() {
            return Flow::Raise;
        }
        if wanted & (bit(event::LINE) | bit(event::INSTRUCTION)) != 0 {
            if wanted & bit(event::LINE) != 0 && line_event(ts, f, code, unit, prev).is_err() {
                return Flow::Raise;
            }
            if ts.tracing.jumped.take() {
                return jumped(r);
            }
            if wanted & bit(event::INSTRUCTION) != 0 && base != op::RESUME {
                let r1 = call_trace(ts, f, event::INSTRUCTION, "opcode", &Value::none());
                if r1.is_err() || call_tools(ts, f, unit as u32, event::INSTRUCTION, &[]).is_err() {
                    return Flow::Raise;
                }
                if ts.tracing.jumped.take() {
                    return jumped(r);
                }
            }
        }
        match instruction(ts, r, code, unit as u32, prev, base, arg, wanted) {
            Ok(None) => {}
            Ok(Some(flow)) => return flow,
            Err(Raised) => return Flow::Raise,
        }
        if ts.tracing.jumped.take() {
            return jumped(r);
        }
        // The callee may have to run in a frame of its own, so that its return can be told.
        if base == op::TAIL_CALL {
            r.ip = r.ip.add(CACHES[op::TAIL_CALL as usize] as usize);
            (*f).ip = r.ip;
            return match crate::tailcalls::tail_call(r, ts, arg as usize, None) {
                Flow::Next => Flow::Jump,
                flow => flow,
            };
        }
        Flow::Dispatch
    }
}

/// A trace function has moved the frame.
unsafe fn jumped(r: &mut Regs) -> Flow {
    // SAFETY: the frame's position is that of an instruction.
    unsafe {
        r.ip = (*r.fp).ip.sub(1);
        r.sp = (*r.fp).sp;
    }
    Flow::Jump
}

/// The events of an instruction as such.
unsafe fn instruction(
    ts: &ThreadState,
    r: &mut Regs,
    code: &Code,
    unit: u32,
    prev: isize,
    base: u8,
    arg: u32,
    wanted: u32,
) -> Result<Option<Flow>> {
    // SAFETY: the operands that the instruction expects are there.
    unsafe {
        let f = r.fp;
        let has = |e: usize| wanted & bit(e) != 0;
        let offset = |n: i64| int::from_i64(ts, 2 * n);
        let caches = CACHES[base as usize] as i64;
        let own = r.ip.offset_from(code.entry.get()) as i64 - 1;
        let next = own + 1 + caches;
        match base {
            op::RESUME => {
                let what = if arg & 7 == 0 { event::PY_START } else { event::PY_RESUME };
                if has(what) {
                    fire(ts, f, unit, what, &[])?;
                }
            }
            op::RETURN_VALUE | op::YIELD_VALUE => {
                let what = if base == op::RETURN_VALUE { event::PY_RETURN } else { event::PY_YIELD };
                if has(what) {
                    let v = (*peek(r, 1)).clone();
                    let at = code.instruction_start(unit as usize) as u32;
                    fire(ts, f, at, what, &[v])?;
                }
            }
            op::JUMP_FORWARD | op::JUMP_BACKWARD | op::JUMP_BACKWARD_NO_INTERRUPT if has(event::JUMP) => {
                let backward = base != op::JUMP_FORWARD;
                let target = if backward { next - arg as i64 } else { next + arg as i64 };
                if backward && ts.tracing.trace.read(|t| t.is_some()) {
                    let l = lines(code);
                    let line = l.line(target as usize);
                    if line != 0 && line == l.line(own as usize) {
                        trace_line(ts, f, line)?;
                    }
                }
                call_tools(ts, f, unit, event::JUMP, &[offset(target)])?;
            }
            op::POP_JUMP_IF_FALSE | op::POP_JUMP_IF_TRUE | op::POP_JUMP_IF_NONE | op::POP_JUMP_IF_NOT_NONE => {
                if has(event::BRANCH_LEFT) || has(event::BRANCH_RIGHT) {
                    let v = peek(r, 1);
                    let jumps = match base {
                        op::POP_JUMP_IF_NONE => v.is_none(),
                        op::POP_JUMP_IF_NOT_NONE => !v.is_none(),
                        _ => v.as_bool_object() == Some(base == op::POP_JUMP_IF_TRUE),
                    };
                    let follows = code.isa.units.get(next as usize).is_some_and(|u| *u as u8 == op::NOT_TAKEN) as i64;
                    let (what, to) = if jumps {
                        (event::BRANCH_RIGHT, next + arg as i64)
                    } else {
                        (event::BRANCH_LEFT, next + follows)
                    };
                    if has(what) {
                        call_tools(ts, f, unit, what, &[offset(to)])?;
                    }
                }
            }
            op::POP_ITER if has(event::BRANCH_RIGHT) && prev >= 0 => {
                let from = code.instruction_start(prev as usize);
                if matches!(code.isa.units[from] as u8, op::FOR_ITER | op::END_FOR) {
                    let from = if code.isa.units[from] as u8 == op::END_FOR { for_iter_of(code, from) } else { from };
                    call_tools(ts, f, from as u32, event::BRANCH_RIGHT, &[offset(next)])?;
                }
            }
            op::END_FOR | op::END_SEND if has(event::STOP_ITERATION) => {
                if Generator::of_plain(&peek(r, 2)).is_some() {
                    let v = (*peek(r, 1)).clone();
                    let _ = ts.stop_iteration(if v.is_none() { None } else { Some(v) });
                    let Some(exc) = ts.take_exception() else { return Ok(None) };
                    fire(ts, f, unit, event::STOP_ITERATION, &[exc])?;
                }
            }
            op::FOR_ITER if has(event::RAISE) => return for_iter(ts, r, arg),
            op::CALL | op::CALL_KW | op::CALL_FUNCTION_EX | op::TAIL_CALL | op::TAIL_CALL_KW | op::TAIL_CALL_FUNCTION_EX
                if has(event::CALL) =>
            {
                return call(ts, r, unit, base, arg);
            }
            op::LOAD_SUPER_ATTR if has(event::CALL) => {
                let callable = (*peek(r, 3)).clone();
                let class = (*peek(r, 2)).clone();
                let first = if arg & 2 != 0 { Some(&class) } else { None };
                fire_call(ts, f, unit, event::CALL, &callable, first)?;
                fire_call(ts, f, unit, event::C_RETURN, &callable, first)?;
            }
            _ => {}
        }
        Ok(None)
    }
}

/// FOR_ITER has found a value.
unsafe fn entered_loop(ts: &ThreadState, f: *mut Frame, code: &Code, prev: usize, unit: usize) -> Result<()> {
    let from = code.instruction_start(prev);
    let behind = from + 1 + CACHES[op::FOR_ITER as usize] as usize;
    if code.isa.units[from] as u8 == op::FOR_ITER && unit == behind {
        let to = behind + (code.isa.units[unit] as u8 == op::NOT_TAKEN) as usize;
        call_tools(ts, f, from as u32, event::BRANCH_LEFT, &[int::from_i64(ts, 2 * to as i64)])?;
    }
    Ok(())
}

/// The FOR_ITER that ends at the END_FOR at `end`.
fn for_iter_of(code: &Code, end: usize) -> usize {
    taipan_isa::dis::instructions(&code.isa.units)
        .find(|i| i.op == op::FOR_ITER && i.target() == Some(end as u32))
        .map_or(end, |i| i.start as usize)
}

/// FOR_ITER over what is no generator: a StopIteration that Python code raised is an event.
unsafe fn for_iter(ts: &ThreadState, r: &mut Regs, arg: u32) -> Result<Option<Flow>> {
    // SAFETY: the iterator is on top.
    unsafe {
        let it = peek(r, 1);
        if Generator::of_plain(&it).is_some() {
            return Ok(None);
        }
        let Some(next) = it.class(ts).slots().iternext else { return Ok(None) };
        let f = r.fp;
        let behind = r.ip.add(CACHES[op::FOR_ITER as usize] as usize);
        let v = match next(ts, &it) {
            Ok(v) => v,
            Err(Raised) => {
                if !ts.exception_is(|x| &x.stop_iteration) {
                    return Err(Raised);
                }
                on_raise(ts, f, false);
                if !ts.exception_is(|x| &x.stop_iteration) {
                    return Err(Raised);
                }
                ts.clear_exception();
                None
            }
        };
        r.ip = behind;
        match v {
            Some(v) => push(r, v),
            None => r.ip = r.ip.add(arg as usize + 1),
        }
        Ok(Some(Flow::Jump))
    }
}

/// A call, reported; native callees are run here, so that their return can be.
unsafe fn call(ts: &ThreadState, r: &mut Regs, unit: u32, base: u8, arg: u32) -> Result<Option<Flow>> {
    // SAFETY: the operands are there.
    unsafe {
        let f = r.fp;
        let behind = r.ip.add(CACHES[base as usize] as usize);
        if matches!(base, op::CALL_FUNCTION_EX | op::TAIL_CALL_FUNCTION_EX) {
            let callable = (*peek(r, 4)).clone();
            let first = peek(r, 2).exact::<Tuple>().and_then(|t| t.items().first().cloned());
            fire_call(ts, f, unit, event::CALL, &callable, first.as_ref())?;
            if callable.is_exact::<Function>() || callable.is_exact::<Method>() {
                return Ok(None);
            }
            (*f).ip = behind;
            let flow = crate::calls::call_ex(r, ts, false);
            return finish(ts, r, f, unit, &callable, first.as_ref(), behind, flow);
        }
        let names = matches!(base, op::CALL_KW | op::TAIL_CALL_KW) as usize;
        let n = arg as usize;
        let at = r.sp.sub(names + n + 2);
        if (*at).shape() == ids::METHOD && (*at.add(1)).is_null() {
            let bound = *at;
            let m = &*bound.payload::<Method>();
            *at.add(1) = StackRef::owned(m.receiver.clone());
            *at = StackRef::owned(m.func.clone());
            bound.release();
        }
        let callable = (*(*at).lend()).clone();
        let first = match (*at.add(1)).lend_option() {
            Some(v) => Some((*v).clone()),
            None if n > 0 => Some((*(*at.add(2)).lend()).clone()),
            None => None,
        };
        fire_call(ts, f, unit, event::CALL, &callable, first.as_ref())?;
        if callable.is_exact::<Function>() {
            return Ok(None);
        }
        let names = if names > 0 { Some(pop(r)) } else { None };
        let names_tuple = names.as_ref().and_then(|t| t.exact::<Tuple>());
        let names = names_tuple.map_or(&[][..], |t| t.items());
        let (args, n) = if (*at.add(1)).is_null() { (at.add(2), n) } else { (at.add(1), n + 1) };
        for i in 0..n {
            *args.add(i) = (*args.add(i)).own();
        }
        let values = std::slice::from_raw_parts(args as *const Value, n);
        let (positional, kw_values) = values.split_at(n - names.len());
        (*f).ip = behind;
        let result = protocol::call_args(ts, &callable, Args { positional, kw_names: names, kw_values });
        for i in 0..n {
            (*args.add(i)).release();
        }
        (*at).release();
        r.sp = at;
        let flow = match result {
            Ok(v) => {
                push(r, v);
                Flow::Next
            }
            Err(Raised) => Flow::Raise,
        };
        finish(ts, r, f, unit, &callable, first.as_ref(), behind, flow)
    }
}

unsafe fn finish(
    ts: &ThreadState,
    r: &mut Regs,
    f: *mut Frame,
    unit: u32,
    callable: &Value,
    first: Option<&Value>,
    behind: *const u16,
    flow: Flow,
) -> Result<Option<Flow>> {
    match flow {
        Flow::Next => {
            fire_call(ts, f, unit, event::C_RETURN, callable, first)?;
            r.ip = behind;
            Ok(Some(Flow::Jump))
        }
        _ => {
            if let Some(exc) = ts.take_exception()
                && fire_call(ts, f, unit, event::C_RAISE, callable, first).is_ok()
            {
                ts.exception.set(Some(exc));
            }
            Err(Raised)
        }
    }
}
