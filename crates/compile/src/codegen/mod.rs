//! From the tree to instructions.
//!
//! One [`Unit`] for each code object being made, a stack of them while scopes are nested.

mod annotations;
mod blocks;
mod call;
mod check;
mod class;
mod comprehension;
mod display;
mod expr;
mod finish;
mod function;
mod handlers;
mod jump;
mod loops;
mod name;
mod pattern;
mod scope;
mod stmt;
mod type_params;

use std::collections::BTreeSet;
use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxBuildHasher;
use taipan_isa::locations::Location;
use taipan_isa::{Code, Const, Name, Wtf8};

use crate::Options;
use crate::ast::{Mod, Stmt};
use crate::constant::ConstPool;
use crate::depth::Depth;
use crate::error::{Error, Result, Warning};
use crate::flags;
use crate::flowgraph::{Label, Op, Sequence};
use crate::future::Future;
use crate::symtable::{Block, BlockId, SymbolTable};

use blocks::FBlock;

type NameSet = IndexSet<Name, FxBuildHasher>;

pub(crate) const NO_LOCATION: Location = Location::NONE;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScopeKind {
    Module,
    Class,
    Function,
    AsyncFunction,
    Lambda,
    Comprehension,
    Annotations,
}

/// A code object being made.
pub(crate) struct Unit<'a> {
    block: BlockId,
    kind: ScopeKind,
    name: Name,
    qualname: Name,
    /// The class whose body this is in, for mangling.
    private: Option<Name>,
    seq: Sequence,
    /// The sequence proper, while that of a module's annotations is written.
    stashed: Option<Sequence>,
    consts: ConstPool,
    names: NameSet,
    varnames: NameSet,
    cellvars: NameSet,
    freevars: NameSet,
    /// What free variables are numbered from.
    free_base: usize,
    /// Names of inlined comprehensions in a class or module; true while inside.
    fast_hidden: IndexMap<Name, bool, FxBuildHasher>,
    argcount: u32,
    posonlyargcount: u32,
    kwonlyargcount: u32,
    firstlineno: i32,
    fblocks: Vec<FBlock<'a>>,
    in_inlined_comp: u32,
    /// Attributes that the methods of a class assign to `self`.
    static_attributes: BTreeSet<Name>,
    deferred_annotations: Vec<(&'a Stmt, Option<i64>)>,
    next_conditional_annotation: i64,
    in_conditional_block: u32,
}

/// Positional, positional-only and keyword-only arguments of a scope.
#[derive(Clone, Copy, Default)]
pub(crate) struct ArgCounts {
    pub args: usize,
    pub posonly: usize,
    pub kwonly: usize,
}

pub(crate) struct Compiler<'a> {
    table: SymbolTable,
    future: Future,
    optimize: u8,
    /// Calls in tail position get their tail form.
    tail_calls: bool,
    lines_only: bool,
    interactive: bool,
    filename: Arc<Wtf8>,
    units: Vec<Unit<'a>>,
    warnings: &'a mut Vec<Warning>,
    /// Code is written a second time: its warnings were issued.
    disable_warnings: u32,
    depth: Depth,
}

/// Compiles `module` with its symbol table.
pub(crate) fn compile(
    module: &Mod,
    table: SymbolTable,
    future: Future,
    options: &Options,
    warnings: &mut Vec<Warning>,
) -> Result<Arc<Code>> {
    let mut c = Compiler {
        table,
        future,
        optimize: options.optimize,
        tail_calls: options.flags & flags::PLAIN_CALLS == 0,
        lines_only: options.lines_only,
        interactive: matches!(module, Mod::Interactive { .. }),
        filename: options.filename.clone(),
        units: Vec::new(),
        warnings,
        disable_warnings: 0,
        depth: Depth::default(),
    };
    c.enter_scope(
        "<module>".into(),
        ScopeKind::Module,
        SymbolTable::TOP,
        1,
        None,
        ArgCounts::default(),
    )?;
    let add_none = match module {
        Mod::Module { body } | Mod::Interactive { body } => {
            c.module(body)?;
            true
        }
        Mod::Expression { body } => {
            c.expr(body)?;
            false
        }
        Mod::FunctionType { .. } => {
            return Err(Error::new(crate::ErrorKind::SystemError, "module kind should not be possible"));
        }
    };
    c.finish_unit(add_none)
}

impl<'a> Compiler<'a> {
    pub(crate) fn unit(&mut self) -> &mut Unit<'a> {
        self.units.last_mut().expect("inside a scope")
    }
    pub(crate) fn unit_ref(&self) -> &Unit<'a> {
        self.units.last().expect("inside a scope")
    }
    /// The symbol table block of the current scope.
    pub(crate) fn ste(&self) -> &Block {
        &self.table[self.unit_ref().block]
    }

    pub(crate) fn emit(&mut self, loc: Location, op: u8) {
        self.unit().seq.push(op as Op, 0, loc);
    }
    pub(crate) fn emit_i(&mut self, loc: Location, op: u8, arg: impl TryInto<u32>) {
        let arg = arg.try_into().unwrap_or(u32::MAX);
        self.unit().seq.push(op as Op, arg, loc);
    }
    /// An instruction that may be a pseudo-instruction.
    pub(crate) fn emit_op(&mut self, loc: Location, op: Op, arg: u32) {
        self.unit().seq.push(op, arg, loc);
    }
    pub(crate) fn emit_jump(&mut self, loc: Location, op: impl Into<Op>, label: Label) {
        self.unit().seq.push(op.into(), label.0, loc);
    }
    pub(crate) fn new_label(&mut self) -> Label {
        self.unit().seq.new_label()
    }
    pub(crate) fn use_label(&mut self, label: Label) {
        self.unit().seq.use_label(label);
    }
    pub(crate) fn load_const(&mut self, loc: Location, c: Const) {
        let u = self.unit();
        let i = u.consts.add(c);
        u.seq.push(taipan_isa::op::LOAD_CONST as Op, i, loc);
    }
    pub(crate) fn load_none(&mut self, loc: Location) {
        self.load_const(loc, Const::None);
    }
    pub(crate) fn load_int(&mut self, loc: Location, i: i64) {
        self.load_const(loc, Const::Int(i));
    }
    pub(crate) fn load_str(&mut self, loc: Location, s: &str) {
        self.load_const(loc, Const::Str(s.into()));
    }

    pub(crate) fn error<T>(&self, loc: Location, msg: impl Into<String>) -> Result<T> {
        Err(Error::syntax(msg, loc))
    }
    pub(crate) fn warn(&mut self, loc: Location, msg: impl Into<String>) {
        if self.disable_warnings == 0 {
            self.warnings.push(Warning::syntax(msg, loc));
        }
    }
}

/// The index of `name` in `set`, entered if new.
pub(crate) fn index_in(set: &mut NameSet, name: &Name) -> u32 {
    set.insert_full(name.clone()).0 as u32
}
