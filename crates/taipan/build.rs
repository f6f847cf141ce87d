//! Compiles the standard library into the image that the executable carries.

mod build_texts;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs};
use taipan_compile::{Mode, Options};
use taipan_isa::{Code, Const, co};

/// Where the library's modules seem to lie; the same as `taipan_stdlib::import::library::STDLIB_DIR`.
const STDLIB_DIR: &str = "/usr/lib/taipan3.14";

/// Modules found before `sys.path` is looked at; the same as `taipan_stdlib::import::library::FROZEN`.
const FROZEN: &[&str] = &[
    "importlib._bootstrap", "importlib._bootstrap_external", "zipimport", "abc", "codecs", "io", "_collections_abc",
    "_sitebuiltins", "genericpath", "ntpath", "posixpath", "os", "site", "stat", "importlib.util", "importlib.machinery",
    "runpy", "__hello__", "__phello__", "__phello__.spam", "_taipan_library",
];

/// Left out: they need what an embedded library cannot have, or serve other implementations.
const LEFT_OUT: &[&str] = &["idlelib", "tkinter", "turtledemo", "turtle.py", "test", "lib2to3", "__pycache__", "_opcode_metadata.py", "_dummy_os.py", "_dummy_thread.py", "dummy_threading.py"];

/// Modules that know the implementation by its name.
const NAMED: &[&str] = &["site", "sysconfig", "platform"];

/// Modules, and classes and functions in them, that are native in CPython. (All, where none is named.)
const STAND_INS: &[(&str, &[&str])] = &[
    ("_pydecimal", &[]),
    ("zoneinfo._zoneinfo", &[]),
    ("pyexpat", &[]),
    ("_multibytecodec", &[]),
    ("_taipan_cjk", &[]),
    ("asyncio.futures", &["Future", "future_add_to_awaited_by", "future_discard_from_awaited_by"]),
    (
        "asyncio.tasks",
        &["Task", "_register_task", "_register_eager_task", "_enter_task", "_leave_task", "_swap_current_task", "_unregister_task", "_unregister_eager_task"],
    ),
    ("asyncio.events", &["get_running_loop", "_get_running_loop", "_set_running_loop", "get_event_loop"]),
    ("xml.etree.ElementTree", &["Element", "SubElement", "TreeBuilder", "XMLParser"]),
];

/// Marks the functions of a module that stand in for native ones.
fn stand_in(c: &mut Code, names: &[&str]) {
    for k in &mut c.consts {
        let Const::Code(child) = k else { continue };
        if names.is_empty() || names.contains(&&*child.name.to_string()) || child.name.starts_with("_taipan") {
            mark(Arc::make_mut(child));
        }
    }
}

fn mark(c: &mut Code) {
    c.flags |= co::STANDS_IN;
    for k in &mut c.consts {
        if let Const::Code(child) = k {
            mark(Arc::make_mut(child));
        }
    }
}

struct Source {
    name: String,
    package: bool,
    path: PathBuf,
    filename: String,
}

fn walk(root: &Path, dir: &Path, out: &mut Vec<Source>) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    for e in entries.flatten() {
        let path = e.path();
        let file = e.file_name().to_string_lossy().into_owned();
        if LEFT_OUT.contains(&file.as_str()) {
            continue;
        }
        if path.is_dir() {
            walk(root, &path, out);
        } else if file.ends_with(".py") {
            let relative = path.strip_prefix(root).expect("below the root").to_string_lossy().into_owned();
            let stem = relative.trim_end_matches(".py");
            let package = stem == "__init__" || stem.ends_with("/__init__");
            let name = stem.trim_end_matches("/__init__").replace('/', ".");
            let filename = if FROZEN.contains(&name.as_str()) { format!("<frozen {name}>") } else { format!("{STDLIB_DIR}/{relative}") };
            out.push(Source { name, package, path, filename });
        }
    }
}

/// The programs of `bench/` are in the library, too, for `taipan.bench`.
fn programs(own: &Path, out: &mut Vec<Source>) {
    let bench = own.join("../../../bench");
    println!("cargo::rerun-if-changed={}", bench.display());
    let mut found = vec![];
    walk(&bench, &bench, &mut found);
    // What times the library lies in a folder of its own and is not part of it.
    out.extend(found.into_iter().filter(|s| !s.name.contains('.')).map(|s| Source {
        filename: format!("{STDLIB_DIR}/taipan/bench/programs/{}.py", s.name),
        name: format!("taipan.bench.programs.{}", s.name),
        ..s
    }));
}

/// The source, for tracebacks and `inspect`: its length in four bytes, then a zlib stream.
fn compressed(text: &[u8]) -> Vec<u8> {
    let mut out = (text.len() as u32).to_le_bytes().to_vec();
    out.extend_from_slice(&miniz_oxide::deflate::compress_to_vec_zlib(text, 8));
    out
}

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build_texts.rs");
    println!("cargo::rerun-if-changed=python");
    println!("cargo::rerun-if-changed=appended");
    println!("cargo::rerun-if-env-changed=TAIPAN_LIB");
    let lib = env::var_os("TAIPAN_LIB").map_or_else(|| PathBuf::from(rustpython_pylib::LIB_PATH), PathBuf::from);
    let own = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo")).join("python");
    let appended = own.with_file_name("appended");
    let mut sources = vec![];
    walk(&lib, &lib, &mut sources);
    let mut mine = vec![];
    walk(&own, &own, &mut mine);
    // The package for stock CPython works on Taipan too, with a native part of its own.
    let packages = own.join("../../../python");
    println!("cargo::rerun-if-changed={}", packages.join("taipan_tail").display());
    walk(&packages, &packages.join("taipan_tail"), &mut mine);
    // `sysconfig` asks for a name that tells the platform.
    let target = |name: &str| env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    let multiarch = format!("{}-{}-{}", target("ARCH"), target("OS"), target("ENV"));
    for m in mine.iter_mut().filter(|m| m.name == "_taipan_sysconfigdata") {
        m.name = format!("_sysconfigdata__{}_{}", target("OS"), multiarch);
    }
    programs(&own, &mut mine);
    // Our own modules take the place of the library's.
    sources.retain(|s| !mine.iter().any(|m| m.name == s.name));
    sources.append(&mut mine);
    sources.sort_by(|a, b| a.name.cmp(&b.name));
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<Option<(Vec<u8>, Vec<u8>)>>> = Mutex::new((0..sources.len()).map(|_| None).collect());
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get());
    std::thread::scope(|s| {
        for _ in 0..threads {
            let work = || {
                loop {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    let Some(source) = sources.get(i) else { break };
                    let Ok(mut text) = fs::read(&source.path) else { continue };
                    if NAMED.contains(&source.name.as_str()) {
                        // Where packages are installed to goes by the implementation's name.
                        text = String::from_utf8_lossy(&text).replace("RustPython", "Taipan").replace("rustpython", "taipan").into_bytes();
                    }
                    text = build_texts::replaced(&source.name, text);
                    // What Taipan adds to a module of the library.
                    if let Ok(more) = fs::read(appended.join(format!("{}.py", source.name))) {
                        text.extend(more);
                    }
                    let options = Options { filename: std::sync::Arc::new(source.filename.as_str().into()), mode: Mode::Exec, ..Options::default() };
                    match taipan_compile::compile(&text, &options) {
                        Ok(mut c) => {
                            if let Some((_, names)) = STAND_INS.iter().find(|s| s.0 == source.name) {
                                stand_in(Arc::make_mut(&mut c.code), names);
                            }
                            done.lock().expect("no panics")[i] = Some((taipan_isa::image::write(&c.code), compressed(&text)));
                        }
                        Err(e) => println!("cargo::warning={}: {} (line {:?})", source.filename, e.msg, e.lineno),
                    }
                }
            };
            std::thread::Builder::new().stack_size(64 << 20).spawn_scoped(s, work).expect("a thread");
        }
    });
    let mut index = String::new();
    let (mut codes, mut texts) = (vec![], vec![]);
    for (source, code) in sources.iter().zip(done.into_inner().expect("no panics")) {
        if let Some((code, text)) = code {
            index.push_str(&format!("{} {} {} {}\n", source.name, source.package as u8, code.len(), text.len()));
            codes.extend_from_slice(&code);
            texts.extend_from_slice(&text);
        }
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("set by cargo"));
    fs::write(out.join("library.index"), index).expect("OUT_DIR can be written");
    fs::write(out.join("library.codes"), codes).expect("OUT_DIR can be written");
    fs::write(out.join("library.sources"), texts).expect("OUT_DIR can be written");
}
