# yield from.
def inner():
    try:
        x = yield 1
        print("inner got", x)
        y = yield 2
        print("inner got", y)
    except ValueError as e:
        print("inner caught", e)
        yield "handled"
    return "inner result"


def outer():
    r = yield from inner()
    print("outer", r)
    yield from [10, 20]
    z = yield from (i for i in "ab")
    print(z)
    return "outer result"


g = outer()
print(next(g), g.send("A"), g.send("B"), list(g))
g = outer()
next(g)
print(g.throw(ValueError("t")), next(g))


def tree(t):
    if t:
        l, v, r = t
        yield from tree(l)
        yield v
        yield from tree(r)


print(list(tree((((), 1, ()), 2, ((), 3, ((), 4, ()))))))


def flat(x):
    for i in x:
        if isinstance(i, list):
            yield from flat(i)
        else:
            yield i


print(list(flat([1, [2, [3, [4]], 5], []])))


def closing():
    try:
        yield 1
    finally:
        print("inner closed")


def wrap():
    try:
        yield from closing()
    finally:
        print("outer closed")


g = wrap()
next(g)
g.close()


class It:
    def __iter__(self):
        return self

    def __next__(self):
        raise StopIteration("value from iterator")


def use():
    print((yield from It()))


print(list(use()))


def countdown(n):
    if n:
        yield n
        yield from countdown(n - 1)


print(sum(countdown(200)))


def averager():
    total = n = 0
    while True:
        x = yield
        if x is None:
            return total / n
        total += x
        n += 1


def grouper(out):
    while True:
        out.append((yield from averager()))


out = []
g = grouper(out)
next(g)
for v in (10, 20, None, 1, 2, 3, None):
    g.send(v)
print(out, g.gi_yieldfrom is not None)
try:
    def bad():
        yield from 5
    list(bad())
except TypeError as e:
    print(e)
