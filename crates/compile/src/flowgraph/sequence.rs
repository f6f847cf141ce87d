//! What code generation writes: instructions in a row, with labels.

use taipan_isa::locations::Location;

use super::{Op, has_jump, pseudo};

/// A jump target, placed before or after its jumps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label(pub u32);

/// An instruction; for jumps and block setups `arg` is the label.
#[derive(Clone, Copy, Debug)]
pub struct SeqInst {
    pub op: Op,
    pub arg: u32,
    pub loc: Location,
}

#[derive(Clone, Debug, Default)]
pub struct Sequence {
    pub insts: Vec<SeqInst>,
    /// The instruction that each label stands before.
    pub labels: Vec<usize>,
    /// What to put in place of `ANNOTATIONS_PLACEHOLDER`: free of jumps.
    pub annotations: Option<Vec<SeqInst>>,
}

impl Sequence {
    pub fn new_label(&mut self) -> Label {
        self.labels.push(usize::MAX);
        Label(self.labels.len() as u32 - 1)
    }
    pub fn use_label(&mut self, label: Label) {
        self.labels[label.0 as usize] = self.insts.len();
    }
    pub fn push(&mut self, op: Op, arg: u32, loc: Location) {
        self.insts.push(SeqInst { op, arg, loc });
    }
    /// Puts a jump or block setup in front of everything.
    pub fn insert_first(&mut self, op: Op, label: Label, loc: Location) {
        self.insts.insert(0, SeqInst { op, arg: label.0, loc });
        for l in self.labels.iter_mut().filter(|l| **l != usize::MAX) {
            *l += 1;
        }
    }
    /// The instruction index a jump goes to.
    pub fn target(&self, inst: &SeqInst) -> Option<usize> {
        (has_jump(inst.op) || pseudo::is_block_push(inst.op)).then(|| self.labels[inst.arg as usize])
    }
}
