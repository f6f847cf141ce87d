//! Assignment to `f_lineno`: where in the code the line begins, and whether the operand stack fits there.

use super::object::FrameObject;
use super::Frame;
use crate::code::Code;
use crate::monitoring::event;
use crate::thread::ThreadState;
use crate::value::{Result, StackRef, Value};
use taipan_isa as isa;
use taipan_isa::op;

/// What lies in an entry of the operand stack, as far as it matters to jumps.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Kind {
    Iterator = 1,
    Except = 2,
    Object = 3,
    Null = 4,
    Lasti = 5,
}

type Stack = Vec<Kind>;

fn fits(from: Kind, to: Kind) -> bool {
    match to {
        Kind::Object => from != Kind::Null,
        Kind::Null => true,
        _ => from == to,
    }
}

fn compatible(from: &Option<Stack>, to: &Option<Stack>) -> bool {
    let (Some(from), Some(to)) = (from, to) else { return false };
    from.len() >= to.len() && from.iter().zip(to).all(|(f, t)| fits(*f, *t))
}

fn explain(to: &Option<Stack>) -> &'static str {
    match to.as_ref().map(|s| s.last()) {
        None => "can't jump into an exception handler, or code may be unreachable",
        Some(Some(Kind::Except)) => "can't jump into an 'except' block as there's no exception",
        Some(Some(Kind::Lasti)) => "can't jump into a re-raising block as there's no location",
        Some(Some(Kind::Iterator)) => "can't jump into the body of a for loop",
        _ => "incompatible stacks",
    }
}

fn adjust(s: &mut Stack, delta: i32) {
    if delta < 0 {
        s.truncate(s.len().saturating_sub(-delta as usize));
    } else {
        s.extend(std::iter::repeat_n(Kind::Object, delta as usize));
    }
}

/// The stack in front of each instruction that can be reached, by unit.
fn stacks(code: &isa::Code) -> Vec<Option<Stack>> {
    let mut out: Vec<Option<Stack>> = vec![None; code.units.len() + 1];
    let generator = isa::co::GENERATOR | isa::co::COROUTINE | isa::co::ASYNC_GENERATOR;
    let instructions: Vec<_> = isa::dis::instructions(&code.units).collect();
    out[0] = Some(vec![]);
    if code.flags & generator != 0
        && let Some(resume) = instructions.iter().find(|i| i.op == op::RETURN_GENERATOR)
    {
        out[resume.next as usize] = Some(vec![Kind::Object]);
    }
    let mut again = true;
    while again {
        again = false;
        for i in &instructions {
            let Some(before) = out[i.start as usize].clone() else { continue };
            let mut s = before;
            let mut set = |unit: u32, s: &Stack| {
                let place = &mut out[(unit as usize).min(code.units.len())];
                if place.is_none() {
                    *place = Some(s.clone());
                    true
                } else {
                    false
                }
            };
            let backward = op::info(i.op).has(op::flag::BACKWARD);
            let mut ends = false;
            match i.op {
                op::POP_JUMP_IF_FALSE | op::POP_JUMP_IF_TRUE | op::POP_JUMP_IF_NONE | op::POP_JUMP_IF_NOT_NONE => {
                    s.pop();
                    if let Some(t) = i.target() {
                        set(t, &s);
                    }
                }
                op::SEND => {
                    if let Some(t) = i.target() {
                        set(t, &s);
                    }
                }
                op::JUMP_FORWARD => {
                    if let Some(t) = i.target() {
                        set(t, &s);
                    }
                    ends = true;
                }
                op::JUMP_BACKWARD | op::JUMP_BACKWARD_NO_INTERRUPT => {
                    if let Some(t) = i.target() {
                        again |= set(t, &s) && backward;
                    }
                    ends = true;
                }
                op::GET_ITER | op::GET_AITER => {
                    s.pop();
                    s.push(Kind::Iterator);
                }
                op::FOR_ITER => {
                    s.push(Kind::Object);
                    if let Some(t) = i.target() {
                        set(t, &s);
                    }
                }
                op::END_ASYNC_FOR => adjust(&mut s, -2),
                op::PUSH_EXC_INFO => s.push(Kind::Except),
                op::POP_EXCEPT => {
                    s.pop();
                }
                op::RETURN_VALUE | op::RAISE_VARARGS | op::RERAISE => ends = true,
                op::PUSH_NULL => s.push(Kind::Null),
                op::LOAD_GLOBAL => {
                    s.push(Kind::Object);
                    if i.arg & 1 != 0 {
                        s.push(Kind::Null);
                    }
                }
                op::LOAD_ATTR => {
                    s.pop();
                    s.push(Kind::Object);
                    if i.arg & 1 != 0 {
                        s.push(Kind::Null);
                    }
                }
                op::SWAP => {
                    let n = s.len();
                    if n >= i.arg as usize && i.arg > 0 {
                        s.swap(n - 1, n - i.arg as usize);
                    }
                }
                op::COPY => {
                    let n = s.len();
                    let kind = if n >= i.arg as usize && i.arg > 0 { s[n - i.arg as usize] } else { Kind::Object };
                    s.push(kind);
                }
                _ => adjust(&mut s, isa::stack_effect(i.op, i.arg, false).unwrap_or(0)),
            }
            if !ends {
                set(i.next, &s);
            }
        }
        for h in code.handlers() {
            let target = h.target as usize;
            if out[target].is_none()
                && let Some(from) = out[h.start as usize].clone()
            {
                let mut s = from;
                s.truncate(h.depth as usize);
                if h.lasti {
                    s.push(Kind::Lasti);
                }
                s.push(Kind::Except);
                out[target] = Some(s);
                again = true;
            }
        }
    }
    out
}

/// Where on a line the trace function may go on: the unit and the stack there.
fn place(ts: &ThreadState, code: &isa::Code, start: usize, line: i64) -> Result<(usize, usize)> {
    let mut starts = vec![0u32; code.units.len()];
    for l in code.lines() {
        if let (Some(s), Some(line)) = (starts.get_mut(l.start as usize), l.line) {
            *s = line;
        }
    }
    let Some(line) = starts.iter().copied().filter(|&l| l != 0 && l as i64 >= line).min() else {
        return Err(ts.value_error(format!("line {line} comes after the current code block")));
    };
    let all = stacks(code);
    let from = &all[start];
    let mut best: Option<(Stack, usize)> = None;
    let mut message = "cannot find bytecode for specified line";
    for (unit, _) in starts.iter().enumerate().filter(|(_, l)| **l == line) {
        let to = &all[unit];
        if compatible(from, to) {
            let to = to.clone().unwrap_or_default();
            let better = best.as_ref().is_none_or(|(b, _)| (to.len(), &to) > (b.len(), b));
            if better {
                best = Some((to, unit));
            }
        } else if from.is_none() {
            message = "can't jump from unreachable code";
        } else {
            message = explain(to);
        }
    }
    match best {
        Some((stack, unit)) => Ok((unit, stack.len())),
        None => Err(ts.value_error(message)),
    }
}

/// `frame.f_lineno = value`.
pub fn set_line(ts: &ThreadState, object: &FrameObject, value: Option<&Value>) -> Result<()> {
    let Some(value) = value else { return Err(ts.attribute_error("cannot delete attribute")) };
    let Some(line) = value.as_small_int() else {
        return Err(ts.value_error("lineno must be an integer"));
    };
    let t = &ts.tracing;
    match t.what.get() {
        -1 => return Err(ts.value_error("f_lineno can only be set in a trace function")),
        w => match w as usize {
            event::PY_START | event::PY_RESUME => {
                return Err(ts.value_error("can't jump from the 'call' trace event of a new frame"));
            }
            event::CALL | event::C_RETURN => return Err(ts.value_error("can't jump during a call")),
            event::LINE | event::PY_YIELD | event::INSTRUCTION | event::JUMP | event::BRANCH_LEFT | event::BRANCH_RIGHT
            | event::BRANCH => {}
            _ => return Err(ts.value_error("can only jump from a 'line' trace event")),
        },
    }
    let f = object.frame.get();
    if !std::ptr::eq(f, t.frame.get()) || object.is_ended() {
        return Err(ts.value_error("f_lineno can only be set in a trace function"));
    }
    let code: &Code = object.code();
    if line > i32::MAX as i64 {
        return Err(ts.value_error("lineno out of range"));
    }
    if line < code.isa.firstlineno as i64 {
        return Err(ts.value_error(format!("line {line} comes before the current code block")));
    }
    // SAFETY: the frame waits for the trace function.
    let (unit, depth) = unsafe {
        let start = code.instruction_start(Frame::unit(f).max(0) as usize);
        place(ts, &code.isa, start, line)?
    };
    // SAFETY: the frame's stack ends at `sp`; its locals are owned or null.
    unsafe {
        let locals = Frame::locals(f);
        let unbound: Vec<usize> = (0..code.nlocalsplus as usize).filter(|i| (*locals.add(*i)).is_null()).collect();
        if !unbound.is_empty() {
            let s = if unbound.len() == 1 { "" } else { "s" };
            ts.warn_runtime(&format!("assigning None to {} unbound local{s}", unbound.len()))?;
            for i in unbound {
                *locals.add(i) = StackRef::owned(Value::none());
            }
        }
        let all = stacks(&code.isa);
        let start = code.instruction_start(Frame::unit(f).max(0) as usize);
        let kinds = all[start].clone().unwrap_or_default();
        let target = Frame::stack_base(f).add(depth);
        while (*f).sp > target {
            (*f).sp = (*f).sp.sub(1);
            let at = (*f).sp.offset_from(Frame::stack_base(f)) as usize;
            let v = *(*f).sp;
            if kinds.get(at) == Some(&Kind::Except) {
                let before = v.into_owned();
                let before = if before.is_none() { None } else { Some(before) };
                let old = ts.handled.write(|h| h.last_mut().and_then(|top| std::mem::replace(top, before)));
                drop(old);
            } else {
                v.release();
            }
        }
        (*f).ip = code.entry.get().add(unit + 1);
    }
    t.jumped.set(true);
    object.lineno.set(0);
    Ok(())
}
