//! Blocks that are open at a point of the code, and how to leave them.

use taipan_isa::locations::Location;
use taipan_isa::{Name, op};

use super::{Compiler, NO_LOCATION};
use crate::ast::{Context, Stmt};
use crate::error::Result;
use crate::flowgraph::{Label, pseudo};

/// Most blocks that may be open at once.
const MAX_BLOCKS: usize = 21;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FBlockKind {
    While,
    For,
    AsyncFor,
    TryExcept,
    FinallyTry,
    FinallyEnd,
    With,
    AsyncWith,
    HandlerCleanup,
    PopValue,
    ExceptionHandler,
    ExceptionGroupHandler,
    AsyncComprehension,
    StopIteration,
}

#[derive(Clone, Debug)]
pub(crate) struct FBlock<'a> {
    pub kind: FBlockKind,
    /// Where `continue` goes.
    pub block: Option<Label>,
    /// Where `break` goes.
    pub exit: Option<Label>,
    pub loc: Location,
    /// The name an exception handler binds.
    pub name: Option<Name>,
    pub finalbody: &'a [Stmt],
}

impl<'a> Compiler<'a> {
    pub(crate) fn push_fblock(
        &mut self,
        loc: Location,
        kind: FBlockKind,
        block: Option<Label>,
        exit: Option<Label>,
    ) -> Result<()> {
        self.push_fblock_full(FBlock { kind, block, exit, loc, name: None, finalbody: &[] })
    }

    pub(crate) fn push_fblock_full(&mut self, f: FBlock<'a>) -> Result<()> {
        if self.unit_ref().fblocks.len() >= MAX_BLOCKS {
            return self.error(f.loc, "too many statically nested blocks");
        }
        if f.kind == FBlockKind::FinallyEnd {
            self.disable_warnings += 1;
        }
        self.unit().fblocks.push(f);
        Ok(())
    }

    pub(crate) fn pop_fblock(&mut self, kind: FBlockKind) {
        let f = self.unit().fblocks.pop();
        debug_assert_eq!(f.map(|f| f.kind), Some(kind));
        if kind == FBlockKind::FinallyEnd {
            self.disable_warnings -= 1;
        }
    }

    fn call_exit_with_nones(&mut self, loc: Location) {
        for _ in 0..3 {
            self.load_none(loc);
        }
        self.emit_i(loc, op::CALL, 3u32);
    }

    /// Calls `__exit__(None, None, None)`, or awaits `__aexit__`, and drops the result.
    pub(crate) fn leave_with(&mut self, loc: Location, is_async: bool) {
        self.call_exit_with_nones(loc);
        if is_async {
            self.emit_i(loc, op::GET_AWAITABLE, 2u32);
            self.load_none(loc);
            self.add_yield_from(loc, true);
        }
        self.emit(loc, op::POP_TOP);
    }

    /// Code to leave one block. With `preserve_tos` the value on top stays. Afterwards `loc` may
    /// be artificial.
    pub(crate) fn unwind_fblock(&mut self, loc: &mut Location, info: &FBlock<'a>, preserve_tos: bool) -> Result<()> {
        let swap = |c: &mut Self, l: Location| {
            if preserve_tos {
                c.emit_i(l, op::SWAP, 2u32);
            }
        };
        match info.kind {
            FBlockKind::While
            | FBlockKind::ExceptionHandler
            | FBlockKind::ExceptionGroupHandler
            | FBlockKind::AsyncComprehension
            | FBlockKind::StopIteration => {}
            FBlockKind::For | FBlockKind::AsyncFor => {
                swap(self, *loc);
                self.emit(*loc, op::POP_TOP);
            }
            FBlockKind::TryExcept => self.emit_op(*loc, pseudo::POP_BLOCK, 0),
            FBlockKind::FinallyTry => {
                self.emit_op(*loc, pseudo::POP_BLOCK, 0);
                if preserve_tos {
                    self.push_fblock(*loc, FBlockKind::PopValue, None, None)?;
                }
                self.stmts(info.finalbody)?;
                if preserve_tos {
                    self.pop_fblock(FBlockKind::PopValue);
                }
                *loc = NO_LOCATION;
            }
            FBlockKind::FinallyEnd => {
                swap(self, *loc);
                self.emit(*loc, op::POP_TOP);
                swap(self, *loc);
                self.emit_op(*loc, pseudo::POP_BLOCK, 0);
                self.emit(*loc, op::POP_EXCEPT);
            }
            FBlockKind::With | FBlockKind::AsyncWith => {
                *loc = info.loc;
                self.emit_op(*loc, pseudo::POP_BLOCK, 0);
                if preserve_tos {
                    self.emit_i(*loc, op::SWAP, 3u32);
                    self.emit_i(*loc, op::SWAP, 2u32);
                }
                self.leave_with(*loc, info.kind == FBlockKind::AsyncWith);
                *loc = NO_LOCATION;
            }
            FBlockKind::HandlerCleanup => {
                if info.name.is_some() {
                    self.emit_op(*loc, pseudo::POP_BLOCK, 0);
                }
                swap(self, *loc);
                self.emit_op(*loc, pseudo::POP_BLOCK, 0);
                self.emit(*loc, op::POP_EXCEPT);
                if let Some(n) = &info.name {
                    self.unbind(*loc, n)?;
                }
            }
            FBlockKind::PopValue => {
                swap(self, *loc);
                self.emit(*loc, op::POP_TOP);
            }
        }
        Ok(())
    }

    /// `name = None; del name`.
    pub(crate) fn unbind(&mut self, loc: Location, name: &Name) -> Result<()> {
        self.load_none(loc);
        self.name_op(loc, name, Context::Store)?;
        self.name_op(loc, name, Context::Del)
    }

    /// Leaves all open blocks, or with `to_loop` those inside the innermost loop, which is returned.
    pub(crate) fn unwind_fblock_stack(
        &mut self,
        loc: &mut Location,
        preserve_tos: bool,
        to_loop: bool,
    ) -> Result<Option<FBlock<'a>>> {
        let Some(top) = self.unit_ref().fblocks.last().cloned() else { return Ok(None) };
        if top.kind == FBlockKind::ExceptionGroupHandler {
            let msg = "'break', 'continue' and 'return' cannot appear in an except* block";
            return self.error(*loc, msg);
        }
        if to_loop && matches!(top.kind, FBlockKind::While | FBlockKind::For | FBlockKind::AsyncFor) {
            return Ok(Some(top));
        }
        // Closed while leaving it, so that a `return` in a `finally` does not leave it twice.
        self.pop_fblock(top.kind);
        self.unwind_fblock(loc, &top, preserve_tos)?;
        let found = self.unwind_fblock_stack(loc, preserve_tos, to_loop)?;
        self.push_fblock_full(top)?;
        Ok(found)
    }

    pub(crate) fn pop_except_and_reraise(&mut self, loc: Location) {
        self.emit_i(loc, op::COPY, 3u32);
        self.emit(loc, op::POP_EXCEPT);
        self.emit_i(loc, op::RERAISE, 1u32);
    }
}
