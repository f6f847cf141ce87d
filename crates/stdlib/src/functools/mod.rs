//! The module `_functools`.

mod keys;
mod lru;
mod partial;

use taipan_objects::dict::Dict;
use taipan_objects::heap::Payload;
use taipan_objects::native::*;
use taipan_objects::{Result, ThreadState, Value, protocol};

pub static MODULE: ModuleDef = ModuleDef {
    name: "_functools",
    doc: "Tools that work on functions.",
    functions: &[functions::FUNCTIONS],
    init: Some(init),
};

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    partial::install(ts);
    macro_rules! classes {
        ($($t:ty),* $(,)?) => { $(dict.set_name(ts, <$t as ClassDef>::NAME, <$t>::class(ts).into_value());)* };
    }
    classes!(partial::Partial, partial::PlaceholderType, lru::LruCache);
    dict.set_name(ts, "Placeholder", partial::placeholder(ts));
    Ok(())
}

#[taipan_macros::functions(module = "_functools")]
pub mod functions {
    use super::*;

    /// Makes of a comparison function, which returns a negative number, zero or a positive one, a key
    /// function.
    #[function("cmp_to_key(mycmp)")]
    fn cmp_to_key(ts: &ThreadState, mycmp: Value) -> Value {
        keys::key_function(ts, mycmp)
    }
    /// Applies a function of two arguments to what there is so far and the next item, from left to right,
    /// until one value remains.
    #[function("reduce(function, iterable, /, initial=<unrepresentable>)")]
    fn reduce(ts: &ThreadState, function: &Value, iterable: &Value, initial: Option<Value>) -> Result {
        let it = match protocol::Source::of(ts, iterable) {
            Ok(it) => it,
            Err(e) => {
                if ts.exception_is(|x| &x.type_error) {
                    ts.clear_exception();
                    return Err(ts.type_error("reduce() arg 2 must support iteration"));
                }
                return Err(e);
            }
        };
        let function = protocol::Callee::new(ts, function.clone());
        let mut result = initial;
        while let Some(v) = it.next(ts)? {
            result = Some(match result {
                None => v,
                Some(r) => function.call2(ts, &[r, v])?,
            });
        }
        result.ok_or_else(|| ts.type_error("reduce() of empty iterable with no initial value"))
    }
}
