//! The modules `_bz2`, `_lzma` and `_zstd`: what compressors and decompressors have in common.

pub mod bz2;
pub mod lzma;
pub mod zstd;

use crate::prelude::*;
use std::cell::Cell;

/// What one call did: how much it took and made, and whether the stream is at its end.
pub struct Step {
    pub taken: usize,
    pub made: usize,
    pub ended: bool,
}

/// A stream in either direction.
pub trait Coder: Send + 'static {
    type Error: Send;
    fn step(&mut self, input: &[u8], output: &mut [u8], finish: bool) -> std::result::Result<Step, Self::Error>;
}

/// How a run over the input ended.
pub struct Run {
    pub out: Vec<u8>,
    pub taken: usize,
    pub ended: bool,
}

/// Runs a coder over the input until nothing comes any more or `limit` bytes were made.
pub fn drive<C: Coder>(c: &mut C, input: &[u8], finish: bool, limit: usize) -> std::result::Result<Run, C::Error> {
    let mut r = Run { out: vec![], taken: 0, ended: false };
    let mut room = 8 * 1024;
    loop {
        let n = room.min(limit - r.out.len());
        if n == 0 {
            return Ok(r);
        }
        let start = r.out.len();
        r.out.resize(start + n, 0);
        let step = match c.step(&input[r.taken..], &mut r.out[start..], finish) {
            Ok(s) => s,
            Err(e) => return Err(e),
        };
        r.out.truncate(start + step.made);
        r.taken += step.taken;
        if step.ended {
            r.ended = true;
            return Ok(r);
        }
        if step.made < n && r.taken == input.len() && !(finish && (step.made > 0 || step.taken > 0)) {
            return Ok(r);
        }
        room = (room * 2).min(1 << 24);
    }
}

/// A coder that one thread at a time works on, and what a decompressor remembers between calls.
pub struct Shared<C> {
    coder: GilCell<Option<C>>,
    busy: Cell<bool>,
    input: GilCell<Vec<u8>>,
    pub unused: GilCell<Vec<u8>>,
    pub eof: Cell<bool>,
    pub needs_input: Cell<bool>,
}

impl<C: Coder> Shared<C> {
    pub fn new(c: C) -> Shared<C> {
        Shared {
            coder: GilCell::new(Some(c)),
            busy: Cell::new(false),
            input: GilCell::default(),
            unused: GilCell::default(),
            eof: Cell::new(false),
            needs_input: Cell::new(true),
        }
    }
    fn take(&self, ts: &ThreadState) -> Option<C> {
        while self.busy.get() {
            ts.allow_threads(|| std::thread::sleep(std::time::Duration::from_micros(50)));
        }
        let c = self.coder.take();
        self.busy.set(c.is_some());
        c
    }
    fn give(&self, c: Option<C>) {
        self.coder.set(c);
        self.busy.set(false);
    }
    /// Compresses, or finishes: then the stream is gone.
    pub fn compress(&self, ts: &ThreadState, data: &[u8], finish: bool, raise: impl Fn(&ThreadState, C::Error) -> Raised) -> Result {
        let Some(mut c) = self.take(ts) else {
            return Err(ts.value_error(if finish { "Repeated call to flush()" } else { "Compressor has been flushed" }));
        };
        let r = ts.allow_threads(|| drive(&mut c, data, finish, usize::MAX));
        self.give(if finish { None } else { Some(c) });
        match r {
            Ok(r) => Ok(bytes_from_vec(ts, r.out)),
            Err(e) => Err(raise(ts, e)),
        }
    }
    pub fn decompress(&self, ts: &ThreadState, data: &[u8], max_length: isize, raise: impl Fn(&ThreadState, C::Error) -> Raised) -> Result {
        if self.eof.get() {
            return Err(ts.eof_error("End of stream already reached"));
        }
        let mut input = self.input.take();
        input.extend_from_slice(data);
        let Some(mut c) = self.take(ts) else { return Err(ts.value_error("the stream is broken")) };
        let limit = usize::try_from(max_length).unwrap_or(usize::MAX);
        let bytes = &input[..];
        let r = ts.allow_threads(|| drive(&mut c, bytes, false, limit));
        self.give(Some(c));
        let r = match r {
            Ok(r) => r,
            Err(e) => return Err(raise(ts, e)),
        };
        if r.ended {
            self.eof.set(true);
            self.needs_input.set(false);
            self.unused.set(input.split_off(r.taken));
        } else {
            let full = max_length >= 0 && r.out.len() == limit;
            input.drain(..r.taken);
            self.needs_input.set(input.is_empty() && !full);
            self.input.set(input);
        }
        Ok(bytes_from_vec(ts, r.out))
    }
}
