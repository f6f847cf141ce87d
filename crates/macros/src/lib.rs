//! The markers of instructions and the declarations of native modules, classes and functions.
