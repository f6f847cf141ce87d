"""Descriptors, metaclasses, protocols, operators."""
import abc
import enum
import functools
import typing


class Typed:
    def __set_name__(self, owner, name):
        self.name = "_" + name
        self.owner = owner.__name__

    def __init__(self, kind, default=None):
        self.kind, self.default = kind, default

    def __get__(self, obj, cls=None):
        if obj is None:
            return self
        return getattr(obj, self.name, self.default)

    def __set__(self, obj, v):
        if not isinstance(v, self.kind):
            raise TypeError(f"{self.owner}{self.name} must be {self.kind.__name__}, not {type(v).__name__}")
        setattr(obj, self.name, v)

    def __delete__(self, obj):
        delattr(obj, self.name)

    def __repr__(self):
        return f"Typed({self.kind.__name__})"


class Registry(type):
    classes = {}

    @classmethod
    def __prepare__(mcs, name, bases, **kw):
        print("prepare", name, [b.__name__ for b in bases], kw)
        return {"_created": len(mcs.classes)}

    def __new__(mcs, name, bases, ns, tag=None, **kw):
        cls = super().__new__(mcs, name, bases, ns, **kw)
        cls.tag = tag
        mcs.classes[name] = cls
        return cls

    def __init__(cls, name, bases, ns, **kw):
        super().__init__(name, bases, ns)

    def __call__(cls, *args, **kw):
        print("making", cls.__name__, args, kw)
        return super().__call__(*args, **kw)

    def __getitem__(cls, k):
        return f"{cls.__name__}[{k}]"

    def __iter__(cls):
        return iter(sorted(cls.classes))

    def __contains__(cls, n):
        return n in cls.classes

    @property
    def upper(cls):
        return cls.__name__.upper()


class Base(metaclass=Registry, tag="base"):
    x = Typed(int, 0)
    name = Typed(str, "?")

    def __init__(self, x=1, **kw):
        self.x = x
        super().__init__(**kw)

    def __init_subclass__(cls, /, loud=False, **kw):
        super().__init_subclass__(**kw)
        cls.loud = loud
        print("subclass", cls.__name__, loud)


class Child(Base, tag="child", loud=True):
    def __repr__(self):
        return f"{type(self).__name__}(x={self.x})"


print(list(Base), "Child" in Base, Base["k"], Child.upper, Child.tag, Child._created, Child.loud, Base.x)
c = Child(x=5)
print(c, c.name)
for attr, v in [("x", "s"), ("name", 3)]:
    try:
        setattr(c, attr, v)
    except TypeError as e:
        print(e)
c.name = "n"
del c.name
print(c.name, vars(c))
try:
    del c.name
except AttributeError as e:
    print(e)


class A:
    def f(self): return ["A"]


class B(A):
    def f(self): return ["B", *super().f()]


class C(A):
    def f(self): return ["C", *super().f()]


class D(B, C):
    def f(self): return ["D", *super().f()]


print(D().f(), [k.__name__ for k in D.__mro__], D.mro() == list(D.__mro__))
try:
    type("X", (A, B), {})
except TypeError as e:
    print(e)


class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self): ...

    @property
    @abc.abstractmethod
    def name(self): ...

    @classmethod
    def __subclasshook__(cls, other):
        return NotImplemented


class Square(Shape):
    name = "square"

    def __init__(self, s): self.s = s
    def area(self): return self.s ** 2


for cls in (Shape, Square):
    try:
        print(cls(3).area())
    except TypeError as e:
        print(e)


@functools.total_ordering
class Money:
    __slots__ = ("amount", "unit")
    __match_args__ = ("amount", "unit")

    def __init__(self, amount, unit="EUR"):
        self.amount, self.unit = amount, unit

    def _other(self, o):
        if isinstance(o, Money):
            if o.unit != self.unit:
                raise ValueError("units differ")
            return o.amount
        return o if isinstance(o, (int, float)) else NotImplemented

    def __add__(self, o):
        o = self._other(o)
        return NotImplemented if o is NotImplemented else Money(self.amount + o, self.unit)
    __radd__ = __add__

    def __iadd__(self, o):
        self.amount += self._other(o)
        return self

    def __eq__(self, o): return isinstance(o, Money) and (self.amount, self.unit) == (o.amount, o.unit)
    def __lt__(self, o): return self.amount < self._other(o)
    def __hash__(self): return hash((self.amount, self.unit))
    def __format__(self, spec): return f"{self.amount:{spec or '.2f'}} {self.unit}"
    def __bool__(self): return bool(self.amount)
    def __neg__(self): return Money(-self.amount, self.unit)
    def __repr__(self): return f"Money({self.amount!r}, {self.unit!r})"
    def __matmul__(self, rate): return Money(self.amount * rate, "USD")


m = Money(10)
print(m + 5, 5 + m, sum([m, Money(2)]), f"{m}", f"{m:08.1f}", m >= Money(3), max(m, Money(30)), -m, m @ 1.1, not Money(0))
old = m
m += 1
print(m is old, m, {m: 1}[Money(11)], Money(1) == 1, Money(1) != Money(1, "USD"))
for bad in (lambda: m + "x", lambda: m + Money(1, "USD"), lambda: m < "a", lambda: setattr(m, "z", 1), lambda: m.nope, lambda: m[0], lambda: m(), lambda: len(m), lambda: iter(m)):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
match m:
    case Money(11, unit=u):
        print("matched", u)


class Color(enum.Enum):
    RED = 1
    GREEN = enum.auto()
    ALIAS = 1

    @property
    def pretty(self): return self.name.title()

    @classmethod
    def _missing_(cls, v):
        return cls.RED if v == "r" else None


class Perm(enum.Flag):
    R = enum.auto(); W = enum.auto(); X = enum.auto()
    RW = R | W


print(list(Color), Color.ALIAS, Color("r"), Color.GREEN.pretty, Color["RED"] is Color(1), Perm.RW, Perm.R | Perm.X, ~Perm.R, Perm(7), [p.name for p in Perm.RW], Perm.R in Perm.RW)
try:
    Color(9)
except ValueError as e:
    print(e)


class Lazy:
    def __init__(self, f): self.f = f; self.__doc__ = f.__doc__
    def __set_name__(self, o, n): self.n = n
    def __get__(self, o, c):
        v = o.__dict__[self.n] = self.f(o)
        return v


class P:
    @Lazy
    def v(self):
        "computed once"
        print("computing")
        return 42

    def __getattr__(self, n):
        if n.startswith("dyn_"):
            return n[4:]
        raise AttributeError(f"no {n}", name=n, obj=self)

    def __dir__(self): return ["a", "b"]


p = P()
print(p.v, p.v, p.dyn_x, dir(p), hasattr(p, "zzz"), getattr(p, "q", "dflt"))


class Point(typing.NamedTuple):
    x: int
    y: int = 0

    def __add__(self, o): return Point(self.x + o.x, self.y + o.y)


pt = Point(1) + Point(2, 3)
print(pt, pt._asdict(), pt._replace(x=9), Point._fields, Point._field_defaults, *pt)
