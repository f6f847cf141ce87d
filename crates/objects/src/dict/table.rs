//! The table under `dict`: entries in insertion order and, once there are more than a few, an index.
//!
//! Up to [`SCAN`] entries are found by scanning. Beyond, `index` is an open-addressed table of words: the
//! low bits hold the entry's number plus one, the high bits a piece of the hash, so that most misses never
//! touch an entry. A deleted entry stays in place without a key until the next rebuild; its word stays too.
//! Words may also outlive a popped entry: whatever they lead to is checked against the full hash and key.

use crate::value::Value;

/// As many entries are found without an index.
pub const SCAN: usize = 8;
/// More entries than this do not fit.
pub const MAX_ENTRIES: usize = 1 << 30;

pub struct Entry {
    pub hash: i64,
    /// Absent when the entry was deleted.
    pub key: Option<Value>,
    pub value: Value,
}

#[derive(Default)]
pub struct Table {
    pub entries: Vec<Entry>,
    index: Vec<u32>,
    /// Words of `index` that are not empty.
    filled: u32,
    live: u32,
    /// No entry before this one is alive.
    first: u32,
    /// Counts what invalidates a [`Cursor`].
    rebuilds: u32,
}

/// A place in the search for a key.
#[derive(Clone, Copy)]
pub struct Cursor {
    position: usize,
    tag: u32,
    rebuilds: u32,
}

#[inline(always)]
fn mix(hash: i64) -> u64 {
    let h = hash as u64;
    (h ^ (h >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

impl Table {
    pub fn with_capacity(n: usize) -> Table {
        let mut t = Table { entries: Vec::with_capacity(n), ..Table::default() };
        if n > SCAN {
            t.index = vec![0; Table::slots_for(n)];
        }
        t
    }
    #[inline(always)]
    pub fn live(&self) -> usize {
        self.live as usize
    }
    fn slots_for(n: usize) -> usize {
        // At most five eighths full.
        (n * 8 / 5 + 1).next_power_of_two().max(16)
    }
    #[inline(always)]
    fn limit(&self) -> usize {
        let n = self.index.len();
        n / 2 + n / 8
    }
    #[inline(always)]
    fn bits(&self) -> u32 {
        self.index.len().trailing_zeros()
    }
    /// Begins the search for a key with this hash.
    #[inline(always)]
    pub fn start(&self, hash: i64) -> Cursor {
        if self.index.is_empty() {
            return Cursor { position: self.first as usize, tag: 0, rebuilds: self.rebuilds };
        }
        let (m, bits) = (mix(hash), self.bits());
        let mask = self.index.len() as u32 - 1;
        Cursor { position: (m >> (64 - bits)) as usize, tag: ((m << bits) >> 32) as u32 & !mask, rebuilds: self.rebuilds }
    }
    /// The next entry whose hash is the one searched for; the cursor moves behind it.
    #[inline(always)]
    pub fn candidate(&self, hash: i64, c: &mut Cursor) -> Option<usize> {
        if self.index.is_empty() {
            while let Some(e) = self.entries.get(c.position) {
                c.position += 1;
                if e.hash == hash && e.key.is_some() {
                    return Some(c.position - 1);
                }
            }
            return None;
        }
        let mask = self.index.len() - 1;
        loop {
            let word = self.index[c.position & mask];
            if word == 0 {
                return None;
            }
            c.position = (c.position + 1) & mask;
            if word & !(mask as u32) == c.tag {
                let i = (word & mask as u32) as usize - 1;
                if let Some(e) = self.entries.get(i)
                    && e.hash == hash
                    && e.key.is_some()
                {
                    return Some(i);
                }
            }
        }
    }
    /// Is the cursor, which stood behind entry `i` with this key, still good?
    #[inline(always)]
    pub fn still(&self, c: &Cursor, i: usize, key: &Value) -> bool {
        c.rebuilds == self.rebuilds && self.entries.get(i).is_some_and(|e| e.key.as_ref().is_some_and(|k| k.is(key)))
    }
    /// Is a search that ended without a find still right about the place for a new entry?
    #[inline(always)]
    fn vacant(&self, c: &Cursor) -> bool {
        c.rebuilds == self.rebuilds && self.index.get(c.position).is_some_and(|w| *w == 0)
    }
    /// Finds a key without running Python code.
    #[inline(always)]
    pub fn find(&self, hash: i64, eq: impl Fn(&Value) -> bool) -> Option<usize> {
        let mut c = self.start(hash);
        while let Some(i) = self.candidate(hash, &mut c) {
            if self.entries[i].key.as_ref().is_some_and(&eq) {
                return Some(i);
            }
        }
        None
    }
    /// Appends an entry for a key that is not there. `c`: where the search for it ended.
    #[inline]
    pub fn push(&mut self, hash: i64, key: Value, value: Value, c: Option<Cursor>) {
        let full = if self.index.is_empty() { self.entries.len() >= SCAN } else { self.filled as usize >= self.limit() };
        let mut c = c;
        if full {
            self.rebuild(self.live() + 1);
            c = None;
        }
        if !self.index.is_empty() {
            let c = match c {
                Some(c) if self.vacant(&c) => c,
                _ => self.first_vacant(hash),
            };
            self.index[c.position] = c.tag | (self.entries.len() as u32 + 1);
            self.filled += 1;
        }
        self.entries.push(Entry { hash, key: Some(key), value });
        self.live += 1;
    }
    fn first_vacant(&self, hash: i64) -> Cursor {
        let mut c = self.start(hash);
        let mask = self.index.len() - 1;
        while self.index[c.position] != 0 {
            c.position = (c.position + 1) & mask;
        }
        c
    }
    /// Drops dead entries and makes room for `n` live ones.
    #[cold]
    #[inline(never)]
    fn rebuild(&mut self, n: usize) {
        self.rebuilds = self.rebuilds.wrapping_add(1);
        if self.live() < self.entries.len() {
            self.entries.retain(|e| e.key.is_some());
        }
        self.first = 0;
        self.filled = 0;
        if n <= SCAN {
            self.index = Vec::new();
            return;
        }
        assert!(n < MAX_ENTRIES, "dictionary of more than a thousand million entries");
        // Room to grow by half at least, so that rebuilds are rare.
        let slots = Table::slots_for(n + n / 2);
        if self.index.len() == slots {
            self.index.fill(0);
        } else {
            self.index = vec![0; slots];
        }
        for i in 0..self.entries.len() {
            let c = self.first_vacant(self.entries[i].hash);
            self.index[c.position] = c.tag | (i as u32 + 1);
        }
        self.filled = self.entries.len() as u32;
    }
    /// Takes an entry out.
    pub fn remove(&mut self, i: usize) -> (Value, Value) {
        let e = &mut self.entries[i];
        let key = e.key.take().expect("a live entry");
        let value = std::mem::replace(&mut e.value, Value::none());
        self.live -= 1;
        if self.live == 0 {
            // Nothing is left: begin afresh, but keep the entries' memory for a dictionary that is refilled.
            self.entries.clear();
            self.index = Vec::new();
            self.filled = 0;
            self.first = 0;
            self.rebuilds = self.rebuilds.wrapping_add(1);
        } else if i == self.first as usize {
            while self.entries[self.first as usize].key.is_none() {
                self.first += 1;
            }
        } else if i + 1 == self.entries.len() {
            while self.entries.last().is_some_and(|e| e.key.is_none()) {
                self.entries.pop();
            }
        }
        (key, value)
    }
    /// Moves a live entry to one of the ends.
    pub fn move_entry(&mut self, i: usize, last: bool) {
        let hash = self.entries[i].hash;
        if last {
            if i + 1 < self.entries.len() {
                let (key, value) = self.remove(i);
                self.push(hash, key, value, None);
            }
        } else if i > self.first as usize {
            self.entries[..=i].rotate_right(1);
            self.rebuild(self.live() + 1);
        }
    }
    /// The first live entry at or after `position`.
    #[inline(always)]
    pub fn next_live(&self, position: usize) -> Option<usize> {
        let mut i = position.max(self.first as usize);
        while let Some(e) = self.entries.get(i) {
            if e.key.is_some() {
                return Some(i);
            }
            i += 1;
        }
        None
    }
    /// The last live entry before `end`.
    pub fn previous_live(&self, end: usize) -> Option<usize> {
        (self.first as usize..end.min(self.entries.len())).rev().find(|&i| self.entries[i].key.is_some())
    }
    /// A table with the same entries, keys and values shared.
    pub fn duplicate(&self) -> Table {
        let mut entries = Vec::with_capacity(self.live());
        entries.extend(
            self.entries
                .iter()
                .filter(|e| e.key.is_some())
                .map(|e| Entry { hash: e.hash, key: e.key.clone(), value: e.value.clone() }),
        );
        let whole = entries.len() == self.entries.len() && self.filled == self.live;
        let mut t = Table { live: self.live, entries, ..Table::default() };
        if whole {
            t.index = self.index.clone();
            t.filled = self.filled;
        } else {
            t.rebuild(t.live());
        }
        t
    }
    /// Makes room for `n` more entries.
    pub fn reserve(&mut self, n: usize) {
        let want = self.live() + n;
        self.entries.reserve(n);
        if want > SCAN && want > self.limit() {
            self.rebuild(want);
        }
    }
    pub fn bytes(&self) -> usize {
        self.entries.capacity() * size_of::<Entry>() + self.index.capacity() * 4
    }
}
