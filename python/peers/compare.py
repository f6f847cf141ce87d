"""Runs every probe with every tool and prints the table of the README.

    pip install --target PEERS tail-recurse chronotco tacopy-optimization coconut
    python compare.py --peers PEERS [--with chronotco=/path/to/python3.7] ...

A tool runs on the Python that runs this, unless --with names another. pytailcall is not on PyPI: put
a copy of its package into PEERS, with --with pytailcall=PYTHON2.7.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from probes import PROBES, SPEED

HERE = Path(__file__).parent
TOOLS = ["taipan_tail", "474088", "tail-recurse", "tacopy", "chronotco", "coconut", "pytailcall"]
#: What a process's end means: right, refused when decorated, wrong, not in constant space.
SIGNS = {0: "✓", 40: "refused", 41: "**wrong**", 42: "overflow"}


def run(python, peers, tool, text):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "probe.py"
        path.write_text(text, encoding="utf-8")
        places = [str(HERE.parent)] if tool == "taipan_tail" else [peers]
        if tool == "taipan_tail" and not list((HERE.parent / "taipan_tail").glob("_native*")):
            places = []  # the installed one
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in places if p), "PYTHONWARNINGS": "ignore"}
        try:
            done = subprocess.run(
                [python, str(HERE / "child.py"), tool, str(path)], capture_output=True, text=True, env=env, timeout=120
            )
        except subprocess.TimeoutExpired:
            return "**hangs**", ""
    if done.returncode not in SIGNS:
        crash = done.returncode < 0 or "Fatal" in done.stderr
        return ("**crash**" if crash else "n/a"), done.stdout
    return SIGNS[done.returncode], done.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", default="", help="folder with the other tools")
    parser.add_argument("--with", dest="pythons", action="append", default=[], metavar="TOOL=PYTHON")
    parser.add_argument("--tools", default=",".join(TOOLS))
    options = parser.parse_args()
    pythons = dict(p.split("=", 1) for p in options.pythons)
    tools = options.tools.split(",")
    versions = {}
    for tool in tools:
        python = pythons.get(tool, sys.executable)
        out = subprocess.run([python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True)
        versions[tool] = out.stdout.decode().strip()
    print("| | " + " | ".join(f"{t} ({versions[t]})" for t in tools) + " |")
    print("|---" * (len(tools) + 1) + "|")
    right = dict.fromkeys(tools, 0)
    for name, text in PROBES.items():
        cells = []
        for tool in tools:
            sign, _ = run(pythons.get(tool, sys.executable), options.peers, tool, text)
            right[tool] += sign == "✓"
            cells.append(sign)
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)
    print("| right, of " + str(len(PROBES)) + " | " + " | ".join(str(right[t]) for t in tools) + " |")
    cells = []
    for tool in tools:
        sign, out = run(pythons.get(tool, sys.executable), options.peers, tool, SPEED)
        cells.append(out + "×" if sign == "✓" else sign)
    print("| fib(750), speed against recursion | " + " | ".join(cells) + " |")
    return 0 if right.get("taipan_tail", len(PROBES)) == len(PROBES) else 1


if __name__ == "__main__":
    sys.exit(main())
