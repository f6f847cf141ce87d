//! `repr`, `str`, `ascii`, `format`, and the guard against self-containing objects.

use crate::heap::Ref;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::value::{Result, Value};

/// `repr(v)`.
pub fn repr(ts: &ThreadState, v: &Value) -> Result<Ref<Str>> {
    ts.recursion_guard(" while getting the repr of an object")?;
    let Some(f) = v.class(ts).slots().repr else {
        return Ok(Str::new(ts, &format!("<{} object at {:#x}>", v.type_name(ts), v.id())));
    };
    let r = f(ts, v)?;
    match Ref::<Str>::from_value(r) {
        Ok(s) => Ok(s),
        Err(r) => Err(ts.type_error(format!("__repr__ returned non-string (type {})", r.type_name(ts)))),
    }
}

/// `str(v)`.
pub fn str_(ts: &ThreadState, v: &Value) -> Result<Ref<Str>> {
    if v.is_exact::<Str>()
        && let Some(s) = v.downcast_ref::<Str>()
    {
        return Ok(s.clone());
    }
    if let Some(i) = v.as_small_int() {
        return Ok(Str::from_i64(ts, i));
    }
    let Some(f) = v.class(ts).slots().str else { return repr(ts, v) };
    ts.recursion_guard(" while getting the str of an object")?;
    let r = f(ts, v)?;
    match Ref::<Str>::from_value(r) {
        Ok(s) => Ok(s),
        Err(r) => Err(ts.type_error(format!("__str__ returned non-string (type {})", r.type_name(ts)))),
    }
}

/// `ascii(v)`.
pub fn ascii(ts: &ThreadState, v: &Value) -> Result<Ref<Str>> {
    let r = repr(ts, v)?;
    if r.is_ascii() {
        return Ok(r);
    }
    let mut out = String::new();
    for c in r.code_points() {
        match c {
            0..=0x7f => out.push(c as u8 as char),
            0x80..=0xff => out.push_str(&format!("\\x{c:02x}")),
            0x100..=0xffff => out.push_str(&format!("\\u{c:04x}")),
            _ => out.push_str(&format!("\\U{c:08x}")),
        }
    }
    Ok(Str::new(ts, &out))
}

/// `format(v, spec)`.
pub fn format(ts: &ThreadState, v: &Value, spec: &Value) -> Result<Ref<Str>> {
    // The usual kinds of values without a look-up of `__format__`.
    if let Some(spec) = spec.as_str_exact() {
        if let Some(i) = v.as_small_int() {
            if spec.is_empty() {
                return Ok(Str::from_i64(ts, i));
            }
            let made = crate::format::number::format_int(ts, v, crate::int::IntView::Small(i), spec.bytes())?;
            return Ref::from_value(made).map_err(|_| ts.system_error("formatting gave no text"));
        }
        if let Some(s) = v.as_str_exact() {
            return crate::format::text::format_text(ts, s, spec);
        }
        if let Some(f) = crate::float::exact(v) {
            if spec.is_empty() {
                return repr(ts, v);
            }
            let made = crate::format::number::format_float(ts, v, f, spec.bytes())?;
            return Ref::from_value(made).map_err(|_| ts.system_error("formatting gave no text"));
        }
    }
    let Some(f) = v.class(ts).lookup(ts, &ts.names().__format__) else {
        return Err(ts.type_error(format!("Type {} doesn't define __format__", v.type_name(ts))));
    };
    let r = super::call_unbound(ts, &f, v, &[spec])?;
    match Ref::<Str>::from_value(r) {
        Ok(s) => Ok(s),
        Err(r) => Err(ts.type_error(format!("__format__ must return a str, not {}", r.type_name(ts)))),
    }
}

/// `repr(v)` as Rust text, for messages.
pub fn repr_lossy(ts: &ThreadState, v: &Value) -> Result<String> {
    Ok(repr(ts, v)?.to_string_lossy().into_owned())
}

/// Marks an object as being printed; see [`repr_enter`].
pub struct ReprGuard<'a>(&'a ThreadState, u64);

impl Drop for ReprGuard<'_> {
    fn drop(&mut self) {
        let mut active = self.0.repr_active.borrow_mut();
        if let Some(i) = active.iter().rposition(|&x| x == self.1) {
            active.remove(i);
        }
    }
}

/// Begins the repr of a container; `None` when it is under way already (print "[...]").
pub fn repr_enter<'a>(ts: &'a ThreadState, v: &Value) -> Result<Option<ReprGuard<'a>>> {
    let id = v.id();
    if ts.repr_active.borrow().contains(&id) {
        return Ok(None);
    }
    ts.repr_active.borrow_mut().push(id);
    Ok(Some(ReprGuard(ts, id)))
}
