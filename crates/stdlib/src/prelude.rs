//! What nearly every native module uses: the object types, and short ways to make values, to take
//! arguments apart and to raise.

pub use taipan_objects::bytes::Bytes;
pub use taipan_objects::dict::Dict;
pub use taipan_objects::exceptions::{BaseException, ExceptionTypes};
pub use taipan_objects::heap::{self, GilCell, Payload, Ref};
pub use taipan_objects::list::List;
pub use taipan_objects::native::*;
pub use taipan_objects::str::Str;
pub use taipan_objects::tuple::Tuple;
pub use taipan_objects::typeobject::Type;
pub use taipan_objects::{CmpOp, Raised, Result, ThreadState, Value, buffer, payload, protocol};

pub use crate::host::OrRaise;
use taipan_objects::bytearray::Bytearray;
use taipan_objects::{float, int, object};

// --- values ---

#[inline]
pub fn int_value(ts: &ThreadState, i: i64) -> Value {
    int::from_i64(ts, i)
}
pub fn int_from_u64(ts: &ThreadState, i: u64) -> Value {
    int::from_u64(ts, i)
}
pub fn int_from_i128(ts: &ThreadState, i: i128) -> Value {
    int::from_i128(ts, i)
}
pub fn float_value(ts: &ThreadState, f: f64) -> Value {
    float::new(ts, f)
}
pub fn str_value(ts: &ThreadState, s: &str) -> Value {
    Str::new(ts, s).into_value()
}
pub fn bytes_value(ts: &ThreadState, b: &[u8]) -> Value {
    Bytes::new(ts, b).into_value()
}
pub fn bytes_from_vec(ts: &ThreadState, b: Vec<u8>) -> Value {
    Bytes::new(ts, &b).into_value()
}
pub fn bytearray_from_vec(ts: &ThreadState, b: Vec<u8>) -> Value {
    Bytearray::new(ts, b).into_value()
}
pub fn tuple(ts: &ThreadState, items: Vec<Value>) -> Value {
    Tuple::new(ts, items).into_value()
}
pub fn list(ts: &ThreadState, items: Vec<Value>) -> Value {
    List::new(ts, items).into_value()
}
pub fn set_of(ts: &ThreadState, items: Vec<Value>) -> Result {
    let set = taipan_objects::set::Set::new(ts);
    for v in &items {
        set.data.add(ts, v)?;
    }
    Ok(set.into_value())
}
pub fn list_items(l: &List) -> Vec<Value> {
    l.to_vec()
}
/// An unsigned number from its bytes.
pub fn int_from_le_bytes(ts: &ThreadState, bytes: &[u8]) -> Result {
    Ok(int::from_big(ts, dashu_int::UBig::from_le_bytes(bytes).into()))
}
/// The `n` bytes of an unsigned number.
pub fn int_to_le_bytes(ts: &ThreadState, v: &Value, n: usize) -> Result<Vec<u8>> {
    let v = protocol::index(ts, v)?;
    let Some(view) = int::view(&v) else { return Err(ts.type_error("an integer is required")) };
    if view.is_negative() {
        return Err(ts.overflow_error("can't convert negative int to unsigned"));
    }
    let mut bytes = view.to_abs().to_le_bytes().to_vec();
    if bytes.len() > n {
        return Err(ts.overflow_error("int too big to convert"));
    }
    bytes.resize(n, 0);
    Ok(bytes)
}

// --- numbers from values ---

pub fn is_int(v: &Value) -> bool {
    v.as_small_int().is_some() || int::view(v).is_some()
}
pub fn is_negative(v: &Value) -> bool {
    int::is_negative(v)
}
pub fn to_i64(v: &Value) -> Option<i64> {
    int::to_i64(v)
}
pub fn to_i128(ts: &ThreadState, v: &Value) -> Result<i128> {
    let n = protocol::index(ts, v)?;
    int::view(&n).and_then(|n| n.to_i128()).ok_or_else(|| ts.overflow_error("Python int too large to convert to C long"))
}
pub fn index_i64(ts: &ThreadState, v: &Value) -> Result<i64> {
    if let Some(i) = v.as_small_int() {
        return Ok(i);
    }
    let n = protocol::index(ts, v)?;
    to_i64(&n).ok_or_else(|| ts.overflow_error("Python int too large to convert to C long"))
}
pub fn index_i32(ts: &ThreadState, v: &Value) -> Result<i32> {
    let n = protocol::index(ts, v)?;
    let n = to_i64(&n).and_then(|n| i32::try_from(n).ok());
    n.ok_or_else(|| ts.overflow_error("Python int too large to convert to C int"))
}
/// Is it an int, or has it `__index__`?
pub fn has_int_form(ts: &ThreadState, v: &Value) -> Result<bool> {
    Ok(v.as_small_int().is_some() || protocol::has_index(ts, v))
}
/// Whole seconds and nanoseconds, rounded down.
pub fn seconds_to_timespec(ts: &ThreadState, v: &Value) -> Result<(i64, i64)> {
    if let Some(f) = float::view(v) {
        if f.is_nan() {
            return Err(ts.value_error("Invalid value NaN (not a number)"));
        }
        let whole = f.floor();
        let mut ns = ((f - whole) * 1e9).floor() as i64;
        let mut sec = whole;
        if ns >= 1_000_000_000 {
            (sec, ns) = (sec + 1.0, 0);
        }
        if !(-9.2e18..9.2e18).contains(&sec) {
            return Err(ts.overflow_error("timestamp out of range for platform time_t"));
        }
        return Ok((sec as i64, ns));
    }
    let n = protocol::index(ts, v)?;
    match to_i64(&n) {
        Some(n) => Ok((n, 0)),
        None => Err(ts.overflow_error("timestamp out of range for platform time_t")),
    }
}

// --- kinds of objects ---

pub fn is_sequence(ts: &ThreadState, v: &Value) -> bool {
    protocol::is_sequence(ts, v)
}
pub fn is_mapping(ts: &ThreadState, v: &Value) -> bool {
    v.class(ts).slots().getitem.is_some()
}
pub fn is_callable(ts: &ThreadState, v: &Value) -> bool {
    protocol::is_callable(ts, v)
}
/// The payload of an object whose class is `T`'s own, not a subclass.
#[inline]
pub fn exact_class<T: Payload>(v: &Value) -> Option<&T> {
    let found = v.downcast::<T>()?;
    let class = v.class(taipan_objects::thread::current());
    if class.is_heap_type() || !std::ptr::eq(class.layout(), T::LAYOUT) { None } else { Some(found) }
}
pub fn generic_alias(ts: &ThreadState, cls: &Value, object: &Value) -> Result {
    taipan_objects::generic_alias::new(ts, cls, object)
}

// --- buffers ---

/// Contiguous memory lent by an object.
pub struct Loan(buffer::Buffer);

impl Loan {
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }
    #[inline]
    pub fn as_bytes_mut(&mut self) -> &mut [u8] {
        match self.0.write(|b| (b.as_mut_ptr(), b.len())) {
            // SAFETY: the loan keeps the memory in place; Python code that writes to it meanwhile sees and
            // makes byte changes only, as with any buffer.
            Some((p, n)) => unsafe { std::slice::from_raw_parts_mut(p, n) },
            None => &mut [],
        }
    }
}

pub fn readable(ts: &ThreadState, v: &Value) -> Result<Loan> {
    buffer::simple(ts, v).map(Loan)
}
/// `None` for what lends no memory.
pub fn maybe_readable(ts: &ThreadState, v: &Value) -> Result<Option<Loan>> {
    if buffer::supports(ts, v) { readable(ts, v).map(Some) } else { Ok(None) }
}
pub fn writable(ts: &ThreadState, v: &Value) -> Result<Loan> {
    let b = buffer::get(ts, v, buffer::flags::WRITABLE)?;
    if b.readonly || !b.is_contiguous() {
        return Err(ts.buffer_error("Object is not writable."));
    }
    Ok(Loan(b))
}
/// As [`writable`], with the error of an argument.
pub fn writable_arg(ts: &ThreadState, function: &str, v: &Value) -> Result<Loan> {
    if buffer::supports(ts, v) {
        match writable(ts, v) {
            Ok(b) => return Ok(b),
            Err(_) => ts.clear_exception(),
        }
    }
    let name = v.type_name(ts);
    Err(ts.type_error(format!("{function}() argument must be read-write bytes-like object, not {name}")))
}
pub fn memoryview_of(ts: &ThreadState, v: &Value) -> Result {
    let class = taipan_objects::module::builtin_get(ts, "memoryview")?;
    protocol::call(ts, &class, std::slice::from_ref(v))
}

// --- instances ---

/// What `cls(…)` makes of a payload.
pub fn new_of<T: Payload>(ts: &ThreadState, cls: &Value, payload: T) -> Result {
    match cls.as_type() {
        Some(ty) => Ok(heap::new_with_type(ts, ty, payload).into_value()),
        None => Err(ts.type_error(format!("expected a type, not {}", cls.type_name(ts)))),
    }
}
/// As [`new_of`], for classes that take arguments only for the sake of their subclasses' `__init__`.
pub fn new_instance<T: Payload>(ts: &ThreadState, cls: &Value, args: Args<'_>, payload: T) -> Result {
    if !args.is_empty()
        && let Some(ty) = cls.as_type()
    {
        let own = ty.slots().init.is_some_and(|f| !object::is_default_init(f));
        if !own {
            return Err(ts.type_error(format!("{}() takes no arguments", ty.short_name())));
        }
    }
    new_of(ts, cls, payload)
}
/// A class made at run time: `type(name, bases, dict)`.
pub fn new_class(ts: &ThreadState, name: &str, bases: Value, dict: Value) -> Result {
    let meta = Type::class(ts).into_value();
    protocol::call(ts, &meta, &[str_value(ts, name), bases, dict])
}
/// The attributes of an instance for `__getstate__`, None without any.
pub fn instance_dict_copy(ts: &ThreadState, v: &Value) -> Result {
    Ok(match object::instance_dict_copy(ts, v) {
        Some(d) if !d.is_empty() => d.into_value(),
        _ => Value::none(),
    })
}
pub fn update_instance_dict(ts: &ThreadState, v: &Value, attributes: &Value, wrong: &str) -> Result<()> {
    if attributes.is_none() {
        return Ok(());
    }
    let Some(d) = attributes.downcast::<Dict>() else {
        return Err(ts.type_error(format!("{wrong}{}", attributes.type_name(ts))));
    };
    object::instance_dict(ts, v)?.merge(ts, d, true)
}

// --- errors and warnings ---

pub fn exceptions(ts: &ThreadState) -> &'static ExceptionTypes {
    ts.exceptions()
}
pub fn raise_with_args(ts: &ThreadState, class: &Value, args: &[Value]) -> Raised {
    match protocol::call(ts, class, args) {
        Ok(e) => ts.raise(&e),
        Err(raised) => raised,
    }
}
/// An OSError with a text only.
pub fn raise_os_error_text(ts: &ThreadState, text: &str) -> Raised {
    ts.raise_message(&ts.exceptions().os_error, text)
}
/// OSError(text) with a cause.
pub fn raise_from(ts: &ThreadState, text: &str, cause: Option<Value>) -> Raised {
    let raised = raise_os_error_text(ts, text);
    if let (Some(cause), Some(e)) = (cause, ts.take_exception()) {
        if let Some(b) = e.downcast::<BaseException>() {
            b.cause.set(Some(cause.clone()));
            b.context.set(Some(cause));
            b.suppress_context.set(true);
        }
        return ts.raise_again(e);
    }
    raised
}
pub fn set_context(ts: &ThreadState, e: &Value, context: &Value) {
    let _ = ts;
    if let Some(b) = e.downcast::<BaseException>()
        && !e.is(context)
    {
        b.context.set(Some(context.clone()));
    }
}
pub fn unicode_encode_error(ts: &ThreadState, encoding: &str, text: &Value, start: usize, end: usize, reason: &str) -> Raised {
    match text.downcast::<Str>() {
        Some(s) => ts.unicode_encode_error(encoding, s, start, end, reason),
        None => ts.type_error("a str is required"),
    }
}
pub fn unicode_decode_error(ts: &ThreadState, encoding: &str, object: &Value, start: usize, end: usize, reason: &str) -> Raised {
    ts.unicode_decode_error(encoding, object, start, end, reason)
}
pub fn blocking_io_error(ts: &ThreadState, errno: i32, text: &str, written: usize) -> Raised {
    let args = vec![int_value(ts, errno as i64), str_value(ts, text), int_value(ts, written as i64)];
    ts.raise_args(&ts.exceptions().blocking_io_error, args)
}
pub fn buffer_error(ts: &ThreadState, text: &str) -> Raised {
    ts.buffer_error(text)
}
pub fn cannot_pickle(ts: &ThreadState, v: &Value) -> Raised {
    ts.type_error(format!("cannot pickle '{}' instances", v.class(ts).short_name()))
}
/// The exception being raised goes to `sys.unraisablehook`; `place`: "while finalizing file", say.
pub fn unraisable(ts: &ThreadState, place: &str, source: &Value) {
    ts.write_unraisable(&format!("Exception ignored {place}"), Some(source));
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Warning {
    Runtime,
    Deprecation,
    Resource,
}

impl Warning {
    fn class(self) -> fn(&ExceptionTypes) -> &Ref<Type> {
        match self {
            Warning::Runtime => |x| &x.runtime_warning,
            Warning::Deprecation => |x| &x.deprecation_warning,
            Warning::Resource => |x| &x.resource_warning,
        }
    }
}

pub fn warn(ts: &ThreadState, kind: Warning, text: &str, level: i64) -> Result<()> {
    ts.warn(kind.class(), text, level)
}
/// A warning about an object that goes away.
pub fn warn_source(ts: &ThreadState, kind: Warning, text: &str, source: &Value) -> Result<()> {
    let found = ts.interp().modules.get().and_then(|m| m.downcast::<Dict>()?.get_name(ts, "_warnings"));
    let Some(module) = found else { return Ok(()) };
    let category = kind.class()(ts.exceptions()).as_value().clone();
    let args = [str_value(ts, text), category, int_value(ts, 1), source.clone()];
    protocol::call_method(ts, &module, "warn", &args)?;
    Ok(())
}
/// Tells the audit hooks, if there are any (`sys.addaudithook`).
#[inline]
pub fn audit(ts: &ThreadState, event: &str, args: &[Value]) -> Result<()> {
    match ts.interp().hooks.read(|h| h.audit) {
        None => Ok(()),
        Some(f) => f(ts, event, args),
    }
}

// --- codecs ---

/// The registry's entry for an encoding.
pub struct CodecInfo(Option<Value>);

impl CodecInfo {
    /// Looked up only when it is needed.
    pub fn later() -> CodecInfo {
        CodecInfo(None)
    }
    /// The codec of a text encoding.
    pub fn lookup_text(ts: &ThreadState, name: &str) -> Result<CodecInfo> {
        let info = taipan_objects::codecs::registry::lookup(ts, name)?;
        if let Some(text) = protocol::getattr_opt(ts, &info, &Str::intern(ts, "_is_text_encoding"))?
            && !protocol::is_true(ts, &text)?
        {
            return Err(ts.lookup_error(format!("'{name}' is not a text encoding")));
        }
        Ok(CodecInfo(Some(info)))
    }
    pub fn get(&self, ts: &ThreadState, encoding: &Value) -> Result<CodecInfo> {
        match &self.0 {
            Some(v) => Ok(CodecInfo(Some(v.clone()))),
            None => {
                let name = encoding.downcast::<Str>().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
                CodecInfo::lookup_text(ts, &name)
            }
        }
    }
    /// A new incremental encoder or decoder.
    pub fn incremental(&self, ts: &ThreadState, what: &str, errors: &Value) -> Result {
        let Some(info) = &self.0 else { return Err(ts.lookup_error("unknown encoding")) };
        let class = protocol::getattr_name(ts, info, what)?;
        protocol::call(ts, &class, std::slice::from_ref(errors))
    }
}

/// `bytes()` for both kinds of text.
pub trait AsBytes {
    fn bytes(&self) -> &[u8];
}

impl AsBytes for Bytes {
    #[inline]
    fn bytes(&self) -> &[u8] {
        self.as_slice()
    }
}
