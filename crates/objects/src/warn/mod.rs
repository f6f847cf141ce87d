//! Warnings: how native code issues them, and what `warnings.warn` does. The filters are the interpreter's,
//! seen by Python as `_warnings.filters`; [`explicit`] decides and shows.

pub mod explicit;

use crate::dict::Dict;
use crate::exceptions::ExceptionTypes;
use crate::frame::{self, Frame};
use crate::heap::{GilCell, Ref};
use crate::list::List;
use crate::module;
use crate::protocol;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::typeobject::Type;
use crate::value::{Result, Value};
use std::cell::{Cell, OnceCell};

pub use explicit::{warn_explicit, Occurrence};

/// The interpreter's part of `warnings`.
#[derive(Default)]
pub struct State {
    filters: GilCell<Option<Value>>,
    once_registry: OnceCell<Value>,
    /// Changes with the filters: registries of an older version are void.
    pub version: Cell<i64>,
    /// Holders of `_warnings._acquire_lock`.
    pub locked: Cell<u32>,
    /// The context variable that holds context-local filters.
    pub context: GilCell<Option<Value>>,
}

impl State {
    pub fn of(ts: &ThreadState) -> &'static State {
        ts.interp().extension::<State>()
    }
    /// A list of 5-tuples, see the module `warnings`.
    pub fn filters(&self, ts: &ThreadState) -> Value {
        if let Some(f) = self.filters.get() {
            return f;
        }
        let x = ts.exceptions();
        let filter = |action: &str, category: &Ref<Type>, module: Option<&str>| {
            let module = module.map_or_else(Value::none, |m| Str::intern(ts, m).into_value());
            let zero = crate::int::from_i64(ts, 0);
            Tuple::new(ts, vec![Str::intern(ts, action).into_value(), Value::none(), category.as_value().clone(), module, zero]).into_value()
        };
        let list = List::new(
            ts,
            vec![
                filter("default", &x.deprecation_warning, Some("__main__")),
                filter("ignore", &x.deprecation_warning, None),
                filter("ignore", &x.pending_deprecation_warning, None),
                filter("ignore", &x.import_warning, None),
                filter("ignore", &x.resource_warning, None),
            ],
        );
        self.filters.set(Some(list.as_value().clone()));
        list.into_value()
    }
    pub fn set_filters(&self, filters: Value) {
        self.filters.set(Some(filters))
    }
    pub fn once_registry(&self, ts: &ThreadState) -> Value {
        self.once_registry.get_or_init(|| Dict::new(ts).into_value()).clone()
    }
}

/// `warnings.name`, if that module has been imported.
pub(super) fn module_attribute(ts: &ThreadState, name: &str) -> Result<Option<Value>> {
    let Some(modules) = ts.interp().modules.get() else { return Ok(None) };
    let Some(m) = modules.downcast::<Dict>().and_then(|d| d.get_name(ts, "warnings")).filter(|m| !m.is_none()) else { return Ok(None) };
    protocol::getattr_opt_name(ts, &m, name)
}

/// The class of a warning: the message's own, or `category`, by default UserWarning.
pub fn category_of(ts: &ThreadState, message: &Value, category: Option<&Value>) -> Result<Value> {
    let warning = ts.exceptions().warning.as_value();
    let category = match category {
        _ if protocol::is_instance(ts, message, warning)? => message.class(ts).to_value(),
        Some(c) => c.clone(),
        None => ts.exceptions().user_warning.as_value().clone(),
    };
    if category.as_type().is_none() || !protocol::is_subclass(ts, &category, warning)? {
        return Err(ts.type_error(format!("category must be a Warning subclass, not '{}'", category.type_name(ts))));
    }
    Ok(category)
}

/// Frames of the import machinery.
fn is_internal(file: &Str) -> bool {
    let f = file.bytes();
    let has = |part: &[u8]| memchr::memmem::find(f, part).is_some();
    has(b"importlib") && has(b"_bootstrap")
}

/// `warnings.warn`: attributed to the Python frame `level` calls up (1: the running one).
pub fn warn(ts: &ThreadState, category: &Value, message: &Value, level: i64, source: Option<&Value>, skip: &[Value]) -> Result<()> {
    let skipped = |file: &Str| {
        is_internal(file) || skip.iter().any(|p| p.as_str().is_some_and(|p| file.bytes().starts_with(p.bytes())))
    };
    // SAFETY: the thread's chain of frames is alive, and only Python frames are looked at.
    let found = unsafe {
        let back = |f: *mut Frame| Frame::shown((*f).prev);
        let mut f = frame::current(ts).unwrap_or(std::ptr::null_mut());
        let mut left = level;
        if left <= 0 || (!f.is_null() && is_internal(&Frame::code_ref(f).filename)) {
            while left > 1 && !f.is_null() {
                f = back(f);
                left -= 1;
            }
        } else {
            while left > 1 && !f.is_null() {
                f = back(f);
                while !f.is_null() && skipped(&Frame::code_ref(f).filename) {
                    f = back(f);
                }
                left -= 1;
            }
        }
        if f.is_null() {
            None
        } else {
            Some((Frame::code_ref(f).filename.clone(), Frame::line(f).unwrap_or(0), Frame::function(f).globals.clone()))
        }
    };
    let (filename, line, globals) = match found {
        Some((file, line, globals)) => (file, line as i64, Some(globals)),
        None => {
            let sys = ts.interp().sys_dict.get().and_then(|d| d.downcast_ref::<Dict>().cloned());
            (Str::new(ts, "<sys>"), 0, sys)
        }
    };
    let (registry, module) = match &globals {
        Some(g) => {
            let key = &ts.names().__warningregistry__;
            let registry = match g.get_str(key) {
                Some(r) => r,
                None => {
                    let new = Dict::new(ts).into_value();
                    g.set_str(ts, key, new.clone());
                    new
                }
            };
            let name = g.get_str(&ts.names().__name__).filter(|n| n.is_none() || n.as_str().is_some());
            (Some(registry), name)
        }
        None => (None, None),
    };
    let module = module.unwrap_or_else(|| Str::intern(ts, "<string>").into_value());
    let at = Occurrence { filename: filename.into_value(), line, module: Some(module), registry, source_line: None, source: source.cloned() };
    warn_explicit(ts, category, message, &at)
}

impl ThreadState {
    /// Issues a warning for the caller `level` frames up (1: the running Python code). Before there is a
    /// `sys` nothing is said.
    pub fn warn(&self, pick: fn(&ExceptionTypes) -> &Ref<Type>, message: &str, level: i64) -> Result<()> {
        self.warn_about(pick, message, level, None)
    }
    /// As [`ThreadState::warn`], with the object that a ResourceWarning is about.
    pub fn warn_about(&self, pick: fn(&ExceptionTypes) -> &Ref<Type>, message: &str, level: i64, source: Option<&Value>) -> Result<()> {
        if self.interp().modules.read(|m| m.is_none()) {
            return Ok(());
        }
        let category = pick(self.exceptions()).as_value();
        warn(self, category, &Str::new(self, message).into_value(), level, source, &[])
    }
    pub fn warn_deprecated(&self, message: &str) -> Result<()> {
        self.warn(|x| &x.deprecation_warning, message, 1)
    }
    pub fn warn_runtime(&self, message: &str) -> Result<()> {
        self.warn(|x| &x.runtime_warning, message, 1)
    }
    /// A ResourceWarning about `source`, from its finalizer: what it raises goes to `sys.unraisablehook`.
    pub fn warn_resource(&self, message: &str, source: &Value) {
        if self.warn_about(|x| &x.resource_warning, message, 1, Some(source)).is_err() {
            if self.exception_is(|x| &x.warning) {
                self.write_unraisable("", Some(source));
            } else {
                self.clear_exception();
            }
        }
    }
    /// A SyntaxWarning or the like about a place in a source text.
    pub fn warn_at(&self, pick: fn(&ExceptionTypes) -> &Ref<Type>, message: &str, filename: &Value, line: i64) -> Result<()> {
        let at = Occurrence { filename: filename.clone(), line, module: None, registry: None, source_line: None, source: None };
        warn_explicit(self, pick(self.exceptions()).as_value(), &Str::new(self, message).into_value(), &at)
    }
}

/// `sys.stderr`, for warnings that the module `warnings` does not show.
pub(super) fn standard_error(ts: &ThreadState) -> Option<Value> {
    module::sys_get(ts, "stderr").filter(|f| !f.is_none())
}
