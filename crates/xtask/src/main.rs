//! The project's own tasks: `cargo xtask <task>`.

mod dispatch_check;
mod r#gen;

use std::path::PathBuf;
use std::process::ExitCode;

const TASKS: &str = "tasks:
  gen [--check]     write what is generated from the instructions' descriptions (--check: only compare)
  dispatch-check    look at the machine code of the hot handlers
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
        ["dispatch-check", rest @ ..] => dispatch_check::run(rest),
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
