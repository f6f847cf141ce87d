//! `try` in all its forms, and `with`.

use taipan_isa::locations::Location;
use taipan_isa::oparg::{intrinsic2, special};
use taipan_isa::{Name, op};

use super::blocks::{FBlock, FBlockKind};
use super::{Compiler, NO_LOCATION};
use crate::ast::*;
use crate::error::Result;
use crate::flowgraph::{Label, pseudo};

impl<'a> Compiler<'a> {
    pub(crate) fn try_stmt(&mut self, s: &'a Stmt, t: &'a Try) -> Result<()> {
        if t.finalbody.is_empty() { self.try_handlers(s, t) } else { self.try_finally(s, t) }
    }

    fn try_handlers(&mut self, s: &'a Stmt, t: &'a Try) -> Result<()> {
        if t.is_star { self.try_star_except(s, t) } else { self.try_except(s, t) }
    }

    fn try_finally(&mut self, s: &'a Stmt, t: &'a Try) -> Result<()> {
        let body = self.new_label();
        let end = self.new_label();
        let exit = self.new_label();
        let cleanup = self.new_label();
        self.emit_jump(s.loc, pseudo::SETUP_FINALLY, end);
        self.use_label(body);
        self.push_fblock_full(FBlock {
            kind: FBlockKind::FinallyTry,
            block: Some(body),
            exit: Some(end),
            loc: s.loc,
            name: None,
            finalbody: &t.finalbody,
        })?;
        if t.handlers.is_empty() {
            self.stmts(&t.body)?;
        } else {
            self.try_handlers(s, t)?;
        }
        self.emit_op(NO_LOCATION, pseudo::POP_BLOCK, 0);
        self.pop_fblock(FBlockKind::FinallyTry);
        self.stmts(&t.finalbody)?;
        self.emit_jump(NO_LOCATION, pseudo::JUMP_NO_INTERRUPT, exit);

        self.use_label(end);
        self.emit_jump(NO_LOCATION, pseudo::SETUP_CLEANUP, cleanup);
        self.emit(NO_LOCATION, op::PUSH_EXC_INFO);
        self.push_fblock(NO_LOCATION, FBlockKind::FinallyEnd, Some(end), None)?;
        self.stmts(&t.finalbody)?;
        self.pop_fblock(FBlockKind::FinallyEnd);
        self.emit_i(NO_LOCATION, op::RERAISE, 0u32);
        self.use_label(cleanup);
        self.pop_except_and_reraise(NO_LOCATION);
        self.use_label(exit);
        Ok(())
    }

    fn guarded_body(&mut self, s: &'a Stmt, t: &'a Try, except: Label) -> Result<()> {
        let body = self.new_label();
        self.emit_jump(s.loc, pseudo::SETUP_FINALLY, except);
        self.use_label(body);
        self.push_fblock(s.loc, FBlockKind::TryExcept, Some(body), None)?;
        self.stmts(&t.body)?;
        self.pop_fblock(FBlockKind::TryExcept);
        self.emit_op(NO_LOCATION, pseudo::POP_BLOCK, 0);
        Ok(())
    }

    fn push_cleanup(&mut self, loc: Location, label: Label, name: Option<&Name>) -> Result<()> {
        self.push_fblock_full(FBlock {
            kind: FBlockKind::HandlerCleanup,
            block: Some(label),
            exit: None,
            loc,
            name: name.cloned(),
            finalbody: &[],
        })
    }

    fn try_except(&mut self, s: &'a Stmt, t: &'a Try) -> Result<()> {
        let mut except = self.new_label();
        let end = self.new_label();
        let cleanup = self.new_label();
        self.guarded_body(s, t, except)?;
        self.stmts(&t.orelse)?;
        self.emit_jump(NO_LOCATION, pseudo::JUMP_NO_INTERRUPT, end);
        self.use_label(except);
        self.emit_jump(NO_LOCATION, pseudo::SETUP_CLEANUP, cleanup);
        self.emit(NO_LOCATION, op::PUSH_EXC_INFO);
        self.push_fblock(s.loc, FBlockKind::ExceptionHandler, None, None)?;
        for (i, h) in t.handlers.iter().enumerate() {
            let loc = h.loc;
            if h.typ.is_none() && i + 1 < t.handlers.len() {
                return self.error(loc, "default 'except:' must be last");
            }
            except = self.new_label();
            if let Some(typ) = &h.typ {
                self.expr(typ)?;
                self.emit(loc, op::CHECK_EXC_MATCH);
                self.emit_jump(loc, op::POP_JUMP_IF_FALSE, except);
            }
            if let Some(name) = &h.name {
                let cleanup_end = self.new_label();
                let cleanup_body = self.new_label();
                self.name_op(loc, name, Context::Store)?;
                self.emit_jump(loc, pseudo::SETUP_CLEANUP, cleanup_end);
                self.use_label(cleanup_body);
                self.push_cleanup(loc, cleanup_body, Some(name))?;
                self.stmts(&h.body)?;
                self.pop_fblock(FBlockKind::HandlerCleanup);
                self.emit_op(NO_LOCATION, pseudo::POP_BLOCK, 0);
                self.emit_op(NO_LOCATION, pseudo::POP_BLOCK, 0);
                self.emit(NO_LOCATION, op::POP_EXCEPT);
                self.unbind(NO_LOCATION, name)?;
                self.emit_jump(NO_LOCATION, pseudo::JUMP_NO_INTERRUPT, end);
                self.use_label(cleanup_end);
                self.unbind(NO_LOCATION, name)?;
                self.emit_i(NO_LOCATION, op::RERAISE, 1u32);
            } else {
                let cleanup_body = self.new_label();
                self.emit(loc, op::POP_TOP);
                self.use_label(cleanup_body);
                self.push_cleanup(loc, cleanup_body, None)?;
                self.stmts(&h.body)?;
                self.pop_fblock(FBlockKind::HandlerCleanup);
                self.emit_op(NO_LOCATION, pseudo::POP_BLOCK, 0);
                self.emit(NO_LOCATION, op::POP_EXCEPT);
                self.emit_jump(NO_LOCATION, pseudo::JUMP_NO_INTERRUPT, end);
            }
            self.use_label(except);
        }
        self.pop_fblock(FBlockKind::ExceptionHandler);
        self.emit_i(NO_LOCATION, op::RERAISE, 0u32);
        self.use_label(cleanup);
        self.pop_except_and_reraise(NO_LOCATION);
        self.use_label(end);
        Ok(())
    }

    /// `except*`: the stack holds the group, the list of what was raised, and what is left.
    fn try_star_except(&mut self, s: &'a Stmt, t: &'a Try) -> Result<()> {
        let mut except = self.new_label();
        let orelse = self.new_label();
        let end = self.new_label();
        let cleanup = self.new_label();
        let reraise_star = self.new_label();
        self.guarded_body(s, t, except)?;
        self.emit_jump(NO_LOCATION, pseudo::JUMP_NO_INTERRUPT, orelse);
        self.use_label(except);
        self.emit_jump(NO_LOCATION, pseudo::SETUP_CLEANUP, cleanup);
        self.emit(NO_LOCATION, op::PUSH_EXC_INFO);
        self.push_fblock(s.loc, FBlockKind::ExceptionGroupHandler, None, None)?;
        for (i, h) in t.handlers.iter().enumerate() {
            let loc = h.loc;
            except = self.new_label();
            let except_with_error = self.new_label();
            let no_match = self.new_label();
            if i == 0 {
                self.emit_i(loc, op::BUILD_LIST, 0u32);
                self.emit_i(loc, op::COPY, 2u32);
            }
            if let Some(typ) = &h.typ {
                self.expr(typ)?;
                self.emit(loc, op::CHECK_EG_MATCH);
                self.emit_i(loc, op::COPY, 1u32);
                self.emit_jump(loc, op::POP_JUMP_IF_NONE, no_match);
            }
            let cleanup_end = self.new_label();
            let cleanup_body = self.new_label();
            match &h.name {
                Some(n) => self.name_op(loc, n, Context::Store)?,
                None => self.emit(loc, op::POP_TOP),
            }
            self.emit_jump(loc, pseudo::SETUP_CLEANUP, cleanup_end);
            self.use_label(cleanup_body);
            self.push_cleanup(loc, cleanup_body, h.name.as_ref())?;
            self.stmts(&h.body)?;
            self.pop_fblock(FBlockKind::HandlerCleanup);
            self.emit_op(NO_LOCATION, pseudo::POP_BLOCK, 0);
            if let Some(n) = &h.name {
                self.unbind(NO_LOCATION, n)?;
            }
            self.emit_jump(NO_LOCATION, pseudo::JUMP_NO_INTERRUPT, except);
            self.use_label(cleanup_end);
            if let Some(n) = &h.name {
                self.unbind(NO_LOCATION, n)?;
            }
            // What the handler raised joins the list.
            self.emit_i(NO_LOCATION, op::LIST_APPEND, 3u32);
            self.emit(NO_LOCATION, op::POP_TOP);
            self.emit_jump(NO_LOCATION, pseudo::JUMP_NO_INTERRUPT, except_with_error);
            self.use_label(except);
            self.emit(NO_LOCATION, op::NOP);
            self.emit_jump(NO_LOCATION, pseudo::JUMP_NO_INTERRUPT, except_with_error);
            self.use_label(no_match);
            self.emit(loc, op::POP_TOP);
            self.use_label(except_with_error);
            if i + 1 == t.handlers.len() {
                self.emit_i(NO_LOCATION, op::LIST_APPEND, 1u32);
                self.emit_jump(NO_LOCATION, pseudo::JUMP_NO_INTERRUPT, reraise_star);
            }
        }
        self.pop_fblock(FBlockKind::ExceptionGroupHandler);
        let reraise = self.new_label();
        self.use_label(reraise_star);
        self.emit_i(NO_LOCATION, op::CALL_INTRINSIC_2, intrinsic2::PREP_RERAISE_STAR);
        self.emit_i(NO_LOCATION, op::COPY, 1u32);
        self.emit_jump(NO_LOCATION, op::POP_JUMP_IF_NOT_NONE, reraise);
        self.emit(NO_LOCATION, op::POP_TOP);
        self.emit_op(NO_LOCATION, pseudo::POP_BLOCK, 0);
        self.emit(NO_LOCATION, op::POP_EXCEPT);
        self.emit_jump(NO_LOCATION, pseudo::JUMP_NO_INTERRUPT, end);
        self.use_label(reraise);
        self.emit_op(NO_LOCATION, pseudo::POP_BLOCK, 0);
        self.emit_i(NO_LOCATION, op::SWAP, 2u32);
        self.emit(NO_LOCATION, op::POP_EXCEPT);
        self.emit_i(NO_LOCATION, op::RERAISE, 0u32);
        self.use_label(cleanup);
        self.pop_except_and_reraise(NO_LOCATION);
        self.use_label(orelse);
        self.stmts(&t.orelse)?;
        self.use_label(end);
        Ok(())
    }

    /// `with`, or `async with`, from its first item on.
    pub(crate) fn with(&mut self, items: &'a [WithItem], body: &'a [Stmt], is_async: bool) -> Result<()> {
        let Some((item, rest)) = items.split_first() else { return self.stmts(body) };
        let (kind, exit_method, enter_method) = if is_async {
            (FBlockKind::AsyncWith, special::AEXIT, special::AENTER)
        } else {
            (FBlockKind::With, special::EXIT, special::ENTER)
        };
        let block = self.new_label();
        let last = self.new_label();
        let exit = self.new_label();
        let cleanup = self.new_label();
        self.expr(&item.context_expr)?;
        let loc = item.context_expr.loc;
        self.emit_i(loc, op::COPY, 1u32);
        self.emit_i(loc, op::LOAD_SPECIAL, exit_method);
        self.emit_i(loc, op::SWAP, 2u32);
        self.emit_i(loc, op::SWAP, 3u32);
        self.emit_i(loc, op::LOAD_SPECIAL, enter_method);
        self.emit_i(loc, op::CALL, 0u32);
        if is_async {
            self.emit_i(loc, op::GET_AWAITABLE, 1u32);
            self.load_none(loc);
            self.add_yield_from(loc, true);
        }
        self.emit_jump(loc, pseudo::SETUP_WITH, last);
        self.use_label(block);
        self.push_fblock(loc, kind, Some(block), Some(last))?;
        match &item.optional_vars {
            Some(v) => self.expr(v)?,
            None => self.emit(loc, op::POP_TOP),
        }
        self.with_rest(rest, body, is_async)?;
        if is_async {
            self.pop_fblock(kind);
            self.emit_op(loc, pseudo::POP_BLOCK, 0);
        } else {
            self.emit_op(NO_LOCATION, pseudo::POP_BLOCK, 0);
            self.pop_fblock(kind);
        }
        self.leave_with(loc, is_async);
        self.emit_jump(loc, pseudo::JUMP, exit);

        self.use_label(last);
        self.emit_jump(loc, pseudo::SETUP_CLEANUP, cleanup);
        self.emit(loc, op::PUSH_EXC_INFO);
        self.emit(loc, op::WITH_EXCEPT_START);
        if is_async {
            self.emit_i(loc, op::GET_AWAITABLE, 2u32);
            self.load_none(loc);
            self.add_yield_from(loc, true);
        }
        let suppress = self.new_label();
        self.emit(NO_LOCATION, op::TO_BOOL);
        self.emit_jump(NO_LOCATION, op::POP_JUMP_IF_TRUE, suppress);
        self.emit_i(NO_LOCATION, op::RERAISE, 2u32);
        self.use_label(suppress);
        self.emit(NO_LOCATION, op::POP_TOP);
        self.emit_op(NO_LOCATION, pseudo::POP_BLOCK, 0);
        self.emit(NO_LOCATION, op::POP_EXCEPT);
        for _ in 0..3 {
            self.emit(NO_LOCATION, op::POP_TOP);
        }
        let finish = self.new_label();
        self.emit_jump(NO_LOCATION, pseudo::JUMP_NO_INTERRUPT, finish);
        self.use_label(cleanup);
        self.pop_except_and_reraise(NO_LOCATION);
        self.use_label(finish);
        self.use_label(exit);
        Ok(())
    }

    fn with_rest(&mut self, rest: &'a [WithItem], body: &'a [Stmt], is_async: bool) -> Result<()> {
        if rest.is_empty() {
            return self.stmts(body);
        }
        self.depth.enter()?;
        let r = crate::depth::deeper(|| self.with(rest, body, is_async));
        self.depth.leave();
        r
    }
}
