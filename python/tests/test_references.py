"""No reference is lost or kept: counts are the same after as before."""

import gc
import sys
import types
import unittest

from taipan_tail import tail_optimize


class Thing:
    @tail_optimize
    def m(self, n, x):
        return self.m(n - 1, x) if n else None

    @classmethod
    @tail_optimize
    def c(cls, n, x):
        return cls.c(n - 1, x) if n else None

    @tail_optimize
    def star(self, n, *x, **kw):
        return self.star(n - 1, *x, **kw) if n else None


@tail_optimize
def plain(n, x, y=None):
    return plain(n - 1, x, x) if n else None


@tail_optimize
def keywords(n, x, *rest, k=None, **kw):
    return keywords(n - 1, *rest, x, k=x, z=x) if n else None


@tail_optimize
def loops(n, x):
    for a in (x, x):
        for b in [a]:
            return loops(n - 1, b) if n else None


@tail_optimize
def cells(n, x, f=None):
    y = x
    return cells(n - 1, x, lambda: (y, x)) if n else None


@tail_optimize
def unbinds(n, x):
    if n % 2:
        y = x
    try:
        y
    except NameError:
        y = None
    return unbinds(n - 1, x) if n else None


@tail_optimize
def other(n, x):
    return other(n - 1, x) if n else None


inner = other


def other(n, x):  # noqa: F811
    return inner(n, x)


@tail_optimize
def raises(n, x):
    return raises(n - 1, x) if n else x.no_such_attribute


@tail_optimize(strategy="return_tuple")
def by_tuple(n, x):
    return by_tuple(n - 1, x=x) if n else None


@tail_optimize(strategy="partial_func")
def by_partial(n, x):
    return by_partial(n - 1, x=x) if n else None


def swallow(f):
    def call(n, x):
        try:
            f(n, x)
        except AttributeError:
            pass

    return call


class References(unittest.TestCase):
    def test_counts(self):
        thing = Thing()
        functions = [
            thing.m, Thing.c, thing.star, plain, keywords, loops, cells, unbinds, inner,
            swallow(raises), by_tuple, by_partial,
        ]
        watched = [Thing(), thing, Thing, plain, keywords, types.MethodType, Thing.m, raises]
        watched += [f.__code__ for f in functions if hasattr(f, "__code__")]
        x = watched[0]
        for f in functions:
            f(3, x)
        gc.collect()
        for f in functions:
            with self.subTest(getattr(f, "__name__", f)):
                before = [sys.getrefcount(w) for w in watched]
                for _ in range(20):
                    f(100, x)
                gc.collect()
                after = [sys.getrefcount(w) for w in watched]
                self.assertTrue(all(abs(a - b) <= 2 for a, b in zip(after, before)), (before, after))

    def test_blocks(self):
        x = Thing()
        thing = Thing()
        for f in (thing.m, thing.star, plain, keywords, loops, cells, unbinds, by_tuple, by_partial):
            f(2000, x)
            gc.collect()
            before = sys.getallocatedblocks()
            for _ in range(5):
                f(2000, x)
            gc.collect()
            self.assertLess(abs(sys.getallocatedblocks() - before), 300, f)


if __name__ == "__main__":
    unittest.main()
