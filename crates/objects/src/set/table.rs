//! The table under `set` and `frozenset`.
//!
//! People's outputs show the order in which a set iterates, so this is CPython's table: open addressing
//! with short linear runs, its probe sequence, its growth, its treatment of deleted entries.

use crate::value::Value;
use smallvec::{SmallVec, smallvec};

const MIN_SIZE: usize = 8;
const LINEAR_PROBES: usize = 9;
const PERTURB_SHIFT: u32 = 5;

#[derive(Clone)]
pub struct Entry {
    /// 0 with no key: never used; -1 with no key: deleted.
    pub hash: i64,
    pub key: Option<Value>,
}

const UNUSED: Entry = Entry { hash: 0, key: None };

impl Entry {
    #[inline(always)]
    fn is_unused(&self) -> bool {
        self.hash == 0 && self.key.is_none()
    }
}

#[derive(Default, Clone)]
pub struct SetTable {
    /// Empty until something is added; counts as [`MIN_SIZE`] entries then. So many lie in the set itself.
    entries: SmallVec<[Entry; MIN_SIZE]>,
    /// Entries in use or deleted.
    fill: usize,
    used: usize,
    /// Where `pop` goes on searching.
    finger: usize,
    /// Counts what invalidates a [`Probe`].
    rebuilds: u32,
}

/// A place in the search for a key.
#[derive(Clone, Copy)]
pub struct Probe {
    base: usize,
    offset: usize,
    perturb: u64,
    rebuilds: u32,
}

impl SetTable {
    #[inline(always)]
    pub fn used(&self) -> usize {
        self.used
    }
    #[inline(always)]
    fn mask(&self) -> usize {
        if self.entries.is_empty() { MIN_SIZE - 1 } else { self.entries.len() - 1 }
    }
    #[inline(always)]
    pub fn start(&self, hash: i64) -> Probe {
        Probe { base: hash as usize & self.mask(), offset: 0, perturb: hash as u64, rebuilds: self.rebuilds }
    }
    /// The next entry with this hash; `None` when the search is over, with the probe at the free place.
    #[inline(always)]
    pub fn candidate(&self, hash: i64, p: &mut Probe) -> Option<usize> {
        if self.entries.is_empty() {
            return None;
        }
        let mask = self.mask();
        loop {
            let run = if p.base + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 };
            while p.offset <= run {
                let i = p.base + p.offset;
                let e = &self.entries[i];
                if e.is_unused() {
                    return None;
                }
                p.offset += 1;
                if e.hash == hash && e.key.is_some() {
                    return Some(i);
                }
            }
            p.perturb >>= PERTURB_SHIFT;
            p.base = p.base.wrapping_mul(5).wrapping_add(1).wrapping_add(p.perturb as usize) & mask;
            p.offset = 0;
        }
    }
    /// As far as looking at words alone leads: to the entry with this very key, or to where the search ends.
    /// `None` when a key with the same hash has to be compared.
    #[inline]
    pub fn find_same(&self, hash: i64, key: &Value) -> Option<Result<usize, Probe>> {
        let mut p = self.start(hash);
        if self.entries.is_empty() {
            return Some(Err(p));
        }
        let mask = self.mask();
        loop {
            let run = if p.base + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 };
            for (offset, e) in self.entries[p.base..=p.base + run].iter().enumerate() {
                match &e.key {
                    Some(k) if k.is(key) => return Some(Ok(p.base + offset)),
                    Some(_) if e.hash == hash => return None,
                    None if e.hash == 0 => return Some(Err(Probe { offset, ..p })),
                    _ => {}
                }
            }
            p.perturb >>= PERTURB_SHIFT;
            p.base = p.base.wrapping_mul(5).wrapping_add(1).wrapping_add(p.perturb as usize) & mask;
        }
    }
    pub fn key(&self, i: usize) -> Option<&Value> {
        self.entries[i].key.as_ref()
    }
    #[inline(always)]
    pub fn still(&self, p: &Probe, i: usize, key: &Value) -> bool {
        p.rebuilds == self.rebuilds && self.entries.get(i).is_some_and(|e| e.key.as_ref().is_some_and(|k| k.is(key)))
    }
    /// Puts a key that is not there at the place where the search for it ended.
    #[inline]
    pub fn insert(&mut self, hash: i64, key: Value, p: Probe) {
        if self.entries.is_empty() {
            // Where they lie: the set's own room is not moved.
            self.entries.extend([const { UNUSED }; MIN_SIZE]);
        }
        let i = p.base + p.offset;
        let at_free_place = p.rebuilds == self.rebuilds && self.entries.get(i).is_some_and(Entry::is_unused);
        let i = if at_free_place { i } else { self.first_unused(hash) };
        self.entries[i] = Entry { hash, key: Some(key) };
        self.fill += 1;
        self.used += 1;
        if self.fill * 5 >= self.mask() * 3 {
            self.resize(if self.used > 50000 { self.used * 2 } else { self.used * 4 });
        }
    }
    fn first_unused(&self, hash: i64) -> usize {
        let mut p = self.start(hash);
        while self.candidate(hash, &mut p).is_some() {}
        p.base + p.offset
    }
    /// A table for more than `minimum` entries, without deleted ones.
    #[cold]
    #[inline(never)]
    fn resize(&mut self, minimum: usize) {
        let mut size = MIN_SIZE;
        while size <= minimum {
            size <<= 1;
        }
        self.rebuilds = self.rebuilds.wrapping_add(1);
        let old = std::mem::replace(&mut self.entries, smallvec![UNUSED; size]);
        self.fill = self.used;
        for e in old {
            if e.key.is_some() {
                self.place(e);
            }
        }
    }
    /// Puts an entry into a table that has no deleted ones and not its key.
    fn place(&mut self, e: Entry) {
        let mask = self.mask();
        let mut perturb = e.hash as u64;
        let mut base = e.hash as usize & mask;
        loop {
            let run = if base + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 };
            for slot in &mut self.entries[base..=base + run] {
                if slot.key.is_none() {
                    *slot = e;
                    return;
                }
            }
            perturb >>= PERTURB_SHIFT;
            base = base.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize) & mask;
        }
    }
    pub fn remove(&mut self, i: usize) -> Option<Value> {
        let e = &mut self.entries[i];
        let key = e.key.take()?;
        e.hash = -1;
        self.used -= 1;
        Some(key)
    }
    /// Takes some key out.
    pub fn pop(&mut self) -> Option<Value> {
        if self.used == 0 {
            return None;
        }
        let mut i = self.finger & self.mask();
        while self.entries[i].key.is_none() {
            i = (i + 1) & self.mask();
        }
        self.finger = i + 1;
        self.remove(i)
    }
    /// Shrinks a table in which more than a quarter is deleted.
    pub fn tidy(&mut self) {
        if self.fill - self.used > self.mask() / 4 {
            self.resize(if self.used > 50000 { self.used * 2 } else { self.used * 4 });
        }
    }
    /// Makes room before `n` keys are taken in.
    pub fn reserve(&mut self, n: usize) {
        if (self.fill + n) * 5 >= self.mask() * 3 {
            self.resize((self.used + n) * 2);
        }
    }
    /// Takes all of `other` in, if this can be done without comparing keys.
    pub fn copy_in(&mut self, other: &SetTable) -> bool {
        self.reserve(other.used);
        if self.fill != 0 {
            return false;
        }
        if self.mask() == other.mask() && other.fill == other.used {
            self.entries.clone_from(&other.entries);
        } else {
            if self.entries.is_empty() {
                self.entries = smallvec![UNUSED; MIN_SIZE];
            }
            for e in &other.entries {
                if e.key.is_some() {
                    self.place(e.clone());
                }
            }
        }
        self.rebuilds = self.rebuilds.wrapping_add(1);
        self.fill = other.used;
        self.used = other.used;
        true
    }
    /// The first entry at or after `position`.
    #[inline(always)]
    pub fn next(&self, position: usize) -> Option<(usize, &Entry)> {
        let mut i = position;
        while let Some(e) = self.entries.get(i) {
            if e.key.is_some() {
                return Some((i, e));
            }
            i += 1;
        }
        None
    }
    /// The hash of a frozen set: independent of order.
    pub fn hash(&self) -> i64 {
        let mut hash = 0u64;
        for e in &self.entries {
            if e.key.is_some() {
                hash ^= shuffle(e.hash as u64);
            }
        }
        hash ^= (self.used as u64 + 1).wrapping_mul(1927868237);
        hash ^= (hash >> 11) ^ (hash >> 25);
        hash = hash.wrapping_mul(69069).wrapping_add(907133923);
        if hash == u64::MAX { 590923713 } else { hash as i64 }
    }
    pub fn bytes(&self) -> usize {
        self.entries.capacity() * size_of::<Entry>()
    }
}

fn shuffle(h: u64) -> u64 {
    ((h ^ 89869747) ^ (h << 16)).wrapping_mul(3644798167)
}
