//! Annotations and the functions that evaluate them (PEP 649, PEP 749); bodies.

use std::sync::Arc;

use taipan_isa::locations::Location;
use taipan_isa::oparg::{common_constant, compare, function_attribute as attribute};
use taipan_isa::{Code, Const, Name, op};

use super::{ArgCounts, Compiler, NO_LOCATION, ScopeKind, index_in};
use crate::ast::*;
use crate::error::Result;
use crate::symtable::{BlockKind, Key, mangle};

/// `annotationlib.Format.VALUE_WITH_FAKE_GLOBALS`: beyond it is not implemented.
const VALUE_WITH_FAKE_GLOBALS: i64 = 2;

impl<'a> Compiler<'a> {
    /// Enters a scope with one argument, the format, and checks it.
    pub(crate) fn setup_annotations_scope(&mut self, loc: Location, key: Key, name: &Name) -> Result<()> {
        let block = self.table.lookup(key)?;
        let args = ArgCounts { posonly: 1, ..ArgCounts::default() };
        self.enter_scope(name.clone(), ScopeKind::Annotations, block, loc.line, None, args)?;
        let body = self.new_label();
        self.emit_i(loc, op::LOAD_FAST, 0u32);
        self.load_int(loc, VALUE_WITH_FAKE_GLOBALS);
        self.emit_i(loc, op::COMPARE_OP, compare::oparg(compare::GT));
        self.emit_jump(loc, op::POP_JUMP_IF_FALSE, body);
        self.emit_i(loc, op::LOAD_COMMON_CONSTANT, common_constant::NOT_IMPLEMENTED_ERROR);
        self.emit_i(loc, op::RAISE_VARARGS, 1u32);
        self.use_label(body);
        Ok(())
    }

    /// Leaves it again; the argument is to be known as `format`.
    fn leave_annotations_scope(&mut self, loc: Location) -> Result<()> {
        self.emit(loc, op::RETURN_VALUE);
        let code = self.finish_unit(true)?;
        let mut code: Code = Arc::unwrap_or_clone(code);
        if let Some(first) = code.local_names.first_mut() {
            *first = "format".into();
        }
        self.make_closure(loc, Arc::new(code), 0)
    }

    /// An annotation as text, for `from __future__ import annotations`.
    fn annotation_text(&mut self, annotation: &'a Expr) -> Result<()> {
        let text = crate::unparse::expression(annotation)?;
        self.load_const(annotation.loc, Const::Str(text));
        Ok(())
    }

    fn argument_annotation(&mut self, name: &Name, annotation: &'a Expr, loc: Location) -> Result<()> {
        let mangled = self.mangled(name);
        self.load_str(loc, &mangled);
        if self.future.annotations() {
            return self.annotation_text(annotation);
        }
        match &annotation.kind {
            ExprKind::Starred { value, .. } => {
                self.expr(value)?;
                self.emit_i(loc, op::UNPACK_SEQUENCE, 1u32);
                Ok(())
            }
            _ => self.expr(annotation),
        }
    }

    /// Pushes the function that evaluates a function's annotations, if it has any.
    pub(crate) fn function_annotations(
        &mut self,
        loc: Location,
        function: &Name,
        args: &'a Arguments,
        returns: Option<&'a Expr>,
    ) -> Result<u32> {
        let key = Key::arguments(args);
        let block = self.table.lookup(key)?;
        if !self.table[block].annotations_used {
            return Ok(0);
        }
        let name = self.table[block].name.clone();
        let owner = self.qualname(function, ScopeKind::Function);
        self.setup_annotations_scope(loc, key, &name)?;
        self.unit().qualname = format!("{owner}.{name}").into();
        let mut n = 0u32;
        let all =
            args.args.iter().chain(&args.posonlyargs).chain(&args.vararg).chain(&args.kwonlyargs).chain(&args.kwarg);
        for a in all {
            if let Some(annotation) = &a.annotation {
                self.argument_annotation(&a.arg, annotation, loc)?;
                n += 1;
            }
        }
        if let Some(r) = returns {
            self.argument_annotation(&"return".into(), r, loc)?;
            n += 1;
        }
        self.emit_i(loc, op::BUILD_MAP, n);
        self.leave_annotations_scope(loc)?;
        Ok(attribute::ANNOTATE)
    }

    /// The annotation of a variable in a module or class.
    pub(crate) fn variable_annotation(&mut self, s: &'a Stmt, name: &Name, annotation: &'a Expr) -> Result<()> {
        let loc = s.loc;
        if self.future.annotations() {
            self.annotation_text(annotation)?;
            self.emit_name(loc, op::LOAD_NAME, &"__annotations__".into());
            let mangled = self.mangled(name);
            self.load_str(loc, &mangled);
            self.emit(loc, op::STORE_SUBSCR);
            return Ok(());
        }
        let u = self.unit();
        let conditional = u.kind == ScopeKind::Module || u.in_conditional_block > 0;
        let index = conditional.then(|| {
            u.next_conditional_annotation += 1;
            u.next_conditional_annotation - 1
        });
        u.deferred_annotations.push((s, index));
        if let Some(i) = index {
            let set: Name = "__conditional_annotations__".into();
            if self.unit_ref().kind == ScopeKind::Class {
                let cell = self.cell_index(&set);
                self.emit_i(loc, op::LOAD_DEREF, cell);
            } else {
                self.emit_name(loc, op::LOAD_NAME, &set);
            }
            self.load_int(loc, i);
            self.emit_i(loc, op::SET_ADD, 1u32);
            self.emit(loc, op::POP_TOP);
        }
        Ok(())
    }

    fn deferred_annotations_body(
        &mut self,
        loc: Location,
        deferred: Vec<(&'a Stmt, Option<i64>)>,
        scope: ScopeKind,
    ) -> Result<()> {
        self.emit_i(loc, op::BUILD_MAP, 0u32);
        for (s, index) in deferred {
            let StmtKind::AnnAssign { target, annotation, .. } = &s.kind else { continue };
            let Some(name) = target.as_name() else { continue };
            let mangled = mangle(self.unit_ref().private.as_ref(), name);
            let not_set = self.new_label();
            if let Some(i) = index {
                self.load_int(s.loc, i);
                let set: Name = "__conditional_annotations__".into();
                if scope == ScopeKind::Class {
                    let free = self.free_index(&set);
                    self.emit_i(s.loc, op::LOAD_DEREF, free);
                } else {
                    let global = index_in(&mut self.unit().names, &set);
                    self.emit_i(s.loc, op::LOAD_GLOBAL, global << 1);
                }
                self.emit_i(s.loc, op::CONTAINS_OP, 0u32);
                self.emit_jump(s.loc, op::POP_JUMP_IF_FALSE, not_set);
            }
            self.expr(annotation)?;
            self.emit_i(s.loc, op::COPY, 2u32);
            self.load_str(s.loc, &mangled);
            self.emit(loc, op::STORE_SUBSCR);
            self.use_label(not_set);
        }
        Ok(())
    }

    /// Makes `__annotate__` of the annotations met in the body. In a module that happens before
    /// its body runs.
    fn process_deferred_annotations(&mut self, loc: Location) -> Result<()> {
        let deferred = std::mem::take(&mut self.unit().deferred_annotations);
        if deferred.is_empty() {
            return Ok(());
        }
        let (kind, block) = (self.unit_ref().kind, self.unit_ref().block);
        if kind == ScopeKind::Module {
            let u = self.unit();
            u.stashed = Some(std::mem::take(&mut u.seq));
        }
        let Some(annotations) = self.table[block].annotation_block else { return Ok(()) };
        let name = self.table[annotations].name.clone();
        self.setup_annotations_scope(loc, Key::annotations(block), &name)?;
        self.deferred_annotations_body(loc, deferred, kind)?;
        self.leave_annotations_scope(loc)?;
        let target =
            if self.ste().kind == BlockKind::Class { "__annotate_func__" } else { "__annotate__" };
        self.name_op(loc, &target.into(), Context::Store)?;
        let u = self.unit();
        if let Some(body) = u.stashed.take() {
            let code = std::mem::replace(&mut u.seq, body);
            u.seq.annotations = Some(code.insts);
        }
        Ok(())
    }

    /// A module's statements.
    pub(crate) fn module(&mut self, body: &'a [Stmt]) -> Result<()> {
        let loc = body.first().map_or(Location::new(1, 1, 0, 0), |s| s.loc);
        if self.ste().has_conditional_annotations {
            self.emit_i(loc, op::BUILD_SET, 0u32);
            self.emit_raw_name(loc, op::STORE_NAME, &"__conditional_annotations__".into());
        }
        self.body(loc, body)
    }

    /// The body of a module or class: docstring, statements, annotations.
    pub(crate) fn body(&mut self, loc: Location, mut body: &'a [Stmt]) -> Result<()> {
        let future = self.future.annotations();
        if future && self.ste().annotations_used {
            self.emit(loc, op::SETUP_ANNOTATIONS);
        }
        if body.is_empty() {
            return Ok(());
        }
        if !self.is_interactive_top_level()
            && self.ste().has_docstring
            && let Some((doc, e)) = docstring(body)
        {
            let clean = super::check::clean_doc(doc);
            self.load_const(e.loc, Const::Str(clean));
            self.name_op(NO_LOCATION, &"__doc__".into(), Context::Store)?;
            body = &body[1..];
        }
        self.stmts(body)?;
        if !future {
            self.process_deferred_annotations(loc)?;
        }
        Ok(())
    }
}
