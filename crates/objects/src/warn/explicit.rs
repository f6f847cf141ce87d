//! What becomes of a warning whose place is known: the filters decide, registries remember, the module
//! `warnings` (or a plain line on `sys.stderr`) shows.

use super::{module_attribute, standard_error, State};
use crate::dict::Dict;
use crate::int;
use crate::list::List;
use crate::protocol;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::{Result, Value};

/// Where a warning arose.
pub struct Occurrence {
    pub filename: Value,
    pub line: i64,
    /// A str or None; absent: told from the file name.
    pub module: Option<Value>,
    /// `__warningregistry__` of the module.
    pub registry: Option<Value>,
    pub source_line: Option<String>,
    /// The object that a ResourceWarning is about.
    pub source: Option<Value>,
}

/// `warnings.warn_explicit`.
pub fn warn_explicit(ts: &ThreadState, category: &Value, message: &Value, at: &Occurrence) -> Result<()> {
    let module = match &at.module {
        Some(m) if m.is_none() => return Ok(()),
        Some(m) => m.clone(),
        None => module_of(ts, &at.filename),
    };
    let registry = at.registry.clone().filter(|r| !r.is_none());
    if registry.as_ref().is_some_and(|r| r.downcast::<Dict>().is_none()) {
        return Err(ts.type_error("'registry' must be a dict or None"));
    }
    let (text, category, message) = if protocol::is_instance(ts, message, ts.exceptions().warning.as_value())? {
        (protocol::str_(ts, message)?.into_value(), message.class(ts).to_value(), message.clone())
    } else {
        (message.clone(), category.clone(), protocol::call1(ts, category, message)?)
    };
    let line = int::from_i64(ts, at.line);
    let key = Tuple::new(ts, vec![text.clone(), category.clone(), line.clone()]).into_value();
    if let Some(r) = &registry
        && already_warned(ts, r, &key, false)?
    {
        return Ok(());
    }
    let (action, item) = action_for(ts, &category, &text, at.line, &module)?;
    let action_text = action.as_str().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    match action_text.as_str() {
        "error" => return Err(ts.raise(&message)),
        "ignore" => return Ok(()),
        _ => {}
    }
    if !matches!(action_text.as_str(), "always" | "all") {
        if let Some(r) = registry.as_ref().and_then(|r| r.downcast::<Dict>()) {
            r.set(ts, &key, Value::true_())?;
        }
        let pair = || Tuple::new(ts, vec![text.clone(), category.clone()]).into_value();
        let seen = match action_text.as_str() {
            "once" => {
                let r = match &registry {
                    Some(r) => r.clone(),
                    None => once_registry(ts)?,
                };
                already_warned(ts, &r, &pair(), true)?
            }
            "module" => match &registry {
                Some(r) => already_warned(ts, r, &pair(), true)?,
                None => false,
            },
            "default" => false,
            _ => {
                let (a, i) = (protocol::repr_lossy(ts, &action)?, protocol::repr_lossy(ts, &item)?);
                return Err(ts.runtime_error(format!("Unrecognized action ({a}) in warnings.filters:\n {i}")));
            }
        };
        if seen {
            return Ok(());
        }
    }
    show(ts, &message, &category, &text, &line, at)
}

/// "pkg/mod" of "pkg/mod.py".
fn module_of(ts: &ThreadState, filename: &Value) -> Value {
    let Some(f) = filename.as_str() else { return Str::intern(ts, "<unknown>").into_value() };
    let b = f.bytes();
    if b.is_empty() {
        return Str::intern(ts, "<unknown>").into_value();
    }
    match b.strip_suffix(b".py") {
        Some(stem) => Str::from_wtf8(ts, stem).into_value(),
        None => filename.clone(),
    }
}

/// Is `key` in the registry? Registries of an older version of the filters are emptied.
fn already_warned(ts: &ThreadState, registry: &Value, key: &Value, add: bool) -> Result<bool> {
    let Some(r) = registry.downcast::<Dict>() else {
        return Err(ts.type_error("'registry' must be a dict or None"));
    };
    let version = State::of(ts).version.get();
    let current = r.get_name(ts, "version").filter(int::is_int).and_then(|v| int::to_i64(&v)) == Some(version);
    if !current {
        r.clear_all();
        r.set_name(ts, "version", int::from_i64(ts, version));
    } else if let Some(v) = r.get(ts, key)?
        && protocol::is_true(ts, &v)?
    {
        return Ok(true);
    }
    if add {
        r.set(ts, key, Value::true_())?;
    }
    Ok(false)
}

fn once_registry(ts: &ThreadState) -> Result {
    let r = match module_attribute(ts, "onceregistry")? {
        Some(r) => r,
        None => State::of(ts).once_registry(ts),
    };
    if r.downcast::<Dict>().is_none() {
        return Err(ts.type_error(format!("_warnings.onceregistry must be a dict, not '{}'", r.type_name(ts))));
    }
    Ok(r)
}

/// What the filters say, and which of them did.
fn action_for(ts: &ThreadState, category: &Value, text: &Value, line: i64, module: &Value) -> Result<(Value, Value)> {
    let state = State::of(ts);
    if let Some(var) = state.context.get() {
        let context = protocol::call_method(ts, &var, "get", &[Value::none()])?;
        if !context.is_none() {
            let filters = protocol::getattr_name(ts, &context, "_filters")?;
            let Some(list) = filters.downcast::<List>() else {
                return Err(ts.value_error("_filters of warnings._warnings_context must be a list"));
            };
            if let Some(found) = search(ts, list, "_warnings_context._filters", category, text, line, module)? {
                return Ok(found);
            }
        }
    }
    if let Some(f) = module_attribute(ts, "filters")? {
        state.set_filters(f);
    }
    let filters = state.filters(ts);
    let Some(list) = filters.downcast::<List>() else { return Err(ts.value_error("_warnings.filters must be a list")) };
    if let Some(found) = search(ts, list, "filters", category, text, line, module)? {
        return Ok(found);
    }
    match module_attribute(ts, "defaultaction")? {
        Some(a) if a.as_str().is_some() => Ok((a, Value::none())),
        Some(a) => Err(ts.type_error(format!("_warnings.defaultaction must be a string, not '{}'", a.type_name(ts)))),
        None => Ok((Str::intern(ts, "default").into_value(), Value::none())),
    }
}

fn search(ts: &ThreadState, filters: &List, name: &str, category: &Value, text: &Value, line: i64, module: &Value) -> Result<Option<(Value, Value)>> {
    let mut i = 0;
    // Python code that is called here may change the list.
    while let Some(item) = filters.get(i) {
        let parts = match item.downcast::<Tuple>().map(|t| t.items()) {
            Some([a, b, c, d, e]) => [a, b, c, d, e].map(|v| v.clone()),
            _ => return Err(ts.value_error(format!("warnings.{name} item {i} isn't a 5-tuple"))),
        };
        let [action, message, class, module_filter, at] = parts;
        if action.as_str().is_none() {
            return Err(ts.type_error(format!("action must be a string, not '{}'", action.type_name(ts))));
        }
        let applies = matches(ts, &message, text)?
            && matches(ts, &module_filter, module)?
            && protocol::is_subclass(ts, category, &class)?
            && {
                if !protocol::has_index(ts, &at) {
                    return Err(ts.type_error("an integer is required"));
                }
                let n = protocol::as_isize(ts, &at)? as i64;
                n == 0 || n == line
            };
        if applies {
            return Ok(Some((action, item)));
        }
        i += 1;
    }
    Ok(None)
}

/// None matches everything, a str only itself, a pattern by its `match`.
fn matches(ts: &ThreadState, pattern: &Value, text: &Value) -> Result<bool> {
    if pattern.is_none() {
        return Ok(true);
    }
    if pattern.is_exact::<Str>() {
        return protocol::eq(ts, pattern, text);
    }
    let r = protocol::call_method(ts, pattern, "match", std::slice::from_ref(text))?;
    protocol::is_true(ts, &r)
}

fn show(ts: &ThreadState, message: &Value, category: &Value, text: &Value, line: &Value, at: &Occurrence) -> Result<()> {
    if at.source.is_some() {
        // The source's allocation is told by the module: worth importing it for.
        if crate::module::import(ts, "warnings").is_err() {
            ts.clear_exception();
        }
    }
    let Some(f) = module_attribute(ts, "_showwarnmsg")? else {
        show_plain(ts, category, text, at);
        return Ok(());
    };
    if !protocol::is_callable(ts, &f) {
        return Err(ts.type_error("warnings._showwarnmsg() must be set to a callable"));
    }
    let Some(class) = module_attribute(ts, "WarningMessage")? else {
        return Err(ts.runtime_error("unable to get warnings.WarningMessage"));
    };
    let source = at.source.clone().unwrap_or_else(Value::none);
    let args = [message.clone(), category.clone(), at.filename.clone(), line.clone(), Value::none(), Value::none(), source];
    let m = protocol::call(ts, &class, &args)?;
    protocol::call1(ts, &f, &m)?;
    Ok(())
}

/// "file:line: Category: text" and the source line.
fn show_plain(ts: &ThreadState, category: &Value, text: &Value, at: &Occurrence) {
    let name = category.as_type().map_or_else(String::new, |t| t.short_name());
    let shown = |v: &Value| {
        protocol::str_(ts, v).map(|s| s.to_string_lossy().into_owned()).unwrap_or_else(|_| {
            ts.clear_exception();
            String::new()
        })
    };
    let file = shown(&at.filename);
    let mut out = format!("{file}:{}: {name}: {}\n", at.line, shown(text));
    let source = at.source_line.clone().or_else(|| crate::traceback::display::source_line(&file, at.line as i32));
    if let Some(s) = source {
        out.push_str(&format!("  {}\n", s.trim()));
    }
    crate::traceback::display::write(ts, standard_error(ts).as_ref(), &out);
}
