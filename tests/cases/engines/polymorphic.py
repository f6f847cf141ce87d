"""One place that meets objects of many shapes, whose classes change on the way."""


class A:
    kind = "a"

    def __init__(self, x):
        self.x = x

    def name(self):
        return f"A{self.x}"


class B:
    __slots__ = ("x",)
    kind = "b"

    def __init__(self, x):
        self.x = x

    def name(self):
        return f"B{self.x}"


class C(A):
    def __init__(self, x):
        self.first = 1
        super().__init__(x)

    @property
    def kind(self):
        return f"c{self.x}"


class D(A):
    def __getattr__(self, name):
        return f"got {name}"


class E(A):
    def __getattribute__(self, name):
        return "always" if name == "kind" else super().__getattribute__(name)


def look(o):
    return o.x, o.kind, o.name()


def total(objects):
    n = 0
    for o in objects:
        n += o.x
    return n


objects = [make(i) for i in range(40) for make in (A, B, C, D, E)]
for _ in range(30):
    seen = [look(o) for o in objects]
print(seen[:5], total(objects) == 5 * sum(range(40)))
for _ in range(40):
    total(objects)

A.name = lambda self: f"new A{self.x}"
print([look(o)[2] for o in objects[:5]])
A.kind = property(lambda self: "property")
print([look(o)[1] for o in objects[:5]])
objects[0].name = lambda: "own"
print([look(o)[2] for o in objects[:5]])
A.x = property(lambda self: -1)
print([look(o)[0] for o in objects[:5]], total(objects[:5]))
del A.x
print([look(o)[0] for o in objects[:5]], total(objects[:5]))
del objects[0].x
try:
    total(objects)
except AttributeError as e:
    print(e)
objects[0].x = 7.5
for i in range(60):
    setattr(objects[5], f"extra{i}", i)
print(total(objects))
del B.name
try:
    for o in objects:
        look(o)
except AttributeError as e:
    print(e)
B.name = staticmethod(lambda: "static")
print([look(o)[2] for o in objects[:5]])
for n in range(300):
    kind = type(f"K{n}", (), {"x": n, "name": lambda self: type(self).__name__, "kind": n})
    assert look(kind()) == (n, n, f"K{n}")
objects[1].__class__ = type("B2", (), {"__slots__": ("x",), "kind": "b2", "name": lambda self: "B2"})
print(look(objects[1]))
