"""pytailcall's benchmark: its seven functions with each strategy, recursion and loops."""

import math
import os
import re
import shutil
import subprocess
import sys
import time
import timeit

from . import _platform, tail_optimize

STRATEGIES = ("internal_loop", "partial_func", "return_tuple")

#: Each function as recursion and as a loop by hand, its arguments, and calls it needs leave for.
FUNCTIONS = {
    "fib": (
        """
def fib(i, current=0, next=1):
    if i == 0:
        return current
    else:
        return fib(i - 1, next, current + next)
""",
        """
def fib(i, current=0, next=1):
    while True:
        if i == 0:
            return current
        i, current, next = i - 1, next, current + next
""",
        [(5,), (750,), (5000,)],
    ),
    "reverse_string": (
        """
def reverse_string(normal, reverse=""):
    try:
        return reverse_string(normal[:-1], reverse + normal[-1])
    except IndexError:
        return reverse
""",
        """
def reverse_string(normal, reverse=""):
    while True:
        try:
            normal, reverse = normal[:-1], reverse + normal[-1]
        except IndexError:
            return reverse
""",
        [("qwertyuiop",)],
    ),
    "gcd": (
        """
def gcd(a, b):
    remainder = a % b
    if remainder:
        return gcd(b, remainder)
    return b
""",
        """
def gcd(a, b):
    while True:
        remainder = a % b
        if not remainder:
            return b
        a, b = b, remainder
""",
        [(123, 543)],
    ),
    "modulo": (
        """
def modulo(val, div):
    if val < div:
        return val
    return modulo(val - div, div)
""",
        """
def modulo(val, div):
    while True:
        if val < div:
            return val
        val, div = val - div, div
""",
        [(15, 5)],
    ),
    "string_merge": (
        """
def string_merge(a, b, merge=""):
    if not a:
        return merge + b
    elif not b:
        return merge + a
    if a[0] > b[0]:
        return string_merge(a, b[1:], merge + b[0])
    else:
        return string_merge(a[1:], b, merge + a[0])
""",
        """
def string_merge(a, b, merge=""):
    while True:
        if not a:
            return merge + b
        elif not b:
            return merge + a
        if a[0] > b[0]:
            a, b, merge = a, b[1:], merge + b[0]
        else:
            a, b, merge = a[1:], b, merge + a[0]
""",
        [("abdeg", "dfij")],
    ),
    "to_binary": (
        """
def to_binary(n, result=""):
    if n < 2:
        return str(n) + result
    return to_binary(n // 2, str(n % 2) + result)
""",
        """
def to_binary(n, result=""):
    while True:
        if n < 2:
            return str(n) + result
        n, result = n // 2, str(n % 2) + result
""",
        [(50,)],
    ),
    "collatz": (
        """
def collatz(n, i=0):
    if n == 1:
        return i
    elif n % 2 == 0:
        return collatz(n // 2, i + 1)
    else:
        return collatz(n * 3 + 1, i + 1)
""",
        """
def collatz(n, i=0):
    while True:
        if n == 1:
            return i
        elif n % 2 == 0:
            n, i = n // 2, i + 1
        else:
            n, i = n * 3 + 1, i + 1
""",
        [(502423423,)],
    ),
}

METHODS = ("recursion", "loop by hand", *STRATEGIES)

#: fib(750) against recursion, by minor version.
PROMISED = {11: 2.0, 12: 2.3, 13: 2.5, 14: 2.8, 15: 2.0}
#: fib(5000) against the loop by hand, and fib(5) against recursion in instructions.
PROMISED_LOOP = 1.25
PROMISED_SMALL = 1.10


def _make(name, method):
    recursion, loop, _ = FUNCTIONS[name]
    # Each in a module of its own, as in a program.
    import types

    module = types.ModuleType(f"_taipan_tail_bench_{name}_{method.replace(' ', '_')}")
    sys.modules[module.__name__] = module
    source = loop if method == "loop by hand" else recursion
    exec(compile(source, f"<{name}>", "exec"), module.__dict__)
    function = module.__dict__[name]
    if method in STRATEGIES:
        function = tail_optimize(function, strategy=method, allow_try=True)
        module.__dict__[name] = function
    return function


def _instructions(method, calls):
    """Machine instructions of a process that makes so many calls of fib(5), by valgrind's count."""
    script = (
        "from taipan_tail import bench\n"
        f"f = bench._make('fib', {method!r})\n"
        f"for _ in range({calls}): f(5)\n"
    )
    command = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([*command, sys.executable, "-c", script], capture_output=True, text=True, env=environment)
    found = re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)
    if done.returncode or not found:
        raise OSError(done.stderr[-500:])
    return int(found[1].replace(",", ""))


def _small(table):
    """fib(5) of internal_loop against recursion: in machine instructions if they can be counted."""
    if shutil.which("valgrind") is None:
        return table["internal_loop"] / table["recursion"], "time, for want of valgrind"
    count = []
    for method in ("recursion", "internal_loop"):
        few, many = (_instructions(method, calls) for calls in (1000, 6000))
        count.append((many - few) / 5000)
    return count[1] / count[0], f"{count[1]:.0f} machine instructions against {count[0]:.0f}"


def _measure(functions, args, quick):
    """Best time of a call of each, in microseconds.

    Short runs, taken in turns and many times, by the clock of the thread: what else the machine does
    hits all alike, and hardly the best.
    """
    timers = {m: timeit.Timer("f(*a)", timer=time.thread_time, globals={"f": f, "a": args}) for m, f in functions.items()}
    number = {}
    for method, timer in timers.items():
        once = max(min(timer.repeat(5, 1)), 1e-7)
        number[method] = max(1, min(5000, int(0.0006 / once)))
    best = dict.fromkeys(timers, math.inf)
    for _ in range(60 if quick else 400):
        for method, timer in timers.items():
            best[method] = min(best[method], timer.timeit(number[method]) / number[method] * 1e6)
    return best


def _decoration():
    """Microseconds that decorating a function of 50 lines takes."""
    body = "".join(f"    x{i} = n + {i}\n    if x{i} > {i}: n = len(str(n))\n" for i in range(24))
    source = f"def f(n):\n{body}    return f(n - 1)\n"
    code = compile(source, "<decoration>", "exec")
    best = math.inf
    for _ in range(50):
        scope = {"__name__": "decoration"}
        exec(code, scope)
        started = time.perf_counter()
        tail_optimize(scope["f"])
        best = min(best, time.perf_counter() - started)
    return best * 1e6


def run(svg=None, quick=False, check=False):
    """Measure, print the table, write the chart."""
    if _platform.trouble is not None:
        print(_platform.trouble, file=sys.stderr)
        return 1
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, 20_000))
    minor = sys.version_info[1]
    print(f"Python 3.{minor}.{sys.version_info[2]}: microseconds a call, and how many times as fast as recursion")
    print(f"{'':28}" + "".join(f"{m:>22}" for m in METHODS))
    table = {}
    try:
        for name, (_, _, all_args) in FUNCTIONS.items():
            functions = {m: _make(name, m) for m in METHODS}
            for args in all_args:
                values = {repr(f(*args)) for f in functions.values()}
                if len(values) != 1:
                    print(f"{name}{args}: the results differ", file=sys.stderr)
                    return 1
                best = _measure(functions, args, quick)
                label = f"{name}({', '.join(map(repr, args))})"
                table[label] = best
                cells = "".join(f"{best[m]:13.2f} ({best['recursion'] / best[m]:5.2f})" for m in METHODS)
                print(f"{label:28}{cells}", flush=True)
    finally:
        sys.setrecursionlimit(limit)
    decoration = _decoration()
    gain = table["fib(750)"]["recursion"] / table["fib(750)"]["internal_loop"]
    best_gain = table["fib(750)"]["recursion"] / table["fib(750)"]["loop by hand"]
    slower = table["fib(5000)"]["internal_loop"] / table["fib(5000)"]["loop by hand"]
    few, how = _small(table["fib(5)"])
    print()
    checks = [
        (f"fib(750): internal_loop {gain:.2f} times as fast as recursion (promised {PROMISED.get(minor)}; "
         f"the loop by hand: {best_gain:.2f})", gain >= PROMISED.get(minor, 0)),
        (f"fib(5000): {slower:.2f} times the time of the loop by hand (promised at most {PROMISED_LOOP})",
         slower <= PROMISED_LOOP),
        (f"fib(5): {few:.2f} times recursion ({how}; promised at most {PROMISED_SMALL})", few <= PROMISED_SMALL),
        (f"decorating 50 lines: {decoration:.0f} microseconds (promised at most 200)", decoration <= 200),
    ]
    for text, reached in checks:
        print(("ok   " if reached else "MISS ") + text)
    if svg:
        with open(svg, "w", encoding="utf-8") as file:
            file.write(chart(table))
    return int(check and not all(reached for _, reached in checks))


_COLOURS = {"loop by hand": "#8a8f98", "internal_loop": "#2b6cb0", "partial_func": "#c05621", "return_tuple": "#6b46c1"}


def chart(table):
    """A bar chart: how many times as fast as recursion."""
    shown = METHODS[1:]
    bar, gap, left, top = 11, 14, 190, 56
    height = top + len(table) * (bar * len(shown) + gap) + 30
    most = max(row["recursion"] / row[m] for row in table.values() for m in shown)
    scale = 520 / max(most, 1.0)
    version = ".".join(map(str, sys.version_info[:3]))
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="800" height="{height}" font-family="sans-serif" font-size="12">',
        f'<rect width="800" height="{height}" fill="white"/>',
        f'<text x="10" y="20" font-size="15">Times as fast as recursion, CPython {version}</text>',
    ]
    for i, method in enumerate(shown):
        x = 10 + i * 150
        out.append(f'<rect x="{x}" y="30" width="12" height="12" fill="{_COLOURS[method]}"/>')
        out.append(f'<text x="{x + 17}" y="41">{method}</text>')
    y = top
    for label, row in table.items():
        middle = y + bar * len(shown) / 2 + 4
        text = label.replace("&", "&amp;").replace("<", "&lt;")
        out.append(f'<text x="{left - 8}" y="{middle:.0f}" text-anchor="end">{text}</text>')
        for method in shown:
            times = row["recursion"] / row[method]
            out.append(f'<rect x="{left}" y="{y}" width="{times * scale:.1f}" height="{bar - 1}" fill="{_COLOURS[method]}"/>')
            out.append(f'<text x="{left + times * scale + 4:.1f}" y="{y + bar - 2}" font-size="10">{times:.2f}</text>')
            y += bar
        y += gap
    line = left + scale
    out.append(f'<line x1="{line:.1f}" y1="{top - 6}" x2="{line:.1f}" y2="{y}" stroke="#444" stroke-dasharray="3 3"/>')
    out.append("</svg>")
    return "\n".join(out) + "\n"
