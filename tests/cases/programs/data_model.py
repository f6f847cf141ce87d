"""Introspection and the data model's dark corners."""
import sys, types, inspect, operator, functools, abc, copy, collections.abc as c


class Tracer:
    log = []
    def __init__(self, n): self.n = n
    def __getattr__(self, name):
        Tracer.log.append(("getattr", name))
        raise AttributeError(name)
    def __getattribute__(self, name):
        if name not in ("n", "__class__", "__dict__"): Tracer.log.append(("getattribute", name))
        return super().__getattribute__(name)
    def __setattr__(self, k, v):
        Tracer.log.append(("set", k)); super().__setattr__(k, v)
    def __delattr__(self, k):
        Tracer.log.append(("del", k)); super().__delattr__(k)


t = Tracer(1); t.x = 2; del t.x; getattr(t, "y", None); hasattr(t, "z"); t.n
print(Tracer.log)


class Num:
    def __init__(self, v): self.v = v
for name in "add sub mul truediv floordiv mod pow lshift rshift and or xor matmul divmod".split():
    def make(name):
        def f(self, o): return (name, self.v, getattr(o, "v", o))
        def r(self, o): return ("r" + name, self.v, getattr(o, "v", o))
        def i(self, o): self.v = ("i" + name, self.v, getattr(o, "v", o)); return self
        return f, r, i
    f, r, i = make(name)
    setattr(Num, f"__{name}__", f); setattr(Num, f"__r{name}__", r)
    if name != "divmod": setattr(Num, f"__i{name}__", i)
n = Num(1)
print(n + 2, 2 + n, n @ n, 3 ** n, divmod(n, 2), divmod(5, n), n << 1, 1 ^ n, "s" % n if False else 0, [1] + n if False else n // 4)
n += 5; print(n.v); n @= 1; print(n.v)


class Sub(Num):
    def __radd__(self, o): return "sub radd"
print(Num(1) + Sub(2), Sub(1) + Num(2))


class Cmp:
    def __init__(self, v): self.v = v
    def __eq__(self, o): print("eq", self.v, getattr(o, "v", o)); return NotImplemented
    def __lt__(self, o): print("lt", self.v, getattr(o, "v", o)); return NotImplemented
    def __gt__(self, o): print("gt", self.v, getattr(o, "v", o)); return True
print(Cmp(1) == Cmp(2), Cmp(1) != Cmp(1), Cmp(1) < Cmp(2), Cmp.__hash__)
try: Cmp(1) <= Cmp(2)
except TypeError as e: print(e)
print(sorted([3, 1, 2], key=functools.cmp_to_key(lambda a, b: b - a)))


class Seq(c.Sequence):
    def __init__(self, *a): self.a = a
    def __len__(self): return len(self.a)
    def __getitem__(self, i): return Seq(*self.a[i]) if isinstance(i, slice) else self.a[i]
    def __repr__(self): return f"Seq{self.a}"
s = Seq(1, 2, 3, 2)
print(s[1:], list(reversed(s)), s.index(3), s.count(2), 2 in s, isinstance(s, c.Sequence), s[-1], [*s], s[::2], operator.length_hint(s))


class Old:
    def __getitem__(self, i):
        if i > 3: raise IndexError
        return i * i
print(list(Old()), 4 in Old())


class Ctx:
    def __enter__(self): return self
    def __exit__(self, *a): return True
with Ctx() as x: raise ValueError
class Call:
    __call__ = lambda self, *a, **k: (a, k)
print(Call()(1, x=2), callable(Call()), callable(Call))


class Slots:
    __slots__ = ("a", "__dict__")
    def __init__(self): self.a = 1; self.b = 2
s = Slots(); print(s.__dict__, s.a, Slots.a, type(Slots.a).__name__)
class Base: __slots__ = ("x",)
class Derived(Base): __slots__ = ("y",)
d = Derived(); d.x = d.y = 1
try: d.z = 1
except AttributeError as e: print(e)
print(Derived.__slots__, hasattr(d, "__dict__"), Derived.__mro__)


class Meta(type):
    def __instancecheck__(cls, o): return o == 42
    def __subclasscheck__(cls, o): return o is int
    def __len__(cls): return 7
    def __dir__(cls): return ["q"]
    def __repr__(cls): return f"<Meta {cls.__name__}>"
class M(metaclass=Meta): pass
print(isinstance(42, M), issubclass(int, M), len(M), M, dir(M), type(M))
def f(a, b: int = 2, *args, c, d=4, **kw) -> str:
    "doc string"
    local = a
    return lambda: local
print(f.__name__, f.__doc__, f.__defaults__, f.__kwdefaults__, f.__annotations__, f.__module__, f.__qualname__, f.__code__.co_varnames, f.__code__.co_argcount, f.__code__.co_kwonlyargcount, f.__code__.co_flags & 12, f.__code__.co_cellvars)
f.attr = 1; print(f.__dict__, vars(f)); f.__defaults__ = (9, 8); print(inspect.signature(f))
g = types.FunctionType(f.__code__, {"x": 1}, "renamed", (1,)); print(g.__name__, g(1, c=2, d=3)())
m = types.MethodType(lambda self, x: (self, x), 5); print(m(3), m.__self__, m.__func__.__name__, m == types.MethodType(m.__func__, 5))
print(type("Dyn", (Base,), {"x2": property(lambda s: 5)})().x2, types.new_class("NC", (), {}, lambda ns: ns.update(z=3)).z, Base.__subclasses__())
print([k for k in vars(Derived) if not k.startswith("__")], Derived.__doc__, Derived.__module__, Derived.__firstlineno__, Derived.__static_attributes__, Slots.__static_attributes__)
class Prop:
    def __init__(self): self._v = 0
    @property
    def v(self): "the v"; return self._v
    @v.setter
    def v(self, x): self._v = x * 2
    @v.deleter
    def v(self): self._v = None
    ro = property(lambda self: 1)
p = Prop(); p.v = 4; print(p.v, Prop.v.__doc__, Prop.v.fget.__name__); del p.v; print(p.v)
for act in ("p.ro = 1", "del p.ro", "Prop.v.fget = 1"):
    try: exec(act)
    except AttributeError as e: print(e)
class CM:
    @classmethod
    def make(cls, *a): return cls.__name__, a
    @staticmethod
    def st(x): return x
    def __class_getitem__(cls, k): return f"{cls.__name__}[{k}]"
    def __init_subclass__(cls, **k): cls.k = k
class CM2(CM, a=1, b=2): pass
print(CM.make(1), CM2().make(2), CM.st(3), CM2[int], CM2.k, CM.__dict__["make"].__func__.__name__, CM2.st.__name__)
class Desc:
    def __get__(self, o, t): return ("get", o is None, t.__name__)
class UsesDesc: d = Desc()
print(UsesDesc.d, UsesDesc().d); u = UsesDesc(); u.d = 5; print(u.d)
class Copy:
    def __copy__(self): return "copied"
    def __deepcopy__(self, memo): return "deep"
    def __reduce__(self): return (str, ("reduced",))
    def __sizeof__(self): return 100
    def __format__(self, spec): return f"<{spec}>"
    def __bytes__(self): return b"by"
    def __complex__(self): return 1j
    def __float__(self): return 2.5
    def __int__(self): return 3
    def __index__(self): return 4
    def __round__(self, n=None): return ("round", n)
    def __trunc__(self): return 1
    def __floor__(self): return "fl"
    def __abs__(self): return "abs"
    def __invert__(self): return "inv"
    def __pos__(self): return "pos"
    def __reversed__(self): return iter("rev")
    def __length_hint__(self): return 3
    def __fspath__(self): return "/p"
import math, os
k = Copy(); print(copy.copy(k), copy.deepcopy(k), f"{k:>5}", bytes(k), complex(k), float(k), int(k), [0, 1, 2, 3, 4][k], round(k), round(k, 2), math.floor(k), abs(k), ~k, +k, list(reversed(k)), os.fspath(k), hex(k), range(5)[k], "ab" * k, operator.index(k))
print(sys.getsizeof(k) >= 100, type(None), type(...), type(NotImplemented), NotImplemented.__class__.__name__, type(type), object.__bases__, bool.__mro__, int.__subclasses__()[:1])
try: bool(NotImplemented)
except TypeError as e: print(e)
print(type.__call__(int, "5"), object.__new__(Base).__class__, str.__len__("abc"), list.__mul__([1], 2), dict.fromkeys("ab", 0), int.__new__(bool, 1) if False else 0, (5).__class__, [].__class__.__name__)
print(str(inspect.signature(Seq.__init__)), inspect.isclass(Seq), inspect.getmro(CM2)[1].__name__, inspect.ismethod(p.__init__), [n for n, _ in inspect.getmembers(CM2, inspect.ismethod)], inspect.getattr_static(p, "v").__class__.__name__)
