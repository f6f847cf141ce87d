//! What a string does with a format spec.

use super::spec::{Align, FormatSpec, Sign};
use crate::heap::Ref;
use crate::str::{Str, StrBuilder};
use crate::thread::ThreadState;
use crate::value::Result;

/// `str.__format__(s, spec)`
pub fn format_text(ts: &ThreadState, s: &Str, spec: &Str) -> Result<Ref<Str>> {
    if spec.is_empty() {
        return Ok(s.plain(ts));
    }
    let me = s.to_ref().into_value();
    let f = FormatSpec::parse(ts, spec.bytes(), &me, b's', Align::Left)?;
    if f.kind != 's' as u32 {
        return Err(f.unknown_kind(ts, &me));
    }
    let message = match (f.sign, f.no_neg_0, f.alternate, f.align) {
        (Sign::Space, ..) => "Space not allowed in string format specifier",
        (Sign::Plus | Sign::Minus, ..) => "Sign not allowed in string format specifier",
        (_, true, ..) => "Negative zero coercion (z) not allowed in string format specifier",
        (_, _, true, _) => "Alternate form (#) not allowed in string format specifier",
        (.., Align::AfterSign) => "'=' alignment not allowed in string format specifier",
        _ => "",
    };
    if !message.is_empty() {
        return Err(ts.value_error(message));
    }
    let (mut text, mut len) = (s.bytes(), s.len());
    if let Some(p) = f.precision.filter(|&p| p < len) {
        text = &text[..s.offset_of(p)];
        len = p;
    }
    if f.width.is_none_or(|w| w <= len) {
        return Ok(if text.len() == s.byte_len() { s.plain(ts) } else { Str::subslice(ts, s, 0, text.len()) });
    }
    let mut out = StrBuilder::new();
    f.pad(ts, &mut out, text, len)?;
    Ok(out.finish(ts))
}
