//! `zip`, `map` and `filter`.

mod filter;
mod map;
mod zip;

pub use filter::Filter;
pub use map::Map;
pub use zip::Zip;

use crate::protocol::Source;
use crate::thread::ThreadState;
use crate::value::{Raised, Result, Value};

fn iterators(ts: &ThreadState, iterables: &[Value]) -> Result<Vec<Source>> {
    iterables.iter().map(|v| Source::of(ts, v)).collect()
}

/// The next value of each iterator, pushed to `out`; false when one is exhausted. With `strict` all must
/// be exhausted together.
fn next_row(ts: &ThreadState, its: &[Source], strict: bool, name: &str, out: &mut Vec<Value>) -> Result<bool> {
    for (i, it) in its.iter().enumerate() {
        match it.next(ts)? {
            Some(v) => out.push(v),
            None => {
                if strict {
                    check_lengths(ts, its, i, name)?;
                }
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// Iterator `i` was the first to end.
fn check_lengths(ts: &ThreadState, its: &[Source], i: usize, name: &str) -> Result<()> {
    if i > 0 {
        return Err(differ(ts, name, i, "shorter"));
    }
    for (i, it) in its.iter().enumerate().skip(1) {
        if it.next(ts)?.is_some() {
            return Err(differ(ts, name, i, "longer"));
        }
    }
    Ok(())
}

fn differ(ts: &ThreadState, name: &str, i: usize, how: &str) -> Raised {
    let others = if i == 1 { " " } else { "s 1-" };
    ts.value_error(format!("{name}() argument {} is {how} than argument{others}{i}", i + 1))
}
