//! What is assigned to and what is deleted.

use super::node::{N, Sort};
use super::parser::{Parser, Rule};

const LOOKAHEAD: [&str; 3] = ["(", "[", "."];

impl Parser {
    pub fn star_targets(&mut self) -> Option<N> {
        let start = self.pos;
        let single = self.alt(|p| {
            let t = p.star_target()?;
            if p.at_op(",") { None } else { Some(t) }
        });
        if single.is_some() || self.stopped() {
            return single;
        }
        let kids = self.separated(",", Parser::star_target)?;
        self.op(",");
        Some(self.node(start, Sort::Tuple, kids))
    }
    pub fn star_target(&mut self) -> Option<N> {
        self.memo(Rule::StarTarget, |p| {
            let start = p.pos;
            let starred = p.alt(|p| {
                p.op("*")?;
                if p.at_op("*") {
                    return None;
                }
                let t = p.star_target()?;
                Some(p.node(start, Sort::Starred, vec![t]))
            });
            starred.or_else(|| p.target_with_star_atom())
        })
    }
    /// An attribute or a subscript.
    fn attribute_or_subscript(&mut self) -> Option<N> {
        let start = self.pos;
        let end = |p: &mut Parser, sort| {
            if p.at_ops(&LOOKAHEAD) || p.stopped() { None } else { Some(p.node(start, sort, Vec::new())) }
        };
        let attribute = self.alt(|p| {
            p.t_primary()?;
            p.op(".")?;
            p.name()?;
            end(p, Sort::Attribute)
        });
        attribute.or_else(|| {
            self.alt(|p| {
                p.t_primary()?;
                p.op("[")?;
                p.slices()?;
                p.op("]")?;
                end(p, Sort::Subscript)
            })
        })
    }
    fn target_with_star_atom(&mut self) -> Option<N> {
        self.memo(Rule::TargetStarAtom, |p| p.alt(Parser::attribute_or_subscript).or_else(|| p.star_atom()))
    }
    fn star_atom(&mut self) -> Option<N> {
        let start = self.pos;
        if let Some(n) = self.name() {
            return Some(n);
        }
        let group = self.alt(|p| {
            p.op("(")?;
            let t = p.target_with_star_atom()?;
            p.op(")")?;
            Some(t)
        });
        if group.is_some() {
            return group;
        }
        let tuple = self.alt(|p| {
            p.op("(")?;
            p.alt(|p| {
                let all = p.separated(",", Parser::star_target)?;
                let comma = p.op(",").is_some();
                (comma || all.len() > 1).then_some(())
            });
            p.op(")")?;
            Some(p.node(start, Sort::Tuple, Vec::new()))
        });
        tuple.or_else(|| {
            self.alt(|p| {
                p.op("[")?;
                p.alt(|p| {
                    p.separated(",", Parser::star_target)?;
                    p.op(",");
                    Some(())
                });
                p.op("]")?;
                Some(p.node(start, Sort::List, Vec::new()))
            })
        })
    }

    /// A target of an annotation or of an augmented assignment.
    pub fn single_target(&mut self) -> Option<N> {
        let plain = self.alt(Parser::attribute_or_subscript).or_else(|| self.name());
        plain.or_else(|| {
            self.alt(|p| {
                p.op("(")?;
                let t = p.single_target()?;
                p.op(")")?;
                Some(t)
            })
        })
    }
    pub fn annotated_target(&mut self) -> Option<N> {
        let group = self.alt(|p| {
            p.op("(")?;
            let t = p.single_target()?;
            p.op(")")?;
            Some(t)
        });
        group.or_else(|| self.alt(Parser::attribute_or_subscript))
    }

    /// A primary that goes on.
    fn t_primary(&mut self) -> Option<N> {
        self.memo(Rule::TPrimary, |p| {
            let start = p.pos;
            let mut left = p.alt(|p| {
                let a = p.atom()?;
                if p.at_ops(&LOOKAHEAD) { Some(a) } else { None }
            })?;
            while let Some(next) = p.alt(|p| {
                let t = p.trailer(start)?;
                if p.at_ops(&LOOKAHEAD) { Some(t) } else { None }
            }) {
                left = next;
            }
            Some(left).filter(|_| !p.stopped())
        })
    }

    pub fn del_targets(&mut self) -> Option<N> {
        let start = self.pos;
        self.separated(",", Parser::del_target)?;
        self.op(",");
        Some(self.node(start, Sort::Tuple, Vec::new()))
    }
    fn del_target(&mut self) -> Option<N> {
        self.memo(Rule::DelTarget, |p| {
            let start = p.pos;
            if let Some(t) = p.alt(Parser::attribute_or_subscript).or_else(|| p.name()) {
                return Some(t);
            }
            let group = p.alt(|p| {
                p.op("(")?;
                let t = p.del_target()?;
                p.op(")")?;
                Some(t)
            });
            if group.is_some() {
                return group;
            }
            for (open, close, sort) in [("(", ")", Sort::Tuple), ("[", "]", Sort::List)] {
                let display = p.alt(|p| {
                    p.op(open)?;
                    p.alt(Parser::del_targets);
                    p.op(close)?;
                    Some(p.node(start, sort, Vec::new()))
                });
                if display.is_some() {
                    return display;
                }
            }
            None
        })
    }
}
