//! `attrgetter`, `itemgetter` and `methodcaller`.

use taipan_macros::class;
use taipan_objects::dict::Dict;
use taipan_objects::heap::{self, Payload, Ref};
use taipan_objects::list::List;
use taipan_objects::native::*;
use taipan_objects::str::Str;
use taipan_objects::tuple::Tuple;
use taipan_objects::typeobject::Type;
use taipan_objects::{Result, ThreadState, Value, payload, protocol};

/// The only argument of a call, or the error that names the class.
fn one_argument<'a>(ts: &ThreadState, args: Args<'a>, name: &str) -> Result<&'a Value> {
    args.no_keywords(ts, name)?;
    match args.positional {
        [one] => Ok(one),
        many => Err(ts.type_error(format!("{name} expected 1 argument, got {}", many.len()))),
    }
}

fn joined(ts: &ThreadState, slf: &Value, items: &[Value]) -> Result<String> {
    let mut out = format!("{}(", slf.type_name(ts));
    for (i, v) in items.iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        out.push_str(&protocol::repr(ts, v)?.to_string_lossy());
    }
    out.push(')');
    Ok(out)
}

pub struct AttrGetter {
    /// The dotted names as they were given.
    names: Vec<Value>,
    /// Their parts.
    paths: Vec<Vec<Ref<Str>>>,
}
payload!(AttrGetter, container, traverse = |s, visit| s.names.iter().for_each(&mut *visit));

/// attrgetter(attr, /, *attrs)
/// --
///
/// A callable that fetches the given attributes of its argument: one as it is, several in a tuple. Names
/// may be dotted.
#[class(name = "attrgetter", module = "operator", final)]
impl AttrGetter {
    #[new("(attr, /, *attrs)")]
    fn new(cls: &Type, ts: &ThreadState, attr: &Value, attrs: &[Value]) -> Result<Ref<AttrGetter>> {
        let mut names = vec![];
        let mut paths = vec![];
        for v in std::iter::once(attr).chain(attrs) {
            let Some(s) = v.as_str() else {
                return Err(ts.type_error("attribute name must be a string"));
            };
            paths.push(s.bytes().split(|&b| b == b'.').map(|part| Str::intern_wtf8(ts, part)).collect());
            names.push(v.clone());
        }
        Ok(heap::new_with_type(ts, cls, AttrGetter { names, paths }))
    }
    #[slot(call)]
    fn call(&self, ts: &ThreadState, args: Args<'_>) -> Result {
        let obj = one_argument(ts, args, "attrgetter")?;
        let fetch = |path: &[Ref<Str>]| {
            let mut v = protocol::getattr(ts, obj, &path[0])?;
            for name in &path[1..] {
                v = protocol::getattr(ts, &v, name)?;
            }
            Ok(v)
        };
        if let [path] = self.paths.as_slice() {
            return fetch(path);
        }
        let all = self.paths.iter().map(|p| fetch(p)).collect::<Result<Vec<_>>>()?;
        Ok(Tuple::new(ts, all).into_value())
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result {
        let Some(s) = slf.downcast::<AttrGetter>() else { return Ok(Value::not_implemented()) };
        Ok(Str::new(ts, &joined(ts, slf, &s.names)?).into_value())
    }
    /// What pickles this object.
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Result<Ref<Tuple>> {
        let names = slf.downcast::<AttrGetter>().map_or(vec![], |s| s.names.clone());
        Ok(Tuple::new(ts, vec![slf.class_ref(ts).into_value(), Tuple::new(ts, names).into_value()]))
    }
}

pub struct ItemGetter {
    items: Vec<Value>,
}
payload!(ItemGetter, container, traverse = |s, visit| s.items.iter().for_each(&mut *visit));

/// itemgetter(item, /, *items)
/// --
///
/// A callable that fetches the given items of its argument: one as it is, several in a tuple.
#[class(name = "itemgetter", module = "operator", final)]
impl ItemGetter {
    #[new("(item, /, *items)")]
    fn new(cls: &Type, ts: &ThreadState, item: Value, items: &[Value]) -> Ref<ItemGetter> {
        let items = std::iter::once(item).chain(items.iter().cloned()).collect();
        heap::new_with_type(ts, cls, ItemGetter { items })
    }
    #[slot(call)]
    fn call(&self, ts: &ThreadState, args: Args<'_>) -> Result {
        let obj = match args.positional {
            [one] if args.kw_names.is_empty() => one,
            _ => one_argument(ts, args, "itemgetter")?,
        };
        if let [item] = self.items.as_slice() {
            // The common keys of sorts and groups.
            if let Some(i) = item.as_small_int().and_then(|i| usize::try_from(i).ok()) {
                if let Some(v) = obj.exact::<Tuple>().and_then(|t| t.items().get(i)) {
                    return Ok(v.clone());
                }
                if let Some(v) = obj.exact::<List>().and_then(|l| l.get(i)) {
                    return Ok(v);
                }
            }
            return protocol::getitem(ts, obj, item);
        }
        let all = self.items.iter().map(|i| protocol::getitem(ts, obj, i)).collect::<Result<Vec<_>>>()?;
        Ok(Tuple::new(ts, all).into_value())
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result {
        let Some(s) = slf.downcast::<ItemGetter>() else { return Ok(Value::not_implemented()) };
        Ok(Str::new(ts, &joined(ts, slf, &s.items)?).into_value())
    }
    /// What pickles this object.
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Result<Ref<Tuple>> {
        let items = slf.downcast::<ItemGetter>().map_or(vec![], |s| s.items.clone());
        Ok(Tuple::new(ts, vec![slf.class_ref(ts).into_value(), Tuple::new(ts, items).into_value()]))
    }
}

pub struct MethodCaller {
    name: Ref<Str>,
    args: Vec<Value>,
    kw_names: Vec<Value>,
    kw_values: Vec<Value>,
}
payload!(MethodCaller, container, traverse = |s, visit| {
    s.args.iter().for_each(&mut *visit);
    s.kw_values.iter().for_each(&mut *visit)
});

/// methodcaller(name, /, *args, **kwargs)
/// --
///
/// A callable that calls the named method of its argument.
#[class(name = "methodcaller", module = "operator", final)]
impl MethodCaller {
    #[new("(name, /, *args, **kwargs)")]
    fn new(cls: &Type, ts: &ThreadState, name: &Value, args: &[Value], kwargs: Kwargs<'_>) -> Result<Ref<MethodCaller>> {
        let Some(name) = name.as_str() else {
            return Err(ts.type_error("method name must be a string"));
        };
        let name = Str::intern_wtf8(ts, name.bytes());
        let (kw_names, kw_values) = super::keyword_parts(kwargs);
        Ok(heap::new_with_type(ts, cls, MethodCaller { name, args: args.to_vec(), kw_names, kw_values }))
    }
    #[slot(call)]
    fn call(&self, ts: &ThreadState, args: Args<'_>) -> Result {
        let obj = one_argument(ts, args, "methodcaller")?;
        let f = protocol::getattr(ts, obj, &self.name)?;
        protocol::call_args(ts, &f, Args::with_keywords(&self.args, &self.kw_names, &self.kw_values))
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result {
        let Some(s) = slf.downcast::<MethodCaller>() else { return Ok(Value::not_implemented()) };
        let Some(_guard) = protocol::repr_enter(ts, slf)? else {
            return Ok(Str::new(ts, &format!("{}(...)", slf.type_name(ts))).into_value());
        };
        let mut out = format!("{}({}", slf.type_name(ts), protocol::repr(ts, s.name.as_value())?.to_string_lossy());
        for v in &s.args {
            out.push_str(", ");
            out.push_str(&protocol::repr(ts, v)?.to_string_lossy());
        }
        for (k, v) in s.kw_names.iter().zip(&s.kw_values) {
            out.push_str(&format!(", {}={}", protocol::str_(ts, k)?.to_string_lossy(), protocol::repr(ts, v)?.to_string_lossy()));
        }
        out.push(')');
        Ok(Str::new(ts, &out).into_value())
    }
    /// What pickles this object.
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Result<Ref<Tuple>> {
        let Some(s) = slf.downcast::<MethodCaller>() else { return Ok(Tuple::empty(ts)) };
        let class = slf.class_ref(ts).into_value();
        let name = s.name.as_value().clone();
        if s.kw_names.is_empty() {
            let args = std::iter::once(name).chain(s.args.iter().cloned()).collect();
            return Ok(Tuple::new(ts, vec![class, Tuple::new(ts, args).into_value()]));
        }
        // functools.partial carries the keywords.
        let partial = protocol::getattr_name(ts, &taipan_objects::module::import(ts, "functools")?, "partial")?;
        let keywords = Dict::new(ts);
        for (k, v) in s.kw_names.iter().zip(&s.kw_values) {
            keywords.set(ts, k, v.clone())?;
        }
        let maker = protocol::call_args(ts, &partial, Args::with_keywords(&[class, name], &s.kw_names, &s.kw_values))?;
        Ok(Tuple::new(ts, vec![maker, Tuple::new(ts, s.args.clone()).into_value()]))
    }
}

pub fn add_classes(ts: &ThreadState, dict: &Dict) {
    dict.set_name(ts, "attrgetter", AttrGetter::class(ts).into_value());
    dict.set_name(ts, "itemgetter", ItemGetter::class(ts).into_value());
    dict.set_name(ts, "methodcaller", MethodCaller::class(ts).into_value());
}
