//! The `match` statement.

use super::node::{N, Sort};
use super::parser::{Parser, Rule, Sym};

impl Parser {
    pub fn match_(&mut self) -> Option<()> {
        let plain = self.alt(|p| {
            p.soft("match")?;
            p.subject()?;
            p.op(":")?;
            p.sym(Sym::Newline)?;
            p.sym(Sym::Indent)?;
            p.some(Parser::case)?;
            p.sym(Sym::Dedent)?;
            Some(())
        });
        if plain.is_none() && self.invalid {
            self.alt(|p| {
                p.soft("match")?;
                p.subject()?;
                p.sym(Sym::Newline)?;
                p.raise::<()>("expected ':'")
            });
            self.alt(|p| {
                let a = p.soft("match")?;
                p.subject()?;
                p.op(":")?;
                p.case_block_missing("match", &a)
            });
        }
        plain
    }
    fn case_block_missing(&mut self, what: &str, keyword: &N) -> Option<()> {
        self.sym(Sym::Newline)?;
        if self.at_sym(Sym::Indent) || self.stopped() {
            return None;
        }
        let line = keyword.start.0;
        self.raise_indentation(format!("expected an indented block after '{what}' statement on line {line}"))
    }
    fn subject(&mut self) -> Option<N> {
        let start = self.pos;
        let tuple = self.alt(|p| {
            p.star_named_expression()?;
            p.op(",")?;
            p.alt(Parser::star_named_expressions);
            Some(p.node(start, Sort::Tuple, Vec::new()))
        });
        tuple.or_else(|| self.named_expression())
    }
    fn guard(&mut self) {
        self.alt(|p| {
            p.op("if")?;
            p.named_expression()
        });
    }
    fn case(&mut self) -> Option<N> {
        let start = self.pos;
        if self.invalid {
            self.alt(|p| {
                p.soft("case")?;
                p.patterns()?;
                p.guard();
                p.sym(Sym::Newline)?;
                p.raise::<()>("expected ':'")
            });
            self.alt(|p| {
                let a = p.soft("case")?;
                p.patterns()?;
                p.guard();
                p.op(":")?;
                p.case_block_missing("case", &a)
            });
        }
        self.soft("case")?;
        self.patterns()?;
        self.guard();
        self.op(":")?;
        self.block()?;
        Some(self.node(start, Sort::Other, Vec::new()))
    }

    fn patterns(&mut self) -> Option<N> {
        let start = self.pos;
        let open = self.alt(|p| {
            p.open_sequence()?;
            Some(p.node(start, Sort::Other, Vec::new()))
        });
        open.or_else(|| self.pattern())
    }
    fn open_sequence(&mut self) -> Option<()> {
        self.maybe_star_pattern()?;
        self.op(",")?;
        self.alt(Parser::maybe_sequence);
        Some(())
    }
    fn maybe_sequence(&mut self) -> Option<()> {
        self.separated(",", Parser::maybe_star_pattern)?;
        self.op(",");
        Some(())
    }
    fn maybe_star_pattern(&mut self) -> Option<N> {
        let start = self.pos;
        let star = self.alt(|p| {
            p.op("*")?;
            p.alt(Parser::capture_target).or_else(|| p.soft("_"))?;
            Some(p.node(start, Sort::Other, Vec::new()))
        });
        star.or_else(|| self.pattern())
    }
    fn pattern(&mut self) -> Option<N> {
        self.memo(Rule::Pattern, |p| {
            let start = p.pos;
            let with_name = p.alt(|p| {
                p.or_pattern()?;
                p.op("as")?;
                p.capture_target()?;
                Some(p.node(start, Sort::Other, Vec::new()))
            });
            if with_name.is_some() {
                return with_name;
            }
            if p.invalid {
                p.alt(|p| {
                    p.or_pattern()?;
                    p.op("as")?;
                    let a = p.soft("_")?;
                    p.raise_at::<()>(&a, "cannot use '_' as a target")
                });
                p.alt(|p| {
                    p.or_pattern()?;
                    p.op("as")?;
                    let a = p.expression()?;
                    p.raise_at::<()>(&a, format!("cannot use {} as pattern target", a.describe()))
                });
            }
            p.or_pattern()
        })
    }
    fn or_pattern(&mut self) -> Option<N> {
        self.memo(Rule::OrPattern, |p| {
            let start = p.pos;
            p.separated("|", Parser::closed_pattern)?;
            Some(p.node(start, Sort::Other, Vec::new())).filter(|_| !p.stopped())
        })
    }
    fn closed_pattern(&mut self) -> Option<N> {
        self.memo(Rule::ClosedPattern, |p| {
            let start = p.pos;
            let choices: [fn(&mut Parser) -> Option<()>; 8] = [
                |p| p.literal(false),
                |p| p.capture_target().map(drop),
                |p| p.soft("_").map(drop),
                Parser::value_pattern,
                |p| {
                    p.op("(")?;
                    p.pattern()?;
                    p.op(")").map(drop)
                },
                Parser::sequence_pattern,
                Parser::mapping_pattern,
                Parser::class_pattern,
            ];
            choices.iter().find_map(|c| p.alt(c))?;
            Some(p.node(start, Sort::Other, Vec::new()))
        })
    }

    /// A literal; with `key` as one of a mapping, where only strings may be looked at.
    fn literal(&mut self, key: bool) -> Option<()> {
        let signed = self.alt(|p| {
            p.ops(&["+", "-"]);
            p.sym(Sym::Number)?;
            if p.at_ops(&["+", "-"]) { None } else { Some(()) }
        });
        let number = signed.or_else(|| {
            self.alt(|p| {
                p.ops(&["+", "-"]);
                let real = p.number_text()?;
                if real.ends_with(['j', 'J']) {
                    let n = p.sym(Sym::Number)?;
                    return p.raise_at(&n, "real number required in complex literal");
                }
                p.sym(Sym::Number)?;
                p.ops(&["+", "-"])?;
                let imaginary = p.number_text()?;
                let n = p.sym(Sym::Number)?;
                if !imaginary.ends_with(['j', 'J']) {
                    return p.raise_at(&n, "imaginary number required in complex literal");
                }
                Some(())
            })
        });
        if number.is_some() {
            return number;
        }
        let strings = [Sym::String, Sym::FStringStart, Sym::TStringStart];
        if !key || strings.iter().any(|s| self.at_sym(*s)) {
            let found = self.alt(Parser::strings);
            if found.is_some() {
                return Some(());
            }
        }
        self.ops(&["None", "True", "False"]).map(drop)
    }
    fn number_text(&mut self) -> Option<Box<str>> {
        self.peek().filter(|t| t.sym == Sym::Number).map(|t| t.text.clone())
    }
    fn capture_target(&mut self) -> Option<N> {
        let n = self.peek().filter(|t| t.sym == Sym::Name && &*t.text != "_").map(drop);
        n?;
        let n = self.name()?;
        if self.at_ops(&[".", "(", "="]) || self.stopped() { None } else { Some(n) }
    }
    fn attr(&mut self) -> Option<()> {
        self.name()?;
        self.some(|p| {
            p.op(".")?;
            p.name()
        })?;
        Some(())
    }
    fn value_pattern(&mut self) -> Option<()> {
        self.attr()?;
        if self.at_ops(&[".", "(", "="]) || self.stopped() { None } else { Some(()) }
    }
    fn sequence_pattern(&mut self) -> Option<()> {
        let list = self.alt(|p| {
            p.op("[")?;
            p.alt(Parser::maybe_sequence);
            p.op("]")
        });
        if list.is_some() {
            return Some(());
        }
        self.op("(")?;
        self.alt(Parser::open_sequence);
        self.op(")").map(drop)
    }

    fn double_star(&mut self) -> Option<N> {
        self.op("**")?;
        self.capture_target()
    }
    fn mapping_items(&mut self) -> Option<()> {
        self.separated(",", |p| {
            p.alt(|p| p.literal(true)).or_else(|| p.alt(Parser::attr))?;
            p.op(":")?;
            p.pattern()
        })?;
        Some(())
    }
    fn mapping_pattern(&mut self) -> Option<()> {
        self.op("{")?;
        let items = self.alt(Parser::mapping_items).is_some();
        self.alt(|p| {
            if items {
                p.op(",")?;
            }
            p.double_star()
        });
        self.op(",");
        self.op("}").map(drop)
    }

    fn keyword_patterns(&mut self) -> Option<()> {
        self.separated(",", |p| {
            p.name()?;
            p.op("=")?;
            p.pattern()
        })?;
        Some(())
    }
    fn class_pattern(&mut self) -> Option<()> {
        let head = |p: &mut Parser| {
            p.separated(".", Parser::name)?;
            p.op("(")
        };
        let plain = self.alt(|p| {
            head(p)?;
            let positional = p.alt(|p| p.separated(",", Parser::pattern)).is_some();
            p.alt(|p| {
                if positional {
                    p.op(",")?;
                }
                p.keyword_patterns()
            });
            p.op(",");
            p.op(")")
        });
        if plain.is_none() && self.invalid {
            self.alt(|p| {
                head(p)?;
                p.alt(|p| {
                    p.separated(",", Parser::pattern)?;
                    p.op(",")
                });
                p.keyword_patterns()?;
                p.op(",")?;
                let late = p.separated(",", Parser::pattern)?;
                let (a, b) = (late.first()?, late.last()?);
                p.raise_range::<()>(a, b, "positional patterns follow keyword patterns")
            });
        }
        plain.map(drop)
    }
}
