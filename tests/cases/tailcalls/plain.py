"""What is no tail call, and what tail calls must not change: frames, lifetimes, tracebacks at ordinary depth."""
import functools
import inspect
import logging
import sys
import traceback
import warnings
import weakref


def shown(f):
    try:
        print(f())
    except RecursionError as e:
        print("RecursionError", str(e)[:32])
    except Exception as e:
        print(type(e).__name__, e)


def non_tail(n):
    return 1 + non_tail(n + 1)


def in_try(n):
    try:
        return in_try(n + 1)
    except ValueError:
        return 0


def in_with(n):
    with memoryview(b""):
        return in_with(n + 1)


def in_finally(n):
    try:
        return in_finally(n + 1)
    finally:
        n -= 1


def in_comprehension(n):
    return [in_comprehension(n + 1) for _ in range(1)]


def generator(n):
    yield from generator(n + 1)


class Endless:
    def __repr__(self): return repr(self)
    def __eq__(self, other): return self == other
    def __getattr__(self, name): return getattr(self, name + "x")


for f in (non_tail, in_try, in_with, in_finally, in_comprehension):
    shown(lambda: f(1))
shown(lambda: next(generator(1)))
shown(lambda: repr(Endless()))


def handlers(n, log):
    try:
        if n == 0:
            raise KeyError("k")
        return handlers(n - 1, log)
    except KeyError:
        log.append(n)
        if n == 3:
            return log
        raise


print(handlers(3, []))


# Frames
def names():
    f, out = sys._getframe(1), []
    while f is not None:
        out.append((f.f_code.co_name, f.f_lineno - f.f_code.co_firstlineno))
        f = f.f_back
    return out


def third(): return names()
def second(): return third()
def first(n): return first(n - 1) if n else second()


print(first(3))
print([s.function for s in (lambda: inspect.stack())()][:2])


def warn_here(): return warnings.warn("mind", stacklevel=2)
def warn_caller(): return warn_here()


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    warn_caller()
    print(caught[0].lineno - warn_caller.__code__.co_firstlineno)

records = []


class Handler(logging.Handler):
    def emit(self, record): records.append((record.funcName, record.lineno - log_it.__code__.co_firstlineno))


def log_it(): return logging.getLogger("x").error("message")
def log_caller(): return log_it()


logging.getLogger("x").addHandler(Handler())
logging.getLogger("x").propagate = False
log_caller()
print(records)


# Lifetimes
class Object:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)


def keeps(o, n):
    kept = Object(n)
    return passes(n)


def passes(n):
    print("callee", n)
    return n


keeps(Object("argument"), "local")
r = []


def last(ref):
    return ref() is not None


def refers():
    o = Object("referred")
    return last(weakref.ref(o))


print(refers())


# Tracebacks
def raises(n): return raises(n - 1) if n else 1 / n
def outer(n): return raises(n)


for f in (lambda: outer(0), lambda: outer(5), lambda: functools.partial(outer)(2), lambda: outer("x"), lambda: outer()):
    try:
        f()
    except Exception:
        print(traceback.format_exc().replace(__file__, "plain.py"))


# Rebinding, callees of all kinds
def rebound(n):
    global rebound
    if n == 3:
        original = rebound
        rebound = lambda n: ("rebound", n)
    return rebound(n - 1) if n else "not rebound"


print(rebound(6))


class Klass:
    def __new__(cls, n): return super().__new__(cls)
    def __init__(self, n): return self.set(n)
    def set(self, n): self.n = n


def makes(n): return Klass(n)
def starts(n): return counting(n)
def counting(n): yield from range(n)
async def coroutine(): return 1
def awaits(): return coroutine()


print(makes(4).n, list(starts(3)))
c = awaits()
print(type(c).__name__)
c.close()


class Dies:
    def __init__(self, depth): self.depth = depth
    def __del__(self): deaths.append(sink(self.depth))


def sink(n): return sink(n - 1) if n else "sunk"
def sheds(n):
    thing = Dies(n)
    return sheds(n - 1) if n else "shed"


deaths = []
print(sheds(40), len(deaths), set(deaths))


class Bad:
    def __init__(self): return type(self).helper(1)
    @staticmethod
    def helper(n): return n


shown(Bad)


def loops(items):
    for i in items:
        while True:
            return outside(i)


def outside(i): return i


class Watched(list):
    def __iter__(self):
        try:
            yield from list.__iter__(self)
        finally:
            print("iterator closed")


print(loops(Watched([7, 8])))
