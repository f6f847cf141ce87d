//! Superinstructions: a specialised instruction and its neighbours become one handler. Only the first unit
//! changes; the others stay as they are, so that jumps to them and misses go on as before.

use super::Site;
use crate::generated::metadata::{CACHES, FIRST, SUPERS};
use crate::machine::*;
use taipan_isa::op;
use taipan_objects::code::Code;

/// Is the operator's result stored at once into the local that its left operand was borrowed from?
pub fn stores_back(s: &Site) -> bool {
    // SAFETY: an instruction follows the operator's cache.
    unsafe {
        let next = *s.unit.add(1 + CACHES[op::BINARY_OP as usize] as usize);
        if next as u8 != op::STORE_FAST {
            return false;
        }
        let local = *Frame::locals(s.fp).add((next >> 8) as usize);
        !local.is_null() && local.is_same(s.operand(2))
    }
}

/// Looks for superinstructions that begin at or shortly before `unit`.
///
/// # Safety
/// `unit` is an instruction of the code.
pub unsafe fn around(code: &Code, unit: *mut u16) {
    // SAFETY: the units stay within the code: starts come from its own instructions.
    unsafe {
        let start = code.entry.get() as *mut u16;
        let at = unit.offset_from(start) as usize;
        let mut candidates = vec![at];
        let mut first = at;
        for _ in 0..2 {
            match previous(code, first) {
                Some(p) => {
                    candidates.push(p);
                    first = p;
                }
                None => break,
            }
        }
        for &c in &candidates[1..] {
            let u = start.add(c);
            *u = *u & 0xff00 | FIRST[*u as u8 as usize] as u16;
        }
        for c in candidates {
            try_at(code, start, c);
        }
    }
}

/// The instruction before `at`, if it is known for sure.
fn previous(code: &Code, at: usize) -> Option<usize> {
    let units = &code.isa.units;
    let mut i = at.checked_sub(1)?;
    // In the units as compiled, caches are zero and no opcode is.
    while i > 0 && units[i] == 0 {
        i -= 1;
    }
    (i + 1 + op::info(units[i] as u8).caches as usize == at).then_some(i)
}

unsafe fn try_at(code: &Code, start: *mut u16, at: usize) {
    let len = code.isa.units.len();
    // SAFETY: `i` is checked against the code's length.
    unsafe {
        let mut best: Option<u8> = None;
        let mut best_len = 1;
        for (fused, parts) in SUPERS {
            if parts.len() <= best_len {
                continue;
            }
            let mut i = at;
            let fits = parts.iter().enumerate().all(|(n, part)| {
                if i >= len || (n > 0 && code.is_boundary(i)) {
                    return false;
                }
                let current = FIRST[*start.add(i) as u8 as usize];
                i += 1 + CACHES[current as usize] as usize;
                current == *part
            });
            // An operand beyond a byte comes with a prefix, which only the first part may have.
            if fits {
                best = Some(*fused);
                best_len = parts.len();
            }
        }
        if let Some(fused) = best {
            let unit = start.add(at);
            *unit = *unit & 0xff00 | fused as u16;
        }
    }
}
