//! Type parameters and `type` statements (PEP 695, PEP 696).

use taipan_isa::oparg::{function_attribute as attribute, intrinsic1, intrinsic2};
use taipan_isa::{Const, Name, op};

use super::{ArgCounts, Compiler, ScopeKind};
use crate::ast::*;
use crate::error::Result;
use crate::symtable::Key;

impl<'a> Compiler<'a> {
    /// A function that evaluates a bound or default when asked for.
    fn bound_or_default(&mut self, e: &'a Expr, name: &Name, key: Key, allow_starred: bool) -> Result<()> {
        self.load_const(e.loc, Const::Tuple([Const::Int(1)].into()));
        self.setup_annotations_scope(e.loc, key, name)?;
        match &e.kind {
            ExprKind::Starred { value, .. } if allow_starred => {
                self.expr(value)?;
                self.emit_i(e.loc, op::UNPACK_SEQUENCE, 1u32);
            }
            _ => self.expr(e)?,
        }
        self.emit(e.loc, op::RETURN_VALUE);
        let code = self.finish_unit(true)?;
        self.make_closure(e.loc, code, attribute::DEFAULTS)
    }

    /// Makes the type parameters, binds them, and leaves a tuple of them.
    pub(crate) fn type_params(&mut self, params: &'a [TypeParam]) -> Result<()> {
        let mut seen_default = false;
        for p in params {
            let loc = p.loc;
            self.load_str(loc, &p.name);
            match &p.kind {
                TypeParamKind::TypeVar { bound: Some(b) } => {
                    self.bound_or_default(b, &p.name, Key::bound(p), false)?;
                    let tuple = matches!(b.kind, ExprKind::Tuple { .. });
                    let f = if tuple {
                        intrinsic2::TYPEVAR_WITH_CONSTRAINTS
                    } else {
                        intrinsic2::TYPEVAR_WITH_BOUND
                    };
                    self.emit_i(loc, op::CALL_INTRINSIC_2, f);
                }
                TypeParamKind::TypeVar { bound: None } => {
                    self.emit_i(loc, op::CALL_INTRINSIC_1, intrinsic1::TYPEVAR)
                }
                TypeParamKind::TypeVarTuple => self.emit_i(loc, op::CALL_INTRINSIC_1, intrinsic1::TYPEVARTUPLE),
                TypeParamKind::ParamSpec => self.emit_i(loc, op::CALL_INTRINSIC_1, intrinsic1::PARAMSPEC),
            }
            if let Some(d) = &p.default {
                seen_default = true;
                let starred = matches!(p.kind, TypeParamKind::TypeVarTuple);
                self.bound_or_default(d, &p.name, Key::default(p), starred)?;
                self.emit_i(loc, op::CALL_INTRINSIC_2, intrinsic2::SET_TYPEPARAM_DEFAULT);
            } else if seen_default {
                let msg =
                    format!("non-default type parameter '{}' follows default type parameter", p.name);
                return self.error(loc, msg);
            }
            self.emit_i(loc, op::COPY, 1u32);
            self.name_op(loc, &p.name, Context::Store)?;
        }
        if let Some(first) = params.first() {
            self.emit_i(first.loc, op::BUILD_TUPLE, params.len());
        }
        Ok(())
    }

    pub(crate) fn type_alias(
        &mut self,
        s: &'a Stmt,
        target: &'a Expr,
        params: &'a [TypeParam],
        value: &'a Expr,
    ) -> Result<()> {
        let loc = s.loc;
        let Some(name) = target.as_name() else { return self.error(loc, "invalid type alias name") };
        let generic = !params.is_empty();
        if generic {
            let scope_name: Name = format!("<generic parameters of {name}>").into();
            let block = self.table.lookup(Key::type_params(params))?;
            self.enter_scope(scope_name, ScopeKind::Annotations, block, loc.line, None, ArgCounts::default())?;
            self.load_str(loc, name);
            self.type_params(params)?;
        } else {
            self.load_str(loc, name);
            self.load_none(loc);
        }
        self.load_const(loc, Const::Tuple([Const::Int(1)].into()));
        self.setup_annotations_scope(loc, Key::stmt(s), name)?;
        self.expr(value)?;
        self.emit(loc, op::RETURN_VALUE);
        let code = self.finish_unit(false)?;
        self.make_closure(loc, code, attribute::DEFAULTS)?;
        self.emit_i(loc, op::BUILD_TUPLE, 3u32);
        self.emit_i(loc, op::CALL_INTRINSIC_1, intrinsic1::TYPEALIAS);
        if generic {
            let code = self.finish_unit(false)?;
            self.make_closure(loc, code, 0)?;
            self.emit(loc, op::PUSH_NULL);
            self.emit_i(loc, op::CALL, 0u32);
        }
        self.name_op(loc, name, Context::Store)
    }
}
