//! Integers as bytes: `int.to_bytes` and `int.from_bytes` on plain slices.

use super::IntView::{self, Big, Small};
use dashu_base::Sign;
use dashu_int::{IBig, UBig};

/// Why a number has no form of the wanted length.
#[derive(Debug, PartialEq)]
pub enum ToBytesError {
    Negative,
    TooBig,
}

/// The number in `length` bytes, least significant first when `little`.
pub fn to_bytes(a: IntView<'_>, length: usize, little: bool, signed: bool) -> Result<Vec<u8>, ToBytesError> {
    let negative = a.is_negative();
    if negative && !signed {
        return Err(ToBytesError::Negative);
    }
    let fill = if negative { 0xff } else { 0 };
    let mut out = vec![fill; length];
    let mut fits = true;
    match a {
        Small(i) => {
            let raw = i.to_le_bytes();
            let n = length.min(8);
            out[..n].copy_from_slice(&raw[..n]);
            fits = raw[n..].iter().all(|&b| b == fill);
        }
        Big(b) => {
            let (_, words) = b.as_sign_words();
            // Two's complement: invert and add one while copying.
            let mut carry = negative;
            for (i, &w) in words.iter().enumerate() {
                let w = if negative {
                    let (w, over) = (!w).overflowing_add(carry as u64);
                    carry = over;
                    w
                } else {
                    w
                };
                let raw = w.to_le_bytes();
                let start = (i * 8).min(length);
                let n = (length - start).min(8);
                out[start..start + n].copy_from_slice(&raw[..n]);
                fits &= raw[n..].iter().all(|&b| b == fill);
            }
        }
    }
    if signed {
        let top_set = out.last().is_some_and(|b| b & 0x80 != 0);
        // Zero fits into no bytes at all; nothing else does (-1 neither).
        if length == 0 {
            fits &= a.is_zero();
        } else {
            fits &= top_set == negative;
        }
    }
    if !fits {
        return Err(ToBytesError::TooBig);
    }
    if !little {
        out.reverse();
    }
    Ok(out)
}

/// The number that the bytes stand for.
pub fn from_bytes(bytes: &[u8], little: bool, signed: bool) -> IBig {
    let negative = signed
        && match if little { bytes.last() } else { bytes.first() } {
            Some(top) => top & 0x80 != 0,
            None => false,
        };
    if bytes.len() <= 16 {
        let mut raw = [if negative { 0xff } else { 0 }; 16];
        if little {
            raw[..bytes.len()].copy_from_slice(bytes);
        } else {
            raw[16 - bytes.len()..].copy_from_slice(bytes);
            raw.reverse();
        }
        return if signed { IBig::from(i128::from_le_bytes(raw)) } else { IBig::from(u128::from_le_bytes(raw)) };
    }
    let mut words = Vec::with_capacity(bytes.len() / 8 + 1);
    let word = |chunk: &[u8]| {
        let mut raw = [if negative { 0xff } else { 0 }; 8];
        if little {
            raw[..chunk.len()].copy_from_slice(chunk);
        } else {
            for (to, from) in raw.iter_mut().zip(chunk.iter().rev()) {
                *to = *from;
            }
        }
        u64::from_le_bytes(raw)
    };
    if little {
        words.extend(bytes.chunks(8).map(word));
    } else {
        words.extend(bytes.rchunks(8).map(word));
    }
    if !negative {
        return IBig::from(UBig::from_words(&words));
    }
    let mut carry = true;
    for w in &mut words {
        let (sum, over) = (!*w).overflowing_add(carry as u64);
        *w = sum;
        carry = over;
    }
    if carry {
        words.push(1);
    }
    IBig::from_parts(Sign::Negative, UBig::from_words(&words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip() {
        for s in ["0", "1", "-1", "127", "128", "-128", "-129", "18446744073709551615", "-18446744073709551616", "340282366920938463463374607431768211456", "-9223372036854775808"] {
            let b = IBig::from_str_radix(s, 10).unwrap();
            let v = match i64::try_from(&b) {
                Ok(i) => Small(i),
                Err(_) => Big(&b),
            };
            for little in [false, true] {
                let raw = to_bytes(v, 20, little, true).unwrap();
                assert_eq!(from_bytes(&raw, little, true), b, "{s}");
            }
        }
    }

    #[test]
    fn limits() {
        assert_eq!(to_bytes(Small(-1), 0, true, true), Err(ToBytesError::TooBig));
        assert_eq!(to_bytes(Small(0), 0, true, true), Ok(vec![]));
        assert_eq!(to_bytes(Small(128), 1, true, true), Err(ToBytesError::TooBig));
        assert_eq!(to_bytes(Small(-128), 1, true, true), Ok(vec![0x80]));
        assert_eq!(to_bytes(Small(255), 1, true, false), Ok(vec![255]));
        assert_eq!(to_bytes(Small(256), 1, true, false), Err(ToBytesError::TooBig));
        assert_eq!(to_bytes(Small(-1), 1, true, false), Err(ToBytesError::Negative));
        assert_eq!(from_bytes(&[], true, true), IBig::ZERO);
    }
}
