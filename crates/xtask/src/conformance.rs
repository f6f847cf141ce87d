//! `cargo xtask conformance`: runs CPython's own tests and compares with what is expected of us.
//!
//! `tests/conformance/expectations.json` lists, for each module of the test suite, how many tests there are and
//! which do not pass. A test that passes unexpectedly is reported like one that fails: the list is to stay true.

use crate::python;
use crate::root;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

/// A module that took the process with it so often is given up.
const MAX_CRASHES: usize = 12;

struct Options {
    modules: Vec<String>,
    update: bool,
    list: bool,
    jobs: usize,
    limit: Duration,
    engine: Option<String>,
    /// Run this Python instead of Taipan: to see what a test needs.
    python: Option<PathBuf>,
}

/// What became of a module's tests.
#[derive(Default, Clone)]
struct Report {
    passed: usize,
    skipped: usize,
    /// Name → word.
    failing: BTreeMap<String, String>,
    /// The module could not be run at all.
    broken: Option<String>,
}

impl Report {
    fn total(&self) -> usize {
        self.passed + self.skipped + self.failing.len()
    }
    fn to_json(&self) -> Value {
        let mut m = Map::new();
        m.insert("tests".into(), json!(self.total()));
        if self.skipped > 0 {
            m.insert("skipped".into(), json!(self.skipped));
        }
        if let Some(b) = &self.broken {
            m.insert("broken".into(), json!(b));
        }
        if !self.failing.is_empty() {
            m.insert("failing".into(), json!(self.failing.keys().collect::<Vec<_>>()));
        }
        Value::Object(m)
    }
}

fn options(args: &[&str]) -> Result<Options, String> {
    let mut o = Options { modules: vec![], update: false, list: false, jobs: 2, limit: Duration::from_secs(300), engine: None, python: None };
    let mut it = args.iter();
    while let Some(&a) = it.next() {
        let mut value = || it.next().map(|v| v.to_string()).ok_or(format!("{a} needs a value"));
        match a {
            "--update" => o.update = true,
            "--list" => o.list = true,
            "--jobs" => o.jobs = value()?.parse().map_err(|_| "--jobs needs a number")?,
            "--timeout" => o.limit = Duration::from_secs(value()?.parse().map_err(|_| "--timeout needs seconds")?),
            "--engine" => o.engine = Some(value()?),
            "--python" => o.python = Some(value()?.into()),
            _ if a.starts_with('-') => return Err(format!("unknown option {a}; known: --update --list --jobs N --timeout S --engine E --python P")),
            _ => o.modules.push(a.to_string()),
        }
    }
    Ok(o)
}

fn expectations_path() -> PathBuf {
    root().join("tests/conformance/expectations.json")
}

/// A directory that holds nothing but the oracle's package `test`.
fn suite() -> Result<PathBuf, String> {
    let oracle = python::oracle()?;
    let out = python::run(Command::new(&oracle).args(["-c", "import test; print(test.__path__[0])"]), Duration::from_secs(30))?;
    let lib = out.stdout.trim();
    if lib.is_empty() {
        return Err("the oracle has no package `test`".into());
    }
    let dir = root().join("target/conformance/suite");
    std::fs::create_dir_all(&dir).map_err(|e| e.to_string())?;
    let link = dir.join("test");
    let _ = std::fs::remove_file(&link);
    std::os::unix::fs::symlink(lib, &link).map_err(|e| e.to_string())?;
    Ok(dir)
}

pub fn run(args: &[&str]) -> Result<(), String> {
    let o = options(args)?;
    let text = std::fs::read_to_string(expectations_path()).unwrap_or_else(|_| "{}".into());
    let known: Map<String, Value> = serde_json::from_str(&text).map_err(|e| format!("expectations.json: {e}"))?;
    let modules: Vec<String> = if o.modules.is_empty() { known.keys().cloned().collect() } else { o.modules.clone() };
    let suite = suite()?;
    let taipan = match &o.python {
        Some(p) => p.clone(),
        None => python::taipan()?,
    };
    let reports: Mutex<BTreeMap<String, Report>> = Mutex::default();
    let updated = Mutex::new(known.clone());
    let queue = Mutex::new(modules.into_iter().rev().collect::<Vec<_>>());
    std::thread::scope(|scope| {
        for _ in 0..o.jobs.max(1) {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().ok().and_then(|mut q| q.pop());
                    let Some(m) = next else { break };
                    let r = module(&taipan, &suite, &m, &o);
                    let state = match &r.broken {
                        Some(b) => format!("broken: {b}"),
                        None => format!("{} of {} pass, {} skipped", r.passed, r.total(), r.skipped),
                    };
                    println!("{m}: {state}");
                    if o.list {
                        for (t, word) in &r.failing {
                            println!("    {word} {t}");
                        }
                    }
                    if o.update {
                        // After each module: a run that is stopped has lost only the one at work.
                        let written = record(&updated, &m, &r);
                        if let Err(e) = written {
                            eprintln!("expectations.json: {e}");
                        }
                    }
                    if let Ok(mut all) = reports.lock() {
                        all.insert(m, r);
                    }
                }
            });
        }
    });
    let reports = reports.into_inner().map_err(|e| e.to_string())?;
    let mut surprises = vec![];
    for (m, r) in &reports {
        compare(m, r, known.get(m), &mut surprises);
    }
    let sum = |f: fn(&Report) -> usize| reports.values().map(f).sum::<usize>();
    let (passed, total, skipped) = (sum(|r| r.passed), sum(Report::total), sum(|r| r.skipped));
    println!("{passed} of {total} tests pass, {skipped} are skipped, in {} modules", reports.len());
    if o.update {
        return Ok(());
    }
    if surprises.is_empty() { Ok(()) } else { Err(format!("{}\nnot as expected (cargo xtask conformance --update)", surprises.join("\n"))) }
}

fn record(known: &Mutex<Map<String, Value>>, m: &str, r: &Report) -> Result<(), String> {
    let mut known = known.lock().map_err(|e| e.to_string())?;
    known.insert(m.to_string(), r.to_json());
    known.sort_keys();
    let text = serde_json::to_string_pretty(&*known).map_err(|e| e.to_string())?;
    std::fs::write(expectations_path(), text + "\n").map_err(|e| e.to_string())
}

fn compare(m: &str, r: &Report, known: Option<&Value>, surprises: &mut Vec<String>) {
    let Some(known) = known else {
        surprises.push(format!("{m}: nothing is known of it"));
        return;
    };
    match (&r.broken, known.get("broken").and_then(Value::as_str)) {
        (Some(b), None) => surprises.push(format!("{m}: broken: {b}")),
        (None, Some(_)) => surprises.push(format!("{m}: no longer broken")),
        _ => {}
    }
    let listed: Vec<&str> = known.get("failing").and_then(Value::as_array).map_or(vec![], |a| a.iter().filter_map(Value::as_str).collect());
    for (t, word) in &r.failing {
        if !listed.contains(&t.as_str()) {
            surprises.push(format!("{m}: {word}: {t}"));
        }
    }
    for t in listed {
        if !r.failing.contains_key(t) {
            surprises.push(format!("{m}: passes or is gone: {t}"));
        }
    }
}

/// Runs a module; a test that ends the process is left out of the next attempt.
fn module(taipan: &Path, suite: &Path, m: &str, o: &Options) -> Report {
    let dir = root().join("target/conformance");
    let report = dir.join(format!("{m}.report"));
    let mut crashed: Vec<(String, String)> = vec![];
    loop {
        let _ = std::fs::remove_file(&report);
        let mut c = Command::new(taipan);
        if let Some(e) = &o.engine {
            c.args(["-X", &format!("engine={e}")]);
        }
        c.arg(root().join("tests/conformance/runner.py")).arg(suite).arg(m).arg(&report);
        c.args(crashed.iter().map(|t| &t.0));
        let scratch = dir.join(format!("{m}.scratch"));
        let _ = std::fs::create_dir_all(&scratch);
        // Programs that the tests start import the package `test`, too.
        c.current_dir(&scratch).env("PYTHON_COLORS", "0").env("PYTHONPATH", suite);
        c.process_group(0);
        let out = match python::run(&mut c, o.limit) {
            Ok(o) => o,
            Err(e) => return Report { broken: Some(e), ..Report::default() },
        };
        let text = std::fs::read_to_string(&report).unwrap_or_default();
        let mut r = read(&text);
        let _ = std::fs::write(dir.join(format!("{m}.log")), format!("{}{}", out.stdout, out.stderr));
        for (t, word) in &crashed {
            r.failing.insert(t.clone(), word.clone());
        }
        if text.ends_with("end\n") || text.starts_with("skip ") {
            return r;
        }
        let how = match (out.timed_out, out.code) {
            (true, _) => "hangs".to_string(),
            (_, None) => "crashes".to_string(),
            (_, Some(n)) => format!("exits {n}"),
        };
        match open(&text) {
            Some(t) if crashed.len() < MAX_CRASHES && !crashed.iter().any(|c| c.0 == t) => crashed.push((t, how)),
            _ => {
                let last = out.stderr.trim_end().lines().last().unwrap_or("").to_string();
                r.broken = Some(format!("{how}: {last}"));
                return r;
            }
        }
    }
}

fn read(text: &str) -> Report {
    let mut r = Report::default();
    for line in text.lines() {
        let Some((word, t)) = line.split_once(' ') else { continue };
        match word {
            "ok" | "xfail" => r.passed += 1,
            "skip" => r.skipped += 1,
            "fail" | "error" | "xpass" => {
                r.failing.insert(t.to_string(), word.to_string());
            }
            _ => {}
        }
    }
    r
}

/// The test that began and did not end.
fn open(text: &str) -> Option<String> {
    let last = text.lines().last()?;
    last.strip_prefix("begin ").map(str::to_string)
}
