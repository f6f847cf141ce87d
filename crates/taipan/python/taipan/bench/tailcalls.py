"""pytailcall's functions as recursion with tail calls off and on, as loops by hand, and under CPython."""

import json
import os
import shutil
import subprocess
import sys

from .functions import FUNCTIONS, MEMORY, WORKER

HELP = "recursion with tail calls off and on, loops, and CPython"

METHODS = ("recursion", "tail calls", "loop by hand", "CPython recursion", "CPython loop")
#: Promised: time against the loop by hand, times as fast as CPython's recursion.
AGAINST_LOOP = 1.15
AGAINST_CPYTHON_FIB = 3.0
AGAINST_CPYTHON_COUNT = 4.0
#: KiB that a deep recursion may use more than a shallow one.
MEMORY_MORE = 1024


def find_cpython():
    """The newest CPython on PATH."""
    for name in ("python3.14", "python3", "python"):
        path = shutil.which(name)
        if path is None:
            continue
        ask = "import sys; print(sys.implementation.name)"
        done = subprocess.run([path, "-c", ask], capture_output=True, text=True)
        if done.stdout.strip() == "cpython":
            return path
    return None


def _version(command):
    done = subprocess.run([*command, "-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])"], capture_output=True, text=True)
    return done.stdout.strip()


def _environment():
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    environment.pop("TAIPAN_TAILCALLS", None)
    return environment


def _measure(command, requests):
    done = subprocess.run(
        [*command, "-c", WORKER], input=json.dumps(requests), capture_output=True, text=True, env=_environment()
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()[-500:] or done.returncode}")
    return json.loads(done.stdout)


def _label(name, args):
    shown = [repr(a) if len(repr(a)) <= 14 else f"{repr(a)[:6]}…({len(a)})" if isinstance(a, str) else f"{len(str(a))} digits" for a in args]
    return f"{name}({', '.join(shown)})"


def measure(python, quick):
    """Rows of label, name, args and a dict of microseconds by method."""
    own = [sys.executable, "-I", "-S"]
    commands = {
        "recursion": ([*own, "-X", "tailcalls=off"], 0),
        "tail calls": ([*own, "-X", "tailcalls=on"], 0),
        "loop by hand": ([*own, "-X", "tailcalls=on"], 1),
    }
    if python:
        commands["CPython recursion"] = ([python, "-I", "-S"], 0)
        commands["CPython loop"] = ([python, "-I", "-S"], 1)
    rows = []
    for name, (recursion, loop, all_args) in FUNCTIONS.items():
        best = {m: [None] * len(all_args) for m in commands}
        values = {}
        # In turns, so that what else the machine does hits all alike.
        for _ in range(2 if quick else 4):
            for method, (command, which) in commands.items():
                source = (recursion, loop)[which]
                requests = [(name, source, args, 0.02 if quick else 0.12) for args in all_args]
                for i, (time, value) in enumerate(_measure(command, requests)):
                    known = best[method][i]
                    best[method][i] = time if known is None else min(known, time)
                    if not isinstance(value, int) or values.setdefault(i, value) != value and "string" not in name and name != "to_binary":
                        raise RuntimeError(f"{_label(name, all_args[i])}: {method} gives another value")
        for i, args in enumerate(all_args):
            rows.append((_label(name, args), name, args, {m: best[m][i] for m in commands}))
            print(_line(rows[-1]), flush=True)
    return rows


def _number(value):
    if value is None:
        return "–"
    return f"{value:.2f}" if value < 100 else f"{value:,.0f}"


def _line(row):
    label, name, _, times = row
    cells = "".join(f"{_number(times.get(m)):>14}" for m in METHODS)
    on = times["tail calls"]
    ratios = [on / times["loop by hand"], times["recursion"] / on]
    ratios.append(times["CPython recursion"] / on if "CPython recursion" in times else None)
    cells += "".join(f"{_number(r):>9}" for r in ratios)
    note = "  no tail call: inside 'try'" if name == "reverse_string" else ""
    return f"{label:34}{cells}{note}"


def _heading():
    short = ("recursion", "tail calls", "loop", "CPy recursion", "CPy loop")
    cells = "".join(f"{m:>14}" for m in short) + f"{'on/loop':>9}{'off/on':>9}{'CPy/on':>9}"
    return f"{'microseconds a call':34}{cells}"


def memory():
    """KiB that recursions of ten million need more than those of ten."""
    out = {}
    for shape in ("self", "mutual"):
        peak = []
        for depth in (10, 10_000_000):
            command = [sys.executable, "-I", "-S", "-X", "tailcalls=on", "-c", MEMORY, shape, str(depth)]
            done = subprocess.run(command, capture_output=True, text=True, env=_environment())
            if done.returncode or not done.stdout.strip().isdigit():
                return {}
            peak.append(int(done.stdout))
        out[shape] = peak[1] - peak[0]
    return out


def checks(rows, kib):
    """What was promised, as text with the figure, and whether it is reached."""
    times = {label: t for label, _, _, t in rows}
    out = []
    for label in ("fib(750)", "fib(5000)"):
        ratio = times[label]["tail calls"] / times[label]["loop by hand"]
        out.append((f"{label}: {ratio:.2f} times the time of the loop by hand (promised at most {AGAINST_LOOP})", ratio <= AGAINST_LOOP))
    worst = max((t["tail calls"] / t["recursion"], label) for label, name, _, t in rows if name != "reverse_string")
    out.append((f"{worst[1]}: {worst[0]:.2f} times the time with tail calls off, the worst of all (promised at most 1)", worst[0] <= 1.03))
    for label, promised in (("fib(750)", AGAINST_CPYTHON_FIB), ("count(750)", AGAINST_CPYTHON_COUNT)):
        if "CPython recursion" in times[label]:
            gain = times[label]["CPython recursion"] / times[label]["tail calls"]
            out.append((f"{label}: {gain:.2f} times as fast as CPython's recursion (promised {promised:.0f})", gain >= promised))
    for shape, more in kib.items():
        out.append((f"10,000,000 deep, {shape}: {more} KiB more than 10 deep (promised at most {MEMORY_MORE})", more <= MEMORY_MORE))
    return out


def run(svg=None, json_file=None, quick=False, python=None, check=False):
    python = find_cpython() if python is None else python or None
    version = _version([python]) if python else None
    print(f"Taipan on {sys.implementation.name} {'.'.join(map(str, sys.version_info[:3]))}", end="")
    print(f", CPython {version} ({python})" if python else ", no CPython found on PATH")
    print(_heading())
    try:
        rows = measure(python, quick)
    except (RuntimeError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    results = checks(rows, {} if quick else memory())
    print()
    for text, reached in results:
        print(("ok   " if reached else "MISS ") + text)
    if json_file:
        figures = {
            "cpython": version,
            "microseconds": {label: times for label, _, _, times in rows},
            "checks": [{"text": t, "reached": r} for t, r in results],
        }
        with open(json_file, "w", encoding="utf-8") as file:
            json.dump(figures, file, indent=1)
    if svg:
        from .chart import chart

        shown = METHODS if python else METHODS[:3]
        bars = [(label, [t["recursion"] / t[m] if m in t else None for m in shown]) for label, _, _, t in rows]
        with open(svg, "w", encoding="utf-8") as file:
            file.write(chart("Times as fast as recursion with tail calls off", shown, bars))
    return int(check and not all(reached for _, reached in results))


def add_arguments(parser):
    parser.add_argument("--svg", metavar="FILE", help="write a chart")
    parser.add_argument("--json", metavar="FILE", help="write the figures")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions, no memory test")
    parser.add_argument("--python", metavar="PATH", help="the CPython to compare with (default: the one on PATH); '' for none")
    parser.add_argument("--check", action="store_true", help="fail unless the promised figures are reached")


def main(options):
    return run(svg=options.svg, json_file=options.json, quick=options.quick, python=options.python, check=options.check)
