//! The end of a program.

use taipan_objects::dict::Dict;
use taipan_objects::value::Value;
use taipan_objects::{ThreadState, heap, module, protocol};

fn loaded(ts: &ThreadState, name: &str) -> Option<Value> {
    ts.interp().modules.get()?.downcast::<Dict>()?.get_name(ts, name).filter(|m| !m.is_none())
}

/// Flushes a stream; false when that failed.
fn flush(ts: &ThreadState, name: &str) -> bool {
    let Some(f) = module::sys_get(ts, name).filter(|f| !f.is_none()) else { return true };
    if let Ok(Some(closed)) = protocol::getattr_opt_name(ts, &f, "closed")
        && protocol::is_true(ts, &closed).unwrap_or(false)
    {
        return true;
    }
    ts.clear_exception();
    if protocol::call_method(ts, &f, "flush", &[]).is_err() {
        if name == "stdout" {
            ts.write_unraisable("Exception ignored while flushing sys.stdout", Some(&f));
        } else {
            ts.clear_exception();
        }
        return false;
    }
    true
}

/// Threads are waited for, `atexit` functions called, streams flushed. 120 when the standard output could
/// not be written, as CPython's exit code.
pub fn finalize(ts: &ThreadState) -> i32 {
    if let Some(threading) = loaded(ts, "threading")
        && protocol::call_method(ts, &threading, "_shutdown", &[]).is_err()
    {
        ts.write_unraisable("Exception ignored on threading shutdown", Some(&threading));
    }
    if let Some(atexit) = loaded(ts, "atexit")
        && protocol::call_method(ts, &atexit, "_run_exitfuncs", &[]).is_err()
    {
        ts.clear_exception();
    }
    let ok = flush(ts, "stdout");
    flush(ts, "stderr");
    ts.interp().finalizing.set(true);
    ts.stop_tracing();
    for tool in &ts.interp().monitoring.tools {
        tool.events.set(0);
        tool.callbacks.iter().for_each(|c| drop(c.take()));
    }
    ts.interp().monitoring.local.set(false);
    taipan_objects::monitoring::changed(ts);
    clear_modules(ts);
    let ok = flush(ts, "stdout") && ok;
    flush(ts, "stderr");
    if ok { 0 } else { 120 }
}

/// Lets go of the modules' contents, so that what they kept alive is finalised while the streams still work.
fn clear_modules(ts: &ThreadState) {
    let Some(modules) = ts.interp().modules.get() else { return };
    let Some(dict) = modules.downcast::<Dict>() else { return };
    let main = dict.get_name(ts, "__main__");
    if let Some(m) = main.as_ref().and_then(|m| m.downcast::<module::Module>()) {
        // Single-underscore names first, then all others, as CPython does.
        for underscored in [true, false] {
            for k in m.dict.keys() {
                let Some(s) = k.downcast::<taipan_objects::str::Str>() else { continue };
                let b = s.bytes();
                let single = b.first() == Some(&b'_') && b.get(1) != Some(&b'_');
                if single == underscored && b != b"__builtins__" {
                    m.dict.set_str(ts, &s.to_ref(), Value::none());
                    heap::run_finalizers(ts);
                }
            }
        }
    }
    heap::gc::collect(ts, heap::gc::Generation::All, &mut |_| false);
    heap::run_finalizers(ts);
    ts.clear_exception();
}
