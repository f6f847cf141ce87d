//! Integer constants and big integers.

use dashu_int::{IBig, Sign, UBig};
use taipan_isa::Const;

/// The integer that `c` holds; bools count.
pub fn to_ibig(c: &Const) -> Option<IBig> {
    match c {
        Const::Bool(b) => Some(IBig::from(*b as u8)),
        Const::Int(i) => Some(IBig::from(*i)),
        Const::BigInt { negative, digits } => {
            let bytes: Vec<u8> = digits.iter().flat_map(|d| d.to_le_bytes()).collect();
            let sign = if *negative { Sign::Negative } else { Sign::Positive };
            Some(IBig::from_parts(sign, UBig::from_le_bytes(&bytes)))
        }
        _ => None,
    }
}

/// The constant for `i`.
pub fn from_ibig(i: &IBig) -> Const {
    if let Ok(small) = i64::try_from(i) {
        return Const::Int(small);
    }
    let (sign, magnitude) = i.clone().into_parts();
    let bytes = magnitude.to_le_bytes();
    let mut digits: Vec<u32> = bytes
        .chunks(4)
        .map(|c| c.iter().rev().fold(0, |acc, b| acc << 8 | *b as u32))
        .collect();
    while digits.last() == Some(&0) {
        digits.pop();
    }
    Const::BigInt { negative: sign == Sign::Negative, digits: digits.into() }
}

/// Reads digits of `radix`, without prefix; underscores are skipped.
pub fn parse_int(digits: &str, radix: u32) -> Option<Const> {
    let clean: String = digits.chars().filter(|c| *c != '_').collect();
    if let Ok(small) = i64::from_str_radix(&clean, radix) {
        return Some(Const::Int(small));
    }
    UBig::from_str_radix(&clean, radix).ok().map(|u| from_ibig(&IBig::from(u)))
}
