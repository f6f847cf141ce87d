//! The module `_stat`: what the mode of a file tells.

use crate::prelude::*;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_stat",
    doc: "S_IFMT_: file type bits\nS_IFDIR: directory\nS_IFCHR: character device\nS_IFBLK: block device\nS_IFREG: regular file\nS_IFIFO: fifo (named pipe)\nS_IFLNK: symbolic link\nS_IFSOCK: socket file\n",
    functions: &[functions::FUNCTIONS],
    init: Some(init),
};

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    for (name, n) in CONSTANTS {
        dict.set_name(ts, name, int_value(ts, *n));
    }
    Ok(())
}

const KINDS: &[(u32, u8)] = &[
    (0o100000, b'-'),
    (0o040000, b'd'),
    (0o120000, b'l'),
    (0o060000, b'b'),
    (0o020000, b'c'),
    (0o010000, b'p'),
    (0o140000, b's'),
];

/// As `ls -l` prints it.
pub fn filemode(mode: u32) -> String {
    let mut s = String::with_capacity(10);
    let kind = KINDS.iter().find(|k| k.0 == mode & 0o170000);
    s.push(kind.map_or('?', |k| k.1 as char));
    for (shift, special, lower, upper) in [(6, 0o4000, 's', 'S'), (3, 0o2000, 's', 'S'), (0, 0o1000, 't', 'T')] {
        let bits = mode >> shift & 7;
        s.push(if bits & 4 != 0 { 'r' } else { '-' });
        s.push(if bits & 2 != 0 { 'w' } else { '-' });
        s.push(match (mode & special != 0, bits & 1 != 0) {
            (true, true) => lower,
            (true, false) => upper,
            (false, true) => 'x',
            (false, false) => '-',
        });
    }
    s
}

fn mode(ts: &ThreadState, v: &Value) -> Result<u32> {
    let n = protocol::index(ts, v)?;
    match to_i64(&n) {
        Some(n) if n < 0 => Err(ts.overflow_error("can't convert negative value to unsigned int")),
        Some(n) if n <= u32::MAX as i64 => Ok(n as u32),
        _ => Err(ts.overflow_error("mode out of range")),
    }
}

fn is(ts: &ThreadState, v: &Value, kind: u32) -> Result<bool> {
    Ok(mode(ts, v)? & 0o170000 == kind)
}

#[functions(module = "_stat")]
pub mod functions {
    use super::*;

    /// Return the portion of the file's mode that can be set by os.chmod().
    #[function("S_IMODE(object, /)")]
    fn s_imode(ts: &ThreadState, object: &Value) -> Result<u32> {
        Ok(mode(ts, object)? & 0o7777)
    }
    /// Return the portion of the file's mode that describes the file type.
    #[function("S_IFMT(object, /)")]
    fn s_ifmt(ts: &ThreadState, object: &Value) -> Result<u32> {
        Ok(mode(ts, object)? & 0o170000)
    }
    /// S_ISDIR(mode) -> bool
    ///
    /// Return True if mode is from a directory.
    #[function("S_ISDIR(object, /)")]
    fn s_isdir(ts: &ThreadState, object: &Value) -> Result<bool> {
        is(ts, object, 0o040000)
    }
    /// S_ISCHR(mode) -> bool
    ///
    /// Return True if mode is from a character special device file.
    #[function("S_ISCHR(object, /)")]
    fn s_ischr(ts: &ThreadState, object: &Value) -> Result<bool> {
        is(ts, object, 0o020000)
    }
    /// S_ISBLK(mode) -> bool
    ///
    /// Return True if mode is from a block special device file.
    #[function("S_ISBLK(object, /)")]
    fn s_isblk(ts: &ThreadState, object: &Value) -> Result<bool> {
        is(ts, object, 0o060000)
    }
    /// S_ISREG(mode) -> bool
    ///
    /// Return True if mode is from a regular file.
    #[function("S_ISREG(object, /)")]
    fn s_isreg(ts: &ThreadState, object: &Value) -> Result<bool> {
        is(ts, object, 0o100000)
    }
    /// S_ISFIFO(mode) -> bool
    ///
    /// Return True if mode is from a FIFO (named pipe).
    #[function("S_ISFIFO(object, /)")]
    fn s_isfifo(ts: &ThreadState, object: &Value) -> Result<bool> {
        is(ts, object, 0o010000)
    }
    /// S_ISLNK(mode) -> bool
    ///
    /// Return True if mode is from a symbolic link.
    #[function("S_ISLNK(object, /)")]
    fn s_islnk(ts: &ThreadState, object: &Value) -> Result<bool> {
        is(ts, object, 0o120000)
    }
    /// S_ISSOCK(mode) -> bool
    ///
    /// Return True if mode is from a socket.
    #[function("S_ISSOCK(object, /)")]
    fn s_issock(ts: &ThreadState, object: &Value) -> Result<bool> {
        is(ts, object, 0o140000)
    }
    /// S_ISDOOR(mode) -> bool
    ///
    /// Return True if mode is from a door.
    #[function("S_ISDOOR(object, /)")]
    fn s_isdoor(ts: &ThreadState, object: &Value) -> Result<bool> {
        mode(ts, object).map(|_| false)
    }
    /// S_ISPORT(mode) -> bool
    ///
    /// Return True if mode is from an event port.
    #[function("S_ISPORT(object, /)")]
    fn s_isport(ts: &ThreadState, object: &Value) -> Result<bool> {
        mode(ts, object).map(|_| false)
    }
    /// S_ISWHT(mode) -> bool
    ///
    /// Return True if mode is from a whiteout.
    #[function("S_ISWHT(object, /)")]
    fn s_iswht(ts: &ThreadState, object: &Value) -> Result<bool> {
        mode(ts, object).map(|_| false)
    }
    /// Convert a file's mode to a string of the form '-rwxrwxrwx'
    #[function("filemode(object, /)")]
    fn filemode(ts: &ThreadState, object: &Value) -> Result<String> {
        Ok(super::filemode(mode(ts, object)?))
    }
}

static CONSTANTS: &[(&str, i64)] = &[
    ("SF_APPEND", 262144),
    ("SF_ARCHIVED", 65536),
    ("SF_DATALESS", 1073741824),
    ("SF_FIRMLINK", 8388608),
    ("SF_IMMUTABLE", 131072),
    ("SF_NOUNLINK", 1048576),
    ("SF_SETTABLE", 4294901760),
    ("SF_SNAPSHOT", 2097152),
    ("ST_ATIME", 7),
    ("ST_CTIME", 9),
    ("ST_DEV", 2),
    ("ST_GID", 5),
    ("ST_INO", 1),
    ("ST_MODE", 0),
    ("ST_MTIME", 8),
    ("ST_NLINK", 3),
    ("ST_SIZE", 6),
    ("ST_UID", 4),
    ("S_ENFMT", 0o2000),
    ("S_IEXEC", 0o100),
    ("S_IFBLK", 0o60000),
    ("S_IFCHR", 0o20000),
    ("S_IFDIR", 0o40000),
    ("S_IFDOOR", 0),
    ("S_IFIFO", 0o10000),
    ("S_IFLNK", 0o120000),
    ("S_IFPORT", 0),
    ("S_IFREG", 0o100000),
    ("S_IFSOCK", 0o140000),
    ("S_IFWHT", 0),
    ("S_IREAD", 0o400),
    ("S_IRGRP", 0o40),
    ("S_IROTH", 0o4),
    ("S_IRUSR", 0o400),
    ("S_IRWXG", 0o70),
    ("S_IRWXO", 0o7),
    ("S_IRWXU", 0o700),
    ("S_ISGID", 0o2000),
    ("S_ISUID", 0o4000),
    ("S_ISVTX", 0o1000),
    ("S_IWGRP", 0o20),
    ("S_IWOTH", 0o2),
    ("S_IWRITE", 0o200),
    ("S_IWUSR", 0o200),
    ("S_IXGRP", 0o10),
    ("S_IXOTH", 0o1),
    ("S_IXUSR", 0o100),
    ("UF_APPEND", 4),
    ("UF_COMPRESSED", 32),
    ("UF_DATAVAULT", 128),
    ("UF_HIDDEN", 32768),
    ("UF_IMMUTABLE", 2),
    ("UF_NODUMP", 1),
    ("UF_NOUNLINK", 16),
    ("UF_OPAQUE", 8),
    ("UF_SETTABLE", 65535),
    ("UF_TRACKED", 64),
];

#[cfg(test)]
mod tests {
    use super::filemode;

    #[test]
    fn modes() {
        assert_eq!(filemode(0o100644), "-rw-r--r--");
        assert_eq!(filemode(0o041777), "drwxrwxrwt");
        assert_eq!(filemode(0o106754), "-rwsr-sr--");
        assert_eq!(filemode(0), "?---------");
    }
}
