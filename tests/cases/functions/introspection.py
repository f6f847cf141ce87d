# Attributes of functions and code; inspect.
import inspect


def f(a: int, b: str = "x", /, c=1, *args: float, d, e: list[int] = None, **kw) -> bool:
    """Doc of f.

    More."""
    x = 1
    return x


print(f.__name__, f.__qualname__, f.__module__, f.__doc__.splitlines()[0], f.__annotations__)
print(inspect.signature(f))
for p in inspect.signature(f).parameters.values():
    print(p.name, p.kind.description, p.default is p.empty, p.annotation)
c = f.__code__
print(c.co_name, c.co_varnames, c.co_argcount, c.co_flags & 0xF, c.co_consts[:2], c.co_firstlineno, c.co_nlocals)
print(inspect.getdoc(f), inspect.isfunction(f), inspect.isbuiltin(len), inspect.ismethod(print), inspect.signature(len), inspect.signature(lambda x, *, y=2: 0))


class C:
    def m(self, x):
        pass

    @classmethod
    def k(cls):
        pass

    @staticmethod
    def s(y):
        pass


o = C()
print(o.m.__self__ is o, o.m.__func__ is C.m, C.k.__self__ is C, C.s.__name__, inspect.signature(o.m), inspect.signature(C.m), inspect.signature(C), C.m.__qualname__)
f.attr = 5
print(f.attr, f.__dict__, hasattr(f, "nope"), callable(f), callable(5))
print(inspect.getsource(C.s).strip().splitlines()[-1].strip(), inspect.currentframe().f_code.co_name, inspect.stack()[0].function)


def outer():
    def inner():
        return inspect.currentframe().f_back.f_code.co_name

    return inner()


print(outer(), outer.__qualname__, (lambda: 0).__name__, (lambda: 0).__qualname__)
b = inspect.signature(f).bind(1, "q", d=5, z=1)
b.apply_defaults()
print(b.arguments)
try:
    inspect.signature(f).bind()
except TypeError as e:
    print(e)
print(inspect.getfullargspec(f))
g = type(f)(c, {}, "renamed", ("default",))
print(g.__name__, g.__defaults__)
