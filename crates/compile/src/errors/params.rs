//! Parameters of functions and lambdas.

use super::node::{N, Sort};
use super::parser::Parser;

/// Where the parameters stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Function,
    Lambda,
}

impl Of {
    fn close(self) -> &'static str {
        match self {
            Of::Function => ")",
            Of::Lambda => ":",
        }
    }
}

/// Must, may or must not a parameter have a default?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Default {
    No,
    Yes,
    Maybe,
}

impl Parser {
    pub fn params(&mut self) -> Option<N> {
        self.parameters(Of::Function)
    }
    pub fn lambda_params(&mut self) -> Option<N> {
        self.parameters(Of::Lambda)
    }

    fn bare_param(&mut self, of: Of) -> Option<N> {
        let start = self.pos;
        self.name()?;
        if of == Of::Function {
            self.alt(|p| {
                p.op(":")?;
                p.expression()
            });
        }
        Some(self.node(start, Sort::Other, Vec::new())).filter(|_| !self.stopped())
    }
    fn default(&mut self) -> Option<N> {
        let plain = self.alt(|p| {
            p.op("=")?;
            p.expression()
        });
        if plain.is_none() && self.invalid {
            self.alt(|p| {
                let a = p.op("=")?;
                if !p.at_ops(&[")", ","]) {
                    return None;
                }
                p.raise_at::<()>(&a, "expected default value expression")
            });
        }
        plain
    }
    /// The comma behind a parameter, or the end of all.
    fn param_end(&mut self, of: Of) -> Option<()> {
        if self.op(",").is_some() || self.at_op(of.close()) { Some(()) } else { None }
    }
    fn param(&mut self, of: Of, default: Default) -> Option<N> {
        self.alt(|p| {
            let param = p.bare_param(of)?;
            match default {
                Default::No => {}
                Default::Yes => {
                    p.default()?;
                }
                Default::Maybe => {
                    p.alt(Parser::default);
                }
            }
            p.param_end(of)?;
            Some(param)
        })
    }
    fn params_of(&mut self, of: Of, default: Default) -> Vec<N> {
        self.many(|p| p.param(of, default))
    }
    fn some_params(&mut self, of: Of, default: Default) -> Option<Vec<N>> {
        self.some(|p| p.param(of, default))
    }

    fn slash_end(&mut self, of: Of) -> Option<()> {
        self.op("/")?;
        self.param_end(of)
    }
    fn slash_no_default(&mut self, of: Of) -> Option<()> {
        self.alt(|p| {
            p.some_params(of, Default::No)?;
            p.slash_end(of)
        })
    }
    fn slash_with_default(&mut self, of: Of) -> Option<()> {
        self.alt(|p| {
            p.params_of(of, Default::No);
            p.some_params(of, Default::Yes)?;
            p.slash_end(of)
        })
    }

    fn parameters(&mut self, of: Of) -> Option<N> {
        let start = self.pos;
        if self.invalid {
            self.invalid_parameters(of);
        }
        let found = if self.slash_no_default(of).is_some() {
            self.params_of(of, Default::No);
            self.params_of(of, Default::Yes);
            true
        } else if self.slash_with_default(of).is_some() {
            self.params_of(of, Default::Yes);
            true
        } else if self.some_params(of, Default::No).is_some() {
            self.params_of(of, Default::Yes);
            true
        } else {
            self.some_params(of, Default::Yes).is_some()
        };
        let star = self.alt(|p| p.star_etc(of));
        if self.stopped() || !found && star.is_none() {
            return None;
        }
        Some(self.node(start, Sort::Other, Vec::new()))
    }

    fn star_etc(&mut self, of: Of) -> Option<()> {
        if self.invalid {
            self.invalid_star_etc(of);
        }
        let named = self.alt(|p| {
            p.op("*")?;
            p.param(of, Default::No)?;
            p.star_rest(of)
        });
        let named = named.or_else(|| {
            self.alt(|p| {
                if of == Of::Lambda {
                    return None;
                }
                p.op("*")?;
                p.name()?;
                p.op(":")?;
                p.star_annotation_expression()?;
                p.param_end(of)?;
                p.star_rest(of)
            })
        });
        let named = named.or_else(|| {
            self.alt(|p| {
                p.op("*")?;
                p.op(",")?;
                p.some_params(of, Default::Maybe)?;
                p.alt(|p| p.kwds(of));
                Some(())
            })
        });
        named.or_else(|| self.alt(|p| p.kwds(of)))
    }
    fn star_rest(&mut self, of: Of) -> Option<()> {
        self.params_of(of, Default::Maybe);
        self.alt(|p| p.kwds(of));
        if self.stopped() { None } else { Some(()) }
    }
    fn kwds(&mut self, of: Of) -> Option<()> {
        if self.invalid {
            self.alt(|p| {
                p.op("**")?;
                p.bare_param(of)?;
                let a = p.op("=")?;
                p.raise_at::<()>(&a, "var-keyword argument cannot have default value")
            });
            self.alt(|p| {
                p.op("**")?;
                p.bare_param(of)?;
                p.op(",")?;
                let a = p.alt(|p| p.bare_param(of)).or_else(|| p.ops(&["*", "**", "/"]))?;
                p.raise_at::<()>(&a, "arguments cannot follow var-keyword argument")
            });
        }
        self.op("**")?;
        self.param(of, Default::No)?;
        Some(())
    }

    fn star_or_comma(&mut self, of: Of) -> Option<()> {
        if self.op(",").is_some() { Some(()) } else { self.param(of, Default::No).map(drop) }
    }
    fn invalid_star_etc(&mut self, of: Of) {
        self.alt(|p| {
            let a = p.op("*")?;
            if p.op(of.close()).is_none() {
                p.op(",")?;
                p.ops(&[of.close(), "**"])?;
            }
            let text = "named arguments must follow bare *";
            if of == Of::Function { p.raise_at::<()>(&a, text) } else { p.raise(text) }
        });
        self.alt(|p| {
            p.op("*")?;
            p.bare_param(of)?;
            let a = p.op("=")?;
            p.raise_at::<()>(&a, "var-positional argument cannot have default value")
        });
        self.alt(|p| {
            p.op("*")?;
            p.alt(|p| p.param(of, Default::No)).map(drop).or_else(|| p.op(",").map(drop))?;
            p.params_of(of, Default::Maybe);
            let a = p.op("*")?;
            p.alt(|p| p.param(of, Default::No)).map(drop).or_else(|| p.op(",").map(drop))?;
            p.raise_at::<()>(&a, "* argument may appear only once")
        });
    }

    fn invalid_parameters(&mut self, of: Of) {
        self.alt(|p| {
            let a = p.op("/")?;
            p.op(",")?;
            p.raise_at::<()>(&a, "at least one argument must precede /")
        });
        self.alt(|p| {
            p.slash_no_default(of).or_else(|| p.slash_with_default(of))?;
            p.params_of(of, Default::Maybe);
            let a = p.op("/")?;
            p.raise_at::<()>(&a, "/ may appear only once")
        });
        self.alt(|p| {
            p.slash_no_default(of);
            p.params_of(of, Default::No);
            if p.slash_with_default(of).is_none() {
                p.some_params(of, Default::Yes)?;
            }
            let a = p.param(of, Default::No)?;
            p.raise_at::<()>(&a, "parameter without a default follows parameter with a default")
        });
        self.alt(|p| {
            p.params_of(of, Default::No);
            let a = p.op("(")?;
            let kind = if of == Of::Function {
                p.some_params(of, Default::No)?;
                "Function parameters"
            } else {
                p.separated(",", |p| p.bare_param(of))?;
                "Lambda expression parameters"
            };
            p.op(",");
            let b = p.op(")")?;
            p.raise_range::<()>(&a, &b, format!("{kind} cannot be parenthesized"))
        });
        self.alt(|p| {
            if p.slash_no_default(of).is_none() {
                p.slash_with_default(of);
            }
            p.params_of(of, Default::Maybe);
            p.op("*")?;
            p.star_or_comma(of)?;
            p.params_of(of, Default::Maybe);
            let a = p.op("/")?;
            p.raise_at::<()>(&a, "/ must be ahead of *")
        });
        self.alt(|p| {
            p.some_params(of, Default::Maybe)?;
            p.op("/")?;
            let a = p.op("*")?;
            p.raise_at::<()>(&a, "expected comma between / and *")
        });
    }
}
