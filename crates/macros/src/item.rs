//! What the declarations have in common: reading a Rust function's parameters, documentation and marks.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Error, Expr, ExprLit, FnArg, Ident, Lit, LitStr, Meta, PatType, Result, ReturnType, Token, Type};

/// One parameter of the Rust function that takes a Python argument.
#[derive(Clone)]
pub struct RustParam {
    pub ty: Type,
    /// `#[default(expr)]`
    pub default: Option<Expr>,
    pub span: Span,
}

/// The Rust function behind a declaration, as far as its caller must know it.
#[derive(Clone)]
pub struct RustFn {
    pub ident: Ident,
    /// Declared with `&self`.
    pub by_ref_self: bool,
    /// For each argument of the call: is it the thread state?
    order: Vec<bool>,
    /// Where the result's type stands, for messages about it.
    pub output: Span,
    /// All but `&self` and the thread state.
    pub params: Vec<RustParam>,
}

impl RustFn {
    /// Reads a signature, taking the `#[default]` marks out of it.
    pub fn read(sig: &mut syn::Signature) -> Result<RustFn> {
        if let Some(a) = &sig.asyncness {
            return Err(Error::new(a.span(), "a native function cannot be async"));
        }
        if let Some(p) = sig.generics.type_params().next() {
            return Err(Error::new(p.span(), "a native function cannot be generic"));
        }
        let output = match &sig.output {
            ReturnType::Type(_, ty) => ty.span(),
            ReturnType::Default => sig.ident.span(),
        };
        let mut f =
            RustFn { ident: sig.ident.clone(), by_ref_self: false, order: Vec::new(), output, params: Vec::new() };
        for arg in &mut sig.inputs {
            match arg {
                FnArg::Receiver(r) => {
                    if r.reference.is_none() || r.mutability.is_some() {
                        return Err(Error::new(r.span(), "take `&self` (objects are shared), or `slf: &Value`"));
                    }
                    f.by_ref_self = true;
                }
                FnArg::Typed(p) if is_thread_state(&p.ty) => f.order.push(true),
                FnArg::Typed(p) => {
                    f.order.push(false);
                    f.params.push(RustParam { ty: (*p.ty).clone(), default: take_default(p)?, span: p.span() });
                }
            }
        }
        Ok(f)
    }

    /// The arguments of a call: `values` in their order, the thread state where it is wanted.
    pub fn arguments(&self, values: &[TokenStream]) -> TokenStream {
        let mut values = values.iter();
        let args = self.order.iter().map(|is_ts| {
            if *is_ts { Some(quote!(ts)) } else { values.next().cloned() }
        });
        let args = args.flatten();
        quote!(#(#args),*)
    }
}

fn take_default(p: &mut PatType) -> Result<Option<Expr>> {
    let mut found = None;
    for a in take(&mut p.attrs, "default") {
        found = Some(a.parse_args::<Expr>()?);
    }
    Ok(found)
}

fn last_segment(ty: &Type) -> Option<&syn::PathSegment> {
    match ty {
        Type::Path(p) => p.path.segments.last(),
        Type::Paren(p) => last_segment(&p.elem),
        Type::Group(g) => last_segment(&g.elem),
        _ => None,
    }
}

fn is_thread_state(ty: &Type) -> bool {
    matches!(ty, Type::Reference(r) if last_segment(&r.elem).is_some_and(|s| s.ident == "ThreadState"))
}

/// The forms of Rust types that defaults and variable parameters care about.
#[derive(PartialEq, Eq, Clone, Copy)]
pub enum Shape {
    Option,
    Value,
    ValueRef,
    Bool,
    Int,
    Float,
    StrRef,
    String,
    Slice,
    Kwargs,
    Other,
}

pub fn shape(ty: &Type) -> Shape {
    if let Type::Reference(r) = ty {
        if matches!(&*r.elem, Type::Slice(_)) {
            return Shape::Slice;
        }
        return match last_segment(&r.elem).map(|s| s.ident.to_string()).as_deref() {
            Some("Value") => Shape::ValueRef,
            Some("str") => Shape::StrRef,
            _ => Shape::Other,
        };
    }
    match last_segment(ty).map(|s| s.ident.to_string()).as_deref() {
        Some("Option") => Shape::Option,
        Some("Value") => Shape::Value,
        Some("bool") => Shape::Bool,
        Some("f64") => Shape::Float,
        Some("String") => Shape::String,
        Some("Kwargs") => Shape::Kwargs,
        Some("i8" | "i16" | "i32" | "i64" | "isize" | "u8" | "u16" | "u32" | "u64" | "usize") => Shape::Int,
        _ => Shape::Other,
    }
}

/// Removes the attributes called `name` and gives them back.
pub fn take(attrs: &mut Vec<Attribute>, name: &str) -> Vec<Attribute> {
    attrs.extract_if(.., |a| a.path().is_ident(name)).collect()
}

/// The doc comments, joined.
pub fn doc(attrs: &[Attribute]) -> String {
    let mut lines = Vec::new();
    for a in attrs {
        if let Meta::NameValue(nv) = &a.meta
            && nv.path.is_ident("doc")
            && let Expr::Lit(ExprLit { lit: Lit::Str(s), .. }) = &nv.value
        {
            for line in s.value().split('\n') {
                lines.push(line.strip_prefix(' ').unwrap_or(line).trim_end().to_string());
            }
        }
    }
    lines.join("\n").trim().to_string()
}

/// The `#[cfg]` attributes, which the table entry must carry too.
pub fn cfgs(attrs: &[Attribute]) -> Vec<Attribute> {
    attrs.iter().filter(|a| a.path().is_ident("cfg")).cloned().collect()
}

/// What stands in `#[method("signature", no_signature, …)]`.
pub struct Mark {
    pub text: Option<LitStr>,
    pub words: Vec<(Ident, Option<LitStr>)>,
    pub span: Span,
}

impl Mark {
    pub fn read(attr: &Attribute, allowed: &[&str]) -> Result<Mark> {
        let mut mark = Mark { text: None, words: Vec::new(), span: attr.span() };
        if matches!(attr.meta, Meta::Path(_)) {
            return Ok(mark);
        }
        for e in attr.parse_args_with(Punctuated::<Expr, Token![,]>::parse_terminated)? {
            match &e {
                Expr::Lit(ExprLit { lit: Lit::Str(s), .. }) if mark.text.is_none() => mark.text = Some(s.clone()),
                Expr::Path(p) if p.path.get_ident().is_some() => {
                    mark.words.push((p.path.get_ident().expect("checked").clone(), None));
                }
                Expr::Assign(a) => match (&*a.left, &*a.right) {
                    (Expr::Path(p), Expr::Lit(ExprLit { lit: Lit::Str(s), .. })) if p.path.get_ident().is_some() => {
                        mark.words.push((p.path.get_ident().expect("checked").clone(), Some(s.clone())));
                    }
                    _ => return Err(Error::new(e.span(), "expected `name = \"text\"`")),
                },
                _ => return Err(Error::new(e.span(), "expected a signature text or an option")),
            }
        }
        for (word, _) in &mark.words {
            if !allowed.iter().any(|a| word == a) {
                return Err(Error::new(word.span(), format!("unknown option; known: {}", allowed.join(", "))));
            }
        }
        Ok(mark)
    }
    pub fn has(&self, word: &str) -> bool {
        self.words.iter().any(|(w, _)| w == word)
    }
    /// The texts given as `word = "text"`.
    pub fn texts<'a>(&'a self, word: &'a str) -> impl Iterator<Item = &'a LitStr> {
        self.words.iter().filter(move |(w, _)| w == word).filter_map(|(_, t)| t.as_ref())
    }
    pub fn signature(&self) -> Result<&LitStr> {
        self.text.as_ref().ok_or_else(|| Error::new(self.span, "the signature is missing, as in \"append($self, object, /)\""))
    }
}

/// The name that a Python attribute gets from a Rust one: `r#type` and `type_` are `type`.
pub fn python_name(ident: &Ident) -> String {
    let name = ident.to_string();
    let name = name.strip_prefix("r#").unwrap_or(&name);
    name.strip_suffix('_').filter(|s| !s.ends_with('_') && !s.is_empty()).unwrap_or(name).to_string()
}
