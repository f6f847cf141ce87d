//! The generator as a function of text.

use super::generate;

const INTERNAL: &str = r#"
#[inst(internal, cold)] pub fn release_next(r: &mut Regs, ts: &ThreadState) -> Flow { Flow::Next }
#[inst(internal, cold)] pub fn release_two_next(r: &mut Regs, ts: &ThreadState) -> Flow { Flow::Next }
#[inst(internal, cold)] pub fn finalize_next(r: &mut Regs, heap: Heap) -> Flow { Flow::Next }
#[inst(internal, cold)] pub fn specialize(r: &mut Regs, ts: &ThreadState) -> Flow { Flow::Dispatch }
#[inst(internal, cold)] pub fn unwind(r: &mut Regs, ts: &ThreadState) -> Flow { Flow::Next }
#[inst(internal, cold)] pub fn trace(r: &mut Regs, ts: &ThreadState) -> Flow { Flow::Dispatch }
#[inst(internal, cold)] pub fn unknown_opcode(r: &mut Regs) -> Flow { Flow::Raise }
"#;

fn made(text: &str) -> Result<Vec<(&'static str, String)>, String> {
    generate(&[("internal".into(), INTERNAL.into()), ("topic".into(), text.into())])
}

fn tail(text: &str) -> String {
    made(text).expect("a good description").remove(2).1
}

fn handler<'a>(text: &'a str, name: &str) -> &'a str {
    let at = text.find(&format!("fn {name}(")).expect("the handler");
    let rest = &text[at..];
    &rest[..rest.find("\n}\n").expect("its end")]
}

fn error(text: &str) -> String {
    made(text).expect_err("a bad description")
}

#[test]
fn immediates_are_neither_counted_nor_dropped() {
    let t = tail(
        "#[inst(cache(counter), adaptive)] pub fn add(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> { x }
         #[inst(family = ADD)] pub fn add_int(a: Bits, b: Bits) -> Guarded<StackRef> { x }",
    );
    let h = handler(&t, "ADD_INT");
    assert!(h.contains("let Guarded::Ok(o0) = ops::topic::add_int(Bits(i0.0), Bits(i1.0)) else { become ADD("), "{h}");
    assert!(!h.contains("count_down()") && !h.contains("release"), "{h}");
    assert!(h.contains("ip = ip.add(1);"), "the family's cache is skipped: {h}");
    let h = handler(&t, "ADD");
    assert!(h.contains("if counter_ran_out(ip) { become SPECIALIZE("), "{h}");
    assert!(h.contains("(*fp).ip = ip;"), "the position is recorded: {h}");
    assert!(h.contains("i0.release(); i1.release(); sp = sp.sub(2); become UNWIND("), "{h}");
    assert!(h.contains("frames.table.get()"), "the table is read again: {h}");
}

#[test]
fn borrowed_operands_are_dropped_without_a_call() {
    let t = tail("#[inst] pub fn two(a: &StackRef, b: &StackRef) -> StackRef { x } #[inst] pub fn one(a: &StackRef) {}");
    assert!(handler(&t, "ONE").contains("if i0.count_down() { { k = (i0.0) as _; become RELEASE_NEXT("));
    assert!(handler(&t, "TWO").contains("become RELEASE_TWO_NEXT("));
}

#[test]
fn kept_operands_stay() {
    let t = tail("#[inst] pub fn peek(subject: &Keep, ts: &ThreadState, other: &Value) -> StackRef { x }");
    let h = handler(&t, "PEEK");
    assert!(h.contains("sp = sp.sub(1);") && h.contains("*sp.add(0) = o0;"), "{h}");
    assert!(!h.contains("i0.release()"), "{h}");
}

#[test]
fn superinstructions_run_their_parts() {
    let t = tail(
        "#[inst] pub fn load(locals: Locals, oparg: u32) -> StackRef { x }
         #[inst(cache(counter, version: 2))] pub fn head(ts: &ThreadState, a: &Value) -> Result<Value> { x }
         #[inst(family = HEAD)] pub fn fast(a: Bits, version: u32) -> Guarded<StackRef> { x }
         superinstructions! { LOAD + FAST; }",
    );
    let h = handler(&t, "LOAD__FAST");
    let (load, fast) = (h.find("ops::topic::load").expect("first"), h.find("ops::topic::fast").expect("second"));
    assert!(load < h.find("w = *ip as u32;").expect("the next word") && load < fast, "{h}");
    assert!(h.contains("(ip.add(1) as *const u32).read_unaligned()"), "{h}");
    assert!(h.contains("else { become HEAD("), "a miss goes on in the family: {h}");
}

#[test]
fn numbers_are_cpythons() {
    let out = made("#[inst] pub fn pop_top(a: &StackRef) {} #[inst] pub fn binary_op(ts: &ThreadState) {}").expect("good");
    let opcodes = &out[0].1;
    assert!(opcodes.contains("pub const POP_TOP: u8 = 31;") && opcodes.contains("pub const BINARY_OP: u8 = 44;"));
}

#[test]
fn mistakes_are_told_where_they_are() {
    assert!(error("#[inst]\npub fn f(a: Wrong) {}").starts_with("crates/interp/src/ops/topic.rs:2: f: parameter `a`"));
    assert!(error("#[inst]\npub fn f(a: Bits) -> Guarded<Value> { x }").contains("where does a miss go?"));
    assert!(error("#[inst(miss = TRACE)]\npub fn f(a: Value) -> Guarded<Value> { x }").contains("cannot be handed over"));
    assert!(error("#[inst(family = NONE)]\npub fn f(a: Bits) -> Guarded<Value> { x }").contains("no instruction NONE"));
    assert!(error("#[inst]\npub fn f(r: &mut Regs) {}").contains("belong together"));
    assert!(error("#[inst(adaptive)]\npub fn f(ts: &ThreadState) {}").contains("begins with a counter"));
    assert!(error("#[inst] pub fn f(a: Bits) {} #[inst] pub fn f(a: Bits) {}").contains("described twice"));
    assert!(error("#[inst(cache(counter))] pub fn f(version: u32) {}").contains("no cache entry `version`"));
}

/// What is committed is what the descriptions say.
#[test]
fn nothing_is_stale() {
    super::run(true).expect("run `cargo xtask gen`");
}
