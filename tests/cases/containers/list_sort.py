# Sorting: stability, keys, errors, many patterns.
import random

r = random.Random(1)
data = [(r.randrange(10), i) for i in range(200)]
s = sorted(data, key=lambda p: p[0])
print(all(a[0] < b[0] or (a[0] == b[0] and a[1] < b[1]) for a, b in zip(s, s[1:])))
s = sorted(data, key=lambda p: p[0], reverse=True)
print(all(a[0] > b[0] or (a[0] == b[0] and a[1] < b[1]) for a, b in zip(s, s[1:])))
for n in (0, 1, 2, 5, 31, 32, 33, 64, 100, 1000):
    for make in (lambda n: list(range(n)), lambda n: list(range(n, 0, -1)), lambda n: [r.randrange(n + 1) for _ in range(n)], lambda n: [i % 7 for i in range(n)]):
        lst = make(n)
        out = sorted(lst)
        assert all(a <= b for a, b in zip(out, out[1:])) and len(out) == n and sum(out) == sum(lst)
print("ok")
print(sorted([3.5, 1, 2.25, True, 10**20, -1]), sorted(["b", "a", "C", "é"]), sorted([b"b", b"a"]), sorted([(1, "b"), (1, "a"), (0, "z")]))
try:
    sorted([1, "a", 2])
except TypeError as e:
    print(e)
lst = [3, 1, 2]
try:
    lst.sort(key=lambda v: lst.append(v) or v)
except ValueError as e:
    print(e)
lst = [3, 1, 2]
try:
    lst.sort(key=lambda v: 1 // (v - 1))
except ZeroDivisionError as e:
    print(e, sorted(lst))


class K:
    count = 0

    def __init__(self, v):
        self.v = v

    def __lt__(self, o):
        K.count += 1
        return self.v < o.v


ks = [K(v) for v in range(50)]
ks.sort()
print(K.count, [k.v for k in sorted(ks, reverse=True)][:5])
from functools import cmp_to_key

print(sorted("hello", key=cmp_to_key(lambda a, b: (a < b) - (a > b))))
print(sorted([float("nan"), 1, 0][1:]), sorted({3: 1, 1: 2}), sorted({5, 1, 3}), sorted(range(5), key=lambda i: -i))
