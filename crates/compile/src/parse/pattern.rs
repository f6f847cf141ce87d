//! Patterns.

use ruff_python_ast as ruff;

use super::Lower;
use crate::ast::*;
use crate::depth::deeper;
use crate::error::Result;

impl Lower<'_> {
    pub fn pattern(&mut self, p: &ruff::Pattern) -> Result<Pattern> {
        self.depth.enter()?;
        let r = deeper(|| self.pattern_inner(p));
        self.depth.leave();
        r
    }

    fn patterns<'p>(&mut self, ps: impl IntoIterator<Item = &'p ruff::Pattern>) -> Result<Vec<Pattern>> {
        ps.into_iter().map(|p| self.pattern(p)).collect()
    }

    fn pattern_inner(&mut self, p: &ruff::Pattern) -> Result<Pattern> {
        let loc = self.range_of(p);
        let kind = match p {
            ruff::Pattern::MatchValue(v) => PatternKind::MatchValue(self.boxed(&v.value)?),
            ruff::Pattern::MatchSingleton(s) => PatternKind::MatchSingleton(match s.value {
                ruff::Singleton::None => Const::None,
                ruff::Singleton::True => Const::Bool(true),
                ruff::Singleton::False => Const::Bool(false),
            }),
            ruff::Pattern::MatchSequence(s) => PatternKind::MatchSequence(self.patterns(&s.patterns)?),
            ruff::Pattern::MatchMapping(m) => PatternKind::MatchMapping {
                keys: self.exprs(&m.keys)?,
                patterns: self.patterns(&m.patterns)?,
                rest: self.opt_ident(m.rest.as_ref()),
            },
            ruff::Pattern::MatchClass(c) => PatternKind::MatchClass {
                cls: self.boxed(&c.cls)?,
                patterns: self.patterns(&c.arguments.patterns)?,
                kwd_attrs: c.arguments.keywords.iter().map(|k| self.ident(&k.attr)).collect(),
                kwd_patterns: self.patterns(c.arguments.keywords.iter().map(|k| &k.pattern))?,
            },
            ruff::Pattern::MatchStar(s) => PatternKind::MatchStar(self.opt_ident(s.name.as_ref())),
            ruff::Pattern::MatchAs(a) => PatternKind::MatchAs {
                pattern: a.pattern.as_deref().map(|p| self.pattern(p).map(Box::new)).transpose()?,
                name: self.opt_ident(a.name.as_ref()),
            },
            ruff::Pattern::MatchOr(o) => PatternKind::MatchOr(self.patterns(&o.patterns)?),
        };
        Ok(Pattern { kind, loc })
    }
}
