//! Comprehensions, in line where they can be (PEP 709), and generator expressions.

use taipan_isa::locations::Location;
use taipan_isa::{Name, op};

use super::blocks::FBlockKind;
use super::{ArgCounts, Compiler, NO_LOCATION, ScopeKind};
use crate::ast::*;
use crate::depth::deeper;
use crate::error::Result;
use crate::flowgraph::{Label, Op, pseudo};
use crate::symtable::{BlockId, BlockKind, Key, Scope, def};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Generator,
    List,
    Set,
    Dict,
}

/// What a comprehension is made of.
#[derive(Clone, Copy)]
struct Parts<'a> {
    kind: Kind,
    generators: &'a [Comprehension],
    elt: &'a Expr,
    value: Option<&'a Expr>,
}

/// What an inlined comprehension hides while it runs.
#[derive(Default)]
struct Inlined {
    /// Locals whose old values lie on the stack.
    pushed_locals: Vec<Name>,
    /// Symbols as they were outside.
    outer_symbols: Vec<(Name, Option<u32>)>,
    fast_hidden: Vec<Name>,
    cleanup: Option<Label>,
}

impl<'a> Compiler<'a> {
    pub(crate) fn comprehension(&mut self, e: &'a Expr) -> Result<()> {
        let (kind, name, generators, elt, value) = match &e.kind {
            ExprKind::GeneratorExp { elt, generators } => (Kind::Generator, "<genexpr>", generators, elt, None),
            ExprKind::ListComp { elt, generators } => (Kind::List, "<listcomp>", generators, elt, None),
            ExprKind::SetComp { elt, generators } => (Kind::Set, "<setcomp>", generators, elt, None),
            ExprKind::DictComp { key, value, generators } => {
                (Kind::Dict, "<dictcomp>", generators, key, Some(&**value))
            }
            _ => return Ok(()),
        };
        let parts = Parts { kind, generators, elt, value };
        let Some(outermost) = generators.first() else { return Ok(()) };
        let loc = e.loc;
        let block = self.table.lookup(Key::expr(e))?;
        let inlined = self.table[block].comp_inlined;
        let is_async = self.table[block].coroutine;
        let mut state = Inlined::default();
        if inlined {
            self.outermost_iter(outermost)?;
            state = self.push_inlined(loc, block);
        } else {
            let args = ArgCounts { args: 1, ..ArgCounts::default() };
            self.enter_scope(name.into(), ScopeKind::Comprehension, block, loc.line, None, args)?;
        }
        if kind != Kind::Generator {
            let build = match kind {
                Kind::List => op::BUILD_LIST,
                Kind::Set => op::BUILD_SET,
                _ => op::BUILD_MAP,
            };
            self.emit_i(loc, build, 0u32);
            if inlined {
                self.emit_i(loc, op::SWAP, 2u32);
            }
        }
        self.generators(loc, parts, 0, 0, inlined)?;
        if inlined {
            self.pop_inlined(loc, state);
            return Ok(());
        }
        if kind == Kind::Generator {
            self.wrap_in_stopiteration_handler();
        } else {
            self.emit(loc, op::RETURN_VALUE);
        }
        let code = self.finish_unit(true)?;
        self.make_closure(loc, code, 0)?;
        self.outermost_iter(outermost)?;
        self.emit_i(loc, op::CALL, 0u32);
        if is_async && kind != Kind::Generator {
            self.emit_i(loc, op::GET_AWAITABLE, 0u32);
            self.load_none(loc);
            self.add_yield_from(loc, true);
        }
        Ok(())
    }

    /// The outermost iterator is made where the comprehension stands.
    fn outermost_iter(&mut self, g: &'a Comprehension) -> Result<()> {
        self.expr(&g.iter)?;
        self.emit(g.iter.loc, if g.is_async { op::GET_AITER } else { op::GET_ITER });
        Ok(())
    }

    fn generators(&mut self, loc: Location, p: Parts<'a>, index: usize, depth: u32, iter_on_stack: bool) -> Result<()> {
        self.depth.enter()?;
        let r = deeper(|| {
            if p.generators[index].is_async {
                self.async_generator(loc, p, index, depth, iter_on_stack)
            } else {
                self.sync_generator(loc, p, index, depth, iter_on_stack)
            }
        });
        self.depth.leave();
        r
    }

    fn sync_generator(
        &mut self,
        loc: Location,
        p: Parts<'a>,
        index: usize,
        mut depth: u32,
        iter_on_stack: bool,
    ) -> Result<()> {
        let g = &p.generators[index];
        let start = self.new_label();
        let if_cleanup = self.new_label();
        let anchor = self.new_label();
        let mut loops = true;
        if !iter_on_stack {
            if index == 0 {
                self.emit_i(loc, op::LOAD_FAST, 0u32);
            } else {
                // `for y in [f(x)]` is an assignment.
                let single = match &g.iter.kind {
                    ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } if elts.len() == 1 => {
                        elts.first().filter(|e| !e.is_starred())
                    }
                    _ => None,
                };
                match single {
                    Some(e) => {
                        self.expr(e)?;
                        loops = false;
                    }
                    None => {
                        self.expr(&g.iter)?;
                        self.emit(g.iter.loc, op::GET_ITER);
                    }
                }
            }
        }
        if loops {
            depth += 1;
            self.use_label(start);
            self.emit_jump(g.iter.loc, op::FOR_ITER, anchor);
        }
        self.expr(&g.target)?;
        let elt_loc = self.rest(loc, p, index, depth, if_cleanup)?;
        self.use_label(if_cleanup);
        if loops {
            self.emit_jump(elt_loc, pseudo::JUMP, start);
            self.use_label(anchor);
            self.emit(NO_LOCATION, op::END_FOR);
            self.emit(NO_LOCATION, op::POP_ITER);
        }
        Ok(())
    }

    fn async_generator(
        &mut self,
        loc: Location,
        p: Parts<'a>,
        index: usize,
        depth: u32,
        iter_on_stack: bool,
    ) -> Result<()> {
        let g = &p.generators[index];
        let start = self.new_label();
        let except = self.new_label();
        let if_cleanup = self.new_label();
        if !iter_on_stack {
            if index == 0 {
                self.emit_i(loc, op::LOAD_FAST, 0u32);
            } else {
                self.expr(&g.iter)?;
                self.emit(g.iter.loc, op::GET_AITER);
            }
        }
        self.use_label(start);
        self.push_fblock(loc, FBlockKind::AsyncComprehension, Some(start), None)?;
        self.emit_jump(loc, pseudo::SETUP_FINALLY, except);
        self.emit(loc, op::GET_ANEXT);
        self.load_none(loc);
        let sent = self.add_yield_from(loc, true);
        self.emit_op(loc, pseudo::POP_BLOCK, 0);
        self.expr(&g.target)?;
        let elt_loc = self.rest(loc, p, index, depth + 1, if_cleanup)?;
        self.use_label(if_cleanup);
        self.emit_jump(elt_loc, pseudo::JUMP, start);
        self.pop_fblock(FBlockKind::AsyncComprehension);
        self.use_label(except);
        self.emit_jump(loc, op::END_ASYNC_FOR, sent);
        Ok(())
    }

    /// Conditions, then inner generators or the element; where the loop's jump back stands.
    fn rest(&mut self, loc: Location, p: Parts<'a>, index: usize, depth: u32, if_cleanup: Label) -> Result<Location> {
        for cond in &p.generators[index].ifs {
            self.jump_if(loc, cond, if_cleanup, false)?;
        }
        let mut elt_loc = p.elt.loc;
        if index + 1 < p.generators.len() {
            self.generators(loc, p, index + 1, depth, false)?;
            return Ok(elt_loc);
        }
        self.expr(p.elt)?;
        match p.kind {
            Kind::Generator => {
                self.emit_yield(elt_loc);
                self.emit(elt_loc, op::POP_TOP);
            }
            Kind::List => self.emit_i(elt_loc, op::LIST_APPEND, depth + 1),
            Kind::Set => self.emit_i(elt_loc, op::SET_ADD, depth + 1),
            Kind::Dict => {
                if let Some(v) = p.value {
                    self.expr(v)?;
                    elt_loc.end_line = v.loc.end_line;
                    elt_loc.end_col = v.loc.end_col;
                }
                self.emit_i(elt_loc, op::MAP_ADD, depth + 1);
            }
        }
        Ok(elt_loc)
    }

    /// Makes the names of comprehension `comp` known in this scope and saves what they hide.
    fn push_inlined(&mut self, loc: Location, comp: BlockId) -> Inlined {
        let mut state = Inlined::default();
        let block = self.unit_ref().block;
        let in_class = self.table[block].kind == BlockKind::Class && self.unit_ref().in_inlined_comp == 0;
        let function_like = self.table[block].is_function_like();
        self.unit().in_inlined_comp += 1;
        let symbols: Vec<(Name, u32)> = self.table[comp].symbols.iter().map(|(n, f)| (n.clone(), *f)).collect();
        let isolated = |flags: u32| flags & def::LOCAL != 0 && flags & def::NONLOCAL == 0;
        for (name, flags) in &symbols {
            let (scope, outer) = (Scope::of(*flags), self.table[block].symbols.get(name).copied());
            let outer_scope = Scope::of(outer.unwrap_or(0));
            let differs =
                scope != outer_scope && scope != Scope::Free && !(scope == Scope::Cell && outer_scope == Scope::Free);
            if differs || in_class {
                self.table[block].symbols.insert(name.clone(), *flags);
                state.outer_symbols.push((name.clone(), outer));
            }
            if isolated(*flags) && !function_like {
                let hidden = &mut self.unit().fast_hidden;
                if hidden.get(name) != Some(&true) {
                    hidden.insert(name.clone(), true);
                    state.fast_hidden.push(name.clone());
                }
            }
        }
        for (name, flags) in &symbols {
            if !isolated(*flags) {
                continue;
            }
            // Of a cell this takes the cell itself, and a new one is made.
            self.emit_local(loc, op::LOAD_FAST_AND_CLEAR, name);
            if Scope::of(*flags) == Scope::Cell {
                let free = Scope::of(self.table[block].symbol(name)) == Scope::Free;
                let i = if free { self.free_index(name) } else { self.cell_index(name) };
                self.emit_i(loc, op::MAKE_CELL, i);
            }
            state.pushed_locals.push(name.clone());
        }
        if !state.pushed_locals.is_empty() {
            self.emit_i(loc, op::SWAP, state.pushed_locals.len() + 1);
            let cleanup = self.new_label();
            state.cleanup = Some(cleanup);
            self.emit_jump(loc, pseudo::SETUP_FINALLY, cleanup);
        }
        state
    }

    fn restore_locals(&mut self, loc: Location, names: &[Name]) {
        self.emit_i(loc, op::SWAP, names.len() + 1);
        for n in names.iter().rev() {
            self.emit_local(loc, pseudo::STORE_FAST_MAYBE_NULL as Op, n);
        }
    }

    fn pop_inlined(&mut self, loc: Location, state: Inlined) {
        if let Some(cleanup) = state.cleanup {
            self.emit_op(NO_LOCATION, pseudo::POP_BLOCK, 0);
            let end = self.new_label();
            self.emit_jump(NO_LOCATION, pseudo::JUMP_NO_INTERRUPT, end);
            self.use_label(cleanup);
            // The unfinished result goes.
            self.emit_i(NO_LOCATION, op::SWAP, 2u32);
            self.emit(NO_LOCATION, op::POP_TOP);
            self.restore_locals(loc, &state.pushed_locals);
            self.emit_i(NO_LOCATION, op::RERAISE, 0u32);
            self.use_label(end);
            self.restore_locals(loc, &state.pushed_locals);
        }
        let block = self.unit_ref().block;
        self.unit().in_inlined_comp -= 1;
        for (name, flags) in state.outer_symbols {
            self.table[block].symbols.insert(name, flags.unwrap_or(0));
        }
        for name in state.fast_hidden {
            // Kept, as false: the local stays hidden.
            self.unit().fast_hidden.insert(name, false);
        }
    }
}
