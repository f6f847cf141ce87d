# Every kind of parameter and argument.
def f(a, b=2, /, c=3, *args, d, e=5, **kw):
    return a, b, c, args, d, e, kw


print(f(1, d=4), f(1, 2, 3, 4, 5, d=6, e=7, g=8), f(1, c=9, d=0, a=1, b=2), f(*[1, 2], **{"d": 3}), f(1, *(2, 3), *[4], d=1, **{"x": 1}, **{"y": 2}))
def g(*, k=1): return k
def h(x, /): return x
def p(a, b, c): return a, b, c
def q(**kw): return kw
def r(*a): return a
print(g(), g(k=5), h(3), p(1, c=3, b=2), q(x=1, y=2), q(), r(), r(1, [2]), q(**dict(self=1)))
calls = [
    "f()", "f(1)", "f(d=1)", "g(1)", "g(z=1)", "h(x=1)", "h()", "h(1, 2)", "p(1)", "p(1, 2)", "p(1, 2, 3, 4)", "p(1, 2, 3, c=4)", "p(1, a=2, b=3, c=4)",
    "p(1, 2, d=3)", "p(*[1], **{'a': 1, 'b': 2, 'c': 3})", "q(1)", "q(**{1: 2})", "q(**5)", "r(*5)", "r(x=1)", "(lambda: 0)(1)", "(lambda x: 0)()", "p(a=1)", "f(1, 2, 3)", "g(k=1, **{'k': 2})", "len()", "len(1, 2)", "int(1, 2, 3)", "print(1, foo=2)", "h(1, y=2)", "p.__call__()",
]
for c in calls:
    try:
        print(c, eval(c))
    except TypeError as e:
        print(c, "->", e)
def default(x=[]):
    x.append(1)
    return x
print(default(), default(), default([0]), default.__defaults__)
def order(a=print("default a"), *, b=print("default b")): pass
print(f.__defaults__, f.__kwdefaults__, f.__code__.co_varnames, f.__name__, f.__code__.co_argcount, f.__code__.co_posonlyargcount, f.__code__.co_kwonlyargcount)
p.__defaults__ = (8, 9)
print(p(1), p.__defaults__)
def ev(n):
    print("arg", n)
    return n
p(ev(1), c=ev(3), b=ev(2))
p(*[ev(1), ev(2)], ev(3))
