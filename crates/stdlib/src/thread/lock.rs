//! `lock` and `RLock`.

use super::futex::{RawLock, Wait};
use crate::prelude::*;
use std::cell::Cell;
use std::time::{Duration, Instant};

/// The longest time that a lock can be waited for, in seconds.
pub const TIMEOUT_MAX: f64 = 9223372036.0;

pub struct Lock {
    raw: RawLock,
}
payload!(Lock);

pub struct RLock {
    raw: RawLock,
    /// `pthread_self` of the owner, 0 when free.
    owner: Cell<u64>,
    count: Cell<u64>,
}
payload!(RLock);

pub fn get_ident() -> u64 {
    crate::host::c!(pthread_self()) as u64
}

/// Seconds from a number: how long to wait. `Err` is a Python error.
pub fn timeout_seconds(ts: &ThreadState, v: &Value) -> Result<f64> {
    if let Some(f) = taipan_objects::float::view(v) {
        if f.is_nan() {
            return Err(ts.value_error("Invalid value NaN (not a number)"));
        }
        return Ok(f);
    }
    if !has_int_form(ts, v)? {
        return Err(ts.type_error(format!("'{}' object cannot be interpreted as an integer or float", v.type_name(ts))));
    }
    let n = protocol::index(ts, v)?;
    to_i64(&n).map(|n| n as f64).ok_or_else(|| ts.overflow_error("timestamp too large to convert to C PyTime_t"))
}

/// The end of the time to wait; `None` for ever.
fn deadline(ts: &ThreadState, blocking: bool, timeout: &Value) -> Result<Option<Option<Instant>>> {
    let seconds = timeout_seconds(ts, timeout)?;
    if seconds.abs() > 9.2233720368547758e9 {
        return Err(ts.overflow_error("timestamp out of range for C PyTime_t"));
    }
    if !blocking && seconds != -1.0 {
        return Err(ts.value_error("can't specify a timeout for a non-blocking call"));
    }
    if seconds < 0.0 && seconds != -1.0 {
        return Err(ts.value_error("timeout value must be a non-negative number"));
    }
    if seconds > TIMEOUT_MAX {
        return Err(ts.overflow_error("timeout value is too large"));
    }
    if !blocking {
        return Ok(None);
    }
    if seconds < 0.0 {
        return Ok(Some(None));
    }
    Ok(Some(Instant::now().checked_add(Duration::from_secs_f64(seconds))))
}

/// Acquires, running the handlers of signals while it waits.
pub fn acquire(ts: &ThreadState, raw: &RawLock, end: Option<Option<Instant>>) -> Result<bool> {
    if raw.try_acquire() {
        return Ok(true);
    }
    let Some(end) = end else { return Ok(false) };
    loop {
        match ts.allow_threads(|| raw.wait(end)) {
            Wait::Acquired => return Ok(true),
            Wait::TimedOut => return Ok(false),
            Wait::Interrupted => ts.check_signals()?,
        }
    }
}

impl Lock {
    pub fn fresh() -> Lock {
        Lock { raw: RawLock::new() }
    }
    fn unlock(&self, ts: &ThreadState) -> Result<()> {
        if self.raw.release() { Ok(()) } else { Err(ts.runtime_error("release unlocked lock")) }
    }
    fn lock(&self, ts: &ThreadState, blocking: bool, timeout: &Value) -> Result<bool> {
        // The usual call asks for nothing special.
        let end = if blocking && timeout.as_small_int() == Some(-1) { Some(None) } else { deadline(ts, blocking, timeout)? };
        if self.raw.try_acquire() {
            return Ok(true);
        }
        let held = acquire(ts, &self.raw, end)?;
        // What arrived while we waited is answered here, not within the function that is called next.
        ts.check_signals()?;
        Ok(held)
    }
}

/// A lock object is a synchronization primitive.  To create a lock,
/// call threading.Lock().  Methods are:
///
/// acquire() -- lock the lock, possibly blocking until it can be obtained
/// release() -- unlock of the lock
/// locked() -- test whether the lock is currently locked
///
/// A lock is not owned by the thread that locked it; another thread may
/// unlock it.  A thread attempting to lock a lock that it has already locked
/// will block until another thread unlocks it.  Deadlocks may ensue.
#[class(name = "lock", module = "_thread", final, weakref)]
impl Lock {
    #[new("()")]
    fn new(cls: &Type, ts: &ThreadState) -> Result<Ref<Lock>> {
        Ok(heap::new_with_type(ts, cls, Lock::fresh()))
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result {
        let held = slf.downcast::<Lock>().is_some_and(|l| l.raw.is_held());
        let state = if held { "locked" } else { "unlocked" };
        Ok(str_value(ts, &format!("<{state} {} object at {:#x}>", slf.type_name(ts), slf.id())))
    }
    /// Lock the lock.
    ///
    /// Without argument, this blocks if the lock is already
    /// locked (even by the same thread), waiting for another thread to release
    /// the lock, and return True once the lock is acquired.
    /// With an argument, this will only block if the argument is true,
    /// and the return value reflects whether the lock is acquired.
    /// The blocking operation is interruptible.
    #[method("acquire($self, /, blocking=True, timeout=-1)", alias = "acquire_lock")]
    fn acquire(&self, ts: &ThreadState, blocking: bool, timeout: &Value) -> Result<bool> {
        self.lock(ts, blocking, timeout)
    }
    /// Release the lock.
    ///
    /// Allows another thread that is blocked waiting for
    /// the lock to acquire the lock.  The lock must be in the locked state,
    /// but it needn't be locked by the same thread that unlocks it.
    #[method("release($self, /)", alias = "release_lock")]
    fn release(&self, ts: &ThreadState) -> Result<()> {
        self.unlock(ts)
    }
    /// Return whether the lock is in the locked state.
    #[method("locked($self, /)", alias = "locked_lock")]
    fn locked(&self) -> bool {
        self.raw.is_held()
    }
    /// Lock the lock.
    #[method("__enter__($self, /)")]
    fn enter(&self, ts: &ThreadState) -> Result<bool> {
        acquire(ts, &self.raw, Some(None))
    }
    /// Release the lock.
    #[method("__exit__($self, /, *exc_info)")]
    fn exit(&self, ts: &ThreadState, exc_info: &[Value]) -> Result<()> {
        let _ = exc_info;
        self.unlock(ts)
    }
    #[method("_at_fork_reinit($self, /)")]
    fn at_fork_reinit(&self) {
        self.raw.reset()
    }
}

impl RLock {
    fn lock(&self, ts: &ThreadState, end: Option<Option<Instant>>) -> Result<bool> {
        let me = get_ident();
        if self.owner.get() == me {
            self.count.set(self.count.get() + 1);
            return Ok(true);
        }
        if !acquire(ts, &self.raw, end)? {
            return Ok(false);
        }
        self.owner.set(me);
        self.count.set(1);
        Ok(true)
    }
    fn unlock(&self, ts: &ThreadState) -> Result<()> {
        if self.owner.get() != get_ident() {
            return Err(ts.runtime_error("cannot release un-acquired lock"));
        }
        self.count.set(self.count.get() - 1);
        if self.count.get() == 0 {
            self.owner.set(0);
            self.raw.release();
        }
        Ok(())
    }
}

#[class(name = "RLock", module = "_thread", weakref)]
impl RLock {
    #[new("(*args, **kwargs)", no_signature)]
    fn new(cls: &Type, ts: &ThreadState, args: &[Value], kwargs: Kwargs<'_>) -> Result<Ref<RLock>> {
        if !args.is_empty() || !kwargs.is_empty() {
            ts.warn_deprecated("Passing arguments to RLock is deprecated and will be removed in 3.15")?;
        }
        Ok(heap::new_with_type(ts, cls, RLock { raw: RawLock::new(), owner: Cell::new(0), count: Cell::new(0) }))
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result {
        let (owner, count) = slf.downcast::<RLock>().map_or((0, 0), |l| (l.owner.get(), l.count.get()));
        let state = if count > 0 { "locked" } else { "unlocked" };
        let text = format!("<{state} {} object owner={owner} count={count} at {:#x}>", slf.type_name(ts), slf.id());
        Ok(str_value(ts, &text))
    }
    /// Lock the lock.
    #[method("acquire($self, /, blocking=True, timeout=-1)")]
    fn acquire(&self, ts: &ThreadState, blocking: bool, timeout: &Value) -> Result<bool> {
        let end = if blocking && timeout.as_small_int() == Some(-1) { Some(None) } else { deadline(ts, blocking, timeout)? };
        self.lock(ts, end)
    }
    /// Release the lock.
    #[method("release($self, /)")]
    fn release(&self, ts: &ThreadState) -> Result<()> {
        self.unlock(ts)
    }
    /// Return a boolean indicating whether this object is locked right now.
    #[method("locked($self, /)")]
    fn locked(&self) -> bool {
        self.count.get() > 0
    }
    /// Lock the lock.
    #[method("__enter__($self, /)")]
    fn enter(&self, ts: &ThreadState) -> Result<bool> {
        self.lock(ts, Some(None))
    }
    /// Release the lock.
    #[method("__exit__($self, /, *exc_info)")]
    fn exit(&self, ts: &ThreadState, exc_info: &[Value]) -> Result<()> {
        let _ = exc_info;
        self.unlock(ts)
    }
    /// For internal use by `threading.Condition`.
    #[method("_is_owned($self, /)")]
    fn is_owned(&self) -> bool {
        self.owner.get() == get_ident()
    }
    /// For internal use by reentrant lock tests.
    #[method("_recursion_count($self, /)")]
    fn recursion_count(&self) -> u64 {
        if self.owner.get() == get_ident() { self.count.get() } else { 0 }
    }
    /// For internal use by `threading.Condition`.
    #[method("_acquire_restore($self, state, /)")]
    fn acquire_restore(&self, ts: &ThreadState, state: &Value) -> Result<()> {
        let items = state.downcast::<Tuple>().map(|t| t.items()).unwrap_or(&[]);
        let [count, owner] = items else { return Err(ts.type_error("a tuple of count and owner is required")) };
        let (count, owner) = (index_i64(ts, count)? as u64, to_i128(ts, owner)? as u64);
        acquire(ts, &self.raw, Some(None))?;
        self.count.set(count);
        self.owner.set(owner);
        Ok(())
    }
    /// For internal use by `threading.Condition`.
    #[method("_release_save($self, /)")]
    fn release_save(&self, ts: &ThreadState) -> Result {
        if self.count.get() == 0 {
            return Err(ts.runtime_error("cannot release un-acquired lock"));
        }
        let state = tuple(ts, vec![int_from_u64(ts, self.count.get()), int_from_u64(ts, self.owner.get())]);
        self.count.set(0);
        self.owner.set(0);
        self.raw.release();
        Ok(state)
    }
    #[method("_at_fork_reinit($self, /)")]
    fn at_fork_reinit(&self) {
        self.raw.reset();
        self.owner.set(0);
        self.count.set(0);
    }
}
