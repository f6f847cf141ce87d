//! Where lines begin, for line events.

use taipan_isa as isa;
use taipan_isa::op;

/// For each unit its line (-1: none; an empty module's is 0), and whether a line event may be due there.
pub struct Lines {
    lines: Box<[i32]>,
    starts: Box<[bool]>,
}

impl Lines {
    pub fn new(code: &isa::Code, first_traceable: u32) -> Lines {
        let mut lines = vec![-1; code.units.len()];
        for (i, p) in code.positions().enumerate() {
            if let Some(l) = lines.get_mut(i) {
                *l = p.line;
            }
        }
        let mut starts = vec![false; code.units.len()];
        let mut current = None;
        let instructions: Vec<_> = isa::dis::instructions(&code.units).filter(|i| i.start >= first_traceable).collect();
        let never = |o| matches!(o, op::END_ASYNC_FOR | op::END_FOR | op::END_SEND | op::RESUME | op::POP_ITER);
        for i in &instructions {
            let line = lines[i.start as usize];
            if line >= 0 && current != Some(line) && !never(i.op) {
                starts[i.start as usize] = true;
            }
            // The line of RESUME begins once more behind it.
            current = if i.op == op::RESUME && i.arg == 0 { None } else { Some(line) };
            if matches!(i.op, op::TAIL_CALL | op::TAIL_CALL_KW | op::TAIL_CALL_FUNCTION_EX) {
                // The last unit but one is a return with a line of its own.
                let at = i.next as usize - 2;
                starts[at] = lines[at] >= 0 && lines[at] != line;
            }
        }
        let mut mark = |unit: u32| {
            let unit = unit as usize;
            if unit < lines.len() && lines[unit] >= 0 && !never(code.units[unit] as u8) {
                starts[unit] = true;
            }
        };
        for i in &instructions {
            if let Some(t) = i.target() {
                mark(t);
            }
        }
        for h in code.handlers().filter(|h| h.start >= first_traceable) {
            mark(h.target);
        }
        Lines { lines: lines.into(), starts: starts.into() }
    }
    /// 0 if there is none.
    pub fn line(&self, unit: usize) -> u32 {
        self.lines.get(unit).map_or(0, |l| (*l).max(0) as u32)
    }
    pub fn starts(&self, unit: usize) -> bool {
        self.starts.get(unit).copied().unwrap_or(false)
    }
}
