//! The objects that a pickle refers to by number.

use crate::prelude::*;
use std::collections::BTreeMap;

/// The objects by their numbers. Numbers far apart are a hostile pickle's: they lie in a tree.
#[derive(Default, Clone)]
pub struct Memo {
    dense: Vec<Option<Value>>,
    sparse: BTreeMap<usize, Value>,
    pub count: usize,
}

impl Memo {
    /// Makes room for about so many; a guess may be far off.
    pub fn expect(&mut self, n: usize) {
        self.dense.reserve(n.clamp(8, 4096));
    }
    #[inline]
    pub fn put(&mut self, i: usize, v: Value) {
        if i == self.dense.len() {
            self.count += 1;
            return self.dense.push(Some(v));
        }
        let old = if i < self.dense.len() {
            self.dense[i].replace(v)
        } else if i < 2 * self.dense.len() + 1024 {
            self.dense.resize(i + 1, None);
            self.dense[i].replace(v)
        } else {
            self.sparse.insert(i, v)
        };
        self.count += usize::from(old.is_none());
    }
    pub fn get(&self, i: usize) -> Option<&Value> {
        match self.dense.get(i) {
            Some(Some(v)) => Some(v),
            _ => self.sparse.get(&i),
        }
    }
    pub fn each(&self, mut f: impl FnMut(&Value)) {
        self.dense.iter().flatten().for_each(&mut f);
        self.sparse.values().for_each(f);
    }
    pub fn entries(&self) -> Vec<(usize, Value)> {
        let dense = self.dense.iter().enumerate().filter_map(|(i, v)| v.clone().map(|v| (i, v)));
        dense.chain(self.sparse.iter().map(|(i, v)| (*i, v.clone()))).collect()
    }
    pub fn room(&self) -> usize {
        self.dense.capacity() + self.sparse.len()
    }
}
