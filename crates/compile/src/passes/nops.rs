//! Removal of NOPs that no line needs, of jumps to what follows, of loads that are popped at once.

use crate::error::{Error, ErrorKind, Result};
use crate::flowgraph::{BlockId, Graph, Inst};
use taipan_isa::op;

/// Removes needless NOPs from a block; true if there were any.
fn remove_in(g: &mut Graph, b: BlockId) -> bool {
    let mut insts = std::mem::take(&mut g[b].insts);
    let len = insts.len();
    let mut kept: Vec<Inst> = Vec::with_capacity(len);
    let mut prev_line = -1;
    for src in 0..len {
        let line = insts[src].line();
        if insts[src].is(op::NOP) {
            if line < 0 || prev_line == line {
                continue;
            }
            if src + 1 < len {
                let next_line = insts[src + 1].line();
                if next_line == line {
                    continue;
                }
                if next_line < 0 {
                    insts[src + 1].loc = insts[src].loc;
                    continue;
                }
            } else if let Some(n) = g.nonempty(g[b].next) {
                // NOPs without line at its beginning will go too.
                let next_line = g[n]
                    .insts
                    .iter()
                    .find(|i| !(i.is(op::NOP) && i.line() < 0))
                    .map_or(-1, Inst::line);
                if next_line == line {
                    continue;
                }
            }
        }
        kept.push(insts[src]);
        prev_line = line;
    }
    let changed = kept.len() != len;
    g[b].insts = kept;
    changed
}

pub fn remove(g: &mut Graph) -> bool {
    let mut changed = false;
    for b in g.order() {
        changed |= remove_in(g, b);
    }
    changed
}

fn remove_jumps(g: &mut Graph) -> Result<bool> {
    let mut changed = false;
    for b in g.order() {
        let Some(last) = g[b].last().copied() else { continue };
        if last.is_unconditional_jump() {
            let Some(target) = g.nonempty(last.target) else {
                return Err(Error::new(ErrorKind::SystemError, "jump with NULL target"));
            };
            if Some(target) == g.nonempty(g[b].next)
                && let Some(l) = g[b].insts.last_mut()
            {
                l.set_nop();
                changed = true;
            }
        }
    }
    Ok(changed)
}

pub fn remove_with_jumps(g: &mut Graph) -> Result<()> {
    loop {
        let nops = remove(g);
        let jumps = remove_jumps(g)?;
        if !nops && !jumps {
            return Ok(());
        }
    }
}

/// NOPs, and pairs of a load without effect and `POP_TOP`, across blocks that follow each other.
pub fn remove_with_pairs(g: &mut Graph) {
    loop {
        let mut done = true;
        let mut prev: Option<(BlockId, usize)> = None;
        for b in g.order() {
            remove_in(g, b);
            if g[b].labelled {
                prev = None;
            }
            for i in 0..g[b].insts.len() {
                let inst = g[b].insts[i];
                if let Some((pb, pi)) = prev
                    && inst.is(op::POP_TOP)
                {
                    let p = g[pb].insts[pi];
                    let pair = p.is(op::LOAD_CONST)
                        || p.is(op::LOAD_SMALL_INT)
                        || p.is(op::COPY) && p.arg == 1;
                    if pair {
                        g[pb].insts[pi].set_nop();
                        g[b].insts[i].set_nop();
                        done = false;
                    }
                }
                prev = Some((b, i));
            }
            let jumps = prev.is_some_and(|(pb, pi)| g[pb].insts[pi].is_jump());
            if jumps || !g[b].falls_through() {
                prev = None;
            }
        }
        if done {
            return;
        }
    }
}
