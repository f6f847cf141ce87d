//! `traceback`: the chain of frames that an exception went through.

pub mod display;
pub mod unraisable;

pub use unraisable::report_unraisable;

use crate::heap::{self, GilCell};
use crate::native::class;
use crate::thread::ThreadState;
use crate::value::{Result, Value};
use std::cell::Cell;

pub struct Traceback {
    pub next: GilCell<Option<Value>>,
    /// A frame object.
    pub frame: Value,
    /// Byte offset of the instruction (`tb_lasti`).
    pub lasti: Cell<i32>,
    /// 0: to be found from `lasti` when asked for.
    pub lineno: Cell<i32>,
    /// Frames that tail calls elided between this one and the one before it.
    pub elided: Cell<u64>,
}
crate::payload!(Traceback, id = crate::ids::TRACEBACK, container,
    traverse = |s, visit| { s.next.read(|n| n.iter().for_each(&mut *visit)); visit(&s.frame); },
    clear = |s| s.next.set(None));

impl Traceback {
    pub fn new(ts: &ThreadState, next: Option<Value>, frame: Value, lasti: i32, lineno: i32) -> Value {
        let t = Traceback { next: GilCell::new(next), frame, lasti: Cell::new(lasti), lineno: Cell::new(lineno), elided: Cell::new(0) };
        heap::new(ts, t).into_value()
    }
    pub fn line(&self) -> i32 {
        if self.lineno.get() != 0 {
            return self.lineno.get();
        }
        crate::frame::line_at(&self.frame, self.lasti.get())
    }
}

/// Create a new traceback object.
#[class(name = "traceback", module = "builtins")]
impl Traceback {
    #[new("(tb_next, tb_frame, tb_lasti, tb_lineno)")]
    fn new_traceback(_cls: &Value, ts: &ThreadState, tb_next: &Value, tb_frame: &Value, tb_lasti: i32, tb_lineno: i32) -> Result {
        if !tb_next.is_none() && tb_next.downcast::<Traceback>().is_none() {
            return Err(ts.type_error(format!("expected traceback object or None, got '{}'", tb_next.type_name(ts))));
        }
        if tb_frame.shape_id() != crate::ids::FRAME {
            return Err(ts.type_error(format!("traceback() argument 'tb_frame' must be frame, not {}", tb_frame.type_name(ts))));
        }
        let next = Some(tb_next.clone()).filter(|n| !n.is_none());
        Ok(Traceback::new(ts, next, tb_frame.clone(), tb_lasti, tb_lineno))
    }
    #[getter("tb_next")]
    fn tb_next(&self) -> Value {
        self.next.get().unwrap_or_else(Value::none)
    }
    #[setter("tb_next")]
    fn set_tb_next(slf: &Value, ts: &ThreadState, v: Option<&Value>) -> Result<()> {
        // SAFETY: the wrapper checked the receiver.
        let t: &Traceback = unsafe { slf.payload_unchecked() };
        let Some(v) = v else { return Err(ts.type_error("can't delete tb_next attribute")) };
        if v.is_none() {
            t.next.set(None);
            return Ok(());
        }
        if v.downcast::<Traceback>().is_none() {
            return Err(ts.type_error(format!("expected traceback object, got '{}'", v.type_name(ts))));
        }
        let mut at = Some(v.clone());
        while let Some(x) = at {
            if x.is(slf) {
                return Err(ts.value_error("traceback loop detected"));
            }
            at = x.downcast::<Traceback>().and_then(|t| t.next.get());
        }
        t.next.set(Some(v.clone()));
        Ok(())
    }
    #[getter("tb_frame", member)]
    fn tb_frame(&self) -> Value {
        self.frame.clone()
    }
    #[getter("tb_lasti", member)]
    fn tb_lasti(&self) -> i32 {
        self.lasti.get()
    }
    #[getter("tb_lineno")]
    fn tb_lineno(&self) -> i32 {
        self.line()
    }
    #[method("__dir__($self, /)")]
    fn dir(&self, ts: &ThreadState) -> Value {
        let names = ["tb_frame", "tb_next", "tb_lasti", "tb_lineno"];
        crate::list::List::new(ts, names.iter().map(|n| crate::protocol::text(ts, n)).collect()).into_value()
    }
}
