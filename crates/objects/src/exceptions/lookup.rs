//! Exceptions about names: `AttributeError`, `NameError`, `ImportError`, and how `KeyError` shows its key.

use super::base::{base_of, own_dict, plain_str, reduced, BaseException};
use super::members::special;
use crate::dict::Dict;
use crate::heap::Ref;
use crate::native::{class, Args};
use crate::protocol;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::value::{Result, Value};

/// A lone key is shown by its repr, so that `KeyError: ''` can be told from `KeyError`.
pub fn key_error_str(ts: &ThreadState, slf: &Value) -> Result {
    // SAFETY: the slot is called with exceptions.
    match unsafe { base_of(slf) }.only_arg() {
        Some(key) => Ok(protocol::repr(ts, &key)?.into_value()),
        None => plain_str(ts, slf),
    }
}

special! {
    AttributeError, MEMBERS { name "attribute name", obj "object", }
}

#[class(name = "AttributeError", dict, parts(Self::MEMBERS))]
impl AttributeError {
    #[init("(*args, name=None, obj=None)", no_signature)]
    fn init(slf: &Value, ts: &ThreadState, args: &[Value], name: Option<&Value>, obj: Option<&Value>) -> Result<()> {
        BaseException::init(ts, slf, Args::new(args))?;
        // SAFETY: the slot is called with instances of the class.
        let e: &AttributeError = unsafe { slf.payload_unchecked() };
        e.name.set(name.cloned());
        e.obj.set(obj.cloned());
        Ok(())
    }
    /// `obj` is left out: it may be anything, and need not be picklable.
    #[method("__getstate__($self, /)")]
    fn getstate(slf: &Value, ts: &ThreadState) -> Value {
        // SAFETY: checked by the method wrapper.
        let e: &AttributeError = unsafe { slf.payload_unchecked() };
        let d = own_dict(ts, slf).unwrap_or_else(|| Dict::new(ts));
        if let Some(n) = e.name.get() {
            d.set_str(ts, &ts.names().name, n);
        }
        d.set_str(ts, &ts.names().args, e.base.args.get());
        d.into_value()
    }
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Value {
        // SAFETY: as above.
        let args = unsafe { base_of(slf) }.args.get();
        reduced(ts, slf, args, Some(AttributeError::getstate(slf, ts)))
    }
}

special! {
    NameError, MEMBERS { name "name", }
}

#[class(name = "NameError", dict, parts(Self::MEMBERS))]
impl NameError {
    #[init("(*args, name=None)", no_signature)]
    fn init(slf: &Value, ts: &ThreadState, args: &[Value], name: Option<&Value>) -> Result<()> {
        BaseException::init(ts, slf, Args::new(args))?;
        // SAFETY: the slot is called with instances of the class.
        let e: &NameError = unsafe { slf.payload_unchecked() };
        e.name.set(name.cloned());
        Ok(())
    }
}

special! {
    ImportError, MEMBERS {
        msg "exception message",
        name "module name",
        path "module path",
        name_from "name imported from module",
    }
}

#[class(name = "ImportError", dict, parts(Self::MEMBERS))]
impl ImportError {
    #[init("(*args, name=None, path=None, name_from=None)", no_signature)]
    fn init(
        slf: &Value,
        ts: &ThreadState,
        args: &[Value],
        name: Option<&Value>,
        path: Option<&Value>,
        name_from: Option<&Value>,
    ) -> Result<()> {
        BaseException::init(ts, slf, Args::new(args))?;
        // SAFETY: the slot is called with instances of the class.
        let e: &ImportError = unsafe { slf.payload_unchecked() };
        e.name.set(name.cloned());
        e.path.set(path.cloned());
        e.name_from.set(name_from.cloned());
        e.msg.set(match args {
            [one] => Some(one.clone()),
            _ => None,
        });
        Ok(())
    }
    #[slot(str)]
    fn str_(ts: &ThreadState, slf: &Value) -> Result {
        // SAFETY: as above.
        let e: &ImportError = unsafe { slf.payload_unchecked() };
        match e.msg.get() {
            Some(m) if m.is_exact::<Str>() => Ok(m),
            _ => plain_str(ts, slf),
        }
    }
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Value {
        // SAFETY: checked by the method wrapper.
        let e: &ImportError = unsafe { slf.payload_unchecked() };
        let mut state: Option<Ref<Dict>> = own_dict(ts, slf);
        for (name, field) in [("name", &e.name), ("path", &e.path), ("name_from", &e.name_from)] {
            if let Some(v) = field.get() {
                state.get_or_insert_with(|| Dict::new(ts)).set_name(ts, name, v);
            }
        }
        reduced(ts, slf, e.base.args.get(), state.map(Ref::into_value))
    }
}
