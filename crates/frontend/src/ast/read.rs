//! Objects as trees. What is wrong with a single node is found here, what is wrong between nodes in
//! [`super::validate`].

use taipan_compile::ast::*;
use taipan_isa::Name as Text;
use taipan_isa::locations::Location;
use taipan_objects::list::List;
use taipan_objects::str::Str;
use taipan_objects::{Ref, Result, ThreadState, Value, int, protocol};

use super::schema::has_optional_end;
use super::{Classes, Kind, constant, validate};

/// The tree that an object stands for; `kind` is the class of program asked for.
pub fn from_object(ts: &ThreadState, v: &Value, kind: Kind) -> Result<Mod> {
    let reader = Reader { ts, classes: Classes::of(ts)? };
    if !reader.classes.is(ts, v, kind) {
        let wanted = super::NODES[kind as usize].name;
        return Err(ts.type_error(format!("expected {wanted} node, got {}", v.type_name(ts))));
    }
    let module = reader.module(v)?;
    validate::module(ts, &module)?;
    Ok(module)
}

struct Reader<'a> {
    ts: &'a ThreadState,
    classes: &'a Classes,
}

/// The fields of one node, by their number.
struct Fields<'r, 'a> {
    r: &'r Reader<'a>,
    node: &'r Value,
    kind: Kind,
}

type ReadFn<'a, T> = fn(&Reader<'a>, &Value) -> Result<Option<T>>;

impl<'a> Fields<'_, 'a> {
    fn field(&self, i: usize) -> (&Ref<Str>, &'static str) {
        let (key, field) = &self.r.classes.fields(self.kind)[i];
        (key, field.name)
    }
    fn class(&self) -> &'static str {
        super::NODES[self.kind as usize].name
    }
    /// The attribute, which must be there.
    fn given(&self, i: usize) -> Result<Value> {
        let (key, name) = self.field(i);
        match protocol::getattr_opt(self.r.ts, self.node, key)? {
            Some(v) => Ok(v),
            None => Err(self.r.missing(name, self.class())),
        }
    }
    /// A field that must be there and not None.
    fn one<T>(&self, i: usize, read: ReadFn<'a, T>) -> Result<T> {
        let v = self.given(i)?;
        match read(self.r, &v)? {
            Some(x) => Ok(x),
            None => {
                let (name, class) = (self.field(i).1, self.class());
                Err(self.r.ts.value_error(format!("field '{name}' is required for {class}")))
            }
        }
    }
    fn opt<T>(&self, i: usize, read: ReadFn<'a, T>) -> Result<Option<T>> {
        match protocol::getattr_opt(self.r.ts, self.node, self.field(i).0)? {
            Some(v) if !v.is_none() => read(self.r, &v),
            _ => Ok(None),
        }
    }
    fn opt_many<T>(&self, i: usize, read: ReadFn<'a, T>) -> Result<Vec<Option<T>>> {
        let (ts, name) = (self.r.ts, self.field(i).1);
        let Some(v) = protocol::getattr_opt(ts, self.node, self.field(i).0)? else { return Ok(Vec::new()) };
        let Some(list) = v.downcast::<List>() else {
            return Err(ts.type_error(format!(
                "{} field \"{name}\" must be a list, not a {}",
                self.class(),
                v.type_name(ts)
            )));
        };
        let n = list.len();
        let mut out = Vec::with_capacity(n);
        for at in 0..n {
            let Some(item) = list.get(at).filter(|_| list.len() == n) else {
                let text = format!("{} field \"{name}\" changed size during iteration", self.class());
                return Err(ts.runtime_error(text));
            };
            out.push(read(self.r, &item)?);
        }
        Ok(out)
    }
    fn many<T>(&self, i: usize, read: ReadFn<'a, T>) -> Result<Vec<T>> {
        let items: Option<Vec<T>> = self.opt_many(i, read)?.into_iter().collect();
        items.ok_or_else(|| {
            let what = match self.r.classes.fields(self.kind)[i].1.ty {
                "stmt" => "statement",
                "expr" => "expression",
                other => other,
            };
            self.r.ts.value_error(format!("None disallowed in {what} list"))
        })
    }

    fn expr(&self, i: usize) -> Result<Expr> {
        self.one(i, Reader::expr)
    }
    fn boxed(&self, i: usize) -> Result<Box<Expr>> {
        self.expr(i).map(Box::new)
    }
    fn opt_expr(&self, i: usize) -> Result<Option<Expr>> {
        self.opt(i, Reader::expr)
    }
    fn opt_boxed(&self, i: usize) -> Result<Option<Box<Expr>>> {
        Ok(self.opt_expr(i)?.map(Box::new))
    }
    fn exprs(&self, i: usize) -> Result<Vec<Expr>> {
        self.many(i, Reader::expr)
    }
    fn body(&self, i: usize) -> Result<Vec<Stmt>> {
        self.many(i, Reader::stmt)
    }
    fn patterns(&self, i: usize) -> Result<Vec<Pattern>> {
        self.many(i, Reader::pattern)
    }
    fn name(&self, i: usize) -> Result<Text> {
        self.one(i, Reader::identifier)
    }
    fn opt_name(&self, i: usize) -> Result<Option<Text>> {
        self.opt(i, Reader::identifier)
    }
    fn names(&self, i: usize) -> Result<Vec<Text>> {
        self.many(i, Reader::identifier)
    }
    fn comment(&self, i: usize) -> Result<Option<Text>> {
        self.opt(i, Reader::string)
    }
    fn int(&self, i: usize) -> Result<i32> {
        self.r.int(&self.given(i)?)
    }
    fn context(&self, i: usize) -> Result<Context> {
        let kind = self.r.sum(&self.given(i)?, "expr_context")?;
        Ok(match kind {
            Kind::Store => Context::Store,
            Kind::Del => Context::Del,
            _ => Context::Load,
        })
    }
    fn operator(&self, i: usize) -> Result<Operator> {
        Ok(match self.r.sum(&self.given(i)?, "operator")? {
            Kind::Add => Operator::Add,
            Kind::Sub => Operator::Sub,
            Kind::Mult => Operator::Mult,
            Kind::MatMult => Operator::MatMult,
            Kind::Div => Operator::Div,
            Kind::Mod => Operator::Mod,
            Kind::Pow => Operator::Pow,
            Kind::LShift => Operator::LShift,
            Kind::RShift => Operator::RShift,
            Kind::BitOr => Operator::BitOr,
            Kind::BitXor => Operator::BitXor,
            Kind::BitAnd => Operator::BitAnd,
            _ => Operator::FloorDiv,
        })
    }
    fn generators(&self, i: usize) -> Result<Vec<Comprehension>> {
        self.many(i, Reader::comprehension)
    }
    fn type_params(&self, i: usize) -> Result<Vec<TypeParam>> {
        self.many(i, Reader::type_param)
    }
    fn arguments(&self, i: usize) -> Result<Arguments> {
        self.one(i, Reader::arguments)
    }
}

impl<'a> Reader<'a> {
    fn fields<'r>(&'r self, node: &'r Value, kind: Kind) -> Fields<'r, 'a> {
        Fields { r: self, node, kind }
    }
    fn missing(&self, name: &str, class: &str) -> taipan_objects::Raised {
        self.ts.type_error(format!("required field \"{name}\" missing from {class}"))
    }
    fn guard(&self, what: &str) -> Result<()> {
        self.ts.recursion_guard(&format!(" while traversing '{what}' node"))
    }
    /// Which class below `base` the node is of.
    fn sum(&self, v: &Value, base: &str) -> Result<Kind> {
        match self.classes.kind(self.ts, v, base) {
            Some(k) => Ok(k),
            None => {
                let shown = protocol::repr_lossy(self.ts, v)?;
                Err(self.ts.type_error(format!("expected some sort of {base}, but got {shown}")))
            }
        }
    }

    fn int(&self, v: &Value) -> Result<i32> {
        if int::view(v).is_none() {
            let shown = protocol::repr_lossy(self.ts, v)?;
            return Err(self.ts.value_error(format!("invalid integer value: {shown}")));
        }
        int::to_i64(v)
            .and_then(|i| i32::try_from(i).ok())
            .ok_or_else(|| self.ts.overflow_error("Python int too large to convert to C int"))
    }
    fn text(&self, v: &Value) -> Option<Text> {
        let class = v.class(self.ts);
        v.downcast::<Str>().filter(|_| !class.is_heap_type()).map(|s| s.to_string_lossy().as_ref().into())
    }
    fn identifier(&self, v: &Value) -> Result<Option<Text>> {
        if v.is_none() {
            return Ok(None);
        }
        match self.text(v) {
            Some(t) => Ok(Some(t)),
            None => Err(self.ts.type_error("AST identifier must be of type str")),
        }
    }
    fn string(&self, v: &Value) -> Result<Option<Text>> {
        match self.text(v) {
            Some(t) => Ok(Some(t)),
            None => Err(self.ts.type_error("AST string must be of type str")),
        }
    }
    fn constant(&self, v: &Value) -> Result<Option<Const>> {
        constant::from_object(self.ts, v).map(Some)
    }

    fn position(&self, v: &Value, class: &str) -> Result<Location> {
        let [line, col, end_line, end_col] = &self.classes.position;
        let required = |key: &Ref<Str>, name| match protocol::getattr_opt(self.ts, v, key)? {
            Some(i) => self.int(&i),
            None => Err(self.missing(name, class)),
        };
        let (line, col) = (required(line, "lineno")?, required(col, "col_offset")?);
        let end = |key: &Ref<Str>, name, default| {
            if !has_optional_end(class) {
                return required(key, name);
            }
            match protocol::getattr_opt(self.ts, v, key)? {
                Some(i) if !i.is_none() => self.int(&i),
                _ => Ok(default),
            }
        };
        let end_line = end(end_line, "end_lineno", line)?;
        let end_col = end(end_col, "end_col_offset", col)?;
        Ok(Location { line, end_line, col, end_col })
    }

    fn module(&self, v: &Value) -> Result<Mod> {
        let kind = self.sum(v, "mod")?;
        let f = self.fields(v, kind);
        Ok(match kind {
            Kind::Module => {
                let body = f.body(0)?;
                f.opt_many(1, |_, _| Ok(Some(())))?;
                Mod::Module { body }
            }
            Kind::Interactive => Mod::Interactive { body: f.body(0)? },
            Kind::Expression => Mod::Expression { body: f.boxed(0)? },
            _ => Mod::FunctionType { argtypes: f.exprs(0)?, returns: f.boxed(1)? },
        })
    }

    fn stmt(&self, v: &Value) -> Result<Option<Stmt>> {
        if v.is_none() {
            return Ok(None);
        }
        self.guard("stmt")?;
        let loc = self.position(v, "stmt")?;
        let kind = self.sum(v, "stmt")?;
        let f = self.fields(v, kind);
        let kind = match kind {
            Kind::FunctionDef | Kind::AsyncFunctionDef => StmtKind::FunctionDef(Box::new(FunctionDef {
                is_async: kind == Kind::AsyncFunctionDef,
                name: f.name(0)?,
                args: f.arguments(1)?,
                body: f.body(2)?,
                decorators: f.exprs(3)?,
                returns: f.opt_expr(4)?,
                type_comment: f.comment(5)?,
                type_params: f.type_params(6)?,
            })),
            Kind::ClassDef => StmtKind::ClassDef(Box::new(ClassDef {
                name: f.name(0)?,
                bases: f.exprs(1)?,
                keywords: f.many(2, Reader::keyword)?,
                body: f.body(3)?,
                decorators: f.exprs(4)?,
                type_params: f.type_params(5)?,
            })),
            Kind::Return => StmtKind::Return(f.opt_boxed(0)?),
            Kind::Delete => StmtKind::Delete(f.exprs(0)?),
            Kind::Assign => {
                StmtKind::Assign { targets: f.exprs(0)?, value: f.boxed(1)?, type_comment: f.comment(2)? }
            }
            Kind::TypeAlias => {
                StmtKind::TypeAlias { name: f.boxed(0)?, type_params: f.type_params(1)?, value: f.boxed(2)? }
            }
            Kind::AugAssign => StmtKind::AugAssign { target: f.boxed(0)?, op: f.operator(1)?, value: f.boxed(2)? },
            Kind::AnnAssign => StmtKind::AnnAssign {
                target: f.boxed(0)?,
                annotation: f.boxed(1)?,
                value: f.opt_boxed(2)?,
                simple: f.int(3)? != 0,
            },
            Kind::For | Kind::AsyncFor => StmtKind::For(Box::new(For {
                is_async: kind == Kind::AsyncFor,
                target: f.expr(0)?,
                iter: f.expr(1)?,
                body: f.body(2)?,
                orelse: f.body(3)?,
                type_comment: f.comment(4)?,
            })),
            Kind::While => StmtKind::While { test: f.boxed(0)?, body: f.body(1)?, orelse: f.body(2)? },
            Kind::If => StmtKind::If { test: f.boxed(0)?, body: f.body(1)?, orelse: f.body(2)? },
            Kind::With | Kind::AsyncWith => StmtKind::With {
                is_async: kind == Kind::AsyncWith,
                items: f.many(0, Reader::withitem)?,
                body: f.body(1)?,
                type_comment: f.comment(2)?,
            },
            Kind::Match => StmtKind::Match { subject: f.boxed(0)?, cases: f.many(1, Reader::match_case)? },
            Kind::Raise => StmtKind::Raise { exc: f.opt_boxed(0)?, cause: f.opt_boxed(1)? },
            Kind::Try | Kind::TryStar => StmtKind::Try(Box::new(Try {
                is_star: kind == Kind::TryStar,
                body: f.body(0)?,
                handlers: f.many(1, Reader::handler)?,
                orelse: f.body(2)?,
                finalbody: f.body(3)?,
            })),
            Kind::Assert => StmtKind::Assert { test: f.boxed(0)?, msg: f.opt_boxed(1)? },
            Kind::Import => StmtKind::Import(f.many(0, Reader::alias)?),
            Kind::ImportFrom => {
                let (module, names) = (f.opt_name(0)?, f.many(1, Reader::alias)?);
                let level = f.opt(2, |r, v| r.int(v).map(Some))?.unwrap_or(0);
                if level < 0 {
                    return Err(self.ts.value_error("Negative ImportFrom level"));
                }
                StmtKind::ImportFrom { module, names, level: level as u32 }
            }
            Kind::Global => StmtKind::Global(f.names(0)?),
            Kind::Nonlocal => StmtKind::Nonlocal(f.names(0)?),
            Kind::Expr => StmtKind::Expr(f.boxed(0)?),
            Kind::Break => StmtKind::Break,
            Kind::Continue => StmtKind::Continue,
            _ => StmtKind::Pass,
        };
        Ok(Some(Stmt { kind, loc }))
    }

    fn expr(&self, v: &Value) -> Result<Option<Expr>> {
        if v.is_none() {
            return Ok(None);
        }
        self.guard("expr")?;
        let loc = self.position(v, "expr")?;
        let kind = self.sum(v, "expr")?;
        let f = self.fields(v, kind);
        let kind = match kind {
            Kind::BoolOp => {
                let op = match self.sum(&f.given(0)?, "boolop")? {
                    Kind::And => BoolOp::And,
                    _ => BoolOp::Or,
                };
                ExprKind::BoolOp { op, values: f.exprs(1)? }
            }
            Kind::NamedExpr => ExprKind::NamedExpr { target: f.boxed(0)?, value: f.boxed(1)? },
            Kind::BinOp => ExprKind::BinOp { left: f.boxed(0)?, op: f.operator(1)?, right: f.boxed(2)? },
            Kind::UnaryOp => {
                let op = match self.sum(&f.given(0)?, "unaryop")? {
                    Kind::Invert => UnaryOp::Invert,
                    Kind::Not => UnaryOp::Not,
                    Kind::UAdd => UnaryOp::UAdd,
                    _ => UnaryOp::USub,
                };
                ExprKind::UnaryOp { op, operand: f.boxed(1)? }
            }
            Kind::Lambda => ExprKind::Lambda { args: Box::new(f.arguments(0)?), body: f.boxed(1)? },
            Kind::IfExp => ExprKind::IfExp { test: f.boxed(0)?, body: f.boxed(1)?, orelse: f.boxed(2)? },
            Kind::Dict => ExprKind::Dict { keys: f.opt_many(0, Reader::expr)?, values: f.exprs(1)? },
            Kind::Set => ExprKind::Set(f.exprs(0)?),
            Kind::ListComp => ExprKind::ListComp { elt: f.boxed(0)?, generators: f.generators(1)? },
            Kind::SetComp => ExprKind::SetComp { elt: f.boxed(0)?, generators: f.generators(1)? },
            Kind::DictComp => {
                ExprKind::DictComp { key: f.boxed(0)?, value: f.boxed(1)?, generators: f.generators(2)? }
            }
            Kind::GeneratorExp => ExprKind::GeneratorExp { elt: f.boxed(0)?, generators: f.generators(1)? },
            Kind::Await => ExprKind::Await(f.boxed(0)?),
            Kind::Yield => ExprKind::Yield(f.opt_boxed(0)?),
            Kind::YieldFrom => ExprKind::YieldFrom(f.boxed(0)?),
            Kind::Compare => {
                ExprKind::Compare { left: f.boxed(0)?, ops: f.many(1, Reader::cmpop)?, comparators: f.exprs(2)? }
            }
            Kind::Call => {
                ExprKind::Call { func: f.boxed(0)?, args: f.exprs(1)?, keywords: f.many(2, Reader::keyword)? }
            }
            Kind::FormattedValue => ExprKind::FormattedValue {
                value: f.boxed(0)?,
                conversion: f.int(1)?,
                format_spec: f.opt_boxed(2)?,
            },
            Kind::Interpolation => ExprKind::Interpolation {
                value: f.boxed(0)?,
                str: f.one(1, Reader::constant)?,
                conversion: f.int(2)?,
                format_spec: f.opt_boxed(3)?,
            },
            Kind::JoinedStr => ExprKind::JoinedStr(f.exprs(0)?),
            Kind::TemplateStr => ExprKind::TemplateStr(f.exprs(0)?),
            Kind::Constant => {
                let value = f.one(0, Reader::constant)?;
                let unicode = f.comment(1)?.is_some_and(|k| &*k == "u");
                ExprKind::Constant { value, unicode }
            }
            Kind::Attribute => ExprKind::Attribute { value: f.boxed(0)?, attr: f.name(1)?, ctx: f.context(2)? },
            Kind::Subscript => {
                ExprKind::Subscript { value: f.boxed(0)?, slice: f.boxed(1)?, ctx: f.context(2)? }
            }
            Kind::Starred => ExprKind::Starred { value: f.boxed(0)?, ctx: f.context(1)? },
            Kind::Name => ExprKind::Name { id: f.name(0)?, ctx: f.context(1)? },
            Kind::List => ExprKind::List { elts: f.exprs(0)?, ctx: f.context(1)? },
            Kind::Tuple => ExprKind::Tuple { elts: f.exprs(0)?, ctx: f.context(1)? },
            _ => ExprKind::Slice { lower: f.opt_boxed(0)?, upper: f.opt_boxed(1)?, step: f.opt_boxed(2)? },
        };
        Ok(Some(Expr { kind, loc }))
    }

    fn cmpop(&self, v: &Value) -> Result<Option<CmpOp>> {
        Ok(Some(match self.sum(v, "cmpop")? {
            Kind::Eq => CmpOp::Eq,
            Kind::NotEq => CmpOp::NotEq,
            Kind::Lt => CmpOp::Lt,
            Kind::LtE => CmpOp::LtE,
            Kind::Gt => CmpOp::Gt,
            Kind::GtE => CmpOp::GtE,
            Kind::Is => CmpOp::Is,
            Kind::IsNot => CmpOp::IsNot,
            Kind::In => CmpOp::In,
            _ => CmpOp::NotIn,
        }))
    }
    fn comprehension(&self, v: &Value) -> Result<Option<Comprehension>> {
        self.guard("comprehension")?;
        let f = self.fields(v, Kind::comprehension);
        let (target, iter, ifs) = (f.expr(0)?, f.expr(1)?, f.exprs(2)?);
        Ok(Some(Comprehension { target, iter, ifs, is_async: f.int(3)? != 0 }))
    }
    fn handler(&self, v: &Value) -> Result<Option<ExceptHandler>> {
        self.guard("excepthandler")?;
        let loc = self.position(v, "excepthandler")?;
        let f = self.fields(v, self.sum(v, "excepthandler")?);
        Ok(Some(ExceptHandler { typ: f.opt_expr(0)?, name: f.opt_name(1)?, body: f.body(2)?, loc }))
    }
    fn arguments(&self, v: &Value) -> Result<Option<Arguments>> {
        self.guard("arguments")?;
        let f = self.fields(v, Kind::arguments);
        Ok(Some(Arguments {
            posonlyargs: f.many(0, Reader::arg)?,
            args: f.many(1, Reader::arg)?,
            vararg: f.opt(2, Reader::arg)?,
            kwonlyargs: f.many(3, Reader::arg)?,
            kw_defaults: f.opt_many(4, Reader::expr)?,
            kwarg: f.opt(5, Reader::arg)?,
            defaults: f.exprs(6)?,
        }))
    }
    fn arg(&self, v: &Value) -> Result<Option<Arg>> {
        let f = self.fields(v, Kind::arg);
        let (arg, annotation, type_comment) = (f.name(0)?, f.opt_boxed(1)?, f.comment(2)?);
        Ok(Some(Arg { arg, annotation, type_comment, loc: self.position(v, "arg")? }))
    }
    fn keyword(&self, v: &Value) -> Result<Option<Keyword>> {
        let f = self.fields(v, Kind::keyword);
        let (arg, value) = (f.opt_name(0)?, f.expr(1)?);
        Ok(Some(Keyword { arg, value, loc: self.position(v, "keyword")? }))
    }
    fn alias(&self, v: &Value) -> Result<Option<Alias>> {
        let f = self.fields(v, Kind::alias);
        let (name, asname) = (f.name(0)?, f.opt_name(1)?);
        Ok(Some(Alias { name, asname, loc: self.position(v, "alias")? }))
    }
    fn withitem(&self, v: &Value) -> Result<Option<WithItem>> {
        let f = self.fields(v, Kind::withitem);
        Ok(Some(WithItem { context_expr: f.expr(0)?, optional_vars: f.opt_expr(1)? }))
    }
    fn match_case(&self, v: &Value) -> Result<Option<MatchCase>> {
        self.guard("match_case")?;
        let f = self.fields(v, Kind::match_case);
        Ok(Some(MatchCase { pattern: f.one(0, Reader::pattern)?, guard: f.opt_expr(1)?, body: f.body(2)? }))
    }

    fn pattern(&self, v: &Value) -> Result<Option<Pattern>> {
        if v.is_none() {
            return Ok(None);
        }
        self.guard("pattern")?;
        let loc = self.position(v, "pattern")?;
        let kind = self.sum(v, "pattern")?;
        let f = self.fields(v, kind);
        let kind = match kind {
            Kind::MatchValue => PatternKind::MatchValue(f.boxed(0)?),
            Kind::MatchSingleton => PatternKind::MatchSingleton(f.one(0, Reader::constant)?),
            Kind::MatchSequence => PatternKind::MatchSequence(f.patterns(0)?),
            Kind::MatchMapping => {
                PatternKind::MatchMapping { keys: f.exprs(0)?, patterns: f.patterns(1)?, rest: f.opt_name(2)? }
            }
            Kind::MatchClass => PatternKind::MatchClass {
                cls: f.boxed(0)?,
                patterns: f.patterns(1)?,
                kwd_attrs: f.names(2)?,
                kwd_patterns: f.patterns(3)?,
            },
            Kind::MatchStar => PatternKind::MatchStar(f.opt_name(0)?),
            Kind::MatchAs => {
                let pattern = f.opt(0, Reader::pattern)?.map(Box::new);
                PatternKind::MatchAs { pattern, name: f.opt_name(1)? }
            }
            _ => PatternKind::MatchOr(f.patterns(0)?),
        };
        Ok(Some(Pattern { kind, loc }))
    }

    fn type_param(&self, v: &Value) -> Result<Option<TypeParam>> {
        self.guard("type_param")?;
        let loc = self.position(v, "type_param")?;
        let kind = self.sum(v, "type_param")?;
        let f = self.fields(v, kind);
        let name = f.name(0)?;
        let (kind, default) = match kind {
            Kind::TypeVar => (TypeParamKind::TypeVar { bound: f.opt_expr(1)? }, f.opt_expr(2)?),
            Kind::ParamSpec => (TypeParamKind::ParamSpec, f.opt_expr(1)?),
            _ => (TypeParamKind::TypeVarTuple, f.opt_expr(1)?),
        };
        Ok(Some(TypeParam { kind, name, default, loc }))
    }
}
