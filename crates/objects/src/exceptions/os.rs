//! `OSError`: its class follows from the error number.

use super::base::{no_keywords, own_dict, plain_str, reduced, BaseException};
use super::members::{special, Special};
use super::ExceptionTypes;
use crate::heap::{self, Ref};
use crate::int;
use crate::native::{class, Args};
use crate::protocol;
use crate::slots::{Call, Init};
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::typeobject::Type;
use crate::value::{Result, Value};
use std::cell::Cell;

special! {
    OSError, MEMBERS {
        errno "POSIX exception code",
        strerror "exception strerror",
        filename "exception filename",
        filename2 "second exception filename",
    } plus {
        // -1: not known.
        written: Cell<isize> = Cell::new(-1),
    }
}

/// The class for an error number.
pub fn class_of_errno(types: &'static ExceptionTypes, errno: i32) -> Option<&'static Ref<Type>> {
    Some(match errno {
        libc::EAGAIN | libc::EALREADY | libc::EINPROGRESS => &types.blocking_io_error,
        libc::EPIPE | libc::ESHUTDOWN => &types.broken_pipe_error,
        libc::ECHILD => &types.child_process_error,
        libc::ECONNABORTED => &types.connection_aborted_error,
        libc::ECONNREFUSED => &types.connection_refused_error,
        libc::ECONNRESET => &types.connection_reset_error,
        libc::EEXIST => &types.file_exists_error,
        libc::ENOENT => &types.file_not_found_error,
        libc::EISDIR => &types.is_a_directory_error,
        libc::ENOTDIR => &types.not_a_directory_error,
        libc::EINTR => &types.interrupted_error,
        libc::EACCES | libc::EPERM => &types.permission_error,
        libc::ESRCH => &types.process_lookup_error,
        libc::ETIMEDOUT => &types.timeout_error,
        _ => return None,
    })
}

/// A class that overrides `__init__` but not `__new__` is initialised there; all others in `__new__`.
fn uses_init(ty: &Type) -> bool {
    let s = ty.slots();
    let own_new = s.new.is_some_and(|f| std::ptr::fn_addr_eq(f, OSError::new as Call));
    let own_init = s.init.is_some_and(|f| std::ptr::fn_addr_eq(f, OSError::init as Init));
    !own_init && own_new
}

/// Reads (errno, strerror[, filename[, winerror[, filename2]]]).
fn fill(ts: &ThreadState, slf: &Value, args: &[Value]) -> Result<()> {
    // SAFETY: called with new instances.
    let e: &OSError = unsafe { slf.payload_unchecked() };
    let mut kept = args;
    if (2..=5).contains(&args.len()) {
        e.errno.set(Some(args[0].clone()));
        e.strerror.set(Some(args[1].clone()));
        if let Some(f) = args.get(2).filter(|f| !f.is_none()) {
            let blocking = slf.class(ts).is(&ts.exceptions().blocking_io_error);
            if blocking && is_number(ts, f) {
                e.written.set(size(ts, f)?);
            } else {
                e.filename.set(Some(f.clone()));
                e.filename2.set(args.get(4).filter(|f| !f.is_none()).cloned());
                // `args` stays a pair, as programs have always unpacked it.
                kept = &args[..2];
            }
        }
    }
    e.base.set_args_from(ts, kept);
    Ok(())
}

fn is_number(ts: &ThreadState, v: &Value) -> bool {
    let s = v.class(ts).slots();
    s.index.is_some() || s.int.is_some() || s.float.is_some()
}

fn size(ts: &ThreadState, v: &Value) -> Result<isize> {
    match protocol::as_isize(ts, v) {
        Err(_) if ts.exception_is(|x| &x.overflow_error) || ts.exception_is(|x| &x.index_error) => {
            ts.clear_exception();
            Err(ts.value_error(format!("cannot fit '{}' into an index-sized integer", v.type_name(ts))))
        }
        r => r,
    }
}

#[class(name = "OSError", dict, parts(Self::MEMBERS))]
impl OSError {
    #[slot(new)]
    #[inline(never)]
    pub(super) fn new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result {
        let Some(mut ty) = cls.as_type() else { return Err(ts.type_error("OSError.__new__(X): X is not a type object")) };
        let in_init = uses_init(ty);
        if !in_init {
            no_keywords(ts, ty, &args)?;
            let types = ts.exceptions();
            if ty.is(&types.os_error)
                && (2..=5).contains(&args.positional.len())
                && let Some(n) = int::to_i64(&args.positional[0])
                && let Some(c) = i32::try_from(n).ok().and_then(|n| class_of_errno(types, n))
            {
                ty = c;
            }
        }
        let e = heap::new_with_type(ts, ty, OSError::empty(BaseException::empty(ts))).into_value();
        if !in_init {
            fill(ts, &e, args.positional)?;
        }
        Ok(e)
    }
    #[slot(init)]
    #[inline(never)]
    pub(super) fn init(ts: &ThreadState, slf: &Value, args: Args<'_>) -> Result<()> {
        let ty = slf.class(ts);
        if !uses_init(ty) {
            return Ok(());
        }
        no_keywords(ts, ty, &args)?;
        fill(ts, slf, args.positional)
    }
    #[slot(str)]
    fn str_(ts: &ThreadState, slf: &Value) -> Result {
        // SAFETY: the slot is called with instances of the class.
        let e: &OSError = unsafe { slf.payload_unchecked() };
        let shown = |v: &Option<Value>| -> Result<String> {
            match v {
                Some(v) => Ok(protocol::str_(ts, v)?.to_string_lossy().into_owned()),
                None => Ok("None".into()),
            }
        };
        let (errno, strerror) = (e.errno.get(), e.strerror.get());
        let text = match (e.filename.get(), e.filename2.get()) {
            (Some(f), second) => {
                let mut b = crate::str::StrBuilder::new();
                b.push_str(&format!("[Errno {}] {}: ", shown(&errno)?, shown(&strerror)?));
                b.push_text(&*protocol::repr(ts, &f)?);
                if let Some(g) = second {
                    b.push_str(" -> ");
                    b.push_text(&*protocol::repr(ts, &g)?);
                }
                return Ok(b.finish(ts).into_value());
            }
            (None, _) if errno.is_some() && strerror.is_some() => format!("[Errno {}] {}", shown(&errno)?, shown(&strerror)?),
            (None, _) => return plain_str(ts, slf),
        };
        Ok(Str::new(ts, &text).into_value())
    }
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Value {
        // SAFETY: checked by the method wrapper.
        let e: &OSError = unsafe { slf.payload_unchecked() };
        let mut args = e.base.args_vec();
        if args.len() == 2
            && let Some(f) = e.filename.get()
        {
            args.push(f);
            if let Some(g) = e.filename2.get() {
                args.extend([Value::none(), g]);
            }
        }
        reduced(ts, slf, Tuple::new(ts, args).into_value(), own_dict(ts, slf).map(Ref::into_value))
    }
    #[getter("characters_written")]
    fn characters_written(&self, ts: &ThreadState) -> Result<isize> {
        match self.written.get() {
            -1 => Err(ts.attribute_error("characters_written")),
            n => Ok(n),
        }
    }
    #[setter("characters_written")]
    fn set_characters_written(&self, ts: &ThreadState, v: Option<&Value>) -> Result<()> {
        match v {
            None if self.written.get() == -1 => return Err(ts.attribute_error("characters_written")),
            None => self.written.set(-1),
            Some(v) => self.written.set(size(ts, v)?),
        }
        Ok(())
    }
}

/// The `errno` of an OSError, if it is a number.
pub fn errno_of(exc: &Value) -> Option<i32> {
    let n = exc.downcast::<OSError>()?.errno.get()?;
    i32::try_from(int::to_i64(&n)?).ok()
}

