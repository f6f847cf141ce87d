//! Expressions, from the conditional expression down to calls and subscripts.

use super::node::{N, Node, Sort};
use super::parser::{Parser, Rule, Sym};

/// Binary operators, the loosest first.
const LEVELS: [&[&str]; 6] = [&["|"], &["^"], &["&"], &["<<", ">>"], &["+", "-"], &["*", "/", "//", "%", "@"]];
const SHIFT: u8 = 3;
const SUM: u8 = 4;
const TERM: u8 = 5;

const ARITHMETIC: [&str; 7] = ["+", "-", "*", "/", "%", "//", "@"];

impl Parser {
    pub fn expressions(&mut self) -> Option<N> {
        let start = self.pos;
        let first = self.expression()?;
        self.tuple_tail(start, first, Parser::expression)
    }

    /// After the first of several expressions: a tuple if a comma follows.
    fn tuple_tail(&mut self, start: usize, first: N, item: fn(&mut Parser) -> Option<N>) -> Option<N> {
        let mut kids = vec![first.clone()];
        kids.extend(self.many(|p| {
            p.op(",")?;
            item(p)
        }));
        let comma = self.op(",").is_some();
        if self.stopped() {
            return None;
        }
        if comma || kids.len() > 1 { Some(self.node(start, Sort::Tuple, kids)) } else { Some(first) }
    }

    pub fn expression(&mut self) -> Option<N> {
        self.memo(Rule::Expression, |p| {
            if p.invalid {
                p.alt(Parser::invalid_expression);
                p.alt(Parser::invalid_legacy_expression);
            }
            p.conditional()
        })
    }

    fn conditional(&mut self) -> Option<N> {
        let start = self.pos;
        let Some(test) = self.disjunction() else { return self.lambda() };
        let whole = self.alt(|p| {
            p.op("if")?;
            p.disjunction()?;
            p.op("else")?;
            p.expression()?;
            Some(p.node(start, Sort::Conditional, Vec::new()))
        });
        if self.stopped() { None } else { whole.or(Some(test)) }
    }

    /// An expression in which nothing wrong is looked for.
    fn plain_expression(&mut self) -> Option<N> {
        let before = std::mem::replace(&mut self.invalid, false);
        let out = self.alt(Parser::conditional);
        self.invalid = before;
        out
    }

    fn is_legacy(n: &N) -> bool {
        n.sort == Sort::Name && matches!(&*n.text, "print" | "exec")
    }

    fn invalid_expression(&mut self) -> Option<N> {
        self.alt(|p| {
            p.sym(Sym::String)?;
            let inner = p.some(|p| {
                p.unless(|p| p.sym(Sym::String))?;
                p.plain_expression()
            })?;
            p.sym(Sym::String)?;
            let (a, b) = (inner.first()?, inner.last()?);
            p.raise_range::<()>(a, b, "invalid syntax. Is this intended to be part of the string?")
        });
        // A prefix that strings do not have, and soft keywords, make two names in a row, too.
        let excluded = self.ahead(|p| {
            let n = p.name()?;
            if matches!(&*n.text, "_" | "case" | "match" | "type") { Some(n) } else { p.sym(Sym::String) }
        });
        if !excluded {
            let pair = self.alt(|p| {
                let a = p.disjunction()?;
                let b = p.plain_expression()?;
                Some((a, b, p.tokens[p.pos - 1].level))
            });
            if let Some((a, b, level)) = pair {
                if level > 0 && !Parser::is_legacy(&a) {
                    self.raise_range::<()>(&a, &b, "invalid syntax. Perhaps you forgot a comma?");
                }
                return None;
            }
        }
        self.alt(|p| {
            let a = p.disjunction()?;
            p.op("if")?;
            let b = p.disjunction()?;
            if p.op("else").is_some() {
                p.unless(Parser::expression)?;
                return p.raise_next::<()>("expected expression after 'else', but statement is given");
            }
            if p.at_op(":") {
                return None;
            }
            p.raise_range(&a, &b, "expected 'else' after 'if' expression")
        });
        self.alt(|p| {
            let a = p.ops(&["pass", "break", "continue"])?;
            p.op("if")?;
            p.disjunction()?;
            p.op("else")?;
            p.simple_stmt()?;
            p.raise_at::<()>(&a, "expected expression before 'if', but statement is given")
        });
        self.alt(|p| {
            let a = p.op("lambda")?;
            p.alt(Parser::lambda_params);
            let b = p.op(":")?;
            let letter = if p.at_sym(Sym::FStringMiddle) {
                'f'
            } else if p.at_sym(Sym::TStringMiddle) {
                't'
            } else {
                return None;
            };
            let text = format!("{letter}-string: lambda expressions are not allowed without parentheses");
            p.raise_range::<()>(&a, &b, text)
        });
        None
    }

    fn invalid_legacy_expression(&mut self) -> Option<N> {
        let a = self.name()?;
        if self.at_op("(") {
            return None;
        }
        let b = self.star_expressions()?;
        if !Parser::is_legacy(&a) {
            return None;
        }
        let name = &a.text;
        let text = format!("Missing parentheses in call to '{name}'. Did you mean {name}(...)?");
        self.raise_range(&a, &b, text)
    }

    pub fn yield_expr(&mut self) -> Option<N> {
        let start = self.pos;
        self.op("yield")?;
        let from = self.alt(|p| {
            p.op("from")?;
            p.expression()
        });
        if from.is_none() {
            self.alt(Parser::star_expressions);
        }
        if self.stopped() { None } else { Some(self.node(start, Sort::Yield, Vec::new())) }
    }
    pub fn yield_or_expressions(&mut self) -> Option<N> {
        self.alt(Parser::yield_expr).or_else(|| self.alt(Parser::star_expressions))
    }

    pub fn star_expressions(&mut self) -> Option<N> {
        self.memo(Rule::StarExpressions, |p| {
            let start = p.pos;
            let first = p.star_expression()?;
            p.tuple_tail(start, first, Parser::star_expression)
        })
    }
    fn star_operand(&mut self) -> Option<N> {
        let start = self.pos;
        self.op("*")?;
        let e = self.bitwise_or()?;
        Some(self.node(start, Sort::Starred, vec![e]))
    }
    fn star_expression(&mut self) -> Option<N> {
        self.memo(Rule::StarExpression, |p| p.alt(Parser::star_operand).or_else(|| p.expression()))
    }
    pub fn star_annotation_expression(&mut self) -> Option<N> {
        self.star_expression()
    }
    pub fn star_named_expression(&mut self) -> Option<N> {
        self.alt(Parser::star_operand).or_else(|| self.named_expression())
    }
    pub fn star_named_expressions(&mut self) -> Option<Vec<N>> {
        let out = self.separated(",", Parser::star_named_expression)?;
        self.op(",");
        Some(out)
    }

    pub fn assignment_expression(&mut self) -> Option<N> {
        let start = self.pos;
        self.name()?;
        self.op(":=")?;
        self.expression()?;
        Some(self.node(start, Sort::Named, Vec::new()))
    }
    /// An expression that is no target of `:=`.
    pub fn unassigned_expression(&mut self) -> Option<N> {
        let e = self.expression()?;
        if self.at_op(":=") { None } else { Some(e).filter(|_| !self.stopped()) }
    }
    pub fn named_expression(&mut self) -> Option<N> {
        self.memo(Rule::NamedExpression, |p| {
            // Behind `NAME :=` there is no other way.
            if p.ahead(|p| {
                p.name()?;
                p.op(":=")
            }) {
                return p.assignment_expression();
            }
            if p.invalid {
                p.invalid_named_expression();
            }
            p.alt(Parser::unassigned_expression)
        })
    }
    fn invalid_named_expression(&mut self) -> Option<N> {
        self.memo(Rule::InvalidNamed, |p| {
            p.alt(|p| {
                let a = p.expression()?;
                p.op(":=")?;
                p.expression()?;
                let text = format!("cannot use assignment expressions with {}", a.describe());
                p.raise_at::<()>(&a, text)
            });
            p.alt(|p| {
                let a = p.name()?;
                p.op("=")?;
                let b = p.bitwise_or()?;
                if p.at_ops(&["=", ":="]) {
                    return None;
                }
                p.raise_range::<()>(&a, &b, "invalid syntax. Maybe you meant '==' or ':=' instead of '='?")
            });
            p.alt(|p| {
                p.unless(|p| {
                    p.alt(Parser::list)
                        .or_else(|| p.alt(Parser::tuple))
                        .or_else(|| p.alt(Parser::genexp))
                        .or_else(|| p.ops(&["True", "None", "False"]))
                })?;
                let a = p.bitwise_or()?;
                p.op("=")?;
                p.bitwise_or()?;
                if p.at_ops(&["=", ":="]) {
                    return None;
                }
                let what = a.describe();
                p.raise_at::<()>(&a, format!("cannot assign to {what} here. Maybe you meant '==' instead of '='?"))
            });
            None
        })
    }

    fn chain(&mut self, rule: Rule, word: &str, item: fn(&mut Parser) -> Option<N>) -> Option<N> {
        self.memo(rule, |p| {
            let start = p.pos;
            let first = item(p)?;
            let more = p.many(|p| {
                p.op(word)?;
                item(p)
            });
            if p.stopped() {
                return None;
            }
            if more.is_empty() { Some(first) } else { Some(p.node(start, Sort::Operation, Vec::new())) }
        })
    }
    pub fn disjunction(&mut self) -> Option<N> {
        self.chain(Rule::Disjunction, "or", Parser::conjunction)
    }
    fn conjunction(&mut self) -> Option<N> {
        self.chain(Rule::Conjunction, "and", Parser::inversion)
    }
    pub fn inversion(&mut self) -> Option<N> {
        self.memo(Rule::Inversion, |p| {
            let start = p.pos;
            if p.op("not").is_some() {
                p.inversion()?;
                return Some(p.node(start, Sort::Operation, Vec::new()));
            }
            p.comparison()
        })
    }
    fn comparison(&mut self) -> Option<N> {
        self.memo(Rule::Comparison, |p| {
            let start = p.pos;
            let left = p.bitwise_or()?;
            let first_is_in = p.at_op("in");
            let pairs = p.many(Parser::comparison_pair);
            if p.stopped() {
                return None;
            }
            if pairs.is_empty() {
                return Some(left);
            }
            Some(p.node(start, Sort::Compare(first_is_in), vec![left]))
        })
    }
    fn comparison_pair(&mut self) -> Option<N> {
        if let Some(old) = self.op("<>") {
            return self.raise_at(&old, "invalid syntax.  Maybe you meant '!=' instead of '<>'?");
        }
        if self.ops(&["==", "!=", "<=", "<", ">=", ">", "in"]).is_none() {
            if self.op("not").is_some() {
                self.op("in")?;
            } else {
                self.op("is")?;
                let negated = self.alt(|p| {
                    p.op("not")?;
                    p.bitwise_or()
                });
                if negated.is_some() {
                    return negated;
                }
            }
        }
        self.bitwise_or()
    }

    pub fn bitwise_or(&mut self) -> Option<N> {
        self.binary(0)
    }
    pub fn sum(&mut self) -> Option<N> {
        self.binary(SUM)
    }
    fn binary(&mut self, level: u8) -> Option<N> {
        self.memo(Rule::Binary(level), |p| {
            let start = p.pos;
            if p.invalid && level == SHIFT {
                p.alt(|p| {
                    p.sum()?;
                    p.ops(&ARITHMETIC)?;
                    let a = p.op("not")?;
                    let b = p.inversion()?;
                    p.raise_range::<()>(&a, &b, "'not' after an operator must be parenthesized")
                });
            }
            if p.invalid && level == TERM {
                p.alt(|p| {
                    p.ops(&["+", "-", "~"])?;
                    let a = p.op("not")?;
                    let b = p.factor()?;
                    p.raise_range::<()>(&a, &b, "'not' after an operator must be parenthesized")
                });
            }
            let operand = |p: &mut Parser| if level == TERM { p.factor() } else { p.binary(level + 1) };
            let mut left = operand(p)?;
            while p
                .alt(|p| {
                    p.ops(LEVELS[level as usize])?;
                    operand(p)
                })
                .is_some()
            {
                left = p.node(start, Sort::Operation, Vec::new());
            }
            Some(left).filter(|_| !p.stopped())
        })
    }
    fn factor(&mut self) -> Option<N> {
        self.memo(Rule::Factor, |p| {
            let start = p.pos;
            if p.ops(&["+", "-", "~"]).is_some() {
                p.factor()?;
                return Some(p.node(start, Sort::Operation, Vec::new()));
            }
            let base = p.await_primary()?;
            let power = p.alt(|p| {
                p.op("**")?;
                p.factor()
            });
            if p.stopped() {
                return None;
            }
            if power.is_some() { Some(p.node(start, Sort::Operation, Vec::new())) } else { Some(base) }
        })
    }
    fn await_primary(&mut self) -> Option<N> {
        self.memo(Rule::AwaitPrimary, |p| {
            let start = p.pos;
            if p.op("await").is_some() {
                p.primary()?;
                return Some(p.node(start, Sort::Await, Vec::new()));
            }
            p.primary()
        })
    }

    fn primary(&mut self) -> Option<N> {
        self.memo(Rule::Primary, |p| {
            let start = p.pos;
            let mut left = p.atom()?;
            while let Some(next) = p.trailer(start) {
                left = next;
            }
            Some(left).filter(|_| !p.stopped())
        })
    }
    /// An attribute, a call or a subscript of what began at token `start`.
    pub fn trailer(&mut self, start: usize) -> Option<N> {
        let found = self.alt(|p| {
            p.op(".")?;
            p.name()?;
            Some(Sort::Attribute)
        });
        let found = found.or_else(|| {
            self.alt(|p| {
                p.genexp()?;
                Some(Sort::Call)
            })
        });
        let found = found.or_else(|| {
            self.alt(|p| {
                p.op("(")?;
                p.alt(Parser::arguments);
                p.op(")")?;
                Some(Sort::Call)
            })
        });
        let found = found.or_else(|| {
            self.alt(|p| {
                p.op("[")?;
                p.slices()?;
                p.op("]")?;
                Some(Sort::Subscript)
            })
        });
        found.map(|sort| self.node(start, sort, Vec::new()))
    }

    pub fn slices(&mut self) -> Option<N> {
        self.memo(Rule::Slices, |p| {
            let start = p.pos;
            let single = p.alt(|p| {
                let s = p.slice()?;
                if p.at_op(",") { None } else { Some(s) }
            });
            if single.is_some() || p.stopped() {
                return single;
            }
            p.separated(",", |p| p.alt(Parser::slice).or_else(|| p.alt(Parser::starred_expression)))?;
            p.op(",");
            Some(p.node(start, Sort::Tuple, Vec::new()))
        })
    }
    fn slice(&mut self) -> Option<N> {
        let start = self.pos;
        let range = self.alt(|p| {
            p.alt(Parser::expression);
            p.op(":")?;
            p.alt(Parser::expression);
            p.alt(|p| {
                p.op(":")?;
                p.alt(Parser::expression);
                Some(())
            });
            Some(p.node(start, Sort::Other, Vec::new()))
        });
        range.or_else(|| self.named_expression())
    }

    fn lambda(&mut self) -> Option<N> {
        let start = self.pos;
        self.op("lambda")?;
        self.alt(Parser::lambda_params);
        self.op(":")?;
        self.expression()?;
        Some(self.node(start, Sort::Lambda, Vec::new()))
    }
}

/// A copy of `n` that is of another sort.
pub fn as_sort(n: &N, sort: Sort) -> N {
    N::new(Node { sort, start: n.start, end: n.end, kids: n.kids.clone(), text: n.text.clone() })
}
