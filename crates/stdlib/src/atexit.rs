//! `atexit`: functions that run when the interpreter ends.

use taipan_objects::native::{Args, Kwargs, ModuleDef, functions};
use taipan_objects::{GilCell, Result, ThreadState, Value, protocol};

struct Callback {
    func: Value,
    args: Vec<Value>,
    kw_names: Vec<Value>,
    kw_values: Vec<Value>,
}

#[derive(Default)]
struct State {
    /// In order of registration; what runs is taken from the end.
    callbacks: GilCell<Vec<std::rc::Rc<Callback>>>,
}

impl State {
    fn of(ts: &ThreadState) -> &'static State {
        ts.interp().extension::<State>()
    }
}

/// Runs the registered functions, the last one first. Called once more when the interpreter ends.
pub fn run(ts: &ThreadState) {
    let state = State::of(ts);
    // A function may register others: they run, too.
    while let Some(c) = state.callbacks.write(Vec::pop) {
        let args = Args::with_keywords(&c.args, &c.kw_names, &c.kw_values);
        if protocol::call_args(ts, &c.func, args).is_err() {
            ts.write_unraisable("Exception ignored in atexit callback", Some(&c.func));
        }
    }
}

#[functions(module = "atexit")]
mod functions {
    use super::*;

    /// Register a function to be executed upon normal program termination
    ///
    ///     func - function to be called at exit
    ///     args - optional arguments to pass to func
    ///     kwargs - optional keyword arguments to pass to func
    ///
    ///     func is returned to facilitate usage as a decorator.
    #[function("register($module, func, /, *args, **kwargs)")]
    fn register(ts: &ThreadState, func: &Value, args: &[Value], kwargs: Kwargs<'_>) -> Result<Value> {
        if !protocol::is_callable(ts, func) {
            return Err(ts.type_error("the first argument must be callable"));
        }
        let (kw_names, kw_values) = kwargs.iter().map(|(k, v)| (k.clone(), v.clone())).unzip();
        let c = Callback { func: func.clone(), args: args.to_vec(), kw_names, kw_values };
        State::of(ts).callbacks.write(|l| l.push(std::rc::Rc::new(c)));
        Ok(func.clone())
    }

    /// Unregister an exit function which was previously registered using
    /// atexit.register
    ///
    ///     func - function to be unregistered
    #[function("unregister($module, func, /)")]
    fn unregister(ts: &ThreadState, func: &Value) -> Result<()> {
        let list = &State::of(ts).callbacks;
        // Comparing may run code that changes the list.
        let all = list.read(|l| l.clone());
        for c in all {
            if protocol::eq(ts, &c.func, func)? {
                let removed = list.write(|l| l.iter().position(|x| std::rc::Rc::ptr_eq(x, &c)).map(|i| l.remove(i)));
                drop(removed);
            }
        }
        Ok(())
    }

    /// Clear the list of previously registered exit functions.
    #[function("_clear($module, /)")]
    fn clear(ts: &ThreadState) {
        drop(State::of(ts).callbacks.take());
    }

    /// Return the number of registered exit functions.
    #[function("_ncallbacks($module, /)")]
    fn ncallbacks(ts: &ThreadState) -> usize {
        State::of(ts).callbacks.read(Vec::len)
    }

    /// Run all registered exit functions.
    ///
    /// If a callback raises an exception, it is logged with sys.unraisablehook.
    #[function("_run_exitfuncs($module, /)")]
    fn run_exitfuncs(ts: &ThreadState) {
        run(ts);
    }
}


pub static MODULE: ModuleDef = ModuleDef {
    name: "atexit",
    doc: "allow programmer to define multiple exit functions to be executed\nupon normal program termination.\n\nTwo public functions, register and unregister, are defined.\n",
    functions: &[functions::FUNCTIONS],
    init: None,
};
