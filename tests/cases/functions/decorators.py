# Decorators of functions and classes.
import functools


def log(f):
    @functools.wraps(f)
    def w(*a, **k):
        print("call", f.__name__, [x for x in a if isinstance(x, int)], k)
        r = f(*a, **k)
        print("->", r)
        return r

    return w


def times(n):
    def deco(f):
        return lambda *a: [f(*a) for _ in range(n)]

    return deco


@log
def add(a, b=1):
    """Adds."""
    return a + b


add(1)
add(1, b=5)
print(add.__name__, add.__doc__, add.__wrapped__(2))


@times(2)
@times(3)
def one():
    return 1


print(one())


@(lambda cls: (setattr(cls, "tag", "x"), cls)[1])
class C:
    pass


print(C.tag)


class Count:
    def __init__(self, f):
        self.f = f
        self.n = 0

    def __call__(self, *a):
        self.n += 1
        return self.f(*a)


@Count
def sq(x):
    return x * x


print(sq(3), sq(4), sq.n)


class Reg:
    items = {}

    @classmethod
    def register(cls, name):
        def deco(f):
            cls.items[name] = f
            return f

        return deco


@Reg.register("a")
def fa():
    return "fa"


print(Reg.items["a"](), list(Reg.items))


class P:
    @staticmethod
    @log
    def s(x):
        return x

    @property
    @log
    def p(self):
        return 5


P.s(3)
P().p
order = []
def d(n):
    order.append(("eval", n))
    def deco(f):
        order.append(("apply", n))
        return f
    return deco


@d(1)
@d(2)
def z():
    pass


print(order)
