# traceback module, tb objects, formatted output.
import sys
import traceback


def a():
    b()


def b():
    c(0)


def c(x):
    return 1 / x


try:
    a()
except ZeroDivisionError as e:
    tb = e.__traceback__
    names = []
    while tb:
        names.append((tb.tb_frame.f_code.co_name, tb.tb_lineno))
        tb = tb.tb_next
    print(names)
    print(traceback.format_exc())
    print(traceback.format_exception_only(e), traceback.extract_tb(e.__traceback__)[-1].name)
    fs = traceback.extract_tb(e.__traceback__)
    print([(f.lineno, f.name, f.line) for f in fs])


def chained():
    try:
        {}["k"]
    except KeyError as e:
        raise ValueError("v") from e


try:
    chained()
except ValueError:
    print(traceback.format_exc())


def ctx():
    try:
        1 / 0
    finally:
        undefined


try:
    ctx()
except NameError as e:
    e.add_note("a note\nwith lines")
    print("".join(traceback.format_exception(e)))
try:
    raise ExceptionGroup("g", [ValueError(1), ExceptionGroup("h", [KeyError("k")])])
except ExceptionGroup as e:
    print("".join(traceback.format_exception(e)))
try:
    compile("x = = 1", "file.py", "exec")
except SyntaxError as e:
    print("".join(traceback.format_exception_only(e)))


def rec(n):
    if n:
        rec(n - 1)
    else:
        raise RuntimeError("deep")


try:
    rec(20)
except RuntimeError:
    print(traceback.format_exc())


class E(Exception):
    def __str__(self):
        raise ValueError


try:
    raise E
except E as e:
    print("".join(traceback.format_exception_only(e)))
try:
    x = (1 +
         "a" +
         2)
except TypeError:
    print(traceback.format_exc())
try:
    foo = {"a": {"b": None}}
    foo["a"]["b"]["c"]
except TypeError:
    print(traceback.format_exc())
try:
    "abc".foo(1).bar
except AttributeError:
    print(traceback.format_exc())
try:
    sys.stdot
except AttributeError:
    print(traceback.format_exc())
