//! `#[class]` and `#[methods]`: native classes.

use crate::function::{Declared, Role, expand as expand_function};
use crate::item::{Mark, RustFn, Shape, cfgs, doc, python_name, shape, take};
use crate::{signature, slots};
use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Attribute, Error, Expr, Ident, ImplItem, ImplItemFn, ItemImpl, LitStr, Path, Result, Token};

#[derive(Default)]
struct ClassArgs {
    name: Option<String>,
    module: Option<String>,
    doc: Option<String>,
    base: Option<Path>,
    check: Option<Path>,
    fill: Option<Path>,
    parts: Vec<Expr>,
    flags: Vec<Ident>,
}

pub fn expand_class(args: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let mut block: ItemImpl = syn::parse2(item)?;
    let mut a = ClassArgs::default();
    let parser = syn::meta::parser(|meta| {
        let p = &meta.path;
        if p.is_ident("name") {
            a.name = Some(meta.value()?.parse::<LitStr>()?.value());
        } else if p.is_ident("module") {
            a.module = Some(meta.value()?.parse::<LitStr>()?.value());
        } else if p.is_ident("doc") {
            a.doc = Some(meta.value()?.parse::<LitStr>()?.value());
        } else if p.is_ident("base") {
            a.base = Some(meta.value()?.parse()?);
        } else if p.is_ident("check") {
            a.check = Some(meta.value()?.parse()?);
        } else if p.is_ident("fill") {
            a.fill = Some(meta.value()?.parse()?);
        } else if p.is_ident("parts") {
            let content;
            syn::parenthesized!(content in meta.input);
            a.parts = Punctuated::<Expr, Token![,]>::parse_terminated(&content)?.into_iter().collect();
        } else if ["final", "no_new", "sequence", "mapping", "match_self", "method_descriptor", "dict", "weakref", "mutable"].iter().any(|w| p.is_ident(w)) {
            let word = p.require_ident()?;
            a.flags.push(Ident::new(&word.to_string().to_uppercase(), word.span()));
        } else {
            return Err(meta.error(
                "known options: name, module, doc, base, check, fill, parts(…), final, no_new, sequence, mapping, match_self, method_descriptor, dict, weakref, mutable",
            ));
        }
        Ok(())
    });
    parser.parse2(args)?;

    let class = block.self_ty.clone();
    let name = a.name.ok_or_else(|| Error::new(proc_macro2::Span::call_site(), "#[class] needs name = \"…\""))?;
    let module = a.module.unwrap_or_else(|| "builtins".into());
    let type_name = if module == "builtins" { name.clone() } else { format!("{module}.{name}") };
    let doc_text = a.doc.unwrap_or_else(|| doc(&block.attrs));
    let part = expand_block(&mut block)?;
    let Part { items, definition, new_text } = part;
    let has = |word: &str| a.flags.iter().any(|f| f == word);
    let mut flags = vec![];
    let bits = [
        ("BASETYPE", !has("FINAL")),
        ("IMMUTABLETYPE", !has("MUTABLE")),
        ("DISALLOW_INSTANTIATION", has("NO_NEW")),
        ("SEQUENCE", has("SEQUENCE")),
        ("MAPPING", has("MAPPING")),
        ("MATCH_SELF", has("MATCH_SELF")),
        ("METHOD_DESCRIPTOR", has("METHOD_DESCRIPTOR")),
    ];
    for (name, set) in bits {
        if set {
            let name = format_ident!("{name}");
            flags.push(quote!(| ::taipan_objects::typeobject::flags::#name));
        }
    }
    let (has_dict, has_weakref) = (has("DICT"), has("WEAKREF"));
    // The table is a static, where `Self` has no meaning.
    let alias = quote!(#[allow(dead_code)] type Class = #class;);
    let parts = a.parts.iter().map(|p| replace_self(quote!(#p)));
    let base = match &a.base {
        Some(b) => quote!(Some(<#b as ::taipan_objects::Payload>::class(ts))),
        None => quote!(::taipan_objects::native::default_base::<Self>(ts)),
    };
    let check = a.check.as_ref().map(|check| {
        quote! {
            const INLINE: bool = true;
            fn is_instance(v: &::taipan_objects::Value) -> bool { #check(v) }
        }
    });
    let fill = a.fill.as_ref().map(|fill| {
        quote! {
            fn fill(ts: &::taipan_objects::ThreadState, dict: &::taipan_objects::native::ClassDict) -> ::taipan_objects::Result<()> { #fill(ts, dict) }
        }
    });
    let new_text = new_text.unwrap_or_default();
    Ok(quote! {
        #block

        const _: () = {
            #alias
            #items
            static OWN: ::taipan_objects::native::ClassPart = #definition;
            static PARTS: &[&::taipan_objects::native::ClassPart] = &[&OWN #(, #parts)*];
            impl ::taipan_objects::native::ClassDef for #class {
                const NAME: &'static str = #name;
                const MODULE: &'static str = #module;
                const TYPE_NAME: &'static str = #type_name;
                const DOC: &'static str = #doc_text;
                const TEXT_SIGNATURE: &'static str = #new_text;
                const FLAGS: u64 = 0 #(#flags)*;
                const HAS_DICT: bool = #has_dict;
                const HAS_WEAKREF: bool = #has_weakref;
                fn base(ts: &::taipan_objects::ThreadState) -> ::core::option::Option<::taipan_objects::native::ClassRef> { #base }
                fn parts() -> &'static [&'static ::taipan_objects::native::ClassPart] { PARTS }
                #check
                #fill
            }
        };
    })
}

/// `Self` as `Class`.
fn replace_self(tokens: TokenStream) -> TokenStream {
    tokens
        .into_iter()
        .map(|t| match t {
            TokenTree::Ident(i) if i == "Self" => TokenTree::Ident(Ident::new("Class", i.span())),
            TokenTree::Group(g) => TokenTree::Group(Group::new(g.delimiter(), replace_self(g.stream()))),
            t => t,
        })
        .collect()
}

pub fn expand_part(args: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let mut block: ItemImpl = syn::parse2(item)?;
    let mut part_name: Option<Ident> = None;
    let parser = syn::meta::parser(|meta| {
        if meta.path.is_ident("part") {
            part_name = Some(meta.value()?.parse()?);
            Ok(())
        } else {
            Err(meta.error("known option: part = NAME"))
        }
    });
    parser.parse2(args)?;
    let part_name =
        part_name.ok_or_else(|| Error::new(proc_macro2::Span::call_site(), "#[methods] needs part = NAME"))?;
    let class = block.self_ty.clone();
    let Part { items, definition, new_text: _ } = expand_block(&mut block)?;
    let doc = format!("Methods of the class, to be listed in its `parts(Self::{part_name})`.");
    Ok(quote! {
        #block

        impl #class {
            #[doc = #doc]
            pub const #part_name: &'static ::taipan_objects::native::ClassPart = {
                #items
                static OWN: ::taipan_objects::native::ClassPart = #definition;
                &OWN
            };
        }
    })
}

struct Part {
    /// Wrappers and tables.
    items: TokenStream,
    /// A `ClassPart`.
    definition: TokenStream,
    /// The signature of the constructor.
    new_text: Option<String>,
}

#[derive(Default)]
struct Collected {
    items: TokenStream,
    methods: Vec<TokenStream>,
    getsets: Vec<GetSet>,
    fills: TokenStream,
    new_text: Option<String>,
}

struct GetSet {
    name: String,
    doc: String,
    get: Option<Ident>,
    set: Option<Ident>,
    member: bool,
    cfgs: Vec<Attribute>,
}

fn expand_block(block: &mut ItemImpl) -> Result<Part> {
    if let Some((_, path, _)) = &block.trait_ {
        return Err(Error::new_spanned(path, "a class is declared on an inherent impl block"));
    }
    let class = (*block.self_ty).clone();
    let mut c = Collected::default();
    let mut errors: Option<Error> = None;
    for item in &mut block.items {
        let ImplItem::Fn(f) = item else { continue };
        if let Err(e) = collect(f, &class, &mut c) {
            match &mut errors {
                Some(all) => all.combine(e),
                None => errors = Some(e),
            }
        }
    }
    if let Some(e) = errors {
        // The rest of the class stays, so that one mistake is one error.
        c.items.extend(e.to_compile_error());
    }
    let Collected { mut items, methods, getsets, fills, new_text } = c;
    let getsets = getsets.iter().map(|g| {
        let GetSet { name, doc, member, cfgs, .. } = g;
        let get = option(&g.get);
        let set = option(&g.set);
        quote! {
            #(#cfgs)*
            ::taipan_objects::native::GetSetDef { name: #name, doc: #doc, get: #get, set: #set, member: #member }
        }
    });
    items.extend(quote! {
        static METHODS: &[::taipan_objects::native::NativeDef] = &[#(#methods),*];
        static GETSETS: &[::taipan_objects::native::GetSetDef] = &[#(#getsets),*];
        #[allow(unused_variables)]
        fn fill_slots(slots: &mut ::taipan_objects::Slots) { #fills }
    });
    let definition = quote! {
        ::taipan_objects::native::ClassPart { methods: METHODS, getsets: GETSETS, fill_slots }
    };
    Ok(Part { items, definition, new_text })
}

fn option(id: &Option<Ident>) -> TokenStream {
    match id {
        Some(id) => quote!(Some(#id)),
        None => quote!(None),
    }
}

fn collect(f: &mut ImplItemFn, class: &syn::Type, c: &mut Collected) -> Result<()> {
    let mut rust: Option<RustFn> = None;
    for (word, role) in [
        ("method", Role::Method),
        ("classmethod", Role::ClassMethod),
        ("staticmethod", Role::StaticMethod),
        ("new", Role::New),
        ("init", Role::Init),
    ] {
        for attr in take(&mut f.attrs, word) {
            // Read once: a function may be declared several times.
            if rust.is_none() {
                rust = Some(RustFn::read(&mut f.sig)?);
            }
            callable(f, rust.clone().expect("just read"), &attr, role, class, c)?;
        }
    }
    for attr in take(&mut f.attrs, "slot") {
        let slot: Ident = attr.parse_args_with(|input: syn::parse::ParseStream| syn::ext::IdentExt::parse_any(input))?;
        let rust = RustFn::read(&mut f.sig)?;
        let (items, fill) = slots::fill(&slot, &rust, class)?;
        let cfgs = cfgs(&f.attrs);
        if cfgs.is_empty() {
            c.items.extend(items);
            c.fills.extend(fill);
        } else {
            c.fills.extend(quote!(#(#cfgs)* { #items #fill }));
        }
    }
    for attr in take(&mut f.attrs, "getter") {
        let mark = Mark::read(&attr, &["member"])?;
        let rust = RustFn::read(&mut f.sig)?;
        let name = mark.text.as_ref().map_or_else(|| python_name(&rust.ident), LitStr::value);
        let wrapper = format_ident!("__get_{name}");
        let path = &rust.ident;
        let (slf, values) = receiver(&rust, class, &name, 0)?;
        let mut args = rust.arguments(&values);
        if rust.by_ref_self {
            args = quote!(slf, #args);
        }
        let cfgs = cfgs(&f.attrs);
        c.items.extend(quote! {
            #(#cfgs)*
            #[allow(unused_variables, clippy::all)]
            fn #wrapper(ts: &::taipan_objects::ThreadState, slf: &::taipan_objects::Value) -> ::taipan_objects::Result<::taipan_objects::Value> {
                #slf
                ::taipan_objects::native::IntoReturn::into_return(<#class>::#path(#args), ts)
            }
        });
        let text = doc(&f.attrs);
        match c.getsets.iter_mut().find(|g| g.name == name) {
            Some(g) if g.get.is_none() => {
                g.get = Some(wrapper);
                g.doc = text;
                g.member |= mark.has("member");
            }
            Some(_) => return Err(Error::new(rust.ident.span(), format!("`{name}` has two getters"))),
            None => c.getsets.push(GetSet { name, doc: text, get: Some(wrapper), set: None, member: mark.has("member"), cfgs }),
        }
    }
    for attr in take(&mut f.attrs, "setter") {
        let mark = Mark::read(&attr, &[])?;
        let rust = RustFn::read(&mut f.sig)?;
        let name = match &mark.text {
            Some(t) => t.value(),
            None => python_name(&rust.ident).strip_prefix("set_").map(str::to_string).ok_or_else(|| {
                Error::new(rust.ident.span(), "name the attribute: #[setter(\"name\")], or call the function set_name")
            })?,
        };
        let wrapper = format_ident!("__set_{name}");
        let path = &rust.ident;
        let (slf, mut values) = receiver(&rust, class, &name, 1)?;
        values.push(quote!(value));
        let mut args = rust.arguments(&values);
        if rust.by_ref_self {
            args = quote!(slf, #args);
        }
        let cfgs = cfgs(&f.attrs);
        c.items.extend(quote! {
            #(#cfgs)*
            #[allow(unused_variables, clippy::all)]
            fn #wrapper(ts: &::taipan_objects::ThreadState, slf: &::taipan_objects::Value,
                value: ::core::option::Option<&::taipan_objects::Value>) -> ::taipan_objects::Result<()> {
                #slf
                ::taipan_objects::native::IntoSlot::<()>::into_slot(<#class>::#path(#args))
            }
        });
        match c.getsets.iter_mut().find(|g| g.name == name) {
            Some(g) if g.set.is_none() => g.set = Some(wrapper),
            Some(_) => return Err(Error::new(rust.ident.span(), format!("`{name}` has two setters"))),
            None => c.getsets.push(GetSet { name, doc: doc(&f.attrs), get: None, set: Some(wrapper), member: false, cfgs }),
        }
    }
    Ok(())
}

/// The check of a getter's or setter's receiver, and the receiver as a value argument if it is one.
fn receiver(rust: &RustFn, class: &syn::Type, name: &str, others: usize) -> Result<(TokenStream, Vec<TokenStream>)> {
    let wanted = others + usize::from(!rust.by_ref_self);
    if rust.params.len() != wanted {
        return Err(Error::new(
            rust.ident.span(),
            if others == 0 {
                "a getter takes `&self` or `slf: &Value`, and the thread state if it wants it"
            } else {
                "a setter takes `&self` or `slf: &Value`, the thread state if it wants it, and `value: Option<&Value>` (None deletes)"
            },
        ));
    }
    if rust.by_ref_self {
        Ok((quote!(let slf = ::taipan_objects::native::receiver::<#class>(ts, slf, #name)?;), vec![]))
    } else if shape(&rust.params[0].ty) == Shape::ValueRef {
        Ok((quote!(::taipan_objects::native::check_receiver::<#class>(ts, slf, #name)?;), vec![quote!(slf)]))
    } else {
        Ok((
            quote! {
                ::taipan_objects::native::check_receiver::<#class>(ts, slf, #name)?;
                let slf = ::taipan_objects::native::FromArg::from_arg(ts, slf, &::taipan_objects::native::ArgCx::RECEIVER)?;
            },
            vec![quote!(slf)],
        ))
    }
}

fn callable(f: &ImplItemFn, rust: RustFn, attr: &Attribute, role: Role, class: &syn::Type, c: &mut Collected) -> Result<()> {
    let mark = Mark::read(attr, &["no_signature", "alias", "shown"])?;
    let sig = signature::parse(mark.signature()?, role.word())?;
    let constructor = matches!(role, Role::New | Role::Init);
    if constructor != sig.name.is_empty() {
        let m = if constructor { "a constructor's signature has no name: \"(iterable=(), /)\"" } else { "the signature must begin with the method's name" };
        return Err(Error::new(sig.span, m));
    }
    let ident = rust.ident.clone();
    let d = Declared {
        role,
        sig,
        rust,
        path: quote!(<#class>::#ident),
        class: Some(class),
        owner: quote!(Some(<#class as ::taipan_objects::native::ClassDef>::NAME)),
        doc: doc(&f.attrs),
        has_text_signature: !mark.has("no_signature"),
        aliases: mark.texts("alias").map(LitStr::value).collect(),
        cfgs: cfgs(&f.attrs),
    };
    let e = expand_function(&d)?;
    c.items.extend(e.items);
    c.methods.extend(e.entries);
    if constructor {
        let entry = &e.entry;
        let field = format_ident!("{}", if role == Role::New { "new" } else { "init" });
        let cfgs = &d.cfgs;
        c.fills.extend(quote!(#(#cfgs)* { slots.#field = Some(#entry); }));
        // CPython takes the class's signature from `__init__` where there is one.
        if (role == Role::Init || c.new_text.is_none()) && d.has_text_signature {
            // Where what is shown differs from what is parsed.
            let shown = mark.texts("shown").next().map(LitStr::value);
            c.new_text = Some(shown.unwrap_or_else(|| d.sig.text.clone()));
        }
    }
    Ok(())
}
