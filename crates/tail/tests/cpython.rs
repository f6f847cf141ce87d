//! The rewriter on code assembled here, sound and broken. Numbers of opcodes are made up: what the
//! rewriter knows of them is their names.

use taipan_tail::cpython::{
    CodeObject, Constant, Guard, Listing, Mode, Op, Refusal, Request, Stacks, Tables, Target, VERSIONS, rewrite,
};
use taipan_tail::policy::Options;

fn caches(op: Op) -> u32 {
    match op {
        Op::LOAD_GLOBAL | Op::LOAD_METHOD => 4,
        Op::LOAD_ATTR => 9,
        Op::CALL | Op::CALL_KW | Op::TO_BOOL => 3,
        Op::BINARY_OP | Op::COMPARE_OP | Op::FOR_ITER | Op::JUMP_BACKWARD | Op::POP_JUMP_IF_FALSE => 1,
        _ => 0,
    }
}

fn tables(minor: u8) -> Tables {
    let list = Op::ALL.iter().enumerate().map(|(i, op)| (op.name(), i as u32, caches(*op)));
    Tables::new(minor, list).unwrap()
}

fn assemble(tables: &Tables, list: &[(Op, u32)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (op, arg) in list {
        for k in (1..4).rev().filter(|k| arg >> (8 * k) != 0) {
            out.extend([tables.number(Op::EXTENDED_ARG).unwrap(), (arg >> (8 * k)) as u8]);
        }
        out.extend([tables.number(*op).unwrap(), *arg as u8]);
        out.resize(out.len() + 2 * tables.caches(*op) as usize, 0);
    }
    out
}

/// `def f(n, acc=0): return acc if not n else f(n - 1, n)`
fn function(tables: &Tables) -> CodeObject {
    let jump = if tables.minor == 11 { Op::POP_JUMP_FORWARD_IF_FALSE } else { Op::POP_JUMP_IF_FALSE };
    let mut list = vec![(Op::RESUME, 0), (Op::LOAD_FAST, 0), (jump, 0)];
    let recursion = list.len();
    list.extend([(Op::LOAD_GLOBAL, 1), (Op::LOAD_FAST, 0), (Op::LOAD_CONST, 1), (Op::BINARY_OP, 10), (Op::LOAD_FAST, 0)]);
    if tables.minor == 11 {
        list.push((Op::PRECALL, 2));
    }
    list.extend([(Op::CALL, 2), (Op::RETURN_VALUE, 0)]);
    let distance = assemble(tables, &list[recursion..]).len() / 2;
    list[recursion - 1].1 = distance as u32;
    list.extend([(Op::LOAD_FAST, 1), (Op::RETURN_VALUE, 0)]);
    let code = assemble(tables, &list);
    let units = code.len() / 2;
    // One line, no columns, eight units an entry.
    let linetable = (0..units.div_ceil(8)).flat_map(|i| [0x80 | 13 << 3 | ((units - i * 8).min(8) as u8 - 1), 0]).collect();
    CodeObject {
        name: "f".into(),
        code,
        linetable,
        firstlineno: 1,
        flags: 3,
        stacksize: 5,
        argcount: 2,
        varnames: vec!["n".into(), "acc".into()],
        names: vec!["f".into()],
        consts: vec![Constant::None, Constant::Other],
        ..Default::default()
    }
}

fn request(guard: Guard, mode: Mode) -> Request {
    Request {
        mode,
        targets: vec![Target { guard, names: vec!["f".into()] }],
        options: Options::default(),
        unbind_all: false,
        defaults: 1,
        constant_defaults: true,
    }
}

const GUARDS: [Guard; 3] = [Guard::Const, Guard::Hidden, Guard::Weak];

#[test]
fn rewrites_on_every_version() {
    for minor in VERSIONS {
        let tables = tables(minor);
        let code = function(&tables);
        for mode in [Mode::Loop, Mode::Return] {
            for guard in GUARDS {
                let outcome = rewrite(&tables, &code, &request(guard, mode)).unwrap();
                assert_eq!(outcome.reports.len(), 1);
                assert!(outcome.reports[0].rewritten, "3.{minor} {mode:?} {guard:?}");
                let new = outcome.code.unwrap();
                let listing = Listing::new(&tables, &new.code, &new.exceptiontable).unwrap();
                let stacks = Stacks::new(&listing, minor).unwrap();
                assert!(stacks.max <= new.stacksize);
                assert_eq!(new.hidden, u32::from(guard == Guard::Hidden));
                let jumps_back = listing.insts.iter().any(|i| i.op == Op::JUMP_BACKWARD);
                assert_eq!(jumps_back, mode == Mode::Loop);
            }
        }
    }
}

#[test]
fn other_names_are_left_alone() {
    let tables = tables(14);
    let code = function(&tables);
    let mut request = request(Guard::Const, Mode::Loop);
    request.targets[0].names = vec!["g".into()];
    let outcome = rewrite(&tables, &code, &request).unwrap();
    assert!(outcome.code.is_none());
    assert!(outcome.reports[0].verdict.is_tail() && !outcome.reports[0].own);
}

#[test]
fn unknown_versions_are_refused() {
    for minor in [10, 16, 255] {
        assert!(Tables::new(minor, std::iter::empty()).is_err());
    }
    assert!(Tables::new(12, std::iter::empty()).unwrap_err().contains("no instruction"));
}

/// A small generator of random numbers: the same on every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
}

fn damage(bytes: &mut Vec<u8>, r: &mut Random) {
    for _ in 0..1 + r.below(4) {
        let at = r.below(bytes.len() + 1);
        match r.below(5) {
            0 if at < bytes.len() => bytes[at] = r.next() as u8,
            1 if at < bytes.len() => bytes[at] ^= 1 << r.below(8),
            2 => bytes.truncate(at),
            3 => bytes.insert(at, r.next() as u8),
            _ => {
                let more: Vec<u8> = (0..r.below(12)).map(|_| r.next() as u8).collect();
                bytes.splice(at..at, more);
            }
        }
    }
}

/// Whatever comes in: a refusal, or code that holds together.
#[test]
fn broken_code_never_panics() {
    let mut r = Random(0x9e37_79b9_7f4a_7c15);
    let mut rewritten = 0;
    let rounds = std::env::var("TAIL_FUZZ_ROUNDS").ok().and_then(|r| r.parse().ok()).unwrap_or(60_000);
    for round in 0..rounds {
        let tables = tables(11 + (round % 5) as u8);
        let mut code = function(&tables);
        match r.below(8) {
            0 => code.code = (0..r.below(80)).map(|_| r.next() as u8).collect(),
            1 => {
                let count = r.below(40);
                let list: Vec<_> = (0..count)
                    .map(|_| (Op::ALL[r.below(Op::ALL.len())], if r.below(9) == 0 { r.next() as u32 } else { r.below(5) as u32 }))
                    .collect();
                code.code = assemble(&tables, &list);
            }
            2 => {}
            _ => damage(&mut code.code, &mut r),
        }
        if r.below(3) == 0 {
            code.exceptiontable = (0..r.below(16)).map(|_| r.next() as u8 & if r.below(2) == 0 { 7 } else { 0xff }).collect();
        }
        if r.below(4) == 0 {
            damage(&mut code.linetable, &mut r);
        }
        match r.below(12) {
            0 => code.argcount = r.next() as u32,
            1 => code.kwonlyargcount = r.below(4) as u32,
            2 => code.posonlyargcount = r.next() as u32,
            3 => code.flags = r.next() as u32,
            4 => code.stacksize = r.next() as u32,
            5 => code.varnames.clear(),
            6 => code.names.clear(),
            7 => code.cellvars = vec!["n".into(), "c".into()],
            8 => code.freevars = vec!["x".into(); r.below(300)],
            9 => code.consts = vec![Constant::Names(vec!["n".into(); r.below(4)])],
            10 => code.firstlineno = r.next() as u32,
            _ => {}
        }
        let mut request = request(GUARDS[r.below(3)], if r.below(3) == 0 { Mode::Return } else { Mode::Loop });
        request.options.allow_try = r.below(2) == 0;
        request.defaults = if r.below(5) == 0 { r.next() as u32 } else { r.below(4) as u32 };
        let outcome = rewrite(&tables, &code, &request);
        if let Err(refusal @ Refusal::Internal(_)) = &outcome {
            panic!("{refusal}: {request:?} {code:?}");
        }
        if let Ok(outcome) = outcome
            && let Some(new) = outcome.code
        {
            rewritten += 1;
            let listing = Listing::new(&tables, &new.code, &new.exceptiontable).expect("what is made holds together");
            Stacks::new(&listing, tables.minor).expect("and keeps its stack");
        }
    }
    assert!(rewritten > 1000, "{rewritten}");
}
