//! The heap: object headers, allocation, counting, and the iterative release of what is no longer
//! referenced. The cycle collector is in [`gc`], weak references in [`weak`].
//!
//! An object is `[gc word]? header payload [attribute word, slots …]?`. The gc word is there for
//! containers (objects that may be part of a cycle or carry weak references). The header is 8 bytes:
//! count and shape id. **Dropping a [`Value`] never runs Python code**: objects with a `__del__` or with weakref
//! callbacks are queued on the thread and finalised at the interpreter's next safe point
//! ([`run_finalizers`]), which it reaches before the next instruction.

pub mod cell;
pub mod gc;
pub mod pools;

use crate::thread::{self, ThreadState};
use crate::typeobject::Type;
use crate::value::Value;
use std::any::TypeId;
use std::sync::atomic::AtomicU32;
use std::cell::Cell;
use std::marker::PhantomData;
use std::ptr::NonNull;

pub use cell::GilCell;
use pools::Pools;

/// Counts at and above this one never change the fate of their object.
pub const IMMORTAL: u32 = 1 << 31;

/// What every object begins with: the number of references and the shape.
#[repr(C, align(8))]
pub struct Header {
    count: Cell<u32>,
    shape: Cell<u32>,
}

// SAFETY: only immortal headers are shared between threads, and nobody writes those.
unsafe impl Sync for Header {}

impl Header {
    pub const fn immortal(shape: u32) -> Header {
        Header { count: Cell::new(IMMORTAL), shape: Cell::new(shape) }
    }
    /// The header of a new object, referred to once.
    pub const fn new(shape: u32) -> Header {
        Header { count: Cell::new(1), shape: Cell::new(shape) }
    }
    #[inline(always)]
    pub fn shape(&self) -> u32 {
        self.shape.get()
    }
    #[inline(always)]
    pub fn set_shape(&self, shape: u32) {
        self.shape.set(shape)
    }
    #[inline(always)]
    pub fn count(&self) -> u32 {
        self.count.get()
    }
    #[inline(always)]
    pub fn is_immortal(&self) -> bool {
        self.count.get() >= IMMORTAL
    }
    #[inline(always)]
    pub(crate) fn increment(&self) {
        self.count.set(self.count.get() + 1)
    }
    /// Counts down; true when nothing refers to the object any more.
    #[inline(always)]
    pub(crate) fn decrement(&self) -> bool {
        let n = self.count.get() - 1;
        self.count.set(n);
        n == 0
    }
    /// For the interpreter's stack, which counts words itself.
    #[inline(always)]
    pub fn count_up(&self) {
        self.increment()
    }
    #[inline(always)]
    pub fn count_down(&self) -> bool {
        self.decrement()
    }
    pub(crate) fn set_count(&self, n: u32) {
        self.count.set(n)
    }
}

/// Called with each value that an object refers to.
pub type Visit<'a> = &'a mut dyn FnMut(&Value);

/// A native object's Rust part. Implemented with [`payload!`](crate::payload).
pub trait Payload: Sized + 'static {
    /// The fixed shape id of the type, or 0 for types that get theirs at run time.
    const FIXED_ID: u32;
    const LAYOUT: &'static Layout;
    /// Where interpreters keep the type, for payloads without a fixed id: the place in [`Interp::types`](crate::thread::Interp), 0 as long as it has none.
    fn place() -> &'static AtomicU32;
    /// Shows every `Value` held to `visit`; containers must not forget one.
    fn traverse(&self, _visit: Visit<'_>) {}
    /// Drops references so that cycles break; the object must stay usable.
    fn clear(&self) {}
    /// The type object, created with its class definition on first use.
    fn class(ts: &ThreadState) -> Ref<Type>
    where
        Self: crate::native::ClassDef,
    {
        crate::typeobject::class_of::<Self>(ts)
    }
}

/// How instances with a certain payload lie in memory, and how they are taken apart.
pub struct Layout {
    pub name: &'static str,
    /// Bytes of the payload (without header), a multiple of 8.
    pub size: usize,
    /// May be part of a reference cycle: has a gc word and is known to the collector.
    pub container: bool,
    pub parent: Option<&'static Layout>,
    pub type_id: TypeId,
    pub drop: unsafe fn(*mut Header),
    pub traverse: unsafe fn(*mut Header, Visit<'_>),
    pub clear: unsafe fn(*mut Header),
    /// Instances carry inline items: their size is their own.
    pub variable: bool,
    /// Bytes that follow the payload inside the object (inline items).
    pub extra: unsafe fn(*mut Header) -> usize,
}

#[doc(hidden)]
pub mod layout_fns {
    use super::*;
    /// # Safety
    /// `h` is an object with payload `T`.
    pub unsafe fn drop<T: Payload>(h: *mut Header) {
        // SAFETY: the caller hands over an object whose payload is a live `T`.
        unsafe { std::ptr::drop_in_place(h.add(1) as *mut T) }
    }
    /// # Safety
    /// As above.
    pub unsafe fn traverse<T: Payload>(h: *mut Header, visit: Visit<'_>) {
        // SAFETY: as above.
        unsafe { (*(h.add(1) as *const T)).traverse(visit) }
    }
    /// # Safety
    /// As above.
    pub unsafe fn clear<T: Payload>(h: *mut Header) {
        // SAFETY: as above.
        unsafe { (*(h.add(1) as *const T)).clear() }
    }
    /// # Safety
    /// None needed: a fixed-size payload has nothing behind it.
    pub unsafe fn no_extra(_: *mut Header) -> usize {
        0
    }
}

/// Implements [`Payload`]:
/// `payload!(List, ids::LIST, container, traverse = |s, visit| …, clear = |s| …)`;
/// `payload!(Random)` for a leaf type without a fixed id; `parent = Base` names the payload that this one
/// begins with (`#[repr(C)]`, first field).
#[macro_export]
macro_rules! payload {
    ($t:ty $(, id = $id:expr)? $(, parent = $parent:ty)? $(, extra = $extra:path)?) => {
        $crate::payload!(@ $t, false, [$($id)?], [$($parent)?], [$($extra)?], {});
    };
    ($t:ty $(, id = $id:expr)? $(, parent = $parent:ty)? $(, extra = $extra:path)?, container,
        traverse = |$s:ident, $v:ident| $body:expr $(, clear = |$c:ident| $clear:expr)? $(,)?) => {
        $crate::payload!(@ $t, true, [$($id)?], [$($parent)?], [$($extra)?], {
            fn traverse(&self, $v: $crate::heap::Visit<'_>) { let $s = self; $body; }
            $(fn clear(&self) { let $c = self; $clear; })?
        });
    };
    (@ $t:ty, $container:expr, [$($id:expr)?], [$($parent:ty)?], [$($extra:path)?], {$($methods:tt)*}) => {
        impl $crate::heap::Payload for $t {
            const FIXED_ID: u32 = 0 $(+ $id)?;
            #[inline(always)]
            fn place() -> &'static ::std::sync::atomic::AtomicU32 {
                static PLACE: ::std::sync::atomic::AtomicU32 = ::std::sync::atomic::AtomicU32::new(0);
                &PLACE
            }
            // A static, so that layouts can be told apart by address.
            const LAYOUT: &'static $crate::heap::Layout = {
                static LAYOUT: $crate::heap::Layout = $crate::heap::Layout {
                name: stringify!($t),
                size: (size_of::<$t>() + 7) & !7,
                container: $container,
                parent: $crate::payload!(@parent $($parent)?),
                type_id: std::any::TypeId::of::<$t>(),
                drop: $crate::heap::layout_fns::drop::<$t>,
                traverse: $crate::heap::layout_fns::traverse::<$t>,
                clear: $crate::heap::layout_fns::clear::<$t>,
                variable: $crate::payload!(@variable $($extra)?),
                extra: $crate::payload!(@extra $($extra)?),
                };
                &LAYOUT
            };
            $($methods)*
        }
        const _: () = assert!(align_of::<$t>() <= 8);
    };
    (@parent) => { None };
    (@parent $parent:ty) => { Some(<$parent as $crate::heap::Payload>::LAYOUT) };
    (@variable) => { false };
    (@variable $extra:path) => { true };
    (@extra) => { $crate::heap::layout_fns::no_extra };
    (@extra $extra:path) => { $extra };
}

/// An owned reference to an object whose payload is a `T`.
#[repr(transparent)]
pub struct Ref<T: Payload>(Value, PhantomData<T>);

impl<T: Payload> Ref<T> {
    /// # Safety
    /// The value is an instance of `T`'s type or of a subclass.
    #[inline(always)]
    pub unsafe fn from_value_unchecked(v: Value) -> Ref<T> {
        Ref(v, PhantomData)
    }
    /// Sees a value as what it is known to be.
    ///
    /// # Safety
    /// As [`Ref::from_value_unchecked`].
    #[inline(always)]
    pub unsafe fn from_value_ref(v: &Value) -> &Ref<T> {
        // SAFETY: `Ref` is a transparent wrapper.
        unsafe { &*(v as *const Value as *const Ref<T>) }
    }
    /// Checks and converts; gives the value back when it is something else.
    pub fn from_value(v: Value) -> std::result::Result<Ref<T>, Value> {
        if v.downcast::<T>().is_some() { Ok(Ref(v, PhantomData)) } else { Err(v) }
    }
    #[inline(always)]
    pub fn into_value(self) -> Value {
        self.0
    }
    #[inline(always)]
    pub fn as_value(&self) -> &Value {
        &self.0
    }
    /// A new reference to the object of which `payload` is the payload.
    ///
    /// # Safety
    /// `payload` lies inside a heap object (it came from a `Value` or `Ref`).
    #[inline(always)]
    pub unsafe fn from_payload(payload: &T) -> Ref<T> {
        // SAFETY: by the contract a header lies in front of the payload.
        unsafe {
            let h = (payload as *const T as *mut Header).sub(1);
            (*h).increment();
            Ref(Value::from_header(NonNull::new_unchecked(h)), PhantomData)
        }
    }
}

impl<T: Payload> Clone for Ref<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        Ref(self.0.clone(), PhantomData)
    }
}

impl<T: Payload> std::ops::Deref for Ref<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: the type's invariant.
        unsafe { self.0.payload_unchecked() }
    }
}

impl<T: Payload> From<Ref<T>> for Value {
    fn from(r: Ref<T>) -> Value {
        r.0
    }
}

impl Value {
    /// The payload, if the value is an instance of `T`'s type or of a subclass of it.
    #[inline]
    pub fn downcast<T: Payload>(&self) -> Option<&T> {
        if let Some(t) = self.exact::<T>() {
            return Some(t);
        }
        if !self.is_pointer() {
            return None;
        }
        let mut layout = Some(thread::shape_type(self.shape_id()).layout());
        while let Some(l) = layout {
            if std::ptr::eq(l, T::LAYOUT) || l.type_id == TypeId::of::<T>() {
                // SAFETY: the chain of layouts says that the object begins with a `T`.
                return Some(unsafe { self.payload_unchecked() });
            }
            layout = l.parent;
        }
        None
    }
    pub fn is_instance_of<T: Payload>(&self) -> bool {
        self.downcast::<T>().is_some()
    }
    /// As [`Value::downcast`], as a new reference.
    pub fn downcast_ref<T: Payload>(&self) -> Option<&Ref<T>> {
        self.downcast::<T>()?;
        // SAFETY: just checked.
        Some(unsafe { Ref::from_value_ref(self) })
    }
}

/// In the gc word: the object has weak references (kept beside the heap).
pub const GC_WEAKREFS: u64 = 1 << 32;
/// In the gc word: `__del__` has run.
pub const GC_FINALIZED: u64 = 1 << 33;
/// In the gc word: waiting for its finalizer.
pub const GC_QUEUED: u64 = 1 << 34;

/// The word before a container's header: its place in the collector's table and flags.
///
/// # Safety
/// `h` is a container.
#[inline(always)]
pub unsafe fn gc_word<'a>(h: *mut Header) -> &'a Cell<u64> {
    // SAFETY: containers are allocated with this word.
    unsafe { &*(h as *const Cell<u64>).sub(1) }
}

/// Allocates an object of a type: header written, payload not yet, attribute words zeroed.
/// `extra`: bytes of inline items behind the payload.
///
/// # Safety
/// The caller writes a valid payload at once and only then lets the object be seen.
#[inline]
pub unsafe fn allocate(ts: &ThreadState, ty: &Type, extra: usize) -> NonNull<Header> {
    let gc = ty.has_gc();
    let head = if gc { 16 } else { 8 };
    let body = ty.layout().size + extra;
    let shape = ty.instance_shape();
    let tail = ts.interp().shapes.get(shape).tail_words as usize * 8;
    let total = head + body + tail;
    // SAFETY: sizes are positive; the memory is initialised as described below.
    unsafe {
        let raw = ts.interp().pools.allocate(total);
        let h = raw.add(head - 8) as *mut Header;
        h.write(Header { count: Cell::new(1), shape: Cell::new(shape) });
        if tail > 0 {
            std::ptr::write_bytes((h as *mut u8).add(8 + body), 0, tail);
        }
        if gc {
            ts.interp().containers.insert(h);
        }
        if ty.is_heap_type() {
            (*ty.as_header()).increment();
        }
        NonNull::new_unchecked(h)
    }
}

/// As [`allocate`], for a built-in type that is no container and has no attributes.
///
/// # Safety
/// As [`allocate`]; `T` has a fixed id.
#[inline]
pub unsafe fn allocate_leaf<T: Payload>(extra: usize) -> NonNull<Header> {
    let total = 8 + T::LAYOUT.size + extra;
    // SAFETY: the size is positive.
    unsafe {
        let h = thread::current().interp().pools.allocate(total) as *mut Header;
        h.write(Header::new(T::FIXED_ID));
        NonNull::new_unchecked(h)
    }
}

/// Gives the memory of an object made by [`allocate_leaf`] back.
///
/// # Safety
/// The payload has been dropped; `extra` bytes lie behind it.
#[inline]
pub unsafe fn free_leaf<T: Payload>(h: *mut Header, extra: usize) {
    // SAFETY: by the contract.
    unsafe { thread::current().interp().pools.free(h as *mut u8, 8 + T::LAYOUT.size + extra) }
}

/// As [`free_leaf`], when the interpreter is no more.
///
/// # Safety
/// As [`free_leaf`].
pub unsafe fn discard_leaf<T: Payload>(h: *mut Header, extra: usize) {
    // SAFETY: by the contract.
    unsafe { Pools::give_back(h as *mut u8, (8 + T::LAYOUT.size + extra).div_ceil(8)) }
}

/// Changes the number of bytes behind the payload of an object made by [`allocate_leaf`].
///
/// # Safety
/// The caller holds the only reference, and gives it up.
#[inline]
pub unsafe fn reallocate_leaf<T: Payload>(h: *mut Header, old: usize, new: usize) -> NonNull<Header> {
    let fixed = 8 + T::LAYOUT.size;
    // SAFETY: allocated with this size.
    unsafe {
        NonNull::new_unchecked(Pools::reallocate(h as *mut u8, fixed + old, fixed + new) as *mut Header)
    }
}

/// A new object of the payload's own type.
#[inline]
pub fn new<T: Payload + crate::native::ClassDef>(ts: &ThreadState, payload: T) -> Ref<T> {
    let plain = T::FIXED_ID != 0 && T::LAYOUT.container && !T::HAS_DICT;
    if plain && !ts.interp().builtin_types[T::FIXED_ID as usize].get().is_null() {
        return new_bare(ts, payload);
    }
    match crate::typeobject::known_class::<T>(ts) {
        Some(ty) => new_with_type(ts, ty, payload),
        None => new_with_type(ts, &T::class(ts), payload),
    }
}

/// A new container of a fixed type without attributes, whose type object may not be made yet.
#[inline]
pub fn new_bare<T: Payload>(ts: &ThreadState, payload: T) -> Ref<T> {
    // SAFETY: the payload is written at once.
    unsafe {
        let h = allocate_container::<T>(ts, 0);
        (h.as_ptr().add(1) as *mut T).write(payload);
        Ref::from_value_unchecked(Value::from_header(h))
    }
}

/// As [`allocate`], for a container of a fixed built-in type without attributes.
///
/// # Safety
/// As [`allocate`].
#[inline]
pub unsafe fn allocate_container<T: Payload>(ts: &ThreadState, extra: usize) -> NonNull<Header> {
    debug_assert!(T::FIXED_ID != 0 && T::LAYOUT.container);
    // SAFETY: laid out as `allocate` would: gc word, header, payload.
    unsafe {
        let raw = ts.interp().pools.allocate(16 + T::LAYOUT.size + extra);
        let h = raw.add(8) as *mut Header;
        h.write(Header::new(T::FIXED_ID));
        ts.interp().containers.insert(h);
        NonNull::new_unchecked(h)
    }
}

/// A new object of `ty`, which is the payload's type or a subclass.
#[inline]
pub fn new_with_type<T: Payload>(ts: &ThreadState, ty: &Type, payload: T) -> Ref<T> {
    debug_assert!(std::ptr::eq(ty.layout(), T::LAYOUT) || ty.layout().type_id == TypeId::of::<T>(), "{} is no {}", ty.name(), T::LAYOUT.name);
    // SAFETY: the payload is written before anybody sees the object.
    unsafe {
        let h = allocate(ts, ty, 0);
        (h.as_ptr().add(1) as *mut T).write(payload);
        Ref::from_value_unchecked(Value::from_header(h))
    }
}

/// Bytes that the process's allocator has handed out in large pieces so far, if it counts them.
pub static LARGE_ALLOCATED: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
/// From this size on an allocation counts as large.
pub const LARGE: usize = 32 << 10;

/// Takes over an object whose count has reached zero. Never runs Python code.
#[cold]
#[inline(never)]
pub fn release(h: *mut Header) {
    // Text and bytes refer to nothing: they go at once.
    // SAFETY: the object is dead but still whole; its shape says what it is.
    unsafe {
        match (*h).shape() {
            crate::ids::STR => return crate::str::release(h),
            crate::ids::BYTES => return crate::bytes::release(h),
            crate::ids::INT if crate::int::sum::keep_spare(h) => return,
            _ => {}
        }
    }
    let ts = thread::current();
    if ts.releasing.get() {
        ts.trash.write(|t| t.push(h));
        return;
    }
    ts.releasing.set(true);
    // SAFETY: `h` has no references left; nobody else can reach it.
    unsafe { release_one(ts, h) };
    while let Some(h) = ts.trash.write(Vec::pop) {
        // SAFETY: as above.
        unsafe { release_one(ts, h) };
    }
    ts.releasing.set(false);
}

unsafe fn release_one(ts: &ThreadState, h: *mut Header) {
    // SAFETY: the object is dead but still whole.
    unsafe {
        if (*h).shape() == crate::ids::TUPLE {
            // Exactly a tuple: no finalizer, no weak references, no attributes.
            let interp = ts.interp();
            interp.containers.remove(h);
            let t = h.add(1) as *mut crate::tuple::Tuple;
            let bytes = 16 + size_of::<crate::tuple::Tuple>() + (*t).len() * size_of::<Value>();
            std::ptr::drop_in_place(t);
            return interp.pools.free((h as *mut u8).sub(8), bytes);
        }
        let shape = ts.interp().shapes.get((*h).shape());
        let ty = shape.ty();
        if ty.has_gc() {
            let flags = gc_word(h).get();
            let finalizer = ty.has_finalizer() && flags & GC_FINALIZED == 0;
            if finalizer || flags & GC_WEAKREFS != 0 {
                // Resurrected until the interpreter's next safe point.
                (*h).set_count(1);
                gc_word(h).set(flags | GC_QUEUED);
                ts.finalizers.borrow_mut().push(Value::from_header(NonNull::new_unchecked(h)));
                ts.request_finalizers();
                return;
            }
        }
        free(ts, h, ty, shape.tail_words as usize);
    }
}

/// Takes an object apart and gives its memory back.
///
/// # Safety
/// No references to the object are left, and finalisation is over.
#[inline]
unsafe fn free(ts: &ThreadState, h: *mut Header, ty: &Type, words: usize) {
    // SAFETY: as above; `ty` outlives the object because instances keep their heap type alive.
    unsafe {
        let layout = ty.layout();
        let gc = ty.has_gc();
        let head = if gc { 16 } else { 8 };
        if gc {
            ts.interp().containers.remove(h);
        }
        let body = if layout.variable { layout.size + (layout.extra)(h) } else { layout.size };
        let tail = words * 8;
        if tail > 0 {
            crate::shape::drop_tail((h as *mut u8).add(8 + body) as *mut u64, words);
        }
        (layout.drop)(h);
        ts.interp().pools.free((h as *mut u8).sub(head - 8), head + body + tail);
        if ty.is_heap_type() {
            // The instance's reference to its class.
            drop(Value::from_word(ty.as_header() as u64));
        }
    }
}

/// Runs the finalizers (`__del__`, weakref callbacks) of the objects that died since the last safe
/// point. Errors go to `sys.unraisablehook`.
#[cold]
#[inline(never)]
pub fn run_finalizers(ts: &ThreadState) {
    loop {
        let Some(v) = ({
            let mut q = ts.finalizers.borrow_mut();
            if q.is_empty() { None } else { Some(q.remove(0)) }
        }) else {
            return;
        };
        crate::weakref::clear_on_death(ts, &v);
        // SAFETY: only containers are queued.
        let word = unsafe { gc_word(v.header_ptr()) };
        word.set(word.get() & !GC_QUEUED);
        if word.get() & GC_FINALIZED == 0 && v.class(ts).has_finalizer() {
            word.set(word.get() | GC_FINALIZED);
            crate::typeobject::finalize(ts, &v);
        }
        // Dropping `v` frees the object for good unless it was resurrected.
        drop(v);
    }
}

/// MemoryError for an object that cannot be had: asked before anything of a size that a program chose is
/// allocated.
pub fn check_size(ts: &ThreadState, bytes: usize) -> crate::value::Result<()> {
    if bytes < 1 << 24 {
        return Ok(());
    }
    let mut probe: Vec<u8> = Vec::new();
    match probe.try_reserve_exact(bytes) {
        Ok(()) => Ok(()),
        Err(_) => Err(ts.memory_error()),
    }
}
