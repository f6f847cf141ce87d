//! Atoms: names, literals, displays, comprehensions, strings with replacement fields.

use super::expr::as_sort;
use super::node::{N, Sort, Targets};
use super::parser::{Parser, Rule, Sym};
use crate::parse::literal;

const TARGET_PARENTHESES: &str = "did you forget parentheses around the comprehension target?";

impl Parser {
    pub fn atom(&mut self) -> Option<N> {
        self.memo(Rule::Atom, |p| {
            let start = p.pos;
            if let Some(n) = p.name() {
                return Some(n);
            }
            for (word, name) in [("True", "True"), ("False", "False"), ("None", "None"), ("...", "ellipsis")] {
                if let Some(n) = p.op(word) {
                    return Some(as_sort(&n, Sort::Constant(name)));
                }
            }
            if let Some(n) = p.sym(Sym::Number) {
                return Some(as_sort(&n, Sort::Constant("literal")));
            }
            if p.at_sym(Sym::String) || p.at_sym(Sym::FStringStart) || p.at_sym(Sym::TStringStart) {
                return p.strings();
            }
            let choices: &[fn(&mut Parser) -> Option<N>] = if p.at_op("(") {
                &[Parser::tuple, Parser::group, Parser::genexp]
            } else if p.at_op("[") {
                &[Parser::list, Parser::listcomp]
            } else if p.at_op("{") {
                &[Parser::dict, Parser::set, Parser::dictcomp, Parser::setcomp]
            } else {
                return None;
            };
            debug_assert_eq!(start, p.pos);
            choices.iter().find_map(|c| p.alt(c))
        })
    }

    pub fn tuple(&mut self) -> Option<N> {
        let start = self.pos;
        self.op("(")?;
        let mut kids = Vec::new();
        let items = self.alt(|p| {
            let first = p.star_named_expression()?;
            p.op(",")?;
            let mut all = vec![first];
            all.extend(p.alt(Parser::star_named_expressions).unwrap_or_default());
            Some(all)
        });
        kids.extend(items.unwrap_or_default());
        self.op(")")?;
        Some(self.node(start, Sort::Tuple, kids))
    }
    fn group(&mut self) -> Option<N> {
        let inner = self.alt(|p| {
            p.op("(")?;
            let e = p.alt(Parser::yield_expr).or_else(|| p.alt(Parser::named_expression))?;
            p.op(")")?;
            Some(e)
        });
        if inner.is_none() && self.invalid {
            self.alt(|p| {
                p.op("(")?;
                let a = p.starred_expression()?;
                p.op(")")?;
                p.raise_at::<()>(&a, "cannot use starred expression here")
            });
            self.alt(|p| {
                p.op("(")?;
                let a = p.op("**")?;
                p.expression()?;
                p.op(")")?;
                p.raise_at::<()>(&a, "cannot use double starred expression here")
            });
        }
        inner
    }
    pub fn list(&mut self) -> Option<N> {
        let start = self.pos;
        self.op("[")?;
        let kids = self.alt(Parser::star_named_expressions).unwrap_or_default();
        self.op("]")?;
        Some(self.node(start, Sort::List, kids))
    }
    fn set(&mut self) -> Option<N> {
        let start = self.pos;
        self.op("{")?;
        self.star_named_expressions()?;
        self.op("}")?;
        Some(self.node(start, Sort::Set, Vec::new()))
    }

    fn dict(&mut self) -> Option<N> {
        let start = self.pos;
        let plain = self.alt(|p| {
            p.op("{")?;
            p.alt(|p| {
                p.separated(",", Parser::dict_item)?;
                p.op(",");
                Some(())
            });
            p.op("}")?;
            Some(p.node(start, Sort::Dict, Vec::new()))
        });
        if plain.is_none() {
            // CPython tries these in its first pass already.
            self.alt(|p| {
                p.op("{")?;
                p.invalid_dict_items()
            });
        }
        plain
    }
    fn dict_item(&mut self) -> Option<N> {
        let spread = self.alt(|p| {
            p.op("**")?;
            p.bitwise_or()
        });
        spread.or_else(|| self.kvpair())
    }
    fn kvpair(&mut self) -> Option<N> {
        self.memo(Rule::KvPairs, |p| {
            let start = p.pos;
            p.expression()?;
            p.op(":")?;
            p.expression()?;
            Some(p.node(start, Sort::Other, Vec::new()))
        })
    }
    fn starred_value(&mut self) -> Option<()> {
        self.expression()?;
        self.op(":")?;
        let a = self.op("*")?;
        self.bitwise_or()?;
        self.raise_from(&a, "cannot use a starred expression in a dictionary value")
    }
    fn missing_value(&mut self) -> Option<()> {
        self.expression()?;
        let a = self.op(":")?;
        if !self.at_ops(&["}", ","]) {
            return None;
        }
        self.raise_at(&a, "expression expected after dictionary key and ':'")
    }
    fn invalid_dict_items(&mut self) -> Option<()> {
        self.alt(|p| {
            p.separated(",", Parser::dict_item)?;
            p.op(",")?;
            p.alt(|p| {
                let a = p.expression()?;
                if p.at_op(":") {
                    return None;
                }
                let (line, end) = (a.start.0, a.end);
                let text = "':' expected after dictionary key".to_string();
                p.set_error(crate::ErrorKind::SyntaxError, text, line, end.1, (end.0, 0));
                None::<()>
            });
            p.alt(Parser::starred_value);
            p.alt(Parser::missing_value)
        });
        self.alt(Parser::starred_value);
        self.alt(Parser::missing_value)
    }

    pub fn for_if_clauses(&mut self) -> Option<N> {
        self.memo(Rule::ForIfClauses, |p| {
            let start = p.pos;
            let clauses = p.some(Parser::for_if_clause)?;
            Some(p.node(start, Sort::Other, clauses)).filter(|_| !p.stopped())
        })
    }
    fn for_if_clause(&mut self) -> Option<N> {
        let start = self.pos;
        let committed = self.ahead(|p| {
            p.op("async");
            p.op("for")?;
            p.star_targets()?;
            p.op("in")
        });
        if committed {
            self.op("async");
            self.op("for")?;
            self.star_targets()?;
            self.op("in")?;
            let mut kids = vec![self.disjunction()?];
            kids.extend(self.many(|p| {
                p.op("if")?;
                p.disjunction()
            }));
            return Some(self.node(start, Sort::Other, kids)).filter(|_| !self.stopped());
        }
        if self.invalid {
            self.alt(|p| {
                p.op("async");
                p.op("for")?;
                p.separated(",", Parser::bitwise_or)?;
                p.op(",");
                p.unless(|p| p.op("in"))?;
                p.raise::<()>("'in' expected after for-loop variables")
            });
            self.alt(Parser::invalid_for_target);
        }
        None
    }
    pub fn invalid_for_target(&mut self) -> Option<()> {
        self.op("async");
        self.op("for")?;
        let a = self.star_expressions()?;
        self.raise_invalid_target(Targets::For, &a)
    }

    fn listcomp(&mut self) -> Option<N> {
        self.comprehension("[", "]", Sort::ListComp, Parser::named_expression)
    }
    fn setcomp(&mut self) -> Option<N> {
        self.comprehension("{", "}", Sort::SetComp, Parser::named_expression)
    }
    pub fn genexp(&mut self) -> Option<N> {
        self.comprehension("(", ")", Sort::Generator, |p| {
            p.alt(Parser::assignment_expression).or_else(|| p.alt(Parser::unassigned_expression))
        })
    }
    fn comprehension(
        &mut self,
        open: &str,
        close: &str,
        sort: Sort,
        element: fn(&mut Parser) -> Option<N>,
    ) -> Option<N> {
        let start = self.pos;
        let plain = self.alt(|p| {
            p.op(open)?;
            element(p)?;
            p.for_if_clauses()?;
            p.op(close)?;
            Some(p.node(start, sort, Vec::new()))
        });
        if plain.is_none() && self.invalid {
            self.invalid_comprehension();
        }
        plain
    }
    fn invalid_comprehension(&mut self) {
        self.alt(|p| {
            p.ops(&["[", "(", "{"])?;
            let a = p.starred_expression()?;
            p.for_if_clauses()?;
            p.raise_at::<()>(&a, "iterable unpacking cannot be used in comprehension")
        });
        self.alt(|p| {
            p.ops(&["[", "{"])?;
            let a = p.star_named_expression()?;
            p.op(",")?;
            let b = p.star_named_expressions()?;
            p.for_if_clauses()?;
            p.raise_range::<()>(&a, b.last()?, TARGET_PARENTHESES)
        });
        self.alt(|p| {
            p.ops(&["[", "{"])?;
            let a = p.star_named_expression()?;
            let b = p.op(",")?;
            p.for_if_clauses()?;
            p.raise_range::<()>(&a, &b, TARGET_PARENTHESES)
        });
    }
    fn dictcomp(&mut self) -> Option<N> {
        let start = self.pos;
        let plain = self.alt(|p| {
            p.op("{")?;
            p.kvpair()?;
            p.for_if_clauses()?;
            p.op("}")?;
            Some(p.node(start, Sort::DictComp, Vec::new()))
        });
        if plain.is_none() && self.invalid {
            self.alt(|p| {
                p.op("{")?;
                let a = p.op("**")?;
                p.bitwise_or()?;
                p.for_if_clauses()?;
                p.op("}")?;
                p.raise_at::<()>(&a, "dict unpacking cannot be used in dict comprehension")
            });
        }
        plain
    }

    pub fn strings(&mut self) -> Option<N> {
        self.memo(Rule::Strings, |p| {
            let start = p.pos;
            if p.invalid {
                p.alt(|p| {
                    let a = p.some(Parser::fstring_or_string)?;
                    let b = p.tstring()?;
                    p.mixed(a.last()?, &b)
                });
                p.alt(|p| {
                    let a = p.some(Parser::tstring)?;
                    let b = p.fstring_or_string()?;
                    p.mixed(a.last()?, &b)
                });
            }
            let plain = p.some(Parser::fstring_or_string);
            if let Some(parts) = plain {
                let bytes = parts.iter().filter(|s| &*s.text == "b").count();
                if bytes != 0 && bytes != parts.len() {
                    return p.raise("cannot mix bytes and nonbytes literals");
                }
                let formatted = parts.iter().any(|s| s.sort == Sort::FString);
                let sort = if formatted { Sort::FString } else { Sort::Constant("literal") };
                return Some(p.node(start, sort, Vec::new())).filter(|_| !p.stopped());
            }
            p.some(Parser::tstring)?;
            Some(p.node(start, Sort::TString, Vec::new())).filter(|_| !p.stopped())
        })
    }
    fn mixed(&mut self, a: &N, b: &N) -> Option<()> {
        self.raise_range(a, b, "cannot mix t-string literals with string or bytes literals")
    }
    fn fstring_or_string(&mut self) -> Option<N> {
        self.alt(|p| p.formatted(false)).or_else(|| self.alt(Parser::string))
    }
    fn tstring(&mut self) -> Option<N> {
        self.formatted(true)
    }

    /// A string without fields: its text is `b` for bytes. Escapes that cannot be decoded are errors.
    fn string(&mut self) -> Option<N> {
        if !self.at_sym(Sym::String) {
            return None;
        }
        let text = self.tokens[self.pos].text.clone();
        let token = self.sym(Sym::String)?;
        let quote = text.find(['\'', '"'])?;
        let prefix = text[..quote].to_ascii_lowercase();
        let size = if text[quote..].len() >= 6 && text[quote + 1..].starts_with(&text[quote..quote + 1].repeat(2)) {
            3
        } else {
            1
        };
        let body = text.get(quote + size..text.len() - size)?;
        let bytes = prefix.contains('b');
        if bytes && !body.is_ascii() {
            return self.raise_at(&token, "bytes can only contain ASCII literal characters");
        }
        if !prefix.contains('r') {
            let decoded =
                if bytes { literal::decode_bytes(body) } else { literal::decode_str(body, false) };
            if let Err(text) = decoded {
                return self.raise(text);
            }
        }
        let mut node = as_sort(&token, Sort::Constant("literal"));
        if let (true, Some(n)) = (bytes, std::rc::Rc::get_mut(&mut node)) {
            n.text = "b".into();
        }
        Some(node)
    }

    fn formatted(&mut self, template: bool) -> Option<N> {
        let start = self.pos;
        let (open, middle, close) = if template {
            (Sym::TStringStart, Sym::TStringMiddle, Sym::TStringEnd)
        } else {
            (Sym::FStringStart, Sym::FStringMiddle, Sym::FStringEnd)
        };
        let raw = self.peek()?.text.to_ascii_lowercase().contains('r');
        self.sym(open)?;
        self.many(|p| p.alt(|p| p.replacement_field(template, raw)).or_else(|| p.text_piece(middle, raw)));
        self.sym(close)?;
        Some(self.node(start, if template { Sort::TString } else { Sort::FString }, Vec::new()))
    }
    /// Text between fields.
    fn text_piece(&mut self, middle: Sym, raw: bool) -> Option<N> {
        if !self.at_sym(middle) {
            return None;
        }
        let text = self.tokens[self.pos].text.clone();
        let token = self.sym(middle)?;
        if !raw && let Err(text) = literal::decode_str(&text, false) {
            return self.raise(text);
        }
        Some(token)
    }

    fn replacement_field(&mut self, template: bool, raw: bool) -> Option<N> {
        let start = self.pos;
        let plain = self.alt(|p| {
            p.op("{")?;
            p.yield_or_expressions()?;
            p.op("=");
            p.alt(|p| p.conversion(template));
            p.alt(|p| p.format_spec(template, raw));
            p.op("}")?;
            Some(p.node(start, Sort::FString, Vec::new()))
        });
        if plain.is_none() && self.invalid {
            self.invalid_replacement_field(template, raw);
        }
        plain
    }
    fn conversion(&mut self, template: bool) -> Option<N> {
        let mark = self.op("!")?;
        let name = self.name()?;
        let letter = if template { 't' } else { 'f' };
        if mark.end != name.start {
            let text = format!("{letter}-string: conversion type must come right after the exclamation mark");
            return self.raise_range(&mark, &name, text);
        }
        if !matches!(&*name.text, "s" | "r" | "a") {
            let text = format!(
                "{letter}-string: invalid conversion character '{}': expected 's', 'r', or 'a'",
                name.text
            );
            return self.raise_at(&name, text);
        }
        Some(name)
    }
    fn format_spec(&mut self, template: bool, raw: bool) -> Option<N> {
        let colon = self.op(":")?;
        self.spec_pieces(template, raw);
        Some(colon).filter(|_| !self.stopped())
    }
    fn spec_pieces(&mut self, template: bool, raw: bool) {
        let middle = if template { Sym::TStringMiddle } else { Sym::FStringMiddle };
        self.many(|p| p.alt(|p| p.text_piece(middle, raw)).or_else(|| p.alt(|p| p.replacement_field(template, raw))));
    }

    fn invalid_replacement_field(&mut self, template: bool, raw: bool) {
        let letter = if template { "t-string" } else { "f-string" };
        for c in ["=", "!", ":", "}"] {
            self.alt(|p| {
                p.op("{")?;
                let a = p.op(c)?;
                p.raise_at::<()>(&a, format!("{letter}: valid expression required before '{c}'"))
            });
        }
        self.alt(|p| {
            p.op("{")?;
            p.unless(Parser::yield_or_expressions)?;
            p.raise_next::<()>(format!("{letter}: expecting a valid expression after '{{'"))
        });
        self.alt(|p| {
            p.op("{")?;
            p.yield_or_expressions()?;
            if !p.at_ops(&["=", "!", ":", "}"]) {
                return p.raise_next::<()>(format!("{letter}: expecting '=', or '!', or ':', or '}}'"));
            }
            if p.op("=").is_some() && !p.at_ops(&["!", ":", "}"]) {
                return p.raise_next(format!("{letter}: expecting '!', or ':', or '}}'"));
            }
            p.alt(|p| {
                p.op("!")?;
                if p.at_ops(&[":", "}"]) {
                    return p.raise_next::<()>(format!("{letter}: missing conversion character"));
                }
                p.unless(Parser::name)?;
                p.raise_next(format!("{letter}: invalid conversion character"))
            });
            p.alt(|p| {
                p.op("!")?;
                p.name()
            });
            if !p.at_ops(&[":", "}"]) {
                return p.raise_next(format!("{letter}: expecting ':' or '}}'"));
            }
            if p.op(":").is_some() {
                p.spec_pieces(template, raw);
                if !p.at_op("}") {
                    return p.raise_next(format!("{letter}: expecting '}}', or format specs"));
                }
            }
            if !p.at_op("}") {
                return p.raise_next(format!("{letter}: expecting '}}'"));
            }
            None
        });
    }
}
