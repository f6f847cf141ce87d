//! Variables that are no fast locals: names, globals, cells, class bodies.

use super::prelude::*;
use crate::names;
use taipan_objects::cell::CellObject;

#[inst(flags(name))]
pub fn load_name(ts: &ThreadState, frame: Fp, oparg: u32) -> Result<Value> {
    names::load_name(ts, frame, frame.name(oparg))
}

#[inst(flags(name))]
pub fn store_name(ts: &ThreadState, value: &Value, frame: Fp, oparg: u32) -> Result<()> {
    names::store_name(ts, frame, frame.name(oparg), value)
}

#[inst(flags(name))]
pub fn delete_name(ts: &ThreadState, frame: Fp, oparg: u32) -> Result<()> {
    names::delete_name(ts, frame, frame.name(oparg))
}

#[inst]
pub fn load_locals(ts: &ThreadState, frame: Fp) -> Result<Value> {
    match names::namespace(frame) {
        Some(ns) => Ok(ns),
        None => Err(ts.system_error("no locals")),
    }
}

/// The low bit of the operand asks for a null above, for a call.
#[inst(flags(name), cache(counter, index, module_keys_version: 2, builtin_keys_version: 2), adaptive)]
pub fn load_global(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    let frame = Fp(r.fp);
    match names::load_global(ts, frame, frame.name(oparg >> 1)) {
        // SAFETY: room was counted.
        Ok(v) => unsafe {
            push(r, v);
            if oparg & 1 != 0 {
                *r.sp = StackRef::NULL;
                r.sp = r.sp.add(1);
            }
            Flow::Next
        },
        Err(Raised) => Flow::Raise,
    }
}

#[inline(always)]
unsafe fn push_global(r: &mut Regs, v: Value, oparg: u32) -> Flow {
    // SAFETY: room was counted; a second null may lie above the stack's end.
    unsafe {
        *r.sp = StackRef(v.into_word());
        if oparg & 1 != 0 {
            *r.sp.add(1) = StackRef::NULL;
            r.sp = r.sp.add(2);
        } else {
            r.sp = r.sp.add(1);
        }
    }
    Flow::Next
}

/// The globals' entries lie as when the index was cached.
#[uop]
pub fn guard_globals_version(frame: Fp, module_keys_version: u32) -> bool {
    frame.function().globals.current_version() == module_keys_version
}

/// Nor have the builtins' entries changed their places.
#[uop]
pub fn guard_builtins_version(frame: Fp, builtin_keys_version: u32) -> bool {
    // SAFETY: specialised only where the builtins are a dict, which functions keep for good.
    let builtins: &Dict = unsafe { frame.function().builtins.payload_unchecked() };
    builtins.current_version() == builtin_keys_version
}

#[inst(family = LOAD_GLOBAL, guards(guard_globals_version))]
pub fn load_global_module(r: &mut Regs, frame: Fp, oparg: u32, index: u16) -> Flow {
    let globals = &*frame.function().globals;
    // SAFETY: with that version the entry is alive.
    unsafe { push_global(r, globals.entry_value_unchecked(index as usize), oparg) }
}

#[inst(family = LOAD_GLOBAL, guards(guard_globals_version, guard_builtins_version))]
pub fn load_global_builtin(r: &mut Regs, frame: Fp, oparg: u32, index: u16) -> Flow {
    // SAFETY: as above; with that version the entry is alive.
    unsafe {
        let builtins: &Dict = frame.function().builtins.payload_unchecked();
        push_global(r, builtins.entry_value_unchecked(index as usize), oparg)
    }
}

#[inst(flags(name))]
pub fn store_global(ts: &ThreadState, value: &Value, frame: Fp, oparg: u32) {
    frame.function().globals.set_str(ts, frame.name(oparg), value.clone());
}

#[inst(flags(name))]
pub fn delete_global(ts: &ThreadState, frame: Fp, oparg: u32) -> Result<()> {
    let name = frame.name(oparg);
    match frame.function().globals.remove_str(name) {
        Some(_) => Ok(()),
        None => Err(names::not_defined(ts, name)),
    }
}

/// Class bodies inside functions: the namespace, then globals and builtins.
#[inst(flags(name))]
pub fn load_from_dict_or_globals(ts: &ThreadState, mapping: &Value, frame: Fp, oparg: u32) -> Result<Value> {
    let name = frame.name(oparg);
    match names::mapping_get(ts, mapping, name)? {
        Some(v) => Ok(v),
        None => names::load_global(ts, frame, name),
    }
}

#[inst(flags(free))]
pub fn make_cell(locals: Locals, ts: &ThreadState, oparg: u32) {
    // SAFETY: locals are owned or null.
    unsafe {
        let initial = locals.get(oparg).into_owned_option();
        let cell = taipan_objects::heap::new(ts, CellObject::new(initial));
        locals.replace(oparg, StackRef(cell.into_value().into_word()));
    }
}

#[inst]
pub fn copy_free_vars(locals: Locals, frame: Fp, oparg: u32) {
    let code = frame.code();
    let first = code.nlocalsplus - oparg;
    frame.function().closure.read(|c| {
        if let Some(t) = c.as_ref().and_then(|c| c.exact::<Tuple>()) {
            for (i, cell) in t.items().iter().enumerate().take(oparg as usize) {
                // SAFETY: the slots of free variables are null before.
                unsafe { locals.replace(first + i as u32, StackRef(cell.clone().into_word())).release() };
            }
        }
    });
}

#[inline(always)]
fn cell(locals: Locals, i: u32) -> &'static CellObject {
    // SAFETY: the compiler refers to cells only where MAKE_CELL or COPY_FREE_VARS put them; the reference is
    // used within the instruction.
    unsafe { &*locals.get(i).payload::<CellObject>() }
}

#[inst(flags(free), miss = UNBOUND_CELL)]
pub fn load_deref(locals: Locals, oparg: u32) -> Guarded<Value> {
    match cell(locals, oparg).contents.get() {
        Some(v) => Guarded::Ok(v),
        None => Guarded::Miss,
    }
}

#[inst(internal, cold)]
pub fn unbound_cell(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    names::unbound_cell(ts, Fp(r.fp), oparg);
    Flow::Raise
}

#[inst(flags(free))]
pub fn store_deref(r: &mut Regs, locals: Locals, oparg: u32) -> Flow {
    // SAFETY: one operand is there.
    unsafe {
        let v = pop(r);
        match cell(locals, oparg).contents.replace(Some(v)) {
            Some(old) => {
                let old = StackRef(old.into_word());
                if old.count_down() { Flow::Release(old) } else { Flow::Next }
            }
            None => Flow::Next,
        }
    }
}

#[inst(flags(free))]
pub fn delete_deref(r: &mut Regs, ts: &ThreadState, locals: Locals, oparg: u32) -> Flow {
    match cell(locals, oparg).contents.take() {
        Some(_) => Flow::Next,
        None => {
            names::unbound_cell(ts, Fp(r.fp), oparg);
            Flow::Raise
        }
    }
}

#[inst(flags(free))]
pub fn load_from_dict_or_deref(ts: &ThreadState, mapping: &Value, locals: Locals, frame: Fp, oparg: u32) -> Result<Value> {
    let name = &frame.code().local_names(ts)[oparg as usize];
    if let Some(v) = names::mapping_get(ts, mapping, name)? {
        return Ok(v);
    }
    match cell(locals, oparg).contents.get() {
        Some(v) => Ok(v),
        None => Err(names::unbound_cell(ts, frame, oparg)),
    }
}

#[inst]
pub fn setup_annotations(ts: &ThreadState, frame: Fp) -> Result<()> {
    names::setup_annotations(ts, frame)
}

#[inst]
pub fn load_build_class(ts: &ThreadState, frame: Fp) -> Result<Value> {
    let name = &ts.names().__build_class__;
    match names::builtins_get(ts, &frame.function().builtins, name)? {
        Some(v) => Ok(v),
        None => Err(ts.name_error("__build_class__ not found", name.as_value())),
    }
}

#[inst]
pub fn load_common_constant(ts: &ThreadState, oparg: u32) -> Result<Value> {
    use oparg::common_constant as c;
    Ok(match oparg {
        c::ASSERTION_ERROR => ts.exceptions().assertion_error.as_value().clone(),
        c::NOT_IMPLEMENTED_ERROR => ts.exceptions().not_implemented_error.as_value().clone(),
        c::BUILTIN_TUPLE => taipan_objects::typeobject::builtin(ts, ids::TUPLE).to_value(),
        c::BUILTIN_ALL => names::all_any(ts)?[0].clone(),
        _ => names::all_any(ts)?[1].clone(),
    })
}
