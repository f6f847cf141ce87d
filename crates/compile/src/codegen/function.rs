//! Functions and lambdas.

use taipan_isa::locations::Location;
use taipan_isa::oparg::{function_attribute as attribute, intrinsic1, intrinsic2};
use taipan_isa::{Const, Name, op};

use super::blocks::FBlockKind;
use super::{ArgCounts, Compiler, NO_LOCATION, ScopeKind};
use crate::ast::*;
use crate::error::Result;
use crate::flowgraph::pseudo;
use crate::symtable::Key;

fn counts(a: &Arguments) -> ArgCounts {
    ArgCounts { args: a.args.len(), posonly: a.posonlyargs.len(), kwonly: a.kwonlyargs.len() }
}

impl<'a> Compiler<'a> {
    pub(crate) fn decorators(&mut self, decorators: &'a [Expr]) -> Result<()> {
        decorators.iter().try_for_each(|d| self.expr(d))
    }

    pub(crate) fn apply_decorators(&mut self, decorators: &'a [Expr]) {
        for d in decorators.iter().rev() {
            self.emit_i(d.loc, op::CALL, 0u32);
        }
    }

    /// Pushes a tuple and a dict of default values, if there are any; what was pushed.
    fn default_arguments(&mut self, loc: Location, a: &'a Arguments) -> Result<u32> {
        let mut flags = 0;
        if !a.defaults.is_empty() {
            a.defaults.iter().try_for_each(|e| self.expr(e))?;
            self.emit_i(loc, op::BUILD_TUPLE, a.defaults.len());
            flags |= attribute::DEFAULTS;
        }
        let mut n = 0u32;
        for (arg, default) in a.kwonlyargs.iter().zip(&a.kw_defaults) {
            if let Some(d) = default {
                let mangled = self.mangled(&arg.arg);
                self.load_str(loc, &mangled);
                self.expr(d)?;
                n += 1;
            }
        }
        if n > 0 {
            self.emit_i(loc, op::BUILD_MAP, n);
            flags |= attribute::KWDEFAULTS;
        }
        Ok(flags)
    }

    /// Turns StopIteration out of a generator's body into RuntimeError.
    pub(crate) fn wrap_in_stopiteration_handler(&mut self) {
        let handler = self.new_label();
        self.unit().seq.insert_first(pseudo::SETUP_CLEANUP, handler, NO_LOCATION);
        self.load_none(NO_LOCATION);
        self.emit(NO_LOCATION, op::RETURN_VALUE);
        self.use_label(handler);
        self.emit_i(NO_LOCATION, op::CALL_INTRINSIC_1, intrinsic1::STOPITERATION_ERROR);
        self.emit_i(NO_LOCATION, op::RERAISE, 1u32);
    }

    fn function_body(&mut self, s: &'a Stmt, f: &'a FunctionDef, flags: u32, firstlineno: i32) -> Result<()> {
        let kind = if f.is_async { ScopeKind::AsyncFunction } else { ScopeKind::Function };
        let block = self.table.lookup(Key::stmt(s))?;
        self.enter_scope(f.name.clone(), kind, block, firstlineno, None, counts(&f.args))?;
        let mut body = &f.body[..];
        if self.ste().has_docstring
            && let Some((doc, _)) = docstring(body)
        {
            let clean = super::check::clean_doc(doc);
            self.unit().consts.add(Const::Str(clean));
            body = &body[1..];
        }
        let generator = self.ste().coroutine || self.ste().generator;
        if generator {
            let start = self.new_label();
            self.use_label(start);
            self.push_fblock(NO_LOCATION, FBlockKind::StopIteration, Some(start), None)?;
        }
        self.stmts(body)?;
        if generator {
            self.wrap_in_stopiteration_handler();
            self.pop_fblock(FBlockKind::StopIteration);
        }
        let code = self.finish_unit(true)?;
        self.make_closure(s.loc, code, flags)
    }

    pub(crate) fn function(&mut self, s: &'a Stmt, f: &'a FunctionDef) -> Result<()> {
        self.decorators(&f.decorators)?;
        let loc = s.loc;
        let firstlineno = f.decorators.first().map_or(loc.line, |d| d.loc.line);
        let generic = !f.type_params.is_empty();
        let mut flags = self.default_arguments(loc, &f.args)?;
        let mut type_param_args = 0usize;
        if generic {
            type_param_args =
                (flags & attribute::DEFAULTS != 0) as usize + (flags & attribute::KWDEFAULTS != 0) as usize;
            if type_param_args == 2 {
                self.emit_i(loc, op::SWAP, 2u32);
            }
            let name: Name = format!("<generic parameters of {}>", f.name).into();
            let block = self.table.lookup(Key::type_params(&f.type_params))?;
            let args = ArgCounts { args: type_param_args, ..ArgCounts::default() };
            self.enter_scope(name, ScopeKind::Annotations, block, firstlineno, None, args)?;
            self.type_params(&f.type_params)?;
            for i in 0..type_param_args {
                self.emit_i(loc, op::LOAD_FAST, i);
            }
        }
        flags |= self.function_annotations(loc, &f.name, &f.args, f.returns.as_ref())?;
        self.function_body(s, f, flags, firstlineno)?;
        if generic {
            self.emit_i(loc, op::SWAP, 2u32);
            self.emit_i(loc, op::CALL_INTRINSIC_2, intrinsic2::SET_FUNCTION_TYPE_PARAMS);
            let code = self.finish_unit(false)?;
            self.make_closure(loc, code, 0)?;
            if type_param_args > 0 {
                self.emit_i(loc, op::SWAP, type_param_args + 1);
                self.emit_i(loc, op::CALL, type_param_args - 1);
            } else {
                self.emit(loc, op::PUSH_NULL);
                self.emit_i(loc, op::CALL, 0u32);
            }
        }
        self.apply_decorators(&f.decorators);
        self.name_op(loc, &f.name, Context::Store)
    }

    pub(crate) fn lambda(&mut self, e: &'a Expr, args: &'a Arguments, body: &'a Expr) -> Result<()> {
        let flags = self.default_arguments(e.loc, args)?;
        let block = self.table.lookup(Key::expr(e))?;
        self.enter_scope("<lambda>".into(), ScopeKind::Lambda, block, e.loc.line, None, counts(args))?;
        self.expr(body)?;
        let add_none = if self.ste().generator {
            false
        } else {
            self.emit(body.loc, op::RETURN_VALUE);
            true
        };
        let code = self.finish_unit(add_none)?;
        self.make_closure(e.loc, code, flags)
    }
}
