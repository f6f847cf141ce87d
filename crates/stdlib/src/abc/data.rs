//! What an abstract base class remembers: registered classes and the answers to earlier questions.

use std::cell::{Cell, RefCell};
use rustc_hash::FxHashMap as HashMap;
use taipan_objects::heap::{self, Payload};
use taipan_objects::native::class;
use taipan_objects::str::Str;
use taipan_objects::weakref::{self, WeakRef};
use taipan_objects::{Ref, Result, ThreadState, Value, payload, protocol};

/// Counts registrations: answers of "no" are valid only until the next one.
#[derive(Default)]
pub struct Counter(Cell<u64>);

impl Counter {
    pub fn get(&self) -> u64 {
        self.0.get()
    }
    pub fn advance(&self) {
        self.0.set(self.0.get() + 1);
    }
}

/// Classes, held weakly, by address.
#[derive(Default)]
pub struct WeakClasses {
    by_address: RefCell<HashMap<u64, Value>>,
    /// Dead entries are dropped when there are more than this.
    limit: Cell<usize>,
}

impl WeakClasses {
    pub fn contains(&self, class: &Value) -> bool {
        // A class that died may have left its address to another one.
        self.by_address.borrow().get(&class.id()).is_some_and(|r| is_alive(r, class))
    }
    pub fn add(&self, ts: &ThreadState, class: &Value) -> Result<()> {
        let r = weakref::create(ts, &WeakRef::class(ts), class, None)?;
        let mut map = self.by_address.borrow_mut();
        let old = map.insert(class.id(), r);
        let mut dead = Vec::new();
        if map.len() > self.limit.get().max(32) {
            dead.extend(map.extract_if(|_, r| target(r).is_none()));
            self.limit.set(map.len() * 2);
        }
        drop(map);
        drop((old, dead));
        Ok(())
    }
    pub fn clear(&self) {
        drop(self.by_address.take());
    }
    pub fn references(&self) -> Vec<Value> {
        self.by_address.borrow().values().cloned().collect()
    }
    pub fn alive(&self) -> Vec<Value> {
        self.by_address.borrow().values().filter_map(target).collect()
    }
    fn visit(&self, visit: heap::Visit<'_>) {
        self.by_address.borrow().values().for_each(visit);
    }
}

fn target(r: &Value) -> Option<Value> {
    r.downcast::<WeakRef>()?.get()
}

fn is_alive(r: &Value, class: &Value) -> bool {
    target(r).is_some_and(|t| t.is(class))
}

pub struct AbcData {
    pub registry: WeakClasses,
    pub cache: WeakClasses,
    pub negative: WeakClasses,
    pub negative_version: Cell<u64>,
}

payload!(AbcData, container, traverse = |s, visit| {
    s.registry.visit(visit);
    s.cache.visit(visit);
    s.negative.visit(visit);
});

impl AbcData {
    pub fn new(ts: &ThreadState) -> Ref<AbcData> {
        let version = ts.interp().extension::<Counter>().get();
        heap::new(
            ts,
            AbcData {
                registry: WeakClasses::default(),
                cache: WeakClasses::default(),
                negative: WeakClasses::default(),
                negative_version: Cell::new(version),
            },
        )
    }
}

#[class(name = "_abc_data", module = "_abc", final)]
/// Internal state held by ABC machinery.
impl AbcData {}

/// The state of a class that `ABCMeta` made.
pub fn of(ts: &ThreadState, class: &Value) -> Result<Ref<AbcData>> {
    let found = protocol::getattr(ts, class, &Str::intern(ts, "_abc_impl"))?;
    Ref::<AbcData>::from_value(found).map_err(|_| ts.type_error("_abc_impl is set to a wrong type"))
}
