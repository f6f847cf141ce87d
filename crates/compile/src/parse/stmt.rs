//! Statements.

use ruff_python_ast as ruff;
use ruff_text_size::{Ranged, TextRange, TextSize};
use taipan_isa::locations::Location;

use super::Lower;
use crate::ast::*;
use crate::depth::deeper;
use crate::error::Result;

impl Lower<'_> {
    pub fn stmts(&mut self, body: &[ruff::Stmt]) -> Result<Vec<Stmt>> {
        body.iter().map(|s| self.stmt(s)).collect()
    }

    fn stmt(&mut self, s: &ruff::Stmt) -> Result<Stmt> {
        self.depth.enter()?;
        let r = deeper(|| self.stmt_inner(s));
        self.depth.leave();
        r
    }

    /// A definition's range without its decorators.
    fn undecorated(&self, range: TextRange, decorators: &[ruff::Decorator]) -> TextRange {
        let Some(last) = decorators.last() else { return range };
        let bytes = self.source.as_bytes();
        let mut at = usize::from(last.range().end());
        loop {
            match bytes.get(at) {
                Some(b' ' | b'\t' | b'\n' | b'\x0c') => at += 1,
                Some(b'\\') => at += 1,
                Some(b'#') => {
                    while bytes.get(at).is_some_and(|b| *b != b'\n') {
                        at += 1;
                    }
                }
                _ => break,
            }
        }
        TextRange::new(TextSize::new(at as u32), range.end())
    }

    fn stmt_inner(&mut self, s: &ruff::Stmt) -> Result<Stmt> {
        let loc = self.range_of(s);
        let compound = matches!(
            s,
            ruff::Stmt::For(_)
                | ruff::Stmt::While(_)
                | ruff::Stmt::If(_)
                | ruff::Stmt::With(_)
                | ruff::Stmt::Match(_)
                | ruff::Stmt::Try(_)
        );
        let kind = match s {
            ruff::Stmt::FunctionDef(f) => {
                let loc = self.loc(self.undecorated(f.range, &f.decorator_list));
                let kind = StmtKind::FunctionDef(Box::new(FunctionDef {
                    is_async: f.is_async,
                    name: self.ident(&f.name),
                    decorators: self.exprs(f.decorator_list.iter().map(|d| &d.expression))?,
                    type_params: self.type_params(f.type_params.as_deref())?,
                    args: self.arguments(&f.parameters)?,
                    returns: self.opt(f.returns.as_deref())?,
                    body: self.stmts(&f.body)?,
                    type_comment: None,
                }));
                return Ok(Stmt::new(kind, self.with_semicolon(s.range(), loc)));
            }
            ruff::Stmt::ClassDef(c) => {
                let loc = self.loc(self.undecorated(c.range, &c.decorator_list));
                let decorators = self.exprs(c.decorator_list.iter().map(|d| &d.expression))?;
                let type_params = self.type_params(c.type_params.as_deref())?;
                let (bases, keywords) = match c.arguments.as_deref() {
                    Some(a) => (self.exprs(a.args.iter())?, self.keywords(&a.keywords)?),
                    None => (Vec::new(), Vec::new()),
                };
                let kind = StmtKind::ClassDef(Box::new(ClassDef {
                    name: self.ident(&c.name),
                    bases,
                    keywords,
                    body: self.stmts(&c.body)?,
                    decorators,
                    type_params,
                }));
                return Ok(Stmt::new(kind, self.with_semicolon(s.range(), loc)));
            }
            ruff::Stmt::Return(r) => StmtKind::Return(self.opt_boxed(r.value.as_deref())?),
            ruff::Stmt::Delete(d) => StmtKind::Delete(self.exprs(&d.targets)?),
            ruff::Stmt::TypeAlias(t) => StmtKind::TypeAlias {
                name: self.boxed(&t.name)?,
                type_params: self.type_params(t.type_params.as_deref())?,
                value: self.boxed(&t.value)?,
            },
            ruff::Stmt::Assign(a) => StmtKind::Assign {
                targets: self.exprs(&a.targets)?,
                value: self.boxed(&a.value)?,
                type_comment: None,
            },
            ruff::Stmt::AugAssign(a) => StmtKind::AugAssign {
                target: self.boxed(&a.target)?,
                op: super::expr::operator(a.op),
                value: self.boxed(&a.value)?,
            },
            ruff::Stmt::AnnAssign(a) => StmtKind::AnnAssign {
                target: self.boxed(&a.target)?,
                annotation: self.boxed(&a.annotation)?,
                value: self.opt_boxed(a.value.as_deref())?,
                simple: a.simple,
            },
            ruff::Stmt::For(f) => StmtKind::For(Box::new(For {
                is_async: f.is_async,
                target: self.expr(&f.target)?,
                iter: self.expr(&f.iter)?,
                body: self.stmts(&f.body)?,
                orelse: self.stmts(&f.orelse)?,
                type_comment: None,
            })),
            ruff::Stmt::While(w) => StmtKind::While {
                test: self.boxed(&w.test)?,
                body: self.stmts(&w.body)?,
                orelse: self.stmts(&w.orelse)?,
            },
            ruff::Stmt::If(i) => {
                // From the last `elif` outwards.
                let mut orelse = Vec::new();
                for c in i.elif_else_clauses.iter().rev() {
                    let body = self.stmts(&c.body)?;
                    orelse = match &c.test {
                        None => body,
                        Some(test) => {
                            let range = TextRange::new(c.range.start(), i.range.end());
                            let loc = self.with_semicolon(range, self.loc(range));
                            let test = self.boxed(test)?;
                            vec![Stmt::new(StmtKind::If { test, body, orelse }, loc)]
                        }
                    };
                }
                StmtKind::If { test: self.boxed(&i.test)?, body: self.stmts(&i.body)?, orelse }
            }
            ruff::Stmt::With(w) => StmtKind::With {
                is_async: w.is_async,
                items: w
                    .items
                    .iter()
                    .map(|i| {
                        Ok(WithItem {
                            context_expr: self.expr(&i.context_expr)?,
                            optional_vars: self.opt(i.optional_vars.as_deref())?,
                        })
                    })
                    .collect::<Result<_>>()?,
                body: self.stmts(&w.body)?,
                type_comment: None,
            },
            ruff::Stmt::Match(m) => StmtKind::Match {
                subject: self.boxed(&m.subject)?,
                cases: m
                    .cases
                    .iter()
                    .map(|c| {
                        Ok(MatchCase {
                            pattern: self.pattern(&c.pattern)?,
                            guard: self.opt(c.guard.as_deref())?,
                            body: self.stmts(&c.body)?,
                        })
                    })
                    .collect::<Result<_>>()?,
            },
            ruff::Stmt::Raise(r) => StmtKind::Raise {
                exc: self.opt_boxed(r.exc.as_deref())?,
                cause: self.opt_boxed(r.cause.as_deref())?,
            },
            ruff::Stmt::Try(t) => StmtKind::Try(Box::new(Try {
                is_star: t.is_star,
                body: self.stmts(&t.body)?,
                handlers: t
                    .handlers
                    .iter()
                    .map(|h| {
                        let ruff::ExceptHandler::ExceptHandler(h) = h;
                        Ok(ExceptHandler {
                            typ: self.opt(h.type_.as_deref())?,
                            name: self.opt_ident(h.name.as_ref()),
                            body: self.stmts(&h.body)?,
                            loc: self.with_semicolon(h.range, self.loc(h.range)),
                        })
                    })
                    .collect::<Result<_>>()?,
                orelse: self.stmts(&t.orelse)?,
                finalbody: self.stmts(&t.finalbody)?,
            })),
            ruff::Stmt::Assert(a) => {
                StmtKind::Assert { test: self.boxed(&a.test)?, msg: self.opt_boxed(a.msg.as_deref())? }
            }
            ruff::Stmt::Import(i) => StmtKind::Import(self.aliases(&i.names)),
            ruff::Stmt::ImportFrom(i) => StmtKind::ImportFrom {
                module: self.opt_ident(i.module.as_ref()),
                names: self.aliases(&i.names),
                level: i.level,
            },
            ruff::Stmt::Global(g) => StmtKind::Global(g.names.iter().map(|n| self.ident(n)).collect()),
            ruff::Stmt::Nonlocal(g) => StmtKind::Nonlocal(g.names.iter().map(|n| self.ident(n)).collect()),
            ruff::Stmt::Expr(e) => StmtKind::Expr(self.boxed(&e.value)?),
            ruff::Stmt::Pass(_) | ruff::Stmt::IpyEscapeCommand(_) => StmtKind::Pass,
            ruff::Stmt::Break(_) => StmtKind::Break,
            ruff::Stmt::Continue(_) => StmtKind::Continue,
        };
        Ok(Stmt::new(kind, if compound { self.with_semicolon(s.range(), loc) } else { loc }))
    }

    /// A compound statement ends behind the semicolon that its last line may end with.
    fn with_semicolon(&self, range: TextRange, mut loc: Location) -> Location {
        let rest = &self.source.as_bytes()[usize::from(range.end())..];
        let blanks = rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\x0c')).count();
        if rest.get(blanks) == Some(&b';') {
            loc.end_col += blanks as i32 + 1;
        }
        loc
    }

    fn aliases(&mut self, names: &[ruff::Alias]) -> Vec<Alias> {
        names
            .iter()
            .map(|a| Alias {
                name: self.ident(&a.name),
                asname: self.opt_ident(a.asname.as_ref()),
                loc: self.loc(a.range),
            })
            .collect()
    }

    pub fn keywords(&mut self, keywords: &[ruff::Keyword]) -> Result<Vec<Keyword>> {
        keywords
            .iter()
            .map(|k| {
                Ok(Keyword {
                    arg: self.opt_ident(k.arg.as_ref()),
                    value: self.expr(&k.value)?,
                    loc: self.loc(k.range),
                })
            })
            .collect()
    }

    fn arg(&mut self, p: &ruff::Parameter) -> Result<Arg> {
        Ok(Arg {
            arg: self.ident(&p.name),
            annotation: self.opt_boxed(p.annotation.as_deref())?,
            type_comment: None,
            loc: self.loc(TextRange::new(p.name.range.start(), p.range.end())),
        })
    }

    pub fn arguments(&mut self, p: &ruff::Parameters) -> Result<Arguments> {
        let mut a = Arguments::default();
        for (from, to) in [(&p.posonlyargs, &mut a.posonlyargs), (&p.args, &mut a.args)] {
            for q in from {
                to.push(self.arg(&q.parameter)?);
                if let Some(d) = &q.default {
                    a.defaults.push(self.expr(d)?);
                }
            }
        }
        a.vararg = p.vararg.as_deref().map(|v| self.arg(v)).transpose()?;
        for q in &p.kwonlyargs {
            a.kwonlyargs.push(self.arg(&q.parameter)?);
            a.kw_defaults.push(self.opt(q.default.as_deref())?);
        }
        a.kwarg = p.kwarg.as_deref().map(|v| self.arg(v)).transpose()?;
        Ok(a)
    }

    fn type_params(&mut self, params: Option<&ruff::TypeParams>) -> Result<Vec<TypeParam>> {
        let Some(params) = params else { return Ok(Vec::new()) };
        params
            .type_params
            .iter()
            .map(|p| {
                let loc = self.range_of(p);
                let (kind, name, default) = match p {
                    ruff::TypeParam::TypeVar(t) => {
                        let bound = self.opt(t.bound.as_deref())?;
                        (TypeParamKind::TypeVar { bound }, &t.name, &t.default)
                    }
                    ruff::TypeParam::TypeVarTuple(t) => (TypeParamKind::TypeVarTuple, &t.name, &t.default),
                    ruff::TypeParam::ParamSpec(t) => (TypeParamKind::ParamSpec, &t.name, &t.default),
                };
                Ok(TypeParam { kind, name: self.ident(name), default: self.opt(default.as_deref())?, loc })
            })
            .collect()
    }
}
