//! The verifier: what must hold for every code object that an engine runs. Debug builds check what the
//! compiler makes with it.

use crate::dis::{self, Decoded};
use crate::op::{self, flag};
use crate::{Code, oparg, stack_effect, stack_inputs};

/// Checks that instructions, operands, jumps and handlers are within the code, that control cannot run past
/// its end, and that each instruction finds on the stack what it takes, always at the same depth and never
/// above `stacksize`.
///
/// # Errors
/// What is wrong, with the unit where it is.
pub fn verify(code: &Code) -> Result<(), String> {
    let starts = instruction_starts(code)?;
    let entries: Vec<_> = code.handlers().collect();
    let mut depths: Vec<Option<u32>> = vec![None; code.units.len()];
    let mut todo: Vec<(u32, u32)> = vec![(0, 0)];
    for e in &entries {
        if e.start >= e.end || e.end as usize > code.units.len() {
            return Err(format!("handler of {}..{} is out of range", e.start, e.end));
        }
        todo.push((e.target, e.depth + e.lasti as u32 + 1));
    }
    while let Some((at, depth)) = todo.pop() {
        let Some(Some(ins)) = starts.get(at as usize) else {
            return Err(format!("control reaches {at}, which begins no instruction"));
        };
        match depths[at as usize] {
            Some(d) if d == depth => continue,
            Some(d) => return Err(format!("{at}: {} is reached with {d} and with {depth} entries", name(ins))),
            None => depths[at as usize] = Some(depth),
        }
        if depth > code.stacksize {
            return Err(format!("{at}: {depth} entries, more than the {} that were counted", code.stacksize));
        }
        if let Some(e) = entries.iter().find(|e| e.start <= ins.unit && ins.unit < e.end)
            && e.depth > depth
        {
            return Err(format!("{at}: a handler expects {} entries of {depth}", e.depth));
        }
        let inputs = stack_inputs(ins.op, ins.arg).ok_or_else(|| format!("{at}: {} has no stack effect", ins.op))?;
        if inputs > depth {
            return Err(format!("{at}: {} takes {inputs} entries of {depth}", name(ins)));
        }
        let after = |jump| stack_effect(ins.op, ins.arg, jump).and_then(|n| depth.checked_add_signed(n));
        let below = || format!("{at}: {} takes more than there is", name(ins));
        // END_ASYNC_FOR names the loop that it ends, for monitoring; it goes on behind it.
        if let Some(target) = ins.target().filter(|_| ins.op != op::END_ASYNC_FOR) {
            todo.push((target, after(true).ok_or_else(below)?));
        }
        if !op::info(ins.op).is_terminator() {
            todo.push((ins.next, after(false).ok_or_else(below)?));
        }
    }
    Ok(())
}

fn name(ins: &Decoded) -> &'static str {
    op::info(ins.op).name
}

/// For each unit the instruction that begins there, with its operand checked.
fn instruction_starts(code: &Code) -> Result<Vec<Option<Decoded>>, String> {
    let mut starts = vec![None; code.units.len()];
    for ins in dis::instructions(&code.units) {
        let info = op::info(ins.op);
        if info.name.is_empty() {
            return Err(format!("{}: {} is no instruction", ins.unit, ins.op));
        }
        let check = |what: &str, index: usize, len: usize| {
            if index < len { Ok(()) } else { Err(format!("{}: {} of {what} {index}, of {len}", ins.unit, info.name)) }
        };
        let arg = ins.arg as usize;
        if info.has_const() {
            check("constant", arg, code.consts.len())?;
        }
        if info.has_name() {
            check("name", oparg::name_index(ins.op, ins.arg) as usize, code.names.len())?;
        }
        if info.has(flag::LOCAL | flag::FREE) {
            let two = matches!(
                ins.op,
                op::LOAD_FAST_LOAD_FAST | op::LOAD_FAST_BORROW_LOAD_FAST_BORROW | op::STORE_FAST_LOAD_FAST | op::STORE_FAST_STORE_FAST
            );
            check("local", if two { arg >> 4 } else { arg }, code.nlocalsplus())?;
            check("local", if two { arg & 15 } else { arg }, code.nlocalsplus())?;
        }
        starts[ins.start as usize] = Some(ins);
    }
    Ok(starts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::*;

    fn code(units: &[(u8, u8)], stacksize: u32) -> Code {
        let units = units.iter().map(|&(op, arg)| op as u16 | (arg as u16) << 8).collect();
        Code { units, stacksize, consts: vec![crate::Const::None].into(), ..Code::default() }
    }

    #[test]
    fn accepts_what_is_right() {
        assert_eq!(verify(&code(&[(RESUME, 0), (LOAD_CONST, 0), (RETURN_VALUE, 0)], 1)), Ok(()));
        let both = [(LOAD_CONST, 0), (POP_JUMP_IF_NONE, 2), (CACHE, 0), (LOAD_CONST, 0), (RETURN_VALUE, 0), (LOAD_CONST, 0), (RETURN_VALUE, 0)];
        assert_eq!(verify(&code(&both, 1)), Ok(()));
    }

    #[test]
    fn refuses_what_is_wrong() {
        let wrong: &[(&[(u8, u8)], u32, &str)] = &[
            (&[(LOAD_CONST, 1), (RETURN_VALUE, 0)], 1, "constant 1"),
            (&[(LOAD_FAST, 0), (RETURN_VALUE, 0)], 1, "local 0"),
            (&[(LOAD_NAME, 0), (RETURN_VALUE, 0)], 1, "name 0"),
            (&[(POP_TOP, 0), (LOAD_CONST, 0), (RETURN_VALUE, 0)], 1, "takes 1 entries of 0"),
            (&[(LOAD_CONST, 0), (RETURN_VALUE, 0)], 0, "more than the 0"),
            (&[(LOAD_CONST, 0)], 1, "begins no instruction"),
            (&[(JUMP_FORWARD, 9)], 1, "begins no instruction"),
            (&[(LOAD_CONST, 0), (JUMP_BACKWARD, 3), (CACHE, 0)], 9, "is reached with"),
        ];
        for (units, stacksize, expected) in wrong {
            let e = verify(&code(units, *stacksize)).expect_err(expected);
            assert!(e.contains(expected), "{e:?} instead of {expected:?}");
        }
    }
}
