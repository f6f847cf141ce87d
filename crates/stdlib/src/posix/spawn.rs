//! posix_spawn and posix_spawnp.

use super::path::Path;
use super::process::{Strings, arguments, environment};
use crate::host::{Errno, c, zeroed};
use crate::prelude::*;
use std::ffi::CString;

const OPEN: i64 = 0;
const CLOSE: i64 = 1;
const DUP2: i64 = 2;
const CLOSEFROM: i64 = 3;

// Not in the crate for every C library; glibc has it since 2.34.
unsafe extern "C" {
    fn posix_spawn_file_actions_addclosefrom_np(actions: *mut libc::posix_spawn_file_actions_t, from: i32) -> i32;
}

/// The file actions and attributes of a spawn, destroyed with their owner.
struct Plan {
    actions: Box<libc::posix_spawn_file_actions_t>,
    attributes: Box<libc::posix_spawnattr_t>,
    /// Kept for the time of the call.
    paths: Vec<CString>,
    flags: i32,
}

// SAFETY: C structures of numbers and pointers; the init functions fill them.
unsafe impl crate::host::Plain for libc::posix_spawn_file_actions_t {}
// SAFETY: as above.
unsafe impl crate::host::Plain for libc::posix_spawnattr_t {}

impl Plan {
    fn new() -> Plan {
        let mut p = Plan { actions: Box::new(zeroed()), attributes: Box::new(zeroed()), paths: vec![], flags: 0 };
        c!(posix_spawn_file_actions_init(&mut *p.actions));
        c!(posix_spawnattr_init(&mut *p.attributes));
        p
    }
    fn check(ts: &ThreadState, r: i32) -> Result<()> {
        if r == 0 { Ok(()) } else { Err(Errno(r).raise(ts)) }
    }
    fn add(&mut self, ts: &ThreadState, action: &Value) -> Result<()> {
        let bad = || ts.type_error("Each file_actions element must be a non-empty tuple");
        let items = action.downcast::<Tuple>().ok_or_else(bad)?.items();
        let tag = items.first().ok_or_else(bad)?;
        let int = |i: usize| index_i32(ts, &items[i]);
        let shape = |n: usize, what: &str| {
            if items.len() == n { Ok(()) } else { Err(ts.type_error(format!("A {what} file_action tuple must have {n} elements"))) }
        };
        let r = match index_i64(ts, tag)? {
            OPEN => {
                shape(5, "open")?;
                let path = Path::name(ts, "posix_spawn", "path", &items[2])?;
                let (fd, flags, mode) = (int(1)?, int(3)?, int(4)?);
                self.paths.push(path.raw);
                let p = self.paths[self.paths.len() - 1].as_ptr();
                c!(posix_spawn_file_actions_addopen(&mut *self.actions, fd, p, flags, mode as u32))
            }
            CLOSE => {
                shape(2, "close")?;
                let fd = int(1)?;
                c!(posix_spawn_file_actions_addclose(&mut *self.actions, fd))
            }
            DUP2 => {
                shape(3, "dup2")?;
                let (a, b) = (int(1)?, int(2)?);
                c!(posix_spawn_file_actions_adddup2(&mut *self.actions, a, b))
            }
            CLOSEFROM => {
                shape(2, "closefrom")?;
                let fd = int(1)?;
                // SAFETY: the actions were initialised.
                unsafe { posix_spawn_file_actions_addclosefrom_np(&mut *self.actions, fd) }
            }
            _ => return Err(ts.type_error("Unknown file_actions identifier")),
        };
        Plan::check(ts, r)
    }
    fn options(&mut self, ts: &ThreadState, name: &str, o: &Options) -> Result<()> {
        let a: *mut libc::posix_spawnattr_t = &mut *self.attributes;
        if let Some(pgrp) = o.setpgroup.filter(|v| !v.is_none()) {
            let pgrp = index_i32(ts, pgrp)?;
            Plan::check(ts, c!(posix_spawnattr_setpgroup(a, pgrp)))?;
            self.flags |= libc::POSIX_SPAWN_SETPGROUP;
        }
        if o.resetids {
            self.flags |= libc::POSIX_SPAWN_RESETIDS;
        }
        if o.setsid {
            self.flags |= libc::POSIX_SPAWN_SETSID as i32;
        }
        if let Some(mask) = o.setsigmask {
            let set = crate::signal::signal_set(ts, mask)?;
            Plan::check(ts, c!(posix_spawnattr_setsigmask(a, &set)))?;
            self.flags |= libc::POSIX_SPAWN_SETSIGMASK;
        }
        if let Some(mask) = o.setsigdef {
            let set = crate::signal::signal_set(ts, mask)?;
            Plan::check(ts, c!(posix_spawnattr_setsigdefault(a, &set)))?;
            self.flags |= libc::POSIX_SPAWN_SETSIGDEF;
        }
        if let Some(s) = o.scheduler.filter(|v| !v.is_none()) {
            let items = s.downcast::<Tuple>().map(|t| t.items()).unwrap_or(&[]);
            let [policy, param] = items else {
                return Err(ts.type_error(format!("{name}: scheduler must be a tuple or None")));
            };
            if !policy.is_none() {
                let policy = index_i32(ts, policy)?;
                Plan::check(ts, c!(posix_spawnattr_setschedpolicy(a, policy)))?;
                self.flags |= libc::POSIX_SPAWN_SETSCHEDULER;
            }
            let first = param.downcast::<Tuple>().and_then(|t| t.items().first().cloned());
            let first = first.ok_or_else(|| ts.type_error("must have a sched_param object"))?;
            let mut p: libc::sched_param = zeroed();
            p.sched_priority = index_i32(ts, &first)?;
            Plan::check(ts, c!(posix_spawnattr_setschedparam(a, &p)))?;
            self.flags |= libc::POSIX_SPAWN_SETSCHEDPARAM;
        }
        Plan::check(ts, c!(posix_spawnattr_setflags(a, self.flags as libc::c_short)))
    }
}

impl Drop for Plan {
    fn drop(&mut self) {
        c!(posix_spawn_file_actions_destroy(&mut *self.actions));
        c!(posix_spawnattr_destroy(&mut *self.attributes));
    }
}

struct Options<'a> {
    setpgroup: Option<&'a Value>,
    resetids: bool,
    setsid: bool,
    setsigmask: Option<&'a Value>,
    setsigdef: Option<&'a Value>,
    scheduler: Option<&'a Value>,
}

fn spawn(ts: &ThreadState, name: &str, path: &Value, argv: &Value, env: &Value, file_actions: Option<&Value>, o: Options) -> Result<i32> {
    let path = Path::name(ts, name, "path", path)?;
    let argv = arguments(ts, name, argv)?;
    if !env.is_none() && !is_mapping(ts, env) {
        return Err(ts.type_error(format!("{name}: environment must be a mapping object or None")));
    }
    let env: Option<Strings> = if env.is_none() { None } else { Some(environment(ts, env)?) };
    let mut plan = Plan::new();
    if let Some(list) = file_actions.filter(|v| !v.is_none()) {
        if !is_sequence(ts, list) {
            return Err(ts.type_error("file_actions must be a sequence or None"));
        }
        for a in protocol::collect(ts, list)? {
            plan.add(ts, &a)?;
        }
    }
    plan.options(ts, name, &o)?;
    audit(ts, "os.posix_spawn", &[path.object.clone(), Value::none(), Value::none()])?;
    // SAFETY: `environ` is the C library's own list.
    let inherited = unsafe { environ };
    let envp = env.as_ref().map_or(inherited, |e| e.as_ptr().cast());
    let mut pid = 0;
    let r = if name == "posix_spawnp" {
        c!(posix_spawnp(&mut pid, path.as_ptr(), &*plan.actions, &*plan.attributes, argv.as_ptr().cast(), envp.cast()))
    } else {
        c!(posix_spawn(&mut pid, path.as_ptr(), &*plan.actions, &*plan.attributes, argv.as_ptr().cast(), envp.cast()))
    };
    if r != 0 {
        return Err(path.raise(ts, Errno(r)));
    }
    Ok(pid)
}

unsafe extern "C" {
    static environ: *const *const libc::c_char;
}

#[functions(module = "posix")]
pub mod functions {
    use super::*;

    /// Execute the program specified by path in a new process.
    #[function("posix_spawn(path, argv, env, /, *, file_actions=(), setpgroup=None, resetids=False, setsid=False, setsigmask=<unrepresentable>, setsigdef=<unrepresentable>, scheduler=None)")]
    #[allow(clippy::too_many_arguments)]
    fn posix_spawn(ts: &ThreadState, path: &Value, argv: &Value, env: &Value, file_actions: Option<&Value>, setpgroup: Option<&Value>, resetids: bool, setsid: bool, setsigmask: Option<&Value>, setsigdef: Option<&Value>, scheduler: Option<&Value>) -> Result<i32> {
        let o = Options { setpgroup, resetids, setsid, setsigmask, setsigdef, scheduler };
        spawn(ts, "posix_spawn", path, argv, env, file_actions, o)
    }
    /// Execute the program specified by path in a new process.
    #[function("posix_spawnp(path, argv, env, /, *, file_actions=(), setpgroup=None, resetids=False, setsid=False, setsigmask=<unrepresentable>, setsigdef=<unrepresentable>, scheduler=None)")]
    #[allow(clippy::too_many_arguments)]
    fn posix_spawnp(ts: &ThreadState, path: &Value, argv: &Value, env: &Value, file_actions: Option<&Value>, setpgroup: Option<&Value>, resetids: bool, setsid: bool, setsigmask: Option<&Value>, setsigdef: Option<&Value>, scheduler: Option<&Value>) -> Result<i32> {
        let o = Options { setpgroup, resetids, setsid, setsigmask, setsigdef, scheduler };
        spawn(ts, "posix_spawnp", path, argv, env, file_actions, o)
    }
}
