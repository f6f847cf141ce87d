//! The machine that matches: it goes on until something fails, then takes up the last choice that it left
//! behind. Choices and the values to be put back lie on its own stacks, so that neither long texts nor
//! deep nesting use the native one.

use super::charset::{Fold, Single, ascii_word, unicode_word};
use super::program::{Greed, Inst, Program, Start, UNLIMITED};
use crate::prelude::*;
use taipan_objects::unicode::wtf8;

/// A value that is not set.
pub const UNSET: usize = usize::MAX;

/// How the characters of a text lie in its bytes.
pub trait Chars: Copy {
    const WIDE: bool;
    fn bytes(&self) -> &[u8];
    /// The character at a place below the end, and its width.
    fn at(&self, i: usize) -> (u32, usize);
    /// The character before a place above the start.
    fn before(&self, i: usize) -> (u32, usize);
}

/// A byte is a character: bytes and ASCII text.
#[derive(Clone, Copy)]
pub struct Narrow<'a>(pub &'a [u8]);

/// Generalised UTF-8.
#[derive(Clone, Copy)]
pub struct Wide<'a>(pub &'a [u8]);

impl Chars for Narrow<'_> {
    const WIDE: bool = false;
    #[inline(always)]
    fn bytes(&self) -> &[u8] {
        self.0
    }
    #[inline(always)]
    fn at(&self, i: usize) -> (u32, usize) {
        (self.0[i] as u32, 1)
    }
    #[inline(always)]
    fn before(&self, i: usize) -> (u32, usize) {
        (self.0[i - 1] as u32, 1)
    }
}

impl Chars for Wide<'_> {
    const WIDE: bool = true;
    #[inline(always)]
    fn bytes(&self) -> &[u8] {
        self.0
    }
    #[inline(always)]
    fn at(&self, i: usize) -> (u32, usize) {
        wtf8::decode_at(self.0, i)
    }
    #[inline(always)]
    fn before(&self, i: usize) -> (u32, usize) {
        wtf8::decode_before(self.0, i)
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// Go on at `pc`.
    Resume,
    /// A greedy repeat of one character gives one back; `aux`: where it must stop.
    Give,
    /// A lazy one takes one more; `aux`: how many it may.
    Take,
    /// A lazy loop runs its body once more.
    Body,
    /// The bottom of an inner run.
    Wall,
}

#[derive(Clone, Copy)]
struct Choice {
    kind: Kind,
    pc: u32,
    pos: usize,
    log: usize,
    aux: usize,
}

/// What is wanted of a match.
#[derive(Clone, Copy)]
pub struct Wanted {
    pub start: usize,
    pub end: usize,
    /// To the end of the text.
    pub full: bool,
    /// Not empty at `start`.
    pub must_advance: bool,
}

pub struct Machine<'a, T> {
    ts: &'a ThreadState,
    prog: &'a Program,
    text: T,
    end: usize,
    full: bool,
    /// An empty match at this place does not count.
    not_empty_at: usize,
    /// Marks, the last group, and the counters and places of loops.
    pub regs: Vec<usize>,
    stack: Vec<Choice>,
    log: Vec<(u32, usize)>,
    steps: u32,
}

/// A machine's stacks.
#[derive(Default)]
pub struct Buffers {
    regs: Vec<usize>,
    stack: Vec<Choice>,
    log: Vec<(u32, usize)>,
}

/// Stacks that grew beyond this are not kept.
const MOST_KEPT: usize = 1000;

impl<T> Drop for Machine<'_, T> {
    fn drop(&mut self) {
        if self.stack.capacity() > MOST_KEPT || self.log.capacity() > MOST_KEPT {
            return;
        }
        let take = |m: &mut Self| Buffers { regs: std::mem::take(&mut m.regs), stack: std::mem::take(&mut m.stack), log: std::mem::take(&mut m.log) };
        let buffers = take(self);
        drop(self.prog.spare.replace(Some(buffers)));
    }
}

type Found = Result<Option<usize>>;

impl<'a, T: Chars> Machine<'a, T> {
    pub fn new(ts: &'a ThreadState, prog: &'a Program, text: T) -> Self {
        let n = 2 * prog.groups as usize + 1 + 2 * prog.loops as usize;
        let mut b = prog.spare.take().unwrap_or_default();
        b.regs.clear();
        b.regs.resize(n, UNSET);
        b.stack.clear();
        b.log.clear();
        Machine {
            ts,
            prog,
            text,
            end: 0,
            full: false,
            not_empty_at: UNSET,
            regs: b.regs,
            stack: b.stack,
            log: b.log,
            steps: 0,
        }
    }
    fn last_group(&self) -> usize {
        2 * self.prog.groups as usize
    }
    /// The number of the group that matched last.
    pub fn lastindex(&self) -> usize {
        self.regs[self.last_group()]
    }
    fn counter(&self, slot: u32) -> usize {
        self.last_group() + 1 + 2 * slot as usize
    }
    #[inline(always)]
    fn set(&mut self, reg: usize, value: usize) {
        if !self.stack.is_empty() {
            self.log.push((reg as u32, self.regs[reg]));
        }
        self.regs[reg] = value;
    }
    fn unwind(&mut self, to: usize) {
        while self.log.len() > to {
            if let Some((reg, old)) = self.log.pop() {
                self.regs[reg as usize] = old;
            }
        }
    }
    #[inline(always)]
    fn push(&mut self, kind: Kind, pc: usize, pos: usize, aux: usize) {
        self.stack.push(Choice { kind, pc: pc as u32, pos, log: self.log.len(), aux });
    }
    fn fresh(&mut self) {
        self.regs.fill(UNSET);
        self.stack.clear();
        self.log.clear();
    }

    /// Matches at `wanted.start`; gives the end.
    pub fn match_at(&mut self, w: Wanted) -> Found {
        self.end = w.end;
        self.full = w.full;
        self.not_empty_at = if w.must_advance { w.start } else { UNSET };
        if w.start > w.end || w.end - w.start < self.prog.min_width {
            return Ok(None);
        }
        self.fresh();
        self.run(0, w.start, true)
    }
    /// Looks for the first match from `wanted.start` on; gives start and end.
    pub fn search(&mut self, w: Wanted) -> Result<Option<(usize, usize)>> {
        self.end = w.end;
        self.full = false;
        self.not_empty_at = if w.must_advance { w.start } else { UNSET };
        if w.start > w.end {
            return Ok(None);
        }
        let prog = self.prog;
        let mut at = w.start;
        match &prog.start {
            Start::Text(finder) => loop {
                let text = self.text;
                let Some(i) = finder.find(&text.bytes()[at..self.end]) else { return Ok(None) };
                at += i;
                if let Some(end) = self.attempt(at)? {
                    return Ok(Some((at, end)));
                }
                at += self.text.at(at).1;
            },
            Start::Set(set) => {
                while at < self.end {
                    let b = self.text.bytes()[at];
                    if b < 128 && !set.has_byte(b) {
                        at += 1;
                        continue;
                    }
                    let (ch, n) = self.text.at(at);
                    if set.has(ch)
                        && let Some(end) = self.attempt(at)?
                    {
                        return Ok(Some((at, end)));
                    }
                    at += n;
                }
                Ok(None)
            }
            Start::Anything => loop {
                if self.end - at < prog.min_width {
                    return Ok(None);
                }
                if let Some(end) = self.attempt(at)? {
                    return Ok(Some((at, end)));
                }
                if at >= self.end || matches!(prog.code.first(), Some(Inst::At(0 | 2))) {
                    return Ok(None);
                }
                at += self.text.at(at).1;
                // Most positions fail at the first character.
                if let Some(Inst::One(one)) = prog.code.first() {
                    while at < self.end {
                        let (ch, n) = self.text.at(at);
                        if one.test(ch) {
                            break;
                        }
                        at += n;
                    }
                }
            },
        }
    }
    #[inline]
    fn attempt(&mut self, at: usize) -> Found {
        self.fresh();
        self.run(0, at, true)
    }
    /// Where the run of characters that `one` takes ends, `max` at most; and how many they are.
    fn span(&self, one: &Single, pos: usize, max: u32) -> (usize, u32) {
        let bytes = &self.text.bytes()[..self.end];
        if !T::WIDE {
            let most = if max == UNLIMITED { bytes.len() } else { bytes.len().min(pos.saturating_add(max as usize)) };
            let part = &bytes[pos..most];
            let n = match one {
                Single::AnyAll => part.len(),
                Single::Any => memchr::memchr(b'\n', part).unwrap_or(part.len()),
                Single::NotChar(c) if *c < 256 => memchr::memchr(*c as u8, part).unwrap_or(part.len()),
                Single::Set(s) => part.iter().position(|b| !s.has_byte(*b)).unwrap_or(part.len()),
                one => part.iter().position(|b| !one.test(*b as u32)).unwrap_or(part.len()),
            };
            return (pos + n, n as u32);
        }
        let (mut at, mut n) = (pos, 0);
        if max == UNLIMITED {
            // Ends that a search for bytes finds; counting comes after.
            let end = match one {
                Single::AnyAll => Some(bytes.len()),
                Single::Any => Some(memchr::memchr(b'\n', &bytes[pos..]).map_or(bytes.len(), |i| pos + i)),
                _ => None,
            };
            if let Some(end) = end {
                return (end, UNLIMITED);
            }
        }
        if let Single::Set(set) = one {
            while at < bytes.len() && n < max {
                let b = bytes[at];
                let w = if b < 128 {
                    if !set.has_byte(b) {
                        break;
                    }
                    1
                } else {
                    let (ch, w) = self.text.at(at);
                    if !set.has(ch) {
                        break;
                    }
                    w
                };
                at += w;
                n += 1;
            }
            return (at, n);
        }
        while at < self.end && n < max {
            let (ch, w) = self.text.at(at);
            if !one.test(ch) {
                break;
            }
            at += w;
            n += 1;
        }
        (at, n)
    }
    fn is_word(&self, kind: u32, ch: u32) -> bool {
        if kind >= 10 { unicode_word(ch) } else { ascii_word(ch) }
    }
    fn boundary(&self, kind: u32, pos: usize) -> bool {
        let before = pos > 0 && self.is_word(kind, self.text.before(pos).0);
        let after = pos < self.end && self.is_word(kind, self.text.at(pos).0);
        before != after
    }
    fn at(&self, kind: u32, pos: usize) -> bool {
        let newline_before = |p: usize| self.text.bytes()[p - 1] == b'\n';
        let newline_at = |p: usize| self.text.bytes()[p] == b'\n';
        match kind {
            0 | 2 => pos == 0,
            1 => pos == 0 || newline_before(pos),
            3 | 8 | 10 => self.end > 0 && self.boundary(kind, pos),
            4 | 9 | 11 => !(self.end > 0 && self.boundary(kind, pos)),
            5 => pos == self.end || (pos + 1 == self.end && newline_at(pos)),
            6 => pos == self.end || newline_at(pos),
            _ => pos == self.end,
        }
    }
    /// Where the text of a group, found again at `pos`, ends.
    fn group_again(&self, group: u32, fold: Option<Fold>, pos: usize) -> Option<usize> {
        let (a, b) = (self.regs[2 * group as usize], self.regs[2 * group as usize + 1]);
        if a == UNSET || b == UNSET || b < a {
            return None;
        }
        let bytes = self.text.bytes();
        let Some(fold) = fold else {
            let n = b - a;
            return (n <= self.end - pos && bytes[a..b] == bytes[pos..pos + n]).then_some(pos + n);
        };
        let (mut i, mut j) = (a, pos);
        while i < b {
            if j >= self.end {
                return None;
            }
            let ((x, n), (y, m)) = (self.text.at(i), self.text.at(j));
            if x != y && fold.lower(x) != fold.lower(y) {
                return None;
            }
            i += n;
            j += m;
        }
        Some(j)
    }
    /// Runs what stands between here and its `Match` for itself: afterwards no choice of it is left.
    fn inner(&mut self, pc: usize, pos: usize) -> Found {
        self.ts.recursion_guard(" in regular expression")?;
        let (floor, log) = (self.stack.len(), self.log.len());
        self.push(Kind::Wall, 0, 0, 0);
        let r = self.run(pc, pos, false);
        if r == Ok(None) {
            self.unwind(log);
        }
        self.stack.truncate(floor);
        r
    }
    fn interrupted(&mut self) -> Result<()> {
        self.steps = 0;
        self.ts.check_signals()
    }

    fn run(&mut self, pc: usize, pos: usize, top: bool) -> Found {
        let prog = self.prog;
        let base = self.stack.len();
        let (mut pc, mut pos) = (pc, pos);
        loop {
            let ok = match &prog.code[pc] {
                Inst::Text(t) => {
                    let bytes = &self.text.bytes()[pos..self.end];
                    let hit = bytes.first() == Some(&t[0]) && bytes.starts_with(t);
                    if hit {
                        pos += t.len();
                        pc += 1;
                    }
                    hit
                }
                Inst::One(one) => {
                    if pos < self.end {
                        let (ch, n) = self.text.at(pos);
                        let hit = one.test(ch);
                        if hit {
                            pos += n;
                            pc += 1;
                        }
                        hit
                    } else {
                        false
                    }
                }
                Inst::Match => {
                    if !top || ((!self.full || pos == self.end) && pos != self.not_empty_at) {
                        return Ok(Some(pos));
                    }
                    false
                }
                Inst::Fail => false,
                Inst::Jump(to) => {
                    pc = *to as usize;
                    true
                }
                Inst::Mark(m) => {
                    let m = *m as usize;
                    self.set(m, pos);
                    if m & 1 == 1 {
                        let last = self.last_group();
                        self.set(last, m / 2 + 1);
                    }
                    pc += 1;
                    true
                }
                Inst::At(kind) => {
                    pc += 1;
                    self.at(*kind, pos)
                }
                Inst::Split(other) => {
                    // An alternative that cannot begin here is not worth coming back from.
                    let possible = match &prog.code[pc + 1] {
                        Inst::Text(t) => pos < self.end && self.text.bytes()[pos] == t[0],
                        Inst::One(one) => pos < self.end && one.test(self.text.at(pos).0),
                        _ => true,
                    };
                    if possible {
                        self.push(Kind::Resume, *other as usize, pos, 0);
                        pc += 1;
                    } else {
                        pc = *other as usize;
                    }
                    true
                }
                Inst::RepeatOne { one, min, max, greed } => match greed {
                    Greed::Lazy => {
                        let (to, n) = self.span(one, pos, *min);
                        if *min == 0 || n == *min {
                            pos = if *min == 0 { pos } else { to };
                            if max > min {
                                let more = if *max == UNLIMITED { UNSET } else { (*max - *min) as usize };
                                self.push(Kind::Take, pc, pos, more);
                            }
                            pc += 1;
                            true
                        } else {
                            false
                        }
                    }
                    _ => {
                        let (to, n) = self.span(one, pos, *max);
                        let (mut least, mut enough) = (pos, n >= *min);
                        if *min > 0 && enough {
                            if T::WIDE {
                                for _ in 0..*min {
                                    if least >= to {
                                        enough = false;
                                        break;
                                    }
                                    least += self.text.at(least).1;
                                }
                            } else {
                                least += *min as usize;
                            }
                        }
                        if enough {
                            if to > least && *greed == Greed::Greedy {
                                self.push(Kind::Give, pc, to, least);
                            }
                            pos = to;
                            pc += 1;
                        }
                        enough
                    }
                },
                Inst::Loop(slot) => {
                    let c = self.counter(*slot);
                    self.set(c, 0);
                    self.set(c + 1, UNSET);
                    pc += 1;
                    true
                }
                Inst::MaxUntil { slot, min, max, body } => {
                    let c = self.counter(*slot);
                    let count = self.regs[c];
                    if count < *min as usize {
                        self.set(c, count + 1);
                        self.set(c + 1, pos);
                        pc = *body as usize;
                    } else if (*max == UNLIMITED || count < *max as usize) && self.regs[c + 1] != pos {
                        self.push(Kind::Resume, pc + 1, pos, 0);
                        self.set(c, count + 1);
                        self.set(c + 1, pos);
                        pc = *body as usize;
                    } else {
                        pc += 1;
                    }
                    true
                }
                Inst::MinUntil { slot, min, body, .. } => {
                    let c = self.counter(*slot);
                    let count = self.regs[c];
                    if count < *min as usize {
                        self.set(c, count + 1);
                        self.set(c + 1, pos);
                        pc = *body as usize;
                    } else {
                        self.push(Kind::Body, pc, pos, 0);
                        pc += 1;
                    }
                    true
                }
                Inst::Possessive { min, max, next } => {
                    let (mut count, mut ok) = (0u32, true);
                    while *max == UNLIMITED || count < *max {
                        match self.inner(pc + 1, pos)? {
                            // An empty round more would change nothing.
                            Some(to) if to == pos && count >= *min => break,
                            Some(to) => pos = to,
                            None => {
                                ok = count >= *min;
                                break;
                            }
                        }
                        count += 1;
                    }
                    pc = *next as usize;
                    ok
                }
                Inst::Atomic { next } => match self.inner(pc + 1, pos)? {
                    Some(to) => {
                        pos = to;
                        pc = *next as usize;
                        true
                    }
                    None => false,
                },
                Inst::Assert { back, negate, next } => {
                    let from = self.step_back(pos, *back);
                    let log = self.log.len();
                    let found = match from {
                        // Inside, the match may end anywhere and be empty.
                        Some(from) => self.inner(pc + 1, from)?.is_some(),
                        None => false,
                    };
                    if *negate && found {
                        self.unwind(log);
                    }
                    pc = *next as usize;
                    found != *negate
                }
                Inst::GroupRef { group, fold } => match self.group_again(*group, *fold, pos) {
                    Some(to) => {
                        pos = to;
                        pc += 1;
                        true
                    }
                    None => false,
                },
                Inst::GroupExists { group, no } => {
                    let set = self.regs[2 * *group as usize] != UNSET && self.regs[2 * *group as usize + 1] != UNSET;
                    pc = if set { pc + 1 } else { *no as usize };
                    true
                }
            };
            if ok {
                continue;
            }
            // Back to the last choice.
            self.steps += 1;
            if self.steps > 1 << 16 {
                self.interrupted()?;
            }
            loop {
                if self.stack.len() == base {
                    return Ok(None);
                }
                let i = self.stack.len() - 1;
                let c = self.stack[i];
                self.unwind(c.log);
                match c.kind {
                    Kind::Resume => {
                        self.stack.pop();
                        (pc, pos) = (c.pc as usize, c.pos);
                        break;
                    }
                    Kind::Give => {
                        let mut at = c.pos;
                        let next = &prog.code[c.pc as usize + 1];
                        let mut found = false;
                        if let Inst::Text(t) = next {
                            // The first byte of a character: what is found is the start of one.
                            let i = memchr::memrchr(t[0], &self.text.bytes()[c.aux..at]);
                            at = i.map_or(c.aux, |i| c.aux + i);
                            found = i.is_some();
                        }
                        while !found && at > c.aux {
                            at -= if T::WIDE { self.text.before(at).1 } else { 1 };
                            // What follows must be able to begin here.
                            let fits = match next {
                                Inst::Text(t) => at < self.end && self.text.bytes()[at] == t[0],
                                Inst::One(one) => at < self.end && one.test(self.text.at(at).0),
                                _ => true,
                            };
                            if fits {
                                found = true;
                                break;
                            }
                        }
                        if at > c.aux {
                            self.stack[i].pos = at;
                        } else {
                            self.stack.pop();
                        }
                        if found {
                            (pc, pos) = (c.pc as usize + 1, at);
                            break;
                        }
                    }
                    Kind::Take => {
                        let Inst::RepeatOne { one, .. } = &prog.code[c.pc as usize] else {
                            self.stack.pop();
                            continue;
                        };
                        let next = &prog.code[c.pc as usize + 1];
                        let (mut at, mut left, mut found) = (c.pos, c.aux, false);
                        while left > 0 && at < self.end {
                            let (ch, n) = self.text.at(at);
                            if !one.test(ch) {
                                break;
                            }
                            at += n;
                            if left != UNSET {
                                left -= 1;
                            }
                            let fits = match next {
                                Inst::Text(t) => at < self.end && self.text.bytes()[at] == t[0],
                                _ => true,
                            };
                            if fits {
                                found = true;
                                break;
                            }
                        }
                        if !found {
                            self.stack.pop();
                            continue;
                        }
                        self.stack[i].pos = at;
                        self.stack[i].aux = left;
                        (pc, pos) = (c.pc as usize + 1, at);
                        break;
                    }
                    Kind::Body => {
                        self.stack.pop();
                        let Inst::MinUntil { slot, max, body, .. } = &prog.code[c.pc as usize] else { continue };
                        let r = self.counter(*slot);
                        let count = self.regs[r];
                        if (*max != UNLIMITED && count >= *max as usize) || self.regs[r + 1] == c.pos {
                            continue;
                        }
                        self.set(r, count + 1);
                        self.set(r + 1, c.pos);
                        (pc, pos) = (*body as usize, c.pos);
                        break;
                    }
                    Kind::Wall => return Ok(None),
                }
            }
        }
    }
    fn step_back(&self, pos: usize, chars: u32) -> Option<usize> {
        if !T::WIDE {
            return pos.checked_sub(chars as usize);
        }
        let mut at = pos;
        for _ in 0..chars {
            if at == 0 {
                return None;
            }
            at -= self.text.before(at).1;
        }
        Some(at)
    }
}
