//! What Unicode says about code points, and how text is encoded inside `str`.

pub mod wtf8;
