//! Runs a Python file with a handful of builtins: for working on the engines.
//! `cargo run --release -p taipan-interp --example run -- [--engine=NAME] [--dis] FILE`

use std::sync::Arc;
use taipan_objects::code::Code;
use taipan_objects::dict::Dict;
use taipan_objects::function::Function;
use taipan_objects::native::{ModuleDef, functions};
use taipan_objects::{Payload, Result, ThreadState, exceptions::BaseException, heap, module::Module, protocol, thread};

#[functions(module = "builtins")]
mod builtins {
    use taipan_objects::native::{Args, Kwargs};
    use taipan_objects::{Result, ThreadState, Value, protocol};

    #[function("print(*args, **kwargs)")]
    fn print(ts: &ThreadState, args: &[Value], _kwargs: Kwargs<'_>) -> Result<()> {
        let mut out = vec![];
        for v in args {
            out.push(protocol::str_(ts, v)?.to_string_lossy().into_owned());
        }
        println!("{}", out.join(" "));
        Ok(())
    }
    #[function("len(obj, /)")]
    fn len(ts: &ThreadState, obj: &Value) -> Result<usize> {
        protocol::len(ts, obj)
    }
    #[function("repr(obj, /)")]
    fn repr(ts: &ThreadState, obj: &Value) -> Result {
        Ok(protocol::repr(ts, obj)?.into_value())
    }
    #[function("iter(obj, /)")]
    fn iter(ts: &ThreadState, obj: &Value) -> Result {
        protocol::get_iter(ts, obj)
    }
    #[function("next(obj, /)")]
    fn next(ts: &ThreadState, obj: &Value) -> Result {
        taipan_objects::generator::object::next_keeping_value(ts, obj)
    }
    #[function("isinstance(obj, cls, /)")]
    fn isinstance(ts: &ThreadState, obj: &Value, cls: &Value) -> Result<bool> {
        protocol::is_instance(ts, obj, cls)
    }
    #[function("locals()")]
    fn locals(ts: &ThreadState) -> Result {
        match taipan_objects::frame::current(ts) {
            Some(f) => taipan_objects::frame::object::locals_of(ts, f),
            None => Err(ts.system_error("no frame")),
        }
    }
    #[function("clock()")]
    fn clock() -> f64 {
        use std::time::{SystemTime, UNIX_EPOCH};
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |d| d.as_secs_f64())
    }
    #[function("_getframe()")]
    fn getframe(ts: &ThreadState) -> Option<Value> {
        taipan_objects::frame::object::current(ts)
    }
    #[function("setrecursionlimit(n, /)")]
    fn setrecursionlimit(ts: &ThreadState, n: u32) {
        ts.frames.max_depth.set(n);
    }
    #[function("__build_class__(func, name, /, *bases, **kwds)")]
    fn build_class(ts: &ThreadState, func: &Value, name: &Value, bases: &[Value], _kwds: Kwargs<'_>) -> Result {
        let ns = taipan_objects::dict::Dict::new(ts);
        let run = ts.interp().hooks.read(|h| h.run_body).ok_or_else(|| ts.system_error("no engine"))?;
        let cell = run(ts, func, ns.as_value())?;
        let bases = taipan_objects::tuple::Tuple::new(ts, bases.to_vec()).into_value();
        let ty = taipan_objects::typeobject::builtin(ts, taipan_objects::ids::TYPE).to_value();
        let cls = protocol::call(ts, &ty, &[name.clone(), bases, ns.into_value()])?;
        if let Some(c) = cell.downcast::<taipan_objects::cell::CellObject>() {
            c.contents.set(Some(cls.clone()));
        }
        Ok(cls)
    }
    #[allow(unused)]
    fn unused(_: Args<'_>) {}
}

static MODULE: ModuleDef =
    ModuleDef { name: "builtins", doc: "", functions: &[builtins::FUNCTIONS], init: Some(types) };

fn types(ts: &ThreadState, d: &Dict) -> Result<()> {
    use taipan_objects as o;
    macro_rules! add { ($($n:literal $t:ty,)*) => { $(d.set_name(ts, $n, <$t as Payload>::class(ts).into_value());)* } }
    add! { "object" o::object::Object, "type" o::typeobject::Type, "str" o::str::Str, "dict" o::dict::Dict, "list" o::list::List,
        "tuple" o::tuple::Tuple, "set" o::set::Set, "range" o::range::Range, "float" o::float::Float, "int" o::int::Int,
        "super" o::descr::super_::Super, "property" o::descr::property::Property, "bool" o::bool_::Bool, "bytes" o::bytes::Bytes,
        "classmethod" o::descr::classmethod::ClassMethod, "staticmethod" o::descr::classmethod::StaticMethod, }
    for (name, ty) in ts.exceptions().all() {
        d.set_name(ts, name, ty.into_value());
    }
    Ok(())
}

fn main() {
    let size = 256 << 20;
    let t = std::thread::Builder::new().stack_size(size).spawn(move || run(size)).expect("a thread");
    let _ = t.join();
}

fn run(size: usize) -> i32 {
    let here = 0u8;
    let limit = (&raw const here as usize) - size + (1 << 20);
    let interp = thread::Interp::new(thread::Config::default());
    let ts = thread::ThreadState::new(&interp, limit);
    ts.enter();
    taipan_objects::start::start(&ts);
    let (mut engine, mut dis, mut file) = (String::new(), false, String::new());
    for a in std::env::args().skip(1) {
        if let Some(e) = a.strip_prefix("--engine=") {
            engine = e.to_string();
        } else if a == "--dis" {
            dis = true;
        } else {
            file = a;
        }
    }
    taipan_interp::install(&ts, &engine).expect("an engine");
    let source = std::fs::read(&file).expect("a readable file");
    let options = taipan_compile::Options { filename: Arc::new((&*file).into()), ..Default::default() };
    let code = match taipan_compile::compile(&source, &options) {
        Ok(c) => c.code,
        Err(e) => {
            eprintln!("{e:?}");
            return 2;
        }
    };
    if dis {
        println!("{}", taipan_isa::dis::disassemble_all(&code));
    }
    let module = Module::from_def(&ts, &MODULE).expect("builtins");
    let _ = interp.builtins.set(module.into_value());
    let globals = Dict::new(&ts);
    globals.set_name(&ts, "__name__", protocol::text(&ts, "__main__"));
    let function = Function::new(&ts, &Code::new(&ts, code), &globals);
    match taipan_interp::frames::run_body(&ts, function.as_value(), globals.as_value()) {
        Ok(_) => std::process::exit(0),
        Err(_) => {
            report(&ts);
            std::process::exit(1)
        }
    }
}

fn report(ts: &ThreadState) {
    let Some(exc) = ts.take_exception() else { return };
    let mut tb = exc.downcast::<BaseException>().and_then(|b| b.traceback.get());
    while let Some(t) = tb {
        let Some(x) = t.downcast::<taipan_objects::traceback::Traceback>() else { break };
        let frame = x.frame.downcast::<taipan_objects::frame::object::FrameObject>();
        let name = frame.map_or_else(String::new, |f| f.code().qualname.to_string_lossy().into_owned());
        eprintln!("  line {} in {name}", x.line());
        tb = x.next.get();
    }
    let text = protocol::str_(ts, &exc).map_or_else(|_| "?".into(), |s| s.to_string_lossy().into_owned());
    eprintln!("{}: {text}", exc.type_name(ts));
    let _ = heap::run_finalizers;
}
