# Metaclasses, __prepare__, __init_subclass__, __class_getitem__.
class Meta(type):
    registry = {}

    @classmethod
    def __prepare__(mcls, name, bases, **kw):
        print("prepare", name, kw)
        return {"injected": 1}

    def __new__(mcls, name, bases, ns, **kw):
        print("new", name, sorted(k for k in ns if not k.startswith("__")))
        return super().__new__(mcls, name, bases, ns)

    def __init__(cls, name, bases, ns, **kw):
        super().__init__(name, bases, ns)
        Meta.registry[name] = cls

    def __call__(cls, *a, **k):
        print("call", cls.__name__)
        return super().__call__(*a, **k)

    def __len__(cls):
        return 99

    def __contains__(cls, x):
        return x == "in"

    def __iter__(cls):
        return iter("meta")

    def __getitem__(cls, k):
        return (cls.__name__, k)

    @property
    def prop(cls):
        return "p:" + cls.__name__

    def __repr__(cls):
        return f"<M {cls.__name__}>"


class A(metaclass=Meta, opt=1):
    x = 5


class B(A):
    pass


print(A().x, A.injected, len(A), "in" in A, list(B), A[1], A.prop, A, type(B), Meta.registry)
try:
    A().prop
except AttributeError as e:
    print(e)


class Plugin:
    plugins = []

    def __init_subclass__(cls, /, tag=None, **kw):
        super().__init_subclass__(**kw)
        cls.plugins.append((cls.__name__, tag))

    def __class_getitem__(cls, item):
        return f"{cls.__name__}[{item}]"


class P1(Plugin, tag="one"):
    pass


class P2(Plugin):
    pass


print(Plugin.plugins, Plugin[int], P1["x"])
try:
    class Bad(Plugin, other=1):
        pass
except TypeError as e:
    print(e)
try:
    class Bad2(opt=1):
        pass
except TypeError as e:
    print(e)


class M1(type):
    pass


class M2(type):
    pass


try:
    class C(metaclass=M1):
        pass

    class D(metaclass=M2):
        pass

    class E(C, D):
        pass
except TypeError as e:
    print(e)


def func_meta(name, bases, ns):
    return (name, len(bases), "v" in ns)


class F(metaclass=func_meta):
    v = 1


print(F)


class Sing(type):
    _one = {}

    def __call__(cls, *a):
        if cls not in cls._one:
            cls._one[cls] = super().__call__(*a)
        return cls._one[cls]


class Config(metaclass=Sing):
    def __init__(self):
        self.n = 0


Config().n = 5
print(Config().n, Config() is Config())


class Gen:
    def __mro_entries__(self, bases):
        return (dict,)


class G(Gen()):
    pass


print(G.__bases__, isinstance(G(), dict), G.__orig_bases__[0].__class__.__name__)
