"""Every guard passes for a while, then says no."""


def each(f, *cases):
    """Many calls with the first arguments, so that the function is specialised, then the others."""
    for case, times in [(cases[0], 60), *((c, 3) for c in cases)]:
        for _ in range(times):
            try:
                result = f(*case)
            except Exception as e:
                result = f"{type(e).__name__}: {e}"
        print(f.__name__, result)


def add(a, b):
    return a + b


def arithmetic(a, b):
    return a - b, a * b, a // b, a % b, a & b, a | b, a ^ b, a << b, a >> b


def floats(a, b):
    return a + b, a - b, a * b, a / b


def order(a, b):
    return a < b, a <= b, a == b, a != b, a > b, a >= b


def branch(a, b):
    if a < b:
        return "less"
    while a == b:
        return "same"
    return "more"


def truth(v):
    return "yes" if v else "no"


def item(c, i):
    return c[i]


def has(c, x):
    return x in c, x not in c


def store(c, k):
    c[k] = 5
    return c


def loop(it):
    total = 0
    for x in it:
        total = total + x
    return total


big = 1 << 60
each(add, (1, 2), (big - 1, big), (1.5, 2), (2, 1.5), ("a", "b"), ([1], [2]), (1, "x"))
each(arithmetic, (7, 2), (-7, 2), (7, -2), (big, 3), (big * big, 7), (True, True), (3, 0), (1, 70), (2.0, 1))
each(floats, (1.5, 2.5), (1e308, 1e308), (1, 2), (0.0, -0.0), (1.0, 0.0), (5e-324, 5e-324))
each(order, (1, 2), (2.0, 2.0), (float("nan"), 1.0), ("a", "a"), ("a", "b"), (1, 1.0), (1, "a"))
each(branch, (1, 2), (2, 2), (3, 2), (2.5, 2.5), ("b", "a"), (big * 4, big))


class Always:
    pass


class Never:
    def __len__(self):
        return 0


for first in (True, 1, None, [1], "x", Always()):
    each(truth, (first,), (0,), ("",), ([],), (None,), (False,), (2.5,), (Never(),), (Always(),))


class MyList(list):
    def __getitem__(self, i):
        return ("mine", i)

    def __iter__(self):
        return iter([10, 20])


for first in ([1, 2, 3], (1, 2, 3), "abc", {0: "zero", 1: "one"}):
    each(item, (first, 1), ([4, 5], -1), ((4, 5), -2), ("äöü", 1), ({1: 2}, 1), ({}, 1), ([1], 5), (MyList([1]), 0), (5, 0))
each(has, ({1, 2}, 1), ({1: 2}, 2), ([1], 1), ({1, 2}, []))
each(has, ({1: 2}, 1), ({3}, 3), ("abc", "b"), ({}, []))
each(store, ([1, 2], 0), ({}, 0), ([1], 4), ({}, []), ((1,), 0), (bytearray(2), 1))
each(loop, ([1, 2, 3],), ((4, 5),), (range(4),), (MyList([1]),), ({1: 1},), ((x for x in (1, 2)),), ([],), (7,))
each(loop, (range(3),), ([1.5, 2.5],), (range(0),), (range(5, 0, -2),), (reversed([1, 2]),))
each(loop, ((1, 2),), ([1],), ((),))


# A list that grows while it is iterated.
grown = [1, 2, 3]
seen = 0
for x in grown:
    seen += x
    if len(grown) < 40:
        grown.append(x)
print(seen, len(grown))


class Point:
    kind = "point"
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def sum(self):
        return self.x + self.y


class Other:
    def __init__(self):
        self.x = 1
        self.later = None

    @property
    def y(self):
        return self.x + 1

    def sum(self):
        return "other"


class Lazy:
    x = 10

    def __getattr__(self, name):
        return name.upper()


def attributes(o):
    return o.x, o.y, o.sum() if not isinstance(o, Lazy) else o.sum


def kind(o):
    return o.kind


def assign(o, v):
    o.x = v
    o.x += 1
    return o.x


each(attributes, (Point(1, 2),), (Other(),), (Lazy(),), (3,))
each(attributes, (Other(),), (Point(3, 4),), (Lazy(),))
each(kind, (Point(1, 2),), (Point,), (Other(),))
each(assign, (Other(), 1), (Point(0, 0), 2), (Lazy(), 3), (Lazy, 4), (5, 5))
Other.sum = lambda self: "replaced"
Other.y = 99
each(attributes, (Other(),))


def new_attribute(o):
    o.first = 1
    o.second = 2
    return sorted(vars(o))


for _ in range(60):
    new_attribute(Always())
print(new_attribute(Always()), new_attribute(Lazy()))

VALUE = 1


def read():
    return VALUE, len("abc")


each(read, ())
VALUE = 2
each(read, ())
len = lambda s: "shadowed"
each(read, ())
del len
each(read, ())
del VALUE
each(read, ())


def direct(f, a):
    return f(a)


def one(a):
    b = a
    return b


def default(a, b=2):
    return a, b


class Callable:
    def __init__(self, a=None):
        self.a = a

    def __call__(self, a):
        return "called", a

    def method(self, a):
        return self.a, a


each(direct, (one, 1), (default, 1), (Callable(), 1), (str, 1), (Callable(7).method, 1), (abs, -1), (lambda *a: a, 1), (3, 3))
each(direct, (Callable(7).method, 1), (one, 2), ([].append, 3), ("abc".find, "c"))
each(direct, (abs, -3), (type, 4), (one, 5))
one.__code__ = (lambda a: ("other code", a)).__code__
each(direct, (one, 1))
