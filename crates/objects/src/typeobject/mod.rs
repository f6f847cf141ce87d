//! Type objects: their layout, how they are made for native payloads, method resolution and attribute
//! lookup on types. Class creation is in [`create`], the link between slots and special methods in
//! [`slotdefs`], what Python sees of a type in [`methods`].

pub mod create;
pub mod methods;
pub mod mro;
pub mod slot_fns;
pub mod slotdefs;

use crate::dict::Dict;
use crate::heap::{self, GilCell, Header, Layout, Payload, Ref};
use crate::ids;
use crate::native::ClassDef;
use crate::slots::Slots;
use crate::str::Str;
use crate::thread::{self, ThreadState};
use crate::tuple::Tuple;
use crate::value::{Result, Value};
use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};

/// `__flags__` of a type, with CPython's bit positions where it has them.
pub mod flags {
    pub const HAVE_FINALIZE: u64 = 1;
    pub const INLINE_VALUES: u64 = 1 << 2;
    pub const MANAGED_WEAKREF: u64 = 1 << 3;
    pub const MANAGED_DICT: u64 = 1 << 4;
    pub const SEQUENCE: u64 = 1 << 5;
    pub const MAPPING: u64 = 1 << 6;
    pub const DISALLOW_INSTANTIATION: u64 = 1 << 7;
    pub const IMMUTABLETYPE: u64 = 1 << 8;
    pub const HEAPTYPE: u64 = 1 << 9;
    pub const BASETYPE: u64 = 1 << 10;
    pub const READY: u64 = 1 << 12;
    pub const HAVE_GC: u64 = 1 << 14;
    pub const METHOD_DESCRIPTOR: u64 = 1 << 17;
    pub const IS_ABSTRACT: u64 = 1 << 20;
    pub const MATCH_SELF: u64 = 1 << 22;
    pub const INT_SUBCLASS: u64 = 1 << 24;
    pub const LIST_SUBCLASS: u64 = 1 << 25;
    pub const TUPLE_SUBCLASS: u64 = 1 << 26;
    pub const BYTES_SUBCLASS: u64 = 1 << 27;
    pub const STR_SUBCLASS: u64 = 1 << 28;
    pub const DICT_SUBCLASS: u64 = 1 << 29;
    pub const EXCEPTION_SUBCLASS: u64 = 1 << 30;
    pub const TYPE_SUBCLASS: u64 = 1 << 31;
    pub const INHERITED: u64 = SEQUENCE | MAPPING | MATCH_SELF | 0xff00_0000;
}

pub struct Type {
    pub name: GilCell<Ref<Str>>,
    pub qualname: GilCell<Ref<Str>>,
    /// `tp_name` of a native type ("collections.deque"); heap types go by `name`.
    pub native_name: Cell<&'static str>,
    pub doc: &'static str,
    pub base: GilCell<Option<Ref<Type>>>,
    pub bases: GilCell<Vec<Ref<Type>>>,
    /// The method resolution order; the type itself is not counted there. Empty until it is computed.
    pub mro: GilCell<Vec<Value>>,
    /// Counts the orders that the type has had.
    pub mro_serial: Cell<u32>,
    /// Counts the assignments to `__bases__`.
    pub bases_serial: Cell<u32>,
    pub dict: Ref<Dict>,
    pub slots: GilCell<Slots>,
    pub flags: Cell<u64>,
    version: Cell<u32>,
    layout: &'static Layout,
    instance_shape: Cell<u32>,
    /// `__slots__` members of this type and its bases.
    pub members: u32,
    pub has_dict: bool,
    pub has_weakref: bool,
    /// Direct subclasses, not counted; each removes itself when it dies.
    pub subclasses: GilCell<Vec<*const Type>>,
    /// The attributes of a heap type's `__slots__`, for `copyreg` and `__class__` assignment.
    pub slot_names: GilCell<Vec<Ref<Str>>>,
    /// Caches `tuple(mro)`.
    pub mro_tuple: GilCell<Option<Value>>,
    /// What the interpreter keeps for specialised instantiation (`__init__` and its version).
    pub init_cache: GilCell<Option<(u32, Value)>>,
    /// A native type's constructor as `inspect` reads it, or "".
    pub text_signature: Cell<&'static str>,
}

crate::payload!(Type, id = ids::TYPE, container,
    traverse = |s, visit| {
        visit(s.dict.as_value());
        s.bases.read(|b| b.iter().for_each(|t| visit(t.as_value())));
        s.base.read(|b| b.iter().for_each(|t| visit(t.as_value())));
        s.mro.read(|m| m.iter().filter(|t| t.id() != s.as_header() as u64).for_each(&mut *visit));
        s.mro_tuple.read(|m| m.iter().for_each(&mut *visit));
        s.init_cache.read(|m| m.iter().for_each(|c| visit(&c.1)));
    },
    clear = |s| { s.mro_tuple.set(None); s.init_cache.set(None); s.dict.clear_all(); s.modified(thread::current()); });

impl Drop for Type {
    fn drop(&mut self) {
        let me: *const Type = self;
        forget_self(self, self.mro.take());
        self.bases.read(|bases| {
            for b in bases {
                b.subclasses.write(|s| s.retain(|&t| !std::ptr::eq(t, me)));
            }
        });
    }
}

impl Type {
    #[inline(always)]
    pub fn as_header(&self) -> *mut Header {
        // SAFETY: types live in the heap only, behind their header.
        unsafe { (self as *const Type as *mut Header).sub(1) }
    }
    pub fn to_ref(&self) -> Ref<Type> {
        // SAFETY: as above.
        unsafe { Ref::from_payload(self) }
    }
    pub fn to_value(&self) -> Value {
        self.to_ref().into_value()
    }
    #[inline(always)]
    pub fn is(&self, other: &Type) -> bool {
        std::ptr::eq(self, other)
    }
    #[inline(always)]
    pub fn layout(&self) -> &'static Layout {
        self.layout
    }
    #[inline(always)]
    pub fn instance_shape(&self) -> u32 {
        self.instance_shape.get()
    }
    /// New instances begin with this shape.
    pub fn set_instance_shape(&self, id: u32) {
        self.instance_shape.set(id)
    }
    #[inline(always)]
    pub fn has_flag(&self, flag: u64) -> bool {
        self.flags.get() & flag != 0
    }
    pub fn set_flag(&self, flag: u64, on: bool) {
        self.flags.set(if on { self.flags.get() | flag } else { self.flags.get() & !flag })
    }
    #[inline(always)]
    pub fn has_gc(&self) -> bool {
        self.has_flag(flags::HAVE_GC)
    }
    #[inline(always)]
    pub fn is_heap_type(&self) -> bool {
        self.has_flag(flags::HEAPTYPE)
    }
    #[inline(always)]
    pub fn has_finalizer(&self) -> bool {
        self.slots().finalize.is_some()
    }
    #[inline(always)]
    pub fn slots(&self) -> &Slots {
        // SAFETY: slots are plain function pointers; a change replaces single words.
        unsafe { &*self.slots.as_ptr() }
    }
    /// `tp_name`: dotted for native types outside `builtins`, `__name__` for classes.
    pub fn name(&self) -> String {
        match self.native_name.get() {
            "" => self.name.read(|n| n.to_string_lossy().into_owned()),
            name => name.to_string(),
        }
    }
    /// `__name__`.
    pub fn short_name(&self) -> String {
        self.name.read(|n| n.to_string_lossy().into_owned())
    }
    /// The version that inline caches remember; 0 when versions have run out.
    #[inline]
    pub fn version(&self, ts: &ThreadState) -> u32 {
        let v = self.version.get();
        if v != 0 { v } else { self.assign_version(ts) }
    }
    /// The version if one is assigned already.
    #[inline(always)]
    pub fn current_version(&self) -> u32 {
        self.version.get()
    }
    #[cold]
    fn assign_version(&self, ts: &ThreadState) -> u32 {
        let next = &ts.interp().next_type_version;
        if next.get() == u32::MAX {
            return 0;
        }
        // Bases need versions, too, so that a change of theirs reaches this type.
        self.bases.read(|b| {
            for t in b {
                t.version(ts);
            }
        });
        let v = next.get();
        next.set(v + 1);
        self.version.set(v);
        v
    }
    /// Forgets every cached lookup on this type and its subclasses.
    pub fn modified(&self, ts: &ThreadState) {
        self.version.set(0);
        ts.interp().shapes.forget(self);
        let subs = self.subclasses.get();
        for s in subs {
            // SAFETY: subclasses take themselves off the list when they die.
            unsafe { (*s).modified(ts) }
        }
    }
    /// Is `other` in this type's MRO?
    #[inline]
    pub fn is_subtype(&self, other: &Type) -> bool {
        if std::ptr::eq(self, other) {
            return true;
        }
        let id = other.as_header() as u64;
        self.mro.read(|m| m.iter().any(|t| t.id() == id) || m.is_empty() && self.extends(other))
    }
    /// Is `other` on this type's chain of bases?
    pub fn extends(&self, other: &Type) -> bool {
        std::ptr::eq(self, other) || self.base.read(|b| b.as_ref().is_some_and(|b| b.extends(other)))
    }
    /// The direct subclasses that are alive.
    pub fn subclass_list(&self) -> Vec<Ref<Type>> {
        // SAFETY: subclasses take themselves off the list when they die.
        self.subclasses.read(|s| s.iter().map(|&t| unsafe { (*t).to_ref() }).collect())
    }
    /// The MRO as types.
    pub fn mro_types(&self) -> Vec<Ref<Type>> {
        // SAFETY: an MRO holds types only.
        self.mro.read(|m| m.iter().map(|t| unsafe { Ref::from_value_unchecked(t.clone()) }).collect())
    }
    /// Finds `name` along the MRO, without binding.
    #[inline]
    pub fn lookup(&self, ts: &ThreadState, name: &Ref<Str>) -> Option<Value> {
        let v = self.version.get();
        let key = name.as_value().id();
        if v != 0 {
            let e = ts.interp().method_cache.slot(v, key);
            if e.version.get() == v && e.name.get() == key {
                let w = e.value.get();
                if w == 0 {
                    return None;
                }
                // SAFETY: while the version holds, a class dictionary keeps the value alive.
                return Some(unsafe { (*(&w as *const u64 as *const Value)).clone() });
            }
        }
        self.lookup_slow(ts, name)
    }
    fn lookup_slow(&self, ts: &ThreadState, name: &Ref<Str>) -> Option<Value> {
        let found = self.lookup_uncached(name);
        if name.is_interned() {
            let v = self.version(ts);
            if v != 0 {
                let e = ts.interp().method_cache.slot(v, name.as_value().id());
                e.version.set(v);
                e.set_name(name);
                e.value.set(found.as_ref().map_or(0, |f| f.word()));
            }
        }
        found
    }
    fn lookup_uncached(&self, name: &Ref<Str>) -> Option<Value> {
        self.mro.read(|m| {
            m.iter().find_map(|t| {
                // SAFETY: an MRO holds types only.
                let t: &Type = unsafe { t.payload_unchecked() };
                t.dict.get_str(name)
            })
        })
    }
    /// As [`Type::lookup`], for a name that need not be interned.
    pub fn lookup_name(&self, ts: &ThreadState, name: &str) -> Option<Value> {
        self.lookup(ts, &Str::intern(ts, name))
    }
    pub fn module_name(&self, ts: &ThreadState) -> Option<Value> {
        if self.is_heap_type() {
            return self.dict.get_str(&ts.names().__module__);
        }
        let m = self.native_name.get().rsplit_once('.').map_or("builtins", |p| p.0);
        Some(Str::intern(ts, m).into_value())
    }
    /// "module.qualname", without "builtins.".
    pub fn qualified_name(&self, ts: &ThreadState) -> String {
        let q = self.qualname.read(|q| q.to_string_lossy().into_owned());
        match self.module_name(ts).and_then(|m| m.downcast::<Str>().map(|s| s.to_string_lossy().into_owned())) {
            Some(m) if m != "builtins" => format!("{m}.{q}"),
            _ => q,
        }
    }
    pub fn is_abstract(&self) -> bool {
        self.has_flag(flags::IS_ABSTRACT)
    }
}

/// Recent lookups on types, by version and name.
pub struct MethodCache {
    entries: Box<[MethodCacheEntry]>,
}

pub struct MethodCacheEntry {
    version: Cell<u32>,
    name: Cell<u64>,
    /// The name itself: as long as it is held, no other name can come to lie at its address.
    held: GilCell<Option<Ref<Str>>>,
    /// A value's word, not counted; 0: no such attribute.
    value: Cell<u64>,
}

impl MethodCacheEntry {
    fn set_name(&self, name: &Ref<Str>) {
        self.name.set(name.as_value().id());
        self.held.set(Some(name.clone()));
    }
}

const CACHE_SIZE: usize = 1 << 12;

impl MethodCache {
    pub fn new() -> MethodCache {
        let make = |_| MethodCacheEntry { version: Cell::new(0), name: Cell::new(0), held: GilCell::default(), value: Cell::new(0) };
        MethodCache { entries: (0..CACHE_SIZE).map(make).collect() }
    }
    #[inline(always)]
    fn slot(&self, version: u32, name: u64) -> &MethodCacheEntry {
        &self.entries[(version as usize ^ (name >> 3) as usize) & (CACHE_SIZE - 1)]
    }
}

impl Value {
    /// The object's type.
    #[inline(always)]
    pub fn class(&self, ts: &ThreadState) -> &Type {
        ts.interp().shapes.get(self.shape_id()).ty()
    }
    pub fn class_ref(&self, ts: &ThreadState) -> Ref<Type> {
        self.class(ts).to_ref()
    }
    pub fn type_name(&self, ts: &ThreadState) -> String {
        self.class(ts).name()
    }
    /// The value as a type object.
    #[inline]
    pub fn as_type(&self) -> Option<&Type> {
        self.downcast::<Type>()
    }
}

/// The type of a native payload, if it was made already.
#[inline]
pub fn known_class<T: ClassDef>(ts: &ThreadState) -> Option<&'static Type> {
    if T::FIXED_ID != 0 {
        return try_builtin(ts, T::FIXED_ID);
    }
    let place = T::place().load(Ordering::Relaxed) as usize;
    // SAFETY: the table holds types, which live as long as their interpreter.
    ts.interp().types.read(|t| t.get(place)?.as_ref().map(|v| unsafe { &*(v.payload_unchecked::<Type>() as *const Type) }))
}

/// Notes the type of a payload without a fixed id.
pub fn remember_class<T: Payload>(ts: &ThreadState, ty: &Ref<Type>) {
    static PLACES: AtomicU32 = AtomicU32::new(1);
    let place = T::place();
    if place.load(Ordering::Relaxed) == 0 {
        let new = PLACES.fetch_add(1, Ordering::Relaxed);
        // Another interpreter's thread may have been first.
        let _ = place.compare_exchange(0, new, Ordering::Relaxed, Ordering::Relaxed);
    }
    let place = place.load(Ordering::Relaxed) as usize;
    let old = ts.interp().types.write(|t| {
        if t.len() <= place {
            t.resize(place + 1, None);
        }
        t[place].replace(ty.as_value().clone())
    });
    drop(old);
}

/// The type of a native payload, made when first asked for.
#[inline]
pub fn class_of<T: ClassDef>(ts: &ThreadState) -> Ref<Type> {
    match known_class::<T>(ts) {
        Some(t) => t.to_ref(),
        None => create_native::<T>(ts),
    }
}

/// The type with a fixed id, if it was made already.
pub fn try_builtin(ts: &ThreadState, id: u32) -> Option<&'static Type> {
    // SAFETY: built-in types live as long as their interpreter.
    unsafe { ts.interp().builtin_types[id as usize].get().as_ref() }
}

/// The type with a fixed id.
#[inline(always)]
pub fn builtin(ts: &ThreadState, id: u32) -> &'static Type {
    // SAFETY: as above; asked for only after start-up made them.
    unsafe { &*ts.interp().builtin_types[id as usize].get() }
}

#[cold]
fn create_native<T: ClassDef>(ts: &ThreadState) -> Ref<Type> {
    let base = T::base(ts);
    // Making the base may have made this type on the way.
    if T::FIXED_ID != 0 && !ts.interp().builtin_types[T::FIXED_ID as usize].get().is_null() {
        return class_of::<T>(ts);
    }
    let spec = NativeSpec {
        name: T::NAME,
        module: T::MODULE,
        doc: T::DOC,
        layout: T::LAYOUT,
        fixed_id: T::FIXED_ID,
        base,
        flags: T::FLAGS,
        has_dict: T::HAS_DICT,
        has_weakref: T::HAS_WEAKREF,
        members: 0,
        fill: T::fill_slots,
    };
    let ty = make_native_type(ts, &spec);
    if T::FIXED_ID == 0 {
        remember_class::<T>(ts, &ty);
    }
    add_class_attributes::<T>(ts, &ty);
    ty
}

/// Fills the namespace of a native class.
pub fn add_class_attributes<T: ClassDef>(ts: &ThreadState, ty: &Ref<Type>) {
    methods::add_native_attributes(ts, ty, &T::all_methods(), &T::all_getsets(), T::DOC);
    ty.text_signature.set(match T::FIXED_ID {
        // Their slots are filled by hand.
        ids::OBJECT => "()",
        ids::SET => "(iterable=(), /)",
        _ => T::TEXT_SIGNATURE,
    });
    if T::fill(ts, &ty.dict).is_err() {
        // Class attributes are made of plain values; nothing there may fail.
        ts.clear_exception();
    }
}

/// What a native type is made from.
pub struct NativeSpec {
    pub name: &'static str,
    pub module: &'static str,
    pub doc: &'static str,
    pub layout: &'static Layout,
    /// 0: gets an id at run time.
    pub fixed_id: u32,
    pub base: Option<Ref<Type>>,
    pub flags: u64,
    pub has_dict: bool,
    pub has_weakref: bool,
    /// Words of the tail for values of the type's own, after those of the base.
    pub members: u32,
    pub fill: fn(&mut Slots),
}

/// Makes the type object: slots filled and inherited, shape registered; attributes are added by the caller
/// ([`methods::add_native_attributes`]).
pub fn make_native_type(ts: &ThreadState, spec: &NativeSpec) -> Ref<Type> {
    let interp = ts.interp();
    let full: &'static str = if spec.module == "builtins" {
        spec.name
    } else {
        Box::leak(format!("{}.{}", spec.module, spec.name).into_boxed_str())
    };
    let mut slots = Slots::default();
    (spec.fill)(&mut slots);
    let mut fl = flags::READY | (spec.flags & !flags::DISALLOW_INSTANTIATION);
    if spec.layout.container {
        fl |= flags::HAVE_GC;
    }
    let mut has_dict = spec.has_dict;
    let mut has_weakref = spec.has_weakref;
    let mut members = spec.members;
    let mut bases = vec![];
    if let Some(base) = &spec.base {
        // CPython: comparison and hash are inherited together.
        let (cmp, hash) = (slots.richcompare, slots.hash);
        slots.inherit(base.slots());
        if cmp.is_some() && hash.is_none() {
            slots.hash = Some(slot_fns::hash_not_implemented);
        }
        if spec.flags & flags::DISALLOW_INSTANTIATION != 0 {
            slots.new = None;
            fl |= flags::DISALLOW_INSTANTIATION;
        }
        fl |= base.flags.get() & flags::INHERITED;
        has_dict |= base.has_dict;
        has_weakref |= base.has_weakref;
        members += base.members;
        bases.push(base.clone());
    }
    fl |= match spec.fixed_id {
        ids::INT => flags::INT_SUBCLASS | flags::MATCH_SELF,
        ids::LIST => flags::LIST_SUBCLASS | flags::MATCH_SELF,
        ids::TUPLE => flags::TUPLE_SUBCLASS | flags::MATCH_SELF,
        ids::BYTES => flags::BYTES_SUBCLASS | flags::MATCH_SELF,
        ids::STR => flags::STR_SUBCLASS | flags::MATCH_SELF,
        ids::DICT => flags::DICT_SUBCLASS | flags::MATCH_SELF,
        ids::BASE_EXCEPTION => flags::EXCEPTION_SUBCLASS,
        ids::TYPE => flags::TYPE_SUBCLASS,
        ids::BOOL | ids::BYTEARRAY | ids::FLOAT | ids::FROZENSET | ids::SET => flags::MATCH_SELF,
        _ => 0,
    };
    if has_dict {
        // Instance attributes may form cycles; the gc word also carries the weakref flag.
        fl |= flags::HAVE_GC | flags::MANAGED_DICT;
    }
    if has_weakref {
        fl |= flags::HAVE_GC;
    }
    let name = Str::intern(ts, spec.name);
    let payload = Type {
        name: GilCell::new(name.clone()),
        qualname: GilCell::new(name),
        native_name: Cell::new(full),
        doc: spec.doc,
        base: GilCell::new(spec.base.clone()),
        bases: GilCell::new(bases),
        mro: GilCell::default(),
        mro_serial: Cell::new(0),
        bases_serial: Cell::new(0),
        dict: namespace(ts),
        slots: GilCell::new(slots),
        flags: Cell::new(fl),
        version: Cell::new(0),
        layout: spec.layout,
        instance_shape: Cell::new(0),
        members,
        has_dict,
        has_weakref,
        subclasses: GilCell::default(),
        slot_names: GilCell::default(),
        mro_tuple: GilCell::default(),
        init_cache: GilCell::default(),
        text_signature: Cell::new(""),
    };
    let ty = allocate_type(ts, None, payload);
    // Native types live as long as the interpreter: the table's reference is never dropped.
    std::mem::forget(ty.clone());
    let p: *const Type = &*ty;
    let shape = interp.shapes.add_root(spec.fixed_id, p, spec.layout.size as u32, members, has_dict, 0);
    ty.instance_shape.set(shape);
    if spec.fixed_id != 0 {
        interp.builtin_types[spec.fixed_id as usize].set(p);
    }
    set_linear_mro(&ty);
    if let Some(b) = &spec.base {
        b.subclasses.write(|s| s.push(p));
    }
    ty
}

/// Puts a type's payload on the heap, as an instance of `metatype` (absent: `type`, whose own shape may not
/// be registered yet).
pub fn allocate_type(ts: &ThreadState, metatype: Option<&Type>, payload: Type) -> Ref<Type> {
    match metatype {
        Some(m) => heap::new_with_type(ts, m, payload),
        None => heap::new_bare(ts, payload),
    }
}

/// A new type's namespace; `dict` itself may not be made yet.
fn namespace(ts: &ThreadState) -> Ref<Dict> {
    if ts.interp().builtin_types[ids::DICT as usize].get().is_null() {
        return heap::new_bare(ts, Dict::payload(Default::default()));
    }
    Dict::new(ts)
}

/// Single inheritance: the type, then its base's MRO.
fn set_linear_mro(ty: &Ref<Type>) {
    let mut mro = vec![uncounted(ty)];
    if let Some(b) = ty.base.get() {
        mro.extend(b.mro.get());
    }
    set_mro_values(ty, mro);
}

/// The reference of a type to itself in its MRO, which does not count.
pub(crate) fn uncounted(ty: &Type) -> Value {
    Value::from_word(ty.as_header() as u64)
}

pub(crate) fn set_mro_values(ty: &Type, mro: Vec<Value>) {
    let old = ty.mro.replace(mro);
    ty.mro_serial.set(ty.mro_serial.get() + 1);
    ty.mro_tuple.set(None);
    forget_self(ty, old);
}

/// Lets go of an MRO: the type itself was never counted there.
fn forget_self(ty: &Type, mro: Vec<Value>) {
    for v in mro {
        if v.id() == ty.as_header() as u64 {
            std::mem::forget(v);
        }
    }
}

/// The MRO as the tuple that Python sees.
pub fn mro_tuple(ts: &ThreadState, ty: &Type) -> Value {
    if let Some(t) = ty.mro_tuple.get() {
        return t;
    }
    let t = Tuple::new(ts, ty.mro.get()).into_value();
    ty.mro_tuple.set(Some(t.clone()));
    t
}

/// Calls `__del__`; what it raises goes to `sys.unraisablehook`.
pub fn finalize(ts: &ThreadState, v: &Value) {
    if let Some(f) = v.class(ts).slots().finalize {
        let saved = ts.exception.take();
        f(ts, v);
        ts.exception.set(saved);
    }
}

/// The number of inline attribute slots that new instances of a class get.
pub fn inline_capacity(static_attributes: usize) -> u32 {
    ((static_attributes as u32 + 1).max(4)).min(crate::shape::MAX_INLINE)
}

pub fn type_check(ts: &ThreadState, v: &Value, what: &str) -> Result<Ref<Type>> {
    match v.downcast_ref::<Type>() {
        Some(t) => Ok(t.clone()),
        None => Err(ts.type_error(format!("{what}, not {}", v.type_name(ts)))),
    }
}
