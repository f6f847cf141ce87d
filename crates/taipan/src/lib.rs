//! Taipan, embedded: an interpreter of Python in a Rust program.
