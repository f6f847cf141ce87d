//! The module `_queue`: SimpleQueue.

use crate::prelude::*;
use crate::thread::futex::Wait;
use crate::thread::lock::timeout_seconds;
use std::cell::{Cell, OnceCell};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

pub static MODULE: ModuleDef = ModuleDef {
    name: "_queue",
    doc: "C implementation of the Python queue module.\nThis module is an implementation detail, please do not use it directly.",
    functions: &[],
    init: Some(init),
};

#[derive(Default)]
struct State {
    empty: OnceCell<Value>,
}

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    let own = Dict::new(ts);
    own.set_name(ts, "__module__", str_value(ts, "_queue"));
    own.set_name(ts, "__doc__", str_value(ts, "Exception raised by Queue.get(block=0)/get_nowait()."));
    let bases = tuple(ts, vec![exceptions(ts).exception.as_value().clone()]);
    let empty = new_class(ts, "Empty", bases, own.into_value())?;
    let empty = ts.interp().extension::<State>().empty.get_or_init(|| empty).clone();
    dict.set_name(ts, "Empty", empty);
    dict.set_name(ts, "SimpleQueue", SimpleQueue::class(ts).into_value());
    Ok(())
}

pub struct SimpleQueue {
    items: GilCell<VecDeque<Value>>,
    /// Counts the puts; those who wait sleep on it.
    puts: crate::thread::futex::Counter,
    waiting: Cell<u32>,
}
payload!(SimpleQueue, container, traverse = |s, visit| s.items.read(|i| i.iter().for_each(visit)), clear = |s| drop(s.items.take()));

impl SimpleQueue {
    fn empty(&self, ts: &ThreadState) -> Raised {
        match ts.interp().extension::<State>().empty.get() {
            Some(class) => raise_with_args(ts, class, &[]),
            None => ts.runtime_error("the module _queue is not initialised"),
        }
    }
    fn push(&self, v: Value) {
        self.items.write(|i| i.push_back(v));
        self.puts.advance(self.waiting.get() > 0);
    }
    fn pop(&self, ts: &ThreadState, block: bool, end: Option<Instant>) -> Result {
        loop {
            let seen = self.puts.value();
            if let Some(v) = self.items.write(|i| i.pop_front()) {
                return Ok(v);
            }
            if !block {
                return Err(self.empty(ts));
            }
            self.waiting.set(self.waiting.get() + 1);
            let r = ts.allow_threads(|| self.puts.wait_beyond(seen, end));
            self.waiting.set(self.waiting.get() - 1);
            match r {
                Wait::Acquired => {}
                Wait::Interrupted => ts.check_signals()?,
                Wait::TimedOut => {
                    return self.items.write(|i| i.pop_front()).ok_or_else(|| self.empty(ts));
                }
            }
        }
    }
}

// SAFETY: what another thread reaches while the lock is released is the counter, made of atomics.
unsafe impl Sync for SimpleQueue {}

/// Simple, unbounded, reentrant FIFO queue.
#[class(name = "SimpleQueue", module = "_queue", weakref)]
impl SimpleQueue {
    #[new("()")]
    fn new(cls: &Type, ts: &ThreadState) -> Result<Ref<SimpleQueue>> {
        let q = SimpleQueue { items: GilCell::default(), puts: Default::default(), waiting: Cell::new(0) };
        Ok(heap::new_with_type(ts, cls, q))
    }
    /// Put the item on the queue.
    ///
    /// The optional 'block' and 'timeout' arguments are ignored, as this method
    /// never blocks.  They are provided for compatibility with the Queue class.
    #[method("put($self, /, item, block=True, timeout=None)")]
    fn put(&self, item: Value, block: bool, timeout: Option<&Value>) {
        let _ = (block, timeout);
        self.push(item)
    }
    /// Put an item into the queue without blocking.
    ///
    /// This is exactly equivalent to `put(item)` and is only provided
    /// for compatibility with the Queue class.
    #[method("put_nowait($self, /, item)")]
    fn put_nowait(&self, item: Value) {
        self.push(item)
    }
    /// Remove and return an item from the queue.
    ///
    /// If optional args 'block' is true and 'timeout' is None (the default),
    /// block if necessary until an item is available. If 'timeout' is
    /// a non-negative number, it blocks at most 'timeout' seconds and raises
    /// the Empty exception if no item was available within that time.
    /// Otherwise ('block' is false), return an item if one is immediately
    /// available, else raise the Empty exception ('timeout' is ignored
    /// in that case).
    #[method("get($self, /, block=True, timeout=None)")]
    fn get(&self, ts: &ThreadState, block: bool, timeout: Option<&Value>) -> Result {
        let mut end = None;
        if block && let Some(t) = timeout.filter(|t| !t.is_none()) {
            let s = timeout_seconds(ts, t)?;
            if s < 0.0 {
                return Err(ts.value_error("'timeout' must be a non-negative number"));
            }
            if s > crate::thread::lock::TIMEOUT_MAX {
                return Err(ts.overflow_error("timeout value is too large"));
            }
            end = Instant::now().checked_add(Duration::from_secs_f64(s));
        }
        self.pop(ts, block, end)
    }
    /// Remove and return an item from the queue without blocking.
    ///
    /// Only get an item if one is immediately available. Otherwise
    /// raise the Empty exception.
    #[method("get_nowait($self, /)")]
    fn get_nowait(&self, ts: &ThreadState) -> Result {
        self.pop(ts, false, None)
    }
    /// Return True if the queue is empty, False otherwise (not reliable!).
    #[method("empty($self, /)")]
    fn is_empty(&self) -> bool {
        self.items.read(|i| i.is_empty())
    }
    /// Return the approximate size of the queue (not reliable!).
    #[method("qsize($self, /)")]
    fn qsize(&self) -> usize {
        self.items.read(|i| i.len())
    }
    /// See PEP 585
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(cls: &Value, ts: &ThreadState, object: &Value) -> Result {
        generic_alias(ts, cls, object)
    }
}
