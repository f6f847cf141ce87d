//! `frame.f_locals` of functions: a mapping that shows the locals and writes through to them.

use super::object::FrameObject;
use super::{Frame, local_value};
use crate::cell::CellObject;
use crate::dict::Dict;
use crate::heap::{self, Ref};
use crate::list::List;
use crate::native::{Kwargs, class};
use crate::protocol;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::{Result, StackRef, Value};
use crate::CmpOp;
use taipan_isa::local_kind;

pub struct FrameLocalsProxy {
    frame: Ref<FrameObject>,
}

crate::payload!(FrameLocalsProxy, id = crate::ids::FRAME_LOCALS_PROXY, container,
    traverse = |s, visit| visit(s.frame.as_value()));

/// The locals that Python code can see, in order; each name once.
///
/// # Safety
/// `f` is a live frame with code.
pub unsafe fn visible(ts: &ThreadState, f: *mut Frame) -> Vec<(Ref<Str>, Option<Value>)> {
    // SAFETY: by the contract.
    unsafe {
        let code = Frame::code_ref(f);
        let kinds = &code.isa.local_kinds;
        let names = code.local_names(ts);
        (0..kinds.len())
            .filter(|&i| kinds[i] & local_kind::HIDDEN == 0)
            .map(|i| (names[i].clone(), local_value(f, i)))
            .collect()
    }
}

impl FrameLocalsProxy {
    pub fn new(ts: &ThreadState, frame: Ref<FrameObject>) -> Value {
        heap::new(ts, FrameLocalsProxy { frame }).into_value()
    }
    /// The local called `name`; `bound`: only if it has a value.
    fn index(&self, ts: &ThreadState, name: &Value, bound: bool) -> Option<usize> {
        let name = name.downcast::<Str>()?;
        let code = self.frame.code();
        let kinds = &code.isa.local_kinds;
        code.local_names(ts).iter().enumerate().position(|(i, n)| {
            n.bytes() == name.bytes()
                && kinds[i] & local_kind::HIDDEN == 0
                // SAFETY: the frame object's frame is alive or its own.
                && (!bound || unsafe { local_value(self.frame.frame.get(), i) }.is_some())
        })
    }
    fn lookup(&self, ts: &ThreadState, key: &Value) -> Result<Option<Value>> {
        if let Some(i) = self.index(ts, key, true) {
            // SAFETY: as above.
            return Ok(unsafe { local_value(self.frame.frame.get(), i) });
        }
        match self.frame.extra_locals.get() {
            Some(d) => d.get(ts, key),
            None => {
                protocol::hash(ts, key)?;
                Ok(None)
            }
        }
    }
    fn store(&self, ts: &ThreadState, key: &Value, value: &Value) -> Result<()> {
        let Some(i) = self.index(ts, key, false) else {
            let d = match self.frame.extra_locals.get() {
                Some(d) => d,
                None => {
                    let d = Dict::new(ts);
                    self.frame.extra_locals.set(Some(d.clone()));
                    d
                }
            };
            return d.set(ts, key, value.clone());
        };
        let f = self.frame.frame.get();
        let kind = self.frame.code().isa.local_kinds[i];
        // SAFETY: the frame is alive or the object's own; locals are owned or null. The old value is kept,
        // because the operand stack may have borrowed it.
        unsafe {
            let slot = Frame::locals(f).add(i);
            if kind & (local_kind::CELL | local_kind::FREE) != 0
                && !(*slot).is_null()
                && let Some(c) = (*slot).as_value().exact::<CellObject>()
            {
                c.contents.set(Some(value.clone()));
                return Ok(());
            }
            let old = std::mem::replace(&mut *slot, StackRef::owned(value.clone()));
            if !old.is_null() {
                let old = old.into_owned();
                if self.frame.is_ended() { drop(old) } else { self.frame.kept.write(|k| k.push(old)) }
            }
        }
        Ok(())
    }
    fn pairs(&self, ts: &ThreadState) -> Vec<(Value, Value)> {
        // SAFETY: as above.
        let mut out: Vec<(Value, Value)> = unsafe { visible(ts, self.frame.frame.get()) }
            .into_iter()
            .filter_map(|(n, v)| Some((n.into_value(), v?)))
            .collect();
        if let Some(d) = self.frame.extra_locals.get() {
            out.extend(d.items(ts));
        }
        out
    }
    fn to_dict(&self, ts: &ThreadState) -> Result<Ref<Dict>> {
        let d = Dict::new(ts);
        for (k, v) in self.pairs(ts) {
            d.set(ts, &k, v)?;
        }
        Ok(d)
    }
    fn merge(&self, ts: &ThreadState, other: &Value) -> Result<()> {
        if let Some(p) = other.downcast::<FrameLocalsProxy>() {
            return p.pairs(ts).iter().try_for_each(|(k, v)| self.store(ts, k, v));
        }
        let keys = protocol::call_method(ts, other, "keys", &[])?;
        protocol::for_each(ts, &keys, |k| {
            let v = protocol::getitem(ts, other, &k)?;
            self.store(ts, &k, &v)
        })
    }
    fn keys_list(&self, ts: &ThreadState) -> Value {
        List::new(ts, self.pairs(ts).into_iter().map(|p| p.0).collect()).into_value()
    }
}

const NO_REMOVAL: &str = "cannot remove local variables from FrameLocalsProxy";

fn is_mapping_operand(ts: &ThreadState, v: &Value) -> bool {
    v.downcast::<Dict>().is_some() || v.downcast::<FrameLocalsProxy>().is_some() || {
        let _ = ts;
        false
    }
}

#[class(name = "FrameLocalsProxy", final, mapping)]
impl FrameLocalsProxy {
    #[new("(frame, /)")]
    fn new_proxy(_cls: &Value, ts: &ThreadState, frame: &Value) -> Result {
        match frame.downcast_ref::<FrameObject>() {
            Some(f) => Ok(FrameLocalsProxy::new(ts, f.clone())),
            None => Err(ts.type_error(format!("expect frame, not {}", frame.type_name(ts)))),
        }
    }
    #[slot(len)]
    fn len(&self) -> Result<usize> {
        Ok(self.pairs(crate::thread::current()).len())
    }
    #[slot(getitem)]
    fn getitem(&self, ts: &ThreadState, key: &Value) -> Result {
        match self.lookup(ts, key)? {
            Some(v) => Ok(v),
            None => {
                let text = protocol::repr(ts, key)?;
                let message = Str::new(ts, &format!("local variable {} is not defined", text.to_string_lossy()));
                Err(ts.key_error(message.as_value()))
            }
        }
    }
    #[slot(setitem)]
    fn setitem(&self, ts: &ThreadState, key: &Value, value: Option<&Value>) -> Result<()> {
        match value {
            Some(v) => self.store(ts, key, v),
            None if self.index(ts, key, true).is_some() => Err(ts.value_error(NO_REMOVAL)),
            None => match self.frame.extra_locals.get() {
                Some(d) if d.remove(ts, key)?.is_some() => Ok(()),
                _ => Err(ts.key_error(key)),
            },
        }
    }
    #[slot(contains)]
    fn contains(&self, ts: &ThreadState, key: &Value) -> Result<bool> {
        Ok(self.lookup(ts, key)?.is_some())
    }
    #[slot(iter)]
    fn iter(&self, ts: &ThreadState) -> Result {
        protocol::get_iter(ts, &self.keys_list(ts))
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result {
        let Some(_guard) = protocol::repr_enter(ts, slf)? else { return Ok(Str::new(ts, "{...}").into_value()) };
        match slf.downcast::<FrameLocalsProxy>() {
            Some(p) => Ok(protocol::repr(ts, p.to_dict(ts)?.as_value())?.into_value()),
            None => Err(ts.system_error("not a proxy")),
        }
    }
    #[slot(richcompare)]
    fn richcompare(&self, ts: &ThreadState, other: &Value, op: CmpOp) -> Result {
        let equal = if let Some(p) = other.downcast::<FrameLocalsProxy>() {
            std::ptr::eq(&*self.frame, &*p.frame)
        } else if other.downcast::<Dict>().is_some() {
            return protocol::compare(ts, self.to_dict(ts)?.as_value(), other, op);
        } else {
            return Ok(Value::not_implemented());
        };
        Ok(match op {
            CmpOp::Eq => Value::bool(equal),
            CmpOp::Ne => Value::bool(!equal),
            _ => Value::not_implemented(),
        })
    }
    #[slot(or_)]
    fn or(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        if !is_mapping_operand(ts, a) || !is_mapping_operand(ts, b) {
            return Ok(Value::not_implemented());
        }
        let d = Dict::new(ts);
        for v in [a, b] {
            match v.downcast::<FrameLocalsProxy>() {
                Some(p) => d.merge(ts, &*p.to_dict(ts)?, true)?,
                None => {
                    if let Some(other) = v.downcast::<Dict>() {
                        d.merge(ts, other, true)?;
                    }
                }
            }
        }
        Ok(d.into_value())
    }
    #[slot(ior)]
    fn ior(ts: &ThreadState, slf: &Value, other: &Value) -> Result {
        if !is_mapping_operand(ts, other) {
            return Ok(Value::not_implemented());
        }
        if let Some(p) = slf.downcast::<FrameLocalsProxy>() {
            p.merge(ts, other)?;
        }
        Ok(slf.clone())
    }
    #[method("keys($self, /)")]
    fn keys(&self, ts: &ThreadState) -> Value {
        self.keys_list(ts)
    }
    #[method("values($self, /)")]
    fn values(&self, ts: &ThreadState) -> Value {
        List::new(ts, self.pairs(ts).into_iter().map(|p| p.1).collect()).into_value()
    }
    #[method("items($self, /)")]
    fn items(&self, ts: &ThreadState) -> Value {
        let pairs = self.pairs(ts).into_iter().map(|(k, v)| Tuple::new(ts, vec![k, v]).into_value()).collect();
        List::new(ts, pairs).into_value()
    }
    #[method("get($self, key, default=None, /)")]
    fn get(&self, ts: &ThreadState, key: &Value, default: Option<&Value>) -> Result {
        Ok(self.lookup(ts, key)?.or_else(|| default.cloned()).unwrap_or_else(Value::none))
    }
    #[method("setdefault($self, key, default=None, /)")]
    fn setdefault(&self, ts: &ThreadState, key: &Value, default: Option<&Value>) -> Result {
        if let Some(v) = self.lookup(ts, key)? {
            return Ok(v);
        }
        let v = default.cloned().unwrap_or_else(Value::none);
        self.store(ts, key, &v)?;
        Ok(v)
    }
    #[method("pop($self, key, default=<unrepresentable>, /)")]
    fn pop(&self, ts: &ThreadState, key: &Value, default: Option<&Value>) -> Result {
        if self.index(ts, key, true).is_some() {
            return Err(ts.value_error(NO_REMOVAL));
        }
        if let Some(d) = self.frame.extra_locals.get()
            && let Some(v) = d.remove(ts, key)?
        {
            return Ok(v);
        }
        match default {
            Some(d) => Ok(d.clone()),
            None => Err(ts.key_error(key)),
        }
    }
    #[method("update($self, /, *args, **kwargs)")]
    fn update(&self, ts: &ThreadState, args: &[Value], kwargs: Kwargs<'_>) -> Result<()> {
        if args.len() != 1 || kwargs.iter().next().is_some() {
            return Err(ts.type_error(format!("update() takes exactly one argument ({} given)", args.len())));
        }
        if !is_mapping_operand(ts, &args[0]) && protocol::getattr_opt_name(ts, &args[0], "keys")?.is_none() {
            return Err(ts.type_error("update() argument must be dict or another FrameLocalsProxy"));
        }
        self.merge(ts, &args[0])
    }
    #[method("copy($self, /)")]
    fn copy(&self, ts: &ThreadState) -> Result {
        Ok(self.to_dict(ts)?.into_value())
    }
    #[method("__reversed__($self, /)")]
    fn reversed(&self, ts: &ThreadState) -> Result {
        let keys: Vec<Value> = self.pairs(ts).into_iter().map(|p| p.0).rev().collect();
        protocol::get_iter(ts, List::new(ts, keys).as_value())
    }
}
