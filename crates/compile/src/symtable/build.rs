//! First pass, common parts: entering blocks, recording definitions.

use taipan_isa::locations::Location;

use super::{Block, BlockId, BlockKind, ComprehensionKind, Key, SymbolTable, def};
use crate::ast::{self, Context, Mod, Name};
use crate::depth::Depth;
use crate::error::{Error, Result};
use crate::flags;
use crate::future::Future;

pub(super) struct Builder<'a> {
    pub table: SymbolTable,
    pub stack: Vec<BlockId>,
    /// The class whose body this is, for mangling.
    pub private: Option<Name>,
    pub future: &'a Future,
    pub depth: Depth,
}

pub(super) fn build(module: &Mod, future: &Future) -> Result<SymbolTable> {
    let mut b =
        Builder { table: SymbolTable::default(), stack: Vec::new(), private: None, future, depth: Depth::default() };
    let loc0 = Location::new(0, 0, 0, 0);
    b.enter_block("top".into(), BlockKind::Module, Key::MODULE, loc0)?;
    match module {
        Mod::Module { body } => {
            if ast::docstring(body).is_some() {
                b.cur().has_docstring = true;
            }
            b.visit_body(body)?;
        }
        Mod::Interactive { body } => b.visit_body(body)?,
        Mod::Expression { body } => b.visit_expr(body)?,
        Mod::FunctionType { .. } => {
            return Err(Error::new(
                crate::ErrorKind::SystemError,
                "this compiler does not handle FunctionTypes",
            ));
        }
    }
    b.exit_block();
    Ok(b.table)
}

impl Builder<'_> {
    pub fn cur_id(&self) -> BlockId {
        *self.stack.last().expect("inside a block")
    }
    pub fn cur(&mut self) -> &mut Block {
        let id = self.cur_id();
        &mut self.table[id]
    }

    pub fn new_block(&mut self, name: Name, kind: BlockKind, key: Key, loc: Location) -> BlockId {
        let parent = self.stack.last().map(|id| &self.table[*id]);
        let nested = parent.is_some_and(|p| p.nested || p.is_function_like());
        let method = parent.is_some_and(|p| p.kind == BlockKind::Class) && kind == BlockKind::Function;
        let block = Block {
            name,
            kind,
            symbols: Default::default(),
            varnames: Vec::new(),
            children: Vec::new(),
            directives: Vec::new(),
            loc,
            nested,
            generator: false,
            coroutine: false,
            comprehension: ComprehensionKind::No,
            comp_inlined: false,
            varargs: false,
            varkeywords: false,
            returns_value: false,
            needs_class_closure: false,
            needs_classdict: false,
            can_see_class_scope: false,
            has_docstring: false,
            method,
            annotations_used: false,
            has_conditional_annotations: false,
            annotation_block: None,
            in_conditional_block: false,
            in_unevaluated_annotation: false,
            comp_iter_target: false,
            comp_iter_expr: 0,
            scope_info: None,
            mangled_names: None,
        };
        let id = BlockId(self.table.blocks.len() as u32);
        self.table.blocks.push(block);
        self.table.keys.insert(key, id);
        id
    }

    pub fn enter_existing_block(&mut self, id: BlockId) {
        let prev = self.stack.last().copied();
        self.stack.push(id);
        if let Some(p) = prev {
            let (iter_expr, mangled) = (self.table[p].comp_iter_expr, self.table[p].mangled_names);
            let block = &mut self.table[id];
            block.comp_iter_expr = iter_expr;
            if mangled.is_some() && block.kind != BlockKind::Class {
                block.mangled_names = mangled;
            }
        }
        // Under `from __future__ import annotations` they become strings and bind nothing.
        if self.future.annotations() && self.table[id].kind == BlockKind::Annotation {
            return;
        }
        if let Some(p) = prev {
            self.table[p].children.push(id);
        }
    }

    pub fn enter_block(&mut self, name: Name, kind: BlockKind, key: Key, loc: Location) -> Result<()> {
        let id = self.new_block(name, kind, key, loc);
        self.enter_existing_block(id);
        if matches!(kind, BlockKind::Annotation | BlockKind::TypeVariable | BlockKind::TypeAlias) {
            self.add_def(&".format".into(), def::PARAM, loc)?;
            self.add_def(&".format".into(), def::USE, loc)?;
        }
        Ok(())
    }

    pub fn exit_block(&mut self) {
        self.stack.pop();
    }

    pub fn mangled(&self, name: &Name) -> Name {
        self.table.maybe_mangle(self.private.as_ref(), self.cur_id(), name)
    }

    pub fn lookup_in(&self, block: BlockId, name: &Name) -> u32 {
        let mangled = self.table.maybe_mangle(self.private.as_ref(), block, name);
        self.table[block].symbol(&mangled)
    }
    pub fn lookup(&self, name: &Name) -> u32 {
        self.lookup_in(self.cur_id(), name)
    }

    pub fn add_def_in(&mut self, name: &Name, flag: u32, block: BlockId, loc: Location) -> Result<()> {
        let mangled = self.mangled(name);
        let b = &mut self.table[block];
        let entry = b.symbols.entry(mangled.clone()).or_insert(0);
        if flag & *entry & def::PARAM != 0 {
            return Err(Error::syntax(format!("duplicate argument '{name}' in function definition"), loc));
        }
        if flag & *entry & def::TYPE_PARAM != 0 {
            return Err(Error::syntax(format!("duplicate type parameter '{name}'"), loc));
        }
        *entry |= flag;
        if b.comp_iter_target {
            if *entry & (def::GLOBAL | def::NONLOCAL) != 0 {
                return Err(Error::syntax(
                    format!("comprehension inner loop cannot rebind assignment expression target '{name}'"),
                    loc,
                ));
            }
            *entry |= def::COMP_ITER;
        }
        if flag & def::PARAM != 0 {
            b.varnames.push(mangled);
        } else if flag & def::GLOBAL != 0 {
            *self.table.blocks[0].symbols.entry(mangled).or_insert(0) |= flag;
        }
        Ok(())
    }

    pub fn check_name(&self, name: &str, ctx: Context, loc: Location) -> Result<()> {
        if name == "__debug__" {
            match ctx {
                Context::Store => return Err(Error::syntax("cannot assign to __debug__", loc)),
                Context::Del => return Err(Error::syntax("cannot delete __debug__", loc)),
                Context::Load => {}
            }
        }
        Ok(())
    }

    pub fn add_def_ctx(&mut self, name: &Name, flag: u32, ctx: Context, loc: Location) -> Result<()> {
        if flag & (def::PARAM | def::LOCAL | def::IMPORT) != 0 {
            self.check_name(name, ctx, loc)?;
        }
        let id = self.cur_id();
        if flag & def::TYPE_PARAM != 0
            && let Some(set) = self.table[id].mangled_names
        {
            self.table.mangled_sets[set as usize].insert(name.clone());
        }
        self.add_def_in(name, flag, id, loc)
    }

    pub fn add_def(&mut self, name: &Name, flag: u32, loc: Location) -> Result<()> {
        let ctx = if flag == def::USE { Context::Load } else { Context::Store };
        self.add_def_ctx(name, flag, ctx, loc)
    }

    pub fn record_directive(&mut self, name: &Name, loc: Location) {
        let mangled = self.mangled(name);
        self.cur().directives.push((mangled, loc));
    }

    pub fn new_mangled_set(&mut self) {
        let i = self.table.mangled_sets.len() as u32;
        self.table.mangled_sets.push(Default::default());
        self.cur().mangled_names = Some(i);
    }

    pub fn allows_top_level_await(&mut self) -> bool {
        self.future.features & flags::PYCF_ALLOW_TOP_LEVEL_AWAIT != 0 && self.cur().kind == BlockKind::Module
    }

    /// Inside an `async def`.
    pub fn is_async_def(&mut self) -> bool {
        self.cur().is_function_like() && self.cur().coroutine
    }
}

