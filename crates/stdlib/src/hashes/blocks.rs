//! Digests that take their data in blocks and end it with its length: what MD5 and SHA-512 share.

/// A word of the state: 32 or 64 bits.
pub trait Word: Copy + Default {
    fn little(self, out: &mut Vec<u8>);
    fn big(self, out: &mut Vec<u8>);
}

macro_rules! word {
    ($($t:ty)*) => { $(impl Word for $t {
        fn little(self, out: &mut Vec<u8>) {
            out.extend_from_slice(&self.to_le_bytes())
        }
        fn big(self, out: &mut Vec<u8>) {
            out.extend_from_slice(&self.to_be_bytes())
        }
    })* };
}
word!(u32 u64);

pub trait Compress {
    type Word: Word;
    /// Bytes in a block: the length at the end takes an eighth of one.
    const BLOCK: usize;
    /// Is the least byte of a word the first?
    const LITTLE: bool;
    fn compress(state: &mut [Self::Word; 8], block: &[u8]);
}

/// A digest under way.
#[derive(Clone)]
pub struct Blocks<C: Compress> {
    state: [C::Word; 8],
    /// The beginning of a block.
    held: [u8; 128],
    total: u128,
    /// Bytes of the digest.
    size: usize,
}

fn all<C: Compress>(state: &mut [C::Word; 8], data: &[u8]) {
    data.chunks_exact(C::BLOCK).for_each(|block| C::compress(state, block))
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "bmi1,bmi2")]
fn all_with_bmi<C: Compress>(state: &mut [C::Word; 8], data: &[u8]) {
    data.chunks_exact(C::BLOCK).for_each(|block| C::compress(state, block))
}

fn compress_all<C: Compress>(state: &mut [C::Word; 8], data: &[u8]) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("bmi1") && std::arch::is_x86_feature_detected!("bmi2") {
        // SAFETY: the processor has what the function uses.
        return unsafe { all_with_bmi::<C>(state, data) };
    }
    all::<C>(state, data)
}

impl<C: Compress> Blocks<C> {
    pub fn new(state: [C::Word; 8], size: usize) -> Blocks<C> {
        Blocks { state, held: [0; 128], total: 0, size }
    }
    pub fn update(&mut self, data: &[u8]) {
        let mut data = data;
        let at = (self.total % C::BLOCK as u128) as usize;
        self.total += data.len() as u128;
        if at > 0 {
            let n = data.len().min(C::BLOCK - at);
            self.held[at..at + n].copy_from_slice(&data[..n]);
            data = &data[n..];
            if at + n < C::BLOCK {
                return;
            }
            compress_all::<C>(&mut self.state, &self.held[..C::BLOCK]);
        }
        let whole = data.len() / C::BLOCK * C::BLOCK;
        compress_all::<C>(&mut self.state, &data[..whole]);
        self.held[..data.len() - whole].copy_from_slice(&data[whole..]);
    }
    pub fn finish(mut self) -> Vec<u8> {
        let bits = self.total.wrapping_mul(8);
        let at = (self.total % C::BLOCK as u128) as usize;
        let length = C::BLOCK / 8;
        // A one, zeros, and the length at the end of a block.
        let mut end = [0u8; 256];
        end[0] = 0x80;
        let n = if at < C::BLOCK - length { C::BLOCK - at } else { 2 * C::BLOCK - at };
        if C::LITTLE {
            end[n - length..n].copy_from_slice(&bits.to_le_bytes()[..length]);
        } else {
            end[n - length..n].copy_from_slice(&bits.to_be_bytes()[16 - length..]);
        }
        self.update(&end[..n]);
        let mut out = Vec::with_capacity(64);
        for w in self.state {
            if C::LITTLE { w.little(&mut out) } else { w.big(&mut out) }
        }
        out.truncate(self.size);
        out
    }
}
