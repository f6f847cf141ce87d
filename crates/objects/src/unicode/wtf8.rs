//! Generalised UTF-8: UTF-8 in which surrogates are ordinary three-byte code points. A pair of surrogates
//! stays a pair. The order of the bytes is the order of the code points.

/// Bytes of the code point that begins with `first`.
#[inline(always)]
pub fn width(first: u8) -> usize {
    if first < 0x80 {
        1
    } else if first < 0xe0 {
        2
    } else if first < 0xf0 {
        3
    } else {
        4
    }
}

#[inline(always)]
pub fn is_continuation(b: u8) -> bool {
    (b as i8) < -0x40
}

/// Bytes that `cp` needs.
#[inline(always)]
pub fn encoded_width(cp: u32) -> usize {
    if cp < 0x80 {
        1
    } else if cp < 0x800 {
        2
    } else if cp < 0x10000 {
        3
    } else {
        4
    }
}

#[inline(always)]
pub fn is_surrogate(cp: u32) -> bool {
    cp & 0xffff_f800 == 0xd800
}

/// The code point at a boundary of valid text, and its width.
#[inline(always)]
pub fn decode_at(b: &[u8], at: usize) -> (u32, usize) {
    let first = b[at] as u32;
    if first < 0x80 {
        return (first, 1);
    }
    let next = |i: usize| (b[at + i] & 0x3f) as u32;
    if first < 0xe0 {
        ((first & 0x1f) << 6 | next(1), 2)
    } else if first < 0xf0 {
        ((first & 0xf) << 12 | next(1) << 6 | next(2), 3)
    } else {
        ((first & 7) << 18 | next(1) << 12 | next(2) << 6 | next(3), 4)
    }
}

/// The code point that ends at `end` (above 0), and its width.
#[inline(always)]
pub fn decode_before(b: &[u8], end: usize) -> (u32, usize) {
    let mut at = end - 1;
    while is_continuation(b[at]) {
        at -= 1;
    }
    decode_at(b, at)
}

#[inline(always)]
pub fn encode(cp: u32, out: &mut [u8; 4]) -> &[u8] {
    let tail = |shift: u32| (cp >> shift & 0x3f) as u8 | 0x80;
    match encoded_width(cp) {
        1 => {
            out[0] = cp as u8;
            &out[..1]
        }
        2 => {
            out[0] = (cp >> 6) as u8 | 0xc0;
            out[1] = tail(0);
            &out[..2]
        }
        3 => {
            out[0] = (cp >> 12) as u8 | 0xe0;
            out[1] = tail(6);
            out[2] = tail(0);
            &out[..3]
        }
        _ => {
            out[0] = (cp >> 18) as u8 | 0xf0;
            out[1] = tail(12);
            out[2] = tail(6);
            out[3] = tail(0);
            &out[..4]
        }
    }
}

#[inline]
pub fn push(out: &mut Vec<u8>, cp: u32) {
    if cp < 0x80 {
        out.push(cp as u8);
    } else {
        out.extend_from_slice(encode(cp, &mut [0; 4]));
    }
}

/// Number of code points.
pub fn count(b: &[u8]) -> usize {
    let mut n = 0;
    if b.len() <= 64 {
        // Eight bytes at a time.
        let mut words = b.chunks_exact(8);
        for w in &mut words {
            let w = u64::from_le_bytes(w.try_into().expect("eight bytes"));
            n += 8 - ((w >> 7) & !(w >> 6) & 0x0101_0101_0101_0101).count_ones() as usize;
        }
        return n + words.remainder().iter().filter(|&&c| !is_continuation(c)).count();
    }
    for chunk in b.chunks(192) {
        n += chunk.iter().map(|&c| !is_continuation(c) as u8).sum::<u8>() as usize;
    }
    n
}

/// Is there a surrogate in valid text?
pub fn has_surrogates(b: &[u8]) -> bool {
    memchr::memchr_iter(0xed, b).any(|i| b[i + 1] >= 0xa0)
}

/// Byte offset of the `n`th code point at or after `from`; the end when there are fewer.
pub fn advance(b: &[u8], from: usize, mut n: usize) -> usize {
    let mut at = from;
    // Eight bytes at a time while all their code points are to be skipped.
    while n >= 8 && at + 8 <= b.len() {
        let w = u64::from_le_bytes(b[at..at + 8].try_into().expect("eight bytes"));
        let continuation = (w >> 7) & !(w >> 6) & 0x0101_0101_0101_0101;
        n -= 8 - continuation.count_ones() as usize;
        at += 8;
    }
    // `at` may stand inside a code point that has been counted.
    while at < b.len() && is_continuation(b[at]) {
        at += 1;
    }
    while n > 0 && at < b.len() {
        at += width(b[at]);
        n -= 1;
    }
    at.min(b.len())
}

/// Is this generalised UTF-8?
pub fn is_valid(b: &[u8]) -> bool {
    match std::str::from_utf8(b) {
        Ok(_) => true,
        Err(e) => {
            let mut at = e.valid_up_to();
            loop {
                if b.len() - at < 3 || b[at] != 0xed || b[at + 1] & 0xe0 != 0xa0 || !is_continuation(b[at + 2]) {
                    return false;
                }
                at += 3;
                match std::str::from_utf8(&b[at..]) {
                    Ok(_) => return true,
                    Err(e) => at += e.valid_up_to(),
                }
            }
        }
    }
}

/// The code points of valid text, from both ends.
#[derive(Clone)]
pub struct CodePoints<'a> {
    bytes: &'a [u8],
}

impl<'a> CodePoints<'a> {
    #[inline(always)]
    pub fn new(bytes: &'a [u8]) -> CodePoints<'a> {
        CodePoints { bytes }
    }
    /// What has not been walked over yet.
    pub fn rest(&self) -> &'a [u8] {
        self.bytes
    }
}

impl Iterator for CodePoints<'_> {
    type Item = u32;
    #[inline(always)]
    fn next(&mut self) -> Option<u32> {
        if self.bytes.is_empty() {
            return None;
        }
        let (cp, w) = decode_at(self.bytes, 0);
        self.bytes = &self.bytes[w..];
        Some(cp)
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.bytes.len() / 4, Some(self.bytes.len()))
    }
}

impl DoubleEndedIterator for CodePoints<'_> {
    #[inline(always)]
    fn next_back(&mut self) -> Option<u32> {
        if self.bytes.is_empty() {
            return None;
        }
        let (cp, w) = decode_before(self.bytes, self.bytes.len());
        self.bytes = &self.bytes[..self.bytes.len() - w];
        Some(cp)
    }
}
