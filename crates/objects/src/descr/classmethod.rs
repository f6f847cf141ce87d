//! `classmethod` and `staticmethod`.

use crate::generic_alias::GenericAlias;
use crate::heap::{self, GilCell};
use crate::native::{class, Args};
use crate::protocol;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::value::{Result, Value};

/// The function that is wrapped; None before `__init__` ran.
#[derive(Default)]
pub struct ClassMethod {
    function: GilCell<Option<Value>>,
}
crate::payload!(ClassMethod, id = crate::ids::CLASSMETHOD, container,
    traverse = |s, visit| s.function.read(|f| f.iter().for_each(&mut *visit)),
    clear = |s| s.function.set(None));

#[derive(Default)]
pub struct StaticMethod {
    function: GilCell<Option<Value>>,
}
crate::payload!(StaticMethod, id = crate::ids::STATICMETHOD, container,
    traverse = |s, visit| s.function.read(|f| f.iter().for_each(&mut *visit)),
    clear = |s| s.function.set(None));

impl ClassMethod {
    pub fn function(&self) -> Value {
        self.function.get().unwrap_or_else(Value::none)
    }
    pub fn wrap(ts: &ThreadState, f: Value) -> Value {
        heap::new(ts, ClassMethod { function: GilCell::new(Some(f)) }).into_value()
    }
}

impl StaticMethod {
    pub fn function(&self) -> Value {
        self.function.get().unwrap_or_else(Value::none)
    }
    pub fn wrap(ts: &ThreadState, f: Value) -> Value {
        heap::new(ts, StaticMethod { function: GilCell::new(Some(f)) }).into_value()
    }
}

/// Copies what `functools.wraps` would, from the function to the wrapper.
fn copy_attributes(ts: &ThreadState, slf: &Value, f: &Value) -> Result<()> {
    let n = ts.names();
    for name in [&n.__module__, &n.__name__, &n.__qualname__, &n.__doc__] {
        if let Some(v) = protocol::getattr_opt(ts, f, name)? {
            protocol::setattr(ts, slf, name, &v)?;
        }
    }
    Ok(())
}

fn is_abstract(ts: &ThreadState, f: &Value) -> Result<bool> {
    match protocol::getattr_opt(ts, f, &ts.names().__isabstractmethod__)? {
        Some(a) => protocol::is_true(ts, &a),
        None => Ok(false),
    }
}

/// Annotations are looked up on the function and then remembered by the wrapper.
fn annotation_attribute(ts: &ThreadState, slf: &Value, f: &Value, name: &str) -> Result {
    let name = Str::intern(ts, name);
    let d = crate::object::instance_dict(ts, slf)?;
    if let Some(v) = d.get_str(&name) {
        return Ok(v);
    }
    let v = protocol::getattr(ts, f, &name)?;
    d.set_str(ts, &name, v.clone());
    Ok(v)
}

fn set_annotation_attribute(ts: &ThreadState, slf: &Value, name: &str, v: Option<&Value>) -> Result<()> {
    let name = Str::intern(ts, name);
    let d = crate::object::instance_dict(ts, slf)?;
    match v {
        Some(v) => d.set_str(ts, &name, v.clone()),
        None => {
            if d.remove_str(&name).is_none() {
                return Err(ts.attribute_error_for(slf, &name));
            }
        }
    }
    Ok(())
}

macro_rules! common {
    ($t:ident, $label:literal, $doc:literal, { $($more:tt)* }) => {
        #[class(name = $label, doc = $doc, dict)]
        impl $t {
            #[new("(*args, **kwargs)")]
            fn new(cls: &Value, ts: &ThreadState, _args: &[Value], _kwargs: crate::native::Kwargs<'_>) -> Result {
                let Some(ty) = cls.as_type() else { return Err(ts.type_error("not a type")) };
                Ok(heap::new_with_type(ts, ty, $t::default()).into_value())
            }
            #[init("(function, /)")]
            fn init(slf: &Value, ts: &ThreadState, function: &Value) -> Result<()> {
                // SAFETY: called on instances of the class.
                let s: &$t = unsafe { slf.payload_unchecked() };
                s.function.set(Some(function.clone()));
                copy_attributes(ts, slf, function)
            }
            #[getter("__func__", member)]
            fn func(&self) -> Value {
                self.function()
            }
            #[getter("__wrapped__", member)]
            fn wrapped(&self) -> Value {
                self.function()
            }
            #[getter("__isabstractmethod__")]
            fn is_abstract(&self, ts: &ThreadState) -> Result<bool> {
                is_abstract(ts, &self.function())
            }
            #[getter("__annotations__")]
            fn annotations(slf: &Value, ts: &ThreadState) -> Result {
                // SAFETY: called on instances of the class.
                let s: &$t = unsafe { slf.payload_unchecked() };
                annotation_attribute(ts, slf, &s.function(), "__annotations__")
            }
            #[setter("__annotations__")]
            fn set_annotations(slf: &Value, ts: &ThreadState, v: Option<&Value>) -> Result<()> {
                set_annotation_attribute(ts, slf, "__annotations__", v)
            }
            #[getter("__annotate__")]
            fn annotate(slf: &Value, ts: &ThreadState) -> Result {
                // SAFETY: called on instances of the class.
                let s: &$t = unsafe { slf.payload_unchecked() };
                annotation_attribute(ts, slf, &s.function(), "__annotate__")
            }
            #[setter("__annotate__")]
            fn set_annotate(slf: &Value, ts: &ThreadState, v: Option<&Value>) -> Result<()> {
                set_annotation_attribute(ts, slf, "__annotate__", v)
            }
            #[slot(repr)]
            fn repr(&self, ts: &ThreadState) -> Result {
                let r = protocol::repr_lossy(ts, &self.function())?;
                Ok(Str::new(ts, &format!("<{}({r})>", $label)).into_value())
            }
            #[slot(descr_get)]
            fn get(&self, ts: &ThreadState, obj: Option<&Value>, ty: Option<&Value>) -> Result {
                self.bind(ts, obj, ty)
            }
            /// The type with arguments, for annotations.
            #[classmethod("__class_getitem__($type, object, /)")]
            fn class_getitem(cls: &Value, ts: &ThreadState, object: &Value) -> Result {
                GenericAlias::of(ts, cls, object)
            }
            $($more)*
        }
    };
}

impl ClassMethod {
    fn bind(&self, ts: &ThreadState, obj: Option<&Value>, ty: Option<&Value>) -> Result {
        let Some(f) = self.function.get() else { return Err(ts.runtime_error("uninitialized classmethod object")) };
        let cls = match (ty, obj) {
            (Some(t), _) => t.clone(),
            (None, Some(o)) => o.class(ts).to_value(),
            (None, None) => Value::none(),
        };
        Ok(crate::method::Method::new(ts, f, cls).into_value())
    }
}

impl StaticMethod {
    fn bind(&self, ts: &ThreadState, _obj: Option<&Value>, _ty: Option<&Value>) -> Result {
        match self.function.get() {
            Some(f) => Ok(f),
            None => Err(ts.runtime_error("uninitialized staticmethod object")),
        }
    }
}

common!(ClassMethod, "classmethod", "Make a method of a function that is given the class as its first argument.", {});
common!(StaticMethod, "staticmethod", "Make a method of a function that is given neither instance nor class.", {
    #[slot(call)]
    fn call(&self, ts: &ThreadState, args: Args<'_>) -> Result {
        protocol::call_args(ts, &self.function(), args)
    }
});
