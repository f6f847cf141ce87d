//! A callable that is called again and again by native code: `map`, `filter`, `sorted(key=…)` and their like.

use super::call_args;
use crate::descr::{BuiltinFunction, MethodDescriptor, Target};
use crate::ids;
use crate::native::{Args, DefKind, Fast1, Fast2, Fast3};
use crate::slots::Call;
use crate::thread::ThreadState;
use crate::typeobject::{create::type_call, flags};
use crate::value::{Result, Value};

/// The callable, and the native form of it that takes its arguments as they are, looked up once.
pub struct Callee {
    function: Value,
    form: Form,
}

#[derive(Clone, Copy)]
enum Form {
    /// A native function or an unbound method.
    Native(Option<Fast1>, Option<Fast2>),
    /// A native method with its receiver.
    Bound(Option<Fast2>, Option<Fast3>),
    /// A class.
    Class,
    /// An object of a native class that cannot change.
    Slot(Call),
    Other,
}

impl Callee {
    pub fn new(ts: &ThreadState, function: Value) -> Callee {
        let form = match function.shape_id() {
            ids::BUILTIN_FUNCTION => {
                // SAFETY: the shape id says what it is.
                let b: &BuiltinFunction = unsafe { function.payload_unchecked() };
                match b.target {
                    Target::Def(def) if b.receiver.is_some() && !matches!(def.kind, DefKind::Function | DefKind::StaticMethod) => {
                        Form::Bound(def.fast2, def.fast3)
                    }
                    Target::Def(def) => Form::Native(def.fast1, def.fast2),
                    Target::New => Form::Other,
                }
            }
            ids::METHOD_DESCRIPTOR => {
                // SAFETY: as above.
                let d: &MethodDescriptor = unsafe { function.payload_unchecked() };
                Form::Native(d.def.fast1, d.def.fast2)
            }
            ids::TYPE => Form::Class,
            ids::FUNCTION | ids::METHOD => Form::Other,
            _ => {
                let class = function.class(ts);
                match class.slots().call {
                    Some(f) if class.has_flag(flags::IMMUTABLETYPE) => Form::Slot(f),
                    _ => Form::Other,
                }
            }
        };
        Callee { function, form }
    }
    /// The callable itself.
    pub fn function(&self) -> &Value {
        &self.function
    }
    #[inline]
    pub fn call1(&self, ts: &ThreadState, a: &Value) -> Result {
        match self.form {
            Form::Native(Some(f), _) => f(ts, a),
            Form::Bound(Some(f), _) => f(ts, self.receiver(), a),
            _ => self.call(ts, std::slice::from_ref(a)),
        }
    }
    /// With two arguments, which lie in a row.
    #[inline]
    pub fn call2(&self, ts: &ThreadState, args: &[Value; 2]) -> Result {
        match self.form {
            Form::Native(_, Some(f)) => f(ts, &args[0], &args[1]),
            Form::Bound(_, Some(f)) => f(ts, self.receiver(), &args[0], &args[1]),
            _ => self.call(ts, args),
        }
    }
    pub fn call(&self, ts: &ThreadState, args: &[Value]) -> Result {
        let args = Args { positional: args, kw_names: &[], kw_values: &[] };
        match self.form {
            Form::Slot(f) => f(ts, &self.function, args),
            Form::Class => type_call(ts, &self.function, args),
            _ => call_args(ts, &self.function, args),
        }
    }
    /// Of the form `Bound`.
    #[inline(always)]
    fn receiver(&self) -> &Value {
        // SAFETY: the form was taken from this object, whose receiver never changes.
        let b: &BuiltinFunction = unsafe { self.function.payload_unchecked() };
        b.receiver.as_ref().unwrap_or(&self.function)
    }
}
