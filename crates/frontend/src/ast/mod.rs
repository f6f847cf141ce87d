//! `_ast`: the classes of syntax trees, and trees of objects to and from the compiler's own.

mod build;
mod class;
mod constant;
mod read;
mod repr;
pub mod schema;
mod validate;

pub use build::to_object;
pub use read::from_object;

use std::cell::OnceCell;

use taipan_compile::flags;
use taipan_objects::dict::Dict;
use taipan_objects::heap;
use taipan_objects::native::ModuleDef;
use taipan_objects::protocol::{self, BinaryOp};
use taipan_objects::str::Str;
use taipan_objects::tuple::Tuple;
use taipan_objects::typeobject::Type;
use taipan_objects::{Payload, Ref, Result, ThreadState, Value, generic_alias, int, module};

use class::Ast;
use schema::{Count, Field, KINDS, Kind, LOCATED, NODES, POSITION, SUMS};

/// The classes of one interpreter.
pub struct Classes {
    pub base: Ref<Type>,
    /// In the order of [`SUMS`].
    sums: Vec<Ref<Type>>,
    /// By [`Kind`].
    nodes: Vec<Ref<Type>>,
    fields: Vec<Vec<(Ref<Str>, Field)>>,
    position: [Ref<Str>; 4],
    /// The one node that the parser makes of a class without fields.
    singletons: Vec<Option<Value>>,
}

#[derive(Default)]
struct State(OnceCell<Classes>);

impl Classes {
    /// The classes, made when they are first asked for.
    pub fn of(ts: &ThreadState) -> Result<&Classes> {
        let cell = &ts.interp().extension::<State>().0;
        if let Some(c) = cell.get() {
            return Ok(c);
        }
        let classes = Classes::make(ts)?;
        Ok(cell.get_or_init(|| classes))
    }

    pub fn node(&self, kind: Kind) -> &Ref<Type> {
        &self.nodes[kind as usize]
    }
    pub fn fields(&self, kind: Kind) -> &[(Ref<Str>, Field)] {
        &self.fields[kind as usize]
    }
    /// An abstract class, or a class of its own, by name.
    pub fn named(&self, name: &str) -> Option<&Ref<Type>> {
        if let Some(i) = SUMS.iter().position(|s| s.0 == name) {
            return Some(&self.sums[i]);
        }
        NODES.iter().position(|n| n.name == name).map(|i| &self.nodes[i])
    }

    fn make(ts: &ThreadState) -> Result<Classes> {
        let base = Ast::class(ts);
        let names = |names: &[&str]| {
            Tuple::new(ts, names.iter().map(|n| Str::intern(ts, n).into_value()).collect()).into_value()
        };
        base.dict.set_name(ts, "__module__", Str::intern(ts, "ast").into_value());
        for n in ["_fields", "__match_args__", "_attributes"] {
            base.dict.set_name(ts, n, names(&[]));
        }
        base.modified(ts);

        let meta = Type::class(ts).into_value();
        let class = |name: &str, base: &Ref<Type>, dict: &Ref<Dict>| -> Result<Ref<Type>> {
            dict.set_name(ts, "__module__", Str::intern(ts, "ast").into_value());
            let bases = Tuple::new(ts, vec![base.as_value().clone()]).into_value();
            let made =
                protocol::call(ts, &meta, &[Str::intern(ts, name).into_value(), bases, dict.as_value().clone()])?;
            Ref::from_value(made).map_err(|_| ts.system_error("a class is not a type"))
        };
        let position = |dict: &Ref<Dict>, class: &str| {
            dict.set_name(ts, "_attributes", names(&POSITION));
            if schema::has_optional_end(class) {
                dict.set_name(ts, "end_lineno", Value::none());
                dict.set_name(ts, "end_col_offset", Value::none());
            }
        };

        let mut sums = Vec::new();
        for (name, located) in SUMS {
            let dict = Dict::new(ts);
            let gap = format!("\n{}| ", " ".repeat(name.len() + 1));
            let variants: Vec<String> = NODES.iter().filter(|n| n.base == *name).map(|n| n.doc()).collect();
            dict.set_name(ts, "__doc__", Str::new(ts, &format!("{name} = {}", variants.join(&gap))).into_value());
            dict.set_name(ts, "_attributes", names(&[]));
            if *located {
                position(&dict, name);
            }
            sums.push(class(name, &base, &dict)?);
        }
        let mut nodes = Vec::new();
        for node in NODES {
            let dict = Dict::new(ts);
            let fields: Vec<Field> = node.fields().collect();
            let field_names: Vec<&str> = fields.iter().map(|f| f.name).collect();
            dict.set_name(ts, "_fields", names(&field_names));
            dict.set_name(ts, "__match_args__", names(&field_names));
            dict.set_name(ts, "__doc__", Str::new(ts, &node.doc()).into_value());
            for f in fields.iter().filter(|f| f.count == Count::Optional) {
                dict.set_name(ts, f.name, Value::none());
            }
            if node.base == "AST" {
                dict.set_name(ts, "_attributes", names(&[]));
            }
            if LOCATED.contains(&node.name) {
                position(&dict, node.name);
            }
            let parent = SUMS.iter().position(|s| s.0 == node.base).map_or(&base, |i| &sums[i]);
            nodes.push(class(node.name, parent, &dict)?);
        }
        let intern = |n: &str| Str::intern(ts, n);
        let fields =
            NODES.iter().map(|n| n.fields().map(|f| (intern(f.name), f)).collect()).collect();
        let singletons = NODES
            .iter()
            .zip(&nodes)
            .map(|(n, c)| {
                let simple = matches!(n.base, "expr_context" | "boolop" | "operator" | "unaryop" | "cmpop");
                simple.then(|| heap::new_with_type(ts, c, Ast).into_value())
            })
            .collect();
        let classes = Classes { base, sums, nodes, fields, position: POSITION.map(intern), singletons };
        classes.set_field_types(ts)?;
        Ok(classes)
    }

    /// `_field_types` and annotations, which name other classes.
    fn set_field_types(&self, ts: &ThreadState) -> Result<()> {
        let list = module::builtin_get(ts, "list")?;
        for (node, class) in NODES.iter().zip(&self.nodes) {
            let types = Dict::new(ts);
            for f in node.fields() {
                let ty = match f.ty {
                    "identifier" | "string" => module::builtin_get(ts, "str")?,
                    "int" => module::builtin_get(ts, "int")?,
                    "constant" => module::builtin_get(ts, "object")?,
                    other => self.named(other).map_or_else(Value::none, |c| c.as_value().clone()),
                };
                let ty = match f.count {
                    Count::One => ty,
                    Count::Optional => protocol::binary_op(ts, BinaryOp::Or, &ty, &Value::none())?,
                    Count::Many => generic_alias::new(ts, &list, &ty)?,
                };
                types.set_name(ts, f.name, ty);
            }
            class.dict.set_name(ts, "_field_types", types.as_value().clone());
            class.dict.set_name(ts, "__annotations_cache__", types.into_value());
            class.modified(ts);
        }
        Ok(())
    }

    /// Is `v` a node of this kind, or of a subclass?
    pub fn is(&self, ts: &ThreadState, v: &Value, kind: Kind) -> bool {
        v.class(ts).is_subtype(self.node(kind))
    }
    /// The kind of node that `v` is, among those below the abstract class `base`.
    pub fn kind(&self, ts: &ThreadState, v: &Value, base: &str) -> Option<Kind> {
        let class = v.class(ts);
        let exact = self.nodes.iter().position(|n| n.is(class));
        let found = exact.filter(|i| NODES[*i].base == base).or_else(|| {
            (0..NODES.len()).find(|i| NODES[*i].base == base && class.is_subtype(&self.nodes[*i]))
        });
        found.map(|i| KINDS[i])
    }
}

/// Is `v` a tree?
pub fn is_node(ts: &ThreadState, v: &Value) -> bool {
    ts.interp().extension::<State>().0.get().is_some_and(|c| v.class(ts).is_subtype(&c.base))
}

pub static MODULE: ModuleDef = ModuleDef {
    name: "_ast",
    doc: "",
    functions: &[],
    init: Some(|ts, dict| {
        let classes = Classes::of(ts)?;
        dict.set_name(ts, "AST", classes.base.as_value().clone());
        for (s, c) in SUMS.iter().zip(&classes.sums) {
            dict.set_name(ts, s.0, c.as_value().clone());
        }
        for (n, c) in NODES.iter().zip(&classes.nodes) {
            dict.set_name(ts, n.name, c.as_value().clone());
        }
        for (name, value) in [
            ("PyCF_ALLOW_TOP_LEVEL_AWAIT", flags::PYCF_ALLOW_TOP_LEVEL_AWAIT),
            ("PyCF_ONLY_AST", flags::PYCF_ONLY_AST),
            ("PyCF_TYPE_COMMENTS", flags::PYCF_TYPE_COMMENTS),
            ("PyCF_OPTIMIZED_AST", flags::PYCF_OPTIMIZED_AST),
        ] {
            dict.set_name(ts, name, int::from_i64(ts, value as i64));
        }
        Ok(())
    }),
};
