//! Arguments of calls and class definitions.

use super::node::{N, Node, Sort};
use super::parser::{Parser, Rule};

const MEANT_EQUAL: &str = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
const GENERATOR: &str = "Generator expression must be parenthesized";

/// The end of a comprehension: its last condition or the last iterable.
fn last_item(clauses: &N) -> Option<&N> {
    clauses.kids.last()?.kids.last()
}

impl Parser {
    pub fn arguments(&mut self) -> Option<N> {
        self.memo(Rule::Arguments, |p| {
            let plain = p.alt(|p| {
                let a = p.args()?;
                p.op(",");
                if p.at_op(")") { Some(a) } else { None }
            });
            if plain.is_none() && p.invalid {
                p.invalid_arguments();
            }
            plain
        })
    }

    /// A positional argument.
    fn positional(&mut self) -> Option<N> {
        let starred = self.alt(Parser::starred_expression);
        starred.or_else(|| {
            self.alt(|p| {
                let e =
                    p.alt(Parser::assignment_expression).or_else(|| p.alt(Parser::unassigned_expression))?;
                if p.at_op("=") { None } else { Some(e) }
            })
        })
    }

    fn args(&mut self) -> Option<N> {
        self.memo(Rule::Args, |p| {
            let start = p.pos;
            let mut kids = Vec::new();
            let mut spread = false;
            if let Some(positional) = p.separated(",", Parser::positional) {
                kids = positional;
                let keywords = p.alt(|p| {
                    p.op(",")?;
                    p.kwargs()
                });
                for k in keywords.unwrap_or_default() {
                    spread |= &*k.text == "**";
                    if k.sort == Sort::Starred {
                        kids.push(k);
                    }
                }
            } else {
                for k in p.kwargs()? {
                    spread |= &*k.text == "**";
                    if k.sort == Sort::Starred {
                        kids.push(k);
                    }
                }
            }
            if p.stopped() {
                return None;
            }
            let n = p.node(start, Sort::Call, kids.clone());
            let text = if spread { "**" } else { "" };
            Some(N::new(Node { sort: Sort::Call, start: n.start, end: n.end, kids, text: text.into() }))
        })
    }

    fn kwargs(&mut self) -> Option<Vec<N>> {
        let both = self.alt(|p| {
            let mut a = p.separated(",", Parser::kwarg_or_starred)?;
            p.op(",")?;
            a.extend(p.separated(",", Parser::kwarg_or_double_starred)?);
            Some(a)
        });
        both.or_else(|| self.alt(|p| p.separated(",", Parser::kwarg_or_starred)))
            .or_else(|| self.alt(|p| p.separated(",", Parser::kwarg_or_double_starred)))
    }
    fn keyword(&mut self) -> Option<N> {
        let start = self.pos;
        self.name()?;
        self.op("=")?;
        self.expression()?;
        Some(self.node(start, Sort::Other, Vec::new()))
    }
    fn kwarg_or_starred(&mut self) -> Option<N> {
        if self.invalid {
            self.invalid_kwarg();
        }
        self.alt(Parser::keyword).or_else(|| self.alt(Parser::starred_expression))
    }
    fn kwarg_or_double_starred(&mut self) -> Option<N> {
        if self.invalid {
            self.invalid_kwarg();
        }
        let keyword = self.alt(Parser::keyword);
        keyword.or_else(|| {
            self.alt(|p| {
                let start = p.op("**")?;
                let e = p.expression()?;
                let (start, end) = (start.start, e.end);
                Some(N::new(Node { sort: Sort::Other, start, end, kids: Vec::new(), text: "**".into() }))
            })
        })
    }

    pub fn starred_expression(&mut self) -> Option<N> {
        self.memo(Rule::Starred, |p| {
            if p.invalid {
                p.alt(|p| {
                    let a = p.op("*")?;
                    p.expression()?;
                    p.op("=")?;
                    let b = p.expression()?;
                    p.raise_range::<()>(&a, &b, "cannot assign to iterable argument unpacking")
                });
            }
            let start = p.pos;
            let plain = p.alt(|p| {
                p.op("*")?;
                let e = p.expression()?;
                Some(p.node(start, Sort::Starred, vec![e]))
            });
            if plain.is_none() && p.invalid && p.op("*").is_some() {
                return p.raise("Invalid star expression");
            }
            plain
        })
    }

    fn invalid_kwarg(&mut self) {
        self.alt(|p| {
            let word = p.peek()?.text.clone();
            let a = p.ops(&["True", "False", "None"])?;
            let b = p.op("=")?;
            p.raise_range::<()>(&a, &b, format!("cannot assign to {word}"))
        });
        self.alt(|p| {
            let a = p.name()?;
            let b = p.op("=")?;
            p.expression()?;
            p.for_if_clauses()?;
            p.raise_range::<()>(&a, &b, MEANT_EQUAL)
        });
        self.alt(|p| {
            p.unless(|p| {
                p.name()?;
                p.op("=")
            })?;
            let a = p.expression()?;
            let b = p.op("=")?;
            let text = "expression cannot contain assignment, perhaps you meant \"==\"?";
            p.raise_range::<()>(&a, &b, text)
        });
        self.alt(|p| {
            let a = p.op("**")?;
            p.expression()?;
            p.op("=")?;
            let b = p.expression()?;
            p.raise_range::<()>(&a, &b, "cannot assign to keyword argument unpacking")
        });
    }

    fn invalid_arguments(&mut self) {
        self.alt(|p| {
            let first = p.alt(|p| {
                p.separated(",", Parser::positional)?;
                p.op(",")?;
                p.kwargs()
            });
            if first.is_none() {
                p.kwargs()?;
            }
            let a = p.op(",")?;
            p.separated(",", |p| {
                let s = p.starred_expression()?;
                if p.at_op("=") { None } else { Some(s) }
            })?;
            p.raise_from::<()>(&a, "iterable argument unpacking follows keyword argument unpacking")
        });
        self.alt(|p| {
            let a = p.expression()?;
            let b = p.for_if_clauses()?;
            p.op(",")?;
            let more = p.alt(Parser::args);
            if more.is_none() {
                p.alt(|p| {
                    p.expression()?;
                    p.for_if_clauses()
                });
            }
            p.raise_range::<()>(&a, last_item(&b)?, GENERATOR)
        });
        self.alt(|p| {
            let a = p.name()?;
            let b = p.op("=")?;
            p.expression()?;
            p.for_if_clauses()?;
            p.raise_range::<()>(&a, &b, MEANT_EQUAL)
        });
        self.alt(|p| {
            p.alt(|p| {
                p.args()?;
                p.op(",")
            });
            let a = p.name()?;
            let b = p.op("=")?;
            if !p.at_ops(&[",", ")"]) {
                return None;
            }
            p.raise_range::<()>(&a, &b, "expected argument value expression")
        });
        let call = self.alt(|p| {
            let a = p.args()?;
            Some((a, p.for_if_clauses()?))
        });
        if let Some((a, b)) = call {
            // The only argument may do without parentheses of its own.
            if let (true, Some(first), Some(last)) = (a.kids.len() > 1, a.kids.last(), last_item(&b)) {
                self.raise_range::<()>(first, last, GENERATOR);
            }
            return;
        }
        self.alt(|p| {
            p.args()?;
            p.op(",")?;
            let a = p.expression()?;
            let b = p.for_if_clauses()?;
            p.raise_range::<()>(&a, last_item(&b)?, GENERATOR)
        });
        self.alt(|p| {
            let a = p.args()?;
            p.op(",")?;
            p.args()?;
            p.raise::<()>(if &*a.text == "**" {
                "positional argument follows keyword argument unpacking"
            } else {
                "positional argument follows keyword argument"
            })
        });
    }
}
