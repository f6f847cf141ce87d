# Generators as coroutines and pipelines; laziness.
def numbers(n):
    for i in range(n):
        print("make", i)
        yield i


def only_even(it):
    for x in it:
        if x % 2 == 0:
            yield x


def squared(it):
    for x in it:
        print("square", x)
        yield x * x


for v in squared(only_even(numbers(5))):
    print("use", v)
    if v > 3:
        break


def chunks(seq, n):
    for i in range(0, len(seq), n):
        yield seq[i : i + n]


def window(it, n):
    from collections import deque

    d = deque(maxlen=n)
    for x in it:
        d.append(x)
        if len(d) == n:
            yield tuple(d)


def primes():
    sieve = {}
    n = 2
    while True:
        if n in sieve:
            for p in sieve.pop(n):
                sieve.setdefault(n + p, []).append(p)
        else:
            yield n
            sieve[n * n] = [n]
        n += 1


def take(n, it):
    for _, x in zip(range(n), it):
        yield x


print(list(chunks("abcdefg", 3)), list(window(range(5), 3)), list(take(12, primes())))


def printer():
    try:
        while True:
            print("recv", (yield))
    finally:
        print("printer done")


def filt(pattern, target):
    next(target)
    try:
        while True:
            line = yield
            if pattern in line:
                target.send(line)
    except GeneratorExit:
        target.close()


f = filt("py", printer())
next(f)
for line in ("python", "ruby", "pypy"):
    f.send(line)
f.close()


def scheduler(tasks):
    trace = []
    while tasks:
        t = tasks.pop(0)
        try:
            trace.append(next(t))
            tasks.append(t)
        except StopIteration:
            trace.append("end")
    return trace


def task(name, n):
    for i in range(n):
        yield f"{name}{i}"


print(scheduler([task("a", 3), task("b", 1), task("c", 2)]))


class Tree:
    def __init__(self, v, *kids):
        self.v, self.kids = v, kids

    def __iter__(self):
        yield self.v
        for k in self.kids:
            yield from k


t = Tree(1, Tree(2, Tree(3)), Tree(4))
print(list(t), sum(t), max(t), 3 in t, [*t, *t][:5])
