//! Indentation: INDENT and DEDENT, and what is wrong with it.

use super::{Failure, Result, Tokenizer};
use crate::error::ErrorKind;

const MAX_INDENT: usize = 100;
const TAB_SIZE: i32 = 8;

impl Tokenizer {
    /// Reads the indentation of a line; true if the line is blank or a comment.
    pub(super) fn indentation(&mut self) -> Result<bool> {
        let (mut col, mut alt, mut cont_col) = (0, 0, 0);
        let c = loop {
            let c = self.next();
            match c {
                Some(b' ') => {
                    col += 1;
                    alt += 1;
                }
                Some(b'\t') => {
                    col = (col / TAB_SIZE + 1) * TAB_SIZE;
                    alt += 1;
                }
                Some(b'\x0c') => {
                    col = 0;
                    alt = 0;
                }
                Some(b'\\') => {
                    // The indentation is that of the first line.
                    if cont_col == 0 {
                        cont_col = col;
                    }
                    self.continuation_line()?;
                }
                _ => break c,
            }
        };
        self.back(c);
        if matches!(c, Some(b'#' | b'\n' | b'\r')) {
            return Ok(true);
        }
        if !self.brackets.is_empty() {
            return Ok(false);
        }
        if cont_col != 0 {
            col = cont_col;
            alt = cont_col;
        }
        let &(top, alt_top) = self.indents.last().unwrap_or(&(0, 0));
        let tabs = |t: &mut Self| {
            t.skip_line();
            Err(Failure::Line(ErrorKind::TabError, "inconsistent use of tabs and spaces in indentation", 0))
        };
        if col == top {
            if alt != alt_top {
                return tabs(self);
            }
        } else if col > top {
            if self.indents.len() >= MAX_INDENT {
                self.skip_line();
                return Err(Failure::Line(ErrorKind::IndentationError, "too many levels of indentation", 0));
            }
            if alt <= alt_top {
                return tabs(self);
            }
            self.pending += 1;
            self.indents.push((col, alt));
        } else {
            while self.indents.len() > 1 && self.indents.last().is_some_and(|i| col < i.0) {
                self.pending -= 1;
                self.indents.pop();
            }
            let &(top, alt_top) = self.indents.last().unwrap_or(&(0, 0));
            if col != top {
                self.skip_line();
                let msg = "unindent does not match any outer indentation level";
                return Err(Failure::Line(ErrorKind::IndentationError, msg, 0));
            }
            if alt != alt_top {
                return tabs(self);
            }
        }
        Ok(false)
    }
}
