//! The program that a pattern is matched with, made from the code of `re._compiler`.

use super::charset::{Fold, Set, Single, category};
use super::machine::Buffers;
use taipan_objects::heap::GilCell;
use taipan_objects::unicode::wtf8;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Greed {
    Greedy,
    Lazy,
    Possessive,
}

pub const UNLIMITED: u32 = u32::MAX;

/// An instruction. Those without a target go on with the next one.
pub enum Inst {
    /// The whole pattern, or the part that an assertion or atomic group looks for, has matched.
    Match,
    Fail,
    One(Single),
    /// Several characters, as they lie in the text.
    Text(Box<[u8]>),
    At(u32),
    Mark(u32),
    Jump(u32),
    /// Tries what follows, then the target.
    Split(u32),
    RepeatOne { one: Single, min: u32, max: u32, greed: Greed },
    /// Starts the counter of a loop.
    Loop(u32),
    /// The end of a loop's body, and its entry.
    MaxUntil { slot: u32, min: u32, max: u32, body: u32 },
    MinUntil { slot: u32, min: u32, max: u32, body: u32 },
    /// The body follows, up to its `Match`.
    Possessive { min: u32, max: u32, next: u32 },
    Atomic { next: u32 },
    Assert { back: u32, negate: bool, next: u32 },
    GroupRef { group: u32, fold: Option<Fold> },
    /// Goes on if the group has matched, else to the target.
    GroupExists { group: u32, no: u32 },
}

/// What a match must begin with.
pub enum Start {
    Anything,
    Text(Box<memchr::memmem::Finder<'static>>),
    Set(Set),
}

pub struct Program {
    pub code: Vec<Inst>,
    pub groups: u32,
    pub loops: u32,
    /// Least characters of a match.
    pub min_width: usize,
    pub start: Start,
    /// The memory of the last machine, for the next one.
    pub spare: GilCell<Option<Buffers>>,
}

pub struct Invalid;

type Compiled<T> = Result<T, Invalid>;

struct Compiler<'a> {
    src: &'a [u32],
    bytes: bool,
    out: Vec<Inst>,
    groups: u32,
    loops: u32,
}

impl Program {
    /// `groups`: capturing groups without group 0. `bytes`: the pattern is for bytes.
    pub fn new(src: &[u32], groups: u32, bytes: bool) -> Compiled<Program> {
        let mut c = Compiler { src, bytes, out: vec![], groups, loops: 0 };
        let mut at = 0;
        let (mut min_width, mut start) = (0, Start::Anything);
        if src.first() == Some(&14) {
            let skip = c.word(1)? as usize;
            let flags = c.word(2)?;
            min_width = c.word(3)? as usize;
            if flags & 1 != 0 {
                let n = c.word(5)? as usize;
                let chars = src.get(7..7usize.checked_add(n).ok_or(Invalid)?).ok_or(Invalid)?;
                let mut text = vec![];
                chars.iter().for_each(|&ch| c.push_char(&mut text, ch));
                start = Start::Text(Box::new(memchr::memmem::Finder::new(&text).into_owned()));
            } else if flags & 4 != 0 {
                start = Start::Set(Set::parse(src.get(5..).ok_or(Invalid)?).ok_or(Invalid)?.0);
            }
            at = 1 + skip;
        }
        let end = c.sequence(at, src.len(), 0)?;
        if end != src.len() {
            return Err(Invalid);
        }
        let Compiler { out, loops, .. } = c;
        if !matches!(out.last(), Some(Inst::Match)) {
            return Err(Invalid);
        }
        let mut out = out;
        for i in 1..out.len() {
            // What the repeat takes cannot be what must follow: giving something back would not help.
            let follows = match &out[i] {
                Inst::Text(t) if !bytes => Some(wtf8::decode_at(t, 0).0),
                Inst::Text(t) => Some(t[0] as u32),
                _ => None,
            };
            if let (Some(ch), Inst::RepeatOne { one, greed, .. }) = (follows, &mut out[i - 1])
                && *greed == Greed::Greedy
                && !one.test(ch)
            {
                *greed = Greed::Possessive;
            }
        }
        Ok(Program { code: out, groups, loops, min_width, start, spare: GilCell::default() })
    }
}

impl Compiler<'_> {
    fn word(&self, at: usize) -> Compiled<u32> {
        self.src.get(at).copied().ok_or(Invalid)
    }
    /// The place that a relative skip at `at` leads to.
    fn target(&self, at: usize, end: usize) -> Compiled<usize> {
        let to = at.checked_add(self.word(at)? as usize).ok_or(Invalid)?;
        if to > end { Err(Invalid) } else { Ok(to) }
    }
    fn push_char(&self, out: &mut Vec<u8>, ch: u32) {
        if self.bytes && ch < 256 { out.push(ch as u8) } else { wtf8::push(out, ch) }
    }
    fn here(&self) -> u32 {
        self.out.len() as u32
    }
    fn text(&mut self, ch: u32) {
        let mut bytes = vec![];
        // No jump leads between two characters of a sequence unless something else stands between them.
        if let Some(Inst::Text(before)) = self.out.last() {
            bytes = before.to_vec();
            self.out.pop();
        }
        self.push_char(&mut bytes, ch);
        self.out.push(Inst::Text(bytes.into()));
    }
    fn group(&self, at: usize) -> Compiled<u32> {
        let g = self.word(at)?;
        if g < self.groups { Ok(g) } else { Err(Invalid) }
    }
    /// The pattern for one character at `at`, and where the next instruction is.
    fn single(&self, at: usize, end: usize) -> Compiled<Option<(Single, usize)>> {
        let fold = |op: u32| match op {
            30..=33 => Fold::Ascii,
            34..=37 => Fold::Locale,
            _ => Fold::Unicode,
        };
        Ok(Some(match self.word(at)? {
            2 => (Single::Any, at + 1),
            3 => (Single::AnyAll, at + 1),
            8 => {
                let kind = self.word(at + 1)?;
                category(kind, 0).ok_or(Invalid)?;
                (Single::Set(Box::new(Set::of_category(kind))), at + 2)
            }
            16 => (Single::Char(self.word(at + 1)?), at + 2),
            20 => (Single::NotChar(self.word(at + 1)?), at + 2),
            op @ (32 | 36 | 40) => (Single::CharIgnore(self.word(at + 1)?, fold(op)), at + 2),
            op @ (33 | 37 | 41) => (Single::NotCharIgnore(self.word(at + 1)?, fold(op)), at + 2),
            op @ (13 | 31 | 35 | 39) => {
                let next = self.target(at + 1, end)?;
                let (set, taken) = Set::parse(self.src.get(at + 2..next).ok_or(Invalid)?).ok_or(Invalid)?;
                if at + 2 + taken > next {
                    return Err(Invalid);
                }
                let set = Box::new(set);
                (if op == 13 { Single::Set(set) } else { Single::SetIgnore(set, fold(op)) }, next)
            }
            _ => return Ok(None),
        }))
    }
    /// Compiles from `at` up to `end`, or to a SUCCESS; gives the place behind.
    fn sequence(&mut self, at: usize, end: usize, depth: u32) -> Compiled<usize> {
        if depth > 400 {
            return Err(Invalid);
        }
        let mut at = at;
        // The start of a sequence may be jumped to: nothing is joined to what is before it.
        let mut joinable = false;
        while at < end {
            let op = self.word(at)?;
            if op == 16 {
                let ch = self.word(at + 1)?;
                if joinable {
                    self.text(ch);
                } else {
                    let mut bytes = vec![];
                    self.push_char(&mut bytes, ch);
                    self.out.push(Inst::Text(bytes.into()));
                }
                joinable = true;
                at += 2;
                continue;
            }
            joinable = false;
            if let Some((one, next)) = self.single(at, end)? {
                self.out.push(Inst::One(one));
                at = next;
                continue;
            }
            at = match op {
                0 => {
                    self.out.push(Inst::Fail);
                    at + 1
                }
                1 => {
                    self.out.push(Inst::Match);
                    return Ok(at + 1);
                }
                4 | 5 => {
                    let next = self.target(at + 1, end)?;
                    let back = self.word(at + 2)?;
                    let i = self.out.len();
                    self.out.push(Inst::Fail);
                    self.part(at + 3, next, depth)?;
                    self.out[i] = Inst::Assert { back, negate: op == 5, next: self.here() };
                    next
                }
                6 => {
                    let kind = self.word(at + 1)?;
                    if kind > 11 {
                        return Err(Invalid);
                    }
                    self.out.push(Inst::At(kind));
                    at + 2
                }
                7 => self.branch(at + 1, end, depth)?,
                11 | 30 | 34 | 38 => {
                    let fold = match op {
                        11 => None,
                        30 => Some(Fold::Ascii),
                        34 => Some(Fold::Locale),
                        _ => Some(Fold::Unicode),
                    };
                    let group = self.group(at + 1)?;
                    self.out.push(Inst::GroupRef { group, fold });
                    at + 2
                }
                12 => self.conditional(at, end, depth)?,
                14 => self.target(at + 1, end)?,
                17 => {
                    let mark = self.word(at + 1)?;
                    if mark >= 2 * self.groups {
                        return Err(Invalid);
                    }
                    self.out.push(Inst::Mark(mark));
                    at + 2
                }
                23 => self.repeat(at, end, depth)?,
                24 | 26 | 29 => {
                    let next = self.target(at + 1, end)?;
                    let (min, max) = (self.word(at + 2)?, self.word(at + 3)?);
                    let (one, after) = self.single(at + 4, next)?.ok_or(Invalid)?;
                    if self.word(after)? != 1 || after + 1 != next || min > max {
                        return Err(Invalid);
                    }
                    let greed = match op {
                        24 => Greed::Greedy,
                        26 => Greed::Lazy,
                        _ => Greed::Possessive,
                    };
                    self.out.push(Inst::RepeatOne { one, min, max, greed });
                    next
                }
                27 => {
                    let next = self.target(at + 1, end)?;
                    let i = self.out.len();
                    self.out.push(Inst::Fail);
                    self.part(at + 2, next, depth)?;
                    self.out[i] = Inst::Atomic { next: self.here() };
                    next
                }
                28 => {
                    let until = self.target(at + 1, end)?;
                    let (min, max) = (self.word(at + 2)?, self.word(at + 3)?);
                    let i = self.out.len();
                    self.out.push(Inst::Fail);
                    self.part(at + 4, until + 1, depth)?;
                    self.out[i] = Inst::Possessive { min, max, next: self.here() };
                    until + 1
                }
                _ => return Err(Invalid),
            };
        }
        Ok(at)
    }
    /// A part that ends with SUCCESS exactly at `end`.
    fn part(&mut self, at: usize, end: usize, depth: u32) -> Compiled<()> {
        if end > self.src.len() || self.sequence(at, end, depth + 1)? != end || !matches!(self.out.last(), Some(Inst::Match)) {
            return Err(Invalid);
        }
        Ok(())
    }
    fn branch(&mut self, at: usize, end: usize, depth: u32) -> Compiled<usize> {
        let (mut at, mut jumps, mut last) = (at, vec![], end);
        while self.word(at)? != 0 {
            let next = self.target(at, end)?;
            // Each alternative ends with JUMP and its skip.
            if next < at + 3 || self.word(next - 2)? != 15 {
                return Err(Invalid);
            }
            last = self.target(next - 1, end)?;
            let more = self.word(next)? != 0;
            let split = self.out.len();
            if more {
                self.out.push(Inst::Fail);
            }
            if self.sequence(at + 1, next - 2, depth + 1)? != next - 2 {
                return Err(Invalid);
            }
            jumps.push(self.out.len());
            self.out.push(Inst::Fail);
            if more {
                self.out[split] = Inst::Split(self.here());
            }
            at = next;
        }
        if jumps.is_empty() || at + 1 != last {
            return Err(Invalid);
        }
        let here = self.here();
        for j in jumps {
            self.out[j] = Inst::Jump(here);
        }
        Ok(at + 1)
    }
    fn conditional(&mut self, at: usize, end: usize, depth: u32) -> Compiled<usize> {
        let group = self.group(at + 1)?;
        let no = (at + 1).checked_add(self.word(at + 2)? as usize).filter(|n| *n <= end && *n >= at + 3).ok_or(Invalid)?;
        let i = self.out.len();
        self.out.push(Inst::Fail);
        // With an alternative, the first part ends with a JUMP over it.
        let jump = no >= at + 5 && self.word(no - 2)? == 15 && {
            let to = (no - 1).checked_add(self.word(no - 1)? as usize).ok_or(Invalid)?;
            to <= end && to >= no && self.is_boundary(at + 3, no - 2)
        };
        if !jump {
            if self.sequence(at + 3, no, depth + 1)? != no {
                return Err(Invalid);
            }
            self.out[i] = Inst::GroupExists { group, no: self.here() };
            return Ok(no);
        }
        let after = self.target(no - 1, end)?;
        if self.sequence(at + 3, no - 2, depth + 1)? != no - 2 {
            return Err(Invalid);
        }
        let j = self.out.len();
        self.out.push(Inst::Fail);
        self.out[i] = Inst::GroupExists { group, no: self.here() };
        if self.sequence(no, after, depth + 1)? != after {
            return Err(Invalid);
        }
        self.out[j] = Inst::Jump(self.here());
        Ok(after)
    }
    /// Does an instruction of the sequence from `at` begin at `end`? (A literal may look like a JUMP.)
    fn is_boundary(&self, at: usize, end: usize) -> bool {
        let mut at = at;
        while at < end {
            let Ok(op) = self.word(at) else { return false };
            let skip = |k: usize| self.target(at + k, self.src.len());
            let next = match op {
                0..=3 => Ok(at + 1),
                4 | 5 | 13 | 14 | 24 | 26 | 27 | 29 | 31 | 35 | 39 => skip(1),
                28 | 23 => skip(1).map(|n| n + 1),
                6 | 8 | 11 | 16 | 17 | 20 | 30 | 32 | 33 | 34 | 36 | 37 | 38 | 40 | 41 => Ok(at + 2),
                12 => match self.word(at + 2) {
                    Ok(n) => Ok(at + 1 + n as usize),
                    Err(e) => Err(e),
                },
                15 => Ok(at + 2),
                7 => {
                    let mut k = at + 1;
                    loop {
                        match self.word(k) {
                            Ok(0) => break Ok(k + 1),
                            Ok(n) => k += n as usize,
                            Err(e) => break Err(e),
                        }
                    }
                }
                _ => return false,
            };
            match next {
                Ok(n) if n > at => at = n,
                _ => return false,
            }
        }
        at == end
    }
    fn repeat(&mut self, at: usize, end: usize, depth: u32) -> Compiled<usize> {
        let until = self.target(at + 1, end)?;
        let (min, max) = (self.word(at + 2)?, self.word(at + 3)?);
        if min > max {
            return Err(Invalid);
        }
        let slot = self.loops;
        self.loops += 1;
        self.out.push(Inst::Loop(slot));
        let jump = self.out.len();
        self.out.push(Inst::Fail);
        let body = self.here();
        if self.sequence(at + 4, until, depth + 1)? != until {
            return Err(Invalid);
        }
        self.out[jump] = Inst::Jump(self.here());
        self.out.push(match self.word(until)? {
            18 => Inst::MaxUntil { slot, min, max, body },
            19 => Inst::MinUntil { slot, min, max, body },
            _ => return Err(Invalid),
        });
        Ok(until + 1)
    }
}
