//! The tree of built-in exception classes.

use super::base::BaseException;
use super::group::BaseExceptionGroup;
use super::lookup::{AttributeError, ImportError, NameError};
use super::members::{new_special, Special};
use super::os::OSError;
use super::stop::{StopIteration, SystemExit};
use super::syntax::SyntaxError;
use super::unicode::{UnicodeDecodeError, UnicodeEncodeError, UnicodeTranslateError};
use crate::heap::{Payload, Ref};
use crate::slots::Slots;
use crate::thread::ThreadState;
use crate::typeobject::{self, methods, NativeSpec, Type};

macro_rules! hierarchy {
    ($($field:ident $name:literal : $base:ident $doc:literal $(as $payload:ident)? $(with $fill:expr)?;)*) => {
        /// The built-in exception classes.
        pub struct ExceptionTypes {
            pub base_exception: Ref<Type>,
            $(pub $field: Ref<Type>,)*
            pub exception_group: Ref<Type>,
        }
        impl ExceptionTypes {
            pub fn new(ts: &ThreadState) -> ExceptionTypes {
                let mut made: Vec<(&'static str, Ref<Type>)> = vec![("base_exception", BaseException::class(ts))];
                $({
                    let base = made.iter().find(|m| m.0 == stringify!($base)).expect("bases come first").1.clone();
                    #[allow(unused_mut, unused_assignments)]
                    let mut make: Make = plain;
                    $(make = special::<$payload>;)?
                    #[allow(unused_mut, unused_assignments)]
                    let mut fill: Fill = |_| {};
                    $(fill = $fill;)?
                    made.push((stringify!($field), make(ts, $name, &base, $doc, fill)));
                })*
                let find = |name: &str| made.iter().find(|m| m.0 == name).expect("made above").1.clone();
                let exception_group = super::group::make_exception_group_class(ts, &find("base_exception_group"), &find("exception"));
                let mut types = made.into_iter().map(|m| m.1);
                let mut next = || types.next().expect("one for each");
                ExceptionTypes { base_exception: next(), $($field: next(),)* exception_group }
            }
            /// By name, for the `builtins` module.
            pub fn all(&self) -> Vec<(&'static str, Ref<Type>)> {
                vec![
                    ("BaseException", self.base_exception.clone()),
                    $(($name, self.$field.clone()),)*
                    ("ExceptionGroup", self.exception_group.clone()),
                    ("EnvironmentError", self.os_error.clone()),
                    ("IOError", self.os_error.clone()),
                ]
            }
        }
    };
}

hierarchy! {
    base_exception_group "BaseExceptionGroup": base_exception "A combination of multiple unrelated exceptions." as BaseExceptionGroup;
    generator_exit "GeneratorExit": base_exception "Request that a generator exit.";
    keyboard_interrupt "KeyboardInterrupt": base_exception "Program interrupted by user.";
    system_exit "SystemExit": base_exception "Request to exit from the interpreter." as SystemExit;
    exception "Exception": base_exception "Common base class for all non-exit exceptions.";
    arithmetic_error "ArithmeticError": exception "Base class for arithmetic errors.";
    floating_point_error "FloatingPointError": arithmetic_error "Floating-point operation failed.";
    overflow_error "OverflowError": arithmetic_error "Result too large to be represented.";
    zero_division_error "ZeroDivisionError": arithmetic_error "Second argument to a division or modulo operation was zero.";
    assertion_error "AssertionError": exception "Assertion failed.";
    attribute_error "AttributeError": exception "Attribute not found." as AttributeError;
    buffer_error "BufferError": exception "Buffer error.";
    eof_error "EOFError": exception "Read beyond end of file.";
    import_error "ImportError": exception "Import can't find module, or can't find name in module." as ImportError;
    module_not_found_error "ModuleNotFoundError": import_error "Module not found.";
    lookup_error "LookupError": exception "Base class for lookup errors.";
    index_error "IndexError": lookup_error "Sequence index out of range.";
    key_error "KeyError": lookup_error "Mapping key not found." with |s| s.str = Some(super::lookup::key_error_str);
    memory_error "MemoryError": exception "Out of memory.";
    name_error "NameError": exception "Name not found globally." as NameError;
    unbound_local_error "UnboundLocalError": name_error "Local name referenced but not bound to a value.";
    os_error "OSError": exception "Base class for I/O related errors." as OSError;
    blocking_io_error "BlockingIOError": os_error "I/O operation would block.";
    child_process_error "ChildProcessError": os_error "Child process error.";
    connection_error "ConnectionError": os_error "Connection error.";
    broken_pipe_error "BrokenPipeError": connection_error "Broken pipe.";
    connection_aborted_error "ConnectionAbortedError": connection_error "Connection aborted.";
    connection_refused_error "ConnectionRefusedError": connection_error "Connection refused.";
    connection_reset_error "ConnectionResetError": connection_error "Connection reset.";
    file_exists_error "FileExistsError": os_error "File already exists.";
    file_not_found_error "FileNotFoundError": os_error "File not found.";
    interrupted_error "InterruptedError": os_error "Interrupted by signal.";
    is_a_directory_error "IsADirectoryError": os_error "Operation doesn't work on directories.";
    not_a_directory_error "NotADirectoryError": os_error "Operation only works on directories.";
    permission_error "PermissionError": os_error "Not enough permissions.";
    process_lookup_error "ProcessLookupError": os_error "Process not found.";
    timeout_error "TimeoutError": os_error "Timeout expired.";
    reference_error "ReferenceError": exception "Weak ref proxy used after referent went away.";
    runtime_error "RuntimeError": exception "Unspecified run-time error.";
    not_implemented_error "NotImplementedError": runtime_error "Method or function hasn't been implemented yet.";
    python_finalization_error "PythonFinalizationError": runtime_error "Operation blocked during Python finalization.";
    recursion_error "RecursionError": runtime_error "Recursion limit exceeded.";
    stop_async_iteration "StopAsyncIteration": exception "Signal the end from iterator.__anext__().";
    stop_iteration "StopIteration": exception "Signal the end from iterator.__next__()." as StopIteration;
    syntax_error "SyntaxError": exception "Invalid syntax." as SyntaxError;
    incomplete_input_error "_IncompleteInputError": syntax_error "incomplete input.";
    indentation_error "IndentationError": syntax_error "Improper indentation.";
    tab_error "TabError": indentation_error "Improper mixture of spaces and tabs.";
    system_error "SystemError": exception "Internal error in the Python interpreter.\n\nPlease report this to the Python maintainer, along with the traceback,\nthe Python version, and the hardware/OS platform and version.";
    type_error "TypeError": exception "Inappropriate argument type.";
    value_error "ValueError": exception "Inappropriate argument value (of correct type).";
    unicode_error "UnicodeError": value_error "Unicode related error.";
    unicode_decode_error "UnicodeDecodeError": unicode_error "Unicode decoding error." as UnicodeDecodeError;
    unicode_encode_error "UnicodeEncodeError": unicode_error "Unicode encoding error." as UnicodeEncodeError;
    unicode_translate_error "UnicodeTranslateError": unicode_error "Unicode translation error." as UnicodeTranslateError;
    warning "Warning": exception "Base class for warning categories.";
    bytes_warning "BytesWarning": warning "Base class for warnings about bytes and buffer related problems, mostly\nrelated to conversion from str or comparing to str.";
    deprecation_warning "DeprecationWarning": warning "Base class for warnings about deprecated features.";
    encoding_warning "EncodingWarning": warning "Base class for warnings about encodings.";
    future_warning "FutureWarning": warning "Base class for warnings about constructs that will change semantically\nin the future.";
    import_warning "ImportWarning": warning "Base class for warnings about probable mistakes in module imports";
    pending_deprecation_warning "PendingDeprecationWarning": warning "Base class for warnings about features which will be deprecated\nin the future.";
    resource_warning "ResourceWarning": warning "Base class for warnings about resource usage.";
    runtime_warning "RuntimeWarning": warning "Base class for warnings about dubious runtime behavior.";
    syntax_warning "SyntaxWarning": warning "Base class for warnings about dubious syntax.";
    unicode_warning "UnicodeWarning": warning "Base class for warnings about Unicode related problems, mostly\nrelated to conversion problems.";
    user_warning "UserWarning": warning "Base class for warnings generated by user code.";
}

type Fill = fn(&mut Slots);
type Make = fn(&ThreadState, &'static str, &Ref<Type>, &'static str, Fill) -> Ref<Type>;

/// A class that adds nothing to its base's payload.
fn plain(ts: &ThreadState, name: &'static str, base: &Ref<Type>, doc: &'static str, fill: Fill) -> Ref<Type> {
    let spec = NativeSpec {
        name,
        module: "builtins",
        doc,
        layout: base.layout(),
        fixed_id: 0,
        base: Some(base.clone()),
        flags: typeobject::flags::BASETYPE,
        has_dict: true,
        has_weakref: false,
        members: 0,
        fill,
    };
    let ty = typeobject::make_native_type(ts, &spec);
    methods::add_native_attributes(ts, &ty, &[], &[], doc);
    ty
}

/// A class with a payload of its own.
fn special<T: Special>(ts: &ThreadState, name: &'static str, base: &Ref<Type>, doc: &'static str, _: Fill) -> Ref<Type> {
    let spec = NativeSpec {
        name,
        module: "builtins",
        doc,
        layout: T::LAYOUT,
        fixed_id: 0,
        base: Some(base.clone()),
        flags: typeobject::flags::BASETYPE,
        has_dict: true,
        has_weakref: false,
        members: 0,
        fill: |s| {
            T::fill_slots(s);
            s.new.get_or_insert(new_special::<T>);
        },
    };
    let ty = typeobject::make_native_type(ts, &spec);
    crate::typeobject::remember_class::<T>(ts, &ty);
    methods::add_native_attributes(ts, &ty, &T::all_methods(), &T::all_getsets(), doc);
    ty
}
