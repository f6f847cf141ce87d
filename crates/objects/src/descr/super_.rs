//! `super`.

use crate::heap::{self, GilCell, Ref};
use crate::native::class;
use crate::protocol;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::typeobject::Type;
use crate::value::{Result, Value};

#[derive(Default)]
pub struct Super {
    /// The class after which the search begins.
    this: GilCell<Option<Ref<Type>>>,
    object: GilCell<Option<Value>>,
    /// The class whose MRO is searched.
    object_type: GilCell<Option<Ref<Type>>>,
}
crate::payload!(Super, id = crate::ids::SUPER, container,
    traverse = |s, visit| {
        s.this.read(|t| t.iter().for_each(|t| visit(t.as_value())));
        s.object.read(|t| t.iter().for_each(&mut *visit));
        s.object_type.read(|t| t.iter().for_each(|t| visit(t.as_value())));
    });

/// The class whose MRO `super(this, obj)` searches.
pub fn check(ts: &ThreadState, this: &Ref<Type>, obj: &Value) -> Result<Ref<Type>> {
    if let Some(t) = obj.downcast_ref::<Type>()
        && t.is_subtype(this)
    {
        return Ok(t.clone());
    }
    if obj.class(ts).is_subtype(this) {
        return Ok(obj.class_ref(ts));
    }
    if let Some(c) = protocol::getattr_opt(ts, obj, &ts.names().__class__)?
        && let Some(c) = c.downcast_ref::<Type>()
        && c.is_subtype(this)
    {
        return Ok(c.clone());
    }
    let what = if obj.as_type().is_some() { "type" } else { "instance of" };
    let name = match obj.as_type() {
        Some(t) => t.name(),
        None => obj.type_name(ts),
    };
    Err(ts.type_error(format!("super(type, obj): obj ({what} {name}) is not an instance or subtype of type ({}).", this.name())))
}

/// What follows `this` in the MRO of `start` and has `name`, unbound.
pub fn lookup_after(this: &Type, start: &Type, name: &Ref<Str>) -> Option<Value> {
    let mro = start.mro_types();
    let i = mro.iter().position(|t| t.is(this))?;
    mro[i + 1..].iter().find_map(|t| t.dict.get_str(name))
}

/// `super(this, obj).name`.
pub fn getattr(ts: &ThreadState, this: &Ref<Type>, obj: &Value, name: &Ref<Str>) -> Result<Option<Value>> {
    let start = check(ts, this, obj)?;
    bind(ts, this, obj, &start, name)
}

fn bind(ts: &ThreadState, this: &Type, obj: &Value, start: &Ref<Type>, name: &Ref<Str>) -> Result<Option<Value>> {
    let Some(v) = lookup_after(this, start, name) else { return Ok(None) };
    match v.class(ts).slots().descr_get {
        Some(get) => {
            let on_class = obj.is(start.as_value());
            get(ts, &v, if on_class { None } else { Some(obj) }, Some(start.as_value())).map(Some)
        }
        None => Ok(Some(v)),
    }
}

/// super() -> same as super(__class__, <first argument>)
/// super(type) -> unbound super object
/// super(type, obj) -> bound super object; requires isinstance(obj, type)
/// super(type, type2) -> bound super object; requires issubclass(type2, type)
/// Typical use to call a cooperative superclass method:
/// class C(B):
///     def meth(self, arg):
///         super().meth(arg)
/// This works for class methods too:
/// class C(B):
///     @classmethod
///     def cmeth(cls, arg):
///         super().cmeth(arg)
#[class(name = "super")]
impl Super {
    #[new("(*args, **kwargs)")]
    fn new(cls: &Value, ts: &ThreadState, _args: &[Value], _kwargs: crate::native::Kwargs<'_>) -> Result {
        let Some(ty) = cls.as_type() else { return Err(ts.type_error("not a type")) };
        Ok(heap::new_with_type(ts, ty, Super::default()).into_value())
    }
    #[init("(type=<unrepresentable>, object_or_type=<unrepresentable>, /)")]
    fn init(&self, ts: &ThreadState, ty: Option<&Value>, obj: Option<&Value>) -> Result<()> {
        let (this, obj) = match ty {
            Some(t) => {
                let Some(t) = t.downcast_ref::<Type>() else {
                    return Err(ts.type_error(format!("super() argument 1 must be a type, not {}", t.type_name(ts))));
                };
                (t.clone(), obj.filter(|o| !o.is_none()).cloned())
            }
            None => {
                let (t, o) = crate::frame::super_arguments(ts)?;
                (t, Some(o))
            }
        };
        let start = match &obj {
            Some(o) => Some(check(ts, &this, o)?),
            None => None,
        };
        self.this.set(Some(this));
        self.object.set(obj);
        self.object_type.set(start);
        Ok(())
    }
    #[slot(getattro)]
    fn getattro(ts: &ThreadState, slf: &Value, name: &Value) -> Result {
        // SAFETY: the slot is called with instances of the type.
        let s: &Super = unsafe { slf.payload_unchecked() };
        let name = protocol::check_attr_name(ts, name)?;
        if !name.eq(&ts.names().__class__)
            && let (Some(this), Some(start), Some(obj)) = (s.this.get(), s.object_type.get(), s.object.get())
            && let Some(v) = bind(ts, &this, &obj, &start, &name)?
        {
            return Ok(v);
        }
        crate::object::generic_getattr(ts, slf, name.as_value())
    }
    #[slot(descr_get)]
    fn get(ts: &ThreadState, slf: &Value, obj: Option<&Value>, _ty: Option<&Value>) -> Result {
        // SAFETY: the slot is called with instances of the type.
        let s: &Super = unsafe { slf.payload_unchecked() };
        let (Some(o), None) = (obj, s.object.get()) else { return Ok(slf.clone()) };
        let Some(this) = s.this.get() else { return Ok(slf.clone()) };
        if !slf.is_exact::<Super>() {
            return protocol::call(ts, &slf.class(ts).to_value(), &[this.into_value(), o.clone()]);
        }
        let start = check(ts, &this, o)?;
        let new = Super { this: GilCell::new(Some(this)), object: GilCell::new(Some(o.clone())), object_type: GilCell::new(Some(start)) };
        Ok(heap::new(ts, new).into_value())
    }
    #[slot(repr)]
    fn repr(&self, ts: &ThreadState) -> Result {
        let this = self.this.get().map_or("NULL".to_string(), |t| t.name());
        let text = match self.object_type.get() {
            Some(t) => format!("<super: <class '{this}'>, <{} object>>", t.name()),
            None => format!("<super: <class '{this}'>, NULL>"),
        };
        Ok(Str::new(ts, &text).into_value())
    }
    /// the class invoking super()
    #[getter("__thisclass__", member)]
    fn thisclass(&self) -> Value {
        self.this.get().map_or_else(Value::none, |t| t.into_value())
    }
    /// the instance invoking super(); may be None
    #[getter("__self__", member)]
    fn get_self(&self) -> Value {
        self.object.get().unwrap_or_else(Value::none)
    }
    /// the type of the instance invoking super(); may be None
    #[getter("__self_class__", member)]
    fn self_class(&self) -> Value {
        self.object_type.get().map_or_else(Value::none, |t| t.into_value())
    }
}
