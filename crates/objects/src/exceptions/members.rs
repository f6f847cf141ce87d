//! Exceptions whose payload adds fields to [`BaseException`]'s: how they are made, and the attributes that
//! are plain fields.

use super::base::BaseException;
use crate::heap::{self, Payload};
use crate::native::{Args, ClassDef};
use crate::thread::ThreadState;
use crate::value::{Result, Value};

/// A payload that begins with a [`BaseException`].
pub trait Special: Payload + ClassDef {
    fn empty(base: BaseException) -> Self;
}

/// `__new__` of a special exception: the arguments are kept, the fields empty.
pub fn new_special<T: Special>(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result {
    let Some(ty) = cls.as_type() else {
        return Err(ts.type_error(format!("{}.__new__(X): X is not a type object", T::NAME)));
    };
    let base = BaseException::empty(ts);
    base.set_args_from(ts, args.positional);
    Ok(heap::new_with_type(ts, ty, T::empty(base)).into_value())
}

/// Declares an exception payload: its fields, which all are optional values, and the members that show them.
macro_rules! special {
    ($(#[$doc:meta])* $t:ident, $part:ident { $($field:ident $doc_text:literal,)* } $(plus { $($extra:ident : $extra_type:ty = $init:expr,)* })?) => {
        $(#[$doc])*
        #[repr(C)]
        pub struct $t {
            pub base: $crate::exceptions::BaseException,
            $(pub $field: $crate::heap::GilCell<Option<$crate::value::Value>>,)*
            $($(pub $extra: $extra_type,)*)?
        }
        $crate::payload!($t, parent = $crate::exceptions::BaseException, container,
            traverse = |s, visit| {
                $crate::heap::Payload::traverse(&s.base, &mut *visit);
                $(s.$field.read(|v| v.iter().for_each(&mut *visit));)*
            },
            clear = |s| {
                $crate::heap::Payload::clear(&s.base);
                $(s.$field.set(None);)*
            });
        impl $crate::exceptions::members::Special for $t {
            fn empty(base: $crate::exceptions::BaseException) -> Self {
                $t { base, $($field: Default::default(),)* $($($extra: $init,)*)? }
            }
        }
        impl $t {
            /// The fields as attributes.
            pub const $part: &'static $crate::native::ClassPart = &$crate::native::ClassPart {
                methods: &[],
                getsets: &[$($crate::native::GetSetDef {
                    name: stringify!($field),
                    doc: $doc_text,
                    get: Some(|ts, v| {
                        let e = $crate::native::receiver::<$t>(ts, v, stringify!($field))?;
                        Ok(e.$field.get().unwrap_or_else($crate::value::Value::none))
                    }),
                    set: Some(|ts, v, new| {
                        $crate::native::receiver::<$t>(ts, v, stringify!($field))?.$field.set(new.cloned());
                        Ok(())
                    }),
                    member: true,
                },)*],
                fill_slots: |_| {},
            };
        }
    };
}
pub(super) use special;
