//! Chooses the engines that can be built: asks the compiler whether it knows `become`.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::{env, fs};

/// `--emit=obj` below, because on a target without tail calls `become` fails only in code generation.
const PROBE: &str = r#"
#![feature(explicit_tail_calls, rust_preserve_none_cc)]
#![allow(incomplete_features)]
#![crate_type = "lib"]
type H = extern "rust-preserve-none" fn(*const u16, u64) -> u64;
#[unsafe(no_mangle)]
pub static T: [H; 1] = [f];
extern "rust-preserve-none" fn f(p: *const u16, n: u64) -> u64 {
    if n == 0 { return 1; }
    become T[0](p, n - 1)
}
"#;

fn has_tail_calls() -> Option<bool> {
    let out = PathBuf::from(env::var_os("OUT_DIR")?);
    let source = out.join("probe.rs");
    fs::write(&source, PROBE).ok()?;
    let rustc = env::var_os("RUSTC")?;
    let mut c = match env::var_os("RUSTC_WRAPPER").filter(|w| !w.is_empty()) {
        Some(wrapper) => {
            let mut c = Command::new(wrapper);
            c.arg(rustc);
            c
        }
        None => Command::new(rustc),
    };
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let status = c
        // The variable that lets unstable features through names this crate.
        .args(["--crate-name=taipan_interp", "--edition=2024", "--emit=obj", "-Copt-level=0", "--target"])
        .arg(env::var_os("TARGET")?)
        .arg("-o")
        .arg(out.join("probe.o"))
        .arg(&source)
        .args(flags.split('\x1f').filter(|s| !s.is_empty()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    Some(status.is_ok_and(|s| s.success()))
}

fn feature(name: &str) -> bool {
    env::var_os(format!("CARGO_FEATURE_{name}")).is_some()
}

/// The engine `tail` with the ordinary calling convention, to tell what the special one is worth.
fn write_plain() -> std::io::Result<()> {
    let source = "src/generated/tail.rs";
    println!("cargo::rerun-if-changed={source}");
    let text = fs::read_to_string(source)?;
    let lines = text.lines().filter(|l| !l.starts_with("//!") && !l.starts_with("#!["));
    let text = lines.collect::<Vec<_>>().join("\n").replace("\"rust-preserve-none\"", "\"Rust\"");
    fs::write(PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("tail_plain.rs"), text + "\n")
}

fn main() {
    println!("cargo::rustc-check-cfg=cfg(tailcalls, engine_tail, engine_goto, engine_switch, engine_uop, engine_tail_plain)");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=RUSTC_BOOTSTRAP");
    println!("cargo::rerun-if-env-changed=TAIPAN_NO_TAIL_ENGINE");
    let only_default = feature("ONLY_DEFAULT_ENGINE");
    let tail = env::var_os("TAIPAN_NO_TAIL_ENGINE").is_none() && has_tail_calls() == Some(true);
    let mut engines = vec![];
    if tail {
        println!("cargo::rustc-cfg=tailcalls");
        engines.push("tail");
        if feature("TAIL_PLAIN") {
            write_plain().expect("OUT_DIR can be written");
            engines.push("tail_plain");
        }
    } else if env::var_os("TAIPAN_NO_TAIL_ENGINE").is_none() {
        println!(
            "cargo::warning=no tail-calling engine: the slower `goto` engine will run. \
             To have it, add to .cargo/config.toml:\n[env]\nRUSTC_BOOTSTRAP = \"taipan_interp\""
        );
    }
    if !only_default {
        engines.extend(["goto", "switch", "uop"]);
    } else if !tail {
        engines.push("goto");
    }
    for e in engines {
        println!("cargo::rustc-cfg=engine_{e}");
    }
}
