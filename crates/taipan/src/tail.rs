//! The module `_taipan_tail`: what the package `taipan_tail` needs of Taipan.

use taipan_objects::dict::Dict;
use taipan_objects::function::Function;
use taipan_objects::list::List;
use taipan_objects::native::{ModuleDef, functions};
use taipan_objects::str::Str;
use taipan_objects::{Ref, Result, ThreadState, Value, int};
use taipan_tail::callees::{Call, calls};
use taipan_tail::cpython::Callee;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_taipan_tail",
    doc: "Tail calls of functions.",
    functions: &[native::FUNCTIONS],
    init: None,
};

/// What this crate adds to the native modules.
pub static MODULES: &[&ModuleDef] = &[&MODULE];

fn function<'a>(ts: &ThreadState, v: &'a Value) -> Result<&'a Function> {
    match v.exact::<Function>() {
        Some(f) => Ok(f),
        None => Err(ts.type_error(format!("a function is needed, not '{}'", v.type_name(ts)))),
    }
}

/// Does the call, by its looks, call the function that it stands in?
fn is_own(ts: &ThreadState, f: &Function, own: &Value, call: &Call) -> bool {
    let names = [f.name.get().to_string_lossy().into_owned(), f.code_ref().name.to_string_lossy().into_owned()];
    let named = |n: &String| names.contains(n);
    match &call.callee {
        Callee::Global(n) => named(n) || f.globals.get_name(ts, n).is_some_and(|v| v.is(own)),
        Callee::Cell(n) => named(n),
        Callee::Attribute(n) => call.on_first_local && named(n) && f.qualname.get().to_string_lossy().contains('.'),
        Callee::Local(_) | Callee::Super(_) | Callee::Unknown => false,
    }
}

#[functions(module = "_taipan_tail")]
pub mod native {
    use super::*;
    /// Make tail calls in a function; if strict, ValueError unless its calls of itself are all tail calls.
    #[function("mark(function, strict, allow_try, /)")]
    fn mark(ts: &ThreadState, function: &Value, strict: bool, allow_try: bool) -> Result<()> {
        let f = super::function(ts, function)?;
        let _ = allow_try;
        if strict {
            let code = f.code_ref();
            let left: Vec<String> = calls(&code.isa)
                .iter()
                .filter(|c| is_own(ts, f, function, c))
                .filter_map(|c| {
                    let reason = c.verdict.reason()?;
                    Some(format!("line {}: {reason}", c.line.map_or("?".to_string(), |l| l.to_string())))
                })
                .collect();
            if !left.is_empty() {
                let what = if left.len() == 1 { "this self call is" } else { "these self calls are" };
                let name = f.qualname.get();
                return Err(ts.value_error(format!(
                    "{}: {what} not optimised: {}",
                    name.to_string_lossy(),
                    left.join("; ")
                )));
            }
        }
        f.no_tail_calls.set(false);
        Ok(())
    }
    /// Make ordinary calls of a function's tail calls.
    #[function("bar(function, /)")]
    fn bar(ts: &ThreadState, function: &Value) -> Result<()> {
        super::function(ts, function)?.no_tail_calls.set(true);
        Ok(())
    }
    /// Turn tail calls of this thread on or off; True if they were on.
    #[function("switch(on, /)")]
    fn switch(ts: &ThreadState, on: bool) -> bool {
        ts.interp().config.write(|c| c.tailcalls = on);
        ts.frames.tail_calls.replace(on)
    }
    /// Tell of each call of a function whether it is a tail call, and why not.
    #[function("explain(function, /)")]
    fn explain(ts: &ThreadState, function: &Value) -> Result {
        let f = super::function(ts, function)?;
        let on = ts.frames.tail_calls.get() && !f.no_tail_calls.get();
        let text = |s: &str| Str::new(ts, s).into_value();
        let number = |n: Option<u32>| n.map_or_else(Value::none, |n| int::from_i64(ts, n as i64));
        let rows = calls(&f.code_ref().isa).into_iter().map(|c| {
            let d: Ref<Dict> = Dict::new(ts);
            let tail = c.verdict.is_tail();
            let reason = match c.verdict.reason() {
                Some(r) => Some((r.text(), r.id())),
                None if on => None,
                None => Some(("tail calls are off", "off")),
            };
            d.set_name(ts, "line", number(c.line));
            d.set_name(ts, "col", number(c.column));
            d.set_name(ts, "callee", text(&c.callee.text()));
            d.set_name(ts, "own", Value::bool(is_own(ts, f, function, &c)));
            d.set_name(ts, "tail", Value::bool(tail));
            d.set_name(ts, "rewritten", Value::bool(tail && on));
            d.set_name(ts, "reason", reason.map_or_else(Value::none, |r| text(r.0)));
            d.set_name(ts, "reason_id", reason.map_or_else(Value::none, |r| text(r.1)));
            d.into_value()
        });
        Ok(List::new(ts, rows.collect()).into_value())
    }
}
