//! `mappingproxy`: a mapping seen through a window that lets nothing in.

use crate::generic_alias::GenericAlias;
use crate::heap::{self, Ref};
use crate::ids;
use crate::native::class;
use crate::payload;
use crate::protocol::{self, BinaryOp};
use crate::slots::CmpOp;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::typeobject::flags;
use crate::value::{Result, Value};

pub struct MappingProxy {
    pub mapping: Value,
}

payload!(MappingProxy, id = ids::MAPPINGPROXY, container, traverse = |s, visit| visit(&s.mapping));

impl MappingProxy {
    pub fn new(ts: &ThreadState, mapping: Value) -> Ref<MappingProxy> {
        heap::new(ts, MappingProxy { mapping })
    }
}

fn behind(v: &Value) -> &Value {
    v.exact::<MappingProxy>().map_or(v, |p| &p.mapping)
}

#[class(name = "mappingproxy", final, mapping)]
/// Read-only proxy of a mapping.
impl MappingProxy {
    #[new("(mapping)")]
    fn tp_new(_cls: &Value, ts: &ThreadState, mapping: &Value) -> Result<Value> {
        let ty = mapping.class(ts);
        if ty.slots().getitem.is_none() || ty.has_flag(flags::LIST_SUBCLASS) || ty.has_flag(flags::TUPLE_SUBCLASS) {
            return Err(ts.type_error(format!("mappingproxy() argument must be a mapping, not {}", ty.name())));
        }
        Ok(MappingProxy::new(ts, mapping.clone()).into_value())
    }
    #[slot(repr)]
    fn tp_repr(&self, ts: &ThreadState) -> Result<Value> {
        let inner = protocol::repr(ts, &self.mapping)?;
        Ok(Str::from_pieces(ts, &[b"mappingproxy(", inner.bytes(), b")"]).into_value())
    }
    #[slot(str)]
    fn tp_str(&self, ts: &ThreadState) -> Result<Value> {
        Ok(protocol::str_(ts, &self.mapping)?.into_value())
    }
    #[slot(hash)]
    fn tp_hash(&self, ts: &ThreadState) -> Result<i64> {
        protocol::hash(ts, &self.mapping)
    }
    #[slot(richcompare)]
    fn tp_richcompare(&self, ts: &ThreadState, other: &Value, op: CmpOp) -> Result<Value> {
        protocol::compare(ts, &self.mapping, behind(other), op)
    }
    #[slot(iter)]
    fn tp_iter(&self, ts: &ThreadState) -> Result<Value> {
        protocol::get_iter(ts, &self.mapping)
    }
    #[slot(len)]
    fn mp_length(&self, ts: &ThreadState) -> Result<usize> {
        protocol::len(ts, &self.mapping)
    }
    #[slot(getitem)]
    fn mp_subscript(&self, ts: &ThreadState, key: &Value) -> Result<Value> {
        protocol::getitem(ts, &self.mapping, key)
    }
    #[slot(contains)]
    fn sq_contains(&self, ts: &ThreadState, key: &Value) -> Result<bool> {
        protocol::contains(ts, &self.mapping, key)
    }
    #[slot(or_)]
    fn nb_or(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> {
        protocol::binary_op(ts, BinaryOp::Or, behind(a), behind(b))
    }
    #[slot(ior)]
    fn nb_ior(&self, ts: &ThreadState, _other: &Value) -> Result<Value> {
        Err(ts.type_error("'|=' is not supported by mappingproxy; use '|' instead"))
    }
    /// Return the value for key if key is in the mapping, else default.
    #[method("get($self, key, default=None, /)")]
    fn get(&self, ts: &ThreadState, key: &Value, default: Option<&Value>) -> Result<Value> {
        let default = default.cloned().unwrap_or_else(Value::none);
        protocol::call_method_ref(ts, &self.mapping, &ts.names().get, &[key.clone(), default])
    }
    /// a set-like object providing a view on the underlying mapping's keys
    #[method("keys($self, /)")]
    fn keys(&self, ts: &ThreadState) -> Result<Value> {
        protocol::call_method_ref(ts, &self.mapping, &ts.names().keys, &[])
    }
    /// an object providing a view on the underlying mapping's values
    #[method("values($self, /)")]
    fn values(&self, ts: &ThreadState) -> Result<Value> {
        protocol::call_method_ref(ts, &self.mapping, &ts.names().values, &[])
    }
    /// a set-like object providing a view on the underlying mapping's items
    #[method("items($self, /)")]
    fn items(&self, ts: &ThreadState) -> Result<Value> {
        protocol::call_method_ref(ts, &self.mapping, &ts.names().items, &[])
    }
    /// a shallow copy of the underlying mapping
    #[method("copy($self, /)")]
    fn copy(&self, ts: &ThreadState) -> Result<Value> {
        protocol::call_method_ref(ts, &self.mapping, &ts.names().copy, &[])
    }
    /// See PEP 585
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(cls: &Value, ts: &ThreadState, object: &Value) -> Result<Value> {
        GenericAlias::of(ts, cls, object)
    }
    /// reverse iterator over the underlying mapping's keys
    #[method("__reversed__($self, /)")]
    fn reversed(&self, ts: &ThreadState) -> Result<Value> {
        protocol::call_method_ref(ts, &self.mapping, &ts.names().__reversed__, &[])
    }
}
