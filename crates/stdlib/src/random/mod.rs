//! The module `_random`: the generator behind `random`, the Mersenne Twister MT19937.

mod twister;

use taipan_macros::class;
use taipan_objects::dict::Dict;
use taipan_objects::heap::{self, GilCell, Payload, Ref};
use taipan_objects::int::{self, IntView};
use taipan_objects::native::*;
use taipan_objects::tuple::Tuple;
use taipan_objects::typeobject::Type;
use taipan_objects::{Result, ThreadState, Value, payload, protocol};
use twister::{SIZE, Twister};

pub static MODULE: ModuleDef = ModuleDef {
    name: "_random",
    doc: "Module implements the Mersenne Twister random number generator.",
    functions: &[],
    init: Some(init),
};

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    dict.set_name(ts, "Random", Random::class(ts).into_value());
    Ok(())
}

pub struct Random {
    state: GilCell<Box<Twister>>,
}
payload!(Random);

/// Random() -> create a random number generator with its own internal state.
#[class(name = "Random", module = "_random")]
impl Random {
    #[new("(seed=None, /)", no_signature)]
    fn new(cls: &Type, ts: &ThreadState, seed: Option<&Value>) -> Result<Ref<Random>> {
        let r = heap::new_with_type(ts, cls, Random { state: GilCell::new(Box::new(Twister::new())) });
        r.reseed(ts, seed)?;
        Ok(r)
    }
    /// The next float in the interval [0, 1).
    #[method("random($self, /)")]
    fn random(&self) -> f64 {
        self.state.write(|s| s.next_f64())
    }
    /// Begins a new sequence: of an int as it is, of another object by its hash, of None by chance.
    #[method("seed($self, n=None, /)")]
    fn seed(&self, ts: &ThreadState, n: Option<&Value>) -> Result<()> {
        self.reseed(ts, n)
    }
    /// The internal state, for setstate().
    #[method("getstate($self, /)")]
    fn getstate(&self, ts: &ThreadState) -> Ref<Tuple> {
        let items = self.state.read(|s| s.words().map(|w| int::from_u64(ts, w as u64)).collect());
        Tuple::new(ts, items)
    }
    /// Goes back to a state that getstate() gave.
    #[method("setstate($self, state, /)")]
    fn setstate(&self, ts: &ThreadState, state: &Value) -> Result<()> {
        let Some(t) = state.downcast::<Tuple>() else {
            return Err(ts.type_error("state vector must be a tuple"));
        };
        if t.items().len() != SIZE + 1 {
            return Err(ts.value_error("state vector is the wrong size"));
        }
        let mut words = [0u32; SIZE];
        let mut index = 0;
        for (i, v) in t.items().iter().enumerate() {
            let Some(n) = int::view(v) else {
                return Err(ts.type_error("an integer is required"));
            };
            if n.is_negative() {
                return Err(ts.overflow_error("can't convert negative value to unsigned int"));
            }
            let Some(n) = n.to_u64() else {
                return Err(ts.overflow_error("Python int too large to convert to C unsigned long"));
            };
            if i < SIZE {
                match u32::try_from(n) {
                    Ok(w) => words[i] = w,
                    Err(_) => return Err(ts.value_error("invalid state")),
                }
            } else {
                index = n;
            }
        }
        if index > SIZE as u64 {
            return Err(ts.value_error("invalid state"));
        }
        self.state.write(|s| s.set(words, index as usize));
        Ok(())
    }
    /// An int of k random bits.
    #[method("getrandbits($self, k, /)")]
    fn getrandbits(&self, ts: &ThreadState, k: &Value) -> Result {
        let i = protocol::index(ts, k)?;
        let k = match int::view(&i) {
            Some(v) if v.is_negative() => return Err(ts.value_error("Cannot convert negative int")),
            Some(v) => v.to_u64().ok_or_else(|| ts.overflow_error("Python int too large for C uint64_t"))?,
            None => 0,
        };
        if k == 0 {
            return Ok(int::from_i64(ts, 0));
        }
        if k <= 32 {
            return Ok(int::from_i64(ts, (self.state.write(|s| s.next_u32()) >> (32 - k)) as i64));
        }
        int::reserve_bits(ts, k as u128)?;
        let mut left = k;
        let mut words: Vec<u64> = Vec::with_capacity(k.div_ceil(64) as usize);
        self.state.write(|s| {
            let mut low = true;
            while left > 0 {
                let mut r = s.next_u32();
                if left < 32 {
                    r >>= 32 - left;
                }
                left = left.saturating_sub(32);
                match words.last_mut() {
                    Some(w) if !low => *w |= (r as u64) << 32,
                    _ => words.push(r as u64),
                }
                low = !low;
            }
        });
        Ok(int::from_ubig(ts, dashu_int::UBig::from_words(&words)))
    }
}

impl Random {
    fn reseed(&self, ts: &ThreadState, seed: Option<&Value>) -> Result<()> {
        let key = match seed {
            None => by_chance(),
            Some(v) => match int::view(v) {
                Some(i) => key_of(i),
                None => vec_of(&[protocol::hash(ts, v)? as u64]),
            },
        };
        self.state.write(|s| s.init_by_array(&key));
        Ok(())
    }
}

/// The magnitude as 32-bit words, at least one.
fn key_of(i: IntView<'_>) -> Vec<u32> {
    match i {
        IntView::Small(i) => vec_of(&[i.unsigned_abs()]),
        IntView::Big(b) => vec_of(b.as_sign_words().1),
    }
}

fn vec_of(words: &[u64]) -> Vec<u32> {
    let mut key: Vec<u32> = words.iter().flat_map(|&w| [w as u32, (w >> 32) as u32]).collect();
    while key.len() > 1 && key.last() == Some(&0) {
        key.pop();
    }
    key
}

fn by_chance() -> Vec<u32> {
    use std::hash::{BuildHasher, RandomState};
    // The seeds of hash tables come from the system's source of randomness.
    let state = RandomState::new();
    let clock = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_nanos() as u64);
    vec_of(&(0..SIZE as u64 / 2).map(|i| RandomState::new().hash_one(i) ^ state.hash_one((i, clock))).collect::<Vec<_>>())
}
