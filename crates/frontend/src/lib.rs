//! Native modules that need the compiler, and the hook through which `compile`, `exec`, `eval` and
//! import reach it.

pub mod ast;
pub mod compile;
pub mod symtable;
pub mod tokenize;

use taipan_objects::native::ModuleDef;

/// The modules, by the names they are imported under.
pub static MODULES: &[&ModuleDef] = &[&ast::MODULE, &symtable::MODULE, &tokenize::MODULE];
