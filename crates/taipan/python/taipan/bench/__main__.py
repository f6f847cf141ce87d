"""``taipan -m taipan.bench tailcalls [--quick] [--svg FILE] [--json FILE] [--python PATH] [--check]``."""

import argparse
import sys


def main(argv=None):
    parser = argparse.ArgumentParser(prog="taipan -m taipan.bench", description="Benchmarks of Taipan.")
    commands = parser.add_subparsers(dest="command", required=True)
    tail = commands.add_parser("tailcalls", help="recursion with tail calls off and on, loops, and CPython")
    tail.add_argument("--svg", metavar="FILE", help="write a chart")
    tail.add_argument("--json", metavar="FILE", help="write the figures")
    tail.add_argument("--quick", action="store_true", help="fewer repetitions, no memory test")
    tail.add_argument("--python", metavar="PATH", help="the CPython to compare with (default: the one on PATH); '' for none")
    tail.add_argument("--check", action="store_true", help="fail unless the promised figures are reached")
    options = parser.parse_args(argv)
    from .tailcalls import run

    return run(svg=options.svg, json_file=options.json, quick=options.quick, python=options.python, check=options.check)


if __name__ == "__main__":
    sys.exit(main())
