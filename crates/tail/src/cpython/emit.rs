//! A small assembler for the blocks that are appended.

use taipan_isa::locations::Location;

use super::code::Refusal;
use super::ops::{Direction, Op, Tables};

/// A place in a block, bound once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label(usize);

#[derive(Clone, Copy, Debug)]
enum Arg {
    Number(u32),
    Label(Label),
    /// A unit of the code before the block.
    Unit(u32),
}

/// A block being written.
pub struct Block<'t> {
    tables: &'t Tables,
    items: Vec<(Op, Arg)>,
    /// The source location of each item, and of the next.
    locations: Vec<Location>,
    location: Location,
    /// For each label the number of items before it.
    labels: Vec<Option<usize>>,
    /// Where a round jumps back to.
    head: Arg,
    /// Ranges of items that no handler of the old code covers.
    outside: Vec<(usize, usize)>,
}

/// A finished block.
pub struct Assembled {
    pub bytes: Vec<u8>,
    /// Unit of each label, counted from the start of all code.
    labels: Vec<u32>,
    /// Locations, each with so many units.
    pub runs: Vec<(Location, u32)>,
    /// Units that a handler of the call covers.
    pub inside: Vec<(u32, u32)>,
}

impl Assembled {
    pub fn unit(&self, label: Label) -> u32 {
        self.labels[label.0]
    }
}

/// Units of an oparg with its opcode.
pub fn width(arg: u32) -> u32 {
    match arg {
        0..=0xff => 1,
        0x100..=0xffff => 2,
        0x1_0000..=0xff_ffff => 3,
        _ => 4,
    }
}

/// Writes an instruction with its prefixes and empty caches, at least `least` units before the caches.
pub fn put(out: &mut Vec<u8>, tables: &Tables, op: Op, arg: u32, least: u32) {
    let number = |op| tables.number(op).unwrap_or(0);
    for k in (1..width(arg).max(least)).rev() {
        out.extend([number(Op::EXTENDED_ARG), (arg >> (8 * k)) as u8]);
    }
    out.extend([number(op), arg as u8]);
    out.resize(out.len() + 2 * tables.caches(op) as usize, 0);
}

impl<'t> Block<'t> {
    pub fn new(tables: &'t Tables, location: Location) -> Block<'t> {
        Block { tables, items: Vec::new(), locations: Vec::new(), location, labels: Vec::new(), head: Arg::Unit(0), outside: Vec::new() }
    }

    /// What is written next comes from `location`.
    pub fn at(&mut self, location: Location) {
        self.location = location;
    }
    fn push(&mut self, op: Op, arg: Arg) {
        self.items.push((op, arg));
        self.locations.push(self.location);
    }

    pub fn label(&mut self) -> Label {
        self.labels.push(None);
        Label(self.labels.len() - 1)
    }
    pub fn bind(&mut self, label: Label) {
        self.labels[label.0] = Some(self.items.len());
    }
    pub fn op(&mut self, op: Op, arg: u32) {
        self.push(op, Arg::Number(arg));
    }
    /// Rounds go back to `unit`, before the block.
    pub fn back_to(&mut self, unit: u32) {
        self.head = Arg::Unit(unit);
    }
    /// The same, by way of a jump that stands here.
    pub fn back_over(&mut self, unit: u32) {
        let label = self.label();
        self.bind(label);
        self.push(Op::JUMP_BACKWARD_NO_INTERRUPT, Arg::Unit(unit));
        self.head = Arg::Label(label);
    }
    /// What follows is outside the handler that covers the call, until `enter`.
    pub fn leave(&mut self) {
        self.outside.push((self.items.len(), usize::MAX));
    }
    pub fn enter(&mut self) {
        if let Some(last) = self.outside.last_mut() {
            last.1 = self.items.len();
        }
    }
    /// The next round.
    pub fn back(&mut self) {
        self.push(Op::JUMP_BACKWARD, self.head);
    }
    /// The next round, which begins with a load of `slot` at the unit to go back to: where the block ends in a
    /// store of a local, one instruction does both, and the jump leads behind the load.
    pub fn back_loading(&mut self, slot: u32) {
        let here = self.labels.contains(&Some(self.items.len()));
        if let (Arg::Unit(unit), Some((op, Arg::Number(arg))), false) = (self.head, self.items.last().copied(), here) {
            let last = match op {
                Op::STORE_FAST => arg,
                Op::STORE_FAST_STORE_FAST => arg & 15,
                _ => u32::MAX,
            };
            if last < 16 && slot < 16 {
                self.items.pop();
                self.locations.pop();
                if op == Op::STORE_FAST_STORE_FAST {
                    self.op(Op::STORE_FAST, arg >> 4);
                }
                self.op(Op::STORE_FAST_LOAD_FAST, last << 4 | slot);
                self.push(Op::JUMP_BACKWARD, Arg::Unit(unit + 1));
                return;
            }
        }
        self.back();
    }
    /// A jump to `label`, further on.
    pub fn forward(&mut self, label: Label) {
        self.push(Op::JUMP_FORWARD, Arg::Label(label));
    }
    /// Pops the top and goes on, or to `label` if it is false.
    pub fn unless(&mut self, label: Label) {
        let op = if self.tables.minor == 11 { Op::POP_JUMP_FORWARD_IF_FALSE } else { Op::POP_JUMP_IF_FALSE };
        self.push(op, Arg::Label(label));
        if self.tables.minor >= 14 {
            self.op(Op::NOT_TAKEN, 0);
        }
    }
    /// Pops the top and goes to `label` if it is true. The frequent way: from 3.14 on the other one
    /// begins with a `NOT_TAKEN`.
    pub fn when(&mut self, label: Label) {
        let op = if self.tables.minor == 11 { Op::POP_JUMP_FORWARD_IF_TRUE } else { Op::POP_JUMP_IF_TRUE };
        self.push(op, Arg::Label(label));
        if self.tables.minor >= 14 {
            self.op(Op::NOT_TAKEN, 0);
        }
    }
    /// Calls what lies below `args` arguments and, in the order of the version, a NULL.
    pub fn call(&mut self, args: u32) {
        if self.tables.minor == 11 {
            self.op(Op::PRECALL, args);
        }
        self.op(Op::CALL, args);
    }
    /// Pushes constant `index` to be called.
    pub fn callable(&mut self, index: u32) {
        if self.tables.minor >= 13 {
            self.op(Op::LOAD_CONST, index);
            self.op(Op::PUSH_NULL, 0);
        } else {
            self.op(Op::PUSH_NULL, 0);
            self.op(Op::LOAD_CONST, index);
        }
    }

    /// The bytes of the block, which begins at unit `base`.
    pub fn assemble(&self, base: u32) -> Result<Assembled, Refusal> {
        let unbound = || Refusal::Internal("a label was never bound".into());
        let mut widths: Vec<u32> = vec![1; self.items.len()];
        for _ in 0..8 {
            let mut starts = Vec::with_capacity(self.items.len() + 1);
            let mut at = base;
            for ((op, _), w) in self.items.iter().zip(&widths) {
                starts.push(at);
                at += w + self.tables.caches(*op);
            }
            starts.push(at);
            let mut args = Vec::with_capacity(self.items.len());
            for (i, (op, arg)) in self.items.iter().enumerate() {
                let target = match *arg {
                    Arg::Number(n) => {
                        args.push(n);
                        continue;
                    }
                    Arg::Label(l) => starts[self.labels[l.0].ok_or_else(unbound)?],
                    Arg::Unit(u) => u,
                };
                let next = starts[i + 1];
                let distance = match op.jump() {
                    Some(Direction::Backward) => next.checked_sub(target),
                    _ => target.checked_sub(next),
                };
                args.push(distance.ok_or_else(|| Refusal::Internal("a jump the wrong way".into()))?);
            }
            if args.iter().zip(&widths).all(|(a, w)| width(*a) <= *w) {
                let mut bytes = Vec::new();
                for (((op, _), arg), w) in self.items.iter().zip(&args).zip(&widths) {
                    put(&mut bytes, self.tables, *op, *arg, *w);
                }
                let labels = self.labels.iter().map(|l| l.map_or(base, |i| starts[i])).collect();
                let mut runs: Vec<(Location, u32)> = Vec::new();
                for (i, location) in self.locations.iter().enumerate() {
                    let units = starts[i + 1] - starts[i];
                    match runs.last_mut() {
                        Some((l, n)) if l == location => *n += units,
                        _ => runs.push((*location, units)),
                    }
                }
                let mut inside = Vec::new();
                let mut from = base;
                for (start, end) in &self.outside {
                    inside.push((from, starts[*start]));
                    from = starts[(*end).min(self.items.len())];
                }
                inside.push((from, at));
                inside.retain(|(start, end)| start < end);
                return Ok(Assembled { bytes, labels, runs, inside });
            }
            for (w, a) in widths.iter_mut().zip(&args) {
                *w = (*w).max(width(*a));
            }
        }
        Err(Refusal::Internal("jumps that never settle".into()))
    }
}
