//! Clocks and sleeping.

use crate::host::{Errno, blocking};
use crate::prelude::*;
use taipan_objects::namespace::Namespace;
use taipan_objects::{float, int};

pub static CLOCKS: &[(&str, libc::clockid_t)] = &[
    ("CLOCK_BOOTTIME", libc::CLOCK_BOOTTIME),
    ("CLOCK_MONOTONIC", libc::CLOCK_MONOTONIC),
    ("CLOCK_MONOTONIC_RAW", libc::CLOCK_MONOTONIC_RAW),
    ("CLOCK_PROCESS_CPUTIME_ID", libc::CLOCK_PROCESS_CPUTIME_ID),
    ("CLOCK_REALTIME", libc::CLOCK_REALTIME),
    ("CLOCK_TAI", libc::CLOCK_TAI),
    ("CLOCK_THREAD_CPUTIME_ID", libc::CLOCK_THREAD_CPUTIME_ID),
];

const NS: i64 = 1_000_000_000;

/// A clock in nanoseconds.
fn now(ts: &ThreadState, clock: libc::clockid_t) -> Result<i64> {
    read(clock).map_err(|e| e.raise(ts))
}

fn read(clock: libc::clockid_t) -> std::result::Result<i64, Errno> {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `t` is a valid place for the result.
    if unsafe { libc::clock_gettime(clock, &mut t) } != 0 {
        return Err(Errno::last());
    }
    Ok(t.tv_sec.saturating_mul(NS).saturating_add(t.tv_nsec))
}

/// Nanoseconds as seconds.
fn seconds(ns: i64) -> f64 {
    if ns % NS == 0 { (ns / NS) as f64 } else { ns as f64 / 1e9 }
}

/// A duration in seconds as nanoseconds, rounded up in magnitude.
fn duration(ts: &ThreadState, v: &Value) -> Result<i64> {
    let out_of_range = || ts.overflow_error("timestamp out of range for C PyTime_t");
    if let Some(f) = float::view(v) {
        if f.is_nan() {
            return Err(ts.value_error("Invalid value NaN (not a number)"));
        }
        let ns = f * 1e9;
        let ns = if ns >= 0.0 { ns.ceil() } else { ns.floor() };
        if !(-9.223372036854775e18..9.223372036854775e18).contains(&ns) {
            return Err(out_of_range());
        }
        return Ok(ns as i64);
    }
    if !protocol::has_index(ts, v) {
        return Err(ts.type_error(format!("'{}' object cannot be interpreted as an integer or float", v.type_name(ts))));
    }
    let i = protocol::index(ts, v)?;
    int::to_i64(&i).and_then(|s| s.checked_mul(NS)).ok_or_else(out_of_range)
}

fn clock_id(ts: &ThreadState, v: &Value) -> Result<libc::clockid_t> {
    if int::view(v).is_none() {
        return Err(ts.type_error(format!("clk_id should be integer, not {}", v.type_name(ts))));
    }
    index_i32(ts, v)
}

fn set_clock(ts: &ThreadState, clock: &Value, ns: i64) -> Result<()> {
    let clock = index_i32(ts, clock)?;
    let t = libc::timespec { tv_sec: ns.div_euclid(NS), tv_nsec: ns.rem_euclid(NS) };
    // SAFETY: `t` is a valid time.
    if unsafe { libc::clock_settime(clock, &t) } != 0 {
        return Err(Errno::last().raise(ts));
    }
    Ok(())
}

fn resolution(ts: &ThreadState, clock: libc::clockid_t) -> Result<f64> {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `t` is a valid place for the result.
    if unsafe { libc::clock_getres(clock, &mut t) } != 0 {
        return Err(Errno::last().raise(ts));
    }
    Ok(t.tv_sec as f64 + t.tv_nsec as f64 * 1e-9)
}

#[taipan_macros::functions(module = "time")]
pub mod functions {
    use super::*;

    /// The time since the Epoch in seconds.
    #[function("time()")]
    fn time(ts: &ThreadState) -> Result<f64> {
        Ok(seconds(now(ts, libc::CLOCK_REALTIME)?))
    }
    /// The time since the Epoch in nanoseconds.
    #[function("time_ns()")]
    fn time_ns(ts: &ThreadState) -> Result<i64> {
        now(ts, libc::CLOCK_REALTIME)
    }
    /// A clock that cannot go backward, in seconds.
    #[function("monotonic()")]
    fn monotonic(ts: &ThreadState) -> Result<f64> {
        Ok(seconds(now(ts, libc::CLOCK_MONOTONIC)?))
    }
    /// A clock that cannot go backward, in nanoseconds.
    #[function("monotonic_ns()")]
    fn monotonic_ns(ts: &ThreadState) -> Result<i64> {
        now(ts, libc::CLOCK_MONOTONIC)
    }
    /// The clock for measuring performance, in seconds.
    #[function("perf_counter()")]
    fn perf_counter(ts: &ThreadState) -> Result<f64> {
        Ok(seconds(now(ts, libc::CLOCK_MONOTONIC)?))
    }
    /// The clock for measuring performance, in nanoseconds.
    #[function("perf_counter_ns()")]
    fn perf_counter_ns(ts: &ThreadState) -> Result<i64> {
        now(ts, libc::CLOCK_MONOTONIC)
    }
    /// The time that the process has used the processor, in seconds.
    #[function("process_time()")]
    fn process_time(ts: &ThreadState) -> Result<f64> {
        Ok(seconds(now(ts, libc::CLOCK_PROCESS_CPUTIME_ID)?))
    }
    /// The time that the process has used the processor, in nanoseconds.
    #[function("process_time_ns()")]
    fn process_time_ns(ts: &ThreadState) -> Result<i64> {
        now(ts, libc::CLOCK_PROCESS_CPUTIME_ID)
    }
    /// The time that the thread has used the processor, in seconds.
    #[function("thread_time()")]
    fn thread_time(ts: &ThreadState) -> Result<f64> {
        Ok(seconds(now(ts, libc::CLOCK_THREAD_CPUTIME_ID)?))
    }
    /// The time that the thread has used the processor, in nanoseconds.
    #[function("thread_time_ns()")]
    fn thread_time_ns(ts: &ThreadState) -> Result<i64> {
        now(ts, libc::CLOCK_THREAD_CPUTIME_ID)
    }
    /// The time of a clock in seconds.
    #[function("clock_gettime(clk_id, /)")]
    fn clock_gettime(ts: &ThreadState, clk_id: &Value) -> Result<f64> {
        Ok(seconds(now(ts, clock_id(ts, clk_id)?)?))
    }
    /// The time of a clock in nanoseconds.
    #[function("clock_gettime_ns(clk_id, /)")]
    fn clock_gettime_ns(ts: &ThreadState, clk_id: &Value) -> Result<i64> {
        now(ts, clock_id(ts, clk_id)?)
    }
    /// clock_getres(clk_id) -> floating-point number
    ///
    /// The resolution of a clock in seconds.
    #[function("clock_getres(clk_id, /)", no_signature)]
    fn clock_getres(ts: &ThreadState, clk_id: i32) -> Result<f64> {
        resolution(ts, clk_id)
    }
    /// clock_settime(clk_id, time)
    ///
    /// Sets a clock, in seconds.
    #[function("clock_settime(clk_id, time, /)", no_signature)]
    fn clock_settime(ts: &ThreadState, clk_id: &Value, time: &Value) -> Result<()> {
        let ns = duration(ts, time)?;
        set_clock(ts, clk_id, ns)
    }
    /// clock_settime_ns(clk_id, time)
    ///
    /// Sets a clock, in nanoseconds.
    #[function("clock_settime_ns(clk_id, time, /)", no_signature)]
    fn clock_settime_ns(ts: &ThreadState, clk_id: &Value, time: i64) -> Result<()> {
        set_clock(ts, clk_id, time)
    }
    /// pthread_getcpuclockid(thread_id) -> int
    ///
    /// The clock of the processor time of a thread.
    #[function("pthread_getcpuclockid(thread_id, /)", no_signature)]
    fn pthread_getcpuclockid(ts: &ThreadState, thread_id: u64) -> Result<i64> {
        let mut clock: libc::clockid_t = 0;
        // SAFETY: the caller names a live thread, as the C function demands; `clock` is a valid place.
        let r = unsafe { libc::pthread_getcpuclockid(thread_id as libc::pthread_t, &mut clock) };
        if r != 0 { Err(Errno(r).raise(ts)) } else { Ok(clock as i64) }
    }
    /// get_clock_info(name: str) -> dict
    ///
    /// What is known of the clock behind one of the functions.
    #[function("get_clock_info(name, /)", no_signature)]
    fn get_clock_info(ts: &ThreadState, name: &Str) -> Result {
        let (clock, which, monotonic, adjustable) = match name.bytes() {
            b"time" => ("CLOCK_REALTIME", libc::CLOCK_REALTIME, false, true),
            b"monotonic" | b"perf_counter" => ("CLOCK_MONOTONIC", libc::CLOCK_MONOTONIC, true, false),
            b"process_time" => ("CLOCK_PROCESS_CPUTIME_ID", libc::CLOCK_PROCESS_CPUTIME_ID, true, false),
            b"thread_time" => ("CLOCK_THREAD_CPUTIME_ID", libc::CLOCK_THREAD_CPUTIME_ID, true, false),
            _ => return Err(ts.value_error("unknown clock")),
        };
        let info = Namespace::new(ts).into_value();
        protocol::setattr_name(ts, &info, "implementation", &str_value(ts, &format!("clock_gettime({clock})")))?;
        protocol::setattr_name(ts, &info, "monotonic", &Value::bool(monotonic))?;
        protocol::setattr_name(ts, &info, "adjustable", &Value::bool(adjustable))?;
        protocol::setattr_name(ts, &info, "resolution", &float_value(ts, resolution(ts, which)?))?;
        Ok(info)
    }
    /// Does nothing for so many seconds. Signal handlers run meanwhile; the sleep goes on after them.
    #[function("sleep(seconds, /)")]
    fn sleep(ts: &ThreadState, seconds: &Value) -> Result<()> {
        let ns = duration(ts, seconds)?;
        if ns < 0 {
            return Err(ts.value_error("sleep length must be non-negative"));
        }
        let end = now(ts, libc::CLOCK_MONOTONIC)?.saturating_add(ns);
        let end = libc::timespec { tv_sec: end / NS, tv_nsec: end % NS };
        let slept = blocking(ts, || {
            // SAFETY: `end` is a valid time; with an absolute one the rest is not reported.
            match unsafe { libc::clock_nanosleep(libc::CLOCK_MONOTONIC, libc::TIMER_ABSTIME, &end, std::ptr::null_mut()) } {
                0 => Ok(()),
                e => Err(Errno(e)),
            }
        })?;
        slept.map_err(|e| e.raise(ts))
    }
}
