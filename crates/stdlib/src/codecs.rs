//! `_codecs`: the registry and the native encodings for Python's module `codecs`.

use taipan_macros::functions;
use taipan_objects::buffer::{Buffer, TextOrBuffer};
use taipan_objects::bytes::Bytes;
use taipan_objects::codecs::utf16::{self, Order};
use taipan_objects::codecs::{charmap, escape, registry, single, utf7, utf8};
use taipan_objects::heap::Ref;
use taipan_objects::int;
use taipan_objects::native::ModuleDef;
use taipan_objects::str::Str;
use taipan_objects::tuple::Tuple;
use taipan_objects::{Result, ThreadState, Value};

/// What encoders give: bytes, and how much text they took.
fn encoded(ts: &ThreadState, bytes: Vec<u8>, consumed: usize) -> Ref<Tuple> {
    Tuple::from_array(ts, [Bytes::new(ts, &bytes).into_value(), int::from_usize(ts, consumed)])
}

/// How much a decoder took: everything that it was given, when there is no more to come (an error handler
/// may have exchanged the input).
fn taken(last: bool, given: usize, consumed: usize) -> usize {
    if last { given } else { consumed }
}

/// What decoders give: text, and how many bytes they took.
fn decoded(ts: &ThreadState, text: Ref<Str>, consumed: usize) -> Ref<Tuple> {
    Tuple::from_array(ts, [text.into_value(), int::from_usize(ts, consumed)])
}

fn strict(errors: Option<&str>) -> &str {
    errors.unwrap_or("strict")
}

#[functions(module = "_codecs")]
pub mod functions {
    use super::*;

    /// Register a codec search function.
    #[function("register(search_function, /)")]
    fn register(ts: &ThreadState, search_function: &Value) -> Result<()> {
        registry::register(ts, search_function)
    }
    /// Unregister a codec search function and clear the registry's cache.
    #[function("unregister(search_function, /)")]
    fn unregister(ts: &ThreadState, search_function: &Value) {
        registry::unregister(ts, search_function)
    }
    /// Look up a codec: a CodecInfo object or a tuple of functions.
    #[function("lookup(encoding, /)")]
    fn lookup(ts: &ThreadState, encoding: &str) -> Result<Value> {
        if encoding.contains('\0') {
            return Err(ts.value_error("embedded null character"));
        }
        registry::lookup(ts, encoding)
    }
    /// Encode obj with the codec registered for encoding.
    #[function("encode(obj, encoding='utf-8', errors='strict')")]
    fn encode(ts: &ThreadState, obj: &Value, encoding: Option<&str>, errors: Option<&str>) -> Result<Value> {
        let encoding = encoding.unwrap_or("utf-8");
        let codec = registry::lookup(ts, encoding)?;
        registry::run(ts, &codec, obj, encoding, errors, true)
    }
    /// Decode obj with the codec registered for encoding.
    #[function("decode(obj, encoding='utf-8', errors='strict')")]
    fn decode(ts: &ThreadState, obj: &Value, encoding: Option<&str>, errors: Option<&str>) -> Result<Value> {
        let encoding = encoding.unwrap_or("utf-8");
        let codec = registry::lookup(ts, encoding)?;
        registry::run(ts, &codec, obj, encoding, errors, false)
    }
    /// Register an error handler under a name.
    #[function("register_error(errors, handler, /)")]
    fn register_error(ts: &ThreadState, errors: &str, handler: &Value) -> Result<()> {
        registry::register_error(ts, errors, handler)
    }
    /// Un-register the error handler of a name; return whether there was one.
    #[function("_unregister_error(errors, /)")]
    fn _unregister_error(ts: &ThreadState, errors: &str) -> Result<bool> {
        registry::unregister_error(ts, errors)
    }
    /// Return the error handler of a name, or raise LookupError.
    #[function("lookup_error(name, /)")]
    fn lookup_error(ts: &ThreadState, name: &str) -> Result<Value> {
        registry::lookup_error(ts, name)
    }
    #[function("escape_decode(data, errors=None, /)")]
    fn escape_decode(ts: &ThreadState, data: TextOrBuffer<'_>, errors: Option<&str>) -> Result<Ref<Tuple>> {
        let b = data.bytes();
        Ok(encoded(ts, escape::escape_decode(ts, b, strict(errors))?, b.len()))
    }
    #[function("escape_encode(data, errors=None, /)")]
    fn escape_encode(ts: &ThreadState, data: &Bytes, errors: Option<&str>) -> Ref<Tuple> {
        let _ = errors;
        encoded(ts, escape::escape_encode(data), data.len())
    }
    #[function("utf_7_decode(data, errors=None, final=False, /)")]
    fn utf_7_decode(ts: &ThreadState, data: Buffer, errors: Option<&str>, last: bool) -> Result<Ref<Tuple>> {
        let (text, n) = utf7::decode(ts, data.as_slice(), strict(errors), last)?;
        Ok(decoded(ts, text, taken(last, data.len(), n)))
    }
    #[function("utf_8_decode(data, errors=None, final=False, /)")]
    fn utf_8_decode(ts: &ThreadState, data: Buffer, errors: Option<&str>, last: bool) -> Result<Ref<Tuple>> {
        let (text, n) = utf8::decode(ts, data.as_slice(), strict(errors), last)?;
        Ok(decoded(ts, text, taken(last, data.len(), n)))
    }
    #[function("utf_16_decode(data, errors=None, final=False, /)")]
    fn utf_16_decode(ts: &ThreadState, data: Buffer, errors: Option<&str>, last: bool) -> Result<Ref<Tuple>> {
        let d = utf16::decode16(ts, data.as_slice(), strict(errors), Order::Native, last)?;
        Ok(decoded(ts, d.text, taken(last, data.len(), d.consumed)))
    }
    #[function("utf_16_le_decode(data, errors=None, final=False, /)")]
    fn utf_16_le_decode(ts: &ThreadState, data: Buffer, errors: Option<&str>, last: bool) -> Result<Ref<Tuple>> {
        let d = utf16::decode16(ts, data.as_slice(), strict(errors), Order::Little, last)?;
        Ok(decoded(ts, d.text, taken(last, data.len(), d.consumed)))
    }
    #[function("utf_16_be_decode(data, errors=None, final=False, /)")]
    fn utf_16_be_decode(ts: &ThreadState, data: Buffer, errors: Option<&str>, last: bool) -> Result<Ref<Tuple>> {
        let d = utf16::decode16(ts, data.as_slice(), strict(errors), Order::Big, last)?;
        Ok(decoded(ts, d.text, taken(last, data.len(), d.consumed)))
    }
    #[function("utf_16_ex_decode(data, errors=None, byteorder=0, final=False, /)")]
    fn utf_16_ex_decode(ts: &ThreadState, data: Buffer, errors: Option<&str>, byteorder: i32, last: bool) -> Result<Value> {
        let d = utf16::decode16(ts, data.as_slice(), strict(errors), Order::from_number(byteorder as i64), last)?;
        let row = [d.text.into_value(), int::from_usize(ts, taken(last, data.len(), d.consumed)), int::from_i64(ts, d.order.number())];
        Ok(Tuple::from_array(ts, row).into_value())
    }
    #[function("utf_32_decode(data, errors=None, final=False, /)")]
    fn utf_32_decode(ts: &ThreadState, data: Buffer, errors: Option<&str>, last: bool) -> Result<Ref<Tuple>> {
        let d = utf16::decode32(ts, data.as_slice(), strict(errors), Order::Native, last)?;
        Ok(decoded(ts, d.text, taken(last, data.len(), d.consumed)))
    }
    #[function("utf_32_le_decode(data, errors=None, final=False, /)")]
    fn utf_32_le_decode(ts: &ThreadState, data: Buffer, errors: Option<&str>, last: bool) -> Result<Ref<Tuple>> {
        let d = utf16::decode32(ts, data.as_slice(), strict(errors), Order::Little, last)?;
        Ok(decoded(ts, d.text, taken(last, data.len(), d.consumed)))
    }
    #[function("utf_32_be_decode(data, errors=None, final=False, /)")]
    fn utf_32_be_decode(ts: &ThreadState, data: Buffer, errors: Option<&str>, last: bool) -> Result<Ref<Tuple>> {
        let d = utf16::decode32(ts, data.as_slice(), strict(errors), Order::Big, last)?;
        Ok(decoded(ts, d.text, taken(last, data.len(), d.consumed)))
    }
    #[function("utf_32_ex_decode(data, errors=None, byteorder=0, final=False, /)")]
    fn utf_32_ex_decode(ts: &ThreadState, data: Buffer, errors: Option<&str>, byteorder: i32, last: bool) -> Result<Value> {
        let d = utf16::decode32(ts, data.as_slice(), strict(errors), Order::from_number(byteorder as i64), last)?;
        let row = [d.text.into_value(), int::from_usize(ts, taken(last, data.len(), d.consumed)), int::from_i64(ts, d.order.number())];
        Ok(Tuple::from_array(ts, row).into_value())
    }
    #[function("unicode_escape_decode(data, errors=None, final=True, /)")]
    fn unicode_escape_decode(ts: &ThreadState, data: TextOrBuffer<'_>, errors: Option<&str>, last: bool) -> Result<Ref<Tuple>> {
        let (text, n) = escape::unicode_escape_decode(ts, data.bytes(), strict(errors), last)?;
        Ok(decoded(ts, text, taken(last, data.bytes().len(), n)))
    }
    #[function("raw_unicode_escape_decode(data, errors=None, final=True, /)")]
    fn raw_unicode_escape_decode(
        ts: &ThreadState,
        data: TextOrBuffer<'_>,
        errors: Option<&str>,
        last: bool,
    ) -> Result<Ref<Tuple>> {
        let (text, n) = escape::raw_unicode_escape_decode(ts, data.bytes(), strict(errors), last)?;
        Ok(decoded(ts, text, taken(last, data.bytes().len(), n)))
    }
    #[function("latin_1_decode(data, errors=None, /)")]
    fn latin_1_decode(ts: &ThreadState, data: Buffer, errors: Option<&str>) -> Ref<Tuple> {
        let _ = errors;
        decoded(ts, single::decode_latin1(ts, data.as_slice()), data.len())
    }
    #[function("ascii_decode(data, errors=None, /)")]
    fn ascii_decode(ts: &ThreadState, data: Buffer, errors: Option<&str>) -> Result<Ref<Tuple>> {
        Ok(decoded(ts, single::decode_ascii(ts, data.as_slice(), strict(errors))?, data.len()))
    }
    #[function("charmap_decode(data, errors=None, mapping=None, /)")]
    fn charmap_decode(ts: &ThreadState, data: Buffer, errors: Option<&str>, mapping: Option<&Value>) -> Result<Ref<Tuple>> {
        Ok(decoded(ts, charmap::decode(ts, data.as_slice(), strict(errors), mapping)?, data.len()))
    }
    #[function("readbuffer_encode(data, errors=None, /)")]
    fn readbuffer_encode(ts: &ThreadState, data: TextOrBuffer<'_>, errors: Option<&str>) -> Ref<Tuple> {
        let _ = errors;
        encoded(ts, data.bytes().to_vec(), data.bytes().len())
    }
    #[function("utf_7_encode(str, errors=None, /)")]
    fn utf_7_encode(ts: &ThreadState, str: &Str, errors: Option<&str>) -> Ref<Tuple> {
        let _ = errors;
        encoded(ts, utf7::encode(str), str.len())
    }
    #[function("utf_8_encode(str, errors=None, /)")]
    fn utf_8_encode(ts: &ThreadState, str: &Str, errors: Option<&str>) -> Result<Ref<Tuple>> {
        Ok(encoded(ts, utf8::encode(ts, str, strict(errors))?, str.len()))
    }
    #[function("utf_16_encode(str, errors=None, byteorder=0, /)")]
    fn utf_16_encode(ts: &ThreadState, str: &Str, errors: Option<&str>, byteorder: i32) -> Result<Ref<Tuple>> {
        let order = Order::from_number(byteorder as i64);
        Ok(encoded(ts, utf16::encode16(ts, str, strict(errors), order)?, str.len()))
    }
    #[function("utf_16_le_encode(str, errors=None, /)")]
    fn utf_16_le_encode(ts: &ThreadState, str: &Str, errors: Option<&str>) -> Result<Ref<Tuple>> {
        Ok(encoded(ts, utf16::encode16(ts, str, strict(errors), Order::Little)?, str.len()))
    }
    #[function("utf_16_be_encode(str, errors=None, /)")]
    fn utf_16_be_encode(ts: &ThreadState, str: &Str, errors: Option<&str>) -> Result<Ref<Tuple>> {
        Ok(encoded(ts, utf16::encode16(ts, str, strict(errors), Order::Big)?, str.len()))
    }
    #[function("utf_32_encode(str, errors=None, byteorder=0, /)")]
    fn utf_32_encode(ts: &ThreadState, str: &Str, errors: Option<&str>, byteorder: i32) -> Result<Ref<Tuple>> {
        let order = Order::from_number(byteorder as i64);
        Ok(encoded(ts, utf16::encode32(ts, str, strict(errors), order)?, str.len()))
    }
    #[function("utf_32_le_encode(str, errors=None, /)")]
    fn utf_32_le_encode(ts: &ThreadState, str: &Str, errors: Option<&str>) -> Result<Ref<Tuple>> {
        Ok(encoded(ts, utf16::encode32(ts, str, strict(errors), Order::Little)?, str.len()))
    }
    #[function("utf_32_be_encode(str, errors=None, /)")]
    fn utf_32_be_encode(ts: &ThreadState, str: &Str, errors: Option<&str>) -> Result<Ref<Tuple>> {
        Ok(encoded(ts, utf16::encode32(ts, str, strict(errors), Order::Big)?, str.len()))
    }
    #[function("unicode_escape_encode(str, errors=None, /)")]
    fn unicode_escape_encode(ts: &ThreadState, str: &Str, errors: Option<&str>) -> Ref<Tuple> {
        let _ = errors;
        encoded(ts, escape::unicode_escape_encode(str), str.len())
    }
    #[function("raw_unicode_escape_encode(str, errors=None, /)")]
    fn raw_unicode_escape_encode(ts: &ThreadState, str: &Str, errors: Option<&str>) -> Ref<Tuple> {
        let _ = errors;
        encoded(ts, escape::raw_unicode_escape_encode(str), str.len())
    }
    #[function("latin_1_encode(str, errors=None, /)")]
    fn latin_1_encode(ts: &ThreadState, str: &Str, errors: Option<&str>) -> Result<Ref<Tuple>> {
        Ok(encoded(ts, single::encode(ts, str, strict(errors), 256)?, str.len()))
    }
    #[function("ascii_encode(str, errors=None, /)")]
    fn ascii_encode(ts: &ThreadState, str: &Str, errors: Option<&str>) -> Result<Ref<Tuple>> {
        Ok(encoded(ts, single::encode(ts, str, strict(errors), 128)?, str.len()))
    }
    #[function("charmap_encode(str, errors=None, mapping=None, /)")]
    fn charmap_encode(ts: &ThreadState, str: &Str, errors: Option<&str>, mapping: Option<&Value>) -> Result<Ref<Tuple>> {
        Ok(encoded(ts, charmap::encode(ts, str, strict(errors), mapping)?, str.len()))
    }
    #[function("charmap_build(map, /)")]
    fn charmap_build(ts: &ThreadState, map: &Str) -> Ref<charmap::EncodingMap> {
        charmap::build(ts, map)
    }
}

pub static MODULE: ModuleDef =
    ModuleDef { name: "_codecs", doc: "", functions: &[functions::FUNCTIONS], init: None };
