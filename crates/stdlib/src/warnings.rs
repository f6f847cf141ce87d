//! `_warnings`: what the module `warnings` rests on. The work is done by `taipan_objects::warn`.

use crate::contextvars;
use taipan_objects::dict::Dict;
use taipan_objects::native::{ModuleDef, functions};
use taipan_objects::str::Str;
use taipan_objects::tuple::Tuple;
use taipan_objects::warn::{self, Occurrence, State};
use taipan_objects::{Result, ThreadState, Value, protocol};

#[functions(module = "_warnings")]
mod functions {
    use super::*;

    /// Issue a warning, or maybe ignore it or raise an exception.
    ///
    ///   message
    ///     Text of the warning message.
    ///   category
    ///     The Warning category subclass. Defaults to UserWarning.
    ///   stacklevel
    ///     How far up the call stack to make this warning appear. A value of 2 for
    ///     example attributes the warning to the caller of the code calling warn().
    ///   source
    ///     If supplied, the destroyed object which emitted a ResourceWarning
    ///   skip_file_prefixes
    ///     An optional tuple of module filename prefixes indicating frames to skip
    ///     during stacklevel computations for stack frame attribution.
    #[function("warn($module, /, message, category=None, stacklevel=1, source=None, *, skip_file_prefixes=())")]
    fn warn(
        ts: &ThreadState,
        message: &Value,
        category: Option<&Value>,
        stacklevel: isize,
        source: Option<&Value>,
        skip_file_prefixes: Value,
    ) -> Result<()> {
        let category = warn::category_of(ts, message, category)?;
        let Some(skip) = skip_file_prefixes.downcast::<Tuple>() else {
            let given = skip_file_prefixes.type_name(ts);
            return Err(ts.type_error(format!("warn() argument 'skip_file_prefixes' must be tuple, not {given}")));
        };
        for p in skip.items() {
            if p.as_str().is_none() {
                return Err(ts.type_error(format!("Found non-str '{}' in skip_file_prefixes.", p.type_name(ts))));
            }
        }
        let level = if skip.is_empty() { stacklevel } else { stacklevel.max(2) };
        warn::warn(ts, &category, message, level as i64, source, skip.items())
    }

    /// Issue a warning, or maybe ignore it or raise an exception.
    #[function(
        "warn_explicit($module, /, message, category, filename, lineno, module=<unrepresentable>, registry=None, module_globals=None, source=None)"
    )]
    fn warn_explicit(
        ts: &ThreadState,
        message: &Value,
        category: &Value,
        filename: &Str,
        lineno: i32,
        module: Option<&Value>,
        registry: Option<&Value>,
        module_globals: Option<&Value>,
        source: Option<&Value>,
    ) -> Result<()> {
        let source_line = match module_globals {
            Some(g) => match g.downcast::<Dict>() {
                Some(g) => source_line(ts, g, lineno)?,
                None => return Err(ts.type_error(format!("module_globals must be a dict, not '{}'", g.type_name(ts)))),
            },
            None => None,
        };
        let at = Occurrence {
            filename: filename.to_ref().into_value(),
            line: lineno.into(),
            module: module.cloned(),
            registry: registry.cloned(),
            source_line,
            source: source.cloned(),
        };
        warn::warn_explicit(ts, category, message, &at)
    }

    #[function("_acquire_lock($module, /)")]
    fn acquire_lock(ts: &ThreadState) {
        let locked = &State::of(ts).locked;
        locked.set(locked.get() + 1);
    }

    #[function("_release_lock($module, /)")]
    fn release_lock(ts: &ThreadState) -> Result<()> {
        let locked = &State::of(ts).locked;
        if locked.get() == 0 {
            return Err(ts.runtime_error("cannot release un-acquired lock"));
        }
        locked.set(locked.get() - 1);
        Ok(())
    }

    #[function("_filters_mutated_lock_held($module, /)")]
    fn filters_mutated_lock_held(ts: &ThreadState) -> Result<()> {
        let state = State::of(ts);
        if state.locked.get() == 0 {
            return Err(ts.runtime_error("warnings lock is not held"));
        }
        state.version.set(state.version.get() + 1);
        Ok(())
    }
}

/// The line as the module's loader gives it.
fn source_line(ts: &ThreadState, globals: &Dict, line: i32) -> Result<Option<String>> {
    let (Some(loader), Some(name)) = (globals.get_name(ts, "__loader__"), globals.get_name(ts, "__name__")) else {
        return Ok(None);
    };
    let Some(get) = protocol::getattr_opt_name(ts, &loader, "get_source")? else { return Ok(None) };
    let source = protocol::call1(ts, &get, &name)?;
    let text = source.as_str().map(|s| s.to_string_lossy().into_owned());
    Ok(text.and_then(|t| t.lines().nth(line.max(1) as usize - 1).map(str::to_string)))
}

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    let state = State::of(ts);
    let context = contextvars::new_var(ts, "_warnings_context");
    state.context.set(Some(context.clone()));
    dict.set_name(ts, "_warnings_context", context);
    dict.set_name(ts, "filters", state.filters(ts));
    dict.set_name(ts, "_onceregistry", state.once_registry(ts));
    dict.set_name(ts, "_defaultaction", Str::intern(ts, "default").into_value());
    Ok(())
}

pub static MODULE: ModuleDef = ModuleDef {
    name: "_warnings",
    doc: "_warnings provides basic warning filtering support.\nIt is a helper module to speed up interpreter start-up.",
    functions: &[functions::FUNCTIONS],
    init: Some(init),
};
