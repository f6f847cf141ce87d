//! The instruction set: opcodes and their metadata, code objects as plain data, assembler and disassembler.

pub mod asm;
mod code;
pub mod dis;
pub mod exceptions;
mod generated;
pub mod image;
pub mod locations;
pub mod op;
pub mod oparg;
mod stack;
pub mod verify;

pub use code::{Code, Const, Name, Wtf8, co, local_kind};
pub use stack::{stack_effect, stack_inputs};
