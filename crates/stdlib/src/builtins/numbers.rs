//! Numbers and text forms.

use taipan_objects::float;
use taipan_objects::int::{self, IntView};
use taipan_objects::native::functions;
use taipan_objects::str::Str;
use taipan_objects::value::{Result, Value};
use taipan_objects::{protocol, ThreadState};

#[functions(module = "builtins")]
pub mod functions {
    use super::*;
    /// Return the absolute value of the argument.
    #[function("abs(x, /)")]
    fn abs(ts: &ThreadState, number: &Value) -> Result {
        protocol::absolute(ts, number)
    }
    /// Return the tuple (x//y, x%y).  Invariant: div*y + mod == x.
    #[function("divmod(x, y, /)")]
    fn divmod(ts: &ThreadState, x: &Value, y: &Value) -> Result {
        protocol::divmod(ts, x, y)
    }
    /// Equivalent to base**exp with 2 arguments or base**exp % mod with 3 arguments.
    ///
    /// Some types, such as ints, are able to use a more efficient algorithm when
    /// invoked using the three argument form.
    #[function("pow(base, exp, mod=None)")]
    fn pow(ts: &ThreadState, base: &Value, exp: &Value, modulus: &Value) -> Result {
        protocol::power(ts, base, exp, modulus)
    }
    /// Round a number to a given precision in decimal digits.
    ///
    /// The return value is an integer if ndigits is omitted or None.  Otherwise
    /// the return value has the same type as the number.  ndigits may be negative.
    #[function("round(number, ndigits=None)")]
    fn round(ts: &ThreadState, number: &Value, ndigits: &Value) -> Result {
        let Some(f) = number.class(ts).lookup(ts, &ts.names().__round__) else {
            return Err(ts.type_error(format!("type {} doesn't define __round__ method", number.type_name(ts))));
        };
        if ndigits.is_none() {
            protocol::call_unbound(ts, &f, number, &[])
        } else {
            protocol::call_unbound(ts, &f, number, &[ndigits])
        }
    }
    /// Return the binary representation of an integer.
    ///
    ///    >>> bin(2796202)
    ///    '0b1010101010101010101010'
    #[function("bin(number, /)")]
    fn bin(ts: &ThreadState, number: &Value) -> Result {
        radix(ts, number, 2, "0b")
    }
    /// Return the octal representation of an integer.
    ///
    ///    >>> oct(342391)
    ///    '0o1234567'
    #[function("oct(number, /)")]
    fn oct(ts: &ThreadState, number: &Value) -> Result {
        radix(ts, number, 8, "0o")
    }
    /// Return the hexadecimal representation of an integer.
    ///
    ///    >>> hex(12648430)
    ///    '0xc0ffee'
    #[function("hex(number, /)")]
    fn hex(ts: &ThreadState, number: &Value) -> Result {
        radix(ts, number, 16, "0x")
    }
    /// Return a Unicode string of one character with ordinal i; 0 <= i <= 0x10ffff.
    #[function("chr(i, /)")]
    fn chr(ts: &ThreadState, i: &Value) -> Result {
        let n = protocol::index(ts, i)?;
        match int::to_i64(&n) {
            Some(c @ 0..=0x10ffff) => Ok(Str::from_code_point(ts, c as u32).into_value()),
            _ => Err(ts.value_error("chr() arg not in range(0x110000)")),
        }
    }
    /// Return the ordinal value of a character.
    ///
    /// If the argument is a one-character string, return the Unicode code
    /// point of that character.
    ///
    /// If the argument is a bytes or bytearray object of length 1, return its
    /// single byte value.
    #[function("ord(character, /)")]
    fn ord(ts: &ThreadState, character: &Value) -> Result<i64> {
        let len = if let Some(s) = character.downcast::<Str>() {
            if let Some(c) = s.single() {
                return Ok(c as i64);
            }
            s.len()
        } else if let Some(b) = character.downcast::<taipan_objects::bytes::Bytes>() {
            if let [b] = b.as_slice() {
                return Ok(*b as i64);
            }
            b.as_slice().len()
        } else if let Some(b) = character.downcast::<taipan_objects::bytearray::Bytearray>() {
            let (n, first) = b.read(|v| (v.len(), v.first().copied()));
            if n == 1 && let Some(b) = first {
                return Ok(b as i64);
            }
            n
        } else {
            return Err(ts.type_error(format!("ord() expected string of length 1, but {} found", character.type_name(ts))));
        };
        Err(ts.type_error(format!("ord() expected a character, but string of length {len} found")))
    }
    /// Return the canonical string representation of the object.
    ///
    /// For many object types, including most builtins, eval() will accept
    /// the result as a representation of the object.
    #[function("repr(obj, /)")]
    fn repr(ts: &ThreadState, obj: &Value) -> Result {
        Ok(protocol::repr(ts, obj)?.into_value())
    }
    /// Return an ASCII-only representation of an object.
    ///
    /// As repr(), return a string containing a printable representation of an
    /// object, but escape the non-ASCII characters in the string returned by
    /// repr() using \\x, \\u or \\U escapes.
    #[function("ascii(obj, /)")]
    fn ascii(ts: &ThreadState, obj: &Value) -> Result {
        Ok(protocol::ascii(ts, obj)?.into_value())
    }
    /// Return type(value).__format__(value, format_spec)
    ///
    /// Many built-in types implement format_spec according to the
    /// Format Specification Mini-language. See help('FORMATTING') for
    /// details.
    #[function("format(value, format_spec='', /)")]
    fn format(ts: &ThreadState, value: &Value, format_spec: &Value) -> Result {
        if format_spec.downcast::<Str>().is_none() {
            return Err(ts.type_error(format!("format() argument 2 must be str, not {}", format_spec.type_name(ts))));
        }
        Ok(protocol::format(ts, value, format_spec)?.into_value())
    }
}

fn radix(ts: &ThreadState, number: &Value, base: u32, prefix: &str) -> Result {
    let n = protocol::index(ts, number)?;
    let text = match int::view(&n) {
        Some(IntView::Small(i)) => {
            int::text::in_power_of_two(if i < 0 { "-" } else { "" }, prefix, i.unsigned_abs(), base)
        }
        Some(v) => {
            let sign = if v.is_negative() { "-" } else { "" };
            format!("{sign}{prefix}{}", v.to_abs().in_radix(base))
        }
        None => return Err(ts.type_error("not an int")),
    };
    Ok(Str::new(ts, &text).into_value())
}

#[allow(unused)]
fn _uses() {
    let _ = float::exact;
}
