//! `weakref.ProxyType` and `weakref.CallableProxyType`: objects that act as another one while it lives.

use taipan_objects::native::{Args, class, methods};
use taipan_objects::protocol::{self, BinaryOp};
use taipan_objects::str::Str;
use taipan_objects::weakref::WeakRef;
use taipan_objects::{CmpOp, Result, ThreadState, Value, ids, payload};

#[repr(transparent)]
pub struct WeakProxy(pub WeakRef);

#[repr(transparent)]
pub struct CallableProxy(pub WeakRef);

payload!(WeakProxy, id = ids::WEAKPROXY, parent = WeakRef, container, traverse = |s, visit| taipan_objects::Payload::traverse(&s.0, visit));
payload!(CallableProxy, id = ids::WEAKCALLABLEPROXY, parent = WeakRef, container, traverse = |s, visit| taipan_objects::Payload::traverse(&s.0, visit));

/// What a proxy stands for; other values stand for themselves.
fn unwrap(ts: &ThreadState, v: &Value) -> Result<Value> {
    if !v.is_exact::<WeakProxy>() && !v.is_exact::<CallableProxy>() {
        return Ok(v.clone());
    }
    match v.downcast::<WeakRef>().and_then(WeakRef::get) {
        Some(o) => Ok(o),
        None => Err(ts.reference_error("weakly-referenced object no longer exists")),
    }
}

fn binary(ts: &ThreadState, op: BinaryOp, a: &Value, b: &Value) -> Result<Value> {
    protocol::binary_op(ts, op, &unwrap(ts, a)?, &unwrap(ts, b)?)
}

fn inplace(ts: &ThreadState, op: BinaryOp, a: &Value, b: &Value) -> Result<Value> {
    protocol::inplace_op(ts, op, &unwrap(ts, a)?, &unwrap(ts, b)?)
}

macro_rules! binaries {
    ($name:ident, $part:ident, $f:ident, $($method:ident $slot:ident $op:ident),*) => {
        #[methods(part = $part)]
        impl $name {
            $(#[slot($slot)]
            fn $method(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> {
                $f(ts, BinaryOp::$op, a, b)
            })*
        }
    };
}

macro_rules! proxy {
    ($name:ident) => {
        #[methods(part = FORWARD)]
        impl $name {
            #[slot(repr)]
            fn tp_repr(ts: &ThreadState, slf: &Value) -> Result<Value> {
                let text = match slf.downcast::<WeakRef>().and_then(WeakRef::get) {
                    Some(o) => format!("<weakproxy at {:#x}; to '{}' at {:#x}>", slf.id(), o.type_name(ts), o.id()),
                    None => format!("<weakproxy at {:#x}; dead>", slf.id()),
                };
                Ok(Str::new(ts, &text).into_value())
            }
            #[slot(str)]
            fn tp_str(ts: &ThreadState, slf: &Value) -> Result<Value> {
                Ok(protocol::str_(ts, &unwrap(ts, slf)?)?.into_value())
            }
            #[slot(getattro)]
            fn tp_getattro(ts: &ThreadState, slf: &Value, name: &Value) -> Result<Value> {
                protocol::getattr_value(ts, &unwrap(ts, slf)?, name)
            }
            #[slot(setattro)]
            fn tp_setattro(ts: &ThreadState, slf: &Value, name: &Value, value: Option<&Value>) -> Result<()> {
                let name = protocol::check_attr_name(ts, name)?;
                match value {
                    Some(v) => protocol::setattr(ts, &unwrap(ts, slf)?, &name, v),
                    None => protocol::delattr(ts, &unwrap(ts, slf)?, &name),
                }
            }
            #[slot(richcompare)]
            fn tp_richcompare(ts: &ThreadState, a: &Value, b: &Value, op: CmpOp) -> Result<Value> {
                protocol::compare(ts, &unwrap(ts, a)?, &unwrap(ts, b)?, op)
            }
            #[slot(iter)]
            fn tp_iter(ts: &ThreadState, slf: &Value) -> Result<Value> {
                protocol::get_iter(ts, &unwrap(ts, slf)?)
            }
            #[slot(iternext)]
            fn tp_iternext(ts: &ThreadState, slf: &Value) -> Result<Option<Value>> {
                let o = unwrap(ts, slf)?;
                if o.class(ts).slots().iternext.is_none() {
                    return Err(ts.type_error(format!("Weakref proxy referenced a non-iterator '{}' object", o.type_name(ts))));
                }
                protocol::iter_next(ts, &o)
            }
            #[slot(bool_)]
            fn nb_bool(ts: &ThreadState, slf: &Value) -> Result<bool> {
                protocol::is_true(ts, &unwrap(ts, slf)?)
            }
            #[slot(len)]
            fn sq_length(ts: &ThreadState, slf: &Value) -> Result<usize> {
                protocol::len(ts, &unwrap(ts, slf)?)
            }
            #[slot(contains)]
            fn sq_contains(ts: &ThreadState, slf: &Value, v: &Value) -> Result<bool> {
                protocol::contains(ts, &unwrap(ts, slf)?, v)
            }
            #[slot(getitem)]
            fn mp_subscript(ts: &ThreadState, slf: &Value, key: &Value) -> Result<Value> {
                protocol::getitem(ts, &unwrap(ts, slf)?, key)
            }
            #[slot(setitem)]
            fn mp_ass_subscript(ts: &ThreadState, slf: &Value, key: &Value, value: Option<&Value>) -> Result<()> {
                match value {
                    Some(v) => protocol::setitem(ts, &unwrap(ts, slf)?, key, v),
                    None => protocol::delitem(ts, &unwrap(ts, slf)?, key),
                }
            }
            #[slot(neg)]
            fn nb_neg(ts: &ThreadState, slf: &Value) -> Result<Value> {
                protocol::negative(ts, &unwrap(ts, slf)?)
            }
            #[slot(pos)]
            fn nb_pos(ts: &ThreadState, slf: &Value) -> Result<Value> {
                protocol::positive(ts, &unwrap(ts, slf)?)
            }
            #[slot(abs)]
            fn nb_abs(ts: &ThreadState, slf: &Value) -> Result<Value> {
                protocol::absolute(ts, &unwrap(ts, slf)?)
            }
            #[slot(invert)]
            fn nb_invert(ts: &ThreadState, slf: &Value) -> Result<Value> {
                protocol::invert(ts, &unwrap(ts, slf)?)
            }
            #[slot(index)]
            fn nb_index(ts: &ThreadState, slf: &Value) -> Result<Value> {
                protocol::index(ts, &unwrap(ts, slf)?)
            }
            #[slot(int)]
            fn nb_int(ts: &ThreadState, slf: &Value) -> Result<Value> {
                let int = taipan_objects::typeobject::builtin(ts, ids::INT).to_value();
                protocol::call(ts, &int, &[unwrap(ts, slf)?])
            }
            #[slot(float)]
            fn nb_float(ts: &ThreadState, slf: &Value) -> Result<Value> {
                let float = taipan_objects::typeobject::builtin(ts, ids::FLOAT).to_value();
                protocol::call(ts, &float, &[unwrap(ts, slf)?])
            }
            #[slot(divmod)]
            fn nb_divmod(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> {
                protocol::divmod(ts, &unwrap(ts, a)?, &unwrap(ts, b)?)
            }
            #[slot(pow)]
            fn nb_pow(ts: &ThreadState, a: &Value, b: &Value, m: &Value) -> Result<Value> {
                protocol::power(ts, &unwrap(ts, a)?, &unwrap(ts, b)?, &unwrap(ts, m)?)
            }
            #[method("__bytes__($self, /)")]
            fn bytes(slf: &Value, ts: &ThreadState) -> Result<Value> {
                protocol::call_method(ts, &unwrap(ts, slf)?, "__bytes__", &[])
            }
            #[method("__reversed__($self, /)")]
            fn reversed(slf: &Value, ts: &ThreadState) -> Result<Value> {
                protocol::call_method(ts, &unwrap(ts, slf)?, "__reversed__", &[])
            }
        }
        binaries!(
            $name, OPERATORS, binary, nb_add add Add, nb_sub sub Subtract, nb_mul mul Multiply, nb_matmul matmul MatrixMultiply,
            nb_truediv truediv TrueDivide, nb_floordiv floordiv FloorDivide, nb_mod mod_ Remainder, nb_lshift lshift LeftShift,
            nb_rshift rshift RightShift, nb_and and_ And, nb_xor xor Xor, nb_or or_ Or
        );
        binaries!(
            $name, IN_PLACE, inplace, nb_iadd iadd Add, nb_isub isub Subtract, nb_imul imul Multiply,
            nb_imatmul imatmul MatrixMultiply, nb_itruediv itruediv TrueDivide, nb_ifloordiv ifloordiv FloorDivide,
            nb_imod imod Remainder, nb_ilshift ilshift LeftShift, nb_irshift irshift RightShift, nb_iand iand And,
            nb_ixor ixor Xor, nb_ior ior Or
        );
    };
}

proxy!(WeakProxy);
proxy!(CallableProxy);

#[class(name = "ProxyType", module = "weakref", no_new, final, parts(WeakProxy::FORWARD, WeakProxy::OPERATORS, WeakProxy::IN_PLACE))]
impl WeakProxy {}

#[class(
    name = "CallableProxyType",
    module = "weakref",
    no_new,
    final,
    parts(CallableProxy::FORWARD, CallableProxy::OPERATORS, CallableProxy::IN_PLACE)
)]
impl CallableProxy {
    #[slot(call)]
    fn tp_call(ts: &ThreadState, slf: &Value, args: Args<'_>) -> Result<Value> {
        protocol::call_args(ts, &unwrap(ts, slf)?, args)
    }
}
