//! `from __future__ import …` at the head of a program.

use taipan_isa::co;
use taipan_isa::locations::Location;

use crate::ast::{Mod, Stmt, StmtKind, docstring};
use crate::error::{Error, Result};

/// The features in effect, `PyCF_*` flags included.
#[derive(Clone, Copy, Debug)]
pub struct Future {
    pub features: u32,
    /// Of the last `__future__` import at the head: later ones are errors.
    pub location: Location,
}

impl Future {
    /// `from __future__ import annotations`.
    pub fn annotations(&self) -> bool {
        self.features & co::FUTURE_ANNOTATIONS != 0
    }

    /// Reads the head of `module`; `flags` are in effect already.
    pub fn read(module: &Mod, flags: u32) -> Result<Future> {
        let mut future = Future { features: flags, location: Location::NONE };
        let body = match module {
            Mod::Module { body } | Mod::Interactive { body } => body,
            _ => return Ok(future),
        };
        let head = docstring(body).is_some() as usize;
        for s in body.get(head..).unwrap_or(&[]) {
            match &s.kind {
                StmtKind::ImportFrom { module: Some(m), level: 0, .. } if &**m == "__future__" => {
                    future.import(s)?;
                    future.location = s.loc;
                }
                _ => break,
            }
        }
        Ok(future)
    }

    fn import(&mut self, s: &Stmt) -> Result<()> {
        let StmtKind::ImportFrom { names, .. } = &s.kind else { return Ok(()) };
        for alias in names {
            self.features |= match &*alias.name {
                "nested_scopes" | "generators" | "division" | "absolute_import" | "with_statement"
                | "print_function" | "unicode_literals" | "generator_stop" => 0,
                "barry_as_FLUFL" => co::FUTURE_BARRY_AS_BDFL,
                "annotations" => co::FUTURE_ANNOTATIONS,
                "braces" => return Err(Error::syntax("not a chance", alias.loc)),
                other => {
                    let msg = format!("future feature {other} is not defined");
                    return Err(Error::syntax(msg, alias.loc));
                }
            };
        }
        Ok(())
    }
}
