//! Calls.

use taipan_isa::locations::Location;
use taipan_isa::oparg::{common_constant, intrinsic1};
use taipan_isa::{Const, Name, op};

use super::display::{STACK_USE_GUIDELINE, TUPLE};
use super::name::{AttrLoad, attr_location};
use super::{Compiler, NO_LOCATION};
use crate::ast::*;
use crate::error::Result;
use crate::flowgraph::{Label, Op, pseudo};
use crate::symtable::{Key, Scope, def};

impl<'a> Compiler<'a> {
    pub(crate) fn call(&mut self, e: &'a Expr, func: &'a Expr, args: &'a [Expr], keywords: &'a [Keyword]) -> Result<()> {
        self.validate_keywords(keywords)?;
        if self.method_call(e, func, args, keywords)? {
            return Ok(());
        }
        let done = self.new_label();
        self.check_caller(func);
        self.expr(func)?;
        self.optimized_builtin(func, args, keywords, done)?;
        self.emit(func.loc, op::PUSH_NULL);
        self.call_helper(e.loc, 0, args, None, keywords)?;
        self.use_label(done);
        Ok(())
    }

    fn validate_keywords(&self, keywords: &[Keyword]) -> Result<()> {
        let mut seen = rustc_hash::FxHashSet::default();
        if keywords.iter().filter_map(|k| k.arg.as_ref()).all(|n| seen.insert(n)) {
            return Ok(());
        }
        for (i, k) in keywords.iter().enumerate() {
            if k.arg.is_none() {
                continue;
            }
            if let Some(other) = keywords[i + 1..].iter().find(|o| o.arg == k.arg) {
                let name = k.arg.as_deref().unwrap_or_default();
                return self.error(other.loc, format!("keyword argument repeated: {name}"));
            }
        }
        Ok(())
    }

    /// `obj.method(…)` without stars; false if it is something else.
    fn method_call(&mut self, e: &'a Expr, func: &'a Expr, args: &'a [Expr], keywords: &'a [Keyword]) -> Result<bool> {
        let ExprKind::Attribute { value, attr, ctx: Context::Load } = &func.kind else { return Ok(false) };
        if let Some(id) = value.as_name()
            && self.table.top().symbol(id) & def::IMPORT != 0
        {
            return Ok(false);
        }
        if args.len() + keywords.len() + !keywords.is_empty() as usize >= STACK_USE_GUIDELINE
            || args.iter().any(Expr::is_starred)
            || keywords.iter().any(|k| k.arg.is_none())
        {
            return Ok(false);
        }
        let mut loc = func.loc;
        if self.can_optimize_super_call(value, attr) {
            let zero = self.load_args_for_super(value)?;
            let how = if zero { AttrLoad::ZeroSuperMethod } else { AttrLoad::SuperMethod };
            self.load_attr(loc, how, attr);
            loc = attr_location(loc, func, attr);
            self.emit(loc, op::NOP);
        } else {
            self.expr(value)?;
            loc = attr_location(loc, func, attr);
            self.load_attr(loc, AttrLoad::Method, attr);
        }
        self.exprs(args)?;
        if keywords.is_empty() {
            self.emit_i(attr_location(e.loc, func, attr), op::CALL, args.len());
        } else {
            keywords.iter().try_for_each(|k| self.expr(&k.value))?;
            self.keyword_names(loc, keywords);
            self.emit_i(attr_location(e.loc, func, attr), op::CALL_KW, args.len() + keywords.len());
        }
        Ok(true)
    }

    fn keyword_names(&mut self, loc: Location, keywords: &[Keyword]) {
        let names: Box<[Const]> =
            keywords.iter().map(|k| Const::Str(k.arg.as_deref().unwrap_or_default().into())).collect();
        self.load_const(loc, Const::Tuple(names));
    }

    /// `all`, `any` and `tuple` of a generator expression are run in line if they are the builtins.
    fn optimized_builtin(&mut self, func: &'a Expr, args: &'a [Expr], keywords: &'a [Keyword], end: Label) -> Result<()> {
        let ([arg], []) = (args, keywords) else { return Ok(()) };
        let (Some(id), ExprKind::GeneratorExp { .. }) = (func.as_name(), &arg.kind) else { return Ok(()) };
        // The builtin, its result when the loop runs out, and the jump that continues the loop.
        let (constant, exhausted, jump): (u32, Option<bool>, Op) = match &**id {
            "all" => (common_constant::BUILTIN_ALL, Some(true), op::POP_JUMP_IF_TRUE as Op),
            "any" => (common_constant::BUILTIN_ANY, Some(false), op::POP_JUMP_IF_FALSE as Op),
            "tuple" => (common_constant::BUILTIN_TUPLE, None, 0),
            _ => return Ok(()),
        };
        let block = self.table.lookup(Key::expr(arg))?;
        if self.table[block].coroutine {
            return Ok(());
        }
        let loc = func.loc;
        let skip = self.new_label();
        self.emit_i(loc, op::COPY, 1u32);
        self.emit_i(loc, op::LOAD_COMMON_CONSTANT, constant);
        self.emit_i(loc, op::IS_OP, 0u32);
        self.emit_jump(loc, op::POP_JUMP_IF_FALSE, skip);
        self.emit(loc, op::POP_TOP);
        if exhausted.is_none() {
            self.emit_i(loc, op::BUILD_LIST, 0u32);
        }
        self.expr(arg)?;
        let start = self.new_label();
        let cleanup = self.new_label();
        self.use_label(start);
        self.emit_jump(loc, op::FOR_ITER, cleanup);
        match exhausted {
            None => {
                self.emit_i(loc, op::LIST_APPEND, 2u32);
                self.emit_jump(loc, pseudo::JUMP, start);
            }
            Some(_) => {
                self.emit(loc, op::TO_BOOL);
                self.emit_jump(loc, jump, start);
            }
        }
        self.emit(NO_LOCATION, op::POP_ITER);
        if let Some(x) = exhausted {
            self.load_const(loc, Const::Bool(!x));
        }
        self.emit_jump(loc, pseudo::JUMP, end);
        self.use_label(cleanup);
        self.emit(NO_LOCATION, op::END_FOR);
        self.emit(NO_LOCATION, op::POP_ITER);
        match exhausted {
            None => self.emit_i(loc, op::CALL_INTRINSIC_1, intrinsic1::LIST_TO_TUPLE),
            Some(x) => self.load_const(loc, Const::Bool(x)),
        }
        self.emit_jump(loc, pseudo::JUMP, end);
        self.use_label(skip);
        Ok(())
    }

    /// Arguments and call; `n` positional arguments lie on the stack already, and the value of the
    /// name `injected` is one more.
    pub(crate) fn call_helper(
        &mut self,
        loc: Location,
        n: usize,
        args: &'a [Expr],
        injected: Option<&Name>,
        keywords: &'a [Keyword],
    ) -> Result<()> {
        self.validate_keywords(keywords)?;
        let plain = args.len() + keywords.len() * 2 <= STACK_USE_GUIDELINE
            && !args.iter().any(Expr::is_starred)
            && keywords.iter().all(|k| k.arg.is_some());
        if !plain {
            return self.call_ex(loc, n, args, injected, keywords);
        }
        self.exprs(args)?;
        let mut count = n + args.len();
        if let Some(name) = injected {
            self.name_op(loc, name, Context::Load)?;
            count += 1;
        }
        if keywords.is_empty() {
            self.emit_i(loc, op::CALL, count);
        } else {
            keywords.iter().try_for_each(|k| self.expr(&k.value))?;
            self.keyword_names(loc, keywords);
            self.emit_i(loc, op::CALL_KW, count + keywords.len());
        }
        Ok(())
    }

    fn call_ex(
        &mut self,
        loc: Location,
        n: usize,
        args: &'a [Expr],
        injected: Option<&Name>,
        keywords: &'a [Keyword],
    ) -> Result<()> {
        match args {
            [Expr { kind: ExprKind::Starred { value, .. }, .. }] if n == 0 => self.expr(value)?,
            _ => self.star_unpack(loc, args, injected, n, TUPLE)?,
        }
        if keywords.is_empty() {
            self.emit(loc, op::PUSH_NULL);
            self.emit(loc, op::CALL_FUNCTION_EX);
            return Ok(());
        }
        let mut have_dict = false;
        let mut seen = 0;
        let merge = |c: &mut Self, from: usize, to: usize, have_dict: &mut bool| -> Result<()> {
            c.sub_keywords(loc, &keywords[from..to])?;
            if *have_dict {
                c.emit_i(loc, op::DICT_MERGE, 1u32);
            }
            *have_dict = true;
            Ok(())
        };
        for (i, k) in keywords.iter().enumerate() {
            if k.arg.is_some() {
                seen += 1;
                continue;
            }
            if seen > 0 {
                merge(self, i - seen, i, &mut have_dict)?;
                seen = 0;
            }
            if !have_dict {
                self.emit_i(loc, op::BUILD_MAP, 0u32);
                have_dict = true;
            }
            self.expr(&k.value)?;
            self.emit_i(loc, op::DICT_MERGE, 1u32);
        }
        if seen > 0 {
            merge(self, keywords.len() - seen, keywords.len(), &mut have_dict)?;
        }
        self.emit(loc, op::CALL_FUNCTION_EX);
        Ok(())
    }

    fn sub_keywords(&mut self, loc: Location, keywords: &'a [Keyword]) -> Result<()> {
        let big = keywords.len() * 2 > STACK_USE_GUIDELINE;
        if big {
            self.emit_i(NO_LOCATION, op::BUILD_MAP, 0u32);
        }
        for k in keywords {
            self.load_str(loc, k.arg.as_deref().unwrap_or_default());
            self.expr(&k.value)?;
            if big {
                self.emit_i(NO_LOCATION, op::MAP_ADD, 1u32);
            }
        }
        if !big {
            self.emit_i(loc, op::BUILD_MAP, keywords.len());
        }
        Ok(())
    }

    /// Whether `value.attr` is an access through `super()` that needs no super object.
    pub(crate) fn can_optimize_super_call(&self, value: &Expr, attr: &str) -> bool {
        let ExprKind::Call { func, args, keywords } = &value.kind else { return false };
        let Some(id) = func.as_name() else { return false };
        if &**id != "super" || attr == "__class__" || !keywords.is_empty() {
            return false;
        }
        if self.ste().scope(id) != Scope::GlobalImplicit || self.table.top().scope(id) != Scope::Unknown {
            return false;
        }
        match args.len() {
            2 => !args.iter().any(Expr::is_starred),
            0 => {
                let u = self.unit_ref();
                (u.argcount > 0 || u.posonlyargcount > 0) && self.ref_type("__class__") == Scope::Free
            }
            _ => false,
        }
    }

    /// Pushes `super`, the class and the object; whether they were left out.
    pub(crate) fn load_args_for_super(&mut self, e: &'a Expr) -> Result<bool> {
        let ExprKind::Call { func, args, .. } = &e.kind else { return Ok(false) };
        self.name_op(func.loc, &"super".into(), Context::Load)?;
        if args.len() == 2 {
            self.exprs(args)?;
            return Ok(false);
        }
        self.name_op(e.loc, &"__class__".into(), Context::Load)?;
        let first = self.unit_ref().varnames.first().cloned();
        if let Some(first) = first {
            self.name_op(e.loc, &first, Context::Load)?;
        }
        Ok(true)
    }
}
