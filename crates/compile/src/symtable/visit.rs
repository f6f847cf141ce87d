//! First pass, the walk over the tree.

use taipan_isa::locations::Location;

use super::build::Builder;
use super::{BlockId, BlockKind, ComprehensionKind, Key, def};
use crate::ast::*;
use crate::depth::deeper;
use crate::error::{Error, Result};

impl Builder<'_> {
    pub fn visit_body(&mut self, body: &[Stmt]) -> Result<()> {
        body.iter().try_for_each(|s| self.visit_stmt(s))
    }

    fn visit_exprs(&mut self, exprs: &[Expr]) -> Result<()> {
        exprs.iter().try_for_each(|e| self.visit_expr(e))
    }

    fn visit_opt(&mut self, e: Option<&Expr>) -> Result<()> {
        e.map_or(Ok(()), |e| self.visit_expr(e))
    }

    fn conditional(&mut self, f: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let was = std::mem::replace(&mut self.cur().in_conditional_block, true);
        f(self)?;
        self.cur().in_conditional_block = was;
        Ok(())
    }

    pub fn visit_stmt(&mut self, s: &Stmt) -> Result<()> {
        self.depth.enter()?;
        let r = deeper(|| self.stmt(s));
        self.depth.leave();
        r
    }

    fn stmt(&mut self, s: &Stmt) -> Result<()> {
        match &s.kind {
            StmtKind::FunctionDef(f) => self.function(s, f)?,
            StmtKind::ClassDef(c) => self.class(s, c)?,
            StmtKind::TypeAlias { name, type_params, value } => self.type_alias(s, name, type_params, value)?,
            StmtKind::Return(v) => {
                if let Some(v) = v {
                    self.visit_expr(v)?;
                    self.cur().returns_value = true;
                }
            }
            StmtKind::Delete(targets) => self.visit_exprs(targets)?,
            StmtKind::Assign { targets, value, .. } => {
                self.visit_exprs(targets)?;
                self.visit_expr(value)?;
            }
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                self.ann_assign(s, target, annotation, value.as_deref(), *simple)?
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.visit_expr(target)?;
                self.visit_expr(value)?;
            }
            StmtKind::For(f) => {
                if f.is_async {
                    self.module_coroutine();
                    self.require_coroutine("'async for' outside async function", s.loc)?;
                }
                self.visit_expr(&f.target)?;
                self.visit_expr(&f.iter)?;
                self.conditional(|b| {
                    b.visit_body(&f.body)?;
                    b.visit_body(&f.orelse)
                })?;
            }
            StmtKind::While { test, body, orelse } | StmtKind::If { test, body, orelse } => {
                self.visit_expr(test)?;
                self.conditional(|b| {
                    b.visit_body(body)?;
                    b.visit_body(orelse)
                })?;
            }
            StmtKind::Match { subject, cases } => {
                self.visit_expr(subject)?;
                self.conditional(|b| {
                    for m in cases {
                        b.pattern(&m.pattern)?;
                        b.visit_opt(m.guard.as_ref())?;
                        b.visit_body(&m.body)?;
                    }
                    Ok(())
                })?;
            }
            StmtKind::Raise { exc, cause } => {
                if exc.is_some() {
                    self.visit_opt(exc.as_deref())?;
                    self.visit_opt(cause.as_deref())?;
                }
            }
            StmtKind::Try(t) => self.conditional(|b| {
                b.visit_body(&t.body)?;
                for h in &t.handlers {
                    b.visit_opt(h.typ.as_ref())?;
                    if let Some(n) = &h.name {
                        b.add_def(n, def::LOCAL, h.loc)?;
                    }
                    b.visit_body(&h.body)?;
                }
                b.visit_body(&t.orelse)?;
                b.visit_body(&t.finalbody)
            })?,
            StmtKind::Assert { test, msg } => {
                self.visit_expr(test)?;
                self.visit_opt(msg.as_deref())?;
            }
            StmtKind::Import(names) => names.iter().try_for_each(|a| self.alias(a))?,
            StmtKind::ImportFrom { module, names, level } => {
                names.iter().try_for_each(|a| self.alias(a))?;
                let fut = self.future.location;
                if *level == 0
                    && module.as_deref() == Some("__future__")
                    && (s.loc.line > fut.line || (s.loc.line == fut.end_line && s.loc.col > fut.end_col))
                {
                    let msg = "from __future__ imports must occur at the beginning of the file";
                    return Err(Error::syntax(msg, s.loc));
                }
            }
            StmtKind::Global(names) => names.iter().try_for_each(|n| self.directive(n, def::GLOBAL, s.loc))?,
            StmtKind::Nonlocal(names) => names.iter().try_for_each(|n| self.directive(n, def::NONLOCAL, s.loc))?,
            StmtKind::Expr(e) => self.visit_expr(e)?,
            StmtKind::Pass | StmtKind::Break | StmtKind::Continue => {}
            StmtKind::With { is_async, items, body, .. } => {
                if *is_async {
                    self.module_coroutine();
                    self.require_coroutine("'async with' outside async function", s.loc)?;
                }
                self.conditional(|b| {
                    for i in items {
                        b.visit_expr(&i.context_expr)?;
                        b.visit_opt(i.optional_vars.as_ref())?;
                    }
                    b.visit_body(body)
                })?;
            }
        }
        Ok(())
    }

    fn module_coroutine(&mut self) {
        if self.allows_top_level_await() {
            self.cur().coroutine = true;
        }
    }

    fn require_coroutine(&mut self, msg: &str, loc: Location) -> Result<()> {
        if self.cur().coroutine { Ok(()) } else { Err(Error::syntax(msg, loc)) }
    }

    fn directive(&mut self, name: &Name, flag: u32, loc: Location) -> Result<()> {
        let cur = self.lookup(name);
        if cur & (def::PARAM | def::LOCAL | def::USE | def::ANNOT) != 0 {
            let word = if flag == def::GLOBAL { "global" } else { "nonlocal" };
            let msg = if cur & def::PARAM != 0 {
                format!("name '{name}' is parameter and {word}")
            } else if cur & def::USE != 0 {
                format!("name '{name}' is used prior to {word} declaration")
            } else if cur & def::ANNOT != 0 {
                format!("annotated name '{name}' can't be {word}")
            } else {
                format!("name '{name}' is assigned to before {word} declaration")
            };
            return Err(Error::syntax(msg, loc));
        }
        self.add_def(name, flag, loc)?;
        self.record_directive(name, loc);
        Ok(())
    }

    fn function(&mut self, s: &Stmt, f: &FunctionDef) -> Result<()> {
        self.add_def(&f.name, def::LOCAL, s.loc)?;
        self.visit_exprs(&f.args.defaults)?;
        f.args.kw_defaults.iter().flatten().try_for_each(|e| self.visit_expr(e))?;
        self.visit_exprs(&f.decorators)?;
        let generic = !f.type_params.is_empty();
        if generic {
            let kwdefaults = f.args.kw_defaults.iter().any(Option::is_some);
            self.enter_type_param_block(&f.name, &f.type_params, true, kwdefaults, false, s.loc)?;
            self.type_params(&f.type_params)?;
        }
        let id = self.new_block(f.name.clone(), BlockKind::Function, Key::stmt(s), s.loc);
        self.table[id].has_docstring = docstring(&f.body).is_some();
        self.annotations(s, &f.args, f.returns.as_ref())?;
        self.enter_existing_block(id);
        if f.is_async {
            self.cur().coroutine = true;
        }
        self.arguments(&f.args)?;
        self.visit_body(&f.body)?;
        self.exit_block();
        if generic {
            self.exit_block();
        }
        Ok(())
    }

    fn class(&mut self, s: &Stmt, c: &ClassDef) -> Result<()> {
        self.add_def(&c.name, def::LOCAL, s.loc)?;
        self.visit_exprs(&c.decorators)?;
        let outer = self.private.clone();
        let generic = !c.type_params.is_empty();
        if generic {
            self.enter_type_param_block(&c.name, &c.type_params, false, false, true, s.loc)?;
            self.private = Some(c.name.clone());
            self.new_mangled_set();
            self.type_params(&c.type_params)?;
        }
        self.visit_exprs(&c.bases)?;
        self.keywords(&c.keywords)?;
        self.enter_block(c.name.clone(), BlockKind::Class, Key::stmt(s), s.loc)?;
        self.private = Some(c.name.clone());
        if generic {
            self.add_def(&"__type_params__".into(), def::LOCAL, s.loc)?;
            self.add_def(&".type_params".into(), def::USE, s.loc)?;
        }
        self.cur().has_docstring = docstring(&c.body).is_some();
        self.visit_body(&c.body)?;
        self.exit_block();
        if generic {
            self.exit_block();
        }
        self.private = outer;
        Ok(())
    }

    fn type_alias(&mut self, s: &Stmt, name: &Expr, params: &[TypeParam], value: &Expr) -> Result<()> {
        self.visit_expr(name)?;
        let Some(id) = name.as_name() else {
            return Err(Error::syntax("invalid type alias name", s.loc));
        };
        let in_class = self.cur().kind == BlockKind::Class;
        if !params.is_empty() {
            self.enter_type_param_block(id, params, false, false, false, s.loc)?;
            self.type_params(params)?;
        }
        self.enter_block(id.clone(), BlockKind::TypeAlias, Key::stmt(s), s.loc)?;
        self.cur().can_see_class_scope = in_class;
        if in_class {
            self.add_def(&"__classdict__".into(), def::USE, value.loc)?;
        }
        self.visit_expr(value)?;
        self.exit_block();
        if !params.is_empty() {
            self.exit_block();
        }
        Ok(())
    }

    fn ann_assign(
        &mut self,
        s: &Stmt,
        target: &Expr,
        annotation: &Expr,
        value: Option<&Expr>,
        simple: bool,
    ) -> Result<()> {
        self.cur().annotations_used = true;
        if let Some(id) = target.as_name() {
            let cur = self.lookup(id);
            if cur & (def::GLOBAL | def::NONLOCAL) != 0 && self.cur_id() != BlockId(0) && simple {
                let word = if cur & def::GLOBAL != 0 { "global" } else { "nonlocal" };
                return Err(Error::syntax(format!("annotated name '{id}' can't be {word}"), s.loc));
            }
            if simple {
                self.add_def(id, def::ANNOT | def::LOCAL, target.loc)?;
            } else if value.is_some() {
                self.add_def(id, def::LOCAL, target.loc)?;
            }
        } else {
            self.visit_expr(target)?;
        }
        self.annotation(annotation)?;
        self.visit_opt(value)
    }

    /// The annotation of a variable: one block for all of a body's.
    fn annotation(&mut self, annotation: &Expr) -> Result<()> {
        let parent = self.cur_id();
        let kind = self.cur().kind;
        let unevaluated = kind == BlockKind::Function;
        if (kind == BlockKind::Module || kind == BlockKind::Class && self.cur().in_conditional_block)
            && !self.cur().has_conditional_annotations
        {
            self.cur().has_conditional_annotations = true;
            self.add_def(&"__conditional_annotations__".into(), def::USE, annotation.loc)?;
        }
        if let Some(id) = self.table[parent].annotation_block {
            self.enter_existing_block(id);
        } else {
            self.enter_block("__annotate__".into(), BlockKind::Annotation, Key::annotations(parent), annotation.loc)?;
            self.table[parent].annotation_block = Some(self.cur_id());
            if kind == BlockKind::Class && !self.future.annotations() {
                self.cur().can_see_class_scope = true;
                self.add_def(&"__classdict__".into(), def::USE, annotation.loc)?;
            }
        }
        if unevaluated {
            self.cur().in_unevaluated_annotation = true;
        }
        self.visit_expr(annotation)?;
        if unevaluated {
            self.cur().in_unevaluated_annotation = false;
        }
        self.exit_block();
        Ok(())
    }

    /// The annotations of a function: a block of their own.
    fn annotations(&mut self, s: &Stmt, a: &Arguments, returns: Option<&Expr>) -> Result<()> {
        let sees_class = self.cur().can_see_class_scope || self.cur().kind == BlockKind::Class;
        self.enter_block("__annotate__".into(), BlockKind::Annotation, Key::arguments(a), s.loc)?;
        if sees_class {
            self.cur().can_see_class_scope = true;
            self.add_def(&"__classdict__".into(), def::USE, s.loc)?;
        }
        let all = a.posonlyargs.iter().chain(&a.args).chain(&a.vararg).chain(&a.kwarg).chain(&a.kwonlyargs);
        for e in all.filter_map(|a| a.annotation.as_deref()).chain(returns) {
            self.cur().annotations_used = true;
            self.visit_expr(e)?;
        }
        self.exit_block();
        Ok(())
    }

    fn arguments(&mut self, a: &Arguments) -> Result<()> {
        for p in a.posonlyargs.iter().chain(&a.args).chain(&a.kwonlyargs) {
            self.add_def(&p.arg, def::PARAM, p.loc)?;
        }
        if let Some(p) = &a.vararg {
            self.add_def(&p.arg, def::PARAM, p.loc)?;
            self.cur().varargs = true;
        }
        if let Some(p) = &a.kwarg {
            self.add_def(&p.arg, def::PARAM, p.loc)?;
            self.cur().varkeywords = true;
        }
        Ok(())
    }

    fn enter_type_param_block(
        &mut self,
        name: &Name,
        params: &[TypeParam],
        defaults: bool,
        kwdefaults: bool,
        class: bool,
        loc: Location,
    ) -> Result<()> {
        let in_class = self.cur().kind == BlockKind::Class;
        self.enter_block(name.clone(), BlockKind::TypeParameters, Key::type_params(params), loc)?;
        if in_class {
            self.cur().can_see_class_scope = true;
            self.add_def(&"__classdict__".into(), def::USE, loc)?;
        }
        if class {
            for n in [".type_params", ".generic_base"] {
                self.add_def(&n.into(), def::LOCAL, loc)?;
                self.add_def(&n.into(), def::USE, loc)?;
            }
        }
        if defaults {
            self.add_def(&".defaults".into(), def::PARAM, loc)?;
        }
        if kwdefaults {
            self.add_def(&".kwdefaults".into(), def::PARAM, loc)?;
        }
        Ok(())
    }

    fn type_params(&mut self, params: &[TypeParam]) -> Result<()> {
        for p in params {
            self.add_def(&p.name, def::TYPE_PARAM | def::LOCAL, p.loc)?;
            let (bound, info) = match &p.kind {
                TypeParamKind::TypeVar { bound } => (bound.as_ref(), "a TypeVar default"),
                TypeParamKind::ParamSpec => (None, "a ParamSpec default"),
                TypeParamKind::TypeVarTuple => (None, "a TypeVarTuple default"),
            };
            if &*p.name == "__classdict__" {
                let msg = format!("reserved name '{}' cannot be used for type parameter", p.name);
                return Err(Error::syntax(msg, p.loc));
            }
            if let Some(b) = bound {
                let tuple = matches!(b.kind, ExprKind::Tuple { .. });
                let info = if tuple { "a TypeVar constraint" } else { "a TypeVar bound" };
                self.type_variable(b, &p.name, Key::bound(p), info)?;
            }
            if let Some(d) = &p.default {
                self.type_variable(d, &p.name, Key::default(p), info)?;
            }
        }
        Ok(())
    }

    fn type_variable(&mut self, e: &Expr, name: &Name, key: Key, info: &'static str) -> Result<()> {
        let in_class = self.cur().can_see_class_scope;
        self.enter_block(name.clone(), BlockKind::TypeVariable, key, e.loc)?;
        self.cur().can_see_class_scope = in_class;
        if in_class {
            self.add_def(&"__classdict__".into(), def::USE, e.loc)?;
        }
        self.cur().scope_info = Some(info);
        self.visit_expr(e)?;
        self.exit_block();
        Ok(())
    }

    fn alias(&mut self, a: &Alias) -> Result<()> {
        let name = a.asname.as_ref().unwrap_or(&a.name);
        if &**name == "*" {
            if self.cur().kind != BlockKind::Module {
                return Err(Error::syntax("import * only allowed at module level", a.loc));
            }
            return Ok(());
        }
        match name.split_once('.') {
            Some((first, _)) => self.add_def(&first.into(), def::IMPORT, a.loc),
            None => self.add_def(name, def::IMPORT, a.loc),
        }
    }

    fn keywords(&mut self, keywords: &[Keyword]) -> Result<()> {
        for k in keywords {
            if let Some(n) = &k.arg {
                self.check_name(n, Context::Store, k.loc)?;
            }
        }
        keywords.iter().try_for_each(|k| self.visit_expr(&k.value))
    }

    fn pattern(&mut self, p: &Pattern) -> Result<()> {
        self.depth.enter()?;
        let r = deeper(|| self.pattern_inner(p));
        self.depth.leave();
        r
    }

    fn pattern_inner(&mut self, p: &Pattern) -> Result<()> {
        match &p.kind {
            PatternKind::MatchValue(e) => self.visit_expr(e),
            PatternKind::MatchSingleton(_) => Ok(()),
            PatternKind::MatchSequence(ps) | PatternKind::MatchOr(ps) => ps.iter().try_for_each(|p| self.pattern(p)),
            PatternKind::MatchStar(name) => name.iter().try_for_each(|n| self.add_def(n, def::LOCAL, p.loc)),
            PatternKind::MatchMapping { keys, patterns, rest } => {
                self.visit_exprs(keys)?;
                patterns.iter().try_for_each(|p| self.pattern(p))?;
                rest.iter().try_for_each(|n| self.add_def(n, def::LOCAL, p.loc))
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                self.visit_expr(cls)?;
                patterns.iter().try_for_each(|p| self.pattern(p))?;
                for (n, p) in kwd_attrs.iter().zip(kwd_patterns) {
                    self.check_name(n, Context::Store, p.loc)?;
                }
                kwd_patterns.iter().try_for_each(|p| self.pattern(p))
            }
            PatternKind::MatchAs { pattern, name } => {
                if let Some(inner) = pattern {
                    self.pattern(inner)?;
                }
                name.iter().try_for_each(|n| self.add_def(n, def::LOCAL, p.loc))
            }
        }
    }

    pub fn visit_expr(&mut self, e: &Expr) -> Result<()> {
        self.depth.enter()?;
        let r = deeper(|| self.expr(e));
        self.depth.leave();
        r
    }

    fn expr(&mut self, e: &Expr) -> Result<()> {
        match &e.kind {
            ExprKind::NamedExpr { target, value } => {
                self.refuse_in_annotation("named expression", e.loc)?;
                if self.cur().comp_iter_expr > 0 {
                    let msg = "assignment expression cannot be used in a comprehension iterable expression";
                    return Err(Error::syntax(msg, e.loc));
                }
                if self.cur().comprehension != ComprehensionKind::No {
                    self.extend_namedexpr_scope(target)?;
                }
                self.visit_expr(value)?;
                self.visit_expr(target)
            }
            ExprKind::BoolOp { values, .. } | ExprKind::JoinedStr(values) | ExprKind::TemplateStr(values) => {
                self.visit_exprs(values)
            }
            ExprKind::BinOp { left, right, .. } => {
                self.visit_expr(left)?;
                self.visit_expr(right)
            }
            ExprKind::UnaryOp { operand, .. } => self.visit_expr(operand),
            ExprKind::Lambda { args, body } => {
                self.visit_exprs(&args.defaults)?;
                args.kw_defaults.iter().flatten().try_for_each(|e| self.visit_expr(e))?;
                self.enter_block("lambda".into(), BlockKind::Function, Key::expr(e), e.loc)?;
                self.arguments(args)?;
                self.visit_expr(body)?;
                self.exit_block();
                Ok(())
            }
            ExprKind::IfExp { test, body, orelse } => {
                self.visit_expr(test)?;
                self.visit_expr(body)?;
                self.visit_expr(orelse)
            }
            ExprKind::Dict { keys, values } => {
                keys.iter().flatten().try_for_each(|e| self.visit_expr(e))?;
                self.visit_exprs(values)
            }
            ExprKind::Set(elts) | ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => self.visit_exprs(elts),
            ExprKind::GeneratorExp { elt, generators } => {
                self.comprehension(e, "genexpr", ComprehensionKind::Generator, generators, elt, None)
            }
            ExprKind::ListComp { elt, generators } => {
                self.comprehension(e, "listcomp", ComprehensionKind::List, generators, elt, None)
            }
            ExprKind::SetComp { elt, generators } => {
                self.comprehension(e, "setcomp", ComprehensionKind::Set, generators, elt, None)
            }
            ExprKind::DictComp { key, value, generators } => {
                self.comprehension(e, "dictcomp", ComprehensionKind::Dict, generators, key, Some(value))
            }
            ExprKind::Yield(value) => {
                self.refuse_in_annotation("yield expression", e.loc)?;
                self.visit_opt(value.as_deref())?;
                self.cur().generator = true;
                self.refuse_in_comprehension(e.loc)
            }
            ExprKind::YieldFrom(value) => {
                self.refuse_in_annotation("yield expression", e.loc)?;
                self.visit_expr(value)?;
                self.cur().generator = true;
                self.refuse_in_comprehension(e.loc)
            }
            ExprKind::Await(value) => {
                self.refuse_in_annotation("await expression", e.loc)?;
                if !self.allows_top_level_await() {
                    if !self.cur().is_function_like() {
                        return Err(Error::syntax("'await' outside function", e.loc));
                    }
                    if !self.is_async_def() && self.cur().comprehension == ComprehensionKind::No {
                        return Err(Error::syntax("'await' outside async function", e.loc));
                    }
                }
                self.visit_expr(value)?;
                self.cur().coroutine = true;
                Ok(())
            }
            ExprKind::Compare { left, comparators, .. } => {
                self.visit_expr(left)?;
                self.visit_exprs(comparators)
            }
            ExprKind::Call { func, args, keywords } => {
                self.visit_expr(func)?;
                self.visit_exprs(args)?;
                self.keywords(keywords)
            }
            ExprKind::FormattedValue { value, format_spec, .. }
            | ExprKind::Interpolation { value, format_spec, .. } => {
                self.visit_expr(value)?;
                self.visit_opt(format_spec.as_deref())
            }
            ExprKind::Constant { .. } => Ok(()),
            ExprKind::Attribute { value, attr, ctx } => {
                self.check_name(attr, *ctx, e.loc)?;
                self.visit_expr(value)
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.visit_expr(value)?;
                self.visit_expr(slice)
            }
            ExprKind::Starred { value, .. } => self.visit_expr(value),
            ExprKind::Slice { lower, upper, step } => {
                self.visit_opt(lower.as_deref())?;
                self.visit_opt(upper.as_deref())?;
                self.visit_opt(step.as_deref())
            }
            ExprKind::Name { id, ctx } => self.name(id, *ctx, e.loc),
        }
    }

    fn name(&mut self, id: &Name, ctx: Context, loc: Location) -> Result<()> {
        if self.cur().in_unevaluated_annotation {
            return Ok(());
        }
        let flag = if ctx == Context::Load { def::USE } else { def::LOCAL };
        self.add_def_ctx(id, flag, ctx, loc)?;
        // `super` needs the class it stands in.
        if ctx == Context::Load && self.cur().is_function_like() && &**id == "super" {
            self.add_def(&"__class__".into(), def::USE, loc)?;
        }
        Ok(())
    }

    fn refuse_in_annotation(&mut self, what: &str, loc: Location) -> Result<()> {
        let msg = match self.cur().kind {
            BlockKind::Annotation => format!("{what} cannot be used within an annotation"),
            BlockKind::TypeVariable => {
                format!("{what} cannot be used within {}", self.cur().scope_info.unwrap_or("a type variable"))
            }
            BlockKind::TypeAlias => format!("{what} cannot be used within a type alias"),
            BlockKind::TypeParameters => format!("{what} cannot be used within the definition of a generic"),
            _ => return Ok(()),
        };
        Err(Error::syntax(msg, loc))
    }

    fn refuse_in_comprehension(&mut self, loc: Location) -> Result<()> {
        Err(Error::syntax(
            match self.cur().comprehension {
                ComprehensionKind::No => return Ok(()),
                ComprehensionKind::List => "'yield' inside list comprehension",
                ComprehensionKind::Set => "'yield' inside set comprehension",
                ComprehensionKind::Dict => "'yield' inside dict comprehension",
                ComprehensionKind::Generator => "'yield' inside generator expression",
            },
            loc,
        ))
    }

    /// The target of a walrus in a comprehension belongs to the block around it.
    fn extend_namedexpr_scope(&mut self, target: &Expr) -> Result<()> {
        let Some(name) = target.as_name() else { return Ok(()) };
        let loc = target.loc;
        for i in (0..self.stack.len()).rev() {
            let id = self.stack[i];
            let (kind, comp) = (self.table[id].kind, self.table[id].comprehension);
            if comp != ComprehensionKind::No {
                let flags = self.lookup_in(id, name);
                if flags & def::COMP_ITER != 0 && flags & def::LOCAL != 0 {
                    let msg =
                        format!("assignment expression cannot rebind comprehension iteration variable '{name}'");
                    return Err(Error::syntax(msg, loc));
                }
                continue;
            }
            match kind {
                BlockKind::Function => {
                    let flag =
                        if self.lookup_in(id, name) & def::GLOBAL != 0 { def::GLOBAL } else { def::NONLOCAL };
                    self.add_def(name, flag, loc)?;
                    self.record_directive(name, loc);
                    return self.add_def_in(name, def::LOCAL, id, loc);
                }
                BlockKind::Module => {
                    self.add_def(name, def::GLOBAL, loc)?;
                    self.record_directive(name, loc);
                    return self.add_def_in(name, def::GLOBAL, id, loc);
                }
                BlockKind::Class | BlockKind::TypeParameters | BlockKind::TypeAlias | BlockKind::TypeVariable => {
                    let place = match kind {
                        BlockKind::Class => "a class body",
                        BlockKind::TypeParameters => "the definition of a generic",
                        BlockKind::TypeAlias => "a type alias",
                        _ => "a TypeVar bound",
                    };
                    let msg =
                        format!("assignment expression within a comprehension cannot be used in {place}");
                    return Err(Error::syntax(msg, loc));
                }
                BlockKind::Annotation => {}
            }
        }
        Ok(())
    }

    fn comprehension(
        &mut self,
        e: &Expr,
        name: &str,
        kind: ComprehensionKind,
        generators: &[Comprehension],
        elt: &Expr,
        value: Option<&Expr>,
    ) -> Result<()> {
        let is_generator = kind == ComprehensionKind::Generator;
        let Some(first) = generators.first() else {
            return Err(Error::new(crate::ErrorKind::ValueError, "comprehension with no generators"));
        };
        // The outermost iterable is evaluated outside.
        self.cur().comp_iter_expr += 1;
        self.visit_expr(&first.iter)?;
        self.cur().comp_iter_expr -= 1;
        self.enter_block(name.into(), BlockKind::Function, Key::expr(e), e.loc)?;
        self.cur().comprehension = kind;
        if first.is_async {
            self.cur().coroutine = true;
        }
        let loc = self.cur().loc;
        self.add_def(&".0".into(), def::PARAM, loc)?;
        self.comp_target(&first.target)?;
        self.visit_exprs(&first.ifs)?;
        for g in &generators[1..] {
            self.comp_target(&g.target)?;
            self.cur().comp_iter_expr += 1;
            self.visit_expr(&g.iter)?;
            self.cur().comp_iter_expr -= 1;
            self.visit_exprs(&g.ifs)?;
            if g.is_async {
                self.cur().coroutine = true;
            }
        }
        self.visit_opt(value)?;
        self.visit_expr(elt)?;
        self.cur().generator = is_generator;
        let is_async = self.cur().coroutine && !is_generator;
        self.exit_block();
        if is_async {
            if !self.is_async_def()
                && self.cur().comprehension == ComprehensionKind::No
                && !self.allows_top_level_await()
            {
                let msg = "asynchronous comprehension outside of an asynchronous function";
                return Err(Error::syntax(msg, e.loc));
            }
            self.cur().coroutine = true;
        }
        Ok(())
    }

    fn comp_target(&mut self, target: &Expr) -> Result<()> {
        self.cur().comp_iter_target = true;
        self.visit_expr(target)?;
        self.cur().comp_iter_target = false;
        Ok(())
    }
}
