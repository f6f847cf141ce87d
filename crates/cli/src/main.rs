//! The `taipan` command.

mod allocator;
mod descriptors;
mod flags;

use flags::{Action, Command};
use std::process::ExitCode;
use taipan::{Interpreter, run};

#[global_allocator]
static ALLOCATOR: allocator::Allocator = allocator::Allocator;

/// Stack of the thread that runs Python, in bytes: native recursion ends in RecursionError well before.
const STACK: usize = 64 << 20;

fn main() -> ExitCode {
    taipan::exit_when_out_of_memory();
    run::reset_signals();
    descriptors::restore();
    flags::choose_encoding();
    let command = match flags::parse(std::env::args_os().collect()) {
        Ok(c) => c,
        Err(failure) => {
            if failure.code == 0 {
                print!("{}", failure.text);
            } else {
                eprint!("{}", failure.text);
            }
            return ExitCode::from(failure.code);
        }
    };
    let thread = std::thread::Builder::new().name("taipan".into()).stack_size(STACK).spawn(move || python(command));
    // Signals are for the thread that runs Python: they interrupt what it waits for.
    run::leave_signals_to_others();
    match thread.map(|t| t.join()) {
        Ok(Ok(status)) => run::exit(status),
        Ok(Err(_)) => std::process::exit(70),
        Err(e) => {
            eprintln!("taipan: cannot start a thread: {e}");
            ExitCode::from(71)
        }
    }
}

fn python(command: Command) -> i32 {
    let process = std::process::id();
    let status = interpreter(command);
    if std::process::id() != process {
        // A child that came of `fork`: nobody waits for this thread.
        run::exit(status);
    }
    status
}

fn interpreter(command: Command) -> i32 {
    let inspect = command.config.inspect;
    let python = match Interpreter::new(command.config) {
        Ok(p) => p,
        Err(text) => {
            eprintln!("taipan: {text}");
            return 2;
        }
    };
    if python.set_up().is_err() {
        run::report(&python);
        return 1;
    }
    let mut status = match &command.action {
        Action::Source(text) => run::source(&python, text, "<string>"),
        Action::Module(name) => run::module_named(&python, name),
        Action::File(path) => run::file(&python, path, command.skip_first_line),
        Action::Stdin => run::stdin(&python),
    };
    if inspect && !matches!(command.action, Action::Stdin) {
        status = run::interactive(&python, true);
    }
    let flushed = python.finalize();
    // The process ends: nothing is gained by taking the heap apart.
    std::mem::forget(python);
    if status == 0 { flushed } else { status }
}
