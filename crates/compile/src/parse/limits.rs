//! Refusal of programs too deep for a recursive parser, before it sees them.
//!
//! A scan of the bytes finds what might be too deep; only then are the tokens looked at.

use crate::error::{Error, ErrorKind, Result};
use crate::tokenizer::{Kind, Tokenizer};

/// Most operators in a row that nest to the right: prefixes, powers, lambdas, conditionals.
const RIGHT: u32 = 4_000;
/// Most operators in a row of any kind.
const ANY: u32 = 20_000;
const BRACKETS: usize = 200;
const INDENT: usize = 100;

/// Operators in a row, for each open bracket.
struct Chains {
    stack: Vec<(u32, u32)>,
    right: u32,
    any: u32,
}

impl Chains {
    fn new() -> Chains {
        Chains { stack: Vec::new(), right: 0, any: 0 }
    }
    fn open(&mut self) {
        self.stack.push((self.right, self.any));
    }
    fn close(&mut self) {
        if let Some((right, any)) = self.stack.pop() {
            (self.right, self.any) = (right, any + 1);
        }
    }
    /// An expression ends: what comes nests with what is around it only.
    fn reset(&mut self) {
        (self.right, self.any) = self.stack.last().copied().unwrap_or((0, 0));
    }
    fn too_long(&self) -> bool {
        self.right > RIGHT || self.any > ANY
    }
}

fn operator(c: u8) -> bool {
    matches!(c, b'+' | b'-' | b'*' | b'/' | b'%' | b'@' | b'&' | b'|' | b'^' | b'<' | b'>' | b'=' | b'.' | b'~')
}

fn nests_right(word: &[u8]) -> bool {
    matches!(word, b"lambda" | b"not" | b"else" | b"await")
}

/// Might the source be too deep?
fn suspicious(source: &str) -> bool {
    let b = source.as_bytes();
    let mut chains = Chains::new();
    let mut i = 0;
    let mut after_operand = false;
    while i < b.len() {
        let c = b[i];
        match c {
            b'(' | b'[' | b'{' => {
                chains.open();
                after_operand = false;
            }
            b')' | b']' | b'}' => {
                chains.close();
                after_operand = true;
            }
            b',' => {
                chains.reset();
                after_operand = false;
            }
            b'\n' => {
                if chains.stack.is_empty() {
                    chains.reset();
                }
                let space = b[i + 1..].iter().take_while(|c| matches!(c, b' ' | b'\t')).count();
                if space >= INDENT {
                    return true;
                }
                i += space;
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'0'..=b'9' | 0x80.. => {
                let end = b[i..].iter().position(|c| !(c.is_ascii_alphanumeric() || *c == b'_' || *c >= 0x80));
                let end = end.map_or(b.len(), |n| i + n);
                let right = nests_right(&b[i..end]);
                if right {
                    chains.right += 1;
                    chains.any += 1;
                }
                after_operand = !right;
                i = end - 1;
            }
            b'"' | b'\'' => after_operand = true,
            _ if operator(c) => {
                let power = c == b'*' && b.get(i + 1) == Some(&b'*');
                if power || !after_operand && matches!(c, b'+' | b'-' | b'~') {
                    chains.right += 1;
                }
                chains.any += 1;
                after_operand = false;
            }
            _ => {}
        }
        if chains.too_long() || chains.stack.len() > BRACKETS {
            return true;
        }
        i += 1;
    }
    false
}

/// Refuses what is too deep.
pub fn check(source: &str, mode: crate::Mode) -> Result<()> {
    if !suspicious(source) {
        return Ok(());
    }
    let mut chains = Chains::new();
    let mut tokenizer = Tokenizer::new(source, false);
    let mut after_operand = false;
    loop {
        let Ok(t) = tokenizer.get() else {
            return match crate::errors::explain(source, mode, 0) {
                Some(e) => Err(e),
                None => Ok(()),
            };
        };
        let text = if t.loc.col < 0 { "" } else { &source[t.start..t.end] };
        match (t.kind, text) {
            (Kind::EndMarker, _) => return Ok(()),
            (Kind::Newline, _) => chains = Chains::new(),
            (Kind::Op, "(" | "[" | "{") => {
                chains.open();
                after_operand = false;
            }
            (Kind::Op, ")" | "]" | "}") => {
                chains.close();
                after_operand = true;
            }
            (Kind::Op, "," | ";") => {
                chains.reset();
                after_operand = false;
            }
            (Kind::Op, op) => {
                if op == "**" || !after_operand && matches!(op, "+" | "-" | "~") {
                    chains.right += 1;
                }
                chains.any += 1;
                after_operand = false;
            }
            (Kind::Name, word) if nests_right(word.as_bytes()) => {
                chains.right += 1;
                chains.any += 1;
                after_operand = false;
            }
            _ => after_operand = true,
        }
        if chains.right > RIGHT {
            let text = "Parser stack overflowed - Python source too complex to parse";
            return Err(Error::new(ErrorKind::MemoryError, text));
        }
        if chains.any > ANY {
            return Err(Error::recursion());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Mode;

    #[test]
    fn refuses_what_is_deep() {
        let kind = |s: &str| check(s, Mode::Exec).err().map(|e| e.kind);
        assert_eq!(kind(&format!("x = {}1\n", "-".repeat(5_000))), Some(ErrorKind::MemoryError));
        assert_eq!(kind(&format!("x = {}1\n", "not ".repeat(5_000))), Some(ErrorKind::MemoryError));
        assert_eq!(kind(&format!("x = 1{}\n", "+1".repeat(30_000))), Some(ErrorKind::RecursionError));
        assert_eq!(kind(&format!("x = a{}\n", "()".repeat(30_000))), Some(ErrorKind::RecursionError));
        assert_eq!(kind(&format!("x = {}\n", "(".repeat(300))), Some(ErrorKind::SyntaxError));
    }

    #[test]
    fn lets_long_data_pass() {
        assert!(check(&format!("x = [{}]\n", "-1, ".repeat(50_000)), Mode::Exec).is_ok());
        assert!(check(&format!("x = '{}'\n", "-".repeat(50_000)), Mode::Exec).is_ok());
        assert!(check(&format!("# {}\nx = '{}'\n", "-".repeat(9_000), "(".repeat(400)), Mode::Exec).is_ok());
    }
}
