//! Keys from passwords: `hashlib.pbkdf2_hmac` and `hashlib.scrypt`.

use super::Hasher;
use super::blake2::{Blake2b, Blake2s, Params};
use crate::prelude::*;
use sha1::Digest;

pub static KDF: ModuleDef = ModuleDef { name: "_taipan_kdf", doc: "Keys from passwords.", functions: &[functions::FUNCTIONS], init: None };

fn hasher(name: &str) -> Option<Hasher> {
    let plain = |digest_size| Params { digest_size, fanout: 1, depth: 1, ..Params::default() };
    match name.to_ascii_lowercase().replace('-', "_").as_str() {
        "blake2b" | "blake2b512" => Some(Hasher::Blake2b(Box::new(Blake2b::new(&plain(64))))),
        "blake2s" | "blake2s256" => Some(Hasher::Blake2s(Box::new(Blake2s::new(&plain(32))))),
        name => Hasher::by_name(name),
    }
}

/// HMAC with its key worked in: both digests are copied for each message.
struct Hmac {
    inner: Hasher,
    outer: Hasher,
}

impl Hmac {
    fn new(start: &Hasher, key: &[u8]) -> Hmac {
        let mut block = vec![0; start.block_size()];
        if key.len() > block.len() {
            let mut h = start.clone();
            h.update(key);
            let short = h.digest(0);
            block[..short.len()].copy_from_slice(&short);
        } else {
            block[..key.len()].copy_from_slice(key);
        }
        let keyed = |pad: u8| {
            let mut h = start.clone();
            h.update(&block.iter().map(|b| b ^ pad).collect::<Vec<u8>>());
            h
        };
        Hmac { inner: keyed(0x36), outer: keyed(0x5c) }
    }
    fn sign(&self, parts: &[&[u8]]) -> Vec<u8> {
        let (mut inner, mut outer) = (self.inner.clone(), self.outer.clone());
        parts.iter().for_each(|p| inner.update(p));
        outer.update(&inner.digest(0));
        outer.digest(0)
    }
}

fn pbkdf2(start: &Hasher, password: &[u8], salt: &[u8], iterations: u64, length: usize) -> Vec<u8> {
    let hmac = Hmac::new(start, password);
    let mut out = Vec::with_capacity(length);
    let mut block = 1u32;
    while out.len() < length {
        let mut u = hmac.sign(&[salt, &block.to_be_bytes()]);
        let mut t = u.clone();
        for _ in 1..iterations {
            u = hmac.sign(&[&u]);
            t.iter_mut().zip(&u).for_each(|(t, u)| *t ^= u);
        }
        out.extend_from_slice(&t);
        block += 1;
    }
    out.truncate(length);
    out
}

/// Salsa20/8 added onto its input.
fn salsa(b: &mut [u32; 16]) {
    let mut x = *b;
    for _ in 0..4 {
        for (a, c, d, e) in [
            (0, 4, 8, 12), (5, 9, 13, 1), (10, 14, 2, 6), (15, 3, 7, 11),
            (0, 1, 2, 3), (5, 6, 7, 4), (10, 11, 8, 9), (15, 12, 13, 14),
        ] {
            x[c] ^= x[a].wrapping_add(x[e]).rotate_left(7);
            x[d] ^= x[c].wrapping_add(x[a]).rotate_left(9);
            x[e] ^= x[d].wrapping_add(x[c]).rotate_left(13);
            x[a] ^= x[e].wrapping_add(x[d]).rotate_left(18);
        }
    }
    b.iter_mut().zip(x).for_each(|(b, x)| *b = b.wrapping_add(x));
}

/// Mixes blocks of 64 bytes; those in even places come first afterwards.
fn mix(v: &mut [u32], scratch: &mut [u32]) {
    let blocks = v.len() / 16;
    let mut x: [u32; 16] = std::array::from_fn(|i| v[(blocks - 1) * 16 + i]);
    for i in 0..blocks {
        x.iter_mut().zip(&v[i * 16..]).for_each(|(x, b)| *x ^= b);
        salsa(&mut x);
        let at = (i / 2 + if i % 2 == 1 { blocks / 2 } else { 0 }) * 16;
        scratch[at..at + 16].copy_from_slice(&x);
    }
    v.copy_from_slice(scratch);
}

fn scrypt_key(password: &[u8], salt: &[u8], n: usize, r: usize, p: usize, length: usize) -> Option<Vec<u8>> {
    let start = Hasher::Sha256(sha2::Sha256::new());
    let mut b = pbkdf2(&start, password, salt, 1, 128 * r * p);
    let words = 32 * r;
    let mut table: Vec<u32> = vec![];
    table.try_reserve_exact(words.checked_mul(n)?).ok()?;
    let mut scratch = vec![0; words];
    for part in b.chunks_mut(128 * r) {
        let mut x: Vec<u32> = part.chunks_exact(4).map(|c| u32::from_le_bytes([c[0], c[1], c[2], c[3]])).collect();
        table.clear();
        for _ in 0..n {
            table.extend_from_slice(&x);
            mix(&mut x, &mut scratch);
        }
        for _ in 0..n {
            let j = (x[words - 16] as u64 | (x[words - 15] as u64) << 32) as usize & (n - 1);
            x.iter_mut().zip(&table[j * words..]).for_each(|(x, t)| *x ^= t);
            mix(&mut x, &mut scratch);
        }
        part.chunks_exact_mut(4).zip(&x).for_each(|(c, w)| c.copy_from_slice(&w.to_le_bytes()));
    }
    Some(pbkdf2(&start, password, &b, 1, length))
}

#[functions(module = "_hashlib")]
pub mod functions {
    use super::*;

    /// Password based key derivation function 2 (PKCS #5 v2.0) with HMAC as pseudorandom function.
    #[function("pbkdf2_hmac(hash_name, password, salt, iterations, dklen=None)")]
    fn pbkdf2_hmac(ts: &ThreadState, hash_name: &str, password: &Value, salt: &Value, iterations: i64, dklen: Option<&Value>) -> Result {
        let Some(start) = hasher(hash_name) else { return Err(ts.value_error(format!("unsupported hash type {hash_name}"))) };
        let (password, salt) = (readable(ts, password)?, readable(ts, salt)?);
        if iterations < 1 {
            return Err(ts.value_error("iteration value must be greater than 0."));
        }
        let length = match dklen.filter(|v| !v.is_none()) {
            None => start.digest_size() as i64,
            Some(v) => index_i64(ts, v)?,
        };
        if length < 1 {
            return Err(ts.value_error("key length must be greater than 0."));
        }
        if length > i32::MAX as i64 {
            return Err(ts.overflow_error("key length is too great."));
        }
        let (p, s) = (password.as_bytes(), salt.as_bytes());
        let key = ts.allow_threads(|| pbkdf2(&start, p, s, iterations as u64, length as usize));
        Ok(bytes_from_vec(ts, key))
    }
    /// scrypt password-based key derivation function.
    #[function("scrypt(password, *, salt, n, r, p, maxmem=0, dklen=64)")]
    #[allow(clippy::too_many_arguments)]
    fn scrypt(ts: &ThreadState, password: &Value, salt: &Value, n: u64, r: u64, p: u64, maxmem: i64, dklen: i64) -> Result {
        let (password, salt) = (readable(ts, password)?, readable(ts, salt)?);
        if n < 2 || !n.is_power_of_two() {
            return Err(ts.value_error("n must be a power of 2."));
        }
        if !(0..=i32::MAX as i64).contains(&maxmem) {
            return Err(ts.value_error(format!("maxmem must be positive and smaller than {}", i32::MAX)));
        }
        if !(1..=i32::MAX as i64).contains(&dklen) {
            return Err(ts.value_error(format!("dklen must be greater than 0 and smaller than {}", i32::MAX)));
        }
        let limit = if maxmem == 0 { 32 << 20 } else { maxmem as u64 };
        let needed = r.checked_mul(128).and_then(|b| b.checked_mul(n.checked_add(p)?.checked_add(2)?));
        if r == 0 || p == 0 || r.saturating_mul(p) >= 1 << 30 || needed.is_none_or(|m| m > limit) {
            return Err(ts.value_error("Invalid parameter combination for n, r, p, maxmem."));
        }
        let (secret, grain) = (password.as_bytes(), salt.as_bytes());
        let key = ts.allow_threads(|| scrypt_key(secret, grain, n as usize, r as usize, p as usize, dklen as usize));
        Ok(bytes_from_vec(ts, key.ok_or_else(|| ts.memory_error())?))
    }
}
