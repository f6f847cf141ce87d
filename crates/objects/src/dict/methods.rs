//! What Python sees of `dict`.

use super::iter::{DictReverseKeyIterator, DictKeyIterator};
use super::views::{DictItems, DictKeys, DictValues};
use super::{Dict, table::Table};
use crate::generic_alias::GenericAlias;
use crate::heap;
use crate::ids;
use crate::iterators::fast_sequence;
use crate::native::Args;
use crate::protocol;
use crate::set;
use crate::slots::CmpOp;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::typeobject::{self, Type};
use crate::value::{Raised, Result, Value};
use crate::native::class;

impl Dict {
    /// Takes in a dictionary, another mapping, or pairs.
    pub fn update_from(&self, ts: &ThreadState, other: &Value) -> Result<()> {
        if let Some(d) = plain_dict(ts, other) {
            return self.merge(ts, d, true);
        }
        if protocol::getattr_opt(ts, other, &ts.names().keys)?.is_some() {
            return self.merge_mapping(ts, other, true);
        }
        self.merge_pairs(ts, other, true)
    }
    /// Takes in anything with `keys()` and `__getitem__`.
    pub fn merge_mapping(&self, ts: &ThreadState, other: &Value, replace: bool) -> Result<()> {
        if let Some(d) = plain_dict(ts, other) {
            return self.merge(ts, d, replace);
        }
        let keys = protocol::call_method_ref(ts, other, &ts.names().keys, &[])?;
        protocol::for_each(ts, &keys, |k| {
            if !replace && self.contains(ts, &k)? {
                return Ok(());
            }
            let v = protocol::getitem(ts, other, &k)?;
            self.set(ts, &k, v)
        })
    }
    /// Takes in an iterable of pairs.
    pub fn merge_pairs(&self, ts: &ThreadState, pairs: &Value, replace: bool) -> Result<()> {
        let mut n = 0;
        protocol::for_each(ts, pairs, |pair| {
            if replace
                && let Some([k, v]) = pair.exact::<crate::tuple::Tuple>().map(|t| t.items())
            {
                n += 1;
                return self.set(ts, k, v.clone());
            }
            let items = match fast_sequence(ts, &pair, "object is not iterable") {
                Ok(items) => items,
                Err(e) => return Err(note_element(ts, n, e)),
            };
            let [k, v] = items.as_slice() else {
                return Err(ts.value_error(format!(
                    "dictionary update sequence element #{n} has length {}; 2 is required",
                    items.len()
                )));
            };
            n += 1;
            if replace { self.set(ts, k, v.clone()) } else { self.set_default(ts, k, v.clone()).map(drop) }
        })
    }
    /// The arguments of `dict()` and `update()`.
    fn update_arguments(&self, ts: &ThreadState, name: &str, args: Args<'_>) -> Result<()> {
        match args.positional {
            [] => {}
            [other] => self.update_from(ts, other)?,
            more => return Err(ts.type_error(format!("{name} expected at most 1 argument, got {}", more.len()))),
        }
        self.make_room(args.kw_names.len());
        for (k, v) in args.kw_names.iter().zip(args.kw_values) {
            self.set(ts, k, v.clone())?;
        }
        Ok(())
    }
    /// Do both have equal values under the same keys?
    pub fn equals(&self, ts: &ThreadState, other: &Dict) -> Result<bool> {
        if self.len() != other.len() {
            return Ok(false);
        }
        let mut position = 0;
        while let Some((next, hash, k, v)) = self.next_hashed(position) {
            position = next;
            let Some(w) = other.get_hashed(ts, &k, hash)? else { return Ok(false) };
            if !protocol::eq(ts, &v, &w)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

#[cold]
fn note_element(ts: &ThreadState, n: usize, e: Raised) -> Raised {
    if ts.exception_is(|x| &x.type_error)
        && let Some(x) = ts.take_exception()
    {
        let note = Str::new(ts, &format!("Cannot convert dictionary update sequence element #{n} to a sequence"));
        if protocol::call_method(ts, &x, "add_note", &[note.into_value()]).is_ok() {
            return ts.raise(&x);
        }
    }
    e
}

/// A dictionary that is walked as dictionaries are: no subclass that iterates in its own way.
pub fn plain_dict<'a>(ts: &ThreadState, v: &'a Value) -> Option<&'a Dict> {
    if let Some(d) = v.exact::<Dict>() {
        return Some(d);
    }
    let d = v.downcast::<Dict>()?;
    let own = v.class(ts).slots().iter?;
    let base = typeobject::builtin(ts, ids::DICT).slots().iter?;
    std::ptr::fn_addr_eq(own, base).then_some(d)
}

#[class(name = "dict", mapping, match_self)]
/// dict() -> new empty dictionary
/// dict(mapping) -> new dictionary initialized from a mapping object's
///     (key, value) pairs
/// dict(iterable) -> new dictionary initialized as if via:
///     d = {}
///     for k, v in iterable:
///         d[k] = v
/// dict(**kwargs) -> new dictionary initialized with the name=value pairs
///     in the keyword argument list.  For example:  dict(one=1, two=2)
impl Dict {
    #[slot(new)]
    fn tp_new(ts: &ThreadState, cls: &Value, _args: Args<'_>) -> Result<Value> {
        let Some(ty) = cls.downcast::<Type>() else { return Err(ts.type_error("dict.__new__(X): X is not a type object")) };
        Ok(heap::new_with_type(ts, ty, Dict::payload(Table::default())).into_value())
    }
    #[slot(init)]
    fn tp_init(&self, ts: &ThreadState, args: Args<'_>) -> Result<()> {
        self.update_arguments(ts, "dict", args)
    }
    #[slot(repr)]
    fn tp_repr(ts: &ThreadState, slf: &Value) -> Result<Value> {
        let Some(d) = slf.downcast::<Dict>() else { return Ok(Value::not_implemented()) };
        if d.is_empty() {
            return Ok(Str::intern(ts, "{}").into_value());
        }
        let Some(_guard) = protocol::repr_enter(ts, slf)? else { return Ok(Str::intern(ts, "{...}").into_value()) };
        let mut out = b"{".to_vec();
        let mut position = 0;
        while let Some((next, k, v)) = d.next_entry(position) {
            if position > 0 && out.len() > 1 {
                out.extend_from_slice(b", ");
            }
            position = next;
            out.extend_from_slice(protocol::repr(ts, &k)?.bytes());
            out.extend_from_slice(b": ");
            out.extend_from_slice(protocol::repr(ts, &v)?.bytes());
        }
        out.push(b'}');
        Ok(Str::from_wtf8(ts, out).into_value())
    }
    #[slot(richcompare)]
    fn tp_richcompare(&self, ts: &ThreadState, other: &Value, op: CmpOp) -> Result<Value> {
        let (Some(o), CmpOp::Eq | CmpOp::Ne) = (other.downcast::<Dict>(), op) else { return Ok(Value::not_implemented()) };
        let _guard = ts.recursion_guard(" in comparison")?;
        Ok(Value::bool(self.equals(ts, o)? == (op == CmpOp::Eq)))
    }
    #[slot(iter)]
    fn tp_iter(ts: &ThreadState, slf: &Value) -> Result<Value> {
        Ok(DictKeyIterator::new(ts, slf.clone()).into_value())
    }
    #[slot(len)]
    fn mp_length(&self) -> usize {
        self.len()
    }
    #[slot(getitem)]
    fn mp_subscript(ts: &ThreadState, slf: &Value, key: &Value) -> Result<Value> {
        let Some(d) = slf.downcast::<Dict>() else { return Ok(Value::not_implemented()) };
        if let Some(v) = d.get(ts, key)? {
            return Ok(v);
        }
        if !slf.is_exact::<Dict>()
            && let Some(f) = protocol::lookup_special(ts, slf, &ts.names().__missing__)?
        {
            return protocol::call(ts, &f, std::slice::from_ref(key));
        }
        Err(ts.key_error(key))
    }
    #[slot(setitem)]
    fn mp_ass_subscript(&self, ts: &ThreadState, key: &Value, value: Option<&Value>) -> Result<()> {
        match value {
            Some(v) => self.set(ts, key, v.clone()),
            None => match self.remove(ts, key)? {
                Some(_) => Ok(()),
                None => Err(ts.key_error(key)),
            },
        }
    }
    #[slot(contains)]
    fn sq_contains(&self, ts: &ThreadState, key: &Value) -> Result<bool> {
        self.contains(ts, key)
    }
    #[slot(or_)]
    fn nb_or(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> {
        let (Some(x), Some(_)) = (a.downcast::<Dict>(), b.downcast::<Dict>()) else { return Ok(Value::not_implemented()) };
        let new = x.copy(ts);
        new.update_from(ts, b)?;
        Ok(new.into_value())
    }
    #[slot(ior)]
    fn nb_ior(ts: &ThreadState, slf: &Value, other: &Value) -> Result<Value> {
        if let Some(d) = slf.downcast::<Dict>() {
            d.update_from(ts, other)?;
        }
        Ok(slf.clone())
    }
    /// Return the size of the dict in memory.
    #[method("__sizeof__($self, /)")]
    fn sizeof(&self) -> usize {
        64 + self.extra_bytes()
    }
    /// Return the value for key if key is in the dictionary, else default.
    #[method("get($self, key, default=None, /)")]
    fn get_method(&self, ts: &ThreadState, key: &Value, default: Option<&Value>) -> Result<Value> {
        Ok(match self.get(ts, key)? {
            Some(v) => v,
            None => default.cloned().unwrap_or_else(Value::none),
        })
    }
    /// Insert key with a value of default if key is not in the dictionary.
    ///
    /// Return the value for key if key is in the dictionary, else default.
    #[method("setdefault($self, key, default=None, /)")]
    fn setdefault_method(&self, ts: &ThreadState, key: &Value, default: Option<&Value>) -> Result<Value> {
        self.set_default(ts, key, default.cloned().unwrap_or_else(Value::none))
    }
    /// D.pop(k[,d]) -> v, remove specified key and return the corresponding value.
    ///
    /// If the key is not found, return the default if given; otherwise,
    /// raise a KeyError.
    #[method("pop($self, key, default=<unrepresentable>, /)")]
    fn pop_method(&self, ts: &ThreadState, key: &Value, default: Option<&Value>) -> Result<Value> {
        match (self.remove(ts, key)?, default) {
            (Some(v), _) => Ok(v),
            (None, Some(v)) => Ok(v.clone()),
            (None, None) => Err(ts.key_error(key)),
        }
    }
    /// Remove and return a (key, value) pair as a 2-tuple.
    ///
    /// Pairs are returned in LIFO (last-in, first-out) order.
    /// Raises KeyError if the dict is empty.
    #[method("popitem($self, /)")]
    fn popitem_method(&self, ts: &ThreadState) -> Result<Value> {
        match self.pop_item() {
            Some((k, v)) => Ok(Tuple::from_array(ts, [k, v]).into_value()),
            None => Err(ts.key_error(Str::new(ts, "popitem(): dictionary is empty").as_value())),
        }
    }
    /// Return a set-like object providing a view on the dict's keys.
    #[method("keys($self, /)")]
    fn keys_method(slf: &Value, ts: &ThreadState) -> Result<Value> {
        Ok(DictKeys::new(ts, slf.clone()).into_value())
    }
    /// Return a set-like object providing a view on the dict's items.
    #[method("items($self, /)")]
    fn items_method(slf: &Value, ts: &ThreadState) -> Result<Value> {
        Ok(DictItems::new(ts, slf.clone()).into_value())
    }
    /// Return an object providing a view on the dict's values.
    #[method("values($self, /)")]
    fn values_method(slf: &Value, ts: &ThreadState) -> Result<Value> {
        Ok(DictValues::new(ts, slf.clone()).into_value())
    }
    /// D.update([E, ]**F) -> None.  Update D from mapping/iterable E and F.
    ///
    /// If E is present and has a .keys() method, then does:  for k in E.keys(): D[k] = E[k]
    /// If E is present and lacks a .keys() method, then does:  for k, v in E: D[k] = v
    /// In either case, this is followed by: for k in F:  D[k] = F[k]
    #[method("update($self, /, *args, **kwargs)", no_signature)]
    fn update_method(&self, ts: &ThreadState, args: &[Value], kwargs: crate::native::Kwargs<'_>) -> Result<()> {
        self.update_arguments(ts, "update", Args { positional: args, kw_names: &[], kw_values: &[] })?;
        for (k, v) in kwargs {
            self.set(ts, k, v.clone())?;
        }
        Ok(())
    }
    /// Create a new dictionary with keys from iterable and values set to value.
    #[classmethod("fromkeys($type, iterable, value=None, /)")]
    fn fromkeys(cls: &Value, ts: &ThreadState, iterable: &Value, value: Option<&Value>) -> Result<Value> {
        let value = value.cloned().unwrap_or_else(Value::none);
        let new = protocol::call(ts, cls, &[])?;
        if let Some(d) = new.exact::<Dict>() {
            if d.is_empty()
                && let Some(other) = iterable.exact::<Dict>()
            {
                let mut position = 0;
                while let Some((next, hash, k, _)) = other.next_hashed(position) {
                    position = next;
                    d.set_hashed(ts, &k, hash, value.clone())?;
                }
                return Ok(new);
            }
            if d.is_empty()
                && let Some(s) = set::exact_any_set(iterable)
            {
                let mut position = 0;
                while let Some((next, hash, k)) = s.next_entry(position) {
                    position = next;
                    d.set_hashed(ts, &k, hash, value.clone())?;
                }
                return Ok(new);
            }
            protocol::for_each(ts, iterable, |k| d.set(ts, &k, value.clone()))?;
            return Ok(new);
        }
        protocol::for_each(ts, iterable, |k| protocol::setitem(ts, &new, &k, &value))?;
        Ok(new)
    }
    /// Remove all items from the dict.
    #[method("clear($self, /)")]
    fn clear_method(&self) {
        self.clear_all();
    }
    /// Return a shallow copy of the dict.
    #[method("copy($self, /)")]
    fn copy_method(&self, ts: &ThreadState) -> Value {
        self.copy(ts).into_value()
    }
    /// Return a reverse iterator over the dict keys.
    #[method("__reversed__($self, /)")]
    fn reversed(slf: &Value, ts: &ThreadState) -> Result<Value> {
        Ok(DictReverseKeyIterator::new(ts, slf.clone()).into_value())
    }
    /// See PEP 585
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(cls: &Value, ts: &ThreadState, object: &Value) -> Result<Value> {
        GenericAlias::of(ts, cls, object)
    }
}
