//! The interpreter: instruction bodies, the generated engines, and what moves frames.
