# Generators: next, send, throw, close, return values.
def count(n):
    print("start")
    for i in range(n):
        got = yield i
        if got:
            print("got", got)
    print("end")
    return "result"


g = count(3)
print(type(g), g.__name__, next(g), g.send("hello"), next(g))
try:
    next(g)
except StopIteration as e:
    print("stop", e.value)
try:
    next(g)
except StopIteration as e:
    print("again", e.value)


def thrower():
    while True:
        try:
            x = yield "ready"
            print("x", x)
        except ValueError as e:
            print("caught", e)
            yield "recovered"
        finally:
            print("cleanup")


g = thrower()
print(next(g), g.throw(ValueError("v")), next(g))
g.close()
g.close()
try:
    g.send(1)
except StopIteration:
    print("closed")
g = thrower()
try:
    g.send(5)
except TypeError as e:
    print(e)
try:
    g.throw(KeyError("early"))
except KeyError as e:
    print("KeyError", e)


def bad_close():
    try:
        yield 1
    except GeneratorExit:
        yield 2


g = bad_close()
next(g)
try:
    g.close()
except RuntimeError as e:
    print(e)


def stop_inside():
    yield 1
    raise StopIteration("x")


g = stop_inside()
next(g)
try:
    next(g)
except RuntimeError as e:
    print(e, repr(e.__cause__))


def self_running():
    me = yield
    try:
        next(me)
    except ValueError as e:
        print(e)
    yield


g = self_running()
next(g)
g.send(g)
print(list(x * x for x in range(5)), sum(i for i in range(100)), max((len(w), w) for w in ["a", "bcd", "ef"]))
e = (i for i in [1, 2])
print(next(e), list(e), list(e), e.gi_frame, g.gi_running, g.gi_frame is not None)


def fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b


import itertools

print(list(itertools.islice(fib(), 15)), [x for _, x in zip(range(5), fib())])


def ret_close():
    try:
        yield 1
    except GeneratorExit:
        return "closed value"


g = ret_close()
next(g)
print(g.close())
a, *b = (i for i in range(4))
print(a, b, *(c for c in "xy"), dict((k, k) for k in "ab"))
