//! Type parameters in the arguments of generic aliases and unions: which there are, and putting arguments
//! in their places. Also how types are written in the representation of both.

use super::GenericAlias;
use crate::heap::Ref;
use crate::ids;
use crate::list::List;
use crate::protocol;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::typeobject::{self, Type};
use crate::value::{Result, Value};

/// Writes a type as it stands in annotations: `int`, `module.Name`, `None`, `...`.
pub fn write_type(ts: &ThreadState, out: &mut Vec<u8>, v: &Value) -> Result<()> {
    if v.is_ellipsis() {
        out.extend_from_slice(b"...");
        return Ok(());
    }
    if v.id() == typeobject::builtin(ts, ids::NONE).as_header() as u64 {
        out.extend_from_slice(b"None");
        return Ok(());
    }
    let n = ts.names();
    let is_alias = protocol::getattr_opt(ts, v, &n.__origin__)?.is_some() && protocol::getattr_opt(ts, v, &n.__args__)?.is_some();
    if !is_alias
        && let Some(qualname) = protocol::getattr_opt(ts, v, &n.__qualname__)?
        && let Some(module) = protocol::getattr_opt(ts, v, &n.__module__)?
        && !module.is_none()
    {
        let (qualname, module) = (protocol::str_(ts, &qualname)?, protocol::str_(ts, &module)?);
        if module.bytes() != b"builtins" {
            out.extend_from_slice(module.bytes());
            out.push(b'.');
        }
        out.extend_from_slice(qualname.bytes());
        return Ok(());
    }
    out.extend_from_slice(protocol::repr(ts, v)?.bytes());
    Ok(())
}

/// Writes an argument: a type, or a list of them (for a ParamSpec).
pub fn write_argument(ts: &ThreadState, out: &mut Vec<u8>, v: &Value) -> Result<()> {
    let Some(list) = v.exact::<List>() else { return write_type(ts, out, v) };
    out.push(b'[');
    for (i, x) in list.to_vec().iter().enumerate() {
        if i > 0 {
            out.extend_from_slice(b", ");
        }
        write_type(ts, out, x)?;
    }
    out.push(b']');
    Ok(())
}

fn push_new(all: &mut Vec<Value>, v: &Value) {
    if !all.iter().any(|x| x.is(v)) {
        all.push(v.clone());
    }
}

fn row(v: &Value) -> Option<Vec<Value>> {
    match v.downcast::<Tuple>() {
        Some(t) => Some(t.items().to_vec()),
        None => v.downcast::<List>().map(List::to_vec),
    }
}

/// The type parameters that occur in `args`, each once, in order.
pub fn make_parameters(ts: &ThreadState, args: &[Value]) -> Result<Ref<Tuple>> {
    let mut all = Vec::new();
    collect_parameters(ts, args, &mut all)?;
    Ok(Tuple::new(ts, all))
}

fn collect_parameters(ts: &ThreadState, args: &[Value], all: &mut Vec<Value>) -> Result<()> {
    ts.recursion_guard("")?;
    let n = ts.names();
    for a in args {
        if a.downcast::<Type>().is_some() {
            continue;
        }
        if a.is_exact::<Tuple>() || a.is_exact::<List>() {
            collect_parameters(ts, &row(a).unwrap_or_default(), all)?;
        } else if protocol::getattr_opt(ts, a, &n.__typing_subst__)?.is_some() {
            push_new(all, a);
        } else if let Some(p) = protocol::getattr_opt(ts, a, &n.__parameters__)?
            && let Some(p) = p.downcast::<Tuple>()
        {
            p.items().iter().for_each(|v| push_new(all, v));
        }
    }
    Ok(())
}

/// The arguments of `*tuple[...]`, if `v` is that.
fn unpacked_tuple_args(ts: &ThreadState, v: &Value) -> Result<Option<Vec<Value>>> {
    if let Some(a) = v.exact::<GenericAlias>()
        && a.starred
        && a.origin.is(Tuple::class_value(ts).as_value())
    {
        return Ok(Some(a.args.items().to_vec()));
    }
    let found = protocol::getattr_opt(ts, v, &ts.names().__typing_unpacked_tuple_args__)?;
    Ok(found.and_then(|t| t.downcast::<Tuple>().map(|t| t.items().to_vec())))
}

/// `item` as a tuple, starred tuples of known length taken apart.
fn unpack_args(ts: &ThreadState, item: &Value) -> Result<Value> {
    let items = match item.downcast::<Tuple>() {
        Some(t) => t.items().to_vec(),
        None => vec![item.clone()],
    };
    let mut out = Vec::with_capacity(items.len());
    for v in items {
        if v.downcast::<Type>().is_none()
            && let Some(inner) = unpacked_tuple_args(ts, &v)?
            && !inner.last().is_some_and(Value::is_ellipsis)
        {
            out.extend(inner);
        } else {
            out.push(v);
        }
    }
    Ok(Tuple::new(ts, out).into_value())
}

fn items_of(v: &Value) -> Vec<Value> {
    v.downcast::<Tuple>().map_or_else(|| vec![v.clone()], |t| t.items().to_vec())
}

/// `args` with the type parameters replaced by what `item`, the subscript, gives for them.
pub fn substitute(ts: &ThreadState, slf: &Value, args: &[Value], parameters: &Value, item: &Value) -> Result<Vec<Value>> {
    let parameters = items_of(parameters);
    if parameters.is_empty() {
        return Err(ts.type_error(format!("{} is not a generic class", protocol::repr_lossy(ts, slf)?)));
    }
    let mut item = unpack_args(ts, item)?;
    for p in &parameters {
        if let Some(prepare) = protocol::getattr_opt(ts, p, &ts.names().__typing_prepare_subst__)?
            && !prepare.is_none()
        {
            let given = if item.downcast::<Tuple>().is_some() { item.clone() } else { Tuple::from_array(ts, [item.clone()]).into_value() };
            item = protocol::call(ts, &prepare, &[slf.clone(), given])?;
        }
    }
    let given = items_of(&item);
    if given.len() != parameters.len() {
        return Err(ts.type_error(format!(
            "Too {} arguments for {}; actual {}, expected {}",
            if given.len() > parameters.len() { "many" } else { "few" },
            protocol::repr_lossy(ts, slf)?,
            given.len(),
            parameters.len()
        )));
    }
    replace(ts, args, &parameters, &given)
}

fn replace(ts: &ThreadState, args: &[Value], parameters: &[Value], given: &[Value]) -> Result<Vec<Value>> {
    ts.recursion_guard("")?;
    let n = ts.names();
    let mut out = Vec::with_capacity(args.len());
    for a in args {
        if a.downcast::<Type>().is_some() {
            out.push(a.clone());
            continue;
        }
        if let Some(inner) = row(a) {
            let inner = replace(ts, &inner, parameters, given)?;
            out.push(if a.downcast::<List>().is_some() {
                List::new(ts, inner).into_value()
            } else {
                Tuple::new(ts, inner).into_value()
            });
            continue;
        }
        let unpack = match protocol::getattr_opt(ts, a, &n.__typing_is_unpacked_typevartuple__)? {
            Some(v) => protocol::is_true(ts, &v)?,
            None => false,
        };
        let new = match protocol::getattr_opt(ts, a, &n.__typing_subst__)? {
            Some(subst) => {
                let Some(i) = parameters.iter().position(|p| p.is(a)) else {
                    return Err(ts.type_error("type parameter out of place"));
                };
                protocol::call(ts, &subst, std::slice::from_ref(&given[i]))?
            }
            None => substitute_within(ts, a, parameters, given)?,
        };
        if !unpack {
            out.push(new);
            continue;
        }
        match new.downcast::<Tuple>() {
            Some(t) => out.extend_from_slice(t.items()),
            None => {
                return Err(ts.type_error(format!(
                    "expected __typing_subst__ of {} objects to return a tuple, not {}",
                    a.type_name(ts),
                    new.type_name(ts)
                )));
            }
        }
    }
    Ok(out)
}

/// An argument that is itself generic, subscripted with what is given for its parameters.
fn substitute_within(ts: &ThreadState, v: &Value, parameters: &[Value], given: &[Value]) -> Result<Value> {
    let Some(own) = protocol::getattr_opt(ts, v, &ts.names().__parameters__)? else { return Ok(v.clone()) };
    let Some(own) = own.downcast::<Tuple>().filter(|t| !t.is_empty()) else { return Ok(v.clone()) };
    let mut args = Vec::with_capacity(own.len());
    for p in own.items() {
        match parameters.iter().position(|q| q.is(p)) {
            Some(i) => match given[i].downcast::<Tuple>() {
                // A type variable tuple takes several.
                Some(t) if p.class(ts).slots().iter.is_some() => args.extend_from_slice(t.items()),
                _ => args.push(given[i].clone()),
            },
            None => args.push(p.clone()),
        }
    }
    protocol::getitem(ts, v, Tuple::new(ts, args).as_value())
}
