//! The built-in exceptions: what their constructors take, what they show, how groups are taken apart.

use taipan_objects::exceptions::{BaseException, BaseExceptionGroup, stop_value};
use taipan_objects::list::List;
use taipan_objects::protocol;
use taipan_objects::str::Str;
use taipan_objects::thread::{Config, Interp};
use taipan_objects::{ThreadState, Value};

fn with_thread(f: impl FnOnce(&ThreadState)) {
    let interp = Interp::new(Config::default());
    let ts = ThreadState::new(&interp, 0);
    let previous = ts.enter();
    taipan_objects::start::start(&ts);
    f(&ts);
    ThreadState::leave(previous);
    // Objects may still refer to the interpreter: it goes with the process.
    std::mem::forget(ts);
    std::mem::forget(interp);
}

fn class(ts: &ThreadState, name: &str) -> Value {
    let all = ts.exceptions().all();
    all.into_iter().find(|c| c.0 == name).expect("a class").1.into_value()
}

fn text(ts: &ThreadState, s: &str) -> Value {
    Str::new(ts, s).into_value()
}

fn int(i: i64) -> Value {
    Value::small_int(i).expect("small")
}

fn make(ts: &ThreadState, name: &str, args: &[Value]) -> Value {
    match protocol::call(ts, &class(ts, name), args) {
        Ok(e) => e,
        Err(_) => ts.take_exception().expect("raised"),
    }
}

fn show(ts: &ThreadState, v: &Value) -> (String, String) {
    let s = protocol::str_(ts, v).expect("str").to_string_lossy().into_owned();
    (s, protocol::repr_lossy(ts, v).expect("repr"))
}

#[test]
fn texts() {
    with_thread(|ts| {
        let check = |name: &str, args: &[Value], s: &str, r: &str| {
            let (a, b) = show(ts, &make(ts, name, args));
            assert_eq!((a.as_str(), b.as_str()), (s, r), "{name}");
        };
        check("ValueError", &[], "", "ValueError()");
        check("ValueError", &[text(ts, "x")], "x", "ValueError('x')");
        check("ValueError", &[int(1), int(2)], "(1, 2)", "ValueError(1, 2)");
        check("KeyError", &[text(ts, "k")], "'k'", "KeyError('k')");
        check("OSError", &[int(2), text(ts, "No such file")], "[Errno 2] No such file", "FileNotFoundError(2, 'No such file')");
        check("OSError", &[int(1), text(ts, "a"), text(ts, "f")], "[Errno 1] a: 'f'", "PermissionError(1, 'a')");
        check("OSError", &[text(ts, "only")], "only", "OSError('only')");
        check("ExceptionGroup", &[text(ts, "g"), List::new(ts, vec![]).into_value()], "second argument (exceptions) must be a non-empty sequence", "ValueError('second argument (exceptions) must be a non-empty sequence')");
        let bad = [text(ts, "utf-8"), text(ts, "a\u{e9}"), int(1), int(2), text(ts, "why")];
        check("UnicodeEncodeError", &bad, "'utf-8' codec can't encode character '\\xe9' in position 1: why", "UnicodeEncodeError('utf-8', 'a\u{e9}', 1, 2, 'why')");
        let details = taipan_objects::tuple::Tuple::new(ts, vec![text(ts, "dir/f.py"), int(3), int(1), text(ts, "x =")]).into_value();
        check("SyntaxError", &[text(ts, "bad"), details], "bad (f.py, line 3)", "SyntaxError('bad', ('dir/f.py', 3, 1, 'x ='))");
    });
}

#[test]
fn fields_and_raising() {
    with_thread(|ts| {
        let e = make(ts, "StopIteration", &[int(5)]);
        assert_eq!(stop_value(&e).as_small_int(), Some(5));
        let e = make(ts, "SystemExit", &[int(5)]);
        assert_eq!(protocol::getattr_name(ts, &e, "code").expect("code").as_small_int(), Some(5));
        let name = Str::intern(ts, "size");
        let _ = ts.attribute_error_for(&int(1), &name);
        let e = ts.take_exception().expect("raised");
        assert_eq!(show(ts, &e).0, "'int' object has no attribute 'size'");
        assert!(protocol::getattr_name(ts, &e, "name").expect("name").is(name.as_value()));
        let _ = ts.import_error("no", Some(&int(1)), None);
        let e = ts.take_exception().expect("raised");
        assert_eq!(protocol::getattr_name(ts, &e, "name").expect("name").as_small_int(), Some(1));
        let _ = ts.os_error_code(17, Some(&text(ts, "p")), None);
        let e = ts.take_exception().expect("raised");
        assert_eq!(show(ts, &e).0, "[Errno 17] File exists: 'p'");
        assert_eq!(e.type_name(ts), "FileExistsError");
    });
}

#[test]
fn groups_divide() {
    with_thread(|ts| {
        let v = make(ts, "ValueError", &[int(1)]);
        let t = make(ts, "TypeError", &[int(2)]);
        let list = |items: Vec<Value>| List::new(ts, items).into_value();
        let inner = make(ts, "BaseExceptionGroup", &[text(ts, "in"), list(vec![v.clone(), t])]);
        assert_eq!(inner.type_name(ts), "ExceptionGroup");
        let outer = make(ts, "ExceptionGroup", &[text(ts, "out"), list(vec![inner, v])]);
        assert_eq!(show(ts, &outer).0, "out (2 sub-exceptions)");
        let parts = protocol::call_method(ts, &outer, "split", &[class(ts, "TypeError")]).expect("split");
        let (_, r) = show(ts, &parts);
        assert_eq!(r, "(ExceptionGroup('out', [ExceptionGroup('in', [TypeError(2)])]), ExceptionGroup('out', [ExceptionGroup('in', [ValueError(1)]), ValueError(1)]))");
        assert!(outer.downcast::<BaseExceptionGroup>().is_some() && outer.downcast::<BaseException>().is_some());
    });
}
