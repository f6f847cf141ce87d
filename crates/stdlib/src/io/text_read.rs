//! TextIOWrapper: reading.

use super::buffered_classes::{BufferedReader, buffered};
use super::text::{TextIOWrapper, this};
use super::text_codec::{decode, get_state};
use super::{optional_size, unsupported};
use crate::prelude::*;

/// Where the first line of `text` ends, if it does. `at_end`: no more text will come.
pub fn line_end(text: &[u8], translated: bool, newline: Option<&[u8]>, at_end: bool) -> Option<usize> {
    if translated {
        return memchr::memchr(b'\n', text).map(|i| i + 1);
    }
    match newline {
        Some(b"\r") => memchr::memchr(b'\r', text).map(|i| i + 1),
        Some(b"\r\n") => memchr::memmem::find(text, b"\r\n").map(|i| i + 2),
        Some(b"\n") => memchr::memchr(b'\n', text).map(|i| i + 1),
        _ => {
            let i = memchr::memchr2(b'\n', b'\r', text)?;
            if text[i] == b'\n' {
                return Some(i + 1);
            }
            match text.get(i + 1) {
                Some(b'\n') => Some(i + 2),
                Some(_) => Some(i + 1),
                // The newline decoder holds a `\r` back until it knows what follows.
                None => {
                    let _ = at_end;
                    Some(i + 1)
                }
            }
        }
    }
}

fn count(b: &[u8]) -> usize {
    if b.is_ascii() { b.len() } else { b.iter().filter(|&&c| c & 0xc0 != 0x80).count() }
}

/// The bytes of the first `n` code points.
fn prefix(b: &[u8], n: usize) -> usize {
    if n >= b.len() || b[..n].is_ascii() {
        return n.min(b.len());
    }
    b.iter().enumerate().filter(|(_, c)| **c & 0xc0 != 0x80).nth(n).map_or(b.len(), |e| e.0)
}

impl TextIOWrapper {
    /// Text that was decoded but not given out.
    fn rest<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R {
        self.decoded.read(|d| f(&d[self.used.get()..]))
    }
    fn take_bytes(&self, ts: &ThreadState, n: usize) -> Value {
        let text = self.rest(|r| Str::from_wtf8(ts, &r[..n]).into_value());
        self.used.set(self.used.get() + n);
        text
    }
    /// Reads and decodes a piece, behind what there is. False at the end of the file.
    pub fn read_chunk(&self, ts: &ThreadState, size_hint: usize) -> Result<bool> {
        if self.decoder.read(|d| d.is_none()) {
            return Err(unsupported(ts, "not readable"));
        }
        let before = if self.telling.get() { Some(get_state(ts, &self.decoder)?) } else { None };
        let mut want = self.chunk_size.get();
        if size_hint > 0 {
            let per_char = self.bytes_per_char.get().max(1.0);
            want = want.max((size_hint as f64 * per_char) as usize);
        }
        let buffer = self.buffer(ts)?;
        let (object, data);
        if exact_class::<BufferedReader>(&buffer).is_some()
            && let Some(b) = buffered(&buffer)
        {
            b.check_closed(ts, "read of closed file")?;
            let _held = b.lock(&buffer, ts)?;
            data = b.read1(ts, want as isize)?;
            object = Value::none();
        } else {
            let method = if self.has_read1.get() { "read1" } else { "read" };
            object = protocol::call_method(ts, &buffer, method, &[int_value(ts, want as i64)])?;
            let Some(b) = maybe_readable(ts, &object)? else {
                let name = object.type_name(ts);
                return Err(ts.type_error(format!("underlying {method}() should have returned a bytes-like object, not '{name}'")));
            };
            data = b.as_bytes().to_vec();
        }
        let eof = data.is_empty();
        let mut out = self.decoded.take();
        let used = self.used.replace(0);
        out.drain(..used);
        let start = out.len();
        let r = decode(ts, &self.decoder, &object, &data, eof, &mut out);
        let chars = count(&out[start..]);
        self.decoded.set(out);
        r?;
        if chars > 0 {
            self.bytes_per_char.set(data.len() as f64 / chars as f64);
        } else {
            self.bytes_per_char.set(0.0);
        }
        if let Some((mut rest, flags)) = before {
            // What the decoder held back belongs to the bytes after the snapshot.
            rest.extend_from_slice(&data);
            self.snapshot.set(Some((flags, rest)));
        }
        Ok(!eof || chars > 0)
    }
    /// As [`Self::read_chunk`], for callers that have given out all that was decoded before: `tell` counts
    /// from the last snapshot.
    fn next_chunk(&self, ts: &ThreadState, size_hint: usize) -> Result<bool> {
        self.decoded.write(|d| d.clear());
        self.used.set(0);
        self.read_chunk(ts, size_hint)
    }
    fn read_all(&self, ts: &ThreadState, buffer: &Value) -> Result {
        let bytes = protocol::call_method(ts, buffer, "read", &[])?;
        if bytes.is_none() {
            return Err(blocking_io_error(ts, libc::EAGAIN, "Read returned None.", 0));
        }
        let Some(b) = maybe_readable(ts, &bytes)? else {
            return Err(ts.type_error(format!("underlying read() should have returned a bytes-like object, not '{}'", bytes.type_name(ts))));
        };
        let mut out = self.rest(|r| r.to_vec());
        let taken = out.len();
        decode(ts, &self.decoder, &bytes, b.as_bytes(), true, &mut out)?;
        let _ = taken;
        self.forget_decoded();
        Ok(Str::from_wtf8(ts, &out).into_value())
    }
    fn read_text(&self, ts: &ThreadState, slf: &Value, n: isize) -> Result {
        let buffer = self.check_closed(ts, slf)?;
        if self.decoder.read(|d| d.is_none()) {
            return Err(unsupported(ts, "not readable"));
        }
        self.write_pending(ts)?;
        if n < 0 {
            return self.read_all(ts, &buffer);
        }
        let n = n as usize;
        let mut text: Vec<u8> = vec![];
        let mut have = 0;
        loop {
            let (bytes, chars) = self.rest(|r| {
                let k = prefix(r, n - have);
                (k, count(&r[..k]))
            });
            if have == 0 && (chars == n || n == 0) {
                return Ok(self.take_bytes(ts, bytes));
            }
            self.rest(|r| text.extend_from_slice(&r[..bytes]));
            self.used.set(self.used.get() + bytes);
            have += chars;
            if have == n || !self.next_chunk(ts, n - have)? {
                break;
            }
        }
        Ok(Str::from_wtf8(ts, &text).into_value())
    }
    pub fn read_line(&self, ts: &ThreadState, limit: isize) -> Result {
        self.write_pending(ts)?;
        let translated = self.read_translate.get();
        let newline = if translated { None } else { self.read_newline.get() };
        let mut line: Vec<u8> = vec![];
        let mut have = 0;
        loop {
            // A line of "\r\n" may be cut between two pieces when newlines are not decoded.
            let joined = !line.is_empty() && newline.as_deref() == Some(b"\r\n") && line.ends_with(b"\r");
            let found = self.rest(|r| {
                let most = if limit < 0 { r.len() } else { prefix(r, limit as usize - have) };
                let r = &r[..most];
                if joined && r.first() == Some(&b'\n') {
                    return (1, true);
                }
                match line_end(r, translated, newline.as_deref(), false) {
                    Some(k) => (k, true),
                    None => (most, limit >= 0 && have + count(r) == limit as usize),
                }
            });
            if found.1 && line.is_empty() {
                return Ok(self.take_bytes(ts, found.0));
            }
            self.rest(|r| {
                line.extend_from_slice(&r[..found.0]);
                have += count(&r[..found.0]);
            });
            self.used.set(self.used.get() + found.0);
            if found.1 {
                break;
            }
            if !self.next_chunk(ts, 0)? {
                // Nothing more: places are those of the buffer again.
                self.forget_decoded();
                break;
            }
        }
        Ok(Str::from_wtf8(ts, &line).into_value())
    }
}

#[methods(part = READING)]
impl TextIOWrapper {
    #[slot(iternext)]
    fn iternext(ts: &ThreadState, slf: &Value) -> Result<Option<Value>> {
        let w = this(ts, slf)?;
        w.buffer(ts)?;
        w.telling.set(false);
        let line = if exact_class::<TextIOWrapper>(slf).is_some() {
            w.check_closed(ts, slf)?;
            w.read_line(ts, -1)?
        } else {
            let line = protocol::call_method(ts, slf, "readline", &[])?;
            if line.downcast::<Str>().is_none() {
                let text = format!("readline() should have returned a str object, not '{}'", line.type_name(ts));
                return Err(raise_os_error_text(ts, &text));
            }
            line
        };
        if line.downcast::<Str>().is_some_and(|s| s.bytes().is_empty()) {
            w.snapshot.set(None);
            w.telling.set(w.seekable.get());
            return Ok(None);
        }
        Ok(Some(line))
    }
    #[method("read($self, size=-1, /)")]
    fn read(slf: &Value, ts: &ThreadState, #[default(Value::none())] size: Value) -> Result {
        let n = optional_size(ts, &size)?;
        this(ts, slf)?.read_text(ts, slf, n)
    }
    #[method("readline($self, size=-1, /)")]
    fn readline(slf: &Value, ts: &ThreadState, size: isize) -> Result {
        let w = this(ts, slf)?;
        w.check_closed(ts, slf)?;
        w.read_line(ts, size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_lines() {
        assert_eq!(line_end(b"a\nb", true, None, false), Some(2));
        assert_eq!(line_end(b"a\r\nb", false, None, false), Some(3));
        assert_eq!(line_end(b"a\rb", false, Some(b""), false), Some(2));
        assert_eq!(line_end(b"a\rb\r\n", false, Some(b"\r\n"), false), Some(5));
        assert_eq!(line_end(b"a\rb", false, Some(b"\n"), false), None);
        assert_eq!(prefix("aéb".as_bytes(), 2), 3);
    }
}
