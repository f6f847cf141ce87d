//! `cargo xtask dispatch-check`: disassembles the engine and looks at its hot handlers: no prologue, no
//! spills, and not many more instructions than when they were last looked at.

use std::process::Command;

/// Handlers and the most machine instructions that each may have.
const HOT: &[(&str, usize)] = &[
    ("LOAD_FAST", 16),
    ("LOAD_FAST_BORROW", 9),
    ("LOAD_FAST_BORROW_LOAD_FAST_BORROW", 14),
    ("STORE_FAST", 16),
    ("LOAD_SMALL_INT", 9),
    ("POP_TOP", 14),
    ("BINARY_OP_ADD_INT", 20),
    ("BINARY_OP_MULTIPLY_FLOAT", 30),
    ("COMPARE_OP_INT", 28),
    ("POP_JUMP_IF_FALSE", 20),
    ("JUMP_BACKWARD", 14),
    ("FOR_ITER_RANGE", 30),
    ("LOAD_GLOBAL_MODULE", 34),
    ("LOAD_ATTR_INSTANCE_VALUE", 34),
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
        let Some(at) = text.find(&label) else {
            bad.push(format!("{name}: not found"));
            continue;
        };
        let body: Vec<&str> = text[at..].lines().skip(1).take_while(|l| !l.is_empty()).collect();
        let spills = body.iter().filter(|l| l.contains("push ") || l.contains("(%rsp)")).count();
        println!("{name}: {} instructions, {spills} spills", body.len());
        if spills > 0 || body.len() > *most {
            bad.push(format!("{name}: {} instructions (at most {most}), {spills} spills", body.len()));
        }
    }
    if bad.is_empty() { Ok(()) } else { Err(bad.join("\n")) }
}
