//! Warnings about code that is surely wrong; docstrings.

use taipan_isa::{Const, Wtf8};

use super::Compiler;
use crate::ast::*;
use crate::constant::type_name;

/// The type an expression surely has.
fn infer_type(e: &Expr) -> Option<&'static str> {
    Some(match &e.kind {
        ExprKind::Tuple { .. } => "tuple",
        ExprKind::List { .. } | ExprKind::ListComp { .. } => "list",
        ExprKind::Dict { .. } | ExprKind::DictComp { .. } => "dict",
        ExprKind::Set(_) | ExprKind::SetComp { .. } => "set",
        ExprKind::GeneratorExp { .. } => "generator",
        ExprKind::Lambda { .. } => "function",
        ExprKind::TemplateStr(_) | ExprKind::Interpolation { .. } => "string.templatelib.Template",
        ExprKind::JoinedStr(_) | ExprKind::FormattedValue { .. } => "str",
        ExprKind::Constant { value, .. } => type_name(value),
        _ => return None,
    })
}

/// Not a constant, unless a named singleton.
fn is_argument(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Tuple { elts, .. } => !elts.iter().all(Expr::is_constant),
        ExprKind::Constant { value, .. } => matches!(value, Const::None | Const::Bool(_) | Const::Ellipsis),
        _ => true,
    }
}

impl Compiler<'_> {
    /// `is` with a literal.
    pub(crate) fn check_compare(&mut self, e: &Expr, left: &Expr, ops: &[CmpOp], comparators: &[Expr]) {
        let mut l = left;
        for (op, r) in ops.iter().zip(comparators) {
            if matches!(op, CmpOp::Is | CmpOp::IsNot) && (!is_argument(l) || !is_argument(r)) {
                let literal = if is_argument(l) { r } else { l };
                let t = infer_type(literal).unwrap_or("object");
                let msg = if *op == CmpOp::Is {
                    format!("\"is\" with '{t}' literal. Did you mean \"==\"?")
                } else {
                    format!("\"is not\" with '{t}' literal. Did you mean \"!=\"?")
                };
                self.warn(e.loc, msg);
                return;
            }
            l = r;
        }
    }

    pub(crate) fn check_caller(&mut self, e: &Expr) {
        let lambda = matches!(e.kind, ExprKind::Lambda { .. });
        if let (false, Some(t)) = (lambda, infer_type(e)) {
            self.warn(e.loc, format!("'{t}' object is not callable; perhaps you missed a comma?"));
        }
    }

    pub(crate) fn check_subscripter(&mut self, e: &Expr) {
        let wrong = match &e.kind {
            ExprKind::Constant { value, .. } => matches!(
                value,
                Const::None
                    | Const::Ellipsis
                    | Const::Bool(_)
                    | Const::Int(_)
                    | Const::BigInt { .. }
                    | Const::Float(_)
                    | Const::Complex { .. }
                    | Const::FrozenSet(_)
            ),
            ExprKind::Set(_)
            | ExprKind::SetComp { .. }
            | ExprKind::GeneratorExp { .. }
            | ExprKind::TemplateStr(_)
            | ExprKind::Interpolation { .. }
            | ExprKind::Lambda { .. } => true,
            _ => false,
        };
        if wrong && let Some(t) = infer_type(e) {
            self.warn(e.loc, format!("'{t}' object is not subscriptable; perhaps you missed a comma?"));
        }
    }

    pub(crate) fn check_index(&mut self, e: &Expr, slice: &Expr) {
        let Some(index) = infer_type(slice) else { return };
        if matches!(index, "int" | "bool" | "slice") {
            return;
        }
        let sequence = match &e.kind {
            ExprKind::Constant { value, .. } => matches!(value, Const::Str(_) | Const::Bytes(_) | Const::Tuple(_)),
            ExprKind::Tuple { .. }
            | ExprKind::List { .. }
            | ExprKind::ListComp { .. }
            | ExprKind::JoinedStr(_)
            | ExprKind::FormattedValue { .. } => true,
            _ => false,
        };
        if sequence && let Some(t) = infer_type(e) {
            let msg =
                format!("{t} indices must be integers or slices, not {index}; perhaps you missed a comma?");
            self.warn(e.loc, msg);
        }
    }
}

/// A docstring without its indentation: as `inspect.cleandoc`, but blank lines stay.
pub(crate) fn clean_doc(doc: &Wtf8) -> Wtf8 {
    let text = expand_tabs(&doc.0);
    let mut lines: Vec<&[u8]> = text.split(|b| *b == b'\n').collect();
    let indent = |l: &[u8]| l.iter().take_while(|b| **b == b' ').count();
    let margin = lines[1..].iter().filter(|l| indent(l) < l.len()).map(|l| indent(l)).min().unwrap_or(0);
    lines[0] = &lines[0][indent(lines[0])..];
    for l in &mut lines[1..] {
        *l = &l[margin.min(indent(l))..];
    }
    Wtf8(lines.join(&b'\n').into())
}

fn expand_tabs(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut column = 0;
    for &b in text {
        match b {
            b'\t' => {
                let n = 8 - column % 8;
                out.extend(std::iter::repeat_n(b' ', n));
                column += n;
            }
            b'\n' | b'\r' => {
                out.push(b);
                column = 0;
            }
            _ => {
                out.push(b);
                // Columns are characters: continuation bytes do not count.
                column += (b & 0xc0 != 0x80) as usize;
            }
        }
    }
    out
}
