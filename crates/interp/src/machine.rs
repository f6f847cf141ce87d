//! What instructions' bodies and the generated engines speak: the registers, outcomes, and views of the
//! stack, the locals and the inline caches.

pub use std::mem::ManuallyDrop;
use std::sync::atomic::Ordering;
pub use taipan_objects::frame::{Frame, flag};
pub use taipan_objects::function::Function;
use taipan_objects::thread::breaker;
use taipan_objects::value::{TAG_BORROWED, TAG_INT, TAG_MASK};
pub use taipan_objects::{Header, Raised, Ref, Result, StackRef, ThreadState, Value};

/// The registers of the machine, for bodies that move them.
pub struct Regs {
    /// Behind the instruction and its caches, unless the body changes it.
    pub ip: *const u16,
    /// The first free entry of the operand stack.
    pub sp: *mut StackRef,
    pub fp: *mut Frame,
    pub consts: *const Value,
    /// Opcode in the low byte, operand above.
    pub word: u32,
    /// The dispatch table; where two objects are to be released, the word of the second.
    pub table: *const (),
}

/// How a body that moves registers goes on.
pub enum Flow {
    /// With the instruction at `r.ip`.
    Next,
    /// As `Next`, but not with the one that follows: a superinstruction ends here.
    Jump,
    /// The guard failed and nothing has changed: in the family's head.
    Miss,
    /// In the handler named as `other`.
    Other,
    /// An exception is set.
    Raise,
    /// With the next instruction, once the object, whose count is zero, is released.
    Release(StackRef),
    /// With `r.word`, at `r.ip`.
    Dispatch,
    /// Leaves the engine with a word.
    Exit(u64),
}

/// The outcome of a body that may find its guard failing; then nothing has changed.
pub enum Guarded<T> {
    Ok(T),
    Miss,
}

/// As [`Guarded`], of a body that may also raise.
pub enum Outcome<T> {
    Ok(T),
    Miss,
    Raised,
}

impl<T> From<Result<T>> for Outcome<T> {
    #[inline(always)]
    fn from(r: Result<T>) -> Outcome<T> {
        match r {
            Ok(v) => Outcome::Ok(v),
            Err(Raised) => Outcome::Raised,
        }
    }
}

/// The thread state, for bodies that never run Python code.
#[derive(Clone, Copy)]
pub struct Heap<'a>(pub &'a ThreadState);

impl std::ops::Deref for Heap<'_> {
    type Target = ThreadState;
    #[inline(always)]
    fn deref(&self) -> &ThreadState {
        self.0
    }
}

/// An operand that is an immediate if the body's guard passes, so that nobody drops it.
#[derive(Clone, Copy)]
pub struct Bits(pub u64);

/// An operand that stays on the stack.
#[derive(Clone, Copy)]
pub struct Keep(pub StackRef);

impl std::ops::Deref for Keep {
    type Target = StackRef;
    #[inline(always)]
    fn deref(&self) -> &StackRef {
        &self.0
    }
}

/// The running frame's locals.
#[derive(Clone, Copy)]
pub struct Locals(pub *mut StackRef);

impl Locals {
    #[inline(always)]
    pub fn get(self, i: u32) -> StackRef {
        // SAFETY: `i` comes from an instruction of the frame's code.
        unsafe { *self.0.add(i as usize) }
    }
    #[inline(always)]
    pub fn replace(self, i: u32, v: StackRef) -> StackRef {
        // SAFETY: as above; what is put in is owned or null.
        unsafe { std::mem::replace(&mut *self.0.add(i as usize), v) }
    }
}

/// The running code's constants.
#[derive(Clone, Copy)]
pub struct Consts(pub *const Value);

impl Consts {
    #[inline(always)]
    pub fn borrow(self, i: u32) -> StackRef {
        // SAFETY: `i` comes from an instruction of the frame's code.
        unsafe { StackRef::borrow(&*self.0.add(i as usize)) }
    }
}

/// The running frame.
#[derive(Clone, Copy)]
pub struct Fp(pub *mut Frame);

impl Fp {
    #[inline(always)]
    pub fn function(self) -> &'static Function {
        // SAFETY: the running frame has a function; the reference is used within the instruction.
        unsafe { Frame::function(self.0) }
    }
    #[inline(always)]
    pub fn code(self) -> &'static taipan_objects::code::Code {
        // SAFETY: as above.
        unsafe { Frame::code_ref(self.0) }
    }
    /// Name `i` of the running code.
    #[inline(always)]
    pub fn name(self, i: u32) -> &'static Ref<taipan_objects::str::Str> {
        // SAFETY: the running code is prepared; `i` comes from one of its instructions.
        unsafe { self.code().name_at(i as usize) }
    }
}

/// The instruction's own unit.
#[derive(Clone, Copy)]
pub struct Ip(pub *const u16);

/// What can be done with a word on the operand stack.
pub trait OnStack: Sized {
    fn bits(self) -> u64;
    /// The same reference, to be seen as a value that native code may clone: not counted, not to be dropped.
    ///
    /// # Safety
    /// Not null, and alive as long as it is used.
    unsafe fn lend(self) -> ManuallyDrop<Value>;
    /// # Safety
    /// Null, or as for [`OnStack::lend`].
    unsafe fn lend_option(self) -> Option<ManuallyDrop<Value>>;
    /// # Safety
    /// Null, or as for `into_owned`.
    unsafe fn into_owned_option(self) -> Option<Value>;
    /// Counts an owned reference down; true when the object must now be released.
    ///
    /// # Safety
    /// The reference is not used again, except to release the object.
    unsafe fn count_down(self) -> bool;
    /// As [`OnStack::count_down`] for what is never null.
    ///
    /// # Safety
    /// Not null; then as for `count_down`.
    unsafe fn count_down_present(self) -> bool;
    /// A second reference: owned if this one is.
    ///
    /// # Safety
    /// Null or alive.
    unsafe fn duplicate(self) -> StackRef;
    /// An owned reference in place of this one.
    ///
    /// # Safety
    /// Null or alive.
    unsafe fn own(self) -> StackRef;
    fn is_counted(self) -> bool;
    /// The shape id of an object; 0 for immediates.
    ///
    /// # Safety
    /// Not null, and alive.
    unsafe fn shape(self) -> u32;
    /// The payload of an object known to have it.
    ///
    /// # Safety
    /// The object has a payload `T`.
    unsafe fn payload<T>(self) -> *const T;
    fn header(self) -> *mut Header;
    fn is_same(self, other: StackRef) -> bool;
}

impl OnStack for StackRef {
    #[inline(always)]
    fn bits(self) -> u64 {
        self.0
    }
    #[inline(always)]
    unsafe fn lend(self) -> ManuallyDrop<Value> {
        let mut w = self.0;
        // SAFETY: a pointer word refers to a live object.
        if w & TAG_MASK == TAG_BORROWED && unsafe { !(*self.header()).is_immortal() } {
            w &= !TAG_MASK;
        }
        ManuallyDrop::new(Value::from_word(w))
    }
    #[inline(always)]
    unsafe fn lend_option(self) -> Option<ManuallyDrop<Value>> {
        // SAFETY: by the contract.
        if self.0 == 0 { None } else { Some(unsafe { self.lend() }) }
    }
    #[inline(always)]
    unsafe fn into_owned_option(self) -> Option<Value> {
        // SAFETY: by the contract.
        if self.0 == 0 { None } else { Some(unsafe { self.into_owned() }) }
    }
    #[inline(always)]
    unsafe fn count_down(self) -> bool {
        if !self.is_counted() {
            return false;
        }
        // SAFETY: an owned pointer refers to a live object.
        unsafe { (*self.header()).count_down() }
    }
    #[inline(always)]
    unsafe fn count_down_present(self) -> bool {
        // SAFETY: without a tag it is an owned pointer.
        self.0 & TAG_MASK == 0 && unsafe { (*self.header()).count_down() }
    }
    #[inline(always)]
    unsafe fn duplicate(self) -> StackRef {
        // Two tests, since most users know that it is not null.
        if self.0 & TAG_MASK == 0 && self.0 != 0 {
            // SAFETY: as above.
            unsafe { (*self.header()).count_up() }
        }
        self
    }
    #[inline(always)]
    unsafe fn own(self) -> StackRef {
        if self.0 & TAG_MASK == TAG_BORROWED {
            // SAFETY: by the contract.
            return StackRef(unsafe { self.into_owned() }.into_word());
        }
        self
    }
    #[inline(always)]
    fn is_counted(self) -> bool {
        // In one test: no tag; nor null, which has the highest bit after the subtraction.
        const { assert!(TAG_MASK == 7) };
        self.0.wrapping_sub(8).rotate_left(1) & 15 == 0
    }
    #[inline(always)]
    unsafe fn shape(self) -> u32 {
        // SAFETY: by the contract.
        if self.0 & 5 == 0 { unsafe { (*self.header()).shape() } } else { 0 }
    }
    #[inline(always)]
    unsafe fn payload<T>(self) -> *const T {
        // SAFETY: the payload follows the header.
        unsafe { self.header().add(1) as *const T }
    }
    #[inline(always)]
    fn header(self) -> *mut Header {
        (self.0 & !TAG_MASK) as *mut Header
    }
    #[inline(always)]
    fn is_same(self, other: StackRef) -> bool {
        self.0 | TAG_BORROWED == other.0 | TAG_BORROWED
    }
}

impl Bits {
    /// The word of a small int, its tag taken off.
    #[inline(always)]
    pub fn int_bits(self) -> u64 {
        self.0.wrapping_sub(TAG_INT)
    }
}

/// Counters of adaptive instructions: executions left in the upper twelve bits, the exponent of the next
/// wait in the lower four.
pub mod counter {
    const fn make(left: u16, exponent: u16) -> u16 {
        left << 4 | exponent
    }
    /// Of new code: specialised at the second execution.
    pub const WARMUP: u16 = make(1, 1);
    /// After specialising: this many misses are borne.
    pub const COOLDOWN: u16 = make(52, 0);
    /// As [`COOLDOWN`], with a number that is kept: how often the instruction was specialised anew.
    pub const fn cooldown(times: u16) -> u16 {
        make(52, times)
    }
    /// Of a form that learns from each miss but few.
    pub const LEARNING: u16 = make(2, REPEATED);
    /// So many new specialisations mean that several forms would be right.
    pub const REPEATED: u16 = 3;
    /// After an attempt that failed: twice as long as the last time.
    pub fn backoff(c: u16) -> u16 {
        let exponent = ((c & 15) + 1).min(11);
        make((1 << exponent) - 1, exponent)
    }
}

/// Is it time to specialise? `ip` is behind the opcode's unit.
///
/// # Safety
/// The first cache entry is the counter.
#[inline(always)]
pub unsafe fn counter_ran_out(ip: *const u16) -> bool {
    // SAFETY: by the contract.
    unsafe { *ip < 16 }
}

/// # Safety
/// As above; the counter has not run out.
#[inline(always)]
pub unsafe fn count_down(ip: *const u16) {
    // SAFETY: executable units are only ever touched by the thread that holds the lock.
    unsafe { *(ip as *mut u16) = *ip - 16 }
}

/// Have objects died whose finalizers must run before the next instruction?
///
/// # Safety
/// `ts` is the current thread's state.
#[inline(always)]
pub unsafe fn finalizers_wait(ts: *const ThreadState) -> bool {
    // SAFETY: by the contract.
    unsafe { (*ts).breaker.load(Ordering::Relaxed) & breaker::FINALIZERS != 0 }
}

/// Before a dispatching jump that must stay the only one: statements without any effect, so many that the compiler
/// does not copy the block that they stand in.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#[allow(unused_macros)]
macro_rules! one_dispatch {
    () => {
        one_dispatch!(eight);
        one_dispatch!(eight);
        one_dispatch!(eight);
    };
    (eight) => {
        one_dispatch!(two);
        one_dispatch!(two);
        one_dispatch!(two);
        one_dispatch!(two);
    };
    (two) => {
        std::arch::asm!("", options(nomem, nostack, preserves_flags));
        std::arch::asm!("", options(nomem, nostack, preserves_flags));
    };
}
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
#[allow(unused_macros)]
macro_rules! one_dispatch {
    () => {};
}
#[allow(unused_imports)]
pub(crate) use one_dispatch;

/// A way that no body takes.
#[cold]
#[inline(never)]
pub fn impossible() -> ! {
    unreachable!("an instruction took a way that its description does not give")
}

/// Releases an object whose count has reached zero.
///
/// # Safety
/// Nobody refers to the object.
#[inline(always)]
pub unsafe fn release(v: StackRef) {
    taipan_objects::heap::release(v.header())
}

/// Does the operand have the shape, with its type unchanged, for which `version` was cached?
///
/// # Safety
/// The operand is alive and not null.
#[inline(always)]
pub unsafe fn has_version(ts: &ThreadState, v: StackRef, version: u32) -> bool {
    // SAFETY: shape ids index the table of versions.
    v.0 & 5 == 0 && unsafe { shape_version(ts, v) } == version
}

/// The version of an object's shape; 0: none.
///
/// # Safety
/// The operand is an object, and alive.
#[inline(always)]
pub unsafe fn shape_version(ts: &ThreadState, v: StackRef) -> u32 {
    // SAFETY: shape ids index the table of versions.
    unsafe { *ts.frames.shape_versions.get().add((*v.header()).shape() as usize) }
}

/// The word at a byte offset of an object.
///
/// # Safety
/// The offset was cached for the object's shape.
#[inline(always)]
pub unsafe fn word_at(v: StackRef, offset: u32) -> *mut StackRef {
    // SAFETY: by the contract.
    unsafe { (v.header() as *mut u8).add(offset as usize) as *mut StackRef }
}
