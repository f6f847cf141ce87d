//! Compiles for another program: requests on standard input, answers on standard output.
//!
//! A request is a line `mode optimize flags bytes filename` and the source. The answer is a line
//! `C bytes` and the code object in the `marshal` format of CPython 3.14, or `E bytes` and the
//! error as a Python tuple. `tests/oracle/compare.py` uses it to compare with CPython.

use std::io::{BufRead, Read, Write};
use std::sync::Arc;

use taipan_compile::{Mode, Options, compile};
use taipan_isa::{Code, Const, Name, Wtf8, asm};

/// CPython's number of inline caches; ours differ.
fn caches(opcode: u8) -> u32 {
    use taipan_isa::op::*;
    match opcode {
        LOAD_ATTR => 9,
        BINARY_OP => 5,
        LOAD_GLOBAL | STORE_ATTR => 4,
        CALL | CALL_KW | TO_BOOL => 3,
        STORE_SUBSCR | SEND | UNPACK_SEQUENCE | COMPARE_OP | CONTAINS_OP | FOR_ITER | LOAD_SUPER_ATTR
        | JUMP_BACKWARD | POP_JUMP_IF_TRUE | POP_JUMP_IF_FALSE | POP_JUMP_IF_NONE | POP_JUMP_IF_NOT_NONE => 1,
        _ => 0,
    }
}

struct Marshal(Vec<u8>);

impl Marshal {
    fn long(&mut self, v: u32) {
        self.0.extend_from_slice(&v.to_le_bytes());
    }
    fn text(&mut self, b: &[u8]) {
        self.0.push(b'u');
        self.long(b.len() as u32);
        self.0.extend_from_slice(b);
    }
    fn bytes(&mut self, b: &[u8]) {
        self.0.push(b's');
        self.long(b.len() as u32);
        self.0.extend_from_slice(b);
    }
    fn names(&mut self, names: &[Name]) {
        self.0.push(b'(');
        self.long(names.len() as u32);
        names.iter().for_each(|n| self.text(n.as_bytes()));
    }
    fn list(&mut self, tag: u8, items: &[Const]) {
        self.0.push(tag);
        self.long(items.len() as u32);
        items.iter().for_each(|c| self.constant(c));
    }
    fn digits(&mut self, negative: bool, digits: &[u32]) {
        // Base 2^15.
        let mut out: Vec<u16> = Vec::new();
        let (mut acc, mut bits) = (0u64, 0);
        for d in digits {
            acc |= (*d as u64) << bits;
            bits += 32;
            while bits >= 15 {
                out.push((acc & 0x7fff) as u16);
                acc >>= 15;
                bits -= 15;
            }
        }
        out.push(acc as u16);
        while out.last() == Some(&0) {
            out.pop();
        }
        self.0.push(b'l');
        let n = out.len() as i32;
        self.long(if negative { -n } else { n } as u32);
        out.iter().for_each(|d| self.0.extend_from_slice(&d.to_le_bytes()));
    }
    fn constant(&mut self, c: &Const) {
        match c {
            Const::None => self.0.push(b'N'),
            Const::Ellipsis => self.0.push(b'.'),
            Const::Bool(b) => self.0.push(if *b { b'T' } else { b'F' }),
            Const::Int(i) => match i32::try_from(*i) {
                Ok(i) => {
                    self.0.push(b'i');
                    self.long(i as u32);
                }
                Err(_) => {
                    let m = i.unsigned_abs();
                    self.digits(*i < 0, &[m as u32, (m >> 32) as u32]);
                }
            },
            Const::BigInt { negative, digits } => self.digits(*negative, digits),
            Const::Float(f) => {
                self.0.push(b'g');
                self.0.extend_from_slice(&f.to_le_bytes());
            }
            Const::Complex { re, im } => {
                self.0.push(b'y');
                self.0.extend_from_slice(&re.to_le_bytes());
                self.0.extend_from_slice(&im.to_le_bytes());
            }
            Const::Str(s) => self.text(&s.0),
            Const::Bytes(b) => self.bytes(b),
            Const::Tuple(t) => self.list(b'(', t),
            Const::FrozenSet(t) => self.list(b'>', t),
            Const::Slice(s) => {
                self.0.push(b':');
                s.iter().for_each(|c| self.constant(c));
            }
            Const::Code(c) => self.code(c),
        }
    }
    fn code(&mut self, c: &Code) {
        self.0.push(b'c');
        for v in [c.argcount, c.posonlyargcount, c.kwonlyargcount, c.stacksize, c.flags] {
            self.long(v);
        }
        let assembled = asm::assemble_with(&asm::disassemble(c), c.firstlineno, caches);
        let units: Vec<u8> = assembled.units.iter().flat_map(|u| u.to_le_bytes()).collect();
        self.bytes(&units);
        self.list(b'(', &c.consts);
        self.names(&c.names);
        self.names(&c.local_names);
        self.bytes(&c.local_kinds);
        self.text(&c.filename.0);
        self.text(c.name.as_bytes());
        self.text(c.qualname.as_bytes());
        self.long(c.firstlineno);
        self.bytes(&assembled.linetable);
        self.bytes(&assembled.exceptiontable);
    }
}

fn main() -> std::io::Result<()> {
    let mut input = std::io::stdin().lock();
    let mut output = std::io::stdout().lock();
    let mut line = String::new();
    loop {
        line.clear();
        if input.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let mut parts = line.trim_end_matches('\n').splitn(5, ' ');
        let mut next = || parts.next().unwrap_or_default();
        let mode = match next() {
            "eval" => Mode::Eval,
            "single" => Mode::Single,
            "func_type" => Mode::FuncType,
            _ => Mode::Exec,
        };
        let optimize = next().parse().unwrap_or(0);
        let flags = next().parse().unwrap_or(0);
        let mut source = vec![0; next().parse().unwrap_or(0)];
        let filename: Arc<Wtf8> = Arc::new(next().into());
        input.read_exact(&mut source)?;
        let flags = flags | taipan_compile::flags::PLAIN_CALLS;
        let options = Options { filename, mode, optimize, flags, ..Options::default() };
        let (tag, payload) = match compile(&source, &options) {
            Ok(done) => {
                let mut m = Marshal(Vec::new());
                m.code(&done.code);
                ('C', m.0)
            }
            Err(e) => {
                let opt = |v: Option<i32>| v.map_or("None".to_string(), |v| v.to_string());
                let quote = |s: &str| taipan_compile::unparse::constant(&Const::Str(s.into()));
                let text = format!(
                    "({}, {}, {}, {}, {}, {}, {})",
                    quote(e.kind.name()),
                    quote(&e.msg),
                    opt(e.lineno),
                    opt(e.offset),
                    opt(e.end_lineno),
                    opt(e.end_offset),
                    e.text.as_deref().map_or("None".into(), quote)
                );
                ('E', text.into_bytes())
            }
        };
        writeln!(output, "{tag} {}", payload.len())?;
        output.write_all(&payload)?;
        output.flush()?;
    }
}
