//! `AST`: what all nodes inherit.

use taipan_objects::dict::Dict;
use taipan_objects::generic_alias::GenericAlias;
use taipan_objects::heap;
use taipan_objects::list::List;
use taipan_objects::native::{Args, Kwargs, class};
use taipan_objects::object;
use taipan_objects::str::Str;
use taipan_objects::tuple::Tuple;
use taipan_objects::typeobject::Type;
use taipan_objects::union::Union;
use taipan_objects::{Ref, Result, ThreadState, Value, payload, protocol};

use super::{Classes, repr};

pub struct Ast;

payload!(Ast);

/// The names that a class attribute lists.
fn names(ts: &ThreadState, slf: &Value, attribute: &str) -> Result<Vec<Value>> {
    let class = slf.class_ref(ts).into_value();
    match protocol::getattr_opt_name(ts, &class, attribute)? {
        Some(v) => protocol::collect(ts, &v),
        None => Ok(Vec::new()),
    }
}

fn contains(ts: &ThreadState, names: &[Value], name: &Value) -> Result<bool> {
    for n in names {
        if protocol::eq(ts, n, name)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn deprecated(ts: &ThreadState, message: String) -> Result<()> {
    ts.warn(|x| &x.deprecation_warning, &message, 1)
}

fn set(ts: &ThreadState, slf: &Value, name: &Value, value: &Value) -> Result<()> {
    let name = protocol::check_attr_name(ts, name)?;
    protocol::setattr(ts, slf, &name, value)
}

#[class(name = "AST", module = "ast", dict, mutable)]
impl Ast {
    #[new("(*args, **kwargs)")]
    fn tp_new(cls: &Type, ts: &ThreadState, _args: &[Value], _kwargs: Kwargs<'_>) -> Value {
        heap::new_with_type(ts, cls, Ast).into_value()
    }

    #[slot(init)]
    fn init(ts: &ThreadState, slf: &Value, args: Args<'_>) -> Result<()> {
        let class = slf.class(ts);
        let fields = names(ts, slf, "_fields")?;
        if args.positional.len() > fields.len() {
            let n = fields.len();
            let s = if n == 1 { "" } else { "s" };
            return Err(ts.type_error(format!(
                "{} constructor takes at most {n} positional argument{s}",
                class.short_name()
            )));
        }
        let given = args.positional.len();
        for (name, value) in fields.iter().zip(args.positional) {
            set(ts, slf, name, value)?;
        }
        let mut remaining: Vec<Value> = fields[given..].to_vec();
        let mut attributes = None;
        for (name, value) in args.keywords() {
            if contains(ts, &fields, name)? {
                if contains(ts, &fields[..given], name)? {
                    return Err(ts.type_error(format!(
                        "{} got multiple values for argument {}",
                        class.short_name(),
                        protocol::repr_lossy(ts, name)?
                    )));
                }
                let mut kept = Vec::new();
                for f in remaining {
                    if !protocol::eq(ts, &f, name)? {
                        kept.push(f);
                    }
                }
                remaining = kept;
            } else {
                if attributes.is_none() {
                    attributes = Some(names(ts, slf, "_attributes")?);
                }
                if !contains(ts, attributes.as_deref().unwrap_or(&[]), name)? {
                    deprecated(
                        ts,
                        format!(
                            "{}.__init__ got an unexpected keyword argument {}. Support for arbitrary keyword arguments is deprecated and will be removed in Python 3.15.",
                            class.name(),
                            protocol::repr_lossy(ts, name)?
                        ),
                    )?;
                }
            }
            set(ts, slf, name, value)?;
        }
        if !remaining.is_empty() {
            fill(ts, slf, class, &remaining)?;
        }
        Ok(())
    }

    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result<Value> {
        Ok(Str::new(ts, &repr::node(ts, slf, repr::MAX_DEPTH)?).into_value())
    }

    #[method("__reduce__($self, /)", no_signature)]
    fn reduce(slf: &Value, ts: &ThreadState) -> Result<Value> {
        let class = slf.class_ref(ts).into_value();
        let dict = object::instance_dict_copy(ts, slf);
        let mut args = Vec::new();
        if let Some(d) = &dict {
            // Placeholders only: the state says what they are, so that cycles are no harm.
            for name in names(ts, slf, "_fields")? {
                if !d.contains(ts, &name)? {
                    break;
                }
                args.push(Value::none());
            }
        }
        let args = Tuple::new(ts, args).into_value();
        let mut parts = vec![class, args];
        if let Some(d) = dict {
            parts.push(d.into_value());
        }
        Ok(Tuple::new(ts, parts).into_value())
    }

    /// Return a copy of the AST node with new values for the specified fields.
    #[method("__replace__($self, /, *args, **fields)")]
    fn replace(slf: &Value, ts: &ThreadState, args: &[Value], fields: Kwargs<'_>) -> Result<Value> {
        if !args.is_empty() {
            return Err(ts.type_error("__replace__() takes no positional arguments"));
        }
        let class = slf.class(ts);
        let field_names = names(ts, slf, "_fields")?;
        let attributes = names(ts, slf, "_attributes")?;
        let own = object::instance_dict_copy(ts, slf).unwrap_or_else(|| Dict::new(ts));
        let changes: Vec<(Value, Value)> = fields.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        for (k, _) in &changes {
            if !contains(ts, &field_names, k)? && !contains(ts, &attributes, k)? {
                let text = format!(
                    "{}.__replace__ got an unexpected keyword argument {}.",
                    class.short_name(),
                    protocol::repr_lossy(ts, k)?
                );
                return Err(ts.type_error(text));
            }
        }
        let mut missing = Vec::new();
        for name in &field_names {
            if own.contains(ts, name)? || fields_contain(ts, &changes, name)? || optional(ts, class, name)? {
                continue;
            }
            missing.push(protocol::repr_lossy(ts, name)?);
        }
        if !missing.is_empty() {
            missing.sort();
            let s = if missing.len() == 1 { "" } else { "s" };
            return Err(ts.type_error(format!(
                "{}.__replace__ missing {} keyword argument{s}: {}.",
                class.short_name(),
                missing.len(),
                missing.join(", ")
            )));
        }
        let copy = heap::new_with_type(ts, class, Ast).into_value();
        for name in field_names.iter().chain(&attributes) {
            if let Some(v) = own.get(ts, name)? {
                set(ts, &copy, name, &v)?;
            }
        }
        for (k, v) in &changes {
            set(ts, &copy, k, v)?;
        }
        Ok(copy)
    }
}

fn fields_contain(ts: &ThreadState, changes: &[(Value, Value)], name: &Value) -> Result<bool> {
    for (k, _) in changes {
        if protocol::eq(ts, k, name)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Does the class have a default for the field?
fn optional(ts: &ThreadState, class: &Type, name: &Value) -> Result<bool> {
    let name = protocol::check_attr_name(ts, name)?;
    Ok(class.lookup(ts, &name).is_some())
}

/// Gives the fields that were left out their defaults: none, an empty list, `Load()`.
fn fill(ts: &ThreadState, slf: &Value, class: &Type, remaining: &[Value]) -> Result<()> {
    let types = protocol::getattr_opt_name(ts, &class.to_value(), "_field_types")?;
    let Some(types) = types.filter(|t| t.downcast::<Dict>().is_some()) else { return Ok(()) };
    for name in remaining {
        let ty = types.downcast::<Dict>().map(|d| d.get(ts, name)).transpose()?.flatten();
        let shown = || protocol::repr_lossy(ts, name);
        match ty {
            None => deprecated(
                ts,
                format!(
                    "Field {} is missing from {}._field_types. This will become an error in Python 3.15.",
                    shown()?,
                    class.short_name()
                ),
            )?,
            Some(t) if t.downcast::<Union>().is_some() => {}
            Some(t) if t.downcast::<GenericAlias>().is_some() => {
                set(ts, slf, name, &List::new(ts, Vec::new()).into_value())?;
            }
            Some(t) => {
                let classes = Classes::of(ts)?;
                if classes.named("expr_context").is_some_and(|c| c.as_value().is(&t)) {
                    let load = classes.singletons[super::Kind::Load as usize].clone();
                    set(ts, slf, name, &load.unwrap_or_else(Value::none))?;
                } else {
                    deprecated(
                        ts,
                        format!(
                            "{}.__init__ missing 1 required positional argument: {}. This will become an error in Python 3.15.",
                            class.short_name(),
                            shown()?
                        ),
                    )?;
                }
            }
        }
    }
    Ok(())
}

/// A node that the parser makes: attributes are set as they are, no `__init__` runs.
pub fn instance(ts: &ThreadState, class: &Ref<Type>) -> Value {
    heap::new_with_type(ts, class, Ast).into_value()
}
