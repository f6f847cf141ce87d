//! `_struct`: values packed into bytes.

mod class;
mod codec;
mod layout;

use class::{Struct, UnpackIterator};
use layout::Layout;
use std::cell::OnceCell;
use rustc_hash::FxHashMap as HashMap;
use std::cell::RefCell;
use std::rc::Rc;
use taipan_macros::functions;
use taipan_objects::buffer::Buffer;
use taipan_objects::exceptions;
use taipan_objects::heap::Ref;
use taipan_objects::native::ModuleDef;
use taipan_objects::str::Str;
use taipan_objects::tuple::Tuple;
use taipan_objects::typeobject::Type;
use taipan_objects::{Payload, Raised, Result, ThreadState, Value};

/// An interpreter's `struct.error`, and the formats compiled of late.
#[derive(Default)]
struct State {
    error: OnceCell<Ref<Type>>,
    cache: RefCell<HashMap<Vec<u8>, Rc<Layout>>>,
    /// The format used last, which is mostly the one used next.
    last: RefCell<Option<(Ref<Str>, Rc<Layout>)>>,
}

fn state(ts: &ThreadState) -> &State {
    ts.interp().extension::<State>()
}

fn error_type(ts: &ThreadState) -> Result<Ref<Type>> {
    let cell = &state(ts).error;
    if let Some(t) = cell.get() {
        return Ok(t.clone());
    }
    let t = exceptions::create(ts, "struct.error", &ts.exceptions().exception, "")?;
    Ok(cell.get_or_init(|| t).clone())
}

/// Raises `struct.error`.
pub(crate) fn error(ts: &ThreadState, message: &str) -> Raised {
    match error_type(ts) {
        Ok(t) => ts.raise_message(&t, message),
        Err(e) => e,
    }
}

/// The bytes of a format, which may be text.
fn format_bytes(ts: &ThreadState, v: &Value) -> Result<Vec<u8>> {
    if let Some(s) = v.as_str() {
        if !s.is_ascii() {
            let at = s.code_points().position(|c| c >= 128).unwrap_or(0);
            return Err(ts.unicode_encode_error("ascii", s, at, at + 1, "ordinal not in range(128)"));
        }
        return Ok(s.bytes().to_vec());
    }
    match v.downcast::<taipan_objects::bytes::Bytes>() {
        Some(b) => Ok(b.as_slice().to_vec()),
        None => Err(ts.type_error(format!("Struct() argument 1 must be a str or bytes object, not {}", v.type_name(ts)))),
    }
}

fn compile(ts: &ThreadState, format: &[u8]) -> Result<Rc<Layout>> {
    if memchr::memchr(0, format).is_some() {
        return Err(error(ts, "embedded null character"));
    }
    if let Some(l) = state(ts).cache.borrow().get(format) {
        return Ok(l.clone());
    }
    let l = Rc::new(Layout::parse(format).map_err(|m| error(ts, m))?);
    let mut cache = state(ts).cache.borrow_mut();
    if cache.len() >= 100 {
        cache.clear();
    }
    cache.insert(format.to_vec(), l.clone());
    Ok(l)
}

fn layout_of(ts: &ThreadState, format: &Value) -> Result<Rc<Layout>> {
    let state = state(ts);
    if let Some((s, l)) = &*state.last.borrow()
        && s.as_value().is(format)
    {
        return Ok(l.clone());
    }
    let l = compile(ts, &format_bytes(ts, format)?)?;
    if let Some(s) = format.as_str_exact() {
        let old = state.last.replace(Some((s.to_ref(), l.clone())));
        drop(old);
    }
    Ok(l)
}

#[functions(module = "_struct")]
pub mod functions {
    use super::*;

    /// Clear the internal cache.
    #[function("_clearcache()")]
    fn _clearcache(ts: &ThreadState) {
        state(ts).cache.borrow_mut().clear();
        drop(state(ts).last.take());
    }
    /// Return size in bytes of the struct described by the format string.
    #[function("calcsize(format, /)")]
    fn calcsize(ts: &ThreadState, format: &Value) -> Result<usize> {
        Ok(layout_of(ts, format)?.size)
    }
    /// Pack the values into bytes according to the format.
    #[function("pack(*args)", no_signature)]
    fn pack(ts: &ThreadState, args: &[Value]) -> Result<Value> {
        let Some((format, values)) = args.split_first() else { return Err(ts.type_error("missing format argument")) };
        class::pack(ts, &*layout_of(ts, format)?, values)
    }
    /// Pack the values into a writable buffer, beginning at an offset.
    #[function("pack_into(*args)", no_signature)]
    fn pack_into(ts: &ThreadState, args: &[Value]) -> Result<()> {
        let Some((format, rest)) = args.split_first() else { return Err(ts.type_error("missing format argument")) };
        class::pack_into(ts, &*layout_of(ts, format)?, rest)
    }
    /// Return a tuple of the values in the buffer, whose size must be that of the format.
    #[function("unpack(format, buffer, /)")]
    fn unpack(ts: &ThreadState, format: &Value, buffer: class::Source<'_>) -> Result<Ref<Tuple>> {
        class::unpack(ts, &*layout_of(ts, format)?, &buffer)
    }
    /// Return a tuple of the values in the buffer, beginning at an offset.
    #[function("unpack_from(format, /, buffer, offset=0)")]
    fn unpack_from(ts: &ThreadState, format: &Value, buffer: class::Source<'_>, offset: isize) -> Result<Ref<Tuple>> {
        class::unpack_from(ts, &*layout_of(ts, format)?, &buffer, offset)
    }
    /// Return an iterator that yields a tuple for each piece of the buffer that is as long as the format.
    #[function("iter_unpack(format, buffer, /)")]
    fn iter_unpack(ts: &ThreadState, format: &Value, buffer: Buffer) -> Result<Ref<UnpackIterator>> {
        UnpackIterator::make(ts, layout_of(ts, format)?, buffer)
    }
}

pub static MODULE: ModuleDef = ModuleDef {
    name: "_struct",
    doc: "Functions to convert between Python values and C structs.\nPython bytes objects are used to hold the data representing the C struct\nand also as format strings (explained below) to describe the layout of data\nin the C struct.",
    functions: &[functions::FUNCTIONS],
    init: Some(|ts, dict| {
        dict.set_name(ts, "Struct", Struct::class(ts).into_value());
        dict.set_name(ts, "error", error_type(ts)?.into_value());
        Ok(())
    }),
};
