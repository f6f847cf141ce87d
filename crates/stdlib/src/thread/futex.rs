//! A lock of one word on which threads wait in the kernel. Unlike a mutex it belongs to nobody: any
//! thread may release it; and waiting tells of signals.

use crate::host::{Errno, sys};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// 0: free, 1: held, 2: held and waited for.
#[derive(Default)]
pub struct RawLock(AtomicU32);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wait {
    Acquired,
    TimedOut,
    Interrupted,
}

fn futex_wait(word: &AtomicU32, value: u32, left: Option<Duration>) -> Result<(), Errno> {
    let time = left.map(|d| libc::timespec { tv_sec: d.as_secs().min(1 << 40) as i64, tv_nsec: d.subsec_nanos() as i64 });
    let time = time.as_ref().map_or(std::ptr::null(), |t| t as *const libc::timespec);
    let op = (libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG) as libc::c_long;
    sys!(syscall(libc::SYS_futex, word.as_ptr(), op, value as libc::c_long, time))?;
    Ok(())
}

fn futex_wake(word: &AtomicU32, n: i32) {
    let op = (libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG) as libc::c_long;
    let _ = sys!(syscall(libc::SYS_futex, word.as_ptr(), op, n as libc::c_long));
}

impl RawLock {
    pub const fn new() -> RawLock {
        RawLock(AtomicU32::new(0))
    }
    pub fn is_held(&self) -> bool {
        self.0.load(Ordering::Acquire) != 0
    }
    pub fn try_acquire(&self) -> bool {
        self.0.compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }
    /// Waits, to `end` at the longest. To be called without the interpreter's lock.
    pub fn wait(&self, end: Option<Instant>) -> Wait {
        loop {
            if self.0.swap(2, Ordering::Acquire) == 0 {
                return Wait::Acquired;
            }
            let left = end.map(|e| e.saturating_duration_since(Instant::now()));
            if left.is_some_and(|l| l.is_zero()) {
                return Wait::TimedOut;
            }
            match futex_wait(&self.0, 2, left) {
                Err(Errno(libc::EINTR)) => return Wait::Interrupted,
                Err(Errno(libc::ETIMEDOUT)) => return if self.try_acquire() { Wait::Acquired } else { Wait::TimedOut },
                _ => {}
            }
        }
    }
    /// False: it was not held.
    pub fn release(&self) -> bool {
        match self.0.swap(0, Ordering::Release) {
            0 => false,
            1 => true,
            _ => {
                futex_wake(&self.0, 1);
                true
            }
        }
    }
    pub fn reset(&self) {
        self.0.store(0, Ordering::Release);
    }
}

/// Something that happens once.
#[derive(Default)]
pub struct Event(AtomicU32);

impl Event {
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire) != 0
    }
    pub fn set(&self) {
        self.0.store(1, Ordering::Release);
        futex_wake(&self.0, i32::MAX);
    }
    pub fn wait(&self, end: Option<Instant>) -> Wait {
        loop {
            if self.is_set() {
                return Wait::Acquired;
            }
            let left = end.map(|e| e.saturating_duration_since(Instant::now()));
            if left.is_some_and(|l| l.is_zero()) {
                return Wait::TimedOut;
            }
            match futex_wait(&self.0, 0, left) {
                Err(Errno(libc::EINTR)) => return Wait::Interrupted,
                Err(Errno(libc::ETIMEDOUT)) if !self.is_set() => return Wait::TimedOut,
                _ => {}
            }
        }
    }
}

/// A number that only grows; threads sleep until it has.
#[derive(Default)]
pub struct Counter(AtomicU32);

impl Counter {
    pub fn value(&self) -> u32 {
        self.0.load(Ordering::Acquire)
    }
    pub fn advance(&self, wake: bool) {
        self.0.fetch_add(1, Ordering::Release);
        if wake {
            futex_wake(&self.0, 1);
        }
    }
    pub fn wait_beyond(&self, seen: u32, end: Option<Instant>) -> Wait {
        loop {
            if self.value() != seen {
                return Wait::Acquired;
            }
            let left = end.map(|e| e.saturating_duration_since(Instant::now()));
            if left.is_some_and(|l| l.is_zero()) {
                return Wait::TimedOut;
            }
            match futex_wait(&self.0, seen, left) {
                Err(Errno(libc::EINTR)) => return Wait::Interrupted,
                Err(Errno(libc::ETIMEDOUT)) if self.value() == seen => return Wait::TimedOut,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn exclusion_and_timeouts() {
        let lock = Arc::new(RawLock::new());
        assert!(lock.try_acquire());
        assert!(!lock.try_acquire());
        let soon = Instant::now() + Duration::from_millis(20);
        assert_eq!(lock.wait(Some(soon)), Wait::TimedOut);
        let other = lock.clone();
        let t = std::thread::spawn(move || other.wait(None));
        std::thread::sleep(Duration::from_millis(20));
        assert!(lock.release());
        assert_eq!(t.join().unwrap(), Wait::Acquired);
        assert!(lock.release());
        assert!(!lock.release());
    }
}
