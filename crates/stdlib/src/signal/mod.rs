//! The module `_signal`: handlers of signals, timers, masks.
//!
//! The system's handler only marks the signal, sets a bit of the main thread's eval breaker and writes to the
//! wakeup descriptor; the Python handler runs at the main thread's next poll.

pub mod functions;

use crate::host::zeroed;
use crate::prelude::*;
use std::cell::{Cell, OnceCell};
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, AtomicU32, Ordering};
use taipan_objects::structseq::{Field, StructSeq};
use taipan_objects::thread::breaker;

pub const NSIG: usize = 65;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_signal",
    doc: "This module provides mechanisms to use signal handlers in Python.\n\nFunctions:\n\nalarm() -- cause SIGALRM after a specified time [Unix only]\nsetitimer() -- cause a signal (described below) after a specified\n               float time and the timer may restart then [Unix only]\ngetitimer() -- get current value of timer [Unix only]\nsignal() -- set the action for a given signal\ngetsignal() -- get the signal action for a given signal\npause() -- wait until a signal arrives [Unix only]\ndefault_int_handler() -- default SIGINT handler\n\nsignal constants:\nSIG_DFL -- used to refer to the system default handler\nSIG_IGN -- used to ignore the signal\nNSIG -- number of defined signals\nSIGINT, SIGTERM, etc. -- signal numbers\n\nitimer constants:\nITIMER_REAL -- decrements in real time, and delivers SIGALRM upon\n               expiration\nITIMER_VIRTUAL -- decrements only when the process is executing,\n               and delivers SIGVTALRM upon expiration\nITIMER_PROF -- decrements both when the process is executing and\n               when the system is executing on behalf of the process.\n               Coupled with ITIMER_VIRTUAL, this timer is usually\n               used to profile the time spent by the application\n               in user and kernel space. SIGPROF is delivered upon\n               expiration.\n\n\n*** IMPORTANT NOTICE ***\nA signal handler function is called with two arguments:\nthe first is the signal number, the second is the interrupted stack frame.",
    functions: &[functions::functions::FUNCTIONS],
    init: Some(init),
};

pub static SIGINFO: StructSeq = StructSeq {
    name: "signal.struct_siginfo",
    doc: "struct_siginfo: Result from sigwaitinfo or sigtimedwait.\n\nThis object may be accessed either as a tuple of\n(si_signo, si_code, si_errno, si_pid, si_uid, si_status, si_band),\nor via the attributes si_signo, si_code, and so on.",
    fields: &[
        Field::new("si_signo", "signal number"),
        Field::new("si_code", "signal code"),
        Field::new("si_errno", "errno associated with this signal"),
        Field::new("si_pid", "sending process ID"),
        Field::new("si_uid", "real user ID of sending process"),
        Field::new("si_status", "exit value or signal"),
        Field::new("si_band", "band event for SIGPOLL"),
    ],
    sequence: 7,
    no_new: false,
    fill: None,
};

// What the system's handler reaches. Signals belong to the process: so do these.
static TRIPPED: [AtomicBool; NSIG] = [const { AtomicBool::new(false) }; NSIG];
static MAIN_BREAKER: AtomicPtr<AtomicU32> = AtomicPtr::new(std::ptr::null_mut());
static WAKEUP_FD: AtomicI32 = AtomicI32::new(-1);
static WARN_ON_FULL: AtomicBool = AtomicBool::new(true);
/// The error of the last failed write to the wakeup descriptor.
static WAKEUP_ERROR: AtomicI32 = AtomicI32::new(0);

/// The handlers of an interpreter.
pub struct Signals {
    handlers: [GilCell<Option<Value>>; NSIG],
    default_int: OnceCell<Value>,
    pub itimer_error: OnceCell<Value>,
    ready: Cell<bool>,
}

impl Default for Signals {
    fn default() -> Self {
        Signals {
            handlers: [const { GilCell::new(None) }; NSIG],
            default_int: OnceCell::new(),
            itimer_error: OnceCell::new(),
            ready: Cell::new(false),
        }
    }
}

/// Marks a signal as arrived. Async-signal-safe.
pub fn trip(sig: i32) {
    if let Some(t) = TRIPPED.get(sig as usize) {
        t.store(true, Ordering::Release);
    }
    let main = MAIN_BREAKER.load(Ordering::Acquire);
    if !main.is_null() {
        // SAFETY: the main thread's state lives until the handlers are taken away.
        unsafe { (*main).fetch_or(breaker::SIGNALS, Ordering::Release) };
    }
    let fd = WAKEUP_FD.load(Ordering::Relaxed);
    if fd >= 0 {
        let byte = sig as u8;
        if let Err(e) = crate::host::sys!(write(fd, (&raw const byte).cast(), 1)) {
            let full = e.0 == libc::EAGAIN;
            if !full || WARN_ON_FULL.load(Ordering::Relaxed) {
                WAKEUP_ERROR.store(e.0, Ordering::Release);
            }
        }
    }
}

extern "C" fn on_signal(sig: i32) {
    // SAFETY: the location is the thread's own; its value is put back for the code that was interrupted.
    unsafe {
        let errno = libc::__errno_location();
        let saved = *errno;
        trip(sig);
        *errno = saved;
    }
}

#[derive(Clone, Copy, PartialEq)]
pub enum Action {
    Default,
    Ignore,
    Python,
}

/// Sets the system's handler.
pub fn install(sig: i32, action: Action) -> crate::host::Sys<()> {
    let mut sa: libc::sigaction = zeroed();
    sa.sa_sigaction = match action {
        Action::Default => libc::SIG_DFL,
        Action::Ignore => libc::SIG_IGN,
        Action::Python => on_signal as extern "C" fn(i32) as usize,
    };
    // No SA_RESTART: an interrupted call runs the handlers first.
    sa.sa_flags = libc::SA_ONSTACK;
    crate::host::sys!(sigaction(sig, &sa, std::ptr::null_mut()))?;
    Ok(())
}

fn current_action(sig: i32) -> Option<Action> {
    let mut sa: libc::sigaction = zeroed();
    crate::host::sys!(sigaction(sig, std::ptr::null(), &mut sa)).ok()?;
    match sa.sa_sigaction {
        libc::SIG_DFL => Some(Action::Default),
        libc::SIG_IGN => Some(Action::Ignore),
        _ => None,
    }
}

pub fn is_main_thread(ts: &ThreadState) -> bool {
    let main = ts.interp().main_ident.get();
    main == 0 || main == ts.ident
}

/// Runs the Python handlers of what has arrived: the eval breaker's SIGNALS bit leads here.
pub fn run_handlers(ts: &ThreadState) -> Result<()> {
    if !is_main_thread(ts) {
        return Ok(());
    }
    let errno = WAKEUP_ERROR.swap(0, Ordering::AcqRel);
    if errno != 0 {
        let _ = crate::host::Errno(errno).raise(ts);
        ts.write_unraisable("Exception ignored when trying to write to the signal wakeup fd", None);
    }
    let signals = ts.interp().extension::<Signals>();
    for (sig, tripped) in TRIPPED.iter().enumerate().skip(1) {
        if !tripped.swap(false, Ordering::AcqRel) {
            continue;
        }
        let Some(handler) = signals.handlers[sig].get().filter(|h| !h.is_none() && !is_int(h)) else { continue };
        let args = [int_value(ts, sig as i64), current_frame(ts)];
        if let Err(raised) = protocol::call(ts, &handler, &args) {
            // Those not yet looked at have their turn later.
            if TRIPPED.iter().any(|t| t.load(Ordering::Acquire)) {
                ts.request(breaker::SIGNALS);
            }
            return Err(raised);
        }
    }
    Ok(())
}

fn current_frame(ts: &ThreadState) -> Value {
    taipan_objects::frame::object::current(ts).unwrap_or(Value::none())
}

/// A set of signals from an iterable of numbers.
pub fn signal_set(ts: &ThreadState, v: &Value) -> Result<libc::sigset_t> {
    let mut set: libc::sigset_t = zeroed();
    crate::host::c!(sigemptyset(&mut set));
    protocol::for_each(ts, v, |n| {
        let n = index_i64(ts, &n)?;
        if n < 1 || n >= NSIG as i64 {
            return Err(ts.value_error(format!("signal number {n} out of range [1; {}]", NSIG - 1)));
        }
        // Signals that the C library keeps for itself are refused by it; nobody can block those.
        let _ = crate::host::sys!(sigaddset(&mut set, n as i32));
        Ok(())
    })?;
    Ok(set)
}

pub fn set_value(ts: &ThreadState, set: &libc::sigset_t) -> Result {
    let members = (1..NSIG as i32).filter(|&n| crate::host::c!(sigismember(set, n)) == 1);
    set_of(ts, members.map(|n| int_value(ts, n as i64)).collect())
}

/// Gives the signals back to the system: an interpreter's last act.
pub fn shutdown(ts: &ThreadState) {
    let signals = ts.interp().extension::<Signals>();
    if !signals.ready.get() {
        return;
    }
    for (sig, h) in signals.handlers.iter().enumerate().skip(1) {
        if h.take().is_some_and(|h| !h.is_none() && !is_int(&h)) {
            let _ = install(sig as i32, Action::Default);
        }
    }
    MAIN_BREAKER.store(std::ptr::null_mut(), Ordering::Release);
}

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    let signals = ts.interp().extension::<Signals>();
    for (name, n) in CONSTANTS {
        dict.set_name(ts, name, int_value(ts, *n));
    }
    dict.set_name(ts, "struct_siginfo", SIGINFO.class(ts).into_value());
    let own = Dict::new(ts);
    own.set_name(ts, "__module__", str_value(ts, "signal"));
    let bases = tuple(ts, vec![exceptions(ts).os_error.as_value().clone()]);
    let error = new_class(ts, "ItimerError", bases, own.into_value())?;
    dict.set_name(ts, "ItimerError", signals.itimer_error.get_or_init(|| error).clone());
    if signals.ready.replace(true) {
        return Ok(());
    }
    if let Some(f) = dict.get_name(ts, "default_int_handler") {
        let _ = signals.default_int.set(f);
    }
    ts.interp().hooks.write(|h| h.run_signal_handlers = Some(run_handlers));
    MAIN_BREAKER.store((&raw const ts.breaker).cast_mut(), Ordering::Release);
    for sig in [libc::SIGPIPE, libc::SIGXFSZ] {
        let _ = install(sig, Action::Ignore);
    }
    for sig in 1..NSIG as i32 {
        let handler = match current_action(sig) {
            Some(Action::Default) => Some(int_value(ts, 0)),
            Some(Action::Ignore) => Some(int_value(ts, 1)),
            _ => None,
        };
        signals.handlers[sig as usize].set(handler);
    }
    if let Some(f) = signals.default_int.get()
        && current_action(libc::SIGINT) == Some(Action::Default)
    {
        signals.handlers[libc::SIGINT as usize].set(Some(f.clone()));
        let _ = install(libc::SIGINT, Action::Python);
    }
    Ok(())
}

static CONSTANTS: &[(&str, i64)] = &[
    ("NSIG", NSIG as i64),
    ("SIG_DFL", 0),
    ("SIG_IGN", 1),
    ("SIG_BLOCK", libc::SIG_BLOCK as i64),
    ("SIG_UNBLOCK", libc::SIG_UNBLOCK as i64),
    ("SIG_SETMASK", libc::SIG_SETMASK as i64),
    ("ITIMER_REAL", 0),
    ("ITIMER_VIRTUAL", 1),
    ("ITIMER_PROF", 2),
    ("SIGHUP", libc::SIGHUP as i64),
    ("SIGINT", libc::SIGINT as i64),
    ("SIGQUIT", libc::SIGQUIT as i64),
    ("SIGILL", libc::SIGILL as i64),
    ("SIGTRAP", libc::SIGTRAP as i64),
    ("SIGIOT", libc::SIGABRT as i64),
    ("SIGABRT", libc::SIGABRT as i64),
    ("SIGFPE", libc::SIGFPE as i64),
    ("SIGKILL", libc::SIGKILL as i64),
    ("SIGBUS", libc::SIGBUS as i64),
    ("SIGSEGV", libc::SIGSEGV as i64),
    ("SIGSYS", libc::SIGSYS as i64),
    ("SIGPIPE", libc::SIGPIPE as i64),
    ("SIGALRM", libc::SIGALRM as i64),
    ("SIGTERM", libc::SIGTERM as i64),
    ("SIGUSR1", libc::SIGUSR1 as i64),
    ("SIGUSR2", libc::SIGUSR2 as i64),
    ("SIGCLD", libc::SIGCHLD as i64),
    ("SIGCHLD", libc::SIGCHLD as i64),
    ("SIGPWR", libc::SIGPWR as i64),
    ("SIGIO", libc::SIGIO as i64),
    ("SIGURG", libc::SIGURG as i64),
    ("SIGWINCH", libc::SIGWINCH as i64),
    ("SIGPOLL", libc::SIGPOLL as i64),
    ("SIGSTOP", libc::SIGSTOP as i64),
    ("SIGTSTP", libc::SIGTSTP as i64),
    ("SIGCONT", libc::SIGCONT as i64),
    ("SIGTTIN", libc::SIGTTIN as i64),
    ("SIGTTOU", libc::SIGTTOU as i64),
    ("SIGVTALRM", libc::SIGVTALRM as i64),
    ("SIGPROF", libc::SIGPROF as i64),
    ("SIGXCPU", libc::SIGXCPU as i64),
    ("SIGXFSZ", libc::SIGXFSZ as i64),
    ("SIGRTMIN", 34),
    ("SIGRTMAX", 64),
    ("SIGSTKFLT", libc::SIGSTKFLT as i64),
];
