//! Exception groups: made, taken apart by what they hold, put together again.

use super::base::{no_keywords, BaseException};
use super::members::{special, Special};
use crate::heap::{self, Ref};
use crate::list::List;
use crate::native::{class, Args};
use crate::protocol;
use crate::str::{Str, StrBuilder};
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::typeobject::{create, Type};
use crate::value::{Result, Value};

// `exceptions` is a tuple; `shown` the repr of a sequence that is neither list nor tuple, taken when the group
// was made.
special! {
    BaseExceptionGroup, NO_MEMBERS {
        message "exception message",
        exceptions "nested exceptions",
        shown "",
    }
}

/// `BaseExceptionGroup.__new__`: a group that holds only `Exception`s is an `ExceptionGroup`.
fn make(ts: &ThreadState, cls: &Type, args: &[Value]) -> Result {
    let [message, given] = args else {
        return Err(ts.type_error(format!("BaseExceptionGroup.__new__() takes exactly 2 arguments ({} given)", args.len())));
    };
    if message.downcast::<Str>().is_none() {
        let kind = if message.is_none() { "None".into() } else { message.type_name(ts) };
        return Err(ts.type_error(format!("BaseExceptionGroup.__new__() argument 1 must be str, not {kind}")));
    }
    if !protocol::is_sequence(ts, given) {
        return Err(ts.type_error("second argument (exceptions) must be a sequence"));
    }
    let shown = match given.downcast::<List>().is_some() || given.downcast::<Tuple>().is_some() {
        true => None,
        false => Some(protocol::repr(ts, given)?.into_value()),
    };
    let exceptions = protocol::to_tuple(ts, given)?;
    if exceptions.is_empty() {
        return Err(ts.value_error("second argument (exceptions) must be a non-empty sequence"));
    }
    let types = ts.exceptions();
    let mut bare = false;
    for (i, e) in exceptions.items().iter().enumerate() {
        if !e.class(ts).is_subtype(&types.base_exception) {
            return Err(ts.value_error(format!("Item {i} of second argument (exceptions) is not an exception")));
        }
        bare |= !e.class(ts).is_subtype(&types.exception);
    }
    let mut cls = cls;
    if cls.is(&types.exception_group) {
        if bare {
            return Err(ts.type_error("Cannot nest BaseExceptions in an ExceptionGroup"));
        }
    } else if cls.is(&types.base_exception_group) {
        if !bare {
            cls = &types.exception_group;
        }
    } else if bare && cls.is_subtype(&types.exception) {
        return Err(ts.type_error(format!("Cannot nest BaseExceptions in '{}'", cls.name())));
    }
    let base = BaseException::empty(ts);
    base.set_args_from(ts, args);
    let g = heap::new_with_type(ts, cls, BaseExceptionGroup::empty(base));
    g.message.set(Some(message.clone()));
    g.exceptions.set(Some(exceptions.into_value()));
    g.shown.set(shown);
    Ok(g.into_value())
}

#[class(name = "BaseExceptionGroup", dict)]
impl BaseExceptionGroup {
    #[slot(new)]
    fn new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result {
        match cls.as_type() {
            Some(ty) => make(ts, ty, args.positional),
            None => Err(ts.type_error("BaseExceptionGroup.__new__(X): X is not a type object")),
        }
    }
    #[slot(init)]
    fn init(ts: &ThreadState, slf: &Value, args: Args<'_>) -> Result<()> {
        no_keywords(ts, slf.class(ts), &args)?;
        BaseException::init(ts, slf, args)
    }
    #[slot(str)]
    fn str_(ts: &ThreadState, slf: &Value) -> Result {
        // SAFETY: the slot is called with instances of the class.
        let g: &BaseExceptionGroup = unsafe { slf.payload_unchecked() };
        let n = g.members().len();
        let mut b = StrBuilder::new();
        b.push_text(&*protocol::str_(ts, &g.message.get().unwrap_or_else(Value::none))?);
        b.push_str(&format!(" ({n} sub-exception{})", if n > 1 { "s" } else { "" }));
        Ok(b.finish(ts).into_value())
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result {
        // SAFETY: as above.
        let g: &BaseExceptionGroup = unsafe { slf.payload_unchecked() };
        let members = match g.shown.get().and_then(|s| s.downcast_ref::<Str>().cloned()) {
            Some(s) => s,
            None => {
                let listed = g.base.args.read(|a| a.downcast::<Tuple>().is_some_and(|t| t.get(1).is_some_and(|v| v.downcast::<List>().is_some())));
                let v = if listed { List::new(ts, g.members()).into_value() } else { g.exceptions.get().unwrap_or_else(Value::none) };
                protocol::repr(ts, &v)?
            }
        };
        let mut b = StrBuilder::new();
        b.push_str(&slf.class(ts).short_name());
        b.push_str("(");
        b.push_text(&*protocol::repr(ts, &g.message.get().unwrap_or_else(Value::none))?);
        b.push_str(", ");
        b.push_text(&members);
        b.push_str(")");
        Ok(b.finish(ts).into_value())
    }
    #[method("derive($self, excs, /)")]
    fn derive(&self, ts: &ThreadState, excs: &Value) -> Result {
        let message = self.message.get().unwrap_or_else(Value::none);
        make(ts, &ts.exceptions().base_exception_group, &[message, excs.clone()])
    }
    #[method("split($self, matcher_value, /)")]
    fn split(slf: &Value, ts: &ThreadState, matcher_value: &Value) -> Result<(Option<Value>, Option<Value>)> {
        let m = Matcher::from_value(ts, matcher_value)?;
        divide(ts, slf, &m, true)
    }
    #[method("subgroup($self, matcher_value, /)")]
    fn subgroup(slf: &Value, ts: &ThreadState, matcher_value: &Value) -> Result<Option<Value>> {
        let m = Matcher::from_value(ts, matcher_value)?;
        Ok(divide(ts, slf, &m, false)?.0)
    }
    /// Exception groups are generic over the type of their contained exceptions
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(cls: &Value, ts: &ThreadState, object: &Value) -> Result {
        crate::generic_alias::new(ts, cls, object)
    }
    /// exception message
    #[getter("message", member)]
    fn get_message(&self) -> Option<Value> {
        self.message.get()
    }
    /// nested exceptions
    #[getter("exceptions", member)]
    fn get_exceptions(&self) -> Option<Value> {
        self.exceptions.get()
    }
}

impl BaseExceptionGroup {
    /// The exceptions directly in the group.
    pub fn members(&self) -> Vec<Value> {
        self.exceptions.read(|e| e.as_ref().and_then(|e| e.downcast::<Tuple>()).map_or_else(Vec::new, |t| t.items().to_vec()))
    }
}

/// Which leaves of a group are wanted.
pub enum Matcher {
    /// A class or a tuple of classes.
    Types(Vec<Ref<Type>>),
    Predicate(Value),
    /// These very objects.
    Instances(Vec<u64>),
}

impl Matcher {
    fn from_value(ts: &ThreadState, v: &Value) -> Result<Matcher> {
        let class_of = |v: &Value| v.downcast_ref::<Type>().filter(|t| t.is_subtype(&ts.exceptions().base_exception)).cloned();
        if let Some(t) = class_of(v) {
            return Ok(Matcher::Types(vec![t]));
        }
        if let Some(t) = v.exact::<Tuple>()
            && let Some(types) = t.items().iter().map(class_of).collect::<Option<Vec<_>>>()
        {
            return Ok(Matcher::Types(types));
        }
        if v.as_type().is_none() && protocol::is_callable(ts, v) {
            return Ok(Matcher::Predicate(v.clone()));
        }
        Err(ts.type_error("expected an exception type, a tuple of exception types, or a callable (other than a class)"))
    }
    fn accepts(&self, ts: &ThreadState, exc: &Value) -> Result<bool> {
        match self {
            Matcher::Types(types) => Ok(types.iter().any(|t| exc.class(ts).is_subtype(t))),
            Matcher::Predicate(f) => {
                let r = protocol::call1(ts, f, exc)?;
                protocol::is_true(ts, &r)
            }
            Matcher::Instances(ids) => Ok(exc.downcast::<BaseExceptionGroup>().is_none() && ids.contains(&exc.id())),
        }
    }
}

/// What of `exc` the matcher accepts, and (if wanted) the rest; groups keep their nesting.
pub fn divide(ts: &ThreadState, exc: &Value, m: &Matcher, want_rest: bool) -> Result<(Option<Value>, Option<Value>)> {
    if m.accepts(ts, exc)? {
        return Ok((Some(exc.clone()), None));
    }
    let Some(group) = exc.downcast::<BaseExceptionGroup>() else {
        return Ok((None, want_rest.then(|| exc.clone())));
    };
    ts.recursion_guard(" in exceptiongroup_split_recursive")?;
    let (mut taken, mut rest) = (vec![], vec![]);
    for e in group.members() {
        let (t, r) = divide(ts, &e, m, want_rest)?;
        taken.extend(t);
        rest.extend(r);
    }
    Ok((subset(ts, exc, taken)?, if want_rest { subset(ts, exc, rest)? } else { None }))
}

/// A group like `original` with other members; nothing for none.
fn subset(ts: &ThreadState, original: &Value, members: Vec<Value>) -> Result<Option<Value>> {
    if members.is_empty() {
        return Ok(None);
    }
    let made = protocol::call_method(ts, original, "derive", &[List::new(ts, members).into_value()])?;
    let Some(new) = made.downcast::<BaseExceptionGroup>() else {
        return Err(ts.type_error("derive must return an instance of BaseExceptionGroup"));
    };
    let Some(old) = original.downcast::<BaseException>() else { return Ok(Some(made)) };
    if let Some(tb) = old.traceback.get() {
        new.base.traceback.set(Some(tb));
    }
    new.base.context.set(old.context.get());
    new.base.cause.set(old.cause.get());
    new.base.suppress_context.set(true);
    let notes = &ts.names().__notes__;
    if let Some(n) = protocol::getattr_opt(ts, original, notes)?
        && protocol::is_sequence(ts, &n)
    {
        let copy = protocol::to_list(ts, &n)?;
        protocol::setattr(ts, &made, notes, copy.as_value())?;
    }
    Ok(Some(made))
}

/// The part of `group` that consists of these leaves (and of nothing else).
pub fn projection(ts: &ThreadState, group: &Value, leaves: &[Value]) -> Result<Option<Value>> {
    let mut ids = vec![];
    for l in leaves {
        collect_leaves(l, &mut ids);
    }
    Ok(divide(ts, group, &Matcher::Instances(ids), false)?.0)
}

fn collect_leaves(exc: &Value, ids: &mut Vec<u64>) {
    match exc.downcast::<BaseExceptionGroup>() {
        Some(g) => g.members().iter().for_each(|e| collect_leaves(e, ids)),
        None => ids.push(exc.id()),
    }
}

/// The class `ExceptionGroup(BaseExceptionGroup, Exception)`.
pub fn make_exception_group_class(ts: &ThreadState, base_group: &Ref<Type>, exception: &Ref<Type>) -> Ref<Type> {
    let metatype = crate::typeobject::builtin(ts, crate::ids::TYPE).to_ref();
    let bases = Tuple::new(ts, vec![base_group.as_value().clone(), exception.as_value().clone()]).into_value();
    let namespace = crate::dict::Dict::new(ts);
    namespace.set_str(ts, &ts.names().__module__, Str::intern(ts, "builtins").into_value());
    match create::type_new(ts, &metatype, &Str::intern(ts, "ExceptionGroup"), &bases, &namespace, Args::EMPTY) {
        Ok(t) => t,
        // Both bases are built in and agree in layout.
        Err(_) => base_group.clone(),
    }
}
