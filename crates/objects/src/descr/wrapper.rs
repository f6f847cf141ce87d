//! `wrapper_descriptor` (`int.__add__`) and `method-wrapper` (`(1).__add__`).

use crate::heap::{self, Ref};
use crate::native::{class, Args};
use crate::protocol;
use crate::slots::{CmpOp, Slots};
use crate::str::Str;
use crate::thread::ThreadState;
use crate::typeobject::slotdefs::SlotDef;
use crate::typeobject::Type;
use crate::value::{Result, Value};

/// Calls a slot with arguments from Python: the owner's slots, self, the rest.
pub type SlotWrapper = fn(&ThreadState, &Slots, &Value, Args<'_>) -> Result<Value>;

pub struct WrapperDescriptor {
    pub def: &'static SlotDef,
    pub owner: Ref<Type>,
}
crate::payload!(WrapperDescriptor, id = crate::ids::WRAPPER_DESCRIPTOR, container, traverse = |s, visit| visit(s.owner.as_value()));

pub struct MethodWrapper {
    pub descriptor: Ref<WrapperDescriptor>,
    pub receiver: Value,
}
crate::payload!(MethodWrapper, id = crate::ids::METHOD_WRAPPER, container,
    traverse = |s, visit| { visit(s.descriptor.as_value()); visit(&s.receiver); });

pub fn new_wrapper(ts: &ThreadState, def: &'static SlotDef, owner: &Ref<Type>) -> Value {
    heap::new(ts, WrapperDescriptor { def, owner: owner.clone() }).into_value()
}

#[class(name = "wrapper_descriptor", no_new, final, method_descriptor)]
impl WrapperDescriptor {
    #[slot(call)]
    fn call(&self, ts: &ThreadState, args: Args<'_>) -> Result {
        let Some((slf, rest)) = args.positional.split_first() else {
            return Err(ts.type_error(format!("descriptor '{}' of '{}' object needs an argument", self.def.name, self.owner.name())));
        };
        if !slf.class(ts).is_subtype(&self.owner) {
            return Err(ts.type_error(format!(
                "descriptor '{}' requires a '{}' object but received a '{}'",
                self.def.name,
                self.owner.name(),
                slf.type_name(ts)
            )));
        }
        self.def.run(ts, self.owner.slots(), slf, Args { positional: rest, ..args })
    }
    #[slot(descr_get)]
    fn get(ts: &ThreadState, slf: &Value, obj: Option<&Value>, _ty: Option<&Value>) -> Result {
        // SAFETY: the slot is called with instances of the type.
        let d: &Ref<WrapperDescriptor> = unsafe { Ref::from_value_ref(slf) };
        match obj {
            None => Ok(slf.clone()),
            Some(o) => {
                if !o.class(ts).is_subtype(&d.owner) {
                    return Err(super::wrong_object(ts, d.def.name, &d.owner, o));
                }
                Ok(heap::new(ts, MethodWrapper { descriptor: d.clone(), receiver: o.clone() }).into_value())
            }
        }
    }
    #[slot(repr)]
    fn repr(&self, ts: &ThreadState) -> Result {
        Ok(Str::new(ts, &format!("<slot wrapper '{}' of '{}' objects>", self.def.name, self.owner.name())).into_value())
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
        Str::new(ts, self.def.doc).into_value()
    }
    #[getter("__text_signature__")]
    fn get_text_signature(&self, ts: &ThreadState) -> Value {
        if self.def.signature.is_empty() { Value::none() } else { Str::new(ts, self.def.signature).into_value() }
    }
    #[method("__reduce__($self, /)")]
    fn reduce(&self, ts: &ThreadState) -> Result {
        super::builtin::reduce_attribute(ts, &self.owner, self.def.name)
    }
}

#[class(name = "method-wrapper", no_new, final)]
impl MethodWrapper {
    #[slot(call)]
    fn call(&self, ts: &ThreadState, args: Args<'_>) -> Result {
        self.descriptor.def.run(ts, self.descriptor.owner.slots(), &self.receiver, args)
    }
    #[slot(repr)]
    fn repr(&self, ts: &ThreadState) -> Result {
        let text = format!("<method-wrapper '{}' of {} object at {:#x}>", self.descriptor.def.name, self.receiver.type_name(ts), self.receiver.id());
        Ok(Str::new(ts, &text).into_value())
    }
    #[slot(hash)]
    fn hash(&self) -> i64 {
        protocol::hash_pointer(self.descriptor.as_value().id() ^ self.receiver.id())
    }
    #[slot(richcompare)]
    fn richcompare(_ts: &ThreadState, a: &Value, b: &Value, op: CmpOp) -> Result {
        let (Some(x), Some(y)) = (a.exact::<MethodWrapper>(), b.exact::<MethodWrapper>()) else {
            return Ok(Value::not_implemented());
        };
        let same = x.descriptor.as_value().is(y.descriptor.as_value()) && x.receiver.is(&y.receiver);
        Ok(match op {
            CmpOp::Eq => Value::bool(same),
            CmpOp::Ne => Value::bool(!same),
            _ => Value::not_implemented(),
        })
    }
    #[getter("__self__")]
    fn get_self(&self) -> Value {
        self.receiver.clone()
    }
    #[getter("__name__")]
    fn get_name(&self, ts: &ThreadState) -> Value {
        Str::new(ts, self.descriptor.def.name).into_value()
    }
    #[getter("__qualname__")]
    fn get_qualname(&self, ts: &ThreadState) -> Value {
        Str::new(ts, &format!("{}.{}", self.descriptor.owner.qualname.get().to_string_lossy(), self.descriptor.def.name)).into_value()
    }
    #[getter("__objclass__")]
    fn get_objclass(&self) -> Value {
        self.descriptor.owner.as_value().clone()
    }
    #[getter("__doc__")]
    fn get_doc(&self, ts: &ThreadState) -> Value {
        Str::new(ts, self.descriptor.def.doc).into_value()
    }
    #[getter("__text_signature__")]
    fn get_text_signature(&self, ts: &ThreadState) -> Value {
        let s = self.descriptor.def.signature;
        if s.is_empty() { Value::none() } else { Str::new(ts, s).into_value() }
    }
    #[method("__reduce__($self, /)")]
    fn reduce(&self, ts: &ThreadState) -> Result {
        let getattr = crate::thread_builtins(ts, "getattr")?;
        let name = Str::new(ts, self.descriptor.def.name).into_value();
        let args = crate::tuple::Tuple::new(ts, vec![self.receiver.clone(), name]).into_value();
        Ok(crate::tuple::Tuple::new(ts, vec![getattr, args]).into_value())
    }
}
