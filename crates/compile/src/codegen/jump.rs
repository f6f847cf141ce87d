//! Conditions: jumping on the truth of an expression.

use taipan_isa::locations::Location;
use taipan_isa::op;

use super::{Compiler, NO_LOCATION};
use crate::ast::*;
use crate::depth::deeper;
use crate::error::Result;
use crate::flowgraph::{Label, pseudo};

impl<'a> Compiler<'a> {
    /// Jumps to `next` if the truth of `e` is `cond`, else runs on.
    pub(crate) fn jump_if(&mut self, loc: Location, e: &'a Expr, next: Label, cond: bool) -> Result<()> {
        self.depth.enter()?;
        let r = deeper(|| self.jump_if_inner(loc, e, next, cond));
        self.depth.leave();
        r
    }

    fn jump_if_inner(&mut self, loc: Location, e: &'a Expr, next: Label, cond: bool) -> Result<()> {
        match &e.kind {
            ExprKind::UnaryOp { op: UnaryOp::Not, operand } => return self.jump_if(loc, operand, next, !cond),
            ExprKind::BoolOp { op, values } if !values.is_empty() => {
                let stop_on = *op == BoolOp::Or;
                let next2 = if stop_on == cond { next } else { self.new_label() };
                let (last, first) = values.split_last().expect("not empty");
                for v in first {
                    self.jump_if(loc, v, next2, stop_on)?;
                }
                self.jump_if(loc, last, next, cond)?;
                if next2 != next {
                    self.use_label(next2);
                }
                return Ok(());
            }
            ExprKind::IfExp { test, body, orelse } => {
                let end = self.new_label();
                let next2 = self.new_label();
                self.jump_if(loc, test, next2, false)?;
                self.jump_if(loc, body, next, cond)?;
                self.emit_jump(NO_LOCATION, pseudo::JUMP_NO_INTERRUPT, end);
                self.use_label(next2);
                self.jump_if(loc, orelse, next, cond)?;
                self.use_label(end);
                return Ok(());
            }
            ExprKind::Compare { left, ops, comparators } if ops.len() > 1 => {
                self.check_compare(e, left, ops, comparators);
                let cleanup = self.new_label();
                self.expr(left)?;
                let n = ops.len() - 1;
                for i in 0..n {
                    self.expr(&comparators[i])?;
                    self.emit_i(e.loc, op::SWAP, 2u32);
                    self.emit_i(e.loc, op::COPY, 2u32);
                    self.compare_op(e.loc, ops[i]);
                    self.emit(e.loc, op::TO_BOOL);
                    self.emit_jump(e.loc, op::POP_JUMP_IF_FALSE, cleanup);
                }
                self.expr(&comparators[n])?;
                self.compare_op(e.loc, ops[n]);
                self.emit(e.loc, op::TO_BOOL);
                self.emit_jump(e.loc, conditional(cond), next);
                let end = self.new_label();
                self.emit_jump(NO_LOCATION, pseudo::JUMP_NO_INTERRUPT, end);
                self.use_label(cleanup);
                self.emit(e.loc, op::POP_TOP);
                if !cond {
                    self.emit_jump(NO_LOCATION, pseudo::JUMP_NO_INTERRUPT, next);
                }
                self.use_label(end);
                return Ok(());
            }
            _ => {}
        }
        self.expr(e)?;
        self.emit(e.loc, op::TO_BOOL);
        self.emit_jump(e.loc, conditional(cond), next);
        Ok(())
    }
}

fn conditional(cond: bool) -> u8 {
    if cond { op::POP_JUMP_IF_TRUE } else { op::POP_JUMP_IF_FALSE }
}
