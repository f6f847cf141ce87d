//! `_symtable`: the compiler's symbol tables as objects.

use taipan_compile::symtable::{Block, BlockId, BlockKind, Scope, SymbolTable, def};
use taipan_compile::{self as compiler, Mode, Options};
use taipan_objects::dict::Dict;
use taipan_objects::heap;
use taipan_objects::list::List;
use taipan_objects::native::{ModuleDef, class, functions};
use taipan_objects::str::Str;
use taipan_objects::{Payload, Ref, Result, ThreadState, Value, int, payload};

use crate::compile::{Source, filename as filename_of, raise};

/// One block of a symbol table.
pub struct Entry {
    id: i64,
    name: Value,
    symbols: Value,
    varnames: Value,
    children: Value,
    nested: bool,
    kind: i64,
    lineno: i64,
}

payload!(Entry, container, traverse = |s, visit| {
    visit(&s.name);
    visit(&s.symbols);
    visit(&s.varnames);
    visit(&s.children);
});

#[class(name = "symtable entry", module = "", no_new, weakref)]
impl Entry {
    #[slot(repr)]
    fn repr(&self, ts: &ThreadState) -> Result<String> {
        let name = taipan_objects::protocol::str_(ts, &self.name)?;
        Ok(format!("<symtable entry {}({}), line {}>", name.to_string_lossy(), self.id, self.lineno))
    }
    #[getter(member)]
    fn id(&self) -> i64 {
        self.id
    }
    #[getter(member)]
    fn name(&self) -> Value {
        self.name.clone()
    }
    #[getter(member)]
    fn symbols(&self) -> Value {
        self.symbols.clone()
    }
    #[getter(member)]
    fn varnames(&self) -> Value {
        self.varnames.clone()
    }
    #[getter(member)]
    fn children(&self) -> Value {
        self.children.clone()
    }
    #[getter(member)]
    fn nested(&self) -> i64 {
        self.nested as i64
    }
    #[getter("type", member)]
    fn kind(&self) -> i64 {
        self.kind
    }
    #[getter(member)]
    fn lineno(&self) -> i64 {
        self.lineno
    }
}

impl Entry {
    fn make(ts: &ThreadState, table: &SymbolTable, id: BlockId) -> Ref<Entry> {
        let block: &Block = &table[id];
        let symbols = Dict::new(ts);
        for (name, flags) in &block.symbols {
            symbols.set_name(ts, name, int::from_i64(ts, *flags as i64));
        }
        let varnames = block.varnames.iter().map(|n| Str::intern(ts, n).into_value()).collect();
        let children = block.children.iter().map(|c| Entry::make(ts, table, *c).into_value()).collect();
        let is_top = id == SymbolTable::TOP;
        let name = if is_top { "top" } else { &block.name };
        let entry = Entry {
            id: (table.blocks.as_ptr().addr() + id.0 as usize) as i64,
            name: Str::intern(ts, name).into_value(),
            symbols: symbols.into_value(),
            varnames: List::new(ts, varnames).into_value(),
            children: List::new(ts, children).into_value(),
            nested: block.nested,
            kind: block.kind as i64,
            lineno: if is_top { 0 } else { block.loc.line as i64 },
        };
        heap::new(ts, entry)
    }
}

#[functions(module = "_symtable")]
pub mod functions {
    use super::*;

    /// Return symbol and scope dictionaries used internally by compiler.
    #[function("symtable(source, filename, startstr, /)")]
    fn symtable(ts: &ThreadState, source: &Value, filename: &Value, startstr: &str) -> Result<Value> {
        let mode = match startstr {
            "exec" => Mode::Exec,
            "eval" => Mode::Eval,
            "single" => Mode::Single,
            _ => return Err(ts.value_error("symtable() arg 3 must be 'exec' or 'eval' or 'single'")),
        };
        let text = match Source::of(ts, source)? {
            Some(Source::Text(s)) => s,
            Some(Source::Bytes(b)) => match compiler::source::decode(&b, &Options::default()) {
                Ok(s) => s.into_owned(),
                Err(e) => return Err(raise(ts, &e)),
            },
            None => return Err(ts.type_error("symtable() arg 1 must be a string or bytes")),
        };
        let options = Options { filename: filename_of(filename), mode, ..Options::default() };
        let made = compiler::parse(&text, &options).and_then(|(module, _)| {
            let table = compiler::symbol_table(&module, &options);
            compiler::discard(module);
            table
        });
        match made {
            Ok(table) => Ok(Entry::make(ts, &table, SymbolTable::TOP).into_value()),
            Err(e) => Err(raise(ts, &e)),
        }
    }
}

pub static MODULE: ModuleDef = ModuleDef {
    name: "_symtable",
    doc: "",
    functions: &[functions::FUNCTIONS],
    init: Some(|ts, dict| {
        Entry::class(ts);
        for (name, value) in [
            ("USE", def::USE),
            ("DEF_GLOBAL", def::GLOBAL),
            ("DEF_NONLOCAL", def::NONLOCAL),
            ("DEF_LOCAL", def::LOCAL),
            ("DEF_PARAM", def::PARAM),
            ("DEF_TYPE_PARAM", def::TYPE_PARAM),
            ("DEF_FREE_CLASS", def::FREE_CLASS),
            ("DEF_IMPORT", def::IMPORT),
            ("DEF_BOUND", def::BOUND),
            ("DEF_ANNOT", def::ANNOT),
            ("DEF_COMP_ITER", def::COMP_ITER),
            ("DEF_COMP_CELL", def::COMP_CELL),
            ("TYPE_FUNCTION", BlockKind::Function as u32),
            ("TYPE_CLASS", BlockKind::Class as u32),
            ("TYPE_MODULE", BlockKind::Module as u32),
            ("TYPE_ANNOTATION", BlockKind::Annotation as u32),
            ("TYPE_TYPE_ALIAS", BlockKind::TypeAlias as u32),
            ("TYPE_TYPE_PARAMETERS", BlockKind::TypeParameters as u32),
            ("TYPE_TYPE_VARIABLE", BlockKind::TypeVariable as u32),
            ("LOCAL", Scope::Local as u32),
            ("GLOBAL_EXPLICIT", Scope::GlobalExplicit as u32),
            ("GLOBAL_IMPLICIT", Scope::GlobalImplicit as u32),
            ("FREE", Scope::Free as u32),
            ("CELL", Scope::Cell as u32),
            ("SCOPE_OFF", def::SCOPE_SHIFT),
            ("SCOPE_MASK", def::SCOPE_MASK),
        ] {
            dict.set_name(ts, name, int::from_i64(ts, value as i64));
        }
        Ok(())
    }),
};
