//! The slots of a type, and the wrappers that let their functions take `&self` and return plain values.

use crate::item::RustFn;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Error, Ident, Result};

/// (name, form)
const SLOTS: &[(&str, Form)] = &[
    ("repr", Form::Unary),
    ("str", Form::Unary),
    ("hash", Form::Hash),
    ("call", Form::Call),
    ("getattro", Form::Binary),
    ("setattro", Form::SetItem),
    ("iter", Form::Unary),
    ("iternext", Form::IterNext),
    ("richcompare", Form::RichCompare),
    ("descr_get", Form::DescrGet),
    ("descr_set", Form::SetItem),
    ("init", Form::Init),
    ("new", Form::New),
    ("finalize", Form::Finalize),
    ("len", Form::Len),
    ("getitem", Form::Binary),
    ("setitem", Form::SetItem),
    ("contains", Form::Contains),
    ("concat", Form::Binary),
    ("repeat", Form::Repeat),
    ("inplace_concat", Form::Binary),
    ("inplace_repeat", Form::Repeat),
    ("add", Form::Number),
    ("sub", Form::Number),
    ("mul", Form::Number),
    ("matmul", Form::Number),
    ("truediv", Form::Number),
    ("floordiv", Form::Number),
    ("mod_", Form::Number),
    ("divmod", Form::Number),
    ("pow", Form::Number),
    ("lshift", Form::Number),
    ("rshift", Form::Number),
    ("and_", Form::Number),
    ("xor", Form::Number),
    ("or_", Form::Number),
    ("neg", Form::Unary),
    ("pos", Form::Unary),
    ("abs", Form::Unary),
    ("bool_", Form::Inquiry),
    ("invert", Form::Unary),
    ("int", Form::Unary),
    ("float", Form::Unary),
    ("index", Form::Unary),
    ("iadd", Form::Binary),
    ("isub", Form::Binary),
    ("imul", Form::Binary),
    ("imatmul", Form::Binary),
    ("itruediv", Form::Binary),
    ("ifloordiv", Form::Binary),
    ("imod", Form::Binary),
    ("ipow", Form::Ternary),
    ("ilshift", Form::Binary),
    ("irshift", Form::Binary),
    ("iand", Form::Binary),
    ("ixor", Form::Binary),
    ("ior", Form::Binary),
    ("await_", Form::Unary),
    ("aiter", Form::Unary),
    ("anext", Form::Unary),
    ("getbuffer", Form::GetBuffer),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Unary,
    Binary,
    Ternary,
    /// A binary operator: the type's instance may be either operand.
    Number,
    Hash,
    Len,
    Inquiry,
    Contains,
    SetItem,
    IterNext,
    RichCompare,
    Call,
    Init,
    New,
    Finalize,
    DescrGet,
    Repeat,
    GetBuffer,
}

/// The statement that fills a slot, with the wrapper it needs.
pub fn fill(slot: &Ident, rust: &RustFn, class: &syn::Type) -> Result<(TokenStream, TokenStream)> {
    let name = slot.to_string();
    let name = name.strip_prefix("r#").unwrap_or(&name);
    let Some(&(_, form)) = SLOTS.iter().find(|(n, _)| *n == name) else {
        let known: Vec<&str> = SLOTS.iter().map(|(n, _)| *n).collect();
        return Err(Error::new(slot.span(), format!("no such slot; known: {}", known.join(", "))));
    };
    let field = format_ident!("{}", name, span = slot.span());
    let f = &rust.ident;
    if !rust.by_ref_self {
        return Ok((TokenStream::new(), quote!(slots.#field = Some(<#class>::#f);)));
    }
    let value = quote!(&::taipan_objects::Value);
    let optional = quote!(::core::option::Option<&::taipan_objects::Value>);
    let args = quote!(::taipan_objects::native::Args<'_>);
    let result = |t: TokenStream| quote!(::taipan_objects::Result<#t>);
    let (params, returns): (Vec<TokenStream>, TokenStream) = match form {
        Form::Number => {
            return Err(Error::new(
                f.span(),
                "an operator is called with either operand: take (ts: &ThreadState, a: &Value, b: &Value)",
            ));
        }
        Form::New => return Err(Error::new(f.span(), "use #[new(\"(…)\")], or take (ts, cls: &Value, args: Args<'_>)")),
        Form::Unary => (vec![], result(quote!(::taipan_objects::Value))),
        Form::Binary => (vec![value], result(quote!(::taipan_objects::Value))),
        Form::Ternary => (vec![value.clone(), value], result(quote!(::taipan_objects::Value))),
        Form::Hash => (vec![], result(quote!(i64))),
        Form::Len => (vec![], result(quote!(usize))),
        Form::Inquiry => (vec![], result(quote!(bool))),
        Form::Contains => (vec![value], result(quote!(bool))),
        Form::SetItem => (vec![value, optional], result(quote!(()))),
        Form::IterNext => (vec![], result(quote!(::core::option::Option<::taipan_objects::Value>))),
        Form::RichCompare => (vec![value, quote!(::taipan_objects::CmpOp)], result(quote!(::taipan_objects::Value))),
        Form::Call => (vec![args], result(quote!(::taipan_objects::Value))),
        Form::Init => (vec![args], result(quote!(()))),
        Form::Finalize => (vec![], quote!(())),
        Form::DescrGet => (vec![optional.clone(), optional], result(quote!(::taipan_objects::Value))),
        Form::Repeat => (vec![quote!(isize)], result(quote!(::taipan_objects::Value))),
        Form::GetBuffer => (vec![quote!(u32)], result(quote!(::taipan_objects::buffer::Buffer))),
    };
    if rust.params.len() != params.len() {
        return Err(Error::new(
            f.span(),
            format!("slot `{name}` passes {} argument(s) besides `&self` and the thread state, the function takes {}", params.len(), rust.params.len()),
        ));
    }
    let wrapper = format_ident!("__slot_{}", name);
    let names: Vec<Ident> = (0..params.len()).map(|i| format_ident!("a{i}")).collect();
    let values: Vec<TokenStream> = names.iter().map(|n| quote!(#n)).collect();
    let call_args = rust.arguments(&values);
    let call = quote!(<#class>::#f(slf, #call_args));
    let is_value = matches!(
        form,
        Form::Unary | Form::Binary | Form::Ternary | Form::RichCompare | Form::Call | Form::DescrGet | Form::Repeat
    );
    let body = match form {
        Form::Finalize => quote!(let _ = #call;),
        _ if is_value => quote!(::taipan_objects::native::IntoReturn::into_return(#call, ts)),
        Form::IterNext => quote!(::taipan_objects::native::IntoNext::into_next(#call, ts)),
        _ => quote!(::taipan_objects::native::IntoSlot::into_slot(#call)),
    };
    let items = quote! {
        #[allow(unused_variables, unsafe_code, clippy::all, clippy::undocumented_unsafe_blocks)]
        fn #wrapper(ts: &::taipan_objects::ThreadState, slf: &::taipan_objects::Value, #(#names: #params),*) -> #returns {
            const { assert!(!<#class as ::taipan_objects::native::ClassDef>::INLINE, "instances of this class may be immediate words: take `slf: &Value`") };
            // SAFETY: a slot is only called with an instance of the type that it was filled for.
            let slf = unsafe { slf.payload_unchecked::<#class>() };
            #body
        }
    };
    Ok((items, quote!(slots.#field = Some(#wrapper);)))
}
