"""Calls with `*` and `**`: nobody's mapping is changed, whatever is called."""

import functools


def take(*args, **kwargs):
    kwargs["added"] = 1
    return args, sorted(kwargs)


class Callable:
    def __call__(self, *args, **kwargs):
        kwargs.clear()
        return len(args)


class Sub(dict):
    def keys(self):
        return ["from_keys"]

    def __getitem__(self, key):
        return key.upper()


class Target:
    def __init__(self, *args, **kwargs):
        kwargs["x"] = 1
        self.args = args

    def method(self, *args, **kwargs):
        kwargs.pop("a", None)
        return self.args, args

    @classmethod
    def made(cls, *args, **kwargs):
        return cls(*args, **kwargs)


d = {"a": 1, "b": 2}
t = (1, 2, 3)
print(take(*t, **d), d)
print(take(**d, **{"c": 3}), d)
print(take(*t, *t, **d, z=1), d)
print(Callable()(*t, **d), d)
print(take(**Sub(a=1)))
print(Target(*t, **d).method(*t, **d), d)
print(Target.made(*"ab", **d).args, d)
print(dict(**d), dict(**d) is d, dict(d, **{"b": 5}), d)


def handed_on(*args, **kwargs):
    return take(*args, **kwargs)


def own(**kwargs):
    again = handed_on(**kwargs)
    return again, sorted(kwargs)


print(own(**d), d)
print(handed_on(*iter(t), **d), handed_on(*[], **{}), handed_on())
print(functools.partial(take, 0, **d)(*t, **{"b": 9}), d)
print((lambda a, *b, c=3, **k: (a, b, c, k))(*range(4), **{"c": 5, "q": 6}))
print("{} {x}".format(*t, **{"x": 5}), max(*t), max(*t, key=lambda n: -n), int(*["12"], **{"base": 3}))

for bad in (
    lambda: take(*5),
    lambda: take(**5),
    lambda: take(**{1: 2}),
    lambda: take(a=1, **d),
    lambda: take(**d, **d),
    lambda: (lambda a: a)(*t),
    lambda: (lambda a: a)(**d),
    lambda: (lambda a, b, /: a)(1, **{"b": 2}),
    lambda: int(**{"nope": 1}),
    lambda: max(*[]),
):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)


def tail(kind, value):
    if kind == "function":
        return len(value)
    if kind == "class":
        return tuple(value)
    if kind == "type":
        return type(value)
    if kind == "method":
        return value.upper()
    if kind == "bound":
        f = value.count
        return f("a")
    if kind == "error":
        return int(value)


for _ in range(40):
    got = [tail("function", "abc"), tail("class", "ab"), tail("type", 1), tail("method", "ab"), tail("bound", "banana")]
print(got)
try:
    tail("error", "x")
except ValueError as e:
    import traceback

    print(e, [f.name for f in traceback.extract_tb(e.__traceback__)])

built = {}
for n in range(3):
    try:
        built = {"a": n, [] if n == 1 else "k": n, "z": n}
    except TypeError as e:
        print("TypeError", str(e)[:20])
    print(built)
