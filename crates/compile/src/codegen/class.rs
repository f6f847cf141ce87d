//! Classes.

use taipan_isa::locations::Location;
use taipan_isa::oparg::intrinsic1;
use taipan_isa::{Const, Name, op};

use super::{ArgCounts, Compiler, NO_LOCATION, ScopeKind};
use crate::ast::*;
use crate::error::Result;
use crate::flowgraph::pseudo;
use crate::symtable::Key;

impl<'a> Compiler<'a> {
    fn store(&mut self, loc: Location, name: &str) -> Result<()> {
        self.name_op(loc, &name.into(), Context::Store)
    }
    fn load(&mut self, loc: Location, name: &str) -> Result<()> {
        self.name_op(loc, &name.into(), Context::Load)
    }

    fn class_body(&mut self, s: &'a Stmt, c: &'a ClassDef, firstlineno: i32) -> Result<()> {
        let block = self.table.lookup(Key::stmt(s))?;
        let private = Some(c.name.clone());
        self.enter_scope(c.name.clone(), ScopeKind::Class, block, firstlineno, private, ArgCounts::default())?;
        let loc = Location::new(firstlineno, firstlineno, 0, 0);
        self.load(loc, "__name__")?;
        self.store(loc, "__module__")?;
        let qualname = self.unit_ref().qualname.clone();
        self.load_str(loc, &qualname);
        self.store(loc, "__qualname__")?;
        self.load_int(loc, firstlineno as i64);
        self.store(loc, "__firstlineno__")?;
        if !c.type_params.is_empty() {
            self.load(loc, ".type_params")?;
            self.store(loc, "__type_params__")?;
        }
        if self.ste().needs_classdict {
            self.emit(loc, op::LOAD_LOCALS);
            let i = self.cell_index(&"__classdict__".into());
            self.emit_i(loc, op::STORE_DEREF, i);
        }
        if self.ste().has_conditional_annotations {
            self.emit_i(loc, op::BUILD_SET, 0u32);
            let i = self.cell_index(&"__conditional_annotations__".into());
            self.emit_i(loc, op::STORE_DEREF, i);
        }
        self.body(loc, &c.body)?;
        let attributes: Box<[Const]> =
            self.unit_ref().static_attributes.iter().map(|n| Const::Str((&**n).into())).collect();
        self.load_const(NO_LOCATION, Const::Tuple(attributes));
        self.store(NO_LOCATION, "__static_attributes__")?;
        if self.ste().needs_classdict {
            let i = self.cell_index(&"__classdict__".into());
            self.emit_op(NO_LOCATION, pseudo::LOAD_CLOSURE, i);
            self.store(NO_LOCATION, "__classdictcell__")?;
        }
        if self.ste().needs_class_closure {
            let i = self.cell_index(&"__class__".into());
            self.emit_op(NO_LOCATION, pseudo::LOAD_CLOSURE, i);
            self.emit_i(NO_LOCATION, op::COPY, 1u32);
            self.store(NO_LOCATION, "__classcell__")?;
        } else {
            self.load_none(NO_LOCATION);
        }
        self.emit(NO_LOCATION, op::RETURN_VALUE);
        let code = self.finish_unit(true)?;

        self.emit(s.loc, op::LOAD_BUILD_CLASS);
        self.emit(s.loc, op::PUSH_NULL);
        self.make_closure(s.loc, code, 0)?;
        self.load_str(s.loc, &c.name);
        Ok(())
    }

    pub(crate) fn class(&mut self, s: &'a Stmt, c: &'a ClassDef) -> Result<()> {
        self.decorators(&c.decorators)?;
        let loc = s.loc;
        let firstlineno = c.decorators.first().map_or(loc.line, |d| d.loc.line);
        let generic = !c.type_params.is_empty();
        if generic {
            let name: Name = format!("<generic parameters of {}>", c.name).into();
            let block = self.table.lookup(Key::type_params(&c.type_params))?;
            let private = Some(c.name.clone());
            self.enter_scope(name, ScopeKind::Annotations, block, firstlineno, private, ArgCounts::default())?;
            self.type_params(&c.type_params)?;
            self.store(loc, ".type_params")?;
        }
        self.class_body(s, c, firstlineno)?;
        if generic {
            self.load(loc, ".type_params")?;
            self.emit_i(loc, op::CALL_INTRINSIC_1, intrinsic1::SUBSCRIPT_GENERIC);
            self.store(loc, ".generic_base")?;
            let base: Name = ".generic_base".into();
            self.call_helper(loc, 2, &c.bases, Some(&base), &c.keywords)?;
            let code = self.finish_unit(false)?;
            self.make_closure(loc, code, 0)?;
            self.emit(loc, op::PUSH_NULL);
            self.emit_i(loc, op::CALL, 0u32);
        } else {
            self.call_helper(loc, 2, &c.bases, None, &c.keywords)?;
        }
        self.apply_decorators(&c.decorators);
        self.name_op(loc, &c.name, Context::Store)
    }
}
