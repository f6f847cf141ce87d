//! The tables that describe native functions, classes and modules, and the checks that every generated
//! wrapper makes of its receiver.

use super::args::{Args, Signature};
use crate::dict::Dict;
use crate::heap::{Payload, Ref};
use crate::slots::Slots;
use crate::thread::ThreadState;
use crate::typeobject::Type;
use crate::value::{Raised, Result, Value};

/// How every native callable can be called; for methods the receiver is `positional[0]`.
pub type NativeFn = fn(&ThreadState, Args<'_>) -> Result<Value>;
pub type Fast0 = fn(&ThreadState) -> Result<Value>;
pub type Fast1 = fn(&ThreadState, &Value) -> Result<Value>;
pub type Fast2 = fn(&ThreadState, &Value, &Value) -> Result<Value>;
pub type Fast3 = fn(&ThreadState, &Value, &Value, &Value) -> Result<Value>;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DefKind {
    Function,
    Method,
    ClassMethod,
    StaticMethod,
}

/// A native function or method.
pub struct NativeDef {
    pub name: &'static str,
    pub doc: &'static str,
    /// "($self, object, /)", or "" where CPython has none.
    pub text_signature: &'static str,
    pub func: NativeFn,
    pub kind: DefKind,
    pub sig: &'static Signature,
    /// Forms for calls with exactly so many positional arguments, the receiver included.
    pub fast0: Option<Fast0>,
    pub fast1: Option<Fast1>,
    pub fast2: Option<Fast2>,
    pub fast3: Option<Fast3>,
}

/// An attribute that is computed by native code.
pub struct GetSetDef {
    pub name: &'static str,
    pub doc: &'static str,
    pub get: Option<fn(&ThreadState, &Value) -> Result<Value>>,
    /// Sets, or deletes when the value is `None`.
    pub set: Option<fn(&ThreadState, &Value, Option<&Value>) -> Result<()>>,
    /// Shows itself as a `member_descriptor`, as CPython's plain fields do.
    pub member: bool,
}

/// What one impl block contributes to its class.
pub struct ClassPart {
    pub methods: &'static [NativeDef],
    pub getsets: &'static [GetSetDef],
    pub fill_slots: fn(&mut Slots),
}

pub type ClassRef = Ref<Type>;
pub type ClassDict = Dict;

/// A native class: implemented by `#[class]`.
pub trait ClassDef: Payload {
    /// `__name__`
    const NAME: &'static str;
    /// `__module__`
    const MODULE: &'static str;
    /// As error messages name it: "collections.deque", "list".
    const TYPE_NAME: &'static str;
    const DOC: &'static str;
    /// The constructor's signature, or "".
    const TEXT_SIGNATURE: &'static str;
    /// Bits of [`crate::typeobject::flags`].
    const FLAGS: u64;
    const HAS_DICT: bool;
    const HAS_WEAKREF: bool;
    /// Instances may be immediate words without a payload (`int`, `float`).
    const INLINE: bool = false;

    fn base(ts: &ThreadState) -> Option<ClassRef>;
    /// What the impl blocks contribute, the declaring one first.
    fn parts() -> &'static [&'static ClassPart];
    /// Is `v` an instance of the class or of a subclass?
    #[inline]
    fn is_instance(v: &Value) -> bool {
        v.downcast::<Self>().is_some()
    }
    /// Adds attributes that are neither methods nor computed ones.
    fn fill(_ts: &ThreadState, _dict: &ClassDict) -> Result<()> {
        Ok(())
    }
    fn fill_slots(slots: &mut Slots) {
        for part in Self::parts() {
            (part.fill_slots)(slots);
        }
    }
    fn all_methods() -> Vec<&'static NativeDef> {
        Self::parts().iter().flat_map(|p| p.methods).collect()
    }
    fn all_getsets() -> Vec<&'static GetSetDef> {
        Self::parts().iter().flat_map(|p| p.getsets).collect()
    }
}

/// A native module. Written by hand: see the example in [`crate::native`].
pub struct ModuleDef {
    pub name: &'static str,
    pub doc: &'static str,
    pub functions: &'static [&'static [NativeDef]],
    /// Adds what is not a function: constants, classes.
    pub init: Option<fn(&ThreadState, &Dict) -> Result<()>>,
}

/// `object`, for every class but itself.
pub fn default_base<T: ClassDef>(ts: &ThreadState) -> Option<ClassRef> {
    (T::FIXED_ID != crate::ids::OBJECT).then(|| crate::typeobject::builtin(ts, crate::ids::OBJECT).to_ref())
}

/// The receiver of a method, and the other arguments.
#[inline(always)]
pub fn split_receiver<'a>(ts: &ThreadState, sig: &'static Signature, args: Args<'a>) -> Result<(&'a Value, Args<'a>)> {
    match args.positional.split_first() {
        Some((slf, positional)) => Ok((slf, Args { positional, ..args })),
        None => Err(no_receiver(ts, sig)),
    }
}

#[cold]
#[inline(never)]
fn no_receiver(ts: &ThreadState, sig: &'static Signature) -> Raised {
    ts.type_error(format!("unbound method {}() needs an argument", sig.full_name()))
}

/// The receiver as a `T`.
#[inline(always)]
pub fn receiver<'a, T: ClassDef>(ts: &ThreadState, slf: &'a Value, name: &str) -> Result<&'a T> {
    const { assert!(!T::INLINE, "instances of this class may be immediate words: take `slf: &Value`") };
    match slf.downcast::<T>() {
        Some(t) => Ok(t),
        None => Err(wrong_receiver(ts, slf, name, T::TYPE_NAME)),
    }
}

/// Checks that the receiver is an instance of the class.
#[inline(always)]
pub fn check_receiver<T: ClassDef>(ts: &ThreadState, slf: &Value, name: &str) -> Result<()> {
    if T::is_instance(slf) { Ok(()) } else { Err(wrong_receiver(ts, slf, name, T::TYPE_NAME)) }
}

#[cold]
#[inline(never)]
fn wrong_receiver(ts: &ThreadState, slf: &Value, name: &str, class: &str) -> Raised {
    let given = slf.type_name(ts);
    ts.type_error(format!("descriptor '{name}' for '{class}' objects doesn't apply to a '{given}' object"))
}

/// The arguments that `__new__` looks at. A subclass with an `__init__` of its own may be called with
/// keywords that are meant for that one only.
#[inline]
pub fn new_arguments<'a, T: ClassDef>(
    ts: &ThreadState,
    sig: &'static Signature,
    cls: &Value,
    args: Args<'a>,
) -> Result<Args<'a>> {
    let ignores_keywords = args.has_keywords() && !sig.accepts_keywords();
    let ignores_all = sig.params.is_empty() && !args.is_empty();
    if !ignores_keywords && !ignores_all {
        return Ok(args);
    }
    let own = T::class(ts);
    let same = |a: &Type| match (a.slots().init, own.slots().init) {
        (Some(a), Some(b)) => a as usize == b as usize,
        (None, None) => true,
        _ => false,
    };
    match cls.as_type() {
        Some(cls) if !cls.is(&own) && !same(cls) => Ok(if ignores_all { Args::EMPTY } else { args.without_keywords() }),
        _ => Ok(args),
    }
}

/// The arguments that `__init__` looks at: as [`new_arguments`], with the roles exchanged.
#[inline]
pub fn init_arguments<'a, T: ClassDef>(
    ts: &ThreadState,
    sig: &'static Signature,
    slf: &Value,
    args: Args<'a>,
) -> Result<Args<'a>> {
    let ignores_keywords = args.has_keywords() && !sig.accepts_keywords();
    let ignores_all = sig.params.is_empty() && !args.is_empty();
    if !ignores_keywords && !ignores_all {
        return Ok(args);
    }
    let own = T::class(ts);
    let cls = slf.class(ts);
    let same = match (cls.slots().new, own.slots().new) {
        (Some(a), Some(b)) => a as usize == b as usize,
        (None, None) => true,
        _ => false,
    };
    if cls.is(&own) || same {
        return Ok(args);
    }
    Ok(if ignores_all { Args::EMPTY } else { args.without_keywords() })
}
