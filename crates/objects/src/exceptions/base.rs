//! `BaseException`: what every exception carries.

use crate::dict::Dict;
use crate::heap::{self, GilCell, Ref};
use crate::native::{class, Args};
use crate::protocol;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::traceback::Traceback;
use crate::tuple::Tuple;
use crate::typeobject::Type;
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
}
crate::payload!(BaseException, id = crate::ids::BASE_EXCEPTION, container,
    traverse = |s, visit| {
        s.args.read(|v| visit(v));
        for c in [&s.traceback, &s.context, &s.cause] { c.read(|v| v.iter().for_each(&mut *visit)) }
    },
    clear = |s| for c in [&s.traceback, &s.context, &s.cause] { c.set(None) });

impl BaseException {
    pub fn with_args(ts: &ThreadState, args: Vec<Value>) -> BaseException {
        BaseException {
            args: GilCell::new(Tuple::new(ts, args).into_value()),
            traceback: GilCell::default(),
            context: GilCell::default(),
            cause: GilCell::default(),
            suppress_context: Cell::new(false),
        }
    }
    pub fn args_vec(&self) -> Vec<Value> {
        self.args.read(|a| a.downcast::<Tuple>().map_or_else(Vec::new, |t| t.items().to_vec()))
    }
    /// Without arguments.
    pub fn empty(ts: &ThreadState) -> BaseException {
        BaseException {
            args: GilCell::new(Tuple::empty(ts).into_value()),
            traceback: GilCell::default(),
            context: GilCell::default(),
            cause: GilCell::default(),
            suppress_context: Cell::new(false),
        }
    }
    pub fn set_args_from(&self, ts: &ThreadState, args: &[Value]) {
        self.args.set(Tuple::from_slice(ts, args).into_value());
    }
    /// The only argument, if there is exactly one.
    pub fn only_arg(&self) -> Option<Value> {
        self.args.read(|a| match a.downcast::<Tuple>()?.items() {
            [one] => Some(one.clone()),
            _ => None,
        })
    }
}

/// The base part of an exception.
///
/// # Safety
/// `v` is an instance of `BaseException`.
#[inline(always)]
pub(super) unsafe fn base_of(v: &Value) -> &BaseException {
    // SAFETY: by the contract; every exception's payload begins with this one.
    unsafe { v.payload_unchecked() }
}

/// `BaseException.__str__`, for exceptions without a text of their own.
pub fn plain_str(ts: &ThreadState, slf: &Value) -> Result {
    BaseException::str_(ts, slf)
}

/// "X() takes no keyword arguments"
pub(super) fn no_keywords(ts: &ThreadState, ty: &Type, args: &Args<'_>) -> Result<()> {
    if args.has_keywords() { Err(ts.type_error(format!("{}() takes no keyword arguments", ty.name()))) } else { Ok(()) }
}

/// `(type, args[, dict])`: what `__reduce__` answers.
pub(super) fn reduced(ts: &ThreadState, slf: &Value, args: Value, state: Option<Value>) -> Value {
    let mut t = vec![slf.class(ts).to_value(), args];
    t.extend(state);
    Tuple::new(ts, t).into_value()
}

/// The instance's own attributes, if it has any.
pub(super) fn own_dict(ts: &ThreadState, slf: &Value) -> Option<Ref<Dict>> {
    crate::object::instance_dict_copy(ts, slf).filter(|d| d.len() > 0)
}

fn option(c: &GilCell<Option<Value>>) -> Value {
    c.get().unwrap_or_else(Value::none)
}

/// Common base class for all exceptions
#[class(name = "BaseException", dict)]
impl BaseException {
    #[slot(new)]
    #[inline(never)]
    pub(super) fn new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result {
        let Some(ty) = cls.as_type() else { return Err(ts.type_error("BaseException.__new__(X): X is not a type object")) };
        let e = BaseException::empty(ts);
        e.set_args_from(ts, args.positional);
        Ok(heap::new_with_type(ts, ty, e).into_value())
    }
    #[slot(init)]
    #[inline(never)]
    pub(super) fn init(ts: &ThreadState, slf: &Value, args: Args<'_>) -> Result<()> {
        no_keywords(ts, slf.class(ts), &args)?;
        // SAFETY: the slot is called with instances of the class.
        let e = unsafe { base_of(slf) };
        // `__new__` set them already unless somebody interfered.
        let same = e.args.read(|a| a.exact::<Tuple>().is_some_and(|t| t.len() == args.positional.len() && t.items().iter().zip(args.positional).all(|(x, y)| x.is(y))));
        if !same {
            e.set_args_from(ts, args.positional);
        }
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
    #[method("with_traceback($self, tb, /)")]
    fn with_traceback(slf: &Value, ts: &ThreadState, tb: &Value) -> Result {
        set_traceback(ts, slf, Some(tb))?;
        Ok(slf.clone())
    }
    /// Add a note to the exception
    #[method("add_note($self, note, /)")]
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
        let e = unsafe { base_of(slf) };
        Ok(reduced(ts, slf, e.args.get(), own_dict(ts, slf).map(Ref::into_value)))
    }
    #[method("__setstate__($self, state, /)")]
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
        let Some(v) = v else { return Err(ts.type_error("can't delete numeric/char attribute")) };
        match v.as_bool_object() {
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
