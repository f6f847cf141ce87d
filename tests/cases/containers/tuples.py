# Tuples.
t = (1, 2, 3)
print(t, (), (1,), 1, t + (4,), t * 2, t[1], t[-1], t[1:], 2 in t, t.index(3), t.count(1), len(t))
print(tuple("abc"), tuple([]), tuple(i for i in range(3)), (1, 2) == (1, 2), (1, 2) < (1, 3), () < (0,), hash((1, 2)) == hash((1, 2)))
a, (b, c) = 1, (2, 3)
print(a, b, c, {(1, 2): "x"}[1, 2])
for f in (lambda: t.__setitem__(0, 1), lambda: t[5], lambda: t.index(9), lambda: t + [1], lambda: hash(([],))):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
from collections import namedtuple

P = namedtuple("P", "x y", defaults=[0])
p = P(1)
print(p, p.x, p[1], p._asdict(), p._replace(x=5), P._fields, P._make([7, 8]), p == (1, 0), P(y=2, x=1), *p)
try:
    P()
except TypeError as e:
    print(e)
try:
    P(1, 2, 3)
except TypeError as e:
    print(e)
print(t is tuple(t), t[:] is t, isinstance(p, tuple))


class T(tuple):
    def __new__(cls, *a):
        return super().__new__(cls, a)

    def __repr__(self):
        return "T" + super().__repr__()


print(T(1, 2), T(1, 2)[0], T(1) + (2,), type(T(1)[:]), T() == ())
