//! The interpreter's lock: one thread at a time runs Python code and touches objects.
//!
//! Who waits for it asks the holder to let go after the switch interval, by a bit of the holder's eval
//! breaker; the holder then waits until another thread has had its turn. Natives that wait for
//! something outside release the lock with [`ThreadState::allow_threads`].

use crate::thread::{ThreadState, breaker};
use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

struct Inner {
    /// 1: held.
    locked: AtomicU32,
    /// Threads in the slow path of `acquire`.
    waiting: AtomicU32,
    /// The breaker of the holder. Followed only under `mutex`, which a thread takes before its state is freed.
    holder: AtomicPtr<AtomicU32>,
    /// Counts the times that the lock was taken.
    turns: AtomicU64,
    mutex: Mutex<()>,
    released: Condvar,
    taken: Condvar,
}

impl Inner {
    fn new(held: bool) -> Inner {
        Inner {
            locked: AtomicU32::new(held as u32),
            waiting: AtomicU32::new(0),
            holder: AtomicPtr::new(std::ptr::null_mut()),
            turns: AtomicU64::new(0),
            mutex: Mutex::new(()),
            released: Condvar::new(),
            taken: Condvar::new(),
        }
    }
    fn guard(&self) -> MutexGuard<'_, ()> {
        self.mutex.lock().unwrap_or_else(PoisonError::into_inner)
    }
    fn try_take(&self, ts: &ThreadState) -> bool {
        if self.locked.compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed).is_err() {
            return false;
        }
        self.holder.store((&raw const ts.breaker).cast_mut(), Ordering::Release);
        self.turns.fetch_add(1, Ordering::Relaxed);
        true
    }
    #[cold]
    fn take_slowly(&self, ts: &ThreadState, interval: Duration) {
        let mut guard = self.guard();
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let mut turn = self.turns.load(Ordering::Relaxed);
        while !self.try_take(ts) {
            let (g, timeout) = self.released.wait_timeout(guard, interval).unwrap_or_else(PoisonError::into_inner);
            guard = g;
            let now = self.turns.load(Ordering::Relaxed);
            if timeout.timed_out() && now == turn {
                let holder = self.holder.load(Ordering::Acquire);
                if !holder.is_null() {
                    // SAFETY: under the mutex; the holder's state is freed only after its thread held that.
                    unsafe { (*holder).fetch_or(breaker::GIL, Ordering::Release) };
                }
            }
            turn = now;
        }
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        self.taken.notify_all();
    }
    fn release(&self) {
        self.holder.store(std::ptr::null_mut(), Ordering::Release);
        self.locked.store(0, Ordering::SeqCst);
        if self.waiting.load(Ordering::SeqCst) > 0 {
            drop(self.guard());
            self.released.notify_one();
        }
    }
}

/// The lock. It is born held by the thread that makes the interpreter.
pub struct Gil(UnsafeCell<Box<Inner>>, AtomicU64);

// SAFETY: the inner lock is made of atomics; it is replaced only in a forked child, which has one thread.
unsafe impl Sync for Gil {}

impl Gil {
    pub fn new() -> Gil {
        Gil(UnsafeCell::new(Box::new(Inner::new(true))), AtomicU64::new(5000))
    }
    fn inner(&self) -> &Inner {
        // SAFETY: see the `Sync` argument.
        unsafe { &*self.0.get() }
    }
    /// How long a thread may keep the others waiting, in microseconds.
    pub fn interval(&self) -> u64 {
        self.1.load(Ordering::Relaxed)
    }
    pub fn set_interval(&self, microseconds: u64) {
        self.1.store(microseconds.max(1), Ordering::Relaxed)
    }
    pub fn acquire(&self, ts: &ThreadState) {
        let inner = self.inner();
        if inner.waiting.load(Ordering::Relaxed) > 0 || !inner.try_take(ts) {
            inner.take_slowly(ts, Duration::from_micros(self.interval()));
        }
    }
    pub fn release(&self) {
        self.inner().release()
    }
    /// Makes the holder known, which the first one is not.
    pub fn adopt(&self, ts: &ThreadState) {
        self.inner().holder.store((&raw const ts.breaker).cast_mut(), Ordering::Release);
    }
    /// Gives the others a turn: what the eval breaker's GIL bit asks for.
    #[cold]
    pub fn give_turn(&self, ts: &ThreadState) {
        ts.clear_request(breaker::GIL);
        let inner = self.inner();
        if inner.waiting.load(Ordering::SeqCst) == 0 {
            return;
        }
        let turn = inner.turns.load(Ordering::Relaxed);
        inner.release();
        let mut guard = inner.guard();
        // Not to be first again while somebody waits.
        while inner.turns.load(Ordering::Relaxed) == turn && inner.waiting.load(Ordering::SeqCst) > 0 {
            let r = inner.taken.wait_timeout(guard, Duration::from_millis(50)).unwrap_or_else(PoisonError::into_inner);
            guard = r.0;
        }
        drop(guard);
        inner.take_slowly(ts, Duration::from_micros(self.interval()));
    }
    /// Releases for good, before the thread's state is freed.
    pub fn leave(&self) {
        self.inner().release();
        drop(self.inner().guard());
    }
    /// In a forked child: the only thread holds the lock, whatever the others were about.
    pub fn after_fork(&self, ts: &ThreadState) {
        // SAFETY: there are no other threads. The old lock is forgotten: its mutex may be held for ever.
        unsafe { std::mem::forget(self.0.get().replace(Box::new(Inner::new(true)))) };
        self.inner().holder.store((&raw const ts.breaker).cast_mut(), Ordering::Release);
    }
}

impl Default for Gil {
    fn default() -> Self {
        Gil::new()
    }
}

impl ThreadState {
    /// Runs `f` without the interpreter's lock: for what may wait or takes long and touches no objects.
    pub fn allow_threads<R: Send>(&self, f: impl FnOnce() -> R + Send) -> R {
        struct Back<'a>(&'a ThreadState);
        impl Drop for Back<'_> {
            fn drop(&mut self) {
                self.0.interp().gil.acquire(self.0)
            }
        }
        self.interp().gil.release();
        let _back = Back(self);
        f()
    }
    /// Runs the handlers of signals that have arrived, if this is the thread for that.
    #[inline]
    pub fn check_signals(&self) -> crate::value::Result<()> {
        if self.breaker.load(Ordering::Relaxed) & breaker::SIGNALS == 0 {
            return Ok(());
        }
        self.clear_request(breaker::SIGNALS);
        match self.interp().hooks.read(|h| h.run_signal_handlers) {
            Some(run) => run(self),
            None => Ok(()),
        }
    }
}
