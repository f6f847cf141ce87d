//! Recursion over trees that a program shapes: counted, and on a stack that grows.

use crate::error::{Error, Result};

/// Nesting of expressions and statements beyond which compilation is refused.
const LIMIT: u32 = 20_000;

/// Room that must be left before a step down, and what is added when it is not.
const RED_ZONE: usize = 128 * 1024;
const GROWTH: usize = 4 * 1024 * 1024;

/// How deep a recursive visit has gone.
#[derive(Default, Clone, Copy, Debug)]
pub struct Depth(u32);

impl Depth {
    /// One level down; call [`Depth::leave`] afterwards.
    pub fn enter(&mut self) -> Result<()> {
        if self.0 >= LIMIT {
            return Err(Error::recursion());
        }
        self.0 += 1;
        Ok(())
    }
    pub fn leave(&mut self) {
        self.0 -= 1;
    }
}

/// Runs `f`, on a new piece of stack if little is left.
pub fn deeper<R>(f: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(RED_ZONE, GROWTH, f)
}

/// Stack for one level of a recursive visit or drop, generously.
const PER_LEVEL: usize = 600;
/// Most stack that is set aside at once.
const MAX_ROOM: usize = 256 * 1024 * 1024;

/// Runs `f` with stack enough to parse and drop any tree that `len` bytes of source can make.
pub fn with_room<R>(len: usize, f: impl FnOnce() -> R) -> R {
    let levels = len.min(LIMIT as usize * 4);
    let need = (256 * 1024 + levels * PER_LEVEL).min(MAX_ROOM);
    stacker::maybe_grow(need, need + 1024 * 1024, f)
}
