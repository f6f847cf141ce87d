//! Decimal digits of machine integers, written where they are to stay.

const PAIRS: &[u8; 200] = b"0001020304050607080910111213141516171819\
    2021222324252627282930313233343536373839\
    4041424344454647484950515253545556575859\
    6061626364656667686970717273747576777879\
    8081828384858687888990919293949596979899";

/// How many digits the number has.
#[inline(always)]
pub fn count(n: u64) -> usize {
    match n {
        0..10 => 1,
        10..100 => 2,
        100..1000 => 3,
        1000..10_000 => 4,
        _ => n.ilog10() as usize + 1,
    }
}

/// Bytes of the number as text, a sign included.
#[inline(always)]
pub fn text_len(i: i64) -> usize {
    count(i.unsigned_abs()) + (i < 0) as usize
}

/// Writes the number so that it ends at the end of `out`; what lies before its digits stays.
#[inline(always)]
pub fn write(out: &mut [u8], mut n: u64) {
    let mut at = out.len();
    while n >= 100 {
        let pair = (n % 100) as usize * 2;
        n /= 100;
        at -= 2;
        out[at..at + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
    }
    if n >= 10 {
        let pair = n as usize * 2;
        out[at - 2..at].copy_from_slice(&PAIRS[pair..pair + 2]);
    } else {
        out[at - 1] = b'0' + n as u8;
    }
}

/// Writes a number with its sign into exactly [`text_len`] bytes.
#[inline(always)]
pub fn write_signed(out: &mut [u8], i: i64) {
    write(out, i.unsigned_abs());
    if i < 0 {
        out[0] = b'-';
    }
}
