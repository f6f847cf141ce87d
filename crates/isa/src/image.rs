//! Code objects as bytes: compact, quick to read, checked while read.
//!
//! A header, the table of names, then the code tree. Names are shared between all code objects of
//! one image. The format has a version and no promise beyond it: images are rebuilt, not migrated.

use std::collections::HashMap;
use std::sync::Arc;

use crate::{Code, Const, Name, Wtf8};

const MAGIC: &[u8; 4] = b"tpc\x01";

/// Deepest nesting of constants and code objects that is read.
const MAX_DEPTH: u32 = 500;

/// Why an image cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// Not an image of this version.
    Magic,
    /// The bytes end too early.
    Truncated,
    /// A tag, index or text that cannot be.
    Malformed,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Error::Magic => "bad magic number in code image",
            Error::Truncated => "code image is truncated",
            Error::Malformed => "code image is malformed",
        })
    }
}

impl std::error::Error for Error {}

mod tag {
    pub const NONE: u8 = 0;
    pub const ELLIPSIS: u8 = 1;
    pub const FALSE: u8 = 2;
    pub const TRUE: u8 = 3;
    pub const INT: u8 = 4;
    pub const BIG: u8 = 5;
    pub const BIG_NEGATIVE: u8 = 6;
    pub const FLOAT: u8 = 7;
    pub const COMPLEX: u8 = 8;
    pub const STR: u8 = 9;
    pub const BYTES: u8 = 10;
    pub const TUPLE: u8 = 11;
    pub const FROZENSET: u8 = 12;
    pub const SLICE: u8 = 13;
    pub const CODE: u8 = 14;
    /// A str that is also a name of the image.
    pub const NAME: u8 = 15;
}

#[derive(Default)]
struct Writer {
    out: Vec<u8>,
    names: Vec<Name>,
    index: HashMap<Name, u32>,
    files: Vec<Arc<Wtf8>>,
}

impl Writer {
    fn int(&mut self, mut v: u64) {
        while v >= 0x80 {
            self.out.push(v as u8 | 0x80);
            v >>= 7;
        }
        self.out.push(v as u8);
    }
    fn bytes(&mut self, b: &[u8]) {
        self.int(b.len() as u64);
        self.out.extend_from_slice(b);
    }
    fn name(&mut self, n: &Name) {
        let i = *self.index.entry(n.clone()).or_insert_with(|| {
            self.names.push(n.clone());
            self.names.len() as u32 - 1
        });
        self.int(i as u64);
    }
    fn file(&mut self, f: &Arc<Wtf8>) {
        let i = self.files.iter().position(|g| g == f).unwrap_or_else(|| {
            self.files.push(f.clone());
            self.files.len() - 1
        });
        self.int(i as u64);
    }
    fn list(&mut self, t: u8, items: &[Const]) {
        self.out.push(t);
        self.int(items.len() as u64);
        items.iter().for_each(|c| self.constant(c));
    }
    fn constant(&mut self, c: &Const) {
        match c {
            Const::None => self.out.push(tag::NONE),
            Const::Ellipsis => self.out.push(tag::ELLIPSIS),
            Const::Bool(b) => self.out.push(if *b { tag::TRUE } else { tag::FALSE }),
            Const::Int(i) => {
                self.out.push(tag::INT);
                self.int((*i << 1 ^ *i >> 63) as u64);
            }
            Const::BigInt { negative, digits } => {
                self.out.push(if *negative { tag::BIG_NEGATIVE } else { tag::BIG });
                self.int(digits.len() as u64);
                for d in digits {
                    self.out.extend_from_slice(&d.to_le_bytes());
                }
            }
            Const::Float(f) => {
                self.out.push(tag::FLOAT);
                self.out.extend_from_slice(&f.to_bits().to_le_bytes());
            }
            Const::Complex { re, im } => {
                self.out.push(tag::COMPLEX);
                self.out.extend_from_slice(&re.to_bits().to_le_bytes());
                self.out.extend_from_slice(&im.to_bits().to_le_bytes());
            }
            Const::Str(s) => match s.as_str().and_then(|s| self.index.get(s)).copied() {
                Some(i) => {
                    self.out.push(tag::NAME);
                    self.int(i as u64);
                }
                None => {
                    self.out.push(tag::STR);
                    self.bytes(&s.0);
                }
            },
            Const::Bytes(b) => {
                self.out.push(tag::BYTES);
                self.bytes(b);
            }
            Const::Tuple(t) => self.list(tag::TUPLE, t),
            Const::FrozenSet(t) => self.list(tag::FROZENSET, t),
            Const::Slice(t) => {
                self.out.push(tag::SLICE);
                t.iter().for_each(|c| self.constant(c));
            }
            Const::Code(c) => {
                self.out.push(tag::CODE);
                self.code(c);
            }
        }
    }
    fn code(&mut self, c: &Code) {
        self.name(&c.name);
        self.name(&c.qualname);
        self.file(&c.filename);
        for v in [c.firstlineno, c.argcount, c.posonlyargcount, c.kwonlyargcount, c.stacksize, c.flags] {
            self.int(v as u64);
        }
        self.int(c.local_names.len() as u64);
        c.local_names.iter().for_each(|n| self.name(n));
        self.out.extend_from_slice(&c.local_kinds);
        self.int(c.units.len() as u64);
        for u in &c.units {
            self.out.extend_from_slice(&u.to_le_bytes());
        }
        self.int(c.names.len() as u64);
        c.names.iter().for_each(|n| self.name(n));
        self.int(c.consts.len() as u64);
        c.consts.iter().for_each(|k| self.constant(k));
        self.bytes(&c.linetable);
        self.bytes(&c.exceptiontable);
    }
}

/// Writes `code` and all it contains.
pub fn write(code: &Code) -> Vec<u8> {
    let mut w = Writer::default();
    w.code(code);
    let body = std::mem::take(&mut w.out);
    w.out.extend_from_slice(MAGIC);
    w.int(w.names.len() as u64);
    for n in std::mem::take(&mut w.names) {
        w.bytes(n.as_bytes());
    }
    w.int(w.files.len() as u64);
    for f in std::mem::take(&mut w.files) {
        w.bytes(&f.0);
    }
    w.out.extend_from_slice(&body);
    w.out
}

struct Reader<'a> {
    data: &'a [u8],
    names: Vec<Name>,
    files: Vec<Arc<Wtf8>>,
    depth: u32,
}

type Read<T> = Result<T, Error>;

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Read<&'a [u8]> {
        let (head, rest) = self.data.split_at_checked(n).ok_or(Error::Truncated)?;
        self.data = rest;
        Ok(head)
    }
    fn byte(&mut self) -> Read<u8> {
        Ok(self.take(1)?[0])
    }
    fn int(&mut self) -> Read<u64> {
        let mut v = 0u64;
        for shift in (0..64).step_by(7) {
            let b = self.byte()?;
            v |= ((b & 0x7f) as u64) << shift;
            if b & 0x80 == 0 {
                return Ok(v);
            }
        }
        Err(Error::Malformed)
    }
    fn u32(&mut self) -> Read<u32> {
        self.int()?.try_into().map_err(|_| Error::Malformed)
    }
    /// A count of things that take at least one byte each: never more than what is left.
    fn len(&mut self) -> Read<usize> {
        let n = self.int()?;
        if n > self.data.len() as u64 { Err(Error::Truncated) } else { Ok(n as usize) }
    }
    fn bytes(&mut self) -> Read<&'a [u8]> {
        let n = self.len()?;
        self.take(n)
    }
    fn f64(&mut self) -> Read<f64> {
        let b = self.take(8)?;
        Ok(f64::from_bits(u64::from_le_bytes(b.try_into().map_err(|_| Error::Truncated)?)))
    }
    fn name(&mut self) -> Read<Name> {
        let i = self.int()?;
        self.names.get(i as usize).cloned().ok_or(Error::Malformed)
    }
    fn names(&mut self) -> Read<Box<[Name]>> {
        let n = self.len()?;
        (0..n).map(|_| self.name()).collect()
    }
    fn list(&mut self) -> Read<Box<[Const]>> {
        let n = self.len()?;
        (0..n).map(|_| self.constant()).collect()
    }
    fn constant(&mut self) -> Read<Const> {
        if self.depth >= MAX_DEPTH {
            return Err(Error::Malformed);
        }
        self.depth += 1;
        let c = self.constant_inner();
        self.depth -= 1;
        c
    }
    fn constant_inner(&mut self) -> Read<Const> {
        Ok(match self.byte()? {
            tag::NONE => Const::None,
            tag::ELLIPSIS => Const::Ellipsis,
            tag::FALSE => Const::Bool(false),
            tag::TRUE => Const::Bool(true),
            tag::INT => {
                let v = self.int()?;
                Const::Int((v >> 1) as i64 ^ -((v & 1) as i64))
            }
            t @ (tag::BIG | tag::BIG_NEGATIVE) => {
                let n = self.len()?;
                let raw = self.take(n.checked_mul(4).ok_or(Error::Malformed)?)?;
                let digits = raw.chunks_exact(4).map(|c| u32::from_le_bytes([c[0], c[1], c[2], c[3]])).collect();
                Const::BigInt { negative: t == tag::BIG_NEGATIVE, digits }
            }
            tag::FLOAT => Const::Float(self.f64()?),
            tag::COMPLEX => Const::Complex { re: self.f64()?, im: self.f64()? },
            tag::STR => Const::Str(Wtf8(self.bytes()?.into())),
            tag::NAME => Const::Str(Wtf8(self.name()?.as_bytes().into())),
            tag::BYTES => Const::Bytes(self.bytes()?.into()),
            tag::TUPLE => Const::Tuple(self.list()?),
            tag::FROZENSET => Const::FrozenSet(self.list()?),
            tag::SLICE => Const::Slice(Box::new([self.constant()?, self.constant()?, self.constant()?])),
            tag::CODE => Const::Code(Arc::new(self.code()?)),
            _ => return Err(Error::Malformed),
        })
    }
    fn code(&mut self) -> Read<Code> {
        let name = self.name()?;
        let qualname = self.name()?;
        let file = self.int()? as usize;
        let filename = self.files.get(file).cloned().ok_or(Error::Malformed)?;
        let firstlineno = self.u32()?;
        let argcount = self.u32()?;
        let posonlyargcount = self.u32()?;
        let kwonlyargcount = self.u32()?;
        let stacksize = self.u32()?;
        let flags = self.u32()?;
        let local_names = self.names()?;
        let local_kinds = self.take(local_names.len())?.into();
        let n = self.len()?;
        let raw = self.take(n.checked_mul(2).ok_or(Error::Malformed)?)?;
        let units = raw.chunks_exact(2).map(|c| u16::from_le_bytes([c[0], c[1]])).collect();
        let names = self.names()?;
        let consts = self.list()?;
        let linetable = self.bytes()?.into();
        let exceptiontable = self.bytes()?.into();
        Ok(Code {
            name,
            qualname,
            filename,
            firstlineno,
            argcount,
            posonlyargcount,
            kwonlyargcount,
            stacksize,
            flags,
            local_names,
            local_kinds,
            units,
            consts,
            names,
            linetable,
            exceptiontable,
        })
    }
}

/// Reads what [`write`] wrote.
pub fn read(data: &[u8]) -> Result<Arc<Code>, Error> {
    let rest = data.strip_prefix(MAGIC).ok_or(Error::Magic)?;
    let mut r = Reader { data: rest, names: Vec::new(), files: Vec::new(), depth: 0 };
    let n = r.len()?;
    r.names.reserve(n);
    for _ in 0..n {
        let text = std::str::from_utf8(r.bytes()?).map_err(|_| Error::Malformed)?;
        r.names.push(text.into());
    }
    let n = r.len()?;
    for _ in 0..n {
        let file = Wtf8(r.bytes()?.into());
        r.files.push(Arc::new(file));
    }
    Ok(Arc::new(r.code()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Code {
        let inner = Code { name: "f".into(), qualname: "C.f".into(), firstlineno: 7, units: [1, 2, 0xffff].into(), ..Code::default() };
        Code {
            name: "<module>".into(),
            qualname: "<module>".into(),
            filename: Arc::new("x.py".into()),
            names: ["f".into(), "g".into()].into(),
            local_names: ["a".into()].into(),
            local_kinds: [0x26].into(),
            consts: [
                Const::None,
                Const::Int(i64::MIN),
                Const::Int(-1),
                Const::BigInt { negative: true, digits: [1, 2, 3].into() },
                Const::Float(-0.0),
                Const::Complex { re: 1.0, im: f64::INFINITY },
                Const::Str(Wtf8(b"\xed\xa0\x80".as_slice().into())),
                Const::Str("g".into()),
                Const::Bytes([0, 255].into()),
                Const::Tuple([Const::Bool(true), Const::Ellipsis].into()),
                Const::FrozenSet([Const::Bool(false)].into()),
                Const::Slice(Box::new([Const::None, Const::Int(3), Const::None])),
                Const::Code(Arc::new(inner)),
            ]
            .into(),
            linetable: [0x80, 1].into(),
            exceptiontable: [0x81].into(),
            ..Code::default()
        }
    }

    #[test]
    fn round_trip() {
        let code = sample();
        let image = write(&code);
        let back = read(&image).unwrap();
        assert_eq!(format!("{back:?}"), format!("{code:?}"));
    }

    #[test]
    fn cut_and_flipped_images_are_refused_or_read() {
        let image = write(&sample());
        for n in 0..image.len() {
            assert!(read(&image[..n]).is_err());
        }
        for i in 4..image.len() {
            for bit in 0..8 {
                let mut bad = image.clone();
                bad[i] ^= 1 << bit;
                let _ = read(&bad);
            }
        }
    }
}
