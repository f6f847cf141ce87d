//! The engines: which there are, which one runs.

use crate::generated::switch;
#[cfg(tailcalls)]
use crate::generated::tail;
use crate::machine::*;

/// An engine's names, best first.
pub const NAMES: &[&str] = if cfg!(tailcalls) { &["tail", "switch"] } else { &["switch"] };

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
enum Kind {
    Tail = 0,
    Switch = 1,
}

fn kind(ts: &ThreadState) -> Kind {
    if cfg!(tailcalls) && ts.frames.engine.get() == Kind::Tail as u8 { Kind::Tail } else { Kind::Switch }
}

/// Makes the engine called `name` ("": the best one) run in this thread. Only between runs.
pub fn select(ts: &ThreadState, name: &str) -> std::result::Result<(), String> {
    let name = if name.is_empty() { NAMES[0] } else { name };
    if !NAMES.contains(&name) {
        return Err(format!("no such engine in this build: {name} (there are: {})", NAMES.join(", ")));
    }
    ts.frames.engine.set(if name == "tail" { Kind::Tail as u8 } else { Kind::Switch as u8 });
    crate::tracing::refresh(ts);
    Ok(())
}

/// The name of the engine that runs.
pub fn current(ts: &ThreadState) -> &'static str {
    match kind(ts) {
        Kind::Tail => "tail",
        Kind::Switch => "switch",
    }
}

/// Puts the table in that looks at every instruction first, or takes it away.
pub fn set_tracing(ts: &ThreadState, on: bool) {
    let table = match kind(ts) {
        #[cfg(tailcalls)]
        Kind::Tail => (if on { &raw const tail::TRACING } else { &raw const tail::TABLE }) as *const (),
        _ => (if on { &raw const switch::TRACING } else { &raw const switch::TABLE }) as *const (),
    };
    ts.frames.table.set(table);
}

/// Runs until the engine is left; the word is a value's, or 0 for an exception.
///
/// # Safety
/// The registers describe a frame that is ready to run, above an entry frame.
pub unsafe fn run(ts: &ThreadState, ip: *const u16, sp: *mut StackRef, fp: *mut Frame) -> u64 {
    // SAFETY: by the contract.
    unsafe {
        match kind(ts) {
            #[cfg(tailcalls)]
            Kind::Tail => tail::run(ip, sp, fp, ts),
            _ => switch::run(ip, sp, fp, ts),
        }
    }
}
