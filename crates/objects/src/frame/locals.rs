//! Locals by name.
