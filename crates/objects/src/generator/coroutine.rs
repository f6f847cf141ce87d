//! Coroutines.
