//! Changes to the tree before the symbol table: `__debug__`, docstrings under `-OO`, `%` formats
//! with a literal, numbers in patterns; and warnings about leaving a `finally` block.

use taipan_isa::Wtf8;
use taipan_isa::locations::Location;

use crate::ast::*;
use crate::constant::arithmetic;
use crate::depth::{Depth, deeper};
use crate::error::{Result, Warning};
use crate::future::Future;

/// What a statement is directly in: leaving a `finally` block is warned of unless a loop or
/// function stands between.
#[derive(Clone, Copy)]
enum Place {
    Finally,
    Function,
    Loop,
}

pub struct Preprocessor<'a> {
    pub optimize: u8,
    pub future: &'a Future,
    /// Leave expressions as written.
    pub syntax_check_only: bool,
    pub warnings: &'a mut Vec<Warning>,
    places: Vec<Place>,
    depth: Depth,
}

impl<'a> Preprocessor<'a> {
    pub fn new(
        optimize: u8,
        future: &'a Future,
        syntax_check_only: bool,
        warnings: &'a mut Vec<Warning>,
    ) -> Preprocessor<'a> {
        Preprocessor { optimize, future, syntax_check_only, warnings, places: Vec::new(), depth: Depth::default() }
    }

    pub fn module(&mut self, m: &mut Mod) -> Result<()> {
        match m {
            Mod::Module { body } => self.body(body),
            Mod::Interactive { body } => self.stmts(body),
            Mod::Expression { body } => self.expr(body),
            Mod::FunctionType { .. } => Ok(()),
        }
    }

    /// A body that may begin with a docstring.
    fn body(&mut self, body: &mut Vec<Stmt>) -> Result<()> {
        let mut has_doc = docstring(body).is_some();
        if has_doc && self.optimize >= 2 {
            if body.len() == 1 {
                let l = body[0].loc;
                body[0] = Stmt::new(StmtKind::Pass, Location::new(l.line, l.line, l.col, l.col + 4));
            } else {
                body.remove(0);
            }
            has_doc = false;
        }
        self.stmts(body)?;
        if !has_doc && docstring(body).is_some() {
            // It only became a string now, so it is no docstring.
            let s = &mut body[0];
            if let StmtKind::Expr(e) = &mut s.kind {
                let inner = std::mem::replace(&mut **e, Expr::constant(Const::None, s.loc));
                **e = Expr::new(ExprKind::JoinedStr(vec![inner]), s.loc);
            }
        }
        Ok(())
    }

    fn stmts(&mut self, body: &mut [Stmt]) -> Result<()> {
        body.iter_mut().try_for_each(|s| {
            self.depth.enter()?;
            let r = deeper(|| self.stmt(s));
            self.depth.leave();
            r
        })
    }

    fn within(&mut self, place: Place, f: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        self.places.push(place);
        let r = f(self);
        self.places.pop();
        r
    }

    fn leaves(&mut self, word: &str, loc: Location) {
        if matches!(self.places.last(), Some(Place::Finally)) {
            self.warnings.push(Warning::syntax(format!("'{word}' in a 'finally' block"), loc));
        }
    }

    fn exprs<'e>(&mut self, exprs: impl IntoIterator<Item = &'e mut Expr>) -> Result<()> {
        exprs.into_iter().try_for_each(|e| self.expr(e))
    }

    fn annotation(&mut self, e: Option<&mut Expr>) -> Result<()> {
        if self.future.annotations() { Ok(()) } else { self.exprs(e) }
    }

    fn arguments(&mut self, a: &mut Arguments) -> Result<()> {
        for p in a.posonlyargs.iter_mut().chain(&mut a.args) {
            self.annotation(p.annotation.as_deref_mut())?;
        }
        for p in a.vararg.iter_mut().chain(&mut a.kwonlyargs) {
            self.annotation(p.annotation.as_deref_mut())?;
        }
        self.exprs(a.kw_defaults.iter_mut().flatten())?;
        if let Some(p) = &mut a.kwarg {
            self.annotation(p.annotation.as_deref_mut())?;
        }
        self.exprs(&mut a.defaults)
    }

    fn type_params(&mut self, params: &mut [TypeParam]) -> Result<()> {
        for p in params {
            if let TypeParamKind::TypeVar { bound: Some(b) } = &mut p.kind {
                self.expr(b)?;
            }
            self.exprs(&mut p.default)?;
        }
        Ok(())
    }

    fn stmt(&mut self, s: &mut Stmt) -> Result<()> {
        match &mut s.kind {
            StmtKind::FunctionDef(f) => {
                self.type_params(&mut f.type_params)?;
                self.arguments(&mut f.args)?;
                self.within(Place::Function, |p| p.body(&mut f.body))?;
                self.exprs(&mut f.decorators)?;
                self.annotation(f.returns.as_mut())
            }
            StmtKind::ClassDef(c) => {
                self.type_params(&mut c.type_params)?;
                self.exprs(&mut c.bases)?;
                self.exprs(c.keywords.iter_mut().map(|k| &mut k.value))?;
                self.body(&mut c.body)?;
                self.exprs(&mut c.decorators)
            }
            StmtKind::Return(v) => {
                self.leaves("return", s.loc);
                self.exprs(v.as_deref_mut())
            }
            StmtKind::Delete(targets) => self.exprs(targets),
            StmtKind::Assign { targets, value, .. } => {
                self.exprs(targets)?;
                self.expr(value)
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.expr(target)?;
                self.expr(value)
            }
            StmtKind::AnnAssign { target, annotation, value, .. } => {
                self.expr(target)?;
                self.annotation(Some(annotation))?;
                self.exprs(value.as_deref_mut())
            }
            StmtKind::TypeAlias { name, type_params, value } => {
                self.expr(name)?;
                self.type_params(type_params)?;
                self.expr(value)
            }
            StmtKind::For(f) => {
                self.expr(&mut f.target)?;
                self.expr(&mut f.iter)?;
                self.within(Place::Loop, |p| p.stmts(&mut f.body))?;
                self.stmts(&mut f.orelse)
            }
            StmtKind::While { test, body, orelse } => {
                self.expr(test)?;
                self.within(Place::Loop, |p| p.stmts(body))?;
                self.stmts(orelse)
            }
            StmtKind::If { test, body, orelse } => {
                self.expr(test)?;
                self.stmts(body)?;
                self.stmts(orelse)
            }
            StmtKind::With { items, body, .. } => {
                for i in items {
                    self.expr(&mut i.context_expr)?;
                    self.exprs(&mut i.optional_vars)?;
                }
                self.stmts(body)
            }
            StmtKind::Match { subject, cases } => {
                self.expr(subject)?;
                for c in cases {
                    self.pattern(&mut c.pattern)?;
                    self.exprs(&mut c.guard)?;
                    self.stmts(&mut c.body)?;
                }
                Ok(())
            }
            StmtKind::Raise { exc, cause } => {
                self.exprs(exc.as_deref_mut())?;
                self.exprs(cause.as_deref_mut())
            }
            StmtKind::Try(t) => {
                self.stmts(&mut t.body)?;
                for h in &mut t.handlers {
                    self.exprs(&mut h.typ)?;
                    self.stmts(&mut h.body)?;
                }
                self.stmts(&mut t.orelse)?;
                self.within(Place::Finally, |p| p.stmts(&mut t.finalbody))
            }
            StmtKind::Assert { test, msg } => {
                self.expr(test)?;
                self.exprs(msg.as_deref_mut())
            }
            StmtKind::Expr(e) => self.expr(e),
            StmtKind::Break => {
                self.leaves("break", s.loc);
                Ok(())
            }
            StmtKind::Continue => {
                self.leaves("continue", s.loc);
                Ok(())
            }
            StmtKind::Import(_)
            | StmtKind::ImportFrom { .. }
            | StmtKind::Global(_)
            | StmtKind::Nonlocal(_)
            | StmtKind::Pass => Ok(()),
        }
    }

    fn expr(&mut self, e: &mut Expr) -> Result<()> {
        self.depth.enter()?;
        let r = deeper(|| self.expr_inner(e));
        self.depth.leave();
        r
    }

    fn comprehensions(&mut self, generators: &mut [Comprehension]) -> Result<()> {
        for g in generators {
            self.expr(&mut g.target)?;
            self.expr(&mut g.iter)?;
            self.exprs(&mut g.ifs)?;
        }
        Ok(())
    }

    fn expr_inner(&mut self, e: &mut Expr) -> Result<()> {
        match &mut e.kind {
            ExprKind::BoolOp { values, .. } | ExprKind::JoinedStr(values) | ExprKind::TemplateStr(values) => {
                self.exprs(values)
            }
            ExprKind::NamedExpr { value, .. } => self.expr(value),
            ExprKind::BinOp { left, right, op } => {
                let op = *op;
                self.expr(left)?;
                self.expr(right)?;
                if op == Operator::Mod && !self.syntax_check_only {
                    fold_format(e);
                }
                Ok(())
            }
            ExprKind::UnaryOp { operand, .. } => self.expr(operand),
            ExprKind::Lambda { args, body } => {
                self.arguments(args)?;
                self.expr(body)
            }
            ExprKind::IfExp { test, body, orelse } => {
                self.expr(test)?;
                self.expr(body)?;
                self.expr(orelse)
            }
            ExprKind::Dict { keys, values } => {
                self.exprs(keys.iter_mut().flatten())?;
                self.exprs(values)
            }
            ExprKind::Set(elts) | ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => self.exprs(elts),
            ExprKind::ListComp { elt, generators }
            | ExprKind::SetComp { elt, generators }
            | ExprKind::GeneratorExp { elt, generators } => {
                self.expr(elt)?;
                self.comprehensions(generators)
            }
            ExprKind::DictComp { key, value, generators } => {
                self.expr(key)?;
                self.expr(value)?;
                self.comprehensions(generators)
            }
            ExprKind::Await(v) | ExprKind::YieldFrom(v) => self.expr(v),
            ExprKind::Yield(v) => self.exprs(v.as_deref_mut()),
            ExprKind::Compare { left, comparators, .. } => {
                self.expr(left)?;
                self.exprs(comparators)
            }
            ExprKind::Call { func, args, keywords } => {
                self.expr(func)?;
                self.exprs(args)?;
                self.exprs(keywords.iter_mut().map(|k| &mut k.value))
            }
            ExprKind::FormattedValue { value, format_spec, .. }
            | ExprKind::Interpolation { value, format_spec, .. } => {
                self.expr(value)?;
                self.exprs(format_spec.as_deref_mut())
            }
            ExprKind::Attribute { value, .. } | ExprKind::Starred { value, .. } => self.expr(value),
            ExprKind::Subscript { value, slice, .. } => {
                self.expr(value)?;
                self.expr(slice)
            }
            ExprKind::Slice { lower, upper, step } => {
                self.exprs(lower.as_deref_mut())?;
                self.exprs(upper.as_deref_mut())?;
                self.exprs(step.as_deref_mut())
            }
            ExprKind::Name { id, ctx: Context::Load } if &**id == "__debug__" && !self.syntax_check_only => {
                *e = Expr::constant(Const::Bool(self.optimize == 0), e.loc);
                Ok(())
            }
            ExprKind::Name { .. } | ExprKind::Constant { .. } => Ok(()),
        }
    }

    fn pattern(&mut self, p: &mut Pattern) -> Result<()> {
        self.depth.enter()?;
        let r = deeper(|| self.pattern_inner(p));
        self.depth.leave();
        r
    }

    fn pattern_inner(&mut self, p: &mut Pattern) -> Result<()> {
        match &mut p.kind {
            PatternKind::MatchValue(e) => self.fold_number(e),
            PatternKind::MatchSingleton(_) | PatternKind::MatchStar(_) => {}
            PatternKind::MatchSequence(ps) | PatternKind::MatchOr(ps) => {
                ps.iter_mut().try_for_each(|p| self.pattern(p))?
            }
            PatternKind::MatchMapping { keys, patterns, .. } => {
                keys.iter_mut().for_each(|k| self.fold_number(k));
                patterns.iter_mut().try_for_each(|p| self.pattern(p))?;
            }
            PatternKind::MatchClass { cls, patterns, kwd_patterns, .. } => {
                self.expr(cls)?;
                patterns.iter_mut().chain(kwd_patterns).try_for_each(|p| self.pattern(p))?;
            }
            PatternKind::MatchAs { pattern, .. } => {
                if let Some(p) = pattern {
                    self.pattern(p)?;
                }
            }
        }
        Ok(())
    }

    /// `-1` and `1+2j` in a pattern.
    fn fold_number(&self, e: &mut Expr) {
        if self.syntax_check_only {
            return;
        }
        let folded = match &mut e.kind {
            ExprKind::UnaryOp { op: UnaryOp::USub, operand } => {
                operand.as_constant().and_then(|c| arithmetic::unary(taipan_isa::op::UNARY_NEGATIVE, c))
            }
            ExprKind::BinOp { left, op: op @ (Operator::Add | Operator::Sub), right } => {
                if right.is_constant() {
                    self.fold_number(left);
                }
                match (left.as_constant(), right.as_constant()) {
                    (Some(l), Some(r)) => {
                        use taipan_isa::oparg::binary;
                        let op = if *op == Operator::Add { binary::ADD } else { binary::SUBTRACT };
                        arithmetic::binary(l, op, r)
                    }
                    _ => None,
                }
            }
            _ => None,
        };
        if let Some(c) = folded {
            e.kind = ExprKind::Constant { value: c, unicode: false };
        }
    }
}

/// `"…" % (a, b)` with only `%s`, `%r`, `%a` becomes an f-string.
fn fold_format(e: &mut Expr) {
    let ExprKind::BinOp { left, right, .. } = &mut e.kind else { return };
    let Some(Const::Str(fmt)) = left.as_constant() else { return };
    let fmt = fmt.clone();
    let ExprKind::Tuple { elts, .. } = &mut right.kind else { return };
    if elts.iter().any(Expr::is_starred) {
        return;
    }
    let Some(pieces) = split_format(&fmt, elts.len()) else { return };
    let mut args = std::mem::take(elts).into_iter();
    let mut values = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match piece {
            Piece::Literal(s) => values.push(Expr::constant(Const::Str(s), Location::NONE)),
            Piece::Value { conversion, spec } => {
                let Some(arg) = args.next() else { return };
                let loc = arg.loc;
                let format_spec =
                    spec.map(|s| Box::new(Expr::constant(Const::Str(s.into()), Location::NONE)));
                let kind =
                    ExprKind::FormattedValue { value: Box::new(arg), conversion: conversion as i32, format_spec };
                values.push(Expr::new(kind, loc));
            }
        }
    }
    e.kind = ExprKind::JoinedStr(values);
}

enum Piece {
    Literal(Wtf8),
    Value { conversion: u8, spec: Option<String> },
}

/// Splits a format with exactly `count` simple items; `None` if anything else is in it.
fn split_format(fmt: &Wtf8, count: usize) -> Option<Vec<Piece>> {
    let b = &fmt.0[..];
    let mut pieces = Vec::new();
    let mut at = 0;
    let mut seen = 0;
    loop {
        let mut literal = Vec::new();
        while at < b.len() {
            if b[at] != b'%' {
                literal.push(b[at]);
                at += 1;
            } else if b.get(at + 1) == Some(&b'%') {
                literal.push(b'%');
                at += 2;
            } else {
                break;
            }
        }
        if !literal.is_empty() {
            pieces.push(Piece::Literal(Wtf8(literal.into())));
        }
        if at >= b.len() {
            break;
        }
        if seen >= count {
            return None;
        }
        at += 1;
        pieces.push(format_item(b, &mut at)?);
        seen += 1;
    }
    (seen == count).then_some(pieces)
}

/// One item behind its `%`: flags, width and precision of at most two digits, `s`, `r` or `a`.
fn format_item(b: &[u8], at: &mut usize) -> Option<Piece> {
    fn next(b: &[u8], at: &mut usize) -> Option<u8> {
        let c = b.get(*at).copied();
        *at += 1;
        c
    }
    fn number(b: &[u8], at: &mut usize, ch: &mut u8) -> Option<u32> {
        let mut v = 0;
        for digits in 0.. {
            if !ch.is_ascii_digit() {
                break;
            }
            if digits >= 2 {
                return None;
            }
            v = v * 10 + (*ch - b'0') as u32;
            *ch = next(b, at)?;
        }
        Some(v)
    }
    let mut left = false;
    let mut ch = loop {
        match next(b, at)? {
            b'-' => left = true,
            b'+' | b' ' | b'#' | b'0' => {}
            c => break c,
        }
    };
    let mut width = None;
    let mut precision = None;
    if ch.is_ascii_digit() {
        width = Some(number(b, at, &mut ch)?);
    }
    if ch == b'.' {
        ch = next(b, at)?;
        precision = Some(number(b, at, &mut ch)?);
    }
    if !matches!(ch, b's' | b'r' | b'a') {
        return None;
    }
    let mut spec = String::new();
    if !left && width.is_some_and(|w| w > 0) {
        spec.push('>');
    }
    if let Some(w) = width {
        spec.push_str(&w.to_string());
    }
    if let Some(p) = precision {
        spec.push_str(&format!(".{p}"));
    }
    Some(Piece::Value { conversion: ch, spec: (!spec.is_empty()).then_some(spec) })
}
