# Closures and cells.
def make(n):
    def add(x):
        return x + n

    return add


a5, a7 = make(5), make(7)
print(a5(1), a7(1), a5.__closure__[0].cell_contents, a5.__code__.co_freevars, make.__code__.co_cellvars)


def bank(balance=0):
    def deposit(x):
        nonlocal balance
        balance += x
        return balance

    def show():
        return balance

    return deposit, show


dep, show = bank(10)
dep(5)
dep(7)
print(show())


def deep():
    x = 1

    def a():
        y = 2

        def b():
            nonlocal x, y
            x += 1
            y += 1
            return x, y

        return b, lambda: y

    b, gety = a()
    b()
    return b(), gety(), x


print(deep())


def memo(f):
    cache = {}

    def wrapped(n):
        if n not in cache:
            cache[n] = f(n)
        return cache[n]

    wrapped.cache = cache
    return wrapped


@memo
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(80), len(fib.cache))
fs = []
for i in range(3):
    def f(j=i):
        return i, j
    fs.append(f)
print([f() for f in fs])


def late():
    def inner():
        return value
    value = "bound later"
    return inner()


print(late())


def param(x):
    def get():
        return x
    x += 1
    return get


print(param(1)(), (lambda x: lambda y: lambda z: x + y + z)(1)(2)(3))


def loop():
    for i in range(3):
        yield lambda: i


print([f() for f in loop()], [f() for f in list(loop())])


class C:
    def m(self):
        return __class__.__name__, super().__init__.__name__

    def n(self):
        return [self.k for _ in range(1)]

    k = 4


print(C().m(), C().n())
