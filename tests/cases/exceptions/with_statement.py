# with: several managers, exceptions in enter and exit, ExitStack.
from contextlib import ExitStack, closing, contextmanager, nullcontext, redirect_stdout, suppress
import io


class M:
    def __init__(self, n, swallow=False, fail=None):
        self.n, self.swallow, self.fail = n, swallow, fail

    def __enter__(self):
        print("enter", self.n)
        if self.fail == "enter":
            raise RuntimeError("enter failed")
        return self.n

    def __exit__(self, *exc):
        print("exit", self.n, exc[0] and exc[0].__name__)
        if self.fail == "exit":
            raise RuntimeError("exit failed")
        return self.swallow


with M(1) as a, M(2) as b:
    print(a, b)
with (
    M(3) as c,
    M(4, swallow=True),
):
    raise ValueError("gone")
print("after")
for mk in (lambda: (M(5), M(6, fail="enter")), lambda: (M(7), M(8, fail="exit")), lambda: (M(9, swallow=True), M(10, fail="exit"))):
    x, y = mk()
    try:
        with x, y:
            print("body")
    except RuntimeError as e:
        print("caught", e)


def early():
    with M(11):
        return "ret"


print(early())
for i in range(3):
    with M(i):
        if i == 1:
            break
        continue


@contextmanager
def tag(name):
    print(f"<{name}>")
    try:
        yield name.upper()
    except ValueError as e:
        print("handled", e)
    finally:
        print(f"</{name}>")


with tag("b") as t:
    print(t)
with tag("i"):
    raise ValueError("v")


@tag("deco")
def f():
    print("in f")


f()
with ExitStack() as st:
    for i in range(3):
        st.enter_context(M(i))
    st.callback(print, "callback", sep="!")
    st.push(lambda *a: print("push", a[0]))
with suppress(KeyError, IndexError):
    [][1]
buf = io.StringIO()
with redirect_stdout(buf):
    print("captured")
print(repr(buf.getvalue()))
with nullcontext(5) as n, closing(io.StringIO()) as s:
    print(n, s.closed)
print(s.closed)
for bad in (5, type("NoExit", (), {"__enter__": lambda s: 1})()):
    try:
        with bad:
            pass
    except TypeError as e:
        print(e)


@contextmanager
def bad_gen():
    yield 1
    yield 2


try:
    with bad_gen():
        pass
except RuntimeError as e:
    print(e)
