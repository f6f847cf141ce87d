//! The system around the process: its names and limits, times, entropy, environment variables,
//! terminals, scheduling.

use super::path::{Path, fs_bytes, fs_str};
use crate::host::{Errno, Sys, c, sys, unlocked, zeroed};
use crate::prelude::*;
use taipan_objects::structseq::{Field, StructSeq};

pub static TERMINAL_SIZE: StructSeq = StructSeq {
    name: "os.terminal_size",
    doc: "A tuple of (columns, lines) for holding terminal window size",
    fields: &[
        Field::new("columns", "width of the terminal window in characters"),
        Field::new("lines", "height of the terminal window in characters"),
    ],
    sequence: 2,
    no_new: false,
    fill: None,
};

pub static UNAME_RESULT: StructSeq = StructSeq {
    name: "posix.uname_result",
    doc: "uname_result: Result from os.uname().\n\nThis object may be accessed either as a tuple of\n  (sysname, nodename, release, version, machine),\nor via the attributes sysname, nodename, release, version, and machine.\n\nSee os.uname for more information.",
    fields: &[
        Field::new("sysname", "operating system name"),
        Field::new("nodename", "name of machine on network (implementation-defined)"),
        Field::new("release", "operating system release"),
        Field::new("version", "operating system version"),
        Field::new("machine", "hardware identifier"),
    ],
    sequence: 5,
    no_new: false,
    fill: None,
};

pub static TIMES_RESULT: StructSeq = StructSeq {
    name: "posix.times_result",
    doc: "times_result: Result from os.times().\n\nThis object may be accessed either as a tuple of\n  (user, system, children_user, children_system, elapsed),\nor via the attributes user, system, children_user, children_system,\nand elapsed.\n\nSee os.times for more information.",
    fields: &[
        Field::new("user", "user time"),
        Field::new("system", "system time"),
        Field::new("children_user", "user time of children"),
        Field::new("children_system", "system time of children"),
        Field::new("elapsed", "elapsed time since an arbitrary point in the past"),
    ],
    sequence: 5,
    no_new: false,
    fill: None,
};

pub static SCHED_PARAM: StructSeq = StructSeq {
    name: "posix.sched_param",
    doc: "Currently has only one field: sched_priority",
    fields: &[Field::new("sched_priority", "the scheduling priority")],
    sequence: 1,
    no_new: false,
    fill: None,
};

fn text(ts: &ThreadState, s: &[libc::c_char]) -> Value {
    let bytes: Vec<u8> = s.iter().take_while(|&&b| b != 0).map(|&b| b as u8).collect();
    fs_str(ts, &bytes)
}

/// A name of the tables of sysconf and its kin, or a number.
fn conf_name(ts: &ThreadState, v: &Value, table: &[(&str, i32)]) -> Result<i32> {
    if is_int(v) {
        return index_i32(ts, v);
    }
    let Some(s) = v.downcast::<Str>() else {
        return Err(ts.type_error("configuration names must be strings or integers"));
    };
    table
        .iter()
        .find(|(n, _)| n.as_bytes() == s.bytes())
        .map(|e| e.1)
        .ok_or_else(|| ts.value_error("unrecognized configuration name"))
}

/// -1 without an error is "no limit".
fn limit(ts: &ThreadState, call: impl FnOnce() -> i64) -> Result<i64> {
    Errno::clear();
    let r = call();
    match Errno::last() {
        e if r == -1 && e.0 != 0 => Err(e.raise(ts)),
        _ => Ok(r),
    }
}

/// Fills the buffer with random bytes of the system.
pub fn random_bytes(ts: &ThreadState, buf: &mut [u8]) -> Result<()> {
    let mut done = 0;
    while done < buf.len() {
        let (p, n) = (buf[done..].as_mut_ptr() as usize, buf.len() - done);
        let r = crate::host::blocking(ts, || sys!(getrandom(p as *mut libc::c_void, n, 0)))?;
        done += r.or_raise(ts)? as usize;
    }
    Ok(())
}

fn priority(ts: &ThreadState, v: &Value) -> Result<libc::sched_param> {
    let is_param = v.class(ts).is(&SCHED_PARAM.class(ts));
    let first = v.downcast::<Tuple>().filter(|_| is_param).and_then(|t| t.items().first().cloned());
    let Some(first) = first else {
        return Err(ts.type_error("must have a sched_param object"));
    };
    let mut p: libc::sched_param = zeroed();
    p.sched_priority = index_i32(ts, &first)?;
    Ok(p)
}

#[functions(module = "posix")]
pub mod functions {
    use super::*;
    use crate::posix::constants::{CONFSTR_NAMES, PATHCONF_NAMES, SYSCONF_NAMES};

    /// Return an object identifying the current operating system.
    #[function("uname()")]
    fn uname(ts: &ThreadState) -> Result {
        let mut u: libc::utsname = zeroed();
        sys!(uname(&mut u)).or_raise(ts)?;
        let items = [&u.sysname, &u.nodename, &u.release, &u.version, &u.machine].map(|s| text(ts, s));
        UNAME_RESULT.make(ts, items.into())
    }
    /// Return a collection containing process timing information.
    #[function("times()")]
    fn times(ts: &ThreadState) -> Result {
        let mut t: libc::tms = zeroed();
        let elapsed = c!(times(&mut t));
        let ticks = c!(sysconf(libc::_SC_CLK_TCK)) as f64;
        let items = [t.tms_utime, t.tms_stime, t.tms_cutime, t.tms_cstime, elapsed];
        TIMES_RESULT.make(ts, items.iter().map(|&n| float_value(ts, n as f64 / ticks)).collect())
    }
    /// Return average recent system load information.
    #[function("getloadavg()")]
    fn getloadavg(ts: &ThreadState) -> Result {
        let mut a = [0f64; 3];
        if c!(getloadavg(a.as_mut_ptr(), 3)) != 3 {
            return Err(raise_os_error_text(ts, "Load averages are unobtainable"));
        }
        Ok(tuple(ts, a.iter().map(|&f| float_value(ts, f)).collect()))
    }
    /// Return the number of logical CPUs in the system.
    #[function("cpu_count()")]
    fn cpu_count() -> Option<i64> {
        Some(c!(sysconf(libc::_SC_NPROCESSORS_ONLN))).filter(|&n| n > 0)
    }
    /// Return an integer-valued system configuration variable.
    #[function("sysconf(name, /)")]
    fn sysconf(ts: &ThreadState, name: &Value) -> Result<i64> {
        let name = conf_name(ts, name, SYSCONF_NAMES)?;
        limit(ts, || c!(sysconf(name)))
    }
    /// Return a string-valued system configuration variable.
    #[function("confstr(name, /)")]
    fn confstr(ts: &ThreadState, name: &Value) -> Result {
        let name = conf_name(ts, name, CONFSTR_NAMES)?;
        let mut buf = vec![0u8; 256];
        loop {
            Errno::clear();
            let n = c!(confstr(name, buf.as_mut_ptr().cast(), buf.len()));
            if n == 0 {
                let e = Errno::last();
                return if e.0 == 0 { Ok(Value::none()) } else { Err(e.raise(ts)) };
            }
            if n <= buf.len() {
                return Ok(fs_str(ts, &buf[..n - 1]));
            }
            buf.resize(n, 0);
        }
    }
    /// Return the configuration limit name for the file or directory path.
    #[function("pathconf(path, name)")]
    fn pathconf(ts: &ThreadState, path: &Value, name: &Value) -> Result<i64> {
        let path = Path::or_fd(ts, "pathconf", path)?;
        let name = conf_name(ts, name, PATHCONF_NAMES)?;
        Errno::clear();
        let r = match path.fd {
            Some(fd) => c!(fpathconf(fd, name)),
            None => c!(pathconf(path.as_ptr(), name)),
        };
        match Errno::last() {
            e if r == -1 && e.0 == libc::EINVAL => Err(e.raise(ts)),
            e if r == -1 && e.0 != 0 => Err(path.raise(ts, e)),
            _ => Ok(r),
        }
    }
    /// Return the configuration limit name for the file descriptor fd.
    #[function("fpathconf(fd, name, /)")]
    fn fpathconf(ts: &ThreadState, fd: i32, name: &Value) -> Result<i64> {
        let name = conf_name(ts, name, PATHCONF_NAMES)?;
        limit(ts, || c!(fpathconf(fd, name)))
    }
    /// Return a bytes object containing random bytes suitable for cryptographic use.
    #[function("urandom(size, /)")]
    fn urandom(ts: &ThreadState, size: isize) -> Result {
        let n = usize::try_from(size).map_err(|_| ts.value_error("negative argument not allowed"))?;
        let mut buf = super::super::files::buffer(ts, n)?;
        random_bytes(ts, &mut buf)?;
        Ok(bytes_from_vec(ts, buf))
    }
    /// Obtain a series of random bytes.
    #[function("getrandom(size, flags=0)")]
    fn getrandom(ts: &ThreadState, size: isize, flags: i32) -> Result {
        let n = usize::try_from(size).map_err(|_| Errno(libc::EINVAL).raise(ts))?;
        let mut buf = super::super::files::buffer(ts, n)?;
        let p = buf.as_mut_ptr() as usize;
        let r = crate::host::blocking(ts, || sys!(getrandom(p as *mut libc::c_void, n, flags as u32)))?;
        buf.truncate(r.or_raise(ts)? as usize);
        Ok(bytes_from_vec(ts, buf))
    }
    /// Translate an error code to a message string.
    #[function("strerror(code, /)")]
    fn strerror(code: i32) -> String {
        Errno(code).text()
    }
    /// Change or add an environment variable.
    #[function("putenv(name, value, /)")]
    fn putenv(ts: &ThreadState, name: &Value, value: &Value) -> Result<()> {
        let (name, value) = (fs_bytes(ts, name)?, fs_bytes(ts, value)?);
        if name.as_bytes().contains(&b'=') {
            return Err(ts.value_error("illegal environment variable name"));
        }
        sys!(setenv(name.as_ptr(), value.as_ptr(), 1)).or_raise(ts)?;
        Ok(())
    }
    /// Delete an environment variable.
    #[function("unsetenv(name, /)")]
    fn unsetenv(ts: &ThreadState, name: &Value) -> Result<()> {
        let name = fs_bytes(ts, name)?;
        sys!(unsetenv(name.as_ptr())).or_raise(ts)?;
        Ok(())
    }
    /// Create the environment dictionary.
    #[function("_create_environ()")]
    fn create_environ(ts: &ThreadState) -> Result {
        environ(ts)
    }
    /// Return the size of the terminal window as (columns, lines).
    ///
    /// The optional argument fd (default standard output) specifies
    /// which file descriptor should be queried.
    ///
    /// If the file descriptor is not connected to a terminal, an OSError
    /// is thrown.
    ///
    /// This function will only be defined if an implementation is
    /// available for this system.
    ///
    /// shutil.get_terminal_size is the high-level function which should
    /// normally be used, os.get_terminal_size is the low-level implementation.
    #[function("get_terminal_size(fd=<unrepresentable>, /)")]
    fn get_terminal_size(ts: &ThreadState, fd: Option<i32>) -> Result {
        let mut w: libc::winsize = zeroed();
        sys!(ioctl(fd.unwrap_or(1), libc::TIOCGWINSZ, &raw mut w)).or_raise(ts)?;
        TERMINAL_SIZE.make(ts, vec![int_value(ts, w.ws_col as i64), int_value(ts, w.ws_row as i64)])
    }
    /// Return the name of the controlling terminal for this process.
    #[function("ctermid()")]
    fn ctermid(ts: &ThreadState) -> Value {
        fs_str(ts, b"/dev/tty")
    }
    /// Return the name of the terminal device connected to 'fd'.
    #[function("ttyname(fd, /)")]
    fn ttyname(ts: &ThreadState, fd: i32) -> Result {
        let mut buf = [0u8; 256];
        super::super::files::told(c!(ttyname_r(fd, buf.as_mut_ptr().cast(), buf.len()))).or_raise(ts)?;
        let n = buf.iter().position(|&b| b == 0).unwrap_or(buf.len());
        Ok(fs_str(ts, &buf[..n]))
    }
    /// Open a pseudo-terminal.
    #[function("openpty()")]
    fn openpty(ts: &ThreadState) -> Result {
        let (mut a, mut b) = (0, 0);
        let null = std::ptr::null_mut::<libc::c_char>();
        sys!(openpty(&mut a, &mut b, null, std::ptr::null_mut(), std::ptr::null_mut())).or_raise(ts)?;
        for fd in [a, b] {
            super::super::files::set_cloexec(fd, true).or_raise(ts)?;
        }
        Ok(tuple(ts, vec![int_value(ts, a as i64), int_value(ts, b as i64)]))
    }
    /// Open and return a file descriptor for a master pseudo-terminal device.
    #[function("posix_openpt(oflag, /)")]
    fn posix_openpt(ts: &ThreadState, oflag: i32) -> Result<i32> {
        sys!(posix_openpt(oflag | libc::O_CLOEXEC)).or_raise(ts)
    }
    /// Grant access to the slave pseudo-terminal device.
    #[function("grantpt(fd, /)")]
    fn grantpt(ts: &ThreadState, fd: i32) -> Result<()> {
        sys!(grantpt(fd)).or_raise(ts)?;
        Ok(())
    }
    /// Unlock a pseudo-terminal master/slave pair.
    #[function("unlockpt(fd, /)")]
    fn unlockpt(ts: &ThreadState, fd: i32) -> Result<()> {
        sys!(unlockpt(fd)).or_raise(ts)?;
        Ok(())
    }
    /// Return the name of the slave pseudo-terminal device.
    #[function("ptsname(fd, /)")]
    fn ptsname(ts: &ThreadState, fd: i32) -> Result {
        let mut buf = [0u8; 256];
        super::super::files::told(c!(ptsname_r(fd, buf.as_mut_ptr().cast(), buf.len()))).or_raise(ts)?;
        let n = buf.iter().position(|&b| b == 0).unwrap_or(buf.len());
        Ok(fs_str(ts, &buf[..n]))
    }
    /// Prepare the tty of which fd is a file descriptor for a new login session.
    #[function("login_tty(fd, /)")]
    fn login_tty(ts: &ThreadState, fd: i32) -> Result<()> {
        sys!(login_tty(fd)).or_raise(ts)?;
        Ok(())
    }
    /// Return the process group associated with the terminal specified by fd.
    #[function("tcgetpgrp(fd, /)")]
    fn tcgetpgrp(ts: &ThreadState, fd: i32) -> Result<i32> {
        sys!(tcgetpgrp(fd)).or_raise(ts)
    }
    /// Set the process group associated with the terminal specified by fd.
    #[function("tcsetpgrp(fd, pgid, /)")]
    fn tcsetpgrp(ts: &ThreadState, fd: i32, pgid: i32) -> Result<()> {
        sys!(tcsetpgrp(fd, pgid)).or_raise(ts)?;
        Ok(())
    }
    /// Voluntarily relinquish the CPU.
    #[function("sched_yield()")]
    fn sched_yield(ts: &ThreadState) -> Result<()> {
        unlocked(ts, || sys!(sched_yield())).or_raise(ts)?;
        Ok(())
    }
    /// Get the maximum scheduling priority for policy.
    #[function("sched_get_priority_max(policy)")]
    fn sched_get_priority_max(ts: &ThreadState, policy: i32) -> Result<i32> {
        sys!(sched_get_priority_max(policy)).or_raise(ts)
    }
    /// Get the minimum scheduling priority for policy.
    #[function("sched_get_priority_min(policy)")]
    fn sched_get_priority_min(ts: &ThreadState, policy: i32) -> Result<i32> {
        sys!(sched_get_priority_min(policy)).or_raise(ts)
    }
    /// Get the scheduling policy for the process identified by pid.
    #[function("sched_getscheduler(pid, /)")]
    fn sched_getscheduler(ts: &ThreadState, pid: i32) -> Result<i32> {
        sys!(sched_getscheduler(pid)).or_raise(ts)
    }
    /// Set the scheduling policy for the process identified by pid.
    #[function("sched_setscheduler(pid, policy, param, /)")]
    fn sched_setscheduler(ts: &ThreadState, pid: i32, policy: i32, param: &Value) -> Result<()> {
        let p = priority(ts, param)?;
        sys!(sched_setscheduler(pid, policy, &p)).or_raise(ts)?;
        Ok(())
    }
    /// Returns scheduling parameters for the process identified by pid.
    #[function("sched_getparam(pid, /)")]
    fn sched_getparam(ts: &ThreadState, pid: i32) -> Result {
        let mut p: libc::sched_param = zeroed();
        sys!(sched_getparam(pid, &mut p)).or_raise(ts)?;
        SCHED_PARAM.make(ts, vec![int_value(ts, p.sched_priority as i64)])
    }
    /// Set scheduling parameters for the process identified by pid.
    #[function("sched_setparam(pid, param, /)")]
    fn sched_setparam(ts: &ThreadState, pid: i32, param: &Value) -> Result<()> {
        let p = priority(ts, param)?;
        sys!(sched_setparam(pid, &p)).or_raise(ts)?;
        Ok(())
    }
    /// Return the round-robin quantum for the process identified by pid, in seconds.
    #[function("sched_rr_get_interval(pid, /)")]
    fn sched_rr_get_interval(ts: &ThreadState, pid: i32) -> Result<f64> {
        let mut t: libc::timespec = zeroed();
        sys!(sched_rr_get_interval(pid, &mut t)).or_raise(ts)?;
        Ok(t.tv_sec as f64 + 1e-9 * t.tv_nsec as f64)
    }
    /// Set the CPU affinity of the process identified by pid to mask.
    #[function("sched_setaffinity(pid, mask, /)")]
    fn sched_setaffinity(ts: &ThreadState, pid: i32, mask: &Value) -> Result<()> {
        let mut bits = vec![0u64; 16];
        for v in protocol::collect(ts, mask)? {
            if !is_int(&v) {
                let kind = protocol::repr(ts, &v.class(ts).to_value())?;
                return Err(ts.type_error(format!("expected an iterator of ints, but iterator yielded {}", kind.to_string_lossy())));
            }
            let cpu = index_i64(ts, &v)?;
            if cpu < 0 {
                return Err(ts.value_error("negative CPU number"));
            }
            if cpu > i32::MAX as i64 - 1 {
                return Err(ts.overflow_error("CPU number too large"));
            }
            let word = cpu as usize / 64;
            if word >= bits.len() {
                bits.resize(word + 1, 0);
            }
            bits[word] |= 1 << (cpu % 64);
        }
        sys!(sched_setaffinity(pid, bits.len() * 8, bits.as_ptr().cast())).or_raise(ts)?;
        Ok(())
    }
    /// Return the affinity of the process identified by pid (or the current process if zero).
    #[function("sched_getaffinity(pid, /)")]
    fn sched_getaffinity(ts: &ThreadState, pid: i32) -> Result {
        let mut bits = vec![0u64; 16];
        loop {
            match sys!(sched_getaffinity(pid, bits.len() * 8, bits.as_mut_ptr().cast())) {
                Ok(_) => break,
                Err(Errno(libc::EINVAL)) if bits.len() < 1 << 16 => bits = vec![0; bits.len() * 2],
                Err(e) => return Err(e.raise(ts)),
            }
        }
        let cpus = (0..bits.len() * 64).filter(|i| bits[i / 64] >> (i % 64) & 1 == 1);
        set_of(ts, cpus.map(|i| int_value(ts, i as i64)).collect())
    }
    #[function("_inputhook()")]
    fn inputhook() -> i32 {
        0
    }
    #[function("_is_inputhook_installed()")]
    fn is_inputhook_installed() -> bool {
        false
    }
}

/// The environment of the process, bytes to bytes.
pub fn environ(ts: &ThreadState) -> Result {
    let d = Dict::new(ts);
    for (k, v) in std::env::vars_os() {
        use std::os::unix::ffi::OsStrExt;
        let (k, v) = (bytes_value(ts, k.as_bytes()), bytes_value(ts, v.as_bytes()));
        if d.get(ts, &k)?.is_none() {
            d.set(ts, &k, v)?;
        }
    }
    Ok(d.into_value())
}

/// Clock times to and from timers that are files.
fn spec(ns: i128) -> Sys<libc::timespec> {
    let tv_sec = i64::try_from(ns.div_euclid(1_000_000_000)).map_err(|_| Errno(libc::EOVERFLOW))?;
    Ok(libc::timespec { tv_sec, tv_nsec: ns.rem_euclid(1_000_000_000) as i64 })
}

fn timer_value(ts: &ThreadState, t: &libc::itimerspec, ns: bool) -> Value {
    let one = |s: &libc::timespec| {
        if ns {
            int_value(ts, s.tv_sec * 1_000_000_000 + s.tv_nsec)
        } else {
            float_value(ts, s.tv_sec as f64 + 1e-9 * s.tv_nsec as f64)
        }
    };
    tuple(ts, vec![one(&t.it_value), one(&t.it_interval)])
}

fn set_timer(ts: &ThreadState, fd: i32, flags: i32, initial: i128, interval: i128, ns: bool) -> Result {
    let new = libc::itimerspec { it_value: spec(initial).or_raise(ts)?, it_interval: spec(interval).or_raise(ts)? };
    let mut old: libc::itimerspec = zeroed();
    sys!(timerfd_settime(fd, flags, &new, &mut old)).or_raise(ts)?;
    Ok(timer_value(ts, &old, ns))
}

#[functions(module = "posix")]
pub mod timers {
    use super::*;
    use crate::posix::path::fileno;

    /// Create and return a timer file descriptor.
    #[function("timerfd_create(clockid, /, *, flags=524288)")]
    fn timerfd_create(ts: &ThreadState, clockid: i32, flags: i32) -> Result<i32> {
        sys!(timerfd_create(clockid, flags)).or_raise(ts)
    }
    /// Return a tuple of a timer file descriptor's (interval, next expiration) in float seconds.
    #[function("timerfd_gettime(fd, /)")]
    fn timerfd_gettime(ts: &ThreadState, fd: &Value) -> Result {
        let fd = fileno(ts, fd)?;
        let mut t: libc::itimerspec = zeroed();
        sys!(timerfd_gettime(fd, &mut t)).or_raise(ts)?;
        Ok(timer_value(ts, &t, false))
    }
    /// Return a tuple of a timer file descriptor's (interval, next expiration) in nanoseconds.
    #[function("timerfd_gettime_ns(fd, /)")]
    fn timerfd_gettime_ns(ts: &ThreadState, fd: &Value) -> Result {
        let fd = fileno(ts, fd)?;
        let mut t: libc::itimerspec = zeroed();
        sys!(timerfd_gettime(fd, &mut t)).or_raise(ts)?;
        Ok(timer_value(ts, &t, true))
    }
    /// Alter a timer file descriptor's internal timer in seconds.
    #[function("timerfd_settime(fd, /, *, flags=0, initial=0.0, interval=0.0)")]
    fn timerfd_settime(ts: &ThreadState, fd: &Value, flags: i32, initial: f64, interval: f64) -> Result {
        let fd = fileno(ts, fd)?;
        set_timer(ts, fd, flags, (initial * 1e9) as i128, (interval * 1e9) as i128, false)
    }
    /// Alter a timer file descriptor's internal timer in nanoseconds.
    #[function("timerfd_settime_ns(fd, /, *, flags=0, initial=0, interval=0)")]
    fn timerfd_settime_ns(ts: &ThreadState, fd: &Value, flags: i32, initial: i64, interval: i64) -> Result {
        let fd = fileno(ts, fd)?;
        set_timer(ts, fd, flags, initial as i128, interval as i128, true)
    }
}
