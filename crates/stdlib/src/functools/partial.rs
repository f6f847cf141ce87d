//! `partial`: a function with some arguments given, and `Placeholder`, which keeps a place open.

use taipan_macros::{class, methods};
use taipan_objects::dict::Dict;
use taipan_objects::heap::{self, GilCell, Payload, Ref};
use taipan_objects::method::Method;
use taipan_objects::native::*;
use taipan_objects::str::Str;
use taipan_objects::tuple::Tuple;
use taipan_objects::typeobject::Type;
use taipan_objects::{Result, ThreadState, Value, generic_alias, payload, protocol};

pub struct PlaceholderType;
payload!(PlaceholderType);

#[derive(Default)]
struct Singleton(GilCell<Option<Value>>);

/// The one object that keeps places open.
pub fn placeholder(ts: &ThreadState) -> Value {
    let slot = &ts.interp().extension::<Singleton>().0;
    if let Some(v) = slot.get() {
        return v;
    }
    let v = heap::new(ts, PlaceholderType).into_value();
    slot.set(Some(v.clone()));
    v
}

/// The type of the Placeholder: it stands for an argument that a partial leaves open.
#[class(name = "_PlaceholderType", module = "functools", final)]
impl PlaceholderType {
    #[slot(new)]
    fn new(ts: &ThreadState, _cls: &Value, args: Args<'_>) -> Result {
        if !args.is_empty() {
            return Err(ts.type_error("PlaceholderType takes no arguments"));
        }
        Ok(placeholder(ts))
    }
    #[slot(repr)]
    fn repr(&self) -> &'static str {
        "Placeholder"
    }
    /// What pickles this object.
    #[method("__reduce__($self, /)")]
    fn reduce(&self) -> &'static str {
        "Placeholder"
    }
}

/// What a partial holds; replaced as a whole by `__setstate__`.
#[derive(Clone)]
struct State {
    func: Value,
    args: Ref<Tuple>,
    keywords: Ref<Dict>,
    /// How many of the arguments are open places.
    open: usize,
}

pub struct Partial {
    state: GilCell<State>,
}
payload!(Partial, container, traverse = |s, visit| s.state.read(|s| {
    visit(&s.func);
    visit(s.args.as_value());
    visit(s.keywords.as_value())
}));

fn count_open(args: &[Value], open: &Value) -> usize {
    args.iter().filter(|v| v.is(open)).count()
}

/// The arguments given before with those of now: open places are filled first. False when some stay open.
fn filled(before: &[Value], now: &[Value], open: &Value) -> Vec<Value> {
    let mut all = Vec::with_capacity(before.len() + now.len());
    let mut next = now.iter();
    for v in before {
        all.push(if v.is(open) { next.next().unwrap_or(v).clone() } else { v.clone() });
    }
    all.extend(next.cloned());
    all
}

/// Lets the interpreter see through partials, so that calling them does not nest.
pub fn install(ts: &ThreadState) {
    ts.interp().hooks.write(|h| {
        h.expands = Some(|_, v| v.downcast::<Partial>().is_some());
        h.expand_call = Some(expand);
    });
}

fn expand(ts: &ThreadState, callable: &Value, positional: &mut Vec<Value>, names: &mut Vec<Value>, values: &mut Vec<Value>) -> Option<Value> {
    let s = callable.downcast::<Partial>()?.state.get();
    if positional.len() < s.open {
        return None;
    }
    *positional = filled(s.args.items(), positional, &placeholder(ts));
    if !s.keywords.is_empty() {
        (*names, *values) = merged(&s.keywords, names.iter().zip(values.iter()));
    }
    Some(s.func)
}

/// A partial's keywords with those of a call, which take precedence.
fn merged<'a>(own: &Dict, given: impl Iterator<Item = (&'a Value, &'a Value)>) -> (Vec<Value>, Vec<Value>) {
    let (mut names, mut values) = (vec![], vec![]);
    own.each(|k, v| {
        names.push(k.clone());
        values.push(v.clone());
    });
    let first = names.len();
    for (k, v) in given {
        let text = k.as_str().map(|s| s.bytes());
        match names[..first].iter().position(|n: &Value| n.as_str().map(|s| s.bytes()) == text) {
            Some(i) => values[i] = v.clone(),
            None => {
                names.push(k.clone());
                values.push(v.clone());
            }
        }
    }
    (names, values)
}

/// Create a new function with some of the arguments given.
#[class(name = "partial", module = "functools", dict, weakref, parts(Self::METHODS))]
impl Partial {
    #[new("(func, /, *args, **keywords)")]
    fn new(cls: &Type, ts: &ThreadState, #[default(None)] func: Option<&Value>, args: &[Value], keywords: Kwargs<'_>) -> Result<Ref<Partial>> {
        let Some(func) = func else {
            return Err(ts.type_error("type 'partial' takes at least one argument"));
        };
        if !protocol::is_callable(ts, func) {
            return Err(ts.type_error("the first argument must be callable"));
        }
        let open = placeholder(ts);
        if args.last().is_some_and(|v| v.is(&open)) {
            return Err(ts.type_error("trailing Placeholders are not allowed"));
        }
        let given = Dict::new(ts);
        for (k, v) in keywords.iter() {
            if v.is(&open) {
                return Err(ts.type_error("Placeholder cannot be passed as a keyword argument"));
            }
            given.set(ts, k, v.clone())?;
        }
        let inner = func.downcast::<Partial>().filter(|_| func.class(ts).is(&Partial::class(ts)));
        let state = match inner {
            // A partial of a partial without attributes of its own is one partial.
            Some(p) if !has_attributes(ts, func)? => {
                let p = p.state.get();
                let all = filled(p.args.items(), args, &open);
                let merged = p.keywords.copy(ts);
                merged.merge(ts, &given, true)?;
                State { func: p.func, open: count_open(&all, &open), args: Tuple::new(ts, all), keywords: merged }
            }
            _ => State { func: func.clone(), args: Tuple::from_slice(ts, args), keywords: given, open: count_open(args, &open) },
        };
        Ok(heap::new_with_type(ts, cls, Partial { state: GilCell::new(state) }))
    }
    #[slot(call)]
    fn call(&self, ts: &ThreadState, args: Args<'_>) -> Result {
        let s = self.state.get();
        if args.positional.len() < s.open {
            return Err(ts.type_error(format!(
                "missing positional arguments in 'partial' call; expected at least {}, got {}",
                s.open,
                args.positional.len()
            )));
        }
        let positional = if s.open > 0 {
            filled(s.args.items(), args.positional, &placeholder(ts))
        } else if s.args.is_empty() {
            args.positional.to_vec()
        } else {
            [s.args.items(), args.positional].concat()
        };
        if s.keywords.is_empty() {
            return protocol::call_args(ts, &s.func, Args { positional: &positional, ..args });
        }
        let (names, values) = merged(&s.keywords, args.keywords());
        protocol::call_args(ts, &s.func, Args::with_keywords(&positional, &names, &values))
    }
    #[slot(descr_get)]
    fn descr_get(ts: &ThreadState, slf: &Value, instance: Option<&Value>, _owner: Option<&Value>) -> Result {
        match instance {
            Some(obj) if !obj.is_none() => Ok(Method::new(ts, slf.clone(), obj.clone()).into_value()),
            _ => Ok(slf.clone()),
        }
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result {
        let Some(p) = slf.downcast::<Partial>() else { return Ok(Value::not_implemented()) };
        let name = slf.class(ts).qualified_name(ts);
        let Some(_guard) = protocol::repr_enter(ts, slf)? else { return Ok(protocol::text(ts, "...")) };
        let s = p.state.get();
        let mut out = format!("{name}(").into_bytes();
        out.extend_from_slice(protocol::repr(ts, &s.func)?.bytes());
        for v in s.args.items() {
            out.extend_from_slice(b", ");
            out.extend_from_slice(protocol::repr(ts, v)?.bytes());
        }
        for (k, v) in s.keywords.items(ts) {
            out.extend_from_slice(b", ");
            out.extend_from_slice(protocol::str_(ts, &k)?.bytes());
            out.push(b'=');
            out.extend_from_slice(protocol::repr(ts, &v)?.bytes());
        }
        out.push(b')');
        Ok(Str::from_wtf8(ts, out).into_value())
    }
}

/// Has the object attributes in its `__dict__`?
fn has_attributes(ts: &ThreadState, v: &Value) -> Result<bool> {
    match protocol::getattr_opt_name(ts, v, "__dict__")? {
        Some(d) => Ok(protocol::len(ts, &d)? > 0),
        None => Ok(false),
    }
}

#[methods(part = METHODS)]
impl Partial {
    /// The function that is called.
    #[getter(member)]
    fn func(&self) -> Value {
        self.state.read(|s| s.func.clone())
    }
    /// The arguments that come first in each call.
    #[getter(member)]
    fn args(&self) -> Ref<Tuple> {
        self.state.read(|s| s.args.clone())
    }
    /// The keyword arguments of each call.
    #[getter(member)]
    fn keywords(&self) -> Ref<Dict> {
        self.state.read(|s| s.keywords.clone())
    }
    /// For annotations.
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(cls: &Value, ts: &ThreadState, object: &Value) -> Result {
        generic_alias::new(ts, cls, object)
    }
    /// What pickles this object.
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Result<Ref<Tuple>> {
        let Some(p) = slf.downcast::<Partial>() else { return Ok(Tuple::empty(ts)) };
        let s = p.state.get();
        let attributes = if has_attributes(ts, slf)? { protocol::getattr_name(ts, slf, "__dict__")? } else { Value::none() };
        let state = Tuple::new(ts, vec![s.func.clone(), s.args.into_value(), s.keywords.into_value(), attributes]);
        let args = Tuple::new(ts, vec![s.func]);
        Ok(Tuple::new(ts, vec![slf.class_ref(ts).into_value(), args.into_value(), state.into_value()]))
    }
    /// Takes the state over that __reduce__() gave.
    #[method("__setstate__($self, state, /)")]
    fn setstate(slf: &Value, ts: &ThreadState, state: &Value) -> Result<()> {
        let invalid = || ts.type_error("invalid partial state");
        let p = slf.downcast::<Partial>().ok_or_else(invalid)?;
        let t = state.downcast::<Tuple>().ok_or_else(invalid)?;
        let [func, args, keywords, attributes] = t.items() else { return Err(invalid()) };
        let plain_args = args.downcast::<Tuple>().ok_or_else(invalid)?;
        if !protocol::is_callable(ts, func) || !(keywords.is_none() || keywords.is_instance_of::<Dict>()) {
            return Err(invalid());
        }
        let open = placeholder(ts);
        if plain_args.items().last().is_some_and(|v| v.is(&open)) {
            return Err(ts.type_error("trailing Placeholders are not allowed"));
        }
        let keywords = match keywords.exact::<Dict>().and_then(|_| keywords.downcast_ref::<Dict>()) {
            Some(d) => d.clone(),
            None => match keywords.downcast::<Dict>() {
                Some(d) => d.copy(ts),
                None => Dict::new(ts),
            },
        };
        let items = plain_args.items();
        let state = State { func: func.clone(), open: count_open(items, &open), args: Tuple::from_slice(ts, items), keywords };
        if !attributes.is_none() {
            protocol::setattr_name(ts, slf, "__dict__", attributes)?;
        }
        p.state.set(state);
        Ok(())
    }
}
