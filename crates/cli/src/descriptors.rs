//! Standard descriptors that are closed when the program starts: Rust's runtime opens `/dev/null` in their place, Python
//! has `None` for `sys.stdin` and its like.

use std::sync::atomic::{AtomicU8, Ordering};

/// A bit for each descriptor that was closed.
static CLOSED: AtomicU8 = AtomicU8::new(0);

/// Runs before Rust's runtime does.
extern "C" fn note() {
    for fd in 0..3 {
        // SAFETY: asks for a descriptor's flags.
        if unsafe { libc::fcntl(fd, libc::F_GETFD) } < 0 {
            CLOSED.fetch_or(1 << fd, Ordering::Relaxed);
        }
    }
}

#[used]
#[cfg_attr(target_os = "linux", unsafe(link_section = ".init_array"))]
static NOTE: extern "C" fn() = note;

/// Closes again what was closed.
pub fn restore() {
    let closed = CLOSED.load(Ordering::Relaxed);
    for fd in 0..3 {
        if closed & 1 << fd != 0 {
            // SAFETY: the descriptor is the runtime's substitute, which nobody uses.
            unsafe { libc::close(fd) };
        }
    }
}
