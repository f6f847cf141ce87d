//! The text of a signature, as CPython's `__text_signature__` has it, taken apart.

use proc_macro2::Span;
use syn::{Error, LitStr, Result};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    PositionalOnly,
    PositionalOrKeyword,
    VarPositional,
    KeywordOnly,
    VarKeyword,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Default {
    Required,
    None,
    Bool(bool),
    Int(i128),
    Float(f64),
    Str(String),
    Bytes(Vec<u8>),
    EmptyTuple,
    MaxSize,
    Unrepresentable,
    /// An expression that only its author can turn into Rust.
    Other(String),
}

#[derive(Clone, Debug)]
pub struct Param {
    pub name: String,
    pub kind: Kind,
    pub default: Default,
}

impl Param {
    pub fn is_var(&self) -> bool {
        matches!(self.kind, Kind::VarPositional | Kind::VarKeyword)
    }
    pub fn required(&self) -> bool {
        !self.is_var() && self.default == Default::Required
    }
}

#[derive(Clone, Debug)]
pub struct Signature {
    /// Empty for constructors, which are called by the name of their class.
    pub name: String,
    /// From the opening parenthesis on, with `$self` and its kind filled in.
    pub text: String,
    pub params: Vec<Param>,
    pub span: Span,
}

impl Signature {
    /// The parameters that have a place in the binder's array, that is, all but `*args` and `**kwargs`.
    pub fn places(&self) -> impl Iterator<Item = &Param> {
        self.params.iter().filter(|p| !p.is_var())
    }
    pub fn count(&self, f: impl Fn(&Param) -> bool) -> usize {
        self.params.iter().filter(|p| f(p)).count()
    }
    pub fn has(&self, kind: Kind) -> bool {
        self.params.iter().any(|p| p.kind == kind)
    }
    pub fn max_positional(&self) -> usize {
        self.count(|p| matches!(p.kind, Kind::PositionalOnly | Kind::PositionalOrKeyword))
    }
    pub fn min_positional(&self) -> usize {
        self.count(|p| p.required() && p.kind != Kind::KeywordOnly)
    }
}

/// Parses `lit`. `receiver` is the name of the first parameter in CPython's texts (`$self`, `$type`,
/// `$module`), which may be left out; `None` where there is none.
pub fn parse(lit: &LitStr, receiver: Option<&str>) -> Result<Signature> {
    let text = lit.value();
    let err = |m: String| Error::new(lit.span(), format!("signature `{}`: {m}", lit.value()));
    let text = text.trim();
    let open = text.find('(').ok_or_else(|| err("no `(`".into()))?;
    let inner = text[open + 1..].strip_suffix(')').ok_or_else(|| err("must end with `)`".into()))?;
    let name = text[..open].trim().to_string();
    if !name.is_empty() && !is_identifier(&name) {
        return Err(err(format!("`{name}` is not an identifier")));
    }
    let mut params: Vec<Param> = Vec::new();
    let mut receiver_seen = None;
    let mut keyword_only = false;
    let mut slash_seen = false;
    for (i, part) in split(inner).map_err(&err)?.into_iter().enumerate() {
        let part = part.trim();
        if let Some(word) = part.strip_prefix('$') {
            if i != 0 || receiver.is_none() {
                return Err(err(format!("`${word}` has no place here")));
            }
            receiver_seen = Some(part.to_string());
        } else if part == "/" {
            if slash_seen || keyword_only {
                return Err(err("`/` must come once and before `*`".into()));
            }
            slash_seen = true;
            for p in &mut params {
                p.kind = Kind::PositionalOnly;
            }
        } else if part == "*" {
            if keyword_only {
                return Err(err("`*` must come once".into()));
            }
            keyword_only = true;
        } else {
            let param = parameter(part, &mut keyword_only).map_err(&err)?;
            if params.iter().any(|p| p.kind == Kind::VarKeyword) {
                return Err(err("nothing may follow `**`".into()));
            }
            if params.iter().any(|p| p.name == param.name) {
                return Err(err(format!("parameter `{}` appears twice", param.name)));
            }
            let optional_before = params.iter().any(|p| !p.is_var() && !p.required() && p.kind != Kind::KeywordOnly);
            if param.required() && param.kind == Kind::PositionalOrKeyword && optional_before {
                return Err(err(format!("required parameter `{}` follows an optional one", param.name)));
            }
            params.push(param);
        }
    }
    if keyword_only && !params.iter().any(|p| matches!(p.kind, Kind::KeywordOnly | Kind::VarPositional)) {
        return Err(err("a parameter must follow `*`".into()));
    }
    let text = match (receiver, receiver_seen) {
        (Some(word), None) if inner.trim().is_empty() => format!("({word}, /)"),
        // What precedes the first `/` is positional-only, the receiver too.
        (Some(word), None) if slash_seen => format!("({word}, {inner})"),
        (Some(word), None) => format!("({word}, /, {inner})"),
        _ => format!("({inner})"),
    };
    Ok(Signature { name, text, params, span: lit.span() })
}

fn parameter(part: &str, keyword_only: &mut bool) -> std::result::Result<Param, String> {
    if let Some(name) = part.strip_prefix("**") {
        return Ok(Param { name: checked(name)?, kind: Kind::VarKeyword, default: Default::Required });
    }
    if let Some(name) = part.strip_prefix('*') {
        if *keyword_only {
            return Err("`*` must come once".into());
        }
        *keyword_only = true;
        return Ok(Param { name: checked(name)?, kind: Kind::VarPositional, default: Default::Required });
    }
    let kind = if *keyword_only { Kind::KeywordOnly } else { Kind::PositionalOrKeyword };
    match part.split_once('=') {
        None => Ok(Param { name: checked(part)?, kind, default: Default::Required }),
        Some((name, value)) => Ok(Param { name: checked(name)?, kind, default: default(value.trim())? }),
    }
}

fn checked(name: &str) -> std::result::Result<String, String> {
    let name = name.trim();
    if is_identifier(name) { Ok(name.to_string()) } else { Err(format!("`{name}` is not a parameter name")) }
}

fn is_identifier(s: &str) -> bool {
    let mut chars = s.chars();
    chars.next().is_some_and(|c| c == '_' || c.is_alphabetic()) && chars.all(|c| c == '_' || c.is_alphanumeric())
}

/// Splits at the commas that stand outside quotes and brackets.
fn split(inner: &str) -> std::result::Result<Vec<&str>, String> {
    let mut parts = Vec::new();
    let (mut depth, mut start, mut quote) = (0usize, 0, None);
    let mut chars = inner.char_indices();
    while let Some((i, c)) = chars.next() {
        match (quote, c) {
            (Some(_), '\\') => {
                chars.next();
            }
            (Some(q), c) if q == c => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[' | '{' | '<') => depth += 1,
            (None, ')' | ']' | '}' | '>') => depth = depth.checked_sub(1).ok_or("unbalanced brackets")?,
            (None, ',') if depth == 0 => {
                parts.push(&inner[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    if depth != 0 || quote.is_some() {
        return Err("unbalanced brackets or quotes".into());
    }
    parts.push(&inner[start..]);
    if parts.last().is_some_and(|p| p.trim().is_empty()) {
        parts.pop();
    }
    Ok(parts)
}

fn default(text: &str) -> std::result::Result<Default, String> {
    Ok(match text {
        "" => return Err("a default is missing after `=`".into()),
        "None" => Default::None,
        "True" => Default::Bool(true),
        "False" => Default::Bool(false),
        "()" => Default::EmptyTuple,
        "sys.maxsize" => Default::MaxSize,
        "<unrepresentable>" => Default::Unrepresentable,
        _ => {
            if let Ok(i) = text.parse::<i128>() {
                Default::Int(i)
            } else if text.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '.')
                && let Ok(f) = text.parse::<f64>()
            {
                Default::Float(f)
            } else if let Some(s) = quoted(text) {
                Default::Str(s?)
            } else if let Some(s) = text.strip_prefix('b').and_then(quoted) {
                Default::Bytes(s?.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect())
            } else {
                Default::Other(text.to_string())
            }
        }
    })
}

/// The content of a Python string literal, if `text` is one.
fn quoted(text: &str) -> Option<std::result::Result<String, String>> {
    let q = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let body = text[1..].strip_suffix(q)?;
    let mut out = String::new();
    let mut chars = body.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('0') => out.push('\0'),
            Some('x') => {
                let hex: String = chars.by_ref().take(2).collect();
                match u8::from_str_radix(&hex, 16) {
                    Ok(b) => out.push(char::from(b)),
                    Err(_) => return Some(Err(format!("bad escape in {text}"))),
                }
            }
            Some(c @ ('\\' | '\'' | '"')) => out.push(c),
            _ => return Some(Err(format!("bad escape in {text}"))),
        }
    }
    Some(Ok(out))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str, receiver: Option<&str>) -> std::result::Result<Signature, String> {
        parse(&LitStr::new(text, Span::call_site()), receiver).map_err(|e| e.to_string())
    }

    #[test]
    fn texts_name_the_receiver_as_cpython_does() {
        let text = |t| parsed(t, Some("$module")).unwrap().text;
        assert_eq!(text("sqrt(x, /)"), "($module, x, /)");
        assert_eq!(text("sum(iterable, /, start=0)"), "($module, iterable, /, start=0)");
        assert_eq!(text("print(*args, sep=' ')"), "($module, /, *args, sep=' ')");
        assert_eq!(text("getpid()"), "($module, /)");
        assert_eq!(parsed("append($self, object, /)", Some("$self")).unwrap().text, "($self, object, /)");
    }

    #[test]
    fn kinds_and_defaults() {
        let s = parsed("f(a, /, b=(1, 2), *args, c, d='a,\\n', **kw)", Some("$self")).unwrap();
        let kinds: Vec<Kind> = s.params.iter().map(|p| p.kind).collect();
        use Kind::*;
        assert_eq!(kinds, [PositionalOnly, PositionalOrKeyword, VarPositional, KeywordOnly, KeywordOnly, VarKeyword]);
        assert_eq!(s.params[1].default, Default::Other("(1, 2)".into()));
        assert_eq!(s.params[4].default, Default::Str("a,\n".into()));
        assert_eq!((s.min_positional(), s.max_positional()), (1, 2));
        let one = |d: &str| default(d).unwrap();
        assert_eq!(one("-1"), Default::Int(-1));
        assert_eq!(one("1e-09"), Default::Float(1e-9));
        assert_eq!(one("b'ab'"), Default::Bytes(b"ab".to_vec()));
        assert_eq!(one("sys.maxsize"), Default::MaxSize);
        assert_eq!(one("<unrepresentable>"), Default::Unrepresentable);
    }

    #[test]
    fn mistakes_are_named() {
        for (text, part) in [
            ("f(a, a)", "appears twice"),
            ("f(a=1, b)", "follows an optional one"),
            ("f(a", "must end with"),
            ("f(*)", "a parameter must follow"),
            ("f(**k, a)", "nothing may follow"),
            ("f(a=)", "default is missing"),
            ("f(a, $self)", "has no place here"),
        ] {
            let e = parsed(text, Some("$self")).unwrap_err();
            assert!(e.contains(part), "{text}: {e}");
        }
    }
}
