"""Lines that frames tell after an exception; what except* handles; misspelt keywords."""
import sys
import traceback


def lines(f):
    try:
        f()
    except Exception as e:
        t = e.__traceback__.tb_next
        out = []
        while t:
            out.append((t.tb_lineno - t.tb_frame.f_code.co_firstlineno, t.tb_frame.f_lineno - t.tb_frame.f_code.co_firstlineno))
            t = t.tb_next
        print(f.__name__, out)


class Noop:
    def __enter__(self):
        return self

    def __exit__(self, *args):
        pass


def after_with():
    with Noop():
        1 / 0
        pass


def in_named_except():
    try:
        1 / 0
    except Exception as ex:
        1 / 0
        pass


def in_finally():
    try:
        pass
    finally:
        1 / 0
        pass


def raise_again():
    try:
        1 / 0
    except ZeroDivisionError:
        x = 1
        raise


for f in (after_with, in_named_except, in_finally, raise_again):
    lines(f)

try:
    try:
        raise ExceptionGroup("all", [ValueError(1), TypeError(2), OSError(3)])
    except* ValueError as v:
        print("handled:", repr(sys.exception()), sys.exception() is v)
        raise KeyError("again")
    except* TypeError:
        print("handled:", repr(sys.exception()))
        raise
except BaseExceptionGroup as g:
    print(repr(g), [repr(e.__context__) for e in g.exceptions])

for source in ("fur a in b:\n    pass\n", "a = 1\nif a:\n    pass\nelseif b:\n    pass\n", "def f():\n    yeld i\n", "imprt math\n",
               "clas A:\n    pass\n", "with open(x) sa f:\n    pass\n"):
    try:
        compile(source, "<source>", "exec")
    except SyntaxError as e:
        print(e.msg, e._metadata[:2], "".join(traceback.format_exception_only(e)), end="")


async def f():
    return 1

c = f()
try:
    c.send(None)
except StopIteration as e:
    print(e.value)
for step in (lambda: c.send(None), lambda: c.throw(KeyError())):
    try:
        step()
    except RuntimeError as e:
        print(e)


class Odd(Exception):
    def __new__(cls, *args):
        return list(args)


def g():
    yield 1


it = g()
next(it)
try:
    it.throw(Odd)
except TypeError as e:
    print(e)


def kw(**k):
    return k


try:
    kw(**{1: 3}, **{1: 5})
except TypeError as e:
    print(e)

print(kw.__name__, g.__qualname__)


def annotated(x: int) -> str:
    def inner(y: int): ...
    return inner


print(annotated.__annotate__.__qualname__, annotated(1).__annotate__.__qualname__)
