//! The end of a scope: passes over its instructions, and the code object.

use std::sync::Arc;

use taipan_isa::asm::{self, Handler, Inst};
use taipan_isa::locations::Location;
use taipan_isa::{Code, Name, co, local_kind, op};

use super::{Compiler, NO_LOCATION, Unit};
use crate::error::Result;
use crate::flags::PYCF_MASK;
use crate::flowgraph::Graph;
use crate::passes::{self, Cells};
use crate::symtable::Block;

impl Compiler<'_> {
    fn code_flags(&self, ste: &Block) -> u32 {
        let mut flags = 0;
        if ste.is_function_like() {
            flags |= co::NEWLOCALS | co::OPTIMIZED;
            let generator = match (ste.generator, ste.coroutine) {
                (true, false) => co::GENERATOR,
                (true, true) => co::ASYNC_GENERATOR,
                _ => 0,
            };
            flags |= generator;
            for (set, flag) in [
                (ste.nested, co::NESTED),
                (ste.varargs, co::VARARGS),
                (ste.varkeywords, co::VARKEYWORDS),
                (ste.has_docstring, co::HAS_DOCSTRING),
                (ste.method, co::METHOD),
            ] {
                if set {
                    flags |= flag;
                }
            }
        }
        if ste.coroutine && !ste.generator {
            flags |= co::COROUTINE;
        }
        flags | self.future.features & PYCF_MASK
    }

    /// Leaves the current scope with its code object. Falling off the end returns None if
    /// `add_none`, else what is on the stack.
    pub(crate) fn finish_unit(&mut self, add_none: bool) -> Result<Arc<Code>> {
        if add_none {
            self.load_none(NO_LOCATION);
        }
        self.emit(NO_LOCATION, op::RETURN_VALUE);
        let unit = self.units.pop().expect("inside a scope");
        let ste = &self.table[unit.block];
        let flags = self.code_flags(ste);
        let nparams = ste.varnames.len();
        let mut graph = Graph::from_sequence(&unit.seq);
        let cell_locals: Vec<Option<usize>> =
            unit.cellvars.iter().map(|n| unit.varnames.get_index_of(n)).collect();
        let facts = passes::Unit {
            nlocals: unit.varnames.len(),
            nparams,
            firstlineno: unit.firstlineno,
            is_generator: flags & (co::GENERATOR | co::COROUTINE | co::ASYNC_GENERATOR) != 0,
            cells: Cells {
                nlocals: unit.varnames.len(),
                cell_locals: &cell_locals,
                nfrees: unit.freevars.len(),
            },
        };
        let Unit { name, qualname, names, firstlineno, .. } = &unit;
        let (name, qualname, names, firstlineno) =
            (name.clone(), qualname.clone(), names.iter().cloned().collect(), *firstlineno);
        let (local_names, local_kinds) = locals(&unit, flags);
        let counts = (unit.argcount, unit.posonlyargcount, unit.kwonlyargcount);
        let done = passes::run(&mut graph, unit.consts, &facts)?;
        debug_assert_eq!(done.nlocalsplus, local_names.len());
        let mut insts = instructions(&graph);
        let mut returns = vec![];
        if self.tail_calls {
            for site in taipan_tail::taipan::mark(&mut insts, flags) {
                if let taipan_tail::policy::Verdict::Tail { path } = &site.verdict
                    && let Some(&last) = path.last()
                {
                    returns.push((site.inst, insts[last].location));
                }
            }
            returns.sort_by_key(|r| r.0);
        }
        if self.lines_only {
            let strip = |l: &mut Location| (l.end_line, l.col, l.end_col) = (l.line, -1, -1);
            insts.iter_mut().for_each(|i| strip(&mut i.location));
            returns.iter_mut().for_each(|r| strip(&mut r.1));
        }
        let assembled = asm::assemble_tail(&insts, firstlineno as u32, &returns);
        let code = Code {
            name,
            qualname,
            filename: self.filename.clone(),
            firstlineno: firstlineno as u32,
            argcount: counts.0 + counts.1,
            posonlyargcount: counts.1,
            kwonlyargcount: counts.2,
            stacksize: done.stacksize,
            flags,
            local_names,
            local_kinds,
            units: assembled.units,
            consts: done.consts.into(),
            names,
            linetable: assembled.linetable,
            exceptiontable: assembled.exceptiontable,
        };
        #[cfg(debug_assertions)]
        if let Err(e) = taipan_isa::verify::verify(&code) {
            panic!("the code of {} is wrong: {e}\n{}", code.qualname, taipan_isa::dis::disassemble(&code));
        }
        Ok(Arc::new(code))
    }
}

/// Names and kinds of the fast locals: locals, then cells that are no locals, then free variables.
fn locals(u: &Unit<'_>, flags: u32) -> (Box<[Name]>, Box<[u8]>) {
    use local_kind::*;
    let mut names: Vec<Name> = Vec::new();
    let mut kinds: Vec<u8> = Vec::new();
    let posonly = u.posonlyargcount as usize;
    let args = posonly + u.argcount as usize;
    let kwonly = args + u.kwonlyargcount as usize;
    let varargs = kwonly + (flags & co::VARARGS != 0) as usize;
    let varkw = varargs + (flags & co::VARKEYWORDS != 0) as usize;
    for (i, n) in u.varnames.iter().enumerate() {
        let mut kind = LOCAL;
        kind |= match i {
            _ if i < posonly => ARG_POS,
            _ if i < args => ARG_POS | ARG_KW,
            _ if i < kwonly => ARG_KW,
            _ if i < varargs => ARG_VAR | ARG_POS,
            _ if i < varkw => ARG_VAR | ARG_KW,
            _ => 0,
        };
        if u.fast_hidden.contains_key(n) {
            kind |= HIDDEN;
        }
        if u.cellvars.contains(n) {
            kind |= CELL;
        }
        names.push(n.clone());
        kinds.push(kind);
    }
    for n in u.cellvars.iter().filter(|n| !u.varnames.contains(*n)) {
        names.push(n.clone());
        kinds.push(CELL);
    }
    for n in &u.freevars {
        names.push(n.clone());
        kinds.push(FREE);
    }
    (names.into(), kinds.into())
}

/// The graph as a list for the assembler.
fn instructions(g: &Graph) -> Vec<Inst> {
    let order = g.order();
    let mut first = vec![0u32; g.blocks.len()];
    let mut count = 0;
    for b in &order {
        first[b.0 as usize] = count;
        count += g[*b].insts.len() as u32;
    }
    let mut out = Vec::with_capacity(count as usize);
    for b in order {
        for i in &g[b].insts {
            let handler = i.except.map(|h| Handler {
                target: first[h.0 as usize],
                depth: g[h].startdepth.max(0) as u32 - handler_pushes(g[h].preserve_lasti),
                lasti: g[h].preserve_lasti,
            });
            out.push(Inst {
                op: i.op as u8,
                arg: i.target.filter(|_| i.is_jump()).map_or(i.arg, |t| first[t.0 as usize]),
                location: i.loc,
                handler,
            });
        }
    }
    out
}

/// What unwinding pushes before the handler runs.
fn handler_pushes(lasti: bool) -> u32 {
    if lasti { 2 } else { 1 }
}
