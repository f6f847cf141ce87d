//! `typing.Generic`, `typing.NoDefault`, and the functions that stand in for evaluated annotations.

use super::{annotation_text, forward};
use crate::heap::{self, Ref};
use crate::ids;
use crate::native::{Args, Kwargs, class};
use crate::payload;
use crate::protocol;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::value::{Result, Value};
use std::cell::OnceCell;

pub struct Generic {
    _nothing: (),
}

payload!(Generic, id = ids::GENERIC);

#[class(name = "Generic", module = "typing", mutable)]
/// Abstract base class for generic types.
///
/// On Python 3.12 and newer, generic classes implicitly inherit from
/// Generic when they declare a parameter list after the class's name::
///
///     class Mapping[KT, VT]:
///         def __getitem__(self, key: KT) -> VT:
///             ...
///             # Etc.
impl Generic {
    /// Parameterizes a generic class.
    ///
    /// At least, parameterizing a generic class is the *main* thing this
    /// method does. For example, for some generic class `Foo`, this is called
    /// when we do `Foo[int]` - there, with `cls=Foo` and `params=int`.
    #[classmethod("__class_getitem__($type, /, *args, **kwargs)", no_signature)]
    fn class_getitem(cls: &Value, ts: &ThreadState, args: &[Value], kwargs: Kwargs<'_>) -> Result<Value> {
        forward(ts, "_generic_class_getitem", cls, args, kwargs)
    }
    /// Function to initialize subclasses.
    #[classmethod("__init_subclass__($type, /, *args, **kwargs)", no_signature)]
    fn init_subclass(cls: &Value, ts: &ThreadState, args: &[Value], kwargs: Kwargs<'_>) -> Result<Value> {
        forward(ts, "_generic_init_subclass", cls, args, kwargs)
    }
}

pub struct NoDefaultType {
    _nothing: (),
}

payload!(NoDefaultType, id = ids::NO_DEFAULT);

#[derive(Default)]
struct Singleton(OnceCell<Value>);

/// The one `typing.NoDefault`.
pub fn no_default(ts: &ThreadState) -> Value {
    let one = ts.interp().extension::<Singleton>();
    one.0.get_or_init(|| heap::new(ts, NoDefaultType { _nothing: () }).into_value()).clone()
}

#[class(name = "NoDefaultType", final)]
/// The type of the NoDefault singleton.
impl NoDefaultType {
    #[slot(new)]
    fn tp_new(ts: &ThreadState, _cls: &Value, args: Args<'_>) -> Result<Value> {
        if !args.positional.is_empty() || !args.kw_names.is_empty() {
            return Err(ts.type_error("NoDefaultType takes no arguments"));
        }
        Ok(no_default(ts))
    }
    #[slot(repr)]
    fn tp_repr(&self, ts: &ThreadState) -> Value {
        Str::intern(ts, "typing.NoDefault").into_value()
    }
    #[method("__reduce__($self, /)")]
    fn reduce(&self, ts: &ThreadState) -> Value {
        Str::intern(ts, "NoDefault").into_value()
    }
}

/// Stands in for the function that would compute a value which is there already.
pub struct ConstEvaluator {
    value: Value,
}

payload!(ConstEvaluator, container, traverse = |s, visit| visit(&s.value));

impl ConstEvaluator {
    pub fn new(ts: &ThreadState, value: Value) -> Ref<ConstEvaluator> {
        heap::new(ts, ConstEvaluator { value })
    }
}

/// `annotationlib.Format.STRING`.
const FORMAT_STRING: isize = 4;

#[class(name = "_ConstEvaluator", module = "_typing", no_new, final)]
/// Internal type for implementing evaluation functions.
impl ConstEvaluator {
    #[slot(repr)]
    fn tp_repr(&self, ts: &ThreadState) -> Result<Value> {
        let inner = protocol::repr(ts, &self.value)?;
        Ok(Str::from_pieces(ts, &[b"<constevaluator ", inner.bytes(), b">"]).into_value())
    }
    #[slot(call)]
    fn tp_call(&self, ts: &ThreadState, args: Args<'_>) -> Result<Value> {
        args.no_keywords(ts, "constevaluator.__call__")?;
        let [format] = args.positional else {
            let n = args.positional.len();
            return Err(ts.type_error(format!("constevaluator.__call__() takes exactly 1 argument ({n} given)")));
        };
        let format = protocol::as_isize(ts, format)?;
        if format == FORMAT_STRING {
            return Ok(Str::from_wtf8(ts, annotation_text(ts, &self.value)?).into_value());
        }
        Ok(self.value.clone())
    }
}
