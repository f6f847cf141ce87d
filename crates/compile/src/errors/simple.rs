//! Simple statements.

use super::node::{N, Sort, Targets};
use super::parser::{Parser, Rule, Sym};

const AUGMENTED: [&str; 13] = ["+=", "-=", "*=", "@=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", "**=", "//="];

impl Parser {
    fn done(&self, start: usize) -> Option<N> {
        if self.stopped() { None } else { Some(self.node(start, Sort::Other, Vec::new())) }
    }

    pub fn simple_stmts(&mut self) -> Option<N> {
        let start = self.pos;
        self.separated(";", Parser::simple_stmt)?;
        self.op(";");
        self.sym(Sym::Newline)?;
        self.done(start)
    }

    pub fn simple_stmt(&mut self) -> Option<N> {
        self.memo(Rule::SimpleStmt, |p| {
            if let Some(n) = p.alt(Parser::assignment) {
                return Some(n);
            }
            if p.ahead(|p| p.soft("type"))
                && let Some(n) = p.alt(Parser::type_alias)
            {
                return Some(n);
            }
            if let Some(n) = p.alt(Parser::star_expressions) {
                return Some(n);
            }
            let start = p.pos;
            let keyword = match p.peek() {
                Some(t) if t.sym == Sym::Keyword => t.text.clone(),
                _ => return None,
            };
            p.alt(|p| {
                match &*keyword {
                    "return" => {
                        p.op("return")?;
                        p.alt(Parser::star_expressions);
                    }
                    "import" | "from" => {
                        p.import()?;
                    }
                    "raise" => {
                        p.op("raise")?;
                        p.alt(|p| {
                            p.expression()?;
                            p.alt(|p| {
                                p.op("from")?;
                                p.expression()
                            });
                            Some(())
                        });
                    }
                    "pass" | "break" | "continue" => {
                        p.op(&keyword)?;
                    }
                    "del" => p.delete()?,
                    "yield" => {
                        p.yield_expr()?;
                    }
                    "assert" => {
                        p.op("assert")?;
                        p.expression()?;
                        p.alt(|p| {
                            p.op(",")?;
                            p.expression()
                        });
                    }
                    "global" | "nonlocal" => {
                        p.op(&keyword)?;
                        p.separated(",", Parser::name)?;
                    }
                    _ => return None,
                }
                p.done(start)
            })
        })
    }

    fn delete(&mut self) -> Option<()> {
        let plain = self.alt(|p| {
            p.op("del")?;
            p.del_targets()?;
            if p.at_op(";") || p.at_sym(Sym::Newline) { Some(()) } else { None }
        });
        if plain.is_none() && self.invalid {
            self.alt(|p| {
                p.op("del")?;
                let a = p.star_expressions()?;
                p.raise_invalid_target::<()>(Targets::Delete, &a)
            });
        }
        plain
    }

    fn assignment(&mut self) -> Option<N> {
        let start = self.pos;
        let annotation = |p: &mut Parser| {
            p.op(":")?;
            p.expression()?;
            p.alt(|p| {
                p.op("=")?;
                p.yield_or_expressions()
            });
            p.done(start)
        };
        let annotated = self.alt(|p| {
            p.name()?;
            annotation(p)
        });
        let annotated = annotated.or_else(|| {
            self.alt(|p| {
                p.annotated_target()?;
                annotation(p)
            })
        });
        if annotated.is_some() {
            return annotated;
        }
        let plain = self.alt(|p| {
            p.some(|p| {
                p.star_targets()?;
                p.op("=")
            })?;
            p.yield_or_expressions()?;
            if p.at_op("=") { None } else { p.done(start) }
        });
        if plain.is_some() {
            return plain;
        }
        let augmented = self.ahead(|p| {
            p.single_target()?;
            p.ops(&AUGMENTED)
        });
        if augmented {
            self.single_target()?;
            self.ops(&AUGMENTED)?;
            self.yield_or_expressions()?;
            return self.done(start);
        }
        if self.invalid {
            self.invalid_assignment();
        }
        None
    }

    fn display_target(&mut self) -> Option<N> {
        self.alt(Parser::list).or_else(|| self.alt(Parser::tuple)).or_else(|| {
            self.alt(|p| {
                p.op("(")?;
                let t = p.display_target()?;
                p.op(")")?;
                Some(t)
            })
        })
    }
    fn targets_before(&mut self) {
        self.many(|p| {
            p.star_targets()?;
            p.op("=")
        });
    }
    fn invalid_assignment(&mut self) {
        self.alt(|p| {
            let a = p.display_target()?;
            p.op(":")?;
            p.expression()?;
            p.raise_at::<()>(&a, format!("only single target (not {}) can be annotated", a.describe()))
        });
        self.alt(|p| {
            let a = p.star_named_expression()?;
            p.op(",")?;
            p.many(|p| p.star_named_expressions()?.pop());
            p.op(":")?;
            p.expression()?;
            p.raise_at::<()>(&a, "only single target (not tuple) can be annotated")
        });
        self.alt(|p| {
            let a = p.expression()?;
            p.op(":")?;
            p.expression()?;
            p.raise_at::<()>(&a, "illegal target for annotation")
        });
        let wrong = self.alt(|p| {
            p.targets_before();
            let a = p.star_expressions()?;
            p.op("=")?;
            Some(a)
        });
        if let Some(a) = wrong {
            self.raise_invalid_target::<()>(Targets::Assign, &a);
            return;
        }
        self.alt(|p| {
            p.targets_before();
            let a = p.yield_expr()?;
            p.op("=")?;
            p.raise_at::<()>(&a, "assignment to yield expression not possible")
        });
        self.alt(|p| {
            let a = p.star_expressions()?;
            p.ops(&AUGMENTED)?;
            p.yield_or_expressions()?;
            let what = a.describe();
            p.raise_at::<()>(&a, format!("'{what}' is an illegal expression for augmented assignment"))
        });
    }

    fn type_alias(&mut self) -> Option<N> {
        let start = self.pos;
        self.soft("type")?;
        self.name()?;
        self.alt(Parser::type_params);
        self.op("=")?;
        self.expression()?;
        self.done(start)
    }

    pub fn type_params(&mut self) -> Option<N> {
        let start = self.pos;
        if self.invalid {
            self.alt(|p| {
                p.op("[")?;
                let a = p.op("]")?;
                p.raise_from::<()>(&a, "Type parameter list cannot be empty")
            });
        }
        self.op("[")?;
        self.separated(",", Parser::type_param)?;
        self.op(",");
        self.op("]")?;
        self.done(start)
    }
    fn type_param(&mut self) -> Option<N> {
        self.memo(Rule::TypeParam, |p| {
            let start = p.pos;
            let default = |p: &mut Parser, starred: bool| {
                p.alt(|p| {
                    p.op("=")?;
                    if starred { p.star_annotation_expression() } else { p.expression() }
                });
            };
            let variable = p.alt(|p| {
                p.name()?;
                p.alt(|p| {
                    p.op(":")?;
                    p.expression()
                });
                default(p, false);
                p.done(start)
            });
            if variable.is_some() {
                return variable;
            }
            for (stars, kind) in [("*", "TypeVarTuple"), ("**", "ParamSpec")] {
                if p.invalid {
                    p.alt(|p| {
                        p.op(stars)?;
                        p.name()?;
                        let colon = p.op(":")?;
                        let e = p.expression()?;
                        let what = if e.sort == Sort::Tuple { "constraints" } else { "bound" };
                        p.raise_from::<()>(&colon, format!("cannot use {what} with {kind}"))
                    });
                }
                let found = p.alt(|p| {
                    p.op(stars)?;
                    p.name()?;
                    default(p, stars == "*");
                    p.done(start)
                });
                if found.is_some() {
                    return found;
                }
            }
            None
        })
    }

    fn dotted_name(&mut self) -> Option<N> {
        let start = self.pos;
        self.separated(".", Parser::name)?;
        self.done(start)
    }
    fn import(&mut self) -> Option<()> {
        if self.invalid {
            self.alt(|p| {
                let a = p.op("import")?;
                p.separated(",", Parser::dotted_name)?;
                p.op("from")?;
                p.dotted_name()?;
                p.raise_from::<()>(&a, "Did you mean to use 'from ... import ...' instead?")
            });
            self.alt(|p| {
                p.op("import")?;
                p.missing_names()
            });
        }
        if self.op("import").is_some() {
            self.separated(",", |p| p.alias(Parser::dotted_name))?;
            return Some(());
        }
        self.op("from")?;
        let dots = self.many(|p| p.ops(&[".", "..."]));
        let named = self.alt(Parser::dotted_name);
        if named.is_none() && dots.is_empty() {
            return None;
        }
        self.op("import")?;
        self.import_targets()
    }
    fn missing_names(&mut self) -> Option<()> {
        let a = self.sym(Sym::Newline)?;
        self.raise_from(&a, "Expected one or more names after 'import'")
    }
    fn import_targets(&mut self) -> Option<()> {
        let names = |p: &mut Parser| p.separated(",", |p| p.alias(Parser::name));
        let group = self.alt(|p| {
            p.op("(")?;
            names(p)?;
            p.op(",");
            p.op(")")?;
            Some(())
        });
        let plain = group.or_else(|| {
            self.alt(|p| {
                names(p)?;
                if p.at_op(",") { None } else { Some(()) }
            })
        });
        let plain = plain.or_else(|| self.op("*").map(drop));
        if plain.is_none() && self.invalid {
            self.alt(|p| {
                names(p)?;
                p.op(",")?;
                p.sym(Sym::Newline)?;
                p.raise::<()>("trailing comma not allowed without surrounding parentheses")
            });
            self.alt(Parser::missing_names);
        }
        plain
    }
    fn alias(&mut self, name: fn(&mut Parser) -> Option<N>) -> Option<N> {
        if self.invalid {
            self.alt(|p| {
                name(p)?;
                p.op("as")?;
                p.unless(|p| {
                    p.name()?;
                    if p.at_ops(&[",", ")", ";"]) || p.at_sym(Sym::Newline) { Some(()) } else { None }
                })?;
                let a = p.expression()?;
                p.raise_at::<()>(&a, format!("cannot use {} as import target", a.describe()))
            });
        }
        let start = self.pos;
        name(self)?;
        self.alt(|p| {
            p.op("as")?;
            p.name()
        });
        self.done(start)
    }
}
