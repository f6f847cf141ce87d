//! An interpreter is born, its objects are used and die.

use taipan_objects::heap::gc;
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

fn full(ts: &ThreadState) -> usize {
    gc::collect(ts, gc::Generation::All, &mut |_| false)
}

#[test]
fn young_collections_leave_the_old_alone() {
    with_thread(|ts| {
        let cycle = || {
            let list = List::new(ts, vec![]);
            list.push(list.as_value().clone());
            list
        };
        full(ts);
        let old = cycle();
        full(ts);
        drop(old);
        drop(cycle());
        let kept = cycle();
        assert_eq!(gc::collect(ts, gc::Generation::Young, &mut |_| false), 1);
        assert_eq!(full(ts), 1);
        drop(kept);
        assert_eq!(gc::collect(ts, gc::Generation::Young, &mut |_| false), 0);
        assert_eq!(full(ts), 1);
    });
}

#[test]
fn types_know_their_names_and_bases() {
    with_thread(|ts| {
        let one = Value::small_int(1).expect("fits");
        assert_eq!(one.type_name(ts), "int");
        assert_eq!(Value::none().type_name(ts), "NoneType");
        assert_eq!(Value::true_().type_name(ts), "bool");
        assert_eq!(Value::true_().class(ts).mro_types().len(), 3);
        let r = protocol::repr(ts, &Value::none()).expect("no error");
        assert_eq!(r.to_string_lossy(), "None");
    });
}

#[test]
fn errors_carry_their_message() {
    with_thread(|ts| {
        let list = List::new(ts, vec![]).into_value();
        let r = protocol::hash(ts, &list);
        assert!(r.is_err());
        let e = ts.take_exception().expect("raised");
        assert_eq!(e.type_name(ts), "TypeError");
        assert_eq!(protocol::str_(ts, &e).expect("text").to_string_lossy(), "unhashable type: 'list'");
    });
}

#[test]
fn cycles_are_collected() {
    with_thread(|ts| {
        drop(List::new(ts, vec![]));
        full(ts);
        let before = ts.interp().containers.len();
        let list = List::new(ts, vec![]);
        list.push(list.as_value().clone());
        drop(list);
        assert_eq!(ts.interp().containers.len(), before + 1);
        assert_eq!(full(ts), 1);
        assert_eq!(ts.interp().containers.len(), before);
    });
}

#[test]
fn deep_nesting_dies_without_recursion() {
    with_thread(|ts| {
        let mut v = Str::new(ts, "x").into_value();
        for _ in 0..1_000_000 {
            v = List::new(ts, vec![v]).into_value();
        }
        drop(v);
    });
}
