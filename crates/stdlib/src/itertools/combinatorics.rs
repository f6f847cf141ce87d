//! Arrangements of the items of a pool: `product`, `permutations`, `combinations`,
//! `combinations_with_replacement`. They come in lexicographic order of the places in the pool.

use taipan_macros::class;
use taipan_objects::heap::{self, GilCell, Ref};
use taipan_objects::tuple::Reusable;
use taipan_objects::typeobject::Type;
use taipan_objects::{Result, ThreadState, Value, int, payload, protocol};

/// Where an arrangement stands.
enum State {
    Before,
    At(Vec<usize>),
    Ended,
}

/// A row of `n` places, or MemoryError.
fn places(ts: &ThreadState, n: usize, of: impl Fn(usize) -> usize) -> Result<Vec<usize>> {
    let mut all = Vec::new();
    if all.try_reserve_exact(n).is_err() {
        return Err(ts.memory_error());
    }
    all.extend((0..n).map(of));
    Ok(all)
}

fn length(ts: &ThreadState, r: isize) -> Result<usize> {
    usize::try_from(r).map_err(|_| ts.value_error("r must be non-negative"))
}

pub struct Product {
    pools: Vec<Vec<Value>>,
    state: GilCell<State>,
    result: Reusable,
}
payload!(Product, container, traverse = |s, visit| {
    s.pools.iter().flatten().for_each(&mut *visit);
    s.result.visit(visit)
});

/// The tuples of one item from each iterable, all of them: nested loops, the last one fastest.
#[class(name = "product", module = "itertools")]
impl Product {
    #[new("(*iterables, repeat=1)")]
    fn new(cls: &Type, ts: &ThreadState, iterables: &[Value], repeat: isize) -> Result<Ref<Product>> {
        let Ok(repeat) = usize::try_from(repeat) else {
            return Err(ts.value_error("repeat argument cannot be negative"));
        };
        let mut pools: Vec<Vec<Value>> = Vec::new();
        if repeat > 0 && !iterables.is_empty() {
            let total = iterables.len().checked_mul(repeat).filter(|n| n.checked_mul(24).is_some_and(|b| b <= isize::MAX as usize));
            let Some(total) = total else {
                return Err(ts.overflow_error("repeat argument too large"));
            };
            if pools.try_reserve(total).is_err() {
                return Err(ts.memory_error());
            }
            for v in iterables {
                pools.push(protocol::collect(ts, v)?);
            }
            for i in iterables.len()..total {
                pools.push(pools[i - iterables.len()].clone());
            }
        } else {
            // The arguments are iterated over all the same.
            for v in iterables {
                protocol::collect(ts, v)?;
            }
        }
        Ok(heap::new_with_type(ts, cls, Product { pools, state: GilCell::new(State::Before), result: Reusable::default() }))
    }
    #[slot(iter)]
    fn iter(_ts: &ThreadState, slf: &Value) -> Result {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn iternext(&self, ts: &ThreadState) -> Option<Value> {
        self.state.write(|state| {
            // Mostly just the last place moves.
            if let State::At(places) = state
                && let (Some(place), Some(pool)) = (places.last_mut(), self.pools.last())
                && let Some(item) = pool.get(*place + 1)
                && let Some(row) = self.result.with_last(ts, item)
            {
                *place += 1;
                return Some(row);
            }
            let (places, from) = match state {
                State::Ended => return None,
                State::Before => {
                    if self.pools.iter().any(Vec::is_empty) {
                        *state = State::Ended;
                        return None;
                    }
                    *state = State::At(vec![0; self.pools.len()]);
                    let State::At(places) = state else { return None };
                    (places, 0)
                }
                State::At(places) => {
                    let mut i = self.pools.len();
                    loop {
                        if i == 0 {
                            *state = State::Ended;
                            return None;
                        }
                        i -= 1;
                        let place = &mut places[i];
                        *place += 1;
                        if *place < self.pools[i].len() {
                            break;
                        }
                        *place = 0;
                    }
                    (places, i)
                }
            };
            Some(self.result.refill(ts, places.len(), from, self.pools[from..].iter().zip(&places[from..]).map(|(pool, &i)| pool[i].clone())))
        })
    }
    /// The size in memory, in bytes.
    #[method("__sizeof__($self, /)")]
    fn sizeof(&self) -> usize {
        48 + self.pools.len() * 8
    }
}

macro_rules! arrangement {
    ($t:ident) => {
        pub struct $t {
            pool: Vec<Value>,
            r: usize,
            state: GilCell<State>,
            result: Reusable,
        }
        payload!($t, container, traverse = |s, visit| {
            s.pool.iter().for_each(&mut *visit);
            s.result.visit(visit)
        });
        impl $t {
            fn make(cls: &Type, ts: &ThreadState, iterable: &Value, r: isize) -> Result<Ref<$t>> {
                let pool = protocol::collect(ts, iterable)?;
                let r = length(ts, r)?;
                Ok(heap::new_with_type(ts, cls, $t { pool, r, state: GilCell::new(State::Before), result: Reusable::default() }))
            }
        }
    };
}
arrangement!(Combinations);
arrangement!(CombinationsWithReplacement);

impl State {
    /// The next row if just the last place moves, as it mostly does.
    #[inline(always)]
    fn move_last(&mut self, ts: &ThreadState, pool: &[Value], result: &Reusable) -> Option<Value> {
        let State::At(places) = self else { return None };
        let place = places.last_mut()?;
        let row = result.with_last(ts, pool.get(*place + 1)?)?;
        *place += 1;
        Some(row)
    }
    /// Takes the next step: `first` makes the places to begin with, `next` moves them on; both say
    /// whether there are any.
    fn advance(&mut self, first: impl FnOnce() -> Result<Option<Vec<usize>>>, next: impl FnOnce(&mut [usize]) -> Option<usize>) -> Result<Option<(&[usize], usize)>> {
        let mut from = 0;
        match self {
            State::Ended => return Ok(None),
            State::Before => match first()? {
                Some(places) => *self = State::At(places),
                None => *self = State::Ended,
            },
            State::At(places) => match next(places) {
                Some(i) => from = i,
                None => *self = State::Ended,
            },
        }
        Ok(match self {
            State::At(places) => Some((places, from)),
            _ => None,
        })
    }
}

/// The subsequences of r items, in the order of the iterable.
#[class(name = "combinations", module = "itertools")]
impl Combinations {
    #[new("(iterable, r)")]
    fn new(cls: &Type, ts: &ThreadState, iterable: &Value, r: isize) -> Result<Ref<Combinations>> {
        Combinations::make(cls, ts, iterable, r)
    }
    #[slot(iter)]
    fn iter(_ts: &ThreadState, slf: &Value) -> Result {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
        let (n, r) = (self.pool.len(), self.r);
        self.state.write(|state| {
            if let Some(row) = state.move_last(ts, &self.pool, &self.result) {
                return Ok(Some(row));
            }
            let at = state.advance(
                || if r > n { Ok(None) } else { places(ts, r, |i| i).map(Some) },
                |places| {
                    let Some(i) = (0..r).rev().find(|&i| places[i] != i + n - r) else { return None };
                    places[i] += 1;
                    for j in i + 1..r {
                        places[j] = places[j - 1] + 1;
                    }
                    Some(i)
                },
            )?;
            Ok(at.map(|(places, from)| self.result.refill(ts, r, from, places[from..r].iter().map(|&i| self.pool[i].clone()))))
        })
    }
    /// The size in memory, in bytes.
    #[method("__sizeof__($self, /)")]
    fn sizeof(&self) -> usize {
        48 + self.r * 8
    }
}

/// The subsequences of r items, in the order of the iterable, in which items may come more than once.
#[class(name = "combinations_with_replacement", module = "itertools")]
impl CombinationsWithReplacement {
    #[new("(iterable, r)")]
    fn new(cls: &Type, ts: &ThreadState, iterable: &Value, r: isize) -> Result<Ref<CombinationsWithReplacement>> {
        CombinationsWithReplacement::make(cls, ts, iterable, r)
    }
    #[slot(iter)]
    fn iter(_ts: &ThreadState, slf: &Value) -> Result {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
        let (n, r) = (self.pool.len(), self.r);
        self.state.write(|state| {
            if let Some(row) = state.move_last(ts, &self.pool, &self.result) {
                return Ok(Some(row));
            }
            let at = state.advance(
                || if n == 0 && r > 0 { Ok(None) } else { places(ts, r, |_| 0).map(Some) },
                |places| {
                    let Some(i) = (0..r).rev().find(|&i| places[i] != n - 1) else { return None };
                    let place = places[i] + 1;
                    places[i..].fill(place);
                    Some(i)
                },
            )?;
            Ok(at.map(|(places, from)| self.result.refill(ts, r, from, places[from..r].iter().map(|&i| self.pool[i].clone()))))
        })
    }
    /// The size in memory, in bytes.
    #[method("__sizeof__($self, /)")]
    fn sizeof(&self) -> usize {
        48 + self.r * 8
    }
}

pub struct Permutations {
    pool: Vec<Value>,
    r: usize,
    /// The places, and how many steps each of the first r still has to go.
    state: GilCell<(State, Vec<usize>)>,
    result: Reusable,
}
payload!(Permutations, container, traverse = |s, visit| {
    s.pool.iter().for_each(&mut *visit);
    s.result.visit(visit)
});

/// The arrangements of r items of the iterable, of all items when r is not given.
#[class(name = "permutations", module = "itertools")]
impl Permutations {
    #[new("(iterable, r=None)")]
    fn new(cls: &Type, ts: &ThreadState, iterable: &Value, r: Option<&Value>) -> Result<Ref<Permutations>> {
        let pool = protocol::collect(ts, iterable)?;
        let r = match r {
            None => pool.len(),
            Some(v) if int::view(v).is_none() => return Err(ts.type_error("Expected int as r")),
            Some(v) => length(ts, protocol::as_isize(ts, v)?)?,
        };
        Ok(heap::new_with_type(ts, cls, Permutations { pool, r, state: GilCell::new((State::Before, vec![])), result: Reusable::default() }))
    }
    #[slot(iter)]
    fn iter(_ts: &ThreadState, slf: &Value) -> Result {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
        let (n, r) = (self.pool.len(), self.r);
        self.state.write(|(state, cycles)| {
            if r <= n && matches!(state, State::Before) {
                *cycles = places(ts, r, |i| n - i)?;
            }
            let at = state.advance(
                || if r > n { Ok(None) } else { places(ts, n, |i| i).map(Some) },
                |places| {
                    for i in (0..r).rev() {
                        cycles[i] -= 1;
                        if cycles[i] == 0 {
                            // This place has gone round: its item goes to the end again.
                            places[i..].rotate_left(1);
                            cycles[i] = n - i;
                        } else {
                            places.swap(i, n - cycles[i]);
                            return Some(i);
                        }
                    }
                    None
                },
            )?;
            Ok(at.map(|(places, from)| self.result.refill(ts, r, from, places[from..r].iter().map(|&i| self.pool[i].clone()))))
        })
    }
    /// The size in memory, in bytes.
    #[method("__sizeof__($self, /)")]
    fn sizeof(&self) -> usize {
        56 + (self.pool.len() + self.r) * 8
    }
}
