//! `generic_alias_iterator`: yields the alias once, starred.

use super::GenericAlias;
use crate::heap::{self, GilCell, Ref};
use crate::native::class;
use crate::payload;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::{Result, Value};

pub struct GenericAliasIterator {
    alias: GilCell<Option<Value>>,
}

payload!(GenericAliasIterator, container, traverse = |s, visit| s.alias.read(|p| p.iter().for_each(&mut *visit)));

impl GenericAliasIterator {
    pub fn new(ts: &ThreadState, alias: Value) -> Ref<GenericAliasIterator> {
        heap::new(ts, GenericAliasIterator { alias: GilCell::new(Some(alias)) })
    }
}

#[class(name = "generic_alias_iterator", no_new, final)]
impl GenericAliasIterator {
    #[slot(iter)]
    fn tp_iter(_ts: &ThreadState, slf: &Value) -> Result<Value> {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn tp_iternext(&self, ts: &ThreadState) -> Option<Value> {
        let v = self.alias.take()?;
        let a = v.downcast::<GenericAlias>()?;
        let starred = GenericAlias::payload(ts, &a.origin, a.args.as_value(), true);
        Some(heap::new(ts, starred).into_value())
    }
    #[method("__reduce__($self, /)")]
    fn reduce(&self, ts: &ThreadState) -> Result<Value> {
        let iter = crate::iterators::builtin(ts, "iter")?;
        let alias = self.alias.get().unwrap_or_else(|| Tuple::empty(ts).into_value());
        let args = Tuple::from_array(ts, [alias]).into_value();
        Ok(Tuple::from_array(ts, [iter, args]).into_value())
    }
}
