//! Numbers as an interpreter sees them.

use crate::protocol::{self, BinaryOp};
use crate::str::Str;
use crate::thread::{Config, Interp, ThreadState};
use crate::value::Value;
use crate::{float, int};

/// Runs `f` in a new interpreter.
fn with_interpreter(f: impl FnOnce(&ThreadState)) {
    let interp = Interp::new(Config::default());
    let ts = ThreadState::new(&interp, 0);
    let before = ts.enter();
    crate::start::start(&ts);
    f(&ts);
    ThreadState::leave(before);
    // The interpreter's objects outlive it here: tests end with the process.
    std::mem::forget((interp, ts));
}

fn number(ts: &ThreadState, text: &str) -> Value {
    let text = Str::new(ts, text).into_value();
    let r = protocol::call1(ts, int::Int::class(ts).as_value(), &text);
    r.unwrap_or_else(|_| {
        ts.clear_exception();
        protocol::call1(ts, float::Float::class(ts).as_value(), &text).unwrap_or_else(|_| panic!("{}", shown(ts, &ts.take_exception().expect("one"))))
    })
}
use crate::heap::Payload;

fn shown(ts: &ThreadState, v: &Value) -> String {
    protocol::repr(ts, v).expect("a repr").to_string_lossy().into_owned()
}

#[test]
fn operators() {
    with_interpreter(|ts| {
        let cases = [
            ("2", BinaryOp::Power, "100", "1267650600228229401496703205376"),
            ("-7", BinaryOp::FloorDivide, "2", "-4"),
            ("-7", BinaryOp::Remainder, "2", "1"),
            ("1152921504606846975", BinaryOp::Add, "1", "1152921504606846976"),
            ("9223372036854775807", BinaryOp::Add, "1", "9223372036854775808"),
            ("9223372036854775808", BinaryOp::Subtract, "1", "9223372036854775807"),
            ("1", BinaryOp::TrueDivide, "3", "0.3333333333333333"),
            ("1.5", BinaryOp::Multiply, "2", "3.0"),
            ("-8.0", BinaryOp::Power, "2", "64.0"),
            ("-1", BinaryOp::Power, "0.5", "(6.123233995736766e-17+1j)"),
            ("1", BinaryOp::LeftShift, "70", "1180591620717411303424"),
            ("0.0", BinaryOp::Multiply, "-1", "-0.0"),
        ];
        for (a, op, b, want) in cases {
            let r = protocol::binary_op(ts, op, &number(ts, a), &number(ts, b)).expect("a result");
            assert_eq!(shown(ts, &r), want, "{a} {op:?} {b}");
        }
        assert_eq!(shown(ts, &protocol::binary_op(ts, BinaryOp::Add, &Value::true_(), &Value::true_()).expect("2")), "2");
        assert_eq!(shown(ts, &protocol::binary_op(ts, BinaryOp::And, &Value::true_(), &Value::false_()).expect("False")), "False");
        assert_eq!(shown(ts, &protocol::call_method(ts, &number(ts, "255"), "__format__", &[Str::new(ts, "#06x").into_value()]).expect("hex")), "'0x00ff'");
        assert_eq!(shown(ts, &protocol::call_method(ts, &number(ts, "1234.5"), "__format__", &[Str::new(ts, ">12,.2f").into_value()]).expect("text")), "'    1,234.50'");
    });
}

