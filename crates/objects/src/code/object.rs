//! What Python sees of `code`.

use super::Code;
use crate::bytes::Bytes;
use crate::heap::{self, GilCell, Ref};
use crate::int;
use crate::native::{Kwargs, class};
use crate::protocol;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::{Result, Value};
use crate::CmpOp;
use std::sync::Arc;
use taipan_isa as isa;
use taipan_isa::{Name, Wtf8, co, local_kind};

fn names_tuple<'a>(ts: &ThreadState, names: impl Iterator<Item = &'a Name>) -> Value {
    Tuple::new(ts, names.map(|n| Str::intern(ts, n).into_value()).collect()).into_value()
}

fn unit_bytes(ts: &ThreadState, units: &[u16]) -> Value {
    let bytes: Vec<u8> = units.iter().flat_map(|u| u.to_le_bytes()).collect();
    Bytes::new(ts, &bytes).into_value()
}

fn line_value(ts: &ThreadState, line: Option<i32>) -> Value {
    match line {
        Some(l) if l >= 0 => int::from_i64(ts, l as i64),
        _ => Value::none(),
    }
}

/// An iterator over rows that were made at once.
pub struct Rows {
    rows: GilCell<std::vec::IntoIter<Value>>,
}
crate::payload!(Rows, id = crate::ids::LINE_ITERATOR, container,
    traverse = |s, visit| s.rows.read(|r| r.as_slice().iter().for_each(&mut *visit)));

impl Rows {
    fn new(ts: &ThreadState, rows: Vec<Value>) -> Value {
        heap::new(ts, Rows { rows: GilCell::new(rows.into_iter()) }).into_value()
    }
}

#[class(name = "line_iterator", final, no_new)]
impl Rows {
    #[slot(iter)]
    fn iter(ts: &ThreadState, slf: &Value) -> Result {
        let _ = ts;
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn next(&self) -> Option<Value> {
        self.rows.write(|r| r.next())
    }
}

fn name_arg(v: &Value) -> Option<Name> {
    v.downcast::<Str>().map(|s| Name::from(&*s.to_string_lossy()))
}

fn wtf8_arg(v: &Value) -> Option<Wtf8> {
    v.downcast::<Str>().map(|s| Wtf8(s.bytes().into()))
}

fn names_arg(ts: &ThreadState, v: &Value) -> Result<Vec<Name>> {
    let Some(t) = v.downcast::<Tuple>() else {
        return Err(ts.type_error(format!("expected tuple, got '{}'", v.type_name(ts))));
    };
    t.items()
        .iter()
        .map(|n| {
            name_arg(n).ok_or_else(|| {
                ts.type_error(format!("name tuples must contain only strings, not '{}'", n.type_name(ts)))
            })
        })
        .collect()
}

fn bytes_arg(ts: &ThreadState, v: &Value, what: &str) -> Result<Vec<u8>> {
    match v.downcast::<Bytes>() {
        Some(b) => Ok(b.as_slice().to_vec()),
        None => Err(ts.type_error(format!("{what} must be bytes, not {}", v.type_name(ts)))),
    }
}

/// What a code object is made of, as values: for the constructor and `replace`.
struct Parts {
    isa: isa::Code,
    varnames: Vec<Name>,
    cellvars: Vec<Name>,
    freevars: Vec<Name>,
    consts: Option<Value>,
}

impl Parts {
    fn of(code: &Code) -> Parts {
        Parts {
            varnames: code.isa.varnames().cloned().collect(),
            cellvars: code.isa.cellvars().cloned().collect(),
            freevars: code.isa.freevars().cloned().collect(),
            isa: (*code.isa).clone(),
            consts: code.given_consts.get().cloned(),
        }
    }
    /// Lays the locals out: variables, then cells that are no variables, then free variables.
    fn finish(mut self, ts: &ThreadState) -> Result<Ref<Code>> {
        let mut names = self.varnames.clone();
        let total = self.isa.total_args();
        if names.len() < total {
            return Err(ts.value_error("code: varnames is too small"));
        }
        let argcount = self.isa.argcount as usize;
        let posonly = self.isa.posonlyargcount as usize;
        let kwonly = self.isa.kwonlyargcount as usize;
        let old = &self.isa;
        let hidden = |n: &Name| {
            old.local_names.iter().zip(&old.local_kinds).any(|(m, k)| m == n && k & local_kind::HIDDEN != 0)
        };
        let mut kinds: Vec<u8> = names
            .iter()
            .enumerate()
            .map(|(i, n)| {
                let arg = if i < posonly {
                    local_kind::ARG_POS
                } else if i < argcount {
                    local_kind::ARG_POS | local_kind::ARG_KW
                } else if i < argcount + kwonly {
                    local_kind::ARG_KW
                } else if i < total {
                    local_kind::ARG_VAR
                        | if i == argcount + kwonly && old.flags & co::VARARGS != 0 { local_kind::ARG_POS } else { local_kind::ARG_KW }
                } else {
                    0
                };
                local_kind::LOCAL | arg | if hidden(n) { local_kind::HIDDEN } else { 0 }
            })
            .collect();
        for c in &self.cellvars {
            match self.varnames.iter().position(|v| v == c) {
                Some(i) => kinds[i] |= local_kind::CELL,
                None => {
                    names.push(c.clone());
                    kinds.push(local_kind::CELL);
                }
            }
        }
        for f in &self.freevars {
            names.push(f.clone());
            kinds.push(local_kind::FREE);
        }
        self.isa.local_names = names.into();
        self.isa.local_kinds = kinds.into();
        Ok(Code::with_consts(ts, Arc::new(self.isa), self.consts))
    }
    fn set_units(&mut self, ts: &ThreadState, bytes: &[u8]) -> Result<()> {
        if !bytes.len().is_multiple_of(2) {
            return Err(ts.value_error("code: co_code is malformed"));
        }
        let units: Box<[u16]> = bytes.chunks(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect();
        if units != self.isa.units {
            return Err(ts.not_implemented_error("bytecode made by hand cannot be run"));
        }
        Ok(())
    }
}

fn replaced(ts: &ThreadState, code: &Code, changes: Kwargs<'_>) -> Result {
    let mut p = Parts::of(code);
    let count = |v: &Value| -> Result<u32> {
        let n = protocol::as_isize(ts, v)?;
        u32::try_from(n).map_err(|_| ts.value_error("code: argument counts must not be negative"))
    };
    let text = |v: &Value, what: &str| -> Result<Name> {
        name_arg(v).ok_or_else(|| {
            ts.type_error(format!("replace() argument '{what}' must be str, not {}", v.type_name(ts)))
        })
    };
    for (name, v) in changes.iter() {
        let Some(name) = name.downcast::<Str>() else { return Err(ts.type_error("keywords must be strings")) };
        match &*name.to_string_lossy() {
            "co_argcount" => p.isa.argcount = count(v)?,
            "co_posonlyargcount" => p.isa.posonlyargcount = count(v)?,
            "co_kwonlyargcount" => p.isa.kwonlyargcount = count(v)?,
            "co_nlocals" => {
                if count(v)? as usize != p.varnames.len() {
                    return Err(ts.value_error("code: co_nlocals != len(co_varnames)"));
                }
            }
            "co_stacksize" => p.isa.stacksize = count(v)?.max(p.isa.stacksize),
            "co_flags" => p.isa.flags = count(v)?,
            "co_firstlineno" => p.isa.firstlineno = count(v)?,
            "co_code" => p.set_units(ts, &bytes_arg(ts, v, "co_code")?)?,
            "co_consts" => {
                let Some(t) = v.downcast::<Tuple>() else {
                    return Err(ts.type_error(format!("replace() argument 'co_consts' must be tuple, not {}", v.type_name(ts))));
                };
                if t.items().len() < p.isa.consts.len() {
                    return Err(ts.value_error("code: fewer constants than the bytecode uses"));
                }
                p.consts = Some(Tuple::new(ts, t.items().to_vec()).into_value());
            }
            "co_names" => {
                let names = names_arg(ts, v)?;
                if names.len() < p.isa.names.len() {
                    return Err(ts.value_error("code: fewer names than the bytecode uses"));
                }
                p.isa.names = names.into();
            }
            "co_varnames" => {
                let names = names_arg(ts, v)?;
                if names.len() != p.varnames.len() {
                    return Err(ts.value_error("code: co_nlocals != len(co_varnames)"));
                }
                p.varnames = names;
            }
            "co_freevars" => {
                let names = names_arg(ts, v)?;
                if names.len() != p.freevars.len() {
                    return Err(ts.value_error("code: number of free variables cannot change"));
                }
                p.freevars = names;
            }
            "co_cellvars" => {
                let names = names_arg(ts, v)?;
                if names.len() != p.cellvars.len() {
                    return Err(ts.value_error("code: number of cell variables cannot change"));
                }
                p.cellvars = names;
            }
            "co_filename" => match wtf8_arg(v) {
                Some(f) => p.isa.filename = Arc::new(f),
                None => return Err(ts.type_error(format!("replace() argument 'co_filename' must be str, not {}", v.type_name(ts)))),
            },
            "co_name" => p.isa.name = text(v, "co_name")?,
            "co_qualname" => p.isa.qualname = text(v, "co_qualname")?,
            "co_linetable" => p.isa.linetable = bytes_arg(ts, v, "co_linetable")?.into(),
            "co_exceptiontable" => {
                if bytes_arg(ts, v, "co_exceptiontable")? != *p.isa.exceptiontable {
                    return Err(ts.not_implemented_error("bytecode made by hand cannot be run"));
                }
            }
            other => {
                return Err(ts.type_error(format!("replace() got an unexpected keyword argument '{other}'")));
            }
        }
    }
    if p.isa.posonlyargcount > p.isa.argcount {
        return Err(ts.value_error("code: co_posonlyargcount is larger than co_argcount"));
    }
    Ok(p.finish(ts)?.into_value())
}

fn equal(ts: &ThreadState, a: &Code, b: &Code) -> Result<bool> {
    let (x, y) = (&a.isa, &b.isa);
    if Arc::ptr_eq(x, y) && a.given_consts.get().is_none() && b.given_consts.get().is_none() {
        return Ok(true);
    }
    let same = x.name == y.name
        && x.argcount == y.argcount
        && x.posonlyargcount == y.posonlyargcount
        && x.kwonlyargcount == y.kwonlyargcount
        && x.flags == y.flags
        && x.firstlineno == y.firstlineno
        && x.units == y.units
        && x.names == y.names
        && x.local_names == y.local_names
        && x.local_kinds == y.local_kinds
        && x.linetable == y.linetable
        && x.exceptiontable == y.exceptiontable;
    if !same || a.const_values(ts).len() != b.const_values(ts).len() {
        return Ok(false);
    }
    for (c, d) in a.const_values(ts).iter().zip(b.const_values(ts)) {
        if !protocol::eq(ts, c, d)? || c.shape_id() != d.shape_id() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The old line table: pairs of bytes, as CPython computes it for `co_lnotab`.
fn lnotab(code: &isa::Code) -> Vec<u8> {
    let mut out = vec![];
    let (mut at, mut line) = (0i64, code.firstlineno as i64);
    for run in code.lines() {
        let Some(l) = run.line else { continue };
        let (start, l) = (run.start as i64 * 2, l as i64);
        if l == line {
            continue;
        }
        let mut bytes = start - at;
        while bytes > 255 {
            out.extend([255, 0]);
            bytes -= 255;
        }
        let mut lines = l - line;
        while lines > 127 {
            out.extend([bytes as u8, 127]);
            bytes = 0;
            lines -= 127;
        }
        while lines < -128 {
            out.extend([bytes as u8, 128]);
            bytes = 0;
            lines += 128;
        }
        out.extend([bytes as u8, lines as i8 as u8]);
        (at, line) = (start, l);
    }
    out
}

/// Create a code object.  Not for mere mortals.
#[class(name = "code", final, weakref)]
impl Code {
    #[new("(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags, codestring, constants, names, varnames, filename, name, qualname, firstlineno, linetable, exceptiontable, freevars=(), cellvars=(), /)")]
    #[allow(clippy::too_many_arguments)]
    fn new_code(
        _cls: &Value,
        ts: &ThreadState,
        _argcount: i64,
        _posonlyargcount: i64,
        _kwonlyargcount: i64,
        _nlocals: i64,
        _stacksize: i64,
        _flags: i64,
        _codestring: &Value,
        _constants: &Value,
        _names: &Value,
        _varnames: &Value,
        _filename: &Value,
        _name: &Value,
        _qualname: &Value,
        _firstlineno: i64,
        _linetable: &Value,
        _exceptiontable: &Value,
        _freevars: Option<&Value>,
        _cellvars: Option<&Value>,
    ) -> Result {
        Err(ts.not_implemented_error("bytecode made by hand cannot be run"))
    }
    #[getter(member)]
    fn co_argcount(&self) -> i64 {
        self.argcount as i64
    }
    #[getter(member)]
    fn co_posonlyargcount(&self) -> i64 {
        self.isa.posonlyargcount as i64
    }
    #[getter(member)]
    fn co_kwonlyargcount(&self) -> i64 {
        self.kwonlyargcount as i64
    }
    #[getter]
    fn co_nlocals(&self) -> usize {
        self.isa.nlocals()
    }
    #[getter(member)]
    fn co_stacksize(&self) -> i64 {
        self.isa.stacksize as i64
    }
    #[getter(member)]
    fn co_flags(&self) -> i64 {
        (self.flags & !co::STANDS_IN) as i64
    }
    #[getter(member)]
    fn co_firstlineno(&self) -> i64 {
        self.isa.firstlineno as i64
    }
    #[getter(member)]
    fn co_filename(&self) -> Value {
        self.filename.as_value().clone()
    }
    #[getter(member)]
    fn co_name(&self) -> Value {
        self.name.as_value().clone()
    }
    #[getter(member)]
    fn co_qualname(&self) -> Value {
        self.qualname.as_value().clone()
    }
    #[getter(member)]
    fn co_names(&self, ts: &ThreadState) -> Value {
        names_tuple(ts, self.isa.names.iter())
    }
    #[getter(member)]
    fn co_consts(&self, ts: &ThreadState) -> Value {
        Tuple::new(ts, self.const_values(ts).to_vec()).into_value()
    }
    #[getter]
    fn co_varnames(&self, ts: &ThreadState) -> Value {
        names_tuple(ts, self.isa.varnames())
    }
    #[getter]
    fn co_cellvars(&self, ts: &ThreadState) -> Value {
        names_tuple(ts, self.isa.cellvars())
    }
    #[getter]
    fn co_freevars(&self, ts: &ThreadState) -> Value {
        names_tuple(ts, self.isa.freevars())
    }
    #[getter]
    fn co_code(&self, ts: &ThreadState) -> Value {
        unit_bytes(ts, &self.isa.units)
    }
    #[getter("_co_code_adaptive")]
    fn co_code_adaptive(&self, ts: &ThreadState) -> Value {
        let units: Vec<u16> = self.prepared(ts).units.iter().map(|u| u.get()).collect();
        unit_bytes(ts, &units[..self.isa.units.len()])
    }
    #[getter(member)]
    fn co_linetable(&self, ts: &ThreadState) -> Value {
        Bytes::new(ts, &self.isa.linetable).into_value()
    }
    #[getter(member)]
    fn co_exceptiontable(&self, ts: &ThreadState) -> Value {
        Bytes::new(ts, &self.isa.exceptiontable).into_value()
    }
    #[getter]
    fn co_lnotab(&self, ts: &ThreadState) -> Result {
        ts.warn_deprecated("co_lnotab is deprecated, use co_lines instead.")?;
        Ok(Bytes::new(ts, &lnotab(&self.isa)).into_value())
    }
    #[method("co_lines($self, /)", no_signature)]
    fn co_lines(&self, ts: &ThreadState) -> Value {
        let rows = self
            .isa
            .lines()
            .map(|r| {
                let line = line_value(ts, r.line.map(|l| l as i32));
                let range = [int::from_i64(ts, r.start as i64 * 2), int::from_i64(ts, r.end as i64 * 2), line];
                Tuple::new(ts, range.into()).into_value()
            })
            .collect();
        Rows::new(ts, rows)
    }
    #[method("co_positions($self, /)", no_signature)]
    fn co_positions(&self, ts: &ThreadState) -> Value {
        let part = |n: i32| line_value(ts, Some(n));
        let rows = self
            .isa
            .positions()
            .map(|l| {
                let row = [part(l.line), part(l.end_line), part(l.col), part(l.end_col)];
                Tuple::new(ts, row.into()).into_value()
            })
            .collect();
        Rows::new(ts, rows)
    }
    #[method("co_branches($self, /)", no_signature)]
    fn co_branches(&self, ts: &ThreadState) -> Value {
        use isa::op;
        let mut rows = vec![];
        for i in isa::dis::instructions(&self.isa.units) {
            let taken = match i.op {
                op::FOR_ITER => i.target().map(|t| t + 2),
                op::POP_JUMP_IF_FALSE | op::POP_JUMP_IF_TRUE | op::POP_JUMP_IF_NONE | op::POP_JUMP_IF_NOT_NONE => i.target(),
                _ => None,
            };
            if let Some(t) = taken {
                let follows = self.isa.units.get(i.next as usize).is_some_and(|u| *u as u8 == op::NOT_TAKEN);
                let row = [i.unit, i.next + follows as u32, t].map(|u| int::from_i64(ts, u as i64 * 2));
                rows.push(Tuple::new(ts, row.into()).into_value());
            }
        }
        Rows::new(ts, rows)
    }
    #[method("replace($self, /, **changes)")]
    fn replace(&self, ts: &ThreadState, changes: Kwargs<'_>) -> Result {
        replaced(ts, self, changes)
    }
    #[method("__replace__($self, /, **changes)")]
    fn dunder_replace(&self, ts: &ThreadState, changes: Kwargs<'_>) -> Result {
        replaced(ts, self, changes)
    }
    #[method("_varname_from_oparg($self, /, oparg)")]
    fn varname_from_oparg(&self, ts: &ThreadState, oparg: usize) -> Result {
        match self.isa.local_names.get(oparg) {
            Some(n) => Ok(Str::intern(ts, n).into_value()),
            None => Err(ts.index_error("tuple index out of range")),
        }
    }
    #[method("__sizeof__($self, /)")]
    fn sizeof(&self) -> usize {
        size_of::<Code>() + 2 * self.isa.units.len() + self.isa.linetable.len() + self.isa.exceptiontable.len()
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result {
        let Some(c) = slf.downcast::<Code>() else { return Err(ts.system_error("not a code object")) };
        Ok(protocol::text(ts, &format!(
            "<code object {} at {:#x}, file \"{}\", line {}>",
            c.name.to_string_lossy(),
            slf.id(),
            c.filename.to_string_lossy(),
            c.isa.firstlineno
        )))
    }
    #[slot(richcompare)]
    fn richcompare(&self, ts: &ThreadState, other: &Value, op: CmpOp) -> Result {
        let Some(b) = other.downcast::<Code>() else { return Ok(Value::not_implemented()) };
        match op {
            CmpOp::Eq => Ok(Value::bool(equal(ts, self, b)?)),
            CmpOp::Ne => Ok(Value::bool(!equal(ts, self, b)?)),
            _ => Ok(Value::not_implemented()),
        }
    }
    #[slot(hash)]
    fn hash(&self, ts: &ThreadState) -> Result<i64> {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut h = DefaultHasher::new();
        let c = &self.isa;
        (&c.name, &c.names, &c.local_names, &c.units, c.firstlineno, c.argcount, c.flags).hash(&mut h);
        for v in self.const_values(ts) {
            protocol::hash(ts, v)?.hash(&mut h);
        }
        Ok(match h.finish() as i64 {
            -1 => -2,
            n => n,
        })
    }
}

