//! The exception table, in CPython's encoding: for ranges of units, where their handler starts.

use crate::Code;

/// One entry: the handler of the units `start..end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub start: u32,
    pub end: u32,
    pub target: u32,
    /// Stack depth to unwind to.
    pub depth: u32,
    /// Push the unit of the raising instruction before the exception.
    pub lasti: bool,
}

const MORE: u8 = 0x40;
const START: u8 = 0x80;

fn put(out: &mut Vec<u8>, v: u32, mut mark: u8) {
    let mut shift = 30;
    while shift > 0 && v >> shift == 0 {
        shift -= 6;
    }
    loop {
        let digit = (v >> shift & 0x3f) as u8;
        out.push(digit | mark | if shift > 0 { MORE } else { 0 });
        if shift == 0 {
            return;
        }
        mark = 0;
        shift -= 6;
    }
}

/// Appends `e` to the table `out`.
pub fn encode(out: &mut Vec<u8>, e: &Entry) {
    put(out, e.start, START);
    put(out, e.end - e.start, 0);
    put(out, e.target, 0);
    put(out, e.depth << 1 | e.lasti as u32, 0);
}

/// Reads a table.
#[derive(Clone)]
pub struct Entries<'a>(&'a [u8]);

impl Entries<'_> {
    fn take(&mut self) -> Option<u32> {
        let mut v = 0u32;
        loop {
            let (&b, rest) = self.0.split_first()?;
            self.0 = rest;
            v = v << 6 | (b & 0x3f) as u32;
            if b & MORE == 0 {
                return Some(v);
            }
        }
    }
}

impl Iterator for Entries<'_> {
    type Item = Entry;
    fn next(&mut self) -> Option<Entry> {
        let start = self.take()?;
        let len = self.take()?;
        let target = self.take()?;
        let dl = self.take()?;
        Some(Entry { start, end: start.saturating_add(len), target, depth: dl >> 1, lasti: dl & 1 != 0 })
    }
}

/// The entries of an encoded table.
pub fn decode(table: &[u8]) -> Entries<'_> {
    Entries(table)
}

/// The handler of `unit` in `table`, found by bisection over the marked starts.
pub fn lookup(table: &[u8], unit: u32) -> Option<Entry> {
    let (mut lo, mut hi) = (0usize, table.len());
    // Invariant: every entry that begins before `lo` starts at or before `unit`.
    while hi - lo > 40 {
        let mut mid = lo + (hi - lo) / 2;
        while mid > lo && table[mid] & START == 0 {
            mid -= 1;
        }
        let start = Entries(&table[mid..]).next()?.start;
        if start <= unit {
            if mid == lo {
                break;
            }
            lo = mid;
        } else {
            hi = mid;
        }
    }
    Entries(&table[lo..]).take_while(|e| e.start <= unit).find(|e| unit < e.end)
}

impl Code {
    /// The exception handlers of this code.
    pub fn handlers(&self) -> Entries<'_> {
        decode(&self.exceptiontable)
    }
    /// The handler of the instruction at `unit`.
    pub fn handler(&self, unit: u32) -> Option<Entry> {
        lookup(&self.exceptiontable, unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip_and_lookup() {
        let entries: Vec<Entry> = (0..500u32)
            .map(|i| Entry { start: i * 100, end: i * 100 + 70, target: i * 7919, depth: i % 90, lasti: i % 3 == 0 })
            .collect();
        let mut table = Vec::new();
        entries.iter().for_each(|e| encode(&mut table, e));
        assert_eq!(decode(&table).collect::<Vec<_>>(), entries);
        for unit in 0..50_100 {
            let want = entries.iter().find(|e| e.start <= unit && unit < e.end).copied();
            assert_eq!(lookup(&table, unit), want, "unit {unit}");
        }
        assert_eq!(lookup(&[], 3), None);
    }

    #[test]
    fn cut_tables_end_quietly() {
        let mut table = Vec::new();
        encode(&mut table, &Entry { start: 5000, end: 5001, target: 1, depth: 2, lasti: true });
        for n in 0..table.len() {
            assert_eq!(decode(&table[..n]).count(), 0);
        }
    }
}
