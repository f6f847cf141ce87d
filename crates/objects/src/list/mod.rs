//! `list`: a growable row of values.
//!
//! [`List`] is what Rust code uses; [`methods`] is what Python sees; [`sort`] sorts.

pub mod iter;
mod methods;
pub mod sort;

use crate::heap::{self, GilCell, Ref};
use crate::ids;
use crate::payload;
use crate::thread::ThreadState;
use crate::value::Value;

/// The items are open to the interpreter, which indexes them directly.
pub struct List {
    pub items: GilCell<Vec<Value>>,
}

payload!(List, id = ids::LIST, container,
    traverse = |s, visit| s.items.read(|v| v.iter().for_each(&mut *visit)),
    clear = |s| drop(s.items.take()));

impl List {
    pub fn new(ts: &ThreadState, items: Vec<Value>) -> Ref<List> {
        heap::new(ts, List { items: GilCell::new(items) })
    }
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.items.read(Vec::len)
    }
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    #[inline(always)]
    pub fn get(&self, i: usize) -> Option<Value> {
        self.items.read(|v| v.get(i).cloned())
    }
    /// Replaces item `i`, giving the value back when there is none.
    #[inline(always)]
    pub fn set(&self, i: usize, value: Value) -> std::result::Result<(), Value> {
        let old = self.items.write(|v| match v.get_mut(i) {
            Some(slot) => Ok(std::mem::replace(slot, value)),
            None => Err(value),
        })?;
        drop(old);
        Ok(())
    }
    #[inline(always)]
    pub fn push(&self, value: Value) {
        self.items.write(|v| v.push(value))
    }
    pub fn pop(&self) -> Option<Value> {
        self.items.write(Vec::pop)
    }
    /// The items as they are now.
    pub fn to_vec(&self) -> Vec<Value> {
        self.items.read(|v| v.clone())
    }
}
