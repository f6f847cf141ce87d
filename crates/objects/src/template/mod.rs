//! Template strings: `t"…"` makes a [`Template`] of texts and [`Interpolation`]s.

use crate::dict::Dict;
use crate::generic_alias;
use crate::heap::{self, GilCell, Ref};
use crate::ids;
use crate::module;
use crate::native::Args;
use crate::protocol;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::{Result, Value};
use std::cell::Cell;
use taipan_macros::class;

/// One text more than there are interpolations.
pub struct Template {
    pub strings: Ref<Tuple>,
    pub interpolations: Ref<Tuple>,
}

pub struct Interpolation {
    pub value: Value,
    pub expression: Ref<Str>,
    /// `None` or one of "s", "r", "a".
    pub conversion: Value,
    pub format_spec: Ref<Str>,
}

pub struct TemplateIter {
    template: GilCell<Option<Ref<Template>>>,
    /// Twice the index, odd for interpolations.
    step: Cell<usize>,
}

crate::payload!(Template, id = ids::TEMPLATE, container, traverse = |s, visit| {
    visit(s.strings.as_value());
    visit(s.interpolations.as_value())
});
crate::payload!(Interpolation, id = ids::INTERPOLATION, container, traverse = |s, visit| visit(&s.value));
crate::payload!(TemplateIter, id = ids::TEMPLATE_ITERATOR, container, traverse = |s, visit| s.template.read(|t| if let Some(t) = t { visit(t.as_value()) }));

impl Template {
    /// From the parts of the instruction: texts (one more) and interpolations.
    pub fn new(ts: &ThreadState, strings: Ref<Tuple>, interpolations: Ref<Tuple>) -> Ref<Template> {
        heap::new(ts, Template { strings, interpolations })
    }
    /// From texts and interpolations in any order: texts in a row become one, missing ones are empty.
    pub fn from_parts(ts: &ThreadState, parts: &[Value]) -> Result<Ref<Template>> {
        let mut strings: Vec<Value> = Vec::new();
        let mut interpolations = Vec::new();
        let mut pending: Option<Ref<Str>> = None;
        for v in parts {
            if let Some(s) = v.as_str() {
                pending = Some(match pending {
                    Some(p) => Str::concat_owned(ts, p, s),
                    None => s.to_ref(),
                });
            } else if v.is_instance_of::<Interpolation>() {
                strings.push(pending.take().unwrap_or_else(|| Str::empty(ts)).into_value());
                interpolations.push(v.clone());
            } else {
                let message = "Template.__new__ *args need to be of type 'str' or 'Interpolation', got ";
                return Err(ts.type_error(format!("{message}{}", v.type_name(ts))));
            }
        }
        strings.push(pending.unwrap_or_else(|| Str::empty(ts)).into_value());
        Ok(Template::new(ts, Tuple::new(ts, strings), Tuple::new(ts, interpolations)))
    }
    fn concat(ts: &ThreadState, a: &Template, b: &Template) -> Ref<Template> {
        let (x, y) = (a.strings.items(), b.strings.items());
        let mut strings = x[..x.len() - 1].to_vec();
        let joint = match (x.last().and_then(Value::as_str), y.first().and_then(Value::as_str)) {
            (Some(l), Some(r)) => Str::concat(ts, l, r),
            _ => Str::empty(ts),
        };
        strings.push(joint.into_value());
        strings.extend_from_slice(&y[1..]);
        let interpolations = [a.interpolations.items(), b.interpolations.items()].concat();
        Template::new(ts, Tuple::new(ts, strings), Tuple::new(ts, interpolations))
    }
}

#[class(name = "Template", module = "string.templatelib", final)]
/// Template object
impl Template {
    #[slot(new)]
    fn tp_new(ts: &ThreadState, _cls: &Value, args: Args<'_>) -> Result<Value> {
        if args.has_keywords() {
            return Err(ts.type_error("Template.__new__ only accepts *args arguments"));
        }
        Ok(Template::from_parts(ts, args.positional)?.into_value())
    }
    #[slot(repr)]
    fn tp_repr(&self, ts: &ThreadState) -> Result<Value> {
        let strings = protocol::repr(ts, self.strings.as_value())?;
        let interpolations = protocol::repr(ts, self.interpolations.as_value())?;
        let pieces: [&[u8]; 5] =
            [b"Template(strings=", strings.bytes(), b", interpolations=", interpolations.bytes(), b")"];
        Ok(Str::from_pieces(ts, &pieces).into_value())
    }
    #[slot(iter)]
    fn tp_iter(ts: &ThreadState, slf: &Value) -> Result<Value> {
        let template = slf.downcast_ref::<Template>().cloned();
        Ok(heap::new(ts, TemplateIter { template: GilCell::new(template), step: Cell::new(0) }).into_value())
    }
    #[slot(concat)]
    fn sq_concat(&self, ts: &ThreadState, other: &Value) -> Result<Value> {
        match other.downcast::<Template>() {
            Some(o) => Ok(Template::concat(ts, self, o).into_value()),
            None => Err(ts.type_error(format!(
                "can only concatenate string.templatelib.Template (not \"{}\") to string.templatelib.Template",
                other.type_name(ts)
            ))),
        }
    }
    /// Strings
    #[getter(member)]
    fn strings(&self) -> Ref<Tuple> {
        self.strings.clone()
    }
    /// Interpolations
    #[getter(member)]
    fn interpolations(&self) -> Ref<Tuple> {
        self.interpolations.clone()
    }
    /// Values of interpolations
    #[getter]
    fn values(&self, ts: &ThreadState) -> Ref<Tuple> {
        let values = self.interpolations.items().iter().filter_map(|v| v.downcast::<Interpolation>());
        Tuple::new(ts, values.map(|i| i.value.clone()).collect())
    }
    #[method("__reduce__($self, /)")]
    fn reduce(&self, ts: &ThreadState) -> Result<Value> {
        let module = module::import(ts, "string.templatelib")?;
        let unpickle = protocol::getattr_name(ts, &module, "_template_unpickle")?;
        let args = [self.strings.as_value().clone(), self.interpolations.as_value().clone()];
        Ok(Tuple::from_array(ts, [unpickle, Tuple::from_array(ts, args).into_value()]).into_value())
    }
    /// Template supports [] for generic usage
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(cls: &Value, ts: &ThreadState, object: &Value) -> Result<Value> {
        generic_alias::new(ts, cls, object)
    }
}

impl Interpolation {
    pub fn new(ts: &ThreadState, value: Value, expression: Ref<Str>, conversion: Option<u8>, format_spec: Ref<Str>) -> Ref<Interpolation> {
        let conversion = conversion.map_or_else(Value::none, |c| Str::latin1(ts, c).into_value());
        heap::new(ts, Interpolation { value, expression, conversion, format_spec })
    }
}

fn match_args(ts: &ThreadState, dict: &Dict) -> Result<()> {
    let names = ["value", "expression", "conversion", "format_spec"].map(|n| Str::intern(ts, n).into_value());
    dict.set_name(ts, "__match_args__", Tuple::from_array(ts, names).into_value());
    Ok(())
}

#[class(name = "Interpolation", module = "string.templatelib", final, fill = match_args)]
/// Interpolation object
impl Interpolation {
    #[new("(value, expression='', conversion=None, format_spec='')")]
    fn tp_new(
        _cls: &Value,
        ts: &ThreadState,
        value: Value,
        #[default(None)] expression: Option<&Ref<Str>>,
        conversion: Option<&Value>,
        #[default(None)] format_spec: Option<&Ref<Str>>,
    ) -> Result<Value> {
        let conversion = match conversion {
            None => None,
            Some(c) => match c.as_str().map(|s| s.bytes()) {
                Some([b @ (b's' | b'r' | b'a')]) => Some(*b),
                Some(_) => {
                    return Err(ts.value_error("Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'"));
                }
                None => {
                    let name = c.type_name(ts);
                    return Err(ts.type_error(format!("Interpolation() argument 'conversion' must be str, not {name}")));
                }
            },
        };
        let text = |s: Option<&Ref<Str>>| s.cloned().unwrap_or_else(|| Str::empty(ts));
        Ok(Interpolation::new(ts, value, text(expression), conversion, text(format_spec)).into_value())
    }
    #[slot(repr)]
    fn tp_repr(&self, ts: &ThreadState) -> Result<Value> {
        let all = [&self.value, self.expression.as_value(), &self.conversion, self.format_spec.as_value()];
        let mut out = b"Interpolation(".to_vec();
        for (i, v) in all.into_iter().enumerate() {
            if i > 0 {
                out.extend_from_slice(b", ");
            }
            out.extend_from_slice(protocol::repr(ts, v)?.bytes());
        }
        out.push(b')');
        Ok(Str::from_wtf8(ts, out).into_value())
    }
    /// Value
    #[getter(member)]
    fn value(&self) -> Value {
        self.value.clone()
    }
    /// Expression
    #[getter(member)]
    fn expression(&self) -> Ref<Str> {
        self.expression.clone()
    }
    /// Conversion
    #[getter(member)]
    fn conversion(&self) -> Value {
        self.conversion.clone()
    }
    /// Format specifier
    #[getter(member)]
    fn format_spec(&self) -> Ref<Str> {
        self.format_spec.clone()
    }
    /// __reduce__() -> (cls, state)
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Result<Value> {
        let class = slf.class(ts).to_value();
        let Some(i) = slf.downcast::<Interpolation>() else { return Ok(Value::none()) };
        let state = [i.value.clone(), i.expression.as_value().clone(), i.conversion.clone(), i.format_spec.as_value().clone()];
        Ok(Tuple::from_array(ts, [class, Tuple::from_array(ts, state).into_value()]).into_value())
    }
    /// Interpolations are generic over the types of their values
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(cls: &Value, ts: &ThreadState, object: &Value) -> Result<Value> {
        generic_alias::new(ts, cls, object)
    }
}

#[class(name = "TemplateIter", module = "string.templatelib", final, no_new)]
/// Template iterator object
impl TemplateIter {
    #[slot(iter)]
    fn tp_iter(_ts: &ThreadState, slf: &Value) -> Result<Value> {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn tp_next(&self, _ts: &ThreadState) -> Result<Option<Value>> {
        let Some(t) = self.template.get() else { return Ok(None) };
        loop {
            let step = self.step.get();
            self.step.set(step + 1);
            let row = if step % 2 == 0 { &t.strings } else { &t.interpolations };
            match row.get(step / 2) {
                // Empty texts are not shown.
                Some(v) if step % 2 == 0 && v.as_str().is_some_and(Str::is_empty) => {}
                Some(v) => return Ok(Some(v.clone())),
                None => {
                    self.template.set(None);
                    return Ok(None);
                }
            }
        }
    }
}
