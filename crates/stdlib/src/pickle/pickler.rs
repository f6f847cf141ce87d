//! The class Pickler.

use super::overridden;
use super::save::{Memo, Overrides, Writer, check_callback, protocol_number};
use crate::prelude::*;
use std::cell::Cell;

#[derive(Default)]
pub struct Pickler {
    /// The file's method; absent until `__init__` ran.
    write: GilCell<Option<Value>>,
    memo: GilCell<Memo>,
    dispatch_table: GilCell<Option<Value>>,
    buffer_callback: GilCell<Option<Value>>,
    proto: Cell<i32>,
    bin: Cell<bool>,
    fast: Cell<bool>,
    fix_imports: Cell<bool>,
    busy: Cell<bool>,
}
payload!(Pickler, container, traverse = |s, visit| {
    for v in [&s.write, &s.dispatch_table, &s.buffer_callback] {
        v.read(|v| v.iter().for_each(&mut *visit));
    }
    s.memo.read(|m| m.values().for_each(|e| visit(&e.1)));
}, clear = |s| {
    s.write.take();
    s.memo.take();
    s.dispatch_table.take();
    s.buffer_callback.take();
});

/// This takes a binary file for writing a pickle data stream.
///
/// The optional *protocol* argument tells the pickler to use the given
/// protocol; supported protocols are 0, 1, 2, 3, 4 and 5.  The default
/// protocol is 5. It was introduced in Python 3.8, and is incompatible
/// with previous versions.
///
/// Specifying a negative protocol version selects the highest protocol
/// version supported.  The higher the protocol used, the more recent the
/// version of Python needed to read the pickle produced.
#[class(name = "Pickler", module = "_pickle")]
impl Pickler {
    #[slot(new)]
    fn new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result {
        let _ = args;
        new_of(ts, cls, Pickler::default())
    }
    #[init("(file, protocol=None, fix_imports=True, buffer_callback=None)")]
    fn init(slf: &Value, ts: &ThreadState, file: &Value, protocol: Option<&Value>, fix_imports: bool, buffer_callback: Option<&Value>) -> Result<()> {
        let Some(p) = slf.downcast::<Pickler>() else { return Err(ts.type_error("a Pickler is required")) };
        let proto = protocol_number(ts, protocol)?;
        let callback = check_callback(ts, proto, buffer_callback)?;
        let Some(write) = protocol::getattr_opt(ts, file, &Str::intern(ts, "write"))? else {
            return Err(ts.type_error("file must have a 'write' attribute"));
        };
        p.write.set(Some(write));
        p.memo.take();
        p.buffer_callback.set(callback);
        p.proto.set(proto);
        p.bin.set(proto > 0);
        p.fast.set(false);
        p.fix_imports.set(fix_imports);
        Ok(())
    }
    /// Write a pickled representation of the given object to the open file.
    #[method("dump($self, obj, /)")]
    fn dump(slf: &Value, ts: &ThreadState, obj: &Value) -> Result<()> {
        let Some(p) = slf.downcast::<Pickler>() else { return Ok(()) };
        let Some(write) = p.write.get() else {
            let name = slf.type_name(ts);
            return Err(super::pickling_error(ts, &format!("Pickler.__init__() was not called by {name}.__init__()")));
        };
        if p.busy.replace(true) {
            return Err(ts.runtime_error("Pickler object is already used by another thread or by itself"));
        }
        let r = (|| {
            let base = Pickler::class(ts);
            let table = match p.dispatch_table.get() {
                Some(t) => Some(t),
                None if std::ptr::eq(slf.class(ts), &*base) => None,
                None => protocol::getattr_opt(ts, slf, &Str::intern(ts, "dispatch_table"))?,
            };
            let overrides = Overrides {
                persistent_id: overridden(ts, slf, &base, "persistent_id")?,
                reducer_override: overridden(ts, slf, &base, "reducer_override")?,
                dispatch_table: table,
            };
            let mut w = Writer::with(ts, p.proto.get(), p.fix_imports.get(), p.buffer_callback.get(), p.memo.take());
            w.bin = p.bin.get();
            w.fast = p.fast.get();
            w.overrides = overrides;
            w.to_write(write);
            let r = w.dump(obj);
            let r = r.and_then(|()| w.flush());
            p.memo.set(std::mem::take(&mut w.memo));
            r
        })();
        p.busy.set(false);
        r
    }
    /// Clears the pickler's "memo".
    ///
    /// The memo is the data structure that remembers which objects the
    /// pickler has already seen, so that shared or recursive objects are
    /// pickled by reference and not by value.  This method is useful when
    /// re-using picklers.
    #[method("clear_memo($self, /)")]
    fn clear_memo(&self) {
        self.memo.take();
    }
    #[method("persistent_id($self, obj, /)")]
    fn persistent_id(&self, obj: &Value) {
        let _ = obj;
    }
    /// Returns size in memory, in bytes.
    #[method("__sizeof__($self, /)")]
    fn sizeof(&self) -> usize {
        128 + self.memo.read(|m| m.capacity() * 24)
    }
    #[getter("bin", member)]
    fn get_bin(&self) -> i32 {
        self.bin.get().into()
    }
    #[setter("bin")]
    fn set_bin(&self, ts: &ThreadState, v: Option<&Value>) -> Result<()> {
        let Some(v) = v else { return Err(ts.type_error("can't delete numeric/char attribute")) };
        self.bin.set(index_i64(ts, v)? != 0);
        Ok(())
    }
    #[getter("fast", member)]
    fn get_fast(&self) -> i32 {
        self.fast.get().into()
    }
    #[setter("fast")]
    fn set_fast(&self, ts: &ThreadState, v: Option<&Value>) -> Result<()> {
        let Some(v) = v else { return Err(ts.type_error("can't delete numeric/char attribute")) };
        self.fast.set(index_i64(ts, v)? != 0);
        Ok(())
    }
    #[getter("dispatch_table")]
    fn get_dispatch_table(slf: &Value, ts: &ThreadState) -> Result {
        let table = slf.downcast::<Pickler>().and_then(|p| p.dispatch_table.get());
        table.ok_or_else(|| ts.attribute_error(format!("'{}' object has no attribute 'dispatch_table'", slf.type_name(ts))))
    }
    #[setter("dispatch_table")]
    fn set_dispatch_table(&self, v: Option<&Value>) {
        self.dispatch_table.set(v.cloned());
    }
    #[getter("memo")]
    fn get_memo(slf: &Value, ts: &ThreadState) -> Result {
        Ok(heap::new(ts, PicklerMemoProxy { pickler: slf.clone() }).into_value())
    }
    #[setter("memo")]
    fn set_memo(&self, ts: &ThreadState, v: Option<&Value>) -> Result<()> {
        let Some(v) = v else { return Err(ts.type_error("attribute deletion is not supported")) };
        let mut memo = Memo::default();
        if let Some(other) = v.downcast::<PicklerMemoProxy>() {
            if let Some(p) = other.pickler.downcast::<Pickler>() {
                memo = p.memo.read(|m| m.clone());
            }
        } else if let Some(d) = v.downcast::<Dict>() {
            for (_, entry) in d.items(ts) {
                let Some([n, o]) = entry.downcast::<Tuple>().map(|t| t.items()) else {
                    return Err(ts.type_error("'memo' values must be 2-item tuples"));
                };
                memo.insert(o, index_i64(ts, n)? as usize);
            }
        } else {
            return Err(ts.type_error(format!("'memo' attribute must be a PicklerMemoProxy object or dict, not {}", v.type_name(ts))));
        }
        self.memo.set(memo);
        Ok(())
    }
}

pub struct PicklerMemoProxy {
    pickler: Value,
}
payload!(PicklerMemoProxy, container, traverse = |s, visit| visit(&s.pickler));

#[class(name = "PicklerMemoProxy", module = "_pickle", no_new)]
impl PicklerMemoProxy {
    /// Remove all items from memo.
    #[method("clear($self, /)")]
    fn clear(&self) {
        if let Some(p) = self.pickler.downcast::<Pickler>() {
            p.memo.take();
        }
    }
    /// Copy the memo to a new object.
    #[method("copy($self, /)")]
    fn copy(&self, ts: &ThreadState) -> Result {
        let d = Dict::new(ts);
        if let Some(p) = self.pickler.downcast::<Pickler>() {
            let mut all: Vec<(usize, Value)> = p.memo.read(|m| m.values().cloned().collect());
            all.sort_by_key(|e| e.0);
            for (n, o) in all {
                d.set(ts, &int_from_u64(ts, o.id()), tuple(ts, vec![int_value(ts, n as i64), o]))?;
            }
        }
        Ok(d.into_value())
    }
    /// Implement pickle support.
    #[method("__reduce__($self, /)")]
    fn reduce(&self, ts: &ThreadState) -> Result {
        let d = self.copy(ts)?;
        Ok(tuple(ts, vec![Dict::class(ts).into_value(), tuple(ts, vec![d])]))
    }
}
