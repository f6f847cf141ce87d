//! `cargo xtask dispatch-check`: disassembles the engine and looks at its hot handlers: no prologue, no
//! spills, and not many more instructions than when they were last looked at.

use std::process::Command;

/// Handlers and the most machine instructions that each may have.
const HOT: &[(&str, usize)] = &[
    ("LOAD_FAST", 28),
    ("LOAD_FAST_BORROW", 19),
    ("LOAD_FAST_BORROW_LOAD_FAST_BORROW", 20),
    ("STORE_FAST", 42),
    ("LOAD_SMALL_INT", 20),
    ("LOAD_CONST", 20),
    ("BINARY_OP_ADD_INT", 29),
    ("BINARY_OP_SUBTRACT_INT", 29),
    ("BINARY_OP_ADD_FLOAT", 34),
    ("BINARY_OP_SUBTRACT_FLOAT", 34),
    ("BINARY_OP_MULTIPLY_FLOAT", 34),
    ("COMPARE_OP_INT", 38),
    ("COMPARE_OP_FLOAT", 47),
    ("POP_JUMP_IF_FALSE", 36),
    ("POP_JUMP_IF_TRUE", 36),
    ("JUMP_BACKWARD", 15),
    ("FOR_ITER_RANGE", 38),
    ("FOR_ITER_LIST", 39),
    ("LOAD_GLOBAL_MODULE", 34),
    ("LOAD_ATTR_INSTANCE_VALUE", 44),
];

pub fn run(args: &[&str]) -> Result<(), String> {
    let binary = args.first().copied().ok_or("usage: dispatch-check <binary with symbols>")?;
    let out = Command::new("objdump")
        .args(["-d", "--no-show-raw-insn", "-C", binary])
        .output()
        .map_err(|e| format!("objdump: {e}"))?;
    let text = String::from_utf8_lossy(&out.stdout);
    let mut bad = vec![];
    for (name, most) in HOT {
        let label = format!("::tail::{name}>:");
        let filling = |l: &str| ["\tint3", "\tnop", "\tdata16", "\tcs nop"].iter().any(|f| l.contains(f));
        let Some(at) = text.find(&label) else {
            bad.push(format!("{name}: not found"));
            continue;
        };
        let body: Vec<&str> = text[at..].lines().skip(1).take_while(|l| !l.is_empty()).filter(|l| !filling(l)).collect();
        let spills = body.iter().filter(|l| l.contains("push ") || l.contains("(%rsp)")).count();
        println!("{name}: {} instructions, {spills} spills", body.len());
        if spills > 0 || body.len() > *most {
            bad.push(format!("{name}: {} instructions (at most {most}), {spills} spills", body.len()));
        }
    }
    if bad.is_empty() { Ok(()) } else { Err(bad.join("\n")) }
}
