//! `#[functions]`: the functions of a native module.

use crate::function::{Declared, Role, expand as expand_function};
use crate::item::{Mark, RustFn, cfgs, doc, take};
use crate::signature;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, Item, ItemMod, LitStr, Result};

pub fn expand(args: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let mut module: ItemMod = syn::parse2(item)?;
    let mut name = module.ident.to_string();
    let parser = syn::meta::parser(|meta| {
        if meta.path.is_ident("module") {
            name = meta.value()?.parse::<LitStr>()?.value();
            Ok(())
        } else {
            Err(meta.error("known option: module = \"…\""))
        }
    });
    syn::parse::Parser::parse2(parser, args)?;
    let owner = match name.as_str() {
        "builtins" => quote!(None),
        name => quote!(Some(#name)),
    };
    let span = module.ident.span();
    let Some((_, content)) = &mut module.content else {
        return Err(Error::new(span, "#[functions] needs the module's body: `mod name { … }`"));
    };
    let mut items = TokenStream::new();
    let mut entries = Vec::new();
    let mut errors: Option<Error> = None;
    for item in content.iter_mut() {
        let Item::Fn(f) = item else { continue };
        let marks = take(&mut f.attrs, "function");
        if marks.is_empty() {
            continue;
        }
        let mut rust: Option<RustFn> = None;
        let mut one = |attr: &syn::Attribute| -> Result<()> {
            let mark = Mark::read(attr, &["no_signature", "alias"])?;
            let sig = signature::parse(mark.signature()?, Role::Function.word())?;
            if sig.name.is_empty() {
                return Err(Error::new(sig.span, "the signature must begin with the function's name"));
            }
            if rust.is_none() {
                rust = Some(RustFn::read(&mut f.sig)?);
            }
            let rust = rust.clone().expect("just read");
            let ident = &f.sig.ident;
            let d = Declared {
                role: Role::Function,
                sig,
                rust,
                path: quote!(#ident),
                class: None,
                owner: owner.clone(),
                doc: doc(&f.attrs),
                has_text_signature: !mark.has("no_signature"),
                aliases: mark.texts("alias").map(LitStr::value).collect(),
                cfgs: cfgs(&f.attrs),
            };
            let e = expand_function(&d)?;
            items.extend(e.items);
            entries.extend(e.entries);
            Ok(())
        };
        for attr in &marks {
            if let Err(e) = one(attr) {
                match &mut errors {
                    Some(all) => all.combine(e),
                    None => errors = Some(e),
                }
            }
        }
    }
    if let Some(e) = errors {
        items.extend(e.to_compile_error());
    }
    content.push(syn::parse2(quote! {
        /// The functions declared in this module.
        pub static FUNCTIONS: &[::taipan_objects::native::NativeDef] = {
            #items
            static TABLE: &[::taipan_objects::native::NativeDef] = &[#(#entries),*];
            TABLE
        };
    })?);
    Ok(quote!(#module))
}
