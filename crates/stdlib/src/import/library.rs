//! The embedded library: Python modules compiled when Taipan was built.

use std::sync::{Arc, OnceLock};
use taipan_isa as isa;

/// A module of the library.
pub struct Entry {
    pub name: &'static str,
    pub is_package: bool,
    /// Where the code's image lies in [`Library::codes`].
    pub start: usize,
    pub end: usize,
}

/// Plain data, shared by all interpreters of the process.
pub struct Library {
    /// Sorted by name.
    pub entries: Vec<Entry>,
    pub codes: &'static [u8],
    /// The source texts, compressed; empty when they were left out.
    pub sources: &'static [u8],
}

static LIBRARY: OnceLock<Library> = OnceLock::new();

/// The directory that the library's modules seem to lie in.
pub const STDLIB_DIR: &str = "/usr/lib/taipan3.14";

/// Modules that are found before `sys.path` is looked at.
pub const FROZEN: &[&str] = &[
    "importlib._bootstrap", "importlib._bootstrap_external", "zipimport", "abc", "codecs", "io", "_collections_abc",
    "_sitebuiltins", "genericpath", "ntpath", "posixpath", "os", "site", "stat", "importlib.util", "importlib.machinery",
    "runpy", "__hello__", "__phello__", "__phello__.spam", "_taipan_library",
];

/// Reads the index: for each module its name, whether it is a package, the length of its code.
pub fn install(index: &'static str, codes: &'static [u8], sources: &'static [u8]) {
    let _ = LIBRARY.get_or_init(|| {
        let mut at = 0;
        let mut entries = vec![];
        for line in index.lines() {
            let mut parts = line.split(' ');
            let (Some(name), Some(package), Some(length)) = (parts.next(), parts.next(), parts.next()) else { continue };
            let length: usize = length.parse().unwrap_or(0);
            entries.push(Entry { name, is_package: package == "1", start: at, end: at + length });
            at += length;
        }
        Library { entries, codes, sources }
    });
}

pub fn library() -> Option<&'static Library> {
    LIBRARY.get()
}

impl Library {
    pub fn find(&self, name: &str) -> Option<&Entry> {
        self.entries.binary_search_by(|e| e.name.cmp(name)).ok().map(|i| &self.entries[i])
    }
    pub fn code(&self, e: &Entry) -> Option<Arc<isa::Code>> {
        isa::image::read(self.codes.get(e.start..e.end)?).ok()
    }
}
