//! The module `_uuid`: identifiers from time and the machine. Without the daemon that the C library
//! asks, no identifier is known to be safe from being given twice: `uuid` falls back to its own.

use crate::prelude::*;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_uuid",
    doc: "",
    functions: &[functions::FUNCTIONS],
    init: Some(|ts, dict| {
        dict.set_name(ts, "has_uuid_generate_time_safe", int_value(ts, 0));
        dict.set_name(ts, "has_stable_extractable_node", int_value(ts, 0));
        Ok(())
    }),
};

/// 100-nanosecond steps between 1582-10-15 and 1970-01-01.
const EPOCH: u64 = 0x01b2_1dd2_1381_4000;

#[functions(module = "_uuid")]
pub mod functions {
    use super::*;

    #[function("generate_time_safe()")]
    fn generate_time_safe(ts: &ThreadState) -> Result {
        let mut random = [0u8; 8];
        crate::posix::system::random_bytes(ts, &mut random)?;
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let t = EPOCH.wrapping_add((now.as_nanos() / 100) as u64);
        let mut b = [0u8; 16];
        b[..4].copy_from_slice(&(t as u32).to_be_bytes());
        b[4..6].copy_from_slice(&((t >> 32) as u16).to_be_bytes());
        b[6..8].copy_from_slice(&((t >> 48) as u16 & 0xfff | 0x1000).to_be_bytes());
        b[8..].copy_from_slice(&random);
        b[8] = b[8] & 0x3f | 0x80;
        // A random node says so by its multicast bit.
        b[10] |= 1;
        Ok(tuple(ts, vec![bytes_value(ts, &b), Value::none()]))
    }
}
