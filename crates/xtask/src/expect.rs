//! `cargo xtask expect`: writes what CPython prints for each program of `tests/cases` beside it.

use crate::python::{self, Outcome};
use crate::root;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// The text of a `.out` file: standard output, then standard error and exit code where there are any. The
/// directory of the cases is told as `CASES`.
pub fn record(o: &Outcome, dir: &Path) -> String {
    let mut text = o.stdout.clone();
    if !o.stderr.is_empty() {
        text.push_str("--- stderr ---\n");
        text.push_str(&o.stderr);
    }
    match o.code {
        Some(0) => {}
        Some(n) => text.push_str(&format!("--- exit {n} ---\n")),
        None => text.push_str("--- killed ---\n"),
    }
    text.replace(&*dir.to_string_lossy(), "CASES")
}

/// `names`: parts of paths; without any, all cases. `--missing`: only those without a `.out` file.
pub fn run(names: &[&str]) -> Result<(), String> {
    let oracle = python::oracle()?;
    let dir = root().join("tests/cases");
    let missing = names.contains(&"--missing");
    let parts: Vec<&&str> = names.iter().filter(|n| !n.starts_with("--")).collect();
    let (mut written, mut same, mut bad) = (0, 0, vec![]);
    for file in python::files(&dir, "py") {
        let name = file.strip_prefix(&dir).expect("below").to_string_lossy().into_owned();
        let out = file.with_extension("out");
        if !parts.is_empty() && !parts.iter().any(|p| name.contains(**p)) || missing && out.exists() {
            continue;
        }
        let run = || {
            let mut c = Command::new(&oracle);
            c.args(["-B", &name]).current_dir(&dir).env("PYTHON_COLORS", "0").env("PYTHONHASHSEED", "0").env("PYTHONUTF8", "1");
            python::run(&mut c, Duration::from_secs(60))
        };
        let text = record(&run()?, &dir);
        // What differs between two runs cannot be expected.
        if record(&run()?, &dir) != text {
            bad.push(format!("{name}: not deterministic"));
            continue;
        }
        if text.contains("--- stderr ---") && !name.contains("traceback") && !name.contains("uncaught") {
            bad.push(format!("{name}: writes to standard error:\n{text}"));
        }
        if std::fs::read_to_string(&out).is_ok_and(|old| old == text) {
            same += 1;
        } else {
            std::fs::write(&out, text).map_err(|e| e.to_string())?;
            written += 1;
        }
    }
    println!("{written} written, {same} unchanged");
    if bad.is_empty() { Ok(()) } else { Err(bad.join("\n")) }
}
