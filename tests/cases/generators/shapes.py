"""Generators in every shape."""
import collections
import itertools
import types
from contextlib import closing, contextmanager


def averager():
    total = count = 0
    avg = None
    while True:
        try:
            x = yield avg
        except ValueError as e:
            print("  ignored", e)
            continue
        if x is None:
            break
        total += x
        count += 1
        avg = total / count
    return count, avg


def delegate(results):
    while True:
        r = yield from averager()
        results.append(r)


results = []
d = delegate(results)
next(d)
for v in [10, 20, 30, None, 5, 6]:
    print(v, "->", d.send(v))
print(d.throw(ValueError("boom")))
d.send(None)
d.close()
print(results)


def tree(n):
    if n:
        yield from tree(n // 2)
        yield n
        yield from tree(n // 3)


print(list(tree(20)))


def primes():
    composites = collections.defaultdict(list)
    for n in itertools.count(2):
        if n in composites:
            for p in composites.pop(n):
                composites[n + p].append(p)
        else:
            composites[n * n].append(n)
            yield n


print(list(itertools.islice(primes(), 25)))
print(list(itertools.takewhile(lambda p: p < 60, primes())))


def finalizer(log):
    try:
        yield 1
        yield 2
    except GeneratorExit:
        log.append("exit")
        raise
    finally:
        log.append("finally")


log = []
g = finalizer(log)
next(g)
del g
print(log)
with closing(finalizer(log)) as g:
    print(next(g))
print(log)


def stubborn():
    while True:
        try:
            yield
        except GeneratorExit:
            print("no")
            yield "still here"


g = stubborn()
next(g)
try:
    g.close()
except RuntimeError as e:
    print(e)


def raises_stop():
    yield 1
    raise StopIteration("inner")


try:
    list(raises_stop())
except RuntimeError as e:
    print(repr(e), repr(e.__cause__))


class Countdown:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        n = self.n
        while n:
            yield n
            n -= 1

    def __reversed__(self):
        yield from range(1, self.n + 1)


print(list(Countdown(4)), list(reversed(Countdown(4))), sum(Countdown(5)), max(Countdown(3)))
g = (x * y for x in range(4) if x % 2 for y in "ab")
print(type(g), g.__name__, list(g), next(g, "done"))
print(isinstance(g, types.GeneratorType), g.gi_frame, g.gi_running, g.gi_code.co_name)


@contextmanager
def tag(name):
    print(f"<{name}>")
    try:
        yield name.upper()
    except ZeroDivisionError as e:
        print("  caught", e)
    else:
        print("  no error")
    finally:
        print(f"</{name}>")


with tag("a") as a, tag("b") as b:
    print(a, b)
    1 / 0
print("after")


def flatten(x):
    for i in x:
        if isinstance(i, (list, tuple)):
            yield from flatten(i)
        else:
            yield i


print(list(flatten([1, [2, (3, [4, [[5]]]), 6], (), [7]])))


def pipeline(*stages):
    def run(source):
        for s in stages:
            source = s(source)
        return source
    return run


def where(p):
    return lambda it: (x for x in it if p(x))


def select(f):
    return lambda it: (f(x) for x in it)


def window(n):
    def inner(it):
        dq = collections.deque(maxlen=n)
        for x in it:
            dq.append(x)
            if len(dq) == n:
                yield tuple(dq)
    return inner


print(list(pipeline(where(lambda x: x % 3), select(lambda x: x * x), window(3))(range(10))))
g = averager()
try:
    g.send(1)
except TypeError as e:
    print(e)
print(next(g), g.send(4), g.send(8))
try:
    g.send(None)
except StopIteration as e:
    print(e.value)
try:
    next(g)
except StopIteration as e:
    print("stopped", e.value)


def ctx():
    try:
        raise KeyError("first")
    except KeyError:
        try:
            yield
        except ValueError as e:
            print(repr(e), repr(e.__context__))


g = ctx()
next(g)
try:
    g.throw(ValueError("second"))
except StopIteration:
    pass
