//! Keccak: SHA-3 and SHAKE.

const ROUNDS: [u64; 24] = [
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b, 0x0000000080000001,
    0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
    0x000000000000800a, 0x800000008000000a, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
];
/// How far each lane turns.
const TURNS: [u32; 25] = [0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14];

/// The rounds, on variables: what moves from lane to lane then costs nothing.
#[inline(always)]
fn permutation(lanes: &mut [u64; 25]) {
    let mut a = *lanes;
    for round in ROUNDS {
        let mut c = [0; 5];
        for x in 0..5 {
            c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
        }
        let mut b = [0; 25];
        for x in 0..5 {
            let d = c[(x + 4) % 5] ^ c[(x + 1) % 5].rotate_left(1);
            for y in 0..5 {
                // Lane (x, y) goes to (y, 2x + 3y), turned.
                b[y + 5 * ((2 * x + 3 * y) % 5)] = (a[x + 5 * y] ^ d).rotate_left(TURNS[x + 5 * y]);
            }
        }
        for y in (0..25).step_by(5) {
            for x in 0..5 {
                a[y + x] = b[y + x] ^ (!b[y + (x + 1) % 5] & b[y + (x + 2) % 5]);
            }
        }
        a[0] ^= round;
    }
    *lanes = a;
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "bmi1,bmi2")]
fn permute_with_bmi(lanes: &mut [u64; 25]) {
    permutation(lanes)
}

fn permute(lanes: &mut [u64; 25]) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("bmi1") && std::arch::is_x86_feature_detected!("bmi2") {
        // SAFETY: the processor has what the function uses.
        return unsafe { permute_with_bmi(lanes) };
    }
    permutation(lanes)
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
