"""Random functions, decorated and not, against each other."""

import random
import sys
import unittest

from taipan_tail import explain, tail_optimize


class Maker:
    """Makes the source of a function that calls itself in tail position in some way."""

    def __init__(self, seed):
        self.r = random.Random(seed)

    def pick(self, *choices):
        return self.r.choice(choices)

    def value(self, depth=0):
        """An expression over the parameters."""
        p = self.r.choice(self.params)
        choices = [
            p,
            f"{p} + 1",
            f"({p}, n)",
            "n",
            "[]",
            "'k'",
            f"note({p})",
            f"g(n)",
            f"str({p})[:9]",
            f"f'{{{p}}}'[:9]",
        ]
        if depth < 2:
            inner = self.value(depth + 1)
            choices += [
                f"({inner} if n % 2 else {self.value(depth + 1)})",
                f"(n % 3 and {inner})",
                f"(lambda: {inner})()",
                f"len([q for q in ({inner},) if q])",
                f"{{'a': {inner}}}",
                f"(z := {inner})",
                f"note(*[{inner}])",
            ]
        choice = self.r.choice(choices)
        return f"str({choice})[:12]" if "+ 1" in choice or self.r.random() < 0.3 else choice

    def source(self):
        count = self.r.randrange(0, 4)
        self.params = ["n"] + [f"p{i}" for i in range(count)]
        posonly = self.r.random() < 0.2
        defaults = self.r.randrange(0, count + 1)
        parts = ["n"] + [
            p + (f"={i}" if i >= count - defaults else "") for i, p in enumerate(self.params[1:])
        ]
        if posonly:
            parts.insert(1, "/")
        self.varargs = self.r.random() < 0.3
        kwonly = [f"k{i}" for i in range(self.r.randrange(0, 3))]
        if self.varargs:
            parts.append("*rest")
        elif kwonly:
            parts.append("*")
        parts += [f"{k}={i * 7}" for i, k in enumerate(kwonly)]
        self.kwargs = self.r.random() < 0.3
        if self.kwargs:
            parts.append("**kw")
        self.posparams, self.kwonly = self.params[1:], kwonly
        self.count, self.defaults = count, defaults
        self.params = self.params + kwonly
        self.kind = self.pick("function", "function", "nested", "method", "class", "static")
        head = {"method": "self, ", "class": "cls, "}.get(self.kind, "")
        body = self.body()
        lines = [f"def f({head}{', '.join(parts)}):"] + ["    " + line for line in body]
        if self.kind == "nested":
            lines = ["def outer():"] + ["    " + line for line in ["@decorate", *lines, "return f"]] + ["f = outer()"]
        elif self.kind in ("method", "class", "static"):
            deco = {"method": [], "class": ["@classmethod"], "static": ["@staticmethod"]}[self.kind]
            lines = ["class C:"] + ["    " + line for line in [*deco, "@decorate", *lines]] + ["f = C().f"]
        else:
            lines = ["@decorate", *lines]
        return "\n".join(lines) + "\n"

    def call(self):
        """A call of the function itself, its first argument smaller."""
        args = ["n - 1"]
        given = self.r.randrange(max(0, self.count - self.defaults), self.count + 1)
        positional = self.r.randrange(0, given + 1)
        args += [self.value() for _ in range(positional)]
        keywords = [f"{p}={self.value()}" for p in self.posparams[positional:given]]
        keywords += [f"{k}={self.value()}" for k in self.kwonly if self.r.random() < 0.6]
        self.r.shuffle(keywords)
        if self.varargs and positional == self.count and self.r.random() < 0.6:
            args.append(self.pick("*rest", "*rest[:2]", self.value()))
        if self.kwargs and self.r.random() < 0.6:
            keywords.append(self.pick("**kw", "extra=n", "**{'other': n}"))
        elif self.r.random() < 0.1:
            args.append("*()")
        if self.r.random() < 0.05:
            args.append("'too many?'")
        name = {"method": "self.f", "class": "cls.f", "static": "C.f"}.get(self.kind, "f")
        inner = args + keywords
        # An unpacked list may not stand behind keywords: keep the order as it is.
        return f"{name}({', '.join(inner)})"

    def body(self):
        result = ["n", *self.params[1:]] + (["rest"] if self.varargs else []) + (["kw"] if self.kwargs else [])
        lines = ["note('in', n)", f"if n <= 0: return [{', '.join(result)}]"]
        if self.r.random() < 0.3:
            lines.append("z = 0")
        for _ in range(self.r.randrange(0, 3)):
            call = self.call()
            lines += self.pick(
                [f"if n % 3 == 1: return {call}"],
                [f"for i in range(3):", f"    if i == n % 4: return {call}"],
                [f"for i in g(n):", f"    for j in (1, 2):", f"        return {call}"],
                [f"while n % 2:", f"    return {call}"],
                [f"x = n", f"def h(): return (n, x)", f"note(h())", f"if n % 2: return {call}"],
                [f"try: note(1 // (n % 2))", f"except ZeroDivisionError: note('zero')", f"else: return {call}"],
                [f"match n % 5:", f"    case 1 | 2: return {call}", f"    case 3 if n: pass"],
                [f"if n % 4 == 3: return {call} if n % 8 == 3 else {self.call()}"],
                [f"if n == 6: y = n", f"if n == 2:", f"    try: note(y)", f"    except NameError as e: note(type(e).__name__)"],
                [f"with cm: note('with')", f"if n % 2: return {call}"],
                [f"if n % 5 == 4:", f"    with cm: return {call}"],
                [f"if n % 5 == 4:", f"    try: return {call}", f"    finally: note('finally', n)"],
            )
        lines.append(f"return {self.pick('', '', 'n < 0 or ', 'n and ')}{self.call()}")
        return lines


def outcome(source, decorate, swap, count, with_lines):
    """What a call gives and does, and the line where it fails."""
    log = []

    def note(*args):
        log.append(repr(args)[:60])
        if swap and len(log) == swap:
            # Another function under the same name, amid the run.
            if "C" in scope:
                scope["C"].f = lambda self, *a, **k: ("swapped", a, k)
            else:
                scope["f"] = lambda *a, **k: ("swapped", a, k)
        return args[0] if args else None

    class CM:
        def __enter__(self):
            log.append("enter")

        def __exit__(self, *a):
            log.append("exit")

    scope = {"decorate": decorate, "note": note, "g": lambda n: [n], "cm": CM(), "__name__": "random_case"}
    exec(compile(source, "<random>", "exec"), scope)
    function = scope["f"]
    try:
        result = repr(function(9, *range(count)))
    except Exception as e:
        trace, lines = e.__traceback__, []
        while trace:
            if trace.tb_frame.f_code.co_filename == "<random>":
                lines.append(trace.tb_lineno)
            trace = trace.tb_next
        result = (type(e), str(e), lines[-1:] if with_lines else None)
    return result, log


def check(test, seed, **options):
    maker = Maker(seed)
    source = maker.source()
    try:
        compile(source, "<random>", "exec")
    except SyntaxError:
        return 0
    swap = maker.pick(0, 0, 0, 3, 7)
    rewritten = []

    def decorate(f):
        g = tail_optimize(f, **options)
        rewritten.extend(c for c in explain(g) if c.rewritten)
        return g

    in_place = not options
    want = outcome(source, lambda f: f, swap, maker.count, in_place)
    got = outcome(source, decorate, swap, maker.count, in_place)
    test.assertEqual(got, want, f"seed {seed}\n{source}")
    return bool(rewritten)


class Random(unittest.TestCase):
    COUNT = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else 1500

    def test_internal_loop(self):
        done = sum(check(self, seed) for seed in range(self.COUNT))
        self.assertGreater(done, self.COUNT // 4)

    def test_return_tuple(self):
        sum(check(self, seed, strategy="return_tuple") for seed in range(self.COUNT // 3))

    def test_partial_func(self):
        sum(check(self, seed, strategy="partial_func") for seed in range(self.COUNT // 3))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
