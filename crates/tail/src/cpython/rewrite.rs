//! The rewrite: self tail calls become jumps, or values for a trampoline.
//!
//! Nothing is relocated. The call instruction is overwritten with a jump to a block appended behind
//! the code, which compares the callee with the function itself, moves the arguments into the
//! parameters and jumps back to the start, or makes the call after all. Existing jumps stay valid,
//! and so do the line and exception tables, to which entries are only added.

use taipan_isa::locations::{self, Location};

use super::code::{CodeObject, Listing, Refusal};
use super::layout::Layout;
use super::ops::{Op, Tables};
use super::patch::Patched;
use super::sites::{Analysis, Call, Callee};
use super::stack::Stacks;
use super::writer::{Stop, Writer};
use crate::policy::{Options, Verdict};

/// What becomes of a self call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A jump to the start of the function.
    Loop,
    /// A call of a maker, whose result the trampoline around the function understands.
    Return,
}

/// How the running code gets at the function to compare with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// It is a constant. Keeps the function alive for ever: for functions that live so anyway.
    Const,
    /// It is in a free variable added for it.
    Hidden,
    /// A weak reference to it is a constant.
    Weak,
}

/// A function whose calls are rewritten.
#[derive(Clone, Debug)]
pub struct Target {
    pub guard: Guard,
    /// Names by which it may be called. The guard decides; these only choose the candidates.
    pub names: Vec<String>,
}

/// What to do.
#[derive(Clone, Debug)]
pub struct Request {
    pub mode: Mode,
    pub targets: Vec<Target>,
    pub options: Options,
    /// Unbind every local before each round, for code that looks at its own variables.
    pub unbind_all: bool,
    /// How many defaults the function has, and whether they may become constants.
    pub defaults: u32,
    pub constant_defaults: bool,
}

/// A constant to append, as the caller of the rewriter makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewConst {
    None,
    /// The function with this number among the targets.
    Target(u32),
    /// A weak reference to it.
    Weak(u32),
    /// `type` and `types.MethodType`.
    Type,
    MethodType,
    /// `__defaults__` as it is now, and one of its values.
    Defaults,
    Default(u32),
    /// In `Loop` mode, called with the callee: gives what is called in its place and gives the values
    /// of all parameters. In `Return` mode, called in its place: gives what the trampoline understands.
    Maker(u32),
}

/// Why a tail call of the function itself was left as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    Misfit,
    Layout,
    TooLong,
}

impl Why {
    pub fn text(self) -> &'static str {
        match self {
            Why::Misfit => "its arguments do not fit the signature",
            Why::Layout => "its code is laid out in a way that is not understood",
            Why::TooLong => "the function is too long for a jump to fit",
        }
    }
}

/// What became of a call.
#[derive(Clone, Debug)]
pub struct Report {
    pub location: Location,
    pub callee: Callee,
    /// Whether it calls one of the targets, by its name.
    pub own: bool,
    pub verdict: Verdict,
    pub rewritten: bool,
    pub why: Option<Why>,
}

/// The new parts of a code object.
#[derive(Clone, Debug, Default)]
pub struct Rewritten {
    pub code: Vec<u8>,
    pub linetable: Vec<u8>,
    pub exceptiontable: Vec<u8>,
    pub stacksize: u32,
    pub consts: Vec<NewConst>,
    pub names: Vec<&'static str>,
    /// Free variables to add, in the order of the targets that need them.
    pub hidden: u32,
}

/// What [`rewrite`] gives: a report of every call, and the new code if a call was rewritten.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    pub reports: Vec<Report>,
    pub code: Option<Rewritten>,
}

fn matches(call: &str, wanted: &str) -> bool {
    let mangled = wanted.starts_with("__") && !wanted.ends_with("__") && call.starts_with('_');
    call == wanted || mangled && call.ends_with(wanted)
}

fn is_own(call: &Call, request: &Request) -> bool {
    let name = match &call.callee {
        Callee::Super(_) | Callee::Unknown => return false,
        other => other.name(),
    };
    name.is_some_and(|n| request.targets.iter().flat_map(|t| &t.names).any(|w| matches(n, w)))
}

/// Reads `code` and rewrites the tail calls of the targets.
pub fn rewrite(tables: &Tables, code: &CodeObject, request: &Request) -> Result<Outcome, Refusal> {
    let analysis = Analysis::new(tables, code, request.options)?;
    let mut reports: Vec<Report> = analysis
        .calls
        .iter()
        .map(|c| Report {
            location: c.location,
            callee: c.callee.clone(),
            own: is_own(c, request),
            verdict: c.verdict.clone(),
            rewritten: false,
            why: None,
        })
        .collect();
    let chosen: Vec<usize> =
        (0..reports.len()).filter(|i| reports[*i].own && reports[*i].verdict.is_tail()).collect();
    if chosen.is_empty() {
        return Ok(Outcome { reports, code: None });
    }
    // A call that cannot be rewritten after all changes what may be done to the load it shares with
    // others: then all is done again without it.
    let mut chosen = chosen;
    loop {
        let mut writer = Writer::new(tables, code, request, &analysis)?;
        let late: Vec<usize> = chosen.iter().copied().filter(|i| !writer.is_early(&analysis.calls[*i])).collect();
        let layout = Layout::new(tables, &analysis, &late);
        let mut patched = Patched::new(tables, code, &analysis);
        let before = chosen.len();
        let mut left = Vec::new();
        for &i in &chosen {
            let call = &analysis.calls[i];
            match writer.site(call, layout.patch(i), patched.units()) {
                Ok(site) => {
                    patched.apply(&site, call, layout.patch(i));
                    left.push(i);
                }
                Err(Stop::Why(why)) => reports[i].why = Some(why),
                Err(Stop::Refusal(r)) => return Err(r),
            }
        }
        chosen = left;
        if chosen.is_empty() {
            return Ok(Outcome { reports, code: None });
        }
        if chosen.len() < before {
            continue;
        }
        let mut out = patched.finish(&layout, writer)?;
        verify(tables, code, &mut out)?;
        chosen.iter().for_each(|i| reports[*i].rewritten = true);
        return Ok(Outcome { reports, code: Some(out) });
    }
}

/// Takes the new code apart again and checks it.
fn verify(tables: &Tables, code: &CodeObject, out: &mut Rewritten) -> Result<(), Refusal> {
    let failed = |r: Refusal| Refusal::Internal(r.to_string());
    let listing = Listing::new(tables, &out.code, &out.exceptiontable).map_err(failed)?;
    let stacks = Stacks::new(&listing, tables.minor).map_err(failed)?;
    let covered: u32 = locations::decode(&out.linetable, code.firstlineno).last().map_or(0, |r| r.end);
    if covered != (out.code.len() / 2) as u32 {
        return Err(Refusal::Internal("the line table does not cover the code".into()));
    }
    let consts = (code.consts.len() + out.consts.len()) as u32;
    if listing.insts.iter().any(|i| i.op == Op::LOAD_CONST && i.arg >= consts) {
        return Err(Refusal::Internal("a constant that is not there".into()));
    }
    out.stacksize = code.stacksize.max(stacks.max);
    Ok(())
}

