//! Writing JSON.

use super::text;
use crate::prelude::*;
use std::cell::OnceCell;
use taipan_objects::{float, int};

/// The module's own functions, to know them by.
#[derive(Default)]
pub struct Own {
    pub ascii: OnceCell<Value>,
    pub plain: OnceCell<Value>,
}

#[derive(Clone, Copy, PartialEq)]
enum Quoting {
    Ascii,
    Plain,
    /// By a function of the program.
    Call,
}

pub struct Encoder {
    markers: Option<Value>,
    default: Value,
    encoder: Value,
    indent: Option<Value>,
    key_separator: Value,
    item_separator: Value,
    sort_keys: bool,
    skipkeys: bool,
    allow_nan: bool,
    quoting: Quoting,
}
payload!(Encoder, container, traverse = |s, visit| {
    for v in [&s.markers, &s.indent].into_iter().flatten() {
        visit(v);
    }
    for v in [&s.default, &s.encoder, &s.key_separator, &s.item_separator] {
        visit(v);
    }
});

/// A text under way.
struct Writer<'a> {
    ts: &'a ThreadState,
    e: &'a Encoder,
    out: Vec<u8>,
    /// What the separators are, with the line break and indentation where there is one.
    indent: Option<&'a [u8]>,
    key_separator: &'a [u8],
    item_separator: &'a [u8],
}

fn bytes_of(v: &Value) -> &[u8] {
    v.downcast::<Str>().map_or(&[], |s| s.bytes())
}

impl Writer<'_> {
    fn newline(&mut self, level: usize) {
        if let Some(indent) = self.indent {
            self.out.push(b'\n');
            for _ in 0..level {
                self.out.extend_from_slice(indent);
            }
        }
    }
    fn text(&mut self, v: &Value, s: &Str) -> Result<()> {
        match self.e.quoting {
            Quoting::Ascii => text::quote_ascii(s.bytes(), &mut self.out),
            Quoting::Plain => text::quote(s.bytes(), &mut self.out),
            Quoting::Call => {
                let r = protocol::call(self.ts, &self.e.encoder, std::slice::from_ref(v))?;
                let Some(s) = r.downcast::<Str>() else {
                    return Err(self.ts.type_error(format!("encoder() must return a string, not {}", r.type_name(self.ts))));
                };
                self.out.extend_from_slice(s.bytes());
            }
        }
        Ok(())
    }
    fn float_text(&self, v: &Value, f: f64) -> Result<Vec<u8>> {
        if f.is_finite() {
            return Ok(float::repr::repr(f).into_bytes());
        }
        if !self.e.allow_nan {
            let shown = protocol::repr(self.ts, v)?;
            return Err(self.ts.value_error(format!("Out of range float values are not JSON compliant: {}", shown.to_string_lossy())));
        }
        Ok(if f.is_nan() {
            b"NaN".to_vec()
        } else if f > 0.0 {
            b"Infinity".to_vec()
        } else {
            b"-Infinity".to_vec()
        })
    }
    /// As `int.__repr__`, whatever a subclass says.
    fn int_text(&self, v: &Value) -> Result<Vec<u8>> {
        if let Some(n) = to_i64(v) {
            return Ok(n.to_string().into_bytes());
        }
        let repr = protocol::getattr(self.ts, int::Int::class(self.ts).as_value(), &Str::intern(self.ts, "__repr__"))?;
        let text = protocol::call(self.ts, &repr, std::slice::from_ref(v))?;
        Ok(bytes_of(&text).to_vec())
    }
    /// Notes that an object is being written; `None` if nobody looks for circles.
    fn enter(&self, v: &Value) -> Result<Option<Value>> {
        let Some(markers) = self.e.markers.as_ref().and_then(|m| m.downcast::<Dict>()) else { return Ok(None) };
        let id = int_from_u64(self.ts, v.id());
        if markers.contains(self.ts, &id)? {
            return Err(self.ts.value_error("Circular reference detected"));
        }
        markers.set(self.ts, &id, v.clone())?;
        Ok(Some(id))
    }
    fn leave(&self, id: Option<Value>) -> Result<()> {
        if let (Some(id), Some(markers)) = (id, self.e.markers.as_ref().and_then(|m| m.downcast::<Dict>())) {
            markers.remove(self.ts, &id)?;
        }
        Ok(())
    }
    fn value(&mut self, v: &Value, level: usize) -> Result<()> {
        if v.is_none() {
            self.out.extend_from_slice(b"null");
            return Ok(());
        }
        if let Some(b) = v.as_bool_object() {
            self.out.extend_from_slice(if b { b"true" } else { b"false" });
            return Ok(());
        }
        if let Some(s) = v.downcast::<Str>() {
            return self.text(v, s);
        }
        if is_int(v) {
            let text = self.int_text(v)?;
            self.out.extend_from_slice(&text);
            return Ok(());
        }
        if let Some(f) = float::view(v) {
            let text = self.float_text(v, f)?;
            self.out.extend_from_slice(&text);
            return Ok(());
        }
        self.ts.recursion_guard(" while encoding a JSON object")?;
        if v.downcast::<List>().is_some() || v.downcast::<Tuple>().is_some() {
            return self.array(v, level);
        }
        if v.downcast::<Dict>().is_some() {
            return self.object(v, level);
        }
        let id = self.enter(v)?;
        let other = protocol::call(self.ts, &self.e.default, std::slice::from_ref(v))?;
        if let Err(raised) = self.value(&other, level) {
            self.ts.add_note(&format!("when serializing {} object", v.type_name(self.ts)));
            return Err(raised);
        }
        self.leave(id)
    }
    fn array(&mut self, v: &Value, level: usize) -> Result<()> {
        let size = |v: &Value| v.downcast::<List>().map(|l| l.len()).or_else(|| v.downcast::<Tuple>().map(|t| t.len()));
        if size(v) == Some(0) {
            self.out.extend_from_slice(b"[]");
            return Ok(());
        }
        let id = self.enter(v)?;
        self.out.push(b'[');
        self.newline(level + 1);
        let mut i = 0;
        loop {
            // A list may change while `default` runs.
            let item = match v.downcast::<List>() {
                Some(l) => l.get(i),
                None => v.downcast::<Tuple>().and_then(|t| t.get(i).cloned()),
            };
            let Some(item) = item else { break };
            if i > 0 {
                self.out.extend_from_slice(self.item_separator);
                self.newline(level + 1);
            }
            if let Err(raised) = self.value(&item, level + 1) {
                self.ts.add_note(&format!("when serializing {} item {i}", v.type_name(self.ts)));
                return Err(raised);
            }
            i += 1;
        }
        self.newline(level);
        self.out.push(b']');
        self.leave(id)
    }
    /// The text of a key; `None` for one that is skipped.
    fn key(&self, k: &Value) -> Result<Option<Value>> {
        let make = |b: Vec<u8>| Ok(Some(Str::from_wtf8(self.ts, &b).into_value()));
        if k.downcast::<Str>().is_some() {
            return Ok(Some(k.clone()));
        }
        if let Some(f) = float::view(k) {
            return make(self.float_text(k, f)?);
        }
        if let Some(b) = k.as_bool_object() {
            return make(if b { b"true".to_vec() } else { b"false".to_vec() });
        }
        if k.is_none() {
            return make(b"null".to_vec());
        }
        if is_int(k) {
            return make(self.int_text(k)?);
        }
        if self.e.skipkeys {
            return Ok(None);
        }
        Err(self.ts.type_error(format!("keys must be str, int, float, bool or None, not {}", k.type_name(self.ts))))
    }
    fn object(&mut self, v: &Value, level: usize) -> Result<()> {
        let Some(d) = v.downcast::<Dict>() else { return Ok(()) };
        if d.is_empty() {
            self.out.extend_from_slice(b"{}");
            return Ok(());
        }
        let id = self.enter(v)?;
        self.out.push(b'{');
        let mut first = true;
        if self.e.sort_keys || v.exact::<Dict>().is_none() {
            let items = protocol::call_method(self.ts, v, "items", &[])?;
            let items = list(self.ts, protocol::collect(self.ts, &items)?);
            if self.e.sort_keys {
                protocol::call_method(self.ts, &items, "sort", &[])?;
            }
            for pair in protocol::collect(self.ts, &items)? {
                let Some([k, x]) = pair.downcast::<Tuple>().map(|t| t.items()) else {
                    return Err(self.ts.value_error("items must return 2-tuples"));
                };
                self.pair(v, k, x, level, &mut first)?;
            }
        } else {
            let mut at = 0;
            while let Some((next, k, x)) = d.next_entry(at) {
                at = next;
                self.pair(v, &k, &x, level, &mut first)?;
            }
        }
        if !first {
            self.newline(level);
        }
        self.out.push(b'}');
        self.leave(id)
    }
    fn pair(&mut self, owner: &Value, k: &Value, x: &Value, level: usize, first: &mut bool) -> Result<()> {
        let Some(key) = self.key(k)? else { return Ok(()) };
        if !*first {
            self.out.extend_from_slice(self.item_separator);
        }
        *first = false;
        self.newline(level + 1);
        if let Some(s) = key.downcast::<Str>() {
            self.text(&key, s)?;
        }
        self.out.extend_from_slice(self.key_separator);
        if let Err(raised) = self.value(x, level + 1) {
            if let Some(e) = self.ts.take_exception() {
                let shown = protocol::repr(self.ts, k).map(|r| r.to_string_lossy().into_owned());
                let shown = shown.unwrap_or_else(|_| {
                    self.ts.clear_exception();
                    String::new()
                });
                let _ = self.ts.raise_again(e);
                self.ts.add_note(&format!("when serializing {} item {shown}", owner.type_name(self.ts)));
            }
            return Err(raised);
        }
        Ok(())
    }
}

/// Encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)
#[class(name = "Encoder", module = "_json")]
impl Encoder {
    #[new("(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)", no_signature)]
    #[allow(clippy::too_many_arguments)]
    fn new(cls: &Type, ts: &ThreadState, markers: Value, default: Value, encoder: Value, indent: Value, key_separator: &Str, item_separator: &Str, sort_keys: bool, skipkeys: bool, allow_nan: bool) -> Result<Ref<Encoder>> {
        if !markers.is_none() && markers.downcast::<Dict>().is_none() {
            let name = markers.type_name(ts);
            return Err(ts.type_error(format!("make_encoder() argument 1 must be dict or None, not {name}")));
        }
        if !indent.is_none() && indent.downcast::<Str>().is_none() {
            let name = indent.type_name(ts);
            return Err(ts.type_error(format!("make_encoder() argument 4 must be str or None, not {name}")));
        }
        let own = ts.interp().extension::<Own>();
        let is = |c: &OnceCell<Value>| c.get().is_some_and(|f| f.is(&encoder));
        let quoting = if is(&own.ascii) {
            Quoting::Ascii
        } else if is(&own.plain) {
            Quoting::Plain
        } else {
            Quoting::Call
        };
        let e = Encoder {
            markers: Some(markers).filter(|m| !m.is_none()),
            default,
            encoder,
            indent: Some(indent).filter(|i| !i.is_none()),
            key_separator: key_separator.to_ref().into_value(),
            item_separator: item_separator.to_ref().into_value(),
            sort_keys,
            skipkeys,
            allow_nan,
            quoting,
        };
        Ok(heap::new_with_type(ts, cls, e))
    }
    #[slot(call)]
    fn call(&self, ts: &ThreadState, args: Args<'_>) -> Result {
        let arg = |i: usize, name: &str| {
            let v = args.get(i).or_else(|| args.keyword(name));
            v.ok_or_else(|| ts.type_error(format!("_iterencode() missing required argument '{name}' (pos {})", i + 1)))
        };
        let (v, level) = (arg(0, "obj")?, arg(1, "_current_indent_level")?);
        let level = protocol::as_isize(ts, level)?.max(0) as usize;
        let mut w = Writer {
            ts,
            e: self,
            out: vec![],
            indent: self.indent.as_ref().map(bytes_of),
            key_separator: bytes_of(&self.key_separator),
            item_separator: bytes_of(&self.item_separator),
        };
        w.value(v, level)?;
        let text = Str::from_wtf8(ts, &w.out).into_value();
        Ok(tuple(ts, vec![text]))
    }
    /// markers
    #[getter("markers", member)]
    fn get_markers(&self) -> Option<Value> {
        self.markers.clone()
    }
    /// default
    #[getter("default", member)]
    fn get_default(&self) -> Value {
        self.default.clone()
    }
    /// encoder
    #[getter("encoder", member)]
    fn get_encoder(&self) -> Value {
        self.encoder.clone()
    }
    /// indent
    #[getter("indent", member)]
    fn get_indent(&self) -> Option<Value> {
        self.indent.clone()
    }
    /// key_separator
    #[getter("key_separator", member)]
    fn get_key_separator(&self) -> Value {
        self.key_separator.clone()
    }
    /// item_separator
    #[getter("item_separator", member)]
    fn get_item_separator(&self) -> Value {
        self.item_separator.clone()
    }
    /// sort_keys
    #[getter("sort_keys", member)]
    fn get_sort_keys(&self) -> bool {
        self.sort_keys
    }
    /// skipkeys
    #[getter("skipkeys", member)]
    fn get_skipkeys(&self) -> bool {
        self.skipkeys
    }
}
