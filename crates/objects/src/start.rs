//! The birth of an interpreter's types and names, in an order in which each finds what it needs.

use crate::exceptions::ExceptionTypes;
use crate::heap::Payload;
use crate::ids;
use crate::names::Names;
use crate::native::ClassDef;
use crate::object::Object;
use crate::thread::ThreadState;
use crate::typeobject::{self, methods, NativeSpec, Type};

/// Makes the built-in types, the names and the exception classes. The thread state must be current.
pub fn start(ts: &ThreadState) {
    // `object`, `type`, `str` and `dict` need each other: their type objects come first, attributes after.
    bare::<Object>(ts);
    bare::<Type>(ts);
    bare::<crate::str::Str>(ts);
    bare::<crate::dict::Dict>(ts);
    bare::<crate::tuple::Tuple>(ts);
    let _ = ts.interp().names.set(Names::new(ts));
    rename::<Object>(ts);
    rename::<Type>(ts);
    rename::<crate::str::Str>(ts);
    rename::<crate::dict::Dict>(ts);
    rename::<crate::tuple::Tuple>(ts);
    for bare in [attributes::<Object>, attributes::<Type>, attributes::<crate::str::Str>, attributes::<crate::dict::Dict>, attributes::<crate::tuple::Tuple>] {
        bare(ts);
    }
    macro_rules! classes { ($($t:ty),* $(,)?) => { $(<$t as Payload>::class(ts);)* }; }
    classes!(
        crate::singletons::NoneType, crate::singletons::EllipsisType, crate::singletons::NotImplementedType,
        crate::int::Int, crate::bool_::Bool, crate::float::Float, crate::complex::Complex, crate::bytes::Bytes, crate::bytearray::Bytearray,
    );
    containers(ts);
    text(ts);
    callables(ts);
    let _ = ts.interp().exceptions.set(ExceptionTypes::new(ts));
}

/// Functions, descriptors, frames and what runs: asked for by id elsewhere.
fn callables(ts: &ThreadState) {
    macro_rules! classes { ($($t:ty),* $(,)?) => { $(<$t as Payload>::class(ts);)* }; }
    classes!(
        crate::function::Function, crate::method::Method, crate::code::Code, crate::cell::CellObject,
        crate::frame::object::FrameObject, crate::traceback::Traceback, crate::module::Module, crate::weakref::WeakRef,
        crate::generator::PlainGenerator, crate::generator::Coroutine, crate::generator::AsyncGenerator,
        crate::descr::BuiltinFunction, crate::descr::MethodDescriptor, crate::descr::ClassMethodDescriptor,
        crate::descr::WrapperDescriptor, crate::descr::MethodWrapper, crate::descr::GetSetDescriptor,
        crate::descr::MemberDescriptor, crate::descr::Property, crate::descr::ClassMethod, crate::descr::StaticMethod,
        crate::descr::Super,
    );
}

/// Containers, their iterators and views, and the types of `typing`: asked for by id elsewhere.
fn containers(ts: &ThreadState) {
    macro_rules! classes { ($($t:ty),* $(,)?) => { $(<$t as Payload>::class(ts);)* }; }
    classes!(
        crate::tuple::iter::TupleIterator, crate::list::List, crate::list::iter::ListIterator, crate::list::iter::ListReverseIterator,
        crate::dict::views::DictKeys, crate::dict::views::DictValues, crate::dict::views::DictItems,
        crate::dict::iter::DictKeyIterator, crate::dict::iter::DictValueIterator, crate::dict::iter::DictItemIterator,
        crate::dict::iter::DictReverseKeyIterator, crate::dict::iter::DictReverseValueIterator, crate::dict::iter::DictReverseItemIterator,
        crate::set::Set, crate::set::FrozenSet, crate::set::iter::SetIterator,
        crate::range::Range, crate::range::iter::RangeIterator, crate::range::iter::LongRangeIterator, crate::slice::Slice,
        crate::iterators::sequence::SequenceIterator, crate::iterators::callable::CallableIterator, crate::iterators::reversed::Reversed,
        crate::enumerate::Enumerate, crate::zip_map_filter::Zip, crate::zip_map_filter::Map, crate::zip_map_filter::Filter,
        crate::mappingproxy::MappingProxy, crate::namespace::Namespace,
        crate::generic_alias::GenericAlias, crate::union::Union,
        crate::typing::TypeVar, crate::typing::ParamSpec, crate::typing::ParamSpecArgs, crate::typing::ParamSpecKwargs,
        crate::typing::TypeVarTuple, crate::typing::TypeAliasType, crate::typing::Generic, crate::typing::NoDefaultType,
    );
}

/// Bytes, views, templates and the iterators over text: asked for by id elsewhere.
fn text(ts: &ThreadState) {
    macro_rules! classes { ($($t:ty),* $(,)?) => { $(<$t as Payload>::class(ts);)* }; }
    classes!(
        crate::str::iter::StrIterator, crate::str::iter::StrAsciiIterator, crate::bytes::Bytes, crate::bytes::iter::BytesIterator,
        crate::bytearray::Bytearray, crate::bytes::iter::BytearrayIterator, crate::memoryview::MemoryView,
        crate::memoryview::iter::MemoryIterator, crate::template::Template, crate::template::TemplateIter,
        crate::template::Interpolation,
    );
}

fn bare<T: ClassDef>(ts: &ThreadState) {
    let base = (T::FIXED_ID != ids::OBJECT).then(|| typeobject::builtin(ts, ids::OBJECT).to_ref());
    let spec = NativeSpec {
        name: T::NAME,
        module: T::MODULE,
        doc: T::DOC,
        layout: T::LAYOUT,
        fixed_id: T::FIXED_ID,
        base,
        flags: T::FLAGS,
        has_dict: T::HAS_DICT,
        has_weakref: T::HAS_WEAKREF,
        members: 0,
        fill: T::fill_slots,
    };
    typeobject::make_native_type(ts, &spec);
}
fn rename<T: ClassDef>(_ts: &ThreadState) {}
fn attributes<T: ClassDef>(ts: &ThreadState) {
    typeobject::add_class_attributes::<T>(ts, &T::class(ts));
}
#[allow(unused)]
fn _uses() {
    let _ = methods::set_native;
}
