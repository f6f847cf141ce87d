//! `re.Match`.

use super::machine::UNSET;
use super::pattern::{Pattern, this as pattern_of};
use super::replace;
use super::subject::{Matcher, Subject, slice};
use crate::prelude::*;
use smallvec::SmallVec;

pub struct Match {
    pub string: Value,
    pub pattern: Value,
    /// Byte offsets: start and end of each group, of group 0 first.
    spans: SmallVec<[usize; 6]>,
    pos: usize,
    endpos: usize,
    lastindex: Option<usize>,
    regs: GilCell<Option<Value>>,
}
payload!(Match, container, traverse = |s, visit| {
    visit(&s.string);
    visit(&s.pattern);
    s.regs.read(|r| r.iter().for_each(visit));
});

pub fn new(ts: &ThreadState, pattern: &Value, subject: &Subject, m: &Matcher<'_>, span: (usize, usize), pos: usize, endpos: usize) -> Value {
    let groups = pattern.downcast::<Pattern>().map_or(0, |p| p.groups);
    let mut spans = SmallVec::with_capacity(2 + 2 * groups);
    spans.push(span.0);
    spans.push(span.1);
    for g in 1..=groups {
        let (a, b) = m.group(g).unwrap_or((UNSET, UNSET));
        spans.push(a);
        spans.push(b);
    }
    let lastindex = Some(m.lastindex()).filter(|&i| i != UNSET);
    let m = Match {
        string: subject.object.clone(),
        pattern: pattern.clone(),
        spans,
        pos,
        endpos,
        lastindex,
        regs: GilCell::new(None),
    };
    heap::new(ts, m).into_value()
}

impl Match {
    fn pattern(&self, ts: &ThreadState) -> Result<&Pattern> {
        pattern_of(ts, &self.pattern)
    }
    fn number(&self, ts: &ThreadState, v: &Value) -> Result<usize> {
        if let Some(n) = v.as_small_int()
            && n >= 0
            && (n as usize) < self.spans.len() / 2
        {
            return Ok(n as usize);
        }
        match self.pattern(ts)?.group_number(ts, v)? {
            Some(n) => Ok(n),
            None => Err(ts.index_error("no such group")),
        }
    }
    /// The byte range of a group.
    pub fn span(&self, g: usize) -> Option<(usize, usize)> {
        let (a, b) = (self.spans[2 * g], self.spans[2 * g + 1]);
        if a == UNSET { None } else { Some((a, b)) }
    }
    /// A byte offset as an index of characters.
    fn index(&self, offset: usize) -> i64 {
        match self.string.downcast::<Str>() {
            Some(s) => s.index_of(offset) as i64,
            None => offset as i64,
        }
    }
    /// As characters, -1 for a group that has not matched.
    fn char_span(&self, g: usize) -> (i64, i64) {
        match self.span(g) {
            None => (-1, -1),
            Some((a, b)) => (self.index(a), self.index(b)),
        }
    }
    fn text(&self, ts: &ThreadState, (a, b): (usize, usize)) -> Result {
        if let Some(s) = self.string.downcast::<Str>() {
            return Ok(slice(ts, &self.string, s.bytes(), a, b));
        }
        let loan = readable(ts, &self.string)?;
        Ok(slice(ts, &self.string, loan.as_bytes(), a, b))
    }
    pub fn group_or(&self, ts: &ThreadState, g: usize, default: &Value) -> Result {
        match self.span(g) {
            Some(span) => self.text(ts, span),
            None => Ok(default.clone()),
        }
    }
    fn group_by(&self, ts: &ThreadState, v: &Value) -> Result {
        let g = self.number(ts, v)?;
        self.group_or(ts, g, &Value::none())
    }
    fn span_value(&self, ts: &ThreadState, g: usize) -> Value {
        let (a, b) = self.char_span(g);
        tuple(ts, vec![int_value(ts, a), int_value(ts, b)])
    }
}

/// The result of re.match() and re.search().
/// Match objects always have a boolean value of True.
#[class(name = "Match", module = "re", final, no_new)]
impl Match {
    /// Return one or more subgroups of the match.
    ///
    /// For 0 returns the entire match.
    #[method("group($self, *args)", no_signature)]
    fn group(&self, ts: &ThreadState, args: &[Value]) -> Result {
        match args {
            [] => self.group_or(ts, 0, &Value::none()),
            [one] => self.group_by(ts, one),
            many => Ok(tuple(ts, many.iter().map(|v| self.group_by(ts, v)).collect::<Result<_>>()?)),
        }
    }
    /// Return index of the start of the substring matched by group.
    #[method("start($self, group=0, /)")]
    fn start(&self, ts: &ThreadState, group: &Value) -> Result<i64> {
        Ok(self.span(self.number(ts, group)?).map_or(-1, |s| self.index(s.0)))
    }
    /// Return index of the end of the substring matched by group.
    #[method("end($self, group=0, /)")]
    fn end(&self, ts: &ThreadState, group: &Value) -> Result<i64> {
        Ok(self.span(self.number(ts, group)?).map_or(-1, |s| self.index(s.1)))
    }
    /// For match object m, return the 2-tuple (m.start(group), m.end(group)).
    #[method("span($self, group=0, /)")]
    fn span_(&self, ts: &ThreadState, group: &Value) -> Result {
        Ok(self.span_value(ts, self.number(ts, group)?))
    }
    /// Return a tuple containing all the subgroups of the match, from 1.
    ///
    ///   default
    ///     Is used for groups that did not participate in the match.
    #[method("groups($self, /, default=None)")]
    fn groups(&self, ts: &ThreadState, default: Value) -> Result {
        let all = (1..self.spans.len() / 2).map(|g| self.group_or(ts, g, &default)).collect::<Result<_>>()?;
        Ok(tuple(ts, all))
    }
    /// Return a dictionary containing all the named subgroups of the match, keyed by the subgroup name.
    ///
    ///   default
    ///     Is used for groups that did not participate in the match.
    #[method("groupdict($self, /, default=None)")]
    fn groupdict(&self, ts: &ThreadState, default: Value) -> Result {
        let d = Dict::new(ts);
        for (name, i) in self.pattern(ts)?.groupindex.items(ts) {
            let v = match to_i64(&i) {
                Some(g) if g >= 0 && (g as usize) < self.spans.len() / 2 => self.group_or(ts, g as usize, &default)?,
                _ => default.clone(),
            };
            d.set(ts, &name, v)?;
        }
        Ok(d.into_value())
    }
    /// Return the string obtained by doing backslash substitution on the string template, as done by the sub() method.
    #[method("expand($self, /, template)")]
    fn expand(&self, ts: &ThreadState, template: &Value) -> Result {
        replace::expand(ts, self, template)
    }
    #[method("__copy__($self, /)")]
    fn copy(slf: &Value) -> Value {
        slf.clone()
    }
    #[method("__deepcopy__($self, memo, /)")]
    fn deepcopy(slf: &Value, memo: &Value) -> Value {
        let _ = memo;
        slf.clone()
    }
    /// See PEP 585
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(cls: &Value, ts: &ThreadState, object: &Value) -> Result {
        generic_alias(ts, cls, object)
    }
    #[slot(getitem)]
    fn getitem(&self, ts: &ThreadState, key: &Value) -> Result {
        self.group_by(ts, key)
    }
    #[slot(repr)]
    fn repr(&self, ts: &ThreadState) -> Result {
        let (a, b) = self.char_span(0);
        let shown = protocol::repr(ts, &self.group_or(ts, 0, &Value::none())?)?;
        let mut out = format!("<re.Match object; span=({a}, {b}), match=").into_bytes();
        shown.code_points().take(50).for_each(|c| taipan_objects::unicode::wtf8::push(&mut out, c));
        out.push(b'>');
        Ok(Str::from_wtf8(ts, &out).into_value())
    }
    /// The string passed to match() or search().
    #[getter("string", member)]
    fn get_string(&self) -> Value {
        self.string.clone()
    }
    /// The regular expression object.
    #[getter("re", member)]
    fn get_re(&self) -> Value {
        self.pattern.clone()
    }
    /// The index into the string at which the RE engine started looking for a match.
    #[getter("pos", member)]
    fn get_pos(&self) -> usize {
        self.pos
    }
    /// The index into the string beyond which the RE engine will not go.
    #[getter("endpos", member)]
    fn get_endpos(&self) -> usize {
        self.endpos
    }
    /// The integer index of the last matched capturing group.
    #[getter("lastindex")]
    fn get_lastindex(&self) -> Option<usize> {
        self.lastindex
    }
    /// The name of the last matched capturing group.
    #[getter("lastgroup")]
    fn get_lastgroup(&self, ts: &ThreadState) -> Result<Option<Value>> {
        let p = self.pattern(ts)?;
        Ok(self.lastindex.and_then(|i| p.indexgroup.downcast::<Tuple>().and_then(|t| t.get(i).cloned())))
    }
    #[getter("regs")]
    fn get_regs(&self, ts: &ThreadState) -> Value {
        if let Some(v) = self.regs.get() {
            return v;
        }
        let v = tuple(ts, (0..self.spans.len() / 2).map(|g| self.span_value(ts, g)).collect());
        self.regs.set(Some(v.clone()));
        v
    }
}
