//! The project's own tasks: `cargo xtask <task>`.

mod bench;
mod conformance;
mod dispatch;
mod dispatch_check;
mod expect;
mod r#gen;
mod python;
mod tidy;

use std::path::PathBuf;
use std::process::ExitCode;

const TASKS: &str = "tasks:
  gen [--check]     write what is generated from the instructions' descriptions (--check: only compare)
  dispatch [BINARY] what the machine code of the engines is: indirect jumps, spills, size
  dispatch-check    look at the machine code of the hot handlers
  expect [PART…]    write CPython's output of tests/cases beside the programs (--missing: where there is none)
  conformance [MODULE…]
                    run CPython's own tests and compare with tests/conformance/expectations.json
                    (--update --list --jobs N --timeout S --engine E --python P)
  bench [PROGRAM…]  time the programs of bench/ (--runs N --engines A,B --python P --json FILE --svg FILE)
  tidy              crate edges, file heads, file lengths, stale generated code, words
";

/// The workspace's root.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace exists")
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["gen"] => r#gen::run(false),
        ["gen", "--check"] => r#gen::run(true),
        ["dispatch", rest @ ..] => dispatch::run(rest),
        ["dispatch-check", rest @ ..] => dispatch_check::run(rest),
        ["expect", rest @ ..] => expect::run(rest),
        ["conformance", rest @ ..] => conformance::run(rest),
        ["bench", rest @ ..] => bench::run(rest),
        ["tidy"] => tidy::run(),
        _ => Err(TASKS.to_string()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{}", message.trim_end());
            ExitCode::FAILURE
        }
    }
}
