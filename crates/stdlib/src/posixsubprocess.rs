//! The module `_posixsubprocess`: fork and exec in one go, for `subprocess`.

use crate::host::{Errno, c, sys, zeroed};
use crate::posix::names::id_argument;
use crate::posix::path::fs_bytes;
use crate::posix::process::{Strings, after_fork_child, after_fork_parent, before_fork};
use crate::prelude::*;
use std::ffi::CString;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_posixsubprocess",
    doc: "A POSIX helper for the subprocess module.",
    functions: &[functions::FUNCTIONS],
    init: None,
};

/// All that the child needs, made before the fork: afterwards it must not allocate.
struct Plan {
    executables: Vec<CString>,
    argv: Strings,
    env: Option<Strings>,
    cwd: Option<CString>,
    close_fds: bool,
    keep: Vec<i32>,
    pipes: [i32; 8],
    restore_signals: bool,
    setsid: bool,
    pgid: i32,
    gid: Option<u32>,
    groups: Option<Vec<u32>>,
    uid: Option<u32>,
    umask: i32,
}

/// Writes a number in hexadecimal, without allocating.
fn hex(mut n: u32, buf: &mut [u8; 8]) -> &[u8] {
    let mut i = 8;
    loop {
        i -= 1;
        buf[i] = b"0123456789ABCDEF"[(n & 15) as usize];
        n >>= 4;
        if n == 0 || i == 0 {
            break;
        }
    }
    &buf[i..]
}

fn write_all(fd: i32, data: &[u8]) {
    let _ = sys!(write(fd, data.as_ptr().cast(), data.len()));
}

/// A descriptor above the standard ones, when it lies where one of them must go.
fn out_of_the_way(fd: i32) -> Result2<i32> {
    if (0..=2).contains(&fd) { sys!(dup(fd)) } else { Ok(fd) }
}

type Result2<T> = std::result::Result<T, Errno>;

impl Plan {
    /// The steps before the new program; an error tells what failed.
    fn prepare(&self, run_preexec: &mut dyn FnMut() -> bool) -> std::result::Result<(), (Errno, &'static str)> {
        let [p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, errpipe_read, _] = self.pipes;
        let fail = |e: Errno| (e, "");
        let errpipe = self.pipes[7];
        // The pipe for errors is kept until the other program begins, whose beginning closes it.
        for fd in self.keep.iter().filter(|fd| **fd != errpipe) {
            crate::posix::files::set_cloexec(*fd, false).map_err(fail)?;
        }
        for fd in [p2cwrite, c2pread, errread] {
            if fd >= 0 {
                let _ = sys!(close(fd));
            }
        }
        let _ = sys!(close(errpipe_read));
        // When the standard descriptors of the parent were closed, ours may lie there.
        let c2pwrite = if c2pwrite == 0 { out_of_the_way(c2pwrite).map_err(fail)? } else { c2pwrite };
        let mut errwrite = errwrite;
        while errwrite == 0 || errwrite == 1 {
            errwrite = sys!(dup(errwrite)).map_err(fail)?;
        }
        for (from, to) in [(p2cread, 0), (c2pwrite, 1), (errwrite, 2)] {
            if from == to {
                crate::posix::files::set_cloexec(from, false).map_err(fail)?;
            } else if from >= 0 {
                sys!(dup2(from, to)).map_err(fail)?;
            }
        }
        if let Some(cwd) = &self.cwd {
            sys!(chdir(cwd.as_ptr())).map_err(|e| (e, "noexec:chdir"))?;
        }
        if self.umask >= 0 {
            c!(umask(self.umask as libc::mode_t));
        }
        if self.restore_signals {
            for sig in [libc::SIGPIPE, libc::SIGXFSZ] {
                let mut sa: libc::sigaction = zeroed();
                sa.sa_sigaction = libc::SIG_DFL;
                let _ = sys!(sigaction(sig, &sa, std::ptr::null_mut()));
            }
        }
        if self.setsid {
            sys!(setsid()).map_err(fail)?;
        }
        if self.pgid >= 0 {
            sys!(setpgid(0, self.pgid)).map_err(|e| (e, "noexec:setpgid"))?;
        }
        if let Some(g) = &self.groups {
            sys!(setgroups(g.len(), g.as_ptr())).map_err(fail)?;
        }
        if let Some(gid) = self.gid {
            sys!(setregid(gid, gid)).map_err(fail)?;
        }
        if let Some(uid) = self.uid {
            sys!(setreuid(uid, uid)).map_err(fail)?;
        }
        if !run_preexec() {
            return Err((Errno(0), "preexec"));
        }
        if self.close_fds {
            self.close_others();
        }
        Ok(())
    }
    /// Closes the descriptors from 3 up that are not to be kept; `keep` is sorted.
    fn close_others(&self) {
        let mut from = 3;
        for &fd in &self.keep {
            if fd < from {
                continue;
            }
            crate::posix::files::close_range(from, fd - 1);
            from = fd + 1;
        }
        let most = c!(sysconf(libc::_SC_OPEN_MAX)).clamp(256, i32::MAX as i64 - 1) as i32;
        if sys!(syscall(libc::SYS_close_range, from as libc::c_long, u32::MAX as libc::c_long, 0 as libc::c_long)).is_err() {
            crate::posix::files::close_range(from, most);
        }
    }
    /// In the child: never returns.
    fn run(&self, run_preexec: &mut dyn FnMut() -> bool) -> ! {
        let errpipe = self.pipes[7];
        match self.prepare(run_preexec) {
            Ok(()) => {
                let mut error = Errno(0);
                for path in &self.executables {
                    let r = match &self.env {
                        Some(env) => sys!(execve(path.as_ptr(), self.argv.as_ptr(), env.as_ptr())),
                        None => sys!(execv(path.as_ptr(), self.argv.as_ptr())),
                    };
                    if let Err(e) = r
                        && (e.0 != libc::ENOENT && e.0 != libc::ENOTDIR && error.0 == 0)
                    {
                        error = e;
                    }
                }
                let last = if error.0 != 0 { error } else { Errno::last() };
                self.report(errpipe, last, "");
            }
            Err((_, "preexec")) => write_all(errpipe, b"SubprocessError:0:Exception occurred in preexec_fn."),
            Err((e, what)) => self.report(errpipe, e, what),
        }
        c!(_exit(255))
    }
    fn report(&self, fd: i32, e: Errno, what: &str) {
        let mut buf = [0; 8];
        write_all(fd, b"OSError:");
        write_all(fd, hex(e.0 as u32, &mut buf));
        write_all(fd, b":");
        write_all(fd, what.as_bytes());
    }
}

#[functions(module = "_posixsubprocess")]
pub mod functions {
    use super::*;

    /// Spawn a fresh new child process.
    ///
    /// Fork a child process, close parent file descriptors as appropriate in the
    /// child and duplicate the few that are needed before calling exec() in the
    /// child process.
    ///
    /// If close_fds is True, close file descriptors 3 and higher, except those listed
    /// in the sorted tuple pass_fds.
    ///
    /// The preexec_fn, if supplied, will be called immediately before closing file
    /// descriptors and exec.
    ///
    /// WARNING: preexec_fn is NOT SAFE if your application uses threads.
    ///          It may trigger infrequent, difficult to debug deadlocks.
    ///
    /// If an error occurs in the child process before the exec, it is
    /// serialized and written to the errpipe_write fd per subprocess.py.
    ///
    /// Returns: the child process's PID.
    ///
    /// Raises: Only on an error in the parent process.
    #[function("fork_exec(args, executable_list, close_fds, pass_fds, cwd, env, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, errpipe_read, errpipe_write, restore_signals, call_setsid, pgid_to_set, gid, extra_groups, uid, child_umask, preexec_fn, /)")]
    #[allow(clippy::too_many_arguments)]
    fn fork_exec(
        ts: &ThreadState,
        args: &Value,
        executable_list: &Value,
        close_fds: bool,
        pass_fds: &Tuple,
        cwd: &Value,
        env: &Value,
        p2cread: i32,
        p2cwrite: i32,
        c2pread: i32,
        c2pwrite: i32,
        errread: i32,
        errwrite: i32,
        errpipe_read: i32,
        errpipe_write: i32,
        restore_signals: bool,
        call_setsid: bool,
        pgid_to_set: i32,
        gid: &Value,
        extra_groups: &Value,
        uid: &Value,
        child_umask: i32,
        preexec_fn: &Value,
    ) -> Result<i32> {
        if ts.interp().finalizing.get() && !preexec_fn.is_none() {
            let class = exceptions(ts).python_finalization_error.clone();
            return Err(ts.raise_message(&class, "preexec_fn not supported at interpreter shutdown"));
        }
        if close_fds && errpipe_write < 3 {
            return Err(ts.value_error("errpipe_write must be >= 3"));
        }
        let (mut keep, mut last) = (vec![], -1);
        for v in pass_fds.items() {
            let fd = to_i64(v).filter(|_| is_int(v)).and_then(|n| i32::try_from(n).ok()).filter(|&n| n > last);
            let Some(fd) = fd else { return Err(ts.value_error("bad value(s) in fds_to_keep")) };
            last = fd;
            keep.push(fd);
        }
        let texts = |v: &Value| protocol::collect(ts, v)?.iter().map(|x| fs_bytes(ts, x)).collect::<Result<Vec<_>>>();
        let bytes = |v: &Value| match v.downcast::<Bytes>() {
            Some(b) => CString::new(b.as_slice()).map_err(|_| ts.value_error("embedded null byte")),
            None => Err(ts.type_error(format!("expected bytes, {} found", v.type_name(ts)))),
        };
        let executables = protocol::collect(ts, executable_list)?.iter().map(bytes).collect::<Result<Vec<_>>>()?;
        let argv = if args.is_none() { vec![] } else { texts(args)? };
        let groups = if extra_groups.is_none() {
            None
        } else {
            let ids = protocol::collect(ts, extra_groups)?;
            if ids.len() > 65536 {
                return Err(ts.value_error("too many extra_groups"));
            }
            Some(ids.iter().map(|v| id_argument(ts, v, "gid")).collect::<Result<Vec<_>>>()?)
        };
        let plan = Plan {
            executables,
            argv: Strings::new(argv),
            env: if env.is_none() {
                None
            } else {
                Some(Strings::new(protocol::collect(ts, env)?.iter().map(bytes).collect::<Result<Vec<_>>>()?))
            },
            cwd: if cwd.is_none() { None } else { Some(fs_bytes(ts, cwd)?) },
            close_fds,
            keep,
            pipes: [p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, errpipe_read, errpipe_write],
            restore_signals,
            setsid: call_setsid,
            pgid: pgid_to_set,
            gid: if gid.is_none() { None } else { Some(id_argument(ts, gid, "gid")?) },
            groups,
            uid: if uid.is_none() { None } else { Some(id_argument(ts, uid, "uid")?) },
            umask: child_umask,
        };
        let python = !preexec_fn.is_none();
        if python {
            before_fork(ts);
        }
        let pid = sys!(fork());
        if pid == Ok(0) {
            if python {
                after_fork_child(ts);
            }
            plan.run(&mut || !python || protocol::call(ts, preexec_fn, &[]).is_ok());
        }
        if python {
            after_fork_parent(ts);
        }
        pid.or_raise(ts)
    }
}
