//! TextIOWrapper: text over a stream of bytes. Here are its making and its writing; reading is in
//! `text_read`, places in `text_seek`.

use super::base::TextIOBase;
use super::buffered_classes::{BufferedWriter, write_bytes};
use super::newlines::{Newlines, expand};
use super::text_codec::{Codec, Decoder, Errors, Native, codec_of, encode_native, errors_of};
use super::unsupported;
use crate::prelude::*;
use std::cell::Cell;

pub const CHUNK_SIZE: usize = 8192;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum State {
    Uninitialized,
    Ready,
    Detached,
}

#[repr(C)]
pub struct TextIOWrapper {
    base: TextIOBase,
    pub state: Cell<State>,
    pub buffer: GilCell<Option<Value>>,
    encoding: GilCell<Option<Value>>,
    errors: GilCell<Option<Value>>,
    codec: Cell<Codec>,
    handler: Cell<Errors>,
    /// The registry's encoder, where the codec is not one of ours.
    encoder: GilCell<Option<Value>>,
    pub decoder: GilCell<Option<Decoder>>,
    /// The line end that `readline` looks for; `None` for universal newlines.
    pub read_newline: GilCell<Option<Vec<u8>>>,
    pub read_universal: Cell<bool>,
    pub read_translate: Cell<bool>,
    /// What `\n` becomes when written.
    write_newline: GilCell<Option<&'static [u8]>>,
    line_buffering: Cell<bool>,
    write_through: Cell<bool>,
    /// The buffer takes bytes.
    writes: Cell<bool>,
    pub finalizing: Cell<bool>,
    pub seekable: Cell<bool>,
    pub telling: Cell<bool>,
    pub has_read1: Cell<bool>,
    pub chunk_size: Cell<usize>,
    /// Encoded text on its way to the buffer.
    pending: GilCell<Vec<u8>>,
    /// Decoded text, and how many of its bytes were given out.
    pub decoded: GilCell<Vec<u8>>,
    pub used: Cell<usize>,
    /// The decoder's flags before the last piece, and the bytes of that piece.
    pub snapshot: GilCell<Option<(i64, Vec<u8>)>>,
    pub bytes_per_char: Cell<f64>,
    pub encoding_start: Cell<bool>,
}
payload!(TextIOWrapper, parent = TextIOBase, container, traverse = |s, visit| {
    for cell in [&s.buffer, &s.encoding, &s.errors, &s.encoder] {
        cell.read(|v| v.iter().for_each(&mut *visit));
    }
    s.decoder.read(|d| d.iter().for_each(|d| d.python_object().into_iter().for_each(&mut *visit)));
});

fn newline_kind(ts: &ThreadState, newline: &Value) -> Result<Option<Vec<u8>>> {
    let Some(s) = newline.downcast::<Str>() else { return Ok(None) };
    if matches!(s.bytes(), b"" | b"\n" | b"\r" | b"\r\n") {
        return Ok(Some(s.bytes().to_vec()));
    }
    Err(ts.value_error(format!("illegal newline value: {}", s.to_string_lossy())))
}

fn str_or_none(ts: &ThreadState, function: &str, name: &str, v: &Value) -> Result<()> {
    if v.is_none() || v.downcast::<Str>().is_some() {
        return Ok(());
    }
    Err(ts.type_error(format!("{function}() argument '{name}' must be str or None, not {}", v.type_name(ts))))
}

impl TextIOWrapper {
    pub fn fresh() -> TextIOWrapper {
        TextIOWrapper {
            base: TextIOBase::NEW,
            state: Cell::new(State::Uninitialized),
            buffer: GilCell::new(None),
            encoding: GilCell::new(None),
            errors: GilCell::new(None),
            codec: Cell::new(Codec::Other),
            handler: Cell::new(Errors::Other),
            encoder: GilCell::new(None),
            decoder: GilCell::new(None),
            read_newline: GilCell::new(None),
            read_universal: Cell::new(false),
            read_translate: Cell::new(false),
            write_newline: GilCell::new(None),
            line_buffering: Cell::new(false),
            write_through: Cell::new(false),
            writes: Cell::new(false),
            finalizing: Cell::new(false),
            seekable: Cell::new(false),
            telling: Cell::new(false),
            has_read1: Cell::new(false),
            chunk_size: Cell::new(CHUNK_SIZE),
            pending: GilCell::new(vec![]),
            decoded: GilCell::new(vec![]),
            used: Cell::new(0),
            snapshot: GilCell::new(None),
            bytes_per_char: Cell::new(0.0),
            encoding_start: Cell::new(false),
        }
    }
    pub fn buffer(&self, ts: &ThreadState) -> Result {
        match (self.state.get(), self.buffer.get()) {
            (State::Ready, Some(b)) => Ok(b),
            (State::Detached, _) => Err(ts.value_error("underlying buffer has been detached")),
            _ => Err(ts.value_error("I/O operation on uninitialized object")),
        }
    }
    pub fn check_closed(&self, ts: &ThreadState, slf: &Value) -> Result {
        let buffer = self.buffer(ts)?;
        let closed = if exact_class::<TextIOWrapper>(slf).is_some() {
            match super::buffered_classes::buffered(&buffer).filter(|_| is_plain_buffer(&buffer)) {
                Some(b) => b.is_closed(ts)?,
                None => super::is_closed(ts, &buffer)?,
            }
        } else {
            super::is_closed(ts, slf)?
        };
        if closed { Err(ts.value_error("I/O operation on closed file.")) } else { Ok(buffer) }
    }
    /// Takes over the argument `newline` for both directions.
    fn set_newline(&self, kind: Option<Vec<u8>>) {
        let universal = kind.as_ref().is_none_or(|k| k.is_empty());
        self.read_universal.set(universal);
        self.read_translate.set(kind.is_none());
        self.write_newline.set(match kind.as_deref() {
            Some(b"\r") => Some(b"\r"),
            Some(b"\r\n") => Some(b"\r\n"),
            _ => None,
        });
        self.read_newline.set(kind);
    }
    /// Makes decoder and encoder for what the stream can do.
    fn set_codecs(&self, ts: &ThreadState, buffer: &Value, info: &CodecInfo) -> Result<()> {
        self.decoder.set(None);
        self.encoder.set(None);
        let errors = self.errors.get().unwrap_or(Value::none());
        if protocol::is_true(ts, &protocol::call_method(ts, buffer, "readable", &[])?)? {
            let newlines =
                self.read_universal.get().then(|| Newlines { translate: self.read_translate.get(), ..Newlines::default() });
            self.decoder.set(Some(match Native::new(self.codec.get(), self.handler.get()) {
                Some(n) => Decoder::native(n, newlines),
                None => Decoder::python(info.get(ts, &self.encoding_name(ts))?.incremental(ts, "incrementaldecoder", &errors)?, newlines),
            }));
        }
        self.writes.set(protocol::is_true(ts, &protocol::call_method(ts, buffer, "writable", &[])?)?);
        if self.writes.get() && self.codec.get() == Codec::Other {
            let encoder = info.get(ts, &self.encoding_name(ts))?.incremental(ts, "incrementalencoder", &errors)?;
            self.encoder.set(Some(encoder));
        }
        Ok(())
    }
    fn encoding_name(&self, ts: &ThreadState) -> Value {
        self.encoding.get().unwrap_or_else(|| str_value(ts, "utf-8"))
    }
    /// Encoders with a byte order mark must not write it again in the middle of a file.
    fn fix_encoder_state(&self, ts: &ThreadState, buffer: &Value) -> Result<()> {
        let Some(encoder) = self.encoder.get() else { return Ok(()) };
        if !self.seekable.get() {
            return Ok(());
        }
        self.encoding_start.set(true);
        let place = protocol::call_method(ts, buffer, "tell", &[])?;
        if to_i64(&place) != Some(0) {
            self.encoding_start.set(false);
            protocol::call_method(ts, &encoder, "setstate", &[int_value(ts, 0)])?;
        }
        Ok(())
    }
    fn set_encoding(&self, ts: &ThreadState, encoding: Value, errors: Value) -> Result<CodecInfo> {
        let name = encoding.downcast::<Str>().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        if let Some(s) = encoding.downcast_ref::<Str>()
            && s.has_surrogates()
        {
            return protocol::call_method(ts, s.as_value(), "encode", &[str_value(ts, "utf-8")]).and(Err(Raised));
        }
        if ts.interp().config.read(|c| c.dev_mode)
            && let Some(s) = errors.downcast::<Str>()
        {
            taipan_objects::codecs::registry::lookup_error(ts, &s.to_string_lossy())?;
        }
        if name.contains('\0') {
            return Err(ts.value_error("embedded null character"));
        }
        let handler = errors.downcast::<Str>().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        let codec = codec_of(&name);
        let info = if codec == Codec::Other { CodecInfo::lookup_text(ts, &name)? } else { CodecInfo::later() };
        self.codec.set(codec);
        self.handler.set(errors_of(&handler));
        self.encoding.set(Some(encoding));
        self.errors.set(Some(errors));
        Ok(info)
    }
    #[allow(clippy::too_many_arguments)]
    pub fn setup(&self, ts: &ThreadState, buffer: &Value, encoding: &Value, errors: &Value, newline: &Value, line_buffering: bool, write_through: bool) -> Result<()> {
        self.state.set(State::Uninitialized);
        str_or_none(ts, "TextIOWrapper", "encoding", encoding)?;
        str_or_none(ts, "TextIOWrapper", "errors", errors)?;
        str_or_none(ts, "TextIOWrapper", "newline", newline)?;
        let kind = newline_kind(ts, newline)?;
        if encoding.is_none() {
            super::open::warn_of_default(ts, 1)?;
        }
        let encoding = default_encoding(ts, encoding);
        let errors = if errors.is_none() { str_value(ts, "strict") } else { errors.clone() };
        let info = self.set_encoding(ts, encoding, errors)?;
        self.set_newline(kind);
        self.line_buffering.set(line_buffering);
        self.write_through.set(write_through);
        self.pending.set(vec![]);
        self.decoded.set(vec![]);
        self.used.set(0);
        self.snapshot.set(None);
        self.chunk_size.set(CHUNK_SIZE);
        self.bytes_per_char.set(0.0);
        self.buffer.set(Some(buffer.clone()));
        self.set_codecs(ts, buffer, &info)?;
        let seekable = protocol::is_true(ts, &protocol::call_method(ts, buffer, "seekable", &[])?)?;
        self.seekable.set(seekable);
        self.telling.set(seekable);
        let read1 = is_plain_buffer(buffer) || protocol::getattr_opt(ts, buffer, &Str::intern(ts, "read1"))?.is_some();
        self.has_read1.set(read1);
        self.encoding_start.set(false);
        self.fix_encoder_state(ts, buffer)?;
        self.state.set(State::Ready);
        Ok(())
    }

    /// Hands what is pending to the buffer.
    pub fn write_pending(&self, ts: &ThreadState) -> Result<()> {
        if self.pending.read(|p| p.is_empty()) {
            return Ok(());
        }
        let data = self.pending.take();
        let buffer = self.buffer(ts)?;
        if exact_class::<BufferedWriter>(&buffer).is_some() {
            let r = write_bytes(ts, &buffer, &data);
            // The memory serves the next time.
            self.pending.write(|p| {
                if p.is_empty() && data.capacity() < 1 << 20 {
                    *p = data;
                    p.clear();
                }
            });
            return r.map(drop);
        }
        protocol::call_method(ts, &buffer, "write", &[bytes_from_vec(ts, data)]).map(drop)
    }
    fn encode(&self, ts: &ThreadState, text: &Value, bytes: &[u8], is_ascii: bool, translated: bool) -> Result<()> {
        let (codec, handler) = (self.codec.get(), self.handler.get());
        if codec != Codec::Other && self.pending.write(|p| encode_native(codec, handler, bytes, is_ascii, p)) {
            return Ok(());
        }
        let text = if translated { Str::from_wtf8(ts, bytes).into_value() } else { text.clone() };
        let encoded = match self.encoder.get() {
            Some(e) => {
                let r = protocol::call_method(ts, &e, "encode", &[text])?;
                self.encoding_start.set(false);
                r
            }
            None if codec == Codec::Other => return Err(unsupported(ts, "not writable")),
            None => {
                let errors = self.errors.get().unwrap_or(Value::none());
                protocol::call_method(ts, &text, "encode", &[self.encoding_name(ts), errors])?
            }
        };
        let Some(b) = encoded.downcast::<Bytes>() else {
            return Err(ts.type_error(format!("encoder should return a bytes object, not '{}'", encoded.type_name(ts))));
        };
        self.pending.write(|p| p.extend_from_slice(b.bytes()));
        Ok(())
    }
    pub fn write_text(&self, ts: &ThreadState, slf: &Value, text: &Value) -> Result<usize> {
        let Some(s) = text.downcast::<Str>() else {
            return Err(ts.type_error(format!("write() argument must be str, not {}", text.type_name(ts))));
        };
        let buffer = self.check_closed(ts, slf)?;
        if !self.writes.get() {
            return Err(unsupported(ts, "not writable"));
        }
        let bytes = s.bytes();
        let write_newline = self.write_newline.get();
        let has_lf = (write_newline.is_some() || self.line_buffering.get()) && memchr::memchr(b'\n', bytes).is_some();
        let mut flush = false;
        if self.line_buffering.get() && (has_lf || memchr::memchr(b'\r', bytes).is_some()) {
            flush = true;
        }
        // Not for more than the limit: a long text does not wait behind what is pending.
        if self.pending.read(|p| !p.is_empty() && p.len() + bytes.len() > self.chunk_size.get()) {
            self.write_pending(ts)?;
        }
        match write_newline.filter(|_| has_lf) {
            Some(nl) => {
                let expanded = expand(bytes, nl);
                self.encode(ts, text, &expanded, s.is_ascii(), true)?;
            }
            None => self.encode(ts, text, bytes, s.is_ascii(), false)?,
        }
        if flush || self.write_through.get() || self.pending.read(|p| p.len() >= self.chunk_size.get()) {
            self.write_pending(ts)?;
        }
        if flush {
            protocol::call_method(ts, &buffer, "flush", &[])?;
        }
        if self.snapshot.read(|s| s.is_some()) || self.decoded.read(|d| !d.is_empty()) {
            self.forget_decoded();
            super::text_codec::reset(ts, &self.decoder)?;
        }
        Ok(s.len())
    }
    pub fn encoder_object(&self) -> Option<Value> {
        self.encoder.get()
    }
    pub fn forget_decoded(&self) {
        self.decoded.write(|d| d.clear());
        self.used.set(0);
        self.snapshot.set(None);
    }
    fn text(ts: &ThreadState, slf: &Value) -> Result<String> {
        let w = this(ts, slf)?;
        if w.state.get() == State::Uninitialized {
            return Err(ts.value_error("I/O operation on uninitialized object"));
        }
        let class = slf.type_name(ts);
        let Some(_guard) = protocol::repr_enter(ts, slf)? else {
            return Err(ts.runtime_error(format!("reentrant call inside {class}.__repr__")));
        };
        let mut out = format!("<{class}");
        for attribute in ["name", "mode"] {
            match protocol::getattr_opt(ts, slf, &Str::intern(ts, attribute)) {
                Ok(Some(v)) => out += &format!(" {attribute}={}", protocol::repr(ts, &v)?.to_string_lossy()),
                Ok(None) => {}
                Err(raised) => {
                    if !ts.exception_matches(&exceptions(ts).value_error) {
                        return Err(raised);
                    }
                    ts.take_exception();
                }
            }
        }
        let encoding = protocol::repr(ts, &w.encoding_name(ts))?;
        Ok(format!("{out} encoding={}>", encoding.to_string_lossy()))
    }
}

/// Is the buffer one of our classes exactly, so that its methods are known?
pub fn is_plain_buffer(buffer: &Value) -> bool {
    use super::buffered_classes::{BufferedRandom, BufferedReader};
    exact_class::<BufferedReader>(buffer).is_some()
        || exact_class::<BufferedWriter>(buffer).is_some()
        || exact_class::<BufferedRandom>(buffer).is_some()
}

/// `encoding=None` and `"locale"` mean the locale's, which is UTF-8 here.
fn default_encoding(ts: &ThreadState, encoding: &Value) -> Value {
    match encoding.downcast::<Str>() {
        None if ts.interp().config.read(|c| c.utf8_mode) => str_value(ts, "utf-8"),
        None => str_value(ts, "UTF-8"),
        Some(s) if s.bytes() == b"locale" => str_value(ts, "UTF-8"),
        Some(_) => encoding.clone(),
    }
}

pub fn this<'a>(ts: &ThreadState, slf: &'a Value) -> Result<&'a TextIOWrapper> {
    slf.downcast::<TextIOWrapper>().ok_or_else(|| ts.type_error("not a TextIOWrapper"))
}

/// Character and line based layer over a BufferedIOBase object, buffer.
///
/// encoding gives the name of the encoding that the stream will be
/// decoded or encoded with. It defaults to locale.getencoding().
///
/// errors determines the strictness of encoding and decoding (see
/// help(codecs.Codec) or the documentation for codecs.register) and
/// defaults to "strict".
///
/// newline controls how line endings are handled. It can be None, '',
/// '\n', '\r', and '\r\n'.  It works as follows:
///
/// * On input, if newline is None, universal newlines mode is
///   enabled. Lines in the input can end in '\n', '\r', or '\r\n', and
///   these are translated into '\n' before being returned to the
///   caller. If it is '', universal newline mode is enabled, but line
///   endings are returned to the caller untranslated. If it has any of
///   the other legal values, input lines are only terminated by the given
///   string, and the line ending is returned to the caller untranslated.
///
/// * On output, if newline is None, any '\n' characters written are
///   translated to the system default line separator, os.linesep. If
///   newline is '' or '\n', no translation takes place. If newline is any
///   of the other legal values, any '\n' characters written are translated
///   to the given string.
///
/// If line_buffering is True, a call to flush is implied when a call to
/// write contains a newline character.
#[class(name = "TextIOWrapper", module = "_io", base = TextIOBase, parts(Self::READING, Self::PLACES))]
impl TextIOWrapper {
    #[slot(new)]
    fn new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result {
        let _ = args;
        new_of(ts, cls, TextIOWrapper::fresh())
    }
    #[init("(buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)")]
    #[allow(clippy::too_many_arguments)]
    fn init(&self, ts: &ThreadState, buffer: &Value, encoding: Value, errors: Value, newline: Value, line_buffering: bool, write_through: bool) -> Result<()> {
        self.setup(ts, buffer, &encoding, &errors, &newline, line_buffering, write_through)
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result {
        Ok(str_value(ts, &TextIOWrapper::text(ts, slf)?))
    }
    #[slot(finalize)]
    fn finalize(ts: &ThreadState, slf: &Value) {
        super::base::finalize(ts, slf)
    }
    /// Reconfigure the text stream with new parameters.
    ///
    /// This also does an implicit stream flush.
    #[method("reconfigure($self, /, *, encoding=None, errors=None, newline=<unrepresentable>, line_buffering=None, write_through=None)")]
    fn reconfigure(slf: &Value, ts: &ThreadState, encoding: Value, errors: Value, newline: Option<&Value>, line_buffering: Value, write_through: Value) -> Result<()> {
        let w = this(ts, slf)?;
        str_or_none(ts, "reconfigure", "encoding", &encoding)?;
        str_or_none(ts, "reconfigure", "errors", &errors)?;
        let changes = !encoding.is_none() || !errors.is_none() || newline.is_some();
        if changes && (w.snapshot.read(|s| s.is_some()) || w.decoded.read(|d| !d.is_empty())) {
            return Err(unsupported(ts, "It is not possible to set the encoding or newline of stream after the first read"));
        }
        let kind = match newline {
            Some(nl) => {
                str_or_none(ts, "reconfigure", "newline", nl)?;
                Some(newline_kind(ts, nl)?)
            }
            None => None,
        };
        let flag = |v: &Value, old: bool| if v.is_none() { Ok(old) } else { Ok(index_i64(ts, v)? != 0) };
        let line_buffering = flag(&line_buffering, w.line_buffering.get())?;
        let write_through = flag(&write_through, w.write_through.get())?;
        protocol::call_method(ts, slf, "flush", &[])?;
        if changes {
            let buffer = w.buffer(ts)?;
            if let Some(kind) = kind {
                w.set_newline(kind);
            }
            let errors = if !errors.is_none() {
                errors
            } else if !encoding.is_none() {
                str_value(ts, "strict")
            } else {
                w.errors.get().unwrap_or(Value::none())
            };
            let encoding = if encoding.is_none() { w.encoding_name(ts) } else { default_encoding(ts, &encoding) };
            let info = w.set_encoding(ts, encoding, errors)?;
            w.set_codecs(ts, &buffer, &info)?;
            w.fix_encoder_state(ts, &buffer)?;
        }
        w.line_buffering.set(line_buffering);
        w.write_through.set(write_through);
        Ok(())
    }
    #[method("write($self, text, /)")]
    fn write(slf: &Value, ts: &ThreadState, text: &Value) -> Result<usize> {
        this(ts, slf)?.write_text(ts, slf, text)
    }
    #[method("flush($self, /)")]
    fn flush(slf: &Value, ts: &ThreadState) -> Result {
        let w = this(ts, slf)?;
        let buffer = w.check_closed(ts, slf)?;
        w.telling.set(w.seekable.get());
        w.write_pending(ts)?;
        protocol::call_method(ts, &buffer, "flush", &[])
    }
    #[method("detach($self, /)")]
    fn detach(slf: &Value, ts: &ThreadState) -> Result {
        let w = this(ts, slf)?;
        let buffer = w.buffer(ts)?;
        protocol::call_method(ts, slf, "flush", &[])?;
        w.buffer.set(None);
        w.state.set(State::Detached);
        Ok(buffer)
    }
    #[method("close($self, /)")]
    fn close(slf: &Value, ts: &ThreadState) -> Result {
        let w = this(ts, slf)?;
        let buffer = w.buffer(ts)?;
        // What looked may have taken the buffer away.
        if super::is_closed(ts, &buffer)? || w.state.get() == State::Detached {
            return Ok(Value::none());
        }
        if w.finalizing.get() && protocol::call_method(ts, &buffer, "_dealloc_warn", std::slice::from_ref(slf)).is_err() {
            ts.take_exception();
        }
        let flushed = protocol::call_method(ts, slf, "flush", &[]);
        let pending = if flushed.is_err() { ts.take_exception() } else { None };
        let closed = protocol::call_method(ts, &buffer, "close", &[]);
        super::base::chain(ts, pending, closed)
    }
    #[method("fileno($self, /)")]
    fn fileno(&self, ts: &ThreadState) -> Result {
        protocol::call_method(ts, &self.buffer(ts)?, "fileno", &[])
    }
    #[method("seekable($self, /)")]
    fn seekable(&self, ts: &ThreadState) -> Result {
        protocol::call_method(ts, &self.buffer(ts)?, "seekable", &[])
    }
    #[method("readable($self, /)")]
    fn readable(&self, ts: &ThreadState) -> Result {
        protocol::call_method(ts, &self.buffer(ts)?, "readable", &[])
    }
    #[method("writable($self, /)")]
    fn writable(&self, ts: &ThreadState) -> Result {
        protocol::call_method(ts, &self.buffer(ts)?, "writable", &[])
    }
    #[method("isatty($self, /)")]
    fn isatty(&self, ts: &ThreadState) -> Result {
        protocol::call_method(ts, &self.buffer(ts)?, "isatty", &[])
    }
    #[method("__getstate__($self, /)")]
    fn getstate(slf: &Value, ts: &ThreadState) -> Result<()> {
        Err(cannot_pickle(ts, slf))
    }
    #[getter("buffer", member)]
    fn get_buffer(&self, ts: &ThreadState) -> Result<Option<Value>> {
        let _ = ts;
        Ok(self.buffer.get())
    }
    #[getter("encoding", member)]
    fn get_encoding(&self) -> Option<Value> {
        self.encoding.get()
    }
    #[getter("line_buffering", member)]
    fn get_line_buffering(&self) -> bool {
        self.line_buffering.get()
    }
    #[getter("write_through", member)]
    fn get_write_through(&self) -> bool {
        self.write_through.get()
    }
    #[getter("_finalizing", member)]
    fn get_finalizing(&self) -> bool {
        self.finalizing.get()
    }
    #[setter("_finalizing")]
    fn set_finalizing(&self, ts: &ThreadState, value: Option<&Value>) -> Result<()> {
        let Some(v) = value else { return Err(ts.type_error("can't delete numeric/char attribute")) };
        self.finalizing.set(protocol::is_true(ts, v)?);
        Ok(())
    }
    #[getter]
    fn name(&self, ts: &ThreadState) -> Result {
        protocol::getattr_name(ts, &self.buffer(ts)?, "name")
    }
    #[getter]
    fn closed(&self, ts: &ThreadState) -> Result {
        protocol::getattr_name(ts, &self.buffer(ts)?, "closed")
    }
    #[getter]
    fn newlines(&self, ts: &ThreadState) -> Result {
        self.buffer(ts)?;
        Ok(self.decoder.read(|d| match d.as_ref().and_then(|d| d.newlines.as_ref()) {
            Some(n) => n.seen_value(ts),
            None => Value::none(),
        }))
    }
    #[getter("errors")]
    fn get_errors(&self, ts: &ThreadState) -> Result {
        if self.state.get() != State::Detached {
            self.buffer(ts)?;
        }
        Ok(self.errors.get().unwrap_or(Value::none()))
    }
    #[getter("_CHUNK_SIZE")]
    fn get_chunk_size(&self, ts: &ThreadState) -> Result<usize> {
        self.buffer(ts)?;
        Ok(self.chunk_size.get())
    }
    #[setter("_CHUNK_SIZE")]
    fn set_chunk_size(&self, ts: &ThreadState, value: Option<&Value>) -> Result<()> {
        self.buffer(ts)?;
        let Some(v) = value else { return Err(ts.attribute_error("_CHUNK_SIZE attribute cannot be deleted")) };
        let n = to_i64(&protocol::index(ts, v)?).ok_or_else(|| ts.value_error("cannot fit 'int' into an index-sized integer"))?;
        if n <= 0 {
            return Err(ts.value_error("a strictly positive integer is required"));
        }
        self.chunk_size.set(n as usize);
        Ok(())
    }
}
