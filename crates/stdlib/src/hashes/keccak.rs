//! Keccak: SHA-3 and SHAKE.

const ROUNDS: [u64; 24] = [
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b, 0x0000000080000001,
    0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
    0x000000000000800a, 0x800000008000000a, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
];
const ROTATIONS: [u32; 24] = [1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44];
const LANES: [usize; 24] = [10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1];

fn permute(a: &mut [u64; 25]) {
    for round in ROUNDS {
        let mut c = [0; 5];
        for x in 0..5 {
            c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
        }
        for x in 0..5 {
            let d = c[(x + 4) % 5] ^ c[(x + 1) % 5].rotate_left(1);
            for y in 0..5 {
                a[x + 5 * y] ^= d;
            }
        }
        let mut last = a[1];
        for (lane, rotation) in LANES.into_iter().zip(ROTATIONS) {
            (a[lane], last) = (last.rotate_left(rotation), a[lane]);
        }
        for y in (0..25).step_by(5) {
            let row = [a[y], a[y + 1], a[y + 2], a[y + 3], a[y + 4]];
            for x in 0..5 {
                a[y + x] = row[x] ^ (!row[(x + 1) % 5] & row[(x + 2) % 5]);
            }
        }
        a[0] ^= round;
    }
}

#[derive(Clone)]
pub struct Keccak {
    lanes: [u64; 25],
    at: usize,
    pub rate: usize,
    pub suffix: u8,
}

impl Keccak {
    /// `rate` in bytes.
    pub fn new(rate: usize, suffix: u8) -> Keccak {
        Keccak { lanes: [0; 25], at: 0, rate, suffix }
    }
    fn mix(&mut self, i: usize, b: u8) {
        self.lanes[i / 8] ^= (b as u64) << (8 * (i % 8));
    }
    pub fn update(&mut self, data: &[u8]) {
        let mut data = data;
        while !data.is_empty() {
            if self.at == 0 && data.len() >= self.rate {
                for (lane, c) in self.lanes.iter_mut().zip(data[..self.rate].chunks_exact(8)) {
                    *lane ^= u64::from_le_bytes([c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]]);
                }
                permute(&mut self.lanes);
                data = &data[self.rate..];
                continue;
            }
            let n = data.len().min(self.rate - self.at);
            for (i, &b) in data[..n].iter().enumerate() {
                self.mix(self.at + i, b);
            }
            self.at += n;
            data = &data[n..];
            if self.at == self.rate {
                permute(&mut self.lanes);
                self.at = 0;
            }
        }
    }
    pub fn finish(mut self, out: &mut [u8]) {
        self.mix(self.at, self.suffix);
        self.mix(self.rate - 1, 0x80);
        permute(&mut self.lanes);
        for (i, b) in out.iter_mut().enumerate() {
            let at = i % self.rate;
            if i > 0 && at == 0 {
                permute(&mut self.lanes);
            }
            *b = (self.lanes[at / 8] >> (8 * (at % 8))) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(mut k: Keccak, data: &[u8], n: usize) -> String {
        k.update(data);
        let mut out = vec![0; n];
        k.finish(&mut out);
        out.iter().map(|b| format!("{b:02x}")).collect()
    }

    #[test]
    fn known_digests() {
        assert_eq!(
            hex(Keccak::new(136, 6), b"", 32),
            "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a"
        );
        assert_eq!(hex(Keccak::new(168, 0x1f), b"", 4), "7f9c2ba4");
        let long = vec![b'a'; 1000];
        let (mut a, mut b) = (Keccak::new(72, 6), Keccak::new(72, 6));
        a.update(&long);
        long.chunks(7).for_each(|c| b.update(c));
        let (mut x, mut y) = ([0; 64], [0; 64]);
        a.finish(&mut x);
        b.finish(&mut y);
        assert_eq!(x, y);
    }
}
