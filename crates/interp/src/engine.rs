//! The engines: which there are, which one runs.

#[cfg(engine_goto)]
use crate::generated::goto;
#[cfg(engine_switch)]
use crate::generated::switch;
#[cfg(engine_tail)]
use crate::generated::tail;
#[cfg(engine_tail_plain)]
use crate::generated::tail_plain;
use crate::machine::*;
#[cfg(engine_uop)]
use crate::uops;

/// An engine: what it is called, and how it is run.
struct Engine {
    name: &'static str,
    /// Whether this build has it; if not, how to get it.
    built: bool,
    missing: &'static str,
    /// The dispatch tables, the second one for tracing; or what stands in their place.
    tables: fn(bool) -> *const (),
    run: unsafe fn(*const u16, *mut StackRef, *mut Frame, *const ThreadState) -> u64,
}

/// Of an engine that this build has not.
#[allow(dead_code)]
unsafe fn absent(_: *const u16, _: *mut StackRef, _: *mut Frame, _: *const ThreadState) -> u64 {
    unreachable!("engines that are not built cannot be selected")
}

/// What engines that match on the opcode add to it.
#[allow(dead_code)]
fn number(tracing: bool) -> *const () {
    std::ptr::without_provenance(if tracing { 256 } else { 0 })
}

const WITH_TAIL: &str = "it needs tail calls of the compiler: build with RUSTC_BOOTSTRAP=taipan_interp (.cargo/config.toml)";
const WITH_ALL: &str = "build without the feature `only-default-engine`: cargo build --release -p taipan-cli";
const WITH_PLAIN: &str = "build it with: cargo build --release -p taipan-cli --features tail-plain";

macro_rules! engine {
    ($name:literal, $cfg:ident, $missing:expr, $tables:expr, $run:expr) => {
        Engine {
            name: $name,
            built: cfg!($cfg),
            missing: $missing,
            #[cfg($cfg)]
            tables: $tables,
            #[cfg(not($cfg))]
            tables: number,
            #[cfg($cfg)]
            run: $run,
            #[cfg(not($cfg))]
            run: absent,
        }
    };
}

/// All engines, best first.
static ENGINES: &[Engine] = &[
    engine!("tail", engine_tail, WITH_TAIL, |t| (if t { &raw const tail::TRACING } else { &raw const tail::TABLE }) as _, tail::run),
    engine!("goto", engine_goto, WITH_ALL, number, goto::run),
    engine!("switch", engine_switch, WITH_ALL, number, switch::run),
    engine!("uop", engine_uop, WITH_ALL, number, uops::run),
    engine!(
        "tail-plain",
        engine_tail_plain,
        WITH_PLAIN,
        |t| (if t { &raw const tail_plain::TRACING } else { &raw const tail_plain::TABLE }) as _,
        tail_plain::run
    ),
];

/// The names of the engines that this build has, best first.
pub fn names() -> Vec<&'static str> {
    ENGINES.iter().filter(|e| e.built).map(|e| e.name).collect()
}

fn find(name: &str) -> std::result::Result<usize, String> {
    let found = match name {
        "" => ENGINES.iter().position(|e| e.built),
        _ => ENGINES.iter().position(|e| e.name == name),
    };
    match found {
        Some(i) if ENGINES[i].built => Ok(i),
        Some(i) => Err(format!("this build lacks the engine {name}: {}", ENGINES[i].missing)),
        None => {
            let all: Vec<&str> = ENGINES.iter().map(|e| e.name).collect();
            Err(format!("unknown engine {name}: the engines are {}", all.join(", ")))
        }
    }
}

/// Whether the engine called `name` ("": the best one) can run; one line of text if not.
pub fn check(name: &str) -> std::result::Result<(), String> {
    find(name).map(drop)
}

/// Makes the engine called `name` ("": the best one) run in this thread. Only between runs.
pub fn select(ts: &ThreadState, name: &str) -> std::result::Result<(), String> {
    ts.frames.engine.set(find(name)? as u8);
    crate::tracing::refresh(ts);
    Ok(())
}

fn engine(ts: &ThreadState) -> &'static Engine {
    &ENGINES[ts.frames.engine.get() as usize]
}

/// The name of the engine that runs.
pub fn current(ts: &ThreadState) -> &'static str {
    engine(ts).name
}

/// Puts the table in that looks at every instruction first, or takes it away.
pub fn set_tracing(ts: &ThreadState, on: bool) {
    ts.frames.table.set((engine(ts).tables)(on));
}

/// Runs until the engine is left; the word is a value's, or 0 for an exception.
///
/// # Safety
/// The registers describe a frame that is ready to run, above an entry frame.
pub unsafe fn run(ts: &ThreadState, ip: *const u16, sp: *mut StackRef, fp: *mut Frame) -> u64 {
    // SAFETY: by the contract.
    unsafe { (engine(ts).run)(ip, sp, fp, ts) }
}
