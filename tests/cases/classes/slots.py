# __slots__.
class P:
    __slots__ = ("x", "y")

    def __init__(self, x=0, y=0):
        self.x = x
        self.y = y


p = P(1, 2)
print(p.x, p.y, P.__slots__, hasattr(p, "__dict__"), P.x)
for f in (lambda: setattr(p, "z", 1), lambda: P.__new__(P).x, lambda: P().__dict__):
    try:
        f()
    except AttributeError as e:
        print(e)
del p.x
try:
    p.x
except AttributeError as e:
    print(e)


class Q(P):
    __slots__ = ["z"]


class R(P):
    pass


q, r = Q(), R()
q.z = 3
r.anything = 4
print(q.z, r.__dict__, hasattr(q, "__dict__"), Q.__slots__)


class D:
    __slots__ = ("a", "__dict__", "__weakref__")


d = D()
d.a, d.b = 1, 2
print(d.__dict__, d.a)
import weakref

print(weakref.ref(d)() is d)
try:
    weakref.ref(p)
except TypeError as e:
    print(e)
for ns, bases in (({"__slots__": ("a", 1)}, ()), ({"__slots__": "a b"}, ()), ({"__slots__": ["x"], "x": 1}, ()), ({"__slots__": ["q"]}, (int,)), ({"__slots__": ["q"]}, (tuple,))):
    try:
        print(type("Z", bases, ns).__slots__)
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)


class Priv:
    __slots__ = ("__secret",)

    def __init__(self):
        self.__secret = 5

    def get(self):
        return self.__secret


print(Priv().get(), Priv._Priv__secret is not None)


class A:
    __slots__ = ("a",)


class B:
    __slots__ = ("b",)


try:
    class C(A, B):
        pass
except TypeError as e:
    print(e)
import copy, pickle

c = copy.copy(P(5, 6))
print(c.x, c.y)
print(sorted(k for k in dir(P) if not k.startswith("__")))
