//! The module `termios`: terminals.

use crate::host::{Errno, blocking, c, sys, zeroed};
use crate::posix::path::fileno;
use crate::prelude::*;
use std::cell::OnceCell;

pub static MODULE: ModuleDef = ModuleDef {
    name: "termios",
    doc: "This module provides an interface to the Posix calls for tty I/O control.\n\nFor a complete description of these calls, see the Posix or Unix manual\npages. It is only available for those Unix versions that support Posix\ntermios style tty I/O control (and then only if configured at installation\ntime).\n\nAll functions in this module take a file descriptor fd as their first\nargument. This can be an integer file descriptor, such as returned by\nsys.stdin.fileno(), or a file object, such as sys.stdin itself.",
    functions: &[functions::FUNCTIONS],
    init: Some(init),
};

#[derive(Default)]
struct State {
    error: OnceCell<Value>,
}

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    let own = Dict::new(ts);
    own.set_name(ts, "__module__", str_value(ts, "termios"));
    let bases = tuple(ts, vec![exceptions(ts).exception.as_value().clone()]);
    let error = new_class(ts, "error", bases, own.into_value())?;
    dict.set_name(ts, "error", ts.interp().extension::<State>().error.get_or_init(|| error).clone());
    for (name, n) in CONSTANTS {
        dict.set_name(ts, name, int_value(ts, *n));
    }
    Ok(())
}

fn error(ts: &ThreadState, e: Errno) -> Raised {
    match ts.interp().extension::<State>().error.get() {
        Some(class) => raise_with_args(ts, class, &[int_value(ts, e.0 as i64), str_value(ts, &e.text())]),
        None => e.raise(ts),
    }
}

fn flag(ts: &ThreadState, v: &Value) -> Result<u32> {
    let n = to_i128(ts, v)?;
    Ok(n as u64 as u32)
}

#[functions(module = "termios")]
pub mod functions {
    use super::*;

    /// Get the tty attributes for file descriptor fd.
    ///
    /// Returns a list [iflag, oflag, cflag, lflag, ispeed, ospeed, cc]
    /// where cc is a list of the tty special characters (each a string of
    /// length 1, except the items with indices VMIN and VTIME, which are
    /// integers when these fields are defined).  The interpretation of the
    /// flags and the speeds as well as the indexing in the cc array must be
    /// done using the symbolic constants defined in this module.
    #[function("tcgetattr(fd, /)")]
    fn tcgetattr(ts: &ThreadState, fd: &Value) -> Result {
        let fd = fileno(ts, fd)?;
        let mut t: libc::termios = zeroed();
        sys!(tcgetattr(fd, &mut t)).map_err(|e| error(ts, e))?;
        let canonical = t.c_lflag & libc::ICANON != 0;
        let cc = t.c_cc.iter().enumerate().map(|(i, &ch)| {
            if !canonical && (i == libc::VMIN || i == libc::VTIME) {
                int_value(ts, ch as i64)
            } else {
                bytes_value(ts, &[ch])
            }
        });
        let cc = list(ts, cc.collect());
        let n = |n: u32| int_value(ts, n as i64);
        let (ispeed, ospeed) = (c!(cfgetispeed(&t)), c!(cfgetospeed(&t)));
        Ok(list(ts, vec![n(t.c_iflag), n(t.c_oflag), n(t.c_cflag), n(t.c_lflag), n(ispeed), n(ospeed), cc]))
    }
    /// Set the tty attributes for file descriptor fd.
    #[function("tcsetattr(fd, when, attributes, /)")]
    fn tcsetattr(ts: &ThreadState, fd: &Value, when: i32, attributes: &Value) -> Result<()> {
        let fd = fileno(ts, fd)?;
        let items = attributes.downcast::<List>().map(|l| l.to_vec()).unwrap_or_default();
        let [iflag, oflag, cflag, lflag, ispeed, ospeed, cc] = &items[..] else {
            return Err(ts.type_error("tcsetattr, arg 3: must be 7 element list"));
        };
        let mut t: libc::termios = zeroed();
        sys!(tcgetattr(fd, &mut t)).map_err(|e| error(ts, e))?;
        t.c_iflag = flag(ts, iflag)?;
        t.c_oflag = flag(ts, oflag)?;
        t.c_cflag = flag(ts, cflag)?;
        t.c_lflag = flag(ts, lflag)?;
        let (ispeed, ospeed) = (flag(ts, ispeed)?, flag(ts, ospeed)?);
        let cc = cc.downcast::<List>().map(|l| l.to_vec()).unwrap_or_default();
        if cc.len() != t.c_cc.len() {
            let n = t.c_cc.len();
            return Err(ts.type_error(format!("tcsetattr: attributes[6] must be {n} element list")));
        }
        for (slot, v) in t.c_cc.iter_mut().zip(&cc) {
            *slot = match v.downcast::<Bytes>().map(|b| b.as_slice()) {
                Some([b]) => *b,
                None if is_int(v) => index_i64(ts, v)? as u8,
                _ => {
                    return Err(ts.type_error("tcsetattr: elements of attributes must be characters or integers"));
                }
            };
        }
        sys!(cfsetispeed(&mut t, ispeed)).map_err(|e| error(ts, e))?;
        sys!(cfsetospeed(&mut t, ospeed)).map_err(|e| error(ts, e))?;
        blocking(ts, || sys!(tcsetattr(fd, when, &t)))?.map_err(|e| error(ts, e))?;
        Ok(())
    }
    /// Send a break on file descriptor fd.
    #[function("tcsendbreak(fd, duration, /)")]
    fn tcsendbreak(ts: &ThreadState, fd: &Value, duration: i32) -> Result<()> {
        let fd = fileno(ts, fd)?;
        blocking(ts, || sys!(tcsendbreak(fd, duration)))?.map_err(|e| error(ts, e))?;
        Ok(())
    }
    /// Wait until all output written to file descriptor fd has been transmitted.
    #[function("tcdrain(fd, /)")]
    fn tcdrain(ts: &ThreadState, fd: &Value) -> Result<()> {
        let fd = fileno(ts, fd)?;
        blocking(ts, || sys!(tcdrain(fd)))?.map_err(|e| error(ts, e))?;
        Ok(())
    }
    /// Discard queued data on file descriptor fd.
    #[function("tcflush(fd, queue, /)")]
    fn tcflush(ts: &ThreadState, fd: &Value, queue: i32) -> Result<()> {
        let fd = fileno(ts, fd)?;
        blocking(ts, || sys!(tcflush(fd, queue)))?.map_err(|e| error(ts, e))?;
        Ok(())
    }
    /// Suspend or resume input or output on file descriptor fd.
    #[function("tcflow(fd, action, /)")]
    fn tcflow(ts: &ThreadState, fd: &Value, action: i32) -> Result<()> {
        let fd = fileno(ts, fd)?;
        blocking(ts, || sys!(tcflow(fd, action)))?.map_err(|e| error(ts, e))?;
        Ok(())
    }
    /// Get the tty winsize for file descriptor fd.
    ///
    /// Returns a tuple (ws_row, ws_col).
    #[function("tcgetwinsize(fd, /)")]
    fn tcgetwinsize(ts: &ThreadState, fd: &Value) -> Result {
        let fd = fileno(ts, fd)?;
        let mut w: libc::winsize = zeroed();
        sys!(ioctl(fd, libc::TIOCGWINSZ, &raw mut w)).map_err(|e| error(ts, e))?;
        Ok(tuple(ts, vec![int_value(ts, w.ws_row as i64), int_value(ts, w.ws_col as i64)]))
    }
    /// Set the tty winsize for file descriptor fd.
    ///
    /// The winsize to be set is taken from the winsize argument, which
    /// is a two-item tuple (ws_row, ws_col) like the one returned by tcgetwinsize().
    #[function("tcsetwinsize(fd, winsize, /)")]
    fn tcsetwinsize(ts: &ThreadState, fd: &Value, winsize: &Value) -> Result<()> {
        let fd = fileno(ts, fd)?;
        if !is_sequence(ts, winsize) || protocol::len(ts, winsize)? != 2 {
            return Err(ts.type_error("tcsetwinsize, arg 2: must be a two-item sequence"));
        }
        let pair = protocol::collect(ts, winsize)?;
        let size = |v: &Value| {
            let n = index_i64(ts, v)?;
            u16::try_from(n).map_err(|_| ts.overflow_error("winsize value(s) out of range."))
        };
        let mut w: libc::winsize = zeroed();
        sys!(ioctl(fd, libc::TIOCGWINSZ, &raw mut w)).map_err(|e| error(ts, e))?;
        w.ws_row = size(&pair[0])?;
        w.ws_col = size(&pair[1])?;
        sys!(ioctl(fd, libc::TIOCSWINSZ, &raw const w)).map_err(|e| error(ts, e))?;
        Ok(())
    }
}

static CONSTANTS: &[(&str, i64)] = &[
    ("B0", 0),
    ("B1000000", 0xf4240),
    ("B110", 110),
    ("B115200", 0x1c200),
    ("B1152000", 0x119400),
    ("B1200", 0x4b0),
    ("B134", 134),
    ("B14400", 0x3840),
    ("B150", 150),
    ("B1500000", 0x16e360),
    ("B1800", 0x708),
    ("B19200", 0x4b00),
    ("B200", 200),
    ("B2000000", 0x1e8480),
    ("B230400", 0x38400),
    ("B2400", 0x960),
    ("B2500000", 0x2625a0),
    ("B28800", 0x7080),
    ("B300", 0x12c),
    ("B3000000", 0x2dc6c0),
    ("B3500000", 0x3567e0),
    ("B38400", 0x9600),
    ("B4000000", 0x3d0900),
    ("B460800", 0x70800),
    ("B4800", 0x12c0),
    ("B50", 50),
    ("B500000", 0x7a120),
    ("B57600", 0xe100),
    ("B576000", 0x8ca00),
    ("B600", 0x258),
    ("B7200", 0x1c20),
    ("B75", 75),
    ("B76800", 0x12c00),
    ("B921600", 0xe1000),
    ("B9600", 0x2580),
    ("BRKINT", 2),
    ("BS0", 0),
    ("BS1", 0x2000),
    ("BSDLY", 0x2000),
    ("CBAUD", 0x100f),
    ("CBAUDEX", 0x1000),
    ("CDSUSP", 25),
    ("CEOF", 4),
    ("CEOL", 0),
    ("CEOT", 4),
    ("CERASE", 127),
    ("CFLUSH", 15),
    ("CIBAUD", 0x100f0000),
    ("CINTR", 3),
    ("CKILL", 21),
    ("CLNEXT", 22),
    ("CLOCAL", 0x800),
    ("CQUIT", 28),
    ("CR0", 0),
    ("CR1", 0x200),
    ("CR2", 0x400),
    ("CR3", 0x600),
    ("CRDLY", 0x600),
    ("CREAD", 128),
    ("CRPRNT", 18),
    ("CRTSCTS", 0x80000000),
    ("CS5", 0),
    ("CS6", 16),
    ("CS7", 32),
    ("CS8", 48),
    ("CSIZE", 48),
    ("CSTART", 17),
    ("CSTOP", 19),
    ("CSTOPB", 64),
    ("CSUSP", 26),
    ("CWERASE", 23),
    ("ECHO", 8),
    ("ECHOCTL", 0x200),
    ("ECHOE", 16),
    ("ECHOK", 32),
    ("ECHOKE", 0x800),
    ("ECHONL", 64),
    ("ECHOPRT", 0x400),
    ("EXTA", 0x4b00),
    ("EXTB", 0x9600),
    ("EXTPROC", 0x10000),
    ("FF0", 0),
    ("FF1", 0x8000),
    ("FFDLY", 0x8000),
    ("FIOASYNC", 0x5452),
    ("FIOCLEX", 0x5451),
    ("FIONBIO", 0x5421),
    ("FIONCLEX", 0x5450),
    ("FIONREAD", 0x541b),
    ("FLUSHO", 0x1000),
    ("HUPCL", 0x400),
    ("IBSHIFT", 16),
    ("ICANON", 2),
    ("ICRNL", 0x100),
    ("IEXTEN", 0x8000),
    ("IGNBRK", 1),
    ("IGNCR", 128),
    ("IGNPAR", 4),
    ("IMAXBEL", 0x2000),
    ("INLCR", 64),
    ("INPCK", 16),
    ("IOCSIZE_MASK", 0x3fff0000),
    ("IOCSIZE_SHIFT", 16),
    ("ISIG", 1),
    ("ISTRIP", 32),
    ("IUCLC", 0x200),
    ("IUTF8", 0x4000),
    ("IXANY", 0x800),
    ("IXOFF", 0x1000),
    ("IXON", 0x400),
    ("NCCS", 32),
    ("NL0", 0),
    ("NL1", 0x100),
    ("NLDLY", 0x100),
    ("NOFLSH", 128),
    ("N_MOUSE", 2),
    ("N_PPP", 3),
    ("N_SLIP", 1),
    ("N_STRIP", 4),
    ("N_TTY", 0),
    ("OCRNL", 8),
    ("OFDEL", 128),
    ("OFILL", 64),
    ("OLCUC", 2),
    ("ONLCR", 4),
    ("ONLRET", 32),
    ("ONOCR", 16),
    ("OPOST", 1),
    ("PARENB", 0x100),
    ("PARMRK", 8),
    ("PARODD", 0x200),
    ("PENDIN", 0x4000),
    ("TAB0", 0),
    ("TAB1", 0x800),
    ("TAB2", 0x1000),
    ("TAB3", 0x1800),
    ("TABDLY", 0x1800),
    ("TCFLSH", 0x540b),
    ("TCGETS", 0x5401),
    ("TCIFLUSH", 0),
    ("TCIOFF", 2),
    ("TCIOFLUSH", 2),
    ("TCION", 3),
    ("TCOFLUSH", 1),
    ("TCOOFF", 0),
    ("TCOON", 1),
    ("TCSADRAIN", 1),
    ("TCSAFLUSH", 2),
    ("TCSANOW", 0),
    ("TCSBRK", 0x5409),
    ("TCSBRKP", 0x5425),
    ("TCSETS", 0x5402),
    ("TCSETSF", 0x5404),
    ("TCSETSW", 0x5403),
    ("TCXONC", 0x540a),
    ("TIOCCONS", 0x541d),
    ("TIOCEXCL", 0x540c),
    ("TIOCGETD", 0x5424),
    ("TIOCGICOUNT", 0x545d),
    ("TIOCGLCKTRMIOS", 0x5456),
    ("TIOCGPGRP", 0x540f),
    ("TIOCGSERIAL", 0x541e),
    ("TIOCGSOFTCAR", 0x5419),
    ("TIOCGWINSZ", 0x5413),
    ("TIOCINQ", 0x541b),
    ("TIOCLINUX", 0x541c),
    ("TIOCMBIC", 0x5417),
    ("TIOCMBIS", 0x5416),
    ("TIOCMGET", 0x5415),
    ("TIOCMIWAIT", 0x545c),
    ("TIOCMSET", 0x5418),
    ("TIOCM_CAR", 64),
    ("TIOCM_CD", 64),
    ("TIOCM_CTS", 32),
    ("TIOCM_DSR", 0x100),
    ("TIOCM_DTR", 2),
    ("TIOCM_LE", 1),
    ("TIOCM_RI", 128),
    ("TIOCM_RNG", 128),
    ("TIOCM_RTS", 4),
    ("TIOCM_SR", 16),
    ("TIOCM_ST", 8),
    ("TIOCNOTTY", 0x5422),
    ("TIOCNXCL", 0x540d),
    ("TIOCOUTQ", 0x5411),
    ("TIOCPKT", 0x5420),
    ("TIOCPKT_DATA", 0),
    ("TIOCPKT_DOSTOP", 32),
    ("TIOCPKT_FLUSHREAD", 1),
    ("TIOCPKT_FLUSHWRITE", 2),
    ("TIOCPKT_NOSTOP", 16),
    ("TIOCPKT_START", 8),
    ("TIOCPKT_STOP", 4),
    ("TIOCSCTTY", 0x540e),
    ("TIOCSERCONFIG", 0x5453),
    ("TIOCSERGETLSR", 0x5459),
    ("TIOCSERGETMULTI", 0x545a),
    ("TIOCSERGSTRUCT", 0x5458),
    ("TIOCSERGWILD", 0x5454),
    ("TIOCSERSETMULTI", 0x545b),
    ("TIOCSERSWILD", 0x5455),
    ("TIOCSER_TEMT", 1),
    ("TIOCSETD", 0x5423),
    ("TIOCSLCKTRMIOS", 0x5457),
    ("TIOCSPGRP", 0x5410),
    ("TIOCSSERIAL", 0x541f),
    ("TIOCSSOFTCAR", 0x541a),
    ("TIOCSTI", 0x5412),
    ("TIOCSWINSZ", 0x5414),
    ("TOSTOP", 0x100),
    ("VDISCARD", 13),
    ("VEOF", 4),
    ("VEOL", 11),
    ("VEOL2", 16),
    ("VERASE", 2),
    ("VINTR", 0),
    ("VKILL", 3),
    ("VLNEXT", 15),
    ("VMIN", 6),
    ("VQUIT", 1),
    ("VREPRINT", 12),
    ("VSTART", 8),
    ("VSTOP", 9),
    ("VSUSP", 10),
    ("VSWTC", 7),
    ("VSWTCH", 7),
    ("VT0", 0),
    ("VT1", 0x4000),
    ("VTDLY", 0x4000),
    ("VTIME", 5),
    ("VWERASE", 14),
    ("XCASE", 4),
    ("XTABS", 0x1800),
    ("_POSIX_VDISABLE", 0),
];
