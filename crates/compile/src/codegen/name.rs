//! Loading, storing and deleting names and attributes.

use taipan_isa::locations::Location;
use taipan_isa::{Name, op};

use super::{Compiler, ScopeKind, index_in};
use crate::ast::{Context, Expr, ExprKind};
use crate::error::Result;
use crate::flowgraph::Op;
use crate::symtable::{BlockKind, Scope};

/// Forms of attribute access that share `LOAD_ATTR` and `LOAD_SUPER_ATTR`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum AttrLoad {
    Plain,
    Method,
    Super,
    SuperMethod,
    ZeroSuper,
    ZeroSuperMethod,
}

impl<'a> Compiler<'a> {
    /// `name` mangled as in the current scope.
    pub(crate) fn mangled(&self, name: &Name) -> Name {
        let u = self.unit_ref();
        self.table.maybe_mangle(u.private.as_ref(), u.block, name)
    }

    /// An instruction whose argument is an index of a name.
    pub(crate) fn emit_name(&mut self, loc: Location, op: u8, name: &Name) {
        let mangled = self.mangled(name);
        self.emit_raw_name(loc, op, &mangled);
    }

    /// The same without mangling.
    pub(crate) fn emit_raw_name(&mut self, loc: Location, op: u8, name: &Name) {
        let i = index_in(&mut self.unit().names, name);
        self.emit_i(loc, op, i);
    }

    pub(crate) fn load_attr(&mut self, loc: Location, how: AttrLoad, name: &Name) {
        let mangled = self.mangled(name);
        let i = index_in(&mut self.unit().names, &mangled);
        let (op, arg) = match how {
            AttrLoad::Plain => (op::LOAD_ATTR, i << 1),
            AttrLoad::Method => (op::LOAD_ATTR, i << 1 | 1),
            AttrLoad::Super => (op::LOAD_SUPER_ATTR, i << 2 | 2),
            AttrLoad::SuperMethod => (op::LOAD_SUPER_ATTR, i << 2 | 3),
            AttrLoad::ZeroSuper => (op::LOAD_SUPER_ATTR, i << 2),
            AttrLoad::ZeroSuperMethod => (op::LOAD_SUPER_ATTR, i << 2 | 1),
        };
        self.emit_i(loc, op, arg);
    }

    /// An instruction on the fast local `name`, mangled already.
    pub(crate) fn emit_local(&mut self, loc: Location, op: impl Into<Op>, name: &Name) {
        let i = index_in(&mut self.unit().varnames, name);
        self.emit_op(loc, op.into(), i);
    }

    pub(crate) fn cell_index(&mut self, name: &Name) -> u32 {
        index_in(&mut self.unit().cellvars, name)
    }
    pub(crate) fn free_index(&mut self, name: &Name) -> u32 {
        let base = self.unit_ref().free_base as u32;
        index_in(&mut self.unit().freevars, name) + base
    }

    fn load_classdict(&mut self, loc: Location) {
        let i = self.free_index(&"__classdict__".into());
        self.emit_i(loc, op::LOAD_DEREF, i);
    }

    pub(crate) fn name_op(&mut self, loc: Location, name: &Name, ctx: Context) -> Result<()> {
        let mangled = self.mangled(name);
        let scope = self.ste().scope(&mangled);
        let function_like = self.ste().is_function_like();
        let in_class = self.ste().kind == BlockKind::Class;
        let sees_class = self.ste().can_see_class_scope;
        let inlined = self.unit_ref().in_inlined_comp > 0;
        let pick = |load, store, del| match ctx {
            Context::Load => load,
            Context::Store => store,
            Context::Del => del,
        };
        match scope {
            Scope::Free | Scope::Cell => {
                let i = if scope == Scope::Free { self.free_index(&mangled) } else { self.cell_index(&mangled) };
                let mut load = op::LOAD_DEREF;
                if ctx == Context::Load {
                    if in_class && !inlined {
                        load = op::LOAD_FROM_DICT_OR_DEREF;
                        self.emit(loc, op::LOAD_LOCALS);
                    } else if sees_class {
                        load = op::LOAD_FROM_DICT_OR_DEREF;
                        self.load_classdict(loc);
                    }
                }
                self.emit_i(loc, pick(load, op::STORE_DEREF, op::DELETE_DEREF), i);
            }
            Scope::Local if function_like || self.unit_ref().fast_hidden.get(&mangled) == Some(&true) => {
                self.emit_local(loc, pick(op::LOAD_FAST, op::STORE_FAST, op::DELETE_FAST), &mangled);
            }
            Scope::GlobalExplicit | Scope::GlobalImplicit if scope == Scope::GlobalExplicit || function_like => {
                let i = index_in(&mut self.unit().names, &mangled);
                if ctx == Context::Load {
                    if sees_class && scope == Scope::GlobalImplicit {
                        self.load_classdict(loc);
                        self.emit_i(loc, op::LOAD_FROM_DICT_OR_GLOBALS, i);
                    } else {
                        self.emit_i(loc, op::LOAD_GLOBAL, i << 1);
                    }
                } else {
                    self.emit_i(loc, pick(0, op::STORE_GLOBAL, op::DELETE_GLOBAL), i);
                }
            }
            _ => {
                let i = index_in(&mut self.unit().names, &mangled);
                if ctx == Context::Load && in_class && inlined {
                    self.emit_i(loc, op::LOAD_GLOBAL, i << 1);
                } else {
                    self.emit_i(loc, pick(op::LOAD_NAME, op::STORE_NAME, op::DELETE_NAME), i);
                }
            }
        }
        Ok(())
    }

    /// Notes `self.attr = …` for the class around the method.
    pub(crate) fn note_static_attribute(&mut self, value: &Expr, attr: &Name, ctx: Context) {
        let is_self = matches!(&value.kind, ExprKind::Name { id, .. } if &**id == "self");
        if ctx != Context::Store || !is_self {
            return;
        }
        let outer = self.units.len() - 1;
        if let Some(u) = self.units[..outer].iter_mut().rev().find(|u| u.kind == ScopeKind::Class) {
            u.static_attributes.insert(attr.clone());
        }
    }
}

/// The location of an attribute access that spans lines: from the attribute's name on.
pub(crate) fn attr_location(mut loc: Location, attr_expr: &Expr, attr: &str) -> Location {
    let end = attr_expr.loc;
    if loc.line != end.end_line {
        loc.line = end.end_line;
        let len = attr.chars().count() as i32;
        if len <= end.end_col {
            loc.col = end.end_col - len;
        } else {
            loc.col = -1;
            loc.end_col = -1;
        }
        loc.end_line = loc.line.max(loc.end_line);
        if loc.line == loc.end_line {
            loc.end_col = loc.col.max(loc.end_col);
        }
    }
    loc
}
