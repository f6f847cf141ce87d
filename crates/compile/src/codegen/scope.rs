//! Entering and leaving scopes; qualified names; closures.

use taipan_isa::locations::Location;
use taipan_isa::oparg::{function_attribute as attribute, resume};
use taipan_isa::{Code, Const, Name, op};

use super::{ArgCounts, Compiler, NameSet, ScopeKind, Unit};
use crate::error::{Error, ErrorKind, Result};
use crate::flowgraph::pseudo;
use crate::symtable::{Block, BlockId, Scope, def, mangle};

use std::sync::Arc;

fn names_with(block: &Block, scope: Scope, flag: u32) -> NameSet {
    let mut names: Vec<&Name> =
        block.symbols.iter().filter(|(_, f)| Scope::of(**f) == scope || **f & flag != 0).map(|(n, _)| n).collect();
    names.sort();
    names.into_iter().cloned().collect()
}

impl<'a> Compiler<'a> {
    pub(crate) fn enter_scope(
        &mut self,
        name: Name,
        kind: ScopeKind,
        block: BlockId,
        lineno: i32,
        private: Option<Name>,
        args: ArgCounts,
    ) -> Result<()> {
        let b = &self.table[block];
        let varnames: NameSet = b.varnames.iter().cloned().collect();
        let mut cellvars = names_with(b, Scope::Cell, def::COMP_CELL);
        for (needed, implicit) in [
            (b.needs_class_closure, "__class__"),
            (b.needs_classdict, "__classdict__"),
            (b.has_conditional_annotations, "__conditional_annotations__"),
        ] {
            if needed {
                cellvars.insert(implicit.into());
            }
        }
        let freevars = names_with(b, Scope::Free, def::FREE_CLASS);
        let private = private.or_else(|| self.units.last().and_then(|u| u.private.clone()));
        let qualname = self.qualname(&name, kind);
        self.units.push(Unit {
            block,
            kind,
            name,
            qualname,
            private,
            seq: Default::default(),
            stashed: None,
            consts: Default::default(),
            names: Default::default(),
            varnames,
            free_base: cellvars.len(),
            cellvars,
            freevars,
            fast_hidden: Default::default(),
            argcount: args.args as u32,
            posonlyargcount: args.posonly as u32,
            kwonlyargcount: args.kwonly as u32,
            firstlineno: lineno,
            fblocks: Vec::new(),
            in_inlined_comp: 0,
            static_attributes: Default::default(),
            deferred_annotations: Vec::new(),
            next_conditional_annotation: 0,
            in_conditional_block: 0,
        });
        let mut loc = Location::new(lineno, lineno, 0, 0);
        if kind == ScopeKind::Module {
            loc.line = 0;
        }
        self.emit_i(loc, op::RESUME, resume::AT_FUNC_START);
        if kind == ScopeKind::Module {
            self.emit_op(loc, pseudo::ANNOTATIONS_PLACEHOLDER, 0);
        }
        Ok(())
    }

    /// The qualified name of a scope about to be entered.
    pub(crate) fn qualname(&self, name: &Name, kind: ScopeKind) -> Name {
        let depth = self.units.len();
        if depth <= 1 {
            return name.clone();
        }
        let mut parent = &self.units[depth - 1];
        if parent.kind == ScopeKind::Annotations {
            if depth == 2 {
                return name.clone();
            }
            parent = &self.units[depth - 2];
        }
        if matches!(kind, ScopeKind::Function | ScopeKind::AsyncFunction | ScopeKind::Class) {
            let mangled = mangle(parent.private.as_ref(), name);
            if self.table[parent.block].scope(&mangled) == Scope::GlobalExplicit {
                return name.clone();
            }
        }
        let base = &parent.qualname;
        match parent.kind {
            ScopeKind::Function | ScopeKind::AsyncFunction | ScopeKind::Lambda => {
                format!("{base}.<locals>.{name}").into()
            }
            _ => format!("{base}.{name}").into(),
        }
    }

    pub(crate) fn is_interactive_top_level(&self) -> bool {
        self.interactive && self.units.len() == 1
    }

    /// Where `name` lives as seen from the current scope.
    pub(crate) fn ref_type(&self, name: &str) -> Scope {
        let u = self.unit_ref();
        if u.kind == ScopeKind::Class
            && matches!(name, "__class__" | "__classdict__" | "__conditional_annotations__")
        {
            return Scope::Cell;
        }
        self.ste().scope(name)
    }

    /// The number of the cell that `code` takes `name` from.
    fn closure_arg(&self, name: &Name) -> Result<u32> {
        let u = self.unit_ref();
        let found = if self.ref_type(name) == Scope::Cell {
            u.cellvars.get_index_of(name)
        } else {
            u.freevars.get_index_of(name).map(|i| i + u.free_base)
        };
        found.map(|i| i as u32).ok_or_else(|| {
            Error::new(ErrorKind::SystemError, format!("no variable '{name}' for a closure in {}", u.name))
        })
    }

    /// Makes a function of `code`; what `flags` names lies on the stack.
    pub(crate) fn make_closure(&mut self, loc: Location, code: Arc<Code>, mut flags: u32) -> Result<()> {
        let free: Vec<Name> = code.freevars().cloned().collect();
        if !free.is_empty() {
            for name in &free {
                let arg = self.closure_arg(name)?;
                self.emit_op(loc, pseudo::LOAD_CLOSURE, arg);
            }
            flags |= attribute::CLOSURE;
            self.emit_i(loc, op::BUILD_TUPLE, free.len());
        }
        self.load_const(loc, Const::Code(code));
        self.emit(loc, op::MAKE_FUNCTION);
        for a in [
            attribute::CLOSURE,
            attribute::ANNOTATIONS,
            attribute::ANNOTATE,
            attribute::KWDEFAULTS,
            attribute::DEFAULTS,
        ] {
            if flags & a != 0 {
                self.emit_i(loc, op::SET_FUNCTION_ATTRIBUTE, a);
            }
        }
        Ok(())
    }
}
