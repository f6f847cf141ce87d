"""A command line with subcommands, groups and bad input."""
import argparse, sys, io, contextlib

def make():
    p = argparse.ArgumentParser(prog="tool", description="Do things to files.", epilog="That is all.",
                                formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    p.add_argument("-v", "--verbose", action="count", default=0, help="say more")
    p.add_argument("--version", action="version", version="%(prog)s 1.2")
    p.add_argument("--level", choices=["low", "high"], default="low", help="how much")
    p.add_argument("--ratio", type=float, metavar="R", help="a ratio")
    g = p.add_mutually_exclusive_group()
    g.add_argument("--quiet", action="store_true")
    g.add_argument("--loud", action=argparse.BooleanOptionalAction)
    sub = p.add_subparsers(dest="command", required=True, title="commands", metavar="COMMAND")
    a = sub.add_parser("add", help="add numbers", aliases=["plus"])
    a.add_argument("numbers", nargs="+", type=int)
    a.add_argument("--base", type=lambda s: int(s, 0), default=10)
    c = sub.add_parser("copy", help="copy")
    c.add_argument("src"); c.add_argument("dst", nargs="?", default="out")
    c.add_argument("rest", nargs=argparse.REMAINDER)
    return p

def attempt(*argv):
    out, err = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            ns = make().parse_args(argv)
        print("ok", sorted(vars(ns).items()))
    except SystemExit as e:
        print("exit", e.code)
    for name, s in (("out", out), ("err", err)):
        if s.getvalue():
            print(name + ":", s.getvalue(), sep="\n")

attempt("add", "1", "2", "--base", "0x10")
attempt("-vv", "plus", "7")
attempt("--level", "middle", "add", "1")
attempt("--ratio", "x", "add", "1")
attempt("--quiet", "--loud", "add", "1")
attempt("copy", "a", "b", "c", "--d")
attempt("--no-loud", "copy", "a")
attempt()
attempt("fly")
attempt("--help")
attempt("add", "--help")
attempt("--version")
attempt("--ver", "add", "1")
attempt("--l", "x")

class Upper(argparse.Action):
    def __call__(self, parser, namespace, values, option_string=None):
        setattr(namespace, self.dest, [v.upper() for v in values])
p = argparse.ArgumentParser(fromfile_prefix_chars="@", allow_abbrev=False, exit_on_error=False)
p.add_argument("--names", nargs="*", action=Upper)
p.add_argument("--append", action="append", type=int)
p.add_argument("--const", action="store_const", const=42)
p.add_argument("--extend", action="extend", nargs="+")
print(p.parse_args(["--names", "a", "b", "--append", "1", "--append", "2", "--const", "--extend", "x", "y"]))
print(p.parse_known_args(["--other", "1", "--const"]))
try:
    p.parse_args(["--append", "z"])
except argparse.ArgumentError as e:
    print(type(e).__name__, e)
p.print_usage()
print(p.format_help())
