//! Programs, blocks and compound statements.

use super::node::{N, Sort, Targets};
use super::parser::{Parser, Rule, Sym};
use crate::Mode;

impl Parser {
    /// Parses all of the source.
    pub fn program(&mut self, mode: Mode) -> Option<()> {
        match mode {
            Mode::Exec => {
                self.alt(Parser::statements);
                self.sym(Sym::End)?;
            }
            Mode::Single => self.interactive_statement()?,
            Mode::Eval => {
                self.expressions()?;
                self.many(|p| p.sym(Sym::Newline));
                self.sym(Sym::End)?;
            }
            Mode::FuncType => {
                self.op("(")?;
                self.alt(Parser::type_expressions);
                self.op(")")?;
                self.op("->")?;
                self.expression()?;
                self.many(|p| p.sym(Sym::Newline));
                self.sym(Sym::End)?;
            }
        }
        if self.stopped() { None } else { Some(()) }
    }

    fn interactive_statement(&mut self) -> Option<()> {
        let compound = self.alt(|p| {
            p.compound_stmt()?;
            p.sym(Sym::Newline)
        });
        compound
            .or_else(|| self.alt(Parser::simple_stmts))
            .or_else(|| self.sym(Sym::Newline))
            .or_else(|| self.sym(Sym::End))
            .map(drop)
    }

    /// The arguments of a function type: stars are allowed and mean nothing.
    fn type_expressions(&mut self) -> Option<()> {
        let plain = self.separated(",", Parser::expression).is_some();
        for stars in ["*", "**"] {
            self.alt(|p| {
                if plain || p.pos > 1 && !p.at_op(stars) {
                    p.op(",")?;
                }
                p.op(stars)?;
                p.expression()
            });
        }
        if self.stopped() { None } else { Some(()) }
    }

    fn statements(&mut self) -> Option<()> {
        self.some(Parser::statement)?;
        if self.stopped() { None } else { Some(()) }
    }
    fn statement(&mut self) -> Option<N> {
        self.alt(Parser::compound_stmt).or_else(|| self.alt(Parser::simple_stmts))
    }

    pub fn block(&mut self) -> Option<N> {
        self.memo(Rule::Block, |p| {
            let start = p.pos;
            let indented = p.alt(|p| {
                p.sym(Sym::Newline)?;
                p.sym(Sym::Indent)?;
                p.statements()?;
                p.sym(Sym::Dedent)?;
                Some(p.node(start, Sort::Other, Vec::new()))
            });
            let plain = indented.or_else(|| p.alt(Parser::simple_stmts));
            if plain.is_none() && p.invalid {
                p.alt(|p| {
                    p.not_indented()?;
                    p.raise_indentation::<()>("expected an indented block")
                });
            }
            plain
        })
    }
    /// A line feed without indentation behind.
    fn not_indented(&mut self) -> Option<()> {
        self.sym(Sym::Newline)?;
        if self.at_sym(Sym::Indent) || self.stopped() { None } else { Some(()) }
    }
    /// What should be a block after `keyword` on its line.
    fn missing_block(&mut self, what: &str, keyword: &N) -> Option<()> {
        self.op(":")?;
        self.not_indented()?;
        self.raise_indentation(format!("expected an indented block after {what} on line {}", keyword.start.0))
    }
    fn missing_colon(&mut self) -> Option<()> {
        self.sym(Sym::Newline)?;
        self.raise("expected ':'")
    }

    fn compound_stmt(&mut self) -> Option<N> {
        let start = self.pos;
        let (sym, text) = self.peek().map(|t| (t.sym, t.text.clone()))?;
        let choices: &[fn(&mut Parser) -> Option<()>] = match (sym, &*text) {
            (Sym::Op, "@") => &[Parser::function, Parser::class],
            (Sym::Keyword, "async") => &[Parser::function, Parser::with, Parser::for_],
            (Sym::Keyword, "def") => &[Parser::function],
            (Sym::Keyword, "if") => &[Parser::if_],
            (Sym::Keyword, "class") => &[Parser::class],
            (Sym::Keyword, "with") => &[Parser::with],
            (Sym::Keyword, "for") => &[Parser::for_],
            (Sym::Keyword, "try") => &[Parser::try_],
            (Sym::Keyword, "while") => &[Parser::while_],
            (Sym::Name, "match" | "case") => &[Parser::match_],
            _ => return None,
        };
        let which = choices.iter().position(|c| self.alt(c).is_some())?;
        if self.stopped() {
            return None;
        }
        // CPython remembers every compound statement but functions.
        if which > 0 || !matches!(&*text, "@" | "async" | "def") {
            let tokens = &self.tokens[start..self.pos];
            let class = tokens.iter().find(|t| &*text == "@" && t.sym == Sym::Keyword && &*t.text == "class");
            if let Some(t) = class.or_else(|| tokens.first())
                && t.start.0 > self.last_statement.0
            {
                self.last_statement = t.start;
            }
        }
        Some(self.node(start, Sort::Other, Vec::new()))
    }

    fn decorators(&mut self) {
        self.many(|p| {
            p.op("@")?;
            p.named_expression()?;
            p.sym(Sym::Newline)
        });
    }

    fn class(&mut self) -> Option<()> {
        self.decorators();
        let head = |p: &mut Parser| {
            let a = p.op("class")?;
            p.name()?;
            p.alt(Parser::type_params);
            p.alt(|p| {
                p.op("(")?;
                p.alt(Parser::arguments);
                p.op(")")
            });
            Some(a)
        };
        if self.invalid {
            self.alt(|p| {
                head(p)?;
                p.missing_colon()
            });
            self.alt(|p| {
                let a = head(p)?;
                p.missing_block("class definition", &a)
            });
        }
        head(self)?;
        self.op(":")?;
        self.block()?;
        Some(())
    }

    fn returns(&mut self) {
        self.alt(|p| {
            p.op("->")?;
            p.expression()
        });
    }
    fn function(&mut self) -> Option<()> {
        self.decorators();
        if self.invalid {
            self.alt(|p| {
                p.op("async");
                let a = p.op("def")?;
                p.name()?;
                p.alt(Parser::type_params);
                p.op("(")?;
                p.alt(Parser::params);
                p.op(")")?;
                p.returns();
                p.missing_block("function definition", &a)
            });
            let whole = self.alt(|p| {
                p.op("async");
                p.op("def")?;
                p.name()?;
                p.alt(Parser::type_params);
                p.force("(")?;
                p.alt(Parser::params);
                p.op(")")?;
                p.returns();
                p.force(":")?;
                p.block()
            });
            if whole.is_some() {
                return Some(());
            }
        }
        self.op("async");
        self.op("def")?;
        self.name()?;
        self.alt(Parser::type_params);
        self.op("(")?;
        self.alt(Parser::params);
        self.op(")")?;
        self.returns();
        self.op(":")?;
        self.block()?;
        Some(())
    }

    fn conditional_head(&mut self, keyword: &str) -> Option<()> {
        if self.invalid {
            self.alt(|p| {
                p.op(keyword)?;
                p.named_expression()?;
                p.missing_colon()
            });
            self.alt(|p| {
                let a = p.op(keyword)?;
                p.named_expression()?;
                p.missing_block(&format!("'{keyword}' statement"), &a)
            });
        }
        self.op(keyword)?;
        self.named_expression()?;
        self.op(":")?;
        self.block()?;
        Some(())
    }
    fn if_(&mut self) -> Option<()> {
        self.conditional_head("if")?;
        while self.alt(|p| p.conditional_head("elif")).is_some() {}
        self.alt(Parser::else_);
        if self.stopped() { None } else { Some(()) }
    }
    fn while_(&mut self) -> Option<()> {
        self.conditional_head("while")?;
        self.alt(Parser::else_);
        if self.stopped() { None } else { Some(()) }
    }
    fn else_(&mut self) -> Option<()> {
        if self.invalid {
            self.alt(|p| {
                let a = p.op("else")?;
                p.missing_block("'else' statement", &a)
            });
            self.alt(|p| {
                p.op("else")?;
                p.op(":")?;
                p.block()?;
                p.op("elif")?;
                p.raise::<()>("'elif' block follows an 'else' block")
            });
        }
        self.op("else")?;
        self.force(":")?;
        self.block()?;
        Some(())
    }

    fn for_(&mut self) -> Option<()> {
        let head = |p: &mut Parser| {
            p.op("async");
            let a = p.op("for")?;
            p.star_targets()?;
            p.op("in")?;
            p.star_expressions()?;
            Some(a)
        };
        if self.invalid {
            self.alt(|p| {
                head(p)?;
                p.missing_colon()
            });
            self.alt(|p| {
                let a = head(p)?;
                p.missing_block("'for' statement", &a)
            });
        }
        let committed = self.ahead(|p| {
            p.op("async");
            p.op("for")?;
            p.star_targets()?;
            p.op("in")
        });
        if !committed {
            if self.invalid {
                self.alt(Parser::invalid_for_target);
            }
            return None;
        }
        head(self)?;
        self.op(":")?;
        self.block()?;
        self.alt(Parser::else_);
        if self.stopped() { None } else { Some(()) }
    }

    /// Items of a `with` statement as they may be, whatever the targets are.
    fn loose_items(&mut self, item: fn(&mut Parser) -> Option<N>) -> Option<()> {
        self.separated(",", |p| {
            let e = item(p)?;
            p.alt(|p| {
                p.op("as")?;
                p.star_target()
            });
            Some(e)
        })?;
        Some(())
    }
    fn loose_group(&mut self) -> Option<()> {
        self.op("(")?;
        self.loose_items(Parser::expressions)?;
        self.op(",");
        self.op(")")?;
        Some(())
    }
    fn with(&mut self) -> Option<()> {
        if self.invalid {
            for group in [false, true] {
                self.alt(|p| {
                    p.op("async");
                    let a = p.op("with")?;
                    if group { p.loose_group()? } else { p.loose_items(Parser::expression)? }
                    p.missing_block("'with' statement", &a)
                });
            }
        }
        let plain = self.alt(|p| {
            p.op("async");
            p.op("with")?;
            let group = p.alt(|p| {
                p.op("(")?;
                p.separated(",", Parser::with_item)?;
                p.op(",");
                p.op(")")?;
                p.op(":")
            });
            if group.is_none() {
                p.separated(",", Parser::with_item)?;
                p.op(":")?;
            }
            p.block()
        });
        if plain.is_none() && self.invalid {
            for group in [false, true] {
                self.alt(|p| {
                    p.op("async");
                    p.op("with")?;
                    if group { p.loose_group()? } else { p.loose_items(Parser::expression)? }
                    p.missing_colon()
                });
            }
        }
        plain.map(drop)
    }
    fn with_item(&mut self) -> Option<N> {
        let ends = [",", ")", ":"];
        let plain = self.alt(|p| {
            let e = p.expression()?;
            p.op("as")?;
            p.star_target()?;
            if p.at_ops(&ends) { Some(e) } else { None }
        });
        if plain.is_some() {
            return plain;
        }
        if self.invalid {
            let target = self.alt(|p| {
                p.expression()?;
                p.op("as")?;
                let a = p.expression()?;
                if p.at_ops(&ends) { Some(a) } else { None }
            });
            if let Some(a) = target {
                self.raise_invalid_target::<()>(Targets::Assign, &a);
            }
        }
        self.expression()
    }

    fn try_(&mut self) -> Option<()> {
        if self.invalid {
            self.invalid_try();
        }
        self.op("try")?;
        self.force(":")?;
        self.block()?;
        if self.alt(Parser::finally).is_some() {
            return Some(());
        }
        if self.some(Parser::except).is_none() {
            self.some(Parser::except_star)?;
        }
        self.alt(Parser::else_);
        self.alt(Parser::finally);
        if self.stopped() { None } else { Some(()) }
    }
    fn invalid_try(&mut self) {
        self.alt(|p| {
            let a = p.op("try")?;
            p.missing_block("'try' statement", &a)
        });
        self.alt(|p| {
            p.op("try")?;
            p.op(":")?;
            p.block()?;
            if p.at_ops(&["except", "finally"]) {
                return None;
            }
            p.raise::<()>("expected 'except' or 'finally' block")
        });
        let both = "cannot have both 'except' and 'except*' on the same 'try'";
        self.alt(|p| {
            p.op("try")?;
            p.op(":")?;
            p.many(Parser::block);
            p.some(Parser::except)?;
            let a = p.op("except")?;
            let b = p.op("*")?;
            p.expression()?;
            p.as_name();
            p.op(":")?;
            p.raise_range::<()>(&a, &b, both)
        });
        self.alt(|p| {
            p.op("try")?;
            p.op(":")?;
            p.many(Parser::block);
            p.some(Parser::except_star)?;
            let a = p.op("except")?;
            p.alt(|p| {
                p.expression()?;
                p.as_name();
                Some(())
            });
            p.op(":")?;
            p.raise_at::<()>(&a, both)
        });
    }
    fn as_name(&mut self) {
        self.alt(|p| {
            p.op("as")?;
            p.name()
        });
    }

    fn except(&mut self) -> Option<N> {
        let start = self.pos;
        if self.invalid {
            self.alt(|p| {
                let a = p.op("except")?;
                p.alt(|p| {
                    p.expression()?;
                    p.as_name();
                    Some(())
                });
                p.missing_block("'except' statement", &a)
            });
        }
        let plain = self.alt(|p| {
            p.op("except")?;
            p.handler_body(true)?;
            Some(p.node(start, Sort::Other, Vec::new()))
        });
        if plain.is_none() && self.invalid {
            self.invalid_except(false);
        }
        plain
    }
    fn except_star(&mut self) -> Option<N> {
        let start = self.pos;
        if self.invalid {
            self.alt(|p| {
                let a = p.op("except")?;
                p.op("*")?;
                p.expression()?;
                p.as_name();
                p.missing_block("'except*' statement", &a)
            });
        }
        let plain = self.alt(|p| {
            p.op("except")?;
            p.op("*")?;
            p.handler_body(false)?;
            Some(p.node(start, Sort::Other, Vec::new()))
        });
        if plain.is_none() && self.invalid {
            self.invalid_except(true);
        }
        plain
    }
    fn handler_body(&mut self, bare: bool) -> Option<N> {
        let typed = self.alt(|p| {
            p.expression()?;
            p.as_name();
            p.op(":")
        });
        let typed = typed.or_else(|| {
            self.alt(|p| {
                p.expressions()?;
                p.op(":")
            })
        });
        if typed.is_none() {
            if !bare {
                return None;
            }
            self.op(":")?;
        }
        self.block()
    }
    fn invalid_except(&mut self, star: bool) {
        let head = |p: &mut Parser| {
            let a = p.op("except")?;
            if star {
                p.op("*")?;
            }
            Some(a)
        };
        self.alt(|p| {
            head(p)?;
            let a = p.expression()?;
            p.op(",")?;
            p.expressions()?;
            p.op("as")?;
            p.name()?;
            p.op(":")?;
            p.raise_from::<()>(&a, "multiple exception types must be parenthesized when using 'as'")
        });
        self.alt(|p| {
            head(p)?;
            p.expression()?;
            p.as_name();
            p.missing_colon()
        });
        self.alt(|p| {
            head(p)?;
            if !star {
                return p.missing_colon();
            }
            if p.sym(Sym::Newline).is_none() {
                p.op(":")?;
            }
            p.raise("expected one or more exception types")
        });
        self.alt(|p| {
            head(p)?;
            p.expression()?;
            p.op("as")?;
            let a = p.expression()?;
            p.op(":")?;
            p.block()?;
            let word = if star { "except*" } else { "except" };
            p.raise_at::<()>(&a, format!("cannot use {word} statement with {}", a.describe()))
        });
    }
    fn finally(&mut self) -> Option<()> {
        if self.invalid {
            self.alt(|p| {
                let a = p.op("finally")?;
                p.missing_block("'finally' statement", &a)
            });
        }
        self.op("finally")?;
        self.force(":")?;
        self.block()?;
        Some(())
    }
}
