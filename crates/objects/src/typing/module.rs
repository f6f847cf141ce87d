//! The module `_typing`.

use super::{Generic, ParamSpec, ParamSpecArgs, ParamSpecKwargs, TypeAliasType, TypeVar, TypeVarTuple, no_default};
use crate::dict::Dict;
use crate::heap::Payload;
use crate::native::{ModuleDef, functions};
use crate::thread::ThreadState;
use crate::union::Union;
use crate::value::{Result, Value};

#[functions(module = "_typing")]
mod functions {
    use super::*;

    #[function("_idfunc($module, x, /)")]
    fn idfunc(x: Value) -> Value {
        x
    }
}

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    dict.set_name(ts, "TypeVar", TypeVar::class(ts).into_value());
    dict.set_name(ts, "TypeVarTuple", TypeVarTuple::class(ts).into_value());
    dict.set_name(ts, "ParamSpec", ParamSpec::class(ts).into_value());
    dict.set_name(ts, "ParamSpecArgs", ParamSpecArgs::class(ts).into_value());
    dict.set_name(ts, "ParamSpecKwargs", ParamSpecKwargs::class(ts).into_value());
    dict.set_name(ts, "TypeAliasType", TypeAliasType::class(ts).into_value());
    dict.set_name(ts, "Generic", Generic::class(ts).into_value());
    dict.set_name(ts, "Union", Union::class(ts).into_value());
    dict.set_name(ts, "NoDefault", no_default(ts));
    Ok(())
}

pub static MODULE: ModuleDef = ModuleDef {
    name: "_typing",
    doc: "Primitives and accelerators for the typing module.\n",
    functions: &[functions::FUNCTIONS],
    init: Some(init),
};
