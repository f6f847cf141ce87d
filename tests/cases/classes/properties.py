# property, setters, deleters, cached_property.
from functools import cached_property


class T:
    def __init__(self):
        self._c = 0

    @property
    def c(self):
        "celsius"
        return self._c

    @c.setter
    def c(self, v):
        if v < -273:
            raise ValueError("too cold")
        self._c = v

    @c.deleter
    def c(self):
        print("deleting")
        self._c = 0

    @property
    def f(self):
        return self._c * 9 / 5 + 32

    x = property(lambda self: 5, doc="x doc")

    @cached_property
    def slow(self):
        print("computing")
        return 42


t = T()
t.c = 100
print(t.c, t.f, T.c.__doc__, T.x.__doc__, t.x, T.c.fget.__name__, type(T.c))
del t.c
print(t.c)
for f in (lambda: setattr(t, "c", -300), lambda: setattr(t, "f", 1), lambda: delattr(t, "f"), lambda: setattr(t, "x", 1)):
    try:
        f()
    except Exception as e:
        print(type(e).__name__, e)
print(t.slow, t.slow, t.__dict__)
del t.slow
print(t.slow)
t.__dict__["c"] = "shadow?"
print(t.c)


class Sub(T):
    @T.c.getter
    def c(self):
        return "sub"


print(Sub().c)
s = Sub()
s.c = 5
print(s._c)


class G:
    @property
    def broken(self):
        return self.nothing

    def __getattr__(self, n):
        return "fallback " + n


print(G().broken)


class W:
    p = property()


try:
    W().p
except AttributeError as e:
    print(e)
