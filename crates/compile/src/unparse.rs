//! Expressions as source text, as `from __future__ import annotations` stores them.

use std::fmt::Write;

use taipan_isa::Wtf8;

use crate::ast::*;
use crate::constant::to_ibig;
use crate::depth::{Depth, deeper};
use crate::error::Result;

/// How tightly an expression binds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Tuple,
    Test,
    Or,
    And,
    Not,
    Cmp,
    BitOr,
    BitXor,
    BitAnd,
    Shift,
    Arith,
    Term,
    Factor,
    Power,
    Await,
    Atom,
}

impl Level {
    fn next(self) -> Level {
        use Level::*;
        match self {
            Tuple => Test,
            Test => Or,
            Or => And,
            And => Not,
            Not => Cmp,
            Cmp => BitOr,
            BitOr => BitXor,
            BitXor => BitAnd,
            BitAnd => Shift,
            Shift => Arith,
            Arith => Term,
            Term => Factor,
            Factor => Power,
            Power => Await,
            Await | Atom => Atom,
        }
    }
}

/// The text of `e`.
pub fn expression(e: &Expr) -> Result<Wtf8> {
    let mut u = Unparser { out: Vec::new(), depth: Depth::default() };
    u.expr(e, Level::Test)?;
    Ok(Wtf8(u.out.into()))
}

/// `repr` of a float.
pub fn float_repr(f: f64) -> String {
    if f.is_nan() {
        return "nan".into();
    }
    if f.is_infinite() {
        return if f > 0.0 { "inf" } else { "-inf" }.into();
    }
    let scientific = format!("{f:e}");
    let (mantissa, exp) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exp: i32 = exp.parse().unwrap_or(0);
    if (-4..16).contains(&exp) {
        let plain = format!("{f}");
        return if plain.contains('.') { plain } else { plain + ".0" };
    }
    let sign = if exp < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exp.abs())
}

fn str_repr(s: &Wtf8) -> Vec<u8> {
    let points: Vec<u32> = s.code_points().collect();
    let quote = if points.contains(&('\'' as u32)) && !points.contains(&('"' as u32)) { '"' } else { '\'' };
    let mut out = String::new();
    out.push(quote);
    for p in points {
        match char::from_u32(p) {
            Some(c) if c == quote || c == '\\' => {
                out.push('\\');
                out.push(c);
            }
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some(c) if !c.is_control() && (c == ' ' || !c.is_whitespace()) => out.push(c),
            _ if p < 0x100 => {
                let _ = write!(out, "\\x{p:02x}");
            }
            _ if p < 0x10000 => {
                let _ = write!(out, "\\u{p:04x}");
            }
            _ => {
                let _ = write!(out, "\\U{p:08x}");
            }
        }
    }
    out.push(quote);
    out.into_bytes()
}

fn bytes_repr(b: &[u8]) -> String {
    let quote = if b.contains(&b'\'') && !b.contains(&b'"') { b'"' } else { b'\'' };
    let mut out = String::from("b");
    out.push(quote as char);
    for &c in b {
        match c {
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            _ if c == quote || c == b'\\' => {
                out.push('\\');
                out.push(c as char);
            }
            0x20..0x7f => out.push(c as char),
            _ => {
                let _ = write!(out, "\\x{c:02x}");
            }
        }
    }
    out.push(quote as char);
    out
}

fn complex_repr(re: f64, im: f64) -> String {
    let part = |f: f64| {
        let s = float_repr(f);
        s.strip_suffix(".0").map_or(s.clone(), str::to_string)
    };
    if re == 0.0 && re.is_sign_positive() {
        return format!("{}j", part(im));
    }
    let sign = if im.is_sign_negative() || im.is_nan() { "" } else { "+" };
    format!("({}{sign}{}j)", part(re), part(im))
}

/// `repr` of a constant.
pub fn constant(c: &Const) -> String {
    String::from_utf8_lossy(&constant_bytes(c)).into_owned()
}

fn constant_bytes(c: &Const) -> Vec<u8> {
    let join = |items: &[Const]| {
        let parts: Vec<Vec<u8>> = items.iter().map(constant_bytes).collect();
        parts.join(&b", "[..])
    };
    match c {
        Const::None => "None".into(),
        Const::Ellipsis => "Ellipsis".into(),
        Const::Bool(b) => if *b { "True" } else { "False" }.into(),
        Const::Int(i) => i.to_string().into_bytes(),
        Const::BigInt { .. } => to_ibig(c).map(|i| i.to_string()).unwrap_or_default().into_bytes(),
        Const::Float(f) => float_repr(*f).into_bytes(),
        Const::Complex { re, im } => complex_repr(*re, *im).into_bytes(),
        Const::Str(s) => str_repr(s),
        Const::Bytes(b) => bytes_repr(b).into_bytes(),
        Const::Tuple(t) => {
            let tail: &[u8] = if t.len() == 1 { b",)" } else { b")" };
            [b"(", &join(t)[..], tail].concat()
        }
        Const::FrozenSet(t) if t.is_empty() => "frozenset()".into(),
        Const::FrozenSet(t) => [b"frozenset({", &join(t)[..], b"})"].concat(),
        Const::Slice(s) => [b"slice(", &join(&s[..])[..], b")"].concat(),
        Const::Code(c) => format!("<code object {}>", c.name).into_bytes(),
    }
}

struct Unparser {
    out: Vec<u8>,
    depth: Depth,
}

impl Unparser {
    fn put(&mut self, s: &str) {
        self.out.extend_from_slice(s.as_bytes());
    }

    fn expr(&mut self, e: &Expr, level: Level) -> Result<()> {
        self.depth.enter()?;
        let r = deeper(|| self.inner(e, level));
        self.depth.leave();
        r
    }

    fn grouped(&mut self, group: bool, f: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        if group {
            self.put("(");
        }
        f(self)?;
        if group {
            self.put(")");
        }
        Ok(())
    }

    fn list(&mut self, exprs: &[Expr], level: Level) -> Result<()> {
        for (i, e) in exprs.iter().enumerate() {
            if i > 0 {
                self.put(", ");
            }
            self.expr(e, level)?;
        }
        Ok(())
    }

    fn constant(&mut self, c: &Const) {
        match c {
            Const::Ellipsis => self.put("..."),
            Const::Float(_) | Const::Complex { .. } => {
                // No literal names infinity, but one overflows to it.
                let text = constant(c).replace("inf", "1e309");
                self.put(&text);
            }
            Const::Tuple(t) => {
                self.put("(");
                for (i, c) in t.iter().enumerate() {
                    if i > 0 {
                        self.put(", ");
                    }
                    self.constant(c);
                }
                self.put(if t.len() == 1 { ",)" } else { ")" });
            }
            _ => {
                let b = constant_bytes(c);
                self.out.extend_from_slice(&b);
            }
        }
    }

    fn inner(&mut self, e: &Expr, level: Level) -> Result<()> {
        match &e.kind {
            ExprKind::BoolOp { op, values } => {
                let (word, pr) = match op {
                    BoolOp::And => (" and ", Level::And),
                    BoolOp::Or => (" or ", Level::Or),
                };
                self.grouped(level > pr, |u| {
                    for (i, v) in values.iter().enumerate() {
                        if i > 0 {
                            u.put(word);
                        }
                        u.expr(v, pr.next())?;
                    }
                    Ok(())
                })
            }
            ExprKind::NamedExpr { target, value } => self.grouped(level > Level::Tuple, |u| {
                u.expr(target, Level::Atom)?;
                u.put(" := ");
                u.expr(value, Level::Atom)
            }),
            ExprKind::BinOp { left, op, right } => {
                let (word, pr) = match op {
                    Operator::Add => (" + ", Level::Arith),
                    Operator::Sub => (" - ", Level::Arith),
                    Operator::Mult => (" * ", Level::Term),
                    Operator::MatMult => (" @ ", Level::Term),
                    Operator::Div => (" / ", Level::Term),
                    Operator::Mod => (" % ", Level::Term),
                    Operator::FloorDiv => (" // ", Level::Term),
                    Operator::LShift => (" << ", Level::Shift),
                    Operator::RShift => (" >> ", Level::Shift),
                    Operator::BitOr => (" | ", Level::BitOr),
                    Operator::BitXor => (" ^ ", Level::BitXor),
                    Operator::BitAnd => (" & ", Level::BitAnd),
                    Operator::Pow => (" ** ", Level::Power),
                };
                let right_first = *op == Operator::Pow;
                self.grouped(level > pr, |u| {
                    u.expr(left, if right_first { pr.next() } else { pr })?;
                    u.put(word);
                    u.expr(right, if right_first { pr } else { pr.next() })
                })
            }
            ExprKind::UnaryOp { op, operand } => {
                let (word, pr) = match op {
                    UnaryOp::Invert => ("~", Level::Factor),
                    UnaryOp::Not => ("not ", Level::Not),
                    UnaryOp::UAdd => ("+", Level::Factor),
                    UnaryOp::USub => ("-", Level::Factor),
                };
                self.grouped(level > pr, |u| {
                    u.put(word);
                    u.expr(operand, pr)
                })
            }
            ExprKind::Lambda { args, body } => self.grouped(level > Level::Test, |u| {
                u.put("lambda");
                u.arguments(args)?;
                u.put(": ");
                u.expr(body, Level::Test)
            }),
            ExprKind::IfExp { test, body, orelse } => self.grouped(level > Level::Test, |u| {
                u.expr(body, Level::Test.next())?;
                u.put(" if ");
                u.expr(test, Level::Test.next())?;
                u.put(" else ");
                u.expr(orelse, Level::Test)
            }),
            ExprKind::Dict { keys, values } => {
                self.put("{");
                for (i, (k, v)) in keys.iter().zip(values).enumerate() {
                    if i > 0 {
                        self.put(", ");
                    }
                    match k {
                        Some(k) => {
                            self.expr(k, Level::Test)?;
                            self.put(": ");
                            self.expr(v, Level::Test)?;
                        }
                        None => {
                            self.put("**");
                            self.expr(v, Level::BitOr)?;
                        }
                    }
                }
                self.put("}");
                Ok(())
            }
            ExprKind::Set(elts) => {
                self.put("{");
                self.list(elts, Level::Test)?;
                self.put("}");
                Ok(())
            }
            ExprKind::ListComp { elt, generators } => self.comprehension("[", elt, None, generators, "]"),
            ExprKind::SetComp { elt, generators } => self.comprehension("{", elt, None, generators, "}"),
            ExprKind::GeneratorExp { elt, generators } => self.comprehension("(", elt, None, generators, ")"),
            ExprKind::DictComp { key, value, generators } => {
                self.comprehension("{", key, Some(value), generators, "}")
            }
            ExprKind::Await(v) => self.grouped(level > Level::Await, |u| {
                u.put("await ");
                u.expr(v, Level::Atom)
            }),
            ExprKind::Yield(None) => {
                self.put("(yield)");
                Ok(())
            }
            ExprKind::Yield(Some(v)) => {
                self.put("(yield ");
                self.expr(v, Level::Test)?;
                self.put(")");
                Ok(())
            }
            ExprKind::YieldFrom(v) => {
                self.put("(yield from ");
                self.expr(v, Level::Test)?;
                self.put(")");
                Ok(())
            }
            ExprKind::Compare { left, ops, comparators } => self.grouped(level > Level::Cmp, |u| {
                u.expr(left, Level::Cmp.next())?;
                for (op, c) in ops.iter().zip(comparators) {
                    u.put(match op {
                        CmpOp::Eq => " == ",
                        CmpOp::NotEq => " != ",
                        CmpOp::Lt => " < ",
                        CmpOp::LtE => " <= ",
                        CmpOp::Gt => " > ",
                        CmpOp::GtE => " >= ",
                        CmpOp::Is => " is ",
                        CmpOp::IsNot => " is not ",
                        CmpOp::In => " in ",
                        CmpOp::NotIn => " not in ",
                    });
                    u.expr(c, Level::Cmp.next())?;
                }
                Ok(())
            }),
            ExprKind::Call { func, args, keywords } => {
                self.expr(func, Level::Atom)?;
                if let ([arg], []) = (&args[..], &keywords[..])
                    && matches!(arg.kind, ExprKind::GeneratorExp { .. })
                {
                    return self.expr(arg, Level::Atom);
                }
                self.put("(");
                self.list(args, Level::Test)?;
                for (i, k) in keywords.iter().enumerate() {
                    if i > 0 || !args.is_empty() {
                        self.put(", ");
                    }
                    match &k.arg {
                        Some(n) => {
                            self.put(n);
                            self.put("=");
                        }
                        None => self.put("**"),
                    }
                    self.expr(&k.value, Level::Test)?;
                }
                self.put(")");
                Ok(())
            }
            ExprKind::JoinedStr(_) | ExprKind::FormattedValue { .. } => self.interpolated(e, "f"),
            ExprKind::TemplateStr(_) | ExprKind::Interpolation { .. } => self.interpolated(e, "t"),
            ExprKind::Constant { value, unicode } => {
                if *unicode {
                    self.put("u");
                }
                self.constant(value);
                Ok(())
            }
            ExprKind::Attribute { value, attr, .. } => {
                self.expr(value, Level::Atom)?;
                let int = matches!(value.as_constant(), Some(Const::Int(_) | Const::BigInt { .. }));
                self.put(if int { " ." } else { "." });
                self.put(attr);
                Ok(())
            }
            ExprKind::Starred { value, .. } => {
                self.put("*");
                self.expr(value, Level::BitOr)
            }
            ExprKind::Name { id, .. } => {
                self.put(id);
                Ok(())
            }
            ExprKind::List { elts, .. } => {
                self.put("[");
                self.list(elts, Level::Test)?;
                self.put("]");
                Ok(())
            }
            ExprKind::Tuple { elts, .. } => {
                if elts.is_empty() {
                    self.put("()");
                    return Ok(());
                }
                self.grouped(level > Level::Tuple, |u| {
                    u.list(elts, Level::Test)?;
                    if elts.len() == 1 {
                        u.put(",");
                    }
                    Ok(())
                })
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.expr(value, Level::Atom)?;
                self.put("[");
                self.expr(slice, Level::Tuple)?;
                self.put("]");
                Ok(())
            }
            ExprKind::Slice { lower, upper, step } => {
                if let Some(l) = lower {
                    self.expr(l, Level::Test)?;
                }
                self.put(":");
                if let Some(u) = upper {
                    self.expr(u, Level::Test)?;
                }
                if let Some(s) = step {
                    self.put(":");
                    self.expr(s, Level::Test)?;
                }
                Ok(())
            }
        }
    }

    fn comprehension(
        &mut self,
        open: &str,
        elt: &Expr,
        value: Option<&Expr>,
        generators: &[Comprehension],
        close: &str,
    ) -> Result<()> {
        self.put(open);
        self.expr(elt, Level::Test)?;
        if let Some(v) = value {
            self.put(": ");
            self.expr(v, Level::Test)?;
        }
        for g in generators {
            self.put(if g.is_async { " async for " } else { " for " });
            self.expr(&g.target, Level::Tuple)?;
            self.put(" in ");
            self.expr(&g.iter, Level::Test.next())?;
            for i in &g.ifs {
                self.put(" if ");
                self.expr(i, Level::Test.next())?;
            }
        }
        self.put(close);
        Ok(())
    }

    fn arguments(&mut self, a: &Arguments) -> Result<()> {
        let mut first = true;
        let mut comma = |u: &mut Self| {
            u.put(if first { " " } else { ", " });
            first = false;
        };
        let positional: Vec<&Arg> = a.posonlyargs.iter().chain(&a.args).collect();
        let without = positional.len().saturating_sub(a.defaults.len());
        for (i, p) in positional.iter().enumerate() {
            comma(self);
            self.put(&p.arg);
            if i >= without {
                self.put("=");
                self.expr(&a.defaults[i - without], Level::Test)?;
            }
            if !a.posonlyargs.is_empty() && i + 1 == a.posonlyargs.len() {
                self.put(", /");
            }
        }
        if a.vararg.is_some() || !a.kwonlyargs.is_empty() {
            comma(self);
            self.put("*");
            if let Some(v) = &a.vararg {
                self.put(&v.arg);
            }
        }
        for (p, d) in a.kwonlyargs.iter().zip(&a.kw_defaults) {
            comma(self);
            self.put(&p.arg);
            if let Some(d) = d {
                self.put("=");
                self.expr(d, Level::Test)?;
            }
        }
        if let Some(k) = &a.kwarg {
            comma(self);
            self.put("**");
            self.put(&k.arg);
        }
        Ok(())
    }

    fn interpolated(&mut self, e: &Expr, prefix: &str) -> Result<()> {
        let mut inner = Unparser { out: Vec::new(), depth: self.depth };
        inner.string_parts(e, false)?;
        self.put(prefix);
        let quoted = str_repr(&Wtf8(inner.out.into()));
        self.out.extend_from_slice(&quoted);
        Ok(())
    }

    /// The inside of an f-string or t-string, before quoting.
    fn string_parts(&mut self, e: &Expr, in_spec: bool) -> Result<()> {
        match &e.kind {
            ExprKind::Constant { value: Const::Str(s), .. } => {
                for b in &s.0 {
                    if matches!(b, b'{' | b'}') {
                        self.out.push(*b);
                    }
                    self.out.push(*b);
                }
                Ok(())
            }
            ExprKind::JoinedStr(values) | ExprKind::TemplateStr(values) => {
                values.iter().try_for_each(|v| self.string_parts(v, in_spec))
            }
            ExprKind::FormattedValue { value, conversion, format_spec } => {
                self.replacement(Some(value), None, *conversion, format_spec.as_deref())
            }
            ExprKind::Interpolation { str, conversion, format_spec, .. } => {
                self.replacement(None, Some(str), *conversion, format_spec.as_deref())
            }
            _ => self.expr(e, Level::Test),
        }
    }

    fn replacement(
        &mut self,
        value: Option<&Expr>,
        text: Option<&Const>,
        conversion: i32,
        spec: Option<&Expr>,
    ) -> Result<()> {
        let mut inner = Unparser { out: Vec::new(), depth: self.depth };
        match (value, text) {
            (Some(v), _) => inner.expr(v, Level::Test.next())?,
            (None, Some(Const::Str(s))) => inner.out.extend_from_slice(&s.0),
            _ => {}
        }
        self.put(if inner.out.first() == Some(&b'{') { "{ " } else { "{" });
        self.out.extend_from_slice(&inner.out);
        if let Some(c) = u8::try_from(conversion).ok().filter(u8::is_ascii_alphabetic) {
            self.out.extend_from_slice(&[b'!', c]);
        }
        if let Some(s) = spec {
            self.put(":");
            self.string_parts(s, true)?;
        }
        self.put("}");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats() {
        for (f, want) in [
            (1.0, "1.0"),
            (1e16, "1e+16"),
            (1e15, "1000000000000000.0"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1.5e300, "1.5e+300"),
        ] {
            assert_eq!(float_repr(f), want);
        }
    }
}
