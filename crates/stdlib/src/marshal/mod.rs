//! The module `marshal`: values as bytes, in CPython's format. Code objects are images of ours inside a
//! record of type `c`: only this implementation reads them.

mod read;
mod write;

use crate::prelude::*;

pub const VERSION: i32 = 5;
/// Deepest nesting in either direction.
const MAX_DEPTH: usize = 2000;
const FLAG_REF: u8 = 0x80;

pub static MODULE: ModuleDef = ModuleDef {
    name: "marshal",
    doc: "This module contains functions that can read and write Python values in\na binary format. The format is specific to Python, but independent of\nmachine architecture issues.\n\nNot all Python object types are supported; in general, only objects\nwhose value is independent from a particular invocation of Python can be\nwritten and read. The following types are supported: None, integers,\nfloating-point numbers, strings, bytes, bytearrays, tuples, lists, sets,\ndictionaries, and code objects, where it should be understood that\ntuples, lists and dictionaries are only supported as long as the values\ncontained therein are themselves supported; and recursive lists and\ndictionaries should not be written (they will cause infinite loops).\n\nVariables:\n\nversion -- indicates the format that the module uses. Version 0 is the\n    historical format, version 1 shares interned strings and version 2\n    uses a binary format for floating-point numbers.\n    Version 3 shares common object references (New in version 3.4).\n\nFunctions:\n\ndump() -- write value to a file\nload() -- read value from a file\ndumps() -- marshal value as a bytes object\nloads() -- read value from a bytes-like object",
    functions: &[functions::FUNCTIONS],
    init: Some(|ts, dict| {
        dict.set_name(ts, "version", int_value(ts, VERSION as i64));
        Ok(())
    }),
};

#[functions(module = "marshal")]
pub mod functions {
    use super::*;

    /// Write the value on the open file.
    #[function("dump(value, file, version=5, /, *, allow_code=True)")]
    fn dump(ts: &ThreadState, value: &Value, file: &Value, version: i32, allow_code: bool) -> Result {
        let data = write::to_bytes(ts, value, version, allow_code)?;
        protocol::call_method(ts, file, "write", &[bytes_from_vec(ts, data)])
    }
    /// Read one value from the open file and return it.
    #[function("load(file, /, *, allow_code=True)")]
    fn load(ts: &ThreadState, file: &Value, allow_code: bool) -> Result {
        let first = protocol::call_method(ts, file, "read", &[int_value(ts, 0)])?;
        if first.downcast::<Bytes>().is_none() {
            return Err(ts.type_error(format!("file.read() returned not bytes but {}", first.type_name(ts))));
        }
        read::from_file(ts, file, allow_code)
    }
    /// Return the bytes object that would be written to a file by dump(value, file).
    #[function("dumps(value, version=5, /, *, allow_code=True)")]
    fn dumps(ts: &ThreadState, value: &Value, version: i32, allow_code: bool) -> Result {
        Ok(bytes_from_vec(ts, write::to_bytes(ts, value, version, allow_code)?))
    }
    /// Convert the bytes-like object to a value.
    #[function("loads(bytes, /, *, allow_code=True)")]
    fn loads(ts: &ThreadState, bytes: &Value, allow_code: bool) -> Result {
        let data = readable(ts, bytes)?;
        read::from_bytes(ts, data.as_bytes(), allow_code)
    }
}
