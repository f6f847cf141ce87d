//! `_suggestions`: the name that somebody may have meant.

use taipan_objects::list::List;
use taipan_objects::native::{ModuleDef, functions, suggestion};
use taipan_objects::str::Str;
use taipan_objects::{Result, ThreadState, Value};

#[functions(module = "_suggestions")]
mod functions {
    use super::*;

    /// Returns the candidate in candidates that's closest to item
    #[function("_generate_suggestions($module, candidates, item, /)")]
    fn generate_suggestions(ts: &ThreadState, candidates: &Value, item: &Str) -> Result<Option<Value>> {
        let Some(list) = candidates.downcast::<List>() else { return Err(ts.type_error("candidates must be a list")) };
        let mut texts = vec![];
        for c in list.to_vec() {
            match c.as_str() {
                Some(s) => texts.push(s.to_string_lossy().into_owned()),
                None => return Err(ts.type_error("all elements in 'candidates' must be strings")),
            }
        }
        let found = suggestion(&item.to_string_lossy(), texts.iter().map(String::as_str));
        Ok(found.map(|f| Str::new(ts, f).into_value()))
    }
}

pub static MODULE: ModuleDef =
    ModuleDef { name: "_suggestions", doc: "", functions: &[functions::FUNCTIONS], init: None };
