//! The literate cases of `tests/policy/*.md`, read as steps.

use std::collections::HashMap;

use taipan_tail::policy::{Function, Kind, Options, Step, Verdict};

struct Case {
    name: String,
    steps: String,
}

fn cases() -> Vec<Case> {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/policy");
    let mut cases = Vec::new();
    let mut paths: Vec<_> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    for path in paths.iter().filter(|p| p.extension().is_some_and(|e| e == "md")) {
        let (mut title, mut block) = (String::new(), None::<String>);
        for line in std::fs::read_to_string(path).unwrap().lines() {
            if let Some(text) = &mut block {
                if line == "```" {
                    cases.push(Case { name: format!("{}: {title}", path.display()), steps: block.take().unwrap() });
                } else {
                    text.push_str(line);
                    text.push('\n');
                }
            } else if let Some(t) = line.strip_prefix("## ") {
                title = t.to_owned();
            } else if line == "```steps" {
                block = Some(String::new());
            }
        }
    }
    cases
}

/// The function that the steps describe, and for each call what is expected of it.
fn parse(case: &Case) -> (Function, Vec<(usize, String)>) {
    let mut lines = Vec::new();
    let mut labels = HashMap::new();
    let mut kind = Kind::Function;
    let mut covered: Vec<Option<String>> = Vec::new();
    let mut stack: Vec<String> = Vec::new();
    for line in case.steps.lines() {
        let (code, comment) = line.split_once('#').unwrap_or((line, ""));
        let words: Vec<&str> = code.split_whitespace().collect();
        match words[..] {
            [] => {}
            ["kind", k] => {
                kind = match k {
                    "generator" => Kind::Generator,
                    "async" => Kind::Async,
                    "body" => Kind::Body,
                    _ => panic!("{}: kind {k}", case.name),
                }
            }
            ["handler", label] => stack.push(label.to_owned()),
            ["end"] if !stack.is_empty() => {
                stack.pop();
            }
            [label] if label.ends_with(':') => {
                labels.insert(label.trim_end_matches(':').to_owned(), lines.len());
            }
            _ => {
                lines.push((words.iter().map(|w| w.to_string()).collect::<Vec<_>>(), comment.trim().to_owned()));
                covered.push(stack.last().cloned());
            }
        }
    }
    let mut expected = Vec::new();
    let steps = lines.iter().enumerate().map(|(i, (words, comment))| {
        let number = || words[1].parse().unwrap();
        match words[0].as_str() {
            "call" => {
                expected.push((i, comment.clone()));
                Step::Call
            }
            "return" => Step::Return,
            "nop" => Step::Nop,
            "jump" => Step::Jump(labels[&words[1]]),
            "branch" => Step::Branch(labels[&words[1]]),
            "swap" => Step::Swap(number()),
            "drop" => Step::Drop(number()),
            "store" => Step::Store,
            "excinfo" => Step::PushExcInfo,
            "excmatch" => Step::ExcMatch,
            "withexit" => Step::WithExit,
            "popexcept" => Step::PopExcept,
            "reraise" => Step::Reraise,
            "other" => Step::Other,
            word => panic!("{}: {word}", case.name),
        }
    });
    let steps = steps.collect();
    let handlers = covered.iter().map(|c| c.as_ref().map(|label| labels[label])).collect();
    (Function { kind, steps, handlers }, expected)
}

#[test]
fn literate_cases() {
    let cases = cases();
    assert!(cases.len() > 15, "the cases were not found");
    let mut bad = Vec::new();
    for case in &cases {
        let (function, expected) = parse(case);
        let verdicts = function.calls(Options::default());
        assert_eq!(verdicts.len(), expected.len(), "{}", case.name);
        for ((at, verdict), (_, want)) in verdicts.iter().zip(&expected) {
            // In the exceptional copy of a final clause everything is put away after the call.
            let want = match want.as_str() {
                "" => "tail",
                "finally-body" => "discarded",
                other => other,
            };
            let got = verdict.reason().map_or("tail", |r| r.id());
            if got != want {
                bad.push(format!("{}: step {at}: {got}, not {want}", case.name));
            }
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn allow_try_is_about_try_alone() {
    for case in &cases() {
        let (function, _) = parse(case);
        let strict = function.calls(Options::default());
        let relaxed = function.calls(Options { allow_try: true });
        for (s, r) in strict.iter().zip(&relaxed) {
            let was = s.1.reason().map(|r| r.id());
            assert_eq!(r.1.is_tail(), s.1.is_tail() || was == Some("try") && matches!(r.1, Verdict::Tail { .. }));
        }
    }
}
