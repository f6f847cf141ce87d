//! `cargo xtask tidy`: what the house promises about itself, checked.

use crate::{r#gen, python, root};
use std::path::Path;

/// Who may use whom (beside themselves): ARCHITECTURE.md says why.
const EDGES: &[(&str, &[&str])] = &[
    ("isa", &[]),
    ("tail", &["isa"]),
    ("compile", &["isa", "tail"]),
    ("macros", &[]),
    ("objects", &["isa", "macros"]),
    ("interp", &["isa", "macros", "objects"]),
    ("stdlib", &["isa", "objects", "macros"]),
    ("frontend", &["compile", "objects", "macros", "isa"]),
    ("jit", &["isa", "objects", "interp"]),
    ("taipan", &["isa", "tail", "compile", "macros", "objects", "interp", "stdlib", "frontend", "jit"]),
    ("cli", &["taipan"]),
    ("cpython", &["tail", "isa"]),
    ("xtask", &[]),
];

/// Lines that a source file may have.
const MAX_LINES: usize = 900;
/// Files that may be longer, with the reason in their heads: tables.
const LONG_FILES: &[&str] = &["crates/isa/src/generated/", "crates/objects/src/unicode/generated/", "crates/interp/src/generated/", "crates/stdlib/src/unicodedata/tables.rs"];

/// What has no place in the sources. Written apart so that this file passes.
fn forbidden() -> Vec<String> {
    [("/ro", "ot/"), ("/wo", "rk/"), ("TO", "DO"), ("FIX", "ME"), ("dbg", "!("), ("clau", "de"), ("chat", "gpt"), ("anthro", "pic")]
        .iter()
        .map(|(a, b)| format!("{a}{b}"))
        .collect()
}

pub fn run() -> Result<(), String> {
    let mut wrong = vec![];
    edges(&mut wrong);
    sources(&mut wrong);
    cases(&mut wrong);
    if let Err(e) = r#gen::run(true) {
        wrong.push(format!("generated code is stale: {e}"));
    }
    if wrong.is_empty() {
        println!("tidy");
        Ok(())
    } else {
        let n = wrong.len();
        Err(format!("{}\n{n} things to tidy", wrong.join("\n")))
    }
}

fn edges(wrong: &mut Vec<String>) {
    for dir in python::subdirectories(&root().join("crates")) {
        let name = dir.file_name().expect("a name").to_string_lossy().into_owned();
        let Ok(text) = std::fs::read_to_string(dir.join("Cargo.toml")) else { continue };
        let Some((_, allowed)) = EDGES.iter().find(|e| e.0 == name) else {
            wrong.push(format!("crates/{name}: not in the list of crates"));
            continue;
        };
        let mut section = "";
        for line in text.lines() {
            let line = line.trim();
            if line.starts_with('[') {
                section = line;
            }
            // Tests may use anything.
            if section.contains("dev-dependencies") || !section.contains("dependencies") {
                continue;
            }
            let used = line.split(['.', ' ', '=']).next().unwrap_or("");
            let used = if used == "taipan" { "taipan" } else { used.strip_prefix("taipan-").unwrap_or("") };
            if !used.is_empty() && used != name && !allowed.contains(&used) {
                wrong.push(format!("crates/{name}: may not use {used}"));
            }
        }
    }
}

fn sources(wrong: &mut Vec<String>) {
    let words = forbidden();
    for file in python::files(&root().join("crates"), "rs") {
        let name = relative(&file);
        if name.contains("/target/") {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(&file) else {
            wrong.push(format!("{name}: not readable as text"));
            continue;
        };
        if !text.starts_with("//!") && !name.contains("/tests/ui/") {
            wrong.push(format!("{name}: does not say what lives there (//!)"));
        }
        let lines = text.lines().count();
        if lines > MAX_LINES && !LONG_FILES.iter().any(|p| name.starts_with(p)) {
            wrong.push(format!("{name}: {lines} lines"));
        }
        for (i, line) in text.lines().enumerate() {
            let lower = line.to_lowercase();
            if let Some(w) = words.iter().find(|w| if w.chars().all(|c| c.is_uppercase()) { line.contains(*w) } else { lower.contains(*w) }) {
                wrong.push(format!("{name}:{}: {w:?}", i + 1));
            }
        }
    }
}

/// Each case has its expected output.
fn cases(wrong: &mut Vec<String>) {
    for file in python::files(&root().join("tests/cases"), "py") {
        if !file.with_extension("out").exists() {
            wrong.push(format!("{}: no expected output (cargo xtask expect)", relative(&file)));
        }
    }
}

fn relative(p: &Path) -> String {
    p.strip_prefix(root()).unwrap_or(p).to_string_lossy().into_owned()
}
