//! `compile`, `exec`, `eval`, `__import__`, `open`.

use taipan_objects::cell::CellObject;
use taipan_objects::code::Code;
use taipan_objects::dict::Dict;
use taipan_objects::function::Function;
use taipan_objects::native::{functions, Args, Kwargs};
use taipan_objects::str::Str;
use taipan_objects::thread::CompileRequest;
use taipan_objects::tuple::Tuple;
use taipan_objects::value::{Result, Value};
use taipan_objects::{frame, module, protocol, Ref, ThreadState};

/// Compiles what `exec` or `eval` was given, with the flags of the code that calls.
fn compile_source(ts: &ThreadState, source: &Value, mode: &str, who: &str) -> Result<Ref<Code>> {
    let text = source.downcast::<Str>().is_some()
        || source.downcast::<taipan_objects::bytes::Bytes>().is_some()
        || source.downcast::<taipan_objects::bytearray::Bytearray>().is_some()
        || source.class(ts).slots().getbuffer.is_some();
    if !text {
        return Err(ts.type_error(format!("{who}() arg 1 must be a string, bytes or code object")));
    }
    let filename = Str::new(ts, "<string>").into_value();
    let request = CompileRequest { source, filename: &filename, mode, flags: 0, dont_inherit: false, optimize: -1, feature_version: -1 };
    let code = run_compile(ts, request)?;
    code.downcast_ref::<Code>().cloned().ok_or_else(|| ts.system_error("compile did not give a code object"))
}

fn run_compile(ts: &ThreadState, request: CompileRequest<'_>) -> Result {
    match ts.interp().hooks.read(|h| h.compile) {
        Some(f) => f(ts, request),
        None => Err(ts.runtime_error("this interpreter has no compiler")),
    }
}

/// The namespaces in which `exec` and `eval` work.
fn namespaces(ts: &ThreadState, globals: Option<&Value>, locals: Option<&Value>, who: &str) -> Result<(Ref<Dict>, Value)> {
    let globals = globals.filter(|g| !g.is_none());
    let locals = locals.filter(|l| !l.is_none());
    if let Some(l) = locals
        && l.class(ts).slots().getitem.is_none()
    {
        return Err(if who == "exec" {
            ts.type_error(format!("locals must be a mapping or None, not {}", l.type_name(ts)))
        } else {
            ts.type_error("locals must be a mapping")
        });
    }
    let (g, l) = match globals {
        Some(g) => {
            let Some(d) = g.downcast_ref::<Dict>() else {
                return Err(if who == "exec" {
                    ts.type_error(format!("exec() globals must be a dict, not {}", g.type_name(ts)))
                } else if g.class(ts).slots().getitem.is_some() {
                    ts.type_error("globals must be a real dict; try eval(code, {}, mapping)")
                } else {
                    ts.type_error("globals must be a dict")
                });
            };
            (d.clone(), locals.cloned().unwrap_or_else(|| g.clone()))
        }
        None => {
            let Some(g) = frame::current_globals(ts) else {
                return Err(ts.system_error(format!("{who}() needs globals: there is no current frame")));
            };
            let l = match locals {
                Some(l) => l.clone(),
                None => frame::access::current_locals(ts)?,
            };
            (g, l)
        }
    };
    let n = ts.names();
    if !g.contains_str(&n.__builtins__)
        && let Some(b) = ts.interp().builtins.get().and_then(|b| b.downcast::<module::Module>())
    {
        g.set_str(ts, &n.__builtins__, b.dict.as_value().clone());
    }
    Ok((g, l))
}

/// Runs a code object in namespaces.
pub fn run_code(ts: &ThreadState, code: &Ref<Code>, globals: &Ref<Dict>, locals: &Value, closure: Option<&Value>) -> Result {
    let f = Function::new(ts, code, globals);
    if let Some(c) = closure {
        f.closure.set(Some(c.clone()));
    }
    let Some(run) = ts.interp().hooks.read(|h| h.run_body) else {
        return Err(ts.system_error("no interpreter is installed"));
    };
    run(ts, f.as_value(), locals)
}

#[functions(module = "builtins")]
pub mod functions {
    use super::*;
    /// Compile source into a code object that can be executed by exec() or eval().
    ///
    /// The source code may represent a Python module, statement or expression.
    /// The filename will be used for run-time error messages.
    /// The mode must be 'exec' to compile a module, 'single' to compile a
    /// single (interactive) statement, or 'eval' to compile an expression.
    /// The flags argument, if present, controls which future statements influence
    /// the compilation of the code.
    /// The dont_inherit argument, if true, stops the compilation inheriting
    /// the effects of any future statements in effect in the code calling
    /// compile; if absent or false these statements do influence the compilation,
    /// in addition to any features explicitly specified.
    #[function("compile(source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)")]
    fn compile(ts: &ThreadState, source: &Value, filename: &Value, mode: &str, flags: i32, dont_inherit: bool, optimize: i32, _feature_version: i32) -> Result {
        let filename = if filename.downcast::<Str>().is_some() {
            filename.clone()
        } else {
            let os = module::import(ts, "os")?;
            let path = protocol::call_method(ts, &os, "fsdecode", std::slice::from_ref(filename))?;
            path
        };
        if !(-1..=2).contains(&optimize) {
            return Err(ts.value_error("compile(): invalid optimize value"));
        }
        let request = CompileRequest { source, filename: &filename, mode, flags: flags as u32, dont_inherit, optimize, feature_version: _feature_version };
        run_compile(ts, request)
    }
    /// Evaluate the given source in the context of globals and locals.
    ///
    /// The source may be a string representing a Python expression
    /// or a code object as returned by compile().
    /// The globals must be a dictionary and locals can be any mapping,
    /// defaulting to the current globals and locals.
    /// If only globals is given, locals defaults to it.
    #[function("eval(source, /, globals=None, locals=None)")]
    fn eval(ts: &ThreadState, source: &Value, globals: Option<&Value>, locals: Option<&Value>) -> Result {
        let (g, l) = namespaces(ts, globals, locals, "eval")?;
        let code = match source.downcast_ref::<Code>() {
            Some(c) => {
                if c.isa.nfrees() > 0 {
                    return Err(ts.type_error("code object passed to eval() may not contain free variables"));
                }
                c.clone()
            }
            None => compile_source(ts, source, "eval", "eval")?,
        };
        run_code(ts, &code, &g, &l, None)
    }
    /// Execute the given source in the context of globals and locals.
    ///
    /// The source may be a string representing one or more Python statements
    /// or a code object as returned by compile().
    /// The globals must be a dictionary and locals can be any mapping,
    /// defaulting to the current globals and locals.
    /// If only globals is given, locals defaults to it.
    /// The closure must be a tuple of cellvars, and can only be used
    /// when source is a code object requiring exactly that many cellvars.
    #[function("exec(source, /, globals=None, locals=None, *, closure=None)")]
    fn exec(ts: &ThreadState, source: &Value, globals: Option<&Value>, locals: Option<&Value>, closure: Option<&Value>) -> Result<()> {
        let (g, l) = namespaces(ts, globals, locals, "exec")?;
        let closure = closure.filter(|c| !c.is_none());
        let code = match source.downcast_ref::<Code>() {
            Some(c) => {
                let free = c.isa.nfrees();
                match closure {
                    None if free > 0 => {
                        return Err(ts.type_error(format!("code object requires a closure of exactly length {free}")));
                    }
                    Some(_) if free == 0 => return Err(ts.type_error("cannot use a closure with this code object")),
                    Some(t) => {
                        let ok = t.downcast::<Tuple>().is_some_and(|t| t.len() == free && t.items().iter().all(|c| c.is_instance_of::<CellObject>()));
                        if !ok {
                            return Err(ts.type_error(format!("code object requires a closure of exactly length {free}")));
                        }
                    }
                    None => {}
                }
                c.clone()
            }
            None => {
                if closure.is_some() {
                    return Err(ts.type_error("closure can only be used when source is a code object"));
                }
                compile_source(ts, source, "exec", "exec")?
            }
        };
        run_code(ts, &code, &g, &l, closure).map(drop)
    }
    /// Import a module.
    ///
    /// Because this function is meant for use by the Python
    /// interpreter and not for general use, it is better to use
    /// importlib.import_module() to programmatically import a module.
    ///
    /// The globals argument is only used to determine the context;
    /// they are not modified.  The locals argument is unused.  The fromlist
    /// should be a list of names to emulate ``from name import ...``, or an
    /// empty list to emulate ``import name``.
    /// When importing a module from a package, note that __import__('A.B', ...)
    /// returns package A when fromlist is empty, but its submodule B when
    /// fromlist is not empty.  The level argument is used to determine whether to
    /// perform absolute or relative imports: 0 is absolute, while a positive number
    /// is the number of parent directories to search relative to the current module.
    #[function("__import__(name, globals=None, locals=None, fromlist=(), level=0)")]
    fn __import__(ts: &ThreadState, name: &Value, globals: &Value, locals: &Value, fromlist: &Value, level: i64) -> Result {
        crate::import::import_module_level(ts, name, globals, locals, fromlist, level)
    }
    /// Open file and return a stream.  Raise OSError upon failure.
    ///
    /// See io.open for the parameters.
    #[function("open(*args, **kwds)", no_signature)]
    fn open(ts: &ThreadState, args: &[Value], kwds: Kwargs<'_>) -> Result {
        let io = module::import(ts, "_io")?;
        let f = protocol::getattr_name(ts, &io, "open")?;
        let (names, values): (Vec<Value>, Vec<Value>) = kwds.iter().map(|(k, v)| (k.clone(), v.clone())).unzip();
        protocol::call_args(ts, &f, Args::with_keywords(args, &names, &values))
    }
    /// Call sys.breakpointhook(*args, **kws).
    ///
    /// sys.breakpointhook() must accept whatever arguments are passed.
    ///
    /// By default, this drops you into the pdb debugger.
    #[function("breakpoint(*args, **kws)")]
    fn breakpoint(ts: &ThreadState, args: &[Value], kws: Kwargs<'_>) -> Result {
        let Some(hook) = module::sys_get(ts, "breakpointhook") else { return Err(ts.runtime_error("lost sys.breakpointhook")) };
        let (names, values): (Vec<Value>, Vec<Value>) = kws.iter().map(|(k, v)| (k.clone(), v.clone())).unzip();
        protocol::call_args(ts, &hook, Args::with_keywords(args, &names, &values))
    }
}
