//! Expressions.

use taipan_isa::locations::Location;
use taipan_isa::oparg::{binary, compare, conversion, intrinsic1, resume};
use taipan_isa::{Const, op};

use super::name::{AttrLoad, attr_location};
use super::{Compiler, NO_LOCATION, ScopeKind};
use crate::ast::*;
use crate::depth::deeper;
use crate::error::Result;
use crate::flowgraph::pseudo;

/// The oparg of `BINARY_OP`.
pub(crate) fn binary_op(op: Operator) -> u32 {
    match op {
        Operator::Add => binary::ADD,
        Operator::Sub => binary::SUBTRACT,
        Operator::Mult => binary::MULTIPLY,
        Operator::MatMult => binary::MATRIX_MULTIPLY,
        Operator::Div => binary::TRUE_DIVIDE,
        Operator::Mod => binary::REMAINDER,
        Operator::Pow => binary::POWER,
        Operator::LShift => binary::LSHIFT,
        Operator::RShift => binary::RSHIFT,
        Operator::BitOr => binary::OR,
        Operator::BitXor => binary::XOR,
        Operator::BitAnd => binary::AND,
        Operator::FloorDiv => binary::FLOOR_DIVIDE,
    }
}

fn is_constant_slice(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Slice { lower, upper, step } => {
            [lower, upper, step].into_iter().flatten().all(|e| e.is_constant())
        }
        _ => false,
    }
}

/// A slice without step that is no constant: its parts are passed without making a slice object.
pub(crate) fn is_two_part_slice(e: &Expr) -> bool {
    matches!(&e.kind, ExprKind::Slice { step: None, .. }) && !is_constant_slice(e)
}

fn conversion_arg(c: i32) -> Option<u32> {
    match u8::try_from(c).ok()? {
        b's' => Some(conversion::STR),
        b'r' => Some(conversion::REPR),
        b'a' => Some(conversion::ASCII),
        _ => None,
    }
}

impl<'a> Compiler<'a> {
    pub(crate) fn expr(&mut self, e: &'a Expr) -> Result<()> {
        self.depth.enter()?;
        let r = deeper(|| self.expr_inner(e));
        self.depth.leave();
        r
    }

    pub(crate) fn exprs(&mut self, exprs: &'a [Expr]) -> Result<()> {
        exprs.iter().try_for_each(|e| self.expr(e))
    }

    fn expr_inner(&mut self, e: &'a Expr) -> Result<()> {
        let loc = e.loc;
        match &e.kind {
            ExprKind::NamedExpr { target, value } => {
                self.expr(value)?;
                self.emit_i(loc, op::COPY, 1u32);
                self.expr(target)
            }
            ExprKind::BoolOp { op, values } => self.bool_op(loc, *op, values),
            ExprKind::BinOp { left, op, right } => {
                self.expr(left)?;
                self.expr(right)?;
                self.emit_i(loc, op::BINARY_OP, binary_op(*op));
                Ok(())
            }
            ExprKind::UnaryOp { op, operand } => {
                self.expr(operand)?;
                match op {
                    UnaryOp::UAdd => self.emit_i(loc, op::CALL_INTRINSIC_1, intrinsic1::UNARY_POSITIVE),
                    UnaryOp::Not => {
                        self.emit(loc, op::TO_BOOL);
                        self.emit(loc, op::UNARY_NOT);
                    }
                    UnaryOp::Invert => self.emit(loc, op::UNARY_INVERT),
                    UnaryOp::USub => self.emit(loc, op::UNARY_NEGATIVE),
                }
                Ok(())
            }
            ExprKind::Lambda { args, body } => self.lambda(e, args, body),
            ExprKind::IfExp { test, body, orelse } => {
                let end = self.new_label();
                let next = self.new_label();
                self.jump_if(loc, test, next, false)?;
                self.expr(body)?;
                self.emit_jump(NO_LOCATION, pseudo::JUMP_NO_INTERRUPT, end);
                self.use_label(next);
                self.expr(orelse)?;
                self.use_label(end);
                Ok(())
            }
            ExprKind::Dict { keys, values } => self.dict(loc, keys, values),
            ExprKind::Set(elts) => self.star_unpack(loc, elts, None, 0, super::display::SET),
            ExprKind::List { elts, ctx } => self.list_or_tuple(loc, elts, *ctx, super::display::LIST),
            ExprKind::Tuple { elts, ctx } => self.list_or_tuple(loc, elts, *ctx, super::display::TUPLE),
            ExprKind::GeneratorExp { .. }
            | ExprKind::ListComp { .. }
            | ExprKind::SetComp { .. }
            | ExprKind::DictComp { .. } => self.comprehension(e),
            ExprKind::Yield(value) => {
                if !self.ste().is_function_like() {
                    return self.error(loc, "'yield' outside function");
                }
                match value {
                    Some(v) => self.expr(v)?,
                    None => self.load_none(loc),
                }
                self.emit_yield(loc);
                Ok(())
            }
            ExprKind::YieldFrom(value) => {
                if !self.ste().is_function_like() {
                    return self.error(loc, "'yield from' outside function");
                }
                if self.unit_ref().kind == ScopeKind::AsyncFunction {
                    return self.error(loc, "'yield from' inside async function");
                }
                self.expr(value)?;
                self.emit(loc, op::GET_YIELD_FROM_ITER);
                self.load_none(loc);
                self.add_yield_from(loc, false);
                Ok(())
            }
            ExprKind::Await(value) => {
                self.expr(value)?;
                self.emit_i(loc, op::GET_AWAITABLE, 0u32);
                self.load_none(loc);
                self.add_yield_from(loc, true);
                Ok(())
            }
            ExprKind::Compare { left, ops, comparators } => self.compare(e, left, ops, comparators),
            ExprKind::Call { func, args, keywords } => self.call(e, func, args, keywords),
            ExprKind::Constant { value, .. } => {
                self.load_const(loc, value.clone());
                Ok(())
            }
            ExprKind::JoinedStr(values) => self.joined_str(loc, values),
            ExprKind::TemplateStr(values) => self.template_str(loc, values),
            ExprKind::FormattedValue { value, conversion, format_spec } => {
                self.expr(value)?;
                if let Some(c) = conversion_arg(*conversion) {
                    self.emit_i(loc, op::CONVERT_VALUE, c);
                }
                match format_spec {
                    Some(f) => {
                        self.expr(f)?;
                        self.emit(loc, op::FORMAT_WITH_SPEC);
                    }
                    None => self.emit(loc, op::FORMAT_SIMPLE),
                }
                Ok(())
            }
            ExprKind::Interpolation { value, str, conversion, format_spec } => {
                self.expr(value)?;
                self.load_const(loc, str.clone());
                let mut arg = 2;
                if let Some(f) = format_spec {
                    arg += 1;
                    self.expr(f)?;
                }
                arg |= conversion_arg(*conversion).unwrap_or(0) << 2;
                self.emit_i(loc, op::BUILD_INTERPOLATION, arg);
                Ok(())
            }
            ExprKind::Attribute { value, attr, ctx } => {
                if *ctx == Context::Load && self.can_optimize_super_call(value, attr) {
                    let zero = self.load_args_for_super(value)?;
                    self.load_attr(loc, if zero { AttrLoad::ZeroSuper } else { AttrLoad::Super }, attr);
                    self.emit(attr_location(loc, e, attr), op::NOP);
                    return Ok(());
                }
                self.note_static_attribute(value, attr, *ctx);
                self.expr(value)?;
                let l = attr_location(loc, e, attr);
                match ctx {
                    Context::Load => self.load_attr(l, AttrLoad::Plain, attr),
                    Context::Store => self.emit_name(l, op::STORE_ATTR, attr),
                    Context::Del => self.emit_name(l, op::DELETE_ATTR, attr),
                }
                Ok(())
            }
            ExprKind::Subscript { value, slice, ctx } => self.subscript(loc, value, slice, *ctx),
            ExprKind::Starred { ctx: Context::Store, .. } => {
                self.error(loc, "starred assignment target must be in a list or tuple")
            }
            ExprKind::Starred { .. } => self.error(loc, "can't use starred expression here"),
            ExprKind::Slice { .. } => self.slice(e),
            ExprKind::Name { id, ctx } => self.name_op(loc, id, *ctx),
        }
    }

    pub(crate) fn emit_yield(&mut self, loc: Location) {
        if self.ste().generator && self.ste().coroutine {
            self.emit_i(loc, op::CALL_INTRINSIC_1, intrinsic1::ASYNC_GEN_WRAP);
        }
        self.emit_i(loc, op::YIELD_VALUE, 0u32);
        self.emit_i(loc, op::RESUME, resume::AFTER_YIELD);
    }

    fn bool_op(&mut self, loc: Location, op: BoolOp, values: &'a [Expr]) -> Result<()> {
        let jump = if op == BoolOp::And { pseudo::JUMP_IF_FALSE } else { pseudo::JUMP_IF_TRUE };
        let end = self.new_label();
        let Some((last, first)) = values.split_last() else { return Ok(()) };
        for v in first {
            self.expr(v)?;
            self.emit_jump(loc, jump, end);
            self.emit(loc, op::POP_TOP);
        }
        self.expr(last)?;
        self.use_label(end);
        Ok(())
    }

    pub(crate) fn compare_op(&mut self, loc: Location, op: CmpOp) {
        let cmp = match op {
            CmpOp::Eq => compare::EQ,
            CmpOp::NotEq => compare::NE,
            CmpOp::Lt => compare::LT,
            CmpOp::LtE => compare::LE,
            CmpOp::Gt => compare::GT,
            CmpOp::GtE => compare::GE,
            CmpOp::Is => return self.emit_i(loc, op::IS_OP, 0u32),
            CmpOp::IsNot => return self.emit_i(loc, op::IS_OP, 1u32),
            CmpOp::In => return self.emit_i(loc, op::CONTAINS_OP, 0u32),
            CmpOp::NotIn => return self.emit_i(loc, op::CONTAINS_OP, 1u32),
        };
        self.emit_i(loc, op::COMPARE_OP, compare::oparg(cmp));
    }

    fn compare(&mut self, e: &'a Expr, left: &'a Expr, ops: &'a [CmpOp], comparators: &'a [Expr]) -> Result<()> {
        let loc = e.loc;
        self.check_compare(e, left, ops, comparators);
        self.expr(left)?;
        let (Some((last_op, first_ops)), Some(last)) = (ops.split_last(), comparators.last()) else {
            return Ok(());
        };
        if first_ops.is_empty() {
            self.expr(last)?;
            self.compare_op(loc, *last_op);
            return Ok(());
        }
        let cleanup = self.new_label();
        for (op, right) in first_ops.iter().zip(comparators) {
            self.expr(right)?;
            self.emit_i(loc, op::SWAP, 2u32);
            self.emit_i(loc, op::COPY, 2u32);
            self.compare_op(loc, *op);
            self.emit_i(loc, op::COPY, 1u32);
            self.emit(loc, op::TO_BOOL);
            self.emit_jump(loc, op::POP_JUMP_IF_FALSE, cleanup);
            self.emit(loc, op::POP_TOP);
        }
        self.expr(last)?;
        self.compare_op(loc, *last_op);
        let end = self.new_label();
        self.emit_jump(NO_LOCATION, pseudo::JUMP_NO_INTERRUPT, end);
        self.use_label(cleanup);
        self.emit_i(loc, op::SWAP, 2u32);
        self.emit(loc, op::POP_TOP);
        self.use_label(end);
        Ok(())
    }

    fn subscript(&mut self, loc: Location, value: &'a Expr, slice: &'a Expr, ctx: Context) -> Result<()> {
        if ctx == Context::Load {
            self.check_subscripter(value);
            self.check_index(value, slice);
        }
        self.expr(value)?;
        if is_two_part_slice(slice) && ctx != Context::Del {
            self.slice_two_parts(slice)?;
            self.emit(loc, if ctx == Context::Load { op::BINARY_SLICE } else { op::STORE_SLICE });
        } else {
            self.expr(slice)?;
            match ctx {
                Context::Load => self.emit_i(loc, op::BINARY_OP, binary::SUBSCR),
                Context::Store => self.emit(loc, op::STORE_SUBSCR),
                Context::Del => self.emit(loc, op::DELETE_SUBSCR),
            }
        }
        Ok(())
    }

    pub(crate) fn slice_two_parts(&mut self, s: &'a Expr) -> Result<()> {
        let ExprKind::Slice { lower, upper, .. } = &s.kind else { return Ok(()) };
        for part in [lower, upper] {
            match part {
                Some(p) => self.expr(p)?,
                None => self.load_none(s.loc),
            }
        }
        Ok(())
    }

    fn slice(&mut self, s: &'a Expr) -> Result<()> {
        let ExprKind::Slice { lower, upper, step } = &s.kind else { return Ok(()) };
        if is_constant_slice(s) {
            let part = |e: &Option<Box<Expr>>| {
                e.as_ref().and_then(|e| e.as_constant()).cloned().unwrap_or(Const::None)
            };
            self.load_const(s.loc, Const::Slice(Box::new([part(lower), part(upper), part(step)])));
            return Ok(());
        }
        self.slice_two_parts(s)?;
        let mut n = 2u32;
        if let Some(step) = step {
            n += 1;
            self.expr(step)?;
        }
        self.emit_i(s.loc, op::BUILD_SLICE, n);
        Ok(())
    }
}
