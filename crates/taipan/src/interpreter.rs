//! The life of an interpreter: its birth from nothing to `site`, and its end.

use taipan_frontend::compile;
use taipan_objects::dict::Dict;
use taipan_objects::module::Module;
use taipan_objects::str::Str;
use taipan_objects::thread::{Config, Interp};
use taipan_objects::value::{Result, Value};
use taipan_objects::{ThreadState, protocol};
use taipan_stdlib::import::{self, Importlib};

/// An interpreter with the calling thread as its main thread.
///
/// Objects refer to the interpreter's state until the process ends: the state is not given back when this
/// is dropped.
pub struct Interpreter {
    thread: &'static ThreadState,
    previous: *const ThreadState,
    interp: &'static Interp,
}

/// Stack that native code may still use when RecursionError is raised, in bytes.
const RESERVE: usize = 512 << 10;

/// The lowest address of the calling thread's stack, with the reserve.
fn native_limit() -> usize {
    // SAFETY: plain calls of the C library, which fill what they are given.
    unsafe {
        let mut attributes = std::mem::zeroed();
        if libc::pthread_getattr_np(libc::pthread_self(), &mut attributes) != 0 {
            return 0;
        }
        let mut lowest = std::ptr::null_mut();
        let mut size = 0;
        libc::pthread_attr_getstack(&attributes, &mut lowest, &mut size);
        libc::pthread_attr_destroy(&mut attributes);
        lowest as usize + RESERVE
    }
}

impl Interpreter {
    /// Makes an interpreter that can import. Its streams and `site` come with [`Interpreter::set_up`].
    ///
    /// Errors: an unknown or missing engine, or a broken library, as text.
    pub fn new(config: Config) -> std::result::Result<Interpreter, String> {
        taipan_stdlib::import::library::install(
            include_str!(concat!(env!("OUT_DIR"), "/library.index")),
            include_bytes!(concat!(env!("OUT_DIR"), "/library.codes")),
            include_bytes!(concat!(env!("OUT_DIR"), "/library.sources")),
        );
        taipan_stdlib::register(taipan_frontend::MODULES, crate::tail::MODULES);
        let engine = config.engine.clone();
        let interp: &'static Interp = Box::leak(Interp::new(config));
        let thread: &'static ThreadState = Box::leak(ThreadState::new(interp, native_limit()));
        let previous = thread.enter();
        let me = Interpreter { thread, previous, interp };
        let ts = me.thread();
        ts.interp().main_ident.set(ts.ident);
        taipan_objects::start::start(ts);
        taipan_interp::install(ts, &engine)?;
        ts.interp().config.write(|c| {
            c.engine = taipan_interp::engine::current(ts).to_string();
            c.engines = taipan_interp::engine::names();
        });
        ts.interp().hooks.write(|h| {
            h.compile = Some(compile::compile);
            h.import = Some(import::import_module_level);
        });
        if me.bootstrap().is_err() {
            let e = ts.take_exception();
            let text = match e {
                Some(e) => protocol::repr(ts, &e).map_or_else(|_| e.type_name(ts), |r| r.to_string_lossy().into_owned()),
                None => "unknown error".into(),
            };
            return Err(format!("the interpreter cannot start: {text}"));
        }
        Ok(me)
    }
    pub fn thread(&self) -> &ThreadState {
        self.thread
    }
    /// Modules `builtins` and `sys`, then importlib from the library.
    fn bootstrap(&self) -> Result<()> {
        let ts = self.thread();
        let modules = Dict::new(ts);
        ts.interp().modules.set(Some(modules.as_value().clone()));
        let builtins = Module::from_def(ts, &taipan_stdlib::builtins::MODULE)?;
        let _ = ts.interp().builtins.set(builtins.as_value().clone());
        taipan_interp::remember_all_any(ts)?;
        modules.set_name(ts, "builtins", builtins.into_value());
        let sys = taipan_stdlib::sys::create(ts)?.into_value();
        modules.set_name(ts, "sys", sys.clone());
        let imp = Module::from_def(ts, &import::imp::MODULE)?.into_value();
        let bootstrap = self.frozen("importlib._bootstrap", "_frozen_importlib")?;
        modules.set_name(ts, "_frozen_importlib", bootstrap.clone());
        modules.set_name(ts, "_imp", imp.clone());
        let _ = ts.interp().extension::<Importlib>().bootstrap.set(bootstrap.clone());
        protocol::call_method(ts, &bootstrap, "_install", &[sys, imp])?;
        let external = self.frozen("importlib._bootstrap_external", "_frozen_importlib_external")?;
        modules.set_name(ts, "_frozen_importlib_external", external.clone());
        protocol::setattr_name(ts, &bootstrap, "_bootstrap_external", &external)?;
        protocol::call_method(ts, &external, "_install", std::slice::from_ref(&bootstrap))?;
        for (alias, m) in [("importlib._bootstrap", &bootstrap), ("importlib._bootstrap_external", &external)] {
            modules.set_name(ts, alias, m.clone());
        }
        let library = taipan_objects::module::import(ts, "_taipan_library")?;
        protocol::call_method(ts, &library, "install", &[])?;
        Ok(())
    }
    /// Runs a frozen module's code in a new module.
    fn frozen(&self, name: &str, as_name: &str) -> Result {
        let ts = self.thread();
        let Some(library) = import::library::library() else { return Err(ts.import_error("no library", None, None)) };
        let code = library.find(name).and_then(|e| library.code(e));
        let Some(code) = code else { return Err(ts.import_error(format!("no module {name} in the library"), None, None)) };
        let code = taipan_objects::code::Code::new(ts, code);
        let m = Module::new(ts, as_name, None);
        if let Some(b) = ts.interp().builtins.get() {
            m.dict.set_str(ts, &ts.names().__builtins__, b.clone());
        }
        taipan_stdlib::builtins::run_code(ts, &code, &m.dict, m.dict.as_value(), None)?;
        Ok(m.into_value())
    }
    /// Standard streams, warnings, signals, and `site` unless the configuration says otherwise.
    pub fn set_up(&self) -> Result<()> {
        let ts = self.thread();
        crate::streams::set_up(ts)?;
        for name in ["_signal", "_warnings"] {
            if taipan_objects::module::import(ts, name).is_err() {
                ts.clear_exception();
            }
        }
        let main = Module::new(ts, "__main__", None);
        if let Some(b) = ts.interp().builtins.get() {
            main.dict.set_str(ts, &ts.names().__builtins__, b.clone());
        }
        protocol::setitem(ts, &ts.interp().modules.get().unwrap_or_else(Value::none), &Str::intern(ts, "__main__").into_value(), main.as_value())?;
        let bootstrap = taipan_objects::module::import(ts, "_frozen_importlib")?;
        let loader = protocol::getattr_name(ts, &bootstrap, "BuiltinImporter")?;
        main.dict.set_str(ts, &ts.names().__loader__, loader);
        if ts.interp().config.read(|c| !c.no_site) {
            taipan_objects::module::import(ts, "site")?;
        }
        if ts.interp().config.read(|c| c.faulthandler) {
            let f = taipan_objects::module::import(ts, "faulthandler")?;
            protocol::call_method(ts, &f, "enable", &[])?;
        }
        if !ts.interp().config.read(|c| c.warn_options.is_empty()) && taipan_objects::module::import(ts, "warnings").is_err() {
            return Err(taipan_objects::Raised);
        }
        Ok(())
    }
    /// The namespace of `__main__`.
    pub fn main_module(&self) -> Result {
        taipan_objects::module::import(self.thread(), "__main__")
    }
    /// What the end of a program does: threads, `atexit`, streams. Gives the exit code that a failing flush
    /// of the standard output asks for.
    pub fn finalize(&self) -> i32 {
        crate::finish::finalize(self.thread())
    }
    pub fn interp(&self) -> &Interp {
        self.interp
    }
}

impl Drop for Interpreter {
    fn drop(&mut self) {
        ThreadState::leave(self.previous);
    }
}
