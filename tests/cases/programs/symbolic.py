"""Pattern matching over a small expression language: simplify, differentiate, compile to a stack machine."""
from __future__ import annotations
from dataclasses import dataclass
import math
from typing import Any


@dataclass(frozen=True)
class Num:
    v: float
@dataclass(frozen=True)
class Var:
    name: str
@dataclass(frozen=True)
class Bin:
    op: str
    l: Any
    r: Any
@dataclass(frozen=True)
class Fn:
    name: str
    arg: Any


def parse(text):
    toks = list(lex(text))
    pos = 0

    def peek():
        return toks[pos] if pos < len(toks) else None

    def take():
        nonlocal pos
        pos += 1
        return toks[pos - 1]

    def expr(level=0):
        if level == 3:
            return power()
        left = expr(level + 1) if level < 2 else unary()
        ops = [("+", "-"), ("*", "/")][level] if level < 2 else ()
        while peek() in ops:
            op = take()
            left = Bin(op, left, expr(level + 1) if level < 1 else unary())
        return left

    def unary():
        if peek() == "-":
            take()
            return Bin("-", Num(0), unary())
        return power()

    def power():
        base = atom()
        if peek() == "^":
            take()
            return Bin("^", base, unary())
        return base

    def atom():
        match take():
            case float(n):
                return Num(n)
            case "(":
                e = expr()
                assert take() == ")", "missing )"
                return e
            case str(name) if name.isalpha() and peek() == "(":
                take()
                e = expr()
                assert take() == ")"
                return Fn(name, e)
            case str(name) if name.isalpha():
                return Var(name)
            case other:
                raise SyntaxError(f"unexpected {other!r}")

    e = expr()
    if peek() is not None:
        raise SyntaxError(f"trailing {peek()!r}")
    return e


def lex(text):
    i = 0
    while i < len(text):
        c = text[i]
        if c.isspace():
            i += 1
        elif c.isdigit():
            j = i
            while j < len(text) and (text[j].isdigit() or text[j] == "."):
                j += 1
            yield float(text[i:j])
            i = j
        elif c.isalpha():
            j = i
            while j < len(text) and text[j].isalpha():
                j += 1
            yield text[i:j]
            i = j
        else:
            yield c
            i += 1


def simplify(e):
    match e:
        case Bin(op, l, r):
            match (op, simplify(l), simplify(r)):
                case (_, Num(a), Num(b)) if not (op == "/" and b == 0):
                    return Num({"+": a + b, "-": a - b, "*": a * b, "/": a / b if b else 0, "^": a ** b}[op])
                case ("+", Num(0), x) | ("+" | "-", x, Num(0)) | ("*", Num(1), x) | ("*" | "/" | "^", x, Num(1)):
                    return x
                case ("*", Num(0), _) | ("*", _, Num(0)):
                    return Num(0.0)
                case ("^", _, Num(0)):
                    return Num(1.0)
                case ("-", a, b) if a == b:
                    return Num(0.0)
                case (o, a, b):
                    return Bin(o, a, b)
        case Fn(n, a):
            match n, simplify(a):
                case "exp", Num(0):
                    return Num(1.0)
                case name, arg:
                    return Fn(name, arg)
        case _:
            return e


def d(e, x):
    match e:
        case Num():
            return Num(0)
        case Var(name=n):
            return Num(1 if n == x else 0)
        case Bin("+" | "-" as op, l, r):
            return Bin(op, d(l, x), d(r, x))
        case Bin("*", l, r):
            return Bin("+", Bin("*", d(l, x), r), Bin("*", l, d(r, x)))
        case Bin("/", l, r):
            return Bin("/", Bin("-", Bin("*", d(l, x), r), Bin("*", l, d(r, x))), Bin("^", r, Num(2)))
        case Bin("^", b, Num(n)):
            return Bin("*", Bin("*", Num(n), Bin("^", b, Num(n - 1))), d(b, x))
        case Fn("sin", a):
            return Bin("*", Fn("cos", a), d(a, x))
        case Fn("cos", a):
            return Bin("*", Bin("-", Num(0), Fn("sin", a)), d(a, x))
        case Fn("exp" as n, a):
            return Bin("*", Fn(n, a), d(a, x))
        case _:
            raise NotImplementedError(str(e))


def text(e, outer=0):
    prec = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 3}
    match e:
        case Num(v):
            return f"{v:g}"
        case Var(n):
            return n
        case Fn(n, a):
            return f"{n}({text(a)})"
        case Bin(op, l, r):
            p = prec[op]
            s = f"{text(l, p)} {op} {text(r, p + 1)}"
            return f"({s})" if p < outer else s


def ev(e, **env):
    match e:
        case Num(v): return v
        case Var(n): return env[n]
        case Fn(n, a): return getattr(math, n)(ev(a, **env))
        case Bin("+", l, r): return ev(l, **env) + ev(r, **env)
        case Bin("-", l, r): return ev(l, **env) - ev(r, **env)
        case Bin("*", l, r): return ev(l, **env) * ev(r, **env)
        case Bin("/", l, r): return ev(l, **env) / ev(r, **env)
        case Bin("^", l, r): return ev(l, **env) ** ev(r, **env)


for src in ["x^2 + 3*x + 1", "sin(x)*cos(x)", "(x+1)/(x-1)", "exp(2*x)", "-x^3", "2*(3+4)", "x^y", "1 +", "x y", "5/0"]:
    try:
        e = parse(src)
        s = simplify(e)
        ds = simplify(d(e, "x"))
        print(f"{src:18} => {text(s):20} d/dx = {text(ds)}", end="  ")
        print(f"at 2: {ev(s, x=2.0):.6g} {ev(ds, x=2.0):.6g}")
    except (SyntaxError, NotImplementedError, IndexError, ZeroDivisionError, KeyError) as err:
        print(f"{src:18} {type(err).__name__}: {err}")


def describe(x):
    match x:
        case None | True | False: return f"singleton {x}"
        case 0 | 0.0: return "zero"
        case int(n) | float(n) if n < 0: return f"negative {n}"
        case str() as s if len(s) > 3: return f"long string {s[:3]}..."
        case "a" | "b": return "a or b"
        case [] | (): return "empty"
        case [x]: return f"one: {x}"
        case [int(), int(), *rest]: return f"ints then {rest}"
        case [first, *_, last]: return f"{first}..{last}"
        case {"type": "point", "x": x, "y": y, **rest}: return f"point {x},{y} {rest}"
        case {"items": [{"id": i}, *_]}: return f"items from {i}"
        case {}: return f"dict with {len(x)}"
        case complex(real=r, imag=i): return f"complex {r} {i}"
        case type(): return f"class {x.__name__}"
        case _: return f"other {type(x).__name__}"


for v in [None, True, 0, 0.0, -3, -2.5, 7, "a", "abcd", "xyz", [], (), [1], (1, 2), [1, 2, 3], ["a", "b", "c"], range(3), {"type": "point", "x": 1, "y": 2, "z": 3},
          {"items": [{"id": 5}, 6]}, {}, {"q": 1}, 1 + 2j, int, b"xy", {1, 2}, iter([])]:
    print(repr(v)[:40] if not hasattr(v, "__next__") else "iterator", "->", describe(v))
