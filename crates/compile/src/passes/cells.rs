//! Cells and free variables get their places among the fast locals; the prefix that makes them.

use taipan_isa::locations::Location;
use taipan_isa::op;

use super::Unit;
use crate::flowgraph::{Graph, Inst, Op, pseudo};

/// The variables of a code object that closures share.
pub struct Cells<'a> {
    pub nlocals: usize,
    /// For each cell variable, the argument or local it is too.
    pub cell_locals: &'a [Option<usize>],
    pub nfrees: usize,
}

/// Fixes the arguments of the instructions on cells; the number of fast locals.
pub fn prepare(g: &mut Graph, unit: &Unit<'_>) -> usize {
    let cells = &unit.cells;
    let ncells = cells.cell_locals.len();
    let noffsets = ncells + cells.nfrees;
    let mut fixed: Vec<usize> = (0..noffsets).map(|i| cells.nlocals + i).collect();
    for (i, local) in cells.cell_locals.iter().enumerate() {
        if let Some(l) = local {
            fixed[i] = *l;
        }
    }
    insert_prefix(g, unit, &fixed);

    let mut dropped = 0;
    for (i, f) in fixed.iter_mut().enumerate() {
        if *f == i + cells.nlocals {
            *f -= dropped;
        } else {
            dropped += 1;
        }
    }
    for b in g.order() {
        for inst in &mut g[b].insts {
            let on_cell = inst.op == pseudo::LOAD_CLOSURE
                || matches!(
                    u8::try_from(inst.op),
                    Ok(op::MAKE_CELL
                        | op::LOAD_DEREF
                        | op::STORE_DEREF
                        | op::DELETE_DEREF
                        | op::LOAD_FROM_DICT_OR_DEREF)
                );
            if on_cell {
                inst.arg = fixed[inst.arg as usize] as u32;
            }
        }
    }
    cells.nlocals + noffsets - dropped
}

fn insert_prefix(g: &mut Graph, unit: &Unit<'_>, fixed: &[usize]) {
    let mut prefix = Vec::new();
    if unit.cells.nfrees > 0 {
        prefix.push(Inst::new(op::COPY_FREE_VARS as Op, unit.cells.nfrees as u32, Location::NONE));
    }
    let mut cells: Vec<usize> = (0..unit.cells.cell_locals.len()).collect();
    cells.sort_by_key(|c| fixed[*c]);
    for c in cells {
        prefix.push(Inst::new(op::MAKE_CELL as Op, c as u32, Location::NONE));
    }
    if unit.is_generator {
        let loc = Location::line_only(unit.firstlineno);
        prefix.push(Inst::new(op::RETURN_GENERATOR as Op, 0, loc));
        prefix.push(Inst::new(op::POP_TOP as Op, 0, loc));
    }
    g[Graph::ENTRY].insts.splice(0..0, prefix);
}
