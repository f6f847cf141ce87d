//! `repr()` of nodes, which shows a few levels only.

use taipan_objects::list::List;
use taipan_objects::tuple::Tuple;
use taipan_objects::{Result, ThreadState, Value, protocol};

use super::Classes;

pub const MAX_DEPTH: u32 = 3;

/// A node with what is `depth` levels below.
pub fn node(ts: &ThreadState, v: &Value, depth: u32) -> Result<String> {
    let name = v.class(ts).short_name();
    let Some(_guard) = protocol::repr_enter(ts, v)? else { return Ok(format!("{name}(...)")) };
    let class = v.class_ref(ts).into_value();
    let fields = match protocol::getattr_opt_name(ts, &class, "_fields")? {
        Some(f) => protocol::collect(ts, &f)?,
        None => Vec::new(),
    };
    if depth == 0 {
        return Ok(format!("{name}(...)"));
    }
    let mut parts = Vec::new();
    for f in &fields {
        let key = protocol::check_attr_name(ts, f)?;
        let value = protocol::getattr(ts, v, &key)?;
        parts.push(format!("{}={}", key.to_string_lossy(), part(ts, &value, depth)?));
    }
    Ok(format!("{name}({})", parts.join(", ")))
}

fn part(ts: &ThreadState, v: &Value, depth: u32) -> Result<String> {
    let items = match (v.downcast::<List>(), v.downcast::<Tuple>()) {
        (Some(l), _) => Some((l.to_vec(), "[", "]")),
        (_, Some(t)) => Some((t.items().to_vec(), "(", ")")),
        _ => None,
    };
    let Some((items, open, close)) = items else { return one(ts, v, depth) };
    let text = match items.as_slice() {
        [] => String::new(),
        [a] => one(ts, a, depth)?,
        [a, b] => format!("{}, {}", one(ts, a, depth)?, one(ts, b, depth)?),
        [a, .., b] => format!("{}, ..., {}", one(ts, a, depth)?, one(ts, b, depth)?),
    };
    Ok(format!("{open}{text}{close}"))
}

fn one(ts: &ThreadState, v: &Value, depth: u32) -> Result<String> {
    if v.class(ts).is_subtype(&Classes::of(ts)?.base) { node(ts, v, depth - 1) } else { protocol::repr_lossy(ts, v) }
}
