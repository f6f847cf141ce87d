//! The functions of the module: open, open_code, text_encoding.

use super::buffered_classes::{BufferedRandom, BufferedReader, BufferedWriter};
use super::fileio::FileIO;
use super::text::TextIOWrapper;
use crate::prelude::*;

/// The most that a block size of the file system makes of the default buffer.
const MAX_BLOCK: usize = 8 * 1024 * 1024;

#[derive(Default)]
struct Mode {
    creating: bool,
    reading: bool,
    writing: bool,
    appending: bool,
    updating: bool,
    text: bool,
    binary: bool,
}

fn parse(mode: &str) -> Option<Mode> {
    let mut m = Mode::default();
    for (i, ch) in mode.char_indices() {
        if mode[..i].contains(ch) {
            return None;
        }
        *match ch {
            'x' => &mut m.creating,
            'r' => &mut m.reading,
            'w' => &mut m.writing,
            'a' => &mut m.appending,
            '+' => &mut m.updating,
            't' => &mut m.text,
            'b' => &mut m.binary,
            _ => return None,
        } = true;
    }
    Some(m)
}

/// How a file is to be opened: the arguments of `open`.
pub struct Request<'a> {
    pub file: &'a Value,
    pub mode: &'a str,
    pub buffering: i32,
    pub encoding: &'a Value,
    pub errors: &'a Value,
    pub newline: &'a Value,
    pub closefd: bool,
    pub opener: &'a Value,
}

pub fn open_file(ts: &ThreadState, r: &Request<'_>) -> Result {
    let path = if is_int(r.file) { r.file.clone() } else { crate::posix::path::fspath(ts, r.file)? };
    let m = parse(r.mode).ok_or_else(|| ts.value_error(format!("invalid mode: '{}'", r.mode)))?;
    if m.text && m.binary {
        return Err(ts.value_error("can't have text and binary mode at once"));
    }
    if [m.creating, m.reading, m.writing, m.appending].iter().filter(|&&b| b).count() > 1 {
        return Err(ts.value_error("must have exactly one of create/read/write/append mode"));
    }
    if m.binary {
        for (v, what) in [(r.encoding, "an encoding"), (r.errors, "an errors"), (r.newline, "a newline")] {
            if !v.is_none() {
                return Err(ts.value_error(format!("binary mode doesn't take {what} argument")));
            }
        }
        if r.buffering == 1 {
            let text = "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used";
            warn(ts, Warning::Runtime, text, 1)?;
        }
    }
    let mut raw_mode = String::new();
    for (on, ch) in [(m.creating, 'x'), (m.reading, 'r'), (m.writing, 'w'), (m.appending, 'a'), (m.updating, '+')] {
        if on {
            raw_mode.push(ch);
        }
    }
    let class = FileIO::class(ts).into_value();
    let raw = protocol::call(ts, &class, &[path, str_value(ts, &raw_mode), Value::bool(r.closefd), r.opener.clone()])?;
    let result = wrap(ts, &raw, &m, r);
    match result {
        Ok(v) => Ok(v),
        Err((stream, _)) => {
            // What was opened is closed again.
            let pending = ts.take_exception();
            let closed = protocol::call_method(ts, &stream, "close", &[]);
            super::base::chain(ts, pending, closed)
        }
    }
}

type Wrapped = std::result::Result<Value, (Value, Raised)>;

fn wrap(ts: &ThreadState, raw: &Value, m: &Mode, r: &Request<'_>) -> Wrapped {
    let fail = |e: Raised| (raw.clone(), e);
    let tty = protocol::call_method(ts, raw, "_isatty_open_only", &[]).and_then(|v| protocol::is_true(ts, &v)).map_err(fail)?;
    let mut buffering = r.buffering as isize;
    let line_buffering = buffering == 1 && !m.binary || buffering < 0 && tty;
    if buffering < 0 || buffering == 1 {
        let block = raw.downcast::<FileIO>().map_or(0, |f| f.block_size() as usize);
        buffering = block.min(MAX_BLOCK).max(super::DEFAULT_BUFFER_SIZE) as isize;
    }
    if buffering == 0 {
        if !m.binary {
            return Err(fail(ts.value_error("can't have unbuffered text I/O")));
        }
        return Ok(raw.clone());
    }
    let buffer = if m.updating {
        let b = heap::new(ts, BufferedRandom::fresh()).into_value();
        BufferedRandom::setup(ts, &b, raw, buffering).map_err(fail)?;
        b
    } else if m.creating || m.writing || m.appending {
        let b = heap::new(ts, BufferedWriter::fresh()).into_value();
        BufferedWriter::setup(ts, &b, raw, buffering).map_err(fail)?;
        b
    } else if m.reading {
        let b = heap::new(ts, BufferedReader::fresh()).into_value();
        BufferedReader::setup(ts, &b, raw, buffering).map_err(fail)?;
        b
    } else {
        return Err(fail(ts.value_error(format!("unknown mode: '{}'", r.mode))));
    };
    if m.binary {
        return Ok(buffer);
    }
    let fail = |e: Raised| (buffer.clone(), e);
    let wrapper = heap::new(ts, TextIOWrapper::fresh());
    wrapper.setup(ts, &buffer, r.encoding, r.errors, r.newline, line_buffering, false).map_err(fail)?;
    let wrapper = wrapper.into_value();
    protocol::setattr(ts, &wrapper, &Str::intern(ts, "mode"), &str_value(ts, r.mode)).map_err(fail)?;
    Ok(wrapper)
}

fn str_or_none(ts: &ThreadState, name: &str, v: &Value) -> Result<()> {
    if v.is_none() || v.downcast::<Str>().is_some() {
        return Ok(());
    }
    Err(ts.type_error(format!("open() argument '{name}' must be str or None, not {}", v.type_name(ts))))
}

/// `-X warn_default_encoding`
pub fn warn_of_default(ts: &ThreadState, level: i64) -> Result<()> {
    if ts.interp().config.read(crate::sys::info::warn_default_encoding) {
        ts.warn(|x| &x.encoding_warning, "'encoding' argument not specified", level)?;
    }
    Ok(())
}

#[functions(module = "_io")]
pub mod functions {
    use super::*;

    /// Open file and return a stream.  Raise OSError upon failure.
    ///
    /// file is either a text or byte string giving the name (and the path
    /// if the file isn't in the current working directory) of the file to
    /// be opened or an integer file descriptor of the file to be
    /// wrapped. (If a file descriptor is given, it is closed when the
    /// returned I/O object is closed, unless closefd is set to False.)
    ///
    /// mode is an optional string that specifies the mode in which the file
    /// is opened. It defaults to 'r' which means open for reading in text
    /// mode.  Other common values are 'w' for writing (truncating the file if
    /// it already exists), 'x' for creating and writing to a new file, and
    /// 'a' for appending (which on some Unix systems, means that all writes
    /// append to the end of the file regardless of the current seek position).
    /// In text mode, if encoding is not specified the encoding used is platform
    /// dependent: locale.getencoding() is called to get the current locale encoding.
    /// (For reading and writing raw bytes use binary mode and leave encoding
    /// unspecified.)
    #[function("open(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)")]
    #[allow(clippy::too_many_arguments)]
    fn open(ts: &ThreadState, file: &Value, mode: &str, buffering: i32, encoding: Value, errors: Value, newline: Value, closefd: bool, opener: Value) -> Result {
        str_or_none(ts, "encoding", &encoding)?;
        str_or_none(ts, "errors", &errors)?;
        str_or_none(ts, "newline", &newline)?;
        let request = Request { file, mode, buffering, encoding: &encoding, errors: &errors, newline: &newline, closefd, opener: &opener };
        open_file(ts, &request)
    }
    /// Opens the provided file with the intent to import the contents.
    ///
    /// This may perform extra validation beyond open(), but is otherwise interchangeable
    /// with calling open(path, 'rb').
    #[function("open_code(path)")]
    fn open_code(ts: &ThreadState, path: &Value) -> Result {
        if path.downcast::<Str>().is_none() {
            return Err(ts.type_error(format!("open_code() argument 'path' must be str, not {}", path.type_name(ts))));
        }
        let none = Value::none();
        let request = Request { file: path, mode: "rb", buffering: -1, encoding: &none, errors: &none, newline: &none, closefd: true, opener: &none };
        open_file(ts, &request)
    }
    /// A helper function to choose the text encoding.
    ///
    /// When encoding is not None, this function returns it.
    /// Otherwise, this function returns the default text encoding
    /// (i.e. "locale" or "utf-8" depends on UTF-8 mode).
    ///
    /// This function emits an EncodingWarning if encoding is None and
    /// sys.flags.warn_default_encoding is true.
    ///
    /// This can be used in APIs with an encoding=None parameter.
    /// However, please consider using encoding="utf-8" for new APIs.
    #[function("text_encoding(encoding, stacklevel=2, /)")]
    fn text_encoding(ts: &ThreadState, encoding: &Value, stacklevel: i32) -> Result {
        if encoding.is_none() {
            warn_of_default(ts, stacklevel as i64)?;
            return Ok(str_value(ts, if ts.interp().config.read(|c| c.utf8_mode) { "utf-8" } else { "locale" }));
        }
        Ok(encoding.clone())
    }
}
