//! The module `_collections`.

mod defaultdict;
mod deque;
mod deque_iter;
mod ordered;
mod tuplegetter;

use taipan_objects::dict::Dict;
use taipan_objects::heap::Payload;
use taipan_objects::int;
use taipan_objects::native::*;
use taipan_objects::protocol::{self, BinaryOp};
use taipan_objects::str::Str;
use taipan_objects::{Result, ThreadState, Value, ids, typeobject};

pub static MODULE: ModuleDef = ModuleDef {
    name: "_collections",
    doc: "Data structures behind the module collections.",
    functions: &[functions::FUNCTIONS],
    init: Some(init),
};

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    macro_rules! classes {
        ($($t:ty),* $(,)?) => { $(dict.set_name(ts, <$t as ClassDef>::NAME, <$t>::class(ts).into_value());)* };
    }
    classes!(
        deque::Deque,
        deque_iter::DequeIterator,
        deque_iter::DequeReverseIterator,
        defaultdict::DefaultDict,
        ordered::OrderedDict,
        tuplegetter::TupleGetter,
    );
    Ok(())
}

/// Has the mapping dict's own `get` and `__setitem__`?
fn is_plain(ts: &ThreadState, mapping: &Value) -> bool {
    let base = typeobject::builtin(ts, ids::DICT);
    let ty = mapping.class(ts);
    mapping.is_instance_of::<Dict>()
        && ["get", "__setitem__"].iter().all(|name| {
            let name = Str::intern(ts, name);
            match (ty.lookup(ts, &name), base.lookup(ts, &name)) {
                (Some(a), Some(b)) => a.is(&b),
                _ => false,
            }
        })
}

#[taipan_macros::functions(module = "_collections")]
pub mod functions {
    use super::*;

    /// Counts the items of the iterable in the mapping.
    #[function("_count_elements(mapping, iterable, /)")]
    fn count_elements(ts: &ThreadState, mapping: &Value, iterable: &Value) -> Result<()> {
        let one = int::from_i64(ts, 1);
        if is_plain(ts, mapping)
            && let Some(d) = mapping.downcast::<Dict>()
        {
            return protocol::for_each(ts, iterable, |key| {
                let hash = protocol::hash(ts, &key)?;
                match d.index_of_hashed(ts, &key, hash)? {
                    None => d.set_hashed(ts, &key, hash, one.clone()),
                    Some(i) => {
                        let old = d.entry_value(i);
                        if let Some(n) = old.as_small_int() {
                            d.set_value_at(i, int::from_i64(ts, n + 1));
                            return Ok(());
                        }
                        let new = protocol::binary_op(ts, BinaryOp::Add, &old, &one)?;
                        d.set_hashed(ts, &key, hash, new)
                    }
                }
            });
        }
        let get = protocol::getattr_name(ts, mapping, "get")?;
        let zero = int::from_i64(ts, 0);
        protocol::for_each(ts, iterable, |key| {
            let old = protocol::call(ts, &get, &[key.clone(), zero.clone()])?;
            let new = protocol::binary_op(ts, BinaryOp::Add, &old, &one)?;
            protocol::setitem(ts, mapping, &key, &new)
        })
    }
}
