//! The numbers of the objects that a pickle has seen.

use crate::prelude::*;

/// Object → its number and itself, so that it lives as long as its number means it. An open table of addresses
/// over the entries in their order.
#[derive(Default, Clone)]
pub struct Memo {
    entries: Vec<(usize, Value)>,
    /// Address of an object and the place of its entry; 0: free. As long as a power of two.
    slots: Vec<(u64, u32)>,
}

impl Memo {
    pub fn with_capacity(n: usize) -> Memo {
        let mut memo = Memo { entries: Vec::with_capacity(n), slots: vec![] };
        memo.spread((n * 2).next_power_of_two());
        memo
    }
    pub fn len(&self) -> usize {
        self.entries.len()
    }
    pub fn capacity(&self) -> usize {
        self.slots.len()
    }
    pub fn values(&self) -> impl Iterator<Item = &(usize, Value)> {
        self.entries.iter()
    }
    #[inline]
    fn start(&self, id: u64) -> usize {
        // Addresses of neighbours differ in their middle bits.
        ((id >> 3).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize & (self.slots.len() - 1)
    }
    /// The place of an address: its own, or the free one where it belongs.
    #[inline]
    fn find(&self, id: u64) -> usize {
        let mut i = self.start(id);
        while self.slots[i].0 != id && self.slots[i].0 != 0 {
            i = (i + 1) & (self.slots.len() - 1);
        }
        i
    }
    #[inline]
    pub fn number(&self, o: &Value) -> Option<usize> {
        if self.slots.is_empty() {
            return None;
        }
        let id = o.id();
        let (found, entry) = self.slots[self.find(id)];
        (found == id).then(|| self.entries[entry as usize].0)
    }
    pub fn insert(&mut self, o: &Value, number: usize) {
        if self.entries.len() * 2 >= self.slots.len() {
            self.spread((self.slots.len() * 4).max(256));
        }
        let id = o.id();
        let i = self.find(id);
        if self.slots[i].0 == id {
            self.entries[self.slots[i].1 as usize].0 = number;
            return;
        }
        self.slots[i] = (id, self.entries.len() as u32);
        self.entries.push((number, o.clone()));
    }
    fn spread(&mut self, size: usize) {
        self.slots = vec![(0, 0); size];
        for (place, (_, o)) in self.entries.iter().enumerate() {
            let id = o.id();
            let i = self.find(id);
            self.slots[i] = (id, place as u32);
        }
    }
}
