//! The eval breaker's errands: signals, finalizers, collection, other threads.

use crate::machine::*;
use std::sync::atomic::Ordering;
use taipan_objects::heap;
use taipan_objects::thread::breaker;

/// Does what the breaker asks for. Polled at backward jumps and when functions begin.
#[cold]
pub fn poll(ts: &ThreadState) -> Result<()> {
    let bits = ts.breaker.load(Ordering::Acquire);
    if bits & breaker::GIL != 0 {
        ts.interp().gil.give_turn(ts);
    }
    if bits & breaker::FINALIZERS != 0 {
        run_finalizers(ts);
    }
    if bits & breaker::COLLECT != 0 {
        heap::gc::collect_automatically(ts);
        run_finalizers(ts);
    }
    if bits & breaker::SIGNALS != 0 {
        ts.check_signals()?;
    }
    if bits & breaker::PENDING_CALLS != 0 {
        ts.clear_request(breaker::PENDING_CALLS);
    }
    if bits & breaker::ASYNC_EXCEPTION != 0 {
        ts.clear_request(breaker::ASYNC_EXCEPTION);
        if let Some(e) = ts.async_exception.take() {
            return Err(ts.raise_again(e));
        }
    }
    Ok(())
}

/// Runs waiting finalizers; the exception that is set stays set.
#[cold]
pub fn run_finalizers(ts: &ThreadState) {
    ts.clear_request(breaker::FINALIZERS);
    let saved = ts.take_exception();
    heap::run_finalizers(ts);
    ts.exception.set(saved);
}
