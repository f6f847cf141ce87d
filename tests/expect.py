"""Writes the expected output of each case: what CPython 3.14 prints.

usage: python3.14 tests/expect.py [CASE.py ...]
"""

import os
import pathlib
import subprocess
import sys

assert sys.version_info[:2] == (3, 14) and sys.implementation.name == "cpython", "run me with CPython 3.14"
here = pathlib.Path(__file__).parent / "cases"
cases = [pathlib.Path(a) for a in sys.argv[1:]] or sorted(here.rglob("*.py"))
for case in cases:
    done = subprocess.run(
        [sys.executable, case.name], cwd=case.parent, env={**os.environ, "PYTHONHASHSEED": "0"},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )
    if done.returncode:
        sys.exit(f"{case} ended with {done.returncode}:\n{done.stderr.decode()}")
    case.with_suffix(".out").write_bytes(done.stdout)
print(len(cases), "cases")
