//! The command line: CPython's switches and the environment variables that go with them.

use std::ffi::OsString;
use taipan::Config;

/// What to run.
pub enum Action {
    Source(String),
    Module(String),
    File(String),
    Stdin,
}

pub struct Command {
    pub config: Config,
    pub action: Action,
    pub skip_first_line: bool,
}

/// Text to print, and the exit code.
pub struct Failure {
    pub text: String,
    pub code: u8,
}

const USAGE: &str = "usage: taipan [option] ... [-c cmd | -m mod | file | -] [arg] ...";

const HELP: &str = "\
Options (and corresponding environment variables):
-b     : issue warnings about converting bytes/bytearray to str and comparing
         bytes/bytearray with str or bytes with int; also issue errors with -bb
-B     : don't write .pyc files on import; also PYTHONDONTWRITEBYTECODE=x
-c cmd : program passed in as string (terminates option list)
-E     : ignore PYTHON* environment variables (such as PYTHONPATH)
-h     : print this help message and exit (also -? or --help)
-i     : inspect interactively after running script; also PYTHONINSPECT=x
-I     : isolate Python from the user's environment (implies -E, -P and -s)
-m mod : run library module as a script (terminates option list)
-O     : remove assert and __debug__-dependent statements; also PYTHONOPTIMIZE=x
-OO    : do -O changes and also discard docstrings
-P     : don't prepend a potentially unsafe path to sys.path
-q     : don't print version and copyright messages on interactive startup
-s     : don't add user site directory to sys.path; also PYTHONNOUSERSITE=x
-S     : don't imply 'import site' on initialization
-u     : force the stdout and stderr streams to be unbuffered
-v     : verbose (trace import statements); also PYTHONVERBOSE=x
-V     : print the Python version number and exit (also --version)
-W arg : warning control; arg is action:message:category:module:lineno
         also PYTHONWARNINGS=arg
-x     : skip first line of source, allowing use of non-Unix forms of #!cmd
-X opt : set implementation-specific option: engine=NAME (also TAIPAN_ENGINE),
         tailcalls=on|off (also TAIPAN_TAILCALLS), tailtrace=N, dev, utf8,
         int_max_str_digits=N
file   : program read from script file
-      : program read from stdin (default; interactive mode if a tty)
arg ...: arguments passed to program in sys.argv[1:]
";

fn text(s: OsString) -> String {
    s.to_string_lossy().into_owned()
}

fn bad(message: String) -> Failure {
    Failure { text: format!("{message}\n{USAGE}\nTry `taipan -h' for more information.\n"), code: 2 }
}

/// Reads the command line; a [`Failure`] is the text to end with.
pub fn parse(args: Vec<OsString>) -> Result<Command, Failure> {
    let mut config = Config::default();
    let mut args: Vec<String> = args.into_iter().map(text).collect();
    config.orig_argv = args.clone();
    config.executable = executable(args.first().map_or("", |s| s));
    let mut rest = args.split_off(args.len().min(1)).into_iter();
    let mut action = None;
    let mut skip_first_line = false;
    let mut warnings: Vec<String> = vec![];
    let mut versions = 0;
    let mut argv = vec![];
    'options: while let Some(arg) = rest.next() {
        if arg == "-" || !arg.starts_with('-') {
            argv.push(arg.clone());
            action = Some(if arg == "-" { Action::Stdin } else { Action::File(arg) });
            break;
        }
        match arg.as_str() {
            "--help" => return Err(Failure { text: format!("{USAGE}\n{HELP}"), code: 0 }),
            "--version" => {
                versions += 1;
                continue;
            }
            "--check-hash-based-pycs" => {
                rest.next();
                continue;
            }
            _ if arg.starts_with("--") => return Err(bad(format!("Unknown option: {arg}"))),
            _ => {}
        }
        let mut letters = arg[1..].char_indices();
        while let Some((i, c)) = letters.next() {
            let tail = &arg[1 + i + c.len_utf8()..];
            let mut value = |what: char| -> Result<String, Failure> {
                if !tail.is_empty() {
                    return Ok(tail.to_string());
                }
                rest.next().ok_or_else(|| bad(format!("Argument expected for the -{what} option")))
            };
            match c {
                'b' => config.bytes_warning += 1,
                'B' => config.dont_write_bytecode = true,
                'd' | 'R' => {}
                'E' => config.ignore_environment = true,
                'h' | '?' => return Err(Failure { text: format!("{USAGE}\n{HELP}"), code: 0 }),
                'i' => {
                    config.inspect = true;
                    config.interactive = true;
                }
                'I' => {
                    config.isolated = true;
                    config.ignore_environment = true;
                    config.no_user_site = true;
                    config.safe_path = true;
                }
                'O' => config.optimize += 1,
                'P' => config.safe_path = true,
                'q' => config.quiet = true,
                's' => config.no_user_site = true,
                'S' => config.no_site = true,
                'u' => config.unbuffered = true,
                'v' => config.verbose += 1,
                'V' => versions += 1,
                'x' => skip_first_line = true,
                'W' => {
                    warnings.push(value('W')?);
                    continue 'options;
                }
                'X' => {
                    let v = value('X')?;
                    let (k, v) = match v.split_once('=') {
                        Some((k, v)) => (k.to_string(), Some(v.to_string())),
                        None => (v, None),
                    };
                    config.xoptions.push((k, v));
                    continue 'options;
                }
                'c' => {
                    let source = value('c')?;
                    argv.push("-c".into());
                    action = Some(Action::Source(source + "\n"));
                    break 'options;
                }
                'm' => {
                    let name = value('m')?;
                    argv.push("-m".into());
                    action = Some(Action::Module(name));
                    break 'options;
                }
                _ => return Err(bad(format!("Unknown option: -{c}"))),
            }
        }
    }
    if versions > 0 {
        return Err(Failure { text: format!("Python 3.14.7 (taipan {})\n", env!("CARGO_PKG_VERSION")), code: 0 });
    }
    argv.extend(rest);
    if argv.is_empty() {
        argv.push(String::new());
    }
    config.argv = argv;
    environment(&mut config, warnings)?;
    options(&mut config)?;
    config.optimize = config.optimize.min(2);
    Ok(Command { config, action: action.unwrap_or(Action::Stdin), skip_first_line })
}

/// The absolute path of the program.
fn executable(argv0: &str) -> String {
    let found = if argv0.contains('/') {
        std::path::absolute(argv0).ok()
    } else {
        std::env::var_os("PATH").and_then(|p| std::env::split_paths(&p).map(|d| d.join(argv0)).find(|f| f.is_file()))
    };
    found.or_else(|| std::env::current_exe().ok()).map_or(argv0.to_string(), |p| p.to_string_lossy().into_owned())
}

/// An entry of `$PYTHONPATH` as `sys.path` has it; an empty one is the current directory.
fn absolute(entry: &str) -> String {
    let here = || std::env::current_dir().unwrap_or_default();
    let path = if entry.starts_with('/') { entry.into() } else if entry.is_empty() { here() } else { here().join(entry) };
    path.to_string_lossy().into_owned()
}

fn environment(config: &mut Config, warnings: Vec<String>) -> Result<(), Failure> {
    let get = |name: &str| if config.ignore_environment { None } else { std::env::var(name).ok().filter(|v| !v.is_empty()) };
    let number = |v: &str| v.trim().parse::<i32>().ok().filter(|n| *n >= 0).unwrap_or(1);
    let flag = |name: &str| get(name).is_some_and(|v| number(&v) > 0);
    let mut all: Vec<String> = vec![];
    if config.dev_mode || config.xoptions.iter().any(|x| x.0 == "dev") || get("PYTHONDEVMODE").is_some() {
        all.push("default".into());
    }
    let optimize = get("PYTHONOPTIMIZE").map(|v| number(&v));
    let verbose = get("PYTHONVERBOSE").map(|v| number(&v));
    let faulthandler = config.xoptions.iter().any(|x| x.0 == "faulthandler") || get("PYTHONFAULTHANDLER").is_some();
    let (inspect, unbuffered) = (flag("PYTHONINSPECT"), flag("PYTHONUNBUFFERED"));
    let (no_bytecode, no_user, safe) = (flag("PYTHONDONTWRITEBYTECODE"), flag("PYTHONNOUSERSITE"), flag("PYTHONSAFEPATH"));
    let dev = get("PYTHONDEVMODE").is_some();
    let utf8 = get("PYTHONUTF8");
    let digits = get("PYTHONINTMAXSTRDIGITS");
    if let Some(w) = get("PYTHONWARNINGS") {
        all.extend(w.split(',').filter(|s| !s.is_empty()).map(str::to_string));
    }
    config.no_debug_ranges |= get("PYTHONNODEBUGRANGES").is_some();
    if let Some(p) = get("PYTHONPATH") {
        config.search_path = p.split(':').map(|e| absolute(e)).collect();
    }
    let seed = get("PYTHONHASHSEED");
    all.extend(warnings);
    match config.bytes_warning {
        0 => {}
        1 => all.push("default::BytesWarning".into()),
        _ => all.push("error::BytesWarning".into()),
    }
    config.warn_options = all;
    config.optimize = config.optimize.max(optimize.unwrap_or(0));
    config.verbose = config.verbose.max(verbose.unwrap_or(0));
    config.inspect |= inspect;
    config.unbuffered |= unbuffered;
    config.dont_write_bytecode |= no_bytecode;
    config.no_user_site |= no_user;
    config.safe_path |= safe;
    config.dev_mode |= dev;
    config.faulthandler |= faulthandler || config.dev_mode;
    if let Some(v) = utf8 {
        config.utf8_mode |= utf8_mode(&v, "PYTHONUTF8 environment variable")?;
    }
    if let Some(s) = seed
        && s != "random"
    {
        match s.parse::<u32>() {
            Ok(n) => config.hash_seed = Some(n),
            Err(_) => {
                let text = "config_init_hash_seed: PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]";
                return Err(fatal(text, "preinitialized"));
            }
        }
    }
    if let Some(d) = digits {
        config.int_max_str_digits = digit_limit(&d, "PYTHONINTMAXSTRDIGITS")?;
    }
    Ok(())
}

/// Where the locale says nothing about an encoding, it becomes one with UTF-8, for child processes too.
pub fn choose_encoding() {
    let get = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty());
    if get("LC_ALL").is_some() || get("PYTHONCOERCECLOCALE").is_some_and(|v| v == "0") {
        return;
    }
    if get("LC_CTYPE").or_else(|| get("LANG")).is_none_or(|v| v == "C" || v == "POSIX") {
        // SAFETY: the process has no other thread yet.
        unsafe { std::env::set_var("LC_CTYPE", "C.UTF-8") };
    }
}

/// The end of a process whose configuration makes no sense.
fn fatal(text: &str, state: &str) -> Failure {
    Failure { text: format!("Fatal Python error: {text}\nPython runtime state: {state}\n\n"), code: 1 }
}

/// "1" or "0".
fn utf8_mode(value: &str, what: &str) -> Result<bool, Failure> {
    match value {
        "1" => Ok(true),
        "0" => Ok(false),
        _ => Err(fatal(&format!("preconfig_init_utf8_mode: invalid {what} value"), "preinitializing")),
    }
}

fn digit_limit(v: &str, what: &str) -> Result<i32, Failure> {
    match v.parse::<i32>() {
        Ok(n) if n == 0 || n >= 640 => Ok(n),
        _ => Err(fatal(&format!("config_init_int_max_str_digits: {what}: invalid limit; must be >= 640 or 0 for unlimited."), "preinitialized")),
    }
}

fn options(config: &mut Config) -> Result<(), Failure> {
    let environment = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
    if let Some(e) = environment("TAIPAN_ENGINE") {
        config.engine = e;
    }
    let mut tailcalls = environment("TAIPAN_TAILCALLS");
    for (k, v) in config.xoptions.clone() {
        match (k.as_str(), v) {
            ("engine", Some(v)) => config.engine = v,
            ("tailcalls", Some(v)) => tailcalls = Some(v),
            ("tailtrace", Some(v)) => {
                config.tail_trace = v.parse().ok().filter(|n| *n <= 1 << 20).ok_or_else(|| Failure {
                    text: format!("taipan: -X tailtrace: {v:?} is no number up to 1048576\n"),
                    code: 2,
                })?
            }
            ("no_debug_ranges", _) => config.no_debug_ranges = true,
            ("dev", _) => config.dev_mode = true,
            ("utf8", None) => config.utf8_mode = true,
            ("utf8", Some(v)) => config.utf8_mode = utf8_mode(&v, "-X utf8 option")?,
            ("int_max_str_digits", Some(v)) => config.int_max_str_digits = digit_limit(&v, "-X int_max_str_digits")?,
            _ => {}
        }
    }
    match tailcalls.as_deref() {
        None | Some("on") => {}
        Some("off") => config.tailcalls = false,
        Some(v) => return Err(Failure { text: format!("taipan: tailcalls is on or off, not {v}\n"), code: 2 }),
    }
    taipan::check_engine(&config.engine).map_err(|text| Failure { text: format!("taipan: {text}
"), code: 2 })?;
    Ok(())
}
