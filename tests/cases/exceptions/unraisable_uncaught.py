# Exceptions in __del__ and in weakref callbacks are reported, not raised.
import sys


class D:
    def __del__(self):
        raise ValueError("in del")

    def __repr__(self):
        return "<D>"


def hook(u):
    print("hook", u.exc_type.__name__, u.exc_value, u.object, u.err_msg.split(" <")[0])


sys.unraisablehook = hook
d = D()
del d
print("still running")
import weakref


class E:
    pass


def cb(r):
    1 / 0


e = E()
w = weakref.ref(e, cb)
del e
print(w())
