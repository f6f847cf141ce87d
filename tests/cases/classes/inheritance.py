# Multiple inheritance, MRO, cooperative super.
class A:
    def who(self):
        return ["A"]

    def __init__(self, **kw):
        self.a = kw.pop("a", 0)
        super().__init__(**kw)


class B(A):
    def who(self):
        return ["B"] + super().who()

    def __init__(self, **kw):
        self.b = kw.pop("b", 0)
        super().__init__(**kw)


class C(A):
    def who(self):
        return ["C"] + super().who()


class D(B, C):
    def who(self):
        return ["D"] + super().who()


d = D(a=1, b=2)
print(d.who(), d.a, d.b, [k.__name__ for k in D.__mro__], D.mro() == list(D.__mro__))
for bases in ((A, B), (object, A), (A, A), (int, str), (bool,), (type(None),)):
    try:
        type("E", bases, {})
        print("made", [b.__name__ for b in bases])
    except TypeError as e:
        print(str(e).splitlines()[0])
print(super(D, d).who(), super(B, d).who(), super(C, d).who(), B.who(d))


class M:
    def __getattr__(self, name):
        return f"missing {name}"


class N(M):
    x = 1

    def __getattr__(self, name):
        if name == "y":
            return super().__getattr__("from N")
        raise AttributeError(name)


print(N().x, N().y)
try:
    N().z
except AttributeError as e:
    print(e)


class P:
    @classmethod
    def make(cls):
        return cls.__name__

    @property
    def v(self):
        return "P"


class Q(P):
    @classmethod
    def make(cls):
        return "Q+" + super().make()

    @property
    def v(self):
        return "Q" + super().v


print(Q.make(), Q().v, Q().make(), super(Q, Q()).v, super(Q, Q).make())
print(A.__subclasses__(), issubclass(D, (int, C)), isinstance(d, B))


class Mixin:
    def extra(self):
        return self.base() * 2


class Base:
    def base(self):
        return 21


class Both(Mixin, Base):
    pass


print(Both().extra(), Both.__base__, (lambda: super)() is super)
try:
    def outside():
        return super().x
    outside()
except RuntimeError as e:
    print(e)


class Change:
    pass


c = Change()
c.__class__ = Empty = type("Empty", (), {"hi": lambda self: "hi"})
print(c.hi(), type(c).__name__)
D.__bases__ = (C, B)
print([k.__name__ for k in D.__mro__], d.who())
