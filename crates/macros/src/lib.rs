//! The markers of instructions and the declarations of native modules, classes and functions.
//!
//! How they are used, with a whole class and a whole module as an example, is told in
//! `taipan_objects::native`.

mod class;
mod function;
mod functions;
mod item;
mod signature;
mod slots;

use proc_macro::TokenStream;

/// Marks the body of an instruction. Read by `cargo xtask gen`; expands to the function itself.
#[proc_macro_attribute]
pub fn inst(_args: TokenStream, item: TokenStream) -> TokenStream {
    inlined(item)
}

/// Marks the body of a micro-operation. Read by `cargo xtask gen`; expands to the function itself.
#[proc_macro_attribute]
pub fn uop(_args: TokenStream, item: TokenStream) -> TokenStream {
    inlined(item)
}

fn inlined(item: TokenStream) -> TokenStream {
    let mut out: TokenStream = "#[inline(always)]".parse().expect("an attribute");
    out.extend(item);
    out
}

/// `#[functions(module = "math")] mod functions { … }`: the functions of a native module. Each is marked
/// `#[function("sqrt(x, /)")]`; the module gains `pub static FUNCTIONS: &[NativeDef]`.
#[proc_macro_attribute]
pub fn functions(args: TokenStream, item: TokenStream) -> TokenStream {
    finish(functions::expand(args.into(), item.into()))
}

/// `#[class(name = "list")] impl List { … }`: a native class. Implements `ClassDef`.
#[proc_macro_attribute]
pub fn class(args: TokenStream, item: TokenStream) -> TokenStream {
    finish(class::expand_class(args.into(), item.into()))
}

/// `#[methods(part = FIND)] impl Str { … }`: more methods of a native class, in another file. Adds the
/// constant `Str::FIND`, which the class lists in `parts(Self::FIND)`.
#[proc_macro_attribute]
pub fn methods(args: TokenStream, item: TokenStream) -> TokenStream {
    finish(class::expand_part(args.into(), item.into()))
}

fn finish(result: syn::Result<proc_macro2::TokenStream>) -> TokenStream {
    result.unwrap_or_else(|e| e.to_compile_error()).into()
}
