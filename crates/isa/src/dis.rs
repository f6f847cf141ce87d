//! The disassembler: decoding of instructions, and code objects as text.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::op::{self, EXTENDED_ARG, flag};
use crate::{Code, Const, oparg};

/// A decoded instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decoded {
    pub op: u8,
    /// With the bits of its `EXTENDED_ARG`s.
    pub arg: u32,
    /// Unit of its first `EXTENDED_ARG`, or its own.
    pub start: u32,
    /// Its own unit.
    pub unit: u32,
    /// The unit after it and its caches.
    pub next: u32,
}

impl Decoded {
    /// The unit a jump goes to.
    pub fn target(&self) -> Option<u32> {
        let info = op::info(self.op);
        info.has_jump().then(|| {
            if info.has(flag::BACKWARD) { self.next.saturating_sub(self.arg) } else { self.next.saturating_add(self.arg) }
        })
    }
}

/// Decodes `units` from the first on.
pub fn instructions(units: &[u16]) -> impl Iterator<Item = Decoded> + '_ {
    let mut at = 0usize;
    std::iter::from_fn(move || {
        let start = at;
        let mut arg = 0u32;
        loop {
            let unit = *units.get(at)?;
            let op = unit as u8;
            arg = arg << 8 | (unit >> 8) as u32;
            if op == EXTENDED_ARG && at + 1 < units.len() {
                at += 1;
                continue;
            }
            let own = at;
            at = (at + 1 + op::info(op).caches as usize).min(units.len());
            return Some(Decoded { op, arg, start: start as u32, unit: own as u32, next: at as u32 });
        }
    })
}

/// The oparg of `op` in words, as `dis` shows it; empty when there is nothing to add.
pub fn describe(code: &Code, ins: &Decoded) -> String {
    let info = op::info(ins.op);
    let arg = ins.arg;
    let name = |i: u32| code.names.get(i as usize).map_or("?", |n| &**n);
    let local = |i: u32| code.local_names.get(i as usize).map_or("?", |n| &**n);
    if info.has_const() {
        return code.consts.get(arg as usize).map_or_else(|| "?".into(), constant);
    }
    if info.has_name() {
        let mut s = name(oparg::name_index(ins.op, arg)).to_string();
        match ins.op {
            op::LOAD_GLOBAL if arg & 1 != 0 => s.push_str(" + NULL"),
            op::LOAD_ATTR | op::LOAD_SUPER_ATTR if arg & 1 != 0 => s.push_str(" + NULL|self"),
            _ => {}
        }
        return s;
    }
    if let Some(t) = ins.target() {
        return format!("to {}", t * 2);
    }
    match ins.op {
        op::LOAD_FAST_LOAD_FAST
        | op::LOAD_FAST_BORROW_LOAD_FAST_BORROW
        | op::STORE_FAST_LOAD_FAST
        | op::STORE_FAST_STORE_FAST => format!("{}, {}", local(arg >> 4), local(arg & 15)),
        _ if info.has(flag::LOCAL | flag::FREE) => local(arg).into(),
        op::COMPARE_OP => {
            let sym = oparg::compare::SYMBOLS.get((arg >> 5) as usize).unwrap_or(&"?");
            if arg & oparg::compare::TO_BOOL != 0 { format!("bool({sym})") } else { sym.to_string() }
        }
        op::BINARY_OP => oparg::binary::SYMBOLS.get(arg as usize).unwrap_or(&"?").to_string(),
        op::CONTAINS_OP => if arg == 0 { "in" } else { "not in" }.into(),
        op::IS_OP => if arg == 0 { "is" } else { "is not" }.into(),
        op::CALL_INTRINSIC_1 => oparg::intrinsic1::NAMES.get(arg as usize).unwrap_or(&"?").to_string(),
        op::CALL_INTRINSIC_2 => oparg::intrinsic2::NAMES.get(arg as usize).unwrap_or(&"?").to_string(),
        op::LOAD_COMMON_CONSTANT => oparg::common_constant::NAMES.get(arg as usize).unwrap_or(&"?").to_string(),
        op::LOAD_SPECIAL => oparg::special::NAMES.get(arg as usize).unwrap_or(&"?").to_string(),
        _ => String::new(),
    }
}

/// A constant in a form close to Python's `repr`.
pub fn constant(c: &Const) -> String {
    let list = |items: &[Const]| items.iter().map(constant).collect::<Vec<_>>().join(", ");
    match c {
        Const::None => "None".into(),
        Const::Ellipsis => "Ellipsis".into(),
        Const::Bool(b) => if *b { "True" } else { "False" }.into(),
        Const::Int(i) => i.to_string(),
        Const::BigInt { negative, digits } => {
            let mut s = String::from(if *negative { "-0x" } else { "0x" });
            for (i, d) in digits.iter().rev().enumerate() {
                let _ = if i == 0 { write!(s, "{d:x}") } else { write!(s, "{d:08x}") };
            }
            s
        }
        Const::Float(f) => format!("{f:?}"),
        Const::Complex { re, im } => format!("({re:?}+{im:?}j)"),
        Const::Str(s) => format!("{s:?}"),
        Const::Bytes(b) => format!("b\"{}\"", b.escape_ascii()),
        Const::Tuple(t) => format!("({}{})", list(t), if t.len() == 1 { "," } else { "" }),
        Const::FrozenSet(t) => format!("frozenset({{{}}})", list(t)),
        Const::Slice(s) => format!("slice({})", list(&s[..])),
        Const::Code(c) => format!("<code object {}, line {}>", c.name, c.firstlineno),
    }
}

/// `code` as text, `dis` style: line, label, offset in bytes, instruction; then its handlers.
pub fn disassemble(code: &Code) -> String {
    let mut out = String::new();
    let targets: BTreeSet<u32> = instructions(&code.units)
        .filter_map(|i| i.target())
        .chain(code.handlers().map(|h| h.target))
        .collect();
    let positions: Vec<_> = code.positions().collect();
    let mut last = None;
    for ins in instructions(&code.units) {
        let line = positions.get(ins.unit as usize).map(|l| l.line).filter(|l| *l >= 0);
        let shown = if line != last {
            line.map_or("--".into(), |l| l.to_string())
        } else {
            String::new()
        };
        last = line;
        let mark = if targets.contains(&ins.start) { ">>" } else { "  " };
        let _ = write!(out, "{shown:>4} {mark} {:>4} {}", ins.start * 2, op::info(ins.op).name);
        if op::info(ins.op).has_arg() {
            let pad = 28usize.saturating_sub(op::info(ins.op).name.len());
            let _ = write!(out, "{:pad$}{}", "", ins.arg);
            let words = describe(code, &ins);
            if !words.is_empty() {
                let _ = write!(out, " ({words})");
            }
        }
        out.push('\n');
    }
    for (i, e) in code.handlers().enumerate() {
        if i == 0 {
            out.push_str("ExceptionTable:\n");
        }
        let _ = writeln!(
            out,
            "  {} to {} -> {} [{}]{}",
            e.start * 2,
            e.end * 2,
            e.target * 2,
            e.depth,
            if e.lasti { " lasti" } else { "" }
        );
    }
    out
}

/// `code` and all code objects inside it.
pub fn disassemble_all(code: &Code) -> String {
    let mut out = disassemble(code);
    for child in code.children() {
        let _ = write!(out, "\nDisassembly of {} (line {}):\n", child.qualname, child.firstlineno);
        out.push_str(&disassemble_all(child));
    }
    out
}
