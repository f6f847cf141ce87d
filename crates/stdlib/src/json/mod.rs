//! The module `_json`: what `json` leaves to native code.

mod encode;
mod scan;
mod text;

use crate::prelude::*;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_json",
    doc: "json speedups\n",
    functions: &[functions::FUNCTIONS],
    init: Some(init),
};

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    dict.set_name(ts, "make_scanner", scan::Scanner::class(ts).into_value());
    dict.set_name(ts, "make_encoder", encode::Encoder::class(ts).into_value());
    let state = ts.interp().extension::<encode::Own>();
    for (cell, name) in [(&state.ascii, "encode_basestring_ascii"), (&state.plain, "encode_basestring")] {
        if let Some(f) = dict.get_name(ts, name) {
            let _ = cell.set(f);
        }
    }
    Ok(())
}

fn string<'a>(ts: &ThreadState, v: &'a Value) -> Result<&'a Str> {
    v.downcast::<Str>().ok_or_else(|| ts.type_error(format!("first argument must be a string, not {}", v.type_name(ts))))
}

#[functions(module = "_json")]
pub mod functions {
    use super::*;

    /// encode_basestring_ascii(string) -> string
    ///
    /// Return an ASCII-only JSON representation of a Python string
    #[function("encode_basestring_ascii(object, /)")]
    fn encode_basestring_ascii(ts: &ThreadState, object: &Value) -> Result {
        let s = string(ts, object)?;
        let mut out = Vec::with_capacity(s.bytes().len() + 2);
        text::quote_ascii(s.bytes(), &mut out);
        Ok(Str::from_wtf8(ts, &out).into_value())
    }
    /// encode_basestring(string) -> string
    ///
    /// Return a JSON representation of a Python string
    #[function("encode_basestring(object, /)")]
    fn encode_basestring(ts: &ThreadState, object: &Value) -> Result {
        let s = string(ts, object)?;
        let mut out = Vec::with_capacity(s.bytes().len() + 2);
        text::quote(s.bytes(), &mut out);
        Ok(Str::from_wtf8(ts, &out).into_value())
    }
    /// scanstring(string, end, strict=True) -> (string, end)
    ///
    /// Scan the string s for a JSON string. End is the index of the
    /// character in s after the quote that started the JSON string.
    /// Unescapes all valid JSON string escape sequences and raises ValueError
    /// on attempt to decode an invalid string. If strict is False then literal
    /// control characters are allowed in the string.
    ///
    /// Returns a tuple of the decoded string and the index of the character in s
    /// after the end quote.
    #[function("scanstring(string, end, strict=True, /)", no_signature)]
    fn scanstring(ts: &ThreadState, string: &Value, end: isize, strict: bool) -> Result {
        let s = super::string(ts, string)?;
        let Some(start) = usize::try_from(end).ok().filter(|&e| e <= s.len()) else {
            return Err(ts.value_error("end is out of bounds"));
        };
        let (text, next) = scan::scan_string(ts, string, s, s.offset_of(start), strict)?;
        Ok(tuple(ts, vec![text, int_value(ts, s.index_of(next) as i64)]))
    }
}
