//! `_ThreadHandle`: a thread that can be joined; and how threads are started and end.

use super::futex::{Event, Wait};
use super::lock::{get_ident, timeout_seconds};
use crate::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const NOT_STARTED: u8 = 0;
const STARTING: u8 = 1;
const RUNNING: u8 = 2;
const DONE: u8 = 3;

/// What a thread and its handles share.
#[derive(Default)]
pub struct HandleState {
    ident: AtomicU64,
    stage: AtomicU8,
    done: Event,
}

impl HandleState {
    pub fn finish(&self) {
        self.stage.store(DONE, Ordering::Release);
        self.done.set();
    }
}

/// What the module knows of an interpreter's threads.
#[derive(Default)]
pub struct Threads {
    pub count: std::cell::Cell<usize>,
    /// Threads that the interpreter waits for at its end.
    pub waited_for: GilCell<Vec<Arc<HandleState>>>,
    pub handles: GilCell<Vec<Arc<HandleState>>>,
    pub stack_size: std::cell::Cell<usize>,
}

pub struct ThreadHandle {
    pub state: Arc<HandleState>,
}
payload!(ThreadHandle);

#[class(name = "_ThreadHandle", module = "_thread", final)]
impl ThreadHandle {
    #[new("()", no_signature)]
    fn new(cls: &Type, ts: &ThreadState) -> Result<Ref<ThreadHandle>> {
        Ok(heap::new_with_type(ts, cls, ThreadHandle { state: Arc::default() }))
    }
    #[slot(repr)]
    fn repr(&self, ts: &ThreadState) -> Result {
        Ok(str_value(ts, &format!("<_thread._ThreadHandle object: ident={}>", self.state.ident.load(Ordering::Acquire))))
    }
    #[getter]
    fn ident(&self) -> u64 {
        self.state.ident.load(Ordering::Acquire)
    }
    #[method("join($self, timeout=None, /)", no_signature)]
    fn join(&self, ts: &ThreadState, timeout: Option<&Value>) -> Result<()> {
        let end = match timeout {
            Some(v) if !v.is_none() => {
                let s = timeout_seconds(ts, v)?;
                if s.abs() > 9.2e9 {
                    return Err(ts.overflow_error("timestamp out of range for C PyTime_t"));
                }
                // As for locks, any negative time is for ever.
                if s < 0.0 { None } else { Instant::now().checked_add(Duration::from_secs_f64(s)) }
            }
            _ => None,
        };
        join(ts, &self.state, end)
    }
    #[method("is_done($self, /)")]
    fn is_done(&self) -> bool {
        self.state.done.is_set()
    }
    #[method("_set_done($self, /)")]
    fn set_done(&self, ts: &ThreadState) -> Result<()> {
        if matches!(self.state.stage.load(Ordering::Acquire), NOT_STARTED | STARTING) {
            return Err(ts.runtime_error("thread not started"));
        }
        self.state.finish();
        Ok(())
    }
}

pub fn join(ts: &ThreadState, state: &Arc<HandleState>, end: Option<Instant>) -> Result<()> {
    if matches!(state.stage.load(Ordering::Acquire), NOT_STARTED | STARTING) {
        return Err(ts.runtime_error("thread not started"));
    }
    if !state.done.is_set() && state.ident.load(Ordering::Acquire) == get_ident() {
        return Err(ts.runtime_error("Cannot join current thread"));
    }
    loop {
        if state.done.is_set() {
            return Ok(());
        }
        match ts.allow_threads(|| state.done.wait(end)) {
            Wait::Acquired | Wait::TimedOut => return Ok(()),
            Wait::Interrupted => ts.check_signals()?,
        }
    }
}

/// A handle for a thread that runs already.
pub fn handle_for(ts: &ThreadState, ident: u64) -> Value {
    let state = HandleState { ident: AtomicU64::new(ident), stage: AtomicU8::new(RUNNING), done: Event::default() };
    heap::new(ts, ThreadHandle { state: Arc::new(state) }).into_value()
}

/// What a new thread begins with.
struct Boot {
    ts: *const ThreadState,
    function: u64,
    args: u64,
    kwargs: u64,
    state: Arc<HandleState>,
    stack: usize,
    go: Arc<AtomicBool>,
}
// SAFETY: the new thread alone uses what it is given, and the objects only while it holds the lock.
unsafe impl Send for Boot {}

/// Stack of new threads where the program does not say: reserved, not used.
const DEFAULT_STACK: usize = 16 << 20;
/// What natives may use below the limit that Python recursion ends at.
const STACK_RESERVE: usize = 256 << 10;

pub fn start(ts: &ThreadState, function: &Value, args: &Value, kwargs: Option<&Value>, handle: Option<&Arc<HandleState>>, daemon: bool) -> Result<u64> {
    let threads = ts.interp().extension::<Threads>();
    if ts.interp().finalizing.get() {
        let class = exceptions(ts).python_finalization_error.clone();
        return Err(ts.raise_message(&class, "can't create new thread at interpreter shutdown"));
    }
    let state = handle.cloned().unwrap_or_default();
    if state.stage.compare_exchange(NOT_STARTED, STARTING, Ordering::AcqRel, Ordering::Acquire).is_err() {
        return Err(ts.runtime_error("thread already started"));
    }
    // Whoever waits for the lock must be able to ask its holder.
    ts.interp().gil.adopt(ts);
    let stack = match threads.stack_size.get() {
        0 => DEFAULT_STACK,
        n => n.max(STACK_RESERVE * 2),
    };
    let child = Box::into_raw(ThreadState::new(ts.interp(), 0));
    let go = Arc::new(AtomicBool::new(false));
    let boot = Boot {
        ts: child,
        function: function.clone().into_word(),
        args: args.clone().into_word(),
        kwargs: kwargs.map_or(0, |k| k.clone().into_word()),
        state: state.clone(),
        stack,
        go: go.clone(),
    };
    let spawned = std::thread::Builder::new().stack_size(stack).spawn(move || run(boot));
    let thread = match spawned {
        Ok(t) => t,
        Err(_) => {
            // SAFETY: the thread was not made: all that it would have owned is ours again.
            unsafe {
                drop(Value::from_word(function.word()));
                drop(Value::from_word(args.word()));
                if let Some(k) = kwargs {
                    drop(Value::from_word(k.word()));
                }
                remove_state(ts, child);
            }
            state.stage.store(NOT_STARTED, Ordering::Release);
            return Err(ts.runtime_error("can't start new thread"));
        }
    };
    use std::os::unix::thread::JoinHandleExt;
    let ident = thread.as_pthread_t() as u64;
    state.ident.store(ident, Ordering::Release);
    state.stage.store(RUNNING, Ordering::Release);
    threads.handles.write(|h| {
        h.retain(|h| !h.done.is_set());
        h.push(state.clone());
    });
    if !daemon {
        threads.waited_for.write(|h| h.push(state.clone()));
    }
    go.store(true, Ordering::Release);
    Ok(ident)
}

/// Takes a thread's state off the interpreter's list and frees it.
///
/// # Safety
/// Nobody uses the state any more.
unsafe fn remove_state(ts: &ThreadState, dead: *mut ThreadState) {
    ts.interp().threads.borrow_mut().retain(|t| !std::ptr::eq(*t, dead));
    // SAFETY: by the contract; it was made by `Box`.
    drop(unsafe { Box::from_raw(dead) });
}

static LIVING: AtomicUsize = AtomicUsize::new(0);

fn run(boot: Boot) {
    let here = 0u8;
    let Boot { ts, function, args, kwargs, state, stack, go } = boot;
    // The handle is filled in before any Python code can look at it.
    while !go.load(Ordering::Acquire) {
        std::thread::yield_now();
    }
    LIVING.fetch_add(1, Ordering::Relaxed);
    // SAFETY: made for this thread, and freed by it at the end.
    let t: &ThreadState = unsafe { &*ts };
    t.native_limit.set((&raw const here as usize).saturating_sub(stack - STACK_RESERVE));
    t.interp().gil.acquire(t);
    let previous = t.enter();
    if let Some(enter) = t.interp().hooks.read(|h| h.enter_thread) {
        enter(t);
    }
    let threads = t.interp().extension::<Threads>();
    threads.count.set(threads.count.get() + 1);
    {
        let function = Value::from_word(function);
        let args = Value::from_word(args);
        let kwargs = if kwargs == 0 { None } else { Some(Value::from_word(kwargs)) };
        if call(t, &function, &args, kwargs.as_ref()).is_err() {
            if t.exception_matches(&t.exceptions().system_exit) {
                t.clear_exception();
            } else {
                t.write_unraisable("Exception ignored in thread started by", Some(&function));
            }
        }
    }
    t.stop_tracing();
    super::local::forget_thread(t);
    heap::run_finalizers(t);
    threads.count.set(threads.count.get() - 1);
    let gil = &t.interp().gil;
    // SAFETY: the last use of the state by this thread but for the lock, which is the interpreter's.
    unsafe {
        t.interp().threads.borrow_mut().retain(|x| !std::ptr::eq(*x, ts));
        drop_contents(t);
    }
    state.finish();
    ThreadState::leave(previous);
    gil.leave();
    // SAFETY: nobody else knows the state any more; `leave` saw to those who ask its breaker.
    drop(unsafe { Box::from_raw(ts.cast_mut()) });
    LIVING.fetch_sub(1, Ordering::Relaxed);
}

/// Drops the objects that the state holds, while the lock is still held.
unsafe fn drop_contents(t: &ThreadState) {
    drop(t.exception.take());
    drop(t.handled.take());
    drop(t.context.take());
    drop(t.async_exception.take());
    heap::run_finalizers(t);
}

fn call(ts: &ThreadState, function: &Value, args: &Value, kwargs: Option<&Value>) -> Result {
    let positional = args.downcast::<Tuple>().map(|t| t.items().to_vec()).unwrap_or_default();
    let (mut names, mut values) = (vec![], vec![]);
    if let Some(d) = kwargs.and_then(|k| k.downcast::<Dict>()) {
        for (k, v) in d.items(ts) {
            if k.downcast::<Str>().is_none() {
                return Err(ts.type_error("keywords must be strings"));
            }
            names.push(k);
            values.push(v);
        }
    }
    protocol::call_args(ts, function, Args::with_keywords(&positional, &names, &values))
}

/// Waits for the threads that are no daemons.
pub fn shutdown(ts: &ThreadState) -> Result<()> {
    let threads = ts.interp().extension::<Threads>();
    let me = get_ident();
    loop {
        let next = threads.waited_for.write(|w| {
            w.retain(|h| !h.done.is_set());
            w.iter().find(|h| h.ident.load(Ordering::Acquire) != me).cloned()
        });
        let Some(h) = next else { return Ok(()) };
        if join(ts, &h, None).is_err() {
            ts.write_unraisable("Exception ignored while joining a thread in _thread._shutdown()", None);
        }
    }
}

/// In a forked child there is only the thread that forked.
pub fn after_fork_child(ts: &ThreadState) {
    ts.interp().gil.after_fork(ts);
    let me = get_ident();
    let threads = ts.interp().extension::<Threads>();
    threads.handles.write(|l| {
        for h in l.iter().filter(|h| h.ident.load(Ordering::Acquire) != me) {
            h.finish();
        }
        l.retain(|h| !h.done.is_set());
    });
    threads.waited_for.write(|l| l.retain(|h| !h.done.is_set()));
    threads.count.set(usize::from(ts.ident != ts.interp().main_ident.get() && ts.interp().main_ident.get() != 0));
    // The states of the others stay where they are: their stacks may hold references into them.
    ts.interp().threads.borrow_mut().retain(|t| std::ptr::eq(*t, ts));
    ts.interp().main_ident.set(ts.ident);
}
