//! The classes of the digests without parameters.

use super::keccak::Keccak;
use super::{Hasher, feed, hex, initial};
use crate::prelude::*;
use sha1::Digest;

/// Declares a class around a hasher.
macro_rules! digest_class {
    ($rust:ident, $module:literal, $class:literal, $name:literal) => {
        pub struct $rust {
            h: GilCell<Box<Hasher>>,
        }
        payload!($rust);

        #[class(name = $class, module = $module, final, no_new)]
        impl $rust {
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
            /// Update this hash object's state with the provided string.
            #[method("update($self, obj, /)")]
            fn update(&self, ts: &ThreadState, obj: &Value) -> Result<()> {
                feed(ts, &self.h, obj)
            }
            #[getter]
            fn block_size(&self) -> usize {
                self.h.read(|h| h.block_size())
            }
            #[getter]
            fn name(&self) -> &'static str {
                $name
            }
            #[getter]
            fn digest_size(&self) -> usize {
                self.h.read(|h| h.digest_size())
            }
        }

        impl $rust {
            fn make(ts: &ThreadState, h: Hasher, data: Option<&Value>, string: Option<&Value>) -> Result {
                let h = GilCell::new(Box::new(h));
                if let Some(v) = initial(ts, data, string)? {
                    feed(ts, &h, v)?;
                }
                Ok(heap::new(ts, $rust { h }).into_value())
            }
        }
    };
}

digest_class!(Md5Type, "_md5", "md5", "md5");
digest_class!(Sha1Type, "_sha1", "sha1", "sha1");
digest_class!(Sha224Type, "_sha2", "SHA224Type", "sha224");
digest_class!(Sha256Type, "_sha2", "SHA256Type", "sha256");
digest_class!(Sha384Type, "_sha2", "SHA384Type", "sha384");
digest_class!(Sha512Type, "_sha2", "SHA512Type", "sha512");

/// Declares the function that makes the objects of a class.
macro_rules! constructor {
    ($functions:ident, $module:literal, $($name:ident $signature:tt $rust:ident $hasher:expr;)*) => {
        #[functions(module = $module)]
        pub mod $functions {
            use super::*;
            $(
                #[doc = concat!("Return a new ", stringify!($name), " hash object; optionally initialized with a string.")]
                #[function($signature)]
                fn $name(ts: &ThreadState, data: Option<&Value>, usedforsecurity: bool, string: Option<&Value>) -> Result {
                    let _ = usedforsecurity;
                    $rust::make(ts, $hasher, data, string)
                }
            )*
        }
    };
}

constructor!(md5_functions, "_md5",
    md5 "md5(data=<unrepresentable>, *, usedforsecurity=True, string=None)" Md5Type Hasher::md5(););
constructor!(sha1_functions, "_sha1",
    sha1 "sha1(data=<unrepresentable>, *, usedforsecurity=True, string=None)" Sha1Type Hasher::Sha1(sha1::Sha1::new()););
constructor!(sha2_functions, "_sha2",
    sha224 "sha224(data=<unrepresentable>, *, usedforsecurity=True, string=None)" Sha224Type Hasher::Sha224(sha2::Sha224::new());
    sha256 "sha256(data=<unrepresentable>, *, usedforsecurity=True, string=None)" Sha256Type Hasher::Sha256(sha2::Sha256::new());
    sha384 "sha384(data=<unrepresentable>, *, usedforsecurity=True, string=None)" Sha384Type Hasher::sha384();
    sha512 "sha512(data=<unrepresentable>, *, usedforsecurity=True, string=None)" Sha512Type Hasher::sha512(););

pub static MD5: ModuleDef = ModuleDef {
    name: "_md5",
    doc: "",
    functions: &[md5_functions::FUNCTIONS],
    init: Some(|ts, dict| {
        dict.set_name(ts, "MD5Type", Md5Type::class(ts).into_value());
        dict.set_name(ts, "_GIL_MINSIZE", int_value(ts, super::GIL_MINSIZE as i64));
        Ok(())
    }),
};

pub static SHA1: ModuleDef = ModuleDef {
    name: "_sha1",
    doc: "",
    functions: &[sha1_functions::FUNCTIONS],
    init: Some(|ts, dict| {
        dict.set_name(ts, "SHA1Type", Sha1Type::class(ts).into_value());
        dict.set_name(ts, "_GIL_MINSIZE", int_value(ts, super::GIL_MINSIZE as i64));
        Ok(())
    }),
};

pub static SHA2: ModuleDef = ModuleDef {
    name: "_sha2",
    doc: "",
    functions: &[sha2_functions::FUNCTIONS],
    init: Some(|ts, dict| {
        dict.set_name(ts, "SHA224Type", Sha224Type::class(ts).into_value());
        dict.set_name(ts, "SHA256Type", Sha256Type::class(ts).into_value());
        dict.set_name(ts, "SHA384Type", Sha384Type::class(ts).into_value());
        dict.set_name(ts, "SHA512Type", Sha512Type::class(ts).into_value());
        dict.set_name(ts, "_GIL_MINSIZE", int_value(ts, super::GIL_MINSIZE as i64));
        Ok(())
    }),
};

/// Declares a class of `_sha3`; `$digest` are the methods that give the digest.
macro_rules! sha3_class {
    ($rust:ident, $name:literal, $rate:literal, $suffix:literal, $make:expr, $part:ident) => {
        pub struct $rust {
            h: GilCell<Box<Hasher>>,
        }
        payload!($rust);

        #[class(name = $name, module = "_sha3", final, parts(Self::$part))]
        impl $rust {
            #[new("(data=<unrepresentable>, *, usedforsecurity=True, string=None)")]
            fn new(cls: &Type, ts: &ThreadState, data: Option<&Value>, usedforsecurity: bool, string: Option<&Value>) -> Result<Ref<$rust>> {
                let _ = usedforsecurity;
                let make: fn(Keccak) -> Hasher = $make;
                let h = GilCell::new(Box::new(make(Keccak::new($rate, $suffix))));
                if let Some(v) = initial(ts, data, string)? {
                    feed(ts, &h, v)?;
                }
                Ok(heap::new_with_type(ts, cls, $rust { h }))
            }
            /// Return a copy of the hash object.
            #[method("copy($self, /)")]
            fn copy(&self, ts: &ThreadState) -> Ref<$rust> {
                heap::new(ts, $rust { h: GilCell::new(self.h.get()) })
            }
            /// Update this hash object's state with the provided bytes-like object.
            #[method("update($self, data, /)")]
            fn update(&self, ts: &ThreadState, data: &Value) -> Result<()> {
                feed(ts, &self.h, data)
            }
            #[getter]
            fn block_size(&self) -> usize {
                $rate
            }
            #[getter]
            fn name(&self) -> &'static str {
                $name
            }
            #[getter]
            fn digest_size(&self) -> usize {
                self.h.read(|h| h.digest_size())
            }
            #[getter("_capacity_bits")]
            fn capacity_bits(&self) -> usize {
                1600 - 8 * $rate
            }
            #[getter("_rate_bits")]
            fn rate_bits(&self) -> usize {
                8 * $rate
            }
            #[getter("_suffix")]
            fn suffix(&self, ts: &ThreadState) -> Value {
                bytes_value(ts, &[$suffix])
            }
        }
    };
}

macro_rules! fixed {
    ($rust:ident) => {
        #[methods(part = DIGESTS)]
        impl $rust {
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
        }
    };
}

macro_rules! extendable {
    ($rust:ident) => {
        #[methods(part = DIGESTS)]
        impl $rust {
            /// Return the digest value as a bytes object.
            #[method("digest($self, /, length)")]
            fn digest(&self, ts: &ThreadState, length: &Value) -> Result {
                let n = shake_length(ts, length)?;
                Ok(bytes_from_vec(ts, self.h.read(|h| h.digest(n))))
            }
            /// Return the digest value as a string of hexadecimal digits.
            #[method("hexdigest($self, /, length)")]
            fn hexdigest(&self, ts: &ThreadState, length: &Value) -> Result<String> {
                let n = shake_length(ts, length)?;
                Ok(hex(&self.h.read(|h| h.digest(n))))
            }
        }
    };
}

fn shake_length(ts: &ThreadState, v: &Value) -> Result<usize> {
    let n = protocol::index(ts, v)?;
    match to_i64(&n) {
        Some(n) if n < 0 => Err(ts.value_error("Cannot convert negative int")),
        Some(n) if n < 1 << 29 => Ok(n as usize),
        _ => Err(ts.overflow_error("digest length is too large")),
    }
}

sha3_class!(Sha3224, "sha3_224", 144, 6, |k| Hasher::Sha3(k, 28), DIGESTS);
fixed!(Sha3224);
sha3_class!(Sha3256, "sha3_256", 136, 6, |k| Hasher::Sha3(k, 32), DIGESTS);
fixed!(Sha3256);
sha3_class!(Sha3384, "sha3_384", 104, 6, |k| Hasher::Sha3(k, 48), DIGESTS);
fixed!(Sha3384);
sha3_class!(Sha3512, "sha3_512", 72, 6, |k| Hasher::Sha3(k, 64), DIGESTS);
fixed!(Sha3512);
sha3_class!(Shake128, "shake_128", 168, 0x1f, Hasher::Shake, DIGESTS);
extendable!(Shake128);
sha3_class!(Shake256, "shake_256", 136, 0x1f, Hasher::Shake, DIGESTS);
extendable!(Shake256);

pub static SHA3: ModuleDef = ModuleDef {
    name: "_sha3",
    doc: "",
    functions: &[],
    init: Some(|ts, dict| {
        dict.set_name(ts, "sha3_224", Sha3224::class(ts).into_value());
        dict.set_name(ts, "sha3_256", Sha3256::class(ts).into_value());
        dict.set_name(ts, "sha3_384", Sha3384::class(ts).into_value());
        dict.set_name(ts, "sha3_512", Sha3512::class(ts).into_value());
        dict.set_name(ts, "shake_128", Shake128::class(ts).into_value());
        dict.set_name(ts, "shake_256", Shake256::class(ts).into_value());
        dict.set_name(ts, "implementation", str_value(ts, "Taipan"));
        dict.set_name(ts, "_GIL_MINSIZE", int_value(ts, super::GIL_MINSIZE as i64));
        Ok(())
    }),
};
