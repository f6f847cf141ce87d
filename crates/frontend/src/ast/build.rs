//! Trees as objects.

use taipan_compile::ast::*;
use taipan_isa::Name as Text;
use taipan_isa::locations::Location;
use taipan_objects::list::List;
use taipan_objects::str::Str;
use taipan_objects::{Result, ThreadState, Value, int, object};

use super::{Classes, Kind, class, constant};

/// The tree as an object.
pub fn to_object(ts: &ThreadState, module: &Mod) -> Result<Value> {
    Build { ts, classes: Classes::of(ts)? }.module(module)
}

struct Build<'a> {
    ts: &'a ThreadState,
    classes: &'a Classes,
}

impl Build<'_> {
    /// A node with the values of its fields in their order.
    fn node<const N: usize>(&self, kind: Kind, values: [Value; N]) -> Value {
        let node = class::instance(self.ts, self.classes.node(kind));
        let fields = self.classes.fields(kind);
        debug_assert_eq!(fields.len(), N);
        for ((name, _), value) in fields.iter().zip(&values) {
            object::set_own_attribute(self.ts, &node, name, Some(value));
        }
        node
    }
    /// A node with a position.
    fn at<const N: usize>(&self, loc: Location, kind: Kind, values: [Value; N]) -> Value {
        let node = self.node(kind, values);
        let position = [loc.line, loc.col, loc.end_line, loc.end_col];
        for (name, n) in self.classes.position.iter().zip(position) {
            object::set_own_attribute(self.ts, &node, name, Some(&self.int(n)));
        }
        node
    }
    fn singleton(&self, kind: Kind) -> Value {
        self.classes.singletons[kind as usize].clone().unwrap_or_else(|| self.node(kind, []))
    }

    fn int(&self, i: i32) -> Value {
        int::from_i64(self.ts, i as i64)
    }
    fn name(&self, n: &Text) -> Value {
        Str::intern(self.ts, n).into_value()
    }
    fn opt_name(&self, n: &Option<Text>) -> Value {
        n.as_ref().map_or_else(Value::none, |n| self.name(n))
    }
    fn each<T>(&self, items: &[T], f: impl Fn(&T) -> Result<Value>) -> Result<Value> {
        let items: Result<Vec<Value>> = items.iter().map(f).collect();
        Ok(List::new(self.ts, items?).into_value())
    }
    fn names(&self, names: &[Text]) -> Result<Value> {
        self.each(names, |n| Ok(self.name(n)))
    }
    fn exprs(&self, es: &[Expr]) -> Result<Value> {
        self.each(es, |e| self.expr(e))
    }
    fn opt_exprs(&self, es: &[Option<Expr>]) -> Result<Value> {
        self.each(es, |e| self.opt(e.as_ref()))
    }
    fn opt(&self, e: Option<&Expr>) -> Result<Value> {
        e.map_or_else(|| Ok(Value::none()), |e| self.expr(e))
    }
    fn body(&self, body: &[Stmt]) -> Result<Value> {
        self.each(body, |s| self.stmt(s))
    }

    fn module(&self, m: &Mod) -> Result<Value> {
        Ok(match m {
            Mod::Module { body } => {
                let ignores = List::new(self.ts, Vec::new()).into_value();
                self.node(Kind::Module, [self.body(body)?, ignores])
            }
            Mod::Interactive { body } => self.node(Kind::Interactive, [self.body(body)?]),
            Mod::Expression { body } => self.node(Kind::Expression, [self.expr(body)?]),
            Mod::FunctionType { argtypes, returns } => {
                self.node(Kind::FunctionType, [self.exprs(argtypes)?, self.expr(returns)?])
            }
        })
    }

    fn stmt(&self, s: &Stmt) -> Result<Value> {
        self.ts.recursion_guard(" during ast construction")?;
        let loc = s.loc;
        Ok(match &s.kind {
            StmtKind::FunctionDef(f) => {
                let kind = if f.is_async { Kind::AsyncFunctionDef } else { Kind::FunctionDef };
                let fields = [
                    self.name(&f.name),
                    self.arguments(&f.args)?,
                    self.body(&f.body)?,
                    self.exprs(&f.decorators)?,
                    self.opt(f.returns.as_ref())?,
                    self.opt_name(&f.type_comment),
                    self.type_params(&f.type_params)?,
                ];
                self.at(loc, kind, fields)
            }
            StmtKind::ClassDef(c) => {
                let fields = [
                    self.name(&c.name),
                    self.exprs(&c.bases)?,
                    self.keywords(&c.keywords)?,
                    self.body(&c.body)?,
                    self.exprs(&c.decorators)?,
                    self.type_params(&c.type_params)?,
                ];
                self.at(loc, Kind::ClassDef, fields)
            }
            StmtKind::Return(v) => self.at(loc, Kind::Return, [self.opt(v.as_deref())?]),
            StmtKind::Delete(t) => self.at(loc, Kind::Delete, [self.exprs(t)?]),
            StmtKind::Assign { targets, value, type_comment } => {
                let fields = [self.exprs(targets)?, self.expr(value)?, self.opt_name(type_comment)];
                self.at(loc, Kind::Assign, fields)
            }
            StmtKind::TypeAlias { name, type_params, value } => {
                let fields = [self.expr(name)?, self.type_params(type_params)?, self.expr(value)?];
                self.at(loc, Kind::TypeAlias, fields)
            }
            StmtKind::AugAssign { target, op, value } => {
                let fields = [self.expr(target)?, self.operator(*op), self.expr(value)?];
                self.at(loc, Kind::AugAssign, fields)
            }
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                let value = self.opt(value.as_deref())?;
                let fields = [self.expr(target)?, self.expr(annotation)?, value, self.int(*simple as i32)];
                self.at(loc, Kind::AnnAssign, fields)
            }
            StmtKind::For(f) => {
                let kind = if f.is_async { Kind::AsyncFor } else { Kind::For };
                let fields = [
                    self.expr(&f.target)?,
                    self.expr(&f.iter)?,
                    self.body(&f.body)?,
                    self.body(&f.orelse)?,
                    self.opt_name(&f.type_comment),
                ];
                self.at(loc, kind, fields)
            }
            StmtKind::While { test, body, orelse } => {
                self.at(loc, Kind::While, [self.expr(test)?, self.body(body)?, self.body(orelse)?])
            }
            StmtKind::If { test, body, orelse } => {
                self.at(loc, Kind::If, [self.expr(test)?, self.body(body)?, self.body(orelse)?])
            }
            StmtKind::With { is_async, items, body, type_comment } => {
                let kind = if *is_async { Kind::AsyncWith } else { Kind::With };
                let items = self.each(items, |i| {
                    let fields = [self.expr(&i.context_expr)?, self.opt(i.optional_vars.as_ref())?];
                    Ok(self.node(Kind::withitem, fields))
                })?;
                self.at(loc, kind, [items, self.body(body)?, self.opt_name(type_comment)])
            }
            StmtKind::Match { subject, cases } => {
                let cases = self.each(cases, |c| {
                    let fields = [self.pattern(&c.pattern)?, self.opt(c.guard.as_ref())?, self.body(&c.body)?];
                    Ok(self.node(Kind::match_case, fields))
                })?;
                self.at(loc, Kind::Match, [self.expr(subject)?, cases])
            }
            StmtKind::Raise { exc, cause } => {
                self.at(loc, Kind::Raise, [self.opt(exc.as_deref())?, self.opt(cause.as_deref())?])
            }
            StmtKind::Try(t) => {
                let kind = if t.is_star { Kind::TryStar } else { Kind::Try };
                let handlers = self.each(&t.handlers, |h| {
                    let fields = [self.opt(h.typ.as_ref())?, self.opt_name(&h.name), self.body(&h.body)?];
                    Ok(self.at(h.loc, Kind::ExceptHandler, fields))
                })?;
                let fields = [self.body(&t.body)?, handlers, self.body(&t.orelse)?, self.body(&t.finalbody)?];
                self.at(loc, kind, fields)
            }
            StmtKind::Assert { test, msg } => {
                self.at(loc, Kind::Assert, [self.expr(test)?, self.opt(msg.as_deref())?])
            }
            StmtKind::Import(names) => self.at(loc, Kind::Import, [self.aliases(names)?]),
            StmtKind::ImportFrom { module, names, level } => {
                let fields = [self.opt_name(module), self.aliases(names)?, self.int(*level as i32)];
                self.at(loc, Kind::ImportFrom, fields)
            }
            StmtKind::Global(names) => self.at(loc, Kind::Global, [self.names(names)?]),
            StmtKind::Nonlocal(names) => self.at(loc, Kind::Nonlocal, [self.names(names)?]),
            StmtKind::Expr(e) => self.at(loc, Kind::Expr, [self.expr(e)?]),
            StmtKind::Pass => self.at(loc, Kind::Pass, []),
            StmtKind::Break => self.at(loc, Kind::Break, []),
            StmtKind::Continue => self.at(loc, Kind::Continue, []),
        })
    }

    fn expr(&self, e: &Expr) -> Result<Value> {
        self.ts.recursion_guard(" during ast construction")?;
        let loc = e.loc;
        Ok(match &e.kind {
            ExprKind::BoolOp { op, values } => {
                let op = self.singleton(match op {
                    BoolOp::And => Kind::And,
                    BoolOp::Or => Kind::Or,
                });
                self.at(loc, Kind::BoolOp, [op, self.exprs(values)?])
            }
            ExprKind::NamedExpr { target, value } => {
                self.at(loc, Kind::NamedExpr, [self.expr(target)?, self.expr(value)?])
            }
            ExprKind::BinOp { left, op, right } => {
                self.at(loc, Kind::BinOp, [self.expr(left)?, self.operator(*op), self.expr(right)?])
            }
            ExprKind::UnaryOp { op, operand } => {
                let op = self.singleton(match op {
                    UnaryOp::Invert => Kind::Invert,
                    UnaryOp::Not => Kind::Not,
                    UnaryOp::UAdd => Kind::UAdd,
                    UnaryOp::USub => Kind::USub,
                });
                self.at(loc, Kind::UnaryOp, [op, self.expr(operand)?])
            }
            ExprKind::Lambda { args, body } => {
                self.at(loc, Kind::Lambda, [self.arguments(args)?, self.expr(body)?])
            }
            ExprKind::IfExp { test, body, orelse } => {
                self.at(loc, Kind::IfExp, [self.expr(test)?, self.expr(body)?, self.expr(orelse)?])
            }
            ExprKind::Dict { keys, values } => {
                self.at(loc, Kind::Dict, [self.opt_exprs(keys)?, self.exprs(values)?])
            }
            ExprKind::Set(elts) => self.at(loc, Kind::Set, [self.exprs(elts)?]),
            ExprKind::ListComp { elt, generators } => {
                self.at(loc, Kind::ListComp, [self.expr(elt)?, self.generators(generators)?])
            }
            ExprKind::SetComp { elt, generators } => {
                self.at(loc, Kind::SetComp, [self.expr(elt)?, self.generators(generators)?])
            }
            ExprKind::DictComp { key, value, generators } => {
                let fields = [self.expr(key)?, self.expr(value)?, self.generators(generators)?];
                self.at(loc, Kind::DictComp, fields)
            }
            ExprKind::GeneratorExp { elt, generators } => {
                self.at(loc, Kind::GeneratorExp, [self.expr(elt)?, self.generators(generators)?])
            }
            ExprKind::Await(v) => self.at(loc, Kind::Await, [self.expr(v)?]),
            ExprKind::Yield(v) => self.at(loc, Kind::Yield, [self.opt(v.as_deref())?]),
            ExprKind::YieldFrom(v) => self.at(loc, Kind::YieldFrom, [self.expr(v)?]),
            ExprKind::Compare { left, ops, comparators } => {
                let ops = self.each(ops, |op| Ok(self.singleton(cmpop(*op))))?;
                self.at(loc, Kind::Compare, [self.expr(left)?, ops, self.exprs(comparators)?])
            }
            ExprKind::Call { func, args, keywords } => {
                let fields = [self.expr(func)?, self.exprs(args)?, self.keywords(keywords)?];
                self.at(loc, Kind::Call, fields)
            }
            ExprKind::FormattedValue { value, conversion, format_spec } => {
                let fields = [self.expr(value)?, self.int(*conversion), self.opt(format_spec.as_deref())?];
                self.at(loc, Kind::FormattedValue, fields)
            }
            ExprKind::Interpolation { value, str, conversion, format_spec } => {
                let text = constant::to_object(self.ts, str);
                let spec = self.opt(format_spec.as_deref())?;
                self.at(loc, Kind::Interpolation, [self.expr(value)?, text, self.int(*conversion), spec])
            }
            ExprKind::JoinedStr(values) => self.at(loc, Kind::JoinedStr, [self.exprs(values)?]),
            ExprKind::TemplateStr(values) => self.at(loc, Kind::TemplateStr, [self.exprs(values)?]),
            ExprKind::Constant { value, unicode } => {
                let kind = if *unicode { Str::intern(self.ts, "u").into_value() } else { Value::none() };
                self.at(loc, Kind::Constant, [constant::to_object(self.ts, value), kind])
            }
            ExprKind::Attribute { value, attr, ctx } => {
                let fields = [self.expr(value)?, self.name(attr), self.context(*ctx)];
                self.at(loc, Kind::Attribute, fields)
            }
            ExprKind::Subscript { value, slice, ctx } => {
                let fields = [self.expr(value)?, self.expr(slice)?, self.context(*ctx)];
                self.at(loc, Kind::Subscript, fields)
            }
            ExprKind::Starred { value, ctx } => {
                self.at(loc, Kind::Starred, [self.expr(value)?, self.context(*ctx)])
            }
            ExprKind::Name { id, ctx } => self.at(loc, Kind::Name, [self.name(id), self.context(*ctx)]),
            ExprKind::List { elts, ctx } => self.at(loc, Kind::List, [self.exprs(elts)?, self.context(*ctx)]),
            ExprKind::Tuple { elts, ctx } => {
                self.at(loc, Kind::Tuple, [self.exprs(elts)?, self.context(*ctx)])
            }
            ExprKind::Slice { lower, upper, step } => {
                let fields =
                    [self.opt(lower.as_deref())?, self.opt(upper.as_deref())?, self.opt(step.as_deref())?];
                self.at(loc, Kind::Slice, fields)
            }
        })
    }

    fn context(&self, ctx: Context) -> Value {
        self.singleton(match ctx {
            Context::Load => Kind::Load,
            Context::Store => Kind::Store,
            Context::Del => Kind::Del,
        })
    }
    fn operator(&self, op: Operator) -> Value {
        self.singleton(match op {
            Operator::Add => Kind::Add,
            Operator::Sub => Kind::Sub,
            Operator::Mult => Kind::Mult,
            Operator::MatMult => Kind::MatMult,
            Operator::Div => Kind::Div,
            Operator::Mod => Kind::Mod,
            Operator::Pow => Kind::Pow,
            Operator::LShift => Kind::LShift,
            Operator::RShift => Kind::RShift,
            Operator::BitOr => Kind::BitOr,
            Operator::BitXor => Kind::BitXor,
            Operator::BitAnd => Kind::BitAnd,
            Operator::FloorDiv => Kind::FloorDiv,
        })
    }

    fn generators(&self, generators: &[Comprehension]) -> Result<Value> {
        self.each(generators, |g| {
            let is_async = self.int(g.is_async as i32);
            let fields = [self.expr(&g.target)?, self.expr(&g.iter)?, self.exprs(&g.ifs)?, is_async];
            Ok(self.node(Kind::comprehension, fields))
        })
    }
    fn arguments(&self, a: &Arguments) -> Result<Value> {
        let opt = |a: &Option<Arg>| a.as_ref().map_or_else(|| Ok(Value::none()), |a| self.arg(a));
        let fields = [
            self.each(&a.posonlyargs, |a| self.arg(a))?,
            self.each(&a.args, |a| self.arg(a))?,
            opt(&a.vararg)?,
            self.each(&a.kwonlyargs, |a| self.arg(a))?,
            self.opt_exprs(&a.kw_defaults)?,
            opt(&a.kwarg)?,
            self.exprs(&a.defaults)?,
        ];
        Ok(self.node(Kind::arguments, fields))
    }
    fn arg(&self, a: &Arg) -> Result<Value> {
        let annotation = self.opt(a.annotation.as_deref())?;
        Ok(self.at(a.loc, Kind::arg, [self.name(&a.arg), annotation, self.opt_name(&a.type_comment)]))
    }
    fn keywords(&self, keywords: &[Keyword]) -> Result<Value> {
        self.each(keywords, |k| {
            Ok(self.at(k.loc, Kind::keyword, [self.opt_name(&k.arg), self.expr(&k.value)?]))
        })
    }
    fn aliases(&self, names: &[Alias]) -> Result<Value> {
        self.each(names, |a| Ok(self.at(a.loc, Kind::alias, [self.name(&a.name), self.opt_name(&a.asname)])))
    }
    fn type_params(&self, params: &[TypeParam]) -> Result<Value> {
        self.each(params, |p| {
            let default = self.opt(p.default.as_ref())?;
            Ok(match &p.kind {
                TypeParamKind::TypeVar { bound } => {
                    let bound = self.opt(bound.as_ref())?;
                    self.at(p.loc, Kind::TypeVar, [self.name(&p.name), bound, default])
                }
                TypeParamKind::ParamSpec => self.at(p.loc, Kind::ParamSpec, [self.name(&p.name), default]),
                TypeParamKind::TypeVarTuple => self.at(p.loc, Kind::TypeVarTuple, [self.name(&p.name), default]),
            })
        })
    }

    fn patterns(&self, ps: &[Pattern]) -> Result<Value> {
        self.each(ps, |p| self.pattern(p))
    }
    fn pattern(&self, p: &Pattern) -> Result<Value> {
        self.ts.recursion_guard(" during ast construction")?;
        let loc = p.loc;
        Ok(match &p.kind {
            PatternKind::MatchValue(e) => self.at(loc, Kind::MatchValue, [self.expr(e)?]),
            PatternKind::MatchSingleton(c) => {
                self.at(loc, Kind::MatchSingleton, [constant::to_object(self.ts, c)])
            }
            PatternKind::MatchSequence(ps) => self.at(loc, Kind::MatchSequence, [self.patterns(ps)?]),
            PatternKind::MatchMapping { keys, patterns, rest } => {
                let fields = [self.exprs(keys)?, self.patterns(patterns)?, self.opt_name(rest)];
                self.at(loc, Kind::MatchMapping, fields)
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                let fields = [
                    self.expr(cls)?,
                    self.patterns(patterns)?,
                    self.names(kwd_attrs)?,
                    self.patterns(kwd_patterns)?,
                ];
                self.at(loc, Kind::MatchClass, fields)
            }
            PatternKind::MatchStar(name) => self.at(loc, Kind::MatchStar, [self.opt_name(name)]),
            PatternKind::MatchAs { pattern, name } => {
                let pattern = pattern.as_deref().map_or_else(|| Ok(Value::none()), |p| self.pattern(p))?;
                self.at(loc, Kind::MatchAs, [pattern, self.opt_name(name)])
            }
            PatternKind::MatchOr(ps) => self.at(loc, Kind::MatchOr, [self.patterns(ps)?]),
        })
    }
}

fn cmpop(op: CmpOp) -> Kind {
    match op {
        CmpOp::Eq => Kind::Eq,
        CmpOp::NotEq => Kind::NotEq,
        CmpOp::Lt => Kind::Lt,
        CmpOp::LtE => Kind::LtE,
        CmpOp::Gt => Kind::Gt,
        CmpOp::GtE => Kind::GtE,
        CmpOp::Is => Kind::Is,
        CmpOp::IsNot => Kind::IsNot,
        CmpOp::In => Kind::In,
        CmpOp::NotIn => Kind::NotIn,
    }
}
