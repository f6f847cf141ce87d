//! The module `_sre`: matching of regular expressions. The patterns come compiled from `re._compiler`.

mod charset;
mod machine;
mod matched;
mod pattern;
mod program;
mod replace;
mod scanner;
mod subject;

use crate::prelude::*;
use charset::{ascii_lower, ascii_upper, unicode_lower, unicode_upper};

pub static MODULE: ModuleDef = ModuleDef {
    name: "_sre",
    doc: "",
    functions: &[functions::FUNCTIONS],
    init: Some(init),
};

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    for (name, n) in [("MAGIC", 20230612), ("CODESIZE", 4), ("MAXREPEAT", u32::MAX as i64), ("MAXGROUPS", (i32::MAX / 2) as i64)] {
        dict.set_name(ts, name, int_value(ts, n));
    }
    dict.set_name(ts, "copyright", str_value(ts, " SRE 2.2.2 Copyright (c) 1997-2002 by Secret Labs AB "));
    pattern::Pattern::class(ts);
    matched::Match::class(ts);
    Ok(())
}

#[functions(module = "_sre")]
pub mod functions {
    use super::*;

    #[function("getcodesize()")]
    fn getcodesize() -> i32 {
        4
    }
    #[function("ascii_iscased(character, /)")]
    fn ascii_iscased(character: i32) -> bool {
        let ch = character as u32;
        ascii_lower(ch) != ch || ascii_upper(ch) != ch
    }
    #[function("unicode_iscased(character, /)")]
    fn unicode_iscased(character: i32) -> bool {
        let ch = character as u32;
        ch <= 0x10ffff && (unicode_lower(ch) != ch || unicode_upper(ch) != ch)
    }
    #[function("ascii_tolower(character, /)")]
    fn ascii_tolower(character: i32) -> i32 {
        ascii_lower(character as u32) as i32
    }
    #[function("unicode_tolower(character, /)")]
    fn unicode_tolower(character: i32) -> i32 {
        let ch = character as u32;
        if ch <= 0x10ffff { unicode_lower(ch) as i32 } else { character }
    }
    #[function("compile(pattern, flags, code, groups, groupindex, indexgroup)")]
    fn compile(ts: &ThreadState, pattern: &Value, flags: i32, code: &List, groups: isize, groupindex: &Dict, indexgroup: &Tuple) -> Result {
        let indexgroup = tuple(ts, indexgroup.items().to_vec());
        pattern::new(ts, pattern, flags, &code.to_vec(), groups, groupindex, indexgroup)
    }
    #[function("template(pattern, template, /)")]
    fn template(ts: &ThreadState, pattern: &Value, template: &List) -> Result {
        replace::new_template(ts, pattern, &template.to_vec())
    }
}
