# Less common special methods.
class Ctx:
    def __enter__(self):
        print("enter")
        return self

    def __exit__(self, t, v, tb):
        print("exit", t and t.__name__, v)
        return t is ValueError


with Ctx() as c:
    print("body", type(c).__name__)
with Ctx():
    raise ValueError("swallowed")
try:
    with Ctx():
        raise KeyError("k")
except KeyError as e:
    print("out", e)


class Attrs:
    def __dir__(self):
        return ["b", "a"]

    def __getattr__(self, n):
        return n

    def __setattr__(self, n, v):
        print("set", n, v)

    def __delattr__(self, n):
        print("del", n)


a = Attrs()
a.x = 1
del a.y
print(dir(a), a.zzz, a.__dict__)


class New:
    def __new__(cls, *a, **k):
        print("new", a, k)
        return super().__new__(cls)

    def __init__(self, *a, **k):
        print("init", a, k)


New(1, b=2)


class Other:
    def __new__(cls):
        return 5


print(Other())


class Hash:
    def __eq__(self, o):
        return True


try:
    hash(Hash())
except TypeError as e:
    print(e)


class Len:
    def __len__(self):
        return "x"


class Rep:
    def __repr__(self):
        return 5


class Iter:
    def __iter__(self):
        return 5


class Idx:
    def __index__(self):
        return 1.5


for f in (lambda: len(Len()), lambda: repr(Rep()), lambda: iter(Iter()), lambda: [1][Idx()], lambda: int(type("I", (), {"__int__": lambda s: 1.5})()), lambda: bool(type("B", (), {"__bool__": lambda s: 1})()), lambda: hash(type("H", (), {"__hash__": lambda s: "a"})()), lambda: str(type("S", (), {"__str__": lambda s: 1})())):
    try:
        print(f())
    except TypeError as e:
        print(e)


class Lookup:
    def __init__(self):
        self.__len__ = lambda: 5


try:
    len(Lookup())
except TypeError as e:
    print(e)


class LH:
    def __iter__(self):
        return iter([1, 2])

    def __length_hint__(self):
        return 10


print(list(LH()))
import operator

print(operator.length_hint(LH()))


class Rev:
    def __reversed__(self):
        return iter("rev")


print(list(reversed(Rev())))


class Copy:
    def __copy__(self):
        return "copied"

    def __deepcopy__(self, memo):
        return "deep"

    def __sizeof__(self):
        return 100

    def __reduce__(self):
        return (str, ("reduced",))


import copy, pickle

print(copy.copy(Copy()), copy.deepcopy([Copy()]), Copy().__sizeof__(), pickle.loads(pickle.dumps(Copy())))


class Inst(type):
    def __instancecheck__(cls, o):
        return o == 5

    def __subclasscheck__(cls, c):
        return c is int


class I(metaclass=Inst):
    pass


print(isinstance(5, I), isinstance(6, I), issubclass(int, I), issubclass(str, I))


class Del:
    def __del__(self):
        print("del called")


d = Del()
del d
print("after")
print(complex(type("C", (), {"__complex__": lambda s: 1j})()), round(type("R", (), {"__round__": lambda s, n=None: ("r", n)})(), 2), __import__("math").floor(type("F", (), {"__floor__": lambda s: "fl"})()))
