"""``python -m taipan_tail bench`` and ``python -m taipan_tail explain FILE``."""

import argparse
import sys


def main(argv=None):
    parser = argparse.ArgumentParser(prog="python -m taipan_tail", description="Tail calls on stock CPython.")
    commands = parser.add_subparsers(dest="command", required=True)
    bench = commands.add_parser("bench", help="measure the strategies, recursion and loops")
    bench.add_argument("--svg", metavar="FILE", help="write a chart")
    bench.add_argument("--quick", action="store_true", help="fewer repetitions")
    bench.add_argument("--check", action="store_true", help="fail unless the promised figures are reached")
    explain = commands.add_parser("explain", help="tell of each function's calls to itself what can be done")
    explain.add_argument("file", metavar="FILE")
    explain.add_argument("--all", action="store_true", help="all calls of all functions")
    options = parser.parse_args(argv)
    if options.command == "bench":
        from .bench import run

        return run(svg=options.svg, quick=options.quick, check=options.check)
    from ._explain import explain_file

    return explain_file(options.file, everything=options.all)


if __name__ == "__main__":
    sys.exit(main())
