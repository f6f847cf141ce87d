//! Attributes, classes, identity, scopes.

use taipan_objects::dict::Dict;
use taipan_objects::native::{functions, Args};
use taipan_objects::str::Str;
use taipan_objects::value::{Result, Value};
use taipan_objects::{frame, int, list, object, protocol, ThreadState};

#[functions(module = "builtins")]
pub mod functions {
    use super::*;
    /// Get a named attribute from an object.
    ///
    /// getattr(x, 'y') is equivalent to x.y
    /// When a default argument is given, it is returned when the attribute doesn't
    /// exist; without it, an exception is raised in that case.
    #[function("getattr(object, name, default=<unrepresentable>, /)", no_signature)]
    fn getattr(ts: &ThreadState, object: &Value, name: &Value, default: Option<&Value>) -> Result {
        let name = protocol::check_attr_name(ts, name)?;
        match default {
            None => protocol::getattr(ts, object, &name),
            Some(d) => Ok(protocol::getattr_opt(ts, object, &name)?.unwrap_or_else(|| d.clone())),
        }
    }
    /// Sets the named attribute on the given object to the specified value.
    ///
    /// setattr(x, 'y', v) is equivalent to ``x.y = v``
    #[function("setattr(obj, name, value, /)")]
    fn setattr(ts: &ThreadState, obj: &Value, name: &Value, value: &Value) -> Result<()> {
        protocol::setattr(ts, obj, &protocol::check_attr_name(ts, name)?, value)
    }
    /// Deletes the named attribute from the given object.
    ///
    /// delattr(x, 'y') is equivalent to ``del x.y``
    #[function("delattr(obj, name, /)")]
    fn delattr(ts: &ThreadState, obj: &Value, name: &Value) -> Result<()> {
        protocol::delattr(ts, obj, &protocol::check_attr_name(ts, name)?)
    }
    /// Return whether the object has an attribute with the given name.
    ///
    /// This is done by calling getattr(obj, name) and catching AttributeError.
    #[function("hasattr(obj, name, /)")]
    fn hasattr(ts: &ThreadState, obj: &Value, name: &Value) -> Result<bool> {
        protocol::hasattr(ts, obj, &protocol::check_attr_name(ts, name)?)
    }
    /// Return the identity of an object.
    ///
    /// This is guaranteed to be unique among simultaneously existing objects.
    /// (CPython uses the object's memory address.)
    #[function("id(obj, /)")]
    fn id(ts: &ThreadState, obj: &Value) -> Value {
        int::from_u64(ts, obj.id())
    }
    /// Return the hash value for the given object.
    ///
    /// Two objects that compare equal must also have the same hash value, but the
    /// reverse is not necessarily true.
    #[function("hash(obj, /)")]
    fn hash(ts: &ThreadState, obj: &Value) -> Result<i64> {
        protocol::hash(ts, obj)
    }
    /// Return whether the object is callable (i.e., some kind of function).
    ///
    /// Note that classes are callable, as are instances of classes with a
    /// __call__() method.
    #[function("callable(obj, /)")]
    fn callable(ts: &ThreadState, obj: &Value) -> bool {
        protocol::is_callable(ts, obj)
    }
    /// Return whether an object is an instance of a class or of a subclass thereof.
    ///
    /// A tuple, as in ``isinstance(x, (A, B, ...))``, may be given as the target to
    /// check against. This is equivalent to ``isinstance(x, A) or isinstance(x, B)
    /// or ...`` etc.
    #[function("isinstance(obj, class_or_tuple, /)")]
    fn isinstance(ts: &ThreadState, obj: &Value, class_or_tuple: &Value) -> Result<bool> {
        protocol::is_instance(ts, obj, class_or_tuple)
    }
    /// Return whether 'cls' is derived from another class or is the same class.
    ///
    /// A tuple, as in ``issubclass(x, (A, B, ...))``, may be given as the target to
    /// check against. This is equivalent to ``issubclass(x, A) or issubclass(x, B)
    /// or ...``.
    #[function("issubclass(cls, class_or_tuple, /)")]
    fn issubclass(ts: &ThreadState, cls: &Value, class_or_tuple: &Value) -> Result<bool> {
        protocol::is_subclass(ts, cls, class_or_tuple)
    }
    /// Return the dictionary containing the current scope's global variables.
    ///
    /// NOTE: Updates to this dictionary *will* affect name lookups in the current
    /// global scope and vice-versa.
    #[function("globals()")]
    fn globals(ts: &ThreadState) -> Result {
        match frame::current_globals(ts) {
            Some(g) => Ok(g.into_value()),
            None => Err(ts.system_error("globals(): no current frame")),
        }
    }
    /// Return a dictionary containing the current scope's local variables.
    ///
    /// NOTE: Whether or not updates to this dictionary will affect name lookups in
    /// the local scope and vice-versa is *implementation dependent* and not
    /// covered by any backwards compatibility guarantees.
    #[function("locals()")]
    fn locals(ts: &ThreadState) -> Result {
        frame::access::current_locals(ts)
    }
    /// vars([object]) -> dictionary
    ///
    /// Without arguments, equivalent to locals().
    /// With an argument, equivalent to object.__dict__.
    #[function("vars(object=<unrepresentable>, /)", no_signature)]
    fn vars(ts: &ThreadState, object: Option<&Value>) -> Result {
        match object {
            None => frame::access::current_locals(ts),
            Some(o) => match protocol::getattr_opt(ts, o, &ts.names().__dict__)? {
                Some(d) => Ok(d),
                None => Err(ts.type_error("vars() argument must have __dict__ attribute")),
            },
        }
    }
    /// dir([object]) -> list of strings
    ///
    /// If called without an argument, return the names in the current scope.
    /// Else, return an alphabetized list of names comprising (some of) the attributes
    /// of the given object, and of attributes reachable from it.
    #[function("dir(object=<unrepresentable>, /)", no_signature)]
    fn dir(ts: &ThreadState, object: Option<&Value>) -> Result {
        let names = match object {
            None => {
                let l = frame::access::current_locals(ts)?;
                let keys = protocol::call_method(ts, &l, "keys", &[])?;
                protocol::collect(ts, &keys)?
            }
            Some(o) => {
                let Some(f) = protocol::lookup_special(ts, o, &ts.names().__dir__)? else {
                    return Err(ts.type_error("object does not provide __dir__"));
                };
                let r = protocol::call0(ts, &f)?;
                protocol::collect(ts, &r)?
            }
        };
        let l = list::List::new(ts, names).into_value();
        protocol::call_method(ts, &l, "sort", &[])?;
        Ok(l)
    }
}

#[allow(unused)]
fn _uses(_: Args<'_>, _: &Dict, _: &Str) {
    let _ = object::instance_dict;
}
