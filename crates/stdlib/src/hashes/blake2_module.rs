//! The module `_blake2`.

use super::blake2::{Blake2b, Blake2s, Params};
use super::{Hasher, feed, hex, initial};
use crate::prelude::*;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_blake2",
    doc: "_blake2b provides BLAKE2b for hashlib\n",
    functions: &[],
    init: Some(|ts, dict| {
        dict.set_name(ts, "blake2b", Blake2bType::class(ts).into_value());
        dict.set_name(ts, "blake2s", Blake2sType::class(ts).into_value());
        for (name, sizes) in [("BLAKE2B", [16, 16, 64, 64]), ("BLAKE2S", [8, 8, 32, 32])] {
            for (what, n) in NAMES.iter().zip(sizes) {
                dict.set_name(ts, &format!("{name}_{what}"), int_value(ts, n));
            }
        }
        dict.set_name(ts, "_GIL_MINSIZE", int_value(ts, super::GIL_MINSIZE as i64));
        Ok(())
    }),
};

const NAMES: [&str; 4] = ["SALT_SIZE", "PERSON_SIZE", "MAX_KEY_SIZE", "MAX_DIGEST_SIZE"];

/// The limits of one of the two functions.
struct Kind {
    name: &'static str,
    digest: i64,
    salt: usize,
    offset_bits: u32,
}

/// The arguments besides the data.
struct Given<'a> {
    digest_size: i64,
    key: Option<&'a Value>,
    salt: Option<&'a Value>,
    person: Option<&'a Value>,
    fanout: i64,
    depth: i64,
    leaf_size: Option<&'a Value>,
    node_offset: Option<&'a Value>,
    node_depth: i64,
    inner_size: i64,
    last_node: bool,
}

fn unsigned(ts: &ThreadState, v: Option<&Value>, bits: u32, name: &str, kind: &str) -> Result<u64> {
    let Some(v) = v else { return Ok(0) };
    let n = protocol::index(ts, v)?;
    if is_negative(&n) {
        return Err(ts.value_error("Cannot convert negative int"));
    }
    let Some(n) = taipan_objects::int::view(&n).and_then(|n| n.to_u64()) else {
        return Err(ts.overflow_error(format!("Python int too large for C unsigned {kind}")));
    };
    if bits < 64 && n >> bits != 0 {
        return Err(ts.overflow_error(format!("{name} is too large")));
    }
    Ok(n)
}

fn build(ts: &ThreadState, kind: &Kind, g: &Given<'_>) -> Result<Hasher> {
    let max = kind.digest;
    if !(1..=max).contains(&g.digest_size) {
        let text = format!("digest_size for {} must be between 1 and {max} bytes, here it is {}", kind.name, g.digest_size);
        return Err(ts.value_error(text));
    }
    let bytes = |v: Option<&Value>, most: usize, name: &str| -> Result<Vec<u8>> {
        let Some(v) = v else { return Ok(vec![]) };
        let b = readable(ts, v)?.as_bytes().to_vec();
        if b.len() > most {
            return Err(ts.value_error(format!("maximum {name} length is {most} bytes")));
        }
        Ok(b)
    };
    let key_most = max as usize;
    let salt = bytes(g.salt, kind.salt, "salt")?;
    let person = bytes(g.person, kind.salt, "person")?;
    let range = |n: i64, low: i64, name: &str| {
        if (low..=255).contains(&n) {
            return Ok(n as u8);
        }
        Err(ts.value_error(format!("{name} must be between {low} and 255")))
    };
    let fanout = range(g.fanout, 0, "fanout")?;
    let depth = range(g.depth, 1, "depth")?;
    let leaf_size = unsigned(ts, g.leaf_size, 32, "leaf_size", "long")? as u32;
    let node_offset = unsigned(ts, g.node_offset, kind.offset_bits, "node_offset", "long long")?;
    let node_depth = range(g.node_depth, 0, "node_depth")?;
    if !(0..=max).contains(&g.inner_size) {
        return Err(ts.value_error(format!("inner_size must be between 0 and is {max}")));
    }
    let key = bytes(g.key, key_most, "key")?;
    let p = Params {
        digest_size: g.digest_size as u8,
        key: &key,
        salt: &salt,
        person: &person,
        fanout,
        depth,
        leaf_size,
        node_offset,
        node_depth,
        inner_size: g.inner_size as u8,
        last_node: g.last_node,
    };
    Ok(if kind.digest == 64 { Hasher::Blake2b(Box::new(Blake2b::new(&p))) } else { Hasher::Blake2s(Box::new(Blake2s::new(&p))) })
}

macro_rules! blake2_class {
    ($rust:ident, $name:literal, $signature:tt, $max:literal, $kind:expr, $fill:ident) => {
        pub struct $rust {
            h: GilCell<Box<Hasher>>,
        }
        payload!($rust);

        /// Return a new BLAKE2 hash object.
        #[class(name = $name, module = "_blake2", fill = $fill)]
        impl $rust {
            #[new($signature)]
            #[allow(clippy::too_many_arguments)]
            fn new(
                cls: &Type,
                ts: &ThreadState,
                data: Option<&Value>,
                #[default($max)] digest_size: i64,
                key: Option<&Value>,
                salt: Option<&Value>,
                person: Option<&Value>,
                fanout: i64,
                depth: i64,
                leaf_size: Option<&Value>,
                node_offset: Option<&Value>,
                node_depth: i64,
                inner_size: i64,
                last_node: bool,
                usedforsecurity: bool,
                string: Option<&Value>,
            ) -> Result<Ref<$rust>> {
                let _ = usedforsecurity;
                let kind: Kind = $kind;
                let given = Given { digest_size, key, salt, person, fanout, depth, leaf_size, node_offset, node_depth, inner_size, last_node };
                let data = initial(ts, data, string)?;
                let h = GilCell::new(Box::new(build(ts, &kind, &given)?));
                if let Some(v) = data {
                    feed(ts, &h, v)?;
                }
                Ok(heap::new_with_type(ts, cls, $rust { h }))
            }
            /// Return a copy of the hash object.
            #[method("copy($self, /)")]
            fn copy(&self, ts: &ThreadState) -> Ref<$rust> {
                heap::new(ts, $rust { h: GilCell::new(self.h.get()) })
            }
            /// Return the digest value as a bytes object.
            #[method("digest($self, /)")]
            fn digest(&self, ts: &ThreadState) -> Value {
                bytes_from_vec(ts, self.h.read(|h| h.digest(0)))
            }
            /// Return the digest value as a string of hexadecimal digits.
            #[method("hexdigest($self, /)")]
            fn hexdigest(&self) -> String {
                hex(&self.h.read(|h| h.digest(0)))
            }
            /// Update this hash object's state with the provided bytes-like object.
            #[method("update($self, data, /)")]
            fn update(&self, ts: &ThreadState, data: &Value) -> Result<()> {
                feed(ts, &self.h, data)
            }
            #[getter]
            fn name(&self) -> &'static str {
                $name
            }
            #[getter]
            fn block_size(&self) -> usize {
                self.h.read(|h| h.block_size())
            }
            #[getter]
            fn digest_size(&self) -> usize {
                self.h.read(|h| h.digest_size())
            }
        }

        fn $fill(ts: &ThreadState, dict: &ClassDict) -> Result<()> {
            let sizes = if $max == 64 { [16, 16, 64, 64] } else { [8, 8, 32, 32] };
            for (what, n) in NAMES.iter().zip(sizes) {
                dict.set_name(ts, what, int_value(ts, n));
            }
            Ok(())
        }
    };
}

blake2_class!(
    Blake2bType,
    "blake2b",
    "(data=<unrepresentable>, *, digest_size=64, key=<unrepresentable>, salt=<unrepresentable>, person=<unrepresentable>, fanout=1, depth=1, leaf_size=<unrepresentable>, node_offset=<unrepresentable>, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True, string=None)",
    64,
    Kind { name: "Blake2b", digest: 64, salt: 16, offset_bits: 64 },
    fill_b
);
blake2_class!(
    Blake2sType,
    "blake2s",
    "(data=<unrepresentable>, *, digest_size=32, key=<unrepresentable>, salt=<unrepresentable>, person=<unrepresentable>, fanout=1, depth=1, leaf_size=<unrepresentable>, node_offset=<unrepresentable>, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True, string=None)",
    32,
    Kind { name: "Blake2s", digest: 32, salt: 8, offset_bits: 48 },
    fill_s
);
