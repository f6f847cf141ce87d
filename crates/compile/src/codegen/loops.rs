//! `if`, `for`, `while` and their async forms.

use taipan_isa::op;

use super::blocks::FBlockKind;
use super::{Compiler, NO_LOCATION};
use crate::ast::*;
use crate::error::Result;
use crate::flowgraph::{Label, pseudo};

impl<'a> Compiler<'a> {
    pub(crate) fn if_stmt(&mut self, s: &'a Stmt, test: &'a Expr, body: &'a [Stmt], orelse: &'a [Stmt]) -> Result<()> {
        let end = self.new_label();
        let next = if orelse.is_empty() { end } else { self.new_label() };
        self.jump_if(s.loc, test, next, false)?;
        self.stmts(body)?;
        if !orelse.is_empty() {
            self.emit_jump(NO_LOCATION, pseudo::JUMP_NO_INTERRUPT, end);
            self.use_label(next);
            self.stmts(orelse)?;
        }
        self.use_label(end);
        Ok(())
    }

    pub(crate) fn for_loop(&mut self, s: &'a Stmt, f: &'a For) -> Result<()> {
        let start = self.new_label();
        let cleanup = self.new_label();
        let end = self.new_label();
        self.push_fblock(s.loc, FBlockKind::For, Some(start), Some(end))?;
        self.expr(&f.iter)?;
        let loc = f.iter.loc;
        self.emit(loc, op::GET_ITER);
        self.use_label(start);
        self.emit_jump(loc, op::FOR_ITER, cleanup);
        // For tracing of loops whose head spans lines; removed where needless.
        self.emit(f.target.loc, op::NOP);
        self.expr(&f.target)?;
        self.stmts(&f.body)?;
        self.emit_jump(NO_LOCATION, pseudo::JUMP, start);
        self.use_label(cleanup);
        self.emit(NO_LOCATION, op::END_FOR);
        self.emit(NO_LOCATION, op::POP_ITER);
        self.pop_fblock(FBlockKind::For);
        self.stmts(&f.orelse)?;
        self.use_label(end);
        Ok(())
    }

    pub(crate) fn async_for(&mut self, s: &'a Stmt, f: &'a For) -> Result<()> {
        let loc = s.loc;
        let start = self.new_label();
        let except = self.new_label();
        let end = self.new_label();
        self.expr(&f.iter)?;
        self.emit(f.iter.loc, op::GET_AITER);
        self.use_label(start);
        self.push_fblock(loc, FBlockKind::AsyncFor, Some(start), Some(end))?;
        self.emit_jump(loc, pseudo::SETUP_FINALLY, except);
        self.emit(loc, op::GET_ANEXT);
        self.load_none(loc);
        let sent = self.add_yield_from(loc, true);
        self.emit_op(loc, pseudo::POP_BLOCK, 0);
        self.emit(loc, op::NOT_TAKEN);
        self.expr(&f.target)?;
        self.stmts(&f.body)?;
        self.emit_jump(NO_LOCATION, pseudo::JUMP, start);
        self.pop_fblock(FBlockKind::AsyncFor);
        self.use_label(except);
        self.emit_jump(f.iter.loc, op::END_ASYNC_FOR, sent);
        self.stmts(&f.orelse)?;
        self.use_label(end);
        Ok(())
    }

    pub(crate) fn while_loop(&mut self, s: &'a Stmt, test: &'a Expr, body: &'a [Stmt], orelse: &'a [Stmt]) -> Result<()> {
        let start = self.new_label();
        let end = self.new_label();
        let anchor = self.new_label();
        self.use_label(start);
        self.push_fblock(s.loc, FBlockKind::While, Some(start), Some(end))?;
        self.jump_if(s.loc, test, anchor, false)?;
        self.stmts(body)?;
        self.emit_jump(NO_LOCATION, pseudo::JUMP, start);
        self.pop_fblock(FBlockKind::While);
        self.use_label(anchor);
        self.stmts(orelse)?;
        self.use_label(end);
        Ok(())
    }

    /// Delegates to the iterator below None on the stack; where its result is taken.
    pub(crate) fn add_yield_from(&mut self, loc: taipan_isa::locations::Location, is_await: bool) -> Label {
        use taipan_isa::oparg::resume;
        let send = self.new_label();
        let fail = self.new_label();
        let exit = self.new_label();
        self.use_label(send);
        self.emit_jump(loc, op::SEND, exit);
        // `close` and `throw` may raise StopIteration out of the yield.
        self.emit_jump(loc, pseudo::SETUP_FINALLY, fail);
        self.emit_i(loc, op::YIELD_VALUE, 1u32);
        self.emit_op(NO_LOCATION, pseudo::POP_BLOCK, 0);
        self.emit_i(loc, op::RESUME, if is_await { resume::AFTER_AWAIT } else { resume::AFTER_YIELD_FROM });
        self.emit_jump(loc, pseudo::JUMP_NO_INTERRUPT, send);
        self.use_label(fail);
        self.emit(loc, op::CLEANUP_THROW);
        self.use_label(exit);
        self.emit(loc, op::END_SEND);
        exit
    }
}
