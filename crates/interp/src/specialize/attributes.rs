//! Attributes: which form reads or writes them the next time.

use super::Site;
use crate::machine::*;
use taipan_isa::op::specialized::*;
use taipan_objects::attribute_cache::Found;
use taipan_objects::descr::{getset, property::Property, super_};
use taipan_objects::dict::Dict;
use taipan_objects::module::Module;
use taipan_objects::shape::Shape;
use taipan_objects::slots::{Binary, SetItem};
use taipan_objects::typeobject::{Type, builtin};
use taipan_objects::{ids, protocol, thread};

fn same_binary(a: Option<Binary>, b: Option<Binary>) -> bool {
    a.map(|f| f as usize) == b.map(|f| f as usize)
}

fn same_setter(a: Option<SetItem>, b: Option<SetItem>) -> bool {
    a.map(|f| f as usize) == b.map(|f| f as usize)
}

/// Does the type look attributes up as `object` does?
fn plain_getattr(ts: &ThreadState, ty: &Type) -> bool {
    same_binary(ty.slots().getattro, builtin(ts, ids::OBJECT).slots().getattro)
}

fn plain_setattr(ts: &ThreadState, ty: &Type) -> bool {
    same_setter(ty.slots().setattro, builtin(ts, ids::OBJECT).slots().setattro)
}

fn is_data_descriptor(ts: &ThreadState, v: &Value) -> bool {
    v.class(ts).slots().descr_set.is_some()
}

fn is_descriptor(ts: &ThreadState, v: &Value) -> bool {
    v.class(ts).slots().descr_get.is_some()
}

/// The word to keep in a cache: the object itself, counted when it is used.
fn cached_word(v: &Value) -> u64 {
    v.word()
}

/// Byte offset of a `__slots__` member, if the descriptor is one for plain objects.
fn member_offset(shape: &Shape, ty: &Type, d: &Value) -> Option<u32> {
    let m = d.exact::<getset::MemberDescriptor>()?;
    let getset::Member::Slot(i) = m.member else { return None };
    let inline_items = ty.layout().variable;
    if inline_items || !ty.is_subtype(&m.owner) {
        return None;
    }
    Some(shape.tail_offset + 8 * i)
}

fn has_plain_layout(ty: &Type) -> bool {
    !ty.layout().variable
}

fn load_module(ts: &ThreadState, s: &Site, name: &Ref<taipan_objects::str::Str>) -> Option<u8> {
    let owner = s.value(1);
    let m = owner.exact::<Module>()?;
    if owner.class(ts).lookup(ts, name).is_some_and(|d| is_data_descriptor(ts, &d)) {
        return None;
    }
    let i = m.dict.index_of_str(name)?;
    let version = m.dict.keys_version();
    if version == 0 {
        return None;
    }
    s.write32(1, version);
    s.write32(3, i as u32);
    Some(LOAD_ATTR_MODULE)
}

fn load_class(ts: &ThreadState, s: &Site, ty: &Type, name: &Ref<taipan_objects::str::Str>) -> Option<u8> {
    let owner = s.value(1);
    let meta = owner.class(ts);
    if !same_binary(meta.slots().getattro, builtin(ts, ids::TYPE).slots().getattro) {
        return None;
    }
    if meta.lookup(ts, name).is_some_and(|d| is_data_descriptor(ts, &d)) {
        return None;
    }
    let found = ty.lookup(ts, name)?;
    // Functions are what they are on a class; other descriptors bind.
    if is_descriptor(ts, &found) && found.shape_id() != ids::FUNCTION && found.shape_id() != ids::METHOD_DESCRIPTOR {
        return None;
    }
    let (version, shape) = (ty.version(ts), ts.interp().shapes.version(owner.shape_id()));
    if version == 0 || shape == 0 {
        return None;
    }
    s.write32(1, version);
    s.write32(3, shape);
    s.write64(5, cached_word(&found));
    Some(LOAD_ATTR_CLASS)
}

pub fn load_attr(ts: &ThreadState, s: &Site) -> Option<u8> {
    let name = s.frame().name(s.oparg >> 1).clone();
    let owner = s.value(1);
    if !owner.is_pointer() {
        return None;
    }
    if owner.shape_id() == ids::MODULE {
        return load_module(ts, s, &name);
    }
    if let Some(ty) = owner.as_type() {
        return load_class(ts, s, ty, &name);
    }
    let ty = owner.class(ts);
    if !plain_getattr(ts, ty) {
        return None;
    }
    let shape = thread::shape(owner.shape_id());
    // The lookup gives the type its version first, so that a change of the type is noticed.
    let found = ty.lookup(ts, &name);
    if ty.version(ts) == 0 {
        return None;
    }
    let version = ts.interp().shapes.version(owner.shape_id());
    if version == 0 {
        return None;
    }
    s.write32(1, version);
    if let Some(d) = &found
        && is_data_descriptor(ts, d)
    {
        if let Some(offset) = member_offset(shape, ty, d) {
            s.write32(3, offset);
            return Some(LOAD_ATTR_INSTANCE_VALUE);
        }
        let p = d.exact::<Property>()?;
        let getter = p.getter.get()?;
        let f = getter.exact::<Function>()?;
        let code = f.code_ref();
        if s.oparg & 1 != 0 || !code.simple || code.argcount != 1 {
            return None;
        }
        let version = f.version_for_cache();
        if version == 0 {
            return None;
        }
        s.write32(3, version);
        s.write64(5, cached_word(&getter));
        return Some(LOAD_ATTR_PROPERTY);
    }
    let mut own_dict = None;
    if shape.has_dict {
        if !has_plain_layout(ty) {
            return None;
        }
        if shape.dict_mode {
            let offset = shape.attribute_word_offset();
            // SAFETY: in dictionary mode the word holds a dict or nothing.
            let dict = unsafe { *word_at(s.operand(1), offset) };
            if dict.is_null() {
                return None;
            }
            // SAFETY: as above.
            let dict: &Dict = unsafe { &*dict.payload::<Dict>() };
            if let Some(i) = dict.index_of_str(&name) {
                s.write32(3, i as u32);
                s.write64(5, offset as u64);
                return Some(LOAD_ATTR_WITH_HINT);
            }
            own_dict = Some(());
        } else if let Some(i) = shape.slot_of(&name) {
            s.write32(3, shape.slot_offset(i));
            return Some(LOAD_ATTR_INSTANCE_VALUE);
        }
    }
    let found = found?;
    if own_dict.is_some() {
        // The dictionary may gain the name at any time without the shape changing.
        return None;
    }
    s.write64(5, cached_word(&found));
    if s.oparg & 1 != 0 && protocol::is_method_descriptor(&found) {
        return Some(LOAD_ATTR_METHOD_WITH_VALUES);
    }
    if is_descriptor(ts, &found) {
        return None;
    }
    Some(LOAD_ATTR_NONDESCRIPTOR_WITH_VALUES)
}

/// Puts what [`load_attr`] has just found into the thread's table, if it is of a form that the table knows.
pub fn learn(ts: &ThreadState, s: &Site, form: u8) -> bool {
    let found = match form {
        LOAD_ATTR_INSTANCE_VALUE => Found::Slot(s.read32(3)),
        LOAD_ATTR_METHOD_WITH_VALUES => Found::Method(s.read64(5)),
        LOAD_ATTR_NONDESCRIPTOR_WITH_VALUES => Found::Class(s.read64(5)),
        _ => return false,
    };
    ts.attributes.put(s.read32(1), s.frame().name(s.oparg >> 1), found);
    true
}

pub fn store_attr(ts: &ThreadState, s: &Site) -> Option<u8> {
    let name = s.frame().name(s.oparg).clone();
    let owner = s.value(1);
    if !owner.is_pointer() {
        return None;
    }
    let ty = owner.class(ts);
    if !plain_setattr(ts, ty) || owner.shape_id() == ids::MODULE {
        return None;
    }
    let shape = thread::shape(owner.shape_id());
    let found = ty.lookup(ts, &name);
    if ty.version(ts) == 0 {
        return None;
    }
    let version = ts.interp().shapes.version(owner.shape_id());
    if version == 0 {
        return None;
    }
    s.write32(1, version);
    if let Some(d) = &found
        && is_data_descriptor(ts, d)
    {
        let offset = member_offset(shape, ty, d)?;
        s.write16(3, u16::try_from(offset).ok()?);
        return Some(STORE_ATTR_SLOT);
    }
    if !shape.has_dict || !has_plain_layout(ty) {
        return None;
    }
    if shape.dict_mode {
        let offset = shape.attribute_word_offset();
        // SAFETY: in dictionary mode the word holds a dict or nothing.
        let dict = unsafe { *word_at(s.operand(1), offset) };
        if dict.is_null() {
            return None;
        }
        // SAFETY: as above.
        let dict: &Dict = unsafe { &*dict.payload::<Dict>() };
        s.write16(3, u16::try_from(dict.index_of_str(&name)?).ok()?);
        s.write32(4, offset);
        return Some(STORE_ATTR_WITH_HINT);
    }
    if let Some(i) = shape.slot_of(&name) {
        s.write16(3, u16::try_from(shape.slot_offset(i)).ok()?);
        return Some(STORE_ATTR_INSTANCE_VALUE);
    }
    if !name.is_interned() {
        return None;
    }
    let next = ts.interp().shapes.transition(owner.shape_id(), &name)?;
    let i = thread::shape(next).slot_of(&name)?;
    s.write16(3, u16::try_from(shape.slot_offset(i)).ok()?);
    s.write32(4, next);
    Some(STORE_ATTR_ADD)
}

pub fn load_super_attr(ts: &ThreadState, s: &Site) -> Option<u8> {
    if s.oparg & 1 == 0 || s.operand(3).0 | 2 != ts.frames.super_type.get() {
        return None;
    }
    let name = s.frame().name(s.oparg >> 2).clone();
    let (class, receiver) = (s.value(2), s.value(1));
    if class.shape_id() != ids::TYPE || !receiver.is_pointer() || receiver.as_type().is_some() {
        return None;
    }
    let this = class.downcast_ref::<Type>()?;
    let start = receiver.class(ts);
    if !start.is_subtype(this) {
        return None;
    }
    let f = super_::lookup_after(this, start, &name)?;
    if !protocol::is_method_descriptor(&f) {
        return None;
    }
    let (class_version, start_version) = (this.version(ts), start.version(ts));
    let version = ts.interp().shapes.version(receiver.shape_id());
    if class_version == 0 || start_version == 0 || version == 0 {
        return None;
    }
    s.write32(1, version);
    s.write32(3, class_version);
    s.write64(5, cached_word(&f));
    Some(LOAD_SUPER_ATTR_METHOD)
}
