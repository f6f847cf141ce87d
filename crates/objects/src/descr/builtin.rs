//! `builtin_function_or_method`, `method_descriptor` and `classmethod_descriptor`.

use crate::heap::{self, GilCell, Ref};
use crate::native::{class, Args, DefKind, NativeDef};
use crate::protocol;
use crate::slots::CmpOp;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::typeobject::Type;
use crate::value::{Result, Value};

/// What a builtin runs.
#[derive(Clone, Copy)]
pub enum Target {
    Def(&'static NativeDef),
    /// `T.__new__` of a native type: the receiver is the type.
    New,
}

pub struct BuiltinFunction {
    pub target: Target,
    /// The module for functions, the object for methods.
    pub receiver: Option<Value>,
    pub module: GilCell<Option<Value>>,
}
crate::payload!(BuiltinFunction, id = crate::ids::BUILTIN_FUNCTION, container,
    traverse = |s, visit| {
        s.receiver.iter().for_each(&mut *visit);
        s.module.read(|m| m.iter().for_each(&mut *visit));
    });

pub struct MethodDescriptor {
    pub def: &'static NativeDef,
    pub owner: Ref<Type>,
}
crate::payload!(MethodDescriptor, id = crate::ids::METHOD_DESCRIPTOR, container, traverse = |s, visit| visit(s.owner.as_value()));

pub struct ClassMethodDescriptor {
    pub def: &'static NativeDef,
    pub owner: Ref<Type>,
}
crate::payload!(ClassMethodDescriptor, id = crate::ids::CLASSMETHOD_DESCRIPTOR, container, traverse = |s, visit| visit(s.owner.as_value()));

/// A function of a native module.
pub fn new_function(ts: &ThreadState, def: &'static NativeDef, module: Option<Value>, receiver: Option<Value>) -> Value {
    heap::new(ts, BuiltinFunction { target: Target::Def(def), receiver, module: GilCell::new(module) }).into_value()
}

/// A native method bound to its object.
pub fn bind(ts: &ThreadState, def: &'static NativeDef, receiver: &Value) -> Value {
    new_function(ts, def, None, Some(receiver.clone()))
}

/// `T.__new__`.
pub fn new_wrapper(ts: &ThreadState, ty: &Ref<Type>) -> Value {
    heap::new(ts, BuiltinFunction { target: Target::New, receiver: Some(ty.as_value().clone()), module: GilCell::new(None) }).into_value()
}

/// The native type whose `__new__` this is.
pub fn native_new_owner(v: &Value) -> Option<Ref<Type>> {
    let v = v.downcast::<StaticMethodOrSelf>().map_or_else(|| v.clone(), |s| s.function());
    let f = v.exact::<BuiltinFunction>()?;
    match f.target {
        Target::New => f.receiver.as_ref()?.downcast_ref::<Type>().cloned(),
        Target::Def(_) => None,
    }
}
use super::StaticMethod as StaticMethodOrSelf;

pub fn is_print(v: &Value) -> bool {
    v.exact::<BuiltinFunction>().is_some_and(|f| matches!(f.target, Target::Def(d) if d.name == "print"))
}

/// Calls a builtin. Methods get their receiver in front.
#[inline]
pub fn call_builtin(ts: &ThreadState, f: &Value, args: Args<'_>) -> Result {
    // SAFETY: callers look at the shape id first.
    let b: &BuiltinFunction = unsafe { f.payload_unchecked() };
    match b.target {
        Target::Def(def) => {
            match &b.receiver {
                Some(r) if !matches!(def.kind, DefKind::Function | DefKind::StaticMethod) => call_with_receiver(ts, def, r, args),
                _ => call_def(ts, def, args),
            }
        }
        Target::New => call_new(ts, b, args),
    }
}

/// Calls a native function by the form that takes its arguments as they are, if there is one.
#[inline]
pub fn call_def(ts: &ThreadState, def: &'static NativeDef, args: Args<'_>) -> Result {
    if args.kw_names.is_empty() {
        match (args.positional, def.fast0, def.fast1, def.fast2, def.fast3) {
            ([a], _, Some(f), _, _) => return f(ts, a),
            ([a, b], _, _, Some(f), _) => return f(ts, a, b),
            ([], Some(f), _, _, _) => return f(ts),
            ([a, b, c], _, _, _, Some(f)) => return f(ts, a, b, c),
            _ => {}
        }
    }
    (def.func)(ts, args)
}

#[inline]
fn call_with_receiver(ts: &ThreadState, def: &'static NativeDef, r: &Value, args: Args<'_>) -> Result {
    if args.kw_names.is_empty() {
        match (args.positional, def.fast1, def.fast2, def.fast3) {
            ([], Some(f), _, _) => return f(ts, r),
            ([a], _, Some(f), _) => return f(ts, r, a),
            ([a, b], _, _, Some(f)) => return f(ts, r, a, b),
            _ => {}
        }
    }
    with_receiver(ts, r, args, def.func)
}

#[inline]
pub fn with_receiver(ts: &ThreadState, r: &Value, args: Args<'_>, f: crate::native::NativeFn) -> Result {
    protocol::with_prepended(r, args.positional.iter(), |all| f(ts, Args { positional: all, ..args }))
}

/// `T.__new__(cls, …)` with its safety checks.
fn call_new(ts: &ThreadState, b: &BuiltinFunction, args: Args<'_>) -> Result {
    let Some(owner) = b.receiver.as_ref().and_then(|r| r.as_type()) else {
        return Err(ts.system_error("__new__() called with non-type 'self'"));
    };
    let Some((cls, rest)) = args.positional.split_first() else {
        return Err(ts.type_error(format!("{}.__new__(): not enough arguments", owner.name())));
    };
    let Some(c) = cls.as_type() else {
        return Err(ts.type_error(format!("{}.__new__(X): X is not a type object ({})", owner.name(), cls.type_name(ts))));
    };
    if !c.is_subtype(owner) {
        let (o, c) = (owner.name(), c.name());
        return Err(ts.type_error(format!("{o}.__new__({c}): {c} is not a subtype of {o}")));
    }
    // The most derived native base must be made by its own constructor.
    let native = c.mro_types().into_iter().find(|t| !t.is_heap_type());
    let own = owner.slots().new;
    if let (Some(n), Some(f)) = (native, own) {
        let safe = match n.slots().new {
            Some(g) => std::ptr::fn_addr_eq(f, g) || std::ptr::eq(n.layout(), owner.layout()),
            None => false,
        };
        if !safe {
            return Err(ts.type_error(format!("{}.__new__({}) is not safe, use {}.__new__()", owner.name(), c.name(), n.name())));
        }
        return f(ts, cls, Args { positional: rest, ..args });
    }
    Err(ts.type_error(format!("cannot create '{}' instances", owner.name())))
}

fn signature_of(ts: &ThreadState, text: &str) -> Value {
    if text.is_empty() { Value::none() } else { Str::new(ts, text).into_value() }
}

fn doc_of(ts: &ThreadState, text: &str) -> Value {
    if text.is_empty() { Value::none() } else { Str::new(ts, text).into_value() }
}

#[class(name = "builtin_function_or_method", no_new, final)]
impl BuiltinFunction {
    fn name(&self) -> &'static str {
        match self.target {
            Target::Def(d) => d.name,
            Target::New => "__new__",
        }
    }
    #[slot(call)]
    fn call(ts: &ThreadState, slf: &Value, args: Args<'_>) -> Result {
        call_builtin(ts, slf, args)
    }
    #[slot(repr)]
    fn repr(&self, ts: &ThreadState) -> Result {
        let text = match &self.receiver {
            Some(r) if r.downcast::<crate::module::Module>().is_none() => {
                format!("<built-in method {} of {} object at {:#x}>", self.name(), r.type_name(ts), r.id())
            }
            _ => format!("<built-in function {}>", self.name()),
        };
        Ok(Str::new(ts, &text).into_value())
    }
    #[slot(hash)]
    fn hash(&self) -> i64 {
        let base = match self.target {
            Target::Def(d) => d as *const NativeDef as u64,
            Target::New => 1,
        };
        protocol::hash_pointer(base ^ self.receiver.as_ref().map_or(0, |r| r.id()))
    }
    #[slot(richcompare)]
    fn richcompare(ts: &ThreadState, a: &Value, b: &Value, op: CmpOp) -> Result {
        let _ = ts;
        let (Some(x), Some(y)) = (a.exact::<BuiltinFunction>(), b.exact::<BuiltinFunction>()) else {
            return Ok(Value::not_implemented());
        };
        let same_target = match (x.target, y.target) {
            (Target::Def(d), Target::Def(e)) => std::ptr::eq(d, e),
            (Target::New, Target::New) => true,
            _ => false,
        };
        let same = same_target
            && match (&x.receiver, &y.receiver) {
                (Some(r), Some(s)) => r.is(s),
                (None, None) => true,
                _ => false,
            };
        Ok(match op {
            CmpOp::Eq => Value::bool(same),
            CmpOp::Ne => Value::bool(!same),
            _ => Value::not_implemented(),
        })
    }
    #[getter("__name__")]
    fn get_name(&self, ts: &ThreadState) -> Value {
        Str::new(ts, self.name()).into_value()
    }
    #[getter("__qualname__")]
    fn get_qualname(&self, ts: &ThreadState) -> Result {
        match &self.receiver {
            Some(r) if r.downcast::<crate::module::Module>().is_none() => {
                let owner = match r.as_type() {
                    Some(t) => t.qualname.get(),
                    None => r.class(ts).qualname.get(),
                };
                Ok(Str::new(ts, &format!("{}.{}", owner.to_string_lossy(), self.name())).into_value())
            }
            _ => Ok(Str::new(ts, self.name()).into_value()),
        }
    }
    #[getter("__self__")]
    fn get_self(&self) -> Value {
        self.receiver.clone().unwrap_or_else(Value::none)
    }
    #[getter("__module__")]
    fn get_module(&self) -> Value {
        self.module.get().unwrap_or_else(Value::none)
    }
    #[setter("__module__")]
    fn set_module(&self, v: Option<&Value>) -> Result<()> {
        self.module.set(v.cloned());
        Ok(())
    }
    #[getter("__doc__")]
    fn get_doc(&self, ts: &ThreadState) -> Value {
        match self.target {
            Target::Def(d) => doc_of(ts, d.doc),
            Target::New => Str::new(ts, "Create and return a new object.  See help(type) for accurate signature.").into_value(),
        }
    }
    #[getter("__text_signature__")]
    fn get_text_signature(&self, ts: &ThreadState) -> Value {
        match self.target {
            Target::Def(d) => signature_of(ts, d.text_signature),
            Target::New => Str::new(ts, "($type, *args, **kwargs)").into_value(),
        }
    }
    #[method("__reduce__($self, /)")]
    fn reduce(&self, ts: &ThreadState) -> Result {
        match &self.receiver {
            Some(r) if r.downcast::<crate::module::Module>().is_none() => {
                let getattr = crate::thread_builtins(ts, "getattr")?;
                let name = Str::new(ts, self.name()).into_value();
                let args = crate::tuple::Tuple::new(ts, vec![r.clone(), name]).into_value();
                Ok(crate::tuple::Tuple::new(ts, vec![getattr, args]).into_value())
            }
            _ => Ok(Str::new(ts, self.name()).into_value()),
        }
    }
}

#[class(name = "method_descriptor", no_new, final, method_descriptor)]
impl MethodDescriptor {
    #[slot(call)]
    fn call(&self, ts: &ThreadState, args: Args<'_>) -> Result {
        (self.def.func)(ts, args)
    }
    #[slot(descr_get)]
    fn get(ts: &ThreadState, slf: &Value, obj: Option<&Value>, _ty: Option<&Value>) -> Result {
        // SAFETY: the slot is called with instances of the type.
        let d: &MethodDescriptor = unsafe { slf.payload_unchecked() };
        match obj {
            None => Ok(slf.clone()),
            Some(o) => {
                if !o.class(ts).is_subtype(&d.owner) {
                    return Err(super::wrong_object(ts, d.def.name, &d.owner, o));
                }
                Ok(bind(ts, d.def, o))
            }
        }
    }
    #[slot(repr)]
    fn repr(&self, ts: &ThreadState) -> Result {
        Ok(Str::new(ts, &format!("<method '{}' of '{}' objects>", self.def.name, self.owner.name())).into_value())
    }
    #[getter("__name__")]
    fn get_name(&self, ts: &ThreadState) -> Value {
        Str::new(ts, self.def.name).into_value()
    }
    #[getter("__qualname__")]
    fn get_qualname(&self, ts: &ThreadState) -> Value {
        Str::new(ts, &format!("{}.{}", self.owner.qualname.get().to_string_lossy(), self.def.name)).into_value()
    }
    #[getter("__objclass__")]
    fn get_objclass(&self) -> Value {
        self.owner.as_value().clone()
    }
    #[getter("__doc__")]
    fn get_doc(&self, ts: &ThreadState) -> Value {
        doc_of(ts, self.def.doc)
    }
    #[getter("__text_signature__")]
    fn get_text_signature(&self, ts: &ThreadState) -> Value {
        signature_of(ts, self.def.text_signature)
    }
    #[method("__reduce__($self, /)")]
    fn reduce(&self, ts: &ThreadState) -> Result {
        reduce_attribute(ts, &self.owner, self.def.name)
    }
}

/// `getattr(owner, name)` for pickles.
pub(super) fn reduce_attribute(ts: &ThreadState, owner: &Ref<Type>, name: &str) -> Result {
    let getattr = crate::thread_builtins(ts, "getattr")?;
    let args = crate::tuple::Tuple::new(ts, vec![owner.as_value().clone(), Str::new(ts, name).into_value()]).into_value();
    Ok(crate::tuple::Tuple::new(ts, vec![getattr, args]).into_value())
}

#[class(name = "classmethod_descriptor", no_new, final)]
impl ClassMethodDescriptor {
    #[slot(call)]
    fn call(&self, ts: &ThreadState, args: Args<'_>) -> Result {
        let Some(cls) = args.positional.first() else {
            return Err(ts.type_error(format!("descriptor '{}' of '{}' object needs an argument", self.def.name, self.owner.name())));
        };
        let Some(c) = cls.as_type() else {
            return Err(ts.type_error(format!("descriptor '{}' requires a type but received a '{}' instance", self.def.name, cls.type_name(ts))));
        };
        if !c.is_subtype(&self.owner) {
            return Err(ts.type_error(format!("descriptor '{}' requires a subtype of '{}' but received '{}'", self.def.name, self.owner.name(), c.name())));
        }
        (self.def.func)(ts, args)
    }
    #[slot(descr_get)]
    fn get(&self, ts: &ThreadState, obj: Option<&Value>, ty: Option<&Value>) -> Result {
        let cls = match (ty, obj) {
            (Some(t), _) => t.clone(),
            (None, Some(o)) => o.class(ts).to_value(),
            (None, None) => return Err(ts.type_error("descriptor needs an object or a type")),
        };
        let Some(c) = cls.as_type() else {
            return Err(ts.type_error(format!("descriptor '{}' for type '{}' needs a type, not a '{}' as arg 2", self.def.name, self.owner.name(), cls.type_name(ts))));
        };
        if !c.is_subtype(&self.owner) {
            return Err(ts.type_error(format!("descriptor '{}' requires a subtype of '{}' but received '{}'", self.def.name, self.owner.name(), c.name())));
        }
        Ok(bind(ts, self.def, &cls))
    }
    #[slot(repr)]
    fn repr(&self, ts: &ThreadState) -> Result {
        Ok(Str::new(ts, &format!("<method '{}' of '{}' objects>", self.def.name, self.owner.name())).into_value())
    }
    #[getter("__name__")]
    fn get_name(&self, ts: &ThreadState) -> Value {
        Str::new(ts, self.def.name).into_value()
    }
    #[getter("__qualname__")]
    fn get_qualname(&self, ts: &ThreadState) -> Value {
        Str::new(ts, &format!("{}.{}", self.owner.qualname.get().to_string_lossy(), self.def.name)).into_value()
    }
    #[getter("__objclass__")]
    fn get_objclass(&self) -> Value {
        self.owner.as_value().clone()
    }
    #[getter("__doc__")]
    fn get_doc(&self, ts: &ThreadState) -> Value {
        doc_of(ts, self.def.doc)
    }
    #[getter("__text_signature__")]
    fn get_text_signature(&self, ts: &ThreadState) -> Value {
        signature_of(ts, self.def.text_signature)
    }
}
