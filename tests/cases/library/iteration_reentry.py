"""Iterators of itertools at their edges: steps, ends, and sources that ask their consumer again."""

import builtins
import gc
import itertools as it
import weakref


def counted(n, log):
    for i in range(n):
        log.append(i)
        yield i


for bounds in ((3,), (0,), (1, 3), (5, 2), (0, 4, 3), (2, None, 2), (None, None, 4), (None, 5, None), (0, 10**18, 5)):
    log = []
    print(bounds, list(it.islice(counted(9, log), *bounds)), log)

s = it.islice(range(10), 2, 8, 3)
print(next(s), list(s), list(s))


class Asks:
    """Asks whoever consumes it again, once."""

    def __init__(self):
        self.consumer = None
        self.n = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.n += 1
        if self.n == 2 and self.consumer is not None:
            print("  within:", next(self.consumer, "end"))
        if self.n > 5:
            raise StopIteration
        return self.n


for make in (lambda a: it.islice(a, 4), it.cycle, it.chain, it.pairwise, lambda a: it.accumulate(a), lambda a: map(str, a)):
    a = Asks()
    c = make(a)
    a.consumer = c
    print([next(c, None) for _ in range(7)])
    a.consumer = None


class Source:
    def __iter__(self):
        return self

    def __next__(self):
        return 1


source = Source()
dead = weakref.ref(source)
s = it.islice(source, 2)
del source
print(list(s), dead() is None)

Source.__next__ = lambda self: 2
m = map(int, Source())
print(next(m))
Source.__next__ = lambda self: 3
print(next(m))


def closing(log):
    try:
        yield 1
        yield 2
    finally:
        log.append("finally")


def plain():
    x = [1]
    yield x
    yield 2


log = []
print(any(v == 1 for v in closing(log)), all(v > 1 for v in closing(log)), log)
g = plain()
ref = weakref.ref(next(iter([g])))
next(g)
print(g.close(), g.gi_frame, next(g, "end"), g.close())
g = plain()
next(g)
del g
gc.collect()
print(ref() is None)


def delegating():
    yield from closing(log)


g = delegating()
next(g)
g.close()
print(log)

saved = builtins.all
builtins.all = lambda items: "mine"
print(all(x for x in [0]))
builtins.all = saved
print(all(x for x in [0]))

rows = [list(p) for p in it.product("ab", repeat=2)] + list(it.combinations(range(4), 3)) + list(it.combinations_with_replacement("ab", 2))
kept = list(it.permutations("abc", 2))
print(rows, kept)
p = it.product([[1], [2]], [[3], [4]])
first = next(p)
second = next(p)
print(first, second, first is second, list(it.product(repeat=2)), list(it.combinations("ab", 0)))


class Key:
    def __init__(self, v):
        self.v = v

    def __eq__(self, other):
        return self.v == other.v


print([(k.v, list(g)) for k, g in it.groupby([1, 1.0, 2, 3, 3], key=Key)])
print([(k, len(list(g))) for k, g in it.groupby("aabccc")], [k for k, g in it.groupby([1, 1, 2])])
groups = it.groupby([1, 1, 2, 2], key=lambda v: v)
k1, g1 = next(groups)
k2, g2 = next(groups)
print(list(g1), list(g2), list(groups))
