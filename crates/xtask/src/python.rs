//! Where the Pythons are that tasks run: Taipan's own binary and the CPython it is compared with.

use crate::root;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The CPython to compare with: `$TAIPAN_ORACLE`, or `python3.14` on the path.
pub fn oracle() -> Result<PathBuf, String> {
    if let Some(p) = std::env::var_os("TAIPAN_ORACLE") {
        return Ok(p.into());
    }
    find("python3.14").ok_or_else(|| "no CPython 3.14: set TAIPAN_ORACLE to its binary".into())
}

/// A program on the path.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|d| d.join(name)).find(|p| p.is_file())
}

/// Builds Taipan (optimised) and tells where it is; `$TAIPAN_BINARY` is taken as it is.
pub fn taipan() -> Result<PathBuf, String> {
    if let Some(p) = std::env::var_os("TAIPAN_BINARY") {
        return Ok(p.into());
    }
    let status = Command::new("cargo").args(["build", "--release", "--quiet", "--bin", "taipan"]).current_dir(root()).status();
    match status {
        Ok(s) if s.success() => Ok(root().join("target/release/taipan")),
        _ => Err("taipan does not build".into()),
    }
}

/// What a program left behind.
pub struct Outcome {
    pub stdout: String,
    pub stderr: String,
    /// Absent: ended by a signal or for taking too long.
    pub code: Option<i32>,
    pub timed_out: bool,
}

/// Runs a command to its end, or until `limit` is over.
pub fn run(command: &mut Command, limit: Duration) -> Result<Outcome, String> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| format!("cannot run {:?}: {e}", command.get_program()))?;
    let reader = |r: Option<Box<dyn Read + Send>>| {
        std::thread::spawn(move || {
            let mut bytes = vec![];
            if let Some(mut r) = r {
                let _ = r.read_to_end(&mut bytes);
            }
            String::from_utf8_lossy(&bytes).into_owned()
        })
    };
    let out = reader(child.stdout.take().map(|r| Box::new(r) as Box<dyn Read + Send>));
    let err = reader(child.stderr.take().map(|r| Box::new(r) as Box<dyn Read + Send>));
    let begun = Instant::now();
    let mut timed_out = false;
    let status = loop {
        match child.try_wait().map_err(|e| e.to_string())? {
            Some(s) => break s,
            None if begun.elapsed() > limit => {
                timed_out = true;
                // With its children, if it was given a process group: they may hold its pipes.
                let _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", child.id())]).stderr(Stdio::null()).status();
                let _ = child.kill();
                break child.wait().map_err(|e| e.to_string())?;
            }
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    let text = |h: std::thread::JoinHandle<String>| h.join().unwrap_or_default();
    Ok(Outcome { stdout: text(out), stderr: text(err), code: status.code(), timed_out })
}

/// Files below `dir` that end in `.ext`, sorted.
pub fn files(dir: &Path, ext: &str) -> Vec<PathBuf> {
    let mut found = vec![];
    let mut todo = vec![dir.to_path_buf()];
    while let Some(d) = todo.pop() {
        let Ok(entries) = std::fs::read_dir(&d) else { continue };
        for e in entries.flatten() {
            let p = e.path();
            if p.is_dir() {
                todo.push(p);
            } else if p.extension().is_some_and(|x| x == ext) {
                found.push(p);
            }
        }
    }
    found.sort();
    found
}

/// The folders directly in `dir`.
pub fn subdirectories(dir: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        std::fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path()).filter(|p| p.is_dir()).collect();
    found.sort();
    found
}
