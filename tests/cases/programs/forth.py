"""A Forth interpreter, a brainfuck compiler and a register VM."""
import sys
from collections.abc import Callable, Iterator
from functools import singledispatch, partial, wraps, cache, cached_property, reduce


class ForthError(RuntimeError): ...


class Forth:
    def __init__(self):
        self.stack: list[int] = []
        self.words: dict[str, Callable | list] = {}
        self.out: list[str] = []
        for name, (n, f) in {"+": (2, lambda a, b: a + b), "-": (2, lambda a, b: a - b), "*": (2, int.__mul__), "/": (2, int.__floordiv__),
                             "mod": (2, lambda a, b: a % b), "=": (2, lambda a, b: -(a == b)), "<": (2, lambda a, b: -(a < b)), "negate": (1, int.__neg__)}.items():
            self.words[name] = partial(self.apply, n, f)
        self.words |= {"dup": lambda: self.stack.append(self.top()), "drop": lambda: self.pop(), "swap": self.swap, "over": lambda: self.stack.append(self.stack[-2]),
                       ".": lambda: self.out.append(str(self.pop())), "cr": lambda: self.out.append("\n"), "rot": lambda: self.stack.append(self.stack.pop(-3)),
                       "emit": lambda: self.out.append(chr(self.pop()))}

    def top(self):
        if not self.stack:
            raise ForthError("stack underflow")
        return self.stack[-1]

    def pop(self):
        self.top()
        return self.stack.pop()

    def swap(self):
        a, b = self.pop(), self.pop()
        self.stack += a, b

    def apply(self, n, f):
        args = [self.pop() for _ in range(n)][::-1]
        self.stack.append(f(*args))

    def compile(self, it: Iterator[str], until=()):
        body = []
        for w in it:
            if w in until:
                return body, w
            if w == "if":
                then, end = self.compile(it, ("else", "then"))
                other = self.compile(it, ("then",))[0] if end == "else" else []
                body.append(("if", then, other))
            elif w == "begin":
                inner, end = self.compile(it, ("until", "again"))
                body.append(("loop", inner))
            elif w == "do":
                inner, end = self.compile(it, ("loop",))
                body.append(("do", inner))
            elif w == '."':
                text = []
                for t in it:
                    text.append(t.rstrip('"'))
                    if t.endswith('"'):
                        break
                body.append(("say", " ".join(text)))
            else:
                body.append(w)
        if until:
            raise ForthError(f"missing {' or '.join(until)}")
        return body, None

    def run(self, body, loops=()):
        for w in body:
            match w:
                case ("if", a, b):
                    self.run(a if self.pop() else b, loops)
                case ("loop", inner):
                    while True:
                        self.run(inner, loops)
                        if self.pop():
                            break
                case ("do", inner):
                    start, limit = self.pop(), self.pop()
                    for i in range(start, limit):
                        self.run(inner, (i, *loops))
                case ("say", t):
                    self.out.append(t)
                case "i":
                    self.stack.append(loops[0])
                case "j":
                    self.stack.append(loops[1])
                case str() if w in self.words:
                    f = self.words[w]
                    f() if callable(f) else self.run(f, loops)
                case str():
                    try:
                        self.stack.append(int(w))
                    except ValueError:
                        raise ForthError(f"{w} ?") from None

    def __call__(self, line):
        it = iter(line.split())
        for w in it:
            if w == ":":
                name = next(it)
                self.words[name] = self.compile(it, (";",))[0]
                continue
            self.run(self.compile(iter([w, *it]))[0])
            break
        out, self.out = " ".join(self.out), []
        return out


f = Forth()
for line in ["1 2 + .", ": sq dup * ;", "7 sq .", ": fact dup 2 < if drop 1 else dup 1 - fact * then ;", "20 fact .", ": stars 0 do 42 emit loop ;", "5 stars",
             "3 0 do 3 0 do i j * . loop cr loop", "10 begin dup . 1 - dup 0 = until drop", '." hello world" cr', "+", "foo", "1 if", "1 0 /", "5 3 mod . 2 3 swap . ."]:
    try:
        print(f"{line!r:55} -> {f(line)!r} {f.stack}")
    except (ForthError, ZeroDivisionError) as e:
        print(f"{line!r:55} !! {type(e).__name__}: {e} {f.stack}")
        f.stack.clear(); f.out.clear()


def bf(src):
    code, depth = ["def run(inp):", " mem=[0]*300; p=0; out=[]"], 1
    i = 0
    while i < len(src):
        c = src[i]
        n = 1
        while c in "+-<>" and i + n < len(src) and src[i + n] == c:
            n += 1
        pad = " " * depth
        match c:
            case "+": code.append(f"{pad}mem[p]=(mem[p]+{n})&255")
            case "-": code.append(f"{pad}mem[p]=(mem[p]-{n})&255")
            case ">": code.append(f"{pad}p+={n}")
            case "<": code.append(f"{pad}p-={n}")
            case ".": code.append(f"{pad}out.append(chr(mem[p]))")
            case ",": code.append(f"{pad}mem[p]=ord(next(inp,'\\0'))")
            case "[": code.append(f"{pad}while mem[p]:"); depth += 1
            case "]": depth -= 1
        i += n
    code.append(" return ''.join(out)")
    ns = {}
    exec(compile("\n".join(code), "<bf>", "exec"), ns)
    return ns["run"]


print(bf("++++++++[>++++[>++>+++>+++>+<<<<-]>+>+>->>+[<]<-]>>.>---.+++++++..+++.>>.<-.<.+++.------.--------.>>+.>++.")(iter("")))
print(bf(",[.,]")(iter("echo")))


@singledispatch
def show(x): return f"object {x}"
@show.register
def _(x: int): return f"int {x}"
@show.register(list)
@show.register(tuple)
def _(x): return "seq " + ",".join(map(show, x))
@show.register
def _(x: str | bytes): return f"text {x!r}"
print(show(3), show([1, "a", 2.5]), show(b"x"), show(True), show.dispatch(bool).__name__, sorted(k.__name__ for k in show.registry))


def memo(f):
    store = {}
    @wraps(f)
    def inner(*a, **k):
        key = (a, tuple(sorted(k.items())))
        if key not in store:
            store[key] = f(*a, **k)
        return store[key]
    inner.store = store
    return inner


@memo
def lev(a, b):
    """Levenshtein."""
    if not a or not b:
        return len(a) + len(b)
    return min(lev(a[1:], b) + 1, lev(a, b[1:]) + 1, lev(a[1:], b[1:]) + (a[0] != b[0]))


print(lev("kitten", "sitting"), len(lev.store), lev.__name__, lev.__doc__, lev.__wrapped__.__name__)


@cache
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(90), fib.cache_info())


class C:
    n = 0
    @cached_property
    def v(self):
        C.n += 1
        return C.n
c = C()
print(c.v, c.v, C.n, vars(c)); del c.v; print(c.v)
print(partial(int, base=2)("101"), partial(print, "a", sep="-", end="!\n")("b"), repr(partial(max, 3)).startswith("functools.partial"), reduce(lambda a, b: f"({a}{b})", "abcd"))
