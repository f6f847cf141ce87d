//! Exception classes of native modules.

use crate::dict::Dict;
use crate::heap::Ref;
use crate::protocol;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::typeobject::{self, Type};
use crate::value::Result;

/// A new exception class: `name` with its module in front ("struct.error").
pub fn create(ts: &ThreadState, name: &str, base: &Ref<Type>, doc: &str) -> Result<Ref<Type>> {
    let (module, name) = name.rsplit_once('.').unwrap_or(("builtins", name));
    let dict = Dict::new(ts);
    dict.set_name(ts, "__module__", Str::new(ts, module).into_value());
    if !doc.is_empty() {
        dict.set_name(ts, "__doc__", Str::new(ts, doc).into_value());
    }
    let metatype = typeobject::builtin(ts, crate::ids::TYPE).to_value();
    let bases = Tuple::from_array(ts, [base.as_value().clone()]).into_value();
    let made = protocol::call(ts, &metatype, &[Str::new(ts, name).into_value(), bases, dict.into_value()])?;
    Ref::from_value(made).map_err(|_| ts.system_error("type() made no type"))
}
