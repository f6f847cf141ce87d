//! Dictionaries, and how compressors and decompressors are given one.

use super::ffi;
use crate::prelude::*;

pub struct Dictionary {
    pub content: std::sync::Arc<[u8]>,
    id: u32,
}
payload!(Dictionary);

/// How a dictionary is loaded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Digested,
    Undigested,
    Prefix,
}

/// The argument `zstd_dict`: a dictionary, or one with the way to load it.
pub fn argument(ts: &ThreadState, v: &Value) -> Result<(std::sync::Arc<[u8]>, Form)> {
    if let Some(d) = v.downcast::<Dictionary>() {
        return Ok((d.content.clone(), Form::Digested));
    }
    if let Some(t) = v.exact::<taipan_objects::tuple::Tuple>()
        && let [d, form] = t.items()
        && let Some(d) = d.downcast::<Dictionary>()
        && is_int(form)
        && let n @ 0..3 = index_i32(ts, form)?
    {
        return Ok((d.content.clone(), [Form::Digested, Form::Undigested, Form::Prefix][n as usize]));
    }
    Err(ts.type_error("zstd_dict argument should be a ZstdDict object."))
}

/// A dictionary of Zstandard, for compressing and decompressing; several compressors and decompressors may share it.
///
///   dict_content
///     The contents, as bytes.
///   is_raw
///     Do not ask for the form that the zstd library gives dictionaries.
#[class(name = "ZstdDict", module = "compression.zstd", final)]
impl Dictionary {
    #[new("(dict_content, /, *, is_raw=False)")]
    fn new(cls: &Type, ts: &ThreadState, dict_content: &Value, is_raw: bool) -> Result<Ref<Dictionary>> {
        let loan = readable(ts, dict_content)?;
        let b = loan.as_bytes();
        if b.len() < 8 {
            return Err(ts.value_error("Zstandard dictionary content too short (must have at least eight bytes)"));
        }
        // SAFETY: memory of the length told.
        let id = unsafe { ffi::ZSTD_getDictID_fromDict(b.as_ptr().cast(), b.len()) };
        if id == 0 && !is_raw {
            return Err(ts.value_error("invalid Zstandard dictionary"));
        }
        Ok(heap::new_with_type(ts, cls, Dictionary { content: b.into(), id }))
    }
    #[slot(repr)]
    fn repr(&self, ts: &ThreadState) -> Result {
        Ok(str_value(ts, &format!("<ZstdDict dict_id={} dict_size={}>", self.id, self.content.len())))
    }
    #[slot(len)]
    fn len(&self, ts: &ThreadState) -> Result<usize> {
        let _ = ts;
        Ok(self.content.len())
    }
    /// The number of the dictionary; 0 of raw contents.
    #[getter("dict_id", member)]
    fn get_id(&self) -> u32 {
        self.id
    }
    /// The contents, as bytes.
    #[getter("dict_content")]
    fn get_content(&self, ts: &ThreadState) -> Value {
        bytes_value(ts, &self.content)
    }
    /// For zstd_dict: loaded once for each level. Some parameters give way to the dictionary's.
    #[getter("as_digested_dict")]
    fn as_digested_dict(slf: &Value, ts: &ThreadState) -> Value {
        tuple(ts, vec![slf.clone(), int_value(ts, 0)])
    }
    /// For zstd_dict: loaded anew each time. All parameters stay.
    #[getter("as_undigested_dict")]
    fn as_undigested_dict(slf: &Value, ts: &ThreadState) -> Value {
        tuple(ts, vec![slf.clone(), int_value(ts, 1)])
    }
    /// For zstd_dict: what comes before the first frame.
    #[getter("as_prefix")]
    fn as_prefix(slf: &Value, ts: &ThreadState) -> Value {
        tuple(ts, vec![slf.clone(), int_value(ts, 2)])
    }
    #[method("__getstate__($self, /)")]
    fn getstate(slf: &Value, ts: &ThreadState) -> Result {
        Err(ts.type_error(format!("cannot pickle '{}' object", slf.type_name(ts))))
    }
}
