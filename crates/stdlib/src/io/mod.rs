//! The module `_io`: files, buffers and text streams.

pub mod base;
pub mod buffered;
pub mod buffered_classes;
pub mod bytesio;
pub mod fileio;
pub mod newlines;
pub mod open;
pub mod rwpair;
pub mod stringio;
pub mod text;
pub mod text_codec;
pub mod text_read;
pub mod text_seek;

use crate::prelude::*;
use std::cell::OnceCell;

pub const DEFAULT_BUFFER_SIZE: usize = 128 * 1024;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_io",
    doc: "The io module provides the Python interfaces to stream handling. The\nbuiltin open function is defined in this module.\n\nAt the top of the I/O hierarchy is the abstract base class IOBase. It\ndefines the basic interface to a stream. Note, however, that there is no\nseparation between reading and writing to streams; implementations are\nallowed to raise an OSError if they do not support a given operation.\n\nExtending IOBase is RawIOBase which deals simply with the reading and\nwriting of raw bytes to a stream. FileIO subclasses RawIOBase to provide\nan interface to OS files.\n\nBufferedIOBase deals with buffering on a raw byte stream (RawIOBase). Its\nsubclasses, BufferedWriter, BufferedReader, and BufferedRWPair buffer\nstreams that are readable, writable, and both respectively.\nBufferedRandom provides a buffered interface to random access\nstreams. BytesIO is a simple stream of in-memory bytes.\n\nAnother IOBase subclass, TextIOBase, deals with the encoding and decoding\nof streams into text. TextIOWrapper, which extends it, is a buffered text\ninterface to a buffered raw stream (`BufferedIOBase`). Finally, StringIO\nis an in-memory stream for text.\n\nArgument names are not part of the specification, and only the arguments\nof open() are intended to be used as keyword arguments.\n\ndata:\n\nDEFAULT_BUFFER_SIZE\n   An int containing the default buffer size used by the module's buffered\n   I/O classes.\n",
    functions: &[open::functions::FUNCTIONS],
    init: Some(init),
};

#[derive(Default)]
pub struct IoState {
    unsupported: OnceCell<Value>,
}

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    dict.set_name(ts, "DEFAULT_BUFFER_SIZE", int_value(ts, DEFAULT_BUFFER_SIZE as i64));
    dict.set_name(ts, "UnsupportedOperation", unsupported_operation(ts)?);
    dict.set_name(ts, "BlockingIOError", exceptions(ts).blocking_io_error.clone().into_value());
    macro_rules! classes {
        ($($name:literal $class:ty),* $(,)?) => { $(dict.set_name(ts, $name, <$class>::class(ts).into_value());)* };
    }
    classes! {
        "_IOBase" base::IOBase,
        "_RawIOBase" base::RawIOBase,
        "_BufferedIOBase" base::BufferedIOBase,
        "_TextIOBase" base::TextIOBase,
        "FileIO" fileio::FileIO,
        "BytesIO" bytesio::BytesIO,
        "_BytesIOBuffer" bytesio::BytesIOBuffer,
        "StringIO" stringio::StringIO,
        "BufferedReader" buffered_classes::BufferedReader,
        "BufferedWriter" buffered_classes::BufferedWriter,
        "BufferedRandom" buffered_classes::BufferedRandom,
        "BufferedRWPair" rwpair::BufferedRWPair,
        "TextIOWrapper" text::TextIOWrapper,
        "IncrementalNewlineDecoder" newlines::IncrementalNewlineDecoder,
    }
    Ok(())
}

/// `io.UnsupportedOperation`, which is both an OSError and a ValueError.
pub fn unsupported_operation(ts: &ThreadState) -> Result {
    let state = ts.interp().extension::<IoState>();
    if let Some(t) = state.unsupported.get() {
        return Ok(t.clone());
    }
    let bases = [exceptions(ts).os_error.clone().into_value(), exceptions(ts).value_error.clone().into_value()];
    let dict = Dict::new(ts);
    dict.set_name(ts, "__module__", str_value(ts, "io"));
    let t = new_class(ts, "UnsupportedOperation", tuple(ts, bases.into()), dict.into_value())?;
    Ok(state.unsupported.get_or_init(|| t).clone())
}

pub fn unsupported(ts: &ThreadState, message: &str) -> Raised {
    match unsupported_operation(ts) {
        Ok(class) => raise_with_args(ts, &class, &[str_value(ts, message)]),
        Err(raised) => raised,
    }
}

pub fn is_closed(ts: &ThreadState, stream: &Value) -> Result<bool> {
    let v = protocol::getattr_name(ts, stream, "closed")?;
    protocol::is_true(ts, &v)
}

pub fn check_closed(ts: &ThreadState, stream: &Value) -> Result<()> {
    match protocol::getattr_opt(ts, stream, &Str::intern(ts, "closed"))? {
        Some(v) if protocol::is_true(ts, &v)? => Err(ts.value_error("I/O operation on closed file.")),
        _ => Ok(()),
    }
}

/// A size that may be None for "all": -1.
pub fn optional_size(ts: &ThreadState, v: &Value) -> Result<isize> {
    if v.is_none() {
        return Ok(-1);
    }
    if let Some(n) = v.as_small_int() {
        return Ok(n as isize);
    }
    if !has_int_form(ts, v)? {
        return Err(ts.type_error(format!("argument should be integer or None, not '{}'", v.type_name(ts))));
    }
    protocol::as_isize(ts, v)
}

/// An offset in a file.
pub fn offset(ts: &ThreadState, v: &Value) -> Result<i64> {
    if let Some(n) = v.as_small_int() {
        return Ok(n);
    }
    let n = protocol::index(ts, v)?;
    to_i64(&n).ok_or_else(|| ts.overflow_error("Python int too large to convert to C long"))
}
