//! The module `sys`.

mod frames;
mod functions;
mod hooks;
pub mod info;
mod jit;
mod printer;
mod monitoring;
mod tracing;

use taipan_objects::dict::Dict;
use taipan_objects::list::List;
use taipan_objects::module::Module;
use taipan_objects::native::ModuleDef;
use taipan_objects::str::Str;
use taipan_objects::tuple::Tuple;
use taipan_objects::value::{Result, Value};
use taipan_objects::{int, Ref, ThreadState};

pub use hooks::Hooks;

pub static MODULE: ModuleDef = ModuleDef {
    name: "sys",
    doc: "This module provides access to some objects used or maintained by the\ninterpreter and to functions that interact strongly with the interpreter.",
    functions: &[functions::functions::FUNCTIONS, frames::functions::FUNCTIONS, hooks::functions::FUNCTIONS, tracing::functions::FUNCTIONS],
    init: Some(init),
};

/// The version of Python that Taipan implements.
pub const VERSION: (i64, i64, i64) = (3, 14, 7);
pub const HEX_VERSION: i64 = 0x030e_07f0;
pub const TAIPAN_VERSION: &str = env!("CARGO_PKG_VERSION");

fn text(ts: &ThreadState, s: &str) -> Value {
    Str::new(ts, s).into_value()
}

/// A list of texts from outside: undecodable bytes are surrogates already.
fn texts(ts: &ThreadState, items: &[String]) -> Value {
    List::new(ts, items.iter().map(|s| text(ts, s)).collect()).into_value()
}

fn init(ts: &ThreadState, d: &Dict) -> Result<()> {
    let c = ts.interp().config.get();
    let (major, minor, micro) = VERSION;
    d.set_name(ts, "version", text(ts, &format!("{major}.{minor}.{micro} (taipan {TAIPAN_VERSION}) [Rust]")));
    d.set_name(ts, "hexversion", int::from_i64(ts, HEX_VERSION));
    d.set_name(ts, "api_version", int::from_i64(ts, 1013));
    d.set_name(ts, "copyright", text(ts, "Copyright (c) the Taipan authors.\nThe standard library is copyright (c) Python Software Foundation.\nAll Rights Reserved."));
    d.set_name(ts, "platform", text(ts, std::env::consts::OS));
    d.set_name(ts, "byteorder", text(ts, if cfg!(target_endian = "little") { "little" } else { "big" }));
    d.set_name(ts, "maxsize", int::from_i64(ts, i64::MAX));
    d.set_name(ts, "maxunicode", int::from_i64(ts, 0x10ffff));
    d.set_name(ts, "argv", texts(ts, &c.argv));
    d.set_name(ts, "orig_argv", texts(ts, &c.orig_argv));
    d.set_name(ts, "warnoptions", texts(ts, &c.warn_options));
    d.set_name(ts, "dont_write_bytecode", Value::bool(c.dont_write_bytecode));
    d.set_name(ts, "pycache_prefix", Value::none());
    d.set_name(ts, "float_repr_style", text(ts, "short"));
    d.set_name(ts, "abiflags", text(ts, ""));
    d.set_name(ts, "platlibdir", text(ts, "lib"));
    d.set_name(ts, "_framework", text(ts, ""));
    d.set_name(ts, "_git", Tuple::new(ts, vec![text(ts, "taipan"), text(ts, ""), text(ts, "")]).into_value());
    d.set_name(ts, "_stdlib_dir", text(ts, crate::import::library::STDLIB_DIR));
    d.set_name(ts, "executable", text(ts, &c.executable));
    let place = Place::find(&c.executable);
    d.set_name(ts, "_base_executable", text(ts, place.base_executable.as_deref().unwrap_or(&c.executable)));
    for name in ["prefix", "exec_prefix"] {
        d.set_name(ts, name, text(ts, &place.prefix));
    }
    for name in ["base_prefix", "base_exec_prefix"] {
        d.set_name(ts, name, text(ts, &place.base_prefix));
    }
    let x = Dict::new(ts);
    for (k, v) in &c.xoptions {
        x.set(ts, &text(ts, k), v.as_ref().map_or_else(Value::true_, |v| text(ts, v)))?;
    }
    d.set_name(ts, "_xoptions", x.into_value());
    let mut path: Vec<Value> = c.search_path.iter().map(|p| text(ts, p)).collect();
    path.push(text(ts, crate::import::library::STDLIB_DIR));
    d.set_name(ts, "path", List::new(ts, path).into_value());
    for name in ["meta_path", "path_hooks"] {
        d.set_name(ts, name, List::new(ts, vec![]).into_value());
    }
    d.set_name(ts, "path_importer_cache", Dict::new(ts).into_value());
    if let Some(m) = ts.interp().modules.get() {
        d.set_name(ts, "modules", m);
    }
    info::fill(ts, d, &c)?;
    d.set_name(ts, "stderr", printer::StderrPrinter::make(ts));
    hooks::fill(ts, d)?;
    d.set_name(ts, "_jit", Module::from_def(ts, &jit::MODULE)?.into_value());
    d.set_name(ts, "monitoring", Module::from_def(ts, &monitoring::MODULE)?.into_value());
    let mut names: Vec<&str> = crate::builtin_modules().map(|m| m.name).collect();
    names.sort_unstable();
    d.set_name(ts, "builtin_module_names", Tuple::new(ts, names.iter().map(|n| text(ts, n)).collect()).into_value());
    let mut all: Vec<String> = names.iter().map(|n| n.to_string()).collect();
    if let Some(l) = crate::import::library::library() {
        all.extend(l.entries.iter().filter(|e| !e.name.contains('.') && !e.name.starts_with("_taipan") && !e.name.starts_with("_sysconfigdata")).map(|e| e.name.to_string()));
    }
    all.sort();
    all.dedup();
    let items = Tuple::new(ts, all.iter().map(|n| Str::intern(ts, n).into_value()).collect()).into_value();
    d.set_name(ts, "stdlib_module_names", {
        let data = taipan_objects::set::SetData::default();
        data.update_from(ts, &items)?;
        taipan_objects::set::FrozenSet::new(ts, data).into_value()
    });
    Ok(())
}

/// Makes `sys` and puts it where the interpreter finds it.
pub fn create(ts: &ThreadState) -> Result<Ref<Module>> {
    let m = Module::from_def(ts, &MODULE)?;
    let _ = ts.interp().sys_dict.set(m.dict.as_value().clone());
    Ok(m)
}

/// Where the program is installed: in a virtual environment, or for itself.
struct Place {
    prefix: String,
    base_prefix: String,
    base_executable: Option<String>,
}

impl Place {
    fn find(executable: &str) -> Place {
        use std::path::Path;
        let above = |p: &Path| p.parent().map_or("/usr".to_string(), |p| p.to_string_lossy().into_owned());
        let path = Path::new(executable);
        let bin = path.parent().unwrap_or(Path::new("/usr/bin"));
        let prefix = above(bin);
        let settings = [bin.join("pyvenv.cfg"), Path::new(&prefix).join("pyvenv.cfg")];
        let settings = settings.iter().find_map(|p| std::fs::read_to_string(p).ok());
        let home = settings.as_deref().and_then(|s| {
            let mut pairs = s.lines().filter_map(|l| l.split_once('='));
            pairs.find(|(k, _)| k.trim().eq_ignore_ascii_case("home")).map(|(_, v)| v.trim().to_string())
        });
        let Some(home) = home else { return Place { base_prefix: prefix.clone(), prefix, base_executable: None } };
        let real = std::fs::canonicalize(executable).ok().map(|p| p.to_string_lossy().into_owned());
        let sibling = path.file_name().map(|n| Path::new(&home).join(n)).filter(|p| p.is_file());
        let base_executable = sibling.map(|p| p.to_string_lossy().into_owned()).or(real);
        Place { base_prefix: above(Path::new(&home)), prefix, base_executable }
    }
}
