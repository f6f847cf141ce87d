//! `LOAD_FAST` becomes `LOAD_FAST_BORROW` where the local outlives the use of its value: the value
//! is consumed in the same block, before the local changes, and not stored as a local.

use taipan_isa::op;

use crate::flowgraph::{BlockId, Graph, Op, effect, inputs};

/// Where a stack entry comes from.
#[derive(Clone, Copy)]
struct Ref {
    inst: Option<usize>,
    local: Option<u32>,
}

const DUMMY: Ref = Ref { inst: None, local: None };

/// The simulated stack of one block, and which loads must own their value.
struct State {
    refs: Vec<Ref>,
    owned: Vec<bool>,
}

impl State {
    fn push(&mut self, inst: usize, local: Option<u32>) {
        self.refs.push(Ref { inst: Some(inst), local });
    }
    fn pop(&mut self) -> Ref {
        self.refs.pop().unwrap_or(DUMMY)
    }
    fn kill(&mut self, local: u32) {
        for r in self.refs.iter().filter(|r| r.local == Some(local)) {
            if let Some(i) = r.inst {
                self.owned[i] = true;
            }
        }
    }
    fn store(&mut self, local: u32) {
        let r = self.pop();
        self.kill(local);
        if let Some(i) = r.inst {
            self.owned[i] = true;
        }
    }
}

pub fn run(g: &mut Graph) {
    g.clear_visited();
    g[Graph::ENTRY].startdepth = 0;
    g[Graph::ENTRY].visited = true;
    let mut todo = vec![Graph::ENTRY];
    while let Some(b) = todo.pop() {
        block(g, b, &mut todo);
    }
}

fn reach(g: &mut Graph, b: BlockId, todo: &mut Vec<BlockId>) {
    if !g[b].visited {
        g[b].visited = true;
        todo.push(b);
    }
}

fn block(g: &mut Graph, b: BlockId, todo: &mut Vec<BlockId>) {
    let len = g[b].insts.len();
    let depth = g[b].startdepth.max(0) as usize;
    let mut s = State { refs: vec![DUMMY; depth], owned: vec![false; len] };
    for i in 0..len {
        let inst = g[b].insts[i];
        if let Some(t) = inst.target {
            reach(g, t, todo);
        }
        step(&mut s, i, inst.op, inst.arg);
    }
    if let (true, true, Some(n)) = (len > 0, g[b].falls_through(), g[b].next) {
        reach(g, n, todo);
    }
    for r in &s.refs {
        if let Some(i) = r.inst {
            s.owned[i] = true;
        }
    }
    for (inst, owned) in g[b].insts.iter_mut().zip(&s.owned) {
        if *owned {
            continue;
        }
        if inst.is(op::LOAD_FAST) {
            inst.op = op::LOAD_FAST_BORROW as Op;
        } else if inst.is(op::LOAD_FAST_LOAD_FAST) {
            inst.op = op::LOAD_FAST_BORROW_LOAD_FAST_BORROW as Op;
        }
    }
}

fn step(s: &mut State, i: usize, opcode: Op, arg: u32) {
    match u8::try_from(opcode) {
        Ok(op::LOAD_FAST) => s.push(i, Some(arg)),
        Ok(op::LOAD_FAST_AND_CLEAR) => {
            s.kill(arg);
            s.push(i, Some(arg));
        }
        Ok(op::LOAD_FAST_LOAD_FAST) => {
            s.push(i, Some(arg >> 4));
            s.push(i, Some(arg & 15));
        }
        Ok(op::STORE_FAST) => s.store(arg),
        Ok(op::STORE_FAST_LOAD_FAST) => {
            s.store(arg >> 4);
            s.push(i, Some(arg & 15));
        }
        Ok(op::STORE_FAST_STORE_FAST) => {
            s.store(arg >> 4);
            s.store(arg & 15);
        }
        Ok(op::COPY) => {
            let r = s.refs.len().checked_sub(arg as usize).map_or(DUMMY, |at| s.refs[at]);
            s.refs.push(r);
        }
        Ok(op::SWAP) => {
            let top = s.refs.len();
            if let (Some(at), true) = (top.checked_sub(arg as usize), top > 0) {
                s.refs.swap(at, top - 1);
            }
        }
        // These leave what they look at.
        Ok(
            op::GET_ANEXT
            | op::GET_LEN
            | op::IMPORT_FROM
            | op::MATCH_KEYS
            | op::MATCH_MAPPING
            | op::MATCH_SEQUENCE
            | op::WITH_EXCEPT_START,
        ) => {
            for _ in 0..effect(opcode, arg, false) {
                s.push(i, None);
            }
        }
        Ok(
            op::DICT_MERGE
            | op::DICT_UPDATE
            | op::LIST_APPEND
            | op::LIST_EXTEND
            | op::MAP_ADD
            | op::RERAISE
            | op::SET_ADD
            | op::SET_UPDATE,
        ) => {
            for _ in 0..-effect(opcode, arg, false) {
                s.pop();
            }
        }
        Ok(op::END_SEND | op::SET_FUNCTION_ATTRIBUTE) => {
            let top = s.pop();
            s.pop();
            s.refs.push(top);
        }
        Ok(op::CHECK_EXC_MATCH) => {
            s.pop();
            s.push(i, None);
        }
        Ok(op::DELETE_FAST) => s.kill(arg),
        // A generator is its own iterator, a str its own text.
        Ok(op::GET_YIELD_FROM_ITER | op::FORMAT_SIMPLE) => {}
        Ok(op::FOR_ITER) => s.push(i, None),
        Ok(op::LOAD_ATTR | op::LOAD_SUPER_ATTR) => {
            let this = s.pop();
            if opcode == op::LOAD_SUPER_ATTR as Op {
                s.pop();
                s.pop();
            }
            s.push(i, None);
            if arg & 1 != 0 {
                // A method call may put the object back.
                s.refs.push(this);
            }
        }
        Ok(op::LOAD_SPECIAL | op::PUSH_EXC_INFO) => {
            let top = s.pop();
            s.push(i, None);
            s.refs.push(top);
        }
        Ok(op::SEND) => {
            s.pop();
            s.push(i, None);
        }
        Err(_) => {}
        Ok(_) => {
            let taken = inputs(opcode, arg);
            let put = taken as i32 + effect(opcode, arg, false);
            for _ in 0..taken {
                s.pop();
            }
            for _ in 0..put {
                s.push(i, None);
            }
        }
    }
}
