//! What a handler does around the body: operands off the stack, results onto it, drops, the way on.
//!
//! Between the parts of a superinstruction values are held in variables; they are stored when something needs
//! the stack: a part that moves it itself, one that may run Python code, every way out, and the end.

use super::describe::{Description, Inst, Operand, Outcome, Param, Push};
use super::engine::Engine;
use std::fmt::Write;

const INDENT: &str = "        ";

struct Writer<'a> {
    out: String,
    engine: &'a dyn Engine,
    /// Variables with the topmost entries of the stack, which are not stored yet; `sp` is below them.
    held: Vec<String>,
}

impl Writer<'_> {
    fn line(&mut self, text: &str) {
        let _ = writeln!(self.out, "{INDENT}{text}");
    }
    /// The `n`th entry from the top, which is the first.
    fn entry(&self, n: usize) -> String {
        match self.held.len().checked_sub(n) {
            Some(i) => self.held[i].clone(),
            None => format!("*sp.sub({})", n - self.held.len()),
        }
    }
    /// Statements that store what is held, for a way out.
    fn stores(&self) -> String {
        if self.held.is_empty() {
            return String::new();
        }
        let mut out: String = self.held.iter().enumerate().map(|(i, h)| format!("*sp.add({i}) = {h}; ")).collect();
        let _ = write!(out, "sp = sp.add({}); ", self.held.len());
        out
    }
    /// Stores what is held but for the topmost `n`.
    fn flush_below(&mut self, n: usize) {
        let many = self.held.len().saturating_sub(n);
        for (i, h) in self.held.drain(..many).collect::<Vec<_>>().into_iter().enumerate() {
            self.line(&format!("*sp.add({i}) = {h};"));
        }
        if many > 0 {
            self.line(&format!("sp = sp.add({many});"));
        }
    }
    /// Takes entries off.
    fn pop(&mut self, n: usize) {
        let stored = n.saturating_sub(self.held.len());
        self.held.truncate(self.held.len() - (n - stored));
        if stored > 0 {
            self.line(&format!("sp = sp.sub({stored});"));
        }
    }
    /// Another handler, with everything on the stack.
    fn leave(&self, handler: &str) -> String {
        format!("{}{}", self.stores(), self.engine.goto(handler))
    }
    fn leave_with(&self, handler: &str, word: &str) -> String {
        format!("{}{}", self.stores(), self.engine.goto_with(handler, word))
    }
}

/// The statements of a handler that does `parts` one after the other.
pub fn handler(d: &Description, parts: &[&Inst], engine: &dyn Engine) -> String {
    let mut w = Writer { out: String::new(), engine, held: vec![] };
    for (n, inst) in parts.iter().enumerate() {
        stage(d, inst, n, n + 1 == parts.len(), &mut w);
        if n + 1 < parts.len() {
            w.line("w = *ip as u32;");
            w.line("ip = ip.add(1);");
        } else if inst.escapes() {
            w.line(&engine.reload());
            let go = engine.goto("FINALIZE_NEXT");
            w.line(&format!("if finalizers_wait(ts) {{ {go} }}"));
            w.line(&engine.next());
        } else {
            w.line(&engine.next());
        }
    }
    w.out
}

fn cache_read(inst: &Inst, name: &str) -> String {
    let mut at = 0;
    for (n, units) in &inst.cache {
        if n == name {
            return match units {
                1 => format!("*ip.add({at})"),
                2 => format!("(ip.add({at}) as *const u32).read_unaligned()"),
                _ => format!("(ip.add({at}) as *const u64).read_unaligned()"),
            };
        }
        at += units;
    }
    unreachable!("checked by Description::check")
}

/// One instruction: leaves `ip` behind it and the stack as it should be.
fn stage(d: &Description, inst: &Inst, part: usize, last: bool, w: &mut Writer) {
    w.line(&format!("// {}", inst.name));
    if inst.adaptive || inst.escapes() {
        w.flush_below(0);
    }
    if inst.adaptive {
        let go = w.engine.goto("SPECIALIZE");
        w.line(&format!("if counter_ran_out(ip) {{ {go} }}"));
        w.line("count_down(ip);");
    }
    for g in inst.guards.iter().map(|g| &d.guards[g]) {
        let miss = w.leave(inst.miss_target().expect("checked when read"));
        let args = arguments(&g.params, &Sources { operand: &|n| format!("({})", w.entry(g.depth() - n)), ..Sources::inline(inst) });
        w.line(&format!("if !ops::{}({args}) {{ {miss} }}", g.path));
    }
    if inst.outcome == Outcome::Flow { raw(inst, w) } else { plain(inst, part, last, w) }
}

/// Where a body's arguments come from.
pub struct Sources<'a> {
    pub oparg: &'a str,
    pub cache: Box<dyn Fn(&str) -> String + 'a>,
    pub operand: &'a dyn Fn(usize) -> String,
}

impl Sources<'_> {
    /// As in a handler: the word, the code, operands that were read before.
    fn inline(inst: &Inst) -> Sources<'_> {
        Sources { oparg: "w >> 8", cache: Box::new(|name| cache_read(inst, name)), operand: &|n| format!("i{n}") }
    }
}

pub fn arguments(params: &[Param], from: &Sources<'_>) -> String {
    let mut n = 0;
    let args: Vec<String> = params
        .iter()
        .map(|p| match p {
            Param::ThreadState => "&*ts".into(),
            Param::Heap => "Heap(&*ts)".into(),
            Param::Oparg => from.oparg.into(),
            Param::Regs => "&mut r".into(),
            Param::Locals => "Locals(Frame::locals(fp))".into(),
            Param::Consts => "Consts(k)".into(),
            Param::Frame => "Fp(fp)".into(),
            Param::This => "Ip(ip.sub(1))".into(),
            Param::Cache(name) => (from.cache)(name),
            Param::Operand(o) => {
                let i = (from.operand)(n);
                n += 1;
                match o {
                    Operand::Borrowed => format!("&{i}.lend()"),
                    Operand::BorrowedRef => format!("&{i}"),
                    Operand::BorrowedOption => format!("{i}.lend_option().as_deref()"),
                    Operand::Owned => format!("{i}.into_owned()"),
                    Operand::OwnedOption => format!("{i}.into_owned_option()"),
                    Operand::Ref => i,
                    Operand::Bits => format!("Bits({i}.0)"),
                    Operand::Keep => format!("&Keep({i})"),
                }
            }
        })
        .collect();
    args.join(", ")
}

fn raw(inst: &Inst, w: &mut Writer) {
    let caches = inst.cache_units();
    let n = inst.operands().count();
    w.flush_below(n);
    for i in 0..n {
        let entry = w.entry(n - i);
        w.line(&format!("let i{i} = {entry};"));
    }
    let sp = if w.held.is_empty() { "sp".into() } else { format!("sp: sp.add({})", w.held.len()) };
    w.line(&format!("let mut r = Regs {{ ip: ip.add({caches}), {sp}, fp, consts: k, word: w, table: tb as _ }};"));
    if inst.escapes() {
        w.line("(*fp).ip = r.ip;");
    }
    w.line(&format!("match ops::{}({}) {{", inst.path, arguments(&inst.params, &Sources::inline(inst))));
    w.line("    Flow::Next => {}");
    let reload = if inst.escapes() { w.engine.reload() } else { "k = r.consts;".into() };
    let next = w.engine.next();
    w.line(&format!("    Flow::Jump => {{ ip = r.ip; sp = r.sp; fp = r.fp; {reload} {next} }}"));
    let arm = |target: Option<&str>, e: &dyn Engine| match target {
        Some(t) => e.goto(t),
        None => "impossible()".into(),
    };
    let stores = w.stores();
    let miss = arm(inst.miss_target(), w.engine);
    w.line(&format!("    Flow::Miss => {{ {stores}{miss} }}"));
    let other = arm(inst.other.as_deref(), w.engine);
    w.line(&format!("    Flow::Other => {{ ip = r.ip; sp = r.sp; fp = r.fp; w = r.word; {other} }}"));
    let unwind = w.engine.goto("UNWIND");
    w.line(&format!("    Flow::Raise => {{ ip = r.ip; sp = r.sp; fp = r.fp; {unwind} }}"));
    let release = w.engine.goto_with("RELEASE_NEXT", "v.0");
    w.line(&format!("    Flow::Release(v) => {{ ip = r.ip; sp = r.sp; fp = r.fp; {release} }}"));
    let dispatch = w.engine.dispatch_word();
    w.line(&format!("    Flow::Dispatch => {{ ip = r.ip; sp = r.sp; fp = r.fp; w = r.word; k = r.consts; {dispatch} }}"));
    let exit = w.engine.exit("v");
    w.line(&format!("    Flow::Exit(v) => {{ {exit} }}"));
    w.line("}");
    w.line("ip = r.ip; sp = r.sp; fp = r.fp; k = r.consts;");
    w.held.clear();
}

fn plain(inst: &Inst, part: usize, last: bool, w: &mut Writer) {
    let operands: Vec<&Operand> = inst.operands().collect();
    let n = operands.len();
    let kept = operands.iter().filter(|o| ***o == Operand::Keep).count();
    for i in 0..n {
        let entry = w.entry(n - i);
        w.line(&format!("let i{i} = {entry};"));
    }
    if inst.escapes() {
        w.line("(*fp).ip = ip;");
    }
    // Results of earlier parts may still be held.
    let names: Vec<String> = (0..inst.pushes.len()).map(|i| if part == 0 { format!("o{i}") } else { format!("o{part}_{i}") }).collect();
    let pattern = match names.len() {
        1 => names[0].clone(),
        _ => format!("({})", names.join(", ")),
    };
    let call = format!("ops::{}({})", inst.path, arguments(&inst.params, &Sources::inline(inst)));
    let droppable: Vec<usize> = (0..n).filter(|&i| operands[i].dropped()).collect();
    let release_all: String = droppable.iter().map(|i| format!("i{i}.release(); ")).collect();
    let popped = n - kept;
    let unwind = w.engine.goto("UNWIND");
    let raise = format!("{release_all}{}sp = sp.sub({popped}); {unwind}", w.stores());
    let miss = || w.leave(inst.miss_target().expect("checked when read"));
    let statements = match inst.outcome {
        Outcome::Plain => vec![format!("let {pattern} = {call};")],
        Outcome::Result => vec![format!("let Ok({pattern}) = {call} else {{ {raise} }};")],
        Outcome::Guarded => vec![format!("let Guarded::Ok({pattern}) = {call} else {{ {} }};", miss())],
        Outcome::Both => vec![
            format!("let {pattern} = match {call} {{"),
            "    Outcome::Ok(v) => v,".into(),
            format!("    Outcome::Miss => {{ {} }}", miss()),
            format!("    Outcome::Raised => {{ {raise} }}"),
            "};".into(),
        ],
        Outcome::Flow => unreachable!("written by `raw`"),
    };
    for s in &statements {
        w.line(s);
    }
    w.pop(popped);
    for (name, p) in names.into_iter().zip(&inst.pushes) {
        if *p == Push::Value {
            w.line(&format!("let {name} = StackRef::owned({name});"));
        }
        w.held.push(name);
    }
    if last {
        w.flush_below(0);
    }
    if inst.cache_units() > 0 {
        w.line(&format!("ip = ip.add({});", inst.cache_units()));
    }
    if inst.escapes() {
        if !release_all.is_empty() {
            w.line(release_all.trim_end());
        }
        return;
    }
    let count_down = |i: usize| match operands[i] {
        Operand::BorrowedOption => format!("i{i}.count_down()"),
        _ => format!("i{i}.count_down_present()"),
    };
    match droppable.as_slice() {
        [] => {}
        [a] => {
            let go = w.leave_with("RELEASE_NEXT", &format!("i{a}.0"));
            w.line(&format!("if {} {{ {go} }}", count_down(*a)));
        }
        [a, b] => {
            w.line(&format!("let (z{a}, z{b}) = ({}, {});", count_down(*a), count_down(*b)));
            let go = w.leave_with("RELEASE_TWO_NEXT", &format!("if z{a} {{ i{a}.0 }} else {{ 0 }}"));
            w.line(&format!("if z{a} | z{b} {{ tb = if z{b} {{ i{b}.0 }} else {{ 0 }} as _; {go} }}"));
        }
        many => {
            for i in many {
                w.line(&format!("i{i}.release();"));
            }
        }
    }
}
