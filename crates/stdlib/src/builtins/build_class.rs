//! `__build_class__`: what a class statement calls.

use taipan_isa::co;
use taipan_objects::cell::CellObject;
use taipan_objects::dict::Dict;
use taipan_objects::function::Function;
use taipan_objects::native::{functions, Args, Kwargs};
use taipan_objects::str::Str;
use taipan_objects::tuple::Tuple;
use taipan_objects::typeobject::{self, create, Type};
use taipan_objects::value::{Result, Value};
use taipan_objects::{ids, protocol, ThreadState};

/// Replaces the bases that are no classes by what their `__mro_entries__` gives; `None`: nothing to replace.
pub fn resolve_bases(ts: &ThreadState, bases: &[Value]) -> Result<Option<Vec<Value>>> {
    if bases.iter().all(|b| b.as_type().is_some()) {
        return Ok(None);
    }
    let mut out = vec![];
    let mut replaced = false;
    for b in bases {
        if b.as_type().is_some() {
            out.push(b.clone());
            continue;
        }
        let Some(f) = protocol::getattr_opt(ts, b, &ts.names().__mro_entries__)? else {
            out.push(b.clone());
            continue;
        };
        let all = Tuple::new(ts, bases.to_vec()).into_value();
        let r = protocol::call1(ts, &f, &all)?;
        let Some(t) = r.downcast::<Tuple>() else {
            return Err(ts.type_error("__mro_entries__ must return a tuple"));
        };
        replaced = true;
        out.extend_from_slice(t.items());
    }
    Ok(replaced.then_some(out))
}

#[functions(module = "builtins")]
pub mod functions {
    use super::*;
    /// __build_class__(func, name, /, *bases, [metaclass], **kwds) -> class
    ///
    /// Internal helper function used by the class statement.
    #[function("__build_class__(*args, **kwds)", no_signature)]
    fn __build_class__(ts: &ThreadState, args: &[Value], kwds: Kwargs<'_>) -> Result {
        build_class(ts, args, kwds)
    }
}

fn build_class(ts: &ThreadState, args: &[Value], kwds: Kwargs<'_>) -> Result {
    let n = ts.names();
    let [func, name, given @ ..] = args else {
        return Err(ts.type_error("__build_class__: not enough arguments"));
    };
    if func.exact::<Function>().is_none() {
        return Err(ts.type_error("__build_class__: func must be a function"));
    }
    if name.downcast::<Str>().is_none() {
        return Err(ts.type_error("__build_class__: name is not a string"));
    }
    let resolved = resolve_bases(ts, given)?;
    let bases: Vec<Value> = resolved.clone().unwrap_or_else(|| given.to_vec());
    let mut names: Vec<Value> = vec![];
    let mut values: Vec<Value> = vec![];
    let mut metaclass: Option<Value> = None;
    for (k, v) in kwds.iter() {
        if k.downcast::<Str>().is_some_and(|s| s.bytes() == b"metaclass") {
            metaclass = Some(v.clone());
        } else {
            names.push(k.clone());
            values.push(v.clone());
        }
    }
    let mut meta = match metaclass {
        Some(m) => m,
        None => match bases.first() {
            Some(b) => b.class(ts).to_value(),
            None => typeobject::builtin(ts, ids::TYPE).to_value(),
        },
    };
    if let Some(m) = meta.downcast_ref::<Type>() {
        let winner = create::calculate_metaclass(ts, &m.clone(), &bases)?;
        meta = winner.into_value();
    }
    let bases_tuple = Tuple::new(ts, bases).into_value();
    let call = |f: &Value, third: Option<&Value>| {
        let mut a = vec![name.clone(), bases_tuple.clone()];
        a.extend(third.cloned());
        protocol::call_args(ts, f, Args::with_keywords(&a, &names, &values))
    };
    let namespace = match protocol::getattr_opt(ts, &meta, &n.__prepare__)? {
        Some(p) => call(&p, None)?,
        None => Dict::new(ts).into_value(),
    };
    if namespace.class(ts).slots().getitem.is_none() {
        let what = match meta.as_type() {
            Some(t) => t.short_name(),
            None => "<metaclass>".into(),
        };
        return Err(ts.type_error(format!("{what}.__prepare__() must return a mapping, not {}", namespace.type_name(ts))));
    }
    let Some(run) = ts.interp().hooks.read(|h| h.run_body) else {
        return Err(ts.system_error("no interpreter is installed"));
    };
    let cell = run(ts, func, &namespace)?;
    if resolved.is_some() {
        let original = Tuple::new(ts, given.to_vec()).into_value();
        protocol::setitem(ts, &namespace, n.__orig_bases__.as_value(), &original)?;
    }
    let cls = call(&meta, Some(&namespace))?;
    if cls.as_type().is_some() && let Some(c) = cell.downcast::<CellObject>() {
        match c.contents.get() {
            None => {
                let text = format!(
                    "__class__ not set defining {} as {}. Was __classcell__ propagated to type.__new__?",
                    protocol::repr_lossy(ts, name)?,
                    protocol::repr_lossy(ts, &cls)?
                );
                return Err(ts.runtime_error(text));
            }
            Some(v) if !v.is(&cls) => {
                let text = format!(
                    "__class__ set to {} defining {} as {}",
                    protocol::repr_lossy(ts, &v)?,
                    protocol::repr_lossy(ts, name)?,
                    protocol::repr_lossy(ts, &cls)?
                );
                return Err(ts.type_error(text));
            }
            Some(_) => {}
        }
    }
    if let Some(f) = func.exact::<Function>()
        && f.code.read(|c| c.isa.flags & co::STANDS_IN != 0)
        && let Some(t) = cls.as_type()
    {
        // Messages name it as they name native types: with the module. There are few of them.
        t.native_name.set(Box::leak(t.qualified_name(ts).into_boxed_str()));
    }
    Ok(cls)
}
