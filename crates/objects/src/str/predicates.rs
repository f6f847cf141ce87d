//! `str` methods that ask what kind of characters there are.

use super::Str;
use crate::unicode::{self, *};
use taipan_macros::methods;

impl Str {
    #[inline]
    fn every(&self, flag: u32) -> bool {
        !self.is_empty() && self.code_points().all(|c| unicode::is(c, flag))
    }
    /// Something cased, and all that is cased has the flag.
    fn cased(&self, wanted: u32, barred: u32) -> bool {
        let mut seen = false;
        for c in self.code_points() {
            let f = unicode::flags(c);
            if f & barred != 0 {
                return false;
            }
            seen |= f & wanted != 0;
        }
        seen
    }
}

#[methods(part = PREDICATES)]
impl Str {
    /// Are all characters ASCII?
    #[method("isascii($self, /)")]
    fn py_isascii(&self) -> bool {
        self.is_ascii()
    }
    /// Are all cased characters in lower case, and is there one?
    #[method("islower($self, /)")]
    fn islower(&self) -> bool {
        self.cased(LOWER, UPPER | TITLE)
    }
    /// Are all cased characters in upper case, and is there one?
    #[method("isupper($self, /)")]
    fn isupper(&self) -> bool {
        self.cased(UPPER, LOWER | TITLE)
    }
    /// Does upper case stand only at the beginning of words and lower case only inside, and is there one?
    #[method("istitle($self, /)")]
    fn istitle(&self) -> bool {
        let (mut inside, mut seen) = (false, false);
        for c in self.code_points() {
            let f = unicode::flags(c);
            if f & (UPPER | TITLE) != 0 {
                if inside {
                    return false;
                }
                (inside, seen) = (true, true);
            } else if f & LOWER != 0 {
                if !inside {
                    return false;
                }
                (inside, seen) = (true, true);
            } else {
                inside = false;
            }
        }
        seen
    }
    /// Are all characters whitespace, and is there one?
    #[method("isspace($self, /)")]
    fn isspace(&self) -> bool {
        self.every(SPACE)
    }
    /// Are all characters decimal digits, and is there one?
    #[method("isdecimal($self, /)")]
    fn isdecimal(&self) -> bool {
        self.every(DECIMAL)
    }
    /// Are all characters digits, and is there one?
    #[method("isdigit($self, /)")]
    fn isdigit(&self) -> bool {
        self.every(DIGIT)
    }
    /// Are all characters numeric, and is there one?
    #[method("isnumeric($self, /)")]
    fn isnumeric(&self) -> bool {
        self.every(NUMERIC)
    }
    /// Are all characters letters, and is there one?
    #[method("isalpha($self, /)")]
    fn isalpha(&self) -> bool {
        self.every(ALPHA)
    }
    /// Are all characters letters or digits, and is there one?
    #[method("isalnum($self, /)")]
    fn isalnum(&self) -> bool {
        self.every(ALPHA | DECIMAL | DIGIT | NUMERIC)
    }
    /// Is this a name as Python spells them? Keywords count too.
    #[method("isidentifier($self, /)")]
    pub fn isidentifier(&self) -> bool {
        unicode::is_identifier(self.bytes())
    }
    /// Can all characters be shown as they are?
    #[method("isprintable($self, /)")]
    pub fn isprintable(&self) -> bool {
        self.code_points().all(unicode::is_printable)
    }
}
