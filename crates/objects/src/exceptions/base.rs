//! `BaseException`: what every exception carries.

use crate::dict::Dict;
use crate::heap::{self, GilCell, Ref};
use crate::native::{class, Args};
use crate::protocol;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::traceback::Traceback;
use crate::tuple::Tuple;
use crate::value::{Result, Value};
use std::cell::Cell;

#[repr(C)]
pub struct BaseException {
    /// A tuple.
    pub args: GilCell<Value>,
    pub traceback: GilCell<Option<Value>>,
    pub context: GilCell<Option<Value>>,
    pub cause: GilCell<Option<Value>>,
    pub suppress_context: Cell<bool>,
    /// What the more special exceptions carry, by field (see the classes of [`super::hierarchy`]).
    pub fields: GilCell<Vec<Option<Value>>>,
}
crate::payload!(BaseException, id = crate::ids::BASE_EXCEPTION, container,
    traverse = |s, visit| {
        s.args.read(|v| visit(v));
        for c in [&s.traceback, &s.context, &s.cause] { c.read(|v| v.iter().for_each(&mut *visit)) }
        s.fields.read(|f| f.iter().flatten().for_each(&mut *visit));
    },
    clear = |s| { for c in [&s.traceback, &s.context, &s.cause] { c.set(None) } s.fields.set(vec![]); });

impl BaseException {
    pub fn with_args(ts: &ThreadState, args: Vec<Value>) -> BaseException {
        BaseException {
            args: GilCell::new(Tuple::new(ts, args).into_value()),
            traceback: GilCell::default(),
            context: GilCell::default(),
            cause: GilCell::default(),
            suppress_context: Cell::new(false),
            fields: GilCell::default(),
        }
    }
    pub fn args_vec(&self) -> Vec<Value> {
        self.args.read(|a| a.downcast::<Tuple>().map_or_else(Vec::new, |t| t.items().to_vec()))
    }
    pub fn field(&self, i: usize) -> Option<Value> {
        self.fields.read(|f| f.get(i).cloned().flatten())
    }
    pub fn set_field(&self, i: usize, v: Option<Value>) {
        let old = self.fields.write(|f| {
            if f.len() <= i {
                f.resize(i + 1, None);
            }
            std::mem::replace(&mut f[i], v)
        });
        drop(old);
    }
}

fn option(c: &GilCell<Option<Value>>) -> Value {
    c.get().unwrap_or_else(Value::none)
}

/// Common base class for all exceptions
#[class(name = "BaseException", dict)]
impl BaseException {
    #[slot(new)]
    fn new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result {
        let Some(ty) = cls.as_type() else { return Err(ts.type_error("BaseException.__new__(X): X is not a type object")) };
        Ok(heap::new_with_type(ts, ty, BaseException::with_args(ts, args.positional.to_vec())).into_value())
    }
    #[slot(init)]
    fn init(ts: &ThreadState, slf: &Value, args: Args<'_>) -> Result<()> {
        if !args.kw_names.is_empty() {
            return Err(ts.type_error(format!("{}() takes no keyword arguments", slf.class(ts).short_name())));
        }
        // SAFETY: the slot is called with instances of the class.
        let e: &BaseException = unsafe { slf.payload_unchecked() };
        e.args.set(Tuple::new(ts, args.positional.to_vec()).into_value());
        Ok(())
    }
    #[slot(str)]
    fn str_(ts: &ThreadState, slf: &Value) -> Result {
        // SAFETY: as above.
        let e: &BaseException = unsafe { slf.payload_unchecked() };
        let args = e.args_vec();
        Ok(match args.len() {
            0 => Str::new(ts, "").into_value(),
            1 => protocol::str_(ts, &args[0])?.into_value(),
            _ => protocol::str_(ts, &e.args.get())?.into_value(),
        })
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result {
        // SAFETY: as above.
        let e: &BaseException = unsafe { slf.payload_unchecked() };
        let name = slf.class(ts).short_name();
        let args = e.args_vec();
        let text = match args.len() {
            1 => format!("({})", protocol::repr_lossy(ts, &args[0])?),
            _ => protocol::repr_lossy(ts, &e.args.get())?,
        };
        Ok(Str::new(ts, &format!("{name}{text}")).into_value())
    }
    /// Set self.__traceback__ to tb and return self.
    #[method("with_traceback($self, object, /)")]
    fn with_traceback(slf: &Value, ts: &ThreadState, object: &Value) -> Result {
        set_traceback(ts, slf, Some(object))?;
        Ok(slf.clone())
    }
    /// Add a note to the exception
    #[method("add_note($self, object, /)")]
    fn add_note(slf: &Value, ts: &ThreadState, object: &Value) -> Result<()> {
        if object.downcast::<Str>().is_none() {
            return Err(ts.type_error(format!("add_note() argument must be str, not {}", object.type_name(ts))));
        }
        let n = ts.names();
        match protocol::getattr_opt(ts, slf, &n.__notes__)? {
            Some(notes) => match notes.downcast::<crate::list::List>() {
                Some(l) => {
                    l.push(object.clone());
                    Ok(())
                }
                None => Err(ts.type_error("Cannot add note: __notes__ is not a list")),
            },
            None => protocol::setattr(ts, slf, &n.__notes__, &crate::list::List::new(ts, vec![object.clone()]).into_value()),
        }
    }
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Result {
        // SAFETY: checked by the method wrapper.
        let e: &BaseException = unsafe { slf.payload_unchecked() };
        let mut t = vec![slf.class(ts).to_value(), e.args.get()];
        if let Some(d) = crate::object::instance_dict_copy(ts, slf)
            && d.len() > 0
        {
            t.push(d.into_value());
        }
        Ok(Tuple::new(ts, t).into_value())
    }
    #[method("__setstate__($self, object, /)")]
    fn setstate(slf: &Value, ts: &ThreadState, object: &Value) -> Result<()> {
        if object.is_none() {
            return Ok(());
        }
        let Some(d) = object.downcast::<Dict>() else { return Err(ts.type_error("state is not a dictionary")) };
        for (k, v) in d.items(ts) {
            protocol::setattr(ts, slf, &protocol::check_attr_name(ts, &k)?, &v)?;
        }
        Ok(())
    }
    #[getter("args")]
    fn get_args(&self) -> Value {
        self.args.get()
    }
    #[setter("args")]
    fn set_args(&self, ts: &ThreadState, v: Option<&Value>) -> Result<()> {
        let Some(v) = v else { return Err(ts.type_error("args may not be deleted")) };
        self.args.set(protocol::to_tuple(ts, v)?.into_value());
        Ok(())
    }
    #[getter("__traceback__")]
    fn get_traceback(&self) -> Value {
        option(&self.traceback)
    }
    #[setter("__traceback__")]
    fn set_traceback(slf: &Value, ts: &ThreadState, v: Option<&Value>) -> Result<()> {
        set_traceback(ts, slf, v)
    }
    #[getter("__context__")]
    fn get_context(&self) -> Value {
        option(&self.context)
    }
    #[setter("__context__")]
    fn set_context(&self, ts: &ThreadState, v: Option<&Value>) -> Result<()> {
        self.context.set(link(ts, v, "__context__", "exception context must be None or derive from BaseException")?);
        Ok(())
    }
    #[getter("__cause__")]
    fn get_cause(&self) -> Value {
        option(&self.cause)
    }
    #[setter("__cause__")]
    fn set_cause(&self, ts: &ThreadState, v: Option<&Value>) -> Result<()> {
        self.cause.set(link(ts, v, "__cause__", "exception cause must be None or derive from BaseException")?);
        self.suppress_context.set(true);
        Ok(())
    }
    #[getter("__suppress_context__", member)]
    fn get_suppress(&self) -> bool {
        self.suppress_context.get()
    }
    #[setter("__suppress_context__")]
    fn set_suppress(&self, ts: &ThreadState, v: Option<&Value>) -> Result<()> {
        match v.and_then(|v| v.as_bool_object()) {
            Some(b) => {
                self.suppress_context.set(b);
                Ok(())
            }
            None => Err(ts.type_error("attribute value type must be bool")),
        }
    }
}

fn link(ts: &ThreadState, v: Option<&Value>, name: &str, message: &str) -> Result<Option<Value>> {
    let Some(v) = v else { return Err(ts.type_error(format!("{name} may not be deleted"))) };
    if v.is_none() {
        return Ok(None);
    }
    if v.downcast::<BaseException>().is_none() {
        return Err(ts.type_error(message));
    }
    Ok(Some(v.clone()))
}

fn set_traceback(ts: &ThreadState, slf: &Value, v: Option<&Value>) -> Result<()> {
    let Some(v) = v else { return Err(ts.type_error("__traceback__ may not be deleted")) };
    // SAFETY: callers are methods of the class.
    let e: &BaseException = unsafe { slf.payload_unchecked() };
    if v.is_none() {
        e.traceback.set(None);
    } else if v.downcast::<Traceback>().is_some() {
        e.traceback.set(Some(v.clone()));
    } else {
        return Err(ts.type_error("__traceback__ must be a traceback or None"));
    }
    Ok(())
}

#[allow(unused)]
fn _uses(_: Ref<Str>) {}
