//! The module `_pickle`: objects to bytes and back.

mod buffer;
mod load;
mod ops;
mod pickler;
mod save;
mod unpickler;

use crate::prelude::*;
use std::cell::OnceCell;
use taipan_objects::module::import;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_pickle",
    doc: "Optimized C implementation for the Python pickle module.",
    functions: &[functions::FUNCTIONS],
    init: Some(init),
};

/// What pickling needs from other modules.
#[derive(Default)]
pub(crate) struct State {
    pickling_error: OnceCell<Value>,
    unpickling_error: OnceCell<Value>,
    /// `copyreg.dispatch_table`, and the registry of extension codes in both directions.
    dispatch_table: OnceCell<Value>,
    extension_registry: OnceCell<Value>,
    inverted_registry: OnceCell<Value>,
    extension_cache: OnceCell<Value>,
    encode: OnceCell<Value>,
    partial: OnceCell<Value>,
    getattr: OnceCell<Value>,
    name_to_3: OnceCell<Value>,
    import_to_3: OnceCell<Value>,
    name_to_2: OnceCell<Value>,
    import_to_2: OnceCell<Value>,
}

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    let s = ts.interp().extension::<State>();
    let class = |name: &str, base: Value| -> Result {
        let own = Dict::new(ts);
        own.set_name(ts, "__module__", str_value(ts, "_pickle"));
        new_class(ts, name, tuple(ts, vec![base]), own.into_value())
    };
    let base = class("PickleError", exceptions(ts).exception.as_value().clone())?;
    let _ = s.pickling_error.set(class("PicklingError", base.clone())?);
    let _ = s.unpickling_error.set(class("UnpicklingError", base.clone())?);
    dict.set_name(ts, "PickleError", base);
    for (name, v) in [("PicklingError", &s.pickling_error), ("UnpicklingError", &s.unpickling_error)] {
        if let Some(v) = v.get() {
            dict.set_name(ts, name, v.clone());
        }
    }
    let from = |module: &str, name: &str| -> Result { protocol::getattr_name(ts, &import(ts, module)?, name) };
    for (place, module, name) in [
        (&s.dispatch_table, "copyreg", "dispatch_table"),
        (&s.extension_registry, "copyreg", "_extension_registry"),
        (&s.inverted_registry, "copyreg", "_inverted_registry"),
        (&s.extension_cache, "copyreg", "_extension_cache"),
        (&s.encode, "codecs", "encode"),
        (&s.partial, "functools", "partial"),
        (&s.getattr, "builtins", "getattr"),
        (&s.name_to_3, "_compat_pickle", "NAME_MAPPING"),
        (&s.import_to_3, "_compat_pickle", "IMPORT_MAPPING"),
        (&s.name_to_2, "_compat_pickle", "REVERSE_NAME_MAPPING"),
        (&s.import_to_2, "_compat_pickle", "REVERSE_IMPORT_MAPPING"),
    ] {
        let _ = place.set(from(module, name)?);
    }
    dict.set_name(ts, "Pickler", pickler::Pickler::class(ts).into_value());
    dict.set_name(ts, "Unpickler", unpickler::Unpickler::class(ts).into_value());
    dict.set_name(ts, "PickleBuffer", buffer::PickleBuffer::class(ts).into_value());
    Ok(())
}

fn state(ts: &ThreadState) -> &State {
    ts.interp().extension::<State>()
}

/// An entry of the state, which is complete once the module is initialised.
fn known(ts: &ThreadState, place: &OnceCell<Value>) -> Result<Value> {
    place.get().cloned().ok_or_else(|| ts.runtime_error("the module _pickle is not initialised"))
}

fn pickling_error(ts: &ThreadState, text: &str) -> Raised {
    match state(ts).pickling_error.get() {
        Some(class) => raise_with_args(ts, class, &[str_value(ts, text)]),
        None => ts.value_error(text),
    }
}

fn unpickling_error(ts: &ThreadState, text: &str) -> Raised {
    match state(ts).unpickling_error.get() {
        Some(class) => raise_with_args(ts, class, &[str_value(ts, text)]),
        None => ts.value_error(text),
    }
}

/// A method that a subclass or an instance has instead of the one of `base`.
fn overridden(ts: &ThreadState, slf: &Value, base: &Type, name: &str) -> Result<Option<Value>> {
    let key = Str::intern(ts, name);
    let class = slf.class(ts);
    if std::ptr::eq(class, base) {
        return Ok(None);
    }
    let own = taipan_objects::object::own_attribute(slf, &key).is_some();
    let same = match (class.lookup(ts, &key), base.lookup(ts, &key)) {
        (Some(a), Some(b)) => a.is(&b),
        (None, None) => true,
        _ => false,
    };
    if same && !own { Ok(None) } else { protocol::getattr_opt(ts, slf, &key) }
}

#[functions(module = "_pickle")]
pub mod functions {
    use super::*;

    /// Write a pickled representation of obj to the open file object file.
    ///
    /// This is equivalent to ``Pickler(file, protocol).dump(obj)``, but may
    /// be more efficient.
    #[function("dump(obj, file, protocol=None, *, fix_imports=True, buffer_callback=None)")]
    fn dump(ts: &ThreadState, obj: &Value, file: &Value, protocol: Option<&Value>, fix_imports: bool, buffer_callback: Option<&Value>) -> Result<()> {
        let mut w = save::Writer::new(ts, protocol, fix_imports, buffer_callback)?;
        w.to_file(file)?;
        w.dump(obj)?;
        w.flush()
    }
    /// Return the pickled representation of the object as a bytes object.
    #[function("dumps(obj, protocol=None, *, fix_imports=True, buffer_callback=None)")]
    fn dumps(ts: &ThreadState, obj: &Value, protocol: Option<&Value>, fix_imports: bool, buffer_callback: Option<&Value>) -> Result {
        let mut w = save::Writer::new(ts, protocol, fix_imports, buffer_callback)?;
        w.dump(obj)?;
        Ok(bytes_value(ts, w.bytes()))
    }
    /// Read and return an object from the pickle data stored in a file.
    ///
    /// This is equivalent to ``Unpickler(file).load()``, but may be more
    /// efficient.
    #[function("load(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())")]
    fn load(ts: &ThreadState, file: &Value, fix_imports: bool, encoding: &str, errors: &str, #[default(Value::none())] buffers: Value) -> Result {
        let mut r = load::Reader::new(ts, fix_imports, encoding, errors, &buffers)?;
        r.from_file(file)?;
        r.load()
    }
    /// Read and return an object from the given pickle data.
    #[function("loads(data, /, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())")]
    fn loads(ts: &ThreadState, data: &Value, fix_imports: bool, encoding: &str, errors: &str, #[default(Value::none())] buffers: Value) -> Result {
        let b = readable(ts, data)?;
        let mut r = load::Reader::new(ts, fix_imports, encoding, errors, &buffers)?;
        // The loan outlives the reader.
        r.from_bytes(b.as_bytes());
        r.load()
    }
}
