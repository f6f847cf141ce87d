//! The types of `None`, `Ellipsis` and `NotImplemented`.

use crate::native::{class, Args};
use crate::str::Str;
use crate::thread::ThreadState;
use crate::value::{Result, Value};

pub struct NoneType;
crate::payload!(NoneType, id = crate::ids::NONE);
pub struct EllipsisType;
crate::payload!(EllipsisType, id = crate::ids::ELLIPSIS);
pub struct NotImplementedType;
crate::payload!(NotImplementedType, id = crate::ids::NOT_IMPLEMENTED);

fn no_arguments(ts: &ThreadState, name: &str, args: &Args<'_>) -> Result<()> {
    if args.positional.is_empty() && args.kw_names.is_empty() {
        return Ok(());
    }
    Err(ts.type_error(format!("{name} takes no arguments")))
}

/// The type of the None singleton.
#[class(name = "NoneType", final)]
impl NoneType {
    #[slot(new)]
    fn new(ts: &ThreadState, _cls: &Value, args: Args<'_>) -> Result {
        no_arguments(ts, "NoneType", &args)?;
        Ok(Value::none())
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, _v: &Value) -> Result {
        Ok(Str::intern(ts, "None").into_value())
    }
    #[slot(bool_)]
    fn bool_(_ts: &ThreadState, _v: &Value) -> Result<bool> {
        Ok(false)
    }
    #[slot(hash)]
    fn hash(_ts: &ThreadState, _v: &Value) -> Result<i64> {
        // The constant that CPython 3.12 and later use.
        Ok(0xfca8_6420)
    }
}

/// The type of the Ellipsis singleton.
#[class(name = "ellipsis", final)]
impl EllipsisType {
    #[slot(new)]
    fn new(ts: &ThreadState, _cls: &Value, args: Args<'_>) -> Result {
        no_arguments(ts, "EllipsisType", &args)?;
        Ok(Value::ellipsis())
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, _v: &Value) -> Result {
        Ok(Str::intern(ts, "Ellipsis").into_value())
    }
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Result {
        let _ = slf;
        Ok(Str::intern(ts, "Ellipsis").into_value())
    }
}

/// The type of the NotImplemented singleton.
#[class(name = "NotImplementedType", final)]
impl NotImplementedType {
    #[slot(new)]
    fn new(ts: &ThreadState, _cls: &Value, args: Args<'_>) -> Result {
        no_arguments(ts, "NotImplementedType", &args)?;
        Ok(Value::not_implemented())
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, _v: &Value) -> Result {
        Ok(Str::intern(ts, "NotImplemented").into_value())
    }
    #[slot(bool_)]
    fn bool_(ts: &ThreadState, _v: &Value) -> Result<bool> {
        Err(ts.type_error("NotImplemented should not be used in a boolean context"))
    }
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Result {
        let _ = slf;
        Ok(Str::intern(ts, "NotImplemented").into_value())
    }
}
