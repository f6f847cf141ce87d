//! Reads descriptions: functions marked `#[inst(…)]` and the list in `superinstructions! { … }`.
//!
//! The signature tells what an instruction does to the stack. Parameters, in order:
//!
//! | parameter | meaning |
//! |---|---|
//! | `ts: &ThreadState` | the body may run Python code: the position is recorded, table and constants are read again |
//! | `heap: Heap` | the thread state for bodies that never run Python code |
//! | `oparg: u32` | the operand |
//! | `r: &mut Regs` | the machine's registers; the body moves the stack itself (`pops`, `pushes` tell how) |
//! | `locals: Locals`, `consts: Consts`, `frame: Fp`, `this: Ip` | parts of the machine state |
//! | named as a cache entry | its contents |
//! | any other | a stack operand, the deepest first |
//!
//! With `r` the attributes `pops = N, pushes = N` tell what the body does to the stack, where that is fixed. Such a
//! body may see topmost operands as `Bits`, which spares loading them; it takes them off `r.sp` itself, unless it
//! misses, and never reads them there.
//!
//! An instruction may name guards, `guards(guard_both_int)`: micro-ops, functions marked `#[uop]` that answer
//! whether the instruction may go on (`bool`) and change nothing. A guard's operands are the topmost of the
//! stack; its other parameters are as above. Guards run before the body; a guard that says no is a miss.
//!
//! Operands: `&Value` and `&StackRef` are borrowed and dropped by the handler afterwards; `Value` and
//! `StackRef` are handed over; `Bits` is an immediate once the guard has passed, so nobody drops it; `Keep`
//! stays where it is. `Option<…>` may be null. Results: what is pushed, inside `Result` (may raise),
//! `Guarded` (may miss its guard) or `Outcome` (both); `Flow` with `r`.

use proc_macro2::Span;
use std::collections::{BTreeMap, HashMap};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{FnArg, Ident, Item, ItemFn, LitInt, Pat, ReturnType, Token, Type};

#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    Borrowed,
    BorrowedRef,
    BorrowedOption,
    Owned,
    OwnedOption,
    Ref,
    Bits,
    Keep,
}

impl Operand {
    /// Does the handler drop it when the instruction is done?
    pub fn dropped(&self) -> bool {
        matches!(self, Operand::Borrowed | Operand::BorrowedRef | Operand::BorrowedOption)
    }
    pub fn consumed(&self) -> bool {
        matches!(self, Operand::Owned | Operand::OwnedOption)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Param {
    ThreadState,
    Heap,
    Oparg,
    Regs,
    Locals,
    Consts,
    Frame,
    This,
    Cache(String),
    Operand(Operand),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Push {
    Value,
    Ref,
}

#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub enum Outcome {
    #[default]
    Plain,
    Result,
    Guarded,
    Both,
    Flow,
}

/// A micro-op that several instructions begin with: may they go on?
#[derive(Clone, Debug)]
pub struct Guard {
    /// The micro-op's name: an underscore before the function's name in capitals.
    pub name: String,
    /// `module::function` below `ops`.
    pub path: String,
    pub params: Vec<Param>,
    pub where_: String,
}

impl Guard {
    pub fn depth(&self) -> usize {
        self.params.iter().filter(|p| matches!(p, Param::Operand(_))).count()
    }
}

#[derive(Clone, Debug)]
pub struct Inst {
    /// The opcode's name.
    pub name: String,
    /// `module::function` below `ops`.
    pub path: String,
    pub family: Option<String>,
    /// Where a miss goes, if not to the family's head.
    pub miss: Option<String>,
    /// Where `Flow::Other` goes.
    pub other: Option<String>,
    /// Inline cache: names and units. Of the family's head if it has one.
    pub cache: Vec<(String, usize)>,
    pub flags: Vec<String>,
    /// Functions of the guards that it begins with.
    pub guards: Vec<String>,
    /// Entries taken off and put on the stack, where the body does that itself and always does the same.
    pub moves: Option<(usize, usize)>,
    pub adaptive: bool,
    /// No opcode: reached from other handlers only.
    pub internal: bool,
    /// Not part of what the compiler may emit.
    pub private: bool,
    pub cold: bool,
    pub params: Vec<Param>,
    pub pushes: Vec<Push>,
    pub outcome: Outcome,
    pub where_: String,
}

impl Inst {
    pub fn has(&self, p: &Param) -> bool {
        self.params.contains(p)
    }
    /// May run Python code.
    pub fn escapes(&self) -> bool {
        self.has(&Param::ThreadState)
    }
    pub fn operands(&self) -> impl Iterator<Item = &Operand> {
        self.params.iter().filter_map(|p| match p {
            Param::Operand(o) => Some(o),
            _ => None,
        })
    }
    /// Entries taken off and put on the stack, if known.
    pub fn stack_effect(&self) -> Option<(usize, usize)> {
        match self.outcome {
            Outcome::Flow => self.moves,
            _ => Some((self.operands().filter(|o| **o != Operand::Keep).count(), self.pushes.len())),
        }
    }
    /// The handler that a miss goes on in.
    pub fn miss_target(&self) -> Option<&str> {
        self.miss.as_deref().or(self.family.as_deref())
    }
    pub fn cache_units(&self) -> usize {
        self.cache.iter().map(|c| c.1).sum()
    }
}

/// Several instructions done by one handler.
#[derive(Clone, Debug)]
pub struct Super {
    pub name: String,
    pub parts: Vec<String>,
}

#[derive(Default)]
pub struct Description {
    pub insts: Vec<Inst>,
    pub supers: Vec<Super>,
    pub guards: BTreeMap<String, Guard>,
    by_name: HashMap<String, usize>,
}

#[derive(Default)]
struct Options {
    family: Option<String>,
    miss: Option<String>,
    other: Option<String>,
    cache: Vec<(String, usize)>,
    flags: Vec<String>,
    guards: Vec<String>,
    pops: Option<usize>,
    pushes: Option<usize>,
    words: Vec<String>,
}

impl Parse for Options {
    fn parse(input: ParseStream) -> syn::Result<Options> {
        let mut o = Options::default();
        while !input.is_empty() {
            let word: Ident = input.parse()?;
            match word.to_string().as_str() {
                key @ ("family" | "miss" | "other") => {
                    input.parse::<Token![=]>()?;
                    let value = Some(input.parse::<Ident>()?.to_string());
                    *match key {
                        "family" => &mut o.family,
                        "miss" => &mut o.miss,
                        _ => &mut o.other,
                    } = value;
                }
                "cache" => {
                    let inner;
                    syn::parenthesized!(inner in input);
                    while !inner.is_empty() {
                        let name: Ident = inner.parse()?;
                        let units = if inner.peek(Token![:]) {
                            inner.parse::<Token![:]>()?;
                            inner.parse::<LitInt>()?.base10_parse()?
                        } else {
                            1
                        };
                        o.cache.push((name.to_string(), units));
                        if !inner.is_empty() {
                            inner.parse::<Token![,]>()?;
                        }
                    }
                }
                key @ ("flags" | "guards") => {
                    let inner;
                    syn::parenthesized!(inner in input);
                    let words = Punctuated::<Ident, Token![,]>::parse_terminated_with(&inner, Ident::parse_any)?;
                    let words = words.iter().map(Ident::to_string);
                    if key == "flags" {
                        o.flags = words.map(|w| w.to_uppercase()).collect();
                    } else {
                        o.guards = words.collect();
                    }
                }
                key @ ("pops" | "pushes") => {
                    input.parse::<Token![=]>()?;
                    let n = Some(input.parse::<LitInt>()?.base10_parse()?);
                    *if key == "pops" { &mut o.pops } else { &mut o.pushes } = n;
                }
                "adaptive" | "internal" | "private" | "cold" => o.words.push(word.to_string()),
                other => return Err(syn::Error::new(word.span(), format!("unknown option `{other}`"))),
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(o)
    }
}

struct SuperList(Vec<Super>);

impl Parse for SuperList {
    fn parse(input: ParseStream) -> syn::Result<SuperList> {
        let mut out = vec![];
        while !input.is_empty() {
            let parts = Punctuated::<Ident, Token![+]>::parse_separated_nonempty(input)?;
            input.parse::<Token![;]>()?;
            let parts: Vec<String> = parts.iter().map(Ident::to_string).collect();
            out.push(Super { name: parts.join("__"), parts });
        }
        Ok(SuperList(out))
    }
}

fn text(t: &impl quote::ToTokens) -> String {
    t.to_token_stream().to_string().replace(' ', "")
}

fn operand(ty: &Type) -> Option<Operand> {
    Some(match text(ty).as_str() {
        "&Value" => Operand::Borrowed,
        "&StackRef" => Operand::BorrowedRef,
        "Option<&Value>" => Operand::BorrowedOption,
        "Value" => Operand::Owned,
        "Option<Value>" => Operand::OwnedOption,
        "StackRef" => Operand::Ref,
        "Bits" => Operand::Bits,
        "&Keep" => Operand::Keep,
        _ => return None,
    })
}

fn pushes(t: &str) -> Option<Vec<Push>> {
    let one = |t: &str| match t {
        "Value" => Some(Push::Value),
        "StackRef" => Some(Push::Ref),
        _ => None,
    };
    match t {
        "()" | "" => Some(vec![]),
        t if t.starts_with('(') => t[1..t.len() - 1].split(',').map(one).collect(),
        t => Some(vec![one(t)?]),
    }
}

fn outcome(ret: &ReturnType) -> Option<(Outcome, Vec<Push>)> {
    let t = match ret {
        ReturnType::Default => String::new(),
        ReturnType::Type(_, t) => text(t),
    };
    if t == "Flow" {
        return Some((Outcome::Flow, vec![]));
    }
    if t == "Result" {
        return Some((Outcome::Result, vec![Push::Value]));
    }
    for (prefix, kind) in [("Result<", Outcome::Result), ("Guarded<", Outcome::Guarded), ("Outcome<", Outcome::Both)] {
        if let Some(inner) = t.strip_prefix(prefix) {
            return Some((kind, pushes(inner.strip_suffix('>')?)?));
        }
    }
    Some((Outcome::Plain, pushes(&t)?))
}

/// What the parameters of a body mean.
fn params(f: &ItemFn) -> Result<Vec<Param>, String> {
    let mut params = vec![];
    for p in &f.sig.inputs {
        let FnArg::Typed(p) = p else { return Err("methods cannot be instructions".into()) };
        let Pat::Ident(name) = &*p.pat else { return Err("parameters are plain names".into()) };
        let name = name.ident.to_string();
        let name = name.trim_start_matches('_').to_string();
        params.push(match (name.as_str(), text(&p.ty).as_str()) {
            (_, "&ThreadState") => Param::ThreadState,
            (_, "Heap") => Param::Heap,
            ("oparg", "u32") => Param::Oparg,
            (_, "&mutRegs") => Param::Regs,
            (_, "Locals") => Param::Locals,
            (_, "Consts") => Param::Consts,
            (_, "Fp") => Param::Frame,
            (_, "Ip") => Param::This,
            (_, "u16" | "u32" | "u64") => Param::Cache(name),
            (_, t) => match operand(&p.ty) {
                Some(o) => Param::Operand(o),
                None => return Err(format!("parameter `{name}` has type {t}, which means nothing here")),
            },
        });
    }
    Ok(params)
}

fn guard(stem: &str, f: &ItemFn) -> Result<Guard, String> {
    let rust_name = f.sig.ident.to_string();
    let where_ = at(stem, f.sig.ident.span());
    let fail = |m: &str| Err(format!("{where_}: {rust_name}: {m}"));
    let params = match params(f) {
        Ok(p) => p,
        Err(m) => return fail(&m),
    };
    let looks = |p: &Param| match p {
        Param::ThreadState | Param::Regs => false,
        Param::Operand(o) => matches!(o, Operand::BorrowedRef | Operand::Bits | Operand::Keep),
        _ => true,
    };
    if !params.iter().all(looks) {
        return fail("a guard only looks: it takes neither the thread state nor registers nor owned operands");
    }
    match &f.sig.output {
        ReturnType::Type(_, t) if text(t) == "bool" => {}
        _ => return fail("a guard answers with a bool"),
    }
    Ok(Guard { name: format!("_{}", rust_name.to_uppercase()), path: format!("{stem}::{rust_name}"), params, where_ })
}

fn at(stem: &str, span: Span) -> String {
    format!("crates/interp/src/ops/{stem}.rs:{}", span.start().line)
}

impl Description {
    pub fn get(&self, name: &str) -> Option<&Inst> {
        self.by_name.get(name).map(|&i| &self.insts[i])
    }

    /// Takes in one file.
    pub fn read(&mut self, stem: &str, source: &str) -> Result<(), String> {
        let file = syn::parse_file(source).map_err(|e| format!("{}: {e}", at(stem, e.span())))?;
        for item in &file.items {
            match item {
                Item::Fn(f) => {
                    if let Some(a) = f.attrs.iter().find(|a| a.path().is_ident("inst")) {
                        let options = match &a.meta {
                            syn::Meta::Path(_) => Options::default(),
                            syn::Meta::List(l) => {
                                syn::parse2(l.tokens.clone()).map_err(|e| format!("{}: {e}", at(stem, e.span())))?
                            }
                            syn::Meta::NameValue(_) => return Err(format!("{}: use #[inst(…)]", at(stem, f.sig.ident.span()))),
                        };
                        let inst = self.function(stem, f, options)?;
                        if self.by_name.insert(inst.name.clone(), self.insts.len()).is_some() {
                            return Err(format!("{}: {} is described twice", inst.where_, inst.name));
                        }
                        self.insts.push(inst);
                    }
                    if f.attrs.iter().any(|a| a.path().is_ident("uop")) {
                        let guard = guard(stem, f)?;
                        let name = f.sig.ident.to_string();
                        if self.guards.contains_key(&name) {
                            return Err(format!("{}: {name} is described twice", guard.where_));
                        }
                        self.guards.insert(name, guard);
                    }
                }
                Item::Macro(m) if m.mac.path.is_ident("superinstructions") => {
                    let list: SuperList =
                        syn::parse2(m.mac.tokens.clone()).map_err(|e| format!("{}: {e}", at(stem, e.span())))?;
                    self.supers.extend(list.0);
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn function(&self, stem: &str, f: &ItemFn, o: Options) -> Result<Inst, String> {
        let rust_name = f.sig.ident.to_string();
        let where_ = at(stem, f.sig.ident.span());
        let fail = |m: String| Err(format!("{where_}: {rust_name}: {m}"));
        let params = match params(f) {
            Ok(p) => p,
            Err(m) => return fail(m),
        };
        let Some((outcome, pushes)) = outcome(&f.sig.output) else {
            return fail("the result is not of a known form".into());
        };
        let word = |w: &str| o.words.iter().any(|x| x == w);
        let inst = Inst {
            name: rust_name.trim_start_matches("r#").to_uppercase(),
            path: format!("{stem}::{rust_name}"),
            family: o.family,
            miss: o.miss,
            other: o.other,
            cache: o.cache,
            flags: o.flags,
            guards: o.guards,
            moves: o.pops.zip(o.pushes),
            adaptive: word("adaptive"),
            internal: word("internal"),
            private: word("private"),
            cold: word("cold"),
            params,
            pushes,
            outcome,
            where_,
        };
        let regs = inst.has(&Param::Regs);
        if regs != (inst.outcome == Outcome::Flow) {
            return Err(format!("{}: {}: `r: &mut Regs` and `Flow` belong together", inst.where_, inst.name));
        }
        if regs && inst.operands().any(|o| *o != Operand::Bits) {
            return Err(format!("{}: {}: with `r` operands are seen as `Bits`, and the body takes them off itself", inst.where_, inst.name));
        }
        let guarded = matches!(inst.outcome, Outcome::Guarded | Outcome::Both) || !inst.guards.is_empty();
        if matches!(inst.outcome, Outcome::Guarded | Outcome::Both) && inst.operands().any(Operand::consumed) {
            return Err(format!("{}: {}: an operand that may be needed after a miss cannot be handed over", inst.where_, inst.name));
        }
        if guarded && inst.family.is_none() && inst.miss.is_none() {
            return Err(format!("{}: {}: where does a miss go? Give a family", inst.where_, inst.name));
        }
        let mut seen_other = false;
        for o in inst.operands() {
            if *o == Operand::Keep && seen_other {
                return Err(format!("{}: {}: operands that stay lie below the others", inst.where_, inst.name));
            }
            seen_other |= *o != Operand::Keep;
        }
        Ok(inst)
    }

    /// Looks at what concerns several instructions, and hands families their head's cache.
    pub fn check(&mut self) -> Result<(), String> {
        let caches: BTreeMap<String, Vec<(String, usize)>> =
            self.insts.iter().map(|i| (i.name.clone(), i.cache.clone())).collect();
        for i in &mut self.insts {
            if let Some(head) = &i.family {
                let Some(c) = caches.get(head) else {
                    return Err(format!("{}: {}: there is no instruction {head}", i.where_, i.name));
                };
                if !i.cache.is_empty() && !i.internal {
                    return Err(format!("{}: {}: the cache is laid out by {head}", i.where_, i.name));
                }
                i.cache = c.clone();
            }
            if i.adaptive && i.cache.first().is_none_or(|c| c.0 != "counter") {
                return Err(format!("{}: {}: an adaptive instruction's cache begins with a counter", i.where_, i.name));
            }
            for target in [&i.miss, &i.other].into_iter().flatten() {
                if !caches.contains_key(target) {
                    return Err(format!("{}: {}: there is no instruction {target}", i.where_, i.name));
                }
            }
            for g in &i.guards {
                let Some(g) = self.guards.get(g) else {
                    return Err(format!("{}: {}: there is no micro-op `{g}`", i.where_, i.name));
                };
                if i.outcome != Outcome::Flow && g.depth() > i.operands().count() {
                    return Err(format!("{}: {}: {} looks at more operands than there are", i.where_, i.name, g.name));
                }
            }
            let guards = i.guards.iter().flat_map(|g| &self.guards[g].params);
            for p in i.params.iter().chain(guards) {
                if let Param::Cache(name) = p
                    && !i.cache.iter().any(|c| c.0 == *name)
                {
                    return Err(format!("{}: {}: no cache entry `{name}`", i.where_, i.name));
                }
            }
        }
        for s in &self.supers {
            for (n, p) in s.parts.iter().enumerate() {
                let Some(i) = self.get(p) else { return Err(format!("superinstruction {}: no instruction {p}", s.name)) };
                if i.internal || (n + 1 < s.parts.len() && i.escapes()) {
                    return Err(format!("superinstruction {}: {p} cannot be a part there", s.name));
                }
            }
        }
        Ok(())
    }
}

