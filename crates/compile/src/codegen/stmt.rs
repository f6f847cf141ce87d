//! Statements, the simple ones here and the others by their kind.

use taipan_isa::locations::Location;
use taipan_isa::oparg::{common_constant, intrinsic1};
use taipan_isa::{Const, Name, op};

use super::name::{AttrLoad, attr_location};
use super::{Compiler, NO_LOCATION, ScopeKind};
use crate::ast::*;
use crate::depth::deeper;
use crate::error::Result;
use crate::flowgraph::pseudo;

impl<'a> Compiler<'a> {
    pub(crate) fn stmts(&mut self, body: &'a [Stmt]) -> Result<()> {
        body.iter().try_for_each(|s| self.stmt(s))
    }

    pub(crate) fn stmt(&mut self, s: &'a Stmt) -> Result<()> {
        self.depth.enter()?;
        let r = deeper(|| self.stmt_inner(s));
        self.depth.leave();
        r
    }

    fn conditional(&mut self, f: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        self.unit().in_conditional_block += 1;
        let r = f(self);
        if r.is_ok() {
            self.unit().in_conditional_block -= 1;
        }
        r
    }

    fn stmt_inner(&mut self, s: &'a Stmt) -> Result<()> {
        match &s.kind {
            StmtKind::FunctionDef(f) => self.function(s, f),
            StmtKind::ClassDef(c) => self.class(s, c),
            StmtKind::TypeAlias { name, type_params, value } => self.type_alias(s, name, type_params, value),
            StmtKind::Return(value) => self.return_stmt(s, value.as_deref()),
            StmtKind::Delete(targets) => targets.iter().try_for_each(|t| self.expr(t)),
            StmtKind::Assign { targets, value, .. } => {
                self.expr(value)?;
                for (i, t) in targets.iter().enumerate() {
                    if i + 1 < targets.len() {
                        self.emit_i(s.loc, op::COPY, 1u32);
                    }
                    self.expr(t)?;
                }
                Ok(())
            }
            StmtKind::AugAssign { target, op, value } => self.aug_assign(s, target, *op, value),
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                self.ann_assign(s, target, annotation, value.as_deref(), *simple)
            }
            StmtKind::For(f) => self.conditional(|c| if f.is_async { c.async_for(s, f) } else { c.for_loop(s, f) }),
            StmtKind::While { test, body, orelse } => self.conditional(|c| c.while_loop(s, test, body, orelse)),
            StmtKind::If { test, body, orelse } => self.conditional(|c| c.if_stmt(s, test, body, orelse)),
            StmtKind::Match { subject, cases } => self.conditional(|c| c.match_stmt(subject, cases)),
            StmtKind::Raise { exc, cause } => {
                let mut n = 0u32;
                if let Some(e) = exc {
                    self.expr(e)?;
                    n += 1;
                    if let Some(c) = cause {
                        self.expr(c)?;
                        n += 1;
                    }
                }
                self.emit_i(s.loc, op::RAISE_VARARGS, n);
                Ok(())
            }
            StmtKind::Try(t) => self.conditional(|c| c.try_stmt(s, t)),
            StmtKind::Assert { test, msg } => self.assert(s, test, msg.as_deref()),
            StmtKind::Import(names) => self.import(s, names),
            StmtKind::ImportFrom { module, names, level } => self.import_from(s, module.as_ref(), names, *level),
            StmtKind::Global(_) | StmtKind::Nonlocal(_) => Ok(()),
            StmtKind::Expr(e) => self.expr_stmt(s.loc, e),
            StmtKind::Pass => {
                self.emit(s.loc, op::NOP);
                Ok(())
            }
            StmtKind::Break => self.break_stmt(s.loc),
            StmtKind::Continue => self.continue_stmt(s.loc),
            StmtKind::With { is_async, items, body, .. } => self.conditional(|c| c.with(items, body, *is_async)),
        }
    }

    fn expr_stmt(&mut self, loc: Location, value: &'a Expr) -> Result<()> {
        if self.is_interactive_top_level() {
            self.expr(value)?;
            self.emit_i(loc, op::CALL_INTRINSIC_1, intrinsic1::PRINT);
            self.emit(NO_LOCATION, op::POP_TOP);
        } else if value.is_constant() {
            self.emit(loc, op::NOP);
        } else {
            self.expr(value)?;
            self.emit(NO_LOCATION, op::POP_TOP);
        }
        Ok(())
    }

    fn return_stmt(&mut self, s: &'a Stmt, value: Option<&'a Expr>) -> Result<()> {
        let mut loc = s.loc;
        let constant = value.and_then(Expr::as_constant);
        let preserve_tos = value.is_some() && constant.is_none();
        let ste = self.ste();
        if !ste.is_function_like() {
            return self.error(loc, "'return' outside function");
        }
        if value.is_some() && ste.coroutine && ste.generator {
            return self.error(loc, "'return' with value in async generator");
        }
        if let Some(v) = value {
            if preserve_tos {
                self.expr(v)?;
            } else {
                loc = v.loc;
                self.emit(loc, op::NOP);
            }
        }
        if value.is_none_or(|v| v.loc.line != s.loc.line) {
            loc = s.loc;
            self.emit(loc, op::NOP);
        }
        self.unwind_fblock_stack(&mut loc, preserve_tos, false)?;
        if !preserve_tos {
            self.load_const(loc, constant.cloned().unwrap_or(Const::None));
        }
        self.emit(loc, op::RETURN_VALUE);
        Ok(())
    }

    fn break_stmt(&mut self, origin: Location) -> Result<()> {
        let mut loc = origin;
        self.emit(loc, op::NOP);
        let Some(found) = self.unwind_fblock_stack(&mut loc, false, true)? else {
            return self.error(origin, "'break' outside loop");
        };
        self.unwind_fblock(&mut loc, &found, false)?;
        if let Some(exit) = found.exit {
            self.emit_jump(loc, pseudo::JUMP, exit);
        }
        Ok(())
    }

    fn continue_stmt(&mut self, origin: Location) -> Result<()> {
        let mut loc = origin;
        self.emit(loc, op::NOP);
        let Some(found) = self.unwind_fblock_stack(&mut loc, false, true)? else {
            return self.error(origin, "'continue' not properly in loop");
        };
        if let Some(block) = found.block {
            self.emit_jump(loc, pseudo::JUMP, block);
        }
        Ok(())
    }

    fn assert(&mut self, s: &'a Stmt, test: &'a Expr, msg: Option<&'a Expr>) -> Result<()> {
        let always_true = match &test.kind {
            ExprKind::Tuple { elts, .. } => !elts.is_empty(),
            ExprKind::Constant { value: Const::Tuple(t), .. } => !t.is_empty(),
            _ => false,
        };
        if always_true {
            self.warn(s.loc, "assertion is always true, perhaps remove parentheses?");
        }
        if self.optimize > 0 {
            return Ok(());
        }
        let end = self.new_label();
        self.jump_if(s.loc, test, end, true)?;
        self.emit_i(s.loc, op::LOAD_COMMON_CONSTANT, common_constant::ASSERTION_ERROR);
        if let Some(m) = msg {
            self.expr(m)?;
            self.emit_i(s.loc, op::CALL, 0u32);
        }
        self.emit_i(test.loc, op::RAISE_VARARGS, 1u32);
        self.use_label(end);
        Ok(())
    }

    fn import(&mut self, s: &'a Stmt, names: &'a [Alias]) -> Result<()> {
        for a in names {
            self.load_int(s.loc, 0);
            self.load_none(s.loc);
            self.emit_name(s.loc, op::IMPORT_NAME, &a.name);
            let dotted = a.name.split_once('.');
            match (&a.asname, dotted) {
                (Some(asname), Some((_, rest))) => {
                    // Down from the top package to the module itself.
                    let mut parts = rest.split('.').peekable();
                    while let Some(part) = parts.next() {
                        self.emit_raw_name(s.loc, op::IMPORT_FROM, &part.into());
                        if parts.peek().is_some() {
                            self.emit_i(s.loc, op::SWAP, 2u32);
                            self.emit(s.loc, op::POP_TOP);
                        }
                    }
                    self.name_op(s.loc, asname, Context::Store)?;
                    self.emit(s.loc, op::POP_TOP);
                }
                (Some(asname), None) => self.name_op(s.loc, asname, Context::Store)?,
                (None, Some((first, _))) => self.name_op(s.loc, &first.into(), Context::Store)?,
                (None, None) => self.name_op(s.loc, &a.name, Context::Store)?,
            }
        }
        Ok(())
    }

    fn import_from(&mut self, s: &'a Stmt, module: Option<&Name>, names: &'a [Alias], level: u32) -> Result<()> {
        let loc = s.loc;
        self.load_int(loc, level as i64);
        let tuple: Box<[Const]> = names.iter().map(|a| Const::Str((&*a.name).into())).collect();
        self.load_const(loc, Const::Tuple(tuple));
        let empty = Name::from("");
        self.emit_name(loc, op::IMPORT_NAME, module.unwrap_or(&empty));
        for (i, a) in names.iter().enumerate() {
            if i == 0 && &*a.name == "*" {
                self.emit_i(loc, op::CALL_INTRINSIC_1, intrinsic1::IMPORT_STAR);
                self.emit(NO_LOCATION, op::POP_TOP);
                return Ok(());
            }
            self.emit_name(loc, op::IMPORT_FROM, &a.name);
            self.name_op(loc, a.asname.as_ref().unwrap_or(&a.name), Context::Store)?;
        }
        self.emit(loc, op::POP_TOP);
        Ok(())
    }

    fn aug_assign(&mut self, s: &'a Stmt, target: &'a Expr, operator: Operator, value: &'a Expr) -> Result<()> {
        let loc = target.loc;
        let two_parts = |slice: &Expr| super::expr::is_two_part_slice(slice);
        match &target.kind {
            ExprKind::Attribute { value, attr, .. } => {
                self.expr(value)?;
                self.emit_i(loc, op::COPY, 1u32);
                let l = attr_location(loc, target, attr);
                self.load_attr(l, AttrLoad::Plain, attr);
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.expr(value)?;
                if two_parts(slice) {
                    self.slice_two_parts(slice)?;
                    for _ in 0..3 {
                        self.emit_i(loc, op::COPY, 3u32);
                    }
                    self.emit(loc, op::BINARY_SLICE);
                } else {
                    self.expr(slice)?;
                    self.emit_i(loc, op::COPY, 2u32);
                    self.emit_i(loc, op::COPY, 2u32);
                    self.emit_i(loc, op::BINARY_OP, taipan_isa::oparg::binary::SUBSCR);
                }
            }
            ExprKind::Name { id, .. } => self.name_op(loc, id, Context::Load)?,
            _ => return self.error(loc, "invalid node type for augmented assignment"),
        }
        self.expr(value)?;
        self.emit_i(
            s.loc,
            op::BINARY_OP,
            super::expr::binary_op(operator) + taipan_isa::oparg::binary::INPLACE,
        );
        match &target.kind {
            ExprKind::Attribute { attr, .. } => {
                let l = attr_location(loc, target, attr);
                self.emit_i(l, op::SWAP, 2u32);
                self.emit_name(l, op::STORE_ATTR, attr);
            }
            ExprKind::Subscript { slice, .. } => {
                let depth = if two_parts(slice) { 4 } else { 3 };
                for n in (2..=depth).rev() {
                    self.emit_i(loc, op::SWAP, n as u32);
                }
                self.emit(loc, if depth == 4 { op::STORE_SLICE } else { op::STORE_SUBSCR });
            }
            ExprKind::Name { id, .. } => self.name_op(loc, id, Context::Store)?,
            _ => {}
        }
        Ok(())
    }

    fn ann_assign(
        &mut self,
        s: &'a Stmt,
        target: &'a Expr,
        annotation: &'a Expr,
        value: Option<&'a Expr>,
        simple: bool,
    ) -> Result<()> {
        if let Some(v) = value {
            self.expr(v)?;
            self.expr(target)?;
        }
        match &target.kind {
            ExprKind::Name { id, .. } => {
                if simple && matches!(self.unit_ref().kind, ScopeKind::Module | ScopeKind::Class) {
                    self.variable_annotation(s, id, annotation)?;
                }
                Ok(())
            }
            ExprKind::Attribute { value: of, .. } if value.is_none() => self.evaluate(of),
            ExprKind::Subscript { value: of, slice, .. } if value.is_none() => {
                self.evaluate(of)?;
                self.evaluate_subscript(slice)
            }
            ExprKind::Attribute { .. } | ExprKind::Subscript { .. } => Ok(()),
            _ => self.error(s.loc, "invalid node type for annotated assignment"),
        }
    }

    /// Evaluates part of an annotated target without value, for its errors only.
    fn evaluate(&mut self, e: &'a Expr) -> Result<()> {
        self.expr(e)?;
        self.emit(e.loc, op::POP_TOP);
        Ok(())
    }

    fn evaluate_subscript(&mut self, e: &'a Expr) -> Result<()> {
        match &e.kind {
            ExprKind::Slice { lower, upper, step } => {
                [lower, upper, step].into_iter().flatten().try_for_each(|e| self.evaluate(e))
            }
            ExprKind::Tuple { elts, .. } => elts.iter().try_for_each(|e| self.evaluate_subscript(e)),
            _ => self.evaluate(e),
        }
    }
}
