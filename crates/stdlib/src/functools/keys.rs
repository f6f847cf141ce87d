//! `cmp_to_key`.

use taipan_macros::class;
use taipan_objects::heap::{self, GilCell};
use taipan_objects::slots::CmpOp;
use taipan_objects::{Result, ThreadState, Value, int, payload, protocol};

pub struct KeyWrapper {
    compare: Value,
    /// Absent in the key function itself.
    obj: GilCell<Option<Value>>,
}
payload!(KeyWrapper, container, traverse = |s, visit| {
    visit(&s.compare);
    s.obj.read(|o| o.iter().for_each(&mut *visit))
}, clear = |s| s.obj.set(None));

pub fn key_function(ts: &ThreadState, compare: Value) -> Value {
    heap::new(ts, KeyWrapper { compare, obj: GilCell::default() }).into_value()
}

#[class(name = "KeyWrapper", module = "functools", final, no_new)]
impl KeyWrapper {
    #[slot(call)]
    fn call(&self, ts: &ThreadState, args: taipan_objects::native::Args<'_>) -> Result {
        let obj = match (args.positional, args.kw_names.len()) {
            ([obj], 0) => obj,
            ([], 1) => match args.keyword("obj") {
                Some(obj) => obj,
                None => return Err(ts.type_error("K() missing required argument 'obj' (pos 1)")),
            },
            ([], 0) => return Err(ts.type_error("K() missing required argument 'obj' (pos 1)")),
            _ => return Err(ts.type_error(format!("K() takes at most 1 argument ({} given)", args.len()))),
        };
        Ok(heap::new(ts, KeyWrapper { compare: self.compare.clone(), obj: GilCell::new(Some(obj.clone())) }).into_value())
    }
    #[slot(richcompare)]
    fn richcompare(&self, ts: &ThreadState, other: &Value, op: CmpOp) -> Result {
        let Some(o) = other.downcast::<KeyWrapper>() else {
            return Err(ts.type_error("other argument must be K instance"));
        };
        let (Some(x), Some(y)) = (self.obj.get(), o.obj.get()) else {
            return Err(ts.attribute_error("object"));
        };
        let r = protocol::call(ts, &self.compare, &[x, y])?;
        if let Some(n) = r.as_small_int() {
            return Ok(Value::bool(op.holds(n.cmp(&0))));
        }
        protocol::compare(ts, &r, &int::from_i64(ts, 0), op)
    }
    /// The object that is compared.
    #[getter(member)]
    fn obj(&self) -> Option<Value> {
        self.obj.get()
    }
    #[setter]
    fn set_obj(&self, value: Option<&Value>) -> Result<()> {
        self.obj.set(value.cloned());
        Ok(())
    }
}
