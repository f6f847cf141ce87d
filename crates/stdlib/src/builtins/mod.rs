//! The module `builtins`.

mod attributes;
mod build_class;
mod collections;
mod compile;
mod numbers;
pub(crate) mod output;

pub use build_class::resolve_bases;
pub use compile::run_code;

use taipan_objects::heap::Payload;
use taipan_objects::native::ModuleDef;
use taipan_objects::value::{Result, Value};
use taipan_objects::{dict::Dict, ThreadState};

pub static MODULE: ModuleDef = ModuleDef {
    name: "builtins",
    doc: "Built-in functions, types, exceptions, and other objects.\n\nThis module provides direct access to all 'built-in'\nidentifiers of Python; for example, builtins.len is\nthe full name for the built-in function len().\n\nThis module is not normally accessed explicitly by most\napplications, but can be useful in modules that provide\nobjects with the same name as a builtin and in which the\nbuilt-in of that name is also needed.",
    functions: &[
        attributes::functions::FUNCTIONS,
        build_class::functions::FUNCTIONS,
        collections::functions::FUNCTIONS,
        compile::functions::FUNCTIONS,
        numbers::functions::FUNCTIONS,
        output::functions::FUNCTIONS,
    ],
    init: Some(init),
};

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    dict.set_name(ts, "None", Value::none());
    dict.set_name(ts, "True", Value::true_());
    dict.set_name(ts, "False", Value::false_());
    dict.set_name(ts, "Ellipsis", Value::ellipsis());
    dict.set_name(ts, "NotImplemented", Value::not_implemented());
    dict.set_name(ts, "__debug__", Value::bool(ts.interp().config.read(|c| c.optimize == 0)));
    macro_rules! classes {
        ($($name:literal $t:ty),* $(,)?) => { $(dict.set_name(ts, $name, <$t>::class(ts).into_value());)* };
    }
    use taipan_objects as o;
    classes!(
        "object" o::object::Object, "type" o::typeobject::Type, "bool" o::bool_::Bool, "int" o::int::Int,
        "float" o::float::Float, "complex" o::complex::Complex, "str" o::str::Str, "bytes" o::bytes::Bytes,
        "bytearray" o::bytearray::Bytearray, "memoryview" o::memoryview::MemoryView, "list" o::list::List,
        "tuple" o::tuple::Tuple, "dict" o::dict::Dict, "set" o::set::Set, "frozenset" o::set::FrozenSet,
        "range" o::range::Range, "slice" o::slice::Slice, "property" o::descr::Property,
        "classmethod" o::descr::ClassMethod, "staticmethod" o::descr::StaticMethod, "super" o::descr::Super,
        "enumerate" o::enumerate::Enumerate, "zip" o::zip_map_filter::Zip, "map" o::zip_map_filter::Map,
        "filter" o::zip_map_filter::Filter, "reversed" o::iterators::reversed::Reversed,
    );
    for (name, ty) in ts.exceptions().all() {
        dict.set_name(ts, name, ty.into_value());
    }
    let os_error = ts.exceptions().os_error.as_value().clone();
    dict.set_name(ts, "EnvironmentError", os_error.clone());
    dict.set_name(ts, "IOError", os_error);
    Ok(())
}
