//! How native functions, classes and modules are declared.
//!
//! A declaration gives CPython's signature text; the macros make of it the argument binding with CPython's
//! error messages, the `__text_signature__`, and the fast forms that the interpreter calls without building
//! an argument list. The Rust function receives converted arguments and returns a Rust value.
//!
//! # A class
//!
//! ```ignore
//! use taipan_objects::native::*;
//! use taipan_objects::heap::new_with_type;
//! use taipan_objects::{GilCell, Payload, Ref, Result, ThreadState, Value, payload};
//! use taipan_objects::typeobject::Type;
//!
//! pub struct Stack {
//!     items: GilCell<Vec<Value>>,
//! }
//! payload!(Stack, container, traverse = |s, visit| s.items.read(|i| i.iter().for_each(visit)));
//!
//! /// A pile of objects.                    // the doc comment of the block is the class's __doc__
//! #[class(name = "Stack", module = "piles", parts(Self::EXTRAS))]
//! impl Stack {
//!     #[new("(items=(), /, *, limit=None)")] // `cls` first: `&Value` or `&Type`
//!     fn new(cls: &Type, ts: &ThreadState, items: &Value, limit: Option<usize>) -> Result<Ref<Stack>> {
//!         let stack = new_with_type(ts, cls, Stack { items: GilCell::default() });
//!         …
//!         Ok(stack)
//!     }
//!
//!     /// Put an object on top.             // the method's __doc__
//!     #[method("push($self, object, /)")]    // METH_O: "Stack.push() takes exactly one argument (0 given)"
//!     fn push(&self, object: Value) {        // returns None
//!         self.items.write(|i| i.push(object))
//!     }
//!
//!     #[method("pop($self, index=-1, /)")]   // the default becomes the Rust literal -1
//!     fn pop(&self, ts: &ThreadState, index: isize) -> Result<Value> {
//!         self.items.write(|i| i.pop()).ok_or_else(|| ts.index_error("pop from empty stack"))
//!     }
//!
//!     #[method("find($self, /, value, *, key=None)")]  // keywords; `Option` takes None as absent
//!     fn find(&self, ts: &ThreadState, value: &Value, key: Option<&Value>) -> Result<Option<usize>> { … }
//!
//!     #[method("extend($self, /, *iterables, **options)")]
//!     fn extend(slf: &Value, ts: &ThreadState, iterables: &[Value], options: Kwargs<'_>) -> Result<()> { … }
//!
//!     #[classmethod("of($type, item, /)")]
//!     fn of(cls: &Value, ts: &ThreadState, item: Value) -> Result<Value> { … }
//!
//!     #[staticmethod("limit(kind=<unrepresentable>, /)")]   // `Option`: only absence is `None`
//!     fn limit(kind: Option<&Value>) -> i64 { 10 }
//!
//!     /// The topmost object.
//!     #[getter]                             // #[getter("name")] where the names differ
//!     fn top(&self) -> Option<Value> { … }
//!     #[setter]                             // set_top sets `top`; `None` deletes
//!     fn set_top(&self, ts: &ThreadState, value: Option<&Value>) -> Result<()> { … }
//!
//!     #[slot(len)]                          // `&self`, then `ts` if wanted, then the slot's arguments
//!     fn len(&self) -> usize { self.items.read(|i| i.len()) }
//!     #[slot(repr)]
//!     fn repr(&self, ts: &ThreadState) -> Result<String> { … }
//!     #[slot(add)]                          // operators: either operand may be the Stack
//!     fn add(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> { … }
//! }
//!
//! // In another file:
//! #[methods(part = EXTRAS)]
//! impl Stack {
//!     #[method("clear($self, /)", alias = "reset")]
//!     fn clear(&self) { self.items.write(|i| i.clear()) }
//! }
//! ```
//!
//! Further options of `#[class]`: `base = Path` (a payload type; `object` when left out), `doc = "…"`,
//! `final` (no subclasses), `no_new` (no instances from Python), `sequence`, `mapping`, `match_self`
//! (pattern matching), `method_descriptor` (bound without an intermediate object), `dict`, `weakref` (instances have `__dict__`, can be weakly referenced), `mutable`
//! (attributes of the class can be set), `fill = function` (adds other class attributes:
//! `fn(&ThreadState, &ClassDict) -> Result<()>`), `check = function` (`fn(&Value) -> bool`, for classes
//! whose instances may be immediate words; their methods take `slf: &Value`). Several `#[method]`s on one
//! function declare it several times. `#[getter(member)]` makes a `member_descriptor`.
//!
//! # A module
//!
//! ```ignore
//! #[functions(module = "piles")]           // the module's name, for messages
//! pub mod functions {
//!     use super::*;
//!     /// Return the height.
//!     #[function("height(x, /)")]           // `$module` is understood
//!     fn height(x: f64) -> f64 { x }
//!     #[function("build(name, level=DEFAULT_LEVEL, *, flags=0)")]
//!     fn build(ts: &ThreadState, name: &Str, #[default(6)] level: i32, flags: u32) -> Result<()> { … }
//! }
//!
//! pub static MODULE: ModuleDef = ModuleDef {
//!     name: "piles",
//!     doc: "Piles of things.",
//!     functions: &[functions::FUNCTIONS],
//!     init: Some(|ts, dict| {
//!         dict.set_name(ts, "Stack", Stack::class(ts).into_value());
//!         Ok(())
//!     }),
//! };
//! ```
//!
//! # Parameters and results
//!
//! Parameters may be `Value`, `&Value`, `&T`, `&Ref<T>` or `Ref<T>` for any native class `T`, `bool` (truth),
//! `f64`, the integers (through `__index__`), `&str`, `String` (text without lone surrogates),
//! [`CodePoint`], or an `Option` of these; `&[Value]` for `*args`, [`Kwargs`] for `**kwargs`. Other
//! types implement [`FromArg`]. `ts: &ThreadState` may stand anywhere or be left out. A default that is
//! no literal needs an `Option` or `#[default(expr)]` before the parameter. Results are whatever
//! implements [`IntoReturn`]: nothing, values, numbers, text, `Vec<Value>` (a list), tuples, and `Option` and
//! `Result` of them. `no_signature` after the signature text says that CPython has none to show.

mod args;
mod convert;
mod def;
mod suggest;

pub use args::{Args, Kwargs, Param, ParamDefault, ParamKind, Signature, bind};
pub use convert::{
    ArgCx, ArgHow, CodePoint, FromArg, IntoNext, IntoReturn, IntoSlot, bad_argument, default_bytes, default_float,
    default_int, default_str, default_tuple, optional_arg, unbound_argument,
};
pub use def::{
    ClassDef, ClassDict, ClassPart, ClassRef, DefKind, Fast0, Fast1, Fast2, Fast3, GetSetDef, ModuleDef, NativeDef,
    NativeFn, check_receiver, default_base, init_arguments, new_arguments, receiver, split_receiver,
};
pub use suggest::suggestion;
pub use taipan_macros::{class, functions, methods};
