//! Indentation: INDENT and DEDENT, and what is wrong with it.

use super::{Result, Tokenizer};
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
        let tabs = |t: &Self| {
            let msg = "inconsistent use of tabs and spaces in indentation";
            t.line_error(ErrorKind::TabError, msg, 1)
        };
        if col == top {
            if alt != alt_top {
                return tabs(self);
            }
        } else if col > top {
            if self.indents.len() >= MAX_INDENT {
                return self.line_error(ErrorKind::IndentationError, "too many levels of indentation", 1);
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
                let end = self.current_line().trim_end_matches('\n').len() as i32 + 1;
                let msg = "unindent does not match any outer indentation level";
                return self.line_error(ErrorKind::IndentationError, msg, end);
            }
            if alt != alt_top {
                return tabs(self);
            }
        }
        Ok(false)
    }
}
