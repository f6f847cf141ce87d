//! The C3 linearisation.

use super::{set_mro_values, uncounted, Type};
use crate::heap::Ref;
use crate::thread::ThreadState;
use crate::value::{Result, Value};

/// The MRO of a class with these bases, itself left out.
pub fn linearize(ts: &ThreadState, bases: &[Ref<Type>]) -> Result<Vec<Value>> {
    let mut lists: Vec<Vec<Value>> = bases.iter().map(|b| b.mro.get()).collect();
    lists.push(bases.iter().map(|b| b.as_value().clone()).collect());
    for l in &mut lists {
        l.reverse();
    }
    let mut out: Vec<Value> = vec![];
    loop {
        lists.retain(|l| !l.is_empty());
        if lists.is_empty() {
            return Ok(out);
        }
        let good = lists.iter().map(|l| l[l.len() - 1].clone()).find(|c| {
            lists.iter().all(|l| !l[..l.len() - 1].iter().any(|v| v.is(c)))
        });
        let Some(c) = good else {
            let mut names: Vec<String> = vec![];
            for l in &lists {
                let n = l[l.len() - 1].as_type().map_or(String::new(), |t| t.short_name());
                if !names.contains(&n) {
                    names.push(n);
                }
            }
            return Err(ts.type_error(format!(
                "Cannot create a consistent method resolution order (MRO) for bases {}",
                names.join(", ")
            )));
        };
        for l in &mut lists {
            if l[l.len() - 1].is(&c) {
                l.pop();
            }
        }
        out.push(c);
    }
}

/// Computes the MRO of `ty`, asking the metaclass's `mro()` where it overrides `type.mro`. The type itself is
/// not counted in it.
fn invoke(ts: &ThreadState, ty: &Ref<Type>) -> Result<Vec<Value>> {
    let metatype = ty.as_value().class(ts);
    if !metatype.is(super::builtin(ts, crate::ids::TYPE)) {
        let mro_name = ts.names().mro.clone();
        let found = metatype.lookup(ts, &mro_name);
        let own = super::builtin(ts, crate::ids::TYPE).lookup(ts, &mro_name);
        if let (Some(f), Some(o)) = (&found, &own)
            && !f.is(o)
        {
            let r = crate::protocol::call_method(ts, ty.as_value(), "mro", &[])?;
            let mut list = crate::protocol::collect(ts, &r)?;
            let solid = super::create::solid_base(ty);
            for v in &list {
                let Some(t) = v.downcast_ref::<Type>() else {
                    return Err(ts.type_error(format!("mro() returned a non-class ('{}')", v.type_name(ts))));
                };
                if !solid.is_subtype(&super::create::solid_base(t)) {
                    return Err(ts.type_error(format!("mro() returned base with unsuitable layout ('{}')", t.name())));
                }
            }
            for v in list.iter_mut().filter(|v| v.is(ty.as_value())) {
                drop(std::mem::replace(v, uncounted(ty)));
            }
            return Ok(list);
        }
    }
    let rest = linearize(ts, &ty.bases.get())?;
    let mut mro = vec![uncounted(ty)];
    mro.extend(rest);
    Ok(mro)
}

/// Computes and sets the MRO of `ty`: false when `mro()` has set another one meanwhile.
pub fn compute(ts: &ThreadState, ty: &Ref<Type>) -> Result<bool> {
    let serial = ty.mro_serial.get();
    let mro = invoke(ts, ty)?;
    if ty.mro_serial.get() != serial {
        super::forget_self(ty, mro);
        return Ok(false);
    }
    set_mro_values(ty, mro);
    Ok(true)
}

/// A type whose MRO was replaced: the serial of the new one, and the one before.
pub struct Replaced {
    ty: Ref<Type>,
    serial: u32,
    old: Vec<Value>,
}

/// Computes the MROs of `ty` and its subclasses, noting in `done` what was there.
pub fn compute_hierarchy(ts: &ThreadState, ty: &Ref<Type>, done: &mut Vec<Replaced>) -> Result<()> {
    let old = ty.mro.get();
    if !compute(ts, ty)? {
        return Ok(());
    }
    ty.modified(ts);
    done.push(Replaced { ty: ty.clone(), serial: ty.mro_serial.get(), old });
    for s in ty.subclass_list() {
        compute_hierarchy(ts, &s, done)?;
    }
    Ok(())
}

/// Puts the MROs back that nobody has replaced since.
pub fn restore(ts: &ThreadState, done: Vec<Replaced>) {
    for Replaced { ty, serial, mut old } in done.into_iter().rev() {
        if ty.mro_serial.get() == serial {
            for v in old.iter_mut().filter(|v| v.is(ty.as_value())) {
                drop(std::mem::replace(v, uncounted(&ty)));
            }
            set_mro_values(&ty, old);
            ty.modified(ts);
        }
    }
}
