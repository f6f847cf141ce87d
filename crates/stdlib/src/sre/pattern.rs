//! `re.Pattern`.

use super::machine::Wanted;
use super::matched;
use super::program::Program;
use super::replace;
use super::scanner::Scanner;
use super::subject::{Matcher, Subject};
use crate::prelude::*;
use taipan_objects::mappingproxy::MappingProxy;

pub struct Pattern {
    pub pattern: Value,
    pub flags: i32,
    pub groups: usize,
    pub groupindex: Ref<Dict>,
    /// Names of groups by number.
    pub indexgroup: Value,
    /// What the pattern is for; unknown for those made without a text.
    pub is_bytes: Option<bool>,
    code: Vec<u32>,
    pub program: Program,
}
payload!(Pattern, container, traverse = |s, visit| {
    visit(&s.pattern);
    visit(s.groupindex.as_value());
    visit(&s.indexgroup);
});

pub fn new(ts: &ThreadState, pattern: &Value, flags: i32, code: &[Value], groups: isize, groupindex: &Dict, indexgroup: Value) -> Result {
    let invalid = || ts.runtime_error("invalid SRE code");
    let mut words = Vec::with_capacity(code.len());
    for v in code {
        let n = index_i64(ts, v)?;
        words.push(u32::try_from(n).map_err(|_| ts.overflow_error("regular expression code size limit exceeded"))?);
    }
    let is_bytes = if pattern.is_none() { None } else { Some(pattern.downcast::<Str>().is_none()) };
    let groups = usize::try_from(groups).map_err(|_| invalid())?;
    if groups > i32::MAX as usize / 2 || words.len() > u32::MAX as usize / 2 {
        return Err(invalid());
    }
    let program = Program::new(&words, groups as u32, is_bytes == Some(true)).map_err(|_| invalid())?;
    let p = Pattern {
        pattern: pattern.clone(),
        flags,
        groups,
        groupindex: groupindex.copy(ts),
        indexgroup,
        is_bytes,
        code: words,
        program,
    };
    Ok(heap::new(ts, p).into_value())
}

/// Which way a match is looked for.
#[derive(Clone, Copy, PartialEq)]
pub enum How {
    Match,
    Full,
    Search,
}

/// One match after the other.
pub struct Walk<'a> {
    matcher: Matcher<'a>,
    at: usize,
    end: usize,
    must_advance: bool,
    over: bool,
}

impl<'a> Walk<'a> {
    pub fn new(ts: &'a ThreadState, p: &'a Pattern, subject: &'a Subject, start: usize, end: usize) -> Walk<'a> {
        Walk { matcher: subject.matcher(ts, &p.program), at: start, end, must_advance: false, over: false }
    }
    pub fn next(&mut self) -> Result<Option<(usize, usize)>> {
        if self.over {
            return Ok(None);
        }
        let w = Wanted { start: self.at, end: self.end, full: false, must_advance: self.must_advance };
        match self.matcher.search(w)? {
            Some((a, b)) => {
                self.must_advance = a == b;
                self.at = b;
                Ok(Some((a, b)))
            }
            None => {
                self.over = true;
                Ok(None)
            }
        }
    }
    pub fn matcher(&self) -> &Matcher<'a> {
        &self.matcher
    }
}

impl Pattern {
    fn find(&self, slf: &Value, ts: &ThreadState, string: &Value, pos: isize, endpos: isize, how: How) -> Result {
        let subject = Subject::new(ts, string, self.is_bytes)?;
        let (start, end, pos, endpos) = subject.range(pos, endpos);
        let mut m = subject.matcher(ts, &self.program);
        let w = Wanted { start, end, full: how == How::Full, must_advance: false };
        let found = match how {
            How::Search => m.search(w)?,
            _ => m.match_at(w)?.map(|e| (start, e)),
        };
        match found {
            Some(span) => Ok(matched::new(ts, slf, &subject, &m, span, pos, endpos)),
            None => Ok(Value::none()),
        }
    }
    fn flags_text(&self) -> String {
        let mut flags = self.flags;
        // Text patterns are Unicode unless they say otherwise.
        if self.is_bytes != Some(true) && flags & (4 | 256 | 32) == 32 {
            flags &= !32;
        }
        let names = [
            (2, "re.IGNORECASE"),
            (4, "re.LOCALE"),
            (8, "re.MULTILINE"),
            (16, "re.DOTALL"),
            (32, "re.UNICODE"),
            (64, "re.VERBOSE"),
            (128, "re.DEBUG"),
            (256, "re.ASCII"),
        ];
        let mut parts = vec![];
        for (bit, name) in names {
            if flags & bit != 0 {
                parts.push(name.to_string());
                flags &= !bit;
            }
        }
        if flags != 0 {
            parts.push(format!("{flags:#x}"));
        }
        parts.join("|")
    }
    /// The number of the group that `v` names.
    pub fn group_number(&self, ts: &ThreadState, v: &Value) -> Result<Option<usize>> {
        let n = if has_int_form(ts, v)? {
            protocol::as_isize(ts, v).ok().map(|n| n as i64).or_else(|| {
                ts.clear_exception();
                None
            })
        } else {
            match self.groupindex.get(ts, v) {
                Ok(Some(i)) => to_i64(&i),
                Ok(None) => None,
                Err(_) => {
                    ts.clear_exception();
                    None
                }
            }
        };
        Ok(n.and_then(|n| usize::try_from(n).ok()).filter(|&n| n <= self.groups))
    }
}

pub fn this<'a>(ts: &ThreadState, v: &'a Value) -> Result<&'a Pattern> {
    v.downcast::<Pattern>().ok_or_else(|| ts.type_error("expected a pattern"))
}

/// Compiled regular expression object.
#[class(name = "Pattern", module = "re", final, no_new, weakref)]
impl Pattern {
    /// Matches zero or more characters at the beginning of the string.
    #[method("match($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn match_(slf: &Value, ts: &ThreadState, string: &Value, pos: isize, #[default(isize::MAX)] endpos: isize) -> Result {
        this(ts, slf)?.find(slf, ts, string, pos, endpos, How::Match)
    }
    /// Matches against all of the string.
    #[method("fullmatch($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn fullmatch(slf: &Value, ts: &ThreadState, string: &Value, pos: isize, #[default(isize::MAX)] endpos: isize) -> Result {
        this(ts, slf)?.find(slf, ts, string, pos, endpos, How::Full)
    }
    /// Scan through string looking for a match, and return a corresponding match object instance.
    ///
    /// Return None if no position in the string matches.
    #[method("search($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn search(slf: &Value, ts: &ThreadState, string: &Value, pos: isize, #[default(isize::MAX)] endpos: isize) -> Result {
        this(ts, slf)?.find(slf, ts, string, pos, endpos, How::Search)
    }
    /// Return a list of all non-overlapping matches of pattern in string.
    #[method("findall($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn findall(&self, ts: &ThreadState, string: &Value, pos: isize, #[default(isize::MAX)] endpos: isize) -> Result {
        let subject = Subject::new(ts, string, self.is_bytes)?;
        let (start, end, ..) = subject.range(pos, endpos);
        let mut walk = Walk::new(ts, self, &subject, start, end);
        let mut out = vec![];
        while let Some((a, b)) = walk.next()? {
            let m = walk.matcher();
            let group = |g: usize| match m.group(g) {
                Some((a, b)) => subject.slice(ts, a, b),
                None => subject.empty(ts),
            };
            out.push(match self.groups {
                0 => subject.slice(ts, a, b),
                1 => group(1),
                n => tuple(ts, (1..=n).map(group).collect()),
            });
        }
        Ok(list(ts, out))
    }
    /// Return an iterator over all non-overlapping matches for the RE pattern in string.
    ///
    /// For each match, the iterator returns a match object.
    #[method("finditer($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn finditer(slf: &Value, ts: &ThreadState, string: &Value, pos: isize, #[default(isize::MAX)] endpos: isize) -> Result {
        let scanner = Scanner::make(ts, slf, string, pos, endpos)?;
        let search = protocol::getattr_name(ts, &scanner, "search")?;
        let iter = taipan_objects::module::builtin_get(ts, "iter")?;
        protocol::call(ts, &iter, &[search, Value::none()])
    }
    #[method("scanner($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn scanner(slf: &Value, ts: &ThreadState, string: &Value, pos: isize, #[default(isize::MAX)] endpos: isize) -> Result {
        Scanner::make(ts, slf, string, pos, endpos)
    }
    /// Split string by the occurrences of pattern.
    #[method("split($self, /, string, maxsplit=0)")]
    fn split(&self, ts: &ThreadState, string: &Value, maxsplit: isize) -> Result {
        let subject = Subject::new(ts, string, self.is_bytes)?;
        let end = subject.bytes().len();
        let mut walk = Walk::new(ts, self, &subject, 0, end);
        let (mut out, mut last, mut n) = (vec![], 0, 0);
        while maxsplit <= 0 || n < maxsplit {
            let Some((a, b)) = walk.next()? else { break };
            out.push(subject.slice(ts, last, a));
            for g in 1..=self.groups {
                out.push(walk.matcher().group(g).map_or(Value::none(), |(a, b)| subject.slice(ts, a, b)));
            }
            n += 1;
            last = b;
        }
        out.push(subject.slice(ts, last, end));
        Ok(list(ts, out))
    }
    /// Return the string obtained by replacing the leftmost non-overlapping occurrences of pattern in string by the replacement repl.
    #[method("sub($self, /, repl, string, count=0)")]
    fn sub(slf: &Value, ts: &ThreadState, repl: &Value, string: &Value, count: isize) -> Result {
        Ok(replace::substitute(ts, slf, repl, string, count)?.0)
    }
    /// Return the tuple (new_string, number_of_subs_made) found by replacing the leftmost non-overlapping occurrences of pattern with the replacement repl.
    #[method("subn($self, /, repl, string, count=0)")]
    fn subn(slf: &Value, ts: &ThreadState, repl: &Value, string: &Value, count: isize) -> Result {
        let (text, n) = replace::substitute(ts, slf, repl, string, count)?;
        Ok(tuple(ts, vec![text, int_value(ts, n as i64)]))
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
    /// The pattern string from which the RE object was compiled.
    #[getter("pattern", member)]
    fn get_pattern(&self) -> Value {
        self.pattern.clone()
    }
    /// The regex matching flags.
    #[getter("flags", member)]
    fn get_flags(&self) -> i32 {
        self.flags
    }
    /// The number of capturing groups in the pattern.
    #[getter("groups", member)]
    fn get_groups(&self) -> usize {
        self.groups
    }
    /// A dictionary mapping group names to group numbers.
    #[getter]
    fn groupindex(&self, ts: &ThreadState) -> Value {
        MappingProxy::new(ts, self.groupindex.as_value().clone()).into_value()
    }
    #[slot(repr)]
    fn repr(&self, ts: &ThreadState) -> Result {
        let text = protocol::repr(ts, &self.pattern)?;
        let shown: Vec<u32> = text.code_points().take(200).collect();
        let mut out = b"re.compile(".to_vec();
        shown.iter().for_each(|&c| taipan_objects::unicode::wtf8::push(&mut out, c));
        let flags = self.flags_text();
        if !flags.is_empty() {
            out.extend_from_slice(format!(", {flags}").as_bytes());
        }
        out.push(b')');
        Ok(Str::from_wtf8(ts, &out).into_value())
    }
    #[slot(hash)]
    fn hash(&self, ts: &ThreadState) -> Result<i64> {
        // What it was made of tells the code, too.
        let n = protocol::hash(ts, &self.pattern)? ^ (self.flags as i64) << 8 ^ self.groups as i64;
        Ok(if n == -1 { -2 } else { n })
    }
    #[slot(richcompare)]
    fn richcompare(ts: &ThreadState, a: &Value, b: &Value, op: CmpOp) -> Result {
        let (Some(x), Some(y), CmpOp::Eq | CmpOp::Ne) = (a.downcast::<Pattern>(), b.downcast::<Pattern>(), op) else {
            return Ok(Value::not_implemented());
        };
        let same = a.is(b)
            || (x.flags == y.flags
                && x.is_bytes == y.is_bytes
                && x.groups == y.groups
                && x.code == y.code
                && protocol::eq(ts, &x.pattern, &y.pattern)?);
        Ok(Value::bool(same == (op == CmpOp::Eq)))
    }
}
