//! Taipan, embedded: Python in a Rust program.
//!
//! ```no_run
//! use taipan::{Config, Interpreter};
//!
//! let python = Interpreter::new(Config::default())?;
//! python.set_up().map_err(|_| "no streams")?;
//! let status = taipan::run::source(&python, "print(6 * 7)", "<example>");
//! assert_eq!(status, 0);
//! # Ok::<(), String>(())
//! ```
//!
//! An [`Interpreter`] belongs to the thread that made it. Several can live in one process, each on a thread of its
//! own; they share nothing mutable.
//!
//! # The engines in an embedder's build
//!
//! Cargo does not read a dependency's `.cargo/config.toml`. For all engines at their best, put this into your own:
//!
//! ```toml
//! # The engine `tail` needs a feature of the compiler that is not stable yet. Without this line `goto` is the default.
//! [env]
//! RUSTC_BOOTSTRAP = "taipan_interp"
//!
//! # The engine `goto` needs its dispatch copied. Without these flags it is as slow as `switch`; `tail` does not care.
//! [build]
//! rustflags = ["-Cllvm-args=-tail-dup-pred-size=1000", "-Cllvm-args=-tail-dup-succ-size=1000"]
//! ```
//!
//! [`engines`] tells which engines a build has; the feature `only-default-engine` leaves out all but the default.

mod finish;
mod interpreter;
pub mod run;
mod streams;
mod tail;

pub use interpreter::Interpreter;
pub use taipan_interp::exit_when_out_of_memory;
/// For an embedder's allocator: where to count large allocations, and from which size on. Frames that tail calls
/// have left standing are dropped early when much is allocated.
pub use taipan_objects::heap::{LARGE, LARGE_ALLOCATED};
pub use taipan_objects::thread::Config;

/// The engines that this build has, the default one first.
pub fn engines() -> Vec<&'static str> {
    taipan_interp::engine::names()
}

/// Whether the engine called `name` can run; if not, one line that says why.
pub fn check_engine(name: &str) -> Result<(), String> {
    taipan_interp::engine::check(name)
}
