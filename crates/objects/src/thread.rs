//! The state of a thread and of its interpreter. Nothing mutable is shared between interpreters; a
//! thread reaches its interpreter's state while it holds the interpreter's lock.

use crate::heap::gc::Containers;
use crate::heap::{GilCell, Header};
use crate::names::Names;
use crate::native::Args;
use crate::shape::{Shape, Shapes};
use crate::typeobject::{MethodCache, Type};
use crate::value::{Result, Value};
use std::any::{Any, TypeId};
use std::cell::{Cell, RefCell};
use rustc_hash::FxHashMap as HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Bits of the eval breaker: reasons to leave the fast path at the next poll.
pub mod breaker {
    pub const SIGNALS: u32 = 1;
    pub const FINALIZERS: u32 = 2;
    pub const COLLECT: u32 = 4;
    /// Another thread waits for the interpreter's lock.
    pub const GIL: u32 = 8;
    /// An exception was sent to this thread (`PyThreadState_SetAsyncExc`).
    pub const ASYNC_EXCEPTION: u32 = 16;
    /// Pending calls were scheduled.
    pub const PENDING_CALLS: u32 = 32;
}

pub struct ThreadState {
    interp: *const Interp,
    /// Polled by the interpreter at backward jumps and calls; other threads and signal handlers set bits.
    pub breaker: AtomicU32,
    /// The exception being raised.
    pub exception: GilCell<Option<Value>>,
    /// The stack of exceptions being handled; its last is what `sys.exception()` tells.
    pub handled: GilCell<Vec<Option<Value>>>,
    /// The innermost running frame.
    pub frame: Cell<*mut crate::frame::Frame>,
    /// The memory in which frames lie.
    pub frames: crate::frame::FrameStack,
    /// Below this stack address native recursion raises RecursionError.
    pub native_limit: Cell<usize>,
    pub releasing: Cell<bool>,
    pub trash: GilCell<Vec<*mut Header>>,
    pub finalizers: RefCell<Vec<Value>>,
    pub repr_active: RefCell<Vec<u64>>,
    pub ident: u64,
    /// The current `contextvars.Context`.
    pub context: GilCell<Option<Value>>,
    pub async_exception: GilCell<Option<Value>>,
    /// What `sys.settrace` and `sys.setprofile` have set.
    pub tracing: crate::monitoring::Tracing,
    /// Dead integers to make new ones of.
    pub spare_ints: crate::int::sum::Spares,
    /// Attributes of objects of several shapes.
    pub attributes: crate::attribute_cache::AttributeCache,
    pub extensions: RefCell<HashMap<TypeId, *mut dyn Any>>,
}

/// What the other crates supply.
#[derive(Clone, Copy, Default)]
pub struct Hooks {
    /// Runs a Python function (its frame and everything above it) to the end.
    pub call_function: Option<fn(&ThreadState, &Value, Args<'_>) -> Result<Value>>,
    /// Resumes a suspended generator with a value, or (`None`) raising the exception that is set, until it
    /// yields or returns: its state tells which.
    pub resume: Option<fn(&ThreadState, &crate::generator::Generator, Option<Value>) -> Result<Value>>,
    /// The next value of a generator, `None` at its end; a value that it returned goes with StopIteration. The
    /// caller has seen that it is not running.
    pub next: Option<fn(&ThreadState, &crate::generator::Generator) -> Result<Option<Value>>>,
    /// Runs a module's or class's body: a function without parameters, whose names live in a mapping.
    pub run_body: Option<fn(&ThreadState, &Value, &Value) -> Result<Value>>,
    /// `compile(source or AST, filename, mode, flags, dont_inherit, optimize, feature_version)` → code.
    pub compile: Option<fn(&ThreadState, CompileRequest<'_>) -> Result<Value>>,
    /// Makes a new thread's state ready to run Python code.
    pub enter_thread: Option<fn(&ThreadState)>,
    /// Runs the Python handlers of signals that have arrived (set by the module `_signal`).
    pub run_signal_handlers: Option<fn(&ThreadState) -> Result<()>>,
    /// Tells the audit hooks of an event; absent while there are none.
    pub audit: Option<fn(&ThreadState, &str, &[Value]) -> Result<()>>,
    /// Imports by dotted name: `__import__(name, globals, locals, fromlist, level)`.
    pub import: Option<fn(&ThreadState, &Value, &Value, &Value, &Value, i64) -> Result<Value>>,
    /// Is the callable one that stands for another, with arguments of its own (`functools.partial`)?
    pub expands: Option<fn(&ThreadState, &Value) -> bool>,
    /// The callable that such a one stands for, its arguments added to those given: positional ones, names and
    /// values of keywords. `None`: it must be called as it is, and nothing has changed.
    pub expand_call: Option<fn(&ThreadState, &Value, &mut Vec<Value>, &mut Vec<Value>, &mut Vec<Value>) -> Option<Value>>,
    /// Looks again at what is to be traced.
    pub tracing_changed: Option<fn(&ThreadState)>,
}

/// What `compile()` was asked for.
pub struct CompileRequest<'a> {
    pub source: &'a Value,
    pub filename: &'a Value,
    pub mode: &'a str,
    pub flags: u32,
    pub dont_inherit: bool,
    pub optimize: i32,
    pub feature_version: i32,
}

/// Settings that a command line or an embedder makes.
#[derive(Clone, Debug)]
pub struct Config {
    pub argv: Vec<String>,
    pub orig_argv: Vec<String>,
    pub executable: String,
    pub optimize: i32,
    pub bytes_warning: i32,
    pub dont_write_bytecode: bool,
    pub ignore_environment: bool,
    pub isolated: bool,
    /// What stands in `sys.path` before the library: the entries of `$PYTHONPATH`.
    pub search_path: Vec<String>,
    pub no_site: bool,
    pub no_user_site: bool,
    pub safe_path: bool,
    pub inspect: bool,
    pub faulthandler: bool,
    pub interactive: bool,
    pub quiet: bool,
    pub unbuffered: bool,
    pub verbose: i32,
    pub warn_options: Vec<String>,
    pub xoptions: Vec<(String, Option<String>)>,
    pub hash_seed: Option<u32>,
    pub dev_mode: bool,
    /// Code knows its lines, not its columns.
    pub no_debug_ranges: bool,
    pub utf8_mode: bool,
    pub int_max_str_digits: i32,
    pub engine: String,
    /// The engines that there are.
    pub engines: Vec<&'static str>,
    pub tailcalls: bool,
    /// How many elided calls are kept with their arguments.
    pub tail_trace: u32,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            argv: vec![String::new()],
            orig_argv: vec![],
            executable: String::new(),
            optimize: 0,
            bytes_warning: 0,
            dont_write_bytecode: false,
            ignore_environment: false,
            isolated: false,
            search_path: vec![],
            no_site: false,
            no_user_site: false,
            safe_path: false,
            inspect: false,
            faulthandler: false,
            interactive: false,
            quiet: false,
            unbuffered: false,
            verbose: 0,
            warn_options: vec![],
            xoptions: vec![],
            hash_seed: None,
            dev_mode: false,
            no_debug_ranges: false,
            utf8_mode: false,
            int_max_str_digits: 4300,
            engine: String::new(),
            engines: vec![],
            tailcalls: true,
            tail_trace: 0,
        }
    }
}

/// An interpreter: everything that its threads share under its lock.
pub struct Interp {
    pub gil: crate::gil::Gil,
    pub config: GilCell<Config>,
    pub hooks: GilCell<Hooks>,
    pub shapes: Shapes,
    /// Types by fixed shape id.
    pub builtin_types: Box<[Cell<*const Type>; crate::ids::FIRST_FREE as usize]>,
    /// Types of payloads without a fixed id, by the payload's place.
    pub types: GilCell<Vec<Option<Value>>>,
    pub method_cache: MethodCache,
    pub monitoring: crate::monitoring::Monitoring,
    pub next_type_version: Cell<u32>,
    pub containers: Containers,
    pub hash_key: (u64, u64),
    pub interned: crate::str::Interned,
    pub bytes_cache: crate::bytes::Cache,
    pub names: std::cell::OnceCell<Names>,
    pub exceptions: std::cell::OnceCell<crate::exceptions::ExceptionTypes>,
    pub builtins: std::cell::OnceCell<Value>,
    /// `all` and `any` as they were at the start.
    pub all_any: std::cell::OnceCell<[Value; 2]>,
    /// Where `__builtins__` and `__name__` stood in the globals that were searched last.
    pub builtins_place: Cell<usize>,
    pub name_place: Cell<usize>,
    pub sys_dict: std::cell::OnceCell<Value>,
    pub modules: GilCell<Option<Value>>,
    pub recursion_limit: Cell<u32>,
    pub signals_pending: AtomicBool,
    /// State of native modules and object families by Rust type: see [`Interp::extension`].
    pub extensions: RefCell<HashMap<TypeId, *mut dyn Any>>,
    pub threads: RefCell<Vec<*const ThreadState>>,
    pub next_thread_ident: Cell<u64>,
    pub main_ident: Cell<u64>,
    pub finalizing: Cell<bool>,
    /// The memory of dead objects. Last, because dropping the other fields may still free some.
    pub pools: crate::heap::pools::Pools,
}

fn extension_in<T: Default + 'static>(map: &RefCell<HashMap<TypeId, *mut dyn Any>>) -> &T {
    let found = map.borrow().get(&TypeId::of::<T>()).copied();
    let p = found.unwrap_or_else(|| {
        let p: *mut dyn Any = Box::into_raw(Box::new(T::default()));
        map.borrow_mut().insert(TypeId::of::<T>(), p);
        p
    });
    // SAFETY: entries are boxed, of the type they are filed under, and live as long as the map's owner.
    unsafe { &*(p as *mut T) }
}

impl Interp {
    pub fn new(config: Config) -> Box<Interp> {
        let hash_key = crate::str::hash_key(config.hash_seed);
        Box::new(Interp {
            gil: crate::gil::Gil::new(),
            config: GilCell::new(config),
            hooks: GilCell::default(),
            shapes: Shapes::new(),
            builtin_types: Box::new([const { Cell::new(std::ptr::null()) }; crate::ids::FIRST_FREE as usize]),
            types: GilCell::default(),
            pools: crate::heap::pools::Pools::new(),
            method_cache: MethodCache::new(),
            monitoring: Default::default(),
            next_type_version: Cell::new(1),
            containers: Containers::new(),
            hash_key,
            interned: crate::str::Interned::new(),
            bytes_cache: crate::bytes::Cache::default(),
            names: Default::default(),
            exceptions: Default::default(),
            builtins: Default::default(),
            all_any: Default::default(),
            builtins_place: Cell::new(0),
            name_place: Cell::new(0),
            sys_dict: Default::default(),
            modules: GilCell::default(),
            recursion_limit: Cell::new(1000),
            signals_pending: AtomicBool::new(false),
            extensions: RefCell::default(),
            threads: RefCell::default(),
            next_thread_ident: Cell::new(1),
            main_ident: Cell::new(0),
            finalizing: Cell::new(false),
        })
    }
    /// The interpreter's own `T`, made with `Default` when first asked for: where a native module or a
    /// family of objects keeps its state.
    pub fn extension<T: Default + 'static>(&self) -> &T {
        extension_in(&self.extensions)
    }
}

thread_local! {
    static CURRENT: Cell<*const ThreadState> = const { Cell::new(std::ptr::null()) };
}

/// The thread state that is current on this OS thread.
#[inline(always)]
pub fn current() -> &'static ThreadState {
    let p = CURRENT.get();
    debug_assert!(!p.is_null(), "no interpreter on this thread");
    // SAFETY: set by `ThreadState::enter`; values cannot outlive their interpreter.
    unsafe { &*p }
}

pub fn try_current() -> Option<&'static ThreadState> {
    let p = CURRENT.get();
    // SAFETY: as above.
    if p.is_null() { None } else { Some(unsafe { &*p }) }
}

/// The type of the objects of a shape.
#[inline(always)]
pub fn shape_type(id: u32) -> &'static Type {
    shape(id).ty()
}

#[inline(always)]
pub fn shape(id: u32) -> &'static Shape {
    current().interp().shapes.get(id)
}

impl ThreadState {
    /// A state for the calling OS thread, whose stack may be used down to `native_limit`.
    pub fn new(interp: &Interp, native_limit: usize) -> Box<ThreadState> {
        let ident = interp.next_thread_ident.get();
        interp.next_thread_ident.set(ident + 1);
        let ts = Box::new(ThreadState {
            interp,
            breaker: AtomicU32::new(0),
            exception: GilCell::default(),
            handled: GilCell::default(),
            frame: Cell::new(std::ptr::null_mut()),
            frames: crate::frame::FrameStack::new(interp.recursion_limit.get()),
            native_limit: Cell::new(native_limit),
            releasing: Cell::new(false),
            trash: GilCell::default(),
            finalizers: RefCell::default(),
            repr_active: RefCell::default(),
            ident,
            context: GilCell::default(),
            async_exception: GilCell::default(),
            tracing: Default::default(),
            spare_ints: Default::default(),
            attributes: Default::default(),
            extensions: RefCell::default(),
        });
        interp.threads.borrow_mut().push(&*ts);
        ts
    }
    /// Makes this state the calling OS thread's current one; returns the one before.
    pub fn enter(&self) -> *const ThreadState {
        CURRENT.replace(self)
    }
    /// Undoes [`ThreadState::enter`].
    pub fn leave(previous: *const ThreadState) {
        CURRENT.set(previous)
    }
    #[inline(always)]
    pub fn interp(&self) -> &'static Interp {
        // SAFETY: an interpreter outlives its threads' states.
        unsafe { &*self.interp }
    }
    /// The interned names that the core uses: `ts.names().__init__`.
    #[inline(always)]
    pub fn names(&self) -> &'static Names {
        self.interp().names.get().expect("names are made first")
    }
    /// Nothing more is to be reported in this thread.
    pub fn stop_tracing(&self) {
        let (trace, profile) = (self.tracing.trace.take(), self.tracing.profile.take());
        crate::monitoring::changed(self);
        drop((trace, profile));
    }
    /// This thread's own `T`: see [`Interp::extension`].
    pub fn extension<T: Default + 'static>(&self) -> &T {
        extension_in(&self.extensions)
    }
    #[inline(always)]
    pub fn request(&self, bits: u32) {
        self.breaker.fetch_or(bits, Ordering::Release);
    }
    pub fn clear_request(&self, bits: u32) {
        self.breaker.fetch_and(!bits, Ordering::AcqRel);
    }
    pub fn request_finalizers(&self) {
        self.request(breaker::FINALIZERS)
    }
    /// Errors when the native stack is nearly used up; `what`: "" or " while …", as CPython words it.
    #[inline]
    pub fn recursion_guard(&self, what: &str) -> Result<()> {
        let here = 0u8;
        if (&raw const here as usize) < self.native_limit.get() {
            return Err(self.native_overflow(what));
        }
        Ok(())
    }
    #[cold]
    fn native_overflow(&self, what: &str) -> crate::value::Raised {
        self.recursion_error(format!("maximum recursion depth exceeded{what}"))
    }
}
