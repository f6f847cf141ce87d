//! What `sys` tells about the build and the run: structure sequences and `implementation`.

use taipan_objects::dict::Dict;
use taipan_objects::namespace::Namespace;
use taipan_objects::str::Str;
use taipan_objects::structseq::{Field, StructSeq};
use taipan_objects::tuple::Tuple;
use taipan_objects::thread::Config;
use taipan_objects::value::{Result, Value};
use taipan_objects::{float, int, object, ThreadState};

static VERSION_INFO: StructSeq = StructSeq {
    name: "sys.version_info",
    doc: "sys.version_info\n\nVersion information as a named tuple.",
    fields: &[
        Field::new("major", "Major release number"),
        Field::new("minor", "Minor release number"),
        Field::new("micro", "Patch release number"),
        Field::new("releaselevel", "'alpha', 'beta', 'candidate', or 'final'"),
        Field::new("serial", "Serial release number"),
    ],
    sequence: 5,
    no_new: true,
    fill: None,
};

static FLAGS: StructSeq = StructSeq {
    name: "sys.flags",
    doc: "sys.flags\n\nFlags provided through command line arguments or environment vars.",
    fields: &[
        Field::new("debug", "-d"),
        Field::new("inspect", "-i"),
        Field::new("interactive", "-i"),
        Field::new("optimize", "-O or -OO"),
        Field::new("dont_write_bytecode", "-B"),
        Field::new("no_user_site", "-s"),
        Field::new("no_site", "-S"),
        Field::new("ignore_environment", "-E"),
        Field::new("verbose", "-v"),
        Field::new("bytes_warning", "-b"),
        Field::new("quiet", "-q"),
        Field::new("hash_randomization", "-R"),
        Field::new("isolated", "-I"),
        Field::new("dev_mode", "-X dev"),
        Field::new("utf8_mode", "-X utf8"),
        Field::new("warn_default_encoding", "-X warn_default_encoding"),
        Field::new("safe_path", "-P"),
        Field::new("int_max_str_digits", "-X int_max_str_digits"),
        Field::new("gil", "-X gil"),
        Field::new("thread_inherit_context", "-X thread_inherit_context"),
        Field::new("context_aware_warnings", "-X context_aware_warnings"),
    ],
    sequence: 18,
    no_new: true,
    fill: None,
};

static FLOAT_INFO: StructSeq = StructSeq {
    name: "sys.float_info",
    doc: "sys.float_info\n\nA named tuple holding information about the float type.",
    fields: &[
        Field::new("max", ""),
        Field::new("max_exp", ""),
        Field::new("max_10_exp", ""),
        Field::new("min", ""),
        Field::new("min_exp", ""),
        Field::new("min_10_exp", ""),
        Field::new("dig", ""),
        Field::new("mant_dig", ""),
        Field::new("epsilon", ""),
        Field::new("radix", ""),
        Field::new("rounds", ""),
    ],
    sequence: 11,
    no_new: false,
    fill: None,
};

static INT_INFO: StructSeq = StructSeq {
    name: "sys.int_info",
    doc: "sys.int_info\n\nA named tuple that holds information about Python's\ninternal representation of integers.",
    fields: &[
        Field::new("bits_per_digit", ""),
        Field::new("sizeof_digit", ""),
        Field::new("default_max_str_digits", ""),
        Field::new("str_digits_check_threshold", ""),
    ],
    sequence: 4,
    no_new: false,
    fill: None,
};

static HASH_INFO: StructSeq = StructSeq {
    name: "sys.hash_info",
    doc: "hash_info\n\nA named tuple providing parameters used for computing hashes.",
    fields: &[
        Field::new("width", ""),
        Field::new("modulus", ""),
        Field::new("inf", ""),
        Field::new("nan", ""),
        Field::new("imag", ""),
        Field::new("algorithm", ""),
        Field::new("hash_bits", ""),
        Field::new("seed_bits", ""),
        Field::new("cutoff", ""),
    ],
    sequence: 9,
    no_new: false,
    fill: None,
};

static THREAD_INFO: StructSeq = StructSeq {
    name: "sys.thread_info",
    doc: "sys.thread_info\n\nA named tuple holding information about the thread implementation.",
    fields: &[Field::new("name", ""), Field::new("lock", ""), Field::new("version", "")],
    sequence: 3,
    no_new: false,
    fill: None,
};

fn version_info(ts: &ThreadState) -> Result {
    let (major, minor, micro) = super::VERSION;
    let n = |i| int::from_i64(ts, i);
    VERSION_INFO.make(ts, vec![n(major), n(minor), n(micro), Str::intern(ts, "final").into_value(), n(0)])
}

fn flags(ts: &ThreadState, c: &Config) -> Result {
    let n = |i: i64| int::from_i64(ts, i);
    let b = |x: bool| int::from_i64(ts, x as i64);
    FLAGS.make(
        ts,
        vec![
            n(0),
            b(c.inspect),
            b(c.interactive),
            n(c.optimize as i64),
            b(c.dont_write_bytecode),
            b(c.no_user_site),
            b(c.no_site),
            b(c.ignore_environment),
            n(c.verbose as i64),
            n(c.bytes_warning as i64),
            b(c.quiet),
            b(c.hash_seed != Some(0)),
            b(c.isolated),
            Value::bool(c.dev_mode),
            b(c.utf8_mode),
            b(warn_default_encoding(c)),
            Value::bool(c.safe_path),
            n(c.int_max_str_digits as i64),
            n(1),
            n(0),
            n(0),
        ],
    )
}

/// Is the use of the locale's encoding, where none is named, to be warned of?
pub fn warn_default_encoding(c: &Config) -> bool {
    c.xoptions.iter().any(|x| x.0 == "warn_default_encoding")
        || !c.ignore_environment && std::env::var_os("PYTHONWARNDEFAULTENCODING").is_some_and(|v| !v.is_empty())
}

pub fn fill(ts: &ThreadState, d: &Dict, c: &Config) -> Result<()> {
    let n = |i: i64| int::from_i64(ts, i);
    let t = |s: &str| Str::new(ts, s).into_value();
    let info = version_info(ts)?;
    d.set_name(ts, "version_info", info.clone());
    d.set_name(ts, "flags", flags(ts, c)?);
    let f = |x| float::new(ts, x);
    let floats = vec![f(f64::MAX), n(1024), n(308), f(f64::MIN_POSITIVE), n(-1021), n(-307), n(15), n(53), f(f64::EPSILON), n(2), n(1)];
    d.set_name(ts, "float_info", FLOAT_INFO.make(ts, floats)?);
    d.set_name(ts, "int_info", INT_INFO.make(ts, vec![n(30), n(4), n(4300), n(640)])?);
    d.set_name(ts, "hash_info", HASH_INFO.make(ts, vec![n(64), n((1 << 61) - 1), n(314159), n(0), n(1000003), t("siphash13"), n(64), n(128), n(0)])?);
    d.set_name(ts, "thread_info", THREAD_INFO.make(ts, vec![t("pthread"), t("futex"), Value::none()])?);
    let i = Namespace::new(ts).into_value();
    let set = |k: &str, v: Value| taipan_objects::protocol::setattr_name(ts, &i, k, &v);
    set("name", t("taipan"))?;
    set("cache_tag", t("taipan-314"))?;
    set("version", info)?;
    set("hexversion", n(super::HEX_VERSION))?;
    set("_multiarch", t(&format!("{}-{}-{}", std::env::consts::ARCH, std::env::consts::OS, if cfg!(target_env = "musl") { "musl" } else { "gnu" })))?;
    set("supports_isolated_interpreters", Value::false_())?;
    set("engine", t(&c.engine))?;
    set("engines", Tuple::new(ts, c.engines.iter().map(|e| t(e)).collect()).into_value())?;
    set("taipan_version", t(super::TAIPAN_VERSION))?;
    d.set_name(ts, "implementation", i);
    Ok(())
}

#[allow(unused)]
fn _uses() {
    let _ = object::instance_dict;
}
