//! `array`: rows of machine numbers.

mod codes;
mod iter;
mod methods;

use codes::Code;
use taipan_objects::bytearray::Bytearray;
use taipan_objects::bytes::Bytes;
use taipan_objects::dict::Dict;
use taipan_objects::heap::{self, Payload};
use taipan_objects::list::List;
use taipan_objects::native::{ModuleDef, functions};
use taipan_objects::str::Str;
use taipan_objects::typeobject::Type;
use taipan_objects::{Ref, Result, ThreadState, Value, payload, protocol};

/// The items lie in a `bytearray`, which keeps its size while its memory is lent out.
pub struct Array {
    code: &'static Code,
    data: Ref<Bytearray>,
}

payload!(Array, container, traverse = |s, visit| visit(s.data.as_value()));

impl Array {
    fn make(ts: &ThreadState, ty: &Type, code: &'static Code, bytes: Vec<u8>) -> Ref<Array> {
        heap::new_with_type(ts, ty, Array { code, data: Bytearray::new(ts, bytes) })
    }
    /// An exact array.
    fn plain(ts: &ThreadState, code: &'static Code, bytes: Vec<u8>) -> Value {
        Array::make(ts, &Array::class(ts), code, bytes).into_value()
    }
    fn size(&self) -> usize {
        self.code.size
    }
    fn count(&self) -> usize {
        self.data.len() / self.size()
    }
    fn get(&self, ts: &ThreadState, i: usize) -> Option<Value> {
        let n = self.size();
        let mut item = [0; 8];
        self.data.read(|b| Some(item[..n].copy_from_slice(b.get(i * n..i * n + n)?)))?;
        Some((self.code.load)(ts, &item))
    }
    fn values(&self, ts: &ThreadState) -> Vec<Value> {
        (0..self.count()).filter_map(|i| self.get(ts, i)).collect()
    }
    /// The machine form of a value.
    fn encode(&self, ts: &ThreadState, v: &Value) -> Result<[u8; 8]> {
        (self.code.store)(ts, v)
    }
    fn check_resizable(&self, ts: &ThreadState) -> Result<()> {
        self.data.check_resizable(ts).map_err(|_| {
            ts.clear_exception();
            ts.buffer_error("cannot resize an array that is exporting buffers")
        })
    }
    fn push(&self, ts: &ThreadState, v: &Value) -> Result<()> {
        let item = self.encode(ts, v)?;
        self.append_bytes(ts, &item[..self.size()])
    }
    fn append_bytes(&self, ts: &ThreadState, bytes: &[u8]) -> Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.check_resizable(ts)?;
        self.data.extend(ts, bytes)
    }
    /// Appends items as they lie in memory.
    fn append_items(&self, ts: &ThreadState, bytes: &[u8]) -> Result<()> {
        if !bytes.len().is_multiple_of(self.size()) {
            return Err(ts.value_error("bytes length not a multiple of item size"));
        }
        self.append_bytes(ts, bytes)
    }
    /// Replaces items `from..to`.
    fn splice(&self, ts: &ThreadState, from: usize, to: usize, new: &[u8]) -> Result<()> {
        let n = self.size();
        if (to - from) * n != new.len() {
            self.check_resizable(ts)?;
        }
        self.data.splice(ts, from * n, to * n, new)
    }
    fn extend_from(&self, ts: &ThreadState, v: &Value) -> Result<()> {
        if let Some(a) = v.downcast::<Array>() {
            if !std::ptr::eq(a.code, self.code) {
                return Err(ts.type_error("can only extend with array of same kind"));
            }
            return self.append_bytes(ts, &a.data.to_vec());
        }
        protocol::for_each(ts, v, |x| self.push(ts, &x))
    }
    /// Appends text to an array of characters.
    fn append_text(&self, ts: &ThreadState, s: &Str) -> Result<()> {
        let bytes: Vec<u8> = s.code_points().flat_map(u32::to_ne_bytes).collect();
        self.append_bytes(ts, &bytes)
    }
    /// What the second argument of `array()` brings.
    fn initialize(&self, ts: &ThreadState, v: &Value) -> Result<()> {
        if let Some(l) = v.exact::<List>() {
            return l.to_vec().iter().try_for_each(|x| self.push(ts, x));
        }
        if let Some(s) = v.downcast::<Str>() {
            if self.code.is_text() {
                return self.append_text(ts, s);
            }
            return Err(ts.type_error(format!("cannot use a str to initialize an array with typecode '{}'", self.code.letter)));
        }
        if let Some(a) = v.downcast::<Array>() {
            if a.code.is_text() && !self.code.is_text() {
                let letter = self.code.letter;
                return Err(ts.type_error(format!("cannot use a unicode array to initialize an array with typecode '{letter}'")));
            }
            if a.code.kind == self.code.kind {
                return self.append_bytes(ts, &a.data.to_vec());
            }
        }
        if let Some(b) = v.downcast::<Bytes>() {
            return self.append_items(ts, b.as_slice());
        }
        if let Some(b) = v.downcast::<Bytearray>() {
            return self.append_items(ts, &b.to_vec());
        }
        protocol::for_each(ts, v, |x| self.push(ts, &x))
    }
}

/// A one-character string as a character.
fn single(v: &Value) -> Option<char> {
    v.downcast::<Str>()?.single().and_then(char::from_u32)
}

#[functions(module = "array")]
mod functions {
    use super::*;

    /// Internal. Used for pickling support.
    #[function("_array_reconstructor($module, arraytype, typecode, mformat_code, items, /)")]
    fn array_reconstructor(ts: &ThreadState, arraytype: &Value, typecode: &Value, mformat_code: i32, items: &Value) -> Result<Value> {
        let Some(ty) = arraytype.downcast::<Type>() else {
            return Err(ts.type_error(format!("first argument must be a type object, not {}", arraytype.type_name(ts))));
        };
        let base = Array::class(ts);
        if !ty.is_subtype(&base) {
            return Err(ts.type_error(format!("{} is not a subtype of {}", ty.name(), base.name())));
        }
        let Some(code) = single(typecode).and_then(Code::find) else {
            return Err(ts.value_error("second argument must be a valid type code"));
        };
        let Some(bytes) = items.downcast::<Bytes>() else {
            return Err(ts.type_error(format!("fourth argument should be bytes, not {}", items.type_name(ts))));
        };
        let array = Array::make(ts, ty, code, Vec::new());
        if mformat_code == code.format() {
            array.append_items(ts, bytes.as_slice())?;
            return Ok(array.into_value());
        }
        let Some(from) = codes::MachineFormat::of(mformat_code) else {
            return Err(ts.value_error("third argument must be a valid machine format code."));
        };
        if !bytes.as_slice().len().is_multiple_of(from.size) {
            return Err(ts.value_error("string length not a multiple of item size"));
        }
        if let Some(text) = from.decode_utf16(bytes.as_slice()) {
            text.into_iter().try_for_each(|c| array.push(ts, Str::from_code_point(ts, c).as_value()))?;
            return Ok(array.into_value());
        }
        for item in bytes.as_slice().chunks(from.size) {
            let v = from.decode(ts, item)?;
            array.push(ts, &v)?;
        }
        Ok(array.into_value())
    }
}

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    let class = Array::class(ts).into_value();
    dict.set_name(ts, "ArrayType", class.clone());
    dict.set_name(ts, "array", class.clone());
    dict.set_name(ts, "typecodes", Str::new(ts, codes::LETTERS).into_value());
    // Arrays are mutable sequences.
    if let Ok(abc) = taipan_objects::module::import(ts, "collections.abc") {
        let sequence = protocol::getattr_name(ts, &abc, "MutableSequence")?;
        protocol::call_method(ts, &sequence, "register", &[class])?;
    } else {
        ts.clear_exception();
    }
    Ok(())
}

pub static MODULE: ModuleDef = ModuleDef {
    name: "array",
    doc: "This module defines an object type which can efficiently represent\n\
an array of basic values: characters, integers, floating-point\n\
numbers.  Arrays are sequence types and behave very much like lists,\n\
except that the type of objects stored in them is constrained.\n",
    functions: &[functions::FUNCTIONS],
    init: Some(init),
};
