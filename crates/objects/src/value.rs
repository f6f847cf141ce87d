//! The value word: what a Python reference is in memory.
//!
//! One 64-bit word. The low bits tell: `000` a counted pointer, `010` a borrowed or immortal pointer,
//! `011` an integer of 61 bits, `11x` a double whose exponent is near one
//! (`bits.rotate_left(4) + 3`; other doubles are boxed). Every immediate has bit 1 set, so that
//! borrowing is `word | 2` and "is it counted?" is `word & 7 == 0`.
//!
//! Two types share the word. [`Value`] owns its reference (clone counts up, drop counts down) and lives
//! everywhere; [`StackRef`] may be borrowed and lives on operand stacks only.

use crate::heap::{self, Header, Payload};
use crate::ids;
use std::num::NonZeroU64;
use std::ptr::NonNull;

/// An exception is set in the thread state. Carries nothing, so that `Result<Value>` is one register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raised;

pub type Result<T = Value> = std::result::Result<T, Raised>;

/// An owned reference to a Python object.
#[repr(transparent)]
pub struct Value(NonZeroU64);

/// A reference on the operand stack: owned, borrowed (`010`), or null (0).
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct StackRef(pub u64);

pub const TAG_MASK: u64 = 7;
pub const TAG_BORROWED: u64 = 2;
pub const TAG_INT: u64 = 3;
/// The widest inline integers, inclusive.
pub const INT_MAX: i64 = (1 << 60) - 1;
pub const INT_MIN: i64 = -(1 << 60);

#[inline(always)]
pub const fn int_word(i: i64) -> u64 {
    ((i as u64) << 3) | TAG_INT
}

#[inline(always)]
pub const fn word_is_float(w: u64) -> bool {
    w & 6 == 6
}

#[inline(always)]
pub const fn word_float(w: u64) -> f64 {
    f64::from_bits(w.wrapping_sub(3).rotate_right(4))
}

/// The word of a double that has an inline form.
#[inline(always)]
pub const fn float_word(f: f64) -> Option<u64> {
    let w = f.to_bits().rotate_left(4).wrapping_add(3);
    if word_is_float(w) { Some(w) } else { None }
}

static NONE_OBJECT: Header = Header::immortal(ids::NONE);
static TRUE_OBJECT: Header = Header::immortal(ids::BOOL);
static FALSE_OBJECT: Header = Header::immortal(ids::BOOL);
static ELLIPSIS_OBJECT: Header = Header::immortal(ids::ELLIPSIS);
static NOT_IMPLEMENTED_OBJECT: Header = Header::immortal(ids::NOT_IMPLEMENTED);

#[inline(always)]
fn singleton(h: &'static Header) -> u64 {
    h as *const Header as u64 | TAG_BORROWED
}

impl StackRef {
    pub const NULL: StackRef = StackRef(0);
    #[inline(always)]
    pub fn is_null(self) -> bool {
        self.0 == 0
    }
    /// A reference that does not count; valid while the lender keeps its own.
    #[inline(always)]
    pub fn borrow(v: &Value) -> StackRef {
        StackRef(v.word() | TAG_BORROWED)
    }
    #[inline(always)]
    pub fn owned(v: Value) -> StackRef {
        StackRef(v.into_word())
    }
    /// Counted by this reference.
    #[inline(always)]
    pub fn is_owned(self) -> bool {
        self.0 & TAG_MASK == 0 && self.0 != 0
    }
    /// Makes the reference an owned one, counting it if it was borrowed.
    ///
    /// # Safety
    /// Not null, and the referent is alive.
    #[inline(always)]
    pub unsafe fn into_owned(self) -> Value {
        if self.0 & TAG_MASK == TAG_BORROWED {
            let h = (self.0 & !TAG_MASK) as *const Header;
            // SAFETY: the referent is alive by the caller's contract.
            let header = unsafe { &*h };
            if header.is_immortal() {
                return Value::from_word(self.0);
            }
            header.increment();
            return Value::from_word(h as u64);
        }
        Value::from_word(self.0)
    }
    /// Views the reference as a value without taking it over.
    ///
    /// # Safety
    /// Not null, and alive for `'a`.
    #[inline(always)]
    pub unsafe fn as_value<'a>(&self) -> &'a Value {
        // SAFETY: same representation; `&Value` neither counts nor drops.
        unsafe { &*(self as *const StackRef as *const Value) }
    }
    /// Drops the reference if it is an owned one.
    ///
    /// # Safety
    /// The reference is not used again.
    #[inline(always)]
    pub unsafe fn release(self) {
        if self.0 & TAG_MASK == 0 && self.0 != 0 {
            drop(Value::from_word(self.0));
        }
    }
}

/// What a value word is, for code that must tell all forms apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Int(i64),
    Float(f64),
    Object(NonNull<Header>),
}

impl Value {
    #[inline(always)]
    pub fn from_word(word: u64) -> Value {
        debug_assert!(word != 0);
        // SAFETY: callers pass words of live references, which are never zero.
        Value(unsafe { NonZeroU64::new_unchecked(word) })
    }
    #[inline(always)]
    pub fn word(&self) -> u64 {
        self.0.get()
    }
    #[inline(always)]
    pub fn into_word(self) -> u64 {
        let w = self.0.get();
        std::mem::forget(self);
        w
    }
    /// Takes over a counted pointer.
    #[inline(always)]
    pub fn from_header(p: NonNull<Header>) -> Value {
        Value::from_word(p.as_ptr() as u64)
    }
    #[inline(always)]
    pub fn none() -> Value {
        Value::from_word(singleton(&NONE_OBJECT))
    }
    #[inline(always)]
    pub fn bool(b: bool) -> Value {
        if b { Value::true_() } else { Value::false_() }
    }
    #[inline(always)]
    pub fn true_() -> Value {
        Value::from_word(singleton(&TRUE_OBJECT))
    }
    #[inline(always)]
    pub fn false_() -> Value {
        Value::from_word(singleton(&FALSE_OBJECT))
    }
    pub fn ellipsis() -> Value {
        Value::from_word(singleton(&ELLIPSIS_OBJECT))
    }
    #[inline(always)]
    pub fn not_implemented() -> Value {
        Value::from_word(singleton(&NOT_IMPLEMENTED_OBJECT))
    }
    #[inline(always)]
    pub fn is_none(&self) -> bool {
        self.word() == singleton(&NONE_OBJECT)
    }
    #[inline(always)]
    pub fn is_true_object(&self) -> bool {
        self.word() == singleton(&TRUE_OBJECT)
    }
    #[inline(always)]
    pub fn is_false_object(&self) -> bool {
        self.word() == singleton(&FALSE_OBJECT)
    }
    /// True or False, exactly.
    #[inline(always)]
    pub fn as_bool_object(&self) -> Option<bool> {
        if self.is_true_object() {
            Some(true)
        } else if self.is_false_object() {
            Some(false)
        } else {
            None
        }
    }
    #[inline(always)]
    pub fn is_not_implemented(&self) -> bool {
        self.word() == singleton(&NOT_IMPLEMENTED_OBJECT)
    }
    pub fn is_ellipsis(&self) -> bool {
        self.word() == singleton(&ELLIPSIS_OBJECT)
    }
    /// The same object (Python's `is`).
    #[inline(always)]
    pub fn is(&self, other: &Value) -> bool {
        self.word() | TAG_BORROWED == other.word() | TAG_BORROWED
    }
    /// An inline integer, when `i` fits into 61 bits. For any `i`: [`crate::int::from_i64`].
    #[inline(always)]
    pub fn small_int(i: i64) -> Option<Value> {
        let w = int_word(i);
        if (w as i64) >> 3 == i { Some(Value::from_word(w)) } else { None }
    }
    /// The number of an inline integer.
    #[inline(always)]
    pub fn as_small_int(&self) -> Option<i64> {
        if self.word() & TAG_MASK == TAG_INT { Some(self.word() as i64 >> 3) } else { None }
    }
    /// The number of an inline float (boxed ones are not looked at: [`crate::float::exact`]).
    #[inline(always)]
    pub fn as_inline_float(&self) -> Option<f64> {
        if word_is_float(self.word()) { Some(word_float(self.word())) } else { None }
    }
    #[inline(always)]
    pub fn is_pointer(&self) -> bool {
        self.word() & 5 == 0
    }
    #[inline(always)]
    pub fn is_counted(&self) -> bool {
        self.word() & TAG_MASK == 0
    }
    #[inline(always)]
    pub fn header(&self) -> Option<&Header> {
        if self.is_pointer() {
            // SAFETY: a pointer word refers to a live object while this value lives.
            Some(unsafe { &*((self.word() & !TAG_MASK) as *const Header) })
        } else {
            None
        }
    }
    #[inline(always)]
    pub fn header_ptr(&self) -> *mut Header {
        (self.word() & !TAG_MASK) as *mut Header
    }
    pub fn kind(&self) -> Kind {
        if let Some(i) = self.as_small_int() {
            Kind::Int(i)
        } else if let Some(f) = self.as_inline_float() {
            Kind::Float(f)
        } else {
            // SAFETY: a pointer word is never null.
            Kind::Object(unsafe { NonNull::new_unchecked(self.header_ptr()) })
        }
    }
    /// The id of the value's shape; built-in types have fixed ones (see [`crate::ids`]).
    #[inline(always)]
    pub fn shape_id(&self) -> u32 {
        let w = self.word();
        if w & 5 == 0 {
            // SAFETY: as in `header`.
            unsafe { (*((w & !TAG_MASK) as *const Header)).shape() }
        } else if w & 6 == 6 {
            ids::FLOAT
        } else {
            ids::INT
        }
    }
    /// Is this an instance of exactly the payload's own type (not of a subclass)?
    #[inline(always)]
    pub fn is_exact<T: Payload>(&self) -> bool {
        T::FIXED_ID != 0 && self.is_pointer() && self.shape_id() == T::FIXED_ID
    }
    /// The payload, if the value is exactly of the payload's type.
    #[inline(always)]
    pub fn exact<T: Payload>(&self) -> Option<&T> {
        // SAFETY: the fixed id says which payload the object holds.
        if self.is_exact::<T>() { Some(unsafe { self.payload_unchecked() }) } else { None }
    }
    /// The payload of an object.
    ///
    /// # Safety
    /// The value is an instance of `T`'s type or of a subclass.
    #[inline(always)]
    pub unsafe fn payload_unchecked<T: Payload>(&self) -> &T {
        // SAFETY: by the caller's contract the payload follows the header.
        unsafe { &*(self.header_ptr().add(1) as *const T) }
    }
    /// As [`Value::payload_unchecked`], for a type that several payloads begin with.
    ///
    /// # Safety
    /// The object's payload begins with a `T`.
    #[inline(always)]
    pub unsafe fn payload_unchecked_as<T>(&self) -> &T {
        // SAFETY: by the caller's contract.
        unsafe { &*(self.header_ptr().add(1) as *const T) }
    }
    /// An address that identifies the object (Python's `id`).
    pub fn id(&self) -> u64 {
        if self.is_pointer() { self.word() & !TAG_MASK } else { self.word() }
    }
}

impl Clone for Value {
    #[inline(always)]
    fn clone(&self) -> Value {
        if self.is_counted() {
            // SAFETY: a counted word refers to a live object.
            unsafe { (*self.header_ptr()).increment() }
        }
        Value(self.0)
    }
}

impl Drop for Value {
    #[inline(always)]
    fn drop(&mut self) {
        if self.is_counted() {
            // SAFETY: a counted word refers to a live object, of which this value held one count.
            unsafe {
                if (*self.header_ptr()).decrement() {
                    heap::release(self.header_ptr());
                }
            }
        }
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.kind() {
            Kind::Int(i) => write!(f, "Value({i})"),
            Kind::Float(x) => write!(f, "Value({x})"),
            Kind::Object(p) => write!(f, "Value({p:?}, shape {})", self.shape_id()),
        }
    }
}

const _: () = assert!(size_of::<Value>() == 8);
const _: () = assert!(size_of::<Option<Value>>() == 8);
const _: () = assert!(size_of::<Result<Value>>() == 8);
const _: () = assert!(size_of::<Header>() == 8);
