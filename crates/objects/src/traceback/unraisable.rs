//! Exceptions that cannot be raised anywhere (in `__del__`, in callbacks): `sys.unraisablehook`.

use super::display::{format_frames, standard_error, write};
use crate::exceptions::BaseException;
use crate::module;
use crate::protocol;
use crate::str::Str;
use crate::structseq::{Field, StructSeq};
use crate::thread::ThreadState;
use crate::value::{Result, Value};

/// What the hook receives.
pub static HOOK_ARGS: StructSeq = StructSeq {
    name: "UnraisableHookArgs",
    doc: "UnraisableHookArgs\n\nType used to pass arguments to sys.unraisablehook.",
    fields: &[
        Field::new("exc_type", "Exception type"),
        Field::new("exc_value", "Exception value"),
        Field::new("exc_traceback", "Exception traceback"),
        Field::new("err_msg", "Error message"),
        Field::new("object", "Object causing the exception"),
    ],
    sequence: 5,
    no_new: false,
    fill: None,
};

/// Shows an exception that cannot be raised. With a message the object is named behind it; without one it is
/// what "Exception ignored in:" speaks of.
pub fn report_unraisable(ts: &ThreadState, exc: &Value, message: &str, object: Option<&Value>) {
    let saved = ts.take_exception();
    let (text, object) = match (message, object) {
        ("", o) => (Value::none(), o.cloned()),
        (m, None) => (Str::new(ts, m).into_value(), None),
        (m, Some(o)) => {
            let shown = protocol::repr_lossy(ts, o).unwrap_or_else(|_| {
                ts.clear_exception();
                "<object repr() failed>".into()
            });
            (Str::new(ts, &format!("{m} {shown}")).into_value(), None)
        }
    };
    let given = exc.downcast::<BaseException>();
    if let Some(e) = given
        && e.traceback.read(Option::is_none)
    {
        // What raised was native code: where that was called says more than nothing.
        e.traceback.set(crate::frame::traceback::here(ts));
    }
    let tb = given.and_then(|e| e.traceback.get()).unwrap_or_else(Value::none);
    let fields = [exc.class(ts).to_value(), exc.clone(), tb, text, object.unwrap_or_else(Value::none)];
    match module::sys_get(ts, "unraisablehook").filter(|h| !h.is_none()) {
        Some(hook) => {
            let called = HOOK_ARGS.make(ts, fields.to_vec()).and_then(|args| protocol::call(ts, &hook, &[args]));
            if called.is_err()
                && let Some(e) = ts.take_exception()
            {
                let message = Str::new(ts, "Exception ignored in sys.unraisablehook").into_value();
                write_report(ts, &e, &message, &hook);
            }
        }
        None => write_report(ts, exc, &fields[3], &fields[4]),
    }
    ts.exception.set(saved);
}

/// `sys.__unraisablehook__(unraisable)`.
pub fn unraisablehook(ts: &ThreadState, args: &Value) -> Result<()> {
    if !args.class(ts).is(&HOOK_ARGS.class(ts)) {
        return Err(ts.type_error("sys.unraisablehook argument type must be UnraisableHookArgs"));
    }
    let get = |name: &str| protocol::getattr_name(ts, args, name);
    let (kind, exc, message, object) = (get("exc_type")?, get("exc_value")?, get("err_msg")?, get("object")?);
    if exc.is_none() {
        // Only the class is known.
        let name = kind.as_type().map_or_else(String::new, |t| t.qualified_name(ts));
        heading(ts, &message, &object);
        write(ts, standard_error(ts).as_ref(), &format!("{name}\n"));
        return Ok(());
    }
    write_report(ts, &exc, &message, &object);
    Ok(())
}

fn heading(ts: &ThreadState, message: &Value, object: &Value) {
    let file = standard_error(ts);
    let message = message.as_str().map(|s| s.to_string_lossy().into_owned());
    let text = if !object.is_none() {
        let shown = protocol::repr_lossy(ts, object).unwrap_or_else(|_| {
            ts.clear_exception();
            "<object repr() failed>".into()
        });
        match message {
            Some(m) => format!("{m}: {shown}\n"),
            None => format!("Exception ignored in: {shown}\n"),
        }
    } else {
        match message {
            Some(m) => format!("{m}:\n"),
            None => return,
        }
    };
    write(ts, file.as_ref(), &text);
}

fn write_report(ts: &ThreadState, exc: &Value, message: &Value, object: &Value) {
    heading(ts, message, object);
    // As CPython's native display does it: no carets, no chain, no notes.
    let mut text = String::new();
    if let Some(tb) = exc.downcast::<BaseException>().and_then(|e| e.traceback.get()) {
        text.push_str("Traceback (most recent call last):\n");
        text.push_str(&format_frames(ts, &tb));
    }
    let name = exc.class(ts).qualified_name(ts);
    text.push_str(name.strip_prefix("__main__.").unwrap_or(&name));
    text.push_str(": ");
    match protocol::str_(ts, exc) {
        Ok(s) => text.push_str(&s.to_string_lossy()),
        Err(_) => {
            ts.clear_exception();
            text.push_str("<exception str() failed>");
        }
    }
    text.push('\n');
    write(ts, standard_error(ts).as_ref(), &text);
    if let Some(f) = standard_error(ts)
        && protocol::call_method(ts, &f, "flush", &[]).is_err()
    {
        ts.clear_exception();
    }
}
