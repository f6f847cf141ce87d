//! `cell`: a variable that several functions share.

use crate::heap::GilCell;
use crate::value::Value;

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
