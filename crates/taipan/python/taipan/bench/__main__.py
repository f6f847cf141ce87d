"""python -m taipan.bench <subject>"""

import argparse
import importlib
import sys

from taipan.bench import SUBJECTS


def subjects():
    for name in SUBJECTS:
        try:
            yield name, importlib.import_module(f"taipan.bench.{name}")
        except ModuleNotFoundError as e:
            if e.name != f"taipan.bench.{name}":
                raise


def main(argv=None):
    parser = argparse.ArgumentParser(prog="taipan -m taipan.bench", description="Taipan measured by itself.")
    commands = parser.add_subparsers(dest="subject", required=True, metavar="subject")
    for name, module in subjects():
        p = commands.add_parser(name, help=module.HELP, description=module.HELP)
        module.add_arguments(p)
        p.set_defaults(run=module.main)
    arguments = parser.parse_args(argv)
    try:
        return arguments.run(arguments)
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
