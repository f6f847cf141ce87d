//! The node classes: names, bases and fields, in the notation of Python's abstract grammar.

/// How often a field's type occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    One,
    Optional,
    Many,
}

/// A field of a node.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub name: &'static str,
    pub ty: &'static str,
    pub count: Count,
}

/// A class that nodes are made of.
pub struct Node {
    pub name: &'static str,
    /// The abstract class it belongs to; `AST` for the classes that stand for themselves.
    pub base: &'static str,
    text: &'static str,
}

impl Node {
    pub fn fields(&self) -> impl Iterator<Item = Field> {
        self.text.split(", ").filter(|f| !f.is_empty()).map(|f| {
            let (ty, name) = f.split_once(' ').expect("a type and a name");
            let (ty, count) = match ty.strip_suffix('*') {
                Some(t) => (t, Count::Many),
                None => ty.strip_suffix('?').map_or((ty, Count::One), |t| (t, Count::Optional)),
            };
            Field { name, ty: ty.trim_end_matches('?'), count }
        })
    }
    /// As the class's docstring shows it.
    pub fn doc(&self) -> String {
        if self.text.is_empty() { self.name.to_string() } else { format!("{}({})", self.name, self.text) }
    }
}

/// Abstract classes and whether their nodes have positions.
pub static SUMS: &[(&str, bool)] = &[
    ("mod", false),
    ("stmt", true),
    ("expr", true),
    ("expr_context", false),
    ("boolop", false),
    ("operator", false),
    ("unaryop", false),
    ("cmpop", false),
    ("excepthandler", true),
    ("pattern", true),
    ("type_ignore", false),
    ("type_param", true),
];

/// The classes directly below `AST` whose nodes have positions.
pub static LOCATED: &[&str] = &["arg", "keyword", "alias"];

/// The attributes that hold a position.
pub static POSITION: [&str; 4] = ["lineno", "col_offset", "end_lineno", "end_col_offset"];

/// Classes whose nodes may do without the end of their position.
pub fn has_optional_end(class: &str) -> bool {
    matches!(class, "stmt" | "expr" | "excepthandler" | "arg" | "keyword" | "alias")
}

macro_rules! nodes {
    ($($base:literal { $($name:ident $text:literal)* })*) => {
        /// The node classes.
        #[allow(non_camel_case_types)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind { $($($name,)*)* }

        /// By [`Kind`].
        pub static NODES: &[Node] = &[$($(Node { name: stringify!($name), base: $base, text: $text },)*)*];
        pub static KINDS: &[Kind] = &[$($(Kind::$name,)*)*];
    };
}

nodes! {
    "mod" {
        Module "stmt* body, type_ignore* type_ignores"
        Interactive "stmt* body"
        Expression "expr body"
        FunctionType "expr* argtypes, expr returns"
    }
    "stmt" {
        FunctionDef "identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment, type_param* type_params"
        AsyncFunctionDef "identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment, type_param* type_params"
        ClassDef "identifier name, expr* bases, keyword* keywords, stmt* body, expr* decorator_list, type_param* type_params"
        Return "expr? value"
        Delete "expr* targets"
        Assign "expr* targets, expr value, string? type_comment"
        TypeAlias "expr name, type_param* type_params, expr value"
        AugAssign "expr target, operator op, expr value"
        AnnAssign "expr target, expr annotation, expr? value, int simple"
        For "expr target, expr iter, stmt* body, stmt* orelse, string? type_comment"
        AsyncFor "expr target, expr iter, stmt* body, stmt* orelse, string? type_comment"
        While "expr test, stmt* body, stmt* orelse"
        If "expr test, stmt* body, stmt* orelse"
        With "withitem* items, stmt* body, string? type_comment"
        AsyncWith "withitem* items, stmt* body, string? type_comment"
        Match "expr subject, match_case* cases"
        Raise "expr? exc, expr? cause"
        Try "stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody"
        TryStar "stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody"
        Assert "expr test, expr? msg"
        Import "alias* names"
        ImportFrom "identifier? module, alias* names, int? level"
        Global "identifier* names"
        Nonlocal "identifier* names"
        Expr "expr value"
        Pass ""
        Break ""
        Continue ""
    }
    "expr" {
        BoolOp "boolop op, expr* values"
        NamedExpr "expr target, expr value"
        BinOp "expr left, operator op, expr right"
        UnaryOp "unaryop op, expr operand"
        Lambda "arguments args, expr body"
        IfExp "expr test, expr body, expr orelse"
        Dict "expr?* keys, expr* values"
        Set "expr* elts"
        ListComp "expr elt, comprehension* generators"
        SetComp "expr elt, comprehension* generators"
        DictComp "expr key, expr value, comprehension* generators"
        GeneratorExp "expr elt, comprehension* generators"
        Await "expr value"
        Yield "expr? value"
        YieldFrom "expr value"
        Compare "expr left, cmpop* ops, expr* comparators"
        Call "expr func, expr* args, keyword* keywords"
        FormattedValue "expr value, int conversion, expr? format_spec"
        Interpolation "expr value, constant str, int conversion, expr? format_spec"
        JoinedStr "expr* values"
        TemplateStr "expr* values"
        Constant "constant value, string? kind"
        Attribute "expr value, identifier attr, expr_context ctx"
        Subscript "expr value, expr slice, expr_context ctx"
        Starred "expr value, expr_context ctx"
        Name "identifier id, expr_context ctx"
        List "expr* elts, expr_context ctx"
        Tuple "expr* elts, expr_context ctx"
        Slice "expr? lower, expr? upper, expr? step"
    }
    "expr_context" { Load "" Store "" Del "" }
    "boolop" { And "" Or "" }
    "operator" {
        Add "" Sub "" Mult "" MatMult "" Div "" Mod "" Pow "" LShift "" RShift "" BitOr "" BitXor "" BitAnd ""
        FloorDiv ""
    }
    "unaryop" { Invert "" Not "" UAdd "" USub "" }
    "cmpop" { Eq "" NotEq "" Lt "" LtE "" Gt "" GtE "" Is "" IsNot "" In "" NotIn "" }
    "AST" { comprehension "expr target, expr iter, expr* ifs, int is_async" }
    "excepthandler" { ExceptHandler "expr? type, identifier? name, stmt* body" }
    "AST" {
        arguments "arg* posonlyargs, arg* args, arg? vararg, arg* kwonlyargs, expr?* kw_defaults, arg? kwarg, expr* defaults"
        arg "identifier arg, expr? annotation, string? type_comment"
        keyword "identifier? arg, expr value"
        alias "identifier name, identifier? asname"
        withitem "expr context_expr, expr? optional_vars"
        match_case "pattern pattern, expr? guard, stmt* body"
    }
    "pattern" {
        MatchValue "expr value"
        MatchSingleton "constant value"
        MatchSequence "pattern* patterns"
        MatchMapping "expr* keys, pattern* patterns, identifier? rest"
        MatchClass "expr cls, pattern* patterns, identifier* kwd_attrs, pattern* kwd_patterns"
        MatchStar "identifier? name"
        MatchAs "pattern? pattern, identifier? name"
        MatchOr "pattern* patterns"
    }
    "type_ignore" { TypeIgnore "int lineno, string tag" }
    "type_param" {
        TypeVar "identifier name, expr? bound, expr? default_value"
        ParamSpec "identifier name, expr? default_value"
        TypeVarTuple "identifier name, expr? default_value"
    }
}
