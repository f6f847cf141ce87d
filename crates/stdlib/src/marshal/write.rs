//! Writing values.

use super::{FLAG_REF, MAX_DEPTH};
use crate::prelude::*;
use rustc_hash::FxHashMap as HashMap;
use taipan_objects::bytearray::Bytearray;
use taipan_objects::code::Code;
use taipan_objects::slice::Slice;
use taipan_objects::{complex, float, int, set};

struct Writer<'a> {
    ts: &'a ThreadState,
    out: Vec<u8>,
    version: i32,
    allow_code: bool,
    depth: usize,
    /// Numbers of the objects that may be referred to.
    refs: HashMap<u64, u32>,
}

pub fn to_bytes(ts: &ThreadState, v: &Value, version: i32, allow_code: bool) -> Result<Vec<u8>> {
    let mut w = Writer { ts, out: vec![], version, allow_code, depth: 0, refs: HashMap::default() };
    w.value(v)?;
    Ok(w.out)
}

impl Writer<'_> {
    fn size(&mut self, n: usize) -> Result<()> {
        let n = i32::try_from(n).map_err(|_| self.unmarshallable())?;
        self.out.extend_from_slice(&n.to_le_bytes());
        Ok(())
    }
    fn unmarshallable(&self) -> Raised {
        self.ts.value_error("unmarshallable object")
    }
    fn long_text(&mut self, tag: u8, bytes: &[u8]) -> Result<()> {
        self.out.push(tag);
        self.size(bytes.len())?;
        self.out.extend_from_slice(bytes);
        Ok(())
    }
    fn items(&mut self, items: &[Value]) -> Result<()> {
        items.iter().try_for_each(|v| self.value(v))
    }
    fn float_text(&mut self, f: f64) {
        let text = float::repr::repr(f);
        let text = text.strip_suffix(".0").unwrap_or(&text);
        self.out.push(text.len() as u8);
        self.out.extend_from_slice(text.as_bytes());
    }
    fn value(&mut self, v: &Value) -> Result<()> {
        if v.is_none() {
            self.out.push(b'N');
            return Ok(());
        }
        if let Some(b) = v.as_bool_object() {
            self.out.push(if b { b'T' } else { b'F' });
            return Ok(());
        }
        if v.is_ellipsis() {
            self.out.push(b'.');
            return Ok(());
        }
        if v.is(self.ts.exceptions().stop_iteration.as_value()) {
            self.out.push(b'S');
            return Ok(());
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.ts.value_error("object too deeply nested to marshal"));
        }
        self.ts.recursion_guard(" while marshalling")?;
        let r = self.with_reference(v);
        self.depth -= 1;
        r
    }
    fn with_reference(&mut self, v: &Value) -> Result<()> {
        let mut flag = 0;
        // What has one reference only cannot come again.
        if self.version >= 3 && v.header().is_some_and(|h| h.count() > 1 || h.is_immortal()) {
            if let Some(&n) = self.refs.get(&v.id()) {
                self.out.push(b'r');
                self.out.extend_from_slice(&n.to_le_bytes());
                return Ok(());
            }
            self.refs.insert(v.id(), self.refs.len() as u32);
            flag = FLAG_REF;
        }
        let at = self.out.len();
        self.complete(v)?;
        self.out[at] |= flag;
        Ok(())
    }
    fn complete(&mut self, v: &Value) -> Result<()> {
        if int::is_exact(v) {
            return self.int(v);
        }
        if let Some(f) = float::exact(v) {
            if self.version > 1 {
                self.out.push(b'g');
                self.out.extend_from_slice(&f.to_le_bytes());
            } else {
                self.out.push(b'f');
                self.float_text(f);
            }
            return Ok(());
        }
        if let Some(z) = v.exact::<complex::Complex>() {
            let (re, im) = (z.parts().0, z.parts().1);
            if self.version > 1 {
                self.out.push(b'y');
                self.out.extend_from_slice(&re.to_le_bytes());
                self.out.extend_from_slice(&im.to_le_bytes());
            } else {
                self.out.push(b'x');
                self.float_text(re);
                self.float_text(im);
            }
            return Ok(());
        }
        if let Some(s) = v.exact::<Str>() {
            return self.text(s);
        }
        if let Some(b) = v.exact::<Bytes>() {
            return self.long_text(b's', b.as_slice());
        }
        if let Some(t) = v.exact::<Tuple>() {
            if self.version >= 4 && t.len() < 256 {
                self.out.extend_from_slice(&[b')', t.len() as u8]);
            } else {
                self.out.push(b'(');
                self.size(t.len())?;
            }
            return self.items(t.items());
        }
        if let Some(l) = v.exact::<List>() {
            let items = l.to_vec();
            self.out.push(b'[');
            self.size(items.len())?;
            return self.items(&items);
        }
        if let Some(d) = v.exact::<Dict>() {
            self.out.push(b'{');
            for (k, x) in d.items(self.ts) {
                self.value(&k)?;
                self.value(&x)?;
            }
            self.out.push(b'0');
            return Ok(());
        }
        if let Some(s) = set::exact_any_set(v) {
            let frozen = v.exact::<set::FrozenSet>().is_some();
            return self.set(s, frozen);
        }
        if let Some(c) = v.exact::<Code>() {
            if !self.allow_code {
                return Err(self.ts.value_error("marshalling code objects is disallowed"));
            }
            let image = taipan_isa::image::write(&c.isa);
            return self.long_text(b'c', &image);
        }
        if let Some(s) = v.exact::<Slice>() {
            if self.version < 5 {
                return Err(self.unmarshallable());
            }
            self.out.push(b':');
            return self.items(&[s.start.clone(), s.stop.clone(), s.step.clone()]);
        }
        if let Some(b) = v.exact::<Bytearray>() {
            return self.long_text(b's', &b.to_vec());
        }
        if let Some(data) = maybe_readable(self.ts, v)? {
            return self.long_text(b's', data.as_bytes());
        }
        Err(self.unmarshallable())
    }
    fn int(&mut self, v: &Value) -> Result<()> {
        if let Some(i) = to_i64(v).and_then(|i| i32::try_from(i).ok()) {
            self.out.push(b'i');
            self.out.extend_from_slice(&i.to_le_bytes());
            return Ok(());
        }
        let Some(view) = int::view(v) else { return Err(self.unmarshallable()) };
        let bytes = view.to_abs().to_le_bytes();
        let digits = digits15(&bytes);
        self.out.push(b'l');
        let n = i32::try_from(digits.len()).map_err(|_| self.unmarshallable())?;
        let n = if view.is_negative() { -n } else { n };
        self.out.extend_from_slice(&n.to_le_bytes());
        for d in digits {
            self.out.extend_from_slice(&d.to_le_bytes());
        }
        Ok(())
    }
    fn text(&mut self, s: &Str) -> Result<()> {
        let interned = s.is_interned() && self.version >= 3;
        if self.version >= 4 && s.is_ascii() {
            let (short, long) = if interned { (b'Z', b'A') } else { (b'z', b'a') };
            if s.bytes().len() < 256 {
                self.out.extend_from_slice(&[short, s.bytes().len() as u8]);
                self.out.extend_from_slice(s.bytes());
                return Ok(());
            }
            return self.long_text(long, s.bytes());
        }
        self.long_text(if interned { b't' } else { b'u' }, s.bytes())
    }
    fn set(&mut self, s: &set::SetData, frozen: bool) -> Result<()> {
        self.out.push(if frozen { b'>' } else { b'<' });
        let items = s.items();
        self.size(items.len())?;
        // By their bytes, so that the result does not depend on hashes. References stay in order of
        // writing, so the items are written a second time in the order found.
        let mut keyed = vec![];
        for v in items {
            keyed.push((to_bytes(self.ts, &v, self.version, self.allow_code)?, v));
        }
        keyed.sort_by(|a, b| a.0.cmp(&b.0));
        keyed.iter().try_for_each(|(_, v)| self.value(v))
    }
}

/// The digits of a number in base 2**15, lowest first.
fn digits15(bytes: &[u8]) -> Vec<u16> {
    let mut out = vec![];
    let (mut acc, mut bits) = (0u32, 0);
    for &b in bytes {
        acc |= (b as u32) << bits;
        bits += 8;
        if bits >= 15 {
            out.push((acc & 0x7fff) as u16);
            acc >>= 15;
            bits -= 15;
        }
    }
    if acc > 0 {
        out.push(acc as u16);
    }
    while out.last() == Some(&0) {
        out.pop();
    }
    out
}
