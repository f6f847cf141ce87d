//! `cargo xtask dispatch`: disassembles the engines and tells what their dispatch is: how many indirect jumps there
//! are, how many handlers begin with a prologue or use the stack frame at all, how large the code is. Filling between
//! functions does not count.

use crate::python;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// Engines with the path of their code below `generated`.
const ENGINES: &[(&str, &str)] =
    &[("tail", "tail"), ("tail-plain", "tail_plain"), ("goto", "goto"), ("switch", "switch"), ("uop", "uop")];

/// One function of an engine.
#[derive(Default, Clone)]
struct Function {
    #[cfg_attr(not(test), allow(dead_code))]
    name: String,
    bytes: u64,
    instructions: usize,
    indirect_jumps: usize,
    /// `call` through a register or memory, as the interpreter of micro-ops does.
    indirect_calls: usize,
    pushes: usize,
    /// Whether registers are saved or the stack pointer moves before anything is decided.
    prologue: bool,
    /// Whether a jump or call was seen.
    branched: bool,
    /// Instructions that read or write the stack frame.
    stack_accesses: usize,
}

impl Function {
    fn uses_frame(&self) -> bool {
        self.pushes + self.stack_accesses > 0
    }
    /// Counts one disassembled instruction; false for filling.
    fn take(&mut self, text: &str) -> bool {
        if ["int3", "nop", "data16", "cs nop", "xchg   %ax,%ax"].iter().any(|f| text.starts_with(f)) {
            return false;
        }
        self.instructions += 1;
        let (mnemonic, operands) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let mnemonic = if mnemonic == "notrack" { operands.split_whitespace().next().unwrap_or("") } else { mnemonic };
        let target = operands.trim_start();
        // x86-64, then AArch64.
        if (mnemonic.starts_with("jmp") && target.contains('*')) || mnemonic == "br" {
            self.indirect_jumps += 1;
        } else if (mnemonic.starts_with("call") && target.contains('*')) || mnemonic == "blr" {
            self.indirect_calls += 1;
        } else if mnemonic.starts_with("push") {
            self.pushes += 1;
        } else if mnemonic != "lea" && (operands.contains("(%rsp") || operands.contains("(%rbp") || operands.contains("[sp")) {
            self.stack_accesses += 1;
        }
        let saves = mnemonic.starts_with("push") || (mnemonic.starts_with("sub") && operands.ends_with("%rsp"));
        self.prologue |= saves && !self.branched;
        self.branched |= mnemonic.starts_with('j') || mnemonic.starts_with("call");
        true
    }
}

/// The engine whose code a symbol is, and the function's name: paths are spelled with their lengths in symbols.
fn engine_of(symbol: &str) -> Option<(usize, String)> {
    ENGINES.iter().enumerate().find_map(|(i, (_, module))| {
        let path = format!("9generated{}{module}", module.len());
        let rest = &symbol[symbol.find(&path)? + path.len()..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let n: usize = rest[..digits].parse().ok()?;
        let name = rest[digits..].trim_start_matches(|c: char| n > 0 && c == '_' && !rest[digits + 1..].starts_with('_'));
        Some((i, name.chars().take(n).collect()))
    })
}

/// Reads `objdump -d`: functions of each engine.
fn read(lines: impl Iterator<Item = String>) -> Vec<Vec<Function>> {
    let mut out: Vec<Vec<Function>> = vec![vec![]; ENGINES.len()];
    let mut current: Option<(usize, u64)> = None;
    for line in lines {
        if let Some((address, symbol)) = line.strip_suffix(">:").and_then(|l| l.split_once(" <")) {
            current = None;
            if let (Some((engine, name)), Ok(at)) = (engine_of(symbol), u64::from_str_radix(address, 16)) {
                out[engine].push(Function { name, ..Function::default() });
                current = Some((engine, at));
            }
        } else if let Some((engine, at)) = current
            && let Some((address, text)) = line.split_once(":\t")
            && let Ok(here) = u64::from_str_radix(address.trim(), 16)
            && let Some(f) = out[engine].last_mut()
        {
            // The last instruction's length is not known here: an indirect jump has two or three bytes.
            if f.take(text.trim()) {
                f.bytes = here + 2 - at;
            }
        }
    }
    out
}

pub fn run(args: &[&str]) -> Result<(), String> {
    let binary = match args {
        [] => python::taipan()?,
        [b] => b.into(),
        _ => return Err("usage: dispatch [BINARY]".into()),
    };
    let mut child = Command::new("objdump")
        .args(["-d", "--no-show-raw-insn"])
        .arg(&binary)
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| format!("objdump: {e}"))?;
    let pipe = child.stdout.take().ok_or("objdump gives no output")?;
    let engines = read(BufReader::new(pipe).lines().map_while(Result::ok));
    let status = child.wait().map_err(|e| e.to_string())?;
    if !status.success() || engines.iter().all(Vec::is_empty) {
        return Err(format!("{}: no engine found: is the binary stripped?", binary.display()));
    }
    println!("{}", binary.display());
    println!(
        "{:12}{:>9}{:>11}{:>14}{:>16}{:>11}{:>22}",
        "engine", "code", "functions", "instructions", "indirect jumps", "prologues", "use the stack frame"
    );
    for ((name, _), functions) in ENGINES.iter().zip(&engines) {
        if functions.is_empty() {
            println!("{name:12}not in this build");
            continue;
        }
        let sum = |f: fn(&Function) -> usize| functions.iter().map(f).sum::<usize>();
        let bytes = sum(|f| f.bytes as usize);
        let spilling = functions.iter().filter(|f| f.uses_frame()).count();
        println!(
            "{name:12}{:>9}{:>11}{:>14}{:>16}{:>11}{:>22}",
            format!("{} KiB", bytes.div_ceil(1024)),
            functions.len(),
            sum(|f| f.instructions),
            sum(|f| f.indirect_jumps),
            functions.iter().filter(|f| f.prologue).count(),
            format!("{spilling} ({} times)", sum(|f| f.stack_accesses)),
        );
    }
    println!(
        "`tail` has a function for each handler: its indirect jumps are dispatch and jumps to handlers in other units.\n\
         `goto` and `switch` are one function each: their indirect jumps are dispatch and the `match`es of bodies, which both\n\
         have alike. `uop` has a function for each micro-op and calls them through a table."
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts() {
        let text = "\
0000000000001000 <_ZN13taipan_interp9generated4tail3NOP17h0123456789abcdefE>:
    1000:\tmovzwl (%r12),%eax
    1004:\tjmp    *(%rdi,%rcx,8)
    1007:\tint3

0000000000002000 <_RNvNtNtCsabc_13taipan_interp9generated6switch3run>:
    2000:\tpush   %rbp
    2001:\tmov    %rax,0x18(%rsp)
    2006:\tlea    0x18(%rsp),%rax
    200b:\tnotrack jmp *%rax
    200f:\tcall   *%rax

0000000000003000 <main>:
    3000:\tjmp    *%rax";
        let engines = read(text.lines().map(str::to_string));
        let nop = &engines[0][0];
        assert_eq!((nop.name.as_str(), nop.instructions, nop.indirect_jumps, nop.uses_frame()), ("NOP", 2, 1, false));
        let run = &engines[3][0];
        assert_eq!((run.indirect_jumps, run.indirect_calls, run.pushes, run.stack_accesses), (1, 1, 1, 1));
        assert!(run.prologue && !nop.prologue);
        assert!(engines[2].is_empty());
    }
}
