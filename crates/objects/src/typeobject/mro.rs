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

/// Computes and sets the MRO of `ty`, asking the metaclass's `mro()` where it overrides `type.mro`.
pub fn compute(ts: &ThreadState, ty: &Ref<Type>) -> Result<()> {
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
            for v in &list {
                if v.as_type().is_none() {
                    return Err(ts.type_error(format!("mro() returned a non-class ('{}')", v.type_name(ts))));
                }
            }
            // The type itself is not counted in its own MRO.
            if let Some(first) = list.first_mut()
                && first.is(ty.as_value())
            {
                let counted = std::mem::replace(first, uncounted(ty));
                drop(counted);
            } else {
                list.insert(0, uncounted(ty));
            }
            set_mro_values(ty, list);
            return Ok(());
        }
    }
    let mut mro = vec![uncounted(ty)];
    match linearize(ts, &ty.bases.get()) {
        Ok(rest) => mro.extend(rest),
        Err(e) => {
            std::mem::forget(mro.pop());
            return Err(e);
        }
    }
    set_mro_values(ty, mro);
    Ok(())
}
