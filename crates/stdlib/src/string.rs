//! `_string`: the parts of format templates, for `string.Formatter`.

use taipan_macros::{class, functions};
use taipan_objects::format::template::{Accessor, First, Pieces, next_accessor, split_name};
use taipan_objects::heap::{self, Ref};
use taipan_objects::int;
use taipan_objects::native::ModuleDef;
use taipan_objects::payload;
use taipan_objects::str::Str;
use taipan_objects::tuple::Tuple;
use taipan_objects::{Result, ThreadState, Value};
use std::cell::Cell;

/// Yields `(literal, name, spec, conversion)`.
pub struct FormatterIterator {
    text: Ref<Str>,
    at: Cell<usize>,
}
payload!(FormatterIterator);

#[class(name = "formatteriterator", module = "_string", no_new, final)]
impl FormatterIterator {
    #[slot(iter)]
    fn tp_iter(_ts: &ThreadState, slf: &Value) -> Result<Value> {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn tp_next(&self, ts: &ThreadState) -> Result<Option<Value>> {
        let mut pieces = Pieces::new_at(self.text.bytes(), self.at.get());
        let piece = pieces.next(ts)?;
        self.at.set(pieces.position());
        let Some((literal, field)) = piece else { return Ok(None) };
        let text = |b: &[u8]| Str::from_wtf8(ts, b).into_value();
        let row = match field {
            None => [text(literal), Value::none(), Value::none(), Value::none()],
            Some(f) => {
                let conversion = f.conversion.map_or_else(Value::none, |c| Str::from_code_point(ts, c).into_value());
                [text(literal), text(f.name), text(f.spec), conversion]
            }
        };
        Ok(Some(Tuple::from_array(ts, row).into_value()))
    }
}

/// Yields `(is_attribute, name or index)`.
pub struct FieldNameIterator {
    text: Ref<Str>,
    at: Cell<usize>,
}
payload!(FieldNameIterator);

#[class(name = "fieldnameiterator", module = "_string", no_new, final)]
impl FieldNameIterator {
    #[slot(iter)]
    fn tp_iter(_ts: &ThreadState, slf: &Value) -> Result<Value> {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn tp_next(&self, ts: &ThreadState) -> Result<Option<Value>> {
        let all = self.text.bytes();
        let Some((accessor, rest)) = next_accessor(ts, &all[self.at.get()..])? else { return Ok(None) };
        self.at.set(all.len() - rest.len());
        let (attribute, name) = match accessor {
            Accessor::Attribute(name) => (true, Str::from_wtf8(ts, name).into_value()),
            Accessor::Item(name) => (false, Str::from_wtf8(ts, name).into_value()),
            Accessor::Index(i) => (false, int::from_usize(ts, i)),
        };
        Ok(Some(Tuple::from_array(ts, [Value::bool(attribute), name]).into_value()))
    }
}

#[functions(module = "_string")]
pub mod functions {
    use super::*;

    /// Split the argument as a field name: the first part, and an iterator over the others.
    #[function("formatter_field_name_split(string, /)", no_signature)]
    fn formatter_field_name_split(ts: &ThreadState, string: &Value) -> Result<Value> {
        let Some(s) = string.as_str() else {
            return Err(ts.type_error(format!("expected str, got {}", string.type_name(ts))));
        };
        let (first, rest) = split_name(ts, s.bytes())?;
        let at = s.byte_len() - rest.len();
        let first = match first {
            First::Next => Str::empty(ts).into_value(),
            First::Index(i) => int::from_usize(ts, i),
            First::Name(name) => Str::from_wtf8(ts, name).into_value(),
        };
        let rest = heap::new(ts, FieldNameIterator { text: s.to_ref(), at: Cell::new(at) }).into_value();
        Ok(Tuple::from_array(ts, [first, rest]).into_value())
    }
    /// Parse the argument as a format string.
    #[function("formatter_parser(string, /)", no_signature)]
    fn formatter_parser(ts: &ThreadState, string: &Value) -> Result<Value> {
        let Some(s) = string.as_str() else {
            return Err(ts.type_error(format!("expected str, got {}", string.type_name(ts))));
        };
        Ok(heap::new(ts, FormatterIterator { text: s.to_ref(), at: Cell::new(0) }).into_value())
    }
}

pub static MODULE: ModuleDef =
    ModuleDef { name: "_string", doc: "string helper module", functions: &[functions::FUNCTIONS], init: None };
