//! The module `resource`: limits and use of resources.

use crate::host::{Errno, sys, zeroed};
use crate::prelude::*;
use taipan_objects::structseq::{Field, StructSeq};

pub static MODULE: ModuleDef = ModuleDef {
    name: "resource",
    doc: "",
    functions: &[functions::FUNCTIONS],
    init: Some(init),
};

pub static STRUCT_RUSAGE: StructSeq = StructSeq {
    name: "resource.struct_rusage",
    doc: "struct_rusage: Result from getrusage.\n\nThis object may be accessed either as a tuple of\n    (utime,stime,maxrss,ixrss,idrss,isrss,minflt,majflt,\n    nswap,inblock,oublock,msgsnd,msgrcv,nsignals,nvcsw,nivcsw)\nor via the attributes ru_utime, ru_stime, ru_maxrss, and so on.",
    fields: &[
        Field::new("ru_utime", "user time used"),
        Field::new("ru_stime", "system time used"),
        Field::new("ru_maxrss", "max. resident set size"),
        Field::new("ru_ixrss", "shared memory size"),
        Field::new("ru_idrss", "unshared data size"),
        Field::new("ru_isrss", "unshared stack size"),
        Field::new("ru_minflt", "page faults not requiring I/O"),
        Field::new("ru_majflt", "page faults requiring I/O"),
        Field::new("ru_nswap", "number of swap outs"),
        Field::new("ru_inblock", "block input operations"),
        Field::new("ru_oublock", "block output operations"),
        Field::new("ru_msgsnd", "IPC messages sent"),
        Field::new("ru_msgrcv", "IPC messages received"),
        Field::new("ru_nsignals", "signals received"),
        Field::new("ru_nvcsw", "voluntary context switches"),
        Field::new("ru_nivcsw", "involuntary context switches"),
    ],
    sequence: 16,
    no_new: false,
    fill: None,
};

pub fn rusage_value(ts: &ThreadState, u: &libc::rusage) -> Result {
    let time = |t: &libc::timeval| float_value(ts, t.tv_sec as f64 + t.tv_usec as f64 * 1e-6);
    let mut items = vec![time(&u.ru_utime), time(&u.ru_stime)];
    let counts = [
        u.ru_maxrss, u.ru_ixrss, u.ru_idrss, u.ru_isrss, u.ru_minflt, u.ru_majflt, u.ru_nswap, u.ru_inblock, u.ru_oublock,
        u.ru_msgsnd, u.ru_msgrcv, u.ru_nsignals, u.ru_nvcsw, u.ru_nivcsw,
    ];
    items.extend(counts.iter().map(|&n| int_value(ts, n)));
    STRUCT_RUSAGE.make(ts, items)
}

fn limit_value(ts: &ThreadState, n: u64) -> Value {
    if n == libc::RLIM_INFINITY { int_value(ts, -1) } else { int_from_u64(ts, n) }
}

fn limits_value(ts: &ThreadState, l: &libc::rlimit) -> Value {
    tuple(ts, vec![limit_value(ts, l.rlim_cur), limit_value(ts, l.rlim_max)])
}

fn limits(ts: &ThreadState, v: &Value) -> Result<libc::rlimit> {
    let pair = protocol::collect(ts, v)?;
    let [cur, max] = &pair[..] else {
        return Err(ts.value_error("expected a tuple of 2 integers"));
    };
    let one = |v: &Value| {
        let n = to_i128(ts, v)?;
        if n < 0 {
            return Ok(libc::RLIM_INFINITY);
        }
        u64::try_from(n).map_err(|_| ts.overflow_error("Python int too large to convert to C long"))
    };
    Ok(libc::rlimit { rlim_cur: one(cur)?, rlim_max: one(max)? })
}

fn kind(ts: &ThreadState, resource: i32) -> Result<u32> {
    if (0..16).contains(&resource) { Ok(resource as u32) } else { Err(ts.value_error("invalid resource specified")) }
}

#[functions(module = "resource")]
pub mod functions {
    use super::*;

    #[function("getrusage(who, /)")]
    fn getrusage(ts: &ThreadState, who: i32) -> Result {
        let mut u: libc::rusage = zeroed();
        match sys!(getrusage(who, &mut u)) {
            Ok(_) => rusage_value(ts, &u),
            Err(Errno(libc::EINVAL)) => Err(ts.value_error("invalid who parameter")),
            Err(e) => Err(e.raise(ts)),
        }
    }
    #[function("getrlimit(resource, /)")]
    fn getrlimit(ts: &ThreadState, resource: i32) -> Result {
        let kind = super::kind(ts, resource)?;
        let mut l: libc::rlimit = zeroed();
        sys!(getrlimit(kind, &mut l)).or_raise(ts)?;
        Ok(limits_value(ts, &l))
    }
    #[function("setrlimit(resource, limits, /)")]
    fn setrlimit(ts: &ThreadState, resource: i32, limits: &Value) -> Result<()> {
        let kind = super::kind(ts, resource)?;
        let l = super::limits(ts, limits)?;
        match sys!(setrlimit(kind, &l)) {
            Ok(_) => Ok(()),
            Err(Errno(libc::EINVAL)) => Err(ts.value_error("current limit exceeds maximum limit")),
            Err(Errno(libc::EPERM)) => Err(ts.value_error("not allowed to raise maximum limit")),
            Err(e) => Err(e.raise(ts)),
        }
    }
    #[function("prlimit(pid, resource, limits=None, /)")]
    fn prlimit(ts: &ThreadState, pid: i32, resource: i32, limits: Option<&Value>) -> Result {
        let kind = super::kind(ts, resource)?;
        let new = match limits {
            Some(v) if !v.is_none() => Some(super::limits(ts, v)?),
            _ => None,
        };
        let mut old: libc::rlimit = zeroed();
        let p = new.as_ref().map_or(std::ptr::null(), |l| l as *const libc::rlimit);
        match sys!(prlimit(pid, kind, p, &mut old)) {
            Ok(_) => Ok(limits_value(ts, &old)),
            Err(Errno(libc::EINVAL)) => Err(ts.value_error("current limit exceeds maximum limit")),
            Err(e) => Err(e.raise(ts)),
        }
    }
    #[function("getpagesize()")]
    fn getpagesize() -> i64 {
        crate::host::c!(sysconf(libc::_SC_PAGESIZE))
    }
}

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    dict.set_name(ts, "error", exceptions(ts).os_error.as_value().clone());
    dict.set_name(ts, "struct_rusage", STRUCT_RUSAGE.class(ts).into_value());
    for (name, n) in CONSTANTS {
        dict.set_name(ts, name, int_value(ts, *n));
    }
    Ok(())
}

static CONSTANTS: &[(&str, i64)] = &[
    ("RLIMIT_CPU", 0),
    ("RLIMIT_FSIZE", 1),
    ("RLIMIT_DATA", 2),
    ("RLIMIT_STACK", 3),
    ("RLIMIT_CORE", 4),
    ("RLIMIT_RSS", 5),
    ("RLIMIT_NPROC", 6),
    ("RLIMIT_NOFILE", 7),
    ("RLIMIT_OFILE", 7),
    ("RLIMIT_MEMLOCK", 8),
    ("RLIMIT_AS", 9),
    ("RLIMIT_SIGPENDING", 11),
    ("RLIMIT_MSGQUEUE", 12),
    ("RLIMIT_NICE", 13),
    ("RLIMIT_RTPRIO", 14),
    ("RLIMIT_RTTIME", 15),
    ("RLIM_INFINITY", -1),
    ("RUSAGE_SELF", 0),
    ("RUSAGE_CHILDREN", -1),
    ("RUSAGE_THREAD", 1),
];
