//! `function`: code with its globals, defaults and closure.

pub mod object;

use crate::code::Code;
use crate::dict::Dict;
use crate::heap::{GilCell, Ref};
use crate::str::Str;
use crate::thread::ThreadState;
use crate::value::Value;
use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};

#[repr(C)]
pub struct Function {
    /// Identifies what call caches rely on: code and defaults. 0: not known yet.
    pub version: Cell<u32>,
    /// The code's payload, for calls.
    pub code_ptr: Cell<*const Code>,
    pub globals: Ref<Dict>,
    /// Nearly always a `dict`.
    pub builtins: Value,
    /// A tuple of cells.
    pub closure: GilCell<Option<Value>>,
    pub code: GilCell<Ref<Code>>,
    /// A tuple.
    pub defaults: GilCell<Option<Value>>,
    /// A `dict`.
    pub kwdefaults: GilCell<Option<Value>>,
    pub name: GilCell<Ref<Str>>,
    pub qualname: GilCell<Ref<Str>>,
    /// Absent: the code's docstring.
    pub doc: GilCell<Option<Value>>,
    pub module: GilCell<Option<Value>>,
    pub annotations: GilCell<Option<Value>>,
    pub annotate: GilCell<Option<Value>>,
    pub type_params: GilCell<Option<Value>>,
    /// Codes that were replaced: frames may still run them.
    retired: GilCell<Vec<Ref<Code>>>,
    /// Calls in tail position are ordinary calls in this function.
    pub no_tail_calls: Cell<bool>,
}

fn visit_option(cell: &GilCell<Option<Value>>, visit: &mut dyn FnMut(&Value)) {
    cell.read(|v| {
        if let Some(v) = v {
            visit(v)
        }
    })
}

crate::payload!(Function, id = crate::ids::FUNCTION, container,
    traverse = |s, visit| {
        visit(s.globals.as_value());
        visit(&s.builtins);
        s.code.read(|c| visit(c.as_value()));
        s.retired.read(|r| r.iter().for_each(|c| visit(c.as_value())));
        for cell in [&s.closure, &s.defaults, &s.kwdefaults, &s.doc, &s.module, &s.annotations, &s.annotate, &s.type_params] {
            visit_option(cell, visit);
        }
    },
    clear = |s| {
        s.version.set(0);
        for cell in [&s.closure, &s.defaults, &s.kwdefaults, &s.doc, &s.module, &s.annotations, &s.annotate, &s.type_params] {
            cell.set(None);
        }
    });

/// Versions are never used twice. Only ever counts up, so sharing it between interpreters tells nothing.
static NEXT_VERSION: AtomicU32 = AtomicU32::new(1);

fn next_version() -> u32 {
    let v = NEXT_VERSION.fetch_add(1, Ordering::Relaxed);
    // The top half stays unused, so that a race past the end cannot wrap around.
    if v >= 1 << 31 {
        NEXT_VERSION.store(1 << 31, Ordering::Relaxed);
        return 0;
    }
    v
}

impl Function {
    /// A function over `code`; what is not given is taken from the code and the globals.
    pub fn new(ts: &ThreadState, code: &Ref<Code>, globals: &Ref<Dict>) -> Ref<Function> {
        let builtins = crate::frame::object::builtins_of(ts, globals);
        let module = globals.get_str_near(&ts.names().__name__, &ts.interp().name_place);
        crate::heap::new(ts, Function {
            version: Cell::new(code.shared_version()),
            code_ptr: Cell::new(&**code),
            globals: globals.clone(),
            builtins,
            closure: GilCell::new(None),
            code: GilCell::new(code.clone()),
            defaults: GilCell::new(None),
            kwdefaults: GilCell::new(None),
            name: GilCell::new(code.name.clone()),
            qualname: GilCell::new(code.qualname.clone()),
            doc: GilCell::new(None),
            module: GilCell::new(module),
            annotations: GilCell::new(None),
            annotate: GilCell::new(None),
            type_params: GilCell::new(None),
            retired: GilCell::default(),
            no_tail_calls: Cell::new(false),
        })
    }
    /// A version for call caches; 0 when there is none.
    pub fn version_for_cache(&self) -> u32 {
        if self.version.get() == 0 {
            self.version.set(next_version());
        }
        self.version.get()
    }
    /// What call caches rely on has changed.
    pub fn modified(&self) {
        self.version.set(0);
    }
    pub fn set_code(&self, code: Ref<Code>) {
        self.modified();
        self.code_ptr.set(&*code);
        let old = self.code.replace(code);
        self.retired.write(|r| r.push(old));
    }
    #[inline(always)]
    pub fn code_ref(&self) -> &Code {
        // SAFETY: points to the payload of `self.code`.
        unsafe { &*self.code_ptr.get() }
    }
}

impl Code {
    /// The version that functions over this code begin with, so that a closure made anew each time is
    /// recognised by call caches.
    pub fn shared_version(&self) -> u32 {
        if self.version.get() == 0 {
            self.version.set(next_version());
        }
        self.version.get()
    }
}
