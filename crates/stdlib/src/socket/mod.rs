//! The module `_socket`: endpoints of communication.

mod address;
mod constants;
mod database;
mod object;
mod transfer;

use crate::prelude::*;
use std::cell::{Cell, OnceCell};
use std::time::Duration;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_socket",
    doc: "Implementation module for socket operations.\n\nSee the socket module for documentation.",
    functions: &[database::functions::FUNCTIONS, object::functions::FUNCTIONS],
    init: Some(init),
};

#[derive(Default)]
pub(crate) struct State {
    gaierror: OnceCell<Value>,
    herror: OnceCell<Value>,
    /// What new sockets begin with; `None` waits for ever.
    timeout: Cell<Option<Duration>>,
}

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    let state = ts.interp().extension::<State>();
    let os_error = exceptions(ts).os_error.as_value().clone();
    for (name, place) in [("gaierror", &state.gaierror), ("herror", &state.herror)] {
        if place.get().is_none() {
            let own = Dict::new(ts);
            own.set_name(ts, "__module__", str_value(ts, "socket"));
            let class = new_class(ts, name, tuple(ts, vec![os_error.clone()]), own.into_value())?;
            let _ = place.set(class);
        }
        if let Some(class) = place.get() {
            dict.set_name(ts, name, class.clone());
        }
    }
    dict.set_name(ts, "error", os_error);
    dict.set_name(ts, "timeout", exceptions(ts).timeout_error.as_value().clone());
    let class = object::Socket::class(ts).into_value();
    dict.set_name(ts, "socket", class.clone());
    dict.set_name(ts, "SocketType", class);
    dict.set_name(ts, "has_ipv6", Value::bool(true));
    for (name, n) in constants::CONSTANTS {
        dict.set_name(ts, name, int_value(ts, *n));
    }
    Ok(())
}

/// Raises `socket.gaierror` with the number that a look-up gave.
fn gai_error(ts: &ThreadState, code: i32) -> Raised {
    if code == libc::EAI_SYSTEM {
        return crate::host::Errno::last().raise(ts);
    }
    // SAFETY: gai_strerror gives a static, terminated text for every number.
    let text = unsafe { std::ffi::CStr::from_ptr(libc::gai_strerror(code)) }.to_string_lossy().into_owned();
    match ts.interp().extension::<State>().gaierror.get() {
        Some(class) => raise_with_args(ts, class, &[int_value(ts, code as i64), str_value(ts, &text)]),
        None => raise_os_error_text(ts, &text),
    }
}

fn h_error(ts: &ThreadState, code: i64, text: &str) -> Raised {
    match ts.interp().extension::<State>().herror.get() {
        Some(class) => raise_with_args(ts, class, &[int_value(ts, code), str_value(ts, text)]),
        None => raise_os_error_text(ts, text),
    }
}

/// A timeout as `settimeout` takes it.
fn timeout_of(ts: &ThreadState, v: &Value) -> Result<Option<Duration>> {
    if v.is_none() {
        return Ok(None);
    }
    let seconds = crate::thread::lock::timeout_seconds(ts, v)?;
    if seconds < 0.0 {
        return Err(ts.value_error("Timeout value out of range"));
    }
    if seconds > 9.2e9 {
        return Err(ts.overflow_error("timeout doesn't fit into C timeval"));
    }
    Ok(Some(Duration::from_nanos((seconds * 1e9).ceil() as u64)))
}

fn timeout_value(ts: &ThreadState, t: Option<Duration>) -> Value {
    match t {
        None => Value::none(),
        Some(t) => float_value(ts, t.as_secs_f64()),
    }
}
