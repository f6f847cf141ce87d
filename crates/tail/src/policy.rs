//! The tail-position policy: for each call of a function, whether it is a tail call, or why not.
//!
//! A call is a tail call if nothing that the program could notice happens between its return and
//! the return of its caller: no handler is active that would see its exception, no exit of a `with`
//! nor `finally` body is due, and its value is returned as it is. What is cleared away after the
//! call (the iterators of enclosing loops) may as well be cleared before it.
//!
//! The functions here are pure and know no opcode. A [`Function`] is a flat list of [`Step`]s in
//! layout order; whoever has basic blocks lays them out first.

use std::fmt;

/// What the policy needs to know of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A call, its value pushed.
    Call,
    /// Returns the top of the stack.
    Return,
    /// Nothing, or nothing that matters here.
    Nop,
    /// Goes to the step with this index.
    Jump(usize),
    /// Goes on, or goes to the step with this index.
    Branch(usize),
    /// Exchanges the top with the entry of this number, the top being 1.
    Swap(u32),
    /// Drops so many entries.
    Drop(u32),
    /// Stores the top in a variable.
    Store,
    /// A handler begins.
    PushExcInfo,
    /// The handler tests the type of its exception (`except E`, `except* E`).
    ExcMatch,
    /// The handler calls `__exit__`.
    WithExit,
    /// A handler is left normally.
    PopExcept,
    /// The exception is raised again.
    Reraise,
    /// Ends the path in another way.
    End,
    /// Anything else, going on to the next step.
    Other,
}

/// How the code runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Kind {
    #[default]
    Function,
    Generator,
    Async,
    /// A module, a class body, or text for `exec`.
    Body,
}

impl Kind {
    /// From `co_flags`, whose bits are the same in every version.
    pub fn from_flags(flags: u32) -> Kind {
        const NEWLOCALS: u32 = 0x2;
        const GENERATOR: u32 = 0x20;
        const ASYNC: u32 = 0x80 | 0x100 | 0x200;
        if flags & ASYNC != 0 {
            Kind::Async
        } else if flags & GENERATOR != 0 {
            Kind::Generator
        } else if flags & NEWLOCALS == 0 {
            Kind::Body
        } else {
            Kind::Function
        }
    }
}

/// A function as the policy sees it.
#[derive(Clone, Debug, Default)]
pub struct Function {
    pub kind: Kind,
    pub steps: Vec<Step>,
    /// For each step the first step of the handler that an exception in it goes to.
    pub handlers: Vec<Option<usize>>,
}

/// Why a call is not a tail call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    Generator,
    Async,
    Body,
    Try,
    With,
    Finally,
    Except,
    Comprehension,
    Used,
    Discarded,
    Stored,
}

impl Reason {
    pub const ALL: [Reason; 11] = [
        Reason::Generator,
        Reason::Async,
        Reason::Body,
        Reason::Try,
        Reason::With,
        Reason::Finally,
        Reason::Except,
        Reason::Comprehension,
        Reason::Used,
        Reason::Discarded,
        Reason::Stored,
    ];

    /// A short name, for tests and tools.
    pub fn id(self) -> &'static str {
        match self {
            Reason::Generator => "generator",
            Reason::Async => "async",
            Reason::Body => "body",
            Reason::Try => "try",
            Reason::With => "with",
            Reason::Finally => "finally",
            Reason::Except => "except",
            Reason::Comprehension => "comprehension",
            Reason::Used => "used",
            Reason::Discarded => "discarded",
            Reason::Stored => "stored",
        }
    }

    /// A sentence for people.
    pub fn text(self) -> &'static str {
        match self {
            Reason::Generator => "the function is a generator: its frame outlives the call",
            Reason::Async => "the function is asynchronous: its frame outlives the call",
            Reason::Body => "this is no function: the code of a module or class returns no value",
            Reason::Try => "inside 'try': each pending call's own handler would have to run",
            Reason::With => "inside 'with': the exit runs after the call",
            Reason::Finally => "inside 'try' ... 'finally': the final clause runs after the call",
            Reason::Except => "inside an 'except' or 'finally' clause: the handled exception is put away after the call",
            Reason::Comprehension => "inside a comprehension: its variables are restored after the call",
            Reason::Used => "its value is used before the function returns",
            Reason::Discarded => "its value is dropped: the function returns something else",
            Reason::Stored => "its value is stored in a variable first",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// What the policy says of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A tail call. `path` lists the steps after it that clear the stack, and the `Return`.
    Tail { path: Vec<usize> },
    Not(Reason),
}

impl Verdict {
    pub fn is_tail(&self) -> bool {
        matches!(self, Verdict::Tail { .. })
    }
    pub fn reason(&self) -> Option<Reason> {
        match self {
            Verdict::Tail { .. } => None,
            Verdict::Not(r) => Some(*r),
        }
    }
}

/// What may be relaxed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Take a call in the body of `try` ... `except` for a tail call, although the handlers of the
    /// calls before it will not see its exception.
    pub allow_try: bool,
}

/// How a path after a call ends.
enum End {
    Returned(Vec<usize>),
    Barred(Reason),
}

impl Function {
    /// Every call with its verdict, in layout order.
    pub fn calls(&self, options: Options) -> Vec<(usize, Verdict)> {
        let calls = self.steps.iter().enumerate().filter(|(_, s)| **s == Step::Call);
        calls.map(|(at, _)| (at, self.verdict(at, options))).collect()
    }

    /// Whether the call at step `at` is a tail call.
    pub fn verdict(&self, at: usize, options: Options) -> Verdict {
        match self.kind {
            Kind::Generator => return Verdict::Not(Reason::Generator),
            Kind::Async => return Verdict::Not(Reason::Async),
            Kind::Body => return Verdict::Not(Reason::Body),
            Kind::Function => {}
        }
        let region = self.handlers.get(at).copied().flatten().map(|h| self.region(h));
        match self.follow(at + 1) {
            End::Barred(Reason::Discarded) => Verdict::Not(Reason::Discarded),
            End::Barred(Reason::Stored) => Verdict::Not(Reason::Stored),
            end => match (region, end) {
                (Some(Reason::Try), End::Returned(path)) if options.allow_try => Verdict::Tail { path },
                (Some(reason), _) => Verdict::Not(reason),
                (None, End::Returned(path)) => Verdict::Tail { path },
                (None, End::Barred(reason)) => Verdict::Not(reason),
            },
        }
    }

    /// Follows the value of a call from the step behind it.
    fn follow(&self, mut at: usize) -> End {
        let mut path = Vec::new();
        // Where the value lies, counted from the top.
        let mut place = 0u32;
        for taken in 0..=self.steps.len() {
            let Some(step) = self.steps.get(at) else { break };
            match *step {
                Step::Return if place == 0 => {
                    path.push(at);
                    return End::Returned(path);
                }
                Step::Nop => {}
                Step::Jump(to) => {
                    at = to;
                    continue;
                }
                Step::Swap(n) if n > 0 => {
                    if place == 0 {
                        place = n - 1;
                    } else if place == n - 1 {
                        place = 0;
                    }
                    path.push(at);
                }
                Step::Drop(n) if n <= place => {
                    place -= n;
                    path.push(at);
                }
                Step::Drop(_) if taken == 0 => return End::Barred(Reason::Discarded),
                Step::Store if place == 0 => return End::Barred(Reason::Stored),
                Step::PopExcept => return End::Barred(Reason::Except),
                _ => break,
            }
            at += 1;
        }
        End::Barred(Reason::Used)
    }

    /// What kind of statement the handler that begins at step `start` belongs to.
    fn region(&self, start: usize) -> Reason {
        let rest = self.steps.get(start..).unwrap_or(&[]);
        if rest.first() == Some(&Step::PushExcInfo) {
            let body = &rest[1..];
            if matches!(body.iter().find(|s| **s != Step::Nop), Some(Step::Drop(_))) {
                return Reason::Try; // a bare `except:`
            }
            for step in body {
                match step {
                    Step::WithExit => return Reason::With,
                    Step::ExcMatch => return Reason::Try,
                    Step::Reraise | Step::PushExcInfo => return Reason::Finally,
                    // A bare `except:` that was optimised, or a final clause that returns.
                    Step::PopExcept => return Reason::Finally,
                    _ => {}
                }
            }
            return Reason::Finally;
        }
        // Handlers of handlers: they put the exception back and raise on.
        for step in rest {
            match step {
                Step::PopExcept => return Reason::Except,
                Step::Drop(_) => return Reason::Comprehension,
                Step::Reraise | Step::End | Step::Return => break,
                _ => {}
            }
        }
        Reason::Except
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endless_paths_end() {
        let f = Function { steps: vec![Step::Call, Step::Jump(1)], handlers: vec![None; 2], ..Default::default() };
        assert_eq!(f.verdict(0, Options::default()), Verdict::Not(Reason::Used));
        let f = Function { steps: vec![Step::Call, Step::Jump(99)], ..Default::default() };
        assert_eq!(f.verdict(0, Options::default()), Verdict::Not(Reason::Used));
    }

    #[test]
    fn ids_are_distinct() {
        let mut ids: Vec<_> = Reason::ALL.iter().map(|r| r.id()).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), Reason::ALL.len());
    }
}
