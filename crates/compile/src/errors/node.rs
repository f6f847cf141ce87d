//! The little that the error parser keeps of what it has read.

use std::rc::Rc;

pub type N = Rc<Node>;

/// What an expression is, as far as messages tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Name,
    Attribute,
    Subscript,
    Starred,
    List,
    Tuple,
    Lambda,
    /// Of a call, or its arguments: the children are the positional ones.
    Call,
    Operation,
    Generator,
    Yield,
    Await,
    ListComp,
    SetComp,
    DictComp,
    Dict,
    Set,
    FString,
    TString,
    Constant(&'static str),
    /// Whether its first operator is `in`; the first child is the left operand.
    Compare(bool),
    Conditional,
    Named,
    Token,
    Other,
}

#[derive(Debug)]
pub struct Node {
    pub sort: Sort,
    /// Line from 1 and column in bytes from 0.
    pub start: (i32, i32),
    pub end: (i32, i32),
    pub kids: Vec<N>,
    /// The text of a name; for arguments, `**` if there is such a one.
    pub text: Box<str>,
}

impl Node {
    /// The expression's kind in words.
    pub fn describe(&self) -> &'static str {
        match self.sort {
            Sort::Name => "name",
            Sort::Attribute => "attribute",
            Sort::Subscript => "subscript",
            Sort::Starred => "starred",
            Sort::List => "list",
            Sort::Tuple => "tuple",
            Sort::Lambda => "lambda",
            Sort::Call => "function call",
            Sort::Operation => "expression",
            Sort::Generator => "generator expression",
            Sort::Yield => "yield expression",
            Sort::Await => "await expression",
            Sort::ListComp => "list comprehension",
            Sort::SetComp => "set comprehension",
            Sort::DictComp => "dict comprehension",
            Sort::Dict => "dict literal",
            Sort::Set => "set display",
            Sort::FString => "f-string expression",
            Sort::TString => "t-string expression",
            Sort::Constant(name) => name,
            Sort::Compare(_) => "comparison",
            Sort::Conditional => "conditional expression",
            Sort::Named => "named expression",
            Sort::Token | Sort::Other => "expression",
        }
    }
}

/// What targets are for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Targets {
    Assign,
    Delete,
    For,
}

/// The part of `e` that cannot be a target.
pub fn invalid_target(e: &N, targets: Targets) -> Option<N> {
    match e.sort {
        Sort::List | Sort::Tuple => e.kids.iter().find_map(|k| invalid_target(k, targets)),
        Sort::Starred if targets == Targets::Delete => Some(e.clone()),
        Sort::Starred => invalid_target(e.kids.first()?, targets),
        // `for a in b` without more is read as a comparison.
        Sort::Compare(is_in) if targets == Targets::For => {
            if is_in { invalid_target(e.kids.first()?, targets) } else { None }
        }
        Sort::Name | Sort::Subscript | Sort::Attribute => None,
        _ => Some(e.clone()),
    }
}
