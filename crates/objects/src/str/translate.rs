//! `str.translate` and the tables it wants, made by `str.maketrans`.

use super::{Str, StrBuilder};
use crate::dict::Dict;
use crate::heap::Ref;
use crate::int;
use crate::protocol;
use crate::thread::ThreadState;
use crate::value::{Result, Value};
use taipan_macros::methods;

/// What a table says about a character.
enum Entry {
    Keep,
    Delete,
    Char(u32),
    Text(Value),
}

/// Asks the table; what it does not know is kept.
fn look_up(ts: &ThreadState, table: &Value, c: u32) -> Result<Entry> {
    let key = int::from_i64(ts, c as i64);
    let found = match table.exact::<Dict>() {
        Some(d) => d.get(ts, &key)?,
        None => match protocol::getitem(ts, table, &key) {
            Ok(v) => Some(v),
            Err(e) if !ts.exception_is(|x| &x.lookup_error) => return Err(e),
            Err(_) => {
                ts.take_exception();
                None
            }
        },
    };
    let Some(v) = found else { return Ok(Entry::Keep) };
    if v.is_none() {
        return Ok(Entry::Delete);
    }
    if int::is_int(&v) {
        return match int::to_i64(&v).and_then(|i| u32::try_from(i).ok()).filter(|&i| i <= 0x10ffff) {
            Some(i) => Ok(Entry::Char(i)),
            None => Err(ts.value_error("character mapping must be in range(0x110000)")),
        };
    }
    if let Some(s) = v.as_str() {
        if let Some(c) = s.single() {
            return Ok(Entry::Char(c));
        }
        return Ok(Entry::Text(v));
    }
    Err(ts.type_error("character mapping must return integer, None or str"))
}

/// Remembered answers about ASCII.
const UNKNOWN: u8 = 0x80;
const DELETE: u8 = 0x81;
const OTHER: u8 = 0x82;

/// Translates up to the first character about which nothing is known; tells how much was read and written.
fn translate_known(text: &[u8], answers: &[u8; 128], out: &mut [u8]) -> (usize, usize) {
    let (mut at, mut n) = (0, 0);
    while at < text.len() && n < out.len() {
        let answer = answers[text[at] as usize & 127];
        if answer == UNKNOWN {
            break;
        }
        // What is deleted is written over by what follows.
        out[n] = answer;
        n += (answer != DELETE) as usize;
        at += 1;
    }
    (at, n)
}

impl Str {
    /// ASCII for ASCII, by a table of bytes; `None` when the answers go beyond that.
    fn translate_ascii(&self, ts: &ThreadState, table: &Value, answers: &mut [u8; 128]) -> Result<Option<Ref<Str>>> {
        let text = self.bytes();
        let mut same = true;
        let mut out = vec![0; text.len()];
        let mut n = 0;
        let mut at = 0;
        while at < text.len() {
            let (read, written) = translate_known(&text[at..], answers, &mut out[n..]);
            (at, n) = (at + read, n + written);
            let Some(&c) = text.get(at) else { break };
            {
                let answer = match look_up(ts, table, c as u32)? {
                    Entry::Keep => c,
                    Entry::Delete => DELETE,
                    Entry::Char(r) if r < 128 => r as u8,
                    _ => OTHER,
                };
                answers[c as usize & 127] = answer;
                if answer == OTHER {
                    return Ok(None);
                }
                same &= answer == c;
            }
        }
        if same {
            return Ok(Some(self.plain(ts)));
        }
        Ok(Some(Str::from_ascii(ts, &out[..n])))
    }
}

#[methods(part = TRANSLATE)]
impl Str {
    /// Replace each character by what the table gives for its code point: a code point, a string, or None to
    /// delete it. Characters for which the table raises LookupError stay.
    #[method("translate($self, table, /)")]
    fn translate(&self, ts: &ThreadState, table: &Value) -> Result<Ref<Str>> {
        let mut ascii = [UNKNOWN; 128];
        if self.is_ascii()
            && let Some(done) = self.translate_ascii(ts, table, &mut ascii)?
        {
            return Ok(done);
        }
        let mut out = StrBuilder::with_capacity(self.byte_len());
        for c in self.code_points() {
            let known = if c < 128 { ascii[c as usize] } else { OTHER };
            match known {
                0..=127 => out.push_ascii(known),
                DELETE => {}
                _ => {
                    let entry = look_up(ts, table, c)?;
                    let memo = match &entry {
                        Entry::Keep => c as u8,
                        Entry::Delete => DELETE,
                        Entry::Char(r) if *r < 128 => *r as u8,
                        _ => OTHER,
                    };
                    if known == UNKNOWN {
                        ascii[c as usize] = memo;
                    }
                    match entry {
                        Entry::Keep => out.push(c),
                        Entry::Delete => {}
                        Entry::Char(r) => out.push(r),
                        Entry::Text(v) => {
                            if let Some(s) = v.as_str() {
                                out.push_text(s);
                            }
                        }
                    }
                }
            }
        }
        Ok(out.finish(ts))
    }
    /// Return a table for translate: from a dictionary of characters or code points, or from a string of
    /// characters, a string of their replacements, and a string of characters to delete.
    #[staticmethod("maketrans(x, y=<unrepresentable>, z=<unrepresentable>, /)", no_signature)]
    fn maketrans(ts: &ThreadState, x: &Value, y: Option<&Str>, z: Option<&Str>) -> Result<Ref<Dict>> {
        let table = Dict::new(ts);
        let number = |c: u32| int::from_i64(ts, c as i64);
        if let Some(y) = y {
            let Some(x) = x.as_str() else {
                return Err(ts.type_error("first maketrans argument must be a string if there is a second argument"));
            };
            if x.len() != y.len() {
                return Err(ts.value_error("the first two maketrans arguments must have equal length"));
            }
            for (a, b) in x.code_points().zip(y.code_points()) {
                table.set(ts, &number(a), number(b))?;
            }
            if let Some(z) = z {
                for c in z.code_points() {
                    table.set(ts, &number(c), Value::none())?;
                }
            }
            return Ok(table);
        }
        let Some(given) = x.exact::<Dict>() else {
            return Err(ts.type_error("if you give only one argument to maketrans it must be a dict"));
        };
        for (k, v) in given.items(ts) {
            if let Some(s) = k.as_str() {
                let Some(c) = s.single() else {
                    return Err(ts.value_error("string keys in translate table must be of length 1"));
                };
                table.set(ts, &number(c), v)?;
            } else if int::is_int(&k) {
                table.set(ts, &k, v)?;
            } else {
                return Err(ts.type_error("keys in translate table must be strings or integers"));
            }
        }
        Ok(table)
    }
}
