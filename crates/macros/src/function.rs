//! From a declared function to its table entry: the wrapper that binds and converts arguments, and the
//! fast forms that the interpreter calls with the arguments as they lie.

use crate::item::{RustFn, RustParam, Shape, shape};
use crate::signature::{self, Default, Kind, Signature};
use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Attribute, Error, Ident, Result};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Function,
    Method,
    ClassMethod,
    StaticMethod,
    New,
    Init,
}

impl Role {
    /// The receiver in CPython's signature texts.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Role::Function => Some("$module"),
            Role::Method => Some("$self"),
            Role::ClassMethod => Some("$type"),
            Role::StaticMethod | Role::New | Role::Init => None,
        }
    }
    fn has_receiver(self) -> bool {
        !matches!(self, Role::Function | Role::StaticMethod)
    }
}

/// Everything a wrapper is made from.
pub struct Declared<'a> {
    pub role: Role,
    pub sig: Signature,
    pub rust: RustFn,
    /// How the Rust function is reached: `List::append` or `sqrt`.
    pub path: TokenStream,
    /// The class, for methods.
    pub class: Option<&'a syn::Type>,
    /// `Option<&'static str>`: what precedes the name in "takes no arguments" messages.
    pub owner: TokenStream,
    pub doc: String,
    pub has_text_signature: bool,
    pub aliases: Vec<String>,
    pub cfgs: Vec<Attribute>,
}

/// The pieces a declared function expands to.
pub struct Expanded {
    /// Items: wrappers and the signature.
    pub items: TokenStream,
    /// Entries of the definitions' table.
    pub entries: Vec<TokenStream>,
    /// The entry point, a `NativeFn` (or a constructor's form).
    pub entry: Ident,
}

pub fn expand(d: &Declared) -> Result<Expanded> {
    let sig = &d.sig;
    let mut rust_params = d.rust.params.iter();
    // The receiver, if it is not `&self`, is the first parameter.
    let slf_param = if d.role.has_receiver() && !d.rust.by_ref_self {
        Some(rust_params.next().ok_or_else(|| {
            Error::new(d.rust.ident.span(), "take `&self`, or the receiver as first parameter (`slf: &Value`, `cls: &Value`)")
        })?)
    } else {
        None
    };
    if d.rust.by_ref_self && !matches!(d.role, Role::Method | Role::Init) {
        return Err(Error::new(d.rust.ident.span(), "only methods and initialisers can take `&self`"));
    }
    let rust_params: Vec<&RustParam> = rust_params.collect();
    if rust_params.len() != sig.params.len() {
        return Err(Error::new(
            d.rust.ident.span(),
            format!(
                "the signature has {} parameter(s) ({}), the function takes {} (besides the receiver and the thread state)",
                sig.params.len(),
                sig.params.iter().map(|p| p.name.as_str()).collect::<Vec<_>>().join(", "),
                rust_params.len()
            ),
        ));
    }

    let w = Wrapper { d, slf_param, rust_params };
    w.expand()
}

struct Wrapper<'a> {
    d: &'a Declared<'a>,
    slf_param: Option<&'a RustParam>,
    rust_params: Vec<&'a RustParam>,
}

impl Wrapper<'_> {
    fn name(&self) -> TokenStream {
        let name = &self.d.sig.name;
        match (self.d.role, self.d.class) {
            (Role::New | Role::Init, Some(class)) => quote!(<#class as ::taipan_objects::native::ClassDef>::NAME),
            _ => quote!(#name),
        }
    }

    fn expand(self) -> Result<Expanded> {
        let d = self.d;
        let sig = &d.sig;
        let base = if sig.name.is_empty() { crate::item::python_name(&d.rust.ident) } else { sig.name.clone() };
        let prefix = match d.role {
            Role::New => "new_",
            Role::Init => "init_",
            _ => "fn_",
        };
        let id = |part: &str| format_ident!("__{prefix}{base}{part}");
        let (sig_id, body_id, entry_id) = (id("_signature"), id("_body"), id(""));
        let cfgs = &d.cfgs;
        let allow = quote!(#(#cfgs)* #[allow(unused_variables, unused_mut, non_upper_case_globals, clippy::all)]);

        let n = sig.places().count();
        let signature_item = self.signature_item(&sig_id);
        let (slf_in, slf_ty, slf_check) = self.receiver();
        let slf_param = slf_ty.as_ref().map(|t| quote!(slf: #t,));
        let slf_arg = slf_ty.as_ref().map(|_| quote!(slf,));
        let var_args = sig.has(Kind::VarPositional).then(|| quote!(rest: &'a [::taipan_objects::Value],));
        let var_kw = sig.has(Kind::VarKeyword).then(|| quote!(kwargs: ::taipan_objects::native::Kwargs<'a>,));
        let (conversions, values) = self.conversions()?;
        let call = self.call(&values);
        let result = match d.role {
            Role::Init => quote!(::taipan_objects::Result<()>),
            _ => quote!(::taipan_objects::Result<::taipan_objects::Value>),
        };
        let body = quote! {
            #allow
            fn #body_id<'a>(ts: &'a ::taipan_objects::ThreadState, #slf_param
                places: [::core::option::Option<&'a ::taipan_objects::Value>; #n], #var_args #var_kw) -> #result {
                #conversions
                #call
            }
        };

        // The entry: receiver, binding, body.
        let rest_arg = sig.has(Kind::VarPositional).then(|| quote!(rest,));
        let kw_arg = sig.has(Kind::VarKeyword).then(|| quote!(::taipan_objects::native::Kwargs::new(args, &#sig_id),));
        let bind = quote! {
            let mut places = [::core::option::Option::None; #n];
            let rest = ::taipan_objects::native::bind(ts, &#sig_id, args, &mut places)?;
        };
        let entry = match d.role {
            Role::New => {
                let class = d.class;
                quote! {
                    #allow
                    fn #entry_id(ts: &::taipan_objects::ThreadState, slf: &::taipan_objects::Value, args: ::taipan_objects::native::Args<'_>) -> #result {
                        let args = ::taipan_objects::native::new_arguments::<#class>(ts, &#sig_id, slf, args)?;
                        #bind
                        #slf_check
                        #body_id(ts, #slf_arg places, #rest_arg #kw_arg)
                    }
                }
            }
            Role::Init => {
                let class = d.class;
                quote! {
                    #allow
                    fn #entry_id(ts: &::taipan_objects::ThreadState, slf: &::taipan_objects::Value, args: ::taipan_objects::native::Args<'_>) -> #result {
                        let args = ::taipan_objects::native::init_arguments::<#class>(ts, &#sig_id, slf, args)?;
                        #bind
                        #slf_check
                        #body_id(ts, #slf_arg places, #rest_arg #kw_arg)
                    }
                }
            }
            _ => {
                let split = d.role.has_receiver().then(|| {
                    quote!(let (slf, args) = ::taipan_objects::native::split_receiver(ts, &#sig_id, args)?;)
                });
                quote! {
                    #allow
                    fn #entry_id(ts: &::taipan_objects::ThreadState, args: ::taipan_objects::native::Args<'_>) -> #result {
                        #split
                        #slf_check
                        #bind
                        #body_id(ts, #slf_arg places, #rest_arg #kw_arg)
                    }
                }
            }
        };

        let mut fast_items = TokenStream::new();
        let mut fast_fields = [quote!(None), quote!(None), quote!(None), quote!(None)];
        let fast_possible = !matches!(d.role, Role::New | Role::Init)
            && !sig.params.iter().any(|p| p.is_var() || (p.kind == Kind::KeywordOnly && p.required()));
        if fast_possible {
            let receiver = usize::from(d.role.has_receiver());
            for given in sig.min_positional()..=sig.max_positional() {
                let arity = given + receiver;
                if arity > 3 {
                    break;
                }
                let fast_id = id(&format!("_fast{arity}"));
                let args: Vec<Ident> = (0..given).map(|i| format_ident!("a{i}")).collect();
                let absent = (given..n).map(|_| quote!(::core::option::Option::None));
                let present = args.iter().map(|a| quote!(::core::option::Option::Some(#a)));
                fast_items.extend(quote! {
                    #allow
                    fn #fast_id(ts: &::taipan_objects::ThreadState, #slf_in #(#args: &::taipan_objects::Value),*) -> #result {
                        #slf_check
                        #body_id(ts, #slf_arg [#(#present,)* #(#absent),*])
                    }
                });
                fast_fields[arity] = quote!(Some(#fast_id));
            }
        }
        let [fast0, fast1, fast2, fast3] = fast_fields;

        let kind = format_ident!("{}", match d.role {
            Role::ClassMethod => "ClassMethod",
            Role::StaticMethod => "StaticMethod",
            Role::Function => "Function",
            _ => "Method",
        });
        let doc = &d.doc;
        let text = if d.has_text_signature { sig.text.as_str() } else { "" };
        let mut entries = Vec::new();
        if !matches!(d.role, Role::New | Role::Init) {
            for name in std::iter::once(&sig.name).chain(&d.aliases) {
                entries.push(quote! {
                    #(#cfgs)*
                    ::taipan_objects::native::NativeDef {
                        name: #name,
                        doc: #doc,
                        text_signature: #text,
                        func: #entry_id,
                        kind: ::taipan_objects::native::DefKind::#kind,
                        sig: &#sig_id,
                        fast0: #fast0,
                        fast1: #fast1,
                        fast2: #fast2,
                        fast3: #fast3,
                    }
                });
            }
        }
        let items = quote!(#signature_item #body #entry #fast_items);
        Ok(Expanded { items, entries, entry: entry_id })
    }

    /// The receiver as a parameter of a fast form, its type in the body, and the check in between.
    fn receiver(&self) -> (Option<TokenStream>, Option<TokenStream>, Option<TokenStream>) {
        let d = self.d;
        if !d.role.has_receiver() {
            return (None, None, None);
        }
        let class = d.class;
        let name = self.name();
        let value = quote!(&'a ::taipan_objects::Value);
        let (ty, check) = match d.role {
            Role::Method if d.rust.by_ref_self => (
                quote!(&'a #class),
                Some(quote!(let slf = ::taipan_objects::native::receiver::<#class>(ts, slf, #name)?;)),
            ),
            Role::Method => {
                (value, Some(quote!(::taipan_objects::native::check_receiver::<#class>(ts, slf, #name)?;)))
            }
            Role::Init if d.rust.by_ref_self => (
                quote!(&'a #class),
                Some(quote!(let slf = ::taipan_objects::native::receiver::<#class>(ts, slf, "__init__")?;)),
            ),
            _ => (value, None),
        };
        (Some(quote!(slf: &::taipan_objects::Value,)), Some(ty), check)
    }

    fn signature_item(&self, id: &Ident) -> TokenStream {
        let sig = &self.d.sig;
        let cfgs = &self.d.cfgs;
        let name = self.name();
        let owner = &self.d.owner;
        let params = sig.params.iter().map(|p| {
            let name = &p.name;
            let kind = Ident::new(&format!("{:?}", p.kind), sig.span);
            let default = match &p.default {
                _ if p.is_var() => quote!(Optional),
                Default::Required => quote!(Required),
                Default::None => quote!(None),
                Default::Unrepresentable => quote!(Unrepresentable),
                _ => quote!(Optional),
            };
            quote! {
                ::taipan_objects::native::Param {
                    name: #name,
                    kind: ::taipan_objects::native::ParamKind::#kind,
                    default: ::taipan_objects::native::ParamDefault::#default,
                }
            }
        });
        let positional_only = sig.count(|p| p.kind == Kind::PositionalOnly);
        let max = sig.max_positional();
        let min = sig.min_positional();
        let places = sig.places().count();
        let min_keyword_only = sig.count(|p| p.kind == Kind::KeywordOnly && p.required());
        let varargs = sig.has(Kind::VarPositional);
        let varkw = sig.has(Kind::VarKeyword);
        let constructor = matches!(self.d.role, Role::New | Role::Init);
        quote! {
            #(#cfgs)*
            #[allow(non_upper_case_globals)]
            static #id: ::taipan_objects::native::Signature = ::taipan_objects::native::Signature {
                name: #name,
                owner: #owner,
                params: &[#(#params),*],
                places: #places,
                positional_only: #positional_only,
                min_positional: #min,
                max_positional: #max,
                min_keyword_only: #min_keyword_only,
                var_positional: #varargs,
                var_keyword: #varkw,
                constructor: #constructor,
            };
        }
    }

    /// Statements that turn `places` into the Rust arguments, and the arguments.
    fn conversions(&self) -> Result<(TokenStream, Vec<TokenStream>)> {
        let sig = &self.d.sig;
        let mut out = TokenStream::new();
        let mut values = Vec::new();
        if let Some(p) = self.slf_param {
            let span = p.span;
            // `slf: &Value` as it is; `slf: &Ref<List>`, `cls: &Type` converted.
            if shape(&p.ty) == Shape::ValueRef {
                values.push(quote_spanned!(span=> slf));
            } else {
                out.extend(quote_spanned! {span=>
                    let slf = ::taipan_objects::native::FromArg::from_arg(ts, slf, &::taipan_objects::native::ArgCx::RECEIVER)?;
                });
                values.push(quote_spanned!(span=> slf));
            }
        }
        let single = sig.params.len() == 1
            && sig.params[0].kind == Kind::PositionalOnly
            && sig.params[0].required()
            && !matches!(self.d.role, Role::New | Role::Init);
        let name = self.name();
        let mut place = 0usize;
        for (i, (p, r)) in sig.params.iter().zip(&self.rust_params).enumerate() {
            let span = r.span;
            match p.kind {
                Kind::VarPositional => {
                    if shape(&r.ty) != Shape::Slice {
                        return Err(Error::new(span, format!("`*{}` must be taken as `&[Value]`", p.name)));
                    }
                    values.push(quote!(rest));
                    continue;
                }
                Kind::VarKeyword => {
                    if shape(&r.ty) != Shape::Kwargs {
                        return Err(Error::new(span, format!("`**{}` must be taken as `Kwargs<'_>`", p.name)));
                    }
                    values.push(quote!(kwargs));
                    continue;
                }
                _ => {}
            }
            let index = i + 1;
            let param_name = &p.name;
            let how = if single {
                quote!(Single)
            } else if p.kind == Kind::PositionalOnly {
                quote!(Positional)
            } else {
                quote!(Named)
            };
            let var = format_ident!("v{i}", span = span);
            let slot = format_ident!("d{i}");
            let cx = quote!(&::taipan_objects::native::ArgCx {
                function: #name, index: #index, name: #param_name, how: ::taipan_objects::native::ArgHow::#how,
            });
            let from_arg = quote_spanned!(span=> ::taipan_objects::native::FromArg::from_arg);
            let convert = if shape(&r.ty) == Shape::Option && (p.default == Default::None) {
                quote!(::taipan_objects::native::optional_arg(ts, v, #cx)?)
            } else if shape(&r.ty) == Shape::Option {
                quote!(::core::option::Option::Some(#from_arg(ts, v, #cx)?))
            } else {
                quote!(#from_arg(ts, v, #cx)?)
            };
            if p.required() {
                if shape(&r.ty) == Shape::Option && r.default.is_none() {
                    return Err(Error::new(
                        span,
                        format!("`{}` is required by the signature, yet optional in Rust: give it a default (None or <unrepresentable>)", p.name),
                    ));
                }
                out.extend(quote_spanned! {span=>
                    let #var = match places[#place] {
                        ::core::option::Option::Some(v) => #convert,
                        ::core::option::Option::None => return ::core::result::Result::Err(::taipan_objects::native::unbound_argument(ts, #cx)),
                    };
                });
            } else {
                let absent = self.absent(p, r, &slot, &from_arg, &cx)?;
                let ty = match shape(&r.ty) {
                    Shape::Bool | Shape::Int | Shape::Float | Shape::Value | Shape::String => {
                        let ty = &r.ty;
                        Some(quote!(: #ty))
                    }
                    _ => None,
                };
                let temp = absent.needs_temporary.then(|| quote!(let #slot: ::taipan_objects::Value;));
                let expr = absent.expr;
                out.extend(quote_spanned! {span=>
                    #temp
                    let #var #ty = match places[#place] {
                        ::core::option::Option::Some(v) => #convert,
                        ::core::option::Option::None => #expr,
                    };
                });
            }
            values.push(quote_spanned!(span=> #var));
            place += 1;
        }
        Ok((out, values))
    }

    /// What an argument is that was not given.
    fn absent(&self, p: &signature::Param, r: &RustParam, slot: &Ident, from_arg: &TokenStream, cx: &TokenStream) -> Result<Absent> {
        let plain = |expr| Ok(Absent { expr, needs_temporary: false });
        if let Some(e) = &r.default {
            return plain(quote!(#e));
        }
        let err = |m: String| Err(Error::new(r.span, m));
        let no_literal = || {
            err(format!(
                "the default of `{}` cannot become a value of this type: take an `Option<…>`, or write `#[default(expr)]` before the parameter",
                p.name
            ))
        };
        match (shape(&r.ty), &p.default) {
            (Shape::Option, _) => plain(quote!(::core::option::Option::None)),
            (_, Default::Unrepresentable | Default::Other(_)) => no_literal(),
            (Shape::Bool, Default::Bool(b)) => plain(quote!(#b)),
            (Shape::Bool, Default::Int(i)) => {
                let b = *i != 0;
                plain(quote!(#b))
            }
            (Shape::Bool, Default::None) => plain(quote!(false)),
            (Shape::Int, Default::Int(i)) => {
                let lit = proc_macro2::Literal::i128_unsuffixed(*i);
                plain(quote!(#lit))
            }
            (Shape::Int, Default::Bool(b)) => {
                let i = proc_macro2::Literal::i32_unsuffixed(i32::from(*b));
                plain(quote!(#i))
            }
            (Shape::Int, Default::MaxSize) => plain(quote!(isize::MAX as _)),
            (Shape::Float, Default::Float(f)) => plain(quote!(#f)),
            (Shape::Float, Default::Int(i)) => {
                let f = *i as f64;
                plain(quote!(#f))
            }
            (Shape::StrRef, Default::Str(s)) => plain(quote!(#s)),
            (Shape::String, Default::Str(s)) => plain(quote!(::std::string::String::from(#s))),
            (Shape::Bool | Shape::Int | Shape::Float | Shape::StrRef | Shape::String, _) => no_literal(),
            (Shape::Value, default) => plain(default_value(default)),
            (Shape::ValueRef, default) => {
                let v = default_value(default);
                Ok(Absent { expr: quote!({ #slot = #v; &#slot }), needs_temporary: true })
            }
            (_, default) => {
                let v = default_value(default);
                Ok(Absent { expr: quote!({ #slot = #v; #from_arg(ts, &#slot, #cx)? }), needs_temporary: true })
            }
        }
    }

    fn call(&self, values: &[TokenStream]) -> TokenStream {
        let d = self.d;
        let path = &d.path;
        let mut args = d.rust.arguments(values);
        if d.rust.by_ref_self {
            args = quote!(slf, #args);
        }
        match d.role {
            Role::Init => quote!(::taipan_objects::native::IntoSlot::<()>::into_slot(#path(#args))),
            _ => quote_spanned!(d.rust.output=> ::taipan_objects::native::IntoReturn::into_return(#path(#args), ts)),
        }
    }
}

struct Absent {
    expr: TokenStream,
    needs_temporary: bool,
}

/// An expression for a default as a `Value`.
fn default_value(d: &Default) -> TokenStream {
    let n = quote!(::taipan_objects::native);
    match d {
        Default::None | Default::Required | Default::Unrepresentable | Default::Other(_) => {
            quote!(::taipan_objects::Value::none())
        }
        Default::Bool(b) => quote!(::taipan_objects::Value::bool(#b)),
        Default::Int(i) => match i64::try_from(*i) {
            Ok(i) => quote!(#n::default_int(ts, #i)),
            Err(_) => quote!(compile_error!("the default does not fit into 64 bits")),
        },
        Default::MaxSize => quote!(#n::default_int(ts, i64::MAX)),
        Default::Float(f) => quote!(#n::default_float(ts, #f)),
        Default::Str(s) => quote!(#n::default_str(ts, #s)),
        Default::Bytes(b) => {
            let lit = proc_macro2::Literal::byte_string(b);
            quote!(#n::default_bytes(ts, #lit))
        }
        Default::EmptyTuple => quote!(#n::default_tuple(ts)),
    }
}
