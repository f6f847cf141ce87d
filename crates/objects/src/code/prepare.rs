//! Makes the parts of a code object that running it takes: constants as values, interned names, executable
//! units.

use super::{Code, Prepared};
use crate::heap::Ref;
use crate::set::{FrozenSet, SetData};
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::Value;
use std::cell::Cell;
use std::sync::Arc;
use taipan_isa as isa;
use taipan_isa::{Const, op};

/// The counter of an adaptive instruction in new code: specialised at the second execution.
const WARMUP: u16 = 1 << 4 | 1;

/// The executable copy of units: counters set, tail calls followed by their return.
fn executable(units: &[u16]) -> Box<[Cell<u16>]> {
    // One unit more than the code has, so that prefetching the next word never reads beyond the end.
    let out: Vec<Cell<u16>> = units.iter().copied().chain([op::RESERVED as u16]).map(Cell::new).collect();
    let mut i = 0;
    while i < units.len() {
        let opcode = units[i] as u8;
        let caches = op::info(opcode).caches as usize;
        if op::ADAPTIVE[opcode as usize] && i + 1 < units.len() {
            out[i + 1].set(WARMUP);
        }
        if matches!(opcode, op::TAIL_CALL | op::TAIL_CALL_KW | op::TAIL_CALL_FUNCTION_EX) && i + caches < units.len() {
            out[i + caches - 1].set(op::RETURN_VALUE as u16);
        }
        i += 1 + caches;
    }
    out.into_boxed_slice()
}

/// The value of a constant. Equal strings that look like names are interned, as CPython does.
pub fn constant(ts: &ThreadState, c: &Const) -> Value {
    match c {
        Const::None => Value::none(),
        Const::Ellipsis => Value::ellipsis(),
        Const::Bool(b) => Value::bool(*b),
        Const::Int(i) => crate::int::from_i64(ts, *i),
        Const::BigInt { negative, digits } => {
            let bytes: Vec<u8> = digits.iter().flat_map(|d| d.to_le_bytes()).collect();
            let magnitude = dashu_int::IBig::from(dashu_int::UBig::from_le_bytes(&bytes));
            crate::int::from_big(ts, if *negative { -magnitude } else { magnitude })
        }
        Const::Float(f) => crate::float::new(ts, *f),
        Const::Complex { re, im } => crate::complex::new(ts, crate::complex::Complex::from_parts(*re, *im).parts()),
        Const::Str(s) => match s.as_str() {
            Some(text) if text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') => {
                Str::intern(ts, text).into_value()
            }
            _ => Str::from_wtf8(ts, s.as_bytes()).into_value(),
        },
        Const::Bytes(b) => crate::bytes::Bytes::new(ts, b).into_value(),
        Const::Tuple(items) => Tuple::new(ts, items.iter().map(|c| constant(ts, c)).collect()).into_value(),
        Const::FrozenSet(items) => {
            let data = SetData::default();
            for c in items {
                // Constants hash without running Python code.
                let _ = data.add(ts, &constant(ts, c));
            }
            FrozenSet::new(ts, data).into_value()
        }
        Const::Slice(parts) => {
            let [start, stop, step] = &**parts;
            let part = |c| constant(ts, c);
            crate::slice::Slice::new(ts, part(start), part(stop), part(step)).into_value()
        }
        Const::Code(code) => Code::new(ts, code.clone()).into_value(),
    }
}

fn boundaries(code: &isa::Code) -> Box<[u64]> {
    let mut bits = vec![0u64; code.units.len() / 64 + 1];
    let mut set = |unit: u32| {
        if let Some(w) = bits.get_mut(unit as usize / 64) {
            *w |= 1 << (unit % 64);
        }
    };
    code.lines().for_each(|l| set(l.start));
    code.handlers().for_each(|h| set(h.target));
    for i in isa::dis::instructions(&code.units) {
        if let Some(t) = i.target() {
            set(t);
            // An exhausted iterator skips END_FOR.
            set(t + 1);
        }
    }
    bits.into_boxed_slice()
}

pub fn prepare(ts: &ThreadState, code: &Code) -> Prepared {
    let isa = &code.isa;
    let consts = match code.given_consts.get() {
        Some(t) => t.exact::<Tuple>().map_or_else(Vec::new, |t| t.items().to_vec()),
        None => isa.consts.iter().map(|c| constant(ts, c)).collect(),
    };
    let p = Prepared {
        units: executable(&isa.units),
        consts: consts.into_boxed_slice(),
        names: isa.names.iter().map(|n| Str::intern(ts, n)).collect(),
        boundaries: boundaries(isa),
        local_names: isa.local_names.iter().map(|n| Str::intern(ts, n)).collect(),
    };
    let first = isa::dis::instructions(&isa.units).find(|i| i.op == op::RESUME).map_or(0, |i| i.unit);
    code.first_traceable.set(first);
    code.entry.set(p.units.as_ptr() as *const u16);
    code.consts.set(p.consts.as_ptr());
    code.names.set(p.names.as_ptr());
    p
}

impl Code {
    /// A code object over compiled code.
    pub fn new(ts: &ThreadState, isa: Arc<isa::Code>) -> Ref<Code> {
        Code::with_consts(ts, isa, None)
    }
    /// As [`Code::new`], with constants that are values already (a tuple).
    pub fn with_consts(ts: &ThreadState, isa: Arc<isa::Code>, consts: Option<Value>) -> Ref<Code> {
        let words = crate::frame::HEAD + isa.nlocalsplus() + isa.stacksize as usize + 1;
        let simple = isa.flags & (isa::co::VARARGS | isa::co::VARKEYWORDS) == 0 && isa.kwonlyargcount == 0;
        let given_consts = std::cell::OnceCell::new();
        if let Some(c) = consts {
            let _ = given_consts.set(c);
        }
        let code = Code {
            entry: Cell::new(super::UNPREPARED.as_ptr()),
            consts: Cell::new(std::ptr::null()),
            names: Cell::new(std::ptr::null()),
            nlocalsplus: isa.nlocalsplus() as u32,
            frame_words: words as u32,
            version: Cell::new(0),
            argcount: isa.argcount,
            kwonlyargcount: isa.kwonlyargcount,
            flags: isa.flags,
            simple,
            first_traceable: Cell::new(0),
            prepared: Default::default(),
            given_consts,
            name: Str::intern(ts, &isa.name),
            qualname: Str::intern(ts, &isa.qualname),
            filename: filename(ts, &isa),
            last_handler: Cell::new((u32::MAX, None)),
            monitoring: Default::default(),
            isa,
        };
        crate::heap::new(ts, code)
    }
}

/// One string object for all code of a file, as `is` shows in CPython.
fn filename(ts: &ThreadState, isa: &isa::Code) -> Ref<Str> {
    match isa.filename.as_str() {
        Some(text) => Str::intern(ts, text),
        None => Str::from_wtf8(ts, isa.filename.as_bytes()),
    }
}

/// The docstring of a function over this code.
pub fn docstring(ts: &ThreadState, code: &Code) -> Value {
    if code.flags & isa::co::HAS_DOCSTRING == 0 {
        return Value::none();
    }
    match code.given_consts.get() {
        Some(t) => t.exact::<Tuple>().and_then(|t| t.items().first().cloned()).unwrap_or_else(Value::none),
        None => code.isa.docstring().map_or_else(Value::none, |c| constant(ts, c)),
    }
}

