//! Replacing what was found: templates, sub, expand.

use super::matched::{self, Match};
use super::pattern::{Pattern, Walk, this};
use super::subject::Subject;
use crate::prelude::*;

/// A parsed replacement: a text, then groups, each with the text behind it.
pub struct Template {
    first: Value,
    items: Vec<(usize, Value)>,
}
payload!(Template, container, traverse = |s, visit| {
    visit(&s.first);
    s.items.iter().for_each(|i| visit(&i.1));
});

#[class(name = "SRE_Template", module = "_sre", final, no_new)]
impl Template {
    // Only `re` sees these objects.
}

pub fn new_template(ts: &ThreadState, pattern: &Value, parts: &[Value]) -> Result {
    let p = this(ts, pattern)?;
    let bad = || ts.type_error("invalid template");
    let Some((first, rest)) = parts.split_first() else { return Err(bad()) };
    if rest.len() % 2 != 0 {
        return Err(bad());
    }
    let mut items = vec![];
    for pair in rest.chunks_exact(2) {
        let n = index_i64(ts, &pair[0])?;
        let n = usize::try_from(n).ok().filter(|&n| n <= p.groups).ok_or_else(|| ts.index_error("invalid group reference"))?;
        items.push((n, pair[1].clone()));
    }
    Ok(heap::new(ts, Template { first: first.clone(), items }).into_value())
}

/// How a match is replaced.
enum Filter {
    Text(Value),
    Template(Value),
    Call(Value),
}

fn compile_template(ts: &ThreadState, pattern: &Value, template: &Value) -> Result {
    let re = taipan_objects::module::import(ts, "re")?;
    protocol::call_method(ts, &re, "_compile_template", &[pattern.clone(), template.clone()])
}

impl Filter {
    fn new(ts: &ThreadState, pattern: &Value, repl: &Value) -> Result<Filter> {
        if is_callable(ts, repl) {
            return Ok(Filter::Call(repl.clone()));
        }
        let plain = match (repl.downcast::<Str>(), repl.downcast::<Bytes>()) {
            (Some(s), _) => memchr::memchr(b'\\', s.bytes()).is_none(),
            (_, Some(b)) => memchr::memchr(b'\\', b.as_slice()).is_none(),
            _ => match maybe_readable(ts, repl)? {
                Some(b) => memchr::memchr(b'\\', b.as_bytes()).is_none(),
                None => false,
            },
        };
        if plain {
            return Ok(Filter::Text(repl.clone()));
        }
        let t = compile_template(ts, pattern, repl)?;
        match t.downcast::<Template>() {
            Some(template) if template.items.is_empty() => Ok(Filter::Text(template.first.clone())),
            Some(_) => Ok(Filter::Template(t)),
            None => Ok(Filter::Text(t)),
        }
    }
}

/// What is put together: bytes as long as all pieces are texts of the subject's kind.
struct Pieces<'a> {
    subject: &'a Subject,
    bytes: Vec<u8>,
    /// All pieces, once one of them is something else: then joining tells what is wrong.
    odd: Option<Vec<Value>>,
}

impl Pieces<'_> {
    fn text(&mut self, ts: &ThreadState, a: usize, b: usize) -> Result<()> {
        if a == b {
            return Ok(());
        }
        match &mut self.odd {
            Some(list) => list.push(self.subject.slice(ts, a, b)),
            None => {
                self.bytes.try_reserve(b - a).map_err(|_| ts.memory_error())?;
                self.bytes.extend_from_slice(&self.subject.bytes()[a..b]);
            }
        }
        Ok(())
    }
    fn value(&mut self, ts: &ThreadState, v: &Value) -> Result<()> {
        if self.odd.is_none()
            && let Some(bytes) = self.subject.same_kind(v)
        {
            self.bytes.try_reserve(bytes.len()).map_err(|_| ts.memory_error())?;
            self.bytes.extend_from_slice(bytes);
            return Ok(());
        }
        let before = std::mem::take(&mut self.bytes);
        let subject = self.subject;
        let list = self.odd.get_or_insert_with(|| if before.is_empty() { vec![] } else { vec![subject.make(ts, before)] });
        list.push(v.clone());
        Ok(())
    }
    fn join(self, ts: &ThreadState) -> Result {
        match self.odd {
            None => Ok(self.subject.make(ts, self.bytes)),
            Some(items) => {
                let list = list(ts, items);
                protocol::call_method(ts, &self.subject.empty(ts), "join", &[list])
            }
        }
    }
}

/// `sub`: the new text, and how many replacements were made.
pub fn substitute(ts: &ThreadState, pattern: &Value, repl: &Value, string: &Value, count: isize) -> Result<(Value, usize)> {
    let p: &Pattern = this(ts, pattern)?;
    let filter = Filter::new(ts, pattern, repl)?;
    let subject = Subject::new(ts, string, p.is_bytes)?;
    let end = subject.bytes().len();
    let (_, _, _, endpos) = subject.range(0, isize::MAX);
    let mut walk = Walk::new(ts, p, &subject, 0, end);
    let mut out = Pieces { subject: &subject, bytes: vec![], odd: None };
    let (mut last, mut n) = (0, 0usize);
    while count <= 0 || n < count as usize {
        let Some((a, b)) = walk.next()? else { break };
        out.text(ts, last, a)?;
        match &filter {
            Filter::Text(v) => out.value(ts, v)?,
            Filter::Template(t) => {
                if let Some(t) = t.downcast::<Template>() {
                    out.value(ts, &t.first)?;
                    for (g, text) in &t.items {
                        let span = if *g == 0 { Some((a, b)) } else { walk.matcher().group(*g) };
                        if let Some((a, b)) = span {
                            out.text(ts, a, b)?;
                        }
                        out.value(ts, text)?;
                    }
                }
            }
            Filter::Call(f) => {
                let m = matched::new(ts, pattern, &subject, walk.matcher(), (a, b), 0, endpos);
                let v = protocol::call(ts, f, &[m])?;
                if !v.is_none() {
                    out.value(ts, &v)?;
                }
            }
        }
        last = b;
        n += 1;
    }
    if n == 0 {
        return Ok((subject.slice(ts, 0, end), 0));
    }
    out.text(ts, last, end)?;
    Ok((out.join(ts)?, n))
}

/// `Match.expand`.
pub fn expand(ts: &ThreadState, m: &Match, template: &Value) -> Result {
    let t = compile_template(ts, &m.pattern, template)?;
    let Some(t) = t.downcast::<Template>() else { return Ok(t) };
    if t.items.is_empty() {
        return Ok(t.first.clone());
    }
    let subject = Subject::new(ts, &m.string, None)?;
    let mut out = Pieces { subject: &subject, bytes: vec![], odd: None };
    out.value(ts, &t.first)?;
    for (g, text) in &t.items {
        if let Some((a, b)) = m.span(*g) {
            out.text(ts, a, b)?;
        }
        out.value(ts, text)?;
    }
    out.join(ts)
}
