//! Expressions.

use ruff_python_ast as ruff;
use ruff_text_size::Ranged;

use super::{Lower, literal};
use crate::ast::*;
use crate::depth::deeper;
use crate::error::{Error, Result};

pub(super) fn operator(op: ruff::Operator) -> Operator {
    match op {
        ruff::Operator::Add => Operator::Add,
        ruff::Operator::Sub => Operator::Sub,
        ruff::Operator::Mult => Operator::Mult,
        ruff::Operator::MatMult => Operator::MatMult,
        ruff::Operator::Div => Operator::Div,
        ruff::Operator::Mod => Operator::Mod,
        ruff::Operator::Pow => Operator::Pow,
        ruff::Operator::LShift => Operator::LShift,
        ruff::Operator::RShift => Operator::RShift,
        ruff::Operator::BitOr => Operator::BitOr,
        ruff::Operator::BitXor => Operator::BitXor,
        ruff::Operator::BitAnd => Operator::BitAnd,
        ruff::Operator::FloorDiv => Operator::FloorDiv,
    }
}

fn cmp_op(op: ruff::CmpOp) -> CmpOp {
    match op {
        ruff::CmpOp::Eq => CmpOp::Eq,
        ruff::CmpOp::NotEq => CmpOp::NotEq,
        ruff::CmpOp::Lt => CmpOp::Lt,
        ruff::CmpOp::LtE => CmpOp::LtE,
        ruff::CmpOp::Gt => CmpOp::Gt,
        ruff::CmpOp::GtE => CmpOp::GtE,
        ruff::CmpOp::Is => CmpOp::Is,
        ruff::CmpOp::IsNot => CmpOp::IsNot,
        ruff::CmpOp::In => CmpOp::In,
        ruff::CmpOp::NotIn => CmpOp::NotIn,
    }
}

fn context(c: ruff::ExprContext) -> Context {
    match c {
        ruff::ExprContext::Store => Context::Store,
        ruff::ExprContext::Del => Context::Del,
        ruff::ExprContext::Load | ruff::ExprContext::Invalid => Context::Load,
    }
}

impl Lower<'_> {
    pub fn expr(&mut self, e: &ruff::Expr) -> Result<Expr> {
        self.depth.enter()?;
        let r = deeper(|| self.expr_inner(e));
        self.depth.leave();
        r
    }

    fn generators(&mut self, gs: &[ruff::Comprehension]) -> Result<Vec<Comprehension>> {
        gs.iter()
            .map(|g| {
                Ok(Comprehension {
                    target: self.expr(&g.target)?,
                    iter: self.expr(&g.iter)?,
                    ifs: self.exprs(&g.ifs)?,
                    is_async: g.is_async,
                })
            })
            .collect()
    }

    fn expr_inner(&mut self, e: &ruff::Expr) -> Result<Expr> {
        let loc = self.range_of(e);
        let constant = |value: Const| ExprKind::Constant { value, unicode: false };
        let kind = match e {
            ruff::Expr::BoolOp(b) => ExprKind::BoolOp {
                op: match b.op {
                    ruff::BoolOp::And => BoolOp::And,
                    ruff::BoolOp::Or => BoolOp::Or,
                },
                values: self.exprs(&b.values)?,
            },
            ruff::Expr::Named(n) => {
                ExprKind::NamedExpr { target: self.boxed(&n.target)?, value: self.boxed(&n.value)? }
            }
            ruff::Expr::BinOp(b) => ExprKind::BinOp {
                left: self.boxed(&b.left)?,
                op: operator(b.op),
                right: self.boxed(&b.right)?,
            },
            ruff::Expr::UnaryOp(u) => ExprKind::UnaryOp {
                op: match u.op {
                    ruff::UnaryOp::Invert => UnaryOp::Invert,
                    ruff::UnaryOp::Not => UnaryOp::Not,
                    ruff::UnaryOp::UAdd => UnaryOp::UAdd,
                    ruff::UnaryOp::USub => UnaryOp::USub,
                },
                operand: self.boxed(&u.operand)?,
            },
            ruff::Expr::Lambda(l) => ExprKind::Lambda {
                args: Box::new(match &l.parameters {
                    Some(p) => self.arguments(p)?,
                    None => Arguments::default(),
                }),
                body: self.boxed(&l.body)?,
            },
            ruff::Expr::If(i) => ExprKind::IfExp {
                test: self.boxed(&i.test)?,
                body: self.boxed(&i.body)?,
                orelse: self.boxed(&i.orelse)?,
            },
            ruff::Expr::Dict(d) => {
                let mut keys = Vec::with_capacity(d.items.len());
                let mut values = Vec::with_capacity(d.items.len());
                for i in &d.items {
                    keys.push(self.opt(i.key.as_ref())?);
                    values.push(self.expr(&i.value)?);
                }
                ExprKind::Dict { keys, values }
            }
            ruff::Expr::Set(s) => ExprKind::Set(self.exprs(&s.elts)?),
            ruff::Expr::ListComp(c) => {
                ExprKind::ListComp { elt: self.boxed(&c.elt)?, generators: self.generators(&c.generators)? }
            }
            ruff::Expr::SetComp(c) => {
                ExprKind::SetComp { elt: self.boxed(&c.elt)?, generators: self.generators(&c.generators)? }
            }
            ruff::Expr::DictComp(c) => ExprKind::DictComp {
                key: match &c.key {
                    Some(k) => self.boxed(k)?,
                    None => {
                        return Err(Error::syntax("dict unpacking cannot be used in dict comprehension", loc));
                    }
                },
                value: self.boxed(&c.value)?,
                generators: self.generators(&c.generators)?,
            },
            ruff::Expr::Generator(c) => {
                ExprKind::GeneratorExp { elt: self.boxed(&c.elt)?, generators: self.generators(&c.generators)? }
            }
            ruff::Expr::Await(a) => ExprKind::Await(self.boxed(&a.value)?),
            ruff::Expr::Yield(y) => ExprKind::Yield(self.opt_boxed(y.value.as_deref())?),
            ruff::Expr::YieldFrom(y) => ExprKind::YieldFrom(self.boxed(&y.value)?),
            ruff::Expr::Compare(c) => ExprKind::Compare {
                left: self.boxed(&c.left)?,
                ops: c.ops.iter().map(|o| cmp_op(*o)).collect(),
                comparators: self.exprs(c.comparators.iter())?,
            },
            ruff::Expr::Call(c) => {
                let func = self.boxed(&c.func)?;
                let mut args = self.exprs(c.arguments.args.iter())?;
                // A generator expression that is the only argument has the call's parentheses.
                if let ([ruff::Expr::Generator(g)], [arg]) = (&c.arguments.args[..], &mut args[..])
                    && !g.parenthesized
                {
                    arg.loc = self.loc(c.arguments.range);
                }
                ExprKind::Call { func, args, keywords: self.keywords(&c.arguments.keywords)? }
            }
            ruff::Expr::FString(f) => return self.fstring(f),
            ruff::Expr::TString(t) => return self.tstring(t),
            ruff::Expr::StringLiteral(s) => {
                let parts: Vec<_> = s.value.iter().map(|p| p.range()).collect();
                let mut text = Vec::new();
                for p in &parts {
                    text.extend_from_slice(&self.string(*p)?);
                }
                let unicode = parts.first().is_some_and(|p| self.text(*p).starts_with(['u', 'U']));
                ExprKind::Constant { value: Const::Str(taipan_isa::Wtf8(text.into())), unicode }
            }
            ruff::Expr::BytesLiteral(b) => {
                let parts: Vec<_> = b.value.iter().map(|p| p.range()).collect();
                let mut bytes = Vec::new();
                for p in parts {
                    bytes.extend_from_slice(&self.bytes(p)?);
                }
                constant(Const::Bytes(bytes.into()))
            }
            ruff::Expr::NumberLiteral(n) => {
                self.check_end_of_number(n.range);
                constant(literal::number(self.text(n.range), loc, self.max_int_digits)?)
            }
            ruff::Expr::BooleanLiteral(b) => constant(Const::Bool(b.value)),
            ruff::Expr::NoneLiteral(_) => constant(Const::None),
            ruff::Expr::EllipsisLiteral(_) => constant(Const::Ellipsis),
            ruff::Expr::Attribute(a) => ExprKind::Attribute {
                value: self.boxed(&a.value)?,
                attr: self.ident(&a.attr),
                ctx: context(a.ctx),
            },
            ruff::Expr::Subscript(s) => ExprKind::Subscript {
                value: self.boxed(&s.value)?,
                slice: self.boxed(&s.slice)?,
                ctx: context(s.ctx),
            },
            ruff::Expr::Starred(s) => ExprKind::Starred { value: self.boxed(&s.value)?, ctx: context(s.ctx) },
            ruff::Expr::Name(n) => ExprKind::Name { id: self.name(n.id.as_str()), ctx: context(n.ctx) },
            ruff::Expr::List(l) => ExprKind::List { elts: self.exprs(&l.elts)?, ctx: context(l.ctx) },
            ruff::Expr::Tuple(t) => ExprKind::Tuple { elts: self.exprs(&t.elts)?, ctx: context(t.ctx) },
            ruff::Expr::Slice(s) => ExprKind::Slice {
                lower: self.opt_boxed(s.lower.as_deref())?,
                upper: self.opt_boxed(s.upper.as_deref())?,
                step: self.opt_boxed(s.step.as_deref())?,
            },
            ruff::Expr::IpyEscapeCommand(_) => return Err(Error::syntax("invalid syntax", loc)),
        };
        Ok(Expr::new(kind, loc))
    }
}
