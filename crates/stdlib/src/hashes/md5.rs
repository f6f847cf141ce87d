//! MD5.

use super::blocks::Compress;

/// `|sin(i + 1)| * 2**32`
const K: [u32; 64] = [
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
];
const SHIFTS: [[u32; 4]; 4] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];

#[derive(Clone)]
pub struct Md5;

impl Compress for Md5 {
    type Word = u32;
    const BLOCK: usize = 64;
    const LITTLE: bool = true;
    #[inline(always)]
    fn compress(state: &mut [u32; 8], block: &[u8]) {
        let mut w = [0u32; 16];
        for (w, b) in w.iter_mut().zip(block.chunks_exact(4)) {
            *w = u32::from_le_bytes([b[0], b[1], b[2], b[3]]);
        }
        let [mut a, mut b, mut c, mut d, ..] = *state;
        // What does not wait for `b` is summed first: four steps of waiting in each round instead of five.
        macro_rules! round {
            ($i:expr, $place:expr, $early:expr, $late:expr) => {{
                let early = settled(a.wrapping_add(w[$place & 15]).wrapping_add(K[$i]).wrapping_add($early));
                let sum = early.wrapping_add($late).rotate_left(SHIFTS[$i / 16][$i % 4]).wrapping_add(b);
                (a, d, c, b) = (d, c, b, sum);
            }};
        }
        macro_rules! sixteen {
            ($macro:ident, $($i:literal)*) => { $($macro!($i);)* };
        }
        macro_rules! first { ($i:literal) => { round!($i, $i, 0, d ^ (b & (c ^ d))) } }
        macro_rules! second { ($i:literal) => { round!(16 + $i, 5 * $i + 1, c & !d, b & d) } }
        macro_rules! third { ($i:literal) => { round!(32 + $i, 3 * $i + 5, 0, b ^ (c ^ d)) } }
        macro_rules! fourth { ($i:literal) => { round!(48 + $i, 7 * $i, 0, c ^ (b | !d)) } }
        sixteen!(first, 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
        sixteen!(second, 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
        sixteen!(third, 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
        sixteen!(fourth, 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
        for (s, v) in state.iter_mut().zip([a, b, c, d]) {
            *s = s.wrapping_add(v);
        }
    }
}

/// The value, worked out here: keeps the compiler from summing in another order.
#[inline(always)]
fn settled(v: u32) -> u32 {
    #[cfg(target_arch = "x86_64")]
    {
        let mut v = v;
        // SAFETY: no instruction at all.
        unsafe { std::arch::asm!("/* {0:e} */", inout(reg) v, options(pure, nomem, nostack, preserves_flags)) };
        v
    }
    #[cfg(not(target_arch = "x86_64"))]
    v
}
