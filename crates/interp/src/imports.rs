//! `import`: through `builtins.__import__`, and `from … import …`.

use crate::names;
use crate::ops::prelude::*;

pub fn import_name(ts: &ThreadState, frame: Fp, name: &Ref<Str>, fromlist: &Value, level: &Value) -> Result<Value> {
    let f = frame.function();
    let Some(import) = names::builtins_get(ts, &f.builtins, &ts.names().__import__)? else {
        return Err(ts.import_error("__import__ not found", None, None));
    };
    let globals = f.globals.as_value();
    let locals = names::namespace(frame).unwrap_or_else(Value::none);
    let own = taipan_objects::module::builtin_get(ts, "__import__").ok();
    if own.as_ref().is_some_and(|o| o.is(&import))
        && import.shape_id() == ids::BUILTIN_FUNCTION
        && let Some(hook) = ts.interp().hooks.read(|h| h.import)
        && let Some(level) = level.as_small_int()
    {
        return hook(ts, name.as_value(), globals, &locals, fromlist, level);
    }
    let args = [name.as_value().clone(), globals.clone(), locals, fromlist.clone(), level.clone()];
    protocol::call(ts, &import, &args)
}

pub fn import_from(ts: &ThreadState, module: &Value, name: &Ref<Str>) -> Result<Value> {
    if let Some(v) = protocol::getattr_opt(ts, module, name)? {
        return Ok(v);
    }
    // A circular import: the submodule may be there without being bound yet.
    let names = ts.names();
    let package = protocol::getattr_opt(ts, module, &names.__name__)?;
    let package_name = package.as_ref().and_then(|p| p.downcast::<Str>()).map(|s| s.to_string_lossy().into_owned());
    if let Some(p) = &package_name {
        let full = Str::intern(ts, &format!("{p}.{}", name.to_string_lossy()));
        if let Some(modules) = ts.interp().modules.get()
            && let Some(v) = names::mapping_get(ts, &modules, &full)?
        {
            return Ok(v);
        }
    }
    Err(cannot_import(ts, module, name, package_name))
}

#[cold]
fn cannot_import(ts: &ThreadState, module: &Value, name: &Ref<Str>, package: Option<String>) -> Raised {
    let (n, p) = (name.to_string_lossy(), package.as_deref().unwrap_or("<unknown module name>"));
    let file = match protocol::getattr_opt_name(ts, module, "__file__") {
        Ok(f) => f,
        Err(Raised) => return Raised,
    };
    let spec = protocol::getattr_opt(ts, module, &ts.names().__spec__).ok().flatten().filter(|s| !s.is_none());
    let initializing = spec
        .as_ref()
        .and_then(|s| protocol::getattr_opt(ts, s, &ts.names()._initializing).ok().flatten())
        .is_some_and(|v| v.is_true_object());
    let path = file.as_ref().and_then(|f| f.downcast::<Str>()).map(|s| s.to_string_lossy().into_owned());
    let place = path.as_deref().unwrap_or("unknown location");
    let text = if initializing {
        format!("cannot import name '{n}' from partially initialized module '{p}' (most likely due to a circular import) ({place})")
    } else {
        format!("cannot import name '{n}' from '{p}' ({place})")
    };
    let package = Str::new(ts, p).into_value();
    let raised = ts.import_error(text, Some(&package), file.as_ref());
    ts.exception.read(|e| {
        if let Some(e) = e.as_ref().and_then(|e| e.downcast::<taipan_objects::exceptions::ImportError>()) {
            e.name_from.set(Some(name.as_value().clone()));
        }
    });
    raised
}

/// `from module import *` into the namespace of the frame.
pub fn import_star(ts: &ThreadState, frame: Fp, module: &Value) -> Result<()> {
    let Some(namespace) = names::namespace(frame) else {
        return Err(ts.system_error("no locals found during 'import *'"));
    };
    let names = ts.names();
    let (list, skip_underscores) = match protocol::getattr_opt(ts, module, &names.__all__)? {
        Some(all) => (all, false),
        None => {
            let Some(dict) = protocol::getattr_opt(ts, module, &names.__dict__)? else {
                return Err(ts.import_error("from-import-* object has no __dict__ and no __all__", None, None));
            };
            (protocol::call_method(ts, &dict, "keys", &[])?, true)
        }
    };
    let described = |ts: &ThreadState, v: &Value| -> Result<String> {
        let n = protocol::getattr_opt(ts, module, &ts.names().__name__)?;
        match n {
            Some(n) if n.downcast::<Str>().is_some() => Ok(format!(
                "{} in {}.{} must be str, not {}",
                if skip_underscores { "Key" } else { "Item" },
                protocol::str_(ts, &n)?.to_string_lossy(),
                if skip_underscores { "__dict__" } else { "__all__" },
                v.type_name(ts)
            )),
            other => Ok(format!(
                "module __name__ must be a string, not {}",
                other.map_or_else(|| "NoneType".into(), |o| o.type_name(ts))
            )),
        }
    };
    for v in protocol::collect(ts, &list)? {
        let Some(name) = v.downcast_ref::<Str>() else {
            let text = described(ts, &v)?;
            return Err(ts.type_error(text));
        };
        if skip_underscores && name.bytes().first() == Some(&b'_') {
            continue;
        }
        let value = protocol::getattr(ts, module, name)?;
        if let Some(d) = namespace.exact::<Dict>() {
            d.set_str(ts, name, value);
        } else {
            protocol::setitem(ts, &namespace, name.as_value(), &value)?;
        }
    }
    Ok(())
}
