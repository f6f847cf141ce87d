//! The bytecode of stock CPython 3.11 to 3.15: self tail calls become loops.
