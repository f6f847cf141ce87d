//! The arguments of a native call, and how they are matched with a signature. The texts of the errors
//! are those of CPython's `getargs.c` and of its call protocol.

use super::suggest::suggestion;
use crate::thread::ThreadState;
use crate::value::{Raised, Result, Value};

/// The arguments of a call as they lie in the caller. For methods `positional[0]` is the receiver.
#[derive(Clone, Copy)]
pub struct Args<'a> {
    pub positional: &'a [Value],
    /// Strings, one for each of `kw_values`.
    pub kw_names: &'a [Value],
    pub kw_values: &'a [Value],
}

impl<'a> Args<'a> {
    pub const EMPTY: Args<'static> = Args { positional: &[], kw_names: &[], kw_values: &[] };

    #[inline(always)]
    pub fn new(positional: &'a [Value]) -> Args<'a> {
        Args { positional, kw_names: &[], kw_values: &[] }
    }
    /// With keywords; the two slices are equally long.
    #[inline(always)]
    pub fn with_keywords(positional: &'a [Value], kw_names: &'a [Value], kw_values: &'a [Value]) -> Args<'a> {
        debug_assert_eq!(kw_names.len(), kw_values.len());
        Args { positional, kw_names, kw_values }
    }
    /// All arguments, positional and by keyword.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.positional.len() + self.kw_names.len()
    }
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    #[inline(always)]
    pub fn has_keywords(&self) -> bool {
        !self.kw_names.is_empty()
    }
    #[inline(always)]
    pub fn get(&self, i: usize) -> Option<&'a Value> {
        self.positional.get(i)
    }
    /// The keyword arguments in their order.
    pub fn keywords(&self) -> impl Iterator<Item = (&'a Value, &'a Value)> + use<'a> {
        self.kw_names.iter().zip(self.kw_values)
    }
    pub fn keyword(&self, name: &str) -> Option<&'a Value> {
        self.keywords().find(|(k, _)| name_is(k, name)).map(|(_, v)| v)
    }
    /// Without the first positional argument. There must be one.
    #[inline(always)]
    pub fn rest(&self) -> Args<'a> {
        Args { positional: &self.positional[1..], ..*self }
    }
    #[inline(always)]
    pub fn without_keywords(&self) -> Args<'a> {
        Args::new(self.positional)
    }
    /// "f() takes no keyword arguments"
    #[inline]
    pub fn no_keywords(&self, ts: &ThreadState, function: &str) -> Result<()> {
        if self.has_keywords() { Err(ts.type_error(format!("{function}() takes no keyword arguments"))) } else { Ok(()) }
    }
    /// "f expected at most 2 arguments, got 3"
    #[inline]
    pub fn check_positional(&self, ts: &ThreadState, function: &str, min: usize, max: usize) -> Result<()> {
        let n = self.positional.len();
        if n < min || n > max { Err(wrong_count(ts, function, n, min, max)) } else { Ok(()) }
    }
}

/// The arguments that a `**kwargs` parameter receives.
#[derive(Clone, Copy)]
pub struct Kwargs<'a> {
    args: Args<'a>,
    sig: &'static Signature,
}

impl<'a> IntoIterator for Kwargs<'a> {
    type Item = (&'a Value, &'a Value);
    type IntoIter = std::vec::IntoIter<Self::Item>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter().collect::<Vec<_>>().into_iter()
    }
}

impl<'a> Kwargs<'a> {
    pub fn new(args: Args<'a>, sig: &'static Signature) -> Kwargs<'a> {
        Kwargs { args, sig }
    }
    /// Names (strings) and values in the order of the call.
    pub fn iter(&self) -> impl Iterator<Item = (&'a Value, &'a Value)> + use<'a> {
        let sig = self.sig;
        self.args.keywords().filter(move |(name, _)| sig.keyword_place(name).is_none())
    }
    pub fn len(&self) -> usize {
        self.iter().count()
    }
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
    pub fn get(&self, name: &str) -> Option<&'a Value> {
        self.iter().find(|(k, _)| name_is(k, name)).map(|(_, v)| v)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ParamKind {
    PositionalOnly,
    PositionalOrKeyword,
    VarPositional,
    KeywordOnly,
    VarKeyword,
}

/// Whether an argument may be left out. The value of an optional one is known to the wrapper.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ParamDefault {
    Required,
    None,
    Unrepresentable,
    Optional,
}

#[derive(Debug)]
pub struct Param {
    pub name: &'static str,
    pub kind: ParamKind,
    pub default: ParamDefault,
}

/// The parameters of a native callable, made by the declaration macros. A *place* is a parameter other
/// than `*args` and `**kwargs`.
#[derive(Debug)]
pub struct Signature {
    pub name: &'static str,
    /// The class of a method, the module of a function (none for `builtins`).
    pub owner: Option<&'static str>,
    pub params: &'static [Param],
    pub places: usize,
    pub positional_only: usize,
    pub min_positional: usize,
    pub max_positional: usize,
    pub min_keyword_only: usize,
    pub var_positional: bool,
    pub var_keyword: bool,
    /// `__new__` or `__init__`: called by the name of the class.
    pub constructor: bool,
}

impl Signature {
    /// For callables that look at their arguments themselves.
    pub const fn bare(name: &'static str) -> Signature {
        Signature {
            name,
            owner: None,
            params: &[],
            places: 0,
            positional_only: 0,
            min_positional: 0,
            max_positional: 0,
            min_keyword_only: 0,
            var_positional: true,
            var_keyword: true,
            constructor: false,
        }
    }
    /// "list.append", "math.sqrt", "len"
    pub fn full_name(&self) -> String {
        match self.owner {
            Some(owner) if !self.constructor => format!("{owner}.{}", self.name),
            _ => self.name.to_string(),
        }
    }
    pub fn accepts_keywords(&self) -> bool {
        self.places > self.positional_only || self.var_keyword
    }
    fn place_params(&self) -> impl Iterator<Item = &'static Param> + use<> {
        self.params.iter().filter(|p| !matches!(p.kind, ParamKind::VarPositional | ParamKind::VarKeyword))
    }
    /// The place of the parameter that `name` gives by keyword.
    fn keyword_place(&self, name: &Value) -> Option<usize> {
        let name = name.as_str()?.bytes();
        self.place_params()
            .enumerate()
            .skip(self.positional_only)
            .find(|(_, p)| p.name.as_bytes() == name)
            .map(|(i, _)| i)
    }
}

fn name_is(v: &Value, name: &str) -> bool {
    v.as_str().is_some_and(|s| s.bytes() == name.as_bytes())
}

/// Matches `args` (without the receiver) with the signature; `places` has room for each place and comes
/// in empty. Returns what `*args` receives.
#[inline]
pub fn bind<'a>(
    ts: &ThreadState,
    sig: &'static Signature,
    args: Args<'a>,
    places: &mut [Option<&'a Value>],
) -> Result<&'a [Value]> {
    let n = args.positional.len();
    if args.kw_names.is_empty() && n >= sig.min_positional && sig.min_keyword_only == 0 {
        if n <= sig.max_positional {
            for (place, v) in places.iter_mut().zip(args.positional) {
                *place = Some(v);
            }
            return Ok(&[]);
        }
        if sig.var_positional {
            let (first, rest) = args.positional.split_at(sig.max_positional);
            for (place, v) in places.iter_mut().zip(first) {
                *place = Some(v);
            }
            return Ok(rest);
        }
    }
    if let Some(rest) = bind_keywords(sig, args, places) {
        return Ok(rest);
    }
    bind_slow(ts, sig, args, places)
}

/// Binds a call that has no error in it; `None` leaves the rest to [`bind_slow`].
#[inline(never)]
fn bind_keywords<'a>(sig: &'static Signature, args: Args<'a>, places: &mut [Option<&'a Value>]) -> Option<&'a [Value]> {
    let n = args.positional.len();
    if !sig.accepts_keywords() || sig.params.len() != sig.places || n > sig.max_positional {
        return None;
    }
    let params = &sig.params[..sig.places];
    for (place, v) in places.iter_mut().zip(args.positional) {
        *place = Some(v);
    }
    // Keywords mostly come in the order of the parameters.
    let mut next = n.max(sig.positional_only);
    for (name, v) in args.kw_names.iter().zip(args.kw_values) {
        let name = name.as_str()?.bytes();
        let matches = |p: &Param| p.name.len() == name.len() && p.name.as_bytes() == name;
        let i = match params[next..].iter().position(matches) {
            Some(i) => next + i,
            None => sig.positional_only + params[sig.positional_only..next].iter().position(matches)?,
        };
        if places[i].is_some() {
            return None;
        }
        places[i] = Some(v);
        next = i + 1;
    }
    let complete = params.iter().zip(&*places).skip(n).all(|(p, place)| place.is_some() || p.default != ParamDefault::Required);
    complete.then_some(&[])
}

#[cold]
#[inline(never)]
fn bind_slow<'a>(
    ts: &ThreadState,
    sig: &'static Signature,
    args: Args<'a>,
    places: &mut [Option<&'a Value>],
) -> Result<&'a [Value]> {
    places.fill(None);
    let n = args.positional.len();
    if !sig.accepts_keywords() {
        return Err(positional_mismatch(ts, sig, args));
    }
    let name = sig.name;
    let given = n + args.kw_names.len();
    // The one constructor that takes a keyword and yet counts its positional arguments first.
    if name == "int" && n > sig.max_positional {
        return Err(ts.type_error(format!("int expected at most {} arguments, got {n}", sig.max_positional)));
    }
    if !sig.var_positional && !sig.var_keyword && given > sig.places {
        let keyword = if n == 0 { "keyword " } else { "" };
        let max = sig.places;
        return Err(ts.type_error(format!(
            "{name}() takes at most {max} {keyword}argument{} ({given} given)",
            plural(max)
        )));
    }
    if n > sig.max_positional && !sig.var_positional {
        let max = sig.max_positional;
        return Err(ts.type_error(if max == 0 {
            format!("{name}() takes no positional arguments")
        } else {
            let how = if sig.min_positional < max { "at most" } else { "exactly" };
            format!("{name}() takes {how} {max} positional argument{} ({n} given)", plural(max))
        }));
    }
    let min = sig.positional_only.min(sig.min_positional);
    if n < min {
        let how = if min < sig.max_positional || sig.var_positional { "at least" } else { "exactly" };
        return Err(ts.type_error(format!("{name}() takes {how} {min} positional argument{} ({n} given)", plural(min))));
    }
    let (first, rest) = args.positional.split_at(n.min(sig.max_positional));
    for (place, v) in places.iter_mut().zip(first) {
        *place = Some(v);
    }
    let mut left = args.kw_names.len();
    for (i, param) in sig.place_params().enumerate().skip(first.len().max(sig.positional_only)) {
        if left > 0
            && let Some(v) = args.keyword(param.name)
        {
            places[i] = Some(v);
            left -= 1;
        } else if param.default == ParamDefault::Required {
            return Err(ts.type_error(format!("{name}() missing required argument '{}' (pos {})", param.name, i + 1)));
        }
    }
    if left > 0 {
        for (i, param) in sig.place_params().enumerate().take(first.len()).skip(sig.positional_only) {
            if args.keyword(param.name).is_some() {
                return Err(ts.type_error(format!(
                    "argument for {name}() given by name ('{}') and position ({})",
                    param.name,
                    i + 1
                )));
            }
        }
        if !sig.var_keyword {
            return Err(unexpected_keyword(ts, sig, args));
        }
    }
    Ok(rest)
}

/// What is wrong with the arguments of a callable that takes none by keyword.
fn positional_mismatch(ts: &ThreadState, sig: &'static Signature, args: Args<'_>) -> Raised {
    let n = args.positional.len();
    if args.has_keywords() {
        return ts.type_error(format!("{}() takes no keyword arguments", sig.full_name()));
    }
    let single = sig.params.len() == 1 && sig.min_positional == 1 && !sig.var_positional;
    if sig.params.is_empty() {
        let given = if sig.constructor { String::new() } else { format!(" ({n} given)") };
        ts.type_error(format!("{}() takes no arguments{given}", sig.full_name()))
    } else if single && !sig.constructor {
        ts.type_error(format!("{}() takes exactly one argument ({n} given)", sig.full_name()))
    } else {
        let max = if sig.var_positional { usize::MAX } else { sig.max_positional };
        wrong_count(ts, sig.name, n, sig.min_positional, max)
    }
}

#[cold]
#[inline(never)]
fn wrong_count(ts: &ThreadState, function: &str, n: usize, min: usize, max: usize) -> Raised {
    let (how, bound) = match () {
        () if min == max => ("", min),
        () if n < min => ("at least ", min),
        () => ("at most ", max),
    };
    ts.type_error(format!("{function} expected {how}{bound} argument{}, got {n}", plural(bound)))
}

fn unexpected_keyword(ts: &ThreadState, sig: &'static Signature, args: Args<'_>) -> Raised {
    for name in args.kw_names {
        let Some(s) = name.as_str() else { return ts.type_error("keywords must be strings") };
        if sig.keyword_place(name).is_some() {
            continue;
        }
        let word = s.to_string_lossy();
        let known = sig.place_params().skip(sig.positional_only).map(|p| p.name);
        let hint = suggestion(&word, known).map_or(String::new(), |k| format!(". Did you mean '{k}'?"));
        return ts.type_error(format!("{}() got an unexpected keyword argument '{word}'{hint}", sig.name));
    }
    ts.type_error(format!("invalid keyword argument for {}()", sig.name))
}

fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}
