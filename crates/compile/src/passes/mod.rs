//! Passes over the flow graph, in the order of [`run`]; each file is one.

mod borrow;
mod cells;
mod cold;
mod exceptions;
mod fold;
mod inline_exits;
mod lines;
mod load_const;
mod nops;
mod normalize;
mod peephole;
mod stackdepth;
mod superinstructions;
mod swaps;
mod uninitialized;
mod unreachable;
mod unused_consts;

use taipan_isa::Const;

use crate::constant::ConstPool;
use crate::error::Result;
use crate::flowgraph::Graph;

pub use cells::Cells;

/// What the passes need to know of the code object.
pub struct Unit<'a> {
    pub nlocals: usize,
    pub nparams: usize,
    pub firstlineno: i32,
    pub is_generator: bool,
    pub cells: Cells<'a>,
}

/// The outcome: constants in use, stack size, number of fast locals.
pub struct Optimized {
    pub consts: Vec<Const>,
    pub stacksize: u32,
    pub nlocalsplus: usize,
}

/// Optimises `g` and makes it ready for assembly.
pub fn run(g: &mut Graph, mut consts: ConstPool, unit: &Unit<'_>) -> Result<Optimized> {
    exceptions::mark_handlers(g);
    exceptions::label_targets(g);

    inline_exits::run(g);
    unreachable::remove(g);
    lines::resolve(g);
    load_const::run(g, &mut consts);
    peephole::run(g, &mut consts);
    nops::remove_with_pairs(g);
    unreachable::remove(g);
    nops::remove_with_jumps(g)?;

    let consts = unused_consts::remove(g, consts);
    uninitialized::add_checks(g, unit.nlocals, unit.nparams);
    superinstructions::insert(g);
    cold::push_to_end(g)?;
    lines::resolve(g);

    normalize::conditional_jumps(g);
    let stacksize = stackdepth::calculate(g)?;
    let nlocalsplus = cells::prepare(g, unit);
    normalize::pseudo_ops(g)?;
    normalize::jumps(g);
    borrow::run(g);
    Ok(Optimized { consts, stacksize, nlocalsplus })
}
