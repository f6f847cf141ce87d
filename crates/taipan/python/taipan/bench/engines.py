"""The same programs on every engine, by turns."""

import os
import subprocess
import sys

from taipan.bench import programs, report

HELP = "time the engines of this build against each other"

# What each program does most is dispatching.
DISPATCH_BOUND = ("fib", "int_loop", "float_loop", "attribute_loop")


def add_arguments(parser):
    parser.add_argument("programs", nargs="*", metavar="PROGRAM", help="some of: " + " ".join(programs.names()))
    parser.add_argument("--runs", type=int, default=5, help="runs of each program on each engine (default 5)")
    parser.add_argument("--repeats", type=int, default=3, help="times within a run, of which the best counts (default 3)")
    parser.add_argument("--engines", help="engines to time, separated by commas (default: all)")
    parser.add_argument("--json", default="engines.json", metavar="FILE", help="where the figures go (default engines.json)")
    parser.add_argument("--svg", default="engines.svg", metavar="FILE", help="where the chart goes (default engines.svg)")


def seconds(engine, program, repeats):
    """The best time of a few in a process of its own, which tells its time: start-up does not count."""
    code = f"from taipan.bench import programs; print(programs.best({program!r}, {repeats}))"
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    command = [sys.executable, "-X", f"engine={engine}", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise RuntimeError(lines[-1])
    return float(done.stdout)


def main(arguments):
    known = getattr(sys.implementation, "engines", None)
    if known is None:
        print("taipan.bench engines: only Taipan has engines to compare", file=sys.stderr)
        return 2
    engines = arguments.engines.split(",") if arguments.engines else list(known)
    chosen = arguments.programs or programs.names()
    for what, given, there in (("engine", engines, known), ("program", chosen, programs.names())):
        for name in given:
            if name not in there:
                print(f"taipan.bench engines: no {what} {name!r}: there are {', '.join(there)}", file=sys.stderr)
                return 2
    if arguments.runs < 1 or arguments.repeats < 1:
        print("taipan.bench engines: at least one run and one repeat", file=sys.stderr)
        return 2
    times = {p: {e: [] for e in engines} for p in chosen}
    progress = report.Progress(len(chosen) * len(engines) * arguments.runs)
    failed = {}
    # By turns, so that what else the machine does meets all of them; each round begins with another one.
    for turn in range(arguments.runs):
        for p in chosen:
            for i in range(len(engines)):
                e = engines[(i + turn) % len(engines)]
                try:
                    times[p][e].append(seconds(e, p, arguments.repeats))
                except RuntimeError as error:
                    failed[p, e] = str(error)
                progress.step(f"{p} on {e}")
    for (p, e), message in failed.items():
        print(f"{p} on {e}: {message}", file=sys.stderr)
    medians = {p: {e: report.median(t) if t else None for e, t in row.items()} for p, row in times.items()}
    show(engines, medians, arguments)
    return 1 if failed else 0


def speeds(medians, base):
    """How many times as fast as `base` each engine is, per program."""
    return {p: {e: row[base] / t if t and row[base] else None for e, t in row.items()} for p, row in medians.items()}


def show(engines, medians, arguments):
    base = "switch" if "switch" in engines else engines[-1]
    ratios = speeds(medians, base)
    rows = []
    for p, row in medians.items():
        cells = [f"{row[e] * 1e3:.0f} ms {ratios[p][e]:.2f}" if ratios[p][e] else "–" for e in engines]
        rows.append([p, *cells])
    means = {}
    bound = [p for p in medians if p in DISPATCH_BOUND]
    for title, among in (("geometric mean", list(medians)), ("dispatch-bound", bound)):
        if among:
            means[title] = {e: report.geometric_mean(ratios[p][e] for p in among if ratios[p][e]) for e in engines}
            rows.append([title, *(f"{m:.2f}" if m else "–" for m in means[title].values())])
    report.table(["", *engines], rows)
    print(f"(medians of {arguments.runs} runs; the second number is how many times as fast as {base})")
    if {"tail", "goto"} <= set(engines):
        for title, m in means.items():
            if m["tail"] and m["goto"]:
                print(f"{title}: tail is {m['tail'] / m['goto']:.2f} times as fast as goto, {m['tail']:.2f} as {base}")
    report.write_json(arguments.json, {"base": base, "runs": arguments.runs, "seconds": medians, "speed": ratios, "means": means})
    groups = [*medians, *means]
    report.write_bars(arguments.svg, f"speed relative to {base}", engines, groups, {**ratios, **means}, mark=1)
    print(f"wrote {arguments.json} and {arguments.svg}")
