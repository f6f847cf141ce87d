//! MT19937 (Matsumoto and Nishimura), with the seeding and the doubles of its reference form.

pub const SIZE: usize = 624;
const MIDDLE: usize = 397;
const MATRIX: u32 = 0x9908_b0df;

pub struct Twister {
    state: [u32; SIZE],
    index: usize,
}

impl Twister {
    pub fn new() -> Twister {
        Twister { state: [0; SIZE], index: SIZE }
    }
    /// The state, then the place in it.
    pub fn words(&self) -> impl Iterator<Item = u32> + '_ {
        self.state.iter().copied().chain([self.index as u32])
    }
    pub fn set(&mut self, state: [u32; SIZE], index: usize) {
        self.state = state;
        self.index = index;
    }
    fn init(&mut self, seed: u32) {
        self.state[0] = seed;
        for i in 1..SIZE {
            let before = self.state[i - 1];
            self.state[i] = 1812433253u32.wrapping_mul(before ^ before >> 30).wrapping_add(i as u32);
        }
        self.index = SIZE;
    }
    pub fn init_by_array(&mut self, key: &[u32]) {
        self.init(19650218);
        let s = &mut self.state;
        let (mut i, mut j) = (1, 0);
        for _ in 0..SIZE.max(key.len()) {
            let before = s[i - 1];
            s[i] = (s[i] ^ (before ^ before >> 30).wrapping_mul(1664525)).wrapping_add(key[j]).wrapping_add(j as u32);
            i += 1;
            j += 1;
            if i >= SIZE {
                s[0] = s[SIZE - 1];
                i = 1;
            }
            if j >= key.len() {
                j = 0;
            }
        }
        for _ in 0..SIZE - 1 {
            let before = s[i - 1];
            s[i] = (s[i] ^ (before ^ before >> 30).wrapping_mul(1566083941)).wrapping_sub(i as u32);
            i += 1;
            if i >= SIZE {
                s[0] = s[SIZE - 1];
                i = 1;
            }
        }
        s[0] = 0x8000_0000;
    }
    #[cold]
    fn refill(&mut self) {
        let s = &mut self.state;
        let twist = |high: u32, low: u32, far: u32| {
            let y = high & 0x8000_0000 | low & 0x7fff_ffff;
            far ^ y >> 1 ^ if y & 1 == 1 { MATRIX } else { 0 }
        };
        for k in 0..SIZE - MIDDLE {
            s[k] = twist(s[k], s[k + 1], s[k + MIDDLE]);
        }
        for k in SIZE - MIDDLE..SIZE - 1 {
            s[k] = twist(s[k], s[k + 1], s[k + MIDDLE - SIZE]);
        }
        s[SIZE - 1] = twist(s[SIZE - 1], s[0], s[MIDDLE - 1]);
        self.index = 0;
    }
    #[inline]
    pub fn next_u32(&mut self) -> u32 {
        if self.index >= SIZE {
            self.refill();
        }
        let mut y = self.state[self.index];
        self.index += 1;
        y ^= y >> 11;
        y ^= y << 7 & 0x9d2c_5680;
        y ^= y << 15 & 0xefc6_0000;
        y ^ y >> 18
    }
    /// 53 random bits as a fraction.
    #[inline]
    pub fn next_f64(&mut self) -> f64 {
        let a = (self.next_u32() >> 5) as f64;
        let b = (self.next_u32() >> 6) as f64;
        (a * 67108864.0 + b) * (1.0 / 9007199254740992.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpython_sequence() {
        let mut t = Twister::new();
        t.init_by_array(&[12345]);
        assert_eq!(t.next_f64(), 0.41661987254534116);
        assert_eq!(t.next_u32() >> 27, 0);
    }
}
