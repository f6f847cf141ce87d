//! `OrderedDict`: a dict, which keeps the order of insertion anyhow, with methods that change the order and
//! an equality that heeds it.

use crate::prelude::*;
use taipan_macros::{class, methods};
use taipan_objects::dict::table::Table;
use taipan_objects::{ids, typeobject};

#[repr(C)]
pub struct OrderedDict {
    dict: Dict,
}
payload!(OrderedDict, parent = Dict, container, traverse = |s, visit| s.dict.each(|k, v| {
    visit(k);
    visit(v)
}), clear = |s| s.dict.clear_all());

fn dict_of<'a>(ts: &ThreadState, v: &'a Value) -> Result<&'a Dict> {
    v.downcast::<Dict>().ok_or_else(|| ts.type_error("an OrderedDict is required"))
}

/// Is the class of `v` exactly OrderedDict?
fn is_plain(ts: &ThreadState, v: &Value) -> bool {
    v.class(ts).is(&OrderedDict::class(ts))
}

fn set_item(ts: &ThreadState, slf: &Value, k: &Value, v: Value) -> Result<()> {
    if is_plain(ts, slf) { dict_of(ts, slf)?.set(ts, k, v) } else { protocol::setitem(ts, slf, k, &v) }
}

/// `update`: a mapping by its keys, anything else by its pairs; subclasses see each item set.
fn update(ts: &ThreadState, slf: &Value, args: Args<'_>) -> Result<()> {
    if args.positional.len() > 1 {
        return Err(ts.type_error(format!("update() takes at most 1 positional argument ({} given)", args.positional.len())));
    }
    if let Some(other) = args.positional.first() {
        if is_plain(ts, slf) {
            dict_of(ts, slf)?.update_from(ts, other)?;
        } else if let Some(keys) = protocol::getattr_opt_name(ts, other, "keys")? {
            let keys = protocol::call0(ts, &keys)?;
            protocol::for_each(ts, &keys, |k| {
                let v = protocol::getitem(ts, other, &k)?;
                set_item(ts, slf, &k, v)
            })?;
        } else {
            // The pairs are checked by dict.
            let pairs = Dict::new(ts);
            pairs.update_from(ts, other)?;
            for (k, v) in pairs.items(ts) {
                set_item(ts, slf, &k, v)?;
            }
        }
    }
    for (k, v) in args.keywords() {
        set_item(ts, slf, k, v.clone())?;
    }
    Ok(())
}

/// Dictionary that remembers insertion order
#[class(name = "OrderedDict", module = "collections", base = Dict, dict, weakref, parts(Self::METHODS))]
impl OrderedDict {
    #[slot(new)]
    fn new(ts: &ThreadState, cls: &Value, _args: Args<'_>) -> Result {
        new_of(ts, cls, OrderedDict { dict: Dict::payload(Table::default()) })
    }
    #[slot(init)]
    fn init(ts: &ThreadState, slf: &Value, args: Args<'_>) -> Result<()> {
        if args.positional.len() > 1 {
            return Err(ts.type_error(format!("expected at most 1 argument, got {}", args.positional.len())));
        }
        update(ts, slf, args)
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result<Value> {
        let name = slf.class(ts).short_name();
        let d = dict_of(ts, slf)?;
        if d.is_empty() {
            return Ok(str_value(ts, &format!("{name}()")));
        }
        let Some(_guard) = protocol::repr_enter(ts, slf)? else { return Ok(str_value(ts, "...")) };
        let copy = if is_plain(ts, slf) {
            d.copy(ts)
        } else {
            let items = protocol::call_method(ts, slf, "items", &[])?;
            let copy = Dict::new(ts);
            copy.update_from(ts, &items)?;
            copy
        };
        let text = protocol::repr(ts, copy.as_value())?;
        Ok(Str::from_pieces(ts, &[name.as_bytes(), b"(", text.bytes(), b")"]).into_value())
    }
    #[slot(richcompare)]
    fn richcompare(ts: &ThreadState, a: &Value, b: &Value, op: CmpOp) -> Result {
        let Some(base) = typeobject::builtin(ts, ids::DICT).slots().richcompare else { return Ok(Value::not_implemented()) };
        let r = base(ts, a, b, op)?;
        let equal = match (op, r.as_bool_object()) {
            (CmpOp::Eq, Some(e)) => e,
            (CmpOp::Ne, Some(e)) => !e,
            _ => return Ok(r),
        };
        if !equal || !b.is_instance_of::<OrderedDict>() {
            return Ok(r);
        }
        // Equal as sets of items: the order decides.
        let (x, y) = (dict_of(ts, a)?, dict_of(ts, b)?);
        let (mut i, mut j) = (0, 0);
        loop {
            match (x.next_entry(i), y.next_entry(j)) {
                (Some((i2, k1, _)), Some((j2, k2, _))) => {
                    if !protocol::eq(ts, &k1, &k2)? {
                        return Ok(Value::bool(op == CmpOp::Ne));
                    }
                    (i, j) = (i2, j2);
                }
                (None, None) => return Ok(r),
                _ => return Err(ts.runtime_error("OrderedDict mutated during iteration")),
            }
        }
    }
    #[slot(or_)]
    fn or(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        if !a.is_instance_of::<Dict>() || !b.is_instance_of::<Dict>() {
            return Ok(Value::not_implemented());
        }
        let class = if a.is_instance_of::<OrderedDict>() { a.class_ref(ts) } else { b.class_ref(ts) };
        let new = protocol::call1(ts, class.as_value(), a)?;
        update(ts, &new, Args::new(std::slice::from_ref(b)))?;
        Ok(new)
    }
    #[slot(ior)]
    fn ior(ts: &ThreadState, slf: &Value, other: &Value) -> Result {
        update(ts, slf, Args::new(std::slice::from_ref(other)))?;
        Ok(slf.clone())
    }
}

#[methods(part = METHODS)]
impl OrderedDict {
    /// A new ordered dictionary with keys from an iterable, all with the same value.
    #[classmethod("fromkeys($type, /, iterable, value=None)")]
    fn fromkeys(cls: &Value, ts: &ThreadState, iterable: &Value, value: Option<Value>) -> Result {
        let value = value.unwrap_or_else(Value::none);
        let new = protocol::call0(ts, cls)?;
        protocol::for_each(ts, iterable, |k| protocol::setitem(ts, &new, &k, &value))?;
        Ok(new)
    }
    /// Takes in the items of a mapping or of an iterable of pairs, and the keyword arguments.
    #[method("update($self, /, *args, **kwargs)", no_signature)]
    fn update(slf: &Value, ts: &ThreadState, args: &[Value], kwargs: Kwargs<'_>) -> Result<()> {
        update(ts, slf, Args::new(args))?;
        for (k, v) in kwargs.iter() {
            set_item(ts, slf, k, v.clone())?;
        }
        Ok(())
    }
    /// The value for key; set to default if the key is not there.
    #[method("setdefault($self, /, key, default=None)")]
    fn setdefault(slf: &Value, ts: &ThreadState, key: &Value, default: Option<Value>) -> Result {
        let default = default.unwrap_or_else(Value::none);
        if is_plain(ts, slf) {
            return dict_of(ts, slf)?.set_default(ts, key, default);
        }
        if protocol::contains(ts, slf, key)? {
            return protocol::getitem(ts, slf, key);
        }
        protocol::setitem(ts, slf, key, &default)?;
        Ok(default)
    }
    /// Removes the key and returns its value, or the default if the key is not there.
    #[method("pop($self, /, key, default=<unrepresentable>)")]
    fn pop(slf: &Value, ts: &ThreadState, key: &Value, default: Option<Value>) -> Result {
        if is_plain(ts, slf) {
            return match dict_of(ts, slf)?.remove(ts, key)? {
                Some(v) => Ok(v),
                None => default.ok_or_else(|| ts.key_error(key)),
            };
        }
        if protocol::contains(ts, slf, key)? {
            let v = protocol::getitem(ts, slf, key)?;
            protocol::delitem(ts, slf, key)?;
            return Ok(v);
        }
        if default.is_none()
            && let Some(missing) = protocol::lookup_special(ts, slf, &Str::intern(ts, "__missing__"))?
        {
            return protocol::call1(ts, &missing, key);
        }
        default.ok_or_else(|| ts.key_error(key))
    }
    /// Removes an item and returns it: the last one, or the first one if last is false.
    #[method("popitem($self, /, last=True)")]
    fn popitem(&self, ts: &ThreadState, last: bool) -> Result {
        match if last { self.dict.pop_item() } else { self.dict.pop_first() } {
            Some((k, v)) => Ok(tuple(ts, vec![k, v])),
            None => Err(ts.key_error(&str_value(ts, "dictionary is empty"))),
        }
    }
    /// Moves an item to the end, or to the beginning if last is false. KeyError if it is not there.
    #[method("move_to_end($self, /, key, last=True)")]
    fn move_to_end(&self, ts: &ThreadState, key: &Value, last: bool) -> Result<()> {
        match self.dict.index_of(ts, key)? {
            Some(i) => self.dict.move_entry(i, last),
            None => return Err(ts.key_error(key)),
        }
        Ok(())
    }
    /// A shallow copy.
    #[method("copy($self, /)")]
    #[method("__copy__($self, /)")]
    fn copy(slf: &Value, ts: &ThreadState) -> Result {
        let new = protocol::call0(ts, slf.class_ref(ts).as_value())?;
        if is_plain(ts, slf) {
            dict_of(ts, &new)?.merge(ts, dict_of(ts, slf)?, true)?;
            return Ok(new);
        }
        for k in dict_of(ts, slf)?.keys() {
            let v = protocol::getitem(ts, slf, &k)?;
            protocol::setitem(ts, &new, &k, &v)?;
        }
        Ok(new)
    }
    /// What pickles this object.
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Result {
        let state = protocol::call_method(ts, slf, "__getstate__", &[])?;
        let items = protocol::call_method(ts, slf, "items", &[])?;
        let it = protocol::get_iter(ts, &items)?;
        Ok(tuple(ts, vec![slf.class_ref(ts).into_value(), tuple(ts, vec![]), state, Value::none(), it]))
    }
}
