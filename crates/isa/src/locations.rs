//! The location table, in CPython's encoding: source positions of runs of units.

use crate::Code;

/// A source range. Lines count from 1, columns are UTF-8 bytes from 0; -1 where unknown. A line of
/// -1 is no location at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location {
    pub line: i32,
    pub end_line: i32,
    pub col: i32,
    pub end_col: i32,
}

impl Location {
    pub const NONE: Location = Location { line: -1, end_line: -1, col: -1, end_col: -1 };
    /// The location of the instruction that follows (compiler only).
    pub const NEXT: Location = Location { line: -2, end_line: -2, col: -2, end_col: -2 };

    pub const fn new(line: i32, end_line: i32, col: i32, end_col: i32) -> Location {
        Location { line, end_line, col, end_col }
    }
    /// The line without columns.
    pub const fn line_only(line: i32) -> Location {
        Location { line, end_line: line, col: -1, end_col: -1 }
    }
}

const ONE_LINE0: u8 = 10;
const NO_COLUMNS: u8 = 13;
const LONG: u8 = 14;
const NO_LOCATION: u8 = 15;

/// Writes a location table.
pub struct Encoder {
    out: Vec<u8>,
    line: i32,
}

impl Encoder {
    pub fn new(firstlineno: i32) -> Encoder {
        Encoder { out: Vec::new(), line: firstlineno }
    }

    fn varint(&mut self, mut v: u32) {
        while v >= 64 {
            self.out.push(0x40 | (v & 0x3f) as u8);
            v >>= 6;
        }
        self.out.push(v as u8);
    }
    fn signed(&mut self, v: i32) {
        self.varint(if v < 0 { v.unsigned_abs() << 1 | 1 } else { (v as u32) << 1 });
    }
    fn head(&mut self, kind: u8, units: u32) {
        self.out.push(0x80 | kind << 3 | (units - 1) as u8);
    }

    /// The next `units` have location `loc`.
    pub fn push(&mut self, loc: Location, mut units: u32) {
        while units > 8 {
            self.entry(loc, 8);
            units -= 8;
        }
        if units > 0 {
            self.entry(loc, units);
        }
    }

    fn entry(&mut self, loc: Location, units: u32) {
        if loc.line < 0 {
            self.head(NO_LOCATION, units);
            return;
        }
        let delta = loc.line - self.line;
        let (col, end_col) = (loc.col, loc.end_col);
        if col < 0 || end_col < 0 {
            if loc.end_line == loc.line || loc.end_line < 0 {
                self.head(NO_COLUMNS, units);
                self.signed(delta);
                self.line = loc.line;
                return;
            }
        } else if loc.end_line == loc.line {
            if delta == 0 && col < 80 && end_col - col < 16 && end_col >= col {
                self.head((col >> 3) as u8, units);
                self.out.push(((col & 7) << 4 | (end_col - col)) as u8);
                return;
            }
            if (0..3).contains(&delta) && col < 128 && end_col < 128 {
                self.head(ONE_LINE0 + delta as u8, units);
                self.out.push(col as u8);
                self.out.push(end_col as u8);
                self.line = loc.line;
                return;
            }
        }
        self.head(LONG, units);
        self.signed(delta);
        self.varint((loc.end_line - loc.line).max(0) as u32);
        self.varint((col + 1).max(0) as u32);
        self.varint((end_col + 1).max(0) as u32);
        self.line = loc.line;
    }

    pub fn finish(self) -> Box<[u8]> {
        self.out.into()
    }
}

/// A run of units with one location.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    pub start: u32,
    pub end: u32,
    pub location: Location,
}

/// Reads a location table run by run, as encoded.
#[derive(Clone)]
pub struct Runs<'a> {
    table: &'a [u8],
    line: i32,
    unit: u32,
}

impl Runs<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (&b, rest) = self.table.split_first()?;
        self.table = rest;
        Some(b)
    }
    fn varint(&mut self) -> Option<u32> {
        let mut v = 0u32;
        let mut shift = 0;
        loop {
            let b = self.byte()?;
            v |= ((b & 0x3f) as u32).checked_shl(shift).unwrap_or(0);
            shift += 6;
            if b & 0x40 == 0 {
                return Some(v);
            }
        }
    }
    fn signed(&mut self) -> Option<i32> {
        let v = self.varint()?;
        Some(if v & 1 != 0 { -((v >> 1) as i32) } else { (v >> 1) as i32 })
    }
}

impl Iterator for Runs<'_> {
    type Item = Run;
    fn next(&mut self) -> Option<Run> {
        let head = self.byte()?;
        let units = (head & 7) as u32 + 1;
        let kind = head >> 3 & 15;
        let location = match kind {
            NO_LOCATION => Location::NONE,
            LONG => {
                let delta = self.signed()?;
                self.line = self.line.wrapping_add(delta);
                let end = self.line.wrapping_add(self.varint()? as i32);
                let col = self.varint()? as i32 - 1;
                let end_col = self.varint()? as i32 - 1;
                Location::new(self.line, end, col, end_col)
            }
            NO_COLUMNS => {
                let delta = self.signed()?;
                self.line = self.line.wrapping_add(delta);
                Location::line_only(self.line)
            }
            k if k >= ONE_LINE0 => {
                self.line = self.line.wrapping_add((k - ONE_LINE0) as i32);
                let col = self.byte()? as i32;
                let end_col = self.byte()? as i32;
                Location::new(self.line, self.line, col, end_col)
            }
            k => {
                let b = self.byte()?;
                let col = (k as i32) << 3 | (b >> 4) as i32;
                Location::new(self.line, self.line, col, col + (b & 15) as i32)
            }
        };
        let start = self.unit;
        self.unit += units;
        Some(Run { start, end: self.unit, location })
    }
}

/// The runs of an encoded table.
pub fn decode(table: &[u8], firstlineno: u32) -> Runs<'_> {
    Runs { table, line: firstlineno as i32, unit: 0 }
}

/// A run of units on one line, for `co_lines`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineRun {
    pub start: u32,
    pub end: u32,
    pub line: Option<u32>,
}

impl Code {
    /// Runs of units with one location.
    pub fn location_runs(&self) -> Runs<'_> {
        decode(&self.linetable, self.firstlineno)
    }

    /// The location of each unit, in order: `co_positions`.
    pub fn positions(&self) -> impl Iterator<Item = Location> + '_ {
        self.location_runs().flat_map(|r| std::iter::repeat_n(r.location, (r.end - r.start) as usize))
    }

    /// Runs of units on one line, as long as possible: `co_lines` (which counts bytes: twice these).
    pub fn lines(&self) -> impl Iterator<Item = LineRun> + '_ {
        let mut runs = self.location_runs().peekable();
        std::iter::from_fn(move || {
            let first = runs.next()?;
            let line = |r: &Run| u32::try_from(r.location.line).ok();
            let mut run = LineRun { start: first.start, end: first.end, line: line(&first) };
            while let Some(next) = runs.next_if(|r| line(r) == run.line) {
                run.end = next.end;
            }
            Some(run)
        })
    }

    /// Where `unit` comes from.
    pub fn location(&self, unit: u32) -> Location {
        self.location_runs().find(|r| unit < r.end).map_or(Location::NONE, |r| r.location)
    }

    /// The line of `unit`, if it has one.
    pub fn line(&self, unit: u32) -> Option<u32> {
        u32::try_from(self.location(unit).line).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip() {
        let cases = [
            (Location::new(10, 10, 0, 5), 1),
            (Location::new(10, 10, 79, 94), 9),
            (Location::new(11, 11, 100, 127), 3),
            (Location::new(13, 13, 5, 4), 1),
            (Location::NONE, 17),
            (Location::new(9, 300_000, 1000, 70_000), 2),
            (Location::line_only(1), 4),
            (Location::new(1, 1, 0, 200), 8),
        ];
        let mut e = Encoder::new(10);
        for (l, n) in cases {
            e.push(l, n);
        }
        let table = e.finish();
        let got: Vec<Location> =
            decode(&table, 10).flat_map(|r| vec![r.location; (r.end - r.start) as usize]).collect();
        let want: Vec<Location> = cases.iter().flat_map(|(l, n)| vec![*l; *n as usize]).collect();
        assert_eq!(got, want);
        let code = Code { linetable: table, firstlineno: 10, ..Code::default() };
        let lines: Vec<_> = code.lines().map(|l| (l.start, l.end, l.line)).collect();
        assert_eq!(lines[0], (0, 10, Some(10)));
        assert_eq!(lines[3], (14, 31, None));
        assert_eq!(code.line(12), Some(11));
    }

    #[test]
    fn cut_tables_end_quietly() {
        let mut e = Encoder::new(1);
        e.push(Location::new(5, 99, 1000, 2000), 3);
        let table = e.finish();
        for n in 0..table.len() {
            assert_eq!(decode(&table[..n], 1).count(), 0);
        }
    }
}
