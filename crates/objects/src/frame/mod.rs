//! Frames: their layout, and the chain of chunks in which a thread's frames lie.
//!
//! A frame is `[Frame][locals, cells, free variables][operand stack]`, one word each. Frames of ordinary
//! functions lie in chunks that never move ([`FrameStack`]); a generator's frame lies in its object. The
//! interpreter links them through [`Frame::prev`]. Python's `frame` object is [`object::FrameObject`], made
//! when somebody asks; it takes the contents over when the frame ends.

pub mod access;
pub mod jump;
pub mod locals;
pub mod object;
pub mod traceback;

use crate::code::Code;
use crate::function::Function;
use crate::thread::ThreadState;
use crate::value::{Raised, Result, StackRef, Value};
use std::cell::Cell;
use std::ptr::{null, null_mut};
use taipan_isa as isa;

/// Bits of [`Frame::flags`]. A frame without any is the ordinary one, which returning takes the short way for.
pub mod flag {
    /// [`super::Frame::object`] is valid.
    pub const OBJECT: u32 = 1;
    /// Lies in a generator's object.
    pub const GENERATOR: u32 = 2;
    /// The first frame of its chunk: ending it gives the chunk back.
    pub const NEW_CHUNK: u32 = 4;
    /// No Python frame: marks where native code called the interpreter.
    pub const ENTRY: u32 = 8;
    /// The contents belong to a frame object; the frame itself has ended.
    pub const OWNED_BY_OBJECT: u32 = 16;
    /// Runs `__init__` for a class that is being called: the instance waits on the caller's stack.
    pub const INIT: u32 = 32;
    /// The frame's work is done except for handing on its callee's result.
    pub const TAIL: u32 = 64;
    /// The frame's own `f_trace` is to be called.
    pub const TRACED: u32 = 128;
    /// Tail calls were elided below the frame: [`super::Frame::tail`] is valid.
    pub const ELIDED: u32 = 256;
}

/// The head of a frame.
#[repr(C)]
pub struct Frame {
    pub prev: *mut Frame,
    /// Kept alive by the function.
    pub code: *const Code,
    pub consts: *const Value,
    /// Owned. Null in entry frames.
    pub func: StackRef,
    /// Behind the opcode unit that was begun last, or where the frame goes on after a call.
    pub ip: *const u16,
    /// The operand stack's end while a callee runs or the frame is suspended.
    pub sp: *mut StackRef,
    /// Payload of the frame's object, owned; valid with [`flag::OBJECT`].
    pub object: *const object::FrameObject,
    pub depth: u32,
    /// Bits of [`flag`]; above them the number of activations of the same function by tail calls.
    pub flags: u32,
    /// How many tail calls were elided below the frame; valid with [`flag::ELIDED`].
    pub tail: u64,
}

/// A frame that a tail call has elided: its code, the unit of the call, and, if they are to be kept, the
/// values of its arguments.
#[derive(Clone)]
pub struct Site {
    pub code: Value,
    pub unit: u32,
    pub arguments: Option<Value>,
}

/// Tail calls that were elided below a frame.
pub struct Elided {
    pub frame: *mut Frame,
    /// The last of them, newest first.
    pub sites: Vec<Site>,
    /// How many there were when the sites were written down; those since are the frame's own.
    pub count: u64,
}

/// Words of an entry frame: its head and room for the result.
pub const ENTRY_WORDS: usize = HEAD + 2;
/// Words of a frame's head.
pub const HEAD: usize = size_of::<Frame>() / 8;

impl Frame {
    /// # Safety
    /// `f` is a live frame.
    #[inline(always)]
    pub unsafe fn locals(f: *mut Frame) -> *mut StackRef {
        // SAFETY: locals follow the head.
        unsafe { f.add(1) as *mut StackRef }
    }
    /// Where the operand stack begins.
    ///
    /// # Safety
    /// `f` is a live frame with code.
    #[inline(always)]
    pub unsafe fn stack_base(f: *mut Frame) -> *mut StackRef {
        // SAFETY: as above.
        unsafe { Frame::locals(f).add((*(*f).code).nlocalsplus as usize) }
    }
    /// The function that runs in the frame.
    ///
    /// # Safety
    /// `f` is a live frame with a function.
    #[inline(always)]
    pub unsafe fn function<'a>(f: *mut Frame) -> &'a Function {
        // SAFETY: the word is a function's, owned or borrowed.
        unsafe { &*(((*f).func.0 & !crate::value::TAG_MASK) as *const crate::Header).add(1).cast::<Function>() }
    }
    /// # Safety
    /// `f` is a live frame with code.
    #[inline(always)]
    pub unsafe fn code_ref<'a>(f: *mut Frame) -> &'a Code {
        // SAFETY: by the contract.
        unsafe { &*(*f).code }
    }
    /// Index of the unit of the instruction that was begun last, or one of its caches; -1 before the first.
    ///
    /// # Safety
    /// `f` is a live frame with code.
    pub unsafe fn unit(f: *mut Frame) -> isize {
        // SAFETY: `ip` lies in the code's units once these exist.
        unsafe {
            let start = (*(*f).code).entry.get();
            if (*f).ip.is_null() || !(*(*f).code).contains((*f).ip) { -1 } else { (*f).ip.offset_from(start) - 1 }
        }
    }
    /// The line that the frame is at.
    ///
    /// # Safety
    /// `f` is a live frame with code.
    pub unsafe fn line(f: *mut Frame) -> Option<u32> {
        // SAFETY: as above.
        unsafe {
            let code = Frame::code_ref(f);
            let unit = Frame::unit(f);
            if unit < 0 { Some(code.isa.firstlineno) } else { code.isa.line(unit as u32) }
        }
    }
    /// The nearest frame, `f` included, that runs Python code.
    ///
    /// # Safety
    /// `f` is null or a live frame.
    pub unsafe fn python(mut f: *mut Frame) -> *mut Frame {
        // SAFETY: the chain consists of live frames and ends with null.
        unsafe {
            while !f.is_null() && ((*f).flags & flag::ENTRY != 0 || Frame::incomplete(f)) {
                f = (*f).prev;
            }
        }
        f
    }
    /// Does the frame run code that takes the place of native code?
    ///
    /// # Safety
    /// `f` is a live frame with code.
    pub unsafe fn stands_in(f: *mut Frame) -> bool {
        // SAFETY: by the contract.
        unsafe { Frame::code_ref(f).isa.flags & isa::co::STANDS_IN != 0 }
    }
    /// The nearest frame, `f` included, that Python programs are shown.
    ///
    /// # Safety
    /// `f` is null or a live frame.
    pub unsafe fn shown(f: *mut Frame) -> *mut Frame {
        // SAFETY: by the contract.
        unsafe {
            let mut f = Frame::python(f);
            while !f.is_null() && Frame::stands_in(f) {
                f = Frame::python((*f).prev);
            }
            f
        }
    }
    /// Has the frame not yet reached the instruction from which it can be seen? (Cells are not made yet.)
    ///
    /// # Safety
    /// `f` is a live frame with code.
    pub unsafe fn incomplete(f: *mut Frame) -> bool {
        // SAFETY: by the contract.
        unsafe {
            (*f).flags & (flag::GENERATOR | flag::OWNED_BY_OBJECT) == 0
                && Frame::unit(f) < (*(*f).code).first_traceable.get() as isize
        }
    }
}

/// The innermost Python frame of a thread.
pub fn current(ts: &ThreadState) -> Option<*mut Frame> {
    // SAFETY: the thread's chain of frames is alive.
    let f = unsafe { Frame::python(ts.frame.get()) };
    if f.is_null() { None } else { Some(f) }
}

/// Words of an ordinary chunk.
const CHUNK_WORDS: usize = 16 * 1024;

struct Chunk {
    memory: Box<[std::mem::MaybeUninit<u64>]>,
    /// The limit of the chunk before.
    previous_limit: *mut u64,
}

/// The memory in which a thread's frames lie, and what the engine reads at each call.
pub struct FrameStack {
    /// End of the current chunk.
    pub limit: Cell<*mut u64>,
    /// The dispatch table in use; tracing puts another one in.
    pub table: Cell<*const ()>,
    /// `sys.getrecursionlimit()`.
    pub max_depth: Cell<u32>,
    /// Versions of shapes, by id: see [`crate::shape::Shapes::versions`].
    pub shape_versions: Cell<*const u32>,
    /// The word of the class `super`, borrowed.
    pub super_type: Cell<u64>,
    /// The word of `list.append`.
    pub list_append: Cell<u64>,
    /// Which engine runs.
    pub engine: Cell<u8>,
    chunks: crate::GilCell<Vec<Chunk>>,
    /// The last chunk given back: a call at a chunk's border would otherwise allocate each time.
    spare: crate::GilCell<Option<Box<[std::mem::MaybeUninit<u64>]>>>,
    /// Activations that a tail call left standing.
    pub marked: Cell<u32>,
    /// Memory of the process when marked frames were dropped last; 0: not looked at since.
    pub resident: Cell<usize>,
    /// [`crate::heap::LARGE_ALLOCATED`] when the resident memory was looked at last.
    pub large: Cell<usize>,
    /// For frames that tail calls were elided below, innermost last.
    pub elided: crate::GilCell<Vec<Elided>>,
    /// Whether calls in tail position are tail calls.
    pub tail_calls: Cell<bool>,
    /// How many elided calls are kept with their arguments (`-X tailtrace`).
    pub tail_trace: Cell<u32>,
}

impl FrameStack {
    pub fn set_max_depth(&self, n: u32) {
        self.max_depth.set(n)
    }
    pub fn new(max_depth: u32) -> FrameStack {
        FrameStack {
            limit: Cell::new(null_mut()),
            table: Cell::new(null()),
            max_depth: Cell::new(max_depth),
            shape_versions: Cell::new(null()),
            super_type: Cell::new(0),
            list_append: Cell::new(0),
            engine: Cell::new(0),
            chunks: Default::default(),
            spare: Default::default(),
            marked: Cell::new(0),
            resident: Cell::new(0),
            large: Cell::new(0),
            elided: Default::default(),
            tail_calls: Cell::new(true),
            tail_trace: Cell::new(0),
        }
    }
    /// Takes out what is known of the tail calls below a frame that ends.
    #[cold]
    pub fn forget_elided(&self, f: *mut Frame) -> Option<Elided> {
        self.elided.write(|e| match e.iter().rposition(|e| std::ptr::eq(e.frame, f)) {
            Some(i) => Some(e.remove(i)),
            None => None,
        })
    }
    /// What is known of the frames that tail calls elided below `f`: the last ones, newest first.
    pub fn sites(&self, f: *mut Frame) -> Vec<Site> {
        // SAFETY: the frame is alive.
        unsafe {
            if (*f).flags & flag::ELIDED == 0 {
                return vec![];
            }
            let own = || {
                let code = crate::heap::Ref::from_payload(Frame::code_ref(f)).into_value();
                Site { code, unit: u32::MAX, arguments: None }
            };
            self.elided.read(|e| match e.iter().rfind(|e| std::ptr::eq(e.frame, f)) {
                Some(e) if e.count < (*f).tail && e.sites.iter().all(|s| s.unit != u32::MAX) && self.tail_trace.get() == 0 => {
                    std::iter::once(own()).chain(e.sites.iter().cloned()).collect()
                }
                Some(e) => e.sites.clone(),
                None => vec![own()],
            })
        }
    }
    /// Makes a chunk with room for `words`; returns where it begins.
    #[cold]
    pub fn push_chunk(&self, words: usize) -> *mut u64 {
        let n = words.max(CHUNK_WORDS);
        let mut memory = match self.spare.take() {
            Some(m) if m.len() >= n => m,
            _ => Box::new_uninit_slice(n),
        };
        let start = memory.as_mut_ptr() as *mut u64;
        let previous_limit = self.limit.get();
        // SAFETY: one past the end of the allocation.
        self.limit.set(unsafe { start.add(memory.len()) });
        self.chunks.write(|c| c.push(Chunk { memory, previous_limit }));
        start
    }
    /// Gives the newest chunk back.
    #[cold]
    pub fn pop_chunk(&self) {
        if let Some(c) = self.chunks.write(|c| c.pop()) {
            self.limit.set(c.previous_limit);
            self.spare.set(Some(c.memory));
        }
    }
}

/// Where free stack memory begins above frame `f`; null if no chunk is there yet.
///
/// # Safety
/// `f` is null or the thread's innermost frame.
pub unsafe fn stack_top(f: *mut Frame) -> *mut u64 {
    // SAFETY: frames are laid out as their flags say.
    unsafe {
        if f.is_null() {
            null_mut()
        } else if (*f).flags & flag::ENTRY != 0 {
            (f as *mut u64).add(ENTRY_WORDS)
        } else if (*f).flags & flag::GENERATOR != 0 {
            (*crate::generator::Generator::of_frame(f)).top.get()
        } else {
            (f as *mut u64).add((*(*f).code).frame_words as usize)
        }
    }
}

/// Memory for a frame of `words` at `at`, or in a new chunk; tells whether it is a new one.
#[inline]
pub fn reserve(ts: &ThreadState, at: *mut u64, words: usize) -> (*mut Frame, u32) {
    if !at.is_null() && at.wrapping_add(words) <= ts.frames.limit.get() {
        (at as *mut Frame, 0)
    } else {
        (ts.frames.push_chunk(words) as *mut Frame, flag::NEW_CHUNK)
    }
}

/// Looks a local up as `locals()` does: through its cell if it has one.
///
/// # Safety
/// `f` is a live frame and `i` one of its locals.
pub unsafe fn local_value(f: *mut Frame, i: usize) -> Option<Value> {
    // SAFETY: by the contract; words of locals are owned or 0.
    unsafe {
        let w = *Frame::locals(f).add(i);
        if w.is_null() {
            return None;
        }
        let v = Value::from_word(w.0);
        let v = std::mem::ManuallyDrop::new(v);
        let kind = { let code: &Code = &*(*f).code; code.isa.local_kinds[i] };
        if kind & (isa::local_kind::CELL | isa::local_kind::FREE) != 0
            && let Some(c) = v.exact::<crate::cell::CellObject>()
        {
            return c.contents.get();
        }
        Some((*v).clone())
    }
}

/// Ends with "maximum recursion depth exceeded" when `depth` is beyond the limit.
#[inline(always)]
pub fn check_depth(ts: &ThreadState, depth: u32) -> Result<()> {
    if depth > ts.frames.max_depth.get() { Err(too_deep(ts)) } else { Ok(()) }
}

#[cold]
#[inline(never)]
pub fn too_deep(ts: &ThreadState) -> Raised {
    ts.recursion_error("maximum recursion depth exceeded")
}

const _: () = assert!(size_of::<Frame>() == 72);

/// The globals of the innermost Python frame.
pub fn current_globals(ts: &ThreadState) -> Option<crate::heap::Ref<crate::dict::Dict>> {
    let f = current(ts)?;
    // SAFETY: running frames hold their function.
    let f: &Function = unsafe { (*f).func.as_value().payload_unchecked() };
    Some(f.globals.clone())
}

/// What `super()` without arguments means in the innermost Python frame: the class cell and self.
pub fn super_arguments(ts: &ThreadState) -> Result<(crate::heap::Ref<crate::typeobject::Type>, Value)> {
    let Some(f) = current(ts) else { return Err(ts.runtime_error("super(): no current frame")) };
    // SAFETY: the frame is alive; indices are those of its locals.
    unsafe {
        let code = Frame::code_ref(f);
        if code.argcount == 0 {
            return Err(ts.runtime_error("super(): no arguments"));
        }
        let word = *Frame::locals(f);
        // Before MAKE_CELL the argument itself is there, afterwards a cell with it.
        let receiver = if word.is_null() { None } else { local_value(f, 0) };
        let Some(receiver) = receiver else { return Err(ts.runtime_error("super(): arg[0] deleted")) };
        let kinds = &code.isa.local_kinds;
        let found = (0..kinds.len())
            .find(|&i| kinds[i] & isa::local_kind::FREE != 0 && &*code.isa.local_names[i] == "__class__");
        let Some(i) = found else { return Err(ts.runtime_error("super(): __class__ cell not found")) };
        match local_value(f, i) {
            None => Err(ts.runtime_error("super(): empty __class__ cell")),
            Some(c) => match c.downcast_ref::<crate::typeobject::Type>() {
                Some(t) => Ok((t.clone(), receiver)),
                None => Err(ts.runtime_error(format!("super(): __class__ is not a type ({})", c.type_name(ts)))),
            },
        }
    }
}

/// The line of a byte offset in a frame object's code.
pub fn line_at(frame: &Value, lasti: i32) -> i32 {
    let Some(f) = frame.exact::<object::FrameObject>() else { return 0 };
    // SAFETY: a frame object's frame is alive, or its own.
    let code = unsafe { Frame::code_ref(f.frame.get()) };
    if lasti < 0 {
        return code.isa.firstlineno as i32;
    }
    code.isa.line(lasti as u32 / 2).map_or(0, |l| l as i32)
}
