# ExceptionGroup and except*.
def run(f):
    try:
        f()
    except BaseException as e:
        print("escaped:", repr(e))


def show(*excs):
    try:
        raise ExceptionGroup("eg", list(excs))
    except* ValueError as g:
        print("V", repr(g))
    except* (TypeError, KeyError) as g:
        print("TK", repr(g))
    else:
        print("else")
    finally:
        print("finally")


run(lambda: show(ValueError(1)))
run(lambda: show(ValueError(1), TypeError(2), ValueError(3)))
run(lambda: show(OSError(1), KeyError("k")))
run(lambda: show(ExceptionGroup("in", [ValueError(1), OSError(2)]), TypeError(3)))


def naked():
    try:
        raise ValueError("naked")
    except* ValueError as g:
        print(repr(g), g.exceptions)


run(naked)


def reraise():
    try:
        raise ExceptionGroup("r", [ValueError(1), TypeError(2)])
    except* ValueError as g:
        raise


run(reraise)


def new():
    try:
        raise ExceptionGroup("n", [ValueError(1), TypeError(2)])
    except* ValueError:
        raise KeyError("new")


run(new)


def none():
    try:
        pass
    except* ValueError:
        print("no")
    else:
        print("else runs")


run(none)
g = ExceptionGroup("top", [ValueError(1), ExceptionGroup("sub", [TypeError(2), ValueError(3)]), OSError("x")])
print(g, repr(g), g.message, len(g.exceptions))
print(g.subgroup(ValueError), g.split((TypeError, OSError)), g.subgroup(KeyError), g.split(lambda e: isinstance(e, OSError)))
m, r = g.split(ValueError)
print(repr(m), repr(r))


class MyG(ExceptionGroup):
    def derive(self, excs):
        return MyG(self.message + "!", excs)


mg = MyG("my", [ValueError(1), TypeError(2)])
mg.add_note("noted")
print(repr(mg.subgroup(ValueError)), mg.subgroup(ValueError).__notes__)
print(type(BaseExceptionGroup("b", [ValueError()])), type(BaseExceptionGroup("b", [KeyboardInterrupt()])))
try:
    try:
        raise ExceptionGroup("x", [ValueError(1)])
    except* TypeError:
        print("not here")
except ExceptionGroup as e:
    print("unmatched", repr(e))
try:
    try:
        1 / 0
    except* ZeroDivisionError as e:
        print(repr(e))
        raise ValueError("inner") from e
except BaseException as e:
    print(repr(e), [repr(getattr(x, "__cause__", None)) for x in getattr(e, "exceptions", [e])])
try:
    try:
        raise ValueError
    except* ExceptionGroup:
        pass
except TypeError as e:
    print(e)
for i in range(2):
    try:
        raise ExceptionGroup("loop", [ValueError(i)])
    except* ValueError as eg:
        print(i, eg.exceptions)
