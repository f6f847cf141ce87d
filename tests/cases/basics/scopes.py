# local, global, nonlocal, class scope, comprehension scope.
x = "global"


def outer():
    x = "outer"

    def inner():
        nonlocal x
        x = "changed"
        return x

    def reader():
        return x

    print(inner(), reader(), x)
    return reader


r = outer()
print(x, r())


def setter():
    global x, fresh
    x = "set"
    fresh = 1


setter()
print(x, fresh)


def unbound():
    try:
        print(later)
    except UnboundLocalError as e:
        print(e)
    later = 1
    del later
    try:
        later
    except UnboundLocalError as e:
        print(e)


unbound()


class C:
    x = "class"
    y = [x for _ in range(2)]

    def get(self):
        return x


print(C.y, C().get(), C.x)
fs = [lambda: i for i in range(3)]
print([f() for f in fs])
fs = [lambda i=i: i for i in range(3)]
print([f() for f in fs])


def counter():
    n = 0

    def step():
        nonlocal n
        n += 1
        return n

    return step


a, b = counter(), counter()
print(a(), a(), b(), a())


def free():
    def g():
        return v

    try:
        g()
    except NameError as e:
        print(e)
    v = 1
    return g()


print(free())
print(sorted(k for k in (lambda a, b: locals())(1, 2)))
try:
    undefined_name
except NameError as e:
    print(e, e.name)
