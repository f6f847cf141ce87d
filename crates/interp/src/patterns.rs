//! What mapping and class patterns match.

use crate::ops::prelude::*;

/// The values under `keys`, or None if one is missing.
pub fn match_keys(ts: &ThreadState, subject: &Value, keys: &Value) -> Result<Value> {
    let Some(keys) = keys.exact::<Tuple>() else { return Err(ts.system_error("keys of a pattern are a tuple")) };
    if keys.items().is_empty() {
        return Ok(Tuple::empty(ts).into_value());
    }
    let seen = taipan_objects::set::Set::new(ts);
    // `get` with a default of its own, so that `__missing__` is not called.
    let get = protocol::getattr(ts, subject, &ts.names().get)?;
    let object = taipan_objects::typeobject::builtin(ts, ids::OBJECT).to_value();
    let dummy = protocol::call(ts, &object, &[])?;
    let mut values = vec![];
    for key in keys.items() {
        if seen.data.contains(ts, key)? {
            let text = protocol::repr(ts, key)?;
            return Err(ts.value_error(format!("mapping pattern checks duplicate key ({})", text.to_string_lossy())));
        }
        seen.data.add(ts, key)?;
        let v = protocol::call(ts, &get, &[key.clone(), dummy.clone()])?;
        if v.is(&dummy) {
            return Ok(Value::none());
        }
        values.push(v);
    }
    Ok(Tuple::new(ts, values).into_value())
}

/// Types whose one positional sub-pattern matches the subject itself.
const MATCH_SELF: u64 = taipan_objects::typeobject::flags::MATCH_SELF;

fn match_attribute(ts: &ThreadState, subject: &Value, class: &Value, name: &Value, seen: &mut Vec<Value>) -> Result<Option<Value>> {
    let Some(name_str) = name.downcast_ref::<Str>() else {
        return Err(ts.type_error(format!("__match_args__ elements must be strings (got {})", name.type_name(ts))));
    };
    for s in seen.iter() {
        if protocol::eq(ts, s, name)? {
            let class_name = class.as_type().map_or_else(String::new, |t| t.short_name());
            let text = protocol::repr(ts, name)?;
            return Err(ts.type_error(format!(
                "{class_name}() got multiple sub-patterns for attribute {}",
                text.to_string_lossy()
            )));
        }
    }
    seen.push(name.clone());
    protocol::getattr_opt(ts, subject, name_str)
}

/// The attributes that sub-patterns look at, or None.
pub fn match_class(ts: &ThreadState, subject: &Value, class: &Value, positional: usize, names: &Value) -> Result<Value> {
    let Some(ty) = class.as_type() else {
        return Err(ts.type_error("called match pattern must be a class"));
    };
    if !protocol::is_instance(ts, subject, class)? {
        return Ok(Value::none());
    }
    let mut seen = vec![];
    let mut attributes = vec![];
    if positional > 0 {
        let mut match_self = false;
        let args = match protocol::getattr_opt(ts, class, &ts.names().__match_args__)? {
            Some(a) => {
                if a.exact::<Tuple>().is_none() {
                    return Err(ts.type_error(format!(
                        "{}.__match_args__ must be a tuple (got {})",
                        ty.short_name(),
                        a.type_name(ts)
                    )));
                }
                a
            }
            None => {
                match_self = ty.has_flag(MATCH_SELF);
                Tuple::empty(ts).into_value()
            }
        };
        let items = args.exact::<Tuple>().map_or(&[][..], |t| t.items());
        let allowed = if match_self { 1 } else { items.len() };
        if allowed < positional {
            let s = if allowed == 1 { "" } else { "s" };
            return Err(ts.type_error(format!(
                "{}() accepts {allowed} positional sub-pattern{s} ({positional} given)",
                ty.short_name()
            )));
        }
        if match_self {
            attributes.push(subject.clone());
        } else {
            for name in &items[..positional] {
                if name.downcast::<Str>().is_none() {
                    return Err(ts.type_error(format!(
                        "__match_args__ elements must be strings (got {})",
                        name.type_name(ts)
                    )));
                }
                match match_attribute(ts, subject, class, name, &mut seen)? {
                    Some(v) => attributes.push(v),
                    None => return Ok(Value::none()),
                }
            }
        }
    }
    for name in names.exact::<Tuple>().map_or(&[][..], |t| t.items()) {
        match match_attribute(ts, subject, class, name, &mut seen)? {
            Some(v) => attributes.push(v),
            None => return Ok(Value::none()),
        }
    }
    Ok(Tuple::new(ts, attributes).into_value())
}
