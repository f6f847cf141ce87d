//! `cargo xtask bench`: times the programs of `bench/` under Taipan's engines and other Pythons, by turns, and
//! compares medians.

use crate::{python, root};
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// A Python to time.
struct Runner {
    name: String,
    program: PathBuf,
    args: Vec<String>,
}

struct Options {
    programs: Vec<String>,
    runs: usize,
    engines: Vec<String>,
    pythons: Vec<PathBuf>,
    json: Option<PathBuf>,
    svg: Option<PathBuf>,
}

fn options(args: &[&str]) -> Result<Options, String> {
    let mut o = Options { programs: vec![], runs: 5, engines: vec!["tail".into()], pythons: vec![], json: None, svg: None };
    let mut it = args.iter();
    while let Some(&a) = it.next() {
        let mut value = || it.next().map(|v| v.to_string()).ok_or(format!("{a} needs a value"));
        match a {
            "--runs" => o.runs = value()?.parse().map_err(|_| "--runs needs a number")?,
            "--engines" => o.engines = value()?.split(',').filter(|e| !e.is_empty()).map(str::to_string).collect(),
            "--python" => o.pythons.push(value()?.into()),
            "--json" => o.json = Some(value()?.into()),
            "--svg" => o.svg = Some(value()?.into()),
            _ if a.starts_with('-') => return Err(format!("unknown option {a}")),
            _ => o.programs.push(a.to_string()),
        }
    }
    Ok(o)
}

pub fn run(args: &[&str]) -> Result<(), String> {
    let o = options(args)?;
    let mut runners = vec![];
    if !o.engines.is_empty() {
        let taipan = python::taipan()?;
        for e in &o.engines {
            runners.push(Runner { name: format!("taipan {e}"), program: taipan.clone(), args: vec!["-X".into(), format!("engine={e}")] });
        }
    }
    // CPython comes last: it is what the others are measured by.
    let mut pythons = o.pythons.clone();
    pythons.push(python::oracle()?);
    for p in pythons {
        let name = p.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        runners.push(Runner { name, program: p, args: vec![] });
    }
    let dir = root().join("bench");
    let programs: Vec<PathBuf> = python::files(&dir, "py")
        .into_iter()
        .filter(|p| o.programs.is_empty() || o.programs.iter().any(|w| p.file_stem().is_some_and(|s| s.to_string_lossy() == *w)))
        .collect();
    if programs.is_empty() {
        return Err("no such program in bench/".into());
    }
    let width = runners.iter().map(|r| r.name.len()).max().unwrap_or(0).max(9);
    print!("{:16}", "");
    for r in &runners {
        print!("  {:>width$}", r.name);
    }
    println!();
    let mut table: Vec<(String, Vec<Option<f64>>)> = vec![];
    for p in &programs {
        let name = p.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
        let mut times: Vec<Vec<f64>> = vec![vec![]; runners.len()];
        // By turns, so that what else the machine does meets all of them.
        for _ in 0..o.runs {
            for (i, r) in runners.iter().enumerate() {
                match time(r, p) {
                    Ok(t) => times[i].push(t),
                    Err(e) => eprintln!("{name} under {}: {e}", r.name),
                }
            }
        }
        let medians: Vec<Option<f64>> = times.into_iter().map(median).collect();
        print!("{name:16}");
        let base = medians.last().copied().flatten();
        for m in &medians {
            let cell = match (m, base) {
                (Some(m), Some(b)) => format!("{:.0} ms {:.2}", m * 1e3, b / m),
                _ => "–".into(),
            };
            print!("  {cell:>width$}");
        }
        println!();
        table.push((name, medians));
    }
    print!("{:16}", "geometric mean");
    let means: Vec<Option<f64>> = (0..runners.len()).map(|i| mean(&table, i)).collect();
    for m in &means {
        let cell = m.map_or("–".into(), |m| format!("{m:.2}"));
        print!("  {cell:>width$}");
    }
    println!("\n(times are medians of {}; the second number is how many times as fast as {})", o.runs, runners[runners.len() - 1].name);
    if let Some(f) = &o.json {
        let mut all = Map::new();
        for (name, medians) in &table {
            let row: Map<String, Value> = runners.iter().zip(medians).map(|(r, m)| (r.name.clone(), json!(m))).collect();
            all.insert(name.clone(), Value::Object(row));
        }
        let means: Map<String, Value> = runners.iter().zip(&means).map(|(r, m)| (r.name.clone(), json!(m))).collect();
        let text = serde_json::to_string_pretty(&json!({ "seconds": all, "speed": means })).map_err(|e| e.to_string())?;
        std::fs::write(f, text + "\n").map_err(|e| e.to_string())?;
    }
    if let Some(f) = &o.svg {
        std::fs::write(f, svg(&runners, &table)).map_err(|e| e.to_string())?;
    }
    Ok(())
}

/// One run; the program tells its own time, so that start-up does not count.
fn time(r: &Runner, program: &std::path::Path) -> Result<f64, String> {
    let mut c = Command::new(&r.program);
    c.args(&r.args).arg(program).env("PYTHONHASHSEED", "0");
    let out = python::run(&mut c, Duration::from_secs(300))?;
    let last = out.stdout.trim_end().lines().last().unwrap_or("");
    match (out.code, last.strip_prefix("seconds: ").and_then(|s| s.parse().ok())) {
        (Some(0), Some(t)) => Ok(t),
        _ => Err(out.stderr.trim_end().lines().last().unwrap_or("no time told").to_string()),
    }
}

fn median(mut times: Vec<f64>) -> Option<f64> {
    times.sort_by(f64::total_cmp);
    let n = times.len();
    if n == 0 { None } else { Some((times[(n - 1) / 2] + times[n / 2]) / 2.0) }
}

/// Geometric mean of the speeds relative to the last runner.
fn mean(table: &[(String, Vec<Option<f64>>)], i: usize) -> Option<f64> {
    let logs: Vec<f64> = table.iter().filter_map(|(_, m)| Some((m.last().copied().flatten()? / m[i]?).ln())).collect();
    if logs.is_empty() { None } else { Some((logs.iter().sum::<f64>() / logs.len() as f64).exp()) }
}

/// Bars: speed relative to the last runner.
fn svg(runners: &[Runner], table: &[(String, Vec<Option<f64>>)]) -> String {
    const COLORS: [&str; 6] = ["#2563eb", "#16a34a", "#d97706", "#9333ea", "#dc2626", "#64748b"];
    let (left, bar, gap, scale_width) = (130.0, 11.0, 10.0, 620.0);
    let speed = |m: &[Option<f64>], i: usize| Some(m.last().copied().flatten()? / m[i]?);
    let top = table.iter().flat_map(|(_, m)| (0..runners.len()).filter_map(|i| speed(m, i))).fold(1.0f64, f64::max);
    let x = |s: f64| left + s / top * scale_width;
    let group = bar * runners.len() as f64 + gap;
    let height = 50.0 + group * table.len() as f64 + 20.0;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"12\">\n",
        left + scale_width + 60.0
    );
    out.push_str("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
    for (i, r) in runners.iter().enumerate() {
        let at = left + i as f64 * 130.0;
        out.push_str(&format!("<rect x=\"{at}\" y=\"12\" width=\"10\" height=\"10\" fill=\"{}\"/>", COLORS[i % COLORS.len()]));
        out.push_str(&format!("<text x=\"{}\" y=\"21\">{}</text>\n", at + 15.0, r.name));
    }
    for (k, (name, m)) in table.iter().enumerate() {
        let y = 40.0 + k as f64 * group;
        let middle = y + (group - gap) / 2.0 + 4.0;
        out.push_str(&format!("<text x=\"{}\" y=\"{middle}\" text-anchor=\"end\">{name}</text>\n", left - 8.0));
        for i in 0..runners.len() {
            let Some(s) = speed(m, i) else { continue };
            let yi = y + i as f64 * bar;
            let color = COLORS[i % COLORS.len()];
            out.push_str(&format!("<rect x=\"{left}\" y=\"{yi}\" width=\"{:.1}\" height=\"{}\" fill=\"{color}\"/>", x(s) - left, bar - 2.0));
            out.push_str(&format!("<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"9\">{s:.2}</text>\n", x(s) + 3.0, yi + 8.0));
        }
    }
    out.push_str(&format!("<line x1=\"{0:.1}\" y1=\"34\" x2=\"{0:.1}\" y2=\"{1}\" stroke=\"black\" stroke-dasharray=\"3 3\"/>\n</svg>\n", x(1.0), height - 14.0));
    out
}
