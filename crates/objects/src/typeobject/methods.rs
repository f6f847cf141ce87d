//! What Python sees of `type`, and the attributes that native types get.

use super::{create, flags, slotdefs, Type};
use crate::descr::{builtin, getset, wrapper, ClassMethodDescriptor, MethodDescriptor, StaticMethod};
use crate::dict::Dict;
use crate::heap::{self, Ref};
use crate::ids;
use crate::native::{class, Args, DefKind, GetSetDef, NativeDef};
use crate::protocol;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::{Result, Value};

/// `__dict__` of instances.
pub static DICT_GETSET: GetSetDef = GetSetDef {
    name: "__dict__",
    doc: "dictionary for instance variables",
    get: Some(|ts, o| match o.as_type() {
        // An instance of a metaclass that has this from another base.
        Some(t) => Ok(crate::mappingproxy::MappingProxy::new(ts, t.dict.as_value().clone()).into_value()),
        None => Ok(crate::object::instance_dict(ts, o)?.into_value()),
    }),
    set: Some(|ts, o, v| match v {
        _ if o.as_type().is_some() || o.downcast::<crate::module::Module>().is_some() => {
            Err(ts.attribute_error(format!("attribute '__dict__' of '{}' objects is not writable", o.type_name(ts))))
        }
        None if !o.class(ts).is_heap_type() => Err(ts.type_error("cannot delete __dict__")),
        None => {
            crate::object::set_instance_dict(ts, o, Dict::new(ts));
            Ok(())
        }
        Some(v) => match v.downcast_ref::<Dict>() {
            Some(d) => {
                crate::object::set_instance_dict(ts, o, d.clone());
                Ok(())
            }
            None => Err(ts.type_error(format!("__dict__ must be set to a dictionary, not a '{}'", v.type_name(ts)))),
        },
    }),
    member: false,
};

/// `__weakref__` of instances.
pub static WEAKREF_GETSET: GetSetDef = GetSetDef {
    name: "__weakref__",
    doc: "list of weak references to the object",
    get: Some(|ts, o| Ok(crate::weakref::first(ts, o))),
    set: None,
    member: false,
};

/// Fills a native type's namespace.
pub fn add_native_attributes(ts: &ThreadState, ty: &Ref<Type>, methods: &[&'static NativeDef], getsets: &[&'static GetSetDef], doc: &'static str) {
    let n = ts.names();
    for &m in methods {
        let v = match m.kind {
            DefKind::Function | DefKind::Method => heap::new(ts, MethodDescriptor { def: m, owner: ty.clone() }).into_value(),
            DefKind::ClassMethod => heap::new(ts, ClassMethodDescriptor { def: m, owner: ty.clone() }).into_value(),
            DefKind::StaticMethod => StaticMethod::wrap(ts, builtin::new_function(ts, m, None, None)),
        };
        ty.dict.set_name(ts, m.name, v);
    }
    for &g in getsets {
        ty.dict.set_name(ts, g.name, getset::new_getset(ts, g, ty));
    }
    let base = ty.base.get();
    for d in slotdefs::SLOTDEFS {
        let name = Str::intern(ts, d.name);
        if d.signature.is_empty() || !(d.is_set)(ty.slots()) || ty.dict.contains_str(&name) {
            continue;
        }
        // Only what this type defines itself.
        if let Some(b) = &base
            && (d.same)(ty.slots(), b.slots())
        {
            continue;
        }
        if d.name == "__hash__" && ty.slots().hash.is_some_and(|h| std::ptr::fn_addr_eq(h, super::slot_fns::hash_not_implemented as crate::slots::Hash)) {
            ty.dict.set_str(ts, &name, Value::none());
            continue;
        }
        ty.dict.set_str(ts, &name, wrapper::new_wrapper(ts, d, ty));
    }
    let own_new = match (ty.slots().new, base.as_ref().and_then(|b| b.slots().new)) {
        (Some(a), Some(b)) => !std::ptr::fn_addr_eq(a, b),
        (Some(_), None) => true,
        _ => false,
    };
    if own_new && !ty.dict.contains_str(&n.__new__) {
        ty.dict.set_str(ts, &n.__new__, builtin::new_wrapper(ts, ty));
    }
    if ty.has_dict && !base.as_ref().is_some_and(|b| b.has_dict) && !ty.dict.contains_str(&n.__dict__) {
        ty.dict.set_str(ts, &n.__dict__, getset::new_getset(ts, &DICT_GETSET, ty));
    }
    if !ty.dict.contains_str(&n.__doc__) {
        let d = if doc.is_empty() { Value::none() } else { Str::new(ts, doc).into_value() };
        ty.dict.set_str(ts, &n.__doc__, d);
    }
    ty.modified(ts);
}

/// Sets an attribute of a native type while it is being set up.
pub fn set_native(ts: &ThreadState, ty: &Type, name: &str, v: Value) {
    ty.dict.set_name(ts, name, v);
    ty.modified(ts);
}

fn immutable(ts: &ThreadState, ty: &Type, name: &str) -> crate::value::Raised {
    ts.type_error(format!("cannot set '{name}' attribute of immutable type '{}'", ty.name()))
}

/// `type.__getattribute__`.
pub fn type_getattro(ts: &ThreadState, slf: &Value, name: &Value) -> Result {
    let name = protocol::check_attr_name(ts, name)?;
    // SAFETY: the slot is called with types.
    let ty: &Type = unsafe { slf.payload_unchecked() };
    let meta = slf.class(ts);
    let on_meta = meta.lookup(ts, &name);
    if let Some(d) = &on_meta {
        let s = d.class(ts).slots();
        if let (Some(get), true) = (s.descr_get, s.descr_set.is_some()) {
            return get(ts, d, Some(slf), Some(&meta.to_value()));
        }
    }
    if let Some(v) = ty.lookup(ts, &name) {
        return match v.class(ts).slots().descr_get {
            Some(get) => get(ts, &v, None, Some(slf)),
            None => Ok(v),
        };
    }
    match on_meta {
        Some(d) => match d.class(ts).slots().descr_get {
            Some(get) => get(ts, &d, Some(slf), Some(&meta.to_value())),
            None => Ok(d),
        },
        None => Err(ts.attribute_error_with(
            format!("type object '{}' has no attribute '{}'", ty.short_name(), name.to_string_lossy()),
            slf,
            &name,
        )),
    }
}

fn type_setattro(ts: &ThreadState, slf: &Value, name: &Value, value: Option<&Value>) -> Result<()> {
    let name = protocol::check_attr_name(ts, name)?;
    // SAFETY: the slot is called with types.
    let ty: &Type = unsafe { slf.payload_unchecked() };
    if ty.has_flag(flags::IMMUTABLETYPE) {
        return Err(immutable(ts, ty, &name.to_string_lossy()));
    }
    let meta = slf.class(ts);
    if let Some(d) = meta.lookup(ts, &name)
        && let Some(set) = d.class(ts).slots().descr_set
    {
        return set(ts, &d, slf, value);
    }
    match value {
        Some(v) => ty.dict.set_str(ts, &name, v.clone()),
        None => {
            if ty.dict.remove_str(&name).is_none() {
                return Err(ts.attribute_error_with(
                    format!("type object '{}' has no attribute '{}'", ty.short_name(), name.to_string_lossy()),
                    slf,
                    &name,
                ));
            }
        }
    }
    ty.modified(ts);
    let text = name.to_string_lossy();
    if text.starts_with("__") && text.ends_with("__") {
        slotdefs::update_slot(ts, ty, &text);
    }
    Ok(())
}

fn check_settable(ts: &ThreadState, ty: &Type, v: Option<&Value>, name: &str) -> Result<()> {
    if ty.has_flag(flags::IMMUTABLETYPE) {
        return Err(immutable(ts, ty, name));
    }
    if v.is_none() {
        return Err(ts.type_error(format!("cannot delete '{name}' attribute of immutable type '{}'", ty.short_name())));
    }
    Ok(())
}

/// type(object) -> the object's type
/// type(name, bases, dict, **kwds) -> a new type
#[class(name = "type", weakref)]
impl Type {
    #[slot(new)]
    fn new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result {
        let Some(meta) = cls.downcast_ref::<Type>() else { return Err(ts.type_error("type.__new__(X): X is not a type object")) };
        let [name, bases, ns] = args.positional else {
            return Err(ts.type_error(format!("type.__new__() takes exactly 3 arguments ({} given)", args.positional.len())));
        };
        let Some(name) = name.downcast_ref::<Str>() else {
            return Err(ts.type_error(format!("type.__new__() argument 1 must be str, not {}", name.type_name(ts))));
        };
        if bases.downcast::<Tuple>().is_none() {
            return Err(ts.type_error(format!("type.__new__() argument 2 must be tuple, not {}", bases.type_name(ts))));
        }
        let Some(ns) = ns.downcast_ref::<Dict>() else {
            return Err(ts.type_error(format!("type.__new__() argument 3 must be dict, not {}", ns.type_name(ts))));
        };
        Ok(create::type_new(ts, meta, name, bases, ns, Args { positional: &[], ..args })?.into_value())
    }
    #[slot(init)]
    fn init(ts: &ThreadState, _slf: &Value, args: Args<'_>) -> Result<()> {
        if args.positional.len() == 1 && !args.kw_names.is_empty() {
            return Err(ts.type_error("type.__init__() takes no keyword arguments"));
        }
        if args.positional.len() != 1 && args.positional.len() != 3 {
            return Err(ts.type_error("type.__init__() takes 1 or 3 arguments"));
        }
        Ok(())
    }
    #[slot(call)]
    fn call(ts: &ThreadState, slf: &Value, args: Args<'_>) -> Result {
        create::type_call(ts, slf, args)
    }
    #[slot(repr)]
    fn repr(&self, ts: &ThreadState) -> Result {
        Ok(Str::new(ts, &format!("<class '{}'>", self.qualified_name(ts))).into_value())
    }
    #[slot(getattro)]
    fn getattro(ts: &ThreadState, slf: &Value, name: &Value) -> Result {
        type_getattro(ts, slf, name)
    }
    #[slot(setattro)]
    fn setattro(ts: &ThreadState, slf: &Value, name: &Value, value: Option<&Value>) -> Result<()> {
        type_setattro(ts, slf, name, value)
    }
    #[slot(or_)]
    fn or_(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        crate::union::type_or(ts, a, b)
    }
    /// Return a type's method resolution order.
    #[method("mro($self, /)")]
    fn mro_method(&self, ts: &ThreadState) -> Result {
        let mut list = vec![self.to_value()];
        list.extend(super::mro::linearize(ts, &self.bases.get())?);
        Ok(crate::list::List::new(ts, list).into_value())
    }
    /// Return a list of immediate subclasses.
    #[method("__subclasses__($self, /)")]
    fn subclasses(&self, ts: &ThreadState) -> Value {
        let list = self.subclass_list().into_iter().map(Ref::into_value).collect();
        crate::list::List::new(ts, list).into_value()
    }
    /// Create the namespace for the class statement
    #[classmethod("__prepare__($cls, /, *args, **kwds)", no_signature)]
    fn prepare(_cls: &Value, ts: &ThreadState, _args: &[Value], _kwargs: crate::native::Kwargs<'_>) -> Value {
        Dict::new(ts).into_value()
    }
    /// Check if an object is an instance.
    #[method("__instancecheck__($self, instance, /)")]
    fn instancecheck(slf: &Value, ts: &ThreadState, instance: &Value) -> Result<bool> {
        protocol::real_is_instance(ts, instance, slf)
    }
    /// Check if a class is a subclass.
    #[method("__subclasscheck__($self, subclass, /)")]
    fn subclasscheck(slf: &Value, ts: &ThreadState, subclass: &Value) -> Result<bool> {
        protocol::real_is_subclass(ts, subclass, slf)
    }
    /// Specialized __dir__ implementation for types.
    #[method("__dir__($self, /)")]
    fn dir(slf: &Value, ts: &ThreadState) -> Result {
        crate::object::class::class_dir(ts, slf)
    }
    /// Return memory consumption of the type object.
    #[method("__sizeof__($self, /)")]
    fn sizeof(&self) -> usize {
        size_of::<Type>() + 16
    }
    #[getter("__name__")]
    fn get_name(&self) -> Value {
        self.name.get().into_value()
    }
    #[setter("__name__")]
    fn set_name(&self, ts: &ThreadState, v: Option<&Value>) -> Result<()> {
        check_settable(ts, self, v, "__name__")?;
        let v = v.expect("checked");
        let Some(s) = v.downcast_ref::<Str>() else {
            return Err(ts.type_error(format!("can only assign string to {}.__name__, not '{}'", self.short_name(), v.type_name(ts))));
        };
        if s.bytes().contains(&0) {
            return Err(ts.value_error("type name must not contain null characters"));
        }
        if s.has_surrogates() {
            return Err(crate::exceptions::unicode_encode_error(ts, "utf-8", s, 0, 1, "surrogates not allowed"));
        }
        self.name.set(s.clone());
        Ok(())
    }
    #[getter("__qualname__")]
    fn get_qualname(&self) -> Value {
        self.qualname.get().into_value()
    }
    #[setter("__qualname__")]
    fn set_qualname(&self, ts: &ThreadState, v: Option<&Value>) -> Result<()> {
        check_settable(ts, self, v, "__qualname__")?;
        let v = v.expect("checked");
        let Some(s) = v.downcast_ref::<Str>() else {
            return Err(ts.type_error(format!("can only assign string to {}.__qualname__, not '{}'", self.short_name(), v.type_name(ts))));
        };
        self.qualname.set(s.clone());
        Ok(())
    }
    #[getter("__module__")]
    fn get_module(&self, ts: &ThreadState) -> Result {
        match self.module_name(ts) {
            Some(m) => Ok(m),
            None => Err(ts.attribute_error("__module__")),
        }
    }
    #[setter("__module__")]
    fn set_module(&self, ts: &ThreadState, v: Option<&Value>) -> Result<()> {
        check_settable(ts, self, v, "__module__")?;
        self.dict.set_str(ts, &ts.names().__module__, v.expect("checked").clone());
        self.dict.remove_str(&ts.names().__firstlineno__);
        self.modified(ts);
        Ok(())
    }
    #[getter("__bases__")]
    fn get_bases(&self, ts: &ThreadState) -> Value {
        Tuple::new(ts, self.bases.read(|b| b.iter().map(|t| t.as_value().clone()).collect())).into_value()
    }
    #[setter("__bases__")]
    fn set_bases(slf: &Value, ts: &ThreadState, v: Option<&Value>) -> Result<()> {
        // SAFETY: called on types.
        let ty: &Ref<Type> = unsafe { Ref::from_value_ref(slf) };
        check_settable(ts, ty, v, "__bases__")?;
        set_bases(ts, ty, v.expect("checked"))
    }
    #[getter("__base__", member)]
    fn get_base(&self) -> Value {
        self.base.get().map_or_else(Value::none, |b| b.into_value())
    }
    #[getter("__mro__", member)]
    fn get_mro(&self, ts: &ThreadState) -> Value {
        if self.mro.read(|m| m.is_empty()) {
            return Value::none();
        }
        super::mro_tuple(ts, self)
    }
    #[getter("__dict__")]
    fn get_dict(&self, ts: &ThreadState) -> Value {
        crate::mappingproxy::MappingProxy::new(ts, self.dict.as_value().clone()).into_value()
    }
    #[getter("__flags__", member)]
    fn get_flags(&self) -> u64 {
        // In CPython native types that can be changed lie in the heap, which copyreg asks for.
        let heap = if self.has_flag(flags::IMMUTABLETYPE) { 0 } else { flags::HEAPTYPE };
        self.flags.get() | heap
    }
    #[getter("__basicsize__", member)]
    fn get_basicsize(&self) -> usize {
        8 + self.layout().size + 8 * self.members as usize
    }
    #[getter("__itemsize__", member)]
    fn get_itemsize(&self) -> usize {
        if self.layout().variable { 8 } else { 0 }
    }
    #[getter("__dictoffset__", member)]
    fn get_dictoffset(&self) -> i64 {
        if self.has_dict { -1 } else { 0 }
    }
    #[getter("__weakrefoffset__", member)]
    fn get_weakrefoffset(&self) -> i64 {
        if self.has_weakref { -8 } else { 0 }
    }
    #[getter("__doc__")]
    fn get_doc(slf: &Value, ts: &ThreadState) -> Result {
        // SAFETY: called on types.
        let ty: &Type = unsafe { slf.payload_unchecked() };
        match ty.dict.get_str(&ts.names().__doc__) {
            Some(d) => match d.class(ts).slots().descr_get {
                Some(get) => get(ts, &d, None, Some(slf)),
                None => Ok(d),
            },
            None => Ok(Value::none()),
        }
    }
    #[setter("__doc__")]
    fn set_doc(&self, ts: &ThreadState, v: Option<&Value>) -> Result<()> {
        check_settable(ts, self, v, "__doc__")?;
        self.dict.set_str(ts, &ts.names().__doc__, v.expect("checked").clone());
        self.modified(ts);
        Ok(())
    }
    #[getter("__text_signature__")]
    fn get_text_signature(&self, ts: &ThreadState) -> Value {
        match self.text_signature.get() {
            "" => Value::none(),
            text => Str::new(ts, text).into_value(),
        }
    }
    #[getter("__abstractmethods__")]
    fn get_abstract(&self, ts: &ThreadState) -> Result {
        let found = if std::ptr::eq(self, super::builtin(ts, ids::TYPE)) { None } else { self.dict.get_str(&ts.names().__abstractmethods__) };
        found.ok_or_else(|| ts.attribute_error("__abstractmethods__"))
    }
    #[setter("__abstractmethods__")]
    fn set_abstract(&self, ts: &ThreadState, v: Option<&Value>) -> Result<()> {
        let n = ts.names();
        match v {
            Some(v) => {
                let on = protocol::is_true(ts, v)?;
                self.dict.set_str(ts, &n.__abstractmethods__, v.clone());
                self.set_flag(flags::IS_ABSTRACT, on);
            }
            None => {
                if self.dict.remove_str(&n.__abstractmethods__).is_none() {
                    return Err(ts.attribute_error("__abstractmethods__"));
                }
                self.set_flag(flags::IS_ABSTRACT, false);
            }
        }
        self.modified(ts);
        Ok(())
    }
    #[getter("__annotations__")]
    fn get_annotations(slf: &Value, ts: &ThreadState) -> Result {
        annotations(ts, slf)
    }
    #[setter("__annotations__")]
    fn set_annotations(&self, ts: &ThreadState, v: Option<&Value>) -> Result<()> {
        if self.has_flag(flags::IMMUTABLETYPE) {
            return Err(immutable(ts, self, "__annotations__"));
        }
        let n = ts.names();
        match v {
            Some(v) => {
                let key = if self.dict.contains_str(&n.__annotations__) { &n.__annotations__ } else { &n.__annotations_cache__ };
                self.dict.set_str(ts, key, v.clone());
            }
            None => {
                let a = self.dict.remove_str(&n.__annotations__).is_some();
                let b = self.dict.remove_str(&n.__annotations_cache__).is_some();
                if !a && !b {
                    return Err(ts.attribute_error("__annotations__"));
                }
            }
        }
        self.dict.remove_str(&n.__annotate__);
        self.dict.remove_str(&n.__annotate_func__);
        self.modified(ts);
        Ok(())
    }
    #[getter("__annotate__")]
    fn get_annotate(slf: &Value, ts: &ThreadState) -> Result {
        annotate(ts, slf)
    }
    #[setter("__annotate__")]
    fn set_annotate(&self, ts: &ThreadState, v: Option<&Value>) -> Result<()> {
        let n = ts.names();
        let Some(v) = v else { return Err(ts.type_error("cannot delete __annotate__ attribute")) };
        if self.has_flag(flags::IMMUTABLETYPE) {
            return Err(immutable(ts, self, "__annotate__"));
        }
        if !v.is_none() && !protocol::is_callable(ts, v) {
            return Err(ts.type_error("__annotate__ must be callable or None"));
        }
        let key = if self.dict.contains_str(&n.__annotate__) { &n.__annotate__ } else { &n.__annotate_func__ };
        self.dict.set_str(ts, key, v.clone());
        if !v.is_none() {
            self.dict.remove_str(&n.__annotations_cache__);
        }
        self.modified(ts);
        Ok(())
    }
    #[getter("__type_params__")]
    fn get_type_params(&self, ts: &ThreadState) -> Value {
        match self.dict.get_str(&ts.names().__type_params__) {
            Some(v) if !std::ptr::eq(self, super::builtin(ts, ids::TYPE)) => v,
            _ => Tuple::empty(ts).into_value(),
        }
    }
    #[setter("__type_params__")]
    fn set_type_params(&self, ts: &ThreadState, v: Option<&Value>) -> Result<()> {
        check_settable(ts, self, v, "__type_params__")?;
        self.dict.set_str(ts, &ts.names().__type_params__, v.expect("checked").clone());
        self.modified(ts);
        Ok(())
    }
}

fn annotate(ts: &ThreadState, slf: &Value) -> Result {
    let n = ts.names();
    // SAFETY: called on types.
    let ty: &Type = unsafe { slf.payload_unchecked() };
    if !ty.is_heap_type() {
        return Err(ts.attribute_error_with(format!("type object '{}' has no attribute '__annotate__'", ty.name()), slf, &n.__annotate__));
    }
    let found = ty.dict.get_str(&n.__annotate__).or_else(|| ty.dict.get_str(&n.__annotate_func__));
    match found {
        Some(f) => match f.class(ts).slots().descr_get {
            Some(get) => get(ts, &f, None, Some(slf)),
            None => Ok(f),
        },
        None => {
            ty.dict.set_str(ts, &n.__annotate_func__, Value::none());
            Ok(Value::none())
        }
    }
}

fn annotations(ts: &ThreadState, slf: &Value) -> Result {
    let n = ts.names();
    // SAFETY: called on types.
    let ty: &Type = unsafe { slf.payload_unchecked() };
    if !ty.is_heap_type() {
        return Err(ts.attribute_error_with(format!("type object '{}' has no attribute '__annotations__'", ty.name()), slf, &n.__annotations__));
    }
    for key in [&n.__annotations__, &n.__annotations_cache__] {
        if let Some(a) = ty.dict.get_str(key) {
            return match a.class(ts).slots().descr_get {
                Some(get) => get(ts, &a, None, Some(slf)),
                None => Ok(a),
            };
        }
    }
    let f = annotate(ts, slf)?;
    let d = if protocol::is_callable(ts, &f) {
        let r = protocol::call1(ts, &f, &crate::int::from_i64(ts, 1))?;
        if r.downcast::<Dict>().is_none() {
            return Err(ts.type_error(format!("__annotate__ returned non-dict of type '{}'", r.type_name(ts))));
        }
        r
    } else {
        Dict::new(ts).into_value()
    };
    ty.dict.set_str(ts, &n.__annotations_cache__, d.clone());
    ty.modified(ts);
    Ok(d)
}

/// `cls.__bases__ = bases`.
fn set_bases(ts: &ThreadState, ty: &Ref<Type>, v: &Value) -> Result<()> {
    let Some(t) = v.downcast::<Tuple>() else {
        return Err(ts.type_error(format!("can only assign tuple to {}.__bases__, not {}", ty.short_name(), v.type_name(ts))));
    };
    if t.is_empty() {
        return Err(ts.type_error(format!("can only assign non-empty tuple to {}.__bases__, not ()", ty.short_name())));
    }
    let mut new = vec![];
    for b in t.items() {
        let Some(b) = b.downcast_ref::<Type>() else {
            return Err(ts.type_error(format!("{}.__bases__ must be tuple of classes, not '{}'", ty.short_name(), b.type_name(ts))));
        };
        if b.is_subtype(ty) || b.extends(ty) {
            return Err(ts.type_error("a __bases__ item causes an inheritance cycle"));
        }
        new.push(b.clone());
    }
    let new_base = create::best_base(ts, &new)?;
    let old_base = ty.base.get().unwrap_or_else(|| super::builtin(ts, ids::OBJECT).to_ref());
    let same = create::solid_base(&new_base).is(&create::solid_base(&old_base));
    if !same || new_base.has_dict && !ty.has_dict {
        return Err(ts.type_error(format!("__bases__ assignment: '{}' object layout differs from '{}'", new_base.name(), old_base.name())));
    }
    let serial = ty.bases_serial.get() + 1;
    ty.bases_serial.set(serial);
    let old = ty.bases.replace(new.clone());
    ty.base.set(Some(new_base));
    let mut replaced = vec![];
    let done = super::mro::compute_hierarchy(ts, ty, &mut replaced);
    // `mro()` may have assigned other bases meanwhile: they stay.
    let current = ty.bases_serial.get() == serial;
    if let Err(e) = done {
        super::mro::restore(ts, replaced);
        if current {
            ty.bases.set(old);
            ty.base.set(Some(old_base));
        }
        return Err(e);
    }
    if !current {
        return Ok(());
    }
    let me: *const Type = &**ty;
    for b in &old {
        b.subclasses.write(|s| s.retain(|&t| !std::ptr::eq(t, me)));
    }
    for b in &new {
        b.subclasses.write(|s| s.push(me));
    }
    ty.modified(ts);
    refix(ts, ty);
    Ok(())
}

fn refix(ts: &ThreadState, ty: &Type) {
    slotdefs::fixup_all(ts, ty);
    for s in ty.subclasses.get() {
        // SAFETY: as above.
        refix(ts, unsafe { &*s });
    }
}
