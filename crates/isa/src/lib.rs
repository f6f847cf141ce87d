//! The instruction set: opcodes and their metadata, code objects as plain data, assembler and disassembler.
