//! `cell`: a variable that several functions share.

use crate::heap::{self, GilCell};
use crate::thread::ThreadState;
use crate::{CmpOp, protocol};
use crate::value::{Result, Value};

pub struct CellObject {
    /// Absent while the variable is unbound.
    pub contents: GilCell<Option<Value>>,
}

crate::payload!(CellObject, id = crate::ids::CELL, container,
    traverse = |s, visit| s.contents.read(|v| if let Some(v) = v { visit(v) }),
    clear = |s| drop(s.contents.take()));

impl CellObject {
    pub fn new(contents: Option<Value>) -> CellObject {
        CellObject { contents: GilCell::new(contents) }
    }
}

/// Create a new cell object.
///   contents
///     the contents of the cell. If not specified, the cell will be empty,
///     and
///  further attempts to access its cell_contents attribute will
///     raise a ValueError.
#[crate::native::class(name = "cell", final)]
impl CellObject {
    #[new("(contents=<unrepresentable>, /)")]
    fn new_cell(_cls: &Value, ts: &ThreadState, contents: Option<&Value>) -> Value {
        heap::new(ts, CellObject::new(contents.cloned())).into_value()
    }
    #[getter]
    fn cell_contents(&self, ts: &ThreadState) -> Result {
        self.contents.get().ok_or_else(|| ts.value_error("cell is empty"))
    }
    #[setter]
    fn set_cell_contents(&self, value: Option<&Value>) -> Result<()> {
        self.contents.set(value.cloned());
        Ok(())
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result {
        let contents = slf.downcast::<CellObject>().and_then(|c| c.contents.get());
        Ok(protocol::text(ts, &match contents {
            Some(v) => format!("<cell at {:#x}: {} object at {:#x}>", slf.id(), v.type_name(ts), v.id()),
            None => format!("<cell at {:#x}: empty>", slf.id()),
        }))
    }
    #[slot(richcompare)]
    fn richcompare(&self, ts: &ThreadState, other: &Value, op: CmpOp) -> Result {
        let Some(b) = other.downcast::<CellObject>() else { return Ok(Value::not_implemented()) };
        match (self.contents.get(), b.contents.get()) {
            (Some(x), Some(y)) => protocol::compare(ts, &x, &y, op),
            (x, y) => Ok(Value::bool(op.holds(x.is_some().cmp(&y.is_some())))),
        }
    }
}
