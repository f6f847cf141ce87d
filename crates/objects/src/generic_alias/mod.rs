//! `types.GenericAlias`: `list[int]` and its kind.
//!
//! [`params`] finds and replaces type parameters, for this type and for unions.

mod iter;
pub mod params;

use crate::heap::{self, GilCell, Ref};
use crate::ids;
use crate::native::{Args, class};
use crate::object;
use crate::payload;
use crate::protocol;
use crate::slots::CmpOp;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::typeobject::Type;
use crate::value::{Result, Value};
use iter::GenericAliasIterator;

pub struct GenericAlias {
    pub origin: Value,
    pub args: Ref<Tuple>,
    parameters: GilCell<Option<Value>>,
    /// Written with a star: `*tuple[int, str]`.
    pub starred: bool,
}

payload!(GenericAlias, id = ids::GENERIC_ALIAS, container,
    traverse = |s, visit| {
        visit(&s.origin);
        visit(s.args.as_value());
        s.parameters.read(|p| p.iter().for_each(&mut *visit));
    },
    clear = |s| drop(s.parameters.take()));

/// `origin[args]`; a single argument needs no tuple.
pub fn new(ts: &ThreadState, origin: &Value, args: &Value) -> Result<Value> {
    GenericAlias::of(ts, origin, args)
}

/// Attributes that are the alias's own; all others are those of the origin.
const OWN: &[&str] = &[
    "__class__",
    "__origin__",
    "__args__",
    "__unpacked__",
    "__parameters__",
    "__typing_unpacked_tuple_args__",
    "__mro_entries__",
    "__reduce_ex__",
    "__reduce__",
    "__bases__",
    "__copy__",
    "__deepcopy__",
];

impl GenericAlias {
    /// What `__class_getitem__` of native classes returns.
    pub fn of(ts: &ThreadState, origin: &Value, args: &Value) -> Result<Value> {
        Ok(heap::new(ts, GenericAlias::payload(ts, origin, args, false)).into_value())
    }
    fn payload(ts: &ThreadState, origin: &Value, args: &Value, starred: bool) -> GenericAlias {
        let args = match args.downcast_ref::<Tuple>() {
            Some(t) => t.clone(),
            None => Tuple::from_array(ts, [args.clone()]),
        };
        GenericAlias { origin: origin.clone(), args, parameters: GilCell::default(), starred }
    }
    fn parameters_value(&self, ts: &ThreadState) -> Result<Value> {
        if let Some(p) = self.parameters.get() {
            return Ok(p);
        }
        let p = params::make_parameters(ts, self.args.items())?.into_value();
        self.parameters.set(Some(p.clone()));
        Ok(p)
    }
}

#[class(name = "GenericAlias", module = "types", weakref)]
/// Represent a PEP 585 generic type
///
/// For example, for t = list[int], t.__origin__ is list and t.__args__
/// is (int,).
impl GenericAlias {
    #[slot(new)]
    fn tp_new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result<Value> {
        args.no_keywords(ts, "GenericAlias")?;
        let [origin, arguments] = args.positional else {
            return Err(ts.type_error(format!("GenericAlias expected 2 arguments, got {}", args.positional.len())));
        };
        let Some(ty) = cls.downcast::<Type>() else { return Err(ts.type_error("not a type object")) };
        Ok(heap::new_with_type(ts, ty, GenericAlias::payload(ts, origin, arguments, false)).into_value())
    }
    #[slot(repr)]
    fn tp_repr(&self, ts: &ThreadState) -> Result<Value> {
        let mut out = Vec::new();
        if self.starred {
            out.push(b'*');
        }
        params::write_type(ts, &mut out, &self.origin)?;
        out.push(b'[');
        for (i, v) in self.args.items().iter().enumerate() {
            if i > 0 {
                out.extend_from_slice(b", ");
            }
            params::write_argument(ts, &mut out, v)?;
        }
        if self.args.is_empty() {
            out.extend_from_slice(b"()");
        }
        out.push(b']');
        Ok(Str::from_wtf8(ts, out).into_value())
    }
    #[slot(hash)]
    fn tp_hash(&self, ts: &ThreadState) -> Result<i64> {
        let h = protocol::hash(ts, &self.origin)? ^ protocol::hash(ts, self.args.as_value())?;
        Ok(if h == -1 { -2 } else { h })
    }
    #[slot(call)]
    fn tp_call(ts: &ThreadState, slf: &Value, args: Args<'_>) -> Result<Value> {
        let Some(a) = slf.downcast::<GenericAlias>() else { return Ok(Value::none()) };
        let new = protocol::call_args(ts, &a.origin, args)?;
        if let Err(e) = protocol::setattr(ts, &new, &ts.names().__orig_class__, slf) {
            if !ts.exception_is(|x| &x.attribute_error) && !ts.exception_is(|x| &x.type_error) {
                return Err(e);
            }
            ts.clear_exception();
        }
        Ok(new)
    }
    #[slot(getattro)]
    fn tp_getattro(ts: &ThreadState, slf: &Value, name: &Value) -> Result<Value> {
        let own = name.downcast::<Str>().is_none_or(|s| OWN.iter().any(|o| o.as_bytes() == s.bytes()));
        match slf.downcast::<GenericAlias>() {
            Some(a) if !own => protocol::getattr_value(ts, &a.origin, name),
            _ => object::generic_getattr(ts, slf, name),
        }
    }
    #[slot(richcompare)]
    fn tp_richcompare(&self, ts: &ThreadState, other: &Value, op: CmpOp) -> Result<Value> {
        let (Some(o), CmpOp::Eq | CmpOp::Ne) = (other.downcast::<GenericAlias>(), op) else { return Ok(Value::not_implemented()) };
        let equal = self.starred == o.starred
            && protocol::eq(ts, &self.origin, &o.origin)?
            && protocol::eq(ts, self.args.as_value(), o.args.as_value())?;
        Ok(Value::bool(equal == (op == CmpOp::Eq)))
    }
    #[slot(iter)]
    fn tp_iter(ts: &ThreadState, slf: &Value) -> Result<Value> {
        Ok(GenericAliasIterator::new(ts, slf.clone()).into_value())
    }
    #[slot(or_)]
    fn nb_or(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> {
        crate::union::type_or(ts, a, b)
    }
    #[slot(getitem)]
    fn mp_subscript(ts: &ThreadState, slf: &Value, item: &Value) -> Result<Value> {
        let Some(a) = slf.downcast::<GenericAlias>() else { return Ok(Value::none()) };
        let parameters = a.parameters_value(ts)?;
        let args = params::substitute(ts, slf, a.args.items(), &parameters, item)?;
        let new = GenericAlias::payload(ts, &a.origin, Tuple::new(ts, args).as_value(), a.starred);
        Ok(heap::new(ts, new).into_value())
    }
    #[method("__mro_entries__($self, object, /)")]
    fn mro_entries(&self, ts: &ThreadState, _object: &Value) -> Value {
        Tuple::from_array(ts, [self.origin.clone()]).into_value()
    }
    #[method("__instancecheck__($self, object, /)")]
    fn instancecheck(&self, ts: &ThreadState, _object: &Value) -> Result<Value> {
        Err(ts.type_error("isinstance() argument 2 cannot be a parameterized generic"))
    }
    #[method("__subclasscheck__($self, object, /)")]
    fn subclasscheck(&self, ts: &ThreadState, _object: &Value) -> Result<Value> {
        Err(ts.type_error("issubclass() argument 2 cannot be a parameterized generic"))
    }
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Result<Value> {
        let Some(a) = slf.downcast::<GenericAlias>() else { return Ok(Value::none()) };
        if a.starred {
            let plain = GenericAlias::of(ts, &a.origin, a.args.as_value())?;
            let it = GenericAliasIterator::new(ts, plain).into_value();
            let next = crate::iterators::builtin(ts, "next")?;
            let args = Tuple::from_array(ts, [it]).into_value();
            return Ok(Tuple::from_array(ts, [next, args]).into_value());
        }
        let args = Tuple::from_array(ts, [a.origin.clone(), a.args.as_value().clone()]).into_value();
        Ok(Tuple::from_array(ts, [slf.class_ref(ts).into_value(), args]).into_value())
    }
    #[method("__dir__($self, /)")]
    fn dir(&self, ts: &ThreadState) -> Result<Value> {
        let dir = protocol::call(ts, &crate::iterators::builtin(ts, "dir")?, std::slice::from_ref(&self.origin))?;
        for name in OWN {
            let name = Str::intern(ts, name).into_value();
            if !protocol::contains(ts, &dir, &name)? {
                protocol::call_method_ref(ts, &dir, &ts.names().append, &[name])?;
            }
        }
        Ok(dir)
    }
    #[getter("__origin__", member)]
    fn origin(&self) -> Value {
        self.origin.clone()
    }
    #[getter("__args__", member)]
    fn args(&self) -> Value {
        self.args.as_value().clone()
    }
    #[getter("__unpacked__", member)]
    fn unpacked(&self) -> bool {
        self.starred
    }
    /// Type variables in the GenericAlias.
    #[getter("__parameters__")]
    fn parameters(&self, ts: &ThreadState) -> Result<Value> {
        self.parameters_value(ts)
    }
    #[getter("__typing_unpacked_tuple_args__")]
    fn typing_unpacked_tuple_args(&self, ts: &ThreadState) -> Value {
        if self.starred && self.origin.is(Tuple::class_value(ts).as_value()) {
            self.args.as_value().clone()
        } else {
            Value::none()
        }
    }
}
