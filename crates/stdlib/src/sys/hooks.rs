//! Hooks: display, exceptions, audit, async generators, breakpoints.

use taipan_objects::dict::Dict;
use taipan_objects::generator::async_generator::Hooks as AsyncGenHooks;
use taipan_objects::generator::coroutine::OriginTracking;
use taipan_objects::module;
use taipan_objects::native::{functions, Args, Kwargs};
use taipan_objects::str::Str;
use taipan_objects::structseq::{Field, StructSeq};
use taipan_objects::value::{Result, Value};
use taipan_objects::{protocol, GilCell, ThreadState};

/// What a program installed.
#[derive(Default)]
pub struct Hooks {
    pub audit: GilCell<Vec<Value>>,
}

static ASYNCGEN_HOOKS: StructSeq = StructSeq {
    name: "sys.asyncgen_hooks",
    doc: "asyncgen_hooks\n\nThis object provides information about the currently installed asynchronous generator hooks.",
    fields: &[Field::new("firstiter", ""), Field::new("finalizer", "")],
    sequence: 2,
    no_new: true,
    fill: None,
};

pub fn fill(ts: &ThreadState, d: &Dict) -> Result<()> {
    for (hook, original) in [
        ("displayhook", "__displayhook__"),
        ("excepthook", "__excepthook__"),
        ("unraisablehook", "__unraisablehook__"),
        ("breakpointhook", "__breakpointhook__"),
    ] {
        if let Some(f) = d.get_name(ts, hook) {
            d.set_name(ts, original, f);
        }
    }
    Ok(())
}

/// Tells the audit hooks of an event.
pub fn audit(ts: &ThreadState, event: &str, args: &[Value]) -> Result<()> {
    let hooks = ts.interp().extension::<Hooks>().audit.get();
    for h in hooks {
        let t = taipan_objects::tuple::Tuple::new(ts, args.to_vec()).into_value();
        protocol::call(ts, &h, &[Str::new(ts, event).into_value(), t])?;
    }
    Ok(())
}

#[functions(module = "sys")]
pub mod functions {
    use super::*;
    /// Print an object to sys.stdout and also save it in builtins._
    #[function("displayhook(object, /)")]
    fn displayhook(ts: &ThreadState, object: &Value) -> Result<()> {
        if object.is_none() {
            return Ok(());
        }
        let Some(b) = ts.interp().builtins.get() else { return Err(ts.runtime_error("lost builtins module")) };
        protocol::setattr_name(ts, b, "_", &Value::none())?;
        let Some(out) = module::sys_get(ts, "stdout").filter(|o| !o.is_none()) else {
            return Err(ts.runtime_error("lost sys.stdout"));
        };
        let text = protocol::repr(ts, object)?;
        let write = protocol::getattr(ts, &out, &ts.names().write)?;
        if let Err(e) = protocol::call1(ts, &write, text.as_value()) {
            if !ts.exception_is(|x| &x.unicode_encode_error) {
                return Err(e);
            }
            ts.clear_exception();
            let encoding = protocol::getattr(ts, &out, &ts.names().encoding)?;
            let args = [encoding, Str::new(ts, "backslashreplace").into_value()];
            let encoded = protocol::call_method(ts, text.as_value(), "encode", &args)?;
            let plain = protocol::call_method(ts, &encoded, "decode", &args)?;
            protocol::call1(ts, &write, &plain)?;
        }
        protocol::call1(ts, &write, &Str::new(ts, "\n").into_value())?;
        protocol::setattr_name(ts, b, "_", object)
    }
    /// Handle an exception by displaying it with a traceback on sys.stderr.
    #[function("excepthook(exctype, value, traceback, /)")]
    fn excepthook(ts: &ThreadState, _exctype: &Value, value: &Value, traceback: &Value) -> Result<()> {
        taipan_objects::traceback::display::print_exception(ts, value, Some(traceback));
        Ok(())
    }
    /// Handle an unraisable exception.
    #[function("unraisablehook(unraisable, /)")]
    fn unraisablehook(ts: &ThreadState, unraisable: &Value) -> Result<()> {
        taipan_objects::traceback::unraisable::unraisablehook(ts, unraisable)?;
        Ok(())
    }
    /// This hook function is called by built-in breakpoint().
    #[function("breakpointhook(*args, **kwargs)")]
    fn breakpointhook(ts: &ThreadState, args: &[Value], kwargs: Kwargs<'_>) -> Result {
        let name = std::env::var("PYTHONBREAKPOINT").unwrap_or_default();
        if name == "0" {
            return Ok(Value::none());
        }
        let path = if name.is_empty() { "pdb.set_trace".to_string() } else { name };
        let (m, f) = path.rsplit_once('.').unwrap_or(("builtins", &path));
        let found = module::import(ts, m).and_then(|module| protocol::getattr_name(ts, &module, f));
        let Ok(f) = found else {
            ts.clear_exception();
            ts.warn_runtime(&format!("Ignoring unimportable $PYTHONBREAKPOINT: \"{path}\""))?;
            return Ok(Value::none());
        };
        let (names, values): (Vec<Value>, Vec<Value>) = kwargs.iter().map(|(k, v)| (k.clone(), v.clone())).unzip();
        protocol::call_args(ts, &f, Args::with_keywords(args, &names, &values))
    }
    /// Passes the event to any hooks that are attached.
    #[function("audit(event, /, *args)")]
    fn audit(ts: &ThreadState, event: &str, args: &[Value]) -> Result<()> {
        super::audit(ts, event, args)
    }
    /// Adds a new audit hook callback.
    #[function("addaudithook(hook)")]
    fn addaudithook(ts: &ThreadState, hook: &Value) {
        ts.interp().extension::<Hooks>().audit.write(|a| a.push(hook.clone()));
    }
    /// Check status of origin tracking for coroutine objects in this thread.
    #[function("get_coroutine_origin_tracking_depth()")]
    fn get_coroutine_origin_tracking_depth(ts: &ThreadState) -> i32 {
        ts.extension::<OriginTracking>().depth.get() as i32
    }
    /// Enable or disable origin tracking for coroutine objects in this thread.
    #[function("set_coroutine_origin_tracking_depth(depth)")]
    fn set_coroutine_origin_tracking_depth(ts: &ThreadState, depth: i32) -> Result<()> {
        if depth < 0 {
            return Err(ts.value_error("depth must be >= 0"));
        }
        ts.extension::<OriginTracking>().depth.set(depth as u32);
        Ok(())
    }
    /// set_asyncgen_hooks([firstiter] [, finalizer])
    ///
    /// Set a finalizer for async generators objects.
    #[function("set_asyncgen_hooks(firstiter=<unrepresentable>, finalizer=<unrepresentable>)", no_signature)]
    fn set_asyncgen_hooks(ts: &ThreadState, firstiter: Option<&Value>, finalizer: Option<&Value>) -> Result<()> {
        let h = ts.extension::<AsyncGenHooks>();
        for (v, name) in [(finalizer, "finalizer"), (firstiter, "firstiter")] {
            if let Some(v) = v
                && !v.is_none()
                && !protocol::is_callable(ts, v)
            {
                return Err(ts.type_error(format!("callable {name} expected, got {}", v.type_name(ts))));
            }
        }
        if let Some(f) = finalizer {
            h.finalizer.set(Some(f.clone()).filter(|f| !f.is_none()));
        }
        if let Some(f) = firstiter {
            h.firstiter.set(Some(f.clone()).filter(|f| !f.is_none()));
        }
        Ok(())
    }
    /// Return the installed asynchronous generators hooks.
    #[function("get_asyncgen_hooks()")]
    fn get_asyncgen_hooks(ts: &ThreadState) -> Result {
        let h = ts.extension::<AsyncGenHooks>();
        let get = |c: &GilCell<Option<Value>>| c.get().unwrap_or_else(Value::none);
        ASYNCGEN_HOOKS.make(ts, vec![get(&h.firstiter), get(&h.finalizer)])
    }
}

