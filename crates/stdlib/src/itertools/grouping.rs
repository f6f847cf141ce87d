//! `groupby` and the iterators over its groups.

use std::cell::Cell;
use taipan_macros::class;
use taipan_objects::heap::{self, GilCell, Ref};
use taipan_objects::tuple::Tuple;
use taipan_objects::typeobject::Type;
use taipan_objects::{Result, ThreadState, Value, payload, protocol::{self, Callee, Source}};

pub struct GroupBy {
    it: Source,
    key: Option<Callee>,
    /// The key of the group that was handed out last.
    target: GilCell<Option<Value>>,
    current_key: GilCell<Option<Value>>,
    current_value: GilCell<Option<Value>>,
    /// Which group may still take items, by its number.
    group: Cell<u64>,
}
payload!(GroupBy, container, traverse = |s, visit| {
    visit(s.it.iterator());
    s.key.iter().for_each(|f| visit(f.function()));
    s.target.read(|v| v.iter().for_each(&mut *visit));
    s.current_key.read(|v| v.iter().for_each(&mut *visit));
    s.current_value.read(|v| v.iter().for_each(&mut *visit))
}, clear = |s| {
    s.target.set(None);
    s.current_key.set(None);
    s.current_value.set(None)
});

/// Pairs of a key and an iterator over the items in a row that have it.
#[class(name = "groupby", module = "itertools")]
impl GroupBy {
    #[new("(iterable, key=None)")]
    fn new(cls: &Type, ts: &ThreadState, iterable: &Value, key: Option<Value>) -> Result<Ref<GroupBy>> {
        let it = Source::of(ts, iterable)?;
        let groups = GroupBy {
            it,
            key: key.map(|f| Callee::new(ts, f)),
            target: GilCell::default(),
            current_key: GilCell::default(),
            current_value: GilCell::default(),
            group: Cell::new(0),
        };
        Ok(heap::new_with_type(ts, cls, groups))
    }
    #[slot(iter)]
    fn iter(_ts: &ThreadState, slf: &Value) -> Result {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn iternext(ts: &ThreadState, slf: &Value) -> Result<Option<Value>> {
        let Some(me) = slf.downcast_ref::<GroupBy>() else { return Ok(None) };
        // The group handed out before ends here.
        me.group.set(me.group.get() + 1);
        loop {
            let same = me.target.read(|t| me.current_key.read(|k| matches!((t, k), (Some(t), Some(k)) if t.is(k))));
            if !same && let Some(current) = me.current_key.get() {
                let Some(target) = me.target.get() else { break };
                if !protocol::eq(ts, &target, &current)? {
                    break;
                }
            }
            if !me.step(ts)? {
                return Ok(None);
            }
        }
        let Some(key) = me.current_key.get() else { return Ok(None) };
        me.target.set(Some(key.clone()));
        let group = heap::new(ts, Grouper { parent: me.clone(), target: key.clone(), number: me.group.get() });
        Ok(Some(Tuple::from_array(ts, [key, group.into_value()]).into_value()))
    }
}

impl GroupBy {
    /// Goes on to the next item; false at the end.
    fn step(&self, ts: &ThreadState) -> Result<bool> {
        Ok(match self.next_item(ts)? {
            Some((key, value)) => {
                self.current_value.set(Some(value));
                self.current_key.set(Some(key));
                true
            }
            None => false,
        })
    }
    #[inline(always)]
    fn next_item(&self, ts: &ThreadState) -> Result<Option<(Value, Value)>> {
        let Some(value) = self.it.next(ts)? else { return Ok(None) };
        let key = match &self.key {
            None => value.clone(),
            Some(f) => f.call1(ts, &value)?,
        };
        Ok(Some((key, value)))
    }
}

pub struct Grouper {
    parent: Ref<GroupBy>,
    target: Value,
    number: u64,
}
payload!(Grouper, container, traverse = |s, visit| {
    visit(s.parent.as_value());
    visit(&s.target)
});

/// The items of one group.
#[class(name = "_grouper", module = "itertools", final)]
impl Grouper {
    #[new("(parent, tgtkey, /)", no_signature)]
    fn new(cls: &Type, ts: &ThreadState, parent: &Ref<GroupBy>, tgtkey: Value) -> Ref<Grouper> {
        parent.group.set(parent.group.get() + 1);
        heap::new_with_type(ts, cls, Grouper { parent: parent.clone(), target: tgtkey, number: parent.group.get() })
    }
    #[slot(iter)]
    fn iter(_ts: &ThreadState, slf: &Value) -> Result {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
        let p = &self.parent;
        if p.group.get() != self.number {
            return Ok(None);
        }
        if p.current_value.read(Option::is_none) {
            let Some((key, value)) = p.next_item(ts)? else { return Ok(None) };
            if key.is(&self.target) {
                // The item goes straight to whoever asks; one that a call from within left is forgotten.
                drop(p.current_value.take());
                p.current_key.set(Some(key));
                return Ok(Some(value));
            }
            p.current_value.set(Some(value));
            p.current_key.set(Some(key));
        }
        if !p.current_key.read(|k| k.as_ref().is_some_and(|k| k.is(&self.target))) {
            let Some(current) = p.current_key.get() else { return Ok(None) };
            if !protocol::eq(ts, &self.target, &current)? {
                return Ok(None);
            }
        }
        Ok(p.current_value.take())
    }
}
