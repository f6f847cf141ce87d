//! The module `_imp`, and what `_taipan_library` needs beside it.

use super::library::{self, library};
use taipan_objects::code::Code;
use taipan_objects::dict::Dict;
use taipan_objects::list::List;
use taipan_objects::module::{self, Module};
use taipan_objects::native::{functions, ModuleDef};
use taipan_objects::str::Str;
use taipan_objects::tuple::Tuple;
use taipan_objects::value::{Result, Value};
use taipan_objects::{protocol, ThreadState};

pub static MODULE: ModuleDef = ModuleDef {
    name: "_imp",
    doc: "(Extremely) low-level import machinery bits as used by importlib.",
    functions: &[functions::FUNCTIONS],
    init: Some(|ts, d| {
        d.set_name(ts, "check_hash_based_pycs", Str::new(ts, "default").into_value());
        d.set_name(ts, "pyc_magic_number_token", taipan_objects::int::from_i64(ts, MAGIC));
        Ok(())
    }),
};

/// `importlib.util.MAGIC_NUMBER` as a number; Taipan's own, so that no other Python's caches are read.
const MAGIC: i64 = 0x0a0d_7470;

fn definition(name: &str) -> Option<&'static ModuleDef> {
    crate::builtin_modules().find(|d| d.name == name)
}

fn spec_name(ts: &ThreadState, spec: &Value) -> Result<String> {
    let name = protocol::getattr_name(ts, spec, "name")?;
    Ok(protocol::str_(ts, &name)?.to_string_lossy().into_owned())
}

fn frozen(name: &str) -> Option<&'static library::Entry> {
    if !library::FROZEN.contains(&name) {
        return None;
    }
    library()?.find(name)
}

fn code_value(ts: &ThreadState, name: &str, e: &library::Entry) -> Result {
    match library().and_then(|l| l.code(e)) {
        Some(c) => Ok(Code::new(ts, c).into_value()),
        None => Err(ts.import_error(format!("Invalid frozen object named '{name}'"), None, None)),
    }
}

fn no_such_frozen(ts: &ThreadState, name: &Str) -> taipan_objects::Raised {
    ts.import_error(format!("No such frozen object named {}", name.to_string_lossy()), Some(name.to_ref().as_value()), None)
}

#[functions(module = "_imp")]
pub mod functions {
    use super::*;
    /// Return True if the import lock is currently held, else False.
    #[function("lock_held()")]
    fn lock_held() -> bool {
        false
    }
    /// Acquires the interpreter's import lock for the current thread.
    #[function("acquire_lock()")]
    fn acquire_lock() {}
    /// Release the interpreter's import lock.
    #[function("release_lock()")]
    fn release_lock() {}
    /// Returns the list of file suffixes used to identify extension modules.
    #[function("extension_suffixes()")]
    fn extension_suffixes() -> Vec<Value> {
        vec![]
    }
    /// Returns True if the module name corresponds to a built-in module.
    #[function("is_builtin(name, /)")]
    fn is_builtin(name: &str) -> i32 {
        definition(name).is_some() as i32
    }
    /// Returns True if the module name corresponds to a frozen module.
    #[function("is_frozen(name, /)")]
    fn is_frozen(name: &str) -> bool {
        frozen(name).is_some()
    }
    /// Returns True if the module name is of a frozen package.
    #[function("is_frozen_package(name, /)")]
    fn is_frozen_package(ts: &ThreadState, name: &Str) -> Result<bool> {
        match frozen(&name.to_string_lossy()) {
            Some(e) => Ok(e.is_package),
            None => Err(no_such_frozen(ts, name)),
        }
    }
    /// Return info about the corresponding frozen module (if there is one) or None.
    #[function("find_frozen(name, /, *, withdata=False)")]
    fn find_frozen(ts: &ThreadState, name: &str, withdata: bool) -> Value {
        let _ = withdata;
        match frozen(name) {
            None => Value::none(),
            Some(e) => Tuple::new(ts, vec![Value::none(), Value::bool(e.is_package), Str::new(ts, name).into_value()]).into_value(),
        }
    }
    /// Create a code object for a frozen module.
    #[function("get_frozen_object(name, data=None, /)")]
    fn get_frozen_object(ts: &ThreadState, name: &Str, _data: &Value) -> Result {
        let text = name.to_string_lossy();
        match frozen(&text) {
            Some(e) => code_value(ts, &text, e),
            None => Err(no_such_frozen(ts, name)),
        }
    }
    /// Initializes a frozen module.
    #[function("init_frozen(name, /)")]
    fn init_frozen(ts: &ThreadState, name: &Str) -> Result {
        Err(no_such_frozen(ts, name))
    }
    /// Create an extension module.
    #[function("create_builtin(spec, /)")]
    fn create_builtin(ts: &ThreadState, spec: &Value) -> Result {
        let name = spec_name(ts, spec)?;
        if let Some(m) = ts.interp().modules.get().and_then(|m| m.downcast::<Dict>().and_then(|d| d.get_name(ts, &name)))
            && matches!(name.as_str(), "sys" | "builtins")
        {
            return Ok(m);
        }
        match definition(&name) {
            Some(d) => Ok(Module::from_def(ts, d)?.into_value()),
            None => Ok(Value::none()),
        }
    }
    /// Initialize a built-in module.
    #[function("exec_builtin(mod, /)")]
    fn exec_builtin(_module: &Value) -> i32 {
        0
    }
    /// Create an extension module.
    #[function("create_dynamic(spec, file=<unrepresentable>, /)")]
    fn create_dynamic(ts: &ThreadState, spec: &Value, _file: Option<&Value>) -> Result {
        let name = spec_name(ts, spec)?;
        Err(ts.import_error(format!("extension modules are not supported: {name}"), None, None))
    }
    /// Initialize an extension module.
    #[function("exec_dynamic(mod, /)")]
    fn exec_dynamic(_module: &Value) -> i32 {
        0
    }
    /// Changes code.co_filename to specify the passed-in file path.
    #[function("_fix_co_filename(code, path, /)")]
    fn _fix_co_filename(_code: &Value, _path: &Value) {}
    /// (internal-only) Override PyInterpreterConfig.check_multi_interp_extensions.
    #[function("_override_multi_interp_extensions_check(override, /)")]
    fn _override_multi_interp_extensions_check(_o: i32) -> i32 {
        0
    }
    #[function("_override_frozen_modules_for_tests(override, /)")]
    fn _override_frozen_modules_for_tests(_o: i32) {}
    /// Returns the list of available frozen modules.
    #[function("_frozen_module_names()")]
    fn _frozen_module_names(ts: &ThreadState) -> Value {
        List::new(ts, library::FROZEN.iter().map(|n| Str::new(ts, n).into_value()).collect()).into_value()
    }
    #[function("source_hash(key, source)")]
    fn source_hash(ts: &ThreadState, key: i64, source: &Value) -> Result {
        use std::hash::Hasher;
        let bytes = taipan_objects::buffer::to_vec(ts, source)?;
        let mut h = siphasher::sip::SipHasher13::new_with_keys(key as u64, 0);
        h.write(&bytes);
        Ok(taipan_objects::bytes::Bytes::new(ts, &h.finish().to_le_bytes()).into_value())
    }
    /// Whether the embedded library has a module: None, or whether it is a package.
    #[function("_library_find(name, /)")]
    fn _library_find(name: &str) -> Option<bool> {
        library()?.find(name).map(|e| e.is_package)
    }
    /// The code of a module of the embedded library.
    #[function("_library_code(name, /)")]
    fn _library_code(ts: &ThreadState, name: &Str) -> Result {
        let text = name.to_string_lossy();
        match library().and_then(|l| l.find(&text)) {
            Some(e) => code_value(ts, &text, e),
            None => Err(ts.import_error(format!("no module named {text} in the library"), Some(name.to_ref().as_value()), None)),
        }
    }
    /// The source of a module of the embedded library, as bytes; None without one.
    #[function("_library_source(name, /)")]
    fn _library_source(ts: &ThreadState, name: &str) -> Option<Value> {
        let l = library()?;
        let text = l.source(l.find(name)?)?;
        Some(taipan_objects::bytes::Bytes::new(ts, &text).into_value())
    }
    /// Code and text of the programs that came as text.
    #[function("_program_sources()")]
    fn _program_sources(ts: &ThreadState) -> Value {
        let all = taipan_objects::traceback::display::program_sources(ts);
        let rows = all.into_iter().map(|(code, text)| taipan_objects::tuple::Tuple::new(ts, vec![code, text]).into_value());
        List::new(ts, rows.collect()).into_value()
    }
    /// The names of the embedded library's modules.
    #[function("_library_names()")]
    fn _library_names(ts: &ThreadState) -> Value {
        let names = library().map_or_else(Vec::new, |l| l.entries.iter().map(|e| Str::new(ts, e.name).into_value()).collect());
        List::new(ts, names).into_value()
    }
}

#[allow(unused)]
fn _uses() {
    let _ = module::import;
}
