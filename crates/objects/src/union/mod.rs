//! `typing.Union`, also known as `types.UnionType`: `int | str`.

use crate::generic_alias::{GenericAlias, params};
use crate::heap::{self, GilCell, Ref};
use crate::ids;
use crate::native::class;
use crate::object;
use crate::payload;
use crate::protocol;
use crate::set::{FrozenSet, SetData};
use crate::slots::CmpOp;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::typeobject::{self, Type};
use crate::typing::{self, TypeAliasType};
use crate::value::{Result, Value};

pub struct Union {
    pub args: Ref<Tuple>,
    /// The hashable ones, as a frozenset.
    hashable: Ref<FrozenSet>,
    unhashable: Vec<Value>,
    parameters: GilCell<Option<Value>>,
}

payload!(Union, id = ids::UNION, container,
    traverse = |s, visit| {
        visit(s.args.as_value());
        visit(s.hashable.as_value());
        s.unhashable.iter().for_each(&mut *visit);
        s.parameters.read(|p| p.iter().for_each(&mut *visit));
    },
    clear = |s| drop(s.parameters.take()));

/// May stand beside `|`?
fn is_unionable(v: &Value) -> bool {
    v.is_none()
        || v.downcast::<Type>().is_some()
        || v.downcast::<GenericAlias>().is_some()
        || v.is_exact::<Union>()
        || v.is_exact::<TypeAliasType>()
}

/// `a | b` for types.
pub fn type_or(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> {
    if !is_unionable(a) || !is_unionable(b) {
        return Ok(Value::not_implemented());
    }
    let mut builder = Builder::default();
    builder.add(ts, a, false)?;
    builder.add(ts, b, false)?;
    builder.finish(ts)
}

/// `Union[args]`: arguments are checked, strings become forward references.
pub fn from_arguments(ts: &ThreadState, args: &Value) -> Result<Value> {
    let mut builder = Builder::default();
    match args.exact::<Tuple>() {
        Some(t) => t.items().iter().try_for_each(|v| builder.add(ts, v, true))?,
        None => builder.add(ts, args, true)?,
    }
    builder.finish(ts)
}

/// Collects the members of a union, each once.
#[derive(Default)]
struct Builder {
    args: Vec<Value>,
    hashable: SetData,
    unhashable: Vec<Value>,
}

impl Builder {
    fn add(&mut self, ts: &ThreadState, v: &Value, check: bool) -> Result<()> {
        if v.is_none() {
            return self.add_one(ts, typeobject::builtin(ts, ids::NONE).to_value());
        }
        if let Some(u) = v.exact::<Union>() {
            return u.args.items().iter().try_for_each(|x| self.add_one(ts, x.clone()));
        }
        if check && !is_unionable(v) {
            let message = Str::new(ts, "Union[arg, ...]: each arg must be a type.").into_value();
            let v = typing::call_typing(ts, "_type_check", &[v.clone(), message])?;
            return self.add_one(ts, v);
        }
        self.add_one(ts, v.clone())
    }
    fn add_one(&mut self, ts: &ThreadState, v: Value) -> Result<()> {
        let hash = match protocol::hash(ts, &v) {
            Ok(h) => h,
            Err(e) => {
                if !ts.exception_is(|x| &x.type_error) {
                    return Err(e);
                }
                ts.clear_exception();
                for x in &self.unhashable {
                    if protocol::eq(ts, x, &v)? {
                        return Ok(());
                    }
                }
                self.unhashable.push(v.clone());
                self.args.push(v);
                return Ok(());
            }
        };
        if self.hashable.add_hashed(ts, &v, hash)? {
            self.args.push(v);
        }
        Ok(())
    }
    fn finish(self, ts: &ThreadState) -> Result<Value> {
        match self.args.as_slice() {
            [] => Err(ts.type_error("Cannot take a Union of no types.")),
            [one] => Ok(one.clone()),
            _ => {
                let union = Union {
                    args: Tuple::new(ts, self.args),
                    hashable: FrozenSet::new(ts, self.hashable),
                    unhashable: self.unhashable,
                    parameters: GilCell::default(),
                };
                Ok(heap::new(ts, union).into_value())
            }
        }
    }
}

impl Union {
    fn parameters_value(&self, ts: &ThreadState) -> Result<Value> {
        if let Some(p) = self.parameters.get() {
            return Ok(p);
        }
        let p = params::make_parameters(ts, self.args.items())?.into_value();
        self.parameters.set(Some(p.clone()));
        Ok(p)
    }
    fn equals(&self, ts: &ThreadState, o: &Union) -> Result<bool> {
        if !protocol::eq(ts, self.hashable.as_value(), o.hashable.as_value())? || self.unhashable.len() != o.unhashable.len() {
            return Ok(false);
        }
        for x in &self.unhashable {
            let mut found = false;
            for y in &o.unhashable {
                found = found || protocol::eq(ts, x, y)?;
            }
            if !found {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

#[class(name = "Union", module = "typing", no_new, final, weakref)]
/// Represent a union type
///
/// E.g. for int | str
impl Union {
    #[slot(repr)]
    fn tp_repr(&self, ts: &ThreadState) -> Result<Value> {
        let mut out = Vec::new();
        for (i, v) in self.args.items().iter().enumerate() {
            if i > 0 {
                out.extend_from_slice(b" | ");
            }
            params::write_type(ts, &mut out, v)?;
        }
        Ok(Str::from_wtf8(ts, out).into_value())
    }
    #[slot(hash)]
    fn tp_hash(&self, ts: &ThreadState) -> Result<i64> {
        if !self.unhashable.is_empty() {
            // Says which argument it is.
            for v in &self.unhashable {
                protocol::hash(ts, v)?;
            }
            return Err(ts.type_error(format!("union contains {} unhashable elements", self.unhashable.len())));
        }
        Ok(self.hashable.hash_value())
    }
    #[slot(getattro)]
    fn tp_getattro(ts: &ThreadState, slf: &Value, name: &Value) -> Result<Value> {
        if name.downcast::<Str>().is_some_and(|s| s.bytes() == b"__module__") {
            return protocol::getattr_value(ts, slf.class_ref(ts).as_value(), name);
        }
        object::generic_getattr(ts, slf, name)
    }
    #[slot(richcompare)]
    fn tp_richcompare(&self, ts: &ThreadState, other: &Value, op: CmpOp) -> Result<Value> {
        let (Some(o), CmpOp::Eq | CmpOp::Ne) = (other.exact::<Union>(), op) else { return Ok(Value::not_implemented()) };
        Ok(Value::bool(self.equals(ts, o)? == (op == CmpOp::Eq)))
    }
    #[slot(or_)]
    fn nb_or(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> {
        type_or(ts, a, b)
    }
    #[slot(getitem)]
    fn mp_subscript(ts: &ThreadState, slf: &Value, item: &Value) -> Result<Value> {
        let Some(u) = slf.exact::<Union>() else { return Ok(Value::none()) };
        let parameters = u.parameters_value(ts)?;
        let args = params::substitute(ts, slf, u.args.items(), &parameters, item)?;
        from_arguments(ts, Tuple::new(ts, args).as_value())
    }
    #[method("__mro_entries__($self, object, /)")]
    fn mro_entries(slf: &Value, ts: &ThreadState, _object: &Value) -> Result<Value> {
        Err(ts.type_error(format!("Cannot subclass {}", protocol::repr_lossy(ts, slf)?)))
    }
    /// Create a union containing the given types
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(_cls: &Value, ts: &ThreadState, object: &Value) -> Result<Value> {
        from_arguments(ts, object)
    }
    #[getter("__args__", member)]
    fn args(&self) -> Value {
        self.args.as_value().clone()
    }
    /// Name of the type
    #[getter("__name__")]
    fn name(&self) -> &'static str {
        "Union"
    }
    /// Qualified name of the type
    #[getter("__qualname__")]
    fn qualname(&self) -> &'static str {
        "Union"
    }
    /// Always returns the type
    #[getter("__origin__")]
    fn origin(slf: &Value, ts: &ThreadState) -> Value {
        slf.class_ref(ts).into_value()
    }
    /// Type variables in the types.UnionType.
    #[getter("__parameters__")]
    fn parameters(&self, ts: &ThreadState) -> Result<Value> {
        self.parameters_value(ts)
    }
}
