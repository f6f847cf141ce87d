//! The class Unpickler.

use super::load::{Memo, Overrides, Reader};
use super::overridden;
use crate::prelude::*;
use std::cell::Cell;

#[derive(Default)]
pub struct Unpickler {
    file: GilCell<Option<Value>>,
    memo: GilCell<Memo>,
    buffers: GilCell<Option<Value>>,
    encoding: GilCell<String>,
    errors: GilCell<String>,
    fix_imports: Cell<bool>,
    /// The protocol of the pickle that is being read, for `find_class`.
    proto: Cell<i32>,
    busy: Cell<bool>,
}
payload!(Unpickler, container, traverse = |s, visit| {
    for v in [&s.file, &s.buffers] {
        v.read(|v| v.iter().for_each(&mut *visit));
    }
    s.memo.read(|m| m.each(visit));
}, clear = |s| {
    s.file.take();
    s.buffers.take();
    s.memo.take();
});

/// This takes a binary file for reading a pickle data stream.
///
/// The protocol version of the pickle is detected automatically, so no
/// protocol argument is needed.  Bytes past the pickled object's
/// representation are ignored.
#[class(name = "Unpickler", module = "_pickle")]
impl Unpickler {
    #[slot(new)]
    fn new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result {
        let _ = args;
        new_of(ts, cls, Unpickler::default())
    }
    #[init("(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())")]
    fn init(slf: &Value, ts: &ThreadState, file: &Value, fix_imports: bool, encoding: &str, errors: &str, #[default(Value::none())] buffers: Value) -> Result<()> {
        let Some(u) = slf.downcast::<Unpickler>() else { return Err(ts.type_error("an Unpickler is required")) };
        // Tells what the file lacks.
        Reader::new(ts, fix_imports, encoding, errors, &buffers)?.from_file(file)?;
        u.buffers.set(if buffers.is_none() { None } else { Some(protocol::get_iter(ts, &buffers)?) });
        u.file.set(Some(file.clone()));
        u.memo.take();
        u.encoding.set(encoding.to_string());
        u.errors.set(errors.to_string());
        u.fix_imports.set(fix_imports);
        Ok(())
    }
    /// Load a pickle.
    ///
    /// Read a pickled object representation from the open file object given
    /// in the constructor, and return the reconstituted object hierarchy
    /// specified therein.
    #[method("load($self, /)")]
    fn load(slf: &Value, ts: &ThreadState) -> Result {
        let Some(u) = slf.downcast::<Unpickler>() else { return Ok(Value::none()) };
        let Some(file) = u.file.get() else {
            let name = slf.type_name(ts);
            return Err(super::unpickling_error(ts, &format!("Unpickler.__init__() was not called by {name}.__init__()")));
        };
        if u.busy.replace(true) {
            return Err(ts.runtime_error("Unpickler object is already used by another thread or by itself"));
        }
        let r = (|| {
            let (encoding, errors) = (u.encoding.get(), u.errors.get());
            let mut r = Reader::new(ts, u.fix_imports.get(), &encoding, &errors, &Value::none())?;
            r.buffers = u.buffers.get();
            r.from_file(&file)?;
            r.memo = u.memo.take();
            let base = Unpickler::class(ts);
            r.overrides = Overrides {
                find_class: overridden(ts, slf, &base, "find_class")?,
                persistent_load: overridden(ts, slf, &base, "persistent_load")?,
                proto: Some(&u.proto),
            };
            let result = r.load();
            u.memo.set(std::mem::take(&mut r.memo));
            result
        })();
        u.busy.set(false);
        r
    }
    /// Return an object from a specified module.
    ///
    /// If necessary, the module will be imported. Subclasses may override
    /// this method (e.g. to restrict unpickling of arbitrary classes and
    /// functions).
    ///
    /// This method is called whenever a class or a function object is
    /// needed.  Both arguments passed are str objects.
    #[method("find_class($self, module_name, global_name, /)")]
    fn find_class(&self, ts: &ThreadState, module_name: &Value, global_name: &Value) -> Result {
        super::load::find_class(ts, module_name, global_name, self.proto.get(), self.fix_imports.get())
    }
    #[method("persistent_load($self, pid, /)")]
    fn persistent_load(&self, ts: &ThreadState, pid: &Value) -> Result {
        let _ = pid;
        Err(super::unpickling_error(ts, "A load persistent id instruction was encountered, but no persistent_load function was specified."))
    }
    /// Returns size in memory, in bytes.
    #[method("__sizeof__($self, /)")]
    fn sizeof(&self) -> usize {
        192 + self.memo.read(|m| m.room()) * 8
    }
    #[getter("memo")]
    fn get_memo(slf: &Value, ts: &ThreadState) -> Result {
        Ok(heap::new(ts, UnpicklerMemoProxy { unpickler: slf.clone() }).into_value())
    }
    #[setter("memo")]
    fn set_memo(&self, ts: &ThreadState, v: Option<&Value>) -> Result<()> {
        let Some(v) = v else { return Err(ts.type_error("attribute deletion is not supported")) };
        let mut memo = Memo::default();
        if let Some(other) = v.downcast::<UnpicklerMemoProxy>() {
            if let Some(u) = other.unpickler.downcast::<Unpickler>() {
                memo = u.memo.read(|m| m.clone());
            }
        } else if let Some(d) = v.downcast::<Dict>() {
            for (k, o) in d.items(ts) {
                if !is_int(&k) {
                    return Err(ts.type_error("memo key must be integers"));
                }
                let k = index_i64(ts, &k)?;
                if k < 0 {
                    return Err(ts.value_error("memo key must be positive integers."));
                }
                memo.put(k as usize, o);
            }
        } else {
            return Err(ts.type_error(format!("'memo' attribute must be an UnpicklerMemoProxy object or dict, not {}", v.type_name(ts))));
        }
        self.memo.set(memo);
        Ok(())
    }
}

pub struct UnpicklerMemoProxy {
    unpickler: Value,
}
payload!(UnpicklerMemoProxy, container, traverse = |s, visit| visit(&s.unpickler));

#[class(name = "UnpicklerMemoProxy", module = "_pickle", no_new)]
impl UnpicklerMemoProxy {
    /// Remove all items from memo.
    #[method("clear($self, /)")]
    fn clear(&self) {
        if let Some(u) = self.unpickler.downcast::<Unpickler>() {
            u.memo.take();
        }
    }
    /// Copy the memo to a new object.
    #[method("copy($self, /)")]
    fn copy(&self, ts: &ThreadState) -> Result {
        let d = Dict::new(ts);
        if let Some(u) = self.unpickler.downcast::<Unpickler>() {
            for (i, o) in u.memo.read(|m| m.entries()) {
                d.set(ts, &int_value(ts, i as i64), o)?;
            }
        }
        Ok(d.into_value())
    }
    /// Implement pickling support.
    #[method("__reduce__($self, /)")]
    fn reduce(&self, ts: &ThreadState) -> Result {
        let d = self.copy(ts)?;
        Ok(tuple(ts, vec![Dict::class(ts).into_value(), tuple(ts, vec![d])]))
    }
}
