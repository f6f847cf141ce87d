//! Limits, sizes, interning, exits.

use taipan_objects::native::functions;
use taipan_objects::str::Str;
use taipan_objects::value::{Result, Value};
use taipan_objects::{int, protocol, ThreadState};

/// The interval that `sys.setswitchinterval` sets, in seconds.
pub struct SwitchInterval(std::cell::Cell<f64>);
impl Default for SwitchInterval {
    fn default() -> Self {
        SwitchInterval(std::cell::Cell::new(0.005))
    }
}

#[functions(module = "sys")]
pub mod functions {
    use super::*;
    /// Exit the interpreter by raising SystemExit(status).
    #[function("exit(status=None, /)")]
    fn exit(ts: &ThreadState, status: &Value) -> Result {
        let args = if status.is_none() { vec![] } else { vec![status.clone()] };
        Err(ts.raise_args(&ts.exceptions().system_exit, args))
    }
    /// Return the current default encoding used by the Unicode implementation.
    #[function("getdefaultencoding()")]
    fn getdefaultencoding() -> &'static str {
        "utf-8"
    }
    /// Return the encoding used to convert Unicode filenames to OS filenames.
    #[function("getfilesystemencoding()")]
    fn getfilesystemencoding() -> &'static str {
        "utf-8"
    }
    /// Return the error mode used for Unicode to OS filename conversion.
    #[function("getfilesystemencodeerrors()")]
    fn getfilesystemencodeerrors() -> &'static str {
        "surrogateescape"
    }
    /// Return the current value of the recursion limit.
    #[function("getrecursionlimit()")]
    fn getrecursionlimit(ts: &ThreadState) -> u32 {
        ts.interp().recursion_limit.get()
    }
    /// Set the maximum depth of the Python interpreter stack to n.
    #[function("setrecursionlimit(limit, /)")]
    fn setrecursionlimit(ts: &ThreadState, limit: i32) -> Result<()> {
        if limit < 1 {
            return Err(ts.value_error("recursion limit must be greater or equal than 1"));
        }
        ts.interp().recursion_limit.set(limit as u32);
        taipan_objects::frame::access::set_recursion_limit(ts, limit as u32)
    }
    /// Return the current thread switch interval; see sys.setswitchinterval().
    #[function("getswitchinterval()")]
    fn getswitchinterval(ts: &ThreadState) -> f64 {
        ts.interp().extension::<SwitchInterval>().0.get()
    }
    /// Set the ideal thread switching delay inside the Python interpreter.
    #[function("setswitchinterval(interval, /)")]
    fn setswitchinterval(ts: &ThreadState, interval: f64) -> Result<()> {
        if interval <= 0.0 {
            return Err(ts.value_error("switch interval must be strictly positive"));
        }
        ts.interp().extension::<SwitchInterval>().0.set(interval);
        Ok(())
    }
    /// Return the reference count of object.
    #[function("getrefcount(object, /)")]
    fn getrefcount(object: &Value) -> u32 {
        match object.header() {
            Some(h) => h.count().saturating_add(1),
            None => u32::MAX >> 1,
        }
    }
    /// getsizeof(object [, default]) -> int
    ///
    /// Return the size of object in bytes.
    #[function("getsizeof(object, default=<unrepresentable>)", no_signature)]
    fn getsizeof(ts: &ThreadState, object: &Value, default: Option<&Value>) -> Result {
        let Some(f) = protocol::lookup_special(ts, object, &Str::intern(ts, "__sizeof__"))? else {
            return match default {
                Some(d) => Ok(d.clone()),
                None => Err(ts.type_error(format!("Type {} doesn't define __sizeof__", object.type_name(ts)))),
            };
        };
        let r = match protocol::call0(ts, &f) {
            Ok(r) => r,
            Err(e) => {
                if let (Some(d), true) = (default, ts.exception_is(|x| &x.type_error)) {
                    ts.clear_exception();
                    return Ok(d.clone());
                }
                return Err(e);
            }
        };
        let n = protocol::as_isize(ts, &r)?;
        if n < 0 {
            return Err(ts.value_error("__sizeof__() should return >= 0"));
        }
        let gc = if object.is_pointer() && object.class(ts).has_gc() { 8 } else { 0 };
        Ok(int::from_i64(ts, n as i64 + gc))
    }
    /// ``Intern'' the given string.
    ///
    /// This enters the string in the (global) table of interned strings whose
    /// purpose is to speed up dictionary lookups. Return the string itself or
    /// the previously interned string object with the same value.
    #[function("intern(string, /)")]
    fn intern(ts: &ThreadState, string: &Value) -> Result {
        match string.downcast_ref::<Str>() {
            Some(s) if string.is_exact::<Str>() => Ok(Str::intern_ref(ts, s).into_value()),
            Some(_) => Err(ts.type_error(format!("can't intern {}", string.type_name(ts)))),
            None => Err(ts.type_error(format!("intern() argument must be str, not {}", string.type_name(ts)))),
        }
    }
    /// Return True if the given string is "interned".
    #[function("_is_interned(string, /)")]
    fn _is_interned(string: &Str) -> bool {
        string.is_interned()
    }
    #[function("_is_immortal(op, /)")]
    fn _is_immortal(op: &Value) -> bool {
        op.header().is_none_or(|h| h.is_immortal())
    }
    /// Return True if Python is exiting.
    #[function("is_finalizing()")]
    fn is_finalizing(ts: &ThreadState) -> bool {
        ts.interp().finalizing.get()
    }
    /// Return the maximum string digits limit for non-binary int<->str conversions.
    #[function("get_int_max_str_digits()")]
    fn get_int_max_str_digits(ts: &ThreadState) -> i32 {
        ts.interp().config.read(|c| c.int_max_str_digits)
    }
    /// Set the maximum string digits limit for non-binary int<->str conversions.
    #[function("set_int_max_str_digits(maxdigits)")]
    fn set_int_max_str_digits(ts: &ThreadState, maxdigits: i32) -> Result<()> {
        if maxdigits != 0 && maxdigits < 640 {
            return Err(ts.value_error("maxdigits must be 0 or larger than 640"));
        }
        ts.interp().config.write(|c| c.int_max_str_digits = maxdigits);
        Ok(())
    }
    /// Return the number of memory blocks currently allocated.
    #[function("getallocatedblocks()")]
    fn getallocatedblocks(ts: &ThreadState) -> usize {
        ts.interp().containers.len()
    }
    #[function("getunicodeinternedsize(*, _only_immortal=False)")]
    fn getunicodeinternedsize(_only_immortal: bool) -> i32 {
        0
    }
    /// Clear the internal type lookup cache.
    #[function("_clear_type_cache()")]
    fn _clear_type_cache() {}
    /// Clear all internal performance-related caches.
    #[function("_clear_internal_caches()")]
    fn _clear_internal_caches() {}
    /// The number of CPUs that the configuration sets; -1: none.
    #[function("_get_cpu_count_config()")]
    fn _get_cpu_count_config() -> i32 {
        -1
    }
    /// Removes the descriptors of a class that `__slots__` are about to replace.
    #[function("_clear_type_descriptors(type, /)")]
    fn _clear_type_descriptors(ts: &ThreadState, ty: &taipan_objects::typeobject::Type) -> Result<()> {
        if !ty.is_heap_type() {
            return Err(ts.type_error("argument is immutable"));
        }
        for name in ["__dict__", "__weakref__"] {
            ty.dict.remove_str(&Str::intern(ts, name));
        }
        ty.modified(ts);
        Ok(())
    }
    #[function("_debugmallocstats()")]
    fn _debugmallocstats() {}
    /// Return True if the GIL is currently enabled and False if the GIL is disabled.
    #[function("_is_gil_enabled()")]
    fn _is_gil_enabled() -> bool {
        true
    }
    #[function("is_stack_trampoline_active()")]
    fn is_stack_trampoline_active() -> bool {
        false
    }
    #[function("is_remote_debug_enabled()")]
    fn is_remote_debug_enabled() -> bool {
        false
    }
    /// Activate stack profiler trampoline *backend*.
    #[function("activate_stack_trampoline(backend, /)")]
    fn activate_stack_trampoline(ts: &ThreadState, _backend: &str) -> Result<()> {
        Err(ts.value_error("perf trampoline not available"))
    }
    /// Deactivate the current stack profiler trampoline backend.
    #[function("deactivate_stack_trampoline()")]
    fn deactivate_stack_trampoline() {}
}
