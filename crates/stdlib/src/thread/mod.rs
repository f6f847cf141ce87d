//! The module `_thread`: threads of the operating system that share the interpreter's lock.

pub mod futex;
pub mod handle;
pub mod local;
pub mod lock;

use crate::host::c;
use crate::prelude::*;
use handle::{ThreadHandle, Threads};
use std::ffi::CString;
use taipan_objects::structseq::{Field, StructSeq};

pub use handle::after_fork_child;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_thread",
    doc: "This module provides primitive operations to write multi-threaded programs.\nThe 'threading' module provides a more convenient interface.",
    functions: &[functions::FUNCTIONS],
    init: Some(init),
};

pub static EXCEPT_HOOK_ARGS: StructSeq = StructSeq {
    name: "_thread._ExceptHookArgs",
    doc: "ExceptHookArgs\n\nType used to pass arguments to threading.excepthook.",
    fields: &[
        Field::new("exc_type", "Exception type"),
        Field::new("exc_value", "Exception value"),
        Field::new("exc_traceback", "Exception traceback"),
        Field::new("thread", "Thread"),
    ],
    sequence: 4,
    no_new: false,
    fill: None,
};

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    let lock = lock::Lock::class(ts).into_value();
    dict.set_name(ts, "lock", lock.clone());
    dict.set_name(ts, "LockType", lock);
    dict.set_name(ts, "RLock", lock::RLock::class(ts).into_value());
    dict.set_name(ts, "_local", local::Local::class(ts).into_value());
    dict.set_name(ts, "_ThreadHandle", ThreadHandle::class(ts).into_value());
    dict.set_name(ts, "_ExceptHookArgs", EXCEPT_HOOK_ARGS.class(ts).into_value());
    dict.set_name(ts, "error", exceptions(ts).runtime_error.as_value().clone());
    dict.set_name(ts, "TIMEOUT_MAX", float_value(ts, lock::TIMEOUT_MAX));
    dict.set_name(ts, "_NAME_MAXLEN", int_value(ts, 15));
    Ok(())
}

/// Threads other than the main one.
pub fn count(ts: &ThreadState) -> usize {
    ts.interp().extension::<Threads>().count.get() + 1
}

/// The identity (as `get_ident` tells it) of the main thread; noted when the module is first used.
#[derive(Default)]
struct MainThread(std::cell::OnceCell<u64>);

fn start_new(ts: &ThreadState, function: &Value, args: &Value, kwargs: Option<&Value>) -> Result<u64> {
    if !is_callable(ts, function) {
        return Err(ts.type_error("first arg must be callable"));
    }
    if args.downcast::<Tuple>().is_none() {
        return Err(ts.type_error("2nd arg must be a tuple"));
    }
    if kwargs.is_some_and(|k| k.downcast::<Dict>().is_none()) {
        return Err(ts.type_error("optional 3rd arg must be a dictionary"));
    }
    audit(ts, "_thread.start_new_thread", &[function.clone(), args.clone(), kwargs.cloned().unwrap_or(Value::none())])?;
    handle::start(ts, function, args, kwargs, None, true)
}

fn exit_thread(ts: &ThreadState) -> Raised {
    ts.raise_args(&exceptions(ts).system_exit, vec![])
}

#[functions(module = "_thread")]
pub mod functions {
    use super::*;

    /// Start a new thread and return its identifier.
    ///
    /// The thread will call the function with positional arguments from the
    /// tuple args and keyword arguments taken from the optional dictionary
    /// kwargs.  The thread exits when the function returns; the return value
    /// is ignored.  The thread will also exit when the function raises an
    /// unhandled exception; a stack trace will be printed unless the exception
    /// is SystemExit.
    #[function("start_new_thread(function, args, kwargs=<unrepresentable>, /)", alias = "start_new")]
    fn start_new_thread(ts: &ThreadState, function: &Value, args: &Value, kwargs: Option<&Value>) -> Result<u64> {
        start_new(ts, function, args, kwargs)
    }
    /// *For internal use only*: start a new thread.
    ///
    /// Like start_new_thread(), this starts a new thread calling the given function.
    /// Unlike start_new_thread(), this returns a handle object with methods to join
    /// or detach the given thread.
    /// This function is not for third-party code, please use the
    /// `threading` module instead. During finalization the runtime will not wait for
    /// the thread to exit if daemon is True. If handle is provided it must be a
    /// newly created thread._ThreadHandle instance.
    #[function("start_joinable_thread(function, handle=None, daemon=True)")]
    fn start_joinable_thread(ts: &ThreadState, function: &Value, handle: Option<&Value>, daemon: bool) -> Result {
        if !is_callable(ts, function) {
            return Err(ts.type_error("thread function must be callable"));
        }
        let handle = match handle {
            Some(v) if !v.is_none() => {
                if v.downcast::<ThreadHandle>().is_none() {
                    return Err(ts.type_error("'handle' must be a _ThreadHandle"));
                }
                v.clone()
            }
            _ => heap::new(ts, ThreadHandle { state: Default::default() }).into_value(),
        };
        audit(ts, "_thread.start_joinable_thread", &[function.clone(), Value::bool(daemon), handle.clone()])?;
        if let Some(h) = handle.downcast::<ThreadHandle>() {
            let none = Tuple::empty(ts).into_value();
            super::handle::start(ts, function, &none, None, Some(&h.state), daemon)?;
        }
        Ok(handle)
    }
    /// Internal only. Make a thread handle for threads not spawned
    /// by the _thread or threading module.
    #[function("_make_thread_handle(ident, /)")]
    fn make_thread_handle(ts: &ThreadState, ident: u64) -> Value {
        handle::handle_for(ts, ident)
    }
    /// Return True if daemon threads are allowed in the current interpreter,
    /// and False otherwise.
    #[function("daemon_threads_allowed()")]
    fn daemon_threads_allowed() -> bool {
        true
    }
    /// Create a new lock object. See help(type(threading.Lock())) for
    /// information about locks.
    #[function("allocate_lock()", alias = "allocate")]
    fn allocate_lock(ts: &ThreadState) -> Ref<lock::Lock> {
        heap::new(ts, lock::Lock::fresh())
    }
    /// This is synonymous to ``raise SystemExit''.  It will cause the current
    /// thread to exit silently unless the exception is caught.
    #[function("exit()", alias = "exit_thread")]
    fn exit(ts: &ThreadState) -> Result<()> {
        Err(super::exit_thread(ts))
    }
    /// Simulate the arrival of the given signal in the main thread,
    /// where the corresponding signal handler will be executed.
    /// If *signum* is omitted, SIGINT is assumed.
    /// A subthread can use this function to interrupt the main thread.
    ///
    /// Note: the default signal handler for SIGINT raises ``KeyboardInterrupt``.
    #[function("interrupt_main(signum=2, /)")]
    fn interrupt_main(ts: &ThreadState, signum: i32) -> Result<()> {
        crate::signal::functions::simulate(ts, signum)?;
        ts.check_signals()
    }
    /// Return a non-zero integer that uniquely identifies the current thread
    /// amongst other threads that exist simultaneously.
    #[function("get_ident()")]
    fn get_ident() -> u64 {
        lock::get_ident()
    }
    /// Return a non-negative integer identifying the thread as reported
    /// by the OS (kernel).
    #[function("get_native_id()")]
    fn get_native_id() -> i64 {
        c!(syscall(libc::SYS_gettid))
    }
    /// Return the number of currently running Python threads, excluding
    /// the main thread.
    #[function("_count()")]
    fn count(ts: &ThreadState) -> usize {
        ts.interp().extension::<Threads>().count.get()
    }
    /// Return the thread stack size used when creating new threads.
    #[function("stack_size(size=0, /)")]
    fn stack_size(ts: &ThreadState, size: isize) -> Result<usize> {
        if size != 0 && size < 53248 {
            return Err(ts.value_error("size must be at least 53248 bytes"));
        }
        Ok(ts.interp().extension::<Threads>().stack_size.replace(size as usize))
    }
    /// Handle uncaught Thread.run() exception.
    #[function("_excepthook(args, /)")]
    fn excepthook(ts: &ThreadState, args: &Value) -> Result<()> {
        let of_kind = args.class(ts).to_value().is(EXCEPT_HOOK_ARGS.class(ts).as_value());
        let items = args.downcast::<Tuple>().filter(|_| of_kind).map(|t| t.items()).unwrap_or(&[]);
        let [class, value, traceback, thread] = items else {
            return Err(ts.type_error("_thread._excepthook argument type must be ExceptHookArgs"));
        };
        if class.is(exceptions(ts).system_exit.as_value()) {
            return Ok(());
        }
        let mut file = taipan_objects::module::sys_get(ts, "stderr").filter(|f| !f.is_none());
        if file.is_none() && !thread.is_none() {
            file = protocol::getattr_opt_name(ts, thread, "_stderr")?.filter(|f| !f.is_none());
        }
        let Some(file) = file else { return Ok(()) };
        let name = if thread.is_none() { None } else { protocol::getattr_opt_name(ts, thread, "_name")? };
        let name = match name {
            Some(n) => protocol::str_(ts, &n)?.to_string_lossy().into_owned(),
            None => lock::get_ident().to_string(),
        };
        protocol::call_method(ts, &file, "write", &[str_value(ts, &format!("Exception in thread {name}:\n"))])?;
        let module = taipan_objects::module::import(ts, "traceback")?;
        let print = protocol::getattr_name(ts, &module, "print_exception")?;
        let names = [Str::intern(ts, "file").into_value()];
        let positional = [class.clone(), value.clone(), traceback.clone()];
        protocol::call_args(ts, &print, Args::with_keywords(&positional, &names, std::slice::from_ref(&file)))?;
        protocol::call_method(ts, &file, "flush", &[])?;
        Ok(())
    }
    /// Return True if the current interpreter is the main Python interpreter.
    #[function("_is_main_interpreter()")]
    fn is_main_interpreter() -> bool {
        true
    }
    /// Wait for all non-daemon threads (other than the calling thread) to stop.
    #[function("_shutdown()")]
    fn shutdown(ts: &ThreadState) -> Result<()> {
        handle::shutdown(ts)
    }
    /// Internal only. Return the ident of the main thread.
    #[function("_get_main_thread_ident()")]
    fn get_main_thread_ident(ts: &ThreadState) -> u64 {
        *ts.interp().extension::<MainThread>().0.get_or_init(lock::get_ident)
    }
    /// Set the name of the current thread.
    #[function("set_name(name)")]
    fn set_name(ts: &ThreadState, name: &Str) -> Result<()> {
        let text = name.to_string_lossy();
        // Cut within a character, if need be, as the system would; its name ends at a zero, too.
        let n = text.len().min(15);
        let n = text.as_bytes()[..n].iter().position(|&b| b == 0).unwrap_or(n);
        let short = CString::new(&text.as_bytes()[..n]).unwrap_or_default();
        let me = c!(pthread_self());
        let r = c!(pthread_setname_np(me, short.as_ptr()));
        if r == 0 { Ok(()) } else { Err(crate::host::Errno(r).raise(ts)) }
    }
    #[function("_get_name()")]
    fn get_name(ts: &ThreadState) -> Result {
        let mut buf = [0u8; 64];
        let me = c!(pthread_self());
        let r = c!(pthread_getname_np(me, buf.as_mut_ptr().cast(), buf.len()));
        if r != 0 {
            return Err(crate::host::Errno(r).raise(ts));
        }
        let n = buf.iter().position(|&b| b == 0).unwrap_or(buf.len());
        Ok(crate::posix::path::fs_str(ts, &buf[..n]))
    }
}

