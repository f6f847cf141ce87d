//! The modules `_multiprocessing` (semaphores that processes share) and `_posixshmem` (memory that they share).

use crate::host::{Errno, blocking, c, sys};
use crate::prelude::*;
use std::cell::Cell;
use std::ffi::CString;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub static MODULE: ModuleDef = ModuleDef { name: "_multiprocessing", doc: "", functions: &[functions::FUNCTIONS], init: Some(init) };

pub static SHARED_MEMORY: ModuleDef =
    ModuleDef { name: "_posixshmem", doc: "POSIX shared memory module", functions: &[memory::FUNCTIONS], init: None };

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    let class = SemLock::class(ts);
    let most = int_value(ts, c!(sysconf(libc::_SC_SEM_VALUE_MAX)).clamp(1, i32::MAX as i64));
    class.dict.set_str(ts, &Str::intern(ts, "SEM_VALUE_MAX"), most);
    dict.set_name(ts, "SemLock", class.into_value());
    let flags = Dict::new(ts);
    for (name, n) in [("HAVE_SEM_OPEN", 1), ("HAVE_SEM_TIMEDWAIT", 1), ("HAVE_FD_TRANSFER", 1)] {
        flags.set_name(ts, name, int_value(ts, n));
    }
    dict.set_name(ts, "flags", flags.into_value());
    Ok(())
}

fn c_name(ts: &ThreadState, name: &str) -> Result<CString> {
    CString::new(name).map_err(|_| ts.value_error("embedded null character"))
}

const RECURSIVE: i32 = 0;

pub struct SemLock {
    handle: usize,
    kind: i32,
    most: i32,
    name: GilCell<Option<Value>>,
    owner: Cell<u64>,
    count: Cell<i32>,
}
payload!(SemLock);

impl Drop for SemLock {
    fn drop(&mut self) {
        if self.handle != 0 {
            let _ = sys!(sem_close(self.handle as *mut libc::sem_t));
        }
    }
}

impl SemLock {
    fn raw(&self) -> *mut libc::sem_t {
        self.handle as *mut libc::sem_t
    }
    fn mine(&self) -> bool {
        self.count.get() > 0 && self.owner.get() == crate::thread::lock::get_ident()
    }
    fn value(&self, ts: &ThreadState) -> Result<i32> {
        let mut v = 0;
        sys!(sem_getvalue(self.raw(), &mut v)).or_raise(ts)?;
        // A system may count those who wait.
        Ok(v.max(0))
    }
    fn fresh(handle: usize, kind: i32, most: i32, name: Option<Value>) -> SemLock {
        SemLock { handle, kind, most, name: GilCell::new(name), owner: Cell::new(0), count: Cell::new(0) }
    }
    fn enter(&self, ts: &ThreadState, block: bool, timeout: Option<&Value>) -> Result<bool> {
        if self.kind == RECURSIVE && self.mine() {
            self.count.set(self.count.get() + 1);
            return Ok(true);
        }
        let handle = self.handle;
        let got = if sys!(sem_trywait(self.raw())).is_ok() {
            Ok(0)
        } else if !block {
            Err(Errno::last())
        } else {
            match timeout {
                None => blocking(ts, || sys!(sem_wait(handle as *mut libc::sem_t)))?,
                Some(t) => {
                    let seconds = protocol::as_f64(ts, t)?.clamp(0.0, 1e9);
                    let end = SystemTime::now() + Duration::from_secs_f64(seconds);
                    let end = end.duration_since(UNIX_EPOCH).unwrap_or_default();
                    let end = libc::timespec { tv_sec: end.as_secs() as i64, tv_nsec: end.subsec_nanos() as i64 };
                    blocking(ts, || sys!(sem_timedwait(handle as *mut libc::sem_t, &end)))?
                }
            }
        };
        match got {
            Ok(_) => {
                self.count.set(self.count.get() + 1);
                self.owner.set(crate::thread::lock::get_ident());
                Ok(true)
            }
            Err(Errno(libc::EAGAIN | libc::ETIMEDOUT)) => Ok(false),
            Err(e) => Err(e.raise(ts)),
        }
    }
    fn leave(&self, ts: &ThreadState) -> Result<()> {
        if self.kind == RECURSIVE {
            if !self.mine() {
                let text = "attempt to release recursive lock not owned by thread";
                return Err(ts.raise_message(&exceptions(ts).assertion_error, text));
            }
            if self.count.get() > 1 {
                self.count.set(self.count.get() - 1);
                return Ok(());
            }
        } else if self.value(ts)? >= self.most {
            return Err(ts.value_error("semaphore or lock released too many times"));
        }
        sys!(sem_post(self.raw())).or_raise(ts)?;
        self.count.set(self.count.get() - 1);
        Ok(())
    }
}

/// Semaphore/Mutex type
#[class(name = "SemLock", module = "_multiprocessing")]
impl SemLock {
    #[new("(kind, value, maxvalue, name, unlink)")]
    fn new(cls: &Type, ts: &ThreadState, kind: i32, value: i32, maxvalue: i32, name: &str, unlink: bool) -> Result<Ref<SemLock>> {
        if kind != RECURSIVE && kind != 1 {
            return Err(ts.value_error("unrecognized kind"));
        }
        let raw = c_name(ts, name)?;
        let flags = libc::O_CREAT | libc::O_EXCL;
        let p = c!(sem_open(raw.as_ptr(), flags, 0o600 as libc::c_uint, value as libc::c_uint));
        if p.is_null() {
            return Err(Errno::last().raise(ts));
        }
        let lock = SemLock::fresh(p as usize, kind, maxvalue, (!unlink).then(|| str_value(ts, name)));
        if unlink {
            sys!(sem_unlink(raw.as_ptr())).or_raise(ts)?;
        }
        Ok(heap::new_with_type(ts, cls, lock))
    }
    #[classmethod("_rebuild($type, handle, kind, maxvalue, name, /)")]
    fn rebuild(cls: &Value, ts: &ThreadState, handle: &Value, kind: i32, maxvalue: i32, name: &Value) -> Result {
        let handle = index_i64(ts, handle)? as usize;
        let (handle, name) = match name.downcast::<Str>().map(|s| s.to_string_lossy().into_owned()) {
            None => (handle, None),
            Some(name) => {
                let raw = c_name(ts, &name)?;
                let p = c!(sem_open(raw.as_ptr(), 0));
                if p.is_null() {
                    return Err(Errno::last().raise(ts));
                }
                (p as usize, Some(str_value(ts, &name)))
            }
        };
        new_of(ts, cls, SemLock::fresh(handle, kind, maxvalue, name))
    }
    /// Acquire the semaphore/lock.
    #[method("acquire($self, /, block=True, timeout=None)")]
    fn acquire(&self, ts: &ThreadState, block: bool, timeout: Option<&Value>) -> Result<bool> {
        self.enter(ts, block, timeout)
    }
    /// Release the semaphore/lock.
    #[method("release($self, /)")]
    fn release(&self, ts: &ThreadState) -> Result<()> {
        self.leave(ts)
    }
    /// Enter the semaphore/lock.
    #[method("__enter__($self, /)")]
    fn dunder_enter(&self, ts: &ThreadState) -> Result<bool> {
        self.enter(ts, true, None)
    }
    /// Exit the semaphore/lock.
    #[method("__exit__($self, exc_type=None, exc_value=None, exc_tb=None, /)")]
    fn dunder_exit(&self, ts: &ThreadState, exc_type: Option<&Value>, exc_value: Option<&Value>, exc_tb: Option<&Value>) -> Result<()> {
        let _ = (exc_type, exc_value, exc_tb);
        self.leave(ts)
    }
    /// Num of `acquire()`s minus num of `release()`s for this process.
    #[method("_count($self, /)")]
    fn get_count(&self) -> i32 {
        self.count.get()
    }
    /// Whether the lock is owned by this thread.
    #[method("_is_mine($self, /)")]
    fn is_mine(&self) -> bool {
        self.mine()
    }
    /// Get the value of the semaphore.
    #[method("_get_value($self, /)")]
    fn get_value(&self, ts: &ThreadState) -> Result<i32> {
        self.value(ts)
    }
    /// Return whether semaphore has value zero.
    #[method("_is_zero($self, /)")]
    fn is_zero(&self, ts: &ThreadState) -> Result<bool> {
        Ok(self.value(ts)? == 0)
    }
    /// Rezero the net acquisition count after fork().
    #[method("_after_fork($self, /)")]
    fn after_fork(&self) {
        self.count.set(0);
    }
    #[getter("handle", member)]
    fn get_handle(&self) -> u64 {
        self.handle as u64
    }
    #[getter("kind", member)]
    fn get_kind(&self) -> i32 {
        self.kind
    }
    #[getter("maxvalue", member)]
    fn get_most(&self) -> i32 {
        self.most
    }
    #[getter("name", member)]
    fn get_name(&self) -> Option<Value> {
        self.name.get()
    }
}

#[functions(module = "_multiprocessing")]
pub mod functions {
    use super::*;

    #[function("sem_unlink(name, /)")]
    fn sem_unlink(ts: &ThreadState, name: &str) -> Result<()> {
        let raw = c_name(ts, name)?;
        sys!(sem_unlink(raw.as_ptr())).or_raise(ts)?;
        Ok(())
    }
}

#[functions(module = "_posixshmem")]
pub mod memory {
    use super::*;

    /// Open a shared memory object.  Returns a file descriptor (integer).
    #[function("shm_open(path, flags, mode=511)")]
    fn shm_open(ts: &ThreadState, path: &Value, flags: i32, mode: i32) -> Result<i32> {
        let Some(name) = path.downcast::<Str>() else { return Err(ts.type_error("shm_open() argument 1 must be str")) };
        let raw = c_name(ts, &name.to_string_lossy())?;
        blocking(ts, || sys!(shm_open(raw.as_ptr(), flags, mode as libc::mode_t)))?.or_raise_with(ts, path)
    }
    /// Remove a shared memory object (similar to unlink()).
    ///
    /// Remove a shared memory object name, and, once all processes  have  unmapped
    /// the object, de-allocates and destroys the contents of the associated memory
    /// region.
    #[function("shm_unlink(path, /)")]
    fn shm_unlink(ts: &ThreadState, path: &Value) -> Result<()> {
        let Some(name) = path.downcast::<Str>() else { return Err(ts.type_error("shm_unlink() argument 1 must be str")) };
        let raw = c_name(ts, &name.to_string_lossy())?;
        blocking(ts, || sys!(shm_unlink(raw.as_ptr())))?.or_raise_with(ts, path)?;
        Ok(())
    }
}
