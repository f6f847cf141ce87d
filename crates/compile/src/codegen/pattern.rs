//! `match` statements (PEP 634).
//!
//! Each pattern consumes the subject on top of the stack and jumps to a block that cleans up when
//! it fails. Captured values wait below what is on top; names are bound once all has matched.

use taipan_isa::locations::Location;
use taipan_isa::oparg::binary;
use taipan_isa::{Const, Name, op};

use super::{Compiler, NO_LOCATION};
use crate::ast::*;
use crate::constant::Key as ConstKey;
use crate::depth::deeper;
use crate::error::Result;
use crate::flowgraph::{Label, Op, pseudo};

#[derive(Clone, Default)]
struct Captures {
    /// Names captured so far, in the order of their values on the stack.
    stores: Vec<Name>,
    allow_irrefutable: bool,
    /// `fail_pop[n]` pops n entries.
    fail_pop: Vec<Label>,
    /// Entries on top that must stay.
    on_top: usize,
}

fn is_wildcard(p: &Pattern) -> bool {
    matches!(p.kind, PatternKind::MatchAs { name: None, pattern: None })
}

fn is_star_wildcard(p: &Pattern) -> bool {
    matches!(p.kind, PatternKind::MatchStar(None))
}

impl<'a> Compiler<'a> {
    pub(crate) fn match_stmt(&mut self, subject: &'a Expr, cases: &'a [MatchCase]) -> Result<()> {
        self.expr(subject)?;
        let end = self.new_label();
        let Some(last) = cases.last() else { return Ok(()) };
        let has_default = is_wildcard(&last.pattern) && cases.len() > 1;
        let tested = cases.len() - has_default as usize;
        for (i, m) in cases[..tested].iter().enumerate() {
            let loc = m.pattern.loc;
            let is_last = i + 1 == tested;
            if !is_last {
                self.emit_i(loc, op::COPY, 1u32);
            }
            let mut pc = Captures {
                allow_irrefutable: m.guard.is_some() || i + 1 == cases.len(),
                ..Captures::default()
            };
            self.pattern(&m.pattern, &mut pc)?;
            for name in std::mem::take(&mut pc.stores) {
                self.name_op(loc, &name, Context::Store)?;
            }
            if let Some(guard) = &m.guard {
                self.ensure_fail_pop(&mut pc, 0);
                self.jump_if(loc, guard, pc.fail_pop[0], false)?;
            }
            if !is_last {
                self.emit(Location::NEXT, op::POP_TOP);
            }
            self.stmts(&m.body)?;
            self.emit_jump(NO_LOCATION, pseudo::JUMP, end);
            self.emit_fail_pop(loc, &mut pc);
        }
        if has_default {
            let loc = last.pattern.loc;
            self.emit(loc, op::NOP);
            if let Some(guard) = &last.guard {
                self.jump_if(loc, guard, end, false)?;
            }
            self.stmts(&last.body)?;
        }
        self.use_label(end);
        Ok(())
    }

    fn ensure_fail_pop(&mut self, pc: &mut Captures, n: usize) {
        while pc.fail_pop.len() <= n {
            let label = self.new_label();
            pc.fail_pop.push(label);
        }
    }

    fn jump_to_fail_pop(&mut self, loc: Location, pc: &mut Captures, op: impl Into<Op>) {
        let pops = pc.on_top + pc.stores.len();
        self.ensure_fail_pop(pc, pops);
        self.emit_jump(loc, op, pc.fail_pop[pops]);
    }

    fn emit_fail_pop(&mut self, loc: Location, pc: &mut Captures) {
        for (n, label) in std::mem::take(&mut pc.fail_pop).into_iter().enumerate().rev() {
            self.use_label(label);
            if n > 0 {
                self.emit(loc, op::POP_TOP);
            }
        }
    }

    /// Moves the top below `count - 1` entries.
    fn rotate(&mut self, loc: Location, count: usize) {
        for n in (2..=count).rev() {
            self.emit_i(loc, op::SWAP, n);
        }
    }

    fn duplicate_store<T>(&self, loc: Location, name: &str) -> Result<T> {
        self.error(loc, format!("multiple assignments to name '{name}' in pattern"))
    }

    fn store_name(&mut self, loc: Location, name: Option<&Name>, pc: &mut Captures) -> Result<()> {
        let Some(name) = name else {
            self.emit(loc, op::POP_TOP);
            return Ok(());
        };
        if pc.stores.contains(name) {
            return self.duplicate_store(loc, name);
        }
        self.rotate(loc, pc.on_top + pc.stores.len() + 1);
        pc.stores.push(name.clone());
        Ok(())
    }

    fn pattern(&mut self, p: &'a Pattern, pc: &mut Captures) -> Result<()> {
        self.depth.enter()?;
        let r = deeper(|| self.pattern_inner(p, pc));
        self.depth.leave();
        r
    }

    /// A pattern inside another: it may be irrefutable.
    fn subpattern(&mut self, p: &'a Pattern, pc: &mut Captures) -> Result<()> {
        let old = std::mem::replace(&mut pc.allow_irrefutable, true);
        self.pattern(p, pc)?;
        pc.allow_irrefutable = old;
        Ok(())
    }

    fn pattern_inner(&mut self, p: &'a Pattern, pc: &mut Captures) -> Result<()> {
        let loc = p.loc;
        match &p.kind {
            PatternKind::MatchValue(value) => {
                if !matches!(value.kind, ExprKind::Constant { .. } | ExprKind::Attribute { .. }) {
                    let msg = "patterns may only match literals and attribute lookups";
                    return self.error(loc, msg);
                }
                self.expr(value)?;
                self.compare_op(loc, CmpOp::Eq);
                self.emit(loc, op::TO_BOOL);
                self.jump_to_fail_pop(loc, pc, op::POP_JUMP_IF_FALSE);
                Ok(())
            }
            PatternKind::MatchSingleton(c) => {
                self.load_const(loc, c.clone());
                self.compare_op(loc, CmpOp::Is);
                self.jump_to_fail_pop(loc, pc, op::POP_JUMP_IF_FALSE);
                Ok(())
            }
            PatternKind::MatchSequence(patterns) => self.sequence_pattern(loc, patterns, pc),
            PatternKind::MatchMapping { keys, patterns, rest } => {
                self.mapping_pattern(loc, keys, patterns, rest.as_ref(), pc)
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                self.class_pattern(loc, cls, patterns, kwd_attrs, kwd_patterns, pc)
            }
            PatternKind::MatchStar(name) => self.store_name(loc, name.as_ref(), pc),
            PatternKind::MatchAs { pattern: None, name } => {
                if !pc.allow_irrefutable {
                    return match name {
                        Some(n) => {
                            self.error(loc, format!("name capture '{n}' makes remaining patterns unreachable"))
                        }
                        None => self.error(loc, "wildcard makes remaining patterns unreachable"),
                    };
                }
                self.store_name(loc, name.as_ref(), pc)
            }
            PatternKind::MatchAs { pattern: Some(inner), name } => {
                pc.on_top += 1;
                self.emit_i(loc, op::COPY, 1u32);
                self.pattern(inner, pc)?;
                pc.on_top -= 1;
                self.store_name(loc, name.as_ref(), pc)
            }
            PatternKind::MatchOr(patterns) => self.or_pattern(loc, patterns, pc),
        }
    }

    fn check_length(&mut self, loc: Location, size: usize, op: CmpOp, pc: &mut Captures) {
        self.emit(loc, op::GET_LEN);
        self.load_int(loc, size as i64);
        self.compare_op(loc, op);
        self.jump_to_fail_pop(loc, pc, op::POP_JUMP_IF_FALSE);
    }

    fn sequence_pattern(&mut self, loc: Location, patterns: &'a [Pattern], pc: &mut Captures) -> Result<()> {
        let mut star = None;
        let mut only_wildcard = true;
        let mut star_wildcard = false;
        for (i, p) in patterns.iter().enumerate() {
            if matches!(p.kind, PatternKind::MatchStar(_)) {
                if star.is_some() {
                    return self.error(loc, "multiple starred names in sequence pattern");
                }
                star_wildcard = is_star_wildcard(p);
                only_wildcard &= star_wildcard;
                star = Some(i);
            } else {
                only_wildcard &= is_wildcard(p);
            }
        }
        let size = patterns.len();
        pc.on_top += 1;
        self.emit(loc, op::MATCH_SEQUENCE);
        self.jump_to_fail_pop(loc, pc, op::POP_JUMP_IF_FALSE);
        match star {
            None => self.check_length(loc, size, CmpOp::Eq, pc),
            Some(_) if size > 1 => self.check_length(loc, size - 1, CmpOp::GtE, pc),
            Some(_) => {}
        }
        pc.on_top -= 1;
        if only_wildcard {
            self.emit(loc, op::POP_TOP);
            Ok(())
        } else if let (true, Some(star)) = (star_wildcard, star) {
            self.sequence_by_index(loc, patterns, star, pc)
        } else {
            self.sequence_unpacked(loc, patterns, star, pc)
        }
    }

    fn sequence_unpacked(
        &mut self,
        loc: Location,
        patterns: &'a [Pattern],
        star: Option<usize>,
        pc: &mut Captures,
    ) -> Result<()> {
        let size = patterns.len();
        match star {
            Some(i) => {
                let after = size - i - 1;
                if i >= 1 << 8 || after >= (i32::MAX >> 8) as usize {
                    return self.error(loc, "too many expressions in star-unpacking sequence pattern");
                }
                self.emit_i(loc, op::UNPACK_EX, i + (after << 8));
            }
            None => self.emit_i(loc, op::UNPACK_SEQUENCE, size),
        }
        pc.on_top += size;
        for p in patterns {
            pc.on_top -= 1;
            self.subpattern(p, pc)?;
        }
        Ok(())
    }

    /// For `[a, *_, b]`: takes items by index rather than unpacking all.
    fn sequence_by_index(
        &mut self,
        loc: Location,
        patterns: &'a [Pattern],
        star: usize,
        pc: &mut Captures,
    ) -> Result<()> {
        pc.on_top += 1;
        let size = patterns.len();
        for (i, p) in patterns.iter().enumerate() {
            if is_wildcard(p) || i == star {
                continue;
            }
            self.emit_i(loc, op::COPY, 1u32);
            if i < star {
                self.load_int(loc, i as i64);
            } else {
                // The subject may not know negative indices.
                self.emit(loc, op::GET_LEN);
                self.load_int(loc, (size - i) as i64);
                self.emit_i(loc, op::BINARY_OP, binary::SUBTRACT);
            }
            self.emit_i(loc, op::BINARY_OP, binary::SUBSCR);
            self.subpattern(p, pc)?;
        }
        pc.on_top -= 1;
        self.emit(loc, op::POP_TOP);
        Ok(())
    }

    fn class_pattern(
        &mut self,
        loc: Location,
        cls: &'a Expr,
        patterns: &'a [Pattern],
        attrs: &'a [Name],
        kwd_patterns: &'a [Pattern],
        pc: &mut Captures,
    ) -> Result<()> {
        if attrs.len() != kwd_patterns.len() {
            let msg = format!(
                "kwd_attrs ({}) / kwd_patterns ({}) length mismatch in class pattern",
                attrs.len(),
                kwd_patterns.len()
            );
            return self.error(loc, msg);
        }
        for (i, a) in attrs.iter().enumerate() {
            if let Some(j) = (i + 1..attrs.len()).find(|j| attrs[*j] == *a) {
                let msg = format!("attribute name repeated in class pattern: {a}");
                return self.error(kwd_patterns[j].loc, msg);
            }
        }
        self.expr(cls)?;
        let names: Box<[Const]> = attrs.iter().map(|n| Const::Str((&**n).into())).collect();
        self.load_const(loc, Const::Tuple(names));
        self.emit_i(loc, op::MATCH_CLASS, patterns.len());
        self.emit_i(loc, op::COPY, 1u32);
        self.load_none(loc);
        self.emit_i(loc, op::IS_OP, 1u32);
        pc.on_top += 1;
        self.jump_to_fail_pop(loc, pc, op::POP_JUMP_IF_FALSE);
        let count = patterns.len() + attrs.len();
        self.emit_i(loc, op::UNPACK_SEQUENCE, count);
        pc.on_top = pc.on_top + count - 1;
        for p in patterns.iter().chain(kwd_patterns) {
            pc.on_top -= 1;
            if is_wildcard(p) {
                self.emit(loc, op::POP_TOP);
            } else {
                self.subpattern(p, pc)?;
            }
        }
        Ok(())
    }

    fn mapping_pattern(
        &mut self,
        loc: Location,
        keys: &'a [Expr],
        patterns: &'a [Pattern],
        rest: Option<&Name>,
        pc: &mut Captures,
    ) -> Result<()> {
        let size = keys.len();
        if size != patterns.len() {
            let msg = format!("keys ({size}) / patterns ({}) length mismatch in mapping pattern", patterns.len());
            return self.error(loc, msg);
        }
        pc.on_top += 1;
        self.emit(loc, op::MATCH_MAPPING);
        self.jump_to_fail_pop(loc, pc, op::POP_JUMP_IF_FALSE);
        if size == 0 && rest.is_none() {
            pc.on_top -= 1;
            self.emit(loc, op::POP_TOP);
            return Ok(());
        }
        if size > 0 {
            self.check_length(loc, size, CmpOp::GtE, pc);
        }
        let mut seen = rustc_hash::FxHashSet::default();
        for key in keys {
            match &key.kind {
                ExprKind::Constant { value, .. } => {
                    if !seen.insert(ConstKey(equal_constant(value))) {
                        let text = crate::unparse::constant(value);
                        let msg = format!("mapping pattern checks duplicate key ({text})");
                        return self.error(loc, msg);
                    }
                }
                ExprKind::Attribute { .. } => {}
                _ => {
                    let msg = "mapping pattern keys may only match literals and attribute lookups";
                    return self.error(loc, msg);
                }
            }
            self.expr(key)?;
        }
        self.emit_i(loc, op::BUILD_TUPLE, size);
        self.emit(loc, op::MATCH_KEYS);
        pc.on_top += 2;
        self.emit_i(loc, op::COPY, 1u32);
        self.load_none(loc);
        self.emit_i(loc, op::IS_OP, 1u32);
        self.jump_to_fail_pop(loc, pc, op::POP_JUMP_IF_FALSE);
        self.emit_i(loc, op::UNPACK_SEQUENCE, size);
        pc.on_top = pc.on_top + size - 1;
        for p in patterns {
            pc.on_top -= 1;
            self.subpattern(p, pc)?;
        }
        // The tuple of keys and the subject are left.
        pc.on_top -= 2;
        if rest.is_some() {
            self.emit_i(loc, op::BUILD_MAP, 0u32);
            self.emit_i(loc, op::SWAP, 3u32);
            self.emit_i(loc, op::DICT_UPDATE, 2u32);
            self.emit_i(loc, op::UNPACK_SEQUENCE, size);
            for left in (1..=size).rev() {
                self.emit_i(loc, op::COPY, 1 + left);
                self.emit_i(loc, op::SWAP, 2u32);
                self.emit(loc, op::DELETE_SUBSCR);
            }
            self.store_name(loc, rest, pc)
        } else {
            self.emit(loc, op::POP_TOP);
            self.emit(loc, op::POP_TOP);
            Ok(())
        }
    }

    fn or_pattern(&mut self, loc: Location, patterns: &'a [Pattern], pc: &mut Captures) -> Result<()> {
        let end = self.new_label();
        // The names of the first alternative, in the order that the others must follow.
        let mut control: Option<Vec<Name>> = None;
        for (i, alt) in patterns.iter().enumerate() {
            let mut inner = Captures {
                allow_irrefutable: i + 1 == patterns.len() && pc.allow_irrefutable,
                ..Captures::default()
            };
            self.emit_i(alt.loc, op::COPY, 1u32);
            self.pattern(alt, &mut inner)?;
            let stores = &mut inner.stores;
            match &control {
                None => control = Some(stores.clone()),
                Some(control) => {
                    if stores.len() != control.len() {
                        return self.error(loc, "alternative patterns bind different names");
                    }
                    for at in (0..stores.len()).rev() {
                        let Some(found) = stores.iter().position(|n| *n == control[at]) else {
                            return self.error(loc, "alternative patterns bind different names");
                        };
                        if at != found {
                            let rotated: Vec<Name> = stores.drain(..=found).collect();
                            let to = at - found;
                            stores.splice(to..to, rotated);
                            for _ in 0..=found {
                                self.rotate(alt.loc, at + 1);
                            }
                        }
                    }
                }
            }
            self.emit_jump(alt.loc, pseudo::JUMP, end);
            self.emit_fail_pop(alt.loc, &mut inner);
        }
        // No alternative matched.
        self.emit(loc, op::POP_TOP);
        self.jump_to_fail_pop(loc, pc, pseudo::JUMP);
        self.use_label(end);
        let control = control.unwrap_or_default();
        let rotations = control.len() + 1 + pc.on_top + pc.stores.len();
        for name in control {
            self.rotate(loc, rotations);
            if pc.stores.contains(&name) {
                return self.duplicate_store(loc, &name);
            }
            pc.stores.push(name);
        }
        self.emit(loc, op::POP_TOP);
        Ok(())
    }
}

/// One constant for all that are equal to it: `False`, `0.0` and `0j` are 0.
fn equal_constant(c: &Const) -> Const {
    let number = |f: f64| {
        let whole = f.fract() == 0.0 && f.abs() < 9e15;
        if whole { Const::Int(f as i64) } else { Const::Float(f) }
    };
    match c {
        Const::Bool(b) => Const::Int(*b as i64),
        Const::Float(f) => number(*f),
        Const::Complex { re, im } if *im == 0.0 => number(*re),
        _ => c.clone(),
    }
}
