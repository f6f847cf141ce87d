//! Weak references: the objects, and the table that knows who refers weakly to whom.
//!
//! A referent's gc word says whether it has weak references; the table (one per interpreter, by address)
//! lists them in order of creation.

use crate::heap::{self, gc_word, GilCell, Ref, GC_WEAKREFS};
use crate::native::{class, Args};
use crate::protocol;
use crate::slots::CmpOp;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::typeobject::Type;
use crate::value::{Result, Value};
use std::cell::{Cell, RefCell};
use rustc_hash::FxHashMap as HashMap;

/// `weakref.ref`.
#[repr(C)]
pub struct WeakRef {
    /// Address of the referent; 0 when it is gone.
    referent: Cell<u64>,
    callback: GilCell<Option<Value>>,
    hash: Cell<Option<i64>>,
}
crate::payload!(WeakRef, id = crate::ids::WEAKREF, container,
    traverse = |s, visit| s.callback.read(|c| c.iter().for_each(&mut *visit)),
    clear = |s| s.callback.set(None));

/// The weak references by address of the referent; entries do not count.
#[derive(Default)]
pub struct Table(RefCell<HashMap<u64, Vec<u64>>>);

impl Drop for WeakRef {
    fn drop(&mut self) {
        let r = self.referent.replace(0);
        if r != 0 && let Some(ts) = crate::thread::try_current() {
            let table = ts.interp().extension::<Table>();
            // The header lies in front of the payload.
            let me = self as *const WeakRef as u64 - 8;
            if let Some(list) = table.0.borrow_mut().get_mut(&r) {
                list.retain(|&w| w != me);
            }
        }
    }
}

fn table(ts: &ThreadState) -> &'static Table {
    ts.interp().extension::<Table>()
}

fn from_address(a: u64) -> Value {
    let v = Value::from_word(a);
    let counted = v.clone();
    std::mem::forget(v);
    counted
}

impl WeakRef {
    /// The referent, if it is still alive.
    pub fn get(&self) -> Option<Value> {
        let a = self.referent.get();
        if a == 0 { None } else { Some(from_address(a)) }
    }
    pub fn callback(&self) -> Option<Value> {
        self.callback.get()
    }
    fn is_dead(&self) -> bool {
        self.referent.get() == 0
    }
}

/// All weak references and proxies to `o`, oldest first.
pub fn all(ts: &ThreadState, o: &Value) -> Vec<Value> {
    table(ts).0.borrow().get(&o.id()).map_or_else(Vec::new, |l| l.iter().map(|&a| from_address(a)).collect())
}

/// The weak reference of this very type that has no callback.
fn shared(ts: &ThreadState, ty: &Ref<Type>, o: &Value) -> Option<Value> {
    let table = table(ts).0.borrow();
    table.get(&o.id())?.iter().map(|&a| from_address(a)).find(|w| {
        w.class(ts).is(ty) && w.downcast::<WeakRef>().is_some_and(|r| r.callback.read(|c| c.is_none()))
    })
}

/// What `__weakref__` shows.
pub fn first(ts: &ThreadState, o: &Value) -> Value {
    all(ts, o).into_iter().next().unwrap_or_else(Value::none)
}

pub fn is_weakrefable(ts: &ThreadState, o: &Value) -> bool {
    o.is_counted() && o.class(ts).has_weakref
}

/// A weak reference of type `ty` (a subclass of [`WeakRef`]'s or a proxy type); those without a callback
/// are shared when the type is exactly that.
pub fn create(ts: &ThreadState, ty: &Ref<Type>, o: &Value, callback: Option<&Value>) -> Result {
    create_as(ts, ty, o, callback, |w| w)
}

/// As [`create`], for a payload that begins with a weak reference.
pub fn create_as<T: heap::Payload>(
    ts: &ThreadState,
    ty: &Ref<Type>,
    o: &Value,
    callback: Option<&Value>,
    wrap: impl FnOnce(WeakRef) -> T,
) -> Result {
    if !is_weakrefable(ts, o) {
        return Err(ts.type_error(format!("cannot create weak reference to '{}' object", o.type_name(ts))));
    }
    let callback = callback.filter(|c| !c.is_none()).cloned();
    if callback.is_none() && !ty.is_heap_type() {
        // SAFETY: weakrefable objects have a gc word.
        if unsafe { gc_word(o.header_ptr()) }.get() & GC_WEAKREFS != 0
            && let Some(w) = shared(ts, ty, o)
        {
            return Ok(w);
        }
    }
    let payload = WeakRef { referent: Cell::new(o.id()), callback: GilCell::new(callback), hash: Cell::new(None) };
    let w = heap::new_with_type(ts, ty, wrap(payload)).into_value();
    table(ts).0.borrow_mut().entry(o.id()).or_default().push(w.id());
    // SAFETY: weakrefable objects have a gc word.
    let word = unsafe { gc_word(o.header_ptr()) };
    word.set(word.get() | GC_WEAKREFS);
    Ok(w)
}

/// Detaches all weak references of a dying object and calls their callbacks, newest first.
pub fn clear_on_death(ts: &ThreadState, o: &Value) {
    // SAFETY: only containers are finalised.
    let word = unsafe { gc_word(o.header_ptr()) };
    if word.get() & GC_WEAKREFS == 0 {
        return;
    }
    // A finalizer may still run and resurrect: weak references go first only when none will.
    if o.class(ts).has_finalizer() && word.get() & heap::GC_FINALIZED == 0 {
        word.set(word.get() | heap::GC_FINALIZED);
        crate::typeobject::finalize(ts, o);
        // SAFETY: a live object.
        if unsafe { (*o.header_ptr()).count() } > 1 {
            return;
        }
    }
    word.set(word.get() & !GC_WEAKREFS);
    let Some(list) = table(ts).0.borrow_mut().remove(&o.id()) else { return };
    let refs: Vec<Value> = list.into_iter().map(from_address).collect();
    run_callbacks(ts, detach(refs));
}

fn detach(refs: Vec<Value>) -> Vec<(Value, Value)> {
    let mut out = vec![];
    for w in refs.into_iter().rev() {
        if let Some(r) = w.downcast::<WeakRef>() {
            r.referent.set(0);
            if let Some(c) = r.callback.take() {
                out.push((w.clone(), c));
            }
        }
    }
    out
}

fn run_callbacks(ts: &ThreadState, callbacks: Vec<(Value, Value)>) {
    for (w, c) in callbacks {
        let saved = ts.take_exception();
        if protocol::call1(ts, &c, &w).is_err() {
            ts.write_unraisable("Exception ignored while calling weakref callback", Some(&c));
        }
        ts.exception.set(saved);
    }
}

/// The collector's part: weak references to garbage are cleared; callbacks of weak references that are
/// themselves alive run.
pub fn clear_unreachable(ts: &ThreadState, garbage: &[Value]) {
    let dead: std::collections::HashSet<u64> = garbage.iter().map(|v| v.id()).collect();
    let mut callbacks = vec![];
    for o in garbage {
        // SAFETY: the collector hands containers over.
        let word = unsafe { gc_word(o.header_ptr()) };
        if word.get() & GC_WEAKREFS == 0 {
            continue;
        }
        let has_finalizer = o.class(ts).has_finalizer() && word.get() & heap::GC_FINALIZED == 0;
        let list = table(ts).0.borrow().get(&o.id()).cloned().unwrap_or_default();
        let refs: Vec<Value> = list.into_iter().map(from_address).collect();
        // Those without callback stay visible to finalizers.
        let (with, without): (Vec<Value>, Vec<Value>) =
            refs.into_iter().partition(|w| w.downcast::<WeakRef>().is_some_and(|r| r.callback.read(|c| c.is_some())));
        let detach_now = if has_finalizer { with } else { with.into_iter().chain(without).collect() };
        if let Some(l) = table(ts).0.borrow_mut().get_mut(&o.id()) {
            l.retain(|a| !detach_now.iter().any(|w| w.id() == *a));
        }
        callbacks.extend(detach(detach_now).into_iter().filter(|(w, _)| !dead.contains(&w.id())));
        if !has_finalizer {
            word.set(word.get() & !GC_WEAKREFS);
            table(ts).0.borrow_mut().remove(&o.id());
        }
    }
    run_callbacks(ts, callbacks);
}

#[class(name = "ReferenceType", module = "weakref")]
impl WeakRef {
    #[slot(new)]
    fn new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result {
        let Some(ty) = cls.downcast_ref::<Type>() else { return Err(ts.type_error("ref.__new__(X): X is not a type object")) };
        let (o, c) = match args.positional {
            [o] => (o, None),
            [o, c] => (o, Some(c)),
            [] => return Err(ts.type_error("__new__ expected at least 1 argument, got 0")),
            a => return Err(ts.type_error(format!("__new__ expected at most 2 arguments, got {}", a.len()))),
        };
        create(ts, ty, o, c)
    }
    #[slot(init)]
    fn init(ts: &ThreadState, _slf: &Value, args: Args<'_>) -> Result<()> {
        if !args.kw_names.is_empty() {
            return Err(ts.type_error("ref() takes no keyword arguments"));
        }
        if args.positional.len() > 2 {
            return Err(ts.type_error(format!("__init__ expected at most 2 arguments, got {}", args.positional.len())));
        }
        Ok(())
    }
    #[slot(call)]
    fn call(&self, ts: &ThreadState, args: Args<'_>) -> Result {
        if !args.kw_names.is_empty() {
            return Err(ts.type_error("weakref.ReferenceType.__call__() takes no keyword arguments"));
        }
        if !args.positional.is_empty() {
            return Err(ts.type_error(format!("__call__() takes 0 positional arguments but {} were given", args.positional.len())));
        }
        Ok(self.get().unwrap_or_else(Value::none))
    }
    #[slot(hash)]
    fn hash(&self, ts: &ThreadState) -> Result<i64> {
        if let Some(h) = self.hash.get() {
            return Ok(h);
        }
        let Some(o) = self.get() else { return Err(ts.type_error("weak object has gone away")) };
        let h = protocol::hash(ts, &o)?;
        self.hash.set(Some(h));
        Ok(h)
    }
    #[slot(richcompare)]
    fn richcompare(ts: &ThreadState, a: &Value, b: &Value, op: CmpOp) -> Result {
        let (Some(x), Some(y)) = (a.downcast::<WeakRef>(), b.downcast::<WeakRef>()) else {
            return Ok(Value::not_implemented());
        };
        if op != CmpOp::Eq && op != CmpOp::Ne {
            return Ok(Value::not_implemented());
        }
        match (x.get(), y.get()) {
            (Some(p), Some(q)) => protocol::compare(ts, &p, &q, op),
            _ => Ok(Value::bool(a.is(b) == (op == CmpOp::Eq))),
        }
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result {
        // SAFETY: the slot is called with instances of the type.
        let r: &WeakRef = unsafe { slf.payload_unchecked() };
        let text = match r.get() {
            None => format!("<weakref at {:#x}; dead>", slf.id()),
            Some(o) => {
                let name = protocol::getattr_opt(ts, &o, &ts.names().__name__)?.and_then(|n| n.downcast::<Str>().map(|s| s.to_string_lossy().into_owned()));
                match name {
                    Some(n) => format!("<weakref at {:#x}; to '{}' at {:#x} ({n})>", slf.id(), o.type_name(ts), o.id()),
                    None => format!("<weakref at {:#x}; to '{}' at {:#x}>", slf.id(), o.type_name(ts), o.id()),
                }
            }
        };
        Ok(Str::new(ts, &text).into_value())
    }
    #[getter("__callback__", member)]
    fn get_callback(&self) -> Value {
        if self.is_dead() { Value::none() } else { self.callback.get().unwrap_or_else(Value::none) }
    }
    /// See PEP 585
    #[classmethod("__class_getitem__($cls, object, /)", no_signature)]
    fn class_getitem(cls: &Value, ts: &ThreadState, object: &Value) -> Result {
        crate::generic_alias::new(ts, cls, object)
    }
}
