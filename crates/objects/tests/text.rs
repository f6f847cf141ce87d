//! Text and bytes: what their representation must keep, and what their methods answer.

use taipan_objects::bytearray::Bytearray;
use taipan_objects::bytes::Bytes;
use taipan_objects::memoryview::MemoryView;
use taipan_objects::protocol;
use taipan_objects::str::Str;
use taipan_objects::thread::{Config, Interp};
use taipan_objects::unicode::wtf8;
use taipan_objects::{Ref, ThreadState, Value, int};

fn with_thread(f: impl FnOnce(&ThreadState)) {
    let interp = Interp::new(Config { hash_seed: Some(0), ..Config::default() });
    let ts = ThreadState::new(&interp, 0);
    let previous = ts.enter();
    taipan_objects::start::start(&ts);
    f(&ts);
    ThreadState::leave(previous);
    std::mem::forget(ts);
    std::mem::forget(interp);
}

/// What a method answers, as `repr` shows it, or the error.
fn ask(ts: &ThreadState, o: &Value, method: &str, args: &[Value]) -> String {
    match protocol::call_method(ts, o, method, args) {
        Ok(v) => protocol::repr(ts, &v).expect("a text").to_string_lossy().into_owned(),
        Err(_) => {
            let e = ts.take_exception().expect("raised");
            let text = protocol::str_(ts, &e).expect("a text").to_string_lossy().into_owned();
            format!("{}: {text}", e.type_name(ts))
        }
    }
}

fn text(ts: &ThreadState, s: &str) -> Value {
    Str::new(ts, s).into_value()
}

#[test]
fn positions_agree_with_a_walk() {
    with_thread(|ts| {
        let long: String = (0..500).map(|i| ['a', 'é', '漢', '😀'][i * 7 % 4]).collect();
        let s = Str::new(ts, &long);
        assert_eq!(s.len(), 500);
        for (i, (offset, c)) in long.char_indices().enumerate() {
            assert_eq!(s.offset_of(i), offset);
            assert_eq!(s.index_of(offset), i);
            assert_eq!(s.code_point(i), c as u32);
        }
        assert_eq!(s.offset_of(500), long.len());
        assert_eq!(s.index_of(long.len()), 500);
    });
}

#[test]
fn surrogates_are_kept_and_never_joined() {
    with_thread(|ts| {
        let high = Str::from_code_point(ts, 0xd83d);
        let low = Str::from_code_point(ts, 0xde00);
        let both = Str::concat(ts, &high, &low);
        assert_eq!(both.len(), 2);
        assert!(both.has_surrogates() && both.as_str().is_none());
        assert!(wtf8::is_valid(both.bytes()));
        assert_eq!(ask(ts, both.as_value(), "encode", &[text(ts, "utf-16-le"), text(ts, "surrogatepass")]), "b'=\\xd8\\x00\\xde'");
        assert_eq!(
            ask(ts, both.as_value(), "encode", &[]),
            "UnicodeEncodeError: 'utf-8' codec can't encode characters in position 0-1: surrogates not allowed"
        );
    });
}

#[test]
fn one_object_for_equal_interned_text() {
    with_thread(|ts| {
        let a = Str::intern(ts, "some_name");
        let b = Str::new(ts, "some_name");
        assert!(!a.as_value().is(b.as_value()));
        assert!(Str::intern_ref(ts, &b).as_value().is(a.as_value()));
        drop((a, b));
        // The table does not keep a string alive, and survives its death.
        assert_eq!(Str::intern(ts, "some_name").to_string_lossy(), "some_name");
    });
}

#[test]
fn ascii_text_hashes_as_in_cpython() {
    with_thread(|ts| {
        // PYTHONHASHSEED=0 python3 -c 'print(hash("abc"))'
        assert_eq!(Str::new(ts, "abc").hash(ts), -4594863902769663758);
        assert_eq!(Str::new(ts, "").hash(ts), 0);
        assert_eq!(Bytes::new(ts, b"abc").hash(ts), Str::new(ts, "abc").hash(ts));
    });
}

#[test]
fn appending_reuses_memory_only_when_alone() {
    with_thread(|ts| {
        let s = Str::new(ts, "0123456789");
        let keep = s.clone();
        let t = Str::concat_owned(ts, s, &Str::new(ts, "é"));
        assert_eq!(keep.to_string_lossy(), "0123456789");
        let mut t: Ref<Str> = t;
        for _ in 0..1000 {
            t = Str::concat_owned(ts, t, &Str::new(ts, "xyz"));
        }
        assert_eq!((t.len(), t.byte_len(), t.is_ascii()), (3011, 3012, false));
    });
}

#[test]
fn methods_answer_as_in_cpython() {
    with_thread(|ts| {
        let s = text(ts, "ΑΣ ΟΔΥΣΣΕΥΣ.");
        assert_eq!(ask(ts, &s, "lower", &[]), "'ας οδυσσευς.'");
        assert_eq!(ask(ts, &text(ts, "ŉß"), "upper", &[]), "'ʼNSS'");
        assert_eq!(ask(ts, &text(ts, "a,b"), "split", &[Value::small_int(1).expect("fits")]), "TypeError: must be str or None, not int");
        assert_eq!(ask(ts, &text(ts, "{0!r:>5}"), "format", &[text(ts, "x")]), "\"  'x'\"");
        assert_eq!(ask(ts, &text(ts, "{} {1}"), "format", &[]), "IndexError: Replacement index 0 out of range for positional args tuple");
        let b = Bytes::new(ts, b"a\xff").into_value();
        assert_eq!(
            ask(ts, &b, "decode", &[]),
            "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xff in position 1: invalid start byte"
        );
    });
}

#[test]
fn a_lent_bytearray_keeps_its_size() {
    with_thread(|ts| {
        let b = Bytearray::new(ts, b"abc".to_vec());
        let m = MemoryView::of(ts, b.as_value()).expect("a view");
        let one = int::from_i64(ts, 65);
        protocol::setitem(ts, m.as_value(), &int::from_i64(ts, 0), &one).expect("writable");
        assert_eq!(ask(ts, b.as_value(), "append", &[one.clone()]), "BufferError: Existing exports of data: object cannot be re-sized");
        assert_eq!(ask(ts, m.as_value(), "release", &[]), "None");
        assert_eq!(ask(ts, b.as_value(), "append", &[one]), "None");
        assert_eq!(b.to_vec(), b"AbcA");
        assert_eq!(ask(ts, m.as_value(), "tobytes", &[]), "ValueError: operation forbidden on released memoryview object");
    });
}
