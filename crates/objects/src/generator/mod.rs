//! Generators, coroutines and asynchronous generators: one payload for all three, with the frame inside the
//! object. How they are resumed is the interpreter's; it installs [`crate::thread::Hooks::resume`].

pub mod anext;
pub mod async_generator;
pub mod coroutine;
pub mod object;

use crate::frame::{Frame, HEAD};
use crate::heap::{self, GilCell, Header, Ref};
use crate::ids;
use crate::str::Str;
use crate::value::{StackRef, Value};
use std::cell::Cell;

#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd)]
#[repr(u8)]
pub enum State {
    Created,
    Suspended,
    /// Suspended inside `yield from` or `await`: the operand stack's top is the sub-iterator.
    SuspendedYieldFrom,
    Running,
    /// Finished; the frame is gone.
    Cleared,
}

/// The payload; the frame's words follow it in the object.
#[repr(C)]
pub struct Generator {
    pub state: Cell<State>,
    /// An asynchronous generator's first iteration has called the hooks.
    pub hooks_inited: Cell<bool>,
    /// An asynchronous generator is closed: no more iteration.
    pub closed: Cell<bool>,
    /// `asend`, `athrow` or `aclose` is under way.
    pub running_async: Cell<bool>,
    /// Words of the frame inside the object.
    pub words: u32,
    /// How much further than after a yield whoever resumed goes on when the generator returns.
    pub return_jump: Cell<u32>,
    pub name: GilCell<Ref<Str>>,
    pub qualname: GilCell<Ref<Str>>,
    /// Stays readable after the frame is gone.
    pub code: GilCell<Option<Value>>,
    /// The exception that is being handled inside, while suspended.
    pub handled: GilCell<Option<Value>>,
    /// `cr_origin`.
    pub origin: GilCell<Option<Value>>,
    /// The finalizer of `sys.set_asyncgen_hooks`.
    pub finalizer: GilCell<Option<Value>>,
    /// Where the thread's free stack memory begins while the generator runs.
    pub top: Cell<*mut u64>,
}

/// # Safety
/// `h` is one of the three kinds.
unsafe fn frame_bytes(h: *mut Header) -> usize {
    // SAFETY: by the contract.
    unsafe { (*(h.add(1) as *const Generator)).words as usize * 8 }
}

fn traverse(g: &Generator, visit: heap::Visit<'_>) {
    g.name.read(|n| visit(n.as_value()));
    g.qualname.read(|n| visit(n.as_value()));
    for cell in [&g.code, &g.handled, &g.origin, &g.finalizer] {
        cell.read(|v| {
            if let Some(v) = v {
                visit(v)
            }
        });
    }
    if matches!(g.state.get(), State::Cleared | State::Running) {
        // A running frame's references are roots.
        return;
    }
    // SAFETY: the frame is suspended: head and words up to `sp` are valid.
    unsafe {
        let f = g.frame();
        visit((*f).func.as_value());
        if (*f).flags & crate::frame::flag::OBJECT != 0 {
            visit(&*crate::frame::object::object_value(f));
        }
        let mut p = Frame::locals(f);
        while p < (*f).sp {
            if (*p).is_owned() {
                visit((*p).as_value());
            }
            p = p.add(1);
        }
    }
}

macro_rules! kinds {
    ($($name:ident $id:ident)*) => {$(
        #[repr(transparent)]
        pub struct $name(pub Generator);
        crate::payload!($name, id = ids::$id, extra = frame_bytes, container,
            traverse = |s, visit| traverse(&s.0, visit),
            clear = |s| object::clear_for_collector(&s.0));
        impl std::ops::Deref for $name {
            type Target = Generator;
            fn deref(&self) -> &Generator {
                &self.0
            }
        }
    )*};
}

kinds! { PlainGenerator GENERATOR Coroutine COROUTINE AsyncGenerator ASYNC_GENERATOR }

/// # Safety
/// `v` is one of the three kinds.
#[inline(always)]
unsafe fn payload(v: &Value) -> &Generator {
    // SAFETY: the payload follows the header.
    unsafe { &*(v.header_ptr().add(1) as *const Generator) }
}

impl Drop for Generator {
    fn drop(&mut self) {
        object::drop_frame(self)
    }
}

impl Generator {
    /// The generator inside `v`, whichever of the three kinds it is.
    #[inline(always)]
    pub fn of(v: &Value) -> Option<&Generator> {
        if v.is_pointer() && matches!(v.shape_id(), ids::GENERATOR | ids::COROUTINE | ids::ASYNC_GENERATOR) {
            // SAFETY: all three have this payload.
            Some(unsafe { payload(v) })
        } else {
            None
        }
    }
    /// As [`Generator::of`], for plain generators and coroutines.
    #[inline(always)]
    pub fn of_plain(v: &Value) -> Option<&Generator> {
        if v.is_pointer() && matches!(v.shape_id(), ids::GENERATOR | ids::COROUTINE) {
            // SAFETY: both have this payload.
            Some(unsafe { payload(v) })
        } else {
            None
        }
    }
    #[inline(always)]
    pub fn frame(&self) -> *mut Frame {
        // The frame follows the payload.
        (self as *const Generator).wrapping_add(1) as *mut Frame
    }
    /// The generator in which a frame lies.
    ///
    /// # Safety
    /// `f` has the flag GENERATOR.
    #[inline(always)]
    pub unsafe fn of_frame<'a>(f: *mut Frame) -> &'a Generator {
        // SAFETY: the payload precedes the frame.
        unsafe { &*(f as *const Generator).sub(1) }
    }
    /// Is there nothing to close when the object dies? Then it is freed without asking its finalizer.
    #[inline(always)]
    pub fn set_finalized(&self, done: bool) {
        // SAFETY: generators are containers: a gc word lies before the header.
        unsafe {
            let word = heap::gc_word((self as *const Generator as *mut Header).sub(1));
            let bits = word.get() & !heap::GC_FINALIZED;
            word.set(if done { bits | heap::GC_FINALIZED } else { bits });
        }
    }
    /// The generator object as a value (a new reference).
    pub fn to_value(&self) -> Value {
        // SAFETY: a payload lies behind its header.
        unsafe {
            let h = (self as *const Generator as *mut Header).sub(1);
            let v = std::mem::ManuallyDrop::new(Value::from_header(std::ptr::NonNull::new_unchecked(h)));
            (*v).clone()
        }
    }
    /// The iterator that a suspended `yield from` or `await` delegates to.
    pub fn delegate(&self) -> Option<Value> {
        if self.state.get() != State::SuspendedYieldFrom {
            return None;
        }
        // SAFETY: suspended: `sp` is valid and above the base; the word on top is owned.
        unsafe {
            let top = *(*self.frame()).sp.sub(1);
            Some(StackRef(top.0).as_value().clone())
        }
    }
}

const _: () = assert!(size_of::<Generator>() % 8 == 0 && HEAD == 9);
