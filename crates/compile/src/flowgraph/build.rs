//! From a sequence of instructions to basic blocks.

use super::{BlockId, Graph, Inst, Op, Sequence, is_terminator, pseudo};
use taipan_isa::locations::Location;

struct Builder {
    graph: Graph,
    current: BlockId,
    /// A label waits for its block.
    pending: bool,
}

impl Builder {
    fn start_block_if_needed(&mut self) {
        let block = &mut self.graph[self.current];
        let mut terminated = block.last().is_some_and(|i| is_terminator(i.op));
        if !terminated && self.pending {
            if block.insts.is_empty() && !block.labelled {
                block.labelled = true;
                self.pending = false;
            } else {
                terminated = true;
            }
        }
        if terminated {
            let new = self.graph.new_block();
            self.graph[new].labelled = self.pending;
            self.pending = false;
            self.graph[self.current].next = Some(new);
            self.current = new;
        }
    }
    fn add(&mut self, op: Op, arg: u32, loc: Location) {
        self.start_block_if_needed();
        self.graph[self.current].insts.push(Inst::new(op, arg, loc));
    }
}

impl Graph {
    /// The blocks of `seq`, with jumps leading to blocks.
    pub fn from_sequence(seq: &Sequence) -> Graph {
        let mut is_target = vec![false; seq.insts.len() + 1];
        for i in &seq.insts {
            if let Some(t) = seq.target(i) {
                is_target[t.min(seq.insts.len())] = true;
            }
        }
        let mut block_of = vec![BlockId(0); seq.insts.len() + 1];
        let mut b = Builder { graph: Graph::default(), current: BlockId(0), pending: false };
        b.graph.new_block();
        // Jumps by block and index, with the instruction they go to.
        let mut jumps: Vec<(BlockId, usize, usize)> = Vec::new();
        for (i, inst) in seq.insts.iter().enumerate() {
            if inst.op == pseudo::ANNOTATIONS_PLACEHOLDER {
                for a in seq.annotations.iter().flatten() {
                    b.add(a.op, a.arg, a.loc);
                }
                continue;
            }
            if is_target[i] {
                b.pending = true;
                b.start_block_if_needed();
                block_of[i] = b.current;
            }
            b.add(inst.op, inst.arg, inst.loc);
            if let Some(t) = seq.target(inst) {
                jumps.push((b.current, b.graph[b.current].insts.len() - 1, t));
            }
        }
        for (block, at, target) in jumps {
            let to = block_of[target.min(seq.insts.len())];
            let inst = &mut b.graph[block].insts[at];
            inst.target = Some(to);
            inst.arg = 0;
        }
        b.graph
    }
}
