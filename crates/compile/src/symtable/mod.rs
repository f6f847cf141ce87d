//! The symbol table: for every block of code, which names it binds and where each name lives.
//!
//! Built in two passes: `build` and `visit` gather facts from the tree, `analyze` decides scopes.

mod analyze;
mod build;
mod mangle;
mod visit;

use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use taipan_isa::locations::Location;

use crate::ast::{Arguments, Expr, Mod, Name, Stmt, TypeParam};
use crate::error::{Error, Result};
use crate::future::Future;

pub use mangle::mangle;

/// Facts about a name in a block, joined with `|`; its [`Scope`] is in the bits from
/// [`def::SCOPE_SHIFT`] up.
pub mod def {
    pub const GLOBAL: u32 = 1;
    pub const LOCAL: u32 = 2;
    pub const PARAM: u32 = 2 << 1;
    pub const NONLOCAL: u32 = 2 << 2;
    pub const USE: u32 = 2 << 3;
    pub const FREE_CLASS: u32 = 2 << 5;
    pub const IMPORT: u32 = 2 << 6;
    pub const ANNOT: u32 = 2 << 7;
    pub const COMP_ITER: u32 = 2 << 8;
    pub const TYPE_PARAM: u32 = 2 << 9;
    pub const COMP_CELL: u32 = 2 << 10;
    pub const BOUND: u32 = LOCAL | PARAM | IMPORT;
    pub const SCOPE_SHIFT: u32 = 12;
    pub const SCOPE_MASK: u32 = 15;
}

/// Where a name lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Scope {
    Unknown = 0,
    Local = 1,
    GlobalExplicit = 2,
    GlobalImplicit = 3,
    Free = 4,
    Cell = 5,
}

impl Scope {
    pub fn of(flags: u32) -> Scope {
        match flags >> def::SCOPE_SHIFT & def::SCOPE_MASK {
            1 => Scope::Local,
            2 => Scope::GlobalExplicit,
            3 => Scope::GlobalImplicit,
            4 => Scope::Free,
            5 => Scope::Cell,
            _ => Scope::Unknown,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    Function,
    Class,
    Module,
    /// `__annotate__`.
    Annotation,
    TypeAlias,
    TypeParameters,
    TypeVariable,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComprehensionKind {
    No,
    List,
    Dict,
    Set,
    Generator,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlockId(pub u32);

pub type Symbols = IndexMap<Name, u32, FxBuildHasher>;

/// One block: a module, a class body, a function, an annotation scope.
#[derive(Debug)]
pub struct Block {
    pub name: Name,
    pub kind: BlockKind,
    pub symbols: Symbols,
    /// Parameters, in order.
    pub varnames: Vec<Name>,
    pub children: Vec<BlockId>,
    /// Names in `global` and `nonlocal` statements, for error positions.
    pub directives: Vec<(Name, Location)>,
    pub loc: Location,
    /// Inside a function.
    pub nested: bool,
    pub generator: bool,
    pub coroutine: bool,
    pub comprehension: ComprehensionKind,
    pub comp_inlined: bool,
    pub varargs: bool,
    pub varkeywords: bool,
    pub returns_value: bool,
    pub needs_class_closure: bool,
    pub needs_classdict: bool,
    pub can_see_class_scope: bool,
    pub has_docstring: bool,
    pub method: bool,
    pub annotations_used: bool,
    pub has_conditional_annotations: bool,
    pub annotation_block: Option<BlockId>,
    in_conditional_block: bool,
    in_unevaluated_annotation: bool,
    comp_iter_target: bool,
    comp_iter_expr: u32,
    /// What a type variable's block is, for messages: "a TypeVar bound".
    scope_info: Option<&'static str>,
    /// Index of the set of names that are mangled here; without one all are.
    mangled_names: Option<u32>,
}

impl Block {
    pub fn is_function_like(&self) -> bool {
        !matches!(self.kind, BlockKind::Class | BlockKind::Module)
    }
    /// The facts about `name`; zero for a name not in the block.
    pub fn symbol(&self, name: &str) -> u32 {
        self.symbols.get(name).copied().unwrap_or(0)
    }
    pub fn scope(&self, name: &str) -> Scope {
        Scope::of(self.symbol(name))
    }
}

/// What a block belongs to: a node of the tree, which must not move as long as the table is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key(u8, usize);

impl Key {
    pub const MODULE: Key = Key(0, 0);
    pub fn stmt(s: &Stmt) -> Key {
        Key(1, std::ptr::from_ref(s).addr())
    }
    pub fn expr(e: &Expr) -> Key {
        Key(2, std::ptr::from_ref(e).addr())
    }
    pub fn arguments(a: &Arguments) -> Key {
        Key(3, std::ptr::from_ref(a).addr())
    }
    pub fn type_params(t: &[TypeParam]) -> Key {
        Key(4, t.as_ptr().addr())
    }
    pub fn bound(t: &TypeParam) -> Key {
        Key(5, std::ptr::from_ref(t).addr())
    }
    pub fn default(t: &TypeParam) -> Key {
        Key(6, std::ptr::from_ref(t).addr())
    }
    /// The annotations in the body of `block`.
    pub fn annotations(block: BlockId) -> Key {
        Key(7, block.0 as usize)
    }
}

/// The blocks of one program.
#[derive(Debug, Default)]
pub struct SymbolTable {
    pub blocks: Vec<Block>,
    keys: FxHashMap<Key, BlockId>,
    mangled_sets: Vec<FxHashSet<Name>>,
}

impl SymbolTable {
    /// Builds the table of `module`.
    pub fn build(module: &Mod, future: &Future) -> Result<SymbolTable> {
        let mut table = build::build(module, future)?;
        analyze::analyze(&mut table)?;
        Ok(table)
    }
    pub const TOP: BlockId = BlockId(0);

    pub fn top(&self) -> &Block {
        &self.blocks[0]
    }
    pub fn lookup(&self, key: Key) -> Result<BlockId> {
        self.keys
            .get(&key)
            .copied()
            .ok_or_else(|| Error::new(crate::ErrorKind::SystemError, "unknown symbol table entry"))
    }
    /// `name` as it is known in `block` inside class `private`.
    pub fn maybe_mangle(&self, private: Option<&Name>, block: BlockId, name: &Name) -> Name {
        if let Some(set) = self[block].mangled_names
            && !self.mangled_sets[set as usize].contains(name)
        {
            return name.clone();
        }
        mangle(private, name)
    }
}

impl std::ops::Index<BlockId> for SymbolTable {
    type Output = Block;
    fn index(&self, id: BlockId) -> &Block {
        &self.blocks[id.0 as usize]
    }
}

impl std::ops::IndexMut<BlockId> for SymbolTable {
    fn index_mut(&mut self, id: BlockId) -> &mut Block {
        &mut self.blocks[id.0 as usize]
    }
}
