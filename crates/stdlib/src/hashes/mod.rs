//! The modules `_md5`, `_sha1`, `_sha2`, `_sha3` and `_blake2`.

mod blake2;
mod blake2_module;
mod blocks;
mod classes;
mod hmac;
mod kdf;
mod keccak;
mod md5;
mod sha512;

pub use blake2_module::MODULE as BLAKE2;
pub use kdf::KDF;
pub use classes::{MD5, SHA1, SHA2, SHA3};
pub use hmac::MODULE as HMAC;

use crate::prelude::*;
use blake2::{Blake2b, Blake2s};
use keccak::Keccak;
use blocks::Blocks;
use sha1::Digest;

/// Data longer than this is hashed without the interpreter's lock.
const GIL_MINSIZE: usize = 2048;

/// A digest under way.
#[derive(Clone)]
pub enum Hasher {
    Md5(Blocks<md5::Md5>),
    Sha1(sha1::Sha1),
    Sha224(sha2::Sha224),
    Sha256(sha2::Sha256),
    Sha384(Blocks<sha512::Sha512>),
    Sha512(Blocks<sha512::Sha512>),
    Sha3(Keccak, usize),
    Shake(Keccak),
    Blake2b(Box<Blake2b>),
    Blake2s(Box<Blake2s>),
}

impl Hasher {
    pub fn md5() -> Hasher {
        Hasher::Md5(Blocks::new([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0, 0, 0, 0], 16))
    }
    /// The words are fractions of the square roots of primes: of the first eight, and for SHA-384 of the next.
    pub fn sha384() -> Hasher {
        Hasher::Sha384(Blocks::new(
            [
                0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939, 0x67332667ffc00b31, 0x8eb44a8768581511,
                0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4,
            ],
            48,
        ))
    }
    pub fn sha512() -> Hasher {
        Hasher::Sha512(Blocks::new(
            [
                0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
                0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
            ],
            64,
        ))
    }
    /// By the names that `hmac` knows.
    pub fn by_name(name: &str) -> Option<Hasher> {
        Some(match name {
            "md5" => Hasher::md5(),
            "sha1" => Hasher::Sha1(sha1::Sha1::new()),
            "sha224" => Hasher::Sha224(sha2::Sha224::new()),
            "sha256" => Hasher::Sha256(sha2::Sha256::new()),
            "sha384" => Hasher::sha384(),
            "sha512" => Hasher::sha512(),
            "sha3_224" => Hasher::Sha3(Keccak::new(144, 6), 28),
            "sha3_256" => Hasher::Sha3(Keccak::new(136, 6), 32),
            "sha3_384" => Hasher::Sha3(Keccak::new(104, 6), 48),
            "sha3_512" => Hasher::Sha3(Keccak::new(72, 6), 64),
            _ => return None,
        })
    }
    pub fn update(&mut self, data: &[u8]) {
        match self {
            Hasher::Md5(h) => h.update(data),
            Hasher::Sha1(h) => h.update(data),
            Hasher::Sha224(h) => h.update(data),
            Hasher::Sha256(h) => h.update(data),
            Hasher::Sha384(h) | Hasher::Sha512(h) => h.update(data),
            Hasher::Sha3(h, _) | Hasher::Shake(h) => h.update(data),
            Hasher::Blake2b(h) => h.update(data),
            Hasher::Blake2s(h) => h.update(data),
        }
    }
    /// The digest; `length` counts for SHAKE only.
    pub fn digest(&self, length: usize) -> Vec<u8> {
        match self.clone() {
            Hasher::Md5(h) => h.finish(),
            Hasher::Sha1(h) => h.finalize().to_vec(),
            Hasher::Sha224(h) => h.finalize().to_vec(),
            Hasher::Sha256(h) => h.finalize().to_vec(),
            Hasher::Sha384(h) | Hasher::Sha512(h) => h.finish(),
            Hasher::Sha3(h, n) => {
                let mut out = vec![0; n];
                h.finish(&mut out);
                out
            }
            Hasher::Shake(h) => {
                let mut out = vec![0; length];
                h.finish(&mut out);
                out
            }
            Hasher::Blake2b(h) => h.finish(),
            Hasher::Blake2s(h) => h.finish(),
        }
    }
    pub fn digest_size(&self) -> usize {
        match self {
            Hasher::Md5(_) => 16,
            Hasher::Sha1(_) => 20,
            Hasher::Sha224(_) => 28,
            Hasher::Sha256(_) => 32,
            Hasher::Sha384(_) => 48,
            Hasher::Sha512(_) => 64,
            Hasher::Sha3(_, n) => *n,
            Hasher::Shake(_) => 0,
            Hasher::Blake2b(h) => h.digest_size,
            Hasher::Blake2s(h) => h.digest_size,
        }
    }
    pub fn block_size(&self) -> usize {
        match self {
            Hasher::Md5(_) | Hasher::Sha1(_) | Hasher::Sha224(_) | Hasher::Sha256(_) | Hasher::Blake2s(_) => 64,
            Hasher::Sha384(_) | Hasher::Sha512(_) | Hasher::Blake2b(_) => 128,
            Hasher::Sha3(k, _) | Hasher::Shake(k) => k.rate,
        }
    }
}

pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut s = Vec::with_capacity(2 * bytes.len());
    bytes.iter().for_each(|b| s.extend([DIGITS[(b >> 4) as usize], DIGITS[(b & 15) as usize]]));
    String::from_utf8(s).unwrap_or_default()
}

/// The bytes to hash, with the errors of these modules.
pub fn data_of(ts: &ThreadState, v: &Value) -> Result<Loan> {
    if v.downcast::<Str>().is_some() {
        return Err(ts.type_error("Strings must be encoded before hashing"));
    }
    match maybe_readable(ts, v)? {
        Some(b) => Ok(b),
        None => Err(ts.type_error("object supporting the buffer API required")),
    }
}

/// Hashes more data.
pub fn feed(ts: &ThreadState, cell: &GilCell<Box<Hasher>>, v: &Value) -> Result<()> {
    if let Some(b) = v.exact::<Bytes>()
        && b.as_slice().len() < GIL_MINSIZE
    {
        cell.write(|h| h.update(b.as_slice()));
        return Ok(());
    }
    let loan = data_of(ts, v)?;
    let data = loan.as_bytes();
    if data.len() < GIL_MINSIZE {
        cell.write(|h| h.update(data));
        return Ok(());
    }
    // Another thread may ask for the digest meanwhile: it sees the state before.
    let mut h = cell.get();
    ts.allow_threads(|| h.update(data));
    cell.set(h);
    Ok(())
}

/// The argument `data`, which may also be given as `string`.
pub fn initial<'a>(ts: &ThreadState, data: Option<&'a Value>, string: Option<&'a Value>) -> Result<Option<&'a Value>> {
    match (data, string.filter(|s| !s.is_none())) {
        (Some(_), Some(_)) => Err(ts.type_error(
            "'data' and 'string' are mutually exclusive and support for 'string' keyword parameter is slated for removal in a future version.",
        )),
        (data, string) => Ok(data.or(string)),
    }
}
