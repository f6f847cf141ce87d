//! `types.SimpleNamespace`: an object that is nothing but its attributes.

use crate::dict::Dict;
use crate::heap::{self, Payload, Ref};
use crate::ids;
use crate::native::{Args, Kwargs, class};
use crate::payload;
use crate::protocol;
use crate::slots::CmpOp;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::typeobject::Type;
use crate::value::{Result, Value};

pub struct Namespace {
    _nothing: (),
}

payload!(Namespace, id = ids::SIMPLE_NAMESPACE, container, traverse = |_s, _visit| ());

impl Namespace {
    pub fn new(ts: &ThreadState) -> Ref<Namespace> {
        heap::new(ts, Namespace { _nothing: () })
    }
}

/// The attributes of a namespace.
fn attributes(ts: &ThreadState, v: &Value) -> Result<Ref<Dict>> {
    let d = protocol::getattr(ts, v, &ts.names().__dict__)?;
    Ref::<Dict>::from_value(d).map_err(|_| ts.type_error("namespace without a dictionary"))
}

#[class(name = "SimpleNamespace", module = "types", dict, mutable)]
/// A simple attribute-based namespace.
impl Namespace {
    #[slot(new)]
    fn tp_new(ts: &ThreadState, cls: &Value, _args: Args<'_>) -> Result<Value> {
        let Some(ty) = cls.downcast::<Type>() else { return Err(ts.type_error("not a type object")) };
        Ok(heap::new_with_type(ts, ty, Namespace { _nothing: () }).into_value())
    }
    #[slot(init)]
    fn tp_init(ts: &ThreadState, slf: &Value, args: Args<'_>) -> Result<()> {
        let mapping_or_iterable = match args.positional {
            [] => None,
            [v] => Some(v),
            more => return Err(ts.type_error(format!("SimpleNamespace expected at most 1 argument, got {}", more.len()))),
        };
        let own = attributes(ts, slf)?;
        if let Some(v) = mapping_or_iterable {
            let given = Dict::new(ts);
            given.update_from(ts, v)?;
            for k in given.keys() {
                if k.downcast::<Str>().is_none() {
                    return Err(ts.type_error("keywords must be strings"));
                }
            }
            own.merge(ts, &given, true)?;
        }
        for (k, v) in args.kw_names.iter().zip(args.kw_values) {
            own.set(ts, k, v.clone())?;
        }
        Ok(())
    }
    #[slot(repr)]
    fn tp_repr(ts: &ThreadState, slf: &Value) -> Result<Value> {
        let name = if slf.class(ts).is(&<Namespace as Payload>::class(ts)) { "namespace".to_string() } else { slf.type_name(ts) };
        let Some(_guard) = protocol::repr_enter(ts, slf)? else { return Ok(Str::new(ts, &format!("{name}(...)")).into_value()) };
        let mut out = format!("{name}(").into_bytes();
        let own = attributes(ts, slf)?;
        let mut first = true;
        for k in own.keys() {
            let Some(s) = k.downcast::<Str>().filter(|s| !s.is_empty()) else { continue };
            let Some(v) = own.get(ts, &k)? else { continue };
            if !first {
                out.extend_from_slice(b", ");
            }
            first = false;
            out.extend_from_slice(s.bytes());
            out.push(b'=');
            out.extend_from_slice(protocol::repr(ts, &v)?.bytes());
        }
        out.push(b')');
        Ok(Str::from_wtf8(ts, out).into_value())
    }
    #[slot(richcompare)]
    fn tp_richcompare(ts: &ThreadState, slf: &Value, other: &Value, op: CmpOp) -> Result<Value> {
        if other.downcast::<Namespace>().is_none() {
            return Ok(Value::not_implemented());
        }
        protocol::compare(ts, attributes(ts, slf)?.as_value(), attributes(ts, other)?.as_value(), op)
    }
    /// Return state information for pickling
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Result<Value> {
        let state = attributes(ts, slf)?.into_value();
        Ok(Tuple::from_array(ts, [slf.class_ref(ts).into_value(), Tuple::empty(ts).into_value(), state]).into_value())
    }
    /// Return a copy of the namespace object with new values for the specified attributes.
    #[method("__replace__($self, /, **changes)")]
    fn replace(slf: &Value, ts: &ThreadState, changes: Kwargs<'_>) -> Result<Value> {
        let new = protocol::call(ts, slf.class_ref(ts).as_value(), &[])?;
        let own = attributes(ts, &new)?;
        let given = attributes(ts, slf)?;
        own.merge(ts, &given, true)?;
        for (k, v) in changes {
            own.set(ts, k, v.clone())?;
        }
        Ok(new)
    }
}
