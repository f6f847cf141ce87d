"""Compares our code objects with those of the Python that runs this.

Usage: compare.py SERVE PATH... [-v] [-l LIMIT]
"""

import collections
import dis
import os
import sys
import tokenize
import types
import warnings

sys.path.insert(0, os.path.dirname(__file__))
from serve import Server

FIELDS = (
    "co_name co_qualname co_argcount co_posonlyargcount co_kwonlyargcount co_flags co_varnames co_cellvars "
    "co_freevars co_firstlineno"
).split()


def instructions(code):
    out = []
    labels = {}
    insts = list(dis.get_instructions(code, show_caches=False))
    for i in insts:
        arg = i.argrepr or i.arg
        if i.jump_target is not None:
            arg = ("to", i.jump_target)
        if i.opname == "LOAD_CONST":
            arg = const_key(i.argval)
        out.append((i.opname, arg))
    return out


def const_key(c):
    if isinstance(c, types.CodeType):
        return ("code", c.co_name, c.co_firstlineno)
    if isinstance(c, (tuple, frozenset)):
        return (type(c).__name__, [const_key(x) for x in (c if isinstance(c, tuple) else sorted(c, key=repr))])
    return (type(c).__name__, repr(c))


def positions(code):
    return list(code.co_positions())


def lines(code):
    return [p[0] for p in code.co_positions()]


def table(code):
    """The handler of each instruction but jumps: CPython loses it where it threads them, which
    matters only to an interrupt at the jump, and we keep it there."""
    entries = dis._parse_exception_table(code)
    out = []
    for i in dis.get_instructions(code):
        if i.opname not in ("NOT_TAKEN", "EXTENDED_ARG") and i.jump_target is None:
            e = next((e for e in entries if e.start <= i.offset < e.end), None)
            out.append((i.offset, i.opname, e and (e.target, e.depth, e.lasti)))
    return out


def children(code):
    return [c for c in code.co_consts if isinstance(c, types.CodeType)]


class Stats:
    def __init__(self):
        self.n = collections.Counter()
        self.shown = 0


def show(stats, what, path, a, b, limit):
    if stats.shown >= limit:
        return
    stats.shown += 1
    print(f"--- {what}: {path}:{a.co_firstlineno} {a.co_qualname}")


def compare(stats, path, ours, theirs, limit, kinds):
    stats.n["code objects"] += 1
    same = True

    def differ(kind, detail=None):
        nonlocal same
        same = False
        stats.n["differ: " + kind] += 1
        if (not kinds or kind in kinds) and stats.shown < limit:
            stats.shown += 1
            print(f"--- {kind}: {path}:{theirs.co_firstlineno} {theirs.co_qualname}")
            if detail:
                detail()

    for f in FIELDS:
        if getattr(ours, f) != getattr(theirs, f):
            differ("field " + f, lambda: print("   ours", getattr(ours, f), "\n   theirs", getattr(theirs, f)))
            break
    a, b = instructions(ours), instructions(theirs)
    if a != b:

        def detail():
            i = next((i for i in range(min(len(a), len(b))) if a[i] != b[i]), min(len(a), len(b)))
            ia, ib = list(dis.get_instructions(ours)), list(dis.get_instructions(theirs))
            for k in range(max(0, i - 4), i + 5):
                x = f"{ia[k].offset} {a[k]} L{ia[k].positions.lineno}" if k < len(a) else ""
                y = f"{ib[k].offset} {b[k]} L{ib[k].positions.lineno}" if k < len(b) else ""
                print("  ", "*" if x.split(" ", 1)[-1] != y.split(" ", 1)[-1] else " ", x.ljust(60), y)

        differ("instructions", detail)
    else:
        if table(ours) != table(theirs):
            differ(
                "exceptions",
                lambda: print("  ", *[(x, y) for x, y in zip(table(ours), table(theirs)) if x != y][:3]),
            )
        pa, pb = positions(ours), positions(theirs)
        if pa != pb:

            def detail():
                i = next(i for i in range(len(pa)) if pa[i] != pb[i])
                ins = [x for x in dis.get_instructions(theirs) if x.offset <= 2 * i][-1]
                print("  ", 2 * i, ins.opname, ins.argrepr, "ours", pa[i], "theirs", pb[i])

            kind = "lines" if [p[0] for p in pa] != [p[0] for p in pb] else "columns"
            differ(kind, detail)
        if ours.co_stacksize != theirs.co_stacksize:
            differ("stacksize", lambda: print("   ours", ours.co_stacksize, "theirs", theirs.co_stacksize))
        if ours.co_names != theirs.co_names:
            differ("names")
        if [const_key(c) for c in ours.co_consts] != [const_key(c) for c in theirs.co_consts]:
            differ("consts")
    if same:
        stats.n["identical"] += 1
    ca, cb = children(ours), children(theirs)
    if len(ca) != len(cb):
        stats.n["differ: children"] += 1
    for x, y in zip(ca, cb):
        compare(stats, path, x, y, limit, kinds)


def main():
    args = sys.argv[1:]
    limit = 20
    kinds = set()
    paths = []
    it = iter(args[1:])
    for a in it:
        if a == "-l":
            limit = int(next(it))
        elif a == "-k":
            kinds.add(next(it))
        else:
            paths.append(a)
    server = Server([args[0]])
    files = []
    for p in paths:
        if os.path.isdir(p):
            for root, _, names in os.walk(p):
                files += [os.path.join(root, n) for n in names if n.endswith(".py")]
        elif os.path.exists(p):
            files.append(p)
    stats = Stats()
    warnings.simplefilter("ignore")
    for f in sorted(filter(os.path.exists, files)):
        source = open(f, "rb").read()
        try:
            theirs = compile(source, f, "exec", dont_inherit=True, optimize=0)
        except (SyntaxError, ValueError) as e:
            stats.n["refused by CPython"] += 1
            continue
        ours = server.request(source, f)
        if ours is None:
            print("--- compiler died:", f)
            stats.n["died"] += 1
        elif isinstance(ours, tuple):
            stats.n["refused by us"] += 1
            print("--- refused:", f, ours)
        else:
            compare(stats, f, ours, theirs, limit, kinds)
    for k, v in sorted(stats.n.items()):
        print(k, v)
    n = stats.n["code objects"]
    if n:
        print(f"{100 * stats.n['identical'] / n:.2f} % identical")


main()
