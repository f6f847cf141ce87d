# assert, and errors from the operators of the language.
def check(f):
    try:
        f()
        print("ok")
    except BaseException as e:
        print(type(e).__name__, "|", e, "|", e.args)


def a1():
    assert 1 == 2


def a2():
    assert False, "message"


def a3():
    assert 0, (1, 2)


def a4():
    assert True, 1 / 0


for f in (a1, a2, a3, a4):
    check(f)
x, d, l, s, n = 5, {}, [], "s", None
for f in (
    lambda: x.foo, lambda: n.foo, lambda: l.foo, lambda: x(), lambda: n(), lambda: x[0], lambda: n[0], lambda: n["a"], lambda: d.foo(), lambda: l[0], lambda: d["a"], lambda: s[5], lambda: x + s, lambda: s + x, lambda: n + 1, lambda: l + s, lambda: -s, lambda: x % 0, lambda: x // 0, lambda: s % 1, lambda: len(x), lambda: iter(n), lambda: [*n], lambda: {**n}, lambda: print(*n), lambda: print(**x), lambda: x in x, lambda: n < n, lambda: l < d, lambda: x.bar.baz, lambda: setattr(x, "a", 1), lambda: setattr(n, "a", 1), lambda: delattr(l, "x"), lambda: object().x, lambda: int.foo, lambda: (lambda a: a)(), lambda: undefined, lambda: __import__("nope"), lambda: __import__("os.nope"), lambda: x.real.imag.zzz, lambda: open("/nonexistent/file"), lambda: hash(d), lambda: {l: 1}, lambda: {d}, lambda: sum(n), lambda: range(1.5), lambda: range(1, 2, 0), lambda: "abc".index("z"), lambda: [].index(1), lambda: int("x"), lambda: float("x"), lambda: chr(-1), lambda: ord("ab"), lambda: (1).__foo__, lambda: type("X", (5,), {}), lambda: isinstance(1, 5), lambda: x @ x, lambda: abs(s), lambda: divmod(1, 0), lambda: 1 << -1, lambda: next(iter([])), lambda: max(d), lambda: [].pop(), lambda: {}.popitem(), lambda: set().pop(), lambda: bytes([300]), lambda: "x".encode("zz"), lambda: l.sort(1), lambda: s.join(5), lambda: s.replace(1, 2), lambda: getattr(x, n),
):
    check(f)
