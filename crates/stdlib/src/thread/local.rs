//! `_local`: attributes that each thread has for itself.

use crate::prelude::*;

pub struct Local {
    args: GilCell<(Vec<Value>, Vec<Value>, Vec<Value>)>,
    /// The attributes, by the identity of the thread's state, which is never given twice.
    dicts: GilCell<Vec<(u64, Ref<Dict>)>>,
}
payload!(Local, container, traverse = |s, visit| {
    s.args.read(|a| a.0.iter().chain(&a.1).chain(&a.2).for_each(&mut *visit));
    s.dicts.read(|d| d.iter().for_each(|e| visit(e.1.as_value())));
}, clear = |s| {
    drop(s.args.take());
    drop(s.dicts.take());
});

/// The living `_local` objects: a thread that ends takes its attributes with it.
#[derive(Default)]
struct Living(GilCell<Vec<*const Local>>);

impl Drop for Local {
    fn drop(&mut self) {
        if let Some(ts) = taipan_objects::thread::try_current() {
            let me: *const Local = self;
            ts.interp().extension::<Living>().0.write(|l| l.retain(|p| *p != me));
        }
    }
}

/// Drops the attributes of the thread that ends.
pub fn forget_thread(ts: &ThreadState) {
    let mut dead = vec![];
    ts.interp().extension::<Living>().0.read(|l| {
        for p in l {
            // SAFETY: an object takes itself off the list before it is freed.
            let local = unsafe { &**p };
            local.dicts.write(|d| {
                if let Some(i) = d.iter().position(|e| e.0 == ts.ident) {
                    dead.push(d.swap_remove(i).1);
                }
            });
        }
    });
    drop(dead);
}

fn local_of<'a>(ts: &ThreadState, slf: &'a Value) -> Result<&'a Local> {
    slf.downcast::<Local>().ok_or_else(|| ts.type_error("not a _local object"))
}

/// This thread's attributes, made and initialised when first asked for.
fn attributes(ts: &ThreadState, slf: &Value) -> Result<Ref<Dict>> {
    let local = local_of(ts, slf)?;
    let found = local.dicts.read(|d| d.iter().find(|e| e.0 == ts.ident).map(|e| e.1.clone()));
    if let Some(d) = found {
        return Ok(d);
    }
    let d = Dict::new(ts);
    local.dicts.write(|l| l.push((ts.ident, d.clone())));
    if let Some(init) = own_init(slf.class(ts)) {
        let (positional, names, values) = local.args.get();
        if let Err(raised) = init(ts, slf, Args::with_keywords(&positional, &names, &values)) {
            let gone = local.dicts.write(|l| l.iter().position(|e| e.0 == ts.ident).map(|i| l.swap_remove(i)));
            drop(gone);
            return Err(raised);
        }
    }
    Ok(d)
}

/// The class's `__init__`, unless it is that of `object`.
fn own_init(ty: &Type) -> Option<taipan_objects::slots::Init> {
    ty.slots().init.filter(|f| !taipan_objects::object::is_default_init(*f))
}

fn read_only(ts: &ThreadState, slf: &Value) -> Raised {
    ts.attribute_error(format!("'{}' object attribute '__dict__' is read-only", slf.type_name(ts)))
}

/// Thread-local data
#[class(name = "_local", module = "_thread", weakref)]
impl Local {
    #[slot(new)]
    fn new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result {
        let Some(ty) = cls.as_type() else { return Err(ts.type_error("_local.__new__(X): X is not a type object")) };
        if !args.is_empty() && own_init(ty).is_none() {
            return Err(ts.type_error("Initialization arguments are not supported"));
        }
        let kept = (args.positional.to_vec(), args.kw_names.to_vec(), args.kw_values.to_vec());
        let v = heap::new_with_type(ts, ty, Local { args: GilCell::new(kept), dicts: GilCell::default() });
        let p: *const Local = &*v;
        ts.interp().extension::<Living>().0.write(|l| l.push(p));
        // __init__ runs for the making thread as for any class.
        v.dicts.write(|d| d.push((ts.ident, Dict::new(ts))));
        Ok(v.into_value())
    }
    #[slot(getattro)]
    fn getattro(ts: &ThreadState, slf: &Value, name: &Value) -> Result {
        let name = protocol::check_attr_name(ts, name)?;
        let d = attributes(ts, slf)?;
        if name.bytes() == b"__dict__" {
            return Ok(d.into_value());
        }
        let ty = slf.class(ts).to_ref();
        let found = ty.lookup(ts, &name);
        if let Some(f) = &found {
            let s = f.class(ts).slots();
            if let (Some(get), true) = (s.descr_get, s.descr_set.is_some()) {
                return get(ts, f, Some(slf), Some(ty.as_value()));
            }
        }
        if let Some(v) = d.get(ts, name.as_value())? {
            return Ok(v);
        }
        match found {
            Some(f) => match f.class(ts).slots().descr_get {
                Some(get) => get(ts, &f, Some(slf), Some(ty.as_value())),
                None => Ok(f),
            },
            None => Err(ts.attribute_error_for(slf, &name)),
        }
    }
    #[slot(setattro)]
    fn setattro(ts: &ThreadState, slf: &Value, name: &Value, value: Option<&Value>) -> Result<()> {
        let name = protocol::check_attr_name(ts, name)?;
        if name.bytes() == b"__dict__" {
            return Err(read_only(ts, slf));
        }
        let d = attributes(ts, slf)?;
        if let Some(f) = slf.class(ts).lookup(ts, &name)
            && let Some(set) = f.class(ts).slots().descr_set
        {
            return set(ts, &f, slf, value);
        }
        match value {
            Some(v) => d.set(ts, name.as_value(), v.clone()),
            None => match d.remove(ts, name.as_value())? {
                Some(_) => Ok(()),
                None => Err(ts.attribute_error_for(slf, &name)),
            },
        }
    }
}
