//! Item formats.
