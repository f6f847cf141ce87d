//! Expressions and what CPython answers, evaluated by a walk over the syntax tree: objects and native
//! modules without compiler and interpreter. `expressions.py` writes the expected answers.

use ruff_python_ast::{self as ast, Expr};
use taipan_objects::bytes::Bytes;
use taipan_objects::dict::Dict;
use taipan_objects::list::List;
use taipan_objects::native::Args;
use taipan_objects::protocol::{self, BinaryOp};
use taipan_objects::set::Set;
use taipan_objects::slice::Slice;
use taipan_objects::str::Str;
use taipan_objects::thread::{Config, Interp};
use taipan_objects::tuple::Tuple;
use taipan_objects::{CmpOp, Ref, Result, ThreadState, Value, float, ids, int, typeobject};

struct Evaluator<'a> {
    ts: &'a ThreadState,
    names: Ref<Dict>,
}

impl Evaluator<'_> {
    fn all(&self, items: &[Expr]) -> Result<Vec<Value>> {
        let mut out = Vec::new();
        for e in items {
            match e {
                Expr::Starred(s) => out.extend(protocol::collect(self.ts, &self.eval(&s.value)?)?),
                e => out.push(self.eval(e)?),
            }
        }
        Ok(out)
    }
    fn eval(&self, e: &Expr) -> Result<Value> {
        let ts = self.ts;
        Ok(match e {
            Expr::NumberLiteral(n) => match &n.value {
                ast::Number::Int(i) => match i.as_i64() {
                    Some(i) => int::from_i64(ts, i),
                    None => {
                        let text = Str::new(ts, &i.to_string()).into_value();
                        protocol::call(ts, &typeobject::builtin(ts, ids::INT).to_value(), &[text])?
                    }
                },
                ast::Number::Float(f) => float::new(ts, *f),
                ast::Number::Complex { .. } => Value::none(),
            },
            Expr::StringLiteral(s) => Str::new(ts, s.value.to_str()).into_value(),
            Expr::BytesLiteral(b) => Bytes::new(ts, &b.value.bytes().collect::<Vec<u8>>()).into_value(),
            Expr::BooleanLiteral(b) => Value::bool(b.value),
            Expr::NoneLiteral(_) => Value::none(),
            Expr::EllipsisLiteral(_) => Value::ellipsis(),
            Expr::Name(n) => match self.names.get_name(ts, n.id.as_str()) {
                Some(v) => v,
                None => return Err(ts.name_error(format!("name '{}' is not defined", n.id), &Value::none())),
            },
            Expr::List(l) => List::new(ts, self.all(&l.elts)?).into_value(),
            Expr::Tuple(t) => Tuple::new(ts, self.all(&t.elts)?).into_value(),
            Expr::Set(s) => {
                let new = Set::new(ts);
                for v in self.all(&s.elts)? {
                    new.data.add(ts, &v)?;
                }
                new.into_value()
            }
            Expr::Dict(d) => {
                let new = Dict::new(ts);
                for i in &d.items {
                    match &i.key {
                        Some(k) => new.set(ts, &self.eval(k)?, self.eval(&i.value)?)?,
                        None => new.update_from(ts, &self.eval(&i.value)?)?,
                    }
                }
                new.into_value()
            }
            Expr::Attribute(a) => protocol::getattr_name(ts, &self.eval(&a.value)?, a.attr.as_str())?,
            Expr::Subscript(s) => protocol::getitem(ts, &self.eval(&s.value)?, &self.eval(&s.slice)?)?,
            Expr::Slice(s) => {
                let part = |e: &Option<Box<Expr>>| e.as_ref().map_or_else(|| Ok(Value::none()), |e| self.eval(e));
                Slice::new(ts, part(&s.lower)?, part(&s.upper)?, part(&s.step)?).into_value()
            }
            Expr::UnaryOp(u) => {
                let v = self.eval(&u.operand)?;
                match u.op {
                    ast::UnaryOp::USub => protocol::negative(ts, &v)?,
                    ast::UnaryOp::UAdd => protocol::positive(ts, &v)?,
                    ast::UnaryOp::Invert => protocol::invert(ts, &v)?,
                    ast::UnaryOp::Not => Value::bool(!protocol::is_true(ts, &v)?),
                }
            }
            Expr::BinOp(b) => {
                use ast::Operator::*;
                let op = match b.op {
                    Add => BinaryOp::Add,
                    Sub => BinaryOp::Subtract,
                    Mult => BinaryOp::Multiply,
                    MatMult => BinaryOp::MatrixMultiply,
                    Div => BinaryOp::TrueDivide,
                    Mod => BinaryOp::Remainder,
                    Pow => BinaryOp::Power,
                    LShift => BinaryOp::LeftShift,
                    RShift => BinaryOp::RightShift,
                    BitOr => BinaryOp::Or,
                    BitXor => BinaryOp::Xor,
                    BitAnd => BinaryOp::And,
                    FloorDiv => BinaryOp::FloorDivide,
                };
                protocol::binary_op(ts, op, &self.eval(&b.left)?, &self.eval(&b.right)?)?
            }
            Expr::Compare(c) => {
                use ast::CmpOp::*;
                let (a, b) = (self.eval(&c.left)?, self.eval(&c.comparators[0])?);
                let op = match c.ops[0] {
                    Eq => CmpOp::Eq,
                    NotEq => CmpOp::Ne,
                    Lt => CmpOp::Lt,
                    LtE => CmpOp::Le,
                    Gt => CmpOp::Gt,
                    GtE => CmpOp::Ge,
                    Is => return Ok(Value::bool(a.is(&b))),
                    IsNot => return Ok(Value::bool(!a.is(&b))),
                    In => return Ok(Value::bool(protocol::contains(ts, &b, &a)?)),
                    NotIn => return Ok(Value::bool(!protocol::contains(ts, &b, &a)?)),
                };
                protocol::compare(ts, &a, &b, op)?
            }
            Expr::Named(n) => {
                let v = self.eval(&n.value)?;
                if let Expr::Name(target) = &*n.target {
                    self.names.set_name(ts, target.id.as_str(), v.clone());
                }
                v
            }
            Expr::Call(c) => {
                let positional = self.all(&c.arguments.args)?;
                let (mut names, mut values) = (Vec::new(), Vec::new());
                for k in &c.arguments.keywords {
                    if let Some(n) = &k.arg {
                        names.push(Str::intern(ts, n.as_str()).into_value());
                        values.push(self.eval(&k.value)?);
                    }
                }
                if let Expr::Name(n) = &*c.func
                    && let Some(v) = self.function(n.id.as_str(), &positional)
                {
                    return v;
                }
                let f = self.eval(&c.func)?;
                protocol::call_args(ts, &f, Args { positional: &positional, kw_names: &names, kw_values: &values })?
            }
            _ => return Err(ts.system_error("the evaluator does not know this expression")),
        })
    }
    /// The built-in functions that the cases use.
    fn function(&self, name: &str, args: &[Value]) -> Option<Result<Value>> {
        let ts = self.ts;
        Some(match (name, args) {
            ("len", [v]) => protocol::len(ts, v).map(|n| int::from_usize(ts, n)),
            ("repr", [v]) => protocol::repr(ts, v).map(Ref::into_value),
            ("hash", [v]) => protocol::hash(ts, v).map(|h| int::from_i64(ts, h)),
            ("iter", [v]) => protocol::get_iter(ts, v),
            ("next", [v]) => protocol::iter_next(ts, v).and_then(|n| n.ok_or_else(|| ts.stop_iteration(None))),
            ("isinstance", [v, c]) => protocol::is_instance(ts, v, c).map(Value::bool),
            ("issubclass", [v, c]) => protocol::is_subclass(ts, v, c).map(Value::bool),
            ("type", [v]) => Ok(v.class(ts).to_value()),
            ("bool", [v]) => protocol::is_true(ts, v).map(Value::bool),
            ("getattr", [v, n]) => protocol::getattr_value(ts, v, n),
            ("setitem", [o, k, v]) => protocol::setitem(ts, o, k, v).map(|()| Value::none()),
            ("delitem", [o, k]) => protocol::delitem(ts, o, k).map(|()| Value::none()),
            _ => return None,
        })
    }
    fn answer(&self, source: &str) -> String {
        let ts = self.ts;
        let parsed = match ruff_python_parser::parse_expression(source) {
            Ok(p) => p,
            Err(e) => return format!("cannot be parsed: {e}"),
        };
        let shown = self.eval(&parsed.syntax().body).and_then(|v| protocol::repr_lossy(ts, &v));
        shown.unwrap_or_else(|_| match ts.take_exception() {
            Some(e) => {
                let text = protocol::str_(ts, &e).map_or_else(|_| "?".into(), |s| s.to_string_lossy().into_owned());
                format!("!! {}: {text}", e.type_name(ts))
            }
            None => "raised nothing".into(),
        })
    }
}

const TYPES: &[(&str, u32)] = &[
    ("tuple", ids::TUPLE),
    ("list", ids::LIST),
    ("dict", ids::DICT),
    ("set", ids::SET),
    ("frozenset", ids::FROZENSET),
    ("range", ids::RANGE),
    ("slice", ids::SLICE),
    ("enumerate", ids::ENUMERATE),
    ("zip", ids::ZIP),
    ("map", ids::MAP),
    ("filter", ids::FILTER),
    ("reversed", ids::REVERSED),
    ("int", ids::INT),
    ("str", ids::STR),
    ("float", ids::FLOAT),
    ("bool", ids::BOOL),
    ("object", ids::OBJECT),
    ("mappingproxy", ids::MAPPINGPROXY),
    ("SimpleNamespace", ids::SIMPLE_NAMESPACE),
    ("GenericAlias", ids::GENERIC_ALIAS),
    ("Union", ids::UNION),
    ("TypeVar", ids::TYPEVAR),
    ("ParamSpec", ids::PARAMSPEC),
    ("TypeVarTuple", ids::TYPEVARTUPLE),
    ("TypeAliasType", ids::TYPEALIAS),
];

#[test]
fn expressions_are_answered_as_in_cpython() {
    let interp = Interp::new(Config::default());
    let ts = ThreadState::new(&interp, 0);
    let previous = ts.enter();
    taipan_objects::start::start(&ts);
    let names = Dict::new(&ts);
    for (name, id) in TYPES {
        names.set_name(&ts, name, typeobject::builtin(&ts, *id).to_value());
    }
    names.set_name(&ts, "NotImplemented", Value::not_implemented());
    let array = taipan_objects::module::Module::from_def(&ts, &taipan_stdlib::array::MODULE).expect("array");
    names.set_name(&ts, "array", array.dict.get_name(&ts, "array").expect("class"));
    let builtins = taipan_objects::module::Module::new(&ts, "builtins", None);
    for (name, _) in TYPES {
        builtins.dict.set_name(&ts, name, names.get_name(&ts, name).expect("type"));
    }
    let _ = interp.builtins.set(builtins.into_value());
    let evaluator = Evaluator { ts: &ts, names };
    let mut wrong = 0;
    for line in include_str!("expressions.txt").lines() {
        let Some((source, expected)) = line.split_once(" ==> ") else { continue };
        let got = evaluator.answer(source);
        if got != expected {
            wrong += 1;
            eprintln!("{source}\n   expected {expected}\n   got      {got}");
        }
    }
    drop(evaluator);
    ThreadState::leave(previous);
    std::mem::forget((ts, interp));
    assert_eq!(wrong, 0, "wrong answers");
}
