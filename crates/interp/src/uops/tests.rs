//! Each kind of exit from an expansion, forced.

use super::*;
use std::cell::RefCell;
use std::sync::Arc;
use taipan_objects::code::Code;
use taipan_objects::dict::Dict;
use taipan_objects::function::Function;
use taipan_objects::module::Module;
use taipan_objects::native::{ModuleDef, functions};
use taipan_objects::range::Range;
use taipan_objects::value::Result as Made;
use taipan_objects::{Payload, thread};

thread_local! {
    static LEFT: RefCell<Vec<Left>> = const { RefCell::new(vec![]) };
}

pub(super) fn count(l: Left) {
    LEFT.with_borrow_mut(|all| {
        if !all.contains(&l) {
            all.push(l);
        }
    });
}

#[functions(module = "builtins")]
mod builtins {
    use taipan_objects::{Result, ThreadState, Value, protocol};

    /// Whatever it is given.
    #[function("opaque(obj, /)")]
    fn opaque(_ts: &ThreadState, obj: &Value) -> Result {
        Ok(obj.clone())
    }
    /// Turns tracing on and off.
    #[function("trace(on, /)")]
    fn trace(ts: &ThreadState, on: &Value) -> Result<()> {
        crate::engine::set_tracing(ts, protocol::is_true(ts, on)?);
        Ok(())
    }
    #[function("__build_class__(func, name, /)")]
    fn build_class(ts: &ThreadState, func: &Value, name: &Value) -> Result {
        let ns = taipan_objects::dict::Dict::new(ts);
        let run = ts.interp().hooks.read(|h| h.run_body).ok_or_else(|| ts.system_error("no engine"))?;
        run(ts, func, ns.as_value())?;
        let ty = taipan_objects::typeobject::builtin(ts, taipan_objects::ids::TYPE).to_value();
        let bases = taipan_objects::tuple::Tuple::empty(ts).into_value();
        protocol::call(ts, &ty, &[name.clone(), bases, ns.into_value()])
    }
}

static MODULE: ModuleDef = ModuleDef { name: "builtins", doc: "", functions: &[builtins::FUNCTIONS], init: Some(types) };

fn types(ts: &ThreadState, d: &Dict) -> Made<()> {
    d.set_name(ts, "range", Range::class(ts).into_value());
    for (name, ty) in ts.exceptions().all() {
        d.set_name(ts, name, ty.into_value());
    }
    Ok(())
}

/// Runs a program on the engine; `result` as text, and how expansions were left.
fn run(source: &str) -> (String, Vec<Left>) {
    let source = source.to_string();
    let size = 64 << 20;
    let work = move || {
        let here = 0u8;
        let limit = (&raw const here as usize) - size + (1 << 20);
        let interp = thread::Interp::new(thread::Config::default());
        let ts = thread::ThreadState::new(&interp, limit);
        ts.enter();
        taipan_objects::start::start(&ts);
        crate::install(&ts, "uop").expect("the engine");
        let options = taipan_compile::Options { filename: Arc::new("<test>".into()), ..Default::default() };
        let Ok(made) = taipan_compile::compile(source.as_bytes(), &options) else { panic!("a program that compiles") };
        let builtins = Module::from_def(&ts, &MODULE).expect("builtins");
        let _ = interp.builtins.set(builtins.into_value());
        let globals = Dict::new(&ts);
        globals.set_name(&ts, "__name__", taipan_objects::protocol::text(&ts, "__main__"));
        let function = Function::new(&ts, &Code::new(&ts, made.code), &globals);
        let ended = crate::frames::run_body(&ts, function.as_value(), globals.as_value());
        let shown = match (ended, globals.get_name(&ts, "result")) {
            (Ok(_), Some(v)) => taipan_objects::protocol::repr(&ts, &v).map_or_else(|_| "?".into(), |r| r.to_string_lossy().into_owned()),
            (Ok(_), None) => "nothing".into(),
            (Err(_), _) => ts.take_exception().map_or("?".into(), |e| e.type_name(&ts)),
        };
        // Objects refer to the interpreter until the process ends.
        std::mem::forget(ts);
        std::mem::forget(interp);
        (shown, LEFT.with_borrow_mut(std::mem::take))
    };
    std::thread::Builder::new().stack_size(size).spawn(work).expect("a thread").join().expect("no panic")
}

fn check(source: &str, result: &str, left: &[Left]) {
    let (shown, seen) = run(source);
    assert_eq!(shown, result, "{source}");
    for l in left {
        assert!(seen.contains(l), "{source}: left by {seen:?}, not by {l:?}");
    }
}

#[test]
fn a_guard_that_says_no() {
    let program = "def add(a, b):\n    return a + b\nfor i in range(40):\n    add(i, 1)\nresult = add('x', 'y')\n";
    check(program, "'xy'", &[Left::Specialize, Left::Miss]);
}

#[test]
fn an_exception() {
    let program = "def f(a):\n    try:\n        return a[1]\n    except TypeError:\n        return 'caught'\nresult = f(1)\n";
    check(program, "'caught'", &[Left::Raise]);
    check("1 / opaque(0)\n", "ZeroDivisionError", &[Left::Raise]);
}

#[test]
fn a_call_and_a_return() {
    check("def f(a):\n    b = a\n    return b\nx = f(3)\nresult = x\n", "3", &[Left::Call, Left::Return]);
    check("def g():\n    yield 1\n    yield 2\nresult = 0\nfor i in g():\n    result += i\n", "3", &[Left::Call, Left::Return]);
}

#[test]
fn tracing_switched_on() {
    check("trace(True)\nresult = 1\ntrace(False)\nresult += 1\n", "2", &[Left::Tracing, Left::Dispatch]);
}

#[test]
fn jumps_and_the_end() {
    check("result = 0\nfor i in range(20):\n    result += i\n", "190", &[Left::Jump, Left::Exit]);
}

#[test]
fn an_operand_that_dies() {
    check("class C:\n    pass\nC().x = 1\nopaque(C())\nresult = 5\nresult = [1] is opaque(2)\n", "False", &[Left::Release]);
}

#[test]
fn finalizers() {
    let program = "class C:\n    def __del__(self):\n        global result\n        result = 'gone'\nx = C()\nx = None\n";
    check(program, "'gone'", &[Left::Finalize]);
}

#[test]
fn the_other_way() {
    // A self call in tail position goes the other way once its frames are to be dropped.
    let program = "def f(n, r):\n    if n == 0:\n        return r\n    return f(n - 1, r + n)\nresult = f(5000, 0)\n";
    check(program, "12502500", &[]);
}

/// A compiler can rely on what is said of each micro-op.
#[test]
fn what_is_said_holds() {
    for (i, u) in UOPS.iter().enumerate() {
        assert!(u.name.starts_with('_'), "{i}: {}", u.name);
        if u.kind == Kind::Guard {
            assert!(u.exits != 0 && u.effects == 0 && u.stack == Some((0, 0)), "{} only looks", u.name);
        }
    }
    for op in 0..=255u32 {
        let parts = parts(op);
        let last = &UOPS[parts.last().expect("not empty").uop as usize];
        assert_eq!(last.name, "_NEXT");
        for p in parts {
            let u = &UOPS[p.uop as usize];
            assert!(u.exits & exit::MISS == 0 || p.miss != NOWHERE, "{}: where does a miss go?", u.name);
            assert!(u.exits & exit::OTHER == 0 || p.other != NOWHERE, "{}: which other way?", u.name);
            assert!(p.caches.len() <= MicroOp::NONE.operands.len());
        }
    }
}
