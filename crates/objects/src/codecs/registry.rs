//! The registry of codecs and error handlers.

use super::{handlers, normalize};
use crate::descr::builtin;
use crate::dict::Dict;
use crate::heap::{GilCell, Ref};
use crate::module;
use crate::protocol;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::{Result, Value};

/// An interpreter's codecs.
#[derive(Default)]
pub struct Registry {
    searchers: GilCell<Vec<Value>>,
    /// `CodecInfo` by normalised name.
    found: GilCell<Option<Ref<Dict>>>,
    handlers: GilCell<Option<Ref<Dict>>>,
    importing: std::cell::Cell<bool>,
}

fn registry(ts: &ThreadState) -> &Registry {
    ts.interp().extension::<Registry>()
}

fn cache(ts: &ThreadState) -> Ref<Dict> {
    let cell = &registry(ts).found;
    match cell.get() {
        Some(d) => d,
        None => {
            let d = Dict::new(ts);
            cell.set(Some(d.clone()));
            d
        }
    }
}

fn handler_table(ts: &ThreadState) -> Ref<Dict> {
    let cell = &registry(ts).handlers;
    match cell.get() {
        Some(d) => d,
        None => {
            let d = Dict::new(ts);
            for f in handlers::functions::FUNCTIONS {
                let name = f.name.strip_suffix("_errors").unwrap_or(f.name);
                d.set_name(ts, name, builtin::new_function(ts, f, None, None));
            }
            cell.set(Some(d.clone()));
            d
        }
    }
}

/// `codecs.register(search_function)`
pub fn register(ts: &ThreadState, search: &Value) -> Result<()> {
    if !protocol::is_callable(ts, search) {
        return Err(ts.type_error("argument must be callable"));
    }
    registry(ts).searchers.write(|s| s.push(search.clone()));
    Ok(())
}

/// `codecs.unregister(search_function)`
pub fn unregister(ts: &ThreadState, search: &Value) {
    let gone = registry(ts).searchers.write(|s| s.iter().position(|x| x.is(search)).map(|i| s.remove(i)));
    if gone.is_some() {
        registry(ts).found.set(None);
    }
}

/// `codecs.lookup(encoding)`: a tuple of encoder, decoder, stream reader, stream writer.
pub fn lookup(ts: &ThreadState, encoding: &str) -> Result<Value> {
    let r = registry(ts);
    let key = Str::intern(ts, &normalize(encoding));
    let cache = cache(ts);
    if let Some(found) = cache.get_str(&key) {
        return Ok(found);
    }
    if r.searchers.read(|s| s.is_empty()) && !r.importing.replace(true) {
        // The package registers its search function.
        let imported = module::import(ts, "encodings");
        r.importing.set(false);
        imported?;
    }
    if r.searchers.read(|s| s.is_empty()) {
        return Err(ts.lookup_error("no codec search functions registered: can't find encoding"));
    }
    let mut i = 0;
    while let Some(f) = r.searchers.read(|s| s.get(i).cloned()) {
        i += 1;
        let found = protocol::call(ts, &f, &[key.as_value().clone()])?;
        if found.is_none() {
            continue;
        }
        if found.downcast::<Tuple>().is_none_or(|t| t.len() != 4) {
            return Err(ts.type_error("codec search functions must return 4-tuples"));
        }
        cache.set_str(ts, &key, found.clone());
        return Ok(found);
    }
    Err(ts.lookup_error(format!("unknown encoding: {encoding}")))
}

/// The encoder (0) or decoder (1) of a codec.
pub fn part(ts: &ThreadState, codec: &Value, which: usize) -> Result<Value> {
    codec
        .downcast::<Tuple>()
        .and_then(|t| t.get(which).cloned())
        .ok_or_else(|| ts.type_error("codec search functions must return 4-tuples"))
}

/// Calls an encoder or decoder; errors get a note of what was under way.
pub fn run(ts: &ThreadState, codec: &Value, v: &Value, encoding: &str, errors: Option<&str>, encode: bool) -> Result<Value> {
    let f = part(ts, codec, if encode { 0 } else { 1 })?;
    let mut args = vec![v.clone()];
    if let Some(e) = errors {
        args.push(Str::new(ts, e).into_value());
    }
    let what = if encode { "encoder" } else { "decoder" };
    let result = protocol::call(ts, &f, &args).inspect_err(|_| {
        let doing = if encode { "encoding" } else { "decoding" };
        ts.add_note(&format!("{doing} with '{encoding}' codec failed"));
    })?;
    match result.downcast::<Tuple>().filter(|t| t.len() == 2).and_then(|t| t.get(0).cloned()) {
        Some(v) => Ok(v),
        None => Err(ts.type_error(format!("{what} must return a tuple (object, integer)"))),
    }
}

/// As [`run`], for `str.encode` and `bytes.decode`: the codec must be one of text.
pub fn run_text(ts: &ThreadState, v: &Value, encoding: &str, errors: &str, encode: bool) -> Result<Value> {
    let codec = lookup_text(ts, encoding, if encode { "codecs.encode()" } else { "codecs.decode()" })?;
    run(ts, &codec, v, encoding, Some(errors), encode)
}

/// The codec, unless it says of itself that it is not one of text.
pub fn lookup_text(ts: &ThreadState, encoding: &str, instead: &str) -> Result<Value> {
    let codec = lookup(ts, encoding)?;
    if !codec.is_exact::<Tuple>()
        && let Some(is_text) = protocol::getattr_opt_name(ts, &codec, "_is_text_encoding")?
        && !protocol::is_true(ts, &is_text)?
    {
        return Err(ts.lookup_error(format!("'{encoding}' is not a text encoding; use {instead} to handle arbitrary codecs")));
    }
    Ok(codec)
}

/// `codecs.lookup_error(name)`
pub fn lookup_error(ts: &ThreadState, name: &str) -> Result<Value> {
    let name = if name.is_empty() { "strict" } else { name };
    handler_table(ts)
        .get_name(ts, name)
        .ok_or_else(|| ts.lookup_error(format!("unknown error handler name '{name}'")))
}

/// `codecs.register_error(name, handler)`
pub fn register_error(ts: &ThreadState, name: &str, handler: &Value) -> Result<()> {
    if !protocol::is_callable(ts, handler) {
        return Err(ts.type_error("handler must be callable"));
    }
    handler_table(ts).set_name(ts, name, handler.clone());
    Ok(())
}

/// `_codecs._unregister_error(name)`: whether there was one.
pub fn unregister_error(ts: &ThreadState, name: &str) -> Result<bool> {
    if handlers::functions::FUNCTIONS.iter().any(|f| f.name.strip_suffix("_errors").unwrap_or(f.name) == name) {
        return Err(ts.value_error(format!("cannot un-register built-in error handler '{name}'")));
    }
    Ok(handler_table(ts).remove_str(&Str::intern(ts, name)).is_some())
}
