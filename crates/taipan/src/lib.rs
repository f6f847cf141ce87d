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

mod finish;
mod interpreter;
pub mod run;
mod streams;
mod tail;

pub use interpreter::Interpreter;
pub use taipan_interp::exit_when_out_of_memory;
pub use taipan_objects::thread::Config;

/// The engines that this build has, the default one first.
pub fn engines() -> Vec<&'static str> {
    taipan_interp::engine::names()
}

/// Whether the engine called `name` can run; if not, one line that says why.
pub fn check_engine(name: &str) -> Result<(), String> {
    taipan_interp::engine::check(name)
}
