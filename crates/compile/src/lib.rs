//! From source text to code object.
