//! `getset_descriptor` and `member_descriptor` (fields of native objects and `__slots__`).

use crate::heap::{self, Header, Ref};
use crate::native::{class, GetSetDef};
use crate::str::Str;
use crate::thread::{self, ThreadState};
use crate::typeobject::Type;
use crate::value::{Result, Value};

pub struct GetSetDescriptor {
    pub def: &'static GetSetDef,
    pub owner: Ref<Type>,
}
crate::payload!(GetSetDescriptor, id = crate::ids::GETSET_DESCRIPTOR, container, traverse = |s, visit| visit(s.owner.as_value()));

/// Where a member lives.
pub enum Member {
    /// A word of the object's tail (`__slots__`), counted from its start.
    Slot(u32),
    Native(&'static GetSetDef),
}

pub struct MemberDescriptor {
    pub name: Ref<Str>,
    pub owner: Ref<Type>,
    pub member: Member,
}
crate::payload!(MemberDescriptor, id = crate::ids::MEMBER_DESCRIPTOR, container, traverse = |s, visit| visit(s.owner.as_value()));

/// The descriptor for a computed attribute of a native class.
pub fn new_getset(ts: &ThreadState, def: &'static GetSetDef, owner: &Ref<Type>) -> Value {
    if def.member {
        let name = Str::intern(ts, def.name);
        return heap::new(ts, MemberDescriptor { name, owner: owner.clone(), member: Member::Native(def) }).into_value();
    }
    heap::new(ts, GetSetDescriptor { def, owner: owner.clone() }).into_value()
}

pub fn new_slot_member(ts: &ThreadState, name: &Ref<Str>, owner: &Ref<Type>, index: u32) -> Value {
    heap::new(ts, MemberDescriptor { name: name.clone(), owner: owner.clone(), member: Member::Slot(index) }).into_value()
}

fn get_def(ts: &ThreadState, def: &'static GetSetDef, owner: &Type, o: &Value) -> Result {
    match def.get {
        Some(f) => f(ts, o),
        None => Err(ts.attribute_error(format!("attribute '{}' of '{}' objects is not readable", def.name, owner.name()))),
    }
}

fn set_def(ts: &ThreadState, def: &'static GetSetDef, owner: &Type, o: &Value, v: Option<&Value>) -> Result<()> {
    match def.set {
        Some(f) => f(ts, o, v),
        None if def.member => Err(ts.attribute_error("readonly attribute")),
        None => Err(ts.attribute_error(format!("attribute '{}' of '{}' objects is not writable", def.name, owner.name()))),
    }
}

fn check(ts: &ThreadState, name: &str, owner: &Type, o: &Value) -> Result<()> {
    if o.class(ts).is_subtype(owner) { Ok(()) } else { Err(super::wrong_object(ts, name, owner, o)) }
}

impl GetSetDescriptor {
    /// The attribute of an object whose class was found to have this descriptor.
    #[inline]
    pub fn found_on(&self, ts: &ThreadState, o: &Value) -> Result {
        // A class may have been given the descriptor of another one.
        if !std::ptr::eq(o.class(ts), &*self.owner) {
            check(ts, self.def.name, &self.owner, o)?;
        }
        get_def(ts, self.def, &self.owner, o)
    }
}

#[class(name = "getset_descriptor", no_new, final)]
impl GetSetDescriptor {
    #[slot(descr_get)]
    fn get(ts: &ThreadState, slf: &Value, obj: Option<&Value>, _ty: Option<&Value>) -> Result {
        // SAFETY: the slot is called with instances of the type.
        let d: &GetSetDescriptor = unsafe { slf.payload_unchecked() };
        let Some(o) = obj else { return Ok(slf.clone()) };
        check(ts, d.def.name, &d.owner, o)?;
        get_def(ts, d.def, &d.owner, o)
    }
    #[slot(descr_set)]
    fn set(&self, ts: &ThreadState, obj: &Value, value: Option<&Value>) -> Result<()> {
        check(ts, self.def.name, &self.owner, obj)?;
        set_def(ts, self.def, &self.owner, obj, value)
    }
    #[slot(repr)]
    fn repr(&self, ts: &ThreadState) -> Result {
        Ok(Str::new(ts, &format!("<attribute '{}' of '{}' objects>", self.def.name, self.owner.name())).into_value())
    }
    #[getter("__name__")]
    fn get_name(&self, ts: &ThreadState) -> Value {
        Str::new(ts, self.def.name).into_value()
    }
    #[getter("__qualname__")]
    fn get_qualname(&self, ts: &ThreadState) -> Value {
        Str::new(ts, &format!("{}.{}", self.owner.qualname.get().to_string_lossy(), self.def.name)).into_value()
    }
    #[getter("__objclass__")]
    fn get_objclass(&self) -> Value {
        self.owner.as_value().clone()
    }
    #[getter("__doc__")]
    fn get_doc(&self, ts: &ThreadState) -> Value {
        if self.def.doc.is_empty() { Value::none() } else { Str::new(ts, self.def.doc).into_value() }
    }
}

/// The word of a `__slots__` member.
fn slot_word(o: &Value, index: u32) -> *mut u64 {
    let h: *mut Header = o.header_ptr();
    // SAFETY: the owner check says that the object has this member in its tail.
    unsafe { crate::shape::tail(h, thread::shape((*h).shape())).add(index as usize) }
}

#[class(name = "member_descriptor", no_new, final)]
impl MemberDescriptor {
    fn text(&self) -> String {
        self.name.to_string_lossy().into_owned()
    }
    #[slot(descr_get)]
    fn get(ts: &ThreadState, slf: &Value, obj: Option<&Value>, _ty: Option<&Value>) -> Result {
        // SAFETY: the slot is called with instances of the type.
        let d: &MemberDescriptor = unsafe { slf.payload_unchecked() };
        let Some(o) = obj else { return Ok(slf.clone()) };
        if !o.class(ts).is_subtype(&d.owner) {
            return Err(super::wrong_object(ts, &d.text(), &d.owner, o));
        }
        match d.member {
            Member::Native(def) => get_def(ts, def, &d.owner, o),
            Member::Slot(i) => {
                // SAFETY: a value word or 0.
                let w = unsafe { *slot_word(o, i) };
                if w == 0 {
                    return Err(ts.attribute_error_for(o, &d.name));
                }
                // SAFETY: the slot holds a reference.
                Ok(unsafe { (*(&w as *const u64 as *const Value)).clone() })
            }
        }
    }
    #[slot(descr_set)]
    fn set(&self, ts: &ThreadState, obj: &Value, value: Option<&Value>) -> Result<()> {
        if !obj.class(ts).is_subtype(&self.owner) {
            return Err(super::wrong_object(ts, &self.text(), &self.owner, obj));
        }
        match self.member {
            Member::Native(def) => set_def(ts, def, &self.owner, obj, value),
            Member::Slot(i) => {
                let new = value.map_or(0, |v| v.clone().into_word());
                // SAFETY: the old word is taken over and dropped.
                let old = unsafe { slot_word(obj, i).replace(new) };
                if old != 0 {
                    drop(Value::from_word(old));
                } else if value.is_none() {
                    return Err(ts.attribute_error_for(obj, &self.name));
                }
                Ok(())
            }
        }
    }
    #[slot(repr)]
    fn repr(&self, ts: &ThreadState) -> Result {
        Ok(Str::new(ts, &format!("<member '{}' of '{}' objects>", self.text(), self.owner.name())).into_value())
    }
    #[getter("__name__")]
    fn get_name(&self) -> Value {
        self.name.as_value().clone()
    }
    #[getter("__qualname__")]
    fn get_qualname(&self, ts: &ThreadState) -> Value {
        Str::new(ts, &format!("{}.{}", self.owner.qualname.get().to_string_lossy(), self.text())).into_value()
    }
    #[getter("__objclass__")]
    fn get_objclass(&self) -> Value {
        self.owner.as_value().clone()
    }
    #[getter("__doc__")]
    fn get_doc(&self, ts: &ThreadState) -> Value {
        match self.member {
            Member::Native(d) if !d.doc.is_empty() => Str::new(ts, d.doc).into_value(),
            _ => Value::none(),
        }
    }
    #[method("__reduce__($self, /)")]
    fn reduce(&self, ts: &ThreadState) -> Result {
        super::builtin::reduce_attribute(ts, &self.owner, &self.text())
    }
}
