//! The functions of `_signal`.

use super::{Action, NSIG, SIGINFO, Signals, install, is_main_thread, set_value, signal_set, trip};
use super::{WAKEUP_FD, WARN_ON_FULL};
use crate::host::{Errno, Sys, blocking, c, sys, unlocked, zeroed};
use crate::prelude::*;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

fn number(ts: &ThreadState, n: i32) -> Result<i32> {
    if n < 1 || n >= NSIG as i32 { Err(ts.value_error("signal number out of range")) } else { Ok(n) }
}

fn timeval(ts: &ThreadState, v: &Value) -> Result<libc::timeval> {
    let (sec, ns) = seconds_to_timespec(ts, v)?;
    // Up, so that a short time is not none.
    let us = (ns + 999) / 1000;
    Ok(libc::timeval { tv_sec: sec + us / 1_000_000, tv_usec: us % 1_000_000 })
}

fn itimer_value(ts: &ThreadState, t: &libc::itimerval) -> Value {
    let seconds = |t: &libc::timeval| float_value(ts, t.tv_sec as f64 + t.tv_usec as f64 * 1e-6);
    tuple(ts, vec![seconds(&t.it_value), seconds(&t.it_interval)])
}

fn itimer_error(ts: &ThreadState, e: Errno) -> Raised {
    match ts.interp().extension::<Signals>().itimer_error.get() {
        Some(class) => raise_with_args(ts, class, &[int_value(ts, e.0 as i64), str_value(ts, &e.text())]),
        None => e.raise(ts),
    }
}

fn siginfo_value(ts: &ThreadState, info: &libc::siginfo_t) -> Result {
    // SAFETY: the fields of the union are read as the C library's interface has them.
    let (pid, uid, status) = unsafe { (info.si_pid(), info.si_uid(), info.si_status()) };
    let items = [info.si_signo as i64, info.si_code as i64, info.si_errno as i64, pid as i64, uid as i64, status as i64, 0];
    SIGINFO.make(ts, items.iter().map(|&n| int_value(ts, n)).collect())
}

#[functions(module = "_signal")]
pub mod functions {
    use super::*;

    /// The default handler for SIGINT installed by Python.
    ///
    /// It raises KeyboardInterrupt.
    #[function("default_int_handler(signalnum, frame, /)")]
    fn default_int_handler(ts: &ThreadState, signalnum: i32, frame: &Value) -> Result<()> {
        let _ = (signalnum, frame);
        Err(ts.raise_args(&exceptions(ts).keyboard_interrupt, vec![]))
    }
    /// Arrange for SIGALRM to arrive after the given number of seconds.
    #[function("alarm(seconds, /)")]
    fn alarm(seconds: i32) -> u32 {
        c!(alarm(seconds as u32))
    }
    /// Wait until a signal arrives.
    #[function("pause()")]
    fn pause(ts: &ThreadState) -> Result<()> {
        unlocked(ts, || c!(pause()));
        ts.check_signals()
    }
    /// Send a signal to the executing process.
    #[function("raise_signal(signalnum, /)")]
    fn raise_signal(ts: &ThreadState, signalnum: i32) -> Result<()> {
        if unlocked(ts, || c!(raise(signalnum))) != 0 {
            return Err(Errno::last().raise(ts));
        }
        ts.check_signals()
    }
    /// Set the action for the given signal.
    ///
    /// The action can be SIG_DFL, SIG_IGN, or a callable Python object.
    /// The previous action is returned.  See getsignal() for possible return values.
    ///
    /// *** IMPORTANT NOTICE ***
    /// A signal handler function is called with two arguments:
    /// the first is the signal number, the second is the interrupted stack frame.
    #[function("signal(signalnum, handler, /)")]
    fn signal(ts: &ThreadState, signalnum: i32, handler: &Value) -> Result {
        if !is_main_thread(ts) {
            return Err(ts.value_error("signal only works in main thread of the main interpreter"));
        }
        let sig = number(ts, signalnum)?;
        let (action, stored) = if is_callable(ts, handler) {
            (Action::Python, handler.clone())
        } else {
            // Exactly an int: members of enums are turned into one by `signal`.
            let n = if taipan_objects::int::is_exact(handler) { to_i64(handler) } else { None };
            match n {
                Some(0) => (Action::Default, int_value(ts, 0)),
                Some(1) => (Action::Ignore, int_value(ts, 1)),
                _ => {
                    let text = "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object";
                    return Err(ts.type_error(text));
                }
            }
        };
        ts.check_signals()?;
        install(sig, action).or_raise(ts)?;
        let old = ts.interp().extension::<Signals>().handlers[sig as usize].replace(Some(stored));
        Ok(old.unwrap_or(Value::none()))
    }
    /// Return the current action for the given signal.
    ///
    /// The return value can be:
    ///   SIG_IGN -- if the signal is being ignored
    ///   SIG_DFL -- if the default action for the signal is in effect
    ///   None    -- if an unknown handler is in effect
    ///   anything else -- the callable Python object used as a handler
    #[function("getsignal(signalnum, /)")]
    fn getsignal(ts: &ThreadState, signalnum: i32) -> Result<Option<Value>> {
        let sig = number(ts, signalnum)?;
        Ok(ts.interp().extension::<Signals>().handlers[sig as usize].get())
    }
    /// Return the system description of the given signal.
    ///
    /// Returns the description of signal *signalnum*, such as "Interrupt"
    /// for :const:`SIGINT`. Returns :const:`None` if *signalnum* has no
    /// description.
    #[function("strsignal(signalnum, /)")]
    fn strsignal(ts: &ThreadState, signalnum: i32) -> Result<Option<String>> {
        let sig = number(ts, signalnum)?;
        let p = c!(strsignal(sig));
        if p.is_null() {
            return Ok(None);
        }
        // SAFETY: the C library gave a terminated text, read at once.
        let text = unsafe { std::ffi::CStr::from_ptr(p) }.to_string_lossy().into_owned();
        Ok(if text.starts_with("Unknown signal") { None } else { Some(text) })
    }
    /// Change system call restart behaviour.
    #[function("siginterrupt(signalnum, flag, /)")]
    fn siginterrupt(ts: &ThreadState, signalnum: i32, flag: i32) -> Result<()> {
        let sig = number(ts, signalnum)?;
        let mut sa: libc::sigaction = zeroed();
        sys!(sigaction(sig, std::ptr::null(), &mut sa)).or_raise(ts)?;
        if flag != 0 {
            sa.sa_flags &= !libc::SA_RESTART;
        } else {
            sa.sa_flags |= libc::SA_RESTART;
        }
        sys!(sigaction(sig, &sa, std::ptr::null_mut())).or_raise(ts)?;
        Ok(())
    }
    /// Sets the fd to be written to (with the signal number) when a signal comes in.
    #[function("set_wakeup_fd(fd, /, *, warn_on_full_buffer=True)")]
    fn set_wakeup_fd(ts: &ThreadState, fd: i32, warn_on_full_buffer: bool) -> Result<i32> {
        if !is_main_thread(ts) {
            return Err(ts.value_error("set_wakeup_fd only works in main thread of the main interpreter"));
        }
        if fd != -1 {
            crate::posix::stat::fstat(fd).or_raise(ts)?;
            let flags = sys!(fcntl(fd, libc::F_GETFL)).or_raise(ts)?;
            if flags & libc::O_NONBLOCK == 0 {
                return Err(ts.value_error(format!("the fd {fd} must be in non-blocking mode")));
            }
        }
        WARN_ON_FULL.store(warn_on_full_buffer, Ordering::Relaxed);
        Ok(WAKEUP_FD.swap(fd, Ordering::AcqRel))
    }
    /// Sets given itimer (one of ITIMER_REAL, ITIMER_VIRTUAL or ITIMER_PROF).
    ///
    /// The timer will fire after value seconds and after that every interval seconds.
    /// The itimer can be cleared by setting seconds to zero.
    ///
    /// Returns old values as a tuple: (delay, interval).
    #[function("setitimer(which, seconds, interval=0.0, /)")]
    fn setitimer(ts: &ThreadState, which: i32, seconds: &Value, interval: &Value) -> Result {
        let new = libc::itimerval { it_value: timeval(ts, seconds)?, it_interval: timeval(ts, interval)? };
        let mut old: libc::itimerval = zeroed();
        sys!(setitimer(which as _, &new, &mut old)).map_err(|e| itimer_error(ts, e))?;
        Ok(itimer_value(ts, &old))
    }
    /// Returns current value of given itimer.
    #[function("getitimer(which, /)")]
    fn getitimer(ts: &ThreadState, which: i32) -> Result {
        let mut t: libc::itimerval = zeroed();
        sys!(getitimer(which as _, &mut t)).map_err(|e| itimer_error(ts, e))?;
        Ok(itimer_value(ts, &t))
    }
    /// Fetch and/or change the signal mask of the calling thread.
    #[function("pthread_sigmask(how, mask, /)")]
    fn pthread_sigmask(ts: &ThreadState, how: i32, mask: &Value) -> Result {
        let set = signal_set(ts, mask)?;
        let mut old: libc::sigset_t = zeroed();
        let r = c!(pthread_sigmask(how, &set, &mut old));
        if r != 0 {
            return Err(Errno(r).raise(ts));
        }
        ts.check_signals()?;
        set_value(ts, &old)
    }
    /// Examine pending signals.
    ///
    /// Returns a set of signal numbers that are pending for delivery to
    /// the calling thread.
    #[function("sigpending()")]
    fn sigpending(ts: &ThreadState) -> Result {
        let mut set: libc::sigset_t = zeroed();
        sys!(sigpending(&mut set)).or_raise(ts)?;
        set_value(ts, &set)
    }
    /// Wait for a signal.
    ///
    /// Suspend execution of the calling thread until the delivery of one of the
    /// signals specified in the signal set sigset.
    /// The function accepts the signal and returns the signal number.
    #[function("sigwait(sigset, /)")]
    fn sigwait(ts: &ThreadState, sigset: &Value) -> Result<i32> {
        let set = signal_set(ts, sigset)?;
        let (r, sig) = unlocked(ts, || {
            let mut sig = 0;
            (c!(sigwait(&set, &mut sig)), sig)
        });
        if r != 0 { Err(Errno(r).raise(ts)) } else { Ok(sig) }
    }
    /// Wait synchronously until one of the signals in *sigset* is delivered.
    ///
    /// Returns a struct_siginfo containing information about the signal.
    #[function("sigwaitinfo(sigset, /)")]
    fn sigwaitinfo(ts: &ThreadState, sigset: &Value) -> Result {
        let set = signal_set(ts, sigset)?;
        let mut info: libc::siginfo_t = zeroed();
        let p = &raw mut info as usize;
        blocking(ts, || sys!(sigwaitinfo(&set, p as *mut libc::siginfo_t)))?.or_raise(ts)?;
        siginfo_value(ts, &info)
    }
    /// Like sigwaitinfo(), but with a timeout.
    ///
    /// The timeout is specified in seconds, rounded up to nanoseconds.
    #[function("sigtimedwait(sigset, timeout, /)")]
    fn sigtimedwait(ts: &ThreadState, sigset: &Value, timeout: &Value) -> Result {
        let (sec, ns) = seconds_to_timespec(ts, timeout)?;
        if sec < 0 {
            return Err(ts.value_error("timeout must be non-negative"));
        }
        let set = signal_set(ts, sigset)?;
        let end = Instant::now().checked_add(Duration::new(sec as u64, ns as u32));
        let mut info: libc::siginfo_t = zeroed();
        let p = &raw mut info as usize;
        loop {
            let left = end.map_or(Duration::MAX, |e| e.saturating_duration_since(Instant::now()));
            let t = libc::timespec { tv_sec: left.as_secs().min(1 << 40) as i64, tv_nsec: left.subsec_nanos() as i64 };
            let r: Sys<i32> = unlocked(ts, || sys!(sigtimedwait(&set, p as *mut libc::siginfo_t, &t)));
            match r {
                Ok(_) => return siginfo_value(ts, &info),
                Err(Errno(libc::EAGAIN)) => return Ok(Value::none()),
                Err(Errno(libc::EINTR)) => ts.check_signals()?,
                Err(e) => return Err(e.raise(ts)),
            }
        }
    }
    /// Send a signal to a thread.
    #[function("pthread_kill(thread_id, signalnum, /)")]
    fn pthread_kill(ts: &ThreadState, thread_id: u64, signalnum: i32) -> Result<()> {
        let r = c!(pthread_kill(thread_id as libc::pthread_t, signalnum));
        if r != 0 {
            return Err(Errno(r).raise(ts));
        }
        ts.check_signals()
    }
    /// Return a set of valid signal numbers on this platform.
    #[function("valid_signals()")]
    fn valid_signals(ts: &ThreadState) -> Result {
        let mut set: libc::sigset_t = zeroed();
        sys!(sigfillset(&mut set)).or_raise(ts)?;
        set_value(ts, &set)
    }
    /// Send a signal to a process referred to by a pid file descriptor.
    #[function("pidfd_send_signal(pidfd, signalnum, siginfo=None, flags=0, /)")]
    fn pidfd_send_signal(ts: &ThreadState, pidfd: i32, signalnum: i32, siginfo: Option<&Value>, flags: u32) -> Result<()> {
        if siginfo.is_some_and(|v| !v.is_none()) {
            return Err(ts.type_error("siginfo must be None"));
        }
        let null = 0 as libc::c_long;
        sys!(syscall(libc::SYS_pidfd_send_signal, pidfd as libc::c_long, signalnum as libc::c_long, null, flags as libc::c_long))
            .or_raise(ts)?;
        ts.check_signals()
    }
}

/// `_thread.interrupt_main`: as if the signal had arrived.
pub fn simulate(ts: &ThreadState, sig: i32) -> Result<()> {
    let sig = number(ts, sig)?;
    let handler = ts.interp().extension::<Signals>().handlers[sig as usize].get();
    if handler.is_some_and(|h| !h.is_none() && !is_int(&h)) {
        trip(sig);
    }
    Ok(())
}
