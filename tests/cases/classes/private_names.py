# Name mangling, class bodies as scopes, nested classes.
class A:
    __x = 1
    __y__ = 2
    _z = 3

    def get(self):
        return self.__x

    def set(self):
        self.__new = 5
        return self.__dict__

    def kw(self, __a=1):
        return __a

    class Inner:
        __deep = 7

        def get(self):
            return self.__deep, A._A__x


print(A().get(), A._A__x, A.__y__, A().set(), A().kw(), A.Inner().get(), A.Inner.__qualname__, [k for k in A.__dict__ if "x" in k])
try:
    A().__x
except AttributeError as e:
    print(e)


class B:
    x = 1
    if x:
        y = 2
    for i in range(3):
        z = i
    print("in body", x, y, z, __name__, __qualname__)
    a, b = 3, 4
    del a

    def f(self):
        return self.x

    g = f
    try:
        1 / 0
    except ZeroDivisionError:
        caught = True


print(B().g(), B.z, B.i, B.b, hasattr(B, "a"), B.caught, "locals" in dir(B))


def make(v):
    class Local:
        val = v

        def get(self):
            return v + self.val

    return Local


print(make(5)().get(), make(1).__qualname__, make(1) is make(1))
g = "global"


class C:
    g = g + "!"

    def m(self):
        return g

    h = [g for _ in range(2)]


print(C.g, C().m(), C.h)


class _Under:
    __p = 1


print(_Under._Under__p, vars(_Under).get("_Under__p"))
class D:
    global made
    made = "module level"
    nested = lambda self: __class__
print(made, D().nested() is D, hasattr(D, "made"))
