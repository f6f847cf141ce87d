//! Async generators.
