# Operator methods, reflected ones, in-place ones.
class V:
    def __init__(self, *c):
        self.c = c

    def __repr__(self):
        return f"V{self.c}"

    def __add__(self, o):
        return V(*(a + b for a, b in zip(self.c, o.c))) if isinstance(o, V) else NotImplemented

    def __sub__(self, o):
        return self + -o

    def __neg__(self):
        return V(*(-a for a in self.c))

    def __pos__(self):
        return self

    def __abs__(self):
        return sum(a * a for a in self.c) ** 0.5

    def __mul__(self, k):
        return V(*(a * k for a in self.c))

    __rmul__ = __mul__

    def __matmul__(self, o):
        return sum(a * b for a, b in zip(self.c, o.c))

    def __eq__(self, o):
        return isinstance(o, V) and self.c == o.c

    def __hash__(self):
        return hash(self.c)

    def __lt__(self, o):
        return abs(self) < abs(o)

    def __bool__(self):
        return any(self.c)

    def __len__(self):
        return len(self.c)

    def __getitem__(self, i):
        return self.c[i]

    def __iter__(self):
        return iter(self.c)

    def __contains__(self, x):
        return x in self.c

    def __call__(self, i):
        return self.c[i]

    def __invert__(self):
        return V(*reversed(self.c))

    def __format__(self, spec):
        return "<" + ",".join(format(a, spec) for a in self.c) + ">"

    def __round__(self, n=0):
        return V(*(round(a, n) for a in self.c))

    def __divmod__(self, k):
        return V(*(a // k for a in self.c)), V(*(a % k for a in self.c))

    def __lshift__(self, k):
        return ("lshift", k)

    def __ror__(self, k):
        return ("ror", k)

    def __pow__(self, k, m=None):
        return ("pow", k, m)

    def __rpow__(self, k):
        return ("rpow", k)

    def __iadd__(self, o):
        self.c = tuple(a + b for a, b in zip(self.c, o.c))
        return self


a, b = V(1, 2), V(3, 4)
print(a + b, a - b, -a, +a is a, abs(b), a * 3, 3 * a, a @ b, a == V(1, 2), a != b, a < b, a > b, bool(V(0, 0)), len(a), a[1], list(a), 2 in a, a(0), ~a)
print(f"{a:.1f}", round(V(1.25, 2.75), 1), divmod(b, 2), a << 5, 7 | a, a**2, pow(a, 2, 5), 2**a, hash(a) == hash(V(1, 2)), sorted([b, a]), max(a, b), sum([a, b], V(0, 0)))
c = a
a += b
print(a, c is a)
for f in (lambda: a + 1, lambda: 1 + a, lambda: a >> 1, lambda: a / 2, lambda: a & 1, lambda: 1 @ a, lambda: a <= b, lambda: a % 2, lambda: float(a), lambda: -object(), lambda: ~1.5, lambda: object() < object(), lambda: object()[0], lambda: object()(), lambda: len(object()), lambda: 1 in object(), lambda: [].__add__(1), lambda: "a" - "b", lambda: {} | 1, lambda: [1] * 1.5):
    try:
        print(f())
    except TypeError as e:
        print(e)


class L:
    def __add__(self, o):
        return "L+"

    def __radd__(self, o):
        return "+L"


class M(L):
    def __radd__(self, o):
        return "+M"


print(L() + M(), L() + L(), 1 + L(), M() + L(), M() + 1, L() + 1)


class Seq:
    def __getitem__(self, i):
        if i >= 3:
            raise IndexError
        return i * 10


print(list(Seq()), 20 in Seq(), list(reversed([1])), [x for x in Seq()])


class Idx:
    def __index__(self):
        return 2


print([10, 20, 30][Idx()], "abc" * Idx(), list(range(Idx())), hex(Idx()), [1, 2, 3][: Idx()])
