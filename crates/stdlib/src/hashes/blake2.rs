//! BLAKE2b and BLAKE2s with all their parameters (tree hashing too).

const SIGMA: [[usize; 16]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];

/// What besides the data goes into the digest.
#[derive(Default)]
pub struct Params<'a> {
    pub digest_size: u8,
    pub key: &'a [u8],
    pub salt: &'a [u8],
    pub person: &'a [u8],
    pub fanout: u8,
    pub depth: u8,
    pub leaf_size: u32,
    pub node_offset: u64,
    pub node_depth: u8,
    pub inner_size: u8,
    pub last_node: bool,
}

macro_rules! blake2 {
    ($name:ident, $word:ty, $bytes:literal, $block:literal, $rounds:literal, [$r0:literal, $r1:literal, $r2:literal, $r3:literal], $iv:expr, $layout:expr) => {
        #[derive(Clone)]
        pub struct $name {
            h: [$word; 8],
            counter: u128,
            buf: [u8; $block],
            at: usize,
            last_node: bool,
            pub digest_size: usize,
        }

        impl $name {
            const IV: [$word; 8] = $iv;

            pub fn new(p: &Params<'_>) -> $name {
                let layout: fn(&Params<'_>) -> [u8; 8 * $bytes] = $layout;
                let block = layout(p);
                let mut h = Self::IV;
                for (i, w) in h.iter_mut().enumerate() {
                    let mut raw = [0u8; $bytes];
                    raw.copy_from_slice(&block[$bytes * i..$bytes * (i + 1)]);
                    *w ^= <$word>::from_le_bytes(raw);
                }
                let mut s = $name {
                    h,
                    counter: 0,
                    buf: [0; $block],
                    at: 0,
                    last_node: p.last_node,
                    digest_size: p.digest_size as usize,
                };
                if !p.key.is_empty() {
                    let mut first = [0; $block];
                    first[..p.key.len()].copy_from_slice(p.key);
                    s.update(&first);
                }
                s
            }
            pub fn update(&mut self, data: &[u8]) {
                let mut data = data;
                while !data.is_empty() {
                    // The last block waits for the end.
                    if self.at == $block {
                        self.counter += $block;
                        let block = self.buf;
                        self.compress(&block, false);
                        self.at = 0;
                    }
                    let n = data.len().min($block - self.at);
                    self.buf[self.at..self.at + n].copy_from_slice(&data[..n]);
                    self.at += n;
                    data = &data[n..];
                }
            }
            pub fn finish(mut self) -> Vec<u8> {
                self.counter += self.at as u128;
                self.buf[self.at..].fill(0);
                let block = self.buf;
                self.compress(&block, true);
                let mut out: Vec<u8> = self.h.iter().flat_map(|w| w.to_le_bytes()).collect();
                out.truncate(self.digest_size);
                out
            }
            fn compress(&mut self, block: &[u8; $block], last: bool) {
                let mut m: [$word; 16] = [0; 16];
                for (w, c) in m.iter_mut().zip(block.chunks_exact($bytes)) {
                    let mut raw = [0u8; $bytes];
                    raw.copy_from_slice(c);
                    *w = <$word>::from_le_bytes(raw);
                }
                let mut v: [$word; 16] = [0; 16];
                v[..8].copy_from_slice(&self.h);
                v[8..].copy_from_slice(&Self::IV);
                v[12] ^= self.counter as $word;
                v[13] ^= (self.counter >> (8 * $bytes)) as $word;
                if last {
                    v[14] = !v[14];
                    if self.last_node {
                        v[15] = !v[15];
                    }
                }
                let mut g = |a: usize, b: usize, c: usize, d: usize, x: $word, y: $word| {
                    v[a] = v[a].wrapping_add(v[b]).wrapping_add(x);
                    v[d] = (v[d] ^ v[a]).rotate_right($r0);
                    v[c] = v[c].wrapping_add(v[d]);
                    v[b] = (v[b] ^ v[c]).rotate_right($r1);
                    v[a] = v[a].wrapping_add(v[b]).wrapping_add(y);
                    v[d] = (v[d] ^ v[a]).rotate_right($r2);
                    v[c] = v[c].wrapping_add(v[d]);
                    v[b] = (v[b] ^ v[c]).rotate_right($r3);
                };
                for round in 0..$rounds {
                    let s = &SIGMA[round % 10];
                    g(0, 4, 8, 12, m[s[0]], m[s[1]]);
                    g(1, 5, 9, 13, m[s[2]], m[s[3]]);
                    g(2, 6, 10, 14, m[s[4]], m[s[5]]);
                    g(3, 7, 11, 15, m[s[6]], m[s[7]]);
                    g(0, 5, 10, 15, m[s[8]], m[s[9]]);
                    g(1, 6, 11, 12, m[s[10]], m[s[11]]);
                    g(2, 7, 8, 13, m[s[12]], m[s[13]]);
                    g(3, 4, 9, 14, m[s[14]], m[s[15]]);
                }
                for i in 0..8 {
                    self.h[i] ^= v[i] ^ v[i + 8];
                }
            }
        }
    };
}

blake2!(
    Blake2b, u64, 8, 128, 12, [32, 24, 16, 63],
    [
        0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
        0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
    ],
    |p| {
        let mut b = [0; 64];
        b[..4].copy_from_slice(&[p.digest_size, p.key.len() as u8, p.fanout, p.depth]);
        b[4..8].copy_from_slice(&p.leaf_size.to_le_bytes());
        b[8..16].copy_from_slice(&p.node_offset.to_le_bytes());
        b[16..18].copy_from_slice(&[p.node_depth, p.inner_size]);
        b[32..32 + p.salt.len()].copy_from_slice(p.salt);
        b[48..48 + p.person.len()].copy_from_slice(p.person);
        b
    }
);

blake2!(
    Blake2s, u32, 4, 64, 10, [16, 12, 8, 7],
    [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19],
    |p| {
        let mut b = [0; 32];
        b[..4].copy_from_slice(&[p.digest_size, p.key.len() as u8, p.fanout, p.depth]);
        b[4..8].copy_from_slice(&p.leaf_size.to_le_bytes());
        b[8..14].copy_from_slice(&p.node_offset.to_le_bytes()[..6]);
        b[14..16].copy_from_slice(&[p.node_depth, p.inner_size]);
        b[16..16 + p.salt.len()].copy_from_slice(p.salt);
        b[24..24 + p.person.len()].copy_from_slice(p.person);
        b
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(b: &[u8]) -> String {
        b.iter().map(|b| format!("{b:02x}")).collect()
    }

    #[test]
    fn with_all_parameters() {
        let p = Params {
            digest_size: 20,
            key: b"k",
            salt: b"ab",
            person: b"cd",
            fanout: 2,
            depth: 2,
            leaf_size: 4096,
            node_offset: 5,
            node_depth: 0,
            inner_size: 64,
            last_node: true,
        };
        let mut h = Blake2b::new(&p);
        h.update(b"abc");
        assert_eq!(hex(&h.finish()), "5507f8cb720cb7d6eed5731bdd648074ea2b7955");
        let p = Params { salt: b"x", person: b"y", node_offset: (1 << 48) - 1, leaf_size: 0, inner_size: 3, ..p };
        let mut h = Blake2s::new(&p);
        h.update(b"abc");
        assert_eq!(hex(&h.finish()), "7359b03fc9f441303f73cc71f159a79cd3c79be2");
    }
}
