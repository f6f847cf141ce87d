//! `_csv.Dialect`: how fields are told apart.

use crate::prelude::*;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Quoting {
    Minimal,
    All,
    NonNumeric,
    None,
    Strings,
    NotNull,
}

pub struct Dialect {
    pub delimiter: u32,
    pub quotechar: Option<u32>,
    pub escapechar: Option<u32>,
    pub lineterminator: Ref<Str>,
    pub quoting: Quoting,
    pub doublequote: bool,
    pub skipinitialspace: bool,
    pub strict: bool,
}
payload!(Dialect);

const NAMES: [&str; 8] =
    ["delimiter", "doublequote", "escapechar", "lineterminator", "quotechar", "quoting", "skipinitialspace", "strict"];

fn character(ts: &ThreadState, name: &str, v: Option<Value>, default: Option<u32>, optional: bool) -> Result<Option<u32>> {
    let or_none = if optional { " or None" } else { "" };
    let Some(v) = v else { return Ok(default) };
    if v.is_none() && optional {
        return Ok(None);
    }
    let Some(s) = v.downcast::<Str>() else {
        return Err(ts.type_error(format!("\"{name}\" must be a unicode character{or_none}, not {}", v.type_name(ts))));
    };
    match s.single() {
        Some(c) => Ok(Some(c)),
        None => Err(ts.type_error(format!("\"{name}\" must be a unicode character{or_none}, not a string of length {}", s.len()))),
    }
}

impl Dialect {
    /// Reads each parameter with `get`; absent ones have the defaults of "excel".
    fn read(ts: &ThreadState, get: impl Fn(&str) -> Result<Option<Value>>) -> Result<Dialect> {
        let flag = |name: &str, default: bool| match get(name)? {
            Some(v) => protocol::is_true(ts, &v),
            None => Ok(default),
        };
        let delimiter = character(ts, "delimiter", get("delimiter")?, Some(b',' as u32), false)?.unwrap_or(b',' as u32);
        let doublequote = flag("doublequote", true)?;
        let escapechar = character(ts, "escapechar", get("escapechar")?, None, true)?;
        let lineterminator = match get("lineterminator")? {
            None => Str::new(ts, "\r\n"),
            Some(v) => match v.downcast_ref::<Str>() {
                Some(s) => s.clone(),
                None => return Err(ts.type_error(format!("\"lineterminator\" must be a string, not {}", v.type_name(ts)))),
            },
        };
        let given_quote = get("quotechar")?;
        let quotechar = character(ts, "quotechar", given_quote.clone(), Some(b'"' as u32), true)?;
        let given_quoting = get("quoting")?;
        let mut quoting = match &given_quoting {
            None => Quoting::Minimal,
            Some(v) if !is_int(v) => {
                return Err(ts.type_error(format!("\"quoting\" must be an integer, not {}", v.type_name(ts))));
            }
            Some(v) => match to_i64(v) {
                Some(0) => Quoting::Minimal,
                Some(1) => Quoting::All,
                Some(2) => Quoting::NonNumeric,
                Some(3) => Quoting::None,
                Some(4) => Quoting::Strings,
                Some(5) => Quoting::NotNull,
                _ => return Err(ts.type_error("bad \"quoting\" value")),
            },
        };
        let skipinitialspace = flag("skipinitialspace", false)?;
        let strict = flag("strict", false)?;
        if given_quote.is_some_and(|v| v.is_none()) && given_quoting.is_none() {
            quoting = Quoting::None;
        }
        if quoting != Quoting::None && quotechar.is_none() {
            return Err(ts.type_error("quotechar must be set if quoting enabled"));
        }
        let d = Dialect { delimiter, quotechar, escapechar, lineterminator, quoting, doublequote, skipinitialspace, strict };
        d.check(ts)?;
        Ok(d)
    }
    fn check(&self, ts: &ThreadState) -> Result<()> {
        let newline = |c: u32| c == b'\n' as u32 || c == b'\r' as u32;
        let named = [("delimiter", Some(self.delimiter)), ("escapechar", self.escapechar), ("quotechar", self.quotechar)];
        for (name, c) in named {
            let Some(c) = c else { continue };
            // The delimiter may be a space: then a field cannot begin with one.
            let space = c == b' ' as u32 && self.skipinitialspace && name != "delimiter";
            if newline(c) || space {
                return Err(ts.value_error(format!("bad {name} value")));
            }
            if self.lineterminator.code_points().any(|x| x == c) {
                return Err(ts.value_error(format!("bad {name} or lineterminator value")));
            }
        }
        for (a, b) in [(0, 1), (0, 2), (1, 2)] {
            if named[a].1.is_some() && named[a].1 == named[b].1 {
                return Err(ts.value_error(format!("bad {} or {} value", named[a].0, named[b].0)));
            }
        }
        Ok(())
    }
}

/// A dialect from another one (by name, class or instance) and parameters.
pub fn make(ts: &ThreadState, base: Option<&Value>, params: &[(&Value, &Value)]) -> Result {
    let mut base = base.filter(|b| !b.is_none()).cloned();
    if let Some(b) = &base
        && b.downcast::<Str>().is_some()
    {
        base = Some(super::dialect_by_name(ts, b)?);
    }
    for (k, _) in params {
        let name = k.as_str().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        if !NAMES.contains(&name.as_str()) {
            return Err(ts.type_error(format!("this function got an unexpected keyword argument '{name}'")));
        }
    }
    if params.is_empty()
        && let Some(b) = &base
        && b.exact_class_is::<Dialect>()
    {
        return Ok(b.clone());
    }
    let get = |name: &str| {
        if let Some((_, v)) = params.iter().find(|(k, _)| k.as_str().is_some_and(|s| s.bytes() == name.as_bytes())) {
            return Ok(Some((*v).clone()));
        }
        match &base {
            Some(b) => protocol::getattr_opt(ts, b, &Str::intern(ts, name)),
            None => Ok(None),
        }
    };
    Ok(heap::new(ts, Dialect::read(ts, get)?).into_value())
}

trait ExactClass {
    fn exact_class_is<T: Payload>(&self) -> bool;
}

impl ExactClass for Value {
    fn exact_class_is<T: Payload>(&self) -> bool {
        exact_class::<T>(self).is_some()
    }
}

fn shown(ts: &ThreadState, c: Option<u32>) -> Option<Value> {
    c.map(|c| Str::from_code_point(ts, c).into_value())
}

/// CSV dialect
///
/// The Dialect type records CSV dialect options.
#[class(name = "Dialect", module = "_csv")]
impl Dialect {
    #[slot(new)]
    fn new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result {
        let params: Vec<(&Value, &Value)> = args.keywords().filter(|(k, _)| !k.as_str().is_some_and(|s| s.bytes() == b"dialect")).collect();
        let base = args.get(0).or_else(|| args.keyword("dialect"));
        let d = make(ts, base, &params)?;
        // A subclass gets an instance of its own.
        if cls.is(Dialect::class(ts).as_value()) {
            return Ok(d);
        }
        let Some(from) = d.downcast::<Dialect>() else { return Ok(d) };
        let copy = Dialect { lineterminator: from.lineterminator.clone(), ..*from };
        new_of(ts, cls, copy)
    }
    #[getter]
    fn delimiter(&self, ts: &ThreadState) -> Option<Value> {
        shown(ts, Some(self.delimiter))
    }
    #[getter]
    fn escapechar(&self, ts: &ThreadState) -> Option<Value> {
        shown(ts, self.escapechar)
    }
    #[getter]
    fn lineterminator(&self) -> Value {
        self.lineterminator.as_value().clone()
    }
    #[getter]
    fn quotechar(&self, ts: &ThreadState) -> Option<Value> {
        shown(ts, self.quotechar)
    }
    #[getter]
    fn quoting(&self) -> i64 {
        self.quoting as i64
    }
    #[getter("skipinitialspace", member)]
    fn get_skipinitialspace(&self) -> bool {
        self.skipinitialspace
    }
    #[getter("doublequote", member)]
    fn get_doublequote(&self) -> bool {
        self.doublequote
    }
    #[getter("strict", member)]
    fn get_strict(&self) -> bool {
        self.strict
    }
    #[method("__reduce__($self, /)", no_signature)]
    fn reduce(slf: &Value, ts: &ThreadState) -> Result<()> {
        Err(cannot_pickle(ts, slf))
    }
    #[method("__reduce_ex__($self, protocol, /)", no_signature)]
    fn reduce_ex(slf: &Value, ts: &ThreadState, protocol: &Value) -> Result<()> {
        let _ = protocol;
        Err(cannot_pickle(ts, slf))
    }
}
