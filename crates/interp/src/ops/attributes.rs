//! Attributes: reading, writing, deleting; `super()`.

use super::prelude::*;
use crate::attributes;

/// The low bit of the operand asks for `method, self` or `value, null`, for a call.
#[inst(flags(name), cache(counter, version: 2, keys_version: 2, descr: 4), adaptive)]
pub fn load_attr(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    let name = Fp(r.fp).name(oparg >> 1);
    // SAFETY: one operand is there; room was counted.
    unsafe {
        let owner = pop(r);
        if oparg & 1 == 0 {
            return match protocol::getattr(ts, &owner, name) {
                Ok(v) => {
                    push(r, v);
                    Flow::Next
                }
                Err(Raised) => Flow::Raise,
            };
        }
        match attributes::load_method(ts, &owner, name) {
            Ok((v, true)) => {
                push(r, v);
                push(r, owner);
                Flow::Next
            }
            Ok((v, false)) => {
                push(r, v);
                *r.sp = StackRef::NULL;
                r.sp = r.sp.add(1);
                Flow::Next
            }
            Err(Raised) => Flow::Raise,
        }
    }
}

#[inst(flags(name), cache(counter, version: 2, index, next_shape: 2), adaptive)]
pub fn store_attr(ts: &ThreadState, value: &Value, owner: &Value, frame: Fp, oparg: u32) -> Result<()> {
    protocol::setattr(ts, owner, frame.name(oparg), value)
}

#[inst(flags(name))]
pub fn delete_attr(ts: &ThreadState, owner: &Value, frame: Fp, oparg: u32) -> Result<()> {
    protocol::delattr(ts, owner, frame.name(oparg))
}

/// `super().name`: the second-lowest bit of the operand tells the two-argument form.
#[inst(flags(name), cache(counter, version: 2, class: 2, descr: 4), adaptive)]
pub fn load_super_attr(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    let name = Fp(r.fp).name(oparg >> 2);
    // SAFETY: three operands are there.
    unsafe {
        let receiver = pop(r);
        let class = pop(r);
        let global_super = pop(r);
        match attributes::load_super(ts, &global_super, &class, &receiver, name, oparg & 2 != 0, oparg & 1 != 0) {
            Ok((v, bind)) => {
                push(r, v);
                if oparg & 1 != 0 {
                    *r.sp = if bind { StackRef::owned(receiver) } else { StackRef::NULL };
                    r.sp = r.sp.add(1);
                }
                Flow::Next
            }
            Err(Raised) => Flow::Raise,
        }
    }
}

/// Puts an attribute in the owner's place, with a null above if the operand asks for one.
#[inline(always)]
unsafe fn replace_owner(r: &mut Regs, owner: StackRef, value: StackRef, oparg: u32) -> Flow {
    // SAFETY: the owner is on top; room was counted.
    unsafe {
        *r.sp.sub(1) = value;
        if oparg & 1 != 0 {
            *r.sp = StackRef::NULL;
            r.sp = r.sp.add(1);
        }
        if owner.count_down_present() { Flow::Release(owner) } else { Flow::Next }
    }
}

/// The top of the stack has the shape, with its type unchanged, that was cached.
#[uop]
pub fn guard_type_version(heap: Heap, owner: &StackRef, version: u32) -> bool {
    // SAFETY: the operand is alive.
    unsafe { has_version(&heap, *owner, version) }
}

/// The top of the stack is a module.
#[uop]
pub fn guard_tos_module(owner: &StackRef) -> bool {
    // SAFETY: as above.
    unsafe { owner.shape() == ids::MODULE }
}

/// An inline slot of the instance.
#[inst(family = LOAD_ATTR, guards(guard_type_version))]
pub fn load_attr_instance_value(r: &mut Regs, owner: Bits, oparg: u32, keys_version: u32) -> Flow {
    // SAFETY: the owner is on top; with the version the offset is that of a slot.
    unsafe {
        let owner = StackRef(owner.0);
        let v = *word_at(owner, keys_version);
        if v.is_null() {
            return Flow::Miss;
        }
        let v = v.duplicate();
        replace_owner(r, owner, v, oparg)
    }
}

/// An attribute of one of several shapes that came by: from the thread's table.
#[inst(family = LOAD_ATTR)]
pub fn load_attr_polymorphic(r: &mut Regs, heap: Heap, frame: Fp, owner: Bits, oparg: u32) -> Flow {
    use taipan_objects::attribute_cache::Found;
    // SAFETY: the owner is on top; with the version what was found holds.
    unsafe {
        let owner = StackRef(owner.0);
        if owner.0 & 5 != 0 {
            return Flow::Miss;
        }
        let version = shape_version(&heap, owner);
        match heap.attributes.get(version, frame.name(oparg >> 1)) {
            Some(Found::Slot(offset)) => {
                let v = *word_at(owner, offset);
                if v.is_null() {
                    return Flow::Miss;
                }
                replace_owner(r, owner, v.duplicate(), oparg)
            }
            Some(Found::Method(f)) if oparg & 1 != 0 => {
                *r.sp.sub(1) = StackRef(f).duplicate();
                *r.sp = owner;
                r.sp = r.sp.add(1);
                Flow::Next
            }
            Some(Found::Class(v)) => replace_owner(r, owner, StackRef(v).duplicate(), oparg),
            _ => Flow::Miss,
        }
    }
}

/// An attribute of an instance in dictionary mode, at the entry where it was the last time.
#[inst(family = LOAD_ATTR, guards(guard_type_version))]
pub fn load_attr_with_hint(r: &mut Regs, frame: Fp, oparg: u32, keys_version: u32, descr: u64) -> Flow {
    // SAFETY: as above; `descr` is the offset of the attribute word, which holds a dict or nothing.
    unsafe {
        let owner = *r.sp.sub(1);
        let dict = *word_at(owner, descr as u32);
        if dict.is_null() {
            return Flow::Miss;
        }
        let dict = &*dict.payload::<Dict>();
        match dict.value_if_key(keys_version as usize, frame.name(oparg >> 1).as_value()) {
            Some(v) => replace_owner(r, owner, StackRef::owned(v), oparg),
            None => Flow::Miss,
        }
    }
}

/// A global of a module.
#[inst(family = LOAD_ATTR, guards(guard_tos_module))]
pub fn load_attr_module(r: &mut Regs, oparg: u32, version: u32, keys_version: u32) -> Flow {
    // SAFETY: the owner is on top; with that version of its dict the entry is alive.
    unsafe {
        let owner = *r.sp.sub(1);
        let dict = &*(*owner.payload::<taipan_objects::module::Module>()).dict;
        if dict.current_version() != version {
            return Flow::Miss;
        }
        let v = StackRef::owned(dict.entry_value_unchecked(keys_version as usize));
        replace_owner(r, owner, v, oparg)
    }
}

/// An attribute of a class. The versions are the class's and that of its metaclass's instances.
#[inst(family = LOAD_ATTR)]
pub fn load_attr_class(r: &mut Regs, heap: Heap, oparg: u32, version: u32, keys_version: u32, descr: u64) -> Flow {
    // SAFETY: the owner is on top; with the versions it is a class whose dictionaries keep the value alive.
    unsafe {
        let owner = *r.sp.sub(1);
        if !has_version(&heap, owner, keys_version)
            || (*owner.payload::<taipan_objects::typeobject::Type>()).current_version() != version
        {
            return Flow::Miss;
        }
        replace_owner(r, owner, StackRef(descr).duplicate(), oparg)
    }
}

/// A class attribute that is no descriptor, through an instance.
#[inst(family = LOAD_ATTR, guards(guard_type_version))]
pub fn load_attr_nondescriptor_with_values(r: &mut Regs, oparg: u32, descr: u64) -> Flow {
    // SAFETY: as above.
    unsafe {
        let owner = *r.sp.sub(1);
        replace_owner(r, owner, StackRef(descr).duplicate(), oparg)
    }
}

/// A method that is about to be called: the function, and the owner as its first argument.
#[inst(family = LOAD_ATTR, guards(guard_type_version))]
pub fn load_attr_method_with_values(r: &mut Regs, owner: Bits, descr: u64) -> Flow {
    // SAFETY: as above.
    unsafe {
        let owner = StackRef(owner.0);
        *r.sp.sub(1) = StackRef(descr).duplicate();
        *r.sp = owner;
        r.sp = r.sp.add(1);
    }
    Flow::Next
}

/// The getter of a property, a Python function: its frame is entered.
#[inst(family = LOAD_ATTR, guards(guard_type_version))]
pub fn load_attr_property(r: &mut Regs, heap: Heap, oparg: u32, keys_version: u32, descr: u64) -> Flow {
    // SAFETY: as above; the function takes one argument.
    unsafe {
        let owner = *r.sp.sub(1);
        if oparg & 1 != 0 {
            return Flow::Miss;
        }
        let func = StackRef(descr);
        let f = &*func.payload::<Function>();
        if f.version.get() != keys_version {
            return Flow::Miss;
        }
        let mut args = [owner];
        let base = r.sp.sub(1);
        if !crate::frames::enter_exact(r, heap.0, base, StackRef(func.0 | 2), f.code_ptr.get(), args.as_mut_ptr(), 1, 0) {
            return Flow::Miss;
        }
    }
    Flow::Next
}

/// An inline slot that the instance has already.
#[inst(family = STORE_ATTR, guards(guard_type_version))]
pub fn store_attr_instance_value(r: &mut Regs, value: Bits, owner: Bits, index: u16) -> Flow {
    // SAFETY: value and owner are on top; with the version the offset is that of a slot.
    unsafe {
        let (value, owner) = (StackRef(value.0), StackRef(owner.0));
        let slot = word_at(owner, index as u32);
        let old = *slot;
        if old.is_null() {
            return Flow::Miss;
        }
        *slot = value.own();
        store_done(r, owner, old)
    }
}

#[inline(always)]
unsafe fn store_done(r: &mut Regs, owner: StackRef, old: StackRef) -> Flow {
    // SAFETY: both are owned or borrowed, and no longer used.
    unsafe {
        r.sp = r.sp.sub(2);
        if owner.count_down_present() {
            if old.count_down() {
                release(old);
            }
            return Flow::Release(owner);
        }
        // Two tests, since most users know that it is not null.
        if old.0 & 7 == 0 && old.0 != 0 && (*old.header()).count_down() { Flow::Release(old) } else { Flow::Next }
    }
}

/// A new attribute in the next inline slot: the instance gets the next shape.
#[inst(family = STORE_ATTR, guards(guard_type_version))]
pub fn store_attr_add(r: &mut Regs, value: Bits, owner: Bits, index: u16, next_shape: u32) -> Flow {
    // SAFETY: as above.
    unsafe {
        let (value, owner) = (StackRef(value.0), StackRef(owner.0));
        *word_at(owner, index as u32) = value.own();
        (*owner.header()).set_shape(next_shape);
        r.sp = r.sp.sub(2);
        if owner.count_down_present() { Flow::Release(owner) } else { Flow::Next }
    }
}

/// A member of `__slots__`, set or not.
#[inst(family = STORE_ATTR, guards(guard_type_version))]
pub fn store_attr_slot(r: &mut Regs, index: u16) -> Flow {
    // SAFETY: as above.
    unsafe {
        let (value, owner) = (*r.sp.sub(2), *r.sp.sub(1));
        let old = std::mem::replace(&mut *word_at(owner, index as u32), value.own());
        store_done(r, owner, old)
    }
}

/// An attribute of an instance in dictionary mode, at the entry where it was the last time.
#[inst(family = STORE_ATTR, guards(guard_type_version))]
pub fn store_attr_with_hint(r: &mut Regs, frame: Fp, oparg: u32, index: u16, next_shape: u32) -> Flow {
    // SAFETY: as above; `next_shape` holds the offset of the attribute word.
    unsafe {
        let (value, owner) = (*r.sp.sub(2), *r.sp.sub(1));
        let dict = *word_at(owner, next_shape);
        if dict.is_null() {
            return Flow::Miss;
        }
        let dict = &*dict.payload::<Dict>();
        match dict.replace_if_key(index as usize, frame.name(oparg).as_value(), || value.into_owned()) {
            Some(old) => store_done(r, owner, StackRef::owned(old)),
            None => Flow::Miss,
        }
    }
}

/// `super().method` where the class and the receiver's type are those seen before.
#[inst(family = LOAD_SUPER_ATTR)]
pub fn load_super_attr_method(r: &mut Regs, heap: Heap, version: u32, descr: u64, class: u32) -> Flow {
    // SAFETY: three operands are there; with the versions the function is kept alive by a class.
    unsafe {
        let (global_super, this, receiver) = (*r.sp.sub(3), *r.sp.sub(2), *r.sp.sub(1));
        if global_super.0 | 2 != heap.frames.super_type.get()
            || !has_version(&heap, receiver, version)
            || this.shape() != ids::TYPE
            || (*this.payload::<taipan_objects::typeobject::Type>()).current_version() != class
        {
            return Flow::Miss;
        }
        *r.sp.sub(3) = StackRef(descr).duplicate();
        *r.sp.sub(2) = receiver;
        r.sp = r.sp.sub(1);
        if this.count_down_present() {
            release(this);
        }
        if global_super.count_down_present() { Flow::Release(global_super) } else { Flow::Next }
    }
}
