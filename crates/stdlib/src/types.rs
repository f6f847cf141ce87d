//! `_types`: names for the built-in types that have none elsewhere.

use taipan_objects::dict::Dict;
use taipan_objects::native::ModuleDef;
use taipan_objects::{Result, ThreadState, ids, typeobject};

const TYPES: &[(&str, u32)] = &[
    ("AsyncGeneratorType", ids::ASYNC_GENERATOR),
    ("BuiltinFunctionType", ids::BUILTIN_FUNCTION),
    ("BuiltinMethodType", ids::BUILTIN_FUNCTION),
    ("CapsuleType", ids::CAPSULE),
    ("CellType", ids::CELL),
    ("ClassMethodDescriptorType", ids::CLASSMETHOD_DESCRIPTOR),
    ("CodeType", ids::CODE),
    ("CoroutineType", ids::COROUTINE),
    ("EllipsisType", ids::ELLIPSIS),
    ("FrameLocalsProxyType", ids::FRAME_LOCALS_PROXY),
    ("FrameType", ids::FRAME),
    ("FunctionType", ids::FUNCTION),
    ("GeneratorType", ids::GENERATOR),
    ("GenericAlias", ids::GENERIC_ALIAS),
    ("GetSetDescriptorType", ids::GETSET_DESCRIPTOR),
    ("LambdaType", ids::FUNCTION),
    ("MappingProxyType", ids::MAPPINGPROXY),
    ("MemberDescriptorType", ids::MEMBER_DESCRIPTOR),
    ("MethodDescriptorType", ids::METHOD_DESCRIPTOR),
    ("MethodType", ids::METHOD),
    ("MethodWrapperType", ids::METHOD_WRAPPER),
    ("ModuleType", ids::MODULE),
    ("NoneType", ids::NONE),
    ("NotImplementedType", ids::NOT_IMPLEMENTED),
    ("SimpleNamespace", ids::SIMPLE_NAMESPACE),
    ("TracebackType", ids::TRACEBACK),
    ("UnionType", ids::UNION),
    ("WrapperDescriptorType", ids::WRAPPER_DESCRIPTOR),
];

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    for (name, id) in TYPES {
        if let Some(ty) = typeobject::try_builtin(ts, *id) {
            dict.set_name(ts, name, ty.to_value());
        }
    }
    Ok(())
}

pub static MODULE: ModuleDef =
    ModuleDef { name: "_types", doc: "Define names for built-in types.", functions: &[], init: Some(init) };
