//! The constants of one code object, each once.
//!
//! Constants are the same only if type and value are: `1`, `1.0` and `True` differ, and so do
//! `0.0` and `-0.0`.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHashMap;
use taipan_isa::{Code, Const};

/// A constant that compares by type and value.
#[derive(Clone, Debug)]
pub struct Key(pub Const);

fn same_code(a: &Code, b: &Code) -> bool {
    let consts = |x: &[Const], y: &[Const]| x.len() == y.len() && x.iter().zip(y).all(|(a, b)| same(a, b));
    a.name == b.name
        && a.qualname == b.qualname
        && a.firstlineno == b.firstlineno
        && a.argcount == b.argcount
        && a.posonlyargcount == b.posonlyargcount
        && a.kwonlyargcount == b.kwonlyargcount
        && a.flags == b.flags
        && a.units == b.units
        && a.linetable == b.linetable
        && a.exceptiontable == b.exceptiontable
        && a.names == b.names
        && a.local_names == b.local_names
        && a.local_kinds == b.local_kinds
        && consts(&a.consts, &b.consts)
}

fn same(a: &Const, b: &Const) -> bool {
    let list = |x: &[Const], y: &[Const]| x.len() == y.len() && x.iter().zip(y).all(|(a, b)| same(a, b));
    match (a, b) {
        (Const::None, Const::None) | (Const::Ellipsis, Const::Ellipsis) => true,
        (Const::Bool(x), Const::Bool(y)) => x == y,
        (Const::Int(x), Const::Int(y)) => x == y,
        (Const::BigInt { negative: n, digits: d }, Const::BigInt { negative: m, digits: e }) => n == m && d == e,
        (Const::Float(x), Const::Float(y)) => x.to_bits() == y.to_bits(),
        (Const::Complex { re: a, im: b }, Const::Complex { re: c, im: d }) => {
            a.to_bits() == c.to_bits() && b.to_bits() == d.to_bits()
        }
        (Const::Str(x), Const::Str(y)) => x == y,
        (Const::Bytes(x), Const::Bytes(y)) => x == y,
        (Const::Tuple(x), Const::Tuple(y)) => list(x, y),
        (Const::FrozenSet(x), Const::FrozenSet(y)) => {
            x.len() == y.len() && x.iter().all(|a| y.iter().any(|b| same(a, b)))
        }
        (Const::Slice(x), Const::Slice(y)) => list(&x[..], &y[..]),
        (Const::Code(x), Const::Code(y)) => std::sync::Arc::ptr_eq(x, y) || same_code(x, y),
        _ => false,
    }
}

fn hash<H: Hasher>(c: &Const, h: &mut H) {
    std::mem::discriminant(c).hash(h);
    match c {
        Const::None | Const::Ellipsis => {}
        Const::Bool(b) => b.hash(h),
        Const::Int(i) => i.hash(h),
        Const::BigInt { digits, .. } => digits.hash(h),
        Const::Float(f) => f.to_bits().hash(h),
        Const::Complex { re, im } => (re.to_bits(), im.to_bits()).hash(h),
        Const::Str(s) => s.hash(h),
        Const::Bytes(b) => b.hash(h),
        Const::Tuple(t) => t.iter().for_each(|c| hash(c, h)),
        // Their order does not count.
        Const::FrozenSet(t) => t.len().hash(h),
        Const::Slice(t) => t.iter().for_each(|c| hash(c, h)),
        Const::Code(c) => (&c.name, c.firstlineno, &c.units).hash(h),
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        same(&self.0, &other.0)
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, h: &mut H) {
        hash(&self.0, h);
    }
}

/// The constant table while a code object is made.
#[derive(Default, Debug)]
pub struct ConstPool {
    index: FxHashMap<Key, u32>,
    items: Vec<Const>,
}

impl ConstPool {
    pub fn add(&mut self, c: Const) -> u32 {
        let key = Key(c);
        if let Some(i) = self.index.get(&key) {
            return *i;
        }
        let i = self.items.len() as u32;
        self.items.push(key.0.clone());
        self.index.insert(key, i);
        i
    }
    pub fn get(&self, i: u32) -> &Const {
        &self.items[i as usize]
    }
    /// Takes the constants out.
    pub fn into_items(self) -> Vec<Const> {
        self.items
    }
}
