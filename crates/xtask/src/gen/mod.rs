//! `cargo xtask gen`: reads the instructions' bodies in `crates/interp/src/ops` and writes the engines, the
//! opcode numbers and the metadata. All of it is a function from text to text; [`run`] alone touches files.
//!
//! [`describe`] reads signatures and attributes; [`numbers`] gives opcodes their numbers; [`body`] writes
//! what a handler does around its body, with the help of an [`engine`]; [`opcodes`] and [`metadata`] write
//! the tables. An engine is a file here with what [`ENGINES`] lists.

mod body;
mod describe;
mod engine;
mod flat;
mod metadata;
mod numbers;
mod opcodes;
mod tail;
#[cfg(test)]
mod tests;
mod uops;

use describe::Description;
use std::fs;
use std::path::Path;

/// A file to write: path from the workspace's root, contents.
pub type Output = (&'static str, String);

/// Writes a file from the description.
type Writer = fn(&Description, &numbers::Numbers) -> Result<String, String>;

/// The engines, and what they need.
const ENGINES: &[(&str, Writer)] = &[
    ("crates/interp/src/generated/tail.rs", tail::write),
    ("crates/interp/src/generated/goto.rs", flat::write_goto),
    ("crates/interp/src/generated/switch.rs", flat::write_switch),
    ("crates/interp/src/generated/arm.rs", flat::write_arms),
    ("crates/interp/src/generated/uop.rs", uops::write),
    ("crates/interp/src/generated/uops.txt", uops::snapshot),
];

/// Everything that is generated from the given sources (file stem, text).
pub fn generate(sources: &[(String, String)]) -> Result<Vec<Output>, String> {
    let mut d = Description::default();
    for (stem, text) in sources {
        d.read(stem, text)?;
    }
    d.check()?;
    let numbers = numbers::assign(&d)?;
    let mut out = vec![
        ("crates/isa/src/generated/opcodes.rs", opcodes::write(&d, &numbers)),
        ("crates/interp/src/generated/metadata.rs", metadata::write(&d, &numbers)),
    ];
    for (path, write) in ENGINES {
        out.push((path, write(&d, &numbers)?));
    }
    Ok(out)
}

/// The sources under `ops`, by name.
pub fn sources(root: &Path) -> Result<Vec<(String, String)>, String> {
    let dir = root.join("crates/interp/src/ops");
    let mut out = vec![];
    for e in fs::read_dir(&dir).map_err(|e| format!("{}: {e}", dir.display()))? {
        let path = e.map_err(|e| e.to_string())?.path();
        if path.extension().is_some_and(|x| x == "rs") {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            out.push((stem, fs::read_to_string(&path).map_err(|e| e.to_string())?));
        }
    }
    out.sort();
    Ok(out)
}

pub fn run(check: bool) -> Result<(), String> {
    let root = crate::root();
    let mut stale = vec![];
    for (path, text) in generate(&sources(&root)?)? {
        let file = root.join(path);
        if fs::read_to_string(&file).is_ok_and(|old| old == text) {
            continue;
        }
        if check {
            stale.push(path);
            continue;
        }
        fs::create_dir_all(file.parent().expect("a folder")).map_err(|e| e.to_string())?;
        fs::write(&file, text).map_err(|e| format!("{path}: {e}"))?;
        println!("wrote {path}");
    }
    if stale.is_empty() { Ok(()) } else { Err(format!("stale: {}\nrun `cargo xtask gen`", stale.join(", "))) }
}
