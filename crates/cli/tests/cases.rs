//! Every Python case of `tests/cases` on every engine: its output must be what CPython 3.14 printed
//! (`case.out` beside `case.py`, made by `tests/expect.py`). `tests/known_failures.txt` is the only home of
//! known failures; a case listed there that passes is a failure, too.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// No case takes longer than this, even in an unoptimised build on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

fn root() -> PathBuf {
    std::fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")).expect("the project")
}

fn find(dir: &Path, out: &mut Vec<PathBuf>) {
    for e in std::fs::read_dir(dir).expect("the folder of cases").flatten() {
        let path = e.path();
        if path.is_dir() {
            find(&path, out);
        } else if path.extension().is_some_and(|x| x == "py") && path.with_extension("out").exists() {
            out.push(path);
        }
    }
}

/// The case's standard output; an error as text when it did not end as it should.
fn run(engine: &str, case: &Path) -> Result<Vec<u8>, String> {
    let out = std::env::temp_dir().join(format!("taipan-case-{}-{engine}-{}", std::process::id(), case.file_stem().unwrap_or_default().to_string_lossy()));
    let file = std::fs::File::create(&out).map_err(|e| e.to_string())?;
    let mut child = Command::new(env!("CARGO_BIN_EXE_taipan"))
        .args(["-X", &format!("engine={engine}")])
        .arg(case)
        .current_dir(case.parent().unwrap_or(Path::new(".")))
        .env("PYTHONHASHSEED", "0")
        .stdin(Stdio::null())
        .stdout(file)
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| e.to_string())?;
    let started = Instant::now();
    let status = loop {
        if let Some(s) = child.try_wait().map_err(|e| e.to_string())? {
            break s;
        }
        if started.elapsed() > LIMIT {
            let _ = child.kill();
            let _ = child.wait();
            return Err("took too long".into());
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let text = std::fs::read(&out).map_err(|e| e.to_string())?;
    let _ = std::fs::remove_file(&out);
    if !status.success() {
        return Err(format!("ended with {status}"));
    }
    Ok(text)
}

fn check(engine: &str) {
    let root = root();
    let mut cases = vec![];
    find(&root.join("tests/cases"), &mut cases);
    cases.sort();
    assert!(!cases.is_empty(), "no cases");
    let known = std::fs::read_to_string(root.join("tests/known_failures.txt")).unwrap_or_default();
    let known: Vec<&str> = known.lines().map(|l| l.split('#').next().unwrap_or("").trim()).filter(|l| !l.is_empty()).collect();
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(vec![]);
    std::thread::scope(|s| {
        for _ in 0..std::thread::available_parallelism().map_or(1, |n| n.get()) {
            s.spawn(|| {
                loop {
                    let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) else { break };
                    let name = case.strip_prefix(root.join("tests/cases")).unwrap_or(case).to_string_lossy().into_owned();
                    let expected = std::fs::read(case.with_extension("out")).expect("the expected output");
                    let failure = match run(engine, case) {
                        Ok(text) if text == expected => None,
                        Ok(text) => Some(first_difference(&text, &expected)),
                        Err(e) => Some(e),
                    };
                    let listed = known.contains(&name.as_str());
                    let problem = match failure {
                        Some(f) if !listed => format!("{name}: {f}"),
                        None if listed => format!("{name}: passes, though it is listed as a known failure"),
                        _ => continue,
                    };
                    wrong.lock().expect("no panics").push(problem);
                }
            });
        }
    });
    let mut wrong = wrong.into_inner().expect("no panics");
    wrong.sort();
    assert!(wrong.is_empty(), "{} of {} cases on {engine}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

fn first_difference(got: &[u8], expected: &[u8]) -> String {
    let (got, expected) = (String::from_utf8_lossy(got), String::from_utf8_lossy(expected));
    let mut lines = expected.lines();
    for (i, g) in got.lines().enumerate() {
        match lines.next() {
            Some(e) if e == g => {}
            e => return format!("line {}: {g:?} instead of {e:?}", i + 1),
        }
    }
    format!("ends early: {:?} is missing", lines.next())
}

fn check_if_built(engine: &str) {
    if taipan::engines().contains(&engine) {
        check(engine);
    }
}

#[test]
fn tail_engine() {
    check_if_built("tail");
}

#[test]
fn goto_engine() {
    check_if_built("goto");
}

#[test]
fn switch_engine() {
    check_if_built("switch");
}

#[test]
fn uop_engine() {
    check_if_built("uop");
}

#[test]
fn tail_plain_engine() {
    check_if_built("tail-plain");
}

fn taipan(args: &[&str], engine: Option<&str>) -> (Option<i32>, String, String) {
    let mut c = Command::new(env!("CARGO_BIN_EXE_taipan"));
    c.args(args).env_remove("TAIPAN_ENGINE");
    if let Some(e) = engine {
        c.env("TAIPAN_ENGINE", e);
    }
    let out = c.stdin(Stdio::null()).output().expect("taipan runs");
    let text = |b: Vec<u8>| String::from_utf8_lossy(&b).into_owned();
    (out.status.code(), text(out.stdout), text(out.stderr))
}

#[test]
fn engines_are_chosen() {
    let tell = "import sys; print(sys.implementation.engine, sys.implementation.engines)";
    for e in taipan::engines() {
        let (code, out, _) = taipan(&["-X", &format!("engine={e}"), "-c", tell], Some("goto"));
        assert!(code == Some(0) && out.starts_with(&format!("{e} ")), "{out}");
        let (code, out, _) = taipan(&["-c", tell], Some(e));
        assert!(code == Some(0) && out.starts_with(&format!("{e} ")), "{out}");
    }
    let (_, out, _) = taipan(&["-c", tell], None);
    assert!(out.starts_with(taipan::engines()[0]), "{out}");
}

#[test]
fn engines_that_are_not_there() {
    let (code, out, err) = taipan(&["-X", "engine=warp", "-c", "print(1)"], None);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert_eq!(err, "taipan: unknown engine warp: the engines are tail, goto, switch, uop, tail-plain\n");
    let (code, _, err) = taipan(&["-c", "print(1)"], Some("warp"));
    assert_eq!((code, err.lines().count()), (Some(2), 1));
    for e in ["tail", "goto", "switch", "uop", "tail-plain"] {
        if taipan::engines().contains(&e) {
            continue;
        }
        let (code, _, err) = taipan(&["-X", &format!("engine={e}"), "-c", "print(1)"], None);
        assert_eq!((code, err.lines().count()), (Some(2), 1));
        assert!(err.contains(&format!("lacks the engine {e}")) && err.contains("build"), "{err}");
    }
}
