//! Which callees can be loaded without the NULL that goes with them.
//!
//! The jump back cannot drop a NULL, so it is best never pushed: `LOAD_GLOBAL` and `LOAD_ATTR` have a
//! bit for it, `PUSH_NULL` becomes `NOP`. That moves every stack entry above by one, which is right
//! only if all paths from there end in calls that are rewritten with it, nothing looks below, and no
//! path comes in from elsewhere. Handlers that keep the entry are adjusted.

use taipan_isa::exceptions::Entry;

use super::ops::{Op, Tables};
use super::sites::{Analysis, Arguments, Callee};

/// A load to be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patch {
    /// The instruction that pushes the NULL.
    inst: usize,
}

struct Group {
    patch: Patch,
    /// Calls that take their callee from it.
    calls: Vec<usize>,
    /// Exception table entries that keep the NULL on the stack.
    keep: Vec<usize>,
}

/// The loads to be changed, for some calls of an analysis.
pub struct Layout {
    groups: Vec<Group>,
}

impl Layout {
    pub fn new(tables: &Tables, analysis: &Analysis, chosen: &[usize]) -> Layout {
        let mut groups: Vec<Group> = Vec::new();
        for &i in chosen {
            let Some(inst) = null_of(tables, analysis, i) else { continue };
            match groups.iter_mut().find(|g| g.patch.inst == inst) {
                Some(group) => group.calls.push(i),
                None => groups.push(Group { patch: Patch { inst }, calls: vec![i], keep: Vec::new() }),
            }
        }
        if !groups.is_empty() {
            let mut before: Vec<Vec<u32>> = vec![Vec::new(); analysis.listing.insts.len()];
            for i in 0..analysis.listing.insts.len() {
                if analysis.stacks.depth[i].is_some() {
                    analysis.listing.successors(i).for_each(|(j, _)| before[j].push(i as u32));
                }
            }
            groups.retain_mut(|g| match explore(tables, analysis, g, &before) {
                Some(keep) => {
                    g.keep = keep;
                    true
                }
                None => false,
            });
        }
        Layout { groups }
    }

    /// The change that goes with call `i`, if it can be made.
    pub fn patch(&self, i: usize) -> Option<&Patch> {
        self.groups.iter().find(|g| g.calls.contains(&i)).map(|g| &g.patch)
    }

    /// Lowers the depth of the handlers that keep what is no longer pushed.
    pub fn adjust(&self, entries: &mut [Entry]) {
        for i in self.groups.iter().flat_map(|g| &g.keep) {
            entries[*i].depth -= 1;
        }
    }
}

/// How many entries the arguments of a plain call take on the stack at the call instruction.
fn plain_entries(analysis: &Analysis, call: usize) -> Option<usize> {
    let c = &analysis.calls[call];
    match &c.arguments {
        Arguments::Plain { positional, keywords, .. } => {
            let names = analysis.listing.insts[c.inst].op == Op::CALL_KW;
            Some(*positional as usize + keywords.len() + usize::from(names))
        }
        Arguments::Unpacked { .. } => None,
    }
}

/// The instruction that pushes the NULL of call `i`, or its callee together with one.
fn null_of(tables: &Tables, analysis: &Analysis, i: usize) -> Option<usize> {
    let call = &analysis.calls[i];
    let stack = analysis.stacks.at(&analysis.listing, call.inst)?;
    let low = stack.len().checked_sub(plain_entries(analysis, i)? + 2)?;
    let null = if tables.minor >= 13 { stack[low + 1] } else { stack[low] };
    let from = analysis.listing.insts.get(null.inst as usize)?;
    let load = call.load?;
    let fits = match from.op {
        Op::PUSH_NULL => !matches!(call.callee, Callee::Attribute(_)) || analysis.listing.insts[load].op == Op::LOAD_ATTR,
        Op::LOAD_GLOBAL | Op::LOAD_METHOD => null.inst as usize == load,
        Op::LOAD_ATTR => null.inst as usize == load && tables.minor >= 12 && from.arg & 1 != 0,
        _ => false,
    };
    fits.then_some(null.inst as usize)
}

/// Follows the NULL of a group to its calls. Gives the exception table entries that keep it, or
/// `None` if it cannot be taken away.
fn explore(tables: &Tables, analysis: &Analysis, group: &Group, before: &[Vec<u32>]) -> Option<Vec<usize>> {
    let (listing, stacks) = (&analysis.listing, &analysis.stacks);
    let call = &analysis.calls[group.calls[0]];
    let above = plain_entries(analysis, group.calls[0])? + 2;
    let low = (stacks.depth[call.inst]? as usize).checked_sub(above)?;
    // Its place, counted from the bottom.
    let place = low + usize::from(tables.minor >= 13);
    let ends: Vec<usize> = group.calls.iter().map(|c| analysis.calls[*c].inst).collect();
    let mut inside = std::collections::BTreeSet::new();
    let mut keep = std::collections::BTreeSet::new();
    let mut work = vec![group.patch.inst + 1];
    while let Some(i) = work.pop() {
        if !inside.insert(i) {
            continue;
        }
        let depth = stacks.depth.get(i).copied().flatten()? as usize;
        let inst = &listing.insts[i];
        if ends.contains(&i) {
            let which = group.calls.iter().find(|c| analysis.calls[**c].inst == i)?;
            let low = depth.checked_sub(plain_entries(analysis, *which)? + 2)?;
            if low + usize::from(tables.minor >= 13) != place {
                return None;
            }
        } else {
            let reach = inst.op.effect(inst.arg, tables.minor, false)?.reach as usize;
            if depth <= place || depth - (place + 1) < reach || inst.op == Op::RETURN_VALUE {
                return None;
            }
            work.extend(listing.successors(i).map(|(j, _)| j));
        }
        if let Some(e) = listing.handler[i]
            && listing.entries[e as usize].depth as usize > place
        {
            keep.insert(e as usize);
            work.push(listing.entry_target[e as usize] as usize);
        }
    }
    // All calls found, and no way in but through the load.
    let load = group.patch.inst as u32;
    let closed = inside.iter().all(|i| before[*i].iter().all(|b| *b == load || inside.contains(&(*b as usize))));
    let entered = listing.handler.iter().enumerate().all(|(i, h)| {
        let Some(e) = *h else { return true };
        let target = listing.entry_target[e as usize] as usize;
        inside.contains(&i) || stacks.depth[i].is_none() || !(inside.contains(&target) || keep.contains(&(e as usize)))
    });
    (closed && entered && ends.iter().all(|e| inside.contains(e))).then(|| keep.into_iter().collect())
}

impl Patch {
    /// Changes the load.
    pub fn apply(&self, tables: &Tables, analysis: &Analysis, bytes: &mut [u8]) {
        let inst = analysis.listing.insts[self.inst];
        let at = inst.unit as usize * 2;
        let number = |op| tables.number(op).unwrap_or(0);
        match inst.op {
            Op::PUSH_NULL => bytes[at] = number(Op::NOP),
            Op::LOAD_METHOD => {
                bytes[at] = number(Op::LOAD_ATTR);
                let caches = 1 + tables.caches(Op::LOAD_ATTR);
                for unit in inst.unit + caches..inst.next {
                    bytes[unit as usize * 2..unit as usize * 2 + 2].copy_from_slice(&[number(Op::NOP), 0]);
                }
            }
            _ => bytes[at + 1] &= !1,
        }
    }
}
