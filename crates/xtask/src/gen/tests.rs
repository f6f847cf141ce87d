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

/// The file whose path ends so.
fn file(text: &str, name: &str) -> String {
    made(text).expect("a good description").into_iter().find(|f| f.0.ends_with(name)).expect("the file").1
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
    assert!(handler(&t, "ONE").contains("if i0.count_down_present() { { k = (i0.0) as _; become RELEASE_NEXT("));
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
    let miss = "else { *sp.add(0) = o0; sp = sp.add(1); become HEAD(";
    assert!(h.contains(miss), "a miss goes on in the family, with all operands stored: {h}");
}

/// Between the parts values are variables; they reach the stack only where it is needed.
#[test]
fn superinstructions_hold_their_values() {
    let t = tail(
        "#[inst] pub fn load(locals: Locals, oparg: u32) -> StackRef { x }
         #[inst(cache(counter))] pub fn head(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> { x }
         #[inst(family = HEAD)] pub fn fast(a: Bits, b: Bits) -> Guarded<StackRef> { x }
         #[inst(miss = HEAD)] pub fn jump(r: &mut Regs, condition: Bits, oparg: u32) -> Flow { x }
         #[inst] pub fn raw(r: &mut Regs) -> Flow { x }
         superinstructions! { LOAD + FAST + JUMP; LOAD + LOAD + RAW; }",
    );
    let h = handler(&t, "LOAD__FAST__JUMP");
    assert!(h.contains("let i0 = *sp.sub(1);") && h.contains("let i1 = o0;"), "one operand lies on the stack: {h}");
    assert!(h.contains("sp: sp.add(1), fp") && h.contains("Flow::Miss => { *sp.add(0) = o1_0; sp = sp.add(1); become HEAD("), "{h}");
    assert_eq!(h.matches("*sp.add(0) = ").count(), 2, "only misses store: {h}");
    let h = handler(&t, "LOAD__LOAD__RAW");
    assert!(h.contains("*sp.add(0) = o0;\n        *sp.add(1) = o1_0;\n        sp = sp.add(2);\n        let mut r = Regs { ip: ip.add(0), sp, fp"), "{h}");
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

/// One function is enough: every engine, the metadata and the disassembler's names have the instruction.
#[test]
fn a_new_instruction_is_one_function() {
    let text = "/// Pushes a local twice.
        #[inst(flags(local))] pub fn load_fast_twice(locals: Locals, oparg: u32) -> (StackRef, StackRef) { x }";
    let opcodes = file(text, "opcodes.rs");
    assert!(opcodes.contains("pub const LOAD_FAST_TWICE: u8 = "), "{opcodes}");
    let info = "name: \"LOAD_FAST_TWICE\", caches: 0, flags: flag::ARG | flag::LOCAL, stack: Some((0, 2)) }";
    assert!(opcodes.contains(info), "{opcodes}");
    let call = "ops::topic::load_fast_twice(Locals(Frame::locals(fp)), ";
    assert!(handler(&file(text, "tail.rs"), "LOAD_FAST_TWICE").contains(call));
    assert!(file(text, "tail.rs").contains("Entry(LOAD_FAST_TWICE)"));
    assert!(file(text, "goto.rs").contains("    arm::LOAD_FAST_TWICE => {") && file(text, "goto.rs").contains(call));
    assert!(file(text, "switch.rs").contains("    arm::LOAD_FAST_TWICE => {"));
    assert!(file(text, "arm.rs").contains("pub const LOAD_FAST_TWICE: u32 = "));
    assert!(handler(&file(text, "uop.rs"), "_LOAD_FAST_TWICE").contains(call));
    assert!(file(text, "uops.txt").contains("\nLOAD_FAST_TWICE\n    _LOAD_FAST_TWICE (0 -- 2)\n    _NEXT\n"));
}

#[test]
fn guards_are_shared_and_come_first() {
    let text = "#[inst(cache(counter, version: 2), adaptive)] pub fn head(ts: &ThreadState, a: &Value) -> Result<Value> { x }
        #[uop] pub fn guard_version(heap: Heap, owner: &StackRef, version: u32) -> bool { x }
        #[inst(family = HEAD, guards(guard_version))] pub fn fast(a: &StackRef) -> StackRef { x }
        #[inst(family = HEAD, guards(guard_version))] pub fn raw(r: &mut Regs) -> Flow { x }";
    let guard = "if !ops::topic::guard_version(Heap(&*ts), &(*sp.sub(1)), (ip.add(1) as *const u32).read_unaligned()) { become HEAD(";
    for name in ["FAST", "RAW"] {
        let t = tail(text);
        let h = handler(&t, name);
        assert!(h.find(guard).expect("the guard") < h.find("ops::topic::").expect("a call") + 40, "{h}");
    }
    let made = file(text, "uops.txt");
    assert!(made.contains("\nFAST\n    _GUARD_VERSION [1:2] miss → HEAD\n    _FAST (1 -- 1)\n    _SKIP 3\n    _DROP 1\n    _NEXT\n"), "{made}");
    assert!(made.contains("\nRAW\n    _GUARD_VERSION [1:2] miss → HEAD\n    _RAW (…) flow miss → HEAD\n    _NEXT\n"), "{made}");
    assert!(error("#[uop] pub fn g(a: &StackRef) {}").contains("answers with a bool"));
    assert!(error("#[uop] pub fn g(a: Value) -> bool { x }").contains("a guard only looks"));
    assert!(error("#[inst(family = UNWIND, guards(g))] pub fn f(a: &StackRef) {}").contains("no micro-op `g`"));
    assert!(error("#[inst(guards(g))] pub fn f(a: &StackRef) {}").contains("where does a miss go?"));
}

#[test]
fn one_line_tells_goto_and_switch_apart() {
    let text = "#[inst] pub fn nop() {}";
    let (goto, switch) = (file(text, "goto.rs"), file(text, "switch.rs"));
    let differ = switch.lines().filter(|l| !goto.lines().any(|g| g == *l)).skip(1).collect::<Vec<_>>();
    assert_eq!(differ, ["    one_dispatch!();"]);
    assert!(goto.contains("op = w & 255 | tb as u32; continue"));
    assert!(goto.contains("    arm::TRACE | 257 | 258") && goto.contains("    arm::UNKNOWN_OPCODE | 0 | 1 | "), "{goto}");
}

/// What is committed is what the descriptions say.
#[test]
fn nothing_is_stale() {
    super::run(true).expect("run `cargo xtask gen`");
}
