//! Universal newlines: what of `\n`, `\r` and `\r\n` was seen, and their translation while decoding.

use crate::prelude::*;
use std::cell::Cell;

pub const SEEN_CR: u8 = 1;
pub const SEEN_LF: u8 = 2;
pub const SEEN_CRLF: u8 = 4;

/// The state of a newline decoder, apart from the decoder beneath.
#[derive(Default, Clone)]
pub struct Newlines {
    pub translate: bool,
    /// A `\r` at the end of the last piece: the next may begin with its `\n`.
    pub pending_cr: bool,
    pub seen: u8,
}

impl Newlines {
    /// Takes in decoded text (generalised UTF-8) and gives what may be shown of it.
    pub fn feed(&mut self, text: &[u8], last: bool, out: &mut Vec<u8>) {
        let start = out.len();
        if self.pending_cr && (last || !text.is_empty()) {
            out.push(b'\r');
            self.pending_cr = false;
        }
        out.extend_from_slice(text);
        if !last && out.len() > start && out[out.len() - 1] == b'\r' {
            out.pop();
            self.pending_cr = true;
        }
        let part = &out[start..];
        if memchr::memchr(b'\r', part).is_none() {
            if self.seen & SEEN_LF == 0 && memchr::memchr(b'\n', part).is_some() {
                self.seen |= SEEN_LF;
            }
            return;
        }
        self.note(part);
        if self.translate {
            let to = translate_in_place(&mut out[start..]);
            out.truncate(start + to);
        }
    }
    fn note(&mut self, text: &[u8]) {
        let mut i = 0;
        while let Some(k) = memchr::memchr2(b'\r', b'\n', &text[i..]) {
            i += k + 1;
            if text[i - 1] == b'\n' {
                self.seen |= SEEN_LF;
            } else if text.get(i) == Some(&b'\n') {
                self.seen |= SEEN_CRLF;
                i += 1;
            } else {
                self.seen |= SEEN_CR;
            }
            if self.seen == SEEN_CR | SEEN_LF | SEEN_CRLF {
                return;
            }
        }
    }
    /// What `newlines` shows: None, one text, or a tuple of several.
    pub fn seen_value(&self, ts: &ThreadState) -> Value {
        let mut kinds = vec![];
        for (bit, text) in [(SEEN_CR, "\r"), (SEEN_LF, "\n"), (SEEN_CRLF, "\r\n")] {
            if self.seen & bit != 0 {
                kinds.push(str_value(ts, text));
            }
        }
        match kinds.len() {
            0 => Value::none(),
            1 => kinds.swap_remove(0),
            _ => tuple(ts, kinds),
        }
    }
}

/// Makes every `\r\n` and `\r` a `\n`; gives the new length.
pub fn translate_in_place(text: &mut [u8]) -> usize {
    let (mut from, mut to) = (0, 0);
    while from < text.len() {
        let k = memchr::memchr(b'\r', &text[from..]).unwrap_or(text.len() - from);
        text.copy_within(from..from + k, to);
        from += k;
        to += k;
        if from < text.len() {
            text[to] = b'\n';
            to += 1;
            from += if text.get(from + 1) == Some(&b'\n') { 2 } else { 1 };
        }
    }
    to
}

/// `\n` replaced by another line end, for writing.
pub fn expand(text: &[u8], newline: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(i) = memchr::memchr(b'\n', rest) {
        out.extend_from_slice(&rest[..i]);
        out.extend_from_slice(newline);
        rest = &rest[i + 1..];
    }
    out.extend_from_slice(rest);
    out
}

pub struct IncrementalNewlineDecoder {
    decoder: GilCell<Option<Value>>,
    errors: GilCell<Option<Value>>,
    state: GilCell<Newlines>,
    ready: Cell<bool>,
}
payload!(IncrementalNewlineDecoder, container, traverse = |s, visit| {
    s.decoder.read(|d| d.iter().for_each(&mut *visit));
    s.errors.read(|d| d.iter().for_each(&mut *visit));
});

impl IncrementalNewlineDecoder {
    fn inner(&self, ts: &ThreadState) -> Result<Option<Value>> {
        if !self.ready.get() {
            return Err(ts.value_error("IncrementalNewlineDecoder.__init__() not called"));
        }
        Ok(self.decoder.get().filter(|d| !d.is_none()))
    }
}

/// Codec used when reading a file in universal newlines mode.
///
/// It wraps another incremental decoder, translating \r\n and \r into \n.
/// It also records the types of newlines encountered.  When used with
/// translate=False, it ensures that the newline sequence is returned in
/// one piece. When used with decoder=None, it expects unicode strings as
/// decode input and translates newlines without first invoking an external
/// decoder.
#[class(name = "IncrementalNewlineDecoder", module = "_io")]
impl IncrementalNewlineDecoder {
    #[slot(new)]
    fn new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result {
        let _ = args;
        let d = IncrementalNewlineDecoder {
            decoder: GilCell::new(None),
            errors: GilCell::new(None),
            state: GilCell::default(),
            ready: Cell::new(false),
        };
        new_of(ts, cls, d)
    }
    #[init("(decoder, translate, errors='strict')")]
    fn init(&self, decoder: Value, translate: bool, #[default(Value::none())] errors: Value) {
        self.decoder.set(Some(decoder));
        self.errors.set(Some(errors));
        self.state.set(Newlines { translate, ..Newlines::default() });
        self.ready.set(true);
    }
    #[method("decode($self, /, input, final=False)")]
    fn decode(&self, ts: &ThreadState, input: &Value, r#final: bool) -> Result {
        let decoded = match self.inner(ts)? {
            None => input.clone(),
            Some(d) => protocol::call_method(ts, &d, "decode", &[input.clone(), Value::bool(r#final)])?,
        };
        let Some(s) = decoded.downcast::<Str>() else {
            return Err(ts.type_error(format!("decoder should return a string result, not '{}'", decoded.type_name(ts))));
        };
        let mut out = vec![];
        self.state.write(|n| n.feed(s.bytes(), r#final, &mut out));
        Ok(Str::from_wtf8(ts, &out).into_value())
    }
    #[method("getstate($self, /)")]
    fn getstate(&self, ts: &ThreadState) -> Result {
        let (mut buffer, mut flag) = (bytes_value(ts, b""), int_value(ts, 0));
        if let Some(d) = self.inner(ts)? {
            let state = protocol::call_method(ts, &d, "getstate", &[])?;
            match state.downcast::<Tuple>().map(|t| t.items()) {
                Some([b, f]) => (buffer, flag) = (b.clone(), f.clone()),
                _ => return Err(ts.type_error("illegal decoder state")),
            }
        }
        let n = to_i128(ts, &flag)? << 1 | self.state.read(|n| n.pending_cr) as i128;
        Ok(tuple(ts, vec![buffer, int_from_i128(ts, n)]))
    }
    #[method("setstate($self, state, /)")]
    fn setstate(&self, ts: &ThreadState, state: &Value) -> Result<()> {
        let Some(t) = state.downcast::<Tuple>() else {
            return Err(ts.type_error("state argument must be a tuple"));
        };
        let [buffer, flag] = t.items() else {
            return Err(ts.type_error("setstate(): illegal state argument"));
        };
        let flag = to_i128(ts, flag)?;
        let inner = self.inner(ts)?;
        self.state.write(|n| n.pending_cr = flag & 1 == 1);
        if let Some(d) = inner {
            let state = tuple(ts, vec![buffer.clone(), int_from_i128(ts, flag >> 1)]);
            protocol::call_method(ts, &d, "setstate", &[state])?;
        }
        Ok(())
    }
    #[method("reset($self, /)")]
    fn reset(&self, ts: &ThreadState) -> Result<()> {
        let inner = self.inner(ts)?;
        self.state.write(|n| (n.seen, n.pending_cr) = (0, false));
        if let Some(d) = inner {
            protocol::call_method(ts, &d, "reset", &[])?;
        }
        Ok(())
    }
    #[getter]
    fn newlines(&self, ts: &ThreadState) -> Result {
        self.inner(ts)?;
        Ok(self.state.read(|n| n.seen_value(ts)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(parts: &[&str], translate: bool) -> (String, u8) {
        let mut n = Newlines { translate, ..Newlines::default() };
        let mut out = vec![];
        for (i, p) in parts.iter().enumerate() {
            n.feed(p.as_bytes(), i + 1 == parts.len(), &mut out);
        }
        (String::from_utf8(out).unwrap(), n.seen)
    }

    #[test]
    fn pieces() {
        assert_eq!(run(&["a\r", "\nb\rc\n", "\r"], true), ("a\nb\nc\n\n".into(), 7));
        assert_eq!(run(&["a\r", "\nb\rc", "\r"], false), ("a\r\nb\rc\r".into(), SEEN_CRLF | SEEN_CR));
        assert_eq!(run(&["a\nb", ""], true), ("a\nb".into(), SEEN_LF));
        assert_eq!(expand(b"a\nb\n", b"\r\n"), b"a\r\nb\r\n");
    }
}
