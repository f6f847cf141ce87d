//! What is wrong with a program that does not parse.
//!
//! A second parser follows CPython's grammar, rule by rule, and notices what CPython's parser
//! notices. Like that one it goes through the program twice: first to find where it fails, then with
//! rules for well-known mistakes (`invalid_…`). It builds no tree, and never meets a program that is
//! right.

mod atom;
mod call;
mod compound;
mod expr;
mod node;
mod params;
mod parser;
mod pattern;
mod report;
mod simple;
mod target;

use crate::Mode;
use crate::error::{Error, ErrorKind};
use crate::flags::{PYCF_ALLOW_INCOMPLETE_INPUT, PYCF_DONT_IMPLY_DEDENT};
use parser::Parser;

/// What there is to say about `source`; nothing if it is right as far as the grammar goes.
pub fn explain(source: &str, mode: Mode, flags: u32) -> Option<Box<Error>> {
    let mut p = Parser::new(source, mode == Mode::Single);
    let mut e = examine(&mut p, mode, flags)?;
    if e.kind.is_syntax() {
        e.context = Some(Box::new((p.last_statement.0, p.last_statement.1, source.into())));
    }
    Some(e)
}

fn examine(p: &mut Parser, mode: Mode, flags: u32) -> Option<Box<Error>> {
    p.imply_dedents = flags & PYCF_DONT_IMPLY_DEDENT == 0;
    if p.program(mode).is_some() {
        if mode == Mode::Single && p.tokenizer.has_more() {
            p.raise::<()>("multiple statements found while compiling a single statement");
        }
        return p.error.take();
    }
    let last = p.tokens.len();
    let syntactic = p.error.as_ref().is_none_or(|e| e.kind.is_syntax());
    if flags & PYCF_ALLOW_INCOMPLETE_INPUT != 0 && p.tokenizer.reached_end() && syntactic {
        p.error = None;
        p.raise::<()>("incomplete input");
        if let Some(e) = &mut p.error {
            e.kind = ErrorKind::IncompleteInputError;
        }
        return p.error.take();
    }
    if p.error.is_none() {
        p.second_pass();
        p.program(mode);
        match &p.error {
            None => p.generic(last),
            Some(e) if e.kind.is_syntax() && !p.tokenizer_failed => p.check_rest(),
            Some(_) => {}
        }
    } else if !p.tokenizer_failed {
        p.check_rest();
    }
    p.error.take()
}
