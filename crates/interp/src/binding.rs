//! Arguments to parameters: how a call's arguments become a function's locals, and what is said when they
//! do not fit.

use crate::machine::*;
use taipan_isa::co;
use taipan_objects::code::Code;
use taipan_objects::dict::Dict;
use taipan_objects::protocol;
use taipan_objects::str::Str;
use taipan_objects::tuple::Tuple;

/// The arguments of a call. Owned words, taken out one by one.
pub struct Actuals<'a> {
    pub positional: &'a mut [StackRef],
    pub names: &'a [Value],
    pub values: &'a mut [StackRef],
}

fn take(word: &mut StackRef) -> StackRef {
    let v = std::mem::replace(word, StackRef::NULL);
    // SAFETY: arguments are alive.
    unsafe { v.own() }
}

fn take_value(word: &mut StackRef) -> Value {
    // SAFETY: arguments are not null until they are taken.
    unsafe { take(word).into_owned() }
}

fn qualname(f: &Function) -> String {
    f.qualname.read(|q| q.to_string_lossy().into_owned())
}

/// Fills the locals, which are all null, with the arguments.
///
/// # Safety
/// `locals` has room for all fast locals of `code`, which is the code of `f`.
pub unsafe fn bind(ts: &ThreadState, f: &Function, code: &Code, locals: *mut StackRef, a: Actuals<'_>) -> Result<()> {
    let argcount = code.argcount as usize;
    let kwonly = code.kwonlyargcount as usize;
    let total = argcount + kwonly;
    let given = a.positional.len();
    // SAFETY: `i` is one of the parameters.
    let local = |i: usize| unsafe { &mut *locals.add(i) };
    let varargs = code.flags & co::VARARGS != 0;
    let kwdict = if code.flags & co::VARKEYWORDS != 0 {
        let d = Dict::new(ts);
        *local(total + varargs as usize) = StackRef::owned(d.clone().into_value());
        Some(d)
    } else {
        None
    };
    let plain = given.min(argcount);
    for (i, v) in a.positional[..plain].iter_mut().enumerate() {
        *local(i) = take(v);
    }
    if varargs {
        let rest = std::cell::Cell::from_mut(&mut a.positional[plain..]).as_slice_of_cells();
        // SAFETY: arguments are alive, and not null until they are taken.
        let item = |i: usize| unsafe { rest[i].replace(StackRef::NULL).own().into_owned() };
        *local(total) = StackRef::owned(Tuple::build(ts, rest.len(), item).into_value());
    }
    if !a.names.is_empty() {
        let names = code.local_names(ts);
        let posonly = code.posonlyargcount();
        for (name, value) in a.names.iter().zip(a.values.iter_mut()) {
            let Some(text) = name.downcast::<Str>() else {
                return Err(ts.type_error(format!("{}() keywords must be strings", qualname(f))));
            };
            let found = (posonly..total)
                .find(|&i| names[i].as_value().is(name))
                .or_else(|| (posonly..total).find(|&i| names[i].bytes() == text.bytes()));
            match (found, &kwdict) {
                (Some(i), _) => {
                    if !local(i).is_null() {
                        return Err(ts.type_error(format!(
                            "{}() got multiple values for argument '{}'",
                            qualname(f),
                            text.to_string_lossy()
                        )));
                    }
                    *local(i) = take(value);
                }
                (None, Some(d)) => {
                    // An exact string as key: a subclass's `__hash__` must not run while the frame is made.
                    let key = if name.exact::<Str>().is_some() {
                        name.clone()
                    } else {
                        Str::from_wtf8(ts, text.bytes()).into_value()
                    };
                    d.set(ts, &key, take_value(value))?
                }
                (None, None) => return Err(unexpected_keyword(ts, f, code, a.names, text)),
            }
        }
    }
    if given > argcount && !varargs {
        // SAFETY: as above.
        return Err(unsafe { too_many(ts, f, code, locals, given) });
    }
    if given < argcount {
        let defaults = f.defaults.get();
        let defaults = defaults.as_ref().and_then(|d| d.exact::<Tuple>()).map(|t| t.items()).unwrap_or(&[]);
        let required = argcount.saturating_sub(defaults.len());
        if (given..required).any(|i| local(i).is_null()) {
            let missing: Vec<usize> = (given..required).filter(|&i| local(i).is_null()).collect();
            return Err(missing_arguments(ts, f, code, &missing, "positional"));
        }
        for i in given.max(required)..argcount {
            if local(i).is_null() {
                *local(i) = StackRef::owned(defaults[i + defaults.len() - argcount].clone());
            }
        }
    }
    if kwonly > 0 {
        let defaults = f.kwdefaults.get();
        let defaults = defaults.as_ref().and_then(|d| d.downcast::<Dict>());
        let mut missing = vec![];
        for i in argcount..total {
            if !local(i).is_null() {
                continue;
            }
            match defaults.and_then(|d| d.get_str(&code.local_names(ts)[i])) {
                Some(v) => *local(i) = StackRef::owned(v),
                None => missing.push(i),
            }
        }
        if !missing.is_empty() {
            return Err(missing_arguments(ts, f, code, &missing, "keyword-only"));
        }
    }
    Ok(())
}

#[cold]
fn unexpected_keyword(ts: &ThreadState, f: &Function, code: &Code, given: &[Value], keyword: &Str) -> Raised {
    let names = code.local_names(ts);
    let posonly = code.posonlyargcount();
    let total = (code.argcount + code.kwonlyargcount) as usize;
    let is_given = |n: &Str| given.iter().any(|g| g.downcast::<Str>().is_some_and(|g| g.bytes() == n.bytes()));
    let passed: Vec<String> =
        names[..posonly].iter().filter(|n| is_given(n)).map(|n| n.to_string_lossy().into_owned()).collect();
    if !passed.is_empty() {
        return ts.type_error(format!(
            "{}() got some positional-only arguments passed as keyword arguments: '{}'",
            qualname(f),
            passed.join(", ")
        ));
    }
    let candidates: Vec<String> = names[posonly..total].iter().map(|n| n.to_string_lossy().into_owned()).collect();
    let text = keyword.to_string_lossy();
    let hint = taipan_objects::native::suggestion(&text, candidates.iter().map(String::as_str))
        .map(|s| format!(". Did you mean '{s}'?"))
        .unwrap_or_default();
    ts.type_error(format!("{}() got an unexpected keyword argument '{text}'{hint}", qualname(f)))
}

#[cold]
unsafe fn too_many(ts: &ThreadState, f: &Function, code: &Code, locals: *mut StackRef, given: usize) -> Raised {
    let argcount = code.argcount as usize;
    let total = argcount + code.kwonlyargcount as usize;
    // SAFETY: parameters are among the locals.
    let keywords = (argcount..total).filter(|&i| unsafe { !(*locals.add(i)).is_null() }).count();
    let defaults = f.defaults.read(|d| d.as_ref().and_then(|d| d.exact::<Tuple>()).map_or(0, |t| t.items().len()));
    let (takes, plural) = if defaults > 0 {
        (format!("from {} to {argcount}", argcount - defaults), true)
    } else {
        (argcount.to_string(), argcount != 1)
    };
    let s = |n: usize| if n == 1 { "" } else { "s" };
    let also = if keywords > 0 {
        format!(" positional argument{} (and {keywords} keyword-only argument{})", s(given), s(keywords))
    } else {
        String::new()
    };
    let verb = if given == 1 && keywords == 0 { "was" } else { "were" };
    ts.type_error(format!(
        "{}() takes {takes} positional argument{} but {given}{also} {verb} given",
        qualname(f),
        if plural { "s" } else { "" }
    ))
}

#[cold]
fn missing_arguments(ts: &ThreadState, f: &Function, code: &Code, missing: &[usize], kind: &str) -> Raised {
    let names = code.local_names(ts);
    let mut quoted = vec![];
    for &i in missing {
        match protocol::repr(ts, names[i].as_value()) {
            Ok(s) => quoted.push(s.to_string_lossy().into_owned()),
            Err(Raised) => return Raised,
        }
    }
    let n = quoted.len();
    let list = match n {
        1 => quoted[0].clone(),
        2 => format!("{} and {}", quoted[0], quoted[1]),
        _ => format!("{}, and {}", quoted[..n - 1].join(", "), quoted[n - 1]),
    };
    let s = if n == 1 { "" } else { "s" };
    ts.type_error(format!("{}() missing {n} required {kind} argument{s}: {list}", qualname(f)))
}
