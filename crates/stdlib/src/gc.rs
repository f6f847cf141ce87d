//! `gc`: the collector of reference cycles, seen from Python.

use std::cell::{Cell, OnceCell};
use taipan_objects::dict::Dict;
use taipan_objects::heap::gc::{self, Generation};
use taipan_objects::list::List;
use taipan_objects::native::{ModuleDef, functions};
use taipan_objects::str::Str;
use taipan_objects::traceback::display;
use taipan_objects::tuple::Tuple;
use taipan_objects::{Result, ThreadState, Value, int, protocol};

const DEBUG_STATS: i64 = 1;
const DEBUG_COLLECTABLE: i64 = 2;
const DEBUG_UNCOLLECTABLE: i64 = 4;
const DEBUG_SAVEALL: i64 = 32;

/// The module's own part of the state; the rest is the collector's.
#[derive(Default)]
struct State {
    debug: Cell<i64>,
    garbage: OnceCell<Value>,
    callbacks: OnceCell<Value>,
}

impl State {
    fn of(ts: &ThreadState) -> &'static State {
        ts.interp().extension::<State>()
    }
    fn garbage(&self, ts: &ThreadState) -> Value {
        self.garbage.get_or_init(|| List::new(ts, Vec::new()).into_value()).clone()
    }
    fn callbacks(&self, ts: &ThreadState) -> Value {
        self.callbacks.get_or_init(|| List::new(ts, Vec::new()).into_value()).clone()
    }
}

/// Tells `gc.callbacks` that a collection begins or has ended.
fn call_back(ts: &ThreadState, phase: &str, generation: i64, collected: usize) {
    let callbacks = State::of(ts).callbacks(ts);
    let Some(list) = callbacks.downcast::<List>().filter(|l| !l.is_empty()) else { return };
    let info = Dict::new(ts);
    info.set_name(ts, "generation", int::from_i64(ts, generation));
    info.set_name(ts, "collected", int::from_usize(ts, collected));
    info.set_name(ts, "uncollectable", int::from_i64(ts, 0));
    let args = [Str::intern(ts, phase).into_value(), info.into_value()];
    for f in list.to_vec() {
        if protocol::call(ts, &f, &args).is_err() {
            ts.write_unraisable("Exception ignored while calling GC callback", Some(&f));
        }
    }
}

/// A collection with everything around it that the module promises.
fn run(ts: &ThreadState, generation: Generation) -> usize {
    let state = State::of(ts);
    let number = if generation == Generation::All { 2 } else { 0 };
    call_back(ts, "start", number, 0);
    let debug = state.debug.get();
    let containers = &ts.interp().containers;
    let say = |text: String| display::write(ts, display::standard_error(ts).as_ref(), &text);
    if debug & DEBUG_STATS != 0 {
        let sizes = [0, 1, 2].map(|g| containers.generation(g).len());
        say(format!("gc: collecting generation {number}...\ngc: objects in each generation: {} {} {}\n", sizes[0], sizes[1], sizes[2]));
    }
    let begun = std::time::Instant::now();
    let mut found: Vec<Value> = vec![];
    let mut lines = String::new();
    let keep = debug & DEBUG_SAVEALL != 0;
    let n = gc::collect(ts, generation, &mut |v| {
        if debug & DEBUG_COLLECTABLE != 0 {
            lines.push_str(&format!("gc: collectable <{} {:#x}>\n", v.type_name(ts), v.id()));
        }
        if keep {
            found.push(v.clone());
        }
        keep
    });
    if !lines.is_empty() {
        say(lines);
    }
    if keep && let Some(l) = state.garbage(ts).downcast::<List>() {
        found.into_iter().for_each(|v| l.push(v));
    }
    if debug & DEBUG_STATS != 0 {
        say(format!("gc: done, {n} unreachable, 0 uncollectable, {:.4}s elapsed\n", begun.elapsed().as_secs_f64()));
    }
    call_back(ts, "stop", number, n);
    n
}

fn values(ts: &ThreadState, numbers: [i64; 3]) -> Value {
    Tuple::from_array(ts, numbers.map(|n| int::from_i64(ts, n))).into_value()
}

#[functions(module = "gc")]
mod functions {
    use super::*;

    /// Enable automatic garbage collection.
    #[function("enable($module, /)")]
    fn enable(ts: &ThreadState) {
        ts.interp().containers.set_enabled(true);
    }

    /// Disable automatic garbage collection.
    #[function("disable($module, /)")]
    fn disable(ts: &ThreadState) {
        ts.interp().containers.set_enabled(false);
    }

    /// Returns true if automatic garbage collection is enabled.
    #[function("isenabled($module, /)")]
    fn isenabled(ts: &ThreadState) -> bool {
        ts.interp().containers.is_enabled()
    }

    /// Run the garbage collector.
    ///
    /// With no arguments, run a full collection.  The optional argument
    /// may be an integer specifying which generation to collect.  A ValueError
    /// is raised if the generation number is invalid.
    ///
    /// The number of unreachable objects is returned.
    #[function("collect($module, /, generation=2)")]
    fn collect(ts: &ThreadState, generation: i32) -> Result<usize> {
        if !(0..3).contains(&generation) {
            return Err(ts.value_error("invalid generation"));
        }
        Ok(run(ts, if generation == 2 { Generation::All } else { Generation::Young }))
    }

    /// Set the garbage collection debugging flags.
    #[function("set_debug($module, flags, /)")]
    fn set_debug(ts: &ThreadState, flags: i64) {
        State::of(ts).debug.set(flags);
    }

    /// Get the garbage collection debugging flags.
    #[function("get_debug($module, /)")]
    fn get_debug(ts: &ThreadState) -> i64 {
        State::of(ts).debug.get()
    }

    /// Return a three-tuple of the current collection counts.
    #[function("get_count($module, /)")]
    fn get_count(ts: &ThreadState) -> Value {
        values(ts, ts.interp().containers.counts())
    }

    /// set_threshold(threshold0, [threshold1, [threshold2]])
    /// Set the collection thresholds (the collection frequency).
    ///
    /// Setting 'threshold0' to zero disables collection.
    #[function("set_threshold($module, threshold0, threshold1=-1, threshold2=-1, /)", no_signature)]
    fn set_threshold(ts: &ThreadState, threshold0: i32, threshold1: i32, threshold2: i32) {
        let containers = &ts.interp().containers;
        let [_, one, two] = containers.thresholds();
        let given = |new: i32, old: i64| if new < 0 { old } else { new.into() };
        containers.set_thresholds([threshold0.into(), given(threshold1, one), given(threshold2, two)]);
    }

    /// Return the current collection thresholds.
    #[function("get_threshold($module, /)")]
    fn get_threshold(ts: &ThreadState) -> Value {
        values(ts, ts.interp().containers.thresholds())
    }

    /// Return a list of objects tracked by the collector (excluding the list returned).
    ///
    ///   generation
    ///     Generation to extract the objects from.
    ///
    /// If generation is not None, return only the objects tracked by the collector
    /// that are in that generation.
    #[function("get_objects($module, /, generation=None)")]
    fn get_objects(ts: &ThreadState, generation: Option<i64>) -> Result<Value> {
        if let Some(g) = generation {
            if g < 0 {
                return Err(ts.value_error("generation parameter cannot be negative"));
            }
            if g > 2 {
                return Err(ts.value_error("generation parameter must be less than the number of available generations (3)"));
            }
        }
        let containers = &ts.interp().containers;
        let found = match generation {
            Some(g) => containers.generation(g as usize),
            None => containers.objects(),
        };
        Ok(List::new(ts, found).into_value())
    }

    /// Return a list of dictionaries containing per-generation statistics.
    #[function("get_stats($module, /)")]
    fn get_stats(ts: &ThreadState) -> Value {
        let c = &ts.interp().containers;
        let stats = (0..3).map(|i| {
            let d = Dict::new(ts);
            d.set_name(ts, "collections", int::from_u64(ts, c.collections.get()[i]));
            d.set_name(ts, "collected", int::from_u64(ts, c.collected.get()[i]));
            d.set_name(ts, "uncollectable", int::from_i64(ts, 0));
            d.into_value()
        });
        List::new(ts, stats.collect()).into_value()
    }

    /// Returns true if the object is tracked by the garbage collector.
    ///
    /// Simple atomic objects will return false.
    #[function("is_tracked($module, obj, /)")]
    fn is_tracked(ts: &ThreadState, obj: &Value) -> bool {
        gc::is_tracked(ts, obj)
    }

    /// Returns true if the object has been already finalized by the GC.
    #[function("is_finalized($module, obj, /)")]
    fn is_finalized(ts: &ThreadState, obj: &Value) -> bool {
        gc::is_finalized(ts, obj)
    }

    /// Return the list of objects that directly refer to any of 'objs'.
    #[function("get_referrers($module, /, *objs)")]
    fn get_referrers(ts: &ThreadState, objs: &[Value]) -> Value {
        let mut found = Vec::new();
        for o in ts.interp().containers.objects() {
            if gc::referents(ts, &o).iter().any(|r| objs.iter().any(|x| x.is(r))) {
                found.push(o);
            }
        }
        List::new(ts, found).into_value()
    }

    /// Return the list of objects that are directly referred to by 'objs'.
    #[function("get_referents($module, /, *objs)")]
    fn get_referents(ts: &ThreadState, objs: &[Value]) -> Value {
        List::new(ts, objs.iter().flat_map(|o| gc::referents(ts, o)).collect()).into_value()
    }

    /// Freeze all current tracked objects and ignore them for future collections.
    ///
    /// This can be used before a POSIX fork() call to make the gc copy-on-write friendly.
    #[function("freeze($module, /)")]
    fn freeze(ts: &ThreadState) {
        ts.interp().containers.freeze();
    }

    /// Unfreeze all objects in the permanent generation.
    ///
    /// Put all objects in the permanent generation back into oldest generation.
    #[function("unfreeze($module, /)")]
    fn unfreeze(ts: &ThreadState) {
        ts.interp().containers.unfreeze();
    }

    /// Return the number of objects in the permanent generation.
    #[function("get_freeze_count($module, /)")]
    fn get_freeze_count(ts: &ThreadState) -> usize {
        ts.interp().containers.frozen()
    }
}

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    ts.interp().containers.observer.set(Some(|ts, generation| {
        let saved = ts.take_exception();
        run(ts, generation);
        ts.exception.set(saved);
    }));
    let state = State::of(ts);
    dict.set_name(ts, "garbage", state.garbage(ts));
    dict.set_name(ts, "callbacks", state.callbacks(ts));
    for (name, n) in [
        ("DEBUG_STATS", DEBUG_STATS),
        ("DEBUG_COLLECTABLE", DEBUG_COLLECTABLE),
        ("DEBUG_UNCOLLECTABLE", DEBUG_UNCOLLECTABLE),
        ("DEBUG_SAVEALL", DEBUG_SAVEALL),
        ("DEBUG_LEAK", DEBUG_COLLECTABLE | DEBUG_UNCOLLECTABLE | DEBUG_SAVEALL),
    ] {
        dict.set_name(ts, name, int::from_i64(ts, n));
    }
    Ok(())
}

pub static MODULE: ModuleDef = ModuleDef {
    name: "gc",
    doc: "This module provides access to the garbage collector for reference cycles.\n\n\
enable() -- Enable automatic garbage collection.\n\
disable() -- Disable automatic garbage collection.\n\
isenabled() -- Returns true if automatic collection is enabled.\n\
collect() -- Do a full collection right now.\n",
    functions: &[functions::FUNCTIONS],
    init: Some(init),
};
