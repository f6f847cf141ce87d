//! The scanner of a pattern: one match after the other, searched for or in place.

use super::machine::Wanted;
use super::matched;
use super::pattern::this;
use super::subject::Subject;
use crate::prelude::*;
use std::cell::Cell;

pub struct Scanner {
    pattern: Value,
    subject: Subject,
    /// Where to go on; `None` when there is nothing more.
    at: Cell<Option<usize>>,
    end: usize,
    pos: usize,
    endpos: usize,
    must_advance: Cell<bool>,
    busy: Cell<bool>,
}
payload!(Scanner, container, traverse = |s, visit| {
    visit(&s.pattern);
    visit(&s.subject.object);
});

impl Scanner {
    pub fn make(ts: &ThreadState, pattern: &Value, string: &Value, pos: isize, endpos: isize) -> Result {
        let p = this(ts, pattern)?;
        let subject = Subject::new(ts, string, p.is_bytes)?;
        let (start, end, pos, endpos) = subject.range(pos, endpos);
        let s = Scanner {
            pattern: pattern.clone(),
            subject,
            at: Cell::new(Some(start)),
            end,
            pos,
            endpos,
            must_advance: Cell::new(false),
            busy: Cell::new(false),
        };
        Ok(heap::new(ts, s).into_value())
    }
    fn step(&self, ts: &ThreadState, search: bool) -> Result {
        let Some(start) = self.at.get() else { return Ok(Value::none()) };
        if self.busy.replace(true) {
            return Err(ts.value_error("regular expression scanner already executing"));
        }
        let r = self.find(ts, start, search);
        self.busy.set(false);
        r
    }
    fn find(&self, ts: &ThreadState, start: usize, search: bool) -> Result {
        let p = this(ts, &self.pattern)?;
        let mut m = self.subject.matcher(ts, &p.program);
        let w = Wanted { start, end: self.end, full: false, must_advance: self.must_advance.get() };
        let found = if search { m.search(w)? } else { m.match_at(w)?.map(|e| (start, e)) };
        match found {
            Some((a, b)) => {
                self.must_advance.set(a == b);
                self.at.set(Some(b));
                Ok(matched::new(ts, &self.pattern, &self.subject, &m, (a, b), self.pos, self.endpos))
            }
            None => {
                self.at.set(None);
                Ok(Value::none())
            }
        }
    }
}

#[class(name = "SRE_Scanner", module = "_sre", final, no_new)]
impl Scanner {
    #[method("match($self, /)")]
    fn match_(&self, ts: &ThreadState) -> Result {
        self.step(ts, false)
    }
    #[method("search($self, /)")]
    fn search(&self, ts: &ThreadState) -> Result {
        self.step(ts, true)
    }
    #[getter("pattern", member)]
    fn get_pattern(&self) -> Value {
        self.pattern.clone()
    }
}
