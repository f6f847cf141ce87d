//! `module` objects, and how native modules are made.

mod class;

use crate::descr::builtin;
use crate::dict::Dict;
use crate::heap::{self, GilCell, Ref};
use crate::native::ModuleDef;
use crate::protocol;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::value::{Result, Value};

pub struct Module {
    pub dict: Ref<Dict>,
    /// The definition of a native module.
    pub def: GilCell<Option<&'static ModuleDef>>,
}
crate::payload!(Module, id = crate::ids::MODULE, container,
    traverse = |s, visit| visit(s.dict.as_value()));

impl Module {
    /// An empty module with the attributes that all modules have.
    pub fn new(ts: &ThreadState, name: &str, doc: Option<&str>) -> Ref<Module> {
        let dict = Dict::new(ts);
        let n = ts.names();
        dict.set_str(ts, &n.__name__, Str::intern(ts, name).into_value());
        dict.set_str(ts, &n.__doc__, doc.map_or_else(Value::none, |d| Str::new(ts, d).into_value()));
        dict.set_str(ts, &n.__package__, Value::none());
        dict.set_str(ts, &n.__loader__, Value::none());
        dict.set_str(ts, &n.__spec__, Value::none());
        heap::new(ts, Module { dict, def: GilCell::new(None) })
    }
    /// A native module, its functions and constants filled in.
    pub fn from_def(ts: &ThreadState, def: &'static ModuleDef) -> Result<Ref<Module>> {
        let m = Module::new(ts, def.name, if def.doc.is_empty() { None } else { Some(def.doc) });
        m.def.set(Some(def));
        fill(ts, &m, def)?;
        Ok(m)
    }
    pub fn name(&self, ts: &ThreadState) -> Option<Value> {
        self.dict.get_str(&ts.names().__name__)
    }
}

/// Adds a definition's functions and runs its `init`.
pub fn fill(ts: &ThreadState, m: &Ref<Module>, def: &'static ModuleDef) -> Result<()> {
    let name = Str::intern(ts, def.name).into_value();
    for table in def.functions {
        for f in *table {
            let v = builtin::new_function(ts, f, Some(name.clone()), Some(m.as_value().clone()));
            m.dict.set_name(ts, f.name, v);
        }
    }
    if let Some(init) = def.init {
        init(ts, &m.dict)?;
    }
    Ok(())
}

/// Imports a module for native code's own use.
pub fn import(ts: &ThreadState, name: &str) -> Result {
    let modules = ts.interp().modules.get();
    if let Some(m) = modules
        && let Some(d) = m.downcast::<Dict>()
        && let Some(v) = d.get_name(ts, name)
        && !v.is_none()
    {
        return Ok(v);
    }
    let Some(hook) = ts.interp().hooks.read(|h| h.import) else {
        return Err(ts.import_error(format!("no import system to import {name} with"), None, None));
    };
    let fromlist = crate::tuple::Tuple::new(ts, vec![Str::new(ts, "*").into_value()]).into_value();
    let none = Value::none();
    let m = hook(ts, &Str::intern(ts, name).into_value(), &none, &none, &fromlist, 0)?;
    Ok(m)
}

/// `sys.name`, absent when it is not set.
pub fn sys_get(ts: &ThreadState, name: &str) -> Option<Value> {
    ts.interp().sys_dict.get()?.downcast::<Dict>()?.get_name(ts, name)
}

pub fn sys_set(ts: &ThreadState, name: &str, v: Value) {
    if let Some(d) = ts.interp().sys_dict.get().and_then(|d| d.downcast::<Dict>()) {
        d.set_name(ts, name, v);
    }
}

/// `builtins.name`.
pub fn builtin_get(ts: &ThreadState, name: &str) -> Result {
    let key = Str::intern(ts, name).into_value();
    let found = match ts.interp().builtins.get().and_then(|b| b.downcast::<Module>()) {
        Some(m) => m.dict.get(ts, &key)?,
        None => None,
    };
    found.ok_or_else(|| ts.attribute_error(format!("module 'builtins' has no attribute '{name}'")))
}

#[allow(unused)]
fn _uses() {
    let _ = protocol::call0;
}
