//! StringIO: a stream over text in memory.

use super::base::TextIOBase;
use super::newlines::{Newlines, expand};
use super::optional_size;
use crate::prelude::*;

/// The text (generalised UTF-8) and the place in it, kept both in bytes and in code points so that
/// reading on and writing at the end take no counting.
#[derive(Default)]
struct Text {
    bytes: Vec<u8>,
    chars: usize,
    pos: usize,
    /// Byte offset of `pos`, when that is within the text.
    byte_pos: usize,
}

fn count(b: &[u8]) -> usize {
    if b.is_ascii() { b.len() } else { b.iter().filter(|&&c| c & 0xc0 != 0x80).count() }
}

/// The bytes of the first `n` code points.
fn prefix(b: &[u8], n: usize) -> usize {
    let mut left = n;
    for (i, &c) in b.iter().enumerate() {
        if c & 0xc0 != 0x80 {
            if left == 0 {
                return i;
            }
            left -= 1;
        }
    }
    b.len()
}

impl Text {
    fn is_ascii(&self) -> bool {
        self.chars == self.bytes.len()
    }
    fn seek(&mut self, pos: usize) {
        self.byte_pos = if pos >= self.chars {
            self.bytes.len()
        } else if self.is_ascii() {
            pos
        } else if pos >= self.pos && self.pos <= self.chars {
            self.byte_pos + prefix(&self.bytes[self.byte_pos..], pos - self.pos)
        } else {
            prefix(&self.bytes, pos)
        };
        self.pos = pos;
    }
    fn rest(&self) -> &[u8] {
        &self.bytes[self.byte_pos..]
    }
    /// The bytes of at most `n` code points from here.
    fn span(&self, n: isize) -> usize {
        let rest = self.rest();
        if n < 0 {
            rest.len()
        } else if self.is_ascii() {
            rest.len().min(n as usize)
        } else {
            prefix(rest, n as usize)
        }
    }
    fn advance(&mut self, bytes: usize) -> (usize, usize) {
        let start = self.byte_pos;
        let end = start + bytes;
        if bytes > 0 {
            self.pos += if self.is_ascii() { bytes } else { count(&self.bytes[start..end]) };
            self.byte_pos = end;
        }
        (start, end)
    }
    fn write(&mut self, text: &[u8]) {
        let n = count(text);
        if self.pos > self.chars {
            let gap = self.pos - self.chars;
            self.bytes.resize(self.bytes.len() + gap, 0);
            self.chars += gap;
            self.byte_pos = self.bytes.len();
        }
        if self.byte_pos == self.bytes.len() {
            self.bytes.extend_from_slice(text);
            self.chars += n;
        } else {
            let over = self.span(n as isize);
            let replaced = if self.is_ascii() { over } else { count(&self.bytes[self.byte_pos..self.byte_pos + over]) };
            self.bytes.splice(self.byte_pos..self.byte_pos + over, text.iter().copied());
            self.chars += n - replaced;
        }
        self.pos += n;
        self.byte_pos += text.len();
    }
    fn truncate(&mut self, n: usize) {
        if n < self.chars {
            let at = if self.is_ascii() { n } else { prefix(&self.bytes, n) };
            self.bytes.truncate(at);
            self.chars = n;
            if self.pos >= n {
                self.byte_pos = at;
            }
        }
    }
}

#[repr(C)]
pub struct StringIO {
    base: TextIOBase,
    /// `None` when closed or not yet initialised.
    text: GilCell<Option<Text>>,
    mode: GilCell<Mode>,
}
payload!(StringIO, parent = TextIOBase);

#[derive(Default)]
struct Mode {
    ready: bool,
    /// The argument `newline`: None for universal newlines.
    newline: Option<Vec<u8>>,
    /// What `\n` becomes when written.
    write_newline: Option<Vec<u8>>,
    /// Universal newlines.
    decoder: Option<Newlines>,
}

impl StringIO {
    fn check(&self, ts: &ThreadState) -> Result<()> {
        if !self.mode.read(|m| m.ready) {
            return Err(ts.value_error("I/O operation on uninitialized object"));
        }
        if self.text.read(|t| t.is_none()) {
            return Err(ts.value_error("I/O operation on closed file"));
        }
        Ok(())
    }
    fn with<R>(&self, ts: &ThreadState, f: impl FnOnce(&mut Text) -> R) -> Result<R> {
        self.check(ts)?;
        Ok(self.text.write(|t| f(t.as_mut().expect("checked"))))
    }
    fn put(&self, ts: &ThreadState, s: &[u8]) -> Result<()> {
        let mut decoded = None;
        self.mode.write(|m| {
            if let Some(d) = &mut m.decoder {
                let mut out = vec![];
                d.feed(s, true, &mut out);
                decoded = Some(out);
            }
            if let Some(nl) = &m.write_newline {
                let s = decoded.as_deref().unwrap_or(s);
                decoded = Some(expand(s, nl));
            }
        });
        let s = decoded.as_deref().unwrap_or(s);
        self.with(ts, |t| {
            if t.bytes.try_reserve(s.len() + t.pos.saturating_sub(t.chars)).is_err() {
                return Err(ts.memory_error());
            }
            t.write(s);
            Ok(())
        })?
    }
    /// The length in bytes of the line that begins here, at most `limit` code points.
    fn line(&self, ts: &ThreadState, limit: isize) -> Result<usize> {
        self.check(ts)?;
        let newline = self.mode.read(|m| m.newline.clone());
        let translated = self.mode.read(|m| m.decoder.as_ref().is_some_and(|d| d.translate));
        self.with(ts, |t| {
            let most = t.span(limit);
            let rest = &t.rest()[..most];
            super::text_read::line_end(rest, translated, newline.as_deref(), true).unwrap_or(rest.len())
        })
    }
    fn take_text(&self, ts: &ThreadState, bytes: usize) -> Result {
        self.with(ts, |t| {
            let (a, b) = t.advance(bytes);
            Str::from_wtf8(ts, &t.bytes[a..b]).into_value()
        })
    }
    fn setup(&self, ts: &ThreadState, newline: &Value) -> Result<()> {
        let nl = match newline.downcast::<Str>() {
            None if newline.is_none() => None,
            None => return Err(ts.type_error(format!("newline must be str or None, not {}", newline.type_name(ts)))),
            Some(s) if matches!(s.bytes(), b"" | b"\n" | b"\r" | b"\r\n") => Some(s.bytes().to_vec()),
            Some(_) => {
                return Err(ts.value_error(format!("illegal newline value: {}", protocol::repr(ts, newline)?.to_string_lossy())));
            }
        };
        let universal = nl.as_ref().is_none_or(|n| n.is_empty());
        self.mode.set(Mode {
            ready: true,
            write_newline: nl.clone().filter(|n| n.first() == Some(&b'\r')),
            decoder: universal.then(|| Newlines { translate: nl.is_none(), ..Newlines::default() }),
            newline: nl,
        });
        Ok(())
    }
}

/// Text I/O implementation using an in-memory buffer.
///
/// The initial_value argument sets the value of object.  The newline
/// argument is like the one of TextIOWrapper's constructor.
#[class(name = "StringIO", module = "_io", base = TextIOBase)]
impl StringIO {
    #[slot(new)]
    fn new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result {
        let _ = args;
        new_of(ts, cls, StringIO { base: TextIOBase::NEW, text: GilCell::new(None), mode: GilCell::default() })
    }
    #[init("(initial_value='', newline='\\n')")]
    fn init(&self, ts: &ThreadState, initial_value: &Value, newline: &Value) -> Result<()> {
        let text = match initial_value.downcast::<Str>() {
            None if !initial_value.is_none() => {
                let name = initial_value.type_name(ts);
                return Err(ts.type_error(format!("initial_value must be str or None, not {name}")));
            }
            text => text,
        };
        self.setup(ts, newline)?;
        self.text.set(Some(Text::default()));
        if let Some(s) = text {
            self.put(ts, s.bytes())?;
            self.with(ts, |t| t.seek(0))?;
        }
        Ok(())
    }
    #[slot(iternext)]
    fn iternext(ts: &ThreadState, slf: &Value) -> Result<Option<Value>> {
        let s = slf.downcast::<StringIO>().ok_or_else(|| ts.type_error("not a StringIO"))?;
        if exact_class::<StringIO>(slf).is_none() {
            s.check(ts)?;
            let line = protocol::call_method(ts, slf, "readline", &[])?;
            return match line.downcast::<Str>() {
                Some(l) => Ok(if l.bytes().is_empty() { None } else { Some(line) }),
                None => Err(raise_os_error_text(ts, &format!("readline() should have returned a str object, not '{}'", line.type_name(ts)))),
            };
        }
        let n = s.line(ts, -1)?;
        if n == 0 { Ok(None) } else { s.take_text(ts, n).map(Some) }
    }
    /// Retrieve the entire contents of the object.
    #[method("getvalue($self, /)")]
    fn getvalue(&self, ts: &ThreadState) -> Result {
        self.with(ts, |t| Str::from_wtf8(ts, &t.bytes).into_value())
    }
    /// Tell the current file position.
    #[method("tell($self, /)")]
    fn tell(&self, ts: &ThreadState) -> Result<usize> {
        self.with(ts, |t| t.pos)
    }
    /// Read at most size characters, returned as a string.
    ///
    /// If the argument is negative or omitted, read until EOF
    /// is reached. Return an empty string at EOF.
    #[method("read($self, size=-1, /)")]
    fn read(&self, ts: &ThreadState, #[default(Value::none())] size: Value) -> Result {
        let n = optional_size(ts, &size)?;
        let n = self.with(ts, |t| t.span(n))?;
        self.take_text(ts, n)
    }
    /// Read until newline or EOF.
    ///
    /// Returns an empty string if EOF is hit immediately.
    #[method("readline($self, size=-1, /)")]
    fn readline(&self, ts: &ThreadState, #[default(Value::none())] size: Value) -> Result {
        let limit = optional_size(ts, &size)?;
        let n = self.line(ts, limit)?;
        self.take_text(ts, n)
    }
    /// Truncate size to pos.
    ///
    /// The pos argument defaults to the current file position, as
    /// returned by tell().  The current file position is unchanged.
    /// Returns the new absolute position.
    #[method("truncate($self, pos=None, /)")]
    fn truncate(&self, ts: &ThreadState, #[default(Value::none())] pos: Value) -> Result<isize> {
        self.check(ts)?;
        let n = if pos.is_none() { self.with(ts, |t| t.pos as isize)? } else { optional_size(ts, &pos)? };
        if n < 0 {
            return Err(ts.value_error(format!("Negative size value {n}")));
        }
        self.with(ts, |t| t.truncate(n as usize))?;
        Ok(n)
    }
    /// Change stream position.
    ///
    /// Seek to character offset pos relative to position indicated by whence:
    ///     0  Start of stream (the default).  pos should be >= 0;
    ///     1  Current position - pos must be 0;
    ///     2  End of stream - pos must be 0.
    /// Returns the new absolute position.
    #[method("seek($self, pos, whence=0, /)")]
    fn seek(&self, ts: &ThreadState, pos: isize, whence: i32) -> Result<usize> {
        self.check(ts)?;
        match (whence, pos) {
            (0, p) if p < 0 => Err(ts.value_error(format!("Negative seek position {p}"))),
            (0, p) => self.with(ts, |t| {
                t.seek(p as usize);
                t.pos
            }),
            (1 | 2, p) if p != 0 => Err(raise_os_error_text(ts, "Can't do nonzero cur-relative seeks")),
            (1, _) => self.with(ts, |t| t.pos),
            (2, _) => self.with(ts, |t| {
                t.seek(t.chars);
                t.pos
            }),
            _ => Err(ts.value_error(format!("Invalid whence ({whence}, should be 0, 1 or 2)"))),
        }
    }
    /// Write string to file.
    ///
    /// Returns the number of characters written, which is always equal to
    /// the length of the string.
    #[method("write($self, s, /)")]
    fn write(&self, ts: &ThreadState, s: &Value) -> Result<usize> {
        self.check(ts)?;
        let Some(text) = s.downcast::<Str>() else {
            return Err(ts.type_error(format!("string argument expected, got '{}'", s.type_name(ts))));
        };
        if !text.bytes().is_empty() {
            self.put(ts, text.bytes())?;
        }
        Ok(text.len())
    }
    /// Close the IO object.
    ///
    /// Attempting any further operation after the object is closed
    /// will raise a ValueError.
    ///
    /// This method has no effect if the file is already closed.
    #[method("close($self, /)")]
    fn close(&self) {
        self.text.set(None)
    }
    /// Returns True if the IO object can be read.
    #[method("readable($self, /)")]
    fn readable(&self, ts: &ThreadState) -> Result<bool> {
        self.check(ts).map(|_| true)
    }
    /// Returns True if the IO object can be written.
    #[method("writable($self, /)")]
    fn writable(&self, ts: &ThreadState) -> Result<bool> {
        self.check(ts).map(|_| true)
    }
    /// Returns True if the IO object can be seeked.
    #[method("seekable($self, /)")]
    fn seekable(&self, ts: &ThreadState) -> Result<bool> {
        self.check(ts).map(|_| true)
    }
    #[method("__getstate__($self, /)")]
    fn getstate(slf: &Value, ts: &ThreadState) -> Result {
        let s = slf.downcast::<StringIO>().ok_or_else(|| ts.type_error("not a StringIO"))?;
        let (text, pos) = s.with(ts, |t| (Str::from_wtf8(ts, &t.bytes).into_value(), t.pos))?;
        let newline = s.mode.read(|m| m.newline.clone());
        let newline = newline.map_or(Value::none(), |n| Str::from_wtf8(ts, &n).into_value());
        Ok(tuple(ts, vec![text, newline, int_value(ts, pos as i64), instance_dict_copy(ts, slf)?]))
    }
    #[method("__setstate__($self, state, /)", no_signature)]
    fn setstate(slf: &Value, ts: &ThreadState, state: &Value) -> Result<()> {
        let s = slf.downcast::<StringIO>().ok_or_else(|| ts.type_error("not a StringIO"))?;
        let [initial, newline, pos, attributes] = state.downcast::<Tuple>().map(|t| t.items()).unwrap_or(&[]) else {
            let name = slf.type_name(ts);
            return Err(ts.type_error(format!("{name}.__setstate__ argument should be 4-tuple, got {}", state.type_name(ts))));
        };
        s.setup(ts, newline)?;
        s.text.set(Some(Text::default()));
        // The text was translated before it was saved.
        match initial.downcast::<Str>() {
            Some(text) => s.with(ts, |t| {
                t.write(text.bytes());
                t.seek(0);
            })?,
            None if initial.is_none() => {}
            None => return Err(ts.type_error(format!("initial_value must be str or None, not {}", initial.type_name(ts)))),
        }
        if !is_int(pos) {
            return Err(ts.type_error(format!("third item of state must be an integer, got {}", pos.type_name(ts))));
        }
        let pos = index_i64(ts, pos)?;
        if pos < 0 {
            return Err(ts.value_error("position value cannot be negative"));
        }
        s.with(ts, |t| t.seek(pos as usize))?;
        update_instance_dict(ts, slf, attributes, "fourth item of state should be a dict, got a ")
    }
    #[getter]
    fn closed(&self, ts: &ThreadState) -> Result<bool> {
        if !self.mode.read(|m| m.ready) {
            return Err(ts.value_error("I/O operation on uninitialized object"));
        }
        Ok(self.text.read(|t| t.is_none()))
    }
    #[getter]
    fn line_buffering(&self, ts: &ThreadState) -> Result<bool> {
        self.check(ts).map(|_| false)
    }
    #[getter]
    fn newlines(&self, ts: &ThreadState) -> Result {
        self.check(ts)?;
        Ok(self.mode.read(|m| m.decoder.as_ref().map_or(Value::none(), |d| d.seen_value(ts))))
    }
}

#[cfg(test)]
mod tests {
    use super::Text;

    #[test]
    fn places() {
        let mut t = Text::default();
        t.write("aéb".as_bytes());
        assert_eq!((t.chars, t.pos, t.byte_pos), (3, 3, 4));
        t.seek(1);
        t.write(b"xyz");
        assert_eq!((t.bytes.as_slice(), t.chars, t.pos), (&b"axyz"[..], 4, 4));
        t.seek(6);
        t.write("ü".as_bytes());
        assert_eq!((t.bytes.as_slice(), t.chars), ("axyz\0\0ü".as_bytes(), 7));
        t.truncate(3);
        t.seek(2);
        assert_eq!(t.rest(), b"y");
        assert_eq!(t.span(9), 1);
    }
}
