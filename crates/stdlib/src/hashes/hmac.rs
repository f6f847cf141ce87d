//! The module `_hmac`: message authentication by a digest and a key.

use super::{Hasher, data_of, hex};
use crate::prelude::*;
use taipan_objects::exceptions;

/// An interpreter's `UnknownHashError`.
#[derive(Default)]
struct State {
    unknown: std::cell::OnceCell<Ref<Type>>,
}

fn unknown_type(ts: &ThreadState) -> Result<Ref<Type>> {
    let cell = &ts.interp().extension::<State>().unknown;
    if let Some(t) = cell.get() {
        return Ok(t.clone());
    }
    let t = exceptions::create(ts, "_hmac.UnknownHashError", &ts.exceptions().value_error, "")?;
    Ok(cell.get_or_init(|| t).clone())
}

fn named(ts: &ThreadState, digest: &Value) -> Result<(Hasher, String)> {
    if let Some(s) = digest.downcast::<Str>() {
        let name = s.to_string_lossy().to_ascii_lowercase();
        if let Some(h) = Hasher::by_name(&name) {
            return Ok((h, name));
        }
    }
    let shown = protocol::repr_lossy(ts, digest)?;
    Err(ts.raise_message(&unknown_type(ts)?, &format!("unsupported hash type: {shown}")))
}

/// The key, as what goes before the message and before the inner digest.
fn begun(fresh: &Hasher, key: &[u8]) -> (Hasher, Hasher) {
    let size = fresh.block_size();
    let mut block = [0u8; 256];
    if key.len() > size {
        let mut h = fresh.clone();
        h.update(key);
        let short = h.digest(0);
        block[..short.len()].copy_from_slice(&short);
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let padded = |with: u8| {
        let mut h = fresh.clone();
        let mut block = block;
        block.iter_mut().for_each(|b| *b ^= with);
        h.update(&block[..size]);
        h
    };
    (padded(0x36), padded(0x5c))
}

fn finished(inner: &Hasher, outer: &Hasher) -> Vec<u8> {
    let mut h = outer.clone();
    h.update(&inner.digest(0));
    h.digest(0)
}

fn feed(ts: &ThreadState, inner: &GilCell<Box<Hasher>>, msg: &Value) -> Result<()> {
    super::feed(ts, inner, msg)
}

/// The whole digest of a message.
fn computed(ts: &ThreadState, name: &str, key: &Value, msg: &Value) -> Result {
    use super::blake2::{Blake2b, Blake2s, Params};
    let plain = |digest_size| Params { digest_size, fanout: 1, depth: 1, ..Params::default() };
    let fresh = match name {
        "blake2b_32" => Some(Hasher::Blake2b(Box::new(Blake2b::new(&plain(64))))),
        "blake2s_32" => Some(Hasher::Blake2s(Box::new(Blake2s::new(&plain(32))))),
        _ => Hasher::by_name(name),
    };
    let Some(fresh) = fresh else { return Err(ts.value_error("unsupported hash type")) };
    let (mut inner, outer) = begun(&fresh, data_of(ts, key)?.as_bytes());
    inner.update(data_of(ts, msg)?.as_bytes());
    Ok(bytes_from_vec(ts, finished(&inner, &outer)))
}

pub struct Hmac {
    inner: GilCell<Box<Hasher>>,
    outer: Box<Hasher>,
    name: String,
}
payload!(Hmac);

/// An authentication under way.
#[class(name = "HMAC", module = "_hmac", final, no_new)]
impl Hmac {
    /// Return a copy ("clone") of the HMAC object.
    #[method("copy($self, /)")]
    fn copy(&self, ts: &ThreadState) -> Ref<Hmac> {
        heap::new(ts, Hmac { inner: GilCell::new(self.inner.get()), outer: self.outer.clone(), name: self.name.clone() })
    }
    /// Update the HMAC object with the given message.
    #[method("update($self, /, msg)")]
    fn update(&self, ts: &ThreadState, msg: &Value) -> Result<()> {
        feed(ts, &self.inner, msg)
    }
    /// Return the digest of the bytes passed to the update() method so far.
    #[method("digest($self, /)")]
    fn digest(&self, ts: &ThreadState) -> Value {
        bytes_from_vec(ts, self.inner.read(|h| finished(h, &self.outer)))
    }
    /// Return hexadecimal digest of the bytes passed to the update() method so far.
    #[method("hexdigest($self, /)")]
    fn hexdigest(&self) -> String {
        hex(&self.inner.read(|h| finished(h, &self.outer)))
    }
    #[getter]
    fn name(&self) -> String {
        format!("hmac-{}", self.name)
    }
    #[getter]
    fn block_size(&self) -> usize {
        self.outer.block_size()
    }
    #[getter]
    fn digest_size(&self) -> usize {
        self.outer.digest_size()
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result {
        let name = slf.downcast::<Hmac>().map_or("", |h| h.name.as_str());
        Ok(str_value(ts, &format!("<{name} HMAC object @ {:#x}>", slf.id())))
    }
}

#[functions(module = "_hmac")]
pub mod functions {
    use super::*;

    /// Return a new HMAC object.
    #[function("new(key, msg=None, digestmod=None)")]
    fn new(ts: &ThreadState, key: &Value, msg: Option<&Value>, digestmod: Option<&Value>) -> Result<Ref<Hmac>> {
        let Some(digest) = digestmod else {
            return Err(ts.type_error("new() missing 1 required argument 'digestmod'"));
        };
        let (fresh, name) = named(ts, digest)?;
        let (inner, outer) = begun(&fresh, data_of(ts, key)?.as_bytes());
        let inner = GilCell::new(Box::new(inner));
        if let Some(msg) = msg {
            feed(ts, &inner, msg)?;
        }
        Ok(heap::new(ts, Hmac { inner, outer: Box::new(outer), name }))
    }
    /// Return the digest of a message, authenticated with a key.
    #[function("compute_digest(key, msg, digest)")]
    fn compute_digest(ts: &ThreadState, key: &Value, msg: &Value, digest: &Value) -> Result {
        let (_, name) = named(ts, digest)?;
        computed(ts, &name, key, msg)
    }
    #[function("compute_md5(key, msg, /)")]
    fn compute_md5(ts: &ThreadState, key: &Value, msg: &Value) -> Result {
        computed(ts, "md5", key, msg)
    }
    #[function("compute_sha1(key, msg, /)")]
    fn compute_sha1(ts: &ThreadState, key: &Value, msg: &Value) -> Result {
        computed(ts, "sha1", key, msg)
    }
    #[function("compute_sha224(key, msg, /)")]
    fn compute_sha224(ts: &ThreadState, key: &Value, msg: &Value) -> Result {
        computed(ts, "sha224", key, msg)
    }
    #[function("compute_sha256(key, msg, /)")]
    fn compute_sha256(ts: &ThreadState, key: &Value, msg: &Value) -> Result {
        computed(ts, "sha256", key, msg)
    }
    #[function("compute_sha384(key, msg, /)")]
    fn compute_sha384(ts: &ThreadState, key: &Value, msg: &Value) -> Result {
        computed(ts, "sha384", key, msg)
    }
    #[function("compute_sha512(key, msg, /)")]
    fn compute_sha512(ts: &ThreadState, key: &Value, msg: &Value) -> Result {
        computed(ts, "sha512", key, msg)
    }
    #[function("compute_sha3_224(key, msg, /)")]
    fn compute_sha3_224(ts: &ThreadState, key: &Value, msg: &Value) -> Result {
        computed(ts, "sha3_224", key, msg)
    }
    #[function("compute_sha3_256(key, msg, /)")]
    fn compute_sha3_256(ts: &ThreadState, key: &Value, msg: &Value) -> Result {
        computed(ts, "sha3_256", key, msg)
    }
    #[function("compute_sha3_384(key, msg, /)")]
    fn compute_sha3_384(ts: &ThreadState, key: &Value, msg: &Value) -> Result {
        computed(ts, "sha3_384", key, msg)
    }
    #[function("compute_sha3_512(key, msg, /)")]
    fn compute_sha3_512(ts: &ThreadState, key: &Value, msg: &Value) -> Result {
        computed(ts, "sha3_512", key, msg)
    }
    #[function("compute_blake2s_32(key, msg, /)")]
    fn compute_blake2s_32(ts: &ThreadState, key: &Value, msg: &Value) -> Result {
        computed(ts, "blake2s_32", key, msg)
    }
    #[function("compute_blake2b_32(key, msg, /)")]
    fn compute_blake2b_32(ts: &ThreadState, key: &Value, msg: &Value) -> Result {
        computed(ts, "blake2b_32", key, msg)
    }
}

pub static MODULE: ModuleDef = ModuleDef {
    name: "_hmac",
    doc: "",
    functions: &[functions::FUNCTIONS],
    init: Some(|ts, dict| {
        dict.set_name(ts, "HMAC", Hmac::class(ts).into_value());
        dict.set_name(ts, "UnknownHashError", unknown_type(ts)?.into_value());
        dict.set_name(ts, "_GIL_MINSIZE", int_value(ts, super::GIL_MINSIZE as i64));
        Ok(())
    }),
};
