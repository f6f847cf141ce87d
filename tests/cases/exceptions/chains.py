"""Exceptions: chaining, groups, notes, finally, context managers, tracebacks."""
import contextlib
import io
import sys
import traceback


def print_exc(**_):
    print(traceback.format_exc().replace(__file__, "FILE"), end="")


def show(e, depth=0):
    pad = "  " * depth
    print(f"{pad}{type(e).__name__}: {e} | cause={e.__cause__!r} context={e.__context__!r} suppress={e.__suppress_context__}")
    if isinstance(e, BaseExceptionGroup):
        for s in e.exceptions:
            show(s, depth + 1)


def f(n):
    try:
        if n == 0:
            raise ValueError("zero")
        elif n == 1:
            return "returned"
        elif n == 2:
            {}["k"]
        return "end"
    except ValueError as e:
        raise RuntimeError("wrapped") from e
    except KeyError:
        raise RuntimeError("implicit")
    else:
        return "else"
    finally:
        print("finally", n)


for i in range(4):
    try:
        print(f(i))
    except RuntimeError as e:
        show(e)


def order():
    log = []
    try:
        try:
            log.append(1)
            raise KeyError("a")
        finally:
            log.append(2)
            try:
                raise ValueError("in finally")
            except ValueError as e:
                log.append(repr(e.__context__))
    except KeyError as e:
        log.append(repr(e.__context__))
    return log


print(order())


def overriding():
    for i in range(3):
        try:
            return i
        finally:
            print("leaving", i)


print(overriding())


def group():
    errors = []
    for f in (lambda: int("x"), lambda: [][1], lambda: {}["a"], lambda: 1 / 0, lambda: None.foo):
        try:
            f()
        except Exception as e:
            e.add_note(f"note for {type(e).__name__}")
            errors.append(e)
    raise ExceptionGroup("many", [*errors[:2], ExceptionGroup("inner", errors[2:])])


try:
    try:
        group()
    except* (ValueError, IndexError) as g:
        print("first", [type(e).__name__ for e in g.exceptions])
    except* ZeroDivisionError as g:
        print("second", g.exceptions[0].exceptions, g.message)
        raise OSError("new")
except ExceptionGroup as e:
    show(e)
    m, rest = e.split(KeyError)
    print(repr(m), repr(rest))
    print(e.subgroup(lambda x: isinstance(x, OSError)))

try:
    group()
except ExceptionGroup as e:
    print("".join(traceback.format_exception(e)).replace(__file__, "FILE"))


class Resource:
    def __init__(self, name, swallow=False, fail=False): self.name, self.swallow, self.fail = name, swallow, fail
    def __enter__(self):
        print("enter", self.name)
        if self.fail:
            raise RuntimeError("enter failed")
        return self
    def __exit__(self, t, v, tb):
        print("exit", self.name, t and t.__name__, v, tb is not None)
        return self.swallow


try:
    with Resource("a"), Resource("b", swallow=True), Resource("c"):
        raise LookupError("x")
    print("swallowed")
    with Resource("d"), Resource("e", fail=True):
        print("never")
except RuntimeError as e:
    print("caught", e)

with contextlib.ExitStack() as stack:
    for n in "xyz":
        stack.enter_context(Resource(n))
    stack.callback(print, "callback", 1, sep="-")
    kept = stack.pop_all()
print("kept open")
kept.close()


class MyError(Exception):
    def __init__(self, code, *, detail=None):
        super().__init__(code, detail)
        self.code, self.detail = code, detail

    def __str__(self):
        return f"[{self.code}] {self.detail}"


try:
    raise MyError(404, detail="missing") from None
except MyError as e:
    print(e, repr(e), e.args, e.__suppress_context__)
try:
    raise MyError
except TypeError as e:
    print(e)
try:
    raise 42
except TypeError as e:
    print(e)
try:
    try:
        1 / 0
    except 5:
        pass
except TypeError as e:
    print(e)


def a(): b()
def b(): c(0)
def c(x):
    return (1 +
            2 / x)


try:
    a()
except ZeroDivisionError as e:
    for fr in traceback.extract_tb(e.__traceback__):
        print(fr.name, fr.lineno, fr.colno, fr.end_colno, fr.line)
    print_exc()

try:
    x = undefined_name
except NameError as e:
    print(e, e.name)
try:
    "abc".uper()
except AttributeError as e:
    print_exc()
try:
    import collectons
except ImportError as e:
    print(repr(e), e.name)
try:
    from math import sqroot
except ImportError as e:
    print_exc()


def deep(n):
    return deep(n - 1) + 1 if n else 1 / 0


try:
    deep(20)
except ZeroDivisionError:
    print_exc()
try:
    def rec(n): return rec(n + 1) + 1
    rec(0)
except RecursionError as e:
    print(e)
e = None
try:
    raise ValueError("gone")
except ValueError as e:
    pass
try:
    e
except NameError as err:
    print(err)
