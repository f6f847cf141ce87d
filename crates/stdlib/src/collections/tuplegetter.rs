//! The descriptor behind the fields of a named tuple.

use taipan_macros::class;
use taipan_objects::heap::{self, GilCell, Ref};
use taipan_objects::int;
use taipan_objects::tuple::Tuple;
use taipan_objects::typeobject::Type;
use taipan_objects::{Result, ThreadState, Value, payload, protocol};

pub struct TupleGetter {
    index: isize,
    doc: GilCell<Value>,
}
payload!(TupleGetter, container, traverse = |s, visit| s.doc.read(|d| visit(d)));

#[class(name = "_tuplegetter", module = "collections", final)]
impl TupleGetter {
    #[new("(index, doc, /)", no_signature)]
    fn new(cls: &Type, ts: &ThreadState, index: isize, doc: Value) -> Ref<TupleGetter> {
        heap::new_with_type(ts, cls, TupleGetter { index, doc: GilCell::new(doc) })
    }
    #[slot(descr_get)]
    fn descr_get(ts: &ThreadState, slf: &Value, instance: Option<&Value>, _owner: Option<&Value>) -> Result {
        let (Some(me), Some(obj)) = (slf.downcast::<TupleGetter>(), instance) else { return Ok(slf.clone()) };
        let Some(t) = obj.downcast::<Tuple>() else {
            if obj.is_none() {
                return Ok(slf.clone());
            }
            let text = format!("descriptor for index '{}' for tuple subclasses doesn't apply to '{}' object", me.index, obj.type_name(ts));
            return Err(ts.type_error(text));
        };
        usize::try_from(me.index).ok().and_then(|i| t.get(i).cloned()).ok_or_else(|| ts.index_error("tuple index out of range"))
    }
    #[slot(descr_set)]
    fn descr_set(&self, ts: &ThreadState, _instance: &Value, value: Option<&Value>) -> Result<()> {
        Err(ts.attribute_error(if value.is_some() { "can't set attribute" } else { "can't delete attribute" }))
    }
    #[slot(repr)]
    fn repr(&self, ts: &ThreadState) -> Result<String> {
        let doc = protocol::repr(ts, &self.doc.get())?;
        Ok(format!("_tuplegetter({}, {})", self.index, doc.to_string_lossy()))
    }
    /// What pickles this object.
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Ref<Tuple> {
        let args = match slf.downcast::<TupleGetter>() {
            Some(s) => Tuple::new(ts, vec![int::from_i64(ts, s.index as i64), s.doc.get()]),
            None => Tuple::empty(ts),
        };
        Tuple::new(ts, vec![slf.class_ref(ts).into_value(), args.into_value()])
    }
    #[getter("__doc__", member)]
    fn doc(&self) -> Value {
        self.doc.get()
    }
    #[setter("__doc__")]
    fn set_doc(&self, value: Option<&Value>) -> Result<()> {
        self.doc.set(value.cloned().unwrap_or_else(Value::none));
        Ok(())
    }
}
