//! The module `_csv`.

mod dialect;
mod reader;
mod writer;

use crate::prelude::*;
use std::cell::{Cell, OnceCell};

pub static MODULE: ModuleDef = ModuleDef {
    name: "_csv",
    doc: "CSV parsing and writing.\n",
    functions: &[functions::FUNCTIONS],
    init: Some(init),
};

pub struct State {
    error: OnceCell<Value>,
    dialects: OnceCell<Value>,
    field_limit: Cell<i64>,
}

impl Default for State {
    fn default() -> Self {
        State { error: OnceCell::new(), dialects: OnceCell::new(), field_limit: Cell::new(128 * 1024) }
    }
}

pub fn state(ts: &ThreadState) -> &State {
    ts.interp().extension::<State>()
}

/// Raises `csv.Error`.
pub fn error(ts: &ThreadState, text: &str) -> Raised {
    match state(ts).error.get() {
        Some(class) => raise_with_args(ts, class, &[str_value(ts, text)]),
        None => ts.value_error(text),
    }
}

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    let own = Dict::new(ts);
    own.set_name(ts, "__module__", str_value(ts, "_csv"));
    let bases = tuple(ts, vec![exceptions(ts).exception.as_value().clone()]);
    let class = new_class(ts, "Error", bases, own.into_value())?;
    dict.set_name(ts, "Error", state(ts).error.get_or_init(|| class).clone());
    let dialects = state(ts).dialects.get_or_init(|| Dict::new(ts).into_value()).clone();
    dict.set_name(ts, "_dialects", dialects);
    dict.set_name(ts, "__version__", str_value(ts, "1.0"));
    dict.set_name(ts, "Dialect", dialect::Dialect::class(ts).into_value());
    dict.set_name(ts, "Reader", reader::Reader::class(ts).into_value());
    dict.set_name(ts, "Writer", writer::Writer::class(ts).into_value());
    for (i, name) in ["QUOTE_MINIMAL", "QUOTE_ALL", "QUOTE_NONNUMERIC", "QUOTE_NONE", "QUOTE_STRINGS", "QUOTE_NOTNULL"].iter().enumerate() {
        dict.set_name(ts, name, int_value(ts, i as i64));
    }
    Ok(())
}

fn dialects(ts: &ThreadState) -> Result<Ref<Dict>> {
    let d = state(ts).dialects.get().and_then(|d| d.downcast_ref::<Dict>().cloned());
    d.ok_or_else(|| ts.runtime_error("the module _csv is not initialised"))
}

pub fn dialect_by_name(ts: &ThreadState, name: &Value) -> Result {
    match dialects(ts)?.get(ts, name)? {
        Some(d) => Ok(d),
        None => Err(error(ts, "unknown dialect")),
    }
}

#[functions(module = "_csv")]
pub mod functions {
    use super::*;

    /// Return a list of all known dialect names.
    #[function("list_dialects()")]
    fn list_dialects(ts: &ThreadState) -> Result {
        Ok(list(ts, dialects(ts)?.keys()))
    }
    /// Create a mapping from a string name to a CSV dialect.
    #[function("register_dialect(name, /, dialect='excel', **fmtparams)")]
    fn register_dialect(ts: &ThreadState, name: &Value, #[default(Value::none())] dialect: Value, fmtparams: Kwargs<'_>) -> Result<()> {
        if name.downcast::<Str>().is_none() {
            return Err(ts.type_error("dialect name must be a string"));
        }
        let d = dialect::make(ts, Some(&dialect), &fmtparams.iter().collect::<Vec<_>>())?;
        dialects(ts)?.set(ts, name, d)
    }
    /// Delete the name/dialect mapping associated with a string name.
    #[function("unregister_dialect(name)")]
    fn unregister_dialect(ts: &ThreadState, name: &Value) -> Result<()> {
        match dialects(ts)?.remove(ts, name)? {
            Some(_) => Ok(()),
            None => Err(error(ts, "unknown dialect")),
        }
    }
    /// Return the dialect instance associated with name.
    #[function("get_dialect(name)")]
    fn get_dialect(ts: &ThreadState, name: &Value) -> Result {
        dialect_by_name(ts, name)
    }
    /// Sets an upper limit on parsed fields.
    ///
    /// Returns old limit. If limit is not given, no new limit is set and
    /// the old limit is returned
    #[function("field_size_limit(new_limit=<unrepresentable>)")]
    fn field_size_limit(ts: &ThreadState, new_limit: Option<&Value>) -> Result<i64> {
        let s = state(ts);
        let old = s.field_limit.get();
        if let Some(v) = new_limit {
            if !is_int(v) {
                return Err(ts.type_error("limit must be an integer"));
            }
            s.field_limit.set(index_i64(ts, v)?);
        }
        Ok(old)
    }
    /// Return a reader object that will process lines from the given iterable.
    #[function("reader(*args, **fmtparams)", no_signature)]
    fn reader(ts: &ThreadState, args: &[Value], fmtparams: Kwargs<'_>) -> Result {
        let (source, dialect, params) = split(ts, "reader", args, &fmtparams)?;
        let d = dialect::make(ts, dialect, &params)?;
        let it = protocol::get_iter(ts, source)?;
        Ok(super::reader::new(ts, it, d))
    }
    /// Return a writer object that will write user data on the given file object.
    #[function("writer(*args, **fmtparams)", no_signature)]
    fn writer(ts: &ThreadState, args: &[Value], fmtparams: Kwargs<'_>) -> Result {
        let (target, dialect, params) = split(ts, "writer", args, &fmtparams)?;
        let d = dialect::make(ts, dialect, &params)?;
        let write = protocol::getattr_opt(ts, target, &Str::intern(ts, "write"))?.filter(|w| is_callable(ts, w));
        match write {
            Some(w) => Ok(super::writer::new(ts, w, d)),
            None => Err(ts.type_error("argument 1 must have a \"write\" method")),
        }
    }
}

type Params<'a> = Vec<(&'a Value, &'a Value)>;

/// The arguments of `reader` and `writer`: the dialect may come by position or by name.
fn split<'a>(ts: &ThreadState, name: &str, args: &'a [Value], kwargs: &Kwargs<'a>) -> Result<(&'a Value, Option<&'a Value>, Params<'a>)> {
    if args.is_empty() {
        return Err(ts.type_error(format!("{name} expected at least 1 argument, got 0")));
    }
    if args.len() > 2 {
        return Err(ts.type_error(format!("{name} expected at most 2 arguments, got {}", args.len())));
    }
    let mut dialect = args.get(1);
    let mut params = vec![];
    for (k, v) in kwargs.iter() {
        if dialect.is_none() && k.as_str().is_some_and(|s| s.bytes() == b"dialect") {
            dialect = Some(v);
        } else {
            params.push((k, v));
        }
    }
    Ok((&args[0], dialect, params))
}
