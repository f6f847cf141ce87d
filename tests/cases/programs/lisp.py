"""A tiny Lisp with closures, macros and tail calls."""
import operator as op
import re
from dataclasses import dataclass, field
from functools import reduce
from itertools import pairwise


class LispError(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Symbol:
    name: str

    def __repr__(self):
        return self.name


@dataclass
class Env:
    table: dict = field(default_factory=dict)
    outer: "Env | None" = None

    def find(self, name):
        env = self
        while env is not None:
            if name in env.table:
                return env
            env = env.outer
        raise LispError(f"unbound: {name!r}")

    def __getitem__(self, name):
        return self.find(name).table[name]

    def __setitem__(self, name, v):
        self.table[name] = v


TOKEN = re.compile(r"""\s*(?:(?P<open>\()|(?P<close>\))|(?P<quote>')|(?P<str>"(?:\\.|[^"\\])*")|(?P<num>-?\d+(?:\.\d+)?)|(?P<sym>[^\s()'"]+))""")


def tokens(text):
    pos = 0
    text = text.rstrip()
    while pos < len(text):
        m = TOKEN.match(text, pos)
        if not m:
            raise LispError(f"bad token at {pos}: {text[pos:pos+5]!r}")
        yield m.lastgroup, m[m.lastgroup]
        pos = m.end()


def parse(stream):
    for kind, text in stream:
        match kind:
            case "open":
                out = []
                while (item := parse(stream)) is not CLOSE:
                    if item is END:
                        raise LispError("unexpected end")
                    out.append(item)
                return out
            case "close":
                return CLOSE
            case "quote":
                return [Symbol("quote"), parse(stream)]
            case "str":
                return text[1:-1].encode().decode("unicode_escape")
            case "num":
                return float(text) if "." in text else int(text)
            case "sym":
                return {"#t": True, "#f": False}.get(text, Symbol(text))
    return END


CLOSE, END = object(), object()


class Procedure:
    def __init__(self, params, body, env):
        self.params, self.body, self.env = params, body, env

    def __call__(self, *args):
        if len(args) != len(self.params):
            raise LispError(f"want {len(self.params)} arguments, got {len(args)}")
        return evaluate(self.body, Env({p.name: a for p, a in zip(self.params, args)}, self.env))

    def __repr__(self):
        return f"<lambda {' '.join(map(repr, self.params))}>"


def evaluate(x, env):
    while True:
        match x:
            case Symbol(name):
                return env[name]
            case list([]):
                return []
            case [Symbol("quote"), v]:
                return v
            case [Symbol("if"), c, t, *rest]:
                x = t if evaluate(c, env) is not False else (rest[0] if rest else [])
            case [Symbol("define"), [Symbol(name), *params], *body]:
                env[name] = Procedure(params, [Symbol("begin"), *body], env)
                return None
            case [Symbol("define"), Symbol(name), v]:
                env[name] = evaluate(v, env)
                return None
            case [Symbol("set!"), Symbol(name), v]:
                env.find(name)[name] = evaluate(v, env)
                return None
            case [Symbol("lambda"), params, *body]:
                return Procedure(params, [Symbol("begin"), *body], env)
            case [Symbol("begin"), *body]:
                for e in body[:-1]:
                    evaluate(e, env)
                x = body[-1]
            case [Symbol("let"), bindings, *body]:
                env = Env({n.name: evaluate(v, env) for n, v in bindings}, env)
                x = [Symbol("begin"), *body]
            case [f, *args]:
                f = evaluate(f, env)
                args = [evaluate(a, env) for a in args]
                if isinstance(f, Procedure):
                    x, env = f.body, Env(dict(zip([p.name for p in f.params], args, strict=True)), f.env)
                else:
                    return f(*args)
            case _:
                return x


def show(v):
    match v:
        case True: return "#t"
        case False: return "#f"
        case None: return "()"
        case list(): return "(" + " ".join(map(show, v)) + ")"
        case str(): return '"' + v + '"'
        case _: return repr(v)


def chain(f):
    return lambda *xs: all(f(a, b) for a, b in pairwise(xs))


base = Env({
    "+": lambda *a: sum(a), "*": lambda *a: reduce(op.mul, a, 1), "-": lambda a, *r: -a if not r else a - sum(r),
    "/": lambda a, b: a / b, "<": chain(op.lt), ">": chain(op.gt), "=": chain(op.eq),
    "car": lambda x: x[0], "cdr": lambda x: x[1:], "cons": lambda a, b: [a, *b], "list": lambda *a: list(a),
    "null?": lambda x: x == [], "not": lambda x: x is False, "map": lambda f, l: [f(x) for x in l],
    "display": lambda *a: print(*map(show, a)),
})

PROGRAM = """
(define (fact n) (if (< n 2) 1 (* n (fact (- n 1)))))
(fact 20)
(define (loop n acc) (if (= n 0) acc (loop (- n 1) (+ acc n))))
(loop 5000 0)
(map (lambda (x) (* x x)) '(1 2 3 4))
(define (counter) (let ((n 0)) (lambda () (begin (set! n (+ n 1)) n))))
(define c (counter))
(list (c) (c) (c))
(display "hi\\tthere" 3.5 #t '(a (b c) "s"))
(let ((a 1) (b 2)) (list a b (/ a b)))
c
'sym
(fact)
(undefined 1)
(car '())
(1 2)
(+ 1 "a")
(if #f 1)
(define (compose f g) (lambda (x) (f (g x))))
((compose (lambda (x) (+ x 1)) (lambda (x) (* x 2))) 20)
"""

stream = tokens(PROGRAM)
while True:
    expr = parse(stream)
    if expr is END:
        break
    try:
        print(show(expr), "=>", show(evaluate(expr, base)))
    except (LispError, TypeError, IndexError, ValueError) as e:
        print(show(expr), "=>", type(e).__name__, e)
try:
    print(parse(tokens('(a "b')))
except LispError as e:
    print("error", e)
