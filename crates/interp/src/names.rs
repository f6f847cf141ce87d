//! How names are looked up: namespaces, globals, builtins, and the errors when they are not there.

use crate::ops::prelude::*;
use taipan_objects::frame::object;

/// The namespace of a module's or class's body.
pub fn namespace(frame: Fp) -> Option<Value> {
    object::namespace(frame.0)
}

pub fn not_defined(ts: &ThreadState, name: &Ref<Str>) -> Raised {
    ts.name_error(format!("name '{}' is not defined", name.to_string_lossy()), name.as_value())
}

/// Looks `name` up in a mapping: absent if a KeyError says so.
pub fn mapping_get(ts: &ThreadState, mapping: &Value, name: &Ref<Str>) -> Result<Option<Value>> {
    if let Some(d) = mapping.exact::<Dict>() {
        return Ok(d.get_str(name));
    }
    match protocol::getitem(ts, mapping, name.as_value()) {
        Ok(v) => Ok(Some(v)),
        Err(Raised) if ts.exception_is(|x| &x.key_error) => {
            ts.take_exception();
            Ok(None)
        }
        Err(Raised) => Err(Raised),
    }
}

pub fn builtins_get(ts: &ThreadState, builtins: &Value, name: &Ref<Str>) -> Result<Option<Value>> {
    mapping_get(ts, builtins, name)
}

pub fn load_global(ts: &ThreadState, frame: Fp, name: &Ref<Str>) -> Result<Value> {
    let f = frame.function();
    // A subclass's `__missing__` and the like are honoured for `exec` with such globals, as in CPython.
    let found = if f.globals.as_value().is_exact::<Dict>() {
        f.globals.get_str(name)
    } else {
        mapping_get(ts, f.globals.as_value(), name)?
    };
    if let Some(v) = found {
        return Ok(v);
    }
    match builtins_get(ts, &f.builtins, name)? {
        Some(v) => Ok(v),
        None => Err(not_defined(ts, name)),
    }
}

pub fn load_name(ts: &ThreadState, frame: Fp, name: &Ref<Str>) -> Result<Value> {
    let Some(ns) = namespace(frame) else {
        return Err(ts.system_error(format!("no locals when loading '{}'", name.to_string_lossy())));
    };
    match mapping_get(ts, &ns, name)? {
        Some(v) => Ok(v),
        None => load_global(ts, frame, name),
    }
}

pub fn store_name(ts: &ThreadState, frame: Fp, name: &Ref<Str>, value: &Value) -> Result<()> {
    let Some(ns) = namespace(frame) else {
        return Err(ts.system_error(format!("no locals found when storing '{}'", name.to_string_lossy())));
    };
    if let Some(d) = ns.exact::<Dict>() {
        d.set_str(ts, name, value.clone());
        return Ok(());
    }
    protocol::setitem(ts, &ns, name.as_value(), value)
}

pub fn delete_name(ts: &ThreadState, frame: Fp, name: &Ref<Str>) -> Result<()> {
    let Some(ns) = namespace(frame) else {
        return Err(ts.system_error(format!("no locals when deleting '{}'", name.to_string_lossy())));
    };
    match protocol::delitem(ts, &ns, name.as_value()) {
        Err(Raised) if ts.exception_is(|x| &x.key_error) => {
            ts.take_exception();
            Err(not_defined(ts, name))
        }
        other => other,
    }
}

/// The error for reading cell or free variable `i` of the locals.
pub fn unbound_cell(ts: &ThreadState, frame: Fp, i: u32) -> Raised {
    let code = frame.code();
    let name = &code.local_names(ts)[i as usize];
    let text = name.to_string_lossy();
    if code.isa.local_kinds[i as usize] & taipan_isa::local_kind::FREE != 0 {
        ts.name_error(
            format!("cannot access free variable '{text}' where it is not associated with a value in enclosing scope"),
            name.as_value(),
        )
    } else {
        ts.unbound_local_error(
            format!("cannot access local variable '{text}' where it is not associated with a value"),
            name.as_value(),
        )
    }
}

pub fn setup_annotations(ts: &ThreadState, frame: Fp) -> Result<()> {
    let Some(ns) = namespace(frame) else {
        return Err(ts.system_error("no locals found when setting up annotations"));
    };
    let name = &ts.names().__annotations__;
    if mapping_get(ts, &ns, name)?.is_some() {
        return Ok(());
    }
    protocol::setitem(ts, &ns, name.as_value(), Dict::new(ts).as_value())
}

/// The functions `all` and `any` as the interpreter began with them.
pub fn all_any(ts: &ThreadState) -> Result<&[Value; 2]> {
    if ts.interp().all_any.get().is_none() {
        remember_all_any(ts)?;
    }
    ts.interp().all_any.get().ok_or_else(|| ts.system_error("no builtins"))
}

/// To be called when the builtins are there and no program has run yet.
pub fn remember_all_any(ts: &ThreadState) -> Result<()> {
    let named = |name: &str| {
        let name = Str::intern(ts, name);
        match ts.interp().builtins.get() {
            Some(b) => protocol::getattr_opt(ts, b, &name)?.ok_or_else(|| not_defined(ts, &name)),
            None => Err(not_defined(ts, &name)),
        }
    };
    let _ = ts.interp().all_any.set([named("all")?, named("any")?]);
    Ok(())
}
