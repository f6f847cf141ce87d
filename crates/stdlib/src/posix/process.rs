//! Processes: making them, becoming another program, waiting, signals and groups.

use super::path::{Allow, Path, fs_bytes};
use crate::host::{Errno, blocking, c, sys, unlocked, zeroed};
use crate::prelude::*;
use std::ffi::CString;
use taipan_objects::structseq::{Field, StructSeq};

pub static WAITID_RESULT: StructSeq = StructSeq {
    name: "posix.waitid_result",
    doc: "waitid_result: Result from waitid.\n\nThis object may be accessed either as a tuple of\n  (si_pid, si_uid, si_signo, si_status, si_code),\nor via the attributes si_pid, si_uid, and so on.\n\nSee os.waitid for more information.",
    fields: &[
        Field::new("si_pid", ""),
        Field::new("si_uid", ""),
        Field::new("si_signo", ""),
        Field::new("si_status", ""),
        Field::new("si_code", ""),
    ],
    sequence: 5,
    no_new: false,
    fill: None,
};

/// Arguments or variables for a new program: the texts and the null-terminated array of pointers to them.
pub struct Strings {
    _texts: Vec<CString>,
    pointers: Vec<usize>,
}

impl Strings {
    pub fn new(texts: Vec<CString>) -> Strings {
        let mut pointers: Vec<usize> = texts.iter().map(|t| t.as_ptr() as usize).collect();
        pointers.push(0);
        Strings { _texts: texts, pointers }
    }
    pub fn as_ptr(&self) -> *const *const libc::c_char {
        self.pointers.as_ptr().cast()
    }
}

pub fn arguments(ts: &ThreadState, function: &str, argv: &Value) -> Result<Strings> {
    let items = if let Some(t) = argv.downcast::<Tuple>() {
        t.items().to_vec()
    } else if let Some(l) = argv.downcast::<List>() {
        list_items(l)
    } else if function != "execv" {
        return Err(ts.type_error(format!("{function}: argv must be a tuple or list")));
    } else {
        return Err(ts.type_error(format!("{function}() arg 2 must be a tuple or list")));
    };
    if items.is_empty() {
        return Err(ts.value_error(match function {
            "execve" | "posix_spawn" | "posix_spawnp" => format!("{function}: argv must not be empty"),
            f => format!("{f}() arg 2 must not be empty"),
        }));
    }
    let texts = items.iter().map(|v| fs_bytes(ts, v)).collect::<Result<Vec<_>>>()?;
    if texts[0].is_empty() {
        return Err(ts.value_error(match function {
            "execve" | "posix_spawn" | "posix_spawnp" => format!("{function}: argv first element cannot be empty"),
            f => format!("{f}() arg 2 first element cannot be empty"),
        }));
    }
    Ok(Strings::new(texts))
}

/// "name=value" strings from a mapping.
pub fn environment(ts: &ThreadState, env: &Value) -> Result<Strings> {
    let keys = protocol::collect(ts, &protocol::call_method(ts, env, "keys", &[])?)?;
    let values = protocol::collect(ts, &protocol::call_method(ts, env, "values", &[])?)?;
    let mut texts = vec![];
    for (k, v) in keys.iter().zip(&values) {
        let (k, v) = (fs_bytes(ts, k)?, fs_bytes(ts, v)?);
        if k.is_empty() || k.as_bytes()[1..].contains(&b'=') {
            return Err(ts.value_error("illegal environment variable name"));
        }
        let mut text = k.into_bytes();
        text.push(b'=');
        text.extend_from_slice(v.as_bytes());
        texts.push(CString::new(text).map_err(|_| ts.value_error("embedded null byte"))?);
    }
    Ok(Strings::new(texts))
}

/// Functions to call around a fork.
#[derive(Default)]
pub struct AtFork {
    before: GilCell<Vec<Value>>,
    in_parent: GilCell<Vec<Value>>,
    in_child: GilCell<Vec<Value>>,
}

fn run_all(ts: &ThreadState, functions: Vec<Value>) {
    for f in functions {
        if protocol::call(ts, &f, &[]).is_err() {
            unraisable(ts, "in atfork callback", &f);
        }
    }
}

pub fn before_fork(ts: &ThreadState) {
    let mut f = ts.interp().extension::<AtFork>().before.get();
    f.reverse();
    run_all(ts, f);
}

pub fn after_fork_parent(ts: &ThreadState) {
    run_all(ts, ts.interp().extension::<AtFork>().in_parent.get());
}

/// The child has this thread only: locks and the list of threads are put right, then Python's own
/// functions run.
pub fn after_fork_child(ts: &ThreadState) {
    crate::thread::after_fork_child(ts);
    run_all(ts, ts.interp().extension::<AtFork>().in_child.get());
}

fn warn_about_threads(ts: &ThreadState, name: &str) -> Result<()> {
    if crate::thread::count(ts) > 1 {
        warn(
            ts,
            Warning::Deprecation,
            &format!(
                "This process (pid={}) is multi-threaded, use of {name}() may lead to deadlocks in the child.",
                c!(getpid())
            ),
            1,
        )?;
    }
    Ok(())
}

fn wait_result(ts: &ThreadState, pid: i32, status: i32, usage: Option<&libc::rusage>) -> Result {
    let mut items = vec![int_value(ts, pid as i64), int_value(ts, status as i64)];
    if let Some(u) = usage {
        items.push(crate::resource::rusage_value(ts, u)?);
    }
    Ok(tuple(ts, items))
}

fn wait4(ts: &ThreadState, pid: i32, options: i32) -> Result {
    let (mut status, mut usage): (i32, libc::rusage) = (0, zeroed());
    let (p, u) = (&raw mut status as usize, &raw mut usage as usize);
    let pid = blocking(ts, || sys!(wait4(pid, p as *mut i32, options, u as *mut libc::rusage)))?.or_raise(ts)?;
    wait_result(ts, pid, status, Some(&usage))
}

#[functions(module = "posix")]
pub mod functions {
    use super::*;

    /// Fork a child process.
    #[function("fork()")]
    fn fork(ts: &ThreadState) -> Result<i32> {
        audit(ts, "os.fork", &[])?;
        before_fork(ts);
        let pid = sys!(fork());
        if pid == Ok(0) {
            after_fork_child(ts);
        } else {
            after_fork_parent(ts);
            if pid.is_ok() {
                warn_about_threads(ts, "fork")?;
            }
        }
        pid.or_raise(ts)
    }
    /// Fork a new process with a new pseudo-terminal as controlling tty.
    #[function("forkpty()")]
    fn forkpty(ts: &ThreadState) -> Result {
        audit(ts, "os.forkpty", &[])?;
        before_fork(ts);
        let mut master = -1;
        let pid = sys!(forkpty(&mut master, std::ptr::null_mut(), std::ptr::null_mut(), std::ptr::null_mut()));
        if pid == Ok(0) {
            after_fork_child(ts);
        } else {
            after_fork_parent(ts);
            if pid.is_ok() {
                warn_about_threads(ts, "forkpty")?;
            }
        }
        let pid = pid.or_raise(ts)?;
        Ok(tuple(ts, vec![int_value(ts, pid as i64), int_value(ts, master as i64)]))
    }
    /// Register callables to be called when forking a new process.
    #[function("register_at_fork(*, before=<unrepresentable>, after_in_child=<unrepresentable>, after_in_parent=<unrepresentable>)")]
    fn register_at_fork(ts: &ThreadState, before: Option<&Value>, after_in_child: Option<&Value>, after_in_parent: Option<&Value>) -> Result<()> {
        if before.is_none() && after_in_child.is_none() && after_in_parent.is_none() {
            return Err(ts.type_error("At least one argument is required."));
        }
        let state = ts.interp().extension::<AtFork>();
        let add = |f: Option<&Value>, name: &str, to: &GilCell<Vec<Value>>| {
            let Some(f) = f else { return Ok(()) };
            if !is_callable(ts, f) {
                return Err(ts.type_error(format!("'{name}' must be callable, not {}", f.type_name(ts))));
            }
            to.write(|t| t.push(f.clone()));
            Ok(())
        };
        add(before, "before", &state.before)?;
        add(after_in_child, "after_in_child", &state.in_child)?;
        add(after_in_parent, "after_in_parent", &state.in_parent)
    }
    /// Exit to the system with specified status, without normal exit processing.
    #[function("_exit(status)")]
    fn _exit(status: i32) {
        c!(_exit(status));
    }
    /// Abort the interpreter immediately.
    #[function("abort()")]
    fn abort() {
        c!(abort());
    }
    /// Execute an executable path with arguments, replacing current process.
    #[function("execv(path, argv, /)")]
    fn execv(ts: &ThreadState, path: &Value, argv: &Value) -> Result<()> {
        let path = Path::name(ts, "execv", "path", path)?;
        let argv = arguments(ts, "execv", argv)?;
        audit(ts, "os.exec", &[path.object.clone(), Value::none(), Value::none()])?;
        sys!(execv(path.as_ptr(), argv.as_ptr())).or_raise(ts)?;
        Ok(())
    }
    /// Execute an executable path with arguments, replacing current process.
    #[function("execve(path, argv, env)")]
    fn execve(ts: &ThreadState, path: &Value, argv: &Value, env: &Value) -> Result<()> {
        let path = Path::new(ts, "execve", "path", path, Allow::Fd)?;
        let argv = arguments(ts, "execve", argv)?;
        if !is_mapping(ts, env) {
            return Err(ts.type_error("execve: environment must be a mapping object"));
        }
        let env = environment(ts, env)?;
        audit(ts, "os.exec", &[path.object.clone(), Value::none(), Value::none()])?;
        let r = match path.fd {
            Some(fd) => sys!(fexecve(fd, argv.as_ptr(), env.as_ptr())),
            None => sys!(execve(path.as_ptr(), argv.as_ptr(), env.as_ptr())),
        };
        r.map_err(|e| path.raise(ts, e))?;
        Ok(())
    }
    /// Execute the command in a subshell.
    #[function("system(command)")]
    fn system(ts: &ThreadState, command: &Value) -> Result<i32> {
        let command = fs_bytes(ts, command)?;
        audit(ts, "os.system", &[bytes_value(ts, command.as_bytes())])?;
        Ok(unlocked(ts, || c!(system(command.as_ptr()))))
    }
    /// Wait for completion of a child process.
    #[function("wait()")]
    fn wait(ts: &ThreadState) -> Result {
        waitpid(ts, -1, 0)
    }
    /// Wait for completion of a given child process.
    #[function("waitpid(pid, options, /)")]
    fn waitpid(ts: &ThreadState, pid: i32, options: i32) -> Result {
        let mut status = 0;
        let p = &raw mut status as usize;
        let pid = blocking(ts, || sys!(waitpid(pid, p as *mut i32, options)))?.or_raise(ts)?;
        wait_result(ts, pid, status, None)
    }
    /// Wait for completion of a child process.
    #[function("wait3(options)")]
    fn wait3(ts: &ThreadState, options: i32) -> Result {
        wait4(ts, -1, options)
    }
    /// Wait for completion of a specific child process.
    #[function("wait4(pid, options)")]
    fn wait4_(ts: &ThreadState, pid: i32, options: i32) -> Result {
        wait4(ts, pid, options)
    }
    /// Returns the result of waiting for a process or processes.
    #[function("waitid(idtype, id, options, /)")]
    fn waitid(ts: &ThreadState, idtype: i32, id: i64, options: i32) -> Result {
        let mut info: libc::siginfo_t = zeroed();
        let p = &raw mut info as usize;
        blocking(ts, || sys!(waitid(idtype as libc::idtype_t, id as libc::id_t, p as *mut libc::siginfo_t, options)))?
            .or_raise(ts)?;
        // SAFETY: waitid filled the fields of a child's change of state.
        let (pid, uid, status) = unsafe { (info.si_pid(), info.si_uid(), info.si_status()) };
        if pid == 0 {
            return Ok(Value::none());
        }
        let items = [pid as i64, uid as i64, info.si_signo as i64, status as i64, info.si_code as i64];
        WAITID_RESULT.make(ts, items.iter().map(|&n| int_value(ts, n)).collect())
    }
    /// Return True if the process returning status was dumped to a core file.
    #[function("WCOREDUMP(status, /)")]
    fn wcoredump(status: i32) -> bool {
        libc::WCOREDUMP(status)
    }
    /// Return True if a particular process was continued from a job control stop.
    #[function("WIFCONTINUED(status)")]
    fn wifcontinued(status: i32) -> bool {
        libc::WIFCONTINUED(status)
    }
    /// Return True if the process returning status was stopped.
    #[function("WIFSTOPPED(status)")]
    fn wifstopped(status: i32) -> bool {
        libc::WIFSTOPPED(status)
    }
    /// Return True if the process returning status was terminated by a signal.
    #[function("WIFSIGNALED(status)")]
    fn wifsignaled(status: i32) -> bool {
        libc::WIFSIGNALED(status)
    }
    /// Return True if the process returning status exited via the exit() system call.
    #[function("WIFEXITED(status)")]
    fn wifexited(status: i32) -> bool {
        libc::WIFEXITED(status)
    }
    /// Return the process return code from status.
    #[function("WEXITSTATUS(status)")]
    fn wexitstatus(status: i32) -> i32 {
        libc::WEXITSTATUS(status)
    }
    /// Return the signal that terminated the process that provided the status value.
    #[function("WTERMSIG(status)")]
    fn wtermsig(status: i32) -> i32 {
        libc::WTERMSIG(status)
    }
    /// Return the signal that stopped the process that provided the status value.
    #[function("WSTOPSIG(status)")]
    fn wstopsig(status: i32) -> i32 {
        libc::WSTOPSIG(status)
    }
    /// Convert a wait status to an exit code.
    #[function("waitstatus_to_exitcode(status)")]
    fn waitstatus_to_exitcode(ts: &ThreadState, status: i32) -> Result<i32> {
        if libc::WIFEXITED(status) {
            return Ok(libc::WEXITSTATUS(status));
        }
        if libc::WIFSIGNALED(status) {
            return Ok(-libc::WTERMSIG(status));
        }
        if libc::WIFSTOPPED(status) {
            let n = libc::WSTOPSIG(status);
            return Err(ts.value_error(format!("process stopped by delivery of signal {n}")));
        }
        Err(ts.value_error(format!("invalid wait status: {status}")))
    }
    /// Kill a process with a signal.
    #[function("kill(pid, signal, /)")]
    fn kill(ts: &ThreadState, pid: i32, signal: i32) -> Result<()> {
        audit(ts, "os.kill", &[int_value(ts, pid as i64), int_value(ts, signal as i64)])?;
        sys!(kill(pid, signal)).or_raise(ts)?;
        ts.check_signals()
    }
    /// Kill a process group with a signal.
    #[function("killpg(pgid, signal, /)")]
    fn killpg(ts: &ThreadState, pgid: i32, signal: i32) -> Result<()> {
        audit(ts, "os.killpg", &[int_value(ts, pgid as i64), int_value(ts, signal as i64)])?;
        sys!(killpg(pgid, signal)).or_raise(ts)?;
        ts.check_signals()
    }
    /// Return the current process id.
    #[function("getpid()")]
    fn getpid() -> i32 {
        c!(getpid())
    }
    /// Return the parent's process id.
    #[function("getppid()")]
    fn getppid() -> i32 {
        c!(getppid())
    }
    /// Return the current process group id.
    #[function("getpgrp()")]
    fn getpgrp() -> i32 {
        c!(getpgrp())
    }
    /// Call the system call getpgid(), and return the result.
    #[function("getpgid(pid)")]
    fn getpgid(ts: &ThreadState, pid: i32) -> Result<i32> {
        sys!(getpgid(pid)).or_raise(ts)
    }
    /// Make the current process the leader of its process group.
    #[function("setpgrp()")]
    fn setpgrp(ts: &ThreadState) -> Result<()> {
        sys!(setpgid(0, 0)).or_raise(ts)?;
        Ok(())
    }
    /// Call the system call setpgid(pid, pgrp).
    #[function("setpgid(pid, pgrp, /)")]
    fn setpgid(ts: &ThreadState, pid: i32, pgrp: i32) -> Result<()> {
        sys!(setpgid(pid, pgrp)).or_raise(ts)?;
        Ok(())
    }
    /// Call the system call getsid(pid) and return the result.
    #[function("getsid(pid, /)")]
    fn getsid(ts: &ThreadState, pid: i32) -> Result<i32> {
        sys!(getsid(pid)).or_raise(ts)
    }
    /// Call the system call setsid().
    #[function("setsid()")]
    fn setsid(ts: &ThreadState) -> Result<()> {
        sys!(setsid()).or_raise(ts)?;
        Ok(())
    }
    /// Add increment to the priority of process and return the new priority.
    #[function("nice(increment, /)")]
    fn nice(ts: &ThreadState, increment: i32) -> Result<i32> {
        Errno::clear();
        // -1 is also a possible priority.
        let r = c!(nice(increment));
        match Errno::last() {
            e if r == -1 && e.0 != 0 => Err(e.raise(ts)),
            _ => Ok(r),
        }
    }
    /// Return program scheduling priority.
    #[function("getpriority(which, who)")]
    fn getpriority(ts: &ThreadState, which: i32, who: i32) -> Result<i32> {
        Errno::clear();
        let r = c!(getpriority(which as _, who as libc::id_t));
        match Errno::last() {
            e if r == -1 && e.0 != 0 => Err(e.raise(ts)),
            _ => Ok(r),
        }
    }
    /// Set program scheduling priority.
    #[function("setpriority(which, who, priority)")]
    fn setpriority(ts: &ThreadState, which: i32, who: i32, priority: i32) -> Result<()> {
        sys!(setpriority(which as _, who as libc::id_t, priority)).or_raise(ts)?;
        Ok(())
    }
    /// Return a file descriptor referring to the process *pid*.
    #[function("pidfd_open(pid, flags=0)")]
    fn pidfd_open(ts: &ThreadState, pid: i32, flags: u32) -> Result<i64> {
        sys!(syscall(libc::SYS_pidfd_open, pid as libc::c_long, flags as libc::c_long)).or_raise(ts)
    }
    /// Disassociate parts of a process (or thread) execution context.
    #[function("unshare(flags)")]
    fn unshare(ts: &ThreadState, flags: i32) -> Result<()> {
        sys!(unshare(flags)).or_raise(ts)?;
        Ok(())
    }
    /// Move the calling thread into different namespaces.
    #[function("setns(fd, nstype=0)")]
    fn setns(ts: &ThreadState, fd: &Value, nstype: i32) -> Result<()> {
        let fd = super::super::path::fileno(ts, fd)?;
        sys!(setns(fd, nstype)).or_raise(ts)?;
        Ok(())
    }
}
