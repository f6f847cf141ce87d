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
    /// The same in [`Library::sources`].
    pub source: std::ops::Range<usize>,
}

/// Plain data, shared by all interpreters of the process.
pub struct Library {
    /// Sorted by name.
    pub entries: Vec<Entry>,
    pub codes: &'static [u8],
    /// The source texts: of each the length in four bytes, then a zlib stream.
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

/// Reads the index: for each module its name, whether it is a package, the lengths of its code and its compressed source.
pub fn install(index: &'static str, codes: &'static [u8], sources: &'static [u8]) {
    let _ = LIBRARY.get_or_init(|| {
        let (mut at, mut text) = (0, 0);
        let mut entries = vec![];
        for line in index.lines() {
            let mut parts = line.split(' ');
            let (Some(name), Some(package), Some(length)) = (parts.next(), parts.next(), parts.next()) else { continue };
            let length: usize = length.parse().unwrap_or(0);
            let source: usize = parts.next().and_then(|n| n.parse().ok()).unwrap_or(0);
            let is_package = package == "1";
            entries.push(Entry { name, is_package, start: at, end: at + length, source: text..text + source });
            at += length;
            text += source;
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
    /// The source text of a module.
    pub fn source(&self, e: &Entry) -> Option<Vec<u8>> {
        let (size, packed) = self.sources.get(e.source.clone())?.split_at_checked(4)?;
        let size = u32::from_le_bytes(size.try_into().ok()?) as usize;
        crate::zlib::unpacked(packed, size)
    }
}
