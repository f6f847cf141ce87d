//! Shapes (hidden classes): which type an object has and which of its attributes lies in which inline
//! slot. An object's tail is `[member slots of __slots__][attribute word][inline slots]`, each a value word
//! or 0. The attribute word holds the instance dictionary once the object is in dictionary mode.

use crate::heap::{GilCell, Header};
use crate::str::Str;
use crate::typeobject::Type;
use crate::value::Value;
use crate::Ref;
use std::cell::Cell;
use rustc_hash::FxHashMap as HashMap;

/// More attributes than this put an object into dictionary mode.
pub const MAX_INLINE: u32 = 128;

pub struct Shape {
    pub id: u32,
    ty: Cell<*const Type>,
    /// Names of the attributes in the inline slots, in order of definition.
    pub names: Vec<Ref<Str>>,
    index: HashMap<usize, u32>,
    transitions: GilCell<Vec<(usize, u32)>>,
    pub parent: u32,
    /// Inline slots that instances have.
    pub capacity: u32,
    /// Words of the whole tail.
    pub tail_words: u32,
    /// Byte offset, from the header, of the tail in objects without inline items.
    pub tail_offset: u32,
    /// Words of `__slots__` members before the attribute word.
    pub members: u32,
    pub has_dict: bool,
    pub dict_mode: bool,
    /// The dictionary-mode sibling.
    dict_shape: Cell<u32>,
}

impl Shape {
    #[inline(always)]
    pub fn ty(&self) -> &'static Type {
        // SAFETY: a type lives at least as long as its instances; shapes are asked through instances.
        unsafe { &*self.ty.get() }
    }
    /// Which inline slot holds `name` (interned).
    #[inline]
    pub fn slot_of(&self, name: &Ref<Str>) -> Option<u32> {
        let key = name.as_value().id() as usize;
        if self.names.len() <= 12 {
            return self.names.iter().position(|n| n.as_value().id() as usize == key).map(|i| i as u32);
        }
        self.index.get(&key).copied()
    }
    /// Byte offset from the header of inline slot `i` in objects without inline items.
    pub fn slot_offset(&self, i: u32) -> u32 {
        self.tail_offset + 8 * (self.members + 1 + i)
    }
    pub fn attribute_word_offset(&self) -> u32 {
        self.tail_offset + 8 * self.members
    }
}

/// So many shapes have a version; beyond, objects go into dictionary mode.
const VERSIONED: usize = 1 << 22;

pub struct Shapes {
    table: GilCell<Vec<*mut Shape>>,
    /// For each shape the number that inline caches compare: it stands for the shape *and* for what its type's
    /// attributes were when it was given out. 0: none. Pages that are never touched cost nothing.
    versions: Box<[Cell<u32>]>,
    next_version: Cell<u32>,
    /// The root shapes of each type, by its address.
    roots: GilCell<HashMap<usize, Vec<u32>>>,
}

impl Shapes {
    pub fn new() -> Shapes {
        let zeroed = vec![0u32; VERSIONED].into_boxed_slice();
        Shapes {
            table: GilCell::new(vec![std::ptr::null_mut(); crate::ids::FIRST_FREE as usize]),
            // SAFETY: `Cell<u32>` is laid out as `u32`.
            versions: unsafe { Box::from_raw(Box::into_raw(zeroed) as *mut [Cell<u32>]) },
            next_version: Cell::new(1),
            roots: GilCell::default(),
        }
    }
    /// Where inline caches look shape versions up, by shape id.
    pub fn versions(&self) -> *const u32 {
        self.versions.as_ptr() as *const u32
    }
    /// The version of a shape for an inline cache; 0 when there is none.
    pub fn version(&self, id: u32) -> u32 {
        let Some(v) = self.versions.get(id as usize) else { return 0 };
        if v.get() == 0 && self.next_version.get() < u32::MAX {
            v.set(self.next_version.get());
            self.next_version.set(v.get() + 1);
        }
        v.get()
    }
    /// Attributes of a type have changed: what was cached about its instances no longer holds.
    pub fn forget(&self, ty: *const Type) {
        let mut todo = self.roots.read(|r| r.get(&(ty as usize)).cloned()).unwrap_or_default();
        while let Some(id) = todo.pop() {
            if let Some(v) = self.versions.get(id as usize) {
                v.set(0);
            }
            let s = self.get(id);
            s.transitions.read(|t| todo.extend(t.iter().map(|t| t.1)));
            if s.dict_shape.get() != 0 && s.dict_shape.get() != id {
                todo.push(s.dict_shape.get());
            }
        }
    }
    #[inline(always)]
    pub fn get(&self, id: u32) -> &'static Shape {
        // SAFETY: ids come from headers, whose shapes were registered; shapes are never freed.
        unsafe {
            let table = &*self.table.as_ptr();
            debug_assert!((id as usize) < table.len());
            &**table.get_unchecked(id as usize)
        }
    }
    pub fn is_registered(&self, id: u32) -> bool {
        self.table.read(|t| t.get(id as usize).is_some_and(|p| !p.is_null()))
    }
    fn add(&self, fixed: u32, make: impl FnOnce(u32) -> Shape) -> u32 {
        self.table.write(|t| {
            let id = if fixed != 0 { fixed } else { t.len() as u32 };
            let p = Box::into_raw(Box::new(make(id)));
            if fixed != 0 { t[fixed as usize] = p } else { t.push(p) }
            id
        })
    }
    /// The first shape of a type's instances.
    pub fn add_root(&self, fixed: u32, ty: *const Type, payload_size: u32, members: u32, has_dict: bool, capacity: u32) -> u32 {
        let capacity = if has_dict { capacity } else { 0 };
        let id = self.add(fixed, |id| Shape {
            id,
            ty: Cell::new(ty),
            names: vec![],
            index: HashMap::default(),
            transitions: GilCell::default(),
            parent: 0,
            capacity,
            tail_words: members + if has_dict { 1 + capacity } else { 0 },
            tail_offset: 8 + payload_size,
            members,
            has_dict,
            dict_mode: false,
            dict_shape: Cell::new(0),
        });
        assert!((id as usize) < VERSIONED, "more than four million classes");
        self.roots.write(|r| r.entry(ty as usize).or_default().push(id));
        id
    }
    /// The shape after adding attribute `name`, or `None` when the object must go into dictionary mode.
    pub fn transition(&self, from: u32, name: &Ref<Str>) -> Option<u32> {
        let s = self.get(from);
        let key = name.as_value().id() as usize;
        if let Some(t) = s.transitions.read(|t| t.iter().find(|t| t.0 == key).map(|t| t.1)) {
            return Some(t);
        }
        let n = s.names.len() as u32;
        if self.table.read(|t| t.len()) + 2 >= VERSIONED || s.dict_mode || n >= s.capacity || s.transitions.read(|t| t.len()) > 64 {
            return None;
        }
        let mut names = s.names.clone();
        names.push(name.clone());
        let mut index = s.index.clone();
        index.insert(key, n);
        let id = self.add(0, |id| Shape {
            id,
            ty: Cell::new(s.ty.get()),
            names,
            index,
            transitions: GilCell::default(),
            parent: from,
            dict_shape: Cell::new(s.dict_shape.get()),
            ..copy_layout(s)
        });
        s.transitions.write(|t| t.push((key, id)));
        Some(id)
    }
    /// The dictionary-mode shape of objects laid out like those of `from`.
    pub fn dict_mode(&self, from: u32) -> u32 {
        let mut root = from;
        while self.get(root).parent != 0 {
            root = self.get(root).parent;
        }
        let s = self.get(root);
        if s.dict_mode {
            return root;
        }
        if s.dict_shape.get() == 0 {
            let id = self.add(0, |id| Shape { id, ty: Cell::new(s.ty.get()), dict_mode: true, ..copy_layout(s) });
            s.dict_shape.set(id);
        }
        s.dict_shape.get()
    }
}

fn copy_layout(s: &Shape) -> Shape {
    Shape {
        id: 0,
        ty: Cell::new(s.ty.get()),
        names: vec![],
        index: HashMap::default(),
        transitions: GilCell::default(),
        parent: 0,
        capacity: s.capacity,
        tail_words: s.tail_words,
        tail_offset: s.tail_offset,
        members: s.members,
        has_dict: s.has_dict,
        dict_mode: s.dict_mode,
        dict_shape: Cell::new(0),
    }
}

/// The tail of an object.
///
/// # Safety
/// `h` is a live object of a type with attributes.
#[inline]
pub unsafe fn tail(h: *mut Header, s: &Shape) -> *mut u64 {
    // SAFETY: the tail follows header, payload and inline items.
    unsafe {
        let extra = (s.ty().layout().extra)(h);
        (h as *mut u8).add(s.tail_offset as usize + extra) as *mut u64
    }
}

/// Drops every value of a dying object's tail.
///
/// # Safety
/// `words` is the tail of an object that nobody uses any more.
pub unsafe fn drop_tail(words: *mut u64, n: usize) {
    for i in 0..n {
        // SAFETY: each word is a value or 0.
        unsafe {
            let w = words.add(i).replace(0);
            if w != 0 {
                drop(Value::from_word(w));
            }
        }
    }
}
