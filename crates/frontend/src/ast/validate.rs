//! Whether a tree made by hand is one that the compiler can take.

use taipan_compile::ast::*;
use taipan_isa::locations::Location;
use taipan_objects::{Result, ThreadState};

pub fn module(ts: &ThreadState, m: &Mod) -> Result<()> {
    let v = Validator { ts };
    match m {
        Mod::Module { body } | Mod::Interactive { body } => v.stmts(body),
        Mod::Expression { body } => v.load(body),
        Mod::FunctionType { argtypes, returns } => {
            v.loads(argtypes)?;
            v.load(returns)
        }
    }
}

struct Validator<'a> {
    ts: &'a ThreadState,
}

fn context_name(ctx: Context) -> &'static str {
    match ctx {
        Context::Load => "Load",
        Context::Store => "Store",
        Context::Del => "Del",
    }
}

impl Validator<'_> {
    fn fail<T>(&self, text: impl Into<String>) -> Result<T> {
        Err(self.ts.value_error(text.into()))
    }

    fn position(&self, l: Location) -> Result<()> {
        let (line, end_line, col, end_col) = (l.line, l.end_line, l.col, l.end_col);
        if line > end_line {
            return self.fail(format!("AST node line range ({line}, {end_line}) is not valid"));
        }
        if line < 0 && end_line != line || col < 0 && col != end_col {
            return self.fail(format!(
                "AST node column range ({col}, {end_col}) for line range ({line}, {end_line}) is not valid"
            ));
        }
        if line == end_line && col > end_col {
            return self.fail(format!("line {line}, column {col}-{end_col} is not a valid range"));
        }
        Ok(())
    }
    fn name(&self, n: &str) -> Result<()> {
        if matches!(n, "None" | "True" | "False") {
            return self.fail(format!("identifier field can't represent '{n}' constant"));
        }
        Ok(())
    }
    fn filled<T>(&self, items: &[T], what: &str, owner: &str) -> Result<()> {
        if items.is_empty() { self.fail(format!("empty {what} on {owner}")) } else { Ok(()) }
    }
    fn body(&self, body: &[Stmt], owner: &str) -> Result<()> {
        self.filled(body, "body", owner)?;
        self.stmts(body)
    }
    fn stmts(&self, body: &[Stmt]) -> Result<()> {
        body.iter().try_for_each(|s| self.stmt(s))
    }
    fn load(&self, e: &Expr) -> Result<()> {
        self.expr(e, Context::Load)
    }
    fn opt(&self, e: Option<&Expr>) -> Result<()> {
        e.map_or(Ok(()), |e| self.load(e))
    }
    fn exprs(&self, es: &[Expr], ctx: Context) -> Result<()> {
        es.iter().try_for_each(|e| self.expr(e, ctx))
    }
    fn loads(&self, es: &[Expr]) -> Result<()> {
        self.exprs(es, Context::Load)
    }
    fn keywords(&self, keywords: &[Keyword]) -> Result<()> {
        keywords.iter().try_for_each(|k| self.load(&k.value))
    }

    fn stmt(&self, s: &Stmt) -> Result<()> {
        self.position(s.loc)?;
        self.ts.recursion_guard(" during compilation")?;
        match &s.kind {
            StmtKind::FunctionDef(f) => {
                self.body(&f.body, if f.is_async { "AsyncFunctionDef" } else { "FunctionDef" })?;
                self.type_params(&f.type_params)?;
                self.arguments(&f.args)?;
                self.loads(&f.decorators)?;
                self.opt(f.returns.as_ref())
            }
            StmtKind::ClassDef(c) => {
                self.body(&c.body, "ClassDef")?;
                self.type_params(&c.type_params)?;
                self.loads(&c.bases)?;
                self.keywords(&c.keywords)?;
                self.loads(&c.decorators)
            }
            StmtKind::Return(v) => self.opt(v.as_deref()),
            StmtKind::Delete(targets) => {
                self.filled(targets, "targets", "Delete")?;
                self.exprs(targets, Context::Del)
            }
            StmtKind::Assign { targets, value, .. } => {
                self.filled(targets, "targets", "Assign")?;
                self.exprs(targets, Context::Store)?;
                self.load(value)
            }
            StmtKind::TypeAlias { name, type_params, value } => {
                if name.as_name().is_none() {
                    return Err(self.ts.type_error("TypeAlias with non-Name name"));
                }
                self.expr(name, Context::Store)?;
                self.type_params(type_params)?;
                self.load(value)
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.expr(target, Context::Store)?;
                self.load(value)
            }
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                if *simple && target.as_name().is_none() {
                    return Err(self.ts.type_error("AnnAssign with simple non-Name target"));
                }
                self.expr(target, Context::Store)?;
                self.opt(value.as_deref())?;
                self.load(annotation)
            }
            StmtKind::For(f) => {
                self.expr(&f.target, Context::Store)?;
                self.load(&f.iter)?;
                self.body(&f.body, if f.is_async { "AsyncFor" } else { "For" })?;
                self.stmts(&f.orelse)
            }
            StmtKind::While { test, body, orelse } => {
                self.load(test)?;
                self.body(body, "While")?;
                self.stmts(orelse)
            }
            StmtKind::If { test, body, orelse } => {
                self.load(test)?;
                self.body(body, "If")?;
                self.stmts(orelse)
            }
            StmtKind::With { is_async, items, body, .. } => {
                let owner = if *is_async { "AsyncWith" } else { "With" };
                self.filled(items, "items", owner)?;
                for i in items {
                    self.load(&i.context_expr)?;
                    if let Some(v) = &i.optional_vars {
                        self.expr(v, Context::Store)?;
                    }
                }
                self.body(body, owner)
            }
            StmtKind::Match { subject, cases } => {
                self.load(subject)?;
                self.filled(cases, "cases", "Match")?;
                for c in cases {
                    self.pattern(&c.pattern, false)?;
                    self.opt(c.guard.as_ref())?;
                    self.body(&c.body, "match_case")?;
                }
                Ok(())
            }
            StmtKind::Raise { exc, cause } => {
                if exc.is_none() && cause.is_some() {
                    return self.fail("Raise with cause but no exception");
                }
                self.opt(exc.as_deref())?;
                self.opt(cause.as_deref())
            }
            StmtKind::Try(t) => {
                let owner = if t.is_star { "TryStar" } else { "Try" };
                self.body(&t.body, owner)?;
                if t.handlers.is_empty() {
                    if t.finalbody.is_empty() {
                        return self.fail(format!("{owner} has neither handlers nor finalbody"));
                    }
                    if !t.orelse.is_empty() {
                        return self.fail(format!("{owner} has orelse but no except handlers"));
                    }
                }
                for h in &t.handlers {
                    self.position(h.loc)?;
                    self.opt(h.typ.as_ref())?;
                    self.body(&h.body, "ExceptHandler")?;
                }
                self.stmts(&t.finalbody)?;
                self.stmts(&t.orelse)
            }
            StmtKind::Assert { test, msg } => {
                self.load(test)?;
                self.opt(msg.as_deref())
            }
            StmtKind::Import(names) => self.filled(names, "names", "Import"),
            StmtKind::ImportFrom { names, .. } => self.filled(names, "names", "ImportFrom"),
            StmtKind::Global(names) => self.filled(names, "names", "Global"),
            StmtKind::Nonlocal(names) => self.filled(names, "names", "Nonlocal"),
            StmtKind::Expr(e) => self.load(e),
            StmtKind::Pass | StmtKind::Break | StmtKind::Continue => Ok(()),
        }
    }

    fn expr(&self, e: &Expr, ctx: Context) -> Result<()> {
        self.position(e.loc)?;
        self.ts.recursion_guard(" during compilation")?;
        let own = match &e.kind {
            ExprKind::Attribute { ctx, .. }
            | ExprKind::Subscript { ctx, .. }
            | ExprKind::Starred { ctx, .. }
            | ExprKind::List { ctx, .. }
            | ExprKind::Tuple { ctx, .. } => Some(*ctx),
            ExprKind::Name { id, ctx } => {
                self.name(id)?;
                Some(*ctx)
            }
            _ => None,
        };
        match own {
            None if ctx != Context::Load => {
                let wanted = context_name(ctx);
                return self.fail(format!("expression which can't be assigned to in {wanted} context"));
            }
            Some(own) if own != ctx => {
                let (wanted, own) = (context_name(ctx), context_name(own));
                return self.fail(format!("expression must have {wanted} context but has {own} instead"));
            }
            _ => {}
        }
        match &e.kind {
            ExprKind::BoolOp { values, .. } => {
                if values.len() < 2 {
                    return self.fail("BoolOp with less than 2 values");
                }
                self.loads(values)
            }
            ExprKind::NamedExpr { target, value } => {
                if target.as_name().is_none() {
                    return Err(self.ts.type_error("NamedExpr target must be a Name"));
                }
                self.expr(target, Context::Store)?;
                self.load(value)
            }
            ExprKind::BinOp { left, right, .. } => {
                self.load(left)?;
                self.load(right)
            }
            ExprKind::UnaryOp { operand, .. } => self.load(operand),
            ExprKind::Lambda { args, body } => {
                self.arguments(args)?;
                self.load(body)
            }
            ExprKind::IfExp { test, body, orelse } => {
                self.load(test)?;
                self.load(body)?;
                self.load(orelse)
            }
            ExprKind::Dict { keys, values } => {
                if keys.len() != values.len() {
                    return self.fail("Dict doesn't have the same number of keys as values");
                }
                keys.iter().flatten().try_for_each(|k| self.load(k))?;
                self.loads(values)
            }
            ExprKind::Set(elts) => self.loads(elts),
            ExprKind::ListComp { elt, generators }
            | ExprKind::SetComp { elt, generators }
            | ExprKind::GeneratorExp { elt, generators } => {
                self.generators(generators)?;
                self.load(elt)
            }
            ExprKind::DictComp { key, value, generators } => {
                self.generators(generators)?;
                self.load(key)?;
                self.load(value)
            }
            ExprKind::Yield(v) => self.opt(v.as_deref()),
            ExprKind::Await(v) | ExprKind::YieldFrom(v) => self.load(v),
            ExprKind::Compare { left, ops, comparators } => {
                if comparators.is_empty() {
                    return self.fail("Compare with no comparators");
                }
                if comparators.len() != ops.len() {
                    return self.fail("Compare has a different number of comparators and operands");
                }
                self.loads(comparators)?;
                self.load(left)
            }
            ExprKind::Call { func, args, keywords } => {
                self.load(func)?;
                self.loads(args)?;
                self.keywords(keywords)
            }
            ExprKind::FormattedValue { value, format_spec, .. }
            | ExprKind::Interpolation { value, format_spec, .. } => {
                self.load(value)?;
                self.opt(format_spec.as_deref())
            }
            ExprKind::JoinedStr(values) | ExprKind::TemplateStr(values) => self.loads(values),
            ExprKind::Attribute { value, .. } => self.load(value),
            ExprKind::Subscript { value, slice, .. } => {
                self.load(slice)?;
                self.load(value)
            }
            ExprKind::Starred { value, .. } => self.expr(value, ctx),
            ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => self.exprs(elts, ctx),
            ExprKind::Slice { lower, upper, step } => {
                self.opt(lower.as_deref())?;
                self.opt(upper.as_deref())?;
                self.opt(step.as_deref())
            }
            ExprKind::Name { .. } | ExprKind::Constant { .. } => Ok(()),
        }
    }

    fn generators(&self, generators: &[Comprehension]) -> Result<()> {
        if generators.is_empty() {
            return self.fail("comprehension with no generators");
        }
        for g in generators {
            self.expr(&g.target, Context::Store)?;
            self.load(&g.iter)?;
            self.loads(&g.ifs)?;
        }
        Ok(())
    }
    fn arguments(&self, a: &Arguments) -> Result<()> {
        let named = a.posonlyargs.iter().chain(&a.args).chain(&a.vararg).chain(&a.kwonlyargs).chain(&a.kwarg);
        for arg in named {
            self.position(arg.loc)?;
            self.opt(arg.annotation.as_deref())?;
        }
        if a.defaults.len() > a.posonlyargs.len() + a.args.len() {
            return self.fail("more positional defaults than args on arguments");
        }
        if a.kw_defaults.len() != a.kwonlyargs.len() {
            return self.fail("length of kwonlyargs is not the same as kw_defaults on arguments");
        }
        self.loads(&a.defaults)?;
        a.kw_defaults.iter().flatten().try_for_each(|e| self.load(e))
    }
    fn type_params(&self, params: &[TypeParam]) -> Result<()> {
        for p in params {
            self.position(p.loc)?;
            self.name(&p.name)?;
            if let TypeParamKind::TypeVar { bound } = &p.kind {
                self.opt(bound.as_ref())?;
            }
            self.opt(p.default.as_ref())?;
        }
        Ok(())
    }

    fn capture(&self, name: &str) -> Result<()> {
        if name == "_" {
            return self.fail("can't capture name '_' in patterns");
        }
        self.name(name)
    }
    fn patterns(&self, ps: &[Pattern], star_ok: bool) -> Result<()> {
        ps.iter().try_for_each(|p| self.pattern(p, star_ok))
    }
    fn pattern(&self, p: &Pattern, star_ok: bool) -> Result<()> {
        self.position(p.loc)?;
        self.ts.recursion_guard(" during compilation")?;
        match &p.kind {
            PatternKind::MatchValue(e) => self.match_value(e),
            PatternKind::MatchSingleton(c) => match c {
                Const::None | Const::Bool(_) => Ok(()),
                _ => self.fail("MatchSingleton can only contain True, False and None"),
            },
            PatternKind::MatchSequence(ps) => self.patterns(ps, true),
            PatternKind::MatchMapping { keys, patterns, rest } => {
                if keys.len() != patterns.len() {
                    return self.fail("MatchMapping doesn't have the same number of keys as patterns");
                }
                if let Some(r) = rest {
                    self.capture(r)?;
                }
                for k in keys {
                    if !matches!(k.as_constant(), Some(Const::None | Const::Bool(_))) {
                        self.match_value(k)?;
                    }
                }
                self.patterns(patterns, false)
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                if kwd_attrs.len() != kwd_patterns.len() {
                    return self.fail("MatchClass doesn't have the same number of keyword attributes as patterns");
                }
                self.load(cls)?;
                let mut c = &**cls;
                while let ExprKind::Attribute { value, .. } = &c.kind {
                    c = value;
                }
                if c.as_name().is_none() {
                    return self.fail("MatchClass cls field can only contain Name or Attribute nodes.");
                }
                kwd_attrs.iter().try_for_each(|n| self.name(n))?;
                self.patterns(patterns, false)?;
                self.patterns(kwd_patterns, false)
            }
            PatternKind::MatchStar(name) => {
                if !star_ok {
                    return self.fail("can't use MatchStar here");
                }
                name.as_ref().map_or(Ok(()), |n| self.capture(n))
            }
            PatternKind::MatchAs { pattern, name } => {
                if let Some(n) = name {
                    self.capture(n)?;
                }
                match (pattern, name) {
                    (None, _) => Ok(()),
                    (Some(_), None) => self.fail("MatchAs must specify a target name if a pattern is given"),
                    (Some(p), Some(_)) => self.pattern(p, false),
                }
            }
            PatternKind::MatchOr(ps) => {
                if ps.len() < 2 {
                    return self.fail("MatchOr requires at least 2 patterns");
                }
                self.patterns(ps, false)
            }
        }
    }
    fn match_value(&self, e: &Expr) -> Result<()> {
        self.load(e)?;
        let number = |e: &Expr, real: bool, imaginary: bool| {
            matches!(e.as_constant(), Some(Const::Int(_) | Const::BigInt { .. } | Const::Float(_)) if real)
                || matches!(e.as_constant(), Some(Const::Complex { .. }) if imaginary)
        };
        let negative = |e: &Expr, imaginary: bool| match &e.kind {
            ExprKind::UnaryOp { op: UnaryOp::USub, operand } => number(operand, true, imaginary),
            _ => false,
        };
        let ok = match &e.kind {
            ExprKind::Constant { value, .. } => match value {
                Const::Int(_)
                | Const::BigInt { .. }
                | Const::Float(_)
                | Const::Complex { .. }
                | Const::Str(_)
                | Const::Bytes(_) => true,
                _ => return self.fail("unexpected constant inside of a literal pattern"),
            },
            ExprKind::Attribute { .. } | ExprKind::JoinedStr(_) | ExprKind::TemplateStr(_) => true,
            ExprKind::UnaryOp { .. } => negative(e, true),
            ExprKind::BinOp { left, op: Operator::Add | Operator::Sub, right } => {
                (number(left, true, false) || negative(left, false)) && number(right, false, true)
            }
            _ => false,
        };
        if ok { Ok(()) } else { self.fail("patterns may only match literals and attribute lookups") }
    }
}
