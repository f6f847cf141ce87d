//! `import`: the part that is native. Finding and loading is importlib's, run from the embedded library.

pub mod embedded;
pub mod imp;
pub mod library;

use std::cell::OnceCell;
use taipan_objects::dict::Dict;
use taipan_objects::module::Module;
use taipan_objects::str::Str;
use taipan_objects::value::{Result, Value};
use taipan_objects::{protocol, Ref, ThreadState};

/// The interpreter's importlib, once it is bootstrapped.
#[derive(Default)]
pub struct Importlib {
    pub bootstrap: OnceCell<Value>,
}

fn modules(ts: &ThreadState) -> Result<Value> {
    match ts.interp().modules.get() {
        Some(m) => Ok(m),
        None => Err(ts.runtime_error("unable to get sys.modules")),
    }
}

/// `sys.modules[name]`.
fn get_module(ts: &ThreadState, name: &Value) -> Result<Option<Value>> {
    let m = modules(ts)?;
    protocol::getitem_opt(ts, &m, name)
}

fn bootstrap(ts: &ThreadState) -> Result<Value> {
    match ts.interp().extension::<Importlib>().bootstrap.get() {
        Some(b) => Ok(b.clone()),
        None => Err(ts.import_error("importlib is not set up yet", None, None)),
    }
}

/// The absolute name that a relative import means.
fn resolve_name(ts: &ThreadState, name: &Str, globals: &Value, level: i64) -> Result<Ref<Str>> {
    let Some(globals) = globals.downcast::<Dict>() else {
        return Err(if globals.is_none() { ts.key_error(&Str::new(ts, "'__name__' not in globals").into_value()) } else { ts.type_error("globals must be a dict") });
    };
    let n = ts.names();
    let package = globals.get_str(&n.__package__).filter(|p| !p.is_none());
    let spec = globals.get_str(&n.__spec__).filter(|s| !s.is_none());
    let package = match (package, spec) {
        (Some(p), spec) => {
            if p.downcast::<Str>().is_none() {
                return Err(ts.type_error("package must be a string"));
            }
            if let Some(s) = spec {
                let parent = protocol::getattr_name(ts, &s, "parent")?;
                if !protocol::eq(ts, &p, &parent)? {
                    ts.warn(|x| &x.deprecation_warning, "__package__ != __spec__.parent", 1)?;
                }
            }
            p
        }
        (None, Some(s)) => protocol::getattr_name(ts, &s, "parent")?,
        (None, None) => {
            ts.warn(|x| &x.import_warning, "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__", 1)?;
            let Some(name) = globals.get_str(&n.__name__) else {
                return Err(ts.key_error(&Str::new(ts, "'__name__' not in globals").into_value()));
            };
            let Some(text) = name.downcast::<Str>() else { return Err(ts.type_error("__name__ must be a string")) };
            if globals.contains_str(&n.__path__) {
                name
            } else {
                let t = text.to_string_lossy();
                match t.rfind('.') {
                    Some(i) => Str::new(ts, &t[..i]).into_value(),
                    None => return Err(ts.import_error("attempted relative import with no known parent package", None, None)),
                }
            }
        }
    };
    let Some(package) = package.downcast::<Str>() else { return Err(ts.type_error("__spec__.parent must be a string")) };
    if package.is_empty() {
        return Err(ts.import_error("attempted relative import with no known parent package", None, None));
    }
    let text = package.to_string_lossy();
    let mut base: &str = &text;
    for _ in 1..level {
        match base.rfind('.') {
            Some(i) => base = &base[..i],
            None => return Err(ts.import_error("attempted relative import beyond top-level package", None, None)),
        }
    }
    let name = name.to_string_lossy();
    Ok(Str::new(ts, &if name.is_empty() { base.to_string() } else { format!("{base}.{name}") }))
}

/// Is the module being imported just now (by another thread, or further up)?
fn ensure_initialized(ts: &ThreadState, module: &Value, name: &Value) -> Result<()> {
    let n = ts.names();
    let spec = match module.exact::<Module>() {
        Some(m) => m.dict.get_str(&n.__spec__),
        None => protocol::getattr_opt(ts, module, &n.__spec__)?,
    };
    let Some(spec) = spec.filter(|s| !s.is_none()) else { return Ok(()) };
    if let Some(v) = protocol::getattr_opt(ts, &spec, &n._initializing)?
        && protocol::is_true(ts, &v)?
    {
        protocol::call_method(ts, &bootstrap(ts)?, "_lock_unlock_module", std::slice::from_ref(name))?;
    }
    Ok(())
}

/// What an import statement does: `__import__`.
pub fn import_module_level(ts: &ThreadState, name: &Value, globals: &Value, _locals: &Value, fromlist: &Value, level: i64) -> Result {
    let Some(text) = name.downcast::<Str>() else { return Err(ts.type_error("module name must be a string")) };
    if level < 0 {
        return Err(ts.value_error("level must be >= 0"));
    }
    let abs = if level > 0 {
        resolve_name(ts, text, globals, level)?
    } else {
        if text.is_empty() {
            return Err(ts.value_error("Empty module name"));
        }
        text.to_ref()
    };
    let abs_value = abs.as_value().clone();
    let module = match get_module(ts, &abs_value)? {
        Some(m) if !m.is_none() => {
            ensure_initialized(ts, &m, &abs_value)?;
            m
        }
        _ => {
            let find = protocol::getattr_name(ts, &bootstrap(ts)?, "_find_and_load")?;
            let import = taipan_objects::module::builtin_get(ts, "__import__")?;
            protocol::call(ts, &find, &[abs_value.clone(), import]).inspect_err(|_| remove_importlib_frames(ts))?
        }
    };
    let has_from = !fromlist.is_none() && protocol::is_true(ts, fromlist)?;
    if has_from {
        let path = protocol::getattr_opt(ts, &module, &ts.names().__path__)?;
        if path.is_some() {
            let handle = protocol::getattr_name(ts, &bootstrap(ts)?, "_handle_fromlist")?;
            let import = taipan_objects::module::builtin_get(ts, "__import__")?;
            return protocol::call(ts, &handle, &[module, fromlist.clone(), import]);
        }
        return Ok(module);
    }
    if level == 0 || text.len() > 0 {
        let t = text.to_string_lossy();
        let Some(dot) = t.find('.') else { return Ok(module) };
        let front = &t[..dot];
        let top = if level == 0 {
            front.to_string()
        } else {
            let a = abs.to_string_lossy();
            let cut = t.len() - dot;
            a[..a.len() - cut].to_string()
        };
        let top_name = Str::new(ts, &top).into_value();
        if level == 0 {
            return import_module_level(ts, &top_name, globals, _locals, &Value::none(), 0);
        }
        return match get_module(ts, &top_name)? {
            Some(m) => Ok(m),
            None => Err(ts.key_error(&Str::new(ts, &format!("{} not in sys.modules as expected", protocol::repr_lossy(ts, &top_name)?)).into_value())),
        };
    }
    Ok(module)
}

/// Takes importlib's own frames off the traceback of a failed import.
fn remove_importlib_frames(ts: &ThreadState) {
    use taipan_objects::exceptions::BaseException;
    use taipan_objects::traceback::Traceback;
    let Some(exc) = ts.exception.get() else { return };
    if ts.interp().config.read(|c| c.verbose > 0) {
        return;
    }
    let always = exc.class(ts).is_subtype(&ts.exceptions().import_error);
    let Some(e) = exc.downcast::<BaseException>() else { return };
    let frame_code = |tb: &Value| -> Option<(String, String)> {
        let t = tb.downcast::<Traceback>()?;
        let code = protocol::getattr_name(ts, &t.frame, "f_code").ok()?;
        let file = protocol::getattr_name(ts, &code, "co_filename").ok()?;
        let name = protocol::getattr_name(ts, &code, "co_name").ok()?;
        Some((file.downcast::<Str>()?.to_string_lossy().into_owned(), name.downcast::<Str>()?.to_string_lossy().into_owned()))
    };
    // Chunks of importlib frames are cut when the import itself failed, or when they end in the call that
    // runs the module's code.
    let mut kept: Vec<Value> = vec![];
    let mut chunk: Vec<Value> = vec![];
    let mut at = e.traceback.get();
    while let Some(tb) = at {
        at = tb.downcast::<Traceback>().and_then(|t| t.next.get());
        match frame_code(&tb) {
            Some((file, name)) if matches!(file.as_str(), "<frozen importlib._bootstrap>" | "<frozen importlib._bootstrap_external>" | "<frozen _taipan_library>") => {
                chunk.push(tb);
                if name == "_call_with_frames_removed" || always {
                    chunk.clear();
                }
            }
            _ => {
                kept.append(&mut chunk);
                kept.push(tb);
            }
        }
    }
    kept.append(&mut chunk);
    for pair in kept.windows(2) {
        if let Some(t) = pair[0].downcast::<Traceback>() {
            t.next.set(Some(pair[1].clone()));
        }
    }
    if let Some(t) = kept.last().and_then(|l| l.downcast::<Traceback>()) {
        t.next.set(None);
    }
    e.traceback.set(kept.into_iter().next());
}
