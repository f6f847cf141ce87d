//! Displays: lists, tuples, sets, dicts, f-strings and t-strings; unpacking into targets.

use taipan_isa::locations::Location;
use taipan_isa::oparg::intrinsic1;
use taipan_isa::{Name, op};

use super::Compiler;
use super::name::AttrLoad;
use crate::ast::*;
use crate::error::Result;

/// Most entries that a display puts on the stack at once.
pub(crate) const STACK_USE_GUIDELINE: usize = 30;

/// The instructions that build a kind of collection.
#[derive(Clone, Copy)]
pub(crate) struct Build {
    build: u8,
    add: u8,
    extend: u8,
    /// Built as a list, converted at the end.
    tuple: bool,
}

pub(crate) const LIST: Build =
    Build { build: op::BUILD_LIST, add: op::LIST_APPEND, extend: op::LIST_EXTEND, tuple: false };
pub(crate) const TUPLE: Build =
    Build { build: op::BUILD_LIST, add: op::LIST_APPEND, extend: op::LIST_EXTEND, tuple: true };
pub(crate) const SET: Build = Build { build: op::BUILD_SET, add: op::SET_ADD, extend: op::SET_UPDATE, tuple: false };

impl<'a> Compiler<'a> {
    /// Builds a collection of `elts`, of `pushed` values that lie on the stack before them, and of
    /// the value of the name `injected` behind them.
    pub(crate) fn star_unpack(
        &mut self,
        loc: Location,
        elts: &'a [Expr],
        injected: Option<&Name>,
        pushed: usize,
        b: Build,
    ) -> Result<()> {
        let big = elts.len() + pushed + injected.is_some() as usize > STACK_USE_GUIDELINE;
        let starred = elts.iter().any(Expr::is_starred);
        if !starred && !big {
            self.exprs(elts)?;
            let mut n = elts.len() + pushed;
            if let Some(name) = injected {
                self.name_op(loc, name, Context::Load)?;
                n += 1;
            }
            self.emit_i(loc, if b.tuple { op::BUILD_TUPLE } else { b.build }, n);
            return Ok(());
        }
        let mut built = false;
        if big {
            self.emit_i(loc, b.build, pushed);
            built = true;
        }
        for (i, e) in elts.iter().enumerate() {
            if let ExprKind::Starred { value, .. } = &e.kind {
                if !built {
                    self.emit_i(loc, b.build, i + pushed);
                    built = true;
                }
                self.expr(value)?;
                self.emit_i(loc, b.extend, 1u32);
            } else {
                self.expr(e)?;
                if built {
                    self.emit_i(loc, b.add, 1u32);
                }
            }
        }
        if let Some(name) = injected {
            self.name_op(loc, name, Context::Load)?;
            self.emit_i(loc, b.add, 1u32);
        }
        if b.tuple {
            self.emit_i(loc, op::CALL_INTRINSIC_1, intrinsic1::LIST_TO_TUPLE);
        }
        Ok(())
    }

    pub(crate) fn list_or_tuple(&mut self, loc: Location, elts: &'a [Expr], ctx: Context, b: Build) -> Result<()> {
        match ctx {
            Context::Load => self.star_unpack(loc, elts, None, 0, b),
            Context::Del => self.exprs(elts),
            Context::Store => {
                self.unpack(loc, elts)?;
                for e in elts {
                    match &e.kind {
                        ExprKind::Starred { value, .. } => self.expr(value)?,
                        _ => self.expr(e)?,
                    }
                }
                Ok(())
            }
        }
    }

    fn unpack(&mut self, loc: Location, elts: &'a [Expr]) -> Result<()> {
        let mut starred = elts.iter().enumerate().filter(|(_, e)| e.is_starred()).map(|(i, _)| i);
        match starred.next() {
            Some(i) => {
                let after = elts.len() - i - 1;
                if i >= 1 << 8 || after >= (i32::MAX >> 8) as usize {
                    return self.error(loc, "too many expressions in star-unpacking assignment");
                }
                self.emit_i(loc, op::UNPACK_EX, i + (after << 8));
                if starred.next().is_some() {
                    return self.error(loc, "multiple starred expressions in assignment");
                }
            }
            None => self.emit_i(loc, op::UNPACK_SEQUENCE, elts.len()),
        }
        Ok(())
    }

    fn sub_dict(&mut self, loc: Location, keys: &'a [Option<Expr>], values: &'a [Expr]) -> Result<()> {
        let big = values.len() * 2 > STACK_USE_GUIDELINE;
        if big {
            self.emit_i(loc, op::BUILD_MAP, 0u32);
        }
        for (k, v) in keys.iter().zip(values) {
            if let Some(k) = k {
                self.expr(k)?;
            }
            self.expr(v)?;
            if big {
                self.emit_i(loc, op::MAP_ADD, 1u32);
            }
        }
        if !big {
            self.emit_i(loc, op::BUILD_MAP, values.len());
        }
        Ok(())
    }

    pub(crate) fn dict(&mut self, loc: Location, keys: &'a [Option<Expr>], values: &'a [Expr]) -> Result<()> {
        let mut have_dict = false;
        let mut elements = 0;
        let flush = |c: &mut Self, from: usize, to: usize, have_dict: &mut bool| -> Result<()> {
            c.sub_dict(loc, &keys[from..to], &values[from..to])?;
            if *have_dict {
                c.emit_i(loc, op::DICT_UPDATE, 1u32);
            }
            *have_dict = true;
            Ok(())
        };
        for i in 0..values.len() {
            if keys[i].is_none() {
                if elements > 0 {
                    flush(self, i - elements, i, &mut have_dict)?;
                    elements = 0;
                }
                if !have_dict {
                    self.emit_i(loc, op::BUILD_MAP, 0u32);
                    have_dict = true;
                }
                self.expr(&values[i])?;
                self.emit_i(loc, op::DICT_UPDATE, 1u32);
            } else if elements * 2 > STACK_USE_GUIDELINE {
                flush(self, i - elements, i + 1, &mut have_dict)?;
                elements = 0;
            } else {
                elements += 1;
            }
        }
        if elements > 0 {
            flush(self, values.len() - elements, values.len(), &mut have_dict)?;
        }
        if !have_dict {
            self.emit_i(loc, op::BUILD_MAP, 0u32);
        }
        Ok(())
    }

    pub(crate) fn joined_str(&mut self, loc: Location, values: &'a [Expr]) -> Result<()> {
        if values.len() > STACK_USE_GUIDELINE {
            self.load_str(loc, "");
            self.load_attr(loc, AttrLoad::Method, &"join".into());
            self.emit_i(loc, op::BUILD_LIST, 0u32);
            for v in values {
                self.expr(v)?;
                self.emit_i(loc, op::LIST_APPEND, 1u32);
            }
            self.emit_i(loc, op::CALL, 1u32);
            return Ok(());
        }
        self.exprs(values)?;
        match values.len() {
            0 => self.load_str(loc, ""),
            1 => {}
            n => self.emit_i(loc, op::BUILD_STRING, n),
        }
        Ok(())
    }

    pub(crate) fn template_str(&mut self, loc: Location, values: &'a [Expr]) -> Result<()> {
        let mut last_interpolation = true;
        let mut strings = 0usize;
        let is_interpolation = |v: &Expr| matches!(v.kind, ExprKind::Interpolation { .. });
        for v in values {
            if is_interpolation(v) {
                if last_interpolation {
                    self.load_str(loc, "");
                    strings += 1;
                }
                last_interpolation = true;
            } else {
                self.expr(v)?;
                strings += 1;
                last_interpolation = false;
            }
        }
        if last_interpolation {
            self.load_str(loc, "");
            strings += 1;
        }
        self.emit_i(loc, op::BUILD_TUPLE, strings);
        let mut n = 0usize;
        for v in values.iter().filter(|v| is_interpolation(v)) {
            self.expr(v)?;
            n += 1;
        }
        self.emit_i(loc, op::BUILD_TUPLE, n);
        self.emit(loc, op::BUILD_TEMPLATE);
        Ok(())
    }
}
