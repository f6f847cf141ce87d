//! `_weakref`: weak references and proxies.

mod proxy;

use proxy::{CallableProxy, WeakProxy};
use taipan_objects::dict::Dict;
use taipan_objects::heap::Payload;
use taipan_objects::list::List;
use taipan_objects::native::{ModuleDef, functions};
use taipan_objects::weakref::{self, WeakRef};
use taipan_objects::{Result, ThreadState, Value, protocol};

#[functions(module = "_weakref")]
mod functions {
    use super::*;

    /// Return the number of weak references to 'object'.
    #[function("getweakrefcount($module, object, /)")]
    fn getweakrefcount(ts: &ThreadState, object: &Value) -> usize {
        weakref::all(ts, object).len()
    }

    /// Return a list of all weak reference objects pointing to 'object'.
    #[function("getweakrefs($module, object, /)")]
    fn getweakrefs(ts: &ThreadState, object: &Value) -> Value {
        List::new(ts, weakref::all(ts, object)).into_value()
    }

    /// Atomically remove key from dict if it points to a dead weakref.
    #[function("_remove_dead_weakref($module, dct, key, /)")]
    fn remove_dead_weakref(ts: &ThreadState, dct: &Dict, key: &Value) -> Result<()> {
        if let Some(v) = dct.get(ts, key)?
            && v.downcast::<WeakRef>().is_some_and(|r| r.get().is_none())
        {
            dct.remove(ts, key)?;
        }
        Ok(())
    }

    /// Create a proxy object that weakly references 'object'.
    ///
    /// 'callback', if given, is called with a reference to the
    /// proxy when 'object' is about to be finalized.
    #[function("proxy($module, object, callback=None, /)")]
    fn proxy(ts: &ThreadState, object: &Value, callback: Option<&Value>) -> Result<Value> {
        if protocol::is_callable(ts, object) {
            weakref::create_as(ts, &CallableProxy::class(ts), object, callback, CallableProxy)
        } else {
            weakref::create_as(ts, &WeakProxy::class(ts), object, callback, WeakProxy)
        }
    }
}

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    let reference = WeakRef::class(ts).into_value();
    dict.set_name(ts, "ref", reference.clone());
    dict.set_name(ts, "ReferenceType", reference);
    dict.set_name(ts, "ProxyType", WeakProxy::class(ts).into_value());
    dict.set_name(ts, "CallableProxyType", CallableProxy::class(ts).into_value());
    Ok(())
}

pub static MODULE: ModuleDef = ModuleDef {
    name: "_weakref",
    doc: "Weak-reference support module.",
    functions: &[functions::FUNCTIONS],
    init: Some(init),
};
